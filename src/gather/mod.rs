//! Where pages come from: a live site, a folder, a file, an archive, a list of addresses.
//!
//! The only asynchronous code, behind a function that is not. It must never judge a page, ask for
//! an address that acts, or let the order in which answers arrive decide what is read.

mod address;
mod archive;
mod barrier;
mod book;
mod browser;
mod crawl;
mod doors;
mod external;
mod fetch;
mod folder;
mod http;
mod pace;
mod pool;
mod prints;
mod rename;
mod robots;
mod sample;
mod scope;
mod shape;
mod sitemap;
mod traps;
mod walk;
mod window;

#[cfg(test)]
mod tests;

pub use address::Addresses;
pub use archive::archive_days;
pub use barrier::{TurnedAway, turned_away_from};
pub use browser::{Browser, BrowserError, Manner, Undrawn};
pub use doors::{DoorError, Doors};
pub use external::External;
pub use rename::Rename;
pub use sample::SamplePlan;
pub use scope::{Partner, ScopeRules};
pub use window::Window;

use crate::model::{Fetched, Gathered, Limit, Links, PageUrl, Reached, Target, Trap, Why};
use crate::snapshot::{Recorded, SnapshotError};
use scope::Scope;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use url::Url;

/// What to gather, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the pages are.
    pub source: Source,
    /// The public address (`--as`): of a folder or file, the address of its top; of a live site,
    /// that of the folder of its start page; of an archive of others, the site that is looked at. Means
    /// nothing for lists.
    pub as_url: Option<PageUrl>,
    /// What is read at most.
    pub limits: Limits,
    /// How servers are treated.
    pub politeness: Politeness,
    /// What belongs to the site beside what follows from its start page; for live sites only.
    pub scope: ScopeRules,
    /// What is done with links to other sites; for live sites only.
    pub external: External,
    /// The date that every answer gets: when the run started, RFC 3339 in UTC with whole seconds.
    pub date: String,
    /// The moment of an archive that is looked at (`--as-of`): of each address the newest capture
    /// up to it. RFC 3339 in UTC, or the beginning of it: `2024-05-01` is that day to its end.
    pub as_of: Option<String>,
    /// What opens a site that is not for everybody. Counts for live sites and lists.
    pub doors: Doors,
    /// Which network addresses may be asked (`--public-only`).
    pub addresses: Addresses,
    /// How a sample is drawn; `None` reads every page. Counts for live sites, lists and folders.
    pub sample: Option<SamplePlan>,
    /// What an interrupted run of this site has read already, and is not asked for again. Counts
    /// for live sites and lists, as does the next.
    pub resumed: Option<Arc<Recorded>>,
    /// The pages of the run before: servers are asked whether they are still the same.
    pub earlier: Option<Arc<Recorded>>,
}

/// Where pages are.
#[derive(Clone)]
pub enum Source {
    /// A live site, followed from this page on.
    Site {
        /// The page to start from, as it is fetched (before `--as`).
        start: Url,
    },
    /// A folder of built HTML.
    Folder(PathBuf),
    /// One HTML file.
    File(PathBuf),
    /// A WARC file, our own or another's.
    Archive(PathBuf),
    /// Exactly these pages; nothing is followed.
    List(Vec<Url>),
}

impl fmt::Debug for Source {
    /// Without names and passwords that stand in addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site { start } => f.debug_tuple("Site").field(&PageUrl::from_url(start.clone())).finish(),
            Self::Folder(path) => f.debug_tuple("Folder").field(path).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Archive(path) => f.debug_tuple("Archive").field(path).finish(),
            Self::List(list) => f.debug_list().entries(list.iter().map(|url| PageUrl::from_url(url.clone()))).finish(),
        }
    }
}

/// What is read at most.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Pages that are read. Counts for live sites, lists and folders.
    pub max_pages: usize,
    /// Links that are followed from the start page on; 0 is the start page alone, `None` is
    /// without end. Counts for live sites only: in a folder every file is there to be read.
    pub depth: Option<u32>,
    /// Bytes of a body, unpacked; what is beyond is cut off.
    pub max_body: usize,
    /// Documents (PDF, Office) that are read to be measured. Counts for live sites and folders.
    pub max_files: usize,
    /// Bytes of such a document; what is beyond is cut off, and a larger one is not asked for.
    pub max_file: usize,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long an answer may take from the request to its last byte.
    pub timeout: Duration,
}

impl Default for Limits {
    /// Our choices: 10,000 pages, any depth, 10 MiB (the largest page of 360 that we measured had
    /// 3), 200 documents of 20 MiB (at four requests a second they add less than a minute), 10 s to connect, 30 s for an answer.
    fn default() -> Self {
        Self {
            max_pages: 10_000,
            depth: None,
            max_body: 10 * 1024 * 1024,
            max_files: 200,
            max_file: 20 * 1024 * 1024,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
        }
    }
}

