//! What kind a form or a field is, told from its tokens, types, names and the words around it: each sign
//! is a vote, and the kind with most votes is taken.

use super::Form;
use super::words::FormWords;
use crate::facts::access::name::content;
use crate::facts::dom::{Dom, fold_space};
use crate::model::Exposure;
use std::collections::BTreeMap;

/// Tokens of HTML's autocomplete attribute that say what is asked for.
const TOKENS: &[&str] = &[
    "name",
    "honorific-prefix",
    "given-name",
    "additional-name",
    "family-name",
    "honorific-suffix",
    "nickname",
    "organization-title",
    "username",
    "new-password",
    "current-password",
    "one-time-code",
    "organization",
    "street-address",
    "address-line1",
    "address-line2",
    "address-line3",
    "address-level4",
    "address-level3",
    "address-level2",
    "address-level1",
    "country",
    "country-name",
    "postal-code",
    "cc-name",
    "cc-given-name",
    "cc-additional-name",
    "cc-family-name",
    "cc-number",
    "cc-exp",
    "cc-exp-month",
    "cc-exp-year",
    "cc-csc",
    "cc-type",
    "transaction-currency",
    "transaction-amount",
    "language",
    "bday",
    "bday-day",
    "bday-month",
    "bday-year",
    "sex",
    "url",
    "photo",
    "tel",
    "tel-country-code",
    "tel-national",
    "tel-area-code",
    "tel-local",
    "tel-local-prefix",
    "tel-local-suffix",
    "tel-extension",
    "email",
    "impp",
];

/// The signs of a field's kind, each read once.
#[derive(Default)]
pub struct Signs<'a> {
    /// The type of control: `text`, `select`, `checkbox` …
    pub control: &'a str,
    /// The label in sight.
    pub label: &'a str,
    /// The placeholder.
    pub placeholder: &'a str,
    /// The accessible name where it is not the label.
    pub spoken: &'a str,
    /// Text beside the field that nothing ties to it.
    pub near: &'a str,
    /// The name of the set that it stands in.
    pub group: &'a str,
    /// The `name` attribute.
    pub name: &'a str,
    /// The `id` attribute.
    pub id: &'a str,
    /// The words of the first options.
    pub options: &'a str,
    /// The `autocomplete` attribute.
    pub token: Option<&'a str>,
}

/// Weights of the places where a word may stand, our choice: what people read says most, and what was
/// measured on real forms says that names in the source come close.
const LABEL: f64 = 1.6;
const SPOKEN: f64 = 1.2;
const PLACEHOLDER: f64 = 1.2;
const NEAR: f64 = 0.6;
const GROUP: f64 = 0.3;
const NAME: f64 = 1.0;
const ID: f64 = 0.5;
const PART: f64 = 0.45;
const OPTIONS: f64 = 1.5;

/// Votes below which no kind is named. Our choice: less than one weak word.
const LEAST: f64 = 0.4;

/// Bytes of a text that are read for words. Our choice: longer texts are explanations.
const READ: usize = 160;

