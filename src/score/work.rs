//! The work plan: which rule to mend next, and what that gains once all before it are mended.

use super::Hit;
use super::sum::Sum;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One step: mending every finding of a rule on the whole site.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The rule.
    pub rule: Arc<str>,
    /// Points gained by it after all steps before it. The gains of all steps sum to 100 − S.
    pub gain: f64,
    /// The score once this step is done; 100 after the last.
    pub score: f64,
}

/// Gathers the failures of a site page by page, 16 bytes a page and failed rule, and puts the rules
/// in order. The order of the pages changes no bit.
#[derive(Clone, Debug, Default)]
pub struct WorkPlan {
    rules: Names,
    causes: Names,
    pages: Vec<Page>,
    failures: Vec<Failure>,
}

#[derive(Clone, Copy, Debug)]
struct Page {
    /// 100 times its weight.
    worth: f64,
    /// Where its failures end; they start where those of the page before it end.
    end: usize,
}

#[derive(Clone, Copy, Debug)]
struct Failure {
    cause: u32,
    rule: u32,
    hazard: f64,
}

impl WorkPlan {
    /// Adds the hits of a page of this weight, its share (0–1) of what was read.
    pub fn add(&mut self, hits: &[Hit], weight: f64) {
        let from = self.failures.len();
        for hit in hits {
            let hazard = hit.hazard();
            if hazard > 0.0 {
                let (cause, rule) = (self.causes.number(hit.cause_name()), self.rules.number(&hit.rule));
                self.failures.push(Failure { cause, rule, hazard });
            }
        }
        let failures = &mut self.failures[from..];
        sort(failures);
        if self.failures.len() > from {
            self.pages.push(Page { worth: 100.0 * weight, end: self.failures.len() });
        }
    }

    /// The steps, each the rule that gains most after those before it; equal gains by rule id.
    ///
    /// Of two equally bad rules of one cause the first gains nothing and the second all.
    pub fn steps(mut self) -> Vec<Step> {
        let mut gains = vec![Sum::default(); self.rules.0.len()];
        let mut lost = Sum::default();
        let mut from = 0;
        for page in &self.pages {
            let failures = &self.failures[from..page.end];
            lost.add(page.worth * (1.0 - libm::exp(-total(failures).value())));
            add_gains(&mut gains, failures, page.worth, 1.0);
            from = page.end;
        }
        let mut left: Vec<(Arc<str>, u32)> = std::mem::take(&mut self.rules.0).into_iter().collect();
        let mut score = 100.0 - lost.value();
        let mut steps = Vec::with_capacity(left.len());
        while let Some(best) = best_of(&left, &gains) {
            let (rule, number) = left.remove(best);
            let gain = gains[number as usize].value().max(0.0);
            score = if left.is_empty() { 100.0 } else { score + gain };
            steps.push(Step { rule, gain, score });
            self.mend(number, &mut gains);
        }
        steps
    }

    /// Takes a rule out of every page and brings the gains of the others there up to date.
    fn mend(&mut self, rule: u32, gains: &mut [Sum]) {
        let mut from = 0;
        for page in &self.pages {
            let failures = &mut self.failures[from..page.end];
            from = page.end;
            if failures.iter().all(|failure| failure.rule != rule || failure.hazard == 0.0) {
                continue;
            }
            add_gains(gains, failures, page.worth, -1.0);
            failures.iter_mut().filter(|failure| failure.rule == rule).for_each(|failure| failure.hazard = 0.0);
            sort(failures);
            add_gains(gains, failures, page.worth, 1.0);
        }
    }
}

/// Brings the failures of a cause together, heaviest first; mended ones sink to the end.
///
/// The numbers of causes and rules follow the order of the pages. That is harmless: they only bring
/// equal ones together, of two equally bad rules of a cause neither gains, and sums are order-free.
fn sort(failures: &mut [Failure]) {
    failures.sort_by(|a, b| a.cause.cmp(&b.cause).then(b.hazard.total_cmp(&a.hazard)).then(a.rule.cmp(&b.rule)));
}

/// The place in `left` of the largest gain; the first by rule id among equals, since `left` is in that order.
fn best_of(left: &[(Arc<str>, u32)], gains: &[Sum]) -> Option<usize> {
    (0..left.len()).min_by_key(|&at| std::cmp::Reverse(gains[left[at].1 as usize]))
}

/// Σh over the causes of a page.
fn total(failures: &[Failure]) -> Sum {
    failures.chunk_by(|a, b| a.cause == b.cause).map(|cause| cause[0].hazard).collect()
}

/// Adds, `sign` times, what mending each rule of a page alone would gain. Only the rule that leads
/// its cause gains: down to the next rule of the cause.
fn add_gains(gains: &mut [Sum], failures: &[Failure], worth: f64, sign: f64) {
    let kept = sign * worth * libm::exp(-total(failures).value());
    for cause in failures.chunk_by(|a, b| a.cause == b.cause) {
        let next = cause.iter().find(|failure| failure.rule != cause[0].rule).map_or(0.0, |failure| failure.hazard);
        gains[cause[0].rule as usize].add(kept * libm::expm1(cause[0].hazard - next));
    }
}

/// Numbers for names, in the order in which they came.
#[derive(Clone, Debug, Default)]
struct Names(BTreeMap<Arc<str>, u32>);

impl Names {
    fn number(&mut self, name: &Arc<str>) -> u32 {
        if let Some(&number) = self.0.get(name) {
            return number;
        }
        let number = u32::try_from(self.0.len()).expect("a rule set holds far fewer names than 2³²");
        self.0.insert(name.clone(), number);
        number
    }
}
