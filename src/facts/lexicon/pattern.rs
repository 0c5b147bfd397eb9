//! Regular expressions of word lists, each built when it is first searched: a run meets one or two of
//! the languages, and building all of them takes longer than auditing a small site.

use regex::{Regex, RegexBuilder};
use std::ops::Deref;
use std::sync::OnceLock;

/// A pattern of a list.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    built: OnceLock<Regex>,
}

impl Pattern {
    /// One expression over all patterns, bounded by words without Unicode tables, which are slow.
    pub(in crate::facts) fn new(patterns: &[String]) -> Self {
        let source = format!(r"\b(?:{})", patterns.join("|")).replace(r"\b", r"(?-u:\b)");
        Self { source, built: OnceLock::new() }
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
