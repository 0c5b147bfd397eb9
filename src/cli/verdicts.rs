//! What the rules said of the pages of a run, counted page by page for the view by criterion.

use crate::audit::Verdict;
use crate::facts::{Lexicon, PageFacts, Statement};
use crate::history::{PageTally, VerdictCounts};
use crate::model::Outcome;
use crate::rule::{Rule, Rules};
use std::collections::BTreeMap;

/// Notes what was said of the site as a whole.
pub(super) fn note_site(counts: &mut VerdictCounts, verdicts: &[Verdict]) {
    for verdict in verdicts {
        add(counts.rules.entry(verdict.rule.clone()).or_default(), verdict.outcome);
    }
}

/// Notes what was said of one page.
pub(super) fn note_page<'v>(counts: &mut VerdictCounts, rules: &Rules, verdicts: impl Iterator<Item = &'v Verdict>) {
    // A rule that matches only what is wrong has looked at every page.
    let looked = rules.list.iter().filter(|rule| !rule.check.knows_its_subject());
    let mut of_page: BTreeMap<&str, Outcome> =
        looked.flat_map(Rule::failed_criteria).map(|criterion| (criterion, Outcome::Pass)).collect();
    let rank = |outcome| match outcome {
        Outcome::Fail => 2,
        Outcome::CouldNotTell => 1,
        Outcome::Pass | Outcome::NotApplicable => 0,
    };
    for verdict in verdicts {
        add(counts.rules.entry(verdict.rule.clone()).or_default(), verdict.outcome);
        let Some(rule) = rules.get(&verdict.rule) else { continue };
        for criterion in rule.failed_criteria() {
            // A page fails a criterion when one rule says so, whatever others say.
            let worst = of_page.entry(criterion).or_insert(verdict.outcome);
            if rank(verdict.outcome) > rank(*worst) {
                *worst = verdict.outcome;
            }
        }
    }
    for (criterion, outcome) in of_page {
        match counts.criteria.get_mut(criterion) {
            Some(tally) => add(tally, outcome),
            None => add(counts.criteria.entry(criterion.to_owned()).or_default(), outcome),
        }
    }
}

/// Notes a page that is a statement on accessibility; the one that says most is kept.
pub(super) fn note_statement(counts: &mut VerdictCounts, page: &PageFacts, lexicon: &Lexicon) {
    if let Some(found) = Statement::of(page, lexicon) {
        counts.statement = Some(match counts.statement.take() {
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
