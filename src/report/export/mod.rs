//! Files for other programs: each a writer that takes the findings one by one, so that memory does not
//! grow with the site. What comes from an audited page is hostile here, too.

mod annotations;
mod badge;
mod earl;
mod feed;
mod gitlab;
mod junit;
mod metrics;
mod openacr;
mod sarif;
mod source;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use source::SourceFile;

use super::Subject;
use crate::history::{Baseline, Digest, FindingRow, GateWaiver};
use crate::model::{Outcome, PageUrl, Severity, State, Status};
use std::io::{self, Write};

/// A file for another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// Static analysis results, SARIF 2.1.0.
    Sarif,
    /// A test report in the XML of JUnit.
    Junit,
    /// A code quality report for GitLab.
    Gitlab,
    /// A page of Markdown for the summary of a job.
    Summary,
    /// Workflow commands of GitHub, which mark lines of a change.
    Annotations,
    /// A table.
    Csv,
    /// Numbers for a monitoring system, in the text of OpenMetrics.
    Metrics,
    /// A picture with the score.
    Badge,
    /// Assertions in EARL 1.0.
    Earl,
    /// A draft of an Accessibility Conformance Report.
    OpenAcr,
    /// What was changed, as an Atom feed (RFC 4287).
    Feed,
}

impl ExportKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Sarif,
        Self::Junit,
        Self::Gitlab,
        Self::Summary,
        Self::Annotations,
        Self::Csv,
        Self::Metrics,
        Self::Badge,
        Self::Earl,
        Self::OpenAcr,
        Self::Feed,
    ];

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Sarif => "audit.sarif",
            Self::Junit => "junit.xml",
            Self::Gitlab => "gitlab.json",
            Self::Summary => "summary.md",
            Self::Annotations => "annotations.txt",
            Self::Csv => "findings.csv",
            Self::Metrics => "metrics.txt",
            Self::Badge => "badge.svg",
            Self::Earl => "earl.jsonld",
            Self::OpenAcr => "openacr.yaml",
            Self::Feed => "feed.xml",
        }
    }

    /// Starts the file.
    pub fn begin<'a>(self, out: impl Write + 'a, head: &'a ExportHead<'a>) -> io::Result<Box<dyn Exporter + 'a>> {
        Ok(match self {
            Self::Sarif => Box::new(sarif::Sarif::begin(out, head)?),
            Self::Junit => Box::new(junit::Junit::begin(out, head)?),
            Self::Gitlab => Box::new(gitlab::Gitlab::begin(out, head)?),
            Self::Summary => Box::new(summary::Summary::begin(out, head)),
            Self::Annotations => Box::new(annotations::Annotations::begin(out, head)),
            Self::Csv => Box::new(table::Table::begin(out, head)?),
            Self::Metrics => Box::new(metrics::Metrics::begin(out, head)),
            Self::Badge => Box::new(badge::Badge::begin(out, head)),
            Self::Earl => Box::new(earl::Earl::begin(out, head)?),
            Self::OpenAcr => Box::new(openacr::OpenAcr::begin(out, head)),
            Self::Feed => Box::new(feed::Feed::begin(out, head)),
        })
    }
}

/// A file that is being written.
pub trait Exporter {
    /// Takes the next finding; they come in the order of address, rule, line and key.
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()>;

    /// Ends the file.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What a file says beside the findings.
#[derive(Clone, Copy, Debug)]
pub struct ExportHead<'a> {
    /// The run.
    pub digest: &'a Digest,
    /// The site, its rules, and the version of Plainway.
    pub subject: &'a Subject<'a>,
    /// Problems that teams live with for a time.
    pub waivers: &'a [GateWaiver],
    /// What was known before, where a file says so; else the run before says it.
    pub known: Option<&'a Baseline>,
    /// Which page is made from which file.
    pub sources: &'a [SourceFile],
}

