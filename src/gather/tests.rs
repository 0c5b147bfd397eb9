//! The crawl against small servers on this machine, kind and hostile.

use super::*;
use crate::model::{LinkRole, NextLink, Role};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;

mod finding;
mod hostile;
mod traps;

const DATE: &str = "2026-11-22T08:00:00Z";

/// The links of a test page: `href` to a page, `sheet`, `frame` and `act` as they say.
pub(super) fn links(fetched: &Fetched) -> Links {
    let body = String::from_utf8_lossy(&fetched.body);
    let role = |name: &str| match name.rsplit([' ', '<']).next() {
        Some("href") => Some(LinkRole::Page),
        Some("sheet") => Some(LinkRole::Sheet),
        Some("frame") => Some(LinkRole::Frame),
        Some("act") => Some(LinkRole::Act),
        _ => None,
    };
    let pieces: Vec<&str> = body.split('"').collect();
    let named = pieces.windows(2).filter_map(|pair| {
        let role = role(pair[0].strip_suffix('=')?)?;
        Some(NextLink { url: fetched.url.join(pair[1])?, role })
    });
    named.collect()
}

/// What became of each address, in words.
pub(super) fn reached(gathered: &Gathered) -> Vec<(String, String)> {
    let path = |url: &PageUrl| url.to_url()[url::Position::BeforePath..].to_owned();
    let what = |t: &Target| match &t.reached {
        Reached::Page => "page".to_owned(),
        Reached::Redirect { status, to } => format!("{status} -> {}", path(to)),
        Reached::File { media_type, bytes } => {
            format!("{media_type} {}", bytes.map_or("?".to_owned(), |b| b.to_string()))
        }
        Reached::Error { status } => status.to_string(),
        Reached::Unread { why } => serde_json::to_string(why).expect("a plain name").replace('"', ""),
    };
    gathered.targets.iter().map(|t| (path(&t.url), what(t))).collect()
}

/// The addresses of which this became.
pub(super) fn urls(gathered: &Gathered, what: &str) -> Vec<String> {
    reached(gathered).into_iter().filter(|(_, w)| w == what).map(|(url, _)| url).collect()
}

/// A server that lives until the test process ends. Its answers know the path and how often it was
/// asked for before.
struct Server {
    at: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that sends these bytes, and ends the connection.
    fn new(answer: impl Fn(&str, usize) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::wild("127.0.0.1:0", move |path, before, stream| {
            // Whoever asked may have hung up.
            let _ = stream.write_all(&answer(path, before));
        })
    }

    /// A server that does what it likes with the connection.
    fn wild(at: &str, answer: impl Fn(&str, usize, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(at).expect("loopback is free to listen on");
        let at = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (answer, asked) = (Arc::new(answer), Arc::clone(&log));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, asked) = (Arc::clone(&answer), Arc::clone(&asked));
                thread::spawn(move || serve(stream, &*answer, &asked));
            }
        });
        Self { at, log }
    }

    /// A server of HTML pages; all else is 404.
    fn of(pages: &[(&str, &str)]) -> Self {
        let pages: HashMap<String, String> =
            pages.iter().map(|(path, body)| ((*path).into(), (*body).into())).collect();
        Self::new(move |path, _| pages.get(path).map_or_else(|| answer("404 Not Found", "", "<p>"), |body| html(body)))
    }

    fn plan(&self, path: &str) -> Plan {
        Plan::new(Source::Site { start: Url::parse(&format!("{}{path}", self.at)).expect("an address") }, DATE)
    }

    fn asked(&self, path: &str) -> usize {
        self.log.lock().expect("no panic while logging").iter().filter(|p| *p == path).count()
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&str, usize, &mut TcpStream), log: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let Some(path) = request.split(' ').nth(1) else { return };
    let head = if request.starts_with("HEAD") { "HEAD " } else { "" };
    let before = {
        let mut log = log.lock().expect("no panic while logging");
        log.push(format!("{head}{path}"));
        log.iter().filter(|p| p.trim_start_matches("HEAD ") == path).count() - 1
    };
    answer(path, before, &mut stream);
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}").into_bytes()
}

fn html(body: &str) -> Vec<u8> {
    answer("200 OK", "", body)
}

fn raw(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{head}\r\n\r\n").as_bytes(), body].concat()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("memory takes every write")
}

/// `<p>packed by brotli, brotli`: there is no encoder among our crates.
const BROTLI: &[u8] = b"\x0b\x0d\x80<p>packed by brotli, brotli\x03";

