//! The examples of a rule: small pages with the number of findings they must have.

use super::file::Fence;
use crate::mistakes::Mistake;
use crate::model::RenderNotes;
use serde_json::Value;
use std::collections::BTreeMap;

/// What an example expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Exactly so many findings.
    Findings(usize),
    /// The rule must answer *could not tell*.
    CouldNotTell,
}

/// An example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it expects.
    pub expected: Expectation,
    /// Options such as `max=2`, in the order of their names.
    pub options: BTreeMap<String, String>,
    /// Its pages; one at `/` where the example names none.
    pub pages: Vec<ExamplePage>,
    /// Whether it names its pages, and so is a whole site.
    pub is_site: bool,
    /// Line of the fence in the rule file, from 1.
    pub line: usize,
}

/// A page of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExamplePage {
    /// Path, from `/`.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub media_type: String,
    /// Where a redirect leads.
    pub to: Option<String>,
    /// Whether it is what an address that should not exist is answered with.
    pub is_probe: bool,
    /// Whether a crawl stopped there, because the site leads on without end.
    pub is_endless: bool,
    /// What a browser noted while it drew the page, where the example says so: an object like that of the
    /// snapshot, in which `at` may be a selector instead of a number.
    pub drawn: Option<Value>,
    /// Source.
    pub html: String,
}

/// The example in a fence; `None` for a fence that is none.
pub(super) fn example(fence: &Fence, source: &str, mistakes: &mut Vec<Mistake>) -> Option<Example> {
    let mut words = fence.info.split_whitespace();
    if words.next() != Some("html") {
        return None;
    }
    let span = fence.span.start..fence.span.start + 3 + fence.info.len();
    let (mut expected, mut options) = (None, BTreeMap::new());
    for word in words {
        match word.split_once('=') {
            None if word == "bad" => expected = Some(Expectation::Findings(1)),
            None if word == "good" => expected = Some(Expectation::Findings(0)),
            None if word == "could-not-tell" => expected = Some(Expectation::CouldNotTell),
            Some(("bad", n)) if n.parse::<usize>().is_ok_and(|n| n > 0) => {
                expected = n.parse().ok().map(Expectation::Findings);
            }
            Some((key, value)) => {
                options.insert(key.to_owned(), value.to_owned());
            }
            None => mistakes.push(
                Mistake::new(span.clone(), format!("`{word}` means nothing here"))
                    .help("an example is `bad`, `bad=3`, `good` or `could-not-tell`, with options like max=2"),
            ),
        }
    }
    let Some(expected) = expected else {
        mistakes.push(
            Mistake::new(span, "what does this example expect?")
                .help("write `html bad`, `html good` or `html could-not-tell`"),
        );
        return None;
    };
    let line = source[..fence.span.start].matches('\n').count() + 1;
    let is_site = fence.text.trim_start().starts_with("<!-- page:");
    let pages = if is_site {
        site_pages(fence, mistakes)
    } else {
        vec![ExamplePage {
            path: "/".to_owned(),
            status: 200,
            media_type: "text/html".to_owned(),
            to: None,
            is_probe: false,
            is_endless: false,
            drawn: drawn(&fence.text, fence, mistakes),
            html: fence.text.clone(),
        }]
    };
    Some(Example { expected, options, pages, is_site, line })
}

fn site_pages(fence: &Fence, mistakes: &mut Vec<Mistake>) -> Vec<ExamplePage> {
    let mut pages = Vec::new();
    for part in fence.text.split("<!-- page:").skip(1) {
        let (head, html) = part.split_once("-->").unwrap_or((part, ""));
        let mut words = head.split_whitespace();
        let mut page = ExamplePage {
            path: words.next().unwrap_or("/").to_owned(),
            status: 200,
            media_type: "text/html".to_owned(),
            to: None,
            is_probe: false,
            is_endless: false,
            drawn: drawn(html, fence, mistakes),
            html: html.trim_start_matches('\n').to_owned(),
        };
        for word in words {
            match word.split_once('=') {
                Some(("status", status)) if status.parse::<u16>().is_ok() => {
                    page.status = status.parse().unwrap_or(200);
                }
                Some(("type", media_type)) => page.media_type = media_type.to_owned(),
                Some(("to", path)) => {
                    page.to = Some(path.to_owned());
                    // A permanent redirect, unless the example says otherwise.
                    page.status = if (300..400).contains(&page.status) { page.status } else { 301 };
                }
                Some(("role", "probe")) => page.is_probe = true,
                Some(("trap", "endless")) => page.is_endless = true,
                _ => mistakes.push(Mistake::new(
                    fence.span.start..fence.span.start + 3,
                    format!(
                        "`{word}` means nothing for a page; known are status=, type=, to=, role=probe and trap=endless"
                    ),
                )),
            }
        }
        pages.push(page);
    }
    pages
}

/// What the comment `<!-- drawn: { … } -->` at the top of a page says that a browser noted.
fn drawn(html: &str, fence: &Fence, mistakes: &mut Vec<Mistake>) -> Option<Value> {
    let (told, _) = html.trim_start().strip_prefix("<!-- drawn:")?.split_once("-->")?;
    let mut wrong = |message: String| {
        let help =
            "write for instance <!-- drawn: { \"dialogs\": 1 } -->; docs/writing-rules.md lists what can be told";
        mistakes.push(Mistake::new(fence.span.start..fence.span.start + 3, message).help(help));
        None
    };
    let value: Value = match serde_json::from_str(told) {
        Ok(value) => value,
        Err(error) => return wrong(format!("what the browser drew cannot be read: {error}")),
    };
    let places = with_places(value.clone(), &|_| Some(0));
    let read = places
        .and_then(|places| serde_json::from_value::<RenderNotes>(places.clone()).ok().map(|notes| (places, notes)));
    let Some((places, notes)) = read else {
        return wrong("what the browser drew has a value of the wrong kind".to_owned());
    };
    let known = serde_json::to_value(notes).unwrap_or_default();
    match unknown(&places, &known) {
        Some(key) => wrong(format!("a browser notes nothing that is called `{key}`")),
        None => Some(value),
    }
}

/// The same with every `at` that is a selector replaced by the number of the element that `find` finds; `None`
/// where it finds none.
pub fn with_places(value: Value, find: &impl Fn(&str) -> Option<u32>) -> Option<Value> {
    Some(match value {
        Value::Object(map) => {
            let mut out = serde_json::Map::new();
            for (key, value) in map {
                let value = match value {
                    Value::String(selector) if key == "at" => find(&selector)?.into(),
                    value => with_places(value, find)?,
                };
                out.insert(key, value);
            }
            Value::Object(out)
        }
        Value::Array(list) => list.into_iter().map(|v| with_places(v, find)).collect::<Option<Vec<_>>>()?.into(),
        value => value,
    })
}

/// The first key that was told and is not known. What is nothing (0, false, empty) is left out by whoever knows.
fn unknown(told: &Value, known: &Value) -> Option<String> {
    match (told, known) {
        (Value::Object(told), Value::Object(known)) => told.iter().find_map(|(key, value)| match known.get(key) {
            Some(known) => unknown(value, known),
            None if matches!(value, Value::Bool(false) | Value::Null) || value.as_f64() == Some(0.0) => None,
            None => Some(key.clone()),
        }),
        (Value::Array(told), Value::Array(known)) => told.iter().zip(known).find_map(|(t, k)| unknown(t, k)),
        _ => None,
    }
}
