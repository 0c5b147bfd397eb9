//! "What we changed": what the config tells the public, joined with what audits found mended; and the
//! same as an Atom feed (RFC 4287).

use super::basis::{Basis, link};
use super::follow::days_between;
use crate::history::Win;
use crate::model::fits_whole;
use serde::Serialize;
use url::Url;

/// Entries of the feed. Our choice: a reader keeps what it has seen.
const FEED: usize = 50;

/// Wins that the scorecard names.
const SHOWN: usize = 3;

/// The day from which our identifiers hold (RFC 4151 asks for a day on which somebody had the name).
const SINCE: &str = "2026-01-01";

/// A change that the config tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldChange {
    /// The day.
    pub date: String,
    /// What was changed.
    pub text: String,
    /// Who asked for it: `feedback`, `staff` or `audit`.
    pub asked_by: &'static str,
    /// What people had said.
    pub said: Option<String>,
    /// Where to look: a path, or a whole address.
    pub url: Option<String>,
    /// The rule that it mended.
    pub rule: Option<String>,
    /// What it is known by, whatever becomes of its words.
    pub id: String,
}

/// A win of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunWin {
    /// When the run started, RFC 3339.
    pub date: String,
    /// What was mended.
    pub win: Win,
    /// What it is known by.
    pub id: String,
}

/// An entry of the public page.
#[derive(Debug, Serialize)]
pub(super) struct ChangeEntry<'a> {
    #[serde(skip)]
    id: &'a str,
    pub date: &'a str,
    pub text: Option<&'a str>,
    pub title: Option<&'a str>,
    pub task: Option<&'a str>,
    pub places: u64,
    pub pages: u64,
    pub points: Option<f64>,
    pub asked_by: &'a str,
    pub said: Option<&'a str>,
    pub href: Option<String>,
    pub path: Option<&'a str>,
}

/// A win since the run before, for the scorecard.
#[derive(Debug, Serialize)]
pub(super) struct WinRow<'a> {
    pub title: &'a str,
    pub task: bool,
    pub places: u64,
    pub points: f64,
}

/// All entries, the newest first, cut to a length; and how many are left out.
pub(super) fn entries<'a>(basis: &'a Basis<'a>, most: usize) -> (Vec<ChangeEntry<'a>>, usize) {
    let follow = &basis.subject.follow;
    let today = basis.digest.run.started.get(..10).unwrap_or_default();
    let mut wins: Vec<Option<&RunWin>> = follow.wins.iter().map(Some).collect();
    let mut entries = Vec::new();
    // What is to come is no change yet.
    for told in follow.changes.iter().filter(|told| told.date.as_str() <= today) {
        let joined = told.rule.as_ref().and_then(|rule| {
            // The first audit from that day on that found it mended; wins come with the newest first.
            let at = wins.iter().rposition(|w| {
                w.is_some_and(|w| {
                    w.win.task.is_none() && fits_whole(rule, &w.win.rule) && w.date.as_str() >= told.date.as_str()
                })
            })?;
            wins[at].take()
        });
        let href = told.url.as_deref().and_then(|url| absolute(basis.subject.target, url));
        entries.push(ChangeEntry {
            id: &told.id,
            date: &told.date,
            text: Some(&told.text),
            title: None,
            task: None,
            places: joined.map_or(0, |w| w.win.places),
            pages: joined.map_or(0, |w| w.win.pages),
            points: joined.map(|w| w.win.points),
            asked_by: told.asked_by,
            said: told.said.as_deref(),
            href,
            path: told.url.as_deref(),
        });
    }
    for won in wins.into_iter().flatten() {
        let win = &won.win;
        entries.push(ChangeEntry {
            id: &won.id,
            date: &won.date,
            text: None,
            title: win.task.is_none().then(|| basis.title(&win.rule)),
            task: win.task.as_deref(),
            places: win.places,
            pages: win.pages,
            points: win.task.is_none().then_some(win.points),
            asked_by: "audit",
            said: None,
            href: win.url.as_ref().and_then(|url| link(url.as_str())).map(str::to_owned),
            path: win.url.as_ref().map(|url| basis.digest.path_of(url)),
        });
    }
    entries.sort_by(|a, b| b.date.get(..10).cmp(&a.date.get(..10)).then(a.text.is_none().cmp(&b.text.is_none())));
    let rest = entries.len().saturating_sub(most);
    entries.truncate(most);
    (entries, rest)
}

/// The address of a page of the site, or a whole one.
fn absolute(target: &str, url: &str) -> Option<String> {
    let whole = match url.starts_with('/') {
        true => Url::parse(target).ok()?.join(url).ok()?.to_string(),
        false => url.to_owned(),
    };
    link(&whole).map(str::to_owned)
}

/// The wins of this run, those that brought most first.
pub(super) fn wins<'a>(basis: &'a Basis<'a>) -> Vec<WinRow<'a>> {
    let now = basis.subject.follow.wins.iter().filter(|w| w.date == basis.digest.run.started);
    let row = |won: &'a RunWin| WinRow {
        title: won.win.task.as_deref().unwrap_or_else(|| basis.title(&won.win.rule)),
        task: won.win.task.is_some(),
        places: won.win.places,
        points: won.win.points,
    };
    now.take(SHOWN).map(row).collect()
}

#[derive(Debug, Serialize)]
struct Feed<'a> {
    lang: &'a str,
    id: String,
    name: &'a str,
    author: &'a str,
    href: Option<&'a str>,
    tool: &'a str,
    updated: String,
    entries: Vec<FeedEntry<'a>>,
}

#[derive(Debug, Serialize)]
struct FeedEntry<'a> {
    id: String,
    updated: String,
    #[serde(flatten)]
    entry: ChangeEntry<'a>,
}

/// The feed, as XML.
pub(super) fn feed(basis: &Basis<'_>, lang: &str) -> Result<String, minijinja::Error> {
    let (digest, subject) = (basis.digest, basis.subject);
    let host = digest.pages.first().map(|p| p.page.url.host()).unwrap_or_default();
    let authority = authority(host);
    let tag = |rest: &str| format!("tag:{authority},{SINCE}:plainway:{rest}");
    let (entries, _) = entries(basis, FEED);
    let entries: Vec<FeedEntry<'_>> = entries
        .into_iter()
        .map(|entry| FeedEntry { id: tag(&format!("change:{}", entry.id)), updated: moment(entry.date), entry })
        .collect();
    let newest = entries.iter().map(|e| e.updated.clone()).max();
    let feed = Feed {
        lang,
        id: tag("changes"),
        name: subject.site_name,
        author: subject.contact.as_ref().map_or(subject.site_name, |c| c.name.as_str()),
        href: link(subject.target),
        tool: subject.tool,
        updated: newest.unwrap_or_else(|| digest.run.started.clone()),
        entries,
    };
    basis.subject.house.filled("feed.xml", &feed)
}

/// A host as a `tag:` address may have it: without its port, and with letters that it allows.
fn authority(host: &str) -> String {
    let name: String = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
    if is_name { name } else { "localhost".to_owned() }
}

/// A day or a moment, as RFC 3339 has it.
fn moment(date: &str) -> String {
    if date.len() == 10 { format!("{date}T00:00:00Z") } else { date.to_owned() }
}

/// Whether there is anything to tell the public.
pub(super) fn any(basis: &Basis<'_>) -> bool {
    let today = &basis.digest.run.started;
    let follow = &basis.subject.follow;
    !follow.wins.is_empty() || follow.changes.iter().any(|c| days_between(&c.date, today).is_some_and(|days| days >= 0))
}
