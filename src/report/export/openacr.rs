//! `openacr.yaml`: a draft of an Accessibility Conformance Report in the format of the GSA, for a person to finish. It claims nothing
//! that a rule cannot know: only failures stand in it, and what is left out makes it incomplete.

use super::{ExportHead, Exporter};
use crate::history::{Digest, FindingRow};
use crate::report::Contact;
use crate::report::wcag::{CriterionRow, CriterionState};
use crate::rule::Conformance;
use serde::Serialize;
use std::io::{self, Write};

/// Addresses that stand in the remarks to a criterion. Our choice: enough to see the failure.
const EXAMPLES: usize = 5;

/// The share of the pages that were looked at from which it is proposed that most of the site fails: the
/// words of the format, "the majority".
const MAJORITY: f64 = 0.5;

#[derive(Debug, Serialize)]
struct Draft<'a> {
    site: &'a str,
    target: &'a str,
    started: &'a str,
    tool: &'a str,
    contact: Option<&'a Contact>,
    email: Option<&'a str>,
    pages: u64,
    unread: u64,
    /// Pages that a browser drew.
    rendered: u64,
    levels: Vec<Level<'a>>,
    /// Criteria of levels A and AA that a person has to fill in.
    left_out: Vec<&'a CriterionRow>,
}

#[derive(Debug, Serialize)]
struct Level<'a> {
    /// Of the chapter, as the format names it.
    id: &'static str,
    failed: Vec<Failed<'a>>,
    /// Criteria that were not evaluated; the format has a word for that in level AAA alone.
    not_evaluated: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct Failed<'a> {
    number: &'a str,
    findings: u64,
    pages: u64,
    looked_at: u64,
    is_majority: bool,
    rules: Vec<&'a str>,
    addresses: Vec<&'a str>,
}

/// A draft that is made at the end.
pub(super) struct OpenAcr<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
}

impl<'a, W: Write> OpenAcr<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> Self {
        Self { out, head }
    }
}

impl<W: Write> Exporter for OpenAcr<'_, W> {
    /// The failures of each criterion are counted already.
    fn finding(&mut self, _: &FindingRow) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let page = self.head.subject.house.filled("openacr.yaml.txt", &draft(self.head)).map_err(io::Error::other)?;
        writeln!(self.out, "{}", page.trim_end())
    }
}

fn draft<'a>(head: &'a ExportHead<'a>) -> Draft<'a> {
    let (digest, subject) = (head.digest, head.subject);
    let criteria = &subject.wcag.criteria;
    let of_level = |level: Conformance| criteria.iter().filter(move |row| row.level == level);
    let failed = |row: &&CriterionRow| row.state == CriterionState::Failed;
    let chapter = |id, level| Level {
        id,
        failed: of_level(level).filter(failed).map(|row| remarks(digest, row)).collect(),
        not_evaluated: of_level(level)
            .filter(|row| level == Conformance::Triple && !failed(row))
            .map(|row| row.criterion)
            .collect(),
    };
    let base = criteria.iter().filter(|row| row.level != Conformance::Triple);
    Draft {
        site: subject.site_name,
        target: subject.target,
        started: digest.run.started.get(..10).unwrap_or(&digest.run.started),
        tool: subject.tool,
        contact: subject.contact.as_ref(),
        email: subject.contact.as_ref().and_then(|c| c.href.as_deref()?.strip_prefix("mailto:")),
        pages: digest.pages_read,
        unread: digest.pages_unread,
        rendered: digest.pages_rendered,
        levels: vec![
            chapter("success_criteria_level_a", Conformance::A),
            chapter("success_criteria_level_aa", Conformance::Double),
            chapter("success_criteria_level_aaa", Conformance::Triple),
        ],
        left_out: base.filter(|row| !failed(row)).collect(),
    }
}

fn remarks<'a>(digest: &'a Digest, row: &'a CriterionRow) -> Failed<'a> {
    let examples = row.rules.iter().flat_map(|rule| {
        let found = digest.rules.iter().find(|found| found.rule == rule.rule);
        found.into_iter().flat_map(|found| &found.examples)
    });
    let mut addresses: Vec<&str> = Vec::new();
    for example in examples {
        if addresses.len() < EXAMPLES && !addresses.contains(&example.url.as_str()) {
            addresses.push(example.url.as_str());
        }
    }
    Failed {
        number: row.criterion,
        findings: row.findings,
        pages: row.pages,
        looked_at: row.looked_at,
        is_majority: row.pages as f64 > MAJORITY * row.looked_at as f64,
        rules: row.rules.iter().map(|rule| &*rule.rule).collect(),
        addresses,
    }
}
