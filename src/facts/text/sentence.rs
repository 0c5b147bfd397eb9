//! Where sentences end: at a stop that a reader would stop at, and not at short forms, initials, numbers
//! or addresses.

use super::Signs;
use super::classes::{self, Classes};
use super::word::{bare, parts};
use crate::facts::expect::Tells;
use crate::facts::lexicon::{ShortForm, Words};

/// A sentence within a block, as byte positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// First byte.
    pub start: usize,
    /// After the last byte.
    pub end: usize,
    /// Words in it.
    pub words: u32,
    /// Whether it ends with a full stop, question or exclamation mark; a label or a line of a list may not.
    pub complete: bool,
    /// Whether it is what somebody said: it stands within quotation marks, or quotes six words or more.
    pub quoted: bool,
    /// Words of three syllables or more that are neither names nor compounds; counted in complete sentences.
    pub heavy: u32,
    /// What its words do, where its language has word classes.
    pub signs: Signs,
    /// What it does to the hopes of a visitor; known only within a page.
    pub tells: Tells,
}

/// The sentences of a text. A full stop after a known short form, an initial or a number that goes
/// on ends none; a numbered item in a running text begins one.
pub fn sentences(text: &str, words: Option<&Words>) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut marker = Marker::at_start(text);
    let mut next = 0;
    while let Some((at, c)) = mark_from(text, next, marker.is_some()) {
        next = at + c.len_utf8();
        if let Some(expected) = marker.filter(|_| c == ' ')
            && expected.stands_at(&text[at + 1..])
        {
            push_sentence(&mut found, text, start, at, ends_with_stop(&text[start..at]));
            start = at + 1;
            marker = expected.next();
            continue;
        }
        if matches!(c, ':' | ';') && is_flattened(text, at) {
            let part = &text[start..=at];
            push_sentence(&mut found, text, start, at + 1, leads_in(part));
            start = at + 1;
            continue;
        }
        let line_break = c == '\n';
        if !line_break && !is_stop(c) {
            continue;
        }
        let mut end = next;
        while let Some(closing) = text[end..].chars().next().filter(|&c| is_stop(c) || is_closing(c)) {
            end += closing.len_utf8();
        }
        next = end;
        if !line_break && !ends_here(text, start, at, end, words) {
            continue;
        }
        push_sentence(&mut found, text, start, end, !line_break);
        start = end;
    }
    let rest = &text[start..];
    push_sentence(&mut found, text, start, text.len(), ends_with_stop(rest) || leads_in(rest));
    found
}

/// The next character that may end a sentence; also the next space, where items of a list are awaited.
fn mark_from(text: &str, from: usize, with_spaces: bool) -> Option<(usize, char)> {
    let may_end =
        |b: &u8| !b.is_ascii() || matches!(b, b'\n' | b'.' | b'!' | b'?' | b':' | b';') || with_spaces && *b == b' ';
    let at = from + text.as_bytes().get(from..)?.iter().position(may_end)?;
    Some((at, text[at..].chars().next()?))
}

/// Whether a list has lost its line breaks here: a capital right behind a colon or semicolon that ends a word, as in
/// "if:You are over 60;You live alone". A reader still sees items, however badly they are set.
fn is_flattened(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let before = at.checked_sub(2).and_then(|from| bytes.get(from..at));
    before.is_some_and(|b| b.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
        && bytes.get(at + 1).is_some_and(u8::is_ascii_uppercase)
}

/// The quotation marks that are open behind a text, told from those that were open before it, and the most words in a row
/// that stood within marks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotes {
    open: bool,
}

/// Words in quotation marks from which they are what somebody said, and no term. Our choice.
const SAID: u32 = 6;

