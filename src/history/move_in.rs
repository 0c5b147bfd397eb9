//! The way of findings out of the format that stored them anew for every run.

use super::Result;
use super::found::{InRun, PageColumns, put_beside, put_in_run, put_standing, put_version};
use super::kept::{Beside, Group, Kept};
use super::packing::Packer;
use rusqlite::{Connection, Row, params};

/// The findings of a run as they were stored.
const OLD: &str = "SELECT rowid, state, first_seen, owner, url, key, rule, category, severity, status, outcome, cause, line, place, message,
    lost, gain, more, local FROM findings_by_run WHERE run = ?1";

/// Moves the pages and findings of finished runs to where each is stored once.
pub(super) fn move_in(db: &Connection) -> Result<()> {
    let is_there = "SELECT count(*) FROM sqlite_master WHERE name = 'findings_by_run'";
    if db.query_row(is_there, [], |row| row.get::<_, u64>(0))? == 0 {
        return Ok(());
    }
    let runs: Vec<i64> = {
        let mut query = db.prepare("SELECT run FROM runs WHERE done > 0 ORDER BY run")?;
        query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
    };
    let mut packer = Packer::default();
    for &run in &runs {
        move_run(db, run, &mut packer)?;
    }
    db.execute_batch("DROP TABLE findings_by_run")?;
    Ok(())
}

/// A page as it was stored.
struct Old {
    url: String,
    facts: String,
    q: Option<f64>,
    row: Option<String>,
    causes: Option<String>,
    unsure: Option<String>,
    in_run: InRun,
}

fn old_page(row: &Row<'_>) -> rusqlite::Result<Old> {
    let in_run = InRun { at: row.get(6)?, weight: row.get(7)?, depth: row.get(8)?, inbound: row.get(9)? };
    Ok(Old {
        url: row.get(0)?,
        facts: row.get(1)?,
        q: row.get(2)?,
        row: row.get(3)?,
        causes: row.get(4)?,
        unsure: row.get(5)?,
        in_run,
    })
}

fn move_run(db: &Connection, run: i64, packer: &mut Packer) -> Result<()> {
    let causes: String = db.query_row(
        "SELECT coalesce((SELECT json_group_object(cause, json(rules)) FROM (
             SELECT coalesce(cause, rule) AS cause, json_group_array(DISTINCT rule) AS rules FROM findings_by_run
             WHERE run = ?1 GROUP BY 1)), '{}')",
        [run],
        |row| row.get(0),
    )?;
    db.execute("UPDATE runs SET rules_of_cause = ?2 WHERE run = ?1", params![run, causes])?;
    let pages: Vec<Old> = {
        let mut query = db.prepare(
            "SELECT url, facts, q, json_set(row, '$.weight', 0.0, '$.depth', NULL, '$.inbound', 0), causes, unsure, at, weight, depth, inbound
             FROM reading WHERE run = ?1 ORDER BY url",
        )?;
        query.query_map([run], old_page)?.collect::<rusqlite::Result<_>>()?
    };
    let mut moved = db.prepare("DELETE FROM findings_by_run WHERE rowid = ?1")?;
    for page in pages {
        let weight = page.in_run.weight.unwrap_or(0.0);
        let mut query = db.prepare_cached(&format!(
            "{OLD} AND url = ?2 AND state IN ('new', 'open', 'back') ORDER BY rule, line, key"
        ))?;
        let mut rows = query.query(params![run, page.url])?;
        let (mut found, mut groups, mut taken): (Vec<Kept<'_>>, Vec<Group>, Vec<i64>) = Default::default();
        while let Some(row) = rows.next()? {
            let mut kept = Kept::in_row(row, 5)?;
            // What is told of the whole site costs points on a page without weight too; it stays beside the pages.
            let of_whole = |bits: u64| if weight > 0.0 { f64::from_bits(bits) / weight } else { 0.0 };
            if weight == 0.0 && f64::from_bits(kept.lost) > 0.0 {
                continue;
            }
            (kept.lost, kept.gain) = (of_whole(kept.lost).to_bits(), of_whole(kept.gain).to_bits());
            found.push(kept);
            groups.push((1, row.get(1)?, row.get(2)?, row.get(3)?));
            taken.push(row.get(0)?);
        }
        let Old { url, facts, q, row, causes, unsure, in_run } = &page;
        let (row, causes, unsure) = (row.as_deref(), causes.as_deref(), unsure.as_deref());
        let columns = PageColumns { url, facts, q: *q, row, causes, unsure };
        let version = put_version(db, packer, &columns, &serde_json::to_vec(&found)?)?;
        put_in_run(db, run, version, put_standing(db, &together(groups))?, in_run)?;
        for row in taken {
            moved.execute([row])?;
        }
    }
    let mut query = db.prepare(&format!("{OLD} ORDER BY url, rule, line, key"))?;
    let mut rows = query.query([run])?;
    let mut beside = Vec::new();
    while let Some(row) = rows.next()? {
        beside.push(Beside(row.get(4)?, row.get(1)?, row.get(2)?, row.get(3)?, Kept::in_row(row, 5)?));
    }
    put_beside(db, run, &beside)?;
    db.execute("DELETE FROM findings_by_run WHERE run = ?1", [run])?;
    db.execute("DELETE FROM reading WHERE run = ?1", [run])?;
    Ok(())
}

