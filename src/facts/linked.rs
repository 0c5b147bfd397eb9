//! What the words of the links of a page speak of, each text looked at once.

use super::lexicon::{Pattern, Words};
use super::links::Link;
use super::phrases::Glance;

/// The links of a page with what may stand in their words.
pub struct Linked<'p> {
    links: Vec<(&'p Link, Glance)>,
    words: Option<&'p Words>,
}

impl<'p> Linked<'p> {
    /// Looks at each link.
    pub fn of(links: &'p [Link], words: Option<&'p Words>) -> Self {
        let glance = |link: &Link| words.map(|w| w.reading(&link.text).learned().glance()).unwrap_or_default();
        Self { links: links.iter().map(|link| (link, glance(link))).collect(), words }
    }

    /// The links in whose words a phrase of a list stands.
    pub fn saying(&self, list: &str) -> impl Iterator<Item = &'p Link> {
        let set = self.words.map(|w| w.set(list));
        let says = move |(link, glance): &&(&Link, Glance)| {
            set.is_some_and(|set| set.may_stand(*glance) && set.occur_in(&link.text))
        };
        self.links.iter().filter(says).map(|(link, _)| *link)
    }

    /// Topics of links that a site should have.
    pub fn topics(&self) -> Vec<String> {
        let Some(words) = self.words else { return Vec::new() };
        let named = |pattern: &Pattern| {
            self.links.iter().any(|(link, glance)| pattern.may_stand(*glance) && pattern.is_match(&link.text))
        };
        let topics = words.patterns("site-links").iter().filter(|(_, pattern)| named(pattern));
        topics.map(|(topic, _)| topic.clone()).collect()
    }
}
