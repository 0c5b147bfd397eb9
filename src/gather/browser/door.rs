//! What a page in the browser may ask for, and the answers: from the site as the crawl asks it, or from the
//! folder. The browser itself has no way to the network. It must never let a page act.

use super::super::http::{self, Http, Want};
use super::super::pace::Pace;
use super::super::robots::{self, Robots};
use super::super::{Plan, Rename, Source, folder};
use crate::model::{PageUrl, media_type};
use bytes::Bytes;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{sleep, timeout};
use url::Url;

/// Requests of one page that are answered. Our choice: the median page on the web has 70 (HTTP Archive, 2024).
const MAX_REQUESTS: u32 = 300;

/// Bytes that one page may have beside itself. Our choice.
const MAX_BYTES: u64 = 50 * 1024 * 1024;

/// Bytes of answers that are kept for other pages. Our choice.
const MAX_KEPT: u64 = 64 * 1024 * 1024;

/// How long one answer may take, with the wait for its turn. Our choice.
const PATIENCE: Duration = Duration::from_secs(20);

/// Redirects that are followed: as many as browsers follow for images is 20; pages of ours need few.
const MAX_REDIRECTS: usize = 5;

/// Requests to one host at a time, as the crawl has them.
const AT_ONCE: usize = 2;

/// The source of answers for all pages of an audit.
pub(super) struct Door {
    plan: Plan,
    rename: Rename,
    from: From,
    hosts: RefCell<HashMap<String, Rc<Host>>>,
    kept: RefCell<HashMap<String, Answer>>,
    kept_bytes: Cell<u64>,
    begun: Instant,
}

enum From {
    Network(Box<Http>),
    Folder(folder::Files),
    Nothing,
}

struct Host {
    slots: Semaphore,
    pace: RefCell<Pace>,
    robots: OnceCell<Robots>,
}

/// What is handed to the browser.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) media: String,
    pub(super) body: Bytes,
}

/// What becomes of a request.
pub(super) enum Verdict {
    /// It is answered.
    Answer(Answer),
    /// It is none of the site's, or none that drawing needs.
    Refused,
    /// It would send something: a form, a report.
    Acts,
    /// It would leave the page.
    Leaves,
    /// There is no answer to be had.
    Missing,
}

/// What one page has used up.
#[derive(Default)]
pub(super) struct Used {
    requests: Cell<u32>,
    bytes: Cell<u64>,
}

impl Door {
    pub(super) fn new(plan: &Plan) -> Self {
        let from = match &plan.source {
            Source::Site { .. } | Source::List(_) => From::Network(Box::new(Http::new(plan))),
            Source::Folder(path) => folder::Files::of(plan, path).map_or(From::Nothing, From::Folder),
            Source::File(path) => path
                .parent()
                .map(PathBuf::from)
                .and_then(|p| folder::Files::of(plan, &p))
                .map_or(From::Nothing, From::Folder),
            Source::Archive(_) => From::Nothing,
        };
        let (hosts, kept, kept_bytes) = Default::default();
        Self { plan: plan.clone(), rename: plan.rename(), from, hosts, kept, kept_bytes, begun: Instant::now() }
    }

    /// What becomes of a request of the page at `page`, as the protocol's `Fetch.requestPaused` tells it.
    /// `is_top` says that it is for the page itself or what replaces it.
    pub(super) async fn open(&self, page: &PageUrl, paused: &Value, used: &Used) -> Verdict {
        let request = &paused["request"];
        let method = request["method"].as_str().unwrap_or("");
        if !matches!(method, "GET" | "HEAD") {
            return Verdict::Acts;
        }
        let Some(url) = request["url"].as_str().and_then(|url| Url::parse(url).ok()) else { return Verdict::Refused };
        let Some(public) = PageUrl::from_url(url) else { return Verdict::Refused };
        let kind = paused["resourceType"].as_str().unwrap_or("");
        let own = is_near(page, &public);
        let wanted = match kind {
            // What a page is drawn with, wherever it lies; of others no pictures, which are often counted.
            "Stylesheet" | "Script" | "Font" => true,
            "Image" | "XHR" | "Fetch" | "Document" => own,
            _ => false,
        };
        if !wanted {
            return Verdict::Refused;
        }
        used.requests.set(used.requests.get() + 1);
        if used.requests.get() > MAX_REQUESTS || used.bytes.get() > MAX_BYTES {
            return Verdict::Refused;
        }
        let answer = match timeout(PATIENCE, self.answer(&public)).await {
            Ok(Some(answer)) => answer,
            _ => return Verdict::Missing,
        };
        used.bytes.set(used.bytes.get() + answer.body.len() as u64);
        Verdict::Answer(answer)
    }

