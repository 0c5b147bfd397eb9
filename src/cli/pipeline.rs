//! One audit from start to end: gather, snapshot, facts, findings, score, history. The stages know
//! nothing of each other; here they are joined.

use super::setup::{Setup, short_hash};
use crate::audit::{Judge, Verdict, finding_keys};
use crate::facts::{FACTS_VERSION, Page, PageFacts, SiteFacts, SiteReader};
use crate::gather::{GatherError, Plan, Progress, Source, gather};
use crate::history::{
    Done, Draft, FindingRow, HistoryError, Packer, PageRecord, PageRow, Plan as WorkOrder, RunRow, Step, Store,
};
use crate::model::{Fetched, Finding, Gathered, Links, Outcome, PageUrl, Reached, State, hex};
use crate::rule::{Rule, Rules};
use crate::score::{self, Circumstances, Graph, Hit, HitPoints, PagePoints, SiteScore, Structure, Terms, WorkPlan};
use crate::snapshot::{SnapshotError, Writer};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Pages that are written to the store in one transaction. Our choice.
const BATCH: usize = 500;

/// Pages that may wait to be stored. Our choice; it bounds memory when the disk is slow.
const WAITING: usize = 64;

/// What is to be audited.
pub(super) struct Job<'j> {
    pub(super) setup: &'j Setup,
    pub(super) plan: &'j Plan,
    /// How reports name the target.
    pub(super) target: String,
    /// When it is finished, RFC 3339; `None` takes the clock.
    pub(super) finished: &'j dyn Fn() -> String,
    /// Where the snapshot goes; `None` keeps none.
    pub(super) snapshot: Option<PathBuf>,
    pub(super) progress: &'j (dyn Fn(Progress) + Sync),
    pub(super) stop: &'j AtomicBool,
    /// Whether the snapshot keeps pages that were read with credentials.
    pub(super) keep_private: bool,
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
    #[error("no page of {0} could be read, so that there is nothing to judge")]
    Nothing(String),
    #[error("stopped before the end; nothing of this run was kept, earlier runs are as they were")]
    Stopped,
}

/// Audits, and stores the run. A run that fails leaves nothing behind.
pub(super) fn run(job: &Job<'_>, store: &mut Store) -> Result<Audited, AuditError> {
    let draft = Draft {
        site: String::new(),
        target: job.target.clone(),
        profile: job.setup.profile.word().to_owned(),
        started: job.plan.date.clone(),
        rule_set: job.setup.rules.hash.clone(),
        setup: job.setup.setup_hash(),
        snapshot: job.snapshot.as_ref().and_then(|p| Some(p.file_name()?.to_str()?.to_owned())),
    };
    let run = store.begin(&draft, &job.setup.rules)?;
    let audited = read_and_judge(job, store, run);
    if audited.is_err() {
        // The error that is told is the first one; a store that cannot forget says so by itself.
        let _ = store.commit();
        let _ = store.discard(run);
        if let Some(path) = &job.snapshot {
            let _ = std::fs::remove_file(path.with_extension("gz.open"));
        }
    }
    audited
}

