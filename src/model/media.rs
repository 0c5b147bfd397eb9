//! What kind of content bytes are, from their header, their name and their first bytes.

/// The media type of a `Content-Type` header, in lower case, without parameters.
pub fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// How PDF, ZIP (and with it Office), PNG, JPEG and GIF start, by the WHATWG MIME Sniffing standard §6.
const BINARY: &[&[u8]] = &[b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"];

/// Whether the bytes are an HTML document.
///
/// A clear header decides, unless the first bytes are clearer still; without one (files, sloppy servers) the ending of the path does, and
/// else the first 512 bytes, as the WHATWG MIME Sniffing standard looks for HTML.
pub fn is_html(content_type: Option<&str>, path: &str, body: &[u8]) -> bool {
    let declared = content_type.map(media_type).unwrap_or_default();
    // Servers that call every download HTML: no page starts like this.
    if BINARY.iter().any(|start| body.starts_with(start)) {
        return false;
    }
    match declared.as_str() {
        "text/html" | "application/xhtml+xml" => true,
        "" | "application/octet-stream" | "application/x-unknown" | "unknown/unknown" => {
            let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
            match name.rsplit_once('.') {
                Some((_, "html" | "htm" | "xhtml")) => true,
                Some((_, extension)) if !extension.is_empty() => false,
                _ => looks_like_html(body),
            }
        }
        _ => false,
    }
}

/// Whether an answer is a document that people read or fill in: PDF, Office, OpenDocument. A clear
/// header decides, else the ending of the path.
pub fn is_document(media_type: &str, path: &str) -> bool {
    match media_type {
        "application/pdf" | "application/x-pdf" | "application/msword" => true,
        ""
        | "application/octet-stream"
        | "application/force-download"
        | "application/x-download"
        | "binary/octet-stream" => {
            let ending =
                path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
            const ENDINGS: &[&str] = &["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp"];
            ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
        }
        other => {
            let families = [
                "application/vnd.openxmlformats-officedocument.",
                "application/vnd.oasis.opendocument.",
                "application/vnd.ms-",
            ];
            families.iter().any(|family| other.starts_with(family))
        }
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    let head = &body[..body.len().min(512)];
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    ["<!doctype html", "<html", "<head", "<body", "<title", "<!--", "<h1", "<p", "<div", "<meta"]
        .iter()
        .any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_then_name_then_bytes() {
        assert!(is_html(Some("text/HTML; charset=x"), "/a.pdf", b"%PDF"));
        assert!(!is_html(Some("application/pdf"), "/a.html", b"<html>"));
        assert!(is_html(None, "/a.HTM", b""));
        assert!(!is_html(None, "/a.pdf", b"<html>"));
        assert!(!is_html(Some("text/html"), "/a", b"%PDF-1.7"));
        assert!(is_html(None, "/a", b"\xef\xbb\xbf <!DOCTYPE html><p>"));
        assert!(!is_html(None, "/a", b"\x7fELF"));
    }
}
