//! The gate of `plainway audit --gate`: what fails a build, and the words that say so.

use super::args::AuditArgs;
use super::setup::Setup;
use super::{Stop, baseline, many, say, setup};
use crate::config::Waiver;
use crate::history::{Budget, Gate, GateInput, GateRun, GateWaiver, RunRow, Store, Verdict};
use anyhow::anyhow;
use std::collections::BTreeSet;
use std::path::Path;

/// Lines of a list that are printed. Our choice; the report has all.
const SHOWN: usize = 20;

/// Days before its end from which a waiver is told of. Our choice.
const SOON: i64 = 14;

/// Decides, and says why.
pub(super) fn gate(args: &AuditArgs, setup: &Setup, store: &Store, run: &RunRow) -> Result<(), Stop> {
    let config = &setup.config.gate;
    let mut gate = Gate {
        scheduled: args.scheduled,
        budget: Budget {
            min_score: config.min_score,
            max_findings: config.max_findings,
            categories: config.budget.clone(),
            max_drop: config.max_drop,
        },
        ..Gate::default()
    };
    if let Some(fail_on) = config.fail_on {
        gate.fail_on = fail_on;
    }
    if let Some(min_coverage) = config.min_coverage {
        gate.min_coverage = min_coverage;
    }
    let categories: Vec<&str> = setup.rules.categories.iter().map(|c| &*c.id).collect();
    if let Some(unknown) = gate.budget.categories.keys().find(|id| !categories.contains(&&***id)) {
        let known = categories.join(", ");
        return Err(Stop::Wrong(anyhow!(
            "[gate.budget] names `{unknown}`, which is no category of rules; use {known}"
        )));
    }
    let is_unsure = |r: &&crate::rule::Rule| !r.gates || (r.measured && r.precision < 0.95);
    let unsure = setup.rules.list.iter().filter(is_unsure).map(|r| r.id.to_string()).collect();
    let waivers = waivers(args.waivers.as_deref(), setup, run)?;
    let known = baseline::known(args.baseline.as_deref(), setup, store, run)?;
    let tasks = store.tasks(run.run).map_err(Stop::undone)?;
    let input = GateInput { unsure, waivers, blocked_tasks: tasks.blocked().cloned().collect(), ..known };
    let mut findings = Vec::new();
    store.each_finding(run.run, |f| findings.push(f)).map_err(Stop::undone)?;
    let before = store.compared_with(run.run).map_err(Stop::undone)?;
    let moves = match &before {
        Some(before) if gate.budget.max_drop.is_some() => store.moves(before, run).map_err(Stop::undone)?,
        _ => None,
    };
    let paired = moves.map(|moves| moves.parts.better + moves.parts.worse);
    let sampled = run.score.sample.is_some() || before.as_ref().is_some_and(|b| b.score.sample.is_some());
    let sure = !sampled || before.as_ref().is_some_and(|before| run.score.high < before.score.low);
    let about = GateRun { coverage: run.score.coverage, score: run.score.value, paired, sure };
    let verdict = gate.decide(about, &input, findings.into_iter());
    if let Some(coverage) = verdict.low_coverage {
        return Err(Stop::Undone(anyhow!(
            "only {:.0}% of the site (by weight) could be read, and the gate asks for {:.0}%; the report lists what was not read",
            coverage * 100.0,
            gate.min_coverage * 100.0
        )));
    }
    tell(&verdict, setup, args);
    if verdict.passes() || args.report_only { Ok(()) } else { Err(Stop::Failed) }
}

/// The waivers of this config, or of another one that governs it, as of the day of the run.
pub(super) fn waivers(other: Option<&Path>, setup: &Setup, run: &RunRow) -> Result<Vec<GateWaiver>, Stop> {
    let waivers = match other {
        Some(path) => setup::load_config(Some(path))?.0.waivers,
        None => setup.config.waivers.clone(),
    };
    Ok(waivers.iter().map(|w| waiver(w, &run.started)).collect())
}

fn waiver(waiver: &Waiver, today: &str) -> GateWaiver {
    let day = |text: &str| text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let left = day(today).zip(day(&waiver.expires)).and_then(|(today, end)| today.until(end).ok());
    GateWaiver {
        rule: waiver.rule.clone(),
        url: waiver.url.clone(),
        owner: waiver.owner.clone(),
        // Both are days: the one by the config, the other by the clock.
        days_left: left.map_or(i64::MIN, |span| i64::from(span.get_days())),
        reason: waiver.reason.clone(),
    }
}

