//! Ways to reach somebody that a page names: phone, fax, e-mail, address, opening hours, contact form.

use super::dom::{Dom, fold_space, shorten};
use super::forms::Form;
use super::lexicon::Words;
use super::links::Link;
use super::text::{Block, BlockKind};
use crate::model::Region;
use phonenumber::country;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// Something that looks like a phone number: at least seven digits with the usual marks between.
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:\+|\b)?\(?[0-9]{1,4}\)?(?:[ .\-/\u{2010}-\u{2013}()]{1,3}[0-9]{2,5}){1,5}(?:\s*(?:x|ext\.?|extension)\s*[0-9]{1,6})?")
        .expect("the pattern is a literal that was tried")
});

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
        .expect("the pattern is a literal that was tried")
});

/// Numbers that are right though no numbering plan holds them: emergency, city and crisis lines.
const SHORT_CODES: &[&str] =
    &["911", "112", "999", "311", "211", "411", "511", "711", "811", "988", "101", "111", "116123"];

/// A way to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// `phone`, `fax`, `relay`, `email`, `address`, `hours` or `form`.
    pub kind: String,
    /// The value in one spelling: E.164 with `;ext=`, lower case, `Mo-Fr 09:00-17:00`.
    pub value: String,
    /// What the page says.
    pub raw: String,
    /// The words before it that say whose it is; empty where there are none.
    pub label: String,
    /// The part of the page.
    pub region: Region,
    /// Line in the source.
    pub line: u32,
    /// Whether a phone number can exist in its country's plan; `None` for other kinds.
    pub valid: Option<bool>,
    /// Index of the element; only while the page is read.
    #[serde(skip)]
    pub node: u32,
}

/// All contacts of a page in document order, each value once a region.
pub fn contacts(
    dom: &Dom,
    blocks: &[Block],
    links: &[Link],
    forms: &[Form],
    words: Option<&Words>,
    country: &str,
) -> Vec<Contact> {
    let mut found = Vec::new();
    let mut phones = Phones { country: country_id(country), known: HashMap::new() };
    for block in blocks {
        in_block(dom, block, words, &mut phones, &mut found);
    }
    for link in links {
        in_link(link, words, &mut phones, &mut found);
    }
    for form in forms.iter().filter(|f| matches!(f.kind.as_str(), "contact" | "feedback")) {
        let node = dom.node(form.node);
        let value = form.action.clone().unwrap_or_default();
        found.push(Contact {
            kind: "form".into(),
            raw: value.clone(),
            value,
            label: String::new(),
            region: node.region,
            line: form.line,
            valid: None,
            node: form.node,
        });
    }
    found.sort_by_key(|c| c.node);
    let mut seen = BTreeSet::new();
    found.retain(|c| seen.insert((c.kind.clone(), c.value.clone(), c.region)));
    found
}

