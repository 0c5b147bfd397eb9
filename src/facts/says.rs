//! Which of the things that people need to know a page says.

use super::kind::Kind;
use super::lexicon::Words;
use super::links::Link;
use super::text::{Block, sentence_spans};
use crate::model::Region;
use serde::{Deserialize, Serialize};

/// What a page says of the things people need to know. `None`: not to be expected, or not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Says {
    /// Who it is for.
    pub who: Option<bool>,
    /// What to bring or send.
    pub documents: Option<bool>,
    /// What it costs, or that it is free.
    pub fee: Option<bool>,
    /// By when.
    pub deadline: Option<bool>,
    /// How long it takes.
    pub time: Option<bool>,
    /// What happens next.
    pub next: Option<bool>,
    /// Whom to ask.
    pub contact: Option<bool>,
}

/// Topics of the list of patterns, in the order of [`Stated`].
const TOPICS: [&str; 7] = ["who", "documents", "fee", "deadline", "time", "next", "contact"];

/// What the main content states, topic by topic; `None` where the language has no patterns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stated([Option<bool>; 7]);

impl Stated {
    /// Looks for each topic in the main content.
    pub fn of(blocks: &[Block], words: Option<&Words>) -> Self {
        let Some(words) = words else { return Self::default() };
        Self(TOPICS.map(|topic| stated(topic, blocks, words)))
    }

    /// How many of the things that tell a service from reading matter are stated: what to bring, what
    /// it costs, by when, how long it takes, what comes next. Whom it is for and whom to ask stands
    /// on pages of any kind.
    pub fn count(&self) -> u32 {
        u32::try_from(self.0[1..6].iter().filter(|s| **s == Some(true)).count()).unwrap_or(0)
    }
}

fn stated(topic: &str, blocks: &[Block], words: &Words) -> Option<bool> {
    let patterns = words.patterns("says");
    let pattern = patterns.get(topic)?;
    let harmless = patterns.get(&format!("not-{topic}"));
    // Whom to ask is often told in a box beside the text.
    let counts = |region: Region| region == Region::Main || topic == "contact" && region == Region::Aside;
    let told = |b: &&Block| {
        if !pattern.is_match(&b.text) {
            return false;
        }
        let Some(harmless) = harmless.filter(|h| h.is_match(&b.text)) else { return true };
        // Only the sentence that the words stand in can take their meaning away.
        sentence_spans(&b.text, Some(words))
            .iter()
            .any(|&(start, end)| b.text.get(start..end).is_some_and(|s| pattern.is_match(s) && !harmless.is_match(s)))
    };
    Some(blocks.iter().filter(|b| counts(b.region)).any(|b| told(&b)))
}

/// Kinds of page on which people look for these things.
const SAYING: &[&str] = &["service", "form"];

/// Kinds of page that may offer something to do, so that what they say of it is worth telling.
const OFFERING: &[&str] = &["service", "form", "job", "event"];

/// Confidence in the page kind from which silence is told; the default of rules with `kinds`.
const SURE: f64 = 0.8;

/// What a page of that kind says: true where it is stated, false where it is missing on a page that
/// surely should say it, `None` else.
pub fn says(kind: &Kind, stated: impl FnOnce() -> Stated, links: &[Link], has_contact: bool) -> Says {
    // A page that hands out a form as a file is about what the form is for.
    let hands_out = || links.iter().any(|l| l.region == Region::Main && l.file().is_some());
    let offers = OFFERING.contains(&kind.name.as_str()) || kind.name == "document" && hands_out();
    if !offers {
        return Says::default();
    }
    let expected = SAYING.contains(&kind.name.as_str()) && kind.confidence >= SURE;
    let told = |found: Option<bool>| found.filter(|&found| found || expected);
    let [who, documents, fee, deadline, time, next, contact] = stated().0;
    Says {
        who: told(who),
        documents: told(documents),
        fee: told(fee),
        deadline: told(deadline),
        time: told(time),
        next: told(next),
        contact: told(contact.map(|found| found || has_contact)),
    }
}
