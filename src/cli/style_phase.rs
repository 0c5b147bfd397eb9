//! The pages looked at once more, with the style sheets that were read after them: what styles hide is hidden, and rules about
//! colours and sizes get their answer. What was found before is replaced.

use super::pipeline::{AuditError, Job};
use super::progress::note;
use super::states;
use crate::audit::Judge;
use crate::facts::{Page, Sheets};
use crate::history::{Again, Aside, Packer, PageRecord, Store};
use crate::model::{Fetched, Links, PageUrl, hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Pages that are all looked at; of more, one of each template and those with rules of their own. Our choice.
const ALL: usize = 500;

/// Pages that are in memory at a time. Our choice.
const AT_ONCE: usize = 32;

/// Looks at the chosen pages again.
pub(super) fn run(
    job: &Job<'_>,
    judge: &Judge<'_>,
    store: &Store,
    run: i64,
    sheets: &Sheets,
) -> Result<(), AuditError> {
    if !cfg!(feature = "style") {
        return Ok(());
    }
    let all = store.aside(run)?;
    let count = all.len();
    // A page with a sheet that was not read is not known better the second time.
    let (pages, lacking): (Vec<Aside>, Vec<Aside>) =
        all.into_iter().partition(|page| page.sheets.iter().all(|sheet| sheets.knows(sheet)));
    let mut chosen = chosen(&pages);
    if chosen.len() < count {
        note(coverage(chosen.len(), count, lacking.len()));
    }
    // The scripts of a kiosk are read by now, whatever sheet is not.
    if job.setup.config.kiosk.is_some() || job.setup.settings().terminal.is_some() {
        chosen.extend(lacking.into_iter().map(|page| page.url));
    }
    let phase = digest(sheets);
    let known = store.known_pages()?;
    let (settings, rename) = (job.setup.settings(), job.plan.rename());
    let mut packer = Packer::default();
    for some in chosen.chunks(AT_ONCE) {
        let mut work = Vec::with_capacity(some.len());
        for url in some {
            if let Some(page) = store.again(url)? {
                let key = styled_key(&page.key, &phase);
                let is_known = known.as_ref().is_some_and(|known| known.links(&key).is_some());
                work.push((page, key, is_known));
            }
        }
        let look = |page: &Again| {
            let read = |fetched: &Fetched| {
                let mut page = Page::read_styled(fetched, &job.setup.lexicon, &settings, sheets);
                page.facts.rename(&|url| rename.public_page(url));
                page
            };
            let (facts, verdicts, next, _) = states::judged(&page.fetched, judge, read(&page.fetched), read);
            (PageRecord { facts, verdicts }.json(), next)
        };
        let results = each(&work, job.stop, |(page, _, is_known)| (!is_known).then(|| look(page)));
        if job.stop.load(Ordering::Relaxed) {
            return Err(if job.snapshots.is_some() { AuditError::Stopped } else { AuditError::Forgotten });
        }
        store.batch()?;
        for ((page, key, _), result) in work.iter().zip(results) {
            let packed = result.flatten().map(|(record, next): (Vec<u8>, Links)| packer.page(&record, &next));
            store.put_page(run, page.fetched.url.as_str(), key, page.at, packed.as_ref())?;
            store.take_over_pictures(&page.key, key)?;
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
fn chosen(pages: &[Aside]) -> Vec<PageUrl> {
    if pages.len() <= ALL {
        return pages.iter().map(|p| p.url.clone()).collect();
    }
    let mut shapes = BTreeSet::new();
    let (mut templates, mut own) = (0, 0);
    let mut take = |page: &&Aside| {
        if templates < ALL && shapes.insert(page.shape) {
            templates += 1;
            return true;
        }
        let is_own = page.own && own < ALL;
        own += usize::from(is_own);
        is_own
    };
    pages.iter().filter(|page| take(page)).map(|p| p.url.clone()).collect()
}

/// Works on many at once, on as many threads as there are processors; results in the order of the work.
fn each<T: Sync, R: Send>(
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
