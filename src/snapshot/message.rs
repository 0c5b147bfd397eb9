//! The HTTP response inside a record: written, and read back from our own and foreign archives.

use super::coding::{Decoded, Decoder, Fed};
use crate::model::{Fetched, Why};
use bytes::Bytes;
use std::borrow::Cow;
use std::io::Write;

/// Bytes of an HTTP header block that are read at most. Our choice: browsers stop at 256 KiB.
const MAX_HEAD: usize = 256 * 1024;

/// Bytes of headers that are kept; one that has no room any more is left out. Our choice: less than what is read back, since
/// status, length and lines come to it, and far more than any server needs.
const MAX_KEPT: usize = 192 * 1024;

// Headers whose value could open a citizen's or an editor's session to whoever gets the snapshot.
const SECRET: &[&str] = &[
    "authentication-info",
    "authorization",
    "cookie",
    "proxy-authentication-info",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
    "x-api-key",
    "x-auth-token",
    "x-csrf-token",
    "x-xsrf-token",
];

// Headers that speak of the bytes on the wire, which are not kept.
const OF_THE_WIRE: &[&str] = &["connection", "content-encoding", "keep-alive", "trailer", "transfer-encoding"];

/// The headers of a response that are kept: names in lower case, the values of secrets replaced by
/// `redacted`, and without those that speak of the wire or are too long. `Content-Length` stays only where the
/// body was cut and was not packed, since only there it says more than the body itself.
///
/// Idempotent; the crawler applies it too, so that an archive gives back what the crawl saw.
pub fn kept_headers(headers: Vec<(String, String)>, truncated: bool) -> Vec<(String, String)> {
    let packed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let mut room = MAX_KEPT;
    let kept = |(name, value): (String, String)| {
        let name = name.to_ascii_lowercase();
        if OF_THE_WIRE.contains(&name.as_str()) || (name == "content-length" && (packed || !truncated)) {
            return None;
        }
        let value = if SECRET.contains(&name.as_str()) { "redacted".to_owned() } else { value };
        let left = room.checked_sub(name.len() + value.len() + ": \r\n".len())?;
        room = left;
        Some((name, value))
    };
    headers.into_iter().filter_map(kept).collect()
}

/// The header block of a stored response, up to and with its empty line.
pub(super) fn head(fetched: &Fetched) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} \r\n", fetched.status).into_bytes();
    for (name, value) in kept_headers(fetched.headers.clone(), fetched.truncated) {
        // Writing to memory cannot fail.
        let _ = write!(head, "{}: {}\r\n", one_line(&name), one_line(&value));
    }
    if !fetched.truncated {
        let _ = write!(head, "content-length: {}\r\n", fetched.body.len());
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// The text without line breaks and NULs, so that no value can start a header of its own.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\r', '\n', '\0']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(['\r', '\n', '\0'], " "))
}

/// A response read back.
pub(super) struct Message {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) truncated: bool,
}

/// Reads a stored response. `cut` says that the block itself is known not to be whole.
pub(super) fn read(block: &[u8], cut: bool, max_body: usize) -> Result<Message, Why> {
    let ((status, headers), wire) = split(block).ok_or(Why::BadContent)?;
    let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let chunked = value("transfer-encoding").is_some_and(|v| v.to_ascii_lowercase().contains("chunked"));
    let (wire, broken_off) = if chunked { dechunk(wire) } else { (Cow::Borrowed(wire), false) };
    // Some tools unpack the body and leave the header; the magic number tells.
    let coding = value("content-encoding")
        .filter(|c| !c.to_ascii_lowercase().contains("gzip") || wire.starts_with(&[0x1f, 0x8b]));
    let unpacked = match unpacked(&wire, coding, max_body) {
        // Brotli and zstd bodies that were stored unpacked have no such sign; but they are text.
        Err(Why::BadContent) if is_text(&wire) => unpacked(&wire, None, max_body)?,
        unpacked => unpacked?,
    };
    let truncated = cut || broken_off || !unpacked.whole;
    Ok(Message { status, headers: kept_headers(headers, truncated), body: unpacked.body, truncated })
}

/// The status of a stored response and its headers as they stand there, with names in lower case;
/// `None` when the block does not start with an HTTP header.
pub(super) fn status_and_headers(block: &[u8]) -> Option<Head> {
    split(block).map(|(head, _)| head)
}

/// The body without its content coding; not whole where it met the cap, broke, or broke off.
fn unpacked(wire: &[u8], coding: Option<&str>, max_body: usize) -> Result<Decoded, Why> {
    let mut decoder = Decoder::new(coding, max_body).ok_or(Why::BadContent)?;
    let fed = decoder.feed(wire);
    let decoded = decoder.finish();
    match fed {
        Fed::Full if decoded.is_bomb() => Err(Why::Bomb),
        _ if decoded.body.is_empty() && (fed == Fed::Broken || !decoded.whole) => Err(Why::BadContent),
        _ => Ok(Decoded { whole: decoded.whole && fed == Fed::More, ..decoded }),
    }
}

