//! How much each page counts: by its use where that is known, else by what was declared, else by
//! its place in the site. It knows pages as numbers, and nothing of what is wrong with them.

use super::Graph;
use super::sum::Sum;

/// What each click away from home leaves of a page's nearness (model 1, our choice).
const NEARNESS_PER_CLICK: f64 = 0.7;

/// By structure, no page may weigh more than this (model 1, our choice) …
const MAX_WEIGHT: f64 = 0.25;

/// … from so many pages with weight up; among fewer, one may well matter most (model 1, our choice).
const CAPPED_FROM: usize = 8;

/// The weight of the pages of the declared tasks; the rest of the site shares the rest (model 1, our choice).
const TASKS: f64 = 0.6;

/// What weights by structure are made from. Pages are the numbers of the graph.
#[derive(Clone, Copy, Debug)]
pub struct Structure<'a> {
    /// The links between all known pages in scope, read or not; an unread page has none.
    pub graph: &'a Graph,
    /// The home page. Without one (a list, a folder without an index) every page is a root.
    pub home: Option<u32>,
    /// Where visitors enter beside home: pages of the sitemap and of the tasks.
    pub roots: &'a [u32],
    /// For each page, whether it is a service, form or contact page; pages beyond its end are not.
    pub serves: &'a [bool],
    /// Groups of pages with nearly equal main content, no page in two of them.
    pub twins: &'a [Vec<u32>],
    /// Clicks that are taken for pages which no known link leads to, and whether visitors are taken to start there:
    /// in a sample, since most links are not known. `None` where they have no weight.
    pub unlinked: Option<u32>,
}

/// Weights by structure, one a page, summing to 1 (empty when there is no page). Such a score is *provisional*.
///
/// Half goes to service, form and contact pages, half to all; each half is shared half by PageRank
/// and half by nearness to home. Where one of these is 0 for a whole half (no such page can be
/// reached), the other alone decides; where both are, or there are no service pages, the other half
/// takes all.
pub fn structural(site: &Structure<'_>) -> Vec<f64> {
    let pages = site.graph.pages();
    let (rank, clicks) = match site.home.filter(|&home| (home as usize) < pages) {
        Some(home) => {
            let mut clicks = site.graph.clicks(&[home]);
            let mut roots: Vec<u32> = site.roots.iter().copied().chain([home]).collect();
            if let Some(unlinked) = site.unlinked {
                roots.extend((0u32..).zip(&clicks).filter(|(_, clicks)| clicks.is_none()).map(|(page, _)| page));
                clicks.iter_mut().filter(|clicks| clicks.is_none()).for_each(|clicks| *clicks = Some(unlinked));
            }
            (site.graph.page_rank(&roots), clicks)
        }
        None => (site.graph.page_rank(&[]), vec![Some(0); pages]),
    };
    let near = |clicks: Option<u32>| clicks.map_or(0.0, |d| libm::pow(NEARNESS_PER_CLICK, f64::from(d)));
    let near: Vec<f64> = clicks.into_iter().map(near).collect();

    let serves = |page: usize| site.serves.get(page).copied().unwrap_or(false);
    let of_all = half(&rank, &near, |_| true);
    let of_serving = half(&rank, &near, serves);
    let mut weights = match (of_all, of_serving) {
        (Some(all), Some(serving)) => all.iter().zip(&serving).map(|(a, b)| 0.5 * (a + b)).collect(),
        (Some(all), None) => all,
        // Roots always have rank, so this is a site without pages.
        (None, _) => vec![1.0; pages],
    };
    share_weight(&mut weights, site.twins);
    cap(&mut weights);
    weights
}

/// One half of the weight, as shares of itself; `None` when none of its pages can be reached.
fn half(rank: &[f64], near: &[f64], belongs: impl Fn(usize) -> bool) -> Option<Vec<f64>> {
    let of_half = |of: &[f64]| -> Vec<f64> {
        let mut shares = only(of, &belongs);
        normalise(&mut shares);
        shares
    };
    let (rank, near) = (of_half(rank), of_half(near));
    let is_nothing = |shares: &[f64]| shares.iter().all(|&share| share == 0.0);
    match (is_nothing(&rank), is_nothing(&near)) {
        (true, true) => None,
        (true, false) => Some(near),
        (false, true) => Some(rank),
        (false, false) => Some(rank.iter().zip(&near).map(|(r, n)| 0.5 * (r + n)).collect()),
    }
}

