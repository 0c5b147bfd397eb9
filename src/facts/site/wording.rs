//! How the pages of a site word things together: by which names they call one thing, and which year they stand at.

use crate::facts::page::PageFacts;
use std::collections::BTreeMap;

/// Pages that must use a name before it counts as a name of the site. Our choice: one page may quote another office.
const PAGES: u32 = 2;

/// What the pages say together.
#[derive(Debug, Default)]
pub struct SiteWording {
    /// Pages that use a name, by the thing that it stands for.
    terms: BTreeMap<String, BTreeMap<String, u32>>,
    /// The latest year of a copyright line on any page.
    pub copyright: Option<u16>,
}

impl SiteWording {
    /// Takes in a page.
    pub fn add(&mut self, page: &PageFacts) {
        for term in &page.wording.terms {
            if let Some((thing, name)) = term.split_once('/') {
                *self.terms.entry(thing.to_owned()).or_default().entry(name.to_owned()).or_insert(0) += 1;
            }
        }
        self.copyright = self.copyright.max(page.wording.copyright);
    }

    /// Things that go by two names or more, each with the pages that use it, as `sign in (12) / log in (3)`.
    pub fn mixed(&self) -> Vec<String> {
        let mixed = |names: &BTreeMap<String, u32>| {
            let mut used: Vec<(&String, u32)> =
                names.iter().map(|(n, p)| (n, *p)).filter(|(_, p)| *p >= PAGES).collect();
            used.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
            let shown: Vec<String> = used.iter().map(|(name, pages)| format!("{name} ({pages})")).collect();
            (shown.len() >= 2).then(|| shown.join(" / "))
        };
        self.terms.values().filter_map(mixed).collect()
    }
}
