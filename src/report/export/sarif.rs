//! SARIF 2.1.0 (OASIS, errata 01), for code scanning: each finding a result, each rule once.
//!
//! A page that the config maps to a file stands there with the file's path; any other with its address below
//! its origin, since readers refuse whole `http:` addresses. What is fixed is left out: a reader that knows
//! nothing of `baselineState` would show it as a problem.

use super::source::{below_origin, encoded};
use super::{ExportHead, Exporter, Standing, json_row, line_in, severity_word, state_word, visible};
use crate::history::FindingRow;
use crate::model::{PageUrl, Severity, Status};
use crate::rule::Rule;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The base of addresses of the site's own origin; other origins have their host behind it.
const SITE: &str = "SITE";

/// The base of files, as readers of SARIF know it.
const SOURCE_ROOT: &str = "%SRCROOT%";

/// A SARIF file that is being written.
pub(super) struct Sarif<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
    index: BTreeMap<Arc<str>, usize>,
    /// Origins that results name, by the name of their base.
    bases: BTreeMap<String, String>,
    is_first: bool,
}

impl<'a, W: Write> Sarif<'a, W> {
    pub(super) fn begin(mut out: W, head: &'a ExportHead<'a>) -> io::Result<Self> {
        let digest = head.digest;
        let named = digest.rules.iter().map(|r| &r.rule).chain(digest.unsure.iter().map(|u| &u.rule));
        let mut index: BTreeMap<Arc<str>, usize> = named.map(|rule| (rule.clone(), 0)).collect();
        index.values_mut().enumerate().for_each(|(at, place)| *place = at);
        let rules: Vec<Value> = index.keys().map(|id| rule(id, head.subject.rules.get(id))).collect();
        let driver = json!({
            "name": "Plainway",
            "version": head.subject.tool,
            "semanticVersion": head.subject.tool,
            "rules": rules,
        });
        let invocation = json!({
            "executionSuccessful": true,
            "startTimeUtc": digest.run.started,
            "endTimeUtc": digest.run.finished,
        });
        let about = json!({
            "score": digest.run.score.value,
            "coverage": digest.run.score.coverage,
            "provisional": digest.run.score.provisional,
            "target": digest.run.target,
        });
        writeln!(out, "{{\"$schema\": \"{SCHEMA}\",\n\"version\": \"2.1.0\",\n\"runs\": [{{")?;
        writeln!(out, "\"tool\": {},", json!({ "driver": driver }))?;
        writeln!(out, "\"invocations\": {},", json!([invocation]))?;
        writeln!(out, "\"automationDetails\": {},", json!({ "id": format!("plainway/{}/", digest.run.profile) }))?;
        write!(out, "\"properties\": {about},\n\"results\": [")?;
        Ok(Self { out, head, index, bases: BTreeMap::new(), is_first: true })
    }

