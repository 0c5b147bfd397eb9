//! `[imports]`: what people told elsewhere, from CSV files: searches of the site that found nothing,
//! and reasons of calls. Any text goes in; rows that cannot be used are named, never guessed at.

use crate::mistakes::{Mistake, Table};
use std::collections::BTreeMap;

/// Largest file, in bytes. Our choice: a year of searches of a large city has fewer.
pub const MAX_IMPORT: u64 = 16 * 1024 * 1024;

/// Different rows that are kept of a file. Our choice; it bounds memory.
const MAX_ROWS: usize = 100_000;

/// Characters of a field. Our choice; what is longer is an open quote, or no search.
const MAX_FIELD: usize = 300;

/// Bad rows that are named one by one. Our choice; the others are counted.
const NAMED: usize = 10;

/// Largest count of a row. Our choice; it keeps every sum exact.
const MAX_COUNT: u64 = 1_000_000_000_000;

/// Files to import, as the config names them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imports {
    /// Searches of the site that found nothing: columns `words` and `count`.
    pub searches: Option<String>,
    /// Why people called: columns `reason`, `task` and `count`.
    pub calls: Option<String>,
    /// Answers of people who used a page: columns `url`, `date`, `rating` or yes and no, `comment`.
    pub feedback: Option<String>,
    /// The best rating of that file; 1 is the worst.
    pub scale: Option<f64>,
    /// Whether reports may show its comments, masked.
    pub show_comments: bool,
}

/// What people told elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Searches that found nothing, most often first.
    pub searches: Vec<Said>,
    /// Reasons of calls, most often first.
    pub calls: Vec<Said>,
}

/// What people told, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The words of a search, or the reason of a call.
    pub words: String,
    /// The task that the file names; empty where it names none.
    pub task: String,
    /// How often.
    pub count: u64,
}

/// The rows of a file, and what is wrong with the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Rows that can be used; equal ones are one, with the sum of their counts.
    pub rows: Vec<Said>,
    /// What is wrong, each with its line.
    pub bad: Vec<String>,
}

/// Why a file cannot be used at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The first line does not name a column.
    #[error("its first line names no column `{column}`; it should be `{wanted}`")]
    Column {
        /// The column.
        column: &'static str,
        /// All columns.
        wanted: String,
    },
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
}

/// `[imports]`.
pub(super) fn imports(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Imports {
    let mut file = |key: &str| {
        let span = table.span_of(key);
        let path = table.text(key, mistakes);
        if let (Some(path), Some(span)) = (&path, span)
            && path.trim().is_empty()
        {
            mistakes.push(Mistake::new(span, format!("`{key}` names no file")));
        }
        path
    };
    let (searches, calls, feedback) = (file("searches"), file("calls"), file("feedback"));
    let scale = table.number_within("scale", 2.0..100.0, mistakes);
    let show_comments = table.flag("show_comments", mistakes).unwrap_or(false);
    let imports = Imports { searches, calls, feedback, scale, show_comments };
    table.finish(mistakes);
    imports
}

/// Reads searches that found nothing: columns `words` and `count`.
pub fn searches(text: &str) -> Result<Sheet, ImportError> {
    rows(text, &["words", "count"])
}

/// Reads reasons of calls: columns `reason`, `task` (may be empty) and `count`.
pub fn calls(text: &str) -> Result<Sheet, ImportError> {
    rows(text, &["reason", "task", "count"])
}

/// Reads a CSV file: its first line becomes columns, each further one a row; what cannot be used is named.
pub(super) fn read_rows<C, R>(
    text: &str,
    columns: impl FnOnce(&csv::StringRecord) -> Result<C, ImportError>,
    mut row: impl FnMut(&csv::StringRecord, &C) -> Result<R, String>,
    mut keep: impl FnMut(R) -> Result<(), String>,
) -> Result<Vec<String>, ImportError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|l| !l.trim().is_empty()).ok_or(ImportError::Empty)?;
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(delimiter(first)).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let columns = columns(&records.next().and_then(Result::ok).unwrap_or_default())?;
    let mut bad = Bad::default();
    for record in records {
        let Ok(record) = record else {
            bad.add(None, "it cannot be read");
            continue;
        };
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if let Err(what) = row(&record, &columns).and_then(&mut keep) {
            bad.add(record.position().map(csv::Position::line), &what);
        }
    }
    Ok(bad.told())
}

fn rows(text: &str, columns: &[&'static str]) -> Result<Sheet, ImportError> {
    let places = |header: &csv::StringRecord| -> Result<Vec<usize>, ImportError> {
        let place = |column: &str| header.iter().position(|name| name.trim().eq_ignore_ascii_case(column));
        let missing = |column| move || ImportError::Column { column, wanted: columns.join(",") };
        columns.iter().map(|&column| place(column).ok_or_else(missing(column))).collect()
    };
    let mut kept: BTreeMap<(String, String), Said> = BTreeMap::new();
    let keep = |said: Said| {
        let key = (said.words.to_lowercase(), said.task.to_lowercase());
        if kept.len() == MAX_ROWS && !kept.contains_key(&key) {
            return Err(format!("it is beyond the {MAX_ROWS} different rows that are read"));
        }
        let row = kept.entry(key).or_insert_with(|| Said { count: 0, ..said.clone() });
        row.count = row.count.saturating_add(said.count);
        Ok(())
    };
    let bad = read_rows(text, places, |record, places| said(record, columns, places), keep)?;
    let mut rows: Vec<Said> = kept.into_values().collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.words.cmp(&b.words)).then_with(|| a.task.cmp(&b.task)));
    Ok(Sheet { rows, bad })
}

