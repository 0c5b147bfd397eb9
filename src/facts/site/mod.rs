//! What is known only after the last page: the graph of links, and what the site offers as a whole.

mod alike;
mod broken;
mod frame;
mod graph;
mod journeys;
mod offers;
mod people;
mod reached;
mod screens;
mod titles;
mod wording;

pub use broken::Led;
pub use graph::{Graph, Parts};
pub use journeys::{End, Journey, Journeys, LongForm};
pub use reached::Address;
pub use screens::{Flow, Screens, Sure};

use super::contacts::Contact;
use super::file::FileFacts;
use super::kiosk::By;
use super::links::Link;
use super::page::PageFacts;
use super::pairs::Pairs;
use super::site_files::{FileReader, SiteFile};
use crate::model::{Gathered, PageUrl, Reached, Region, Terminal, Why};
use alike::AlikeReader;
use broken::{Broken, Missing};
use foldhash::quality::RandomState;
use frame::{Frame, FrameReader};
use graph::{FAR, GraphBuilder, index};
use journeys::JourneyReader;
use offers::Offers;
use people::People;
use screens::ScreenReader;
use std::collections::HashMap;
use titles::Titles;
use wording::SiteWording;

/// Longest chain of redirects that is followed to find where a link leads. Fetch allows 20; ours is
/// our choice and the crawler's.
const MAX_REDIRECTS: usize = 10;

/// What an address is, in few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Page,
    /// Another way to write that address: with a redirect, or without one.
    Redirect(u32),
    Same(u32),
    /// A redirect to where nothing is known.
    Away,
    File,
    Error(u16),
    Unread,
    /// Redirects that go round.
    Loop,
    /// Not to be read: robots.txt forbids it, so that it is no part of what is audited.
    Forbidden,
}

/// The number of each address among those that were gathered. Each link of each page is looked up here several times; the hash
/// is quicker than that of the standard library, and has keys of its own in each process, since addresses come from outside.
type Addresses = HashMap<PageUrl, u32, RandomState>;

/// Takes in the pages one by one, in the order of their addresses.
pub struct SiteReader<'g> {
    gathered: &'g Gathered,
    index: Addresses,
    spots: Vec<Spot>,
    edges: GraphBuilder,
    foot: GraphBuilder,
    notes: Vec<Note>,
    broken: Broken,
    frame: FrameReader,
    titles: Titles,
    offers: Offers,
    files: FileReader,
    pairs: Pairs,
    journeys: JourneyReader,
    wording: SiteWording,
    alike: AlikeReader,
    screens: ScreenReader,
    today: String,
}

/// What is kept of each page.
#[derive(Clone, Copy, Debug, Default)]
struct Note {
    read: bool,
    has_contact: bool,
    does_business: bool,
    /// Kinds of contact on the page, a bit each.
    people: u8,
    /// Whether something on it leads out of what is known: to another site, a file, a form, a person.
    is_exit: bool,
    /// The address that it moves on to before anybody can read it; `FAR` where that is none of the site's.
    moves_to: Option<u32>,
}

/// Facts of the site and of the pages' places in it.
pub struct SiteFacts {
    index: Addresses,
    spots: Vec<Spot>,
    /// Links between addresses.
    pub graph: Graph,
    /// Those of them that stand in the foot of a page alone.
    foot: Graph,
    notes: Vec<Note>,
    titles: Titles,
    offers: Offers,
    /// What pages claim of subjects that they share.
    pub pairs: Pairs,
    /// Forms that go over several pages.
    pub journeys: Journeys,
    from_home: Vec<u32>,
    to_contact: Vec<u32>,
    people: People,
    closed: Vec<u32>,
    inbound: Vec<u32>,
    home: Option<u32>,
    files: Vec<SiteFile>,
    files_by_page: HashMap<PageUrl, Vec<usize>>,
    broken: Broken,
    frame: Frame,
    /// How the pages word things together.
    pub wording: SiteWording,
    /// Groups of pages with nearly equal main content, by index; no page stands in two of them.
    pub alike: Vec<Vec<u32>>,
    /// The screens of a kiosk; `None` for a website.
    pub screens: Option<Screens>,
    /// When the audit started, as `2026-03-01`; empty where it is not known.
    pub today: String,
    /// Whether every page in scope was read.
    pub complete: bool,
    /// HTTP status of an address that should not exist.
    pub probe_status: Option<u16>,
    /// The start page.
    pub start: PageUrl,
    scope: PageUrl,
}

