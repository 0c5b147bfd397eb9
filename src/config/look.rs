//! The folder of a body's own, which `[report] folder` names: `look.toml` with its name and colour, and `words.toml`
//! with its wording. Text in, valid values or all mistakes with their places out.

use crate::mistakes::{Mistake, Mistakes, Table, unknown_word};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The least contrast of the colour of links with what they stand on: WCAG 2.2, 1.4.3, for text of any size.
const LEAST: f64 = 4.5;

/// What links stand on, page and raised parts, in light and dark; `reports/style.css` has the same, a test compares.
pub const GROUNDS: [[&str; 2]; 2] = [["#ffffff", "#f3f5f7"], ["#14171a", "#1f2429"]];

/// A body's name and colour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What stands above every page in place of Plainway.
    pub name: Option<String>,
    /// The colour of links and bars on light ground, as `#0b57a4`.
    pub accent: Option<String>,
    /// The same on dark ground.
    pub accent_dark: Option<String>,
}

impl Look {
    /// Reads the text of `look.toml`, which the user knows by `file`.
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let document = Table::parse(text, 0, &mut mistakes);
        let mut table = Table::new(&document, 0);
        let look = Self {
            name: table.text("name", &mut mistakes),
            accent: colour(&mut table, "accent", &GROUNDS[0], &mut mistakes),
            accent_dark: colour(&mut table, "accent_dark", &GROUNDS[1], &mut mistakes),
        };
        table.finish(&mut mistakes);
        told(file, text, look, mistakes)
    }
}

fn told<T>(file: &str, text: &str, value: T, mut mistakes: Vec<Mistake>) -> Result<T, Mistakes> {
    if mistakes.is_empty() {
        return Ok(value);
    }
    mistakes.sort_by_key(|m| m.span.start);
    Err(Mistakes { file: file.to_owned(), source: text.to_owned(), list: mistakes })
}

fn colour(table: &mut Table<'_>, key: &str, grounds: &[&str], mistakes: &mut Vec<Mistake>) -> Option<String> {
    let span = table.span_of(key);
    let written = table.text(key, mistakes)?.to_ascii_lowercase();
    let Some(light) = luminance(&written) else {
        let wrong = format!("`{key}` should be a colour of six digits, as `#0b57a4`");
        mistakes.push(Mistake::new(span?, wrong));
        return None;
    };
    for ground in grounds {
        let contrast = contrast(light, luminance(ground)?);
        if contrast < LEAST {
            let wrong = format!("`{key}` has a contrast of {contrast:.2} on {ground}; text needs {LEAST}");
            let try_this = if key == "accent" { "a darker colour" } else { "a lighter colour" };
            mistakes.push(Mistake::new(span?, wrong).help(format!("choose {try_this}; WCAG 2.2, criterion 1.4.3")));
            return None;
        }
    }
    Some(written)
}

/// Relative luminance of a colour, 0 to 1 (WCAG 2.2).
fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?) / 255.0;
        Some(if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) })
    };
    Some(0.2126 * part(0)? + 0.7152 * part(2)? + 0.0722 * part(4)?)
}

fn contrast(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A sentence of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWording {
    /// As `scorecard.score`.
    pub key: String,
    /// The sentence, or its forms for one and for more.
    pub forms: Vec<String>,
}

/// Reads the text of `words.toml`. `known` gives the names of the places in the sentence of a key; `None` where there is
/// no such key.
pub fn own_wording(
    file: &str,
    text: &str,
    known: &dyn Fn(&str) -> Option<BTreeSet<String>>,
    keys: &[&str],
) -> Result<Vec<OwnWording>, Mistakes> {
    let mut mistakes = Vec::new();
    let document = Table::parse(text, 0, &mut mistakes);
    let mut table = Table::new(&document, 0);
    let mut found = BTreeMap::new();
    for group in table.keys() {
        let Some(mut sentences) = table.table(&group, &mut mistakes) else { continue };
        for name in sentences.keys() {
            let key = format!("{group}.{name}");
            let at = sentences.key_span_of(&name).unwrap_or_default();
            let forms = forms(&mut sentences, &name, &mut mistakes);
            let Some(places) = known(&key) else {
                mistakes.push(unknown_word(at, &format!("no report has the text `{key}`"), &key, keys));
                continue;
            };
            check(&forms, &places, &at, &mut mistakes);
            found.insert(key, forms);
        }
    }
    let found = found.into_iter().map(|(key, forms)| OwnWording { key, forms }).collect();
    told(file, text, found, mistakes)
}

fn forms(sentences: &mut Table<'_>, name: &str, mistakes: &mut Vec<Mistake>) -> Vec<String> {
    // A text, or a table of the two forms; a table asked for as a text would be a mistake.
    let mut tried = Vec::new();
    let is_table = sentences.kind_of(name) == Some("table");
    if !is_table {
        tried.extend(sentences.text(name, mistakes));
        return tried;
    }
    let Some(mut two) = sentences.table(name, mistakes) else { return tried };
    for form in ["one", "other"] {
        tried.push(two.required_text(form, mistakes));
    }
    two.finish(mistakes);
    tried
}

/// Whether the sentence has the places of the original, and no other.
fn check(forms: &[String], places: &BTreeSet<String>, at: &Range<usize>, mistakes: &mut Vec<Mistake>) {
    for form in forms {
        let unknown = form.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        for name in unknown.filter(|name| !places.contains(*name)) {
            let known: Vec<_> = places.iter().map(|place| format!("{{{place}}}")).collect();
            let known =
                if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
            mistakes.push(Mistake::new(at.clone(), format!("the text has no place for `{{{name}}}`")).help(known));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_wrong(text: &str, expected: &str) {
        let told = Look::parse("look.toml", text).expect_err("it is wrong").to_string();
        assert!(told.contains(expected), "{told}");
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_refused() {
        let look = Look::parse("look.toml", "name = \"Parks\"\naccent = \"#0B57A4\"\naccent_dark = \"#8cc2ff\"\n");
        assert_eq!(look.expect("it is right").accent.as_deref(), Some("#0b57a4"));
        check_wrong("accent = \"#ff9900\"\n", "`accent` has a contrast of 2.14 on #ffffff; text needs 4.5");
        check_wrong("accent = \"#ff9900\"\n", "look.toml:1");
        check_wrong("accent_dark = \"#0b57a4\"\n", "choose a lighter colour");
        check_wrong("accent = \"orange\"\n", "six digits");
        check_wrong("acent = \"#0b57a4\"\n", "did you mean `accent`?");
    }

    #[test]
    fn wording_is_held_to_the_texts_that_there_are() {
        let known = |key: &str| (key == "scorecard.score").then(|| BTreeSet::from(["points".to_owned()]));
        let read = |text: &str| own_wording("words.toml", text, &known, &["scorecard.score"]);
        let own = read("[scorecard]\nscore = { one = \"{points} mark\", other = \"{points} marks\" }\n")
            .expect("it is right");
        assert_eq!((own[0].key.as_str(), own[0].forms.len()), ("scorecard.score", 2));
        let told = read("[scorecard]\nscor = \"x\"\nscore = \"{marks}\"\n").expect_err("both are wrong").to_string();
        assert!(told.contains("did you mean `scorecard.score`?") && told.contains("it has {points}"), "{told}");
    }

    #[test]
    fn the_grounds_are_those_of_the_sheet() {
        let sheet = include_str!("../../reports/style.css");
        for [page, raised] in GROUNDS {
            assert!(sheet.contains(&format!("--bg: {page}; --surface: {raised};")), "{page}");
        }
    }
}
