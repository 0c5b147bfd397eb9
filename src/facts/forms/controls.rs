//! Which elements of a page a person answers: native controls, ARIA widgets and custom elements, without honeypots.

use super::words::FormWords;
use crate::facts::dom::Dom;
use crate::model::Exposure;

/// Nodes inside a widget that are searched for the control it is built on. Our choice: widgets are small.
const WIDGET_NODES: usize = 200;

/// The type of control: `text`, `select`, `radio`, `submit` …; `None` for what is none.
pub(super) fn control(dom: &Dom, i: u32, words: &FormWords) -> Option<String> {
    let type_of = |default: &str| match dom.attr(i, "type").map(|t| t.trim().to_ascii_lowercase()) {
        Some(t) if !t.is_empty() => t,
        _ => default.to_owned(),
    };
    match dom.tag(i) {
        "button" => Some(match type_of("submit").as_str() {
            "reset" => "reset".to_owned(),
            "button" => "button".to_owned(),
            _ => "submit".to_owned(),
        }),
        "input" => Some(type_of("text")).filter(|t| t != "hidden"),
        "select" => Some("select".to_owned()),
        "textarea" => Some("textarea".to_owned()),
        _ => widget(dom, i, words),
    }
}

/// A control made of other elements: by its role, or as a custom element by its name.
fn widget(dom: &Dom, i: u32, words: &FormWords) -> Option<String> {
    let by_role = dom.attr(i, "role").and_then(|role| match role.trim() {
        "textbox" => Some(if dom.attr(i, "aria-multiline") == Some("true") { "textarea" } else { "text" }),
        "searchbox" => Some("search"),
        "combobox" | "listbox" => Some("select"),
        "radiogroup" | "radio" => Some("radio"),
        "checkbox" | "switch" => Some("checkbox"),
        "slider" => Some("range"),
        "spinbutton" => Some("number"),
        _ => None,
    });
    let by_name = || dom.tag(i).contains('-').then(|| words.sign("element", dom.tag(i))).flatten();
    let control = by_role.or_else(by_name)?;
    // A widget around a native control is that control; its own parts are no more questions.
    let is_shell = dom.inside(i).take(WIDGET_NODES).any(|j| matches!(dom.tag(j), "input" | "select" | "textarea"));
    let is_part = || {
        let owner = |a: &u32| {
            dom.attr(*a, "role").is_some_and(|r| matches!(r.trim(), "combobox" | "listbox" | "radiogroup"))
                || dom.tag(*a).contains('-') && words.sign("element", dom.tag(*a)).is_some()
        };
        dom.ancestors_and_self(i).skip(1).take(6).any(|a| owner(&a))
    };
    (!is_shell && !is_part()).then(|| control.to_owned())
}

/// A field that only a robot fills in: its own names or label say so, or it stands where nobody sees it.
pub(super) fn is_honeypot(dom: &Dom, i: u32, control: &str, words: &FormWords) -> bool {
    let named = ["name", "id", "class"].iter().filter_map(|a| dom.attr(i, a));
    let around = dom.ancestors_and_self(i).skip(1).take(3).flat_map(|a| [dom.attr(a, "class"), dom.attr(a, "id")]);
    if named.chain(around.flatten()).any(|name| words.sign("honeypot", name).is_some()) {
        return true;
    }
    let is_typed = !matches!(control, "radio" | "checkbox" | "file" | "submit" | "button" | "image" | "reset");
    let no_key = dom.attr(i, "tabindex").is_some_and(|t| t.trim() == "-1");
    // Boxes to tick are often put aside for drawn ones; a field to type in is not.
    let far = || dom.ancestors_and_self(i).take(6).any(|a| is_away(dom, a));
    let unspoken = || dom.ancestors_and_self(i).take(6).any(|a| dom.attr(a, "aria-hidden") == Some("true"));
    (is_typed && far()) || (no_key && (far() || unspoken()))
}

fn is_away(dom: &Dom, a: u32) -> bool {
    dom.attr(a, "style").is_some_and(|style| {
        let style: String = style.split_whitespace().collect();
        (style.contains("position:absolute") || style.contains("position:fixed"))
            && [":-999", ":-5000", ":-1000", ":-2000"].iter().any(|far| style.contains(far))
    })
}

/// Whether the source shows nothing of a form until a script does.
pub(super) fn is_folded(dom: &Dom, form: u32) -> bool {
    dom.node(form).exposure == Exposure::Hidden
}

/// The form that a control belongs to: by its `form` attribute, else the one around it. A form that stands
/// between the rows of a table is left `hollow` by parsers; what follows in that table is still sent with it.
pub(super) fn owner(dom: &Dom, i: u32, hollow: Option<u32>) -> Option<u32> {
    if let Some(id) = dom.attr(i, "form") {
        return dom.by_id(id);
    }
    dom.closest(i, &["form"]).or_else(|| {
        let form = hollow?;
        let around = dom.parent(form)?;
        let in_table = matches!(dom.tag(around), "table" | "tbody" | "thead" | "tfoot" | "tr");
        (in_table && i < dom.node(around).end).then_some(form)
    })
}
