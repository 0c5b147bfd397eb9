//! Whose a number or address is, and what kind of number: by the words before, behind and beside it.

use super::phones::{Number, SHORT_CODES, digit_runs};
use super::{Sources, prefix};
use crate::facts::dom::{Dom, fold_space, shorten};
use crate::facts::lexicon::Words;
use crate::facts::text::BlockKind;
use regex::Regex;
use std::ops::Range;

/// How far before a number its kind is looked for, in characters. Our choice: "Phone (toll-free within the state):".
const NEAR: usize = 36;

/// Longest label, in characters. Our choice.
const LONGEST: usize = 60;

/// The words of one language that stand around numbers.
pub(super) struct Labels<'w> {
    fax: Vec<&'w Regex>,
    relay: Vec<&'w Regex>,
    phone: Vec<&'w Regex>,
    announce: Vec<&'w Regex>,
    extension: Vec<&'w Regex>,
    dial: Vec<&'w Regex>,
    other: Vec<&'w Regex>,
}

impl<'w> Labels<'w> {
    pub(super) fn new(words: &[&'w Words]) -> Self {
        let topic =
            |name: &str| words.iter().filter_map(|w| w.patterns("phone-labels").get(name)).map(|p| &**p).collect();
        Self {
            fax: topic("fax"),
            relay: topic("relay"),
            phone: topic("phone"),
            announce: topic("announce"),
            extension: topic("extension"),
            dial: topic("dial"),
            other: topic("other"),
        }
    }

    /// Whether the words before a number call it one.
    pub(super) fn announces(&self, before: &str) -> bool {
        let near = tail(before);
        if self.other.iter().any(|r| r.is_match(near)) {
            return false;
        }
        [&self.phone, &self.announce, &self.fax, &self.relay].into_iter().flatten().any(|r| r.is_match(near))
    }

    /// `phone`, `fax` or `relay`, by the nearest word before the number, behind it in brackets, or beside it.
    pub(super) fn phone_kind(&self, before: &str, fresh: bool, after: &str, side: &str) -> &'static str {
        let topics = [("phone", &self.phone), ("relay", &self.relay), ("fax", &self.fax)];
        let behind = after.trim_start();
        if let Some(bracket) = behind.strip_prefix(['(', '[']) {
            let inside = prefix(bracket, 24).split([')', ']']).next().unwrap_or("");
            if let Some((kind, _)) =
                topics[1..].iter().find(|(_, r)| r.iter().any(|r| r.find(inside).is_some_and(|m| m.len() >= 3)))
            {
                return kind;
            }
        }
        let nearest = |text: &str| {
            let last = |r: &[&Regex]| {
                r.iter().filter_map(|r| r.find_iter(text).last()).map(|m| (m.end(), usize::MAX - m.start())).max()
            };
            topics.iter().filter_map(|(kind, r)| last(r).map(|at| (at, *kind))).max().map(|(_, kind)| kind)
        };
        let own = nearest(tail(same_line(before, fresh)));
        // "215-555-0134 fax", with nothing before it that says otherwise.
        if own.is_none() {
            let line = behind.trim_start_matches(['-', '–', ',']).split(['\n', '.', ';']).next().unwrap_or("").trim();
            let is_whole = |r: &&Regex| r.find(line).is_some_and(|m| m.start() == 0 && m.end() == line.len());
            if line.len() < 20 && self.fax.iter().any(is_whole) {
                return "fax";
            }
        }
        own.or_else(|| nearest(side)).unwrap_or("phone")
    }

    /// The extension right behind a number: its length in the text, and its digits.
    pub(super) fn extension(&self, after: &str) -> Option<(usize, String)> {
        let gap = after.len() - after.trim_start_matches([' ', ',', '(', ';', '.', '-']).len();
        let rest = prefix(&after[gap..], 24);
        let mark = self.extension.iter().find_map(|r| r.find(rest).filter(|m| m.start() == 0 && gap <= 3))?;
        let word = rest[..mark.end()].trim_end_matches(|c: char| c.is_ascii_digit());
        let behind = rest[word.len()..].trim_start_matches(['.', ':', ' ', '#']);
        let digits: String = behind.chars().take_while(char::is_ascii_digit).take(7).collect();
        let skipped = rest.len() - behind.len();
        (!digits.is_empty()).then(|| (gap + skipped + digits.len(), digits))
    }

