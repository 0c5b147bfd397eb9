//! Selectors that the engine cannot decide, and wider ones that match all that they may. It never narrows a selector.

/// Whether an element is shown.
pub const SHOWN: u8 = 1;
/// Colours, backgrounds, and the size and weight of letters.
pub const INK: u8 = 2;
/// Where it stands and how large it is.
pub const PLACE: u8 = 4;
/// All of it.
pub const ALL: u8 = SHOWN | INK | PLACE;

/// Pseudo-classes of which the engine says that they never hold, while they may when a page is opened.
const UNDECIDED: &[&str] = &[
    "has",
    "lang",
    "defined",
    "placeholder-shown",
    "valid",
    "invalid",
    "user-valid",
    "user-invalid",
    "read-only",
    "read-write",
    "required",
    "optional",
    "default",
    "in-range",
    "out-of-range",
    "indeterminate",
    "open",
    "modal",
    "popover-open",
    "state",
    "dir",
    "host",
    "host-context",
];

/// Pseudo-classes that hold of nothing while a page is only looked at.
const NOT_YET: &[&str] = &[
    "hover",
    "active",
    "focus",
    "focus-within",
    "focus-visible",
    "visited",
    "target",
    "autofill",
    "-webkit-autofill",
    "fullscreen",
    "-webkit-full-screen",
    "host",
    "host-context",
];

/// Pseudo-classes that are kept in a wider selector.
const KEPT: &[&str] = &["root", "first-child", "last-child"];

/// A pseudo-class or pseudo-element at a colon: its name, what is in its brackets, and where it ends.
fn pseudo(text: &str, colon: usize) -> (&str, &str, usize) {
    let bytes = text.as_bytes();
    let start = colon + 1;
    let mut end = start;
    while bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        end += 1;
    }
    let name = &text[start..end];
    if bytes.get(end) != Some(&b'(') {
        return (name, "", end);
    }
    let mut depth = 0usize;
    let mut at = end;
    while at < bytes.len() {
        match bytes[at] {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return (name, &text[end + 1..at], at + 1);
        }
        at += 1;
    }
    (name, &text[end + 1..], bytes.len())
}

/// Whether the engine may be wrong about the selector.
pub fn is_doubtful(selector: &str) -> bool {
    let colons = selector.bytes().enumerate().filter(|(_, b)| *b == b':').map(|(at, _)| at);
    colons.into_iter().any(|at| {
        let (name, inner, _) = pseudo(selector, at);
        let name = name.to_ascii_lowercase();
        UNDECIDED.contains(&name.as_str()) || (name.starts_with("nth-") && inner.contains(" of "))
    })
}

/// Wider selectors, one a part of the list, that match all that the selector may match when a page is opened; none
/// where it is about states that come later. `None` where nothing narrower than everything can be told.
pub fn supersets(selector: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for part in parts(selector) {
        match wider(part)? {
            Wider::Nothing => {}
            Wider::Than(selector) => found.push(selector),
        }
    }
    Some(found)
}

enum Wider {
    Nothing,
    Than(String),
}

fn wider(part: &str) -> Option<Wider> {
    let mut out = String::new();
    let mut at = 0;
    // Where the compound that is being written starts.
    let mut compound = 0;
    let bytes = part.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'&' | b'|' => return None,
            b'\\' => {
                let len = part[at + 1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&part[at..at + 1 + len]);
                at += 1 + len;
            }
            b':' if bytes.get(at + 1) == Some(&b':') => return Some(Wider::Nothing),
            b':' => {
                let (name, _, end) = pseudo(part, at);
                let lower = name.to_ascii_lowercase();
                if matches!(lower.as_str(), "before" | "after" | "first-line" | "first-letter")
                    || NOT_YET.contains(&lower.as_str())
                {
                    return Some(Wider::Nothing);
                }
                if KEPT.contains(&lower.as_str()) {
                    out.push_str(&part[at..end]);
                }
                at = end.max(at + 1);
            }
            b'[' => {
                let end = part[at..].find(']').map(|e| at + e + 1)?;
                out.push_str(&part[at..end]);
                at = end;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b'>' | b'+' | b'~' => {
                if out.len() == compound {
                    out.push('*');
                }
                let start = at;
                while bytes.get(at).is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'>' | b'+' | b'~')) {
                    at += 1;
                }
                let sign = part[start..at].trim();
                out.push(' ');
                if !sign.is_empty() {
                    out.push_str(sign);
                    out.push(' ');
                }
                compound = out.len();
            }
            _ => {
                let len = part[at..].chars().next().map_or(1, char::len_utf8);
                out.push_str(&part[at..at + len]);
                at += len;
            }
        }
    }
    if out.len() == compound {
        out.push('*');
    }
    Some(Wider::Than(out))
}

/// The parts of a selector list.
fn parts(selector: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0usize, 0, Vec::new());
    for (at, b) in selector.bytes().enumerate() {
        match b {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push(selector[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(selector[start..].trim());
    found.retain(|part| !part.is_empty());
    found
}
