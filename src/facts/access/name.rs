//! Accessible names and descriptions: what assistive technology calls an element, by Accessible Name and Description
//! Computation 1.2 with the mappings of HTML-AAM and SVG-AAM.
//!
//! A name is read in loops over the page: references lead one step away and no further, as the specification has it.

use super::FOLDED;
use super::implicit::{input_type, is_summary};
use super::role::{Naming, SILENT};
use crate::facts::dom::{Dom, fold_space};
use crate::model::Exposure;

/// Labels of one field, or elements that one refers to, that are read. Our choice: more than a few are a mistake.
const PARTS: usize = 16;

/// Nodes that are read for one name. Our choice: a name is a line, and thousands of fields in one label
/// must not make the work grow with their square.
const NAME_NODES: u32 = 400;

/// Where a name comes from, in the order in which the sources are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Elements that `aria-labelledby` refers to.
    LabelledBy,
    /// `aria-label`.
    Label,
    /// What the element's own kind provides: `label`, `legend`, `caption`, `alt`, `value` …
    Native,
    /// The text inside.
    Content,
    /// `title`, the last resort.
    Title,
    /// The placeholder of a field.
    Placeholder,
    /// It has no name.
    Nothing,
}

/// A name and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, white space folded.
    pub text: String,
    /// Where it comes from.
    pub source: Source,
}

/// The accessible name of an element; empty when it has none.
pub fn accessible_name(dom: &Dom, i: u32) -> &str {
    &name(dom, i).text
}

/// The accessible name, and else the text inside: what people would call an element of any kind.
pub fn called(dom: &Dom, i: u32) -> String {
    let name = accessible_name(dom, i);
    if name.is_empty() { content(dom, i) } else { name.to_owned() }
}

/// The accessible name with its source; worked out when it is first asked for.
pub fn name(dom: &Dom, i: u32) -> &Name {
    static NOTHING: Name = Name { text: String::new(), source: Source::Nothing };
    let cell = dom.tree().names.get(i as usize);
    cell.map_or(&NOTHING, |cell| cell.get_or_init(|| Box::new(worked_out(dom, i))))
}

fn worked_out(dom: &Dom, i: u32) -> Name {
    let labelled = |source, text: Option<String>| text.filter(|t| !t.is_empty()).map(|text| Name { text, source });
    labelled(Source::LabelledBy, dom.attr(i, "aria-labelledby").map(|ids| referred(dom, i, ids)))
        .or_else(|| labelled(Source::Label, text_of(dom, i, "aria-label")))
        .or_else(|| labelled(Source::Native, native_name(dom, i)))
        .or_else(|| labelled(Source::Content, names_from_content(dom, i).then(|| Walk::naming(dom, i).read())))
        .or_else(|| labelled(Source::Title, title_name(dom, i)))
        .or_else(|| labelled(Source::Placeholder, placeholder(dom, i)))
        .unwrap_or(Name { text: String::new(), source: Source::Nothing })
}

/// The accessible description of an element; empty when it has none.
pub fn description(dom: &Dom, i: u32) -> String {
    let told = |text: Option<String>| text.filter(|t| !t.is_empty());
    let native = || match dom.tag(i) {
        "table" => told(text_of(dom, i, "summary")),
        "svg" => told(child_text(dom, i, "desc")),
        _ => None,
    };
    let title = || told(text_of(dom, i, "title")).filter(|_| name(dom, i).source != Source::Title);
    told(dom.attr(i, "aria-describedby").map(|ids| referred(dom, i, ids)))
        .or_else(|| told(text_of(dom, i, "aria-description")))
        .or_else(native)
        .or_else(title)
        .unwrap_or_default()
}

/// The text of the labels tied to a field that people can see: `for`, or wrapped around it.
pub fn visible_label(dom: &Dom, i: u32) -> String {
    // A label that is hidden names what is hidden with it, and nothing in sight.
    let hidden = |at: u32| dom.node(at).exposure == Exposure::Hidden;
    labels(dom, i).into_iter().filter(|&label| !hidden(label) || hidden(i)).fold(String::new(), |mut text, label| {
        let words = Walk { skip: i, ..Walk::plain(dom, label) }.read();
        if !text.is_empty() && !words.is_empty() {
            text.push(' ');
        }
        text.push_str(&words);
        text
    })
}

