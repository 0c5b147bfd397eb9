//! Measures of single elements that follow from styles: how large a target is, whether a page turns with its screen, what
//! sets a link apart, and spacing that readers cannot change. None of them judges.

use super::ink::{Contrast, contrast, has_own_text, is_out_of_sight};
use super::{INK, Look, Looks, PLACE, Picture, Rgba, SHOWN};
use crate::facts::access::FIRM;
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
    /// It lies between these.
    Between(f64, f64),
}

const UNDECIDED: &str = "a rule of a style sheet that concerns the element cannot be decided";
const CHILD: &str = "something in it reaches out of it";
const FONT: &str = "its size follows from its text, and so from the font";

/// The width or height of a box as far as lengths say it; `None` where its content or its surroundings decide.
pub(super) fn extent(look: &Look, axis: usize) -> Option<f32> {
    let rim = look.rim[axis]?;
    let outer = |px: f32| if look.is_border_box { px.max(rim) } else { px + rim };
    let asked = outer(look.asked[axis]?);
    let least = look.least[axis].map_or(asked, |l| asked.max(outer(l)));
    Some(look.most[axis].map_or(least, |m| least.min(outer(m))))
}

/// The smaller of width and height of a box that people press, in CSS pixels. Links in a line of text are left out, as the
/// criterion does, and boxes that are as large as their text: nobody has made those small.
pub fn target_size(dom: &Dom, looks: &Looks, i: u32) -> Measure {
    if dom.node(i).exposure != Exposure::Exposed {
        return Measure::None;
    }
    if let Some(why) = looks.why_unknown() {
        return if may_be_small(dom, i) { Measure::Unknown(why) } else { Measure::None };
    }
    let Some(look) = looks.of(i) else { return Measure::None };
    if look.is_inline || is_out_of_sight(looks, i) {
        return Measure::None;
    }
    let size = extent(look, 0).zip(extent(look, 1));
    if look.doubt & (PLACE | SHOWN) != 0 || look.is_moved {
        // Of a box that is as large as its words, nobody asks.
        let is_in_question = size.is_some() || may_be_small(dom, i);
        return if is_in_question { Measure::Unknown(UNDECIDED) } else { Measure::None };
    }
    // A child that reaches out of the box is a part of the target.
    let reaches_out = dom.inside(i).filter_map(|j| looks.of(j)).any(|l| {
        (0..2).any(|axis| extent(l, axis).zip(extent(look, axis)).is_some_and(|(inner, outer)| inner > outer))
            || l.is_moved
    });
    match size {
        _ if reaches_out => Measure::Unknown(CHILD),
        Some((width, height)) => Measure::Is(f64::from(width.min(height))),
        None if may_be_small(dom, i) => {
            target_bounds(dom, looks, i).map_or(Measure::Unknown(FONT), |(least, most)| Measure::Between(least, most))
        }
        None => Measure::None,
    }
}

/// Whether a box that is as large as its content may be small: it holds a sign or a picture, and no words.
fn may_be_small(dom: &Dom, i: u32) -> bool {
    let is_drawn = || dom.inside(i).any(|j| matches!(dom.tag(j), "img" | "svg" | "i" | "picture"));
    let sets_size = || dom.attr(i, "style").is_some_and(|style| style.contains("width") || style.contains("height"));
    let letters = dom.text(i).chars().filter(|c| !c.is_whitespace()).take(3).count();
    match dom.tag(i) {
        "button" | "a" | "summary" => (letters <= 2 && (letters > 0 || is_drawn())) || sets_size(),
        _ => sets_size(),
    }
}

/// Between what the smaller side of a box that people press lies, in CSS pixels, where its text decides a part of it: the
/// least is what padding, a line and the longest word take. Links in a line of text are left out.
pub fn target_bounds(dom: &Dom, looks: &Looks, i: u32) -> Option<(f64, f64)> {
    let look = looks.of(i).filter(|look| dom.node(i).exposure == Exposure::Exposed && !look.is_inline)?;
    if look.doubt & (PLACE | SHOWN) != 0 || look.is_moved || is_out_of_sight(looks, i) {
        return None;
    }
    let text = dom.text(i);
    let longest = text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    let words =
        [longest as f32 * NARROW * look.size, if longest > 0 { look.line_height.unwrap_or(look.size) } else { 0.0 }];
    let pictures = || dom.inside(i).filter(|&j| matches!(dom.tag(j), "img" | "svg")).filter_map(|j| looks.of(j));
    let drawn = |axis: usize| pictures().filter_map(|l| extent(l, axis)).fold(0.0, f32::max);
    let content = [words[0].max(drawn(0)), words[1].max(drawn(1))];
    let side = |axis: usize| {
        let known = extent(look, axis);
        let rim = look.rim[axis].unwrap_or(0.0);
        let outer = |px: f32| if look.is_border_box { px.max(rim) } else { px + rim };
        let least = look.least[axis].map_or(0.0, outer).max(content[axis] + rim);
        let least = look.most[axis].map_or(least, |most| least.min(outer(most)));
        // Without a largest size the surroundings may stretch it.
        let most = look.most[axis].map_or(f32::INFINITY, outer);
        known.map_or((least, most), |known| (known, known))
    };
    let (across, down) = (side(0), side(1));
    Some((f64::from(across.0.min(down.0)), f64::from(across.1.min(down.1))))
}

