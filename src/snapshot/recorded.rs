//! Answers that a snapshot of ours holds already, found by their address: those of a run that was
//! interrupted, and those of the run before. It must never hold a body longer than it is asked for.

use super::read::{Reader, Record};
use super::{PART_FIELD, SnapshotError};
use crate::model::{Fetched, PageUrl, Rendered, Role};
use flate2::bufread::GzDecoder;
use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of one record, unpacked, beyond which it counts as damaged: bodies have a cap far below.
const MAX_RECORD: u64 = 1024 * 1024 * 1024;

/// Bytes that a record may have beyond its body, for its header. Our choice.
pub(super) const HEADER_ROOM: usize = 1024 * 1024;

/// An answer in a snapshot of ours, and where its record starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The address that was asked for.
    pub url: PageUrl,
    /// What it was asked for.
    pub role: Role,
    /// The first byte of its record in the file.
    pub at: u64,
    /// Whether it is no answer, but what a browser made of one when all pages were read.
    pub is_late: bool,
}

/// Answers of a snapshot by their address. A few bytes an answer are in memory; the rest stays in the file.
#[derive(Debug)]
pub struct Recorded {
    path: PathBuf,
    at: HashMap<u64, u64>,
    late: HashMap<u64, u64>,
    max_body: usize,
}

impl Recorded {
    /// The answers of the file at `path`. Of several with the same address the last one counts.
    pub fn new(path: &Path, entries: impl IntoIterator<Item = Entry>, max_body: usize) -> Self {
        let (mut at, mut late) = (HashMap::new(), HashMap::new());
        for entry in entries {
            let of = if entry.is_late { &mut late } else { &mut at };
            of.insert(name(&entry.url, entry.role), entry.at);
        }
        Self { path: path.to_owned(), at, late, max_body }
    }

    /// Where the record of an answer starts.
    pub fn position(&self, url: &PageUrl, role: Role) -> Option<u64> {
        self.at.get(&name(url, role)).copied()
    }

    /// The answer to that address; `None` where there is none, or where it cannot be read any more.
    pub fn answer(&self, url: &PageUrl, role: Role) -> Option<Fetched> {
        let at = self.position(url, role)?;
        let mut reader = Reader::at(&self.path, at, self.max_body.saturating_add(HEADER_ROOM)).ok()?;
        let mut fetched = reader.next()?.ok()?.fetched(self.max_body)?.ok()?;
        let after = reader.next().and_then(Result::ok);
        let rendered = after.filter(|record| !record.is_late()).and_then(|record| record.rendered(url));
        fetched.rendered = rendered.map(|rendered| Arc::new(with_drawing(rendered, url, &mut reader)));
        (fetched.url == *url && fetched.role == role).then_some(fetched)
    }

    /// What a browser made, when all pages were read, of the page whose record starts at that byte.
    pub fn late(&self, url: &PageUrl, of: u64) -> Option<Rendered> {
        let at = self.late.get(&name(url, Role::Page)).copied()?;
        let page = Reader::at(&self.path, of, 0).ok()?.next()?.ok()?;
        let mut reader = Reader::at(&self.path, at, self.max_body.saturating_add(HEADER_ROOM)).ok()?;
        let record = reader.next()?.ok()?;
        let is_of_it = record.field("WARC-Refers-To") == page.field("WARC-Record-ID");
        record.rendered(url).filter(|_| is_of_it).map(|rendered| with_drawing(rendered, url, &mut reader))
    }
}

/// What a browser made of a page, with where it put it, which the next record holds.
fn with_drawing(rendered: Rendered, url: &PageUrl, reader: &mut Reader) -> Rendered {
    let drawing = reader.next().and_then(Result::ok).and_then(|record| record.drawn(url));
    Rendered { drawing: drawing.unwrap_or_default(), ..rendered }
}

/// 64 bits that stand for an address and what it is asked for; the record itself tells if another one has the same.
fn name(url: &PageUrl, role: Role) -> u64 {
    let mut hasher = DefaultHasher::new();
    (url.as_str(), role).hash(&mut hasher);
    hasher.finish()
}

/// What a snapshot of ours holds that is whole.
pub(super) struct Whole {
    /// Its answers.
    pub(super) entries: Vec<Entry>,
    /// Where it ends, in bytes of the file.
    pub(super) end: u64,
}

/// Reads through a snapshot that may break off anywhere. What the crawl came to, and whatever stands
/// behind it, does not count; nor does a page at the end of which only a part of what a browser made of it is there.
pub(super) fn whole_records(path: &Path) -> Result<Whole, SnapshotError> {
    let error = |source| SnapshotError::Read { path: path.to_owned(), source };
    let mut file = Counted { inner: BufReader::new(File::open(path).map_err(error)?), read: 0 };
    let mut whole = Whole { entries: Vec::new(), end: 0 };
    // Where the last page begins, or what was made of one later, and whether what was made of it may go on.
    let (mut last, mut may_go_on) = (0, false);
    while !file.fill_buf().map_err(error)?.is_empty() {
        let at = file.read;
        let mut member = Vec::new();
        let unpacked = GzDecoder::new(&mut file).take(MAX_RECORD).read_to_end(&mut member);
        let record = unpacked.ok().and_then(|_| Record::alone(path, member));
        let Some(record) = record.filter(|record| record.field(PART_FIELD).is_none()) else { break };
        let is_late = record.is_late();
        let role = if is_late { Some(Role::Page) } else { record.role() };
        if let Some((url, role)) = record.url().zip(role) {
            whole.entries.push(Entry { url, role, at, is_late });
            last = at;
        }
        may_go_on = record.is_rendered();
        whole.end = file.read;
    }
    if may_go_on {
        whole.entries.retain(|entry| entry.at < last);
        whole.end = last;
    }
    Ok(whole)
}

/// Counts what is taken from a file.
pub(super) struct Counted<R> {
    inner: R,
    pub(super) read: u64,
}

impl<R> Counted<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, read: 0 }
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.inner.read(buffer)?;
        self.read += taken as u64;
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount as u64;
        self.inner.consume(amount);
    }
}