/// How servers are treated.
#[derive(Clone, Debug)]
pub struct Politeness {
    /// Time between two requests to a host, in place of four a second (none on loopback) and of
    /// what its robots.txt asks for.
    pub delay: Option<Duration>,
    /// Requests to a host at once; `None` is 2, and 16 on loopback and on one's own site.
    pub concurrency: Option<usize>,
    /// Whether one answers for the site: robots.txt and the rate are lifted.
    pub own_site: bool,
    /// The longest wait that a host may ask for (`Retry-After`); for a longer one the page is
    /// given up.
    pub patience: Duration,
    /// The hours in which hosts are asked; outside of them the crawl waits.
    pub window: Option<Window>,
    /// Who is asking. The word before the first `/` is the name that robots.txt is read for.
    pub user_agent: String,
}

impl Default for Politeness {
    /// Polite. Our choice: 60 s of patience.
    fn default() -> Self {
        Self {
            delay: None,
            concurrency: None,
            own_site: false,
            patience: Duration::from_secs(60),
            window: None,
            user_agent: "Plainway/0.1 (+https://plainway.example/bot)".to_owned(),
        }
    }
}

impl Plan {
    /// A plan with the usual limits and manners. `date` is when the run started, RFC 3339 in UTC
    /// with whole seconds.
    pub fn new(source: Source, date: &str) -> Self {
        Self {
            source,
            as_url: None,
            limits: Limits::default(),
            politeness: Politeness::default(),
            scope: ScopeRules::default(),
            external: External::default(),
            date: date.to_owned(),
            as_of: None,
            doors: Doors::default(),
            addresses: Addresses::default(),
            sample: None,
            resumed: None,
            earlier: None,
        }
    }

    /// How this plan renames addresses; the page phase needs it for links that name the address
    /// from which a renamed site is fetched.
    pub fn rename(&self) -> Rename {
        match (&self.source, &self.as_url) {
            (Source::Site { start }, Some(public)) => Rename::new(start, public),
            _ => Rename::default(),
        }
    }
}

/// How far a gathering has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pages read.
    pub pages: usize,
    /// Addresses known and not asked for yet.
    pub queued: usize,
    /// Bytes read, unpacked.
    pub bytes: u64,
    /// Addresses that gave an error or nothing.
    pub errors: usize,
    /// Pages that there will be in the end, as far as links and sitemaps tell so far; 0 where that
    /// is not known. An estimate, which grows as links are found.
    pub expected: usize,
    /// The time that the rest of them will take, at the pace so far; `None` where nothing tells.
    pub left: Option<Duration>,
    /// When all pages are read: how many of those that stand for a template were drawn, and of how many.
    pub templates: Option<(usize, usize)>,
}

/// Why nothing could be gathered at all. What goes wrong with one page is no error but data.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// No page was read from a live site or a list.
    #[error("could not read {url}: {what}; {hint}")]
    Start {
        /// The page that was to be the first.
        url: PageUrl,
        /// The reason, where it is one of the published ones.
        why: Option<Why>,
        /// What happened.
        what: String,
        /// What to try.
        hint: &'static str,
    },
    /// A file or folder could not be read.
    #[error("could not read `{}`: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no page in the folder, the file is none, or the archive holds none.
    #[error("`{}` holds no page: pages end in .html, .htm or .xhtml, or start like HTML", path.display())]
    NoPage {
        /// The file or folder.
        path: PathBuf,
    },
    /// The archive begins only after the date that was asked for.
    #[error("`{}` holds no page captured by {as_of}: its first is of {first}", path.display())]
    NoCapture {
        /// The archive.
        path: PathBuf,
        /// The date that was asked for.
        as_of: String,
        /// When its first page was captured.
        first: String,
    },
    /// The list of addresses is empty, or none of them is HTTP.
    #[error("the list names no address: give one http:// or https:// address a line")]
    EmptyList,
    /// What should open the site is of no use.
    #[error(transparent)]
    Doors(#[from] DoorError),
    /// The archive could not be read.
    #[error(transparent)]
    Archive(#[from] SnapshotError),
    /// The system refused what network access needs.
    #[error("could not set up network access: {0}")]
    Network(io::Error),
}

/// Gathers pages. `visit` looks at each answer and stores it, and returns the addresses that a
/// page names; it is called from several threads. `progress` is told after every answer. Once
/// `stop` is set, what runs is ended, and everything not read is `interrupted`.
///
/// Blocks until done, and must not be called from asynchronous code. Errors when no page could be
/// read at all.
pub fn gather(
    plan: &Plan,
    visit: &(dyn Fn(&Fetched) -> Links + Sync),
    progress: &(dyn Fn(Progress) + Sync),
    stop: &AtomicBool,
) -> Result<Gathered, GatherError> {
    if plan.doors.explicit_proxy().is_some() && plan.addresses != Addresses::Any {
        return Err(DoorError::ProxyAndPublic.into());
    }
    let watch = Watch { visit, progress, stop };
    match &plan.source {
        Source::Site { start } => crawl::gather(plan, std::slice::from_ref(start), crawl::Follow::Links, watch),
        Source::List(list) => crawl::gather(plan, list, crawl::Follow::Nothing, watch),
        Source::Folder(path) => folder::gather(plan, path, watch),
        Source::File(path) => folder::gather_file(plan, path, watch),
        Source::Archive(path) => archive::gather(plan, path, watch),
    }
}

/// What the caller wants to be asked and told.
#[derive(Clone, Copy)]
struct Watch<'a> {
    visit: pool::Visit<'a>,
    progress: &'a (dyn Fn(Progress) + Sync),
    stop: &'a AtomicBool,
}

