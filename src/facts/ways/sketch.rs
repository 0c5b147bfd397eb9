//! A few numbers that stand for the words of a page, so that two pages can be compared long after both
//! were read.

use super::hash;
use crate::facts::dom::Dom;
use crate::facts::text::word::{lower_case, runs};
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
            if raw.trim().is_empty() || in_control(dom, i, node.block) {
                continue;
            }
            for word in runs(raw).filter(|w| w.len() > 1 && !w.bytes().any(|b| b.is_ascii_digit())) {
                let word = lower_case(word);
                let number = (hash(word.bytes()) >> 32) as u32;
                // Most words are among the smallest of no page, or were met before; those need no further look.
                let is_large = kept.len() >= KEPT && kept.last().is_some_and(|&last| number >= last);
                if is_large || kept.contains(&number) || own.contains(&*word) {
                    continue;
                }
                kept.insert(number);
                if kept.len() > KEPT {
                    kept.pop_last();
                }
            }
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

fn in_control(dom: &Dom, i: u32, block: u32) -> bool {
    dom.ancestors_and_self(i).take_while(|&a| a != block).any(|a| matches!(dom.tag(a), "a" | "button"))
        || matches!(dom.tag(block), "a" | "button" | "select" | "option")
}
