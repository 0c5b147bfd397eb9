//! What follow-up asks of a run: its problems by page and rule, and the scores of its pages.

use super::stream::{Stood, worded};
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
        let group = |(): &mut (), url: &PageUrl, found: Vec<Stood<'_>>| {
            let mut groups: BTreeMap<(&str, State), (u64, &str)> = BTreeMap::new();
            for stood in found.iter().filter(|s| s.kept.is_fail() && s.kept.is_active()) {
                let group = groups.entry((&stood.kept.rule, worded(stood.state)?)).or_insert((0, stood.first_seen));
                *group = (group.0 + stood.kept.count(), group.1.min(stood.first_seen));
            }
            let problems = |((rule, state), (count, first_seen)): ((&str, State), (u64, &str))| Problems {
                url: url.clone(),
                rule: rule.to_owned(),
                state,
                count,
                first_seen: first_seen.to_owned(),
            };
            Ok(groups.into_iter().map(problems).collect::<Vec<_>>())
        };
        self.each_stood(
            run,
            || (),
            group,
            |groups| {
                groups.into_iter().for_each(&mut visit);
                Ok(())
            },
        )
    }
}
