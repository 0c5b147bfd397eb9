//! The screens of a kiosk together: who leads to whom over links, forms, scripts and timers, where a visit begins and ends,
//! and what the screens have in the same place.

use super::graph::{FAR, Graph, GraphBuilder, index};
use super::{SiteFacts, Spot};
use crate::facts::kiosk::{By, Kiosk, purpose};
use crate::facts::page::PageFacts;
use crate::model::{PageUrl, Terminal};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// The share of screens that have a control in one place before that place counts as its own. Our choice.
const MOSTLY: f64 = 0.6;

/// Screens from which on places are compared. Our choice: of two, nobody can say which is right.
const FEW: usize = 3;

/// What a control that stays on its screen is for.
const STAYS: u16 = purpose::VOLUME | purpose::CONTRAST | purpose::AUDIO | purpose::LARGER_TEXT | purpose::MORE_TIME;

/// Characters of a screen's name that are kept. Our choice.
const NAME: usize = 80;

/// What is kept of a screen.
#[derive(Clone, Debug, Default)]
struct Note {
    name: String,
    lang: String,
    /// Screens that its own matter leads to.
    forward: Vec<PageUrl>,
    /// Screens that anything on it leads to.
    all: Vec<PageUrl>,
    /// Of these, those that forms and buttons that commit lead to.
    sent: Vec<PageUrl>,
    /// Screens that help leads to.
    helps: Vec<PageUrl>,
    /// What leads elsewhere without being a choice of language or the way back to the start.
    kept_language: Vec<PageUrl>,
    /// Whether a script or a server decides where something leads.
    unknown: bool,
    /// Whether a link leads to a part of it, which may be a screen of its own.
    parts: bool,
    /// Whether it leads back in the history of the browser.
    back: bool,
    is_confirmation: bool,
    /// Where it goes by itself.
    goes_on: Vec<PageUrl>,
    help: Option<&'static str>,
    start_over: Option<&'static str>,
    keeps: bool,
    empties: bool,
    minutes: f64,
}

/// A way through a kiosk to where something is done, or to where it is stuck.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// What its last screen is called, with its language where the kiosk has several.
    pub name: String,
    /// The address of its last screen.
    pub goal: u32,
    /// Whether nothing leads on from there and nothing is done there.
    pub dead: bool,
    /// Screens on the shortest way, the first and the last included.
    pub way: Vec<u32>,
    /// Minutes for these screens.
    pub minutes: f64,
}

/// Gathers the screens.
#[derive(Debug, Default)]
pub(super) struct ScreenReader {
    notes: BTreeMap<u32, Note>,
    terminal: Option<Terminal>,
}

impl ScreenReader {
    pub(super) fn of(terminal: Option<&Terminal>) -> Self {
        Self { terminal: terminal.cloned(), ..Self::default() }
    }

    pub(super) fn add(&mut self, at: u32, page: &PageFacts) {
        let Some(kiosk) = &page.kiosk else { return };
        let leads = || kiosk.moves.iter().filter(|m| m.leads());
        let to = |wanted: &dyn Fn(u16) -> bool| -> Vec<PageUrl> {
            leads().filter(|m| wanted(m.purposes)).filter_map(|m| m.to.clone()).collect()
        };
        let sends = |by: By, bits: u16| by == By::Form || bits & purpose::COMMIT != 0;
        let stop = page.stop();
        let heading = page.headings.iter().find(|h| h.level == 1).or(page.headings.first());
        let name = heading.map(|h| h.text.as_str()).filter(|t| !t.is_empty()).unwrap_or(&page.title);
        let note = Note {
            name: crate::facts::shorten(name, NAME),
            lang: page.lang.split('-').next().unwrap_or("").to_owned(),
            forward: to(&|bits| bits & (purpose::FRAME | purpose::CANCEL) == 0),
            all: to(&|_| true),
            sent: leads().filter(|m| sends(m.by, m.purposes)).filter_map(|m| m.to.clone()).collect(),
            helps: to(&|bits| bits & purpose::HELP != 0),
            kept_language: to(&|bits| bits & (purpose::LANGUAGE | purpose::START_OVER) == 0),
            unknown: page.drawn_by_script || kiosk.moves.iter().any(|m| m.by == By::Unknown && !m.is_for(STAYS)),
            parts: kiosk.moves.iter().any(|m| m.by == By::Part),
            back: kiosk.moves.iter().any(|m| m.by == By::History),
            is_confirmation: page.kind.name == "confirmation",
            goes_on: kiosk.moves.iter().filter(|m| m.by == By::Refresh).filter_map(|m| m.to.clone()).collect(),
            help: page.spot_of(purpose::HELP),
            start_over: page.spot_of(purpose::START_OVER),
            keeps: keeps(kiosk),
            empties: kiosk.script.empties,
            minutes: stop.reading + stop.filling,
        };
        self.notes.insert(at, note);
    }

