//! Archives of others: what they hold is read, what they do not hold is said to be missing.

use super::super::{Source, gather as gather_plan};
use super::*;
use crate::gather::tests::{links, reached, urls};
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

fn record(date: u32, url: &str, head: &str, body: &str) -> String {
    let block = format!("HTTP/1.1 {head}\r\n\r\n{body}");
    let (length, date) = (block.len(), format!("20{date}-01-01T00:00:00Z"));
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
    )
}

fn read(text: &[u8]) -> Result<Gathered, GatherError> {
    seen(text, None).map(|(gathered, _)| gathered)
}

/// What the archive comes to, and every answer that was looked at: path, status, date, body.
fn seen(text: &[u8], as_of: Option<&str>) -> Result<(Gathered, Vec<String>), GatherError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.warc");
    std::fs::write(&path, text).expect("a writable folder");
    let mut plan = Plan::new(Source::Archive(path), "2026-11-22T08:00:00Z");
    plan.as_of = as_of.map(str::to_owned);
    let seen = Mutex::new(Vec::new());
    let visit = |f: &Fetched| {
        let body = String::from_utf8_lossy(&f.body);
        let line = format!("{} {} {} {body}", f.url.path(), f.status, f.date.get(..4).unwrap_or(""));
        seen.lock().expect("no visit panics").push(line);
        links(f)
    };
    let gathered = gather_plan(&plan, &visit, &|_| (), &AtomicBool::new(false))?;
    let mut seen = seen.into_inner().expect("no visit panics");
    seen.sort();
    Ok((gathered, seen))
}

/// Any record: its type, its fields, its block.
fn other(kind: &str, date: u32, url: &str, fields: &str, block: &str) -> String {
    let length = block.len();
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 20{date}-01-01T00:00:00Z\r\n{fields}Content-Length: {length}\r\n\r\n{block}\r\n\r\n"
    )
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

#[test]
fn of_several_captures_the_newest_up_to_the_date_counts() {
    let text = [
        record(22, "http://a.gov/", HTML, "<p>new"),
        record(20, "http://a.gov/", HTML, "<p>old"),
        record(21, "http://a.gov/", HTML, "<p>middle"),
        record(21, "http://a.gov/b", HTML, "<p>b"),
    ]
    .concat();
    let check = |as_of: Option<&str>, expected: &[&str]| {
        assert_eq!(seen(text.as_bytes(), as_of).expect("an archive with pages").1, expected, "{as_of:?}");
    };
    check(None, &["/ 200 2022 <p>new", "/b 200 2021 <p>b"]);
    check(Some("2021"), &["/ 200 2021 <p>middle", "/b 200 2021 <p>b"]);
    check(Some("2021-01-01"), &["/ 200 2021 <p>middle", "/b 200 2021 <p>b"]);
    check(Some("2020-12-31T23:59:59Z"), &["/ 200 2020 <p>old"]);
    let error = seen(text.as_bytes(), Some("2019-12-31")).expect_err("nothing so old").to_string();
    assert!(error.contains("by 2019-12-31: its first is of 2020-01-01T00:00:00Z"), "{error}");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.warc");
    std::fs::write(&path, text).expect("a writable folder");
    assert_eq!(archive_days(&path).expect("an archive"), ["2020-01-01", "2021-01-01", "2022-01-01"]);
}

#[test]
fn a_revisit_has_the_body_of_the_earlier_answer() {
    let digest = |d: &str| format!("WARC-Payload-Digest: sha1:{d}\r\n");
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let image = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n";
    let text = [
        other("response", 20, "http://a.gov/", &digest("AA"), &format!("{html}<p>home")),
        other("response", 20, "http://a.gov/x", "WARC-Record-ID: <urn:uuid:1>\r\n", &format!("{html}<p>x")),
        other("response", 20, "http://a.gov/y", "", &format!("{html}<p>y")),
        other("response", 20, "http://a.gov/z", "", &format!("{html}<p>z")),
        // By digest, in other case; of another address; by id, by date, and by nothing but the address.
        other("revisit", 21, "http://a.gov/", &digest("aa"), html),
        other("revisit", 21, "http://a.gov/index", &digest("AA"), html),
        other("revisit", 21, "http://a.gov/x", "WARC-Refers-To: <urn:uuid:1>\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n"),
        other("revisit", 21, "http://a.gov/y", "WARC-Refers-To-Date: 2020-01-01T00:00:00Z\r\n", ""),
        other("response", 21, "http://a.gov/z", "", "HTTP/1.1 304 Not Modified\r\n\r\n"),
        // The empty body of a redirect is found anywhere; what it leads to stands in its own header.
        other("revisit", 21, "http://a.gov/old", &digest("00"), "HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n"),
        other("revisit", 21, "http://a.gov/lost", &digest("BB"), html),
        other("revisit", 21, "http://a.gov/logo", &digest("CC"), image),
        other("revisit", 21, "http://b.gov/", &digest("AA"), html),
    ];
    let (gathered, seen) = seen(text.concat().as_bytes(), None).expect("an archive with pages");
    assert_eq!(
        seen,
        [
            "/ 200 2021 <p>home",
            "/index 200 2021 <p>home",
            "/old 301 2021 ",
            "/x 200 2021 <p>x",
            "/y 200 2021 <p>y",
            "/z 200 2021 <p>z",
        ]
    );
    let all = reached(&gathered);
    assert!(all.contains(&("/old".into(), "301 -> /x".into())), "{all:?}");
    assert_eq!(all.iter().filter(|(_, what)| what == "page").count(), 5);
}

