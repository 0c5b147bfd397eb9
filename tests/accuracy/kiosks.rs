//! How right the rules for kiosks are on the kiosks of `fixtures/kiosks`: what was planted, screen by screen, against
//! what is found.

use super::measure::Count;
use super::planted::{Found, Planted, Tally};
use super::table::{HEAD, row};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The table, and what was missed or wrong, for people.
pub fn table(folder: &Path) -> (String, Vec<String>) {
    let text = std::fs::read_to_string(folder.join("expected.toml")).expect("the marks are part of the project");
    let kiosks: BTreeMap<String, Planted> = toml::from_str(&text).expect("fixtures/kiosks/expected.toml can be read");
    let config = tempfile::Builder::new().suffix(".toml").tempfile().expect("a temporary file can be made");
    std::fs::write(config.path(), "[site]\nlanguages = [\"en\"]\n").expect("a temporary file can be written");
    let config = config.path().to_str().expect("the path of a temporary file is text");
    let (mut tally, mut screens) = (Tally::default(), 0);
    for (name, planted) in &kiosks {
        let flags = ["--profile", "kiosk", "--config", config];
        let found = Found::of(&folder.join(name), "http://localhost", &flags, &["kiosk"]);
        screens += found.pages.len();
        tally.add(name, planted, &found);
    }
    let mut text = format!("\n{} kiosks, {screens} screens.\n\n{HEAD}\n", kiosks.len());
    let mut all = Count::default();
    for (rule, count) in &tally.counts {
        all.add(count);
        writeln!(text, "{}", row(rule, Some(count))).expect("a string takes all that is written");
    }
    let (all, Tally { near, alarms, .. }) = (row("**all**", Some(&all)), &tally);
    writeln!(text, "{all}\n\nNear-misses: {near}; findings on them: {alarms}.\n")
        .expect("a string takes all that is written");
    (text, tally.notes)
}
