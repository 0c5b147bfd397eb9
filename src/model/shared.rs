//! Texts that many stored values have in common: read back once, and shared.

use super::PageUrl;
use rustc_hash::FxHashSet;
use serde::Deserializer;
use serde::de::{Error, Visitor};
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// Names of rules that a thread keeps. Our choice: far more than there are rules; it bounds memory, whatever a store holds.
const NAMES: usize = 4_096;

thread_local! {
    static KNOWN: RefCell<FxHashSet<Arc<str>>> = RefCell::default();
    static LAST: RefCell<Arc<str>> = RefCell::new(Arc::from(""));
}

/// Reads the name of a rule, which stands in the record of every page. Only for the store.
pub fn shared_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    deserializer.deserialize_str(Text(shared_rule))
}

/// Reads back the address of a page as this program stored it, without parsing it again; the findings of a page all have the same.
/// Only for the store.
pub fn shared_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PageUrl, D::Error> {
    deserializer.deserialize_str(Text(address)).map(PageUrl::of_stored)
}

/// The name of a rule, shared by all that were read on this thread. Only for the store.
pub fn shared_rule(text: &str) -> Arc<str> {
    KNOWN.with_borrow_mut(|known| {
        if let Some(name) = known.get(text) {
            return Arc::clone(name);
        }
        if known.len() >= NAMES {
            known.clear();
        }
        let name: Arc<str> = Arc::from(text);
        known.insert(Arc::clone(&name));
        name
    })
}

fn address(text: &str) -> Arc<str> {
    LAST.with_borrow_mut(|last| {
        if **last != *text {
            *last = Arc::from(text);
        }
        Arc::clone(last)
    })
}

/// Hands a text to what shares it.
struct Text(fn(&str) -> Arc<str>);

impl Visitor<'_> for Text {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Arc<str>, E> {
        Ok((self.0)(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_again_is_shared() {
        let read = |json: &str| shared_name(&mut serde_json::Deserializer::from_str(json)).ok();
        let (one, other) = (read("\"forms/fee\""), read("\"forms/fee\""));
        assert!(one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| Arc::ptr_eq(one, other)));
        assert_eq!((one.as_deref(), read("\"a\\u0062\"").as_deref(), read("7")), (Some("forms/fee"), Some("ab"), None));
        // A store that was made to hold ever new names takes no more room.
        (0..2 * NAMES).for_each(|n| drop(read(&format!("\"{n}\""))));
        assert!(KNOWN.with_borrow(FxHashSet::len) <= NAMES);
        let url = |json: &str| shared_url(&mut serde_json::Deserializer::from_str(json)).ok();
        let read = [url("\"http://a.example/x\""), url("\"http://a.example/#/pay\""), url("\"http://a.example/x\"")];
        let texts: Vec<&str> = read.iter().flatten().map(PageUrl::as_str).collect();
        assert_eq!(texts, ["http://a.example/x", "http://a.example/#/pay", "http://a.example/x"]);
    }
}
