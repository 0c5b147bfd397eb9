//! Postal addresses: a house number with its street, a box, and the town behind them.

use super::phones::digit_runs;
use crate::facts::dom::fold_space;
use crate::facts::phrases::{Glance, Phrases};
use regex::Regex;
use std::ops::Range;

/// What postal addresses of one language are made of.
#[derive(Debug)]
pub struct StreetWords {
    /// Begins at a house number.
    numbered: Option<Regex>,
    /// Begins at a word for a box, or for a street whose number follows.
    named: Option<Regex>,
    triggers: Phrases,
    /// Behind the street: a room or floor, then town, region and postal code.
    tail: Regex,
}

impl StreetWords {
    /// From rows of word and code: a word alone ends the name of a street; `first` begins one after
    /// the number, `named` before it; `unit` is a part of a house, `box` a box at a post office,
    /// `number` a house number in words.
    pub fn new<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let rows: Vec<(&str, &str)> = rows.collect();
        let words = |wanted: &str| {
            // As written, and in capitals throughout.
            let spellings = |word: &str| [regex::escape(word), regex::escape(&word.to_uppercase())];
            let mut words: Vec<String> =
                rows.iter().filter(|(_, code)| *code == wanted).flat_map(|(word, _)| spellings(word)).collect();
            words.dedup();
            // The longest first, since the first alternative that fits wins.
            words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            if words.is_empty() { None } else { Some(words.join("|")) }
        };
        let build = |pattern: String| Regex::new(&pattern).map_err(|e| e.to_string());
        let number = match words("number") {
            Some(words) => format!("(?:[0-9]{{1,5}}[A-Da-d]?(?:[-/][0-9]{{1,5}})?(?: 1/2| ½)?|{words})"),
            None => "[0-9]{1,5}[A-Da-d]?(?:[-/][0-9]{1,5})?".to_owned(),
        };
        let mut forms = Vec::new();
        if let Some(last) = words("") {
            forms.push(format!(
                r" +(?:[A-Z0-9][A-Za-z0-9.'’-]* +){{1,4}}?(?:{last})(?-u:\b)\.?(?: +(?:[NS][EW]|[NSEW])\b)?"
            ));
        }
        if let Some(first) = words("first") {
            forms.push(format!(
                r",? +(?:{first}) +(?:[a-zà-ÿ'’]+ *){{0,3}}\p{{Lu}}[\p{{L}}'’-]*(?: +\p{{Lu}}[\p{{L}}-]*)?"
            ));
        }
        let numbered = match forms.is_empty() {
            true => None,
            false => Some(build(format!("^(?:{number})(?:{})", forms.join("|")))?),
        };
        let boxed = words("box").map(|b| format!(r"(?:{b})\s+[0-9]{{1,6}}"));
        let named = words("named").map(|n| {
            format!(r"(?:{n})\s+(?:(?:de|del|la|las|los|el)\s+)*\p{{Lu}}[\p{{L}}.]*(?:\s+(?:de|del|la)?\s*\p{{Lu}}[\p{{L}}.]*){{0,3}},?\s*(?:n\.?º\s*|#\s*)?[0-9]{{1,5}}")
        });
        let named = [boxed, named].into_iter().flatten().collect::<Vec<_>>().join("|");
        let unit = words("unit").unwrap_or_else(|| "#".to_owned());
        let tail = format!(
            r"^(?:[,\s]+(?:(?:{unit})\.?\s*#?[0-9A-Z][0-9A-Za-z-]{{0,5}}|#\s?[0-9A-Za-z-]{{1,6}}|[0-9]{{1,2}}(?:st|nd|rd|th)\s+(?:{unit})))?(?:[,\s]+\p{{Lu}}[\p{{L}}.'-]+(?:\s\p{{Lu}}[\p{{L}}.'-]+){{0,3}},?\s+[A-Z]{{2}}\.?,?\s+[0-9]{{5}}(?:-[0-9]{{4}})?(?-u:\b))?"
        );
        let triggers: Vec<&str> = rows
            .iter()
            .filter(|(_, code)| matches!(*code, "box" | "named" | "number"))
            .map(|(word, _)| *word)
            .collect();
        Ok(Self {
            numbered,
            named: if named.is_empty() { None } else { Some(build(format!("^(?:{named})"))?) },
            triggers: Phrases::new(triggers),
            tail: build(tail)?,
        })
    }

    pub(in crate::facts) fn triggers_mut(&mut self) -> &mut Phrases {
        &mut self.triggers
    }

    /// All addresses in a text that was glanced at: where each starts and ends, and its value in one line.
    pub(super) fn find(&self, text: &str, glance: Glance) -> Vec<(usize, usize, String)> {
        let mut starts = house_numbers(text);
        if text.len() <= MOST_TEXT && self.triggers.may_stand(glance) {
            starts.extend(self.triggers.hits(text).map(|h| h.start));
        }
        starts.sort_unstable();
        let mut found: Vec<(usize, usize, String)> = Vec::new();
        for start in starts {
            if found.last().is_some_and(|(_, end, _)| start < *end) {
                continue;
            }
            // An address is short; the rest of a long text need not be looked at.
            let rest = crate::facts::contacts::prefix(&text[start..], 240);
            let matched = [&self.numbered, &self.named].into_iter().flatten().find_map(|r| r.find(rest));
            let Some(street) = matched else { continue };
            let tail = self.tail.find(&rest[street.end()..]).map_or(0, |m| m.end());
            let end = start + street.end() + tail;
            let value = fold_space(text[start..end].trim_end_matches(['.', ',']));
            found.push((start, end, value));
        }
        found
    }
}

/// Longest text whose words are searched for boxes and named streets. Our choice; an address stands in a short one.
const MOST_TEXT: usize = 4_000;

/// Where numbers of one to five digits begin that a capital or a word for a street may follow.
fn house_numbers(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = Vec::new();
    for Range { start, end } in digit_runs(text) {
        let before = start.checked_sub(1).map(|b| bytes[b]);
        let free =
            before.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b',' | b':' | b';' | b'"' | b'-'));
        if free && end - start <= 5 && end < bytes.len() {
            starts.push(start);
        }
    }
    starts
}

/// What two spellings of an address share: the house number and the first letters of the street.
pub(crate) fn address_key(value: &str) -> String {
    let mut words = value.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase);
    let number = words.next().unwrap_or_default();
    let is_side = |w: &str| matches!(w, "n" | "s" | "e" | "w" | "ne" | "nw" | "se" | "sw") || w.len() == 1;
    let street = words.find(|w| !is_side(w)).unwrap_or_default();
    format!("{number} {}", street.chars().take(4).collect::<String>())
}
