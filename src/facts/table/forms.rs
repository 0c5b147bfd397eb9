//! Facts of forms and their fields.

use super::{Value, contacts, in_sight, number, reaches, size, text, told};
use crate::facts::forms::{Field, Form, Mark, is_sent_away};
use crate::facts::page::PageFacts;
use crate::facts::site::SiteFacts;
use crate::model::Region;
use std::collections::HashSet;

const NO_WORDS: &str = "the words for this are not known in the language of the page";
const BY_SCRIPT: &str = "a script on the page may do this";

/// What the words of the page say: unknown where its language has no list.
fn said(flag: Option<bool>) -> Value {
    flag.map_or(Value::Unknown(NO_WORDS), Value::Flag)
}

fn required_shown(form: &Form) -> Value {
    let required = form.fields.iter().filter(|f| f.required).count();
    if required == 0 {
        return Value::Absent;
    }
    let is_marked = |f: &Field| f.mark != Mark::None;
    let marked = form.fields.iter().filter(|f| f.required && is_marked(f)).count();
    // Marking the optional ones instead, or asking only what is required, tells as much.
    let optional = form.fields.iter().filter(|f| !f.required).count();
    let optional_marked = form.fields.iter().filter(|f| !f.required && is_marked(f)).count();
    Value::Flag(marked == required || (optional > 0 && optional_marked == optional) || optional == 0)
}

fn star_explained(page: &PageFacts, form: &Form) -> Value {
    if !form.fields.iter().any(|f| f.mark == Mark::Star) {
        return Value::Absent;
    }
    said(page.paperwork.says_star)
}

/// The share of required questions, where any is; in percent.
fn required_share(form: &Form) -> Value {
    let required = form.fields.iter().filter(|f| f.required).count();
    if required == 0 { Value::Absent } else { number(100.0 * required as f64 / form.fields.len() as f64) }
}

/// Whether something in the source sends the form; a single text field does so with the Enter key.
fn can_send(page: &PageFacts, form: &Form) -> Value {
    if form.implicit || form.fields.is_empty() {
        return Value::Absent;
    }
    if form.has_submit || form.fields.iter().filter(|f| is_typed(f)).count() == 1 {
        return Value::Flag(true);
    }
    if page.paperwork.scripts { Value::Unknown(BY_SCRIPT) } else { Value::Flag(false) }
}

fn is_typed(field: &Field) -> bool {
    !matches!(field.control.as_str(), "radio" | "checkbox" | "select" | "textarea" | "file" | "range" | "color")
}

fn goes_somewhere(page: &PageFacts, form: &Form) -> Value {
    if form.implicit {
        return Value::Absent;
    }
    let may_act = form.goes_nowhere && (form.handled || page.paperwork.scripts);
    if may_act { Value::Unknown(BY_SCRIPT) } else { Value::Flag(!form.goes_nowhere) }
}

fn submit_enabled(form: &Form) -> Value {
    if form.has_submit { Value::Flag(!form.submit_disabled) } else { Value::Absent }
}

/// Expected minutes as a multiple of those that the page states, for its longest form.
fn time_ratio(page: &PageFacts, form: &Form) -> Value {
    let longest = page.forms.iter().map(Form::minutes).fold(0.0, f64::max);
    match page.paperwork.stated_minutes {
        Some(stated) if form.asks() && form.minutes() >= longest => number(form.minutes() / stated),
        _ => Value::Absent,
    }
}

/// Questions that share their label, and the name of their group, with another of the form.
fn shared_labels(form: &Form) -> usize {
    let mut seen = HashSet::new();
    let labelled =
        form.fields.iter().filter(|f| !f.label.is_empty() && !matches!(f.control.as_str(), "radio" | "checkbox"));
    labelled.filter(|f| !seen.insert((f.label.as_str(), f.group.as_str()))).count()
}

fn captcha(page: &PageFacts) -> Value {
    match page.paperwork.captcha.as_deref() {
        Some("unseen") => Value::Unknown("a script decides whether a visitor gets a puzzle"),
        Some(kind) => text(kind),
        None if page.forms.is_empty() => Value::Absent,
        None => text("none"),
    }
}