/// Text inside an element with the names of images in it, without the values of fields.
pub fn content(dom: &Dom, i: u32) -> String {
    Walk::plain(dom, i).read()
}

fn text_of(dom: &Dom, i: u32, attribute: &str) -> Option<String> {
    dom.attr(i, attribute).map(fold_space)
}

/// What the elements say that a list of ids refers to.
fn referred(dom: &Dom, i: u32, ids: &str) -> String {
    let parts: Vec<String> = ids
        .split_ascii_whitespace()
        .take(PARTS)
        .filter_map(|id| dom.by_id(id))
        .map(|at| if at == i { itself(dom, i) } else { as_label(dom, at, i) })
        .collect();
    fold_space(&parts.join(" "))
}

/// The name of an element that refers to itself among others.
fn itself(dom: &Dom, i: u32) -> String {
    let found = text_of(dom, i, "aria-label").filter(|t| !t.is_empty());
    let found = found.or_else(|| native_name(dom, i).filter(|t| !t.is_empty()));
    found.unwrap_or_else(|| Walk { follows: false, ..Walk::naming(dom, i) }.read())
}

/// The text of an element that another one names as its label; of one that is hidden, all that is inside.
fn as_label(dom: &Dom, i: u32, root: u32) -> String {
    let some = |text: &String| !text.is_empty();
    let own = value(dom, i).or_else(|| text_of(dom, i, "aria-label").filter(some));
    let own = own.or_else(|| attribute_name(dom, i).filter(some));
    own.unwrap_or_else(|| {
        let text = Walk { follows: false, skip: root, ..Walk::naming(dom, i) }.read();
        if text.is_empty() { text_of(dom, i, "title").unwrap_or_default() } else { text }
    })
}

/// Whether an element is named by what is inside it.
fn names_from_content(dom: &Dom, i: u32) -> bool {
    match dom.tag(i) {
        "input" | "select" | "textarea" | "img" | "iframe" | "frame" | "object" | "video" | "audio" | "svg" => {
            dom.explicit_role(i).is_some_and(|role| role.naming == Naming::Contents) && dom.tag(i) == "svg"
        }
        "label" | "legend" | "caption" | "figcaption" | "title" => true,
        "summary" if is_summary(dom, i) => true,
        _ => dom.role(i).is_some_and(|role| role.naming == Naming::Contents),
    }
}

/// What the element's own kind names it by, from its labels, its parts or its attributes.
fn native_name(dom: &Dom, i: u32) -> Option<String> {
    match dom.tag(i) {
        "button" | "input" | "meter" | "output" | "progress" | "select" | "textarea" => {
            let text = label_text(dom, i);
            if text.is_empty() { attribute_name(dom, i) } else { Some(text) }
        }
        "fieldset" => child_text(dom, i, "legend"),
        "table" => child_text(dom, i, "caption"),
        "figure" => child_text(dom, i, "figcaption"),
        _ => attribute_name(dom, i),
    }
}

/// What the element's own attributes, or the title of a drawing, name it by.
fn attribute_name(dom: &Dom, i: u32) -> Option<String> {
    match dom.tag(i) {
        "img" | "area" => text_of(dom, i, "alt"),
        "input" => match input_type(dom, i).as_str() {
            "button" => text_of(dom, i, "value"),
            // Browsers name these themselves when the page does not.
            kind @ ("submit" | "reset") => {
                text_of(dom, i, "value").filter(|v| !v.is_empty()).or_else(|| Some(kind.to_owned()))
            }
            "image" => text_of(dom, i, "alt"),
            _ => None,
        },
        "svg" => child_text(dom, i, "title"),
        "option" | "optgroup" => text_of(dom, i, "label"),
        _ if is_drawn(dom, i) => child_text(dom, i, "title"),
        _ => None,
    }
}

/// Whether it is a part of a drawing (SVG), which a title inside names.
fn is_drawn(dom: &Dom, i: u32) -> bool {
    dom.element(i).is_some_and(|element| &*element.name.ns == "http://www.w3.org/2000/svg")
}

/// The title, unless the element is marked as decoration by an empty text.
fn title_name(dom: &Dom, i: u32) -> Option<String> {
    if dom.tag(i) == "img" && dom.attr(i, "alt") == Some("") && dom.has_role(i, "none") {
        return None;
    }
    text_of(dom, i, "title")
}

