//! `audit.json` of a run on disk. Of a large site it is a gigabyte, so that one which is there already is left as it is.

use super::Stop;
use super::hashed::Hashed;
use super::output::{Place, write_through};
use super::progress::Count;
use crate::history::{Digest, FindingRow, RunRow, Written};
use crate::report::{AuditHead, AuditLines, AuditWriter, Wcag, audit_schema};
use crate::rule::standards;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io;
use std::path::Path;

/// Writes the file, unless it is there to the last byte.
pub(super) fn write(place: &Place<'_>, run: &RunRow, digest: &Digest) -> Result<(), Stop> {
    let (rules, standard) = (&place.setup.rules, place.setup.standard());
    let head = AuditHead::new(digest, rules, Wcag::new(digest, rules, standard), env!("CARGO_PKG_VERSION"));
    let path = place.out.join("audit.json");
    let inputs = inputs(place, &head).map_err(Stop::undone)?;
    let written = place.store.written(run.run).map_err(Stop::undone)?;
    if written.is_some_and(|written| written.inputs == inputs && is_there(&path, &written)) {
        return Ok(());
    }
    let is_beyond = |rule: &str| Some(standards().beyond(standard?, rules.get(rule)?));
    let unread = place.store.unread(run.run).map_err(Stop::undone)?;
    let mut count = Count::of("writing audit.json", usize::try_from(digest.pages_read).unwrap_or(usize::MAX));
    let mut trouble = Ok(());
    let mut written = None;
    write_through(&path, |file| {
        let out = Hashed::new(file);
        let mut pages = AuditWriter::begin(out, &head)?;
        let read = place.store.each_page_row(run.run, |page| pages.row(&page));
        let mut findings = pages.findings()?;
        let lines = |mut page: Vec<FindingRow>| {
            page.iter_mut().for_each(|finding| finding.beyond = is_beyond(&finding.rule));
            AuditLines::of(&page)
        };
        let mut page = |lines: AuditLines<_>| {
            count.one();
            findings.lines(&lines);
        };
        trouble = read.and_then(|()| place.store.each_page_found(run.run, lines, &mut page));
        let mut last = findings.unread()?;
        unread.iter().for_each(|u| last.row(u));
        let Hashed { hash, bytes, .. } = last.finish()?;
        written = Some(Written { inputs, bytes, hash: hash.finalize().to_vec() });
        Ok(())
    })?;
    trouble.map_err(Stop::undone)?;
    written.map_or(Ok(()), |written| place.store.put_written(run.run, &written)).map_err(Stop::undone)
}

/// A hash of what the file is made from beside the run: its head, which criteria lie beyond the standard, and its shape.
fn inputs(place: &Place<'_>, head: &AuditHead) -> io::Result<Vec<u8>> {
    let out = Hashed::new(io::sink());
    let pages = AuditWriter::begin(out, head)?;
    let mut hash = pages.findings()?.unread()?.finish()?.hash;
    hash.update(&place.setup.rules.hash);
    hash.update(audit_schema());
    Ok(hash.finalize().to_vec())
}

/// Whether the file is what was written then.
fn is_there(path: &Path, written: &Written) -> bool {
    let read = || -> io::Result<bool> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() != written.bytes {
            return Ok(false);
        }
        let mut hash = Sha256::new();
        io::copy(&mut file, &mut hash)?;
        Ok(hash.finalize()[..] == written.hash[..])
    };
    // What cannot be read is written anew.
    read().unwrap_or(false)
}
