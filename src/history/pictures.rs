//! Pictures of a page and its findings, beside what was measured of their page: whoever takes out the one takes out the other.

use super::pages::ONE_PAGE;
use super::{Packed, Result, Store};
use crate::audit::Picture;
use rusqlite::{OptionalExtension, params};

impl Packed {
    /// The same with pictures of the page and its findings.
    pub fn with_pictures(mut self, pictures: &[Picture]) -> Self {
        // PNG is packed already.
        self.pictures = if pictures.is_empty() { None } else { serde_json::to_vec(pictures).ok() };
        self
    }
}

impl Store {
    /// Gives a record the pictures of another one of the same page.
    pub fn take_over_pictures(&self, from: &str, to: &str) -> Result<()> {
        self.db
            .prepare_cached(
                "UPDATE facts SET pictures = (SELECT pictures FROM facts WHERE key = ?1) WHERE key = ?2 AND pictures IS NULL",
            )?
            .execute(params![from, to])?;
        Ok(())
    }

    /// The pictures of a page of a run, and of the findings on it.
    pub fn pictures(&self, run: i64, url: &str) -> Result<Vec<Picture>> {
        let sql = format!("SELECT pictures FROM pages JOIN facts ON facts.key = pages.facts WHERE {ONE_PAGE}");
        let found: Option<Option<Vec<u8>>> =
            self.db.prepare_cached(&sql)?.query_row(params![run, url], |row| row.get(0)).optional()?;
        Ok(found.flatten().map(|json| serde_json::from_slice(&json)).transpose()?.unwrap_or_default())
    }
}
