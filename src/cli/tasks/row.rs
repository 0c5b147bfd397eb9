//! What is told of a task that was walked: its steps with their words and minutes, its score, its stars.

use super::{End, Walker, has_words};
use crate::facts::{Address, Ending, Link, PageFacts};
use crate::history::{HistoryError, Store, Stuck, TaskRow, TaskState, TaskStep};
use crate::model::{PageUrl, Region};
use crate::score::{FromHome, Merits, path_score, stars};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Dead ends of a task that are listed. Our choice; the others are counted.
const DEAD_ENDS: usize = 5;

/// Characters of a title or of the words of a link that are kept. Our choice: a line of the report.
const MAX_TEXT: usize = 120;

/// The pages on the ways, taken from the store when they are needed.
pub(super) struct Book<'b> {
    store: &'b Store,
    run: i64,
    pages: HashMap<PageUrl, Option<Rc<PageFacts>>>,
}

impl<'b> Book<'b> {
    pub(super) fn new(store: &'b Store, run: i64) -> Self {
        Self { store, run, pages: HashMap::new() }
    }

    pub(super) fn page(&mut self, url: &PageUrl) -> Result<Option<Rc<PageFacts>>, HistoryError> {
        if let Some(page) = self.pages.get(url) {
            return Ok(page.clone());
        }
        let page = self.store.facts_of(self.run, url)?.map(Rc::new);
        self.pages.insert(url.clone(), page.clone());
        Ok(page)
    }
}

/// What a page is called: its first heading, else its title.
pub(super) fn name(page: &PageFacts) -> String {
    let heading = page.headings.iter().find(|h| h.level == 1).or(page.headings.first());
    let heading = heading.map(|h| h.text.as_str()).filter(|text| !text.is_empty());
    shown(heading.unwrap_or(&page.title))
}

fn shown(text: &str) -> String {
    crate::audit::mask(&crate::facts::shorten(text, MAX_TEXT))
}

