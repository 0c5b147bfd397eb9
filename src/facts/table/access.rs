//! Facts of elements as assistive technology meets them; `[check.selector]` tests them one element at a time.

use super::{Value, size, text};
use crate::facts::access::name::{Source, description, name};
use crate::facts::access::{claims, focus, slips};
use crate::facts::dom::Dom;
use crate::model::Exposure;

fn flag(yes: bool) -> Value {
    Value::Flag(yes)
}

/// What a search found, or that it found nothing.
fn found(words: String) -> Value {
    if words.is_empty() { Value::Absent } else { Value::Text(words) }
}

fn role_valid(dom: &Dom, i: u32) -> Value {
    match dom.attr(i, "role").map(str::trim) {
        None | Some("") => Value::Absent,
        Some(_) => flag(dom.explicit_role(i).is_some()),
    }
}

fn name_source(dom: &Dom, i: u32) -> Value {
    text(match name(dom, i).source {
        Source::LabelledBy => "labelledby",
        Source::Label => "label",
        Source::Native => "native",
        Source::Content => "content",
        Source::Title => "title",
        Source::Placeholder => "placeholder",
        Source::Nothing => "none",
    })
}

fn by_source(dom: &Dom, i: u32) -> Value {
    let (given, native) = (dom.explicit_role(i), dom.native_role(i));
    flag(given.is_some_and(|role| native.is_none_or(|n| n.name != role.name)))
}

fn words_not_in_name(dom: &Dom, i: u32) -> Value {
    match claims::words_in_name(dom, i) {
        claims::Words::NotAbout | claims::Words::InName => Value::Absent,
        claims::Words::LeftOut(words) => Value::Text(words),
        claims::Words::Unknown => Value::Unknown("a style may hide a part of the words"),
    }
}

fn stop(dom: &Dom, i: Option<u32>) -> Value {
    found(i.map_or(String::new(), |j| dom.tag(j).to_owned()))
}

facts! {
    "element.role", "role", "The computed role, by the role attribute and the kind of element; empty where it has none.", Element |d, i| text(d.role(i).map_or("", |r| r.name));
    "element.role_given", "yes/no", "A role attribute gives it another role than its kind has.", Element by_source;
    "element.role_valid", "yes/no", "Its role attribute holds a role; does not apply where there is none.", Element role_valid;
    "element.in_tree", "yes/no", "Assistive technology meets it: nothing hides it.", Element |d, i| match d.in_tree(i) {
        Exposure::Exposed => flag(true),
        Exposure::Hidden => flag(false),
        Exposure::Unknown => Value::Unknown("a style may hide the element"),
    };
    "element.name", "text", "Its accessible name; empty where it has none.", Element |d, i| Value::Text(name(d, i).text.clone());
    "element.name_source", "word", "Where the accessible name comes from: labelledby, label, native, content, title, placeholder, none.", Element name_source;
    "element.description", "text", "Its accessible description; empty where it has none.", Element |d, i| Value::Text(description(d, i));
    "element.focusable", "yes/no", "It can take the focus, by the keyboard or by a script.", Element |d, i| flag(focus::focus(d, i) != focus::Focus::No);
    "element.tab_stop", "yes/no", "The Tab key reaches it.", Element |d, i| flag(focus::focus(d, i) == focus::Focus::Tab);
    "element.disabled", "yes/no", "It is switched off, by itself, a fieldset around it, or aria-disabled on it or around it.", Element |d, i| flag(claims::is_switched_off(d, i));
    "element.tab_stop_inside", "tag", "The first thing inside it that the Tab key reaches; does not apply where there is none.", Element |d, i| stop(d, focus::tab_stop_inside(d, i));
    "element.tab_stop_or_inside", "tag", "Itself or the first thing inside it that the Tab key reaches and that does not hand the focus on (onfocus); does not apply where there is none.", Element |d, i| stop(d, focus::tab_stop_within(d, i));
    "element.focusable_inside", "tag", "The first thing inside it that can take the focus, by the keyboard or by a script; does not apply where there is none.", Element |d, i| stop(d, focus::focusable_inside(d, i));
    "element.frame_tab_stop", "yes/no", "The document that its srcdoc states has something that the Tab key reaches.", Element |d, i| super::told(claims::frame_has_stop(d, i));
    "element.hides_children", "yes/no", "Its role takes away what is inside: assistive technology meets nothing in it.", Element |d, i| flag(claims::is_opaque(d, i));
    "element.marked_decorative", "yes/no", "It is marked as decoration, by a role or an empty text.", Element |d, i| flag(claims::is_marked_decorative(d, i));
    "element.exposed_decoration", "yes/no", "It is marked as decoration and exposed all the same, because it can be focused or says something of itself.", Element |d, i| flag(claims::is_exposed_decoration(d, i));
    "element.undefined_aria", "attributes", "Its attributes that start with aria- and that WAI-ARIA does not know.", Element |d, i| found(claims::undefined(d, i));
    "element.invalid_aria", "attributes", "Its states and properties whose value is none of their kind.", Element |d, i| found(claims::invalid(d, i));
    "element.unsupported_aria", "attributes", "Its states and properties that its role does not support.", Element |d, i| found(claims::unsupported(d, i));
    "element.prohibited_aria", "attributes", "Its properties that name it, where its role may have no name.", Element |d, i| found(claims::prohibited(d, i));
    "element.missing_aria", "attributes", "States and properties that the role it is given asks for, and that it lacks.", Element |d, i| found(claims::missing(d, i));
    "element.missing_parent_role", "roles", "Roles of which one has to be around the role that it is given, where none is.", Element |d, i| found(claims::misplaced(d, i));
    "element.wrong_child_roles", "roles", "Roles that it owns and that its own role does not allow; none where it holds something, and nothing that its role is made for.", Element |d, i| found(claims::wrong_children(d, i));
    "element.words_not_in_name", "words", "The words in sight on it that its accessible name leaves out.", Element words_not_in_name;
    "element.dead_references", "attributes", "Its attributes that refer to elements for words or parts (aria-labelledby, aria-describedby, aria-owns, aria-details, for of a label) of which none is there.", Element |d, i| found(slips::dead_references(d, i));
    "element.id_clash", "id", "Its id, where an earlier element has the same one and something on the page refers to it.", Element |d, i| found(slips::id_clash(d, i));
    "element.raised_tab_index", "number", "Its tabindex, where that is above zero.", Element |d, i| found(slips::raised_tab_index(d, i));
    "element.repeated_title", "text", "Its title, where that says its name again.", Element |d, i| found(slips::repeated_title(d, i));
    "element.repeated_alt", "text", "Its text for a picture, where the words in the same link or button say it again.", Element |d, i| found(slips::repeated_alt(d, i));
    "element.file_name_as_alt", "text", "Its text for a picture, where that is the name of a file.", Element |d, i| found(slips::file_name_as_alt(d, i));
    "element.labels", "labels", "Labels in sight that are tied to it.", Element |d, i| size(slips::label_count(d, i));
    "element.in_control", "yes/no", "It stands in a label, or in something that takes the focus or that people work with.", Element |d, i| flag(slips::is_in_control(d, i));
    "element.styled_away", "yes/no", "A style sheet of the page may take it out of sight by its class or id; could not be told without a style engine.", Element |d, i| if slips::may_be_styled_away(d, i) { Value::Unknown("a style may hide the element") } else { flag(false) };
}
