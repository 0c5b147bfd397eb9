//! What was written is read back; what others wrote, or broke, is read as far as it goes.

use super::*;
use crate::model::{Gathered, Reached, RenderNotes, RenderWhy, Rendered, Target};
use crate::snapshot::{Recorded, Restored, Writer};
use std::io::Write;

const DATE: &str = "2026-11-22T08:00:00Z";

fn url(text: &str) -> PageUrl {
    PageUrl::parse(text).expect("a literal address")
}

fn page(address: &str, body: &str) -> Fetched {
    Fetched {
        via: Via::Http,
        headers: vec![("content-type".into(), "text/html".into()), ("vary".into(), "*".into())],
        ..Fetched::of_file(url(address), Bytes::copy_from_slice(body.as_bytes()), DATE)
    }
}

fn gathered(pages: usize) -> Gathered {
    let target = |n| Target { url: url(&format!("http://a.gov/{n}")), reached: Reached::Page, from: None };
    Gathered {
        start: url("http://a.gov/"),
        scope: url("http://a.gov/"),
        targets: (0..pages).map(target).collect(),
        complete: true,
        limits: Vec::new(),
        probe_status: Some(404),
        own_site: false,
        external: Vec::new(),
        traps: Vec::new(),
        sample: None,
    }
}

fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a writable temporary folder");
    (folder, path)
}

fn records(path: &Path) -> Vec<Result<Record, SnapshotError>> {
    Reader::open(path, 10_000).expect("an archive").collect()
}

#[test]
fn what_was_written_is_read_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.warc.gz");
    let writer = Writer::create(&path, DATE).expect("a writable temporary folder");
    let mut cut = page("http://a.gov/b?x=%20", "");
    (cut.truncated, cut.role, cut.status) = (true, Role::Probe, 404);
    cut.headers.push(("content-length".into(), "5000".into()));
    let mut file = page("http://a.gov/c", "a { }");
    (file.via, file.headers, file.role) = (Via::File, Vec::new(), Role::Sheet);
    let all = [page("http://a.gov/", "<p>Hello\r\n\r\nWARC/1.1\r\n"), cut, file];
    let offsets: Vec<u64> = all.iter().map(|f| writer.append(f).expect("a writable folder")).collect();
    assert!(!path.exists());
    for (fetched, at) in all.iter().zip(&offsets) {
        assert_eq!(writer.body_at(*at, 1000).expect("it can be read"), fetched.body);
        assert_eq!(writer.body_at(*at, 3).expect("it can be read"), fetched.body.slice(..fetched.body.len().min(3)));
    }
    assert!(writer.body_at(0, 1000).is_err(), "there is no answer");
    assert_eq!(writer.finish(&gathered(2500)).expect("a writable folder"), path);

    let mut restored = Restored::default();
    let mut found = Vec::new();
    for record in records(&path) {
        let record = record.expect("a whole record");
        if !restored.take(&record) {
            found.extend(record.fetched(1000).map(|f| f.expect("a readable answer")));
        }
    }
    assert_eq!(format!("{found:?}"), format!("{all:?}"));
    assert_eq!(restored.finish(), Some(gathered(2500)));

    let mut there = Reader::at(&path, offsets[1], 1000).expect("an archive");
    let record = there.next().expect("a record").expect("a whole record");
    assert_eq!(record.url(), Some(all[1].url.clone()));
}

#[test]
fn what_was_drawn_when_all_pages_were_read_is_found_again_as_a_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.warc.gz");
    let writer = Writer::create(&path, DATE).expect("a writable folder");
    let drawn = |why| {
        let notes = RenderNotes { why, ..RenderNotes::default() };
        let (html, drawing) = ("<p>drawn".into(), "{}".into());
        Some(std::sync::Arc::new(Rendered { html, notes, drawing, shot: None }))
    };
    let first = page("http://a.gov/", "<p>x");
    let at = writer.append(&first).expect("a writable folder");
    let by_script = Fetched { rendered: drawn(RenderWhy::DrawnByScript), ..page("http://a.gov/b", "<p>y") };
    writer.append(&by_script).expect("a writable folder");
    let open = crate::snapshot::open_name(&path);
    let end = std::fs::read(&open).expect("the file so far").len();
    let late = Fetched { rendered: drawn(RenderWhy::FirstOfTemplate), ..first.clone() };
    writer.append_late(at, &late).expect("a writable folder");
    drop(writer);
    let whole = std::fs::read(&open).expect("the file just written");
    let held = |bytes: &[u8]| {
        std::fs::write(&open, bytes).expect("a writable folder");
        let (_, entries) = Writer::resume(&path, DATE).expect("a readable folder");
        let held = Recorded::new(&open, entries, 10_000);
        let of = |url: &str| held.answer(&self::url(url), Role::Page).map(|answer| answer.rendered.is_some());
        let late = held.late(&first.url, at).map(|late| (late.html.len(), late.drawing.len()));
        ((of("http://a.gov/"), of("http://a.gov/b")), late)
    };
    assert_eq!(held(&whole), ((Some(false), Some(true)), Some((8, 2))));
    // Cut within what was drawn late: all of that goes. Within the page before it: the page goes, too.
    for cut in [whole.len() - 5, end + 300, end] {
        assert_eq!(held(&whole[..cut]), ((Some(false), Some(true)), None), "{cut}");
    }
    assert_eq!(held(&whole[..end - 5]), ((Some(false), None), None));
}

