//! Pages that were parsed for their links and wait to be measured: their trees, as long as there is room, so that they are
//! parsed once.

use crate::facts::Dom;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Room for trees, in bytes. Our choice: some sixty pages of 30 kB, a fraction of what an audit takes anyway.
const ROOM: usize = 32 * 1024 * 1024;

/// What is reckoned for an element or a text, and for a byte of the source. Our choice: the sizes of the nodes of both trees, of two
/// attributes and of what lists leave unused, rounded up; a text may be kept beside its element.
const SIZE: (usize, usize) = (400, 2);

/// The trees of pages that wait, by the keys of their records.
#[derive(Default)]
pub(super) struct Trees(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    trees: HashMap<String, Dom>,
    /// Bytes that were taken by all trees so far, as reckoned.
    taken: usize,
}

impl Trees {
    /// Keeps the tree of a page of so many bytes, if there is room.
    pub(super) fn keep(&self, key: &str, dom: Dom, bytes: usize) {
        let size = (dom.len() as usize).saturating_mul(SIZE.0).saturating_add(bytes.saturating_mul(SIZE.1));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.taken.saturating_add(size) <= ROOM {
            kept.taken += size;
            kept.trees.insert(key.to_owned(), dom);
        }
    }

    /// Gives the tree of a page away, if it was kept.
    pub(super) fn take(&self, key: &str) -> Option<Dom> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).trees.remove(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[test]
    fn trees_are_kept_while_there_is_room() {
        let lexicon = Lexicon::default();
        let tree = || Dom::parse("<p>Fees</p>", &lexicon);
        let trees = Trees::default();
        for key in ["a", "b", "c"] {
            trees.keep(key, tree(), ROOM / 5);
        }
        assert!(trees.take("a").is_some_and(|dom| dom.tagged("p").len() == 1));
        assert!(trees.take("a").is_none(), "it was given away");
        assert!(trees.take("b").is_some());
        assert!(trees.take("c").is_none(), "there was no room");
    }
}
