//! Workflow commands of GitHub, one a line: they mark lines of a change. Only what is new against the baseline or the
//! run before, the worst first, and no more than GitHub shows.

use super::{ExportHead, Exporter, Standing, line_in, visible};
use crate::history::FindingRow;
use crate::model::Severity;
use std::io::{self, Write};

/// Annotations of one level that GitHub shows of a step.
const SHOWN: usize = 10;

/// Annotations that are being gathered; memory holds those that are shown.
pub(super) struct Annotations<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
    errors: Vec<Marked>,
    warnings: Vec<Marked>,
}

/// A finding that is marked.
struct Marked {
    severity: Severity,
    lost: f64,
    line: String,
}

impl<'a, W: Write> Annotations<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> Self {
        Self { out, head, errors: Vec::new(), warnings: Vec::new() }
    }

    fn command(&self, finding: &FindingRow, word: &str) -> String {
        let file = self.head.source(&finding.url);
        let line = line_in(file.as_deref(), finding);
        let place = file.map_or_else(String::new, |file| format!("file={},line={line},", property(&file)));
        let title = property(self.head.title(finding));
        let text = data(&format!("{} ({}, {})", finding.message, finding.url, finding.rule));
        format!("::{word} {place}title={title}::{text}")
    }
}

impl<W: Write> Exporter for Annotations<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        if self.head.standing(finding) != Standing::Problem || !self.head.is_news(finding) {
            return Ok(());
        }
        let is_error = finding.severity >= Severity::Serious;
        let line = self.command(finding, if is_error { "error" } else { "warning" });
        let list = if is_error { &mut self.errors } else { &mut self.warnings };
        let marked = Marked { severity: finding.severity, lost: finding.lost, line };
        // Equal ones keep their order.
        let goes_before =
            |other: &Marked| marked.severity.cmp(&other.severity).then(marked.lost.total_cmp(&other.lost)).is_gt();
        let at = list.iter().position(goes_before).unwrap_or(list.len());
        list.insert(at, marked);
        list.truncate(SHOWN);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        for marked in self.errors.iter().chain(&self.warnings) {
            writeln!(self.out, "{}", marked.line)?;
        }
        Ok(())
    }
}

/// The text of a command: on one line, and with no sign that a page of GitHub could take for more than text.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in visible(text).chars() {
        match sign {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            '`' => out.push('\''),
            '|' => out.push('¦'),
            '<' => out.push('‹'),
            sign => out.push(sign),
        }
    }
    out
}

/// The value of a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
