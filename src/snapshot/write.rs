//! Writes a snapshot: WARC 1.1 (ISO 28500:2017), one gzip member a record, so that each can be
//! read alone.

use super::read::{Reader, Record};
use super::recorded::{Entry, HEADER_ROOM, whole_records};
use super::{DRAWN_FIELD, PART_FIELD, RENDERED_FIELD, ROLE_FIELD, SnapshotError, WITHHELD_FIELD, gathered, message};
use crate::model::{Fetched, Gathered, Rendered, Role, Via, hex, is_html};
use bytes::Bytes;
use flate2::{Compression, Crc, write::DeflateEncoder};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A snapshot that is being written, from several threads at once.
///
/// It is `NAME.open` until [`Writer::finish`] renames it to `NAME`: whoever finds `NAME` finds it
/// whole. A writer that is dropped leaves `NAME.open` behind, as far as it got.
pub struct Writer {
    path: PathBuf,
    open: PathBuf,
    date: String,
    info: String,
    out: Mutex<Out>,
}

struct Out {
    file: File,
    offset: u64,
}

impl Writer {
    /// Starts `PATH.open`, replacing what an earlier run left there. `date` is the run's, RFC 3339
    /// in UTC. Errors when the file cannot be made or written.
    pub fn create(path: &Path, date: &str) -> Result<Self, SnapshotError> {
        let open = open_name(path);
        let file = File::create(&open).map_err(|source| SnapshotError::Write { path: open.clone(), source })?;
        let writer = Self::over(path, open, date, file);
        writer.add(&info(date))?;
        Ok(writer)
    }

    /// Goes on with what an interrupted run left in `PATH.open` (or in `PATH`, where it ended just
    /// before the run did): a record that is only half there is cut off, and so is what the crawl
    /// came to. Returns what the file holds besides. Where there is nothing, it is begun.
    pub fn resume(path: &Path, date: &str) -> Result<(Self, Vec<Entry>), SnapshotError> {
        let open = open_name(path);
        let error = |source| SnapshotError::Write { path: open.clone(), source };
        if path.exists() && !open.exists() {
            fs::rename(path, &open).map_err(error)?;
        }
        if !open.exists() {
            return Ok((Self::create(path, date)?, Vec::new()));
        }
        let whole = whole_records(&open)?;
        let mut file = OpenOptions::new().write(true).open(&open).map_err(error)?;
        file.set_len(whole.end).map_err(error)?;
        file.seek(SeekFrom::End(0)).map_err(error)?;
        let writer = Self::over(path, open.clone(), date, file);
        if whole.end == 0 {
            writer.add(&info(date))?;
        }
        Ok((writer, whole.entries))
    }

    fn over(path: &Path, open: PathBuf, date: &str, file: File) -> Self {
        let offset = file.metadata().map_or(0, |about| about.len());
        let (path, date, info) = (path.to_owned(), date.to_owned(), info(date).id);
        Self { path, open, date, info, out: Mutex::new(Out { file, offset }) }
    }

    /// Adds an answer, and returns the byte at which its record starts, for
    /// [`super::Reader::at`]. Errors when the disk refuses; what was added before stays whole.
    pub fn append(&self, fetched: &Fetched) -> Result<u64, SnapshotError> {
        let mut packed = self.answer(fetched, false);
        if let Some(rendered) = &fetched.rendered {
            // In one write, so that it stands right behind its page.
            packed.bytes.extend(self.conversion(fetched, rendered, &packed.id).bytes);
            if !rendered.drawing.is_empty() {
                packed.bytes.extend(self.drawn(fetched, rendered, &packed.id).bytes);
            }
        }
        self.add(&packed)
    }

    /// Adds what a browser made of a page whose record starts at that byte of this file, when all pages were read. Errors as
    /// [`Writer::append`].
    pub fn append_late(&self, at: u64, fetched: &Fetched) -> Result<(), SnapshotError> {
        let Some(rendered) = &fetched.rendered else { return Ok(()) };
        let record = Reader::at(&self.open, at, 0)?.next().transpose()?;
        let Some((record, of)) = record.as_ref().and_then(|record| Some((record, record.field("WARC-Record-ID")?)))
        else {
            return Ok(());
        };
        let fetched = Fetched { date: record.date(), ..fetched.clone() };
        let mut packed = self.conversion(&fetched, rendered, of);
        if !rendered.drawing.is_empty() {
            packed.bytes.extend(self.drawn(&fetched, rendered, of).bytes);
        }
        self.add(&packed).map(|_| ())
    }

