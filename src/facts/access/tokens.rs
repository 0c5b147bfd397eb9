//! Values of attributes that have a grammar of their own: language tags, autocomplete, viewport, addresses of clips.

use super::focus::{Focus, focus};
use crate::facts::dom::{Dom, fold_space};
use crate::facts::text::language;
use crate::facts::text::word::is_blank;
use crate::model::Exposure;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// The languages that a tag may name.
static LANGUAGES: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("languages.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_ascii_whitespace).collect()
});

/// Characters of a part's own text that its language is told by, at most. Our choice: more does not make it surer.
const SAMPLE: usize = 2_000;

/// Whether the first part of a language tag names a language; the part `qaa` to `qtz` is for private use.
fn is_language(tag: &str) -> bool {
    let first = tag.split('-').next().unwrap_or("").to_ascii_lowercase();
    let is_private = first.len() == 3 && ("qaa"..="qtz").contains(&first.as_str());
    is_private || LANGUAGES.contains(first.as_str())
}

/// The `lang` of an element, where no language has that code and something inside is read by it.
pub fn unknown_language(dom: &Dom, i: u32) -> Option<String> {
    let lang = dom.attr(i, "lang").filter(|lang| !lang.is_empty())?;
    let is_root = dom.tag(i) == "html";
    if is_language(lang.trim()) || (is_root && lang.trim().is_empty()) || (!is_root && !speaks(dom, i)) {
        return None;
    }
    Some(if lang.trim().is_empty() { "blank".to_owned() } else { fold_space(lang) })
}

/// Whether the element says nothing of its language.
pub fn has_no_language(dom: &Dom, i: u32) -> bool {
    dom.attr(i, "lang").is_none_or(|lang| lang.trim().is_empty())
}

/// The language that `xml:lang` names, where `lang` names another one.
pub fn other_xml_lang(dom: &Dom, i: u32) -> Option<String> {
    let first = |tag: &str| tag.trim().split('-').next().unwrap_or("").to_ascii_lowercase();
    let (lang, xml) = (dom.attr(i, "lang")?, dom.attr(i, "xml:lang")?);
    (!lang.trim().is_empty() && !xml.trim().is_empty() && first(lang) != first(xml)).then(|| xml.trim().to_owned())
}

/// Texts inside an element that no element within has a language of its own for, those in sight only.
fn own_texts(dom: &Dom, i: u32) -> impl Iterator<Item = u32> + '_ {
    let end = dom.node(i).end;
    let mut next = i + 1;
    std::iter::from_fn(move || {
        while next < end {
            let at = next;
            let skip =
                dom.node(at).exposure == Exposure::Hidden || (dom.element(at).is_some() && has_language(dom, at));
            next = if skip { dom.node(at).end } else { at + 1 };
            if !skip {
                return Some(at);
            }
        }
        None
    })
}

fn has_language(dom: &Dom, i: u32) -> bool {
    dom.attr(i, "lang").is_some_and(|lang| !lang.is_empty())
}

fn speaks(dom: &Dom, i: u32) -> bool {
    let named =
        |j: u32| ["alt", "aria-label", "title"].iter().any(|a| dom.attr(j, a).is_some_and(|v| !v.trim().is_empty()));
    own_texts(dom, i).any(|j| if dom.node(j).is_element { named(j) } else { !is_blank(dom.raw_text(j)) })
}

/// The language that the text of an element is clearly in, where its `lang` names another one.
pub fn spoken_otherwise(dom: &Dom, i: u32) -> Option<&'static str> {
    let lang = dom.attr(i, "lang").map(str::trim).filter(|lang| is_language(lang))?;
    let mut text = String::new();
    for j in own_texts(dom, i).filter(|&j| !dom.node(j).is_element) {
        text.push_str(dom.raw_text(j));
        text.push(' ');
        if text.len() > SAMPLE {
            break;
        }
    }
    let told = language::clear_language(&fold_space(&text))?;
    let first = lang.split('-').next().unwrap_or("");
    (!first.eq_ignore_ascii_case(told) && language::is_told_apart(first)).then_some(told)
}

/// Field names that stand alone, and those that a kind of contact (`home`, `work` …) may stand before.
const FIELDS: &str = "name honorific-prefix given-name additional-name family-name honorific-suffix nickname username new-password \
    current-password one-time-code organization-title organization street-address address-line1 address-line2 address-line3 \
    address-level4 address-level3 address-level2 address-level1 country country-name postal-code cc-name cc-given-name \
    cc-additional-name cc-family-name cc-number cc-exp cc-exp-month cc-exp-year cc-csc cc-type transaction-currency \
    transaction-amount language bday bday-day bday-month bday-year sex url photo";
const CONTACTS: &str = "tel tel-country-code tel-national tel-area-code tel-local tel-local-prefix tel-local-suffix \
    tel-extension email impp";

