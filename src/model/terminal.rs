//! A kiosk as a thing in the world: its screen, who stands before it, what it has. What the user does not say
//! is assumed, and every assumption can be printed.

use serde::Serialize;

/// Pixels of the screen unless the user says otherwise, across and down: Full HD, the usual size of panels
/// that are sold for kiosks (our choice).
const PIXELS: (u32, u32) = (1920, 1080);

/// Diagonal unless the user says otherwise, in inches: the usual size of Full HD panels for kiosks (our choice).
const DIAGONAL: f64 = 21.5;

/// Millimetres from the eyes to the screen unless the user says otherwise: about the length of an arm that
/// touches it (our choice; EN 301 549 5.1.4 leaves the distance to the supplier).
const DISTANCE: f64 = 600.0;

/// Millimetres of an inch.
const INCH: f64 = 25.4;

/// A kiosk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Terminal {
    /// Pixels across and down, as the browser of the kiosk counts them.
    pub pixels: (u32, u32),
    /// Diagonal of the screen in inches.
    pub diagonal: f64,
    /// Millimetres from the eyes to the screen.
    pub distance: f64,
    /// Path or address of the start screen; `None` for where the audit starts.
    pub start: Option<String>,
    /// Hosts beside its own that the kiosk may show.
    pub hosts: Vec<String>,
    /// Whether keys to type with appear on the screen.
    pub keyboard: bool,
    /// Whether it can speak and sound.
    pub sound: bool,
    /// Whether it prints.
    pub printer: bool,
    /// Where it is mounted; `None` where nobody said.
    pub mounting: Option<Mounting>,
    /// Screens that the user listed by hand.
    pub screens: Vec<Listed>,
    /// The keys that the user set, sorted; all others are assumed.
    pub given: Vec<&'static str>,
}

/// Where the screen of a kiosk hangs or stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mounting {
    /// Millimetres from the floor to the lower edge of what is shown.
    pub lower_edge: f64,
    /// Depth in millimetres of what one has to reach over: a counter, a shelf.
    pub reach_over: f64,
    /// Tilt from upright in degrees: 0 hangs on a wall, 90 lies on a table.
    pub tilt: f64,
}

/// A screen that the user listed by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its path or address; what stands after `#` tells screens of one page apart.
    pub address: String,
    /// What people call it.
    pub name: String,
    /// The addresses that lead on from it.
    pub next: Vec<String>,
}

/// Something about a kiosk that measures follow from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assumption {
    /// Its key in the config.
    pub key: &'static str,
    /// Its value: a number, or two with a cross, or yes or no.
    pub value: String,
    /// Whether the user said so; else it is assumed.
    pub given: bool,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            pixels: PIXELS,
            diagonal: DIAGONAL,
            distance: DISTANCE,
            start: None,
            hosts: Vec::new(),
            keyboard: true,
            sound: true,
            printer: true,
            mounting: None,
            screens: Vec::new(),
            given: Vec::new(),
        }
    }
}

impl Terminal {
    /// Millimetres of one CSS pixel; the screen has square pixels.
    pub fn mm_per_pixel(&self) -> f64 {
        let (across, down) = (f64::from(self.pixels.0), f64::from(self.pixels.1));
        self.diagonal * INCH / (across * across + down * down).sqrt()
    }

    /// The angle in degrees that a height of so many millimetres has at the distance of the eyes.
    pub fn degrees(&self, mm: f64) -> f64 {
        2.0 * libm::atan(mm / (2.0 * self.distance)).to_degrees()
    }

    /// Millimetres from the floor to the upper edge of what is shown; `None` where the mounting is not known.
    pub fn upper_edge(&self) -> Option<f64> {
        let mounting = self.mounting?;
        let tall = f64::from(self.pixels.1) * self.mm_per_pixel();
        Some(mounting.lower_edge + tall * libm::cos(mounting.tilt.to_radians()))
    }

    /// What measures follow from, in the order of the keys' documentation.
    pub fn assumptions(&self) -> Vec<Assumption> {
        let number = |n: f64| if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.1}") };
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        let mut rows = vec![
            ("pixels", format!("{} × {}", self.pixels.0, self.pixels.1)),
            ("diagonal_inches", number(self.diagonal)),
            ("distance_mm", number(self.distance)),
            ("keyboard", yes(self.keyboard)),
            ("sound", yes(self.sound)),
            ("printer", yes(self.printer)),
        ];
        if let Some(mounting) = &self.mounting {
            rows.push(("lower_edge_mm", number(mounting.lower_edge)));
            rows.push(("reach_over_mm", number(mounting.reach_over)));
            rows.push(("tilt_degrees", number(mounting.tilt)));
        }
        let row = |(key, value)| Assumption { key, value, given: self.given.contains(&key) };
        rows.into_iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_and_angles_follow_from_the_screen() {
        let terminal = Terminal::default();
        // 21.5 inches are 546.1 mm; Full HD has 2202.9 pixels on its diagonal.
        assert!((terminal.mm_per_pixel() - 0.2479).abs() < 1e-4);
        // EN 301 549 5.1.4: 0.7 degrees at 600 mm are 7.3 mm.
        assert!((terminal.degrees(7.33) - 0.7).abs() < 1e-3);
        assert_eq!(terminal.upper_edge(), None);
        let mounting = Some(Mounting { lower_edge: 900.0, reach_over: 0.0, tilt: 0.0 });
        let edge = Terminal { mounting, ..terminal }.upper_edge().expect("the mounting is known");
        assert!((edge - 1167.7).abs() < 0.1, "{edge}");
    }

    #[test]
    fn what_is_given_is_told_from_what_is_assumed() {
        let terminal = Terminal { given: vec!["distance_mm"], ..Terminal::default() };
        let given: Vec<_> = terminal.assumptions().into_iter().filter(|a| a.given).map(|a| a.key).collect();
        assert_eq!(given, ["distance_mm"]);
        assert_eq!(terminal.assumptions()[0].value, "1920 × 1080");
    }
}
