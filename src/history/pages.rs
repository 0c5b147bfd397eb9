//! The pages of a run: what was measured goes in while the site is read, the results after the last page.

use super::found::read_packed;
use super::known::link_lines;
use super::lanes::in_order;
use super::packing::{Packer, unpacked_text};
use super::stream::worded;
use super::{FindingRow, HistoryError, PageRow, Result, Store};
use crate::audit::Verdicts;
use crate::facts::PageFacts;
use crate::model::{Links, Outcome, PageUrl, Unread};
use rusqlite::params;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the page phase leaves of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageRecord {
    /// What was measured.
    pub facts: PageFacts,
    /// What the rules said of the page alone.
    pub verdicts: Verdicts,
}

/// What is stored of a page that was measured.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    record: Vec<u8>,
    next: Vec<u8>,
    /// Pictures of the page and its findings, as JSON.
    pub(super) pictures: Option<Vec<u8>>,
}

/// Records for as many pages as there is room for, so that they are not read from the store a second time.
#[derive(Debug, Default)]
pub struct Held {
    records: FxHashMap<String, Box<PageRecord>>,
    /// The leads of their links, by where they are in memory.
    leads: FxHashSet<usize>,
    /// Bytes that they take, as reckoned.
    size: usize,
}

/// Room for records that are held, in bytes. Our choice: some 1,500 pages of a city, or three thousand small ones.
const HELD: usize = 48 * 1024 * 1024;

/// What is reckoned for the JSON of a link beside its address and its words, and for its lead in memory beside them, in bytes.
const LINK: (usize, usize) = (45, 350);

impl Held {
    /// Keeps a record with so many bytes of JSON, if there is room: what it holds takes about as much in memory, but for the
    /// leads of its links, which it may share with others, and its findings, whose lists and texts have room to spare: pages
    /// with 31 of them took half as much again. Whether there was.
    fn keep(&mut self, key: String, record: PageRecord, json: usize) -> bool {
        let (mut in_json, mut size) = (0, size_of::<PageRecord>());
        for link in &record.facts.links {
            let text = link.href.len() + link.text.len();
            in_json += LINK.0 + text;
            size += size_of_val(link);
            if !self.leads.contains(&Arc::as_ptr(link.lead()).addr()) {
                size += LINK.1 + 2 * text;
            }
        }
        size += json.saturating_sub(in_json) + size_of_val(record.verdicts.findings.as_slice());
        if self.size + size > HELD {
            return false;
        }
        self.size += size;
        self.leads.extend(record.facts.links.iter().map(|link| Arc::as_ptr(link.lead()).addr()));
        self.records.insert(key, Box::new(record));
        true
    }
}

/// A record on its way to whoever works on it.
enum Stored {
    Packed(Vec<u8>),
    Held(Box<PageRecord>),
}

impl Stored {
    /// The record.
    fn read(self) -> Result<PageRecord> {
        match self {
            Self::Held(record) => Ok(*record),
            Self::Packed(packed) => PageRecord::unpack(&packed),
        }
    }

    /// What was measured, with what was said of it if that is wanted, and the bytes of JSON that were read for both.
    fn measured(self, with_verdicts: bool) -> Result<(PageRecord, usize)> {
        #[derive(Deserialize)]
        struct Measured {
            facts: PageFacts,
        }
        let packed = match self {
            Self::Held(record) => return Ok((*record, 0)),
            Self::Packed(packed) => packed,
        };
        let json = unpacked_text(&packed);
        if with_verdicts {
            return Ok((serde_json::from_str(&json)?, json.len()));
        }
        let Measured { facts } = serde_json::from_str(&json)?;
        Ok((PageRecord { facts, verdicts: Verdicts::default() }, json.len()))
    }
}

impl Packer {
    /// What is stored of a page: its record in JSON, and the links that a crawl may go on with.
    pub fn page(&mut self, record: &[u8], next: &Links) -> Packed {
        Packed { record: self.pack(record), ..self.ahead(next) }
    }

    /// What is stored of a page that is not measured yet: its links alone.
    pub fn ahead(&mut self, next: &Links) -> Packed {
        Packed { record: Vec::new(), next: self.pack(&link_lines(next)), pictures: None }
    }
}

