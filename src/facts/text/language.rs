//! Which language a text is in: of the page, of its parts by their `lang`, and of blocks by their words.
//! Doubt is no answer: what is not clearly another language counts as the page's own.

use super::classes;
use super::word::{bare, parts};
use super::{Block, BlockKind};
use crate::facts::dom::Dom;
use crate::facts::lexicon::{Lexicon, Words};
use crate::model::{PageUrl, Region};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use whatlang::{Detector, Lang};

/// Text that the language of a page is told from, in characters. Our choice: detection is reliable from about 200.
const PAGE: (usize, usize) = (200, 1_000);

/// Least length of a block that is told by itself, in bytes. Our choice, from reading: shorter ones are
/// names, titles and addresses. Other scripts say more with less.
const BLOCK: (usize, usize) = (80, 30);

/// Blocks of a page that are told one by one without help of its small words. Our choice, to bound the work.
const MOST_BLOCKS: usize = 80;

/// Share of small words that speaks for a language, and below which it is hardly the page's own. Our
/// choice; running English, Spanish and French have 0.35 to 0.55.
const SMALL_WORDS: (f64, f64) = (0.2, 0.12);

/// Languages that a text is told among, with their ISO 639-1 codes. Left out are those that short texts of
/// others are mistaken for.
const LANGUAGES: &[(Lang, &str)] = &[
    (Lang::Eng, "en"),
    (Lang::Spa, "es"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Ita, "it"),
    (Lang::Nld, "nl"),
    (Lang::Por, "pt"),
    (Lang::Pol, "pl"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Urd, "ur"),
    (Lang::Hin, "hi"),
    (Lang::Ben, "bn"),
    (Lang::Guj, "gu"),
    (Lang::Pan, "pa"),
    (Lang::Tam, "ta"),
    (Lang::Cmn, "zh"),
    (Lang::Vie, "vi"),
    (Lang::Kor, "ko"),
    (Lang::Jpn, "ja"),
    (Lang::Khm, "km"),
    (Lang::Tha, "th"),
    (Lang::Tgl, "tl"),
    (Lang::Cym, "cy"),
    (Lang::Swe, "sv"),
    (Lang::Fin, "fi"),
    (Lang::Tur, "tr"),
    (Lang::Ell, "el"),
    (Lang::Heb, "he"),
    (Lang::Hye, "hy"),
    (Lang::Amh, "am"),
];

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::with_allowlist(LANGUAGES.iter().map(|(lang, _)| *lang).collect()));

fn code(lang: Lang) -> Option<&'static str> {
    LANGUAGES.iter().find(|(known, _)| *known == lang).map(|(_, code)| *code)
}

/// The first part of a language tag: `en` of `en-GB`.
fn primary(lang: &str) -> &str {
    lang.split(['-', '_']).next().unwrap_or("")
}

/// The languages that the main content speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tongues {
    /// Words of blocks whose language is clear, by language.
    pub words: BTreeMap<String, u32>,
}

impl Tongues {
    /// Share of the words, 0 to 1, that are in a language; `None` where fewer than 60 words (our choice) are clear.
    pub fn share(&self, lang: &str) -> Option<f64> {
        let all: u32 = self.words.values().sum();
        let own = self.words.get(primary(lang)).copied().unwrap_or(0);
        (all >= 60).then(|| f64::from(own) / f64::from(all))
    }
}

/// The language of the prose in sight, where enough of it speaks clearly for one.
pub fn page_language(blocks: &[Block], lexicon: &Lexicon) -> Option<String> {
    let mut sample = String::new();
    let mut size = 0;
    for block in blocks.iter().filter(|b| {
        b.region == Region::Main && matches!(b.kind, BlockKind::Paragraph | BlockKind::Item | BlockKind::Heading(_))
    }) {
        let room = PAGE.1 - size;
        let end = block.text.char_indices().nth(room).map_or(block.text.len(), |(at, _)| at);
        sample.push_str(&block.text[..end]);
        sample.push('\n');
        size += block.text[..end].chars().count();
        if size >= PAGE.1 {
            break;
        }
    }
    (*lexicon.told.of(&sample, |_| size_of::<Option<String>>(), text_language)).clone()
}

/// The language of a text, where enough of it speaks clearly for one. Only its beginning is looked at.
pub fn text_language(text: &str) -> Option<String> {
    let end = text.char_indices().nth(2 * PAGE.1).map_or(text.len(), |(at, _)| at);
    let sample = &text[..end];
    if sample.chars().count() < PAGE.0 {
        return None;
    }
    let info = DETECTOR.detect(sample)?;
    info.is_reliable().then(|| code(info.lang()).map(str::to_owned)).flatten()
}

