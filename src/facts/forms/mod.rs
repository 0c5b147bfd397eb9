//! The forms of a page: what they ask, how each question is labelled, what kind it is and what it costs in time.

mod around;
mod burden;
mod controls;
mod field;
mod kinds;
mod paperwork;
mod steps;
mod words;

pub use burden::{Burden, Share, Way};
pub use field::{Field, Limits, Mark, Traits};
pub use kinds::{Signs, field_kind};
pub use paperwork::{Paperwork, Scene, paperwork};
pub use steps::{Signs as StepSigns, Steps};
pub use words::FormWords;

use super::access::name::accessible_name;
use super::dom::{Dom, shorten};
use super::lexicon::Words;
use crate::model::{Exposure, PageUrl};
use around::Around;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use url::Url;

/// Kinds of field that say who somebody is.
pub(in crate::facts) const PERSONAL: &[&str] = &[
    "name",
    "given-name",
    "family-name",
    "email",
    "tel",
    "street-address",
    "address-line1",
    "bday",
    "ssn",
    "cc-number",
    "case-number",
    "signature",
];

/// Kinds of field that people hesitate to fill in.
const SENSITIVE: &[&str] = &["ssn", "bday", "bday-year", "sex", "ethnicity", "cc-number"];

/// Characters that are kept of a button's name. Our choice.
const BUTTON: usize = 80;

/// A form, or the controls outside any form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// `search`, `login`, `contact`, `application` …; `other` where no sign speaks for one.
    pub kind: String,
    /// How sure the kind is, 0 to 1: how far its votes stand before the next kind's.
    pub confidence: f64,
    /// Where it is sent, absolute; `None` for controls outside any form.
    pub action: Option<String>,
    /// Whether the source names an unencrypted address (`http:`) to send it to.
    pub in_clear: bool,
    /// Whether the source names no address to send it to but `#` or a script.
    pub goes_nowhere: bool,
    /// Whether the form names a script that takes it over (`onsubmit`).
    pub handled: bool,
    /// `get` or `post`.
    pub method: String,
    /// Whether these are controls outside any `<form>`.
    pub implicit: bool,
    /// What a person must deal with; a set of radio buttons is one.
    pub fields: Vec<Field>,
    /// Whether it has a button that sends it.
    pub has_submit: bool,
    /// Whether all buttons that send it are disabled in the source.
    pub submit_disabled: bool,
    /// Whether it has a button that empties it.
    pub has_reset: bool,
    /// What its buttons are called.
    pub buttons: Vec<String>,
    /// What the buttons that send it are called.
    pub submits: Vec<String>,
    /// Whether a button that sends it is called by a bare word, as the list of such words has them.
    pub bare_button: bool,
    /// Characters of text before its first question, within it or between it and the heading above.
    pub intro: u32,
    /// Whether the browser may remember its answers, as far as the form itself says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remembers: bool,
    /// What it costs in time.
    pub burden: Burden,
    /// Line in the source, from 1.
    pub line: u32,
    /// Index of the element; only while the page is read.
    #[serde(skip)]
    pub node: u32,
}

impl Form {
    /// Number of questions: a set of choices is one, and so is a date in three parts.
    pub fn questions(&self) -> usize {
        self.fields.iter().filter(|f| !f.traits.goes_on).count()
    }

    /// Fields that say who somebody is.
    pub fn personal(&self) -> usize {
        self.fields.iter().filter(|f| PERSONAL.contains(&f.kind.as_str())).count()
    }

    /// Fields that people hesitate to fill in.
    pub fn sensitive(&self) -> usize {
        self.fields.iter().filter(|f| f.is_sensitive()).count()
    }

    /// Minutes to fill it in, the mean.
    pub fn minutes(&self) -> f64 {
        self.burden.minutes
    }

    /// Whether it asks for something beyond a search word, a sign-in or an address for news.
    pub fn asks(&self) -> bool {
        !self.fields.is_empty() && !matches!(self.kind.as_str(), "search" | "login" | "recovery" | "newsletter")
    }
}

/// The forms of a page.
#[derive(Debug, Default)]
pub struct Forms {
    /// In document order; controls outside any form come last as one more.
    pub seen: Vec<Form>,
    /// Forms of which the source shows nothing until a script does, in document order.
    pub folded: Vec<Form>,
}

/// A form while its controls are found.
struct Draft {
    form: Form,
    /// Controls in it that the source hides.
    covered: Vec<Field>,
    enabled: u32,
    submits: u32,
}