fn read_and_judge(job: &Job<'_>, store: &mut Store, run: i64) -> Result<Audited, AuditError> {
    let judge = Judge::new(&job.setup.rules, &job.setup.lexicon, job.setup.scene());
    let gathered = read(job, &judge, store, run)?;
    if job.stop.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(AuditError::Stopped);
    }
    let site_key = format!("{} {}", gathered.scope, job.setup.profile.word());
    store.set_site(run, &site_key, gathered.own_site)?;
    let gone = gathered
        .targets
        .iter()
        .filter(|t| matches!(t.reached, Reached::Error { status: 404 | 410 }))
        .map(|t| t.url.as_str());
    store.batch()?;
    store.put_unread(run, &gathered.unread(), gone)?;
    store.commit()?;

    let mut reader = SiteReader::new(&gathered);
    let mut inputs = Sha256::new();
    store.each_page(run, |key, record| {
        inputs.update(key.as_bytes());
        reader.add(&record.facts);
        Ok::<(), HistoryError>(())
    })?;
    let site = reader.finish();
    if site.pages() == 0 {
        return Err(AuditError::Nothing(job.target.clone()));
    }
    let before = store.run_before(&site_key, run)?;
    for part in [
        &job.target,
        &job.plan.date,
        &job.setup.rules.hash,
        &job.setup.setup_hash(),
        &before.as_ref().map_or(String::new(), |b| b.id.clone()),
    ] {
        inputs.update(part.as_bytes());
        inputs.update([0]);
    }
    // One transaction from here to the end: a run is whole, or it is not there.
    store.batch()?;
    let (score, work) = judge_site(job, &judge, &site, store, run)?;
    if let (Source::Folder(_), Some(before)) = (&job.plan.source, &before) {
        store.put_missing_as_gone(run, before.run)?;
    }
    store.compare(run, before.as_ref(), &job.setup.rules)?;
    let id = hex(&inputs.finalize()[..16]);
    store.finish(
        run,
        &Done { id: &id, weights: "structure", score: &score, plan: &work, finished: &(job.finished)() },
    )?;
    store.commit()?;
    let row = store.run(run)?.ok_or_else(|| AuditError::Nothing(job.target.clone()))?;
    Ok(Audited { run: row, site: site_key, gathered })
}

/// Reads every page, and stores what was measured and what the rules say of it alone.
fn read(job: &Job<'_>, judge: &Judge<'_>, store: &mut Store, run: i64) -> Result<Gathered, AuditError> {
    let snapshot = job.snapshot.as_ref().map(|path| Writer::create(path, &job.plan.date)).transpose()?;
    let snapshot_error: Mutex<Option<SnapshotError>> = Mutex::new(None);
    let phase = job.setup.phase_hash();
    let settings = job.setup.settings();
    let rename = job.plan.rename();
    let is_private = job.plan.doors.are_private() && !job.keep_private;
    let (send, receive) = sync_channel::<Stored>(WAITING);

    let (gathered, kept) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| keep(receive, store, run));
        // Moved in here, so that the writer ends when the last page was sent.
        let send = send;
        let visit = |fetched: &Fetched| -> Links {
            if let Some(Err(error)) =
                snapshot.as_ref().map(|s| if is_private { s.append_without_body(fetched) } else { s.append(fetched) })
            {
                snapshot_error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                job.stop.store(true, std::sync::atomic::Ordering::Relaxed);
                return Links::new();
            }
            if !fetched.is_page() {
                return Links::new();
            }
            let mut page = Page::read(fetched, &job.setup.lexicon, &settings);
            page.facts.rename(&|url| rename.public_page(url));
            let verdicts = judge.page(&page);
            let key = page_key(&phase, fetched);
            let record = PageRecord { facts: page.facts, verdicts }.json();
            // The writer ends early only with an error of its own, which is told at the end.
            let _ = send.send(Stored { url: fetched.url.clone(), key, record });
            page.next
        };
        let gathered = gather(job.plan, &visit, job.progress, job.stop);
        drop(send);
        let kept = writer.join().unwrap_or(Err(HistoryError::Stopped));
        (gathered, kept)
    });
    if let Some(error) = snapshot_error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.into());
    }
    kept?;
    let gathered = gathered?;
    // Some pages turned out to be twins of others only after they were read.
    let pages: BTreeSet<&str> =
        gathered.targets.iter().filter(|t| t.reached == Reached::Page).map(|t| t.url.as_str()).collect();
    store.keep_pages(run, |url| pages.contains(url))?;
    if let Some(snapshot) = snapshot {
        snapshot.finish(&gathered)?;
    }
    Ok(gathered)
}

/// A page on its way to the store.
struct Stored {
    url: PageUrl,
    key: String,
    record: Vec<u8>,
}

/// Stores pages as they come; ends when nobody sends any more.
fn keep(receive: Receiver<Stored>, store: &mut Store, run: i64) -> Result<(), HistoryError> {
    let mut waiting = 0;
    let mut packer = Packer::default();
    store.batch()?;
    for page in receive {
        store.put_page(run, page.url.as_str(), &page.key, &packer.pack(&page.record))?;
        waiting += 1;
        if waiting == BATCH {
            store.commit()?;
            store.batch()?;
            waiting = 0;
        }
    }
    store.commit()
}

