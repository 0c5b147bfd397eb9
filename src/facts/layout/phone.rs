//! What a person meets on a phone: how far down things are, how large letters become, and how much of the window is taken by what
//! stays in place. It never judges.

use super::{Window, is_read};
use crate::facts::access::focus::{self, Focus};
use crate::facts::dom::Dom;
use crate::facts::style::{Placed, Places, Rect, Seen, is_out_of_sight};
use crate::model::Exposure;

/// The page on a phone, and by how much it is made smaller there, because it is wider than the phone.
fn phone(dom: &Dom) -> Option<(&Places, &Seen, f32)> {
    let places = dom.looks().places()?;
    let seen = places.seen(Window::Phone)?;
    let scale = if seen.page[0] > 0.0 { (seen.size[0] / seen.page[0]).min(1.0) } else { 1.0 };
    Some((places, seen, scale))
}

/// How many windows of a phone are above an element.
fn screens_above(dom: &Dom, i: u32) -> Option<f64> {
    let (_, seen, scale) = phone(dom)?;
    let rect = seen.rect(i).filter(|rect| !rect.is_empty())?;
    Some(f64::from((rect.y * scale / seen.size[1]).max(0.0)))
}

/// How many windows of a phone are above the first main heading that is in sight; told of the element `html`.
pub fn screens_above_heading(dom: &Dom, i: u32) -> Option<f64> {
    let is_heading = |&j: &u32| dom.tag(j) == "h1" && is_shown(dom, j) && !dom.text(j).is_empty();
    (dom.tag(i) == "html").then(|| dom.elements().find(is_heading))?.and_then(|heading| screens_above(dom, heading))
}

/// How many windows of a phone are above the first control of a form.
pub fn screens_above_field(dom: &Dom, i: u32) -> Option<f64> {
    let is_field = |&j: &u32| matches!(dom.tag(j), "input" | "select" | "textarea" | "button") && is_shown(dom, j);
    let first = dom.inside(i).filter(|&j| dom.node(j).is_element && focus::focus(dom, j) == Focus::Tab).find(is_field);
    first.filter(|_| dom.tag(i) == "form").and_then(|field| screens_above(dom, field))
}

fn is_shown(dom: &Dom, i: u32) -> bool {
    dom.node(i).exposure == Exposure::Exposed && !is_out_of_sight(dom.looks(), i)
}

/// The size of the letters that half of the page's text is smaller than on a phone, in pixels of the phone; told of the element
/// `html`. `None` of pages with next to no text.
pub fn letters_on_phone(dom: &Dom, i: u32) -> Option<f64> {
    let (places, seen, scale) = phone(dom).filter(|_| dom.tag(i) == "html")?;
    let mut sizes: Vec<(f32, u32)> = Vec::new();
    for j in dom.elements().filter(|&j| is_read(dom, j)) {
        let letters: u32 = seen.lines(j).map(|line| line.letters).sum();
        let look = places.look(seen, j).or_else(|| dom.looks().of(j));
        sizes.extend(look.filter(|_| letters > 0).map(|look| (look.size * scale, letters)));
    }
    let all: u32 = sizes.iter().map(|(_, letters)| letters).sum();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sum = 0;
    let half = sizes.iter().find(|(_, letters)| {
        sum += letters;
        sum * 2 >= all
    });
    half.filter(|_| all >= LETTERS).map(|(size, _)| f64::from(*size))
}

/// Letters from which a page has enough text. Our choice: some twenty words.
const LETTERS: u32 = 100;

/// How much of a window is taken by an element that stays in its place while the page is scrolled, in percent. What holds the
/// main content is left out, and what is in another such element.
pub fn fixed_share(dom: &Dom, window: Window, i: u32) -> Option<f64> {
    let places = dom.looks().places()?;
    let seen = places.seen(window)?;
    let look = |i: u32| places.look(seen, i).or_else(|| dom.looks().of(i));
    let stays = |i: u32| look(i).is_some_and(|look| look.placed == Placed::Fixed || look.is_sticky);
    if !stays(i) || !is_shown(dom, i) {
        return None;
    }
    let is_inner = dom.ancestors_and_self(i).skip(1).take(super::DEPTH).any(stays);
    let holds_page = |&j: &u32| matches!(dom.tag(j), "main" | "h1") && is_shown(dom, j);
    if is_inner || dom.inside(i).filter(|&j| dom.node(j).is_element).any(|j| holds_page(&j)) || holds_page(&i) {
        return None;
    }
    let window = Rect { x: 0.0, y: 0.0, width: seen.size[0], height: seen.size[1] };
    let shared = seen.rect(i)?.shared(&window);
    let all = window.width * window.height;
    (all > 0.0).then(|| f64::from(100.0 * shared.width * shared.height / all))
}
