//! Where a site leads on without end: calendars, sessions, filters, paths that mean nothing.
//! Everything follows from the order in which pages are handed over, never from the clock; and it
//! must never cut a part of a site that still brings something new.

use super::prints::{Prints, hash};
use super::shape::{group, has_repeats, head, order, pairs, pattern, segments, twin, without_key};
use crate::model::{PageUrl, Trap, TrapKind};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Pages of one pattern that are read whatever they hold. Our choice: no ordinary site of the
/// corpus has as many that differ by numbers only.
const BUDGET: u32 = 500;

/// Pages of a pattern after which it is looked at again, and how many of them must be of use.
/// Our choice.
const BLOCK: u32 = 100;
const OF_USE: u32 = 50;

/// Pages that turn out to be known under another address, after which their pattern or the
/// parameter that tells them apart is no longer followed. Our choice.
const TWINS: u32 = 20;

/// Different paths on which a parameter must have meant nothing before it is dropped everywhere.
/// Our choice.
const PATHS: usize = 3;

/// Links in a row, each from a page to the next of its pattern. Our choice: nobody walks so far.
const MAX_CHAIN: u16 = 1000;

/// Folders of a path. Heritrix, the crawler of the Internet Archive, draws the line at 20.
const MAX_SEGMENTS: usize = 20;

/// Orders of the same folders that are followed. Our choice.
const MAX_ORDERS: usize = 2;

/// Cut links that are listed one by one for each trap. Our choice: enough to see the pattern.
const LISTED: u64 = 20;

/// Traps that are kept apart, and parameters that are watched. Our choice: it bounds memory.
const MAX_TRAPS: usize = 1000;
const MAX_KEYS: usize = 1000;

/// What the crawl knows of traps.
#[derive(Default)]
pub(super) struct Traps {
    groups: HashMap<u64, Group>,
    combinations: HashMap<u64, Combinations>,
    // By the names of a path: their orders.
    orders: HashMap<u64, [Option<u64>; MAX_ORDERS]>,
    // By text, or by bytes where there is next to no text: how many pages have it.
    copies: HashMap<u64, u32>,
    // By the address as far as it matters, and text: the first such page, and its bytes.
    twins: HashMap<u64, (usize, u64)>,
    words: HashSet<u64>,
    keys: Keys,
    noted: BTreeMap<(TrapKind, String), (PageUrl, u64)>,
}

/// Pages whose addresses have one pattern.
#[derive(Clone, Copy, Default)]
struct Group {
    read: u32,
    twins: u32,
    // Since the last look: pages with new words, and addresses of the pattern that its own pages
    // led to.
    novel: u32,
    grown: u32,
    cut: Option<TrapKind>,
}

/// Pages of one path with two or more parameters.
#[derive(Default)]
struct Combinations {
    read: u32,
    values: BTreeMap<u64, HashSet<u64>>,
    cut: bool,
}

/// Parameters of queries, and whether they make a difference.
#[derive(Default)]
struct Keys {
    // By the address without one parameter: the text.
    without: HashMap<u64, u64>,
    watched: BTreeMap<String, Key>,
    needless: BTreeSet<String>,
}

#[derive(Default)]
struct Key {
    same: u32,
    matters: bool,
    paths: Vec<u64>,
}

/// What is to be done with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It may be asked for.
    On,
    /// The other address is known to be the same page.
    Instead(PageUrl),
    /// It leads into a trap.
    Cut(TrapKind),
}

/// What a page turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A page of its own.
    New,
    /// A page with a text that hundreds had before it: its links are not followed.
    Copy,
    /// The page that was read at this place among the targets, under another address; and whether
    /// it is the same to the byte, so that its links lead nowhere else.
    Twin(usize, bool),
}

impl Traps {
    /// Whether a page that has just become known is worth asking for. `pattern` is the number of its
    /// pattern, `is_next` says that the page that names it has the same, and `chain` is the number
    /// of links within this pattern that led to it.
    pub(super) fn admit(&mut self, url: &PageUrl, pattern: u64, is_next: bool, chain: u16) -> Way {
        if segments(url).count() > MAX_SEGMENTS {
            return Way::Cut(TrapKind::DeepPath);
        }
        if has_repeats(url) {
            return Way::Cut(TrapKind::RepeatedPath);
        }
        match self.way(url, pattern) {
            Way::On => {}
            other => return other,
        }
        if chain > MAX_CHAIN {
            return Way::Cut(TrapKind::LongChain);
        }
        if !self.is_usual_order(url) {
            return Way::Cut(TrapKind::Permutations);
        }
        if is_next {
            self.groups.entry(pattern).or_default().grown += 1;
        }
        Way::On
    }

