//! Cookies of a file in Netscape's format. They must never go where a browser would not send them.

use url::{Host, Url};

/// One cookie.
#[derive(Clone)]
pub(super) struct Cookie {
    domain: String,
    subdomains: bool,
    path: String,
    secure: bool,
    // Seconds since 1970; `None` for the session's.
    expires: Option<i64>,
    pub(super) name: String,
    pub(super) value: String,
}

/// The cookies of a file, or the first line (from 1) that is none.
pub(super) fn parse(text: &str) -> Result<Vec<Cookie>, usize> {
    let mut cookies = Vec::new();
    for (number, line) in text.lines().enumerate() {
        // Curl marks cookies that scripts cannot see in this way; other such lines are comments.
        let line = line.trim_start_matches('\u{feff}');
        let line = line.strip_prefix("#HttpOnly_").unwrap_or(line);
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        cookies.push(cookie(line).ok_or(number + 1)?);
    }
    Ok(cookies)
}

fn cookie(line: &str) -> Option<Cookie> {
    let mut fields = line.split('\t');
    let mut field = || fields.next();
    let domain = field()?.trim().trim_start_matches('.').to_ascii_lowercase();
    let subdomains = is_true(field()?)?;
    let path = field()?.to_owned();
    let secure = is_true(field()?)?;
    let expires = match field()?.trim().split('.').next()?.parse::<i64>().ok()? {
        ..=0 => None,
        at => Some(at),
    };
    let name = field()?.to_owned();
    // Some writers leave out the last tab of an empty value.
    let value = field().unwrap_or("").to_owned();
    let sendable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~' | 0x80..) && byte != b';');
    let fits = !domain.is_empty() && path.starts_with('/') && !name.is_empty() && sendable(&name) && sendable(&value);
    fits.then_some(Cookie { domain, subdomains, path, secure, expires, name, value })
}

fn is_true(field: &str) -> Option<bool> {
    match field.trim().to_ascii_uppercase().as_str() {
        "TRUE" => Some(true),
        "FALSE" => Some(false),
        _ => None,
    }
}

impl Cookie {
    /// Whether it goes to this address at this time (RFC 6265 §5.4).
    fn fits(&self, url: &Url, now: i64) -> bool {
        let host = url.host_str().unwrap_or("");
        let is_name = matches!(url.host(), Some(Host::Domain(_)));
        let below = host.strip_suffix(self.domain.as_str()).is_some_and(|rest| rest.ends_with('.'));
        let rest = url.path().strip_prefix(self.path.as_str());
        let in_path = rest.is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        (host == self.domain || (self.subdomains && is_name && below))
            && in_path
            && (!self.secure || url.scheme() == "https" || super::super::http::is_loopback(url))
            && self.expires.is_none_or(|at| at > now)
    }
}

/// The value of the `Cookie` header for an address; empty when none goes there.
pub(super) fn header(cookies: &[Cookie], url: &Url, now: i64) -> String {
    let mut fitting: Vec<&Cookie> = cookies.iter().filter(|cookie| cookie.fits(url, now)).collect();
    // RFC 6265 §5.4: those of longer paths first; else in the order of the file.
    fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
    let pairs: Vec<String> = fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
    pairs.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_where_a_browser_sends_them() {
        let text = "# Netscape HTTP Cookie File\n\n\
            .a.gov\tTRUE\t/\tFALSE\t0\twide\t1\n\
            #HttpOnly_a.gov\tFALSE\t/app\tTRUE\t2000000000\tapp\t2\n\
            a.gov\tFALSE\t/\tFALSE\t1000\told\t3\n\
            b.gov\tTRUE\t/\tFALSE\t0\tother\t4\n\
            a.gov\tFALSE\t/\tFALSE\t0\tempty\n";
        let cookies = parse(text).unwrap_or_default();
        let check = |url: &str, expected: &str| {
            assert_eq!(header(&cookies, &Url::parse(url).expect("an address"), 1_700_000_000), expected, "{url}");
        };
        check("https://a.gov/app/x", "app=2; wide=1; empty=");
        check("https://a.gov/apply", "wide=1; empty=");
        check("http://a.gov/app", "wide=1; empty=");
        check("http://www.a.gov/", "wide=1");
        check("http://nota.gov/", "");
        check("http://c.gov/", "");
    }

    #[test]
    fn a_line_that_is_no_cookie_is_named() {
        for bad in [
            "name=value",
            "a.gov\tyes\t/\tFALSE\t0\tx\ty",
            "a.gov\tTRUE\t/\tFALSE\tsoon\tx\ty",
            "a.gov\tTRUE\t/\tTRUE\t0\tx\ta;b=c",
        ] {
            assert_eq!(parse(&format!("# x\n{bad}\n")).err(), Some(2), "{bad}");
        }
    }
}
