//! Personal data has no place in a report: numbers and addresses of people are masked in what is quoted.

use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

static SSN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}\b").expect("the pattern is a literal"));
static LONG_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:[0-9][ -]?){12,18}[0-9]\b").expect("the pattern is a literal"));
static IBAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b").expect("the pattern is a literal")
});
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)([a-z0-9._%+-]+)@([a-z0-9-]+(?:\.[a-z0-9-]+)+)").expect("the pattern is a literal")
});

static ANY_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\+?[0-9](?:[ ()./-]{0,3}[0-9]){5,}").expect("the pattern is a literal"));

/// What a person wrote, without any number of six digits or more and without mail addresses, whosever they are.
pub fn mask_person(text: &str) -> String {
    let text = mask(text);
    let text = ANY_NUMBER.replace_all(&text, "[number masked]");
    EMAIL.replace_all(&text, "[address masked]").into_owned()
}

/// Hosts at which people, not offices, have their mail. Our own list of the largest.
const PRIVATE_MAIL: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "icloud.com",
    "aol.com",
    "msn.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "protonmail.com",
    "gmx.net",
    "gmx.de",
    "web.de",
    "orange.fr",
];

/// The text without social security, card and bank numbers and without mail addresses of people.
pub fn mask(text: &str) -> String {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let mut text = Cow::Borrowed(text);
    // Few texts have as many digits as a number that is masked.
    if digits >= 2 {
        let numbers = |text: &str| {
            let text = if digits >= 9 { SSN.replace_all(text, "[number masked]") } else { Cow::Borrowed(text) };
            let cards = |found: &Captures<'_>| match passes_luhn(&found[0]) {
                true => Cow::Borrowed("[number masked]"),
                false => Cow::Owned(found[0].to_owned()),
            };
            let text = if digits >= 13 { LONG_NUMBER.replace_all(&text, cards) } else { text };
            // Letters of a country and two digits are in few texts, and a search takes far longer than a look.
            let begins = |w: &[u8]| w[..2].iter().all(u8::is_ascii_uppercase) && w[2..].iter().all(u8::is_ascii_digit);
            if !text.as_bytes().windows(4).any(begins) {
                return text.into_owned();
            }
            IBAN.replace_all(&text, "[number masked]").into_owned()
        };
        text = Cow::Owned(numbers(&text));
    }
    if text.contains('@') {
        let address = |found: &Captures<'_>| match is_of_a_person(&found[1], &found[2]) {
            true => format!("[address masked]@{}", &found[2]),
            false => found[0].to_owned(),
        };
        text = Cow::Owned(EMAIL.replace_all(&text, address).into_owned());
    }
    text.into_owned()
}

/// "jane.doe@…" and mail at private hosts; an office has a word, not two names.
fn is_of_a_person(local: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    if PRIVATE_MAIL.contains(&host.as_str()) {
        return true;
    }
    let parts: Vec<&str> = local.split(['.', '_']).collect();
    parts.len() == 2 && parts.iter().all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphabetic()))
}

/// The check digit of payment cards (ISO/IEC 7812).
fn passes_luhn(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 0 { *d } else { (d * 2) / 10 + (d * 2) % 10 }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(mask(text), expected);
    }

    #[test]
    fn of_what_people_write_every_number_and_address_is_masked() {
        let masked =
            mask_person("Call (215) 555-0134 or +1 215.555.0134, clerk@milltown.example, case 2026/004711, room 12");
        let expected = "Call ([number masked] or [number masked], [address masked], case [number masked], room 12";
        assert_eq!(masked, expected);
    }

    #[test]
    fn numbers_and_addresses_of_people_are_masked() {
        check("SSN 078-05-1120.", "SSN [number masked].");
        check("IBAN DE89 3704 0044 0532 0130 00", "IBAN [number masked]");
        check("Card 4111 1111 1111 1111", "Card [number masked]");
        check("Order 1234567890123", "Order 1234567890123");
        check("Call (215) 555-0134", "Call (215) 555-0134");
        check("Mail jane.doe@milltown.example", "Mail [address masked]@milltown.example");
        check("Mail clerk@milltown.example", "Mail clerk@milltown.example");
        check("Mail bob7@gmail.com", "Mail [address masked]@gmail.com");
    }
}
