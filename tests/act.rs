//! The rules held against the W3C's test cases for accessibility conformance (ACT), which are no part of the project: `just act`
//! looks for them in `../shared/suites/act`, or where `PLAINWAY_ACT` says, and prints what is detected, rule by rule.
//!
//! A rule of ours stands for the ACT rules that it names in `fails` or `related`. A failed case is detected when one of them
//! fails its page; on any other case that is a false alarm. `PLAINWAY_SHOW=c487ae` (or `all`) prints the cases that went wrong.

use plainway::audit::{Judge, Scene};
use plainway::facts::{Lexicon, Page, Settings, Sheets, SiteReader};
use plainway::model::{Fetched, Gathered, Outcome, PageUrl, Role, Status, Via};
use plainway::rule::{RuleSource, Rules, embedded_words};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A case of the suite.
#[derive(Deserialize)]
struct Case {
    rule: String,
    rule_name: String,
    expected: String,
    approved: bool,
    file: String,
}

/// What came out for one ACT rule or for several.
#[derive(Clone, Copy, Default)]
struct Tally {
    failed: u32,
    detected: u32,
    by_trial: u32,
    others: u32,
    alarms: u32,
    trial_alarms: u32,
}

impl Tally {
    fn add(&mut self, more: Tally) {
        self.failed += more.failed;
        self.detected += more.detected;
        self.by_trial += more.by_trial;
        self.others += more.others;
        self.alarms += more.alarms;
        self.trial_alarms += more.trial_alarms;
    }

