//! `[kiosk]`: the screen of a kiosk, how it is mounted, and what it has; `[[kiosk.screen]]`: its screens, where a
//! script draws them.

use super::checklist::{self, Attestation};
use crate::mistakes::{Mistake, Table};
use crate::model::{Listed, Mounting, Terminal};
use std::collections::BTreeSet;

/// Most screens that are listed by hand. Our choice: a list of more is made by a program.
const MAX_SCREENS: usize = 200;

/// The larger side of a screen in pixels, at most. Our choice.
const MAX_PIXELS: u32 = 16_384;

/// The table, with what it leaves out assumed, and what is attested.
pub(super) fn kiosk(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> (Terminal, Vec<Attestation>) {
    let mut terminal = Terminal::default();
    let keys = [
        "pixels",
        "diagonal_inches",
        "distance_mm",
        "keyboard",
        "sound",
        "printer",
        "lower_edge_mm",
        "reach_over_mm",
        "tilt_degrees",
    ];
    terminal.given = keys.into_iter().filter(|key| table.has(key)).collect();
    if let Some(span) = table.span_of("pixels")
        && let Some(text) = table.text("pixels", mistakes)
    {
        match pixels(&text) {
            Some(pixels) => terminal.pixels = pixels,
            None => mistakes.push(
                Mistake::new(span, format!("`{text}` is no size of a screen in pixels"))
                    .help("write width and height, as in \"1080x1920\""),
            ),
        }
    }
    let turns = [("portrait", true), ("landscape", false)];
    if let Some(is_upright) = table.choice("orientation", &turns, mistakes)
        && is_upright != (terminal.pixels.1 > terminal.pixels.0)
    {
        terminal.pixels = (terminal.pixels.1, terminal.pixels.0);
    }
    // Phones have less than 5 inches and walls of screens more than 120; neither is a kiosk (our choices).
    if let Some(inches) = table.number_within("diagonal_inches", 5.0..120.0, mistakes) {
        terminal.diagonal = inches;
    }
    if let Some(mm) = table.number_within("distance_mm", 200.0..3_000.0, mistakes) {
        terminal.distance = mm;
    }
    terminal.keyboard = table.flag("keyboard", mistakes).unwrap_or(terminal.keyboard);
    terminal.sound = table.flag("sound", mistakes).unwrap_or(terminal.sound);
    terminal.printer = table.flag("printer", mistakes).unwrap_or(terminal.printer);
    terminal.start = address("start", &mut table, mistakes);
    for (host, span) in table.texts("hosts", mistakes) {
        if host.is_empty() || host.contains(['/', '*', ' ']) {
            mistakes.push(Mistake::new(span, format!("`{host}` is no host")).help("write it as pay.vendor.example"));
        } else {
            terminal.hosts.push(host.to_ascii_lowercase());
        }
    }
    terminal.mounting = mounting(&mut table, mistakes);
    let mut seen = BTreeSet::new();
    for (at, screen) in table.tables("screen", mistakes).into_iter().enumerate() {
        if at == MAX_SCREENS {
            let what = format!("there are more than {MAX_SCREENS} screens");
            mistakes.push(Mistake::new(screen.span(), what));
        }
        terminal.screens.extend(listed(screen, &mut seen, mistakes));
    }
    let attestations = table.tables("attestation", mistakes).into_iter();
    let attestations = attestations.filter_map(|t| checklist::attestation(t, mistakes)).collect();
    table.finish(mistakes);
    (terminal, attestations)
}

fn pixels(text: &str) -> Option<(u32, u32)> {
    let (across, down) = text.split_once(['x', '×'])?;
    let side = |text: &str| text.trim().parse::<u32>().ok().filter(|n| (240..=MAX_PIXELS).contains(n));
    Some((side(across)?, side(down)?))
}

fn mounting(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Mounting> {
    let orphan =
        ["reach_over_mm", "tilt_degrees"].into_iter().find_map(|key| table.span_of(key).map(|span| (key, span)));
    let lower_edge = table.number_within("lower_edge_mm", 0.0..3_000.0, mistakes);
    let reach_over = table.number_within("reach_over_mm", 0.0..1_500.0, mistakes).unwrap_or(0.0);
    let tilt = table.number_within("tilt_degrees", 0.0..90.0, mistakes).unwrap_or(0.0);
    if let (None, Some((key, span))) = (lower_edge, orphan) {
        mistakes.push(
            Mistake::new(span, format!("`{key}` says nothing without `lower_edge_mm`"))
                .help("measure from the floor to the lower edge of the picture"),
        );
    }
    lower_edge.map(|lower_edge| Mounting { lower_edge, reach_over, tilt })
}

/// A path of the kiosk, or a whole address.
fn address(key: &str, table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let span = table.span_of(key)?;
    let text = table.text(key, mistakes)?;
    is_address(&text).then_some(text).or_else(|| {
        mistakes.push(Mistake::new(span, format!("`{key}` is no address")).help("write a path, as in \"/start/\""));
        None
    })
}

fn is_address(text: &str) -> bool {
    text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://")
}

fn listed(mut table: Table<'_>, seen: &mut BTreeSet<String>, mistakes: &mut Vec<Mistake>) -> Option<Listed> {
    let span = table.span_of("address");
    let given = table.required_text("address", mistakes);
    let name = table.required_text("name", mistakes);
    if let Some(span) = span {
        if !is_address(&given) {
            mistakes.push(
                Mistake::new(span, format!("`{given}` is no address of a screen"))
                    .help("write a path, as in \"/pay/\" or \"/#/pay\""),
            );
        } else if !seen.insert(given.clone()) {
            mistakes.push(Mistake::new(span, format!("the screen `{given}` is listed twice")));
        }
    }
    let mut next = Vec::new();
    for (to, span) in table.texts("next", mistakes) {
        if is_address(&to) {
            next.push(to);
        } else {
            let what = format!("`{to}` is no address of a screen");
            mistakes.push(Mistake::new(span, what).help("write a path, as in \"/pay/\" or \"/#/pay\""));
        }
    }
    table.finish(mistakes);
    (!given.is_empty()).then_some(Listed { address: given, name, next })
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_kiosk_is_read_and_the_rest_assumed() {
        let text = "[kiosk]\npixels = \"1920x1080\"\norientation = \"portrait\"\nlower_edge_mm = 800\nhosts = [\"pay.vendor.example\"]\n\
                    [[kiosk.screen]]\naddress = \"/#/pay\"\nname = \"Pay\"\nnext = [\"/#/done\"]\n";
        let kiosk = Config::parse("plainway.toml", text).expect("the file is right").kiosk.expect("it has a kiosk");
        assert_eq!((kiosk.pixels, kiosk.diagonal), ((1080, 1920), 21.5));
        assert_eq!(kiosk.given, ["pixels", "lower_edge_mm"]);
        assert_eq!((kiosk.screens[0].name.as_str(), kiosk.screens[0].next.len()), ("Pay", 1));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let text = "[kiosk]\npixels = \"wide\"\ndiagonal_inches = 2\ntilt_degrees = 5\nprintr = true\nhosts = [\"https://x/\"]\n\
                    [[kiosk.screen]]\naddress = \"pay\"\nname = \"Pay\"\n";
        let mistakes = Config::parse("plainway.toml", text).expect_err("six things are wrong");
        let shown = mistakes.to_string();
        assert_eq!(mistakes.list.len(), 6, "{shown}");
        assert!(shown.contains("plainway.toml:2:10") && shown.contains("did you mean `printer`?"), "{shown}");
    }
}
