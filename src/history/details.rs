//! What the reports of single pages and rules show. It is handed over piece by piece, so that memory does not grow
//! with the site.

use super::digest::{COLUMNS, TODAY};
use super::pages::finding_at;
use super::{FindingRow, PageLoss, Result, Store};
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

impl Store {
    /// The pages of a run that cost most, the costliest first.
    pub fn worst_pages(&self, run: i64, limit: usize) -> Result<Vec<PageLoss>> {
        Ok(self.costly_pages(run, limit)?.0)
    }

    /// What was found on a page of a run, in the order of lines, rules and keys; at most so much.
    pub fn findings_of_page(&self, run: i64, url: &str, limit: usize) -> Result<Vec<FindingRow>> {
        self.lay_out(run)?;
        self.db
            .prepare_cached("CREATE INDEX IF NOT EXISTS temp.findings_of_page ON findings (run, url)")?
            .execute([])?;
        let sql =
            format!("SELECT {COLUMNS} FROM findings WHERE run = ?1 AND url = ?2 ORDER BY line, rule, key LIMIT ?3");
        let mut query = self.db.prepare_cached(&sql)?;
        let mut rows = query.query(params![run, url, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(finding_at(row)?);
        }
        self.placed(&mut found)?;
        Ok(found.into_iter().map(|(_, finding)| finding).collect())
    }

    /// The score of a page in a run; `None` where it was not read.
    pub fn score_of_page(&self, run: i64, url: &str) -> Result<Option<f64>> {
        let sql = "SELECT 100.0 * q FROM pages WHERE run = ?1 AND url = ?2 AND row IS NOT NULL";
        Ok(self.db.prepare_cached(sql)?.query_row(params![run, url], |row| row.get(0)).optional()?)
    }

    /// Hands over every rule with every page on which it found something today or could not tell, in the order of
    /// rules; of each the pages that it costs most first.
    pub fn each_hit(&self, run: i64, mut visit: impl FnMut(&str, Hit)) -> Result<()> {
        self.lay_out(run)?;
        let today = format!("({TODAY}) OR (outcome = 'could-not-tell' AND state <> 'fixed')");
        let mut query = self.db.prepare(&format!(
            "SELECT rule, url, SUM(CASE WHEN outcome = 'fail' THEN 1 + more ELSE 0 END), SUM(lost) AS costs, MIN(line), MIN(message), MAX(outcome),
                    SUM(state = 'new'), SUM(state = 'back')
             FROM findings WHERE run = ?1 AND ({today}) GROUP BY rule, url ORDER BY rule, MAX(outcome) DESC, costs DESC, url"
        ))?;
        let mut rows = query.query([run])?;
        while let Some(row) = rows.next()? {
            let rule: String = row.get(0)?;
            let (new, back): (u64, u64) = (row.get(7)?, row.get(8)?);
            let state = if new > 0 {
                State::New
            } else if back > 0 {
                State::Back
            } else {
                State::Open
            };
            let hit = Hit {
                url: PageUrl::stored(&row.get::<_, String>(1)?),
                findings: row.get(2)?,
                lost: row.get(3)?,
                line: row.get(4)?,
                message: row.get(5)?,
                unsure: row.get::<_, String>(6)? == "could-not-tell",
                state,
            };
            visit(&rule, hit);
        }
        Ok(())
    }
}
