//! A code quality report for GitLab: its subset of the format of Code Climate. The format has no place for what is
//! waived or could not be told, so both are left out; rules on trial are `info`.

use super::source::below_origin;
use super::{ExportHead, Exporter, Standing, json_row, line_in, visible};
use crate::history::FindingRow;
use crate::model::Severity;
use serde_json::json;
use std::io::{self, Write};

/// A code quality report that is being written.
pub(super) struct Gitlab<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
    is_first: bool,
}

impl<'a, W: Write> Gitlab<'a, W> {
    pub(super) fn begin(mut out: W, head: &'a ExportHead<'a>) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self { out, head, is_first: true })
    }
}

impl<W: Write> Exporter for Gitlab<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        let severity = match (self.head.standing(finding), finding.severity) {
            (Standing::Past | Standing::Unsure | Standing::Waived(_), _) => return Ok(()),
            (Standing::Trial, _) | (_, Severity::Advice) => "info",
            (_, Severity::Blocker) => "blocker",
            (_, Severity::Serious) => "critical",
            (_, Severity::Moderate) => "major",
            (_, Severity::Minor) => "minor",
        };
        let file = self.head.source(&finding.url);
        let line = line_in(file.as_deref(), finding);
        // No link and no scheme: a page without a file stands under its host.
        let path = file.unwrap_or_else(|| {
            format!("{}/{}", finding.url.host(), below_origin(&finding.url).trim_start_matches("./"))
        });
        let row = json!({
            "description": visible(&finding.message),
            "check_name": &*finding.rule,
            "fingerprint": finding.key,
            "severity": severity,
            "location": { "path": path, "lines": { "begin": line } },
        });
        json_row(&mut self.out, &mut self.is_first, &row)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(b"\n]\n")
    }
}
