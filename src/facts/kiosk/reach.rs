//! Where the targets of a screen stand in the world, as far as a browser drew it in the size of the kiosk: how far apart they
//! are, and how high above the floor.

use crate::facts::dom::Dom;
use crate::facts::style::{Rect, Seen, is_out_of_sight};
use crate::model::{Exposure, Terminal, Window};

/// Targets of a screen beyond which none is compared. Our choice; no screen has a tenth of them.
const TARGETS: usize = 500;

/// Why a place is not known.
pub const UNDRAWN: &str = "only a browser knows where it stands; an audit with --render always can tell";
const OTHER: &str = "the page was drawn in another size than the screen of the kiosk";
const BELOW: &str = "it stands below what the screen shows at first";
const MANY: &str = "the screen has too many targets to compare";

/// The page as a browser drew it on the screen of the kiosk.
fn seen<'a>(dom: &'a Dom, terminal: &Terminal) -> Result<&'a Seen, &'static str> {
    let seen = dom.looks().places().and_then(|places| places.seen(Window::Desk)).ok_or(UNDRAWN)?;
    let size = [terminal.pixels.0, terminal.pixels.1].map(f64::from);
    if seen.size.map(f64::from) == size { Ok(seen) } else { Err(OTHER) }
}

/// Whether people press it, and it has a box of its own.
fn is_target(dom: &Dom, i: u32) -> bool {
    let kind = || dom.attr(i, "type").unwrap_or("").trim().to_ascii_lowercase();
    let is_pressed = match dom.tag(i) {
        "a" | "area" => dom.attr(i, "href").is_some(),
        "button" | "select" | "summary" | "textarea" => true,
        "input" => kind() != "hidden",
        _ => dom.attr(i, "role") == Some("button") || dom.attr(i, "onclick").is_some(),
    };
    let looks = dom.looks();
    is_pressed
        && dom.node(i).exposure == Exposure::Exposed
        && looks.of(i).is_some_and(|look| !look.is_inline)
        && !is_out_of_sight(looks, i)
}

/// Millimetres between a target and the nearest other one; `Ok(None)` for what is none, and where there is no other.
pub fn gap(dom: &Dom, terminal: &Terminal, i: u32) -> Result<Option<f64>, &'static str> {
    if !is_target(dom, i) {
        return Ok(None);
    }
    let seen = seen(dom, terminal)?;
    let Some(own) = seen.rect(i).filter(|rect| !rect.is_empty()) else { return Ok(None) };
    let others = dom.elements().filter(|&j| j != i && is_target(dom, j)).filter_map(|j| seen.rect(j));
    let others: Vec<Rect> = others.filter(|rect| !rect.is_empty()).take(TARGETS).collect();
    if others.len() == TARGETS {
        return Err(MANY);
    }
    // A target within another one is no neighbour.
    let is_within = |rect: &Rect| {
        let shared = own.shared(rect);
        shared == own || shared == *rect
    };
    let apart = |rect: &Rect| {
        let across = (rect.x - own.right()).max(own.x - rect.right()).max(0.0);
        let down = (rect.y - own.bottom()).max(own.y - rect.bottom()).max(0.0);
        f64::from(across).hypot(f64::from(down)) * terminal.mm_per_pixel()
    };
    Ok(others.iter().filter(|rect| !is_within(rect)).map(apart).min_by(f64::total_cmp))
}

/// Millimetres from the floor to the middle of a target; `Ok(None)` for what is none, and where nobody said how the kiosk is mounted.
pub fn height(dom: &Dom, terminal: &Terminal, i: u32) -> Result<Option<f64>, &'static str> {
    let Some(mounting) = terminal.mounting.filter(|_| is_target(dom, i)) else { return Ok(None) };
    let Some(rect) = seen(dom, terminal)?.rect(i).filter(|rect| !rect.is_empty()) else { return Ok(None) };
    let from_below = f64::from(terminal.pixels.1) - f64::from(rect.y + rect.height / 2.0);
    if from_below < 0.0 {
        return Err(BELOW);
    }
    Ok(Some(mounting.lower_edge + from_below * terminal.mm_per_pixel() * libm::cos(mounting.tilt.to_radians())))
}
