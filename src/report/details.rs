//! The reports of a single page and of a single rule. They are made one at a time, each from what the store hands
//! over for it, so that a site of any size has them all.

use super::axe::{self, PageAxe};
use super::basis::{line, link};
use super::prose::prose;
use super::shape::{Link, Run, Site};
use super::waiver::waiver;
use super::{Contact, ReportError, SITE_BYTES, Subject, context};
use crate::audit::Picture;
use crate::history::{Digest, FindingRow, Hit, Hits, PageRow};
use crate::model::{Outcome, PageUrl, Severity, State, Status, hex};
use crate::rule::{Need, Rule};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Findings that a page report lists, where they fit into it. Our choice.
pub const PAGE_FINDINGS: usize = 150;

/// The most that a page report may weigh, in bytes. Our choice: it opens at once, and few have more than a tenth of it.
const PAGE_BYTES: usize = 200_000;

/// Headings of the outline of a page. Our choice.
const HEADINGS: usize = 60;

/// Which reports of single pages and rules there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Details {
    /// None.
    #[default]
    None,
    /// Those of these pages, and of every rule.
    Some(BTreeSet<PageUrl>),
    /// All.
    All,
}

impl Details {
    /// Whether a page has a report.
    pub fn has(&self, url: &PageUrl) -> bool {
        match self {
            Self::None => false,
            Self::Some(pages) => pages.contains(url),
            Self::All => true,
        }
    }

    /// The file of a page's report, where it has one.
    pub(super) fn page(&self, url: &PageUrl) -> Option<String> {
        self.has(url).then(|| page_file(url))
    }

    /// The file of a rule's report, where it has one.
    pub(super) fn rule(&self, id: &str) -> Option<String> {
        (*self != Self::None).then(|| rule_file(id))
    }
}

/// The file of a page's report, in the folder of reports.
pub fn page_file(url: &PageUrl) -> String {
    format!("pages/{}.html", hex(&Sha256::digest(url.as_str())[..16]))
}

/// The file of a rule's report, in the folder of reports. Ids of rules are plain letters, hyphens and one slash.
pub fn rule_file(id: &str) -> String {
    format!("rules/{id}.html")
}

/// What is known of a page beside its row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageDetail {
    /// What was found, in the order of lines.
    pub findings: Vec<FindingRow>,
    /// Pictures of where they are, where a browser drew the page.
    pub pictures: Vec<Picture>,
    /// Rules that looked and found nothing wrong.
    pub passed: Vec<Arc<str>>,
    /// Its headings: level and text.
    pub headings: Vec<(u8, String)>,
    /// Its scores in earlier runs, with their dates, oldest first.
    pub history: Vec<(String, f64)>,
}

#[derive(Serialize)]
struct PageContext<'a> {
    lang: &'a str,
    site: Site<'a>,
    run: Run<'a>,
    links: Vec<Link>,
    contact: Option<&'a Contact>,
    page: PageFacts<'a>,
    problems: Vec<Group<'a>>,
    /// The problems by category, in its order; each from the top of the page to its bottom.
    findings: Vec<Part<'a>>,
    /// How many there are.
    listed: usize,
    /// Whether any of the problems is shown in a picture.
    pictured: bool,
    cut: bool,
    unsure: Vec<Found<'a>>,
    trial: Vec<Found<'a>>,
    fixed: Vec<Found<'a>>,
    /// What only axe-core found, where it was run.
    axe: Option<PageAxe<'a>>,
    passed: Vec<&'a str>,
    headings: Vec<Heading<'a>>,
    headings_rest: usize,
    history: &'a [(String, f64)],
}

#[derive(Serialize)]
struct PageFacts<'a> {
    href: Option<&'a str>,
    path: &'a str,
    title: &'a str,
    kind: &'a str,
    language: &'a str,
    weight: f64,
    score: f64,
    lost: f64,
    depth: Option<u32>,
    inbound: u32,
    bytes: u64,
    /// Where it moves on to before anybody can read it.
    moves_to: Option<&'a str>,
}

