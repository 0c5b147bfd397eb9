//! Where axe-core and the rules agree and where they differ, over all pages of an audit, by success criterion. It does not say
//! who is right.

use crate::audit::Verdicts;
use crate::model::{Finding, Outcome, PageUrl};
use crate::rule::{Rules, standards, wcag};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Name and version of the format. Additions keep the number, anything else raises it.
const FORMAT: &str = "plainway/axe-comparison/1";

/// Places that a row names. Our choice; the others are counted.
const PLACES: usize = 5;

/// Who found something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// Both, on the same element.
    Both,
    /// axe-core alone.
    OnlyAxe,
    /// A rule of ours alone.
    OnlyWe,
}

/// The comparison as it is filled, page by page.
#[derive(Clone, Debug, Default)]
pub struct AxeTable {
    versions: BTreeSet<String>,
    pages: u64,
    silent: u64,
    rows: BTreeMap<Key, Row>,
}

/// The parts of a criterion's number, who found it, and the rules of both; empty where one has none.
type Key = (Vec<u32>, FoundBy, String, String);

/// What one rule found, or two of them together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Elements.
    pub elements: u64,
    /// Elements among them where the other one could not tell.
    pub unsure: u64,
    /// Pages that they stand on.
    pub pages: u64,
    /// The first of them, with the address of the page.
    pub places: Vec<(String, String)>,
}

/// A criterion of the finished comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CriterionCompared {
    /// Its number.
    pub criterion: String,
    /// Its name.
    pub name: &'static str,
    /// Elements that both name.
    pub both: u64,
    /// Elements that axe-core alone names.
    pub only_axe: u64,
    /// Elements that we alone name.
    pub only_we: u64,
    /// By the rules of both.
    pub rules: Vec<RulesCompared>,
}

/// A row of the finished comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulesCompared {
    /// Who found it.
    pub found_by: FoundBy,
    /// The rule of axe-core.
    pub axe: Option<String>,
    /// Our rule.
    pub rule: Option<String>,
    /// What they found.
    #[serde(flatten)]
    pub row: Row,
}

/// The finished comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AxeCompared {
    format: &'static str,
    /// Version of axe-core.
    pub version: String,
    /// Pages that it was run in.
    pub pages: u64,
    /// Those among them of which it said nothing.
    pub silent: u64,
    /// In the order of their numbers.
    pub criteria: Vec<CriterionCompared>,
}

impl AxeTable {
    /// Adds a page; one that axe-core was not run in adds nothing.
    pub fn add(&mut self, url: &PageUrl, verdicts: &Verdicts, rules: &Rules) {
        let Some(axe) = verdicts.axe.as_deref() else { return };
        self.pages += 1;
        if axe.only.trouble.is_some() {
            self.silent += 1;
            return;
        }
        self.versions.insert(axe.only.version.clone());
        let mut page: BTreeMap<Key, Row> = BTreeMap::new();
        let mut put = |criterion: &str, (found_by, of_axe, own): (FoundBy, &str, &str), more: Row| {
            let row = page.entry((parts(criterion), found_by, of_axe.to_owned(), own.to_owned())).or_default();
            row.elements += more.elements;
            row.unsure += more.unsure;
            row.places.extend(more.places);
        };
        let place = |selector: &str| vec![(url.to_string(), selector.to_owned())];
        let mut seen = BTreeSet::new();
        for both in axe.both.iter().filter(|both| both.fails && seen.insert((&both.axe, &both.element, &both.rule))) {
            let row = Row { elements: 1, places: place(&both.element), ..Row::default() };
            for criterion in &both.criteria {
                put(criterion, (FoundBy::Both, &both.axe, &both.rule), row.clone());
            }
        }
        for only in &axe.only.rules {
            let elements = only.places.len() as u64 + u64::from(only.more);
            let unsure = if only.unsure { elements } else { 0 };
            let places = only.places.iter().flat_map(|at| place(&at.selector)).collect();
            let row = Row { elements, unsure, pages: 0, places };
            for criterion in &only.criteria {
                put(criterion, (FoundBy::OnlyAxe, &only.rule, ""), row.clone());
            }
        }
        let is_known = |finding: &Finding, fails: bool| {
            let selector = finding.place.as_ref().map(|place| &place.selector);
            axe.both
                .iter()
                .any(|both| both.fails == fails && both.rule == finding.rule && both.selector.as_ref() == selector)
        };
        for finding in verdicts.findings.iter().filter(|f| f.outcome == Outcome::Fail && !f.is_after_press()) {
            let Some(rule) = rules.get(&finding.rule).filter(|rule| wcag(&rule.fails).next().is_some()) else {
                continue;
            };
            if is_known(finding, true) {
                continue;
            }
            let elements = 1 + u64::from(finding.more);
            let selector = finding.place.as_ref().map_or("", |place| place.selector.as_str());
            let unsure = if is_known(finding, false) { elements } else { 0 };
            let row = Row { elements, unsure, pages: 0, places: place(selector) };
            for criterion in wcag(&rule.fails) {
                put(criterion, (FoundBy::OnlyWe, "", &rule.id), row.clone());
            }
        }
        for (key, more) in page {
            let row = self.rows.entry(key).or_default();
            row.elements += more.elements;
            row.unsure += more.unsure;
            row.pages += 1;
            let room = PLACES.saturating_sub(row.places.len());
            row.places.extend(more.places.into_iter().take(room));
        }
    }

