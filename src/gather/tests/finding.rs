//! How pages are found beside links: sitemaps, heads, scope rules; and what lies outside.

use super::*;
use crate::model::Pattern;

fn sitemap(server: &str, paths: &[&str]) -> Vec<u8> {
    let urls: String = paths.iter().map(|path| format!("<url><loc>{server}{path}</loc></url>")).collect();
    raw("Content-Type: text/xml", format!("<urlset>{urls}</urlset>").as_bytes())
}

/// A server that knows its own address.
fn knowing(answer: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static) -> Server {
    let at = Arc::new(Mutex::new(String::new()));
    let own = Arc::clone(&at);
    let server = Server::new(move |path, _| answer(&own.lock().expect("no panic while it is held").clone(), path));
    at.lock().expect("no panic while it is held").clone_from(&server.at);
    server
}

#[test]
fn pages_of_sitemaps_come_after_those_of_links() {
    let server = knowing(|at, path| {
        match path {
        "/robots.txt" => raw(
            "Content-Type: text/plain",
            format!("Sitemap: {at}/index.xml\nSitemap: http://b.example/x.xml\nUser-agent: *\nDisallow: /no").as_bytes(),
        ),
        // An index that names itself, a packed sitemap, one that is gone, and one of another site.
        "/index.xml" => raw("", format!(
            "<sitemapindex><sitemap><loc>{at}/index.xml</loc></sitemap><sitemap><loc>{at}/s.xml.gz</loc></sitemap>\
             <sitemap><loc>{at}/gone.xml</loc></sitemap><sitemap><loc>http://b.example/s.xml</loc></sitemap></sitemapindex>"
        ).as_bytes()),
        "/s.xml.gz" => raw("Content-Type: application/gzip", &gzip(
            format!("<urlset><url><loc>{at}/alone</loc></url><url><loc>{at}/a</loc></url>\
                     <url><loc>{at}/no</loc></url><url><loc>http://b.example/c</loc></url></urlset>").as_bytes(),
        )),
        "/" => html(r#"<a href="/a">"#),
        "/alone" => html(r#"<a href="/further">"#),
        "/a" | "/further" => html("<p>"),
        _ => answer("404 Not Found", "", ""),
    }
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    check(&gathered, &[("/", "page"), ("/a", "page"), ("/alone", "page"), ("/further", "page"), ("/no", "robots")]);
    assert!(gathered.complete && server.asked("/index.xml") == 1 && server.asked("/sitemap.xml") == 0);
    let from = |path: &str| {
        let target = gathered.targets.iter().find(|t| t.url.path() == path);
        target.and_then(|t| t.from.as_ref()).map(|url| url.path().to_owned())
    };
    assert_eq!((from("/a"), from("/alone"), from("/further")), (Some("/".into()), None, Some("/alone".into())));

    let mut plan = server.plan("/");
    plan.limits.max_pages = 2;
    let gathered = crawl(&plan).expect("a site");
    check(&gathered, &[("/", "page"), ("/a", "page"), ("/alone", "max-pages"), ("/no", "max-pages")]);
    plan.limits.max_pages = 10;
    plan.limits.depth = Some(1);
    let gathered = crawl(&plan).expect("a site");
    check(&gathered, &[("/", "page"), ("/a", "page"), ("/alone", "max-depth"), ("/no", "max-depth")]);
}

#[test]
fn a_hostile_sitemap_holds_nobody_up() {
    let server = knowing(|at, path| {
        match path {
        "/robots.txt" => answer("404 Not Found", "", ""),
        "/" => html("<p>"),
        // Each names two more, and its pages are on another site.
        path => raw("", format!(
            "<sitemapindex><sitemap><loc>{at}{path}a</loc></sitemap><sitemap><loc>{at}{path}b</loc></sitemap></sitemapindex>\
             <url><loc>http://b.example/</loc></url>"
        ).as_bytes()),
    }
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    check(&gathered, &[("/", "page")]);
    assert!(server.log.lock().expect("no panic while logging").len() < 1010);
}

#[test]
fn progress_tells_how_much_there_will_be() {
    let names: Vec<String> = (0..30).map(|n| format!("/{n}")).collect();
    let server = knowing(move |at, path| match path {
        "/sitemap.xml" => sitemap(at, &names.iter().map(String::as_str).collect::<Vec<_>>()),
        "/robots.txt" => answer("404 Not Found", "", ""),
        _ => html("<p>"),
    });
    let told = Mutex::new(Vec::new());
    let progress = |p: Progress| told.lock().expect("no panic while it is held").push(p);
    gather(&server.plan("/"), &links, &progress, &AtomicBool::new(false)).expect("a site");
    let told = told.into_inner().expect("no panic while it was held");
    let first = told.iter().find(|p| p.expected > 1).expect("the sitemap is told");
    assert!((29..=31).contains(&first.expected) && first.pages == 1 && first.left.is_some(), "{first:?}");
    assert!(told.last().is_some_and(|p| p.expected == 31 && p.left == Some(Duration::ZERO)), "{:?}", told.last());
}

#[test]
fn scope_rules_draw_the_border() {
    let server = Server::of(&[
        ("/city/", r#"<a href="/city/a"><a href="/city/old/b"><a href="/county"><a href="/city/c?print=1">"#),
        ("/city/a", "<p>"),
    ]);
    let mut plan = server.plan("/city/");
    let pattern = |text: &str| Pattern::new(text).expect("a literal pattern");
    plan.scope.folder = Some("/city".to_owned());
    plan.scope.exclude = vec![pattern("/city/old/"), pattern("*?print=")];
    let gathered = crawl(&plan).expect("a site");
    check(&gathered, &[("/city/", "page"), ("/city/a", "page")]);
    assert!(gathered.scope.as_str().ends_with("/city/"));
}

#[test]
fn links_to_other_sites_are_checked_when_asked_for() {
    let other = Server::new(|path, before| match path {
        "/fine" => html("<p>"),
        "/no-head" if before == 0 => answer("405 Not Allowed", "", ""),
        "/no-head" => html("<p>"),
        "/gone" => answer("404 Not Found", "", ""),
        "/moved" => answer("301 Moved", "Location: /fine\r\n", ""),
        "/to-gone" => answer("302 Found", "Location: /gone\r\n", ""),
        "/busy" => answer("429 Too Many", "Retry-After: 86400\r\n", ""),
        "/x.pdf" => raw("Content-Type: application/pdf\r\nContent-Length: 0", b""),
        "/loop" => answer("302 Found", "Location: /loop\r\n", ""),
        "/hangs-up" => Vec::new(),
        _ => answer("404 Not Found", "", ""),
    });
    // The same machine under another name is another site.
    let away = other.at.replace("127.0.0.1", "localhost");
    let names = ["/fine", "/no-head", "/gone", "/moved", "/to-gone", "/x.pdf", "/loop", "/hangs-up", "/busy"];
    let body: String = names.iter().map(|name| format!(r#"<a href="{away}{name}">"#)).collect();
    let server = Server::of(&[("/", &body)]);
    let mut plan = server.plan("/");
    assert_eq!(crawl(&plan).expect("a site").external, []);
    assert_eq!(other.log.lock().expect("no panic while logging").len(), 0);
    plan.external = External::Check;
    plan.politeness.concurrency = Some(1);
    let mut gathered = crawl(&plan).expect("a site");
    check(&gathered, &[("/", "page")]);
    assert!(gathered.complete && gathered.external.iter().all(|t| t.from.as_ref().is_some_and(|f| f.path() == "/")));
    gathered.targets = std::mem::take(&mut gathered.external);
    check(
        &gathered,
        &[
            ("/busy", "rate-limited"),
            ("/fine", "page"),
            ("/gone", "404"),
            ("/hangs-up", "connection"),
            ("/loop", "redirect-loop"),
            ("/moved", "301 -> /fine"),
            ("/no-head", "page"),
            ("/to-gone", "404"),
            ("/x.pdf", "application/pdf 0"),
        ],
    );
    assert_eq!((other.asked("HEAD /gone"), other.asked("HEAD /hangs-up"), other.asked("/hangs-up")), (2, 1, 1));
}

#[test]
fn documents_come_after_the_pages_of_their_level_and_under_caps() {
    let pdf = |length: &str| raw(&format!("Content-Type: application/pdf\r\nContent-Length: {length}"), b"%PDF-1.7 ");
    let server = Server::new(move |path, _| match path {
        "/" => html(
            r#"<a href="/one.pdf"><a href="/a"><a href="/large.pdf"><a href="/two.pdf"><a href="/three.pdf"><a href="/x.png">"#,
        ),
        "/a" => html(r#"<a href="/b">"#),
        "/b" => html("<p>"),
        "/large.pdf" => pdf("90000000"),
        "/x.png" => raw("Content-Type: image/png", b"x"),
        _ => pdf("9"),
    });
    let mut plan = server.plan("/");
    (plan.limits.max_files, plan.politeness.concurrency) = (2, Some(1));
    let seen = Mutex::new(Vec::new());
    let visit = |fetched: &Fetched| {
        if fetched.role == Role::File {
            seen.lock().expect("no visit panics").push((fetched.url.path().to_owned(), fetched.body.len()));
        }
        links(fetched)
    };
    let gathered = gather(&plan, &visit, &|_| (), &AtomicBool::new(false)).expect("a site");
    let mut seen = seen.into_inner().expect("no visit panics");
    seen.sort();
    assert_eq!(seen, [("/one.pdf".to_owned(), 9), ("/two.pdf".to_owned(), 9)]);
    for (path, times) in [("/one.pdf", 2), ("/two.pdf", 2), ("/three.pdf", 1), ("/large.pdf", 1), ("/x.png", 1)] {
        assert_eq!(server.asked(path), times, "{path}");
    }
    let log = server.log.lock().expect("no panic while logging").clone();
    let last = |path: &str| log.iter().rposition(|p| p == path);
    assert!(last("/two.pdf") > last("/a") && last("/two.pdf") < last("/b"), "{log:?}");
    assert!(gathered.complete, "a document that was not looked into is no page that is missing");
}

#[test]
fn a_sheet_on_another_host_is_read_once_and_is_no_part_of_the_site() {
    let other = Server::new(move |path, _| match path {
        "/style.css" => raw("Content-Type: text/css", b"p { color: red }"),
        _ => answer("404 Not Found", "", ""),
    });
    let page = format!(r#"<link sheet="{0}/style.css"><a href="{0}/page">Elsewhere</a>"#, other.at);
    let server = Server::of(&[("/", &format!(r#"{page}<a href="/b">B</a>"#)), ("/b", &page)]);
    let gathered = crawl(&server.plan("/")).expect("a site");
    check(&gathered, &[("/", "page"), ("/b", "page")]);
    assert_eq!((other.asked("/style.css"), other.asked("/page")), (1, 0));

    let mut plan = server.plan("/");
    plan.scope.exclude = Pattern::new("/style.css").into_iter().collect();
    crawl(&plan).expect("a site");
    assert_eq!(other.asked("/style.css"), 1, "what the user excludes is not asked for");
}
