//! Doors are opened where they should be, and what opens them is seen nowhere else.

use super::*;
use crate::gather::http::{Http, Want};
use crate::gather::tests::{links, reached, urls};
use crate::gather::{Addresses, GatherError, Plan, Source, gather};
use crate::model::{Fetched, Gathered, Why};
use crate::snapshot::Writer;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::thread;
use url::Url;

const DATE: &str = "2026-11-22T08:00:00Z";
const SECRET: &str = "open-sesame-42";

/// A server that lives until the test process ends, and keeps what it was asked.
struct Server {
    at: String,
    log: Arc<Mutex<Vec<String>>>,
}

/// Gets the path and the whole request, gives status, further headers and body.
type Answer = dyn Fn(&str, &str) -> (u16, String, String) + Send + Sync;

impl Server {
    fn new(answer: impl Fn(&str, &str) -> (u16, String, String) + Send + Sync + 'static) -> Self {
        Self::serving(None, answer)
    }

    fn serving(
        tls: Option<Arc<rustls::ServerConfig>>,
        answer: impl Fn(&str, &str) -> (u16, String, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is free to listen on");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let at = format!("{scheme}://{}", listener.local_addr().expect("a bound socket has an address"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (answer, asked): (Arc<Answer>, _) = (Arc::new(answer), Arc::clone(&log));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, asked, tls) = (Arc::clone(&answer), Arc::clone(&asked), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(stream, &*answer, &asked),
                    Some(tls) => {
                        let connection = rustls::ServerConnection::new(tls).expect("a valid configuration");
                        serve(rustls::StreamOwned::new(connection, stream), &*answer, &asked);
                    }
                });
            }
        });
        Self { at, log }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.at)).expect("an address")
    }

    fn plan(&self, path: &str) -> Plan {
        Plan::new(Source::Site { start: self.url(path) }, DATE)
    }

    fn asked(&self) -> Vec<String> {
        self.log.lock().expect("no panic while logging").clone()
    }
}

fn serve(mut stream: impl Read + Write, answer: &Answer, log: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let Some(path) = request.split(' ').nth(1) else { return };
    log.lock().expect("no panic while logging").push(request.clone());
    let (status, headers, body) = answer(path, &request);
    let length = body.len();
    // Whoever asked may have hung up.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    );
    let _ = stream.flush();
}

fn page(body: &str) -> (u16, String, String) {
    (200, String::new(), body.to_owned())
}

fn to(location: &str) -> (u16, String, String) {
    (302, format!("Location: {location}\r\n"), String::new())
}

fn crawl(plan: &Plan) -> Result<Gathered, GatherError> {
    gather(plan, &links, &|_| (), &AtomicBool::new(false))
}

/// Asks for one address; the status, or why there is none.
fn get(plan: &Plan, url: &Url) -> Result<u16, Why> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(Http::new(plan).get(url, Want::Html, None)).map(|reply| reply.status)
}

fn why(result: &Result<Gathered, GatherError>) -> Option<Why> {
    match result {
        Err(GatherError::Start { why, .. }) => *why,
        _ => None,
    }
}

fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a writable temporary folder");
    (folder, path)
}

#[test]
fn keys_go_to_the_folder_of_the_start_page_only() {
    let server = Server::new(|_, _| page("<p>"));
    let other = Server::new(|_, _| page("<p>"));
    let mut plan = server.plan("/app/start");
    plan.doors.basic("ann", SECRET);
    plan.doors.header("X-Key: key-of-the-house").expect("a header");
    let (_folder, path) = file("cookies.txt", "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tcookie-of-ann\n");
    plan.doors.cookie_file(&path).expect("a cookie file");
    for url in [
        server.url("/app/x"),
        server.url("/apple"),
        server.url("/"),
        other.url("/app/x"),
        Url::parse(&server.at.replace("127.0.0.1", "localhost"))
            .and_then(|url| url.join("/app/x"))
            .expect("an address"),
        other.url("/app/x").join(&other.at.replace("http://", "http://eve:pass@")).expect("an address"),
    ] {
        assert_eq!(get(&plan, &url), Ok(200), "{url}");
    }
    let asked = [server.asked(), other.asked()].concat();
    assert_eq!(asked.len(), 6);
    let with: Vec<&String> =
        asked.iter().filter(|request| request.to_ascii_lowercase().contains("authorization")).collect();
    assert_eq!(with.len(), 1, "{asked:?}");
    assert!(with[0].starts_with("GET /app/x "));
    for line in
        ["authorization: Basic YW5uOm9wZW4tc2VzYW1lLTQy", "x-key: key-of-the-house", "cookie: session=cookie-of-ann"]
    {
        assert!(with[0].contains(line), "{}", with[0]);
    }
    assert!(!asked.iter().any(|r| !r.starts_with("GET /app/x") && (r.contains("cookie") || r.contains("x-key"))));
}

