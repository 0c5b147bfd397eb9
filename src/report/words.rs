//! The words of reports in one language, from `reports/text/`: whole sentences under keys, with places for values,
//! plurals, and the ways to write numbers and dates. What a language lacks is said in the first one.

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

static TEXTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports/text");

/// The language that every text is there in.
pub(super) const FIRST: &str = "en";

/// The tables of a file that hold no sentences.
const SIGNS: [&str; 2] = ["numbers", "dates"];

/// A sentence, or two where it depends on a number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Sentence {
    /// The same for every number.
    Plain(String),
    /// By the value called `n`.
    Counted {
        /// Of one; in French also of nothing.
        one: String,
        /// Of all others.
        other: String,
    },
}

impl Sentence {
    /// Its forms.
    pub fn forms(&self) -> Vec<&str> {
        match self {
            Self::Plain(text) => vec![text],
            Self::Counted { one, other } => vec![one, other],
        }
    }
}

/// How numbers are written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Numbers {
    /// Between the whole and its tenths.
    pub decimal: String,
    /// Between thousands.
    pub thousands: String,
    /// Digits below which thousands are not set apart.
    pub least: usize,
    /// What is above nothing and would be rounded to it.
    pub under: String,
    /// A share.
    pub percent: String,
    /// Whether 0 takes the form of one.
    pub zero_is_one: bool,
}

/// How dates are written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dates {
    /// The names of the months.
    pub months: Vec<String>,
    /// Their short names.
    pub short: Vec<String>,
    /// A whole date.
    pub date: String,
    /// A short one.
    pub day: String,
    /// The first day of a month, where it is not a plain number.
    pub first: Option<String>,
}

/// All words of a language.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Words {
    /// Its tag, for `lang`.
    pub tag: String,
    pub numbers: Numbers,
    pub dates: Dates,
    /// By key, as `scorecard.score`.
    texts: BTreeMap<String, Sentence>,
}

/// The tags of the languages that there are.
pub fn languages() -> Vec<&'static str> {
    let stem = |file: &'static include_dir::File<'static>| file.path().file_stem()?.to_str();
    let mut tags: Vec<_> = TEXTS.files().filter_map(stem).collect();
    tags.sort_unstable();
    tags
}

impl Words {
    /// The words of a language of the project.
    pub fn of(tag: &str) -> Option<&'static Arc<Self>> {
        static ALL: OnceLock<BTreeMap<String, Arc<Words>>> = OnceLock::new();
        let all = ALL.get_or_init(|| {
            let read = |tag: &&str| {
                let text = TEXTS.get_file(format!("{tag}.toml"))?.contents_utf8()?;
                let words = Words::parse(tag, text).expect("a test reads every language of the project");
                Some(((*tag).to_owned(), Arc::new(words)))
            };
            languages().iter().filter_map(read).collect()
        });
        all.get(tag)
    }

    fn parse(tag: &str, text: &str) -> Result<Self, toml::de::Error> {
        let mut tables: BTreeMap<String, toml::Table> = toml::from_str(text)?;
        let [numbers, dates] = SIGNS.map(|name| toml::Value::Table(tables.remove(name).unwrap_or_default()));
        let (numbers, dates) = (numbers.try_into()?, dates.try_into()?);
        let mut texts = BTreeMap::new();
        for (group, sentences) in tables {
            for (key, sentence) in sentences {
                texts.insert(format!("{group}.{key}"), sentence.try_into()?);
            }
        }
        Ok(Self { tag: tag.to_owned(), numbers, dates, texts })
    }

    /// The same with other sentences under some keys.
    pub fn with(&self, other: impl IntoIterator<Item = (String, Sentence)>) -> Self {
        let mut changed = self.clone();
        changed.texts.extend(other);
        changed
    }

    /// The keys of its sentences.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The sentence under a key, in the first language where this one has none; `None` where there is no such key.
    pub fn sentence(&self, key: &str) -> Option<&Sentence> {
        self.texts.get(key).or_else(|| Self::of(FIRST)?.texts.get(key))
    }

    /// The form of a sentence for a number.
    pub fn form<'w>(&self, sentence: &'w Sentence, n: Option<f64>) -> &'w str {
        match sentence {
            Sentence::Plain(text) => text,
            Sentence::Counted { one, other } => {
                let is_one = n.is_some_and(|n| n == 1.0 || (self.numbers.zero_is_one && (0.0..2.0).contains(&n)));
                if is_one { one } else { other }
            }
        }
    }
}

