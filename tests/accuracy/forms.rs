//! The forms of `fixtures/forms`, held against what is right of each.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    today: String,
    labelled: Vec<String>,
    #[serde(rename = "site")]
    sites: Vec<Site>,
}

/// What is right of one site.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    folder: String,
    #[serde(default, rename = "note")]
    _note: String,
    #[serde(default)]
    finds: BTreeMap<String, usize>,
    #[serde(default)]
    unsure: Vec<String>,
    #[serde(default, rename = "form")]
    forms: Vec<Form>,
    #[serde(default, rename = "journey")]
    journeys: Vec<Journey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    page: String,
    kind: String,
    questions: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Journey {
    first: String,
    pages: u64,
    questions: u64,
}

/// Findings of a rule.
#[derive(Default)]
struct Count {
    expected: usize,
    found: usize,
    right: usize,
}

/// What was measured of all sites.
pub struct Measured {
    rules: BTreeMap<String, Count>,
    sites: usize,
    forms: usize,
    forms_right: usize,
    journeys: usize,
    journeys_told: usize,
    journeys_right: usize,
    unsure: usize,
    unsure_right: usize,
    notes: Vec<String>,
}

/// Address of the pages of a folder.
const BASE: &str = "http://localhost";

fn audited(folder: &Path, today: &str) -> (Value, BTreeMap<String, Value>) {
    let out = tempfile::tempdir().expect("a folder for the reports");
    let program = env!("CARGO_BIN_EXE_plainway");
    // The settings of a site, if it has any, lie in its folder.
    let run = Command::new(program)
        .args(["audit", ".", "--no-history", "--render", "never", "--as-of", today, "--out"])
        .arg(out.path())
        .current_dir(folder)
        .output()
        .expect("the program runs");
    assert!(run.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&run.stderr));
    let audit = fs::read(out.path().join("audit.json")).expect("the audit is written");
    let facts = Command::new(program).args(["facts", "."]).current_dir(folder).output().expect("the program runs");
    let text = String::from_utf8(facts.stdout).expect("facts are text");
    let page = |line: &str| {
        let page: Value = serde_json::from_str(line).expect("a line is JSON");
        (page["url"].as_str().unwrap_or("").trim_start_matches(BASE).to_owned(), page)
    };
    (serde_json::from_slice(&audit).expect("the audit is JSON"), text.lines().map(page).collect())
}

impl Measured {
    pub fn of(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("expected.toml")).expect("the labels are there");
        let labels: Labels = toml::from_str(&text).expect("the labels can be read");
        let mut measured = Self {
            rules: BTreeMap::new(),
            sites: labels.sites.len(),
            forms: 0,
            forms_right: 0,
            journeys: 0,
            journeys_told: 0,
            journeys_right: 0,
            unsure: 0,
            unsure_right: 0,
            notes: Vec::new(),
        };
        for site in &labels.sites {
            let (audit, facts) = audited(&folder.join(&site.folder), &labels.today);
            measured.add_findings(&labels, site, &audit);
            measured.add_forms(site, &facts);
            measured.add_journeys(site, &audit);
        }
        measured
    }

    fn add_findings(&mut self, labels: &Labels, site: &Site, audit: &Value) {
        let findings = audit["findings"].as_array().expect("findings are a list");
        let of_rule = |rule: &str, outcome: &str| {
            let right = |f: &&Value| f["rule"] == rule && f["outcome"] == outcome;
            findings.iter().filter(right).map(|f| 1 + f["more"].as_u64().unwrap_or(0) as usize).sum::<usize>()
        };
        for rule in &labels.labelled {
            let (expected, found) = (site.finds.get(rule).copied().unwrap_or(0), of_rule(rule, "fail"));
            let count = self.rules.entry(rule.clone()).or_default();
            count.expected += expected;
            count.found += found;
            count.right += expected.min(found);
            if expected != found {
                self.notes.push(format!("{}: {rule}: {expected} expected, {found} found", site.folder));
            }
        }
        for rule in &site.unsure {
            let told = of_rule(rule, "could-not-tell") > 0;
            self.unsure += 1;
            self.unsure_right += usize::from(told);
            if !told {
                self.notes.push(format!("{}: {rule} does not say that it could not tell", site.folder));
            }
        }
    }

    fn add_forms(&mut self, site: &Site, facts: &BTreeMap<String, Value>) {
        for form in &site.forms {
            let forms = facts[&form.page]["forms"].as_array().expect("forms are a list");
            let is_kind = |f: &Value| form.kind == "other" || f["kind"] == form.kind.as_str();
            let right = forms.iter().any(|f| is_kind(f) && f["questions"] == form.questions);
            self.forms += 1;
            self.forms_right += usize::from(right);
            if !right {
                self.notes.push(format!("{}{}: not a form of kind {}", site.folder, form.page, form.kind));
            }
        }
    }

    fn add_journeys(&mut self, site: &Site, audit: &Value) {
        let told = audit["score"]["journeys"].as_array().expect("journeys are a list");
        self.journeys += site.journeys.len();
        self.journeys_told += told.len();
        for journey in &site.journeys {
            let is_it = |t: &&Value| {
                t["url"].as_str() == Some(&format!("{BASE}{}", journey.first))
                    && t["pages"] == journey.pages
                    && t["questions"] == journey.questions
            };
            let right = told.iter().any(|t| is_it(&t));
            self.journeys_right += usize::from(right);
            if !right {
                self.notes.push(format!("{}: {told:?}", site.folder));
            }
        }
    }

    /// Prints what was missed and what was wrong.
    pub fn show(&self) {
        self.notes.iter().for_each(|note| println!("{note}"));
    }

    /// The tables of the document.
    pub fn table(&self) -> String {
        let share = |part: usize, all: usize| {
            if all == 0 { "\u{2013}".to_owned() } else { format!("{:.0} %", 100.0 * part as f64 / all as f64) }
        };
        let mut out = format!(
            "\n{} sites. Kind and number of questions right on {} of {} forms. Forms over several pages: {} expected, {} told, {} of these with the right first\n\
             page, pages and questions. Where it cannot be told, Plainway says so in {} of {} cases.\n\n\
             | rule | expected | found | right | precision | recall |\n|---|---:|---:|---:|---:|---:|\n",
            self.sites,
            self.forms_right,
            self.forms,
            self.journeys,
            self.journeys_told,
            self.journeys_right,
            self.unsure_right,
            self.unsure
        );
        let mut all = Count::default();
        for (rule, count) in &self.rules {
            let Count { expected, found, right } = count;
            let (precision, recall) = (share(*right, *found), share(*right, *expected));
            writeln!(out, "| `{rule}` | {expected} | {found} | {right} | {precision} | {recall} |")
                .expect("a text takes all");
            all = Count { expected: all.expected + expected, found: all.found + found, right: all.right + right };
        }
        let (precision, recall) = (share(all.right, all.found), share(all.right, all.expected));
        writeln!(out, "| all | {} | {} | {} | {precision} | {recall} |\n", all.expected, all.found, all.right)
            .expect("a text takes all");
        out
    }
}