impl PageRecord {
    /// The record as JSON. Plain values in memory can always be written.
    pub fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn unpack(packed: &[u8]) -> Result<Self> {
        read_packed(packed)
    }
}

impl Store {
    /// Starts to gather writes; a page phase of a large site is many small ones.
    pub fn batch(&self) -> Result<()> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        Ok(())
    }

    /// Writes what was gathered since [`Store::batch`].
    pub fn commit(&self) -> Result<()> {
        if !self.db.is_autocommit() {
            self.db.execute_batch("COMMIT")?;
        }
        Ok(())
    }

    /// Gives up what was gathered since [`Store::batch`], where it is not written yet.
    pub fn roll_back(&self) -> Result<()> {
        if !self.db.is_autocommit() {
            self.db.execute_batch("ROLLBACK")?;
            self.clear_laid()?;
        }
        Ok(())
    }

    /// Stores a page of a run, and the byte at which its snapshot holds it. Equal records are stored
    /// once, under the hash of what they came from; `None` is a page that is there already.
    pub fn put_page(&self, run: i64, url: &str, key: &str, at: Option<u64>, packed: Option<&Packed>) -> Result<()> {
        if let Some(packed) = packed {
            self.db
                .prepare_cached(
                    "INSERT INTO facts (key, record, next, pictures) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE
                     SET record = excluded.record, pictures = excluded.pictures WHERE length(facts.record) = 0",
                )?
                .execute(params![key, packed.record, packed.next, packed.pictures])?;
        }
        let at = at.and_then(|at| i64::try_from(at).ok());
        let stored = self
            .db
            .prepare_cached(
                "INSERT OR REPLACE INTO reading (run, url, facts, at) SELECT ?1, ?2, key, ?4 FROM facts WHERE key = ?3",
            )?
            .execute(params![run, url, key, at])?;
        if stored == 1 { Ok(()) } else { Err(super::HistoryError::Removed) }
    }

    /// Works on every page of a run, on all processors, and hands over what comes of them in the order of their addresses.
    /// `work` gets the hash of what a page came from, and its record; those that are `held` come from there.
    pub fn each_page<R: Send, E: From<HistoryError>>(
        &self,
        run: i64,
        held: Held,
        work: impl Fn(&str, PageRecord) -> Result<R> + Sync,
        visit: impl FnMut(R) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.each_stored(run, held, |key, stored| work(&key, stored.read()?), visit)
    }

    /// Hands over what was measured of every page of a run, in the same order, with the hash of what it came from; keeps in `held`,
    /// if that is given, the records that there is room for.
    pub fn each_measured<E: From<HistoryError>>(
        &self,
        run: i64,
        mut held: Option<&mut Held>,
        mut visit: impl FnMut(&str, &PageFacts) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        // Only what is kept is read as a whole.
        let has_room = AtomicBool::new(held.is_some());
        let read = |key: String, stored: Stored| -> Result<(String, PageRecord, Option<usize>)> {
            let is_whole = has_room.load(Ordering::Relaxed);
            let (record, json) = stored.measured(is_whole)?;
            Ok((key, record, is_whole.then_some(json)))
        };
        let keep = |(key, record, json): (String, PageRecord, Option<usize>)| -> std::result::Result<(), E> {
            visit(&key, &record.facts)?;
            if let (Some(held), Some(json)) = (held.as_deref_mut(), json)
                && !held.keep(key, record, json)
            {
                has_room.store(false, Ordering::Relaxed);
            }
            Ok(())
        };
        self.each_stored(run, Held::default(), read, keep)
    }

    fn each_stored<R: Send, E: From<HistoryError>>(
        &self,
        run: i64,
        mut held: Held,
        work: impl Fn(String, Stored) -> Result<R> + Sync,
        mut visit: impl FnMut(R) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        // What is visited may be stored anew on the way.
        let places: Result<Vec<i64>> = (|| {
            let mut query = self.db.prepare(
                "SELECT (SELECT rowid FROM facts WHERE key = pages.facts) AS place FROM pages WHERE run = ?1 AND place IS NOT NULL ORDER BY url",
            )?;
            let places = query.query_map([run], |row| row.get(0))?;
            Ok(places.collect::<rusqlite::Result<_>>()?)
        })();
        let mut places = places?.into_iter();
        let mut query =
            self.db.prepare("SELECT key, record FROM facts WHERE rowid = ?1").map_err(HistoryError::from)?;
        let mut stored = |place: i64| -> rusqlite::Result<(String, Stored)> {
            query.query_row([place], |row| {
                let key: String = row.get(0)?;
                let stored = match held.records.remove(&key) {
                    Some(record) => Stored::Held(record),
                    None => Stored::Packed(row.get(1)?),
                };
                Ok((key, stored))
            })
        };
        let next = || -> std::result::Result<Option<(String, Stored)>, E> {
            Ok(places.next().map(&mut stored).transpose().map_err(HistoryError::from)?)
        };
        let work = |(): &mut (), (key, stored): (String, Stored)| work(key, stored);
        in_order(next, || (), work, |result: Result<R>| visit(result?))
    }

    /// What was measured of one page of a run.
    pub fn record(&self, run: i64, url: &str) -> Result<Option<PageRecord>> {
        use rusqlite::OptionalExtension;
        let sql = format!("SELECT record FROM pages JOIN facts ON facts.key = pages.facts WHERE {ONE_PAGE}");
        let packed: Option<Vec<u8>> =
            self.db.prepare_cached(&sql)?.query_row(params![run, url], |row| row.get(0)).optional()?;
        packed.map(|packed| PageRecord::unpack(&packed)).transpose()
    }

    /// Stores what was not read, and the addresses that are gone.
    pub fn put_unread<'u>(&self, run: i64, unread: &[Unread], gone: impl IntoIterator<Item = &'u str>) -> Result<()> {
        for page in unread {
            self.db
                .prepare_cached("INSERT OR REPLACE INTO unread (run, url, why, from_url) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![
                    run,
                    page.url.as_str(),
                    erased::Word::word(&page.why),
                    page.from.as_ref().map(|f| f.as_str())
                ])?;
        }
        for url in gone {
            self.db
                .prepare_cached("INSERT OR REPLACE INTO gone (run, url) VALUES (?1, ?2)")?
                .execute(params![run, url])?;
        }
        Ok(())
    }

    /// Forgets the pages of a run that are not to be kept.
    pub fn keep_pages(&self, run: i64, keep: impl Fn(&str) -> bool) -> Result<()> {
        let mut query = self.db.prepare("SELECT url FROM reading WHERE run = ?1")?;
        let urls = query.query_map([run], |row| row.get::<_, String>(0))?;
        let is_gone = |url: &rusqlite::Result<String>| !url.as_ref().is_ok_and(|url| keep(url));
        let gone: Vec<String> = urls.filter(is_gone).collect::<rusqlite::Result<_>>()?;
        for url in &gone {
            self.db.prepare_cached("DELETE FROM reading WHERE run = ?1 AND url = ?2")?.execute(params![run, url])?;
        }
        Ok(())
    }

    /// Takes the pages of an earlier run that this one does not know for gone. Only right where the
    /// source is whole by itself, as a folder is.
    pub fn put_missing_as_gone(&self, run: i64, before: i64) -> Result<()> {
        self.db.execute(
            "INSERT OR IGNORE INTO gone (run, url)
             SELECT ?1, url FROM pages WHERE run = ?2
             AND url NOT IN (SELECT url FROM pages WHERE run = ?1) AND url NOT IN (SELECT url FROM unread WHERE run = ?1)",
            params![run, before],
        )?;
        Ok(())
    }

    /// The pages of a run, in the order of their addresses.
    pub fn each_page_row(&self, run: i64, mut visit: impl FnMut(PageRow)) -> Result<()> {
        let mut query =
            self.db.prepare(&format!("SELECT {PAGE} FROM pages WHERE run = ?1 AND row IS NOT NULL ORDER BY url"))?;
        let mut rows = query.query([run])?;
        while let Some(row) = rows.next()? {
            visit(page_row(row)?);
        }
        Ok(())
    }

    /// The addresses that were not read, in their order.
    pub fn unread(&self, run: i64) -> Result<Vec<Unread>> {
        let mut query = self.db.prepare("SELECT url, why, from_url FROM unread WHERE run = ?1 ORDER BY url")?;
        let mut rows = query.query([run])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let value = serde_json::json!({ "url": row.get::<_, String>(0)?, "why": row.get::<_, String>(1)?, "from": row.get::<_, Option<String>>(2)? });
            found.push(serde_json::from_value(value)?);
        }
        Ok(found)
    }
}

