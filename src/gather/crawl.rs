//! Follows a live site level by level. It must never let the speed of a server decide which pages
//! are read: what counts is depth, the order of the parents, and the place of the link.

use super::book::{Book, Candidate};
use super::external;
use super::fetch::{Answer, Fetcher, MAX_REDIRECTS};
use super::pool::Visitors;
use super::sample::{UNKNOWN, draw};
use super::{GatherError, Plan, Watch, http, sitemap};
use crate::model::{Gathered, LinkRole, PageUrl, Role, Sample, Stratum, Target, Why, hex};
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::sleep;
use url::Url;

/// Candidates that are asked for before it is looked at what they led to. Our choice: a trap costs
/// no more than so many pages beyond its budget.
const ROUND: usize = 256;

/// How often a sample is drawn from what the one before brought to light. Our choice.
const WAVES: u32 = 4;

/// Links to other sites that are checked at once. Our choice; each host has its own pace beside.
const EXTERNAL_AT_ONCE: usize = 16;

/// How often a crawl that waits for its hours looks whether it should stop. Our choice.
const LOOK_UP: Duration = Duration::from_secs(1);

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
        runtime.block_on(Crawl { plan, fetcher, book }.run(seeds))
    })
}

/// What is drawn, and how much is left to be drawn.
struct Draw {
    size: usize,
    left: usize,
    sample: Sample,
}

impl Draw {
    fn new(size: usize) -> Self {
        Self { size, left: size, sample: Sample::default() }
    }

    /// Whether so many more may be read for certain.
    fn fits_half(&self, more: usize) -> bool {
        self.size - self.left + more <= self.size / 2
    }

    /// Takes all of these for certain.
    fn take(&mut self, book: &Book<'_>, all: &[Candidate]) {
        self.left = self.left.saturating_sub(all.len());
        if !all.is_empty() {
            self.sample.strata.push(Stratum::whole(all.iter().map(|c| book.targets[c.at].url.clone()).collect()));
        }
    }

    /// Draws from these, with this share of what is left or all of it where they are no more; the others are
    /// left unread.
    fn draw(&mut self, book: &mut Book<'_>, frame: Vec<(Candidate, u32)>, share: f64) -> Vec<Candidate> {
        let most = ((self.left as f64 * share).ceil() as usize).min(self.left);
        let most = if frame.len() <= self.left { frame.len() } else { most };
        let named: Vec<(PageUrl, u32)> =
            frame.iter().map(|(c, clicks)| (book.targets[c.at].url.clone(), *clicks)).collect();
        let strata = draw(&named, most);
        let drawn: HashSet<&PageUrl> = strata.iter().flat_map(|stratum| &stratum.drawn).collect();
        let (mut kept, mut left) = (Vec::new(), Vec::new());
        for ((candidate, _), (url, _)) in frame.into_iter().zip(&named) {
            if drawn.contains(url) { kept.push(candidate) } else { left.push(candidate) }
        }
        self.left -= kept.len();
        book.leave(left, Why::MaxPages);
        self.sample.strata.extend(strata);
        kept
    }
}

