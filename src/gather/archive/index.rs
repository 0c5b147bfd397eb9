//! The first pass over an archive: which records are read. Of several captures of an address it
//! must choose the newest up to the date asked for, whatever their order in the file.

use crate::gather::scope::Scope;
use crate::gather::{GatherError, Plan};
use crate::model::{Gathered, PageUrl, Rendered, Role};
use crate::snapshot::{Kind, Reader, Record, Restored, Revisit};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::Path;

/// Bytes of a record that the first pass looks at, for its header. Our choice.
const FIRST_LOOK: usize = 16 * 1024;

/// Bytes of what a browser made of pages when all were read. Our choice: more than ten times what we write.
const MAX_LATE: usize = 128 * 1024 * 1024;

/// What the first pass finds.
pub(super) struct Index {
    /// The records that are read, by their number, and what each of them gives.
    pub(super) wanted: HashMap<usize, Wanted>,
    /// Addresses whose newest capture has its body elsewhere.
    pub(super) lost: Vec<PageUrl>,
    /// What the crawl came to, in an archive of ours.
    pub(super) ours: Option<Gathered>,
    /// The page that was first.
    pub(super) start: Option<PageUrl>,
    /// Whether a record is damaged.
    pub(super) damaged: bool,
    /// What a browser made of pages when all were read, by the record of the page.
    pub(super) late: Late,
    // When the first page was captured, of those that are too new.
    too_new: Option<String>,
}

/// What a browser made of pages when all pages were read, which stands behind them all.
#[derive(Default)]
pub(super) struct Late {
    of: HashMap<u64, Rendered>,
    bytes: usize,
}

impl Late {
    /// What was made of the page that this record holds.
    pub(super) fn of(&self, record: &Record) -> Option<Rendered> {
        self.of.get(&hash(record.field("WARC-Record-ID")?)).cloned()
    }

    fn take(&mut self, record: &Record) {
        let Some((of, url)) = record.field("WARC-Refers-To").map(hash).zip(record.url()) else { return };
        if self.bytes.saturating_add(record.block.len()) > MAX_LATE {
            return;
        }
        if record.is_late() {
            self.bytes += record.block.len();
            self.of.extend(record.rendered(&url).map(|rendered| (of, rendered)));
        } else if let Some(rendered) = self.of.get_mut(&of)
            && let Some(drawing) = record.drawn(&url)
        {
            self.bytes += drawing.len();
            rendered.drawing = drawing;
        }
    }
}

/// What a record gives.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Whether it is itself the newest capture of its address.
    pub(super) is_own: bool,
    /// Later captures that found the same.
    pub(super) again: Vec<Revisit>,
}

/// One capture of an address. Ordered: the newer one is greater, and of one second the later record.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Capture {
    date: String,
    number: usize,
    // The id of the record, or of that which it was written together with, to tell its request.
    ids: [u64; 2],
    is_revisit: bool,
}

/// What the first pass remembers until it knows all.
#[derive(Default)]
struct Pass<'a> {
    within: Option<&'a Scope>,
    captures: HashMap<(PageUrl, Role), Vec<Capture>>,
    /// Records that came of a request other than GET, or were written together with it.
    acts: HashSet<u64>,
    /// The records that hold bodies, by their names.
    bodies: HashMap<u64, usize>,
    revisits: HashMap<usize, (Revisit, Vec<u64>)>,
    restored: Restored,
    /// The last crawl of ours that ended, and the records that it wrote.
    ours: Option<(Gathered, Range<usize>)>,
    start: Option<PageUrl>,
    too_new: Option<String>,
    late: Late,
}

impl Index {
    /// Reads through the archive once, up to that date, for the site of that page. Errors when it
    /// cannot be opened.
    pub(super) fn read(
        path: &Path,
        as_of: Option<&str>,
        site: Option<(&PageUrl, &Scope)>,
    ) -> Result<Self, GatherError> {
        let mut pass = Pass { within: site.map(|(_, scope)| scope), ..Pass::default() };
        let mut damaged = false;
        let reader = Reader::open(path, FIRST_LOOK)?;
        let named = site.map(|(page, _)| page.clone()).or_else(|| reader.first_page().cloned());
        for (number, record) in reader.enumerate() {
            match record {
                Ok(record) => pass.take(number, &record, as_of),
                Err(_) => damaged = true,
            }
        }
        // A page that the archive names first, and holds.
        let named = named.filter(|url| pass.captures.contains_key(&(url.clone(), Role::Page)));
        let start = named.filter(|_| pass.start.is_some()).or(pass.start.take());
        let (too_new, late) = (pass.too_new.take(), std::mem::take(&mut pass.late));
        let (wanted, lost, ours) = pass.choose();
        Ok(Self { wanted, lost, ours, start, damaged, late, too_new })
    }

    /// Why there is nothing to read.
    pub(super) fn empty(self, plan: &Plan, path: &Path) -> GatherError {
        let path = path.to_owned();
        match (plan.as_of.clone(), self.too_new) {
            (Some(as_of), Some(first)) => GatherError::NoCapture { path, as_of, first },
            _ => GatherError::NoPage { path },
        }
    }
}

