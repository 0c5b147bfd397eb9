//! How long a fix takes, as people write it: `half a day`, `2 hours`.

/// Hours of work in a day, to add up efforts in days.
const HOURS: f64 = 8.0;

/// How to write an effort that can be added up; for messages.
pub const EFFORTS: &str = "write it as `30 minutes`, `2 hours`, `half a day`, `3 days` or `a week`";

/// Days of work in a week, and in a month of four weeks.
const WEEK: f64 = 5.0;
const MONTH: f64 = 20.0;

/// Days of work that a text as `half a day`, `an hour`, `15 minutes` or `a week` stands for; `None` for any other text.
pub fn days_of_work(effort: &str) -> Option<f64> {
    let words: Vec<&str> = effort.split_whitespace().collect();
    let (number, unit) = match words[..] {
        ["half", "a" | "an", unit] => (0.5, unit),
        ["a" | "an" | "one", unit] => (1.0, unit),
        [number, unit] => (f64::from(number.parse::<u16>().ok()?), unit),
        _ => return None,
    };
    match unit.strip_suffix('s').unwrap_or(unit) {
        "minute" => Some(number / 60.0 / HOURS),
        "hour" => Some(number / HOURS),
        "day" => Some(number),
        "week" => Some(number * WEEK),
        "month" => Some(number * MONTH),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_texts_are_understood_and_others_are_not_guessed() {
        for (text, expected) in [
            ("half a day", Some(0.5)),
            ("an hour", Some(0.125)),
            ("half an hour", Some(0.0625)),
            ("30 minutes", Some(0.0625)),
            ("2 hours", Some(0.25)),
            ("one day", Some(1.0)),
            ("3 days", Some(3.0)),
            ("2 weeks", Some(10.0)),
            ("a month", Some(20.0)),
            ("a few days", None),
            ("several days", None),
            ("-2 days", None),
            ("2 years", None),
            ("", None),
        ] {
            assert_eq!(days_of_work(text), expected, "{text}");
        }
    }
}