/// The kind of a field and how sure it is.
pub fn field_kind(signs: &Signs<'_>, words: &FormWords) -> (String, f64) {
    let sure = |kind: &str| (kind.to_owned(), 0.95);
    // The last word of the attribute is the token; section and shipping words come before it.
    let token = signs.token.and_then(|a| a.split_ascii_whitespace().last()).filter(|t| TOKENS.contains(t));
    if let Some(token) = token {
        return sure(token);
    }
    match signs.control {
        "file" | "search" | "email" | "url" => return sure(signs.control),
        "password" => return ("current-password".to_owned(), 0.8),
        _ => {}
    }
    let votes = &words.fields;
    let mut tally: BTreeMap<&str, f64> = BTreeMap::new();
    let is_box = matches!(signs.control, "checkbox" | "radio");
    let label = if is_box { "box" } else { "label" };
    for (text, weight) in [
        (signs.label, LABEL),
        (signs.spoken, SPOKEN),
        (signs.placeholder, PLACEHOLDER),
        (signs.near, NEAR),
        (signs.group, GROUP),
    ] {
        if !text.is_empty() {
            votes.cast_longest(label, head(text), weight, &mut tally);
        }
    }
    let (name, id) = (spaced(signs.name), spaced(signs.id));
    for (text, weight) in [(&name, NAME), (&id, ID)] {
        if !text.is_empty() {
            votes.cast_longest(if is_box { "box-name" } else { "name" }, head(text), weight, &mut tally);
        }
    }
    if !is_box && tally.is_empty() {
        for text in [signs.name, signs.id] {
            votes.cast_longest("part", head(text), PART, &mut tally);
        }
    }
    if signs.control == "select" && !signs.options.is_empty() {
        votes.cast_longest("options", signs.options, OPTIONS, &mut tally);
    }
    if signs.control == "tel" {
        *tally.entry("tel").or_insert(0.0) += 1.0;
    }
    tally.retain(|kind, _| fits(kind, signs.control));
    match best(&tally) {
        Some(("bday", weight, sure)) if weight >= LEAST => (part_of_date(signs, words).to_owned(), sure),
        Some((kind, weight, sure)) if weight >= LEAST => (kind.to_owned(), sure),
        _ if signs.control == "textarea" => ("message".to_owned(), 0.5),
        _ => ("other".to_owned(), 0.3),
    }
}

/// A birth date, or the part of it that the names of the field say.
fn part_of_date<'w>(signs: &Signs<'_>, words: &'w FormWords) -> &'w str {
    let mut tally: BTreeMap<&str, f64> = BTreeMap::new();
    for text in [&spaced(signs.name), &spaced(signs.id)] {
        words.fields.cast_longest("date-of", text, 1.0, &mut tally);
    }
    // A name with all three parts in it is that of the whole date.
    match tally.len() {
        1 if signs.control != "date" => tally.into_keys().next().unwrap_or("bday"),
        _ => "bday",
    }
}

/// Whether a control can ask for that.
fn fits(kind: &str, control: &str) -> bool {
    match control {
        "checkbox" => !matches!(kind, "sex"),
        "select" => !matches!(
            kind,
            "name"
                | "given-name"
                | "family-name"
                | "email"
                | "message"
                | "search"
                | "username"
                | "captcha"
                | "url"
                | "address-line1"
                | "address-line2"
                | "street-address"
                | "current-password"
                | "consent"
                | "postal-code"
        ),
        "textarea" => {
            matches!(kind, "message" | "street-address" | "address-line1" | "subject" | "other" | "signature")
        }
        "date" | "month" | "datetime-local" | "time" | "week" => matches!(kind, "bday" | "cc-exp" | "date"),
        "number" | "range" => !matches!(kind, "name" | "message" | "search"),
        "radio" => !matches!(kind, "message" | "captcha"),
        _ => true,
    }
}

/// The kind with most votes, its votes, and how far the next one stands behind.
fn best<'k>(tally: &BTreeMap<&'k str, f64>) -> Option<(&'k str, f64, f64)> {
    let mut ranked: Vec<(&str, f64)> = tally.iter().map(|(k, w)| (*k, *w)).filter(|(_, w)| *w > 0.0).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let &(kind, weight) = ranked.first()?;
    let next = ranked.get(1).map_or(0.0, |(_, w)| *w);
    // A tie is a coin toss; two votes of weight 1 and none for another kind are near certain.
    let sure = (1.0 - next / weight) * (1.0 - libm::exp(-weight / 1.2));
    Some((kind, weight, ((0.3 + 0.68 * sure) * 100.0).round() / 100.0))
}

