//! Facts of language, text and headings.

use super::{SHORT, Value, in_sight, number, size, text};
use crate::facts::page::PageFacts;
use crate::facts::site::SiteFacts;
use crate::facts::text::{Block, List, Sentence, Span};

/// A reading measure: only for English with enough complete sentences.
fn reading(page: &PageFacts, measure: fn(&PageFacts) -> f64) -> Value {
    if !page.lang.starts_with("en") {
        return Value::Absent;
    }
    if page.text.is_enough() { Value::Number(measure(page)) } else { Value::Unknown(SHORT) }
}

/// A measure of any language that is written with letters.
fn of_letters(page: &PageFacts, measure: fn(&PageFacts) -> Option<f64>) -> Value {
    let Some(value) = measure(page) else { return Value::Absent };
    if page.text.is_enough() { Value::Number(value) } else { Value::Unknown(SHORT) }
}

/// A count among the sentences whose words were read.
fn per_thousand(page: &PageFacts, count: u32) -> Value {
    match page.wording.read {
        0 => Value::Absent,
        _ if page.text.is_enough() => Value::Number(1000.0 * f64::from(count) / f64::from(page.text.words)),
        _ => Value::Unknown(SHORT),
    }
}

fn passive_share(page: &PageFacts) -> Value {
    match page.wording.read {
        0 => Value::Absent,
        read if page.text.is_enough() => Value::Number(f64::from(page.wording.passive) / f64::from(read)),
        _ => Value::Unknown(SHORT),
    }
}

fn language_agrees(page: &PageFacts) -> Value {
    let Some(declared) = &page.lang_declared else { return Value::Absent };
    let Some(detected) = &page.lang_detected else {
        return Value::Unknown("the language of the text could not be told reliably");
    };
    Value::Flag(declared.split(['-', '_']).next() == Some(detected.as_str()))
}

fn address_share(page: &PageFacts) -> Value {
    if page.wording.address_language.is_none() {
        return Value::Absent;
    }
    page.wording.address_share.map_or(Value::Unknown(SHORT), Value::Number)
}

/// The words that a sign stands for; empty where it has none.
fn words_of(block: &Block, sentence: &Sentence, span: Span) -> Value {
    let sentence = block.text.get(sentence.start..sentence.end).unwrap_or("");
    Value::Text(span.of(sentence).to_owned())
}

/// Complete sentences only: headlines and labels leave out verbs.
fn of_complete(sentence: &Sentence, value: Value) -> Value {
    if sentence.complete { value } else { Value::Absent }
}

/// A list of steps whose items can be read; others are none.
fn steps(list: &List, value: impl FnOnce() -> Value) -> Value {
    if list.told && list.promises_steps && list.items >= 3 && list.link_items == 0 { value() } else { Value::Absent }
}

fn unled(list: &List) -> Value {
    // Lists of links lead on by themselves, and a list in a list is led in by its item.
    let is_reading = list.depth == 1 && list.items >= 3 && 2 * list.link_items < list.items;
    if is_reading { Value::Flag(!list.after_heading) } else { Value::Absent }
}

/// Whether a text is a web address with a path; a host alone is a name that people know by heart.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let rest = rest.or_else(|| text.starts_with("www.").then_some(text));
    rest.is_some_and(|r| !r.contains(' ') && r.trim_end_matches('/').contains('/'))
}

/// Years from one to the day of the audit; 0 where it is not over.
fn years_since(year: Option<u16>, site: &SiteFacts) -> Value {
    let Some(year) = year else { return Value::Absent };
    let today = site.today.get(..4).and_then(|y| y.parse::<u16>().ok());
    today.map_or(Value::Unknown("the day of the audit is not known"), |now| number(u32::from(now.saturating_sub(year))))
}

