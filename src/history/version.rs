//! An audit as a comparison sees it: its score, its pages with what each costs, and what became of the
//! other addresses. It comes from the store, or from an `audit.json` that is stored nowhere.

use super::{FindingRow, PageRow, Result, RunRow, Store};
use crate::facts::Sketch;
use crate::model::{Outcome, Place, State, Status, Unread, Why};
use crate::score::{Score, Side, Sum};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Stands for no run at all.
const NO_RUN: i64 = -1;

/// The pages of the run `?1` whose version the run `?2` does not have.
const OWN: &str = "run_pages AS p JOIN page_versions AS v USING (version) WHERE p.run = ?1
     AND NOT EXISTS (SELECT 1 FROM run_pages AS q WHERE q.run = ?2 AND q.version = p.version)";

/// An audit, to be compared with another.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// What was audited.
    pub target: String,
    /// When, RFC 3339.
    pub started: String,
    /// Hash of its inputs.
    pub id: String,
    /// Hash of its rules.
    pub rule_set: String,
    /// Hash of the settings that a score depends on; empty where that is not known.
    pub setup: String,
    /// Where the weights come from.
    pub weights: String,
    /// The ids of its rules.
    pub rules: BTreeSet<String>,
    /// Its score.
    pub score: Score,
    /// The pages that were read, by address.
    pub pages: BTreeMap<String, VersionPage>,
    /// Addresses that are known and were not read.
    pub unread: BTreeSet<String>,
    /// Where addresses have moved for good.
    pub redirects: BTreeMap<String, String>,
    /// The rules behind each cause, so that a rule that could not tell is not taken for a repair.
    pub rules_of_cause: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// Its problems that count.
    pub problems: Vec<FindingRow>,
}

/// A page of a version.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionPage {
    /// Its weight and causes.
    pub side: Side,
    /// Rules that could not tell there.
    pub unsure: BTreeSet<Arc<str>>,
    /// Its title.
    pub title: String,
}

/// The pages that two runs have in the same version: nothing of them moved but the use that is made of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SamePages {
    /// How many.
    pub(super) pages: usize,
    /// What they weigh together in either run.
    pub(super) weights: (f64, f64),
    /// Of those whose weight moved, the hazard and both weights.
    pub(super) moved: Vec<(f64, f64, f64)>,
}

impl Store {
    /// A finished run, to be compared.
    pub fn version(&self, run: &RunRow) -> Result<Version> {
        Ok(Version { problems: self.problems(run.run)?, ..self.version_beside(run, NO_RUN)? })
    }

    /// A finished run without its problems, and without the pages that another one has in the same version.
    pub(super) fn version_beside(&self, run: &RunRow, other: i64) -> Result<Version> {
        Ok(Version {
            target: run.target.clone(),
            started: run.started.clone(),
            id: run.id.clone(),
            rule_set: run.rule_set.clone(),
            setup: run.setup.clone(),
            weights: run.weights.clone(),
            rules: self.rules_of(run.run)?,
            score: run.score.clone(),
            pages: self.version_pages(run.run, other)?,
            unread: self.unread(run.run)?.iter().filter(|u| u.why != Why::Robots).map(|u| u.url.to_string()).collect(),
            redirects: self.redirects(run.run)?,
            rules_of_cause: self.rules_of_cause(run.run)?,
            problems: Vec::new(),
        })
    }

    /// A run with nothing but its addresses, also while it is not finished, without the pages that another one has in the same
    /// version.
    pub(super) fn addresses(&self, run: i64, other: i64) -> Result<Version> {
        let mut query =
            self.db.prepare(&format!("SELECT v.url FROM {OWN} UNION ALL SELECT url FROM reading WHERE run = ?1"))?;
        let page = || VersionPage {
            side: Side { weight: 0.0, causes: Vec::new() },
            unsure: BTreeSet::new(),
            title: String::new(),
        };
        let urls = query.query_map([run, other], |row| Ok((row.get::<_, String>(0)?, page())))?;
        let pages = urls.collect::<std::result::Result<_, _>>()?;
        let unread = self.unread(run)?.iter().filter(|u| u.why != Why::Robots).map(|u| u.url.to_string()).collect();
        Ok(Version { pages, unread, redirects: self.redirects(run)?, ..Version::nothing() })
    }