/// The start of a text, cut at a character.
fn head(text: &str) -> &str {
    let mut end = text.len().min(READ);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// `firstName`, `first_name`, `first-name[0]` as words.
fn spaced(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in head(name).chars() {
        if (c.is_uppercase() && before.is_lowercase()) || (c.is_ascii_digit() && before.is_alphabetic()) {
            out.push(' ');
        }
        out.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    fold_space(&out)
}

/// Tells the form's kind, and the kinds of fields that only the whole form tells.
pub(super) fn settle(dom: &Dom, form: &mut Form, words: &FormWords) {
    let (kind, confidence) = form_kind(dom, form, words);
    let passwords: Vec<usize> = (0..form.fields.len()).filter(|&at| form.fields[at].control == "password").collect();
    for (nth, &at) in passwords.iter().enumerate() {
        let field = &form.fields[at];
        if field.autocomplete.as_deref() == Some("current-password") {
            continue;
        }
        let called = format!("{} {}", field.called(), spaced(&field.name));
        let is_old = words.says("old", &called);
        let is_new = kind == "registration" || kind == "recovery" || passwords.len() > 1 && nth > 0;
        if !is_old && (is_new || words.says("again", &called)) {
            "new-password".clone_into(&mut form.fields[at].kind);
        }
    }
    match kind.as_str() {
        // What stands before a password is who signs in.
        "login" => {
            let first = passwords.first().copied().unwrap_or(form.fields.len());
            let free = |f: &super::Field| {
                matches!(f.control.as_str(), "text" | "tel")
                    && matches!(f.kind.as_str(), "other" | "name" | "case-number")
            };
            if let Some(field) = form.fields[..first].iter_mut().rev().find(|f| free(f)) {
                "username".clone_into(&mut field.kind);
            }
        }
        "search" => {
            let typed = |f: &super::Field| matches!(f.control.as_str(), "text" | "textarea") && f.kind == "other";
            if !form.fields.iter().any(|f| f.kind == "search")
                && let Some(field) = form.fields.iter_mut().find(|f| typed(f))
            {
                "search".clone_into(&mut field.kind);
            }
        }
        _ => {}
    }
    // What has a title to type in is a message, not a person.
    let has_message = form.fields.iter().any(|f| f.kind == "message");
    for field in form.fields.iter_mut().filter(|f| f.control == "text" && f.kind == "honorific-prefix") {
        if has_message { "subject" } else { "other" }.clone_into(&mut field.kind);
    }
    form.kind = kind;
    form.confidence = confidence;
}

/// Votes of what a form holds rather than of its words. The weights are our choice.
fn structure(dom: &Dom, form: &Form, vote: &mut dyn FnMut(&'static str, f64)) {
    let fields = &form.fields;
    let n = fields.len();
    let has = |kind: &str| fields.iter().any(|f| f.kind == kind);
    let passwords = fields.iter().filter(|f| f.control == "password").count();
    let typed = fields.iter().filter(|f| !matches!(f.control.as_str(), "radio" | "checkbox" | "select")).count();
    let is_search_role = !form.implicit
        && dom
            .ancestors_and_self(form.node)
            .take(4)
            .any(|a| dom.attr(a, "role") == Some("search") || dom.tag(a) == "search");
    if is_search_role {
        vote("search", 4.0);
    }
    if has("search") && passwords == 0 {
        vote("search", if typed <= 1 { 3.0 } else { 1.2 });
    }
    if form.method == "get" && !form.implicit && passwords == 0 && typed == 1 {
        vote("search", 0.7);
    }
    match passwords {
        0 => {
            vote("login", -2.0);
            vote("registration", -0.8);
        }
        1 if typed <= 3 => {
            vote("login", 2.5);
            vote("search", -3.0);
        }
        1 => vote("registration", 2.5),
        _ => {
            vote("registration", if n > 2 { 3.5 } else { 1.5 });
            vote("login", -2.0);
            vote("recovery", if n <= 3 { 1.0 } else { 0.0 });
        }
    }
    if passwords == 0 && typed == 1 && has("email") {
        vote("newsletter", 0.9);
        vote("recovery", 0.3);
    }
    if passwords == 0 && (2..=3).contains(&typed) && n <= 4 && has("email") && (has("name") || has("given-name")) {
        vote("newsletter", 0.9);
    }
    if passwords == 0 && has("username") && has("email") && typed >= 4 {
        vote("registration", 1.8);
    }
    if passwords == 0 && typed == 1 && has("username") {
        vote("recovery", 1.0);
    }
    if has("message") && passwords == 0 {
        vote("contact", if has("email") || has("name") || has("tel") { 2.5 } else { 1.0 });
    }
    if has("cc-number") {
        vote("payment", 3.0);
    }
    if has("amount") {
        vote("payment", 1.0);
    }
    if form.personal() >= 3 && typed >= 6 && passwords == 0 {
        vote("application", 1.2);
    }
    if has("ssn") || has("signature") || (has("bday") && has("family-name") && passwords == 0) {
        vote("application", 1.5);
    }
    if has("file") && typed <= 2 && passwords == 0 {
        vote("upload", 1.5);
    }
}

fn form_kind(dom: &Dom, form: &Form, words: &FormWords) -> (String, f64) {
    if form.fields.is_empty() && form.submits.is_empty() {
        return ("other".to_owned(), 0.5);
    }
    let votes = &words.forms;
    let mut tally: BTreeMap<&str, f64> = BTreeMap::new();
    let heads = if form.submits.is_empty() { &form.buttons } else { &form.submits };
    for button in heads.iter().take(3) {
        votes.cast_longest("button", head(button), 1.0, &mut tally);
    }
    if !form.implicit {
        let raw = dom.attr(form.node, "action").unwrap_or("");
        let path = raw.split(['?', '#']).next().unwrap_or("");
        let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, p)| p));
        votes.cast_longest("action", head(&spaced(path)), 1.0, &mut tally);
        votes.cast_longest("action-part", head(path), 0.5, &mut tally);
        let query = raw.split_once('?').map_or("", |(_, query)| query);
        votes.cast_longest("action", head(&spaced(query)), 0.7, &mut tally);
        votes.cast_longest("action-part", head(query), 0.4, &mut tally);
        for name in ["id", "name", "class", "aria-label"] {
            let value = dom.attr(form.node, name).unwrap_or("");
            votes.cast_longest("action", head(&spaced(value)), 0.9, &mut tally);
            votes.cast_longest("action-part", head(value), 0.6, &mut tally);
        }
    }
    for field in form.fields.iter().take(12) {
        votes.cast_longest("field", head(&spaced(&field.name)), 0.5, &mut tally);
    }
    votes.cast_longest("heading", head(&heading(dom, form)), 1.0, &mut tally);
    let links = words_inside(dom, form);
    votes.cast_longest("text", &links, 0.6, &mut tally);
    structure(dom, form, &mut |kind, weight| *tally.entry(kind).or_insert(0.0) += weight);
    match best(&tally) {
        Some((kind, weight, sure)) if weight >= 0.9 => (kind.to_owned(), sure),
        _ => ("other".to_owned(), 0.3),
    }
}

