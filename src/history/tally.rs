//! What reports count and pick out of the findings of a run, worked out in one pass when the run is finished and kept with it,
//! so that a report of a large site reads no finding that it does not show.

use super::alike::{Groups, Member};
use super::digest::Limits;
use super::found::{read_packed, write_packed};
use super::of_page::{OfPage, OfRule};
use super::stream::{At, Stood};
use super::{HistoryError, Hit, Hits, Result, StateCounts, Store};
use crate::model::{PageUrl, State};
use crate::score::Sum;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What reports count and pick out of the findings of a run; of each list as much as [`Limits`] says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) rules: BTreeMap<String, RuleTally>,
    /// Findings in the states new, fixed and back that count, the costliest first.
    pub(super) moved: BTreeMap<State, Vec<At>>,
    /// Today's blockers that count, the costliest first.
    pub(super) blockers: Vec<At>,
}

impl Tally {
    /// Where the findings are kept that a digest shows.
    pub(super) fn shown(&self) -> impl Iterator<Item = At> + '_ {
        let of_rule = |of: &RuleTally| -> Vec<At> {
            let examples = of.examples.iter().map(|(at, _)| *at);
            examples.chain(of.unsure_first).chain(of.doubts.iter().copied()).collect()
        };
        let moved = self.moved.values().flatten().copied();
        self.rules.values().flat_map(of_rule).chain(moved).chain(self.blockers.iter().copied())
    }
}

/// The same of a rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RuleTally {
    /// Its failures.
    pub(super) states: StateCounts,
    /// When the oldest of today's problems was first seen.
    pub(super) first_seen: Option<String>,
    /// Pages that have the problem today.
    pub(super) pages: u64,
    /// Causes of today's problems.
    pub(super) causes: u64,
    /// Those that bring most when they are mended, each by its first finding.
    pub(super) examples: Vec<(At, AlikeTally)>,
    /// Findings that could not be told.
    pub(super) unsure: u64,
    /// The first of them.
    pub(super) unsure_first: Option<At>,
    /// Pages on which it left something to a person.
    pub(super) doubtful: u64,
    /// The first places of that.
    pub(super) doubts: Vec<At>,
}

/// What an example stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct AlikeTally {
    pub(super) findings: u64,
    pub(super) pages: u64,
    /// The bits of the points.
    pub(super) gain: u64,
    pub(super) first_seen: String,
}

/// Where a rule found something, as it is kept: pages with a problem and pages where it could not tell, problems, the bits of
/// their points, and the pages that it costs most.
type KeptHits = ([u64; 2], u64, u64, Vec<KeptHit>);

/// Address, findings, the bits of their points, line, message, whether it could not tell, state.
type KeptHit = (PageUrl, u64, u64, u32, String, bool, State);

/// What is not kept as a tally, but falls off on the way.
#[derive(Default)]
pub(super) struct Aside {
    /// The rules behind each cause.
    pub(super) causes: BTreeMap<String, BTreeSet<String>>,
    /// Today's problems that count, by rule and severity, with the category.
    pub(super) counts: BTreeMap<(String, String), (String, u64)>,
}

/// The costliest of many, in their order, where equals stay in the order in which they came.
struct Costliest<T> {
    most: usize,
    all: Vec<(f64, T)>,
}

impl<T> Costliest<T> {
    fn new(most: usize) -> Self {
        Self { most, all: Vec::new() }
    }

    fn add(&mut self, cost: f64, of: T) {
        let at = self.all.partition_point(|(other, _)| *other >= cost);
        if at < self.most {
            self.all.insert(at, (cost, of));
            self.all.truncate(self.most);
        }
    }

    fn list(self) -> Vec<T> {
        self.all.into_iter().map(|(_, of)| of).collect()
    }
}

/// The pages of a rule so far.
#[derive(Default)]
struct OpenHits {
    pages: [u64; 2],
    findings: u64,
    lost: Sum,
    /// The costliest: those that could not tell come last, equals in the order of addresses.
    hits: BTreeMap<(bool, Reverse<u64>, u32), Hit>,
}

impl OpenHits {
    fn add(&mut self, page: u32, hit: Hit) {
        self.pages[usize::from(hit.unsure)] += 1;
        self.findings += hit.findings;
        self.lost.add(hit.lost);
        // Points are never negative, so that their bits are in their order.
        self.hits.insert((hit.unsure, Reverse(hit.lost.to_bits()), page), hit);
        if self.hits.len() > Limits::default().hits {
            self.hits.pop_last();
        }
    }

