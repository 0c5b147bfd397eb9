//! What is wrong with the roles, states and properties that an element claims, named so that a person finds it.

use super::aria::{Attribute, Kind, attribute};
use super::focus::{Focus, focus, is_disabled};
use super::name::{Source, name};
use super::owned::{children, is_in_context};
use super::role::{Naming, OPAQUE, Role, SILENT, WIDGET};
use crate::facts::Lexicon;
use crate::facts::dom::{Dom, fold_space};
use crate::model::Exposure;

/// Nodes that a control holds at most. Our choice.
const CONTROL_NODES: u32 = 400;

/// Levels above a control at which it may be switched off. Our choice: deeper ones are layout.
const LEVELS: usize = 50;

/// The attributes of an element that start with `aria-`, with their values.
fn claimed(dom: &Dom, i: u32) -> impl Iterator<Item = (&str, &str)> {
    let element = dom.element(i);
    element.into_iter().flat_map(|e| e.attrs()).filter(|(name, _)| name.starts_with("aria-"))
}

fn listed(names: impl Iterator<Item = String>) -> String {
    names.take(8).collect::<Vec<_>>().join(", ")
}

/// Attributes that start with `aria-` and that WAI-ARIA does not know.
pub fn undefined(dom: &Dom, i: u32) -> String {
    listed(claimed(dom, i).filter(|(name, _)| attribute(name).is_none()).map(|(name, _)| name.to_owned()))
}

/// States and properties whose value is none of their kind.
pub fn invalid(dom: &Dom, i: u32) -> String {
    let role = dom.role(i);
    let is_wrong = |(name, value): &(&str, &str)| {
        attribute(name).is_some_and(|a| !a.takes(value) || refers_to_nothing(dom, i, role, a, value))
    };
    listed(claimed(dom, i).filter(is_wrong).map(|(name, value)| format!("{name}=\"{}\"", fold_space(value))))
}

/// Only what the role asks for must be there: other things may come later.
fn refers_to_nothing(dom: &Dom, i: u32, role: Option<Role>, a: &Attribute, value: &str) -> bool {
    matches!(a.kind, Kind::Id | Kind::Ids)
        && !value.trim().is_empty()
        && needed(dom, i, role).any(|name| name == a.name)
        && value.split_ascii_whitespace().all(|id| dom.by_id(id).is_none())
}

/// States and properties that the role does not support.
pub fn unsupported(dom: &Dom, i: u32) -> String {
    let role = dom.role(i);
    let is_supported = |a: &Attribute| match role {
        // HTML gives some fields no role; what a text field may have is allowed on them.
        None if dom.tag(i) == "input" => a.is_global() || a.roles.contains("textbox"),
        None => a.is_global(),
        Some(role) => a.is_supported(role) || allowed_natively(dom, i, a),
    };
    let is_wrong = |(name, _): &(&str, &str)| attribute(name).is_some_and(|a| !is_supported(a));
    listed(claimed(dom, i).filter(is_wrong).map(|(name, _)| name.to_owned()))
}

/// What ARIA in HTML allows on elements of a kind beyond their role.
fn allowed_natively(dom: &Dom, i: u32, a: &Attribute) -> bool {
    match dom.tag(i) {
        "summary" => matches!(a.name, "aria-expanded" | "aria-pressed"),
        "input" => a.name == "aria-pressed" || a.name == "aria-checked",
        "select" => a.roles.contains("listbox") || a.roles.contains("combobox"),
        _ => false,
    }
}

/// States and properties that name an element which may have no name.
pub fn prohibited(dom: &Dom, i: u32) -> String {
    let is_wrong = |(name, value): &(&str, &str)| {
        // What is marked as meaningless may have no name, even where its own meaning is kept.
        let role = dom.explicit_role(i).filter(|role| role.has(SILENT)).or_else(|| dom.role(i));
        let is_prohibited = |a: &Attribute| role.is_some_and(|role| a.is_prohibited(role));
        !value.trim().is_empty() && attribute(name).is_some_and(is_prohibited)
    };
    listed(claimed(dom, i).filter(is_wrong).map(|(name, _)| name.to_owned()))
}

/// What the role asks of this element: a separator only where it can be moved, a combobox its list only where it is open.
fn needed(dom: &Dom, i: u32, role: Option<Role>) -> impl Iterator<Item = &'static str> {
    let (list, also): (&str, Option<&str>) = match role {
        Some(role) if role.name == "separator" && focus(dom, i) != Focus::No => ("aria-valuenow", None),
        Some(role) if role.name == "combobox" => {
            let is_open = dom.attr(i, "aria-expanded").is_some_and(|v| v.trim().eq_ignore_ascii_case("true"));
            (role.required, is_open.then_some("aria-controls"))
        }
        Some(role) => (role.required, None),
        None => ("", None),
    };
    list.split(' ').filter(|name| !name.is_empty()).chain(also)
}

/// States and properties that the role given by a `role` attribute asks for and that are not there.
pub fn missing(dom: &Dom, i: u32) -> String {
    let Some(role) = dom.explicit_role(i) else { return String::new() };
    if dom.native_role(i).is_some_and(|native| native.name == role.name) || has_native_states(dom, i) {
        return String::new();
    }
    let is_empty = |name: &&str| dom.attr(i, name).is_none_or(|value| value.trim().is_empty());
    listed(needed(dom, i, Some(role)).filter(is_empty).map(str::to_owned))
}

