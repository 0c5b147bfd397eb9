//! One request and its answer, under caps of bytes and time. It must never follow a redirect,
//! send anything but GET, or trust a length.

use super::address::{Guard, Refused};
use super::doors::Keys;
use super::{Addresses, Plan};
use crate::model::{Fetched, Why, is_html, media_type};
use crate::snapshot::{Decoded, Decoder, Fed, kept_headers};
use bytes::Bytes;
use reqwest::{Client, Response, header, redirect};
use std::cell::OnceCell;
use std::error::Error;
use std::io;
use std::time::{Duration, Instant};
use url::{Host, Url};

/// Bytes that the WHATWG MIME Sniffing standard looks at.
const SNIFFED: usize = 512;

/// Asks servers.
pub(super) struct Http {
    user_agent: String,
    connect_timeout: Duration,
    timeout: Duration,
    max_body: usize,
    keys: Keys,
    addresses: Addresses,
    // Made when first needed: reading the system's certificates takes time. Apart, for this machine
    // and others, with and without keys: no connection that a key opened serves another host.
    clients: [OnceCell<Option<Client>>; 4],
}

/// Which bodies are worth reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Only HTML; of other content the header is enough.
    Html,
    /// Whatever comes, up to so many bytes.
    Anything(usize),
    /// No body: asked with HEAD, or with GET.
    Head,
    Nothing,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The headers that are kept.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    /// Whether the body was cut, broke off, or was not read.
    pub(super) truncated: bool,
    /// `Content-Length`, unless it counts packed bytes.
    pub(super) length: Option<u64>,
    /// Time up to the header.
    pub(super) latency: Duration,
}

impl Reply {
    /// The first header of that name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Where a redirect leads, without fragment; `None` if it is none or names nothing sensible.
    pub(super) fn redirect(&self, from: &Url) -> Option<Url> {
        if !(300..400).contains(&self.status) {
            return None;
        }
        let mut to = from.join(self.header("location")?).ok()?;
        to.set_fragment(None);
        Some(to)
    }
}