/// Nodes of a form whose short texts are read. Our choice: the first screen of it.
const INSIDE: usize = 150;

/// The short texts inside a form other than its labels: links and boxes such as "Forgot your password?".
fn words_inside(dom: &Dom, form: &Form) -> String {
    if form.implicit {
        return String::new();
    }
    let mut out = String::new();
    for j in dom.inside(form.node).take(INSIDE) {
        if !dom.node(j).is_element && out.len() < 400 {
            let text = dom.raw_text(j).trim();
            if !text.is_empty() && text.len() < 60 {
                out.push_str(text);
                out.push_str(" | ");
            }
        }
    }
    fold_space(&out)
}

/// The heading that the form stands under: inside it, else the last before it.
fn heading(dom: &Dom, form: &Form) -> String {
    let is_heading = |&i: &u32| {
        matches!(dom.tag(i), "h1" | "h2" | "h3" | "h4" | "legend")
            && (dom.node(i).exposure != Exposure::Hidden || dom.node(form.node).exposure == Exposure::Hidden)
    };
    let inside = dom.inside(form.node).take(1_000).find(is_heading);
    // At most 200 nodes back (our choice), so that many forms on a page stay linear.
    let before = || (form.node.saturating_sub(200)..form.node).rev().find(is_heading);
    inside.or_else(before).map(|i| content(dom, i)).unwrap_or_default()
}
