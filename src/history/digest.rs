//! What a report shows of a run: counts, and lists that are cut to a length, whatever the size of the site.

use super::pages::{ONE_PAGE, PAGE, page_row};
use super::stream::At;
use super::tally::{RuleTally, Tally};
use super::{
    AxeDigest, Basis, Burdens, Doubt, Files, FindingRow, Moves, PageRow, Plan, Result, RunRow, SetupPart, StateCounts,
    Store, Tasks, VerdictCounts, setup_changes, setup_over,
};
use crate::model::{PageUrl, RenderWhy, State, Unread, Why};
use crate::score::Sum;
use rusqlite::params;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Pages that wait to be told from the costliest, beside as many as are wanted. Our choice.
const MOST_WAITING: usize = 10_000;

/// How long the lists of a digest are at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Examples of each rule.
    pub examples: usize,
    /// Pages.
    pub pages: usize,
    /// Findings in each list of new, fixed and back.
    pub moved: usize,
    /// Unread addresses.
    pub unread: usize,
    /// Runs of the trend, the newest.
    pub runs: usize,
    /// Files that break a rule.
    pub files: usize,
    /// Places where a person has to look, of each rule.
    pub doubts: usize,
    /// Pages on which a rule found something.
    pub hits: usize,
}

impl Default for Limits {
    /// The lengths that keep the site report under 300 kB, as `reports/README.md` explains, and the page of a rule as well.
    fn default() -> Self {
        Self { examples: 5, pages: 50, moved: 50, unread: 30, runs: 12, files: 60, doubts: 3, hits: 1_000 }
    }
}

/// A run, as a report shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// The run.
    pub run: RunRow,
    /// The run that it is compared with.
    pub before: Option<RunRow>,
    /// How the points moved since; `None` on a first run, and where rules or setup differ.
    pub moves: Option<Moves>,
    /// What mending would bring.
    pub plan: Plan,
    /// Pages that were read.
    pub pages_read: u64,
    /// Pages that are known and were not read.
    pub pages_unread: u64,
    /// What was found, by rule, in the order of ids: rules with a finding in any state.
    pub rules: Vec<RuleDigest>,
    /// The pages that cost most.
    pub pages: Vec<PageLoss>,
    /// Points that all other pages cost together.
    pub rest_lost: f64,
    /// Pages that move on to others before anybody can read them.
    pub pages_moving: u64,
    /// Pages that a browser drew, with the reason, the first by address.
    pub rendered: Vec<(PageUrl, RenderWhy)>,
    /// How many there are.
    pub pages_rendered: u64,
    /// What only axe-core found, where it was run.
    pub axe: Option<AxeDigest>,
    /// Findings in the states new, fixed and back, the costliest first.
    pub moved: BTreeMap<State, Vec<FindingRow>>,
    /// Today's findings of severity blocker that count, by page weight.
    pub blockers: Vec<FindingRow>,
    /// Rules that could not tell, with an example.
    pub unsure: Vec<Unsure>,
    /// How often each reason kept a page from being read, most often first.
    pub unread_reasons: Vec<(Why, u64)>,
    /// Pages that were not read.
    pub unread: Vec<Unread>,
    /// PDF and Office files.
    pub files: Files,
    /// What its forms cost in time.
    pub burdens: Burdens,
    /// On how many pages each rule had something to look at.
    pub verdicts: VerdictCounts,
    /// Rules that left something to a person.
    pub doubts: Vec<Doubt>,
    /// Top tasks, and what people told elsewhere.
    pub tasks: Tasks,
    /// Runs of the same site up to this one, oldest first.
    pub runs: Vec<RunPoint>,
    /// Runs that are not among them.
    pub earlier_runs: u64,
}

/// A rule in a digest.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDigest {
    /// Its id.
    pub rule: Arc<str>,
    /// Findings by state, each with those behind `more`.
    pub states: StateCounts,
    /// Pages that have the problem today.
    pub pages: u64,
    /// Today's problems, the costliest first; those that say the same of equal elements are one.
    pub examples: Vec<FindingRow>,
    /// What each example stands for, in the same order.
    pub alike: Vec<Alike>,
    /// Causes of today's problems: what is the same on equal elements is mended once.
    pub causes: u64,
    /// When the oldest of today's problems was first seen, RFC 3339; `None` where there is none today.
    pub first_seen: Option<String>,
}

