//! What styles make of one element, in plain values: the seam between the engine and what is measured. It never judges.

/// A colour in sRGB, each part 0 to 1, with its opacity last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rgba(pub [f32; 4]);

impl Rgba {
    /// Nothing at all.
    pub const CLEAR: Self = Self([0.0; 4]);
    /// What a browser paints behind a page.
    pub const WHITE: Self = Self([1.0; 4]);

    /// Whether something behind it shows through.
    pub fn is_opaque(self) -> bool {
        self.0[3] >= 0.999
    }

    /// Whether nothing of it is seen.
    pub fn is_clear(self) -> bool {
        self.0[3] <= 0.001
    }

    /// The colour at a share of its opacity.
    pub fn faded(self, opacity: f32) -> Self {
        let [r, g, b, a] = self.0;
        Self([r, g, b, a * opacity])
    }

    /// What is seen where this lies over another (Compositing and Blending Level 1, source-over).
    pub fn over(self, below: Self) -> Self {
        let (top, bottom) = (self.0[3], below.0[3] * (1.0 - self.0[3]));
        let alpha = top + bottom;
        if alpha <= 0.0 {
            return Self::CLEAR;
        }
        let part = |i: usize| (self.0[i] * top + below.0[i] * bottom) / alpha;
        Self([part(0), part(1), part(2), alpha])
    }

    /// Relative luminance by WCAG 2.2.
    pub fn luminance(self) -> f64 {
        // WCAG's text has 0.04045 as sRGB has it, since its erratum of 2021.
        let part = |c: f32| {
            let c = f64::from(c.clamp(0.0, 1.0));
            if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
        };
        let [r, g, b, _] = self.0;
        0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
    }

    /// The contrast ratio of two opaque colours by WCAG 2.2, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// As people write it: `#1a2b3c`.
    pub fn hex(self) -> String {
        let byte = |c: f32| (c.clamp(0.0, 1.0) * 255.0).round() as u8;
        format!("#{:02x}{:02x}{:02x}", byte(self.0[0]), byte(self.0[1]), byte(self.0[2]))
    }
}

/// A picture behind an element.
#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    /// None.
    None,
    /// A gradient over the whole of it, by its stops.
    Stops(Vec<Rgba>),
    /// Of which the colours are not known.
    Unknown,
}

/// How an element is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// In the flow, maybe moved a little.
    Flow {
        /// Whether what is inside may be placed by it.
        holds: bool,
    },
    /// Out of the flow, by the nearest that holds it.
    Absolute,
    /// Out of the flow, by the window.
    Fixed,
}

/// What styles make of one element. Lengths are in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Whether `display` is anything but `none`.
    pub displayed: bool,
    /// Whether `visibility` is `visible`.
    pub visible: bool,
    /// Whether it begins a block.
    pub is_block: bool,
    /// Whether it is a plain piece of a line, without a width of its own.
    pub is_inline: bool,
    /// Its own opacity, 0 to 1.
    pub opacity: f32,
    /// Colour of its text.
    pub color: Rgba,
    /// Its background colour.
    pub ground: Rgba,
    /// What lies over its background colour.
    pub picture: Picture,
    /// Size of its letters.
    pub size: f32,
    /// Weight of its letters, 1 to 1000.
    pub weight: f32,
    /// Height of a line; `None` where the font decides.
    pub line_height: Option<f32>,
    /// Additional space between letters.
    pub letter_spacing: f32,
    /// Additional space between words; `None` where it depends on the font.
    pub word_spacing: Option<f32>,
    /// Whether its lines are stretched to both margins.
    pub is_justified: bool,
    /// How it is placed.
    pub placed: Placed,
    /// Whether it stays in sight while the page is scrolled past it.
    pub is_sticky: bool,
    /// Its order in depth; `None` for `auto`.
    pub depth: Option<i32>,
    /// Whether it stands beside the flow.
    pub floats: bool,
    /// Whether it is moved, turned or bent.
    pub is_moved: bool,
    /// Turn in degrees, −180 to 180; `None` where it is turned in space.
    pub turn: Option<f32>,
    /// Whether it is drawn in other ways than in its colours: filters, blending.
    pub is_mixed: bool,
    /// Colours of the shadows of its text, the upper first.
    pub shadows: Box<[Rgba]>,
    /// Whether `clip` or `clip-path` cut something off.
    pub is_clipped: bool,
    /// Indent of the first line.
    pub indent: f32,
    /// Offsets from the edges of what holds it: left and top; `None` where they are not lengths.
    pub offset: [Option<f32>; 2],
    /// Width and height that are asked for; `None` where they depend on something.
    pub asked: [Option<f32>; 2],
    /// The least width and height.
    pub least: [Option<f32>; 2],
    /// The largest width and height.
    pub most: [Option<f32>; 2],
    /// Padding and border, across and down.
    pub rim: [Option<f32>; 2],
    /// Whether the asked width and height hold padding and border.
    pub is_border_box: bool,
    /// Whether it cuts off what does not fit, across and down.
    pub cuts: [bool; 2],
    /// Whether what does not fit is reached by scrolling, across and down.
    pub scrolls: [bool; 2],
    /// Whether its lines are never broken.
    pub is_unwrapped: bool,
    /// Whether its text is underlined.
    pub is_underlined: bool,
    /// Whether it has a border, across or below.
    pub is_bordered: bool,
    /// Whether its letters are slanted.
    pub is_slanted: bool,
    /// Whether an animation may change it.
    pub is_animated: bool,
    /// Whether a pseudo-element of it may lie behind its text or over it.
    pub is_layered: bool,
    /// Text of `::before`.
    pub before: Box<str>,
    /// Text of `::after`.
    pub after: Box<str>,
    /// What the engine cannot tell of it, or of what it has from around: bits of [`super::doubt`].
    pub doubt: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(hex: u32) -> Rgba {
        let part = |shift: u32| ((hex >> shift) & 255) as f32 / 255.0;
        Rgba([part(16), part(8), part(0), 1.0])
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let check = |a: u32, b: u32, ratio: f64| {
            let found = color(a).contrast(color(b));
            assert!((found - ratio).abs() < 0.01, "{a:06x} on {b:06x}: {found}");
        };
        check(0x000000, 0xffffff, 21.0);
        check(0x777777, 0xffffff, 4.48);
        check(0xff0000, 0xffffff, 4.0);
        let half = color(0x000000).faded(0.5).over(Rgba::WHITE);
        assert_eq!(half.hex(), "#808080");
    }
}
