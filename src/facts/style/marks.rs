//! Measures of single elements that follow from styles: how large a target is, whether a page turns with its screen, what
//! sets a link apart, and spacing that readers cannot change. None of them judges.

use super::ink::{Contrast, contrast, has_own_text, is_out_of_sight};
use super::{INK, Look, Looks, PLACE, Picture, Rgba, SHOWN};
use crate::facts::dom::Dom;
use crate::model::Exposure;

/// What was measured of an element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// It is not about this element.
    None,
    /// It could not be told, and why.
    Unknown(&'static str),
    /// The measure.
    Is(f64),
}

const UNDECIDED: &str = "a rule of a style sheet that concerns the element cannot be decided";
const FONT: &str = "its size follows from its text, and so from the font";

/// The width or height of a box as far as lengths say it; `None` where its content or its surroundings decide.
fn extent(look: &Look, axis: usize) -> Option<f32> {
    let rim = look.rim[axis]?;
    let outer = |px: f32| if look.is_border_box { px.max(rim) } else { px + rim };
    let asked = outer(look.asked[axis]?);
    let least = look.least[axis].map_or(asked, |l| asked.max(outer(l)));
    Some(look.most[axis].map_or(least, |m| least.min(outer(m))))
}

/// The smaller of width and height of a box that people press, in CSS pixels. Links in a line of text are left out, as the
/// criterion does.
pub fn target_size(dom: &Dom, looks: &Looks, i: u32) -> Measure {
    if dom.node(i).exposure != Exposure::Exposed {
        return Measure::None;
    }
    if let Some(why) = looks.why_unknown() {
        return Measure::Unknown(why);
    }
    let Some(look) = looks.of(i) else { return Measure::None };
    if look.is_inline || is_out_of_sight(dom, looks, i) {
        return Measure::None;
    }
    if look.doubt & (PLACE | SHOWN) != 0 || look.is_moved {
        return Measure::Unknown(UNDECIDED);
    }
    // A child that reaches out of the box is a part of the target.
    let reaches_out = dom.inside(i).filter_map(|j| looks.of(j)).any(|l| {
        (0..2).any(|axis| extent(l, axis).zip(extent(look, axis)).is_some_and(|(inner, outer)| inner > outer))
            || l.is_moved
    });
    match (extent(look, 0), extent(look, 1)) {
        _ if reaches_out => Measure::Unknown(FONT),
        (Some(width), Some(height)) => Measure::Is(f64::from(width.min(height))),
        // One side that is long enough says nothing of the other.
        _ => Measure::Unknown(FONT),
    }
}

/// By how many degrees an element is turned when the screen is: 90 or 270 where a page does not turn with it.
pub fn locked_turn(dom: &Dom, looks: &Looks, i: u32) -> Measure {
    let (Some(lying), Some(upright)) = (looks.of(i), looks.turned(i)) else { return Measure::None };
    if dom.node(i).exposure == Exposure::Hidden {
        return Measure::None;
    }
    match (lying.turn, upright.turn) {
        (Some(a), Some(b)) if (a - b).abs() < 0.5 => Measure::None,
        _ if (lying.doubt | upright.doubt) & PLACE != 0 => Measure::Unknown(UNDECIDED),
        (Some(a), Some(b)) => Measure::Is(f64::from((b - a).rem_euclid(360.0).round())),
        _ => Measure::Unknown("it is turned in space"),
    }
}

/// Which spacing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Between letters.
    Letters,
    /// Between words.
    Words,
    /// Between lines.
    Lines,
}

