//! What was changed, as an Atom feed (RFC 4287), for those who follow the site. It may be empty.

use super::{ExportHead, Exporter};
use crate::history::FindingRow;
use crate::report::basis::Basis;
use crate::report::changes;
use crate::report::cuts::Cuts;
use std::io::{self, Write};

/// A feed that is being written.
pub(super) struct Feed<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
}

impl<'a, W: Write> Feed<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> Self {
        Self { out, head }
    }
}

impl<W: Write> Exporter for Feed<'_, W> {
    fn finding(&mut self, _: &FindingRow) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let basis = Basis::new(self.head.digest, self.head.subject, Cuts::at_step(0));
        let feed = changes::feed(&basis, self.head.subject.house.lang()).map_err(io::Error::other)?;
        self.out.write_all(feed.as_bytes())
    }
}
