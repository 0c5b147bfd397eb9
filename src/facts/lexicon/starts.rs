//! How the words of a text begin, so that a pattern is searched only where something stands that it may begin with: one look
//! at a text for all patterns of a language.

use super::pattern::Pattern;
use regex_syntax::hir::literal::Extractor;
use rustc_hash::FxHashMap;

/// Patterns that are told apart, by a bit each. One too many is searched for in every text.
const MOST: usize = 128;

/// Letters of a word that are looked at. Our choice: few words of a language have three in common with a pattern by chance.
const LETTERS: usize = 3;

/// Ways to begin that one pattern may have; one with more is searched for in every text. Our choice, to bound the work.
const WAYS: usize = 20_000;

/// Letters outside ASCII that are the same as one of ASCII in another case: the long s and the sign of Kelvin.
const FOLDED: [&str; 2] = ["\u{17f}", "\u{212a}"];

/// With what patterns may begin.
#[derive(Debug)]
pub(super) struct Starts {
    /// By the first letter of a word.
    one: [u128; 128],
    /// By its first two letters, and by its first three or all of a shorter one; the key tells them apart.
    more: FxHashMap<u32, u128>,
    /// Patterns that begin with a letter outside ASCII.
    foreign: u128,
    /// Patterns that may begin with anything.
    always: u128,
}

/// The bit of the pattern at a place; none beyond those that are told apart.
pub(super) fn bit(at: usize) -> u128 {
    if at < MOST { 1 << at } else { 0 }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Stands for the first two letters of a word.
fn two(word: &[u8]) -> u32 {
    1 << 24 | key(&word[..2])
}

/// Stands for the first three letters of a word, or for all of a shorter one.
fn key(word: &[u8]) -> u32 {
    word.iter().take(LETTERS).rev().fold(0, |key, &b| key << 8 | u32::from(b.to_ascii_lowercase()))
}

impl Starts {
    /// Of the patterns of a language, in the order of their bits.
    pub(super) fn of<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> Self {
        let mut starts = Self { one: [0; 128], more: FxHashMap::default(), foreign: 0, always: 0 };
        for (at, pattern) in patterns.enumerate().take(MOST) {
            match beginnings(pattern.source()) {
                Some(literals) => literals.iter().for_each(|literal| starts.take_in(bit(at), literal)),
                None => starts.always |= bit(at),
            }
        }
        starts
    }

    fn take_in(&mut self, bit: u128, literal: &[u8]) {
        let letters = literal.iter().take_while(|&&b| is_letter(b)).count();
        let ends = literal.get(letters).is_some_and(u8::is_ascii);
        let slot = match (letters, literal.first()) {
            (0, Some(first)) if !first.is_ascii() => &mut self.foreign,
            // Patterns begin at the edge of a word, which may be its end.
            (0, _) => &mut self.always,
            (1 | 2, _) if ends => self.more.entry(key(&literal[..letters])).or_default(),
            (1, Some(first)) => &mut self.one[usize::from(first.to_ascii_lowercase())],
            (2, _) => self.more.entry(two(literal)).or_default(),
            _ => self.more.entry(key(literal)).or_default(),
        };
        *slot |= bit;
    }

    /// Which patterns may stand in a text.
    pub(super) fn glance(&self, text: &str) -> u128 {
        let mut found = self.always;
        if !text.is_ascii() {
            found |= self.foreign;
            if FOLDED.iter().any(|letter| text.contains(letter)) {
                return u128::MAX;
            }
        }
        for word in text.as_bytes().split(|b| !is_letter(*b)) {
            let Some(first) = word.first() else { continue };
            let more = |key: u32| self.more.get(&key).copied().unwrap_or(0);
            found |= self.one[usize::from(first.to_ascii_lowercase())] | more(key(word));
            if word.len() > 1 {
                found |= more(two(word));
            }
        }
        found
    }
}

/// With what a match of a pattern may begin; `None` where that may be anything.
fn beginnings(source: &str) -> Option<Vec<Vec<u8>>> {
    let parsed = regex_syntax::parse(source).ok()?;
    let mut extractor = Extractor::new();
    extractor.limit_class(40).limit_repeat(LETTERS).limit_literal_len(LETTERS).limit_total(WAYS);
    let found = extractor.extract(&parsed);
    let literals = found.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect::<Vec<_>>();
    let is_odd = |literal: &Vec<u8>| FOLDED.iter().any(|letter| literal.starts_with(letter.as_bytes()));
    (!literals.iter().any(is_odd)).then_some(literals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    const TEXTS: &[&str] = &[
        "The fee is $40; it takes 10 working days.",
        "Bring a photo ID, and PROOF of address!",
        "\u{c9}tat civil : d\u{e9}lai de 3 mois, apportez votre pi\u{e8}ce",
        "\u{17f}end it in 20 \u{212a}elvin",
        "a an if_so e-mail(us)",
        "Traiga su identificaci\u{f3}n, \u{bf}cu\u{e1}nto cuesta?",
        "We cannot help you. Unfortunately, the system is down until Monday.",
    ];

    #[test]
    fn a_glance_leaves_no_pattern_out() {
        let sources =
            ["fees?", "(?:to )?bring", "\\d+ days", "no|\u{e9}tat", "i[fd]\\b", "s\\w+ it", "\\$", "a\\b", "k.lvin"];
        let patterns: Vec<Pattern> = sources.iter().map(|s| Pattern::new(&[(*s).to_owned()])).collect();
        let starts = Starts::of(patterns.iter());
        for text in TEXTS {
            for (at, pattern) in patterns.iter().enumerate() {
                let may = starts.glance(text) & bit(at) != 0;
                assert!(may || !pattern.is_match(text), "{} in {text}", sources[at]);
            }
        }
        assert_eq!(starts.glance("Nothing, iffy") & (bit(0) | bit(1) | bit(7)), 0, "most are left out");
    }

    #[test]
    fn no_pattern_of_the_lists_is_left_out() {
        let lexicon = Lexicon::for_tests();
        for lang in lexicon.languages() {
            let words = lexicon.words(lang).expect("it is one of its languages");
            for text in TEXTS {
                let glance = words.glance(text);
                for (topic, pattern) in words.patterns.values().flatten() {
                    assert!(pattern.may_stand(glance) || !pattern.is_match(text), "{topic} of {lang} in {text}");
                }
            }
        }
    }
}