impl<'g> SiteReader<'g> {
    /// Starts with every address that the gathering came to know.
    pub fn new(gathered: &'g Gathered) -> Self {
        let mut index = Addresses::with_capacity_and_hasher(gathered.targets.len(), RandomState::default());
        for (i, target) in gathered.targets.iter().enumerate() {
            index.insert(target.url.clone(), u32::try_from(i).unwrap_or(FAR));
        }
        let spot = |reached: &Reached| match reached {
            Reached::Page => Spot::Page,
            Reached::Redirect { status, to } => match index.get(to) {
                Some(&to) if *status == 0 => Spot::Same(to),
                Some(&to) => Spot::Redirect(to),
                None => Spot::Away,
            },
            Reached::File { .. } => Spot::File,
            Reached::Error { status } => Spot::Error(*status),
            Reached::Unread { why: Why::Robots } => Spot::Forbidden,
            Reached::Unread { why: Why::RedirectLoop } => Spot::Loop,
            Reached::Unread { .. } => Spot::Unread,
        };
        let spots: Vec<Spot> = gathered.targets.iter().map(|t| spot(&t.reached)).collect();
        let notes = vec![Note::default(); spots.len()];
        Self {
            gathered,
            index,
            spots,
            edges: GraphBuilder::default(),
            foot: GraphBuilder::default(),
            notes,
            broken: Broken::new(gathered),
            frame: FrameReader::default(),
            titles: Titles::default(),
            offers: Offers::default(),
            files: FileReader::default(),
            pairs: Pairs::default(),
            journeys: JourneyReader::default(),
            wording: SiteWording::default(),
            alike: AlikeReader::default(),
            screens: ScreenReader::default(),
            today: String::new(),
        }
    }

    /// Takes in a file; all files come before the pages.
    pub fn add_file(&mut self, file: FileFacts) {
        let spot = file.url.as_ref().and_then(|url| self.index.get(url)).copied();
        if let Some(spot) = spot.filter(|&spot| self.spots[spot as usize] == Spot::File) {
            self.files.add(spot, file);
        }
    }

    /// Says when the audit started, RFC 3339 or a day alone: what is over is told from it.
    pub fn on(mut self, started: &str) -> Self {
        self.today = started.get(..10).unwrap_or(started).to_owned();
        self
    }

    /// Says that the pages are the screens of a kiosk.
    pub fn kiosk(mut self, terminal: Option<&Terminal>) -> Self {
        self.screens = ScreenReader::of(terminal);
        self
    }

    /// Takes in the page that missing addresses are answered with.
    pub fn missing_page(&mut self, page: &PageFacts) {
        self.broken.missing = Some(Missing::new(page, &self.gathered.start, &self.gathered.scope));
    }

    /// Takes in a page.
    pub fn add(&mut self, page: &PageFacts) {
        let Some(&at) = self.index.get(&page.url) else { return };
        let resolve = |url: &PageUrl| resolve(&self.index, &self.spots, url);
        let links = page.links.iter().filter(|l| !l.acts);
        let links = links.filter_map(|l| Some((resolve(l.page.as_ref()?)?, l.region == Region::Footer)));
        let refresh = page.ways.refresh_to.iter().filter_map(resolve).map(|to| (to, false));
        let moves = page.kiosk.iter().flat_map(|k| &k.moves).filter(|m| m.by == By::Script);
        let moves = moves.filter_map(|m| Some((resolve(m.to.as_ref()?)?, false)));
        let mut to: Vec<(u32, bool)> = links.chain(refresh).chain(moves).filter(|(to, _)| *to != at).collect();
        // Of links to one address, those outside the foot come first.
        to.sort_unstable();
        to.dedup_by_key(|(to, _)| *to);
        let foot: Vec<u32> = to.iter().filter(|(_, is_foot)| *is_foot).map(|(to, _)| *to).collect();
        self.foot.add(at, &foot);
        let to: Vec<u32> = to.into_iter().map(|(to, _)| to).collect();
        if !self.files.is_empty() {
            self.files.page(page, resolve);
        }
        let is_exit = people::is_exit(page, |url| self.index.contains_key(url))
            || to.iter().any(|&t| !matches!(self.spots[t as usize], Spot::Page | Spot::Error(_)));
        self.edges.add(at, &to);
        let is_home = resolve(&self.gathered.start) == Some(at);
        self.broken.add(at, page, &self.gathered.start, is_home);
        self.frame.add(at, page, resolve);

        if let Some(to) = page.moves_to() {
            // Nobody reads what it says: it is a way, and no place.
            self.journeys.add(at, page);
            let moves_to = Some(resolve(to).unwrap_or(FAR));
            self.notes[at as usize] = Note { read: true, is_exit, moves_to, ..Note::default() };
            return;
        }
        self.notes[at as usize] = Note {
            read: true,
            moves_to: None,
            has_contact: page.contacts.iter().any(Contact::reaches),
            does_business: matches!(page.kind.name.as_str(), "service" | "form" | "contact"),
            people: people::bits(page),
            is_exit,
        };
        self.titles.add(&page.title);
        for contact in page.contacts.iter().filter(|c| c.is_visible()) {
            self.offers.contacts.entry(contact.kind.clone()).or_default().insert(contact.value.clone());
        }
        self.pairs.add(page);
        self.journeys.add(at, page);
        self.wording.add(page);
        self.alike.add(at, &page.ways.sketch);
        self.screens.add(at, page);
        // A contact page is one by its kind, or by being what links named "contact" lead to.
        self.offers.contact_pages += u32::from(page.kind.name == "contact");
        self.offers.search |= page.forms.iter().any(|f| f.kind == "search");
        self.offers.applications |= page.forms.iter().any(|f| f.kind == "application");
        self.offers.site_links.extend(page.site_links.iter().cloned());
        self.offers.words_missing |= !page.ways_known;
        self.offers.drawn_by_script |= page.drawn_by_script;
    }

