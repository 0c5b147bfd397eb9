//! What the rules said of the pages of a run, counted page by page for the view by criterion.

use crate::audit::Verdict;
use crate::facts::{Lexicon, PageFacts, Statement};
use crate::history::{PageTally, VerdictCounts};
use crate::model::Outcome;
use crate::rule::{Rule, Rules};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the rules said of the pages of a run, counted by the places of rules in their list: on a large site that is some ten
/// million times.
pub(super) struct Said<'r> {
    rules: &'r Rules,
    of_rules: Vec<Option<PageTally>>,
    /// What was said by rules that are not in the list.
    of_others: BTreeMap<Arc<str>, PageTally>,
    /// Whether a rule had something to look at.
    applied: Vec<bool>,
    criteria: Vec<&'r str>,
    of_criteria: Vec<Option<PageTally>>,
    /// The places of the criteria that a finding of each rule fails.
    fails: Vec<Vec<usize>>,
    /// What a page comes to by criterion before any rule has said something: one that matches only what is wrong has looked
    /// at every page.
    at_first: Vec<Option<Outcome>>,
    of_page: Vec<Option<Outcome>>,
}

impl<'r> Said<'r> {
    /// Nothing was said yet.
    pub(super) fn new(rules: &'r Rules) -> Self {
        let mut criteria: Vec<&str> = rules.list.iter().flat_map(Rule::failed_criteria).collect();
        criteria.sort_unstable();
        criteria.dedup();
        let place = |criterion: &str| criteria.binary_search(&criterion).ok();
        let fails: Vec<Vec<usize>> =
            rules.list.iter().map(|rule| rule.failed_criteria().filter_map(place).collect()).collect();
        let mut at_first = vec![None; criteria.len()];
        for (rule, fails) in rules.list.iter().zip(&fails) {
            if !rule.check.knows_its_subject() {
                fails.iter().for_each(|&criterion| at_first[criterion] = Some(Outcome::Pass));
            }
        }
        Self {
            rules,
            of_rules: vec![None; rules.list.len()],
            of_others: BTreeMap::new(),
            applied: vec![false; rules.list.len()],
            of_criteria: vec![None; criteria.len()],
            criteria,
            fails,
            of_page: at_first.clone(),
            at_first,
        }
    }

    /// Notes what was said of the site as a whole.
    pub(super) fn of_site(&mut self, verdicts: &[Verdict]) {
        self.each(verdicts, |_, _, _| {});
    }

    /// Notes what was said of one page.
    pub(super) fn of_page(&mut self, verdicts: &[Verdict]) {
        let rank = |outcome| match outcome {
            Outcome::Fail => 2,
            Outcome::CouldNotTell => 1,
            Outcome::Pass | Outcome::NotApplicable => 0,
        };
        let mut of_page = std::mem::take(&mut self.of_page);
        of_page.copy_from_slice(&self.at_first);
        self.each(verdicts, |fails, at, outcome| {
            for &criterion in &fails[at] {
                // A page fails a criterion when one rule says so, whatever others say.
                let worst = of_page[criterion].get_or_insert(outcome);
                if rank(outcome) > rank(*worst) {
                    *worst = outcome;
                }
            }
        });
        for (tally, outcome) in self.of_criteria.iter_mut().zip(&of_page) {
            if let Some(outcome) = outcome {
                add(tally.get_or_insert_default(), *outcome);
            }
        }
        self.of_page = of_page;
    }

    fn each(&mut self, verdicts: &[Verdict], mut visit: impl FnMut(&[Vec<usize>], usize, Outcome)) {
        let list = &self.rules.list;
        let mut next = 0;
        for Verdict { rule, outcome, .. } in verdicts {
            // What was said of the page alone comes first, then what was said of it in its site, each in the order of ids.
            while list.get(next).is_some_and(|known| known.id < *rule) {
                next += 1;
            }
            let is_next = list.get(next).is_some_and(|known| known.id == *rule);
            let place = if is_next { Some(next) } else { list.binary_search_by(|known| known.id.cmp(rule)).ok() };
            let Some(at) = place else {
                add(self.of_others.entry(rule.clone()).or_default(), *outcome);
                continue;
            };
            add(self.of_rules[at].get_or_insert_default(), *outcome);
            self.applied[at] |= matches!(outcome, Outcome::Pass | Outcome::Fail);
            visit(&self.fails, at, *outcome);
        }
    }

    /// The categories of the rules that had something to look at.
    pub(super) fn applied(&self) -> impl Iterator<Item = &Arc<str>> {
        self.rules.list.iter().zip(&self.applied).filter_map(|(rule, applied)| applied.then_some(&rule.category))
    }

    /// What was counted.
    pub(super) fn counts(self, statement: Option<Statement>) -> VerdictCounts {
        let ids = self.rules.list.iter().map(|rule| rule.id.clone());
        let of_rules = ids.zip(self.of_rules).filter_map(|(rule, tally)| Some((rule, tally?)));
        let criteria = self.criteria.iter().zip(self.of_criteria);
        VerdictCounts {
            rules: of_rules.chain(self.of_others).collect(),
            criteria: criteria.filter_map(|(criterion, tally)| Some(((*criterion).to_owned(), tally?))).collect(),
            statement,
        }
    }
}

/// Notes a page that is a statement on accessibility; the one that says most is kept.
pub(super) fn note_statement(best: &mut Option<Statement>, page: &PageFacts, lexicon: &Lexicon) {
    if let Some(found) = Statement::of(page, lexicon) {
        *best = Some(match best.take() {
            Some(kept) => kept.better(found),
            None => found,
        });
    }
}

fn add(tally: &mut PageTally, outcome: Outcome) {
    match outcome {
        Outcome::Pass => tally.passed += 1,
        Outcome::Fail => tally.failed += 1,
        Outcome::CouldNotTell => tally.unsure += 1,
        Outcome::NotApplicable => {}
    }
}