impl Quotes {
    /// Whether the next sentence of a block is speech.
    pub fn quoted(&mut self, sentence: &str) -> bool {
        // C2 and E2 lead the marks that are no straight ones.
        if !self.open && !sentence.bytes().any(|b| matches!(b, b'"' | 0xc2 | 0xe2)) {
            return false;
        }
        let mut said = self.open;
        let mut from = 0;
        for (at, c) in sentence.char_indices() {
            let opens = match c {
                '\u{201c}' | '«' => true,
                '\u{201d}' | '»' => false,
                // A straight mark behind a digit stands for inches.
                '"' if !sentence[..at].ends_with(|c: char| c.is_ascii_digit()) => !self.open,
                _ => continue,
            };
            if self.open && !opens && count_words(&sentence[from..at]) >= SAID {
                said = true;
            }
            self.open = opens;
            from = at;
        }
        said || self.open && count_words(&sentence[from..]) >= SAID
    }
}

/// A thought that ends with a colon, as before a list, is a sentence; a label with one is not. Five words
/// are our choice.
fn leads_in(text: &str) -> bool {
    text.trim_end().ends_with(':') && count_words(text) >= 5
}

/// Whether words without a stop at their end are prose all the same, and no label, list of names or line of a menu: at
/// least 15 words, three of ten of them the small words that hold sentences together. Both numbers are our choice; in
/// English prose about half of the words are such.
pub fn reads_as_prose(text: &str, words: u32, classes: &Classes) -> bool {
    if words < 15 || !classes.knows(classes::FUNCTION) {
        return false;
    }
    let small =
        parts(text, |b| matches!(b, b' ' | b'\n')).filter(|word| classes.of(bare(word)) & classes::FUNCTION != 0);
    10 * small.count() as u64 >= 3 * u64::from(words)
}

/// The sentences of a text as byte positions.
pub fn sentence_spans(text: &str, words: Option<&Words>) -> Vec<(usize, usize)> {
    sentences(text, words).into_iter().map(|s| (s.start, s.end)).collect()
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।')
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\u{201d}' | '\u{2019}' | '\'' | ')' | ']' | '»')
}

fn ends_with_stop(text: &str) -> bool {
    text.trim_end().trim_end_matches(is_closing).ends_with(is_stop)
}

fn ends_here(text: &str, start: usize, at: usize, end: usize, words: Option<&Words>) -> bool {
    let (after, stop) = (&text[end..], &text[at..]);
    if after.is_empty() || stop.starts_with(['。', '！', '？', '।']) {
        return true;
    }
    if !after.starts_with(char::is_whitespace) {
        return false;
    }
    let next = after.trim_start();
    // The last of the spaced dots of an ellipsis decides, and three of them leave something out within.
    if next.starts_with('.') {
        return false;
    }
    if next.chars().next().is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';')) {
        return false;
    }
    if !stop.starts_with('.') {
        return true;
    }
    let before = &text[start..at];
    if before.ends_with(' ') {
        return spaced_dots(before) >= 3;
    }
    let last_word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '\'' | '-')).next();
    let last_word = last_word.unwrap_or("");
    // The number of an item at the head of a sentence, as in "1. Fill in the form."
    if last_word.len() == before.trim_start_matches(['•', '⁃', ' ']).len()
        && last_word.len() <= 3
        && is_marker(last_word)
    {
        return false;
    }
    let is_initial = last_word.chars().count() == 1 && last_word.chars().all(char::is_uppercase);
    let form = if is_initial || is_dotted(last_word) && !last_word.is_empty() {
        Some(words.and_then(|w| w.short_form(last_word)).unwrap_or(ShortForm::MayEnd))
    } else {
        words.and_then(|w| w.short_form(last_word))
    };
    match form {
        None => true,
        Some(ShortForm::BeforeName) => false,
        // "No. 1040" goes on, but "The answer is no. We …" does not.
        Some(ShortForm::BeforeNumber) => !next.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '#' | '§')),
        // "I live in the U.S. How about you?" ends; "the U.S. Government" goes on.
        Some(ShortForm::MayEnd) => {
            let first = next.split(|c: char| !c.is_alphanumeric() && c != '\'').next().unwrap_or("");
            words.is_some_and(|w| w.classes.begins_sentence(first))
        }
    }
}

