//! Reports of a stored run made once more: the same to the last byte, and nothing of what was taken out since.

use crate::house::{House, fixture};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// All files below a folder, by their name in there.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        for path in std::fs::read_dir(&folder).expect("it is a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).expect("it lies below").to_owned();
                found.insert(name, std::fs::read(&path).expect("it can be read"));
            }
        }
    }
    found
}

#[track_caller]
fn check_same(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) {
    assert!(a.keys().eq(b.keys()), "{:?} {:?}", a.keys(), b.keys());
    for (name, bytes) in a {
        assert!(b[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn reports_made_again_are_the_same_whatever_is_kept_of_them() {
    let house = House::new();
    for (folder, date) in [("before", "2026-01-01"), ("after", "2026-02-01"), ("before", "2026-03-01")] {
        let folder = fixture(&format!("milltown/{folder}"));
        house.ok(&["audit", &folder, "--as", "http://town.example/", "--as-of", date, "--out", "first"]);
    }
    let first = files(&house.path("first"));
    assert!(first.len() > 20, "{}", first.len());
    house.ok(&["report", "--out", "again"]);
    check_same(&first, &files(&house.path("again")));
    // What is counted of an older run, or by a version that kept nothing, is counted anew.
    let db = rusqlite::Connection::open(house.path(".plainway/plainway.db")).expect("the store is there");
    let kept = |table: &str| -> u64 {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("it can be counted")
    };
    assert_eq!((kept("tallies"), kept("written")), (1, 3), "of runs before the last nothing is kept");
    db.execute_batch("DELETE FROM tallies; DELETE FROM hits; DELETE FROM written").expect("it can be written");
    house.ok(&["report", "--out", "anew"]);
    check_same(&first, &files(&house.path("anew")));
    assert_eq!((kept("tallies"), kept("written")), (1, 1));
}

#[test]
fn an_audit_file_that_is_there_is_left_and_any_other_is_replaced() {
    let house = House::new();
    house.ok(&["audit", &fixture("tiny"), "--as", "http://town.example/", "--as-of", "2026-01-01", "--out", "out"]);
    let path = house.path("out/audit.json");
    let whole = std::fs::read(&path).expect("it was written");
    let time = || std::fs::metadata(&path).and_then(|m| m.modified()).expect("the system knows it");
    let then = time();
    house.ok(&["report", "--out", "out"]);
    assert_eq!(time(), then);
    let mut other = whole.clone();
    *other.last_mut().expect("it is not empty") = b' ';
    for changed in [other, whole[..whole.len() - 1].to_vec(), Vec::new()] {
        std::fs::write(&path, changed).expect("it can be written");
        house.ok(&["report", "--out", "out"]);
        assert!(std::fs::read(&path).expect("it was written") == whole);
    }
    // Another legal standard, and so other things lie beyond it.
    house.write("plainway.toml", "[site]\nstandard = \"wcag-2.0-aa\"\n");
    house.ok(&["report", "--out", "out"]);
    assert!(std::fs::read(&path).expect("it was written") != whole);
}

#[test]
fn what_was_taken_out_is_in_no_report_made_later() {
    let house = House::new();
    let page = |title: &str, more: &str| {
        format!(
            "<!doctype html><html lang=en><title>{title}</title><main><h1>{title}</h1><p><a href=/>Home</a> <a href=/a.html>Staff</a></p>{more}</main></html>"
        )
    };
    house.write("site/index.html", &page("Town", ""));
    house.write("site/a.html", &page("Staff", "<img src=zanzibarella.png>"));
    house.ok(&["audit", "site", "--as", "http://town.example/", "--as-of", "2026-01-01", "--out", "out"]);
    let quoting = |out: &str| {
        let all = files(&house.path(out)).into_iter();
        let quotes = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("zanzibarella");
        all.filter(|(_, bytes)| quotes(bytes)).count()
    };
    assert!(quoting("out") > 2, "{}", quoting("out"));
    house.ok(&["purge", "http://town.example/a.html", "--facts"]);
    house.ok(&["report", "--out", "out"]);
    assert_eq!(quoting("out"), 0);
}