/// Characters from which a part's language is told, and the confidence, 0 to 1, that is asked for. Our choice.
const PART: (usize, f64) = (60, 0.95);

/// The language of a part of a page, where it is long enough and clear.
pub fn clear_language(text: &str) -> Option<&'static str> {
    if text.chars().count() < PART.0 || is_mostly_names(text) {
        return None;
    }
    let info = DETECTOR.detect(text)?;
    if info.is_reliable() && info.confidence() >= PART.1 { code(info.lang()) } else { None }
}

/// Whether texts in a language, by its code, are among those that are told apart.
pub fn is_told_apart(lang: &str) -> bool {
    LANGUAGES.iter().any(|(_, code)| code.eq_ignore_ascii_case(lang))
}

/// Marks the blocks of the main content that are in another language than `lang`, which the word lists
/// are chosen by. `spoken` is the language of most of the text, where it is known.
pub fn mark(dom: &Dom, blocks: &mut [Block], lang: &str, spoken: Option<&str>, lexicon: &Lexicon) -> Tongues {
    let parts = Parts::of(dom);
    let words = lexicon.words(lang);
    let own = primary(lang);
    let mut tongues = Tongues::default();
    let mut told_alone = 0;
    for block in blocks.iter_mut().filter(|b| b.region == Region::Main) {
        let declared = parts.lang(block.node).map(primary);
        block.foreign = declared.is_some_and(|d| d != own);
        if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Item) || block.text.len() < BLOCK.1 {
            continue;
        }
        if let Some(declared) = declared.filter(|d| *d != own) {
            *tongues.words.entry(declared.to_owned()).or_default() += block.words;
            continue;
        }
        if is_in(block, words, SMALL_WORDS.0) {
            *tongues.words.entry(own.to_owned()).or_default() += block.words;
            continue;
        }
        told_alone += 1;
        if told_alone > MOST_BLOCKS {
            continue;
        }
        let Some(told) = told(&block.text, words, lexicon) else { continue };
        *tongues.words.entry(told.to_owned()).or_default() += block.words;
        block.foreign |= told != own;
        if told != own && Some(told) != spoken.map(primary) {
            block.undeclared = Some(told);
        }
    }
    tongues
}

/// Whether at least a share of the words are small words of a language.
fn is_spoken(text: &str, words: Option<&Words>, least: f64) -> bool {
    let Some(words) = words.filter(|w| w.classes.knows(classes::FUNCTION)) else { return false };
    is_share(small_words(text, &words.classes), least)
}

/// The same of a block with the words of its page, which may have been read before.
fn is_in(block: &Block, words: Option<&Words>, least: f64) -> bool {
    let Some(words) = words.filter(|w| w.classes.knows(classes::FUNCTION)) else { return false };
    match &block.reading {
        Some(reading) => is_share(reading.small_words(&block.text, words), least),
        None => is_spoken(&block.text, Some(words), least),
    }
}

fn is_share((small, all): (u32, u32), least: f64) -> bool {
    all > 0 && f64::from(small) / f64::from(all) >= least
}

/// The small words among the first of a text, and how many these are.
pub(super) fn small_words(text: &str, classes: &classes::Classes) -> (u32, u32) {
    let (mut small, mut all) = (0u32, 0u32);
    for word in parts(text, |b| matches!(b, b' ' | b'\n' | b'\'')).take(60) {
        let word = bare(word);
        if !word.is_empty() {
            all += 1;
            small += u32::from(classes.of(word) & classes::FUNCTION != 0);
        }
    }
    (small, all)
}

/// The language of a block that is hardly in the page's own, where it is clear.
fn told(text: &str, own: Option<&Words>, lexicon: &Lexicon) -> Option<&'static str> {
    let is_latin = text.chars().filter(|c| c.is_alphabetic()).take(40).filter(char::is_ascii).count() > 20;
    if text.len() < if is_latin { BLOCK.0 } else { BLOCK.1 } {
        return None;
    }
    // Names and addresses hold few small words of any language; capitals tell them.
    if is_latin && is_mostly_names(text) {
        return None;
    }
    let end = text.char_indices().nth(400).map_or(text.len(), |(at, _)| at);
    let info = DETECTOR.detect(&text[..end])?;
    if !info.is_reliable() || info.confidence() < 0.9 {
        return None;
    }
    let told = code(info.lang())?;
    let listed = lexicon.words(told).filter(|w| w.classes.knows(classes::FUNCTION));
    let fits = listed.is_none_or(|_| is_spoken(text, listed, SMALL_WORDS.0));
    (fits && !is_spoken(text, own, SMALL_WORDS.1)).then_some(told)
}

