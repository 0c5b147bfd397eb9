//! Reads WARC files: our own, and those of wget, Heritrix and others, packed or not. It must never
//! trust a length, nor hold more than one record.

use super::wacz::{self, Part, Wacz};
use super::{DRAWN_FIELD, PART_FIELD, RENDERED_FIELD, ROLE_FIELD, SnapshotError, WITHHELD_FIELD, message};
use crate::model::{Fetched, PageUrl, RenderNotes, RenderWhy, Rendered, Role, Via, Why};
use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes of a record's fields at most. Our choice: real ones have a few hundred.
const MAX_FIELDS: u64 = 64 * 1024;

/// Bytes of one of our own records at most: a thousand targets with the longest address
/// that is crawled; what a browser made of a page.
const MAX_PART: usize = 64 * 1024 * 1024;

/// How far a gzip file may unpack: to as many times its size, and to so much in any case. Our
/// choices: real archives unpack to five or ten times their size, deflate reaches 1,032 times, and
/// gzip within a deflated WACZ a million times.
const MAX_RATIO: u64 = 200;
const FREE_UNPACKING: u64 = 1024 * 1024 * 1024;

/// Goes through the records of an archive, one at a time.
///
/// A damaged record gives an error that names where it starts, and ends the iteration; in a WACZ
/// it goes on with the next file.
pub struct Reader {
    path: PathBuf,
    input: Box<dyn BufRead + Send>,
    // The files of a WACZ that come after this one.
    rest: VecDeque<Part>,
    first_page: Option<PageUrl>,
    offset: u64,
    // Where the record that is being read starts.
    start: u64,
    max_block: usize,
    ended: bool,
}

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An HTTP response as it came.
    Response,
    /// A file.
    Resource,
    /// A response that was the same as an earlier one, whose body is there.
    Revisit,
    /// Words about other records.
    Metadata,
    /// Anything else (`warcinfo`, `request`, `conversion` …).
    Other,
}

/// One record.
#[derive(Clone, Debug)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// Its content, at most the reader's cap.
    pub block: Vec<u8>,
    /// Whether the block was longer than the reader's cap.
    pub cut: bool,
    /// Where it starts, in bytes of the unpacked archive.
    pub offset: u64,
    fields: Vec<(String, String)>,
}

impl Reader {
    /// Opens a WARC file, packed with gzip or not, or a WACZ. At most `max_block` bytes of each
    /// record are kept. Errors when the file cannot be read or is no archive.
    pub fn open(path: &Path, max_block: usize) -> Result<Self, SnapshotError> {
        let error = |source| SnapshotError::Read { path: path.to_owned(), source };
        let mut file = BufReader::new(File::open(path).map_err(error)?);
        if !file.fill_buf().map_err(error)?.starts_with(wacz::MAGIC) {
            return Self::at(path, 0, max_block);
        }
        let not_warc = || SnapshotError::NotWarc { path: path.to_owned() };
        let wacz = Wacz::open(path).map_err(|_| not_warc())?;
        let first_page = wacz.first_page(path);
        let mut rest = VecDeque::from(wacz.warcs);
        let part = rest.pop_front().ok_or_else(not_warc)?;
        let input = unpacked(path, part.open(path).map_err(error)?, part.size)?;
        Ok(Self { path: path.to_owned(), input, rest, first_page, offset: 0, start: 0, max_block, ended: false })
    }