/// A rule on the page.
#[derive(Serialize)]
struct Group<'a> {
    title: &'a str,
    rule: &'a str,
    href: Option<String>,
    severity: Severity,
    findings: u64,
    lost: f64,
    gain: f64,
    effort: Option<&'a str>,
    owner: Option<&'a str>,
    /// The text of a waiver for the rule on this page.
    waiver: String,
}

/// What a page has of a category: words are mended by others than forms are.
#[derive(Serialize)]
struct Part<'a> {
    category: &'a str,
    name: &'a str,
    rows: Vec<Found<'a>>,
}

/// A finding on the page.
#[derive(Serialize)]
struct Found<'a> {
    #[serde(skip)]
    category: &'a str,
    title: &'a str,
    href: Option<String>,
    severity: Severity,
    state: State,
    line: Option<u32>,
    message: &'a str,
    snippet: Option<&'a str>,
    selector: Option<&'a str>,
    /// What was pressed in a browser until it stood there.
    after: Option<&'a str>,
    /// Where it is, the first time that it is listed.
    picture: Option<&'a Picture>,
    more: u32,
    lost: f64,
    key: &'a str,
}

#[derive(Serialize)]
struct Heading<'a> {
    level: u8,
    text: &'a str,
}

/// The report of a page: with half of the pictures, and then of the findings, as long as it is too large.
pub fn render_page(
    digest: &Digest,
    subject: &Subject<'_>,
    page: &PageRow,
    detail: &PageDetail,
) -> Result<String, ReportError> {
    let mut most = detail.findings.len();
    let mut shown = detail.pictures.len();
    loop {
        let html = page_with(digest, subject, page, detail, (most, shown))?;
        if html.len() <= PAGE_BYTES || most == 0 {
            return Ok(html);
        }
        // Words say more than pictures.
        (most, shown) = if shown > 0 { (most, shown / 2) } else { (most / 2, 0) };
    }
}

fn page_with(
    digest: &Digest,
    subject: &Subject<'_>,
    page: &PageRow,
    detail: &PageDetail,
    (most, shown): (usize, usize),
) -> Result<String, ReportError> {
    let listed = &detail.findings[..most];
    let pick = |keep: fn(&FindingRow) -> bool| -> Vec<Found<'_>> {
        listed.iter().filter(|f| keep(f)).map(|f| found(subject, f)).collect()
    };
    let problems: Vec<&FindingRow> = listed.iter().filter(|f| f.is_problem()).collect();
    let lost = detail.findings.iter().filter(|f| f.is_problem()).map(|f| f.lost).sum();
    let mut findings: Vec<Found<'_>> = problems.iter().map(|f| found(subject, f)).collect();
    let mut unsure = pick(|f| f.outcome == Outcome::CouldNotTell && is_today(f));
    let mut trial = pick(|f| f.outcome == Outcome::Fail && f.status == Status::Trial && is_today(f));
    let mut pictures: BTreeMap<&str, &Picture> = detail
        .pictures
        .iter()
        .take(shown)
        .filter_map(|picture| Some((picture.selector.as_deref()?, picture)))
        .collect();
    for one in findings.iter_mut().chain(&mut unsure).chain(&mut trial) {
        one.picture = one.selector.filter(|_| one.after.is_none()).and_then(|selector| pictures.remove(selector));
    }
    let headings: Vec<Heading<'_>> =
        detail.headings.iter().take(HEADINGS).map(|(level, text)| Heading { level: *level, text }).collect();
    let context = PageContext {
        lang: subject.house.lang(),
        site: context::site(subject),
        run: context::run(digest, subject),
        links: context::links_above("../", subject),
        contact: subject.contact.as_ref(),
        page: PageFacts {
            href: link(page.url.as_str()),
            path: digest.path_of(&page.url),
            title: &page.title,
            kind: &page.kind,
            language: &page.lang,
            weight: page.weight,
            score: page.score,
            lost,
            depth: page.depth,
            inbound: page.inbound,
            bytes: page.bytes,
            moves_to: page.moves_to.as_ref().map(|to| digest.path_of(to)),
        },
        problems: groups(digest, subject, &problems),
        pictured: findings.iter().any(|f| f.picture.is_some()),
        listed: findings.len(),
        findings: parts(subject, findings),
        cut: most < detail.findings.len() || most >= PAGE_FINDINGS,
        unsure,
        trial,
        fixed: pick(|f| f.outcome == Outcome::Fail && f.status == Status::Active && f.state == State::Fixed),
        axe: axe::of_page(page, most.max(usize::from(detail.findings.is_empty()))),
        passed: detail.passed.iter().map(|id| title(subject, id)).collect(),
        headings_rest: detail.headings.len() - headings.len(),
        headings,
        history: &detail.history,
    };
    filled(subject, "page.html", &context)
}

