//! A link as it is stored. A page of a city has hundreds, most of a record, and of a link its address is written up to three
//! times: where it leads, the page of that without a fragment, and what the source says. Only the first is stored whole;
//! the others are so many bytes of its beginning and of its end, where they are that. What is read back is the link as it was,
//! never one that was parsed or normalised again.

use super::Link;
use crate::model::{PageUrl, Region};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// What stands for a link in the store; what is usual is left out.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored<'l> {
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
    #[serde(rename = "l")]
    line: u32,
    #[serde(rename = "w", default, skip_serializing_if = "is_false")]
    new_window: bool,
    #[serde(rename = "u", default, skip_serializing_if = "is_false")]
    unknown: bool,
    #[serde(rename = "a", default, skip_serializing_if = "is_false")]
    acts: bool,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    fragment_here: Option<bool>,
    #[serde(rename = "n", default, skip_serializing_if = "is_false")]
    tells_window: bool,
    #[serde(rename = "j", default, skip_serializing_if = "is_false")]
    scripted: bool,
    #[serde(rename = "d", default, skip_serializing_if = "is_false")]
    shares_words: bool,
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
    pub(super) fn of(link: &'l Link) -> Self {
        let href = link.href.as_str();
        let whole = |text: &'l str| Part::Whole(Cow::Borrowed(text));
        let page = link.page.as_ref().map(PageUrl::as_str);
        Self {
            href: Cow::Borrowed(href),
            page: page.map(|page| if href.starts_with(page) { Part::Of(page.len()) } else { whole(page) }),
            raw: if href.ends_with(&link.raw) { Part::Of(link.raw.len()) } else { whole(&link.raw) },
            text: Cow::Borrowed(&link.text),
            rel: Cow::Borrowed(&link.rel),
            region: link.region,
            line: link.line,
            new_window: link.new_window,
            unknown: link.unknown,
            acts: link.acts,
            fragment_here: link.fragment_here,
            tells_window: link.tells_window,
            scripted: link.scripted,
            shares_words: link.shares_words,
        }
    }

    /// The link; an error where a part is longer than its address.
    pub(super) fn link(self) -> Result<Link, &'static str> {
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
        Ok(Link {
            page,
            raw,
            text: self.text.into_owned(),
            rel: self.rel.into_owned(),
            region: self.region,
            line: self.line,
            new_window: self.new_window,
            unknown: self.unknown,
            acts: self.acts,
            fragment_here: self.fragment_here,
            tells_window: self.tells_window,
            scripted: self.scripted,
            shares_words: self.shares_words,
            node: 0,
            href,
        })
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Stored::deserialize(deserializer)?.link().map_err(D::Error::custom)
    }
}