fn in_block(dom: &Dom, block: &Block, words: Option<&Words>, phones: &mut Phones, found: &mut Vec<Contact>) {
    let text = &block.text;
    let line = dom.node(block.node).line;
    let mut here: Vec<(usize, Contact)> = Vec::new();
    let mut push = |kind: &str, value: String, raw: &str, before: &str, valid| {
        let label = label_before(before);
        here.push((
            before.len(),
            Contact {
                kind: kind.to_owned(),
                value,
                raw: raw.to_owned(),
                label,
                region: block.region,
                line,
                valid,
                node: block.node,
            },
        ));
    };
    if text.contains('@') {
        for m in EMAIL.find_iter(text) {
            push("email", m.as_str().to_lowercase(), m.as_str(), &text[..m.start()], None);
        }
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 7 {
        for m in PHONE.find_iter(text) {
            let raw = m.as_str().trim();
            let digits = raw.bytes().filter(u8::is_ascii_digit).count();
            if !(7..=20).contains(&digits) || is_other_number(raw) {
                continue;
            }
            if let Some((value, valid)) = phones.read(raw)
                && valid
            {
                push(phone_kind(words, &text[..m.start()]), value, raw, &text[..m.start()], Some(valid));
            }
        }
    }
    if let Some(words) = words.filter(|_| block.kind != BlockKind::Button) {
        let hours = opening_hours(text, words);
        if let Some((value, start, end)) = hours {
            push("hours", value, &text[start..end], &text[..start], None);
        }
        if digits > 0
            && let Some(street) = &words.street
            && let Some(m) = street.find(text)
        {
            push("address", fold_space(m.as_str()), m.as_str(), &text[..m.start()], None);
        }
    }
    here.sort_by_key(|(at, _)| *at);
    found.extend(here.into_iter().map(|(_, contact)| contact));
}

fn in_link(link: &Link, words: Option<&Words>, phones: &mut Phones, found: &mut Vec<Contact>) {
    let (kind, value, valid) = match link.scheme() {
        "mailto" => {
            let address = link.href["mailto:".len()..].split('?').next().unwrap_or("");
            if !EMAIL.is_match(address) {
                return;
            }
            ("email", address.to_lowercase(), None)
        }
        "tel" => {
            let number = &link.href["tel:".len()..];
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            if SHORT_CODES.contains(&digits.as_str()) {
                ("phone", digits, Some(true))
            } else {
                let Some((value, valid)) = phones.read(number) else { return };
                (phone_kind(words, &link.text), value, Some(valid))
            }
        }
        _ => return,
    };
    found.push(Contact {
        kind: kind.to_owned(),
        value,
        raw: if link.text.is_empty() { link.raw.clone() } else { link.text.clone() },
        label: String::new(),
        region: link.region,
        line: link.line,
        valid,
        node: link.node,
    });
}

/// Reads phone numbers; a page often names one several times, and each costs some microseconds.
struct Phones {
    country: country::Id,
    known: HashMap<String, Option<(String, bool)>>,
}

impl Phones {
    /// The number in E.164 with its extension, and whether it can exist; `None` for what is no number.
    fn read(&mut self, raw: &str) -> Option<(String, bool)> {
        if let Some(known) = self.known.get(raw) {
            return known.clone();
        }
        let read = phone(raw, self.country);
        self.known.insert(raw.to_owned(), read.clone());
        read
    }
}

fn phone(raw: &str, country: country::Id) -> Option<(String, bool)> {
    let raw = raw.replace(['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}'], "-").replace("%20", " ");
    let number = phonenumber::parse(Some(country), &raw).ok()?;
    let mut value = number.format().mode(phonenumber::Mode::E164).to_string();
    if let Some(extension) = number.extension() {
        value = format!("{};ext={}", value.split(';').next().unwrap_or(&value), extension);
    }
    Some((value, number.is_valid()))
}

/// Dates, sums and ranges of years that have the shape of a number.
fn is_other_number(raw: &str) -> bool {
    let parts: Vec<&str> = raw.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    let year = |p: &&str| p.len() == 4 && (p.starts_with("19") || p.starts_with("20"));
    // 2024-05-06, 05/06/2024 and 2016-2017; a phone number's parts are longer or more.
    (parts.len() == 3
        && (parts.first().is_some_and(year) || parts.last().is_some_and(year))
        && parts.iter().filter(|p| p.len() <= 2).count() == 2)
        || (parts.len() == 2 && parts.iter().all(year))
        || raw.contains('/') && parts.iter().all(|p| p.len() <= 2)
}

fn phone_kind(words: Option<&Words>, before: &str) -> &'static str {
    let Some(words) = words else { return "phone" };
    let near: String = before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
    let labels = words.patterns("phone-labels");
    let last = |topic: &str| labels.get(topic).and_then(|r| r.find_iter(&near).last()).map(|m| m.end());
    let best = ["fax", "relay", "phone"].into_iter().filter_map(|t| last(t).map(|end| (end, t))).max();
    best.map_or("phone", |(_, topic)| topic)
}

/// The last words before a value, up to the punctuation that sets them off: "Library desk: 555…".
fn label_before(before: &str) -> String {
    let line = before.rsplit(['\n', '.', ';', '|', '•']).next().unwrap_or("");
    let label = line.trim().trim_end_matches([':', ',', '-', '–', '(', '+']).trim();
    shorten(label, 60)
}

fn country_id(code: &str) -> country::Id {
    code.parse().unwrap_or(country::US)
}