    async fn answer(&self, public: &PageUrl) -> Option<Answer> {
        let kept = self.kept.borrow().get(public.as_str()).cloned();
        if let Some(answer) = kept {
            return Some(answer);
        }
        let answer = match &self.from {
            From::Network(http) => self.ask(http, public).await?,
            From::Folder(files) => {
                let (body, media) = files.content(public, self.plan.limits.max_body)?;
                Answer { status: 200, media: media.to_owned(), body: body.into() }
            }
            From::Nothing => return None,
        };
        let bytes = self.kept_bytes.get() + answer.body.len() as u64;
        if bytes <= MAX_KEPT {
            self.kept_bytes.set(bytes);
            self.kept.borrow_mut().insert(public.as_str().to_owned(), answer.clone());
        }
        Some(answer)
    }

    async fn ask(&self, http: &Http, public: &PageUrl) -> Option<Answer> {
        let mut at = self.rename.fetch(public);
        for _ in 0..=MAX_REDIRECTS {
            let host = self.host(&at);
            if !self.plan.politeness.own_site {
                let robots = host.robots.get_or_init(|| self.robots(http, &host, &at)).await;
                let query = at.query().map(|q| format!("?{q}")).unwrap_or_default();
                if !robots.allows(&format!("{}{query}", at.path())) {
                    return None;
                }
            }
            let reply = self.in_turn(http, &host, &at, self.plan.limits.max_body).await?;
            if let Some(to) = reply.redirect(&at) {
                at = to;
                continue;
            }
            let media = reply.header("content-type").unwrap_or("").to_owned();
            return (!reply.truncated).then_some(Answer { status: reply.status, media, body: reply.body });
        }
        None
    }

    async fn in_turn(&self, http: &Http, host: &Host, at: &Url, most: usize) -> Option<http::Reply> {
        let _slot = host.slots.acquire().await.ok()?;
        loop {
            let turn = host.pace.borrow_mut().turn(self.begun.elapsed());
            match turn {
                Ok(()) => break,
                Err(wait) => sleep(wait).await,
            }
        }
        http.get(at, Want::Anything(most), None).await.ok()
    }

    async fn robots(&self, http: &Http, host: &Host, at: &Url) -> Robots {
        let Ok(mut at) = at.join("/robots.txt") else { return Robots::none() };
        for _ in 0..=robots::MAX_REDIRECTS {
            let Some(reply) = self.in_turn(http, host, &at, robots::MAX_BYTES).await else { return Robots::none() };
            if let Some(to) = reply.redirect(&at) {
                at = to;
                continue;
            }
            let is_text = (200..300).contains(&reply.status)
                && media_type(reply.header("content-type").unwrap_or("")) != "text/html";
            let product = self.plan.politeness.user_agent.split('/').next().unwrap_or("").trim();
            return if is_text { Robots::parse(&reply.body, product) } else { Robots::none() };
        }
        Robots::none()
    }

    fn host(&self, url: &Url) -> Rc<Host> {
        let loopback = http::is_loopback(url);
        let new = || {
            let slots = Semaphore::new(if loopback { 8 } else { AT_ONCE });
            let pace = RefCell::new(Pace::new(&self.plan.politeness, loopback));
            Rc::new(Host { slots, pace, robots: OnceCell::new() })
        };
        Rc::clone(self.hosts.borrow_mut().entry(url.origin().ascii_serialization()).or_insert_with(new))
    }
}

/// The words of a text in lower case, with `between` them.
pub(super) fn words(text: &str, between: &str) -> String {
    let words: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(between)
}

/// Whether an address says that asking for it does something: a part of its path, or a value of its query, is one of the phrases.
pub(super) fn says_act(address: &str, phrases: &[String]) -> bool {
    let Some(url) = Url::parse(address).ok() else { return false };
    let parts = url.path_segments().into_iter().flatten().map(|part| words(part, " "));
    let values = url.query_pairs().map(|(_, value)| words(&value, " "));
    let mut parts = parts.chain(values).filter(|part| !part.is_empty());
    parts.any(|part| phrases.iter().any(|phrase| phrase.eq_ignore_ascii_case(&part)))
}

/// Whether an address is of the page's own host, or of one with the same registrable domain.
fn is_near(page: &PageUrl, other: &PageUrl) -> bool {
    let name = |url: &PageUrl| url.to_url().host_str().unwrap_or("").to_owned();
    let (own, other) = (name(page), name(other));
    own == other || psl::domain_str(&own).is_some_and(|domain| psl::domain_str(&other) == Some(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_say_that_it_acts() {
        let phrases = ["sign out", "delete"].map(str::to_owned);
        let says = |address: &str| says_act(address, &phrases);
        assert!(says("http://town.example/api/sign-out") && says("http://town.example/cases/3/Delete"));
        assert!(says("http://town.example/do?action=delete"));
        assert!(!says("http://town.example/api/fees?page=2") && !says("http://town.example/deleted-files/"));
    }
}