fn placeholder(dom: &Dom, i: u32) -> Option<String> {
    let takes = match dom.tag(i) {
        "textarea" => true,
        "input" => {
            matches!(input_type(dom, i).as_str(), "email" | "number" | "password" | "search" | "tel" | "text" | "url")
        }
        _ => return text_of(dom, i, "aria-placeholder"),
    };
    if takes { text_of(dom, i, "placeholder").or_else(|| text_of(dom, i, "aria-placeholder")) } else { None }
}

/// The labels tied to a field: those that name its id, and the one around it if the field is the first in it.
pub fn labels(dom: &Dom, i: u32) -> Vec<u32> {
    let id = dom.attr(i, "id").filter(|id| !id.is_empty());
    let tied = id.filter(|id| dom.by_id(id) == Some(i)).map_or(&[][..], |id| dom.labels_for(id));
    let mut found: Vec<u32> = tied.iter().copied().take(PARTS).collect();
    if let Some(around) = dom.closest(i, &["label"])
        && dom.attr(around, "for").is_none()
        && first_field(dom, around) == Some(i)
    {
        found.push(around);
        found.sort_unstable();
    }
    found
}

/// The first element in a label that a label may name.
fn first_field(dom: &Dom, label: u32) -> Option<u32> {
    let end = dom.node(label).end.min(label.saturating_add(NAME_NODES));
    (label + 1..end).find(|&j| match dom.tag(j) {
        "button" | "meter" | "output" | "progress" | "select" | "textarea" => true,
        "input" => input_type(dom, j) != "hidden",
        _ => false,
    })
}

fn label_text(dom: &Dom, i: u32) -> String {
    let parts: Vec<String> = labels(dom, i)
        .into_iter()
        .map(|label| {
            text_of(dom, label, "aria-label")
                .filter(|t| !t.is_empty())
                .unwrap_or_else(|| Walk { skip: i, ..Walk::naming(dom, label) }.read())
        })
        .collect();
    fold_space(&parts.join(" "))
}

fn child_text(dom: &Dom, i: u32, tag: &str) -> Option<String> {
    dom.children(i).find(|&c| dom.tag(c) == tag).map(|c| Walk::naming(dom, c).read())
}

/// The value of a control that stands in the label of another.
fn value(dom: &Dom, i: u32) -> Option<String> {
    match dom.tag(i) {
        "input" => match input_type(dom, i).as_str() {
            "checkbox" | "radio" => Some(String::new()),
            "button" | "submit" | "reset" | "image" | "hidden" => None,
            _ => Some(text_of(dom, i, "value").unwrap_or_default()),
        },
        "textarea" => Some(fold_space(&dom.inside(i).map(|j| dom.raw_text(j)).collect::<String>())),
        "select" => {
            let options = || dom.inside(i).filter(|&j| dom.tag(j) == "option").take(PARTS * PARTS);
            let chosen: Vec<u32> = options().filter(|&j| dom.attr(j, "selected").is_some()).collect();
            let first = || options().next().filter(|_| dom.attr(i, "multiple").is_none()).into_iter().collect();
            let chosen: Vec<u32> = if chosen.is_empty() { first() } else { chosen };
            let texts: Vec<String> = chosen
                .into_iter()
                .map(|j| dom.inside(j).map(|k| dom.raw_text(k)).collect::<Vec<_>>().join(" "))
                .collect();
            Some(fold_space(&texts.join(" ")))
        }
        _ if dom.attr(i, "role").is_some() && dom.has_role(i, "meter progressbar scrollbar slider spinbutton") => {
            text_of(dom, i, "aria-valuetext").or_else(|| text_of(dom, i, "aria-valuenow"))
        }
        _ => None,
    }
}

/// One reading of the text inside an element.
struct Walk<'d> {
    dom: &'d Dom,
    root: u32,
    /// A control whose label is read, and which is no part of its own name.
    skip: u32,
    /// Whether elements inside are asked for `aria-labelledby`.
    follows: bool,
    /// Whether the values of controls inside are read.
    values: bool,
}

/// An element whose end was not reached yet.
struct Open {
    node: u32,
    /// Length of the text before it.
    start: usize,
}