/// The names of the places for values in a text, as `{name}`.
fn places(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once('{')?;
        let (name, after) = after.split_once('}')?;
        rest = after;
        Some(name)
    })
}

/// What stands in a text for a value, also as the end of a link.
pub(super) fn slots(text: &str) -> BTreeSet<&str> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(name, _)| name);
    places(text).chain(ends).collect()
}

/// A text with a value at each place that has one.
pub(super) fn filled<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            continue;
        };
        match value(name) {
            Some(value) => out.push_str(value),
            None => out.extend(["{", name, "}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of words whose English stands beside what they name, as in a rule file.
    const OF_RULES: [&str; 5] = ["effort", "category", "kind", "checklist", "criterion"];

    fn of(tag: &str) -> &'static Words {
        Words::of(tag).expect("the project has this language")
    }

    fn is_of_rules(key: &str) -> bool {
        key.split_once('.').is_some_and(|(group, _)| OF_RULES.contains(&group))
    }

    #[test]
    fn what_a_language_lacks_is_counted() {
        for (tag, lacks) in [("es", 0), ("fr", 0)] {
            let missing: Vec<_> = of(FIRST).texts.keys().filter(|key| !of(tag).texts.contains_key(*key)).collect();
            assert_eq!(missing.len(), lacks, "{tag}: {missing:?}");
        }
    }

    #[test]
    fn what_is_named_in_english_has_words_in_every_other_language() {
        let lexicon = crate::facts::Lexicon::parse(&crate::rule::embedded_words()).expect("the word lists are right");
        let categories = crate::rule::embedded_categories();
        let rules = crate::rule::Rules::load(&crate::rule::embedded_rules(), categories, &lexicon);
        let rules = rules.expect("the rules of the project are right");
        let mut keys: Vec<String> = rules.categories.iter().map(|c| format!("category.{}", c.id)).collect();
        let efforts = rules.list.iter().filter_map(|rule| rule.effort.as_deref());
        keys.extend(efforts.map(|effort| format!("effort.{}", effort.replace(' ', "-"))));
        keys.extend(crate::config::CHECKLIST.items.iter().map(|item| format!("checklist.{}", item.id)));
        let criteria = &crate::rule::standards().criteria;
        keys.extend(criteria.iter().map(|c| format!("criterion.{}", c.number.replace('.', "-"))));
        for tag in languages().into_iter().filter(|tag| *tag != FIRST) {
            let missing: Vec<_> = keys.iter().filter(|key| !of(tag).texts.contains_key(*key)).collect();
            assert_eq!(missing, Vec::<&String>::new(), "{tag}");
            let of_lists = ["checklist.", "criterion."];
            let left = of(tag).keys().filter(|key| of_lists.iter().any(|list| key.starts_with(list)));
            let left: Vec<_> = left.filter(|key| !keys.iter().any(|known| known == key)).collect();
            assert_eq!(left, Vec::<&str>::new(), "{tag} names what there is not");
        }
    }

    #[test]
    fn a_translation_has_the_places_of_its_original() {
        for tag in languages() {
            for (key, sentence) in &of(tag).texts {
                let Some(original) = of(FIRST).texts.get(key) else {
                    assert!(is_of_rules(key), "{tag}: nothing has the key {key}");
                    continue;
                };
                let wanted: BTreeSet<_> = original.forms().into_iter().flat_map(slots).collect();
                for form in sentence.forms() {
                    let mut found = slots(form);
                    // "One page" may say its number in a word.
                    if wanted.contains("n") {
                        found.insert("n");
                    }
                    assert_eq!(found, wanted, "{tag}: {key}");
                }
            }
        }
    }

    #[test]
    fn what_is_missing_is_said_in_the_first_language() {
        let mut words = of("fr").clone();
        words.texts.remove("shared.score");
        let said = words.sentence("shared.score").expect("English has it");
        assert_eq!(words.form(said, None), "Score");
        assert_eq!(words.sentence("shared.nothing-like-it"), None);
    }

    #[test]
    fn none_of_a_thing_is_one_in_french() {
        let pages = of("fr").sentence("page.clicks").expect("the key is there");
        assert_eq!(of("fr").form(pages, Some(0.0)), "{n} clic");
        assert_eq!(of("es").form(of("es").sentence("page.clicks").expect("it is there"), Some(0.0)), "{n} clics");
    }

    fn templates() -> impl Iterator<Item = (String, String)> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
        let files = std::fs::read_dir(folder).expect("the templates are there").flatten();
        let named = |file: std::fs::DirEntry| {
            Some((file.file_name().into_string().ok()?, std::fs::read_to_string(file.path()).ok()?))
        };
        files.filter_map(named).filter(|(name, _)| name != "README.md")
    }

    #[test]
    fn templates_ask_for_texts_that_there_are() {
        let mut asked = BTreeSet::new();
        for (name, text) in templates() {
            for (at, part) in text.split("t(\"").enumerate().skip(1) {
                let before = text.split("t(\"").nth(at - 1).unwrap_or_default();
                if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let Some((key, rest)) = part.split_once('"') else { continue };
                if let Some(group) = key.strip_suffix('.') {
                    let known = of(FIRST).texts.keys().any(|key| key.starts_with(&format!("{group}.")));
                    assert!(known || OF_RULES.contains(&group), "{name}: {group}");
                    asked.extend(of(FIRST).texts.keys().filter(|key| key.starts_with(&format!("{group}."))));
                } else {
                    let key =
                        of(FIRST).texts.get_key_value(key).unwrap_or_else(|| unreachable!("{name}: no text {key}")).0;
                    asked.insert(key);
                }
                // Within an attribute no quotation mark of a text may end it.
                assert!(
                    !before.ends_with("=\"{{ ")
                        || rest.split_once("}}").is_some_and(|(call, _)| call.contains("attr=true")),
                    "{name}: {key}"
                );
            }
        }
        let unused: Vec<_> = of(FIRST).texts.keys().filter(|key| !asked.contains(key)).collect();
        assert_eq!(unused, Vec::<&String>::new(), "no template asks for these");
    }

    /// The text of a template without what the engine and the browser read.
    fn bare(text: &str) -> String {
        let mut out = text.to_owned();
        for (open, close) in [("{#", "#}"), ("<style>", "</style>"), ("{{", "}}"), ("{%", "%}"), ("<", ">")] {
            let mut kept = String::new();
            let mut rest = out.as_str();
            while let Some((before, after)) = rest.split_once(open) {
                kept.push_str(before);
                kept.push(' ');
                rest = after.split_once(close).map_or("", |(_, after)| after);
            }
            kept.push_str(rest);
            out = kept;
        }
        out
    }

    #[test]
    fn pages_take_their_words_from_the_texts() {
        // Names that are the same in every language, and the start of an id.
        let names = ["Plainway", "audit.json", "c-"];
        // What a terminal shows is in the language of the program.
        let ends = [".html", ".md", ".svg", ".xml"];
        for (name, text) in templates().filter(|(name, _)| ends.iter().any(|end| name.ends_with(end))) {
            let left = bare(&text);
            let words: Vec<_> = left.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).collect();
            let words: Vec<_> = words.into_iter().filter(|word| !names.contains(word)).collect();
            assert_eq!(words, Vec::<&str>::new(), "{name} has words of its own");
        }
    }
}
