//! A page as a tree in document order: what the source says is there, where it stands, and whether
//! a person can meet it. It never judges, and its walks are loops, since depth is the page's to choose.

use crate::facts::Lexicon;
use crate::model::{Exposure, KeyStop, Region, Terminal};
use ego_tree::{NodeId, iter::Edge};
use scraper::{ElementRef, Html, Node as Raw, node::Element};
use std::cell::OnceCell;
use std::collections::HashMap;

use super::access::hidden::{Shown, own_exposure};
use super::access::{Styles, Survey, Tables, Tree};
use super::parsed::{Lines, Parsed};
use super::style::Looks;
use tags::Tags;

mod areas;
mod styled;
mod tags;

/// The parent of the outermost element.
const NONE: u32 = u32::MAX;

/// Elements that stand in a line of text; all others begin a block. From the HTML standard's
/// phrasing content, without the ones that are drawn as a box of their own.
fn is_inline(tag: &str) -> bool {
    matches!(
        tag,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "br"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "img"
            | "input"
            | "ins"
            | "kbd"
            | "mark"
            | "output"
            | "picture"
            | "q"
            | "rp"
            | "rt"
            | "ruby"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "svg"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
    )
}

/// A parsed page.
pub struct Dom {
    html: Html,
    nodes: Vec<Node>,
    tags: Tags,
    ids: HashMap<String, u32>,
    labels: HashMap<String, Vec<u32>>,
    styles: Option<Styles>,
    looks: Looks,
    terminal: Option<Terminal>,
    key_stops: Vec<(u32, KeyStop)>,
    tree: OnceCell<Tree>,
    pub(super) survey: OnceCell<Survey>,
    pub(super) tables: OnceCell<Tables>,
    /// Whether the source was cut because it nests deeper, or has more elements, than are read.
    pub cut: bool,
}

/// An element or a text, at its index in document order.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    id: NodeId,
    /// Index of the parent element, `u32::MAX` for the outermost.
    parent: u32,
    /// Index after the last descendant.
    pub end: u32,
    /// The nearest element that begins a block; the element itself if it does.
    pub block: u32,
    /// Line on which the start tag ends, from 1; the parent's for a text.
    pub line: u32,
    /// Whether a person can meet it.
    pub exposure: Exposure,
    /// Whether it is hidden by its visibility alone, which something inside may undo.
    veiled: bool,
    /// The part of the page.
    pub region: Region,
    /// Whether it is an element; else a text.
    pub is_element: bool,
}

impl Dom {
    /// Parses a document. Broken HTML is read as browsers read it.
    pub fn parse(source: &str, lexicon: &Lexicon) -> Self {
        let Parsed { html, lines, cut } = Parsed::of(source);
        let nodes = flatten(&html, &lines, lexicon);
        let mut dom = Self {
            tags: Tags::of(&html.tree, &nodes),
            nodes,
            html,
            ids: HashMap::new(),
            labels: HashMap::new(),
            styles: None,
            looks: Looks::unknown(
                "the styles of this page were not worked out, or not every style sheet of it was read",
            ),
            terminal: None,
            key_stops: Vec::new(),
            tree: OnceCell::new(),
            survey: OnceCell::new(),
            tables: OnceCell::new(),
            cut,
        };
        for i in 0..dom.len() {
            if let Some(id) = dom.attr(i, "id").map(str::to_owned) {
                dom.ids.entry(id).or_insert(i);
            }
            if dom.tag(i) == "label"
                && let Some(field) = dom.attr(i, "for").map(str::to_owned)
            {
                dom.labels.entry(field).or_default().push(i);
            }
        }
        dom.expose_areas();
        assign_regions(&mut dom, lexicon);
        dom
    }

    /// Whether browsers read it by the rules from before standards, because it declares no modern document type.
    pub fn is_quirky(&self) -> bool {
        self.html.quirks_mode == html5ever::tree_builder::QuirksMode::Quirks
    }

    /// Number of elements and texts.
    pub fn len(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(NONE)
    }

    /// Whether the source held nothing at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node at an index of this page.
    pub fn node(&self, i: u32) -> &Node {
        &self.nodes[i as usize]
    }

