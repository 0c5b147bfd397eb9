//! The top tasks of a run, as they were walked; reports, exports and the gate read them.

use super::pages::{ONE_PAGE, PageRecord};
use super::{Result, Store};
use crate::facts::{Ending, PageFacts};
use crate::model::PageUrl;
use crate::score::{Flaw, FromHome};
use rusqlite::{OptionalExtension, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskState {
    /// A way leads to its end, and no blocker was found on it.
    Clear,
    /// It is declared, and cannot be finished.
    Blocked,
    /// It is guessed, and no way was found: a person should look.
    Check,
    /// A part of it was not audited, so that nobody can tell.
    NotChecked,
}

/// Where and why a task is not clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stuck {
    /// A problem of severity blocker stands on the page.
    Blocker,
    /// The page or file is missing.
    Missing,
    /// No page links to it.
    Unlinked,
    /// It lies on a host that was not audited.
    Elsewhere,
    /// It lies behind a form, and no form is ever sent.
    Form,
    /// It was not read.
    Unread,
    /// A script draws it, or it shows a page of somebody else.
    Drawn,
}

/// A page on the way of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskStep {
    /// Its address.
    #[schemars(with = "String")]
    pub url: PageUrl,
    /// What it is called; empty where that is not known.
    pub title: String,
    /// The words of the link that leads here; null on the first page and where a form leads here.
    pub link: Option<String>,
    /// What the page keeps, 0–100; null for what was not judged.
    pub score: Option<f64>,
    /// Minutes to read it.
    pub reading: f64,
    /// Minutes to fill in its form, where it must be.
    pub filling: f64,
    /// Why people get stuck here; null where they go on.
    pub stuck: Option<Stuck>,
}

/// Something that people told elsewhere, beside the task that it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Voice {
    /// Words of a search, or the reason of a call.
    pub words: String,
    /// How often.
    pub count: u64,
}

/// A top task, walked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskRow {
    /// What people want to do.
    pub name: String,
    /// Whether nobody declared it.
    pub guessed: bool,
    /// 100 times the product of what the pages of the best way keep; 0 when it is blocked, null where it could not be told.
    pub score: Option<f64>,
    /// 1 to 4; null where it could not be told.
    pub stars: Option<u8>,
    /// Whether it is declared and cannot be finished.
    pub blocked: bool,
    /// The pages of the way, from its start to its end or to where people get stuck.
    pub steps: Vec<TaskStep>,
    /// How it stands.
    pub state: TaskState,
    /// Why it is not clear; null where it is.
    pub stuck: Option<Stuck>,
    /// What was found at the place where people get stuck, in words; null where nothing was.
    pub message: Option<String>,
    /// What it ends in; null where that is not known.
    pub ends: Option<Ending>,
    /// Clicks from the home page to its end; null where no way leads there.
    pub clicks: Option<u32>,
    /// How the home page leads to it; null without a home page.
    pub from_home: Option<FromHome>,
    /// The words of the link on the home page.
    pub home_link: Option<String>,
    /// Minutes of reading on the way.
    pub reading: f64,
    /// Minutes of filling in on the way.
    pub filling: f64,
    /// Addresses beside the way that end it, at most five.
    #[schemars(with = "Vec<String>")]
    pub dead_ends: Vec<PageUrl>,
    /// How many there are.
    pub dead_ends_count: u32,
    /// What stars were lost by.
    pub flaws: Vec<Flaw>,
    /// Searches that found nothing and concern it, most often first.
    pub searches: Vec<Voice>,
    /// Reasons of calls that concern it, most often first.
    pub calls: Vec<Voice>,
}

/// The tasks of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tasks {
    /// In the order of the config; guessed ones by weight.
    pub rows: Vec<TaskRow>,
    /// Searches that found nothing and concern none of them, most often first.
    pub searches: Vec<Voice>,
    /// Reasons of calls that concern none of them.
    pub calls: Vec<Voice>,
    /// The kiosk that they are the flows of; `None` for a website.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kiosk: Option<super::KioskRow>,
}

impl Tasks {
    /// Declared tasks that cannot be finished.
    pub fn blocked(&self) -> impl Iterator<Item = &TaskRow> {
        self.rows.iter().filter(|task| task.blocked)
    }

    /// For each declared task whether it is blocked, as a gate compares them.
    pub fn declared(&self) -> std::collections::BTreeMap<String, bool> {
        self.rows.iter().filter(|task| !task.guessed).map(|task| (task.name.clone(), task.blocked)).collect()
    }
}

impl Store {
    /// Stores the tasks of a run.
    pub fn put_tasks(&self, run: i64, tasks: &Tasks) -> Result<()> {
        self.db.execute(
            "INSERT OR REPLACE INTO tasks (run, row) VALUES (?1, ?2)",
            params![run, serde_json::to_string(tasks)?],
        )?;
        Ok(())
    }

    /// The tasks of a run; none where they were not walked.
    pub fn tasks(&self, run: i64) -> Result<Tasks> {
        let found: Option<String> =
            self.db.query_row("SELECT row FROM tasks WHERE run = ?1", [run], |row| row.get(0)).optional()?;
        Ok(found.map(|row| serde_json::from_str(&row)).transpose()?.unwrap_or_default())
    }

    /// What was measured of one page of a run.
    pub fn facts_of(&self, run: i64, url: &PageUrl) -> Result<Option<PageFacts>> {
        let sql = format!("SELECT facts.record FROM pages JOIN facts ON facts.key = pages.facts WHERE {ONE_PAGE}");
        let found: Option<Vec<u8>> =
            self.db.query_row(&sql, params![run, url.as_str()], |row| row.get(0)).optional()?;
        found.map(|record| PageRecord::unpack(&record).map(|record| record.facts)).transpose()
    }
}
