//! One run against the one before: what is new, open, fixed, back or unchecked, and how the points moved.

use super::comparison::{by_cause, comparison_beside, known_again};
use super::digest::COLUMNS;
use super::found::Pages;
use super::kept::{read_beside, with_found};
use super::pages::finding_row;
use super::runs::rule_hashes;
use super::{Basis, FindingRow, MovedPage, Result, RunRow, Store, Version};
use super::{loose, moved_by_content, moved_by_redirect};
use crate::rule::Rules;
use crate::score::Parts;
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
    /// tell, and is still the same rule. Everything else that is missing is unchecked. Where the run
    /// before was judged again by today's rules, that is what counts.
    pub fn compare(&mut self, run: i64, before: Option<&RunRow>, rules: &Rules) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        let given = before.run;
        let before = self.basis(run, before)?;
        let changed = self.changed_rules(before, rules)?;
        self.db.execute("UPDATE runs SET compared_run = ?2 WHERE run = ?1", params![run, given])?;
        self.clear_laid()?;
        if before == given {
            // What stands on a page that is the same stands as it did: only the others are looked at.
            self.age(before, run)?;
            self.lay(run, Pages::NotIn(before), true)?;
            self.lay(before, Pages::NotIn(run), true)?;
        } else {
            for all in [run, before, given] {
                self.lay(all, Pages::All, true)?;
            }
        }
        // Made after the rows, and gone before more come: so it is sorted once.
        self.db.execute("CREATE INDEX temp.findings_by_key ON findings (run, key)", [])?;
        self.set_states(run, before, given, &changed)?;
        self.db.execute("DROP INDEX temp.findings_by_key", [])?;
        self.settle(run)?;
        self.clear_laid()
    }

    /// Works out the states of what is laid out of a run.
    fn set_states(&mut self, run: i64, before: i64, given: i64, changed: &[String]) -> Result<()> {
        self.db.execute(
            "UPDATE findings SET state = 'open', first_seen = b.first_seen
             FROM (SELECT key, first_seen FROM findings WHERE run IN (?2, ?3) AND state <> 'fixed') AS b
             WHERE findings.run = ?1 AND findings.key = b.key",
            params![run, before, given],
        )?;
        self.carry(run, before)?;
        self.set_back(run)?;
        let changed = serde_json::to_string(changed)?;
        self.db.execute(
            "INSERT INTO findings (run, key, rule, category, severity, status, outcome, cause, url, line, place, message, lost, gain, more, state, first_seen, local)
             SELECT ?1, f.key, f.rule, f.category, f.severity, f.status, f.outcome, f.cause, f.url, f.line, f.place, f.message, 0, 0, f.more,
                    CASE
                        WHEN f.rule IN (SELECT value FROM json_each(?3)) THEN 'unchecked'
                        WHEN EXISTS (SELECT 1 FROM gone WHERE gone.run = ?1 AND gone.url = f.url) AND moved.url IS NULL THEN 'fixed'
                        WHEN EXISTS (SELECT 1 FROM pages WHERE +pages.run = ?1 AND pages.url = coalesce(moved.url, f.url)
                                     AND NOT EXISTS (SELECT 1 FROM json_each(pages.unsure) WHERE value = f.rule)) THEN 'fixed'
                        ELSE 'unchecked'
                    END,
                    f.first_seen, f.local
             FROM findings AS f LEFT JOIN temp.moved ON moved.was = f.url
             WHERE (f.run = ?2 OR (f.run = ?4 AND f.state = 'unchecked'
                        AND NOT EXISTS (SELECT 1 FROM findings AS b WHERE b.run = ?2 AND b.key = f.key AND b.state <> 'fixed')))
               AND f.outcome = 'fail' AND f.state <> 'fixed'
               AND NOT EXISTS (SELECT 1 FROM findings AS now WHERE now.run = ?1 AND now.key = f.key)
               AND NOT EXISTS (SELECT 1 FROM temp.carried WHERE carried.was = f.key)",
            params![run, before, changed, given],
        )?;
        Ok(())
    }

    /// Marks what is new and was found in a run before the last: it is back. Every page is asked once.
    fn set_back(&self, run: i64) -> Result<()> {
        let mut query = self.db.prepare(
            "SELECT url, json_group_array(key) FROM findings WHERE run = ?1 AND state = 'new' AND outcome = 'fail' GROUP BY url",
        )?;
        let news = query.query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let news: Vec<(String, String)> = news.collect::<rusqlite::Result<_>>()?;
        if news.is_empty() {
            return Ok(());
        }
        let mut keys: BTreeSet<String> = BTreeSet::new();
        let earlier = "SELECT runs.run FROM runs WHERE runs.done = 1 AND runs.run < ?1
             AND runs.site = (SELECT site FROM runs WHERE run = ?1)";
        let mut blocks = self.db.prepare(&format!(
            "SELECT found FROM blocks WHERE block IN (SELECT block FROM run_blocks WHERE run IN ({earlier}))"
        ))?;
        let mut rows = blocks.query([run])?;
        while let Some(row) = rows.next()? {
            let beside = read_beside(row.get_ref(0)?.as_blob().unwrap_or_default())?;
            keys.extend(beside.into_iter().map(|b| b.4.key.into_owned()));
        }
        let mut versions = self.db.prepare(&format!(
            "SELECT found FROM page_versions AS v WHERE url = ?2
             AND EXISTS (SELECT 1 FROM run_pages AS p WHERE p.version = v.version AND p.run IN ({earlier}))"
        ))?;
        let mut set = self.db.prepare("UPDATE findings SET state = 'back' WHERE run = ?1 AND key = ?2")?;
        for (url, new) in news {
            let mut of_page: BTreeSet<String> = BTreeSet::new();
            let mut rows = versions.query(params![run, url])?;
            while let Some(row) = rows.next()? {
                with_found(row.get_ref(0)?.as_blob().unwrap_or_default(), |found| {
                    of_page.extend(found.into_iter().map(|f| f.key.into_owned()));
                    Ok(())
                })?;
            }
            for key in serde_json::from_str::<Vec<String>>(&new)? {
                if keys.contains(&key) || of_page.contains(&key) {
                    set.execute(params![run, key])?;
                }
            }
        }
        Ok(())
    }

    /// The run before as today's rules judge it, where that is known, else as it was judged then.
    fn basis(&self, run: i64, before: &RunRow) -> Result<i64> {
        let (rule_set, setup): (String, String) =
            self.db.query_row("SELECT rule_set, setup FROM runs WHERE run = ?1", [run], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let again = self.as_judged_by(before, &rule_set, &setup)?.filter(|(_, basis)| *basis == Basis::Pages);
        Ok(again.map_or(before.run, |(again, _)| again.run))
    }

    /// Finds the problems of pages that moved and of elements whose text changed, so that they stay
    /// open. What moved and what was found again is left in two temporary tables.
    fn carry(&mut self, run: i64, before: i64) -> Result<()> {
        self.db.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS moved (was TEXT PRIMARY KEY, url TEXT NOT NULL);
             CREATE TEMP TABLE IF NOT EXISTS carried (was TEXT PRIMARY KEY);
             DELETE FROM temp.moved; DELETE FROM temp.carried;",
        )?;
        let moved = self.moved_between(before, run)?;
        for page in &moved {
            self.db
                .execute("INSERT OR IGNORE INTO temp.moved (was, url) VALUES (?1, ?2)", params![page.from, page.to])?;
        }
        let address: BTreeMap<&str, &str> = moved.iter().map(|m| (m.from.as_str(), m.to.as_str())).collect();
        let gone = self.keyed(
            "run = ?1 AND outcome = 'fail' AND state <> 'fixed' AND NOT EXISTS (SELECT 1 FROM findings AS now WHERE now.run = ?2 AND now.key = f.key)",
            params![before, run],
        )?;
        let come = self.keyed("run = ?1 AND outcome = 'fail' AND state = 'new'", params![run])?;
        let again = known_again(&gone.iter().collect::<Vec<_>>(), &come.iter().collect::<Vec<_>>(), |url| {
            address.get(url).copied().unwrap_or(url).to_owned()
        });
        for (old, new) in again {
            self.db.execute(
                "UPDATE findings SET state = 'open', first_seen = (SELECT first_seen FROM findings WHERE run = ?3 AND key = ?4)
                 WHERE run = ?1 AND key = ?2",
                params![run, new, before, old],
            )?;
            self.db.execute("INSERT OR IGNORE INTO temp.carried (was) VALUES (?1)", [old])?;
        }
        Ok(())
    }

    fn keyed(&self, filter: &str, params: impl rusqlite::Params) -> Result<Vec<FindingRow>> {
        let sql = format!("SELECT {COLUMNS}, local FROM findings AS f WHERE {filter} ORDER BY key");
        let mut query = self.db.prepare(&sql)?;
        let mut rows = query.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut finding = finding_row(row)?;
            finding.local = row.get("local")?;
            found.push(finding);
        }
        Ok(found)
    }

    /// The pages that changed their address between two runs, whatever their state.
    fn moved_between(&self, before: i64, after: i64) -> Result<Vec<MovedPage>> {
        let (old, new) = (self.addresses(before, after)?, self.addresses(after, before)?);
        self.moved_pages(&old, before, &new, after)
    }

    /// The pages that changed their address between two versions of this store.
    pub fn moved_pages(&self, old: &Version, before: i64, new: &Version, after: i64) -> Result<Vec<MovedPage>> {
        let mut moved = moved_by_redirect(old, new);
        let left = loose(old, new, &moved);
        if !left.before.is_empty() && !left.after.is_empty() {
            moved.extend(moved_by_content(&self.sketches(before, &left.before)?, &self.sketches(after, &left.after)?));
        }
        Ok(moved)
    }

    /// The ids of the rules that a run was judged by.
    pub fn rules_of(&self, run: i64) -> Result<BTreeSet<String>> {
        Ok(self.rule_hashes_of(run)?.into_keys().collect())
    }

    /// The rules of an earlier run that are gone or were changed since.
    fn changed_rules(&self, before: i64, rules: &Rules) -> Result<Vec<String>> {
        let stored = self.rule_hashes_of(before)?;
        let now = rule_hashes(rules);
        Ok(stored.into_iter().filter(|(id, hash)| now.get(id) != Some(hash)).map(|(id, _)| id).collect())
    }

    /// How the points moved from one run to another; `None` where their rules or settings differ and
    /// the earlier one was not judged again.
    pub fn moves(&self, before: &RunRow, after: &RunRow) -> Result<Option<Moves>> {
        let Some((basis, _)) = self.as_judged_by(before, &after.rule_set, &after.setup)? else { return Ok(None) };
        // Of 100,000 pages nearly all are the same, and need not be in memory.
        let same = self.same_pages(basis.run, after.run)?;
        let (old, new) = (self.version_beside(&basis, after.run)?, self.version_beside(after, basis.run)?);
        let moved = self.moved_pages(&old, basis.run, &new, after.run)?;
        let given = (before.score.value, after.score.value);
        let compared = comparison_beside((&old, &new), &same, given, moved);
        Ok(Some(Moves { parts: compared.parts, causes: by_cause(&compared.steps), shared: compared.shared }))
    }
}
