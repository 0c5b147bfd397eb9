//! Runs: begun, finished, listed.

use super::rows::RuleHashes;
use super::{Result, RunRow, Store};
use crate::model::{PageUrl, hex};
use crate::rule::Rules;
use crate::score::Score;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of a run when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What runs are compared by: origin, path prefix and profile.
    pub site: String,
    /// What was audited, as the reports show it.
    pub target: String,
    /// `website` or `kiosk`.
    pub profile: String,
    /// When it started, RFC 3339.
    pub started: String,
    /// Hash of the rules.
    pub rule_set: String,
    /// Hash of the settings that a score depends on.
    pub setup: String,
}

/// A run that was interrupted, or whose reports were not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Its number.
    pub run: i64,
    /// When it started, RFC 3339.
    pub started: String,
    /// File name of its snapshot, in the folder of snapshots.
    pub snapshot: Option<String>,
    /// Whether it is whole but for its reports.
    pub done: bool,
}

/// What is known of a run when it ends.
#[derive(Clone, Copy, Debug)]
pub struct Done<'d> {
    /// Hash of its inputs.
    pub id: &'d str,
    /// Where the weights come from.
    pub weights: &'d str,
    /// Its score.
    pub score: &'d Score,
    /// What each rule costs, and in which order to mend them.
    pub plan: &'d Plan,
    /// When it was finished, RFC 3339.
    pub finished: &'d str,
}

/// What mending would bring.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// One rule after the other, the one that brings most first; the gains sum to what is missing to 100.
    pub steps: Vec<Step>,
    /// What mending each rule alone on every page would bring, in points.
    pub gains: BTreeMap<Arc<str>, f64>,
}

/// One step of the work plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The rule that is mended on every page.
    pub rule: Arc<str>,
    /// Points that this brings after the steps before.
    pub gain: f64,
    /// The score then.
    pub score: f64,
}

/// The hash of each rule's file.
pub fn rule_hashes(rules: &Rules) -> RuleHashes {
    rules.list.iter().map(|r| (r.id.to_string(), hex(&Sha256::digest(&r.source)[..8]))).collect()
}

pub(super) const COLUMNS: &str =
    "run, id, target, profile, started, finished, rule_set, setup, weights, score, own_site";

/// Columns of a run as they are stored; the score still as JSON.
pub(super) type Stored = ([String; 8], i64, String, bool);

pub(super) fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let text = |at| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
    let texts = [text(1)?, text(2)?, text(3)?, text(4)?, text(5)?, text(6)?, text(7)?, text(8)?];
    Ok((texts, row.get(0)?, text(9)?, row.get(10)?))
}

pub(super) fn run_row((texts, run, score, own_site): Stored) -> Result<RunRow> {
    let [id, target, profile, started, finished, rule_set, setup, weights] = texts;
    let score = serde_json::from_str(&score)?;
    Ok(RunRow { run, id, target, profile, started, finished, rule_set, setup, own_site, weights, score })
}

impl Store {
    /// Begins a run.
    pub fn begin(&mut self, draft: &Draft, rules: &Rules) -> Result<i64> {
        let hashes = serde_json::to_string(&rule_hashes(rules))?;
        self.db.execute(
            "INSERT INTO runs (site, target, profile, started, rule_set, rule_hashes, setup) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![draft.site, draft.target, draft.profile, draft.started, draft.rule_set, hashes, draft.setup],
        )?;
        Ok(self.db.last_insert_rowid())
    }

    /// Goes on with a run that was interrupted, by the rules and settings of today.
    pub fn resume(&mut self, run: i64, draft: &Draft, rules: &Rules) -> Result<()> {
        let hashes = serde_json::to_string(&rule_hashes(rules))?;
        self.db.execute(
            "UPDATE runs SET rule_set = ?2, rule_hashes = ?3, setup = ?4 WHERE run = ?1",
            params![run, draft.rule_set, hashes, draft.setup],
        )?;
        Ok(())
    }

    /// Notes the file name of a run's snapshot.
    pub fn set_snapshot(&self, run: i64, name: &str) -> Result<()> {
        self.db.execute("UPDATE runs SET snapshot = ?2 WHERE run = ?1", params![run, name])?;
        Ok(())
    }

