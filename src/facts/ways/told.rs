//! What a page tells in words: that something is missing, closed, broken, or due by a day.

use super::{Signs, Ways};
use crate::facts::dates::{Day, days};
use crate::facts::dom::shorten;
use crate::facts::lexicon::{Topics, Words};
use crate::facts::text::{Block, BlockKind};
use crate::model::{Exposure, Region};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Characters of a quote that are kept. Our choice.
const QUOTE: usize = 160;

/// Bytes between the words of a deadline and its day. Our choice: "must be received in our office by
/// 5 p.m. on Monday, March 3, 2026" has about fifty.
const NEAR: usize = 60;

/// Longest line that says no more than when the page was changed, in bytes. Our choice.
const STAMP: usize = 80;

/// Deadlines of a page that are kept. Our choice.
const MAX_DEADLINES: usize = 20;

/// Blocks after a claim in which a way out may stand. Our choice: a paragraph and a short list.
const BLOCKS_AFTER: usize = 4;

/// Words of a page that says it does not exist. Our choice: some list the whole site below.
const MISSING_WORDS: u32 = 600;

/// Words of main content up to which one sentence may speak for the whole page. Our choice.
const SHORT_PAGE: u32 = 120;

/// Something that a page says of itself or its service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What it says.
    #[serde(rename = "q")]
    pub quote: String,
    /// Whether a link or a contact stands with it.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub way: bool,
    /// Whether a time stands with it.
    #[serde(rename = "t", default, skip_serializing_if = "std::ops::Not::not")]
    pub time: bool,
}

/// A day that a page names, with what it says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The day, ISO 8601.
    #[serde(rename = "d")]
    pub day: String,
    /// What the page says.
    #[serde(rename = "q")]
    pub quote: String,
}

/// Reads what the page tells into its ways.
pub(super) fn tell(signs: &Signs<'_>, words: &Words, ways: &mut Ways) {
    let topics = &words.ways;
    let in_main = |b: &&Block| b.region == Region::Main && b.exposure == Exposure::Exposed;
    // The day of the last change is neither one of an event nor one when something works again.
    let is_stamp = |b: &&Block| b.text.len() < STAMP && b.has(words.set("updated"));
    let main: Vec<&Block> = signs.blocks.iter().filter(in_main).filter(|b| !is_stamp(b)).collect();
    ways.without_account = signs.links.iter().any(|l| topics.has("account", &l.text));
    ways.missing = missing(signs, &main, topics);
    let places: HashSet<u32> = way_blocks(signs);
    let mut coming = Coming::default();
    for (at, block) in main.iter().enumerate() {
        let found = topics.of_block(block);
        coming.pass(block, &found, || days(&block.text, words, signs.country));
        if found.is_empty() {
            continue;
        }
        if found.has("deadline") {
            deadlines(block, words, signs.country, &mut ways.deadlines);
        }
        ways.without_account |= found.has("account");
        let claim = |topic: &str| {
            let (start, end) = found.at(topic)?;
            let around = &main[at.saturating_sub(1)..(at + 2).min(main.len())];
            Some(Told {
                quote: sentence_around(&block.text, start, end, words),
                way: has_way(&main[at..], &places),
                time: around.iter().any(|b| topics.has("time", &b.text)),
            })
        };
        if ways.outage.is_none() {
            ways.outage = claim("outage");
        }
        if ways.nothing_found.is_none() {
            ways.nothing_found = claim("nothing");
        }
        if ways.closed.as_ref().is_none_or(|c| c.way) {
            ways.closed = claim("closed").or(ways.closed.take());
        }
    }
    ways.coming = coming.finish();
}

/// The words of a title or heading that say there is no such page.
fn missing(signs: &Signs<'_>, main: &[&Block], topics: &Topics) -> Option<String> {
    if signs.main_words > MISSING_WORDS {
        return None;
    }
    let headings = main.iter().filter(|b| matches!(b.kind, BlockKind::Heading(_))).take(2);
    let named = std::iter::once(signs.title).chain(headings.map(|b| b.text.as_str()));
    for text in named {
        if segments(text).any(|part| is_mostly_missing(topics, part)) {
            return Some(shorten(text, QUOTE));
        }
    }
    if signs.main_words > SHORT_PAGE {
        return None;
    }
    let says = |b: &&&Block| topics.has("missing-text", &b.text);
    main.iter().take(6).find(says).map(|b| shorten(&b.text, QUOTE))
}

