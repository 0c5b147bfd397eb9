//! Archives of others: what they hold is read, what they do not hold is said to be missing.

use super::super::{Source, gather as gather_plan};
use super::*;
use crate::gather::tests::{links, reached};
use std::sync::atomic::AtomicBool;

fn record(date: u32, url: &str, head: &str, body: &str) -> String {
    let block = format!("HTTP/1.1 {head}\r\n\r\n{body}");
    let (length, date) = (block.len(), format!("20{date}-01-01T00:00:00Z"));
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
    )
}

fn read(text: &[u8]) -> Result<Gathered, GatherError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.warc");
    std::fs::write(&path, text).expect("a writable folder");
    let plan = Plan::new(Source::Archive(path), "2026-11-22T08:00:00Z");
    gather_plan(&plan, &links, &|_| (), &AtomicBool::new(false))
}

const HTML: &str = "200 OK\r\nContent-Type: text/html";

#[test]
fn an_archive_of_others_is_a_crawl_that_ended() {
    let text = [
        "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n".to_owned(),
        record(20, "http://a.gov/robots.txt", "200 OK\r\nContent-Type: text/plain", ""),
        record(20, "http://a.gov/", "302 Found\r\nLocation: /home", ""),
        record(20, "http://a.gov/home", HTML, r#"<a href="/old">"#),
        record(21, "http://a.gov/home", HTML, r#"<a href="/x.pdf"><a href="/gone"><a href="/else">"#),
        record(20, "http://a.gov/x.pdf", "200 OK\r\nContent-Type: application/pdf", "%PDF"),
        record(20, "http://a.gov/logo.png", "200 OK\r\nContent-Type: image/png", "x"),
        record(20, "http://a.gov/gone", "404 Not Found\r\nContent-Type: text/html", "<p>"),
        record(20, "http://b.gov/", HTML, "<p>"),
    ];
    let result = read(text.concat().as_bytes()).expect("an archive with pages");
    let expected = [
        ("/", "302 -> /home"),
        ("/else", "missing-in-archive"),
        ("/gone", "404"),
        ("/home", "page"),
        ("/x.pdf", "application/pdf 4"),
    ];
    assert_eq!(reached(&result), expected.map(|(url, what)| (url.to_owned(), what.to_owned())));
    assert_eq!((result.start.as_str(), result.complete), ("http://a.gov/home", false));
}

#[test]
fn a_damaged_end_leaves_the_rest_readable() {
    let text = [record(20, "http://a.gov/", HTML, "<p>"), record(20, "http://a.gov/b", HTML, "<p>")].concat();
    let result = read(&text.as_bytes()[..text.len() - 10]).expect("an archive with pages");
    assert_eq!((result.targets.len(), result.complete), (1, false));
    assert!(matches!(read(b"WARC/1.0\r\n"), Err(GatherError::NoPage { .. })));
}
