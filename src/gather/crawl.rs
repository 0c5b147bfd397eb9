//! Follows a live site level by level. It must never let the speed of a server decide which pages
//! are read: what counts is depth, the order of the parents, and the place of the link.

use super::fetch::{Answer, Fetcher, MAX_REDIRECTS};
use super::pool::Visitors;
use super::{GatherError, Plan, Progress, Scope, Watch, explained, gathered, http};
use crate::model::{Gathered, LinkRole, NextLink, PageUrl, Reached, Role, Target, Why};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use url::Url;

/// Bytes of an address that is asked for at most: RFC 9110 §4.1 wants servers to take 8,000.
const MAX_ADDRESS: usize = 8000;

/// Answers that may be ready while one before them is still awaited. Our choice: their links stay
/// in memory so long.
const AHEAD: usize = 1024;

/// Whether links lead to further pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follow {
    Links,
    Nothing,
}

/// Gathers a live site from its start page, or a list of pages.
pub(super) fn gather(plan: &Plan, seeds: &[Url], follow: Follow, watch: Watch<'_>) -> Result<Gathered, GatherError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(GatherError::Network)?;
    Visitors::lend(watch.visit, |visitors| {
        let fetcher = Fetcher::new(plan, visitors, watch);
        let seeds: Vec<PageUrl> =
            seeds.iter().filter_map(|url| PageUrl::from_url(url.clone())).map(|url| fetcher.public(&url)).collect();
        let book = Book::new(&fetcher, plan, &seeds, follow, watch).ok_or(GatherError::EmptyList)?;
        runtime.block_on(Crawl { fetcher, book }.run(seeds))
    })
}

struct Crawl<'a> {
    fetcher: Fetcher<'a>,
    book: Book<'a>,
}

impl Crawl<'_> {
    async fn run(mut self, seeds: Vec<PageUrl>) -> Result<Gathered, GatherError> {
        let follows = self.book.follow == Follow::Links;
        for url in seeds {
            let learned = self.book.learn(url, None);
            self.book.found.extend(learned.map(|at| Candidate { at, hops: 0, is_start: follows && at == 0 }));
        }
        let level = self.book.next_level();
        if !follows {
            self.fetcher.settle();
        }
        self.level(level.into()).await;
        self.fetcher.settle();
        let probe_status = if follows { self.probe().await } else { None };
        let mut depth = 0;
        while !self.book.watch.stopped() && !self.book.found.is_empty() {
            depth += 1;
            let level = self.book.next_level();
            if self.book.plan.limits.depth.is_some_and(|max| depth > max) {
                self.book.leave(level, Why::MaxDepth);
                break;
            }
            self.level(level.into()).await;
        }
        self.parts().await;
        let mut gathered = self.book.close()?;
        gathered.probe_status = probe_status;
        Ok(gathered)
    }

    /// Reads one level in rounds. A round is as many candidates as there is room for pages: then
    /// every page that it finds may stay, and none that was left out would have come before.
    async fn level(&mut self, mut level: VecDeque<Candidate>) {
        loop {
            let room = self.book.plan.limits.max_pages.saturating_sub(self.book.pages);
            if self.book.watch.stopped() {
                return;
            }
            if room == 0 || level.is_empty() {
                break;
            }
            let round: Vec<Candidate> = level.drain(..room.min(level.len())).collect();
            let asks = round.iter().map(|c| (self.book.targets[c.at].url.clone(), Role::Page)).collect();
            let (fetcher, book) = (&self.fetcher, &mut self.book);
            ask_all(fetcher, asks, |number, answer| book.enter(fetcher, round[number], answer)).await;
            for candidate in self.book.redirected.drain(..).rev() {
                level.push_front(candidate);
            }
        }
        self.book.leave(level, Why::MaxPages);
    }

    /// How the site answers for an address that should not exist.
    async fn probe(&self) -> Option<u16> {
        // A site that gave no page needs no further question.
        if self.book.pages == 0 {
            return None;
        }
        let scope = self.book.scope.base();
        let hash = Sha256::digest(scope.host().as_bytes());
        let name: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let url = scope.join(&format!("plainway-{name}"))?;
        self.fetcher.ask(&url, Role::Probe).await.ok().map(|answer| answer.status)
    }

    /// Reads stylesheets and frames: last, since only now it is known which frames are pages.
    async fn parts(&mut self) {
        let mut wave = std::mem::take(&mut self.book.parts);
        for _ in 0..=MAX_REDIRECTS {
            wave.retain(|(url, _)| !self.book.is_page(url));
            if wave.is_empty() || self.book.watch.stopped() {
                return;
            }
            let (fetcher, book) = (&self.fetcher, &mut self.book);
            let roles: Vec<Role> = wave.iter().map(|(_, role)| *role).collect();
            ask_all(fetcher, wave, |number, answer| {
                if let Some(to) = answer.ok().and_then(|a| a.to) {
                    book.need(to, roles[number]);
                }
            })
            .await;
            wave = std::mem::take(&mut self.book.parts);
        }
    }
}

