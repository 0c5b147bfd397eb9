//! Where the snapshot of a run lies, who is writing it, and what an interrupted run left there.

use super::pipeline::{AuditError, Job};
use super::setup::short_hash;
use crate::gather::Plan;
use crate::history::{HistoryError, Store, Unfinished};
use crate::model::Role;
use crate::snapshot::{Entry, Recorded, Writer, open_name};
use bytes::Bytes;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of snapshots.
#[derive(Clone, Debug)]
pub(super) struct Snapshots {
    pub(super) dir: PathBuf,
    /// The name of this one; `None` makes one of the target, the date and the run's number.
    pub(super) name: Option<String>,
}

/// A snapshot that this process alone is writing.
pub(super) struct Open {
    pub(super) writer: Writer,
    /// What it holds already.
    pub(super) resumed: Option<Arc<Recorded>>,
    /// Has to be held until the run is whole, or another audit would take it for a left-over.
    pub(super) lock: Lock,
}

/// What brings the body of a page that the snapshot holds which is being written.
pub(super) fn body_in(open: Option<&Open>, job: &Job<'_>) -> impl FnOnce(u64) -> Result<Bytes, AuditError> {
    let max_body = job.plan.limits.max_body;
    move |at| match open {
        Some(open) => Ok(open.writer.body_at(at, max_body)?),
        None => Err(HistoryError::Removed.into()),
    }
}

/// The file that says that a snapshot is being written; the system lets go of it when the process ends, however it ends.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// `None` where another process holds it.
    fn take(snapshot: &Path) -> Result<Option<Self>, AuditError> {
        let mut path = snapshot.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let failed = |source| AuditError::Lock { path: path.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, path })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // It is empty; one that stays behind is in nobody's way.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

impl Snapshots {
    /// Begins the snapshot of a run, or goes on with it.
    pub(super) fn open(
        &self,
        store: &Store,
        (run, target): (i64, &str),
        plan: &Plan,
        left: Option<&Unfinished>,
    ) -> Result<Open, AuditError> {
        let named = left.and_then(|left| left.snapshot.clone()).or_else(|| self.name.clone());
        let name = named.unwrap_or_else(|| file_name(target, &plan.date, run));
        let path = self.dir.join(&name);
        let lock = Lock::take(&path)?.ok_or_else(|| AuditError::Busy(target.to_owned()))?;
        store.set_snapshot(run, &name)?;
        let (writer, entries) = match left {
            Some(_) => Writer::resume(&path, &plan.date)?,
            None => (Writer::create(&path, &plan.date)?, Vec::new()),
        };
        let recorded =
            || Arc::new(Recorded::new(&open_name(&path), entries, plan.limits.max_body.max(plan.limits.max_file)));
        let resumed = left.map(|_| recorded());
        Ok(Open { writer, resumed, lock })
    }

    /// The pages of the last run of this target, as its snapshot holds them.
    pub(super) fn earlier(
        &self,
        store: &Store,
        (target, profile): (&str, &str),
        max_body: usize,
    ) -> Result<Option<Arc<Recorded>>, AuditError> {
        let Some((run, name)) = store.last_snapshot(target, profile)? else { return Ok(None) };
        let path = self.dir.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let pages = store.recorded_pages(run)?.into_iter();
        let entries = pages.map(|(url, at)| Entry { url, role: Role::Page, at, is_late: false });
        Ok(Some(Arc::new(Recorded::new(&path, entries, max_body))))
    }

    /// Whether another process is at work on that run.
    pub(super) fn is_busy(&self, left: &Unfinished) -> bool {
        let lock = left.snapshot.as_ref().map(|name| Lock::take(&self.dir.join(name)));
        matches!(lock, Some(Ok(None)))
    }

    /// Forgets what interrupted runs of this target left, now that a newer one is whole.
    pub(super) fn clear(&self, store: &mut Store, target: &str, profile: &str) -> Result<(), AuditError> {
        for left in store.unfinished(target, profile)?.into_iter().filter(|left| !left.done) {
            let Some(name) = &left.snapshot else { continue };
            let path = self.dir.join(name);
            // One that is being written by another process is not left over.
            let Some(_lock) = Lock::take(&path)? else { continue };
            let _ = std::fs::remove_file(open_name(&path));
            store.discard(left.run)?;
        }
        Ok(())
    }
}

impl Snapshots {
    /// Removes the snapshots of runs that began so many days before `today`, and returns how many. What
    /// was measured stays. A date in the future removes nothing that is not old today.
    pub(super) fn retire(&self, store: &Store, days: u32, today: &str) -> Result<usize, AuditError> {
        if self.name.is_some() {
            // A demo keeps what it made.
            return Ok(0);
        }
        let now = jiff::Timestamp::now();
        let today = today.parse::<jiff::Timestamp>().map_or(now, |today| today.min(now));
        let Ok(until) = today.checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days))) else { return Ok(0) };
        let until = jiff::Timestamp::from_second(until.as_second()).unwrap_or(until).to_string();
        let mut removed = 0;
        for kept in store.snapshots_before(&until)? {
            let path = self.dir.join(&kept.name);
            let gone = std::fs::remove_file(&path).is_ok() || !path.exists();
            if gone {
                store.forget_snapshot(kept.run)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// A file name for the snapshot of a run: what was audited, when, and the number of the run.
fn file_name(target: &str, started: &str, run: i64) -> String {
    let word = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
    let short: String = word(target.trim_start_matches("https://").trim_start_matches("http://"))
        .trim_matches('-')
        .chars()
        .take(60)
        .collect();
    let hash = short_hash(target.as_bytes());
    format!("{short}-{}-{}-run{run}.warc.gz", word(started.get(..10).unwrap_or(started)), &hash[..8])
}
