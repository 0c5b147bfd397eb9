//! What a page says about reaching somebody without a number or an address: a chat, a promise to reply,
//! complaints, help in other languages, a person by name.

use crate::facts::phrases::Phrases;
use crate::facts::text::Block;

/// Topics that hold only with a number behind the phrase, as "reply within 3 days".
const COUNTED: &[&str] = &["promise"];

/// Phrases by topic.
#[derive(Debug)]
pub struct WayWords {
    phrases: Phrases,
    topics: Vec<&'static str>,
    /// What stands before the name of a person.
    names: Phrases,
    /// Words with capitals that are no names of people.
    offices: Phrases,
    numbers: Phrases,
}

/// The topics that word lists may name, as they stand in facts.
pub const TOPICS: &[&str] = &[
    "chat",
    "promise",
    "wait",
    "complaint",
    "appeal",
    "ombuds",
    "decision",
    "language",
    "holiday",
    "charge",
    "voicemail",
    "appointment",
    "emergency",
    "person",
    "office",
    "number",
];

impl WayWords {
    /// From rows of topic and phrase. The error names a topic that is not known.
    pub fn new<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let rows: Vec<(&str, &str)> = rows.collect();
        if let Some((unknown, _)) = rows.iter().find(|(topic, _)| !TOPICS.contains(topic)) {
            return Err(format!("`{unknown}` is no topic; known are {}", TOPICS.join(", ")));
        }
        let of = |wanted: &str| Phrases::new(rows.iter().filter(|(t, _)| *t == wanted).map(|(_, p)| *p));
        let spoken: Vec<&(&str, &str)> =
            rows.iter().filter(|(t, _)| !matches!(*t, "person" | "office" | "number")).collect();
        let topic = |name: &str| TOPICS.iter().find(|t| **t == name).copied().unwrap_or("");
        Ok(Self {
            phrases: Phrases::new(spoken.iter().map(|(_, phrase)| *phrase)),
            topics: spoken.iter().map(|(name, _)| topic(name)).collect(),
            names: of("person"),
            offices: of("office"),
            numbers: of("number"),
        })
    }

    pub(in crate::facts) fn phrases_mut(&mut self) -> [&mut Phrases; 2] {
        [&mut self.phrases, &mut self.names]
    }

    /// Where a block of text names a person, from the word before the name to its end.
    pub(super) fn named(&self, block: &Block) -> Option<(usize, usize)> {
        let text = &block.text;
        block.hits(&self.names).find_map(|hit| Some((hit.end, hit.end + self.person(&text[hit.end..])?)))
    }

    /// What a block of text says: topic and place, each topic once, in the order of the text.
    pub(super) fn find(&self, block: &Block) -> Vec<(&'static str, usize, usize)> {
        let text = &block.text;
        let mut found: Vec<(&'static str, usize, usize)> = Vec::new();
        for hit in block.hits(&self.phrases) {
            let topic = self.topics[hit.phrase];
            if found.iter().any(|(known, ..)| *known == topic)
                || COUNTED.contains(&topic) && !self.counts(&text[hit.end..])
            {
                continue;
            }
            found.push((topic, hit.start, hit.end));
        }
        for hit in block.hits(&self.names) {
            if let Some(length) = self.person(&text[hit.end..]) {
                found.push(("person", hit.start, hit.end + length));
                break;
            }
        }
        found.sort_by_key(|(_, start, _)| *start);
        found
    }

    /// Whether a number follows soon, in digits or in words.
    fn counts(&self, after: &str) -> bool {
        let near = super::prefix(after, 24);
        near.bytes().any(|b| b.is_ascii_digit()) || self.numbers.occur_in(near)
    }

    /// The length of a name behind "Contact:": two or three words with capitals that name no office.
    fn person(&self, after: &str) -> Option<usize> {
        let line = super::prefix(after, 60).split(['\n', '(', ',', ';']).next().unwrap_or("");
        let name = line.trim_start_matches([':', ' ', '-', '–']);
        let is_name = |w: &&str| {
            let letters = w.trim_end_matches('.');
            letters.chars().next().is_some_and(char::is_uppercase)
                && letters.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-'))
                && !(letters.len() > 2 && letters.chars().all(char::is_uppercase))
        };
        let words: Vec<&str> = name.split(' ').take_while(is_name).take(4).collect();
        let end = line.len() - name.len() + words.join(" ").len();
        ((2..=3).contains(&words.len()) && !self.offices.occur_in(name)).then_some(end)
    }
}
