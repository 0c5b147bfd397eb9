//! Pages from a WARC file. It must never ask the network for what the archive does not hold.

use super::pool::{in_order, visited};
use super::{GatherError, Plan, Progress, Scope, UNKNOWN_MEDIA, Watch, gathered};
use crate::model::{Fetched, Gathered, LinkRole, Links, PageUrl, Reached, Role, Target, Why, media_type};
use crate::snapshot::{Kind, Reader, Record, Restored};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Bytes of a record that the first pass looks at, for its header. Our choice.
const FIRST_LOOK: usize = 16 * 1024;

/// Bytes that a record may have beyond the body cap, for its HTTP header. Our choice.
const HEADER_ROOM: usize = 1024 * 1024;

/// Gathers the pages of an archive. One of our own gives back what its crawl came to; in one of
/// others, the first page is the start and its host the site. The limits on pages and depth do not
/// count: the crawl that made it has drawn them.
pub(super) fn gather(plan: &Plan, path: &Path, watch: Watch<'_>) -> Result<Gathered, GatherError> {
    let index = Index::read(path)?;
    let start = match (&index.ours, &index.start) {
        (Some(ours), _) => ours.start.clone(),
        (None, Some(start)) => start.clone(),
        (None, None) => return Err(GatherError::NoPage { path: path.to_owned() }),
    };
    let mut origin = start.to_url();
    origin.set_path("/");
    origin.set_query(None);
    let scope = Scope::new(PageUrl::from_url(origin).expect("the scheme of a PageUrl is HTTP"));
    let whole_site = index.ours.is_some();
    let wanted = |record: &Record| whole_site || record.url().is_some_and(|url| scope.contains(&url));

    let mut foreign = Foreign::default();
    let mut read = HashSet::new();
    let mut progress = Progress { queued: index.chosen.len(), ..Progress::default() };
    let reader = Reader::open(path, plan.limits.max_body.saturating_add(HEADER_ROOM))?;
    // What is damaged was met by the first pass; what came before it is still good.
    let records = reader.map_while(Result::ok).enumerate();
    let records = records.take_while(|_| !watch.stopped());
    let records = records.filter(|(number, record)| index.chosen.contains(number) && wanted(record));
    let work = |(_, record): (usize, Record)| look(&record, plan, watch);
    in_order(records, &work, |seen| {
        let Some(seen) = seen else { return };
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
    });
    let missing = if watch.stopped() { Why::Interrupted } else { Why::MissingInArchive };
    let Some(mut ours) = index.ours else {
        let mut gathered = gathered(start, &scope, foreign.targets(missing), plan);
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

/// What the first pass over an archive finds.
struct Index {
    /// Numbers of the records that hold the newest answer of each address.
    chosen: HashSet<usize>,
    /// What the crawl came to, in an archive of ours.
    ours: Option<Gathered>,
    /// The first page.
    start: Option<PageUrl>,
    /// Whether it ends in a damaged record.
    damaged: bool,
}

impl Index {
    fn read(path: &Path) -> Result<Self, GatherError> {
        let mut newest: HashMap<(PageUrl, Role), (String, usize)> = HashMap::new();
        let mut restored = Restored::default();
        let (mut start, mut damaged) = (None, false);
        for (number, record) in Reader::open(path, FIRST_LOOK)?.enumerate() {
            let Ok(record) = record else {
                damaged = true;
                break;
            };
            if restored.take(&record) {
                continue;
            }
            // A revisit says that the body of an earlier answer still held; it is not taken for
            // an answer yet, so the earlier one counts.
            let is_answer = matches!(record.kind, Kind::Response | Kind::Resource);
            let Some(url) = record.url().filter(|_| is_answer) else { continue };
            if start.is_none() && record.fetched(FIRST_LOOK).and_then(Result::ok).is_some_and(|f| f.is_page()) {
                start = Some(url.clone());
            }
            let key = (url, record.role().unwrap_or(Role::Page));
            let this = (record.date(), number);
            let best = newest.entry(key).or_insert_with(|| this.clone());
            if this > *best {
                *best = this;
            }
        }
        let chosen = newest.into_values().map(|(_, number)| number).collect();
        Ok(Self { chosen, ours: restored.finish(), start, damaged })
    }
}

/// One answer of the archive, looked at.
struct Seen {
    url: PageUrl,
    role: Role,
    reached: Reached,
    links: Links,
    bytes: u64,
}

fn look(record: &Record, plan: &Plan, watch: Watch<'_>) -> Option<Seen> {
    let unread = |url, role, why| Seen { url, role, reached: Reached::Unread { why }, links: Links::new(), bytes: 0 };
    let fetched = match record.fetched(plan.limits.max_body)? {
        Ok(fetched) => fetched,
        Err(why) => return Some(unread(record.url()?, record.role().unwrap_or(Role::Page), why)),
    };
    let (url, role, bytes) = (fetched.url.clone(), fetched.role, fetched.body.len() as u64);
    let Some(links) = visited(watch.visit, &fetched) else { return Some(unread(url, role, Why::Unreadable)) };
    let reached = reached(&fetched);
    let links = if reached == Reached::Page { links } else { Links::new() };
    Some(Seen { url, role, reached, links, bytes })
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