/// What a stored record of the page phase came from.
fn page_key(phase: &str, fetched: &Fetched) -> String {
    let mut hasher = Sha256::new();
    let charset = fetched.header("content-type").unwrap_or("");
    for part in [
        phase,
        &FACTS_VERSION.to_string(),
        fetched.url.as_str(),
        charset,
        &fetched.status.to_string(),
        if fetched.truncated { "cut" } else { "" },
    ] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.update(&fetched.body);
    hex(&hasher.finalize()[..16])
}

/// The weights of the pages that were read, by their index among all addresses.
struct Weights {
    by_address: BTreeMap<u32, f64>,
    unread: f64,
}

fn weights(site: &SiteFacts) -> Weights {
    let (pages, offsets, targets) = site.page_graph();
    let place = |address: u32| pages.binary_search(&address).ok().and_then(|i| u32::try_from(i).ok());
    let home = site.home().and_then(place);
    let serves: Vec<bool> = pages.iter().map(|&p| site.does_business(p)).collect();
    let read: Vec<bool> = pages.iter().map(|&p| site.is_read(p)).collect();
    // Without a home page every page is a root.
    let roots: Vec<u32> =
        if home.is_some() { Vec::new() } else { (0..u32::try_from(pages.len()).unwrap_or(u32::MAX)).collect() };
    let all = match Graph::new(offsets, targets) {
        Ok(graph) => score::structural(&Structure { graph: &graph, home, roots: &roots, serves: &serves, twins: &[] }),
        Err(_) => vec![1.0 / pages.len().max(1) as f64; pages.len()],
    };
    let over_read = score::over_read(&all, &read);
    Weights { by_address: pages.into_iter().zip(over_read.weights).collect(), unread: over_read.unread }
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
fn hits(findings: &[Finding], rules: &Rules) -> Vec<Hit> {
    let by_rule = findings.chunk_by(|a, b| a.rule == b.rule);
    by_rule.filter_map(|group| rules.get(&group[0].rule).map(|rule| Hit::of(&terms(rule), group))).flatten().collect()
}

/// Judges every page in its site and the site itself, and works out the score.
fn judge_site(
    job: &Job<'_>,
    judge: &Judge<'_>,
    site: &SiteFacts,
    store: &Store,
    run: i64,
) -> Result<(score::Score, WorkOrder), AuditError> {
    let rules = &job.setup.rules;
    let weights = weights(site);
    let mut whole = judge.site(site);
    finding_keys(&mut whole.findings);
    let site_hits = hits(&whole.findings, rules);

    let mut total = SiteScore::new(rules.categories.iter().map(|c| c.id.clone()));
    let mut work = WorkPlan::default();
    let mut gains: BTreeMap<Arc<str>, f64> = BTreeMap::new();
    let mut site_sums: Vec<(f64, f64)> = vec![(0.0, 0.0); site_hits.len()];
    for verdict in &whole.outcomes {
        note_applied(&mut total, rules, &verdict.rule, verdict.outcome);
    }
    store.each_page(run, |_, record| {
        let page = record.facts;
        let mut findings = record.verdicts.findings;
        let in_site = judge.page_in_site(site, &page);
        for verdict in record.verdicts.outcomes.iter().chain(&in_site.outcomes) {
            note_applied(&mut total, rules, &verdict.rule, verdict.outcome);
        }
        findings.extend(in_site.findings);
        findings.sort_by(|a, b| a.rule.cmp(&b.rule));
        finding_keys(&mut findings);
        let mut page_hits = hits(&findings, rules);
        let own = page_hits.len();
        page_hits.extend(site_hits.iter().cloned());
        let weight = site.index_of(&page.url).and_then(|i| weights.by_address.get(&i)).copied().unwrap_or(0.0);
        let points = score::page_points(&page_hits, weight);
        total.add(&points);
        work.add(&page_hits, weight);
        for (hit, point) in page_hits.iter().zip(&points.hits) {
            *gains.entry(hit.rule.clone()).or_insert(0.0) += point.gain_all;
        }
        for (sum, point) in site_sums.iter_mut().zip(&points.hits[own..]) {
            *sum = (sum.0 + point.lost, sum.1 + point.gain_all);
        }
        let rows = priced(&findings, &page_hits, &points.hits, rules);
        let undecided = |v: &&Verdict| v.partly || v.outcome == Outcome::CouldNotTell;
        let verdicts = record.verdicts.outcomes.iter().chain(&in_site.outcomes);
        let unsure = verdicts.filter(undecided).map(|v| v.rule.clone()).collect();
        PageResult::new(&page, site, &points, unsure, rows).store(store, run, &job.plan.date)
    })?;
    for finding in &whole.findings {
        let at = site_hits.iter().position(|h| h.rule == finding.rule && h.severity == finding.severity);
        let (lost, gain) = at.map_or((0.0, 0.0), |at| site_sums[at]);
        if let Some(row) = finding_row(finding, rules, lost, gain) {
            store.put_finding(run, &row, &job.plan.date)?;
        }
    }
    let target = job.setup.config.target.unwrap_or(score::TARGET);
    let circumstances = Circumstances { unread: weights.unread, provisional: true, task_blocked: false, target };
    let score = total.score(&circumstances).ok_or_else(|| AuditError::Nothing(job.target.clone()))?;
    let steps = work.steps().into_iter().map(|s| Step { rule: s.rule, gain: s.gain, score: s.score }).collect();
    Ok((score, WorkOrder { steps, gains }))
}

fn note_applied(total: &mut SiteScore, rules: &Rules, rule: &str, outcome: Outcome) {
    if matches!(outcome, Outcome::Pass | Outcome::Fail)
        && let Some(rule) = rules.get(rule)
    {
        total.note_applied(&rule.category);
    }
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

fn finding_row(finding: &Finding, rules: &Rules, lost: f64, gain: f64) -> Option<FindingRow> {
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
    })
}

