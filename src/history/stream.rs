//! The findings of a run page by page, as they are stored: nothing is laid out for it.

use super::found::read_told;
use super::kept::{Beside, Group, Kept, with_found};
use super::lanes::in_order;
use super::{FindingRow, HistoryError, Result, Store};
use crate::model::PageUrl;
use rusqlite::{OptionalExtension, params};
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// A value of a closed list by its published word.
pub(super) fn worded<'w, T: Deserialize<'w>>(word: &'w str) -> Result<T> {
    let reader: StrDeserializer<'w, WordError> = word.into_deserializer();
    T::deserialize(reader).map_err(|error| HistoryError::Damaged(serde::de::Error::custom(error)))
}

/// Where a finding is kept: the version of a page or the block beside the pages, and its place in there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum At {
    Page(i64, u32),
    Block(i64, u32),
}

/// A finding as it stands in a run.
pub(super) struct Stood<'p> {
    pub(super) at: At,
    pub(super) kept: Kept<'p>,
    /// The word of its state.
    pub(super) state: &'p str,
    pub(super) first_seen: &'p str,
    pub(super) owner: Option<&'p str>,
    /// The share of its page in the use of the site, which its points are multiplied by.
    pub(super) weight: f64,
}

impl Stood<'_> {
    /// Points that it costs.
    pub(super) fn lost(&self) -> f64 {
        f64::from_bits(self.kept.lost) * self.weight
    }

    /// Points that mending it alone would bring.
    pub(super) fn gain(&self) -> f64 {
        f64::from_bits(self.kept.gain) * self.weight
    }

    /// Whether it is there today.
    pub(super) fn is_today(&self) -> bool {
        self.kept.is_fail() && matches!(self.state, "new" | "open" | "back")
    }

    /// As reports read it.
    pub(super) fn row(self, names: &mut Names, url: &PageUrl) -> Result<FindingRow> {
        let (lost, gain) = (self.lost(), self.gain());
        let kept = self.kept;
        Ok(FindingRow {
            key: kept.key.into_owned(),
            rule: names.of(&kept.rule),
            category: names.of(&kept.category),
            severity: worded(&kept.severity)?,
            status: worded(&kept.status)?,
            outcome: worded(&kept.outcome)?,
            cause: kept.cause.map(|cause| names.of(&cause)),
            url: url.clone(),
            place: kept.place.map(|place| serde_json::from_str(&place)).transpose()?,
            message: kept.message.into_owned(),
            lost,
            gain,
            more: kept.more,
            state: worded(self.state)?,
            owner: self.owner.map(str::to_owned),
            beyond: None,
            local: kept.local.into_owned(),
        })
    }
}

/// Ids that thousands of findings share, each held once.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, Arc<str>>);

impl Names {
    fn of(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let name: Arc<str> = Arc::from(name);
        self.0.insert(name.to_string(), name.clone());
        name
    }
}

