//! The files of a run (PDF, Office): what was measured goes in while the site is read, what the rules
//! say of them after the last page.

use super::{Result, Store};
use crate::facts::FileFacts;
use crate::model::PageUrl;
use rusqlite::params;
use serde::{Deserialize, Serialize};

/// A file of a run with what rules say of it, as reports show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its address.
    pub url: PageUrl,
    /// What people know it by: its title, else the words of a link to it; empty where neither is told.
    pub title: String,
    /// `pdf`, `doc`, `xls`, `ppt`, `office`.
    pub format: String,
    /// Its size.
    pub bytes: u64,
    /// Its pages.
    pub pages: Option<u32>,
    /// Day of its last change.
    pub changed: Option<String>,
    /// Whether it is a form or looks like one; `None` where that could not be told.
    pub form: Option<bool>,
    /// Rules that it breaks, in the order of their ids.
    pub rules: Vec<String>,
    /// Pages that link it.
    pub linked: u32,
    /// The first of them.
    pub from: Vec<PageUrl>,
    /// A page that says the same.
    pub twin: Option<PageUrl>,
}

/// The files of a run that reports show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    /// Files that were measured.
    pub measured: u64,
    /// Of those that break a rule, the most linked first.
    pub rows: Vec<FileRow>,
    /// Files that break a rule and are not among them.
    pub rest: u64,
}

impl Store {
    /// Stores what was measured of a file.
    pub fn put_file(&self, run: i64, url: &PageUrl, facts: &FileFacts) -> Result<()> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO files (run, url, facts) VALUES (?1, ?2, ?3)")?
            .execute(params![run, url.as_str(), serde_json::to_string(facts)?])?;
        Ok(())
    }

    /// Hands over every file of a run, in the order of their addresses.
    pub fn each_file(&self, run: i64, mut visit: impl FnMut(FileFacts)) -> Result<()> {
        let mut query = self.db.prepare("SELECT facts FROM files WHERE run = ?1 ORDER BY url")?;
        let mut rows = query.query([run])?;
        while let Some(row) = rows.next()? {
            visit(serde_json::from_str(&row.get::<_, String>(0)?)?);
        }
        Ok(())
    }

    /// Stores what the rules say of a file.
    pub fn put_file_row(&self, run: i64, row: &FileRow) -> Result<()> {
        self.db
            .prepare_cached("UPDATE files SET row = ?3, linked = ?4, rules = ?5 WHERE run = ?1 AND url = ?2")?
            .execute(params![run, row.url.as_str(), serde_json::to_string(row)?, row.linked, row.rules.len()])?;
        Ok(())
    }

    /// The files that reports show.
    pub(super) fn files(&self, run: i64, limit: usize) -> Result<Files> {
        let count = |filter: &str| -> Result<u64> {
            let sql = format!("SELECT COUNT(*) FROM files WHERE run = ?1 AND {filter}");
            Ok(self.db.query_row(&sql, [run], |row| row.get(0))?)
        };
        let mut query = self.db.prepare(
            "SELECT row FROM files WHERE run = ?1 AND rules > 0 ORDER BY linked DESC, rules DESC, url LIMIT ?2",
        )?;
        let mut rows = query.query(params![run, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut files = Files { measured: count("row IS NOT NULL")?, ..Files::default() };
        while let Some(row) = rows.next()? {
            files.rows.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
        }
        files.rest = count("rules > 0")?.saturating_sub(files.rows.len() as u64);
        Ok(files)
    }
}
