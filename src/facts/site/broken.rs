//! Where links come to nothing: redirects that go on or go home, parts that are not there, other sites
//! that answered that the page is gone, and pages that stand for missing ones.

use super::graph::FAR;
use super::{MAX_REDIRECTS, SiteFacts, Spot, resolve};
use crate::facts::links::Link;
use crate::facts::page::PageFacts;
use crate::facts::phrases::plain;
use crate::facts::ways::{Anchors, Sketch};
use crate::model::{Gathered, PageUrl, Reached, Trap, TrapKind};
use std::collections::{HashMap, HashSet};

/// Names of links to the home page that are kept. Our choice.
const MAX_HOME_NAMES: usize = 1_000;

/// How alike a page and the answer to a missing address are when they say the same. Our choice, from ten
/// templates: the words of a page outside its links are the same but for the address, which is left out.
const SAME: f64 = 0.9;

/// Words below which a likeness says nothing. Our choice.
const ENOUGH: usize = 4;

/// What is known of places that are not there.
#[derive(Debug)]
pub(super) struct Broken {
    /// Whether links to other sites came to nothing; `None` where it could not be told.
    outside: HashMap<PageUrl, Option<bool>>,
    anchors: HashMap<u32, Anchors>,
    home_names: HashSet<String>,
    home: Option<(String, Sketch)>,
    /// The page that missing addresses are answered with.
    pub(super) missing: Option<Missing>,
    traps: Vec<Trap>,
}

/// The page that missing addresses are answered with.
#[derive(Debug)]
pub(super) struct Missing {
    title: String,
    heading: String,
    sketch: Sketch,
    /// A search, a link home, a contact: how many of them it offers.
    ways: Option<u32>,
}

impl Missing {
    pub(super) fn new(page: &PageFacts, start: &PageUrl, scope: &PageUrl) -> Self {
        let home = page.links.iter().any(|l| l.page.as_ref().is_some_and(|p| p == start || p == scope));
        let search = page.forms.iter().any(|f| f.kind == "search");
        let contact = page.contact_links > 0 || page.contacts.iter().any(|c| c.kind != "hours");
        Self {
            title: page.title.clone(),
            heading: first_heading(page),
            sketch: page.ways.sketch.clone(),
            ways: (!page.drawn_by_script).then(|| [home, search, contact].into_iter().map(u32::from).sum()),
        }
    }
}

fn first_heading(page: &PageFacts) -> String {
    page.headings.first().map(|h| h.text.clone()).unwrap_or_default()
}

impl Broken {
    pub(super) fn new(gathered: &Gathered) -> Self {
        let gone = |reached: &Reached| match reached {
            Reached::Error { status: 404 | 410 } => Some(true),
            Reached::Page | Reached::File { .. } | Reached::Redirect { .. } => Some(false),
            // A name that is not found may be the fault of the network that asked; a refusal says nothing.
            Reached::Error { .. } | Reached::Unread { .. } => None,
        };
        Self {
            outside: gathered.external.iter().map(|t| (t.url.clone(), gone(&t.reached))).collect(),
            anchors: HashMap::new(),
            home_names: HashSet::new(),
            home: None,
            missing: None,
            traps: gathered.traps.clone(),
        }
    }

    pub(super) fn add(&mut self, at: u32, page: &PageFacts, home: &PageUrl, is_home: bool) {
        // What a script adds to an almost empty page, nobody can tell from its source.
        if !page.drawn_by_script && !page.cut {
            self.anchors.insert(at, page.ways.anchors.clone());
        }
        if is_home {
            self.home = Some((page.title.clone(), page.ways.sketch.clone()));
        }
        for link in page.links.iter().filter(|l| l.page.as_ref() == Some(home)) {
            if self.home_names.len() < MAX_HOME_NAMES && !link.text.is_empty() {
                self.home_names.insert(plain(&link.text));
            }
        }
    }
}

/// Where a link within the site leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Led {
    /// Redirects on the way.
    pub redirects: u32,
    /// Whether they go round and round.
    pub is_loop: bool,
    /// Whether they leave a deep address for the home page.
    pub goes_home: bool,
}

impl SiteFacts {
    /// HTTP status that a link within the site ends with; `None` where it is not known.
    pub fn link_status(&self, link: &Link) -> Option<u16> {
        let mut at = resolve(&self.index, &self.spots, link.page.as_ref()?)?;
        for _ in 0..=MAX_REDIRECTS {
            match (self.spots[at as usize], self.notes[at as usize].moves_to) {
                (Spot::Page, Some(to)) if to != FAR => at = to,
                (Spot::Page | Spot::File, _) => return Some(200),
                (Spot::Error(status), _) => return Some(status),
                _ => break,
            }
        }
        None
    }

