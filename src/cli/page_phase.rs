//! The first half of an audit: every page is read, recorded, measured and judged alone. What leaves
//! is in the store; the tree of a page lives no longer than its turn.

use super::pipeline::{AuditError, Job};
use super::reader::Reader;
use super::screen::Screen;
use super::setup::Setup;
use super::snapshots::Lock;
use super::states;
use super::style_phase::ALL;
use super::trees::Trees;
use crate::audit::{Judge, Picture};
use crate::facts::{Ahead, FACTS_VERSION, FileFacts, Page, PageFacts, Sheets};
use crate::gather::{Plan, Progress, Source, gather};
use crate::history::{HistoryError, KnownPage, Packer, PageRecord, Spooled, Store};
use crate::model::{Fetched, Gathered, LinkRole, Links, NextLink, PageUrl, Reached, Role, Target, hex};
use crate::snapshot::SnapshotError;
use foldhash::fast::RandomState;
use memchr::memmem;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
    let reader = job.reader();
    let phase = job.setup.phase_hash() + job.screen.mode();
    let renamed_host = renamed_host(&plan);
    let settings = job.setup.settings();
    let key_of = |fetched: &Fetched| page_key(&phase, renamed_host.as_deref(), fetched);
    let is_private = plan.doors.are_private() && !job.keep_private;
    let known = store.known_pages()?;
    let sheets = Sheets::new(job.setup.lexicon.font_sheets().to_vec());
    let trees = Trees::default();
    // A page that waits is only read for its links now, and measured and judged once, when its sheets are there. None does where
    // what waits may have to be let go, nor on a kiosk, whose scripts lead further.
    let can_wait = cfg!(feature = "style") && !is_private && settings.terminal.is_none();
    // Pages that the site has, as far as is known by now: of a large site few are looked at with their sheets.
    let size = AtomicUsize::new(0);
    let progress = |now: Progress| {
        let known = if now.expected > 0 { now.expected } else { now.pages + now.queued };
        size.store(known.min(plan.limits.max_pages), Ordering::Relaxed);
        (job.progress)(now);
    };
    let may_wait = || can_wait && size.load(Ordering::Relaxed) <= ALL;
    let keeps_aside = cfg!(feature = "style") || job.screen.draws_templates();
    if keeps_aside {
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
        let facts = reader.read(fetched).facts;
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
                job.stop.store(true, Ordering::Relaxed);
            }
            kept
        });
        // Moved in here, so that the writer ends when the last page was sent.
        let send = send;
        let visit = |fetched: &Fetched| -> Links {
            let known = |key: &str| known.as_ref()?.page(key).filter(|page| page.is_measured || can_wait);
            let is_source = fetched.is_page() && fetched.rendered.is_none();
            let mut key = is_source.then(|| key_of(fetched));
            let before = key.as_ref().filter(|_| !screen.draws_all()).and_then(|key| known(key));
            let seen = match before {
                Some(page) => Seen { left: Some(Left::Known(page)), ..Seen::default() },
                None if is_source => {
                    Seen::of((setup, &reader, screen, stop), fetched, may_wait() || screen.draws_all())
                }
                None => Seen::default(),
            };
            let mut left = seen.left;
            if seen.drawn.is_some() {
                (key, left) = (None, None);
            }
            let fetched = seen.drawn.as_ref().unwrap_or(fetched);
            let at = match record(fetched) {
                Ok(at) => at,
                Err(error) => {
                    snapshot_error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    stop.store(true, Ordering::Relaxed);
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
            let store = |fetched: &Fetched, key: Option<String>, left: Option<Left<'_>>| -> Links {
                let mut key = key.unwrap_or_else(|| key_of(fetched));
                if seen.failed {
                    // What a browser could not draw today it may draw tomorrow.
                    key.push('-');
                }
                let left = match left {
                    Some(Left::Known(page)) => Some(Left::Known(page)),
                    left => known(&key).map(Left::Known).or(left.filter(|_| !screen.draws_all())),
                };
                let (what, next) = match left {
                    Some(Left::Known(page)) if page.is_measured => (What::Known, page.next),
                    Some(Left::Known(KnownPage { next, .. })) => (What::Waits(next.clone()), next),
                    Some(Left::Ahead(ahead)) => {
                        trees.keep(&key, ahead.dom, fetched.body.len());
                        (What::Waits(ahead.next.clone()), ahead.next)
                    }
                    left => {
                        let page = match left {
                            Some(Left::Read(page)) => *page,
                            _ => reader.read(fetched),
                        };
                        let (facts, verdicts, next, shown) =
                            states::judged(fetched, judge, page, |state| reader.read(state));
                        (What::Measured(PageRecord { facts, verdicts }.json(), next.clone(), shown), next)
                    }
                };
                // The writer ends early only with an error of its own, which is told at the end.
                let is_recorded = at.is_some() && fetched.rendered.is_none();
                let spooled = keeps_aside.then(|| Box::new(Spooled::new(fetched, &next, is_recorded)));
                let _ = send.send(Stored::Page { url: fetched.url.clone(), key, at, what, spooled });
                next
            };
            let mut next = store(fetched, key, left);
            for screen in states::screens(fetched) {
                let more = store(&screen, None, None).into_iter();
                next.extend(more.filter(|link| !next.contains(link)).collect::<Links>());
                let from = (screen.url, fetched.url.clone());
                screens.lock().unwrap_or_else(PoisonError::into_inner).insert(from);
            }
            next.into_iter().filter(|link| link.role != LinkRole::Sheet || !sheets.brings_fonts(&link.url)).collect()
        };
        let gathered = gather(&plan, &visit, &progress, job.stop);
        drop(send);
        let kept = writer.join().unwrap_or(Err(HistoryError::Stopped));
        (gathered, kept)
    });
    if let Some(error) = snapshot_error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.into());
    }
    kept?;
    if job.stop.load(Ordering::Relaxed) {
        return Err(if open.is_some() { AuditError::Stopped } else { AuditError::Forgotten });
    }
    let mut gathered = gathered?;
    let addresses = gathered.targets.len();
    add_screens(&mut gathered, screens.into_inner().unwrap_or_else(PoisonError::into_inner));
    // Some pages turned out to be twins of others only after they were read.
    let pages: HashSet<&str, RandomState> =
        gathered.targets.iter().filter(|t| t.reached == Reached::Page).map(|t| t.url.as_str()).collect();
    store.keep_pages(run, |url| pages.contains(url))?;
    let missing = missing.into_inner().unwrap_or_else(PoisonError::into_inner).map(|(_, facts)| facts);
    super::template_phase::run(job, judge, (store, run), open.as_ref(), &key_of)?;
    super::style_phase::run(job, judge, store, run, (&sheets, &trees), open.as_ref())?;
    let Some(open) = open else { return Ok(Reading { gathered, missing, lock: None }) };
    // The snapshot has screens with the page that they are drawn on.
    let screens = gathered.targets.split_off(addresses);
    open.writer.finish(&gathered)?;
    gathered.targets.extend(screens);
    Ok(Reading { gathered, missing, lock: Some(open.lock) })
}