/// What a finding is for a reader.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Standing<'a> {
    /// One of today's problems.
    Problem,
    /// A problem that a team lives with for a time.
    Waived(&'a GateWaiver),
    /// Of a rule on trial, which takes no points.
    Trial,
    /// A rule could not tell.
    Unsure,
    /// Fixed, or not looked at this time.
    Past,
}

impl<'a> ExportHead<'a> {
    fn standing(&self, finding: &FindingRow) -> Standing<'a> {
        match (finding.state, finding.outcome, finding.status) {
            (State::Fixed | State::Unchecked, ..) => Standing::Past,
            (_, Outcome::CouldNotTell, _) => Standing::Unsure,
            (_, _, Status::Trial) => Standing::Trial,
            _ => {
                let waiver = self.waivers.iter().find(|w| w.covers(&finding.rule, &finding.url));
                waiver.filter(|w| w.holds()).map_or(Standing::Problem, Standing::Waived)
            }
        }
    }

    /// The rule in words; its id where the rule is gone.
    fn title<'f>(&self, finding: &'f FindingRow) -> &'f str
    where
        'a: 'f,
    {
        self.subject.rules.get(&finding.rule).map_or(&*finding.rule, |rule| rule.title.as_str())
    }

    /// Whether there is something that a finding can be news against.
    fn has_past(&self) -> bool {
        self.known.is_some() || self.digest.before.is_some()
    }

    /// Whether a finding is news, as the gate sees it: against the baseline, else since the run before; on a first run all are.
    /// What a rule finds that the baseline did not have, is no news of the pages.
    fn is_news(&self, finding: &FindingRow) -> bool {
        match self.known {
            Some(known) => !known.keys.contains(&finding.key) && known.rules.contains(&*finding.rule),
            None => self.digest.before.is_none() || matches!(finding.state, State::New | State::Back),
        }
    }

    /// The file that a page is made from, where the config tells.
    fn source(&self, url: &PageUrl) -> Option<String> {
        self.sources.iter().find_map(|source| source.of(url))
    }
}

/// How many problems a finding stands for.
fn weight_of(finding: &FindingRow) -> u64 {
    1 + u64::from(finding.more)
}

/// The line of the source file; 1 where there is none, since readers of these formats want a line.
///
/// A page that is made from another kind of file has other lines than it.
fn line_in(file: Option<&str>, finding: &FindingRow) -> u32 {
    let as_it_is = file.is_none_or(|file| {
        let file = file.to_ascii_lowercase();
        [".html", ".htm", ".xhtml"].iter().any(|end| file.ends_with(end))
    });
    finding.place.as_ref().filter(|_| as_it_is).map_or(1, |place| place.line.max(1))
}

/// The word of a severity, as `audit.json` has it.
fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker => "blocker",
        Severity::Serious => "serious",
        Severity::Moderate => "moderate",
        Severity::Minor => "minor",
        Severity::Advice => "advice",
    }
}

/// The word of a state, as `audit.json` has it.
fn state_word(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Open => "open",
        State::Fixed => "fixed",
        State::Back => "back",
        State::Unchecked => "unchecked",
    }
}

/// Text of an audited page without signs that nobody sees: controls, and those that turn the direction of
/// writing, so that a text could pretend to be another one.
fn visible(text: &str) -> String {
    text.chars().map(|sign| if is_invisible(sign) { '\u{fffd}' } else { sign }).collect()
}

/// Whether a sign is a control of the terminal or of the direction of writing.
pub(super) fn is_invisible(sign: char) -> bool {
    let turns = matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (sign.is_control() && !matches!(sign, '\t' | '\n' | '\r')) || matches!(sign, '\u{fffe}' | '\u{ffff}')
}

/// A row of a JSON list, one a line.
fn json_row(out: &mut impl Write, is_first: &mut bool, row: &serde_json::Value) -> io::Result<()> {
    out.write_all(if *is_first { b"\n" } else { b",\n" })?;
    *is_first = false;
    Ok(serde_json::to_writer(out, row)?)
}
