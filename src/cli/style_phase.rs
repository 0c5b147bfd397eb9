//! The pages looked at with the style sheets that were read after them: what styles hide is hidden, and rules about colours and
//! sizes get their answer. What was found before is replaced; pages that waited for their sheets are measured here for the first time.

use super::pipeline::{AuditError, Job};
use super::progress::note;
use super::snapshots::{Open, body_in};
use super::states;
use super::trees::Trees;
use crate::audit::Judge;
use crate::facts::Sheets;
use crate::history::{Aside, Packer, PageRecord, Store};
use crate::model::{Fetched, Links, PageUrl, hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Pages that are all looked at; of more, one of each template and those with rules of their own. Our choice.
pub(super) const ALL: usize = 500;

/// Pages that are in memory at a time. Our choice.
const AT_ONCE: usize = 32;

/// Looks at the chosen pages with their sheets, and at those that waited for none.
pub(super) fn run(
    job: &Job<'_>,
    judge: &Judge<'_>,
    store: &Store,
    run: i64,
    (sheets, trees): (&Sheets, &Trees),
    open: Option<&Open>,
) -> Result<(), AuditError> {
    if !cfg!(feature = "style") {
        return Ok(());
    }
    // The scripts of a kiosk are read by now, whatever sheet is not.
    let is_kiosk = job.setup.config.kiosk.is_some() || job.setup.settings().terminal.is_some();
    let (mut count, mut lacks, mut chosen) = (0, 0, Chosen::default());
    let (mut lacking, mut waiting) = (Vec::new(), Vec::new());
    store.each_aside(run, |page| {
        count += 1;
        if !page.is_measured {
            waiting.push(page.clone());
        }
        // A page with a sheet that was not read is not known better the second time.
        if page.sheets.iter().all(|sheet| sheets.knows(sheet)) {
            chosen.add(page);
        } else {
            lacks += 1;
            lacking.extend(is_kiosk.then_some(page));
        }
    })?;
    let mut chosen = chosen.pages;
    if chosen.len() < count {
        note(coverage(chosen.len(), count, lacks));
    }
    chosen.extend(lacking);
    let phase = digest(sheets);
    let known = store.known_pages()?;
    let is_known = |key: &str| known.as_ref().is_some_and(|known| known.is_measured(key));
    let reader = job.reader();
    let mut packer = Packer::default();
    let with_sheets: BTreeSet<&PageUrl> = chosen.iter().map(|page| &page.url).collect();
    let waiting = waiting.iter().filter(|page| !with_sheets.contains(&page.url));
    let wanted: Vec<(&Aside, bool)> =
        chosen.iter().map(|page| (page, true)).chain(waiting.map(|page| (page, false))).collect();
    for some in wanted.chunks(AT_ONCE) {
        let mut work = Vec::with_capacity(some.len());
        for &(page, styled) in some {
            let key = if styled { styled_key(&page.key, &phase) } else { page.key.clone() };
            let fetched = if is_known(&key) { None } else { store.again(&page.url, body_in(open, job))? };
            work.push((page, key, styled, fetched));
        }
        let look = |page: &Aside, fetched: &Fetched, styled: bool| {
            let read = |fetched: &Fetched| match styled {
                true => reader.read_styled(fetched, sheets),
                false => reader.read(fetched),
            };
            let parsed = trees.take(&page.key);
            let page = match parsed {
                Some(dom) => reader.read_tree(dom, fetched, styled.then_some(sheets)),
                None => read(fetched),
            };
            let (facts, verdicts, next, _) = states::judged(fetched, judge, page, read);
            (PageRecord { facts, verdicts }.json(), next)
        };
        let results = each(&work, job.stop, |(page, _, styled, fetched)| {
            fetched.as_ref().map(|fetched| look(page, fetched, *styled))
        });
        if job.stop.load(Ordering::Relaxed) {
            return Err(if job.snapshots.is_some() { AuditError::Stopped } else { AuditError::Forgotten });
        }
        store.batch()?;
        for ((page, key, styled, _), result) in work.iter().zip(results) {
            let packed = result.flatten().map(|(record, next): (Vec<u8>, Links)| packer.page(&record, &next));
            store.put_page(run, page.url.as_str(), key, page.at, packed.as_ref())?;
            if *styled {
                store.take_over_pictures(&page.key, key)?;
            }
        }
        store.commit()?;
    }
    store.close_spool()?;
    Ok(())
}

/// How many pages the styles were worked out of, and why not of the others.
fn coverage(chosen: usize, count: usize, lacking: usize) -> String {
    let of_templates = "one of each template, and those with rules of their own";
    match (count - lacking == chosen, lacking) {
        (true, _) => {
            format!("styles were worked out on {chosen} of {count} pages: not every style sheet of the others was read")
        }
        (false, 0) => format!("styles were worked out on {chosen} of {count} pages: {of_templates}"),
        (false, _) => format!(
            "styles were worked out on {chosen} of {count} pages: {of_templates}; of {lacking}, not every style sheet was read"
        ),
    }
}

/// Every page of a small site; of a large one the first of each template by address, and pages with rules of their own.
#[derive(Default)]
struct Chosen {
    pages: Vec<Aside>,
    /// Whether the site is a large one.
    is_large: bool,
    shapes: BTreeSet<i64>,
    templates: usize,
    own: usize,
}

impl Chosen {
    /// Takes in a page; they come in the order of their addresses.
    fn add(&mut self, page: Aside) {
        if self.is_large {
            return self.add_some(page);
        }
        self.pages.push(page);
        if self.pages.len() > ALL {
            self.is_large = true;
            std::mem::take(&mut self.pages).into_iter().for_each(|page| self.add_some(page));
        }
    }

    fn add_some(&mut self, page: Aside) {
        if self.templates < ALL && self.shapes.insert(page.shape) {
            self.templates += 1;
            self.pages.push(page);
        } else if page.own && self.own < ALL {
            self.own += 1;
            self.pages.push(page);
        }
    }
}

/// Works on many at once, on as many threads as there are processors; results in the order of the work.
pub(super) fn each<T: Sync, R: Send>(
    work: &[T],
    stop: &std::sync::atomic::AtomicBool,
    look: impl Fn(&T) -> R + Sync,
) -> Vec<Option<R>> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<R>>> = work.iter().map(|_| Mutex::new(None)).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(work.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = work.get(at) else { break };
                    let result = look(item);
                    *results[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                }
            });
        }
    });
    results.into_iter().map(|r| r.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

/// A hash of all that is known of sheets.
fn digest(sheets: &Sheets) -> String {
    let mut hasher = Sha256::new();
    sheets.each(|url, what| {
        for part in [url, what] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
    });
    hex(&hasher.finalize()[..16])
}

/// What a record with styles came from: what the page's own record came from, and the sheets.
fn styled_key(key: &str, sheets: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [key, "styled", sheets] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize()[..16])
}
