//! Asks for one address the way a good guest does: robots.txt first, in turn, and patiently. It
//! must never ask a host more often than its pace allows.

use super::barrier;
use super::http::{self, Http, Reply, Want, media};
use super::pace::{Pace, retry_after};
use super::pool::Visitors;
use super::prints::Prints;
use super::robots::{self, Robots};
use super::{Plan, Rename, Source, Watch};
use crate::model::{Fetched, Links, PageUrl, Role, Via, Why};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::sleep;
use url::Url;

/// Redirects that are followed one after another. Our choice; browsers follow 20.
pub(super) const MAX_REDIRECTS: usize = 10;

/// Times that a host which says "too many" is asked for a page. Our choice.
const TRIES: u32 = 3;

/// Pages in a row that are given up before a host is no longer asked at all. Our choice.
const GIVE_UPS: u32 = 3;

/// Requests to a host at once: our choice, as the design says; and on loopback, where 16 keep two
/// cores busy.
const CONNECTIONS: usize = 2;
const FREE_CONNECTIONS: usize = 16;

/// How often a waiting request looks whether it should stop. Our choice.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// Asks for addresses, and has the answers looked at.
pub(super) struct Fetcher<'a> {
    plan: &'a Plan,
    http: Http,
    visitors: &'a Visitors,
    watch: Watch<'a>,
    rename: RefCell<Rename>,
    // While the start page is looked for, a redirect moves the place that is renamed.
    settled: Cell<bool>,
    hosts: RefCell<HashMap<String, Rc<Host>>>,
    begun: Instant,
    bytes: Cell<u64>,
}

/// What is known of one scheme, host and port.
struct Host {
    slots: Semaphore,
    pace: RefCell<Pace>,
    robots: OnceCell<Robots>,
    given_up: Cell<u32>,
}

/// What an address answered.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Where a redirect leads, in public form.
    pub(super) to: Option<PageUrl>,
    pub(super) media_type: String,
    pub(super) length: Option<u64>,
    pub(super) is_page: bool,
    pub(super) links: Links,
    pub(super) prints: Option<Prints>,
}

impl<'a> Fetcher<'a> {
    pub(super) fn new(plan: &'a Plan, visitors: &'a Visitors, watch: Watch<'a>) -> Self {
        Self {
            plan,
            http: Http::new(plan),
            visitors,
            watch,
            rename: RefCell::new(plan.rename()),
            settled: Cell::new(false),
            hosts: RefCell::default(),
            begun: Instant::now(),
            bytes: Cell::new(0),
        }
    }

    /// From here on the start page is known, and redirects no longer move the site.
    pub(super) fn settle(&self) {
        self.settled.set(true);
    }

    /// The public form of an address.
    pub(super) fn public(&self, url: &PageUrl) -> PageUrl {
        self.rename.borrow().public_page(url)
    }

    /// The address below which pages must lie.
    pub(super) fn scope(&self, start: &PageUrl) -> PageUrl {
        let scope = self.rename.borrow().scope(start);
        // With keys only what they are for is the site; below another address it is that anyway.
        match self.http.keys().folder() {
            Some(folder) if self.plan.as_url.is_none() => scope.join(folder.path()).unwrap_or(scope),
            _ => scope,
        }
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.get()
    }

    /// Requests to a host at once.
    pub(super) fn connections(&self, loopback: bool) -> usize {
        let free = loopback || self.plan.politeness.own_site;
        let usual = if free { FREE_CONNECTIONS } else { CONNECTIONS };
        self.plan.politeness.concurrency.unwrap_or(usual).max(1)
    }

    /// Asks for an address and has the answer looked at and stored.
    pub(super) async fn ask(&self, url: &PageUrl, role: Role) -> Result<Answer, Why> {
        if let Some(fetched) = self.recorded(url, role) {
            let length = fetched.header("content-length").and_then(|length| length.parse().ok());
            return self.look_at(fetched, None, length).await;
        }
        let known = self.known(url, role);
        let (reply, to) = tokio::select! {
            reply = self.reply(url, role, known.as_ref()) => reply?,
            () = self.stopped() => return Err(Why::Interrupted),
        };
        if let Some(known) = known.filter(|_| reply.status == 304) {
            // What scripts draw is drawn anew: their data may be another.
            let known = Fetched { date: self.plan.date.clone(), rendered: None, ..known };
            return self.look_at(known, None, None).await;
        }
        if let Some(why) = self.turned_away(url, role, &reply, to.as_ref()) {
            return Err(why);
        }
        let length = reply.length;
        let fetched = Fetched {
            url: url.clone(),
            via: Via::Http,
            role,
            status: reply.status,
            headers: reply.headers,
            body: reply.body,
            truncated: reply.truncated,
            date: self.plan.date.clone(),
            recorded: false,
            rendered: None,
        };
        self.look_at(fetched, to, length).await
    }

