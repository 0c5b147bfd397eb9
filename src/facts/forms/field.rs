//! A question of a form: how it is labelled, what it takes, and how it behaves.

use super::SENSITIVE;
use super::around::{Around, Group};
use super::kinds::{Signs, field_kind};
use super::words::FormWords;
use crate::facts::access::name::{accessible_name, content, visible_label};
use crate::facts::dom::{Dom, fold_space, shorten};
use crate::facts::lexicon::Words;
use crate::model::Exposure;
use serde::{Deserialize, Serialize};

/// Characters that are kept of a label. Our choice.
const LABEL: usize = 300;

/// Options of a select whose words are read. Our choice: enough to see months, years or countries.
const OPTIONS: usize = 20;

/// Letters that a text beside a field needs to be a hint rather than a sign. Our choice.
const HINT: usize = 12;

/// How a field shows whether it has to be answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Not at all.
    #[default]
    None,
    /// A word says that it is required.
    Required,
    /// A star stands by it.
    Star,
    /// A word says that it is optional.
    Optional,
}

/// The limits that the source sets to an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The `maxlength` attribute, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maxlength: Option<u32>,
    /// The `minlength` attribute, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minlength: Option<u32>,
    /// The `pattern` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The `min` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The `max` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

/// What a field does, and how it stands to others; most fields do none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Traits {
    /// It goes on with the question before it, as the month of a date.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
    /// It asks once more for what the field before asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// Its source stops pasting.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_paste: bool,
    /// Its source sends the form or leaves the page when it is changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub acts: bool,
    /// Its source moves on to the next field by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub jumps: bool,
    /// It cannot be typed in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub readonly: bool,
    /// It comes with an answer in it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub filled: bool,
    /// It is marked as wrong.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invalid: bool,
    /// The message about what is wrong is tied to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub error_tied: bool,
}

/// A question of a form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The `name` attribute.
    pub name: String,
    /// The type of control: `text`, `select`, `textarea`, `radio` …
    #[serde(rename = "type")]
    pub control: String,
    /// What it asks for, in the vocabulary of HTML's autocomplete tokens and a few of ours.
    pub kind: String,
    /// How sure the kind is, 0 to 1.
    pub confidence: f64,
    /// The label in sight; for a set of radio buttons its legend.
    pub label: String,
    /// Its accessible name.
    pub accessible_name: String,
    /// The `placeholder` attribute.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placeholder: String,
    /// The text that explains it: tied to it, else beside it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Whether the hint is tied to it (`aria-describedby`).
    pub has_hint: bool,
    /// The legend or name of the group that it stands in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Whether the source requires an answer.
    pub required: bool,
    /// How it shows that.
    pub mark: Mark,
    /// The `autocomplete` attribute.
    pub autocomplete: Option<String>,
    /// The `inputmode` attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputmode: Option<String>,
    /// Limits to the answer.
    pub limits: Limits,
    /// Number of options, of a select or of a set.
    pub options: u32,
    /// Whether it stands in a named group; `None` where none is needed.
    pub in_group: Option<bool>,
    /// What it does.
    pub traits: Traits,
    /// Line in the source, from 1.
    pub line: u32,
    /// Whether only a style could tell that a person can meet it.
    pub unknown: bool,
    /// Index of the element; only while the page is read.
    #[serde(skip)]
    pub node: u32,
}

impl Field {
    /// What people would call it: its label, else its accessible name, placeholder or name.
    pub fn called(&self) -> &str {
        [&self.label, &self.group, &self.accessible_name, &self.placeholder, &self.name]
            .into_iter()
            .find(|text| !text.is_empty())
            .map_or("", String::as_str)
    }

    /// Whether people hesitate to answer it.
    pub fn is_sensitive(&self) -> bool {
        SENSITIVE.contains(&self.kind.as_str())
    }

    /// Takes in one more choice of a set.
    pub(super) fn add_option(&mut self, dom: &Dom, i: u32, words: &FormWords) {
        self.options += 1;
        self.required |= dom.attr(i, "required").is_some();
        self.traits.acts |= acts(dom, i, words);
        // From the second choice on, the set needs a name of its own.
        self.in_group = Some(!self.group.is_empty());
    }
}