    fn kept(self) -> KeptHits {
        let hit = |h: Hit| (h.url, h.findings, h.lost.to_bits(), h.line, h.message, h.unsure, h.state);
        (self.pages, self.findings, self.lost.value().to_bits(), self.hits.into_values().map(hit).collect())
    }
}

/// A tally on its way.
struct Counting {
    limits: Limits,
    tally: Tally,
    aside: Aside,
    hits: BTreeMap<String, OpenHits>,
    moved: BTreeMap<State, Costliest<At>>,
    blockers: Costliest<At>,
    groups: Groups,
    /// The rules by number, and the moments at which findings were first seen.
    rules: Vec<String>,
    numbers: BTreeMap<String, u32>,
    moments: Vec<String>,
    pages: u32,
}

impl Counting {
    fn new() -> Self {
        let limits = Limits::default();
        let moved = [State::New, State::Fixed, State::Back].map(|state| (state, Costliest::new(limits.moved)));
        Self {
            limits,
            tally: Tally::default(),
            aside: Aside::default(),
            hits: BTreeMap::new(),
            moved: moved.into_iter().collect(),
            blockers: Costliest::new(limits.moved),
            groups: Groups::default(),
            rules: Vec::new(),
            numbers: BTreeMap::new(),
            moments: Vec::new(),
            pages: 0,
        }
    }

    fn add(&mut self, page: OfPage) -> std::io::Result<()> {
        for (state, lost, at) in page.moved {
            if let Some(list) = self.moved.get_mut(&state) {
                list.add(lost, at);
            }
        }
        for (lost, at) in page.blockers {
            self.blockers.add(lost, at);
        }
        let moments: Vec<u32> = page.moments.into_iter().map(|moment| self.moment(moment)).collect();
        for of_rule in page.rules {
            self.add_rule(of_rule, &moments)?;
        }
        self.pages += 1;
        Ok(())
    }

