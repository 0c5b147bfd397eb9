//! Runs judged again: what the rules of a later day say of the snapshot of an earlier one. Such a run
//! stands beside the one it was made of and is never taken for an audit.

use super::found::{read_packed, write_packed};
use super::rows::RuleHashes;
use super::runs::{COLUMNS, run_row, stored};
use super::{Done, Result, RunRow, Store, setup_changes, setup_over};
use crate::facts::PageFacts;
use crate::model::Gathered;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

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

/// What a run was judged again from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The pages themselves, from its snapshot.
    Pages,
    /// What was measured of them then, and what unchanged rules said then: right for the score, but a
    /// finding of a changed rule has no element that a later one could be known by.
    Facts,
}

/// What reading a site came to, beside what was measured of each page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptReading {
    /// What became of every address.
    pub gathered: Gathered,
    /// The page that missing addresses are answered with.
    pub missing: Option<PageFacts>,
}

impl Store {
    /// Keeps what reading came to, and the hash of all but the rules that the pages were measured by.
    pub fn put_reading(&self, run: i64, reading: &KeptReading, measured_by: &str) -> Result<()> {
        let packed = write_packed(reading)?;
        self.db.execute(
            "UPDATE runs SET reading = ?2, measured_by = ?3 WHERE run = ?1",
            params![run, packed, measured_by],
        )?;
        Ok(())
    }

    /// What reading came to, where the pages were measured as `measured_by` says and nothing of them was taken out since.
    pub fn reading(&self, run: i64, measured_by: &str) -> Result<Option<KeptReading>> {
        let sql = "SELECT reading FROM runs WHERE run = ?1 AND measured_by = ?2 AND reading IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM pages WHERE run = ?1 AND facts NOT IN (SELECT key FROM facts))";
        let packed: Option<Vec<u8>> = self.db.query_row(sql, params![run, measured_by], |row| row.get(0)).optional()?;
        packed.map(|packed| read_packed(&packed)).transpose()
    }

    /// The hash of each rule that a run was judged by.
    pub fn rule_hashes_of(&self, run: i64) -> Result<RuleHashes> {
        let stored: String =
            self.db.query_row("SELECT rule_hashes FROM runs WHERE run = ?1", [run], |row| row.get(0))?;
        Ok(serde_json::from_str(&stored)?)
    }

    /// Takes over what was measured of the files of a run.
    pub fn copy_files(&self, from: i64, to: i64) -> Result<()> {
        self.db.execute(
            "INSERT INTO files (run, url, facts) SELECT ?2, url, facts FROM files WHERE run = ?1",
            params![from, to],
        )?;
        Ok(())
    }

    /// Ends a run that judged the snapshot of another one again; what was made of that one earlier goes.
    pub fn finish_rescored(&mut self, run: i64, of: i64, basis: Basis, done: &Done<'_>) -> Result<()> {
        self.lay_out(run)?;
        self.lay_out(of)?;
        self.db.execute(
            "UPDATE findings SET first_seen = b.first_seen FROM (SELECT key, first_seen FROM findings WHERE run = ?2) AS b
             WHERE findings.run = ?1 AND findings.key = b.key",
            params![run, of],
        )?;
        self.settle(run)?;
        self.end(run, done)?;
        // It has no reports of its own.
        self.forget_tally(run)?;
        let older: Vec<i64> = {
            let mut query = self.db.prepare("SELECT run FROM runs WHERE rescore_of = ?1 AND run <> ?2")?;
            let rows = query.query_map(params![of, run], |row| row.get(0))?;
            rows.collect::<std::result::Result<_, _>>()?
        };
        for old in older {
            self.remove_rows(old)?;
        }
        self.db.execute(
            "UPDATE runs SET done = 2, reported = 1, rescore_of = ?2, from_facts = ?3 WHERE run = ?1",
            params![run, of, basis == Basis::Facts],
        )?;
        Ok(())
    }

    /// What a run came to by these rules and settings, if it was judged by them again, and from what.
    pub fn rescored(&self, of: i64, rule_set: &str, setup: &str) -> Result<Option<(RunRow, Basis)>> {
        let sql = format!(
            "SELECT {COLUMNS}, from_facts FROM runs WHERE rescore_of = ?1 AND done = 2 AND rule_set = ?2 AND setup = ?3 ORDER BY run DESC LIMIT 1"
        );
        let row = |row: &rusqlite::Row<'_>| Ok((stored(row)?, row.get::<_, bool>(11)?));
        let found = self.db.query_row(&sql, params![of, rule_set, setup], row).optional()?;
        let basis = |from_facts| if from_facts { Basis::Facts } else { Basis::Pages };
        found.map(|(run, from_facts)| Ok((run_row(run)?, basis(from_facts)))).transpose()
    }

    /// A run by the rules and settings of another: as it is where they are the same, else as it was judged
    /// again; `None` where it was not, and where what was read cannot be compared.
    pub(super) fn as_judged_by(&self, of: &RunRow, rule_set: &str, setup: &str) -> Result<Option<(RunRow, Basis)>> {
        let is_alike = |run: &RunRow| run.rule_set == rule_set && setup_changes(&run.setup, setup).is_empty();
        if is_alike(of) {
            return Ok(Some((of.clone(), Basis::Pages)));
        }
        Ok(self.rescored(of.run, rule_set, &setup_over(setup, &of.setup))?.filter(|(run, _)| is_alike(run)))
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
