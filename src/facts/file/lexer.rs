//! Reads the objects of a PDF from bytes, one token after another. It must never recurse, and never
//! look at more bytes than it is given fuel for.

use lopdf::{Dictionary, Object, StringFormat};

/// Arrays and dictionaries within each other that are followed. Our choice: real files stay below 10.
const MAX_NESTING: usize = 64;

/// Bytes that are looked ahead. Our choice: white space and a word.
const LOOK_AHEAD: usize = 64;

/// Work that is left for a file, in bytes that may still be looked at or unpacked. Work is counted and
/// not timed, so that the same file always gives the same facts.
#[derive(Debug)]
pub(super) struct Fuel(std::cell::Cell<u64>);

impl Fuel {
    pub(super) fn new(bytes: u64) -> Self {
        Self(std::cell::Cell::new(bytes))
    }

    /// Takes so much; `false` where it was not there.
    pub(super) fn burn(&self, bytes: usize) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(bytes as u64));
        left >= bytes as u64
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.get() == 0
    }

    /// How many bytes may still be unpacked.
    pub(super) fn left(&self) -> usize {
        usize::try_from(self.0.get()).unwrap_or(usize::MAX)
    }
}

/// A token of a file or of the drawing of a page.
#[derive(Debug, PartialEq)]
pub(super) enum Token {
    /// A number, string, name, `true`, `false` or `null`.
    Value(Object),
    ArrayStart,
    ArrayEnd,
    DictStart,
    DictEnd,
    /// `obj`, `R`, `stream`, or an operator of a drawing.
    Word(Vec<u8>),
}

/// A place in some bytes.
#[derive(Debug)]
pub(super) struct Lexer<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
}

/// A container that is still open.
enum Open {
    Array(Vec<Object>),
    Dict(Vec<Object>),
}

impl<'b> Lexer<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Moves over white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                byte if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// The next token; `None` at the end.
    pub(super) fn token(&mut self) -> Option<Token> {
        self.skip_space();
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'[' => Token::ArrayStart,
            b']' => Token::ArrayEnd,
            b'(' => Token::Value(Object::String(self.literal(), StringFormat::Literal)),
            b'<' if self.peek() == Some(b'<') => {
                self.at += 1;
                Token::DictStart
            }
            b'<' => Token::Value(Object::String(self.hexadecimal(), StringFormat::Hexadecimal)),
            b'>' if self.peek() == Some(b'>') => {
                self.at += 1;
                Token::DictEnd
            }
            b'/' => Token::Value(Object::Name(self.name())),
            b'>' | b')' | b'{' | b'}' => Token::Word(vec![byte]),
            _ => {
                self.at -= 1;
                let word = self.regular();
                number(word).unwrap_or_else(|| match word {
                    b"true" => Token::Value(Object::Boolean(true)),
                    b"false" => Token::Value(Object::Boolean(false)),
                    b"null" => Token::Value(Object::Null),
                    word => Token::Word(word.to_vec()),
                })
            }
        })
    }

    /// Everything up to the next white space or delimiter.
    fn regular(&mut self) -> &'b [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&b| is_space(b) || is_delimiter(b)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn name(&mut self) -> Vec<u8> {
        let raw = self.regular();
        if !raw.contains(&b'#') {
            return raw.to_vec();
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut at = 0;
        while let Some(&byte) = raw.get(at) {
            let code =
                raw.get(at + 1..at + 3).filter(|_| byte == b'#').and_then(|two| Some(hex(two[0])? * 16 + hex(two[1])?));
            name.push(code.unwrap_or(byte));
            at += if code.is_some() { 3 } else { 1 };
        }
        name
    }

    /// A string in brackets, which may hold others that are balanced.
    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut depth = 1usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    /// What follows a backslash, by ISO 32000-1 §7.3.4.2.
    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push((code & 0xff) as u8);
            }
            other => text.push(other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        let rest = &self.bytes[self.at..];
        let length = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        self.at += (length + 1).min(rest.len());
        let digits: Vec<u8> = rest[..length].iter().filter_map(|&b| hex(b)).collect();
        digits.chunks(2).map(|pair| pair[0] * 16 + pair.get(1).copied().unwrap_or(0)).collect()
    }

    /// The object that starts here; `None` where none does, or where the fuel does not last.
    pub(super) fn object(&mut self, fuel: &Fuel) -> Option<Object> {
        let mut open: Vec<Open> = Vec::new();
        let mut loose: Vec<Object> = Vec::new();
        loop {
            let before = self.at;
            let token = self.token()?;
            if !fuel.burn(self.at - before + 1) {
                return None;
            }
            let done = match token {
                Token::ArrayStart if open.len() < MAX_NESTING => {
                    open.push(Open::Array(Vec::new()));
                    continue;
                }
                Token::DictStart if open.len() < MAX_NESTING => {
                    open.push(Open::Dict(Vec::new()));
                    continue;
                }
                Token::ArrayStart | Token::DictStart => return None,
                Token::ArrayEnd => match open.pop()? {
                    Open::Array(items) => Object::Array(items),
                    Open::Dict(_) => return None,
                },
                Token::DictEnd => match open.pop()? {
                    Open::Dict(items) => Object::Dictionary(dictionary(items)),
                    Open::Array(_) => return None,
                },
                Token::Value(value) => value,
                Token::Word(word) if word == b"R" => {
                    let items = items(&mut open).unwrap_or(&mut loose);
                    let (Some(Object::Integer(generation)), Some(Object::Integer(number))) = (items.pop(), items.pop())
                    else {
                        return None;
                    };
                    Object::Reference((u32::try_from(number).ok()?, u16::try_from(generation).unwrap_or(0)))
                }
                Token::Word(_) => return None,
            };
            match items(&mut open) {
                Some(items) => items.push(done),
                None if matches!(done, Object::Integer(_)) && self.is_reference() => loose.push(done),
                None => return Some(done),
            }
        }
    }

    /// Whether a number that stands alone goes on as a reference: `12 0 R`.
    fn is_reference(&self) -> bool {
        let mut ahead = self.near();
        let mut next = || ahead.token();
        match next() {
            Some(Token::Word(word)) => word == b"R",
            Some(Token::Value(Object::Integer(_))) => matches!(next(), Some(Token::Word(word)) if word == b"R"),
            _ => false,
        }
    }
}

