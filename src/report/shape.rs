//! The one object that templates take. `reports/README.md` describes it for those who write templates;
//! a key that has nothing to say is null or an empty list, never left out.

use super::Contact;
use super::axe::AxePart;
use super::follow::{Follow, NoteRow};
use super::goals::GoalRow;
use super::kiosk::Kiosk;
use super::plan::Plan;
use super::rendered::Rendered;
use super::satisfaction::Rated;
use super::tasks::{Task, TaskCount, Voices};
use super::trend::Trend;
use super::wcag_page::WcagPart;
use crate::audit::Picture;
use crate::history::{SetupPart, Stuck};
use crate::model::{Severity, State, Why};
use crate::rule::Triage;
use crate::score::{Apart, Sampled, Standing};
use serde::Serialize;

/// A key of which Plainway does not know anything yet: always null.
pub(super) type Later = ();

#[derive(Debug, Serialize)]
pub(super) struct Context<'a> {
    pub format: &'static str,
    pub lang: &'a str,
    pub site: Site<'a>,
    pub run: Run<'a>,
    pub links: Links,
    pub contact: Option<&'a Contact>,
    pub score: Score<'a>,
    pub counts: Counts,
    pub blocked: Blocked<'a>,
    pub change: Option<Change<'a>>,
    pub plan: Plan<'a>,
    pub rules: Vec<Section<'a>>,
    pub rules_rest: usize,
    pub categories: Vec<Category<'a>>,
    pub goals: Vec<GoalRow<'a>>,
    pub kiosk: Option<Kiosk<'a>>,
    pub tasks: Vec<Task<'a>>,
    /// First screens of pages on the ways, which steps name by their numbers; on the page of the ways alone.
    pub screens: Vec<&'a Picture>,
    pub voices: Voices<'a>,
    pub pages: Pages<'a>,
    pub moved: Moved<'a>,
    pub trend: Trend<'a>,
    pub could_not_tell: Vec<Unsure<'a>>,
    pub trial: Trial<'a>,
    pub unread: Unread<'a>,
    pub rendered: Rendered<'a>,
    pub axe: Option<AxePart<'a>>,
    pub files: Files<'a>,
    pub burdens: Burdens<'a>,
    pub follow: Follow<'a>,
    pub wcag: WcagPart<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct Site<'a> {
    pub name: &'a str,
    pub target: &'a str,
    pub href: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Run<'a> {
    pub id: &'a str,
    pub started: &'a str,
    pub profile: &'a str,
    pub tool: &'a str,
    pub rule_set: &'a str,
    pub score_model: String,
    pub weights: &'a str,
    pub own_site: bool,
    pub compared_with: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Links {
    pub reports: Vec<Link>,
    pub site: &'static str,
    pub tasks: Option<&'static str>,
    pub data: &'static str,
    pub before: Option<&'static str>,
    pub after: Option<&'static str>,
    pub after_site: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Link {
    pub id: &'static str,
    pub href: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Score<'a> {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub coverage: f64,
    pub provisional: bool,
    pub status: Standing,
    pub tasks: Option<TaskCount>,
    pub goal: GoalGap<'a>,
    pub apart: Option<&'a Apart>,
    pub sample: Option<Sampled>,
}

#[derive(Debug, Serialize)]
pub(super) struct GoalGap<'a> {
    pub target: f64,
    pub by: Option<&'a str>,
    pub gap: f64,
    pub pace: Option<f64>,
    pub default: bool,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Counts {
    pub pages: u64,
    pub known: u64,
    pub unread: u64,
    pub findings: u64,
    pub kinds: usize,
    pub causes: u64,
    pub blockers: u64,
    pub serious: u64,
    pub new: u64,
    pub fixed: u64,
    pub back: u64,
    pub open: u64,
    pub unchecked: u64,
    pub trial: u64,
    pub could_not_tell: u64,
    pub could_not_tell_rules: usize,
}

/// An address of an audited page: `href` only where it may be a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Spot<'a> {
    pub href: Option<&'a str>,
    pub path: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Blocked<'a> {
    pub total: u64,
    pub rest: u64,
    pub rows: Vec<BlockedRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct BlockedRow<'a> {
    pub task: Option<&'a str>,
    pub stuck: Option<Stuck>,
    pub words: Option<&'a str>,
    pub guessed: bool,
    pub owner: Option<&'a str>,
    #[serde(flatten)]
    pub spot: Spot<'a>,
}

/// Why two runs cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Break {
    Rules,
    Setup,
    Both,
}

