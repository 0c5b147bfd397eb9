//! What can be counted of the wording of a page as a whole, and kept: voice, short forms, terms, how it
//! opens, and in which language it is.

use super::language::{Tongues, address_language};
use super::word::{bare, parts};
use super::{Block, BlockKind, Sentence, Span, classes};
use crate::facts::dom::Dom;
use crate::facts::lexicon::{Lexicon, Words};
use crate::facts::links::Link;
use crate::model::{Exposure, PageUrl, Region};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The wording of a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wording {
    /// Complete sentences whose signs were read; 0 where the language has no word classes.
    pub read: u32,
    /// Those in the passive voice.
    pub passive: u32,
    /// Those that ask the reader to act.
    pub asking: u32,
    /// Nouns made of verbs that act upon something.
    pub nominals: u32,
    /// Short forms in capitals that are explained nowhere on the page, in order; at most 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub abbreviations: Vec<String>,
    /// References to other parts of a text.
    pub references: u32,
    /// Things that go by two names or more, as `permit / licence`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mixed_terms: Vec<String>,
    /// The names that the page uses for things that sites call by several names, as `account/sign in`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<String>,
    /// The latest year that the page speaks of as still to come: "new for 2024", "will open in 2024".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coming: Option<u16>,
    /// The latest year of its copyright line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copyright: Option<u16>,
    /// Words of the first paragraph under the main heading, 0 where there is none; `None` without a main heading.
    pub opening: Option<u32>,
    /// Whether links lead to at least three parts of the page.
    pub has_contents: bool,
    /// Headings below the main one.
    pub subheadings: u32,
    /// Cells of tables that hold more than 30 words or two sentences (our choice).
    pub prose_cells: u32,
    /// Links to act that lead to files.
    pub steps_in_files: u32,
    /// Links and forms to act on the web.
    pub steps_on_web: u32,
    /// The language that the address promises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_language: Option<String>,
    /// Share of the text, 0 to 1, in that language; `None` where too little is clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_share: Option<f64>,
}

/// What wording is told from.
pub struct Setting<'a> {
    /// The address.
    pub url: &'a PageUrl,
    /// The tree.
    pub dom: &'a Dom,
    /// Blocks of text.
    pub blocks: &'a [Block],
    /// Links.
    pub links: &'a [Link],
    /// Questions in forms that are more than a search.
    pub has_form: bool,
    /// The languages of the text.
    pub tongues: &'a Tongues,
    /// The words of the page's language.
    pub words: Option<&'a Words>,
    /// Short forms that the user's settings allow, in capitals.
    pub allowed: &'a [String],
}

/// Most short forms that are kept. Our choice.
const KEPT: usize = 20;

/// Reads the wording, and marks the sentences in which an unexplained short form stands first.
pub fn wording(setting: &Setting<'_>, sentences: &mut [(usize, Sentence)], lexicon: &Lexicon) -> Wording {
    let main = || setting.blocks.iter().filter(|b| b.region == Region::Main);
    let mut wording = Wording {
        abbreviations: abbreviations(setting, sentences),
        opening: opening(setting.blocks),
        has_contents: setting.links.iter().filter(|l| l.fragment_here == Some(true)).count() >= 3,
        subheadings: count(main().filter(|b| matches!(b.kind, BlockKind::Heading(2..))).count()),
        address_language: address_language(setting.url, lexicon),
        ..Wording::default()
    };
    wording.copyright = copyright(setting.blocks);
    wording.address_share = wording.address_language.as_deref().and_then(|lang| setting.tongues.share(lang));
    let tells = setting.words.is_some_and(|w| w.classes.knows(classes::BE));
    for (_, sentence) in sentences.iter().filter(|(_, s)| tells && s.complete) {
        wording.read += 1;
        wording.passive += u32::from(!sentence.signs.passive.is_empty());
        wording.asking += u32::from(sentence.signs.acts > 0);
        wording.nominals += u32::from(sentence.signs.nominals);
    }
    for block in main().filter(|b| b.kind == BlockKind::Cell) {
        let stops = block.text.matches(". ").count() + usize::from(block.text.ends_with('.'));
        wording.prose_cells += u32::from(block.words > 30 || stops >= 2 && block.words > 12);
    }
    if let Some(words) = setting.words {
        let references = words.set("cross-references");
        wording.references = count(main().filter(|b| b.is_prose()).map(|b| b.hits(references).count()).sum());
        wording.coming = coming(setting, words);
        let used = used_terms(setting, words);
        wording.terms =
            used.iter().flat_map(|(group, names)| names.iter().map(move |n| format!("{group}/{n}"))).collect();
        wording.mixed_terms = used.into_values().filter(|names| names.len() >= 2).map(|n| n.join(" / ")).collect();
        let steps = words.set("step-links");
        for link in setting.links.iter().filter(|l| l.region == Region::Main) {
            if !steps.hits(&link.text).any(|h| h.start == 0) {
                continue;
            }
            let counted = if link.file().is_some() { &mut wording.steps_in_files } else { &mut wording.steps_on_web };
            *counted += 1;
        }
    }
    wording.steps_on_web += u32::from(setting.has_form);
    wording
}