fn omb_expired(site: &SiteFacts, page: &PageFacts) -> Value {
    match page.paperwork.omb_until.as_deref() {
        None => Value::Absent,
        Some(_) if site.today.is_empty() => Value::Unknown("the day of the audit is not known"),
        Some(until) => Value::Flag(until < site.today.as_str()),
    }
}

/// Unknown where a script draws the form, so that nothing could be said of it.
fn form_in_source(page: &PageFacts) -> Value {
    let asks = page.forms.iter().any(|f| f.asks());
    match () {
        () if asks => Value::Flag(true),
        () if page.paperwork.asks_for_script => Value::Flag(false),
        () if page.paperwork.drawn_form => {
            Value::Unknown("a script draws the form, so that its questions, labels and length could not be seen")
        }
        () => Value::Absent,
    }
}

fn longest_share(form: &Form) -> Value {
    match form.burden.longest.first() {
        Some(share) if form.minutes() > 0.0 => number(100.0 * share.minutes / form.minutes()),
        _ => Value::Absent,
    }
}

/// Whether the accessible name has the words of the label in it, as people who speak to a computer need.
fn label_in_name(field: &Field) -> Value {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (label, name) = (plain(&field.label), plain(&field.accessible_name));
    if label.is_empty() || name.is_empty() || matches!(field.control.as_str(), "radio" | "checkbox") {
        return Value::Absent;
    }
    Value::Flag(name.contains(&label))
}

fn explained(field: &Field) -> bool {
    !field.hint.is_empty() || !field.placeholder.is_empty()
}

fn given(value: Option<&str>) -> Value {
    value.map_or(Value::Absent, text)
}

