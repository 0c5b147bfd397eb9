//! Which pages of a large site are read where not all are: the same ones each time, from every part of the
//! site. It knows addresses and clicks, and nothing of what the pages say.

use crate::model::{PageUrl, Stratum};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What every address is hashed with, so that the order of a sample is no order that a site knows. The
/// same for ever: next month reads the same pages.
const SALT: &[u8] = b"plainway sample 1\0";

/// Addresses that a part of the site has to give to be a stratum of its own: with one, nothing tells how
/// the pages of a part differ.
const LEAST: usize = 2;

/// Folders of an address that name its part, at most. Our choice.
const DEEPEST: usize = 3;

/// The share of its band from which a part is split by the next folder. Our choice.
const LARGE: f64 = 0.5;

/// How densely pages one click from the start are drawn, as against others. They weigh most. Our choice.
const NEAR: f64 = 2.0;

/// Clicks of an address that only a sitemap or a list names.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// How a sample is to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SamplePlan {
    /// Addresses that are drawn at most.
    pub size: usize,
    /// Addresses that are read for certain: those that the top tasks name.
    pub certain: Vec<PageUrl>,
}

/// A part of what is drawn from: which addresses are in it, and how many are drawn.
struct Part {
    name: String,
    members: Vec<usize>,
    density: f64,
}

/// Draws at most so many of these addresses, each given with its clicks from the start; says what was
/// drawn of how many.
pub(super) fn draw(frame: &[(PageUrl, u32)], most: usize) -> Vec<Stratum> {
    let whole = || Part { name: "*".to_owned(), members: (0..frame.len()).collect(), density: 1.0 };
    let mut parts = if most >= frame.len() { vec![whole()] } else { parts(frame, most) };
    if parts.len() * LEAST > most && most < frame.len() {
        parts = vec![whole()];
    }
    let counts = allot(&parts, most);
    let drawn = |(part, count): (Part, usize)| {
        let mut order: Vec<(u64, &PageUrl)> =
            part.members.iter().map(|&at| (chance(&frame[at].0), &frame[at].0)).collect();
        order.sort_unstable();
        let mut drawn: Vec<PageUrl> = order.into_iter().take(count).map(|(_, url)| url.clone()).collect();
        drawn.sort_unstable();
        Stratum { section: part.name, known: part.members.len() as u64, drawn }
    };
    parts.into_iter().zip(counts).map(drawn).filter(|stratum| stratum.known > 0).collect()
}

/// A number of an address that nobody chose.
fn chance(url: &PageUrl) -> u64 {
    let hash = Sha256::new().chain_update(SALT).chain_update(url.as_str()).finalize();
    hash.iter().take(8).fold(0, |number, &byte| (number << 8) | u64::from(byte))
}

/// The parts of a site: by clicks from the start, then by folder. What is too small goes together.
fn parts(frame: &[(PageUrl, u32)], most: usize) -> Vec<Part> {
    let mut bands: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, (_, clicks)) in frame.iter().enumerate() {
        bands.entry((*clicks).clamp(1, 3)).or_default().push(at);
    }
    let density = |band: u32| if band == 1 { NEAR } else { 1.0 };
    let total: f64 = bands.iter().map(|(&band, members)| density(band) * members.len() as f64).sum();
    let mut all = Vec::new();
    for (band, members) in bands {
        let share = |size: usize| most as f64 * density(band) * size as f64 / total;
        let (mut large, mut small) = (Vec::new(), Vec::new());
        for (name, section) in sections(frame, &members) {
            match share(section.len()) < LEAST as f64 {
                true => small.extend(section),
                false => large.push((name, section)),
            }
        }
        if !small.is_empty() {
            let is_enough = share(small.len()) >= LEAST as f64;
            match large.iter_mut().min_by_key(|(_, section)| section.len()).filter(|_| !is_enough) {
                Some((_, section)) => section.extend(small),
                None => large.push(("*".to_owned(), small)),
            }
        }
        all.extend(large.into_iter().map(|(name, members)| Part { name, members, density: density(band) }));
    }
    all
}