impl Walker<'_> {
    pub(super) fn row(
        &self,
        name: &str,
        words: &[String],
        guessed: bool,
        end: &End,
        home: Option<&PageFacts>,
        book: &mut Book<'_>,
    ) -> Result<TaskRow, HistoryError> {
        let state = match end.state {
            TaskState::Blocked if guessed => TaskState::Check,
            state => state,
        };
        let blocked = state == TaskState::Blocked;
        let (steps, pages) = self.steps(end, book)?;
        let qualities = || end.way.iter().filter_map(|at| self.note(*at)).map(|note| note.q);
        let score = match state {
            TaskState::Clear => Some(path_score(qualities())),
            TaskState::Blocked => Some(0.0),
            TaskState::Check | TaskState::NotChecked => None,
        };
        let last = end.way.last().copied();
        let ends = last.filter(|_| state == TaskState::Clear).map(|at| match self.note(at) {
            Some(note) => note.ending,
            None => Ending::File,
        });
        let first = end.way.first().and_then(|at| self.site.clicks_from_home(self.url(*at)));
        let clicks = first.map(|first| first + u32::try_from(end.way.len()).unwrap_or(u32::MAX).saturating_sub(1));
        let clicks = clicks.filter(|_| end.beyond.is_none());
        let (from_home, home_link) = match home {
            Some(home) => self.found_from_home(home, words, end),
            None => (None, None),
        };
        let dead_ends = self.dead_ends(&end.way, &pages);
        let reading = steps.iter().map(|step| step.reading).sum();
        let filling = steps.iter().map(|step| step.filling).sum();
        let dead_ends_count = u32::try_from(dead_ends.len()).unwrap_or(u32::MAX);
        let merits = Merits {
            blocked,
            score: score.unwrap_or(0.0),
            // A kiosk leads people screen by screen, so that no step of it is far.
            clicks: clicks.filter(|_| self.site.screens.is_none()),
            from_home,
            file_only: ends == Some(Ending::File),
            dead_ends: dead_ends_count,
            minutes: reading + filling,
        };
        let (stars, flaws) = match score {
            Some(_) => stars(&merits),
            None => (0, Vec::new()),
        };
        let blocker = last.and_then(|at| self.note(at)).and_then(|note| note.blocker.as_deref());
        Ok(TaskRow {
            name: shown(name),
            guessed,
            score,
            stars: score.map(|_| stars),
            blocked,
            steps,
            state,
            stuck: end.stuck,
            message: blocker.filter(|_| end.stuck == Some(Stuck::Blocker)).map(str::to_owned),
            ends,
            clicks,
            from_home,
            home_link,
            reading,
            filling,
            dead_ends: dead_ends.into_iter().take(DEAD_ENDS).collect(),
            dead_ends_count,
            flaws,
            searches: Vec::new(),
            calls: Vec::new(),
        })
    }

    /// The steps of a way, and the pages that it leads over.
    fn steps(&self, end: &End, book: &mut Book<'_>) -> Result<(Vec<TaskStep>, Vec<Rc<PageFacts>>), HistoryError> {
        let (mut steps, mut pages): (Vec<TaskStep>, Vec<Rc<PageFacts>>) = (Vec::new(), Vec::new());
        let mut before: Option<Rc<PageFacts>> = None;
        for (place, &at) in end.way.iter().enumerate() {
            let note = self.note(at);
            let page = book.page(self.url(at))?;
            let next = end.way.get(place + 1);
            // A form is filled in where the way ends, and where nothing but the form leads on.
            let sends = note.is_some_and(|note| {
                let by_link = |next: &u32| self.site.graph.out(at).contains(next);
                next.map_or(end.beyond.is_none(), |next| !by_link(next) && note.sends_to.contains(next))
            });
            let link = before.as_ref().and_then(|page| self.link(page, |to| self.site.leads_to(to) == Some(at)));
            steps.push(TaskStep {
                url: self.url(at).clone(),
                title: page.as_ref().map(|page| name(page)).unwrap_or_default(),
                link,
                score: note.map(|note| 100.0 * note.q),
                reading: note.map_or(0.0, |note| note.reading),
                filling: note.filter(|_| sends).map_or(0.0, |note| note.filling),
                stuck: end.stuck.filter(|_| next.is_none() && end.beyond.is_none()),
            });
            pages.extend(page.clone());
            before = page;
        }
        if let Some(beyond) = &end.beyond {
            steps.push(TaskStep {
                url: beyond.clone(),
                title: String::new(),
                link: before.as_ref().and_then(|page| self.link(page, |to| to == beyond)),
                score: None,
                reading: 0.0,
                filling: 0.0,
                stuck: end.stuck,
            });
        }
        Ok((steps, pages))
    }

    /// The words of the link that leads on: one of the main content, where there is one.
    fn link(&self, page: &PageFacts, leads: impl Fn(&PageUrl) -> bool) -> Option<String> {
        let found = |l: &&Link| !l.text.is_empty() && l.page.as_ref().is_some_and(&leads);
        let main = page.links.iter().filter(|l| l.region == Region::Main).find(found);
        main.or_else(|| page.links.iter().find(found)).map(|l| shown(&l.text))
    }

    /// How the home page leads to a page of the way, and by which words.
    fn found_from_home(&self, home: &PageFacts, words: &[String], end: &End) -> (Option<FromHome>, Option<String>) {
        let onward: Vec<u32> = end.way.iter().copied().filter(|at| Some(*at) != self.site.home()).collect();
        if onward.is_empty() && end.state == TaskState::Clear {
            return (Some(FromHome::Itself), None);
        }
        let leads =
            |l: &&Link| l.page.as_ref().and_then(|to| self.site.leads_to(to)).is_some_and(|to| onward.contains(&to));
        let links: Vec<&Link> = home.links.iter().filter(leads).filter(|l| !l.text.is_empty()).collect();
        let by_words = |l: &&&Link| words.iter().any(|phrase| has_words(&l.text, phrase));
        let text = |link: &Link| Some(shown(&link.text));
        let shown_first = links.iter().find(|l| l.region == Region::Main).or(links.first());
        match (links.iter().find(by_words), shown_first) {
            (Some(link), _) => (Some(FromHome::Words), text(link)),
            (None, Some(link)) if words.is_empty() => (Some(FromHome::Link), text(link)),
            (None, Some(link)) => (Some(FromHome::OtherWords), text(link)),
            (None, None) => (Some(FromHome::NoLink), None),
        }
    }

    /// What the main content of the pages on the way leads to and nobody gets on from. The home page
    /// leads to everything, and is left out.
    fn dead_ends(&self, way: &[u32], pages: &[Rc<PageFacts>]) -> BTreeSet<PageUrl> {
        let ends = |to: &PageUrl| {
            let Some(at) = self.site.leads_to(to).filter(|at| !way.contains(at)) else { return false };
            match self.site.address(at) {
                Address::Missing => true,
                Address::Page => self.site.closed_part(to).is_some_and(|size| size > 0),
                Address::File | Address::Unread | Address::Forbidden => false,
            }
        };
        let home = self.site.home().map(|home| self.url(home));
        let pages = pages.iter().filter(|page| Some(&page.url) != home);
        let links = pages.flat_map(|page| page.links.iter().filter(|l| l.region == Region::Main && !l.acts));
        links.filter_map(|l| l.page.as_ref()).filter(|to| ends(to)).cloned().collect()
    }
}
