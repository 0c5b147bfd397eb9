//! Regular expressions of word lists, each built when it is first searched: a run meets one or two of
//! the languages, and building all of them takes longer than auditing a small site.

use crate::facts::phrases::{Glance, Learned};
use regex::{Regex, RegexBuilder};
use std::ops::Deref;
use std::sync::OnceLock;

/// A pattern of a list.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    built: OnceLock<Regex>,
    /// Its language, and its bit among the patterns that texts are glanced at for; 0 where it is none of them.
    language: u16,
    bit: u128,
}

impl Pattern {
    /// One expression over all patterns, bounded by words without Unicode tables, which are slow.
    pub(in crate::facts) fn new(patterns: &[String]) -> Self {
        let source = format!(r"\b(?:{})", patterns.join("|")).replace(r"\b", r"(?-u:\b)");
        Self { source, built: OnceLock::new(), language: 0, bit: 0 }
    }

    /// The expression, which is searched in any case.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Gives it its place among the patterns of a language.
    pub(super) fn take_place(&mut self, language: u16, bit: u128) {
        (self.language, self.bit) = (language, bit);
    }

    /// Whether it may stand in a text that was glanced at.
    pub fn may_stand(&self, glance: Glance) -> bool {
        self.bit == 0 || glance.may_match(self.language, self.bit)
    }

    /// Notes that it does not stand in a text that was glanced at.
    pub fn is_absent(&self, learned: &Learned) {
        learned.lacks_pattern(self.language, self.bit);
    }

    /// What is wrong with it, if something is.
    #[cfg(test)]
    pub(crate) fn mistake(&self) -> Option<String> {
        RegexBuilder::new(&self.source).case_insensitive(true).build().err().map(|e| e.to_string())
    }
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        self.built.get_or_init(|| {
            let built = RegexBuilder::new(&self.source).case_insensitive(true).build();
            built.expect("a test builds every pattern of the project's lists")
        })
    }
}
