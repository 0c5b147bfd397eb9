//! The runs over time: places on the axis of the chart, a scale of round numbers, and what the
//! direction is, as far as runs can be compared.

use super::Goal;
use super::basis::Basis;
use super::shape::{Break, Later};
use crate::history::{RunPoint, SetupPart, since_break};
use crate::score::Score;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct Trend<'a> {
    pub earlier: u64,
    pub direction: Direction,
    pub since: Option<Since<'a>>,
    pub scale: Scale,
    pub runs: Vec<TrendRun<'a>>,
    pub goals: Vec<TrendGoal<'a>>,
    pub marks: Vec<Mark<'a>>,
    pub marks_rest: usize,
}

/// Where the score goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    Up,
    Down,
    Flat,
    Unclear,
}

#[derive(Debug, Serialize)]
pub(super) struct Since<'a> {
    pub date: &'a str,
    pub score: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Scale {
    pub low: u32,
    pub high: u32,
    pub ticks: Vec<u32>,
}

#[derive(Debug, Serialize)]
pub(super) struct TrendRun<'a> {
    pub date: &'a str,
    pub score: f64,
    pub low: f64,
    pub high: f64,
    pub coverage: f64,
    pub provisional: bool,
    pub at: f64,
    #[serde(rename = "break")]
    pub cut: Option<Break>,
    /// The settings that differ from those of the run before.
    pub settings: &'a [SetupPart],
    /// The score as it was given then, where today's rules judged again.
    pub given: Option<f64>,
    /// Whether they had no snapshot to judge, only what was measured then.
    pub from_facts: bool,
    pub note: Later,
}

#[derive(Debug, Serialize)]
pub(super) struct TrendGoal<'a> {
    pub target: f64,
    pub current: bool,
    pub by: Option<&'a str>,
    pub from_at: f64,
    pub to_at: f64,
}

/// What happened to the site, as a mark on the chart.
#[derive(Debug, Serialize)]
pub(super) struct Mark<'a> {
    /// Its letter.
    pub key: char,
    /// Where it stands on the axis of time; `None` where the axis has no times.
    pub at: Option<f64>,
    pub date: &'a str,
    pub kind: &'static str,
    pub text: &'a str,
}

/// A change of so many points is none. Our choice.
const FLAT: f64 = 1.0;

/// Distances between the lines of the scale, in points.
const STEPS: [u32; 3] = [5, 10, 20];

/// Spaces between lines at most; the widest step always fits 0 to 100 into them.
const SPACES: u32 = 5;

/// The trend of the runs that the digest lists.
pub(super) fn trend<'a>(basis: &'a Basis<'a>) -> Trend<'a> {
    let (runs, goal) = (&basis.digest.runs, &basis.subject.goal);
    let comparable = since_break(runs);
    let since = comparable.first().filter(|_| comparable.len() > 1);
    let (marks, marks_rest) = marks(basis);
    Trend {
        earlier: basis.digest.earlier_runs,
        direction: since.map_or(Direction::Unclear, |first| direction(&first.run.score, &basis.digest.run.score)),
        since: since.map(|p| Since { date: &p.run.started, score: p.run.score.value }),
        scale: scale(runs, goal),
        runs: runs.iter().zip(places(runs)).enumerate().map(|(n, (point, at))| run(point, at, n == 0)).collect(),
        goals: goals(runs, goal),
        marks,
        marks_rest,
    }
}

/// The newest of what happened in the time of the chart, and how much more there was before.
fn marks<'a>(basis: &'a Basis<'a>) -> (Vec<Mark<'a>>, usize) {
    let runs = &basis.digest.runs;
    let day = |point: &'a RunPoint| point.run.started.get(..10).unwrap_or_default();
    let (Some(first), Some(last)) = (runs.first().map(day), runs.last().map(day)) else { return (Vec::new(), 0) };
    // Days of one form are in the order of their letters.
    let past: Vec<_> = basis.subject.follow.annotations.iter().filter(|(date, ..)| date.as_str() <= last).collect();
    let shown: Vec<_> = past.iter().filter(|(date, ..)| date.as_str() >= first).collect();
    let newest = &shown[shown.len().saturating_sub(basis.cuts.marks)..];
    let mark = |(key, (date, kind, text)): (char, &&&'a (String, &'static str, String))| Mark {
        key,
        at: place(runs, date),
        date,
        kind,
        text,
    };
    (('A'..='Z').zip(newest).map(mark).collect(), past.len() - newest.len())
}