impl Pass<'_> {
    fn take(&mut self, number: usize, record: &Record, as_of: Option<&str>) {
        let date = record.date();
        let is_too_new = as_of.is_some_and(|as_of| !is_by(&date, as_of));
        if self.restored.take(record) {
            // Several archives of ours may have been put into one file.
            if let Some(gathered) = self.restored.take_whole().filter(|_| !is_too_new) {
                let begin = self.ours.take().map_or(0, |(_, range)| range.end);
                self.ours = Some((gathered, begin..number));
            }
            return;
        }
        let id = |field: &str| record.field(field).map_or(0, hash);
        let ids = [id("WARC-Record-ID"), id("WARC-Concurrent-To")];
        if record.is_request_to_act() {
            self.acts.extend(ids.into_iter().filter(|&id| id != 0));
            return;
        }
        self.late.take(record);
        let Some(url) = record.url().filter(|_| record.kind != Kind::Metadata) else { return };
        let revisit = Revisit::of(record);
        let is_revisit = revisit.is_some();
        if !is_revisit && !matches!(record.kind, Kind::Response | Kind::Resource) {
            return;
        }
        if !is_revisit {
            for name in Revisit::names(record) {
                // The first one: nothing refers to a later record.
                self.bodies.entry(hash(name)).or_insert(number);
            }
        }
        let is_page = || record.fetched(FIRST_LOOK).and_then(Result::ok).is_some_and(|f| f.is_page());
        if is_too_new {
            if self.too_new.as_ref().is_none_or(|first| date < *first) && is_page() {
                self.too_new = Some(date);
            }
            return;
        }
        let in_site = self.within.is_none_or(|within| within.contains(&url));
        if self.start.is_none() && in_site && (is_page() || revisit.as_ref().is_some_and(Revisit::is_page)) {
            self.start = Some(url.clone());
        }
        if let Some(revisit) = revisit {
            let origins = Revisit::origins(record).into_iter().map(hash).collect();
            self.revisits.insert(number, (revisit, origins));
        }
        let capture = Capture { date, number, ids, is_revisit };
        self.captures.entry((url, record.role().unwrap_or(Role::Page))).or_default().push(capture);
    }

    fn choose(mut self) -> (HashMap<usize, Wanted>, Vec<PageUrl>, Option<Gathered>) {
        let mut wanted: HashMap<usize, Wanted> = HashMap::new();
        let mut lost = Vec::new();
        let captures = std::mem::take(&mut self.captures);
        for ((url, _), mut captures) in captures {
            captures.retain(|capture| {
                let is_of_crawl = self.ours.as_ref().is_none_or(|(_, range)| range.contains(&capture.number));
                is_of_crawl && !capture.ids.iter().any(|id| self.acts.contains(id))
            });
            captures.sort_unstable();
            let Some(newest) = captures.last() else { continue };
            if !newest.is_revisit {
                wanted.entry(newest.number).or_default().is_own = true;
                continue;
            }
            let Some((revisit, origins)) = self.revisits.remove(&newest.number) else { continue };
            let named = origins.iter().find_map(|origin| self.bodies.get(origin)).copied();
            let before = || captures.iter().rev().find(|capture| !capture.is_revisit).map(|capture| capture.number);
            match named.or_else(before) {
                Some(number) => wanted.entry(number).or_default().again.push(revisit),
                None if revisit.needs_body() => lost.push(url),
                None => wanted.entry(newest.number).or_default().again.push(revisit),
            }
        }
        // The order must not be that of the map.
        for wanted in wanted.values_mut() {
            wanted.again.sort_by(|a, b| a.url.cmp(&b.url));
        }
        lost.sort();
        (wanted, lost, self.ours.map(|(gathered, _)| gathered))
    }
}

/// Whether a capture was made up to that moment. Both may be given to the day, the minute or the
/// second; what one of them leaves open, holds.
fn is_by(date: &str, as_of: &str) -> bool {
    let (date, as_of) = (date.trim_end_matches('Z').as_bytes(), as_of.trim_end_matches('Z').as_bytes());
    let known = date.len().min(as_of.len());
    date[..known] <= as_of[..known]
}

/// 64 bits that stand for a name, so that a large archive does not fill the memory with them.
fn hash(name: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// The days (`2024-05-01`, sorted) on which pages of an archive were captured: each of them is an
/// `as_of` that differs from the one before. Pages of other hosts than the first page's do not
/// count. Errors when the archive cannot be read.
pub fn archive_days(path: &Path) -> Result<Vec<String>, GatherError> {
    let mut site: Option<String> = None;
    let mut days = BTreeSet::new();
    for record in Reader::open(path, FIRST_LOOK)?.filter_map(Result::ok) {
        let is_page = record.fetched(FIRST_LOOK).and_then(Result::ok).is_some_and(|f| f.is_page());
        let is_page = is_page || (record.kind == Kind::Revisit && site.is_some());
        let Some(url) = record.url().filter(|_| is_page) else { continue };
        let host = url.host().trim_start_matches("www.");
        if site.get_or_insert_with(|| host.to_owned()) == host {
            days.extend(record.date().get(..10).map(str::to_owned));
        }
    }
    Ok(days.into_iter().collect())
}
