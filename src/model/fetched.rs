//! What came back for one address, before anything is understood of it.

use super::{PageUrl, Rendered};
use bytes::Bytes;
use std::sync::Arc;

/// One answer: a single response or file. A redirect is an answer of its own, never followed silently.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The address asked for, in its public form (after `--as`).
    pub url: PageUrl,
    /// Where the bytes came from.
    pub via: Via,
    /// What the crawl wanted it for.
    pub role: Role,
    /// HTTP status; 200 for a file.
    pub status: u16,
    /// Response headers in the order received, names in lower case; empty for a file.
    pub headers: Vec<(String, String)>,
    /// The decoded body (no transfer or content coding), at most the byte cap of the source.
    pub body: Bytes,
    /// Whether the body was cut at a cap or broke off.
    pub truncated: bool,
    /// When it was read, RFC 3339 in UTC with whole seconds.
    pub date: String,
    /// Whether the snapshot that is being written holds it already, from before an interruption.
    pub recorded: bool,
    /// What a browser made of it, where one drew it.
    pub rendered: Option<Arc<Rendered>>,
}

/// The kind of source that an answer came from; it decides the WARC record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// An HTTP response (WARC `response`).
    Http,
    /// A file of a folder (WARC `resource`).
    File,
}

/// What an address was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A page, or what may turn out to be one.
    Page,
    /// A stylesheet of a page.
    Sheet,
    /// A document shown inside a page (`iframe`, `frame`).
    Frame,
    /// An address that should not exist, to see how the site answers.
    Probe,
    /// A document that is no page, to measure it.
    File,
}

impl Fetched {
    /// A page as a file gives it: whole, without headers. `date` is when it was read, as in [`Fetched::date`].
    pub fn of_file(url: PageUrl, body: impl Into<Bytes>, date: &str) -> Self {
        Self {
            url,
            via: Via::File,
            role: Role::Page,
            status: 200,
            headers: Vec::new(),
            body: body.into(),
            truncated: false,
            date: date.to_owned(),
            recorded: false,
            rendered: None,
        }
    }

    /// The first header of that name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// What a crawl and the rules see: the tree that a browser drew, or the source.
    pub fn seen(&self) -> &Bytes {
        self.rendered.as_ref().map_or(&self.body, |rendered| &rendered.html)
    }

    /// Whether this is an HTML page that was answered with success, and so is audited. A folder gives
    /// its pages alone, told by their names: `index.html` is one, whatever is in it.
    pub fn is_page(&self) -> bool {
        self.role == Role::Page
            && (200..300).contains(&self.status)
            && (self.via == Via::File || super::is_html(self.header("content-type"), self.url.path(), &self.body))
    }
}

impl Fetched {
    /// Whether this is the page that the site shows for an address which does not exist.
    pub fn stands_for_missing(&self) -> bool {
        let asked = self.role == Role::Probe || (self.role == Role::Page && matches!(self.status, 404 | 410));
        asked && !self.body.is_empty() && super::is_html(self.header("content-type"), self.url.path(), &self.body)
    }
}

/// The addresses that a page names, in document order.
pub type Links = Vec<NextLink>;

/// An address that a page names and that a crawl may go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextLink {
    /// The address, absolute.
    pub url: PageUrl,
    /// How the page uses it.
    pub role: LinkRole,
}

/// How a page uses an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkRole {
    /// A link that a person may follow.
    Page,
    /// A link that would act (sign out, delete, buy): known, never asked for.
    Act,
    /// A stylesheet.
    Sheet,
    /// A document shown inside the page.
    Frame,
    /// Another address that the page's head gives for it or its translations (`canonical`,
    /// `hreflang`): it may be a page of the site, but nobody is led there.
    Head,
}
