//! A comparison of two audits as people and programs read it: text, Markdown, a page, JSON. The words
//! stand in `reports/compare.*`.

use super::basis::link;
use super::shape::Break;
use super::{Contact, House, ReportError};
use crate::history::{ChangeStep, Comparison, FindingRow, Kind, MovedPage, SetupPart, Version, setup_changes};
use crate::model::Severity;
use crate::rule::Rules;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Name and version of the format; additions keep the number.
const FORMAT: &str = "plainway/comparison/1";

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonForm {
    /// For a terminal.
    Text,
    /// For a pull request.
    Markdown,
    /// A page of its own.
    Html,
    /// Everything, for programs.
    Json,
}

impl ComparisonForm {
    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Text => "compare.txt",
            Self::Markdown => "compare.md",
            Self::Html => "compare.html",
            Self::Json => "compare.json",
        }
    }

    /// Rows that each list has at most. Our choice: a screen, a comment, a page of some 200 kB.
    fn rows(self) -> usize {
        match self {
            Self::Text | Self::Markdown => 20,
            Self::Html => 200,
            Self::Json => usize::MAX,
        }
    }
}

/// One side of what is compared.
#[derive(Clone, Debug)]
pub struct Compared<'a> {
    /// How the user named it.
    pub name: &'a str,
    /// What it holds, as today's rules or those of both judge it.
    pub version: &'a Version,
    /// Its score as it was given then.
    pub given: f64,
    /// Its settings then; empty where they are not known.
    pub setup: &'a str,
}

/// What is told.
#[derive(Clone, Debug)]
pub struct ComparisonReport<'a> {
    /// The earlier audit.
    pub before: Compared<'a>,
    /// The later audit.
    pub after: Compared<'a>,
    /// What they differ in; `None` where they were judged by different rules and cannot be judged again.
    pub comparison: Option<&'a Comparison>,
    /// The rules, for their titles.
    pub rules: &'a Rules,
    /// Whom readers ask.
    pub contact: Option<Contact>,
    /// Version of Plainway.
    pub tool: &'a str,
    /// How it looks and speaks.
    pub house: &'a House,
}

/// Writes a comparison.
pub fn render_comparison(report: &ComparisonReport<'_>, form: ComparisonForm) -> Result<String, ReportError> {
    let told = told(report, form.rows());
    if form == ComparisonForm::Json {
        return Ok(format!("{:#}\n", serde_json::json!(told)));
    }
    let template = form.file();
    // A terminal speaks the language of the program.
    let house = if form == ComparisonForm::Text { House::plain() } else { report.house };
    house.filled(template, &told).map_err(|source| ReportError::Template { template, source })
}

#[derive(Debug, Serialize)]
struct Told<'a> {
    format: &'static str,
    lang: &'a str,
    tool: &'a str,
    contact: Option<&'a Contact>,
    before: Side<'a>,
    after: Side<'a>,
    /// What keeps the two from being compared.
    #[serde(rename = "break")]
    cut: Option<Break>,
    /// The settings that differ.
    settings: Vec<SetupPart>,
    /// The whole change; its parts sum to it.
    change: Option<f64>,
    parts: Vec<PartRow>,
    rules: RuleChange<'a>,
    weights_changed: bool,
    shared: Option<f64>,
    matched: usize,
    fixes: List<CauseRow<'a>>,
    faults: List<CauseRow<'a>>,
    /// Each repair and each fault, page by page.
    steps: List<StepRow<'a>>,
    added: List<PageStep<'a>>,
    removed: List<PageStep<'a>>,
    unchecked: List<PageStep<'a>>,
    read_again: List<PageStep<'a>>,
    moved: List<&'a MovedPage>,
    use_moved: List<PageStep<'a>>,
    problems: Problems<'a>,
}

#[derive(Debug, Serialize)]
struct Side<'a> {
    name: &'a str,
    target: &'a str,
    started: &'a str,
    id: &'a str,
    rule_set: &'a str,
    weights: &'a str,
    /// As it was given then.
    score: f64,
    /// By the rules that both are compared by.
    rescored: f64,
    low: f64,
    high: f64,
    coverage: f64,
    provisional: bool,
    pages: usize,
}

