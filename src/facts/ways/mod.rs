//! What a page says and holds that decides whether a visitor can go on: parts to point at, dates that
//! pass, doors that are closed. Only quotes and measures; what is wrong is for rules to say.

mod anchors;
mod sketch;
mod told;

pub use anchors::Anchors;
pub use sketch::Sketch;
pub use told::{Dated, Told};

use super::contacts::Contact;
use super::dom::Dom;
use super::lexicon::Words;
use super::links::{Link, meta_refresh};
use super::text::Block;
use crate::model::{Exposure, PageUrl, Region, is_zero};
use serde::{Deserialize, Serialize};
use url::Url;

/// What matters for the ways onward, apart from links and forms themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ways {
    /// Names of the parts of the page that links can point at.
    #[serde(rename = "a")]
    pub anchors: Anchors,
    /// What stands for the words of its main content.
    #[serde(rename = "s")]
    pub sketch: Sketch,
    /// Where `meta refresh` leads.
    #[serde(rename = "to", skip_serializing_if = "Option::is_none", deserialize_with = "crate::model::stored_url")]
    pub refresh_to: Option<PageUrl>,
    /// Its title or heading says that there is no such page: the words.
    #[serde(rename = "miss", skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// It says that nothing was found.
    #[serde(rename = "none", skip_serializing_if = "Option::is_none")]
    pub nothing_found: Option<Told>,
    /// It says that something does not work now.
    #[serde(rename = "out", skip_serializing_if = "Option::is_none")]
    pub outage: Option<Told>,
    /// It says that something is no longer offered, without naming a way beside it.
    #[serde(rename = "closed", skip_serializing_if = "Option::is_none")]
    pub closed: Option<Told>,
    /// Days until which something is to be done.
    #[serde(rename = "due", skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<Dated>,
    /// The last day that is named among what is announced as coming.
    #[serde(rename = "coming", skip_serializing_if = "Option::is_none")]
    pub coming: Option<Dated>,
    /// Where in the frame of the page the first link to contacts or help stands.
    #[serde(rename = "help", skip_serializing_if = "Option::is_none")]
    pub help_in: Option<Region>,
    /// Whether a link or text offers a way without an account, or to get one.
    #[serde(rename = "open", skip_serializing_if = "std::ops::Not::not")]
    pub without_account: bool,
    /// Images, drawings, films and maps of the main content.
    #[serde(rename = "img", skip_serializing_if = "is_zero")]
    pub images: u32,
    /// Links that open a new window without saying so.
    #[serde(rename = "win", skip_serializing_if = "is_zero")]
    pub silent_windows: u32,
}

/// What the ways of a page are told from.
pub struct Signs<'a> {
    /// The tree.
    pub dom: &'a Dom,
    /// Its address.
    pub url: &'a PageUrl,
    /// Where relative links start.
    pub base: &'a Url,
    /// The `title` element.
    pub title: &'a str,
    /// Blocks of text.
    pub blocks: &'a [Block],
    /// Links.
    pub links: &'a [Link],
    /// Contacts.
    pub contacts: &'a [Contact],
    /// Words of the main content.
    pub main_words: u32,
    /// Country by whose habit `3/4/2026` is read.
    pub country: &'a str,
}

/// The ways of a page.
pub fn ways(signs: &Signs<'_>, words: Option<&Words>) -> Ways {
    let mut ways = Ways {
        anchors: Anchors::of(signs.dom),
        sketch: Sketch::of(signs.dom, signs.url),
        refresh_to: meta_refresh(signs.dom, signs.base).and_then(|(_, to)| to),
        images: images(signs.dom),
        ..Ways::default()
    };
    let Some(words) = words else { return ways };
    told::tell(signs, words, &mut ways);
    let frames = |l: &&Link| l.region != Region::Main && words.set("contact-links").occur_in(&l.text);
    ways.help_in = signs.links.iter().find(frames).map(|l| l.region);
    let silent = |l: &&Link| l.new_window && !l.scheme().starts_with("mailto") && !l.tells_window;
    ways.silent_windows = u32::try_from(signs.links.iter().filter(silent).count()).unwrap_or(u32::MAX);
    ways
}

fn images(dom: &Dom) -> u32 {
    let shows = |&i: &u32| dom.node(i).region == Region::Main && dom.node(i).exposure != Exposure::Hidden;
    let tags = ["img", "svg", "video", "audio", "object", "embed", "canvas", "map"];
    u32::try_from(tags.iter().flat_map(|tag| dom.tagged(tag)).filter(|i| shows(i)).count()).unwrap_or(u32::MAX)
}

/// A hash that is the same on every machine and in every version (FNV-1a, then mixed as in SplitMix64).
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    fn finish(self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }
}

/// The hash of some bytes.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut hash = Hash::default();
    bytes.for_each(|byte| hash.add(byte));
    hash.finish()
}

#[cfg(test)]
mod tests;
