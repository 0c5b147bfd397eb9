//! Words and phrases in texts of a page. All phrases that any rule looks for in a language are found in one
//! pass over each text; what was found is dealt out to the rules.

use super::{Found, Hit, place};
use crate::facts::{
    Block, BlockKind, Lexicon, Page, Phrases, accessible_name, is_odd, needed, plain, sentence_spans, shorten,
};
use crate::model::{Exposure, Region};
use crate::rule::{Check, Over, Rules, TextCheck};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::HashMap;

/// The language of phrases that belong to none.
const ANY: &str = "any";

/// What the rules look for, by language.
pub(super) struct Index {
    languages: HashMap<String, Together>,
    /// Phrases that are right on this site.
    allowed: Phrases,
}

/// The phrases of all rules in one language.
#[derive(Default)]
struct Together {
    /// Every phrase once, and what patterns need.
    phrases: Phrases,
    /// Who looks for each, and what to write instead.
    wanted: Vec<Vec<(usize, Option<String>)>>,
    /// Whose patterns may stand only where it does, also within words.
    needed: Vec<Vec<usize>>,
    matchers: FxHashMap<usize, Matcher>,
}

/// What one rule needs besides.
struct Matcher {
    /// Phrases that must be the whole text.
    whole: Option<(Phrases, Vec<Option<String>>)>,
    unless: Phrases,
    /// Whether its patterns stand only where something does that they need.
    needs: bool,
}

/// A text to look at.
struct Text<'p> {
    over: Over,
    node: Option<u32>,
    text: Cow<'p, str>,
    exposure: Exposure,
    region: Region,
}

/// A phrase of a rule in a text.
struct Mention<'r> {
    text: usize,
    start: usize,
    end: usize,
    instead: Option<&'r str>,
}

/// What stands in the texts of a page, by rule.
pub(super) struct Mentions<'r, 'p> {
    texts: Vec<Text<'p>>,
    by_rule: FxHashMap<usize, Vec<Mention<'r>>>,
    /// The texts in which the patterns of a rule may stand, by their places, of rules that need something there.
    may: FxHashMap<usize, Vec<usize>>,
    together: Option<&'r Together>,
}

impl Index {
    pub(super) fn new(rules: &Rules, lexicon: &Lexicon, allowed: &[String]) -> Self {
        let languages = lexicon
            .languages()
            .chain([ANY])
            .map(|lang| (lang.to_owned(), Together::new(rules, lexicon, lang)))
            .collect();
        Self { languages, allowed: Phrases::new(allowed.iter().map(String::as_str)) }
    }

