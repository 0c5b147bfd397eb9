//! What a crawl knows: every address, what became of it, and what comes next. It must never depend
//! on when an answer came: answers are entered in the order of the asks.

use super::address::is_public_host;
use super::crawl::Follow;
use super::external::{External, MAX_EXTERNAL, MAX_EXTERNAL_ADDRESS};
use super::fetch::{Answer, Fetcher, MAX_REDIRECTS};
use super::pace::time_left;
use super::shape::group;
use super::traps::{Seen, Traps, Way};
use super::{GatherError, MAX_ADDRESS, Plan, Progress, Scope, Watch, explained, gathered};
use crate::model::{Gathered, LinkRole, NextLink, PageUrl, Reached, Role, Target, TrapKind, Why, is_document};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Instant;

/// Stylesheets outside of the site that are asked for. Our choice: a template names a handful of other hosts'.
const MAX_LENT_SHEETS: usize = 64;

/// A known address that may be a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Its place among the targets.
    pub(super) at: usize,
    /// Redirects that led here.
    pub(super) hops: usize,
    /// Whether it is the start page, or where that redirects to.
    pub(super) is_start: bool,
}

/// Everything that the crawl knows.
pub(super) struct Book<'a> {
    pub(super) plan: &'a Plan,
    pub(super) follow: Follow,
    pub(super) watch: Watch<'a>,
    pub(super) scope: Scope,
    pub(super) start: PageUrl,
    known: HashMap<PageUrl, usize>,
    pub(super) targets: Vec<Target>,
    // Which targets have their place in a level, or need none.
    placed: Vec<bool>,
    // How many links, each to a page of the same pattern, led to a target.
    chains: Vec<u16>,
    /// Links of this level, for the next one.
    pub(super) found: Vec<Candidate>,
    /// Where this round was redirected to.
    pub(super) redirected: Vec<Candidate>,
    /// Stylesheets and frames that are still to be read.
    pub(super) parts: Vec<(PageUrl, Role)>,
    known_parts: HashSet<PageUrl>,
    /// Stylesheets that lie outside of the site.
    lent_sheets: usize,
    /// Documents that are still to be read, and how many there were.
    pub(super) documents: Vec<(PageUrl, Role)>,
    known_documents: usize,
    /// Links to other sites, with the first page that names each.
    pub(super) external: BTreeMap<PageUrl, PageUrl>,
    /// Pages that sitemaps name, until they are asked for.
    pub(super) mapped: Vec<PageUrl>,
    traps: Traps,
    pub(super) pages: usize,
    errors: usize,
    settled: usize,
    begun: Instant,
}