facts! {
    "page.years_since_coming", "years", "Years since the latest year that the page speaks of as still to come.", SitePage |s, p| years_since(p.wording.coming, s);
    "site.years_since_copyright", "years", "Years since the latest year of a copyright line on any page.", Site |s| years_since(s.wording.copyright, s);
    "site.mixed_terms", "words found", "Things that the pages call by two names or more, each used by at least two pages; empty where there are none.", Site |s| Value::Text(s.wording.mixed().join("; "));
    "page.lang_declared", "language tag", "The lang attribute of the root element.", Page |p| p.lang_declared.as_deref().map_or(Value::Absent, text);
    "page.lang_detected", "language code", "Language told from the text of the main content.", Page |p| p.lang_detected.as_deref().map_or(Value::Unknown(SHORT), text);
    "page.lang_agrees", "yes/no", "The declared language is that of the text.", Page language_agrees;
    "page.address_language", "language code", "The language that the address promises, as in /es/.", Page |p| p.wording.address_language.as_deref().map_or(Value::Absent, text);
    "page.address_language_share", "0–1", "Share of the text that is in the language that the address promises.", Page address_share;
    "page.words", "words", "Words in sight.", Page |p| number(p.words);
    "page.main_words", "words", "Words of the main content.", Page |p| in_sight(p, p.main_words as usize);
    "page.sentences", "sentences", "Complete sentences of the main content.", Page |p| number(p.text.sentences);
    "page.words_left_out", "words", "Words of the main content that stand in no complete sentence, and so are in no reading measure.", Page |p| number(p.text.left_out);
    "page.average_sentence_words", "words", "Average length of a complete sentence.", Page |p| reading(p, |p| f64::from(p.text.words) / f64::from(p.text.sentences));
    "page.long_sentence_share", "0–1", "Share of complete sentences of more than 25 words.", Page |p| reading(p, |p| f64::from(p.text.long_sentences) / f64::from(p.text.sentences));
    "page.flesch_kincaid", "grade", "Flesch-Kincaid grade, in US school years.", Page |p| reading(p, |p| p.text.flesch_kincaid());
    "page.smog", "grade", "SMOG grade, in US school years.", Page |p| reading(p, |p| p.text.smog());
    "page.fog", "grade", "Gunning Fog index, in US school years.", Page |p| reading(p, |p| p.text.fog());
    "page.ari", "grade", "Automated Readability Index, in US school years.", Page |p| reading(p, |p| p.text.ari());
    "page.coleman_liau", "grade", "Coleman-Liau index, in US school years.", Page |p| reading(p, |p| p.text.coleman_liau());
    "page.reading_grade", "grade", "The middle one of Flesch-Kincaid, SMOG and Fog.", Page |p| reading(p, |p| p.text.reading_grade());
    "page.difficulty", "index", "Flesch-Kincaid grade and share of uncommon words in one figure; a trend, no grade.", Page |p| reading(p, |p| p.text.difficulty());
    "page.reading_ease", "0–100", "Reading ease by Flesch; Spanish by Szigriszt-Pazos, French by Kandel and Moles.", Page |p| of_letters(p, |p| p.text.reading_ease());
    "page.lix", "LIX", "Words a sentence and percent of words of more than six letters, in any language; a trend, no grade.", Page |p| of_letters(p, |p| Some(p.text.lix()));
    "page.uncommon_share", "0–1", "Share of words that are not on the list of common words.", Page |p| reading(p, |p| p.text.uncommon_share());
    "page.passive_share", "0–1", "Share of complete sentences with a verb in the passive voice.", Page passive_share;
    "page.nominals_per_thousand", "per 1,000 words", "Nouns made of verbs that act upon something, such as the issuance of.", Page |p| per_thousand(p, p.wording.nominals);
    "page.asking_sentences", "sentences", "Complete sentences that ask the reader to act.", Page |p| if p.wording.read == 0 { Value::Absent } else { number(p.wording.asking) };
    "page.abbreviations", "short forms", "Different short forms in capitals that the page explains nowhere.", Page |p| if p.wording.read == 0 { Value::Absent } else { size(p.wording.abbreviations.len()) };
    "page.cross_references", "references", "References to other sections, parts or paragraphs in the main content.", Page |p| number(p.wording.references);
    "page.mixed_terms", "words found", "Names of one thing of which the page uses several; empty where there are none.", Page |p| Value::Text(p.wording.mixed_terms.join(", "));
    "page.opening_words", "words", "Words of the first paragraph under the main heading; 0 where there is none.", Page |p| p.wording.opening.map_or(Value::Absent, number);
    "page.words_without_subheading", "words", "Words of the main content if it has no heading below the main one, else 0.", Page |p| number(if p.wording.subheadings == 0 && p.headings.len() <= 1 { p.text.words } else { 0 });
    "page.words_without_contents", "words", "Words of the main content if no links lead to its parts, else 0.", Page |p| number(if p.wording.has_contents { 0 } else { p.main_words });
    "page.prose_cells", "cells", "Cells of tables that hold more than 30 words or two sentences.", Page |p| number(p.wording.prose_cells);
    "page.steps_only_in_files", "links", "Links to act that lead to files, if no link or form to act is on the web, else 0.", Page |p| number(if p.wording.steps_on_web == 0 { p.wording.steps_in_files } else { 0 });
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
    "heading.repeated", "yes/no", "An earlier heading of its level under the same heading has the same text.", Heading |h| Value::Flag(h.repeated);
    "sentence.words", "words", "Length of a complete sentence of the main content.", Sentence |_, s| of_complete(s, number(s.words));
    "sentence.passive", "words found", "The first verb in the passive voice of a complete sentence; empty where there is none.", Sentence |b, s| of_complete(s, words_of(b, s, s.signs.passive));
    "sentence.hidden_actor", "words found", "A duty in the passive voice that does not say who has it; empty where there is none.", Sentence |b, s| of_complete(s, words_of(b, s, s.signs.hidden_actor));
    "sentence.double_negative", "words found", "Two words that deny, near each other; empty where there are none.", Sentence |b, s| of_complete(s, words_of(b, s, s.signs.double_negative));
    "sentence.exceptions", "words", "Words that begin an exception.", Sentence |_, s| of_complete(s, number(s.signs.exceptions));
    "sentence.quoted", "yes/no", "It is what somebody said: it stands within quotation marks, or quotes six words or more.", Sentence |_, s| Value::Flag(s.quoted);
    "sentence.heavy_share", "0–1", "Share of words of three syllables or more, names and compounds left out, in a complete sentence of 12 words or more.", Sentence |_, s| if s.complete && s.words >= 12 { Value::Number(f64::from(s.heavy) / f64::from(s.words)) } else { Value::Absent };
    "sentence.capitals", "words found", "A row of three or more words in capitals; empty where there is none.", Sentence |b, s| words_of(b, s, s.signs.capitals);
    "sentence.unexplained_abbreviation", "words found", "A short form in capitals that stands here first and is explained nowhere on the page; empty where there is none.", Sentence |b, s| words_of(b, s, s.signs.abbreviation);
    "paragraph.words", "words", "Length of a paragraph of the main content.", Paragraph |p| number(p.words);
    "paragraph.sentences", "sentences", "Sentences of a paragraph of the main content.", Paragraph |p| number(p.sentences);
    "paragraph.steps", "sentences", "Sentences that ask the reader to act one after another; 0 where nothing says that they are steps.", Paragraph |p| number(p.steps);
    "paragraph.inline_items", "items", "Items that are counted within the text, as (a), (b), (c).", Paragraph |p| number(p.inline_items);
    "paragraph.foreign_language", "language code", "The language it is clearly in, where that is not the page's and no lang says so; else empty.", Paragraph |p| text(p.block.undeclared.unwrap_or(""));
    "link.shares_words", "yes/no", "Another link in running text has the same words but leads elsewhere.", Link |_, l| if l.page.is_some() { Value::Flag(l.shares_words) } else { Value::Absent };
    "link.text_is_address", "yes/no", "Its words are a web address with a path.", Link |_, l| Value::Flag(is_address(&l.text));
    "list.items", "items", "Its items.", List |l| number(l.items);
    "list.depth", "lists", "Lists that it stands in, itself included.", List |l| number(l.depth);
    "list.numbered", "yes/no", "Its items are numbered.", List |l| Value::Flag(l.numbered);
    "list.prose_items", "items", "Its items that are more than a link.", List |l| number(l.items.saturating_sub(l.link_items));
    "list.led_in", "yes/no", "A sentence stands between the heading and a list of three or more items that are more than links.", List unled;
    "list.unnumbered_steps", "items", "Items that begin with what to do, in a list without numbers under a heading that promises steps.", List |l| steps(l, || number(if l.numbered { 0 } else { l.verb_items }));
    "list.steps_with_verb_share", "0–1", "Share of the items that begin with what to do, in a numbered list under a heading that promises steps.", List |l| if l.numbered { steps(l, || Value::Number(f64::from(l.verb_items) / f64::from(l.items.max(1)))) } else { Value::Absent };
    "item.acts", "acts", "Things that an item of numbered steps asks to do.", Item |i| number(i.acts);
    "item.words", "words", "Words of an item of numbered steps.", Item |i| number(i.words);
}
