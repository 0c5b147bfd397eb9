//! How right the rules are on pages that an editor has marked: the findings on `fixtures/services` are held against
//! `expected.toml` there, and the table in `docs/accuracy.md` has to say what came out.
//!
//! The same is done for `ways` and `contact` with what is planted in `fixtures/milltown`.
//!
//! `PLAINWAY_RENEW=1 cargo test --test accuracy` writes the table anew. With `PLAINWAY_SHOW=words/legalese` (or `says`, `kinds`,
//! `all`) and `-- --nocapture`, what was missed and what was a false alarm is printed.

mod forms;
mod kiosks;
mod labels;
mod measure;
mod planted;
mod source;
mod table;
mod town;

use labels::Labels;
use measure::Measured;
use std::fs;
use std::path::{Path, PathBuf};

/// Between these lines of the document, the test writes; the rest is written by hand.
const FROM: &str = "<!-- from here: written by `just accuracy` -->\n";
const TO: &str = "<!-- to here: written by `just accuracy` -->\n";
const TOWN_FROM: &str = "<!-- the town, from here: written by `just accuracy` -->\n";
const TOWN_TO: &str = "<!-- the town, to here: written by `just accuracy` -->\n";
const KIOSKS_FROM: &str = "<!-- the kiosks, from here: written by `just accuracy` -->\n";
const KIOSKS_TO: &str = "<!-- the kiosks, to here: written by `just accuracy` -->\n";
const FORMS_FROM: &str = "<!-- forms from here: written by `just accuracy` -->\n";
const FORMS_TO: &str = "<!-- forms to here: written by `just accuracy` -->\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn services() -> PathBuf {
    root().join("fixtures/services")
}

#[test]
fn the_table_says_what_is_measured() {
    let labels = Labels::read(&services());
    let measured = Measured::of(&labels, &services());
    if let Ok(wanted) = std::env::var("PLAINWAY_SHOW") {
        measured.show(&wanted);
    }
    compare(FROM, TO, &table::table(&labels, &measured));
}

#[test]
fn the_table_of_the_town_says_what_is_measured() {
    let (table, notes) = town::table(&root().join("fixtures/milltown"));
    if std::env::var("PLAINWAY_SHOW").is_ok_and(|wanted| matches!(wanted.as_str(), "all" | "town")) {
        notes.iter().for_each(|note| println!("{note}"));
    }
    let lost: Vec<_> = notes.iter().filter(|n| n.ends_with("was not read")).collect();
    assert!(lost.is_empty(), "fixtures/milltown/expected.toml: {lost:?}");
    compare(TOWN_FROM, TOWN_TO, &table);
}

#[test]
fn the_table_of_the_kiosks_says_what_is_measured() {
    let (table, notes) = kiosks::table(&root().join("fixtures/kiosks"));
    if std::env::var("PLAINWAY_SHOW").is_ok_and(|wanted| matches!(wanted.as_str(), "all" | "kiosks")) {
        notes.iter().for_each(|note| println!("{note}"));
    }
    let lost: Vec<_> = notes.iter().filter(|n| n.ends_with("was not read")).collect();
    assert!(lost.is_empty(), "fixtures/kiosks/expected.toml: {lost:?}");
    compare(KIOSKS_FROM, KIOSKS_TO, &table);
}

/// Holds a table against what stands between two lines of the document, or writes it there.
fn compare(from: &str, to: &str, table: &str) {
    // Each test may write to the document.
    static DOCUMENT: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _alone = DOCUMENT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = root().join("docs/accuracy.md");
    let document = fs::read_to_string(&path).expect("the document is part of the project");
    let (before, rest) = document.split_once(from).expect("the document has the line where the table begins");
    let (written, after) = rest.split_once(to).expect("the document has the line where the table ends");
    if std::env::var_os("PLAINWAY_RENEW").is_some() {
        fs::write(&path, format!("{before}{from}{table}{to}{after}")).expect("the document can be written");
        return;
    }
    let changed: Vec<String> = table
        .lines()
        .filter(|line| !written.lines().any(|w| w == *line))
        .map(|line| format!("  now: {line}"))
        .chain(written.lines().filter(|line| !table.lines().any(|t| t == *line)).map(|line| format!("  was: {line}")))
        .collect();
    assert!(
        written == table,
        "docs/accuracy.md no longer says what is measured. Read what changed, then write it anew with `just accuracy`\n\
         (or PLAINWAY_RENEW=1 cargo test --test accuracy):\n{}",
        changed.join("\n")
    );
}

#[test]
fn every_page_is_labelled_and_every_quote_stands_on_its_page() {
    let labels = Labels::read(&services());
    let mistakes = labels.mistakes(&services());
    assert!(mistakes.is_empty(), "fixtures/services/expected.toml:\n  {}", mistakes.join("\n  "));
    assert!(labels.pages.len() >= 40, "the set has at least 40 pages");
}

#[test]
fn the_table_of_forms_says_what_is_measured() {
    let measured = forms::Measured::of(&root().join("fixtures/forms"));
    if std::env::var("PLAINWAY_SHOW").is_ok_and(|wanted| wanted == "forms" || wanted == "all") {
        measured.show();
    }
    compare(FORMS_FROM, FORMS_TO, &measured.table());
}
