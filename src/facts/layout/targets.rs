//! How much room there is for a finger: the size of what is pressed, and how far its neighbours are (WCAG 2.5.8). It never judges.

use super::{Layout, Rect, Window};
use crate::facts::access::focus::{self, Focus};
use crate::facts::dom::Dom;
use crate::facts::style::{Seen, is_out_of_sight};
use crate::model::Exposure;
use rustc_hash::FxHashMap;

/// Room beyond which nothing is told apart, in CSS pixels. Our choice: more than any advice asks for.
const ENOUGH: f32 = 100.0;

/// Targets that are held against one another in one strip of a page. Our choice; more stand in no real row.
const NEAR: usize = 400;

/// The widest circle around the middle of what is pressed that meets neither another target nor the same circle around a smaller one, or
/// the smaller side of its box where that is more. Links in a line of text are left out, as the criterion does.
pub fn target_room(dom: &Dom, i: u32) -> Option<f64> {
    dom.looks().layout(dom)?.targets.get(&i).map(|&room| f64::from(room))
}

/// The room of each target.
pub(super) fn rooms(dom: &Dom, layout: &Layout, desk: &Seen) -> FxHashMap<u32, f32> {
    let mut targets: Vec<(u32, Rect)> = Vec::new();
    for i in dom.elements().filter(|&i| is_target(dom, i)) {
        let seen = desk.rect(i).map(|rect| layout.seen_self(Window::Desk, i, &rect));
        targets.extend(seen.filter(|rect| !rect.is_empty()).map(|rect| (i, rect)));
    }
    targets.sort_by(|a, b| a.1.y.total_cmp(&b.1.y).then(a.0.cmp(&b.0)));
    let highest = targets.iter().fold(0f32, |most, (_, rect)| most.max(rect.height)).min(ENOUGH * 4.0);
    let mut rooms = FxHashMap::default();
    for (at, (i, rect)) in targets.iter().enumerate() {
        if is_in_a_line(dom, *i) {
            continue;
        }
        let (x, y) = middle(rect);
        let mut clear = ENOUGH;
        // Those before it may reach down to it, those after it begin where it ends.
        let before = targets[..at].iter().rev().take_while(|(_, r)| r.y > y - ENOUGH - highest).take(NEAR);
        let after = targets[at + 1..].iter().take_while(|(_, r)| r.y < y + ENOUGH).take(NEAR);
        for (j, other) in before.chain(after) {
            let is_within = |a: u32, b: u32| (a..dom.node(a).end).contains(&b);
            if is_within(*i, *j) || is_within(*j, *i) || is_same_purpose(dom, *i, *j) {
                continue;
            }
            let across = (other.x - x).max(x - other.right()).max(0.0);
            let down = (other.y - y).max(y - other.bottom()).max(0.0);
            let to_box = 2.0 * across.hypot(down);
            let (ox, oy) = middle(other);
            let to_middle = (ox - x).hypot(oy - y).max(other.width.min(other.height));
            clear = clear.min(to_box.min(to_middle));
        }
        rooms.insert(*i, clear.max(rect.width.min(rect.height)));
    }
    rooms
}

fn middle(rect: &Rect) -> (f32, f32) {
    (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0)
}

fn is_target(dom: &Dom, i: u32) -> bool {
    dom.node(i).exposure == Exposure::Exposed
        && focus::focus(dom, i) == Focus::Tab
        && !matches!(dom.tag(i), "html" | "body" | "iframe" | "area")
        && !is_out_of_sight(dom.looks(), i)
}

/// Whether two lead to the same place: pressing the other one does no harm.
fn is_same_purpose(dom: &Dom, i: u32, j: u32) -> bool {
    dom.tag(i) == "a" && dom.tag(j) == "a" && dom.attr(i, "href").is_some_and(|href| dom.attr(j, "href") == Some(href))
}

/// Whether it stands in a line beside words that are no target.
fn is_in_a_line(dom: &Dom, i: u32) -> bool {
    if !dom.looks().of(i).is_some_and(|look| look.is_inline) {
        return false;
    }
    let Some(parent) = dom.parent(i) else { return false };
    let is_text = |c: u32| !dom.node(c).is_element && dom.raw_text(c).chars().any(char::is_alphanumeric);
    dom.children(parent).any(is_text)
}
