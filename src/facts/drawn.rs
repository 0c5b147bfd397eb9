//! Which pages a script draws, in whole or in part, as their source shows it. It never judges.

use super::dom::Dom;
use super::forms::Form;
use super::page::Page;
use crate::model::{Exposure, RenderWhy};

/// Words of a main content below which a script fills it. Our choice: “Loading, please wait …” has four.
const EMPTY_MAIN_WORDS: usize = 5;

/// Words that are left without a script when a page is drawn by one. Our choice.
pub(super) const EMPTY_PAGE_WORDS: u32 = 25;

/// Forms and main contents of a page that are looked into. Our choice.
const PARTS: usize = 50;

impl Page<'_> {
    /// Why a browser should draw it: a script draws it, its main content or one of its forms.
    pub fn why_to_draw(&self) -> Option<RenderWhy> {
        why_to_draw(&self.dom, self.facts.drawn_by_script)
    }
}

/// Why a browser should draw a page, of which it is known whether a script draws all of it.
pub(super) fn why_to_draw(dom: &Dom, drawn_by_script: bool) -> Option<RenderWhy> {
    if drawn_by_script {
        return Some(RenderWhy::DrawnByScript);
    }
    let has_script = || dom.tagged("script").iter().any(|&i| dom.attr(i, "src").is_some());
    let holds = |i: u32, tags: &[&str]| dom.inside(i).any(|j| tags.contains(&dom.tag(j)));
    let is_empty = |i: u32| match dom.tag(i) {
        _ if dom.node(i).exposure == Exposure::Hidden => false,
        "form" => !holds(i, &["input", "select", "textarea", "button"]),
        tag if tag == "main" || dom.attr(i, "role") == Some("main") => {
            dom.text(i).split_whitespace().take(EMPTY_MAIN_WORDS).count() < EMPTY_MAIN_WORDS
                && !holds(i, &["form", "input", "button", "a", "img", "iframe", "video", "object"])
        }
        _ => false,
    };
    let may_be_empty = |i: &u32| matches!(dom.tag(*i), "form" | "main") || dom.attr(*i, "role") == Some("main");
    let is_filled = dom.elements().filter(may_be_empty).take(PARTS).any(is_empty);
    (is_filled && has_script()).then_some(RenderWhy::PartDrawnByScript)
}

/// Whether the source of a page holds almost nothing, while it has a script.
pub(super) fn is_drawn_by_script(dom: &Dom, words: u32, forms: &[Form]) -> bool {
    words < EMPTY_PAGE_WORDS
        && forms.is_empty()
        && dom.tagged("script").iter().any(|&i| dom.attr(i, "src").is_some())
        && dom.tagged("a").iter().filter(|&&i| dom.node(i).exposure != Exposure::Hidden).count() < 3
}
