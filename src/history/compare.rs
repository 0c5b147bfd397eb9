//! One run against the one before: what is new, open, fixed, back or unchecked, and how the points moved.

use super::runs::rule_hashes;
use super::{Result, RunRow, Store};
use crate::rule::Rules;
use crate::score::{Change, Pair, Part, Parts, Side};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How the points moved between two runs, by rule or cause.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moves {
    /// The exact parts of the change.
    pub parts: Parts,
    /// Points by cause: what got better, and (negative) what got worse.
    pub causes: BTreeMap<Arc<str>, (f64, f64)>,
    /// Share of the addresses of either run that both have, 0–1.
    pub shared: f64,
}

impl Store {
    /// Gives every finding of a run its state against the run before, and adds those that are gone.
    ///
    /// Fixed is only what was looked at again: the page was read, or is 404 or 410, the rule could
    /// tell, and is still the same rule. Everything else that is missing is unchecked.
    pub fn compare(&mut self, run: i64, before: Option<&RunRow>, rules: &Rules) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        let before = before.run;
        let changed = self.changed_rules(before, rules)?;
        self.db.execute("UPDATE runs SET compared_run = ?2 WHERE run = ?1", params![run, before])?;
        self.db.execute(
            "UPDATE findings SET state = 'open', first_seen = b.first_seen
             FROM (SELECT key, first_seen FROM findings WHERE run = ?2 AND state <> 'fixed') AS b
             WHERE findings.run = ?1 AND findings.key = b.key",
            params![run, before],
        )?;
        self.db.execute(
            "UPDATE findings SET state = 'back'
             WHERE run = ?1 AND state = 'new' AND outcome = 'fail' AND EXISTS (
                 SELECT 1 FROM findings AS old JOIN runs USING (run)
                 WHERE old.key = findings.key AND runs.done = 1 AND runs.run < ?1
                   AND runs.site = (SELECT site FROM runs WHERE run = ?1))",
            params![run],
        )?;
        let changed = serde_json::to_string(&changed)?;
        self.db.execute(
            "INSERT INTO findings (run, key, rule, category, severity, status, outcome, cause, url, line, place, message, lost, gain, more, state, first_seen)
             SELECT ?1, f.key, f.rule, f.category, f.severity, f.status, f.outcome, f.cause, f.url, f.line, f.place, f.message, 0, 0, f.more,
                    CASE
                        WHEN f.rule IN (SELECT value FROM json_each(?3)) THEN 'unchecked'
                        WHEN EXISTS (SELECT 1 FROM gone WHERE gone.run = ?1 AND gone.url = f.url) THEN 'fixed'
                        WHEN EXISTS (SELECT 1 FROM pages WHERE pages.run = ?1 AND pages.url = f.url
                                     AND NOT EXISTS (SELECT 1 FROM json_each(pages.unsure) WHERE value = f.rule)) THEN 'fixed'
                        ELSE 'unchecked'
                    END,
                    f.first_seen
             FROM findings AS f
             WHERE f.run = ?2 AND f.outcome = 'fail' AND f.state <> 'fixed'
               AND NOT EXISTS (SELECT 1 FROM findings AS now WHERE now.run = ?1 AND now.key = f.key)",
            params![run, before, changed],
        )?;
        Ok(())
    }

    /// The ids of the rules that a run was judged by.
    pub fn rules_of(&self, run: i64) -> Result<BTreeSet<String>> {
        let stored: String =
            self.db.query_row("SELECT rule_hashes FROM runs WHERE run = ?1", [run], |row| row.get(0))?;
        let stored: BTreeMap<String, String> = serde_json::from_str(&stored)?;
        Ok(stored.into_keys().collect())
    }

    /// The rules of an earlier run that are gone or were changed since.
    fn changed_rules(&self, before: i64, rules: &Rules) -> Result<Vec<String>> {
        let stored: String =
            self.db.query_row("SELECT rule_hashes FROM runs WHERE run = ?1", [before], |row| row.get(0))?;
        let stored: BTreeMap<String, String> = serde_json::from_str(&stored)?;
        let now = rule_hashes(rules);
        Ok(stored.into_iter().filter(|(id, hash)| now.get(id) != Some(hash)).map(|(id, _)| id).collect())
    }

    /// How the points moved from one run to another with the same rules.
    pub fn moves(&self, before: &RunRow, after: &RunRow) -> Result<Moves> {
        let (old, new) = (self.sides(before.run)?, self.sides(after.run)?);
        let unread_now = self.unread_urls(after.run)?;
        let unread_before = self.unread_urls(before.run)?;
        let mut change = Change::new(before.score.value, before.score.value, after.score.value);
        let mut causes: BTreeMap<Arc<str>, (f64, f64)> = BTreeMap::new();
        let urls: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let (all, mut both) = (urls.len(), 0usize);
        for url in urls {
            let pair = match (old.get(url), new.get(url)) {
                (Some(before), Some(after)) => {
                    both += 1;
                    Pair::Matched { before: before.clone(), after: after.clone() }
                }
                (Some(side), None) if unread_now.contains(url) => Pair::Unchecked(side.clone()),
                (Some(side), None) => Pair::Removed(side.clone()),
                (None, Some(side)) if unread_before.contains(url) => Pair::ReadAgain(side.clone()),
                (None, Some(side)) => Pair::Added(side.clone()),
                (None, None) => continue,
            };
            for effect in change.add(&pair) {
                let Part::Cause(cause) = effect.part else { continue };
                let sum = causes.entry(cause).or_default();
                *sum = (sum.0 + effect.points.max(0.0), sum.1 + effect.points.min(0.0));
            }
        }
        Ok(Moves { parts: change.parts(), causes, shared: both as f64 / all.max(1) as f64 })
    }

    fn sides(&self, run: i64) -> Result<BTreeMap<String, Side>> {
        let mut query =
            self.db.prepare("SELECT url, weight, causes FROM pages WHERE run = ?1 AND causes IS NOT NULL")?;
        let mut rows = query.query([run])?;
        let mut sides = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let causes: Vec<(Arc<str>, f64)> = serde_json::from_str(&row.get::<_, String>(2)?)?;
            sides.insert(row.get(0)?, Side { weight: row.get(1)?, causes });
        }
        Ok(sides)
    }

    fn unread_urls(&self, run: i64) -> Result<BTreeSet<String>> {
        let mut query = self.db.prepare("SELECT url FROM unread WHERE run = ?1")?;
        let urls = query.query_map([run], |row| row.get(0))?;
        Ok(urls.collect::<std::result::Result<_, _>>()?)
    }
}
