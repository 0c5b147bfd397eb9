//! The forms of a run that take longest, and all that go over several pages: worked out after the last
//! page, shown by reports.

use super::{Result, Store};
use crate::facts::Share;
use crate::model::PageUrl;
use rusqlite::params;
use serde::{Deserialize, Serialize};

/// A form with what it costs in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BurdenRow {
    /// What its first page is called.
    pub name: String,
    /// Its first page.
    pub url: PageUrl,
    /// Its pages that were read; 1 for a form on a single page.
    pub pages: u32,
    /// What a person has to answer.
    pub questions: u32,
    /// Minutes, the mean.
    pub minutes: f64,
    /// Minutes, the standard deviation between people.
    pub deviation: f64,
    /// The questions that take longest, longest first.
    pub longest: Vec<Share>,
    /// 0–100: what is left along its pages; `None` for a form on a single page, whose page has a score.
    pub score: Option<f64>,
}

/// What the forms of a run cost in time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Burdens {
    /// Forms over several pages, in the order of their first addresses.
    pub journeys: Vec<BurdenRow>,
    /// Forms on a single page that take longest, longest first.
    pub forms: Vec<BurdenRow>,
}

impl Store {
    /// Stores what the forms of a run cost.
    pub fn put_burdens(&self, run: i64, burdens: &Burdens) -> Result<()> {
        let text = serde_json::to_string(burdens)?;
        self.db.execute("UPDATE runs SET burdens = ?2 WHERE run = ?1", params![run, text])?;
        Ok(())
    }

    /// What the forms of a run cost; nothing for runs of versions that did not measure it.
    pub fn burdens(&self, run: i64) -> Result<Burdens> {
        let text: Option<String> =
            self.db.query_row("SELECT burdens FROM runs WHERE run = ?1", [run], |row| row.get(0))?;
        Ok(text.map(|t| serde_json::from_str(&t)).transpose()?.unwrap_or_default())
    }
}
