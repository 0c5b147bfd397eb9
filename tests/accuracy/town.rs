//! How right the rules of `ways` and `contact` are on Milltown: what was planted, page by page, against what is found.

use super::measure::Count;
use super::planted::{Found, Planted, Tally};
use super::table::{HEAD, row, rules};
use plainway::model::Status;
use serde::Deserialize;
use std::fmt::Write;
use std::path::Path;

/// The categories whose problems are planted one by one.
const PLANTED: [&str; 2] = ["ways", "contact"];

/// The address of the town in the demo.
const PUBLIC: &str = "http://milltown.example";

/// `expected.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    before: Planted,
    after: Planted,
}

/// The table, and what was missed or wrong, for people.
pub fn table(folder: &Path) -> (String, Vec<String>) {
    let text = std::fs::read_to_string(folder.join("expected.toml")).expect("the marks are part of the project");
    let expected: Expected = toml::from_str(&text).expect("fixtures/milltown/expected.toml can be read");
    let dates = std::fs::read_to_string(folder.join("dates.toml")).expect("the dates are part of the project");
    let dates: toml::Table = toml::from_str(&dates).expect("fixtures/milltown/dates.toml can be read");
    let config = folder.join("plainway.toml");
    let config = config.to_str().expect("the path of the project is text");
    let (mut tally, mut pages) = (Tally::default(), Vec::new());
    for (name, planted) in [("before", &expected.before), ("after", &expected.after)] {
        let date = dates.get(name).map(ToString::to_string).expect("each version has a date");
        let flags = ["--config", config, "--as", PUBLIC, "--as-of", &date[..10]];
        let found = Found::of(&folder.join(name), PUBLIC, &flags, &PLANTED);
        pages.push(found.pages.len());
        tally.add(name, planted, &found);
    }
    (shown(&tally, &pages), tally.notes)
}

fn shown(tally: &Tally, pages: &[usize]) -> String {
    let Tally { counts, near, alarms, .. } = tally;
    let mut text = format!("\n{} pages before, {} after.\n\n{HEAD}\n", pages[0], pages[1]);
    let rules = rules();
    let is_trial = |id: &str| rules.list.iter().any(|r| *r.id == *id && r.status == Status::Trial);
    let (mut active, mut trial) = (Count::default(), Count::default());
    for (id, count) in counts {
        let (name, sum) = if is_trial(id) { (format!("{id} (trial)"), &mut trial) } else { (id.clone(), &mut active) };
        sum.add(count);
        writeln!(text, "{}", row(&name, Some(count))).expect("a string takes all that is written");
    }
    let (active, trial) = (row("**active rules**", Some(&active)), row("**trial rules**", Some(&trial)));
    writeln!(text, "{active}\n{trial}\n\nNear-misses: {near}; findings on them: {alarms}.\n")
        .expect("a string takes all that is written");
    text
}
