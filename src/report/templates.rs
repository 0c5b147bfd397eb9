//! The templates inside the binary, and the engine that fills them.

use super::export::is_invisible;
use super::filters;
use include_dir::{Dir, include_dir};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value, escape_formatter};
use serde::Serialize;
use std::sync::OnceLock;

static REPORTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports");

/// Instructions of the engine for one page; the longest report takes 60,000 (`reports/README.md`).
/// It ends a template that would never end.
const FUEL: u64 = 5_000_000;

/// A page from its template. Escaping is on for names in `.html`, and a key that is missing is an error.
pub(super) fn html(template: &str, context: &impl Serialize) -> Result<String, Error> {
    filled(template, context)
}

/// A text from its template. What does not end in `.html`, `.svg` or `.xml` escapes by filters of its own: `md`, `plain`.
pub(super) fn filled(template: &str, context: &impl Serialize) -> Result<String, Error> {
    environment()?.get_template(template)?.render(Serde(context))
}

/// The engine with all templates, made once: a report of a large site is thousands of pages.
fn environment() -> Result<&'static Environment<'static>, Error> {
    static ONCE: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(environment) = ONCE.get() {
        return Ok(environment);
    }
    let made = made()?;
    Ok(ONCE.get_or_init(|| made))
}

fn made() -> Result<Environment<'static>, Error> {
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
    environment.add_filter("points", filters::points);
    environment.add_filter("signed", filters::signed);
    environment.add_filter("percent", filters::percent);
    environment.add_filter("count", filters::count);
    environment.add_filter("date", filters::date);
    environment.add_filter("day", filters::day);
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
