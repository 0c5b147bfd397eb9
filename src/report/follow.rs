//! Follow-up: promises with the days that are left or over, what staff and callers say, what happened
//! to the site, and the days that laws set.

use super::basis::Basis;
use super::changes::{self, ChangeEntry, RunWin, ToldChange, WinRow};
use super::legal::{self, LegalRow};
use super::satisfaction::{self, Said, Satisfaction};
use crate::history::TaskRow;
use crate::model::{PageUrl, Pattern};
use serde::Serialize;
use std::collections::BTreeMap;

/// Notes that stand beside a page or a task. Our choice: what a row can hold.
const NOTES: usize = 2;

/// What a team does after an audit, and what happened around it; from the config and the store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FollowUp {
    /// Problems that a team has promised to mend, in the order of the config.
    pub promises: Vec<Promise>,
    /// What happened to the site, in the order of its days: day, kind and words.
    pub annotations: Vec<(String, &'static str, String)>,
    /// What staff and callers say of pages, masked.
    pub notes: Vec<PageNote>,
    /// How long one fix of a rule takes here, where the config says so.
    pub efforts: BTreeMap<String, String>,
    /// Country of the site, ISO 3166-1.
    pub country: Option<String>,
    /// Level of the site: `federal`, `state`, `local` …
    pub level: Option<String>,
    /// What the config tells the public, in its order.
    pub changes: Vec<ToldChange>,
    /// What the runs found mended, the newest first.
    pub wins: Vec<RunWin>,
    /// What people said of pages; `None` where no file is named.
    pub satisfaction: Option<Satisfaction>,
}

/// What is said of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageNote {
    /// The pages.
    pub url: Pattern,
    /// Where it comes from: `staff`, `calls` …
    pub from: &'static str,
    /// What is said.
    pub text: String,
}

/// A problem that a team has promised to mend, and how it stands in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// Id of a rule, or `category/*`.
    pub rule: String,
    /// The pages, as a pattern.
    pub url: String,
    /// The team.
    pub team: String,
    /// When it said so, as `2026-01-10`.
    pub on: String,
    /// The day by which, if there is one.
    pub promised: Option<String>,
    /// What it says of it.
    pub note: Option<String>,
    /// Problems that it covers and that are open today.
    pub open: u64,
    /// Those that were fixed since the run before.
    pub fixed: u64,
    /// Those that were not looked at this time.
    pub unchecked: u64,
    /// When the oldest of the open ones was first seen, RFC 3339.
    pub first_seen: Option<String>,
}

/// Follow-up, as templates take it.
#[derive(Debug, Serialize)]
pub(super) struct Follow<'a> {
    pub promises: Vec<PromiseRow<'a>>,
    pub promises_rest: usize,
    pub late: usize,
    pub notes: Vec<NoteLine<'a>>,
    pub notes_rest: usize,
    pub legal: Vec<LegalRow>,
    pub wins: Vec<WinRow<'a>>,
    pub changes: Vec<ChangeEntry<'a>>,
    pub changes_rest: usize,
    pub feedback: Option<Said<'a>>,
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    /// The day is over, and problems are open.
    Late,
    /// The day is to come, and problems are open.
    Due,
    /// Problems are open, and no day was promised.
    Open,
    /// Nothing is open, but not all was looked at.
    Unchecked,
    /// Nothing is open.
    Done,
}

#[derive(Debug, Serialize)]
pub(super) struct PromiseRow<'a> {
    pub title: &'a str,
    pub anchor: Option<&'a str>,
    pub url: &'a str,
    pub team: &'a str,
    pub on: &'a str,
    pub promised: Option<&'a str>,
    pub note: Option<&'a str>,
    pub state: Standing,
    pub days_left: Option<i64>,
    pub waiting: Option<i64>,
    pub open: u64,
    pub fixed: u64,
}

/// A note of pages that have no row of their own.
#[derive(Debug, Serialize)]
pub(super) struct NoteLine<'a> {
    pub url: String,
    pub from: &'a str,
    pub text: &'a str,
}

/// A note beside a page or task.
#[derive(Debug, Serialize)]
pub(super) struct NoteRow<'a> {
    pub from: &'a str,
    pub text: &'a str,
}

