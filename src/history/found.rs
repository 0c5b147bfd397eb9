//! What was found on a page, stored once whatever runs found it. A run is a list of such versions of pages, each with
//! how its findings stand and what the page weighs then; what stands on no page of the run is in blocks beside them.

use super::kept::{Beside, Group, Kept, read_beside, with_found};
use super::packing::{Packer, unpacked_text};
use super::pages::erased::Word;
use super::{FindingRow, PageRow, Result, Store};
use crate::model::PageUrl;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::Arc;

/// Runs whose findings are laid out at a time. Our choice: a comparison needs two, or three where the earlier one was
/// judged again.
const LAID_OUT: usize = 3;

/// What a page of a run came to, beside its findings.
pub(super) struct PageColumns<'c> {
    pub(super) url: &'c str,
    pub(super) facts: &'c str,
    pub(super) q: Option<f64>,
    pub(super) row: Option<&'c str>,
    pub(super) causes: Option<&'c str>,
    pub(super) unsure: Option<&'c str>,
}

/// A page of a run that is being read.
pub(super) struct InRun {
    pub(super) at: Option<i64>,
    pub(super) weight: Option<f64>,
    pub(super) depth: Option<u32>,
    pub(super) inbound: Option<u32>,
}

/// The table of the findings that are laid out. `version` and `nth` say where a finding is kept; both are null for what
/// stands beside the pages. Places are more than half of it: where nothing asks for them, they are left where they are kept.
pub(super) const LAID: &str = "
    CREATE TEMP TABLE IF NOT EXISTS findings (
        run        INTEGER NOT NULL,
        key        TEXT NOT NULL,
        rule       TEXT NOT NULL,
        category   TEXT NOT NULL,
        severity   TEXT NOT NULL,
        status     TEXT NOT NULL,
        outcome    TEXT NOT NULL,
        cause      TEXT,
        url        TEXT NOT NULL,
        line       INTEGER NOT NULL,
        place      TEXT,
        message    TEXT NOT NULL,
        lost       REAL NOT NULL,
        gain       REAL NOT NULL,
        more       INTEGER NOT NULL,
        state      TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        owner      TEXT,
        local      TEXT NOT NULL,
        version    INTEGER,
        nth        INTEGER
    );
";

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()[..16].to_vec()
}

/// Stores a version of a page with its findings as JSON, unless it is there; returns its number.
pub(super) fn put_version(db: &Connection, packer: &mut Packer, page: &PageColumns<'_>, found: &[u8]) -> Result<i64> {
    let q = page.q.map(f64::to_bits).unwrap_or_default().to_le_bytes();
    let text = |part: Option<&str>| part.unwrap_or_default().as_bytes().to_vec();
    let (row, causes, unsure) = (text(page.row), text(page.causes), text(page.unsure));
    let hash = hash(&[page.url.as_bytes(), page.facts.as_bytes(), &q, &row, &causes, &unsure, found]);
    let known = db
        .prepare_cached("SELECT version FROM page_versions WHERE hash = ?1")?
        .query_row([&hash], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    db.prepare_cached(
        "INSERT INTO page_versions (hash, url, facts, q, row, causes, unsure, found) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![hash, page.url, page.facts, page.q, page.row, page.causes, page.unsure, packer.pack(found)])?;
    Ok(db.last_insert_rowid())
}

/// Stores how the findings of a page stand, unless it is there; returns its number.
pub(super) fn put_standing(db: &Connection, groups: &[Group]) -> Result<i64> {
    let told = serde_json::to_string(groups)?;
    let find = "SELECT standing FROM standings WHERE told = ?1";
    let known = db.prepare_cached(find)?.query_row([&told], |row| row.get(0)).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let count: usize = groups.iter().map(|(n, ..)| n).sum();
    db.prepare_cached("INSERT INTO standings (told, findings) VALUES (?1, ?2)")?
        .execute(params![told, count as u64])?;
    Ok(db.last_insert_rowid())
}

/// Notes a page of a run.
pub(super) fn put_in_run(db: &Connection, run: i64, version: i64, standing: i64, page: &InRun) -> Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO run_pages (run, version, standing, at, weight, depth, inbound) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![run, version, standing, page.at, page.weight, page.depth, page.inbound])?;
    Ok(())
}