/// Holds every page to 25 % and shares the excess among the others in proportion, until none is above.
fn cap(weights: &mut [f64]) {
    // Counted without the pages of weight 0, so that orphans do not switch the cap on.
    if weights.iter().filter(|&&weight| weight > 0.0).count() < CAPPED_FROM {
        return;
    }
    let mut capped = vec![false; weights.len()];
    loop {
        let over = |(page, &weight): (usize, &f64)| (!capped[page] && weight > MAX_WEIGHT).then_some(page);
        let over: Vec<usize> = weights.iter().enumerate().filter_map(over).collect();
        if over.is_empty() {
            return;
        }
        over.iter().for_each(|&page| capped[page] = true);
        let left = 1.0 - MAX_WEIGHT * capped.iter().filter(|&&is| is).count() as f64;
        let mut free = only(weights, |page| !capped[page]);
        normalise(&mut free);
        for ((weight, share), &is_capped) in weights.iter_mut().zip(free).zip(&capped) {
            *weight = if is_capped { MAX_WEIGHT } else { left * share };
        }
    }
}

/// Lets each group of nearly equal pages weigh as much as its heaviest page alone, its pages keeping
/// their proportions, and makes the sum 1 again. No page may stand in two groups.
pub fn share_weight(weights: &mut [f64], groups: &[Vec<u32>]) {
    normalise(weights);
    for group in groups {
        let members = || group.iter().filter_map(|&page| weights.get(page as usize).copied());
        let (sum, heaviest) = (members().collect::<Sum>().value(), members().fold(0.0, f64::max));
        if sum <= 0.0 {
            continue;
        }
        for &page in group {
            if let Some(weight) = weights.get_mut(page as usize) {
                *weight *= heaviest / sum;
            }
        }
    }
    normalise(weights);
}

/// Weights from the page views of each page in some span of time: views + 1, so that no page counts
/// nothing. They are measured, so neither cap nor shared weight belongs to them.
pub fn from_views(views: &[u64]) -> Vec<f64> {
    let total: u128 = views.iter().map(|&views| u128::from(views) + 1).sum();
    views.iter().map(|&views| (u128::from(views) + 1) as f64 / total as f64).collect()
}

/// Weights from declared top tasks: 60 % over their pages, 40 % over the rest by `structural`.
///
/// Each task has the same share and so has each page of a task (our choice: whoever does it needs
/// every page). Where the rest weighs nothing the tasks take all; without a known page of a task,
/// the structure does.
pub fn from_tasks(structural: &[f64], tasks: &[Vec<u32>]) -> Vec<f64> {
    let mut of_tasks = vec![0.0; structural.len()];
    for task in tasks {
        let known: Vec<usize> = task.iter().map(|&page| page as usize).filter(|&p| p < of_tasks.len()).collect();
        known.iter().for_each(|&page| of_tasks[page] += 1.0 / known.len() as f64);
    }
    let mut rest = only(structural, |page| of_tasks[page] == 0.0);
    normalise(&mut of_tasks);
    normalise(&mut rest);
    let mut weights: Vec<f64> =
        of_tasks.iter().zip(&rest).map(|(task, rest)| TASKS * task + (1.0 - TASKS) * rest).collect();
    normalise(&mut weights);
    weights
}

/// Weights over what was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadWeights {
    /// One a page: its share of what was read; 0 for unread pages. They sum to 1 if any page was read.
    pub weights: Vec<f64>,
    /// The share U of the weight that lies on unread pages, 0–1.
    pub unread: f64,
}

/// Shares the weight over the pages that were read, and says how much was not. `read` has one flag a
/// page; pages beyond its end were not read.
///
/// Where all weight lies on unread pages, those that were read share equally, and U is 1.
pub fn over_read(weights: &[f64], read: &[bool]) -> ReadWeights {
    let is_read = |page: usize| read.get(page).copied().unwrap_or(false);
    let mut shares = weights.to_vec();
    normalise(&mut shares);
    let unread: Sum = shares.iter().enumerate().filter(|(page, _)| !is_read(*page)).map(|(_, w)| *w).collect();
    let mut shares = only(&shares, is_read);
    if shares.iter().all(|&share| share == 0.0) {
        shares.iter_mut().enumerate().for_each(|(page, share)| *share = f64::from(u8::from(is_read(page))));
        normalise(&mut shares);
        return ReadWeights { weights: shares, unread: 1.0 };
    }
    normalise(&mut shares);
    ReadWeights { weights: shares, unread: unread.value().min(1.0) }
}