/// The width of a narrow letter as a part of its size. Our choice, below that of most letters of most fonts, so that the
/// least is never more than there is.
const NARROW: f32 = 0.25;

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

impl Spacing {
    fn property(self) -> &'static str {
        match self {
            Self::Letters => "letter-spacing",
            Self::Words => "word-spacing",
            Self::Lines => "line-height",
        }
    }

    /// The spacing of a text in pixels.
    fn of(self, look: &Look) -> Option<f32> {
        match self {
            Self::Letters => Some(look.letter_spacing),
            Self::Words => look.word_spacing,
            // What fonts have by themselves (CSS 2.2 §10.8: 1.0 to 1.2).
            Self::Lines => Some(look.line_height.unwrap_or(1.2 * look.size)),
        }
    }
}

/// Letters and signs below which a text is one line at most. Our choice.
const LINE: usize = 40;

/// Spacing that a `style` attribute fixes with `!important` for the text directly inside an element, as a multiple of the size
/// of its letters; the attribute is its own or one that it inherits from.
pub fn important_spacing(dom: &Dom, looks: &Looks, i: u32, which: Spacing) -> Measure {
    if !dom.marked(i, FIRM) || !has_own_text(dom, i) || dom.node(i).exposure == Exposure::Hidden {
        return Measure::None;
    }
    if looks.why_unknown().is_none() && !looks.is_under_important(i) {
        return Measure::None;
    }
    let mut inside: Vec<u32> = Vec::new();
    let mut fixed = None;
    for a in dom.ancestors_and_self(i) {
        match dom.attr(a, "style").and_then(|style| declared(style, which.property())) {
            Some(true) => fixed = Some(a),
            Some(false) => return Measure::None,
            None => {
                inside.push(a);
                continue;
            }
        }
        break;
    }
    let Some(fixed) = fixed else { return Measure::None };
    if let Some(why) = looks.why_unknown() {
        return Measure::Unknown(why);
    }
    let (Some(own), Some(from)) = (looks.of(i).filter(|l| l.size > 0.0), looks.of(fixed)) else { return Measure::None };
    // A rule of a sheet in between sets it anew, and readers can override that.
    let same = |l: &Look| {
        let (here, there) = (which.of(l), which.of(from));
        let relative = |l: &Look| which.of(l).map(|px| px / l.size.max(1.0));
        let is_near = |a: Option<f32>, b: Option<f32>| a.zip(b).is_none_or(|(a, b)| (a - b).abs() < 0.01);
        is_near(here, there) || is_near(relative(l), relative(from))
    };
    let too_short = which == Spacing::Lines && dom.text(i).chars().count() < LINE;
    if too_short || is_out_of_sight(looks, i) || !inside.iter().filter_map(|&a| looks.of(a)).all(same) {
        return Measure::None;
    }
    let ratio = |px: f32| (f64::from(px / own.size) * 10_000.0).round() / 10_000.0;
    which.of(own).map_or(Measure::None, |px| Measure::Is(ratio(px)))
}

/// Whether a `style` attribute gives a property a value of its own that is important; `None` where it does not name it.
fn declared(style: &str, property: &str) -> Option<bool> {
    let values = style.split(';').filter_map(|d| d.split_once(':'));
    let values = values.filter(|(name, _)| name.trim().eq_ignore_ascii_case(property));
    let value = values.map(|(_, value)| value.trim().to_ascii_lowercase()).next_back()?;
    let important = value.strip_suffix("important").and_then(|rest| rest.trim_end().strip_suffix('!'));
    Some(important.is_some_and(|v| !matches!(v.trim(), "inherit" | "unset" | "revert" | "revert-layer")))
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
    if !link.is_inline || is_out_of_sight(looks, i) {
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
    // Dense colours stand against each other alike on any background.
    let is_dense = |a: u32| looks.of(a).is_none_or(|l| l.opacity > 0.999 && !l.is_mixed && !l.is_animated);
    if has_own_text(dom, i)
        && link.color.is_opaque()
        && around.color.is_opaque()
        && dom.ancestors_and_self(i).all(is_dense)
    {
        return Measure::Is(link.color.contrast(around.color));
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
