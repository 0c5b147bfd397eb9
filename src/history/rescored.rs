//! Runs judged again: what the rules of a later day say of the snapshot of an earlier one. Such a run
//! stands beside the one it was made of and is never taken for an audit.

use super::runs::{COLUMNS, run_row, stored};
use super::{Done, Result, RunRow, Store, setup_changes, setup_over};
use rusqlite::{OptionalExtension, params};

/// A run whose snapshot is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The run.
    pub run: RunRow,
    /// What it is compared by.
    pub site: String,
    /// File name of its snapshot; `None` where it has none.
    pub snapshot: Option<String>,
}

impl Store {
    /// Ends a run that judged the snapshot of another one again; what was made of that one earlier goes.
    pub fn finish_rescored(&mut self, run: i64, of: i64, done: &Done<'_>) -> Result<()> {
        self.finish(run, done)?;
        let older: Vec<i64> = {
            let mut query = self.db.prepare("SELECT run FROM runs WHERE rescore_of = ?1 AND run <> ?2")?;
            let rows = query.query_map(params![of, run], |row| row.get(0))?;
            rows.collect::<std::result::Result<_, _>>()?
        };
        for old in older {
            self.remove_rows(old)?;
        }
        self.db.execute("UPDATE runs SET done = 2, reported = 1, rescore_of = ?2 WHERE run = ?1", params![run, of])?;
        self.db.execute(
            "UPDATE findings SET first_seen = b.first_seen FROM (SELECT key, first_seen FROM findings WHERE run = ?2) AS b
             WHERE findings.run = ?1 AND findings.key = b.key",
            params![run, of],
        )?;
        Ok(())
    }

    /// What a run came to by these rules and settings, if it was judged by them again.
    pub fn rescored(&self, of: i64, rule_set: &str, setup: &str) -> Result<Option<RunRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE rescore_of = ?1 AND done = 2 AND rule_set = ?2 AND setup = ?3 ORDER BY run DESC LIMIT 1"
        );
        self.db.query_row(&sql, params![of, rule_set, setup], stored).optional()?.map(run_row).transpose()
    }

    /// A run by the rules and settings of another: as it is where they are the same, else as it was judged
    /// again; `None` where it was not, and where what was read cannot be compared.
    pub(super) fn as_judged_by(&self, of: &RunRow, rule_set: &str, setup: &str) -> Result<Option<RunRow>> {
        let is_alike = |run: &RunRow| run.rule_set == rule_set && setup_changes(&run.setup, setup).is_empty();
        if is_alike(of) {
            return Ok(Some(of.clone()));
        }
        Ok(self.rescored(of.run, rule_set, &setup_over(setup, &of.setup))?.filter(is_alike))
    }

    /// The finished runs that began on that day or later, oldest first, with their snapshots.
    pub fn kept(&self, since: &str) -> Result<Vec<Kept>> {
        let mut query = self.db.prepare(&format!(
            "SELECT {COLUMNS}, site, snapshot FROM runs WHERE done = 1 AND started >= ?1 ORDER BY run"
        ))?;
        let rows = query.query_map([since], |row| {
            Ok((stored(row)?, row.get::<_, String>(11)?, row.get::<_, Option<String>>(12)?))
        })?;
        rows.map(|row| {
            let (run, site, snapshot) = row?;
            Ok(Kept { run: run_row(run)?, site, snapshot })
        })
        .collect()
    }
}