/// The `autocomplete` of a field that browsers can't use, by HTML's rules for its words.
pub fn bad_autocomplete(dom: &Dom, i: u32) -> Option<String> {
    let value = dom.attr(i, "autocomplete").filter(|v| !v.trim().is_empty())?;
    let lower = value.to_ascii_lowercase();
    let mut words = lower.split_ascii_whitespace().peekable();
    let is = |list: &str, word: &str| list.split_ascii_whitespace().any(|known| known == word);
    if matches!(lower.trim(), "on" | "off") || is_off(dom, i) {
        return None;
    }
    words.next_if(|w| w.starts_with("section-"));
    words.next_if(|w| is("shipping billing", w));
    let is_field = match words.next() {
        Some(way) if is("home work mobile fax pager", way) => words.next().is_some_and(|w| is(CONTACTS, w)),
        Some(word) => is(FIELDS, word) || is(CONTACTS, word),
        None => false,
    };
    words.next_if(|&w| is_field && w == "webauthn");
    (!is_field || words.next().is_some()).then(|| fold_space(value))
}

/// Whether nobody fills the field in: it is switched off, or is no control for anybody.
fn is_off(dom: &Dom, i: u32) -> bool {
    let kind = super::implicit::input_type(dom, i);
    let no_field = dom.tag(i) == "input" && matches!(kind.as_str(), "hidden" | "button" | "submit" | "reset" | "image");
    let no_widget = focus(dom, i) != Focus::Tab && dom.explicit_role(i).is_some_and(|r| !r.has(super::role::WIDGET));
    let is_fixed = dom.attr(i, "readonly").is_some();
    no_field || is_fixed || super::claims::is_switched_off(dom, i) || no_widget
}

/// The part of a `viewport` that keeps people from enlarging the page to twice its size (WCAG 1.4.4).
pub fn zoom_limit(dom: &Dom, i: u32) -> Option<String> {
    let content = dom.attr(i, "content")?;
    let parts = content.split([',', ';']).filter_map(|part| part.split_once('='));
    // The last one of a name counts.
    let (mut scalable, mut largest) = (None, None);
    for (name, value) in parts {
        let value = value.trim().to_ascii_lowercase();
        match name.trim().to_ascii_lowercase().as_str() {
            "user-scalable" => scalable = Some(value),
            "maximum-scale" => largest = Some(value),
            _ => {}
        }
    }
    // By CSS Device Adaptation: sizes of the device count as 10, `yes` as 1, and what is no number as 0.1.
    let number = |value: &str| match value {
        "yes" => 1.0,
        "device-width" | "device-height" => 10.0,
        _ => leading_number(value).unwrap_or(0.1),
    };
    let blocks = scalable.filter(|v| number(v).abs() < 1.0).map(|v| format!("user-scalable={v}"));
    blocks.or_else(|| largest.filter(|v| (0.0..2.0).contains(&number(v))).map(|v| format!("maximum-scale={v}")))
}

fn leading_number(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    value[..end].parse().ok().filter(|n: &f64| n.is_finite())
}

/// Whether a sound or film that starts by itself can be heard for longer than three seconds (WCAG 1.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// It does not start by itself, is silent, or is cut to three seconds.
    No,
    /// A film may have no sound, and a clip that is cut only at its start may be short.
    Unknown,
    /// It is a sound, and its address cuts nothing away.
    Yes,
}

/// What is heard of a sound or film without anybody starting it.
pub fn sound(dom: &Dom, i: u32) -> Sound {
    let has = |name: &str| dom.attr(i, name).is_some();
    let source = dom.attr(i, "src").or_else(|| {
        let source = dom.children(i).find(|&c| dom.tag(c) == "source" && dom.attr(c, "src").is_some());
        source.and_then(|c| dom.attr(c, "src"))
    });
    let Some(source) = source.filter(|s| !s.trim().is_empty() && has("autoplay") && !has("muted")) else {
        return Sound::No;
    };
    let cut = source.rsplit_once('#').and_then(|(_, part)| part.split('&').find_map(|p| p.strip_prefix("t=")));
    let cut = cut.map(|times| times.trim_start_matches("npt:").split_once(',').unwrap_or((times, "")));
    let time = |t: &str| if t.is_empty() { Some(0.0) } else { t.parse::<f64>().ok() };
    match cut {
        None if dom.tag(i) == "audio" => Sound::Yes,
        Some((start, end)) if !end.is_empty() => match (time(start), time(end)) {
            (Some(start), Some(end)) if end - start <= 3.0 && !has("loop") => Sound::No,
            (Some(_), Some(_)) if dom.tag(i) == "audio" => Sound::Yes,
            _ => Sound::Unknown,
        },
        _ => Sound::Unknown,
    }
}