    /// Works out the graph, after the last page.
    pub fn finish(mut self) -> SiteFacts {
        let n = self.spots.len();
        self.pairs.finish();
        let graph = std::mem::take(&mut self.edges).finish(n);
        let mut inbound = vec![0u32; n];
        for &to in &graph.targets {
            inbound[to as usize] += 1;
        }
        let home = resolve(&self.index, &self.spots, &self.gathered.start).filter(|&h| self.notes[h as usize].read);
        let with_contact = (0..n).filter(|&i| self.notes[i].has_contact).map(|i| u32::try_from(i).unwrap_or(FAR));
        let reversed = graph.reversed();
        let to_contact = reversed.distances(with_contact);
        let people = People::new(&reversed, |i| self.notes[i].people);
        let closed = people::closed(&graph, home, |i| self.notes[i as usize]);
        let files = self.files.finish();
        let journeys = std::mem::take(&mut self.journeys);
        let journeys = journeys.finish(
            |url| resolve(&self.index, &self.spots, url),
            |at| self.notes[at as usize].read.then(|| self.gathered.targets[at as usize].url.clone()),
        );
        let screens = std::mem::take(&mut self.screens).finish(
            n,
            home,
            &self.spots,
            |url| resolve(&self.index, &self.spots, url),
            |address| self.gathered.start.join(address),
        );
        let home = screens.as_ref().and_then(Screens::start).or(home);
        let from_home = match &screens {
            Some(screens) => screens.distances().to_vec(),
            None => home.map_or_else(|| vec![FAR; n], |home| graph.distances([home])),
        };
        SiteFacts {
            screens,
            journeys,
            foot: self.foot.finish(n),
            files_by_page: by_page(&files),
            files,
            people,
            closed,
            broken: self.broken,
            frame: self.frame.finish(),
            today: self.today,
            from_home,
            to_contact,
            inbound,
            home,
            complete: self.gathered.complete,
            probe_status: self.gathered.probe_status,
            start: self.gathered.start.clone(),
            scope: self.gathered.scope.clone(),
            index: self.index,
            spots: self.spots,
            graph,
            notes: self.notes,
            titles: self.titles,
            offers: self.offers,
            pairs: self.pairs,
            wording: self.wording,
            alike: self.alike.finish(),
        }
    }
}

fn by_page(files: &[SiteFile]) -> HashMap<PageUrl, Vec<usize>> {
    let mut by_page: HashMap<PageUrl, Vec<usize>> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        if let Some((page, _)) = &file.bearer {
            by_page.entry(page.clone()).or_default().push(at);
        }
    }
    by_page
}

/// The page or file that an address leads to, after redirects; `None` where it is not known.
fn resolve(index: &Addresses, spots: &[Spot], url: &PageUrl) -> Option<u32> {
    let mut at = *index.get(url)?;
    for _ in 0..MAX_REDIRECTS {
        match spots[at as usize] {
            Spot::Redirect(to) | Spot::Same(to) => at = to,
            _ => return Some(at),
        }
    }
    None
}

impl SiteFacts {
    fn at(&self, url: &PageUrl) -> Option<usize> {
        self.index.get(url).map(|&i| i as usize)
    }

    /// The index of an address among those of the gathering.
    pub fn index_of(&self, url: &PageUrl) -> Option<u32> {
        self.index.get(url).copied()
    }

