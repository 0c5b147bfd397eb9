//! The links between the known pages of a site, how central each page is, and how many clicks
//! away. It holds numbers, never addresses.

/// Who links to whom, in compact form: page `p` links to `targets[offsets[p]..offsets[p + 1]]`.
///
/// Pages are numbers from 0. Holds 4 bytes a page and a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    offsets: Vec<u32>,
    targets: Vec<u32>,
}

/// Why numbers are not a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The offsets are not 0 … number of links, never sinking.
    #[error("the offsets of the link graph do not run from 0 to its {links} links in rising order")]
    Offsets {
        /// How many links there are.
        links: usize,
    },
    /// A link leads to a page that is not there.
    #[error("a link leads to page {target}, but the link graph has only {pages} pages")]
    Target {
        /// Where it leads.
        target: u32,
        /// How many pages there are.
        pages: usize,
    },
}

/// The chance that a visitor follows a link rather than starts anew (Brin and Page 1998).
const DAMPING: f64 = 0.85;

/// PageRank stops when a round moves less than this in all (our choice: it moves no score by 10⁻⁵) …
const SETTLED: f64 = 1e-9;

/// … or after so many rounds, when at most 0.85¹⁰⁰ ≈ 10⁻⁷ is still under way (our choice).
const MAX_ROUNDS: u32 = 100;

impl Graph {
    /// A graph of `offsets.len() - 1` pages. A page's links to itself, and all but one of its links
    /// to the same page, are dropped: a menu that is printed twice makes no page more important.
    pub fn new(mut offsets: Vec<u32>, mut targets: Vec<u32>) -> Result<Self, GraphError> {
        let ends_right = offsets.first() == Some(&0) && offsets.last().map(|&end| end as usize) == Some(targets.len());
        if !ends_right || !offsets.is_sorted() {
            return Err(GraphError::Offsets { links: targets.len() });
        }
        let pages = offsets.len() - 1;
        if let Some(&target) = targets.iter().find(|&&target| target as usize >= pages) {
            return Err(GraphError::Target { target, pages });
        }
        let (mut kept, mut from) = (0, 0);
        for page in 0..pages {
            let to = offsets[page + 1] as usize;
            targets[from..to].sort_unstable();
            let mut last = None;
            for at in from..to {
                let target = targets[at];
                if target as usize != page && last != Some(target) {
                    targets[kept] = target;
                    kept += 1;
                    last = Some(target);
                }
            }
            // `kept` never runs ahead of an offset, so it fits where the offset did.
            offsets[page + 1] = kept as u32;
            from = to;
        }
        targets.truncate(kept);
        Ok(Self { offsets, targets })
    }

