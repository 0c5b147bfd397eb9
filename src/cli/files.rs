//! The files of a site, judged after its pages: what the list of files in the report is made of.

use crate::audit::Judge;
use crate::facts::{SiteFacts, SiteFile};
use crate::history::{FileRow, HistoryError, Store};

/// Stores what the rules say of each file.
pub(super) fn judge(judge: &Judge<'_>, site: &SiteFacts, store: &Store, run: i64) -> Result<(), HistoryError> {
    for file in site.files() {
        let rules = judge.file(site, file).iter().map(|id| id.to_string()).collect();
        if let Some(row) = row(file, rules) {
            store.put_file_row(run, &row)?;
        }
    }
    Ok(())
}

fn row(file: &SiteFile, rules: Vec<String>) -> Option<FileRow> {
    let facts = &file.facts;
    let title = facts.title.clone().filter(|_| facts.has_real_title());
    let words = || file.bearer.as_ref().map(|(_, link)| link.text.clone());
    Some(FileRow {
        url: facts.url.clone()?,
        title: title.or_else(words).unwrap_or_default(),
        format: facts.format.clone(),
        bytes: facts.bytes,
        pages: facts.pages,
        changed: facts.changed.clone(),
        form: facts.is_form_like(),
        rules,
        linked: file.pages,
        from: file.from.clone(),
        twin: file.twin.clone(),
    })
}