/// Where a day stands between the first and the last run; `None` where these are on one day, or not in order.
fn place(runs: &[RunPoint], day: &str) -> Option<f64> {
    let days = |text: &str| text.get(..10)?.parse::<jiff::civil::Date>().ok();
    let all: Vec<_> = runs.iter().map(|p| days(&p.run.started)).collect::<Option<_>>()?;
    let (first, last, day) = (*all.first()?, *all.last()?, days(day)?);
    let whole = first.until(last).ok()?.get_days();
    (whole > 0 && all.is_sorted())
        .then(|| (f64::from(first.until(day).map_or(0, |d| d.get_days())) / f64::from(whole)).clamp(0.0, 1.0))
}

fn run(point: &RunPoint, at: f64, is_first: bool) -> TrendRun<'_> {
    let score = &point.run.score;
    TrendRun {
        date: &point.run.started,
        score: score.value,
        low: score.low,
        high: score.high,
        coverage: score.coverage,
        provisional: score.provisional,
        at,
        cut: Break::of(point.rules_changed, !point.setup_changes.is_empty()).filter(|_| !is_first),
        settings: if is_first { &[] } else { &point.setup_changes },
        given: point.given,
        from_facts: point.from_facts,
        note: (),
    }
}

/// Up or down only where the ranges of both scores lie apart, since the truth may be anywhere in them.
pub(super) fn direction(first: &Score, last: &Score) -> Direction {
    match last.value - first.value {
        change if change.abs() <= FLAT => Direction::Flat,
        _ if last.low > first.high => Direction::Up,
        _ if last.high < first.low => Direction::Down,
        _ => Direction::Unclear,
    }
}

/// Where each run stands between the first (0) and the last (1): by its time, or, where the times are
/// no times or not in order, at equal distances.
fn places(runs: &[RunPoint]) -> Vec<f64> {
    let seconds = |p: &RunPoint| p.run.started.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    let times: Vec<i64> = runs.iter().filter_map(seconds).collect();
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else { return equal_places(runs.len()) };
    if times.len() < runs.len() || !times.is_sorted() || first == last {
        return equal_places(runs.len());
    }
    times.iter().map(|time| (time - first) as f64 / (last - first) as f64).collect()
}

fn equal_places(runs: usize) -> Vec<f64> {
    let last = runs.saturating_sub(1).max(1) as f64;
    (0..runs).map(|n| n as f64 / last).collect()
}

/// What was aimed at over the time of the chart: each old goal up to the day of its change, then the one of today.
fn goals<'a>(runs: &[RunPoint], goal: &'a Goal) -> Vec<TrendGoal<'a>> {
    let mut from_at = 0.0;
    let mut lines = Vec::new();
    for (target, until) in &goal.old {
        let to_at = place(runs, until).unwrap_or(0.0);
        // One that was changed before the first run of the chart is not in sight.
        if to_at > from_at {
            lines.push(TrendGoal { target: *target, current: false, by: None, from_at, to_at });
            from_at = to_at;
        }
    }
    // The one of today needs some room, also where it was set after the last run.
    let from_at = if from_at < 1.0 { from_at } else { 0.0 };
    lines.push(TrendGoal { target: goal.target, current: true, by: goal.by.as_deref(), from_at, to_at: 1.0 });
    lines
}

