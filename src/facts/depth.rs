//! A look at how deep a source nests, before a tree is built: tree building takes time that grows
//! with depth times elements, and cannot be stopped once it runs.

/// Elements without an end tag, or whose end tag may be left out: they do not nest by themselves.
const FLAT: &[&[u8]] = &[
    b"area",
    b"base",
    b"br",
    b"col",
    b"embed",
    b"hr",
    b"img",
    b"input",
    b"link",
    b"meta",
    b"param",
    b"source",
    b"track",
    b"wbr",
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"option",
    b"optgroup",
    b"tr",
    b"td",
    b"th",
    b"tbody",
    b"thead",
    b"tfoot",
    b"colgroup",
    b"rp",
    b"rt",
    b"html",
    b"head",
    b"body",
];

/// Elements whose content is text and holds no tags.
const RAW: &[&[u8]] = &[b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noframes"];

/// The longest prefix of the source whose elements nest at most `max` deep.
///
/// A count of start and end tags, which is never smaller than the depth of the tree for elements
/// that need an end tag. One pass, no allocation.
pub(super) fn shallow_prefix(source: &str, max: usize) -> &str {
    let bytes = source.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(found) = find(bytes, at, b"<") {
        let rest = &bytes[found + 1..];
        at = found + 1;
        if rest.starts_with(b"!--") {
            at = find(bytes, found + 4, b"-->").map_or(bytes.len(), |end| end + 3);
        } else if rest.first() == Some(&b'/') {
            if !FLAT.iter().any(|flat| name_is(&rest[1..], flat)) {
                depth = depth.saturating_sub(1);
            }
        } else if rest.first().is_some_and(u8::is_ascii_alphabetic) {
            if let Some(raw) = RAW.iter().find(|raw| name_is(rest, raw)) {
                at = end_of_raw(bytes, found, raw);
            } else if !FLAT.iter().any(|flat| name_is(rest, flat)) {
                depth += 1;
                if depth > max {
                    return &source[..found];
                }
            }
        }
    }
    source
}

/// Whether the tag name at the start of `rest` is exactly `name` (in any case).
fn name_is(rest: &[u8], name: &[u8]) -> bool {
    rest.len() >= name.len()
        && rest[..name.len()].eq_ignore_ascii_case(name)
        && rest.get(name.len()).is_none_or(|c| !c.is_ascii_alphanumeric() && *c != b'-')
}

fn end_of_raw(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from + 1;
    while let Some(found) = find(bytes, at, b"</") {
        if name_is(&bytes[found + 2..], name) {
            return found + 2;
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