    /// Opens an archive at a record whose first byte in the file is known, as
    /// [`super::Writer::append`] returned it.
    pub fn at(path: &Path, start: u64, max_block: usize) -> Result<Self, SnapshotError> {
        let error = |source| SnapshotError::Read { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(error)?;
        let size = file.metadata().map_err(error)?.len();
        file.seek(SeekFrom::Start(start)).map_err(error)?;
        let input = unpacked(path, Box::new(BufReader::new(file)), size)?;
        let (rest, first_page) = (VecDeque::new(), None);
        Ok(Self { path: path.to_owned(), input, rest, first_page, offset: 0, start: 0, max_block, ended: false })
    }

    /// The page that a WACZ names first.
    pub fn first_page(&self) -> Option<&PageUrl> {
        self.first_page.as_ref()
    }

    /// Goes on with the next file of a WACZ; `false` when there is none. A file that is no WARC is
    /// a damaged one.
    fn turn_over(&mut self) -> io::Result<bool> {
        let Some(part) = self.rest.pop_front() else { return Ok(false) };
        let input = part.open(&self.path)?;
        self.input = unpacked(&self.path, input, part.size).map_err(|e| io::Error::other(e.to_string()))?;
        Ok(true)
    }

    fn record(&mut self) -> io::Result<Option<Record>> {
        let Some(first) = self.first_line()? else { return Ok(None) };
        let offset = self.start;
        if !first.starts_with(b"WARC/") {
            return Err(io::Error::other("a record should start here"));
        }
        let fields = self.fields()?;
        let field = |name: &str| value(&fields, name);
        let length: u64 = field("Content-Length")
            .and_then(|length| length.parse().ok())
            .ok_or_else(|| io::Error::other("the record does not say how long it is"))?;
        let kind = match field("WARC-Type").unwrap_or("").to_ascii_lowercase().as_str() {
            "response" => Kind::Response,
            "resource" => Kind::Resource,
            "revisit" => Kind::Revisit,
            "metadata" => Kind::Metadata,
            _ => Kind::Other,
        };
        // The first look at an archive takes what a browser made as a whole: it may stand far behind its page.
        let is_ours = [PART_FIELD, RENDERED_FIELD, DRAWN_FIELD].iter().any(|name| field(name).is_some());
        let cap = if is_ours { MAX_PART } else { self.max_block };
        let (block, cut) = self.block(length, cap)?;
        Ok(Some(Record { kind, block, cut, offset, fields }))
    }

    /// The line that starts a record; records are set apart by empty lines.
    fn first_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            self.start = self.offset;
            let line = self.line(MAX_FIELDS)?;
            if line.is_empty() && !self.turn_over()? {
                return Ok(None);
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
    }

    fn fields(&mut self) -> io::Result<Vec<(String, String)>> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut room = MAX_FIELDS;
        loop {
            let line = self.line(room)?;
            room -= line.len() as u64;
            if line.is_empty() || room == 0 {
                return Err(io::Error::other("the fields of the record have no end"));
            }
            let text = String::from_utf8_lossy(&line);
            if text.trim().is_empty() {
                return Ok(fields);
            }
            match (text.split_once(':'), fields.last_mut()) {
                // WARC 1.0 let a value go on in a line that starts with white space.
                (_, Some((_, value))) if text.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(text.trim());
                }
                (Some((name, value)), _) => fields.push((name.trim().to_owned(), value.trim().to_owned())),
                (None, _) => {}
            }
        }
    }

    fn block(&mut self, length: u64, cap: usize) -> io::Result<(Vec<u8>, bool)> {
        let kept = length.min(cap as u64);
        // No room is reserved by a length that nobody has proved.
        let mut block = Vec::new();
        let read = self.input.by_ref().take(kept).read_to_end(&mut block)? as u64;
        let skipped = io::copy(&mut self.input.by_ref().take(length - kept), &mut io::sink())?;
        self.offset += read + skipped;
        if read + skipped < length {
            return Err(io::Error::other("the record breaks off"));
        }
        Ok((block, kept < length))
    }

    fn line(&mut self, cap: u64) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.input.by_ref().take(cap).read_until(b'\n', &mut line)?;
        self.offset += line.len() as u64;
        Ok(line)
    }
}

impl Iterator for Reader {
    type Item = Result<Record, SnapshotError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.record().map_err(|e| {
            // Nothing tells where the next record starts, but the next file is known.
            self.ended = self.rest.is_empty();
            self.input = Box::new(io::empty());
            SnapshotError::Damaged { path: self.path.clone(), offset: self.start, what: e.to_string() }
        });
        record.transpose()
    }
}

impl Record {
    /// The one record that these unpacked bytes are; `None` where they are no whole record.
    pub(super) fn alone(path: &Path, bytes: Vec<u8>) -> Option<Self> {
        let max_block = bytes.len();
        let input: Box<dyn BufRead + Send> = Box::new(io::Cursor::new(bytes));
        let (rest, first_page) = (VecDeque::new(), None);
        let path = path.to_owned();
        Reader { path, input, rest, first_page, offset: 0, start: 0, max_block, ended: false }.record().ok()?
    }

    /// The first WARC field of that name, in any case.
    pub fn field(&self, name: &str) -> Option<&str> {
        value(&self.fields, name)
    }

    /// The address that the record is about; `None` when it has none or it is not HTTP.
    pub fn url(&self) -> Option<PageUrl> {
        // WARC 0.17 and some writers of 1.0 put angle brackets around it.
        let text = self.field("WARC-Target-URI")?;
        PageUrl::parse(text.trim_start_matches('<').trim_end_matches('>')).ok()
    }

    /// When it was captured, RFC 3339 in UTC with whole seconds; empty when the record does not say.
    pub fn date(&self) -> String {
        whole_seconds(self.field("WARC-Date").unwrap_or(""))
    }

    /// Whether it is a request with a method other than GET: what answers it is no page that a link
    /// leads to.
    pub fn is_request_to_act(&self) -> bool {
        let is_request = self.field("WARC-Type").is_some_and(|kind| kind.eq_ignore_ascii_case("request"));
        is_request && self.block.first().is_some_and(u8::is_ascii_uppercase) && !self.block.starts_with(b"GET ")
    }

