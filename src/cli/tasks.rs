//! Top tasks: declared ones, or guesses, walked over the links of the site from where people begin to
//! where it is done. It measures the way; what the pages keep comes from the rules.

mod guess;
mod kiosk;
mod row;
mod voices;

use super::setup::Setup;
use crate::config::{Spot, Task};
use crate::facts::{Address, Ending, PageFacts, SiteFacts, plain};
use crate::history::{HistoryError, Store, Stuck, TaskState, Tasks};
use crate::model::{Gathered, PageUrl};
use crate::score::{FlowWay, Ways, flow_weights};
use guess::Candidates;
use row::Book;
use std::collections::BTreeMap;

/// Links to declared ends on other hosts that are kept. Our choice; it bounds memory.
const MAX_OUTSIDE: usize = 10_000;

/// Links from the site to ends of tasks that lie on other hosts, taken in while the pages are read.
pub(super) struct Outside<'t> {
    goals: Vec<&'t Spot>,
    found: Vec<(PageUrl, PageUrl)>,
}

impl<'t> Outside<'t> {
    pub(super) fn new(tasks: &'t [Task]) -> Self {
        let goals = tasks.iter().flat_map(|task| &task.goals).filter(|goal| goal.is_whole()).collect();
        Self { goals, found: Vec::new() }
    }

    pub(super) fn add(&mut self, page: &PageFacts) {
        if self.goals.is_empty() {
            return;
        }
        for to in page.links.iter().filter_map(|l| l.page.as_ref()) {
            let is_goal = self.goals.iter().any(|goal| goal.names(to, to));
            if is_goal && self.found.len() < MAX_OUTSIDE {
                self.found.push((page.url.clone(), to.clone()));
            }
        }
    }
}

/// What is kept of a page that was judged.
struct Note {
    q: f64,
    reading: f64,
    filling: f64,
    ending: Ending,
    drawn: bool,
    /// Whether it is there to search.
    search: bool,
    /// The message of a problem that nobody gets past.
    blocker: Option<Box<str>>,
    /// Whether the blocker stands on the page as a whole, and not only on its form.
    shut: bool,
    sends_to: Vec<u32>,
    /// Folders that what comes after its form may lie in.
    sends_into: Vec<Box<str>>,
}

/// Whether a walk follows links that stand in the foot of a page alone, and those of a search page: they
/// lead everywhere, and are not the way that people are shown.
#[derive(Clone, Copy)]
enum Foot {
    With,
    Without,
}

/// Where a walk ended, and what that means.
struct End {
    state: TaskState,
    stuck: Option<Stuck>,
    way: Vec<u32>,
    /// What comes after the way: an address that is not among those of the site.
    beyond: Option<PageUrl>,
}

/// Walks the tasks of a site.
pub(super) struct Walker<'w> {
    setup: &'w Setup,
    site: &'w SiteFacts,
    gathered: &'w Gathered,
    notes: Vec<Option<Note>>,
    /// Pages that lead to declared ends on other hosts, with those ends.
    outside: Vec<(u32, PageUrl)>,
    candidates: Candidates,
}

impl<'w> Walker<'w> {
    pub(super) fn new(setup: &'w Setup, site: &'w SiteFacts, gathered: &'w Gathered, outside: Outside<'_>) -> Self {
        let inner = |(from, to): (PageUrl, PageUrl)| match site.leads_to(&to) {
            None => site.index_of(&from).map(|from| (from, to)),
            Some(_) => None,
        };
        let outside = outside.found.into_iter().filter_map(inner).collect();
        let notes = std::iter::repeat_with(|| None).take(site.len()).collect();
        Self { setup, site, gathered, notes, outside, candidates: Candidates::default() }
    }

