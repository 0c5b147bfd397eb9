//! What a page is known again by: hashes of its bytes, its text, and its words. They say "the same
//! as before" and nothing else of a page.

use crate::model::Fetched;
use memchr::memmem;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Bytes of text from which on two pages with the same text are the same page. Our choice: "Not
/// found." and the names of a few links are not enough.
const ENOUGH: usize = 20;

/// The hashes of a page. 64 bits: among a million pages two are taken for one by chance once in
/// 37 million crawls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prints {
    /// Of all bytes.
    pub(super) body: u64,
    /// Of the text outside of tags, without white space; `None` where there is next to none.
    pub(super) text: Option<u64>,
    /// Of the text without digits: what days and pages of lists share.
    pub(super) words: u64,
}

impl Prints {
    /// The hashes of an answer, if it is a page.
    pub(super) fn of(fetched: &Fetched) -> Option<Self> {
        fetched.is_page().then(|| Self::of_body(&fetched.body, fetched.url.path()))
    }

    fn of_body(body: &[u8], path: &str) -> Self {
        let mut text = text(body);
        // "/no/such/page was not found" says nothing new.
        if path.len() > 1 {
            text = without(&text, path.as_bytes());
        }
        let known = (text.len() >= ENOUGH).then(|| hash(&text));
        text.retain(|byte| !byte.is_ascii_digit());
        Self { body: hash(body), text: known, words: hash(&text) }
    }
}

/// A hash that is the same in every run of one build.
pub(super) fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What stands outside of tags, comments, scripts and styles, without white space. Near enough to
/// tell pages apart; who needs the text parses the page. Linear, whatever the bytes.
fn text(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(body.len() / 4);
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        if byte != b'<' {
            if !byte.is_ascii_whitespace() {
                text.push(byte);
            }
            at += 1;
            continue;
        }
        let rest = &body[at..];
        // What ends it, and how much of that belongs to it: an end tag is a tag of its own.
        let (end, own): (&[u8], usize) = match () {
            () if rest.starts_with(b"<!--") => (b"-->", 3),
            () if starts(rest, b"<script") => (b"</script", 0),
            () if starts(rest, b"<style") => (b"</style", 0),
            () => (b">", 1),
        };
        at += find(rest, end).map_or(rest.len(), |found| found + own);
    }
    text
}

fn starts(text: &[u8], start: &[u8]) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn without(text: &[u8], what: &[u8]) -> Vec<u8> {
    let (mut rest, mut from) = (Vec::with_capacity(text.len()), 0);
    for at in memmem::find_iter(text, what) {
        rest.extend_from_slice(&text[from..at]);
        from = at + what.len();
    }
    rest.extend_from_slice(&text[from..]);
    rest
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    if let [byte] = what {
        return memchr::memchr(*byte, text);
    }
    text.windows(what.len()).position(|window| window.eq_ignore_ascii_case(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&text(html.as_bytes())), expected);
    }

    #[test]
    fn text_is_what_stands_outside_of_tags() {
        check("<p class=x>a b</p> c<!-- <p>d --> e", "abce");
        check("<SCRIPT>var x = '<p>';</script>a<style>p {}</STYLE>b<", "ab");
        check("<script>never closed", "");
        check("a <", "a");
    }

    #[test]
    fn pages_are_the_same_by_their_text_or_their_words() {
        let prints = |html: &str| Prints::of_body(html.as_bytes(), "/a/b");
        let (one, two) = (prints("<p a=1>The pool opens on 4 June."), prints("<p a=2>The pool opens on 4 June."));
        assert!(one.body != two.body && one.text == two.text && one.text.is_some());
        let three = prints("<p>The pool opens on 15 June.");
        assert!(one.text != three.text && one.words == three.words);
        let (four, five) =
            (prints("<p>There is no page /a/b at this place."), prints("<p>There is no page at this place."));
        assert_eq!(four.text, five.text);
        assert_eq!(prints("<a href=x>Next</a>").text, None);
    }
}
