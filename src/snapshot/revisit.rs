//! A capture that was the same as an earlier one: the archive keeps its header, and the body lies
//! with the earlier one. It must never be taken for an answer without a body.

use super::message;
use super::read::{Kind, Record, whole_seconds};
use crate::model::{Fetched, PageUrl, Role, Via, is_html};
use bytes::Bytes;

/// A revisit, and what it says about where its body is.
#[derive(Clone, Debug)]
pub struct Revisit {
    /// The address that was visited again.
    pub url: PageUrl,
    /// When, RFC 3339 in UTC with whole seconds.
    pub date: String,
    // Status and headers, where they replace those of the earlier answer.
    head: Option<message::Head>,
}

/// A name under which the body of a revisit may be looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The id of a record.
    Id(String),
    /// An address and the time at which it was captured.
    Capture(String, String),
    /// The digest of a payload.
    Digest(String),
}

impl Revisit {
    /// Reads a revisit; `None` when the record is none. A response with status 304 is one too: some
    /// writers keep it as it came.
    pub fn of(record: &Record) -> Option<Self> {
        let head = message::status_and_headers(&record.block);
        let not_modified = head.as_ref().is_some_and(|(status, _)| *status == 304);
        if record.kind != Kind::Revisit && !(record.kind == Kind::Response && not_modified) {
            return None;
        }
        // The profile `server-not-modified` holds the 304, not the header of the page.
        let head = head.filter(|_| !not_modified);
        Some(Self { url: record.url()?, date: record.date(), head })
    }

    /// Where the record says that its body is, the surest first (ISO 28500 §5.5, §6.7; the
    /// community's "Guidelines for the use of the revisit record type" 1.0).
    pub fn origins(record: &Record) -> Vec<Origin> {
        let id = record.field("WARC-Refers-To").map(|id| Origin::Id(id.to_owned()));
        let address = record.field("WARC-Refers-To-Target-URI").or(record.field("WARC-Target-URI"));
        let capture = record
            .field("WARC-Refers-To-Date")
            .zip(address)
            .map(|(date, address)| Origin::Capture(bare(address).to_owned(), whole_seconds(date)));
        [id, capture, digest(record)].into_iter().flatten().collect()
    }

    /// The names under which the body of this answer may be looked up.
    pub fn names(record: &Record) -> Vec<Origin> {
        let id = record.field("WARC-Record-ID").map(|id| Origin::Id(id.to_owned()));
        let capture =
            record.field("WARC-Target-URI").map(|address| Origin::Capture(bare(address).to_owned(), record.date()));
        [id, capture, digest(record)].into_iter().flatten().collect()
    }

    /// Whether its header is that of an HTML page.
    pub fn is_page(&self) -> bool {
        self.head.as_ref().is_some_and(|(status, headers)| {
            let media = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
            (200..300).contains(status) && is_html(media, self.url.path(), b"")
        })
    }

    /// Whether its header alone does not say enough, as that of a redirect or an error does.
    pub fn needs_body(&self) -> bool {
        self.head.as_ref().is_none_or(|(status, _)| (200..300).contains(status))
    }

    /// The answer to this visit where it needs no body.
    pub fn bare(&self) -> Fetched {
        let (status, headers) = self.head.clone().unwrap_or_default();
        Fetched {
            url: self.url.clone(),
            via: Via::Http,
            role: Role::Page,
            status,
            headers: message::kept_headers(headers, true),
            body: Bytes::new(),
            truncated: true,
            date: self.date.clone(),
            recorded: false,
            rendered: None,
        }
    }

    /// The answer to this visit, with the body of the earlier one.
    pub fn answer(&self, earlier: &Fetched) -> Fetched {
        let mut answer = Fetched { url: self.url.clone(), date: self.date.clone(), ..earlier.clone() };
        if let Some((status, headers)) = &self.head {
            let mut headers = message::kept_headers(headers.clone(), earlier.truncated);
            // Some writers leave out all but the date.
            if let Some(media) =
                earlier.header("content-type").filter(|_| !headers.iter().any(|h| h.0 == "content-type"))
            {
                headers.push(("content-type".to_owned(), media.to_owned()));
            }
            (answer.status, answer.headers) = (*status, headers);
        }
        answer
    }
}

fn digest(record: &Record) -> Option<Origin> {
    // Writers differ in the case of base 32 and of the algorithm's name.
    record.field("WARC-Payload-Digest").map(|digest| Origin::Digest(digest.to_ascii_lowercase()))
}

/// WARC 0.17 and some writers of 1.0 put angle brackets around an address.
fn bare(address: &str) -> &str {
    address.trim_start_matches('<').trim_end_matches('>')
}
