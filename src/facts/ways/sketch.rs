//! A few numbers that stand for the words of a page, so that two pages can be compared long after both
//! were read.

use super::{Hash, hash};
use crate::facts::dom::Dom;
use crate::facts::text::word::{is_blank, lower_case, runs};
use crate::model::{Exposure, PageUrl, Region};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Numbers that are kept. Our choice: the standard error of the likeness of two pages is then 1/√64 at most.
const KEPT: usize = 64;

/// The smallest hashes of the distinct words of a page (bottom-k sketch, Broder 1997).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sketch(Vec<u32>);

impl Sketch {
    /// Of the words of the main content outside links and buttons, since those are often a menu.
    /// Words with a digit and words of the page's own address are left out: a page that names what was
    /// asked for says the same each time.
    pub(super) fn of(dom: &Dom, url: &PageUrl) -> Self {
        let path = url.path().to_lowercase();
        let own: FxHashSet<&str> = runs(&path).collect();
        let mut kept: BTreeSet<u32> = BTreeSet::new();
        for i in 0..dom.len() {
            let node = dom.node(i);
            if node.is_element || node.region != Region::Main || node.exposure == Exposure::Hidden {
                continue;
            }
            let raw = dom.raw_text(i);
            if is_blank(raw) || in_control(dom, i, node.block) {
                continue;
            }
            numbers(raw, |number, word| {
                // Most words are among the smallest of no page, or were met before; those need no further look.
                let is_large = kept.len() >= KEPT && kept.last().is_some_and(|&last| number >= last);
                if is_large || kept.contains(&number) || own.contains(&*lower_case(word)) {
                    return;
                }
                kept.insert(number);
                if kept.len() > KEPT {
                    kept.pop_last();
                }
            });
        }
        Self(kept.into_iter().collect())
    }

    /// The numbers, in rising order.
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// How many numbers stand for the page; fewer than are kept are all of its words.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the page has no words.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The share of words that both have among those that any of the two has, 0 to 1.
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut own, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        let (mut seen, mut both) = (0usize, 0usize);
        while seen < KEPT {
            let next = match (own.peek(), others.peek()) {
                (None, None) => break,
                (Some(&&a), Some(&&b)) => a.min(b),
                (Some(&&one), None) | (None, Some(&&one)) => one,
            };
            let is_own = own.next_if(|&&number| number == next).is_some();
            let is_others = others.next_if(|&&number| number == next).is_some();
            seen += 1;
            both += usize::from(is_own && is_others);
        }
        if seen == 0 { 0.0 } else { both as f64 / seen as f64 }
    }
}

/// Gives the words of a text on that have two bytes or more and no digit, each with the number that stands for it in lower case.
fn numbers<'t>(text: &'t str, mut give: impl FnMut(u32, &'t str)) {
    if !text.is_ascii() {
        for word in runs(text).filter(|w| w.len() > 1 && !w.bytes().any(|b| b.is_ascii_digit())) {
            give((hash(lower_case(word).bytes()) >> 32) as u32, word);
        }
        return;
    }
    // The same in one pass, as most texts allow.
    let (mut start, mut own, mut has_digit) = (0, Hash::default(), false);
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if byte.is_ascii_alphanumeric() {
            own.add(byte.to_ascii_lowercase());
            has_digit |= byte.is_ascii_digit();
            continue;
        }
        if at > start + 1 && !has_digit {
            give((own.finish() >> 32) as u32, &text[start..at]);
        }
        (start, own, has_digit) = (at + 1, Hash::default(), false);
    }
}

fn in_control(dom: &Dom, i: u32, block: u32) -> bool {
    dom.ancestors_and_self(i).take_while(|&a| a != block).any(|a| matches!(dom.tag(a), "a" | "button"))
        || matches!(dom.tag(block), "a" | "button" | "select" | "option")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_plain_texts_have_the_numbers_that_others_give_them() {
        let of = |text: &str| {
            let mut found = Vec::new();
            numbers(text, |number, word| found.push((number, word.to_owned())));
            found
        };
        let plain = of("A fee is Due; bring form2 (or b) to Room-9. End");
        assert_eq!(
            plain.iter().map(|(_, w)| w.as_str()).collect::<Vec<_>>(),
            ["fee", "is", "Due", "bring", "or", "to", "Room", "End"]
        );
        let beyond = of("A fee is Due; bring form2 (or b) to Room-9. End \u{2026}");
        assert_eq!(plain, beyond);
    }
}
