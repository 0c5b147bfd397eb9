//! The forms of a page: what they ask, how each field is labelled, and what kind of form it is.

use super::dom::{Dom, fold_space};
use super::form_kinds::{field_kind, form_kind};
use super::lexicon::Words;
use super::names::{accessible_name, content, visible_label};
use crate::model::{Exposure, PageUrl};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// Kinds of field that say who somebody is.
const PERSONAL: &[&str] = &[
    "name",
    "given-name",
    "family-name",
    "email",
    "tel",
    "street-address",
    "address-line1",
    "address-line2",
    "bday",
    "ssn",
    "cc-number",
    "case-number",
    "signature",
];

/// Kinds of field that people hesitate to fill in.
const SENSITIVE: &[&str] = &["ssn", "bday", "sex", "ethnicity", "cc-number"];

/// A form, or the controls outside any form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// `search`, `login`, `contact`, `application` …; `other` where no sign speaks for one.
    pub kind: String,
    /// Where it is sent, absolute; `None` for controls outside any form.
    pub action: Option<String>,
    /// Whether the source names an unencrypted address (`http:`) to send it to.
    pub in_clear: bool,
    /// `get` or `post`.
    pub method: String,
    /// Whether these are controls outside any `<form>`.
    pub implicit: bool,
    /// What a person must deal with; a set of radio buttons is one.
    pub fields: Vec<Field>,
    /// Whether it has a button that sends it.
    pub has_submit: bool,
    /// Whether it has a button that empties it.
    pub has_reset: bool,
    /// What its buttons are called.
    pub buttons: Vec<String>,
    /// Line in the source, from 1.
    pub line: u32,
    /// Index of the element; only while the page is read.
    #[serde(skip)]
    pub node: u32,
}

/// A question of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The `name` attribute.
    pub name: String,
    /// The type of control: `text`, `select`, `textarea`, `radio` …
    #[serde(rename = "type")]
    pub control: String,
    /// What it asks for, in the vocabulary of HTML's autocomplete tokens.
    pub kind: String,
    /// The label in sight; for a set of radio buttons its legend.
    pub label: String,
    /// Its accessible name.
    pub accessible_name: String,
    /// The `placeholder` attribute.
    pub placeholder: String,
    /// Whether the source requires an answer.
    pub required: bool,
    /// Whether the label or legend says that it is required or optional.
    pub says_required: bool,
    /// The `autocomplete` token.
    pub autocomplete: Option<String>,
    /// The `maxlength` attribute.
    pub maxlength: Option<u32>,
    /// Number of options, of a select or of a set.
    pub options: u32,
    /// Whether a hint is tied to it (`aria-describedby`).
    pub has_hint: bool,
    /// Whether a `pattern` limits the answer.
    pub has_pattern: bool,
    /// Whether it stands in a named group; `None` where none is needed.
    pub in_group: Option<bool>,
    /// Line in the source, from 1.
    pub line: u32,
    /// Whether only a style could tell that a person can meet it.
    pub unknown: bool,
    /// Index of the element; only while the page is read.
    #[serde(skip)]
    pub node: u32,
}

impl Form {
    /// Number of questions.
    pub fn questions(&self) -> usize {
        self.fields.len()
    }

    /// Fields that say who somebody is.
    pub fn personal(&self) -> usize {
        self.fields.iter().filter(|f| PERSONAL.contains(&f.kind.as_str())).count()
    }

    /// Fields that people hesitate to fill in.
    pub fn sensitive(&self) -> usize {
        self.fields.iter().filter(|f| SENSITIVE.contains(&f.kind.as_str())).count()
    }