/// What makes choices one set: the form, the name, and for boxes with numbered names their group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Set {
    form: usize,
    hidden: bool,
    control: String,
    name: String,
    group: Option<u32>,
}

/// The set that a radio button or checkbox belongs to; `None` for other controls.
pub(super) fn set(dom: &Dom, i: u32, control: &str, form: usize, hidden: bool, around: &mut Around<'_>) -> Option<Set> {
    if !matches!(control, "radio" | "checkbox") || dom.attr(i, "role").is_some_and(|r| r.trim() == "radiogroup") {
        return None;
    }
    let name = dom.attr(i, "name").unwrap_or("");
    let Group { node, name: legend } = around.group(i);
    // `topic[1]`, `topic[2]` in one named group are one question, as `topic` and `topic` are anywhere.
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '_' | '-'));
    if control == "checkbox" && node.is_some() && !legend.is_empty() && !stem.is_empty() && stem != name {
        return Some(Set { form, hidden, control: control.to_owned(), name: stem.to_owned(), group: node });
    }
    if name.is_empty() {
        // Drawn radio buttons without a name are a set where they stand side by side.
        let parent = (dom.tag(i) != "input" && control == "radio").then(|| dom.parent(i)).flatten()?;
        return Some(Set { form, hidden, control: control.to_owned(), name: String::new(), group: Some(parent) });
    }
    Some(Set { form, hidden, control: control.to_owned(), name: name.to_owned(), group: None })
}

/// A control as a question.
pub(super) fn field(
    dom: &Dom,
    i: u32,
    control: String,
    around: &mut Around<'_>,
    words: Option<&Words>,
    form_words: &FormWords,
) -> Field {
    let text = |name: &str| dom.attr(i, name).map(fold_space).unwrap_or_default();
    let number = |name: &str| dom.attr(i, name).and_then(|m| m.trim().parse().ok());
    let given = |name: &str| dom.attr(i, name).map(|v| shorten(v.trim(), LABEL)).filter(|v| !v.is_empty());
    let is_choice = matches!(control.as_str(), "radio" | "checkbox");
    let group = around.group(i).name;
    let accessible_name = shorten(accessible_name(dom, i), LABEL);
    let own = visible_label(dom, i);
    let label = if control == "radio" && !group.is_empty() { group.clone() } else { own };
    let label = if label.is_empty() { labelled_by_text(dom, i) } else { label };
    let label = shorten(&label, LABEL);
    let placeholder = shorten(&text("placeholder"), LABEL);
    let described = around.described(i);
    let beside = around.beside(i);
    let near = match () {
        () if !label.is_empty() => String::new(),
        () if is_choice => around.behind(i),
        () if !beside.is_empty() => beside.clone(),
        () => around.ahead(i),
    };
    let autocomplete = dom.attr(i, "autocomplete").map(|a| a.trim().to_ascii_lowercase()).filter(|a| !a.is_empty());
    let options = options(dom, i, &control);
    let (kind, confidence) = field_kind(
        &Signs {
            control: &control,
            label: &label,
            placeholder: &placeholder,
            spoken: if accessible_name == label { "" } else { &accessible_name },
            near: &near,
            group: &group,
            name: dom.attr(i, "name").unwrap_or(""),
            id: dom.attr(i, "id").unwrap_or(""),
            options: &options.1,
            token: autocomplete.as_deref(),
        },
        form_words,
    );
    let error = around.error(i);
    let is_hint = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() >= HINT && !label.is_empty();
    let has_hint = dom.attr(i, "aria-describedby").is_some();
    let invalid = dom.attr(i, "aria-invalid").is_some_and(|v| v.trim() == "true");
    Field {
        kind,
        confidence,
        required: dom.attr(i, "required").is_some() || dom.attr(i, "aria-required").is_some_and(|v| v.trim() == "true"),
        mark: mark(&[&label, &group, &beside, &placeholder, &near], words),
        limits: Limits {
            maxlength: number("maxlength"),
            minlength: number("minlength"),
            pattern: given("pattern"),
            min: given("min"),
            max: given("max"),
        },
        traits: Traits {
            no_paste: dom.attr(i, "onpaste").is_some_and(|h| form_words.sign("stop", h).is_some()),
            acts: acts(dom, i, form_words),
            jumps: ["onkeyup", "oninput"]
                .iter()
                .any(|a| dom.attr(i, a).is_some_and(|h| form_words.sign("jump", h).is_some())),
            readonly: dom.attr(i, "readonly").is_some(),
            filled: !is_choice && dom.attr(i, "value").is_some_and(|v| !v.trim().is_empty()),
            invalid,
            error_tied: invalid && !(error.is_empty() && described.is_empty()),
            repeats: form_words.says("again", &label) || form_words.says("again", &placeholder),
            goes_on: false,
        },
        hint: if described.is_empty() && is_hint(&beside) { beside } else { described },
        options: options.0,
        has_hint,
        in_group: None,
        line: dom.node(i).line,
        unknown: dom.node(i).exposure == Exposure::Unknown,
        node: i,
        name: dom.attr(i, "name").unwrap_or("").to_owned(),
        inputmode: given("inputmode"),
        control,
        label,
        accessible_name,
        placeholder,
        group,
        autocomplete,
    }
}