/// Asks for all, many at a time, and hands the answers over in the order of the asks. When the
/// crawl is stopped, the rest is neither asked for nor handed over.
async fn ask_all(fetcher: &Fetcher<'_>, asks: Vec<(PageUrl, Role)>, mut done: impl FnMut(usize, Result<Answer, Why>)) {
    let at_once = asks.first().map_or(1, |(url, _)| fetcher.connections(http::is_loopback(&url.to_url())));
    // Twice as many as connections: while half of the pages are looked at, the others come in.
    let at_once = (at_once * 2).max(32);
    let mut running = FuturesUnordered::new();
    let mut early = BTreeMap::new();
    let (mut asked, mut handed) = (0, 0);
    let mut asks = asks.into_iter();
    loop {
        while running.len() < at_once && asked < handed + AHEAD && !fetcher.is_stopped() {
            let Some((url, role)) = asks.next() else { break };
            let number = asked;
            running.push(async move { (number, fetcher.ask(&url, role).await) });
            asked += 1;
        }
        let Some((number, answer)) = running.next().await else { return };
        early.insert(number, answer);
        while let Some(answer) = early.remove(&handed) {
            done(handed, answer);
            handed += 1;
        }
    }
}

/// A known address that may be a page.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    // Its place among the targets.
    at: usize,
    // Redirects that led here.
    hops: usize,
    // Whether it is the start page, or where that redirects to.
    is_start: bool,
}

/// Everything that the crawl knows.
struct Book<'a> {
    plan: &'a Plan,
    follow: Follow,
    watch: Watch<'a>,
    scope: Scope,
    start: PageUrl,
    known: HashMap<PageUrl, usize>,
    targets: Vec<Target>,
    // Which targets have their place in a level, or need none.
    placed: Vec<bool>,
    // Links of this level, for the next one.
    found: Vec<Candidate>,
    // Where this round was redirected to.
    redirected: Vec<Candidate>,
    parts: Vec<(PageUrl, Role)>,
    known_parts: HashSet<PageUrl>,
    pages: usize,
    errors: usize,
    settled: usize,
}

impl<'a> Book<'a> {
    fn new(fetcher: &Fetcher<'_>, plan: &'a Plan, seeds: &[PageUrl], follow: Follow, watch: Watch<'a>) -> Option<Self> {
        let start = seeds.first()?.clone();
        let mut scope = Scope::new(fetcher.scope(&start));
        for url in seeds {
            scope.add_host(url);
        }
        Some(Self {
            plan,
            follow,
            watch,
            scope,
            start,
            known: HashMap::new(),
            targets: Vec::new(),
            placed: Vec::new(),
            found: Vec::new(),
            redirected: Vec::new(),
            parts: Vec::new(),
            known_parts: HashSet::new(),
            pages: 0,
            errors: 0,
            settled: 0,
        })
    }

    /// Notes an address, and returns its place if it is new and may be asked for. Until it is
    /// asked for it counts as interrupted: that is what it is if nothing more happens.
    fn learn(&mut self, url: PageUrl, from: Option<PageUrl>) -> Option<usize> {
        if self.known.contains_key(&url) {
            return None;
        }
        let at = self.targets.len();
        let askable = url.as_str().len() <= MAX_ADDRESS;
        let why = if askable { Why::Interrupted } else { Why::BadContent };
        self.settled += usize::from(!askable);
        self.known.insert(url.clone(), at);
        self.targets.push(Target { url, reached: Reached::Unread { why }, from });
        self.placed.push(!askable);
        askable.then_some(at)
    }

    /// What the last level linked to and no redirect has brought forward.
    fn next_level(&mut self) -> Vec<Candidate> {
        let mut level = std::mem::take(&mut self.found);
        level.retain(|candidate| !std::mem::replace(&mut self.placed[candidate.at], true));
        level
    }

    /// Notes what a candidate turned out to be.
    fn enter(&mut self, fetcher: &Fetcher<'_>, candidate: Candidate, answer: Result<Answer, Why>) {
        let reached = match answer {
            Err(why) => Reached::Unread { why },
            Ok(Answer { status, to: Some(to), .. }) => {
                self.redirect(candidate, &to);
                Reached::Redirect { status, to }
            }
            // A redirect to nowhere.
            Ok(Answer { status: 300..400, .. }) => Reached::Unread { why: Why::BadContent },
            Ok(Answer { status: status @ 400.., .. }) => Reached::Error { status },
            Ok(answer) if answer.is_page => {
                self.pages += 1;
                let from = self.targets[candidate.at].url.clone();
                for link in &answer.links {
                    self.accept(fetcher, link, &from);
                }
                Reached::Page
            }
            Ok(answer) => Reached::File { media_type: answer.media_type, bytes: answer.length },
        };
        self.settle(candidate, reached);
        (self.watch.progress)(Progress {
            pages: self.pages,
            queued: self.targets.len() - self.settled,
            bytes: fetcher.bytes(),
            errors: self.errors,
        });
    }