/// Stores findings that stand beside the pages of a run, those of a state together.
pub(super) fn put_beside(db: &Connection, run: i64, all: &[Beside<'_>]) -> Result<()> {
    let mut states: Vec<&str> = all.iter().map(|b| b.1.as_str()).collect();
    states.sort_unstable();
    states.dedup();
    for state in states {
        let block: Vec<&Beside<'_>> = all.iter().filter(|b| b.1 == state).collect();
        let json = serde_json::to_vec(&block)?;
        let hash = hash(&[&json]);
        db.execute(
            "INSERT OR IGNORE INTO blocks (hash, findings, found) VALUES (?1, ?2, ?3)",
            params![hash, block.len() as u64, super::packing::pack(&json)],
        )?;
        db.execute(
            "INSERT OR IGNORE INTO run_blocks (run, block) SELECT ?1, block FROM blocks WHERE hash = ?2",
            params![run, hash],
        )?;
    }
    Ok(())
}

/// How the findings of a page stand.
pub(super) fn read_told(told: &str) -> Result<Vec<Group>> {
    Ok(serde_json::from_str(told)?)
}

/// Packs a plain value.
pub(super) fn write_packed(value: &impl Serialize) -> Result<Vec<u8>> {
    Ok(super::packing::pack_json(value)?)
}

/// What was packed by [`write_packed`].
pub(super) fn read_packed<T: DeserializeOwned>(packed: &[u8]) -> Result<T> {
    Ok(serde_json::from_str(&unpacked_text(packed))?)
}

/// Which pages of a run are laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    /// All.
    All,
    /// Those that this other run does not have in the same version.
    NotIn(i64),
}

/// What a page of a run came to, as it is stored.
pub struct PageResult {
    url: PageUrl,
    q: f64,
    row: String,
    causes: String,
    unsure: String,
    found: Vec<u8>,
    count: usize,
    weight: f64,
    depth: Option<u32>,
    inbound: u32,
}

impl PageResult {
    /// Of its row, its quality, its hazards by cause, the rules that could not tell, and its findings, with the points that
    /// they would cost were the page the whole site.
    pub fn new(
        page: PageRow,
        q: f64,
        causes: &[(Arc<str>, f64)],
        unsure: &[Arc<str>],
        findings: &[FindingRow],
    ) -> Result<Self> {
        let found = findings.iter().map(Kept::of).collect::<Result<Vec<_>>>()?;
        let (url, weight, depth, inbound) = (page.url.clone(), page.weight, page.depth, page.inbound);
        Ok(Self {
            // Weight and ways change with other pages: they are of the run, not of the page.
            row: serde_json::to_string(&PageRow { weight: 0.0, depth: None, inbound: 0, ..page })?,
            causes: serde_json::to_string(causes)?,
            unsure: serde_json::to_string(unsure)?,
            found: serde_json::to_vec(&found)?,
            count: found.len(),
            url,
            q,
            weight,
            depth,
            inbound,
        })
    }
}

impl Store {
    /// Stores the result of a page; all its findings are new, which [`Store::compare`] corrects.
    pub fn put_result(&self, run: i64, page: &PageResult, started: &str) -> Result<()> {
        let sql = "SELECT facts, at FROM reading WHERE run = ?1 AND url = ?2";
        let url = page.url.as_str();
        let (facts, at): (String, Option<i64>) =
            self.db.prepare_cached(sql)?.query_row(params![run, url], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let columns = PageColumns {
            url,
            facts: &facts,
            q: Some(page.q),
            row: Some(&page.row),
            causes: Some(&page.causes),
            unsure: Some(&page.unsure),
        };
        let version = put_version(&self.db, &mut self.packer.borrow_mut(), &columns, &page.found)?;
        let standing = put_standing(&self.db, &all_new(page.count, started))?;
        let in_run = InRun { at, weight: Some(page.weight), depth: page.depth, inbound: Some(page.inbound) };
        put_in_run(&self.db, run, version, standing, &in_run)?;
        self.db.prepare_cached("DELETE FROM reading WHERE run = ?1 AND url = ?2")?.execute(params![run, url])?;
        Ok(())
    }

    /// Stores the findings of a run that are about the site as a whole, with their points; all are new.
    pub fn put_site_findings(&self, run: i64, findings: &[FindingRow], started: &str) -> Result<()> {
        let beside = findings.iter().map(|f| -> Result<Beside<'_>> {
            Ok(Beside(f.url.as_str().to_owned(), f.state.word(), started.to_owned(), None, Kept::of(f)?))
        });
        put_beside(&self.db, run, &beside.collect::<Result<Vec<_>>>()?)
    }

    /// Lays out the findings of a run in the table that all queries read.
    pub(super) fn lay_out(&self, run: i64) -> Result<()> {
        let mut laid = self.laid.borrow_mut();
        if let Some(at) = laid.iter().position(|r| *r == run) {
            let run = laid.remove(at);
            laid.push(run);
            return Ok(());
        }
        while laid.len() >= LAID_OUT {
            self.db.execute("DELETE FROM temp.findings WHERE run = ?1", [laid.remove(0)])?;
        }
        self.together("BEGIN", || self.lay(run, Pages::All, false))?;
        laid.push(run);
        Ok(())
    }