/// The weights with those of all other pages set to 0.
fn only(weights: &[f64], belongs: impl Fn(usize) -> bool) -> Vec<f64> {
    weights.iter().enumerate().map(|(page, &weight)| if belongs(page) { weight } else { 0.0 }).collect()
}

/// Scales weights so that they sum to 1; what is not a positive number becomes 0. All 0 stays so.
pub fn normalise(weights: &mut [f64]) {
    // Divided by the largest first, so that sums of any scale keep their precision.
    let largest = weights.iter().copied().filter(|weight| weight.is_finite()).fold(0.0, f64::max);
    if largest <= 0.0 {
        weights.fill(0.0);
        return;
    }
    for weight in weights.iter_mut() {
        *weight = if weight.is_finite() && *weight > 0.0 { *weight / largest } else { 0.0 };
    }
    let total = weights.iter().copied().collect::<Sum>().value();
    weights.iter_mut().for_each(|weight| *weight /= total);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph(rows: &[Vec<u32>]) -> Graph {
        let mut offsets = vec![0];
        rows.iter().for_each(|row| offsets.push(offsets[offsets.len() - 1] + row.len() as u32));
        Graph::new(offsets, rows.concat()).expect("the rows are in range")
    }

    #[track_caller]
    fn check(weights: &[f64], expected: &[f64]) {
        let near = weights.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-7);
        assert!(near && weights.len() == expected.len(), "{weights:?} is not {expected:?}");
    }

    fn site(graph: &Graph) -> Structure<'_> {
        Structure { graph, home: Some(0), roots: &[], serves: &[], twins: &[], unlinked: None }
    }

    #[test]
    fn structure_weighs_rank_and_nearness_and_service_pages_twice() {
        let graph = graph(&[vec![1], vec![0], vec![]]);
        // Rank 1/1.85 and 0.85/1.85; nearness 1/1.7 and 0.7/1.7; nothing leads to page 2.
        let home = 0.5 / 1.85 + 0.5 / 1.7;
        check(&structural(&site(&graph)), &[home, 1.0 - home, 0.0]);
        let serves = [false, true];
        check(&structural(&Structure { serves: &serves, ..site(&graph) }), &[home / 2.0, 1.0 - home / 2.0, 0.0]);
        // Service pages that nothing leads to take no half of the weight.
        let serves = [false, false, true];
        check(&structural(&Structure { serves: &serves, ..site(&graph) }), &[home, 1.0 - home, 0.0]);
    }

    #[test]
    fn a_list_without_a_home_weighs_every_page() {
        let graph = graph(&[vec![], vec![], vec![], vec![]]);
        check(&structural(&Structure { home: None, ..site(&graph) }), &[0.25; 4]);
        assert!(structural(&Structure { home: None, ..site(&self::graph(&[])) }).is_empty());
    }

    #[test]
    fn the_cap_shares_its_excess_in_proportion_until_no_page_is_above() {
        let mut weights = [0.5, 0.2, 0.1, 0.08, 0.06, 0.03, 0.02, 0.01];
        cap(&mut weights);
        // 0.2 grows by 0.75/0.5 to 0.3 and is capped in turn; the last six share 0.5 instead of 0.3.
        check(&weights, &[0.25, 0.25, 0.5 / 3.0, 0.4 / 3.0, 0.1, 0.05, 0.1 / 3.0, 0.05 / 3.0]);
        let mut few = [0.9, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        cap(&mut few);
        check(&few, &[0.9, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn twins_weigh_as_one_page_and_an_orphan_twin_changes_nothing() {
        let mut weights = [0.4, 0.2, 0.4, 0.0];
        share_weight(&mut weights, &[vec![0, 1]]);
        check(&weights, &[1.0 / 3.0, 0.5 / 3.0, 0.5, 0.0]);
        share_weight(&mut weights, &[vec![2, 3]]);
        check(&weights, &[1.0 / 3.0, 0.5 / 3.0, 0.5, 0.0]);
    }

    #[test]
    fn views_count_plus_one() {
        check(&from_views(&[0, 6, 2]), &[1.0 / 11.0, 7.0 / 11.0, 3.0 / 11.0]);
        assert!(from_views(&[u64::MAX; 3]).iter().all(|weight| (weight - 1.0 / 3.0).abs() < 1e-12));
    }

    #[test]
    fn tasks_take_60_per_cent_and_all_of_it_where_nothing_else_weighs() {
        check(&from_tasks(&[0.4, 0.3, 0.2, 0.1], &[vec![1], vec![2, 1, 9]]), &[0.32, 0.45, 0.15, 0.08]);
        check(&from_tasks(&[0.0, 1.0], &[vec![1]]), &[0.0, 1.0]);
        check(&from_tasks(&[0.5, 0.5], &[vec![7]]), &[0.5, 0.5]);
    }

    #[test]
    fn what_was_not_read_is_left_out_and_said() {
        let ReadWeights { weights, unread } = over_read(&[2.0, 1.0, 1.0], &[true, false, true]);
        check(&weights, &[2.0 / 3.0, 0.0, 1.0 / 3.0]);
        check(&[unread], &[0.25]);
        let ReadWeights { weights, unread } = over_read(&[0.0, 1.0, 0.0], &[true, false, true]);
        check(&weights, &[0.5, 0.0, 0.5]);
        check(&[unread], &[1.0]);
        assert_eq!(over_read(&[1.0, 2.0], &[true, true]).unread, 0.0);
        assert_eq!(over_read(&[1.0], &[]), ReadWeights { weights: vec![0.0], unread: 1.0 });
    }

    proptest! {
        #[test]
        fn p18_orphan_pages_have_no_weight_and_change_no_bit_of_the_others(
            rows in prop::collection::vec(prop::collection::vec(0_u32..12, 0..6), 12),
            orphans in prop::collection::vec(prop::collection::vec(0_u32..12, 0..6), 1..9),
            home in prop::option::weighted(0.9, 0_u32..12), serves in prop::collection::vec(any::<bool>(), 20),
        ) {
            let (before, after) = (graph(&rows), graph(&[rows, orphans].concat()));
            let roots = [home.unwrap_or(3), 5];
            let (ranks, more) = (before.page_rank(&roots), after.page_rank(&roots));
            prop_assert_eq!(&more[..12], &ranks[..]);
            prop_assert!(more[12..].iter().all(|&rank| rank == 0.0));
            // Where there is no home, there are no orphans: every page is a root.
            let home = home.or(Some(0));
            let of = |graph| structural(&Structure { graph, home, roots: &[5], serves: &serves, twins: &[], unlinked: None });
            let (weights, more) = (of(&before), of(&after));
            prop_assert_eq!(&more[..12], &weights[..]);
            prop_assert!(more[12..].iter().all(|&weight| weight == 0.0));
        }

        #[test]
        fn structural_weights_sum_to_1_and_from_8_pages_none_is_above_a_quarter(
            rows in prop::collection::vec(prop::collection::vec(0_u32..40, 0..9), 40),
            home in prop::option::of(0_u32..40), serves in prop::collection::vec(any::<bool>(), 0..40),
            twins in prop::sample::subsequence((0_u32..40).collect::<Vec<_>>(), 0..9),
        ) {
            let graph = graph(&rows);
            let weights = structural(&Structure { graph: &graph, home, roots: &[1], serves: &serves, twins: &[twins], unlinked: None });
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
            if weights.iter().filter(|&&weight| weight > 0.0).count() >= 8 {
                prop_assert!(weights.iter().all(|&weight| weight <= 0.25));
            }
        }

        #[test]
        fn p13_normalised_weights_do_not_depend_on_their_scale(
            mut weights in prop::collection::vec(0.0..1.0, 1..9), power in -900_i32..900,
        ) {
            let mut scaled: Vec<f64> = weights.iter().map(|weight| weight * 2_f64.powi(power)).collect();
            normalise(&mut scaled);
            normalise(&mut weights);
            // A power of two scales without rounding, so not a bit may differ.
            prop_assert_eq!(scaled, weights);
        }
    }
}
