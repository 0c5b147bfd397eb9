//! How right the rules for kiosks are on the four kiosks of `fixtures/kiosks`: what was planted, screen by screen, against
//! what is found.

use super::measure::{Count, plainway};
use super::table::{HEAD, row};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Where the screens of a folder stand.
const BASE: &str = "http://localhost";

/// One kiosk in `expected.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kiosk {
    /// Rules that find something on all screens.
    #[serde(default)]
    everywhere: Vec<String>,
    /// Screens that are none of these.
    #[serde(default)]
    except: Vec<String>,
    screens: BTreeMap<String, Marks>,
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
    let kiosks: BTreeMap<String, Kiosk> = toml::from_str(&text).expect("fixtures/kiosks/expected.toml can be read");
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let (mut notes, mut near, mut alarms, mut read) = (Vec::new(), 0, 0, 0);
    for (name, kiosk) in &kiosks {
        let (found, screens) = found(&folder.join(name));
        read += screens.len();
        let missing = kiosk.screens.keys().filter(|screen| !screens.contains(*screen));
        notes.extend(missing.map(|screen| format!("{name}{screen} has marks and was not read")));
        let framed = screens.iter().filter(|screen| !kiosk.except.contains(screen));
        let everywhere = framed.flat_map(|screen| kiosk.everywhere.iter().map(move |r| (r.clone(), screen.clone())));
        let planted = kiosk.screens.iter().flat_map(|(s, m)| m.finds.iter().map(move |r| (r.clone(), s.clone())));
        let expected: BTreeSet<(String, String)> = everywhere.chain(planted).collect();
        for (rule, screen) in &expected {
            let count = counts.entry(rule.clone()).or_default();
            count.expected += 1;
            if found.contains(&(rule.clone(), screen.clone())) {
                count.found += 1;
                count.right += 1;
            } else {
                notes.push(format!("kiosk/{rule}: missed on {name}{screen}"));
            }
        }
        near += kiosk.screens.values().map(|m| m.near.len()).sum::<usize>();
        for (rule, screen) in found.difference(&expected) {
            alarms += usize::from(kiosk.screens.get(screen).is_some_and(|m| m.near.contains(rule)));
            counts.entry(rule.clone()).or_default().wrong += 1;
            notes.push(format!("kiosk/{rule}: false alarm on {name}{screen}"));
        }
    }
    let mut text = format!("\n{} kiosks, {read} screens.\n\n{HEAD}\n", kiosks.len());
    let mut all = Count::default();
    for (rule, count) in &counts {
        all.add(count);
        writeln!(text, "{}", row(&format!("kiosk/{rule}"), Some(count))).expect("a string takes all that is written");
    }
    let all = row("**all**", Some(&all));
    writeln!(text, "{all}\n\nNear-misses: {near}; findings on them: {alarms}.\n")
        .expect("a string takes all that is written");
    (text, notes)
}

/// Rules of the category `kiosk` with the screens on which they find something, and all screens that were read.
fn found(folder: &Path) -> (BTreeSet<(String, String)>, BTreeSet<String>) {
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let text = |path: &Path| path.to_str().expect("the path of the project is text").to_owned();
    let config = out.path().join("plainway.toml");
    std::fs::write(&config, "[site]\nlanguages = [\"en\"]\n").expect("a temporary file can be written");
    let (target, config, out_path) = (text(folder), text(&config), text(out.path()));
    plainway(&["audit", &target, "--profile", "kiosk", "--config", &config, "--out", &out_path, "--no-history"]);
    let audit = std::fs::read_to_string(out.path().join("audit.json")).expect("the audit was written");
    let audit: Value = serde_json::from_str(&audit).expect("it is JSON");
    let path = |v: &Value| v["url"].as_str().unwrap_or("").trim_start_matches(BASE).to_owned();
    let list = |part: &str| audit[part].as_array().cloned().unwrap_or_default();
    let of_kiosk = |f: &&Value| f["category"] == "kiosk" && f["outcome"] == "fail";
    let rule = |f: &Value| f["rule"].as_str().unwrap_or("").trim_start_matches("kiosk/").to_owned();
    let found = list("findings").iter().filter(of_kiosk).map(|f| (rule(f), path(f))).collect();
    (found, list("pages").iter().map(path).collect())
}