    /// The file name of a run's snapshot.
    pub fn snapshot_of(&self, run: i64) -> Result<Option<String>> {
        Ok(self.db.query_row("SELECT snapshot FROM runs WHERE run = ?1", [run], |row| row.get(0)).optional()?.flatten())
    }

    /// The runs of a target that were interrupted and have a snapshot to go on from, and its last one
    /// if that has no reports; the newest first.
    pub fn unfinished(&self, target: &str, profile: &str) -> Result<Vec<Unfinished>> {
        let mut query = self.db.prepare(
            "SELECT run, started, snapshot, done FROM runs WHERE target = ?1 AND profile = ?2 AND ((done = 0 AND snapshot IS NOT NULL) OR (done = 1 AND reported = 0
             AND run = (SELECT max(run) FROM runs WHERE target = ?1 AND profile = ?2))) ORDER BY run DESC",
        )?;
        let rows = query.query_map(params![target, profile], |row| {
            Ok(Unfinished { run: row.get(0)?, started: row.get(1)?, snapshot: row.get(2)?, done: row.get(3)? })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Notes for each finding of a run which team answers for it.
    pub fn set_owners<'o>(&self, run: i64, owner: impl Fn(&PageUrl, &str) -> Option<&'o str>) -> Result<()> {
        self.lay_out(run)?;
        let mut query = self.db.prepare("SELECT DISTINCT url, rule FROM findings WHERE run = ?1")?;
        let pairs: Vec<(String, String)> =
            query.query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<std::result::Result<_, _>>()?;
        // Made after the rows, and gone before more come.
        self.db.execute("CREATE INDEX temp.findings_by_page ON findings (run, url, rule)", [])?;
        let mut set = self.db.prepare("UPDATE findings SET owner = ?4 WHERE run = ?1 AND url = ?2 AND rule = ?3")?;
        for (url, rule) in pairs {
            if let Some(team) = owner(&PageUrl::stored(&url), &rule) {
                set.execute(params![run, url, rule, team])?;
            }
        }
        drop(set);
        self.db.execute("DROP INDEX temp.findings_by_page", [])?;
        self.settle(run)
    }

    /// What a run is compared by.
    pub fn site_of(&self, run: i64) -> Result<String> {
        Ok(self.db.query_row("SELECT site FROM runs WHERE run = ?1", [run], |row| row.get(0))?)
    }

    /// Notes that the reports of a run are written.
    pub fn set_reported(&self, run: i64) -> Result<()> {
        self.db.execute("UPDATE runs SET reported = 1 WHERE run = ?1", [run])?;
        Ok(())
    }

    /// Says what a run's site is, once its start is known, and whether it was read as one's own.
    pub fn set_site(&mut self, run: i64, site: &str, own_site: bool) -> Result<()> {
        self.db.execute("UPDATE runs SET site = ?2, own_site = ?3 WHERE run = ?1", params![run, site, own_site])?;
        Ok(())
    }

    /// Marks a run as whole. Until then no other run sees it.
    pub fn finish(&mut self, run: i64, done: &Done<'_>) -> Result<()> {
        self.end(run, done)?;
        self.forget_older_tallies(run)
    }

    /// Keeps what a run came to.
    pub(super) fn end(&self, run: i64, done: &Done<'_>) -> Result<()> {
        let (_, aside) = self.count_findings(run)?;
        let causes = serde_json::to_string(&aside.causes)?;
        let (score, plan) = (serde_json::to_string(done.score)?, serde_json::to_string(done.plan)?);
        self.db.execute(
            "UPDATE runs SET id = ?2, weights = ?3, score = ?4, plan = ?5, finished = ?6, rules_of_cause = ?7, done = 1 WHERE run = ?1",
            params![run, done.id, done.weights, score, plan, done.finished, causes],
        )?;
        let mut put = self.db.prepare(
            "INSERT OR REPLACE INTO counts (run, rule, severity, category, findings) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for ((rule, severity), (category, count)) in aside.counts {
            put.execute(params![run, rule, severity, category, count])?;
        }
        Ok(())
    }

    /// Forgets a run and everything that only it used.
    pub fn discard(&mut self, run: i64) -> Result<()> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let removed = self.remove_rows(run);
        self.db.execute_batch(if removed.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        removed
    }

    /// Removes the rows of a run, and those of what later rules made of it.
    pub(super) fn remove_rows(&self, run: i64) -> Result<()> {
        let of_run = "IN (SELECT run FROM runs WHERE run = ?1 OR rescore_of = ?1)";
        let rows = |sql: &str| -> Result<Vec<(i64, String)>> {
            let mut query = self.db.prepare(&sql.replace("{of_run}", of_run))?;
            let rows = query.query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        let alone = rows(
            "SELECT version, facts FROM page_versions WHERE version IN (SELECT version FROM run_pages WHERE run {of_run})
             AND NOT EXISTS (SELECT 1 FROM run_pages AS o WHERE o.version = page_versions.version AND o.run NOT {of_run})",
        )?;
        let unfinished = rows("SELECT 0, facts FROM reading WHERE run {of_run}")?;
        for table in ["run_pages", "run_blocks", "reading", "files", "unread", "gone", "redirects", "counts"] {
            self.db.execute(&format!("DELETE FROM {table} WHERE run {of_run}"), [run])?;
        }
        for (version, facts) in alone.into_iter().chain(unfinished) {
            self.db.prepare_cached("DELETE FROM page_versions WHERE version = ?1")?.execute([version])?;
            let unused =
                "DELETE FROM facts WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM page_versions WHERE facts = ?1)
                 AND NOT EXISTS (SELECT 1 FROM reading WHERE facts = ?1)";
            self.db.prepare_cached(unused)?.execute([facts])?;
        }
        self.db.execute("DELETE FROM blocks WHERE block NOT IN (SELECT block FROM run_blocks)", [])?;
        self.clear_laid()?;
        self.db.execute("DELETE FROM runs WHERE rescore_of = ?1", [run])?;
        self.db.execute("DELETE FROM runs WHERE run = ?1", [run])?;
        Ok(())
    }

    /// The last finished run of a target, and the file name of its snapshot.
    pub fn last_snapshot(&self, target: &str, profile: &str) -> Result<Option<(i64, String)>> {
        let sql = "SELECT run, snapshot FROM runs WHERE target = ?1 AND profile = ?2 AND done = 1 AND snapshot IS NOT NULL ORDER BY run DESC LIMIT 1";
        Ok(self.db.query_row(sql, params![target, profile], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// The last finished run of a site before `run`.
    pub fn run_before(&self, site: &str, run: i64) -> Result<Option<RunRow>> {
        let sql =
            format!("SELECT {COLUMNS} FROM runs WHERE site = ?1 AND done = 1 AND run < ?2 ORDER BY run DESC LIMIT 1");
        self.db.query_row(&sql, params![site, run], stored).optional()?.map(run_row).transpose()
    }

    /// A finished run by its number.
    pub fn run(&self, run: i64) -> Result<Option<RunRow>> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE run = ?1 AND done = 1");
        self.db.query_row(&sql, [run], stored).optional()?.map(run_row).transpose()
    }

    /// The finished runs of a site, oldest first.
    pub fn runs_of(&self, site: &str) -> Result<Vec<RunRow>> {
        let mut query =
            self.db.prepare(&format!("SELECT {COLUMNS} FROM runs WHERE site = ?1 AND done = 1 ORDER BY run"))?;
        let rows = query.query_map([site], stored)?;
        rows.map(|row| run_row(row?)).collect()
    }

    /// All finished runs with the site of each, oldest first.
    pub fn runs(&self) -> Result<Vec<(String, RunRow)>> {
        let mut query = self.db.prepare(&format!("SELECT {COLUMNS}, site FROM runs WHERE done = 1 ORDER BY run"))?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(11)?, stored(row)?)))?;
        rows.map(|row| row.map_err(Into::into).and_then(|(site, run)| Ok((site, run_row(run)?)))).collect()
    }
}
