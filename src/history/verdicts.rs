//! What the rules said of the pages of a run, counted: on how many pages each had something to look at, and how
//! many pages each criterion of a standard was failed on.

use super::{FindingRow, Result, Store};
use crate::facts::Statement;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Pages by what was said of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageTally {
    /// Looked at, and nothing was wrong.
    pub passed: u64,
    /// Something was wrong.
    pub failed: u64,
    /// It could not be told.
    pub unsure: u64,
}

/// The counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictCounts {
    /// By rule; those that never had anything to look at are left out.
    pub rules: BTreeMap<Arc<str>, PageTally>,
    /// By the number of a criterion of WCAG, over the rules whose failure is a failure of it.
    pub criteria: BTreeMap<String, PageTally>,
    /// What the site says of its own accessibility; `None` where no page that was read is a statement.
    pub statement: Option<Statement>,
}

/// A rule with something that only a person can decide.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The rule.
    pub rule: Arc<str>,
    /// On how many pages.
    pub pages: u64,
    /// Where it is to be looked at, by address; at least one.
    pub examples: Vec<FindingRow>,
}

impl Store {
    /// Stores the counts of a run.
    pub fn put_verdicts(&self, run: i64, counts: &VerdictCounts) -> Result<()> {
        let text = serde_json::to_string(counts)?;
        self.db.execute("UPDATE runs SET verdicts = ?2 WHERE run = ?1", params![run, text])?;
        Ok(())
    }

    /// The counts of a run; nothing for runs of versions that did not count.
    pub fn verdicts(&self, run: i64) -> Result<VerdictCounts> {
        let text: Option<String> =
            self.db.query_row("SELECT verdicts FROM runs WHERE run = ?1", [run], |row| row.get(0))?;
        Ok(text.map(|t| serde_json::from_str(&t)).transpose()?.unwrap_or_default())
    }
}