impl Watch<'_> {
    fn stopped(&self) -> bool {
        self.stop.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// The result, with its targets in order. What robots.txt forbids is out of scope and leaves a
/// gathering complete; so does a trap that repeats what was read.
fn gathered(
    start: PageUrl,
    scope: &Scope,
    mut targets: Vec<Target>,
    (external, traps): (Vec<Target>, Vec<Trap>),
    plan: &Plan,
) -> Gathered {
    targets.sort_by(|a, b| a.url.cmp(&b.url));
    let mut gathered = Gathered {
        start,
        scope: scope.base().clone(),
        targets,
        complete: true,
        limits: Vec::new(),
        probe_status: None,
        own_site: plan.politeness.own_site,
        external,
        traps,
        sample: None,
    };
    let unread = gathered.unread();
    let traps_hide = gathered.traps.iter().any(|trap| !trap.kind.hides_nothing());
    gathered.complete = unread.iter().all(|u| u.why == Why::Robots || (u.why == Why::Trap && !traps_hide));
    let met = |why| unread.iter().any(|u| u.why == why);
    if met(Why::MaxPages) {
        gathered.limits.push(Limit::MaxPages);
    }
    if met(Why::MaxDepth) && plan.limits.depth.is_some() {
        gathered.limits.push(Limit::MaxDepth);
    }
    gathered
}

/// Bytes of an address that is asked for at most: RFC 9110 §4.1 wants servers to take 8,000.
const MAX_ADDRESS: usize = 8000;

/// The media type of an answer that does not say it: what RFC 9110 §8.3 lets a reader assume.
const UNKNOWN_MEDIA: &str = "application/octet-stream";

/// What became of an address, in words, for the error that ends a gathering.
fn explained(reached: Option<&Reached>) -> (Option<Why>, String, &'static str) {
    let why = match reached {
        Some(Reached::Unread { why }) => *why,
        Some(Reached::Error { status }) => {
            let hint = match status {
                401 | 403 | 407 => {
                    "the site may want a sign-in or turn robots away; with leave of its owner, audit a copy of it as a folder or archive"
                }
                404 | 410 => "check the address in a browser",
                _ => "look at the address in a browser, and try again later",
            };
            return (None, format!("the server answered with status {status}"), hint);
        }
        Some(Reached::File { media_type, .. }) => {
            return (None, format!("it is no page but {media_type}"), "start from a page of the site");
        }
        _ => return (None, "no page was found there".to_owned(), "check the address in a browser"),
    };
    let (what, hint) = match why {
        Why::Robots => {
            ("its robots.txt forbids it, or could not be read", "pass --own-site if you answer for this site")
        }
        Why::Dns => ("no server of this name was found", "check the spelling and your network"),
        Why::Connection => (
            "no connection came about, or it broke off",
            "check that the server runs and that nothing blocks the way to it",
        ),
        Why::Timeout => ("no answer came in time", "try again later, or from another network"),
        Why::Tls => (
            "no secure connection came about",
            "check the certificate in a browser; --ca trusts an authority of your own, --insecure looks at none",
        ),
        Why::RedirectLoop => ("it redirects without end", "check the address in a browser; the site may want cookies"),
        Why::RateLimited => {
            ("the server asked to wait longer than we do", "try again later, or more slowly with --delay")
        }
        Why::BadContent => ("the answer is no valid HTTP", "check that a web server listens at this port"),
        Why::Bomb => ("the answer unpacks to a size that no page has", "check what the server sends"),
        Why::Login => (
            "a sign-in was met instead of the site",
            "give what opens it (a password, a header, cookies); to audit the sign-in page alone, name its address in a list",
        ),
        Why::Waf => (
            "a firewall answered with a block page instead of the site",
            "ask its owner to let this user agent pass, or audit a copy of it as a folder or archive",
        ),
        Why::BlockedAddress => ("it lies at an address that is not public", "leave out --public-only for inner sites"),
        Why::MaxPages => ("--max-pages leaves no room for it", "raise --max-pages"),
        Why::Interrupted => ("it was interrupted", "run it again"),
        _ => ("it could not be read", "check the address in a browser"),
    };
    (Some(why), what.to_owned(), hint)
}
