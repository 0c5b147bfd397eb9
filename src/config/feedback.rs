//! Feedback of people from a CSV file: address, day, rating or yes and no, comment. Any text goes in;
//! rows that cannot be used are named. What people write is personal data: it is dropped here, unless
//! the config asks for it.

use super::imports::{ImportError, read_rows, shown, tidy};
use jiff::civil::Date;

/// Answers that are kept of a file. Our choice; it bounds memory.
const MAX_ANSWERS: usize = 500_000;

/// Characters of an address and of a comment. Our choice; what is longer is an open quote.
const MAX_FIELD: usize = 4_000;

/// The best rating, where the config names no other.
const SCALE: f64 = 5.0;

/// Names of columns that tools for feedback write, in lower case, the best first.
const ADDRESS: &[&str] =
    &["url", "page", "page url", "page_url", "page path", "page_path", "path", "address", "location"];
const DAY: &[&str] = &[
    "date",
    "day",
    "timestamp",
    "created",
    "created_at",
    "created at",
    "submitted",
    "submitted_at",
    "submitted at",
    "time",
];
const RATING: &[&str] = &["rating", "score", "stars", "satisfaction", "csat"];
const YES_NO: &[&str] =
    &["yes/no", "yes_no", "helpful", "was_helpful", "useful", "was_useful", "answer", "vote", "thumbs"];
const COMMENT: &[&str] = &["comment", "comments", "feedback", "message", "text"];

/// Words for yes and for no that these tools write.
const YES: &[&str] = &["yes", "y", "true", "up", "1"];
const NO: &[&str] = &["no", "n", "false", "down", "0", "-1"];

/// What somebody said of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The page, as the file has it: an address or a path.
    pub address: String,
    /// The day.
    pub day: Date,
    /// How satisfied: 0 not at all or no, 1 fully or yes.
    pub satisfied: f64,
    /// What was written, where the config asks for it.
    pub comment: Option<String>,
}

/// The answers of a file, and what is wrong with the other rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feedback {
    /// Answers, in the order of the file.
    pub answers: Vec<Answer>,
    /// What is wrong, each with its line.
    pub bad: Vec<String>,
}

/// Where the columns of a file stand.
struct Columns {
    address: usize,
    day: usize,
    rating: Option<usize>,
    yes_no: Option<usize>,
    comment: Option<usize>,
}

/// Reads feedback. `scale` is the best rating where it is not 5; 1 is the worst; comments are kept only where they are wanted.
pub fn feedback(text: &str, scale: Option<f64>, with_comments: bool) -> Result<Feedback, ImportError> {
    let scale = scale.unwrap_or(SCALE);
    let mut answers = Vec::new();
    let keep = |answer| {
        if answers.len() == MAX_ANSWERS {
            return Err(format!("it is beyond the {MAX_ANSWERS} answers that are read"));
        }
        answers.push(answer);
        Ok(())
    };
    let bad = read_rows(text, columns, |record, columns| answer(record, columns, scale, with_comments), keep)?;
    Ok(Feedback { answers, bad })
}

fn columns(header: &csv::StringRecord) -> Result<Columns, ImportError> {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let place = |known: &[&str]| known.iter().find_map(|name| names.iter().position(|n| n == name));
    let wanted = || "url,date,rating,comment".to_owned();
    let missing = |column| move || ImportError::Column { column, wanted: wanted() };
    let (rating, yes_no) = (place(RATING), place(YES_NO));
    if rating.or(yes_no).is_none() {
        return Err(missing("rating")());
    }
    Ok(Columns {
        address: place(ADDRESS).ok_or_else(missing("url"))?,
        day: place(DAY).ok_or_else(missing("date"))?,
        rating,
        yes_no,
        comment: place(COMMENT),
    })
}

fn answer(record: &csv::StringRecord, columns: &Columns, scale: f64, with_comments: bool) -> Result<Answer, String> {
    let field = |at: usize| record.get(at).unwrap_or("").trim();
    let address = field(columns.address);
    let is_address = ["/", "http://", "https://"].iter().any(|start| address.starts_with(start));
    if address.chars().count() > MAX_FIELD || columns.comment.is_some_and(|at| field(at).chars().count() > MAX_FIELD) {
        return Err(format!("a field has more than {MAX_FIELD} characters; is a quote left open?"));
    }
    if !is_address || address.chars().any(char::is_control) {
        return Err(format!("`{}` is no address", shown(address)));
    }
    let day = day(field(columns.day)).ok_or_else(|| format!("`{}` is no day", shown(field(columns.day))))?;
    let of = |at: Option<usize>| at.map(field).filter(|text| !text.is_empty());
    let satisfied = match (of(columns.rating), of(columns.yes_no)) {
        (Some(text), _) => rated(text, scale)
            .or_else(|| word(text).filter(|_| text.parse::<f64>().is_err()))
            .ok_or_else(|| format!("`{}` is no rating from 1 to {scale}", shown(text)))?,
        (None, Some(text)) => word(text).ok_or_else(|| format!("`{}` is neither yes nor no", shown(text)))?,
        (None, None) => return Err("it has no rating".to_owned()),
    };
    let comment = of(columns.comment).filter(|_| with_comments).map(tidy).filter(|text| !text.is_empty());
    Ok(Answer { address: address.to_owned(), day, satisfied, comment })
}

