//! Accessible names: what assistive technology calls an element, by the main steps of accname 1.2.

use super::dom::{Dom, attr, fold_space};
use crate::model::Exposure;

/// Input types whose value is their name.
const BUTTON_INPUTS: &[&str] = &["submit", "button", "reset"];

/// Labels of one field that are read. Our choice: more than a few are a mistake.
const LABELS: usize = 8;

/// Nodes that are read for one name. Our choice: a name is a line, and thousands of fields in one label
/// must not make the work grow with their square.
const NAME_NODES: u32 = 300;

/// The accessible name of an element, white space folded; empty when it has none.
pub fn accessible_name(dom: &Dom, i: u32) -> String {
    let Some(element) = dom.element(i) else { return String::new() };
    if let Some(ids) = attr(element, "aria-labelledby") {
        let parts: Vec<String> =
            ids.split_ascii_whitespace().filter_map(|id| dom.by_id(id)).map(|at| labelling_text(dom, at)).collect();
        let name = fold_space(&parts.join(" "));
        if !name.is_empty() {
            return name;
        }
    }
    if let Some(name) = attr(element, "aria-label").map(fold_space).filter(|n| !n.is_empty()) {
        return name;
    }
    let native = native_name(dom, i);
    if !native.is_empty() {
        return native;
    }
    attr(element, "title").map(fold_space).unwrap_or_default()
}

/// What the element's own kind names it by.
fn native_name(dom: &Dom, i: u32) -> String {
    let Some(element) = dom.element(i) else { return String::new() };
    let kind = attr(element, "type").unwrap_or("").to_ascii_lowercase();
    match element.name() {
        "img" | "area" => attr(element, "alt").map(fold_space).unwrap_or_default(),
        "input" if BUTTON_INPUTS.contains(&kind.as_str()) => {
            // Browsers name submit and reset buttons themselves when the page does not.
            let own = attr(element, "value").map(fold_space).unwrap_or_default();
            if own.is_empty() && kind != "button" { kind } else { own }
        }
        "input" if kind == "image" => attr(element, "alt").map(fold_space).unwrap_or_default(),
        "input" | "select" | "textarea" => visible_label(dom, i),
        "fieldset" => first_child_text(dom, i, "legend"),
        "table" => first_child_text(dom, i, "caption"),
        "iframe" | "frame" => String::new(),
        _ => content(dom, i),
    }
}

/// The text of the labels tied to a field: `for`, or wrapped around it.
pub fn visible_label(dom: &Dom, i: u32) -> String {
    let Some(element) = dom.element(i) else { return String::new() };
    let mut parts = Vec::new();
    if let Some(id) = attr(element, "id").filter(|id| !id.is_empty()) {
        // A label that is hidden names what is hidden with it, and nothing in sight.
        let hidden = |at: u32| dom.node(at).exposure == Exposure::Hidden;
        let labels = dom.labels_for(id).iter().take(LABELS).filter(|&&label| !hidden(label) || hidden(i));
        parts.extend(labels.map(|&label| content(dom, label)));
    }
    if parts.is_empty()
        && let Some(label) = dom.closest(i, &["label"])
    {
        parts.push(content_without(dom, label, i));
    }
    fold_space(&parts.join(" "))
}

fn first_child_text(dom: &Dom, i: u32, tag: &str) -> String {
    dom.children(i).find(|&c| dom.tag(c) == tag).map(|c| content(dom, c)).unwrap_or_default()
}

/// Text inside an element with the names of images in it.
pub fn content(dom: &Dom, i: u32) -> String {
    content_without(dom, i, u32::MAX)
}

fn content_without(dom: &Dom, i: u32, skip: u32) -> String {
    let mut out = String::new();
    let mut block = u32::MAX;
    let mut j = i + 1;
    let end = dom.node(i).end.min(i.saturating_add(NAME_NODES));
    // Of what is hidden as a whole, all is read: it shows together.
    let is_hidden = dom.node(i).exposure == Exposure::Hidden;
    while j < end {
        let node = dom.node(j);
        if j == skip || (node.exposure == Exposure::Hidden && !is_hidden) || dom.attr(j, "aria-hidden") == Some("true")
        {
            j = node.end;
            continue;
        }
        if node.block != block {
            out.push(' ');
            block = node.block;
        }
        if !node.is_element {
            out.push_str(dom.raw_text(j));
        } else if let Some(element) = dom.element(j) {
            let own = attr(element, "aria-label").or_else(|| match element.name() {
                "img" => attr(element, "alt"),
                "input" => {
                    attr(element, "value").filter(|_| attr(element, "type").is_some_and(|t| BUTTON_INPUTS.contains(&t)))
                }
                _ => None,
            });
            if let Some(own) = own {
                out.push(' ');
                out.push_str(own);
                out.push(' ');
                j = node.end;
                continue;
            }
            match element.name() {
                "title" if dom.parent(j).is_some_and(|p| dom.tag(p) == "svg") => {}
                // A field's own options and text are values, not a name.
                "select" | "textarea" | "script" | "style" => {
                    j = node.end;
                    continue;
                }
                _ => {}
            }
        }
        j += 1;
    }
    fold_space(&out)
}

/// The text of an element that another one names as its label; hidden ones count.
fn labelling_text(dom: &Dom, i: u32) -> String {
    let Some(element) = dom.element(i) else { return String::new() };
    if let Some(own) = attr(element, "aria-label").or_else(|| attr(element, "alt")) {
        return own.to_owned();
    }
    if dom.node(i).exposure != Exposure::Hidden {
        return content(dom, i);
    }
    dom.inside(i).map(|j| dom.raw_text(j)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        let dom = Dom::parse(html, Lexicon::for_tests());
        let i = dom.by_id("x").expect("the test marks its element with id x");
        assert_eq!(accessible_name(&dom, i), expected);
    }

    #[test]
    fn names_come_in_the_order_of_accname() {
        check("<a id=x href=/ aria-label='Home page'>Go</a>", "Home page");
        check(
            "<span id=l>Your</span> <a id=x href=/ aria-labelledby='l m' aria-label=no>Go</a><span id=m hidden>way</span>",
            "Your way",
        );
        check("<a id=x href=/><img src=a alt='Milltown'> council</a>", "Milltown council");
        check("<a id=x href=/ title='Home'><img src=a alt=''></a>", "Home");
        check("<label for=x>Name</label><input id=x>", "Name");
        check("<label>Size <input id=x> in feet</label>", "Size in feet");
        check("<input id=x type=submit>", "submit");
        check("<input id=x placeholder=Name>", "");
        check("<button id=x><span aria-hidden=true>×</span></button>", "");
        check("<fieldset id=x><legend>Parking</legend></fieldset>", "Parking");
    }
}
