//! A finding as it is stored: what never changes of it while its page stays the same.

use super::packing::unpacked_text;
use super::pages::erased::Word;
use super::{FindingRow, Result};
use rusqlite::Row;
use serde::ser::SerializeTuple;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A finding as it is stored: a list of its fields, in their order. What is read borrows from the text that it is read from.
///
/// The points are those of a page that is the whole site; they are multiplied by its weight in a run when they are read.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Kept<'k> {
    #[serde(borrow)]
    pub(super) key: Cow<'k, str>,
    #[serde(borrow)]
    pub(super) rule: Cow<'k, str>,
    #[serde(borrow)]
    pub(super) category: Cow<'k, str>,
    #[serde(borrow)]
    pub(super) severity: Cow<'k, str>,
    #[serde(borrow)]
    pub(super) status: Cow<'k, str>,
    #[serde(borrow)]
    pub(super) outcome: Cow<'k, str>,
    pub(super) cause: Option<Cow<'k, str>>,
    pub(super) line: u32,
    /// As JSON.
    pub(super) place: Option<Cow<'k, str>>,
    #[serde(borrow)]
    pub(super) message: Cow<'k, str>,
    /// The bits of the points lost.
    pub(super) lost: u64,
    /// The bits of the points to be gained.
    pub(super) gain: u64,
    pub(super) more: u32,
    /// What it is known by on its page.
    #[serde(borrow)]
    pub(super) local: Cow<'k, str>,
}

impl Kept<'static> {
    /// The finding in a row of a table, its columns in the order of the fields from `first` on, with points as numbers.
    pub(super) fn in_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        let text = |at: usize| -> rusqlite::Result<Cow<'static, str>> { Ok(Cow::Owned(row.get(first + at)?)) };
        let maybe = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(first + at)?.map(Cow::Owned));
        let points = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, f64>(first + at)?.to_bits());
        Ok(Self {
            key: text(0)?,
            rule: text(1)?,
            category: text(2)?,
            severity: text(3)?,
            status: text(4)?,
            outcome: text(5)?,
            cause: maybe(6)?,
            line: row.get(first + 7)?,
            place: maybe(8)?,
            message: text(9)?,
            lost: points(10)?,
            gain: points(11)?,
            more: row.get(first + 12)?,
            local: text(13)?,
        })
    }
}

impl Serialize for Kept<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_tuple(14)?;
        list.serialize_element(&self.key)?;
        list.serialize_element(&self.rule)?;
        list.serialize_element(&self.category)?;
        list.serialize_element(&self.severity)?;
        list.serialize_element(&self.status)?;
        list.serialize_element(&self.outcome)?;
        list.serialize_element(&self.cause)?;
        list.serialize_element(&self.line)?;
        list.serialize_element(&self.place)?;
        list.serialize_element(&self.message)?;
        list.serialize_element(&self.lost)?;
        list.serialize_element(&self.gain)?;
        list.serialize_element(&self.more)?;
        list.serialize_element(&self.local)?;
        list.end()
    }
}

/// How findings that follow one another on a page stand: how many, state, first seen, owner.
pub(super) type Group = (usize, String, String, Option<String>);

/// A finding that stands on no page of its run: address, state, first seen, owner, and itself, with its points as they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Beside<'k>(
    pub(super) String,
    pub(super) String,
    pub(super) String,
    pub(super) Option<String>,
    #[serde(borrow)] pub(super) Kept<'k>,
);

impl Kept<'_> {
    /// What is stored of a finding.
    pub(super) fn of(finding: &FindingRow) -> Result<Kept<'_>> {
        Ok(Kept {
            key: Cow::Borrowed(&finding.key),
            rule: Cow::Borrowed(&finding.rule),
            category: Cow::Borrowed(&finding.category),
            severity: Cow::Owned(finding.severity.word()),
            status: Cow::Owned(finding.status.word()),
            outcome: Cow::Owned(finding.outcome.word()),
            cause: finding.cause.as_deref().map(Cow::Borrowed),
            line: finding.place.as_ref().map_or(0, |p| p.line),
            place: finding.place.as_ref().map(serde_json::to_string).transpose()?.map(Cow::Owned),
            message: Cow::Borrowed(&finding.message),
            lost: finding.lost.to_bits(),
            gain: finding.gain.to_bits(),
            more: finding.more,
            local: Cow::Borrowed(&finding.local),
        })
    }

    /// Without what it borrows.
    fn owned(self) -> Kept<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Kept {
            key: owned(self.key),
            rule: owned(self.rule),
            category: owned(self.category),
            severity: owned(self.severity),
            status: owned(self.status),
            outcome: owned(self.outcome),
            cause: self.cause.map(owned),
            line: self.line,
            place: self.place.map(owned),
            message: owned(self.message),
            lost: self.lost,
            gain: self.gain,
            more: self.more,
            local: owned(self.local),
        }
    }

    /// Whether it is a failure, and not only what could not be told.
    pub(super) fn is_fail(&self) -> bool {
        self.outcome == "fail"
    }

    /// Whether it counts.
    pub(super) fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// How many findings it stands for.
    pub(super) fn count(&self) -> u64 {
        1 + u64::from(self.more)
    }

    /// A number for what it says and of which element; without one it is of its page alone.
    pub(super) fn same(&self, url: &str) -> u64 {
        #[derive(Deserialize)]
        struct Element<'p> {
            #[serde(borrow)]
            snippet: Cow<'p, str>,
        }
        let place = self.place.as_deref();
        let element = place.and_then(|place| serde_json::from_str::<Element<'_>>(place).ok());
        // The keys of this hash are fixed, and it is never stored.
        let mut hasher = DefaultHasher::new();
        (&*self.message, element.as_ref().map_or(url, |element| &element.snippet)).hash(&mut hasher);
        hasher.finish()
    }
}

/// Hands over the findings of a page that are packed.
pub(super) fn with_found<R>(packed: &[u8], use_them: impl FnOnce(Vec<Kept<'_>>) -> Result<R>) -> Result<R> {
    let json = unpacked_text(packed);
    use_them(serde_json::from_str(&json)?)
}

pub(super) fn read_beside(packed: &[u8]) -> Result<Vec<Beside<'static>>> {
    let json = unpacked_text(packed);
    let all: Vec<Beside<'_>> = serde_json::from_str(&json)?;
    Ok(all
        .into_iter()
        .map(|Beside(url, state, seen, owner, kept)| Beside(url, state, seen, owner, kept.owned()))
        .collect())
}