/// What is stored of a page after the site is known.
struct PageResult {
    row: PageRow,
    q: f64,
    causes: Vec<(Arc<str>, f64)>,
    unsure: Vec<Arc<str>>,
    findings: Vec<FindingRow>,
}

impl PageResult {
    fn new(
        page: &PageFacts,
        site: &SiteFacts,
        points: &PagePoints,
        unsure: Vec<Arc<str>>,
        rows: Vec<FindingRow>,
    ) -> Self {
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
        };
        Self {
            row,
            q: points.q,
            causes: points.causes.iter().map(|c| (c.cause.clone(), c.hazard)).collect(),
            unsure,
            findings: rows,
        }
    }

    fn store(&self, store: &Store, run: i64, started: &str) -> Result<(), HistoryError> {
        store.put_result(run, &self.row, self.q, &self.causes, &self.unsure)?;
        self.findings.iter().try_for_each(|f| store.put_finding(run, f, started))
    }
}

/// How reports name what was audited: the public address, never a path of the machine.
pub(super) fn shown_target(plan: &Plan) -> String {
    if let Some(url) = &plan.as_url {
        return url.to_string();
    }
    let name = |path: &std::path::Path| {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        path.file_name().map_or_else(|| "folder".to_owned(), |n| n.to_string_lossy().into_owned())
    };
    match &plan.source {
        Source::Site { start } => PageUrl::from_url(start.clone()).map_or_else(|| start.to_string(), |u| u.to_string()),
        Source::Folder(path) | Source::File(path) | Source::Archive(path) => name(path),
        Source::List(list) => {
            let first = list.first().cloned().and_then(PageUrl::from_url);
            first.map_or_else(String::new, |u| format!("{u} and {} more", list.len().saturating_sub(1)))
        }
    }
}

/// A file name for the snapshot of a run: what was audited, when, and a hash of both.
pub(super) fn snapshot_name(target: &str, started: &str) -> String {
    let word = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
    let short: String = word(target.trim_start_matches("https://").trim_start_matches("http://"))
        .trim_matches('-')
        .chars()
        .take(60)
        .collect();
    let hash = short_hash(format!("{target} {started}").as_bytes());
    format!("{short}-{}-{}.warc.gz", word(started.get(..10).unwrap_or(started)), &hash[..8])
}
