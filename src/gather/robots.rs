//! What a robots.txt allows, by RFC 9309. It must never make an unreadable file mean "go ahead"
//! where the standard says "stay away".

use crate::model::{Why, fits};
use std::time::Duration;

/// Bytes of a robots.txt that are read: 500 KiB, the least that RFC 9309 §2.5 asks for.
pub(super) const MAX_BYTES: usize = 500 * 1024;

/// Redirects that are followed to it, by RFC 9309 §2.3.1.2.
pub(super) const MAX_REDIRECTS: usize = 5;

/// Sitemaps that are taken from it. Our choice: large sites name a handful.
const MAX_SITEMAPS: usize = 100;

/// The longest `Crawl-delay` that is honoured. Our choice: with 10 s a site of 1,000 pages takes
/// three hours; a longer one, which some sites set by mistake, would never end.
const MAX_CRAWL_DELAY: f64 = 10.0;

/// The rules of one host for this crawler.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Robots {
    rules: Vec<Rule>,
    /// The wait between two requests that the host asks for.
    pub(super) crawl_delay: Option<Duration>,
    /// Why no address may be asked for, whatever the rules say.
    pub(super) barred: Option<Why>,
    /// The sitemaps that the file names, for every crawler.
    pub(super) sitemaps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    allow: bool,
    pattern: String,
}

impl Robots {
    /// Rules that allow everything: there is no robots.txt (any 4xx, RFC 9309 §2.3.1.3).
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// Rules that allow nothing for now: the server could not give its robots.txt (RFC 9309
    /// §2.3.1.4). `why` is what an unread page is reported with.
    pub(super) fn barred(why: Why) -> Self {
        Self { barred: Some(why), ..Self::default() }
    }

    /// Reads the file for the crawler with this product token (`plainway`). Never fails: what is
    /// not understood is skipped, and an HTML page in its place is no robots.txt.
    pub(super) fn parse(bytes: &[u8], product: &str) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('<') {
            return Self::none();
        }
        // Groups that name us count together; only without one do those of `*` count.
        let (mut ours, mut all) = (Self::none(), Self::none());
        let mut named = false;
        let mut sitemaps = Vec::new();
        let mut agents = Agents::default();
        for line in text.split(['\r', '\n']) {
            let line = line.split('#').next().unwrap_or("");
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => agents.add(value, product),
                key @ ("allow" | "disallow" | "crawl-delay") => {
                    agents.closed = true;
                    if agents.us {
                        ours.add(key, value);
                    }
                    if agents.everybody {
                        all.add(key, value);
                    }
                }
                // No part of a group, by the Sitemaps protocol.
                "sitemap" if sitemaps.len() < MAX_SITEMAPS => sitemaps.push(value.to_owned()),
                _ => {}
            }
            named |= agents.us;
        }
        Self { sitemaps, ..if named { ours } else { all } }
    }

    fn add(&mut self, key: &str, value: &str) {
        if key == "crawl-delay" {
            let seconds = value.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0);
            self.crawl_delay = seconds.map(|s| Duration::from_secs_f64(s.min(MAX_CRAWL_DELAY)));
        } else if !value.is_empty() {
            let mut pattern = normalised(value);
            // A pattern without its slash is meant to have one; taking it so is the polite reading.
            if !pattern.starts_with(['/', '*']) {
                pattern.insert(0, '/');
            }
            self.rules.push(Rule { allow: key == "allow", pattern });
        }
    }

    /// Whether an address with this path and query may be asked for: the longest pattern that
    /// matches decides, and `Allow` among equals (RFC 9309 §2.2.2).
    pub(super) fn allows(&self, path_and_query: &str) -> bool {
        if self.barred.is_some() {
            return false;
        }
        let path = normalised(path_and_query);
        let matching = self.rules.iter().filter(|rule| fits(&rule.pattern, &path));
        matching.max_by_key(|rule| (rule.pattern.len(), rule.allow)).is_none_or(|rule| rule.allow)
    }
}

/// Whom the group that is being read is for.
#[derive(Default)]
struct Agents {
    us: bool,
    everybody: bool,
    // A rule was read: the next user-agent line starts a new group.
    closed: bool,
}