/// Round numbers that hold every score, its range and the goals.
fn scale(runs: &[RunPoint], goal: &Goal) -> Scale {
    let scores = runs.iter().flat_map(|p| [p.run.score.low, p.run.score.value, p.run.score.high]);
    let (mut least, mut most) = (goal.target, goal.target);
    for score in scores.chain(goal.old.iter().map(|old| old.0)) {
        (least, most) = (least.min(score), most.max(score));
    }
    let (least, most) = (least.clamp(0.0, 100.0), most.clamp(0.0, 100.0));
    let ends = |step: u32| {
        let low = (least / f64::from(step)).floor() as u32 * step;
        let high = (most / f64::from(step)).ceil() as u32 * step;
        match (low, high) {
            (100, 100) => (100 - step, 100),
            _ if low == high => (low, low + step),
            ends => ends,
        }
    };
    let fits = |step: &u32| ends(*step).1 - ends(*step).0 <= SPACES * step;
    let step = STEPS.into_iter().find(fits).unwrap_or(20);
    let (low, high) = ends(step);
    Scale { low, high, ticks: (low..=high).step_by(step as usize).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::point;

    fn runs(scores: &[(f64, f64, f64)]) -> Vec<RunPoint> {
        scores.iter().enumerate().map(|(n, &(low, value, high))| point(n, low, value, high)).collect()
    }

    #[track_caller]
    fn check_scale(scores: &[(f64, f64, f64)], goal: f64, expected: &[u32]) {
        let goal = Goal { target: goal, is_default: false, by: None, needed: None, old: Vec::new() };
        let scale = scale(&runs(scores), &goal);
        assert_eq!(scale.ticks, expected);
        assert_eq!((Some(&scale.low), Some(&scale.high)), (expected.first(), expected.last()));
    }

    #[test]
    fn the_scale_is_round_and_holds_everything() {
        check_scale(&[(57.0, 58.9, 61.0), (69.1, 71.4, 72.3)], 85.0, &[50, 60, 70, 80, 90]);
        check_scale(&[(84.0, 84.0, 84.0)], 85.0, &[80, 85]);
        check_scale(&[(100.0, 100.0, 100.0)], 100.0, &[95, 100]);
        check_scale(&[(0.0, 0.0, 0.0)], 0.0, &[0, 5]);
        check_scale(&[(0.0, 50.0, 100.0)], 85.0, &[0, 20, 40, 60, 80, 100]);
        check_scale(&[], 85.0, &[85, 90]);
    }

    #[test]
    fn an_old_goal_is_drawn_up_to_its_change() {
        let mut points = runs(&[(60.0, 60.0, 60.0), (70.0, 70.0, 70.0)]);
        points[0].run.started = "2026-01-01T00:00:00Z".to_owned();
        points[1].run.started = "2026-01-11T00:00:00Z".to_owned();
        let old = vec![(95.0, "2025-06-01".to_owned()), (90.0, "2026-01-06".to_owned())];
        let goal = Goal { target: 80.0, is_default: false, by: None, needed: None, old };
        let drawn: Vec<_> = goals(&points, &goal).iter().map(|g| (g.target, g.from_at, g.to_at, g.current)).collect();
        assert_eq!(drawn, [(90.0, 0.0, 0.5, false), (80.0, 0.5, 1.0, true)]);
    }

    #[track_caller]
    fn check_direction(first: (f64, f64, f64), last: (f64, f64, f64), expected: Direction) {
        let runs = runs(&[first, last]);
        assert_eq!(direction(&runs[0].run.score, &runs[1].run.score), expected);
    }

    #[test]
    fn a_direction_is_claimed_only_where_ranges_lie_apart() {
        check_direction((60.0, 60.0, 60.0), (70.0, 70.0, 70.0), Direction::Up);
        check_direction((70.0, 70.0, 70.0), (60.0, 60.0, 60.0), Direction::Down);
        check_direction((60.0, 60.0, 60.0), (61.0, 61.0, 61.0), Direction::Flat);
        check_direction((58.0, 60.0, 66.0), (65.0, 70.0, 75.0), Direction::Unclear);
    }

    #[test]
    fn runs_stand_by_their_time_where_they_have_one() {
        let mut points = runs(&[(1.0, 1.0, 1.0); 3]);
        for (point, date) in
            points.iter_mut().zip(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-05T00:00:00Z"])
        {
            point.run.started = date.to_owned();
        }
        assert_eq!(places(&points), [0.0, 0.25, 1.0]);
        points[1].run.started = "2025-01-01T00:00:00Z".to_owned();
        assert_eq!(places(&points), [0.0, 0.5, 1.0]);
        assert_eq!(places(&points[..1]), [0.0]);
    }

    #[test]
    fn only_runs_since_the_last_break_are_compared() {
        let mut points = runs(&[(1.0, 1.0, 1.0); 4]);
        assert_eq!(since_break(&points).len(), 4);
        points[2].rules_changed = true;
        assert_eq!(since_break(&points).len(), 2);
        assert_eq!(since_break(&[]).len(), 0);
    }
}
