//! The goals of the config, each with what the runs say of it.

use super::basis::Basis;
use super::shape::{ForecastRow, GoalRow, RevisionRow};

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
