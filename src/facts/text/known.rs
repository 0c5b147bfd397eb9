//! What a text says by itself, whatever page it stands on. Menus, feet and notices stand on every page of a site, and a page is
//! read once more with its style sheets; so what was worked out of a text is kept as long as there is room, and asked for again.

use super::language::small_words;
use super::reading::{Counts, Speech};
use super::sentence::{Quotes, Sentence, reads_as_prose, sentence_spans, sentences};
use super::signs::signs_of;
use super::token::tokens;
use super::{Block, BlockKind};
use crate::facts::contacts::OfHours;
use crate::facts::lexicon::Words;
use crate::facts::phrases::{Glance, Learned};
use std::sync::OnceLock;

/// What is reckoned for a text, and for each place where a sentence may end, in bytes.
const SIZE: (usize, usize) = (500, 200);

/// A sentence of a block, with what reading formulas count in it.
pub type Counted = (Sentence, Counts);

/// What was worked out of a text with the words of one language; each part when it is first asked for.
#[derive(Debug, Default)]
pub struct Reading {
    /// Which lists and patterns may stand in it.
    learned: Learned,
    /// Its small words, and all of its words that were looked at.
    small: OnceLock<(u32, u32)>,
    /// Its sentences as a paragraph, as a cell, and as anything else.
    sentences: [OnceLock<Box<[Counted]>>; 3],
    /// What it says of opening hours.
    hours: OfHours,
}

impl Reading {
    /// With what a first glance tells.
    pub fn new(glance: Glance) -> Self {
        Self { learned: Learned::new(glance), ..Self::default() }
    }

    /// The most that it can take for a text, in bytes.
    pub fn size(text: &str) -> usize {
        let may_end = |b: &u8| !b.is_ascii() || matches!(b, b'\n' | b'.' | b'!' | b'?' | b':' | b';' | b')');
        SIZE.0 + SIZE.1 * text.bytes().filter(may_end).count()
    }

    /// Which lists and patterns may stand in it, as far as is known by now.
    pub fn learned(&self) -> &Learned {
        &self.learned
    }

    /// What it says of opening hours.
    pub fn hours(&self) -> &OfHours {
        &self.hours
    }

    /// The small words of a text and all of its words, of those at its start.
    pub fn small_words(&self, text: &str, words: &Words) -> (u32, u32) {
        *self.small.get_or_init(|| small_words(text, &words.classes))
    }

    /// Where the sentences of the text stand.
    pub fn spans(&self, text: &str, words: &Words) -> Vec<(usize, usize)> {
        match self.sentences.iter().find_map(OnceLock::get) {
            Some(known) => known.iter().map(|(sentence, _)| (sentence.start, sentence.end)).collect(),
            None => sentence_spans(text, Some(words)),
        }
    }

    /// The sentences of a block of this text, with their signs and counts.
    pub fn sentences(&self, block: &Block, words: &Words) -> &[Counted] {
        let kind = match block.kind {
            BlockKind::Paragraph => 0,
            BlockKind::Cell => 1,
            _ => 2,
        };
        self.sentences[kind].get_or_init(|| counted(block, Some(words), words.speech))
    }
}

/// The sentences of a block with their signs, and what is counted of those that are complete and stand in no cell.
pub fn counted(block: &Block, words: Option<&Words>, speech: Speech) -> Box<[Counted]> {
    let mut quotes = Quotes::default();
    let read = |mut sentence: Sentence| {
        let text = &block.text[sentence.start..sentence.end];
        sentence.quoted = quotes.quoted(text);
        // A paragraph that forgot its full stop is read like any other.
        sentence.complete |= block.kind == BlockKind::Paragraph
            && sentence.end == block.text.len()
            && words.is_some_and(|w| reads_as_prose(text, sentence.words, &w.classes));
        let tokens = tokens(text, words.map(|w| &w.classes));
        let mut counts = Counts::of(speech);
        if sentence.complete && block.kind != BlockKind::Cell {
            counts.add_sentence(&tokens, words);
            sentence.heavy = counts.fog_words;
        }
        if words.is_some() {
            sentence.signs = signs_of(&tokens);
        }
        (sentence, counts)
    };
    sentences(&block.text, words).into_iter().map(read).collect()
}
