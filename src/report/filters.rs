//! How numbers, dates and long texts are written. A rounding never turns "almost" into "all", nor
//! "a little" into "nothing".

use super::export::is_invisible;
use super::words::{Dates, Numbers, filled};
use minijinja::Value;

/// U+2212; a hyphen is too short beside figures.
const MINUS: &str = "−";

/// A number with one decimal, as it is written.
fn tenths(numbers: &Numbers, value: f64) -> String {
    format!("{value:.1}").replace('.', &numbers.decimal)
}

/// What is above nothing and would be rounded to it.
fn under(numbers: &Numbers, least: &str) -> String {
    filled(&numbers.under, |_| Some(least))
}

/// Points with one decimal; only 100 itself reads as 100.0.
pub(super) fn points(numbers: &Numbers, value: f64) -> String {
    match value {
        v if v > 0.0 && v < 0.05 => under(numbers, &tenths(numbers, 0.1)),
        v if v < 0.0 && v > -0.05 => under(numbers, &format!("{MINUS}{}", tenths(numbers, 0.1))),
        v if (99.95..100.0).contains(&v) => tenths(numbers, 99.9),
        v if v < 0.0 => format!("{MINUS}{}", tenths(numbers, -v)),
        v => tenths(numbers, v),
    }
}

/// A change in points, with its sign.
pub(super) fn signed(numbers: &Numbers, value: f64) -> String {
    match value {
        0.0 => tenths(numbers, 0.0),
        v if v > 0.0 && v < 0.05 => under(numbers, &format!("+{}", tenths(numbers, 0.1))),
        v if v < 0.0 && v > -0.05 => under(numbers, &format!("{MINUS}{}", tenths(numbers, 0.1))),
        v if v < 0.0 => format!("{MINUS}{}", tenths(numbers, -v)),
        v => format!("+{}", tenths(numbers, v)),
    }
}

/// A share of 1, in percent; only the whole reads as 100%, and only nothing as 0%.
pub(super) fn percent(numbers: &Numbers, share: f64) -> String {
    let written = |number: &str| filled(&numbers.percent, |_| Some(number));
    match share {
        0.0 => written("0"),
        1.0 => written("100"),
        s if s > 0.0 && s < 0.0005 => under(numbers, &written(&tenths(numbers, 0.1))),
        s if s < 1.0 => written(&tenths(numbers, (100.0 * s).min(99.9))),
        s => written(&tenths(numbers, 100.0 * s)),
    }
}

/// A number with its thousands apart; a fraction keeps one decimal.
pub(super) fn count(numbers: &Numbers, value: f64) -> String {
    if value > 0.0 && value < 0.05 {
        return under(numbers, &tenths(numbers, 0.1));
    }
    let text = if value.fract() == 0.0 { format!("{:.0}", value.abs()) } else { format!("{:.1}", value.abs()) };
    let (whole, decimal) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = if value < 0.0 { MINUS.to_owned() } else { String::new() };
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && whole.len() >= numbers.least && (whole.len() - at).is_multiple_of(3) {
            out.push_str(&numbers.thousands);
        }
        out.push(digit);
    }
    if !matches!(decimal, "" | "0") {
        out.push_str(&numbers.decimal);
        out.push_str(decimal);
    }
    out
}

/// `2 March 2026`, as its language writes it: the date as it is told, in no other zone. A text that is no date stays as it is.
pub(super) fn date(dates: &Dates, text: &str) -> String {
    written(dates, &dates.months, &dates.date, text)
}

/// `2 Mar 2026`.
pub(super) fn day(dates: &Dates, text: &str) -> String {
    written(dates, &dates.short, &dates.day, text)
}

fn written(dates: &Dates, months: &[String], form: &str, text: &str) -> String {
    let date: Option<jiff::civil::Date> = text.get(..10).and_then(|day| day.parse().ok());
    let Some(date) = date else { return text.to_owned() };
    let month = usize::try_from(date.month()).ok().and_then(|month| months.get(month.checked_sub(1)?));
    let (day, year) = (date.day().to_string(), date.year().to_string());
    filled(form, |name| match name {
        "day" if date.day() == 1 => dates.first.as_deref().or(Some("1")),
        "day" => Some(&day),
        "month" => month.map(String::as_str),
        "year" => Some(&year),
        _ => None,
    })
}

/// At most `most` characters, the last of them `…` where something was cut. Nothing stays nothing.
pub(super) fn short(value: &Value, most: usize) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    if text.chars().nth(most).is_none() {
        return value.clone();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    Value::from(cut)
}

/// Text of an audited page within a line of Markdown: no sign of it opens a link, a tag, a table or a mention.
pub(super) fn md(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            // Addresses would become links of their own.
            ':' => out.push_str("&#58;"),
            '\\' | '`' | '|' | '*' | '_' | '[' | ']' | '(' | ')' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(sign);
            }
            sign if sign.is_whitespace() || sign.is_control() => out.push(' '),
            sign if is_invisible(sign) => out.push('\u{fffd}'),
            sign => out.push(sign),
        }
    }
    out
}

