//! What a page leads people to expect: refusals and outages with or without a way on, threats before
//! help, what a confirmation gives to keep, machines that answer, and who the text speaks of.

use super::contacts::Contact;
use super::dom::Dom;
use super::lexicon::{Pattern, Words};
use super::links::Link;
use super::text::{Block, BlockKind, Sentence};
use crate::model::Region;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a sentence does to the visitor's hopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tells {
    /// It refuses; and whether it or what follows shows another way.
    pub refusal: Option<bool>,
    /// It tells that something does not work now; and whether it or what follows says until when, or another way.
    pub outage: Option<bool>,
}

/// What a page as a whole leads people to expect. `None`: it does not apply, or the language has no patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    /// A threat stands before anything helpful.
    pub threat_first: Option<bool>,
    /// It gives or promises a reference number.
    pub reference: Option<bool>,
    /// It says how to keep a record: print, save, or a copy by mail.
    pub record: Option<bool>,
    /// It speaks of a deadline without naming one.
    pub deadline_mentioned: Option<bool>,
    /// It sends people to a machine that answers.
    pub automation: Option<bool>,
    /// Words for the office, in the main content.
    pub office_words: Option<u32>,
    /// Words for the reader, in the main content.
    pub reader_words: Option<u32>,
}

/// Sentences after one that refuses in which another way is looked for. The number is from the
/// project's own definition of the problem: the same or the next two sentences.
const AFTER: usize = 2;

/// Sentences at the start of the main content in which a threat comes first. Our choice.
const FIRST: usize = 4;

/// Marks the sentences that refuse or tell of an outage, with whether a way on stands in them or near.
pub fn mark(
    sentences: &mut [(usize, Sentence)],
    blocks: &[Block],
    dom: &Dom,
    links: &[Link],
    contacts: &[Contact],
    words: Option<&Words>,
) {
    let Some(patterns) = words.map(|w| w.patterns("expect")).filter(|p| !p.is_empty()) else { return };
    let is = |topic: &str, text: &str| patterns.get(topic).is_some_and(|p| p.is_match(text));
    let spans: Vec<(usize, usize, usize)> = sentences.iter().map(|(b, s)| (*b, s.start, s.end)).collect();
    let text =
        |at: usize| spans.get(at).and_then(|&(b, start, end)| blocks.get(b)?.text.get(start..end)).unwrap_or_default();
    let says = |topic: &str, harmless: &str, at: usize| is(topic, text(at)) && !is(harmless, text(at));
    // One look at a whole block spares most sentences two.
    let in_block = |topic: &str, block: &Block| patterns.get(topic).is_some_and(|p| block.matches(p));
    let mut block = (usize::MAX, false, false);
    let mut found: Vec<(usize, bool, bool)> = Vec::new();
    for (at, &(of, ..)) in spans.iter().enumerate() {
        if block.0 != of {
            let whole = blocks.get(of);
            block = (of, whole.is_some_and(|b| in_block("refusal", b)), whole.is_some_and(|b| in_block("outage", b)));
        }
        let refuses = block.1 && says("refusal", "not-refusal", at);
        let outage = block.2 && says("outage", "not-outage", at);
        if refuses || outage {
            found.push((at, refuses, outage));
        }
    }
    if found.is_empty() {
        return;
    }
    let ways = Ways::of(blocks, dom, links, contacts);
    for (at, refuses, outage) in found {
        // What leads on may also stand before: "Call us, we do not answer e-mails." Under another heading stands another
        // matter, unless that heading shows a way.
        let parts =
            |b: &Block, before: bool| matches!(b.kind, BlockKind::Heading(_)) && (before || !in_block("way", b));
        let is_near = |i: &usize| {
            let between = blocks.get(spans[at.min(*i)].0..spans[at.max(*i)].0);
            between.is_none_or(|between| !between.iter().any(|b| parts(b, *i < at)))
        };
        let near: Vec<usize> = (at.saturating_sub(1)..(at + AFTER + 1).min(spans.len())).filter(is_near).collect();
        let last = near.last().copied().unwrap_or(at);
        let leads = near.iter().any(|&i| ways.lead_on(spans[i].0, text(i)))
            || near.iter().any(|&i| if i == at { beside(patterns, text(i)) } else { is("way", text(i)) })
            || ways.follow(spans[at].0, spans[last].0);
        let Some((_, sentence)) = sentences.get_mut(at) else { continue };
        sentence.tells.refusal = refuses.then_some(leads);
        sentence.tells.outage = outage.then(|| leads || near.iter().any(|&i| is("until", text(i))));
    }
}