    /// Service codes of three digits that the text tells to call: "Call 311", "TTY: 711".
    pub(super) fn short_codes(&self, text: &str) -> Vec<Number> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for Range { start, end } in digit_runs(text) {
            let code = &text[start..end];
            if !SHORT_CODES.contains(&code)
                || bytes.get(end).is_some_and(|b| matches!(b, b'-' | b'/') || b.is_ascii_alphanumeric())
            {
                continue;
            }
            let before = text[..start].trim_end_matches([' ', ':', '(', '"', '-', '\u{a0}']);
            if before.len() + 3 < start {
                continue;
            }
            let near = tail(before);
            let ends = |r: &[&Regex]| r.iter().any(|r| r.find_iter(near).last().is_some_and(|m| m.end() == near.len()));
            if ends(&self.dial) || ends(&self.relay) {
                found.push(Number { start, end, value: code.to_owned(), valid: Some(true) });
            }
        }
        found
    }

    /// Whether the words before a value say no more than what kind of value it is.
    pub(super) fn says_nothing(&self, before: &str) -> bool {
        let line = own_line(before);
        !line.contains(|c: char| c.is_alphabetic())
    }

    /// The last words before a value, up to the punctuation that sets them off, as "Library desk: 555…";
    /// where they only name the kind, what stands beside it or on its card.
    pub(super) fn whose(&self, before: &str, side: &str, card: impl FnOnce() -> Option<String>) -> String {
        let own = own_line(before);
        if !own.is_empty() {
            return shorten(own, LONGEST);
        }
        if !side.is_empty() {
            return shorten(side.trim_end_matches([':', ' ']), LONGEST);
        }
        card().map_or_else(String::new, |name| shorten(&name, LONGEST))
    }

    /// What stands beside a block and names it: the cell before it in its row, the head of its column, the
    /// short line before it.
    pub(super) fn beside(&self, page: &Sources<'_>, at: usize) -> String {
        let block = &page.blocks[at];
        let is_label = |text: &str| text.len() <= 40 && !text.bytes().any(|b| b.is_ascii_digit() || b == b'@');
        let Some(before) = at.checked_sub(1).map(|b| &page.blocks[b]) else { return String::new() };
        if block.kind == BlockKind::Cell
            && let Some(head) = column_head(page.dom, block.node).filter(|h| is_label(h))
        {
            return head;
        }
        // The last cell of the row above names nothing in this one.
        let row = |node| page.dom.closest(node, &["tr"]);
        let is_first =
            block.kind == BlockKind::Cell && before.kind == BlockKind::Cell && row(block.node) != row(before.node);
        if is_first && row(block.node).is_some_and(|r| cells(page.dom, r) > 1) {
            return String::new();
        }
        if before.region == block.region && is_label(&before.text) && before.words <= 4 {
            return before.text.replace('\n', " ");
        }
        String::new()
    }
}

/// The words before a value on its line; where there are none, the line above if it is a label: a whole
/// line, since else it is the end of what stands before. `fresh` says whether the text begins a block.
fn same_line(before: &str, fresh: bool) -> &str {
    let Some((above, own)) = before.rsplit_once('\n') else { return before };
    let line = above.rsplit('\n').next().unwrap_or("").trim();
    let whole = fresh || above.contains('\n');
    let is_label = line.ends_with(':') || line.split(' ').count() <= 3 && !line.bytes().any(|b| b.is_ascii_digit());
    if own.contains(char::is_alphabetic) || !whole || !is_label { own } else { line }
}

/// The end of a text, where the kind of what follows is named.
fn tail(before: &str) -> &str {
    let start = before.char_indices().rev().nth(NEAR - 1).map_or(0, |(at, _)| at);
    &before[start..]
}

/// The words of the line before a value that set it off.
fn own_line(before: &str) -> &str {
    let line = before.rsplit(['\n', ';', '|', '•']).next().unwrap_or("");
    let line = match line.rfind(". ") {
        Some(at) => &line[at + 2..],
        None => line,
    };
    let line = line.trim().trim_end_matches([':', ',', '-', '–', '(', '+', '.']).trim();
    // A long sentence is shortened from its start: what is nearest says most.
    match line.char_indices().rev().nth(LONGEST - 1) {
        None => line,
        Some((at, _)) => line[at..].split_once(' ').map_or("", |(_, rest)| rest),
    }
}

/// How many cells a row has.
fn cells(dom: &Dom, row: u32) -> usize {
    dom.children(row).filter(|&i| matches!(dom.tag(i), "td" | "th")).count()
}

/// The text of the head of a cell's column, where the first row of its table has one.
fn column_head(dom: &Dom, cell: u32) -> Option<String> {
    let cell = dom.closest(cell, &["td"])?;
    let row = dom.closest(cell, &["tr"])?;
    let column = dom.children(row).filter(|&i| matches!(dom.tag(i), "td" | "th")).position(|i| i == cell)?;
    let table = dom.closest(row, &["table"])?;
    let first = dom.inside(table).take(60).find(|&i| dom.tag(i) == "tr").filter(|&first| first != row)?;
    let head = dom.children(first).filter(|&i| matches!(dom.tag(i), "td" | "th")).nth(column)?;
    (dom.tag(head) == "th").then(|| fold_space(&dom.text(head)))
}
