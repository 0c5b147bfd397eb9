//! The lists of a language that blocks of text are glanced at for.

use super::Words;
use super::needed::{self, Needs};
use crate::facts::contacts::{StreetWords, WayWords};
use crate::facts::phrases::{Firsts, Glance};
use crate::facts::text::Reading;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Words {
    /// What is known of a text, which may have been read before.
    pub fn reading(&self, text: &str) -> Arc<Reading> {
        self.kept.of(text, Reading::size, |text| Reading::new(self.glance(text)))
    }

    /// Where the sentences of a text stand, which may have been read before.
    pub fn spans(&self, text: &str) -> Vec<(usize, usize)> {
        self.reading(text).spans(text, self)
    }

    /// Which lists may have a phrase in a text, and which patterns may stand there.
    pub(super) fn glance(&self, text: &str) -> Glance {
        // Made ready when a page is in the language: a run meets few of them.
        let needs = self.needs.get_or_init(|| Needs::of(self.patterns.values().flat_map(BTreeMap::values)));
        self.firsts.glance(text).with_patterns(needs.glance(text))
    }

    /// Takes the lists together that blocks of text are searched for.
    pub(super) fn gather_firsts(&mut self, language: u16) {
        let mut firsts = Firsts::new(language);
        self.sets.values_mut().for_each(|set| firsts.take_in(set));
        let own = [self.ways.phrases_mut(), self.hours.signs_mut()];
        let more = self.street.iter_mut().map(StreetWords::triggers_mut);
        let more = more.chain(self.contact_ways.iter_mut().flat_map(WayWords::phrases_mut));
        let more = more.chain(self.claims.phrases_mut()).chain(self.page_kinds.phrases_mut("text"));
        own.into_iter().chain(more).for_each(|phrases| firsts.take_in(phrases));
        self.firsts = firsts;
        for (at, pattern) in self.patterns.values_mut().flat_map(BTreeMap::values_mut).enumerate() {
            pattern.take_place(language, needed::bit(at));
        }
    }
}