struct Crawl<'a> {
    plan: &'a Plan,
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
        let mut level = self.book.next_level();
        let mut draw = self.plan.sample.as_ref().map(|sample| Draw::new(sample.size));
        match &mut draw {
            Some(draw) if follows => draw.take(&self.book, &level),
            Some(draw) => level = draw.draw(&mut self.book, level.into_iter().map(|c| (c, UNKNOWN)).collect(), 1.0),
            None => {}
        }
        if !follows {
            self.fetcher.settle();
        }
        self.level(level.into()).await;
        self.fetcher.settle();
        let probe_status = if follows { self.probe().await } else { None };
        if follows {
            self.map().await;
        }
        if let Some(draw) = draw.as_mut().filter(|_| follows) {
            self.sampled(draw).await;
        }
        let mut depth = 0;
        while draw.is_none() && !self.book.watch.stopped() {
            depth += 1;
            let level = match self.book.next_level() {
                level if !level.is_empty() => level,
                // Nobody knows how many links away these are.
                _ if self.book.plan.limits.depth.is_some() => {
                    let level = self.book.mapped_level();
                    self.book.leave(level, Why::MaxDepth);
                    break;
                }
                _ => self.book.mapped_level(),
            };
            if level.is_empty() {
                break;
            }
            if self.book.plan.limits.depth.is_some_and(|max| depth > max) {
                self.book.leave(level, Why::MaxDepth);
                break;
            }
            self.level(level.into()).await;
        }
        self.parts().await;
        let external = self.external().await;
        let mut gathered = self.book.close(external)?;
        gathered.probe_status = probe_status;
        gathered.sample = draw.map(|draw| draw.sample);
        Ok(gathered)
    }

    /// Reads a sample: for certain what the tasks name and whole levels while they fit into half of it, then
    /// what is drawn of all that is known. What only these pages name is drawn from in turn.
    async fn sampled(&mut self, draw: &mut Draw) {
        let plan = self.plan;
        let links = std::mem::take(&mut self.book.found);
        for url in plan.sample.iter().flat_map(|sample| &sample.certain) {
            if !self.book.scope.contains(url) {
                continue;
            }
            let at = self.book.learn(url.clone(), None).or_else(|| self.book.place_of(url));
            self.book.found.extend(at.map(|at| Candidate { at, hops: 0, is_start: false }));
        }
        let tasks = self.book.next_level();
        draw.take(&self.book, &tasks);
        self.level(tasks.into()).await;
        let of_tasks = std::mem::replace(&mut self.book.found, links);
        let mut level = self.book.next_level();
        let mut clicks = 1;
        while clicks <= 2 && !level.is_empty() && draw.fits_half(level.len()) && !self.book.watch.stopped() {
            draw.take(&self.book, &level);
            self.level(level.into()).await;
            level = self.book.next_level();
            clicks += 1;
        }
        let mut frame: Vec<(Candidate, u32)> = level.into_iter().map(|c| (c, clicks)).collect();
        self.book.found.extend(of_tasks);
        frame.extend(self.book.next_level().into_iter().map(|c| (c, UNKNOWN)));
        let mapped = self.book.mapped_level();
        // A sitemap names nearly all there is, so that little is left for what comes to be known later.
        let mut share = if mapped.is_empty() { 0.5 } else { 0.8 };
        frame.extend(mapped.into_iter().map(|c| (c, UNKNOWN)));
        for wave in 1..=WAVES {
            if frame.is_empty() || draw.left == 0 || self.book.watch.stopped() {
                break;
            }
            share = if wave == WAVES { 1.0 } else { share };
            let drawn = draw.draw(&mut self.book, frame, share);
            self.level(drawn.into()).await;
            frame = self.book.next_level().into_iter().map(|c| (c, UNKNOWN)).collect();
            share = 0.5;
        }
        draw.sample.beyond = frame.len() as u64;
        self.book.leave(frame.into_iter().map(|(candidate, _)| candidate), Why::MaxPages);
    }

    /// Reads what the site says of its own pages, and tells how many there will be.
    async fn map(&mut self) {
        // A site that gave no page needs no further question, and a full crawl no further page.
        let max_pages = self.book.plan.limits.max_pages;
        if self.book.pages == 0 || self.book.watch.stopped() || self.book.pages >= max_pages {
            return;
        }
        // Some are known by links or lead nowhere, so that more are kept than can be read.
        let most = max_pages.saturating_mul(2);
        self.book.mapped = sitemap::pages(&self.fetcher, &self.book.scope, &self.book.start, most).await;
        self.book.tell(&self.fetcher);
    }

    /// Asks for the links to other sites.
    async fn external(&mut self) -> Vec<Target> {
        let fetcher = &self.fetcher;
        let links = std::mem::take(&mut self.book.external);
        let checks = links.into_iter().map(|(url, from)| async move {
            let reached = external::check(fetcher, &url).await;
            Target { url, reached, from: Some(from) }
        });
        stream::iter(checks).buffered(EXTERNAL_AT_ONCE).collect().await
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
            let round = self.book.round(&mut level, room.min(ROUND));
            let asks = round.iter().map(|c| (self.book.targets[c.at].url.clone(), Role::Page)).collect();
            let (fetcher, book) = (&self.fetcher, &mut self.book);
            ask_all(fetcher, self.plan, asks, |number, answer| book.enter(fetcher, round[number], answer)).await;
            for candidate in self.book.redirected.drain(..).rev() {
                level.push_front(candidate);
            }
        }
        self.book.leave(level, Why::MaxPages);
        // Documents come after the pages of their level, at the same pace.
        let documents = std::mem::take(&mut self.book.documents);
        ask_all(&self.fetcher, self.plan, documents, |_, _| ()).await;
    }

    /// How the site answers for an address that should not exist.
    async fn probe(&self) -> Option<u16> {
        // A site that gave no page needs no further question.
        if self.book.pages == 0 {
            return None;
        }
        let scope = self.book.scope.base();
        let hash = Sha256::digest(scope.host().as_bytes());
        let name = hex(&hash[..6]);
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
            ask_all(fetcher, self.plan, wave, |number, answer| {
                let Ok(answer) = answer else { return };
                // A sheet may import others.
                for link in answer.links.iter().filter(|link| link.role == LinkRole::Sheet) {
                    book.need(link.url.clone(), Role::Sheet);
                }
                if let Some(to) = answer.to {
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
async fn ask_all(
    fetcher: &Fetcher<'_>,
    plan: &Plan,
    asks: Vec<(PageUrl, Role)>,
    mut done: impl FnMut(usize, Result<Answer, Why>),
) {
    let at_once = asks.first().map_or(1, |(url, _)| fetcher.connections(http::is_loopback(&url.to_url())));
    // Twice as many as connections: while half of the pages are looked at, the others come in.
    let at_once = (at_once * 2).max(32);
    let mut running = FuturesUnordered::new();
    let mut early = BTreeMap::new();
    let (mut asked, mut handed) = (0, 0);
    let mut asks = asks.into_iter();
    loop {
        let wait = plan.politeness.window.map_or(Duration::ZERO, |window| window.wait(unix_now()));
        while wait.is_zero() && running.len() < at_once && asked < handed + AHEAD && !fetcher.is_stopped() {
            let Some((url, role)) = asks.next() else { break };
            let number = asked;
            running.push(async move { (number, fetcher.ask(&url, role).await) });
            asked += 1;
        }
        let Some((number, answer)) = running.next().await else {
            if wait.is_zero() || asks.len() == 0 || fetcher.is_stopped() {
                return;
            }
            sleep(wait.min(LOOK_UP)).await;
            continue;
        };
        early.insert(number, answer);
        while let Some(answer) = early.remove(&handed) {
            done(handed, answer);
            handed += 1;
        }
    }
}

/// Seconds since 1970, for the hours in which a site may be asked.
fn unix_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
