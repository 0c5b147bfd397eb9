//! The brackets of a script and the bodies of its functions by name, so that what a timer calls can be looked up.

use super::tokens::Token;
use std::collections::HashMap;
use std::ops::Range;

/// Functions that are known by name. Our choice.
const FUNCTIONS: usize = 2_000;

/// For each bracket that opens, the place of the one that closes it; 0 for everything else.
pub(super) fn closes(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut found = vec![0; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign(b'(' | b'[' | b'{') => open.push(at),
            Token::Sign(b')' | b']' | b'}') => {
                if let Some(from) = open.pop() {
                    found[from] = at;
                }
            }
            _ => {}
        }
    }
    found
}

/// What stands in no block.
pub(super) const SCRIPT: usize = usize::MAX;

/// For each piece, the bracket that begins the innermost block around it, or [`SCRIPT`].
pub(super) fn scopes(tokens: &[Token<'_>], closes: &[usize]) -> Vec<usize> {
    let mut found = Vec::with_capacity(tokens.len());
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        while open.last().is_some_and(|&block| closes[block] <= at) {
            open.pop();
        }
        found.push(open.last().copied().unwrap_or(SCRIPT));
        if token.is(b'{') && closes[at] > at {
            open.push(at);
        }
    }
    found
}

/// The bodies of functions by name; of two with one name, the first.
pub(super) fn functions<'s>(tokens: &[Token<'s>], closes: &[usize]) -> HashMap<&'s str, Range<usize>> {
    let mut found = HashMap::new();
    let is = |at: usize, sign: u8| tokens.get(at).is_some_and(|t| t.is(sign));
    let closing = |open: usize| closes.get(open).copied().filter(|&end| end > open);
    for (at, token) in tokens.iter().enumerate() {
        let Some(word) = token.word() else { continue };
        // `function name (…) {`, `name = function (…) {`, `name = (…) => …`, `name: …`, and `name (…) {` of a class or object.
        let brackets = match word {
            "function" | "if" | "for" | "while" | "switch" | "catch" | "return" | "async" => continue,
            _ if is(at + 1, b'(') => at + 1,
            _ if is(at + 1, b'=') || is(at + 1, b':') => {
                let skips = |at: usize| {
                    tokens.get(at).and_then(|t| t.word()).is_some_and(|w| matches!(w, "async" | "function"))
                };
                let mut i = at + 2;
                while skips(i) {
                    i += 1;
                }
                i
            }
            _ => continue,
        };
        if found.len() >= FUNCTIONS {
            break;
        }
        let Some(close) = is(brackets, b'(').then(|| closing(brackets)).flatten() else { continue };
        let is_arrow = is(close + 1, b'=') && is(close + 2, b'>');
        let body = if is_arrow { close + 3 } else { close + 1 };
        if is(body, b'{') {
            // A call before a block is no function: `setTimeout(…) {` never stands there.
            if let Some(end) = closing(body) {
                found.entry(word).or_insert(body..end);
            }
        } else if is_arrow {
            let end = (body..tokens.len()).find(|&i| is(i, b';')).unwrap_or(tokens.len());
            found.entry(word).or_insert(body..end.min(body + 60));
        }
    }
    found
}