    /// The indices of all elements, in document order.
    pub fn elements(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).filter(|&i| self.node(i).is_element)
    }

    /// The element at an index; `None` for a text.
    pub fn element(&self, i: u32) -> Option<&Element> {
        self.html.tree.get(self.node(i).id)?.value().as_element()
    }

    /// The element as scraper's selectors want it.
    pub fn element_ref(&self, i: u32) -> Option<ElementRef<'_>> {
        ElementRef::wrap(self.html.tree.get(self.node(i).id)?)
    }

    /// The text at an index; empty for an element.
    pub fn raw_text(&self, i: u32) -> &str {
        self.html.tree.get(self.node(i).id).and_then(|n| n.value().as_text()).map_or("", |t| &t.text)
    }

    /// Name of the element in lower case; empty for a text.
    pub fn tag(&self, i: u32) -> &str {
        self.element(i).map_or("", Element::name)
    }

    /// An attribute of the element.
    pub fn attr(&self, i: u32, name: &str) -> Option<&str> {
        attr(self.element(i)?, name)
    }

    /// The `label` elements that name a field by its id.
    pub fn labels_for(&self, id: &str) -> &[u32] {
        self.labels.get(id).map_or(&[], Vec::as_slice)
    }

    /// The parent element.
    pub fn parent(&self, i: u32) -> Option<u32> {
        Some(self.node(i).parent).filter(|&parent| parent != NONE)
    }

    /// The element and what encloses it, from the inside out.
    pub fn ancestors_and_self(&self, i: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(i), |&i| self.parent(i))
    }

    /// Everything inside an element, in document order.
    pub fn inside(&self, i: u32) -> std::ops::Range<u32> {
        i + 1..self.node(i).end
    }

    /// The direct children, elements and texts.
    pub fn children(&self, i: u32) -> impl Iterator<Item = u32> + '_ {
        let end = self.node(i).end;
        let first = (i + 1 < end).then_some(i + 1);
        std::iter::successors(first, move |&child| {
            let next = self.node(child).end;
            (next < end).then_some(next)
        })
    }

    /// The first element with that id.
    pub fn by_id(&self, id: &str) -> Option<u32> {
        self.ids.get(id).copied()
    }

    /// The nearest enclosing element (or the element itself) with one of these names.
    pub fn closest(&self, i: u32, tags: &[&str]) -> Option<u32> {
        self.ancestors_and_self(i).find(|&a| tags.contains(&self.tag(a)))
    }

    /// What styles make of the elements in numbers, or why that is not known.
    pub fn looks(&self) -> &Looks {
        &self.looks
    }

    /// What is known for assistive technology; worked out when it is first asked for.
    pub(super) fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| Tree::read(self))
    }

    /// Whether it is hidden by its visibility alone, which something inside may undo.
    pub(super) fn is_veiled(&self, i: u32) -> bool {
        self.node(i).veiled
    }

    /// The text a person can meet inside an element, white space folded.
    pub fn text(&self, i: u32) -> String {
        let mut text = String::new();
        let mut block = NONE;
        for j in self.inside(i) {
            let node = self.node(j);
            if node.is_element || node.exposure == Exposure::Hidden {
                continue;
            }
            if block != NONE && node.block != block {
                text.push(' ');
            }
            block = node.block;
            text.push_str(self.raw_text(j));
        }
        fold_space(&text)
    }
}

/// An attribute of an element.
pub fn attr<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attrs.iter().find(|(n, _)| &*n.local == name).map(|(_, value)| &**value)
}

/// Runs of white space as one space, none at the ends.
pub fn fold_space(text: &str) -> String {
    if is_folded(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether a text needs no folding; of letters beyond ASCII it is not asked.
fn is_folded(text: &str) -> bool {
    let mut before = b' ';
    for byte in text.bytes() {
        if !byte.is_ascii() || matches!(byte, b'\t'..=b'\r') || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    text.is_empty() || before != b' '
}

/// At most `max` characters, cut at a character and marked with an ellipsis.
pub fn shorten(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
    }
}

/// The tree as a list in document order.
fn flatten(html: &Html, lines: &Lines, lexicon: &Lexicon) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<u32> = Vec::new();
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(raw) => {
                let parent = open.last().copied();
                let above = parent.map(|p| nodes[p as usize]);
                let index = u32::try_from(nodes.len()).unwrap_or(NONE);
                let shown = above.map_or(Shown::YES, |n| Shown { exposure: n.exposure, veiled: n.veiled });
                match raw.value() {
                    Raw::Element(element) => {
                        let shown = own_exposure(element, shown, lexicon);
                        let begins_block = above.is_none() || !is_inline(element.name());
                        nodes.push(Node {
                            id: raw.id(),
                            parent: parent.unwrap_or(NONE),
                            end: index + 1,
                            block: if begins_block { index } else { above.map_or(index, |n| n.block) },
                            line: lines.of(raw.id()),
                            exposure: shown.exposure,
                            veiled: shown.veiled,
                            region: Region::Main,
                            is_element: true,
                        });
                        open.push(index);
                    }
                    Raw::Text(_) => {
                        let Some(above) = above else { continue };
                        nodes.push(Node {
                            id: raw.id(),
                            parent: parent.unwrap_or(NONE),
                            end: index + 1,
                            is_element: false,
                            ..above
                        });
                    }
                    _ => {}
                }
            }
            Edge::Close(raw) => {
                if raw.value().is_element() {
                    let end = u32::try_from(nodes.len()).unwrap_or(NONE);
                    if let Some(index) = open.pop() {
                        nodes[index as usize].end = end;
                    }
                }
            }
        }
    }
    nodes
}

