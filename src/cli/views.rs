//! Page views from an analytics file: Google Analytics, Matomo, GoAccess, or plain `url,views`, known by
//! their headers. The file comes from outside, so nothing in it is trusted.

use super::Stop;
use crate::facts::SiteFacts;
use crate::model::PageUrl;
use anyhow::{Context, anyhow};
use std::collections::BTreeMap;
use std::path::Path;

/// Largest file that is read. Our choice: a million pages take some 80 MB.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Longest address that is looked at; longer ones are no pages that are crawled. Our choice.
const MAX_ADDRESS: usize = 4_096;

/// Lines that tell the sign between columns. Our choice: Google Analytics writes nine before its header.
const PREAMBLE: usize = 40;

/// Names of the column with the address, in lower case, the best first.
const ADDRESS: &[&str] = &[
    "url",
    "metadata_url",
    "metadata: url",
    "page location",
    "full page url",
    "page path and screen class",
    "page path",
    "page path + query string",
    "landing page",
    "page url",
    "page",
    "path",
    "address",
    "label",
];

/// Names of the column with the views, in lower case, the best first.
const VIEWS: &[&str] = &["views", "pageviews", "page views", "nb_hits", "hits", "screen_view", "nb_visits", "visits"];

/// The module of GoAccess that lists pages; its files have no header.
const GOACCESS: &str = "requests";

/// How often each address was viewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Views {
    /// By address or path, as the file has it.
    by_address: BTreeMap<String, u64>,
    /// Hash of the file, since another file is another way to weigh.
    pub(super) hash: String,
    /// Lines that hold no address with a number.
    pub(super) skipped: usize,
    /// The name of the file.
    name: String,
}

impl Views {
    /// Reads a file that the config names.
    pub(super) fn load(path: &Path) -> Result<Self, Stop> {
        let read = || format!("the page views {} cannot be read", path.display());
        let size = std::fs::metadata(path).with_context(read).map_err(Stop::Wrong)?.len();
        if size > MAX_BYTES {
            return Err(Stop::Wrong(anyhow!("{}: it has {size} bytes; at most {MAX_BYTES} are read", read())));
        }
        let bytes = std::fs::read(path).with_context(read).map_err(Stop::Wrong)?;
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut views = Self::parse(&bytes).map_err(|what| Stop::Wrong(anyhow!("{}: {what}", read())))?;
        (views.hash, views.name) = (super::setup::short_hash(&bytes), name);
        Ok(views)
    }

    /// The views that a text tells of; an error says what is missing.
    fn parse(bytes: &[u8]) -> Result<Self, String> {
        // Matomo writes UTF-16 with a mark; what is damaged becomes a sign that no address has.
        let (text, _, _) = encoding_rs::UTF_8.decode(bytes);
        let separator = separator(&text);
        let mut reader = csv::ReaderBuilder::new();
        reader.has_headers(false).flexible(true).delimiter(separator);
        let mut rows = reader.from_reader(text.as_bytes());
        let mut views = Self::default();
        let mut columns: Option<(usize, usize)> = None;
        for row in rows.records() {
            let Ok(row) = row else {
                views.skipped += 1;
                continue;
            };
            if columns.is_none() && row.len() >= 6 && row.get(2) == Some(GOACCESS) {
                views.add(row.get(row.len() - 1), row.get(3));
                continue;
            }
            match columns {
                Some((address, count)) => views.add(row.get(address), row.get(count)),
                None if views.by_address.is_empty() => columns = header(&row),
                // Other modules of GoAccess.
                None => {}
            }
        }
        if views.by_address.is_empty() {
            return Err("it has no column of addresses with a column of views; known are the exports of Google Analytics, Matomo and GoAccess, and plain `url,views`".to_owned());
        }
        Ok(views)
    }

    fn add(&mut self, address: Option<&str>, count: Option<&str>) {
        let address = address.unwrap_or_default().trim();
        let is_address = address.starts_with('/') || address.starts_with("http://") || address.starts_with("https://");
        match number(count.unwrap_or_default()).filter(|_| is_address && address.len() <= MAX_ADDRESS) {
            Some(count) => {
                let sum = self.by_address.entry(address.to_owned()).or_insert(0);
                *sum = sum.saturating_add(count);
            }
            None => self.skipped += 1,
        }
    }

    /// The views of each page of a site, by its place in `pages`, and the share of all views that is of
    /// no page here. Errors where no address is one of the site.
    pub(super) fn of_pages(&self, site: &SiteFacts, pages: &[u32]) -> Result<(Vec<u64>, f64), String> {
        let mut views = vec![0u64; pages.len()];
        let (mut all, mut known) = (0u128, 0u128);
        for (address, &count) in &self.by_address {
            all += u128::from(count);
            let url = match address.starts_with('/') {
                // `//host/` would leave the site.
                true => site.start.join(&format!("/{}", address.trim_start_matches('/'))),
                false => PageUrl::parse(address).ok(),
            };
            let place = url.iter().flat_map(spellings).find_map(|url| {
                let at = site.page_at(&url)?;
                pages.binary_search(&at).ok()
            });
            if let Some(place) = place {
                views[place] = views[place].saturating_add(count);
                known += u128::from(count);
            }
        }
        if known == 0 {
            return Err(format!(
                "none of the {} addresses of {} is a page of this site",
                self.by_address.len(),
                self.name
            ));
        }
        Ok((views, 1.0 - known as f64 / all as f64))
    }
}