    /// Looks once for the phrases of all rules in the texts of a page.
    pub(super) fn mentions<'p>(&self, page: &'p Page<'_>) -> Mentions<'_, 'p> {
        let lang = page.facts.lang.split(['-', '_']).next().unwrap_or("");
        let together = self.languages.get(lang).or_else(|| self.languages.get(ANY));
        let texts = texts(page);
        let mut by_rule: FxHashMap<usize, Vec<Mention<'_>>> = FxHashMap::default();
        let mut may: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        if let Some(together) = together.filter(|t| !t.phrases.is_empty()) {
            for (at, text) in texts.iter().enumerate() {
                for hit in together.phrases.parts(&text.text) {
                    for &rule in &together.needed[hit.phrase] {
                        let texts = may.entry(rule).or_default();
                        if texts.last() != Some(&at) {
                            texts.push(at);
                        }
                    }
                    if together.wanted[hit.phrase].is_empty() || !hit.stands_alone(&text.text) {
                        continue;
                    }
                    for (rule, instead) in &together.wanted[hit.phrase] {
                        let instead = instead.as_deref();
                        let mention = Mention { text: at, start: hit.start, end: hit.end, instead };
                        by_rule.entry(*rule).or_default().push(mention);
                    }
                }
            }
        }
        Mentions { texts, by_rule, may, together }
    }

    /// What one rule found.
    pub(super) fn judge(&self, at: usize, check: &TextCheck, page: &Page<'_>, mentions: &Mentions<'_, '_>) -> Found {
        let concerns =
            |text: &Text<'_>| text.over.reaches(check.over, text) && (!check.main_only || text.region == Region::Main);
        if !mentions.texts.iter().any(concerns) {
            return Found::default();
        }
        let Some(matcher) = mentions.together.and_then(|t| t.matchers.get(&at)) else {
            return Found::unknown(format!("there is no word list for the language `{}`", page.facts.lang));
        };
        let mut found = Found { applied: true, ..Found::default() };
        if let Some((phrases, instead)) = &matcher.whole {
            for text in mentions.texts.iter().filter(|t| concerns(t)) {
                if let Some(phrase) = phrases.whole(&text.text)
                    && !matcher.unless.occur_in(&text.text)
                    && self.allowed.whole(&text.text).is_none()
                {
                    report(instead[phrase].as_deref(), &text.text, &text.text, page, text, &mut found);
                }
            }
            return found;
        }
        let mut own = mentions.by_rule.get(&at).map_or(&[][..], Vec::as_slice);
        if check.patterns.is_empty() {
            for here in own.chunk_by(|a, b| a.text == b.text) {
                let text = &mentions.texts[here[0].text];
                if concerns(text) {
                    let hits = here.iter().map(|m| (m.start, m.end, m.instead)).collect();
                    self.look(check, matcher, page, text, hits, &mut found);
                }
            }
            return found;
        }
        let may = mentions.may.get(&at).map_or(&[][..], Vec::as_slice);
        for (index, text) in mentions.texts.iter().enumerate() {
            let mine = own.partition_point(|m| m.text <= index);
            let (here, rest) = own.split_at(mine);
            own = rest;
            if !concerns(text) {
                continue;
            }
            let mut hits: Vec<_> = here.iter().map(|m| (m.start, m.end, m.instead)).collect();
            let may_stand = !matcher.needs || may.binary_search(&index).is_ok() || is_odd(&text.text);
            for pattern in check.patterns.iter().filter(|_| may_stand) {
                hits.extend(pattern.0.find_iter(&text.text).map(|m| (m.start(), m.end(), None)));
            }
            self.look(check, matcher, page, text, hits, &mut found);
        }
        found
    }

    fn look(
        &self,
        check: &TextCheck,
        matcher: &Matcher,
        page: &Page<'_>,
        text: &Text<'_>,
        mut hits: Vec<(usize, usize, Option<&str>)>,
        found: &mut Found,
    ) {
        if !hits.is_empty() && !self.allowed.is_empty() {
            let allowed: Vec<_> = self.allowed.hits(&text.text).collect();
            hits.retain(|(from, to, _)| !allowed.iter().any(|a| a.start <= *from && *to <= a.end));
        }
        if hits.is_empty() {
            return;
        }
        // Of several in one sentence the first is told, and of several at one place the longest.
        hits.sort_by_key(|(start, end, _)| (*start, usize::MAX - end));
        if check.over == Over::Sentence {
            leave_out_quotes(&text.text, &mut hits);
        }
        let spans = match check.over {
            Over::Sentence => match page.words {
                Some(words) => words.spans(&text.text),
                None => sentence_spans(&text.text, None),
            },
            _ => vec![(0, text.text.len())],
        };
        for (start, end) in spans {
            let around = &text.text[start..end];
            let first = hits.partition_point(|(from, ..)| *from < start);
            let Some((from, to, instead)) = hits[first..].iter().find(|(_, to, _)| *to <= end) else { continue };
            if *from >= end || matcher.unless.occur_in(around) {
                continue;
            }
            report(*instead, whole_words(&text.text, *from, *to), around, page, text, found);
        }
    }
}

impl Together {
    fn new(rules: &Rules, lexicon: &Lexicon, lang: &str) -> Self {
        let mut together = Self::default();
        let mut phrases: Vec<String> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut place = |together: &mut Self, phrase: String| {
            *known.entry(phrase.clone()).or_insert_with(|| {
                phrases.push(phrase);
                together.wanted.push(Vec::new());
                together.needed.push(Vec::new());
                phrases.len() - 1
            })
        };
        for (at, rule) in rules.list.iter().enumerate() {
            let Check::Text(check) = &rule.check else { continue };
            let Some(rows) = rows(check, lang, lexicon) else { continue };
            let harmless = lexicon.words(lang).zip(check.unless_list.as_deref()).and_then(|(w, name)| w.list(name));
            let harmless = harmless.into_iter().flatten().map(|(phrase, _)| phrase.as_str());
            let unless = Phrases::new(harmless.chain(check.unless.iter().map(String::as_str)));
            let whole = check.whole.then(|| {
                let phrases = Phrases::new(rows.iter().map(|(phrase, _)| phrase.as_str()));
                (phrases, rows.iter().map(|(_, instead)| instead.clone()).collect())
            });
            if whole.is_none() {
                for (phrase, instead) in rows {
                    let index = place(&mut together, plain(&phrase));
                    together.wanted[index].push((at, instead));
                }
            }
            let needed: Option<Vec<Vec<String>>> = check.patterns.iter().map(|p| needed(p.0.as_str())).collect();
            for word in needed.iter().flatten().flatten() {
                let index = place(&mut together, word.clone());
                together.needed[index].push(at);
            }
            together.matchers.insert(at, Matcher { whole, unless, needs: needed.is_some() });
        }
        together.phrases = Phrases::new(phrases.iter().map(String::as_str));
        together
    }
}

