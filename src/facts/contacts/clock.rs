//! The words and numbers of opening hours: what a text says about days and times, piece by piece.

use crate::facts::phrases::Phrases;
use crate::facts::text::Block;
use rustc_hash::FxHashMap;

/// A piece of a text about opening hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Days of the week, Monday the lowest bit; whether it is one day that may begin a span.
    Days(u8, bool),
    /// A time of day.
    Time(Time),
    /// "to", a dash.
    To,
    /// "and", a comma between days.
    And,
    /// "between": the "and" that follows joins a span.
    Between,
    Closed,
    /// All day and night; whether every day too.
    Always,
    Zone(String),
    Holiday,
    /// "except": what follows is no part of it.
    Except,
    /// "within": the "24 hours" that follow are a length of time.
    Within,
    /// "in advance": the "24 hours" before it are a length of time.
    Ahead,
    /// A part of the year.
    Season,
    Month,
    /// "first", "every other": the day that follows is not every week's.
    Nth,
    /// A word that says that these are hours of opening.
    Context,
    Filler,
    /// A line, a sentence or a field of a table ends.
    Break,
    Number,
    Word,
}

/// A time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub hour: u32,
    pub minute: u32,
    /// Whether the afternoon is named.
    pub half: Option<bool>,
    /// Whether it is only a number, as "9".
    pub bare: bool,
}

/// A piece with its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub piece: Piece,
    pub start: usize,
    pub end: usize,
}

/// The words of opening hours of one language.
#[derive(Debug, Default)]
pub struct HourWords {
    by_first: FxHashMap<char, Initial>,
    days: Phrases,
}

/// The words that begin with one letter.
#[derive(Debug, Default)]
struct Initial {
    /// Words with their codes, the longest first.
    words: Vec<(String, String)>,
    /// The second bytes of the words, as bits.
    seconds: u128,
    /// Whether a word has no second byte, or one outside ASCII.
    any: bool,
}

/// A dash in UTF-8 that was read as Windows-1252 on its way, and the sign of a lost one read so.
const LOST_DASHES: [&str; 3] = ["ï¿½", "â€“", "â€”"];

/// Codes of days as word lists write them, in the order of the week.
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// The days that a code names, as a set of bits, Monday the lowest: `Mo`, `Mo-Fr`, `weekdays`.
fn days(code: &str) -> Option<u8> {
    let day = |code: &str| DAYS.iter().position(|d| *d == code);
    match code {
        "weekdays" => Some(0b001_1111),
        "weekend" => Some(0b110_0000),
        "daily" => Some(0b111_1111),
        _ => match code.split_once('-') {
            Some((first, last)) => Some(span(day(first)?, day(last)?)),
            None => Some(1 << day(code)?),
        },
    }
}

/// The days from one to another, over the end of the week where need be.
pub(super) fn span(first: usize, last: usize) -> u8 {
    (0..7).map(|n| (first + n) % 7).take((last + 7 - first) % 7 + 1).fold(0, |set, day| set | 1 << day)
}