impl Break {
    /// What differs; `None` where nothing does.
    pub fn of(rules: bool, setup: bool) -> Option<Self> {
        match (rules, setup) {
            (true, true) => Some(Self::Both),
            (true, false) => Some(Self::Rules),
            (false, true) => Some(Self::Setup),
            (false, false) => None,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Change<'a> {
    #[serde(rename = "break")]
    pub cut: Option<Break>,
    /// The settings that differ.
    pub settings: Vec<SetupPart>,
    pub points: Option<f64>,
    pub before: Moment<'a>,
    pub after: Moment<'a>,
    pub parts: Vec<ChangePart>,
    pub rest: usize,
    pub rows: Vec<ChangeRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Moment<'a> {
    pub date: &'a str,
    pub score: f64,
    pub coverage: f64,
    pub provisional: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct ChangePart {
    pub kind: &'static str,
    pub count: Option<u64>,
    pub points: f64,
    pub running: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct ChangeRow<'a> {
    pub rule: &'a str,
    pub title: &'a str,
    pub severity: Severity,
    pub state: State,
    pub findings: u64,
    pub pages: u64,
    pub at_least: bool,
    pub points: f64,
    pub share: f64,
    pub anchor: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Section<'a> {
    pub rule: &'a str,
    pub title: &'a str,
    pub severity: Severity,
    pub anchor: &'a str,
    pub report: Option<String>,
    pub gain: f64,
    pub findings: u64,
    pub pages: u64,
    pub causes: u64,
    pub beyond: bool,
    pub why_html: String,
    pub fix_html: String,
    pub examples: Vec<Example<'a>>,
    pub more: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Example<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub line: Option<u32>,
    pub snippet: Option<&'a str>,
    pub message: &'a str,
    pub state: State,
    pub findings: u64,
    pub other_pages: u64,
    pub waiting: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Category<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub lost: f64,
    pub share: f64,
    pub findings: u64,
    pub score: Option<f64>,
    pub history: Vec<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Pages<'a> {
    pub rows: Vec<PageLine<'a>>,
    pub rest: u64,
    pub rest_lost: f64,
    /// How many move on to others before anybody can read them.
    pub moving: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct PageLine<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub report: Option<String>,
    pub kind: &'a str,
    pub weight: f64,
    pub score: f64,
    pub lost: f64,
    pub notes: Vec<NoteRow<'a>>,
    pub rated: Option<Rated>,
}

#[derive(Debug, Serialize)]
pub(super) struct Moved<'a> {
    pub new: MovedList<'a>,
    pub fixed: MovedList<'a>,
    pub back: MovedList<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct MovedList<'a> {
    pub total: u64,
    pub rows: Vec<MovedRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct MovedRow<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub title: &'a str,
    pub anchor: Option<&'a str>,
    pub line: Option<u32>,
    pub message: &'a str,
    pub points: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Unsure<'a> {
    pub rule: &'a str,
    pub title: &'a str,
    pub findings: u64,
    pub pages: u64,
    pub message: &'a str,
    pub place: Spot<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct Trial<'a> {
    pub rest: usize,
    pub rows: Vec<TrialRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct TrialRow<'a> {
    pub rule: &'a str,
    pub title: &'a str,
    pub report: Option<String>,
    pub findings: u64,
    pub pages: u64,
    pub more: u64,
    pub examples: Vec<Example<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Unread<'a> {
    pub reasons: Vec<Reason>,
    pub total: u64,
    pub rest: u64,
    pub rows: Vec<UnreadRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Reason {
    pub why: Why,
    pub count: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct UnreadRow<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub why: Why,
    pub from_href: Option<&'a str>,
    pub from_path: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Files<'a> {
    pub measured: u64,
    pub total: u64,
    pub rest: u64,
    pub rows: Vec<FileLine<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct FileLine<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub title: &'a str,
    pub format: &'a str,
    pub bytes: u64,
    pub pages: Option<u32>,
    pub changed: Option<&'a str>,
    pub form: Option<bool>,
    pub triage: Triage,
    pub reasons: Vec<&'a str>,
    pub linked: u32,
    pub from: Vec<Spot<'a>>,
    pub twin: Option<Spot<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Burdens<'a> {
    pub journeys: usize,
    pub rest: usize,
    pub rows: Vec<BurdenLine<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct BurdenLine<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub name: &'a str,
    pub pages: u32,
    pub questions: u32,
    pub minutes: f64,
    pub deviation: f64,
    pub score: Option<f64>,
    pub longest: Vec<LongQuestion<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct LongQuestion<'a> {
    pub label: &'a str,
    pub way: &'a str,
    pub minutes: f64,
}
