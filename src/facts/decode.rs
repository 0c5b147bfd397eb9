//! Bytes to text, by the order of the HTML standard: byte order mark, header, `meta`, detection.

use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;

/// Bytes in which the HTML standard looks for a `meta` declaration.
const PRESCAN: usize = 1_024;

/// The text of a page. Bytes that fit no character become U+FFFD.
pub fn decode<'b>(body: &'b [u8], content_type: Option<&str>) -> Cow<'b, str> {
    if let Some((encoding, skip)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(&body[skip..]).0;
    }
    let encoding = content_type
        .and_then(header_charset)
        .or_else(|| meta_charset(&body[..body.len().min(PRESCAN)]))
        .unwrap_or_else(|| detected(body));
    encoding.decode_without_bom_handling(body).0
}

fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let value = lower.split_once("charset=")?.1;
    Encoding::for_label(value.split(';').next()?.trim().trim_matches(['"', '\'']).as_bytes())
}

fn meta_charset(head: &[u8]) -> Option<&'static Encoding> {
    let lower = String::from_utf8_lossy(head).to_ascii_lowercase();
    let at = lower.find("charset=")?;
    lower[..at].rfind("<meta")?;
    let value = lower[at + "charset=".len()..].trim_start_matches(['"', '\'', ' ']);
    let end = value.find(['"', '\'', '>', ';', ' ', '/']).unwrap_or(value.len());
    let found = Encoding::for_label(&value.as_bytes()[..end])?;
    // The standard: a meta that could be read as ASCII cannot be UTF-16.
    Some(if found == encoding_rs::UTF_16LE || found == encoding_rs::UTF_16BE { UTF_8 } else { found })
}

fn detected(body: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(body).is_ok() {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(body, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_decides() {
        assert_eq!(decode(b"\xef\xbb\xbfcaf\xc3\xa9", Some("text/html; charset=latin1")), "café");
        assert_eq!(decode(b"caf\xe9", Some("text/html; charset=ISO-8859-1")), "café");
        assert_eq!(decode(b"<meta charset='windows-1252'>caf\xe9", None), "<meta charset='windows-1252'>café");
        assert_eq!(decode("café".as_bytes(), None), "café");
        assert_eq!(decode(b"\xff\xfeh\0i\0", None), "hi");
    }
}
