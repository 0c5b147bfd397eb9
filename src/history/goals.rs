//! Goals against runs: what each run measured, how fast it moves, and whether the day will be met.

use super::digest::since_break;
use super::found::read_told;
use super::kept::{Beside, Kept, with_found};
use super::{Result, RunPoint, RunRow, Store};
use crate::model::{Metric, PageUrl, Pattern};
use crate::score::{Forecast, MONTH, Pace};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::params;
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How many of the problems of a page count, by the version of the page and how they stand: runs share most of them.
type Counted = HashMap<(i64, i64), u64>;

/// Where a goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Reached in the last run.
    Reached,
    /// The forecast reaches it, even at the worse end of its range.
    OnPace,
    /// The forecast misses it, even at the better end of its range.
    Behind,
    /// The range of the forecast holds the goal: it may be met or not.
    Unclear,
    /// There are too few runs that can be compared for a forecast.
    TooEarly,
    /// The day is over and it was not reached.
    Missed,
}

/// What is read off the runs for a goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value of the last run; `None` where the pages it is about were not read.
    pub now: Option<f64>,
    /// The change that is left, and by which it is counted as reached at 0 or beyond: positive is still to do.
    pub gap: Option<f64>,
    /// Days from the last run to the day of the goal; negative when it is over.
    pub days_left: i64,
    /// The change a month that would be needed; `None` once it is reached or the day is over.
    pub needed: Option<f64>,
    /// The change a month so far, over the runs that can be compared with the last; `None` for a single run.
    pub pace: Option<f64>,
    /// The value expected on the day, if things go on as they did; `None` before six runs.
    pub forecast: Option<Forecast>,
    /// How many runs can be compared with the last, with it.
    pub runs: usize,
    /// Where it stands.
    pub progress: Progress,
}

impl Store {
    /// Reads a goal off the runs of a site, oldest first, of which the last is today's.
    pub fn read_goal(
        &self,
        runs: &[RunPoint],
        metric: &Metric,
        scope: Option<&Pattern>,
        target: f64,
        by: Date,
    ) -> Result<Option<Reading>> {
        let Some(last) = runs.last() else { return Ok(None) };
        let by_days = days(&by.to_zoned(TimeZone::UTC).map(|z| z.timestamp()).unwrap_or(Timestamp::MAX));
        let (mut points, mut now, mut counted) = (Vec::new(), None, Counted::new());
        for point in since_break(runs) {
            now = self.measure(&point.run, metric, scope, &mut counted)?;
            let day = point.run.started.parse::<Timestamp>().ok().map(|t| days(&t));
            if let (Some(day), Some(value)) = (day, now) {
                points.push((day, value));
            }
        }
        let today = last.run.started.parse::<Timestamp>().map_or(by_days, |t| days(&t).floor());
        Ok(Some(reading(now, &points, target, metric.rises(), by_days, today)))
    }

    /// What a run says of a metric, on the pages of a scope.
    fn measure(
        &self,
        run: &RunRow,
        metric: &Metric,
        scope: Option<&Pattern>,
        counted: &mut Counted,
    ) -> Result<Option<f64>> {
        match (metric, scope) {
            (Metric::Score, None) => Ok(Some(run.score.value)),
            (Metric::Score, Some(scope)) => self.score_within(run.run, scope),
            (Metric::Findings(of), _) => {
                // A rule has a slash in its id, a category has none.
                let column = if of.as_ref().is_some_and(|of| of.contains('/')) { "rule" } else { "category" };
                self.count_within(run.run, (column, of.as_deref()), scope, counted)
            }
            (Metric::Blockers, _) => self.count_within(run.run, ("severity", Some("blocker")), scope, counted),
        }
    }

    fn score_within(&self, run: i64, scope: &Pattern) -> Result<Option<f64>> {
        let mut query = self
            .db
            .prepare_cached("SELECT url, weight, q FROM pages WHERE run = ?1 AND row IS NOT NULL ORDER BY url")?;
        let mut rows = query.query([run])?;
        let (mut weight, mut points) = (0.0, 0.0);
        while let Some(row) = rows.next()? {
            if scope.matches(&PageUrl::stored(&row.get::<_, String>(0)?)) {
                let own: f64 = row.get(1)?;
                weight += own;
                points += own * row.get::<_, f64>(2)?;
            }
        }
        Ok((weight > 0.0).then(|| 100.0 * points / weight))
    }

    fn count_within(
        &self,
        run: i64,
        (column, of): (&str, Option<&str>),
        scope: Option<&Pattern>,
        counted: &mut Counted,
    ) -> Result<Option<f64>> {
        if scope.is_none() {
            let sql = format!("SELECT SUM(findings) FROM counts WHERE run = ?1 AND (?2 IS NULL OR {column} = ?2)");
            let sum: Option<i64> = self.db.prepare_cached(&sql)?.query_row(params![run, of], |row| row.get(0))?;
            return Ok(Some(sum.unwrap_or(0) as f64));
        }
        let mut query = self.db.prepare_cached(
            "SELECT v.url, p.version, p.standing FROM run_pages AS p JOIN page_versions AS v USING (version) WHERE p.run = ?1",
        )?;
        let mut rows = query.query([run])?;
        let is_within = |url: &str| scope.is_none_or(|s| s.matches(&PageUrl::stored(url)));
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let (version, standing) = (row.get(1)?, row.get(2)?);
            if is_within(row.get_ref(0)?.as_str().unwrap_or_default()) {
                count += match counted.entry((version, standing)) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(free) => *free.insert(self.count_of_page(version, standing, column, of)?),
                };
            }
        }
        for (_, Beside(url, state, _, _, finding)) in self.beside(run)?.iter() {
            if is_within(url) {
                count += counts(finding, state, column, of);
            }
        }
        Ok(Some(count as f64))
    }

    /// How many of a page's problems count, by how they stand.
    fn count_of_page(&self, version: i64, standing: i64, column: &str, of: Option<&str>) -> Result<u64> {
        let sql = "SELECT found, told FROM page_versions, standings WHERE version = ?1 AND standing = ?2";
        let mut query = self.db.prepare_cached(sql)?;
        let (found, told): (Vec<u8>, String) =
            query.query_row([version, standing], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let groups = read_told(&told)?;
        let states = groups.iter().flat_map(|g| std::iter::repeat_n(g.1.as_str(), g.0));
        with_found(&found, |found| {
            Ok(found.iter().zip(states).map(|(finding, state)| counts(finding, state, column, of)).sum())
        })
    }
}

