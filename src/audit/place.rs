//! Where a finding is, for people; and its anchor, which it is known by from run to run.

use super::mask::mask;
use crate::facts::{Dom, Link, called, fold_space, shorten};
use crate::model::Place;

/// Longest quote in a report, in characters. Our choice.
const QUOTE: usize = 160;

/// The place of an element, shown as its start tag.
pub(super) fn of_element(dom: &Dom, i: u32) -> (Place, String) {
    let place =
        Place { selector: dom.selector(i), line: dom.node(i).line, snippet: mask(&dom.start_tag(i)), after: None };
    (place, anchor(dom, i))
}

/// The place of a text, shown as the text.
pub(super) fn of_text(dom: &Dom, i: u32, text: &str) -> (Place, String) {
    let place =
        Place { selector: dom.selector(i), line: dom.node(i).line, snippet: mask(&shorten(text, QUOTE)), after: None };
    (place, format!("{}|{}", dom.tag(i), shorten(text, QUOTE)))
}

/// The place of a link whose page is no longer at hand.
pub(super) fn of_link(link: &Link) -> (Place, String) {
    let raw = link.raw.replace('\\', "\\\\").replace('"', "\\\"");
    let snippet = format!("<a href=\"{}\">{}</a>", shorten(&link.raw, 80), shorten(&link.text, 60));
    let place = Place { selector: format!("a[href=\"{raw}\"]"), line: link.line, snippet: mask(&snippet), after: None };
    (place, link_anchor(link))
}

/// A link is known by its words and the path it leads to, so that another host or query changes nothing.
pub(super) fn link_anchor(link: &Link) -> String {
    let path = link.page.as_ref().map_or(link.raw.as_str(), |p| p.path());
    format!("link|{}|{}", shorten(&link.text, 80), shorten(path, 120))
}

/// Role and text of an element; where it has no text, what else names it.
fn anchor(dom: &Dom, i: u32) -> String {
    let tag = dom.tag(i);
    let role = dom.attr(i, "role").unwrap_or(tag);
    // What is said of the page as a whole is one cause on all pages of its template, whatever stands on them.
    if matches!(tag, "html" | "body") {
        return format!("{role}|");
    }
    let name = called(dom, i);
    if !name.is_empty() {
        return format!("{role}|{}", shorten(&name, 80));
    }
    let named = ["name", "id", "href", "src", "action"].iter().find_map(|a| Some((a, dom.attr(i, a)?)));
    match named {
        Some((&"src", value)) => format!("{role}|src={}", without_hash(value)),
        Some((attribute @ (&"href" | &"action"), value)) => {
            format!("{role}|{attribute}={}", shorten(&fold_space(without_host(value)), 80))
        }
        Some((attribute, value)) => format!("{role}|{attribute}={}", shorten(&fold_space(&steady(value)), 80)),
        None => format!("{role}|"),
    }
}

/// An address without its host, port, query and fragment, since a staging site has others; what is no address of the web stays whole.
fn without_host(value: &str) -> &str {
    let value = value.trim();
    let rest = ["http://", "https://", "//"].iter().find_map(|start| value.strip_prefix(start));
    let path = match rest {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None if value.starts_with('#') || value.split('/').next().is_some_and(|first| first.contains(':')) => {
            return value;
        }
        None => value,
    };
    path.split(['?', '#']).next().unwrap_or(path)
}

/// A name without the parts that a server makes up for each answer: `dom-id-9d8f03ab12` is `dom-id`.
fn steady(value: &str) -> String {
    let parts: Vec<&str> = value.split('-').collect();
    let kept: Vec<&str> = parts.iter().copied().filter(|part| !is_hash(part)).collect();
    if kept.is_empty() { value.to_owned() } else { kept.join("-") }
}

/// Whether a part of a name is the hash of something: six or more hexadecimal digits, some of them figures.
fn is_hash(part: &str) -> bool {
    part.len() >= 6 && part.chars().all(|c| c.is_ascii_hexdigit()) && part.chars().any(|c| c.is_ascii_digit())
}

/// The file name of an asset without the hash that a build puts into it: `logo.3f9ab2c1.svg` is `logo.svg`.
fn without_hash(src: &str) -> String {
    let path = src.split(['?', '#']).next().unwrap_or("");
    let file = path.rsplit('/').next().unwrap_or("");
    let parts: Vec<&str> = file.split(['.', '-']).filter(|part| !is_hash(part)).collect();
    shorten(&parts.join("."), 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_change_no_anchor() {
        assert_eq!(without_hash("/img/logo.3f9ab2c1.svg?v=3"), "logo.svg");
        assert_eq!(without_hash("/img/logo-of-the-town.svg"), "logo.of.the.town.svg");
        assert_eq!(steady("view-dom-id-9d8f03ab12"), "view-dom-id");
        assert_eq!((steady("edit-submit"), steady("123456")), ("edit-submit".to_owned(), "123456".to_owned()));
    }

    #[test]
    fn a_staging_host_changes_no_anchor() {
        for (value, expected) in [
            ("https://www.town.example/apply?step=1#top", "/apply"),
            ("http://127.0.0.1:8080/apply", "/apply"),
            ("//town.example", "/"),
            ("/apply?x=1", "/apply"),
            ("apply/now", "apply/now"),
            ("#main", "#main"),
            ("mailto:a@town.example", "mailto:a@town.example"),
        ] {
            assert_eq!(without_host(value), expected, "{value}");
        }
    }
}
