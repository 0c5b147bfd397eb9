//! What an element's own source says of whether people can meet it: attributes, and what its `style` attribute declares.

use crate::facts::Lexicon;
use crate::facts::dom::attr;
use crate::model::Exposure;
use scraper::node::Element;

/// What a `style` attribute declares of the things that hide an element; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Whether `display` is `none`.
    pub undisplayed: Option<bool>,
    /// Whether `visibility` is `hidden` or `collapse`.
    pub invisible: Option<bool>,
}

/// Reads the declarations of a `style` attribute; the last one wins unless an earlier one is important.
pub fn declared(style: &str) -> Declared {
    let mut found = Declared::default();
    let mut important = (false, false);
    for declaration in style.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let mut words = value.split(['!', ' ', '\t', '\n', '\r']).filter(|w| !w.is_empty());
        let word = words.next().unwrap_or("").to_ascii_lowercase();
        let is_important = words.next_back().is_some_and(|w| w.eq_ignore_ascii_case("important"));
        let name = name.trim();
        if name.eq_ignore_ascii_case("display") && (is_important || !important.0) {
            found.undisplayed = Some(word == "none");
            important.0 = is_important;
        } else if name.eq_ignore_ascii_case("visibility") && (is_important || !important.1) {
            found.invisible = match word.as_str() {
                "hidden" | "collapse" => Some(true),
                "visible" | "initial" => Some(false),
                _ => None,
            };
            important.1 = is_important;
        }
    }
    found
}

/// Whether people can meet an element, and whether what hides it is its visibility alone, which an element inside may undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether people can meet it.
    pub exposure: Exposure,
    /// Whether it would be met were it visible.
    pub veiled: bool,
}

impl Shown {
    /// In sight.
    pub const YES: Self = Self { exposure: Exposure::Exposed, veiled: false };
    const NO: Self = Self { exposure: Exposure::Hidden, veiled: false };
    const VEILED: Self = Self { exposure: Exposure::Hidden, veiled: true };

    /// What computed styles make of an element under another.
    pub fn under(above: Self, displayed: bool, visible: bool) -> Self {
        match (displayed, visible) {
            _ if above.exposure == Exposure::Hidden && !above.veiled => Self::NO,
            (false, _) => Self::NO,
            (true, false) => Self::VEILED,
            (true, true) => Self::YES,
        }
    }
}

/// What the element's own source says of its exposure, under that of its parent.
pub fn own_exposure(element: &Element, above: Shown, lexicon: &Lexicon) -> Shown {
    if above.exposure == Exposure::Hidden && !above.veiled {
        return Shown::NO;
    }
    let style = attr(element, "style").map(declared).unwrap_or_default();
    let by_kind = match element.name() {
        "head" | "script" | "style" | "noscript" | "datalist" | "link" | "meta" => return Shown::NO,
        // What a template holds is shown only where it is the inside of its parent, declared.
        "template" if attr(element, "shadowrootmode").is_none() => return Shown::NO,
        "input" if attr(element, "type").is_some_and(|t| t.trim().eq_ignore_ascii_case("hidden")) => return Shown::NO,
        "dialog" => attr(element, "open").is_none(),
        _ => false,
    };
    let by_attribute = by_kind || attr(element, "hidden").is_some() || attr(element, "popover").is_some();
    // A declared display overrides what browsers make of the attributes.
    if style.undisplayed.unwrap_or(by_attribute) {
        return Shown::NO;
    }
    match style.invisible {
        Some(true) => return Shown::VEILED,
        Some(false) if above.veiled => return Shown::YES,
        _ if above.veiled => return Shown::VEILED,
        _ => {}
    }
    if attr(element, "class").is_some_and(|classes| lexicon.may_hide(classes)) {
        return Shown { exposure: Exposure::Unknown, veiled: false };
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_attributes_are_read_by_property() {
        let none = |style| declared(style).undisplayed;
        assert_eq!(none("color: red; DISPLAY : none"), Some(true));
        assert_eq!(none("display:none;display:block"), Some(false));
        assert_eq!(none("display:none !important;display:block"), Some(true));
        assert_eq!(none("x-display:none"), None);
        let invisible = |style| declared(style).invisible;
        assert_eq!(invisible("backface-visibility: hidden"), None);
        assert_eq!(invisible("visibility:collapse"), Some(true));
        assert_eq!(invisible("visibility: visible"), Some(false));
    }
}
