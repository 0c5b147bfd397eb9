//! What was found on a page, stored once whatever runs found it. A run is a list of such versions of pages, each with
//! how its findings stand and what the page weighs then; what stands on no page of the run is in blocks beside them.

use super::pages::{Packer, erased::Word, unpacked};
use super::{FindingRow, PageRow, Result, Store};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Runs whose findings are laid out at a time. Our choice: a comparison needs two, or three where the earlier one was
/// judged again.
const LAID_OUT: usize = 3;

/// A finding as it is stored: key, rule, category, severity, status, outcome, cause, line, place as JSON, message, the
/// bits of the points lost and to be gained, more, and what it is known by on its page.
///
/// The points are those of a page that is the whole site; they are multiplied by its weight in a run when they are read.
pub(super) type Kept = (
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    u32,
    Option<String>,
    String,
    u64,
    u64,
    u32,
    String,
);

/// How findings that follow one another on a page stand: how many, state, first seen, owner.
pub(super) type Group = (usize, String, String, Option<String>);

/// A finding that stands on no page of its run: address, state, first seen, owner, and itself, with its points as they are.
#[derive(Serialize, Deserialize)]
pub(super) struct Beside(
    pub(super) String,
    pub(super) String,
    pub(super) String,
    pub(super) Option<String>,
    pub(super) Kept,
);

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
/// stands beside the pages. `same` is alike for findings of equal words on equal elements. The table is read many times,
/// and places are more than half of it: for reports they are left where they are kept.
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
        nth        INTEGER,
        same       INTEGER NOT NULL
    );
";

fn kept(finding: &FindingRow) -> Result<Kept> {
    Ok((
        finding.key.clone(),
        finding.rule.to_string(),
        finding.category.to_string(),
        finding.severity.word(),
        finding.status.word(),
        finding.outcome.word(),
        finding.cause.as_deref().map(str::to_owned),
        finding.place.as_ref().map_or(0, |p| p.line),
        finding.place.as_ref().map(serde_json::to_string).transpose()?,
        finding.message.clone(),
        finding.lost.to_bits(),
        finding.gain.to_bits(),
        finding.more,
        finding.local.clone(),
    ))
}

/// A number for what a finding says and of which element; without one it is of its page alone.
fn same(message: &str, place: Option<&str>, url: &str) -> i64 {
    #[derive(Deserialize)]
    struct Element<'p> {
        #[serde(borrow)]
        snippet: Cow<'p, str>,
    }
    let element = place.and_then(|place| serde_json::from_str::<Element<'_>>(place).ok());
    // The keys of this hash are fixed, and it is never stored.
    let mut hasher = DefaultHasher::new();
    (message, element.as_ref().map_or(url, |element| &element.snippet)).hash(&mut hasher);
    hasher.finish().cast_signed()
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()[..16].to_vec()
}

/// Stores a version of a page, unless it is there; returns its number.
pub(super) fn put_version(db: &Connection, packer: &mut Packer, page: &PageColumns<'_>, found: &[Kept]) -> Result<i64> {
    let json = serde_json::to_vec(found)?;
    let q = page.q.map(f64::to_bits).unwrap_or_default().to_le_bytes();
    let text = |part: Option<&str>| part.unwrap_or_default().as_bytes().to_vec();
    let (row, causes, unsure) = (text(page.row), text(page.causes), text(page.unsure));
    let hash = hash(&[page.url.as_bytes(), page.facts.as_bytes(), &q, &row, &causes, &unsure, &json]);
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
    .execute(params![hash, page.url, page.facts, page.q, page.row, page.causes, page.unsure, packer.pack(&json)])?;
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
pub(super) fn put_beside(db: &Connection, run: i64, all: &[Beside]) -> Result<()> {
    let mut states: Vec<&str> = all.iter().map(|b| b.1.as_str()).collect();
    states.sort_unstable();
    states.dedup();
    for state in states {
        let block: Vec<&Beside> = all.iter().filter(|b| b.1 == state).collect();
        let json = serde_json::to_vec(&block)?;
        let hash = hash(&[&json]);
        db.execute(
            "INSERT OR IGNORE INTO blocks (hash, findings, found) VALUES (?1, ?2, ?3)",
            params![hash, block.len() as u64, super::pages::pack(&json)],
        )?;
        db.execute(
            "INSERT OR IGNORE INTO run_blocks (run, block) SELECT ?1, block FROM blocks WHERE hash = ?2",
            params![run, hash],
        )?;
    }
    Ok(())
}

pub(super) fn read_found(packed: &[u8]) -> Result<Vec<Kept>> {
    Ok(serde_json::from_slice(&unpacked(packed))?)
}

pub(super) fn read_beside(packed: &[u8]) -> Result<Vec<Beside>> {
    Ok(serde_json::from_slice(&unpacked(packed))?)
}

/// Which pages of a run are laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    /// All.
    All,
    /// Those that this other run does not have in the same version.
    NotIn(i64),
}

