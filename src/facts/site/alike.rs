//! Which pages say nearly the same: one text under many addresses, so that it does not count many times.

use super::index;
use crate::facts::Sketch;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;

/// How like the words of two pages must be to be one text. Our choice: nine words of ten. Of 256 pairs above it
/// on 1,507 pages of a city, 24 were judged, by their addresses alone; their texts were not read: one service
/// under two menus, one form for another year, one list under two addresses. Pages of one template share less.
const SAME: f64 = 0.9;

/// Numbers that a sketch must have. Our choice: with fewer, the text is a heading and a list of links.
const ENOUGH: usize = 32;

/// The smallest numbers of a page by which others are looked up. Where nine of ten are shared, one of the
/// first seven is; more make up for those that are passed over as common. Our choice.
const SIGNS: usize = 16;

/// Texts that may share a number before it is passed over: the words of a template. Our choice; it keeps
/// the search in proportion to the pages.
const COMMON: u32 = 32;

/// Takes in the sketches of pages, in the order of their addresses.
#[derive(Debug, Default)]
pub(super) struct AlikeReader {
    /// The first page of each group stands for it.
    texts: Vec<Sketch>,
    groups: Vec<Vec<u32>>,
    /// The first group whose sketch has this hash.
    by_text: FxHashMap<u64, u32>,
    by_number: FxHashMap<u32, Texts>,
    /// The lists of all numbers. Most have one text, and there are sixteen numbers for each page of a site.
    links: Vec<Linked>,
}

/// The texts that share a number.
#[derive(Clone, Copy, Debug)]
struct Texts {
    count: u32,
    /// Where their list begins.
    first: u32,
}

/// A text in a list, and where the list goes on; it ends where that is itself.
#[derive(Clone, Copy, Debug)]
struct Linked {
    text: u32,
    next: u32,
}

impl AlikeReader {
    pub(super) fn add(&mut self, page: u32, sketch: &Sketch) {
        if sketch.len() < ENOUGH {
            return;
        }
        let hash = FxBuildHasher.hash_one(sketch);
        let same = self.by_text.get(&hash).copied().filter(|&group| self.texts[group as usize] == *sketch);
        if let Some(group) = same.or_else(|| self.nearest(sketch)) {
            self.groups[group as usize].push(page);
            return;
        }
        let group = index(self.groups.len());
        self.groups.push(vec![page]);
        self.texts.push(sketch.clone());
        self.by_text.entry(hash).or_insert(group);
        for &number in signs(sketch) {
            let at = index(self.links.len());
            let texts = self.by_number.entry(number).or_insert(Texts { count: 0, first: at });
            if texts.count <= COMMON {
                self.links.push(Linked { text: group, next: texts.first });
                *texts = Texts { count: texts.count + 1, first: at };
            }
        }
    }

    /// The texts that share a number, but for those of a number that is passed over.
    fn sharing(&self, number: u32) -> impl Iterator<Item = u32> {
        let texts = self.by_number.get(&number).filter(|texts| texts.count <= COMMON);
        let first = texts.map(|texts| texts.first);
        let following = |&at: &u32| Some(self.links[at as usize].next).filter(|&next| next != at);
        std::iter::successors(first, following).map(|at| self.links[at as usize].text)
    }

    /// The group that says most nearly the same; of equals the first.
    fn nearest(&self, sketch: &Sketch) -> Option<u32> {
        let mut near: Vec<u32> = signs(sketch).iter().flat_map(|&number| self.sharing(number)).collect();
        near.sort_unstable();
        near.dedup();
        let mut best: Option<(u32, f64)> = None;
        for group in near {
            let likeness = sketch.likeness(&self.texts[group as usize]);
            if likeness >= SAME && best.is_none_or(|(_, most)| likeness > most) {
                best = Some((group, likeness));
            }
        }
        best.map(|(group, _)| group)
    }

    /// The groups of two pages and more.
    pub(super) fn finish(self) -> Vec<Vec<u32>> {
        self.groups.into_iter().filter(|group| group.len() > 1).collect()
    }
}

fn signs(sketch: &Sketch) -> &[u32] {
    &sketch.numbers()[..sketch.len().min(SIGNS)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sketch of these numbers, as it is stored.
    fn sketch(numbers: impl IntoIterator<Item = u32>) -> Sketch {
        let numbers: Vec<u32> = numbers.into_iter().collect();
        serde_json::from_value(serde_json::json!(numbers)).expect("a sketch is a list of numbers")
    }

    fn groups(sketches: &[Sketch]) -> Vec<Vec<u32>> {
        let mut reader = AlikeReader::default();
        (0..).zip(sketches).for_each(|(page, sketch)| reader.add(page, sketch));
        reader.finish()
    }

    #[test]
    fn pages_of_one_text_are_a_group_and_pages_of_one_template_are_not() {
        let text = |own: u32, shared: u32| sketch((0..shared).chain(1000 * own..1000 * own + 64 - shared));
        // Two words of 64 differ; half of the words are those of the template; another text.
        assert_eq!(groups(&[text(1, 62), text(2, 62), text(3, 32), text(4, 32), text(5, 0)]), [vec![0, 1]]);
        // The first of a group stands for it, so that no chain of small steps joins two texts.
        let chain: Vec<Sketch> = (0..5).map(|step| sketch(step * 3..step * 3 + 64)).collect();
        assert_eq!(groups(&chain), [vec![0, 1, 2], vec![3, 4]]);
        // Too few words to say so.
        assert!(groups(&[sketch(0..31), sketch(0..31)]).is_empty());
    }

    #[test]
    fn many_copies_are_one_group_however_common_their_words() {
        let copies = vec![sketch(0..64); 500];
        assert_eq!(groups(&copies), [(0..500).collect::<Vec<u32>>()]);
        // So are those that differ a little, in a site whose template shares the smallest numbers.
        let template = (0..200u32).map(|page| sketch((0..8).chain(1000 + page * 100..1000 + page * 100 + 56)));
        let mut pages: Vec<Sketch> = template.collect();
        pages.extend((0..3).map(|own| sketch((0..8).chain(900..955).chain([90_000 + own]))));
        assert_eq!(groups(&pages), [vec![200, 201, 202]]);
    }
}
