//! The lists of a language that blocks of text are glanced at for.

use super::Words;
use crate::facts::contacts::{StreetWords, WayWords};
use crate::facts::phrases::{Firsts, Glance};

impl Words {
    /// Which lists may have a phrase in a text.
    pub fn glance(&self, text: &str) -> Glance {
        self.firsts.glance(text)
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
    }
}
