//! The goals of the config, each with what the runs say of it.

use super::basis::Basis;
use crate::history::Progress;
use serde::Serialize;

/// A goal of the config.
#[derive(Debug, Serialize)]
pub(super) struct GoalRow<'a> {
    pub metric: &'a str,
    pub scope: Option<&'a str>,
    pub from: Option<f64>,
    pub target: f64,
    pub by: &'a str,
    pub owner: Option<&'a str>,
    pub why: &'a str,
    pub now: Option<f64>,
    pub gap: Option<f64>,
    pub days_left: i64,
    pub needed: Option<f64>,
    pub pace: Option<f64>,
    pub forecast: Option<ForecastRow>,
    pub runs: usize,
    pub progress: Progress,
    pub revisions: Vec<RevisionRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct ForecastRow {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct RevisionRow<'a> {
    pub on: &'a str,
    pub from: f64,
    pub to: f64,
    pub reason: &'a str,
}

/// A row a goal, in the order of the config.
pub(super) fn rows<'a>(basis: &'a Basis<'a>) -> Vec<GoalRow<'a>> {
    let row = |goal: &'a super::GoalLine| {
        let read = &goal.reading;
        GoalRow {
            metric: &goal.metric,
            scope: goal.scope.as_deref(),
            from: goal.from,
            target: goal.target,
            by: &goal.by,
            owner: goal.owner.as_deref(),
            why: &goal.why,
            now: read.now,
            gap: read.gap,
            days_left: read.days_left,
            needed: read.needed,
            pace: read.pace,
            forecast: read.forecast.map(|f| ForecastRow { value: f.value, low: f.low, high: f.high }),
            runs: read.runs,
            progress: read.progress,
            revisions: goal
                .revisions
                .iter()
                .map(|(on, from, to, reason)| RevisionRow { on, from: *from, to: *to, reason })
                .collect(),
        }
    };
    basis.subject.goals.iter().take(basis.cuts.goals).map(row).collect()
}
