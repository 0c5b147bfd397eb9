//! The best way through a site to where a task is done, and the stars of a task. It knows pages as
//! numbers, and nothing of what is wrong with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Nobody comes here.
const NOWHERE: u32 = u32::MAX;

/// The most stars that a task has, as in the Better Connected surveys of Socitm.
const MOST_STARS: u8 = 4;

/// More clicks from the home page than this take a star (our choice).
const NEAR: u32 = 3;

/// More minutes of reading and filling in than this take a star (our choice).
const SHORT: f64 = 15.0;

/// A lower score of the way than this takes a star (our choice).
const SMOOTH: f64 = 60.0;

/// The best ways from one page to all others: those on which most is kept, of equals those with the
/// fewest clicks, of these those over the pages with the smallest numbers (Dijkstra 1959 over −ln q).
#[derive(Clone, Debug)]
pub struct Ways {
    /// For each page −Σ ln q over the way to it, its own included; infinite where no way leads.
    cost: Vec<f64>,
    clicks: Vec<u32>,
    before: Vec<u32>,
}

/// A page that is next to be looked at; the cheapest first.
struct Next {
    cost: f64,
    clicks: u32,
    page: u32,
}

impl Next {
    fn key(&self, other: &Self) -> Ordering {
        self.cost.total_cmp(&other.cost).then(self.clicks.cmp(&other.clicks)).then(self.page.cmp(&other.page))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.key(other).is_eq()
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key(other)
    }
}

impl Ways {
    /// The ways from `start` over `pages` pages. `quality` is what a page keeps, above 0 and at most 1;
    /// `links` puts the pages that a page leads to into a list, none where nobody gets through it.
    pub fn new(
        pages: usize,
        start: u32,
        quality: impl Fn(u32) -> f64,
        mut links: impl FnMut(u32, &mut Vec<u32>),
    ) -> Self {
        let mut ways = Self { cost: vec![f64::INFINITY; pages], clicks: vec![0; pages], before: vec![NOWHERE; pages] };
        let cost = |page: u32| (-libm::log(quality(page).clamp(f64::MIN_POSITIVE, 1.0))).max(0.0);
        let mut heap = BinaryHeap::new();
        if let Some(first) = ways.cost.get_mut(start as usize) {
            *first = cost(start);
            heap.push(Reverse(Next { cost: *first, clicks: 0, page: start }));
        }
        let mut onward = Vec::new();
        while let Some(Reverse(Next { cost: so_far, clicks, page })) = heap.pop() {
            let at = page as usize;
            if so_far > ways.cost[at] || clicks > ways.clicks[at] {
                continue;
            }
            onward.clear();
            links(page, &mut onward);
            for &to in onward.iter().filter(|to| (**to as usize) < pages) {
                let next = Next { cost: so_far + cost(to), clicks: clicks + 1, page: to };
                let to = to as usize;
                let better = next.cost.total_cmp(&ways.cost[to]).then(next.clicks.cmp(&ways.clicks[to]));
                if better.is_lt() {
                    (ways.cost[to], ways.clicks[to], ways.before[to]) = (next.cost, next.clicks, page);
                    heap.push(Reverse(next));
                }
            }
        }
        ways
    }

    /// Whether a way leads there.
    pub fn reach(&self, page: u32) -> bool {
        self.cost.get(page as usize).is_some_and(|cost| cost.is_finite())
    }

    /// Of these pages the one with the best way; `None` where no way leads to any.
    pub fn best(&self, pages: impl IntoIterator<Item = u32>) -> Option<u32> {
        let key = |page: u32| Next { cost: self.cost[page as usize], clicks: self.clicks[page as usize], page };
        pages.into_iter().filter(|page| self.reach(*page)).map(key).min().map(|best| best.page)
    }

    /// The way to a page, from the start to that page; empty where none leads.
    pub fn way(&self, page: u32) -> Vec<u32> {
        if !self.reach(page) {
            return Vec::new();
        }
        let mut way = vec![page];
        while let Some(&before) = way.last().and_then(|at| self.before.get(*at as usize)).filter(|b| **b != NOWHERE) {
            way.push(before);
        }
        way.reverse();
        way
    }
}

