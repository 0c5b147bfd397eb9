//! Pages that a site names in its sitemaps (sitemaps.org). It must never let one lead out of the
//! site, in circles, or on without end.

use super::fetch::Fetcher;
use super::http::Want;
use super::{MAX_ADDRESS, Scope};
use crate::model::PageUrl;
use crate::snapshot::Decoder;
use quick_xml::events::{BytesStart, Event};
use std::collections::{HashSet, VecDeque};

/// Bytes of a sitemap, packed and unpacked. Our choice: 50,000 addresses of 400 bytes. The protocol
/// allows 50 MB; what is beyond is left out.
const MAX_BYTES: usize = 20 * 1024 * 1024;

/// Addresses in one sitemap, by the protocol.
const MAX_ADDRESSES: usize = 50_000;

/// Sitemaps that are asked for. Our choice: with them a site may name 50 million pages.
const MAX_FILES: usize = 1000;

/// Sitemaps in a row that could not be read, after which the rest is left. Our choice: else a site
/// could hold a crawl up for hours.
const MAX_FAILURES: usize = 3;

/// What a sitemap holds: pages, or further sitemaps.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sitemap {
    pages: Vec<String>,
    sitemaps: Vec<String>,
}

/// The pages in scope that the site's sitemaps name, each once, in their order; at most `max`.
/// Those of the robots.txt are read, or else `/sitemap.xml`.
pub(super) async fn pages(fetcher: &Fetcher<'_>, scope: &Scope, start: &PageUrl, max: usize) -> Vec<PageUrl> {
    let address = |text: &str| {
        let url = (text.len() <= MAX_ADDRESS).then(|| start.join(text)).flatten()?;
        Some(fetcher.public(&url)).filter(|url| scope.has_host(url))
    };
    let mut files: VecDeque<PageUrl> = fetcher.sitemaps(start).iter().filter_map(|text| address(text)).collect();
    if files.is_empty() {
        files.extend(start.join("/sitemap.xml"));
    }
    let mut asked: HashSet<PageUrl> = HashSet::new();
    let (mut pages, mut seen, mut failures) = (Vec::new(), HashSet::new(), 0);
    while let Some(file) = files.pop_front() {
        if asked.len() >= MAX_FILES || pages.len() >= max || failures >= MAX_FAILURES || fetcher.is_stopped() {
            break;
        }
        if !asked.insert(file.clone()) {
            continue;
        }
        let Ok(reply) = fetcher.peek(&file, Want::Anything(MAX_BYTES)).await else {
            failures += 1;
            continue;
        };
        failures = 0;
        if let Some(to) = reply.redirect(&file.to_url()) {
            // A redirect counts as one more sitemap, which also ends every circle of them.
            files.extend(address(to.as_str()));
            continue;
        }
        if !(200..300).contains(&reply.status) {
            continue;
        }
        let found = parse(&reply.body);
        files.extend(found.sitemaps.iter().filter_map(|text| address(text)));
        let named = found.pages.iter().filter_map(|text| address(text)).filter(|url| scope.contains(url));
        pages.extend(named.filter(|url| seen.insert(url.clone())));
    }
    pages.truncate(max);
    pages
}

/// Reads a sitemap as far as it goes: XML, packed or not, or one address a line.
fn parse(bytes: &[u8]) -> Sitemap {
    let unpacked = bytes.starts_with(&[0x1f, 0x8b]).then(|| unpacked(bytes)).flatten();
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_BYTES)]);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        return parse_xml(text);
    }
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("http"));
    Sitemap { pages: lines.take(MAX_ADDRESSES).map(str::to_owned).collect(), sitemaps: Vec::new() }
}

fn unpacked(bytes: &[u8]) -> Option<bytes::Bytes> {
    let mut decoder = Decoder::new(Some("gzip"), MAX_BYTES)?;
    decoder.feed(bytes);
    Some(decoder.finish().body)
}

