//! Walks a folder. It must never leave it, whatever its links say.

use super::{GatherError, UNKNOWN_MEDIA};
use crate::model::is_html;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Folders within folders that are entered at most. Our choice: only links that lead in circles
/// are deeper.
const MAX_DEPTH: usize = 64;

/// A file of the folder.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Where it is on the machine.
    pub(super) path: PathBuf,
    /// Its path within the folder, decoded, with `/` between the names and none in front.
    pub(super) name: Vec<u8>,
    pub(super) is_page: bool,
    pub(super) bytes: u64,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The files, sorted by name.
    pub(super) files: Vec<Entry>,
    /// Folders that could not be read, with a slash at the end.
    pub(super) unreadable: Vec<Vec<u8>>,
}

/// The folders that lead to an entry, to notice circles without recursion.
struct Trail {
    real: PathBuf,
    depth: usize,
    above: Option<Rc<Trail>>,
}

impl Trail {
    fn holds(&self, real: &Path) -> bool {
        let mut here = Some(self);
        while let Some(trail) = here {
            if trail.real == real {
                return true;
            }
            here = trail.above.as_deref();
        }
        false
    }
}

/// Every file below the folder, without dot-files and links that lead out of it. Errors when the
/// folder itself cannot be read.
pub(super) fn walk(top: &Path) -> Result<Walk, GatherError> {
    let error = |source| GatherError::Read { path: top.to_owned(), source };
    let top = top.canonicalize().map_err(error)?;
    let mut found = Walk::default();
    let mut folders = vec![(Vec::new(), Rc::new(Trail { real: top.clone(), depth: 0, above: None }))];
    while let Some((name, trail)) = folders.pop() {
        let entries = match fs::read_dir(&trail.real) {
            Ok(entries) => entries,
            Err(e) if trail.depth == 0 => return Err(error(e)),
            Err(_) => {
                found.unreadable.push(name);
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let own = entry.file_name();
            let own = own.as_encoded_bytes();
            let Ok(real) = entry.path().canonicalize() else { continue };
            if own.starts_with(b".") || !real.starts_with(&top) {
                continue;
            }
            let Ok(about) = fs::metadata(&real) else { continue };
            let mut name = name.clone();
            name.extend_from_slice(own);
            if about.is_dir() && trail.depth < MAX_DEPTH && !trail.holds(&real) {
                name.push(b'/');
                folders.push((name, Rc::new(Trail { real, depth: trail.depth + 1, above: Some(Rc::clone(&trail)) })));
            } else if about.is_file() {
                // What it is follows from the name under which people meet it, not from the file
                // that a link leads to.
                let is_page = is_page(&name, &real);
                found.files.push(Entry { path: real, name, is_page, bytes: about.len() });
            }
        }
    }
    found.files.sort_by(|a, b| a.name.cmp(&b.name));
    found.unreadable.sort();
    Ok(found)
}

/// Whether a file is a page: by its ending, or without one by its first bytes.
pub(super) fn is_page(name: &[u8], path: &Path) -> bool {
    let name = String::from_utf8_lossy(name);
    // Only what has no ending is looked into.
    if is_html(None, &name, b"") || !is_html(None, &name, b"<html>") {
        return is_html(None, &name, b"");
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(512).read_to_end(&mut head));
    read.is_ok() && is_html(None, &name, &head)
}

/// A file's content, at most `cap` bytes, and whether there is more.
pub(super) fn content(path: &Path, cap: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut file = File::open(path)?;
    let mut content = Vec::new();
    file.by_ref().take(cap as u64).read_to_end(&mut content)?;
    let more = file.take(1).read_to_end(&mut Vec::new())? > 0;
    Ok((content, more))
}

/// The media type that a web server would give a file, by its ending: the types registered with
/// IANA for what public bodies publish.
pub(super) fn media_type(name: &[u8]) -> &'static str {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    match name.rsplit('/').next().and_then(|last| last.rsplit_once('.')).map_or("", |(_, ending)| ending) {
        "css" => "text/css",
        "csv" => "text/csv",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "epub" => "application/epub+zip",
        "gif" => "image/gif",
        "html" | "htm" => "text/html",
        "ico" => "image/vnd.microsoft.icon",
        "ics" => "text/calendar",
        "jpeg" | "jpg" => "image/jpeg",
        "js" | "mjs" => "text/javascript",
        "json" => "application/json",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "odp" => "application/vnd.oasis.opendocument.presentation",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "ppt" => "application/vnd.ms-powerpoint",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "rtf" => "application/rtf",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "webp" => "image/webp",
        "xhtml" => "application/xhtml+xml",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml" => "application/xml",
        "zip" => "application/zip",
        _ => UNKNOWN_MEDIA,
    }
}
