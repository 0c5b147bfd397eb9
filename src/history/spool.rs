//! Pages as they came, kept aside until their style sheets are read: in a temporary table, which is gone with the audit; without
//! their bodies, where a snapshot holds these.
//! It never outlives a run, and is in no store; pages that were read with credentials never leave the memory.

use super::packing::{pack, unpacked};
use super::{HistoryError, Result, Store};
use crate::model::{Fetched, LinkRole, Links, PageUrl, Rendered, Role, Via};
use bytes::Bytes;
use foldhash::fast::RandomState;
use memchr::memmem;
use rusqlite::{OptionalExtension, params};
use rustc_hash::FxHasher;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Classes that are looked at in one page. Our choice.
const CLASSES: usize = 20_000;

/// The header in which a page says what its scripts may do.
const POLICY: &str = "content-security-policy";

/// A page as it came.
#[derive(Clone, Debug)]
pub struct Spooled {
    url: PageUrl,
    /// What its classes come to: pages of one template have the same.
    shape: u64,
    /// Whether it has style rules of its own.
    own: bool,
    /// The addresses of the sheets that it links, a line each.
    sheets: String,
    status: u16,
    kind: Option<String>,
    is_file: bool,
    is_cut: bool,
    /// Packed; `None` where a snapshot holds it.
    body: Option<Vec<u8>>,
    /// What a browser made of it, packed, its notes as JSON, and where it was put, packed.
    rendered: Option<(Vec<u8>, String, Vec<u8>)>,
    /// What it forbids its scripts.
    policy: Option<String>,
}

/// A page that is kept aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Its address.
    pub url: PageUrl,
    /// What its classes come to: pages of one template have the same.
    pub shape: i64,
    /// Whether it has style rules of its own.
    pub own: bool,
    /// The sheets that it links.
    pub sheets: Vec<PageUrl>,
    /// Whether a browser drew it.
    pub is_drawn: bool,
    /// The hash of what its record comes from.
    pub key: String,
    /// Where the snapshot holds it.
    pub at: Option<u64>,
    /// Whether it was measured without its sheets.
    pub is_measured: bool,
}

impl Spooled {
    /// Packs a page, with the links that it names; without its body, where a snapshot holds that (`is_recorded`).
    pub fn new(fetched: &Fetched, next: &Links, is_recorded: bool) -> Self {
        let sheets = next.iter().filter(|link| link.role == LinkRole::Sheet).map(|link| link.url.as_str());
        let rendered = fetched.rendered.as_ref();
        let seen = fetched.seen();
        Self {
            url: fetched.url.clone(),
            shape: shape(seen),
            own: memmem::find(seen, b"<style").is_some(),
            sheets: sheets.collect::<Vec<_>>().join("\n"),
            status: fetched.status,
            kind: fetched.header("content-type").map(str::to_owned),
            is_file: fetched.via == Via::File,
            is_cut: fetched.truncated,
            body: (!is_recorded).then(|| pack(&fetched.body)),
            rendered: rendered
                .map(|r| (pack(&r.html), serde_json::to_string(&r.notes).unwrap_or_default(), pack(&r.drawing))),
            policy: fetched.header(POLICY).map(str::to_owned),
        }
    }

    /// What it takes to keep it, in bytes.
    pub fn bytes(&self) -> usize {
        let rendered =
            self.rendered.as_ref().map_or(0, |(html, notes, drawing)| html.len() + notes.len() + drawing.len());
        self.body.as_ref().map_or(0, Vec::len) + self.sheets.len() + rendered
    }
}