    /// The body of the answer whose record starts at that byte; at most `max_body` bytes. Errors when there is none, or when it
    /// cannot be read back.
    pub fn body_at(&self, at: u64, max_body: usize) -> Result<Bytes, SnapshotError> {
        let record = Reader::at(&self.open, at, max_body.saturating_add(HEADER_ROOM))?.next().transpose()?;
        let answer = record.and_then(|record| record.fetched(max_body)).and_then(Result::ok);
        let gone = || SnapshotError::Read { path: self.open.clone(), source: io::ErrorKind::UnexpectedEof.into() };
        answer.map(|answer| answer.body).ok_or_else(gone)
    }

    /// Adds an answer without its body, for pages that are not for everybody: that it was there is
    /// kept, and an audit of the archive says that it is missing. Errors as [`Writer::append`].
    pub fn append_without_body(&self, fetched: &Fetched) -> Result<u64, SnapshotError> {
        let bare = Fetched { body: Bytes::new(), truncated: true, ..fetched.clone() };
        self.add(&self.answer(&bare, true))
    }

    /// What a browser made of a page, as a record behind that of the page.
    fn conversion(&self, fetched: &Fetched, rendered: &Rendered, of: &str) -> Packed {
        let mut draft = Draft::new("conversion", &fetched.date, "text/html; charset=utf-8");
        draft.field("WARC-Target-URI", fetched.url.as_str());
        draft.field("WARC-Warcinfo-ID", &self.info);
        draft.field("WARC-Refers-To", of);
        let notes = serde_json::to_string(&rendered.notes).expect("plain values are JSON");
        draft.field(RENDERED_FIELD, &notes);
        draft.with_block(b"", &rendered.html)
    }

    /// Where a browser put what it made of a page, as a record behind that.
    fn drawn(&self, fetched: &Fetched, rendered: &Rendered, of: &str) -> Packed {
        let mut draft = Draft::new("metadata", &fetched.date, "application/json");
        draft.field("WARC-Target-URI", fetched.url.as_str());
        draft.field("WARC-Warcinfo-ID", &self.info);
        draft.field("WARC-Refers-To", of);
        draft.field(DRAWN_FIELD, "looks and places");
        draft.with_block(b"", &rendered.drawing)
    }

    fn answer(&self, fetched: &Fetched, withheld: bool) -> Packed {
        answer(fetched, &self.info, withheld)
    }

    /// Writes down what the crawl came to, makes sure that all is on the disk, and gives the file
    /// its name, which is returned.
    pub fn finish(self, gathered: &Gathered) -> Result<PathBuf, SnapshotError> {
        for json in gathered::parts(gathered) {
            let json = json.map_err(|e| self.error(e.into()))?;
            let mut draft = Draft::new("metadata", &self.date, "application/json");
            draft.field("WARC-Target-URI", gathered.start.as_str());
            draft.field("WARC-Warcinfo-ID", &self.info);
            draft.field(PART_FIELD, "gathered");
            self.add(&draft.with_block(b"", &json))?;
        }
        self.out.lock().unwrap_or_else(PoisonError::into_inner).file.sync_all().map_err(|e| self.error(e))?;
        fs::rename(&self.open, &self.path).map_err(|e| self.error(e))?;
        Ok(self.path)
    }

    fn add(&self, record: &Packed) -> Result<u64, SnapshotError> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = out.offset;
        if let Err(e) = out.file.write_all(&record.bytes) {
            // A full disk may have taken half of it. Cutting that off keeps the file readable; if
            // even this is refused, a reader stops at the damaged record.
            let _ = out.file.set_len(offset);
            let _ = out.file.seek(SeekFrom::Start(offset));
            return Err(self.error(e));
        }
        out.offset += record.bytes.len() as u64;
        Ok(offset)
    }

    fn error(&self, source: io::Error) -> SnapshotError {
        SnapshotError::Write { path: self.open.clone(), source }
    }
}

