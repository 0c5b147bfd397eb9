//! How many pages bear each title. Nearly each page of a site has one of its own, so that only their hashes are kept.

use foldhash::quality::{FixedState, RandomState};
use std::collections::HashMap;
use std::hash::BuildHasher;

/// The titles of a site. 64 bits of each: among a million titles two are taken for one by chance once in 37 million audits.
#[derive(Debug, Default)]
pub(super) struct Titles(HashMap<u64, u32, RandomState>);

impl Titles {
    /// Takes in the title of a page; none is no title.
    pub(super) fn add(&mut self, title: &str) {
        if !title.is_empty() {
            *self.0.entry(hash(title)).or_insert(0) += 1;
        }
    }

    /// Pages that bear a title.
    pub(super) fn pages(&self, title: &str) -> u32 {
        self.0.get(&hash(title)).copied().unwrap_or(0)
    }
}

fn hash(title: &str) -> u64 {
    FixedState::default().hash_one(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_by_their_titles() {
        let mut titles = Titles::default();
        ["Fees", "Home", "", "Fees", "fees", ""].into_iter().for_each(|title| titles.add(title));
        assert_eq!(["Fees", "Home", "fees", "", "Permits"].map(|title| titles.pages(title)), [2, 1, 1, 0, 0]);
    }
}
