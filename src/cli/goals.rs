//! `plainway goals`: what was to be reached by when, and what the runs say of it.

use super::args::{GoalsArgs, ListFormat, Profile, SetupArgs};
use super::setup::Setup;
use super::{Stop, say};
use crate::config::Config;
use crate::history::{HistoryError, Progress, Reading, Store};
use crate::model::Metric;
use crate::report::{Goal, GoalLine};
use crate::score::TARGET;
use anyhow::anyhow;

/// Shows the goals against the runs of the site that was audited last.
pub(super) fn run(args: &GoalsArgs) -> Result<(), Stop> {
    let setup = Setup::load(&SetupArgs { config: args.config.clone(), rules: None }, Profile::default())?;
    if setup.config.goals.is_empty() {
        return Err(Stop::Wrong(anyhow!(
            "there is no goal to show; write one into plainway.toml, as in\n\n[[goal]]\nmetric = \"score\"\ntarget = 85\nby = 2027-06-30\nowner = \"Web team\"\nwhy = \"promised to the council\""
        )));
    }
    let store = setup.open_store()?;
    let (site, last) = store.runs().map_err(Stop::undone)?.pop().ok_or_else(|| {
        Stop::Undone(anyhow!("the history holds no run yet, so no goal can be read off; `plainway audit` makes one"))
    })?;
    let lines = lines(&setup.config, &store, &site, last.run).map_err(Stop::undone)?;
    match args.format {
        ListFormat::Json => {
            let rows: Vec<_> = lines.iter().map(json).collect();
            say(serde_json::to_string_pretty(&rows).unwrap_or_default());
        }
        ListFormat::Text => {
            say(format_args!("{}, audited on {}", last.target, last.started.get(..10).unwrap_or_default()));
            lines.iter().for_each(text);
        }
    }
    Ok(())
}

/// The goals of the config, with what the runs of a site up to one of them say.
pub(super) fn lines(config: &Config, store: &Store, site: &str, run: i64) -> Result<Vec<GoalLine>, HistoryError> {
    if config.goals.is_empty() {
        return Ok(Vec::new());
    }
    let (runs, _) = store.trend(site, run, usize::MAX)?;
    let mut lines = Vec::new();
    for goal in &config.goals {
        let (target, by) = (goal.target_now(), goal.by_now());
        let Some(reading) = store.read_goal(&runs, &goal.metric, goal.scope.as_ref(), target, by)? else { continue };
        lines.push(GoalLine {
            metric: goal.metric_text.clone(),
            scope: goal.scope.as_ref().map(ToString::to_string),
            from: goal.from,
            target,
            by: by.to_string(),
            owner: goal.owner.clone(),
            why: goal.why.clone(),
            revisions: goal.revisions.iter().map(|r| (r.on.to_string(), r.from, r.to, r.reason.clone())).collect(),
            reading,
        });
    }
    Ok(lines)
}

/// The score that reports aim at: that of the first goal about the score of the whole site, else the target of the
/// config, else ours.
pub(super) fn aim(config: &Config, lines: &[GoalLine]) -> Goal {
    let about_score = config.goals.iter().position(|g| g.metric == Metric::Score && g.scope.is_none());
    let line = about_score.and_then(|at| lines.get(at));
    let target = line.map(|l| l.target).or(config.target);
    Goal {
        target: target.unwrap_or(TARGET),
        is_default: target.is_none(),
        by: line.map(|l| l.by.clone()),
        needed: line.and_then(|l| l.reading.needed),
        old: line.map(|l| l.revisions.iter().map(|(on, from, ..)| (*from, on.clone())).collect()).unwrap_or_default(),
    }
}

fn json(line: &GoalLine) -> serde_json::Value {
    let Reading { now, gap, days_left, needed, pace, forecast, runs, progress } = &line.reading;
    serde_json::json!({
        "metric": line.metric, "scope": line.scope, "from": line.from, "target": line.target, "by": line.by,
        "owner": line.owner, "why": line.why,
        "revisions": line.revisions.iter().map(|(on, from, to, reason)| serde_json::json!({ "on": on, "from": from, "to": to, "reason": reason })).collect::<Vec<_>>(),
        "now": now, "gap": gap, "days_left": days_left, "needed_a_month": needed, "pace_a_month": pace,
        "forecast": forecast.map(|f| serde_json::json!({ "value": f.value, "low": f.low, "high": f.high })),
        "runs": runs, "progress": progress,
    })
}

fn text(line: &GoalLine) {
    let read = &line.reading;
    let scope = line.scope.as_ref().map(|s| format!(" on {s}")).unwrap_or_default();
    let now = read.now.map_or_else(|| "not known".to_owned(), number);
    let word = match read.progress {
        Progress::Reached => "reached",
        Progress::OnPace => "on pace",
        Progress::Behind => "behind",
        Progress::Unclear => "may be met or not",
        Progress::TooEarly => "too early to tell",
        Progress::Missed => "missed",
    };
    say("");
    say(format_args!("{}{scope}: {now} now, {} by {} — {word}", line.metric, number(line.target), line.by));
    say(format_args!("  why: {}{}", line.why, line.owner.as_ref().map(|o| format!(" ({o})")).unwrap_or_default()));
    if let Some(needed) = read.needed {
        let pace = read.pace.map_or_else(|| "not known yet".to_owned(), |p| format!("{p:+.1}"));
        say(format_args!("  a month: {needed:+.1} needed over {} days, {pace} so far", read.days_left));
    }
    match read.forecast {
        Some(there) => say(format_args!(
            "  on that day, if it goes on so: {} (nine times of ten between {} and {})",
            number(there.value),
            number(there.low),
            number(there.high)
        )),
        None => say(format_args!("  no forecast before six runs that can be compared; there {}", runs(read.runs))),
    }
    for (on, from, to, reason) in &line.revisions {
        say(format_args!("  changed on {on} from {} to {}: {reason}", number(*from), number(*to)));
    }
}

fn runs(n: usize) -> String {
    if n == 1 { "is 1".to_owned() } else { format!("are {n}") }
}

/// One decimal, none where there is none.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}