/// The forms of a page.
pub fn forms(dom: &Dom, page: &PageUrl, base: &Url, words: Option<&Words>, form_words: &FormWords) -> Forms {
    let mut owners: HashMap<u32, usize> = HashMap::new();
    let mut drafts: Vec<Draft> = Vec::new();
    for &i in dom.tagged("form") {
        owners.insert(i, drafts.len());
        drafts.push(Draft { form: empty_form(dom, i, page, base), covered: Vec::new(), enabled: 0, submits: 0 });
    }
    // What stands in no form comes last.
    let implicit = drafts.len();
    let form = Form { implicit: true, method: "get".to_owned(), remembers: true, ..Form::default() };
    drafts.push(Draft { form, covered: Vec::new(), enabled: 0, submits: 0 });
    let mut around = Around::new(dom);
    let mut hollow = None;
    let mut sets: HashMap<field::Set, usize> = HashMap::new();
    for i in dom.elements() {
        if dom.tag(i) == "form" && dom.node(i).end == i + 1 {
            hollow = Some(i);
        }
        let Some(control) = controls::control(dom, i, form_words) else { continue };
        let is_hidden = dom.node(i).exposure == Exposure::Hidden;
        let at = controls::owner(dom, i, hollow).and_then(|form| owners.get(&form).copied()).unwrap_or(implicit);
        if is_hidden && at == implicit || controls::is_honeypot(dom, i, &control, form_words) {
            continue;
        }
        let draft = &mut drafts[at];
        if matches!(control.as_str(), "submit" | "image" | "reset" | "button") {
            if !is_hidden || controls::is_folded(dom, draft.form.node) {
                draft.add_button(dom, i, &control);
            }
            continue;
        }
        let fields = if is_hidden { &mut draft.covered } else { &mut draft.form.fields };
        // A set of radio buttons, or of checkboxes with one name, is one question.
        let set = field::set(dom, i, &control, at, is_hidden, &mut around);
        if let Some(set) = set {
            if let Some(&first) = sets.get(&set) {
                fields[first].add_option(dom, i, form_words);
                continue;
            }
            sets.insert(set, fields.len());
        }
        if at == implicit && draft.form.line == 0 {
            draft.form.line = dom.node(i).line;
            draft.form.node = i;
        }
        fields.push(field::field(dom, i, control, &mut around, words, form_words));
    }
    let mut forms = Forms::default();
    for Draft { mut form, covered, enabled, submits } in drafts {
        let is_folded = form.fields.is_empty() && (!form.has_submit || controls::is_folded(dom, form.node));
        if is_folded && form.implicit {
            continue;
        }
        if is_folded {
            form.fields = covered;
        }
        form.submit_disabled = submits > 0 && enabled == 0;
        kinds::settle(dom, &mut form, form_words);
        field::mark_parts(&mut form.fields);
        if is_folded {
            forms.folded.push(form);
            continue;
        }
        form.bare_button = form.submits.iter().any(|b| form_words.is_just("bare", b));
        let read = paperwork::read_around(dom, &mut form);
        form.burden = burden::burden(&form, read, form_words);
        forms.seen.push(form);
    }
    forms
}

impl Draft {
    fn add_button(&mut self, dom: &Dom, i: u32, control: &str) {
        let name = shorten(accessible_name(dom, i), BUTTON);
        match control {
            "reset" => self.form.has_reset = true,
            "button" => self.form.buttons.push(name),
            _ => {
                self.submits += 1;
                self.enabled += u32::from(dom.attr(i, "disabled").is_none());
                self.form.has_submit = true;
                self.form.submits.push(name.clone());
                self.form.buttons.push(name);
            }
        }
    }
}

fn empty_form(dom: &Dom, i: u32, page: &PageUrl, base: &Url) -> Form {
    let action = dom.attr(i, "action").map(str::trim).filter(|a| !a.is_empty());
    let lower = action.map(str::to_ascii_lowercase).unwrap_or_default();
    Form {
        in_clear: lower.starts_with("http:"),
        goes_nowhere: lower == "#" || lower.starts_with("javascript:"),
        handled: dom.attr(i, "onsubmit").is_some(),
        action: Some(
            action.map_or_else(|| page.to_string(), |a| base.join(a).map_or_else(|_| a.to_owned(), |u| u.to_string())),
        ),
        method: dom
            .attr(i, "method")
            .map_or("get", |m| if m.trim().eq_ignore_ascii_case("post") { "post" } else { "get" })
            .to_owned(),
        remembers: !dom.attr(i, "autocomplete").is_some_and(|a| a.trim().eq_ignore_ascii_case("off")),
        line: dom.node(i).line,
        node: i,
        ..Form::default()
    }
}

/// Whether the form is sent to another host than that of the page.
pub fn is_sent_away(form: &Form, page: &PageUrl) -> bool {
    let action = form.action.as_deref().and_then(|a| PageUrl::parse(a).ok());
    action.is_some_and(|a| a.host() != page.host())
}

#[cfg(test)]
mod tests;
