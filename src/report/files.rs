//! The list of files: what to do with each, as the rules that it breaks say.

use super::basis::Basis;
use super::shape::{FileLine, Files};
use crate::history::FileRow;
use crate::rule::Triage;

/// The files that break a rule: those that ask for the most first, then the most linked.
pub(super) fn files<'a>(basis: &'a Basis<'a>) -> Files<'a> {
    let found = &basis.digest.files;
    let mut rows: Vec<FileLine<'a>> = found.rows.iter().take(basis.cuts.files).map(|row| line(basis, row)).collect();
    rows.sort_by(|a, b| b.triage.cmp(&a.triage).then(b.linked.cmp(&a.linked)).then(a.spot.path.cmp(b.spot.path)));
    let total = found.rows.len() as u64 + found.rest;
    Files { measured: found.measured, total, rest: total - rows.len() as u64, rows }
}

fn line<'a>(basis: &'a Basis<'a>, row: &'a FileRow) -> FileLine<'a> {
    let rules = || row.rules.iter().filter_map(|id| basis.subject.rules.get(id));
    FileLine {
        spot: basis.spot(&row.url),
        title: &row.title,
        format: &row.format,
        bytes: row.bytes,
        pages: row.pages,
        changed: row.changed.as_deref(),
        form: row.form,
        // A rule that does not say what to do wants the file mended.
        triage: rules().map(|rule| rule.triage.unwrap_or(Triage::Fix)).max().unwrap_or(Triage::Fix),
        reasons: row.rules.iter().map(|id| basis.title(id)).collect(),
        linked: row.linked,
        from: row.from.iter().map(|page| basis.spot(page)).collect(),
        twin: row.twin.as_ref().map(|page| basis.spot(page)),
    }
}