/// The parts of a title that stand between marks: page, section, site.
fn segments(title: &str) -> impl Iterator<Item = &str> {
    title.split(['|', '–', '—', '»', '·', '•', ':', '/', '>']).flat_map(|part| part.split(" - ")).map(str::trim)
}

/// Whether the text has a phrase for a missing page, and nearly nothing else: "Lost and found" and "How to
/// report a page that is not found" have other words. Three quarters of the letters is our choice.
fn is_mostly_missing(topics: &Topics, text: &str) -> bool {
    let letters = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).count();
    let all = letters(text);
    if all == 0 {
        return false;
    }
    let mut covered = 0;
    let mut upto = 0;
    let mut spans: Vec<(usize, usize)> = topics.spans("missing", text).collect();
    if spans.is_empty() {
        return false;
    }
    spans.extend(topics.spans("missing-filler", text));
    spans.sort_by_key(|&(start, end)| (start, std::cmp::Reverse(end)));
    for (start, end) in spans {
        let from = start.max(upto);
        if from < end {
            covered += letters(&text[from..end]);
            upto = end;
        }
    }
    covered * 4 >= all * 3
}

/// The blocks that hold a link onward or a contact.
fn way_blocks(signs: &Signs<'_>) -> HashSet<u32> {
    let links = signs.links.iter().filter(|l| l.region == Region::Main && !l.goes_nowhere());
    let of_links = links.map(|l| signs.dom.node(l.node).block);
    of_links.chain(signs.contacts.iter().filter(|c| c.kind != "hours").map(|c| c.node)).collect()
}

/// Whether a way out stands in the first block or in the few after it, up to the next heading.
fn has_way(blocks: &[&Block], places: &HashSet<u32>) -> bool {
    let rest = blocks.iter().skip(1).take(BLOCKS_AFTER).take_while(|b| !matches!(b.kind, BlockKind::Heading(_)));
    blocks.iter().take(1).chain(rest).any(|b| places.contains(&b.node))
}

fn sentence_around(text: &str, start: usize, end: usize, words: &Words) -> String {
    let spans = words.spans(text);
    let holds = |(from, to): &&(usize, usize)| *from <= start && end <= *to;
    let (from, to) = spans.iter().find(holds).copied().unwrap_or((0, text.len()));
    shorten(text[from..to].trim(), QUOTE)
}

/// The days that follow words of a deadline in the same sentence.
fn deadlines(block: &Block, words: &Words, country: &str, found: &mut Vec<Dated>) {
    if matches!(block.kind, BlockKind::Heading(_)) || found.len() >= MAX_DEADLINES {
        return;
    }
    let topics = &words.ways;
    for (from, to) in words.spans(&block.text) {
        let sentence = &block.text[from..to];
        if topics.has("over", sentence) {
            continue;
        }
        let ends: Vec<usize> = topics.spans("deadline", sentence).map(|(_, end)| end).collect();
        if ends.is_empty() {
            continue;
        }
        let days = days(sentence, words, country);
        // Of "from March 1, 2026 to April 30, 2026" the last one is meant.
        let due = days.iter().rev().find(|day| ends.iter().any(|&end| end <= day.start && day.start - end <= NEAR));
        if let Some(day) = due
            && found.len() < MAX_DEADLINES
        {
            let last = days.iter().map(|d| d.iso.as_str()).max().unwrap_or(&day.iso).to_owned();
            found.push(Dated { day: last, quote: shorten(sentence.trim(), QUOTE) });
        }
    }
}

/// Days under a heading that announces what is to come.
#[derive(Default)]
struct Coming {
    level: Option<u8>,
    heading: String,
    last: Option<(String, String)>,
}

impl Coming {
    fn pass(&mut self, block: &Block, found: &crate::facts::lexicon::Found<'_>, days: impl FnOnce() -> Vec<Day>) {
        if let BlockKind::Heading(level) = block.kind {
            if found.has("coming") && self.last.is_none() {
                self.level = Some(level);
                self.heading.clone_from(&block.text);
                return;
            }
            if self.level.is_some_and(|announced| level <= announced) {
                self.level = None;
                return;
            }
        }
        if self.level.is_none() {
            return;
        }
        if let Some(day) = days().into_iter().map(|d| d.iso).max()
            && self.last.as_ref().is_none_or(|(last, _)| *last < day)
        {
            self.last = Some((day, shorten(&self.heading, QUOTE)));
        }
    }

    fn finish(self) -> Option<Dated> {
        self.last.map(|(day, quote)| Dated { day, quote })
    }
}