impl Agents {
    fn add(&mut self, value: &str, product: &str) {
        if self.closed {
            *self = Self::default();
        }
        let token = value.split(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_')).next().unwrap_or("");
        self.us |= token.eq_ignore_ascii_case(product);
        self.everybody |= value.split_ascii_whitespace().next() == Some("*");
    }
}

/// The text in one spelling: octets outside of ASCII encoded, and encoded characters that need it
/// not decoded (RFC 9309 §2.2.2).
fn normalised(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let encoded = (bytes[at] == b'%')
            .then(|| {
                bytes.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok())
            })
            .flatten();
        let byte = encoded.unwrap_or(bytes[at]);
        let plain = match encoded {
            Some(byte) => byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
            None => byte.is_ascii_graphic(),
        };
        if plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        at += if encoded.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, allowed: &[&str], disallowed: &[&str]) {
        let robots = Robots::parse(text.as_bytes(), "plainway");
        for path in allowed {
            assert!(robots.allows(path), "{path} should be allowed by {text:?}");
        }
        for path in disallowed {
            assert!(!robots.allows(path), "{path} should be disallowed by {text:?}");
        }
    }

    #[test]
    fn groups_are_found_by_product_token() {
        check("User-agent: *\nDisallow: /", &[], &["/", "/a"]);
        check("User-agent: *\nDisallow: /\n\nUser-agent: PlainWay\nDisallow: /x", &["/", "/a"], &["/x"]);
        check("user-agent : plainway/2.0\ndisallow : /x", &["/a"], &["/x"]);
        check("User-agent: plainway-images\nDisallow: /", &["/a"], &[]);
        check("User-agent: other\nDisallow: /", &["/a"], &[]);
        check("User-agent: a\nUser-agent: plainway\nDisallow: /x\nUser-agent: b\nDisallow: /y", &["/y"], &["/x"]);
        check(
            "User-agent: plainway\nDisallow: /x\nUser-agent: b\nDisallow: /\nUser-agent: plainway\nDisallow: /y",
            &["/z"],
            &["/x", "/y"],
        );
        check("User-agent: plainway\nSitemap: http://a/\nUser-agent: b\nDisallow: /x", &["/y"], &["/x"]);
        check("User-agent: plainway\n\nUser-agent: *\nDisallow: /", &[], &["/a"]);
        check("Disallow: /", &["/a"], &[]);
    }

    #[test]
    fn the_longest_match_decides_and_allow_wins_ties() {
        check("User-agent: *\nDisallow: /a\nAllow: /a/b", &["/", "/a/b", "/a/bc"], &["/a", "/ab", "/a/c"]);
        check("User-agent: *\nAllow: /p\nDisallow: /p", &["/p"], &[]);
        check("User-agent: *\nDisallow: /p\nAllow: /p", &["/p"], &[]);
        check("User-agent: *\nDisallow:", &["/", "/a"], &[]);
        check("User-agent: *\nAllow: /$\nDisallow: /", &["/"], &["/a"]);
    }

    #[test]
    fn wildcards_and_ends() {
        check("User-agent: *\nDisallow: /*.pdf$", &["/a.pdf?x", "/a.pdfx"], &["/a.pdf", "/b/c.pdf"]);
        check("User-agent: *\nDisallow: /a*b*c", &["/ac", "/abx"], &["/abc", "/a1b2c3"]);
        check("User-agent: *\nDisallow: *?print=", &["/a"], &["/a?print=1"]);
        check("User-agent: *\nDisallow: /a$b", &["/a"], &["/a$b"]);
        check("User-agent: *\nDisallow: /ab*ab$", &["/ab"], &["/abab"]);
    }

    #[test]
    fn spelling_does_not_matter() {
        check("User-agent: *\nDisallow: /caf\u{e9}", &["/cafe"], &["/caf%C3%A9", "/caf%c3%a9"]);
        check("User-agent: *\nDisallow: /%61/%2F", &["/a//"], &["/a/%2f"]);
        check("\u{feff}User-agent: *\r\nDisallow: /x # why\r\n", &["/y"], &["/x"]);
        check("User-agent: *\rDisallow: private", &["/y"], &["/private"]);
        check("User-agent: *\nDisallow: /%zz%", &["/y"], &["/%zz%"]);
    }

    #[test]
    fn other_files_and_hostile_ones() {
        check("<!DOCTYPE html>\nUser-agent: *\nDisallow: /", &["/a"], &[]);
        check(&format!("{}\nUser-agent: *\nDisallow: /", "#".repeat(MAX_BYTES)), &["/a"], &[]);
        let stars = format!("User-agent: *\nDisallow: /{}x", "*a".repeat(200_000));
        check(&stars, &[&format!("/{}", "a".repeat(8000))], &[]);
        assert!(!Robots::barred(Why::Robots).allows("/"));
    }

    #[test]
    fn sitemaps_are_for_everybody() {
        let robots = Robots::parse(b"Sitemap: http://a/1\nUser-agent: x\nSITEMAP : http://a/2 # b\nDisallow: /", "y");
        assert_eq!(robots.sitemaps, ["http://a/1", "http://a/2"]);
        assert!(robots.allows("/"));
    }

    #[test]
    fn crawl_delay_is_capped() {
        let delay =
            |text: &str| Robots::parse(format!("User-agent: *\nCrawl-delay: {text}").as_bytes(), "x").crawl_delay;
        assert_eq!(delay("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(delay("86400"), Some(Duration::from_secs(10)));
        assert_eq!((delay("-1"), delay("NaN"), delay("soon")), (None, None, None));
    }
}
