//! Pages as they were fetched, on disk: a standard WARC 1.1 file, one gzip member a record.
//!
//! Everything after the network can be done again from this file. So it must never change a byte
//! of a body, judge a page, or hold more than one record in memory.

mod coding;
mod gathered;
mod message;
mod purge;
mod read;
mod recorded;
mod revisit;
mod wacz;
mod write;

pub use coding::{Decoded, Decoder, Fed};
pub use gathered::Restored;
pub use message::kept_headers;
pub use purge::{Purged, purge};
pub use read::{Kind, Reader, Record};
pub use recorded::{Entry, Recorded};
pub use revisit::{Origin, Revisit};
pub use write::{Writer, open_name};

use std::io;
use std::path::PathBuf;

/// The WARC field in which Plainway keeps what an answer was asked for ([`crate::model::Role`]).
/// ISO 28500 §4 lets a writer add fields; other tools skip them.
const ROLE_FIELD: &str = "Plainway-Role";

/// The WARC field that marks a `conversion` record as what a browser made of the page that it refers to, with what was noted on the
/// way, as JSON. It stands right behind its page; one that was drawn when all pages were read
/// ([`crate::model::RenderWhy::FirstOfTemplate`]) stands behind them all.
const RENDERED_FIELD: &str = "Plainway-Rendered";

/// The WARC field that marks a `metadata` record as the [`crate::model::Drawing`] of the page that stands before what a
/// browser made of it.
const DRAWN_FIELD: &str = "Plainway-Drawn";

/// The WARC field that says that a body was left out on purpose: it was not for everybody.
const WITHHELD_FIELD: &str = "Plainway-Withheld";

/// The WARC field that marks a metadata record as a part of [`crate::model::Gathered`].
const PART_FIELD: &str = "Plainway-Part";

/// Why a snapshot could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The disk refused a write.
    #[error("could not write the snapshot `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file could not be opened or read.
    #[error("could not read the archive `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else.
    #[error("`{}` is not a WARC archive: it starts neither with `WARC/` nor with gzip data that does, and is no WACZ that holds one", path.display())]
    NotWarc {
        /// The file.
        path: PathBuf,
    },
    /// A record is damaged; reading ends here, since nothing tells where the next one starts.
    #[error("the archive `{}` is damaged at byte {offset} of its unpacked content: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where the record starts, in bytes of the unpacked content.
        offset: u64,
        /// What is wrong with it.
        what: String,
    },
}
