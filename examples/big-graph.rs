//! Times the walks over the link graph of a large made-up site: `cargo run --release --example big-graph`.
//!
//! The site is a menu of 40 pages that stands on every page, a tree of topics, links to neighbours, and
//! a chain of 10,000 pages that only leads onward.

use plainway::facts::Graph;
use std::time::Instant;

/// Pages of the made-up site.
const PAGES: u32 = 500_000;

/// Links of the menu.
const MENU: u32 = 40;

/// Pages of the chain at the end.
const CHAIN: u32 = 10_000;

fn main() {
    let start = Instant::now();
    let (mut offsets, mut targets) = (vec![0u32], Vec::new());
    for page in 0..PAGES {
        if page >= PAGES - CHAIN {
            targets.push(if page + 1 < PAGES { page + 1 } else { PAGES - CHAIN });
        } else {
            targets.extend((0..MENU).filter(|&t| t != page));
            // A tree with eight branches, and two neighbours of a made-up order.
            targets.extend((1..=8).map(|child| page * 8 + child).filter(|t| (MENU..PAGES).contains(t)));
            targets.extend([page.wrapping_mul(2_654_435_761) % PAGES, (page + 1) % PAGES]);
        }
        offsets.push(targets.len() as u32);
    }
    let graph = Graph { offsets, targets };
    println!("made     {:>8} pages, {} links: {:?}", PAGES, graph.targets.len(), start.elapsed());

    let start = Instant::now();
    let from_home = graph.distances([0]);
    let reached = from_home.iter().filter(|&&d| d != u32::MAX).count();
    let depth = from_home.iter().filter(|&&d| d != u32::MAX).max().copied().unwrap_or(0);
    println!("forward  {reached:>8} reached, {depth} clicks deep: {:?}", start.elapsed());

    let start = Instant::now();
    let reversed = graph.reversed();
    println!("reversed {:>8} links: {:?}", reversed.targets.len(), start.elapsed());

    // One walk for each of the five ways to reach a person.
    let start = Instant::now();
    let far: u32 = (0..5)
        .map(|kind| reversed.distances([kind * 7]).iter().filter(|&&d| d != u32::MAX).max().copied().unwrap_or(0))
        .max()
        .unwrap_or(0);
    println!("backward {far:>8} clicks at most, five times: {:?}", start.elapsed());

    let start = Instant::now();
    let parts = graph.parts();
    let closed = parts.open(&graph, |_| false).iter().filter(|open| !**open).count();
    println!("parts    {:>8}, {closed} closed: {:?}", parts.sizes.len(), start.elapsed());
    println!("memory   {:>8} KiB of graph, twice", (graph.targets.len() + graph.offsets.len()) * 4 / 1024);
}
