//! What became of every address that a crawl came to know.

use super::PageUrl;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a page was not read. A closed list, part of the published format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the published ones and say what they mean")]
pub enum Why {
    Robots,
    MaxPages,
    MaxDepth,
    Trap,
    Timeout,
    Connection,
    Dns,
    Tls,
    #[serde(rename = "http-4xx")]
    Http4xx,
    #[serde(rename = "http-5xx")]
    Http5xx,
    RateLimited,
    RedirectLoop,
    TooLarge,
    Bomb,
    BadContent,
    Login,
    Waf,
    BlockedAddress,
    Interrupted,
    MissingInArchive,
    Unreadable,
}

impl Why {
    /// Whether the user's own limits caused it, so that nothing went wrong.
    pub fn is_limit(self) -> bool {
        matches!(self, Self::Robots | Self::MaxPages | Self::MaxDepth)
    }
}

/// A page that is known and was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// Its address.
    #[schemars(with = "String")]
    pub url: PageUrl,
    /// Why it was not read.
    pub why: Why,
    /// The first page that names it; `None` for a start page.
    #[schemars(with = "Option<String>")]
    pub from: Option<PageUrl>,
}

/// What an address turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Reached {
    /// A page that was read.
    Page,
    /// Another way to write the address `to`: a redirect with its HTTP status, or, with status 0,
    /// the same file or page found under another name.
    Redirect {
        /// HTTP status, or 0 for a file or page found under another name.
        status: u16,
        /// Where it leads.
        to: PageUrl,
    },
    /// Content that is not a page.
    File {
        /// Media type, in lower case.
        media_type: String,
        /// Size in bytes where it is known.
        bytes: Option<u64>,
    },
    /// The server answered with an error, or there is no such file (404).
    Error {
        /// HTTP status.
        status: u16,
    },
    /// Not read.
    Unread {
        /// Why not.
        why: Why,
    },
}

/// An address in scope that was asked for, or would have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The address.
    pub url: PageUrl,
    /// What it turned out to be.
    pub reached: Reached,
    /// The first page that names it; `None` for a start page and for what only a sitemap names.
    pub from: Option<PageUrl>,
}

/// A part of the site that leads on without end and brings nothing new: what was cut off there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Trap {
    /// What kind of trap it is.
    pub kind: TrapKind,
    /// What its addresses have in common, for people: `{}` stands for what changes.
    pub pattern: String,
    /// The first address that was not asked for; of addresses too long to keep, the page that
    /// names it.
    #[schemars(with = "String")]
    pub example: PageUrl,
    /// Links that were not followed. The first few of them are listed as unread.
    pub cut: u64,
}

/// How a site leads on without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrapKind {
    /// The same folder stands in the path again and again.
    RepeatedPath,
    /// The path has more folders than any made by people.
    DeepPath,
    /// The same folders in ever other orders.
    Permutations,
    /// Ever more combinations of the same few values of a query: filters, sort orders.
    Combinations,
    /// Ever further pages of one pattern that differ by little more than numbers: calendars,
    /// paging, counters.
    Endless,
    /// A row of links, one page of a pattern to the next, that nobody would walk.
    LongChain,
    /// The same page under ever other addresses: session ids, paths that mean nothing.
    Copies,
    /// An address longer than servers take.
    LongAddress,
}

impl TrapKind {
    /// Whether what was cut off is known to be there under another address.
    pub fn hides_nothing(self) -> bool {
        matches!(self, Self::Copies | Self::LongAddress)
    }
}

/// A limit that the user set and that cut the crawl short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// `--max-pages`.
    MaxPages,
    /// `--depth`.
    MaxDepth,
}

/// The end of a gathering: everything that became known, whatever the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// The page that the audit starts from.
    pub start: PageUrl,
    /// Scheme, host and path prefix that pages must have to belong to the site.
    pub scope: PageUrl,
    /// Every address in scope with what became of it, sorted by address.
    pub targets: Vec<Target>,
    /// Whether every page in scope was read, so that an absence may be reported.
    pub complete: bool,
    /// The limits that were met.
    pub limits: Vec<Limit>,
    /// HTTP status that an address which should not exist was answered with; `None` where the
    /// source has no server (a folder) or it was not asked.
    pub probe_status: Option<u16>,
    /// Whether robots.txt and the rate were lifted by `--own-site`.
    pub own_site: bool,
    /// Links to other sites with what they came to, sorted by address; empty unless they were
    /// checked.
    #[serde(default)]
    pub external: Vec<Target>,
    /// Where the site leads on without end, sorted.
    #[serde(default)]
    pub traps: Vec<Trap>,
    /// How the pages were drawn; `None` where all were to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
}

/// A sample of a site: what was drawn of what was known then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The parts that were drawn from.
    pub strata: Vec<Stratum>,
    /// Addresses that came to be known only after the last draw: the sample says nothing of them.
    pub beyond: u64,
}

/// A part of a site from which pages were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stratum {
    /// Its host and folders; `*` for what is too small by itself, and for what is read for certain.
    pub section: String,
    /// Addresses that were known there.
    pub known: u64,
    /// Those of them that were drawn, sorted.
    pub drawn: Vec<PageUrl>,
}

impl Stratum {
    /// A part that is read as a whole.
    pub fn whole(mut pages: Vec<PageUrl>) -> Self {
        pages.sort_unstable();
        Self { section: "*".to_owned(), known: pages.len() as u64, drawn: pages }
    }
}

impl Gathered {
    /// The addresses that were not read, with the reason, in the order of their addresses.
    pub fn unread(&self) -> Vec<Unread> {
        let unread = |t: &Target| match t.reached {
            Reached::Unread { why } => Some(Unread { url: t.url.clone(), why, from: t.from.clone() }),
            Reached::Error { status } if status >= 500 => {
                Some(Unread { url: t.url.clone(), why: Why::Http5xx, from: t.from.clone() })
            }
            Reached::Error { status } if !matches!(status, 404 | 410) => {
                Some(Unread { url: t.url.clone(), why: Why::Http4xx, from: t.from.clone() })
            }
            _ => None,
        };
        self.targets.iter().filter_map(unread).collect()
    }

    /// All of it but the addresses in scope, of which there may be many.
    pub fn without_targets(&self) -> Self {
        Self {
            start: self.start.clone(),
            scope: self.scope.clone(),
            targets: Vec::new(),
            complete: self.complete,
            limits: self.limits.clone(),
            probe_status: self.probe_status,
            own_site: self.own_site,
            external: self.external.clone(),
            traps: self.traps.clone(),
            sample: self.sample.clone(),
        }
    }
}