/// Opening hours in a text as one line such as `Mo-Fr 09:00-17:00; Sa off`, with the bytes it was read from.
pub fn opening_hours(text: &str, words: &Words) -> Option<(String, usize, usize)> {
    let pattern = words.hours_pattern.as_ref()?;
    if !words.days.occur_in(text) {
        return None;
    }
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    let mut parts = Vec::new();
    let (mut start, mut end) = (None, 0);
    for found in pattern.captures_iter(&lower) {
        let whole = found.get(0)?;
        let code = |name: &str| found.name(name).and_then(|m| words.hour_code(m.as_str()));
        let Some(first) = code("d1") else { continue };
        let days = match (first, code("d2")) {
            ("weekdays", _) => "Mo-Fr".to_owned(),
            ("daily", _) => "Mo-Su".to_owned(),
            (first, Some(last)) => format!("{first}-{last}"),
            (first, None) => first.to_owned(),
        };
        let times = if found.name("closed").is_some() {
            "off".to_owned()
        } else {
            let (Some(from), Some(to)) = (found.name("t1"), found.name("t2")) else { continue };
            let (Some(from), Some(to)) = times(from.as_str(), to.as_str(), words) else { continue };
            format!("{from}-{to}")
        };
        start.get_or_insert(whole.start());
        end = whole.end();
        parts.push(format!("{days} {times}"));
    }
    start.map(|start| (parts.join("; "), start, end))
}

/// A span of time of day; a missing "a.m." or "p.m." is taken from the other end, or from what office hours can be.
fn times(from: &str, to: &str, words: &Words) -> (Option<String>, Option<String>) {
    let (from, to) = (time(from, words), time(to, words));
    let (Some((h1, m1, half1)), Some((h2, m2, half2))) = (from, to) else { return (None, None) };
    let on_clock = |h: u32, half: Option<bool>| match half {
        Some(true) if h < 12 => h + 12,
        Some(false) if h == 12 => 0,
        _ => h,
    };
    let end = match half2 {
        None if half1.is_some() && h2 < 12 && h2 <= h1 => h2 + 12,
        None if half1.is_none() && h2 < 8 && h2 <= h1 => h2 + 12,
        half => on_clock(h2, half),
    };
    let start = match half1 {
        None if half2 == Some(true) && h1 < h2 && h2 != 12 => h1 + 12,
        half => on_clock(h1, half),
    };
    // "9 to 5 p.m." starts in the morning: an office is not open from 21 to 17.
    let start = if start > end && start >= 12 { start - 12 } else { start };
    let show = |h: u32, m: u32| (h <= 24 && m < 60).then(|| format!("{h:02}:{m:02}"));
    (show(start, m1), show(end, m2))
}

/// Hour, minute, and whether the afternoon is named.
fn time(text: &str, words: &Words) -> Option<(u32, u32, Option<bool>)> {
    match words.hour_code(text) {
        Some("noon") => return Some((12, 0, Some(true))),
        Some("midnight") => return Some((24, 0, None)),
        _ => {}
    }
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').map_or(text, |at| &text[..at]);
    let (hour, minute) = digits.split_once([':', '.']).unwrap_or((digits, "0"));
    let half = match words.hour_code(text[digits.len()..].trim()) {
        Some("am") => Some(false),
        Some("pm") => Some(true),
        _ => None,
    };
    Some((hour.parse().ok().filter(|h| *h <= 24)?, minute.parse().unwrap_or(0), half))
}

/// Whether a `mailto:` link names addresses that can exist; `None` for other links, and for one that
/// only fills in a message for the reader to address (`mailto:?subject=…`).
pub fn is_mail_valid(link: &Link) -> Option<bool> {
    let (address, query) =
        link.href.strip_prefix("mailto:")?.split_once('?').unwrap_or((&link.href["mailto:".len()..], ""));
    if address.is_empty() && !query.is_empty() {
        return None;
    }
    let address = address.replace("%20", " ").replace("%2C", ",").replace("%40", "@");
    let is_address = |a: &str| {
        let bare = a.trim().trim_end_matches('>').rsplit('<').next().unwrap_or("");
        EMAIL.find(bare).is_some_and(|m| m.as_str().len() == bare.len())
    };
    Some(address.split([',', ';']).all(is_address))
}