/// How often the same is found of equal elements, as of a link in a footer that pages share.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// Findings, the example among them.
    pub findings: u64,
    /// Pages.
    pub pages: u64,
    /// Points that mending all of them brings, each alone on its page.
    pub gain: f64,
    /// When the oldest was first seen, RFC 3339.
    pub first_seen: String,
}

/// A page with what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct PageLoss {
    /// The page.
    pub page: PageRow,
    /// Points that its problems cost.
    pub lost: f64,
}

/// A rule that could not tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsure {
    /// The rule.
    pub rule: Arc<str>,
    /// On how many pages.
    pub pages: u64,
    /// An example.
    pub example: FindingRow,
}

/// A run in the trend.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPoint {
    /// The run.
    pub run: RunRow,
    /// Whether its rules differ from those of the run before.
    pub rules_changed: bool,
    /// The settings that a score depends on and that differ.
    pub setup_changes: Vec<SetupPart>,
    /// The score as it was given then, where the run's is that of later rules.
    pub given: Option<f64>,
    /// Whether later rules had no snapshot to judge, only what was measured then.
    pub from_facts: bool,
}

/// The last runs, as far back as they can be compared with the newest.
pub fn since_break(runs: &[RunPoint]) -> &[RunPoint] {
    let start = runs.iter().rposition(|p| p.rules_changed || !p.setup_changes.is_empty()).unwrap_or(0);
    &runs[start..]
}

/// Columns that `finding_row` reads, in its order.
pub(super) const COLUMNS: &str =
    "key, rule, category, severity, status, outcome, cause, url, place, message, lost, gain, more, state, owner";

impl Store {
    /// Gathers what a report shows of a finished run; of each list as much as [`Limits`] says.
    pub fn digest(&self, run: &RunRow, site: &str) -> Result<Digest> {
        let limits = Limits::default();
        let before = self.compared_with(run.run)?;
        let moves = before.as_ref().map(|b| self.moves(b, run)).transpose()?.flatten();
        let (pages, rest_lost) = self.costly_pages(run.run, limits.pages)?;
        let (runs, earlier_runs) = self.trend(site, run.run, limits.runs)?;
        let (pages_read, pages_rendered, pages_moving) = self.page_counts(run.run)?;
        let tally = self.tally(run.run)?;
        let shown = Shown { rows: self.findings_at(run.run, tally.shown())? };
        Ok(Digest {
            moves,
            plan: self.plan(run.run)?,
            rendered: if pages_rendered > 0 { self.rendered(run.run, limits.unread)? } else { Vec::new() },
            pages_rendered,
            pages_moving,
            axe: if pages_rendered > 0 { self.axe(run.run, limits.doubts)? } else { None },
            pages_read,
            pages_unread: self.count("SELECT COUNT(*) FROM unread WHERE run = ?1 AND why <> 'robots'", run.run)?,
            rules: shown.rules(&tally),
            pages,
            rest_lost,
            moved: tally.moved.iter().map(|(state, list)| (*state, shown.all(list))).collect(),
            blockers: shown.all(&tally.blockers),
            unsure: shown.unsure(&tally),
            unread_reasons: self.unread_reasons(run.run)?,
            unread: self.unread(run.run)?.into_iter().take(limits.unread).collect(),
            files: self.files(run.run, limits.files)?,
            verdicts: self.verdicts(run.run)?,
            doubts: shown.doubts(&tally),
            burdens: self.burdens(run.run)?,
            tasks: self.tasks(run.run)?,
            runs,
            earlier_runs,
            run: run.clone(),
            before,
        })
    }

    fn count(&self, sql: &str, run: i64) -> Result<u64> {
        Ok(self.db.query_row(sql, [run], |row| row.get(0))?)
    }

