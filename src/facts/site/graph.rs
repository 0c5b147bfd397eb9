//! Who links to whom, in compact arrays: 4 bytes an address and a link. All walks are iterative, since a
//! site may be a chain of hundreds of thousands of pages.

use std::collections::VecDeque;

/// Not reached from the pages that a distance is counted from.
pub(super) const FAR: u32 = u32::MAX;

/// Links between the addresses in scope, by index, each pair once.
#[derive(Debug, Default)]
pub struct Graph {
    /// For each address the first of its links in `targets`; one more at the end.
    pub offsets: Vec<u32>,
    /// Indices of the addresses that are linked to.
    pub targets: Vec<u32>,
}

/// The parts of a graph within which every page reaches every other one.
#[derive(Debug, Default)]
pub struct Parts {
    /// For each address the number of its part. A part that another one leads to has the smaller number.
    pub of: Vec<u32>,
    /// Addresses in each part.
    pub sizes: Vec<u32>,
}

/// Collects links, page by page.
#[derive(Debug, Default)]
pub(super) struct GraphBuilder {
    rows: Vec<(u32, u32)>,
    targets: Vec<u32>,
}

impl GraphBuilder {
    /// Adds the links of an address. Of an address that comes twice, the first links count.
    pub(super) fn add(&mut self, from: u32, to: &[u32]) {
        self.rows.push((from, index(self.targets.len())));
        self.targets.extend_from_slice(to);
    }

    /// The graph over `n` addresses.
    pub(super) fn finish(mut self, n: usize) -> Graph {
        let end = index(self.targets.len());
        // Pages come in the order of their addresses, so that nothing has to be moved.
        let in_order = self.rows.is_sorted_by(|a, b| a.0 < b.0);
        let mut offsets = vec![0u32; n + 1];
        if in_order {
            let mut rows = self.rows.iter().peekable();
            for (i, offset) in offsets.iter_mut().enumerate() {
                while rows.peek().is_some_and(|(from, _)| (*from as usize) < i) {
                    rows.next();
                }
                *offset = rows.peek().map_or(end, |(_, start)| *start);
            }
            return Graph { offsets, targets: self.targets };
        }
        let ends: Vec<u32> = self.rows.iter().skip(1).map(|(_, start)| *start).chain([end]).collect();
        let mut rows: Vec<(u32, u32, u32)> = self.rows.drain(..).zip(ends).map(|((f, s), e)| (f, s, e)).collect();
        rows.sort_unstable();
        rows.dedup_by_key(|(from, ..)| *from);
        let mut targets = Vec::with_capacity(self.targets.len());
        let mut rows = rows.into_iter().peekable();
        for (i, offset) in offsets.iter_mut().enumerate() {
            *offset = index(targets.len());
            if let Some((_, start, end)) = rows.next_if(|(from, ..)| *from as usize == i) {
                targets.extend_from_slice(&self.targets[start as usize..end as usize]);
            }
        }
        Graph { offsets, targets }
    }
}

/// Addresses and links are counted in 32 bits; more than that is never gathered.
pub(super) fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(FAR)
}

impl Graph {
    /// The addresses that this one links to.
    pub fn out(&self, i: u32) -> &[u32] {
        &self.targets[self.offsets[i as usize] as usize..self.offsets[i as usize + 1] as usize]
    }

    /// How many addresses there are.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is no address.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Clicks from the nearest of `starts` to every address; [`u32::MAX`] where there is no way.
    pub fn distances(&self, starts: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut distance = vec![FAR; self.len()];
        let mut queue = VecDeque::new();
        for start in starts {
            if distance[start as usize] == FAR {
                distance[start as usize] = 0;
                queue.push_back(start);
            }
        }
        while let Some(at) = queue.pop_front() {
            for &next in self.out(at) {
                if distance[next as usize] == FAR {
                    distance[next as usize] = distance[at as usize] + 1;
                    queue.push_back(next);
                }
            }
        }
        distance
    }

    /// The same links the other way round.
    pub fn reversed(&self) -> Self {
        let n = self.len();
        let mut offsets = vec![0u32; n + 1];
        for &target in &self.targets {
            offsets[target as usize + 1] += 1;
        }
        for i in 0..n {
            offsets[i + 1] += offsets[i];
        }
        let mut targets = vec![0u32; self.targets.len()];
        let mut next = offsets.clone();
        for from in 0..index(n) {
            for &to in self.out(from) {
                let at = next[to as usize];
                targets[at as usize] = from;
                next[to as usize] += 1;
            }
        }
        Self { offsets, targets }
    }

