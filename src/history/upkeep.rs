//! What becomes of stored runs over time: snapshots that are old enough to go, pages that are taken
//! out, runs that are deleted, taken elsewhere and brought in, and whether the store is whole.

use super::found::take_out;
use super::{HistoryError, PageRecord, Result, Store, schema};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;

/// A snapshot of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSnapshot {
    /// The run.
    pub run: i64,
    /// The name of the file.
    pub name: String,
}

/// What is stored of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RunSize {
    /// Pages that were read.
    pub pages: u64,
    /// Findings in any state.
    pub findings: u64,
    /// Addresses that were not read.
    pub unread: u64,
    /// Bytes of what was measured, packed, of all pages, though they may be shared with other runs.
    pub measured: u64,
    /// Bytes of what was measured that no other run uses.
    pub measured_alone: u64,
}

/// What bringing runs in came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Runs that are new here.
    pub added: usize,
    /// Runs that were here already.
    pub known: usize,
}

/// Tables with a row a run and something else.
const OF_RUN: [&str; 7] = ["files", "unread", "gone", "redirects", "tasks", "wins", "counts"];

/// Tables with what the pages of a run came to, which runs share.
const OF_PAGES: [&str; 3] = ["run_pages", "run_blocks", "reading"];

/// What no run uses any more.
const UNUSED: [&str; 4] = [
    "DELETE FROM page_versions WHERE version NOT IN (SELECT version FROM run_pages)",
    "DELETE FROM blocks WHERE block NOT IN (SELECT block FROM run_blocks)",
    "DELETE FROM standings WHERE standing NOT IN (SELECT standing FROM run_pages)",
    "DELETE FROM facts WHERE key NOT IN (SELECT facts FROM pages)",
];

/// Takes over what runs of another store share.
const SHARED: &str = "
    INSERT OR IGNORE INTO main.facts (key, next, record, pictures) SELECT key, next, record, pictures FROM other.facts;
    INSERT OR IGNORE INTO main.page_versions (hash, url, facts, q, row, causes, unsure, found)
        SELECT hash, url, facts, q, row, causes, unsure, found FROM other.page_versions;
    INSERT OR IGNORE INTO main.blocks (hash, findings, found) SELECT hash, findings, found FROM other.blocks;
    INSERT OR IGNORE INTO main.standings (told, findings) SELECT told, findings FROM other.standings;
";

/// Takes over the pages of a run of another store: what they share has other numbers here, and the same content.
const BY_CONTENT: [&str; 2] = [
    "INSERT INTO main.run_pages (run, version, standing, weight, depth, inbound)
     SELECT ?1, v.version, s.standing, p.weight, p.depth, p.inbound FROM other.run_pages AS p
     JOIN other.page_versions AS ov ON ov.version = p.version JOIN main.page_versions AS v ON v.hash = ov.hash
     JOIN other.standings AS os ON os.standing = p.standing JOIN main.standings AS s ON s.told = os.told
     WHERE p.run = ?2",
    "INSERT INTO main.run_blocks (run, block)
     SELECT ?1, b.block FROM other.run_blocks AS p JOIN other.blocks AS ob ON ob.block = p.block
     JOIN main.blocks AS b ON b.hash = ob.hash WHERE p.run = ?2",
];

/// What was measured of an address without its style sheets, and what is damaged: no page of a run has it, and no run
/// needs it.
fn unused_of(db: &Connection, url: &str) -> Result<Vec<String>> {
    let mut query = db.prepare("SELECT key, record FROM facts WHERE key NOT IN (SELECT facts FROM pages)")?;
    let mut rows = query.query([])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        let record = PageRecord::unpack(row.get_ref(1)?.as_blob().unwrap_or_default());
        if record.map_or(true, |record| record.facts.url.as_str() == url) {
            keys.push(row.get(0)?);
        }
    }
    Ok(keys)
}

impl Store {
    /// The snapshots of finished runs that began before that moment.
    pub fn snapshots_before(&self, moment: &str) -> Result<Vec<KeptSnapshot>> {
        let mut query = self.db.prepare(
            "SELECT run, snapshot FROM runs WHERE done = 1 AND snapshot IS NOT NULL AND started < ?1 ORDER BY run",
        )?;
        let rows = query.query_map([moment], |row| Ok(KeptSnapshot { run: row.get(0)?, name: row.get(1)? }))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Notes that the snapshot of a run is gone. What was measured stays.
    pub fn forget_snapshot(&self, run: i64) -> Result<()> {
        self.db.execute("UPDATE runs SET snapshot = NULL WHERE run = ?1", [run])?;
        self.db.execute("UPDATE run_pages SET at = NULL WHERE run = ?1", [run])?;
        Ok(())
    }

    /// Notes where the records of a snapshot start now.
    pub fn shift_records(&mut self, run: i64, shifted: &[(u64, u64)]) -> Result<()> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let tx = self.db.transaction()?;
        for (old, new) in shifted {
            // Negative until all are set, so that no two are taken for one another.
            tx.prepare_cached("UPDATE run_pages SET at = ?3 WHERE run = ?1 AND at = ?2")?.execute(params![
                run,
                number(*old),
                -1 - number(*new)
            ])?;
        }
        tx.execute("UPDATE run_pages SET at = -1 - at WHERE run = ?1 AND at < 0", [run])?;
        tx.commit()?;
        Ok(())
    }