#[derive(Debug, Serialize)]
struct PartRow {
    kind: &'static str,
    points: f64,
    running: f64,
}

/// Rules that only one of the two was judged by at the time.
#[derive(Debug, Serialize)]
struct RuleChange<'a> {
    points: f64,
    only_before: Vec<&'a str>,
    only_after: Vec<&'a str>,
}

/// Rows that are shown, and how many there are.
#[derive(Debug, Serialize)]
struct List<T> {
    total: usize,
    rest: usize,
    rows: Vec<T>,
}

impl<T> List<T> {
    fn cut(rows: Vec<T>, most: usize) -> Self {
        let total = rows.len();
        let rows: Vec<T> = rows.into_iter().take(most).collect();
        Self { total, rest: total - rows.len(), rows }
    }
}

#[derive(Debug, Serialize)]
struct CauseRow<'a> {
    cause: &'a str,
    title: &'a str,
    points: f64,
    pages: usize,
}

#[derive(Debug, Serialize)]
struct StepRow<'a> {
    kind: Kind,
    url: &'a str,
    href: Option<&'a str>,
    cause: Option<&'a str>,
    title: Option<&'a str>,
    points: f64,
}

#[derive(Debug, Serialize)]
struct PageStep<'a> {
    url: &'a str,
    href: Option<&'a str>,
    points: f64,
}

#[derive(Debug, Serialize)]
struct Problems<'a> {
    open: u64,
    new: List<ProblemRow<'a>>,
    fixed: List<ProblemRow<'a>>,
    unchecked: List<ProblemRow<'a>>,
}

#[derive(Debug, Serialize)]
struct ProblemRow<'a> {
    key: &'a str,
    rule: &'a str,
    title: &'a str,
    severity: Severity,
    url: &'a str,
    href: Option<&'a str>,
    line: Option<u32>,
    message: &'a str,
    lost: f64,
}

fn told<'a>(report: &'a ComparisonReport<'a>, most: usize) -> Told<'a> {
    static NOTHING: std::sync::LazyLock<Comparison> = std::sync::LazyLock::new(Comparison::default);
    let (before, after) = (&report.before, &report.after);
    let compared = report.comparison.unwrap_or(&NOTHING);
    let of_kind = |kind: Kind| {
        let steps = compared.steps.iter().filter(move |s| s.kind == kind);
        let row = |s: &'a ChangeStep| PageStep { url: &s.url, href: link(&s.url), points: s.points };
        List::cut(steps.map(row).collect(), most)
    };
    let step = |s: &'a ChangeStep| StepRow {
        kind: s.kind,
        url: &s.url,
        href: link(&s.url),
        cause: s.cause.as_deref(),
        title: s.cause.as_deref().map(|cause| title(report.rules, cause)),
        points: s.points,
    };
    let causes = compared.steps.iter().filter(|s| matches!(s.kind, Kind::Fix | Kind::Fault));
    let setups_known = !before.setup.is_empty() && !after.setup.is_empty();
    let settings = if setups_known { setup_changes(before.setup, after.setup) } else { Vec::new() };
    let cut = Break::of(before.version.rule_set != after.version.rule_set, !settings.is_empty());
    let only = |own: &'a Version, other: &Version| -> Vec<&'a str> {
        own.rules.iter().filter(|rule| !other.rules.contains(*rule)).map(String::as_str).collect()
    };
    Told {
        format: FORMAT,
        lang: report.house.lang(),
        tool: report.tool,
        contact: report.contact.as_ref(),
        before: side(before),
        after: side(after),
        cut: cut.filter(|_| report.comparison.is_none()),
        settings,
        change: report.comparison.map(|_| after.given - before.given),
        parts: report.comparison.map(|c| parts(before.given, c)).unwrap_or_default(),
        rules: RuleChange {
            points: compared.parts.rules,
            only_before: only(before.version, after.version),
            only_after: only(after.version, before.version),
        },
        weights_changed: before.version.weights != after.version.weights,
        shared: report.comparison.map(|c| c.shared),
        matched: compared.matched,
        fixes: by_cause(report.rules, &compared.steps, Kind::Fix, most),
        faults: by_cause(report.rules, &compared.steps, Kind::Fault, most),
        steps: List::cut(causes.map(step).collect(), most),
        added: of_kind(Kind::Added),
        removed: of_kind(Kind::Removed),
        unchecked: of_kind(Kind::Unchecked),
        read_again: of_kind(Kind::ReadAgain),
        use_moved: of_kind(Kind::Use),
        moved: List::cut(compared.moved.iter().collect(), most),
        problems: Problems {
            open: compared.problems.open,
            new: problems(report.rules, &compared.problems.new, most),
            fixed: problems(report.rules, &compared.problems.fixed, most),
            unchecked: problems(report.rules, &compared.problems.unchecked, most),
        },
    }
}