#[test]
fn what_a_form_was_answered_with_is_no_page() {
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let (id, with) = ("WARC-Record-ID: <urn:uuid:1>\r\n", "WARC-Concurrent-To: <urn:uuid:1>\r\n");
    let text = [
        other("response", 20, "http://a.gov/", "", &format!("{html}<p>home")),
        other("response", 20, "http://a.gov/apply", "", &format!("{html}<p>form")),
        other("response", 21, "http://a.gov/apply", id, &format!("{html}<p>sent")),
        other("request", 21, "http://a.gov/apply", with, "POST /apply HTTP/1.1\r\n\r\n"),
        other("request", 21, "http://a.gov/", "", "GET / HTTP/1.1\r\n\r\n"),
    ];
    let (_, seen) = seen(text.concat().as_bytes(), None).expect("an archive with pages");
    assert_eq!(seen, ["/ 200 2020 <p>home", "/apply 200 2020 <p>form"]);
}

#[test]
fn a_wacz_is_the_archives_in_it() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect("memory takes every write")
    };
    let parts = |damaged: bool| {
        let first = record(20, "http://ads.example/", HTML, "<p>ad") + &record(20, "http://a.gov/b", HTML, "<p>b");
        let mut first = gzip(&first);
        first.truncate(first.len() - if damaged { 20 } else { 0 });
        let second = record(20, "http://a.gov/", HTML, r#"<a href="/b">"#);
        let pages = b"{\"format\": \"json-pages-1.0\"}\n{\"id\": \"1\", \"url\": \"http://a.gov/\"}\n".to_vec();
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let (stored, deflated) = (zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated);
        for (name, content, method) in [
            ("datapackage.json", b"{}".to_vec(), deflated),
            ("archive/1.warc.gz", first, stored),
            ("archive/2.warc", second.into_bytes(), deflated),
            ("pages/pages.jsonl", pages, deflated),
        ] {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            zip.start_file(name, options).expect("memory takes every file");
            zip.write_all(&content).expect("memory takes every write");
        }
        zip.finish().expect("memory takes every write").into_inner()
    };
    let whole = read(&parts(false)).expect("an archive with pages");
    assert_eq!((whole.start.as_str(), whole.complete), ("http://a.gov/", true));
    assert_eq!(reached(&whole), [("/".into(), "page".into()), ("/b".into(), "page".into())]);
    // Any byte may be wrong: then something is missing, or it is an error, and no more.
    let bytes = parts(false);
    for at in (0..bytes.len()).step_by(7) {
        let mut wrong = bytes.clone();
        wrong[at] ^= 0x55;
        let _ = read(&wrong);
        let _ = read(&bytes[..at]);
    }
    let damaged = read(&parts(true)).expect("an archive with pages");
    assert_eq!((urls(&damaged, "page"), damaged.complete), (vec!["/".to_owned()], false));
    let mut empty = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    empty.start_file("x", zip::write::SimpleFileOptions::default()).expect("memory takes every file");
    let empty = empty.finish().expect("memory takes every write").into_inner();
    assert!(read(&empty).expect_err("no archive").to_string().contains("is no WACZ"));
}

#[test]
fn several_crawls_of_ours_may_be_in_one_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let crawl = |date: &str, pages: &[&str]| {
        let writer = crate::snapshot::Writer::create(&folder.path().join(date), date).expect("a writable folder");
        let url = |path: &str| PageUrl::parse(&format!("http://a.gov{path}")).expect("a literal address");
        for path in pages {
            let fetched = Fetched {
                via: crate::model::Via::Http,
                headers: vec![("content-type".into(), "text/html".into())],
                ..Fetched::of_file(url(path), bytes::Bytes::from(format!("<p>{date}")), date)
            };
            writer.append(&fetched).expect("a writable folder");
        }
        let targets = pages.iter().map(|path| Target { url: url(path), reached: Reached::Page, from: None }).collect();
        let plan = Plan::new(Source::List(Vec::new()), date);
        let done = gathered(url("/"), &Scope::new(url("/")), targets, Default::default(), &plan);
        std::fs::read(writer.finish(&done).expect("a writable folder")).expect("the file just written")
    };
    let both = [crawl("2020-01-01T00:00:00Z", &["/", "/old"]), crawl("2021-01-01T00:00:00Z", &["/", "/new"])].concat();
    let check = |as_of: Option<&str>, expected: &[&str]| {
        let (gathered, seen) = seen(&both, as_of).expect("an archive with pages");
        assert_eq!((urls(&gathered, "page"), seen.len()), (expected.iter().map(|p| (*p).to_owned()).collect(), 2));
    };
    check(None, &["/", "/new"]);
    check(Some("2020-12"), &["/", "/old"]);
}

#[test]
fn one_site_of_an_archive_of_many_may_be_named() {
    let text = [
        record(20, "http://b.gov/", HTML, "<p>"),
        record(20, "http://a.gov/x", HTML, "<p>"),
        record(20, "http://a.gov/", HTML, "<p>"),
        record(20, "http://c.gov/", "403 No\r\nContent-Type: text/html\r\ncf-mitigated: challenge", "<p>"),
    ];
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.warc");
    std::fs::write(&path, text.concat()).expect("a writable folder");
    let mut plan = Plan::new(Source::Archive(path), "2026-11-22T08:00:00Z");
    plan.as_url = PageUrl::parse("https://a.gov/").ok();
    let read = |plan: &Plan| gather_plan(plan, &links, &|_| (), &AtomicBool::new(false));
    let gathered = read(&plan).expect("pages of this site");
    assert_eq!((gathered.start.as_str(), urls(&gathered, "page").len()), ("http://a.gov/x", 2));
    plan.as_url = PageUrl::parse("http://d.gov/").ok();
    assert!(matches!(read(&plan), Err(GatherError::NoPage { .. })));
}
