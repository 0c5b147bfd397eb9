//! What a visitor meets on each page of a task's way: what there is to read, to choose from and to answer, and the
//! problems that stand in the way there. It is handed over for the pages of the ways alone.

use super::basis::Basis;
use crate::audit::Picture;
use crate::facts::PageFacts;
use crate::history::{FindingRow, TaskRow, TaskStep};
use crate::model::{PageUrl, Severity};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Questions that are shown of each form. Our choice: what a person looks at first.
const QUESTIONS: usize = 3;

/// What is known of a page that lies on the way of a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WalkPage {
    /// What was found on it.
    pub findings: Vec<FindingRow>,
    /// Words of its main part.
    pub words: u32,
    /// Different pages that its links lead to.
    pub links: usize,
    /// Its first screen, where a browser drew it.
    pub screen: Option<Picture>,
}

impl WalkPage {
    /// A page with what was found on it, and its first screen.
    pub fn new(facts: Option<&PageFacts>, findings: Vec<FindingRow>, screen: Option<Picture>) -> Self {
        let links: BTreeSet<_> = facts.into_iter().flat_map(|f| &f.links).filter_map(|l| l.page.as_ref()).collect();
        Self { findings, words: facts.map_or(0, |f| f.main_words), links: links.len(), screen }
    }
}

/// What a visitor meets on a page.
#[derive(Debug, Serialize)]
pub(super) struct Met<'a> {
    pub words: u32,
    pub links: usize,
    /// Questions of its longest form; `None` where that is not among the long ones.
    pub questions: Option<u32>,
    pub longest: Vec<&'a str>,
    /// The report of the page, where there is one.
    pub report: Option<String>,
    pub obstacles: Vec<Obstacle<'a>>,
    pub obstacles_rest: usize,
}

/// A kind of problem on a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Obstacle<'a> {
    pub title: &'a str,
    pub anchor: Option<&'a str>,
    pub severity: Severity,
    pub findings: u64,
    pub lost: f64,
    pub message: &'a str,
    pub effort: Option<&'a str>,
    pub owner: Option<&'a str>,
}

/// The first screens of the pages on the ways, each once, in the order in which they are met, as far as there is room.
#[derive(Debug, Default)]
pub(super) struct Screens<'a> {
    /// The pictures.
    pub list: Vec<&'a Picture>,
    of: BTreeMap<&'a PageUrl, usize>,
}

impl<'a> Screens<'a> {
    pub fn new(basis: &'a Basis<'a>) -> Self {
        let mut screens = Self::default();
        let mut room = basis.cuts.screens;
        for step in basis.digest.tasks.rows.iter().flat_map(|row| steps(basis, row)) {
            let screen = basis.subject.walk.get(&step.url).and_then(|page| page.screen.as_ref());
            let Some(screen) = screen.filter(|screen| screen.png.len() <= room) else { continue };
            if !screens.of.contains_key(&step.url) {
                room -= screen.png.len();
                screens.list.push(screen);
                screens.of.insert(&step.url, screens.list.len());
            }
        }
        screens
    }

    /// The number of a page's picture, from 1.
    pub fn of(&self, url: &PageUrl) -> Option<usize> {
        self.of.get(url).copied()
    }
}

/// The steps of a way that are shown: the end of a long way says more than its middle.
pub(super) fn steps<'a>(basis: &Basis<'_>, row: &'a TaskRow) -> impl Iterator<Item = &'a TaskStep> {
    let cut = steps_rest(basis, row);
    row.steps.iter().enumerate().filter(move |(at, _)| *at == 0 || *at > cut).map(|(_, step)| step)
}

/// How many are not.
pub(super) fn steps_rest(basis: &Basis<'_>, row: &TaskRow) -> usize {
    row.steps.len().saturating_sub(basis.cuts.steps)
}

/// What a visitor meets on a page; `None` where the page was not read.
pub(super) fn met<'a>(basis: &'a Basis<'a>, url: &'a PageUrl) -> Option<Met<'a>> {
    let page = basis.subject.walk.get(url)?;
    let form = basis.digest.burdens.forms.iter().filter(|f| f.url == *url).max_by_key(|f| f.questions);
    let mut obstacles = obstacles(basis, page);
    let rest = obstacles.len().saturating_sub(basis.cuts.obstacles);
    obstacles.truncate(basis.cuts.obstacles);
    Some(Met {
        words: page.words,
        links: page.links,
        questions: form.map(|f| f.questions),
        longest: form.into_iter().flat_map(|f| &f.longest).take(QUESTIONS).map(|q| q.label.as_str()).collect(),
        report: basis.subject.details.page(url),
        obstacles,
        obstacles_rest: rest,
    })
}

/// The one problem on the way of a task that is mended first: the worst where people are stuck, else the costliest.
pub(super) fn first<'a>(basis: &'a Basis<'a>, row: &'a TaskRow) -> Option<(Obstacle<'a>, &'a PageUrl)> {
    let last = row.steps.last().filter(|_| row.stuck.is_some()).map(|step| &step.url);
    let of = |url: &'a PageUrl| {
        let page = basis.subject.walk.get(url)?;
        Some(obstacles(basis, page).into_iter().map(move |obstacle| (obstacle, url)))
    };
    let blocks = |found: &(Obstacle<'a>, &PageUrl)| found.0.severity == Severity::Blocker;
    if let Some(stuck) = last.and_then(of).into_iter().flatten().find(blocks) {
        return Some(stuck);
    }
    let mut all: Vec<_> = row.steps.iter().filter_map(|step| of(&step.url)).flatten().collect();
    // A stable sort: of equal ones the first on the way.
    all.sort_by(|a, b| blocks(b).cmp(&blocks(a)).then(b.0.lost.total_cmp(&a.0.lost)));
    all.into_iter().next().filter(|found| found.0.lost > 0.0)
}

/// The problems of a page by rule, the worst first.
fn obstacles<'a>(basis: &'a Basis<'a>, page: &'a WalkPage) -> Vec<Obstacle<'a>> {
    let mut by_rule: BTreeMap<&'a str, Vec<&'a FindingRow>> = BTreeMap::new();
    for finding in page.findings.iter().filter(|f| f.is_problem()) {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let obstacle = |(id, all): (&'a str, Vec<&'a FindingRow>)| {
        let worst = all.iter().max_by(|a, b| a.severity.cmp(&b.severity).then(b.key.cmp(&a.key)))?;
        Some(Obstacle {
            title: basis.title(id),
            anchor: basis.anchor(id),
            severity: worst.severity,
            findings: all.iter().map(|f| 1 + u64::from(f.more)).sum(),
            lost: all.iter().map(|f| f.lost).sum(),
            message: &worst.message,
            effort: basis.problem(id).and_then(|p| p.effort),
            owner: worst.owner.as_deref(),
        })
    };
    let mut found: Vec<_> = by_rule.into_iter().filter_map(obstacle).collect();
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.lost.total_cmp(&a.lost)).then(a.title.cmp(b.title)));
    found
}
