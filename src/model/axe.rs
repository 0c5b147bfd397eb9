//! What axe-core, another checker, said of a page that a browser drew: as it is kept, and what of it is shown beside our own
//! findings. None of it is scored.

use super::{Place, is_zero};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What axe-core said of a page, by the numbers of start tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxeNotes {
    /// Its version, in its own words; empty where it told none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Why there are no results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<AxeTrouble>,
    /// What it found, and where it could not tell, in its own order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<AxeResult>,
}

/// Why axe-core said nothing of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AxeTrouble {
    /// The script defines no `axe.run`.
    NotAxe,
    /// It ended with an error.
    Failed,
    /// It gave no answer in its time.
    Late,
    /// What it answered are no results.
    Garbled,
    /// The page was another one when it was opened again.
    Changed,
}

/// What one rule of axe-core said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxeResult {
    /// The rule, as `color-contrast`.
    pub rule: String,
    /// What it asks for, in the words of axe-core, in English.
    pub help: String,
    /// How bad axe-core takes it to be: `minor`, `moderate`, `serious` or `critical`; empty where it does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub impact: String,
    /// The success criteria of WCAG that it is about, as `1.4.3`.
    pub criteria: Vec<String>,
    /// Whether it is a failure; else it could not tell.
    pub fails: bool,
    /// The elements, by the numbers of their start tags.
    pub elements: Vec<u32>,
    /// Further ones that are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u32,
}

/// What axe-core found on a page, beside what the rules say of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// What only axe-core found.
    pub only: OnlyAxe,
    /// What both found, element by element.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub both: Vec<BothFound>,
}

/// What axe-core found on a page and no rule of ours did. None of it is scored or counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnlyAxe {
    /// Version of axe-core.
    pub version: String,
    /// Why it said nothing of the page: `not-axe`, `failed`, `late`, `garbled` or `changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<AxeTrouble>,
    /// By the rules of axe-core.
    pub rules: Vec<OnlyAxeRule>,
}

/// What one rule of axe-core found and no rule of ours did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnlyAxeRule {
    /// The rule of axe-core.
    pub rule: String,
    /// What it asks for, in the words of axe-core, in English.
    pub help: String,
    /// How bad axe-core takes it to be.
    pub impact: String,
    /// The success criteria of WCAG that it is about.
    pub criteria: Vec<String>,
    /// Whether a rule of ours about one of these criteria could not tell there.
    pub unsure: bool,
    /// Where.
    pub places: Vec<Place>,
    /// Further places that are not listed.
    pub more: u32,
}

/// An element of which both say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BothFound {
    /// The rule of axe-core.
    pub axe: String,
    /// Whether axe-core is sure; else it could not tell.
    pub fails: bool,
    /// The criteria of WCAG that both are about.
    pub criteria: Vec<String>,
    /// Our rule.
    pub rule: Arc<str>,
    /// The element of our finding; nothing where it is about the page.
    pub selector: Option<String>,
    /// The element of axe-core.
    pub element: String,
}
