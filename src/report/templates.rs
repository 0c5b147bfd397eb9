//! The templates inside the binary, and the engine that fills them.

use super::export::is_invisible;
use super::house::HouseLook;
use super::words::{FIRST, Words};
use super::{filters, say};
use include_dir::{Dir, include_dir};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value, escape_formatter};
use std::sync::Arc;

static REPORTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports");

/// Instructions of the engine for one page; the longest report takes 60,000 (`reports/README.md`).
/// It ends a template that would never end.
const FUEL: u64 = 5_000_000;

/// The engine with all templates, for the words of one language.
pub(super) fn engine(words: &Arc<Words>, brand: &HouseLook) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
        Some("html" | "svg" | "xml") => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    // No sign of a page turns the direction of what stands around it.
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() && text.contains(is_invisible) => {
            let shown = Value::from(text.replace(is_invisible, "\u{fffd}"));
            escape_formatter(out, state, &shown)
        }
        _ => escape_formatter(out, state, value),
    });
    let with = Arc::clone(words);
    environment.add_filter("points", move |value: f64| filters::points(&with.numbers, value));
    let with = Arc::clone(words);
    environment.add_filter("signed", move |value: f64| filters::signed(&with.numbers, value));
    let with = Arc::clone(words);
    environment.add_filter("percent", move |share: f64| filters::percent(&with.numbers, share));
    let with = Arc::clone(words);
    environment.add_filter("count", move |value: f64| filters::count(&with.numbers, value));
    let with = Arc::clone(words);
    environment.add_filter("date", move |text: &str| filters::date(&with.dates, text));
    let with = Arc::clone(words);
    environment.add_filter("day", move |text: &str| filters::day(&with.dates, text));
    environment.add_function("t", say::say(words));
    environment.add_global("brand", Value::from(Serde(brand)));
    // Titles and texts of rules stay as they are written; a page in another language says so of them.
    let of_rules = if words.tag == FIRST { String::new() } else { format!(" lang=\"{FIRST}\"") };
    environment.add_global("of_rules", Value::from_safe_string(of_rules));
    environment.add_filter("short", filters::short);
    environment.add_filter("md", filters::md);
    environment.add_filter("plain", filters::plain);
    environment.add_filter("xml", filters::xml);
    for file in REPORTS.files() {
        let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) else { continue };
        if [".html", ".css", ".md", ".svg", ".txt", ".xml"].iter().any(|end| name.ends_with(end)) && name != "README.md"
        {
            environment.add_template(name, text)?;
        }
    }
    Ok(environment)
}