    fn is_usual_order(&mut self, url: &PageUrl) -> bool {
        let Some((names, order)) = order(url) else { return true };
        let known = self.orders.entry(names).or_default();
        let place = known.iter_mut().find(|place| place.is_none_or(|known| known == order));
        place.map(|place| *place = Some(order)).is_some()
    }

    /// Whether an address that was admitted still is, after what was read since.
    pub(super) fn way(&self, url: &PageUrl, pattern: u64) -> Way {
        if let Some(other) = self.keys.stripped(url) {
            return Way::Instead(other);
        }
        if let Some(kind) = self.groups.get(&pattern).and_then(|group| group.cut) {
            return Way::Cut(kind);
        }
        if pairs(url).nth(1).is_some() && self.combinations.get(&place(url)).is_some_and(|c| c.cut) {
            return Way::Cut(TrapKind::Combinations);
        }
        Way::On
    }

    /// Takes in a page that was read; `at` is its place among the targets.
    pub(super) fn read(&mut self, url: &PageUrl, prints: Prints, at: usize) -> Seen {
        let print = prints.text.unwrap_or(prints.body);
        // Pages with text are told apart by it; of others only the same address is the same page.
        let query = if prints.text.is_some() { None } else { url.query() };
        let (first, body) = *self.twins.entry(hash(&(twin(url), query, print))).or_insert((at, prints.body));
        let copies = self.copies.entry(print).or_default();
        *copies += 1;
        let seen = match () {
            () if first != at => Seen::Twin(first, body == prints.body),
            () if *copies > BUDGET => Seen::Copy,
            () => Seen::New,
        };
        if prints.text.is_some() {
            self.keys.read(url, print);
        }
        let novel = self.words.insert(prints.words);
        self.combine(url);
        self.look(url, novel, matches!(seen, Seen::Twin(..)));
        seen
    }

    fn combine(&mut self, url: &PageUrl) {
        if pairs(url).nth(1).is_none() {
            return;
        }
        let all = self.combinations.entry(place(url)).or_default();
        all.read += 1;
        for (key, value) in pairs(url) {
            all.values.entry(hash(key)).or_default().insert(hash(value));
        }
        if all.read >= BUDGET && all.read.is_multiple_of(BLOCK) {
            // Where one parameter is a name, it has about as many values as there are pages.
            let most = all.values.values().map(HashSet::len).max().unwrap_or(0);
            all.cut = most * 4 <= all.read as usize;
        }
    }

    fn look(&mut self, url: &PageUrl, novel: bool, twin: bool) {
        let group = self.groups.entry(group(url)).or_default();
        group.read += 1;
        group.twins += u32::from(twin);
        group.novel += u32::from(novel);
        if group.twins >= TWINS && group.twins * 5 >= group.read * 4 {
            group.cut = Some(TrapKind::Copies);
        }
        if group.read.is_multiple_of(BLOCK) {
            if group.read >= BUDGET && group.novel < OF_USE && group.grown >= OF_USE {
                group.cut = Some(TrapKind::Endless);
            }
            (group.novel, group.grown) = (0, 0);
        }
    }

    /// Notes a link that was not followed, and says whether it is to be listed by itself.
    pub(super) fn note(&mut self, kind: TrapKind, url: &PageUrl, example: &PageUrl) -> bool {
        let pattern = match kind {
            TrapKind::RepeatedPath | TrapKind::DeepPath | TrapKind::Permutations => head(url),
            TrapKind::Copies if url.query().is_none() => head(url),
            TrapKind::Copies | TrapKind::Endless | TrapKind::LongChain | TrapKind::Combinations => pattern(url),
            TrapKind::LongAddress => String::new(),
        };
        let full = self.noted.len() >= MAX_TRAPS;
        let key = (kind, pattern);
        let key = if full && !self.noted.contains_key(&key) { (kind, String::new()) } else { key };
        let (_, cut) = self.noted.entry(key).or_insert_with(|| (example.clone(), 0));
        *cut += 1;
        *cut <= LISTED
    }

    /// The traps that were met, in order.
    pub(super) fn list(self) -> Vec<Trap> {
        let trap = |((kind, pattern), (example, cut))| Trap { kind, pattern, example, cut };
        self.noted.into_iter().map(trap).collect()
    }
}

/// The path, whatever the query.
fn place(url: &PageUrl) -> u64 {
    hash(&(url.host(), url.path()))
}