    /// Minutes to fill it in, by the keystroke-level model of Card, Moran and Newell (K 0.28 s,
    /// P 1.10 s, H 0.40 s, M 1.35 s), with answer lengths that are our choice.
    pub fn minutes(&self) -> f64 {
        let (k, p, h, m) = (0.28, 1.10, 0.40, 1.35);
        let seconds = |field: &Field| match (field.control.as_str(), field.kind.as_str()) {
            ("radio" | "checkbox", _) => m + p + 0.2,
            ("select", _) => m + 2.0 * p + 0.4,
            ("file", _) => 30.0,
            ("textarea", _) => m + p + 2.0 * h + k * 120.0,
            (_, "email") => m + p + 2.0 * h + k * 22.0,
            (_, "tel") => m + p + 2.0 * h + k * 10.0,
            (_, "postal-code") => m + p + 2.0 * h + k * 5.0,
            (_, "street-address" | "address-line1") => m + p + 2.0 * h + k * 18.0,
            _ => m + p + 2.0 * h + k * 10.0,
        };
        self.fields.iter().map(seconds).sum::<f64>() / 60.0
    }
}

/// The forms of a page in document order; controls outside any form come last as one more.
pub fn forms(dom: &Dom, page: &PageUrl, base: &Url, words: Option<&Words>) -> Vec<Form> {
    let mut owners: BTreeMap<u32, usize> = BTreeMap::new();
    let mut forms: Vec<Form> = Vec::new();
    for i in dom.elements().filter(|&i| dom.tag(i) == "form" && dom.node(i).exposure != Exposure::Hidden) {
        owners.insert(i, forms.len());
        forms.push(empty_form(dom, i, page, base));
    }
    let mut implicit = Form {
        kind: String::new(),
        action: None,
        in_clear: false,
        method: "get".to_owned(),
        implicit: true,
        fields: Vec::new(),
        has_submit: false,
        has_reset: false,
        buttons: Vec::new(),
        line: 0,
        node: 0,
    };
    let mut sets: BTreeSet<(Option<usize>, String)> = BTreeSet::new();
    for i in dom.elements() {
        let is_control = matches!(dom.tag(i), "input" | "select" | "textarea" | "button");
        if !is_control || dom.node(i).exposure == Exposure::Hidden || is_honeypot(dom, i) {
            continue;
        }
        let owner = owner(dom, i).and_then(|form| owners.get(&form).copied());
        let form = match owner {
            Some(at) => &mut forms[at],
            None => &mut implicit,
        };
        let control = control_type(dom, i);
        match control.as_str() {
            "submit" | "image" => {
                form.has_submit = true;
                form.buttons.push(accessible_name(dom, i));
            }
            "reset" => form.has_reset = true,
            "button" => form.buttons.push(accessible_name(dom, i)),
            _ => {
                let name = dom.attr(i, "name").unwrap_or("").to_owned();
                // A set of radio buttons, or of checkboxes with one name, is one question.
                let is_set = matches!(control.as_str(), "radio" | "checkbox") && !name.is_empty();
                if is_set && !sets.insert((owner, format!("{control} {name}"))) {
                    if let Some(first) = form.fields.iter_mut().rev().find(|f| f.name == name && f.control == control) {
                        first.options += 1;
                        first.required |= dom.attr(i, "required").is_some();
                    }
                    continue;
                }
                if form.implicit && form.line == 0 {
                    form.line = dom.node(i).line;
                    form.node = i;
                }
                form.fields.push(field(dom, i, control, name, words));
            }
        }
    }
    if !implicit.fields.is_empty() {
        forms.push(implicit);
    }
    forms.retain(|f| !f.fields.is_empty() || f.has_submit);
    for form in &mut forms {
        form.kind = form_kind(dom, form, words);
        mark_groups(dom, form);
    }
    forms
}

fn empty_form(dom: &Dom, i: u32, page: &PageUrl, base: &Url) -> Form {
    let action = dom.attr(i, "action").map(str::trim).filter(|a| !a.is_empty());
    let in_clear = action.is_some_and(|a| a.to_ascii_lowercase().starts_with("http:"));
    let action =
        action.map_or_else(|| page.to_string(), |a| base.join(a).map_or_else(|_| a.to_owned(), |u| u.to_string()));
    Form {
        kind: String::new(),
        action: Some(action),
        in_clear,
        method: dom
            .attr(i, "method")
            .map_or("get", |m| if m.trim().eq_ignore_ascii_case("post") { "post" } else { "get" })
            .to_owned(),
        implicit: false,
        fields: Vec::new(),
        has_submit: false,
        has_reset: false,
        buttons: Vec::new(),
        line: dom.node(i).line,
        node: i,
    }
}

