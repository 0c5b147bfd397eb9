//! The address of a page: parsed once, normalised, and never checked again.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;
use url::Url;

/// An absolute `http` or `https` address as Plainway knows a page by it.
///
/// Normalised by the WHATWG URL standard (host in lower case, default port and dot segments
/// dropped), without fragment, tracking parameters and session ids, since these lead to the same
/// page. The order of the query is kept: a server may care. [`PageUrl::key`] sorts it.
/// A screen of a kiosk that a script draws has the address of its page with a fragment ([`PageUrl::screen`]).
/// A clone shares the text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageUrl(Arc<str>);

/// Why a text is not the address of a page.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UrlError {
    /// The WHATWG parser refused it.
    #[error("`{0}` is not an address: {1}; write it whole, as in https://www.example.gov/")]
    Malformed(String, url::ParseError),
    /// A scheme such as `ftp:` or `mailto:`, which no page is read over.
    #[error("`{0}` is no address of a page: it has to start with http:// or https://")]
    NotHttp(String),
}

// Parameters that tell a site where a visitor came from, never what to show. Our own list, from
// the names documented by Google Analytics and Ads, Meta, Microsoft, Mailchimp, HubSpot and Matomo.
const TRACKING: &[&str] = &[
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "yclid",
    "twclid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "mtm_campaign",
    "mtm_source",
    "mtm_medium",
    "pk_campaign",
    "pk_source",
    "pk_medium",
];

// Session ids that servers write into links for browsers without cookies.
const SESSION: &[&str] = &["jsessionid", "phpsessid", "aspsessionid", "cfid", "cftoken", "sessionid"];

impl PageUrl {
    /// Parses an absolute address. Errors when it is malformed or not HTTP.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text.trim()).map_err(|e| UrlError::Malformed(text.trim().to_owned(), e))?;
        Self::from_url(url).ok_or_else(|| UrlError::NotHttp(text.trim().to_owned()))
    }

    /// The same address, normalised; `None` when the scheme is not HTTP.
    pub fn from_url(mut url: Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        if url.fragment().is_some() {
            url.set_fragment(None);
        }
        if !url.username().is_empty() || url.password().is_some() {
            // Credentials in a link must reach no report; on HTTP URLs both setters succeed.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        drop_session_path(&mut url);
        drop_needless_query(&mut url);
        Some(Self(Arc::from(url.as_str())))
    }

    /// An address as this program stored it, without parsing it again. Only for the store.
    pub fn stored(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The same, of a text that others have, too.
    pub(super) fn of_stored(text: Arc<str>) -> Self {
        Self(text)
    }

    /// A screen that a script draws on this page: its address with `#` and the screen's route, which no address of a page has.
    /// Without a route it is the page.
    pub fn screen(&self, route: &str) -> Self {
        let mut url = self.to_url();
        url.set_fragment((!route.is_empty()).then_some(route));
        Self(Arc::from(url.as_str()))
    }

    /// The route of a screen that a script draws; `None` for a page.
    pub fn route(&self) -> Option<&str> {
        self.0.split_once('#').map(|(_, route)| route)
    }

    /// The address that `href` names on this page; `None` for other schemes and nonsense.
    pub fn join(&self, href: &str) -> Option<Self> {
        self.to_url().join(href.trim()).ok().and_then(Self::from_url)
    }

    /// What stands before the path of an address, as in `https://example.gov`; `None` where it is no address of HTTP, or holds
    /// credentials.
    pub fn origin(url: &Url) -> Option<&str> {
        let is_plain =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        is_plain.then(|| &url[..url::Position::BeforePath])
    }

    /// The address that `href` names below an origin, where it is a path that a parser would leave as it is, as most links
    /// are; `None` where only a parser tells.
    pub fn plain(origin: &str, href: &str) -> Option<Self> {
        let path = href.strip_prefix(origin).unwrap_or(href);
        let mut before = b' ';
        // Two slashes begin a host, and a dot behind one may lead up.
        let is_plain = path.starts_with('/')
            && path.bytes().all(|byte| {
                let behind_slash = std::mem::replace(&mut before, byte) == b'/';
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'-' | b'_' | b'~')
                    || matches!(byte, b'/' | b'.') && !behind_slash
            });
        is_plain.then(|| Self([origin, path].concat().into()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as a parsed value, for its parts.
    pub fn to_url(&self) -> Url {
        Url::parse(&self.0).expect("a PageUrl was parsed when it was made")
    }

    /// Host with its port, as in `example.gov:8080`.
    pub fn host(&self) -> &str {
        let rest = self.behind_scheme();
        &rest[..memchr::memchr2(b'/', b'?', rest.as_bytes()).unwrap_or(rest.len())]
    }

    /// The path, always starting with `/`.
    pub fn path(&self) -> &str {
        let rest = self.behind_scheme();
        let path = memchr::memchr(b'/', rest.as_bytes()).map_or("/", |at| &rest[at..]);
        &path[..memchr::memchr(b'?', path.as_bytes()).unwrap_or(path.len())]
    }

    fn behind_scheme(&self) -> &str {
        let rest = ["https://", "http://"].iter().find_map(|scheme| self.0.strip_prefix(scheme));
        rest.or_else(|| self.0.split_once("://").map(|(_, rest)| rest)).unwrap_or("")
    }

    /// The query without its question mark.
    pub fn query(&self) -> Option<&str> {
        self.0.split_once('?').map(|(_, query)| query)
    }

    /// The form that findings are known by: the query sorted, so that its order changes no key.
    pub fn key(&self) -> String {
        let Some((head, query)) = self.0.split_once('?') else { return self.0.to_string() };
        let mut pairs: Vec<&str> = query.split('&').collect();
        pairs.sort_unstable();
        format!("{head}?{}", pairs.join("&"))
    }
}

fn drop_session_path(url: &mut Url) {
    // Few paths have a semicolon.
    if !url.path().bytes().any(|b| b == b';') {
        return;
    }
    let Some(at) = url.path().to_ascii_lowercase().find(";jsessionid=") else { return };
    let path = url.path()[..at].to_owned();
    url.set_path(&path);
}

fn drop_needless_query(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_needless(pair)).collect();
    let kept = kept.join("&");
    if kept.len() != query.len() || kept.is_empty() {
        url.set_query((!kept.is_empty()).then_some(&kept));
    }
}

fn is_needless(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or("").to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&name.as_str()) || SESSION.iter().any(|s| name.starts_with(s))
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

impl Serialize for PageUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PageUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let url = Self::parse(&text).map_err(serde::de::Error::custom)?;
        // Only a screen has one, for no page is written with it.
        Ok(text.split_once('#').map_or(url.clone(), |(_, route)| url.screen(route)))
    }
}

