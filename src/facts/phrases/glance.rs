//! One look at the words of a text that says which lists may have a phrase in it: the words that phrases begin with are
//! known together, so that a text is not searched for every list.

use super::Phrases;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The lists of a language that may have a phrase in a text, and the patterns that may stand there; without a language,
/// nothing is known and all may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    language: u16,
    lists: u64,
    patterns: u128,
}

/// Where a list stands among those that are looked for together; without a language, it stands nowhere.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    language: u16,
    list: u8,
}

/// Lists that are looked for together: one a bit of a number.
const MOST: u8 = 64;

/// The words that the phrases of all lists of a language begin with.
#[derive(Debug, Default)]
pub struct Firsts {
    language: u16,
    /// By the hash of the word; two words of one hash only make a list searched for nothing.
    lists: FxHashMap<u32, u64>,
    /// Lists with a phrase that begins with no word.
    always: u64,
    taken: u8,
}

impl Firsts {
    /// Of a language, by any number but 0 that no other language has.
    pub fn new(language: u16) -> Self {
        Self { language, ..Self::default() }
    }

    /// Takes a list in. One too many is searched for in every text.
    pub fn take_in(&mut self, phrases: &mut Phrases) {
        if self.taken >= MOST {
            return;
        }
        phrases.slot = Slot { language: self.language, list: self.taken };
        let bit = 1 << self.taken;
        self.taken += 1;
        for phrase in &phrases.list {
            match words(phrase).next().filter(|(_, start)| *start == 0) {
                Some((hash, _)) => *self.lists.entry(hash).or_default() |= bit,
                None => self.always |= bit,
            }
        }
    }

    /// Which lists may have a phrase in a text.
    pub fn glance(&self, text: &str) -> Glance {
        let lists = words(text).filter_map(|(hash, _)| self.lists.get(&hash));
        let lists = lists.fold(self.always, |all, lists| all | lists);
        Glance { language: self.language, lists, patterns: u128::MAX }
    }
}

impl Glance {
    /// The same with the patterns that may stand in the text, by bits.
    pub(in crate::facts) fn with_patterns(self, patterns: u128) -> Self {
        Self { patterns, ..self }
    }

    /// Whether a pattern of a language may stand in the text, by its bit.
    pub(in crate::facts) fn may_match(self, language: u16, pattern: u128) -> bool {
        language != self.language || self.patterns & pattern != 0
    }

    /// Whether a list may have a phrase in the text.
    pub(super) fn may_hold(self, slot: Slot) -> bool {
        slot.language == 0 || slot.language != self.language || self.lists >> slot.list & 1 == 1
    }
}

/// A glance at a text that learns: what was once looked for in vain is not looked for again.
#[derive(Debug, Default)]
pub struct Learned {
    language: u16,
    lists: AtomicU64,
    /// The lower half, then the upper.
    patterns: [AtomicU64; 2],
}

/// The halves of the bits of patterns, the lower one first.
fn halves(bits: u128) -> [u64; 2] {
    [bits as u64, (bits >> 64) as u64]
}

impl Learned {
    /// What a first glance tells.
    pub fn new(glance: Glance) -> Self {
        Self {
            language: glance.language,
            lists: AtomicU64::new(glance.lists),
            patterns: halves(glance.patterns).map(AtomicU64::new),
        }
    }

    /// What is known by now.
    pub fn glance(&self) -> Glance {
        let [low, high] = &self.patterns;
        Glance {
            language: self.language,
            lists: self.lists.load(Relaxed),
            patterns: u128::from(low.load(Relaxed)) | u128::from(high.load(Relaxed)) << 64,
        }
    }

    /// Notes that no phrase of a list stands in the text.
    pub(super) fn lacks(&self, slot: Slot) {
        if slot.language != 0 && slot.language == self.language {
            self.lists.fetch_and(!(1 << slot.list), Relaxed);
        }
    }

    /// Notes that a pattern of a language does not stand in the text, by its bit.
    pub(in crate::facts) fn lacks_pattern(&self, language: u16, pattern: u128) {
        if language == self.language {
            for (known, gone) in self.patterns.iter().zip(halves(pattern)) {
                known.fetch_and(!gone, Relaxed);
            }
        }
    }
}

/// What a byte of ASCII is in a word: itself, in lower case; 0 where it ends one.
const LETTERS: [u8; 128] = {
    let mut letters = [0; 128];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            letters[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// The words of a text as hashes (FNV-1a), with where they start. As where phrases stand: letters of ASCII in any case, others
/// as they are.
fn words(text: &str) -> impl Iterator<Item = (u32, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let (mut hash, mut start) = (0x811c_9dc5u32, None);
        while let Some(&byte) = bytes.get(at) {
            let (letters, length) = match LETTERS.get(usize::from(byte)) {
                Some(0) => (None, 1),
                Some(letter) => (Some(std::slice::from_ref(letter)), 1),
                None => {
                    let c = text[at..].chars().next().unwrap_or(' ');
                    (c.is_alphanumeric().then(|| &bytes[at..at + c.len_utf8()]), c.len_utf8())
                }
            };
            match letters {
                Some(letters) => {
                    start.get_or_insert(at);
                    hash = letters.iter().fold(hash, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193));
                }
                None if start.is_some() => break,
                None => {}
            }
            at += length;
        }
        start.map(|start| (hash, start))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_leaves_no_phrase_out() {
        let lists = [vec!["in due course", "shall"], vec!["(optional)", "école"], vec!["e-mail", "no_name"]];
        let mut lists = lists.map(Phrases::new);
        let mut firsts = Firsts::new(1);
        lists.iter_mut().for_each(|list| firsts.take_in(list));
        for text in [
            "You SHALL go.",
            "Name (optional)",
            "Une école",
            "L'École",
            "In \u{201c}due\u{201d}",
            "E-Mail us",
            "_no_name",
            "no_name",
        ] {
            let glance = firsts.glance(text);
            for list in &lists {
                assert!(list.may_stand(glance) || !list.occur_in(text), "{text}: {list:?}");
            }
        }
        let learned = Learned::new(firsts.glance("You shall go, Marshall (optional)"));
        assert!(lists[0].may_stand(learned.glance()) && lists[1].may_stand(learned.glance()));
        lists[1].are_absent(&learned);
        assert!(lists[0].may_stand(learned.glance()) && !lists[1].may_stand(learned.glance()));
        assert!(!lists[0].may_stand(firsts.glance("Marshall is induced")));
        assert!(lists[0].may_stand(Glance::default()));
        assert!(lists[0].may_stand(Firsts::new(2).glance("Marshall")));
    }
}
