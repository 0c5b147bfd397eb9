//! What reports count of the findings of one page; the tally of a run is put together of these.

use super::digest::Limits;
use super::stream::{At, Stood, worded};
use super::{Hit, Result, StateCounts};
use crate::model::{PageUrl, State};
use crate::score::Sum;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted of a page.
pub(super) struct OfPage {
    /// Its rules, in their order.
    pub(super) rules: Vec<OfRule>,
    /// The moments at which its findings were first seen, each once.
    pub(super) moments: Vec<String>,
    /// Findings that are new, fixed or back and count: the costliest of each state, in their order.
    pub(super) moved: Vec<(State, f64, At)>,
    /// Today's blockers that count.
    pub(super) blockers: Vec<(f64, At)>,
}

/// What is counted of a rule on a page.
#[derive(Default)]
pub(super) struct OfRule {
    pub(super) rule: String,
    pub(super) category: String,
    pub(super) states: StateCounts,
    /// When the oldest of today's problems was first seen.
    pub(super) first_seen: Option<String>,
    pub(super) is_today: bool,
    /// Today's problems: what each says of which element, how many, points to be gained, place among the moments, where.
    pub(super) members: Vec<(u64, u64, f64, usize, At)>,
    pub(super) unsure: u64,
    pub(super) unsure_first: Option<At>,
    pub(super) doubts: Vec<At>,
    pub(super) hit: Option<Hit>,
    pub(super) causes: BTreeSet<String>,
    /// Today's problems that count, by severity.
    pub(super) counts: BTreeMap<String, u64>,
}

impl OfPage {
    /// Counts the findings of an address, which are in the order of rule, line and key.
    pub(super) fn of(url: &PageUrl, found: &[Stood<'_>]) -> Result<Self> {
        let mut page = Self { rules: Vec::new(), moments: Vec::new(), moved: Vec::new(), blockers: Vec::new() };
        for of_rule in found.chunk_by(|a, b| a.kept.rule == b.kept.rule) {
            page.add(url, of_rule)?;
        }
        let most = Limits::default().moved;
        if page.moved.len() > most {
            page.moved.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            let (mut of, mut count) = (None, 0);
            page.moved.retain(|(state, ..)| {
                count = if of == Some(*state) { count + 1 } else { 1 };
                of = Some(*state);
                count <= most
            });
        }
        Ok(page)
    }

    fn add(&mut self, url: &PageUrl, found: &[Stood<'_>]) -> Result<()> {
        let Some(first) = found.first() else { return Ok(()) };
        let (rule, category) = (first.kept.rule.to_string(), first.kept.category.to_string());
        let mut of = OfRule { rule, category, ..OfRule::default() };
        let mut unsure_key: Option<&str> = None;
        let doubts = Limits::default().doubts;
        for stood in found {
            let (kept, count, lost) = (&stood.kept, stood.kept.count(), stood.lost());
            let state: State = worded(stood.state)?;
            let cause = kept.cause.as_deref().unwrap_or(&kept.rule);
            if !of.causes.contains(cause) {
                of.causes.insert(cause.to_owned());
            }
            if kept.is_fail() {
                of.states.add(state, count);
                if kept.is_active() && matches!(state, State::New | State::Fixed | State::Back) {
                    self.moved.push((state, lost, stood.at));
                }
            }
            if stood.is_today() {
                of.is_today = true;
                if of.first_seen.as_deref().is_none_or(|oldest| stood.first_seen < oldest) {
                    of.first_seen = Some(stood.first_seen.to_owned());
                }
                let moment = self.moment(stood.first_seen);
                of.members.push((kept.same(url.as_str()), count, stood.gain(), moment, stood.at));
                if kept.is_active() {
                    *of.counts.entry(kept.severity.to_string()).or_insert(0) += count;
                    if kept.severity == "blocker" {
                        self.blockers.push((lost, stood.at));
                    }
                }
            }
            let is_unsure = kept.outcome == "could-not-tell";
            if is_unsure && state != State::Fixed {
                of.unsure += 1;
                if unsure_key.is_none_or(|key| *kept.key < *key) {
                    (unsure_key, of.unsure_first) = (Some(&*kept.key), Some(stood.at));
                }
            }
            let is_left = is_unsure || kept.status == "trial";
            if is_left && !matches!(state, State::Fixed | State::Unchecked) && of.doubts.len() < doubts {
                of.doubts.push(stood.at);
            }
        }
        of.hit = hit(url, found);
        self.rules.push(of);
        Ok(())
    }

    fn moment(&mut self, moment: &str) -> usize {
        self.moments.iter().position(|known| known == moment).unwrap_or_else(|| {
            self.moments.push(moment.to_owned());
            self.moments.len() - 1
        })
    }
}

/// What a rule found on a page today, or could not tell; `None` where that is nothing.
fn hit(url: &PageUrl, found: &[Stood<'_>]) -> Option<Hit> {
    let is_unsure = |s: &&Stood<'_>| s.kept.outcome == "could-not-tell" && s.state != "fixed";
    let shown = || found.iter().filter(|s| s.is_today() || is_unsure(s));
    let first = shown().next()?;
    let is_any = |state: &str| shown().any(|s| s.state == state);
    Some(Hit {
        url: url.clone(),
        findings: shown().filter(|s| s.kept.is_fail()).map(|s| s.kept.count()).sum(),
        lost: shown().map(Stood::lost).collect::<Sum>().value(),
        line: shown().map(|s| s.kept.line).min().unwrap_or(first.kept.line),
        message: shown().map(|s| &*s.kept.message).min().unwrap_or(&first.kept.message).to_owned(),
        unsure: !shown().any(|s| s.kept.is_fail()),
        state: if is_any("new") {
            State::New
        } else if is_any("back") {
            State::Back
        } else {
            State::Open
        },
    })
}
