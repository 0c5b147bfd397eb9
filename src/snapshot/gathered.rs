//! [`Gathered`] as metadata records: small parts, so that no record grows with the site.

use super::{PART_FIELD, read::Record};
use crate::model::{Gathered, Target};
use serde::{Deserialize, Serialize};

/// Targets in one metadata record. Our choice: a few hundred kilobytes of JSON.
const TARGETS_A_PART: usize = 1000;

/// One metadata record of ours; the field [`PART_FIELD`] names which.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Part {
    /// Some of the targets, in order.
    Targets(Vec<Target>),
    /// Everything else, after the targets, with their number.
    End { gathered: Gathered, targets: usize },
}

/// The JSON of each record, in the order in which they are written.
pub(super) fn parts(gathered: &Gathered) -> impl Iterator<Item = serde_json::Result<Vec<u8>>> {
    let end = Part::End { gathered: gathered.without_targets(), targets: gathered.targets.len() };
    let targets = gathered.targets.chunks(TARGETS_A_PART).map(|some| Part::Targets(some.to_vec()));
    targets.chain(std::iter::once(end)).map(|part| serde_json::to_vec(&part))
}

/// Puts the parts of a [`Gathered`] together again while an archive is read.
#[derive(Default)]
pub struct Restored {
    targets: Vec<Target>,
    end: Option<(Gathered, usize)>,
}

impl Restored {
    /// Takes the record if it is such a part, and says whether it was. A part that is no longer
    /// JSON counts as missing.
    pub fn take(&mut self, record: &Record) -> bool {
        if record.field(PART_FIELD).is_none() {
            return false;
        }
        match serde_json::from_slice(&record.block) {
            Ok(Part::Targets(some)) => self.targets.extend(some),
            Ok(Part::End { gathered, targets }) => self.end = Some((gathered, targets)),
            Err(_) => {}
        }
        true
    }

    /// The whole, as soon as its last part was taken; then it is ready for another.
    pub fn take_whole(&mut self) -> Option<Gathered> {
        self.end.as_ref()?;
        std::mem::take(self).finish()
    }

    /// The whole, or `None` when the archive is not ours or a part is missing.
    pub fn finish(self) -> Option<Gathered> {
        let (gathered, count) = self.end?;
        (count == self.targets.len()).then_some(Gathered { targets: self.targets, ..gathered })
    }
}