/// Spacing that a `style` attribute fixes with `!important`, as a multiple of the size of the letters.
pub fn important_spacing(dom: &Dom, looks: &Looks, i: u32, which: Spacing) -> Measure {
    let name = match which {
        Spacing::Letters => "letter-spacing",
        Spacing::Words => "word-spacing",
        Spacing::Lines => "line-height",
    };
    let Some(style) = dom.attr(i, "style") else { return Measure::None };
    let declared = style.split(';').filter_map(|d| d.split_once(':')).any(|(property, value)| {
        let word = value.trim_end().to_ascii_lowercase();
        let word = word.trim_end();
        let is_important = word.strip_suffix("important").is_some_and(|rest| rest.trim_end().ends_with('!'));
        property.trim().eq_ignore_ascii_case(name) && is_important
    });
    if !declared || dom.node(i).exposure == Exposure::Hidden {
        return Measure::None;
    }
    if let Some(why) = looks.why_unknown() {
        return Measure::Unknown(why);
    }
    let Some(look) = looks.of(i).filter(|l| l.size > 0.0) else { return Measure::None };
    // Only text that is seen is read.
    let has_text = (i..dom.node(i).end).any(|j| {
        dom.node(j).is_element
            && has_own_text(dom, j)
            && dom.node(j).exposure != Exposure::Hidden
            && !is_out_of_sight(dom, looks, j)
    });
    if !has_text {
        return Measure::None;
    }
    let px = match which {
        Spacing::Letters => Some(look.letter_spacing),
        Spacing::Words => look.word_spacing,
        Spacing::Lines => look.line_height,
    };
    px.map_or(Measure::None, |px| Measure::Is(f64::from(px / look.size)))
}

/// The contrast of a link in a text with the words around it, where its colour is all that sets it apart.
pub fn link_contrast(dom: &Dom, looks: &Looks, i: u32) -> Measure {
    if dom.tag(i) != "a" || dom.attr(i, "href").is_none() || dom.node(i).exposure != Exposure::Exposed {
        return Measure::None;
    }
    let Some(parent) = dom.parent(i) else { return Measure::None };
    let block = dom.node(i).block;
    if !has_words_around(dom, i, block) {
        return Measure::None;
    }
    if let Some(why) = looks.why_unknown() {
        return Measure::Unknown(why);
    }
    let (Some(link), Some(around)) = (looks.of(i), looks.of(parent)) else { return Measure::None };
    if !link.is_inline || is_out_of_sight(dom, looks, i) {
        return Measure::None;
    }
    // The text may stand in elements inside the link, with their own marks.
    let inner =
        || dom.inside(i).filter(|&j| dom.node(j).is_element).chain(std::iter::once(i)).filter_map(|j| looks.of(j));
    let is_marked = |l: &Look| {
        l.is_underlined
            || l.is_bordered
            || l.picture != Picture::None
            || l.ground != around.ground && !l.ground.is_clear()
            || (l.weight - around.weight).abs() >= 200.0
            || l.is_slanted != around.is_slanted
            || (l.size - around.size).abs() >= 2.0
            || !l.before.is_empty()
            || !l.after.is_empty()
            || l.is_layered
    };
    if inner().any(is_marked) || dom.inside(i).any(|j| matches!(dom.tag(j), "img" | "svg" | "i" | "picture")) {
        return Measure::None;
    }
    if inner().any(|l| l.doubt & (INK | PLACE | SHOWN) != 0) || around.doubt & INK != 0 {
        return Measure::Unknown(UNDECIDED);
    }
    match (contrast(dom, looks, i), ink_of(dom, looks, parent)) {
        (Contrast::Ratio(_, own, _), Some(other)) => Measure::Is(own.contrast(other)),
        (Contrast::Unknown(why), _) => Measure::Unknown(why),
        _ => Measure::None,
    }
}

fn ink_of(dom: &Dom, looks: &Looks, i: u32) -> Option<Rgba> {
    match contrast(dom, looks, i) {
        Contrast::Ratio(_, ink, _) => Some(ink),
        _ => None,
    }
}

/// Whether the block of a link is a running text: the words outside of links, in elements of the line, are more than those of the link.
fn has_words_around(dom: &Dom, i: u32, block: u32) -> bool {
    let words = |text: &str| text.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).count();
    let parent = dom.parent(i).unwrap_or(block);
    let beside: usize = dom.children(parent).filter(|&c| !dom.node(c).is_element).map(|c| words(dom.raw_text(c))).sum();
    matches!(dom.tag(block), "p" | "li" | "dd" | "td" | "div" | "blockquote" | "figcaption") && beside >= 3
}
