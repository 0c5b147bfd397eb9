//! Top tasks for templates: the way as steps, where people get stuck, stars with their reasons. Words
//! stand in `reports/`; here are codes and numbers.

use super::basis::Basis;
use super::follow::{NoteRow, task_notes};
use super::satisfaction::{Rated, of_task};
use super::shape::{BlockedRow, Spot};
use super::walk::{self, Met, Obstacle, Screens};
use crate::facts::Ending;
use crate::history::{Stuck, TaskRow, TaskState, TaskStep, Voice};
use crate::score::{Flaw, FromHome};
use serde::Serialize;

/// Searches and reasons of calls that stand beside a task. Our choice: what one looks at.
const VOICES: usize = 3;

/// How many tasks are clear.
#[derive(Debug, Serialize)]
pub(super) struct TaskCount {
    pub clear: usize,
    pub blocked: usize,
    pub unknown: usize,
    pub total: usize,
    pub guessed: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Task<'a> {
    pub name: &'a str,
    pub guessed: bool,
    pub state: TaskState,
    pub score: Option<f64>,
    pub stars: Option<u8>,
    pub flaws: &'a [Flaw],
    pub stuck: Option<Stuck>,
    pub message: Option<&'a str>,
    pub stop: Option<Spot<'a>>,
    pub ends: Option<Ending>,
    pub clicks: Option<u32>,
    pub from_home: Option<FromHome>,
    pub home_link: Option<&'a str>,
    pub reading: f64,
    pub filling: f64,
    pub steps: Vec<Step<'a>>,
    pub steps_rest: usize,
    pub dead_ends: Vec<Spot<'a>>,
    pub dead_ends_count: u32,
    pub searches: Vec<&'a Voice>,
    pub calls: Vec<&'a Voice>,
    pub notes: Vec<NoteRow<'a>>,
    pub rated: Option<Rated>,
    pub first: Option<First<'a>>,
}

/// What is mended first on a way.
#[derive(Debug, Serialize)]
pub(super) struct First<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub problem: Obstacle<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct Step<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub title: &'a str,
    pub link: Option<&'a str>,
    pub score: Option<f64>,
    pub reading: f64,
    pub filling: f64,
    pub stuck: Option<Stuck>,
    pub met: Option<Met<'a>>,
    /// The number of its first screen among the pictures.
    pub screen: Option<usize>,
}

/// What people told elsewhere that concerns no task.
#[derive(Debug, Serialize)]
pub(super) struct Voices<'a> {
    pub searches: &'a [Voice],
    pub calls: &'a [Voice],
}

/// How many tasks are clear; `None` without tasks.
pub(super) fn count(basis: &Basis<'_>) -> Option<TaskCount> {
    let rows = &basis.digest.tasks.rows;
    let of = |state: TaskState| rows.iter().filter(|task| task.state == state).count();
    (!rows.is_empty()).then(|| TaskCount {
        clear: of(TaskState::Clear),
        blocked: of(TaskState::Blocked),
        unknown: of(TaskState::Check) + of(TaskState::NotChecked),
        total: rows.len(),
        guessed: rows.iter().any(|task| task.guessed),
    })
}

/// The tasks, in their order.
pub(super) fn tasks<'a>(basis: &'a Basis<'a>, screens: &Screens<'a>) -> Vec<Task<'a>> {
    basis.digest.tasks.rows.iter().take(basis.cuts.tasks).map(|row| task(basis, row, screens)).collect()
}

fn task<'a>(basis: &'a Basis<'a>, row: &'a TaskRow, screens: &Screens<'a>) -> Task<'a> {
    Task {
        name: &row.name,
        guessed: row.guessed,
        state: row.state,
        score: row.score,
        stars: row.stars,
        flaws: &row.flaws,
        stuck: row.stuck,
        message: row.message.as_deref(),
        stop: stop(basis, row),
        ends: row.ends,
        clicks: row.clicks,
        from_home: row.from_home,
        home_link: row.home_link.as_deref(),
        reading: row.reading,
        filling: row.filling,
        steps: walk::steps(basis, row).map(|row| step(basis, row, screens)).collect(),
        steps_rest: walk::steps_rest(basis, row),
        dead_ends: row.dead_ends.iter().map(|url| basis.spot(url)).collect(),
        dead_ends_count: row.dead_ends_count,
        searches: row.searches.iter().take(VOICES).collect(),
        calls: row.calls.iter().take(VOICES).collect(),
        notes: task_notes(basis, row),
        rated: of_task(basis, row),
        first: walk::first(basis, row).map(|(problem, url)| First { spot: basis.spot(url), problem }),
    }
}

fn step<'a>(basis: &'a Basis<'a>, row: &'a TaskStep, screens: &Screens<'a>) -> Step<'a> {
    Step {
        spot: basis.spot(&row.url),
        title: &row.title,
        link: row.link.as_deref(),
        score: row.score,
        reading: row.reading,
        filling: row.filling,
        stuck: row.stuck,
        met: walk::met(basis, &row.url),
        screen: screens.of(&row.url),
    }
}

/// The page on which people get stuck.
fn stop<'a>(basis: &'a Basis<'a>, row: &'a TaskRow) -> Option<Spot<'a>> {
    let step = row.steps.last().filter(|_| row.stuck.is_some())?;
    Some(basis.spot(&step.url))
}

/// Declared tasks that cannot be finished, as rows of what nobody gets past.
pub(super) fn blocked<'a>(basis: &'a Basis<'a>) -> Vec<BlockedRow<'a>> {
    let row = |row: &'a TaskRow| BlockedRow {
        task: Some(&row.name),
        stuck: row.stuck,
        words: row.message.as_deref(),
        guessed: row.guessed,
        owner: None,
        spot: stop(basis, row).unwrap_or(Spot { href: None, path: "" }),
    };
    basis.digest.tasks.blocked().map(row).collect()
}

/// What people told elsewhere that concerns no task.
pub(super) fn voices<'a>(basis: &'a Basis<'a>) -> Voices<'a> {
    Voices { searches: &basis.digest.tasks.searches, calls: &basis.digest.tasks.calls }
}