/// The latest year of the prose that stands in a phrase of what is to come.
fn coming(setting: &Setting<'_>, words: &Words) -> Option<u16> {
    let pattern = words.patterns("coming").get("coming")?;
    let blocks = setting.blocks.iter().filter(|b| b.region == Region::Main && b.kind != BlockKind::Verbatim);
    // Only a block with a year can match, and looking for one is much cheaper.
    let dated = blocks.filter(|b| years(&b.text).next().is_some());
    dated.flat_map(|b| pattern.find_iter(&b.text)).filter_map(|found| years(found.as_str()).last()).max()
}

/// The latest year of the lines with the sign of copyright.
fn copyright(blocks: &[Block]) -> Option<u16> {
    let lines = blocks.iter().filter(|b| b.region != Region::Main && b.words <= 40);
    lines.filter_map(|b| years(&b.text[b.text.find('©')?..]).max()).max()
}

/// Numbers of four digits from 1990 to 2099: the years of the web.
fn years(text: &str) -> impl Iterator<Item = u16> {
    let numbers = text.as_bytes().split(|b| !b.is_ascii_digit()).filter(|n| n.len() == 4);
    let year = |digits: &[u8]| digits.iter().fold(0, |year, digit| 10 * year + u16::from(digit - b'0'));
    numbers.map(year).filter(|year| (1990..2100).contains(year))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Words of the first paragraph between the main heading and the next one.
fn opening(blocks: &[Block]) -> Option<u32> {
    let mut after = blocks
        .iter()
        .filter(|b| b.region == Region::Main)
        .skip_while(|b| b.kind != BlockKind::Heading(1))
        .skip(1)
        .peekable();
    after.peek()?;
    let section = after.take_while(|b| !matches!(b.kind, BlockKind::Heading(_)));
    let is_sentence = |b: &&Block| b.is_prose() && b.text.trim_end().ends_with(['.', '!', '?', ':', '"', ')']);
    Some(section.into_iter().find(is_sentence).map_or(0, |b| b.words))
}

/// Short forms in capitals that nothing on the page explains; the first sentence with each is marked.
fn abbreviations(setting: &Setting<'_>, sentences: &mut [(usize, Sentence)]) -> Vec<String> {
    let Some(words) = setting.words.filter(|w| w.classes.knows(classes::KNOWN)) else { return Vec::new() };
    let explained = explained(setting);
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut found = Vec::new();
    let mut written_out: Option<FxHashSet<String>> = None;
    for (at, sentence) in sentences.iter_mut() {
        let block = &setting.blocks[*at];
        // In a line that is all capitals nothing tells a short form from a word.
        if block.kind == BlockKind::Cell || !sentence.signs.capitals.is_empty() || !sentence.complete {
            continue;
        }
        let text = &block.text[sentence.start..sentence.end];
        for (start, word) in capital_words(text) {
            // An everyday word in capitals is loud, and no short form.
            let is_known = words.classes.of(word) & (classes::KNOWN | classes::COMMON | classes::FUNCTION) != 0
                || setting.allowed.iter().any(|a| a == word)
                || explained.contains(word)
                || is_roman(word);
            if is_known || !seen.insert(word) || written_out.get_or_insert_with(|| initials(setting)).contains(word) {
                continue;
            }
            if sentence.signs.abbreviation.is_empty() {
                sentence.signs.abbreviation = Span { start: count(start), end: count(start + word.len()) };
            }
            if found.len() < KEPT {
                found.push(word.to_owned());
            }
        }
    }
    found
}

/// Words of two to six capital letters, with their place; a plural `s` is cut off.
fn capital_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    parts(text, |b| matches!(b, b' ' | b'\n' | b'/')).filter_map(move |part| {
        let start = at;
        at += part.len() + 1;
        if !part.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let word = bare(part);
        let lead = part.len() - part.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
        let word = word.strip_suffix("'s").or_else(|| word.strip_suffix('s')).unwrap_or(word);
        let fits = (2..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
        fits.then_some((start + lead, word))
    })
}

/// Bytes on either side of a bracket in which its short form must stand. Our choice, so that the work is bounded.
const LONGEST: usize = 16;

/// The text between two bytes, moved inward to whole characters.
fn around(text: &str, from: usize, to: usize) -> &str {
    let to = to.min(text.len());
    let from = (from..=to).find(|&i| text.is_char_boundary(i)).unwrap_or(to);
    let to = (from..=to).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(from);
    &text[from..to]
}

/// Numerals of parts and titles, as in "Part IV".
fn is_roman(word: &str) -> bool {
    word.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L' | b'C'))
}

/// Longest short form that is looked for, in letters.
const LETTERS: usize = 6;

/// The initials of all names that the page writes out, with and without their small words: "Office of Open Data" is OOD
/// and OOOD. Whoever has read the name knows the letters.
fn initials(setting: &Setting<'_>) -> FxHashSet<String> {
    let mut found = FxHashSet::default();
    let Some(words) = setting.words else { return found };
    let mut run: Vec<(u8, bool)> = Vec::new();
    for block in setting.blocks {
        run.clear();
        for part in parts(&block.text, |b| matches!(b, b' ' | b'\n' | b'-' | b'/')) {
            let word = bare(part);
            let Some(&first) = word.as_bytes().first() else { continue };
            let is_name = first.is_ascii_uppercase() && word.bytes().any(|b| b.is_ascii_lowercase());
            // A small word matters within a name alone.
            let may_be_small = !run.is_empty() && first.is_ascii_lowercase();
            let small = may_be_small && words.classes.of(word) & classes::FUNCTION != 0;
            if !small && !is_name {
                run.clear();
                continue;
            }
            run.push((first.to_ascii_uppercase(), small));
            if !small {
                add_initials(&run, &mut found);
            }
            if part.ends_with(['.', ',', ';', ':', ')', '!', '?']) {
                run.clear();
            }
        }
    }
    found
}

/// Adds the initials of all names that end where the run ends.
fn add_initials(run: &[(u8, bool)], found: &mut FxHashSet<String>) {
    let (mut full, mut short) = (String::new(), String::new());
    for &(letter, small) in run.iter().rev().take(2 * LETTERS) {
        full.insert(0, char::from(letter));
        if !small {
            short.insert(0, char::from(letter));
        }
        if full.len() > LETTERS && short.len() > LETTERS {
            break;
        }
        if !small && short.len() >= 2 {
            found.insert(full.clone());
            found.insert(short.clone());
        }
    }
}

/// The short forms that the page explains: in brackets after their words, before words in brackets, or by `abbr`.
fn explained<'a>(setting: &Setting<'a>) -> FxHashSet<Cow<'a, str>> {
    let mut found: FxHashSet<Cow<'a, str>> = FxHashSet::default();
    for block in setting.blocks {
        for (at, _) in block.text.match_indices('(') {
            let after = around(&block.text, at + 1, at + 1 + LONGEST);
            let inside = after.split([')', ' ', ',', ';']).next().unwrap_or("").trim_matches(['"', '“', '”', '\'']);
            let inside = inside.strip_suffix('s').unwrap_or(inside);
            found.insert(if inside.contains('.') { inside.replace('.', "").into() } else { inside.into() });
            // "EPA (Environmental Protection Agency)": the word before the bracket.
            if after.starts_with(char::is_alphabetic) {
                let before = around(&block.text, at.saturating_sub(LONGEST), at);
                let before = before.trim_end().rsplit(' ').next().unwrap_or("");
                found.insert(before.into());
            }
        }
    }
    for i in setting.dom.tagged_any(&["abbr", "acronym"]) {
        let node = setting.dom.node(i);
        if node.exposure == Exposure::Hidden || setting.dom.attr(i, "title").is_none() {
            continue;
        }
        found.extend(setting.dom.inside(i).map(|j| Cow::from(setting.dom.raw_text(j).trim())));
    }
    found
}

fn group_name(group: &str) -> Option<&str> {
    group.split_once('/').map(|(_, name)| name)
}

/// The names that the page uses, by the thing that they stand for: the group of a row, then its name.
fn used_terms<'w>(setting: &Setting<'_>, words: &'w Words) -> BTreeMap<&'w str, Vec<&'w str>> {
    let mut used: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let Some(list) = words.list("terms") else { return used };
    let set = words.set("terms");
    for block in setting.blocks.iter().filter(|b| b.region == Region::Main) {
        for hit in block.hits(set) {
            let (phrase, Some(group)) = &list[hit.phrase] else { continue };
            let names = used.entry(group.split('/').next().unwrap_or("")).or_default();
            // `group/name`: the forms of one name are one.
            let name = group_name(group).unwrap_or(phrase.as_str());
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    used
}
