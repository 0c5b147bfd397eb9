//! The measurements of a PDF, by ISO 32000-1. It must never trust a file: loops, bombs and lies end
//! with the fuel.

use super::fields::fields;
use super::lexer::Fuel;
use super::store::Objects;
use super::text::drawn;
use super::{FileFacts, PAGES_READ, SCAN_CHARACTERS, day, shown};
use lopdf::{Dictionary, Object};
use std::collections::HashSet;

/// Work that a file is worth, in bytes looked at or unpacked; what streams hold and nobody needs is passed
/// over and costs nothing. Our choice: some twenty times what real forms of a city take.
const FUEL: u64 = 48 * 1024 * 1024;

/// Nodes of the tree of pages that are counted. Our choice.
const MAX_PAGES: usize = 100_000;

/// Levels of that tree that hand down what a page does not say itself. Our choice.
const MAX_LEVELS: usize = 32;

/// Measures a PDF, and gives the text of its first pages.
pub(super) fn measure(bytes: &[u8], facts: &mut FileFacts) -> String {
    let fuel = Fuel::new(FUEL);
    let Some(objects) = Objects::read(bytes, &fuel) else {
        facts.unreadable = Some(if fuel.is_empty() { "too-much" } else { "broken" }.to_owned());
        return String::new();
    };
    facts.cut = objects.is_cut;
    facts.encrypted = objects.is_encrypted();
    facts.locked = objects.is_locked();
    let catalog = objects.dict(objects.trailer(), b"Root").unwrap_or_default();
    let is_true = |dictionary: &Dictionary, key: &[u8]| objects.value(dictionary, key) == Some(Object::Boolean(true));
    facts.tagged = objects.dict(&catalog, b"MarkInfo").is_some_and(|mark| is_true(&mark, b"Marked"));
    facts.structured = objects.dict(&catalog, b"StructTreeRoot").is_some();
    facts.lang = objects.text(&catalog, b"Lang").and_then(|lang| shown(&lang));
    let about = objects.dict(objects.trailer(), b"Info").unwrap_or_default();
    facts.title = objects.text(&about, b"Title").and_then(|title| shown(&title));
    let date = |key: &[u8]| objects.text(&about, key).and_then(|date| pdf_day(&date));
    facts.changed = date(b"ModDate").or_else(|| date(b"CreationDate"));
    fields(&objects, &catalog, facts);

    let (pages, first) = pages(&objects, &catalog);
    facts.pages = (pages > 0).then_some(pages);
    let mut text = String::new();
    let (mut images, mut unknown) = (0, 0);
    for (page, resources) in &first {
        let drawn = drawn(&objects, page, resources, &fuel);
        text.push_str(&drawn.text);
        text.push('\n');
        images += drawn.images;
        unknown += drawn.unknown;
    }
    let letters = super::count(text.chars().filter(|c| !c.is_whitespace()).count());
    // Where most letters are drawn by fonts that do not tell them, the rest is no sample of the text.
    facts.text_known = !facts.locked && super::count(unknown) <= letters;
    facts.scanned = facts.text_known && letters < SCAN_CHARACTERS && images > 0 && unknown == 0;
    facts.unreadable = match () {
        () if fuel.is_empty() => Some("too-much"),
        () if facts.locked => Some("locked"),
        () if pages == 0 => Some("no-pages"),
        () => None,
    }
    .map(str::to_owned);
    text
}

/// How many pages there are, and the first of them with what they may use.
fn pages(objects: &Objects<'_>, catalog: &Dictionary) -> (u32, Vec<(Dictionary, Dictionary)>) {
    let mut first = Vec::new();
    let mut count = 0u32;
    let mut seen = HashSet::new();
    let root = catalog.get(b"Pages").ok().cloned();
    let mut waiting: Vec<(Object, Dictionary, usize)> =
        root.map(|root| (root, Dictionary::new(), 0)).into_iter().collect();
    while let Some((node, inherited, level)) = waiting.pop() {
        if let Object::Reference(id) = &node
            && (seen.len() >= MAX_PAGES || !seen.insert(*id))
        {
            continue;
        }
        let Some(Object::Dictionary(node)) = objects.resolve(&node) else { continue };
        let resources = objects.dict(&node, b"Resources").unwrap_or(inherited);
        let kids = objects.list(&node, b"Kids");
        if kids.is_empty() && node.get_type().unwrap_or(b"Page") == b"Page" {
            count += 1;
            if first.len() < PAGES_READ {
                first.push((node, resources));
            }
            continue;
        }
        if level < MAX_LEVELS {
            // Only the first pages need what is handed down, and a copy for each would cost too much.
            let handed = if first.len() < PAGES_READ { resources } else { Dictionary::new() };
            let kids = kids.into_iter().take(MAX_PAGES.saturating_sub(waiting.len())).enumerate();
            let kids: Vec<_> = kids
                .map(|(n, kid)| (kid, if n < PAGES_READ { handed.clone() } else { Dictionary::new() }, level + 1))
                .collect();
            waiting.extend(kids.into_iter().rev());
        }
    }
    (count, first)
}

/// The day of a date like `D:20260301120000Z`.
fn pdf_day(date: &str) -> Option<String> {
    let digits = date.trim().trim_start_matches("D:");
    day(digits.get(..4)?, digits.get(4..6).unwrap_or("01"), digits.get(6..8).unwrap_or("01"))
}
