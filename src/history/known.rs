//! Pages that were measured before: the same bytes under the same rules need no second look.

use super::packing::unpacked;
use super::{Result, Store};
use crate::model::{LinkRole, Links, NextLink, PageUrl};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::sync::{Mutex, PoisonError};

/// What the store holds of earlier pages, for the threads that read new ones.
pub struct KnownPages {
    db: Mutex<Connection>,
}

/// A page that was read before.
pub struct KnownPage {
    /// The links that a crawl may go on with.
    pub next: Links,
    /// Whether the store has its record too: a page that is measured with its style sheets has none without.
    pub is_measured: bool,
}

impl KnownPages {
    /// The page that was stored under this key; `None` where there is none, or where the store is busy: then the page is
    /// read again.
    pub fn page(&self, key: &str) -> Option<KnownPage> {
        let (packed, is_measured) = {
            let db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
            let mut query = db.prepare_cached("SELECT next, length(record) > 0 FROM facts WHERE key = ?1").ok()?;
            let row: Option<(Vec<u8>, bool)> =
                query.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional().ok()?;
            row?
        };
        Some(KnownPage { next: links(&unpacked(&packed)), is_measured })
    }

    /// Whether the store has a record under this key.
    pub fn is_measured(&self, key: &str) -> bool {
        let db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        let query = db.prepare_cached("SELECT length(record) > 0 FROM facts WHERE key = ?1");
        query.and_then(|mut query| query.query_row([key], |row| row.get(0))).unwrap_or(false)
    }
}

impl Store {
    /// What was measured before; `None` for a store that is gone after the audit.
    pub fn known_pages(&self) -> Result<Option<KnownPages>> {
        let Some(path) = &self.path else { return Ok(None) };
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Some(KnownPages { db: Mutex::new(db) }))
    }

    /// The pages of a run, and the byte at which its snapshot holds each.
    pub fn recorded_pages(&self, run: i64) -> Result<Vec<(PageUrl, u64)>> {
        let mut query = self.db.prepare("SELECT url, at FROM pages WHERE run = ?1 AND at IS NOT NULL")?;
        let rows = query.query_map([run], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        let entry = |row: rusqlite::Result<(String, i64)>| {
            let (url, at) = row?;
            Ok((PageUrl::stored(&url), at.unsigned_abs()))
        };
        rows.map(entry).collect()
    }
}

const ROLES: [(char, LinkRole); 5] = [
    ('p', LinkRole::Page),
    ('a', LinkRole::Act),
    ('s', LinkRole::Sheet),
    ('f', LinkRole::Frame),
    ('h', LinkRole::Head),
];

/// Links as they are stored: a line each, its role and its address.
pub(super) fn link_lines(links: &Links) -> Vec<u8> {
    let mut lines = Vec::new();
    for link in links {
        let role = ROLES.iter().find(|(_, role)| *role == link.role).map_or('p', |(letter, _)| *letter);
        lines.push(role as u8);
        lines.extend_from_slice(link.url.as_str().as_bytes());
        lines.push(b'\n');
    }
    lines
}

fn links(lines: &[u8]) -> Links {
    let lines = std::str::from_utf8(lines).unwrap_or_default().lines();
    let link = |line: &str| {
        let mut rest = line.chars();
        let letter = rest.next()?;
        let role = ROLES.iter().find(|(known, _)| *known == letter)?.1;
        Some(NextLink { url: PageUrl::stored(rest.as_str()), role })
    };
    lines.filter_map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_back_as_they_were() {
        let url = |text: &str| PageUrl::parse(text).expect("a literal address");
        let all: Links =
            ROLES.iter().map(|(_, role)| NextLink { url: url("http://a.gov/é?x=1"), role: *role }).collect();
        assert_eq!(links(&link_lines(&all)), all);
        assert_eq!(links(b""), Links::new());
    }
}
