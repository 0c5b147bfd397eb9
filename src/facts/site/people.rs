//! How far it is to a person, by the way one can be reached, and where no way leads out at all.

use super::graph::{FAR, Graph, index};
use super::{Note, SiteFacts};
use crate::facts::page::PageFacts;
use crate::model::PageUrl;

/// The ways to reach a person that distances are kept for.
pub const KINDS: [&str; 4] = ["phone", "email", "form", "address"];

/// Farther than is told, or not at all. Distances are kept in a byte; nobody walks 255 clicks.
const NOT_IN_SIGHT: u8 = u8::MAX;

/// Clicks from each address to the nearest page with each kind of contact, 4 bytes an address.
#[derive(Debug)]
pub(super) struct People {
    clicks: [Vec<u8>; KINDS.len()],
}

impl People {
    /// Walks the links backwards from the pages that have each kind.
    pub(super) fn new(reversed: &Graph, bits: impl Fn(usize) -> u8) -> Self {
        let of_kind = |kind: usize| {
            let starts = (0..reversed.len()).filter(|&i| bits(i) & (1 << kind) != 0).map(index);
            let near = |d: &u32| u8::try_from(*d).unwrap_or(NOT_IN_SIGHT);
            reversed.distances(starts).iter().map(near).collect()
        };
        Self { clicks: std::array::from_fn(of_kind) }
    }
}

/// The kinds of contact that a page has, a bit each in the order of [`KINDS`].
pub(super) fn bits(page: &PageFacts) -> u8 {
    let has = |kind: &str| page.contacts.iter().any(|c| c.kind == kind);
    (0u8..).zip(KINDS).filter(|(_, kind)| has(kind)).fold(0, |bits, (at, _)| bits | 1 << at)
}

/// Whether a visitor is not locked in on this page: it names a person, has a form or a frame, leads to an
/// address that is not `known`, is drawn by a script, or ends the matter well.
pub(super) fn is_exit(page: &PageFacts, known: impl Fn(&PageUrl) -> bool) -> bool {
    page.drawn_by_script
        || page.frames > 0
        || page.kind.name == "confirmation"
        || page.contacts.iter().any(|c| c.kind != "hours")
        || page.forms.iter().any(|f| f.kind != "search")
        || page.links.iter().any(|l| match &l.page {
            Some(to) => !known(to),
            None => matches!(l.scheme(), "tel" | "mailto" | "sms"),
        })
}

/// For each address the number of pages in the closed part that it is in: none of them leads out, and
/// none to a person. 0 where there is a way out, and in the part of the home page.
pub(super) fn closed(graph: &Graph, home: Option<u32>, note: impl Fn(u32) -> Note) -> Vec<u32> {
    let parts = graph.parts();
    let mut open = parts.open(graph, |i| note(i).is_exit || !note(i).read);
    if let Some(home) = home {
        open[parts.of[home as usize] as usize] = true;
    }
    parts.of.iter().map(|&part| if open[part as usize] { 0 } else { parts.sizes[part as usize] }).collect()
}

impl SiteFacts {
    /// Clicks to the nearest page with a contact of that kind; `None` where there is none.
    pub fn clicks_to(&self, kind: &str, url: &PageUrl) -> Option<u32> {
        let kind = KINDS.iter().position(|k| *k == kind)?;
        self.at(url).map(|i| self.people.clicks[kind][i]).filter(|&d| d != NOT_IN_SIGHT).map(u32::from)
    }

    /// Pages of the closed part that it is in; 0 where a way leads out, `None` for what is no page.
    pub fn closed_part(&self, url: &PageUrl) -> Option<u32> {
        self.at(url).map(|i| self.closed[i])
    }

    /// How many other addresses of the site it links to.
    pub fn outbound(&self, url: &PageUrl) -> usize {
        self.at(url).map_or(0, |i| self.graph.out(index(i)).len())
    }

    /// The greatest number of clicks from the home page to a page; `None` without a home page.
    pub fn depth(&self) -> Option<u32> {
        self.home?;
        let read = self.from_home.iter().zip(&self.notes).filter(|(d, note)| **d != FAR && note.read);
        read.map(|(d, _)| *d).max()
    }

    /// Whether the page links to the home page; `None` for that page itself and without one.
    pub fn links_home(&self, page: &PageFacts) -> Option<bool> {
        let home = self.home?;
        let at = self.index_of(&page.url)?;
        (at != home).then(|| self.graph.out(at).contains(&home))
    }
}
