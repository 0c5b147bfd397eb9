//! One case for each way in which a server can be hostile or broken. Each ends in a named reason,
//! in bounded time and bytes, with the rest of the site read.

use super::*;
use std::sync::atomic::AtomicU64;

/// The time that a test gives a server that does not mean to answer.
const SOON: Duration = Duration::from_millis(400);

/// More than any client should read of an answer.
const FLOOD: u64 = 64 * 1024 * 1024;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

/// A site of three pages, of which `/bad` is answered by `bad`.
fn site(bad: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Server {
    Server::wild("127.0.0.1:0", move |path, _, stream| match path {
        "/" => send(stream, &html(r#"<a href="/bad"><a href="/good">"#)),
        "/good" => send(stream, &html("<p>")),
        "/bad" => bad(stream),
        _ => send(stream, &answer("404 Not Found", "", "")),
    })
}

fn send(stream: &mut TcpStream, bytes: &[u8]) {
    // Whoever asked may have hung up.
    let _ = stream.write_all(bytes);
}

/// Waits until the client hangs up.
fn hold(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0; 16]);
}

/// Sends the same bytes again and again, until the client hangs up or it is far too much.
fn flood(stream: &mut TcpStream, bytes: &[u8], sent: &AtomicU64) {
    while sent.load(Ordering::Relaxed) < FLOOD && stream.write_all(bytes).is_ok() {
        sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    }
}

/// What `/bad` came to, with the length of its body and whether it was cut; the rest is read.
#[track_caller]
fn bad(server: &Server) -> (String, usize, bool) {
    let mut plan = server.plan("/");
    plan.limits.timeout = SOON;
    plan.limits.max_body = 1_000_000;
    let body = Mutex::new((0, false));
    let visit = |fetched: &Fetched| {
        if fetched.url.path() == "/bad" {
            *body.lock().expect("no visit panics") = (fetched.body.len(), fetched.truncated);
        }
        links(fetched)
    };
    let gathered = gather(&plan, &visit, &|_| (), &AtomicBool::new(false)).expect("a site");
    assert_eq!(urls(&gathered, "page").first().map(String::as_str), Some("/"));
    assert!(urls(&gathered, "page").contains(&"/good".to_owned()), "the rest of the site is read");
    let all: HashMap<String, String> = reached(&gathered).into_iter().collect();
    let (length, cut) = body.into_inner().expect("no visit panics");
    (all["/bad"].clone(), length, cut)
}

/// The whole answer is in these bytes.
#[track_caller]
fn check_bytes(answer: &[u8], expected: &str) {
    let answer = answer.to_vec();
    assert_eq!(bad(&site(move |stream| send(stream, &answer))).0, expected);
}

/// What came is a page, as far as it came.
#[track_caller]
fn check_cut(answer: &[u8], length: usize) {
    let answer = answer.to_vec();
    assert_eq!(bad(&site(move |stream| send(stream, &answer))), ("page".to_owned(), length, true));
}

#[test]
fn no_answer_at_all() {
    assert_eq!(bad(&site(hold)).0, "timeout");
}

#[test]
fn a_header_that_never_ends_because_it_is_slow() {
    let server = site(|stream| {
        send(stream, b"HTTP/1.1 200 OK\r\nX-A: b\r\nX-");
        hold(stream);
    });
    assert_eq!(bad(&server).0, "timeout");
}

#[test]
fn a_header_that_never_ends_because_it_is_long() {
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let server = site(move |stream| {
        send(stream, HEAD);
        flood(stream, b"X-Filler: more and more and more and more and more and more\r\n", &count);
    });
    assert_eq!(bad(&server).0, "bad-content");
    assert!(sent.load(Ordering::Relaxed) < FLOOD);
}

#[test]
fn one_header_line_without_end() {
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let server = site(move |stream| {
        send(stream, b"HTTP/1.1 200 OK\r\nX-Long: ");
        flood(stream, &[b'x'; 65536], &count);
    });
    assert_eq!(bad(&server).0, "bad-content");
    assert!(sent.load(Ordering::Relaxed) < FLOOD);
}

#[test]
fn a_body_that_stops_half_way_and_waits() {
    let server = site(|stream| {
        send(stream, &[HEAD, b"Content-Length: 5000\r\n\r\n<p>half"].concat());
        hold(stream);
    });
    assert_eq!(bad(&server), ("page".to_owned(), 7, true));
}

#[test]
fn a_body_that_never_comes() {
    let server = site(|stream| {
        send(stream, &[HEAD, b"Content-Length: 5000\r\n\r\n"].concat());
        hold(stream);
    });
    assert_eq!(bad(&server).0, "timeout");
}

#[test]
fn a_body_without_end() {
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let server = site(move |stream| {
        send(stream, &[HEAD, b"\r\n<p>"].concat());
        flood(stream, &[b'x'; 65536], &count);
    });
    assert_eq!(bad(&server), ("page".to_owned(), 1_000_000, true));
    assert!(sent.load(Ordering::Relaxed) < FLOOD);
}

#[test]
fn a_gzip_bomb() {
    check_bytes(&raw("Content-Type: text/html\r\nContent-Encoding: gzip", &gzip(&vec![0; 10_000_000])), "bomb");
}

#[test]
fn a_brotli_bomb() {
    // Five million zeros in 14 bytes.
    let bomb = b"\x9b\x3f\x4b\x4c\xf8\x27\x00\xe2\xb1\x40\x20\x5f\x88\x09";
    check_bytes(&raw("Content-Type: text/html\r\nContent-Encoding: br", bomb), "bomb");
}

#[test]
fn gzip_that_is_none_and_gzip_that_breaks_off() {
    check_bytes(
        &raw("Content-Type: text/html\r\nContent-Encoding: gzip", b"<p>plain words, never packed"),
        "bad-content",
    );
    // Random enough to be worth more than one block.
    let text: Vec<u8> = (0..60_000u32).map(|n| b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26).collect();
    let packed = gzip(&text);
    let server = site(move |stream| {
        send(stream, &raw("Content-Type: text/html\r\nContent-Encoding: gzip", &packed[..packed.len() / 2]));
    });
    let (what, length, cut) = bad(&server);
    assert!(what == "page" && length > 1000 && length < 60_000 && cut, "{length}");
}

#[test]
fn a_coding_that_nobody_asked_for() {
    check_bytes(&raw("Content-Type: text/html\r\nContent-Encoding: zstd", b"x"), "bad-content");
    check_bytes(&raw("Content-Type: text/html\r\nContent-Encoding: rot13", b"x"), "bad-content");
}

#[test]
fn a_length_that_promises_too_much() {
    check_cut(&raw("Content-Type: text/html\r\nContent-Length: 99999", b"<p>as far as it goes"), 20);
    check_bytes(&raw("Content-Type: text/html\r\nContent-Length: 18446744073709551614", b"<p>as far"), "bad-content");
}

#[test]
fn lengths_that_make_no_sense() {
    check_bytes(&raw("Content-Type: text/html\r\nContent-Length: -5", b"<p>"), "bad-content");
    check_bytes(&raw("Content-Type: text/html\r\nContent-Length: 3\r\nContent-Length: 7", b"<p>"), "bad-content");
    check_bytes(&raw("Content-Type: text/html\r\nContent-Length: 99999999999999999999999", b"<p>"), "bad-content");
}

#[test]
fn chunks_that_break_off() {
    check_cut(&raw("Content-Type: text/html\r\nTransfer-Encoding: chunked", b"9\r\n<p>abcdef\r\nffff\r\nhalf"), 13);
    check_cut(
        &raw("Content-Type: text/html\r\nTransfer-Encoding: chunked", b"9\r\n<p>abcdef\r\nffffffffffffffffff\r\nx"),
        9,
    );
    check_cut(&raw("Content-Type: text/html\r\nTransfer-Encoding: chunked", b"9\r\n<p>abcdef\r\nsoon\r\nx"), 9);
}

#[test]
fn a_connection_that_is_reset() {
    // A socket that is closed with a request unread resets its connection.
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is free to listen on");
    let at = listener.local_addr().expect("a bound socket has an address");
    thread::spawn(move || listener.incoming().flatten().for_each(|mut s| drop(s.read(&mut [0; 1]))));
    let plan = Plan::new(Source::Site { start: Url::parse(&format!("http://{at}/")).expect("an address") }, DATE);
    assert!(matches!(crawl(&plan), Err(GatherError::Start { why: Some(Why::Connection), .. })));
}

#[test]
fn a_connection_that_is_closed_without_a_word() {
    check_bytes(b"", "connection");
    check_bytes(b"HTTP/1.1 20", "connection");
}

#[test]
fn garbage_instead_of_http() {
    check_bytes(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "bad-content");
    check_bytes(b"<html><p>HTTP/0.9 has no header\r\n\r\n", "bad-content");
    check_bytes(b"HTTP/1.1 9999 Odd\r\n\r\n", "bad-content");
    check_bytes(&[0xff; 1000], "bad-content");
}

#[test]
fn headers_that_are_no_text() {
    check_bytes(&raw("Content-Type: text/html\r\nX-Odd: \u{e9}\u{1F600}", b"<p>"), "page");
    check_bytes(&raw("Content-Type: text/html\r\nBad Name: x", b"<p>"), "bad-content");
}

#[test]
fn early_hints_before_the_answer() {
    let hints = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n";
    check_bytes(&[&hints[..], &html("<p>")].concat(), "page");
}

#[test]
fn early_hints_without_end() {
    // The HTTP client reads them until the time is up; here they end before, or the test were slow.
    let server = site(|stream| {
        send(stream, &b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n".repeat(20_000));
        hold(stream);
    });
    assert_eq!(bad(&server).0, "timeout");
}

#[test]
fn redirects_that_lead_nowhere() {
    for location in ["mailto:a@b.gov", "http://", "https://[bad/", "javascript:alert(1)", "//"] {
        check_bytes(&answer("302 Found", &format!("Location: {location}\r\n"), ""), "bad-content");
    }
    check_bytes(&answer("301 Moved", "", ""), "bad-content");
    check_bytes(&answer("304 Not Modified", "", ""), "bad-content");
    check_bytes(&answer("302 Found", "Location: /bad#again\r\n", ""), "redirect-loop");
}

#[test]
fn redirects_without_end() {
    let server = Server::new(|path, _| match path.strip_prefix("/hop") {
        Some(n) => answer("302 Found", &format!("Location: /hop{}\r\n", n.parse::<u32>().unwrap_or(0) + 1), ""),
        None if path == "/" => html(r#"<a href="/hop1"><a href="/good">"#),
        None => html("<p>"),
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    assert_eq!(urls(&gathered, "redirect-loop").len(), 1);
    assert!(urls(&gathered, "page").contains(&"/good".to_owned()) && server.asked("/hop13") == 0);
}

#[test]
fn content_under_a_false_name() {
    // HTML that is called something else is a page only where nothing is said of it.
    check_bytes(&raw("Content-Type: application/octet-stream", b"<!doctype html><p>"), "page");
    check_bytes(&raw("Content-Type: image/png\r\nContent-Length: 18", b"<!doctype html><p>"), "image/png 18");
    // And no PDF is a page, whatever its header says.
    check_bytes(&raw("Content-Type: text/html\r\nContent-Length: 9", b"%PDF-1.7\n"), "text/html 9");
}

#[test]
fn nul_bytes_and_utf_16() {
    check_bytes(&raw("Content-Type: text/html", b"<p>\0\0a\0</p>\0"), "page");
    let wide: Vec<u8> = "\u{feff}<p>a".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check_bytes(&raw("Content-Type: text/html; charset=utf-16", &wide), "page");
}

#[test]
fn one_line_of_megabytes_and_100_000_attributes() {
    let line = "x".repeat(900_000);
    check_bytes(&raw("Content-Type: text/html", line.as_bytes()), "page");
    let attributes: String = (0..100_000).map(|n| format!(" a{n}")).collect();
    check_bytes(&raw("Content-Type: text/html", format!("<p{attributes}>").as_bytes()), "page");
}

#[test]
fn a_page_of_50_000_links() {
    let server = Server::new(|path, _| match path {
        "/" => html(&(0..50_000).map(|n| format!(r#"<a href="/{n}">"#)).collect::<String>()),
        "/robots.txt" => answer("404 Not Found", "", ""),
        _ => html("<p>"),
    });
    let mut plan = server.plan("/");
    plan.limits.max_pages = 20;
    let gathered = crawl(&plan).expect("a site");
    assert_eq!((urls(&gathered, "page").len(), urls(&gathered, "max-pages").len()), (20, 49_981));
}

#[test]
fn a_base_on_another_site() {
    // What the page phase makes of `base href` are links to another site: none of them is asked.
    let other = Server::of(&[]);
    let away = other.at.replace("127.0.0.1", "localhost");
    let server = Server::of(&[("/", &format!(r#"<a href="{away}/a"><a href="/good">"#)), ("/good", "<p>")]);
    let gathered = crawl(&server.plan("/")).expect("a site");
    check(&gathered, &[("/", "page"), ("/good", "page")]);
    assert_eq!(other.log.lock().expect("no panic while logging").len(), 0);
}

#[test]
fn a_name_that_nobody_has_and_a_door_that_is_closed() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("loopback is free");
    for (start, reason) in
        [("http://nobody.invalid/".to_owned(), Why::Dns), (format!("http://{closed}/"), Why::Connection)]
    {
        let plan = Plan::new(Source::Site { start: Url::parse(&start).expect("an address") }, DATE);
        let error = crawl(&plan).expect_err("nobody is there");
        assert!(matches!(error, GatherError::Start { why: Some(why), .. } if why == reason), "{error}");
    }
}

#[test]
fn a_server_that_speaks_no_tls_or_only_an_old_one() {
    // The alert 70, protocol_version, of RFC 8446 §6.2; and plain HTTP.
    for said in [&b"\x15\x03\x01\x00\x02\x02\x46"[..], b"HTTP/1.1 400 No\r\n\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is free to listen on");
        let at = listener.local_addr().expect("a bound socket has an address");
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                send(&mut stream, said);
            }
        });
        let plan = Plan::new(Source::Site { start: Url::parse(&format!("https://{at}/")).expect("an address") }, DATE);
        let error = crawl(&plan).expect_err("no connection is secure");
        assert!(matches!(error, GatherError::Start { why: Some(Why::Tls), .. }), "{error}");
    }
}

#[test]
fn a_server_on_ipv6_alone() {
    if TcpListener::bind("[::1]:0").is_err() {
        return; // This machine has no IPv6: nothing can be shown.
    }
    let server = Server::wild("[::1]:0", |path, _, stream| match path {
        "/" | "/a" => send(stream, &html(r#"<a href="/a">"#)),
        _ => send(stream, &answer("404 Not Found", "", "")),
    });
    check(&crawl(&server.plan("/")).expect("a site"), &[("/", "page"), ("/a", "page")]);
}

#[test]
fn a_robots_txt_that_is_endless_or_never_comes() {
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let server = Server::wild("127.0.0.1:0", move |path, _, stream| match path {
        "/robots.txt" => {
            send(stream, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /no\n");
            flood(stream, b"# more and more and more and more and more\n", &count);
        }
        "/" => send(stream, &html(r#"<a href="/no">"#)),
        _ => send(stream, &answer("404 Not Found", "", "")),
    });
    check(&crawl(&server.plan("/")).expect("a site"), &[("/", "page"), ("/no", "robots")]);
    assert!(sent.load(Ordering::Relaxed) < FLOOD);

    let server = Server::wild("127.0.0.1:0", |path, _, stream| match path {
        "/robots.txt" => hold(stream),
        _ => send(stream, &html("<p>")),
    });
    let mut plan = server.plan("/");
    plan.limits.timeout = SOON;
    assert!(matches!(crawl(&plan), Err(GatherError::Start { why: Some(Why::Timeout), .. })));
    let server = Server::new(|path, _| match path {
        "/robots.txt" => answer("302 Found", "Location: /robots.txt\r\n", ""),
        "/" => html("<p>"),
        _ => answer("404 Not Found", "", ""),
    });
    check(&crawl(&server.plan("/")).expect("a site"), &[("/", "page")]);
    assert_eq!(server.asked("/robots.txt"), 6);
}

#[test]
fn a_server_that_asks_for_a_year_of_patience() {
    check_bytes(&answer("429 Too Many", "Retry-After: 31536000\r\n", ""), "rate-limited");
    check_bytes(&answer("503 Busy", "Retry-After: 99999999999999999999\r\n", ""), "rate-limited");
    check_bytes(&answer("429 Too Many", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", ""), "rate-limited");
}
