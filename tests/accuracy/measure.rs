//! Audits the fixtures by the command and counts what was right.

use super::labels::{Label, Labels, Marks, SAYS};
use super::source::Source;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// From this confidence on, rules trust a page kind.
pub const SURE: f64 = 0.8;

/// Marks and findings of a rule, or things said.
#[derive(Default)]
pub struct Count {
    /// Marks of the editor.
    pub expected: usize,
    /// Marks that some finding met.
    pub found: usize,
    /// Findings that met a mark.
    pub right: usize,
    /// Findings that met none, and none that editors may differ on.
    pub wrong: usize,
    /// Of the wrong ones, those on a near miss.
    pub near: usize,
    /// For people: what was missed, what was wrong.
    notes: Vec<String>,
}

#[derive(Default)]
pub struct Measured {
    /// By rule.
    pub rules: BTreeMap<String, Count>,
    /// By thing said.
    pub says: BTreeMap<&'static str, Count>,
    /// Near misses by rule.
    pub near_misses: usize,
    /// Pages whose kind is right.
    pub kinds_right: usize,
    /// Pages with a sure kind.
    pub sure: usize,
    /// Of these, right.
    pub sure_right: usize,
    kind_notes: Vec<String>,
}

/// A finding of `audit.json`.
struct Finding {
    rule: String,
    message: String,
    /// Text or start tag, and line.
    place: Option<(String, usize)>,
}

impl Measured {
    pub fn of(labels: &Labels, folder: &Path) -> Self {
        let mut measured = Self::default();
        let sites = labels.sites();
        let runs: Vec<_> = std::thread::scope(|scope| {
            let run = |site| scope.spawn(move || (findings(labels, folder, site), facts(labels, folder, site)));
            let started: Vec<_> = sites.iter().map(|site| run(*site)).collect();
            started.into_iter().map(|run| run.join().expect("the command ends well on each site")).collect()
        });
        for (site, (mut findings, facts)) in sites.into_iter().zip(runs) {
            for label in labels.pages.iter().filter(|p| p.file.split('/').next() == Some(site)) {
                let source = Source::read(&folder.join(&label.file));
                let page = facts.get(&label.file).expect("every page of the folder is read");
                measured.add_kind(label, page);
                measured.add_says(label, page);
                measured.add_findings(labels, label, &source, &findings.remove(&label.file).unwrap_or_default());
            }
        }
        measured
    }

    fn add_kind(&mut self, label: &Label, page: &Value) {
        let told = page["kind"].as_str().unwrap_or("");
        let confidence = page["kind_confidence"].as_f64().unwrap_or(0.0);
        let right = told == label.kind || label.also.iter().any(|k| k == told);
        self.kinds_right += usize::from(right);
        self.sure += usize::from(confidence >= SURE);
        self.sure_right += usize::from(right && confidence >= SURE);
        if !right || confidence < SURE {
            self.kind_notes.push(format!("{}: is {}, told {told} ({confidence})", label.file, label.kind));
        }
    }

    fn add_says(&mut self, label: &Label, page: &Value) {
        for thing in SAYS {
            let Some(said) = label.says.get(thing).copied() else { continue };
            let told = page["says"][thing].as_bool();
            let count = self.says.entry(thing).or_default();
            count.expected += usize::from(said);
            count.found += usize::from(said && told == Some(true));
            count.right += usize::from(said && told == Some(true));
            count.wrong += usize::from(!said && told == Some(true));
            if told != Some(said) {
                count.notes.push(format!("{}: {thing} is {said}, told {told:?}", label.file));
            }
        }
    }

    fn add_findings(&mut self, labels: &Labels, label: &Label, source: &Source, findings: &[Finding]) {
        self.near_misses += label.near.values().map(Marks::len).sum::<usize>();
        for rule in &labels.labelled {
            let count = self.rules.entry(rule.clone()).or_default();
            let of_rule: Vec<&Finding> = findings.iter().filter(|f| f.rule == *rule).collect();
            if let Some(marks) = label.finds.get(rule) {
                count.expected += marks.len();
                for quote in marks.quotes() {
                    if of_rule.iter().any(|f| f.meets_quote(source, quote)) {
                        count.found += 1;
                    } else {
                        count.notes.push(format!("missed on {}: {quote}", label.file));
                    }
                }
                if let Marks::Page(true) = marks {
                    count.found += usize::from(!of_rule.is_empty());
                    if of_rule.is_empty() {
                        count.notes.push(format!("missed on {}", label.file));
                    }
                }
            }
            for finding in of_rule {
                count.judge(label, source, finding);
            }
        }
    }

