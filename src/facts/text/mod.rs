//! The text of a page as blocks and sentences, and what can be counted of them. All linear in the text.

mod classes;
mod known;
pub(super) mod language;
mod lists;
mod paragraph;
#[cfg(test)]
mod properties;
mod reading;
mod sentence;
mod signs;
mod syllable;
mod token;
pub(super) mod word;
mod wording;

pub use classes::Classes;
pub use known::{Reading, counted};
pub use language::{mark, page_language, text_language};
pub use lists::{Item, List, Lists, lists};
pub use paragraph::{Paragraph, paragraphs};
pub use reading::{Counts, Speech};
pub use sentence::{Sentence, count_words, sentence_spans, sentences};
pub use signs::{Signs, Span};
pub use wording::{Setting, Wording, wording};

use super::dom::{Dom, attr};
use super::lexicon::Pattern;
use super::phrases::{Glance, Hit, Phrases};
use crate::model::{Exposure, Region};
use std::sync::Arc;

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
    /// What is known of its text by the words of the page's language; `None` where that has none.
    pub reading: Option<Arc<Reading>>,
}

impl Block {
    /// Which lists of the page's language may have a phrase in it, and which of its patterns may stand there.
    pub fn glance(&self) -> Glance {
        self.reading.as_ref().map(|reading| reading.learned().glance()).unwrap_or_default()
    }

    /// Whether any phrase of a list stands in it.
    pub fn has(&self, phrases: &Phrases) -> bool {
        self.hits(phrases).next().is_some()
    }

    /// All phrases of a list that stand in it as whole words, in the order of their ends.
    pub fn hits<'t>(&'t self, phrases: &'t Phrases) -> impl Iterator<Item = Hit> + 't {
        let mut hits = phrases.may_stand(self.glance()).then(|| phrases.hits(&self.text).peekable());
        if let (Some(hits), Some(reading)) = (&mut hits, &self.reading)
            && hits.peek().is_none()
        {
            phrases.are_absent(reading.learned());
        }
        hits.into_iter().flatten()
    }

    /// Whether a pattern stands in it.
    pub fn matches(&self, pattern: &Pattern) -> bool {
        if !pattern.may_stand(self.glance()) {
            return false;
        }
        let matches = pattern.is_match(&self.text);
        if let (false, Some(reading)) = (matches, &self.reading) {
            pattern.is_absent(reading.learned());
        }
        matches
    }

    /// Whether it is read as sentences.
    pub fn is_prose(&self) -> bool {
        matches!(self.kind, BlockKind::Paragraph | BlockKind::Item | BlockKind::Cell | BlockKind::Alert)
    }
}

impl Dom {
    /// Whether an element holds text that a person can meet.
    pub fn has_text(&self, i: u32) -> bool {
        let is_met = |&j: &u32| !self.node(j).is_element && self.node(j).exposure != Exposure::Hidden;
        self.inside(i).filter(is_met).any(|j| self.raw_text(j).contains(|c: char| !c.is_whitespace()))
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
            if word::is_blank(raw) {
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
                reading: None,
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
    out.reserve(raw.len());
    let mut rest = raw;
    // Runs of plain letters are taken as they are.
    while !rest.is_empty() {
        let plain = rest.bytes().position(|b| !b.is_ascii() || matches!(b, b'\t'..=b'\r' | b' ')).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let other = rest.bytes().position(|b| b.is_ascii() && !matches!(b, b'\t'..=b'\r' | b' ')).unwrap_or(rest.len());
        push_other(out, &rest[..other]);
        rest = &rest[other..];
    }
}

/// The same for white space and what is beyond ASCII.
fn push_other(out: &mut String, raw: &str) {
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
            Lexicon::for_tests(),
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

    /// Reads a text as a page does, and counts its sentences and words.
    fn read(text: &str) -> (usize, u32) {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words("en");
        let found = sentences(text, words);
        let mut counts = Counts::of(Speech::English);
        for sentence in &found {
            let part = &text[sentence.start..sentence.end];
            counts.add(part, words);
            let _ = signs::signs(part, &words.expect("the project has English lists").classes);
        }
        (found.len(), counts.words)
    }

    #[test]
    fn odd_characters_break_nothing() {
        let texts = [
            "“It’s free,” she said. ‘Is it?’ 🎉🎉 Yes.",
            "هل لديك سؤال؟ اتصل بنا.",
            "日本語の文。次の文！",
            ". . . . ! ? … ) ) ( ( \" '' -- // @@",
            "\u{202e}txet\u{202c} \u{200b}\u{feff}",
            "a.b.c.d... U.S.A.. e.g.. (a) (b (c",
            "1) 2) 3) 1. 2. 3. 99. 100. 4294967296)",
        ];
        for text in texts {
            let _ = read(text);
        }
        assert_eq!(read("日本語の文。次の文！").0, 2);
        assert_eq!(read("هل لديك سؤال؟ اتصل بنا.").0, 2);
    }

    #[test]
    fn work_grows_with_the_text_and_no_faster() {
        // Texts that once made somebody's splitter go back and forth; each is long enough for a square to show:
        // one look back for each byte would not end for minutes.
        let patterns =
            ["word ", "a.", "A. ", ". ", "(a) ", "(((", "\"x ", "must be ", "not unless ", "AB ", "…", "Mr. "];
        for pattern in patterns {
            let text = pattern.repeat(1_000_000 / pattern.len() / patterns.len());
            let _ = read(&text);
        }
        let (sentences, words) = read(&"word ".repeat(1_000_000));
        assert_eq!((sentences, words), (1, 1_000_000));
    }

    /// Sentences that splitters are known to get wrong, with what a reader would do; written for this test.
    #[test]
    fn known_traps_are_split_as_a_reader_would() {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words("en");
        let cases = [
            ("Ask Ms. Ode. She knows.", 2),
            ("Turn to p. 12 of the guide.", 1),
            ("We met Hill & Co. at noon.", 1),
            ("We met Hill & Co. It was late.", 2),
            ("Look at Mt. Ada from here.", 1),
            ("St. Anne's is on 4th St. near the park.", 1),
            ("He lives in the U.S. How about you?", 2),
            ("She works for the U.S. Government in May.", 1),
            ("At 5 a.m. Mr. Ode went out.", 1),
            ("It has cost $90.00. It is gone.", 2),
            ("She works at Wow! in the sales room.", 1),
            ("The site is https://www.example.org/a.html. Please look.", 2),
            ("Hello!! Long time no see.", 2),
            ("1.) The first thing 2.) The second thing", 2),
            ("• 9. The first thing • 10. The second thing", 2),
            ("Did you see Ann I. Ode? She left.", 2),
            ("It was, you and I. Did you see it?", 2),
            ("The rule . . . was old.", 1),
            ("It ended there . . . . The next began.", 2),
            ("He said it (so it was told.) and left.", 1),
        ];
        let wrong: Vec<_> = cases.iter().filter(|(text, n)| sentences(text, words).len() != *n).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
