//! What opens a site that is not for everybody. It must never be sent to another place than the
//! site it was given for, nor be printed, stored or logged.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Identity, Proxy};
use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

mod cookies;
mod keys;

pub(super) use keys::Keys;

use cookies::Cookie;

/// Bytes of a cookie, certificate or key file at most. Our choice: a bundle of all public
/// authorities has 200 kB.
const MAX_FILE: u64 = 10 * 1024 * 1024;

/// Headers that speak of the connection and the framing, or that the crawl decides: given by the
/// user they could only break the request (RFC 9110 §7.6.1, RFC 9112 §6).
const OURS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What opens a site that is not for everybody: a password, a token, cookies, a client
/// certificate. All of it goes to the host of the start page only, over the same scheme or from
/// `http` to `https`, and only below the folder of the start page.
///
/// Extra authorities and a proxy belong here too; they count for every host.
#[derive(Clone, Default)]
pub struct Doors {
    headers: HeaderMap,
    cookies: Vec<Cookie>,
    identity: Option<Identity>,
    authorities: Vec<Certificate>,
    proxy: Option<Proxy>,
    insecure: bool,
    // What must appear nowhere.
    secrets: Vec<String>,
}

/// Why something that should open a site is of no use. It never says what a secret is.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The file could not be read.
    #[error("could not read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A header is not of the form `Name: value`, or one that only the crawl may set.
    #[error("the header `{name}` cannot be sent: {what}")]
    Header {
        /// What stands before the colon; nothing of the value.
        name: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A line is no cookie in Netscape's format.
    #[error("`{}` line {line} is no cookie: write domain, TRUE or FALSE, path, TRUE or FALSE, expiry, name and value with tabs between them", path.display())]
    Cookie {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A certificate or key file holds none.
    #[error("`{}` holds no {wanted}: give them as PEM text", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        wanted: &'static str,
    },
    /// The address of a proxy is of no use.
    #[error("the proxy cannot be used: give an address like http://proxy.example:8080 or socks5://proxy.example:1080")]
    Proxy,
    /// A proxy looks up names itself, so that their addresses cannot be checked.
    #[error(
        "a proxy looks up names itself, so public addresses cannot be told from inner ones: leave out one of --proxy and --public-only"
    )]
    ProxyAndPublic,
}

impl Doors {
    /// Signs in with a name and a password (Basic, RFC 7617).
    pub fn basic(&mut self, user: &str, password: &str) {
        let pair = base64(&format!("{user}:{password}"));
        self.secrets.extend([password.to_owned(), pair.clone()]);
        let value = HeaderValue::try_from(format!("Basic {pair}"));
        self.put(AUTHORIZATION, value.expect("base 64 is plain text"));
    }

    /// Signs in with a token (RFC 6750). Errors when it holds what no header may.
    pub fn bearer(&mut self, token: &str) -> Result<(), DoorError> {
        self.header(&format!("Authorization: Bearer {}", token.trim()))
    }

    /// Sends a header with every request, given as `Name: value`. Errors when it is none, or one
    /// that speaks of the connection.
    pub fn header(&mut self, line: &str) -> Result<(), DoorError> {
        let wrong = |name: &str, what| Err(DoorError::Header { name: name.to_owned(), what });
        // Without a colon all of it may be a secret.
        let Some((name, value)) = line.split_once(':') else { return wrong("…", "write it as `Name: value`") };
        let (name, value) = (name.trim(), value.trim());
        let Ok(header) = HeaderName::try_from(name) else { return wrong(name, "this is no name of a header") };
        if OURS.contains(&header.as_str()) {
            return wrong(name, "it speaks of the connection, which the crawl decides");
        }
        let Ok(content) = HeaderValue::try_from(value) else {
            return wrong(name, "its value holds characters that no header may");
        };
        // Of `Bearer abc` the server may show `abc` alone.
        self.secrets.extend(value.rsplit(' ').next().map(str::to_owned));
        self.secrets.push(value.to_owned());
        self.put(header, content);
        Ok(())
    }

    /// Sends the cookies of a file in Netscape's format (as curl, wget and browser add-ons write
    /// it), each to where it belongs. Errors when it cannot be read, or a line is no cookie.
    pub fn cookie_file(&mut self, path: &Path) -> Result<(), DoorError> {
        let text = String::from_utf8_lossy(&content(path)?).into_owned();
        let cookies = cookies::parse(&text).map_err(|line| DoorError::Cookie { path: path.to_owned(), line })?;
        self.secrets.extend(cookies.iter().map(|cookie| cookie.value.clone()));
        self.cookies.extend(cookies);
        Ok(())
    }

    /// Shows a client certificate: a PEM file with the certificate, those between it and its
    /// authority, and its key. Errors when one of them is missing.
    pub fn client_certificate(&mut self, path: &Path) -> Result<(), DoorError> {
        let wrong = |_| DoorError::Pem { path: path.to_owned(), wanted: "certificate with its key" };
        self.identity = Some(Identity::from_pem(&content(path)?).map_err(wrong)?);
        Ok(())
    }

    /// Trusts the authorities of a PEM file too. Errors when it holds none.
    pub fn authority(&mut self, path: &Path) -> Result<(), DoorError> {
        let wrong = || DoorError::Pem { path: path.to_owned(), wanted: "certificate" };
        let found = Certificate::from_pem_bundle(&content(path)?).map_err(|_| wrong())?;
        if found.is_empty() {
            return Err(wrong());
        }
        self.authorities.extend(found);
        Ok(())
    }

    /// Goes through a proxy, also for addresses of this machine, instead of those that the
    /// environment names. The address may hold a name and a password. Errors when it is none.
    pub fn proxy(&mut self, address: &str) -> Result<(), DoorError> {
        let url = url::Url::parse(address).map_err(|_| DoorError::Proxy)?;
        if !matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") || !url.has_host() {
            return Err(DoorError::Proxy);
        }
        self.secrets.extend(url.password().map(str::to_owned));
        self.proxy = Some(Proxy::all(url).map_err(|_| DoorError::Proxy)?);
        Ok(())
    }

    /// Takes servers whose certificate is expired, for another name, or signed by nobody.
    pub fn take_any_certificate(&mut self) {
        self.insecure = true;
    }

    /// Whether certificates are not looked at.
    pub fn is_insecure(&self) -> bool {
        self.insecure
    }

    /// Whether something is sent that is not for everybody, so that what comes back is not either.
    pub fn are_private(&self) -> bool {
        !self.headers.is_empty() || !self.cookies.is_empty() || self.identity.is_some()
    }

    pub(super) fn explicit_proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub(super) fn authorities(&self) -> &[Certificate] {
        &self.authorities
    }

    fn put(&mut self, name: HeaderName, mut value: HeaderValue) {
        // Keeps it out of debug output and of the header tables of HTTP/2.
        value.set_sensitive(true);
        if name == COOKIE {
            self.headers.append(name, value)
        } else {
            self.headers.insert(name, value).is_some()
        };
    }
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("cookies", &self.cookies.len())
            .field("client_certificate", &self.identity.is_some())
            .field("authorities", &self.authorities.len())
            .field("proxy", &self.proxy.is_some())
            .field("insecure", &self.insecure)
            .finish()
    }
}

fn content(path: &Path) -> Result<Vec<u8>, DoorError> {
    use io::Read;
    let error = |source| DoorError::Read { path: path.to_owned(), source };
    let mut content = Vec::new();
    fs::File::open(path).and_then(|file| file.take(MAX_FILE).read_to_end(&mut content)).map_err(error)?;
    Ok(content)
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[cfg(test)]
mod tests;
