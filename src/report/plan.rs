//! What to do: the first jobs, the work plan, each problem explained, and the rules on trial.

use super::basis::{Basis, Problem};
use super::follow::waiting;
use super::prose::prose;
use super::shape::{Example, Later, Section, Spot, Trial, TrialRow};
use crate::history::{StateCounts, Step};
use crate::model::{Severity, days_of_work};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct Plan<'a> {
    pub jobs: Vec<Job<'a>>,
    pub jobs_gain: f64,
    pub jobs_days: Option<f64>,
    pub jobs_score: f64,
    pub rows: Vec<PlanRow<'a>>,
    pub shared: Vec<SharedPart<'a>>,
    pub outside: [Later; 0],
    pub rest: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Job<'a> {
    pub title: &'a str,
    pub anchor: Option<&'a str>,
    pub severity: Severity,
    pub gain: f64,
    pub findings: u64,
    pub pages: u64,
    pub causes: u64,
    pub effort: Option<&'a str>,
    pub owner: Option<&'a str>,
    pub place: Option<Spot<'a>>,
    pub edit_href: Later,
}

#[derive(Debug, Serialize)]
pub(super) struct PlanRow<'a> {
    pub rule: &'a str,
    pub title: &'a str,
    pub severity: Severity,
    pub category: &'a str,
    pub anchor: Option<&'a str>,
    pub gain: f64,
    pub findings: u64,
    pub pages: u64,
    pub causes: u64,
    pub effort: Option<&'a str>,
    pub days: Option<f64>,
    pub a_day: Option<f64>,
    pub owner: Option<&'a str>,
    pub waiting: Option<i64>,
    pub states: StateCounts,
}

/// The same problem on equal elements of several pages: a shared part, mended once.
#[derive(Debug, Serialize)]
pub(super) struct SharedPart<'a> {
    pub title: &'a str,
    pub anchor: Option<&'a str>,
    pub snippet: &'a str,
    pub findings: u64,
    pub pages: u64,
    pub gain: f64,
    pub effort: Option<&'a str>,
    pub a_day: Option<f64>,
    pub owner: Option<&'a str>,
    pub place: Spot<'a>,
}

/// The work plan.
pub(super) fn plan<'a>(basis: &'a Basis<'a>) -> Plan<'a> {
    let value = basis.digest.run.score.value;
    let steps = first_steps(&basis.digest.plan.steps, basis.cuts.jobs);
    let jobs: Vec<(&Problem<'a>, Job<'a>)> =
        steps.iter().filter_map(|s| basis.problem(&s.rule)).map(|p| (p, job(basis, p))).collect();
    let jobs_score = steps.last().map_or(value, |s| s.score);
    // The list is cut by what is to gain, so that no large problem is hidden behind a long effort.
    let mut rows: Vec<_> = basis.today().take(basis.cuts.plan).map(|p| plan_row(basis, p)).collect();
    rows.sort_by(|a, b| by_day(a.a_day, a.gain).total_cmp(&by_day(b.a_day, b.gain)).reverse());
    Plan {
        jobs_gain: jobs_score - value,
        jobs_days: jobs.iter().map(|(p, _)| days_of(p)).sum(),
        jobs_score,
        jobs: jobs.into_iter().map(|(_, job)| job).collect(),
        shared: shared(basis),
        outside: [],
        rest: basis.today().count() - rows.len(),
        rows,
    }
}

/// The first steps of the plan, without those at the end that bring nothing.
fn first_steps(steps: &[Step], most: usize) -> &[Step] {
    let first = &steps[..most.min(steps.len())];
    let worth = first.iter().rposition(|s| s.gain > 0.0).map_or(0, |last| last + 1);
    &first[..worth]
}

/// Days of work: the effort of one fix, for each cause.
fn days_of(problem: &Problem<'_>) -> Option<f64> {
    Some(days_of_work(problem.effort?)? * problem.found.causes.max(1) as f64)
}

/// Points a day of work, where both are known.
fn a_day(gain: f64, days: Option<f64>) -> Option<f64> {
    days.filter(|days| *days > 0.0).map(|days| gain / days)
}

/// A number to sort by: points a day, and below all of them, by their gain, what has no known effort.
fn by_day(a_day: Option<f64>, gain: f64) -> f64 {
    a_day.unwrap_or(gain - 1e6)
}