/// Text of an audited page on a terminal: no sign of it moves the cursor or changes a colour.
pub(super) fn plain(text: &str) -> String {
    let shown = |sign: char| match sign {
        sign if sign.is_control() => ' ',
        sign if is_invisible(sign) => '\u{fffd}',
        sign => sign,
    };
    text.chars().map(shown).collect()
}

/// Text without the signs that XML 1.0 has no place for (§2.2); the engine escapes the others.
pub(super) fn xml(value: &Value) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    let is_char =
        |c: &char| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    Value::from(text.chars().filter(is_char).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::Words;

    fn words(tag: &str) -> &'static Words {
        Words::of(tag).expect("the project has this language")
    }

    #[track_caller]
    fn check<T>(filter: impl Fn(T) -> String, cases: impl IntoIterator<Item = (T, &'static str)>) {
        for (value, expected) in cases {
            assert_eq!(filter(value), expected);
        }
    }

    #[test]
    fn a_hundred_points_are_earned_and_a_little_is_not_nothing() {
        check(
            |v| points(&words("en").numbers, v),
            [
                (71.38214, "71.4"),
                (-0.8, "−0.8"),
                (0.0, "0.0"),
                (0.049, "under 0.1"),
                (0.05, "0.1"),
                (-0.01, "under −0.1"),
            ],
        );
        check(
            |v| points(&words("en").numbers, v),
            [(99.94, "99.9"), (99.95, "99.9"), (99.999_999, "99.9"), (100.0, "100.0")],
        );
    }

    #[test]
    fn a_change_has_its_sign() {
        check(
            |v| signed(&words("en").numbers, v),
            [
                (5.2, "+5.2"),
                (-0.8, "−0.8"),
                (0.0, "0.0"),
                (-0.0, "0.0"),
                (0.04, "under +0.1"),
                (-0.04, "under −0.1"),
                (-100.0, "−100.0"),
            ],
        );
    }

    #[test]
    fn all_and_nothing_are_exact() {
        check(
            |v| percent(&words("en").numbers, v),
            [
                (0.9676, "96.8%"),
                (1.0, "100%"),
                (0.9999, "99.9%"),
                (0.0004, "under 0.1%"),
                (0.0005, "0.1%"),
                (0.0, "0%"),
            ],
        );
    }

    #[test]
    fn counts_have_thousands_and_one_decimal_where_needed() {
        check(
            |v| count(&words("en").numbers, v),
            [
                (0.0, "0"),
                (999.0, "999"),
                (12_345.0, "12,345"),
                (1_234_567.0, "1,234,567"),
                (2.5, "2.5"),
                (0.01, "under 0.1"),
                (1_000.04, "1,000"),
            ],
        );
    }

    #[test]
    fn dates_are_as_they_are_written() {
        check(
            |v| date(&words("en").dates, v),
            [
                ("2026-03-02T23:30:00-05:00", "2 March 2026"),
                ("2027-06-30", "30 June 2027"),
                ("soon", "soon"),
                ("2026-13-45T", "2026-13-45T"),
            ],
        );
        check(|v| day(&words("en").dates, v), [("2026-03-02T06:00:00Z", "2 Mar 2026"), ("", "")]);
    }

    #[test]
    fn each_language_writes_numbers_and_dates_in_its_own_way() {
        let (es, fr) = (words("es"), words("fr"));
        check(|v| points(&es.numbers, v), [(71.38, "71,4"), (0.01, "menos de 0,1")]);
        check(|v| percent(&es.numbers, v), [(0.9676, "96,8\u{a0}%"), (1.0, "100\u{a0}%")]);
        check(|v| percent(&fr.numbers, v), [(0.9676, "96,8\u{a0}%")]);
        check(|v| count(&es.numbers, v), [(9_999.0, "9999"), (12_345.5, "12\u{a0}345,5")]);
        check(|v| count(&fr.numbers, v), [(9_999.0, "9\u{202f}999"), (2.5, "2,5")]);
        check(|v| date(&es.dates, v), [("2026-03-01", "1 de marzo de 2026")]);
        check(|v| date(&fr.dates, v), [("2026-03-01", "1er mars 2026"), ("2026-08-02", "2 août 2026")]);
        check(|v| day(&fr.dates, v), [("2026-02-14", "14 févr. 2026")]);
    }

    #[test]
    fn hostile_text_stays_text() {
        check(
            md,
            [
                ("a|b `c` [d](e)", "a\\|b \\`c\\` \\[d\\]\\(e\\)"),
                ("<img> @all #1\r\n", "&lt;img&gt; &#64;all &#35;1  "),
                ("a\u{202e}b\u{2028}c", "a\u{fffd}b c"),
            ],
        );
        check(plain, [("a\u{1b}[31mb\n", "a [31mb ")]);
    }

    #[test]
    fn a_cut_text_says_so() {
        let cut = |text: &str, most| short(&Value::from(text), most).to_string();
        assert_eq!((cut("abc", 3), cut("äöüß", 3), cut("", 3)), ("abc".to_owned(), "äö…".to_owned(), String::new()));
    }
}
