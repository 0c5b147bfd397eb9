//! The first half of an audit: every page is read, recorded, measured and judged alone. What leaves
//! is in the store; the tree of a page lives no longer than its turn.

use super::pipeline::{AuditError, Job};
use super::screen::Screen;
use super::setup::Setup;
use super::snapshots::Lock;
use super::states;
use crate::audit::{Judge, Picture};
use crate::facts::{FACTS_VERSION, FileFacts, Page, PageFacts, Sheets};
use crate::gather::{Plan, Source, gather};
use crate::history::{HistoryError, Packer, PageRecord, Spooled, Store};
use crate::model::{Fetched, Gathered, LinkRole, Links, NextLink, PageUrl, Reached, Role, Target, hex};
use crate::snapshot::SnapshotError;
use memchr::memmem;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use url::Position;

/// Pages that are written to the store in one transaction. Our choice.
const BATCH: usize = 500;

/// How long pages are gathered for one transaction. Our choice.
const MOMENT: Duration = Duration::from_millis(200);

/// Pages that may wait to be stored. Our choice; it bounds memory when the disk is slow.
const WAITING: usize = 64;

/// Most bytes of pages read with credentials that wait in memory for their styles, packed. Our choice: some 10,000 pages.
const MAX_HELD: usize = 128 * 1024 * 1024;

/// What reading came to.
pub(super) struct Reading {
    pub(super) gathered: Gathered,
    /// The page that missing addresses are answered with.
    pub(super) missing: Option<PageFacts>,
    /// Has to be held until the run is whole.
    pub(super) lock: Option<Lock>,
}

