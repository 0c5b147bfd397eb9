//! What the rules say of each success criterion of WCAG. Only a rule whose failure is literally a failure of the criterion makes
//! it failed, and nothing that rules say makes it met.

use crate::facts::Statement;
use crate::history::{Digest, PageTally};
use crate::rule::{Conformance, Criterion, Need, Rule, Rules, Standard, standards};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version of WCAG whose criteria are listed.
const VERSION: &str = "2.2";

/// The view by criterion, as `audit.json` has it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Wcag {
    /// The version of WCAG whose criteria are listed.
    version: &'static str,
    /// The legal standard of the site; null where none is set.
    standard: Option<StandardRow>,
    /// What the site says of its own accessibility; null where no page that was read is a statement.
    pub(super) statement: Option<Statement>,
    /// Every criterion, in the order of WCAG.
    pub(super) criteria: Vec<CriterionRow>,
}

/// The legal standard of a site.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct StandardRow {
    /// Its word in the config.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The version of WCAG that it asks for.
    pub wcag: &'static str,
    /// The level that it asks for.
    pub level: Conformance,
    /// Where that is written.
    pub source: &'static str,
}

/// What the rules say of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CriterionState {
    /// A rule found a failure of it.
    Failed,
    /// Rules looked, and found nothing; that does not say that it is met.
    NothingFound,
    /// Rules alone do not decide it.
    NeedsAPerson,
    /// Nothing on the pages that were read is what the rules of it are about.
    NotApplicable,
}

/// A criterion with what the rules say of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct CriterionRow {
    /// Its number, as `1.1.1`.
    pub criterion: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its level.
    pub level: Conformance,
    /// The version of WCAG that brought it.
    pub since: &'static str,
    /// The clauses of other texts that ask for it, by the key of the text.
    pub clauses: BTreeMap<&'static str, String>,
    /// Whether the legal standard of the site does not ask for it; null where none is set.
    pub beyond: Option<bool>,
    /// What the rules say.
    pub state: CriterionState,
    /// Failures of it that were found.
    pub findings: u64,
    /// Pages on which it is failed.
    pub pages: u64,
    /// Pages that a rule of it looked at.
    pub looked_at: u64,
    /// The rules that found a failure of it.
    pub rules: Vec<CriterionRule>,
    /// What is left to a person: questions of rules, what rules could not tell, and what rules on trial suspect.
    pub questions: Vec<CriterionRule>,
}

/// A rule under a criterion.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct CriterionRule {
    /// Its id.
    #[schemars(with = "String")]
    pub rule: Arc<str>,
    /// Findings; of a question, one a page.
    pub findings: u64,
    /// Pages.
    pub pages: u64,
}

impl Wcag {
    /// The view of a run.
    pub fn new(digest: &Digest, rules: &Rules, standard: Option<&'static Standard>) -> Self {
        let found = Found::new(digest, rules);
        let row = |criterion: &'static Criterion| found.row(criterion, standard);
        Self {
            version: VERSION,
            standard: standard.map(|s| StandardRow {
                id: &s.id,
                name: &s.name,
                wcag: &s.wcag,
                level: s.level,
                source: &s.source,
            }),
            statement: digest.verdicts.statement.clone(),
            criteria: standards().criteria.iter().map(row).collect(),
        }
    }

    /// The legal standard of the site.
    pub(super) fn standard(&self) -> Option<&StandardRow> {
        self.standard.as_ref()
    }
}

/// What a run found, with the rules of each criterion.
struct Found<'a> {
    digest: &'a Digest,
    failing: BTreeMap<&'a str, Vec<&'a Rule>>,
    /// Rules that touch a criterion in any way, also with a question.
    touching: BTreeMap<&'a str, Vec<&'a Rule>>,
}

impl<'a> Found<'a> {
    fn new(digest: &'a Digest, rules: &'a Rules) -> Self {
        let (mut failing, mut touching) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for rule in &rules.list {
            rule.failed_criteria().for_each(|c| failing.entry(c).or_default().push(rule));
            rule.touched_criteria().for_each(|c| touching.entry(c).or_default().push(rule));
        }
        Self { digest, failing, touching }
    }

    fn tally(&self, rule: &Rule) -> PageTally {
        self.digest.verdicts.rules.get(&rule.id).copied().unwrap_or_default()
    }

    fn row(&self, criterion: &'static Criterion, standard: Option<&Standard>) -> CriterionRow {
        let number = criterion.number.as_str();
        let failing = self.failing.get(number).map_or(&[][..], Vec::as_slice);
        let touching = self.touching.get(number).map_or(&[][..], Vec::as_slice);
        let broken: Vec<CriterionRule> = failing.iter().filter_map(|rule| self.broken(rule)).collect();
        let questions: Vec<CriterionRule> = touching.iter().filter_map(|rule| self.question(rule)).collect();
        let on_pages = self.digest.verdicts.criteria.get(number).copied().unwrap_or_default();
        // A page that no browser drew or walked through was not looked at by a rule that needs it.
        let needs_browser = |rule: &Rule| rule.needs.iter().any(|need| matches!(need, Need::Keyboard | Need::Places));
        let looks_anyway = |rule: &Rule| !rule.check.knows_its_subject() && !needs_browser(rule);
        let looked_at = failing.iter().any(|rule| self.tally(rule).passed > 0 || looks_anyway(rule));
        let state = if !broken.is_empty() {
            CriterionState::Failed
        } else if looked_at {
            CriterionState::NothingFound
        } else if failing.is_empty() || !questions.is_empty() || self.digest.verdicts.rules.is_empty() {
            CriterionState::NeedsAPerson
        } else {
            CriterionState::NotApplicable
        };
        let clause = |m: &'static crate::rule::Mapping| Some((m.id.as_str(), m.clause_of(criterion)?));
        CriterionRow {
            criterion: &criterion.number,
            name: &criterion.name,
            level: criterion.level,
            since: &criterion.since,
            clauses: standards().mappings.iter().filter_map(clause).collect(),
            beyond: standard.map(|s| !s.asks_for(criterion)),
            state,
            findings: broken.iter().map(|r| r.findings).sum(),
            pages: on_pages.failed,
            looked_at: on_pages.passed + on_pages.failed + on_pages.unsure,
            rules: broken,
            questions,
        }
    }

    /// A rule with the failures that it found today.
    fn broken(&self, rule: &Rule) -> Option<CriterionRule> {
        let at = self.digest.rules.binary_search_by(|found| found.rule.cmp(&rule.id)).ok()?;
        let found = &self.digest.rules[at];
        let findings = found.states.today();
        (findings > 0).then(|| CriterionRule { rule: rule.id.clone(), findings, pages: found.pages })
    }

    fn question(&self, rule: &Rule) -> Option<CriterionRule> {
        let at = self.digest.doubts.binary_search_by(|doubt| doubt.rule.cmp(&rule.id)).ok()?;
        let pages = self.digest.doubts[at].pages;
        Some(CriterionRule { rule: rule.id.clone(), findings: pages, pages })
    }
}
