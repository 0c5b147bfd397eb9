//! `[report]`: how the reports of a body look and speak.

use crate::mistakes::{Mistake, Table, unknown_word};

/// The languages of reports. Their texts lie in `reports/text/`; a test compares.
pub const LANGUAGES: &[&str] = &["en", "es", "fr"];

/// How reports look and speak.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The tag of their language; `None` for English.
    pub language: Option<String>,
    /// A folder of the body's own, beside the config: name, logo, colour and wording.
    pub folder: Option<String>,
}

/// Reads the table.
pub(super) fn report(table: Option<Table<'_>>, mistakes: &mut Vec<Mistake>) -> Report {
    let Some(mut table) = table else { return Report::default() };
    let read = Report { language: language(&mut table, mistakes), folder: table.text("folder", mistakes) };
    table.finish(mistakes);
    read
}

fn language(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let span = table.span_of("language");
    let word = table.text("language", mistakes)?;
    if LANGUAGES.contains(&word.as_str()) {
        return Some(word);
    }
    mistakes.push(unknown_word(span?, &format!("`{word}` is no language of reports"), &word, LANGUAGES));
    None
}
