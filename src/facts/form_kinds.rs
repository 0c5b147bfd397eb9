//! What kind a form or a field is, told from its tokens, types, names and the words around it.

use super::dom::{Dom, fold_space};
use super::forms::Form;
use super::lexicon::Words;
use super::names::content;
use crate::model::Exposure;
use std::collections::BTreeMap;

#[allow(clippy::too_many_arguments, reason = "the signs of a field's kind, each read once")]
pub(super) fn field_kind(
    dom: &Dom,
    i: u32,
    control: &str,
    name: &str,
    label: &str,
    placeholder: &str,
    autocomplete: Option<&str>,
    words: Option<&Words>,
) -> String {
    match control {
        "file" => return "file".to_owned(),
        "search" => return "search".to_owned(),
        "password" => {
            return if autocomplete == Some("new-password") { "new-password" } else { "current-password" }.to_owned();
        }
        _ => {}
    }
    // The last word of the attribute is the token; section and shipping words come before it.
    let token = autocomplete.and_then(|a| a.split_ascii_whitespace().last()).filter(|t| !matches!(*t, "on" | "off"));
    if let Some(token) = token {
        return token.to_owned();
    }
    match control {
        "email" => return "email".to_owned(),
        "tel" => return "tel".to_owned(),
        "url" => return "url".to_owned(),
        _ => {}
    }
    let Some(words) = words else { return "other".to_owned() };
    let id = dom.attr(i, "id").unwrap_or("");
    let by_words = |place: &str, text: &str| words.field_kinds.best(place, text).map(|(kind, _)| kind.to_owned());
    by_words("label", label)
        .or_else(|| by_words("label", placeholder))
        .or_else(|| by_words("label", dom.attr(i, "aria-label").or(dom.attr(i, "title")).unwrap_or("")))
        .or_else(|| by_words("name", &spaced(name)))
        .or_else(|| by_words("name", &spaced(id)))
        .unwrap_or_else(|| if control == "textarea" { "message" } else { "other" }.to_owned())
}

/// `firstName`, `first_name`, `first-name[0]` as words.
pub(super) fn spaced(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            out.push(' ');
        }
        out.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    fold_space(&out)
}

pub(super) fn form_kind(dom: &Dom, form: &Form, words: Option<&Words>) -> String {
    let has = |kind: &str| form.fields.iter().any(|f| f.kind == kind);
    let is_search_role =
        dom.ancestors_and_self(form.node).any(|a| dom.attr(a, "role") == Some("search") || dom.tag(a) == "search");
    if (form.fields.len() <= 3 && has("search")) || is_search_role {
        return "search".to_owned();
    }
    if has("current-password") && form.fields.len() <= 4 {
        return "login".to_owned();
    }
    let Some(words) = words else { return "other".to_owned() };
    let mut tally = BTreeMap::new();
    for button in &form.buttons {
        words.form_kinds.cast("button", button, &mut tally);
    }
    if let Some(action) = &form.action {
        let path = action.split(['?', '#']).next().unwrap_or("");
        words.form_kinds.cast("action", &spaced(path.split_once("://").map_or(path, |(_, rest)| rest)), &mut tally);
    }
    words.form_kinds.cast("heading", &heading_before(dom, form.node), &mut tally);
    if has("new-password") {
        *tally.entry("registration".to_owned()).or_insert(0.0) += 2.0;
    }
    if has("cc-number") || has("amount") {
        *tally.entry("payment".to_owned()).or_insert(0.0) += 2.0;
    }
    if has("email") && form.fields.len() <= 2 {
        *tally.entry("newsletter".to_owned()).or_insert(0.0) += 1.0;
    }
    if has("message") && (has("email") || has("tel")) && form.fields.len() <= 8 {
        *tally.entry("contact".to_owned()).or_insert(0.0) += 1.5;
    }
    if form.personal() >= 3 && form.fields.len() >= 6 {
        *tally.entry("application".to_owned()).or_insert(0.0) += 1.0;
    }
    let best = tally.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    best.filter(|(_, weight)| *weight >= 1.0).map_or_else(|| "other".to_owned(), |(kind, _)| kind)
}

/// The heading that the form stands under: inside it, else the last before it.
fn heading_before(dom: &Dom, form: u32) -> String {
    let is_heading = |&i: &u32| {
        matches!(dom.tag(i), "h1" | "h2" | "h3" | "h4" | "legend") && dom.node(i).exposure != Exposure::Hidden
    };
    let inside = dom.inside(form).find(is_heading);
    // At most 2,000 nodes back (our choice), so that many forms on a page stay linear.
    let before = || (form.saturating_sub(2_000)..form).rev().find(is_heading);
    inside.or_else(before).map(|i| content(dom, i)).unwrap_or_default()
}
