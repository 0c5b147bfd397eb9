//! Words and phrases in texts of a page.

use super::{Found, Hit, place};
use crate::facts::{Block, BlockKind, Hit as PhraseHit, Lexicon, Page, Phrases, accessible_name, plain, shorten};
use crate::model::{Exposure, Region};
use crate::rule::{Check, Over, Rules, TextCheck};
use std::collections::HashMap;

/// The phrases of each rule, by language.
pub(super) struct Index(HashMap<(usize, String), Matcher>);

struct Matcher {
    phrases: Phrases,
    instead: Vec<Option<String>>,
    unless: Phrases,
}

/// A text to look at.
struct Text<'p> {
    node: Option<u32>,
    text: std::borrow::Cow<'p, str>,
    exposure: Exposure,
}

impl Index {
    pub(super) fn new(rules: &Rules, lexicon: &Lexicon) -> Self {
        let mut index = HashMap::new();
        let languages: Vec<String> = lexicon.languages().map(str::to_owned).collect();
        for (at, rule) in rules.list.iter().enumerate() {
            let Check::Text(check) = &rule.check else { continue };
            for lang in &languages {
                if let Some(matcher) = matcher(check, lang, lexicon) {
                    index.insert((at, lang.clone()), matcher);
                }
            }
        }
        Self(index)
    }

    /// Looks for the rule's phrases in the texts it is over.
    pub(super) fn judge(&self, at: usize, check: &TextCheck, page: &Page<'_>) -> Found {
        let texts = texts(check, page);
        if texts.is_empty() {
            return Found::default();
        }
        let lang = page.facts.lang.split('-').next().unwrap_or("").to_owned();
        let Some(matcher) = self.0.get(&(at, lang)) else {
            return Found::unknown(format!("there is no word list for the language `{}`", page.facts.lang));
        };
        let mut found = Found { applied: true, ..Found::default() };
        for text in &texts {
            look(check, matcher, page, text, &mut found);
        }
        found
    }
}

fn matcher(check: &TextCheck, lang: &str, lexicon: &Lexicon) -> Option<Matcher> {
    let words = lexicon.words(lang)?;
    let own = check.lang.as_deref() == Some(lang);
    let mut rows: Vec<(String, Option<String>)> = Vec::new();
    if let Some(list) = check.list.as_deref().and_then(|name| words.list(name)) {
        rows.extend(list.iter().cloned());
    }
    if own {
        rows.extend(check.phrases.iter().map(|p| (p.clone(), None)));
    }
    let has_patterns = own && !check.patterns.is_empty();
    if rows.is_empty() && !has_patterns {
        return None;
    }
    let harmless = check
        .unless_list
        .as_deref()
        .and_then(|name| words.list(name))
        .into_iter()
        .flatten()
        .map(|(phrase, _)| phrase.as_str());
    Some(Matcher {
        phrases: Phrases::new(rows.iter().map(|(phrase, _)| phrase.as_str())),
        instead: rows.into_iter().map(|(_, instead)| instead).collect(),
        unless: Phrases::new(harmless.chain(check.unless.iter().map(String::as_str))),
    })
}

fn look(check: &TextCheck, matcher: &Matcher, page: &Page<'_>, text: &Text<'_>, found: &mut Found) {
    if check.whole {
        if let Some(phrase) = matcher.phrases.whole(&text.text)
            && !matcher.unless.occur_in(&text.text)
        {
            report(matcher.instead[phrase].as_deref(), &text.text, &text.text, page, text, found);
        }
        return;
    }
    let mut hits: Vec<(usize, usize, Option<&str>)> = Vec::new();
    if !matcher.phrases.is_empty() {
        hits.extend(
            matcher
                .phrases
                .hits(&text.text)
                .map(|PhraseHit { phrase, start, end }| (start, end, matcher.instead[phrase].as_deref())),
        );
    }
    for pattern in &check.patterns {
        hits.extend(pattern.0.find_iter(&text.text).map(|m| (m.start(), m.end(), None)));
    }
    if hits.is_empty() {
        return;
    }
    // Of several in one sentence the first is told, and of several at one place the longest.
    hits.sort_by_key(|(start, end, _)| (*start, usize::MAX - end));
    let spans = match check.over {
        Over::Sentence => crate::facts::sentence_spans(&text.text, page.words),
        _ => vec![(0, text.text.len())],
    };
    for (start, end) in spans {
        let around = &text.text[start..end];
        let Some((from, to, instead)) = hits.iter().find(|(from, to, _)| *from >= start && *to <= end) else {
            continue;
        };
        if matcher.unless.occur_in(around) {
            continue;
        }
        report(*instead, &text.text[*from..*to], around, page, text, found);
    }
}

fn report(instead: Option<&str>, words: &str, around: &str, page: &Page<'_>, text: &Text<'_>, found: &mut Found) {
    if text.exposure == Exposure::Unknown {
        found.unknown.get_or_insert_with(|| "a style may hide the text".to_owned());
        return;
    }
    found.push(|| {
        let values = vec![
            ("found", shorten(words, 60)),
            ("instead", instead.unwrap_or_default().to_owned()),
            ("text", shorten(around, 80)),
            ("value", plain(words)),
        ];
        Hit { at: text.node.map(|node| place::of_text(&page.dom, node, around)), severity: None, values }
    });
}

/// The texts that a check runs over.
fn texts<'p>(check: &TextCheck, page: &'p Page<'_>) -> Vec<Text<'p>> {
    let in_region = |region: Region| !check.main_only || region == Region::Main;
    let blocks = |wanted: fn(&Block) -> bool| -> Vec<Text<'p>> {
        let text = |b: &'p Block| Text { node: Some(b.node), text: b.text.as_str().into(), exposure: b.exposure };
        page.blocks.iter().filter(|b| in_region(b.region) && wanted(b)).map(text).collect()
    };
    match check.over {
        Over::Sentence => {
            blocks(|b| matches!(b.kind, BlockKind::Paragraph | BlockKind::Item | BlockKind::Cell | BlockKind::Alert))
        }
        Over::Paragraph => blocks(|b| matches!(b.kind, BlockKind::Paragraph)),
        Over::Heading => blocks(|b| matches!(b.kind, BlockKind::Heading(_))),
        Over::Alert => blocks(|b| b.kind == BlockKind::Alert),
        Over::Label => blocks(|b| b.kind == BlockKind::Label),
        Over::Link => {
            let exposure = |unknown| if unknown { Exposure::Unknown } else { Exposure::Exposed };
            let text = |l: &'p crate::facts::Link| Text {
                node: Some(l.node),
                text: l.text.as_str().into(),
                exposure: exposure(l.unknown),
            };
            page.facts.links.iter().filter(|l| in_region(l.region) && !l.text.is_empty()).map(text).collect()
        }
        Over::Title if page.facts.title.is_empty() => Vec::new(),
        Over::Title => vec![Text { node: None, text: page.facts.title.as_str().into(), exposure: Exposure::Exposed }],
        Over::Button => {
            let dom = &page.dom;
            let is_button = |&i: &u32| {
                let node = dom.node(i);
                node.exposure != Exposure::Hidden
                    && in_region(node.region)
                    && (dom.tag(i) == "button"
                        || dom.tag(i) == "input"
                            && dom.attr(i, "type").is_some_and(|t| matches!(t, "submit" | "button" | "reset")))
            };
            let text =
                |i: u32| Text { node: Some(i), text: accessible_name(dom, i).into(), exposure: dom.node(i).exposure };
            dom.elements().filter(is_button).map(text).collect()
        }
    }
}
