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
pub fn fits(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('$') {
        Some(pattern) => fits_whole(pattern, path),
        None => pieces(pattern, path).is_some_and(|(rest, last)| last.is_none_or(|last| rest.contains(last))),
    }
}

/// Whether the pattern is the whole text. `*` is any text.
pub fn fits_whole(pattern: &str, text: &str) -> bool {
    pieces(pattern, text).is_some_and(|(rest, last)| last.map_or(rest.is_empty(), |last| rest.ends_with(last)))
}

/// What each star of the pattern stands for where it is the whole text, each as short as it can be but the last.
pub fn stars<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pattern.split('*');
    let mut rest = text.strip_prefix(pieces.next().unwrap_or(""))?;
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty().then(Vec::new) };
    let mut found = Vec::new();
    for piece in pieces {
        let at = rest.find(piece)?;
        found.push(&rest[..at]);
        rest = &rest[at + piece.len()..];
    }
    found.push(rest.strip_suffix(last)?);
    Some(found)
}

/// What is left of the text when all pieces between stars but the last are taken off its start, and the last one, if
/// there is a star. Linear in both, since each piece is looked for once, after the one before.
fn pieces<'t, 'p>(pattern: &'p str, text: &'t str) -> Option<(&'t str, Option<&'p str>)> {
    let mut pieces = pattern.split('*');
    let mut rest = text.strip_prefix(pieces.next().unwrap_or(""))?;
    let mut pieces: Vec<&str> = pieces.collect();
    let last = pieces.pop();
    for piece in pieces {
        let at = rest.find(piece)?;
        rest = &rest[at + piece.len()..];
    }
    Some((rest, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, whole, start) in [
            ("/news/*", "/news/1", true, true),
            ("/news/*", "/new", false, false),
            ("*", "https://a.gov/", true, true),
            ("/a*c*e", "/abcde", true, true),
            ("/a*c*e", "/abde", false, false),
            ("/a", "/ab", false, true),
            ("/a*a", "/a", false, false),
            ("/a*b", "/ab/c", false, true),
        ] {
            assert_eq!((fits_whole(pattern, text), fits(pattern, text)), (whole, start), "{pattern} {text}");
            assert_eq!(fits(&format!("{pattern}$"), text), whole, "{pattern}$ {text}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_its_stars_are_filled_with(parts in prop::collection::vec("[ab/]{0,4}", 1..5), fill in "[ab/]{0,5}") {
            prop_assert!(fits_whole(&parts.join("*"), &parts.join(&fill)));
        }

        #[test]
        fn stars_that_are_filled_in_again_are_the_text(pattern in "[ab/*]{0,8}", text in "[ab/]{0,10}") {
            let found = stars(&pattern, &text);
            prop_assert_eq!(found.is_some(), fits_whole(&pattern, &text));
            let mut again = String::new();
            for (at, piece) in pattern.split('*').enumerate() {
                if let Some(found) = found.as_ref().filter(|_| at > 0) {
                    again.push_str(found[at - 1]);
                }
                again.push_str(piece);
            }
            prop_assert!(found.is_none() || again == text);
        }
    }
}
