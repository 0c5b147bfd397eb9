//! A test report in the XML of JUnit: a suite a page, in it a test case for each rule that found something, so
//! that one cause on a page is one case. Waived problems, rules on trial and what could not be told are skipped
//! cases. Rules that found nothing anywhere pass, in a suite of their own.

use super::words::said;
use super::{ExportHead, Exporter, Standing, severity_word, visible, weight_of};
use crate::history::FindingRow;
use crate::model::{PageUrl, Severity};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

/// Findings that a case tells of one by one. Our choice; `audit.json` has all.
const SHOWN: usize = 20;

/// A JUnit file that is being written. Memory holds the cases of one page.
pub(super) struct Junit<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
    page: Option<PageUrl>,
    cases: Vec<Case>,
}

/// A rule on a page.
struct Case {
    rule: Arc<str>,
    title: String,
    severity: Severity,
    /// Why it does not fail, where it does not.
    skipped: Option<String>,
    findings: u64,
    lines: Vec<String>,
}

impl<'a, W: Write> Junit<'a, W> {
    pub(super) fn begin(mut out: W, head: &'a ExportHead<'a>) -> io::Result<Self> {
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"Plainway\">")?;
        let mut junit = Self { out, head, page: None, cases: Vec::new() };
        junit.clean_rules()?;
        Ok(junit)
    }

    /// The suite of the rules that found nothing. It also keeps the report of a clean site from being empty.
    fn clean_rules(&mut self) -> io::Result<()> {
        let digest = self.head.digest;
        let told: BTreeSet<&str> = digest
            .rules
            .iter()
            .filter(|r| r.states.today() > 0)
            .map(|r| &*r.rule)
            .chain(digest.unsure.iter().map(|u| &*u.rule))
            .collect();
        let clean: Vec<_> = self.head.subject.rules.list.iter().filter(|r| !told.contains(&*r.id)).collect();
        self.suite(&said("junit", "clean", &[]), clean.len(), 0, 0)?;
        for rule in clean {
            writeln!(self.out, "<testcase classname=\"{}\" name=\"{}\" time=\"0\"/>", xml(&rule.id), xml(&rule.title))?;
        }
        writeln!(self.out, "</testsuite>")
    }

    fn suite(&mut self, name: &str, tests: usize, failures: usize, skipped: usize) -> io::Result<()> {
        // The schema has no room for a zone; the time is in UTC.
        let started = &self.head.digest.run.started;
        let time = started.get(..19).unwrap_or(started);
        writeln!(
            self.out,
            "<testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"0\" timestamp=\"{}\" hostname=\"localhost\">",
            xml(name),
            xml(time)
        )
    }

    fn end_page(&mut self) -> io::Result<()> {
        let Some(page) = self.page.take() else { return Ok(()) };
        let cases = std::mem::take(&mut self.cases);
        let skipped = cases.iter().filter(|c| c.skipped.is_some()).count();
        self.suite(page.as_str(), cases.len(), cases.len() - skipped, skipped)?;
        for case in cases {
            write!(self.out, "<testcase classname=\"{}\" name=\"{}\" time=\"0\">", xml(&case.rule), xml(&case.title))?;
            match &case.skipped {
                Some(why) => write!(self.out, "<skipped message=\"{}\"/>", xml(why))?,
                None => {
                    let more = case.findings.saturating_sub(case.lines.len() as u64);
                    let rest = if more > 0 { format!("\n+{more}") } else { String::new() };
                    write!(
                        self.out,
                        "<failure type=\"{}\" message=\"{}\">{}{rest}</failure>",
                        severity_word(case.severity),
                        xml(case.lines.first().map_or("", |line| line.as_str())),
                        xml(&case.lines.join("\n"))
                    )?;
                }
            }
            writeln!(self.out, "</testcase>")?;
        }
        writeln!(self.out, "</testsuite>")
    }
}

impl<W: Write> Exporter for Junit<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        let skipped = match self.head.standing(finding) {
            Standing::Past => return Ok(()),
            Standing::Problem => None,
            Standing::Waived(waiver) => {
                Some(said("junit", "waived", &[("reason", &waiver.reason), ("owner", &waiver.owner)]))
            }
            Standing::Trial => Some(said("junit", "trial", &[("message", &finding.message)])),
            Standing::Unsure => Some(said("junit", "unsure", &[("message", &finding.message)])),
        };
        if self.page.as_ref() != Some(&finding.url) {
            self.end_page()?;
            self.page = Some(finding.url.clone());
        }
        let is_same = |case: &&mut Case| case.rule == finding.rule && case.skipped.is_some() == skipped.is_some();
        if !self.cases.last_mut().is_some_and(|case| is_same(&case)) {
            self.cases.push(Case {
                rule: finding.rule.clone(),
                title: self.head.title(finding).to_owned(),
                severity: finding.severity,
                skipped,
                findings: 0,
                lines: Vec::new(),
            });
        }
        let Some(case) = self.cases.last_mut() else { return Ok(()) };
        case.findings += weight_of(finding);
        case.severity = case.severity.max(finding.severity);
        if case.lines.len() < SHOWN {
            let at = finding.place.as_ref().map_or_else(String::new, |p| format!(" [{}:{}]", p.line, p.selector));
            case.lines.push(format!("{}{at}", finding.message));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.end_page()?;
        writeln!(self.out, "</testsuites>")
    }
}

/// A text in XML, also within an attribute; what XML cannot say is shown as such.
fn xml(text: &str) -> String {
    let text = visible(text);
    let escaped: Cow<'_, str> = quick_xml::escape::escape(&text);
    escaped.replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}
