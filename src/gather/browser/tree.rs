//! The tree of a page as HTML, from one `DOMSnapshot.captureSnapshot`. What a component keeps in a shadow tree
//! stands where a person meets it. It walks without recursion, whatever the depth.

use rustc_hash::FxHashMap;
use serde_json::Value;

/// Elements whose text is no markup (HTML standard, §13.3 "Serializing HTML fragments").
const RAW: &[&str] = &["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"];

/// Elements without an end (HTML standard, §13.1.2 "Void elements"), with the old ones that parsers know.
const VOID: &[&str] = &[
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
];

/// What a walk has to do next.
enum Do {
    Open(usize),
    Close(String),
}

/// The first document of a snapshot.
struct Tree<'v> {
    nodes: &'v Value,
    strings: &'v [Value],
    children: Vec<Vec<usize>>,
    /// The kind of shadow tree that a node is the top of.
    shadows: Vec<Option<&'v str>>,
}

/// A tree as HTML.
pub(super) struct Written {
    pub(super) html: String,
    /// The nodes of the snapshot whose start tags were written, in their order, with their names.
    pub(super) elements: Vec<(usize, String)>,
}

impl Written {
    /// The numbers of start tags, by the browser's own numbers of the elements.
    pub(super) fn numbers(&self, snapshot: &Value) -> FxHashMap<u64, u32> {
        let numbers = &snapshot["documents"][0]["nodes"]["backendNodeId"];
        let elements = (0u32..).zip(&self.elements);
        elements.filter_map(|(element, (node, _))| Some((numbers[*node].as_u64()?, element))).collect()
    }
}

/// The HTML of a page; `None` where the snapshot holds no tree.
pub(super) fn written(snapshot: &Value) -> Option<Written> {
    let tree = Tree::of(snapshot)?;
    let mut out = Written { html: String::new(), elements: Vec::new() };
    let mut stack: Vec<Do> = tree.inside(0).into_iter().rev().map(Do::Open).collect();
    while let Some(next) = stack.pop() {
        match next {
            Do::Close(name) => {
                out.html.push_str("</");
                out.html.push_str(&name);
                out.html.push('>');
            }
            Do::Open(node) => tree.open(node, &mut out, &mut stack),
        }
    }
    Some(out)
}

impl<'v> Tree<'v> {
    fn of(snapshot: &'v Value) -> Option<Self> {
        let strings = snapshot["strings"].as_array()?;
        let nodes = &snapshot["documents"][0]["nodes"];
        let parents = nodes["parentIndex"].as_array()?;
        let mut children = vec![Vec::new(); parents.len()];
        for (node, parent) in parents.iter().enumerate() {
            if let Some(siblings) = parent.as_u64().and_then(|p| children.get_mut(usize::try_from(p).ok()?)) {
                siblings.push(node);
            }
        }
        let mut shadows = vec![None; parents.len()];
        let rare = &nodes["shadowRootType"];
        for (at, value) in
            rare["index"].as_array().into_iter().flatten().zip(rare["value"].as_array().into_iter().flatten())
        {
            let place = at.as_u64().and_then(|at| shadows.get_mut(usize::try_from(at).ok()?));
            if let Some(place) = place {
                *place = text(strings, value);
            }
        }
        Some(Self { nodes, strings, children, shadows })
    }

    fn string(&self, list: &str, node: usize) -> &'v str {
        text(self.strings, &self.nodes[list][node]).unwrap_or("")
    }

    fn attributes(&self, node: usize) -> impl Iterator<Item = (&'v str, &'v str)> {
        let pairs = self.nodes["attributes"][node].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let strings = self.strings;
        pairs
            .chunks_exact(2)
            .map(move |pair| (text(strings, &pair[0]).unwrap_or(""), text(strings, &pair[1]).unwrap_or("")))
    }

    fn name(&self, node: usize) -> String {
        let name = self.string("nodeName", node);
        // Elements of HTML are told in capitals, those of drawings as they are written.
        if name.chars().any(|c| c.is_ascii_lowercase()) { name.to_owned() } else { name.to_ascii_lowercase() }
    }

    /// What stands inside a node where people meet it: of a component its shadow tree.
    fn inside(&self, node: usize) -> Vec<usize> {
        let own = &self.children[node];
        let shadow = own.iter().find(|&&child| matches!(self.shadows[child], Some("open" | "closed")));
        if let Some(&shadow) = shadow {
            return self.children[shadow].clone();
        }
        if self.string("nodeName", node) == "SLOT" {
            let given = self.assigned(node);
            if !given.is_empty() {
                return given;
            }
        }
        own.iter().copied().filter(|&child| self.shadows[child].is_none()).collect()
    }

    /// The children of the component that its slot shows.
    fn assigned(&self, slot: usize) -> Vec<usize> {
        let parent = |node: usize| self.nodes["parentIndex"][node].as_u64().and_then(|p| usize::try_from(p).ok());
        let mut top = slot;
        while self.shadows[top].is_none() {
            match parent(top) {
                Some(up) if up < top => top = up,
                _ => return Vec::new(),
            }
        }
        let Some(host) = parent(top) else { return Vec::new() };
        let attribute =
            |node: usize, wanted: &str| self.attributes(node).find(|(name, _)| *name == wanted).map_or("", |(_, v)| v);
        let wanted = attribute(slot, "name");
        let of_host = self.children[host].iter().copied();
        of_host.filter(|&child| self.shadows[child].is_none() && attribute(child, "slot") == wanted).collect()
    }

    fn open(&self, node: usize, written: &mut Written, stack: &mut Vec<Do>) {
        let out = &mut written.html;
        match self.nodes["nodeType"][node].as_u64() {
            Some(1) => {
                let name = self.name(node);
                // What styles make (`::before`) and names that would not be read as one.
                let is_one = name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && !name.contains(|c: char| c.is_ascii_whitespace() || matches!(c, '<' | '>' | '/' | '"'));
                if !is_one {
                    return;
                }
                out.push('<');
                out.push_str(&name);
                for (attribute, value) in self.attributes(node) {
                    if !attribute.is_empty()
                        && !attribute.contains(|c: char| c.is_ascii_whitespace() || "<>/=\"'".contains(c))
                    {
                        out.push(' ');
                        out.push_str(attribute);
                        out.push_str("=\"");
                        escape(value, true, out);
                        out.push('"');
                    }
                }
                out.push('>');
                written.elements.push((node, name.clone()));
                if !VOID.contains(&name.as_str()) {
                    stack.push(Do::Close(name));
                    stack.extend(self.inside(node).into_iter().rev().map(Do::Open));
                }
            }
            Some(3 | 4) => {
                let text = self.string("nodeValue", node);
                let parent = self.nodes["parentIndex"][node].as_u64().and_then(|p| usize::try_from(p).ok());
                if parent.is_some_and(|parent| RAW.contains(&self.name(parent).as_str())) {
                    out.push_str(text);
                } else {
                    escape(text, false, out);
                }
            }
            Some(10) => out.push_str("<!DOCTYPE html>\n"),
            _ => {}
        }
    }
}

