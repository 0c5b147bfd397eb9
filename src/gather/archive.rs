//! Pages from a WARC or WACZ file. It must never ask the network for what the archive does not hold.

mod index;

use super::barrier;
use super::pool::{in_order, visited};
use super::{GatherError, Plan, Progress, Scope, UNKNOWN_MEDIA, Watch, gathered};
use crate::model::{Fetched, Gathered, LinkRole, Links, PageUrl, Reached, Rendered, Role, Target, Why, media_type};
use crate::snapshot::{Reader, Record, Revisit};
use index::{Index, Wanted};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

pub use index::archive_days;

/// Bytes that a record may have beyond the body cap, for its HTTP header. Our choice.
const HEADER_ROOM: usize = 1024 * 1024;

/// Gathers the pages of an archive. One of our own gives back what its crawl came to; in one of
/// others, the first page is the start and its host the site, or what `--as` names. The limits on pages and depth do not
/// count: the crawl that made it has drawn them.
pub(super) fn gather(plan: &Plan, path: &Path, watch: Watch<'_>) -> Result<Gathered, GatherError> {
    let within = plan.as_url.as_ref().map(|site| Scope::new(folder(site)));
    let index = Index::read(path, plan.as_of.as_deref(), plan.as_url.as_ref().zip(within.as_ref()))?;
    let start = match (&index.ours, &index.start) {
        (_, None) => return Err(index.empty(plan, path)),
        (Some(ours), _) => ours.start.clone(),
        (None, Some(start)) => start.clone(),
    };
    let host = || start.join("/").expect("every HTTP address has a top");
    let scope = within.unwrap_or_else(|| Scope::new(host())).with(&plan.scope);
    let whole_site = index.ours.is_some();
    let in_scope = |url: &PageUrl| whole_site || scope.contains(url);

    let mut foreign = Foreign::default();
    let mut read = HashSet::new();
    let mut progress = Progress { queued: index.wanted.len(), ..Progress::default() };
    let largest = plan.limits.max_body.max(plan.limits.max_file);
    let reader = Reader::open(path, largest.saturating_add(HEADER_ROOM))?;
    // What is damaged was met by the first pass; what came before it is still good.
    let mut numbered = reader.enumerate().peekable();
    let records = std::iter::from_fn(|| {
        loop {
            let (number, record) = numbered.next()?;
            let Some((wanted, record)) = index.wanted.get(&number).zip(record.ok()) else { continue };
            // What a browser made of a page stands right behind it, or behind all.
            let after = numbered.peek().and_then(|(_, record)| record.as_ref().ok());
            let after = after.filter(|after| !after.is_late());
            let mut rendered = after.zip(record.url()).and_then(|(after, url)| after.rendered(&url));
            if let Some((rendered, url)) = rendered.as_mut().zip(record.url()) {
                // And behind that, where it was put.
                numbered.next();
                let last = numbered.peek().and_then(|(_, record)| record.as_ref().ok());
                rendered.drawing = last.and_then(|record| record.drawn(&url)).unwrap_or_default();
            }
            let rendered = rendered.or_else(|| index.late.of(&record));
            return Some((wanted, record, rendered));
        }
    });
    let records = records.take_while(|_| !watch.stopped());
    let work = |(wanted, record, rendered): (&Wanted, Record, Option<Rendered>)| {
        look((&record, rendered), wanted, &in_scope, plan, watch)
    };
    let mut enter = |seen: Seen| {
        progress.queued = progress.queued.saturating_sub(1);
        progress.bytes += seen.bytes;
        progress.errors += usize::from(matches!(seen.reached, Reached::Unread { .. } | Reached::Error { .. }));
        if seen.reached == Reached::Page && seen.role == Role::Page {
            progress.pages += 1;
            read.insert(seen.url.clone());
        }
        (watch.progress)(progress);
        if !whole_site {
            foreign.add(seen, &scope);
        }
    };
    in_order(records, &work, |seen| seen.into_iter().for_each(&mut enter));
    for url in index.lost.into_iter().filter(|url| in_scope(url)) {
        enter(unread(url, Role::Page, Why::MissingInArchive));
    }
    let missing = if watch.stopped() { Why::Interrupted } else { Why::MissingInArchive };
    let Some(mut ours) = index.ours else {
        let mut gathered = gathered(start, &scope, foreign.targets(missing), Default::default(), plan);
        gathered.complete &= !index.damaged && !watch.stopped();
        return Ok(gathered);
    };
    for target in &mut ours.targets {
        if target.reached == Reached::Page && !read.contains(&target.url) {
            target.reached = Reached::Unread { why: missing };
            ours.complete = false;
        }
    }
    Ok(ours)
}

/// The folder of a page.
fn folder(url: &PageUrl) -> PageUrl {
    url.join("./").expect("every HTTP address has a folder")
}

/// One answer of the archive, looked at.
struct Seen {
    url: PageUrl,
    role: Role,
    reached: Reached,
    links: Links,
    bytes: u64,
}