fn acts(dom: &Dom, i: u32, words: &FormWords) -> bool {
    dom.attr(i, "onchange").is_some_and(|handler| words.sign("act", handler).is_some())
}

/// How the texts around a field mark it. A star that only separates is rare enough.
fn mark(texts: &[&str], words: Option<&Words>) -> Mark {
    let any = |list: &str| words.is_some_and(|w| texts.iter().any(|t| w.set(list).occur_in(t)));
    match () {
        () if any("optional") => Mark::Optional,
        () if any("required") => Mark::Required,
        () if texts.iter().any(|t| t.contains('*')) => Mark::Star,
        () => Mark::None,
    }
}

/// How many options there are, and the words of the first ones.
fn options(dom: &Dom, i: u32, control: &str) -> (u32, String) {
    match control {
        "radio" | "checkbox" if dom.attr(i, "role").is_some_and(|r| r.trim() == "radiogroup") => {
            let radios = dom.inside(i).filter(|&j| dom.attr(j, "role") == Some("radio")).count();
            (u32::try_from(radios).unwrap_or(u32::MAX), String::new())
        }
        "radio" | "checkbox" => (1, String::new()),
        "select" => {
            let mut count = 0;
            let mut text = String::new();
            for j in dom.inside(i).filter(|&j| dom.tag(j) == "option" || dom.attr(j, "role") == Some("option")) {
                if count < OPTIONS {
                    text.push_str(&content(dom, j));
                    text.push_str(" | ");
                }
                count += 1;
            }
            (u32::try_from(count).unwrap_or(u32::MAX), text)
        }
        _ => (0, String::new()),
    }
}

/// Text in sight that an `aria-labelledby` names.
fn labelled_by_text(dom: &Dom, i: u32) -> String {
    let Some(ids) = dom.attr(i, "aria-labelledby") else { return String::new() };
    let visible = |&at: &u32| dom.node(at).exposure != Exposure::Hidden;
    let parts: Vec<String> = ids
        .split_ascii_whitespace()
        .take(4)
        .filter_map(|id| dom.by_id(id))
        .filter(visible)
        .map(|at| content(dom, at))
        .collect();
    fold_space(&parts.join(" "))
}

/// Parts of one answer that forms ask in fields of their own, in HTML's tokens.
const PARTS: &[&[&str]] = &[
    &["bday-day", "bday-month", "bday-year"],
    &["cc-exp-month", "cc-exp-year"],
    &["tel-country-code", "tel-area-code", "tel-local", "tel-local-prefix", "tel-local-suffix", "tel-extension"],
];

/// Marks the fields that go on with the question before them.
pub(super) fn mark_parts(fields: &mut [Field]) {
    for at in 1..fields.len() {
        let family = |kind: &str| PARTS.iter().position(|parts| parts.contains(&kind));
        let (before, this) = (&fields[at - 1], &fields[at]);
        let goes_on = family(&this.kind).is_some_and(|f| family(&before.kind) == Some(f)) && before.kind != this.kind;
        fields[at].traits.goes_on = goes_on;
    }
    // A word such as "confirm" repeats only what was asked before.
    for at in (0..fields.len()).rev() {
        let asked = at > 0 && fields[..at].iter().rev().take(3).any(|f| f.kind == fields[at].kind);
        fields[at].traits.repeats &= asked && fields[at].kind != "other";
    }
}