/// Reads every page, and stores what was measured and what the rules say of it alone. A page of
/// which every byte was judged by the same rules before is not even parsed.
pub(super) fn read(job: &Job<'_>, judge: &Judge<'_>, store: &mut Store, run: i64) -> Result<Reading, AuditError> {
    let mut plan = job.plan.clone();
    let open = match &job.snapshots {
        Some(snapshots) => {
            let max_body = plan.limits.max_body;
            plan.earlier = snapshots.earlier(store, (&job.target, job.setup.profile.word()), max_body)?;
            Some(snapshots.open(store, (run, &job.target), &plan, job.left.as_ref())?)
        }
        None => None,
    };
    plan.resumed = open.as_ref().and_then(|open| open.resumed.clone());
    let snapshot_error: Mutex<Option<SnapshotError>> = Mutex::new(None);
    let rename = plan.rename();
    let phase = job.setup.phase_hash() + job.screen.mode();
    let renamed_host = renamed_host(&plan);
    let settings = job.setup.settings();
    let is_private = plan.doors.are_private() && !job.keep_private;
    let known = store.known_pages()?;
    let sheets = Sheets::new(job.setup.lexicon.font_sheets().to_vec());
    if cfg!(feature = "style") {
        store.open_spool(is_private)?;
    }
    let (send, receive) = sync_channel::<Stored>(WAITING);

    // The answer to the probe; without one, that of the first address which is missing.
    let missing: Mutex<Option<(bool, PageFacts)>> = Mutex::new(None);
    let note_missing = |fetched: &Fetched| {
        let rank = |is_page: bool, url: &PageUrl| (is_page, url.clone());
        let own = rank(fetched.role == Role::Page, &fetched.url);
        let is_first = |kept: &Option<(bool, PageFacts)>| kept.as_ref().is_none_or(|(p, f)| own < rank(*p, &f.url));
        if !is_first(&missing.lock().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut facts = Page::read(fetched, &job.setup.lexicon, &settings).facts;
        facts.rename(&|url| rename.public_page(url));
        let mut kept = missing.lock().unwrap_or_else(PoisonError::into_inner);
        if is_first(&kept) {
            *kept = Some((own.0, facts));
        }
    };
    // The screens that scripts draw, with their pages.
    let screens: Mutex<BTreeSet<(PageUrl, PageUrl)>> = Mutex::default();
    let record = |fetched: &Fetched| -> Result<Option<u64>, SnapshotError> {
        match &open {
            Some(open) if fetched.recorded => {
                Ok(open.resumed.as_ref().and_then(|r| r.position(&fetched.url, fetched.role)))
            }
            Some(open) if is_private => open.writer.append_without_body(fetched).map(|_| None),
            Some(open) => open.writer.append(fetched).map(Some),
            None => Ok(None),
        }
    };
    let (setup, screen, stop) = (job.setup, &job.screen, job.stop);
    let (gathered, kept) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let kept = keep(receive, store, run, if is_private { MAX_HELD } else { usize::MAX });
            if kept.is_err() {
                job.stop.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            kept
        });
        // Moved in here, so that the writer ends when the last page was sent.
        let send = send;
        let visit = |fetched: &Fetched| -> Links {
            let is_known = || {
                known.as_ref().is_some_and(|k| k.links(&page_key(&phase, renamed_host.as_deref(), fetched)).is_some())
            };
            let seen = Seen::of((setup, screen, stop), fetched, is_known);
            let fetched = seen.drawn.as_ref().unwrap_or(fetched);
            let at = match record(fetched) {
                Ok(at) => at,
                Err(error) => {
                    snapshot_error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    stop.store(true, std::sync::atomic::Ordering::Relaxed);
                    return Links::new();
                }
            };
            if fetched.stands_for_missing() {
                note_missing(fetched);
            }
            if fetched.role == Role::Sheet || is_sheet(fetched) {
                let imports = sheets.take(fetched).into_iter();
                return imports.map(|url| NextLink { url, role: LinkRole::Sheet }).collect();
            }
            if !fetched.is_page() {
                if let Some(file) = FileFacts::read(fetched, &setup.lexicon, &settings) {
                    let _ = send.send(Stored::File(fetched.url.clone(), Box::new(file)));
                }
                return Links::new();
            }
            // A page, or a screen that a script draws on it.
            let store = |fetched: &Fetched, read: Option<Page<'_>>| -> Links {
                let mut key = page_key(&phase, renamed_host.as_deref(), fetched);
                if seen.failed {
                    // What a browser could not draw today it may draw tomorrow.
                    key.push('-');
                }
                let before = known.as_ref().and_then(|known| known.links(&key));
                let mut shown = Vec::new();
                let (page, next) = match before {
                    Some(next) => (None, next),
                    None => {
                        let anew = |fetched: &Fetched| {
                            let mut page = Page::read(fetched, &setup.lexicon, &settings);
                            page.facts.rename(&|url| rename.public_page(url));
                            page
                        };
                        let page = match read {
                            Some(mut page) => {
                                page.facts.rename(&|url| rename.public_page(url));
                                page
                            }
                            None => anew(fetched),
                        };
                        let (facts, verdicts, next, pictures) = states::judged(fetched, judge, page, anew);
                        shown = pictures;
                        let record = PageRecord { facts, verdicts }.json();
                        (Some((record, next.clone())), next)
                    }
                };
                // The writer ends early only with an error of its own, which is told at the end.
                let spooled = cfg!(feature = "style").then(|| Box::new(Spooled::new(fetched, &next)));
                let _ = send.send(Stored::Page { url: fetched.url.clone(), key, at, page, shown, spooled });
                next
            };
            let mut next = store(fetched, seen.page.filter(|_| fetched.rendered.is_none()));
            for screen in states::screens(fetched) {
                let more = store(&screen, None).into_iter();
                next.extend(more.filter(|link| !next.contains(link)).collect::<Links>());
                let from = (screen.url, fetched.url.clone());
                screens.lock().unwrap_or_else(PoisonError::into_inner).insert(from);
            }
            next.into_iter().filter(|link| link.role != LinkRole::Sheet || !sheets.brings_fonts(&link.url)).collect()
        };
        let gathered = gather(&plan, &visit, job.progress, job.stop);
        drop(send);
        let kept = writer.join().unwrap_or(Err(HistoryError::Stopped));
        (gathered, kept)
    });
    if let Some(error) = snapshot_error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.into());
    }
    kept?;
    if job.stop.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(if open.is_some() { AuditError::Stopped } else { AuditError::Forgotten });
    }
    let mut gathered = gathered?;
    let addresses = gathered.targets.len();
    add_screens(&mut gathered, screens.into_inner().unwrap_or_else(PoisonError::into_inner));
    // Some pages turned out to be twins of others only after they were read.
    let pages: BTreeSet<&str> =
        gathered.targets.iter().filter(|t| t.reached == Reached::Page).map(|t| t.url.as_str()).collect();
    store.keep_pages(run, |url| pages.contains(url))?;
    let missing = missing.into_inner().unwrap_or_else(PoisonError::into_inner).map(|(_, facts)| facts);
    super::style_phase::run(job, judge, store, run, &sheets)?;
    let Some(open) = open else { return Ok(Reading { gathered, missing, lock: None }) };
    // The snapshot has screens with the page that they are drawn on.
    let screens = gathered.targets.split_off(addresses);
    open.writer.finish(&gathered)?;
    gathered.targets.extend(screens);
    Ok(Reading { gathered, missing, lock: Some(open.lock) })
}

/// Puts the screens that scripts draw behind the addresses that were gathered, each with the page that it is drawn on.
fn add_screens(gathered: &mut Gathered, mut screens: BTreeSet<(PageUrl, PageUrl)>) {
    // A page that turned out to be the twin of another one has none.
    let pages: BTreeSet<&PageUrl> =
        gathered.targets.iter().filter(|t| t.reached == Reached::Page).map(|t| &t.url).collect();
    screens.retain(|(_, page)| pages.contains(page));
    let target = |(url, page)| Target { url, reached: Reached::Page, from: Some(page) };
    gathered.targets.extend(screens.into_iter().map(target));
}

