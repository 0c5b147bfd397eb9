//! The words and weights that forms are read by: votes for kinds, signs in the source, and the burden of answers.

use crate::facts::lexicon::{WordFile, votes};
use crate::facts::phrases::Phrases;
use crate::facts::votes::Votes;
use std::collections::BTreeMap;

/// How an answer is come by, with what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// `heart`, `choose`, `look-up`, `ask`, `compose`, `attach`, `sign` …
    pub way: String,
    /// Characters to type.
    pub keys: f64,
    /// Seconds to come by the answer, beside typing it: the mean.
    pub seconds: f64,
    /// The standard deviation of these seconds.
    pub deviation: f64,
}

/// Numbers of the model of burden that belong to no single kind.
pub const NUMBERS: &[&str] =
    &["key", "point", "home", "think", "option", "options", "reading", "reading-spread", "typing-spread"];

type Rows = Vec<(String, String, String, f64)>;

/// Everything that forms are read by.
#[derive(Debug, Default)]
pub struct FormWords {
    field_rows: Rows,
    form_rows: Rows,
    sign_rows: Rows,
    /// Votes for the kind of a field; places: `label`, `name`, `part`, `box`, `options`.
    pub fields: Votes,
    /// Votes for the kind of a form; places: `button`, `heading`, `action`, `part`.
    pub forms: Votes,
    signs: BTreeMap<String, (Phrases, Vec<String>)>,
    answers: BTreeMap<String, Answer>,
    numbers: BTreeMap<String, f64>,
}

impl FormWords {
    /// The lists that are read here.
    pub const LISTS: &'static [&'static str] = &["field-kinds", "form-kinds", "form-signs", "burden"];

    /// Takes in a list; the error says what is wrong with it.
    pub fn add(&mut self, file: &WordFile) -> Result<(), String> {
        match file.name.as_str() {
            "field-kinds" => self.field_rows.extend(votes(file)?),
            "form-kinds" => self.form_rows.extend(votes(file)?),
            "form-signs" => self.sign_rows.extend(votes(file)?),
            _ => {
                for row in file.rows() {
                    self.add_burden(&row)?;
                }
            }
        }
        Ok(())
    }

    fn add_burden(&mut self, row: &[&str]) -> Result<(), String> {
        let number = |text: &str| text.parse::<f64>().map_err(|_| format!("`{text}` is no number"));
        match row {
            ["number", name, value, ..] if NUMBERS.contains(name) => {
                self.numbers.insert((*name).to_owned(), number(value)?);
            }
            ["answer", kind, way, keys, seconds, deviation, ..] => {
                let answer = Answer {
                    way: (*way).to_owned(),
                    keys: number(keys)?,
                    seconds: number(seconds)?,
                    deviation: number(deviation)?,
                };
                self.answers.insert((*kind).to_owned(), answer);
            }
            _ => {
                return Err(format!(
                    "expected `number<TAB>name<TAB>value<TAB>source` or `answer<TAB>kind<TAB>way<TAB>keys<TAB>seconds<TAB>deviation<TAB>source`, found `{}`",
                    row.join(" ")
                ));
            }
        }
        Ok(())
    }

    /// Makes the lists ready to be searched, once all are there.
    pub fn compile(&mut self) {
        self.fields = Votes::new(std::mem::take(&mut self.field_rows));
        self.forms = Votes::new(std::mem::take(&mut self.form_rows));
        let mut topics: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (meaning, topic, phrase, _) in std::mem::take(&mut self.sign_rows) {
            topics.entry(topic).or_default().push((meaning, phrase));
        }
        let compiled = |(topic, rows): (String, Vec<(String, String)>)| {
            let phrases = Phrases::new(rows.iter().map(|(_, phrase)| phrase.as_str()));
            (topic, (phrases, rows.into_iter().map(|(meaning, _)| meaning).collect()))
        };
        self.signs = topics.into_iter().map(compiled).collect();
    }

    /// What a class, name, address or handler stands for by convention: the first sign of a topic in it.
    pub fn sign(&self, topic: &str, text: &str) -> Option<&str> {
        let (phrases, meanings) = self.signs.get(topic)?;
        phrases.parts(text).next().map(|hit| meanings[hit.phrase].as_str())
    }

    /// Whether a phrase of the topic stands in the text as whole words.
    pub fn says(&self, topic: &str, text: &str) -> bool {
        self.signs.get(topic).is_some_and(|(phrases, _)| phrases.occur_in(text))
    }

    /// Whether the whole text is a phrase of the topic.
    pub fn is_just(&self, topic: &str, text: &str) -> bool {
        self.signs.get(topic).is_some_and(|(phrases, _)| phrases.whole(text).is_some())
    }

    /// What the whole text stands for, where it is a phrase of the topic.
    pub fn sign_just(&self, topic: &str, text: &str) -> Option<&str> {
        let (phrases, meanings) = self.signs.get(topic)?;
        phrases.whole(text).map(|phrase| meanings[phrase].as_str())
    }

    /// How an answer of that kind, in that control, is come by.
    pub fn answer(&self, kind: &str, control: &str) -> Option<&Answer> {
        let by_control = || self.answers.get(&format!("type={control}"));
        let choice = matches!(control, "radio" | "checkbox" | "select" | "file").then(by_control).flatten();
        // What has to be looked up has to be looked up even where it is then chosen from a list.
        let known = self.answers.get(kind).filter(|a| choice.is_none() || a.way != "heart");
        known.or(choice).or_else(by_control).or_else(|| self.answers.get("other"))
    }

    /// A number of the model; 0 where the list leaves it out.
    pub fn number(&self, name: &str) -> f64 {
        self.numbers.get(name).copied().unwrap_or(0.0)
    }
}