    /// The strongly connected parts: Tarjan's algorithm (1972) with stacks of our own instead of
    /// recursion; linear in addresses and links, 16 bytes an address while it runs.
    pub fn parts(&self) -> Parts {
        let n = self.len();
        let mut parts = Parts { of: vec![FAR; n], sizes: Vec::new() };
        let mut order = vec![FAR; n];
        let mut low = vec![0u32; n];
        let mut open: Vec<u32> = Vec::new();
        // The way down: an address, and the place of its next link in `targets`.
        let mut way: Vec<(u32, u32)> = Vec::new();
        let mut met = 0u32;
        for root in 0..index(n) {
            if order[root as usize] != FAR {
                continue;
            }
            way.push((root, self.offsets[root as usize]));
            while let Some((at, next)) = way.last_mut() {
                let here = *at as usize;
                if order[here] == FAR {
                    (order[here], low[here]) = (met, met);
                    met += 1;
                    open.push(*at);
                }
                if *next < self.offsets[here + 1] {
                    let to = self.targets[*next as usize];
                    *next += 1;
                    if order[to as usize] == FAR {
                        way.push((to, self.offsets[to as usize]));
                    } else if parts.of[to as usize] == FAR {
                        low[here] = low[here].min(order[to as usize]);
                    }
                    continue;
                }
                way.pop();
                if let Some((parent, _)) = way.last() {
                    low[*parent as usize] = low[*parent as usize].min(low[here]);
                }
                if low[here] == order[here] {
                    close(&mut parts, &mut open, index(here));
                }
            }
        }
        parts
    }
}

/// Takes from the stack of open addresses all that belong to the part that `root` was the first of.
fn close(parts: &mut Parts, open: &mut Vec<u32>, root: u32) {
    let part = index(parts.sizes.len());
    let mut size = 0;
    while let Some(member) = open.pop() {
        parts.of[member as usize] = part;
        size += 1;
        if member == root {
            break;
        }
    }
    parts.sizes.push(size);
}

impl Parts {
    /// For each part whether a link leads out of it, or one of its addresses is a way out by itself.
    pub fn open(&self, graph: &Graph, is_exit: impl Fn(u32) -> bool) -> Vec<bool> {
        let mut open = vec![false; self.sizes.len()];
        for i in 0..index(self.of.len()) {
            let part = self.of[i as usize];
            if is_exit(i) || graph.out(i).iter().any(|&to| self.of[to as usize] != part) {
                open[part as usize] = true;
            }
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(rows: &[(u32, &[u32])], n: usize) -> Graph {
        let mut builder = GraphBuilder::default();
        rows.iter().for_each(|(from, to)| builder.add(*from, to));
        builder.finish(n)
    }

    #[test]
    fn the_order_of_pages_makes_no_difference() {
        let sorted = graph(&[(0, &[1, 2]), (2, &[0]), (4, &[2])], 5);
        let mixed = graph(&[(4, &[2]), (0, &[1, 2]), (2, &[0]), (0, &[4])], 5);
        assert_eq!((&sorted.offsets, &sorted.targets), (&mixed.offsets, &mixed.targets));
        assert_eq!((sorted.out(0), sorted.out(1), sorted.out(4)), (&[1, 2][..], &[][..], &[2][..]));
    }

    #[test]
    fn parts_are_those_drawn_by_hand() {
        // 0 → 1 ⇄ 2, 2 → 3 → 4 → 3, 5 alone.
        let graph = graph(&[(0, &[1]), (1, &[2]), (2, &[1, 3]), (3, &[4]), (4, &[3])], 6);
        let parts = graph.parts();
        let same = |a: usize, b: usize| parts.of[a] == parts.of[b];
        assert!(same(1, 2) && same(3, 4) && !same(0, 1) && !same(2, 3) && !same(4, 5));
        let size = |i: usize| parts.sizes[parts.of[i] as usize];
        assert_eq!([size(0), size(1), size(3), size(5)], [1, 2, 2, 1]);
        let open = parts.open(&graph, |_| false);
        let is_open = |i: usize| open[parts.of[i] as usize];
        assert_eq!([is_open(0), is_open(1), is_open(3), is_open(5)], [true, true, false, false]);
    }

    #[test]
    fn a_chain_of_any_length_needs_no_stack() {
        let n = 300_000u32;
        let mut builder = GraphBuilder::default();
        (0..n).for_each(|i| builder.add(i, &[(i + 1) % n]));
        let ring = builder.finish(n as usize);
        assert_eq!(ring.parts().sizes, [n]);
        assert_eq!(ring.distances([0])[n as usize - 1], n - 1);
    }
}