    /// Where it is: a file of the repository, or an address below its origin.
    fn place(&mut self, finding: &FindingRow) -> Value {
        let file = self.head.source(&finding.url);
        let artifact = match &file {
            Some(file) => json!({ "uri": encoded(file), "uriBaseId": SOURCE_ROOT }),
            None => {
                let base = self.base(&finding.url);
                json!({ "uri": below_origin(&finding.url), "uriBaseId": base })
            }
        };
        let mut region = json!({ "startLine": line_in(file.as_deref(), finding) });
        if let Some(snippet) = finding.place.as_ref().map(|p| &p.snippet).filter(|s| !s.is_empty()) {
            region["snippet"] = json!({ "text": visible(snippet) });
        }
        let mut location = json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } });
        if let Some(selector) = finding.place.as_ref().map(|p| &p.selector).filter(|s| !s.is_empty()) {
            location["logicalLocations"] = json!([{ "fullyQualifiedName": visible(selector), "kind": "element" }]);
        }
        location
    }

    fn base(&mut self, url: &PageUrl) -> String {
        let host = url.host();
        let own = self.head.digest.run.target.split_once("://").map_or("", |(_, rest)| rest);
        let is_own = own.split(['/', '?']).next() == Some(host);
        let base = if is_own { SITE.to_owned() } else { format!("{SITE}:{host}") };
        let scheme = url.as_str().split("://").next().unwrap_or("https");
        self.bases.entry(base.clone()).or_insert_with(|| format!("{scheme}://{host}/"));
        base
    }

    fn result(&mut self, finding: &FindingRow) -> Option<Value> {
        let standing = self.head.standing(finding);
        let (kind, level) = match standing {
            Standing::Past => return None,
            Standing::Unsure => ("open", "none"),
            Standing::Trial => ("fail", "note"),
            Standing::Problem | Standing::Waived(_) => ("fail", level(finding.severity)),
        };
        let mut result = json!({
            "ruleId": &*finding.rule,
            "kind": kind,
            "level": level,
            "message": { "text": message(&finding.message) },
            "locations": [self.place(finding)],
            // The first name is the one that GitHub reads.
            "partialFingerprints": { "primaryLocationLineHash": finding.key, "plainwayKey/v1": finding.key },
            "suppressions": [],
            "properties": properties(finding),
        });
        if let Some(at) = self.index.get(&finding.rule) {
            result["ruleIndex"] = json!(at);
        }
        if let Standing::Waived(waiver) = standing {
            let by = format!("{}: {}", waiver.owner, waiver.reason);
            result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": by }]);
        }
        // A baseline knows of problems alone.
        let is_compared = self.head.known.is_none() || matches!(standing, Standing::Problem | Standing::Waived(_));
        if self.head.has_past() && is_compared {
            result["baselineState"] = json!(if self.head.is_news(finding) { "new" } else { "unchanged" });
        }
        Some(result)
    }
}

impl<W: Write> Exporter for Sarif<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        let Some(result) = self.result(finding) else { return Ok(()) };
        json_row(&mut self.out, &mut self.is_first, &result)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(b"\n]")?;
        if !self.bases.is_empty() {
            let bases: Map<String, Value> =
                self.bases.iter().map(|(name, uri)| (name.clone(), json!({ "uri": uri }))).collect();
            write!(self.out, ",\n\"originalUriBaseIds\": {}", Value::Object(bases))?;
        }
        self.out.write_all(b"\n}]\n}\n")
    }
}

/// How loud a problem is; readers of SARIF fail a build by errors.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker | Severity::Serious => "error",
        Severity::Moderate => "warning",
        Severity::Minor | Severity::Advice => "note",
    }
}

fn properties(finding: &FindingRow) -> Value {
    let status = if finding.status == Status::Trial { "trial" } else { "active" };
    json!({
        "url": finding.url.as_str(),
        "severity": severity_word(finding.severity),
        "status": status,
        "state": state_word(finding.state),
        "lost": finding.lost,
        "gain": finding.gain,
        "more": finding.more,
        "owner": finding.owner,
    })
}

fn rule(id: &str, rule: Option<&Rule>) -> Value {
    let Some(rule) = rule else { return json!({ "id": id }) };
    let level = if rule.status == Status::Trial { "note" } else { level(rule.severity) };
    let tags: Vec<&str> = std::iter::once(&*rule.category).chain(rule.fails.iter().map(String::as_str)).collect();
    let precision = match rule.precision {
        p if p >= 0.95 => "very-high",
        p if p >= 0.9 => "high",
        p if p >= 0.7 => "medium",
        _ => "low",
    };
    let loudness = if level == "note" { "recommendation" } else { level };
    let mut row = json!({
        "id": id,
        "shortDescription": { "text": message(&rule.title) },
        "help": {
            "text": format!("{}\n\n{}", message(&rule.why), message(&rule.fix)),
            "markdown": format!("{}\n\n{}", rule.why, rule.fix),
        },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": tags, "precision": precision, "problem.severity": loudness },
    });
    let address = rule.sources.iter().find(|s| s.starts_with("https://") && url::Url::parse(s).is_ok());
    if let Some(address) = address {
        row["helpUri"] = json!(address);
    }
    row
}

/// A text as a message of SARIF, where `[` would begin a link and `{` a placeholder (§ 3.11.5, 3.11.6).
fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in visible(text).chars() {
        match sign {
            '[' | ']' => out.extend(['\\', sign]),
            '{' | '}' => out.extend([sign, sign]),
            sign => out.push(sign),
        }
    }
    out
}
