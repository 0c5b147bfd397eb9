//! One audit from start to end: gather, snapshot, facts, findings, score, history. The stages know
//! nothing of each other; here they are joined.

use super::burdens::Qualities;
use super::looked::{Looked, look};
use super::progress::Count;
use super::reader::Reader;
use super::screen::Screen;
use super::setup::Setup;
use super::site_phase::{InSite, Judged, blocker, finding_row, hits};
use super::snapshots::Snapshots;
use super::tasks::{Outside, Walker};
use super::verdicts::{Said, note_statement};
use super::weights::{Weights, weights};
use super::{facts_phase, page_phase};
use crate::audit::{Judge, finding_keys};
use crate::config::Heard;
use crate::facts::{SiteFacts, SiteReader};
use crate::gather::{GatherError, Plan, Progress, Source};
use crate::history::{
    Basis, Done, Draft, FindingRow, Held, HistoryError, Kept, KeptReading, Plan as WorkOrder, RunRow, Step, Store,
    Unfinished, setup_over,
};
use crate::model::{Finding, Gathered, Reached, Sample, Target, hex};
use crate::score::{self, Apart, Circumstances, Hit, SiteScore, Spread, WorkPlan};
use crate::snapshot::{SnapshotError, open_name};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Days after which a snapshot goes, unless the config says otherwise. Our choice: a quarter of a year.
const SNAPSHOT_DAYS: u32 = 90;

/// What is to be audited.
pub(super) struct Job<'j> {
    pub(super) setup: &'j Setup,
    pub(super) plan: &'j Plan,
    /// How reports name the target.
    pub(super) target: String,
    /// What tells its runs from those of other sites, where it has no address of its own.
    pub(super) name: Option<String>,
    /// When it is finished, RFC 3339; `None` takes the clock.
    pub(super) finished: &'j dyn Fn() -> String,
    /// Where the snapshot goes; `None` keeps none.
    pub(super) snapshots: Option<Snapshots>,
    /// The interrupted run that this one goes on with.
    pub(super) left: Option<Unfinished>,
    pub(super) progress: &'j (dyn Fn(Progress) + Sync),
    pub(super) stop: &'j AtomicBool,
    /// Whether the snapshot keeps pages that were read with credentials.
    pub(super) keep_private: bool,
    /// What draws pages that scripts draw.
    pub(super) screen: Screen,
}

impl<'j> Job<'j> {
    /// What reads its pages.
    pub(super) fn reader(&self) -> Reader<'j> {
        Reader::new(&self.setup.lexicon, self.setup.settings(), self.plan)
    }
}

/// An audit that was done.
pub(super) struct Audited {
    pub(super) run: RunRow,
    /// What its runs are compared by.
    pub(super) site: String,
    pub(super) gathered: Gathered,
}