impl<'d> Walk<'d> {
    /// For a name.
    fn naming(dom: &'d Dom, root: u32) -> Self {
        Self { dom, root, skip: u32::MAX, follows: true, values: true }
    }

    /// For the words in sight.
    fn plain(dom: &'d Dom, root: u32) -> Self {
        Self { values: false, ..Self::naming(dom, root) }
    }

    fn read(&self) -> String {
        let dom = self.dom;
        let mut out = String::new();
        let mut open: Vec<Open> = Vec::new();
        let mut block = u32::MAX;
        // Of what is hidden as a whole, all is read: it shows together.
        let whole = dom.in_tree(self.root) == Exposure::Hidden;
        let end = dom.node(self.root).end.min(self.root.saturating_add(NAME_NODES));
        self.generated(self.root, &mut out, true);
        let mut j = self.root + 1;
        while j < end {
            while let Some(last) = open.last()
                && dom.node(last.node).end <= j
            {
                self.close(last, &mut out);
                open.pop();
            }
            let node = dom.node(j);
            let hides = !whole
                && (node.exposure == Exposure::Hidden
                    || node.is_element && dom.attr(j, "aria-hidden").is_some_and(|v| v.trim() == "true")
                    || dom.marked(j, FOLDED) && !dom.marked(self.root, FOLDED));
            if j == self.skip || hides || (node.is_element && is_no_text(dom.tag(j))) {
                // What is veiled may hold what is not.
                j = if dom.is_veiled(j) && j != self.skip && !whole { j + 1 } else { node.end };
                continue;
            }
            if node.block != block {
                out.push(' ');
                block = node.block;
            }
            if !node.is_element {
                out.push_str(dom.raw_text(j));
                j += 1;
            } else if let Some(own) = self.own_text(j) {
                out.push(' ');
                out.push_str(&own);
                out.push(' ');
                j = node.end;
            } else {
                if dom.tag(j) == "br" {
                    out.push(' ');
                }
                open.push(Open { node: j, start: out.len() });
                self.generated(j, &mut out, true);
                j += 1;
            }
        }
        while let Some(last) = open.pop() {
            self.close(&last, &mut out);
        }
        self.generated(self.root, &mut out, false);
        fold_space(&out)
    }

    /// What names an element inside as a whole; `None` where its content is read.
    fn own_text(&self, j: u32) -> Option<String> {
        let dom = self.dom;
        let some = |text: &String| !text.is_empty();
        if self.follows
            && let Some(ids) = dom.attr(j, "aria-labelledby")
        {
            let text = referred(dom, j, ids);
            if !text.is_empty() {
                return Some(text);
            }
        }
        if let Some(value) = value(dom, j) {
            // Where only words in sight are read, what people typed is none.
            return Some(if self.values { value } else { String::new() });
        }
        if let Some(label) = text_of(dom, j, "aria-label").filter(some) {
            return Some(label);
        }
        match dom.tag(j) {
            "img" | "area" if dom.explicit_role(j).is_some_and(|role| role.has(SILENT)) => Some(String::new()),
            "img" | "area" | "input" => {
                let text = attribute_name(dom, j).filter(some);
                Some(text.or_else(|| title_name(dom, j)).unwrap_or_default())
            }
            "svg" => attribute_name(dom, j).filter(some),
            "iframe" | "object" | "video" | "audio" => Some(text_of(dom, j, "title").unwrap_or_default()),
            _ => None,
        }
    }

    /// Ends an element: where nothing in it was a text, its title is.
    fn close(&self, open: &Open, out: &mut String) {
        self.generated(open.node, out, false);
        if out.get(open.start..).is_none_or(|text| text.trim().is_empty())
            && self.values
            && let Some(title) = text_of(self.dom, open.node, "title")
        {
            out.push(' ');
            out.push_str(&title);
            out.push(' ');
        }
    }

    /// The text that a style puts before or behind what is inside.
    fn generated(&self, j: u32, out: &mut String, before: bool) {
        if let Some(styled) = self.dom.styles().and_then(|styles| styles.of(j)) {
            out.push_str(if before { &styled.before } else { &styled.after });
        }
    }
}

/// Elements whose content is no text, even where what is hidden is read.
fn is_no_text(tag: &str) -> bool {
    matches!(tag, "script" | "style" | "noscript" | "template" | "desc" | "datalist")
}
