//! What follow-up asks of a run: its problems by page and rule, and the scores of its pages.

use super::{Result, Store};
use crate::model::{PageUrl, State};
use std::collections::BTreeMap;

/// Problems of one rule on one page in one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Problems {
    /// The page.
    pub url: PageUrl,
    /// The rule.
    pub rule: String,
    /// Their state.
    pub state: State,
    /// How many.
    pub count: u64,
    /// When the oldest was first seen, RFC 3339.
    pub first_seen: String,
}

impl Store {
    /// The score of each page of a run, 0–100, by its address.
    pub fn page_scores(&self, run: i64) -> Result<BTreeMap<String, f64>> {
        let mut query = self.db.prepare("SELECT url, 100.0 * q FROM pages WHERE run = ?1 AND row IS NOT NULL")?;
        let rows = query.query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Hands over the problems of a run that count, by page, rule and state.
    pub fn each_problem_group(&self, run: i64, mut visit: impl FnMut(Problems)) -> Result<()> {
        self.lay_out(run)?;
        let mut query = self.db.prepare(
            "SELECT url, rule, state, SUM(1 + more), MIN(first_seen) FROM findings
             WHERE run = ?1 AND outcome = 'fail' AND status = 'active' GROUP BY url, rule, state",
        )?;
        let mut rows = query.query([run])?;
        while let Some(row) = rows.next()? {
            visit(Problems {
                url: PageUrl::stored(&row.get::<_, String>(0)?),
                rule: row.get(1)?,
                state: serde_json::from_value(serde_json::Value::String(row.get(2)?))?,
                count: row.get(3)?,
                first_seen: row.get(4)?,
            });
        }
        Ok(())
    }
}
