//! Facts of language, text and headings.

use super::{SHORT, Value, in_sight, number, size, text};
use crate::facts::page::PageFacts;

/// A reading measure: only for English with enough complete sentences.
fn reading(page: &PageFacts, measure: fn(&PageFacts) -> f64) -> Value {
    if !page.lang.starts_with("en") {
        return Value::Absent;
    }
    if page.text.is_enough() { Value::Number(measure(page)) } else { Value::Unknown(SHORT) }
}

fn language_agrees(page: &PageFacts) -> Value {
    let Some(declared) = &page.lang_declared else { return Value::Absent };
    let Some(detected) = &page.lang_detected else {
        return Value::Unknown("the language of the text could not be told reliably");
    };
    Value::Flag(declared.split('-').next() == Some(detected.as_str()))
}

facts! {
    "page.lang_declared", "language tag", "The lang attribute of the root element.", Page |p| p.lang_declared.as_deref().map_or(Value::Absent, text);
    "page.lang_detected", "language code", "Language told from the text of the main content.", Page |p| p.lang_detected.as_deref().map_or(Value::Unknown(SHORT), text);
    "page.lang_agrees", "yes/no", "The declared language is that of the text.", Page language_agrees;
    "page.words", "words", "Words in sight.", Page |p| number(p.words);
    "page.main_words", "words", "Words of the main content.", Page |p| in_sight(p, p.main_words as usize);
    "page.sentences", "sentences", "Complete sentences of the main content.", Page |p| number(p.text.sentences);
    "page.average_sentence_words", "words", "Average length of a complete sentence.", Page |p| reading(p, |p| f64::from(p.text.words) / f64::from(p.text.sentences));
    "page.long_sentence_share", "0–1", "Share of complete sentences of more than 25 words.", Page |p| reading(p, |p| f64::from(p.text.long_sentences) / f64::from(p.text.sentences));
    "page.flesch_kincaid", "grade", "Flesch-Kincaid grade, in US school years.", Page |p| reading(p, |p| p.text.flesch_kincaid());
    "page.smog", "grade", "SMOG grade, in US school years.", Page |p| reading(p, |p| p.text.smog());
    "page.fog", "grade", "Gunning Fog index, in US school years.", Page |p| reading(p, |p| p.text.fog());
    "page.reading_grade", "grade", "The middle one of Flesch-Kincaid, SMOG and Fog.", Page |p| reading(p, |p| p.text.reading_grade());
    "page.you_per_thousand", "per 1,000 words", "Words such as you, your, we, our in the main content.", Page |p| match p.addressing {
        Some(n) if p.main_words >= 100 => Value::Number(1000.0 * f64::from(n) / f64::from(p.main_words)),
        Some(_) => Value::Unknown(SHORT),
        None => Value::Absent,
    };
    "page.h1", "headings", "Headings of level 1.", Page |p| in_sight(p, p.headings.iter().filter(|h| h.level == 1).count());
    "page.headings", "headings", "Headings of any level.", Page |p| in_sight(p, p.headings.len());
    "page.words_under_longest_heading", "words", "Most words in paragraphs without a heading, list or table between.", Page |p| number(p.longest_wall);
    "heading.level", "1–6", "Its level.", Heading |h| number(h.level);
    "heading.characters", "characters", "Length of its text.", Heading |h| size(h.text.chars().count());
    "heading.jump", "levels", "Levels left out since the heading before.", Heading |h| number(h.jump);
    "sentence.words", "words", "Length of a complete sentence of the main content.", Sentence |s| if s.complete { number(s.words) } else { Value::Absent };
    "paragraph.words", "words", "Length of a paragraph of the main content.", Paragraph |words, _| number(words);
    "paragraph.sentences", "sentences", "Sentences of a paragraph of the main content.", Paragraph |_, sentences| number(sentences);
}