/// Puts the screens that scripts draw behind the addresses that were gathered, each with the page that it is drawn on.
fn add_screens(gathered: &mut Gathered, mut screens: BTreeSet<(PageUrl, PageUrl)>) {
    if screens.is_empty() {
        return;
    }
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
    /// What is left of its source, as far as it was read.
    left: Option<Left<'j>>,
    /// Whether a browser could not draw it.
    failed: bool,
}

impl<'j> Seen<'j> {
    /// Has a page drawn where it should be. With `ahead`, it is only read for where it leads, if that tells enough.
    fn of(with: (&Setup, &Reader<'j>, &Screen, &AtomicBool), fetched: &Fetched, ahead: bool) -> Self {
        let (setup, reader, screen, stop) = with;
        let ahead = ahead.then(|| Ahead::read(fetched, &setup.lexicon, &setup.settings())).flatten();
        let (why, left) = match ahead {
            Some(ahead) => (ahead.why, Left::Ahead(Box::new(ahead))),
            None => {
                let page = reader.read(fetched);
                (page.why_to_draw(), Left::Read(Box::new(page)))
            }
        };
        let drawn = screen.draw(fetched, why, stop);
        let failed = drawn.is_none() && (why.is_some() || screen.draws_all());
        Self { drawn, left: Some(left), failed }
    }
}

/// What is left of a page that was looked at.
enum Left<'j> {
    /// It was read in an earlier audit, or before this one was interrupted.
    Known(KnownPage),
    /// Where it leads, and its tree.
    Ahead(Box<Ahead>),
    /// All of it.
    Read(Box<Page<'j>>),
}

/// What is to be stored of a page.
enum What {
    /// The store has it.
    Known,
    /// It waits for its style sheets: only its links.
    Waits(Links),
    /// Its record in JSON, its links, and pictures of its findings.
    Measured(Vec<u8>, Links, Vec<Picture>),
}

/// What is on its way to the store.
enum Stored {
    Page {
        url: PageUrl,
        key: String,
        /// Where the snapshot holds it.
        at: Option<u64>,
        what: What,
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
                Stored::Page { url, key, at, what, spooled } => {
                    let is_measured = !matches!(what, What::Waits(_));
                    let packed = match what {
                        What::Known => None,
                        What::Waits(links) => Some(packer.ahead(&links)),
                        What::Measured(record, links, shown) => {
                            Some(packer.page(&record, &links).with_pictures(&shown))
                        }
                    };
                    batch.push((url, key, at, packed, spooled.map(|spooled| (spooled, is_measured))));
                }
                Stored::File(url, facts) => files.push((url, facts)),
            }
            let left = MOMENT.saturating_sub(begun.elapsed());
            next = if batch.len() < BATCH { receive.recv_timeout(left).ok() } else { None };
        }
        store.batch()?;
        for (url, key, at, packed, spooled) in &batch {
            store.put_page(run, url.as_str(), key, *at, packed.as_ref())?;
            if let Some((spooled, is_measured)) = spooled {
                held = held.saturating_add(spooled.bytes());
                if held <= room {
                    store.spool(spooled, key, *at, *is_measured)?;
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
