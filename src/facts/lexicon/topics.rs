//! Phrases by topic, all found in one pass over a text.

use crate::facts::phrases::{Hit, Phrases};
use crate::facts::text::Block;

/// Phrases, each with the topic that it speaks of.
#[derive(Debug, Default)]
pub struct Topics {
    phrases: Phrases,
    topics: Vec<String>,
}

/// The topics that a text speaks of.
#[derive(Debug)]
pub struct Found<'t> {
    hits: Vec<(&'t str, usize, usize)>,
}

impl Topics {
    /// From pairs of a topic and a phrase.
    pub fn new(rows: &[(String, String)]) -> Self {
        Self {
            phrases: Phrases::new(rows.iter().map(|(_, phrase)| phrase.as_str())),
            topics: rows.iter().map(|(topic, _)| topic.clone()).collect(),
        }
    }

    pub(super) fn phrases_mut(&mut self) -> &mut Phrases {
        &mut self.phrases
    }

    /// What a block of text speaks of.
    pub fn of_block<'t>(&'t self, block: &Block) -> Found<'t> {
        self.found(block.hits(&self.phrases))
    }

    /// What a text speaks of, in one pass.
    pub fn of<'t>(&'t self, text: &str) -> Found<'t> {
        if self.phrases.is_empty() {
            return Found { hits: Vec::new() };
        }
        self.found(self.phrases.hits(text))
    }

    fn found(&self, hits: impl Iterator<Item = Hit>) -> Found<'_> {
        Found { hits: hits.map(|h| (self.topics[h.phrase].as_str(), h.start, h.end)).collect() }
    }

    /// Whether a text speaks of a topic.
    pub fn has(&self, topic: &str, text: &str) -> bool {
        self.of(text).has(topic)
    }

    /// Where the phrases of a topic stand in a text.
    pub fn spans(&self, topic: &str, text: &str) -> impl Iterator<Item = (usize, usize)> {
        let mut hits = self.of(text).hits;
        hits.retain(|(found, ..)| *found == topic);
        hits.into_iter().map(|(_, start, end)| (start, end))
    }
}

impl Found<'_> {
    /// Whether the text speaks of nothing that is known.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// Whether it speaks of the topic.
    pub fn has(&self, topic: &str) -> bool {
        self.hits.iter().any(|(found, ..)| *found == topic)
    }

    /// Where its first phrase of the topic stands.
    pub fn at(&self, topic: &str) -> Option<(usize, usize)> {
        self.hits.iter().find(|(found, ..)| *found == topic).map(|&(_, start, end)| (start, end))
    }
}
