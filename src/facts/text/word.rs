//! Words within a text: runs of letters and digits, and what stands between spaces without the marks around it.

use std::borrow::Cow;

/// A part of a text without the marks that stand around it.
pub(in crate::facts) fn bare(part: &str) -> &str {
    // Most parts are a word and nothing else.
    if let (Some(first), Some(last)) = (part.as_bytes().first(), part.as_bytes().last())
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return part;
    }
    part.trim_matches(|c: char| !c.is_alphanumeric())
}

/// What stands between some marks of ASCII in a text, also where that is nothing.
pub(in crate::facts) fn parts(text: &str, is_mark: impl Fn(u8) -> bool) -> impl Iterator<Item = &str> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        let end = text.as_bytes()[from..].iter().position(|&b| is_mark(b)).map(|length| from + length);
        start = end.map(|end| end + 1);
        Some(&text[from..end.unwrap_or(text.len())])
    })
}

/// The runs of letters and digits of a text.
pub(in crate::facts) fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let end = end_of_run(rest);
            let run = &rest[..end];
            // What ends a run is one character, or the end of the text.
            let mark = rest[end..].chars().next().map_or(0, char::len_utf8);
            rest = &rest[end + mark..];
            if !run.is_empty() {
                return Some(run);
            }
        }
    })
}

/// Where the run that a text begins with ends.
fn end_of_run(text: &str) -> usize {
    let plain = text.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len());
    if text.as_bytes().get(plain).is_none_or(u8::is_ascii) {
        return plain;
    }
    plain + text[plain..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - plain)
}

/// Whether a text is nothing but white space, as much of a source is.
pub(in crate::facts) fn is_blank(text: &str) -> bool {
    match text.bytes().find(|b| !matches!(b, b' ' | b'\t'..=b'\r')) {
        None => true,
        Some(other) => !other.is_ascii() && text.trim().is_empty(),
    }
}

/// A word in lower case; a copy only where it differs.
pub(in crate::facts) fn lower_case(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(word.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_what_letters_and_digits_make() {
        let text = "État: it\u{2019}s 9 a.m., caf\u{e9}s-bars 日本語。x";
        let by_letters: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        assert_eq!(runs(text).collect::<Vec<_>>(), by_letters);
    }

    #[test]
    fn parts_are_what_splitting_makes() {
        for text in ["", " ", "a", "one two\nthree  four ", "\u{e9}t\u{e9} l'\u{e9}cole\u{2026} fin"] {
            let found: Vec<&str> = parts(text, |b| matches!(b, b' ' | b'\n' | b'\'')).collect();
            assert_eq!(found, text.split([' ', '\n', '\'']).collect::<Vec<_>>());
        }
    }

    #[test]
    fn white_space_is_blank_also_beyond_ascii() {
        assert!(["", " \n\t\u{b}\u{c}\r", "\u{a0}", " \u{2003}\u{85} "].iter().all(|text| is_blank(text)));
        assert!(["a", " . ", "\u{1f}", "\u{a0}x", " \u{200b}"].iter().all(|text| !is_blank(text)));
    }

    #[test]
    fn a_bare_word_has_no_marks_around_it() {
        assert_eq!(["(it's", "a", "", "\u{201c}Où?\u{201d}"].map(bare), ["it's", "a", "", "Où"]);
    }
}