#[test]
fn what_opens_a_site_is_written_nowhere() {
    // A server that shows all that it was sent.
    let server = Server::new(|path, request| match path {
        "/" => (
            200,
            format!("X-Echo: {}\r\n", request.replace("\r\n", " ")),
            format!(r#"<a href="/a"><pre>{request}</pre>"#),
        ),
        "/a" => (200, format!("Set-Cookie: id={SECRET}\r\n"), "<p>".to_owned()),
        _ => (404, String::new(), String::new()),
    });
    let mut plan = server.plan("/");
    plan.doors.bearer(SECRET).expect("a token");
    let (folder, path) = file("cookies.txt", "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tcookie-of-ann\n");
    plan.doors.cookie_file(&path).expect("a cookie file");
    let archive = folder.path().join("s.warc.gz");
    let writer = Writer::create(&archive, DATE).expect("a writable folder");
    let seen = Mutex::new(format!("{plan:?}"));
    let visit = |fetched: &Fetched| {
        writer.append(fetched).expect("a writable folder");
        seen.lock().expect("no visit panics").push_str(&format!("{fetched:?}"));
        links(fetched)
    };
    let gathered = gather(&plan, &visit, &|_| (), &AtomicBool::new(false)).expect("a site");
    assert_eq!(urls(&gathered, "page"), ["/", "/a"]);
    assert!(server.asked().iter().any(|request| request.contains(SECRET) && request.contains("cookie-of-ann")));
    writer.finish(&gathered).expect("a writable folder");
    let mut unpacked = String::new();
    let packed = fs::File::open(&archive).expect("the file just written");
    flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut unpacked).expect("text");
    for text in [seen.into_inner().expect("no visit panics"), unpacked, format!("{gathered:?}")] {
        assert!(!text.contains(SECRET) && !text.contains("cookie-of-ann"), "{text}");
    }
}

#[test]
fn with_keys_only_the_folder_is_the_site() {
    let server = Server::new(|path, _| match path {
        "/app/" => page(r#"<a href="/app/x"><a href="/public">"#),
        "/robots.txt" => (404, String::new(), String::new()),
        _ => page("<p>"),
    });
    let mut plan = server.plan("/app/");
    assert_eq!(urls(&crawl(&plan).expect("a site"), "page"), ["/app/", "/app/x", "/public"]);
    plan.doors.basic("ann", SECRET);
    assert_eq!(urls(&crawl(&plan).expect("a site"), "page"), ["/app/", "/app/x"]);
    // As part of the address that the user gave.
    let mut start = server.url("/app/");
    start.set_username("ann").and_then(|()| start.set_password(Some("p%40ss"))).expect("an HTTP address");
    let plan = Plan::new(Source::Site { start }, DATE);
    assert!(!format!("{plan:?}").contains("p%40ss"));
    assert_eq!(urls(&crawl(&plan).expect("a site"), "page"), ["/app/", "/app/x"]);
    assert!(server.asked().iter().any(|request| request.contains("Basic YW5uOnBAc3M=")));
}

fn tls(asks_for_certificate: bool) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = include_bytes!("pki/server.pem");
    let certificate = CertificateDer::from_pem_slice(server).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(server).expect("a key");
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(include_bytes!("pki/ca.pem")).expect("a certificate"))
        .expect("an authority");
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("known versions");
    let config = match asks_for_certificate {
        true => config.with_client_cert_verifier(verifier.build().expect("a verifier")),
        false => config.with_no_client_auth(),
    };
    Arc::new(config.with_single_cert(vec![certificate], key).expect("a certificate with its key"))
}