/// Addresses by their first folder; a part that has most of them by the folders below it.
fn sections(frame: &[(PageUrl, u32)], members: &[usize]) -> BTreeMap<String, Vec<usize>> {
    let mut sections: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &at in members {
        sections.entry(section(&frame[at].0, 1)).or_default().push(at);
    }
    for depth in 2..=DEEPEST {
        let is_large = |section: &Vec<usize>| section.len() as f64 > LARGE * members.len() as f64;
        let Some(name) = sections.iter().find(|(_, s)| is_large(s)).map(|(name, _)| name.clone()) else { break };
        for at in sections.remove(&name).unwrap_or_default() {
            sections.entry(section(&frame[at].0, depth)).or_default().push(at);
        }
    }
    sections
}

/// Host and first folders of an address.
fn section(url: &PageUrl, depth: usize) -> String {
    let path = url.path().trim_matches('/');
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let named: Vec<&str> = folders.split('/').filter(|name| !name.is_empty()).take(depth).collect();
    format!("{}/{}", url.host(), named.join("/"))
}

/// How many each part gives: in proportion to its size and density, at least two, at most all.
fn allot(parts: &[Part], most: usize) -> Vec<usize> {
    let least = if parts.len() == 1 { LEAST.min(most) } else { LEAST };
    let mut counts: Vec<usize> = parts.iter().map(|part| part.members.len().min(least)).collect();
    let mut left = most.saturating_sub(counts.iter().sum());
    while left > 0 {
        // Whoever is furthest below its share is next (Webster's method); of equals the first.
        let want = |at: usize| parts[at].density * parts[at].members.len() as f64 / (counts[at] as f64 + 0.5);
        let open = (0..parts.len()).filter(|&at| counts[at] < parts[at].members.len());
        let Some(next) = open.max_by(|&a, &b| want(a).total_cmp(&want(b)).then(b.cmp(&a))) else { break };
        counts[next] += 1;
        left -= 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn frame(pages: usize) -> Vec<(PageUrl, u32)> {
        let url = |n: usize| {
            let folder = ["news", "services", "council/minutes", "parks"][[0, 0, 0, 1, 1, 2, 2, 2, 2, 3][n % 10]];
            PageUrl::parse(&format!("https://town.example/{folder}/{n}.html")).expect("an address")
        };
        (0..pages).map(|n| (url(n), [1, 2, 3, UNKNOWN][n % 7 % 4])).collect()
    }

    fn drawn(strata: &[Stratum]) -> BTreeSet<PageUrl> {
        strata.iter().flat_map(|stratum| stratum.drawn.clone()).collect()
    }

    #[test]
    fn every_part_of_a_site_is_drawn_from_and_near_pages_twice_as_densely() {
        let strata = draw(&frame(1000), 100);
        assert_eq!(strata.iter().map(|s| s.drawn.len()).sum::<usize>(), 100);
        assert_eq!(strata.iter().map(|s| s.known).sum::<u64>(), 1000);
        assert!(strata.iter().all(|s| s.drawn.len() >= 2));
        let names: BTreeSet<&str> = strata.iter().map(|s| s.section.as_str()).collect();
        assert!(names.contains("town.example/news") && names.contains("town.example/council"), "{names:?}");
        let share = |clicks: u32| {
            let all: Vec<PageUrl> = frame(1000).into_iter().filter(|(_, c)| *c == clicks).map(|(url, _)| url).collect();
            let drawn = drawn(&strata);
            all.iter().filter(|url| drawn.contains(url)).count() as f64 / all.len() as f64
        };
        assert!(share(1) / share(2) > 1.6, "{} {}", share(1), share(2));
    }

    #[test]
    fn next_month_reads_the_same_pages() {
        let (then, now) = (drawn(&draw(&frame(1000), 100)), drawn(&draw(&frame(1020), 100)));
        assert!(then.intersection(&now).count() >= 95);
    }

    proptest! {
        #[test]
        fn a_sample_has_its_size_and_no_page_twice(pages in 0_usize..300, most in 0_usize..400) {
            let frame = frame(pages);
            let strata = draw(&frame, most);
            let count: usize = strata.iter().map(|s| s.drawn.len()).sum();
            prop_assert_eq!(drawn(&strata).len(), count);
            prop_assert_eq!(count, most.min(pages));
            prop_assert_eq!(strata.iter().map(|s| s.known).sum::<u64>(), pages as u64);
            // The order in which pages are known makes no difference.
            let turned: Vec<_> = frame.into_iter().rev().collect();
            prop_assert_eq!(drawn(&draw(&turned, most)), drawn(&strata));
        }
    }
}