/// Reads back an address that this program stored, without parsing it again: a site's link graph
/// has millions. Only for the store, never for a file that a user hands in.
pub fn stored_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PageUrl>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(|text| PageUrl(Arc::from(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(PageUrl::parse(input).map(|u| u.as_str().to_owned()), Ok(expected.to_owned()));
    }

    #[test]
    fn same_page_same_address() {
        check("HTTP://Example.GOV:80/a/../b#part", "http://example.gov/b");
        check("https://example.gov", "https://example.gov/");
        check("https://example.gov/?utm_source=x&id=4&gclid=9", "https://example.gov/?id=4");
        check("https://example.gov/?utm_source=x", "https://example.gov/");
        check("https://example.gov/?", "https://example.gov/");
        check("https://example.gov/a;jsessionid=12AB?x=1", "https://example.gov/a?x=1");
        check("https://me:secret@example.gov/", "https://example.gov/");
    }

    #[test]
    fn parts_are_read_without_parsing_again() {
        let url = PageUrl::parse("http://example.gov:8080/a/b?c=1&a=2").expect("a valid address");
        assert_eq!((url.host(), url.path(), url.query()), ("example.gov:8080", "/a/b", Some("c=1&a=2")));
        assert_eq!(url.key(), "http://example.gov:8080/a/b?a=2&c=1");
    }

    #[test]
    fn other_schemes_are_no_pages() {
        assert_eq!(PageUrl::parse("mailto:a@example.gov"), Err(UrlError::NotHttp("mailto:a@example.gov".into())));
        let page = PageUrl::parse("http://example.gov/a/").expect("a valid address");
        assert_eq!(page.join("javascript:void(0)"), None);
        assert_eq!(page.join(" ../b "), Some(PageUrl::parse("http://example.gov/b").expect("a valid address")));
    }

    #[test]
    fn a_plain_path_is_what_a_parser_makes_of_it() {
        let base = Url::parse("https://example.gov:8080/a/b?c#d").expect("a valid address");
        let origin = PageUrl::origin(&base).expect("it is of HTTP");
        let hrefs = [
            "/",
            "/pay",
            "/A/b_c-d~e.html",
            "/a/.well-known/x",
            "/a/./b",
            "/a/../b",
            "//host.example/x",
            "/a//b",
            "/a b",
            "/a%20b",
            "/\u{e9}",
            "/a?b",
            "/a#b",
            "/a;b",
            "/a\\b",
            "/a\tb",
            "a",
            "",
            "../x",
            "https://example.gov:8080/x",
            "https://example.gov:8080x/y",
            "https://example.gov:8080",
            "https://example.gov/x",
            "HTTPS://example.gov:8080/x",
            "mailto:a@example.gov",
        ];
        let mut plain = 0;
        for href in hrefs {
            if let Some(url) = PageUrl::plain(origin, href) {
                plain += 1;
                let parsed = base.join(href).expect("it is an address");
                assert_eq!((parsed.as_str(), parsed.fragment()), (url.as_str(), None), "{href}");
                assert_eq!(PageUrl::from_url(parsed), Some(url), "{href}");
            }
        }
        assert_eq!(plain, 4);
        assert_eq!(PageUrl::origin(&Url::parse("http://me:secret@example.gov/").expect("a valid address")), None);
    }

    #[test]
    fn a_screen_is_known_by_its_route_and_stays_so_when_it_was_stored() {
        let page = PageUrl::parse("http://kiosk.example/").expect("an address");
        let screen = page.screen("/pay");
        assert_eq!(
            (screen.as_str(), screen.route(), screen.path()),
            ("http://kiosk.example/#/pay", Some("/pay"), "/#/pay")
        );
        assert_eq!((screen.screen(""), page.route()), (page.clone(), None));
        let stored = serde_json::to_string(&screen).expect("text is JSON");
        assert_eq!(serde_json::from_str::<PageUrl>(&stored).ok(), Some(screen.clone()));
        assert_eq!(screen.join("/"), Some(page));
    }
}
