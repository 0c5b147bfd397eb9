//! What the reports of single pages and rules show. It is handed over piece by piece, so that memory does not grow
//! with the site.

use super::pages::ONE_PAGE;
use super::{PageLoss, Result, Store};
use crate::model::{PageUrl, State};
use rusqlite::{OptionalExtension, params};

/// A page on which a rule found something today.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The page.
    pub url: PageUrl,
    /// Problems on it, with those that are not listed one by one; 0 where the rule only could not tell.
    pub findings: u64,
    /// Points that they cost.
    pub lost: f64,
    /// The first line; 0 where none is known.
    pub line: u32,
    /// What one of them says.
    pub message: String,
    /// Whether the rule only could not tell.
    pub unsure: bool,
    /// The newest state among them.
    pub state: State,
}

/// The pages on which a rule found something today or could not tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    /// Those that it costs most, the costliest first; those where it could not tell come last. Cut to a length.
    pub hits: Vec<Hit>,
    /// Pages with a problem, and pages where it could not tell.
    pub pages: [u64; 2],
    /// Problems on them.
    pub findings: u64,
    /// Points that they cost.
    pub lost: f64,
}

impl Store {
    /// The pages of a run that cost most, the costliest first.
    pub fn worst_pages(&self, run: i64, limit: usize) -> Result<Vec<PageLoss>> {
        Ok(self.costly_pages(run, limit)?.0)
    }

    /// The score of a page in a run; `None` where it was not read.
    pub fn score_of_page(&self, run: i64, url: &str) -> Result<Option<f64>> {
        let sql = format!("SELECT 100.0 * q FROM pages WHERE {ONE_PAGE} AND row IS NOT NULL");
        Ok(self.db.prepare_cached(&sql)?.query_row(params![run, url], |row| row.get(0)).optional()?)
    }
}