/// A number for the classes that a page uses, without those that hold a digit, which are often of that page alone.
fn shape(body: &[u8]) -> u64 {
    // The names come from outside.
    let mut classes: HashSet<&[u8], RandomState> = HashSet::default();
    for at in memmem::find_iter(body, b"class=\"").take(CLASSES) {
        let rest = &body[at + 7..];
        let end = memchr::memchr(b'"', rest).unwrap_or(0);
        let words = rest[..end].split(u8::is_ascii_whitespace);
        classes.extend(words.filter(|w| !w.is_empty() && !w.iter().any(u8::is_ascii_digit)));
    }
    let mut classes: Vec<&[u8]> = classes.into_iter().collect();
    classes.sort_unstable();
    let mut hasher = FxHasher::default();
    classes.hash(&mut hasher);
    hasher.finish()
}

impl Store {
    /// Makes room for pages of one run; in memory alone where nothing of them may touch a disk.
    pub fn open_spool(&self, in_memory: bool) -> Result<()> {
        self.db.execute_batch(if in_memory { "PRAGMA temp_store = MEMORY" } else { "PRAGMA temp_store = DEFAULT" })?;
        // A change of that setting takes all temporary tables away.
        self.db.execute_batch(super::found::LAID)?;
        self.clear_laid()?;
        self.db.execute_batch(
            "DROP TABLE IF EXISTS temp.aside;
             CREATE TEMP TABLE aside (url TEXT PRIMARY KEY, key TEXT NOT NULL, at INTEGER, shape INTEGER NOT NULL, own INTEGER NOT NULL, sheets TEXT NOT NULL,
                 measured INTEGER NOT NULL, status INTEGER NOT NULL, kind TEXT, file INTEGER NOT NULL, cut INTEGER NOT NULL, body BLOB,
                 rendered BLOB, notes TEXT, drawing BLOB, policy TEXT)",
        )?;
        Ok(())
    }

    /// Forgets the pages that are kept aside.
    pub fn empty_spool(&self) -> Result<()> {
        self.db.execute_batch("DELETE FROM temp.aside")?;
        Ok(())
    }

    /// Gives the room back.
    pub fn close_spool(&self) -> Result<()> {
        self.db.execute_batch("DROP TABLE IF EXISTS temp.aside")?;
        Ok(())
    }

    /// Keeps a page aside.
    pub fn spool(&self, page: &Spooled, key: &str, at: Option<u64>, is_measured: bool) -> Result<()> {
        let at = at.and_then(|at| i64::try_from(at).ok());
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO temp.aside VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(params![
                page.url.as_str(),
                key,
                at,
                page.shape.cast_signed(),
                page.own,
                page.sheets,
                is_measured,
                page.status,
                page.kind,
                page.is_file,
                page.is_cut,
                page.body,
                page.rendered.as_ref().map(|(html, ..)| html),
                page.rendered.as_ref().map(|(_, notes, _)| notes),
                page.rendered.as_ref().map(|(.., drawing)| drawing),
                page.policy,
            ])?;
        Ok(())
    }

    /// Hands over the pages of a run that are kept aside, in the order of their addresses.
    pub fn each_aside(&self, run: i64, mut visit: impl FnMut(Aside)) -> Result<()> {
        let mut query = self.db.prepare(
            "SELECT url, shape, own, sheets, key, at, measured, rendered IS NOT NULL FROM temp.aside WHERE url IN (SELECT url FROM pages WHERE run = ?1) ORDER BY url",
        )?;
        let mut rows = query.query_map([run], |row| {
            Ok(Aside {
                url: PageUrl::stored(&row.get::<_, String>(0)?),
                shape: row.get(1)?,
                own: row.get(2)?,
                sheets: row.get::<_, String>(3)?.lines().map(PageUrl::stored).collect(),
                key: row.get(4)?,
                at: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
                is_measured: row.get(6)?,
                is_drawn: row.get(7)?,
            })
        })?;
        rows.try_for_each(|page| page.map(&mut visit))?;
        Ok(())
    }

    /// A page that is kept aside, as it came; `recorded` brings the body that the snapshot holds in the record at that byte.
    pub fn again<E: From<HistoryError>>(
        &self,
        url: &PageUrl,
        recorded: impl FnOnce(u64) -> std::result::Result<Bytes, E>,
    ) -> std::result::Result<Option<Fetched>, E> {
        let Some((fetched, at)) = self.aside_of(url)? else { return Ok(None) };
        let body = at.map(recorded).transpose()?;
        Ok(Some(Fetched { body: body.unwrap_or(fetched.body), ..fetched }))
    }

