//! Whether the keyboard reaches an element.

use super::implicit::{input_type, is_summary};
use super::{DISABLED, INERT};
use crate::facts::dom::Dom;
use crate::model::Exposure;

/// How an element takes the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Not at all.
    No,
    /// Only when a script or a click gives it.
    Given,
    /// By the Tab key.
    Tab,
}

/// How the element takes the focus, as its source says.
pub fn focus(dom: &Dom, i: u32) -> Focus {
    if dom.node(i).exposure == Exposure::Hidden || dom.marked(i, INERT) || is_disabled(dom, i) {
        return Focus::No;
    }
    match tab_index(dom, i) {
        Some(n) if n < 0 => Focus::Given,
        Some(_) => Focus::Tab,
        None if is_native(dom, i) => Focus::Tab,
        None => Focus::No,
    }
}

/// The `tabindex`, by HTML's rules for integers; `None` where it is no number.
pub fn tab_index(dom: &Dom, i: u32) -> Option<i64> {
    let value = dom.attr(i, "tabindex")?.trim_start();
    let sign = value.starts_with(['-', '+']);
    let digits = value[usize::from(sign)..].bytes().take_while(u8::is_ascii_digit).count();
    value[..usize::from(sign) + digits].parse().ok()
}

/// Whether it is a control that is switched off.
pub fn is_disabled(dom: &Dom, i: u32) -> bool {
    matches!(dom.tag(i), "button" | "input" | "select" | "textarea")
        && (dom.attr(i, "disabled").is_some() || dom.marked(i, DISABLED))
}

/// Whether browsers let people reach it without a `tabindex`.
fn is_native(dom: &Dom, i: u32) -> bool {
    let native = match dom.tag(i) {
        "a" | "area" => dom.attr(i, "href").is_some(),
        "button" | "select" | "textarea" => true,
        "input" => input_type(dom, i) != "hidden",
        "summary" => is_summary(dom, i),
        "audio" | "video" => dom.attr(i, "controls").is_some(),
        _ => false,
    };
    let editable = || dom.attr(i, "contenteditable").is_some_and(|v| !v.trim().eq_ignore_ascii_case("false"));
    native || editable()
}

/// Nodes inside an element that are searched for something to use. Our choice: what people work with stands near the start, and
/// many elements in one another must not make the work grow with their square.
const SEARCHED: u32 = 2_000;

/// The first element inside another that the Tab key reaches.
pub fn tab_stop_inside(dom: &Dom, i: u32) -> Option<u32> {
    searched(dom, i).find(|&j| dom.node(j).is_element && focus(dom, j) == Focus::Tab)
}

/// The first element inside another that can take the focus at all.
pub fn focusable_inside(dom: &Dom, i: u32) -> Option<u32> {
    searched(dom, i).find(|&j| dom.node(j).is_element && focus(dom, j) != Focus::No)
}

/// The element itself, or the first one inside, that the Tab key reaches and that does not hand the focus on by a script of its own.
pub fn tab_stop_within(dom: &Dom, i: u32) -> Option<u32> {
    std::iter::once(i)
        .chain(searched(dom, i))
        .find(|&j| dom.node(j).is_element && focus(dom, j) == Focus::Tab && dom.attr(j, "onfocus").is_none())
}

fn searched(dom: &Dom, i: u32) -> std::ops::Range<u32> {
    i + 1..dom.node(i).end.min(i.saturating_add(SEARCHED))
}