/// Columns that `page_row` reads, in its order.
pub(super) const PAGE: &str = "row, weight, depth, inbound";

/// The page `?2` of the run `?1`, in a query of `pages`. The sign has SQLite look for the address and not go through the run, which
/// takes it 40 ms on a site of 100,000 pages.
pub(super) const ONE_PAGE: &str = "+run = ?1 AND url = ?2";

/// A page with what it is in its run.
pub(super) fn page_row(row: &rusqlite::Row<'_>) -> Result<PageRow> {
    let page: PageRow = serde_json::from_str(&row.get::<_, String>(0)?)?;
    let weight = row.get::<_, Option<f64>>(1)?.unwrap_or(0.0);
    Ok(PageRow { weight, depth: row.get(2)?, inbound: row.get::<_, Option<u32>>(3)?.unwrap_or(0), ..page })
}

/// A finding as it is laid out, by the columns of [`super::digest::COLUMNS`].
pub(super) fn finding_row(row: &rusqlite::Row<'_>) -> Result<FindingRow> {
    let text = |at: usize| -> Result<&str> { Ok(row.get_ref(at)?.as_str().map_err(rusqlite::Error::from)?) };
    let place: Option<String> = row.get(8)?;
    Ok(FindingRow {
        key: row.get(0)?,
        rule: Arc::from(text(1)?),
        category: Arc::from(text(2)?),
        severity: worded(text(3)?)?,
        status: worded(text(4)?)?,
        outcome: worded(text(5)?)?,
        cause: row.get::<_, Option<String>>(6)?.map(Arc::from),
        url: PageUrl::stored(text(7)?),
        place: place.map(|p| serde_json::from_str(&p)).transpose()?,
        message: row.get(9)?,
        lost: row.get(10)?,
        gain: row.get(11)?,
        more: row.get(12)?,
        state: worded(text(13)?)?,
        owner: row.get(14)?,
        beyond: None,
        local: String::new(),
    })
}

