//! Facts of forms and their fields.

use super::{Value, contacts, in_sight, number, reaches, size, text, told};
use crate::facts::forms::{Form, Mark, is_sent_away};
use crate::model::Region;

fn required_shown(form: &Form) -> Value {
    let required = form.fields.iter().filter(|f| f.required).count();
    if required == 0 {
        return Value::Absent;
    }
    let marked = form.fields.iter().filter(|f| f.required && f.mark != Mark::None).count();
    // Marking the optional ones instead, or asking only what is required, tells as much.
    let optional = form.fields.iter().filter(|f| !f.required).count();
    let optional_marked = form.fields.iter().filter(|f| !f.required && f.mark != Mark::None).count();
    Value::Flag(marked == required || (optional > 0 && optional_marked == optional) || optional == 0)
}

facts! {
    "page.forms", "forms", "Forms that are neither search nor sign-in.", Page |p| in_sight(p, p.forms.iter().filter(|f| !matches!(f.kind.as_str(), "search" | "login")).count());
    "page.says_time_to_complete", "yes/no", "The page says how long its form takes.", Page |p| Value::Flag(p.says_time_to_complete);
    "form.kind", "form kind", "What kind of form it is.", Form |_, f| text(&f.kind);
    "form.questions", "questions", "What a person has to answer; a set of radio buttons is one.", Form |_, f| size(f.questions());
    "form.required", "questions", "Questions that must be answered.", Form |_, f| size(f.fields.iter().filter(|q| q.required).count());
    "form.minutes", "minutes", "Time to fill it in by a keystroke model, for practised hands.", Form |_, f| number(f.minutes());
    "form.personal_fields", "questions", "Questions about who somebody is.", Form |_, f| size(f.personal());
    "form.sensitive_fields", "questions", "Questions that people hesitate to answer.", Form |_, f| size(f.sensitive());
    "form.method", "get/post", "How it is sent.", Form |_, f| text(&f.method);
    "form.insecure", "yes/no", "Its source names an unencrypted address (http:) to send it to.", Form |_, f| if f.implicit { Value::Absent } else { Value::Flag(f.in_clear) };
    "form.foreign", "yes/no", "It is sent to another host.", Form |p, f| if f.implicit { Value::Absent } else { Value::Flag(is_sent_away(f, &p.url)) };
    "form.implicit", "yes/no", "These are controls outside any form element.", Form |_, f| Value::Flag(f.implicit);
    "form.has_submit", "yes/no", "A button sends it.", Form |_, f| if f.implicit { Value::Absent } else { Value::Flag(f.has_submit) };
    "form.has_reset", "yes/no", "A button empties it.", Form |_, f| Value::Flag(f.has_reset);
    "form.contact_near", "yes/no", "The same main content names a contact or links to one.", Form |p, _| Value::Flag(contacts(p, |c| reaches(c) && c.region == Region::Main && c.kind != "form") > 0 || p.says.contact == Some(true));
    "form.required_shown", "yes/no", "Required questions are marked, or the optional ones are.", Form |_, f| required_shown(f);
    "field.label_characters", "characters", "Length of the label in sight; 0 where there is none.", Field |_, f| size(f.label.chars().count());
    "field.named", "yes/no", "It has an accessible name.", Field |_, f| if f.unknown { Value::Unknown("a style may hide the field") } else { Value::Flag(!f.accessible_name.is_empty()) };
    "field.placeholder_only", "yes/no", "A placeholder is the only label in sight.", Field |_, f| Value::Flag(f.label.is_empty() && !f.placeholder.is_empty());
    "field.kind", "field kind", "What it asks for.", Field |_, f| text(&f.kind);
    "field.type", "control", "The type of control.", Field |_, f| text(&f.control);
    "field.required", "yes/no", "It must be answered.", Field |_, f| Value::Flag(f.required);
    "field.options", "options", "Choices of a select or a set.", Field |_, f| if f.options == 0 { Value::Absent } else { number(f.options) };
    "field.maxlength", "characters", "Longest answer that it takes.", Field |_, f| f.limits.maxlength.map_or(Value::Absent, number);
    "field.autocomplete", "token", "The autocomplete token.", Field |_, f| f.autocomplete.as_deref().map_or(Value::Absent, text);
    "field.has_autocomplete", "yes/no", "It has an autocomplete token.", Field |_, f| Value::Flag(f.autocomplete.is_some());
    "field.has_hint", "yes/no", "A hint is tied to it.", Field |_, f| Value::Flag(f.has_hint);
    "field.has_pattern", "yes/no", "A pattern limits the answer.", Field |_, f| Value::Flag(f.limits.pattern.is_some());
    "field.in_group", "yes/no", "A set of choices stands in a group with a name.", Field |_, f| told(f.in_group);
}
