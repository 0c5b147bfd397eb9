//! Days with a year, as people write them. A day without its year comes back and is never over, so it is
//! none of these.

use super::lexicon::Words;
use regex::{Regex, RegexBuilder};

/// The names of the months in a language, and how a day is written with them.
#[derive(Debug)]
pub struct Months {
    names: Vec<(u8, String)>,
    pattern: Regex,
}

impl Months {
    /// From rows of a word list: the number of the month (1 to 12), `ordinal` or `of`, and the word.
    pub fn new(rows: &[(String, String)]) -> Result<Self, String> {
        let mut names = Vec::new();
        let (mut ordinals, mut fillers) = (Vec::new(), Vec::new());
        for (code, word) in rows {
            match code.as_str() {
                "ordinal" => ordinals.push(regex::escape(word)),
                "of" => fillers.push(regex::escape(word)),
                _ => {
                    let month = code.parse::<u8>().ok().filter(|m| (1..=12).contains(m));
                    let month = month.ok_or_else(|| format!("`{code}` is no month; use 1 to 12, `ordinal` or `of`"))?;
                    names.push((month, word.to_lowercase()));
                }
            }
        }
        let mut longest: Vec<String> = names.iter().map(|(_, name)| regex::escape(name)).collect();
        longest.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        let months = longest.join("|");
        let optional =
            |words: &[String]| if words.is_empty() { String::new() } else { format!("(?:{})?", words.join("|")) };
        let ordinal = optional(&ordinals);
        let of = if fillers.is_empty() { String::new() } else { format!(r"(?:(?:{})\s+)?", fillers.join("|")) };
        let pattern = format!(
            r"(?-u:\b)(?:(?P<m1>{months})\.?\s+(?P<d1>[0-9]{{1,2}}){ordinal}(?:\s*,\s*|\s+)(?P<y1>(?:19|20)[0-9]{{2}})|(?P<d2>[0-9]{{1,2}}){ordinal}\.?\s+{of}(?P<m2>{months})\.?,?\s+{of}(?P<y2>(?:19|20)[0-9]{{2}})|(?P<y3>(?:19|20)[0-9]{{2}})-(?P<m3>[0-9]{{2}})-(?P<d3>[0-9]{{2}})|(?P<a4>[0-9]{{1,2}})/(?P<b4>[0-9]{{1,2}})/(?P<y4>(?:19|20)[0-9]{{2}}))(?-u:\b)"
        );
        let pattern = RegexBuilder::new(&pattern).case_insensitive(true).build().map_err(|e| e.to_string())?;
        Ok(Self { names, pattern })
    }

    fn number(&self, name: &str) -> Option<u8> {
        let name = name.to_lowercase();
        self.names.iter().find(|(_, known)| *known == name).map(|(month, _)| *month)
    }
}

/// A day in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// ISO 8601, as `2026-03-01`; it sorts as days do.
    pub iso: String,
    /// First byte.
    pub start: usize,
    /// After the last byte.
    pub end: usize,
}

/// The days in a text, in order. `3/4/2026` is March 4 in the United States, and told nowhere else
/// unless only one reading is possible.
pub fn days(text: &str, words: &Words, country: &str) -> Vec<Day> {
    let Some(months) = &words.months else { return Vec::new() };
    if !has_year(text) {
        return Vec::new();
    }
    let read = |found: regex::Captures<'_>| {
        let text = |name: &str| found.name(name).map(|m| m.as_str());
        let number = |name: &str| text(name).and_then(|t| t.parse::<u8>().ok());
        let (year, month, day) = if let Some(year) = text("y1") {
            (year, months.number(text("m1")?)?, number("d1")?)
        } else if let Some(year) = text("y2") {
            (year, months.number(text("m2")?)?, number("d2")?)
        } else if let Some(year) = text("y3") {
            (year, number("m3")?, number("d3")?)
        } else {
            let (a, b) = (number("a4")?, number("b4")?);
            match () {
                () if b > 12 || country.eq_ignore_ascii_case("US") => (text("y4")?, a, b),
                () if a > 12 || a == b => (text("y4")?, b, a),
                () => return None,
            }
        };
        let whole = found.get(0)?;
        let year: i16 = year.parse().ok()?;
        let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Day { iso: date.to_string(), start: whole.start(), end: whole.end() })
    };
    months.pattern.captures_iter(text).filter_map(read).collect()
}

/// Whether four digits in a row begin like a year of our time; most texts have none, and need no search.
fn has_year(text: &str) -> bool {
    text.as_bytes().windows(4).any(|w| matches!(&w[..2], b"19" | b"20") && w[2..].iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[track_caller]
    fn check(lang: &str, country: &str, text: &str, expected: &[&str]) {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words(lang).expect("the language has lists");
        let found: Vec<String> = days(text, words, country).into_iter().map(|d| d.iso).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        check(
            "en",
            "US",
            "by March 3rd, 2026 or Sept. 30 2026 or 4 May 2026",
            &["2026-03-03", "2026-09-30", "2026-05-04"],
        );
        check("en", "US", "on 2026-02-28, 3/4/2026 and 12/31/2025", &["2026-02-28", "2026-03-04", "2025-12-31"]);
        check("en", "GB", "on 3/4/2026, 31/12/2025 and 5/5/2025", &["2025-12-31", "2025-05-05"]);
        check("es", "ES", "antes del 15 de marzo de 2026", &["2026-03-15"]);
        check("fr", "FR", "avant le 1er août 2026", &["2026-08-01"]);
    }

    #[test]
    fn what_is_no_day_with_a_year_is_left_alone() {
        check("en", "US", "by April 15 each year; in May 2026; February 30, 2026; Form 2026-13-01; call 2026", &[]);
        check("en", "US", "March 3, 20266", &[]);
    }
}