impl HourWords {
    /// From rows of code and word.
    pub fn new<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut by_first: FxHashMap<char, Initial> = FxHashMap::default();
        let mut signs = Vec::new();
        for (code, word) in rows {
            let word = word.to_lowercase();
            if days(code).is_some() || matches!(code, "zone" | "always" | "sign") {
                signs.push(word.clone());
            }
            let Some(first) = word.chars().next() else { continue };
            let initial = by_first.entry(first).or_default();
            match word.as_bytes().get(1).filter(|b| b.is_ascii()) {
                Some(second) => initial.seconds |= 1 << second,
                None => initial.any = true,
            }
            initial.words.push((word, code.to_owned()));
        }
        for initial in by_first.values_mut() {
            initial.words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        }
        Self { by_first, days: Phrases::new(signs.iter().map(String::as_str)) }
    }

    /// Whether a block of text may speak of opening hours at all; cheap.
    pub(super) fn occur_in(&self, block: &Block) -> bool {
        block.has(&self.days)
    }

    /// The words of which a text about opening hours has one.
    pub(in crate::facts) fn signs_mut(&mut self) -> &mut Phrases {
        &mut self.days
    }

    /// Whether a text names a part of the year.
    pub(super) fn is_seasonal(&self, text: &str) -> bool {
        text.len() < 200 && self.pieces(text).iter().any(|t| matches!(t.piece, Piece::Season | Piece::Month))
    }

    /// The longest word of the list at that byte.
    fn at(&self, text: &str, lower: &str, at: usize) -> Option<(&str, usize)> {
        let rest = &lower[at..];
        let initial = self.by_first.get(&rest.chars().next()?)?;
        // Two bytes tell most words of one letter apart.
        let second = rest.as_bytes().get(1);
        if !initial.any && !second.is_some_and(|b| b.is_ascii() && initial.seconds >> b & 1 == 1) {
            return None;
        }
        let is_end = |word: &str| {
            // "Friday9am" and "FridayClosed": a style may draw the space that the source has not.
            let goes_on = text[at + word.len()..].starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase())
                || text[at..].starts_with(|c: char| c.is_uppercase())
                    && text[at + word.len()..].starts_with(char::is_uppercase)
                    && text[..at + word.len()].ends_with(char::is_uppercase)
                || word.len() < 3 && rest[word.len()..].starts_with(char::is_alphabetic);
            let is_cut = word.ends_with(char::is_alphanumeric) && goes_on;
            let is_number_cut = word.ends_with(|c: char| c.is_ascii_digit())
                && rest[word.len()..].starts_with(|c: char| c.is_ascii_digit());
            !is_cut && !is_number_cut
        };
        let begins = |word: &str| word.as_bytes().get(1).is_none_or(|b| Some(b) == second) && rest.starts_with(word);
        let words = &initial.words;
        words.iter().find(|(word, _)| begins(word) && is_end(word)).map(|(word, code)| (code.as_str(), word.len()))
    }

    /// The pieces of a text, in order.
    pub(super) fn pieces(&self, text: &str) -> Vec<Token> {
        self.pieces_up_to(text, usize::MAX).unwrap_or_default()
    }

    /// The same of a text with at most so many pieces that say nothing of hours; `None` as soon as there are more.
    pub(super) fn pieces_up_to(&self, text: &str, others: usize) -> Option<Vec<Token>> {
        let mut left = others;
        let lower = text.to_lowercase();
        // Positions must stay those of the text; few letters change their length.
        let lower = if lower.len() == text.len() { lower } else { text.to_ascii_lowercase() };
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(c) = lower[at..].chars().next() {
            let (piece, end) = match c {
                '\n' | '|' | ';' | '•' => (Piece::Break, at + c.len_utf8()),
                _ if c.is_whitespace() => {
                    at += c.len_utf8();
                    continue;
                }
                _ if !c.is_ascii()
                    && let Some(dash) = LOST_DASHES.iter().find(|dash| lower[at..].starts_with(**dash)) =>
                {
                    (Piece::To, at + dash.len())
                }
                _ => match self.at(text, &lower, at) {
                    Some((code, length)) => (self.piece(code, &text[at..at + length]), at + length),
                    None if c.is_ascii_digit() => self.number(text, &lower, at),
                    None if c.is_alphabetic() => {
                        let length =
                            lower[at..].find(|c: char| !c.is_alphanumeric() && c != '\'').unwrap_or(lower.len() - at);
                        (Piece::Word, at + length)
                    }
                    // Dashes of all kinds, and the sign that stands for a dash that was lost on the way.
                    None if matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fffd}' | '~') => {
                        (Piece::To, at + c.len_utf8())
                    }
                    None if matches!(c, ',' | '&' | '/' | '+') => (Piece::And, at + c.len_utf8()),
                    None if matches!(c, '.' | '!' | '?')
                        && lower[at + 1..].starts_with([' ', '\n'])
                        && !matches!(tokens.last(), Some(Token { piece: Piece::Days(..) | Piece::Time(_), .. })) =>
                    {
                        (Piece::Break, at + 1)
                    }
                    None => {
                        at += c.len_utf8();
                        continue;
                    }
                },
            };
            if matches!(piece, Piece::Word | Piece::Number) {
                left = left.checked_sub(1)?;
            }
            tokens.push(Token { piece, start: at, end });
            at = end;
        }
        lengths(text, &mut tokens);
        Some(tokens)
    }

    fn piece(&self, code: &str, word: &str) -> Piece {
        if let Some(set) = days(code) {
            return Piece::Days(set, set.count_ones() == 1);
        }
        match code {
            "to" => Piece::To,
            "and" => Piece::And,
            "between" => Piece::Between,
            "closed" => Piece::Closed,
            "always" => Piece::Always,
            "noon" => Piece::Time(Time { hour: 12, minute: 0, half: Some(true), bare: false }),
            "midnight" => Piece::Time(Time { hour: 24, minute: 0, half: None, bare: false }),
            "zone" => Piece::Zone(word.to_owned()),
            "holiday" => Piece::Holiday,
            "except" => Piece::Except,
            "within" => Piece::Within,
            "ahead" => Piece::Ahead,
            "season" => Piece::Season,
            "month" => Piece::Month,
            "nth" => Piece::Nth,
            "context" | "sign" => Piece::Context,
            "filler" => Piece::Filler,
            _ => Piece::Word,
        }
    }

    /// A time or another number.
    fn number(&self, text: &str, lower: &str, at: usize) -> (Piece, usize) {
        let rest = &lower[at..];
        let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
        let n = digits(rest);
        let other = |end: usize| (Piece::Number, at + end);
        if lower[..at].ends_with(['$', '€', '£', '#']) || n > 4 || n == 3 {
            return other(n);
        }
        let (mut hour, mut minute, mut end, mut bare) = (rest[..n].parse::<u32>().unwrap_or(99), 0, n, true);
        if n == 4 {
            (hour, minute) = (hour / 100, hour % 100);
            if !rest[end..].starts_with([' ', '-', '\u{2013}']) && !rest[end..].is_empty() {
                return other(n);
            }
        } else {
            // 9:30, 9.30, 9h30 and 9 h 30, as the languages of the lists write them.
            let mark = rest[end..].trim_start_matches(' ');
            let spaces = rest.len() - end - mark.len();
            let is_mark = mark.starts_with([':', 'h']) || (spaces == 0 && mark.starts_with('.'));
            let after = mark.get(1..).unwrap_or("");
            let tail = after.trim_start_matches(' ');
            if is_mark && digits(tail) == 2 && (mark.starts_with('h') || tail.len() == after.len()) {
                minute = tail[..2].parse().unwrap_or(99);
                end = rest.len() - tail.len() + 2;
                bare = false;
            } else if mark.starts_with('h') && !after.starts_with(|c: char| c.is_alphabetic()) {
                end += spaces + 1;
                bare = false;
            }
        }
        let gap = rest[end..].len() - rest[end..].trim_start_matches([' ', '\u{a0}']).len();
        let half = self.at(text, lower, at + end + gap).filter(|(code, _)| matches!(*code, "am" | "pm" | "hours"));
        let half = match half {
            Some((code, length)) => {
                end += gap + length;
                bare = false;
                match code {
                    "am" => Some(false),
                    "pm" => Some(true),
                    _ => None,
                }
            }
            None => None,
        };
        let glued = rest[end..].starts_with(|c: char| c.is_alphanumeric() || c == '%');
        if hour > 24 || minute > 59 || glued || (n == 4 && bare && minute % 5 != 0) {
            return other(end.max(n));
        }
        (Piece::Time(Time { hour, minute, half, bare }), at + end)
    }
}

/// Makes "24 hours" a word where it is a length of time: "within 24 hours", "24 hours in advance", but not "24 hours a day".
fn lengths(text: &str, tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let token = &tokens[at];
        let is_short = text[token.start..token.end].split_whitespace().count() <= 2;
        let within = at > 0 && tokens[at - 1].piece == Piece::Within;
        let ahead = tokens.get(at + 1).is_some_and(|t| t.piece == Piece::Ahead);
        if token.piece == Piece::Always && is_short && (within || ahead) {
            tokens[at].piece = Piece::Word;
        }
    }
}