/// Why an audit could not be done.
#[derive(Debug, thiserror::Error)]
pub(super) enum AuditError {
    #[error(transparent)]
    Gather(#[from] GatherError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("the page views cannot be used: {0}")]
    Views(String),
    #[error("no page of {0} could be read, so that there is nothing to judge")]
    Nothing(String),
    #[error("stopped before the end; what was read so far is kept, and the same command with --resume goes on with it")]
    Stopped,
    #[error("stopped before the end; with --no-history nothing of it is kept")]
    Forgotten,
    #[error("{0} is being audited by another Plainway right now; wait for it, or stop it")]
    Busy(String),
    #[error("`{}` cannot be made or locked: {source}; is the folder writable? `--no-history` goes on without it", path.display())]
    Lock { path: PathBuf, source: std::io::Error },
}

impl AuditError {
    /// Whether the run may be gone on with: nothing is wrong with what was read.
    pub(super) fn may_resume(&self) -> bool {
        matches!(self, Self::Stopped | Self::Snapshot(_) | Self::History(_) | Self::Busy(_) | Self::Lock { .. })
    }
}

/// Audits, and stores the run. One that was interrupted, or that the disk refused, is kept as far as
/// it came; one that found nothing leaves nothing behind.
pub(super) fn run(job: &Job<'_>, store: &mut Store) -> Result<Audited, AuditError> {
    let profile = job.setup.profile.word();
    let draft = Draft {
        site: String::new(),
        target: job.target.clone(),
        profile: profile.to_owned(),
        started: job.plan.date.clone(),
        rule_set: job.setup.rules.hash.clone(),
        setup: job.setup.setup_text_of(job.plan),
    };
    let run = match &job.left {
        Some(left) => store.resume(left.run, &draft, &job.setup.rules).map(|()| left.run)?,
        None => store.begin(&draft, &job.setup.rules)?,
    };
    let audited = read_and_judge(job, store, run, None);
    match &audited {
        Ok(_) => {
            if let Some(snapshots) = &job.snapshots {
                snapshots.clear(store, &job.target, profile)?;
                let days = job.setup.config.snapshot_days.unwrap_or(SNAPSHOT_DAYS);
                snapshots.retire(store, days, &job.plan.date)?;
            }
        }
        Err(error) => {
            // The error that is told is the first one; a store that refuses this says so the next time.
            let _ = store.roll_back();
            let left = store.snapshot_of(run).ok().flatten().zip(job.snapshots.as_ref());
            if let Some((name, snapshots)) = left.filter(|_| !error.may_resume()) {
                let _ = std::fs::remove_file(open_name(&snapshots.dir.join(name)));
            }
            if !error.may_resume() || job.snapshots.is_none() {
                let _ = store.discard(run);
            }
        }
    }
    audited
}

/// A run that is judged again, and from what.
pub(super) struct Again<'a> {
    pub(super) of: &'a Kept,
    /// What is left of its reading, where there is no snapshot.
    pub(super) kept: Option<KeptReading>,
}

/// Judges a run again by today's rules, and stores what comes out beside it.
pub(super) fn rescore(job: &Job<'_>, store: &mut Store, again: Again<'_>) -> Result<RunRow, AuditError> {
    let of = again.of;
    let draft = Draft {
        site: of.site.clone(),
        target: of.run.target.clone(),
        profile: of.run.profile.clone(),
        started: of.run.started.clone(),
        rule_set: job.setup.rules.hash.clone(),
        setup: setup_over(&job.setup.setup_text(), &of.run.setup),
    };
    let run = store.begin(&draft, &job.setup.rules)?;
    let judged = read_and_judge(job, store, run, Some(again));
    if judged.is_err() {
        // The error that is told is the first one.
        let _ = store.roll_back();
        let _ = store.discard(run);
    }
    let nothing = || AuditError::Nothing(job.target.clone());
    judged
        .and_then(|_| store.rescored(of.run.run, &draft.rule_set, &draft.setup)?.ok_or_else(nothing))
        .map(|(row, _)| row)
}

