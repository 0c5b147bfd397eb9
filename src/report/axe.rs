//! What only axe-core found, as the reports list it: beside our own findings, and never among them.

use super::basis::Basis;
use super::shape::Spot;
use crate::history::PageRow;
use crate::model::{AxeTrouble, Place};
use serde::Serialize;

/// Rules of axe-core that a page report lists, and places of each. Our choices; `audit.json` has more.
const PAGE_RULES: usize = 30;
const PAGE_PLACES: usize = 5;

/// What only axe-core found on the pages of a site.
#[derive(Debug, Serialize)]
pub(super) struct AxePart<'a> {
    pub version: String,
    pub pages: u64,
    pub silent: u64,
    pub rows: Vec<AxeRow<'a>>,
    pub rest: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct AxeRow<'a> {
    pub rule: &'a str,
    pub help: &'a str,
    pub impact: &'a str,
    pub criteria: String,
    pub places: u64,
    pub unsure: u64,
    pub pages: u64,
    pub examples: Vec<AxeExample<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct AxeExample<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub selector: &'a str,
}

/// The first rules, as many as of rules on trial; `None` where axe-core was not run.
pub(super) fn axe<'a>(basis: &'a Basis<'a>) -> Option<AxePart<'a>> {
    let digest = basis.digest.axe.as_ref()?;
    let rows: Vec<AxeRow<'a>> = digest
        .rules
        .iter()
        .take(basis.cuts.trial)
        .map(|found| AxeRow {
            rule: &found.rule.rule,
            help: &found.rule.help,
            impact: &found.rule.impact,
            criteria: found.rule.criteria.join(", "),
            places: found.places,
            unsure: found.unsure,
            pages: found.pages,
            examples: found
                .examples
                .iter()
                .take(basis.cuts.trial_examples)
                .map(|(url, place)| AxeExample { spot: basis.spot(url), selector: &place.selector })
                .collect(),
        })
        .collect();
    let version = digest.versions.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    Some(AxePart { version, pages: digest.pages, silent: digest.silent, rest: digest.rules.len() - rows.len(), rows })
}

/// What only axe-core found on one page.
#[derive(Debug, Serialize)]
pub(super) struct PageAxe<'a> {
    version: &'a str,
    trouble: Option<AxeTrouble>,
    rows: Vec<PageAxeRow<'a>>,
    rest: usize,
}

#[derive(Debug, Serialize)]
struct PageAxeRow<'a> {
    rule: &'a str,
    help: &'a str,
    impact: &'a str,
    criteria: String,
    unsure: bool,
    places: &'a [Place],
    more: usize,
}

/// The same of one page, with so many places of each rule at most.
pub(super) fn of_page(page: &PageRow, most: usize) -> Option<PageAxe<'_>> {
    let only = page.axe.as_ref()?;
    let rows: Vec<PageAxeRow<'_>> = only
        .rules
        .iter()
        .take(PAGE_RULES)
        .map(|found| {
            let shown = found.places.len().min(PAGE_PLACES).min(most);
            PageAxeRow {
                rule: &found.rule,
                help: &found.help,
                impact: &found.impact,
                criteria: found.criteria.join(", "),
                unsure: found.unsure,
                places: &found.places[..shown],
                more: found.places.len() - shown + found.more as usize,
            }
        })
        .collect();
    Some(PageAxe { version: &only.version, trouble: only.trouble, rest: only.rules.len() - rows.len(), rows })
}
