//! A picture with the score, for the page of a project. It asks for nothing: no font, no script, no address.

use super::{ExportHead, Exporter};
use crate::history::FindingRow;
use crate::report::filters;
use serde::Serialize;
use std::io::{self, Write};

/// Width of a figure or letter in the picture, in its units; every text is stretched to its width, so that any font
/// fits. Our choice, for 11 units of height.
const LETTER: u32 = 7;

/// Room at both ends of a text.
const MARGIN: u32 = 12;

/// A badge that is being written.
pub(super) struct Badge<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
}

#[derive(Serialize)]
struct Context<'a> {
    site: &'a str,
    started: &'a str,
    score: f64,
    coverage: f64,
    provisional: bool,
    status: crate::score::Standing,
    /// Widths of the name and of the score.
    widths: [u32; 2],
}

/// The words of the badge's left half, as wide as its template needs.
const NAME: &str = "Plainway";

impl<'a, W: Write> Badge<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> Self {
        Self { out, head }
    }
}

impl<W: Write> Exporter for Badge<'_, W> {
    fn finding(&mut self, _: &FindingRow) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let run = &self.head.digest.run;
        let shown = filters::points(&self.head.subject.house.words().numbers, run.score.value);
        let width = |letters: usize| u32::try_from(letters).unwrap_or(0) * LETTER + MARGIN;
        let context = Context {
            site: self.head.subject.site_name,
            started: &run.started,
            score: run.score.value,
            coverage: run.score.coverage,
            provisional: run.score.provisional,
            status: run.score.status,
            widths: [width(NAME.len()), width(shown.chars().count() + 4 + usize::from(run.score.provisional) * 2)],
        };
        let picture = self.head.subject.house.filled("badge.svg", &context).map_err(io::Error::other)?;
        self.out.write_all(picture.as_bytes())
    }
}
