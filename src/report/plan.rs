//! What to do: the first jobs, the work plan, each problem explained, and the rules on trial.

use super::basis::{Basis, Problem};
use super::effort::days;
use super::prose::prose;
use super::shape::{Example, Job, Plan, PlanRow, Section, Trial, TrialRow};
use crate::history::Step;

/// The work plan.
pub(super) fn plan<'a>(basis: &'a Basis<'a>) -> Plan<'a> {
    let value = basis.digest.run.score.value;
    let steps = first_steps(&basis.digest.plan.steps, basis.cuts.jobs);
    let jobs: Vec<(&Problem<'a>, Job<'a>)> =
        steps.iter().filter_map(|s| basis.problem(&s.rule)).map(|p| (p, job(basis, p))).collect();
    let jobs_score = steps.last().map_or(value, |s| s.score);
    let rows: Vec<_> = basis.today().take(basis.cuts.plan).map(|p| plan_row(basis, p)).collect();
    Plan {
        jobs_gain: jobs_score - value,
        jobs_days: jobs.iter().map(|(p, _)| days_of(p)).sum(),
        jobs_score,
        jobs: jobs.into_iter().map(|(_, job)| job).collect(),
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

/// Days of work at most: a rule file tells the effort of one fix, and findings may share one.
fn days_of(problem: &Problem<'_>) -> Option<f64> {
    Some(days(problem.effort()?)? * problem.found.states.today() as f64)
}

fn job<'a>(basis: &'a Basis<'a>, problem: &Problem<'a>) -> Job<'a> {
    Job {
        title: problem.title(),
        anchor: basis.anchor(problem.id),
        severity: problem.severity,
        gain: problem.gain,
        findings: problem.found.states.today(),
        pages: problem.found.pages,
        causes: (),
        effort: problem.effort(),
        owner: problem.owner(),
        place: problem.found.examples.first().map(|f| basis.spot(&f.url)),
        edit_href: (),
    }
}

fn plan_row<'a>(basis: &'a Basis<'a>, problem: &Problem<'a>) -> PlanRow<'a> {
    PlanRow {
        rule: problem.id,
        title: problem.title(),
        severity: problem.severity,
        category: problem.category(),
        anchor: basis.anchor(problem.id),
        gain: problem.gain,
        findings: problem.found.states.today(),
        pages: problem.found.pages,
        causes: (),
        effort: problem.effort(),
        owner: problem.owner(),
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
            gain: problem.gain,
            findings: problem.found.states.today(),
            pages: problem.found.pages,
            causes: (),
            beyond: false,
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
        found.examples.iter().zip(&found.alike).take(most).map(|(f, alike)| basis.example(f, *alike)).collect();
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
            findings: problem.found.states.today(),
            pages: problem.found.pages,
            more,
            examples,
        }
    };
    let rows: Vec<_> = on_trial.iter().take(basis.cuts.trial).map(row).collect();
    Trial { rest: on_trial.len() - rows.len(), rows }
}
