//! What the store gives back, in the shape that reports and exports read.

use crate::model::{OnlyAxe, Outcome, PageUrl, Place, RenderWhy, Severity, State, Status};
use crate::score::Score;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// Its number in this store.
    pub run: i64,
    /// Hash of its inputs.
    pub id: String,
    /// What was audited, as the reports show it.
    pub target: String,
    /// `website` or `kiosk`.
    pub profile: String,
    /// When it started, RFC 3339.
    pub started: String,
    /// When it was finished, RFC 3339.
    pub finished: String,
    /// Hash of its rules.
    pub rule_set: String,
    /// Hash of the settings that a score depends on.
    pub setup: String,
    /// Whether robots.txt and the rate were lifted by `--own-site`.
    pub own_site: bool,
    /// Where the weights come from.
    pub weights: String,
    /// Its score.
    pub score: Score,
}

/// A page of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PageRow {
    /// Its address.
    #[schemars(with = "String")]
    pub url: PageUrl,
    /// HTTP status.
    pub status: u16,
    /// Its title.
    pub title: String,
    /// Its language.
    pub lang: String,
    /// What kind of page.
    pub kind: String,
    /// How sure the kind is, 0–1.
    pub kind_confidence: f64,
    /// Its share of the use of the site, 0–1; over the pages that were read they sum to 1.
    pub weight: f64,
    /// 100·q.
    pub score: f64,
    /// Clicks from the home page; null where no way leads to it.
    pub depth: Option<u32>,
    /// How many pages link to it.
    pub inbound: u32,
    /// Size of the source.
    pub bytes: u64,
    /// Whether a browser drew it, and what it drew was judged in place of the source.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rendered: bool,
    /// Why a browser drew it: `drawn-by-script`, `part-drawn-by-script`, `first-of-template`, or `asked` for every page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub rendered_why: Option<RenderWhy>,
    /// Where it moves on to before anybody can read it (`meta refresh` of 0 seconds); such a page is not judged and weighs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::model::stored_url")]
    #[schemars(with = "Option<String>")]
    pub moves_to: Option<PageUrl>,
    /// What only axe-core found on it, where the user had it run (`--with-axe`); never scored, gated or counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axe: Option<OnlyAxe>,
}

/// A finding of a run, as `audit.json` lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingRow {
    /// What it is known by from run to run.
    pub key: String,
    /// Rule id.
    #[schemars(with = "String")]
    pub rule: Arc<str>,
    /// Category id.
    #[schemars(with = "String")]
    pub category: Arc<str>,
    /// How bad.
    pub severity: Severity,
    /// Whether it counts.
    pub status: Status,
    /// `fail` or `could-not-tell`.
    pub outcome: Outcome,
    /// What it is counted under together with others.
    #[schemars(with = "Option<String>")]
    pub cause: Option<Arc<str>>,
    /// The page.
    #[schemars(with = "String")]
    pub url: PageUrl,
    /// The element.
    pub place: Option<Place>,
    /// What it says to a person.
    pub message: String,
    /// Points that it costs.
    pub lost: f64,
    /// Points that mending it alone would bring.
    pub gain: f64,
    /// Further findings of the rule on the page that are not listed.
    pub more: u32,
    /// How it stands to the run before.
    pub state: State,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// Whether all criteria that it fails lie beyond the legal standard of the site; null where none is set.
    pub beyond: Option<bool>,
    /// What it is known by on its page, whatever the address of the page; only the store knows it.
    #[serde(skip)]
    #[schemars(skip)]
    pub local: String,
}

/// How many findings are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the states")]
pub struct StateCounts {
    pub new: u64,
    pub open: u64,
    pub fixed: u64,
    pub back: u64,
    pub unchecked: u64,
}

impl StateCounts {
    /// Counts so many findings of a state.
    pub fn add(&mut self, state: State, n: u64) {
        match state {
            State::New => self.new += n,
            State::Open => self.open += n,
            State::Fixed => self.fixed += n,
            State::Back => self.back += n,
            State::Unchecked => self.unchecked += n,
        }
    }

    /// Adds those of others.
    pub fn join(&mut self, other: Self) {
        self.new += other.new;
        self.open += other.open;
        self.fixed += other.fixed;
        self.back += other.back;
        self.unchecked += other.unchecked;
    }

    /// Today's problems.
    pub fn today(&self) -> u64 {
        self.new + self.open + self.back
    }
}

/// Hash of each rule's file, by id.
pub type RuleHashes = BTreeMap<String, String>;
