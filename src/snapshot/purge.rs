//! Takes the body of an address out of a snapshot. That the address was there stays, as for pages that
//! are not for everybody; every other record keeps its bytes.

use super::read::Record;
use super::recorded::Counted;
use super::write::withheld;
use super::{DRAWN_FIELD, RENDERED_FIELD, SnapshotError};
use crate::model::PageUrl;
use flate2::bufread::GzDecoder;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes of one record, unpacked, beyond which it counts as damaged: bodies have a cap far below.
const MAX_RECORD: u64 = 1024 * 1024 * 1024;

/// What purging a snapshot came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Records whose body is gone.
    pub records: usize,
    /// Where each record starts now, by where it started before, where that changed.
    pub shifted: Vec<(u64, u64)>,
}

/// Removes every body of an address from the snapshot at `path`, which is replaced as a whole, or left
/// alone where it holds none.
pub fn purge(path: &Path, url: &PageUrl) -> Result<Purged, SnapshotError> {
    let reading = |source| SnapshotError::Read { path: path.to_owned(), source };
    let writing = |source| SnapshotError::Write { path: path.to_owned(), source };
    let mut file = Counted::new(BufReader::new(File::open(path).map_err(reading)?));
    let mut raw = File::open(path).map_err(reading)?;
    let mut part = path.as_os_str().to_owned();
    part.push(".purging");
    let part = Path::new(&part);
    let mut out = BufWriter::new(File::create(part).map_err(writing)?);
    let mut purged = Purged::default();
    let mut written = 0u64;
    let done = (|| {
        while !file.fill_buf().map_err(reading)?.is_empty() {
            let at = file.read;
            let mut member = Vec::new();
            let unpacked = GzDecoder::new(&mut file).take(MAX_RECORD).read_to_end(&mut member);
            let record = unpacked.ok().and_then(|_| Record::alone(path, member));
            let Some(record) = record else {
                return Err(SnapshotError::Damaged {
                    path: path.to_owned(),
                    offset: at,
                    what: "a record ends too early".to_owned(),
                });
            };
            let is_made = [RENDERED_FIELD, DRAWN_FIELD].iter().any(|field| record.field(field).is_some());
            if is_made && record.url().as_ref() == Some(url) {
                // What was made of the page goes with it.
                continue;
            }
            if at != written {
                purged.shifted.push((at, written));
            }
            let bare = record.role().filter(|_| record.url().as_ref() == Some(url)).and_then(|_| withheld(&record));
            let bytes = match bare {
                Some(bytes) => {
                    purged.records += 1;
                    bytes
                }
                None => {
                    let length = file.read - at;
                    let mut bytes = Vec::new();
                    raw.seek(SeekFrom::Start(at)).map_err(reading)?;
                    (&mut raw).take(length).read_to_end(&mut bytes).map_err(reading)?;
                    bytes
                }
            };
            out.write_all(&bytes).map_err(writing)?;
            written += bytes.len() as u64;
        }
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(writing)?;
        if purged.records > 0 {
            fs::rename(part, path).map_err(writing)?;
        }
        Ok(())
    })();
    if done.is_err() || purged.records == 0 {
        // It is ours, and nobody needs it any more.
        let _ = fs::remove_file(part);
    }
    done.map(|()| if purged.records == 0 { Purged::default() } else { purged })
}
