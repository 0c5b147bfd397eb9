//! The words, texts, numbers and signs of a script, without its comments. It reads a bounded part of a source, never runs
//! anything, and takes a wrong guess about a regular expression in its stride.

/// Bytes of a script that are read. Our choice: scripts that people write for a kiosk have a tenth; larger ones are bundles.
pub(super) const BYTES: usize = 512 * 1024;

/// One piece of a script.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'s> {
    /// A name or keyword.
    Word(&'s str),
    /// What stands in quotes, as written.
    Text(&'s str),
    /// A number.
    Number(f64),
    /// One character.
    Sign(u8),
}

impl<'s> Token<'s> {
    pub(super) fn word(self) -> Option<&'s str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn text(self) -> Option<&'s str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is(self, sign: u8) -> bool {
        self == Self::Sign(sign)
    }
}

/// The pieces of a script.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = after(bytes, at, b"\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = after(bytes, at + 2, b"*/"),
            b'"' | b'\'' | b'`' => {
                at = end_of_text(bytes, at);
                let end = if at > start + 1 && bytes[at - 1] == byte { at - 1 } else { at };
                found.push(Token::Text(source.get(start + 1..end).unwrap_or("")));
            }
            b'/' if begins_expression(found.last().copied()) => at = end_of_expression(bytes, at).unwrap_or(at + 1),
            b'0'..=b'9' => {
                at += bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')).count();
                let text: String = source.get(start..at).unwrap_or("").chars().filter(|c| *c != '_').collect();
                found.push(Token::Number(text.parse().unwrap_or(f64::NAN)));
            }
            _ if is_word(byte) => {
                at += bytes[at..].iter().take_while(|b| is_word(**b)).count();
                found.push(Token::Word(source.get(start..at).unwrap_or("")));
            }
            _ if byte.is_ascii_whitespace() => at += 1,
            _ => {
                found.push(Token::Sign(byte));
                at += 1;
            }
        }
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// The place after the next occurrence of `end`, or after everything.
fn after(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    memchr::memmem::find(&bytes[from.min(bytes.len())..], end).map_or(bytes.len(), |at| from + at + end.len())
}

/// The place after a text in quotes; a text in plain quotes ends with its line at the latest.
fn end_of_text(bytes: &[u8], from: usize) -> usize {
    let quote = bytes[from];
    let mut at = from + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' if quote != b'`' => return at,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Whether a slash begins a regular expression: it does after what a value cannot end with.
fn begins_expression(before: Option<Token<'_>>) -> bool {
    match before {
        None => true,
        Some(Token::Sign(sign)) => !matches!(sign, b')' | b']' | b'}'),
        Some(Token::Word(word)) => matches!(word, "return" | "typeof" | "case" | "of" | "in"),
        Some(_) => false,
    }
}

/// The place after a regular expression; `None` where the line ends before it does.
fn end_of_expression(bytes: &[u8], from: usize) -> Option<usize> {
    let (mut at, mut in_class) = (from + 1, false);
    loop {
        match bytes.get(at)? {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_texts_and_expressions_are_told_apart() {
        let found = tokens("// no\nlet a = 'it\\'s'; /* no */ b = /[/\"]x/.test(c) / 60_000; d = `x\ny`");
        assert!(!found.contains(&Token::Word("no")));
        assert_eq!(found[3], Token::Text("it\\'s"));
        assert!(found.contains(&Token::Number(60_000.0)) && found.contains(&Token::Word("test")));
        assert_eq!(found.last(), Some(&Token::Text("x\ny")));
    }

    #[test]
    fn broken_sources_end() {
        for source in ["'open", "/* open", "`open", "/open", "\\", "'\\", "é = 'ü", "1e999..5", "a/"] {
            tokens(source);
        }
    }
}
