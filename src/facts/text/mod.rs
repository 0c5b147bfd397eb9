//! The text of a page as blocks and sentences, and what can be counted of them. All linear in the text.

mod classes;
mod language;
mod lists;
mod paragraph;
mod reading;
mod sentence;
mod signs;
mod syllable;
mod wording;

pub use classes::Classes;
pub use language::{mark, page_language, text_language};
pub use lists::{Item, List, Lists, lists};
pub use paragraph::{Paragraph, paragraphs};
pub use reading::{Counts, Speech};
pub use sentence::{Sentence, count_words, sentence_spans, sentences};
pub use signs::{Signs, Span, signs};
pub use wording::{Setting, Wording, wording};

use super::dom::{Dom, attr};
use crate::model::{Exposure, Region};

/// What a block of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// `h1` … `h6`, with its level.
    Heading(u8),
    /// An item of a list.
    Item,
    /// A cell of a table.
    Cell,
    /// The label of a field, or the legend of a group.
    Label,
    /// The text of a button.
    Button,
    /// An alert or error message.
    Alert,
    /// Preformatted text, code, or an address: not prose.
    Verbatim,
}

/// A block of text that a person can meet.
#[derive(Clone, Debug)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The element, by its index in the [`Dom`].
    pub node: u32,
    /// The part of the page.
    pub region: Region,
    /// `Exposed` or `Unknown`; hidden text makes no block.
    pub exposure: Exposure,
    /// The text, white space folded; a line break in the source is `\n`.
    pub text: String,
    /// Words in it.
    pub words: u32,
    /// Whether it is in another language than the page: by its `lang`, or clearly by its words.
    pub foreign: bool,
    /// The language that its words speak, where it is not that of the page and no `lang` says so.
    pub undeclared: Option<&'static str>,
}

impl Block {
    /// Whether it is read as sentences.
    pub fn is_prose(&self) -> bool {
        matches!(self.kind, BlockKind::Paragraph | BlockKind::Item | BlockKind::Cell | BlockKind::Alert)
    }
}

/// The blocks of a page in document order.
pub fn blocks(dom: &Dom) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut pending_break = false;
    for i in 0..dom.len() {
        let node = dom.node(i);
        if node.exposure == Exposure::Hidden {
            continue;
        }
        if node.is_element {
            pending_break |= dom.tag(i) == "br";
            continue;
        }
        let raw = dom.raw_text(i);
        let same_block = blocks.last().is_some_and(|b| b.node == node.block);
        if !same_block {
            if raw.trim().is_empty() {
                continue;
            }
            let kind = block_kind(dom, node.block);
            blocks.push(Block {
                kind,
                node: node.block,
                region: node.region,
                exposure: node.exposure,
                text: String::new(),
                words: 0,
                foreign: false,
                undeclared: None,
            });
            pending_break = false;
        }
        let Some(block) = blocks.last_mut() else { continue };
        if pending_break {
            block.text.push('\n');
            pending_break = false;
        }
        push_folded(&mut block.text, raw);
    }
    for block in &mut blocks {
        block.text.truncate(block.text.trim_end().len());
        block.words = count_words(&block.text);
    }
    blocks.retain(|b| !b.text.is_empty());
    blocks
}

/// Appends with runs of white space as one space, curly apostrophes straight, and zero-width
/// characters left out, so that phrases are found however an editor wrote them.
fn push_folded(out: &mut String, raw: &str) {
    for c in raw.chars() {
        match c {
            // Zero-width characters, marks of writing direction, and soft hyphens.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' => {}
            '\u{2019}' => out.push('\''),
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
}

fn block_kind(dom: &Dom, i: u32) -> BlockKind {
    for a in dom.ancestors_and_self(i) {
        let Some(element) = dom.element(a) else { continue };
        if attr(element, "role").is_some_and(|r| matches!(r, "alert" | "alertdialog" | "status")) {
            return BlockKind::Alert;
        }
        match element.name() {
            "h1" => return BlockKind::Heading(1),
            "h2" => return BlockKind::Heading(2),
            "h3" => return BlockKind::Heading(3),
            "h4" => return BlockKind::Heading(4),
            "h5" => return BlockKind::Heading(5),
            "h6" => return BlockKind::Heading(6),
            "li" | "dd" | "dt" => return BlockKind::Item,
            "td" | "th" | "caption" => return BlockKind::Cell,
            "label" | "legend" => return BlockKind::Label,
            "button" | "select" | "option" => return BlockKind::Button,
            "pre" | "code" | "address" | "textarea" => return BlockKind::Verbatim,
            "p" | "blockquote" => return BlockKind::Paragraph,
            "main" | "body" | "section" | "article" | "form" => break,
            _ => {}
        }
    }
    BlockKind::Paragraph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[test]
    fn blocks_keep_structure() {
        let dom = Dom::parse(
            "<main><h1>Top</h1><p>One <b>two</b><br>three.</p><ul><li>a<li>b</ul><p hidden>x</p></main>",
            &Lexicon::for_tests(),
        );
        let found: Vec<(BlockKind, String)> = blocks(&dom).into_iter().map(|b| (b.kind, b.text)).collect();
        let expected = [
            (BlockKind::Heading(1), "Top"),
            (BlockKind::Paragraph, "One two\nthree."),
            (BlockKind::Item, "a"),
            (BlockKind::Item, "b"),
        ];
        assert_eq!(found, expected.map(|(kind, text)| (kind, text.to_owned())));
    }
}
