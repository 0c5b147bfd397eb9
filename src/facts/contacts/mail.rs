//! Mail addresses: as they are, written so that programs shall not find them, and in links.

use crate::facts::links::Link;
use regex::Regex;
use std::sync::LazyLock;

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
        .expect("the pattern is a literal that was tried")
});

/// Endings that look like a host's and are a file's: `logo@2x.png`.
const FILES: &[&str] = &["png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css"];

/// An address in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mail {
    pub start: usize,
    pub end: usize,
    pub value: String,
    /// Whether a person has to put the address together.
    pub obfuscated: bool,
}

/// All addresses in a text; `at_words` finds the words that stand for the sign, as "(at)".
pub(super) fn find(text: &str, at_words: Option<&Regex>, dot_words: Option<&Regex>) -> Vec<Mail> {
    let mut found = Vec::new();
    if memchr::memchr(b'@', text.as_bytes()).is_some() {
        for m in EMAIL.find_iter(text) {
            if let Some((lead, value)) = clean(m.as_str()) {
                found.push(Mail {
                    start: m.start() + lead,
                    end: m.start() + lead + value.len(),
                    value,
                    obfuscated: false,
                });
            }
        }
    }
    if let Some(at_words) = at_words.filter(|_| memchr::memchr3(b'[', b'(', b'{', text.as_bytes()).is_some()) {
        found.extend(at_words.find_iter(text).filter_map(|m| puzzle(text, m.start(), m.end(), dot_words)));
    }
    found
}

/// Without what sentences put around it, in lower case; with the bytes left out at the start.
fn clean(raw: &str) -> Option<(usize, String)> {
    let bare = raw.trim_start_matches(['.', '-', '\'', '_', '%', '+']);
    let value = bare.trim_end_matches(['.', '-']).to_lowercase();
    let (local, host) = value.split_once('@')?;
    let ending = host.rsplit('.').next()?;
    let right = !local.is_empty() && ending.len() >= 2 && ending.bytes().all(|b| b.is_ascii_alphabetic());
    (right && !FILES.contains(&ending)).then(|| (raw.len() - bare.len(), value))
}

/// `clerk [at] town [dot] example` as the address that it stands for.
fn puzzle(text: &str, start: usize, end: usize, dot_words: Option<&Regex>) -> Option<Mail> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let before = text[..start].trim_end();
    let from =
        before.rfind(|c| !is_local(c)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let local = &before[from..];
    let after = &text[end..];
    let skipped = after.len() - after.trim_start().len();
    let (mut at, mut host) = (end + skipped, String::new());
    loop {
        let rest = &text[at..];
        let word = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')).count();
        host.push_str(&rest[..word]);
        at += word;
        let Some(dot) =
            dot_words.and_then(|d| d.find(&text[at..])).filter(|m| text[at..at + m.start()].trim().is_empty())
        else {
            break;
        };
        host.push('.');
        at += dot.end();
        at += text[at..].len() - text[at..].trim_start().len();
    }
    let host = host.trim_end_matches('.');
    let (_, value) = clean(&format!("{local}@{host}"))?;
    (host.contains('.') && !local.is_empty()).then_some(Mail { start: from, end: at, value, obfuscated: true })
}

/// An address that a content network hides behind its own code: two hexadecimal digits of key, then
/// each byte of the address combined with it.
pub(super) fn from_code(code: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> =
        (0..code.len() / 2).map(|i| u8::from_str_radix(code.get(2 * i..2 * i + 2)?, 16).ok()).collect();
    let bytes = bytes.filter(|b| (5..=256).contains(&b.len()))?;
    let text: String = bytes[1..].iter().map(|b| char::from(b ^ bytes[0])).collect();
    clean(text.split('?').next().unwrap_or("")).map(|(_, value)| value)
}

/// The first address of a `mailto:` link.
pub(super) fn of_link(link: &Link) -> Option<String> {
    let address = link.href.get("mailto:".len()..)?.split('?').next().unwrap_or("").replace("%20", " ");
    let found = EMAIL.find(&address)?;
    clean(found.as_str()).map(|(_, value)| value)
}

/// Whether the address that a `mailto:` link writes to is the one that its text shows; `None` where it shows none.
pub fn mail_agrees(link: &Link) -> Option<bool> {
    let target = link.href.strip_prefix("mailto:")?.to_lowercase();
    let shown = find(&link.text, None, None);
    (!shown.is_empty()).then(|| shown.iter().any(|mail| target.contains(&mail.value)))
}

/// Letters that the word of a domain has at least for another one to count as a slip of it. Our choice: short words are
/// one letter apart by chance.
const SLIP: usize = 6;

/// Whether a mail address is at a domain that is the site's own but for one letter: left out, doubled, swapped or wrong.
/// `host` is that of the site. Domains that differ in their ending or in a figure are different ones.
pub fn is_slip(host: &str, mail: &str) -> bool {
    let Some((_, domain)) = mail.rsplit_once('@') else { return false };
    let words: Vec<&str> = domain.split('.').collect();
    let own: Vec<&str> = host.split('.').collect();
    let Some(own) = own.len().checked_sub(words.len()).map(|from| &own[from..]) else { return false };
    let mut differ = words.iter().zip(own).filter(|(a, b)| a != b);
    let (Some((theirs, ours)), None) = (differ.next(), differ.next()) else { return false };
    let figures = |word: &str| word.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    words.last() == own.last()
        && theirs.len().min(ours.len()) >= SLIP
        && figures(theirs) == figures(ours)
        && strsim::damerau_levenshtein(theirs, ours) == 1
}

/// Whether a `mailto:` link names addresses that can exist; `None` for other links, and for one that
/// only fills in a message for the reader to address (`mailto:?subject=…`).
pub fn is_mail_valid(link: &Link) -> Option<bool> {
    let (address, query) =
        link.href.strip_prefix("mailto:")?.split_once('?').unwrap_or((&link.href["mailto:".len()..], ""));
    if address.is_empty() && !query.is_empty() {
        return None;
    }
    let address = address.replace("%20", " ").replace("%2C", ",").replace("%40", "@");
    let is_address = |a: &str| {
        let bare = a.trim().trim_end_matches('>').rsplit('<').next().unwrap_or("");
        EMAIL.find(bare).is_some_and(|m| m.as_str().len() == bare.len())
    };
    Some(address.split([',', ';']).all(is_address))
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn a_slip_is_one_letter_of_a_long_word() {
        let slips = ["a@millvile.example.gov", "a@milllville.example.gov", "a@millvlile.example.gov"];
        assert!(slips.iter().all(|mail| is_slip("www.millville.example.gov", mail)));
        let others = [
            "a@millville.example.gov",
            "a@example.gov",
            "a@parks.millville.example.gov",
            "a@millville.example.org",
            "a@millville2.example.gov",
            "a@hillside.example.gov",
            "nobody",
        ];
        assert!(!others.iter().any(|mail| is_slip("www.millville.example.gov", mail)));
        assert!(!is_slip("www.ada.example.gov", "a@ava.example.gov"), "short words are one letter apart by chance");
        assert!(!is_slip("localhost", "a@b.example"));
    }
}