    /// The run that a run was compared with.
    pub fn compared_with(&self, run: i64) -> Result<Option<RunRow>> {
        let compared: Option<i64> =
            self.db.query_row("SELECT compared_run FROM runs WHERE run = ?1", [run], |row| row.get(0))?;
        compared.map_or(Ok(None), |run| self.run(run))
    }

    fn plan(&self, run: i64) -> Result<Plan> {
        let plan: Option<String> =
            self.db.query_row("SELECT plan FROM runs WHERE run = ?1", [run], |row| row.get(0))?;
        Ok(plan.map(|p| serde_json::from_str(&p)).transpose()?.unwrap_or_default())
    }

    pub(super) fn costly_pages(&self, run: i64, limit: usize) -> Result<(Vec<PageLoss>, f64)> {
        let mut query =
            self.db.prepare("SELECT url, 100.0 * weight * (1.0 - q) FROM pages WHERE run = ?1 AND row IS NOT NULL")?;
        let mut rows = query.query([run])?;
        let (mut worst, mut rest) = (Vec::new(), Sum::default());
        let mut cut = |worst: &mut Vec<(f64, String)>| {
            worst.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            worst.drain(limit.min(worst.len())..).for_each(|(lost, _)| rest.add(lost));
        };
        while let Some(row) = rows.next()? {
            worst.push((row.get(1)?, row.get(0)?));
            if worst.len() > 2 * limit + MOST_WAITING {
                cut(&mut worst);
            }
        }
        cut(&mut worst);
        let mut query = self.db.prepare(&format!("SELECT {PAGE} FROM pages WHERE {ONE_PAGE}"))?;
        let mut pages = Vec::new();
        for (lost, url) in worst {
            let mut rows = query.query(params![run, url])?;
            if let Some(row) = rows.next()? {
                pages.push(PageLoss { page: page_row(row)?, lost });
            }
        }
        Ok((pages, rest.value()))
    }