/// The form that a control belongs to: by its `form` attribute, else the one around it.
fn owner(dom: &Dom, i: u32) -> Option<u32> {
    match dom.attr(i, "form") {
        Some(id) => dom.by_id(id),
        None => dom.closest(i, &["form"]),
    }
}

/// A field that only a robot fills in: no key leads to it, and it stands far outside the window or is
/// kept from assistive technology.
fn is_honeypot(dom: &Dom, i: u32) -> bool {
    let is_away = |a: u32| {
        dom.attr(a, "aria-hidden") == Some("true")
            || dom.attr(a, "style").is_some_and(|style| {
                let style: String = style.split_whitespace().collect();
                style.contains("position:absolute")
                    && [":-999", ":-5000", ":-1000"].iter().any(|far| style.contains(far))
            })
    };
    dom.attr(i, "tabindex").is_some_and(|t| t.trim() == "-1") && dom.ancestors_and_self(i).take(6).any(is_away)
}

fn control_type(dom: &Dom, i: u32) -> String {
    match dom.tag(i) {
        "button" => dom
            .attr(i, "type")
            .map(|t| t.trim().to_ascii_lowercase())
            .filter(|t| t == "reset" || t == "button")
            .unwrap_or_else(|| "submit".to_owned()),
        "input" => match dom.attr(i, "type").map(|t| t.trim().to_ascii_lowercase()) {
            Some(t) if !t.is_empty() => t,
            _ => "text".to_owned(),
        },
        other => other.to_owned(),
    }
}

fn field(dom: &Dom, i: u32, control: String, name: String, words: Option<&Words>) -> Field {
    let node = dom.node(i);
    let is_choice = matches!(control.as_str(), "radio" | "checkbox");
    let own_label = visible_label(dom, i);
    let accessible = accessible_name(dom, i);
    let legend = if is_choice { group_name(dom, i) } else { String::new() };
    let label = if control == "radio" && !legend.is_empty() { legend } else { own_label };
    let label = if label.is_empty() { labelled_by_text(dom, i) } else { label };
    let placeholder = dom.attr(i, "placeholder").map(fold_space).unwrap_or_default();
    let autocomplete = dom.attr(i, "autocomplete").map(|a| a.trim().to_ascii_lowercase()).filter(|a| !a.is_empty());
    let shown = format!("{label} {}", group_name(dom, i));
    let says_required = label.contains('*')
        || words.is_some_and(|w| w.set("required").occur_in(&shown) || w.set("optional").occur_in(&shown));
    Field {
        kind: field_kind(dom, i, &control, &name, &label, &placeholder, autocomplete.as_deref(), words),
        required: dom.attr(i, "required").is_some() || dom.attr(i, "aria-required") == Some("true"),
        says_required,
        maxlength: dom.attr(i, "maxlength").and_then(|m| m.trim().parse().ok()),
        options: match control.as_str() {
            "select" => u32::try_from(dom.inside(i).filter(|&j| dom.tag(j) == "option").count()).unwrap_or(u32::MAX),
            _ => u32::from(is_choice),
        },
        has_hint: dom.attr(i, "aria-describedby").is_some(),
        has_pattern: dom.attr(i, "pattern").is_some(),
        in_group: None,
        line: node.line,
        unknown: node.exposure == Exposure::Unknown,
        node: i,
        name,
        control,
        label,
        accessible_name: accessible,
        placeholder,
        autocomplete,
    }
}

/// Text in sight that an `aria-labelledby` names.
fn labelled_by_text(dom: &Dom, i: u32) -> String {
    let Some(ids) = dom.attr(i, "aria-labelledby") else { return String::new() };
    let visible = |&at: &u32| dom.node(at).exposure != Exposure::Hidden;
    let parts: Vec<String> = ids
        .split_ascii_whitespace()
        .filter_map(|id| dom.by_id(id))
        .filter(visible)
        .map(|at| content(dom, at))
        .collect();
    fold_space(&parts.join(" "))
}

