//! Forms of a site that ask nearly the same.

use super::hash;
use crate::facts::forms::Form;
use crate::facts::page::PageFacts;
use crate::facts::phrases::plain;
use crate::model::PageUrl;
use rustc_hash::{FxHashMap, FxHashSet};

/// Questions that a form has at least. Our choice: short forms are alike by nature.
const FEWEST: usize = 5;

/// Smallest hashes of its questions that two forms are found by. Our choice: of two forms that share
/// nine questions of ten, three in four are found.
const KEYS: usize = 3;

/// Share of their questions that two forms have in common, at least. Our choice.
const COMMON: f64 = 0.8;

/// Forms that are compared with a new one. Our choice; it keeps the work in proportion to the pages.
const COMPARED: usize = 4;

/// Pages that a form stands on, at most; one on more belongs to the frame of the site. Our choice.
const PAGES: u32 = 3;

#[derive(Debug)]
struct Known {
    sign: u64,
    url: PageUrl,
    action: Option<String>,
    questions: FxHashSet<u64>,
}

/// Takes in the forms one by one, in the order of the addresses of their pages.
#[derive(Debug, Default)]
pub(super) struct TwinReader {
    known: FxHashMap<[u64; KEYS], Vec<Known>>,
    found: Vec<(u64, PageUrl, u64, PageUrl)>,
}

impl TwinReader {
    /// Takes in a form.
    pub(super) fn add(&mut self, sign: u64, form: &Form, page: &PageFacts) {
        if form.questions() < FEWEST {
            return;
        }
        let labelled = form.fields.iter().filter(|f| !f.called().is_empty());
        let questions: FxHashSet<u64> =
            labelled.map(|f| hash((f.kind.as_str(), plain(f.called()), plain(&f.group)))).collect();
        let mut smallest: Vec<u64> = questions.iter().copied().collect();
        smallest.sort_unstable();
        let Some(&[a, b, c]) = smallest.get(..KEYS).and_then(|s| s.first_chunk::<KEYS>()) else { return };
        let others = self.known.entry([a, b, c]).or_default();
        let is_alike = |other: &&Known| {
            let common = other.questions.intersection(&questions).count() as f64;
            let all = other.questions.union(&questions).count() as f64;
            // One form on two pages is sent to one address, or has another address only because it names none.
            other.url != page.url && other.action != form.action && common >= COMMON * all
        };
        if let Some(other) = others.iter().find(is_alike) {
            self.found.push((sign, page.url.clone(), other.sign, other.url.clone()));
        }
        if others.len() < COMPARED {
            others.push(Known { sign, url: page.url.clone(), action: form.action.clone(), questions });
        }
    }

    /// The pages with the earlier page that asks nearly the same; without forms that stand on many pages,
    /// and without pages of one journey.
    pub(super) fn finish(
        self,
        pages: &FxHashMap<u64, u32>,
        journeys: &FxHashMap<PageUrl, usize>,
    ) -> FxHashMap<PageUrl, PageUrl> {
        let is_rare = |sign: &u64| pages.get(sign).is_none_or(|n| *n <= PAGES);
        let apart = |a: &PageUrl, b: &PageUrl| match (journeys.get(a), journeys.get(b)) {
            (Some(a), Some(b)) => a != b,
            _ => true,
        };
        let found = self
            .found
            .into_iter()
            .filter(|(sign, url, other_sign, other)| is_rare(sign) && is_rare(other_sign) && apart(url, other));
        found.map(|(_, url, _, other)| (url, other)).collect()
    }
}
