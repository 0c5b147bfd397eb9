//! Classes of the words of a language: which ones are common, which ask somebody to act, which deny. The
//! words themselves are data.

use super::reading::Speech;
use crate::facts::lexicon::WordFile;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A set of classes as bits.
pub type Bits = u32;

/// The names that word lists use for the classes, in the order of their bits.
const NAMES: &[&str] = &[
    "be",
    "duty",
    "need",
    "to",
    "participle",
    "state",
    "between",
    "agent",
    "negative",
    "but",
    "exception",
    "act",
    "sequence",
    "polite",
    "starter",
    "function",
    "common",
    "nominal",
    "proper",
    "of",
    "and",
    "known",
];

macro_rules! class_bits {
    ($($name:ident = $bit:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: Bits = 1 << $bit;)*
    };
}

class_bits! {
    BE = 0, "Forms of the verb that makes the passive voice.";
    DUTY = 1, "Verbs of duty that stand before a bare verb.";
    NEED = 2, "Verbs of duty that stand before a particle and a verb.";
    TO = 3, "The particle between such a verb and the next.";
    PARTICIPLE = 4, "Participles, or their endings.";
    STATE = 5, "What looks like a participle but tells of a state.";
    BETWEEN = 6, "What may stand between the parts of a verb.";
    AGENT = 7, "What leads to who acts in the passive voice.";
    NEGATIVE = 8, "Words that deny.";
    BUT = 9, "Words that deny again, so that two of them make a riddle.";
    EXCEPTION = 10, "Words that begin an exception.";
    ACT = 11, "Verbs that tell somebody what to do when a sentence begins with them.";
    SEQUENCE = 12, "Words that say in what order things are done.";
    POLITE = 13, "What may stand before a verb that tells what to do.";
    STARTER = 14, "Words that, in capitals, begin a sentence.";
    FUNCTION = 15, "The small words that hold sentences together.";
    COMMON = 16, "Words that nearly every reader knows.";
    NOMINAL = 17, "Nouns made of verbs, or their endings.";
    PROPER = 18, "Words that look like such nouns but name a thing or an office.";
    OF = 19, "What ties such a noun to the thing that is acted upon.";
    AND = 20, "What joins two acts.";
    KNOWN = 21, "Short forms in capitals that nearly everybody knows.";
}

/// Longest word that is looked up, in bytes. Our choice; longer ones are addresses and codes.
const LONGEST: usize = 40;

/// What is known of a word of the lists. What is worked out from it is kept, since most words of a text are in the lists;
/// 0 is what was not worked out yet.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The classes that its rows name.
    bits: Bits,
    /// The same with those of its endings, and the highest bit.
    all: AtomicU32,
    /// Its syllables by the rules of a language, and eight bits higher that language.
    syllables: AtomicU32,
}

/// Marks classes that were worked out.
const WORKED_OUT: Bits = 1 << 31;

impl Listed {
    /// Its syllables in a language, counted once.
    pub(super) fn syllables(&self, speech: Speech, count: impl FnOnce() -> u32) -> u32 {
        let (known, own) = (self.syllables.load(Relaxed), speech as u32 + 1);
        if known >> 8 == own {
            return known & 0xff;
        }
        let counted = count();
        if counted <= 0xff {
            self.syllables.store(counted | own << 8, Relaxed);
        }
        counted
    }
}

/// The classes of words of one language.
#[derive(Debug, Default)]
pub struct Classes {
    words: FxHashMap<String, Listed>,
    /// Endings with their classes by their last byte, the longest first.
    endings: FxHashMap<u8, Vec<(String, Bits)>>,
    /// All classes that any row names.
    known: Bits,
}