    /// Works out the graph, once all screens are known.
    pub(super) fn finish(
        self,
        n: usize,
        home: Option<u32>,
        spots: &[Spot],
        resolve: impl Fn(&PageUrl) -> Option<u32>,
        parse: impl Fn(&str) -> Option<PageUrl>,
    ) -> Option<Screens> {
        let terminal = self.terminal?;
        let known = |to: &PageUrl| resolve(to).filter(|&t| matches!(spots[t as usize], Spot::Page | Spot::Unread));
        // A route names a screen where a browser met it, else the page that draws it.
        let at = |address: &str| {
            let page = parse(address)?;
            let route = address.split_once('#').map_or("", |(_, route)| route);
            known(&page.screen(route)).or_else(|| known(&page))
        };
        let mut listed: HashMap<u32, Vec<u32>> = HashMap::new();
        for screen in &terminal.screens {
            if let Some(from) = at(&screen.address) {
                listed.entry(from).or_default().extend(screen.next.iter().filter_map(|to| at(to)));
            }
        }
        let start = terminal.start.as_deref().and_then(at).or(home);
        let mut builder = GraphBuilder::default();
        for (&at, note) in &self.notes {
            let mut out: Vec<u32> = note.all.iter().filter_map(&known).filter(|to| *to != at).collect();
            out.extend(listed.get(&at).into_iter().flatten());
            out.sort_unstable();
            out.dedup();
            builder.add(at, &out);
        }
        let graph = builder.finish(n);
        let reversed = graph.reversed();
        let from_start = graph.distances(start);
        let to_start = reversed.distances(start);
        // Nobody knows where a script or a server leads, and a screen that was not read may lead anywhere.
        let unsure = |at: u32| match self.notes.get(&at) {
            Some(note) => note.unknown || note.back,
            None => spots[at as usize] == Spot::Unread,
        };
        let maybe_to_start = reversed.distances((0..index(n)).filter(|&at| unsure(at)));
        let mut screens = Screens {
            help_screens: self.notes.values().flat_map(|n| &n.helps).filter_map(&known).collect(),
            help: usual(self.notes.values().filter_map(|n| n.help)),
            start_over: usual(self.notes.values().filter_map(|n| n.start_over)),
            any_unknown: self.notes.values().any(|n| n.unknown),
            keeps: self.notes.values().any(|n| n.keeps),
            empties: self.notes.values().any(|n| n.empties),
            notes: self.notes,
            graph,
            start,
            from_start,
            to_start,
            maybe_to_start,
            flows: Vec::new(),
            terminal,
        };
        screens.flows = screens.find_flows(&known, &at);
        Some(screens)
    }
}

/// Whether something is kept that the next person could meet.
fn keeps(kiosk: &Kiosk) -> bool {
    !kiosk.personal_keys.is_empty() || !kiosk.window_keys.is_empty()
}

/// The place that most have, if there is one.
fn usual(places: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for place in places {
        *counts.entry(place).or_insert(0) += 1;
    }
    let all: usize = counts.values().sum();
    let (place, most) = counts.into_iter().max_by_key(|(_, n)| *n)?;
    (all >= FEW && most as f64 >= MOSTLY * all as f64).then_some(place)
}

/// The screens of a kiosk.
#[derive(Debug)]
pub struct Screens {
    notes: BTreeMap<u32, Note>,
    /// Who leads to whom, by any means; over all addresses.
    graph: Graph,
    start: Option<u32>,
    from_start: Vec<u32>,
    to_start: Vec<u32>,
    maybe_to_start: Vec<u32>,
    help_screens: BTreeSet<u32>,
    help: Option<&'static str>,
    start_over: Option<&'static str>,
    any_unknown: bool,
    keeps: bool,
    empties: bool,
    flows: Vec<Flow>,
    /// The kiosk.
    pub terminal: Terminal,
}

impl Screens {
    /// The screen that a visit begins on.
    pub fn start(&self) -> Option<u32> {
        self.start
    }

    /// The ways to where something is done, and to where nothing leads on; the shortest first.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// The screens that were read, with their names, in the order of their addresses.
    pub fn names(&self) -> impl Iterator<Item = (u32, &str)> {
        self.notes.iter().map(|(at, note)| (*at, note.name.as_str()))
    }

