//! The colours that a text is read in: its own, and those behind it, layer by layer. Where a picture or something that is
//! placed freely may lie between, the answer is that it could not be told.

use super::{INK, Look, Looks, PLACE, Picture, Placed, Rgba, SHOWN};
use crate::facts::access::{DRAWN, OWN_TEXT};
use crate::facts::dom::Dom;
use crate::model::Exposure;

/// Colours behind a text that are followed. Our choice: a gradient has rarely more than five stops.
const GROUNDS: usize = 24;

/// What is known of the contrast of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Contrast {
    /// There is no text of its own in sight.
    NoText,
    /// It could not be told, and why.
    Unknown(&'static str),
    /// The ratio, with the colours of text and background.
    Ratio(f64, Rgba, Rgba),
    /// The lowest and the highest ratio over a gradient, with the colours of the highest.
    Between(f64, f64, Rgba, Rgba),
}

const UNDECIDED: &str = "a rule of a style sheet that concerns the text cannot be decided";
const PICTURE: &str = "the text stands over a picture";
const MIXED: &str = "a filter or an animation changes how the text looks";
const SAME: &str = "the text has the very colour of what is behind it, so that nobody sees it";
const FREE: &str = "the text is placed freely, or something that is may lie behind it";
const SEVERAL: &str = "the text stands over too many colours";

/// Whether an element has letters or digits of its own; signs, and a letter that stands alone for one, are no text to read.
pub fn has_own_text(dom: &Dom, i: u32) -> bool {
    dom.marked(i, OWN_TEXT)
}

/// Whether what stands in the element is never drawn in its own colours, or not by the page.
fn is_drawn_otherwise(dom: &Dom, i: u32) -> bool {
    matches!(
        dom.tag(i),
        "option"
            | "optgroup"
            | "select"
            | "textarea"
            | "input"
            | "script"
            | "style"
            | "title"
            | "noscript"
            | "template"
            | "iframe"
            | "object"
            | "video"
            | "audio"
            | "canvas"
            | "meter"
            | "progress"
            | "rp"
    ) || dom.marked(i, DRAWN)
}

/// The text inside an element that is in sight, white space folded; all of it where styles are not known.
pub fn text_in_sight(dom: &Dom, i: u32) -> String {
    let looks = dom.looks();
    if looks.why_unknown().is_some() || !dom.inside(i).any(|j| dom.node(j).is_element) {
        return dom.text(i);
    }
    let mut text = String::new();
    for j in dom.inside(i).filter(|&j| !dom.node(j).is_element && dom.node(j).exposure != Exposure::Hidden) {
        let holder = dom.parent(j).unwrap_or(i);
        if !is_out_of_sight(looks, holder) {
            text.push_str(dom.raw_text(j));
            text.push_str(if dom.node(j).block == dom.node(i).block { "" } else { " " });
        }
    }
    crate::facts::fold_space(&text)
}

/// Whether a text directly inside of an element is kept out of sight although it is there.
pub fn is_out_of_sight(looks: &Looks, i: u32) -> bool {
    looks.is_away(i) || looks.of(i).is_some_and(|l| l.color.is_clear())
}

/// Whether a style puts an element, and what is inside of it, out of sight: thrown out of the window, cut off, shrunk or clear.
pub(super) fn puts_away(look: &Look) -> bool {
    let is_thrown = look.offset.iter().any(|o| o.is_some_and(|px| px <= -500.0));
    let is_cut = |axis: usize| {
        let most = [look.asked[axis], look.most[axis]].into_iter().flatten().fold(f32::INFINITY, f32::min);
        look.cuts[axis] && most <= 2.0
    };
    look.opacity <= 0.01
        || (look.placed != Placed::Flow { holds: false } && is_thrown)
        || look.indent <= -500.0
        || is_cut(0)
        || is_cut(1)
        || (look.is_clipped && look.placed == Placed::Absolute)
        || look.size < 1.0
}

/// The lowest contrast of the text directly in an element with what is behind it.
pub fn contrast(dom: &Dom, looks: &Looks, i: u32) -> Contrast {
    if !has_own_text(dom, i) {
        return Contrast::NoText;
    }
    if looks.why_unknown().is_some() {
        return worked_out(dom, looks, i);
    }
    if let Some(known) = looks.contrasts.borrow().get(&i) {
        return known.clone();
    }
    let found = worked_out(dom, looks, i);
    looks.contrasts.borrow_mut().insert(i, found.clone());
    found
}

fn worked_out(dom: &Dom, looks: &Looks, i: u32) -> Contrast {
    if is_drawn_otherwise(dom, i) || dom.node(i).exposure == Exposure::Hidden {
        return Contrast::NoText;
    }
    if let Some(why) = looks.why_unknown() {
        return Contrast::Unknown(why);
    }
    let Some(own) = looks.of(i) else { return Contrast::NoText };
    if is_out_of_sight(looks, i) {
        return Contrast::NoText;
    }
    if own.doubt & (INK | PLACE | SHOWN) != 0 {
        return Contrast::Unknown(UNDECIDED);
    }
    let pairs = match pairs(dom, looks, i) {
        Ok(pairs) => pairs,
        Err(why) => return sampled(dom, looks, i, own).unwrap_or(Contrast::Unknown(why)),
    };
    let ratios = pairs.iter().map(|&(text, ground)| (text.contrast(ground), text, ground));
    let mut ratios: Vec<(f64, Rgba, Rgba)> = ratios.collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(&(low, ..)), Some(&(high, text, ground))) = (ratios.first(), ratios.last()) else {
        return Contrast::Unknown(PICTURE);
    };
    if high <= 1.0 {
        return Contrast::Unknown(SAME);
    }
    if ratios.len() == 1 {
        return Contrast::Ratio(high, text, ground);
    }
    // Between two stops a gradient has all that lies between: where one is lighter than the text and one darker, also its own colour.
    let is_lighter = |(text, ground): &(Rgba, Rgba)| ground.luminance() > text.luminance();
    let is_crossed = pairs.iter().any(is_lighter) && !pairs.iter().all(is_lighter);
    Contrast::Between(if is_crossed { 1.0 } else { low }, high, text, ground)
}

