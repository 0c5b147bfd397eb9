//! What `audit.json` of a run was when it was written last, so that a file which is still that is not written again.

use super::{Result, Store};
use rusqlite::{OptionalExtension, params};

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// A hash of what it was made from beside the run itself.
    pub inputs: Vec<u8>,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub hash: Vec<u8>,
}

impl Store {
    /// What was written last of a run, unless its findings stand otherwise since.
    pub fn written(&self, run: i64) -> Result<Option<Written>> {
        let row = |row: &rusqlite::Row<'_>| Ok(Written { inputs: row.get(0)?, bytes: row.get(1)?, hash: row.get(2)? });
        let sql = "SELECT inputs, bytes, hash FROM written WHERE run = ?1";
        Ok(self.db.query_row(sql, [run], row).optional()?)
    }

    /// Notes what was written of a run.
    pub fn put_written(&self, run: i64, written: &Written) -> Result<()> {
        self.db.execute(
            "INSERT OR REPLACE INTO written (run, inputs, bytes, hash) VALUES (?1, ?2, ?3, ?4)",
            params![run, written.inputs, written.bytes, written.hash],
        )?;
        Ok(())
    }
}