/// Shared parts with a problem, those that bring most a day first. They are among the costliest examples
/// of their rule, so that each rule has a few at most.
fn shared<'a>(basis: &'a Basis<'a>) -> Vec<SharedPart<'a>> {
    let of = |problem: &Problem<'a>| {
        let (id, title, effort) = (problem.id, problem.title(), problem.effort);
        let examples = problem.found.examples.iter().zip(&problem.found.alike);
        let parts = examples.filter(|(_, alike)| alike.pages > 1 && alike.gain > 0.0).filter_map(move |(f, alike)| {
            let snippet = f.place.as_ref().map(|p| p.snippet.as_str()).filter(|s| !s.is_empty())?;
            Some(SharedPart {
                title,
                anchor: basis.anchor(id),
                snippet,
                findings: alike.findings,
                pages: alike.pages,
                gain: alike.gain,
                effort,
                a_day: a_day(alike.gain, effort.and_then(days_of_work)),
                owner: f.owner.as_deref(),
                place: basis.spot(&f.url),
            })
        });
        parts.collect::<Vec<_>>()
    };
    let mut parts: Vec<_> = basis.today().flat_map(of).collect();
    parts.sort_by(|a, b| by_day(a.a_day, a.gain).total_cmp(&by_day(b.a_day, b.gain)).reverse());
    parts.truncate(basis.cuts.shared);
    parts
}

fn job<'a>(basis: &'a Basis<'a>, problem: &Problem<'a>) -> Job<'a> {
    Job {
        title: problem.title(),
        anchor: basis.anchor(problem.id),
        severity: problem.severity,
        gain: problem.gain,
        findings: problem.found.states.today(),
        pages: problem.found.pages,
        causes: problem.found.causes,
        effort: problem.effort,
        owner: problem.owner(),
        place: problem.found.examples.first().map(|f| basis.spot(&f.url)),
        edit_href: (),
    }
}

fn plan_row<'a>(basis: &'a Basis<'a>, problem: &Problem<'a>) -> PlanRow<'a> {
    let days = days_of(problem);
    PlanRow {
        rule: problem.id,
        title: problem.title(),
        severity: problem.severity,
        category: problem.category(),
        anchor: basis.anchor(problem.id),
        gain: problem.gain,
        findings: problem.found.states.today(),
        pages: problem.found.pages,
        causes: problem.found.causes,
        effort: problem.effort,
        days,
        a_day: a_day(problem.gain, days),
        owner: problem.owner(),
        waiting: waiting(basis, problem.found.first_seen.as_deref()),
        states: problem.found.states,
    }
}

/// Each problem of today with why it matters and how to fix it, the largest gain first.
pub(super) fn sections<'a>(basis: &'a Basis<'a>) -> Vec<Section<'a>> {
    let section = |problem: &Problem<'a>| {
        let (examples, more) = examples(basis, problem, basis.cuts.examples);
        Section {
            rule: problem.id,
            title: problem.title(),
            severity: problem.severity,
            anchor: basis.anchor(problem.id).unwrap_or_default(),
            report: basis.subject.details.rule(problem.id),
            gain: problem.gain,
            findings: problem.found.states.today(),
            pages: problem.found.pages,
            causes: problem.found.causes,
            beyond: basis.is_beyond(problem.rule),
            why_html: problem.rule.map(|r| prose(&r.why)).unwrap_or_default(),
            fix_html: problem.rule.map(|r| prose(&r.fix)).unwrap_or_default(),
            examples,
            more,
        }
    };
    basis.sections().map(section).collect()
}

/// The first examples of a rule, and how many findings they leave out.
fn examples<'a>(basis: &'a Basis<'a>, problem: &Problem<'a>, most: usize) -> (Vec<Example<'a>>, u64) {
    let found = problem.found;
    let examples: Vec<_> =
        found.examples.iter().zip(&found.alike).take(most).map(|(f, alike)| basis.example(f, alike)).collect();
    let shown: u64 = examples.iter().map(|e| e.findings).sum();
    let more = found.states.today().saturating_sub(shown);
    (examples, more)
}

/// What rules on trial found, the most findings first.
pub(super) fn trial<'a>(basis: &'a Basis<'a>) -> Trial<'a> {
    let mut on_trial: Vec<_> = basis.problems.iter().filter(|p| !p.counts() && p.found.states.today() > 0).collect();
    on_trial.sort_by(|a, b| b.found.states.today().cmp(&a.found.states.today()).then(a.id.cmp(b.id)));
    let row = |problem: &&Problem<'a>| {
        let (examples, more) = examples(basis, problem, basis.cuts.trial_examples);
        TrialRow {
            rule: problem.id,
            title: problem.title(),
            report: basis.subject.details.rule(problem.id),
            findings: problem.found.states.today(),
            pages: problem.found.pages,
            more,
            examples,
        }
    };
    let rows: Vec<_> = on_trial.iter().take(basis.cuts.trial).map(row).collect();
    Trial { rest: on_trial.len() - rows.len(), rows }
}
