//! Problems that were planted page by page, against what is found.

use super::measure::{Count, plainway};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was planted in one folder of pages, as `expected.toml` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planted {
    /// Rules that find something on all pages.
    #[serde(default)]
    everywhere: Vec<String>,
    /// Pages that are none of these: they have no frame.
    #[serde(default)]
    except: Vec<String>,
    pages: BTreeMap<String, Marks>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Marks {
    finds: Vec<String>,
    near: Vec<String>,
}

/// What an audit said of a folder.
pub struct Found {
    /// Rules with the pages on which they find something.
    findings: BTreeSet<(String, String)>,
    /// All pages that were read.
    pub pages: BTreeSet<String>,
}

impl Found {
    /// Audits a folder with these flags and keeps the findings of some categories; `base` is where its pages stand.
    pub fn of(folder: &Path, base: &str, flags: &[&str], categories: &[&str]) -> Self {
        let out = tempfile::tempdir().expect("a temporary folder can be made");
        let text = |path: &Path| path.to_str().expect("the path of the project is text").to_owned();
        let (target, out_path) = (text(folder), text(out.path()));
        plainway(&[&["audit", &target, "--out", &out_path, "--no-history"], flags].concat());
        let audit = std::fs::read_to_string(out.path().join("audit.json")).expect("the audit was written");
        let audit: Value = serde_json::from_str(&audit).expect("it is JSON");
        let path = |v: &Value| v["url"].as_str().unwrap_or("").trim_start_matches(base).to_owned();
        let list = |part: &str| audit[part].as_array().cloned().unwrap_or_default();
        let asked = |f: &&Value| categories.iter().any(|c| f["category"] == *c) && f["outcome"] == "fail";
        let findings = list("findings");
        let findings = findings.iter().filter(asked).map(|f| (f["rule"].as_str().unwrap_or("").to_owned(), path(f)));
        Self { findings: findings.collect(), pages: list("pages").iter().map(path).collect() }
    }
}

/// What came of all folders.
#[derive(Default)]
pub struct Tally {
    /// By rule.
    pub counts: BTreeMap<String, Count>,
    /// What was missed or wrong, for people.
    pub notes: Vec<String>,
    /// Places that look like a problem and are none.
    pub near: usize,
    /// Findings on them.
    pub alarms: usize,
}

impl Tally {
    /// Counts what was found in one folder.
    pub fn add(&mut self, name: &str, planted: &Planted, found: &Found) {
        let missing = planted.pages.keys().filter(|page| !found.pages.contains(*page));
        self.notes.extend(missing.map(|page| format!("{name}{page} has marks and was not read")));
        let framed: Vec<&String> = found.pages.iter().filter(|page| !planted.except.contains(page)).collect();
        let everywhere = planted.everywhere.iter().flat_map(|r| framed.iter().map(|p| (r.clone(), (*p).clone())));
        let marked = planted.pages.iter().flat_map(|(p, m)| m.finds.iter().map(move |r| (r.clone(), p.clone())));
        let expected: BTreeSet<(String, String)> = everywhere.chain(marked).collect();
        for (rule, page) in &expected {
            let count = self.counts.entry(rule.clone()).or_default();
            count.expected += 1;
            if found.findings.contains(&(rule.clone(), page.clone())) {
                count.found += 1;
                count.right += 1;
            } else {
                self.notes.push(format!("{rule}: missed on {name}{page}"));
            }
        }
        self.near += planted.pages.values().map(|m| m.near.len()).sum::<usize>();
        for (rule, page) in found.findings.difference(&expected) {
            let is_near = planted.pages.get(page).is_some_and(|m| m.near.contains(rule));
            self.counts.entry(rule.clone()).or_default().wrong += 1;
            self.alarms += usize::from(is_near);
            let what = if is_near { "false alarm on a near-miss" } else { "false alarm" };
            self.notes.push(format!("{rule}: {what} on {name}{page}"));
        }
    }
}