fn side<'a>(compared: &'a Compared<'a>) -> Side<'a> {
    let version = compared.version;
    Side {
        name: compared.name,
        target: &version.target,
        started: &version.started,
        id: &version.id,
        rule_set: &version.rule_set,
        weights: &version.weights,
        score: compared.given,
        rescored: version.score.value,
        low: version.score.low,
        high: version.score.high,
        coverage: version.score.coverage,
        provisional: version.score.provisional,
        pages: version.pages.len(),
    }
}

/// The parts that are not 0, each with the score after it.
fn parts(before: f64, compared: &Comparison) -> Vec<PartRow> {
    let parts = &compared.parts;
    let all = [
        ("rules", parts.rules),
        ("fixes", parts.better),
        ("faults", parts.worse),
        ("use", parts.use_moved),
        ("added", parts.added),
        ("removed", parts.removed),
        ("unchecked", parts.unchecked),
        ("read-again", parts.read_again),
    ];
    let mut running = before;
    let mut rows = Vec::new();
    for (kind, points) in all.into_iter().filter(|(_, points)| *points != 0.0) {
        running += points;
        rows.push(PartRow { kind, points, running });
    }
    rows
}

/// The title of a rule, or of the first rule of a cause.
fn title<'a>(rules: &'a Rules, cause: &'a str) -> &'a str {
    let of_cause = || rules.list.iter().find(|rule| rule.cause.as_deref() == Some(cause));
    rules.get(cause).or_else(of_cause).map_or(cause, |rule| rule.title.as_str())
}

fn by_cause<'a>(rules: &'a Rules, steps: &'a [ChangeStep], kind: Kind, most: usize) -> List<CauseRow<'a>> {
    let mut causes: BTreeMap<&str, (f64, BTreeSet<&str>)> = BTreeMap::new();
    for step in steps.iter().filter(|s| s.kind == kind) {
        let Some(cause) = step.cause.as_deref() else { continue };
        let (points, pages) = causes.entry(cause).or_default();
        *points += step.points;
        pages.insert(&step.url);
    }
    let row = |(cause, (points, pages)): (&'a str, (f64, BTreeSet<&str>))| CauseRow {
        cause,
        title: title(rules, cause),
        points,
        pages: pages.len(),
    };
    let mut rows: Vec<CauseRow<'a>> = causes.into_iter().map(row).collect();
    rows.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()).then(a.cause.cmp(b.cause)));
    List::cut(rows, most)
}

fn problems<'a>(rules: &'a Rules, found: &'a [FindingRow], most: usize) -> List<ProblemRow<'a>> {
    let mut rows: Vec<ProblemRow<'a>> = found
        .iter()
        .map(|f| ProblemRow {
            key: &f.key,
            rule: &f.rule,
            title: title(rules, &f.rule),
            severity: f.severity,
            url: f.url.as_str(),
            href: link(f.url.as_str()),
            line: f.place.as_ref().map(|p| p.line).filter(|line| *line > 0),
            message: &f.message,
            lost: f.lost,
        })
        .collect();
    rows.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then(b.lost.total_cmp(&a.lost)).then((a.url, a.key).cmp(&(b.url, b.key)))
    });
    List::cut(rows, most)
}
