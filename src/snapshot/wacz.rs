//! A WACZ file (Webrecorder's Web Archive Collection Zipped 1.1.1): a ZIP whose folder `archive/`
//! holds WARC files. It must never unpack anything to the disk or into memory.

use crate::model::PageUrl;
use flate2::bufread::DeflateDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// What a ZIP file with content starts with (APPNOTE.TXT §4.3.7).
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";

/// Bytes of the list of pages that are looked at for the first page, and of one line of it.
/// Our choice.
const MAX_PAGES: u64 = 1024 * 1024;

/// One file inside the ZIP.
#[derive(Clone, Debug)]
pub(super) struct Part {
    start: u64,
    /// Bytes as they lie in the ZIP.
    pub(super) size: u64,
    deflated: bool,
}

impl Part {
    /// Its content, from a file handle of its own.
    pub(super) fn open(&self, path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let file = BufReader::new(file).take(self.size);
        Ok(if self.deflated { Box::new(BufReader::new(DeflateDecoder::new(file))) } else { Box::new(file) })
    }
}

/// What a WACZ holds.
#[derive(Debug, Default)]
pub(super) struct Wacz {
    /// Its WARC files, sorted by name.
    pub(super) warcs: Vec<Part>,
    pages: Option<Part>,
}

impl Wacz {
    /// Reads the table of contents. Errors when it is no ZIP file or a damaged one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut zip = ZipArchive::new(BufReader::new(File::open(path)?))?;
        let mut warcs = Vec::new();
        let mut wacz = Self::default();
        for number in 0..zip.len() {
            let entry = zip.by_index_raw(number)?;
            let deflated = match entry.compression() {
                CompressionMethod::Stored => false,
                CompressionMethod::Deflated => true,
                _ => continue,
            };
            let Some(start) = entry.data_start().filter(|_| !entry.encrypted()) else { continue };
            let part = Part { start, size: entry.compressed_size(), deflated };
            let Ok(name) = entry.name() else { continue };
            if name.starts_with("archive/") && (name.ends_with(".warc") || name.ends_with(".warc.gz")) {
                warcs.push((name.into_owned(), part));
            } else if name == "pages/pages.jsonl" {
                wacz.pages = Some(part);
            }
        }
        warcs.sort_by(|a, b| a.0.cmp(&b.0));
        wacz.warcs = warcs.into_iter().map(|(_, part)| part).collect();
        Ok(wacz)
    }

    /// The first page that its makers name: where the crawl began.
    pub(super) fn first_page(&self, path: &Path) -> Option<PageUrl> {
        #[derive(serde::Deserialize)]
        struct Line {
            url: String,
        }
        let lines = self.pages.as_ref()?.open(path).ok()?.take(MAX_PAGES).lines();
        // The first line describes the list and names no page.
        let named = lines.map_while(Result::ok).filter_map(|line| serde_json::from_str::<Line>(&line).ok());
        named.filter_map(|line| PageUrl::parse(&line.url).ok()).next()
    }
}
