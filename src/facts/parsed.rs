//! The tree of a page, built by html5ever and scraper within bounds: how deep and how large it gets is the page's to choose,
//! and what few bytes of it ask for can be without end. Notes the line of each element, which scraper's sink drops.

use ego_tree::NodeId;
use html5ever::QualName;
use html5ever::driver::{ParseOpts, parse_document};
use html5ever::interface::{Attribute, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};
use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

/// Deepest nesting that is read. Our choice: real pages stay under 100, and html5ever's work grows with depth times elements.
const MAX_DEPTH: usize = 1_000;

/// Most elements that are read. Our choice: the longest real pages have some 100,000. A text behind `<p><b id=1><b id=2>…` opens all of them
/// again in each paragraph, so that bytes are no measure.
const MAX_ELEMENTS: usize = 250_000;

/// Most and fewest bytes that are parsed before the tree is looked at again. Our choice; with two bytes for each level
/// that is left, no markup gets far beyond the bound: the shortest known takes 11 bytes for 4 levels (`<table><td>`).
const STEP: (usize, usize) = (64, 2_048);

/// A page as a tree.
pub(super) struct Parsed {
    pub(super) html: Html,
    pub(super) lines: Lines,
    /// Whether only the first part of the source is in it, since it nests too deep or has too many elements.
    pub(super) cut: bool,
}

impl Parsed {
    /// Parses a document as browsers do, up to where it passes the bounds.
    pub(super) fn of(source: &str) -> Self {
        let mut parser = parse_document(Sink::default(), ParseOpts::default());
        let mut rest = source;
        while let Some(room) = parser.tokenizer.sink.sink.room().filter(|_| !rest.is_empty()) {
            let bytes = (2 * room).clamp(STEP.0, STEP.1);
            let end = (bytes..rest.len()).find(|&at| rest.is_char_boundary(at)).unwrap_or(rest.len());
            let (some, left) = rest.split_at(end);
            parser.process(StrTendril::from_slice(some));
            rest = left;
        }
        let (html, lines) = parser.finish();
        Self { html, lines, cut: !rest.is_empty() }
    }
}

/// An element, as it was made.
struct Made {
    id: NodeId,
    line: u32,
    /// How many elements stand around it; one that is moved keeps what it had, which is seldom less than what it gets.
    depth: usize,
}

/// The line on which each element's start tag ends.
///
/// Elements are made in the order of their ids, so that the list is sorted as it grows.
#[derive(Default)]
pub(super) struct Lines(Vec<Made>);

impl Lines {
    fn find(&self, id: NodeId) -> Option<usize> {
        self.0.binary_search_by_key(&id, |made| made.id).ok()
    }

    /// From 1; 0 for an element that the source does not name (an implied `tbody`).
    pub(super) fn of(&self, id: NodeId) -> u32 {
        self.find(id).map_or(0, |at| self.0[at].line)
    }
}

/// Builds scraper's tree, and notes the line and the depth of each element.
struct Sink {
    tree: HtmlTreeSink,
    lines: RefCell<Lines>,
    line: Cell<u32>,
    deepest: Cell<usize>,
}

impl Default for Sink {
    fn default() -> Self {
        let tree = HtmlTreeSink::new(Html::new_document());
        Self { tree, lines: RefCell::default(), line: Cell::new(1), deepest: Cell::new(0) }
    }
}

impl Sink {
    /// The levels that are left; `None` when the tree is as deep or as large as it may be.
    fn room(&self) -> Option<usize> {
        let has_room = self.lines.borrow().0.len() < MAX_ELEMENTS;
        MAX_DEPTH.checked_sub(self.deepest.get()).filter(|room| has_room && *room > 0)
    }