/// What was found under an address, still packed.
struct Bundle {
    url: String,
    page: Option<Version>,
    beside: Vec<(At, Beside<'static>)>,
}

/// The version of a page that a run has.
struct Version {
    version: i64,
    weight: f64,
    found: Vec<u8>,
    /// How its findings stand.
    told: String,
}

impl Bundle {
    /// Hands over its findings, in the order of rule, line and key.
    fn open<R>(&self, use_them: impl FnOnce(&PageUrl, Vec<Stood<'_>>) -> Result<R>) -> Result<R> {
        let url = PageUrl::stored(&self.url);
        let Some(Version { version, weight, found, told }) = &self.page else {
            return use_them(&url, in_rules(self.beside().collect()));
        };
        let groups: Vec<Group> = read_told(told)?;
        let of_each = groups.iter().flat_map(|group| std::iter::repeat_n(group, group.0));
        with_found(found, |found| {
            let mut all = Vec::with_capacity(found.len() + self.beside.len());
            for ((nth, kept), group) in (0_u32..).zip(found).zip(of_each) {
                let (state, first_seen, owner) = (group.1.as_str(), group.2.as_str(), group.3.as_deref());
                all.push(Stood { at: At::Page(*version, nth), kept, state, first_seen, owner, weight: *weight });
            }
            all.extend(self.beside());
            use_them(&url, in_rules(all))
        })
    }

    fn beside(&self) -> impl Iterator<Item = Stood<'_>> {
        self.beside.iter().map(|(at, Beside(_, state, first_seen, owner, kept))| Stood {
            at: *at,
            kept: kept.clone(),
            state,
            first_seen,
            owner: owner.as_deref(),
            weight: 1.0,
        })
    }
}

/// In the order of rule, line and key.
fn in_rules(mut all: Vec<Stood<'_>>) -> Vec<Stood<'_>> {
    all.sort_by(|a, b| (&a.kept.rule, a.kept.line, &a.kept.key).cmp(&(&b.kept.rule, b.kept.line, &b.kept.key)));
    all
}

impl Store {
    /// Works on the findings of a run address by address, in the order of addresses, on all processors: `work` has those of
    /// an address in the order of rule, line and key, and `visit` what came of them.
    pub(super) fn each_stood<S, R: Send>(
        &self,
        run: i64,
        begin: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, &PageUrl, Vec<Stood<'_>>) -> Result<R> + Sync,
        mut visit: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        let mut query = self.db.prepare(
            "SELECT v.version, p.standing, p.weight FROM run_pages AS p JOIN page_versions AS v USING (version) WHERE p.run = ?1 ORDER BY v.url",
        )?;
        let pages = query.query_map([run], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<f64>>(2)?)))?;
        let pages: Vec<(i64, i64, Option<f64>)> = pages.collect::<rusqlite::Result<_>>()?;
        let mut pages = pages.into_iter();
        let beside = self.beside(run)?;
        let mut beside = beside.iter().peekable();
        let mut query = self
            .db
            .prepare("SELECT url, found, told FROM page_versions, standings WHERE version = ?1 AND standing = ?2")?;
        let mut waiting: Option<Bundle> = None;
        let next = || -> Result<Option<Bundle>> {
            let page = match waiting.take() {
                Some(page) => Some(page),
                None => pages
                    .next()
                    .map(|(version, standing, weight)| {
                        query.query_row([version, standing], |row| {
                            let (url, found, told) = (row.get(0)?, row.get(1)?, row.get(2)?);
                            let page = Version { version, weight: weight.unwrap_or(0.0), found, told };
                            Ok(Bundle { url, page: Some(page), beside: Vec::new() })
                        })
                    })
                    .transpose()?,
            };
            let first = beside.peek().filter(|(_, b)| page.as_ref().is_none_or(|page| b.0 <= page.url));
            let Some(url) = first.map(|(_, b)| b.0.clone()) else { return Ok(page) };
            let mut bundle = match page {
                Some(page) if page.url == url => page,
                later => {
                    waiting = later;
                    Bundle { url, page: None, beside: Vec::new() }
                }
            };
            while let Some(other) = beside.next_if(|(_, b)| b.0 == bundle.url) {
                bundle.beside.push(other.clone());
            }
            Ok(Some(bundle))
        };
        let work = |state: &mut S, bundle: Bundle| bundle.open(|url, found| work(state, url, found));
        in_order(next, begin, work, |result: Result<R>| visit(result?))
    }

    /// The findings of a run, in the order of address, rule, line and key.
    pub fn each_finding(&self, run: i64, mut visit: impl FnMut(FindingRow)) -> Result<()> {
        self.each_page_found(run, |rows| rows, |rows| rows.into_iter().for_each(&mut visit))
    }

