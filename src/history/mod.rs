//! Runs kept and compared: what was found, when it was first seen, what was fixed. SQLite in one
//! file; a run counts only once it is finished, so that a crash leaves the last good one.

mod alike;
mod axe;
mod baseline;
mod burdens;
mod compare;
mod comparison;
mod details;
mod digest;
mod files;
mod fleets;
mod follow;
mod found;
mod gate;
mod goals;
mod kept;
mod kiosk;
mod known;
mod lanes;
mod matching;
mod move_in;
mod of_page;
mod packing;
mod pages;
mod pictures;
mod rescored;
mod rows;
mod runs;
mod schema;
mod setup;
mod spool;
mod stream;
mod tally;
mod tasks;
mod upkeep;
mod verdicts;
mod version;
mod wins;
mod written;

pub use axe::{AxeDigest, AxeRuleDigest};
pub use baseline::{Baseline, BaselineError};
pub use burdens::{BurdenRow, Burdens};
pub use compare::Moves;
pub use comparison::{Comparison, Kind, ProblemChange, Step as ChangeStep, comparison};
pub use details::{Hit, Hits};
pub use digest::{Alike, Digest, Limits, PageLoss, RuleDigest, RunPoint, Unsure, since_break};
pub use files::{FileRow, Files};
pub use fleets::{FleetAudit, LastRun};
pub use follow::Problems;
pub use found::PageResult;
pub use gate::{Budget, Gate, GateInput, GateRun, GateWaiver, Overdrawn, Verdict, WaiverUse};
pub use goals::{Progress, Reading};
pub use kiosk::{AssumptionRow, ItemRow, ItemState, KioskRow, ScreenRow, StandardRow};
pub use known::{KnownPage, KnownPages};
pub use matching::{Loose, MovedBy, MovedPage, loose, moved_by_content, moved_by_redirect};
pub use packing::Packer;
pub use pages::{Held, Packed, PageRecord};
pub use rescored::{Basis, Kept, KeptReading};
pub use rows::{FindingRow, PageRow, RuleHashes, RunRow, StateCounts};
pub use runs::{Done, Draft, Plan, Step, Unfinished, rule_hashes};
pub use setup::{SetupPart, setup_changes, setup_over, setup_text};
pub use spool::{Aside, Spooled};
pub use tasks::{Stuck, TaskRow, TaskState, TaskStep, Tasks, Voice};
pub use upkeep::{Imported, KeptSnapshot, RunSize};
pub use verdicts::{Doubt, PageTally, VerdictCounts};
pub use version::{AuditFileError, Version, VersionPage};
pub use wins::Win;
pub use written::Written;

use rusqlite::Connection;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What stands beside the pages of a run, by address.
type Beside = Arc<Vec<(stream::At, kept::Beside<'static>)>>;

/// How long an audit waits for others to finish writing. Our choice: the site phase is one transaction, of
/// half a minute on a site of 10,000 pages, and several sites of a fleet may come to it at once.
const BUSY: Duration = Duration::from_secs(600);

/// What of the store is held in memory: 8 MiB, and 32 MiB of the findings that are laid out. Our choice: those of some 500
/// pages that changed, which a comparison reads several times.
const CACHE: &str = "PRAGMA main.cache_size = -8192; PRAGMA temp.cache_size = -32768;";

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file cannot be opened or created.
    #[error("the history {path} cannot be opened: {source}; is the folder writable? `--no-history` goes on without it")]
    Open {
        /// Where it lies.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A newer version of Plainway wrote it.
    #[error(
        "the history {path} was written by a newer Plainway (format {found}, this one knows {known}); update Plainway, or use another folder"
    )]
    Newer {
        /// Where it lies.
        path: PathBuf,
        /// The format of the file.
        found: u32,
        /// The newest format that is known.
        known: u32,
    },
    /// Reading or writing went wrong.
    #[error("the history cannot be read or written (is the disk full, or the folder read-only?)")]
    Sqlite(#[from] rusqlite::Error),
    /// A run that is brought in is older than what is there.
    #[error(
        "the run of {started} is older than a run of the same site that is here already, and runs stay in their order; import it into an empty folder, and then what is here"
    )]
    OutOfOrder {
        /// When it started.
        started: String,
    },
    /// What is counted of many findings could not be put aside.
    #[error("what is counted of the findings cannot be put aside (is the folder for temporary files full?)")]
    Aside(#[source] std::io::Error),
    /// What an audit built on is no longer there.
    #[error("another Plainway removed measurements that this audit builds on; run it again")]
    Removed,
    /// The part that writes broke.
    #[error("the history could not be written to the end")]
    Stopped,
    /// A stored value is not what this version wrote.
    #[error("the history holds a value that cannot be read: {0}")]
    Damaged(#[from] serde_json::Error),
}

/// A result of the store.
pub type Result<T> = std::result::Result<T, HistoryError>;

/// The store of runs.
pub struct Store {
    db: Connection,
    // Where it lies; `None` for a temporary one.
    path: Option<PathBuf>,
    // The runs whose findings are laid out, the one that was asked for last at the end.
    laid: RefCell<Vec<i64>>,
    // What stands beside the pages of the run that was asked for last.
    beside: RefCell<Option<(i64, Beside)>>,
    packer: RefCell<Packer>,
}

impl Store {
    /// Opens the store in a file, and creates or migrates it where needed.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |source| HistoryError::Open { path: path.to_owned(), source };
        let db = Connection::open(path).map_err(failed)?;
        db.busy_timeout(BUSY).map_err(failed)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        // With WAL, a power cut may lose the last transaction but never the file.
        db.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
        schema::migrate(&db, path)?;
        Self::ready(db, Some(path.to_owned()))
    }

    /// A store that is gone after the audit; it lives in a temporary file once it is large.
    pub fn temporary() -> Result<Self> {
        let db = Connection::open("")?;
        db.pragma_update(None, "journal_mode", "OFF")?;
        db.pragma_update(None, "synchronous", "OFF")?;
        schema::migrate(&db, Path::new("(temporary)"))?;
        Self::ready(db, None)
    }

    fn ready(db: Connection, path: Option<PathBuf>) -> Result<Self> {
        db.execute_batch(CACHE)?;
        db.execute_batch(found::LAID)?;
        Ok(Self { db, path, laid: RefCell::default(), beside: RefCell::default(), packer: RefCell::default() })
    }
}