/// Days from one day to another, each a day or an RFC 3339 time; negative when the second is earlier.
pub(super) fn days_between(from: &str, to: &str) -> Option<i64> {
    let day = |text: &str| text.get(..10)?.parse::<jiff::civil::Date>().ok();
    day(from)?.until(day(to)?).ok().map(|span| i64::from(span.get_days()))
}

/// Days since a problem was first seen, on the day of the run.
pub(super) fn waiting(basis: &Basis<'_>, first_seen: Option<&str>) -> Option<i64> {
    days_between(first_seen?, &basis.digest.run.started).filter(|days| *days >= 0)
}

/// All of it.
pub(super) fn follow<'a>(basis: &'a Basis<'a>) -> Follow<'a> {
    let given = &basis.subject.follow;
    let mut promises: Vec<_> = given.promises.iter().map(|p| promise(basis, p)).collect();
    promises.sort_by(|a, b| (a.state, a.days_left, a.team, a.title).cmp(&(b.state, b.days_left, b.team, b.title)));
    let late = promises.iter().filter(|p| p.state == Standing::Late).count();
    let promises_rest = promises.len().saturating_sub(basis.cuts.promises);
    promises.truncate(basis.cuts.promises);
    let pages = basis.digest.pages.iter().take(basis.cuts.pages).map(|p| &p.page.url);
    let steps = basis.digest.tasks.rows.iter().flat_map(|task| task.steps.iter().map(|step| &step.url));
    let shown: Vec<&PageUrl> = pages.chain(steps).collect();
    let unplaced = given.notes.iter().filter(|note| !shown.iter().any(|url| note.url.matches(url)));
    let mut notes: Vec<_> =
        unplaced.map(|n| NoteLine { url: n.url.to_string(), from: n.from, text: &n.text }).collect();
    let notes_rest = notes.len().saturating_sub(basis.cuts.notes);
    notes.truncate(basis.cuts.notes);
    let run = &basis.digest.run;
    let legal = legal::rows(given.country.as_deref(), given.level.as_deref(), &run.profile, &run.started);
    let (changes, changes_rest) = changes::entries(basis, basis.cuts.changes);
    let (wins, feedback) = (changes::wins(basis), satisfaction::said(basis));
    Follow { promises, promises_rest, late, notes, notes_rest, legal, wins, changes, changes_rest, feedback }
}

fn promise<'a>(basis: &'a Basis<'a>, promise: &'a Promise) -> PromiseRow<'a> {
    let today = &basis.digest.run.started;
    let days_left = promise.promised.as_deref().and_then(|day| days_between(today, day));
    let state = match (promise.open, days_left) {
        (0, _) if promise.unchecked > 0 => Standing::Unchecked,
        (0, _) => Standing::Done,
        (_, Some(left)) if left < 0 => Standing::Late,
        (_, Some(_)) => Standing::Due,
        (_, None) => Standing::Open,
    };
    PromiseRow {
        title: basis.title(&promise.rule),
        anchor: basis.anchor(&promise.rule),
        url: &promise.url,
        team: &promise.team,
        on: &promise.on,
        promised: promise.promised.as_deref(),
        note: promise.note.as_deref(),
        state,
        days_left,
        waiting: waiting(basis, promise.first_seen.as_deref()),
        open: promise.open,
        fixed: promise.fixed,
    }
}

/// What is said of a page.
pub(super) fn page_notes<'a>(basis: &'a Basis<'a>, url: &PageUrl) -> Vec<NoteRow<'a>> {
    noted(basis, |note| note.url.matches(url))
}

/// What is said of the pages on the way of a task.
pub(super) fn task_notes<'a>(basis: &'a Basis<'a>, task: &TaskRow) -> Vec<NoteRow<'a>> {
    noted(basis, |note| task.steps.iter().any(|step| note.url.matches(&step.url)))
}

fn noted<'a>(basis: &'a Basis<'a>, fits: impl Fn(&PageNote) -> bool) -> Vec<NoteRow<'a>> {
    let notes = basis.subject.follow.notes.iter().filter(|note| fits(note));
    notes.take(NOTES).map(|note| NoteRow { from: note.from, text: &note.text }).collect()
}