/// The `loc` of each `url` and `sitemap`; those of images and videos have a prefix of their own.
fn parse_xml(text: &str) -> Sitemap {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut found = Sitemap::default();
    // Whether the last `url` or `sitemap` was a sitemap, and its prefix.
    let (mut within, mut open): (Option<(bool, String)>, Option<String>) = (None, None);
    while found.pages.len() + found.sitemaps.len() < MAX_ADDRESSES {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let (prefix, name) = names(&tag);
                match name.as_str() {
                    "url" | "sitemap" => within = Some((name == "sitemap", prefix)),
                    "loc" if within.as_ref().is_some_and(|(_, p)| *p == prefix) => open = Some(String::new()),
                    _ => {}
                }
            }
            Ok(Event::Text(part)) => add(&mut open, &part),
            Ok(Event::CData(part)) => add(&mut open, &part),
            Ok(Event::GeneralRef(part)) => {
                let named = match &*part {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => part.resolve_char_ref().ok().flatten(),
                };
                add(&mut open, &named.map(String::from).unwrap_or_default());
            }
            Ok(Event::End(_)) => {
                let (Some(address), Some((is_sitemap, _))) = (open.take(), &within) else { continue };
                let list = if *is_sitemap { &mut found.sitemaps } else { &mut found.pages };
                list.push(address.trim().to_owned());
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}

fn names(tag: &BytesStart<'_>) -> (String, String) {
    let name: &str = tag.name().into_inner();
    let (prefix, name) = name.split_once(':').unwrap_or(("", name));
    (prefix.to_owned(), name.to_owned())
}

fn add(open: &mut Option<String>, part: &str) {
    if let Some(address) = open.as_mut().filter(|address| address.len() <= MAX_ADDRESS) {
        address.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[track_caller]
    fn check(text: &[u8], pages: &[&str], sitemaps: &[&str]) {
        let found = parse(text);
        assert_eq!((found.pages, found.sitemaps), (owned(pages), owned(sitemaps)));
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn addresses_are_read_from_xml_and_lines() {
        check(
            b"\xef\xbb\xbf<?xml version='1.0'?><urlset xmlns='x'><url><loc> http://a/?x=1&amp;y=2&#38;z\n</loc>\
              <image:image><image:loc>http://a/i.png</image:loc></image:image></url>\
              <url><lastmod>2026</lastmod><loc><![CDATA[http://a/b]]></loc></url></urlset>",
            &["http://a/?x=1&y=2&z", "http://a/b"],
            &[],
        );
        check(b"<s:sitemapindex><s:sitemap><s:loc>http://a/1.xml</s:loc></s:sitemap>", &[], &["http://a/1.xml"]);
        check(b"http://a/1\r\n# no\nhttp://a/2", &["http://a/1", "http://a/2"], &[]);
    }

    #[test]
    fn broken_ones_are_read_as_far_as_they_go() {
        check(b"<urlset><url><loc>http://a/1</loc></url><url><loc>http://a/2</l", &["http://a/1"], &[]);
        check(b"<url><loc>http://a/1</loc></url><!-- never closed", &["http://a/1"], &[]);
        check(b"<html><body>Not found", &[], &[]);
        check(b"", &[], &[]);
        check(b"\x1f\x8bnot gzip at all", &[], &[]);
        let entities = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><url><loc>http://a/&b;</loc></url>";
        check(entities, &["http://a/"], &[]);
    }

    #[test]
    fn packed_and_endless_ones_are_cut() {
        let many = "<url><loc>http://a/</loc></url>".repeat(MAX_ADDRESSES + 10);
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let packed = encoder.write_all(many.as_bytes()).and_then(|()| encoder.finish()).expect("memory takes all");
        assert_eq!(parse(&packed).pages.len(), MAX_ADDRESSES);
        let long = format!("<url><loc>http://a/{}</loc></url>", "x".repeat(1_000_000));
        // Too long by far, and dropped where addresses are made of the texts.
        assert!(parse(long.as_bytes()).pages[0].len() > MAX_ADDRESS);
        let deep = "<url>".repeat(200_000);
        check(deep.as_bytes(), &[], &[]);
    }
}
