//! Which page of one audit is which page of another: by its address, by a permanent redirect, and
//! only then by what it says. A page is called removed after all three were tried.

use super::Version;
use crate::facts::Sketch;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How like the words of two pages must be to be called one page that moved. Our choice: the likeness of
/// 64 numbers is off by 0.05 at this height, and pages of one template share less.
const SAME: f64 = 0.8;

/// Words that a page must have to be known by them. Our choice: fewer are a template without content.
const ENOUGH: usize = 32;

/// Pages of one side that may share a word before it is taken for one of the template. Our choice; it
/// keeps the search in proportion to the pages.
const COMMON: usize = 40;

/// Redirects that are followed one after the other. Our choice, the crawler's.
const MAX_REDIRECTS: usize = 10;

/// How a page was known again under another address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MovedBy {
    /// The old address leads to the new one for good.
    Redirect,
    /// The main content is nearly the same.
    Content,
}

/// A page that changed its address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct MovedPage {
    /// The address in the earlier audit.
    pub from: String,
    /// The address in the later one.
    pub to: String,
    /// How it was known again.
    pub by: MovedBy,
}

/// Pages that only one of two audits read, and that may be found again in the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loose<'v> {
    /// Read in the earlier one only.
    pub before: Vec<&'v str>,
    /// Read in the later one only.
    pub after: Vec<&'v str>,
}

/// The pages that a redirect of the later audit leads from and to, each page once.
pub fn moved_by_redirect(before: &Version, after: &Version) -> Vec<MovedPage> {
    let mut taken = BTreeSet::new();
    let mut moved = Vec::new();
    for from in before.pages.keys().filter(|url| !after.pages.contains_key(*url)) {
        let mut at = from;
        for _ in 0..MAX_REDIRECTS {
            let Some(to) = after.redirects.get(at) else { break };
            at = to;
        }
        // An address that was a page of its own before has taken the other in.
        let is_new = after.pages.contains_key(at) && !before.pages.contains_key(at);
        if is_new && taken.insert(at.clone()) {
            moved.push(MovedPage { from: from.clone(), to: at.clone(), by: MovedBy::Redirect });
        }
    }
    moved
}

/// What is left to look for by content. A page that could not be read has not moved.
pub fn loose<'v>(before: &'v Version, after: &'v Version, moved: &[MovedPage]) -> Loose<'v> {
    let from: BTreeSet<&str> = moved.iter().map(|m| m.from.as_str()).collect();
    let to: BTreeSet<&str> = moved.iter().map(|m| m.to.as_str()).collect();
    let only = |own: &'v Version, other: &Version, taken: &BTreeSet<&str>| -> Vec<&'v str> {
        let is_loose =
            |url: &&str| !other.pages.contains_key(*url) && !other.unread.contains(*url) && !taken.contains(*url);
        own.pages.keys().map(String::as_str).filter(is_loose).collect()
    };
    Loose { before: only(before, after, &from), after: only(after, before, &to) }
}

/// The loose pages that say nearly the same, each once: a pair counts where each is the other's best.
pub fn moved_by_content(before: &BTreeMap<&str, Sketch>, after: &BTreeMap<&str, Sketch>) -> Vec<MovedPage> {
    let full = |sketch: &&Sketch| sketch.len() >= ENOUGH;
    let mut by_word: HashMap<u32, Vec<&str>> = HashMap::new();
    for (url, sketch) in after.iter().filter(|(_, s)| full(s)) {
        sketch.numbers().iter().for_each(|&word| by_word.entry(word).or_default().push(url));
    }
    by_word.retain(|_, pages| pages.len() <= COMMON);
    let mut best_of: BTreeMap<&str, (&str, f64)> = BTreeMap::new();
    let mut best_for: BTreeMap<&str, (&str, f64)> = BTreeMap::new();
    for (from, sketch) in before.iter().filter(|(_, s)| full(s)) {
        let candidates: BTreeSet<&str> =
            sketch.numbers().iter().filter_map(|word| by_word.get(word)).flatten().copied().collect();
        for to in candidates {
            let likeness = sketch.likeness(&after[to]);
            if likeness < SAME {
                continue;
            }
            // Of equals, the page that kept its own name.
            let likeness = if last_segment(from) == last_segment(to) { likeness + 1e-3 } else { likeness };
            let better = |best: Option<&(&str, f64)>| best.is_none_or(|(_, known)| likeness > *known);
            if better(best_of.get(from)) {
                best_of.insert(from, (to, likeness));
            }
            if better(best_for.get(to)) {
                best_for.insert(to, (from, likeness));
            }
        }
    }
    let mutual = |(from, (to, _)): (&&str, &(&str, f64))| {
        let back = best_for.get(to).is_some_and(|(best, _)| best == from);
        back.then(|| MovedPage { from: (*from).to_owned(), to: (*to).to_owned(), by: MovedBy::Content })
    };
    best_of.iter().filter_map(mutual).collect()
}

fn last_segment(url: &str) -> &str {
    url.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}
