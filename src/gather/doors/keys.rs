//! The doors of one crawl: for which addresses they count, and what of them must appear nowhere.

use super::{Doors, cookies};
use crate::gather::{Plan, Source};
use bytes::Bytes;
use memchr::memmem;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue};
use url::Url;

/// Bytes of a secret that is looked for in answers at least. Our choice: shorter ones are found in
/// any text by chance.
const MIN_SECRET: usize = 8;

/// The doors of one crawl.
pub(in crate::gather) struct Keys {
    doors: Doors,
    place: Option<Url>,
    now: i64,
    secrets: Vec<String>,
}

impl Keys {
    pub(in crate::gather) fn new(plan: &Plan) -> Self {
        let mut doors = plan.doors.clone();
        let place = match &plan.source {
            Source::Site { start } => Some(folder(start)),
            // Each of its pages was named by the user.
            Source::List(list) => list.first().and_then(|first| first.join("/").ok()),
            Source::Folder(_) | Source::File(_) | Source::Archive(_) => None,
        };
        // What stands before the host of the address that the user gave.
        if let Source::Site { start } = &plan.source
            && (!start.username().is_empty() || start.password().is_some())
            && doors.headers.is_empty()
        {
            doors.basic(&plain(start.username()), &plain(start.password().unwrap_or("")));
        }
        let mut secrets: Vec<String> = doors.secrets.iter().filter(|s| s.len() >= MIN_SECRET).cloned().collect();
        // The longer ones first: one may be part of another.
        secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        secrets.dedup();
        let now = plan.date.parse::<jiff::Timestamp>().map_or(i64::MAX, jiff::Timestamp::as_second);
        Self { doors, place, now, secrets }
    }

    pub(in crate::gather) fn doors(&self) -> &Doors {
        &self.doors
    }

    /// Whether something is sent that is not for everybody.
    pub(in crate::gather) fn are_private(&self) -> bool {
        self.doors.are_private()
    }

    /// The folder below which the keys are for, where there are keys.
    pub(in crate::gather) fn folder(&self) -> Option<&Url> {
        self.place.as_ref().filter(|_| self.are_private())
    }

    /// Whether the keys are for this address.
    pub(in crate::gather) fn open(&self, url: &Url) -> bool {
        let Some(place) = self.folder() else { return false };
        let port = |url: &Url| url.port_or_known_default();
        let same = url.scheme() == place.scheme() && port(url) == port(place);
        let safer =
            place.scheme() == "http" && url.scheme() == "https" && (port(place), port(url)) == (Some(80), Some(443));
        url.host() == place.host() && (same || safer) && url.path().starts_with(place.path())
    }

    /// The headers for this address; none when the keys are not for it.
    pub(in crate::gather) fn headers(&self, url: &Url) -> HeaderMap {
        if !self.open(url) {
            return HeaderMap::new();
        }
        let mut headers = self.doors.headers.clone();
        let cookies = cookies::header(&self.doors.cookies, url, self.now);
        // RFC 6265 §5.4: one header, with those that the user gave as a header in front.
        let given = headers.get_all(COOKIE).iter().map(|value| value.as_bytes().to_vec());
        let mut all: Vec<Vec<u8>> = given.collect();
        all.extend((!cookies.is_empty()).then(|| cookies.into_bytes()));
        if let Ok(mut value) = HeaderValue::from_bytes(&all.join(&b"; "[..]))
            && !all.is_empty()
        {
            value.set_sensitive(true);
            headers.insert(COOKIE, value);
        }
        headers
    }

    /// The headers of an answer without what was sent.
    pub(in crate::gather) fn scrub_headers(&self, headers: &mut [(String, String)]) {
        for secret in &self.secrets {
            for (_, value) in headers.iter_mut().filter(|(_, value)| value.contains(secret.as_str())) {
                *value = value.replace(secret.as_str(), "redacted");
            }
        }
    }

    /// The body of an answer without what was sent: some servers show it. As long as before.
    pub(in crate::gather) fn scrub(&self, body: Bytes) -> Bytes {
        let mut scrubbed: Option<Vec<u8>> = None;
        for secret in &self.secrets {
            let at: Vec<usize> = memmem::find_iter(scrubbed.as_deref().unwrap_or(&body), secret.as_bytes()).collect();
            for start in at {
                scrubbed.get_or_insert_with(|| body.to_vec())[start..start + secret.len()].fill(b'*');
            }
        }
        scrubbed.map_or(body, Bytes::from)
    }
}

/// The folder of a page.
fn folder(url: &Url) -> Url {
    let mut folder = url.clone();
    let end = url.path().rfind('/').map_or(0, |at| at + 1);
    folder.set_path(&url.path()[..end]);
    folder.set_query(None);
    folder
}

/// A name or password of an address without its percent signs.
fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match hex.filter(|_| *first == b'%') {
            Some(byte) => (bytes.push(byte), rest = &after[2..]),
            None => (bytes.push(*first), rest = after),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