#[test]
fn the_same_crawl_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str| {
        let writer = Writer::create(&folder.path().join(name), DATE).expect("a writable folder");
        writer.append(&page("http://a.gov/", "<p>x")).expect("a writable folder");
        std::fs::read(writer.finish(&gathered(1)).expect("a writable folder")).expect("the file just written")
    };
    assert_eq!(write("a"), write("b"));
}

const FOREIGN: &str = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://a.gov/x>\r\n\
    WARC-Date: 2020-01-02T03:04:05.678Z\r\nContent-Length: 37\r\n\r\n\
    HTTP/1.1 200 OK\r\nX: y\r\n\r\n<p>Hello</p>\r\n\r\n";

#[test]
fn foreign_archives_are_read_packed_or_not() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(FOREIGN.repeat(2).as_bytes()).expect("memory takes every write");
    for bytes in [FOREIGN.repeat(2).into_bytes(), packed.finish().expect("memory")] {
        let (_folder, path) = file("x.warc", &bytes);
        let all = records(&path);
        assert_eq!(all.len(), 2);
        for record in all {
            let fetched = record.expect("a whole record").fetched(1000).expect("a response").expect("readable");
            assert_eq!((fetched.url.as_str(), fetched.date.as_str()), ("http://a.gov/x", "2020-01-02T03:04:05Z"));
            assert_eq!(fetched.body.as_ref(), b"<p>Hello</p>");
        }
    }
}

#[test]
fn an_archive_that_breaks_off_says_where() {
    let whole = FOREIGN.len();
    let text = FOREIGN.repeat(2);
    let (_folder, path) = file("x.warc", &text.as_bytes()[..whole + 100]);
    let all = records(&path);
    assert_eq!(all.len(), 2);
    let error = all[1].as_ref().expect_err("half a record").to_string();
    assert!(error.contains(&format!("at byte {whole} ")), "{error}");
}

#[test]
fn hostile_archives_end_in_an_error() {
    let endless = format!("WARC/1.0\r\nX: {}", "y".repeat(100_000));
    for text in [
        "WARC/1.0\r\n\r\n",
        "WARC/1.0\r\nContent-Length: -1\r\n\r\n",
        &endless,
        "WARC/1.0\r\nContent-Length: 18446744073709551615\r\n\r\nx",
    ] {
        let (_folder, path) = file("x.warc", text.as_bytes());
        assert!(records(&path).pop().expect("one answer").is_err(), "{text:.40}");
    }
    let (_folder, path) = file("x.warc", b"PK\x03\x04");
    assert!(matches!(Reader::open(&path, 10), Err(SnapshotError::NotWarc { .. })));
    let (_folder, path) = file("x.warc", b"");
    assert!(matches!(Reader::open(&path, 10), Err(SnapshotError::NotWarc { .. })));
}

#[test]
fn a_long_block_is_cut_and_the_next_record_found() {
    let (_folder, path) = file("x.warc", FOREIGN.repeat(2).as_bytes());
    let all: Vec<_> = Reader::open(&path, 30).expect("an archive").collect();
    assert_eq!(all.len(), 2);
    let fetched = all[1].as_ref().expect("a record").fetched(1000).expect("a response").expect("readable");
    assert!(fetched.truncated && fetched.body.starts_with(b"<p>"));
}

#[test]
fn a_body_that_was_withheld_is_not_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.warc");
    let writer = Writer::create(&path, DATE).expect("a writable folder");
    writer.append_without_body(&page("http://a.gov/", "<p>for Ann only")).expect("a writable folder");
    let path = writer.finish(&gathered(1)).expect("a writable folder");
    let answers: Vec<_> = records(&path).into_iter().filter_map(|r| r.expect("a whole record").fetched(1000)).collect();
    assert!(matches!(answers[..], [Err(Why::MissingInArchive)]), "{answers:?}");
    let mut unpacked = String::new();
    let packed = File::open(&path).expect("the file just written");
    flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut unpacked).expect("text");
    assert!(unpacked.contains("http://a.gov/") && !unpacked.contains("Ann"));
}
