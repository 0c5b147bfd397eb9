//! How right the rules of `ways` and `contact` are on Milltown: what was planted, page by page, against what is found.

use super::measure::{Count, plainway};
use super::table::{HEAD, row, rules};
use plainway::model::Status;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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
    before: Side,
    after: Side,
}

/// One version of the town.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    everywhere: Vec<String>,
    /// Pages that are none of these: they have no footer.
    except: Vec<String>,
    pages: BTreeMap<String, Marks>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Marks {
    finds: Vec<String>,
    near: Vec<String>,
}

/// The table, and what was missed or wrong, for people.
pub fn table(folder: &Path) -> (String, Vec<String>) {
    let text = std::fs::read_to_string(folder.join("expected.toml")).expect("the marks are part of the project");
    let expected: Expected = toml::from_str(&text).expect("fixtures/milltown/expected.toml can be read");
    let dates = std::fs::read_to_string(folder.join("dates.toml")).expect("the dates are part of the project");
    let dates: toml::Table = toml::from_str(&dates).expect("fixtures/milltown/dates.toml can be read");
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let (mut notes, mut near, mut alarms, mut pages) = (Vec::new(), 0, 0, Vec::new());
    for (name, side) in [("before", &expected.before), ("after", &expected.after)] {
        let date = dates.get(name).map(ToString::to_string).expect("each version has a date");
        let (found, read) = found(folder, name, &date[..10]);
        pages.push(read.len());
        let missing = side.pages.keys().filter(|page| !read.contains(*page));
        notes.extend(missing.map(|page| format!("{name}{page} has marks and was not read")));
        let framed: Vec<&String> = read.iter().filter(|page| !side.except.contains(page)).collect();
        let everywhere = side.everywhere.iter().flat_map(|rule| framed.iter().map(|p| (rule.clone(), (*p).clone())));
        let planted = side.pages.iter().flat_map(|(p, m)| m.finds.iter().map(move |r| (r.clone(), p.clone())));
        let expected: BTreeSet<(String, String)> = everywhere.chain(planted).collect();
        for (rule, page) in &expected {
            let count = counts.entry(rule.clone()).or_default();
            count.expected += 1;
            if found.contains(&(rule.clone(), page.clone())) {
                count.found += 1;
                count.right += 1;
            } else {
                notes.push(format!("{rule}: missed on {name}{page}"));
            }
        }
        near += side.pages.values().map(|m| m.near.len()).sum::<usize>();
        for (rule, page) in found.difference(&expected) {
            let is_near = side.pages.get(page).is_some_and(|m| m.near.contains(rule));
            counts.entry(rule.clone()).or_default().wrong += 1;
            alarms += usize::from(is_near);
            let what = if is_near { "false alarm on a near-miss" } else { "false alarm" };
            notes.push(format!("{rule}: {what} on {name}{page}"));
        }
    }
    (shown(&counts, &pages, near, alarms), notes)
}

fn shown(counts: &BTreeMap<String, Count>, pages: &[usize], near: usize, alarms: usize) -> String {
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

/// Rules with the pages on which they find something, and all pages that were read.
fn found(folder: &Path, name: &str, date: &str) -> (BTreeSet<(String, String)>, BTreeSet<String>) {
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let text = |path: &Path| path.to_str().expect("the path of the project is text").to_owned();
    let (target, config) = (text(&folder.join(name)), text(&folder.join("plainway.toml")));
    let out_path = text(out.path());
    plainway(&[
        "audit",
        &target,
        "--config",
        &config,
        "--out",
        &out_path,
        "--no-history",
        "--as",
        PUBLIC,
        "--as-of",
        date,
    ]);
    let audit = std::fs::read_to_string(out.path().join("audit.json")).expect("the audit was written");
    let audit: Value = serde_json::from_str(&audit).expect("it is JSON");
    let path = |v: &Value| v["url"].as_str().unwrap_or("").trim_start_matches(PUBLIC).to_owned();
    let list = |part: &str| audit[part].as_array().cloned().unwrap_or_default();
    let planted = |f: &&Value| PLANTED.iter().any(|c| f["category"] == *c) && f["outcome"] == "fail";
    let found = list("findings")
        .iter()
        .filter(planted)
        .map(|f| (f["rule"].as_str().unwrap_or("").to_owned(), path(f)))
        .collect();
    (found, list("pages").iter().map(path).collect())
}
