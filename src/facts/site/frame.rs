//! What pages repeat around their own matter, and whether they repeat it alike: menus, names of
//! places, the way to help.

use super::{SiteFacts, index};
use crate::facts::links::Link;
use crate::facts::page::PageFacts;
use crate::facts::phrases::plain;
use crate::model::{PageUrl, Region};
use std::collections::{HashMap, HashSet};

/// Links of a menu that are compared. Our choice; the rest is left alone.
const MAX_MENU: usize = 200;

/// Different menus that are kept. Our choice; a page with another one could not be told.
const MAX_MENUS: usize = 20_000;

/// Names of places that are kept. Our choice; it bounds memory.
const MAX_NAMES: usize = 100_000;

/// Links that a menu and the usual one must share to be compared. Our choice: two links have no order
/// that anybody learns.
const SHARED: usize = 3;

/// Takes in the frames of pages.
#[derive(Debug, Default)]
pub(super) struct FrameReader {
    menus: HashMap<Box<[u32]>, u32>,
    /// How many pages have each menu.
    counts: Vec<u32>,
    of_page: Vec<(u32, u32)>,
    names: HashMap<u32, HashMap<String, (String, u32)>>,
    kept_names: usize,
    help: HashMap<Region, u32>,
}

/// What is usual.
#[derive(Debug, Default)]
pub(super) struct Frame {
    of_page: Vec<(u32, u32)>,
    /// For each menu the links that stand in another order than usual.
    moves: Vec<u32>,
    /// Links that more than half of the pages with a menu share.
    repeated: usize,
    names: HashMap<u32, HashMap<String, (String, u32)>>,
    help: Option<(Region, u32, u32)>,
}

fn is_menu(region: Region) -> bool {
    matches!(region, Region::Nav | Region::Header)
}

/// Whether the link leads to a place of the site by name. What leads to a part of a page or through the leaves
/// of a list has another name on each.
fn is_place(link: &Link) -> bool {
    is_frame(link.region)
        && !link.acts
        && !link.goes_nowhere()
        && !link.raw.starts_with('#')
        && !link.rel.split_ascii_whitespace().any(|rel| matches!(rel, "prev" | "next" | "up"))
}

fn is_frame(region: Region) -> bool {
    matches!(region, Region::Nav | Region::Header | Region::Footer)
}

impl FrameReader {
    /// Takes in a page; `resolve` gives the end of a link.
    pub(super) fn add(&mut self, at: u32, page: &PageFacts, resolve: impl Fn(&PageUrl) -> Option<u32>) {
        let mut menu: Vec<u32> = Vec::new();
        let mut seen: HashSet<u32> = HashSet::new();
        let mut named: HashSet<(u32, String)> = HashSet::new();
        for link in page.links.iter().filter(|l| is_place(l)) {
            let Some(to) = link.page.as_ref().and_then(&resolve) else { continue };
            if is_menu(link.region) && menu.len() < MAX_MENU && seen.insert(to) {
                menu.push(to);
            }
            let name = plain(&link.text);
            let is_own = link.page.as_ref() == Some(&page.url);
            if is_own || name.is_empty() || !named.insert((to, name.clone())) {
                continue;
            }
            let names = self.names.entry(to).or_default();
            if let Some((_, pages)) = names.get_mut(&name) {
                *pages += 1;
            } else if self.kept_names < MAX_NAMES {
                self.kept_names += 1;
                names.insert(name, (link.text.clone(), 1));
            }
        }
        if let Some(region) = page.ways.help_in {
            *self.help.entry(region).or_insert(0) += 1;
        }
        if menu.is_empty() || (self.menus.len() >= MAX_MENUS && !self.menus.contains_key(&menu[..])) {
            return;
        }
        let next = index(self.menus.len());
        let id = *self.menus.entry(menu.into()).or_insert(next);
        if id == next {
            self.counts.push(0);
        }
        self.counts[id as usize] += 1;
        self.of_page.push((at, id));
    }

    /// What is usual, after the last page.
    pub(super) fn finish(mut self) -> Frame {
        let mut by_id: Vec<&[u32]> = vec![&[]; self.menus.len()];
        for (menu, &id) in &self.menus {
            by_id[id as usize] = menu;
        }
        let mut shared: HashMap<u32, u32> = HashMap::new();
        for (menu, &pages) in by_id.iter().zip(&self.counts) {
            menu.iter().for_each(|&to| *shared.entry(to).or_insert(0) += pages);
        }
        let all: u32 = self.counts.iter().sum();
        let repeated: HashSet<u32> = shared.into_iter().filter(|&(_, n)| n * 2 > all).map(|(to, _)| to).collect();
        // The menu that most pages have; of equals, that of the first address.
        let usual = (0..by_id.len()).max_by_key(|&id| (self.counts[id], std::cmp::Reverse(id)));
        let order: HashMap<u32, usize> = usual.map_or_else(HashMap::new, |id| {
            by_id[id].iter().filter(|to| repeated.contains(to)).enumerate().map(|(at, &to)| (to, at)).collect()
        });
        let moves = by_id.iter().map(|menu| out_of_order(menu, &order)).collect();
        self.of_page.sort_unstable();
        let help = self.help.iter().max_by_key(|(region, n)| (**n, std::cmp::Reverse(**region)));
        Frame {
            moves,
            repeated: repeated.len(),
            of_page: self.of_page,
            help: help.map(|(region, n)| (*region, *n, self.help.values().sum())),
            names: self.names,
        }
    }
}