fn crawl(plan: &Plan) -> Result<Gathered, GatherError> {
    gather(plan, &links, &|_| (), &AtomicBool::new(false))
}

#[track_caller]
fn check(gathered: &Gathered, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(url, what)| ((*url).to_owned(), (*what).to_owned())).collect();
    assert_eq!(reached(gathered), expected);
}

#[test]
fn a_site_is_followed_to_its_ends() {
    let server = Server::new(|path, _| match path {
        "/" => html(
            r#"<a href="/a"><a href="/moved"><a href="/gone"><a href="/x.pdf"><a href="http://b.example/">
            <link sheet="/s.css"><iframe frame="/f"><iframe frame="/a"><a act="/logout"><a href="/broken"><a href="/bare">"#,
        ),
        "/a" => raw("Content-Type: text/html\r\nContent-Encoding: gzip", &gzip(br#"<a href="/b"><a href="/">"#)),
        "/b" => raw("Content-Type: text/html\r\nContent-Encoding: br", BROTLI),
        "/f" => html(r#"<link sheet="/s.css"><a href="/bare">"#),
        "/bare" => b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<!doctype html><p>".to_vec(),
        "/moved" => answer("301 Moved", "Location: /b#part\r\n", ""),
        "/x.pdf" => raw("Content-Type: application/pdf\r\nContent-Length: 9", b"%PDF-1.7 "),
        "/s.css" => raw("Content-Type: text/css", b"p { }"),
        "/broken" => answer("500 Oh", "", "<p>"),
        _ => answer("404 Not Found", "", "<p>"),
    });
    let seen = Mutex::new(Vec::new());
    let visit = |fetched: &Fetched| {
        let entry = (fetched.url.path().to_owned(), fetched.role, fetched.body.len());
        seen.lock().expect("no visit panics").push(entry);
        links(fetched)
    };
    let gathered = gather(&server.plan("/"), &visit, &|_| (), &AtomicBool::new(false)).expect("a site");
    check(
        &gathered,
        &[
            ("/", "page"),
            ("/a", "page"),
            ("/b", "page"),
            ("/bare", "page"),
            ("/broken", "500"),
            ("/gone", "404"),
            ("/moved", "301 -> /b"),
            ("/x.pdf", "application/pdf 9"),
        ],
    );
    assert_eq!((gathered.probe_status, gathered.complete), (Some(404), false));
    let seen = seen.into_inner().expect("no visit panics");
    assert!(seen.contains(&("/b".into(), Role::Page, 27)), "brotli is unpacked");
    assert!(seen.contains(&("/s.css".into(), Role::Sheet, 5)) && seen.contains(&("/x.pdf".into(), Role::Page, 0)));
    assert!(seen.iter().any(|(path, role, _)| path.starts_with("/plainway-") && *role == Role::Probe));
    for (path, times) in [("/a", 1), ("/s.css", 1), ("/f", 1), ("/b", 1), ("/logout", 0), ("/robots.txt", 1)] {
        assert_eq!(server.asked(path), times, "{path}");
    }
}

#[test]
fn which_pages_are_read_does_not_depend_on_arrival() {
    // Each page links to three more; every third redirects, every fifth is gone.
    let read = |salt: u64| {
        let server = Server::new(move |path, _| {
            let n: u64 = path.trim_start_matches('/').parse().unwrap_or(0);
            thread::sleep(Duration::from_millis((n * 7919 + salt * 31) % 8));
            match n {
                _ if path == "/robots.txt" => answer("404 Not Found", "", ""),
                n if n > 0 && n % 3 == 0 => answer("302 Found", &format!("Location: /{}\r\n", n + 100), ""),
                n if n > 0 && n % 5 == 0 => answer("404 Not Found", "", ""),
                n => html(&(1..=3).map(|k| format!(r#"<a href="/{}">"#, n * 3 + k)).collect::<String>()),
            }
        });
        let mut plan = server.plan("/0");
        plan.limits.max_pages = 20;
        let gathered = crawl(&plan).expect("a site");
        assert_eq!((urls(&gathered, "page").len(), gathered.limits.as_slice()), (20, &[Limit::MaxPages][..]));
        let from = gathered.targets.iter().map(|t| t.from.as_ref().map(|url| url.path().to_owned()));
        (reached(&gathered), from.collect::<Vec<_>>())
    };
    assert_eq!(read(1), read(2));
}

#[test]
fn depth_counts_links_from_the_start() {
    let server = Server::of(&[("/", r#"<a href="/1">"#), ("/1", r#"<a href="/2">"#), ("/2", "<p>")]);
    let mut plan = server.plan("/");
    plan.limits.depth = Some(1);
    let gathered = crawl(&plan).expect("a site");
    check(&gathered, &[("/", "page"), ("/1", "page"), ("/2", "max-depth")]);
    assert_eq!((gathered.limits, gathered.complete), (vec![Limit::MaxDepth], false));

    // A page that is named two links away, and one link away through a redirect.
    let server = Server::new(|path, _| match path {
        "/" => html(r#"<a href="/1"><a href="/moved">"#),
        "/1" => html(r#"<a href="/2">"#),
        "/moved" => answer("302 Found", "Location: /2\r\n", ""),
        _ => html("<p>"),
    });
    let mut plan = server.plan("/");
    plan.limits.depth = Some(1);
    let gathered = crawl(&plan).expect("a site");
    check(&gathered, &[("/", "page"), ("/1", "page"), ("/2", "page"), ("/moved", "302 -> /2")]);
    let from = |at: usize| gathered.targets[at].from.as_ref().map(PageUrl::path);
    assert_eq!((from(0), from(2)), (None, Some("/1")), "the first page that names it");
}

#[test]
fn robots_txt_is_obeyed_unless_the_site_is_ones_own() {
    let site = |path: &str, _| match path {
        "/robots.txt" => raw("Content-Type: text/plain", b"User-agent: *\nDisallow: /private\nCrawl-delay: 100"),
        "/" => html(r#"<a href="/private/x"><a href="/open">"#),
        _ => html("<p>"),
    };
    let server = Server::new(site);
    let gathered = crawl(&server.plan("/")).expect("a site");
    check(&gathered, &[("/", "page"), ("/open", "page"), ("/private/x", "robots")]);
    assert!(gathered.complete && server.asked("/private/x") == 0);

    let mut plan = server.plan("/");
    plan.politeness.own_site = true;
    let gathered = crawl(&plan).expect("a site");
    assert_eq!((urls(&gathered, "page").len(), gathered.own_site, server.asked("/robots.txt")), (3, true, 1));

    let server = Server::new(|path, _| if path == "/robots.txt" { answer("500 Oh", "", "") } else { html("<p>") });
    let error = crawl(&server.plan("/")).expect_err("a site that cannot say what it allows").to_string();
    assert!(error.contains("robots.txt") && error.contains("--own-site"), "{error}");
}

#[test]
fn a_rate_limited_page_is_asked_again_or_said_to_be_so() {
    let server = Server::new(|path, before| match path {
        "/" => html(r#"<a href="/busy"><a href="/never"><a href="/fine">"#),
        "/busy" if before < 2 => answer("503 Busy", "Retry-After: 0\r\n", ""),
        "/never" => answer("429 Too Many", "Retry-After: 86400\r\n", ""),
        "/robots.txt" => answer("404 Not Found", "", ""),
        _ => html("<p>"),
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    check(&gathered, &[("/", "page"), ("/busy", "page"), ("/fine", "page"), ("/never", "rate-limited")]);
    assert_eq!((server.asked("/busy"), server.asked("/never")), (3, 1));
}

#[test]
fn hostile_answers_get_a_name_and_cost_little() {
    let server = Server::new(|path, _| match path {
        "/" => html(
            r#"<a href="/garbage"><a href="/short"><a href="/bomb"><a href="/long"><a href="/loop1"><a href="/chain1">
            <a href="/self"><a href="/nowhere"><a href="/coding"><a href="/cut"><a href="/silent">"#,
        ),
        "/garbage" => b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec(),
        "/silent" => Vec::new(),
        "/short" => raw("Content-Type: text/html\r\nContent-Length: 5000", b"<p>as far as it goes"),
        "/cut" => raw("Content-Type: text/html\r\nTransfer-Encoding: chunked", b"9\r\n<p>abcdef\r\nffff\r\nhalf"),
        "/bomb" => raw("Content-Type: text/html\r\nContent-Encoding: gzip", &gzip(&vec![b' '; 4_000_000])),
        "/long" => raw("Content-Type: text/html", &vec![b'x'; 1_000_000]),
        "/coding" => raw("Content-Type: text/html\r\nContent-Encoding: zstd", b"x"),
        "/loop1" => answer("302 Found", "Location: /loop2\r\n", ""),
        "/loop2" => answer("302 Found", "Location: /loop1\r\n", ""),
        "/self" => answer("302 Found", "Location: /self#again\r\n", ""),
        "/nowhere" => answer("302 Found", "Location: mailto:a@b.gov\r\n", ""),
        _ => match path.strip_prefix("/chain").and_then(|n| n.parse::<u32>().ok()) {
            Some(n) => answer("302 Found", &format!("Location: /chain{}\r\n", n + 1), ""),
            None => answer("404 Not Found", "", ""),
        },
    });
    let mut plan = server.plan("/");
    plan.limits.max_body = 100_000;
    let lengths = Mutex::new(HashMap::new());
    let visit = |fetched: &Fetched| {
        let entry = (fetched.body.len(), fetched.truncated);
        lengths.lock().expect("no visit panics").insert(fetched.url.path().to_owned(), entry);
        links(fetched)
    };
    let gathered = gather(&plan, &visit, &|_| (), &AtomicBool::new(false)).expect("a site");
    let all: HashMap<String, String> = reached(&gathered).into_iter().collect();
    for (path, what) in [
        ("/garbage", "bad-content"),
        ("/short", "page"),
        ("/cut", "page"),
        ("/bomb", "bomb"),
        ("/long", "page"),
        ("/coding", "bad-content"),
        ("/loop1", "redirect-loop"),
        ("/loop2", "redirect-loop"),
        ("/self", "redirect-loop"),
        ("/nowhere", "bad-content"),
        ("/chain1", "302 -> /chain2"),
        ("/chain11", "302 -> /chain12"),
        ("/chain12", "redirect-loop"),
        ("/silent", "connection"),
    ] {
        assert_eq!(all.get(path).map(String::as_str), Some(what), "{path}");
    }
    assert!(!all.contains_key("/chain13"));
    let lengths = lengths.into_inner().expect("no visit panics");
    assert_eq!((lengths["/short"], lengths["/long"], lengths["/cut"].1), ((20, true), (100_000, true), true));
}

#[test]
fn a_page_that_breaks_the_page_phase_is_unreadable() {
    let server = Server::of(&[("/", r#"<a href="/a">"#), ("/a", "<p>")]);
    let visit = |fetched: &Fetched| {
        assert!(fetched.url.path() != "/a", "a rule is wrong (expected by this test)");
        links(fetched)
    };
    let gathered = gather(&server.plan("/"), &visit, &|_| (), &AtomicBool::new(false)).expect("a site");
    check(&gathered, &[("/", "page"), ("/a", "unreadable")]);
}

#[test]
fn a_start_that_cannot_be_read_is_explained() {
    let server = Server::of(&[]);
    let mut plan = server.plan("/none");
    let error = crawl(&plan).expect_err("no page").to_string();
    assert!(error.contains("/none: the server answered with status 404; check"), "{error}");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("loopback is free");
    plan.source = Source::Site { start: Url::parse(&format!("http://{closed}/")).expect("an address") };
    assert!(matches!(crawl(&plan), Err(GatherError::Start { why: Some(Why::Connection), .. })));
    plan.source = Source::Site { start: Url::parse("http://nobody.invalid/").expect("an address") };
    assert!(matches!(crawl(&plan), Err(GatherError::Start { why: Some(Why::Dns | Why::Connection), .. })));
    let plain = TcpListener::bind("127.0.0.1:0").expect("loopback is free to listen on");
    let at = plain.local_addr().expect("a bound socket has an address");
    thread::spawn(move || plain.incoming().flatten().try_for_each(|mut s| s.write_all(b"HTTP/1.1 400 No\r\n\r\n")));
    plan.source = Source::Site { start: Url::parse(&format!("https://{at}/")).expect("an address") };
    assert!(matches!(crawl(&plan), Err(GatherError::Start { why: Some(Why::Tls), .. })));
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let held = Mutex::new(held);
    let silent = Server::new(move |_, _| {
        // Never answers: the channel closes when the test ends.
        let _ = held.lock().map(|held| held.recv());
        Vec::new()
    });
    plan = silent.plan("/");
    plan.limits.timeout = Duration::from_millis(50);
    assert!(matches!(crawl(&plan), Err(GatherError::Start { why: Some(Why::Timeout), .. })));
    drop(hold);
    plan.source = Source::List(Vec::new());
    assert!(matches!(crawl(&plan), Err(GatherError::EmptyList)));
}

#[test]
fn a_list_is_exactly_its_pages() {
    let server = Server::of(&[("/a", r#"<a href="/c"><link sheet="/s.css">"#), ("/b", "<p>"), ("/c", "<p>")]);
    let list = ["/b", "/a", "/gone"].map(|path| Url::parse(&format!("{}{path}", server.at)).expect("an address"));
    let gathered = crawl(&Plan::new(Source::List(list.to_vec()), DATE)).expect("pages");
    check(&gathered, &[("/a", "page"), ("/b", "page"), ("/gone", "404")]);
    assert_eq!((gathered.start.path(), gathered.probe_status, server.asked("/s.css")), ("/b", None, 1));
}

#[test]
fn a_stopped_crawl_says_what_it_left() {
    let server = Server::of(&[("/", r#"<a href="/a"><a href="/b">"#), ("/a", "<p>"), ("/b", "<p>")]);
    let stop = AtomicBool::new(false);
    let progress = |p: Progress| stop.store(p.pages == 1, Ordering::Relaxed);
    let gathered = gather(&server.plan("/"), &links, &progress, &stop).expect("a site");
    check(&gathered, &[("/", "page"), ("/a", "interrupted"), ("/b", "interrupted")]);
    assert!(!gathered.complete);
}

#[test]
fn a_renamed_site_is_known_by_its_public_address() {
    let body = r#"<a href="b"><a href="https://www.a.gov/city/c"><a href="/outside"><a href="AT/stage/d">"#;
    let at = Arc::new(Mutex::new(String::new()));
    let place = Arc::clone(&at);
    let server = Server::new(move |path, _| match path {
        "/stage/" => html(&body.replace("AT", &place.lock().expect("no panic while it is held"))),
        "/stage/b" | "/stage/c" | "/stage/d" => html("<p>"),
        _ => answer("404 Not Found", "", ""),
    });
    at.lock().expect("no panic while it is held").clone_from(&server.at);
    let mut plan = server.plan("/stage/");
    plan.as_url = PageUrl::parse("https://a.gov/city/").ok();
    let gathered = crawl(&plan).expect("a site");
    check(&gathered, &[("/city/", "page"), ("/city/b", "page"), ("/city/c", "page"), ("/city/d", "page")]);
    assert_eq!((gathered.scope.as_str(), server.asked("/outside")), ("https://a.gov/city/", 0));
}

#[test]
fn the_site_is_where_its_start_page_leads() {
    let new = Server::of(&[("/home", r#"<a href="/x">"#), ("/x", "<p>")]);
    let to = format!("Location: {}/home\r\n", new.at.replace("127.0.0.1", "localhost"));
    let old = Server::new(
        move |path, _| {
            if path == "/" { answer("301 Moved", &to, "") } else { answer("404 Not Found", "", "") }
        },
    );
    let gathered = crawl(&old.plan("/")).expect("a site");
    assert_eq!(urls(&gathered, "page"), ["/home", "/x"]);
    assert!(gathered.scope.as_str().starts_with("http://localhost:") && gathered.start.path() == "/home");
}

#[test]
fn an_archive_of_a_crawl_equals_the_crawl() {
    let server = Server::new(|path, _| match path {
        "/" => answer(
            "200 OK",
            "Set-Cookie: id=secret\r\n",
            r#"<a href="/a"><a href="/gone"><a href="/x.pdf"><link sheet="/s.css">"#,
        ),
        "/a" => raw("Content-Type: text/html\r\nContent-Length: 5000", b"<p>short"),
        "/x.pdf" => raw("Content-Type: application/pdf\r\nContent-Length: 9", b"%PDF-1.7 "),
        "/s.css" => raw("Content-Type: text/css", b"p { }"),
        _ => answer("404 Not Found", "", "<p>"),
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = crate::snapshot::Writer::create(&folder.path().join("s.warc.gz"), DATE).expect("a writable folder");
    let watched = |plan: &Plan, store: Option<&crate::snapshot::Writer>| {
        let seen = Mutex::new(Vec::new());
        let visit = |fetched: &Fetched| {
            seen.lock().expect("no visit panics").push(format!("{fetched:?}"));
            if let Some(writer) = store {
                writer.append(fetched).expect("a writable folder");
            }
            links(fetched)
        };
        let gathered = gather(plan, &visit, &|_| (), &AtomicBool::new(false)).expect("a site");
        let mut seen = seen.into_inner().expect("no visit panics");
        seen.sort();
        (gathered, seen)
    };
    let live = watched(&server.plan("/"), Some(&writer));
    let path = writer.finish(&live.0).expect("a writable folder");
    let archived = watched(&Plan::new(Source::Archive(path), "2027-01-01T00:00:00Z"), None);
    assert_eq!(archived, live);
    assert!(live.1.iter().all(|text| !text.contains("secret")));
}
