//! The parts of a page that links can point at, in about a byte each, so that a link from another page
//! can be checked after the page itself is gone.

use super::hash;
use crate::facts::dom::Dom;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bits for each name. With four probes about one missing name in eighty is taken for present, which
/// hides a broken link and never invents one (Bloom 1970).
const BITS: usize = 10;

/// Probes for each name.
const PROBES: u64 = 4;

/// Names that are kept of a page. Our choice; of a page with more, nothing is told.
const MAX_NAMES: usize = 20_000;

/// The ids and anchor names of a page, as a Bloom filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    bits: Box<[u8]>,
    /// Whether there were too many to keep.
    too_many: bool,
}

impl Anchors {
    /// Those of a page.
    pub(super) fn of(dom: &Dom) -> Self {
        let names = |i: u32| {
            let named = if dom.tag(i) == "a" { dom.attr(i, "name") } else { None };
            dom.attr(i, "id").into_iter().chain(named)
        };
        let all: Vec<u64> = dom.elements().flat_map(names).filter(|n| !n.is_empty()).map(|n| hash(n.bytes())).collect();
        if all.len() > MAX_NAMES {
            return Self { bits: Box::default(), too_many: true };
        }
        let mut bits = vec![0u8; (all.len() * BITS).div_ceil(8)];
        let size = bits.len() as u64 * 8;
        for at in all.iter().flat_map(|&name| probes(name, size)) {
            bits[at / 8] |= 1 << (at % 8);
        }
        Self { bits: bits.into(), too_many: false }
    }

    /// Whether the page has a part of that name; `None` where it could not be told.
    pub fn have(&self, name: &str) -> Option<bool> {
        if self.too_many {
            return None;
        }
        let size = self.bits.len() as u64 * 8;
        let found = |at: usize| self.bits[at / 8] & (1 << (at % 8)) != 0;
        Some(size > 0 && probes(hash(name.bytes()), size).all(found))
    }
}

fn probes(name: u64, size: u64) -> impl Iterator<Item = usize> {
    let (first, step) = (name & 0xffff_ffff, name >> 32 | 1);
    (0..PROBES).map(move |i| usize::try_from((first + i * step) % size.max(1)).unwrap_or(0))
}

impl Serialize for Anchors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.too_many {
            serializer.serialize_str("*")
        } else {
            serializer.serialize_str(&crate::model::hex(&self.bits))
        }
    }
}

impl<'de> Deserialize<'de> for Anchors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        if text == "*" {
            return Ok(Self { bits: Box::default(), too_many: true });
        }
        let digit = |d: u8| char::from(d).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let byte = |pair: &[u8]| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        };
        let bits: Option<Vec<u8>> = text.as_bytes().chunks(2).map(byte).collect();
        let bits = bits.ok_or_else(|| serde::de::Error::custom("anchors are hexadecimal digits in pairs"))?;
        Ok(Self { bits: bits.into(), too_many: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[test]
    fn names_are_found_again_after_they_were_stored() {
        let body: String = (0..300).map(|i| format!("<p id=part-{i}>x</p><a name=old{i}></a>")).collect();
        let anchors = Anchors::of(&Dom::parse(&body, Lexicon::for_tests()));
        let stored = serde_json::to_string(&anchors).expect("anchors are text");
        let anchors: Anchors = serde_json::from_str(&stored).expect("what was written is read");
        assert!((0..300).all(|i| anchors.have(&format!("part-{i}")) == Some(true)));
        assert!((0..300).all(|i| anchors.have(&format!("old{i}")) == Some(true)));
        let wrong = (0..10_000).filter(|i| anchors.have(&format!("gone-{i}")) == Some(true)).count();
        assert!(wrong < 300, "{wrong} of 10,000 missing names were taken for present");
        assert_eq!(Anchors::of(&Dom::parse("<p>x", Lexicon::for_tests())).have("x"), Some(false));
    }
}