    /// How many pages there are, how many of them a browser drew, and how many only move on.
    fn page_counts(&self, run: i64) -> Result<(u64, u64, u64)> {
        // Few rows have either, and those that have not need not be read as JSON.
        let has = |name: &str| {
            format!("SUM(CASE WHEN instr(row, '\"{name}\":\"') > 0 THEN row ->> '$.{name}' IS NOT NULL ELSE 0 END)")
        };
        let (drawn, moving) = (has("rendered_why"), has("moves_to"));
        let sql = format!("SELECT COUNT(*), coalesce({drawn}, 0), coalesce({moving}, 0) FROM pages WHERE run = ?1");
        Ok(self.db.query_row(&sql, [run], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    }

    fn rendered(&self, run: i64, limit: usize) -> Result<Vec<(PageUrl, RenderWhy)>> {
        let mut query = self.db.prepare(
            "SELECT url, row ->> '$.rendered_why' FROM pages WHERE run = ?1 AND row ->> '$.rendered_why' IS NOT NULL ORDER BY url LIMIT ?2",
        )?;
        let rows = query.query_map(params![run, limit as u64], |row| {
            let why = match row.get::<_, String>(1)?.as_str() {
                "asked" => RenderWhy::Asked,
                "first-of-template" => RenderWhy::FirstOfTemplate,
                "part-drawn-by-script" => RenderWhy::PartDrawnByScript,
                _ => RenderWhy::DrawnByScript,
            };
            Ok((PageUrl::stored(&row.get::<_, String>(0)?), why))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn unread_reasons(&self, run: i64) -> Result<Vec<(Why, u64)>> {
        let mut query =
            self.db.prepare("SELECT why, COUNT(*) FROM unread WHERE run = ?1 GROUP BY why ORDER BY 2 DESC, why")?;
        let mut rows = query.query([run])?;
        let mut reasons = Vec::new();
        while let Some(row) = rows.next()? {
            reasons.push((serde_json::from_value(serde_json::Value::String(row.get(0)?))?, row.get(1)?));
        }
        Ok(reasons)
    }

    /// The newest finished runs of a site up to one of them, oldest first, and how many came before them.
    pub fn trend(&self, site: &str, run: i64, limit: usize) -> Result<(Vec<RunPoint>, u64)> {
        let runs: Vec<RunRow> = self.runs_of(site)?.into_iter().filter(|r| r.run <= run).collect();
        let mut points: Vec<RunPoint> = Vec::new();
        let newest = runs.last().map(|r| (r.rule_set.clone(), r.setup.clone()));
        for mut run in runs {
            let (mut given, mut from_facts) = (None, false);
            // One line is drawn on one set of rules: that of the newest run.
            if let Some((rule_set, setup)) = newest.as_ref().filter(|(r, s)| *r != run.rule_set || *s != run.setup)
                && let Some((again, basis)) = self.rescored(run.run, rule_set, &setup_over(setup, &run.setup))?
            {
                given = Some(run.score.value);
                from_facts = basis == Basis::Facts;
                (run.score, run.rule_set, run.setup) = (again.score, again.rule_set, again.setup);
            }
            let last = points.last().map(|p| &p.run);
            let rules_changed = last.is_some_and(|l| l.rule_set != run.rule_set);
            let setup_changes = last.map_or_else(Vec::new, |l| setup_changes(&l.setup, &run.setup));
            points.push(RunPoint { rules_changed, setup_changes, given, from_facts, run });
        }
        let earlier = points.len().saturating_sub(limit);
        Ok((points.split_off(earlier), earlier as u64))
    }
}

/// The findings that a digest shows, by where they are kept.
struct Shown {
    rows: HashMap<At, FindingRow>,
}

impl Shown {
    fn all<'a>(&self, list: impl IntoIterator<Item = &'a At>) -> Vec<FindingRow> {
        list.into_iter().filter_map(|at| self.rows.get(at).cloned()).collect()
    }

    /// Rules with a finding in any state.
    fn rules(&self, tally: &Tally) -> Vec<RuleDigest> {
        let has_any = |states: StateCounts| states != StateCounts::default();
        let found = tally.rules.iter().filter(|(_, of)| has_any(of.states));
        let digest = |(rule, of): (&String, &RuleTally)| RuleDigest {
            rule: Arc::from(rule.as_str()),
            states: of.states,
            pages: of.pages,
            examples: self.all(of.examples.iter().map(|(at, _)| at)),
            alike: of
                .examples
                .iter()
                .map(|(_, alike)| Alike {
                    findings: alike.findings,
                    pages: alike.pages,
                    gain: f64::from_bits(alike.gain),
                    first_seen: alike.first_seen.clone(),
                })
                .collect(),
            causes: of.causes,
            first_seen: of.first_seen.clone(),
        };
        found.map(digest).collect()
    }

    fn unsure(&self, tally: &Tally) -> Vec<Unsure> {
        let one = |(rule, of): (&String, &RuleTally)| {
            let example = self.rows.get(&of.unsure_first?)?.clone();
            Some(Unsure { rule: Arc::from(rule.as_str()), pages: of.unsure, example })
        };
        let mut unsure: Vec<Unsure> = tally.rules.iter().filter_map(one).collect();
        unsure.sort_by_key(|of| std::cmp::Reverse(of.pages));
        unsure
    }

    fn doubts(&self, tally: &Tally) -> Vec<Doubt> {
        let left = tally.rules.iter().filter(|(_, of)| of.doubtful > 0);
        let doubt = |(rule, of): (&String, &RuleTally)| Doubt {
            rule: Arc::from(rule.as_str()),
            pages: of.doubtful,
            examples: self.all(&of.doubts),
        };
        left.map(doubt).collect()
    }
}

impl Digest {
    /// The address without the origin when that is the site's own, else whole.
    pub fn path_of<'u>(&self, url: &'u PageUrl) -> &'u str {
        let own = self.pages.first().is_none_or(|p| p.page.url.host() == url.host());
        let whole = url.as_str();
        let path = whole.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        if own { path.unwrap_or(whole) } else { whole }
    }
}