    /// All addresses with their indices, in no order.
    pub fn addresses(&self) -> impl Iterator<Item = (u32, &PageUrl)> {
        self.index.iter().map(|(url, &at)| (at, url))
    }

    /// The index of the page that an address leads to, after redirects.
    pub fn page_at(&self, url: &PageUrl) -> Option<u32> {
        resolve(&self.index, &self.spots, url).filter(|&i| self.is_page(i))
    }

    /// The files that were measured, in the order of their addresses.
    pub fn files(&self) -> &[SiteFile] {
        &self.files
    }

    /// The files whose findings stand on that page.
    pub fn files_on(&self, page: &PageUrl) -> impl Iterator<Item = &SiteFile> {
        self.files_by_page.get(page).into_iter().flatten().map(|&at| &self.files[at])
    }

    /// The index of the home page, if it was read.
    pub fn home(&self) -> Option<u32> {
        self.home
    }

    /// Number of addresses that are known.
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// Whether the address is a page, read or not, and so carries weight in the score.
    pub fn is_page(&self, i: u32) -> bool {
        match self.spots[i as usize] {
            Spot::Page | Spot::Unread | Spot::Loop => true,
            Spot::Error(status) => !matches!(status, 404 | 410),
            Spot::Redirect(_) | Spot::Same(_) | Spot::Away | Spot::File | Spot::Forbidden => false,
        }
    }

    /// Whether the page was read.
    pub fn is_read(&self, i: u32) -> bool {
        self.notes[i as usize].read
    }

    /// Whether the page moves on before anybody can read it, so that it weighs nothing.
    pub fn moves_on(&self, i: u32) -> bool {
        self.notes[i as usize].moves_to.is_some()
    }

    /// Whether people come to the page to get something done or to reach somebody.
    pub fn does_business(&self, i: u32) -> bool {
        self.notes[i as usize].does_business
    }

    /// The pages, read or not, with the links between them: their indices among all addresses, and
    /// the graph over their places in that list. Links through redirects lead to their end.
    pub fn page_graph(&self) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
        let all = 0..u32::try_from(self.spots.len()).unwrap_or(FAR);
        let pages: Vec<u32> = all.filter(|&i| self.is_page(i)).collect();
        let mut place = vec![FAR; self.spots.len()];
        for (at, &page) in (0u32..).zip(&pages) {
            place[page as usize] = at;
        }
        let (mut offsets, mut targets) = (vec![0u32], Vec::new());
        for &page in &pages {
            targets.extend(self.graph.out(page).iter().map(|&t| place[t as usize]).filter(|&t| t != FAR));
            offsets.push(u32::try_from(targets.len()).unwrap_or(FAR));
        }
        (pages, offsets, targets)
    }

    /// Pages that were read.
    pub fn pages(&self) -> usize {
        self.notes.iter().filter(|n| n.read).count()
    }

    /// Whether the address belongs to the site.
    pub fn is_in_scope(&self, url: &PageUrl) -> bool {
        self.index.contains_key(url) || url.as_str().starts_with(self.scope.as_str())
    }

    /// Clicks from the home page; `None` where there is no way or no home page.
    pub fn clicks_from_home(&self, url: &PageUrl) -> Option<u32> {
        self.at(url).map(|i| self.from_home[i]).filter(|&d| d != FAR)
    }

    /// Whether a form of another page leads to it.
    pub fn is_sent_to(&self, url: &PageUrl) -> bool {
        self.index.get(url).is_some_and(|&at| self.journeys.is_sent_to(at))
    }

    /// Clicks to the nearest page that names a way to reach somebody; `None` where there is none.
    pub fn clicks_to_contact(&self, url: &PageUrl) -> Option<u32> {
        self.at(url).map(|i| self.to_contact[i]).filter(|&d| d != FAR)
    }

    /// How many pages link to it.
    pub fn inbound(&self, url: &PageUrl) -> u32 {
        self.at(url).map_or(0, |i| self.inbound[i])
    }

    /// How many other pages bear the same title.
    pub fn same_title(&self, title: &str) -> u32 {
        self.titles.pages(title).saturating_sub(1)
    }

    /// Whether an absence may be reported: everything was read, and nothing was left to scripts.
    pub fn may_report_absence(&self) -> bool {
        self.complete && !self.offers.drawn_by_script
    }
}

/// Main links that lead onward.
pub(super) fn onward(page: &PageFacts) -> u32 {
    let leads = |l: &&Link| {
        l.region == Region::Main
            && !l.goes_nowhere()
            && (l.page.as_ref().is_some_and(|p| *p != page.url) || matches!(l.scheme(), "tel" | "mailto" | "sms"))
    };
    u32::try_from(page.links.iter().filter(leads).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