fn is_today(finding: &FindingRow) -> bool {
    !matches!(finding.state, State::Fixed | State::Unchecked)
}

fn filled(subject: &Subject<'_>, template: &'static str, context: &impl Serialize) -> Result<String, ReportError> {
    subject.house.filled(template, context).map_err(|source| ReportError::Template { template, source })
}

fn title<'a>(subject: &Subject<'a>, id: &'a str) -> &'a str {
    subject.rules.get(id).map_or(id, |rule| rule.title.as_str())
}

fn found<'a>(subject: &Subject<'a>, finding: &'a FindingRow) -> Found<'a> {
    let place = finding.place.as_ref();
    Found {
        category: &finding.category,
        title: title(subject, &finding.rule),
        href: subject.details.rule(&finding.rule).map(|file| format!("../{file}")),
        severity: finding.severity,
        state: finding.state,
        line: line(finding),
        message: &finding.message,
        snippet: place.map(|p| p.snippet.as_str()).filter(|s| !s.is_empty()),
        selector: place.map(|p| p.selector.as_str()).filter(|s| !s.is_empty()),
        after: place.and_then(|p| p.after.as_deref()),
        picture: None,
        more: finding.more,
        lost: finding.lost,
        key: &finding.key,
    }
}

/// Findings by category, without those categories that have none.
fn parts<'a>(subject: &Subject<'a>, findings: Vec<Found<'a>>) -> Vec<Part<'a>> {
    let known = subject.rules.categories.iter().map(|c| Part { category: &c.id, name: &c.title, rows: Vec::new() });
    let mut parts: Vec<Part<'a>> = known.collect();
    for finding in findings {
        match parts.iter_mut().find(|part| part.category == finding.category) {
            Some(part) => part.rows.push(finding),
            // A category that a run had, and the rules of today have not.
            None => parts.push(Part { category: finding.category, name: finding.category, rows: vec![finding] }),
        }
    }
    parts.retain(|part| !part.rows.is_empty());
    parts
}

