//! Patterns for addresses, written as in robots.txt.

use super::PageUrl;

/// A pattern for path and query, written as in robots.txt (RFC 9309 §2.2.3): it matches from the
/// start of the path on, `*` is any text, `$` the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pattern {
    /// The pattern; `None` when it starts neither with `/` nor with `*`, and so could match nothing.
    pub fn new(text: &str) -> Option<Self> {
        text.starts_with(['/', '*']).then(|| Self(text.to_owned()))
    }

    /// Whether path and query of an address match.
    pub fn matches(&self, url: &PageUrl) -> bool {
        let length = url.path().len() + url.query().map_or(0, |query| query.len() + 1);
        fits(&self.0, &url.as_str()[url.as_str().len() - length..])
    }

    /// Whether a text that starts with `/` matches, as `/forms/no-label` for a rule.
    pub fn matches_text(&self, text: &str) -> bool {
        fits(&self.0, text)
    }
}

/// Whether the pattern matches the start of the path. `*` is any text, `$` at the end the end.
/// Linear in both, since each piece is looked for once, after the one before.
pub fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or("")) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return !to_the_end || rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    if to_the_end { rest.ends_with(last) } else { rest.contains(last) }
}
