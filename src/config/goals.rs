//! `[[goal]]`: what is to be reached by when, and how often that was changed.

use crate::mistakes::{Mistake, Table};
use crate::model::{Metric, Pattern};
use jiff::civil::Date;

/// A goal with its history.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// What it is set in.
    pub metric: Metric,
    /// The word it was written with.
    pub metric_text: String,
    /// The pages it is about; `None` is the whole site.
    pub scope: Option<Pattern>,
    /// Where it started, if somebody wrote that down.
    pub from: Option<f64>,
    /// What was to be reached at first.
    pub target: f64,
    /// The day by which.
    pub by: Date,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// Why it was set.
    pub why: String,
    /// Changes, in the order of their days.
    pub revisions: Vec<Revision>,
}

/// A change of a goal. The old value stays in sight.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// When it was changed.
    pub on: Date,
    /// What was to be reached before.
    pub from: f64,
    /// What is to be reached since.
    pub to: f64,
    /// The new day; `None` leaves the old one.
    pub by: Option<Date>,
    /// Why it was changed.
    pub reason: String,
}

impl Goal {
    /// What is to be reached now.
    pub fn target_now(&self) -> f64 {
        self.revisions.last().map_or(self.target, |r| r.to)
    }

    /// The day by which.
    pub fn by_now(&self) -> Date {
        self.revisions.iter().rev().find_map(|r| r.by).unwrap_or(self.by)
    }
}

pub(super) fn goal(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Goal> {
    let metric_span = table.span_of("metric");
    let metric_text = table.required_text("metric", mistakes);
    let metric = Metric::parse(&metric_text);
    if let (None, Some(span)) = (&metric, metric_span) {
        mistakes.push(
            Mistake::new(span, format!("`{metric_text}` is nothing that a goal can be set in")).help(
                "write score, findings, blockers, or findings: with a category or a rule, as in `findings:forms`",
            ),
        );
    }
    let scope_span = table.span_of("scope");
    let scope_text = table.text("scope", mistakes);
    let scope = scope_text.as_deref().and_then(Pattern::new);
    if let (Some(text), None, Some(span)) = (&scope_text, &scope, scope_span) {
        mistakes.push(Mistake::new(span, format!("`{text}` fits no address")).help("write it as `/permits/*`"));
    }
    let most = if metric == Some(Metric::Score) { 100.0 } else { 1e9 };
    let from = table.number_within("from", 0.0..most, mistakes);
    let target = needed("target", table.has("target"), &table, mistakes)
        .then(|| table.number_within("target", 0.0..most, mistakes))
        .flatten();
    let by = needed("by", table.has("by"), &table, mistakes).then(|| table.date("by", mistakes)).flatten();
    let owner = table.text("owner", mistakes);
    let why = table.required_text("why", mistakes);
    let mut revisions = Vec::new();
    let mut last = target;
    for table in table.tables("revision", mistakes) {
        let span = table.span();
        let Some(revision) = revision(table, most, mistakes) else { continue };
        if last.is_some_and(|last| last != revision.from) {
            mistakes.push(
                Mistake::new(
                    span.clone(),
                    format!("the goal was {} before, not {}", last.unwrap_or(0.0), revision.from),
                )
                .help("`from` is what was to be reached before this change"),
            );
        }
        if revisions.last().is_some_and(|before: &Revision| before.on > revision.on) {
            mistakes.push(Mistake::new(span, "revisions stand in the order of their days"));
        }
        last = Some(revision.to);
        revisions.push(revision);
    }
    table.finish(mistakes);
    Some(Goal { metric: metric?, metric_text, scope, from, target: target?, by: by?, owner, why, revisions })
}

fn needed(key: &str, is_there: bool, table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> bool {
    if !is_there {
        mistakes.push(Mistake::new(table.span(), format!("`{key}` is missing")));
    }
    is_there
}

fn revision(mut table: Table<'_>, most: f64, mistakes: &mut Vec<Mistake>) -> Option<Revision> {
    for key in ["on", "from", "to"] {
        needed(key, table.has(key), &table, mistakes);
    }
    let on = table.date("on", mistakes);
    let from = table.number_within("from", 0.0..most, mistakes);
    let to = table.number_within("to", 0.0..most, mistakes);
    let by = table.date("by", mistakes);
    let reason = table.required_text("reason", mistakes);
    table.finish(mistakes);
    Some(Revision { on: on?, from: from?, to: to?, by, reason })
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::model::Metric;

    #[test]
    fn a_goal_keeps_what_it_was() {
        let text = r#"
[[goal]]
metric = "score"
from = 71.5
target = 90
by = 2027-04-26
owner = "Web team"
why = "the council asked for it"
[[goal.revision]]
on = "2026-09-01"
from = 90
to = 85
by = "2027-06-30"
reason = "the form system is replaced later"
"#;
        let config = Config::parse("plainway.toml", text).expect("the file is right");
        let goal = &config.goals[0];
        assert_eq!((&goal.metric, goal.target, goal.target_now()), (&Metric::Score, 90.0, 85.0));
        assert_eq!((goal.by.to_string(), goal.by_now().to_string()), ("2027-04-26".into(), "2027-06-30".into()));
    }

    #[test]
    fn every_mistake_of_a_goal_is_told() {
        let text = "[[goal]]\nmetric = \"points\"\ntarget = 90\nby = \"soon\"\nscope = \"permits\"\n[[goal.revision]]\non = \"2026-09-01\"\nfrom = 80\nto = 70\nreason = \"x\"\n";
        let shown = Config::parse("plainway.toml", text).expect_err("five things are wrong").to_string();
        for part in ["`points`", "`soon`", "`permits`", "`why` is missing", "the goal was 90 before"] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    }
}