impl FindingRow {
    /// Whether it is one of today's problems that count.
    pub fn is_problem(&self) -> bool {
        use crate::model::{State, Status};
        self.outcome == Outcome::Fail
            && self.status == Status::Active
            && matches!(self.state, State::New | State::Open | State::Back)
    }
}

/// The published word of a value of a closed list.
pub(super) mod erased {
    use serde::Serialize;

    /// A value that is written as one word.
    pub(crate) trait Word {
        /// The word.
        fn word(&self) -> String;
    }

    impl<T: Serialize> Word for T {
        fn word(&self) -> String {
            match serde_json::to_value(self) {
                Ok(serde_json::Value::String(word)) => word,
                _ => String::new(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Lexicon, Page, Settings};
    use crate::model::Fetched;

    fn record(path: &str, links: &str) -> PageRecord {
        let url = PageUrl::parse(&format!("http://town.example/{path}")).expect("a valid address");
        let fetched = Fetched::of_file(url, format!("<html lang=en><p>Permits and fees.</p>{links}"), "");
        let facts = Page::read(&fetched, Lexicon::for_tests(), &Settings::default()).facts;
        PageRecord { facts, verdicts: Verdicts::default() }
    }

    #[test]
    fn records_are_held_while_there_is_room_and_a_shared_lead_takes_it_once() {
        let menu: String = (0..200).map(|n| format!("<a href=/service-{n}>Service number {n}</a>")).collect();
        let mut held = Held::default();
        let keep = |held: &mut Held, path: &str, links: &str| {
            let record = record(path, links);
            let json = record.json().len();
            held.keep(path.to_owned(), record, json)
        };
        assert!(keep(&mut held, "one", &menu));
        let first = held.size;
        assert!(keep(&mut held, "two", &menu));
        assert!((held.size - first) * 3 < first, "{} of {first}", held.size - first);
        // Links of its own cost what the first one's did.
        assert!(keep(&mut held, "three", &menu.replace("service-", "other-")));
        assert!(held.size > 2 * first, "{} of {first}", held.size);
        let before = held.size;
        assert!(!held.keep("four".to_owned(), record("four", ""), HELD));
        assert_eq!((held.size, held.records.len()), (before, 3));
    }
}