    /// The screens that one leads to, by any means.
    pub fn out(&self, at: u32) -> &[u32] {
        self.graph.out(at)
    }

    /// Touches from the first screen; `None` where no way leads.
    pub fn touches(&self, at: u32) -> Option<u32> {
        self.from_start.get(at as usize).copied().filter(|d| *d != FAR)
    }

    pub(super) fn distances(&self) -> &[u32] {
        &self.from_start
    }

    fn find_flows(
        &self,
        known: &dyn Fn(&PageUrl) -> Option<u32>,
        known_address: &dyn Fn(&str) -> Option<u32>,
    ) -> Vec<Flow> {
        let sent: Vec<u32> = self.notes.values().flat_map(|n| &n.sent).filter_map(known).collect();
        let mut langs: Vec<&str> = self.notes.values().map(|n| n.lang.as_str()).collect();
        langs.sort_unstable();
        langs.dedup();
        let mut found = Vec::new();
        for (&at, note) in self.notes.iter().filter(|(at, _)| Some(**at) != self.start && self.touches(**at).is_some())
        {
            let ahead = note.forward.iter().filter_map(known).filter(|to| Some(*to) != self.start && *to != at);
            let has_ahead = ahead.count() > 0 || note.unknown;
            let dead = self.graph.out(at).is_empty() && !note.unknown && !note.back && !note.parts;
            // A screen that looks like the end and sends one more form is a step.
            let sends = note.sent.iter().filter_map(known).any(|to| Some(to) != self.start && to != at);
            let goes_on = note.goes_on.iter().filter_map(known).any(|to| Some(to) != self.start && to != at);
            let is_end = (note.is_confirmation && !sends && !goes_on)
                || (!has_ahead && sent.contains(&at) && !self.help_screens.contains(&at));
            if !is_end && !dead {
                continue;
            }
            let name = if langs.len() > 1 { format!("{} ({})", note.name, note.lang) } else { note.name.clone() };
            let way = self.way(at);
            let minutes = way.iter().filter_map(|at| self.notes.get(at)).map(|n| n.minutes).sum();
            found.push(Flow { name, goal: at, dead: dead && !is_end, way, minutes });
        }
        for flow in self.listed_flows(known_address) {
            if found.iter().all(|f| f.goal != flow.goal) || Some(flow.goal) == self.start {
                found.push(flow);
            }
        }
        found.sort_by_key(|flow| (flow.way.len(), flow.goal));
        found
    }

    /// The flows of the screens that were listed by hand: one to each that leads to no other. Several of them may be drawn on one
    /// page, which then stands in the way once.
    fn listed_flows(&self, known: &dyn Fn(&str) -> Option<u32>) -> Vec<Flow> {
        let listed = &self.terminal.screens;
        let places: HashMap<&str, usize> = listed.iter().enumerate().map(|(i, s)| (s.address.as_str(), i)).collect();
        let first = self.terminal.start.as_deref().and_then(|start| places.get(start).copied()).unwrap_or(0);
        let mut before: BTreeMap<usize, usize> = BTreeMap::new();
        let mut found: VecDeque<usize> = (!listed.is_empty()).then_some(first).into_iter().collect();
        let mut flows = Vec::new();
        while let Some(at) = found.pop_front() {
            let onward: Vec<usize> = listed[at].next.iter().filter_map(|to| places.get(to.as_str()).copied()).collect();
            if onward.is_empty() && at != first {
                let mut way = vec![at];
                while let Some(earlier) = way.last().and_then(|last| before.get(last)) {
                    way.push(*earlier);
                }
                way.reverse();
                let Some(goal) = known(&listed[at].address) else { continue };
                let mut way: Vec<u32> = way.iter().filter_map(|at| known(&listed[*at].address)).collect();
                way.dedup();
                let minutes = way.iter().filter_map(|at| self.notes.get(at)).map(|n| n.minutes).sum();
                flows.push(Flow { name: listed[at].name.clone(), goal, dead: false, way, minutes });
            }
            for to in onward {
                if to != first && !before.contains_key(&to) {
                    before.insert(to, at);
                    found.push_back(to);
                }
            }
        }
        flows
    }

    /// The shortest way from the first screen, over the screens with the smallest numbers.
    fn way(&self, goal: u32) -> Vec<u32> {
        let mut way = vec![goal];
        let mut at = goal;
        while let Some(left) = self.touches(at).filter(|d| *d > 0) {
            let is_before =
                |from: &u32| self.from_start[*from as usize] == left - 1 && self.graph.out(*from).contains(&at);
            let Some(before) = self.notes.keys().copied().find(|from| is_before(from)) else { break };
            way.push(before);
            at = before;
        }
        way.reverse();
        way
    }
}

