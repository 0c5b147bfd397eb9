//! Finding phrases in text: whole words, any case, many phrases in one pass.

mod glance;

pub use glance::{Firsts, Glance, Learned};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// A set of phrases, searched all at once. Texts are expected with folded white space.
///
/// It is made ready when it is first searched: a run meets few of the languages and lists that there are.
#[derive(Debug)]
pub struct Phrases {
    list: Vec<String>,
    automaton: OnceLock<AhoCorasick>,
    whole: OnceLock<FxHashMap<String, usize>>,
    longest: usize,
    /// The bytes of ASCII that phrases start with, by bits.
    starts: u128,
    /// Its place among the lists of its language that texts are glanced at for.
    slot: glance::Slot,
}

/// A phrase that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which phrase, by its place in the list.
    pub phrase: usize,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

impl Hit {
    /// Whether it is made of whole words of the text that it was found in.
    pub fn stands_alone(&self, text: &str) -> bool {
        stands_alone(text, self.start, self.end)
    }
}

impl Default for Phrases {
    fn default() -> Self {
        Self::new([])
    }
}

impl Phrases {
    /// Takes a list. Letters outside ASCII must be given in the case that texts have.
    pub fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let list: Vec<String> = phrases.into_iter().map(plain).collect();
        let longest = list.iter().map(String::len).max().unwrap_or(0);
        let starts = list.iter().filter_map(|p| p.bytes().next()).filter(u8::is_ascii).fold(0, |all, b| all | 1 << b);
        Self {
            list,
            automaton: OnceLock::new(),
            whole: OnceLock::new(),
            longest,
            starts,
            slot: glance::Slot::default(),
        }
    }

    fn automaton(&self) -> &AhoCorasick {
        // Measured: the facts of a page take twice as long without a DFA.
        let kind = if self.list.len() <= 3_000 { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        self.automaton.get_or_init(|| {
            AhoCorasickBuilder::new()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .kind(Some(kind))
                .build(&self.list)
                .expect("phrase lists are far below the automaton's limits")
        })
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether a phrase may stand as whole words in a text that was glanced at.
    pub fn may_stand(&self, glance: Glance) -> bool {
        !self.list.is_empty() && glance.may_hold(self.slot)
    }

    /// Notes that no phrase stands in a text that was glanced at.
    pub fn are_absent(&self, learned: &Learned) {
        learned.lacks(self.slot);
    }

    /// All phrases that stand in the text as whole words, in the order of their ends.
    pub fn hits<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Hit> + 't {
        self.parts(text).filter(move |hit| hit.stands_alone(text))
    }

    /// All phrases that stand anywhere in the text, also within words, in the order of their ends.
    pub fn parts<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Hit> + 't {
        let hit = |m: aho_corasick::Match| Hit { phrase: m.pattern().as_usize(), start: m.start(), end: m.end() };
        self.automaton().find_overlapping_iter(text).map(hit)
    }

    /// Whether any phrase stands in the text.
    pub fn occur_in(&self, text: &str) -> bool {
        !self.list.is_empty() && self.hits(text).next().is_some()
    }

    /// Whether a phrase may begin with a byte in any case.
    pub fn may_begin(&self, byte: u8) -> bool {
        !byte.is_ascii() || self.starts & 1 << byte.to_ascii_lowercase() != 0
    }

    /// The phrase that the whole text is, apart from case, spaces and punctuation at its ends.
    pub fn whole(&self, text: &str) -> Option<usize> {
        let text = text.trim_matches(|c: char| !c.is_alphanumeric());
        // Most texts are longer than any phrase, by far more than folding can take away.
        if text.len() > 2 * self.longest {
            return None;
        }
        // And few start like one: only letters outside ASCII may fold to other ones.
        if text.bytes().next().is_some_and(|b| !self.may_begin(b)) {
            return None;
        }
        let whole = self.whole.get_or_init(|| {
            let mut whole = FxHashMap::default();
            for (i, phrase) in self.list.iter().enumerate() {
                whole.entry(phrase.clone()).or_insert(i);
            }
            whole
        });
        whole.get(&plain(text)).copied()
    }
}

/// Lower case, straight apostrophes, folded white space.
pub fn plain(text: &str) -> String {
    let mut folded = super::dom::fold_space(text);
    if folded.is_ascii() {
        folded.make_ascii_lowercase();
        return folded;
    }
    folded.replace('\u{2019}', "'").to_lowercase()
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let within = |c: char| c.is_alphanumeric() || c == '_';
    let first = text[start..].chars().next().is_some_and(within);
    let last = text[..end].chars().next_back().is_some_and(within);
    let goes_on_before = first && text[..start].chars().next_back().is_some_and(within);
    let goes_on_after = last && text[end..].chars().next().is_some_and(within);
    !goes_on_before && !goes_on_after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_whole_words_in_any_case() {
        let phrases = Phrases::new(["in due course", "shall", "as soon as"]);
        let found: Vec<usize> = phrases.hits("You SHALL hear In Due Course, Marshall.").map(|h| h.phrase).collect();
        assert_eq!(found, [1, 0]);
        assert!(!phrases.occur_in("marshalling shallow"));
    }

    #[test]
    fn a_whole_text_is_compared_without_its_trimmings() {
        let phrases = Phrases::new(["click here"]);
        assert_eq!(phrases.whole(" Click  here » "), Some(0));
        assert_eq!(phrases.whole("click here now"), None);
    }
}