/// Spreadsheets write a comma, a semicolon or a tab, by country.
fn delimiter(header: &str) -> u8 {
    let often = |sign: u8| header.bytes().filter(|b| *b == sign).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|sign| (often(*sign), *sign == b',')).unwrap_or(b',')
}

fn said(record: &csv::StringRecord, columns: &[&str], places: &[usize]) -> Result<Said, String> {
    let mut said = Said::default();
    for (&column, &place) in columns.iter().zip(places) {
        let text = record.get(place).unwrap_or("").trim();
        if text.chars().count() > MAX_FIELD {
            return Err(format!("`{column}` has more than {MAX_FIELD} characters; is a quote left open?"));
        }
        match column {
            "count" => said.count = count(text).ok_or_else(|| format!("`{}` is no count", shown(text)))?,
            "task" => said.task = tidy(text),
            _ => said.words = tidy(text),
        }
    }
    if said.words.is_empty() { Err(format!("`{}` is empty", columns[0])) } else { Ok(said) }
}

/// Text as a report may show it: no control signs, folded white space.
pub(super) fn tidy(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn shown(text: &str) -> String {
    tidy(text).chars().take(30).collect()
}

/// A whole number, with or without signs between its thousands.
fn count(text: &str) -> Option<u64> {
    let mut groups = text.split([',', '.', '\'', ' ', '\u{a0}', '\u{202f}']);
    let mut digits = groups.next()?.to_owned();
    for group in groups {
        if group.len() != 3 || digits.is_empty() {
            return None;
        }
        digits.push_str(group);
    }
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| is_number && *n <= MAX_COUNT)
}

/// Rows that cannot be used: the first few by their line, the others by their number.
#[derive(Default)]
struct Bad {
    named: Vec<String>,
    more: usize,
}

impl Bad {
    fn add(&mut self, line: Option<u64>, what: &str) {
        if self.named.len() < NAMED {
            let at = line.map_or_else(|| "a line".to_owned(), |line| format!("line {line}"));
            self.named.push(format!("{at}: {what}"));
        } else {
            self.more += 1;
        }
    }

    fn told(mut self) -> Vec<String> {
        if self.more > 0 {
            self.named.push(format!("and {} more", self.more));
        }
        self.named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(sheet: &Sheet) -> Vec<(&str, u64)> {
        sheet.rows.iter().map(|row| (row.words.as_str(), row.count)).collect()
    }

    #[test]
    fn rows_are_read_as_spreadsheets_write_them() {
        let sheet = searches("\u{feff}words,count\r\nparking,12\r\n\"fine, parking\",\"1,204\"\r\n\r\nParking,3\r\n");
        let sheet = sheet.expect("it has its columns");
        assert_eq!(pairs(&sheet), [("fine, parking", 1204), ("parking", 15)]);
        assert!(sheet.bad.is_empty());
        let sheet = calls("Count;Task;Reason;Team\n1.000;Pay a fine;cannot find it;A\n7;;opening hours;B\n");
        let sheet = sheet.expect("columns stand in any order");
        assert_eq!(pairs(&sheet), [("cannot find it", 1000), ("opening hours", 7)]);
        assert_eq!(sheet.rows[0].task, "Pay a fine");
    }

    #[test]
    fn bad_rows_are_named_with_their_line_and_the_others_count() {
        let long = "x".repeat(400);
        let text =
            format!("words,count\nbins,4\nbins,many\n,3\n{long},1\nbins,-2\nfine,1.5\ntax,99999999999999999999\n");
        let sheet = searches(&text).expect("it has its columns");
        assert_eq!(pairs(&sheet), [("bins", 4)]);
        assert_eq!(sheet.bad.len(), 6);
        assert_eq!(sheet.bad[0], "line 3: `many` is no count");
        assert_eq!(sheet.bad[1], "line 4: `words` is empty");
        assert!(sheet.bad[2].contains("more than 300 characters"));
        let many: String = (0..50).map(|n| format!("a{n},x\n")).collect();
        let sheet = searches(&format!("words,count\n{many}")).expect("it has its columns");
        assert_eq!((sheet.bad.len(), sheet.bad[10].as_str()), (11, "and 40 more"));
    }

    #[test]
    fn a_file_without_its_columns_is_refused() {
        assert_eq!(searches(""), Err(ImportError::Empty));
        let wanted = "reason,task,count".to_owned();
        assert_eq!(calls("reason,count\nx,1\n"), Err(ImportError::Column { column: "task", wanted }));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_end_and_control_signs_are_gone(text in "\\PC{0,40}[\\x00-\\x1f\",;]{0,9}\\PC{0,20}") {
            let _ = calls(&text);
            let sheet = searches(&format!("words,count\n{text},3\n"));
            let rows = sheet.map(|sheet| sheet.rows).unwrap_or_default();
            prop_assert!(rows.iter().all(|row| row.words.chars().count() <= MAX_FIELD && !row.words.chars().any(char::is_control)));
        }
    }
}
