//! The view by criterion as its page shows it: what the standard asks for and what lies beyond, each criterion with places.

use super::basis::Basis;
use super::shape::Spot;
use super::wcag::{CriterionRow, CriterionRule, CriterionState, StandardRow};
use crate::history::FindingRow;
use crate::model::Status;
use crate::rule::{Conformance, standards};
use serde::Serialize;
use std::collections::BTreeMap;

/// The part of the context about criteria.
#[derive(Debug, Serialize)]
pub(super) struct WcagPart<'a> {
    pub standard: Option<&'a StandardRow>,
    pub statement: Option<StatementLine<'a>>,
    /// The texts whose clauses stand beside the criteria.
    pub texts: Vec<Text>,
    pub groups: Vec<Group<'a>>,
}

/// What the site says of its own accessibility.
#[derive(Debug, Serialize)]
pub(super) struct StatementLine<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub dated: bool,
    pub contact: bool,
    pub feedback: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Text {
    pub id: &'static str,
    pub name: &'static str,
}

/// Criteria that are shown together.
#[derive(Debug, Serialize)]
pub(super) struct Group<'a> {
    /// `asked`, `beyond`; without a standard `base` (levels A and AA) and `more` (level AAA).
    pub id: &'static str,
    pub failed: usize,
    pub nothing_found: usize,
    pub needs_a_person: usize,
    pub not_applicable: usize,
    pub rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    pub number: &'static str,
    pub name: &'static str,
    pub level: Conformance,
    pub since: &'static str,
    /// In the order of the texts; null where a text does not ask for it.
    pub clauses: Vec<Option<&'a str>>,
    pub state: CriterionState,
    pub findings: u64,
    pub pages: u64,
    pub looked_at: u64,
    pub rules: Vec<RuleLine<'a>>,
    pub questions: Vec<Question<'a>>,
    pub questions_rest: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct RuleLine<'a> {
    pub title: &'a str,
    /// Of its section in the site report.
    pub anchor: Option<&'a str>,
    pub findings: u64,
    pub pages: u64,
    pub places: Vec<PlaceLine<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Question<'a> {
    pub title: &'a str,
    /// `asks`, `unsure` or `trial`.
    pub why: &'static str,
    pub message: &'a str,
    pub pages: u64,
    /// The file of the rule's own report, which lists its pages.
    pub report: Option<String>,
    pub places: Vec<PlaceLine<'a>>,
}

/// Where somebody has to look.
#[derive(Debug, Serialize)]
pub(super) struct PlaceLine<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub selector: Option<&'a str>,
}

/// The view, cut to the lengths of the page.
pub(super) fn wcag<'a>(basis: &'a Basis<'a>) -> WcagPart<'a> {
    let table = &basis.subject.wcag;
    let is_set = table.standard().is_some();
    let is_second = |row: &CriterionRow| row.beyond.unwrap_or(row.level == Conformance::Triple);
    let group = |id, second| {
        let rows: Vec<&CriterionRow> = table.criteria.iter().filter(|row| is_second(row) == second).collect();
        let count = |state| rows.iter().filter(|row| row.state == state).count();
        Group {
            id,
            failed: count(CriterionState::Failed),
            nothing_found: count(CriterionState::NothingFound),
            needs_a_person: count(CriterionState::NeedsAPerson),
            not_applicable: count(CriterionState::NotApplicable),
            rows: rows.into_iter().map(|row| line(basis, row)).collect(),
        }
    };
    let (first, second) = if is_set { ("asked", "beyond") } else { ("base", "more") };
    WcagPart {
        standard: table.standard(),
        statement: table.statement.as_ref().map(|s| StatementLine {
            spot: basis.spot(&s.url),
            dated: s.dated,
            contact: s.contact,
            feedback: s.feedback,
        }),
        texts: standards().mappings.iter().map(|m| Text { id: &m.id, name: &m.name }).collect(),
        groups: vec![group(first, false), group(second, true)],
    }
}

fn line<'a>(basis: &'a Basis<'a>, row: &'a CriterionRow) -> Row<'a> {
    let texts = &standards().mappings;
    let shown = row.questions.len().min(basis.cuts.questions);
    Row {
        number: row.criterion,
        name: row.name,
        level: row.level,
        since: row.since,
        clauses: texts.iter().map(|m| row.clauses.get(m.id.as_str()).map(String::as_str)).collect(),
        state: row.state,
        findings: row.findings,
        pages: row.pages,
        looked_at: row.looked_at,
        rules: row.rules.iter().map(|rule| rule_line(basis, rule)).collect(),
        questions: row.questions.iter().take(shown).filter_map(|rule| question(basis, rule)).collect(),
        questions_rest: row.questions.len() - shown,
    }
}

fn rule_line<'a>(basis: &'a Basis<'a>, rule: &'a CriterionRule) -> RuleLine<'a> {
    let examples = basis.problem(&rule.rule).map_or(&[][..], |p| p.found.examples.as_slice());
    RuleLine {
        title: basis.title(&rule.rule),
        anchor: basis.anchor(&rule.rule),
        findings: rule.findings,
        pages: rule.pages,
        places: places(basis, examples),
    }
}

fn question<'a>(basis: &'a Basis<'a>, rule: &'a CriterionRule) -> Option<Question<'a>> {
    let doubts = &basis.digest.doubts;
    let doubt = &doubts[doubts.binary_search_by(|doubt| doubt.rule.cmp(&rule.rule)).ok()?];
    let first = doubt.examples.first()?;
    let asks = basis.subject.rules.get(&rule.rule).is_some_and(|rule| rule.check.only_asks());
    let on_trial = first.status == Status::Trial && first.outcome == crate::model::Outcome::Fail;
    Some(Question {
        title: basis.title(&rule.rule),
        why: if asks { "asks" } else { ["unsure", "trial"][usize::from(on_trial)] },
        message: &first.message,
        pages: rule.pages,
        report: basis.subject.details.rule(&rule.rule),
        places: places(basis, &doubt.examples),
    })
}

/// The first places, one a page and element.
fn places<'a>(basis: &'a Basis<'a>, findings: &'a [FindingRow]) -> Vec<PlaceLine<'a>> {
    let selector = |f: &'a FindingRow| f.place.as_ref().map(|p| p.selector.as_str()).filter(|s| !s.is_empty());
    let mut seen = BTreeMap::new();
    let first = findings.iter().filter(|f| seen.insert((&f.url, selector(f)), ()).is_none());
    first.take(basis.cuts.places).map(|f| PlaceLine { spot: basis.spot(&f.url), selector: selector(f) }).collect()
}