    /// An element comes into the tree, so many levels below another.
    fn put(&self, other: NodeId, levels: usize, child: &NodeOrText<NodeId>) {
        let NodeOrText::AppendNode(child) = child else { return };
        let mut lines = self.lines.borrow_mut();
        let Some(at) = lines.find(*child) else { return };
        let depth = lines.find(other).map_or(0, |at| lines.0[at].depth) + levels;
        lines.0[at].depth = depth;
        self.deepest.set(self.deepest.get().max(depth));
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = (Html, Lines);
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        (self.tree.finish(), self.lines.into_inner())
    }

    fn set_current_line(&self, line: u64) {
        self.line.set(u32::try_from(line).unwrap_or(u32::MAX));
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let id = self.tree.create_element(name, attrs, flags);
        self.lines.borrow_mut().0.push(Made { id, line: self.line.get(), depth: 0 });
        id
    }

    // Parse errors are what browsers mend; nothing of ours reads them, and a hostile page has many.
    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.tree.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Self::ElemName<'a> {
        self.tree.elem_name(target)
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.tree.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.tree.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.put(*parent, 1, &child);
        self.tree.append(parent, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        self.put(*element, 0, &child);
        self.put(*previous, 1, &child);
        self.tree.append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public_id: StrTendril, system_id: StrTendril) {
        self.tree.append_doctype_to_document(name, public_id, system_id);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.get_template_contents(target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.tree.same_node(x, y)
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.tree.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, new: NodeOrText<NodeId>) {
        self.put(*sibling, 0, &new);
        self.tree.append_before_sibling(sibling, new);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.tree.add_attrs_if_missing(target, attrs);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree.reparent_children(node, new_parent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ego_tree::iter::Edge;

    /// How deep the elements of a source nest in the tree, and how many there are.
    fn measured(source: &str) -> (usize, usize, bool) {
        let tree = Parsed::of(source);
        let (mut depth, mut deepest, mut count) = (0, 0, 0);
        for edge in tree.html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    depth += 1;
                    deepest = deepest.max(depth);
                    count += usize::from(node.value().is_element());
                }
                Edge::Close(_) => depth -= 1,
            }
        }
        (deepest, count, tree.cut)
    }

    #[track_caller]
    fn bounded(source: &str) {
        let (deepest, count, cut) = measured(source);
        assert!(cut, "{}…", &source[..source.len().min(60)]);
        assert!(deepest < MAX_DEPTH + 100, "{deepest} levels");
        assert!(count < MAX_ELEMENTS + 150_000, "{count} elements");
    }

    #[test]
    fn whatever_nests_is_bounded() {
        for level in ["<div>", "<b>", "<ul><li>", "<table><td>", "<svg>", "<math><mi>", "<a-b>", "<button><object>"] {
            bounded(&level.repeat(20_000));
        }
    }

    #[test]
    fn nothing_hides_what_nests() {
        let deep = "<ul><li>".repeat(5_000);
        for before in [
            "<!-->",
            "<!--->",
            "<!-- --!>",
            "<p title='<!--'>",
            "<p title='<script>'>",
            "<svg><title>",
            "<svg><desc><textarea></textarea>",
            "<svg><style></svg>",
            "<script><!--</script>",
            "</body><!-- -->",
        ] {
            bounded(&format!("{before}{deep}"));
        }
        // What comes between goes to the top of the tree.
        bounded(&format!("{}</body><!-- -->", "<b>".repeat(100)).repeat(100));
    }

    #[test]
    fn elements_that_come_again_in_each_paragraph_are_bounded() {
        let opened: String = (0..900).map(|n| format!("<b id={n}>")).collect();
        bounded(&format!("<p>{opened}{}", "<p>x".repeat(40_000)));
    }

    #[test]
    fn steps_leave_no_trace() {
        let words = "<p>grüße — <b>all</b> of you &amp; yours\r\n<table><tr><td>a<tr>b</table>".repeat(200);
        let whole = Html::parse_document(&words);
        let tree = Parsed::of(&words);
        assert!(!tree.cut);
        assert_eq!(tree.html.html(), whole.html());
        assert_eq!(tree.html.tree.nodes().count(), whole.tree.nodes().count());
    }
}