impl<'b> Lexer<'b> {
    /// A look ahead that ends soon, so that looking ahead at every object costs no more than the objects.
    pub(super) fn near(&self) -> Self {
        Self { bytes: &self.bytes[..self.bytes.len().min(self.at.saturating_add(LOOK_AHEAD))], at: self.at }
    }
}

fn items(open: &mut [Open]) -> Option<&mut Vec<Object>> {
    open.last_mut().map(|container| match container {
        Open::Array(items) | Open::Dict(items) => items,
    })
}

/// Keys and values in turn; a key that is none is left out with what follows it.
fn dictionary(items: Vec<Object>) -> Dictionary {
    let mut dictionary = Dictionary::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        if let Object::Name(key) = key {
            dictionary.set(key, value);
        }
    }
    dictionary
}

fn number(word: &[u8]) -> Option<Token> {
    if !word.iter().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.')) {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    let integer = text.parse::<i64>().ok().map(Object::Integer);
    let value = integer.or_else(|| text.parse::<f32>().ok().map(Object::Real));
    // Sloppy writers give `--5` and `1.2.3`; readers take them for nothing.
    Some(Token::Value(value.unwrap_or(Object::Integer(0))))
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|n| n as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let found = Lexer::new(source.as_bytes(), 0).object(&Fuel::new(1000));
        assert_eq!(format!("{found:?}"), expected, "{source}");
    }

    #[test]
    fn objects_are_read_as_the_standard_writes_them() {
        check("<</A 1 0 R /B[1 2 R(x)]/C#20D true>>", "Some(<</A 1 0 R/B [1 2 R (x)]/C D true>>)");
        check("12 0 R", "Some(12 0 R)");
        check("12 0 obj", "Some(12)");
        check("(a(b)\\)\\101\\\nc)", "Some((a(b))Ac))");
        check("<48 656>", "Some(<486560>)");
        check("[1 2", "None");
        check("[1 >>", "None");
        check("% only a comment", "None");
    }

    #[test]
    fn deep_nesting_and_empty_fuel_end_the_reading() {
        assert_eq!(Lexer::new("[".repeat(100_000).as_bytes(), 0).object(&Fuel::new(1_000_000)), None);
        assert_eq!(Lexer::new(b"[1 2 3 4 5 6 7]", 0).object(&Fuel::new(5)), None);
    }
}