impl Classes {
    /// Adds rows of `class<TAB>words`, with spaces between the words; one that starts with `-` is an ending.
    pub fn add(&mut self, file: &WordFile) -> Result<(), String> {
        for row in file.rows() {
            let [class, words] = row[..] else {
                return Err(format!("expected `class<TAB>words`, found `{}`", row.join(" ")));
            };
            let Some(bit) = NAMES.iter().position(|n| *n == class) else {
                return Err(format!("`{class}` is no class of words; known are {}", NAMES.join(", ")));
            };
            let bits = 1 << bit;
            self.known |= bits;
            for word in words.split_ascii_whitespace() {
                if let Some(ending) = word.strip_prefix('-') {
                    let ending = ending.to_lowercase();
                    let Some(last) = ending.bytes().next_back() else { continue };
                    self.endings.entry(last).or_default().push((ending, bits));
                } else {
                    self.words.entry(word.to_lowercase()).or_default().bits |= bits;
                }
            }
        }
        for endings in self.endings.values_mut() {
            endings.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        }
        Ok(())
    }

    /// Whether the language names words of a class.
    pub fn knows(&self, class: Bits) -> bool {
        self.known & class != 0
    }

    /// The classes of a word in any case.
    pub fn of(&self, word: &str) -> Bits {
        in_lower_case(word, |lower| self.of_lower(lower)).unwrap_or(0)
    }

    /// What the lists know of a word in any case, if it stands there, and its classes.
    pub(super) fn look_up(&self, word: &str) -> (Option<&Listed>, Bits) {
        in_lower_case(word, |lower| match self.words.get(lower) {
            Some(listed) => (Some(listed), self.of_listed(lower, listed)),
            None => (None, self.with_endings(lower, 0)),
        })
        .unwrap_or((None, 0))
    }

    fn of_lower(&self, word: &str) -> Bits {
        match self.words.get(word) {
            Some(listed) => self.of_listed(word, listed),
            None => self.with_endings(word, 0),
        }
    }

    fn of_listed(&self, word: &str, listed: &Listed) -> Bits {
        let known = listed.all.load(Relaxed);
        if known != 0 {
            return known & !WORKED_OUT;
        }
        let all = self.with_endings(word, listed.bits);
        listed.all.store(all | WORKED_OUT, Relaxed);
        all
    }

    fn with_endings(&self, word: &str, mut bits: Bits) -> Bits {
        let endings = word.bytes().next_back().and_then(|last| self.endings.get(&last));
        for (ending, classes) in endings.into_iter().flatten() {
            // A stem of two letters is the least that an ending can be put on.
            if word.len() >= ending.len() + 2 && word.ends_with(ending.as_str()) {
                bits |= classes & !COMMON;
                if classes & COMMON != 0
                    && bits & COMMON == 0
                    && self.stem_is_common(&word[..word.len() - ending.len()])
                {
                    bits |= COMMON;
                }
            }
        }
        bits
    }

    /// Whether what is left without an ending is common: as it is, with an `e`, with one letter less of a
    /// doubled one, or with `y` for `i`.
    fn stem_is_common(&self, stem: &str) -> bool {
        let is_common = |word: &str| self.words.get(word).is_some_and(|listed| listed.bits & COMMON != 0);
        if is_common(stem) {
            return true;
        }
        let mut other = String::with_capacity(stem.len() + 1);
        other.push_str(stem);
        other.push('e');
        if is_common(&other) {
            return true;
        }
        let bytes = stem.as_bytes();
        match bytes {
            [.., b'i'] => {
                other.truncate(stem.len() - 1);
                other.push('y');
                is_common(&other)
            }
            [.., a, b] if a == b => is_common(&stem[..stem.len() - 1]),
            _ => false,
        }
    }

    /// Whether a word with a capital would begin a sentence rather than go on in a name.
    pub fn begins_sentence(&self, word: &str) -> bool {
        self.of(word) & STARTER != 0
    }
}

/// Gives a word in lower case on; `None` for one that is longer than any that is looked up.
fn in_lower_case<R>(word: &str, then: impl FnOnce(&str) -> R) -> Option<R> {
    if word.len() > LONGEST {
        return None;
    }
    // Nearly all words of a text are in lower case as they are.
    if word.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return Some(then(word));
    }
    if !word.is_ascii() {
        return Some(then(&word.to_lowercase()));
    }
    let mut buffer = [0u8; LONGEST];
    let slot = &mut buffer[..word.len()];
    slot.copy_from_slice(word.as_bytes());
    slot.make_ascii_lowercase();
    std::str::from_utf8(slot).ok().map(then)
}
