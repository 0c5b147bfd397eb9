//! Reads a TOML table key by key, so that every mistake in it is found and has its place.

use super::{Mistake, did_you_mean};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table that is being read. Each key is taken once; what is left at the end is unknown.
pub struct Table<'t> {
    entries: BTreeMap<String, (Range<usize>, &'t Spanned<DeValue<'t>>)>,
    known: Vec<String>,
    span: Range<usize>,
    offset: usize,
}

impl<'t> Table<'t> {
    /// Parses a document. `offset` is where it starts in its file.
    pub fn parse(document: &'t str, offset: usize, mistakes: &mut Vec<Mistake>) -> Spanned<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(document);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            mistakes.push(Mistake::new(span.start + offset..span.end + offset, error.message().to_owned()));
        }
        table
    }

    /// Starts to read a table.
    pub fn new(table: &'t Spanned<DeTable<'t>>, offset: usize) -> Self {
        Self::of(table.get_ref(), table.span(), offset)
    }

    fn of(table: &'t DeTable<'t>, span: Range<usize>, offset: usize) -> Self {
        let entry = |(key, value): (&'t Spanned<std::borrow::Cow<'t, str>>, &'t Spanned<DeValue<'t>>)| {
            (key.get_ref().to_string(), (key.span(), value))
        };
        Self { entries: table.iter().map(entry).collect(), known: Vec::new(), span, offset }
    }

    fn shift(&self, span: Range<usize>) -> Range<usize> {
        span.start + self.offset..span.end + self.offset
    }

    /// The bytes of the table's header.
    pub fn span(&self) -> Range<usize> {
        let end = self.span.end.min(self.span.start + 1).max(self.span.start);
        self.shift(self.span.start..end)
    }

    fn take(&mut self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key.to_owned());
        self.entries.remove(key).map(|(_, value)| value)
    }

    /// Where the value of a key stands, before it is taken.
    pub fn span_of(&self, key: &str) -> Option<Range<usize>> {
        self.entries.get(key).map(|(_, value)| self.shift(value.span()))
    }

    /// Where a key itself stands, before it is taken.
    pub fn key_span_of(&self, key: &str) -> Option<Range<usize>> {
        self.entries.get(key).map(|(span, _)| self.shift(span.clone()))
    }

    /// Whether the key is there and not yet taken.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// What the value of a key is, as `table`, before it is taken.
    pub fn kind_of(&self, key: &str) -> Option<&'static str> {
        self.entries.get(key).map(|(_, value)| value.get_ref().type_str())
    }

    /// The keys not yet taken.
    pub fn keys(&self) -> Vec<String> {
        self.entries.keys().cloned().collect()
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str, mistakes: &mut Vec<Mistake>) {
        let found = value.get_ref().type_str();
        mistakes.push(Mistake::new(self.shift(value.span()), format!("`{key}` should be {expected}, not {found}")));
    }

    /// A text.
    pub fn text(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<String> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.wrong(key, value, "a text in quotes", mistakes);
                None
            }
        }
    }

    /// A text that has to be there.
    pub fn required_text(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> String {
        if !self.has(key) {
            self.known.push(key.to_owned());
            mistakes.push(Mistake::new(self.span(), format!("`{key}` is missing")));
            return String::new();
        }
        self.text(key, mistakes).unwrap_or_default()
    }

    /// One of a closed list of words.
    pub fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)], mistakes: &mut Vec<Mistake>) -> Option<T> {
        self.known.push(key.to_owned());
        let span = self.span_of(key)?;
        let word = self.text(key, mistakes)?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            mistakes.push(unknown_word(span, &format!("`{word}` is no `{key}`"), &word, &names));
        }
        found
    }

    /// A number, whole or not.
    pub fn number(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        let value = self.take(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok().map(|n| n as f64),
            DeValue::Float(n) => n.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(key, value, "a number", mistakes);
        }
        number
    }

    /// A number between two limits.
    pub fn number_within(&mut self, key: &str, range: Range<f64>, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        self.known.push(key.to_owned());
        let span = self.span_of(key)?;
        let number = self.number(key, mistakes)?;
        if !(range.start..=range.end).contains(&number) {
            mistakes.push(Mistake::new(span, format!("`{key}` lies between {} and {}", range.start, range.end)));
            return None;
        }
        Some(number)
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<bool> {
        let value = self.take(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong(key, value, "true or false", mistakes);
        None
    }

    /// A list of texts; empty where the key is missing.
    pub fn texts(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<(String, Range<usize>)> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, "a list of texts", mistakes);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), self.shift(item.span()))),
                _ => self.wrong(key, item, "a list of texts", mistakes),
            }
        }
        texts
    }

    /// A list of texts without their places.
    pub fn plain_texts(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<String> {
        self.texts(key, mistakes).into_iter().map(|(text, _)| text).collect()
    }

    /// Text, number or flag, as a TOML value; a list of them where `lists` are wanted.
    pub fn scalars(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<Scalar> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let one = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
            DeValue::String(text) => Some(Scalar::Text(text.to_string())),
            DeValue::Boolean(flag) => Some(Scalar::Flag(*flag)),
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok().map(|n| Scalar::Number(n as f64)),
            DeValue::Float(n) => n.as_str().parse().ok().map(Scalar::Number),
            _ => None,
        };
        let items: Vec<Option<Scalar>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().map(one).collect(),
            _ => vec![one(value)],
        };
        if items.iter().any(Option::is_none) {
            self.wrong(key, value, "a text, a number, true or false, or a list of them", mistakes);
        }
        items.into_iter().flatten().collect()
    }

    /// A table inside this one.
    pub fn table(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Table<'t>> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Table::of(table, value.span(), self.offset)),
            _ => {
                self.wrong(key, value, "a table", mistakes);
                None
            }
        }
    }

    /// A list of tables; empty where the key is missing.
    pub fn tables(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<Table<'t>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, "a list of tables", mistakes);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Table::of(table, item.span(), self.offset)),
                _ => self.wrong(key, item, "a list of tables", mistakes),
            }
        }
        tables
    }

    /// A day: a TOML date, or a text such as `2026-04-26`.
    pub fn date(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<jiff::civil::Date> {
        let value = self.take(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => {
                self.wrong(key, value, "a day", mistakes);
                return None;
            }
        };
        let day = text.parse().ok();
        if day.is_none() {
            let span = self.shift(value.span());
            mistakes.push(Mistake::new(span, format!("`{text}` is no day")).help("write it as `2026-04-26`"));
        }
        day
    }

    /// A day that has to be there.
    pub fn required_date(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<jiff::civil::Date> {
        if !self.has(key) {
            self.known.push(key.to_owned());
            mistakes.push(Mistake::new(self.span(), format!("`{key}` is missing")));
            return None;
        }
        self.date(key, mistakes)
    }

    /// Ends the reading: keys that nobody took are mistakes.
    pub fn finish(self, mistakes: &mut Vec<Mistake>) {
        for (key, (span, _)) in &self.entries {
            let span = self.shift(span.clone());
            let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
            mistakes.push(unknown_word(span, &format!("`{key}` is not known here"), key, &known));
        }
    }
}

/// A text, a number or a flag.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// A word outside a closed list, with the one that was probably meant.
pub fn unknown_word(span: Range<usize>, what: &str, word: &str, known: &[&str]) -> Mistake {
    let mistake = Mistake::new(span, what);
    match did_you_mean(word, known.iter().copied()) {
        Some(meant) => mistake.help(format!("did you mean `{meant}`?")),
        None if known.len() <= 40 => mistake.help(format!("known are {}", known.join(", "))),
        None => mistake,
    }
}