impl<'a> Book<'a> {
    pub(super) fn new(
        fetcher: &Fetcher<'_>,
        plan: &'a Plan,
        seeds: &[PageUrl],
        follow: Follow,
        watch: Watch<'a>,
    ) -> Option<Self> {
        let start = seeds.first()?.clone();
        let mut scope = Scope::new(fetcher.scope(&start)).with(&plan.scope);
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
            chains: Vec::new(),
            found: Vec::new(),
            redirected: Vec::new(),
            parts: Vec::new(),
            known_parts: HashSet::new(),
            lent_sheets: 0,
            documents: Vec::new(),
            known_documents: 0,
            external: BTreeMap::new(),
            mapped: Vec::new(),
            traps: Traps::default(),
            pages: 0,
            errors: 0,
            settled: 0,
            begun: Instant::now(),
        })
    }

    /// Notes an address, and returns its place if it is new and may be asked for. Until it is
    /// asked for it counts as interrupted: that is what it is if nothing more happens.
    pub(super) fn learn(&mut self, url: PageUrl, from: Option<PageUrl>) -> Option<usize> {
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
        self.chains.push(0);
        askable.then_some(at)
    }

    /// Where an address stands that is known already.
    pub(super) fn place_of(&self, url: &PageUrl) -> Option<usize> {
        self.known.get(url).copied()
    }

    /// What the last level linked to and no redirect has brought forward.
    pub(super) fn next_level(&mut self) -> Vec<Candidate> {
        let mut level = std::mem::take(&mut self.found);
        level.retain(|candidate| !std::mem::replace(&mut self.placed[candidate.at], true));
        level
    }

    /// What only sitemaps name: after everything that links lead to.
    pub(super) fn mapped_level(&mut self) -> Vec<Candidate> {
        for url in std::mem::take(&mut self.mapped) {
            let learned = self.learn(url, None);
            self.found.extend(learned.map(|at| Candidate { at, hops: 0, is_start: false }));
        }
        self.next_level()
    }

    /// The next of a level, without those that turned out to lead into a trap since they were
    /// found.
    pub(super) fn round(&mut self, level: &mut VecDeque<Candidate>, most: usize) -> Vec<Candidate> {
        let mut round = Vec::new();
        while round.len() < most {
            let Some(candidate) = level.pop_front() else { break };
            match self.way(candidate) {
                Way::On => round.push(candidate),
                Way::Instead(other) => {
                    let from = self.targets[candidate.at].from.clone();
                    self.note(TrapKind::Copies, candidate.at);
                    let next = self.learn(other.clone(), from);
                    self.settle(candidate, Reached::Redirect { status: 0, to: other });
                    if let Some(at) = next {
                        self.placed[at] = true;
                        level.push_front(Candidate { at, ..candidate });
                    }
                }
                Way::Cut(kind) => {
                    self.note(kind, candidate.at);
                    self.settled += 1;
                    self.targets[candidate.at].reached = Reached::Unread { why: Why::Trap };
                }
            }
        }
        round
    }

    fn way(&self, candidate: Candidate) -> Way {
        if candidate.is_start || self.follow == Follow::Nothing {
            return Way::On;
        }
        let url = &self.targets[candidate.at].url;
        self.traps.way(url, group(url))
    }

    fn note(&mut self, kind: TrapKind, at: usize) {
        let url = &self.targets[at].url;
        self.traps.note(kind, url, url);
    }

    /// Notes what a candidate turned out to be.
    pub(super) fn enter(&mut self, fetcher: &Fetcher<'_>, candidate: Candidate, answer: Result<Answer, Why>) {
        let reached = match answer {
            Err(why) => Reached::Unread { why },
            Ok(Answer { status, to: Some(to), .. }) => {
                self.redirect(candidate, &to);
                Reached::Redirect { status, to }
            }
            // A redirect to nowhere.
            Ok(Answer { status: 300..400, .. }) => Reached::Unread { why: Why::BadContent },
            Ok(Answer { status: status @ 400.., .. }) => Reached::Error { status },
            Ok(answer) if answer.is_page => self.page(fetcher, candidate, &answer),
            Ok(answer) => {
                self.document(candidate, &answer);
                Reached::File { media_type: answer.media_type, bytes: answer.length }
            }
        };
        self.settle(candidate, reached);
        self.tell(fetcher);
    }

    /// Tells how far the crawl has come.
    pub(super) fn tell(&self, fetcher: &Fetcher<'_>) {
        let queued = self.targets.len() - self.settled;
        let unseen = self.mapped.len().saturating_sub(self.targets.len());
        let expected = (self.pages + queued + unseen).min(self.plan.limits.max_pages);
        let more = expected.saturating_sub(self.pages);
        (self.watch.progress)(Progress {
            pages: self.pages,
            queued,
            bytes: fetcher.bytes(),
            errors: self.errors,
            expected,
            left: time_left(&self.plan.politeness, self.settled, self.begun.elapsed(), more),
            templates: None,
        });
    }

    /// A page that was read: what it is, and what it leads to.
    fn page(&mut self, fetcher: &Fetcher<'_>, candidate: Candidate, answer: &Answer) -> Reached {
        let from = self.targets[candidate.at].url.clone();
        let follows = self.follow == Follow::Links;
        let prints = answer.prints.filter(|_| follows);
        let seen = prints.map_or(Seen::New, |prints| self.traps.read(&from, prints, candidate.at));
        let reached = match seen {
            Seen::Twin(first, _) => Reached::Redirect { status: 0, to: self.targets[first].url.clone() },
            Seen::New | Seen::Copy => Reached::Page,
        };
        if matches!(seen, Seen::Twin(_, true)) {
            return reached;
        }
        self.pages += usize::from(reached == Reached::Page);
        let parent = Parent { at: candidate.at, group: group(&from), url: from, is_copy: seen == Seen::Copy };
        for link in &answer.links {
            self.accept(fetcher, link, &parent);
        }
        reached
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
                self.scope = Scope::new(base).with(&self.plan.scope);
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

    fn accept(&mut self, fetcher: &Fetcher<'_>, link: &NextLink, parent: &Parent) {
        let url = fetcher.public(&link.url);
        if !self.scope.contains(&url) {
            match link.role {
                LinkRole::Page => self.leads_out(url, parent),
                LinkRole::Sheet => self.need(url, Role::Sheet),
                LinkRole::Act | LinkRole::Frame | LinkRole::Head => {}
            }
            return;
        }
        match link.role {
            LinkRole::Act => {}
            LinkRole::Sheet => self.need(url, Role::Sheet),
            LinkRole::Frame => self.need(url, Role::Frame),
            LinkRole::Page | LinkRole::Head if self.follow == Follow::Nothing => {}
            LinkRole::Page | LinkRole::Head => self.go_on(url, parent),
        }
    }

    /// Notes where a link leads, unless that is into a trap.
    fn go_on(&mut self, url: PageUrl, parent: &Parent) {
        if self.known.contains_key(&url) {
            return;
        }
        if url.as_str().len() > MAX_ADDRESS {
            self.traps.note(TrapKind::LongAddress, &parent.url, &parent.url);
            return;
        }
        let pattern = group(&url);
        let is_next = pattern == parent.group;
        let chain = if is_next { self.chains[parent.at].saturating_add(1) } else { 0 };
        let way = match parent.is_copy {
            true => Way::Cut(TrapKind::Copies),
            false => self.traps.admit(&url, pattern, is_next, chain),
        };
        match way {
            Way::On => self.queue(url, parent, chain),
            Way::Instead(other) => {
                self.traps.note(TrapKind::Copies, &url, &url);
                self.queue(other, parent, chain);
            }
            Way::Cut(kind) => {
                if self.traps.note(kind, &url, &url)
                    && let Some(at) = self.learn(url, Some(parent.url.clone()))
                {
                    self.placed[at] = true;
                    self.settled += 1;
                    self.targets[at].reached = Reached::Unread { why: Why::Trap };
                }
            }
        }
    }

    fn queue(&mut self, url: PageUrl, parent: &Parent, chain: u16) {
        if let Some(at) = self.learn(url, Some(parent.url.clone())) {
            self.chains[at] = chain;
            self.found.push(Candidate { at, hops: 0, is_start: false });
        }
    }

    fn leads_out(&mut self, url: PageUrl, parent: &Parent) {
        let wanted = self.plan.external == External::Check && self.follow == Follow::Links;
        let elsewhere = !self.scope.has_host(&url) && url.as_str().len() <= MAX_EXTERNAL_ADDRESS;
        if wanted && elsewhere && self.external.len() < MAX_EXTERNAL {
            self.external.entry(url).or_insert_with(|| parent.url.clone());
        }
    }

    /// Notes a stylesheet or frame. As many as pages at most (our choice), or a site that names a
    /// new one on each page would double the crawl.
    pub(super) fn need(&mut self, url: PageUrl, role: Role) {
        let is_own = self.scope.contains(&url);
        if !is_own && (role != Role::Sheet || !self.may_lend(&url)) {
            return;
        }
        let askable = url.as_str().len() <= MAX_ADDRESS;
        if askable && self.known_parts.len() < self.plan.limits.max_pages && self.known_parts.insert(url.clone()) {
            self.lent_sheets += usize::from(!is_own);
            self.parts.push((url, role));
        }
    }

    /// Whether a stylesheet of another host, or of another part of this one, may be asked for: a browser would load it with the
    /// page. A page of the internet cannot have a machine of an inner network asked, and the user's patterns hold.
    fn may_lend(&self, url: &PageUrl) -> bool {
        let reaches_in = is_public_host(&self.start.to_url()) && !is_public_host(&url.to_url());
        self.lent_sheets < MAX_LENT_SHEETS && !reaches_in && !self.scope.excludes(url)
    }

    /// Notes a document to be read after the pages of its level, unless it is too large or one too many.
    fn document(&mut self, candidate: Candidate, answer: &Answer) {
        let url = &self.targets[candidate.at].url;
        let limits = &self.plan.limits;
        let fits = answer.length.is_none_or(|length| length <= limits.max_file as u64);
        if fits && self.known_documents < limits.max_files && is_document(&answer.media_type, url.path()) {
            self.known_documents += 1;
            self.documents.push((url.clone(), Role::File));
        }
    }

    pub(super) fn is_page(&self, url: &PageUrl) -> bool {
        self.known.get(url).is_some_and(|&at| self.targets[at].reached == Reached::Page)
    }

    pub(super) fn leave(&mut self, candidates: impl IntoIterator<Item = Candidate>, why: Why) {
        for candidate in candidates {
            self.settled += 1;
            self.targets[candidate.at].reached = Reached::Unread { why };
        }
    }

    pub(super) fn close(mut self, external: Vec<Target>) -> Result<Gathered, GatherError> {
        self.break_loops();
        if self.pages == 0 {
            let reached = self.known.get(&self.start).map(|&at| &self.targets[at].reached);
            let (why, what, hint) = explained(reached);
            return Err(GatherError::Start { url: self.start, why, what, hint });
        }
        Ok(gathered(self.start, &self.scope, self.targets, (external, self.traps.list()), self.plan))
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

/// The page that names a link.
struct Parent {
    at: usize,
    url: PageUrl,
    group: u64,
    is_copy: bool,
}
