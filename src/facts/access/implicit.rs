//! The role of an element: by its `role` attribute, else by its kind, as HTML-AAM maps it, and with the rules for conflicts of WAI-ARIA.

use super::focus::{Focus, focus};
use super::role::{Naming, Role, RoleInfo, SILENT, WIDGET, known};
use super::{HAS_ARIA, SECTIONED, aria};
use crate::facts::dom::Dom;

/// The summary of a `details`: HTML-AAM gives it no role of WAI-ARIA.
pub(super) static SUMMARY: RoleInfo =
    RoleInfo { name: "summary", naming: Naming::Contents, traits: WIDGET, required: "", context: "", owns: "" };

/// Cells behind a header that are looked at for data. Our choice.
const CELLS: usize = 100;

/// The computed role.
pub(super) fn computed(dom: &Dom, i: u32) -> Option<Role> {
    match dom.explicit_role(i) {
        // What can be focused, or says something of itself, keeps its meaning.
        Some(role) if role.has(SILENT) && is_kept(dom, i) => native_with(dom, i, true),
        Some(role) if role.has(SILENT) => Some(known("none")),
        Some(role) => Some(role),
        None => native(dom, i),
    }
}

/// Whether an element that is marked as meaningless is exposed all the same.
pub(super) fn is_kept(dom: &Dom, i: u32) -> bool {
    focus(dom, i) != Focus::No || has_global(dom, i)
}

/// Whether it has a state or property of WAI-ARIA that every role supports, other than `aria-hidden`.
pub(super) fn has_global(dom: &Dom, i: u32) -> bool {
    if !dom.marked(i, HAS_ARIA) {
        return false;
    }
    let Some(element) = dom.element(i) else { return false };
    let is_global = |name: &str| aria::attribute(name).is_some_and(aria::Attribute::is_global);
    element.attrs().any(|(name, value)| name != "aria-hidden" && is_global(name) && !value.trim().is_empty())
}

/// The role by the kind of element.
pub(super) fn native(dom: &Dom, i: u32) -> Option<Role> {
    native_with(dom, i, false)
}

fn native_with(dom: &Dom, i: u32, kept: bool) -> Option<Role> {
    let named = || ["aria-label", "aria-labelledby", "title"].iter().any(|a| has_text(dom, i, a));
    let name = match dom.tag(i) {
        "a" | "area" if dom.attr(i, "href").is_some() => "link",
        "a" | "area" | "b" | "bdi" | "bdo" | "body" | "data" | "div" | "i" | "pre" | "q" | "samp" | "small"
        | "span" | "u" => "generic",
        "article" => "article",
        "address" | "details" | "fieldset" | "hgroup" | "optgroup" => "group",
        "aside" if dom.marked(i, SECTIONED) && !named() => "generic",
        "aside" => "complementary",
        "blockquote" => "blockquote",
        "button" => "button",
        "caption" => "caption",
        "code" => "code",
        "datalist" => "listbox",
        "del" | "s" => "deletion",
        "dfn" => "term",
        "dialog" => "dialog",
        "em" => "emphasis",
        "figure" => "figure",
        "header" | "footer" if dom.marked(i, SECTIONED) => "generic",
        "header" => "banner",
        "footer" => "contentinfo",
        "form" if named() => "form",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading",
        "hr" => "separator",
        "html" => "document",
        "img" if dom.attr(i, "alt") == Some("") && !kept && !is_kept(dom, i) => "none",
        "img" => "img",
        "input" => return input(dom, i),
        "ins" => "insertion",
        "li" if is_in_list(dom, i) => "listitem",
        "li" => "generic",
        "main" => "main",
        "mark" => "mark",
        "math" => "math",
        "menu" | "ol" | "ul" => "list",
        "meter" => "meter",
        "nav" => "navigation",
        "option" => "option",
        "output" => "status",
        "p" => "paragraph",
        "progress" => "progressbar",
        "search" => "search",
        "section" if named() => "region",
        "section" => "generic",
        "select" => return Some(select(dom, i)),
        "strong" => "strong",
        "sub" => "subscript",
        "summary" if is_summary(dom, i) => return Some(&SUMMARY),
        "sup" => "superscript",
        "svg" => "graphics-document",
        "table" => "table",
        "tbody" | "thead" | "tfoot" => of_table(dom, i, "rowgroup", "rowgroup"),
        "td" => of_table(dom, i, "cell", "gridcell"),
        "textarea" => "textbox",
        "th" => header_cell(dom, i),
        "time" => "time",
        "tr" => of_table(dom, i, "row", "row"),
        _ => return None,
    };
    Some(known(name))
}