#[test]
fn certificates_open_what_they_are_for() {
    let (ca_folder, ca) = file("ca.pem", include_str!("pki/ca.pem"));
    let client = ca_folder.path().join("client.pem");
    fs::write(&client, include_str!("pki/client.pem")).expect("a writable folder");
    let open = Server::serving(Some(tls(false)), |_, _| page("<p>"));
    let closed = Server::serving(Some(tls(true)), |_, _| page("<p>"));
    let mut plan = closed.plan("/");
    assert_eq!(get(&plan, &open.url("/")), Err(Why::Tls), "an authority that nobody trusts");
    let mut careless = plan.clone();
    careless.doors.take_any_certificate();
    assert_eq!(get(&careless, &open.url("/")), Ok(200), "nobody looks at it");
    plan.doors.authority(&ca).expect("a certificate");
    assert_eq!(get(&plan, &open.url("/")), Ok(200));
    assert!(get(&plan, &closed.url("/")).is_err(), "no certificate is shown");
    plan.doors.client_certificate(&client).expect("a certificate with its key");
    assert_eq!(get(&plan, &closed.url("/")), Ok(200));
    // The same server, when the certificate is for another.
    plan.source = Source::Site { start: open.url("/") };
    assert!(get(&plan, &closed.url("/")).is_err(), "the certificate goes to no other host");
}

#[test]
fn a_proxy_is_asked_for_every_host() {
    let proxy = Server::new(|_, _| page("<p>"));
    let mut plan = Plan::new(Source::Site { start: Url::parse("http://a.invalid/").expect("an address") }, DATE);
    plan.doors.proxy(&proxy.at.replace("http://", "http://ann:open-sesame-42@")).expect("a proxy");
    assert_eq!(get(&plan, &Url::parse("http://a.invalid/x").expect("an address")), Ok(200));
    assert_eq!(get(&plan, &Url::parse("http://127.0.0.1:9/y").expect("an address")), Ok(200));
    let asked = proxy.asked();
    assert!(asked[0].starts_with("GET http://a.invalid/x ") && asked[1].starts_with("GET http://127.0.0.1:9/y "));
    assert!(asked[0].contains("Basic YW5uOm9wZW4tc2VzYW1lLTQy") && !format!("{plan:?}").contains(SECRET));
    plan.addresses = Addresses::Public { except: Vec::new() };
    assert!(matches!(crawl(&plan), Err(GatherError::Doors(DoorError::ProxyAndPublic))));
}