fn text<'v>(strings: &'v [Value], index: &Value) -> Option<&'v str> {
    strings.get(usize::try_from(index.as_u64()?).ok()?)?.as_str()
}

fn escape(text: &str, is_attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '"' if is_attribute => out.push_str("&quot;"),
            '<' if !is_attribute => out.push_str("&lt;"),
            '>' if !is_attribute => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A snapshot of (parent, type, name, value, attributes).
    fn snapshot(nodes: &[(i64, u8, &str, &str, &[&str])], shadow: Option<usize>) -> Value {
        let mut strings: Vec<String> = vec!["open".to_owned()];
        let mut index = |text: &str| {
            strings.push(text.to_owned());
            strings.len() - 1
        };
        let (mut parents, mut types, mut names, mut values, mut attributes) = (vec![], vec![], vec![], vec![], vec![]);
        for (parent, kind, name, value, pairs) in nodes {
            parents.push(*parent);
            types.push(*kind);
            names.push(index(name));
            values.push(index(value));
            attributes.push(pairs.iter().map(|text| index(text)).collect::<Vec<_>>());
        }
        let shadows: Vec<usize> = shadow.into_iter().collect();
        json!({ "strings": strings, "documents": [{ "nodes": {
            "parentIndex": parents, "nodeType": types, "nodeName": names, "nodeValue": values, "attributes": attributes,
            "shadowRootType": { "index": shadows, "value": vec![0; shadows.len()] },
        } }] })
    }

    #[test]
    fn a_tree_becomes_html_with_its_text_escaped() {
        let tree = snapshot(
            &[
                (-1, 9, "#document", "", &[]),
                (0, 10, "html", "", &[]),
                (0, 1, "HTML", "", &["lang", "en"]),
                (2, 1, "BODY", "", &[]),
                (3, 1, "P", "", &["title", "a \"b\" & c"]),
                (4, 3, "#text", "1 < 2 & 3", &[]),
                (4, 1, "BR", "", &[]),
                (4, 1, "::after", "", &[]),
                (3, 1, "SCRIPT", "", &[]),
                (8, 3, "#text", "1 < 2 && 3", &[]),
            ],
            None,
        );
        let expected = "<!DOCTYPE html>\n<html lang=\"en\"><body><p title=\"a &quot;b&quot; &amp; c\">1 &lt; 2 &amp; 3<br></p>\
            <script>1 < 2 && 3</script></body></html>";
        assert_eq!(written(&tree).map(|w| w.html).as_deref(), Some(expected));
    }

    #[test]
    fn what_a_component_shows_stands_in_its_place() {
        let tree = snapshot(
            &[
                (-1, 9, "#document", "", &[]),
                (0, 1, "TOWN-CARD", "", &[]),
                (1, 11, "#document-fragment", "", &[]),
                (2, 1, "H2", "", &[]),
                (3, 1, "SLOT", "", &["name", "title"]),
                (2, 1, "SLOT", "", &[]),
                (1, 1, "B", "", &["slot", "title"]),
                (6, 3, "#text", "Bins", &[]),
                (1, 3, "#text", "On Monday.", &[]),
            ],
            Some(2),
        );
        let expected = "<town-card><h2><slot name=\"title\"><b slot=\"title\">Bins</b></slot></h2><slot>On Monday.</slot></town-card>";
        assert_eq!(written(&tree).map(|w| w.html).as_deref(), Some(expected));
    }
}
