//! What must hold of the score of a sample (property 16 of score model 1): its range holds the truth in 95 of
//! 100 samples, and shrinks to nothing as the sample grows.

use plainway::score::{Circumstances, Drawn, Margin, Sampled, SiteScore, Spread, over_read, page_points};

/// Numbers without a pattern, the same each time (Vigna 2015, splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A page: its part of the site, its weight and its quality.
#[derive(Clone, Copy)]
struct Page {
    part: usize,
    weight: f64,
    q: f64,
}

/// Parts of a site: near pages of three sections, then far ones of five.
const PARTS: usize = 8;

/// A site as cities have them: a near page weighs some ten times a far one, sections differ, and this share of
/// all pages is very bad.
fn site(pages: usize, bad: f64, good_from: f64, chance: &mut Chance) -> Vec<Page> {
    let page = |_| {
        let is_near = chance.next() < 0.15;
        let part = if is_near { (chance.next() * 3.0) as usize } else { 3 + (chance.next() * 5.0) as usize };
        let weight = if is_near { 1.0 + chance.next() } else { 0.05 + 0.2 * chance.next() };
        let of_part = 1.0 - 0.01 * part as f64;
        let good = of_part * (good_from + (1.0 - good_from) * chance.next());
        let q = if chance.next() < bad { 0.4 * good } else { good };
        Page { part, weight, q }
    };
    (0..pages).map(page).collect()
}

fn truth(site: &[Page]) -> f64 {
    let weight: f64 = site.iter().map(|p| p.weight).sum();
    100.0 * site.iter().map(|p| p.weight * p.q).sum::<f64>() / weight
}

/// Draws so many pages, near ones twice as densely; gives the score and its margin.
fn sampled(site: &[Page], size: usize, chance: &mut Chance) -> (f64, Margin) {
    let mut parts: Vec<Vec<Page>> = vec![Vec::new(); PARTS];
    site.iter().for_each(|page| parts[page.part].push(*page));
    let density = |part: usize| if part < 3 { 2.0 } else { 1.0 };
    let all: f64 = parts.iter().enumerate().map(|(at, pages)| density(at) * pages.len() as f64).sum();
    let (mut drawn, mut read) = (Vec::new(), Vec::new());
    for (at, mut pages) in parts.into_iter().enumerate() {
        let known = pages.len();
        let count = ((size as f64 * density(at) * known as f64 / all).round() as usize).clamp(2.min(known), known);
        for place in 0..count {
            let other = place + (chance.next() * (known - place) as f64) as usize;
            pages.swap(place, other.min(known - 1));
        }
        let part = Drawn { known: known as u64, drawn: count as u64 };
        drawn.push(part);
        read.extend(pages[..count].iter().map(|p| Page { weight: p.weight * part.stands_for(), ..*p }));
    }
    let weights: Vec<f64> = read.iter().map(|p| p.weight).collect();
    let shares = over_read(&weights, &vec![true; weights.len()]).weights;
    let mut spread = Spread::new(drawn);
    read.iter().zip(&shares).for_each(|(page, share)| spread.add(page.part as u32, *share, page.q));
    (100.0 * read.iter().zip(&shares).map(|(page, share)| share * page.q).sum::<f64>(), spread.margin())
}

#[test]
fn p16_the_range_holds_the_truth_in_93_of_100_samples_and_more() {
    let mut chance = Chance(16);
    for (bad, good_from) in [(0.0, 0.8), (0.01, 0.95), (0.03, 0.85), (0.1, 0.7), (0.3, 0.3)] {
        let site = site(1500, bad, good_from, &mut chance);
        let truth = truth(&site);
        for size in [60, 120, 300, 700] {
            let mut held = 0;
            for _ in 0..400 {
                let (value, margin) = sampled(&site, size, &mut chance);
                held += u32::from(value - margin.below <= truth && truth <= value + margin.above);
            }
            assert!(held >= 372, "{held} of 400 hold {truth}: {size} pages, {bad} bad");
        }
    }
}

#[test]
fn p16_the_range_shrinks_to_nothing_as_the_sample_grows() {
    let mut chance = Chance(61);
    let site = site(1500, 0.03, 0.85, &mut chance);
    let mut before = f64::INFINITY;
    for size in [50, 100, 200, 400, 800, 1400] {
        let width = |_| {
            let (_, margin) = sampled(&site, size, &mut chance);
            margin.below + margin.above
        };
        let mean = (0..60).map(width).sum::<f64>() / 60.0;
        assert!(mean < before, "{mean} is no less than {before} with {size}");
        before = mean;
    }
    assert!(before < 1.0, "{before}");
    let (value, margin) = sampled(&site, 10_000, &mut chance);
    assert_eq!(margin, Margin::default());
    assert!((value - truth(&site)).abs() < 1e-9);
}

#[test]
fn p9_the_order_of_pages_changes_no_bit_of_the_margin() {
    let mut chance = Chance(9);
    let pages: Vec<(u32, f64, f64)> = (0..50).map(|n| (n % 3, chance.next(), chance.next())).collect();
    let margin = |pages: &[(u32, f64, f64)]| {
        let mut spread = Spread::new(vec![Drawn { known: 100, drawn: 17 }; 3]);
        pages.iter().for_each(|&(part, weight, q)| spread.add(part, weight, q));
        let Margin { below, above } = spread.margin();
        (below.to_bits(), above.to_bits())
    };
    let turned: Vec<_> = pages.iter().rev().copied().collect();
    assert_eq!(margin(&pages), margin(&turned));
}

#[test]
fn what_could_not_be_read_of_a_sample_widens_its_range() {
    let mut site = SiteScore::default();
    site.add(&page_points(&[], 1.0));
    let circumstances = Circumstances { unread: 0.1, ..Circumstances::default() };
    let score = site.score(&circumstances).expect("there is a page");
    let told = Sampled { pages: 9, of: 90.0, beyond: 0 };
    let score = score.of_sample(told, Margin { below: 20.0, above: 5.0 });
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    near(score.low, 0.9 * 80.0);
    near(score.high, 100.0);
    assert_eq!((score.value, score.sample), (100.0, Some(told)));
}