/// The contrast of a text with the pixels behind it, where a browser drew the page and the text lies over a picture. `None` where its own colour
/// is not what is seen.
fn sampled(dom: &Dom, looks: &Looks, i: u32, own: &Look) -> Option<Contrast> {
    let (dark, light) = looks.places()?.ground(i)?;
    let is_changed = |look: &Look| look.opacity < 0.999 || look.is_mixed;
    if !own.color.is_opaque() || dom.ancestors_and_self(i).filter_map(|a| looks.of(a)).any(is_changed) {
        return None;
    }
    let color = |hex: u32| {
        let part = |shift: u32| ((hex >> shift) & 255) as f32 / 255.0;
        Rgba([part(16), part(8), part(0), 1.0])
    };
    let (dark, light) = (color(dark), color(light));
    let (to_dark, to_light) = (own.color.contrast(dark), own.color.contrast(light));
    let is_between = dark.luminance() < own.color.luminance() && own.color.luminance() < light.luminance();
    let (high, ground) = if to_dark > to_light { (to_dark, dark) } else { (to_light, light) };
    let low = if is_between { 1.0 } else { to_dark.min(to_light) };
    Some(if high - low < 0.01 {
        Contrast::Ratio(high, own.color, ground)
    } else {
        Contrast::Between(low, high, own.color, ground)
    })
}

/// The colours of the text of an element and of what is behind it, both opaque: one pair, or one a stop of a gradient.
fn pairs(dom: &Dom, looks: &Looks, i: u32) -> Result<Vec<(Rgba, Rgba)>, &'static str> {
    let around: Vec<(u32, &Look)> = dom.ancestors_and_self(i).filter_map(|a| Some((a, looks.of(a)?))).collect();
    let Some((_, own)) = around.first() else { return Err(UNDECIDED) };
    // What shows where a letter is, and where none is, as far as the elements so far paint it. Around a letter lies anything
    // between no shadow and all of them.
    let mut pairs = vec![(own.color, Rgba::CLEAR)];
    if !own.shadows.is_empty() {
        let all = own.shadows.iter().rev().fold(Rgba::CLEAR, |below, shadow| shadow.over(below));
        pairs.extend(own.shadows.iter().take(GROUNDS / 2).map(|&shadow| (own.color, shadow)));
        pairs.push((own.color, all));
    }
    let mut on_the_way: Vec<u32> = Vec::new();
    // An element that is not whole lets through what is behind it, however dense its own background.
    let whole_from = around.iter().rposition(|(_, look)| look.opacity < 0.999).map_or(0, |at| at + 1);
    for (at, &(a, look)) in around.iter().enumerate() {
        if look.is_mixed || (look.is_animated && (look.opacity < 1.0 || a == i)) {
            return Err(MIXED);
        }
        if look.is_layered || lies_under(dom, looks, a, &on_the_way) {
            return Err(FREE);
        }
        match &look.picture {
            Picture::None => {}
            Picture::Unknown => return Err(PICTURE),
            Picture::Stops(stops) => {
                let over = |&(text, ground): &(Rgba, Rgba)| stops.iter().map(move |&s| (text.over(s), ground.over(s)));
                pairs = pairs.iter().flat_map(over).collect();
            }
        }
        if pairs.len() > GROUNDS {
            return Err(SEVERAL);
        }
        for (text, ground) in &mut pairs {
            *text = text.over(look.ground).faded(look.opacity);
            *ground = ground.over(look.ground).faded(look.opacity);
        }
        if at + 1 >= whole_from && pairs.iter().all(|(_, ground)| ground.is_opaque()) {
            return Ok(pairs);
        }
        let is_free = matches!(look.placed, Placed::Absolute | Placed::Fixed) || look.is_moved;
        if is_free && dom.parent(a).is_some() {
            return Err(FREE);
        }
        on_the_way.push(a);
    }
    Ok(pairs.iter().map(|(text, ground)| (text.over(Rgba::WHITE), ground.over(Rgba::WHITE))).collect())
}

/// Whether something that is placed freely by an element, and that the text is not in, may lie behind the text.
/// `on_the_way` are the elements around the text inside that element, the innermost first.
fn lies_under(dom: &Dom, looks: &Looks, holder: u32, on_the_way: &[u32]) -> bool {
    let layers = looks.layers(holder);
    if layers.is_empty() {
        return false;
    }
    let depth = |i: u32| looks.of(i).and_then(|l| l.depth).unwrap_or(0);
    let is_raised = |i: &&u32| {
        looks.of(**i).is_some_and(|l| l.placed != Placed::Flow { holds: false } || l.opacity < 1.0 || l.is_moved)
    };
    // What is raised is painted over what is not, and among the raised the later over the earlier (CSS 2.2 appendix E).
    let raised = on_the_way.iter().rev().find(is_raised).map(|&i| (depth(i), i));
    layers.iter().filter(|layer| !on_the_way.contains(layer)).any(|&layer| {
        let is_in_flow = looks.of(layer).is_some_and(|l| matches!(l.placed, Placed::Flow { .. }));
        let holds_text = (layer..dom.node(layer).end).contains(on_the_way.first().unwrap_or(&holder));
        !holds_text && (is_in_flow || depth(layer) < 0 || raised.is_some_and(|text| (depth(layer), layer) < text))
    })
}