    /// The same, with where the snapshot holds its body, if it does.
    fn aside_of(&self, url: &PageUrl) -> Result<Option<(Fetched, Option<u64>)>> {
        let mut query = self.db.prepare_cached(
            "SELECT status, kind, file, cut, body, rendered, notes, drawing, policy, at FROM temp.aside WHERE url = ?1",
        )?;
        let found = query.query_row([url.as_str()], |row| {
            let kind: Option<String> = row.get(1)?;
            let body: Option<Vec<u8>> = row.get(4)?;
            let at = row.get::<_, Option<i64>>(9)?.map(i64::unsigned_abs).filter(|_| body.is_none());
            let rendered = row.get::<_, Option<Vec<u8>>>(5)?.zip(row.get::<_, Option<String>>(6)?);
            let drawing: Vec<u8> = row.get::<_, Option<Vec<u8>>>(7)?.unwrap_or_default();
            let rendered = rendered.map(|(html, notes)| {
                let notes = serde_json::from_str(&notes).unwrap_or_default();
                Arc::new(Rendered {
                    html: unpacked(&html).into(),
                    notes,
                    drawing: unpacked(&drawing).into(),
                    shot: None,
                })
            });
            let fetched = Fetched {
                url: url.clone(),
                via: if row.get(2)? { Via::File } else { Via::Http },
                role: Role::Page,
                status: row.get(0)?,
                headers: ["content-type", POLICY]
                    .into_iter()
                    .zip([kind, row.get(8)?])
                    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                    .collect(),
                body: body.map(|body| unpacked(&body).into()).unwrap_or_default(),
                truncated: row.get(3)?,
                date: String::new(),
                recorded: true,
                rendered,
            };
            Ok((fetched, at))
        });
        Ok(found.optional()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_one_template_have_one_shape() {
        let one = shape(b"<body class=\"page page-17\"><p class=\"lead\">a</p><p class=\"lead\">b</p>");
        assert_eq!(one, shape(b"<body class=\"page page-42\"><h1>c</h1><p class=\"lead\">d</p>"));
        assert_ne!(one, shape(b"<body class=\"page\"><form class=\"search\"></form>"));
    }

    #[test]
    fn what_may_touch_no_disk_is_kept_in_memory() {
        let store = Store::temporary().expect("memory takes it");
        let setting = |store: &Store| -> i64 {
            store.db.pragma_query_value(None, "temp_store", |row| row.get(0)).expect("SQLite knows it")
        };
        store.open_spool(true).expect("memory takes it");
        assert_eq!(setting(&store), 2, "SQLite's number for memory");
        let url = PageUrl::parse("http://milltown.example/").expect("a valid address");
        let fetched = Fetched { via: Via::Http, ..Fetched::of_file(url, b"<p>private</p>".to_vec(), "") };
        let page = Spooled::new(&fetched, &Links::new(), false);
        store.spool(&page, "key", None, true).expect("memory takes it");
        let again = || store.again::<HistoryError>(&fetched.url, |_| unreachable!("no snapshot holds it"));
        assert_eq!(&again().expect("it can be read").expect("it is kept").body[..], b"<p>private</p>");
        store.empty_spool().expect("memory takes it");
        assert!(again().expect("it can be read").is_none());
        let page = Spooled::new(&fetched, &Links::new(), true);
        store.spool(&page, "key", Some(7), true).expect("memory takes it");
        let again = store.again(&fetched.url, |at| Ok::<_, HistoryError>(Bytes::from(format!("body at {at}"))));
        assert_eq!(&again.expect("it can be read").expect("it is kept").body[..], b"body at 7");
        store.open_spool(false).expect("the disk takes it");
        assert_eq!(setting(&store), 0);
    }
}
