//! Colours that old attributes give, as a sheet: `bgcolor`, `text`, `link`, `font color`. Rules of the page override them.

use crate::facts::dom::Dom;
use std::collections::BTreeSet;

/// Different colours that are read. Our choice.
const COLORS: usize = 200;

/// A sheet of what the attributes ask for, without weight in the cascade (HTML Standard §15.3).
pub(super) fn of(dom: &Dom) -> String {
    let mut rules: BTreeSet<String> = BTreeSet::new();
    for i in dom.elements() {
        let mut add = |name: &str, on: &str, property: &str| {
            let Some(value) = dom.attr(i, name) else { return };
            let value = value.trim();
            if let Some(color) = color(value).filter(|_| rules.len() < COLORS) {
                rules.insert(format!(":where({on}){{{property}:{color}}}").replace("VALUE", value));
            }
        };
        match dom.tag(i) {
            "body" => {
                add("bgcolor", "body", "background-color");
                add("text", "body", "color");
                add("link", "a[href]", "color");
            }
            "table" | "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" => {
                let on = format!("{}[bgcolor=\"VALUE\"]", dom.tag(i));
                add("bgcolor", &on, "background-color");
            }
            "font" => add("color", "font[color=\"VALUE\"]", "color"),
            _ => {}
        }
    }
    rules.into_iter().collect()
}

/// A colour as old attributes write it: a name, or six or three digits with or without their sign.
fn color(value: &str) -> Option<String> {
    let digits = value.strip_prefix('#').unwrap_or(value);
    let is_hex = matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex {
        return Some(format!("#{digits}"));
    }
    let is_name = !value.is_empty() && value.len() < 24 && value.bytes().all(|b| b.is_ascii_alphabetic());
    is_name.then(|| value.to_ascii_lowercase())
}