/// How the home page leads to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FromHome {
    /// By a link with the words that people use.
    Words,
    /// By a link with other words.
    OtherWords,
    /// By a link; what people call the task is not known.
    Link,
    /// By no link to a page of the way.
    NoLink,
    /// The task begins and ends on it.
    Itself,
}

/// What the stars of a task are given for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merits {
    /// Whether it cannot be finished.
    pub blocked: bool,
    /// The score of its way, 0–100.
    pub score: f64,
    /// Clicks from the home page to its end; `None` where no way leads there.
    pub clicks: Option<u32>,
    /// How the home page leads to it; `None` without a home page.
    pub from_home: Option<FromHome>,
    /// Whether it ends in a file alone.
    pub file_only: bool,
    /// Links beside the way that end it.
    pub dead_ends: u32,
    /// Minutes of reading and filling in.
    pub minutes: f64,
}

/// Why a task has fewer stars than it could have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// It cannot be finished: one star, whatever else.
    Blocked,
    /// The way loses too much: its score is below 60.
    Rough,
    /// No way leads there from the home page.
    OffHome,
    /// More than three clicks from the home page.
    Far,
    /// The home page does not link to it.
    NoLink,
    /// The home page links to it, but not by the words that people use.
    OtherWords,
    /// It ends in a file to print or read: two stars at most.
    FileOnly,
    /// Links beside the way lead nowhere.
    DeadEnds,
    /// It takes more than 15 minutes.
    Long,
}