    /// Prints what was missed and what was wrong.
    pub fn show(&self, wanted: &str) {
        let all = wanted == "all";
        if all || wanted == "kinds" {
            self.kind_notes.iter().for_each(|n| println!("kinds: {n}"));
        }
        if all || wanted == "says" {
            self.says.values().flat_map(|c| &c.notes).for_each(|n| println!("says: {n}"));
        }
        for (rule, count) in self.rules.iter().filter(|(r, _)| all || r.as_str() == wanted) {
            count.notes.iter().for_each(|n| println!("{rule}: {n}"));
        }
    }
}

impl Count {
    fn judge(&mut self, label: &Label, source: &Source, finding: &Finding) {
        let meets =
            |marks: &BTreeMap<String, Marks>| marks.get(&finding.rule).is_some_and(|m| finding.meets(source, m));
        if meets(&label.finds) {
            self.right += 1;
            return;
        }
        if meets(&label.either) {
            return;
        }
        let near = meets(&label.near);
        self.wrong += 1;
        self.near += usize::from(near);
        let at = finding.place.as_ref().map_or("the page", |(text, _)| text);
        let what = if near { "false alarm on a near miss" } else { "false alarm" };
        self.notes.push(format!("{what} on {}: {at} | {}", label.file, finding.message));
    }
}

impl Finding {
    /// A finding on the page as a whole meets any mark, a mark on the page any finding.
    fn meets(&self, source: &Source, marks: &Marks) -> bool {
        match marks {
            Marks::Page(marked) => *marked,
            Marks::Quotes(quotes) => quotes.iter().any(|q| self.meets_quote(source, q)),
        }
    }

    fn meets_quote(&self, source: &Source, quote: &str) -> bool {
        let Some((snippet, line)) = &self.place else { return true };
        if source.whole(snippet).contains(quote) {
            return true;
        }
        // A start tag shows nothing of what is inside; words in a tag are not in the text that is shown.
        if snippet.starts_with('<') {
            return source.has_near(*line, quote);
        }
        if !source.shows(quote) {
            return source.has_on(*line, quote);
        }
        self.message.contains(quote)
    }
}

/// Runs the command, which has to end well, and gives back what it prints.
pub fn plainway(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_plainway"))
        .args(args)
        .env_remove("SOURCE_DATE_EPOCH")
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the command can be started");
    assert!(output.status.success(), "{args:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the command prints text")
}

/// The file that an address of a site stands for, as the labels name it.
fn file_of(site: &str, url: &str) -> String {
    let path = url.split_once("//").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    format!("{site}/{path}")
}

fn findings(labels: &Labels, folder: &Path, site: &str) -> BTreeMap<String, Vec<Finding>> {
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let (target, config) = (folder.join(site), folder.join(site).join("plainway.toml"));
    let text = |path: &Path| path.to_str().expect("the path of the project is text").to_owned();
    plainway(
        &[
            &["audit", &text(&target), "--config", &text(&config), "--out", &text(out.path()), "--no-history"][..],
            &["--as", &format!("http://{site}.example/"), "--as-of", &labels.today, "--render", "never"],
        ]
        .concat(),
    );
    let audit = std::fs::read_to_string(out.path().join("audit.json")).expect("the audit was written");
    let audit: Value = serde_json::from_str(&audit).expect("it is JSON");
    let mut by_file: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for found in audit["findings"].as_array().expect("there are findings") {
        if found["outcome"] != "fail" {
            continue;
        }
        let string = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let place = found["place"].as_object().map(|place| {
            let line = place["line"].as_u64().unwrap_or(0);
            (string(&place["snippet"]), usize::try_from(line).unwrap_or(0))
        });
        let finding = Finding { rule: string(&found["rule"]), message: string(&found["message"]), place };
        by_file.entry(file_of(site, found["url"].as_str().unwrap_or(""))).or_default().push(finding);
    }
    by_file
}

fn facts(labels: &Labels, folder: &Path, site: &str) -> BTreeMap<String, Value> {
    let (target, config) = (folder.join(site), folder.join(site).join("plainway.toml"));
    let text = |path: &Path| path.to_str().expect("the path of the project is text").to_owned();
    let as_url = format!("http://{site}.example/");
    let printed = plainway(
        &[&["facts", &text(&target), "--config", &text(&config)][..], &["--as", &as_url, "--as-of", &labels.today]]
            .concat(),
    );
    let page = |line: &str| -> Value { serde_json::from_str(line).expect("each line is JSON") };
    printed.lines().map(page).map(|page| (file_of(site, page["url"].as_str().unwrap_or("")), page)).collect()
}
