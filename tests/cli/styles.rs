//! Style sheets as they meet an audit: they come after the pages, and change what is found on them.
#![cfg(feature = "style")]

use crate::house::{House, serve};

const PAGE: &str = "<!doctype html><html lang=en><head><title>Permits</title><link rel=stylesheet href=/css/town.css></head><body><main><h1>Permits</h1><p class=quiet>Bring your old permit to the town office.</p><p class=gone><a href=/away>Away</a></p></main></body></html>";

fn site(house: &House) {
    house.write("site/index.html", PAGE);
    house.write("site/css/town.css", "@import 'base.css'; .gone { display: none }");
    house.write("site/css/base.css", ".quiet { color: #aaa }");
}

/// The rules that fail, with the words of the finding about faint text.
fn faint(house: &House, out: &str) -> Vec<String> {
    let audit = house.audit(out);
    let findings = audit["findings"].as_array().into_iter().flatten();
    let of_rule = findings.filter(|f| f["rule"] == "access/faint-text");
    of_rule
        .map(|f| format!("{} {}", f["outcome"].as_str().unwrap_or(""), f["message"].as_str().unwrap_or("")))
        .collect()
}

#[test]
fn sheets_are_applied_alike_from_a_folder_a_crawl_and_its_archive() {
    let house = House::new();
    site(&house);
    let common = ["--as", "http://town.example/", "--as-of", "2026-01-15"];
    let address = format!("http://{}/", serve(house.path("site").to_str().expect("its path is text")));
    house.ok(&[&["audit", "site", "--out", "folder", "--no-history"][..], &common].concat());
    house.ok(&[&["audit", &address, "--out", "crawl"][..], &common].concat());
    let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("the crawl kept a snapshot");
    let archive = snapshots.flatten().next().expect("there is one").path();
    let archive = archive.to_str().expect("its path is text").to_owned();
    house.ok(&["audit", &archive, "--out", "archive", "--no-history", "--as-of", "2026-01-15"]);
    for out in ["folder", "crawl", "archive"] {
        let found = faint(&house, out);
        assert_eq!(found.len(), 1, "{out}: {found:?}");
        assert!(found[0].starts_with("fail") && found[0].contains("#aaaaaa on #ffffff"), "{out}: {found:?}");
    }
}

#[test]
fn a_changed_sheet_is_seen_and_a_missing_one_tells_nothing() {
    let house = House::new();
    site(&house);
    house.ok(&["audit", "site", "--out", "out"]);
    assert_eq!(faint(&house, "out").len(), 1);
    house.write("site/css/base.css", ".quiet { color: #333 }");
    house.ok(&["audit", "site", "--out", "out"]);
    let found = faint(&house, "out");
    assert!(found.iter().all(|f| !f.contains("Bring") || f.starts_with("fail")), "{found:?}");
    let audit = house.audit("out");
    let fixed = audit["findings"].as_array().into_iter().flatten().find(|f| f["rule"] == "access/faint-text");
    assert_eq!(fixed.map(|f| f["state"].clone()), Some("fixed".into()), "{fixed:?}");
    std::fs::remove_file(house.path("site/css/base.css")).expect("the test wrote it");
    house.ok(&["audit", "site", "--out", "none", "--no-history"]);
    let found = faint(&house, "none");
    assert!(found.len() == 1 && found[0].starts_with("could-not-tell"), "{found:?}");
}
