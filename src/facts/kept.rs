//! What was worked out of a text before, kept as long as there is room, for the next page that it stands on.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

/// Longest text that is kept, in bytes. Our choice: what is longer stands on one page.
const LONGEST: usize = 16 * 1024;

/// Room for the younger half of what is kept, in bytes; the older half has as much. Our choice: the texts of some hundred pages,
/// so that a small site is read once, and little beside what a run needs anyway.
const TEXTS: usize = 6 * 1024 * 1024;

/// What is known of texts. It is a pure function of each, so that nobody can tell whether it was worked out before.
/// `ROOM` is that for its younger half, in bytes.
#[derive(Debug)]
pub struct Kept<V, const ROOM: usize = TEXTS>(Mutex<Halves<V>>);

/// Two halves, of which the older one is let go when the younger one is full; what is asked for again is young again.
#[derive(Debug)]
struct Halves<V> {
    young: HashMap<Box<str>, Arc<V>, RandomState>,
    old: HashMap<Box<str>, Arc<V>, RandomState>,
    /// Bytes of the younger half, as reckoned.
    size: usize,
}

impl<V, const ROOM: usize> Default for Kept<V, ROOM> {
    fn default() -> Self {
        Self(Mutex::new(Halves { young: HashMap::default(), old: HashMap::default(), size: 0 }))
    }
}

impl<V, const ROOM: usize> Kept<V, ROOM> {
    /// What is known of a text; `make` works it out where it is new, and `size` reckons its bytes.
    pub fn of(&self, text: &str, size: impl FnOnce(&str) -> usize, make: impl FnOnce(&str) -> V) -> Arc<V> {
        let Ok(value) = self.try_of(text, size, |text| Ok::<V, Infallible>(make(text)));
        value
    }

    /// The same where it may be that nothing can be made of the text; of that nothing is kept.
    pub fn try_of<E>(
        &self,
        text: &str,
        size: impl FnOnce(&str) -> usize,
        make: impl FnOnce(&str) -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        if text.len() > LONGEST {
            return make(text).map(Arc::new);
        }
        let (mut own, mut value) = (None, None);
        {
            let mut halves = self.lock();
            if let Some(known) = halves.young.get(text) {
                return Ok(Arc::clone(known));
            }
            if let Some((text, known)) = halves.old.remove_entry(text) {
                (own, value) = (Some(text), Some(known));
            }
        }
        // Others need not wait for it.
        let value = match value {
            Some(known) => known,
            None => Arc::new(make(text)?),
        };
        let size = text.len() + size(text);
        let mut halves = self.lock();
        if let Some(known) = halves.young.get(text) {
            // Another thread was quicker.
            return Ok(Arc::clone(known));
        }
        if halves.size + size > ROOM {
            halves.old = std::mem::take(&mut halves.young);
            halves.size = 0;
        }
        halves.size += size;
        halves.young.insert(own.unwrap_or_else(|| text.into()), Arc::clone(&value));
        Ok(value)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Halves<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_again_until_there_is_no_room() {
        const ROOM: usize = 1024 * 1024;
        let kept: Kept<usize, ROOM> = Kept::default();
        let of = |text: &str| kept.of(text, |_| 500, str::len);
        let first = of("Home");
        assert!(Arc::ptr_eq(&first, &of("Home")));
        assert!(!Arc::ptr_eq(&first, &of("home")));
        let others = |from: usize| (from..from + ROOM / 500).for_each(|n| drop(of(&n.to_string())));
        // What is asked for again stays; what is not goes with its half.
        others(0);
        assert!(Arc::ptr_eq(&first, &of("Home")));
        others(1_000_000);
        others(2_000_000);
        assert!(!Arc::ptr_eq(&first, &of("Home")));
        let halves = kept.lock();
        assert!(halves.size <= ROOM && halves.young.len() + halves.old.len() <= 2 * ROOM / 500);
    }

    #[test]
    fn what_fails_is_tried_again() {
        let kept: Kept<usize> = Kept::default();
        let of = |result: Result<usize, &'static str>| kept.try_of("Home", str::len, |_| result).map(|value| *value);
        assert_eq!([of(Err("no")), of(Ok(1)), of(Err("no"))], [Err("no"), Ok(1), Ok(1)]);
    }

    #[test]
    fn a_long_text_is_not_kept() {
        let kept: Kept<usize> = Kept::default();
        assert_eq!(*kept.of(&"x".repeat(LONGEST + 1), |_| 0, str::len), LONGEST + 1);
        assert_eq!(kept.lock().young.len(), 0);
    }
}