/// A page as a browser may have drawn it.
#[derive(Default)]
struct Seen<'j> {
    /// With what the browser made of it.
    drawn: Option<Fetched>,
    /// As its source was read on the way.
    page: Option<Page<'j>>,
    /// Whether a browser could not draw it.
    failed: bool,
}

impl<'j> Seen<'j> {
    /// Has a page drawn where it should be. A source that was judged before with a browser at hand needed none.
    fn of(with: (&'j Setup, &Screen, &AtomicBool), fetched: &Fetched, is_known: impl FnOnce() -> bool) -> Self {
        let (setup, screen, stop) = with;
        if !fetched.is_page() || fetched.rendered.is_some() || (!screen.draws_all() && is_known()) {
            return Self::default();
        }
        let page = Page::read(fetched, &setup.lexicon, &setup.settings());
        let why = page.why_to_draw();
        let drawn = screen.draw(fetched, why, stop);
        let failed = drawn.is_none() && (why.is_some() || screen.draws_all());
        Self { drawn, page: Some(page), failed }
    }
}

/// What is on its way to the store.
enum Stored {
    Page {
        url: PageUrl,
        key: String,
        /// Where the snapshot holds it.
        at: Option<u64>,
        /// Its record in JSON and its links; `None` where the store has them.
        page: Option<(Vec<u8>, Links)>,
        /// Pictures of its findings.
        shown: Vec<Picture>,
        /// The page as it came, to be looked at with its style sheets.
        spooled: Option<Box<Spooled>>,
    },
    File(PageUrl, Box<FileFacts>),
}

/// Stores pages as they come; ends when nobody sends any more. What comes within a moment goes into
/// one transaction, and none is open while nothing comes: others may write to the store as well.
/// Of the pages that are kept aside for their styles `room` bytes are held; with more, none is: which came first must not matter.
fn keep(receive: Receiver<Stored>, store: &mut Store, run: i64, room: usize) -> Result<(), HistoryError> {
    let mut packer = Packer::default();
    let mut held = 0usize;
    // Owned, so that whoever sends is refused once this has ended.
    let receive = receive;
    while let Ok(first) = receive.recv() {
        let begun = Instant::now();
        let mut batch = Vec::new();
        let mut files = Vec::new();
        let mut next = Some(first);
        while let Some(stored) = next {
            match stored {
                Stored::Page { url, key, at, page, shown, spooled } => {
                    let packed = page.map(|(record, links)| packer.page(&record, &links).with_pictures(&shown));
                    batch.push((url, key, at, packed, spooled));
                }
                Stored::File(url, facts) => files.push((url, facts)),
            }
            let left = MOMENT.saturating_sub(begun.elapsed());
            next = if batch.len() < BATCH { receive.recv_timeout(left).ok() } else { None };
        }
        store.batch()?;
        for (url, key, at, packed, spooled) in &batch {
            store.put_page(run, url.as_str(), key, *at, packed.as_ref())?;
            if let Some(spooled) = spooled {
                held = held.saturating_add(spooled.bytes());
                if held <= room {
                    store.spool(spooled, key, *at)?;
                } else {
                    store.empty_spool()?;
                }
            }
        }
        for (url, facts) in &files {
            store.put_file(run, url, facts)?;
        }
        store.commit()?;
    }
    Ok(())
}

/// Whether it is a style sheet of an archive that does not say what it was asked for.
fn is_sheet(fetched: &Fetched) -> bool {
    fetched.role == Role::Page && fetched.header("content-type").is_some_and(|t| t.trim_start().starts_with("text/css"))
}

/// The host whose name in links is replaced by the public one, with its port.
fn renamed_host(plan: &Plan) -> Option<String> {
    let Source::Site { start } = &plan.source else { return None };
    plan.as_url.as_ref().map(|_| start[Position::BeforeHost..Position::AfterPort].to_owned())
}

/// What a stored record of the page phase came from.
fn page_key(phase: &str, renamed_host: Option<&str>, fetched: &Fetched) -> String {
    let mut hasher = Sha256::new();
    let charset = fetched.header("content-type").unwrap_or("");
    for part in [
        phase,
        &FACTS_VERSION.to_string(),
        fetched.url.as_str(),
        charset,
        &fetched.status.to_string(),
        if fetched.truncated { "cut" } else { "" },
        // Links that name the host are renamed on that host alone.
        if renamed_host.is_some_and(|host| memmem::find(&fetched.body, host.as_bytes()).is_some()) {
            "own"
        } else {
            ""
        },
    ] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.update(&fetched.body);
    if let Some(rendered) = &fetched.rendered {
        hasher.update([0]);
        hasher.update(&rendered.html);
        hasher.update(&rendered.drawing);
        hasher.update(serde_json::to_vec(&rendered.notes).expect("plain values are JSON"));
    }
    hex(&hasher.finalize()[..16])
}
