//! `earl.jsonld`: what was found as assertions of EARL 1.0 (W3C), for programs that gather the results of many tools.
//! A failure is one of the criteria that the rule literally fails; a doubt is `cantTell`; nothing is ever `passed`, since
//! no rule decides a criterion.

use super::{ExportHead, Exporter, visible};
use crate::history::FindingRow;
use crate::model::{Outcome, State, Status};
use crate::rule::{standards, wcag};
use serde_json::{Value, json};
use std::io::{self, Write};

/// A file of assertions that is being written.
pub(super) struct Earl<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
}

impl<'a, W: Write> Earl<'a, W> {
    pub(super) fn begin(mut out: W, head: &'a ExportHead<'a>) -> io::Result<Self> {
        let context = json!({
            "earl": "http://www.w3.org/ns/earl#",
            "dct": "http://purl.org/dc/terms/",
            "ptr": "http://www.w3.org/2009/pointers#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "WCAG22": "https://www.w3.org/TR/WCAG22/#",
        });
        let assertor = json!({
            "@id": "_:plainway",
            "@type": ["earl:Assertor", "earl:Software"],
            "dct:title": "Plainway",
            "dct:hasVersion": head.subject.tool,
        });
        write!(out, "{{\n\"@context\": {context},\n\"@graph\": [\n{assertor}")?;
        Ok(Self { out, head })
    }

    fn assertion(&self, finding: &FindingRow, number: &str, outcome: &str) -> Option<Value> {
        let criterion = standards().criterion(number)?;
        let mut result = json!({
            "@type": "earl:TestResult",
            "earl:outcome": { "@id": outcome },
            "dct:description": visible(&finding.message),
            "dct:source": &*finding.rule,
            "dct:date": { "@type": "xsd:dateTime", "@value": self.head.digest.run.started },
        });
        if let Some(place) = finding.place.as_ref().filter(|place| !place.selector.is_empty()) {
            let selector = visible(&place.selector);
            result["earl:pointer"] = json!({ "@type": "ptr:CSSSelectorPointer", "ptr:expression": selector });
        }
        Some(json!({
            "@type": "earl:Assertion",
            "earl:assertedBy": { "@id": "_:plainway" },
            "earl:mode": { "@id": "earl:automatic" },
            "earl:subject": { "@id": finding.url.as_str(), "@type": "earl:TestSubject" },
            "earl:test": {
                "@id": format!("WCAG22:{}", criterion.id),
                "@type": "earl:TestRequirement",
                "dct:title": format!("{number} {}", criterion.name),
            },
            "earl:result": result,
        }))
    }
}

impl<W: Write> Exporter for Earl<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        // A waiver quiets the gate: what it covers is a failure all the same.
        if matches!(finding.state, State::Fixed | State::Unchecked) {
            return Ok(());
        }
        let Some(rule) = self.head.subject.rules.get(&finding.rule) else { return Ok(()) };
        let is_failed = finding.outcome == Outcome::Fail && finding.status == Status::Active;
        let criteria: Vec<&str> = match (is_failed, finding.outcome) {
            (true, _) => rule.failed_criteria().collect(),
            // What a rule on trial suspects is a doubt of what it would fail.
            (false, Outcome::Fail) => wcag(&rule.fails).collect(),
            (false, _) => rule.touched_criteria().collect(),
        };
        let outcome = if is_failed { "earl:failed" } else { "earl:cantTell" };
        for number in criteria {
            if let Some(assertion) = self.assertion(finding, number, outcome) {
                write!(self.out, ",\n{assertion}")?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(b"\n]\n}\n")?;
        self.out.flush()
    }
}
