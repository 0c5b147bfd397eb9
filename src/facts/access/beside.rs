//! What stands beside an element or around it, and what an element holds for the eye alone.

use super::name::name;
use crate::facts::dom::{Dom, fold_space};
use crate::facts::text::word::is_blank;
use crate::model::Exposure;

/// Levels above an element that are looked at. Our choice: deeper ones are layout.
const LEVELS: usize = 50;

/// Nodes inside an element that are looked at. Our choice.
const NODES: u32 = 400;

/// Nodes in which words beside a link are looked for. Our choice: in a larger box there are some.
const SENTENCE: u32 = 1_000;

/// Whether the sentence, item or cell around a link, a heading of its table or a description says more than the link does
/// (WCAG 2.4.4: the context that can be determined by a program).
pub fn has_context(dom: &Dom, i: u32) -> bool {
    if !super::name::description(dom, i).is_empty() || is_heading_of_own(dom, i) {
        return true;
    }
    // Words in the same line of boxes belong to the same sentence, or to one beside it.
    let block = dom.node(i).block;
    let is_beside = |j: u32| {
        let node = dom.node(j);
        !node.is_element && node.block == block && !(i..dom.node(i).end).contains(&j) && !is_blank(dom.raw_text(j))
    };
    if block != i && (dom.node(block).end - block > SENTENCE || dom.inside(block).any(is_beside)) {
        return true;
    }
    let own = fold_space(&name(dom, i).text);
    // Eight boxes that say no more than the link do not get more telling.
    let mut boxes = 0;
    for a in dom.ancestors_and_self(i).take(LEVELS).skip(1) {
        let is_around =
            matches!(dom.tag(a), "p" | "li" | "td" | "th" | "dd" | "dt" | "figure" | "blockquote" | "label")
                || dom.has_role(a, "paragraph listitem cell gridcell columnheader rowheader");
        if !is_around {
            continue;
        }
        boxes += 1;
        if boxes > 8 || dom.node(a).end - a > SENTENCE {
            return true;
        }
        let is_cell = matches!(dom.tag(a), "td" | "th");
        // Headers of a cell and items around an item may name it, and so may pictures.
        let may_be_named =
            is_cell && dom.closest(a, &["table"]).is_some_and(|t| dom.inside(t).take(400).any(|c| dom.tag(c) == "th"));
        if may_be_named
            || dom.text(a).chars().count() > own.chars().count()
            || dom.inside(a).take(400).any(|j| dom.tag(j) == "img")
        {
            return true;
        }
    }
    false
}

/// Whether a link is the text of a heading and leads to where it stands, so that people can copy its address.
fn is_heading_of_own(dom: &Dom, i: u32) -> bool {
    let leads_here = dom.attr(i, "href").is_some_and(|href| href.trim().starts_with('#'));
    leads_here && dom.ancestors_and_self(i).take(LEVELS).any(|a| dom.has_role(a, "heading"))
}

/// Whether an element has nothing in it: no text, picture, control, frame or line.
pub fn holds_nothing(dom: &Dom, i: u32) -> bool {
    if dom.node(i).end - i > NODES {
        return false;
    }
    dom.inside(i).all(|j| match dom.element(j) {
        None => is_blank(dom.raw_text(j)),
        Some(e) => {
            let is_plain =
                matches!(e.name(), "span" | "b" | "i" | "em" | "strong" | "br" | "font" | "u" | "small" | "div");
            is_plain && e.attrs().all(|(name, _)| matches!(name, "style" | "lang" | "dir"))
        }
    })
}

/// The sign that a paragraph starts with as if it were an item of a list.
pub fn typed_bullet(dom: &Dom, i: u32) -> Option<char> {
    let first = dom.inside(i).take(6).find(|&j| !dom.node(j).is_element && !is_blank(dom.raw_text(j)))?;
    let mut signs = dom.raw_text(first).trim_start().chars();
    let sign =
        signs.next().filter(|c| matches!(c, '•' | '·' | '●' | '○' | '▪' | '■' | '◦' | '‣' | '➢' | '►' | '-' | '–'))?;
    let spaced = signs.next().is_some_and(|c| c.is_whitespace() || matches!(sign, '•' | '●' | '▪' | '◦' | '‣'));
    (spaced && dom.text(i).chars().count() > 3).then_some(sign)
}

/// Whether all the words of a paragraph are in one bold element, a paragraph follows, and no other bold line of the page says
/// the same: what comes again and again names who speaks, as in the words of a film.
pub fn is_bold_line(dom: &Dom, i: u32) -> bool {
    is_bold_alone(dom, i) && dom.survey().bold_lines(dom).get(&dom.text(i)).is_none_or(|&count| count < 2)
}

/// Whether all the words of a paragraph are in one bold element, and a paragraph follows.
pub(super) fn is_bold_alone(dom: &Dom, i: u32) -> bool {
    let mut parts = dom.children(i).filter(|&c| dom.node(c).is_element || !is_blank(dom.raw_text(c)));
    let (Some(only), None) = (parts.next(), parts.next()) else { return false };
    if !matches!(dom.tag(only), "b" | "strong") || dom.inside(only).take(9).any(|j| dom.node(j).is_element) {
        return false;
    }
    let text = dom.text(i);
    let is_short = (2..=60).contains(&text.chars().count()) && !text.ends_with(['.', ',', ';', '!', '”', '"', ')']);
    let next = std::iter::successors(Some(dom.node(i).end), |&n| Some(n + 1))
        .take(3)
        .find(|&n| n < dom.len() && dom.node(n).is_element);
    let follows = next.is_some_and(|n| matches!(dom.tag(n), "p" | "ul" | "ol") && dom.parent(n) == dom.parent(i));
    is_short && follows && dom.closest(i, &["td", "th", "li", "blockquote", "figcaption"]).is_none()
}

/// The text of a picture that its caption says again.
pub fn alt_as_caption(dom: &Dom, i: u32) -> Option<String> {
    let alt = dom.attr(i, "alt").map(fold_space).filter(|alt| !alt.is_empty())?;
    let figure = dom.closest(i, &["figure"])?;
    let caption = dom.inside(figure).take(400).find(|&j| dom.tag(j) == "figcaption")?;
    // A caption that is much longer says more.
    let length: usize = dom.inside(caption).take(100).map(|j| dom.raw_text(j).len()).sum();
    if length > 4 * alt.len() + 200 {
        return None;
    }
    dom.text(caption).eq_ignore_ascii_case(&alt).then_some(alt)
}

/// The children of a list that are no items, by their names.
pub fn wrong_items(dom: &Dom, i: u32) -> Option<String> {
    let allowed: &[&str] =
        if dom.tag(i) == "dl" { &["dt", "dd", "div", "script", "template"] } else { &["li", "script", "template"] };
    let is_role = |c: u32| dom.attr(c, "role").is_some();
    let wrong = dom.children(i).take(2_000).find(|&c| {
        dom.in_tree(c) != Exposure::Hidden
            && if dom.node(c).is_element {
                !allowed.contains(&dom.tag(c)) && !is_role(c)
            } else {
                !is_blank(dom.raw_text(c))
            }
    })?;
    Some(if dom.node(wrong).is_element {
        dom.tag(wrong).to_owned()
    } else {
        crate::facts::dom::shorten(&fold_space(dom.raw_text(wrong)), 40)
    })
}

/// Whether the page has something that may stop what plays by itself: a button, or a script.
pub fn may_be_stopped(dom: &Dom) -> bool {
    dom.elements()
        .any(|i| dom.tag(i) == "script" || (dom.has_role(i, "button") && dom.node(i).exposure != Exposure::Hidden))
}