/// The name of the group around a control: a legend, or the name of a group role.
fn group_name(dom: &Dom, i: u32) -> String {
    let group = dom.ancestors_and_self(i).skip(1).find(|&a| {
        dom.tag(a) == "fieldset" || dom.attr(a, "role").is_some_and(|r| matches!(r.trim(), "group" | "radiogroup"))
    });
    group.map(|g| accessible_name_of_group(dom, g)).unwrap_or_default()
}

fn accessible_name_of_group(dom: &Dom, group: u32) -> String {
    if dom.tag(group) == "fieldset" {
        return accessible_name(dom, group);
    }
    // A group role is named by its author only, never by its content.
    let named = ["aria-label", "aria-labelledby", "title"].iter().any(|a| dom.attr(group, a).is_some());
    if named { accessible_name(dom, group) } else { String::new() }
}

/// Radio buttons, and checkboxes that share a name, need a name for the whole set.
fn mark_groups(dom: &Dom, form: &mut Form) {
    for field in &mut form.fields {
        let is_set = field.options > 1 && matches!(field.control.as_str(), "radio" | "checkbox");
        field.in_group = is_set.then(|| !group_name(dom, field.node).is_empty());
    }
}

/// Whether the form is sent to another host than that of the page.
pub fn is_sent_away(form: &Form, page: &PageUrl) -> bool {
    let action = form.action.as_deref().and_then(|a| PageUrl::parse(a).ok());
    action.is_some_and(|a| a.host() != page.host())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    fn read(html: &str) -> Vec<Form> {
        let lexicon = Lexicon::for_tests();
        let page = PageUrl::parse("http://milltown.example/permit/").expect("a valid address");
        let dom = Dom::parse(html, &lexicon);
        forms(&dom, &page, &page.to_url(), lexicon.words("en"))
    }

    #[track_caller]
    fn check_questions(html: &str, expected: usize) {
        assert_eq!(read(html).iter().map(Form::questions).sum::<usize>(), expected);
    }

    #[test]
    fn questions_are_what_a_person_answers() {
        check_questions("<form><input type=hidden name=t><input name=a><button>Go</button></form>", 1);
        check_questions(
            "<form><input type=radio name=a><input type=radio name=a><input type=checkbox name=b></form>",
            2,
        );
        check_questions("<form id=f></form><input form=f name=a><p><input name=b></p>", 2);
        check_questions("<form hidden><input name=a></form>", 0);
        let honeypot = "<div style='position: absolute; left: -5000px'><input name=b_12 tabindex=-1></div>";
        check_questions(&format!("<form><input name=a>{honeypot}</form>"), 1);
    }

    #[test]
    fn kinds_come_from_tokens_types_and_words() {
        let kinds = |html: &str| read(html)[0].fields.iter().map(|f| f.kind.clone()).collect::<Vec<_>>();
        assert_eq!(
            kinds(
                "<form><input autocomplete='section-a given-name'><input type=email><label>Last name <input></label><input name=zipCode></form>"
            ),
            ["given-name", "email", "family-name", "postal-code"]
        );
    }

    #[test]
    fn groups_need_a_name() {
        let groups = |html: &str| read(html)[0].fields[0].in_group;
        assert_eq!(groups("<form><input type=radio name=a><input type=radio name=a></form>"), Some(false));
        assert_eq!(
            groups(
                "<form><fieldset><legend>Size</legend><input type=radio name=a><input type=radio name=a></fieldset></form>"
            ),
            Some(true)
        );
        assert_eq!(groups("<form><input type=checkbox name=a></form>"), None);
    }

    #[test]
    fn kinds_of_forms() {
        let kind = |html: &str| read(html)[0].kind.clone();
        assert_eq!(kind("<form role=search><input name=q></form>"), "search");
        assert_eq!(kind("<form><input name=user><input type=password name=p><button>Sign in</button></form>"), "login");
        assert_eq!(
            kind(
                "<h2>Contact us</h2><form><input type=email><textarea></textarea><button>Send message</button></form>"
            ),
            "contact"
        );
    }
}
