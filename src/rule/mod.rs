//! Rule files: read, checked, explained. A rule is data; what it judges was measured by `facts`.
//! This module never looks at a page and never touches a disk: it is given texts.

mod check;
mod elements;
mod embed;
mod example;
mod file;
mod message;
mod set;
mod standards;

pub use check::{
    Band, Between, Check, Exposed, Filter, Limit, MetricCheck, NameTest, Over, PairCheck, SelectorCheck, TextCheck,
    Wanted,
};
pub use embed::{embedded_categories, embedded_rules, embedded_words};
pub use example::{Example, ExamplePage, Expectation, with_places};
pub use message::Message;
pub use set::{Category, LoadError, RuleSource, Rules};
pub use standards::{Conformance, Criterion, Mapping, Standard, Standards, standards, wcag};

use crate::model::{Level, Severity, Status};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What to do with a file, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say what they mean")]
pub enum Triage {
    Fix,
    Archive,
    Replace,
    Remove,
}

/// An input that not every page or site offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Computed styles: without them it cannot tell.
    Style,
    /// Every page of the site: without them it cannot tell.
    CompleteCrawl,
    /// The site's home page: without it it cannot tell.
    Home,
    /// A walk with the Tab key: it is about pages that a browser walked, and no others.
    Keyboard,
    /// Where a browser put things: it is about pages that a browser drew, and no others.
    Places,
}

/// One rule: what to look for, how bad it is, and what to tell people.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `<category>/<name>`.
    pub id: Arc<str>,
    /// The visitor's trouble; the folder of the file.
    pub category: Arc<str>,
    /// The problem, as a sentence.
    pub title: String,
    /// How bad one finding is.
    pub severity: Severity,
    /// What one finding speaks of.
    pub level: Level,
    /// For a rule about the site: the share of visitors who need the thing, 0–1.
    pub reach: Option<f64>,
    /// Whether it counts.
    pub status: Status,
    /// Share of findings that were right among those read; 1 for an exact check.
    pub precision: f64,
    /// Whether the precision was measured (and not taken as exact).
    pub measured: bool,
    /// Page kinds it is about; empty for all.
    pub kinds: Vec<String>,
    /// Page kinds it is not about.
    pub except_kinds: Vec<String>,
    /// Least confidence in the page kind.
    pub kind_confidence: f64,
    /// Profiles it runs in.
    pub profiles: BTreeSet<String>,
    /// Jurisdictions it is about; empty for all.
    pub applies: Vec<String>,
    /// Rules with one cause count once on a page.
    pub cause: Option<Arc<str>>,
    /// Inputs that it cannot do without.
    pub needs: Vec<Need>,
    /// Criteria that a finding fails.
    pub fails: Vec<String>,
    /// Nearby criteria.
    pub related: Vec<String>,
    /// Where the idea and each number come from.
    pub sources: Vec<String>,
    /// What a reader sees.
    pub message: Message,
    /// What to do with a file that has the problem, for the list of files; only rules about files say it.
    pub triage: Option<Triage>,
    /// Whether a new finding may fail a build; not where the answer depends on the date or on other hosts.
    pub gates: bool,
    /// A guess at the work of one fix.
    pub effort: Option<String>,
    /// Version that brought the rule.
    pub since: String,
    /// What is looked for.
    pub check: Check,
    /// Markdown of *Why it matters*.
    pub why: String,
    /// Markdown of *How to fix it*.
    pub fix: String,
    /// The examples, which are its tests.
    pub examples: Vec<Example>,
    /// The file it was read from.
    pub file: String,
    /// The whole text of the file.
    pub source: String,
}