/// Dots with spaces around them at the end of a text.
fn spaced_dots(text: &str) -> usize {
    let mut rest = text;
    let mut dots = 0;
    while let Some(before) = rest.trim_end_matches(' ').strip_suffix('.') {
        dots += 1;
        rest = before;
    }
    dots
}

/// Single letters with stops between: `U.S`, `a.m`.
fn is_dotted(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic))
}

fn is_marker(word: &str) -> bool {
    let letters = word.chars().count() == 1 && word.chars().all(|c| c.is_ascii_lowercase());
    letters || !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// The number of the item of a running list that is awaited, and how items are marked.
#[derive(Clone, Copy)]
struct Marker {
    number: u32,
    ending: &'static str,
}

impl Marker {
    /// Reads the marker that a text begins with, and awaits the one after it.
    fn at_start(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(['•', '⁃', ' ']);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 2 {
            return None;
        }
        let number: u32 = text[..digits].parse().ok()?;
        let ending = [".) ", ") ", ". "].into_iter().find(|e| text[digits..].starts_with(e))?;
        Some(Self { number: number + 1, ending })
    }

    fn stands_at(self, text: &str) -> bool {
        let text = text.trim_start_matches(['•', '⁃', ' ']);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&digits)
            && text[..digits].parse() == Ok(self.number)
            && text[digits..].starts_with(self.ending)
    }

    fn next(self) -> Option<Self> {
        Some(Self { number: self.number + 1, ..self })
    }
}

fn push_sentence(found: &mut Vec<Sentence>, text: &str, start: usize, end: usize, complete: bool) {
    let part = &text[start..end];
    let lead = part.len() - part.trim_start().len();
    let words = count_words(part);
    if words > 0 {
        let (start, end) = (start + lead, start + part.trim_end().len());
        found.push(Sentence { start, end, words, complete, ..Sentence::default() });
    }
}