/// The record of an answer.
fn answer(fetched: &Fetched, info: &str, withheld: bool) -> Packed {
    let (kind, content_type) = match fetched.via {
        Via::Http => ("response", "application/http; msgtype=response"),
        Via::File if is_html(None, fetched.url.path(), &fetched.body) => ("resource", "text/html"),
        Via::File => ("resource", "application/octet-stream"),
    };
    let head = match fetched.via {
        Via::Http => message::head(fetched),
        Via::File => Vec::new(),
    };
    let mut draft = Draft::new(kind, &fetched.date, content_type);
    draft.field("WARC-Target-URI", fetched.url.as_str());
    draft.field("WARC-Warcinfo-ID", info);
    draft.field(ROLE_FIELD, role_name(fetched.role));
    if fetched.truncated {
        draft.field("WARC-Truncated", "unspecified");
    }
    if withheld {
        draft.field(WITHHELD_FIELD, "body");
    }
    draft.with_block(&head, &fetched.body)
}

/// The record of an answer once more, as a member of a snapshot, without its body. `None` where it is no answer.
pub(super) fn withheld(record: &Record) -> Option<Vec<u8>> {
    let fetched = record.fetched(0)?.ok()?;
    let bare = Fetched { body: Bytes::new(), truncated: true, ..fetched };
    let info = record.field("WARC-Warcinfo-ID").unwrap_or_default().to_owned();
    Some(answer(&bare, &info, true).bytes)
}

/// The name of a snapshot until it is whole.
pub fn open_name(path: &Path) -> PathBuf {
    let mut open = path.as_os_str().to_owned();
    open.push(".open");
    PathBuf::from(open)
}

/// The record that says who writes.
fn info(date: &str) -> Packed {
    let info = concat!("software: Plainway/", env!("CARGO_PKG_VERSION"), "\r\nformat: WARC File Format 1.1\r\n");
    Draft::new("warcinfo", date, "application/warc-fields").with_block(b"", info.as_bytes())
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Page => "page",
        Role::Sheet => "sheet",
        Role::Frame => "frame",
        Role::Probe => "probe",
        Role::File => "file",
    }
}

/// A record whose fields are being collected.
struct Draft {
    kind: &'static str,
    fields: String,
}

/// A record as it goes to the disk.
struct Packed {
    id: String,
    bytes: Vec<u8>,
}

impl Draft {
    fn new(kind: &'static str, date: &str, content_type: &str) -> Self {
        let mut draft = Self { kind, fields: String::new() };
        draft.field("WARC-Date", date);
        draft.field("Content-Type", content_type);
        draft
    }

    fn field(&mut self, name: &str, value: &str) {
        self.fields.push_str(name);
        self.fields.push_str(": ");
        self.fields.push_str(&message::one_line(value));
        self.fields.push_str("\r\n");
    }

    fn with_block(mut self, head: &[u8], payload: &[u8]) -> Packed {
        let digest = hex(&Sha256::digest(payload));
        self.field("WARC-Payload-Digest", &format!("sha256:{digest}"));
        let id = record_id(&[self.kind.as_bytes(), self.fields.as_bytes(), head]);
        let length = head.len() + payload.len();
        let kind = self.kind;
        let fields = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\n{}Content-Length: {length}\r\n\r\n",
            self.fields
        );
        Packed { id, bytes: member(&[fields.as_bytes(), head, payload, b"\r\n\r\n"]) }
    }
}

thread_local! {
    // It takes as long to set up as to pack a page. Level 1 costs a third of level 6 for a few more bytes, as measured on 41-kB pages.
    static DEFLATE: RefCell<DeflateEncoder<Vec<u8>>> = RefCell::new(DeflateEncoder::new(Vec::new(), Compression::fast()));
}

/// How a gzip member begins (RFC 1952): no time, no name, packed at the quickest, on no system in particular.
const MEMBER_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff];

/// The parts behind one another, as a gzip member.
fn member(parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut member = Vec::with_capacity(length / 4 + 512);
    member.extend(MEMBER_HEAD);
    let mut crc = Crc::new();
    let mut member = DEFLATE.with_borrow_mut(|deflate| {
        // Writing to memory cannot fail.
        let _ = deflate.reset(member);
        for part in parts {
            crc.update(part);
            let _ = deflate.write_all(part);
        }
        let _ = deflate.try_finish();
        std::mem::take(deflate.get_mut())
    });
    member.extend(crc.sum().to_le_bytes());
    member.extend(crc.amount().to_le_bytes());
    member
}

/// A record id that follows from the content, so that the same crawl gives the same file. It has
/// the form of a UUID of version 8 (RFC 9562 §5.8: made by rules of one's own).
fn record_id(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut bytes: [u8; 32] = hash.finalize().into();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes[..16]);
    format!("<urn:uuid:{}-{}-{}-{}-{}>", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
