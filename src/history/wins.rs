//! Wins: what a run found mended since the run before, with its exact points. What was deleted is none.

use super::kept::Beside;
use super::{Moves, Result, RunRow, Store, TaskState};
use crate::model::PageUrl;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Wins of a site that are handed out. Our choice: what a public page can hold.
const MAX_WINS: usize = 200;

/// Something that was mended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Win {
    /// The rule that it broke most often; empty for a task.
    pub rule: String,
    /// The task that can be finished again; `None` for a problem.
    pub task: Option<String>,
    /// Places that were mended.
    pub places: u64,
    /// Pages that they were on.
    pub pages: u64,
    /// Points that it brought; 0 for a task, whose score is its own.
    pub points: f64,
    /// The first of the pages.
    pub url: Option<PageUrl>,
}

/// What was mended of one cause.
#[derive(Default)]
struct Mended {
    by_rule: BTreeMap<String, u64>,
    pages: BTreeSet<String>,
}

impl Store {
    /// Keeps what a run found mended since the run before, so that it is known when that one is gone.
    pub fn keep_wins(&self, run: &RunRow, before: &RunRow, moves: &Moves) -> Result<()> {
        let wins = self.wins_between(run, before, moves)?;
        self.db.execute(
            "INSERT OR REPLACE INTO wins (run, row) VALUES (?1, ?2)",
            params![run.run, serde_json::to_string(&wins)?],
        )?;
        Ok(())
    }

    /// The wins of a site up to a run, the newest first, each with when its run started.
    pub fn wins(&self, site: &str, run: i64) -> Result<Vec<(String, Win)>> {
        let mut query = self.db.prepare(
            "SELECT runs.started, wins.row FROM wins JOIN runs USING (run)
             WHERE runs.site = ?1 AND runs.done = 1 AND runs.run <= ?2 ORDER BY runs.run DESC",
        )?;
        let mut rows = query.query(params![site, run])?;
        let mut wins = Vec::new();
        while let Some(row) = rows.next()? {
            let started: String = row.get(0)?;
            let of_run: Vec<Win> = serde_json::from_str(&row.get::<_, String>(1)?)?;
            wins.extend(of_run.into_iter().map(|win| (started.clone(), win)));
            if wins.len() >= MAX_WINS {
                wins.truncate(MAX_WINS);
                break;
            }
        }
        Ok(wins)
    }

    fn wins_between(&self, run: &RunRow, before: &RunRow, moves: &Moves) -> Result<Vec<Win>> {
        let mended = self.mended(run.run)?;
        let mut wins = Vec::new();
        for (cause, &(better, _)) in &moves.causes {
            // Points may also come from pages that are used more; without a repair that is no win.
            let Some(mended) = mended.get(cause).filter(|_| better > 0.0) else { continue };
            let lead = mended.by_rule.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
            wins.push(Win {
                rule: lead.map_or_else(|| cause.to_string(), |(rule, _)| rule.clone()),
                task: None,
                places: mended.by_rule.values().sum(),
                pages: mended.pages.len() as u64,
                points: better,
                url: mended.pages.first().map(|url| PageUrl::stored(url)),
            });
        }
        wins.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.rule.cmp(&b.rule)));
        let blocked = self.tasks(before.run)?.declared();
        let tasks = self.tasks(run.run)?;
        let free = tasks
            .rows
            .iter()
            .filter(|task| !task.guessed && task.state == TaskState::Clear && blocked.get(&task.name) == Some(&true));
        let freed: Vec<Win> = free
            .map(|task| Win {
                rule: String::new(),
                task: Some(task.name.clone()),
                places: 0,
                pages: 0,
                points: 0.0,
                url: task.steps.last().map(|step| step.url.clone()),
            })
            .collect();
        Ok(freed.into_iter().chain(wins).collect())
    }

    /// What is fixed on pages that are still there, by cause. A page that is gone takes its problems with it.
    fn mended(&self, run: i64) -> Result<BTreeMap<Arc<str>, Mended>> {
        let mut gone = self.db.prepare("SELECT EXISTS (SELECT 1 FROM gone WHERE run = ?1 AND url = ?2)")?;
        let mut mended: BTreeMap<Arc<str>, Mended> = BTreeMap::new();
        // What is fixed stands on no page any more.
        for (_, Beside(url, state, _, _, kept)) in self.beside(run)?.iter() {
            if state != "fixed"
                || !kept.is_fail()
                || !kept.is_active()
                || gone.query_row(params![run, url], |r| r.get(0))?
            {
                continue;
            }
            let of_cause = mended.entry(Arc::from(kept.cause.as_ref().unwrap_or(&kept.rule).as_ref())).or_default();
            *of_cause.by_rule.entry(kept.rule.to_string()).or_insert(0) += kept.count();
            of_cause.pages.insert(url.clone());
        }
        Ok(mended)
    }
}