/// How many links of a menu would have to move to stand in the usual order.
fn out_of_order(menu: &[u32], order: &HashMap<u32, usize>) -> u32 {
    let places: Vec<usize> = menu.iter().filter_map(|to| order.get(to).copied()).collect();
    if places.len() < SHARED {
        return 0;
    }
    // The longest run of links that are in order already (patience sorting).
    let mut ends: Vec<usize> = Vec::new();
    for &place in &places {
        let at = ends.partition_point(|&end| end < place);
        match ends.get_mut(at) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    index(places.len() - ends.len())
}

impl SiteFacts {
    /// Links of the page's menu that stand in another order than on most pages; `None` without a menu.
    pub fn menu_moves(&self, url: &PageUrl) -> Option<u32> {
        let at = self.index_of(url)?;
        let place = self.frame.of_page.binary_search_by_key(&at, |(page, _)| *page).ok()?;
        let (_, menu) = self.frame.of_page[place];
        self.frame.moves.get(menu as usize).copied()
    }

    /// Whether most pages share a menu.
    pub fn has_menu(&self) -> bool {
        self.frame.repeated >= SHARED
    }

    /// What menus of most pages call the place that a link of a menu leads to, where this page never
    /// calls it that; empty where it does, `None` for other links.
    pub fn usual_name(&self, page: &PageFacts, link: &Link) -> Option<String> {
        let has_number = |name: &str| name.bytes().any(|b| b.is_ascii_digit());
        if !is_place(link) || link.page.as_ref() == Some(&page.url) || link.text.is_empty() || has_number(&link.text) {
            return None;
        }
        let resolve = |url: &PageUrl| super::resolve(&self.index, &self.spots, url);
        let to = link.page.as_ref().and_then(resolve)?;
        let names = self.frame.names.get(&to)?;
        let name = plain(&link.text);
        let own = names.get(&name)?.1;
        // The menu of a section calls its top what all pages call the start page: "Home".
        let is_top = |home: u32| home != to && self.frame.names.get(&home).is_some_and(|n| n.contains_key(&name));
        if self.home.is_some_and(is_top) {
            return Some(String::new());
        }
        let (usual, (shown, most)) = names.iter().max_by_key(|(name, (_, n))| (*n, std::cmp::Reverse(*name)))?;
        // A name on a third as many pages is a second menu, not a slip. Our choice.
        if *usual == name || own * 3 > *most || has_number(usual) {
            return Some(String::new());
        }
        let says_usual = |l: &Link| is_frame(l.region) && plain(&l.text) == *usual;
        if page.links.iter().take(MAX_MENU).any(says_usual) {
            return Some(String::new());
        }
        Some(shown.clone())
    }

    /// Whether the way to help stands in another part of the page than on nearly all pages; `None` where
    /// the page has none outside its main content.
    pub fn help_moves(&self, page: &PageFacts) -> Option<bool> {
        let here = page.ways.help_in?;
        let (usual, pages, all) = self.frame.help?;
        // Nine of ten pages make a habit. Our choice.
        Some(here != usual && pages * 10 >= all * 9)
    }

    /// How many ways there are to find a page: search, site map or index, a menu that pages share. `None`
    /// where the home page leads to every page, so that there is nothing to look for.
    pub fn ways_to_find(&self) -> Option<usize> {
        let from_home = self.home.is_some()
            && self.from_home.iter().zip(&self.notes).all(|(clicks, note)| !note.read || *clicks <= 1);
        let ways = [self.has_search(), self.has_link_about("map"), self.has_menu()];
        (!from_home).then(|| ways.into_iter().filter(|w| *w).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_order_are_the_fewest_that_would_have_to_move() {
        let order: HashMap<u32, usize> = [(1, 0), (2, 1), (3, 2), (4, 3)].into();
        let check = |menu: &[u32], expected| assert_eq!(out_of_order(menu, &order), expected, "{menu:?}");
        check(&[1, 2, 3, 4], 0);
        check(&[1, 9, 2, 4], 0);
        check(&[4, 1, 2, 3], 1);
        check(&[4, 3, 2, 1], 3);
        check(&[2, 1], 0);
    }
}