    /// The comparison by criterion; `None` where axe-core was run in no page.
    pub fn finish(self) -> Option<AxeCompared> {
        let mut criteria: Vec<CriterionCompared> = Vec::new();
        for ((parts, found_by, axe, rule), row) in self.rows {
            let number: Vec<String> = parts.iter().map(u32::to_string).collect();
            let number = number.join(".");
            if criteria.last().is_none_or(|last| last.criterion != number) {
                let name = standards().criterion(&number).map_or("", |criterion| criterion.name.as_str());
                let rules = Vec::new();
                criteria.push(CriterionCompared { criterion: number, name, both: 0, only_axe: 0, only_we: 0, rules });
            }
            let Some(criterion) = criteria.last_mut() else { continue };
            *match found_by {
                FoundBy::Both => &mut criterion.both,
                FoundBy::OnlyAxe => &mut criterion.only_axe,
                FoundBy::OnlyWe => &mut criterion.only_we,
            } += row.elements;
            let named = |name: String| Some(name).filter(|name| !name.is_empty());
            criterion.rules.push(RulesCompared { found_by, axe: named(axe), rule: named(rule), row });
        }
        let version = self.versions.into_iter().collect::<Vec<_>>().join(", ");
        let (pages, silent) = (self.pages, self.silent);
        (pages > 0).then_some(AxeCompared { format: FORMAT, version, pages, silent, criteria })
    }
}

/// The parts of a criterion's number, so that 1.4.10 comes behind 1.4.3.
fn parts(criterion: &str) -> Vec<u32> {
    criterion.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Beside, BothFound, OnlyAxe, OnlyAxeRule, Place, Severity};
    use std::sync::Arc;

    fn place(selector: &str) -> Place {
        Place { selector: selector.to_owned(), line: 1, snippet: String::new(), after: None }
    }

    fn finding(rule: &Arc<str>, selector: &str) -> Finding {
        Finding {
            rule: rule.clone(),
            outcome: Outcome::Fail,
            severity: Severity::Minor,
            url: PageUrl::parse("http://town.example/").expect("a literal address"),
            place: Some(place(selector)),
            message: String::new(),
            anchor: String::new(),
            key: String::new(),
            more: 0,
        }
    }

    #[test]
    fn what_both_say_and_what_one_says_is_told_by_criterion() {
        let rules = crate::report::tests::rules();
        let own = rules.list.iter().find(|r| wcag(&r.fails).eq(["1.1.1"])).map(|r| r.id.clone()).expect("there is one");
        let only = OnlyAxeRule {
            rule: "color-contrast".to_owned(),
            help: String::new(),
            impact: String::new(),
            criteria: vec!["1.4.10".to_owned(), "1.4.3".to_owned()],
            unsure: true,
            places: vec![place("b")],
            more: 2,
        };
        let both = BothFound {
            axe: "image-alt".to_owned(),
            fails: true,
            criteria: vec!["1.1.1".to_owned()],
            rule: own.clone(),
            selector: Some("img".to_owned()),
            element: "img".to_owned(),
        };
        let axe = Beside { only: OnlyAxe { rules: vec![only], ..OnlyAxe::default() }, both: vec![both] };
        let findings = vec![finding(&own, "img"), finding(&own, "p > img")];
        let verdicts = Verdicts { findings, axe: Some(Box::new(axe)), ..Verdicts::default() };
        let mut table = AxeTable::default();
        let url = PageUrl::parse("http://town.example/").expect("a literal address");
        table.add(&url, &verdicts, rules);
        table.add(&url, &verdicts, rules);
        table.add(&url, &Verdicts::default(), rules);
        let table = table.finish().expect("it was run");
        let counts: Vec<_> =
            table.criteria.iter().map(|c| (c.criterion.as_str(), c.both, c.only_axe, c.only_we)).collect();
        assert_eq!(counts, [("1.1.1", 2, 0, 2), ("1.4.3", 0, 6, 0), ("1.4.10", 0, 6, 0)]);
        let row = &table.criteria[1].rules[0].row;
        assert_eq!((table.pages, row.unsure, row.pages, row.places.len()), (2, 6, 2, 2));
    }
}
