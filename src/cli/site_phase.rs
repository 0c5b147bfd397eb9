//! A page judged in its site: all that can be worked out of it beside other pages, on any thread.

use super::looked::{Looked, look};
use super::weights::Weights;
use crate::audit::{Judge, Verdict, local_key};
use crate::facts::{PageFacts, SiteFacts};
use crate::history::{FindingRow, HistoryError, PageRecord, PageResult, PageRow};
use crate::model::{Finding, Level, Outcome, Severity, State, Status};
use crate::rule::{Rule, Rules};
use crate::score::{self, Hit, HitPoints, PagePoints, Terms};
use std::sync::Arc;

/// What pages are judged by.
pub(super) struct InSite<'a> {
    pub(super) judge: &'a Judge<'a>,
    pub(super) site: &'a SiteFacts,
    pub(super) rules: &'a Rules,
    pub(super) weights: &'a Weights,
    /// The hits of findings about the site as a whole, which count on every page.
    pub(super) site_hits: &'a [Hit],
}

/// A page that was judged.
pub(super) struct Judged {
    pub(super) page: PageFacts,
    pub(super) verdicts: Vec<Verdict>,
    /// Its number among all addresses.
    pub(super) at: Option<u32>,
    pub(super) weight: f64,
    /// Its hits, then those of the site.
    pub(super) hits: Vec<Hit>,
    /// How many are its own.
    pub(super) own: usize,
    pub(super) points: PagePoints,
    /// Its points among the pages of declared archives, where it is one.
    pub(super) apart: Option<PagePoints>,
    pub(super) blocker: Option<(String, bool)>,
    /// What is stored of it.
    pub(super) result: PageResult,
}

impl InSite<'_> {
    /// Judges a page.
    pub(super) fn judged(&self, record: PageRecord) -> Result<Judged, HistoryError> {
        let Self { site, rules, weights, .. } = *self;
        let Looked { page, findings, verdicts, axe } = look(self.judge, site, record);
        let mut hits = hits(&findings, rules);
        let own = hits.len();
        hits.extend(self.site_hits.iter().cloned());
        let at = site.index_of(&page.url);
        let weight = at.and_then(|at| weights.by_address.get(&at)).copied().unwrap_or(0.0);
        let points = score::page_points(&hits, weight);
        let share = at.and_then(|at| weights.apart.get(&at));
        let apart = share.map(|share| score::page_points(&hits[..own], *share));
        // What they cost were the page the whole site: the store keeps that, since weights change from run to run.
        let rows = priced(&findings, &hits, &score::page_points(&hits, 1.0).hits, rules);
        let undecided = |v: &&Verdict| v.partly || v.outcome == Outcome::CouldNotTell;
        let unsure: Vec<Arc<str>> = verdicts.iter().filter(undecided).map(|v| v.rule.clone()).collect();
        let causes: Vec<(Arc<str>, f64)> = points.causes.iter().map(|c| (c.cause.clone(), c.hazard)).collect();
        let row = PageRow {
            url: page.url.clone(),
            status: page.status,
            title: page.title.clone(),
            lang: page.lang.clone(),
            kind: page.kind.name.clone(),
            kind_confidence: page.kind.confidence,
            weight: points.weight,
            score: points.score(),
            depth: site.clicks_from_home(&page.url),
            inbound: site.inbound(&page.url),
            bytes: page.bytes,
            moves_to: page.moves_to().cloned(),
            rendered: page.rendered.is_some(),
            rendered_why: page.rendered.as_ref().map(|notes| notes.why),
            axe,
        };
        let blocker = blocker(&findings, rules).map(|(what, whole)| (what.to_owned(), whole));
        let result = PageResult::new(row, points.q, &causes, &unsure, &rows)?;
        Ok(Judged { page, verdicts, at, weight, hits, own, points, apart, blocker, result })
    }
}

fn terms(rule: &Rule) -> Terms {
    Terms {
        rule: rule.id.clone(),
        category: rule.category.clone(),
        cause: rule.cause.clone(),
        status: rule.status,
        level: rule.level,
        precision: rule.precision,
        reach: rule.reach.unwrap_or(0.0),
    }
}

/// The hits of findings that are sorted by rule.
pub(super) fn hits(findings: &[Finding], rules: &Rules) -> Vec<Hit> {
    let by_rule = findings.chunk_by(|a, b| a.rule == b.rule);
    by_rule.filter_map(|group| rules.get(&group[0].rule).map(|rule| Hit::of(&terms(rule), group))).flatten().collect()
}

/// The first problem that nobody gets past, and whether it is about the page as a whole.
pub(super) fn blocker<'f>(findings: &'f [Finding], rules: &Rules) -> Option<(&'f str, bool)> {
    let rule = |finding: &Finding| rules.get(&finding.rule).filter(|rule| rule.status == Status::Active);
    let is_one = |f: &&Finding| f.outcome == Outcome::Fail && f.severity == Severity::Blocker && rule(f).is_some();
    let is_whole = |f: &Finding| rule(f).is_some_and(|rule| rule.level == Level::Page);
    let blockers = || findings.iter().filter(is_one);
    let first = blockers().find(|f| is_whole(f)).or_else(|| blockers().next())?;
    Some((&first.message, is_whole(first)))
}

/// The findings of a page with their points.
fn priced(findings: &[Finding], hits: &[Hit], points: &[HitPoints], rules: &Rules) -> Vec<FindingRow> {
    let row = |finding: &Finding| {
        let at = hits.iter().position(|h| h.rule == finding.rule && h.severity == finding.severity);
        let (lost, gain) = match at.filter(|_| finding.outcome == Outcome::Fail) {
            Some(at) => (points[at].lost_each * f64::from(1 + finding.more), points[at].gain_one),
            None => (0.0, 0.0),
        };
        finding_row(finding, rules, lost, gain)
    };
    findings.iter().filter_map(row).collect()
}

pub(super) fn finding_row(finding: &Finding, rules: &Rules, lost: f64, gain: f64) -> Option<FindingRow> {
    let rule = rules.get(&finding.rule)?;
    Some(FindingRow {
        key: finding.key.clone(),
        rule: rule.id.clone(),
        category: rule.category.clone(),
        severity: finding.severity,
        status: rule.status,
        outcome: finding.outcome,
        cause: rule.cause.clone(),
        url: finding.url.clone(),
        place: finding.place.clone(),
        message: finding.message.clone(),
        lost,
        gain,
        more: finding.more,
        state: State::New,
        owner: None,
        beyond: None,
        local: local_key(finding),
    })
}
