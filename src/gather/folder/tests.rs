//! A folder is read as a server would give it out.

use super::super::{GatherError, Source, gather as gather_plan};
use super::*;
use crate::gather::tests::{links, reached, urls};
use crate::model::Via;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const DATE: &str = "2026-11-22T08:00:00Z";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a writable folder");
        fs::write(path, content).expect("a writable folder");
    }
    folder
}

fn read(plan: &Plan) -> (Result<Gathered, GatherError>, Vec<Fetched>) {
    let seen = Mutex::new(Vec::new());
    let visit = |fetched: &Fetched| {
        seen.lock().expect("no visit panics").push(fetched.clone());
        links(fetched)
    };
    let result = gather_plan(plan, &visit, &|_| (), &AtomicBool::new(false));
    let mut seen = seen.into_inner().expect("no visit panics");
    seen.sort_by(|a, b| (&a.url, a.role).cmp(&(&b.url, b.role)));
    (result, seen)
}

fn plan(path: PathBuf) -> Plan {
    Plan::new(Source::Folder(path), DATE)
}

#[test]
fn the_page_for_missing_addresses_is_no_page_of_the_site() {
    let town = folder(&[("index.html", r#"<a href="/dogs.html">"#), ("dogs.html", "<p>"), ("404.html", "<p>Not here")]);
    let (result, seen) = read(&plan(town.path().to_owned()));
    let result = result.expect("a folder with pages");
    let expected = [("/", "page"), ("/404.html", "404"), ("/dogs.html", "page")];
    assert_eq!(reached(&result), expected.map(|(url, what)| (url.to_owned(), what.to_owned())));
    assert!(seen.iter().any(|f| f.role == Role::Probe && f.stands_for_missing()));

    let lone = folder(&[("404.html", "<p>Not here")]);
    let (_, seen) = read(&plan(lone.path().to_owned()));
    assert!(seen.iter().all(|f| f.role == Role::Page), "a folder with nothing else is that page");
}

#[test]
fn every_page_is_read_and_every_link_resolved() {
    let town = folder(&[
        (
            "index.html",
            r#"<a href="/about"><a href="/services"><a href="/index.html"><a href="/x.pdf"><a href="/gone">
            <a href="http://elsewhere.example/"><a href="/about.html?from=home"><a href="/ABOUT.html"><a act="/delete">"#,
        ),
        (
            "about.html",
            r#"<link sheet="/css/a.css?v=2"><link sheet="/css/a.css?v=2"><iframe frame="/part.txt"><iframe frame="/services/">"#,
        ),
        ("services/index.htm", "<p>"),
        ("services/a b%.xhtml", "<p>"),
        ("LICENSE", "No HTML"),
        ("page", "<!DOCTYPE html>"),
        ("css/a.css", "p { }"),
        ("part.txt", "x"),
        ("x.pdf", "%PDF-1.7"),
        (".hidden/a.html", "<p>"),
        (".a.html", "<p>"),
    ]);
    let (result, seen) = read(&plan(town.path().to_owned()));
    let result = result.expect("a folder with pages");
    let expected = [
        ("/", "page"),
        ("/ABOUT.html", "404"),
        ("/about", "0 -> /about.html"),
        ("/about.html", "page"),
        ("/about.html?from=home", "0 -> /about.html"),
        ("/gone", "404"),
        ("/index.html", "0 -> /"),
        ("/page", "page"),
        ("/services", "0 -> /services/"),
        ("/services/", "page"),
        ("/services/a%20b%25.xhtml", "page"),
        ("/x.pdf", "application/pdf 8"),
    ];
    assert_eq!(reached(&result), expected.map(|(url, what)| (url.to_owned(), what.to_owned())));
    assert!(result.complete);
    assert_eq!((result.start.as_str(), result.probe_status), ("http://localhost/", None));
    let parts: Vec<_> = seen.iter().filter(|f| f.role != Role::Page).map(|f| (f.url.as_str(), f.role)).collect();
    let expected = [
        ("http://localhost/css/a.css?v=2", Role::Sheet),
        ("http://localhost/part.txt", Role::Frame),
        ("http://localhost/x.pdf", Role::File),
    ];
    assert_eq!(parts, expected);
    assert!(seen.iter().all(|f| f.via == Via::File && f.date == DATE));
}

#[test]
fn the_public_address_is_the_top_of_the_folder() {
    let town = folder(&[("a.html", r#"<a href="https://www.a.gov/city/b"><a href="/outside">"#), ("b.html", "<p>")]);
    let mut plan = plan(town.path().to_owned());
    plan.as_url = PageUrl::parse("https://a.gov/city").ok();
    let result = read(&plan).0.expect("a folder with pages");
    assert_eq!(result.start.as_str(), "https://a.gov/city/a.html");
    let all: Vec<_> = result.targets.iter().map(|t| t.url.as_str()).collect();
    assert_eq!(all, ["https://a.gov/city/a.html", "https://a.gov/city/b.html", "https://www.a.gov/city/b"]);
}

#[test]
fn limits_leave_pages_unread() {
    let town = folder(&[("a.html", "<p>"), ("b.html", "<p>"), ("c.html", "<p>")]);
    let mut plan = plan(town.path().to_owned());
    plan.limits.max_pages = 2;
    plan.limits.max_body = 2;
    let (result, seen) = read(&plan);
    let result = result.expect("a folder with pages");
    assert_eq!(urls(&result, "page"), ["/a.html", "/b.html"]);
    assert_eq!(urls(&result, "max-pages"), ["/c.html"]);
    assert!(!result.complete && seen.iter().all(|f| f.truncated && f.body.as_ref() == b"<p"));
}

#[test]
fn a_single_file_knows_its_siblings_and_reads_none() {
    let town = folder(&[("a.html", r#"<a href="b.html"><a href="a.html">"#), ("b.html", "<p>")]);
    let (result, seen) = read(&Plan::new(Source::File(town.path().join("a.html")), DATE));
    let result = result.expect("a page");
    assert_eq!(reached(&result), [("/a.html", "page"), ("/b.html", "max-depth")].map(|(a, b)| (a.into(), b.into())));
    assert!(!result.complete && seen.len() == 1 && result.limits.is_empty());
}

#[test]
fn what_is_not_there_is_an_error() {
    let town = folder(&[("a.pdf", "%PDF")]);
    assert!(matches!(read(&plan(town.path().to_owned())).0, Err(GatherError::NoPage { .. })));
    assert!(matches!(read(&plan(town.path().join("none"))).0, Err(GatherError::Read { .. })));
    assert!(matches!(
        read(&Plan::new(Source::File(town.path().join("a.pdf")), DATE)).0,
        Err(GatherError::NoPage { .. })
    ));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_and_in_circles_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret.html", "<p>")]);
    let town = folder(&[("v2/a.html", "<p>")]);
    let top = town.path();
    symlink(outside.path(), top.join("out")).expect("a writable folder");
    symlink(outside.path().join("secret.html"), top.join("secret.html")).expect("a writable folder");
    symlink(top, top.join("v2/up")).expect("a writable folder");
    symlink(top.join("v2"), top.join("latest")).expect("a writable folder");
    let result = read(&plan(top.to_owned())).0.expect("a folder with pages");
    assert_eq!(urls(&result, "page"), ["/latest/a.html", "/v2/a.html"]);
}