    fn version_pages(&self, run: i64, other: i64) -> Result<BTreeMap<String, VersionPage>> {
        let mut query = self.db.prepare(&format!(
            "SELECT v.url, p.weight, v.causes, v.unsure, json_extract(v.row, '$.title') FROM {OWN} AND v.causes IS NOT NULL"
        ))?;
        let mut rows = query.query([run, other])?;
        let mut pages = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let causes: Vec<(Arc<str>, f64)> = serde_json::from_str(&row.get::<_, String>(2)?)?;
            let unsure = serde_json::from_str(&row.get::<_, String>(3)?)?;
            let title = row.get::<_, Option<String>>(4)?.unwrap_or_default();
            let side = Side { weight: row.get(1)?, causes };
            pages.insert(row.get(0)?, VersionPage { side, unsure, title });
        }
        Ok(pages)
    }

    /// The pages that two finished runs have in the same version.
    pub(super) fn same_pages(&self, before: i64, after: i64) -> Result<SamePages> {
        let mut query = self.db.prepare(
            "SELECT o.weight, n.weight, v.causes FROM run_pages AS o JOIN run_pages AS n ON n.run = ?2 AND n.version = o.version
             JOIN page_versions AS v ON v.version = o.version WHERE o.run = ?1 AND v.causes IS NOT NULL",
        )?;
        let mut rows = query.query([before, after])?;
        let mut same = SamePages::default();
        while let Some(row) = rows.next()? {
            let (old, new): (f64, f64) = (row.get(0)?, row.get(1)?);
            same.pages += 1;
            same.weights = (same.weights.0 + old, same.weights.1 + new);
            if old != new {
                let causes: Vec<(Arc<str>, f64)> = serde_json::from_str(&row.get::<_, String>(2)?)?;
                same.moved.push((causes.iter().map(|(_, hazard)| *hazard).collect::<Sum>().value(), old, new));
            }
        }
        Ok(same)
    }

    fn rules_of_cause(&self, run: i64) -> Result<BTreeMap<Arc<str>, BTreeSet<Arc<str>>>> {
        let text: Option<String> =
            self.db.query_row("SELECT rules_of_cause FROM runs WHERE run = ?1", [run], |row| row.get(0))?;
        Ok(text.map(|t| serde_json::from_str(&t)).transpose()?.unwrap_or_default())
    }

    fn problems(&self, run: i64) -> Result<Vec<FindingRow>> {
        let mut problems = Vec::new();
        self.each_finding(run, |finding| {
            if finding.is_problem() {
                problems.push(finding);
            }
        })?;
        Ok(problems)
    }

    /// Stores where addresses have moved for good.
    pub fn put_redirects<'u>(&self, run: i64, moves: impl IntoIterator<Item = (&'u str, &'u str)>) -> Result<()> {
        let mut query = self.db.prepare("INSERT OR REPLACE INTO redirects (run, url, to_url) VALUES (?1, ?2, ?3)")?;
        for (url, to) in moves {
            query.execute(rusqlite::params![run, url, to])?;
        }
        Ok(())
    }

    fn redirects(&self, run: i64) -> Result<BTreeMap<String, String>> {
        let mut query = self.db.prepare("SELECT url, to_url FROM redirects WHERE run = ?1")?;
        let rows = query.query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// What stands for the words of pages, to find those that only moved.
    pub fn sketches<'u>(&self, run: i64, urls: &[&'u str]) -> Result<BTreeMap<&'u str, Sketch>> {
        let mut sketches = BTreeMap::new();
        for &url in urls {
            if let Some(record) = self.record(run, url)? {
                sketches.insert(url, record.facts.ways.sketch);
            }
        }
        Ok(sketches)
    }
}

/// What a comparison reads of an `audit.json`.
#[derive(Deserialize)]
struct AuditFile {
    run: AuditRun,
    score: Score,
    pages: Vec<PageRow>,
    findings: Vec<FindingRow>,
    unread: Vec<Unread>,
}

#[derive(Deserialize)]
struct AuditRun {
    id: String,
    target: String,
    started: String,
    rule_set: String,
    rules: BTreeSet<String>,
    weights: String,
}