/// One line a cause with its number of pages, and where to look.
fn tell(verdict: &Verdict, setup: &Setup, args: &AuditArgs) {
    tell_of_waivers(verdict);
    if verdict.rule_new > 0 {
        say(format_args!(
            "{} of rules that the baseline did not have: shown, and no reason to fail.",
            many(verdict.rule_new, "finding")
        ));
    }
    if !verdict.shown.is_empty() {
        say(format_args!(
            "{} below the threshold: shown, and no reason to fail.",
            many(verdict.shown.len(), "new finding")
        ));
        list(&verdict.shown, setup);
    }
    if verdict.task_new > 0 {
        say(format_args!(
            "{} that the baseline did not have cannot be finished: shown, and no reason to fail.",
            many(verdict.task_new, "top task")
        ));
    }
    if verdict.passes() {
        say("Gate passed: no new problem.");
        return;
    }
    for over in &verdict.overdrawn {
        say(format_args!("Gate failed: {} is {:.1}; the limit is {:.1}.", over.budget, over.found, over.limit));
    }
    if !verdict.blocked.is_empty() {
        say(format_args!("Gate failed: {} newly blocked.", many(verdict.blocked.len(), "top task")));
    }
    for task in &verdict.blocked {
        let at = task.steps.last().map_or("", |step| step.url.as_str());
        let message = task.message.as_ref().map_or_else(String::new, |message| format!(": {message}"));
        say(format_args!("  The top task \"{}\" is newly blocked at {at}{message}", task.name));
    }
    if !verdict.failing.is_empty() {
        say(format_args!("Gate failed: {}.", many(verdict.failing.len(), "new problem")));
        list(&verdict.failing, setup);
    }
    if args.scheduled && !verdict.overdue.is_empty() {
        say(format_args!("Gate failed: {} whose waiver is over.", many(verdict.overdue.len(), "old problem")));
        list(&verdict.overdue, setup);
    }
    if args.report_only {
        say("Only reported (--report-only): the command ends well all the same.");
    }
    if !verdict.compared {
        say(
            "There is no baseline and no earlier run, so every problem counts as new. `plainway baseline write` takes today's problems as known.",
        );
    }
}

fn tell_of_waivers(verdict: &Verdict) {
    for used in &verdict.waived {
        let waiver = &used.waiver;
        let about = format!("the waiver of {} for {} at {}", waiver.owner, waiver.rule, waiver.url);
        let covers = many(used.findings, "finding");
        match waiver.days_left {
            left if left < -SOON => {
                say(format_args!("Warning: {about} ended {} ago and counts no more ({covers}).", many(-left, "day")));
            }
            left if left < 0 => say(format_args!("Warning: {about} ended {} ago ({covers}).", many(-left, "day"))),
            left if left <= SOON => say(format_args!("Warning: {about} ends in {} ({covers}).", many(left, "day"))),
            _ => say(format_args!("Waived: {covers} by {about}.")),
        }
    }
}

fn list(findings: &[crate::history::FindingRow], setup: &Setup) {
    let rules: BTreeSet<&str> = findings.iter().map(|f| &*f.rule).collect();
    for rule in rules {
        let of_rule: Vec<_> = findings.iter().filter(|f| &*f.rule == rule).collect();
        let pages: BTreeSet<&str> = of_rule.iter().map(|f| f.url.as_str()).collect();
        let title = setup.rules.get(rule).map_or("", |r| r.title.as_str());
        let (found, pages) = (many(of_rule.len(), "finding"), many(pages.len(), "page"));
        say(format_args!("  {rule}: {title} ({found} on {pages})"));
        for finding in of_rule.iter().take(SHOWN) {
            let line = finding.place.as_ref().map_or(0, |p| p.line);
            say(format_args!("    {}:{line} {} [{}]", finding.url, finding.message, finding.key));
        }
        if of_rule.len() > SHOWN {
            say(format_args!("    and {} more; the report has all", of_rule.len() - SHOWN));
        }
    }
}