    /// The answer that an interrupted run has read already. What it was redirected to follows from
    /// more than its header, and the start page moves the site: those are asked for again.
    fn recorded(&self, url: &PageUrl, role: Role) -> Option<Fetched> {
        let resumed = self.plan.resumed.as_ref().filter(|_| self.settled.get())?;
        let fetched = resumed.answer(url, role).filter(|f| !(300..400).contains(&f.status))?;
        let tells_all = fetched.is_page() || fetched.truncated || fetched.status >= 400 || role != Role::Page;
        tells_all.then_some(Fetched { recorded: true, ..fetched })
    }

    /// The page as the run before found it, if its server may say that it is still so.
    fn known(&self, url: &PageUrl, role: Role) -> Option<Fetched> {
        let earlier = self.plan.earlier.as_ref().filter(|_| role == Role::Page)?;
        let known = earlier.answer(url, role).filter(|f| f.is_page() && !f.truncated)?;
        (known.header("etag").is_some() || known.header("last-modified").is_some()).then_some(known)
    }

    /// Has an answer looked at and stored.
    async fn look_at(&self, fetched: Fetched, to: Option<PageUrl>, length: Option<u64>) -> Result<Answer, Why> {
        self.bytes.set(self.bytes.get() + fetched.body.len() as u64);
        let (status, is_page) = (fetched.status, fetched.is_page());
        let media_type = media(fetched.header("content-type"));
        let (links, prints) = self.visitors.visit(fetched).await.ok_or(Why::Unreadable)?;
        Ok(Answer { status, to, media_type, length, is_page, links, prints })
    }

    /// The answer to an address that is neither visited nor kept: a sitemap, which obeys robots.txt,
    /// or a link to another site, which a person could follow as well.
    pub(super) async fn peek(&self, url: &PageUrl, want: Want) -> Result<Reply, Why> {
        let address = &self.rename.borrow().fetch(url);
        let reply = async {
            if matches!(want, Want::Anything(_)) {
                self.allowed(address).await?;
            }
            self.patient(&self.host(address), address, want, None).await
        };
        tokio::select! {
            reply = reply => reply,
            () = self.stopped() => Err(Why::Interrupted),
        }
    }

    /// The sitemaps that the robots.txt of this host names, if it was read.
    pub(super) fn sitemaps(&self, url: &PageUrl) -> Vec<String> {
        self.host(&self.rename.borrow().fetch(url))
            .robots
            .get()
            .map(|robots| robots.sitemaps.clone())
            .unwrap_or_default()
    }

    /// Who answered in place of the site. A redirect to a sign-in counts where the page itself was
    /// asked for: as the start page, in a list, or with what should open it. Else it is a link to
    /// an area for members, as many public sites have one.
    fn turned_away(&self, url: &PageUrl, role: Role, reply: &Reply, to: Option<&PageUrl>) -> Option<Why> {
        let why = barrier::turned_away(reply.status, &reply.headers, &reply.body);
        if why.is_some() || role != Role::Page {
            return why;
        }
        let is_start = !self.settled.get();
        let is_list = matches!(self.plan.source, Source::List(_));
        let meant = is_start || is_list || self.http.keys().are_private();
        let sign_in = match to {
            Some(to) => meant && barrier::leads_to_sign_in(&url.to_url(), &to.to_url()),
            None => is_start && barrier::is_sign_in_page(&url.to_url(), reply),
        };
        sign_in.then_some(Why::Login)
    }

    /// Whether the crawl is to end.
    pub(super) fn is_stopped(&self) -> bool {
        self.watch.stopped()
    }

    async fn stopped(&self) {
        while !self.watch.stopped() {
            sleep(STOP_CHECK).await;
        }
    }

    /// The answer and, for a redirect, where it leads. A redirect that leaves the public address as
    /// it is (to `https` of a renamed site, or to a session id) is followed here: nothing else
    /// would tell the two answers apart.
    async fn reply(&self, url: &PageUrl, role: Role, known: Option<&Fetched>) -> Result<(Reply, Option<PageUrl>), Why> {
        let mut address = self.rename.borrow().fetch(url);
        for _ in 0..=MAX_REDIRECTS {
            let reply = self.obedient(&address, role, known).await?;
            let Some(to) = reply.redirect(&address) else { return Ok((reply, None)) };
            if !self.settled.get() {
                self.rename.borrow_mut().follow(&to);
            }
            let Some(public) = self.rename.borrow().public(&to) else { return Ok((reply, None)) };
            if public != *url {
                return Ok((reply, Some(public)));
            }
            let next = self.rename.borrow().address(&to);
            if next == address {
                return Err(Why::RedirectLoop);
            }
            address = next;
        }
        Err(Why::RedirectLoop)
    }

