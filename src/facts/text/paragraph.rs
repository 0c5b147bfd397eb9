//! Paragraphs of the main content, and what of them would be better as a list.

use super::{Block, BlockKind, Sentence};
use crate::model::Region;

/// A paragraph with what was counted of it.
#[derive(Clone, Copy, Debug)]
pub struct Paragraph<'p> {
    /// Its block.
    pub block: &'p Block,
    /// Words of its sentences; where it has line breaks, of the longest part between two.
    pub words: u32,
    /// Sentences of its longest part.
    pub sentences: u32,
    /// Sentences that say in what order things are done, or ask the reader to act one after another.
    pub steps: u32,
    /// Items that are counted within the running text: `(a) … (b) … (c)`.
    pub inline_items: u32,
}

/// The paragraphs of the main content.
pub fn paragraphs<'p>(
    blocks: &'p [Block],
    sentences: &'p [(usize, Sentence)],
) -> impl Iterator<Item = Paragraph<'p>> + 'p {
    let is_paragraph = |(_, b): &(usize, &Block)| b.kind == BlockKind::Paragraph && b.region == Region::Main;
    blocks.iter().enumerate().filter(is_paragraph).map(move |(at, block)| {
        let first = sentences.partition_point(|(b, _)| *b < at);
        let own = sentences[first..].iter().take_while(|(b, _)| *b == at).map(|(_, s)| s);
        let mut paragraph =
            Paragraph { block, words: 0, sentences: 0, steps: 0, inline_items: inline_items(&block.text) };
        let (mut acts, mut ordered) = (0, 0);
        let (mut words, mut count, mut end) = (0, 0, 0);
        for sentence in own {
            // To the eye a line break ends a paragraph.
            if block.text.get(end..sentence.start).is_some_and(|gap| gap.contains('\n')) {
                (words, count) = (0, 0);
            }
            (words, count, end) = (words + sentence.words, count + 1, sentence.end);
            paragraph.words = paragraph.words.max(words);
            paragraph.sentences = paragraph.sentences.max(count);
            let asks = sentence.signs.acts > 0;
            acts += u32::from(asks);
            ordered += u32::from(sentence.signs.in_sequence);
        }
        // Orders alone may be a row of tips; an order of things makes them steps.
        paragraph.steps = if ordered >= 2 || acts >= 4 { acts.max(ordered) } else { 0 };
        paragraph
    })
}

/// Markers in a rising row: `(a) (b) (c)`, `(1) (2) (3)`, `1) 2) 3)`.
fn inline_items(text: &str) -> u32 {
    let (mut letters, mut numbers) = (0u32, 0u32);
    for (at, _) in text.match_indices(')') {
        // Two characters and what stands before them: a longer item is no marker, and looking back stays short.
        let from = (at.saturating_sub(3)..=at).find(|&i| text.is_char_boundary(i)).unwrap_or(at);
        let inside = text[from..at].rsplit(|c: char| c == '(' || c.is_whitespace()).next().unwrap_or("");
        if let Ok(number) = inside.parse::<u32>()
            && inside.len() <= 2
        {
            numbers = if number == numbers + 1 { number } else { numbers };
        } else if let [letter @ b'a'..=b'z'] = inside.as_bytes() {
            let place = u32::from(letter - b'a') + 1;
            letters = if place == letters + 1 { place } else { letters };
        }
    }
    letters.max(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_ends_a_paragraph_to_the_eye() {
        let dom = crate::facts::Dom::parse(
            "<main><p>One two three. Four.<br>Five six.<br>Seven</p></main>",
            crate::facts::Lexicon::for_tests(),
        );
        let blocks = super::super::blocks(&dom);
        let found = super::super::sentences(&blocks[0].text, None);
        let own: Vec<(usize, Sentence)> = found.into_iter().map(|s| (0, s)).collect();
        let words: Vec<(u32, u32)> = paragraphs(&blocks, &own).map(|p| (p.words, p.sentences)).collect();
        assert_eq!(words, [(4, 2)]);
    }

    #[test]
    fn items_in_a_line_rise_from_the_first() {
        assert_eq!(inline_items("Bring (a) a card, (b) a photo and (c) the fee."), 3);
        assert_eq!(inline_items("Either 1) call or 2) write or 3) come."), 3);
        assert_eq!(inline_items("Under section 12(c) and 4(f) the fee is due (see below)."), 0);
    }
}