    fn moment(&mut self, moment: String) -> u32 {
        let at = self.moments.iter().position(|known| *known == moment).unwrap_or_else(|| {
            self.moments.push(moment);
            self.moments.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn add_rule(&mut self, of: OfRule, moments: &[u32]) -> std::io::Result<()> {
        for cause in of.causes {
            self.aside.causes.entry(cause).or_default().insert(of.rule.clone());
        }
        for (severity, count) in of.counts {
            let counted = self.aside.counts.entry((of.rule.clone(), severity));
            counted.or_insert_with(|| (of.category.clone(), 0)).1 += count;
        }
        let next = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(of.rule.clone()).or_insert(next);
        if number == next {
            self.rules.push(of.rule.clone());
        }
        for (same, count, gain, moment, at) in of.members {
            let first_seen = moments.get(moment).copied().unwrap_or(u32::MAX);
            self.groups.add(Member { rule: number, same, page: self.pages, count, gain, first_seen, at })?;
        }
        if let Some(hit) = of.hit {
            self.hits.entry(of.rule.clone()).or_default().add(self.pages, hit);
        }
        let rule = self.tally.rules.entry(of.rule).or_default();
        rule.states.join(of.states);
        if let Some(seen) = of.first_seen {
            let older = rule.first_seen.take().map_or(seen.clone(), |oldest| oldest.min(seen));
            rule.first_seen = Some(older);
        }
        rule.pages += u64::from(of.is_today);
        rule.unsure += of.unsure;
        rule.unsure_first = rule.unsure_first.or(of.unsure_first);
        rule.doubtful += u64::from(!of.doubts.is_empty());
        rule.doubts.extend(of.doubts);
        rule.doubts.truncate(self.limits.doubts);
        Ok(())
    }

    fn finish(self) -> std::io::Result<(Tally, Aside, BTreeMap<String, OpenHits>)> {
        let mut tally = self.tally;
        tally.moved = self.moved.into_iter().map(|(state, list)| (state, list.list())).collect();
        tally.blockers = self.blockers.list();
        let mut best: Vec<Vec<super::alike::Group>> = vec![Vec::new(); self.rules.len()];
        let mut causes = vec![0_u64; self.rules.len()];
        self.groups.each(|group| {
            let of = group.rule as usize;
            causes[of] += 1;
            let before = |other: &super::alike::Group| (-other.gain, other.order) < (-group.gain, group.order);
            let at = best[of].partition_point(before);
            if at < self.limits.examples {
                best[of].insert(at, group);
                best[of].truncate(self.limits.examples);
            }
        })?;
        for ((rule, best), causes) in self.rules.iter().zip(best).zip(causes) {
            let Some(rule) = tally.rules.get_mut(rule) else { continue };
            rule.causes = causes;
            let oldest = |numbers: &[u32]| numbers.iter().filter_map(|n| self.moments.get(*n as usize)).min().cloned();
            let example = |group: super::alike::Group| {
                let alike = AlikeTally {
                    findings: group.count,
                    pages: group.pages,
                    gain: group.gain.to_bits(),
                    first_seen: oldest(&group.first_seen).unwrap_or_default(),
                };
                (group.at, alike)
            };
            rule.examples = best.into_iter().map(example).collect();
        }
        Ok((tally, self.aside, self.hits))
    }
}

impl Store {
    /// Counts the findings of a run, and keeps the tally.
    pub(super) fn count_findings(&self, run: i64) -> Result<(Tally, Aside)> {
        let mut counting = Counting::new();
        let work = |(): &mut (), url: &PageUrl, found: Vec<Stood<'_>>| OfPage::of(url, &found);
        self.each_stood(run, || (), work, |page| counting.add(page).map_err(HistoryError::Aside))?;
        let (tally, aside, hits) = counting.finish().map_err(HistoryError::Aside)?;
        self.together("BEGIN IMMEDIATE", || {
            self.forget_tally(run)?;
            let put = "INSERT INTO tallies (run, row) VALUES (?1, ?2)";
            self.db.execute(put, params![run, write_packed(&tally)?])?;
            let mut put = self.db.prepare_cached("INSERT INTO hits (run, rule, row) VALUES (?1, ?2, ?3)")?;
            for (rule, hits) in hits {
                put.execute(params![run, rule, write_packed(&hits.kept())?])?;
            }
            Ok(())
        })?;
        Ok((tally, aside))
    }

    /// The tally of a run; one that is not kept is made.
    pub(super) fn tally(&self, run: i64) -> Result<Tally> {
        let sql = "SELECT row FROM tallies WHERE run = ?1";
        let kept: Option<Vec<u8>> = self.db.query_row(sql, [run], |row| row.get(0)).optional()?;
        match kept {
            Some(kept) => read_packed(&kept),
            None => Ok(self.count_findings(run)?.0),
        }
    }

    /// Forgets the tally of a run whose findings stand otherwise now.
    pub(super) fn forget_tally(&self, run: i64) -> Result<()> {
        for table in ["tallies", "hits", "written"] {
            self.db.execute(&format!("DELETE FROM {table} WHERE run = ?1"), [run])?;
        }
        self.beside.borrow_mut().take();
        Ok(())
    }

    /// Forgets the tallies of the runs of a site before this one: of few of them a report is asked for, which counts anew.
    pub(super) fn forget_older_tallies(&self, run: i64) -> Result<()> {
        let older = "run < ?1 AND run IN (SELECT run FROM runs WHERE site = (SELECT site FROM runs WHERE run = ?1))";
        for table in ["tallies", "hits"] {
            self.db.execute(&format!("DELETE FROM {table} WHERE {older}"), [run])?;
        }
        Ok(())
    }

    /// Hands over every rule that found something today or could not tell, in the order of rules, with the pages on which it did.
    pub fn each_hits(&self, run: i64, mut visit: impl FnMut(&str, Hits)) -> Result<()> {
        self.tally(run)?;
        let mut query = self.db.prepare("SELECT rule, row FROM hits WHERE run = ?1 ORDER BY rule")?;
        let mut rows = query.query([run])?;
        while let Some(row) = rows.next()? {
            let (pages, findings, lost, hits): KeptHits = read_packed(row.get_ref(1)?.as_blob().unwrap_or_default())?;
            let hit = |(url, findings, lost, line, message, unsure, state): KeptHit| {
                let lost = f64::from_bits(lost);
                Hit { url, findings, lost, line, message, unsure, state }
            };
            let hits = hits.into_iter().map(hit).collect();
            visit(
                row.get_ref(0)?.as_str().unwrap_or_default(),
                Hits { hits, pages, findings, lost: f64::from_bits(lost) },
            );
        }
        Ok(())
    }
}