impl Http {
    pub(super) fn new(plan: &Plan) -> Self {
        // The other half of reqwest's `rustls-no-provider`. An error means that a provider is
        // there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            // What no header may hold would keep every request from being sent.
            user_agent: plan.politeness.user_agent.chars().filter(|c| matches!(c, ' '..='~')).collect(),
            connect_timeout: plan.limits.connect_timeout,
            timeout: plan.limits.timeout,
            max_body: plan.limits.max_body,
            keys: Keys::new(plan),
            addresses: plan.addresses.clone(),
            clients: Default::default(),
        }
    }

    /// Asks for an address, or whether it is still as `known`.
    pub(super) async fn get(&self, url: &Url, want: Want, known: Option<&Fetched>) -> Result<Reply, Why> {
        if !self.addresses.allow_host(url) {
            return Err(Why::BlockedAddress);
        }
        let mut url = url.clone();
        // A server that redirects to `http://name:password@host/` has no say in who signs in; on
        // HTTP addresses both setters succeed.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let client = self.client(&url).ok_or(Why::Tls)?;
        let asked = Instant::now();
        let mut request = client
            .request(if want == Want::Head { reqwest::Method::HEAD } else { reqwest::Method::GET }, url.clone())
            .header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
            .header(header::ACCEPT_ENCODING, "gzip, deflate, br")
            .headers(self.keys.headers(&url));
        // RFC 9110 §13.1: the entity tag decides where a server knows both.
        for (validator, condition) in [("etag", header::IF_NONE_MATCH), ("last-modified", header::IF_MODIFIED_SINCE)] {
            let value = known.and_then(|known| header::HeaderValue::from_str(known.header(validator)?).ok());
            if let Some(value) = value {
                request = request.header(condition, value);
            }
        }
        let response = request.send().await.map_err(|e| why(&e))?;
        let latency = asked.elapsed();
        let mut reply = self.read(response, &url, want, latency).await?;
        if self.keys.open(&url) {
            self.keys.scrub_headers(&mut reply.headers);
            reply.body = self.keys.scrub(reply.body);
        }
        Ok(reply)
    }

    /// What opens the site.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    async fn read(&self, mut response: Response, url: &Url, want: Want, latency: Duration) -> Result<Reply, Why> {
        let status = response.status().as_u16();
        let text = |v: &header::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
        let headers: Vec<_> = response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), text(v))).collect();
        let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let coding = value("content-encoding").map(str::to_owned);
        let length = value("content-length").filter(|_| coding.is_none()).and_then(|v| v.parse().ok());
        let media = value("content-type").map(str::to_owned);
        let cap = match want {
            Want::Html => self.max_body,
            Want::Anything(cap) => cap,
            Want::Head | Want::Nothing => 0,
        };
        let needed = match want {
            Want::Html => needed(media.as_deref(), url.path()),
            Want::Anything(_) => Needed::Yes,
            Want::Head | Want::Nothing => Needed::No,
        };
        let reply = |body: Bytes, truncated: bool| Reply {
            status,
            headers: kept_headers(headers, truncated),
            body,
            truncated,
            length,
            latency,
        };
        if needed == Needed::No {
            return Ok(reply(Bytes::new(), length != Some(0)));
        }
        let mut decoder = Decoder::new(coding.as_deref(), cap).ok_or(Why::BadContent)?;
        let mut sniffed = needed == Needed::Yes;
        let (fed, broken) = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => match decoder.feed(&chunk) {
                    Fed::More => {}
                    fed => break (fed, None),
                },
                Ok(None) => break (Fed::More, None),
                Err(e) => break (Fed::More, Some(why(&e))),
            }
            if !sniffed && decoder.so_far().len() >= SNIFFED {
                sniffed = true;
                if !is_html(media.as_deref(), url.path(), decoder.so_far()) {
                    return Ok(reply(Bytes::new(), true));
                }
            }
        };
        let decoded = decoder.finish();
        match (fed, broken) {
            (Fed::Full, _) if decoded.is_bomb() => return Err(Why::Bomb),
            (Fed::Broken, _) if decoded.body.is_empty() => return Err(Why::BadContent),
            // Where something came before it broke, that much is read and marked.
            (_, Some(why)) if decoded.body.is_empty() => return Err(why),
            _ => {}
        }
        let Decoded { body, whole, .. } = decoded;
        Ok(reply(body, !whole || fed != Fed::More || broken.is_some()))
    }

    fn client(&self, url: &Url) -> Option<&Client> {
        let (near, keyed) = (is_loopback(url), self.keys.open(url));
        let client = &self.clients[usize::from(near) * 2 + usize::from(keyed)];
        client.get_or_init(|| self.build(near, keyed)).as_ref()
    }

    fn build(&self, near: bool, keyed: bool) -> Option<Client> {
        let doors = self.keys.doors();
        let authorities = || doors.authorities().iter().cloned();
        let configured = || {
            let mut builder = Client::builder()
                .user_agent(&self.user_agent)
                .redirect(redirect::Policy::none())
                .referer(false)
                // Unpacked here, where the ratio is known.
                .no_gzip()
                .no_brotli()
                .no_deflate()
                .connect_timeout(self.connect_timeout)
                .timeout(self.timeout);
            let guarded = self.addresses != Addresses::Any;
            // A proxy from the environment cannot reach this machine's own servers, and would look
            // up names where nobody checks their addresses.
            if near || guarded {
                builder = builder.no_proxy();
            }
            if doors.is_insecure() {
                builder = builder.tls_danger_accept_invalid_certs(true).tls_danger_accept_invalid_hostnames(true);
            }
            if guarded {
                builder = builder.dns_resolver(Guard(self.addresses.clone()));
            }
            if let Some(proxy) = doors.explicit_proxy() {
                builder = builder.proxy(proxy.clone());
            }
            if let Some(identity) = doors.identity().filter(|_| keyed) {
                builder = builder.identity(identity.clone());
            }
            builder
        };
        let usual = configured().tls_certs_merge(authorities()).build().ok();
        // A machine without certificates can still read http://, and https:// where the user says
        // whom to trust.
        usual.or_else(|| configured().tls_certs_only(authorities()).build().ok())
    }
}

/// Whether the host is this machine, by its name alone.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Yes,
    No,
    // The first bytes will tell.
    Perhaps,
}

fn needed(content_type: Option<&str>, path: &str) -> Needed {
    let (if_html, if_not) = (is_html(content_type, path, b"<html>"), is_html(content_type, path, b""));
    match (if_html, if_not) {
        (_, true) => Needed::Yes,
        (true, false) => Needed::Perhaps,
        (false, false) => Needed::No,
    }
}

/// The media type that a header names.
pub(super) fn media(content_type: Option<&str>) -> String {
    let media = media_type(content_type.unwrap_or(""));
    if media.is_empty() { super::UNKNOWN_MEDIA.to_owned() } else { media }
}

/// The published reason for an error of the HTTP client, which tells its kinds apart only in the
/// chain of its sources.
fn why(error: &reqwest::Error) -> Why {
    if error.is_timeout() {
        return Why::Timeout;
    }
    let mut source = error.source();
    while let Some(e) = source {
        if e.is::<Refused>() {
            return Why::BlockedAddress;
        }
        source = e.source();
    }
    source = error.source();
    while let Some(e) = source {
        // The source of an `io::Error` is the source of what it wraps, not the thing itself; and
        // tokio-rustls wraps it twice.
        let mut inner: &(dyn Error + 'static) = e;
        while let Some(io) = inner.downcast_ref::<io::Error>() {
            if io.kind() == io::ErrorKind::TimedOut {
                return Why::Timeout;
            }
            let Some(next) = io.get_ref() else { break };
            inner = next;
        }
        if inner.is::<rustls::Error>() {
            return Why::Tls;
        }
        if e.downcast_ref::<hyper::Error>().is_some_and(|e| e.is_parse() || e.is_parse_too_large()) {
            return Why::BadContent;
        }
        // hyper-util keeps this error's type to itself; its name is all there is.
        if e.to_string() == "dns error" {
            return Why::Dns;
        }
        source = e.source();
    }
    Why::Connection
}
