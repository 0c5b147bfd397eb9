//! Whether two numbers of pages move together over time, with the uncertainty of the answer. It says
//! nothing where there is too little to say it with.

/// Pages that are needed. Our choice: with fewer, a bootstrap over pages says little.
pub const LEAST_PAGES: usize = 10;

/// Pairs that are needed. Our choice: three times the pages.
pub const LEAST_PAIRS: usize = 30;

/// Times that pages are drawn anew. Our choice: the ends of the range then wobble by some hundredths.
const DRAWS: usize = 1_000;

/// Share of the draws below and above the range: it holds nine of ten.
const TAIL: f64 = 0.05;

/// How two numbers of pages move together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Together {
    /// Spearman's rank correlation of the changes within pages: −1 against each other, 1 together.
    pub rho: f64,
    /// The range that nine of ten draws of pages give.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Pages.
    pub pages: usize,
    /// Pairs of the two numbers.
    pub pairs: usize,
}

/// How the two numbers of pages move together, each page with its pairs over time. What differs between pages says
/// nothing about change, so of every pair the mean of its page is taken off; the range comes from drawing whole pages
/// anew (a cluster bootstrap), since pairs of one page depend on each other. Pages with one pair are left out.
pub fn together(pages: &[Vec<(f64, f64)>]) -> Option<Together> {
    let changes: Vec<Vec<(f64, f64)>> = pages.iter().filter(|p| p.len() > 1).map(|p| around_mean(p)).collect();
    let pairs = changes.iter().map(Vec::len).sum();
    if changes.len() < LEAST_PAGES || pairs < LEAST_PAIRS {
        return None;
    }
    let rho = spearman(&changes.concat())?;
    let mut drawn = Vec::with_capacity(DRAWS);
    let mut state = 0u64;
    for _ in 0..DRAWS {
        let sample: Vec<(f64, f64)> = (0..changes.len())
            .flat_map(|_| changes[(next(&mut state) % changes.len() as u64) as usize].iter().copied())
            .collect();
        drawn.extend(spearman(&sample));
    }
    drawn.sort_by(f64::total_cmp);
    let at =
        |share: f64| drawn.get(((drawn.len() as f64 * share) as usize).min(drawn.len().saturating_sub(1))).copied();
    Some(Together { rho, low: at(TAIL)?, high: at(1.0 - TAIL)?, pages: changes.len(), pairs })
}

fn around_mean(pairs: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let n = pairs.len() as f64;
    let (a, b) = pairs.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0 / n, sum.1 + p.1 / n));
    pairs.iter().map(|p| (p.0 - a, p.1 - b)).collect()
}

/// Pearson's correlation of the ranks; `None` where one side does not move at all.
fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let (a, b) = (ranks(pairs.iter().map(|p| p.0)), ranks(pairs.iter().map(|p| p.1)));
    let middle = (pairs.len() as f64 + 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - middle) * (y - middle)).sum::<f64>();
    let spread = (product(&a, &a) * product(&b, &b)).sqrt();
    (spread > 0.0).then(|| product(&a, &b) / spread)
}

/// Ranks from 1; equal values share the mean of theirs.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    // Means of equal numbers may differ in the last bits.
    let values: Vec<f64> = values.map(|v| (v * 1e9).round()).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start;
        while end + 1 < order.len() && values[order[end + 1]] == values[order[start]] {
            end += 1;
        }
        for &at in &order[start..=end] {
            ranks[at] = (start + end) as f64 / 2.0 + 1.0;
        }
        start = end + 1;
    }
    ranks
}

/// The next number of SplitMix64 (Steele, Lea and Flood 2014): the same draws every time.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(n: usize, rating: impl Fn(f64, usize) -> f64) -> Vec<Vec<(f64, f64)>> {
        // Pages that differ much from each other, each with four runs.
        let score = |page: usize, run: usize| 40.0 + 3.0 * page as f64 + ((page * 7 + run * 5) % 11) as f64;
        (0..n)
            .map(|p| (0..4).map(|r| (score(p, r), rating(score(p, r) - 3.0 * p as f64, p * 4 + r))).collect())
            .collect()
    }

    #[test]
    fn what_moves_together_is_told_with_its_range() {
        let told = together(&pages(12, |score, at| score + (at % 3) as f64)).expect("there is enough");
        assert!(told.rho > 0.9 && told.low > 0.8 && told.high <= 1.0, "{told:?}");
        assert_eq!((told.pages, told.pairs), (12, 48));
        let against = together(&pages(12, |score, _| -score)).expect("there is enough");
        assert!((against.rho + 1.0).abs() < 1e-9, "{against:?}");
    }

    #[test]
    fn what_differs_between_pages_alone_is_no_link() {
        // Better pages are liked more, but no page is liked more when it gets better.
        let told = together(&pages(40, |_, at| (at / 4) as f64 * 2.0 + ((at * 2_654_435_761) % 97) as f64 / 10.0));
        let told = told.expect("there is enough");
        assert!(told.low < 0.0 && told.high > 0.0, "{told:?}");
    }

    #[test]
    fn too_little_says_nothing_and_equal_input_the_same() {
        assert_eq!(together(&pages(9, |score, _| score)), None);
        assert_eq!(together(&[]), None);
        assert_eq!(together(&pages(12, |_, _| 50.0)), None, "what never moves goes with nothing");
        let twice = || together(&pages(15, |score, at| score * (1 + at % 2) as f64));
        assert_eq!(twice(), twice());
    }

    #[test]
    fn ranks_are_those_of_the_textbook() {
        assert_eq!(ranks([10.0, 30.0, 20.0, 20.0].into_iter()), [1.0, 4.0, 2.5, 2.5]);
        // Worked by hand: differences of ranks 0, 1, −1, 0, so 1 − 6·2/(4·15).
        let rho = spearman(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (4.0, 4.0)]).expect("both move");
        assert!((rho - 0.8).abs() < 1e-12, "{rho}");
    }
}
