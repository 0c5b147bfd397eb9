//! Ways to reach somebody that a page names: phone, fax, mail, address, opening hours, forms, chat;
//! from its text, its links, the text of its images, and the data that it states for programs.

mod addresses;
mod clock;
mod contact;
mod data;
mod hours;
mod labels;
mod mail;
mod phones;
mod reader;
mod ways;

pub use addresses::StreetWords;
pub(super) use addresses::address_key;
pub use clock::HourWords;
pub use contact::{Contact, Origin};
pub use hours::OfHours;
pub use mail::{is_mail_valid, is_slip, mail_agrees};
pub use phones::tel_agrees;
pub use ways::WayWords;

use super::dom::Dom;
use super::forms::Form;
use super::lexicon::{Lexicon, Words};
use super::links::Link;
use super::text::Block;
use labels::Labels;
use phones::Phones;
use reader::Reader;
use std::collections::BTreeSet;

/// What a page holds that contacts are read from.
pub(super) struct Sources<'p> {
    pub dom: &'p Dom,
    pub blocks: &'p [Block],
    pub links: &'p [Link],
    pub forms: &'p [Form],
    /// The host of the page.
    pub host: &'p str,
}

/// All contacts of a page in document order, each value once a region.
///
/// `words` are those of the page's language first, then of the site's: a page may be told wrong, or hold both.
pub(super) fn contacts(page: &Sources<'_>, lexicon: &Lexicon, words: &[&Words], country: &str) -> Vec<Contact> {
    let hints = country_hints(page);
    let mut reader = Reader {
        page,
        words,
        lexicon,
        phones: Phones::new(country, &hints),
        labels: Labels::new(words),
        heading: String::new(),
        found: Vec::new(),
        purities: vec![vec![None; page.blocks.len()]; words.len()],
    };
    reader.blocks();
    page.links.iter().for_each(|link| reader.link(link));
    reader.forms();
    reader.images();
    reader.data();
    let mut found = reader.found;
    found.sort_by_key(|c| (c.node, c.origin));
    let known = |kind: &str, origin: Origin| -> BTreeSet<String> {
        found.iter().filter(|c| c.kind == kind && c.origin == origin).map(|c| bare(&c.value).to_owned()).collect()
    };
    let sets = ["phone", "email"].map(|kind| (kind, known(kind, Origin::Link), known(kind, Origin::Text)));
    // Few of a page's links call or write; every contact is compared with these alone.
    let reaching: Vec<&Link> = page.links.iter().filter(|l| matches!(l.scheme(), "tel" | "mailto")).collect();
    for (kind, links, _) in &sets {
        let in_text = |c: &&mut Contact| c.kind == *kind && c.origin == Origin::Text && !c.obfuscated;
        for contact in found.iter_mut().filter(in_text).filter(|c| c.value.len() > 6) {
            // A link that shows the value and leads elsewhere is another problem.
            let is_shown = || reaching.iter().any(|l| shows(l, kind, bare(&contact.value)));
            contact.linked = Some(links.contains(bare(&contact.value)) || is_shown());
        }
    }
    // What an image says is told only where nothing else says it.
    found.retain(|c| {
        let elsewhere = |(kind, links, text): &(&str, BTreeSet<String>, BTreeSet<String>)| {
            c.kind == *kind && (links.contains(bare(&c.value)) || text.contains(bare(&c.value)))
        };
        c.origin != Origin::Image || !sets.iter().any(elsewhere)
    });
    for contact in found.iter_mut().filter(|c| c.kind == "email") {
        let host = contact.value.rsplit('@').next().unwrap_or("");
        contact.free_mail = lexicon.contact_host(host) == Some("mail");
    }
    // A number that is called a fax in one place is one where nothing is said.
    let faxes: BTreeSet<String> = found.iter().filter(|c| c.kind == "fax").map(|c| c.value.clone()).collect();
    let mut seen = BTreeSet::new();
    found.retain_mut(|c| {
        if c.kind == "phone" && c.valid.is_some() && c.label.is_empty() && faxes.contains(&c.value) {
            c.kind = "fax".to_owned();
        }
        seen.insert((c.kind.clone(), c.value.clone(), c.region, c.origin == Origin::Data))
    });
    found
}

/// Whether the text of a link to call or to write shows a number or address.
fn shows(link: &Link, kind: &str, value: &str) -> bool {
    match (kind, link.scheme()) {
        ("phone", "tel") => {
            let digits: String = link.text.chars().filter(char::is_ascii_digit).collect();
            digits.len() >= 7 && value.contains(&digits)
        }
        ("email", "mailto") => link.text.to_lowercase().contains(value),
        _ => false,
    }
}

/// A number without its extension.
fn bare(value: &str) -> &str {
    value.split(';').next().unwrap_or(value)
}

/// Countries that the page points to by the hosts it names, most named first: `clerk@town.example.uk`.
fn country_hints(page: &Sources<'_>) -> Vec<String> {
    let mut count: Vec<(String, u32)> = Vec::new();
    let hosts = page.links.iter().filter_map(|l| match &l.page {
        Some(page) => Some(page.host()),
        None if l.scheme() == "mailto" => l.href.split('?').next()?.rsplit('@').next(),
        None => None,
    });
    for host in hosts.chain([page.host]) {
        // Endings that are sold to anyone say nothing of a country. Our own list.
        const SOLD: [&str; 12] = ["co", "tv", "me", "io", "ai", "ly", "us", "cc", "gl", "gd", "be", "fm"];
        let Some(ending) = host.rsplit('.').next().filter(|e| e.len() == 2 && !SOLD.contains(e)) else { continue };
        let country = if ending == "uk" { "GB".to_owned() } else { ending.to_ascii_uppercase() };
        match count.iter_mut().find(|(known, _)| *known == country) {
            Some((_, n)) => *n += 1,
            None => count.push((country, 1)),
        }
    }
    count.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    count
        .into_iter()
        .map(|(country, _)| country)
        .filter(|c| c.bytes().all(|b| b.is_ascii_uppercase()))
        .take(3)
        .collect()
}

/// The only date of a text: where it starts, and its month and day in lower case; `None` for none or several.
pub(super) fn only_date(text: &str, words: &HourWords) -> Option<(usize, String)> {
    let tokens = words.pieces(prefix(text, 400));
    let is_number = |p: &clock::Piece| {
        matches!(p, clock::Piece::Number | clock::Piece::Nth) || matches!(p, clock::Piece::Time(t) if t.bare)
    };
    let mut dates = tokens.windows(2).filter_map(|w| match (&w[0].piece, &w[1].piece) {
        (clock::Piece::Month, p) if is_number(p) => Some((w[0].start, w[1].end)),
        _ => None,
    });
    let (start, end) =
        dates.next().filter(|_| tokens.iter().filter(|t| t.piece == clock::Piece::Month).count() == 1)?;
    Some((start, text.get(start..end)?.to_lowercase()))
}

/// The start of a text, cut at a character.
pub(super) fn prefix(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests;
