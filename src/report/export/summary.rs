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
    /// Problems that the baseline does not have, and the worst of them.
    news: u64,
    worst: Vec<FindingRow>,
}

/// Problems that are told one by one. Our choice: a glance.
const SHOWN: usize = 10;

#[derive(Serialize)]
struct Context<'a> {
    #[serde(flatten)]
    report: shape::Context<'a>,
    waived: u64,
    /// `None` where no baseline was given.
    news: Option<News<'a>>,
}

#[derive(Serialize)]
struct News<'a> {
    total: u64,
    rows: Vec<NewsRow<'a>>,
}

#[derive(Serialize)]
struct NewsRow<'a> {
    title: &'a str,
    path: &'a str,
    line: Option<u32>,
    message: &'a str,
}

impl<'a, W: Write> Summary<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> Self {
        Self { out, head, waived: 0, news: 0, worst: Vec::new() }
    }
}

impl<W: Write> Exporter for Summary<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        match self.head.standing(finding) {
            Standing::Waived(_) => self.waived += weight_of(finding),
            Standing::Problem if self.head.known.is_some() && self.head.is_news(finding) => {
                self.news += weight_of(finding);
                // Equal ones keep their order.
                let goes_before = |other: &FindingRow| {
                    finding.severity.cmp(&other.severity).then(finding.lost.total_cmp(&other.lost)).is_gt()
                };
                let at = self.worst.iter().position(goes_before).unwrap_or(self.worst.len());
                if at < SHOWN {
                    self.worst.insert(at, finding.clone());
                    self.worst.truncate(SHOWN);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let basis = Basis::new(self.head.digest, self.head.subject, Cuts::at_step(0));
        let report = context::context(ReportPage::Scorecard, &basis);
        let row = |finding| NewsRow {
            title: self.head.title(finding),
            path: self.head.digest.path_of(&finding.url),
            line: finding.place.as_ref().map(|place| place.line).filter(|line| *line > 0),
            message: &finding.message,
        };
        let rows = self.worst.iter().map(row).collect();
        let news = self.head.known.map(|_| News { total: self.news, rows });
        let page = self.head.subject.house.filled("summary.md", &Context { report, waived: self.waived, news });
        writeln!(self.out, "{}", page.map_err(io::Error::other)?)
    }
}
