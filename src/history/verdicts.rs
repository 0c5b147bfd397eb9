//! What the rules said of the pages of a run, counted: on how many pages each had something to look at, and how
//! many pages each criterion of a standard was failed on.

use super::digest::COLUMNS;
use super::pages::finding_at;
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

    /// The rules that left something to a person, each with its first places: those that could not tell, and those
    /// on trial that found a problem.
    pub(super) fn doubts(&self, run: i64, examples: usize) -> Result<Vec<Doubt>> {
        self.lay_out(run)?;
        let mut query = self.db.prepare(&format!(
            "WITH doubts AS (
                 SELECT rowid AS id, rule AS its_rule, url AS its_url,
                        ROW_NUMBER() OVER (PARTITION BY rule ORDER BY url, line, key) AS at
                 FROM findings WHERE run = ?1 AND state NOT IN ('fixed', 'unchecked')
                 AND (outcome = 'could-not-tell' OR status = 'trial')
             ), counted AS (SELECT its_rule AS counted_rule, COUNT(DISTINCT its_url) AS pages FROM doubts GROUP BY its_rule)
             SELECT {COLUMNS}, pages FROM doubts JOIN findings ON findings.rowid = id JOIN counted ON counted_rule = its_rule
             WHERE at <= ?2 ORDER BY its_rule, at"
        ))?;
        let mut rows = query.query(params![run, i64::try_from(examples).unwrap_or(i64::MAX)])?;
        let (mut examples, mut counts) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            counts.push(row.get("pages")?);
            examples.push(finding_at(row)?);
        }
        self.placed(&mut examples)?;
        let mut found: Vec<Doubt> = Vec::new();
        for ((_, example), pages) in examples.into_iter().zip(counts) {
            match found.last_mut().filter(|last| last.rule == example.rule) {
                Some(last) => last.examples.push(example),
                None => found.push(Doubt { rule: example.rule.clone(), pages, examples: vec![example] }),
            }
        }
        Ok(found)
    }
}
