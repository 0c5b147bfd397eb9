//! The words of a sentence, each looked up once for all that asks what it is.

use super::classes::{Bits, Classes, Listed};
use super::word::{bare, parts};

/// Which letters and marks stand in a word, as bits.
pub(super) mod made_of {
    /// A small letter of ASCII.
    pub const LOWER: u8 = 1;
    /// A capital of ASCII.
    pub const UPPER: u8 = 2;
    /// A digit of ASCII.
    pub const DIGIT: u8 = 4;
    /// A hyphen.
    pub const HYPHEN: u8 = 8;
    /// A slash or an apostrophe.
    pub const JOINT: u8 = 16;
    /// Another mark of ASCII.
    pub const MARK: u8 = 32;
    /// What is beyond ASCII.
    pub const BEYOND: u8 = 64;
}

/// What each byte is.
const BYTES: [u8; 256] = {
    let mut bytes = [made_of::BEYOND; 256];
    let mut byte = 0;
    while byte < 128 {
        bytes[byte as usize] = match byte {
            b'a'..=b'z' => made_of::LOWER,
            b'A'..=b'Z' => made_of::UPPER,
            b'0'..=b'9' => made_of::DIGIT,
            b'-' => made_of::HYPHEN,
            b'/' | b'\'' => made_of::JOINT,
            _ => made_of::MARK,
        };
        byte += 1;
    }
    bytes
};

/// A word with its place and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Token<'t> {
    /// The word, without the marks around it.
    pub text: &'t str,
    /// First byte within the sentence.
    pub start: usize,
    /// After the last byte.
    pub end: usize,
    /// Its letters and marks, as bits of [`made_of`].
    pub made_of: u8,
    /// What the lists know of it.
    pub listed: Option<&'t Listed>,
    /// Its classes.
    pub bits: Bits,
    /// Whether a comma, semicolon, colon or bracket follows.
    pub pauses: bool,
    /// Whether the sentence begins with it.
    pub begins: bool,
}

impl Token<'_> {
    /// Whether it has any of some letters or marks.
    pub fn has(&self, any: u8) -> bool {
        self.made_of & any != 0
    }

    /// Whether it begins with a capital.
    pub fn is_capitalised(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}

/// The words of a sentence: what stands between spaces and has a letter or a digit.
pub(super) fn tokens<'t>(sentence: &'t str, classes: Option<&'t Classes>) -> Vec<Token<'t>> {
    // Six bytes a word and its space is what English has.
    let mut tokens = Vec::with_capacity(sentence.len() / 5 + 1);
    let mut next = 0;
    for part in parts(sentence, |b| matches!(b, b' ' | b'\n')) {
        let start = next;
        next += part.len() + 1;
        let word = bare(part);
        if !word.is_empty() {
            let lead = word.as_ptr() as usize - part.as_ptr() as usize;
            let (listed, bits) = classes.map_or((None, 0), |c| c.look_up(word));
            tokens.push(Token {
                text: word,
                start: start + lead,
                end: start + lead + word.len(),
                made_of: word.bytes().fold(0, |all, byte| all | BYTES[usize::from(byte)]),
                listed,
                bits,
                pauses: part.ends_with([',', ';', ':', ')']),
                begins: start == 0,
            });
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_place_and_what_they_are_made_of() {
        let text = "\u{201c}If it's twenty-one, (A4)\ncaf\u{e9} \u{2013} go.";
        let found = tokens(text, None);
        let words: Vec<&str> = found.iter().map(|t| t.text).collect();
        assert_eq!(words, ["If", "it's", "twenty-one", "A4", "caf\u{e9}", "go"]);
        assert!(found.iter().all(|t| &text[t.start..t.end] == t.text));
        assert_eq!(found.iter().map(|t| t.begins).collect::<Vec<_>>(), [true, false, false, false, false, false]);
        assert_eq!(found.iter().map(|t| t.pauses).collect::<Vec<_>>(), [false, false, true, true, false, false]);
        assert!(found[2].has(made_of::HYPHEN) && !found[1].has(made_of::HYPHEN) && found[1].has(made_of::JOINT));
        assert!(found[3].has(made_of::DIGIT) && found[4].has(made_of::BEYOND) && !found[5].has(made_of::MARK));
    }
}
