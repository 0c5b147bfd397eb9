//! The tables, and the way from each older format to the newest.

use super::{HistoryError, Result, move_in};
use rusqlite::Connection;
use std::path::Path;

/// One step a version; a step once released is never changed.
const STEPS: &[&str] = &[
    "
    CREATE TABLE runs (
        run          INTEGER PRIMARY KEY,
        id           TEXT NOT NULL DEFAULT '',
        site         TEXT NOT NULL,
        target       TEXT NOT NULL,
        profile      TEXT NOT NULL,
        started      TEXT NOT NULL,
        finished     TEXT,
        rule_set     TEXT NOT NULL,
        rule_hashes  TEXT NOT NULL,
        setup        TEXT NOT NULL,
        weights      TEXT NOT NULL DEFAULT '',
        compared_run INTEGER,
        score        TEXT,
        plan         TEXT,
        snapshot     TEXT,
        own_site     INTEGER NOT NULL DEFAULT 0,
        done         INTEGER NOT NULL DEFAULT 0,
        reported     INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX runs_of_site ON runs (site, done, run);
    CREATE TABLE facts (
        key    TEXT PRIMARY KEY,
        record BLOB NOT NULL,
        next   BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE pages (
        run     INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        url     TEXT NOT NULL,
        facts   TEXT NOT NULL,
        at      INTEGER,
        weight  REAL,
        q       REAL,
        depth   INTEGER,
        inbound INTEGER,
        row     TEXT,
        causes  TEXT,
        unsure  TEXT,
        PRIMARY KEY (run, url)
    ) WITHOUT ROWID;
    CREATE TABLE gone (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        url TEXT NOT NULL,
        PRIMARY KEY (run, url)
    ) WITHOUT ROWID;
    CREATE TABLE unread (
        run  INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        url  TEXT NOT NULL,
        why  TEXT NOT NULL,
        from_url TEXT,
        PRIMARY KEY (run, url)
    ) WITHOUT ROWID;
    CREATE TABLE findings (
        run        INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
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
        PRIMARY KEY (run, key)
    ) WITHOUT ROWID;
    CREATE INDEX findings_in_order ON findings (run, url, rule, line, key);
    CREATE INDEX findings_by_rule ON findings (run, rule, gain);
",
    "
    CREATE TABLE files (
        run    INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        url    TEXT NOT NULL,
        facts  TEXT NOT NULL,
        row    TEXT,
        linked INTEGER NOT NULL DEFAULT 0,
        rules  INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (run, url)
    ) WITHOUT ROWID;
",
    // Findings come page by page, and their keys are hashes: in a table ordered by key, every row went to another place.
    "
    CREATE TABLE findings_by_page (
        run        INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
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
        first_seen TEXT NOT NULL
    );
    INSERT INTO findings_by_page SELECT run, key, rule, category, severity, status, outcome, cause, url, line, place,
        message, lost, gain, more, state, first_seen FROM findings ORDER BY run, url, rule, line, key;
    DROP TABLE findings;
    ALTER TABLE findings_by_page RENAME TO findings;
    CREATE UNIQUE INDEX findings_by_key ON findings (run, key);
    CREATE INDEX findings_in_order ON findings (run, url, rule, line, key);
",
    "
    ALTER TABLE findings ADD COLUMN owner TEXT;
",
    BURDENS,
    TASKS,
    JUDGED_AGAIN_AND_MOVED,
    FLEETS,
    VERDICTS,
    WINS,
    JUDGED_FROM_FACTS,
    LARGE,
    FOUND_ONCE,
    FAILED_SITES,
    PICTURES,
    TALLIES,
    FACTS_BY_ROW,
    NAMES_AND_LETTERS,
];

/// What the forms of a run cost in time.
const BURDENS: &str = "ALTER TABLE runs ADD COLUMN burdens TEXT;";

/// The top tasks of a run, as one JSON text.
const TASKS: &str = "
    CREATE TABLE tasks (
        run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
        row TEXT NOT NULL
    );
";

/// Runs judged again by later rules (`done` is 2), permanent redirects, and what a finding is known by
/// on its page whatever the address of that page.
const JUDGED_AGAIN_AND_MOVED: &str = "
    ALTER TABLE runs ADD COLUMN rescore_of INTEGER REFERENCES runs ON DELETE CASCADE;
    ALTER TABLE findings ADD COLUMN local TEXT NOT NULL DEFAULT '';
    CREATE INDEX runs_judged_again ON runs (rescore_of);
    CREATE TABLE redirects (
        run    INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        url    TEXT NOT NULL,
        to_url TEXT NOT NULL,
        PRIMARY KEY (run, url)
    ) WITHOUT ROWID;
";

/// Audits of many sites that are not at their end.
const FLEETS: &str = "
    CREATE TABLE fleets (
        fleet   INTEGER PRIMARY KEY,
        file    TEXT NOT NULL,
        started TEXT NOT NULL
    );
    CREATE INDEX runs_of_target ON runs (target, profile, run);
";

/// On how many pages each rule had something to look at.
const VERDICTS: &str = "ALTER TABLE runs ADD COLUMN verdicts TEXT;";

/// What a run found mended since the run before, as one JSON text.
const WINS: &str = "
    CREATE TABLE wins (
        run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
        row TEXT NOT NULL
    );
";

/// What reading a site came to, beside its pages, and the hash of what they were measured by; whether a run that
/// was judged again (`done` is 2) had no more than that.
const JUDGED_FROM_FACTS: &str = "
    ALTER TABLE runs ADD COLUMN reading BLOB;
    ALTER TABLE runs ADD COLUMN measured_by TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN from_facts INTEGER NOT NULL DEFAULT 0;
";

/// For stores of many runs: today's problems that count, by rule and severity, so that a goal reads a hundred rows of a
/// run and not each of its findings; and which pages use what was measured, so that a run is deleted without a look at all others.
const LARGE: &str = "
    CREATE TABLE counts (
        run      INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        rule     TEXT NOT NULL,
        severity TEXT NOT NULL,
        category TEXT NOT NULL,
        findings INTEGER NOT NULL,
        PRIMARY KEY (run, rule, severity)
    ) WITHOUT ROWID;
    INSERT INTO counts (run, rule, severity, category, findings) SELECT run, rule, severity, category, SUM(1 + more) FROM findings
        WHERE status = 'active' AND outcome = 'fail' AND state IN ('new', 'open', 'back') GROUP BY run, rule, severity;
    CREATE INDEX pages_of_facts ON pages (facts);
";

/// What was found on a page is stored once, whatever runs found it. `reading` has the pages of runs that are not
/// finished; what older versions left in it and in `findings_by_run` is moved by `move_in`.
const FOUND_ONCE: &str = "
    ALTER TABLE pages RENAME TO reading;
    ALTER TABLE findings RENAME TO findings_by_run;
    CREATE TABLE page_versions (
        version INTEGER PRIMARY KEY,
        hash    BLOB NOT NULL UNIQUE,
        url     TEXT NOT NULL,
        facts   TEXT NOT NULL,
        q       REAL,
        row     TEXT,
        causes  TEXT,
        unsure  TEXT,
        found   BLOB NOT NULL
    );
    CREATE INDEX versions_of_page ON page_versions (url);
    CREATE INDEX versions_of_facts ON page_versions (facts);
    CREATE TABLE standings (
        standing INTEGER PRIMARY KEY,
        told     TEXT NOT NULL UNIQUE,
        findings INTEGER NOT NULL
    );
    CREATE TABLE run_pages (
        run      INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        version  INTEGER NOT NULL REFERENCES page_versions,
        standing INTEGER NOT NULL,
        at       INTEGER,
        weight   REAL,
        depth    INTEGER,
        inbound  INTEGER,
        PRIMARY KEY (run, version)
    ) WITHOUT ROWID;
    CREATE INDEX runs_of_version ON run_pages (version);
    CREATE TABLE blocks (
        block    INTEGER PRIMARY KEY,
        hash     BLOB NOT NULL UNIQUE,
        findings INTEGER NOT NULL,
        found    BLOB NOT NULL
    );
    CREATE TABLE run_blocks (
        run   INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        block INTEGER NOT NULL REFERENCES blocks,
        PRIMARY KEY (run, block)
    ) WITHOUT ROWID;
    CREATE INDEX runs_of_block ON run_blocks (block);
    CREATE VIEW pages AS
        SELECT p.run AS run, v.url AS url, v.facts AS facts, p.at AS at, p.weight AS weight, v.q AS q, p.depth AS depth,
               p.inbound AS inbound, v.row AS row, v.causes AS causes, v.unsure AS unsure
        FROM run_pages AS p JOIN page_versions AS v USING (version)
        UNION ALL SELECT run, url, facts, at, weight, q, depth, inbound, row, causes, unsure FROM reading;
    ALTER TABLE runs ADD COLUMN rules_of_cause TEXT;
";

/// Sites of many that could not be audited the last time, and why.
const FAILED_SITES: &str = "
    CREATE TABLE failed_sites (
        target  TEXT NOT NULL,
        profile TEXT NOT NULL,
        started TEXT NOT NULL,
        error   TEXT NOT NULL,
        PRIMARY KEY (target, profile)
    ) WITHOUT ROWID;
";

/// Pictures of the findings on a page that a browser drew, as JSON.
const PICTURES: &str = "ALTER TABLE facts ADD COLUMN pictures BLOB;";

/// What reports count of the findings of a run, the pages on which each rule found something, and what `audit.json` was when it
/// was written; all are made anew where they are not there.
const TALLIES: &str = "
    CREATE TABLE tallies (
        run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
        row BLOB NOT NULL
    );
    CREATE TABLE hits (
        run  INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        rule TEXT NOT NULL,
        row  BLOB NOT NULL,
        PRIMARY KEY (run, rule)
    ) WITHOUT ROWID;
    CREATE TABLE written (
        run    INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
        inputs BLOB NOT NULL,
        bytes  INTEGER NOT NULL,
        hash   BLOB NOT NULL
    );
";

/// Records are some 20 kB. Where they stood in a table ordered by their keys, hashes, each search went through parts of the records on
/// its way, and each new one to another place: an unchanged page of a city took 480 reads of the file. What is looked at of every page
/// that is read again, the links, stands before the record.
const FACTS_BY_ROW: &str = "
    CREATE TABLE facts_by_row (
        key      TEXT NOT NULL PRIMARY KEY,
        next     BLOB NOT NULL,
        record   BLOB NOT NULL,
        pictures BLOB
    );
    INSERT INTO facts_by_row SELECT key, next, record, pictures FROM facts;
    DROP TABLE facts;
    ALTER TABLE facts_by_row RENAME TO facts;
";

/// Records hold what rules said as names and letters. Those that hold it rule by rule are read as they are; but a program that knows no
/// others must not open this file.
const NAMES_AND_LETTERS: &str = "";

/// Brings the tables to the newest format, or refuses a file of a newer one.
pub(super) fn migrate(db: &Connection, path: &Path) -> Result<()> {
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    let found: u32 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|source| HistoryError::Open { path: path.to_owned(), source })?;
    if found > known {
        return Err(HistoryError::Newer { path: path.to_owned(), found, known });
    }
    db.pragma_update(None, "foreign_keys", "ON")?;
    if found == known {
        return Ok(());
    }
    // Another audit may be at the same work: whoever comes second waits here, and sees what is left to do.
    db.execute_batch("BEGIN IMMEDIATE")?;
    let steps = || -> Result<bool> {
        let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        // What a step leaves behind is written over: whoever has something removed later means these copies, too.
        db.pragma_update(None, "secure_delete", found > 0)?;
        for step in STEPS.iter().skip(found as usize) {
            db.execute_batch(step)?;
        }
        move_in::move_in(db)?;
        db.pragma_update(None, "user_version", known)?;
        Ok(found > 0)
    };
    let done = steps();
    db.pragma_update(None, "secure_delete", false)?;
    // A step that failed leaves the file as it was.
    db.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    if done? {
        // What was stored in another way leaves much of the file empty. A disk without room for that may keep it so.
        let _ = db.execute_batch("VACUUM");
    }
    Ok(())
}

/// The names of the columns of a table.
pub(super) fn columns(db: &Connection, table: &str) -> Result<Vec<String>> {
    let mut query = db.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = query.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<std::result::Result<_, _>>()?)
}

/// Brings the tables to what they were before findings were stored once.
#[cfg(test)]
pub(super) fn before_found_once(db: &Connection) -> Result<()> {
    let steps = STEPS.iter().take_while(|step| **step != FOUND_ONCE);
    for (step, version) in steps.zip(1..) {
        db.execute_batch(step)?;
        db.pragma_update(None, "user_version", version)?;
    }
    Ok(())
}
