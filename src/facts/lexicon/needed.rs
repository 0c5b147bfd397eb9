//! Letters without which a pattern stands nowhere, so that most texts need not be searched for it: one look at a text for all
//! patterns of a language.

use super::pattern::Pattern;
use crate::facts::phrases::{Phrases, plain};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition,
};
use rustc_hash::FxHashMap;

/// Patterns that are told apart, by a bit each. One too many is searched for in every text.
const MOST: usize = 128;

/// Letters of what is needed that are looked for. Our choice: a text with eight in common seldom has them by chance.
const LETTERS: usize = 8;

/// Fewest letters that are worth a look. Our choice.
const FEWEST: usize = 2;

/// Ways to begin that one part of a pattern may have. Our choice, to bound the work.
const WAYS: usize = 250;

/// Words of which a pattern may need one. Our choice, to bound the work; a pattern with more is searched for in every text.
const WORDS: usize = 4_000;

/// Letters of a class, as `[0-9]`, that are taken one by one. Our choice.
const CLASS: usize = 30;

/// Letters outside ASCII that are the same as one of ASCII in another case: the long s and the sign of Kelvin.
const FOLDED: [char; 2] = ['\u{17f}', '\u{212a}'];

/// What patterns need.
#[derive(Debug)]
pub(super) struct Needs {
    words: Phrases,
    /// The patterns that need a word, by bits.
    bits: Vec<u128>,
    /// Patterns of which it is not known what they need.
    always: u128,
}

/// The bit of the pattern at a place; none beyond those that are told apart.
pub(super) fn bit(at: usize) -> u128 {
    if at < MOST { 1 << at } else { 0 }
}

impl Needs {
    /// Of the patterns of a language, in the order of their bits.
    pub(super) fn of<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> Self {
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let (mut words, mut bits, mut always) = (Vec::new(), Vec::new(), 0);
        for (at, pattern) in patterns.enumerate().take(MOST) {
            let Some(needed) = needed(pattern.source()) else {
                always |= bit(at);
                continue;
            };
            for word in needed {
                let place = *places.entry(word).or_insert_with_key(|word| {
                    words.push(word.clone());
                    bits.push(0u128);
                    words.len() - 1
                });
                bits[place] |= bit(at);
            }
        }
        Self { words: Phrases::new(words.iter().map(String::as_str)), bits, always }
    }

    /// Which patterns may stand in a text.
    pub(super) fn glance(&self, text: &str) -> u128 {
        if is_odd(text) {
            return u128::MAX;
        }
        if self.words.is_empty() {
            return self.always;
        }
        self.words.parts(text).fold(self.always, |found, hit| found | self.bits[hit.phrase])
    }
}

/// Whether a text may hold letters of ASCII in another guise, so that what is needed is not seen in it.
pub fn is_odd(text: &str) -> bool {
    !text.is_ascii() && text.contains(FOLDED)
}

/// Words of small letters of ASCII of which at least one stands in whatever a pattern finds, in any case and also within words,
/// except in odd texts; `None` where no few are known.
pub fn needed(source: &str) -> Option<Vec<String>> {
    best(&lower(&regex_syntax::parse(source).ok()?))
}

/// What a match of a pattern in small letters needs. It has all parts of a row, so that the part that tells most is enough, or what
/// begins there; of alternatives it has one.
fn best(pattern: &Hir) -> Option<Vec<String>> {
    let mut words = match pattern.kind() {
        HirKind::Alternation(parts) => parts.iter().map(best).collect::<Option<Vec<_>>>()?.concat(),
        HirKind::Repetition(repeated) if repeated.min > 0 => best(&repeated.sub)?,
        HirKind::Concat(parts) => {
            let from = |start: usize| beginnings(&Hir::concat(parts[start..].to_vec()));
            let shortest = |words: &Vec<String>| words.iter().map(String::len).min().unwrap_or(0).min(LETTERS);
            let is_made_of_parts =
                |part: &&Hir| matches!(part.kind(), HirKind::Alternation(_) | HirKind::Repetition(_));
            let told = (0..parts.len()).filter_map(from).chain(parts.iter().filter(is_made_of_parts).filter_map(best));
            told.min_by_key(|words| (LETTERS - shortest(words), words.len()))?
        }
        _ => beginnings(pattern)?,
    };
    words.sort_unstable();
    words.dedup();
    (words.len() <= WORDS).then_some(words)
}

/// With what a match begins: of each way the longest run of letters of ASCII, since others have no one spelling.
fn beginnings(pattern: &Hir) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    extractor.limit_class(CLASS).limit_repeat(LETTERS).limit_literal_len(LETTERS).limit_total(WAYS);
    let found = extractor.extract(pattern);
    let run = |bytes: &[u8]| {
        let runs = bytes.split(|byte| !byte.is_ascii());
        let longest = runs.map(|run| std::str::from_utf8(run).unwrap_or("").trim()).max_by_key(|run| run.len())?;
        (longest.len() >= FEWEST && plain(longest) == longest).then(|| longest.to_owned())
    };
    let words = found.literals()?.iter().map(|literal| run(literal.as_bytes())).collect::<Option<Vec<String>>>()?;
    (!words.is_empty()).then_some(words)
}

/// A pattern that finds in small letters what another finds in any. Nesting is bounded by whoever parsed it.
fn lower(pattern: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(lower).collect::<Vec<Hir>>();
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => pattern.clone(),
        HirKind::Literal(literal) => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Class(Class::Unicode(class)) => Hir::class(Class::Unicode(lower_letters(class))),
        HirKind::Class(Class::Bytes(class)) => Hir::class(Class::Bytes(lower_bytes(class))),
        HirKind::Repetition(repeated) => {
            Hir::repetition(Repetition { sub: Box::new(lower(&repeated.sub)), ..repeated.clone() })
        }
        HirKind::Capture(capture) => lower(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
    }
}