/// Whether the digits of a `tel:` link are those of its text; `None` when the text is no number.
pub fn tel_agrees(link: &Link) -> Option<bool> {
    let number = link.href.strip_prefix("tel:")?.replace("%20", " ");
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    // Vanity numbers spell letters; they agree as their keys.
    let text = link.text.split([',', ';']).next().unwrap_or("");
    let (dialled, shown) = (digits(number.split(';').next().unwrap_or("")), digits(text));
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    if shown.len() < 7 || (letters > 0 && shown.len() < 10) {
        return None;
    }
    // Either may leave out the country code or the extension.
    Some(
        dialled.ends_with(&shown)
            || shown.ends_with(&dialled) && dialled.len() >= 7
            || shown.contains(&dialled) && dialled.len() >= 10
            || dialled.contains(&shown),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Lexicon, links, text};
    use crate::model::PageUrl;

    fn read(html: &str) -> Vec<(String, String)> {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words("en");
        let page = PageUrl::parse("http://milltown.example/").expect("a valid address");
        let dom = Dom::parse(html, &lexicon);
        let links = links::links(&dom, &page, &page.to_url(), words);
        let found = contacts(&dom, &text::blocks(&dom), &links, &[], words, "US");
        found.into_iter().map(|c| (c.kind, c.value)).collect()
    }

    #[track_caller]
    fn check(html: &str, expected: &[(&str, &str)]) {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(read(html), expected);
    }

    #[test]
    fn phones_in_one_spelling() {
        check(
            "<p>Call (215) 555-0134 or 215.555.0135, fax: 215-555-0136.",
            &[("phone", "+12155550134"), ("phone", "+12155550135"), ("fax", "+12155550136")],
        );
        check("<p>Call 215-555-0134 ext. 22", &[("phone", "+12155550134;ext=22")]);
        check("<p>Meeting on 05/06/2024, years 2016-2017, permit 123-45", &[]);
        check("<a href='tel:311'>311</a>", &[("phone", "311")]);
    }

    #[test]
    fn mail_and_addresses() {
        check(
            "<p>Write to Clerk@Milltown.example. Visit 12 North Mill Street.",
            &[("email", "clerk@milltown.example"), ("address", "12 North Mill Street")],
        );
    }

    #[track_caller]
    fn check_hours(text: &str, expected: &str) {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words("en").expect("English is complete");
        assert_eq!(opening_hours(text, words).map(|h| h.0).unwrap_or_default(), expected);
    }

    #[test]
    fn hours_as_people_write_them() {
        check_hours("Open Monday to Friday, 9 a.m. to 5 p.m.", "Mo-Fr 09:00-17:00");
        check_hours("Mon–Fri 8:30am–4:30pm; Saturday closed", "Mo-Fr 08:30-16:30; Sa off");
        check_hours("Tuesday: 9 to 5", "Tu 09:00-17:00");
        check_hours("Weekdays 10 a.m. to noon", "Mo-Fr 10:00-12:00");
        check_hours("We meet on Monday.", "");
    }

    #[track_caller]
    fn check_tel(href: &str, text: &str, expected: Option<bool>) {
        let lexicon = Lexicon::for_tests();
        let page = PageUrl::parse("http://milltown.example/").expect("a valid address");
        let dom = Dom::parse(&format!("<a href='{href}'>{text}</a>"), &lexicon);
        let links = links::links(&dom, &page, &page.to_url(), lexicon.words("en"));
        assert_eq!(tel_agrees(&links[0]), expected);
    }

    #[test]
    fn a_dialled_number_is_the_number_shown() {
        check_tel("tel:+1-215-555-0134", "(215) 555-0134", Some(true));
        check_tel("tel:2155550143", "(215) 555-0134", Some(false));
        check_tel("tel:2155550134;ext=5", "215-555-0134, extension 5", Some(true));
        check_tel("tel:18005550134", "Call us", None);
        check_tel("tel:18003569377", "1-800-FLOWERS", None);
        check_tel("tel:215%20555-0134", "215 555-0134", Some(true));
        check_tel("tel:2155550134,5", "(215) 555-0134 ext. 5", Some(true));
    }
}