    /// What it was asked for; `None` in archives of others.
    pub fn role(&self) -> Option<Role> {
        match self.field(ROLE_FIELD)? {
            "page" => Some(Role::Page),
            "sheet" => Some(Role::Sheet),
            "frame" => Some(Role::Frame),
            "probe" => Some(Role::Probe),
            "file" => Some(Role::File),
            _ => None,
        }
    }

    /// Whether it is what a browser made of a page.
    pub(super) fn is_rendered(&self) -> bool {
        self.field(RENDERED_FIELD).is_some()
    }

    /// Whether it is what a browser made of a page when all pages were read, so that it need not stand behind its page.
    pub fn is_late(&self) -> bool {
        let notes = self.field(RENDERED_FIELD).and_then(|notes| serde_json::from_str::<RenderNotes>(notes).ok());
        notes.is_some_and(|notes| notes.why == RenderWhy::FirstOfTemplate)
    }

    /// What a browser made of a page; `None` for any other record.
    pub fn rendered(&self, page: &PageUrl) -> Option<Rendered> {
        let notes = serde_json::from_str(self.field(RENDERED_FIELD)?).ok()?;
        let is_whole = !self.cut && self.url().as_ref() == Some(page);
        let html = || Bytes::copy_from_slice(&self.block);
        is_whole.then(|| Rendered { html: html(), notes, drawing: Bytes::new(), shot: None })
    }

    /// Where a browser put what it made of a page, of which the records before this one are; `None` for any other record.
    pub fn drawn(&self, page: &PageUrl) -> Option<Bytes> {
        let is_whole = self.field(DRAWN_FIELD).is_some() && !self.cut && self.url().as_ref() == Some(page);
        is_whole.then(|| Bytes::copy_from_slice(&self.block))
    }

    /// The answer that it holds, with at most `max_body` bytes of body; `None` when it holds none
    /// that a web page could be, or when it is a revisit, whose body is elsewhere.
    /// `Err` says why an answer that is there cannot be read.
    pub fn fetched(&self, max_body: usize) -> Option<Result<Fetched, Why>> {
        let url = self.url()?;
        if self.field(WITHHELD_FIELD).is_some() {
            return Some(Err(Why::MissingInArchive));
        }
        let role = self.role();
        // A first segment has its continuation in another record, which is not put together here.
        let cut = self.cut || ["WARC-Truncated", "WARC-Segment-Number"].iter().any(|f| self.field(f).is_some());
        let (via, status, headers, body, truncated) = match self.kind {
            Kind::Response => match message::read(&self.block, cut, max_body) {
                Ok(m) => (Via::Http, m.status, m.headers, m.body, m.truncated),
                Err(why) => return Some(Err(why)),
            },
            Kind::Resource => {
                let body = Bytes::copy_from_slice(&self.block[..self.block.len().min(max_body)]);
                let truncated = cut || body.len() < self.block.len();
                // A file of ours has no headers; of others, the record's type is all there is.
                let headers = match (role, self.field("Content-Type")) {
                    (None, Some(media)) => vec![("content-type".to_owned(), media.to_owned())],
                    _ => Vec::new(),
                };
                (Via::File, 200, headers, body, truncated)
            }
            _ => return None,
        };
        let role = role.unwrap_or(Role::Page);
        Some(Ok(Fetched {
            url,
            via,
            role,
            status,
            headers,
            body,
            truncated,
            date: self.date(),
            recorded: false,
            rendered: None,
        }))
    }
}

/// What a file holds, unpacked if it is packed. Errors when that is no WARC.
fn unpacked(
    path: &Path,
    mut file: Box<dyn BufRead + Send>,
    size: u64,
) -> Result<Box<dyn BufRead + Send>, SnapshotError> {
    let error = |source| SnapshotError::Read { path: path.to_owned(), source };
    let packed = file.fill_buf().map_err(error)?.starts_with(&[0x1f, 0x8b]);
    let most = size.saturating_mul(MAX_RATIO).max(FREE_UNPACKING);
    let mut input: Box<dyn BufRead + Send> =
        if packed { Box::new(BufReader::new(MultiGzDecoder::new(file)).take(most)) } else { Box::new(file.take(most)) };
    match input.fill_buf() {
        Ok(first) if first.starts_with(b"WARC/") => Ok(input),
        Ok(_) => Err(SnapshotError::NotWarc { path: path.to_owned() }),
        Err(e) if packed && e.kind() != io::ErrorKind::Other => Err(SnapshotError::NotWarc { path: path.to_owned() }),
        Err(e) => Err(error(e)),
    }
}

/// A date of a WARC without fractions of a second.
pub(super) fn whole_seconds(text: &str) -> String {
    match (text.split_once('.'), text.ends_with('Z')) {
        (Some((seconds, _)), true) => format!("{seconds}Z"),
        _ => text.to_owned(),
    }
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests;