fn has_text(dom: &Dom, i: u32, name: &str) -> bool {
    dom.attr(i, name).is_some_and(|value| !value.trim().is_empty())
}

/// Whether a `summary` is the one that opens its `details`.
pub(super) fn is_summary(dom: &Dom, i: u32) -> bool {
    let Some(parent) = dom.parent(i) else { return false };
    dom.tag(parent) == "details" && dom.children(parent).find(|&c| dom.tag(c) == "summary") == Some(i)
}

fn is_in_list(dom: &Dom, i: u32) -> bool {
    let Some(parent) = dom.parent(i) else { return false };
    matches!(dom.tag(parent), "ul" | "ol" | "menu") && dom.has_role(parent, "list")
}

/// The role of a part of a table, under that of the table itself.
fn of_table(dom: &Dom, i: u32, in_table: &'static str, in_grid: &'static str) -> &'static str {
    match dom.closest(i, &["table"]).and_then(|table| dom.role(table)) {
        Some(role) if role.is_in("grid treegrid") => in_grid,
        Some(role) if role.is_in("table") => in_table,
        _ => "generic",
    }
}

fn header_cell(dom: &Dom, i: u32) -> &'static str {
    let by_scope = match dom.attr(i, "scope").map(|s| s.trim().to_ascii_lowercase()).as_deref() {
        Some("row" | "rowgroup") => "rowheader",
        Some("col" | "colgroup") => "columnheader",
        // A header with data cells in its own row, behind it, heads the row.
        _ => {
            let end = dom.parent(i).map_or(0, |parent| dom.node(parent).end);
            let next = |&c: &u32| Some(dom.node(c).end).filter(|&next| next < end);
            let has_data = std::iter::successors(Some(i), next).take(CELLS).any(|c| dom.tag(c) == "td");
            if has_data { "rowheader" } else { "columnheader" }
        }
    };
    if of_table(dom, i, "cell", "cell") == "generic" { "generic" } else { by_scope }
}

fn select(dom: &Dom, i: u32) -> Role {
    let rows = dom.attr(i, "size").and_then(|s| s.trim().parse::<u32>().ok()).unwrap_or(0);
    known(if dom.attr(i, "multiple").is_some() || rows > 1 { "listbox" } else { "combobox" })
}

fn input(dom: &Dom, i: u32) -> Option<Role> {
    let has_list = dom.attr(i, "list").is_some();
    let name = match input_type(dom, i).as_str() {
        "button" | "image" | "reset" | "submit" => "button",
        "checkbox" if dom.attr(i, "aria-pressed").is_some() => "button",
        "checkbox" => "checkbox",
        "number" => "spinbutton",
        "radio" => "radio",
        "range" => "slider",
        "color" | "date" | "datetime-local" | "file" | "hidden" | "month" | "password" | "time" | "week" => {
            return None;
        }
        _ if has_list => "combobox",
        "search" => "searchbox",
        _ => "textbox",
    };
    Some(known(name))
}

/// The type of an `input`, in lower case; `text` where none is given.
pub(super) fn input_type(dom: &Dom, i: u32) -> String {
    let kind = dom.attr(i, "type").map(|t| t.trim().to_ascii_lowercase()).unwrap_or_default();
    if kind.is_empty() { "text".to_owned() } else { kind }
}