fn unread(url: PageUrl, role: Role, why: Why) -> Seen {
    Seen { url, role, reached: Reached::Unread { why }, links: Links::new(), bytes: 0 }
}

/// Everything that one record gives: its own answer, and those of later visits that found the same.
fn look(
    (record, rendered): (&Record, Option<Rendered>),
    wanted: &Wanted,
    in_scope: &(dyn Fn(&PageUrl) -> bool + Sync),
    plan: &Plan,
    watch: Watch<'_>,
) -> Vec<Seen> {
    let again: Vec<&Revisit> = wanted.again.iter().filter(|revisit| in_scope(&revisit.url)).collect();
    let Some(url) = record.url() else { return Vec::new() };
    let is_own = wanted.is_own && in_scope(&url);
    if !is_own && again.is_empty() {
        // A stylesheet of another host: a browser loads it with the page, and it is no part of the site.
        if wanted.is_own
            && url.path().ends_with(".css")
            && let Some(Ok(fetched)) = record.fetched(plan.limits.max_body)
            && fetched.header("content-type").is_some_and(|kind| kind.trim_start().starts_with("text/css"))
        {
            let _ = visited(watch.visit, &fetched);
        }
        return Vec::new();
    }
    let role = record.role().unwrap_or(Role::Page);
    let cap = if role == Role::File { plan.limits.max_file } else { plan.limits.max_body };
    let fetched = match record.fetched(cap) {
        Some(Ok(fetched)) => Fetched { rendered: rendered.map(Arc::new), ..fetched },
        Some(Err(why)) => {
            let own = is_own.then_some(url).into_iter();
            return own.chain(again.iter().map(|r| r.url.clone())).map(|url| unread(url, role, why)).collect();
        }
        None => return again.iter().map(|revisit| visit(&revisit.bare(), watch)).collect(),
    };
    let later: Vec<Fetched> = again.iter().map(|revisit| revisit.answer(&fetched)).collect();
    is_own.then_some(fetched).into_iter().chain(later).map(|fetched| visit(&fetched, watch)).collect()
}

fn visit(fetched: &Fetched, watch: Watch<'_>) -> Seen {
    let (url, role, bytes) = (fetched.url.clone(), fetched.role, fetched.body.len() as u64);
    let Some(links) = visited(watch.visit, fetched) else { return unread(url, role, Why::Unreadable) };
    let barrier = barrier::turned_away(fetched.status, &fetched.headers, &fetched.body);
    let reached = barrier.map_or_else(|| reached(fetched), |why| Reached::Unread { why });
    let links = if reached == Reached::Page { links } else { Links::new() };
    Seen { url, role, reached, links, bytes }
}

fn reached(fetched: &Fetched) -> Reached {
    let to = || fetched.header("location").and_then(|location| fetched.url.join(location));
    match fetched.status {
        status @ 300..400 => match to() {
            // Only a session id or a fragment differs: the same page to us, and not here.
            Some(to) if to == fetched.url => Reached::Unread { why: Why::MissingInArchive },
            Some(to) => Reached::Redirect { status, to },
            None => Reached::Unread { why: Why::BadContent },
        },
        status @ 400.. => Reached::Error { status },
        _ if fetched.is_page() => Reached::Page,
        _ => {
            let media = media_type(fetched.header("content-type").unwrap_or(UNKNOWN_MEDIA));
            let bytes = (!fetched.truncated).then_some(fetched.body.len() as u64);
            Reached::File { media_type: media, bytes }
        }
    }
}

/// What an archive of others comes to, in the order of its records.
#[derive(Default)]
struct Foreign {
    answers: HashMap<PageUrl, Reached>,
    order: Vec<PageUrl>,
    linked: HashMap<PageUrl, PageUrl>,
    links: Vec<PageUrl>,
}

impl Foreign {
    fn add(&mut self, seen: Seen, scope: &Scope) {
        for link in seen.links {
            if link.role == LinkRole::Page && scope.contains(&link.url) && !self.linked.contains_key(&link.url) {
                self.linked.insert(link.url.clone(), seen.url.clone());
                self.links.push(link.url);
            }
        }
        if self.answers.insert(seen.url.clone(), seen.reached).is_none() {
            self.order.push(seen.url);
        }
    }

    /// Pages, redirects, and whatever a page links to: as a live crawl would know them. Images and
    /// scripts that the archive holds beside them are none.
    fn targets(mut self, missing: Why) -> Vec<Target> {
        let mut targets = Vec::new();
        for url in self.order {
            let from = self.linked.get(&url).cloned();
            let Some(reached) = self.answers.get(&url) else { continue };
            if from.is_some() || matches!(reached, Reached::Page | Reached::Redirect { .. }) {
                targets.push(Target { reached: reached.clone(), url, from });
            }
        }
        for url in self.links {
            if !self.answers.contains_key(&url) {
                let from = self.linked.remove(&url);
                targets.push(Target { url, reached: Reached::Unread { why: missing }, from });
            }
        }
        targets
    }
}

#[cfg(test)]
mod tests;