    fn line(&self) -> String {
        format!(
            "{:>3} of {:>3} ({:>2} by trial rules), false alarms {:>2} of {:>3} ({} by trial rules)",
            self.detected, self.failed, self.by_trial, self.alarms, self.others, self.trial_alarms
        )
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rules as they lie on disk, so that a changed rule is measured without a build.
fn rules(lexicon: &Lexicon) -> Rules {
    let dir = root().join("rules");
    let mut sources = Vec::new();
    for category in fs::read_dir(&dir).expect("the rules are part of the project").flatten() {
        let name = category.file_name().to_string_lossy().into_owned();
        if name == "lexicon" || !category.path().is_dir() {
            continue;
        }
        for file in fs::read_dir(category.path()).expect("the folder was just listed").flatten() {
            let id = format!("{name}/{}", file.path().file_stem().expect("a file has a name").to_string_lossy());
            let text = fs::read_to_string(file.path()).expect("rule files are text");
            sources.push(RuleSource { file: format!("rules/{id}.md"), id, text });
        }
    }
    sources.sort_by(|a, b| a.id.cmp(&b.id));
    let categories = fs::read_to_string(dir.join("CATEGORIES.md")).expect("the categories are part of the project");
    let loaded = Rules::load(&sources, &categories, lexicon).map_err(|e| eprintln!("{e}"));
    loaded.expect("the project's own rules are right; what is wrong stands above")
}

/// The style sheets of the suite, by the addresses that its pages name them by.
fn sheets(dir: &Path, suite: &Path, into: &Sheets) {
    for file in fs::read_dir(dir).into_iter().flatten().flatten().map(|f| f.path()) {
        if file.is_dir() {
            sheets(&file, suite, into);
        } else if file.extension().is_some_and(|e| e == "css") {
            let path = file.strip_prefix(suite).expect("the file lies in the suite").to_string_lossy().into_owned();
            let url = PageUrl::parse(&format!("http://localhost/{path}")).expect("files of the suite have plain names");
            let body = fs::read(&file).unwrap_or_default();
            into.take(&Fetched { role: Role::Sheet, ..Fetched::of_file(url, body, "") });
        }
    }
}

/// The rules of ours that fail the page, and whether each counts.
fn failing(
    judge: &Judge<'_>,
    lexicon: &Lexicon,
    sheets: &Sheets,
    case: &Case,
    html: Vec<u8>,
) -> BTreeMap<String, String> {
    let path = case.file.trim_start_matches("site/");
    let url = PageUrl::parse(&format!("http://localhost/{path}")).expect("files of the suite have plain names");
    let fetched = Fetched {
        via: Via::Http,
        headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
        ..Fetched::of_file(url.clone(), html, "")
    };
    let page = Page::read_styled(&fetched, lexicon, &Settings::default(), sheets);
    let mut verdicts = judge.page(&page);
    let gathered = Gathered {
        start: url.clone(),
        scope: url,
        targets: Vec::new(),
        complete: false,
        limits: Vec::new(),
        probe_status: None,
        own_site: false,
        external: Vec::new(),
        traps: Vec::new(),
        sample: None,
    };
    let mut reader = SiteReader::new(&gathered).on("");
    reader.add(&page.facts);
    let in_site = judge.page_in_site(&reader.finish(), &page.facts);
    verdicts.findings.extend(in_site.findings);
    let failed = verdicts.findings.into_iter().filter(|f| f.outcome == Outcome::Fail);
    failed.map(|f| (f.rule.to_string(), f.place.map_or_else(String::new, |p| p.snippet))).collect()
}

#[test]
fn cases_of_the_w3c_are_detected_without_false_alarms() {
    let suite = std::env::var_os("PLAINWAY_ACT").map_or_else(|| root().join("../shared/suites/act"), PathBuf::from);
    let Ok(index) = fs::read_to_string(suite.join("index.json")) else {
        eprintln!("skipped: the test cases are not in {}", suite.display());
        return;
    };
    let cases: Vec<Case> = serde_json::from_str(&index).expect("the index of the suite has this shape");
    let lexicon = Lexicon::parse(&embedded_words()).expect("the project's own lists are right");
    let rules = rules(&lexicon);
    let judge = Judge::new(&rules, &lexicon, Scene::default());
    let mut standing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in &rules.list {
        for act in rule.fails.iter().chain(&rule.related).filter_map(|c| c.strip_prefix("ACT ")) {
            standing.entry(act).or_default().insert(&rule.id);
        }
    }
    let counts = |id: &str| rules.list.iter().any(|r| &*r.id == id && r.status == Status::Active);
    let shown = std::env::var("PLAINWAY_SHOW").unwrap_or_default();
    let mut table: BTreeMap<(&str, bool), (&str, Tally)> = BTreeMap::new();
    let styles = Sheets::default();
    sheets(&suite.join("site"), &suite.join("site"), &styles);
    for case in &cases {
        let (_, tally) = table.entry((&case.rule, case.approved)).or_insert((&case.rule_name, Tally::default()));
        let html = fs::read(suite.join(&case.file)).expect("the index names files of the suite");
        let failing = failing(&judge, &lexicon, &styles, case, html);
        let ours = standing.get(case.rule.as_str());
        let hits: Vec<(&String, &String)> =
            failing.iter().filter(|(id, _)| ours.is_some_and(|o| o.contains(id.as_str()))).collect();
        let (hit, active) = (!hits.is_empty(), hits.iter().any(|(id, _)| counts(id)));
        let is_failed = case.expected == "failed";
        if is_failed {
            tally.failed += 1;
            tally.detected += u32::from(hit);
            tally.by_trial += u32::from(hit && !active);
        } else {
            tally.others += 1;
            tally.alarms += u32::from(hit);
            tally.trial_alarms += u32::from(hit && !active);
        }
        if hit != is_failed && (shown == case.rule || shown == "all" || (shown == "alarms" && hit)) {
            println!("{} {} {:?}", case.expected, case.file, hits);
        }
    }
    let (mut approved, mut all) = (Tally::default(), Tally::default());
    for ((rule, is_approved), (name, tally)) in &table {
        all.add(*tally);
        if *is_approved {
            approved.add(*tally);
        }
        let mark = if *is_approved { "*" } else { " " };
        let by = if standing.contains_key(rule) { "" } else { " (no rule of ours)" };
        println!("{mark} {rule} {}  {name}{by}", tally.line());
    }
    println!("* approved    {}", approved.line());
    println!("  all         {}", all.line());
    assert_eq!(approved.alarms, 0, "false alarms on approved rules; PLAINWAY_SHOW=alarms prints them");
}