/// Why a text is no audit to compare.
#[derive(Debug, thiserror::Error)]
pub enum AuditFileError {
    /// It is not JSON of that shape.
    #[error("it is no audit.json: {0}")]
    Shape(#[from] serde_json::Error),
    /// It is of another format.
    #[error("its format is `{0}`, not `plainway/audit/1`")]
    Format(String),
}

/// The format that is read.
const FORMAT: &str = "plainway/audit/1";

impl Version {
    pub(super) fn nothing() -> Self {
        let score = Score {
            value: 0.0,
            low: 0.0,
            high: 0.0,
            coverage: 0.0,
            provisional: true,
            status: crate::score::Standing::Unknown,
            categories: Vec::new(),
            apart: None,
            sample: None,
        };
        Self {
            target: String::new(),
            started: String::new(),
            id: String::new(),
            rule_set: String::new(),
            setup: String::new(),
            weights: String::new(),
            rules: BTreeSet::new(),
            score,
            pages: BTreeMap::new(),
            unread: BTreeSet::new(),
            redirects: BTreeMap::new(),
            rules_of_cause: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// The audit that an `audit.json` tells of. It holds points, not hazards; those follow from the
    /// score of each page and from how its lost points are shared, and what is left of a page's lost
    /// points belongs to the problems of the site as a whole.
    pub fn of_audit_file(text: &str) -> std::result::Result<Self, AuditFileError> {
        let value: serde_json::Value = serde_json::from_str(text)?;
        let format = value["format"].as_str().unwrap_or_default();
        if format != FORMAT {
            return Err(AuditFileError::Format(format.to_owned()));
        }
        let file: AuditFile = serde_json::from_value(value)?;
        let counts = |f: &&FindingRow| f.outcome == Outcome::Fail && f.status == Status::Active;
        let is_today = |f: &&FindingRow| matches!(f.state, State::New | State::Open | State::Back);
        let problems: Vec<FindingRow> = file.findings.iter().filter(counts).filter(is_today).cloned().collect();
        let mut rules_of_cause: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
        let mut lost: BTreeMap<(&str, Arc<str>), f64> = BTreeMap::new();
        let mut of_page: BTreeMap<&str, f64> = BTreeMap::new();
        let page_lost = |page: &PageRow| page.weight * (100.0 - page.score).max(0.0);
        let lost_there: BTreeMap<&str, f64> = file.pages.iter().map(|p| (p.url.as_str(), page_lost(p))).collect();
        let mut of_site: BTreeMap<Arc<str>, f64> = BTreeMap::new();
        for problem in &problems {
            let cause = problem.cause.clone().unwrap_or_else(|| problem.rule.clone());
            rules_of_cause.entry(cause.clone()).or_default().insert(problem.rule.clone());
            let url = problem.url.as_str();
            let so_far = of_page.entry(url).or_insert(0.0);
            // A finding of the site stands on the start page and costs more than that page alone loses.
            let room = lost_there.get(url).copied().unwrap_or(0.0) - *so_far;
            if problem.place.is_none() && problem.lost > room + ROUNDING {
                *of_site.entry(cause).or_insert(0.0) += problem.lost;
            } else {
                *so_far += problem.lost;
                *lost.entry((url, cause)).or_insert(0.0) += problem.lost;
            }
        }
        let site_total: f64 = of_site.values().sum();
        let mut pages = BTreeMap::new();
        for page in &file.pages {
            let url = page.url.as_str();
            let whole = -libm::log((page.score / 100.0).clamp(f64::MIN_POSITIVE, 1.0));
            let points = page_lost(page);
            let range = (url, Arc::from(""))..;
            let own = lost.range(range).take_while(|((u, _), _)| *u == url);
            let mut causes: Vec<(Arc<str>, f64)> = own.map(|((_, c), l)| (c.clone(), *l)).collect();
            let rest = (points - causes.iter().map(|(_, l)| l).sum::<f64>()).max(0.0);
            if site_total > 0.0 && rest > ROUNDING {
                causes.extend(of_site.iter().map(|(c, l)| (c.clone(), rest * l / site_total)));
            }
            let told: f64 = causes.iter().map(|(_, l)| l).sum();
            if told > 0.0 {
                causes.iter_mut().for_each(|(_, l)| *l *= whole / told);
            } else if whole > 0.0 {
                // A page without weight loses no points, so that nothing tells which problem is how bad.
                causes = vec![(Arc::from(UNTOLD), whole)];
            }
            let side = Side { weight: page.weight, causes };
            let title = page.title.clone();
            pages.insert(url.to_owned(), VersionPage { side, unsure: BTreeSet::new(), title });
        }
        let undecided = file.findings.iter().filter(|f| f.outcome == Outcome::CouldNotTell);
        for finding in undecided {
            if let Some(page) = pages.get_mut(finding.url.as_str()) {
                page.unsure.insert(finding.rule.clone());
            }
        }
        let unread = file.unread.iter().filter(|u| u.why != Why::Robots).map(|u| u.url.to_string()).collect();
        Ok(Self {
            target: file.run.target,
            started: file.run.started,
            id: file.run.id,
            rule_set: file.run.rule_set,
            setup: String::new(),
            weights: file.run.weights,
            rules: file.run.rules,
            score: file.score,
            pages,
            unread,
            redirects: BTreeMap::new(),
            rules_of_cause,
            problems,
        })
    }
}

/// Points that a sum may be off by rounding.
const ROUNDING: f64 = 1e-9;

/// Stands for the problems of a page whose shares are not told.
const UNTOLD: &str = "?";

/// The start tag of an element with what tells it from others; `None` where nothing does.
pub(super) fn telling_tag(place: &Place) -> Option<&str> {
    let tag = place.snippet.as_str();
    let tells = [" id=", " name=", " href=", " src=", " action=", " for="];
    (tag.starts_with('<') && tells.iter().any(|t| tag.contains(t))).then_some(tag)
}