/// A day as `2026-03-01` or `2026/03/01`, with or without a time after it.
fn day(text: &str) -> Option<Date> {
    let day = text.get(..10)?.replace('/', "-");
    let rest = &text[10..];
    (rest.is_empty() || rest.starts_with(['T', ' '])).then(|| day.parse().ok()).flatten()
}

/// A rating as `4`, or with its own scale as `4/5`.
fn rated(text: &str, scale: f64) -> Option<f64> {
    let (rating, scale) = match text.split_once('/') {
        Some((rating, of)) => (rating.trim().parse::<f64>().ok()?, of.trim().parse::<f64>().ok()?),
        None => (text.parse().ok()?, scale),
    };
    let is_scale = (2.0..=100.0).contains(&scale);
    (is_scale && (1.0..=scale).contains(&rating)).then(|| (rating - 1.0) / (scale - 1.0))
}

fn word(text: &str) -> Option<f64> {
    let text = text.to_ascii_lowercase();
    match text.as_str() {
        word if YES.contains(&word) => Some(1.0),
        word if NO.contains(&word) => Some(0.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str) -> Vec<(String, f64)> {
        let feedback = feedback(text, None, false).expect("it has its columns");
        assert!(feedback.bad.is_empty(), "{:?}", feedback.bad);
        feedback.answers.into_iter().map(|a| (format!("{} {}", a.address, a.day), a.satisfied)).collect()
    }

    #[test]
    fn exports_of_several_tools_are_read() {
        let expected = [("/pay 2026-03-01".to_owned(), 0.75), ("/ 2026-03-02".to_owned(), 1.0)];
        assert_eq!(told("url,date,rating,comment\n/pay,2026-03-01,4,too slow\n/,2026-03-02T10:00:00Z,5,\n"), expected);
        assert_eq!(told("Timestamp;Page URL;Stars\n2026/03/01 09:30;/pay;4/5\n2026-03-02;/;2/2\n"), expected);
        let yes_no =
            told("\u{feff}Page,Created at,Helpful\r\n/pay,2026-03-01,Yes\r\n/,2026-03-02,n\r\n/,2026-03-02,1\r\n");
        assert_eq!(yes_no.iter().map(|a| a.1).collect::<Vec<_>>(), [1.0, 0.0, 1.0]);
    }

    #[test]
    fn comments_are_dropped_unless_they_are_wanted() {
        let text = "url,date,rating,comment\n/pay,2026-03-01,4,\"call me,\nplease\"\n";
        let comment = |wanted| feedback(text, None, wanted).expect("it has its columns").answers[0].comment.clone();
        assert_eq!((comment(false), comment(true)), (None, Some("call me, please".to_owned())));
    }

    #[test]
    fn bad_rows_are_told_with_their_line() {
        let text = "url,date,rating,helpful\n/pay,2026-03-01,6,\npay,2026-03-01,5,\n/pay,01/03/2026,5,\n/pay,2026-03-01,,maybe\n/pay,2026-03-01,,\n/pay,2026-03-01,0,\n\n/pay,2026-03-01,NaN,\n/pay,2026-03-01,3,\n";
        let read = feedback(text, None, true).expect("it has its columns");
        assert_eq!((read.answers.len(), read.bad.len()), (1, 7), "{:?}", read.bad);
        for (at, words) in [
            (0, "line 2: `6` is no rating from 1 to 5"),
            (1, "line 3: `pay` is no address"),
            (2, "line 4: `01/03/2026` is no day"),
            (3, "line 5: `maybe` is neither yes nor no"),
            (4, "line 6: it has no rating"),
            (5, "line 7: `0` is no rating"),
        ] {
            assert!(read.bad[at].starts_with(words), "{:?}", read.bad);
        }
    }

    #[test]
    fn a_file_without_its_columns_is_refused() {
        assert_eq!(feedback("", None, false), Err(ImportError::Empty));
        for (header, column) in [("url,date", "rating"), ("date,rating", "url"), ("url,stars", "date")] {
            let wanted = "url,date,rating,comment".to_owned();
            assert_eq!(feedback(header, None, false), Err(ImportError::Column { column, wanted }));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_what_comes_out_is_a_share(text in "\\PC{0,40}[\\x00-\\x1f\",;/]{0,9}\\PC{0,20}") {
            let read = feedback(&format!("url,date,rating,comment\n/a,2026-01-01,{text}\n{text}"), None, true);
            let answers = read.map(|read| read.answers).unwrap_or_default();
            prop_assert!(answers.iter().all(|a| (0.0..=1.0).contains(&a.satisfied)));
            prop_assert!(answers.iter().all(|a| a.comment.as_ref().is_none_or(|c| !c.chars().any(char::is_control))));
        }
    }
}