/// Gives every node its part of the page: by landmark elements and roles, else by the names that
/// classes and ids conventionally have; what is left is the main content.
fn assign_regions(dom: &mut Dom, lexicon: &Lexicon) {
    let main = dom.elements().find(|&i| is_main(dom, i) && dom.node(i).exposure != Exposure::Hidden);
    let main_range = main.map_or(0..0, |m| m..dom.node(m).end);
    for i in 0..dom.len() {
        let above = dom.parent(i).map(|p| dom.node(p).region);
        let region = if !dom.node(i).is_element {
            above.unwrap_or(Region::Main)
        } else if Some(i) == main {
            Region::Main
        } else {
            match (own_region(dom, i, &main_range, lexicon), above) {
                (Some(own), _) => own,
                (None, Some(above)) => above,
                (None, None) => Region::Main,
            }
        };
        dom.nodes[i as usize].region = region;
    }
    let Some(main) = main else { return };
    // Beside a declared main content, unmarked matter is the site's: its banner above, its foot below.
    let (start, end) = (main, dom.node(main).end);
    for i in 0..dom.len() {
        if (start..end).contains(&i) || dom.nodes[i as usize].region != Region::Main {
            continue;
        }
        dom.nodes[i as usize].region = if i < start { Region::Header } else { Region::Footer };
    }
}

fn is_main(dom: &Dom, i: u32) -> bool {
    dom.tag(i) == "main" || dom.attr(i, "role").is_some_and(|r| r.trim().eq_ignore_ascii_case("main"))
}

fn own_region(dom: &Dom, i: u32, main: &std::ops::Range<u32>, lexicon: &Lexicon) -> Option<Region> {
    let element = dom.element(i)?;
    match attr(element, "role").map(str::trim) {
        Some("navigation") => return Some(Region::Nav),
        Some("banner") => return Some(Region::Header),
        Some("contentinfo") => return Some(Region::Footer),
        Some("complementary") => return Some(Region::Aside),
        _ => {}
    }
    let within_main = main.contains(&i);
    match element.name() {
        "nav" => return Some(Region::Nav),
        "aside" => return Some(Region::Aside),
        // HTML gives header and footer their landmark only outside of sectioning content.
        "header" | "footer"
            if !within_main
                && dom.parent(i).is_none_or(|p| dom.closest(p, &["article", "section", "main"]).is_none()) =>
        {
            return Some(if element.name() == "header" { Region::Header } else { Region::Footer });
        }
        "html" | "body" | "head" | "a" | "p" | "span" | "input" | "img" => return None,
        _ => {}
    }
    if within_main {
        return None;
    }
    let names = [attr(element, "id"), attr(element, "class")];
    names.into_iter().flatten().find_map(|names| lexicon.region(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dom(source: &str) -> Dom {
        Dom::parse(source, Lexicon::for_tests())
    }

    fn region_of(dom: &Dom, id: &str) -> Region {
        dom.node(dom.by_id(id).expect("the test names an id of its page")).region
    }

    #[test]
    fn regions_follow_landmarks_and_names() {
        let page = dom(
            "<div id=top>x</div><nav id=n>x</nav><main id=m><header id=h>x</header><aside id=a></aside></main><div id=end>y</div>",
        );
        assert_eq!(region_of(&page, "top"), Region::Header);
        assert_eq!(region_of(&page, "n"), Region::Nav);
        assert_eq!(region_of(&page, "h"), Region::Main);
        assert_eq!(region_of(&page, "a"), Region::Aside);
        assert_eq!(region_of(&page, "end"), Region::Footer);
        let page = dom("<div class='site-footer' id=f>x</div><div id=body>y</div><footer id=foot></footer>");
        assert_eq!(region_of(&page, "f"), Region::Footer);
        assert_eq!(region_of(&page, "body"), Region::Main);
        assert_eq!(region_of(&page, "foot"), Region::Footer);
    }

    #[test]
    fn exposure_has_three_values() {
        let page = dom(
            "<p id=a>x</p><p id=b hidden>x</p><p id=c class='modal'>x</p><p id=d style='display: none'>x</p><div hidden><p id=e>x</p></div>",
        );
        let exposure = |id| page.node(page.by_id(id).expect("the test names an id of its page")).exposure;
        assert_eq!(exposure("a"), Exposure::Exposed);
        assert_eq!(exposure("b"), Exposure::Hidden);
        assert_eq!(exposure("c"), Exposure::Unknown);
        assert_eq!(exposure("d"), Exposure::Hidden);
        assert_eq!(exposure("e"), Exposure::Hidden);
    }

    #[test]
    fn lines_and_selectors_lead_to_the_element() {
        let page = dom("<!doctype html>\n<body>\n<ul>\n<li>a\n<li><a href=x>b</a></ul>");
        let link = page.elements().find(|&i| page.tag(i) == "a").expect("the page has a link");
        assert_eq!(page.node(link).line, 5);
        assert_eq!(page.selector(link), "html > body > ul > li:nth-of-type(2) > a");
    }

    #[test]
    fn text_keeps_blocks_apart_and_leaves_hidden_matter_out() {
        let page = dom("<div id=x><p>One <b>t</b>wo</p><p>three</p><p hidden>four</p><script>five</script></div>");
        assert_eq!(page.text(page.by_id("x").expect("the page has it")), "One two three");
    }

    #[test]
    fn deep_nesting_ends_soon() {
        let page = dom(&"<div>".repeat(200_000));
        assert!(page.cut);
        assert!(page.len() < 1_100);
    }
}