    /// Removes what was measured and quoted of an address in every run. Its rows stay, with their
    /// points, so that scores given earlier still add up. Returns in how many runs it was.
    pub fn purge_facts(&mut self, url: &str) -> Result<usize> {
        // What is deleted is written over, not only marked as free.
        self.db.pragma_update(None, "secure_delete", "ON")?;
        let tx = self.db.transaction()?;
        tx.execute("DELETE FROM facts WHERE key IN (SELECT facts FROM pages WHERE url = ?1)", [url])?;
        for key in unused_of(&tx, url)? {
            tx.execute("DELETE FROM facts WHERE key = ?1", [key])?;
        }
        let pages: usize = tx.query_row("SELECT count(*) FROM pages WHERE url = ?1", [url], |row| row.get(0))?;
        take_out(&tx, url)?;
        let files = tx.execute("DELETE FROM files WHERE url = ?1", [url])?;
        // They quote findings too, and are made anew.
        tx.execute_batch("DELETE FROM tallies; DELETE FROM hits; DELETE FROM written;")?;
        tx.commit()?;
        self.clear_laid()?;
        let _: Option<i64> = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).optional()?;
        Ok(pages + files)
    }

    /// Deletes a finished run with what later rules made of it. Runs that were compared with it keep
    /// the states of their findings. Returns the name of its snapshot.
    pub fn delete_run(&mut self, run: i64) -> Result<Option<String>> {
        let snapshot = self.snapshot_of(run)?;
        self.db.execute("UPDATE runs SET compared_run = NULL WHERE compared_run = ?1", [run])?;
        self.discard(run)?;
        // With it goes what was measured without style sheets, which no run has: the next audit measures it anew.
        self.db.execute_batch(&UNUSED.join(";"))?;
        Ok(snapshot)
    }

    /// How much is stored of a run.
    pub fn size_of(&self, run: i64) -> Result<RunSize> {
        let number = |sql: &str| -> Result<u64> { Ok(self.db.query_row(sql, [run], |row| row.get(0))?) };
        let measured = "SELECT coalesce(sum(length(record) + length(next)), 0) FROM facts WHERE key IN (SELECT facts FROM pages WHERE run = ?1)";
        Ok(RunSize {
            pages: number("SELECT count(*) FROM pages WHERE run = ?1")?,
            findings: number(
                "SELECT (SELECT coalesce(sum(findings), 0) FROM run_pages JOIN standings USING (standing) WHERE run = ?1)
                      + (SELECT coalesce(sum(findings), 0) FROM run_blocks JOIN blocks USING (block) WHERE run = ?1)",
            )?,
            unread: number("SELECT count(*) FROM unread WHERE run = ?1")?,
            measured: number(measured)?,
            measured_alone: number(&format!(
                "{measured} AND NOT EXISTS (SELECT 1 FROM page_versions AS v JOIN run_pages USING (version) WHERE v.facts = facts.key AND run <> ?1)"
            ))?,
        })
    }

    /// What is wrong with the store, one line each; nothing where it is whole.
    pub fn faults(&self) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        let mut query = self.db.prepare("PRAGMA integrity_check(20)")?;
        let lines = query.query_map([], |row| row.get::<_, String>(0))?;
        for line in lines {
            let line = line?;
            if line != "ok" {
                faults.push(format!("the file is damaged: {line}"));
            }
        }
        let mut query = self.db.prepare("PRAGMA foreign_key_check")?;
        let orphans = query.query_map([], |row| row.get::<_, String>(0))?.count();
        if orphans > 0 {
            faults.push(format!("{orphans} rows belong to runs that are not there"));
        }
        let bare = "SELECT count(*) FROM runs WHERE done > 0 AND (score IS NULL OR finished IS NULL)";
        let bare: u64 = self.db.query_row(bare, [], |row| row.get(0))?;
        if bare > 0 {
            faults.push(format!("{bare} finished runs have no score"));
        }
        let lost = "SELECT count(*) FROM runs WHERE done = 1 AND compared_run IS NOT NULL AND compared_run NOT IN (SELECT run FROM runs)";
        let lost: u64 = self.db.query_row(lost, [], |row| row.get(0))?;
        if lost > 0 {
            faults.push(format!("{lost} runs were compared with runs that are not there"));
        }
        let bare = "SELECT count(*) FROM run_pages WHERE standing NOT IN (SELECT standing FROM standings)";
        let bare: u64 = self.db.query_row(bare, [], |row| row.get(0))?;
        if bare > 0 {
            faults.push(format!("of {bare} pages it is not known how their findings stand"));
        }
        Ok(faults)
    }

    /// Writes the finished runs, or one of them, into a store of their own at `path`, which must not exist.
    pub fn export(&self, path: &Path, run: Option<i64>) -> Result<()> {
        let name = path.to_string_lossy().into_owned();
        self.db.execute("VACUUM INTO ?1", [name])?;
        let copy = Self::open(path)?;
        copy.db.pragma_update(None, "journal_mode", "DELETE")?;
        let of_one = "run <> ?1 AND coalesce(rescore_of, -1) <> ?1";
        let unwanted = if run.is_some() { of_one } else { "?1 IS NULL AND done = 0" };
        for table in OF_PAGES.into_iter().chain(OF_RUN) {
            let sql = format!("DELETE FROM {table} WHERE run IN (SELECT run FROM runs WHERE {unwanted})");
            copy.db.execute(&sql, [run])?;
        }
        copy.db.execute("UPDATE runs SET compared_run = NULL WHERE ?1 IS NOT NULL", [run])?;
        copy.db.execute(&format!("DELETE FROM runs WHERE {unwanted}"), [run])?;
        // Snapshots are files of their own and stay where they are.
        copy.db.execute("UPDATE runs SET snapshot = NULL", [])?;
        copy.db.execute("UPDATE run_pages SET at = NULL", [])?;
        // Whoever takes the runs in counts anew: what is kept has other numbers there.
        copy.db.execute_batch("DELETE FROM tallies; DELETE FROM hits; DELETE FROM written;")?;
        copy.db.execute_batch(&UNUSED.join(";"))?;
        copy.db.execute_batch("VACUUM")?;
        Ok(())
    }

    /// Adds the runs of an exported store. `path` is changed where it is of an older format, so hand in
    /// a copy. Runs are in the order of their numbers, so one that is older than what is here is refused.
    pub fn import(&mut self, path: &Path) -> Result<Imported> {
        drop(Self::open(path)?);
        self.db.execute("ATTACH DATABASE ?1 AS other", [path.to_string_lossy().into_owned()])?;
        let imported = self.take_in();
        self.db.execute_batch("DETACH DATABASE other")?;
        imported
    }

    fn take_in(&mut self) -> Result<Imported> {
        let tx = self.db.transaction()?;
        let late: Option<String> = tx
            .query_row(
                "SELECT o.started FROM other.runs AS o WHERE o.done = 1
                 AND NOT EXISTS (SELECT 1 FROM main.runs AS r WHERE r.id = o.id AND r.site = o.site AND r.done = 1)
                 AND EXISTS (SELECT 1 FROM main.runs AS r WHERE r.site = o.site AND r.done = 1 AND r.started > o.started) LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(started) = late {
            return Err(HistoryError::OutOfOrder { started });
        }
        let rows: Vec<(i64, String, String, Option<i64>, i64)> = {
            let mut query =
                tx.prepare("SELECT run, id, site, rescore_of, done FROM other.runs WHERE done > 0 ORDER BY run")?;
            let rows = query.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
            rows.collect::<std::result::Result<_, _>>()?
        };
        let columns = schema::columns(&tx, "runs")?;
        let copied: Vec<&str> = columns
            .iter()
            .map(String::as_str)
            .filter(|c| !matches!(*c, "run" | "compared_run" | "rescore_of" | "snapshot"))
            .collect();
        let copied = copied.join(", ");
        let mut imported = Imported::default();
        let mut numbers = std::collections::BTreeMap::new();
        tx.execute_batch(SHARED)?;
        for (old, id, site, rescore_of, done) in rows {
            let known: Option<i64> = tx
                .query_row(
                    "SELECT run FROM main.runs WHERE id = ?1 AND site = ?2 AND done = ?3",
                    params![id, site, done],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(known) = known {
                numbers.insert(old, known);
                imported.known += usize::from(done == 1);
                continue;
            }
            tx.execute(
                &format!("INSERT INTO main.runs ({copied}) SELECT {copied} FROM other.runs WHERE run = ?1"),
                [old],
            )?;
            let new = tx.last_insert_rowid();
            numbers.insert(old, new);
            imported.added += usize::from(done == 1);
            let of = rescore_of.and_then(|of| numbers.get(&of));
            tx.execute("UPDATE main.runs SET rescore_of = ?2 WHERE run = ?1", params![new, of])?;
            for table in OF_RUN {
                let columns = schema::columns(&tx, table)?;
                let rest: Vec<&str> = columns.iter().map(String::as_str).filter(|c| *c != "run").collect();
                let rest = rest.join(", ");
                let sql = format!(
                    "INSERT INTO main.{table} (run, {rest}) SELECT ?1, {rest} FROM other.{table} WHERE run = ?2"
                );
                tx.execute(&sql, params![new, old])?;
            }
            for sql in BY_CONTENT {
                tx.execute(sql, params![new, old])?;
            }
        }
        for (old, new) in &numbers {
            let before: Option<i64> = tx
                .query_row("SELECT compared_run FROM other.runs WHERE run = ?1", [old], |row| row.get(0))
                .optional()?
                .flatten();
            if let Some(before) = before.and_then(|before| numbers.get(&before)) {
                tx.execute(
                    "UPDATE main.runs SET compared_run = ?2 WHERE run = ?1 AND compared_run IS NULL",
                    params![new, before],
                )?;
            }
        }
        tx.commit()?;
        Ok(imported)
    }
}