/// Stars, 1 to 4, and what they were lost by. Each flaw takes one; a file alone takes two.
pub fn stars(merits: &Merits) -> (u8, Vec<Flaw>) {
    if merits.blocked {
        return (1, vec![Flaw::Blocked]);
    }
    let found = [
        (merits.score < SMOOTH, Flaw::Rough, 1),
        (merits.from_home.is_some() && merits.clicks.is_none(), Flaw::OffHome, 1),
        (merits.clicks.is_some_and(|clicks| clicks > NEAR), Flaw::Far, 1),
        // Who cannot get there from home at all finds no link there either; that is told once.
        (merits.from_home == Some(FromHome::NoLink) && merits.clicks.is_some(), Flaw::NoLink, 1),
        (merits.from_home == Some(FromHome::OtherWords), Flaw::OtherWords, 1),
        (merits.file_only, Flaw::FileOnly, 2),
        (merits.dead_ends > 0, Flaw::DeadEnds, 1),
        (merits.minutes > SHORT, Flaw::Long, 1),
    ];
    let flaws = found.into_iter().filter(|(is, ..)| *is);
    let lost: u8 = flaws.clone().map(|(.., stars)| stars).sum();
    (MOST_STARS.saturating_sub(lost).max(1), flaws.map(|(_, flaw, _)| flaw).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::path_score;
    use proptest::prelude::*;

    fn ways(rows: &[&[u32]], quality: &[f64], start: u32) -> Ways {
        let links = |page: u32, onward: &mut Vec<u32>| onward.extend(rows[page as usize]);
        Ways::new(rows.len(), start, |page| quality[page as usize], links)
    }

    #[test]
    fn the_best_way_keeps_most_even_if_it_is_longer() {
        // 0 → 1 → 3 loses more than 0 → 2 → 4 → 3.
        let rows: [&[u32]; 5] = [&[1, 2], &[3], &[4], &[], &[3]];
        let best = ways(&rows, &[1.0, 0.5, 0.9, 1.0, 0.9], 0);
        assert_eq!(best.way(3), [0, 2, 4, 3]);
        assert_eq!(ways(&rows, &[1.0; 5], 0).way(3), [0, 1, 3], "of equals the one with fewer clicks");
        assert!(!best.reach(9) && best.way(9).is_empty());
        assert_eq!((best.best([3, 1]), best.best([9])), (Some(3), None));
    }

    #[test]
    fn a_page_that_nobody_gets_through_is_an_end() {
        let rows: [&[u32]; 3] = [&[1], &[], &[]];
        let from = ways(&rows, &[1.0; 3], 0);
        assert!(from.reach(1) && !from.reach(2));
        assert!(!ways(&[], &[], 0).reach(0));
    }

    const BEST: Merits = Merits {
        blocked: false,
        score: 90.0,
        clicks: Some(2),
        from_home: Some(FromHome::Words),
        file_only: false,
        dead_ends: 0,
        minutes: 5.0,
    };

    #[track_caller]
    fn check(merits: Merits, expected: u8, flaws: &[Flaw]) {
        assert_eq!(stars(&merits), (expected, flaws.to_vec()));
    }

    #[test]
    fn stars_are_lost_for_reasons_that_are_told() {
        check(BEST, 4, &[]);
        check(Merits { from_home: Some(FromHome::Link), ..BEST }, 4, &[]);
        check(Merits { clicks: Some(4), ..BEST }, 3, &[Flaw::Far]);
        check(Merits { file_only: true, ..BEST }, 2, &[Flaw::FileOnly]);
        check(Merits { clicks: None, from_home: Some(FromHome::NoLink), ..BEST }, 3, &[Flaw::OffHome]);
        check(Merits { clicks: None, from_home: None, ..BEST }, 4, &[]);
        check(Merits { blocked: true, dead_ends: 3, ..BEST }, 1, &[Flaw::Blocked]);
        let rough = Merits { score: 59.0, dead_ends: 1, minutes: 16.0, file_only: true, ..BEST };
        check(rough, 1, &[Flaw::Rough, Flaw::FileOnly, Flaw::DeadEnds, Flaw::Long]);
    }

    fn town() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<f64>)> {
        let rows = prop::collection::vec(prop::collection::vec(0_u32..9, 0..5), 9);
        (rows, prop::collection::vec(0.1_f64..=1.0, 9))
    }

    proptest! {
        #[test]
        fn the_best_way_is_the_best_of_all_ways((rows, quality) in town()) {
            let refs: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
            let best = ways(&refs, &quality, 0);
            // All ways without a loop, by brute force.
            let mut most = [0.0_f64; 9];
            let mut open = vec![vec![0_u32]];
            while let Some(way) = open.pop() {
                let last = way[way.len() - 1];
                let kept = path_score(way.iter().map(|page| quality[*page as usize]));
                most[last as usize] = most[last as usize].max(kept);
                open.extend(rows[last as usize].iter().filter(|to| !way.contains(to)).map(|to| [&way[..], &[*to]].concat()));
            }
            for page in 0..9 {
                let way = best.way(page);
                prop_assert_eq!(way.is_empty(), most[page as usize] == 0.0);
                if !way.is_empty() {
                    let kept = path_score(way.iter().map(|page| quality[*page as usize]));
                    prop_assert!((kept - most[page as usize]).abs() < 1e-9, "{} is not {}", kept, most[page as usize]);
                    prop_assert!(way.windows(2).all(|two| rows[two[0] as usize].contains(&two[1])));
                }
            }
        }

        #[test]
        fn a_better_page_never_lowers_the_score_of_a_way((rows, quality) in town(), page in 0_usize..9, better in 0.1_f64..=1.0) {
            let refs: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
            let score = |quality: &[f64]| {
                let best = ways(&refs, quality, 0);
                path_score(best.way(8).iter().map(|page| quality[*page as usize]))
            };
            let mut mended = quality.clone();
            mended[page] = mended[page].max(better);
            prop_assert!(score(&mended) >= score(&quality) - 1e-9);
        }

        #[test]
        fn another_flaw_never_brings_a_star(score in 0.0_f64..100.0, clicks in 0_u32..9, dead_ends in 0_u32..3, minutes in 0.0_f64..30.0) {
            let merits = Merits { score, clicks: Some(clicks), dead_ends, minutes, ..BEST };
            let (given, _) = stars(&merits);
            prop_assert!((1..=4).contains(&given));
            for worse in [
                Merits { blocked: true, ..merits },
                Merits { clicks: Some(clicks + 1), ..merits },
                Merits { file_only: true, ..merits },
                Merits { dead_ends: dead_ends + 1, ..merits },
                Merits { minutes: minutes + 9.0, ..merits },
                Merits { from_home: Some(FromHome::OtherWords), ..merits },
            ] {
                prop_assert!(stars(&worse).0 <= given);
            }
        }
    }
}
