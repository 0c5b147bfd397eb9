//! Which file of a repository a page is made from, by patterns of the config.

use crate::model::{PageUrl, stars};

/// Pages and the files that they are made from: each `*` of the file is what the same `*` of the pages stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Paths of pages, as `/news/*/`.
    pub pages: String,
    /// The file in the repository, as `content/news/*.md`.
    pub file: String,
}

impl SourceFile {
    /// The file of a page; `None` where the pattern does not fit, or the address would lead out of the repository.
    pub(super) fn of(&self, url: &PageUrl) -> Option<String> {
        let mut stars = stars(&self.pages, url.path())?.into_iter();
        let mut file = String::new();
        for (at, piece) in self.file.split('*').enumerate() {
            if at > 0 {
                file.push_str(&decoded(stars.next()?)?);
            }
            file.push_str(piece);
        }
        let is_safe = |part: &str| !part.is_empty() && part != "." && part != "..";
        let harmless = !file.contains(['\\', ':']) && !file.chars().any(char::is_control);
        (harmless && file.split('/').all(is_safe)).then_some(file)
    }
}

/// The text behind `%20`; `None` where it is none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
            let value = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A path as a reference that a program may resolve (RFC 3986): what is neither a plain sign nor a slash is in percent.
pub(super) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A page's address below its own origin, as a reference that is never empty and never names another host.
pub(super) fn below_origin(url: &PageUrl) -> String {
    let whole = url.as_str();
    let after = whole.split_once("://").map_or(whole, |(_, rest)| rest);
    let path = after.find(['/', '?']).map_or("", |at| after[at..].strip_prefix('/').unwrap_or(&after[at..]));
    // A colon in the first part would be a scheme, two slashes a host, and nothing the document itself.
    let first = path.split(['/', '?']).next().unwrap_or_default();
    if first.is_empty() || first.contains(':') { format!("./{path}") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pages: &str, file: &str, url: &str, expected: Option<&str>) {
        let url = PageUrl::parse(&format!("https://town.example{url}")).expect("an address");
        let source = SourceFile { pages: pages.to_owned(), file: file.to_owned() };
        assert_eq!(source.of(&url).as_deref(), expected);
    }

    #[test]
    fn a_page_has_the_file_that_its_stars_name() {
        check("/news/*/", "content/news/*.md", "/news/2026/pool/", Some("content/news/2026/pool.md"));
        check("/news/*/", "content/news/*.md", "/parks/", None);
        check("/", "content/index.md", "/", Some("content/index.md"));
        check("/*.html", "public/*.html", "/a%20b.html?x=1", Some("public/a b.html"));
        check("/*/*", "*/x/*", "/a/b", Some("a/x/b"));
    }

    #[test]
    fn no_address_leads_out_of_the_repository() {
        for url in
            ["/x/%2e%2e%2f%2e%2e%2fetc", "/x/..%2f..%2fetc/passwd", "/x/a%0ab", "/x/a%5cb", "/x/%ff", "/x//a", "/x/c:"]
        {
            check("/x/*", "site/*", url, None);
        }
    }

    #[test]
    fn an_address_below_its_origin_is_no_other_host() {
        for (url, expected) in [
            ("https://town.example/", "./"),
            ("https://town.example/a/b?c=d", "a/b?c=d"),
            ("https://town.example/?a", "./?a"),
            ("https://town.example/javascript:alert(1)", "./javascript:alert(1)"),
            ("https://town.example//evil.example/x", ".//evil.example/x"),
        ] {
            let parsed = PageUrl::parse(url).expect("an address");
            assert_eq!(below_origin(&parsed), expected);
            let base = url::Url::parse("https://town.example/").expect("an address");
            assert_eq!(base.join(expected).expect("it joins").as_str(), parsed.as_str());
        }
    }

    #[test]
    fn paths_are_written_in_percent() {
        assert_eq!(encoded("a b/ü#?.md"), "a%20b/%C3%BC%23%3F.md");
    }
}