/// How many problems a finding stands for, where it counts today and is of that rule, category or severity.
fn counts(finding: &Kept<'_>, state: &str, column: &str, of: Option<&str>) -> u64 {
    let own = match column {
        "rule" => &finding.rule,
        "category" => &finding.category,
        _ => &finding.severity,
    };
    let is_today = finding.is_fail() && matches!(state, "new" | "open" | "back");
    let is_one = finding.is_active() && is_today && of.is_none_or(|of| of == own);
    if is_one { finding.count() } else { 0 }
}

/// Days since 1970.
fn days(time: &Timestamp) -> f64 {
    time.as_second() as f64 / 86_400.0
}

fn reading(now: Option<f64>, points: &[(f64, f64)], target: f64, rises: bool, by_days: f64, today: f64) -> Reading {
    let left = |value: f64| if rises { target - value } else { value - target };
    let gap = now.map(left);
    let days_left = (by_days - today) as i64;
    let line = Pace::of(points);
    // A line does not know that no score is above 100 and no count below 0.
    let possible = |value: f64| value.clamp(0.0, if rises { 100.0 } else { f64::MAX });
    let forecast = line.and_then(|l| l.forecast(by_days)).map(|f| Forecast {
        value: possible(f.value),
        low: possible(f.low),
        high: possible(f.high),
    });
    let is_reached = gap.is_some_and(|gap| gap <= 0.0);
    let needed = now.filter(|_| !is_reached && days_left > 0).map(|now| (target - now) / (days_left as f64 / MONTH));
    let progress = match forecast {
        _ if is_reached => Progress::Reached,
        _ if days_left < 0 => Progress::Missed,
        None => Progress::TooEarly,
        Some(there) => match (left(there.low) <= 0.0, left(there.high) <= 0.0) {
            (true, true) => Progress::OnPace,
            (false, false) => Progress::Behind,
            _ => Progress::Unclear,
        },
    };
    Reading {
        now,
        gap,
        days_left,
        needed,
        pace: line.map(|l| l.per_day * MONTH),
        forecast,
        runs: points.len(),
        progress,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(runs: i32, slope: f64, wobble: f64) -> Vec<(f64, f64)> {
        (0..runs).map(|n| (f64::from(n) * 30.0, 60.0 + slope * f64::from(n) + wobble * f64::from(n % 2))).collect()
    }

    #[track_caller]
    fn check(points: &[(f64, f64)], target: f64, rises: bool, by: f64, expected: Progress) {
        let (today, now) = points.last().map_or((0.0, None), |p| (p.0, Some(p.1)));
        assert_eq!(reading(now, points, target, rises, by, today).progress, expected);
    }

    #[test]
    fn a_goal_stands_where_its_forecast_says() {
        check(&line(6, 2.0, 0.0), 70.0, true, 400.0, Progress::Reached);
        check(&line(6, 2.0, 0.1), 80.0, true, 600.0, Progress::OnPace);
        check(&line(6, 0.1, 0.1), 80.0, true, 300.0, Progress::Behind);
        check(&line(6, 1.0, 6.0), 75.0, true, 300.0, Progress::Unclear);
        check(&line(3, 2.0, 0.0), 80.0, true, 300.0, Progress::TooEarly);
        check(&line(3, 2.0, 0.0), 80.0, true, 30.0, Progress::Missed);
        check(&[], 80.0, true, 30.0, Progress::TooEarly);
    }

    #[test]
    fn nothing_impossible_is_expected() {
        let points = line(6, 2.0, 1.0);
        let there = reading(Some(70.0), &points, 80.0, true, 2000.0, 150.0).forecast.expect("six runs are enough");
        assert!(there.value <= 100.0 && there.high <= 100.0, "{there:?}");
        let there = reading(Some(50.0), &line(6, -2.0, 1.0), 10.0, false, 2000.0, 150.0).forecast.expect("six runs");
        assert!(there.value >= 0.0 && there.low >= 0.0, "{there:?}");
    }

    #[test]
    fn fewer_problems_are_progress() {
        check(&line(6, -2.0, 0.0), 55.0, false, 400.0, Progress::Reached);
        check(&line(6, -2.0, 0.1), 30.0, false, 700.0, Progress::OnPace);
        check(&line(6, 2.0, 0.1), 30.0, false, 700.0, Progress::Behind);
    }

    #[test]
    fn the_pace_needed_is_what_is_left_over_the_months_left() {
        let read = reading(Some(70.0), &line(2, 2.0, 0.0), 76.0, true, 30.0 + 3.0 * MONTH, 30.0);
        assert!((read.needed.expect("there is time left") - 2.0).abs() < 0.05, "{read:?}");
        assert_eq!((read.runs, read.forecast), (2, None));
    }
}
