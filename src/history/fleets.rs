//! Audits of many sites: when one began, and whether it came to its end, so that it can be gone on with.

use super::runs::{COLUMNS, run_row, stored};
use super::{Result, RunRow, Store};
use rusqlite::{OptionalExtension, params};

/// An audit of many sites that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetAudit {
    /// Its number.
    pub fleet: i64,
    /// When it began, RFC 3339; its runs have the same.
    pub started: String,
}

/// The last run of a site.
#[derive(Clone, Debug, PartialEq)]
pub struct LastRun {
    /// What it is compared by.
    pub site: String,
    /// The run.
    pub run: RunRow,
    /// Whether its reports are written.
    pub reported: bool,
}

impl Store {
    /// Begins an audit of many sites; `file` is what it is known by. One of the same that was interrupted is given up.
    pub fn begin_fleet(&self, file: &str, started: &str) -> Result<i64> {
        self.db.execute("DELETE FROM fleets WHERE file = ?1", [file])?;
        self.db.execute("INSERT INTO fleets (file, started) VALUES (?1, ?2)", params![file, started])?;
        Ok(self.db.last_insert_rowid())
    }

    /// The audit of that file that was interrupted, if one was.
    pub fn open_fleet(&self, file: &str) -> Result<Option<FleetAudit>> {
        let sql = "SELECT fleet, started FROM fleets WHERE file = ?1 ORDER BY fleet DESC LIMIT 1";
        let row = |row: &rusqlite::Row<'_>| Ok(FleetAudit { fleet: row.get(0)?, started: row.get(1)? });
        Ok(self.db.query_row(sql, [file], row).optional()?)
    }

    /// Notes that an audit of many sites came to its end.
    pub fn end_fleet(&self, fleet: i64) -> Result<()> {
        self.db.execute("DELETE FROM fleets WHERE fleet = ?1", [fleet])?;
        Ok(())
    }

    /// Notes why a site of many could not be audited on a day; `None` is that it was.
    pub fn note_failure(&self, target: &str, profile: &str, started: &str, error: Option<&str>) -> Result<()> {
        self.db.execute("DELETE FROM failed_sites WHERE target = ?1 AND profile = ?2", [target, profile])?;
        if let Some(error) = error {
            self.db.execute(
                "INSERT INTO failed_sites (target, profile, started, error) VALUES (?1, ?2, ?3, ?4)",
                [target, profile, started, error],
            )?;
        }
        Ok(())
    }

    /// Why a site could not be audited when that was tried last; `None` where it was audited since.
    pub fn failure(&self, target: &str, profile: &str) -> Result<Option<String>> {
        let sql = "SELECT error FROM failed_sites AS f WHERE target = ?1 AND profile = ?2 AND NOT EXISTS (
             SELECT 1 FROM runs WHERE runs.target = f.target AND runs.profile = f.profile AND done = 1 AND runs.started > f.started)";
        Ok(self.db.query_row(sql, [target, profile], |row| row.get(0)).optional()?)
    }

    /// The last finished run of a target.
    pub fn last_run(&self, target: &str, profile: &str) -> Result<Option<LastRun>> {
        let sql = format!(
            "SELECT {COLUMNS}, site, reported FROM runs WHERE target = ?1 AND profile = ?2 AND done = 1 ORDER BY run DESC LIMIT 1"
        );
        let row = |row: &rusqlite::Row<'_>| Ok((stored(row)?, row.get::<_, String>(11)?, row.get::<_, bool>(12)?));
        let found = self.db.query_row(&sql, params![target, profile], row).optional()?;
        found.map(|(run, site, reported)| Ok(LastRun { run: run_row(run)?, site, reported })).transpose()
    }
}
