//! A problem that was found, and the words around it.

use super::{PageUrl, Place};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How bad a problem is for a visitor. What each is worth in points stands in `score`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown only.
    Advice,
    /// Annoys.
    Minor,
    /// Slows or confuses.
    Moderate,
    /// Many visitors fail, give up or have to ask; or some groups are shut out.
    Serious,
    /// No visitor can go on by any way on this page.
    Blocker,
}

/// What a rule says of a page. "Could not tell" is never a pass and never a fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Looked at, nothing wrong.
    Pass,
    /// A problem.
    Fail,
    /// Nothing on the page that the rule is about.
    NotApplicable,
    /// Not decided: an input was missing.
    CouldNotTell,
}

/// Whether a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Scored and gated.
    Active,
    /// Shown, neither scored nor gated.
    Trial,
}

/// What one finding of a rule speaks of; it decides how far a problem reaches in the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One element; more failing elements weigh more, ever more slowly.
    Element,
    /// The page as a whole.
    Page,
    /// A form.
    Form,
    /// A form spread over several pages.
    Journey,
    /// The site as a whole.
    Site,
}

/// How a finding stands to the run before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not there in the run before.
    New,
    /// There before, and still.
    Open,
    /// There before; looked at again and gone.
    Fixed,
    /// Fixed once, and here again.
    Back,
    /// There before; not looked at this time.
    Unchecked,
}

/// One failing (or undecided) element, page, form or site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, as `forms/too-many-questions`.
    #[serde(deserialize_with = "super::shared_name")]
    pub rule: Arc<str>,
    /// `Fail` or `CouldNotTell`.
    pub outcome: Outcome,
    /// How bad; with `bands` it can differ from finding to finding.
    pub severity: Severity,
    /// The page; the start page for a finding about the site.
    #[serde(deserialize_with = "super::shared_url")]
    pub url: PageUrl,
    /// The element; `None` when the finding is about the page or the site.
    pub place: Option<Place>,
    /// What it says to a person.
    pub message: String,
    /// What the finding is known by on this page: the element's role and text, not its position.
    pub anchor: String,
    /// 128 bits in hexadecimal over rule, address and anchor; filled in by the site phase.
    pub key: String,
    /// How many further findings of this rule on this page are not listed one by one.
    pub more: u32,
}

impl Finding {
    /// Whether it came to sight only after something was pressed.
    pub fn is_after_press(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.after.is_some())
    }
}