/// Whether the bytes start like text: no control characters but white space in what the WHATWG
/// MIME Sniffing standard looks at.
fn is_text(wire: &[u8]) -> bool {
    let binary = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    !wire.is_empty() && !wire[..wire.len().min(512)].iter().any(binary)
}

/// Status and headers.
pub(super) type Head = (u16, Vec<(String, String)>);

fn split(block: &[u8]) -> Option<(Head, &[u8])> {
    let mut rest = block;
    let first = line(&mut rest)?;
    let first = String::from_utf8_lossy(first);
    let mut words = first.split_ascii_whitespace();
    if !words.next()?.starts_with("HTTP/") {
        return None;
    }
    let mut head: Head = (words.next()?.parse().ok()?, Vec::new());
    while block.len() - rest.len() < MAX_HEAD {
        // A block that ends within its header has no body.
        let Some(text) = line(&mut rest) else { return Some((head, rest)) };
        if text.is_empty() {
            return Some((head, rest));
        }
        let text = String::from_utf8_lossy(text);
        if let Some((name, value)) = text.split_once(':') {
            head.1.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    None
}

/// Takes the next line, which may end in CRLF or LF.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|&byte| byte == b'\n')?;
    let line = &rest[..end];
    *rest = &rest[end + 1..];
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// The body without its chunk heads, and whether it broke off. A body that does not even start
/// like chunks was stored unpacked under a header that still says otherwise: it is given as it is.
fn dechunk(wire: &[u8]) -> (Cow<'_, [u8]>, bool) {
    let mut rest = wire;
    let mut body = Vec::new();
    loop {
        let before = rest;
        let Some(size) = line(&mut rest).and_then(chunk_size) else {
            let untouched = before.len() == wire.len() && !wire.is_empty();
            return if untouched { (Cow::Borrowed(wire), false) } else { (Cow::Owned(body), true) };
        };
        if size == 0 {
            return (Cow::Owned(body), false);
        }
        let Some(chunk) = rest.get(..size) else {
            body.extend_from_slice(rest);
            return (Cow::Owned(body), true);
        };
        body.extend_from_slice(chunk);
        rest = &rest[size..];
        rest = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

fn chunk_size(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line).ok()?;
    usize::from_str_radix(text.split(';').next()?.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PageUrl;

    #[track_caller]
    fn check(block: &[u8], expected: &[u8], truncated: bool) {
        let message = read(block, false, 1000).expect("a readable response");
        assert_eq!((message.body.as_ref(), message.truncated), (expected, truncated));
    }

    #[test]
    fn foreign_responses_are_read_as_they_were_stored() {
        check(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", b"body", false);
        check(b"HTTP/1.0 200\nA: b\n\nbody", b"body", false);
        check(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=1\r\nbod\r\n1\r\ny\r\n0\r\n\r\n",
            b"body",
            false,
        );
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n9\r\nhalf", b"bodhalf", true);
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<p>unpacked\n", b"<p>unpacked\n", false);
        check(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n<p>unpacked", b"<p>unpacked", false);
        check(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x8f\x02\x80hello\n\x03", b"hello\n", false);
        check(b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n<p>unpacked", b"<p>unpacked", false);
        check(b"HTTP/1.1 200 OK\r\nA: b", b"A: b", false);
        assert!(read(b"no HTTP at all", false, 10).is_err());
        assert!(read(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x00\x00", false, 10).is_err());
    }

    #[test]
    fn a_head_is_read_back_however_long_it_was() {
        let header = |name: &str, len: usize| (name.to_owned(), "\u{fffd}".repeat(len / 3));
        let sent = vec![header("a", 100_000), header("b", 300_000), header("c", 3_000), header("d", 180_000)];
        let url = PageUrl::parse("http://a.gov/").expect("a valid address");
        let fetched = Fetched { headers: sent.clone(), ..Fetched::of_file(url, Bytes::from_static(b"<p>x"), "") };
        let block = [head(&fetched).as_slice(), b"<p>x"].concat();
        let message = read(&block, false, 1000).expect("a readable response");
        assert_eq!(message.headers, kept_headers(sent, false));
        let names: Vec<&str> = message.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names, &message.body[..]), (vec!["a", "c"], &b"<p>x"[..]));
        assert_eq!(kept_headers(message.headers.clone(), false), message.headers);
    }

    #[test]
    fn secrets_and_the_wire_are_not_kept() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![header("Set-Cookie", "id=1"), header("content-length", "9"), header("Vary", "*")];
        let kept = vec![header("set-cookie", "redacted"), header("vary", "*")];
        assert_eq!(kept_headers(headers.clone(), false), kept);
        assert_eq!(kept_headers(kept.clone(), false), kept);
        assert_eq!(kept_headers(headers, true).len(), 3);
    }
}
