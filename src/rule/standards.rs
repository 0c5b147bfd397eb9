//! The success criteria of WCAG, and the standards of laws that ask for them: `rules/standards.toml`, read once.

use super::embed::embedded_standards;
use super::{Check, Rule};
use crate::model::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// The prefix of a criterion of WCAG in the `fails` and `related` of a rule.
const WCAG: &str = "WCAG ";

/// The levels of conformance, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are those of WCAG")]
pub enum Conformance {
    A,
    #[serde(rename = "AA")]
    Double,
    #[serde(rename = "AAA")]
    Triple,
}

/// A success criterion.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Criterion {
    /// As `1.1.1`.
    pub number: String,
    /// Its name in English, as the W3C has it.
    pub name: String,
    /// Its level.
    pub level: Conformance,
    /// The version of WCAG that brought it, as `2.1`.
    pub since: String,
    /// Its name in addresses of the W3C.
    pub id: String,
}

/// What a law or a body asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Standard {
    /// The word in `plainway.toml`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The newest version of WCAG whose criteria it asks for.
    pub wcag: String,
    /// The highest level whose criteria it asks for.
    pub level: Conformance,
    /// Where that is written.
    pub source: String,
}

/// The clauses of another text that ask for criteria of WCAG.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Mapping {
    /// Its key in files.
    pub id: String,
    /// What people call the text.
    pub name: String,
    /// The newest version of WCAG whose criteria it asks for.
    pub wcag: String,
    /// The highest level whose criteria it asks for.
    pub level: Conformance,
    /// What stands before the number of a criterion, where each has a clause of its own.
    pub prefix: Option<String>,
    /// The clause that asks for all of them, where it is one.
    pub clause: Option<String>,
    /// Where that is written.
    pub source: String,
}

/// All of the file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Standards {
    /// The criteria, in their order.
    pub criteria: Vec<Criterion>,
    /// What `[site] standard` may name.
    #[serde(rename = "standard")]
    pub standards: Vec<Standard>,
    /// Other texts that ask for the criteria.
    #[serde(rename = "mapping")]
    pub mappings: Vec<Mapping>,
}

/// The file inside the binary.
pub fn standards() -> &'static Standards {
    static ONCE: LazyLock<Standards> =
        LazyLock::new(|| toml::from_str(embedded_standards()).expect("a test reads the file of the project"));
    &ONCE
}

impl Standards {
    /// The standard of that name.
    pub fn named(&self, id: &str) -> Option<&Standard> {
        self.standards.iter().find(|s| s.id == id)
    }

    /// The criterion of that number.
    pub fn criterion(&self, number: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|c| c.number == number)
    }

    /// Whether all criteria of WCAG that a failure of the rule fails lie beyond a standard. A rule that
    /// fails none of them is of no standard.
    pub fn beyond(&self, standard: &Standard, rule: &Rule) -> bool {
        let mut failed = wcag(&rule.fails).filter_map(|n| self.criterion(n)).peekable();
        failed.peek().is_some() && failed.all(|criterion| !standard.asks_for(criterion))
    }
}

impl Standard {
    /// Whether it asks for a criterion.
    pub fn asks_for(&self, criterion: &Criterion) -> bool {
        asks(&self.wcag, self.level, criterion)
    }
}

impl Mapping {
    /// The clause that asks for a criterion.
    pub fn clause_of(&self, criterion: &Criterion) -> Option<String> {
        let own = || self.prefix.as_ref().map(|prefix| format!("{prefix}{}", criterion.number));
        asks(&self.wcag, self.level, criterion).then(|| self.clause.clone().or_else(own)).flatten()
    }
}

/// Versions have one digit on each side of the point, so that they compare as texts.
fn asks(version: &str, level: Conformance, criterion: &Criterion) -> bool {
    criterion.since.as_str() <= version && criterion.level <= level
}

/// The numbers of the criteria of WCAG in a list such as `fails`.
pub fn wcag(list: &[String]) -> impl Iterator<Item = &str> {
    list.iter().filter_map(|entry| entry.strip_prefix(WCAG))
}

impl Rule {
    /// The criteria of WCAG that a finding of it fails: none of a rule on trial, and none of one that only asks.
    pub fn failed_criteria(&self) -> impl Iterator<Item = &str> {
        let counts = self.status == Status::Active && !self.check.only_asks();
        wcag(&self.fails).filter(move |_| counts)
    }

    /// The criteria of WCAG that a question or a doubt of it belongs to: those that it fails, else those near it.
    pub fn touched_criteria(&self) -> impl Iterator<Item = &str> {
        let fails_one = wcag(&self.fails).next().is_some();
        wcag(if fails_one { &self.fails } else { &self.related })
    }
}

impl Check {
    /// Whether what it finds is a question for a person, never a failure.
    pub fn only_asks(&self) -> bool {
        matches!(self, Self::Selector(check) if check.review)
    }

    /// Whether a page on which it found nothing to look at has nothing that it is about. A selector that matches only what
    /// is wrong cannot tell what is right from what is not there.
    pub fn knows_its_subject(&self) -> bool {
        match self {
            Self::Selector(check) => check.applies_to.is_some() || !check.matches.contains(['[', ':']),
            Self::Text(_) | Self::Metric(_) | Self::Pair(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_asks_for_as_many_criteria_as_its_text() {
        let standards = standards();
        let count = |id: &str| {
            let standard = standards.named(id).expect("it is listed");
            standards.criteria.iter().filter(|c| standard.asks_for(c)).count()
        };
        // WCAG 2.0 has 38 criteria of A and AA with 4.1.1, 2.1 has 50, and 2.2 has 55 without it.
        let expected = [("section-508", 37), ("ada-title-ii", 49), ("hhs-504", 49), ("en-301-549", 49)];
        for (id, n) in expected.into_iter().chain([("uk-psbar", 55), ("wcag-2.0-aa", 37), ("wcag-2.2-aa", 55)]) {
            assert_eq!(count(id), n, "{id}");
        }
        assert_eq!(standards.criteria.len(), 86);
    }

    #[test]
    fn clauses_are_those_of_the_texts() {
        let standards = standards();
        let clause = |mapping: &str, number: &str| {
            let mapping = standards.mappings.iter().find(|m| m.id == mapping).expect("it is listed");
            mapping.clause_of(standards.criterion(number).expect("it is listed"))
        };
        assert_eq!(clause("en", "1.4.10").as_deref(), Some("9.1.4.10"));
        assert_eq!((clause("en", "2.5.8"), clause("en", "1.4.6")), (None, None));
        assert_eq!(clause("section_508", "1.1.1").as_deref(), Some("E205.4"));
        assert_eq!(clause("section_508", "1.4.10"), None);
    }
}