/// Whether the sentence shows another way beside the words that refuse: "apply" is none in "you can't apply".
fn beside(patterns: &BTreeMap<String, Pattern>, sentence: &str) -> bool {
    let Some(way) = patterns.get("way") else { return false };
    let refused = patterns.get("refusal").and_then(|p| p.find(sentence));
    let (before, after) = refused.map_or((sentence, ""), |m| (&sentence[..m.start()], &sentence[m.end()..]));
    way.is_match(before) || way.is_match(after)
}

/// Where links, phones, mail addresses and buttons stand, by block.
struct Ways<'p> {
    links: FxHashMap<usize, Vec<&'p str>>,
    contacts: Vec<&'p str>,
    buttons: Vec<usize>,
}

impl<'p> Ways<'p> {
    fn of(blocks: &'p [Block], dom: &Dom, links: &'p [Link], contacts: &'p [Contact]) -> Self {
        let of_node: FxHashMap<u32, usize> = blocks.iter().enumerate().map(|(i, b)| (b.node, i)).collect();
        let mut by_block: FxHashMap<usize, Vec<&str>> = FxHashMap::default();
        for link in links.iter().filter(|l| l.region == Region::Main && !l.goes_nowhere() && !l.text.is_empty()) {
            if let Some(&at) = of_node.get(&dom.node(link.node).block) {
                by_block.entry(at).or_default().push(&link.text);
            }
        }
        // A word that only speaks of complaints or of a person reaches nobody.
        let leads = |c: &Contact| c.reaches() || matches!(c.kind.as_str(), "fax" | "social");
        let wanted = |c: &&Contact| c.region == Region::Main && leads(c) && !c.raw.is_empty();
        let is_button = |(_, b): &(usize, &Block)| b.kind == BlockKind::Button && b.region == Region::Main;
        Self {
            links: by_block,
            contacts: contacts.iter().filter(wanted).map(|c| c.raw.as_str()).collect(),
            buttons: blocks.iter().enumerate().filter(is_button).map(|(i, _)| i).collect(),
        }
    }

    /// Whether a link or a contact stands in the sentence.
    fn lead_on(&self, block: usize, sentence: &str) -> bool {
        self.links.get(&block).is_some_and(|texts| texts.iter().any(|t| sentence.contains(t)))
            || self.contacts.iter().any(|raw| sentence.contains(raw))
    }

    /// Whether a button stands between two blocks or right after them.
    fn follow(&self, from: usize, to: usize) -> bool {
        self.buttons.iter().any(|&at| (from..=to + 1).contains(&at))
    }
}

/// What the page as a whole leads people to expect.
pub fn expect(kind: &str, blocks: &[Block], sentences: &[(usize, Sentence)], words: Option<&Words>) -> Expect {
    let Some(words) = words else { return Expect::default() };
    let patterns = words.patterns("expect");
    let text =
        |at: usize| sentences.get(at).and_then(|(b, s)| blocks.get(*b)?.text.get(s.start..s.end)).unwrap_or_default();
    let main = || blocks.iter().filter(|b| b.region == Region::Main);
    let anywhere = |topic: &str| patterns.get(topic).map(|p| main().any(|b| b.matches(p)));
    let is_confirmation = kind == "confirmation";
    let counted = |list: &str| {
        let set = words.set(list);
        (!set.is_empty()).then(|| {
            let hits: usize = main().map(|b| b.hits(set).count()).sum();
            u32::try_from(hits).unwrap_or(u32::MAX)
        })
    };
    Expect {
        threat_first: threat_first(patterns, &text, sentences.len()),
        reference: if is_confirmation { anywhere("reference") } else { None },
        record: if is_confirmation { anywhere("record") } else { None },
        deadline_mentioned: if matches!(kind, "service" | "form") { anywhere("deadline-mentioned") } else { None },
        automation: patterns.get("automation").map(|p| blocks.iter().any(|b| b.matches(p))),
        office_words: counted("office-words"),
        reader_words: counted("reader-words"),
    }
}

/// Whether one of the first sentences threatens and none before it helps; `None` where none threatens.
fn threat_first<'t>(
    patterns: &BTreeMap<String, Pattern>,
    text: &impl Fn(usize) -> &'t str,
    sentences: usize,
) -> Option<bool> {
    let (threat, help) = (patterns.get("threat")?, patterns.get("help")?);
    let at = (0..sentences.min(FIRST)).find(|&at| threat.is_match(text(at)))?;
    Some(!(0..=at).any(|i| help.is_match(text(i))))
}