/// The ways in which a page may be written: as it is, with and without the slash at its end, as the file of its folder.
pub(super) fn spellings(url: &PageUrl) -> Vec<PageUrl> {
    let text = url.as_str();
    let bare = text.trim_end_matches('/');
    let folder = text
        .strip_suffix("index.html")
        .or_else(|| text.strip_suffix("index.htm"))
        .or_else(|| text.strip_suffix("index.php"));
    [Some(text.to_owned()), Some(bare.to_owned()), Some(format!("{bare}/")), folder.map(str::to_owned)]
        .into_iter()
        .flatten()
        .filter_map(|text| PageUrl::parse(&text).ok())
        .collect()
}

/// The sign between columns: the most frequent of the usual ones in the line that looks like a header.
fn separator(text: &str) -> u8 {
    let lines = || text.lines().filter(|l| !l.starts_with('#')).take(PREAMBLE);
    let most = |sign: char| lines().map(|line| line.matches(sign).count()).max().unwrap_or(0);
    [(',', b','), (';', b';'), ('\t', b'\t')]
        .into_iter()
        .rev()
        .max_by_key(|(sign, _)| most(*sign))
        .map_or(b',', |(_, byte)| byte)
}

/// The columns of address and views, where a row names both.
fn header(row: &csv::StringRecord) -> Option<(usize, usize)> {
    let names: Vec<String> = row.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_lowercase()).collect();
    let find = |known: &[&str]| known.iter().find_map(|known| names.iter().position(|name| name == known));
    find(ADDRESS).zip(find(VIEWS)).filter(|(address, views)| address != views)
}

/// A whole number with or without signs between its thousands; nothing else is one.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_grouped = |sign: char| {
        let mut groups = text.split(sign);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
    };
    let digits: String = match [',', '.', ' ', '\u{a0}', '\u{202f}'].into_iter().find(|sign| text.contains(*sign)) {
        Some(sign) if is_grouped(sign) => text.split(sign).collect(),
        Some(_) => return None,
        None => text.to_owned(),
    };
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, u64)], skipped: usize) {
        let views = Views::parse(text.as_bytes()).expect("it has views");
        let found: Vec<(&str, u64)> = views.by_address.iter().map(|(a, n)| (a.as_str(), *n)).collect();
        assert_eq!((found.as_slice(), views.skipped), (expected, skipped));
    }

    #[test]
    fn every_export_is_known_by_its_header() {
        check("url,views\n/a,3\nhttps://town.example/b,4\n", &[("/a", 3), ("https://town.example/b", 4)], 0);
        check(
            "# ----\n# Pages and screens\n#\nPage path and screen class,Views,Users\n/a,\"1,234\",9\n(not set),4,1\n",
            &[("/a", 1_234)],
            1,
        );
        check("Page,Pageviews,Unique Pageviews\n/a,12,3\n,,\n", &[("/a", 12)], 1);
        check(
            "label,nb_visits,nb_hits,metadata_url\nPermits,3,7,https://town.example/a\n",
            &[("https://town.example/a", 7)],
            0,
        );
        check(
            "\"0\",,\"general\",\"5\",,,,\"\"\r\n\"0\",,\"requests\",\"17\",\"5.0%\",\"9\",\"4%\",\"1\",\"1%\",,,,\"GET\",\"HTTP/1.1\",\"/a\"\r\n\"1\",,\"hosts\",\"5\",\"1%\",\"1\",\"1%\",\"1\",\"/x\"\r\n",
            &[("/a", 17)],
            0,
        );
        check("url;views\n/a;1.234\n/a;6\n", &[("/a", 1_240)], 0);
    }

    #[test]
    fn utf_16_with_a_mark_is_read() {
        let mut bytes = vec![0xff, 0xfe];
        "url,views\n/a,3\n".encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes()));
        let views = Views::parse(&bytes).expect("it has views");
        assert_eq!(views.by_address.get("/a"), Some(&3));
    }

    #[test]
    fn hostile_files_do_no_harm() {
        check(
            "url,views\n/a,-5\n/b,1e9\n/c,99999999999999999999999\n=cmd(),4\njavascript:alert(1),4\n/d,3\n/d,18446744073709551615\n",
            &[("/d", u64::MAX)],
            5,
        );
        for nothing in ["", "\0\0\0", "a,b\n1,2\n", "url,views\n", "\"url,views\n/a,3"] {
            assert!(Views::parse(nothing.as_bytes()).is_err(), "{nothing:?}");
        }
    }

    #[test]
    fn numbers_are_whole() {
        for (text, expected) in
            [("1,234,567", Some(1_234_567)), ("12.5", None), ("1 234", Some(1_234)), ("+4", None), ("", None)]
        {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