    /// How many pages are known.
    pub fn pages(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The other pages that a page links to, each once, in rising order.
    pub fn links(&self, page: usize) -> &[u32] {
        match (self.offsets.get(page), self.offsets.get(page + 1)) {
            (Some(&from), Some(&to)) => &self.targets[from as usize..to as usize],
            _ => &[],
        }
    }

    /// Clicks from the nearest of `starts` to each page; `None` where no link leads.
    pub fn clicks(&self, starts: &[u32]) -> Vec<Option<u32>> {
        let mut clicks = vec![None; self.pages()];
        let mut ring: Vec<u32> = starts.to_vec();
        let mut distance = 0;
        while !ring.is_empty() {
            let mut next = Vec::new();
            for page in ring {
                let Some(known @ None) = clicks.get_mut(page as usize) else { continue };
                *known = Some(distance);
                next.extend_from_slice(self.links(page as usize));
            }
            next.sort_unstable();
            next.dedup();
            ring = next;
            distance += 1;
        }
        clicks
    }

    /// PageRank of each page, summing to 1. Visitors start, and start anew where a page leads nowhere,
    /// only at `roots`, so that pages which nothing links to have 0 and change no other page's rank.
    /// Without a root, every page is one.
    pub fn page_rank(&self, roots: &[u32]) -> Vec<f64> {
        let roots = self.roots_or_all(roots);
        let entry = 1.0 / roots.len() as f64;
        let mut rank = vec![0.0; self.pages()];
        roots.iter().for_each(|&root| rank[root as usize] = entry);
        let mut next = vec![0.0; self.pages()];
        for _ in 0..MAX_ROUNDS {
            self.one_round(&rank, &mut next, &roots);
            let moved: f64 = rank.iter().zip(&next).map(|(before, after)| (before - after).abs()).sum();
            std::mem::swap(&mut rank, &mut next);
            if moved < SETTLED {
                break;
            }
        }
        rank
    }

    fn roots_or_all(&self, roots: &[u32]) -> Vec<u32> {
        let pages = u32::try_from(self.pages()).unwrap_or(u32::MAX);
        let mut known: Vec<u32> = roots.iter().copied().filter(|&root| root < pages).collect();
        known.sort_unstable();
        known.dedup();
        if known.is_empty() { (0..pages).collect() } else { known }
    }

    fn one_round(&self, rank: &[f64], next: &mut [f64], roots: &[u32]) {
        next.fill(0.0);
        let mut stranded = 0.0;
        for (page, &rank) in rank.iter().enumerate() {
            let links = self.links(page);
            if links.is_empty() {
                stranded += rank;
            } else if rank > 0.0 {
                let share = DAMPING * rank / links.len() as f64;
                links.iter().for_each(|&target| next[target as usize] += share);
            }
        }
        let entry = (1.0 - DAMPING + DAMPING * stranded) / roots.len() as f64;
        roots.iter().for_each(|&root| next[root as usize] += entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(rows: &[&[u32]]) -> Graph {
        let ends = rows.iter().scan(0, |end, row| {
            *end += row.len() as u32;
            Some(*end)
        });
        Graph::new([0].into_iter().chain(ends).collect(), rows.concat()).expect("the rows are in range")
    }

    #[test]
    fn repeated_links_and_links_to_the_page_itself_are_dropped() {
        let plain = graph(&[&[1, 2], &[], &[0]]);
        assert_eq!(graph(&[&[2, 0, 1, 2, 1], &[1], &[2, 0]]), plain);
        assert_eq!((plain.links(0), plain.links(1), plain.links(9)), (&[1, 2][..], &[][..], &[][..]));
    }

    #[test]
    fn numbers_that_are_no_graph_are_refused() {
        assert_eq!(Graph::new(vec![], vec![]), Err(GraphError::Offsets { links: 0 }));
        assert_eq!(Graph::new(vec![0, 2, 1], vec![0]), Err(GraphError::Offsets { links: 1 }));
        assert_eq!(Graph::new(vec![0, 1], vec![0, 0]), Err(GraphError::Offsets { links: 2 }));
        assert_eq!(Graph::new(vec![0, 1], vec![1]), Err(GraphError::Target { target: 1, pages: 1 }));
    }

    #[test]
    fn clicks_are_the_fewest_and_none_where_no_link_leads() {
        let graph = graph(&[&[1], &[2, 0], &[0], &[2, 4], &[2]]);
        assert_eq!(graph.clicks(&[0]), [Some(0), Some(1), Some(2), None, None]);
        assert_eq!(graph.clicks(&[4, 1]), [Some(1), Some(0), Some(1), None, Some(0)]);
    }

    #[track_caller]
    fn check_rank(graph: &Graph, roots: &[u32], expected: &[f64]) {
        let rank = graph.page_rank(roots);
        assert!(rank.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-7), "{rank:?}");
        assert!((rank.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{rank:?}");
    }

    #[test]
    fn page_rank_is_that_of_the_equations_solved_by_hand() {
        // r0 = 0.15 + 0.85·r1, r1 = 0.85·r0.
        check_rank(&graph(&[&[1], &[0]]), &[0], &[0.15 / 0.2775, 0.1275 / 0.2775]);
        // Page 1 leads nowhere: its visitors start anew at 0, and the result is the same.
        check_rank(&graph(&[&[1], &[]]), &[0], &[1.0 / 1.85, 0.85 / 1.85]);
        // Every page is a root: r0 = 0.05 + 0.85·(r1 + r2), r1 = r2 = 0.05 + 0.425·r0.
        check_rank(&graph(&[&[1, 2], &[0], &[0]]), &[], &[0.135 / 0.2775, 0.07125 / 0.2775, 0.07125 / 0.2775]);
    }
}
