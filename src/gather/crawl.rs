//! Follows a live site level by level. It must never let the speed of a server decide which pages
//! are read: what counts is depth, the order of the parents, and the place of the link.

use super::book::{Book, Candidate};
use super::external;
use super::fetch::{Answer, Fetcher, MAX_REDIRECTS};
use super::pool::Visitors;
use super::{GatherError, Plan, Watch, http, sitemap};
use crate::model::{Gathered, LinkRole, PageUrl, Role, Target, Why, hex};
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::sleep;
use url::Url;

/// Candidates that are asked for before it is looked at what they led to. Our choice: a trap costs
/// no more than so many pages beyond its budget.
const ROUND: usize = 256;

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
        let level = self.book.next_level();
        if !follows {
            self.fetcher.settle();
        }
        self.level(level.into()).await;
        self.fetcher.settle();
        let probe_status = if follows { self.probe().await } else { None };
        if follows {
            self.map().await;
        }
        let mut depth = 0;
        while !self.book.watch.stopped() {
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
        Ok(gathered)
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
