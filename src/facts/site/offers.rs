//! What the pages of a site offer together.

use super::SiteFacts;
use std::collections::{BTreeMap, BTreeSet};

/// What the pages offer together.
#[derive(Debug, Default)]
pub(super) struct Offers {
    pub(super) contacts: BTreeMap<String, BTreeSet<String>>,
    pub(super) contact_pages: u32,
    pub(super) search: bool,
    pub(super) applications: bool,
    pub(super) site_links: BTreeSet<String>,
    pub(super) drawn_by_script: bool,
    /// Whether a page is in a language whose words for contacts are not known.
    pub(super) words_missing: bool,
}

impl SiteFacts {
    /// Distinct contacts of a kind on all pages.
    pub fn contacts(&self, kind: &str) -> usize {
        self.offers.contacts.get(kind).map_or(0, BTreeSet::len)
    }

    /// Whether the words for contacts of every page's language are known.
    pub fn knows_ways(&self) -> bool {
        !self.offers.words_missing
    }

    /// Whether some opening hours say what holds on holidays.
    pub fn has_holiday_hours(&self) -> bool {
        let in_hours = |all: &BTreeSet<String>| all.iter().any(|value| value.contains("PH "));
        self.contacts("holiday") > 0 || self.offers.contacts.get("hours").is_some_and(in_hours)
    }

    /// Pages that are about reaching somebody.
    pub fn contact_pages(&self) -> u32 {
        self.offers.contact_pages
    }

    /// Whether some page has a search.
    pub fn has_search(&self) -> bool {
        self.offers.search
    }

    /// Whether some page takes an application.
    pub fn takes_applications(&self) -> bool {
        self.offers.applications
    }

    /// Whether some link is about that topic of `site-links`.
    pub fn has_link_about(&self, topic: &str) -> bool {
        self.offers.site_links.contains(topic)
    }
}