fn lower_letters(class: &ClassUnicode) -> ClassUnicode {
    let capitals = ClassUnicode::new([ClassUnicodeRange::new('A', 'Z')]);
    let (mut found, mut others) = (class.clone(), class.clone());
    found.intersect(&capitals);
    others.difference(&capitals);
    others.difference(&ClassUnicode::new(FOLDED.map(|letter| ClassUnicodeRange::new(letter, letter))));
    for range in found.iter() {
        others.push(ClassUnicodeRange::new(range.start().to_ascii_lowercase(), range.end().to_ascii_lowercase()));
    }
    others
}

fn lower_bytes(class: &ClassBytes) -> ClassBytes {
    let capitals = ClassBytes::new([ClassBytesRange::new(b'A', b'Z')]);
    let (mut found, mut others) = (class.clone(), class.clone());
    found.intersect(&capitals);
    others.difference(&capitals);
    for range in found.iter() {
        others.push(ClassBytesRange::new(range.start().to_ascii_lowercase(), range.end().to_ascii_lowercase()));
    }
    others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;
    use regex::Regex;

    const TEXTS: &[&str] = &[
        "The fee is $40; it takes 10 working days.",
        "Bring a photo ID, and PROOF of address!",
        "\u{c9}tat civil : d\u{e9}lai de 3 mois, apportez votre pi\u{e8}ce",
        "\u{17f}end it in 20 \u{212a}elvin",
        "a an if_so e-mail(us)",
        "Traiga su identificaci\u{f3}n, \u{bf}cu\u{e1}nto cuesta? Usted puede solicitar el permiso en l\u{ed}nea.",
        "We cannot help you. Unfortunately, the system is down until Monday.",
        "You pay. A small FEE applies to it, as per the law, in TRIPLICATE",
        "in duplicate",
        "Annual-report.PDF",
        "fees apply; costs",
        "xxxyssk now",
        "\u{dc}ber 9 Fee",
        "You can apply online if you are at least 18 years old. All residents must register by mail before 1 May.",
        "Pour obtenir un permis, vous devez fournir une preuve de r\u{e9}sidence. Le d\u{e9}lai est de dix jours.",
    ];

    #[test]
    fn what_a_pattern_needs_stands_in_all_that_it_finds() {
        let patterns = [
            "(?i)^[^0-9$]*\\b(?:a (?:small )?fee applies|per the|for a fee)\\b[^0-9]*$",
            "(?i)\\bin (?:duplicate|triplicate)\\b",
            "^(?i)[\\w-]+\\.(?:html?|pdf)$",
            "fees? (?:apply|is)|costs",
            "x+ys+k?",
            "(?:Fee)? now",
            "(?i)\u{fc}ber[^.]{0,9}(?:tax|fee)",
            "[Ff]ee (?:is|a)",
        ];
        for source in patterns {
            let pattern = Regex::new(source).expect("a literal pattern");
            let needed = needed(source);
            for text in TEXTS.iter().filter(|text| pattern.is_match(text)) {
                let lower = text.to_ascii_lowercase();
                let has = |words: &Vec<String>| words.iter().any(|word| lower.contains(word.as_str()));
                assert!(is_odd(text) || needed.as_ref().is_none_or(has), "{source} in {text}: {needed:?}");
            }
            assert!(TEXTS.iter().any(|text| pattern.is_match(text)), "{source} is tried");
        }
    }

    #[test]
    fn a_pattern_that_begins_with_anything_is_known_by_what_follows() {
        let found = needed("(?i)^[^0-9]*\\b(?:for a fee|a fee applies)\\b[^0-9]*$");
        assert_eq!(found, Some(vec!["a fee ap".to_owned(), "for a fe".to_owned()]));
        assert_eq!(
            needed("(?:to |the )?[0-9]+ (?:work|week)days"),
            Some(vec!["weekdays".to_owned(), "workdays".to_owned()])
        );
        assert_eq!(needed("d\u{e9}lai"), Some(vec!["lai".to_owned()]));
        assert_eq!(needed("[^.]+"), None);
        assert_eq!(needed("\\p{Lu} "), None);
    }

    #[test]
    fn a_glance_leaves_no_pattern_out() {
        let sources =
            ["fees?", "(?:to )?bring", "\\d+ days", "no|\u{e9}tat", "i[fd]\\b", "s\\w+ it", "\\$", "a\\b", "k.lvin"];
        let patterns: Vec<Pattern> = sources.iter().map(|s| Pattern::new(&[(*s).to_owned()])).collect();
        let needs = Needs::of(patterns.iter());
        for text in TEXTS {
            for (at, pattern) in patterns.iter().enumerate() {
                let may = needs.glance(text) & bit(at) != 0;
                assert!(may || !pattern.is_match(text), "{} in {text}", sources[at]);
            }
        }
        assert_eq!(needs.glance("Nothing else") & (bit(0) | bit(1) | bit(2)), 0, "most are left out");
    }

    #[test]
    fn no_pattern_of_the_lists_is_left_out() {
        let lexicon = Lexicon::for_tests();
        for lang in lexicon.languages() {
            let words = lexicon.words(lang).expect("it is one of its languages");
            for text in TEXTS {
                let glance = words.glance(text);
                for (topic, pattern) in words.patterns.values().flatten() {
                    assert!(pattern.may_stand(glance) || !pattern.is_match(text), "{topic} of {lang} in {text}");
                }
            }
        }
    }
}