    /// The same page by page: what `make` has of the findings of a page, which it may work on beside other pages.
    pub fn each_page_found<R: Send>(
        &self,
        run: i64,
        make: impl Fn(Vec<FindingRow>) -> R + Sync,
        mut visit: impl FnMut(R),
    ) -> Result<()> {
        let rows = |names: &mut Names, url: &PageUrl, found: Vec<Stood<'_>>| {
            let rows: Result<Vec<FindingRow>> = found.into_iter().map(|stood| stood.row(names, url)).collect();
            rows.map(&make)
        };
        self.each_stood(run, Names::default, rows, |made| {
            visit(made);
            Ok(())
        })
    }

    /// What was found on a page of a run, in the order of lines, rules and keys; at most so much.
    pub fn findings_of_page(&self, run: i64, url: &str, limit: usize) -> Result<Vec<FindingRow>> {
        let page = self
            .db
            .prepare_cached(
                "SELECT version, weight, found, told FROM page_versions JOIN run_pages USING (version) JOIN standings USING (standing) WHERE url = ?2 AND +run = ?1",
            )?
            .query_row(params![run, url], |row| {
                let weight = row.get::<_, Option<f64>>(1)?.unwrap_or(0.0);
                Ok(Version { version: row.get(0)?, weight, found: row.get(2)?, told: row.get(3)? })
            })
            .optional()?;
        let beside = self.beside(run)?;
        let start = beside.partition_point(|(_, b)| b.0.as_str() < url);
        let beside = beside[start..].iter().take_while(|(_, b)| b.0 == url).cloned().collect();
        Bundle { url: url.to_owned(), page, beside }.open(|url, mut found| {
            found.sort_by(|a, b| {
                (a.kept.line, &a.kept.rule, &a.kept.key).cmp(&(b.kept.line, &b.kept.rule, &b.kept.key))
            });
            let mut names = Names::default();
            found.into_iter().take(limit).map(|stood| stood.row(&mut names, url)).collect()
        })
    }

    /// Findings of a run by where they are kept; those that are no longer there are left out. Each page is unpacked once.
    pub(super) fn findings_at(
        &self,
        run: i64,
        wanted: impl IntoIterator<Item = At>,
    ) -> Result<HashMap<At, FindingRow>> {
        let wanted: HashSet<At> = wanted.into_iter().collect();
        let mut names = Names::default();
        let mut rows = HashMap::with_capacity(wanted.len());
        if wanted.iter().any(|at| matches!(at, At::Block(..))) {
            for (at, Beside(url, state, first_seen, owner, kept)) in self.beside(run)?.iter() {
                if wanted.contains(at) {
                    let (kept, owner) = (kept.clone(), owner.as_deref());
                    let stood = Stood { at: *at, kept, state, first_seen, owner, weight: 1.0 };
                    rows.insert(*at, stood.row(&mut names, &PageUrl::stored(url))?);
                }
            }
        }
        let version = |at: &At| match at {
            At::Page(version, _) => Some(*version),
            At::Block(..) => None,
        };
        let versions: BTreeSet<i64> = wanted.iter().filter_map(version).collect();
        let mut query = self.db.prepare_cached(
            "SELECT url, weight, found, told FROM page_versions JOIN run_pages USING (version) JOIN standings USING (standing) WHERE run = ?1 AND version = ?2",
        )?;
        for version in versions {
            let bundle = query
                .query_row([run, version], |row| {
                    let weight = row.get::<_, Option<f64>>(1)?.unwrap_or(0.0);
                    let page = Version { version, weight, found: row.get(2)?, told: row.get(3)? };
                    Ok(Bundle { url: row.get(0)?, page: Some(page), beside: Vec::new() })
                })
                .optional()?;
            let Some(bundle) = bundle else { continue };
            bundle.open(|url, found| {
                for stood in found.into_iter().filter(|stood| wanted.contains(&stood.at)) {
                    rows.insert(stood.at, stood.row(&mut names, url)?);
                }
                Ok(())
            })?;
        }
        Ok(rows)
    }

    /// What stands beside the pages of a run, by address.
    pub(super) fn beside(&self, run: i64) -> Result<super::Beside> {
        if let Some((_, known)) = self.beside.borrow().as_ref().filter(|(of, _)| *of == run) {
            return Ok(known.clone());
        }
        let mut all: Vec<(At, Beside<'static>)> = Vec::new();
        for (block, found) in self.blocks(run)? {
            all.extend((0_u32..).zip(found).map(|(nth, beside)| (At::Block(block, nth), beside)));
        }
        all.sort_by(|(_, a), (_, b)| a.0.cmp(&b.0));
        let all = Arc::new(all);
        *self.beside.borrow_mut() = Some((run, all.clone()));
        Ok(all)
    }
}
