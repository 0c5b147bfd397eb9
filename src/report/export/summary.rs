//! A page of Markdown for the summary of a job: what is blocked, what is new, what to do first. Its size is bounded.

use super::{ExportHead, Exporter, Standing, weight_of};
use crate::history::FindingRow;
use crate::report::basis::Basis;
use crate::report::cuts::Cuts;
use crate::report::{ReportPage, context, shape};
use serde::Serialize;
use std::io::{self, Write};

/// A summary that is being counted.
pub(super) struct Summary<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
    waived: u64,
}

#[derive(Serialize)]
struct Context<'a> {
    #[serde(flatten)]
    report: shape::Context<'a>,
    waived: u64,
}

impl<'a, W: Write> Summary<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> Self {
        Self { out, head, waived: 0 }
    }
}

impl<W: Write> Exporter for Summary<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        if let Standing::Waived(_) = self.head.standing(finding) {
            self.waived += weight_of(finding);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let basis = Basis::new(self.head.digest, self.head.subject, Cuts::at_step(0));
        let report = context::context(ReportPage::Scorecard, &basis);
        let page = self.head.subject.house.filled("summary.md", &Context { report, waived: self.waived });
        writeln!(self.out, "{}", page.map_err(io::Error::other)?)
    }
}