    fn settle(&mut self, candidate: Candidate, reached: Reached) {
        let robots = Reached::Unread { why: Why::Robots };
        let failed = matches!(reached, Reached::Unread { .. } | Reached::Error { .. }) && reached != robots;
        self.errors += usize::from(failed);
        self.settled += 1;
        self.targets[candidate.at].reached = reached;
    }

    fn redirect(&mut self, candidate: Candidate, to: &PageUrl) {
        if candidate.is_start && !self.scope.contains(to) {
            let mut base = to.to_url();
            base.set_path("/");
            base.set_query(None);
            if let Some(base) = PageUrl::from_url(base) {
                self.scope = Scope::new(base);
            }
        }
        if self.follow == Follow::Links && !self.scope.contains(to) {
            return;
        }
        if candidate.is_start {
            self.start = to.clone();
        }
        let from = self.targets[candidate.at].from.clone();
        let is_new = self.learn(to.clone(), from).is_some();
        // A page of this level may have put it into the next one; it is as near as the redirect.
        let Some(&at) = self.known.get(to).filter(|&&at| !self.placed[at]) else { return };
        let next = Candidate { at, hops: candidate.hops + 1, is_start: candidate.is_start };
        if next.hops <= MAX_REDIRECTS {
            self.placed[at] = true;
            self.redirected.push(next);
        } else if is_new {
            self.placed[at] = true;
            self.settle(next, Reached::Unread { why: Why::RedirectLoop });
        }
    }

    fn accept(&mut self, fetcher: &Fetcher<'_>, link: &NextLink, from: &PageUrl) {
        let url = fetcher.public(&link.url);
        if !self.scope.contains(&url) {
            return;
        }
        match link.role {
            LinkRole::Act => {}
            LinkRole::Sheet => self.need(url, Role::Sheet),
            LinkRole::Frame => self.need(url, Role::Frame),
            LinkRole::Page if self.follow == Follow::Nothing => {}
            LinkRole::Page => {
                let learned = self.learn(url, Some(from.clone()));
                self.found.extend(learned.map(|at| Candidate { at, hops: 0, is_start: false }));
            }
        }
    }

    /// Notes a stylesheet or frame. As many as pages at most (our choice), or a site that names a
    /// new one on each page would double the crawl.
    fn need(&mut self, url: PageUrl, role: Role) {
        let askable = self.scope.contains(&url) && url.as_str().len() <= MAX_ADDRESS;
        if askable && self.known_parts.len() < self.plan.limits.max_pages && self.known_parts.insert(url.clone()) {
            self.parts.push((url, role));
        }
    }

    fn is_page(&self, url: &PageUrl) -> bool {
        self.known.get(url).is_some_and(|&at| self.targets[at].reached == Reached::Page)
    }

    fn leave(&mut self, candidates: impl IntoIterator<Item = Candidate>, why: Why) {
        for candidate in candidates {
            self.settled += 1;
            self.targets[candidate.at].reached = Reached::Unread { why };
        }
    }

    fn close(mut self) -> Result<Gathered, GatherError> {
        self.break_loops();
        if self.pages == 0 {
            let reached = self.known.get(&self.start).map(|&at| &self.targets[at].reached);
            let (why, what, hint) = explained(reached);
            return Err(GatherError::Start { url: self.start, why, what, hint });
        }
        Ok(gathered(self.start, &self.scope, self.targets, self.plan))
    }

    /// Addresses that redirect to each other in a circle lead nowhere: none of them was read.
    fn break_loops(&mut self) {
        let next = |at: usize| match &self.targets[at].reached {
            Reached::Redirect { to, .. } => self.known.get(to).copied(),
            _ => None,
        };
        // A chain has at most so many redirects, so a circle comes back within as many steps.
        let in_circle = |start: usize| {
            let mut at = next(start);
            for _ in 0..=MAX_REDIRECTS {
                match at {
                    Some(here) if here == start => return true,
                    Some(here) => at = next(here),
                    None => return false,
                }
            }
            false
        };
        let circles: Vec<usize> = (0..self.targets.len()).filter(|&at| in_circle(at)).collect();
        for at in circles {
            self.targets[at].reached = Reached::Unread { why: Why::RedirectLoop };
        }
    }
}
