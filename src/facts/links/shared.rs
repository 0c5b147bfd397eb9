//! Links of running text that say the same and lead elsewhere.

use super::Link;
use crate::facts::dom::Dom;
use crate::model::{PageUrl, Region};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Marks the links of the main content that share their words with one that leads elsewhere. In a table, a
/// list or under a heading of its own, what stands around a link tells it apart; so only running text counts.
pub(super) fn mark_shared_words(dom: &Dom, page: &PageUrl, links: &mut [Link]) {
    let mut first: FxHashMap<String, usize> = FxHashMap::default();
    for at in 0..links.len() {
        let link = &links[at];
        if link.region != Region::Main
            || link.page.is_none()
            || link.text.is_empty()
            || is_dated(&link.text)
            || link.text.starts_with(['#', '@'])
            || !is_in_paragraph(dom, link.node)
        {
            continue;
        }
        match first.entry(link.text.to_lowercase()) {
            Entry::Vacant(slot) => {
                slot.insert(at);
            }
            Entry::Occupied(slot) => {
                let other = *slot.get();
                if !leads_alike(&links[other], &links[at], page) {
                    links[at].shares_words = true;
                }
            }
        }
    }
}

/// Whether two links lead to one place as far as a reader is concerned. Another site may know one page by several
/// spellings, and count its visitors in the query.
fn leads_alike(one: &Link, other: &Link, page: &PageUrl) -> bool {
    let (Some(a), Some(b)) = (&one.page, &other.page) else { return true };
    let host = |url: &PageUrl| url.host().trim_start_matches("www.").to_ascii_lowercase();
    let path = |url: &PageUrl| url.path().trim_end_matches('/').to_ascii_lowercase();
    a == b || host(a) == host(b) && path(a) == path(b) && (a.query() == b.query() || host(a) != host(page))
}

/// Dates and numbers are told apart by what they stand behind.
fn is_dated(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

fn is_in_paragraph(dom: &Dom, link: u32) -> bool {
    let block = dom.node(link).block;
    dom.tag(block) == "p" && dom.ancestors_and_self(block).take(4).all(|a| !matches!(dom.tag(a), "td" | "li" | "th"))
}