fn read_and_judge(job: &Job<'_>, store: &mut Store, run: i64, again: Option<Again<'_>>) -> Result<Audited, AuditError> {
    let judge = Judge::new(&job.setup.rules, &job.setup.lexicon, job.setup.scene());
    let (of, kept) = again.map_or((None, None), |again| (Some(again.of), again.kept));
    let basis = if kept.is_some() { Basis::Facts } else { Basis::Pages };
    let page_phase::Reading { gathered, missing, lock: _lock } = match (of, kept) {
        (Some(of), Some(kept)) => facts_phase::read(job, &judge, store, run, (of.run.run, kept))?,
        _ => page_phase::read(job, &judge, store, run)?,
    };
    let (gathered, missing) = if of.is_none() {
        let reading = KeptReading { gathered, missing };
        store.put_reading(run, &reading, &job.setup.measured_by())?;
        (reading.gathered, reading.missing)
    } else {
        (gathered, missing)
    };
    let name = job.name.as_ref().map_or_else(String::new, |name| format!(" {name}"));
    let of_now = || format!("{} {}{name}", gathered.scope, job.setup.profile.word());
    let site_key = of.map_or_else(of_now, |of| of.site.clone());
    store.set_site(run, &site_key, gathered.own_site)?;
    let gone = gathered
        .targets
        .iter()
        .filter(|t| matches!(t.reached, Reached::Error { status: 404 | 410 }))
        .map(|t| t.url.as_str());
    store.batch()?;
    store.put_unread(run, &gathered.unread(), gone)?;
    store.put_redirects(run, gathered.targets.iter().filter_map(moved_for_good))?;
    store.commit()?;

    let settings = job.setup.settings();
    let mut reader = SiteReader::new(&gathered).on(&job.plan.date).kiosk(settings.terminal.as_ref());
    missing.iter().for_each(|page| reader.missing_page(page));
    let mut inputs = Sha256::new();
    let mut outside = Outside::new(&job.setup.config.tasks);
    store.each_file(run, |file| reader.add_file(file))?;
    let pages = gathered.targets.iter().filter(|target| matches!(target.reached, Reached::Page)).count();
    let mut count = Count::of("putting the site together", pages);
    let mut held = Held::default();
    store.each_measured(run, Some(&mut held), |key, page| {
        count.one();
        inputs.update(key.as_bytes());
        reader.add(page);
        outside.add(page);
        Ok::<(), HistoryError>(())
    })?;
    drop(count);
    let site = reader.finish();
    if site.pages() == 0 {
        return Err(AuditError::Nothing(job.target.clone()));
    }
    let before = store.run_before(&site_key, run)?;
    for part in [
        &job.target,
        &job.plan.date,
        &job.setup.rules.hash,
        &job.setup.setup_text_of(job.plan),
        &before.as_ref().map_or(String::new(), |b| b.id.clone()),
    ] {
        inputs.update(part.as_bytes());
        inputs.update([0]);
    }
    if job.setup.heard != Heard::default() {
        inputs.update(format!("{:?}", job.setup.heard));
    }
    // One transaction from here to the end: a run is whole, or it is not there.
    store.batch()?;
    let walker = Walker::new(job.setup, &site, &gathered, outside);
    let (score, work, source) = judge_site(job, &judge, &site, gathered.sample.as_ref(), walker, (store, run, held))?;
    if let (Source::Folder(_), Some(before), None) = (&job.plan.source, &before, of) {
        store.put_missing_as_gone(run, before.run)?;
    }
    let id = hex(&inputs.finalize()[..16]);
    let finished = (job.finished)();
    let done = Done { id: &id, weights: source, score: &score, plan: &work, finished: &finished };
    if let Some(of) = of {
        store.finish_rescored(run, of.run.run, basis, &done)?;
        store.commit()?;
        return Ok(Audited { run: of.run.clone(), site: site_key, gathered });
    }
    store.compare(run, before.as_ref(), &job.setup.rules)?;
    let owners = &job.setup.config.owners;
    if !owners.0.is_empty() {
        store.set_owners(run, |url, rule| owners.of(url, rule))?;
    }
    store.finish(run, &done)?;
    store.commit()?;
    let row = store.run(run)?.ok_or_else(|| AuditError::Nothing(job.target.clone()))?;
    Ok(Audited { run: row, site: site_key, gathered })
}

/// Where an address has moved for good (HTTP 301 and 308).
fn moved_for_good(target: &Target) -> Option<(&str, &str)> {
    match &target.reached {
        Reached::Redirect { status: 301 | 308, to } => Some((target.url.as_str(), to.as_str())),
        _ => None,
    }
}

