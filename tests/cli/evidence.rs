//! A run in one file, and what becomes of it in other hands.

use crate::house::House;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

fn packed() -> House {
    let house = House::new();
    house.write("plainway.toml", "[site]\nname = \"Milltown\"\ncountry = \"US\"\n[weights]\nviews = \"views.csv\"\n");
    house.write("views.csv", "url,views\n/,90\n/a.html,10\n");
    let page = |more: &str| {
        format!(
            "<!doctype html><html lang=en><title>x</title><main><h1>x</h1>{more}<p><a href=/a.html>click here</a></main></html>"
        )
    };
    house.write("site/index.html", &page("<p><img src=/a.png>"));
    house.write("site/a.html", &page("<form action=/x><input name=a></form><p><a href=/missing>Fees</a>"));
    house.ok(&["audit", "site", "--as", "https://town.example/", "--as-of", "2026-03-01"]);
    house.ok(&["evidence", "--out", "a.zip"]);
    house
}

/// The same file with some of its files changed; `None` leaves one out.
fn change(house: &House, to: &str, edit: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) {
    let mut from = ZipArchive::new(File::open(house.path("a.zip")).expect("it was written")).expect("a ZIP file");
    let mut out = ZipWriter::new(File::create(house.path(to)).expect("it can be written"));
    for at in 0..from.len() {
        let mut entry = from.by_index(at).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("it unpacks");
        if let Some(bytes) = edit(&name, bytes) {
            add(&mut out, &name, &bytes);
        }
    }
    out.finish().expect("it can be written");
}

fn add(out: &mut ZipWriter<File>, name: &str, bytes: &[u8]) {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    out.start_file(name, options).expect("a file");
    out.write_all(bytes).expect("it can be written");
}

fn replaced(bytes: Vec<u8>, old: &str, new: &str) -> Option<Vec<u8>> {
    Some(String::from_utf8(bytes).expect("text").replace(old, new).into_bytes())
}

#[test]
fn a_run_is_packed_and_comes_out_the_same() {
    let house = packed();
    house.ok(&["evidence", "last", "--out", "b.zip"]);
    let read = |name: &str| std::fs::read(house.path(name)).expect("it was written");
    assert!(read("a.zip") == read("b.zip"), "the same run gave other bytes");
    // Elsewhere, without the store and the config.
    let other = House::new();
    std::fs::copy(house.path("a.zip"), other.path("a.zip")).expect("it can be copied");
    let said = other.ok(&["verify", "a.zip"]);
    assert!(said.contains("The same") && said.contains("https://town.example/"), "{said}");
    let left: Vec<_> = std::fs::read_dir(other.path("")).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["a.zip"]);
}

#[test]
fn what_was_changed_is_named() {
    let house = packed();
    let check = |words: &str| {
        let ended = house.run(&["verify", "c.zip"]);
        assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
        assert!(ended.out.contains(words) && ended.out.contains("Not the same"), "{words}\n{}", ended.out);
    };
    change(
        &house,
        "c.zip",
        |name, bytes| if name == "reports/site.html" { replaced(bytes, "Score", "Sc0re") } else { Some(bytes) },
    );
    check("reports/site.html has another hash");
    change(&house, "c.zip", |name, bytes| (name != "reports/index.html").then_some(bytes));
    check("reports/index.html is missing");
    change(&house, "c.zip", |name, mut bytes| {
        if name == "snapshot.warc.gz" {
            bytes.push(0);
        }
        Some(bytes)
    });
    check("snapshot.warc.gz has another size");
}

/// A report whose hashes were made right again still does not come out of the pages.
#[test]
fn a_report_that_was_polished_with_its_manifest_is_found_out() {
    let house = packed();
    let audit = house.audit("plainway-report");
    let score = audit["score"]["value"].to_string();
    let mut archive = ZipArchive::new(File::open(house.path("a.zip")).expect("it was written")).expect("a ZIP file");
    let mut text = String::new();
    archive.by_name("reports/audit.json").expect("it is there").read_to_string(&mut text).expect("text");
    let polished = text.replacen(&score, "99.5", 1);
    let hash = |text: &str| {
        use sha2::Digest;
        sha2::Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect::<String>()
    };
    let sizes = [&text, &polished].map(|t| format!("\"bytes\": {}", t.len()));
    change(&house, "c.zip", |name, bytes| match name {
        "reports/audit.json" => Some(polished.clone().into_bytes()),
        "manifest.json" => replaced(replaced(bytes, &hash(&text), &hash(&polished))?, &sizes[0], &sizes[1]),
        _ => Some(bytes),
    });
    let ended = house.run(&["verify", "c.zip"]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("score: value was 99.5"), "{}", ended.out);
}

#[test]
fn hostile_files_are_refused_and_write_nothing() {
    let house = packed();
    let check = |words: &str| {
        let ended = house.run(&["verify", "c.zip"]);
        assert_eq!(ended.code, 2, "{}{}", ended.out, ended.err);
        assert!(ended.err.contains(words), "{words}\n{}", ended.err);
    };
    let with_manifest = |old: &str, new: &str| {
        change(
            &house,
            "c.zip",
            |name, bytes| if name == "manifest.json" { replaced(bytes, old, new) } else { Some(bytes) },
        );
    };
    for name in ["../../escaped", "/tmp/plainway-escaped", "config/../../escaped", "a\\\\..\\\\escaped", "C:escaped"] {
        with_manifest("config/views.csv", name);
        check("leads out of its folder");
    }
    with_manifest("plainway/evidence/1", "plainway/evidence/9");
    check("plainway/evidence/9");
    with_manifest("config/views.csv", "config/plainway.toml");
    check("names a file twice");
    with_manifest("\"bytes\": ", "\"bytes\": 99999999");
    check("not safe");
    change(&house, "c.zip", |name, bytes| (name != "manifest.json").then_some(bytes));
    check("no manifest.json");
    house.write("c.zip", "PK nonsense");
    check("no ZIP file");
    assert!(!Path::new("/tmp/plainway-escaped").exists() && !house.path("../escaped").exists());
    assert_eq!(house.run(&["verify", "nothing.zip"]).code, 2);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let house = packed();
    // The manifest says 20 bytes, the file has 30 million.
    change(
        &house,
        "c.zip",
        |name, bytes| if name == "config/views.csv" { Some(vec![b'0'; 30_000_000]) } else { Some(bytes) },
    );
    let ended = house.run(&["verify", "c.zip"]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("config/views.csv has another size"), "{}", ended.out);
}

#[test]
fn a_run_of_other_rules_is_not_packed() {
    let house = packed();
    house.write("plainway.toml", "[site]\nname = \"Milltown\"\ncountry = \"GB\"\n");
    let ended = house.run(&["evidence"]);
    assert!(ended.code == 2 && ended.err.contains("other rules or settings"), "{}", ended.err);
}