facts! {
    "page.forms", "forms", "Forms that are neither search nor sign-in.", Page |p| in_sight(p, p.forms.iter().filter(|f| !matches!(f.kind.as_str(), "search" | "login")).count());
    "page.says_time_to_complete", "yes/no", "The page says how long its form takes.", Page |p| Value::Flag(p.says_time_to_complete);
    "page.stated_minutes", "minutes", "How long the page says its form takes; the longest of a span.", Page |p| p.paperwork.stated_minutes.map_or(Value::Absent, number);
    "page.says_what_you_need", "yes/no", "A page with a form says what to have at hand for it.", Page |p| said(p.paperwork.says_need);
    "page.says_privacy", "yes/no", "A page with a form says what becomes of the details, or links to where that stands.", Page |p| said(p.paperwork.says_privacy);
    "page.says_why_ssn", "yes/no", "A page with a form says why a social security number is asked for, or whether it must be given.", Page |p| said(p.paperwork.says_ssn);
    "page.says_what_follows", "yes/no", "A page with a form says what follows when it has been sent.", Page |p| said(p.paperwork.says_after);
    "page.has_omb_number", "yes/no", "A page with a form shows the control number that federal forms of the United States need.", Page |p| Value::Flag(p.paperwork.omb_number.is_some());
    "page.omb_number", "number", "That control number.", Page |p| given(p.paperwork.omb_number.as_deref());
    "page.omb_dated", "yes/no", "A date of expiry stands by the control number.", Page |p| if p.paperwork.omb_number.is_some() { Value::Flag(p.paperwork.omb_dated) } else { Value::Absent };
    "page.omb_expired", "yes/no", "The date until which that number is valid is over.", SitePage omb_expired;
    "page.form_in_source", "yes/no", "Its form stands in the source: no where it needs a script and says so, unknown where a script may draw it unseen.", Page form_in_source;
    "page.similar_form", "address", "Another page of the site with a form that asks nearly the same and is sent elsewhere.", SitePage |s, p| s.journeys.twin_form(&p.url).map_or(text(""), |url| text(url.as_str()));
    "page.is_step", "yes/no", "It is a step of a form that goes on elsewhere, by its buttons or its count of steps.", Page |p| Value::Flag(p.steps.goes_on || p.steps.at.is_some_and(|(_, of)| of > 1));
    "page.captcha", "captcha", "How people have to show that they are no robot: puzzle, or none; unknown where a script decides.", Page captcha;
    "page.paper_forms", "links", "Links to files that are named as forms.", Page |p| number(p.paperwork.paper_forms);
    "page.says_online", "yes/no", "A page with forms on paper says that the same can be done online.", Page |p| said(p.paperwork.says_online);
    "form.kind", "form kind", "What kind of form it is.", Form |_, f| text(&f.kind);
    "form.kind_confidence", "0–1", "How sure the kind is.", Form |_, f| number(f.confidence);
    "form.asks", "yes/no", "It asks for more than a search word, a sign-in or an address for news.", Form |_, f| Value::Flag(f.asks());
    "form.questions", "questions", "What a person has to answer; a set of radio buttons is one.", Form |_, f| size(f.questions());
    "form.required", "questions", "Questions that must be answered.", Form |_, f| size(f.fields.iter().filter(|q| q.required).count());
    "form.required_share", "%", "Share of questions that must be answered, where any must.", Form |_, f| required_share(f);
    "form.minutes", "minutes", "Time to read it, to come by the answers and to enter them: the mean.", Form |_, f| number(f.minutes());
    "form.minutes_deviation", "minutes", "The standard deviation of that time between people.", Form |_, f| number(f.burden.deviation);
    "form.minutes_reading", "minutes", "The part of that time that is reading.", Form |_, f| number(f.burden.reading);
    "form.time_ratio", "times", "Expected time as a multiple of the time that the page states.", Form time_ratio;
    "form.looked_up", "questions", "Questions whose answer stands in a document.", Form |_, f| number(f.burden.questions("look-up"));
    "form.composed", "questions", "Questions whose answer has to be composed.", Form |_, f| number(f.burden.questions("compose"));
    "form.attached", "questions", "Questions that ask for a file.", Form |_, f| number(f.burden.questions("attach"));
    "form.signed", "questions", "Questions that ask for a signature.", Form |_, f| number(f.burden.questions("sign"));
    "form.longest_question", "label", "The question that takes most time.", Form |_, f| given(f.burden.longest.first().map(|s| s.label.as_str()));
    "form.longest_share", "%", "Share of the time that this question takes.", Form |_, f| longest_share(f);
    "form.personal_fields", "questions", "Questions about who somebody is.", Form |_, f| size(f.personal());
    "form.sensitive_fields", "questions", "Questions that people hesitate to answer.", Form |_, f| size(f.sensitive());
    "form.method", "get/post", "How it is sent.", Form |_, f| text(&f.method);
    "form.insecure", "yes/no", "Its source names an unencrypted address (http:) to send it to.", Form |_, f| if f.implicit { Value::Absent } else { Value::Flag(f.in_clear) };
    "form.foreign", "yes/no", "It is sent to another host.", Form |p, f| if f.implicit { Value::Absent } else { Value::Flag(is_sent_away(f, &p.url)) };
    "form.implicit", "yes/no", "These are controls outside any form element.", Form |_, f| Value::Flag(f.implicit);
    "form.has_submit", "yes/no", "A button sends it.", Form |_, f| if f.implicit { Value::Absent } else { Value::Flag(f.has_submit) };
    "form.can_send", "yes/no", "A button, or the Enter key in its only text field, sends it.", Form can_send;
    "form.goes_somewhere", "yes/no", "Its source names an address to send it to, or leaves it to the page's own.", Form goes_somewhere;
    "form.submit_enabled", "yes/no", "A button that sends it can be pressed from the start.", Form |_, f| submit_enabled(f);
    "form.bare_button", "yes/no", "The button that sends it is called by a bare word of the list, as \"Submit\", and does not lead on to a next step.", Form |p, f| if f.submits.is_empty() { Value::Absent } else { Value::Flag(f.bare_button && !p.steps.goes_on) };
    "form.has_reset", "yes/no", "A button empties it.", Form |_, f| Value::Flag(f.has_reset);
    "form.intro_characters", "characters", "Text between the heading above the form and its first question.", Form |_, f| if f.implicit { Value::Absent } else { number(f.intro) };
    "form.contact_near", "yes/no", "The same main content names a contact or links to one.", Form |p, _| Value::Flag(contacts(p, |c| reaches(c) && c.region == Region::Main && c.kind != "form") > 0 || p.says.contact == Some(true));
    "form.required_shown", "yes/no", "Required questions are marked, or the optional ones are.", Form |_, f| required_shown(f);
    "form.star_explained", "yes/no", "The page says what the star by its labels means.", Form star_explained;
    "form.shared_labels", "questions", "Questions with the same label and group as one before.", Form |_, f| size(shared_labels(f));
    "field.label_characters", "characters", "Length of the label in sight; 0 where there is none.", Field |_, f| size(f.label.chars().count());
    "field.named", "yes/no", "It has an accessible name.", Field |_, f| if f.unknown { Value::Unknown("a style may hide the field") } else { Value::Flag(!f.accessible_name.is_empty()) };
    "field.label_in_name", "yes/no", "Its accessible name has the words of its label in it.", Field |_, f| label_in_name(f);
    "field.placeholder_only", "yes/no", "A placeholder is the only label in sight.", Field |_, f| Value::Flag(f.label.is_empty() && !f.placeholder.is_empty());
    "field.kind", "field kind", "What it asks for.", Field |_, f| text(&f.kind);
    "field.kind_confidence", "0–1", "How sure the kind is.", Field |_, f| number(f.confidence);
    "field.sensitive", "yes/no", "People hesitate to answer it.", Field |_, f| Value::Flag(f.is_sensitive());
    "field.type", "control", "The type of control.", Field |_, f| text(&f.control);
    "field.inputmode", "mode", "The keys that a phone is told to show.", Field |_, f| given(f.inputmode.as_deref());
    "field.required", "yes/no", "It must be answered.", Field |_, f| Value::Flag(f.required);
    "field.marked", "mark", "How it shows whether it must be answered: required, star, optional, none.", Field |_, f| text(match f.mark { Mark::Required => "required", Mark::Star => "star", Mark::Optional => "optional", Mark::None => "none" });
    "field.options", "options", "Choices of a select or a set.", Field |_, f| if f.options == 0 { Value::Absent } else { number(f.options) };
    "field.maxlength", "characters", "Longest answer that it takes.", Field |_, f| f.limits.maxlength.map_or(Value::Absent, number);
    "field.minlength", "characters", "Shortest answer that it takes.", Field |_, f| f.limits.minlength.map_or(Value::Absent, number);
    "field.has_range", "yes/no", "A smallest or largest value limits the answer.", Field |_, f| Value::Flag(f.limits.min.is_some() || f.limits.max.is_some());
    "field.autocomplete", "token", "The autocomplete token.", Field |_, f| given(f.autocomplete.as_deref());
    "field.has_autocomplete", "yes/no", "It has an autocomplete token.", Field |_, f| Value::Flag(f.autocomplete.as_deref().is_some_and(|a| !matches!(a, "on" | "off")));
    "field.has_hint", "yes/no", "A hint is tied to it.", Field |_, f| Value::Flag(f.has_hint);
    "field.hint_tied", "yes/no", "The text that explains it is tied to it.", Field |_, f| if f.hint.is_empty() { Value::Absent } else { Value::Flag(f.has_hint) };
    "field.explained", "yes/no", "A hint or an example stands with it.", Field |_, f| Value::Flag(explained(f));
    "field.has_pattern", "yes/no", "A pattern limits the answer.", Field |_, f| Value::Flag(f.limits.pattern.is_some());
    "field.in_group", "yes/no", "A set of choices stands in a group with a name.", Field |_, f| told(f.in_group);
    "field.repeats", "yes/no", "It asks once more for what a field before asked.", Field |_, f| Value::Flag(f.traits.repeats);
    "field.stops_paste", "yes/no", "Its source keeps people from pasting.", Field |_, f| Value::Flag(f.traits.no_paste);
    "field.acts", "yes/no", "Its source sends the form or leaves the page as soon as it is changed.", Field |_, f| Value::Flag(f.traits.acts);
    "field.jumps", "yes/no", "Its source moves on to another field by itself.", Field |_, f| Value::Flag(f.traits.jumps);
    "field.readonly", "yes/no", "Nothing can be typed into it.", Field |_, f| Value::Flag(f.traits.readonly);
    "field.error_tied", "yes/no", "It is marked as wrong, and a message is tied to it.", Field |_, f| if f.traits.invalid { Value::Flag(f.traits.error_tied) } else { Value::Absent };
}