/// The problems of a page by rule, those that cost most first.
fn groups<'a>(digest: &Digest, subject: &Subject<'a>, problems: &[&'a FindingRow]) -> Vec<Group<'a>> {
    let mut by_rule: BTreeMap<&'a str, Vec<&'a FindingRow>> = BTreeMap::new();
    for finding in problems {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let group = |(id, all): (&'a str, Vec<&'a FindingRow>)| {
        let first = all.first()?;
        Some(Group {
            title: title(subject, id),
            rule: id,
            href: subject.details.rule(id).map(|file| format!("../{file}")),
            severity: all.iter().map(|f| f.severity).max()?,
            findings: all.iter().map(|f| 1 + u64::from(f.more)).sum(),
            lost: all.iter().map(|f| f.lost).sum(),
            gain: all.iter().map(|f| f.gain).sum(),
            effort: subject.rules.get(id).and_then(|r| r.effort.as_deref()),
            owner: first.owner.as_deref(),
            waiver: waiver(digest, id, first),
        })
    };
    let mut groups: Vec<Group<'a>> = by_rule.into_iter().filter_map(group).collect();
    groups.sort_by(|a, b| b.lost.total_cmp(&a.lost).then(b.severity.cmp(&a.severity)).then(a.rule.cmp(b.rule)));
    groups
}

#[derive(Serialize)]
struct RuleContext<'a> {
    lang: &'a str,
    site: Site<'a>,
    run: Run<'a>,
    links: Vec<Link>,
    contact: Option<&'a Contact>,
    rule: RuleFacts<'a>,
    findings: u64,
    pages: u64,
    lost: f64,
    gain: f64,
    rows: Vec<HitRow<'a>>,
    rest: u64,
}

#[derive(Serialize)]
struct RuleFacts<'a> {
    id: &'a str,
    title: &'a str,
    severity: Severity,
    trial: bool,
    /// The share of findings that were right, where findings were read.
    precision: Option<f64>,
    exact: bool,
    effort: Option<&'a str>,
    since: &'a str,
    fails: &'a [String],
    related: &'a [String],
    sources: &'a [String],
    kinds: &'a [String],
    except_kinds: &'a [String],
    needs: &'a [Need],
    applies: &'a [String],
    why_html: String,
    fix_html: String,
    source: &'a str,
}

#[derive(Serialize)]
struct HitRow<'a> {
    href: Option<&'a str>,
    path: &'a str,
    report: Option<String>,
    findings: u64,
    lost: f64,
    line: u32,
    message: &'a str,
    state: State,
    unsure: bool,
}

/// The report of a rule; `None` where the rule is no longer among the rules.
pub fn render_rule(
    digest: &Digest,
    subject: &Subject<'_>,
    id: &str,
    detail: &Hits,
) -> Result<Option<String>, ReportError> {
    let Some(rule) = subject.rules.get(id) else { return Ok(None) };
    let mut most = detail.hits.len();
    loop {
        let html = filled(subject, "rule.html", &rule_context(digest, subject, rule, detail, most))?;
        if html.len() <= SITE_BYTES || most == 0 {
            return Ok(Some(html));
        }
        most /= 2;
    }
}

fn rule_context<'a>(
    digest: &'a Digest,
    subject: &'a Subject<'_>,
    rule: &'a Rule,
    detail: &'a Hits,
    most: usize,
) -> RuleContext<'a> {
    let row = |hit: &'a Hit| HitRow {
        href: link(hit.url.as_str()),
        path: digest.path_of(&hit.url),
        // A rule lies one folder deeper than its own.
        report: subject.details.page(&hit.url).map(|file| format!("../../{file}")),
        findings: hit.findings,
        lost: hit.lost,
        line: hit.line,
        message: &hit.message,
        state: hit.state,
        unsure: hit.unsure,
    };
    RuleContext {
        lang: subject.house.lang(),
        site: context::site(subject),
        run: context::run(digest, subject),
        links: context::links_above("../../", subject),
        contact: subject.contact.as_ref(),
        rule: facts(rule),
        findings: detail.findings,
        pages: detail.pages[0],
        lost: detail.lost,
        gain: digest.plan.gains.get(&rule.id).copied().unwrap_or(0.0),
        rest: detail.pages.iter().sum::<u64>().saturating_sub(most as u64),
        rows: detail.hits.iter().take(most).map(row).collect(),
    }
}

fn facts(rule: &Rule) -> RuleFacts<'_> {
    RuleFacts {
        id: &rule.id,
        title: &rule.title,
        severity: rule.severity,
        trial: rule.status == Status::Trial,
        precision: rule.measured.then_some(rule.precision),
        exact: !rule.measured && rule.status == Status::Active,
        effort: rule.effort.as_deref(),
        since: &rule.since,
        fails: &rule.fails,
        related: &rule.related,
        sources: &rule.sources,
        kinds: &rule.kinds,
        except_kinds: &rule.except_kinds,
        needs: &rule.needs,
        applies: &rule.applies,
        why_html: prose(&rule.why),
        fix_html: prose(&rule.fix),
        source: &rule.source,
    }
}
