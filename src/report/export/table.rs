//! A table of all findings, in any state: UTF-8, a row a finding, lines that end in CRLF (RFC 4180). No cell is a
//! formula to a program of tables.

use super::{ExportHead, Exporter, Standing, severity_word, state_word};
use crate::history::FindingRow;
use crate::model::{Outcome, Status};
use crate::rule::wcag;
use std::io::{self, Write};

const COLUMNS: [&str; 21] = [
    "key", "rule", "title", "category", "severity", "status", "outcome", "state", "waived", "url", "file", "line",
    "selector", "snippet", "message", "lost", "gain", "more", "owner", "fails", "related",
];

/// A table that is being written.
pub(super) struct Table<'a, W: Write> {
    out: csv::Writer<W>,
    head: &'a ExportHead<'a>,
}

impl<'a, W: Write> Table<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> io::Result<Self> {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Self { out, head })
    }
}

impl<W: Write> Exporter for Table<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        let waived = match self.head.standing(finding) {
            Standing::Waived(waiver) => waiver.reason.as_str(),
            _ => "",
        };
        let file = self.head.source(&finding.url).unwrap_or_default();
        let place = finding.place.as_ref();
        let (lost, gain, more) = (finding.lost.to_string(), finding.gain.to_string(), finding.more.to_string());
        let line = place.filter(|p| p.line > 0).map_or_else(String::new, |p| p.line.to_string());
        let (fails, related) = self.criteria(finding);
        let row = [
            cell(&finding.key),
            cell(&finding.rule),
            cell(self.head.title(finding)),
            cell(&finding.category),
            severity_word(finding.severity).to_owned(),
            if finding.status == Status::Trial { "trial" } else { "active" }.to_owned(),
            if finding.outcome == Outcome::CouldNotTell { "could-not-tell" } else { "fail" }.to_owned(),
            state_word(finding.state).to_owned(),
            cell(waived),
            cell(finding.url.as_str()),
            cell(&file),
            line,
            cell(place.map_or("", |p| &p.selector)),
            cell(place.map_or("", |p| &p.snippet)),
            cell(&finding.message),
            lost,
            gain,
            more,
            cell(finding.owner.as_deref().unwrap_or_default()),
            fails,
            related,
        ];
        Ok(self.out.write_record(row)?)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Table<'_, W> {
    /// The criteria that a finding fails, and those that it has to do with. Each says what it is: a number such as
    /// 1.4.3 alone is a day to a program of tables.
    fn criteria(&self, finding: &FindingRow) -> (String, String) {
        let Some(rule) = self.head.subject.rules.get(&finding.rule) else { return (String::new(), String::new()) };
        let named = |numbers: &mut dyn Iterator<Item = &str>| {
            numbers.map(|number| format!("WCAG {number}")).collect::<Vec<_>>().join("; ")
        };
        let fails = if finding.outcome == Outcome::Fail { named(&mut rule.failed_criteria()) } else { String::new() };
        let related =
            if fails.is_empty() { named(&mut rule.touched_criteria()) } else { named(&mut wcag(&rule.related)) };
        (fails, related)
    }
}

/// A text that no program of tables takes for a formula: what begins like one gets a `'` before it. The signs are
/// those that OWASP lists, with their wide forms; a program may cut spaces off first.
fn cell(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    let risky = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let text = text.replace('\0', "\u{fffd}");
    if first.is_some_and(|sign| risky.contains(&sign)) { format!("'{text}") } else { text }
}
