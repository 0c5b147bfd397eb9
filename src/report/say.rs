//! `t(key, …)` of templates: a sentence of the report's language with its values. In HTML a text may set words
//! apart: `**strong**`, `` `code` ``, and `[words](name)` as a link to the value called `name`.

use super::export::is_invisible;
use super::filters;
use super::words::Words;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{AutoEscape, Error, ErrorKind, HtmlEscape, State, Value};
use std::sync::Arc;

/// The function, for the words of one language.
pub(super) fn say(words: &Arc<Words>) -> impl Fn(&State<'_, '_>, &str, Kwargs) -> Result<Value, Error> + use<> {
    let words = Arc::clone(words);
    move |state, key, values| {
        let is_attribute = values.get::<Option<bool>>("attr")?.unwrap_or(false);
        let Some(sentence) = words.sentence(key) else {
            // A code without words of its own, as a key of a list that a person wrote.
            let instead: Option<Value> = values.get("default")?;
            return instead
                .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no text has the key {key}")));
        };
        let n: Option<Value> = values.get("n")?;
        let text = words.form(sentence, n.and_then(|n| f64::try_from(n).ok()));
        let page = Page { words: &words, values: &values, is_html: *state.auto_escape() == AutoEscape::Html };
        if !page.is_html {
            return Ok(Value::from(page.plain(text)?));
        }
        let html = page.html(text)?;
        Ok(Value::from_safe_string(if is_attribute { html.replace('"', "&quot;") } else { html }))
    }
}

struct Page<'w> {
    words: &'w Words,
    values: &'w Kwargs,
    is_html: bool,
}

impl Page<'_> {
    /// A value as it stands in a sentence: a number as it is written, a text without harm.
    fn value(&self, name: &str) -> Result<String, Error> {
        let value: Value = self.values.get(name).map_err(|_| {
            Error::new(ErrorKind::MissingArgument, format!("the sentence has a place for {name}, and no value came"))
        })?;
        Ok(match value.kind() {
            ValueKind::Number => filters::count(&self.words.numbers, f64::try_from(value).unwrap_or_default()),
            ValueKind::String if self.is_html && !value.is_safe() => {
                let text = value.as_str().unwrap_or_default().replace(is_invisible, "\u{fffd}");
                HtmlEscape(&text).to_string()
            }
            ValueKind::None | ValueKind::Undefined => String::new(),
            _ => value.to_string(),
        })
    }

    fn plain(&self, text: &str) -> Result<String, Error> {
        let mut out = String::with_capacity(text.len());
        self.values_into(text, &mut out, str::to_owned)?;
        Ok(out)
    }

    /// Text with the values at their places.
    fn values_into(&self, text: &str, out: &mut String, shown: impl Fn(&str) -> String) -> Result<(), Error> {
        let mut rest = text;
        while let Some((before, name, after)) = place(rest) {
            out.push_str(&shown(before));
            out.push_str(&self.value(name)?);
            rest = after;
        }
        out.push_str(&shown(rest));
        Ok(())
    }

    fn html(&self, text: &str) -> Result<String, Error> {
        let mut out = String::with_capacity(text.len() + 32);
        let (mut strong, mut code) = (false, false);
        let mut rest = text;
        while let Some(at) = rest.find(['*', '`', '[']) {
            let (before, after) = rest.split_at(at);
            self.values_into(before, &mut out, escaped)?;
            rest = after;
            if let Some(after) = rest.strip_prefix("**") {
                out.push_str(if strong { "</strong>" } else { "<strong>" });
                (strong, rest) = (!strong, after);
            } else if let Some(after) = rest.strip_prefix('`') {
                out.push_str(if code { "</code>" } else { "<code>" });
                (code, rest) = (!code, after);
            } else if let Some((words, name, after)) = link(rest).filter(|_| !code) {
                out.push_str("<a href=\"");
                out.push_str(&self.value(name)?);
                out.push_str("\">");
                // The words of a link hold no link, so this goes one step deep.
                out.push_str(&self.html(words)?);
                out.push_str("</a>");
                rest = after;
            } else {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
        self.values_into(rest, &mut out, escaped)?;
        Ok(out)
    }
}

/// What stands before the first place for a value, its name, and what comes after.
fn place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, after) = text.split_once('{')?;
    let (name, after) = after.split_once('}')?;
    Some((before, name, after))
}

/// The words of a link at the start of a text, the name of where it leads, and what comes after.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, after) = text.strip_prefix('[')?.split_once("](")?;
    let (name, after) = after.split_once(')')?;
    (!words.contains('[')).then_some((words, name, after))
}

/// A text of ours: quotation marks stay as they are, so that pages read well as source.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