/// The hazards of a page by cause, and the rules that could not tell.
type Told<'a> = (&'a [(Arc<str>, f64)], &'a [Arc<str>]);

impl Store {
    /// Stores the result of a page: its row, its hazards by cause, the rules that could not tell, and its findings, with
    /// the points that they would cost were the page the whole site. All are new; [`Store::compare`] corrects that.
    pub fn put_result(
        &self,
        run: i64,
        page: &PageRow,
        q: f64,
        (causes, unsure): Told<'_>,
        findings: &[FindingRow],
        started: &str,
    ) -> Result<()> {
        let url = page.url.as_str();
        let sql = "SELECT facts, at FROM reading WHERE run = ?1 AND url = ?2";
        let (facts, at): (String, Option<i64>) =
            self.db.prepare_cached(sql)?.query_row(params![run, url], |row| Ok((row.get(0)?, row.get(1)?)))?;
        // Weight and ways change with other pages: they are of the run, not of the page.
        let row = serde_json::to_string(&PageRow { weight: 0.0, depth: None, inbound: 0, ..page.clone() })?;
        let (causes, unsure) = (serde_json::to_string(causes)?, serde_json::to_string(unsure)?);
        let columns = PageColumns {
            url,
            facts: &facts,
            q: Some(q),
            row: Some(&row),
            causes: Some(&causes),
            unsure: Some(&unsure),
        };
        let found = findings.iter().map(kept).collect::<Result<Vec<_>>>()?;
        let version = put_version(&self.db, &mut self.packer.borrow_mut(), &columns, &found)?;
        let standing = put_standing(&self.db, &all_new(found.len(), started))?;
        let in_run = InRun { at, weight: Some(page.weight), depth: page.depth, inbound: Some(page.inbound) };
        put_in_run(&self.db, run, version, standing, &in_run)?;
        self.db.prepare_cached("DELETE FROM reading WHERE run = ?1 AND url = ?2")?.execute(params![run, url])?;
        Ok(())
    }

    /// Stores the findings of a run that are about the site as a whole, with their points; all are new.
    pub fn put_site_findings(&self, run: i64, findings: &[FindingRow], started: &str) -> Result<()> {
        let beside = |f: &FindingRow| -> Result<Beside> {
            Ok(Beside(f.url.as_str().to_owned(), f.state.word(), started.to_owned(), None, kept(f)?))
        };
        put_beside(&self.db, run, &findings.iter().map(beside).collect::<Result<Vec<_>>>()?)
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
        self.together(|| self.lay(run, Pages::All, false))?;
        laid.push(run);
        Ok(())
    }

    /// Forgets what is laid out, as after something of it changed.
    pub(super) fn clear_laid(&self) -> Result<()> {
        self.laid.borrow_mut().clear();
        self.db.execute("DELETE FROM temp.findings", [])?;
        Ok(())
    }