    /// The answer, unless robots.txt forbids to ask.
    async fn obedient(&self, address: &Url, role: Role, known: Option<&Fetched>) -> Result<Reply, Why> {
        self.allowed(address).await?;
        let want = match role {
            Role::Sheet => Want::Anything(self.plan.limits.max_body),
            Role::File => Want::Anything(self.plan.limits.max_file),
            Role::Page | Role::Frame | Role::Probe => Want::Html,
        };
        self.patient(&self.host(address), address, want, known).await
    }

    /// Errors when robots.txt forbids to ask for the address.
    async fn allowed(&self, address: &Url) -> Result<(), Why> {
        if self.plan.politeness.own_site {
            return Ok(());
        }
        let host = self.host(address);
        let robots = host.robots.get_or_init(|| self.robots(address)).await;
        let query = address.query().map(|q| format!("?{q}")).unwrap_or_default();
        if robots.allows(&format!("{}{query}", address.path())) {
            return Ok(());
        }
        Err(robots.barred.unwrap_or(Why::Robots))
    }

    async fn robots(&self, address: &Url) -> Robots {
        let Ok(mut at) = address.join("/robots.txt") else { return Robots::none() };
        for _ in 0..=robots::MAX_REDIRECTS {
            let host = self.host(&at);
            let reply = match self.patient(&host, &at, Want::Anything(robots::MAX_BYTES), None).await {
                Ok(reply) => reply,
                Err(why) => return Robots::barred(why),
            };
            if let Some(to) = reply.redirect(&at) {
                at = to;
                continue;
            }
            let robots = match reply.status {
                200..300 if media(reply.header("content-type")) == "text/html" => Robots::none(),
                200..300 => Robots::parse(&reply.body, self.product()),
                500.. => Robots::barred(
                    barrier::turned_away(reply.status, &reply.headers, &reply.body).unwrap_or(Why::Robots),
                ),
                _ => Robots::none(),
            };
            if let Some(delay) = robots.crawl_delay {
                self.host(address).pace.borrow_mut().ask_for(delay);
            }
            return robots;
        }
        // RFC 9309 §2.3.1.2: after five redirects it may be taken as not there.
        Robots::none()
    }

    fn product(&self) -> &str {
        self.plan.politeness.user_agent.split('/').next().unwrap_or("").trim()
    }

    /// The answer, in turn; a host that asks for a wait gets it.
    async fn patient(&self, host: &Host, address: &Url, want: Want, known: Option<&Fetched>) -> Result<Reply, Why> {
        for attempt in 1..=TRIES {
            let slot = host.slots.acquire().await;
            // While many answers wait to be looked at, none is asked for.
            self.visitors.have_room().await;
            self.turn(host).await?;
            let reply = self.http.get(address, want, known).await?;
            drop(slot);
            let asked = reply.header("retry-after").and_then(|v| retry_after(v, reply.header("date"), unix_now()));
            let refused = reply.status == 429 || (reply.status == 503 && asked.is_some());
            if !refused {
                host.pace.borrow_mut().answered(reply.latency);
                host.given_up.set(0);
                return Ok(reply);
            }
            // Without a word on how long: 1 s, then 2 s. Our choice.
            let wait = asked.unwrap_or(Duration::from_secs(attempt.into()));
            if wait > self.plan.politeness.patience {
                break;
            }
            host.pace.borrow_mut().refused(self.begun.elapsed(), wait);
        }
        host.given_up.set(host.given_up.get() + 1);
        Err(Why::RateLimited)
    }

    async fn turn(&self, host: &Host) -> Result<(), Why> {
        loop {
            if host.given_up.get() >= GIVE_UPS {
                return Err(Why::RateLimited);
            }
            let turn = host.pace.borrow_mut().turn(self.begun.elapsed());
            match turn {
                Ok(()) => return Ok(()),
                Err(wait) => sleep(wait).await,
            }
        }
    }

    fn host(&self, url: &Url) -> Rc<Host> {
        let key = url.origin().ascii_serialization();
        let loopback = http::is_loopback(url);
        let new = || {
            Rc::new(Host {
                slots: Semaphore::new(self.connections(loopback)),
                pace: RefCell::new(Pace::new(&self.plan.politeness, loopback)),
                robots: OnceCell::new(),
                given_up: Cell::new(0),
            })
        };
        Rc::clone(self.hosts.borrow_mut().entry(key).or_insert_with(new))
    }
}

/// Seconds since 1970, for servers that give a date to wait for and not their own.
fn unix_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