impl Keys {
    /// Looks whether any parameter made a difference to what was read before without it, or with
    /// another value.
    fn read(&mut self, url: &PageUrl, text: u64) {
        self.without.entry(hash(url.as_str())).or_insert(text);
        let names: BTreeSet<&str> = pairs(url).map(|(name, _)| name).collect();
        for name in names {
            let Some(rest) = without_key(url, |key| key == name) else { continue };
            let other = hash(&(name, rest.as_str()));
            let before = self.without.get(&hash(rest.as_str())).or(self.without.get(&other)).copied();
            self.without.entry(other).or_insert(text);
            let Some(before) = before else { continue };
            if self.watched.len() < MAX_KEYS || self.watched.contains_key(name) {
                self.learn(name, hash(url.path()), before == text);
            }
        }
    }

    fn learn(&mut self, name: &str, path: u64, is_same: bool) {
        let key = self.watched.entry(name.to_owned()).or_default();
        key.matters |= !is_same;
        key.same += u32::from(is_same);
        if is_same && key.paths.len() < PATHS && !key.paths.contains(&path) {
            key.paths.push(path);
        }
        if key.matters {
            self.needless.remove(name);
        } else if key.same >= TWINS && key.paths.len() >= PATHS {
            self.needless.insert(name.to_owned());
        }
    }

    /// The address without parameters that make no difference; `None` when it has none.
    fn stripped(&self, url: &PageUrl) -> Option<PageUrl> {
        if self.needless.is_empty() {
            return None;
        }
        without_key(url, |key| self.needless.contains(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> PageUrl {
        PageUrl::parse(&format!("http://a.gov{path}")).expect("a literal address")
    }

    /// Reads pages one after another, each found on the one before; says how many until a cut.
    fn walk(paths: impl Iterator<Item = String>, prints: impl Fn(u64) -> Prints) -> Option<(usize, TrapKind)> {
        let mut traps = Traps::default();
        let mut before = None;
        for (at, path) in paths.enumerate() {
            let url = page(&path);
            let pattern = group(&url);
            let chain = u16::try_from(at).unwrap_or(u16::MAX);
            if let Way::Cut(kind) = traps.admit(&url, pattern, before == Some(pattern), chain) {
                return Some((at, kind));
            }
            traps.read(&url, prints(at as u64), at);
            before = Some(pattern);
        }
        None
    }

    fn new(n: u64) -> Prints {
        Prints { body: n, text: Some(n), words: n }
    }

    #[test]
    fn a_long_row_of_pages_is_cut_however_new_they_are() {
        let paths = || (0..2000).map(|n| format!("/p/{n}"));
        assert_eq!(walk(paths(), new), Some((1001, TrapKind::LongChain)));
        assert_eq!(walk(paths(), |n| Prints { words: 0, ..new(n) }), Some((500, TrapKind::Endless)));
    }

    #[test]
    fn pages_that_a_number_names_are_no_combinations() {
        let joomla = (0..900).map(|n| format!("/index.php?option=content&view=article&id={n}&Itemid={}", n % 5));
        assert_eq!(walk(joomla, new), None);
        let filters = (0..900).map(|n| format!("/find?a={}&b={}&c={}", n % 10, n / 10 % 10, n / 100));
        assert_eq!(walk(filters, new), Some((500, TrapKind::Combinations)));
    }

    #[test]
    fn a_parameter_that_ever_mattered_is_kept() {
        let mut traps = Traps::default();
        for n in 0..60u64 {
            let (path, sid) = (n % 4, n);
            traps.read(&page(&format!("/{}?sid={sid}", ["a", "b", "c", "d"][path as usize])), new(path), n as usize);
        }
        let url = page("/e?sid=9&x=1");
        assert_eq!(traps.way(&url, group(&url)), Way::Instead(page("/e?x=1")));
        traps.read(&page("/a?sid=other"), new(99), 99);
        assert_eq!(traps.way(&url, group(&url)), Way::On);
    }

    #[test]
    fn a_trap_lists_a_few_links_and_counts_the_rest() {
        let mut traps = Traps::default();
        let listed = (0..100).filter(|n| {
            let url = page(&format!("/calendar/{n}"));
            traps.note(TrapKind::Endless, &url, &url)
        });
        assert_eq!(listed.count(), 20);
        let list = traps.list();
        assert_eq!((list.len(), list[0].cut, list[0].example.path()), (1, 100, "/calendar/0"));
        assert_eq!(list[0].pattern, "http://a.gov/calendar/{}");
    }
}