    fn together<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.db.is_autocommit() {
            return work();
        }
        self.db.execute_batch("BEGIN")?;
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
            "INSERT INTO temp.findings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
        )?;
        let mut put = |url: &str,
                       found: &Kept,
                       weight: f64,
                       group: (&str, &str, Option<&str>),
                       place: Option<(i64, usize)>| {
            let (key, rule, category, severity, status, outcome, cause, line, at, message, lost, gain, more, local) =
                found;
            let (state, first_seen, owner) = group;
            let (lost, gain) = (f64::from_bits(*lost) * weight, f64::from_bits(*gain) * weight);
            let (version, nth) = (place.map(|p| p.0), place.map(|p| p.1 as u64));
            let same = same(message, at.as_deref(), url);
            let at = at.as_ref().filter(|_| with_places || version.is_none());
            insert.execute(params![
                run, key, rule, category, severity, status, outcome, cause, url, line, at, message, lost, gain, more,
                state, first_seen, owner, local, version, nth, same
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
            let found = read_found(row.get_ref(2)?.as_blob().unwrap_or_default())?;
            let groups: Vec<Group> = serde_json::from_str(row.get_ref(3)?.as_str().unwrap_or_default())?;
            let weight = row.get::<_, Option<f64>>(4)?.unwrap_or(0.0);
            let of_each = groups.iter().flat_map(|g| std::iter::repeat_n(g, g.0));
            for ((nth, finding), group) in found.iter().enumerate().zip(of_each) {
                let standing = (group.1.as_str(), group.2.as_str(), group.3.as_deref());
                put(&url, finding, weight, standing, Some((version, nth)))?;
            }
        }
        for block in self.blocks(run)? {
            for Beside(url, state, first_seen, owner, finding) in &block {
                put(url, finding, 1.0, (state, first_seen, owner.as_deref()), None)?;
            }
        }
        Ok(())
    }

    /// What stands beside the pages of a run.
    pub(super) fn blocks(&self, run: i64) -> Result<Vec<Vec<Beside>>> {
        let mut query = self
            .db
            .prepare_cached("SELECT found FROM run_blocks JOIN blocks USING (block) WHERE run = ?1 ORDER BY block")?;
        let packed = query.query_map([run], |row| row.get::<_, Vec<u8>>(0))?;
        packed.map(|packed| read_beside(&packed?)).collect()
    }

    /// Stores how the findings of a run stand that are laid out.
    pub(super) fn settle(&self, run: i64) -> Result<()> {
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
        let rows = query.query_map([run], |r| {
            let (lost, gain): (f64, f64) = (r.get(14)?, r.get(15)?);
            let of_rule = (r.get(4)?, r.get(5)?, r.get(6)?, r.get(7)?, r.get(8)?, r.get(9)?, r.get(10)?);
            let (key, rule, category, severity, status, outcome, cause) = of_rule;
            let (line, place, message, more, local) = (r.get(11)?, r.get(12)?, r.get(13)?, r.get(16)?, r.get(17)?);
            let bits = (lost.to_bits(), gain.to_bits());
            let kept: Kept = (
                key, rule, category, severity, status, outcome, cause, line, place, message, bits.0, bits.1, more,
                local,
            );
            Ok(Beside(r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, kept))
        })?;
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
            for (count, _, first_seen, _) in serde_json::from_str::<Vec<Group>>(&told)? {
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
    let blank = |found: &mut Kept| {
        found.8 = None;
        found.9 = String::new();
    };
    let all = |sql: &str| -> Result<Vec<(i64, Vec<u8>)>> {
        let mut query = db.prepare(sql)?;
        let rows = query.query_map([url], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    for (version, packed) in all("SELECT version, found FROM page_versions WHERE url = ?1")? {
        let mut found = read_found(&packed)?;
        found.iter_mut().for_each(blank);
        let json = serde_json::to_vec(&found)?;
        // It is no longer what a page comes to, so that no run may take it for its own.
        let hash = hash(&[b"taken out", &version.to_le_bytes(), &json]);
        db.execute(
            "UPDATE page_versions SET hash = ?2, found = ?3, row = json_set(row, '$.title', '') WHERE version = ?1",
            params![version, hash, super::pages::pack(&json)],
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
            params![block, hash, super::pages::pack(&json)],
        )?;
    }
    Ok(())
}