    fn tasks(&self) -> &'w [Task] {
        &self.setup.config.tasks
    }

    /// The pages of each declared task, by which pages are weighed: the way with the fewest clicks. It does
    /// not depend on what is wrong with the pages, so that mending one moves no weight.
    pub(super) fn pages(&self) -> Vec<Vec<u32>> {
        let pages = |task: &Task| {
            let goals = self.goals(task);
            let Some(start) = self.start(task) else { return goals };
            let outside = || self.outside.iter().filter(|(_, to)| is_goal(task, to)).map(|(from, _)| *from);
            let way = |foot: Foot| {
                let links = |page: u32, onward: &mut Vec<u32>| self.links(page, foot, onward);
                let ways = Ways::new(self.site.len(), start, |_| 1.0, links);
                let end = ways.best(goals.iter().copied()).or_else(|| ways.best(outside()))?;
                Some(ways.way(end))
            };
            let mut way = way(Foot::Without).or_else(|| way(Foot::With)).unwrap_or(goals.clone());
            way.push(start);
            way.retain(|&page| self.site.is_page(page));
            way.sort_unstable();
            way.dedup();
            way
        };
        self.tasks().iter().map(pages).collect()
    }

    /// Takes in a page that was judged; `blocker` is the message of the first problem of that severity,
    /// and whether it is about the page as a whole.
    pub(super) fn add(&mut self, page: &PageFacts, q: f64, weight: f64, blocker: Option<(&str, bool)>) {
        let Some(at) = self.site.index_of(&page.url) else { return };
        let stop = page.stop();
        if self.tasks().is_empty() {
            self.candidates.add(at, page, &stop, weight);
        }
        let sends_into = std::iter::once(&page.url).chain(&stop.sends_to).map(folder).map(Into::into);
        let sends_into = if stop.sends { sends_into.collect() } else { Vec::new() };
        let sends_to = stop.sends_to.iter().filter_map(|to| self.site.leads_to(to)).filter(|to| *to != at).collect();
        self.notes[at as usize] = Some(Note {
            q,
            reading: stop.reading,
            filling: stop.filling,
            ending: stop.ending,
            drawn: page.drawn_by_script,
            search: page.kind.name == "search",
            blocker: blocker.map(|(message, _)| message.into()),
            shut: blocker.is_some_and(|(_, whole)| whole),
            sends_to,
            sends_into,
        });
    }

    /// Walks all tasks, after the last page.
    pub(super) fn finish(self, store: &Store, run: i64) -> Result<Tasks, HistoryError> {
        let mut book = Book::new(store, run);
        let home = match self.site.home() {
            Some(home) => book.page(self.url(home))?,
            None => None,
        };
        let from_home =
            self.site.home().map(|home| [Foot::Without, Foot::With].map(|foot| self.ways(home, foot, true)));
        let mut rows = Vec::new();
        // At a kiosk people are led; nobody looks for a way from a home page.
        let from = home.as_deref().filter(|_| self.site.screens.is_none());
        for (name, words, end) in self.ends(from_home.as_ref()) {
            rows.push(self.row(name, words, false, &end, from, &mut book)?);
        }
        if let (true, Some(home), Some(ways)) = (self.tasks().is_empty(), from, &from_home) {
            for guess in self.candidates.guesses(self.site, home) {
                let end = self.end(ways, &[guess.goal], &[], &[]);
                rows.push(self.row(&guess.name, &[], true, &end, Some(home), &mut book)?);
            }
        }
        let kiosk = self.kiosk(&self.site.today);
        let mut tasks = Tasks { rows, kiosk, ..Tasks::default() };
        voices::share(&mut tasks, self.tasks(), &self.setup.heard);
        Ok(tasks)
    }

    /// The ends of the declared tasks; where none is declared, those of the flows of a kiosk.
    fn ends(&self, from_home: Option<&[Ways; 2]>) -> Vec<(&'w str, &'w [String], End)> {
        let tasks = self.tasks().iter();
        let mut ends: Vec<_> =
            tasks.map(|task| (task.name.as_str(), task.words.as_slice(), self.walk(task, from_home))).collect();
        if let (true, Some(screens), Some(ways)) = (ends.is_empty(), &self.site.screens, from_home) {
            let flows = screens.flows().iter();
            ends.extend(flows.map(|f| (f.name.as_str(), [].as_slice(), self.end(ways, &[f.goal], &[], &[]))));
        }
        ends
    }

    /// What screens weigh by the flows of a kiosk, once all were added, and the share of flows that could not be
    /// walked; `None` for a website, and where no flow was found.
    pub(super) fn flow_weights(&self) -> Option<(BTreeMap<u32, f64>, f64)> {
        self.site.screens.as_ref()?;
        let from_home =
            self.site.home().map(|home| [Foot::Without, Foot::With].map(|foot| self.ways(home, foot, true)));
        let ends = self.ends(from_home.as_ref());
        let is_walked = |end: &End| matches!(end.state, TaskState::Clear | TaskState::Blocked) && !end.way.is_empty();
        let flow = |end: &End| FlowWay { way: end.way.clone(), blocked: end.state == TaskState::Blocked };
        let walked: Vec<FlowWay> = ends.iter().map(|(.., end)| end).filter(|end| is_walked(end)).map(flow).collect();
        let unread = 1.0 - walked.len() as f64 / ends.len().max(1) as f64;
        let quality = |at: u32| self.note(at).map_or(1.0, |note| note.q);
        (!walked.is_empty()).then(|| (flow_weights(&walked, quality), unread))
    }

    fn url(&self, at: u32) -> &'w PageUrl {
        &self.gathered.targets[at as usize].url
    }

    fn note(&self, at: u32) -> Option<&Note> {
        self.notes[at as usize].as_ref()
    }

    /// The address that is meant, also where only a slash at the end differs.
    fn known(&self, url: &PageUrl) -> Option<u32> {
        let slash = |url: &PageUrl| match url.as_str().strip_suffix('/') {
            Some(bare) => PageUrl::parse(bare).ok(),
            None => PageUrl::parse(&format!("{url}/")).ok(),
        };
        let lead = |url: &PageUrl| self.site.leads_to(url).or_else(|| self.site.index_of(url));
        lead(url).or_else(|| slash(url).and_then(|url| lead(&url)))
    }

    fn start(&self, task: &Task) -> Option<u32> {
        match &task.start {
            Some(spot) => spot.address(&self.site.start).and_then(|url| self.known(&url)),
            None => self.site.home(),
        }
    }

    /// The addresses of the site that the task is done at. One that leads to the home page instead is left out.
    fn goals(&self, task: &Task) -> Vec<u32> {
        let home = &self.site.start;
        let mut goals: Vec<u32> = Vec::new();
        for goal in &task.goals {
            if let Some(url) = goal.address(home) {
                let leads_home = |at: &u32| Some(*at) == self.site.home() && url.path() != home.path();
                goals.extend(self.known(&url).filter(|at| !leads_home(at)));
            } else {
                let named = self.gathered.targets.iter().filter(|t| goal.names(&t.url, home));
                goals.extend(named.filter_map(|t| self.known(&t.url)));
            }
        }
        goals.sort_unstable();
        goals.dedup();
        goals
    }

    fn links(&self, page: u32, foot: Foot, onward: &mut Vec<u32>) {
        if let Some(screens) = &self.site.screens {
            onward.extend(screens.out(page));
            return;
        }
        match foot {
            Foot::With => onward.extend(self.site.graph.out(page)),
            Foot::Without => onward.extend(self.site.out_above_foot(page)),
        }
    }

    /// The ways from a page. Unless `blockers` end them, they lead through everything that was read.
    fn ways(&self, start: u32, foot: Foot, blockers: bool) -> Ways {
        let links = |page: u32, onward: &mut Vec<u32>| {
            let ends = |note: &Note| (blockers && note.shut) || (note.search && matches!(foot, Foot::Without));
            if let Some(note) = self.note(page).filter(|note| !ends(note)) {
                self.links(page, foot, onward);
                onward.extend(&note.sends_to);
            }
        };
        Ways::new(self.site.len(), start, |page| self.note(page).map_or(1.0, |note| note.q), links)
    }

    fn walk(&self, task: &Task, from_home: Option<&[Ways; 2]>) -> End {
        let Some(start) = self.start(task) else {
            let beyond = task.start.as_ref().and_then(|spot| spot.address(&self.site.start));
            let (state, stuck) = match self.site.complete && task.start.is_some() {
                true => (TaskState::Blocked, Stuck::Missing),
                false => (TaskState::NotChecked, Stuck::Unread),
            };
            return End { state, stuck: Some(stuck), way: Vec::new(), beyond };
        };
        let at_start = |state, stuck| End { state, stuck: Some(stuck), way: vec![start], beyond: None };
        match self.site.address(start) {
            Address::Missing => return at_start(TaskState::Blocked, Stuck::Missing),
            Address::Unread | Address::Forbidden => return at_start(TaskState::NotChecked, Stuck::Unread),
            Address::Page | Address::File => {}
        }
        let own;
        let ways = match from_home.filter(|_| Some(start) == self.site.home()) {
            Some(ways) => ways,
            None => {
                own = [Foot::Without, Foot::With].map(|foot| self.ways(start, foot, true));
                &own
            }
        };
        let goals = self.goals(task);
        let outside: Vec<_> = self.outside.iter().filter(|(_, to)| is_goal(task, to)).collect();
        let wanted: Vec<PageUrl> = task.goals.iter().filter_map(|goal| goal.begins(&self.site.start)).collect();
        let end = self.end(ways, &goals, &outside, &wanted);
        if end.way.is_empty() && end.beyond.is_none() {
            let beyond = task.goals.iter().find_map(|goal| goal.address(&self.site.start));
            return End { way: vec![start], beyond, ..end };
        }
        end
    }

    /// The end of a walk; links in the foot of pages, and those of search pages, are taken where no others lead there.
    fn end(&self, ways: &[Ways; 2], goals: &[u32], outside: &[&(u32, PageUrl)], wanted: &[PageUrl]) -> End {
        let [above, all] = ways;
        let there = self.to(above, goals, outside).or_else(|| self.to(all, goals, outside));
        there.unwrap_or_else(|| self.stuck(all, goals, wanted))
    }

    /// The end of a walk that comes somewhere: to a goal, or to what was not audited.
    fn to(&self, ways: &Ways, goals: &[u32], outside: &[&(u32, PageUrl)]) -> Option<End> {
        let is = |at: u32, address: Address| self.site.address(at) == address;
        let is_open = |at: &u32| match self.note(*at) {
            Some(note) => note.blocker.is_none(),
            None => is(*at, Address::File),
        };
        let not_checked = |stuck, way| End { state: TaskState::NotChecked, stuck: Some(stuck), way, beyond: None };
        if let Some(goal) = ways.best(goals.iter().copied().filter(is_open)) {
            let way = ways.way(goal);
            let is_drawn = self.note(goal).is_some_and(|note| note.drawn || note.ending == Ending::Frame);
            if is_drawn {
                return Some(not_checked(Stuck::Drawn, way));
            }
            return Some(End { state: TaskState::Clear, stuck: None, way, beyond: None });
        }
        if let Some(from) = ways.best(outside.iter().map(|(from, _)| *from)) {
            let beyond = outside.iter().find(|(at, _)| *at == from).map(|(_, to)| to.clone());
            return Some(End { beyond, ..not_checked(Stuck::Elsewhere, ways.way(from)) });
        }
        let is_unread = |at: &u32| is(*at, Address::Unread) || is(*at, Address::Forbidden);
        let unread = ways.best(goals.iter().copied().filter(is_unread))?;
        Some(not_checked(Stuck::Unread, ways.way(unread)))
    }

    /// The end of a walk that comes to no goal: where it gets stuck, if that is sure. `wanted` is what the
    /// goals begin with, also of those that are not known.
    fn stuck(&self, ways: &Ways, goals: &[u32], wanted: &[PageUrl]) -> End {
        let end = |state, stuck, way| End { state, stuck: Some(stuck), way, beyond: None };
        if let Some(goal) = ways.best(goals.iter().copied().filter(|at| self.note(*at).is_some())) {
            return end(TaskState::Blocked, Stuck::Blocker, ways.way(goal));
        }
        if let Some(goal) = ways.best(goals.iter().copied()) {
            return end(TaskState::Blocked, Stuck::Missing, ways.way(goal));
        }
        // What was not read, or is drawn by a script, may lead on.
        let all = || (0..u32::try_from(self.notes.len()).unwrap_or(u32::MAX)).filter(|at| ways.reach(*at));
        let may_lead_on = |at: u32| match self.note(at) {
            Some(note) => note.drawn,
            None => self.site.address(at) == Address::Unread,
        };
        // No form is ever sent, so that what lies behind one is known to nobody.
        let is_behind = |at: &u32| {
            let into = self.note(*at).map_or(&[][..], |note| &note.sends_into);
            into.iter().any(|into| wanted.iter().any(|goal| lies_in(goal, into)))
        };
        if let Some(form) = ways.best(all().filter(is_behind)) {
            return end(TaskState::NotChecked, Stuck::Form, ways.way(form));
        }
        let state = if all().any(may_lead_on) { TaskState::NotChecked } else { TaskState::Blocked };
        let unsure = state == TaskState::NotChecked;
        let is_shut = |at: u32| self.note(at).is_some_and(|note| note.shut);
        if let Some(shut) = ways.best(all().filter(|at| is_shut(*at))) {
            let past = self.ways(ways.way(shut).first().copied().unwrap_or(shut), Foot::With, false);
            if let Some(goal) = past.best(goals.iter().copied()) {
                let mut way = past.way(goal);
                let last = way.iter().position(|at| is_shut(*at)).unwrap_or(0);
                way.truncate(last + 1);
                return end(state, Stuck::Blocker, way);
            }
        }
        let is_gone = |at: &&u32| self.site.address(**at) == Address::Missing;
        if let Some(gone) = goals.iter().find(is_gone) {
            return End {
                beyond: Some(self.url(*gone).clone()),
                ..end(TaskState::Blocked, Stuck::Missing, Vec::new())
            };
        }
        let beyond = goals.first().map(|goal| self.url(*goal).clone());
        let is_unread = goals.first().is_some_and(|goal| self.site.address(*goal) != Address::Page);
        if unsure || !self.site.complete || is_unread {
            return End { beyond, ..end(TaskState::NotChecked, Stuck::Unread, Vec::new()) };
        }
        End { beyond, ..end(TaskState::Blocked, Stuck::Unlinked, Vec::new()) }
    }
}

/// The address up to its last slash.
fn folder(url: &PageUrl) -> String {
    let text = url.as_str().split('?').next().unwrap_or("");
    text.rfind('/').map_or("", |at| &text[..=at]).to_owned()
}

/// Whether an address lies in a folder; in that of the home page, where nothing lies between.
fn lies_in(url: &PageUrl, into: &str) -> bool {
    let is_root = into.matches('/').count() == 3;
    url.as_str().strip_prefix(into).is_some_and(|rest| !is_root || !rest.contains('/'))
}

fn is_goal(task: &Task, url: &PageUrl) -> bool {
    task.goals.iter().any(|goal| goal.is_whole() && goal.names(url, url))
}

/// Whether a text has all words of a phrase; a longer form of a word counts.
pub(super) fn has_words(text: &str, phrase: &str) -> bool {
    let text = plain(text);
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let has = words(&text);
    let wanted = words(&plain(phrase));
    // From four letters on, a word may go on: "permit" stands in "permits". Our choice.
    let is = |word: &String, has: &String| has == word || (word.chars().count() >= 4 && has.starts_with(word.as_str()));
    !wanted.is_empty() && wanted.iter().all(|word| has.iter().any(|h| is(word, h)))
}
