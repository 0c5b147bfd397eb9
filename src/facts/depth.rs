//! A look at how deep a source nests, before a tree is built: tree building takes time that grows
//! with depth times elements, and cannot be stopped once it runs.

/// How an element counts towards the depth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// It holds others.
    Nests,
    /// It has no end tag, or its end tag may be left out: it does not nest by itself.
    Flat,
    /// Its content is text and holds no tags.
    Raw,
}

/// Longest name of an element that is not [`Shape::Nests`].
const NAME: usize = 8;

/// The shape of the element whose name starts `rest`.
fn shape(rest: &[u8]) -> Shape {
    let mut name = [0u8; NAME];
    let mut length = 0;
    for &byte in rest {
        if !(byte.is_ascii_alphanumeric() || byte == b'-') {
            break;
        }
        let Some(slot) = name.get_mut(length) else { return Shape::Nests };
        *slot = byte.to_ascii_lowercase();
        length += 1;
    }
    match &name[..length] {
        b"p" | b"li" | b"br" | b"td" | b"tr" | b"th" | b"dt" | b"dd" | b"hr" | b"rp" | b"rt" | b"img" | b"col"
        | b"wbr" | b"link" | b"meta" | b"input" | b"area" | b"base" | b"embed" | b"param" | b"source" | b"track"
        | b"option" | b"optgroup" | b"tbody" | b"thead" | b"tfoot" | b"colgroup" | b"html" | b"head" | b"body" => {
            Shape::Flat
        }
        b"script" | b"style" | b"textarea" | b"title" | b"xmp" | b"iframe" | b"noframes" => Shape::Raw,
        _ => Shape::Nests,
    }
}

/// The longest prefix of the source whose elements nest at most `max` deep.
///
/// A count of start and end tags, which is never smaller than the depth of the tree for elements
/// that need an end tag. One pass, no allocation.
pub(super) fn shallow_prefix(source: &str, max: usize) -> &str {
    let bytes = source.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'<', rest)).map(|n| n + at) {
        let rest = &bytes[found + 1..];
        at = found + 1;
        match rest.first() {
            Some(b'!') if rest.starts_with(b"!--") => {
                at = find(bytes, found + 4, b"-->").map_or(bytes.len(), |end| end + 3);
            }
            Some(b'/') if shape(&rest[1..]) != Shape::Flat => depth = depth.saturating_sub(1),
            Some(byte) if byte.is_ascii_alphabetic() => match shape(rest) {
                Shape::Flat => {}
                Shape::Raw => at = end_of_raw(bytes, found, name_of(rest)),
                Shape::Nests => {
                    depth += 1;
                    if depth > max {
                        return &source[..found];
                    }
                }
            },
            _ => {}
        }
    }
    source
}

fn name_of(rest: &[u8]) -> &[u8] {
    &rest[..rest.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(rest.len())]
}

/// Where the end tag of a raw element stands, behind its `</`name, so that it is not taken for one
/// of an element that nests.
fn end_of_raw(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from + 1;
    while let Some(found) = find(bytes, at, b"</") {
        let rest = &bytes[found + 2..];
        if rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name) {
            return found + 2 + name.len();
        }
        at = found + 2;
    }
    bytes.len()
}

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, needle).map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, max: usize, kept: usize) {
        assert_eq!(shallow_prefix(source, max).len(), kept);
    }

    #[test]
    fn only_real_nesting_counts() {
        check(&"<div>".repeat(20), 10, 50);
        check(&"<div></div>".repeat(20), 1, 220);
        check(&"<p>a<br><li>".repeat(20), 1, 240);
        check("<script>'<div><div><div>'</script><div>", 1, 39);
        check("<!-- <div><div> --><div>", 1, 24);
        check("<div><article-card><div>", 2, 19);
    }
}