    /// How a link within the site gets where it leads; `None` where that is not known.
    pub fn led(&self, link: &Link) -> Option<Led> {
        let page = link.page.as_ref()?;
        let mut at = *self.index.get(page)?;
        let mut redirects = 0;
        for _ in 0..=MAX_REDIRECTS {
            match self.spots[at as usize] {
                Spot::Redirect(to) => (at, redirects) = (to, redirects + 1),
                Spot::Same(to) => at = to,
                Spot::Loop => return Some(Led { redirects, is_loop: true, goes_home: false }),
                Spot::Away => return Some(Led { redirects: redirects + 1, is_loop: false, goes_home: false }),
                Spot::Unread | Spot::Forbidden if redirects == 0 => return None,
                _ => {
                    let goes_home = redirects > 0
                        && self.home == Some(at)
                        && is_deep(page, &self.scope)
                        && !self.broken.home_names.contains(&plain(&link.text));
                    return Some(Led { redirects, is_loop: false, goes_home });
                }
            }
        }
        Some(Led { redirects, is_loop: true, goes_home: false })
    }

    /// Whether the part that a link points at is there, on this page or another one; `None` for a link
    /// that points at no part, `Some(None)` where it could not be told.
    pub fn fragment_found(&self, page: &PageFacts, link: &Link) -> Option<Option<bool>> {
        let (_, fragment) = link.href.split_once('#')?;
        // A text fragment points at words, and finds the top where they are gone. Routes of scripts
        // begin with these marks, and `a=b` speaks to a viewer.
        let name = fragment.split(":~:").next().unwrap_or("");
        if name.is_empty() || name.starts_with(['!', '/']) || name.contains('=') || name.eq_ignore_ascii_case("top") {
            return None;
        }
        let target = link.page.as_ref()?;
        // What a script shows in place may have any name.
        if link.scripted || link.acts {
            return None;
        }
        let here = link.fragment_here.filter(|_| !page.drawn_by_script && !page.cut);
        if here.is_some() || *target == page.url {
            return Some(here);
        }
        if !self.is_in_scope(target) {
            return None;
        }
        let Some(at) = super::resolve(&self.index, &self.spots, target) else { return Some(None) };
        match self.spots[at as usize] {
            Spot::Page => {}
            // A file has parts of its own kind, and a missing page is another problem.
            Spot::File | Spot::Error(_) => return None,
            _ => return Some(None),
        }
        let Some(anchors) = self.broken.anchors.get(&at) else { return Some(None) };
        Some(
            anchors
                .have(name)
                .map(|found| found || anchors.have(&crate::facts::links::percent_decode(name)) == Some(true)),
        )
    }

    /// Whether another site answered that the page is gone; `None` for links within the site and where
    /// links to other sites were not checked, `Some(None)` where it could not be told.
    pub fn outside_gone(&self, link: &Link) -> Option<Option<bool>> {
        self.broken.outside.get(link.page.as_ref()?).copied()
    }

    /// Why the page stands for one that is missing, in its words; empty where it does not, `None` where
    /// it could not be told.
    pub fn stands_for_missing(&self, page: &PageFacts) -> Option<String> {
        if let Some(words) = &page.ways.missing {
            return Some(words.clone());
        }
        let Some(missing) = &self.broken.missing else { return Some(String::new()) };
        if self.home.is_some() && self.home == self.index_of(&page.url) {
            return Some(String::new());
        }
        let same_head = missing.title == page.title && missing.heading == first_heading(page);
        let enough = missing.sketch.len() >= ENOUGH && page.ways.sketch.len() >= ENOUGH;
        if !same_head || !enough || missing.sketch.likeness(&page.ways.sketch) < SAME {
            return Some(String::new());
        }
        // Where even the home page looks like this, the frame of the site drowns what the pages say.
        let drowned = self
            .broken
            .home
            .as_ref()
            .is_some_and(|(title, home)| *title == missing.title || home.likeness(&missing.sketch) >= SAME);
        if drowned {
            return None;
        }
        Some(if page.title.is_empty() { missing.heading.clone() } else { page.title.clone() })
    }

    /// How many of a search, a link home and a contact the page for missing addresses offers; `None`
    /// where that page is not known.
    pub fn missing_page_ways(&self) -> Option<u32> {
        self.broken.missing.as_ref()?.ways
    }

    /// Places where the site leads on without end, and hides something by it.
    pub fn endless(&self) -> impl Iterator<Item = &Trap> {
        self.broken.traps.iter().filter(|t| t.kind != TrapKind::LongAddress)
    }
}

/// Whether the address is more than the home page under another name: `/`, `/index.html`, `/default.aspx`.
fn is_deep(page: &PageUrl, scope: &PageUrl) -> bool {
    let path = page.path().strip_prefix(scope.path()).unwrap_or(page.path()).trim_matches('/');
    let first = path.split('.').next().unwrap_or("");
    let is_home_file = matches!(first.to_ascii_lowercase().as_str(), "index" | "default") && !path.contains('/');
    !path.is_empty() && !is_home_file
}
