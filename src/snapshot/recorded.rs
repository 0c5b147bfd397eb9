//! Answers that a snapshot of ours holds already, found by their address: those of a run that was
//! interrupted, and those of the run before. It must never hold a body longer than it is asked for.

use super::read::{Reader, Record};
use super::{PART_FIELD, SnapshotError};
use crate::model::{Fetched, PageUrl, Role};
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
const HEADER_ROOM: usize = 1024 * 1024;

/// An answer in a snapshot of ours, and where its record starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The address that was asked for.
    pub url: PageUrl,
    /// What it was asked for.
    pub role: Role,
    /// The first byte of its record in the file.
    pub at: u64,
}

/// Answers of a snapshot by their address. A few bytes an answer are in memory; the rest stays in the file.
#[derive(Debug)]
pub struct Recorded {
    path: PathBuf,
    at: HashMap<u64, u64>,
    max_body: usize,
}

impl Recorded {
    /// The answers of the file at `path`. Of several with the same address the last one counts.
    pub fn new(path: &Path, entries: impl IntoIterator<Item = Entry>, max_body: usize) -> Self {
        let at = entries.into_iter().map(|entry| (name(&entry.url, entry.role), entry.at)).collect();
        Self { path: path.to_owned(), at, max_body }
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
        fetched.rendered = after.and_then(|record| record.rendered(url)).map(|mut rendered| {
            let last = reader.next().and_then(Result::ok);
            rendered.drawing = last.and_then(|record| record.drawn(url)).unwrap_or_default();
            Arc::new(rendered)
        });
        (fetched.url == *url && fetched.role == role).then_some(fetched)
    }
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
/// behind it, does not count.
pub(super) fn whole_records(path: &Path) -> Result<Whole, SnapshotError> {
    let error = |source| SnapshotError::Read { path: path.to_owned(), source };
    let mut file = Counted { inner: BufReader::new(File::open(path).map_err(error)?), read: 0 };
    let mut whole = Whole { entries: Vec::new(), end: 0 };
    while !file.fill_buf().map_err(error)?.is_empty() {
        let at = file.read;
        let mut member = Vec::new();
        let unpacked = GzDecoder::new(&mut file).take(MAX_RECORD).read_to_end(&mut member);
        let record = unpacked.ok().and_then(|_| Record::alone(path, member));
        let Some(record) = record.filter(|record| record.field(PART_FIELD).is_none()) else { break };
        if let Some((url, role)) = record.url().zip(record.role()) {
            whole.entries.push(Entry { url, role, at });
        }
        whole.end = file.read;
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