#[test]
fn a_barrier_met_instead_of_the_site_is_said() {
    let form = r#"<form>Name <input name="n"> Password <input type="password"></form>"#;
    let check = |expected: Why, word: &str, answer: fn(&str, &str) -> (u16, String, String)| {
        let error = crawl(&Server::new(answer).plan("/")).expect_err("no site");
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(why(&Err(error)), Some(expected));
    };
    check(Why::Login, "sign-in", |_, _| (401, "WWW-Authenticate: Basic\r\n".into(), String::new()));
    check(Why::Login, "sign-in", |path, _| if path == "/" { to("/login?next=/") } else { page("<p>") });
    check(Why::Login, "sign-in", |path, _| match path {
        "/" => to("/welcome"),
        _ => page("<form>Password <input type=password></form>"),
    });
    check(Why::Waf, "firewall", |path, _| match path {
        "/robots.txt" => (404, String::new(), String::new()),
        _ => (403, "cf-mitigated: challenge\r\n".into(), "<p>Just a moment...".into()),
    });
    check(Why::Waf, "firewall", |_, _| page("<p>The requested URL was rejected. Your support ID is: 1"));
    check(Why::Waf, "firewall", |_, _| (503, "cf-mitigated: challenge\r\n".into(), String::new()));

    // A public site with an area for members, and a firewall before one page.
    let server = Server::new(move |path, request| match path {
        "/" => page(r#"<a href="/mine"><a href="/login"><a href="/odd">"#),
        "/mine" if !request.contains("x-key") => to("/login"),
        "/login" => page(form),
        "/odd" => page("Request unsuccessful. Incapsula incident ID: 1"),
        "/robots.txt" => (404, String::new(), String::new()),
        _ => page("<p>"),
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    let expected = [("/", "page"), ("/login", "page"), ("/mine", "302 -> /login"), ("/odd", "waf")];
    assert_eq!(reached(&gathered), expected.map(|(url, what)| (url.to_owned(), what.to_owned())));
    let met = crate::gather::turned_away_from(&gathered).expect("two of four");
    assert_eq!((met.met, met.share), (2, 0.5));

    // What was named, and what was to be opened, is not read by way of its sign-in.
    let mut plan = Plan::new(Source::List(vec![server.url("/"), server.url("/mine")]), DATE);
    assert_eq!(urls(&crawl(&plan).expect("pages"), "login"), ["/mine"]);
    plan = server.plan("/");
    plan.doors.header("X-Other: of-no-use-here").expect("a header");
    assert_eq!(urls(&crawl(&plan).expect("a site"), "login"), ["/mine"]);
    plan.doors.header("X-Key: key-of-the-house").expect("a header");
    assert!(urls(&crawl(&plan).expect("a site"), "page").contains(&"/mine".to_owned()));
}

#[test]
fn inner_addresses_are_refused_at_the_start_and_at_redirects() {
    let inner = Server::new(|_, _| page("<p>"));
    let port = inner.url("/").port().expect("a port");
    for host in
        ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "a.localhost"]
    {
        let start = Url::parse(&format!("http://{host}:{port}/")).expect("an address");
        let mut plan = Plan::new(Source::Site { start }, DATE);
        plan.addresses = Addresses::Public { except: Vec::new() };
        let found = why(&crawl(&plan));
        // A machine may not know names below `localhost` at all.
        assert!(
            found == Some(Why::BlockedAddress) || (host == "a.localhost" && found == Some(Why::Dns)),
            "{host} {found:?}"
        );
    }
    assert!(inner.asked().is_empty());

    let outer = Server::new(move |path, _| match path {
        "/" => page(r#"<a href="/1"><a href="/2"><a href="/3">"#),
        "/1" => to(&format!("http://127.0.0.2:{port}/")),
        "/2" => to("http://0xa9fea9fe/latest/meta-data/"),
        "/3" => to(&format!("http://[::ffff:127.0.0.2]:{port}/")),
        _ => (404, String::new(), String::new()),
    });
    let but = Addresses::Public { except: vec![std::net::Ipv4Addr::LOCALHOST.into()] };
    let list = ["/1", "/2", "/3"].map(|path| outer.url(path));
    let mut plan = Plan::new(Source::List([&[outer.url("/")], &list[..]].concat()), DATE);
    plan.addresses = but;
    let gathered = crawl(&plan).expect("pages");
    assert_eq!(urls(&gathered, "page"), ["/"]);
    assert_eq!(urls(&gathered, "blocked-address").len(), 3, "{:?}", reached(&gathered));
    assert!(inner.asked().is_empty());
}

#[test]
fn what_cannot_be_used_is_said_without_its_content() {
    let mut doors = Doors::default();
    let mut errors = vec![
        doors.header("open-sesame-42").map_err(|e| e.to_string()),
        doors.header("Host: open-sesame-42").map_err(|e| e.to_string()),
        doors.header("X: open-sesame-42\u{7}").map_err(|e| e.to_string()),
        doors.proxy("ftp://ann:open-sesame-42@x").map_err(|e| e.to_string()),
        doors.cookie_file(Path::new("/nowhere/x")).map_err(|e| e.to_string()),
    ];
    let (_folder, path) = file("x", "open-sesame-42");
    errors.push(doors.cookie_file(&path).map_err(|e| e.to_string()));
    errors.push(doors.client_certificate(&path).map_err(|e| e.to_string()));
    errors.push(doors.authority(&path).map_err(|e| e.to_string()));
    for error in errors {
        let error = error.expect_err("of no use");
        assert!(!error.contains(SECRET) && error.len() > 20, "{error}");
    }
    assert!(!doors.are_private());
}