/// Judges every page in its site and the site itself, and works out the score.
fn judge_site(
    job: &Job<'_>,
    judge: &Judge<'_>,
    site: &SiteFacts,
    sample: Option<&Sample>,
    mut walker: Walker<'_>,
    (store, run, held): (&Store, i64, Held),
) -> Result<(score::Score, WorkOrder, &'static str), AuditError> {
    let rules = &job.setup.rules;
    let mut weights = weights(job.setup, site, sample, &walker.pages())?;
    let mut spread = Spread::new(weights.sample.as_ref().map_or_else(Vec::new, |draws| draws.parts.clone()));
    let mut whole = judge.site(site);
    finding_keys(&mut whole.findings);
    let site_hits = hits(&whole.findings, rules);

    let mut total = SiteScore::new(rules.categories.iter().map(|c| c.id.clone()));
    let (mut apart, mut apart_pages) = (SiteScore::default(), 0);
    let mut work = WorkPlan::default();
    let mut gains: BTreeMap<Arc<str>, f64> = BTreeMap::new();
    let mut qualities = Qualities::wanted(site);
    let (mut said, mut statement) = (Said::new(rules), None);
    said.of_site(&whole.outcomes);
    let mut site_sums: Vec<(f64, f64)> = vec![(0.0, 0.0); site_hits.len()];
    if site.screens.is_some() {
        let keeps = |findings: &[Finding]| {
            let all: Vec<Hit> = hits(findings, rules).into_iter().chain(site_hits.iter().cloned()).collect();
            score::page_points(&all, 0.0).q
        };
        store.each_page(
            run,
            Held::default(),
            |_, record| Ok(look(judge, site, record)),
            |Looked { page, findings, .. }| {
                walker.add(&page, keeps(&findings), 0.0, blocker(&findings, rules));
                Ok::<(), HistoryError>(())
            },
        )?;
        if let Some((by_address, unread)) = walker.flow_weights() {
            weights = Weights { by_address, unread, source: "flows", apart: BTreeMap::new(), sample: None };
        }
    }
    let in_site = InSite { judge, site, rules, weights: &weights, site_hits: &site_hits };
    let mut count = Count::of("judging pages in their site", site.pages());
    store.each_page(
        run,
        held,
        |_, record| in_site.judged(record),
        |judged: Judged| {
            count.one();
            let Judged { page, at, weight, hits: page_hits, own, points, .. } = &judged;
            said.of_page(&judged.verdicts);
            note_statement(&mut statement, page, &job.setup.lexicon);
            if let Some(points) = &judged.apart {
                apart.add(points);
                apart_pages += 1;
            }
            if let Some(&part) = at.zip(weights.sample.as_ref()).and_then(|(at, draws)| draws.part_of.get(&at)) {
                spread.add(part, *weight, points.q);
            }
            walker.add(page, points.q, *weight, judged.blocker.as_ref().map(|(what, whole)| (what.as_str(), *whole)));
            total.add(points);
            qualities.note(*at, points.q);
            work.add(page_hits, *weight);
            for (hit, point) in page_hits.iter().zip(&points.hits) {
                *gains.entry(hit.rule.clone()).or_insert(0.0) += point.gain_all;
            }
            for (sum, point) in site_sums.iter_mut().zip(&points.hits[*own..]) {
                *sum = (sum.0 + point.lost, sum.1 + point.gain_all);
            }
            store.put_result(run, &judged.result, &job.plan.date)
        },
    )?;
    drop(count);
    let site_row = |finding: &Finding| {
        let at = site_hits.iter().position(|h| h.rule == finding.rule && h.severity == finding.severity);
        let (lost, gain) = at.map_or((0.0, 0.0), |at| site_sums[at]);
        finding_row(finding, rules, lost, gain)
    };
    let rows: Vec<FindingRow> = whole.findings.iter().filter_map(site_row).collect();
    store.put_site_findings(run, &rows, &job.plan.date)?;
    super::files::judge(judge, site, store, run)?;
    store.put_burdens(run, &qualities.burdens(site))?;
    said.applied().for_each(|category| total.note_applied(category));
    store.put_verdicts(run, &said.counts(statement))?;
    let target = job.setup.config.target.unwrap_or(score::TARGET);
    let tasks = walker.finish(store, run)?;
    store.put_tasks(run, &tasks)?;
    let task_blocked = tasks.blocked().next().is_some();
    let provisional = weights.source == "structure";
    let circumstances = Circumstances { unread: weights.unread, provisional, task_blocked, target };
    let mut score = total.score(&circumstances).ok_or_else(|| AuditError::Nothing(job.target.clone()))?;
    if let Some(draws) = &weights.sample {
        score = score.of_sample(draws.told, spread.margin());
    }
    let reasons = job.setup.config.archives.iter().map(|archive| archive.reason.clone());
    score.apart = apart.score(&Circumstances::default()).map(|of| Apart {
        value: of.value,
        pages: apart_pages,
        reasons: reasons.collect(),
    });
    let steps = work.steps().into_iter().map(|s| Step { rule: s.rule, gain: s.gain, score: s.score }).collect();
    Ok((score, WorkOrder { steps, gains }, weights.source))
}