    /// Forgets what is laid out, as after something of it changed.
    pub(super) fn clear_laid(&self) -> Result<()> {
        self.laid.borrow_mut().clear();
        self.beside.borrow_mut().take();
        self.db.execute("DELETE FROM temp.findings", [])?;
        Ok(())
    }

    /// Does all in one transaction, which begins as `begin` says where none is open.
    pub(super) fn together<T>(&self, begin: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.db.is_autocommit() {
            return work();
        }
        self.db.execute_batch(begin)?;
        let done = work();
        self.db.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        done
    }

    /// Lays out the findings of some pages of a run, with or without their places, and all that stand beside its pages.
    pub(super) fn lay(&self, run: i64, which: Pages, with_places: bool) -> Result<()> {
        let other = match which {
            Pages::All => -1,
            Pages::NotIn(other) => other,
        };
        let mut insert = self.db.prepare_cached(
            "INSERT INTO temp.findings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        )?;
        let mut put = |url: &str,
                       kept: &Kept<'_>,
                       weight: f64,
                       (state, first_seen, owner): (&str, &str, Option<&str>),
                       place: Option<(i64, usize)>| {
            let (lost, gain) = (f64::from_bits(kept.lost) * weight, f64::from_bits(kept.gain) * weight);
            let (version, nth) = (place.map(|p| p.0), place.map(|p| p.1 as u64));
            let at = kept.place.as_ref().filter(|_| with_places || version.is_none());
            insert.execute(params![
                run,
                kept.key,
                kept.rule,
                kept.category,
                kept.severity,
                kept.status,
                kept.outcome,
                kept.cause,
                url,
                kept.line,
                at,
                kept.message,
                lost,
                gain,
                kept.more,
                state,
                first_seen,
                owner,
                kept.local,
                version,
                nth
            ])
        };
        let mut query = self.db.prepare_cached(
            "SELECT v.url, v.version, v.found, s.told, p.weight FROM run_pages AS p JOIN page_versions AS v USING (version)
             JOIN standings AS s USING (standing)
             WHERE p.run = ?1 AND NOT EXISTS (SELECT 1 FROM run_pages AS o WHERE o.run = ?2 AND o.version = p.version)",
        )?;
        let mut rows = query.query([run, other])?;
        while let Some(row) = rows.next()? {
            let (url, version): (String, i64) = (row.get(0)?, row.get(1)?);
            let groups = read_told(row.get_ref(3)?.as_str().unwrap_or_default())?;
            let weight = row.get::<_, Option<f64>>(4)?.unwrap_or(0.0);
            let of_each = groups.iter().flat_map(|g| std::iter::repeat_n(g, g.0));
            with_found(row.get_ref(2)?.as_blob().unwrap_or_default(), |found| {
                for ((nth, finding), group) in found.iter().enumerate().zip(of_each) {
                    let standing = (group.1.as_str(), group.2.as_str(), group.3.as_deref());
                    put(&url, finding, weight, standing, Some((version, nth)))?;
                }
                Ok(())
            })?;
        }
        for (_, block) in self.blocks(run)? {
            for Beside(url, state, first_seen, owner, finding) in &block {
                put(url, finding, 1.0, (state, first_seen, owner.as_deref()), None)?;
            }
        }
        Ok(())
    }

    /// What stands beside the pages of a run, block by block.
    pub(super) fn blocks(&self, run: i64) -> Result<Vec<(i64, Vec<Beside<'static>>)>> {
        let mut query = self.db.prepare_cached(
            "SELECT block, found FROM run_blocks JOIN blocks USING (block) WHERE run = ?1 ORDER BY block",
        )?;
        let mut rows = query.query([run])?;
        let mut blocks = Vec::new();
        while let Some(row) = rows.next()? {
            blocks.push((row.get(0)?, read_beside(row.get_ref(1)?.as_blob().unwrap_or_default())?));
        }
        Ok(blocks)
    }

    /// Stores how the findings of a run stand that are laid out.
    pub(super) fn settle(&self, run: i64) -> Result<()> {
        self.forget_tally(run)?;
        let mut query = self.db.prepare(
            "SELECT version, state, first_seen, owner FROM temp.findings WHERE run = ?1 AND version IS NOT NULL ORDER BY version, nth",
        )?;
        let mut rows = query.query([run])?;
        let (mut of, mut groups): (Option<i64>, Vec<Group>) = (None, Vec::new());
        while let Some(row) = rows.next()? {
            let version: i64 = row.get(0)?;
            if of != Some(version) {
                self.set_standing(run, of, &groups)?;
                (of, groups) = (Some(version), Vec::new());
            }
            let (state, first_seen, owner) = (row.get(1)?, row.get(2)?, row.get(3)?);
            match groups.last_mut().filter(|g| g.1 == state && g.2 == first_seen && g.3 == owner) {
                Some(group) => group.0 += 1,
                None => groups.push((1, state, first_seen, owner)),
            }
        }
        self.set_standing(run, of, &groups)?;
        self.db.execute("DELETE FROM run_blocks WHERE run = ?1", [run])?;
        let mut query = self.db.prepare(
            "SELECT url, state, first_seen, owner, key, rule, category, severity, status, outcome, cause, line, place, message, lost, gain, more, local
             FROM temp.findings WHERE run = ?1 AND version IS NULL ORDER BY url, rule, line, key",
        )?;
        let rows =
            query.query_map([run], |r| Ok(Beside(r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, Kept::in_row(r, 4)?)))?;
        put_beside(&self.db, run, &rows.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    fn set_standing(&self, run: i64, version: Option<i64>, groups: &[Group]) -> Result<()> {
        let Some(version) = version else { return Ok(()) };
        let standing = put_standing(&self.db, groups)?;
        self.db
            .prepare_cached("UPDATE run_pages SET standing = ?3 WHERE run = ?1 AND version = ?2")?
            .execute(params![run, version, standing])?;
        Ok(())
    }

    /// Takes over how findings stand on the pages that both runs have in the same version: what was there is open.
    pub(super) fn age(&self, before: i64, run: i64) -> Result<()> {
        let mut query = self.db.prepare(
            "SELECT now.version, told FROM run_pages AS now JOIN run_pages AS old ON old.run = ?1 AND old.version = now.version
             JOIN standings ON standings.standing = old.standing WHERE now.run = ?2",
        )?;
        let same = query.query_map([before, run], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let same: Vec<(i64, String)> = same.collect::<rusqlite::Result<_>>()?;
        for (version, told) in same {
            let mut groups: Vec<Group> = Vec::new();
            for (count, _, first_seen, _) in read_told(&told)? {
                match groups.last_mut().filter(|g| g.2 == first_seen) {
                    Some(group) => group.0 += count,
                    None => groups.push((count, "open".to_owned(), first_seen, None)),
                }
            }
            self.set_standing(run, Some(version), &groups)?;
        }
        Ok(())
    }
}

/// So many findings of a page that are all new.
pub(super) fn all_new(count: usize, started: &str) -> Vec<Group> {
    if count == 0 { Vec::new() } else { vec![(count, "new".to_owned(), started.to_owned(), None)] }
}

/// Takes what was quoted of an address out of every version of its page, and of what stands beside pages.
pub(super) fn take_out(db: &Connection, url: &str) -> Result<()> {
    let blank = |found: &mut Kept<'_>| {
        found.place = None;
        found.message = Cow::Borrowed("");
    };
    let all = |sql: &str| -> Result<Vec<(i64, Vec<u8>)>> {
        let mut query = db.prepare(sql)?;
        let rows = query.query_map([url], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    for (version, packed) in all("SELECT version, found FROM page_versions WHERE url = ?1")? {
        let json = with_found(&packed, |mut found| {
            found.iter_mut().for_each(blank);
            Ok(serde_json::to_vec(&found)?)
        })?;
        // It is no longer what a page comes to, so that no run may take it for its own.
        let hash = hash(&[b"taken out", &version.to_le_bytes(), &json]);
        db.execute(
            "UPDATE page_versions SET hash = ?2, found = ?3, row = json_set(row, '$.title', '') WHERE version = ?1",
            params![version, hash, super::packing::pack(&json)],
        )?;
    }
    for (block, packed) in all("SELECT block, found FROM blocks WHERE ?1 <> ''")? {
        let mut beside = read_beside(&packed)?;
        if !beside.iter().any(|b| b.0 == url) {
            continue;
        }
        beside.iter_mut().filter(|b| b.0 == url).for_each(|b| blank(&mut b.4));
        let json = serde_json::to_vec(&beside)?;
        let hash = hash(&[b"taken out", &block.to_le_bytes(), &json]);
        db.execute(
            "UPDATE blocks SET hash = ?2, found = ?3 WHERE block = ?1",
            params![block, hash, super::packing::pack(&json)],
        )?;
    }
    Ok(())
}
