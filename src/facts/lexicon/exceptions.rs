//! Words of a language that no rule gets right: short forms that end in a full stop, and how many syllables a word has.

use super::Words;

/// When a full stop after a short form ends no sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortForm {
    /// It stands before a name, and ends none.
    BeforeName,
    /// It is a short form only before a number.
    BeforeNumber,
    /// It may stand at the end; the next word tells.
    MayEnd,
}

impl Words {
    /// When a full stop after this word ends no sentence; `None` where it is no short form.
    pub fn short_form(&self, word: &str) -> Option<ShortForm> {
        // No short form is longer, and most words before a full stop are.
        if word.len() > 8 {
            return None;
        }
        self.short_forms.get(&*word.to_lowercase()).copied()
    }

    /// Syllables of a word that stands in the list of exceptions.
    pub fn syllables_of(&self, word: &str) -> Option<u32> {
        let mut buffer = [0u8; 24];
        if self.syllables.is_empty() || !word.is_ascii() || word.len() > buffer.len() {
            return None;
        }
        let slot = &mut buffer[..word.len()];
        slot.copy_from_slice(word.as_bytes());
        slot.make_ascii_lowercase();
        self.syllables.get(std::str::from_utf8(slot).ok()?).copied()
    }
}
