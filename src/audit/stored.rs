//! What rules said of a page, as it is stored: their names in one text, and a letter for what each of them said in another. A page
//! has about a hundred outcomes; each as a map was two fifths of the record of a small page.

use super::Verdict;
use crate::model::{Outcome, shared_rule};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// The letter of an outcome.
fn letter(outcome: Outcome) -> char {
    match outcome {
        Outcome::Pass => 'p',
        Outcome::Fail => 'f',
        Outcome::NotApplicable => 'n',
        Outcome::CouldNotTell => 'c',
    }
}

/// The outcome of a letter.
fn outcome(letter: char) -> Option<Outcome> {
    [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::CouldNotTell]
        .into_iter()
        .find(|o| self::letter(*o) == letter)
}

#[derive(Serialize, Deserialize)]
struct Stored<'s> {
    /// Names of rules, with a space between them; none is within one, since a name is that of a file in small letters.
    #[serde(borrow)]
    rules: Cow<'s, str>,
    /// The letter of what each of them said; a capital where it could not tell of some of what it looked at.
    #[serde(borrow)]
    said: Cow<'s, str>,
}

/// As outcomes were stored before: one by one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Either<'s> {
    Now(#[serde(borrow)] Stored<'s>),
    Before(Vec<Verdict>),
}

pub(super) fn serialize<S: Serializer>(outcomes: &[Verdict], serializer: S) -> Result<S::Ok, S::Error> {
    let (mut rules, mut said) = (String::with_capacity(outcomes.len() * 32), String::with_capacity(outcomes.len()));
    for verdict in outcomes {
        if !rules.is_empty() {
            rules.push(' ');
        }
        rules.push_str(&verdict.rule);
        let letter = letter(verdict.outcome);
        said.push(if verdict.partly { letter.to_ascii_uppercase() } else { letter });
    }
    Stored { rules: rules.into(), said: said.into() }.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Verdict>, D::Error> {
    let stored = match Either::deserialize(deserializer)? {
        Either::Now(stored) => stored,
        Either::Before(outcomes) => return Ok(outcomes),
    };
    let (rules, letters) = (stored.rules.split_terminator(' '), stored.said.chars());
    if rules.clone().count() != letters.clone().count() {
        return Err(D::Error::custom("not as many outcomes as rules"));
    }
    let verdict = |(rule, letter): (&str, char)| {
        let outcome = outcome(letter.to_ascii_lowercase()).ok_or_else(|| D::Error::custom("an unknown outcome"))?;
        Ok(Verdict { rule: shared_rule(rule), outcome, partly: letter.is_ascii_uppercase() })
    };
    rules.zip(letters).map(verdict).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Verdicts;
    use super::*;

    fn read(outcomes: &str) -> Option<Vec<Verdict>> {
        let json = format!("{{\"outcomes\":{outcomes},\"findings\":[]}}");
        serde_json::from_str::<Verdicts>(&json).ok().map(|verdicts| verdicts.outcomes)
    }

    #[test]
    fn what_was_said_comes_back_as_it_was() {
        let mut all = Verdicts::default();
        let same = |all: &Verdicts| {
            let json = serde_json::to_string(all).expect("a plain value");
            serde_json::from_str::<Verdicts>(&json).is_ok_and(|read| read == *all)
        };
        assert!(same(&all));
        for outcome in "pfnc".chars().filter_map(outcome) {
            for partly in [false, true] {
                let rule = format!("words/rule-{}-{partly}", letter(outcome)).into();
                all.outcomes.push(Verdict { rule, outcome, partly });
                assert!(same(&all), "{outcome:?} {partly}");
            }
        }
    }

    #[test]
    fn what_was_stored_one_by_one_is_still_read() {
        let before =
            r#"[{"rule":"forms/fee","outcome":"pass"},{"rule":"ways/home","outcome":"could-not-tell","partly":true}]"#;
        let now = r#"{"rules":"forms/fee ways/home","said":"pC"}"#;
        assert!(read(before).is_some() && read(before) == read(now));
        assert_eq!(read("[]"), read(r#"{"rules":"","said":""}"#));
    }

    #[test]
    fn what_is_no_outcome_is_an_error() {
        for damaged in [
            r#"{"rules":"a b","said":"p"}"#,
            r#"{"rules":"a","said":"pp"}"#,
            r#"{"rules":"","said":"p"}"#,
            r#"{"rules":"a","said":"x"}"#,
            r#"{"rules":"a"}"#,
            "7",
        ] {
            assert_eq!(read(damaged), None, "{damaged}");
        }
    }
}