/// Words: runs between white space that hold a letter or a digit. The white space of a block is
/// folded, so that a look at two bytes finds it.
pub fn count_words(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let (mut count, mut within, mut at) = (0, false, 0);
    while let Some(&byte) = bytes.get(at) {
        // E2 80 leads the dashes, quotes and dots of general punctuation, which are no words; F0 9F leads emoji.
        if byte == 0xe2 && bytes.get(at + 1) == Some(&0x80) {
            at += 3;
            continue;
        }
        if byte == 0xf0 && bytes.get(at + 1) == Some(&0x9f) {
            at += 4;
            continue;
        }
        if byte == b' ' || byte == b'\n' {
            within = false;
        } else if !within && (byte.is_ascii_alphanumeric() || byte >= 0x80) {
            within = true;
            count += 1;
        }
        at += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[track_caller]
    fn check_sentences(text: &str, expected: &[&str]) {
        let lexicon = Lexicon::for_tests();
        let found: Vec<&str> = sentences(text, lexicon.words("en")).iter().map(|s| &text[s.start..s.end]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_where_a_reader_would_stop() {
        check_sentences("Call us. We can help!", &["Call us.", "We can help!"]);
        check_sentences("Use Form No. 1040 today. Ask Mr. Lee.", &["Use Form No. 1040 today.", "Ask Mr. Lee."]);
        check_sentences(
            "It costs $4.50 a day. Pay at milltown.example now.",
            &["It costs $4.50 a day.", "Pay at milltown.example now."],
        );
        check_sentences("First line\nSecond line", &["First line", "Second line"]);
        check_sentences("In 2024. The end", &["In 2024.", "The end"]);
        check_sentences("Is it free?! Yes!! Come in.", &["Is it free?!", "Yes!!", "Come in."]);
    }

    #[test]
    fn short_forms_and_initials_end_none() {
        check_sentences(
            "J. R. Smith signs. Open 9 a.m. to 5 p.m. daily.",
            &["J. R. Smith signs.", "Open 9 a.m. to 5 p.m. daily."],
        );
        check_sentences("See Sec. 12 of the code. Ask Dr. Ode.", &["See Sec. 12 of the code.", "Ask Dr. Ode."]);
        check_sentences("The answer is no. We can't pay twice.", &["The answer is no.", "We can't pay twice."]);
        check_sentences("He moved to the U.S. We stayed.", &["He moved to the U.S.", "We stayed."]);
        check_sentences("Ask the U.S. Mint. It may know.", &["Ask the U.S. Mint.", "It may know."]);
        check_sentences("We close at 5 p.m. You can still call.", &["We close at 5 p.m.", "You can still call."]);
    }

    #[test]
    fn quotes_brackets_and_dots_stay_with_their_sentence() {
        check_sentences("He said \"Stop.\" Then he left.", &["He said \"Stop.\"", "Then he left."]);
        check_sentences("\"It is free.\" she said.", &["\"It is free.\" she said."]);
        check_sentences("Bring a card (the blue one.) to the desk.", &["Bring a card (the blue one.) to the desk."]);
        check_sentences("I thought . . . I was done.", &["I thought . . . I was done."]);
        check_sentences("It went on.... We left.", &["It went on....", "We left."]);
        check_sentences(
            "Write to ann.lee@milltown.example. Or see https://milltown.example/a.b. Thanks.",
            &["Write to ann.lee@milltown.example.", "Or see https://milltown.example/a.b.", "Thanks."],
        );
    }

    #[test]
    fn numbered_items_in_a_line_are_sentences() {
        check_sentences("1. Fill in the form. 2. Sign it.", &["1. Fill in the form.", "2. Sign it."]);
        check_sentences("1) Fill it in 2) Sign it", &["1) Fill it in", "2) Sign it"]);
    }

    #[test]
    fn a_list_that_lost_its_breaks_is_not_one_sentence() {
        check_sentences(
            "You can get help if:You are over 60;You live alone; and we know you.",
            &["You can get help if:", "You are over 60;", "You live alone; and we know you."],
        );
        check_sentences("See re:Start at 9:30; it is free.", &["See re:", "Start at 9:30; it is free."]);
        check_sentences("Write to A:B or x:Y today.", &["Write to A:B or x:Y today."]);
    }

    #[test]
    fn speech_is_told_from_terms() {
        let quoted = |text: &str| {
            let mut quotes = Quotes::default();
            let spans = sentence_spans(text, None);
            spans.iter().map(|&(start, end)| quotes.quoted(&text[start..end])).collect::<Vec<_>>()
        };
        assert_eq!(quoted("Ask for the “blue form” here."), [false]);
        assert_eq!(quoted("He said “we must all be told of this now” and left."), [true]);
        assert_eq!(quoted("“We are glad. It is done. We thank you.” They left."), [false, true, true, false]);
        assert_eq!(quoted("The 6\" pipe and the 8\" pipe must be cut before you bring them here."), [false]);
    }

    #[test]
    fn prose_needs_no_full_stop() {
        let lexicon = Lexicon::for_tests();
        let classes = &lexicon.words("en").expect("the project has English lists").classes;
        let prose = |text: &str| reads_as_prose(text, count_words(text), classes);
        assert!(prose("The form that you get from us must be sent to the office in the town where you live"));
        assert!(!prose(
            "Home Services Permits Taxes Police Fire Water Gas Parks Schools Libraries Streets Courts Jobs Contact"
        ));
        assert!(!prose("You can pay here"));
    }

    #[test]
    fn words_hold_a_letter_or_a_digit() {
        assert_eq!(count_words("“Yes” – it’s 9 a.m. … & more\nÉtat"), 6);
        assert_eq!(count_words("Open 🎉 today"), 2);
    }
}
