//! Phrases that vote for a kind: of a page, a form or a field.

use super::phrases::{Hit, Phrases, plain};
use super::text::Block;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Neighbours that a phrase is compared with, so that a text full of phrases stays linear. Our choice.
const NEARBY: usize = 8;

/// A vote of a phrase for a kind: the kind, where the phrase has to stand, and what it weighs.
#[derive(Debug, Default)]
pub struct Votes {
    phrases: BTreeMap<String, (Phrases, Vec<(String, f64)>)>,
}

impl Votes {
    /// Compiles rows of kind, place, phrase and weight.
    pub fn new(rows: Vec<(String, String, String, f64)>) -> Self {
        let mut by_place: BTreeMap<String, Vec<(String, String, f64)>> = BTreeMap::new();
        for (kind, place, phrase, weight) in rows {
            by_place.entry(place).or_default().push((kind, phrase, weight));
        }
        let compile = |rows: Vec<(String, String, f64)>| {
            let phrases = Phrases::new(rows.iter().map(|(_, phrase, _)| phrase.as_str()));
            (phrases, rows.into_iter().map(|(kind, _, weight)| (kind, weight)).collect())
        };
        Self { phrases: by_place.into_iter().map(|(place, rows)| (place, compile(rows))).collect() }
    }

    /// The phrases of a place.
    pub(super) fn phrases_mut(&mut self, place: &str) -> Option<&mut Phrases> {
        self.phrases.get_mut(place).map(|(phrases, _)| phrases)
    }

    /// Adds to `tally` what the phrases in `text` say when it stands at `place`. A kind gains at
    /// most its best phrase, so that a repeated word is no stronger.
    pub fn cast(&self, place: &str, text: &str, tally: &mut BTreeMap<String, f64>) {
        let Some((phrases, kinds)) = self.phrases.get(place) else { return };
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        for hit in phrases.hits(text) {
            let (kind, weight) = &kinds[hit.phrase];
            let best = best.entry(kind).or_insert(f64::MIN);
            *best = best.max(*weight);
        }
        for (kind, weight) in best {
            *tally.entry(kind.to_owned()).or_insert(0.0) += weight;
        }
    }

    /// Adds to `tally`, `factor` times, what the phrases in `text` say at `place`. A phrase inside a longer
    /// one says nothing: a "last name" is no "name". Phrases at places that end in `part` count within words.
    pub fn cast_longest<'v>(&'v self, place: &str, text: &str, factor: f64, tally: &mut BTreeMap<&'v str, f64>) {
        let Some((phrases, kinds)) = self.phrases.get(place) else { return };
        // Only letters of ASCII are found in any case.
        let lower = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(plain(text)) };
        let text = &*lower;
        let hits: Vec<_> =
            if place.ends_with("part") { phrases.parts(text).collect() } else { phrases.hits(text).collect() };
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        for (at, hit) in hits.iter().enumerate() {
            // Hits come in the order of their ends, so that only a later one, or one with the same end, holds this one.
            let holds = |other: &Hit| {
                other.start <= hit.start && other.end >= hit.end && other.end - other.start > hit.end - hit.start
            };
            // The same words are in the lists of several languages, and would take all places of the neighbours.
            let other = |other: &&Hit| (other.start, other.end) != (hit.start, hit.end);
            let after = hits[at + 1..].iter().filter(other).take(NEARBY).any(holds);
            if after || hits[..at].iter().rev().filter(other).take(NEARBY).any(holds) {
                continue;
            }
            let (kind, weight) = &kinds[hit.phrase];
            let best = best.entry(kind).or_insert(f64::MIN);
            *best = best.max(*weight);
        }
        for (kind, weight) in best {
            *tally.entry(kind).or_insert(0.0) += weight * factor;
        }
    }

    /// For each kind the weight of its best phrase in the text.
    pub fn strongest(&self, place: &str, text: &str) -> BTreeMap<String, f64> {
        let mut tally = BTreeMap::new();
        self.cast(place, text, &mut tally);
        tally
    }

    /// The same for phrases that the text starts with.
    pub fn at_start(&self, place: &str, text: &str) -> BTreeMap<String, f64> {
        let mut tally = BTreeMap::new();
        let Some((phrases, kinds)) = self.phrases.get(place) else { return tally };
        for hit in phrases.hits(text).filter(|hit| hit.start == 0) {
            let (kind, weight) = &kinds[hit.phrase];
            let best = tally.entry(kind.to_owned()).or_insert(f64::MIN);
            *best = best.max(*weight);
        }
        tally
    }

    /// The same for the phrase that the whole text is.
    pub fn whole(&self, place: &str, text: &str) -> BTreeMap<String, f64> {
        let Some((phrases, kinds)) = self.phrases.get(place) else { return BTreeMap::new() };
        phrases.whole(text).map(|phrase| BTreeMap::from([kinds[phrase].clone()])).unwrap_or_default()
    }

    /// Adds to `found` which phrases stand in the block.
    pub fn gather(&self, place: &str, block: &Block, found: &mut BTreeSet<usize>) {
        if let Some((phrases, _)) = self.phrases.get(place) {
            found.extend(block.hits(phrases).map(|hit| hit.phrase));
        }
    }

    /// Adds to `tally` the weights of the phrases found, of each kind the `most` heaviest.
    pub fn sum(&self, place: &str, found: &BTreeSet<usize>, most: usize, tally: &mut BTreeMap<String, f64>) {
        let Some((_, kinds)) = self.phrases.get(place) else { return };
        let mut by_kind: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (kind, weight) in found.iter().filter_map(|&phrase| kinds.get(phrase)) {
            by_kind.entry(kind).or_default().push(*weight);
        }
        for (kind, mut weights) in by_kind {
            weights.sort_by(|a, b| b.total_cmp(a));
            *tally.entry(kind.to_owned()).or_insert(0.0) += weights.iter().take(most).sum::<f64>();
        }
    }

    /// The first kind that a phrase of the text votes for, by weight, then by the order of the list.
    pub fn best(&self, place: &str, text: &str) -> Option<(&str, f64)> {
        let (phrases, kinds) = self.phrases.get(place)?;
        let mut best: Option<(usize, f64, usize)> = None;
        for hit in phrases.hits(text) {
            let candidate = (hit.phrase, kinds[hit.phrase].1, hit.end - hit.start);
            let better = best.is_none_or(|(phrase, weight, length)| {
                (candidate.1, candidate.2) > (weight, length)
                    || ((candidate.1, candidate.2) == (weight, length) && candidate.0 < phrase)
            });
            if better {
                best = Some(candidate);
            }
        }
        best.map(|(phrase, weight, _)| (kinds[phrase].0.as_str(), weight))
    }
}

#[cfg(test)]
mod tests {
    use super::Votes;
    use std::collections::BTreeMap;

    #[test]
    fn a_longer_phrase_counts_alone_however_many_lists_hold_the_shorter() {
        let row = |kind: &str, phrase: &str| (kind.to_owned(), "label".to_owned(), phrase.to_owned(), 1.0);
        let mut rows: Vec<_> = (0..20).map(|_| row("email", "email")).collect();
        rows.push(row("other", "email or phone"));
        rows.extend((0..20).map(|_| row("tel", "phone")));
        let votes = Votes::new(rows);
        let mut tally = BTreeMap::new();
        votes.cast_longest("label", "Email or phone (required)", 1.0, &mut tally);
        assert_eq!(tally, BTreeMap::from([("other", 1.0)]));
    }
}
