//! The lists of the main content: how long, how deep, whether a sentence leads in, and whether they are
//! steps that somebody is to take.

use super::{Block, BlockKind, Sentence};
use crate::facts::dom::Dom;
use crate::facts::lexicon::Words;
use crate::model::{Exposure, Region};
use rustc_hash::FxHashMap;

/// A list in the main content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Index of the element.
    pub node: u32,
    /// Items.
    pub items: u32,
    /// Lists that it stands in, itself included.
    pub depth: u32,
    /// Whether its items are numbered.
    pub numbered: bool,
    /// Items that are nothing but a link, or have no text of their own.
    pub link_items: u32,
    /// Items that begin with a verb that asks to act.
    pub verb_items: u32,
    /// Whether the block before it is a heading, so that no sentence leads in.
    pub after_heading: bool,
    /// Whether the heading or sentence before it promises steps.
    pub promises_steps: bool,
    /// Whether items could be read as sentences: the language has word classes.
    pub told: bool,
    /// Its first words, to show.
    pub text: String,
}

/// An item of a list of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Index of the block.
    pub block: usize,
    /// Things that it asks to do.
    pub acts: u32,
    /// Words.
    pub words: u32,
}

/// The lists of a page with the items of those that are steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Lists in document order.
    pub lists: Vec<List>,
    /// Items of numbered steps.
    pub steps: Vec<Item>,
}

/// What an item holds.
#[derive(Clone, Copy, Default)]
struct Content {
    block: usize,
    words: u32,
    acts: u32,
    begins_with_act: bool,
}

/// Elements that are looked at above a block to find its item. Our choice; deeper ones are pages in pages.
const REACH: usize = 4;

/// The lists of the main content.
pub fn lists(dom: &Dom, blocks: &[Block], sentences: &[(usize, Sentence)], words: Option<&Words>) -> Lists {
    let items = contents(dom, blocks, sentences);
    let told = words.is_some_and(|w| w.classes.knows(super::classes::ACT));
    let mut found = Lists::default();
    let mut open: Vec<u32> = Vec::new();
    let mut before: Option<usize> = None;
    let mut next_block = blocks.iter().enumerate().peekable();
    for i in dom.tagged_any(&["ul", "ol"]) {
        while let Some((at, block)) = next_block.next_if(|(_, b)| b.node < i) {
            if block.region == Region::Main {
                before = Some(at);
            }
        }
        while open.last().is_some_and(|end| *end <= i) {
            open.pop();
        }
        let node = dom.node(i);
        open.push(node.end);
        if node.region != Region::Main || node.exposure == Exposure::Hidden {
            continue;
        }
        let depth = u32::try_from(open.len()).unwrap_or(u32::MAX);
        let above = before.filter(|_| depth == 1).map(|at| &blocks[at]);
        let mut list = List {
            node: i,
            items: 0,
            depth,
            numbered: dom.tag(i) == "ol",
            link_items: 0,
            verb_items: 0,
            after_heading: above.is_some_and(|b| matches!(b.kind, BlockKind::Heading(_))),
            promises_steps: above.is_some_and(|b| promises_steps(b, words)),
            told,
            text: String::new(),
        };
        let mut steps = Vec::new();
        for child in dom.children(i).filter(|&c| dom.tag(c) == "li") {
            list.items += 1;
            let Some(content) = items.get(&child) else {
                list.link_items += 1;
                continue;
            };
            if list.text.is_empty() {
                list.text.clone_from(&blocks[content.block].text);
            }
            list.link_items += u32::from(is_link(dom, child, content.words));
            list.verb_items += u32::from(content.begins_with_act);
            steps.push(Item { block: content.block, acts: content.acts, words: content.words });
        }
        if list.numbered && 2 * list.verb_items >= list.items && list.items >= 2 {
            found.steps.extend(steps);
        }
        found.lists.push(list);
    }
    found
}

fn promises_steps(block: &Block, words: Option<&Words>) -> bool {
    words.is_some_and(|w| block.has(w.set("steps-headings")))
}

/// What each item holds in its own blocks, by the element of the item.
fn contents(dom: &Dom, blocks: &[Block], sentences: &[(usize, Sentence)]) -> FxHashMap<u32, Content> {
    let mut found: FxHashMap<u32, Content> = FxHashMap::default();
    for (at, block) in blocks.iter().enumerate().filter(|(_, b)| b.region == Region::Main && b.is_prose()) {
        let item = dom.ancestors_and_self(block.node).take(REACH).find(|&a| dom.tag(a) == "li");
        let Some(item) = item else { continue };
        let content = found.entry(item).or_insert(Content { block: at, ..Content::default() });
        let first = sentences.partition_point(|(b, _)| *b < at);
        let own = sentences[first..].iter().take_while(|(b, _)| *b == at);
        for (n, (_, sentence)) in own.enumerate() {
            content.acts += u32::from(sentence.signs.acts);
            content.begins_with_act |= n == 0 && content.block == at && sentence.signs.acts > 0;
        }
        content.words += block.words;
    }
    found
}

/// Whether an item is one link and at most two words more.
fn is_link(dom: &Dom, item: u32, words: u32) -> bool {
    let linked: u32 = dom.inside(item).filter(|&i| dom.tag(i) == "a").map(|i| super::count_words(&dom.text(i))).sum();
    linked > 0 && words <= linked + 2
}