fn together(groups: Vec<Group>) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    for group in groups {
        match all.last_mut().filter(|g| g.1 == group.1 && g.2 == group.2 && g.3 == group.3) {
            Some(last) => last.0 += 1,
            None => all.push(group),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::{Store, schema};
    use crate::model::State;
    use rusqlite::Connection;

    /// Two finished runs of two pages, and one that was interrupted, as they were stored a run each.
    const OLD: &str = r#"
        INSERT INTO runs (run, site, target, profile, started, finished, rule_set, rule_hashes, setup, score, done) VALUES
            (1, 's', 't', 'website', '2026-01-01T00:00:00Z', 'x', 'r', '{}', '', '{}', 1),
            (2, 's', 't', 'website', '2026-02-01T00:00:00Z', 'x', 'r', '{}', '', '{}', 1),
            (3, 's', 't', 'website', '2026-03-01T00:00:00Z', NULL, 'r', '{}', '', NULL, 0);
        INSERT INTO facts VALUES ('fa', x'01', x'02'), ('fb', x'', x'');
        INSERT INTO pages SELECT run, 'http://a.gov/', 'fa', 7, 0.75, 0.9, 0, 3, '{"url":"http://a.gov/","status":200,"title":"A","lang":"en","kind":"home","kind_confidence":0.9,"weight":0.75,"score":90.0,"depth":0,"inbound":3,"bytes":9}', '[]', '[]' FROM runs;
        INSERT INTO pages SELECT run, 'http://a.gov/b', 'fb', 9, 0.0, 1.0, NULL, 0, '{"url":"http://a.gov/b","status":200,"title":"B","lang":"en","kind":"other","kind_confidence":0.9,"weight":0.0,"score":100.0,"depth":null,"inbound":0,"bytes":9}', '[]', '[]' FROM runs;
        INSERT INTO findings (run, key, rule, category, severity, status, outcome, cause, url, line, place, message, lost, gain, more, state, first_seen, owner, local) VALUES
            (1, 'k1', 'a/b', 'a', 'minor', 'active', 'fail', NULL, 'http://a.gov/', 3, '{"selector":"p","line":3,"snippet":"x"}', 'm', 0.3, 0.2, 1, 'new', '2026-01-01T00:00:00Z', NULL, 'l1'),
            (1, 'k2', 'a/c', 'a', 'serious', 'active', 'fail', 'no-c', 'http://a.gov/', 0, NULL, 'm2', 0.6, 0.6, 0, 'new', '2026-01-01T00:00:00Z', NULL, ''),
            (2, 'k1', 'a/b', 'a', 'minor', 'active', 'fail', NULL, 'http://a.gov/', 3, '{"selector":"p","line":3,"snippet":"x"}', 'm', 0.3, 0.2, 1, 'open', '2026-01-01T00:00:00Z', 'Web', 'l1'),
            (2, 'k2', 'a/c', 'a', 'serious', 'active', 'fail', 'no-c', 'http://a.gov/', 0, NULL, 'm2', 0, 0, 0, 'fixed', '2026-01-01T00:00:00Z', NULL, ''),
            (2, 'k3', 'a/d', 'a', 'minor', 'active', 'fail', NULL, 'http://a.gov/b', 0, NULL, 'of the site', 1.5, 1.5, 0, 'new', '2026-02-01T00:00:00Z', NULL, ''),
            (2, 'k4', 'a/d', 'a', 'minor', 'active', 'fail', NULL, 'http://a.gov/c', 0, NULL, 'm', 0, 0, 0, 'unchecked', '2026-01-01T00:00:00Z', NULL, '');
    "#;

    #[test]
    fn what_older_versions_stored_is_taken_over() {
        let folder = tempfile::tempdir().expect("there is a disk");
        let path = folder.path().join("plainway.db");
        let db = Connection::open(&path).expect("it can be made");
        schema::before_found_once(&db).expect("the older steps work");
        db.execute_batch(OLD).expect("it is of that format");
        drop(db);
        let store = Store::open(&path).expect("it is taken over");
        let of = |run: i64| {
            let mut found = Vec::new();
            store
                .each_finding(run, |f| found.push((f.key, f.state, f.lost, f.gain, f.more, f.owner)))
                .expect("it can be read");
            found
        };
        let web = Some("Web".to_owned());
        let first =
            [("k1".to_owned(), State::New, 0.3, 0.2, 1, None), ("k2".to_owned(), State::New, 0.6, 0.6, 0, None)];
        assert_eq!(of(1), first);
        let second = [
            ("k1".to_owned(), State::Open, 0.3, 0.2, 1, web),
            ("k2".to_owned(), State::Fixed, 0.0, 0.0, 0, None),
            ("k3".to_owned(), State::New, 1.5, 1.5, 0, None),
            ("k4".to_owned(), State::Unchecked, 0.0, 0.0, 0, None),
        ];
        assert_eq!(of(2), second);
        let mut pages = Vec::new();
        store
            .each_page_row(2, |page| pages.push((page.title, page.weight, page.depth, page.inbound)))
            .expect("so can these");
        assert_eq!(pages, [("A".to_owned(), 0.75, Some(0), 3), ("B".to_owned(), 0.0, None, 0)]);
        let number = |sql: &str| store.db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("there is a number");
        assert_eq!(
            number("SELECT count(*) FROM page_versions"),
            3,
            "of the page without a change there is one version"
        );
        assert_eq!(number("SELECT count(*) FROM reading WHERE run = 3"), 2, "an interrupted run can be gone on with");
        assert_eq!(number("SELECT count(*) FROM reading WHERE run < 3"), 0);
        assert_eq!(number("SELECT count(*) FROM facts WHERE key = 'fa' AND record = x'01' AND next = x'02'"), 1);
        assert_eq!(store.size_of(2).expect("it can be counted").findings, 4);
        assert_eq!(number("PRAGMA freelist_count"), 0, "no copy stays behind");
        assert_eq!(store.faults().expect("it can be checked"), Vec::<String>::new());
    }
}
