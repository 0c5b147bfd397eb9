//! A link as it is stored. A page of a city has hundreds, most of a record, and of a link its address is written up to three
//! times: where it leads, the page of that without a fragment, and what the source says. Only the first is stored whole;
//! the others are so many bytes of its beginning and of its end, where they are that. What is read back is the link as it was,
//! never one that was parsed or normalised again.
//!
//! A link is a list: its lead, its line, and its marks where it has any. So leads that are the same are the same bytes, and each
//! is read once for all pages that have it.

use super::{Lead, Leads, Link};
use crate::model::{PageUrl, Region};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The marks of a link: whether its part of the page is not there, whether it is, and whether it shares its words.
const MARKS: [u8; 3] = [1, 2, 4];

/// What stands for a lead in the store; what is usual is left out.
#[derive(Serialize, Deserialize)]
struct Stored<'l> {
    #[serde(rename = "h", borrow)]
    href: Cow<'l, str>,
    #[serde(rename = "p", borrow, default, skip_serializing_if = "Option::is_none")]
    page: Option<Part<'l>>,
    #[serde(rename = "s", borrow)]
    raw: Part<'l>,
    #[serde(rename = "t", borrow, default, skip_serializing_if = "is_empty")]
    text: Cow<'l, str>,
    #[serde(rename = "r", borrow, default, skip_serializing_if = "is_empty")]
    rel: Cow<'l, str>,
    #[serde(rename = "in")]
    region: Region,
    #[serde(rename = "w", default, skip_serializing_if = "is_false")]
    new_window: bool,
    #[serde(rename = "u", default, skip_serializing_if = "is_false")]
    unknown: bool,
    #[serde(rename = "a", default, skip_serializing_if = "is_false")]
    acts: bool,
    #[serde(rename = "n", default, skip_serializing_if = "is_false")]
    tells_window: bool,
    #[serde(rename = "j", default, skip_serializing_if = "is_false")]
    scripted: bool,
}

fn is_empty(text: &str) -> bool {
    text.is_empty()
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A text beside an address.
enum Part<'l> {
    /// So many bytes of the address.
    Of(usize),
    Whole(Cow<'l, str>),
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Of(bytes) => serializer.serialize_u64(*bytes as u64),
            Self::Whole(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de: 'l, 'l> Deserialize<'de> for Part<'l> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Part<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or so many bytes of an address")
            }

            fn visit_u64<E: Error>(self, bytes: u64) -> Result<Part<'de>, E> {
                usize::try_from(bytes).map(Part::Of).map_err(E::custom)
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Part<'de>, E> {
                Ok(Part::Whole(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Part<'de>, E> {
                Ok(Part::Whole(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'l> Stored<'l> {
    fn of(lead: &'l Lead) -> Self {
        let href = lead.href.as_str();
        let whole = |text: &'l str| Part::Whole(Cow::Borrowed(text));
        let page = lead.page.as_ref().map(PageUrl::as_str);
        Self {
            href: Cow::Borrowed(href),
            page: page.map(|page| if href.starts_with(page) { Part::Of(page.len()) } else { whole(page) }),
            raw: if href.ends_with(&lead.raw) { Part::Of(lead.raw.len()) } else { whole(&lead.raw) },
            text: Cow::Borrowed(&lead.text),
            rel: Cow::Borrowed(&lead.rel),
            region: lead.region,
            new_window: lead.new_window,
            unknown: lead.unknown,
            acts: lead.acts,
            tells_window: lead.tells_window,
            scripted: lead.scripted,
        }
    }

    /// The lead; an error where a part is longer than its address.
    fn lead(self) -> Result<Lead, &'static str> {
        const BEYOND: &str = "a part of a link is longer than its address";
        let href = self.href.into_owned();
        let begin = |bytes: usize| href.get(..bytes).ok_or(BEYOND);
        let end = |bytes: usize| href.len().checked_sub(bytes).and_then(|at| href.get(at..)).ok_or(BEYOND);
        let page = match &self.page {
            None => None,
            Some(Part::Of(bytes)) => Some(PageUrl::stored(begin(*bytes)?)),
            Some(Part::Whole(text)) => Some(PageUrl::stored(text)),
        };
        let raw = match self.raw {
            Part::Of(bytes) => end(bytes)?.to_owned(),
            Part::Whole(text) => text.into_owned(),
        };
        Ok(Lead {
            page,
            raw,
            text: self.text.into_owned(),
            rel: self.rel.into_owned(),
            region: self.region,
            new_window: self.new_window,
            unknown: self.unknown,
            acts: self.acts,
            tells_window: self.tells_window,
            scripted: self.scripted,
            href,
        })
    }
}

/// A link as it was stored until facts had version 8: its lead, its line and its marks side by side. Runs of then are still read.
#[derive(Deserialize)]
struct Older<'l> {
    #[serde(flatten, borrow)]
    lead: Stored<'l>,
    #[serde(rename = "l")]
    line: u32,
    #[serde(rename = "f", default)]
    fragment_here: Option<bool>,
    #[serde(rename = "d", default)]
    shares_words: bool,
}

impl Older<'_> {
    fn link(self) -> Result<Link, &'static str> {
        let Self { lead, line, fragment_here, shares_words } = self;
        Ok(Link { lead: Arc::new(lead.lead()?), line, fragment_here, shares_words, node: 0 })
    }
}

impl Lead {
    /// The lead of which this is the JSON, which may have been read before.
    fn known(json: &str) -> Result<Arc<Self>, serde_json::Error> {
        thread_local! {
            static KNOWN: Leads = Leads::default();
        }
        let read = |json: &str| serde_json::from_str::<Stored<'_>>(json)?.lead().map_err(serde_json::Error::custom);
        KNOWN.with(|known| known.try_of(json, Self::size, read))
    }
}

impl Serialize for Lead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored::of(self).serialize(serializer)
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [gone, here, shares] = MARKS;
        let mark = |is: bool, mark: u8| if is { mark } else { 0 };
        let marks = mark(self.fragment_here == Some(false), gone)
            | mark(self.fragment_here == Some(true), here)
            | mark(self.shares_words, shares);
        if marks == 0 {
            return (&*self.lead, self.line).serialize(serializer);
        }
        (&*self.lead, self.line, marks).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Link;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a lead, a line, and marks where there are any")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Link, A::Error> {
                Older::deserialize(MapAccessDeserializer::new(fields))?.link().map_err(A::Error::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Link, A::Error> {
                let lead: &RawValue = parts.next_element()?.ok_or_else(|| A::Error::custom("a link has no lead"))?;
                let line = parts.next_element()?.ok_or_else(|| A::Error::custom("a link has no line"))?;
                let marks: u8 = parts.next_element()?.unwrap_or(0);
                let [gone, here, shares] = MARKS.map(|mark| marks & mark != 0);
                Ok(Link {
                    lead: Lead::known(lead.get()).map_err(A::Error::custom)?,
                    line,
                    fragment_here: (gone || here).then_some(here),
                    shares_words: shares,
                    node: 0,
                })
            }
        }
        deserializer.deserialize_any(Parts)
    }
}