/// The phrases that a rule looks for in a language; `None` where it has nothing for it.
fn rows(check: &TextCheck, lang: &str, lexicon: &Lexicon) -> Option<Vec<(String, Option<String>)>> {
    let own = check.lang.as_deref().is_some_and(|l| l == lang || l == ANY);
    let mut rows: Vec<(String, Option<String>)> = Vec::new();
    if let Some(list) = check.list.as_deref().and_then(|name| lexicon.words(lang)?.list(name)) {
        rows.extend(list.iter().cloned());
    }
    if own {
        rows.extend(check.phrases.iter().map(|p| (p.clone(), None)));
    }
    (!rows.is_empty() || own && !check.patterns.is_empty()).then_some(rows)
}

/// Takes away what stands between quotation marks: those are the words of somebody else, or words that are
/// only named. The hits are in the order of their starts, so that the text is read once.
fn leave_out_quotes(text: &str, hits: &mut Vec<(usize, usize, Option<&str>)>) {
    let (mut at, mut open) = (0, false);
    hits.retain(|(start, ..)| {
        for c in text[at..(*start).max(at)].chars() {
            match c {
                '“' | '«' => open = true,
                '”' | '»' | '\n' => open = false,
                '"' => open = !open,
                _ => {}
            }
        }
        at = at.max(*start);
        !open
    });
}

/// The words that a phrase stands in: of "(s)" the whole word before it.
fn whole_words(text: &str, from: usize, to: usize) -> &str {
    let joins = text[from..].starts_with(|c: char| !c.is_alphanumeric());
    let start = if joins { text[..from].rfind([' ', '\n']).map_or(0, |at| at + 1) } else { from };
    &text[start..to]
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

impl Over {
    /// Whether a text that was gathered as `self` is one that a check over `wanted` looks at: blocks are
    /// gathered once and may be several things.
    fn reaches(self, wanted: Self, text: &Text<'_>) -> bool {
        self == wanted
            || wanted == Self::Sentence && matches!(self, Self::Paragraph | Self::Alert) && text.node.is_some()
    }
}

/// The texts of a page that checks run over, each once. Text in another language than the page's is left out.
fn texts<'p>(page: &'p Page<'_>) -> Vec<Text<'p>> {
    let of_block = |b: &'p Block| {
        let over = match b.kind {
            BlockKind::Paragraph => Over::Paragraph,
            BlockKind::Item | BlockKind::Cell => Over::Sentence,
            BlockKind::Alert => Over::Alert,
            BlockKind::Heading(_) => Over::Heading,
            BlockKind::Label => Over::Label,
            BlockKind::Button | BlockKind::Verbatim => return None,
        };
        let text = b.text.as_str().into();
        (!b.foreign).then_some(Text { over, node: Some(b.node), text, exposure: b.exposure, region: b.region })
    };
    let mut texts: Vec<Text<'p>> = page.blocks.iter().filter_map(of_block).collect();
    texts.extend(page.facts.links.iter().filter(|l| !l.text.is_empty()).map(|l| Text {
        over: Over::Link,
        node: Some(l.node),
        text: l.text.as_str().into(),
        exposure: if l.unknown { Exposure::Unknown } else { Exposure::Exposed },
        region: l.region,
    }));
    if !page.facts.title.is_empty() {
        let text = page.facts.title.as_str().into();
        texts.push(Text { over: Over::Title, node: None, text, exposure: Exposure::Exposed, region: Region::Main });
    }
    let dom = &page.dom;
    let is_button = |&i: &u32| {
        dom.node(i).exposure != Exposure::Hidden
            && (dom.tag(i) == "button"
                || dom.tag(i) == "input"
                    && dom.attr(i, "type").is_some_and(|t| matches!(t, "submit" | "button" | "reset")))
    };
    texts.extend(dom.tagged_any(&["button", "input"]).into_iter().filter(is_button).map(|i| Text {
        over: Over::Button,
        node: Some(i),
        text: accessible_name(dom, i).into(),
        exposure: dom.node(i).exposure,
        region: dom.node(i).region,
    }));
    texts
}