/// Whether HTML itself keeps the state: a checkbox that is a switch has one, and so has a range.
fn has_native_states(dom: &Dom, i: u32) -> bool {
    let kind = || super::implicit::input_type(dom, i);
    match dom.tag(i) {
        "input" => matches!(kind().as_str(), "checkbox" | "radio" | "range" | "number"),
        "select" | "option" | "meter" | "progress" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => true,
        _ => false,
    }
}

/// The roles of which one must be around the element, where none is.
pub fn misplaced(dom: &Dom, i: u32) -> String {
    let Some(role) = dom.explicit_role(i) else { return String::new() };
    let is_native = dom.native_role(i).is_some_and(|native| native.name == role.name);
    if is_native || is_in_context(dom, i, role) { String::new() } else { role.context.replace(' ', ", ") }
}

/// The roles that the element owns and that its own role does not allow; `none` where it holds something, and nothing that its
/// role is made for.
pub fn wrong_children(dom: &Dom, i: u32) -> String {
    let is_busy = dom.attr(i, "aria-busy").is_some_and(|v| v.trim().eq_ignore_ascii_case("true"));
    let Some(role) = dom.role(i).filter(|role| !role.owns.is_empty() && !is_busy && dom.tag(i) != "select") else {
        return String::new();
    };
    let owned = children(dom, i);
    let fits = |j: u32| dom.has_role(j, role.owns);
    let wrong =
        listed(owned.iter().filter(|&&j| !fits(j)).map(|&j| dom.role(j).map_or(dom.tag(j), |r| r.name).to_owned()));
    // What is empty may be filled later.
    let holds = || dom.inside(i).any(|j| dom.node(j).is_element && dom.in_tree(j) == Exposure::Exposed);
    if wrong.is_empty() && owned.is_empty() && holds() { "none".to_owned() } else { wrong }
}

/// Whether the role hides what is inside, by the element's computed role.
pub fn is_opaque(dom: &Dom, i: u32) -> bool {
    dom.role(i).is_some_and(|role| role.has(OPAQUE))
}

/// Whether the element is marked as decoration, by a role or an empty text.
pub fn is_marked_decorative(dom: &Dom, i: u32) -> bool {
    let by_role = dom.explicit_role(i).is_some_and(|role| role.has(SILENT));
    by_role || (dom.tag(i) == "img" && dom.attr(i, "role").is_none() && dom.attr(i, "alt") == Some(""))
}

/// Whether it is marked as decoration and exposed all the same, because it can be focused or says something of itself.
pub fn is_exposed_decoration(dom: &Dom, i: u32) -> bool {
    is_marked_decorative(dom, i) && super::implicit::is_kept(dom, i)
}

/// What the words in sight on a control say about its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// The control takes its name from elsewhere than its author, or has no words.
    NotAbout,
    /// The name has them all, in their order.
    InName,
    /// The name leaves some out.
    LeftOut(String),
    /// Only a style could tell which words are in sight.
    Unknown,
}

/// Whether the accessible name that an author gives a control holds the words in sight on it.
pub fn words_in_name(dom: &Dom, i: u32) -> Words {
    let is_named_by_content = dom.role(i).is_some_and(|r| r.has(WIDGET) && r.naming == Naming::Contents);
    // What holds more than a control holds is none.
    if dom.node(i).end - i > CONTROL_NODES {
        return Words::NotAbout;
    }
    let name = name(dom, i);
    if !is_named_by_content || !matches!(name.source, Source::LabelledBy | Source::Label) {
        return Words::NotAbout;
    }
    let label = without_asides(&crate::facts::style::text_in_sight(dom, i));
    let holds = |joined: bool| {
        let (seen, spoken) = (words(&label, joined), words(&name.text, joined));
        seen.is_empty() || spoken.windows(seen.len()).any(|part| part == seen.as_slice())
    };
    // A single character is a sign, as the x that closes a window.
    if label.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        return Words::NotAbout;
    }
    // A hyphen may stand in a word or not.
    if holds(true) || holds(false) || has_short_form(&label) {
        return Words::InName;
    }
    let may_hide = |&j: &u32| dom.node(j).is_element && (dom.attr(j, "class").is_some() || dom.attr(j, "id").is_some());
    if dom.styles().is_none() && dom.inside(i).any(|j| may_hide(&j)) {
        return Words::Unknown;
    }
    Words::LeftOut(label)
}

/// A text without what stands in brackets.
fn without_asides(text: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

fn words(text: &str, joined: bool) -> Vec<String> {
    let text = text.to_lowercase();
    let text = if joined { text.replace('-', "") } else { text };
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Whether a word is cut short with a full stop (`Ave.`), so that the name may spell it out.
fn has_short_form(text: &str) -> bool {
    text.split_whitespace().any(|w| {
        let word = w.trim_end_matches([',', ';', ':']);
        word.strip_suffix('.')
            .is_some_and(|w| (1..=5).contains(&w.chars().count()) && w.chars().all(char::is_alphabetic))
    })
}

/// Whether the document inside a frame, where the page states it itself (`srcdoc`), has something that the Tab key reaches.
pub fn frame_has_stop(dom: &Dom, i: u32) -> Option<bool> {
    let source = dom.attr(i, "srcdoc")?;
    let inner = Dom::parse(source, &Lexicon::default());
    let has = inner.elements().any(|j| focus(&inner, j) == Focus::Tab && inner.node(j).exposure == Exposure::Exposed);
    Some(has)
}

/// Whether a control is switched off, by itself or by what is around it.
pub fn is_switched_off(dom: &Dom, i: u32) -> bool {
    let says = |a: u32| dom.attr(a, "aria-disabled").is_some_and(|v| v.trim().eq_ignore_ascii_case("true"));
    is_disabled(dom, i) || dom.ancestors_and_self(i).take(LEVELS).any(says)
}