fn is_mostly_names(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', '\n']).filter(|w| w.starts_with(char::is_alphabetic)).take(60).collect();
    let names = words.iter().filter(|w| w.starts_with(char::is_uppercase)).count();
    words.len() < 8 || names * 2 > words.len()
}

/// The `lang` that holds at each node; empty where no part of the page has one of its own.
struct Parts {
    langs: Vec<String>,
    by_node: Vec<u32>,
}

impl Parts {
    fn of(dom: &Dom) -> Self {
        let is_root = |i: u32| dom.tag(i) == "html";
        let starts: Vec<(u32, String)> = dom
            .elements()
            .filter_map(|i| Some((i, dom.attr(i, "lang")?)))
            .filter(|(i, lang)| !lang.trim().is_empty() && !is_root(*i))
            .map(|(i, lang)| (i, lang.trim().to_ascii_lowercase()))
            .collect();
        if starts.is_empty() {
            return Self { langs: Vec::new(), by_node: Vec::new() };
        }
        let mut by_node = vec![u32::MAX; dom.len() as usize];
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut next = starts.iter().enumerate().peekable();
        for i in 0..dom.len() {
            while open.last().is_some_and(|(_, end)| *end <= i) {
                open.pop();
            }
            if let Some((at, _)) = next.next_if(|(_, (node, _))| *node == i) {
                open.push((u32::try_from(at).unwrap_or(u32::MAX), dom.node(i).end));
            }
            by_node[i as usize] = open.last().map_or(u32::MAX, |(at, _)| *at);
        }
        Self { langs: starts.into_iter().map(|(_, lang)| lang).collect(), by_node }
    }

    fn lang(&self, node: u32) -> Option<&str> {
        let at = *self.by_node.get(node as usize)?;
        self.langs.get(at as usize).map(String::as_str)
    }
}

/// The language that the address of a page promises: `/es/permisos`, `es.milltown.example`, `?lang=es`.
pub fn address_language(url: &PageUrl, lexicon: &Lexicon) -> Option<String> {
    let url = url.to_url();
    let host = url.host_str().and_then(|h| h.split('.').next()).map(str::to_owned);
    let path = url.path_segments().into_iter().flatten().take(2).map(str::to_owned);
    let asked = url.query_pairs().filter(|(name, _)| matches!(&**name, "lang" | "language" | "locale"));
    let asked = asked.map(|(_, value)| value.into_owned());
    host.into_iter()
        .chain(path)
        .chain(asked)
        .find_map(|part| lexicon.address_language(&part.to_ascii_lowercase()).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPANISH: &str = "Si usted vive en el pueblo y tiene más de sesenta años, puede pedir ayuda para pagar la luz de su casa en la oficina.";
    const ENGLISH: &str = "If you live in the town and are older than sixty, you can ask us for help to pay for the power that you use at home.";

    fn marked(source: &str) -> (Vec<(bool, Option<&'static str>)>, Tongues) {
        let lexicon = Lexicon::for_tests();
        let dom = Dom::parse(source, lexicon);
        let mut blocks = super::super::blocks(&dom);
        let tongues = mark(&dom, &mut blocks, "en", Some("en"), lexicon);
        (blocks.iter().map(|b| (b.foreign, b.undeclared)).collect(), tongues)
    }

    #[test]
    fn a_passage_is_told_by_its_words_or_its_lang() {
        let (found, tongues) = marked(&format!("<p>{ENGLISH}</p><p>{SPANISH}</p><p lang=es>{SPANISH}</p>"));
        assert_eq!(found, [(false, None), (true, Some("es")), (true, None)]);
        assert!(tongues.share("es").is_some_and(|share| share > 0.6));
    }

    #[test]
    fn names_and_short_texts_are_in_no_language() {
        let (found, _) = marked(
            "<p>Señor Juan Carlos Rodríguez, María Fernández López, José Luis García Martínez, Ana Belén Sánchez</p><p>Haga clic aquí para pagar.</p>",
        );
        assert_eq!(found, [(false, None), (false, None)]);
    }
}
