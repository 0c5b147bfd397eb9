//! What kind of page a page is, with a confidence, and which of the things people need to know it says.

use super::forms::Form;
use super::lexicon::Words;
use super::links::Link;
use super::text::{Block, BlockKind};
use crate::model::{PageUrl, Region};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A page kind and how sure it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// `home`, `topic`, `service`, `form` …; `other` where nothing speaks for one.
    pub name: String,
    /// 0 to 1. Our choice of scale: how far the best kind's votes stand before the next one's.
    pub confidence: f64,
}

/// The signs that the kind of a page is told from.
pub struct Signs<'a> {
    /// Its address.
    pub url: &'a PageUrl,
    /// The `title` element.
    pub title: &'a str,
    /// Blocks of text.
    pub blocks: &'a [Block],
    /// Links.
    pub links: &'a [Link],
    /// Forms.
    pub forms: &'a [Form],
    /// Words of the main content.
    pub main_words: u32,
}

/// The kind of a page, from the words of its address, title and headings and from what it holds.
pub fn kind(signs: &Signs<'_>, words: Option<&Words>) -> Kind {
    if signs.url.path() == "/" && signs.url.query().is_none() {
        return Kind { name: "home".to_owned(), confidence: 0.95 };
    }
    let Some(words) = words else { return Kind { name: "other".to_owned(), confidence: 0.0 } };
    let mut tally: BTreeMap<String, f64> = BTreeMap::new();
    let votes = &words.page_kinds;
    votes.cast("url", &path_words(signs.url), &mut tally);
    votes.cast("title", signs.title, &mut tally);
    let main = || signs.blocks.iter().filter(|b| b.region == Region::Main);
    for block in main() {
        match block.kind {
            BlockKind::Heading(1) => votes.cast("heading", &block.text, &mut tally),
            BlockKind::Heading(_) => votes.cast("subheading", &block.text, &mut tally),
            _ => {}
        }
    }
    for block in main().filter(|b| matches!(b.kind, BlockKind::Paragraph | BlockKind::Item)).take(40) {
        votes.cast("text", &block.text, &mut tally);
    }
    structure(signs, &mut tally);
    decide(tally)
}

/// Votes of what the page holds rather than of its words. The weights are our choice.
fn structure(signs: &Signs<'_>, tally: &mut BTreeMap<String, f64>) {
    let mut vote = |kind: &str, weight: f64| *tally.entry(kind.to_owned()).or_insert(0.0) += weight;
    let form_kind = |kinds: &[&str]| signs.forms.iter().any(|f| kinds.contains(&f.kind.as_str()));
    let questions: usize = signs
        .forms
        .iter()
        .filter(|f| !matches!(f.kind.as_str(), "search" | "newsletter" | "feedback"))
        .map(Form::questions)
        .sum();
    if form_kind(&["login", "recovery"]) && signs.main_words < 200 {
        vote("login", 3.0);
    }
    if form_kind(&["contact"]) {
        vote("contact", 1.0);
    }
    if questions >= 3 && !form_kind(&["login"]) {
        vote("form", 2.5);
    }
    let main_links = signs.links.iter().filter(|l| l.region == Region::Main).count();
    // Mostly links and little else: a page that leads on.
    if main_links >= 8 && u64::from(signs.main_words) < 20 * main_links as u64 {
        vote("topic", 1.5);
    }
}

fn decide(tally: BTreeMap<String, f64>) -> Kind {
    let mut ranked: Vec<(String, f64)> = tally.into_iter().filter(|(_, w)| *w > 0.0).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let Some((name, best)) = ranked.first().cloned() else {
        return Kind { name: "other".to_owned(), confidence: 0.2 };
    };
    let next = ranked.get(1).map_or(0.0, |(_, w)| *w);
    // Two votes of weight 1 ahead of the next kind are near certain; a tie is a coin toss.
    let confidence = (1.0 - next / best) * (1.0 - libm::exp(-best / 1.2));
    Kind { name, confidence: (0.25 + 0.75 * confidence).min(0.99) }
}

fn path_words(url: &PageUrl) -> String {
    url.path().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect()
}

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

/// Kinds of page on which people look for these things.
const SAYING: &[&str] = &["service", "form"];

/// Looks for each thing in the main content, by the patterns of the page's language.
pub fn says(kind: &Kind, blocks: &[Block], has_contact: bool, words: Option<&Words>) -> Says {
    let Some(patterns) = words.map(|w| w.patterns("says")).filter(|p| !p.is_empty()) else { return Says::default() };
    if !SAYING.contains(&kind.name.as_str()) {
        return Says::default();
    }
    let found = |topic: &str| {
        let pattern = patterns.get(topic)?;
        Some(blocks.iter().filter(|b| b.region == Region::Main).any(|b| pattern.is_match(&b.text)))
    };
    Says {
        who: found("who"),
        documents: found("documents"),
        fee: found("fee"),
        deadline: found("deadline"),
        time: found("time"),
        next: found("next"),
        contact: Some(has_contact || found("contact") == Some(true)),
    }
}
