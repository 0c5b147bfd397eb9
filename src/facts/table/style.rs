//! Facts of elements that follow from style sheets; `[check.selector]` tests them one element at a time.

use super::Value;
use crate::facts::dom::Dom;
use crate::facts::style::{
    Contrast, Looks, Measure, Spacing, contrast, has_own_text, important_spacing, is_out_of_sight, is_unreached_scroll,
    link_contrast, locked_turn, target_size,
};
use crate::model::Exposure;

fn of(measure: Measure) -> Value {
    match measure {
        Measure::None => Value::Absent,
        Measure::Unknown(why) => Value::Unknown(why),
        Measure::Is(n) => Value::Number(n),
        Measure::Between(least, most) => Value::Between(least, most),
    }
}

/// What was found of the colours of its text; unknown where no styles were worked out.
fn text_contrast(dom: &Dom, i: u32) -> Contrast {
    contrast(dom, dom.looks(), i)
}

fn ratio(dom: &Dom, i: u32) -> Value {
    match text_contrast(dom, i) {
        Contrast::NoText => Value::Absent,
        Contrast::Unknown(why) => Value::Unknown(why),
        Contrast::Ratio(ratio, ..) => Value::Number(ratio),
        Contrast::Between(low, high, ..) => Value::Between(low, high),
    }
}

fn colors(dom: &Dom, i: u32) -> Value {
    match text_contrast(dom, i) {
        Contrast::NoText => Value::Absent,
        Contrast::Unknown(why) => Value::Unknown(why),
        Contrast::Ratio(_, text, ground) | Contrast::Between(_, _, text, ground) => {
            Value::Text(format!("{} on {}", text.hex(), ground.hex()))
        }
    }
}

/// A fact of the text directly inside of an element.
fn of_text(dom: &Dom, i: u32, read: impl Fn(&Looks) -> Option<Value>) -> Value {
    let looks = dom.looks();
    if !has_own_text(dom, i) || dom.node(i).exposure == Exposure::Hidden {
        return Value::Absent;
    }
    match looks.why_unknown() {
        Some(why) => Value::Unknown(why),
        None if is_out_of_sight(looks, i) => Value::Absent,
        None => read(looks).unwrap_or(Value::Absent),
    }
}

/// On a page that a browser drew, the room of a target says more.
fn target(dom: &Dom, i: u32) -> Value {
    if dom.looks().places().is_some() { Value::Absent } else { of(target_size(dom, dom.looks(), i)) }
}

/// Large in the sense of WCAG 2.2: 18 points, or 14 points and bold.
fn is_large(dom: &Dom, i: u32) -> Value {
    of_text(dom, i, |looks| {
        let look = looks.of(i)?;
        let is_bold = look.weight >= 700.0;
        // A point is four thirds of a CSS pixel.
        Some(Value::Flag(look.size >= 24.0 || (is_bold && look.size >= 14.0 * 4.0 / 3.0 - 0.01)))
    })
}

fn justified(dom: &Dom, i: u32) -> Value {
    of_text(dom, i, |looks| {
        let look = looks.of(i)?;
        let is_block = dom.node(i).block == i;
        (look.is_justified && is_block).then(|| super::size(dom.text(i).split_whitespace().count()))
    })
}

facts! {
    "element.contrast", "ratio", "Contrast of the text directly inside it with what is behind it, by WCAG; does not apply where it has none in sight.", Element ratio;
    "element.colors", "colors", "The colours of the text directly inside it and of what is behind it.", Element colors;
    "element.large_text", "yes/no", "The text directly inside it is large: 18 points, or 14 points and bold.", Element is_large;
    "element.label_of_disabled", "yes/no", "It stands in the label of a control that is switched off.", Element |d, i| Value::Flag(d.looks().is_inactive(d, i));
    "element.text_size", "px", "Size of the letters directly inside it.", Element |d, i| of_text(d, i, |looks| Some(Value::Number(f64::from(looks.of(i)?.size))));
    "element.justified_words", "words", "Words of a block whose lines are stretched to both margins; does not apply to others.", Element justified;
    "element.target_size", "px", "The smaller of width and height of its box; does not apply to what stands in a line of text, nor to a box as large as the words in it, nor to pages that a browser drew (`element.target_room`).", Element target;
    "element.locked_turn", "degrees", "By how much a style sheet turns it when the screen is turned; does not apply where it does not.", Element |d, i| of(locked_turn(d, d.looks(), i));
    "element.fixed_letter_spacing", "em", "Space between letters that its style attribute sets as important.", Element |d, i| of(important_spacing(d, d.looks(), i, Spacing::Letters));
    "element.fixed_word_spacing", "em", "Space between words that its style attribute sets as important.", Element |d, i| of(important_spacing(d, d.looks(), i, Spacing::Words));
    "element.fixed_line_height", "em", "Height of lines that its style attribute sets as important.", Element |d, i| of(important_spacing(d, d.looks(), i, Spacing::Lines));
    "element.unreached_scroll", "yes/no", "It holds more than it shows, so that people have to scroll it, and the Tab key reaches neither it nor anything in it.", Element |d, i| is_unreached_scroll(d, d.looks(), i).map_or(Value::Unknown("how much it holds depends on the font or on a picture"), Value::Flag);
    "element.focus_unseen", "yes/no", "A link or button: style sheets take its frame away when the focus is on it, and none puts another sign in its place.", Element |d, i| Value::Flag(d.looks().is_frameless(i));
    "element.link_contrast", "ratio", "Contrast of a link in a text with the words around it, where nothing but its colour sets it apart.", Element |d, i| of(link_contrast(d, d.looks(), i));
}