/// What could be told of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sure {
    /// It is so.
    Yes,
    /// It is not.
    No,
    /// A script, a server or an unread screen decides.
    Unknown,
}

impl SiteFacts {
    /// How many screens it leads to; and whether more may be hidden in scripts.
    pub fn screen_exits(&self, page: &PageFacts) -> Option<(usize, bool)> {
        let (screens, at) = self.screen(page)?;
        let note = screens.notes.get(&at)?;
        Some((screens.graph.out(at).len() + usize::from(note.back), note.unknown || note.parts))
    }

    /// Whether a way leads back to the first screen; `None` on that screen.
    pub fn screen_returns(&self, page: &PageFacts) -> Option<Sure> {
        let (screens, at) = self.screen(page)?;
        if screens.start.is_none() || screens.start == Some(at) {
            return None;
        }
        Some(match () {
            () if screens.to_start[at as usize] != FAR => Sure::Yes,
            () if screens.maybe_to_start[at as usize] != FAR => Sure::Unknown,
            () => Sure::No,
        })
    }

    /// Whether a way leads to it from the first screen.
    pub fn screen_is_reached(&self, page: &PageFacts) -> Option<Sure> {
        let (screens, at) = self.screen(page)?;
        screens.start?;
        Some(match () {
            () if screens.touches(at).is_some() => Sure::Yes,
            () if screens.any_unknown || !self.complete => Sure::Unknown,
            () => Sure::No,
        })
    }

    /// Whether a visit begins on it.
    pub fn is_first_screen(&self, page: &PageFacts) -> Option<bool> {
        let (screens, at) = self.screen(page)?;
        screens.start.map(|start| start == at)
    }

    /// Whether help on other screens leads to it.
    pub fn is_help_screen(&self, page: &PageFacts) -> Option<bool> {
        let (screens, at) = self.screen(page)?;
        Some(screens.help_screens.contains(&at))
    }

    /// Whether something is done there, so that a visit may end.
    pub fn is_last_screen(&self, page: &PageFacts) -> Option<bool> {
        let (screens, at) = self.screen(page)?;
        let goes_on =
            |note: &Note| note.goes_on.iter().filter_map(|to| self.leads_to(to)).any(|to| Some(to) != screens.start);
        let ends = |note: &Note| note.is_confirmation && note.sent.is_empty() && !goes_on(note);
        let ends = screens.notes.get(&at).is_some_and(ends);
        Some(ends || screens.flows.iter().any(|flow| flow.goal == at && !flow.dead))
    }

    /// Whether the control of that purpose stands elsewhere than on most screens.
    pub fn screen_moves(&self, page: &PageFacts, wanted: u16) -> Option<bool> {
        let (screens, _) = self.screen(page)?;
        let usual = if wanted == purpose::HELP { screens.help } else { screens.start_over };
        let own = page.spot_of(wanted)?;
        usual.map(|usual| usual != own)
    }

    /// How many controls lead to a screen in another language than this one, without being a choice of language.
    pub fn language_lost(&self, page: &PageFacts) -> Option<usize> {
        let (screens, at) = self.screen(page)?;
        let note = screens.notes.get(&at).filter(|n| !n.lang.is_empty() && screens.start != Some(at))?;
        let mut to: Vec<u32> = note.kept_language.iter().filter_map(|to| self.leads_to(to)).collect();
        to.sort_unstable();
        to.dedup();
        let other = |to: &u32| screens.notes.get(to).is_some_and(|n| !n.lang.is_empty() && n.lang != note.lang);
        Some(to.iter().filter(|to| Some(**to) != screens.start && other(to)).count())
    }

    /// Whether what screens keep of a person is thrown away somewhere; `None` where nothing is kept.
    pub fn session_is_cleared(&self) -> Option<bool> {
        let screens = self.screens.as_ref()?;
        screens.keeps.then_some(screens.empties)
    }

    /// The longest of the flows that end: its screens and its minutes.
    pub fn longest_flow(&self) -> Option<(usize, f64)> {
        let flows = self.screens.as_ref()?.flows.iter().filter(|flow| !flow.dead);
        let all: Vec<_> = flows.map(|flow| (flow.way.len(), flow.minutes)).collect();
        let screens = all.iter().map(|(n, _)| *n).max()?;
        Some((screens, all.iter().map(|(_, minutes)| *minutes).fold(0.0, f64::max)))
    }

    fn screen(&self, page: &PageFacts) -> Option<(&Screens, u32)> {
        self.screens.as_ref().zip(self.index_of(&page.url))
    }
}
