//! How long a fix takes, where a rule file says it in a simple way.

/// Hours of work in a day, to add up efforts in days.
const HOURS: f64 = 8.0;

/// Days of work that a text as `half a day`, `an hour` or `15 minutes` stands for; `None` for any other text.
pub(super) fn days(effort: &str) -> Option<f64> {
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
            ("a few days", None),
            ("-2 days", None),
            ("2 weeks", None),
            ("", None),
        ] {
            assert_eq!(days(text), expected, "{text}");
        }
    }
}
