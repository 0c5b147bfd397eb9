//! Whether the Tab key goes where the eye goes. It never judges.

use super::{Rect, Window, is_out_of_sight};
use crate::facts::access::focus::{self, Focus};
use crate::facts::dom::Dom;
use crate::model::Exposure;

/// How often the Tab key steps back in a form: to a field that stands above the one before it, in the same column, or left of it in the same
/// row. Fields with an order of their own (`tabindex`) are left out.
pub fn steps_back(dom: &Dom, i: u32) -> Option<f64> {
    let desk = dom.looks().places()?.seen(Window::Desk).filter(|_| dom.tag(i) == "form")?;
    let is_field = |&j: &u32| {
        matches!(dom.tag(j), "input" | "select" | "textarea")
            && dom.node(j).exposure == Exposure::Exposed
            && focus::focus(dom, j) == Focus::Tab
            && focus::tab_index(dom, j).is_none_or(|n| n == 0)
            && !is_out_of_sight(dom.looks(), j)
    };
    let rects: Vec<Rect> = dom
        .inside(i)
        .filter(|&j| dom.node(j).is_element)
        .filter(is_field)
        .filter_map(|j| desk.rect(j).filter(|rect| !rect.is_empty()))
        .collect();
    if rects.len() < 2 {
        return None;
    }
    let is_rtl =
        dom.ancestors_and_self(i).find_map(|a| dom.attr(a, "dir")).is_some_and(|dir| dir.eq_ignore_ascii_case("rtl"));
    let back = |pair: &&[Rect]| {
        let (from, to) = (&pair[0], &pair[1]);
        let beside = from.bottom().min(to.bottom()) - from.y.max(to.y);
        let over = from.right().min(to.right()) - from.x.max(to.x);
        let is_row = beside > from.height.min(to.height) / 2.0;
        let is_column = over > from.width.min(to.width) / 2.0;
        let is_before = if is_rtl { to.x >= from.right() } else { to.right() <= from.x };
        (is_row && is_before) || (is_column && !is_row && to.bottom() <= from.y + 1.0)
    };
    Some(rects.windows(2).filter(back).count() as f64)
}
