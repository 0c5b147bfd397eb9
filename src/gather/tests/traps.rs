//! Sites that lead on without end, and ordinary ones that only look so.

use super::*;
use crate::model::TrapKind;

/// A page with a text of its own kind, and links.
fn page(text: &str, links: &[String]) -> Vec<u8> {
    let links: String = links.iter().map(|link| format!(r#"<a href="{link}">"#)).collect();
    html(&format!("<p>{text}</p>{links}"))
}

/// A town with a front page, five ordinary pages and one link into whatever `trap` answers.
fn town(entry: &'static str, trap: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Server {
    Server::new(move |path, _| match path {
        "/robots.txt" | "/sitemap.xml" => answer("404 Not Found", "", ""),
        "/" => {
            let links: Vec<String> = (0..5).map(|n| format!("/service-{}", WORDS[n])).collect();
            page("Welcome to Milltown, what can we do for you?", &[&[entry.to_owned()], &links[..]].concat())
        }
        path if path.starts_with("/service-") => page(&format!("All you need to know about {path}."), &[]),
        path if path.starts_with("/plainway-") => answer("404 Not Found", "", ""),
        path => trap(path),
    })
}

const WORDS: [&str; 5] = ["water", "waste", "parking", "permits", "pets"];

/// The site is read, the trap is named, and it cost no more than so many requests.
#[track_caller]
fn check(server: &Server, kind: TrapKind, most: usize) -> Gathered {
    let gathered = crawl(&server.plan("/")).expect("a site");
    for word in WORDS {
        assert!(urls(&gathered, "page").contains(&format!("/service-{word}")), "{word} is read");
    }
    let named: Vec<_> = gathered.traps.iter().map(|t| (t.kind, t.pattern.clone(), t.cut)).collect();
    assert!(gathered.traps.iter().any(|trap| trap.kind == kind && trap.cut > 0), "{named:?}");
    let asked = server.log.lock().expect("no panic while logging").len();
    assert!(asked <= most, "{asked} requests; {named:?}");
    gathered
}

fn number(path: &str) -> u64 {
    path.bytes()
        .filter(u8::is_ascii_digit)
        .fold(0u64, |n, digit| n.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
}

/// A number that seems to come by chance, and is the same in every run.
fn chance(seed: u64) -> u64 {
    super::super::prints::hash(&seed)
}

#[test]
fn a_calendar_without_end() {
    let months = ["January", "May", "July", "October"];
    let server = town("/calendar/2026/1", move |path| {
        let n = number(path);
        let (year, month) = (n / 10, n % 10);
        let (next, month) = (if month == 4 { (year + 1, 1) } else { (year, month + 1) }, months[month as usize % 4]);
        page(
            &format!("Events in {month} of the year {year}: there are none."),
            &[format!("/calendar/{}/{}", next.0, next.1)],
        )
    });
    let gathered = check(&server, TrapKind::Endless, 1100);
    let trap = &gathered.traps[0];
    assert_eq!(trap.pattern, format!("{}/calendar/{{}}/{{}}", server.at));
    assert!(trap.example.path().starts_with("/calendar/") && !gathered.complete);
    assert_eq!(urls(&gathered, "trap").len(), 1);
}

#[test]
fn a_session_id_in_every_link() {
    let server = town("/a?sid=1", |path| {
        let name = path.trim_start_matches('/').split('?').next().unwrap_or("");
        let sid = |to: char| chance(number(path) + u64::from(u32::from(to)));
        let links: Vec<String> = ('a'..='z').map(|to| format!("/{to}?sid={}", sid(to))).collect();
        page(&format!("This is the page of the letter {name}, whoever comes."), &links)
    });
    let gathered = check(&server, TrapKind::Copies, 400);
    let read = urls(&gathered, "page");
    assert_eq!(read.len(), 6 + 26, "{read:?}");
    assert!(gathered.complete, "nothing is hidden behind a session id");
}

#[test]
fn a_session_id_in_the_path_and_new_numbers_in_the_text() {
    let server = town("/s/1/home", |path| {
        let links: Vec<String> = (0..3).map(|to| format!("/s/{}/home", chance(number(path) + to))).collect();
        page(&format!("You are visitor number {} of this page.", number(path)), &links)
    });
    check(&server, TrapKind::Endless, 1100);
}

#[test]
fn ever_deeper_paths() {
    // Relative links below a page that answers for everything.
    let server = town("/dir/", |path| {
        let links: Vec<String> = ["news/", "about/", "jobs/"].map(|name| format!("{path}{name}")).to_vec();
        page(&format!("The path {path} leads to this page as well."), &links)
    });
    check(&server, TrapKind::RepeatedPath, 300);
    let server =
        town("/x", |path| page(&format!("Now at {} steps.", path.len()), &[format!("{path}/y{}", path.len())]));
    let gathered = check(&server, TrapKind::DeepPath, 60);
    assert!(gathered.traps[0].example.path().matches('/').count() == 21);
}

#[test]
fn filters_in_every_combination() {
    let server = town("/find?color=c0", |path| {
        let query = path.split('?').nth(1).unwrap_or("");
        let mut links = Vec::new();
        for (key, values) in [("color", 9), ("size", 9), ("sort", 4), ("area", 9), ("year", 9)] {
            let rest: Vec<&str> = query.split('&').filter(|p| !p.starts_with(key) && !p.is_empty()).collect();
            links.extend(
                (0..values).map(|n| format!("/find?{}", [&rest[..], &[&format!("{key}=c{n}")]].concat().join("&"))),
            );
        }
        // Every list is another, and so are its words.
        let words: String = (0..9)
            .map(|n| {
                format!(
                    "{} ",
                    ["elm", "oak", "ash", "fir"]
                        [chance(chance(path.len() as u64) ^ super::super::prints::hash(path) ^ n) as usize % 4]
                )
            })
            .collect();
        page(&format!("Found for you: {words}"), &links)
    });
    check(&server, TrapKind::Combinations, 2500);
}

#[test]
fn paging_past_the_end() {
    let server = town("/list?page=1", |path| {
        let n = number(path);
        let text = if n < 10 {
            format!("Entries of page {n}: {:x}", chance(n))
        } else {
            "There are no entries on this page.".to_owned()
        };
        page(&text, &[format!("/list?page={}", n + 1)])
    });
    let gathered = check(&server, TrapKind::Copies, 120);
    assert!(urls(&gathered, "page").contains(&"/list?page=9".to_owned()));
}

#[test]
fn a_soft_404_for_any_path() {
    let server = Server::new(|path, _| match path {
        "/robots.txt" => answer("404 Not Found", "", ""),
        "/" => page("Welcome to Milltown, what can we do for you?", &["/a".into(), "/b".into()]),
        "/a" => page("The first page has something to say.", &["/b".into()]),
        path => {
            page(&format!("Sorry, we could not find {path} for you."), &[format!("{path}/up"), format!("{path}/down")])
        }
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    assert_eq!(gathered.probe_status, Some(200));
    assert!(urls(&gathered, "page").contains(&"/a".to_owned()));
    assert!(gathered.traps.iter().any(|trap| trap.kind == TrapKind::RepeatedPath), "{:?}", gathered.traps);
    assert!(server.log.lock().expect("no panic while logging").len() < 300);
}

#[test]
fn folders_in_every_order() {
    let server = town("/by/", |path| {
        let links: Vec<String> = ["red", "tall", "cheap", "new", "old"]
            .iter()
            .filter(|n| !path.contains(*n))
            .map(|n| format!("{path}{n}/"))
            .collect();
        page(&format!("All things that are {:x}", chance(super::super::prints::hash(path))), &links)
    });
    check(&server, TrapKind::Permutations, 200);
}

#[test]
fn an_address_as_long_as_a_book() {
    let long = format!("/a?{}", "x".repeat(1_000_000));
    let server =
        town("/book", move |_| page("A page with one endless link and a short one.", &[long.clone(), "/a".into()]));
    let gathered = check(&server, TrapKind::LongAddress, 12);
    assert!(gathered.complete && gathered.targets.iter().all(|t| t.url.as_str().len() < MAX_ADDRESS));
    assert_eq!(gathered.traps[0].example.path(), "/book");
}

#[test]
fn an_ordinary_site_is_read_whole() {
    // 400 notices under one pattern that differ by numbers only, each naming the next, and 1,200
    // articles with titles.
    let server = Server::new(|path, _| {
        let n = number(path);
        match path {
            "/robots.txt" | "/sitemap.xml" => answer("404 Not Found", "", ""),
            "/" => {
                let articles = (1..=1199).map(|n| format!("/articles/title-{n}"));
                page("Welcome to Milltown.", &articles.chain(["/notices/1".to_owned()]).collect::<Vec<_>>())
            }
            path if path.starts_with("/notices/") && n < 400 => {
                page(&format!("Notice number {n}"), &[format!("/notices/{}", n + 1)])
            }
            path if path.starts_with("/notices/") || path.starts_with("/articles/") => {
                page(&format!("Number {n}"), &[])
            }
            _ => answer("404 Not Found", "", ""),
        }
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    assert_eq!((urls(&gathered, "page").len(), gathered.traps.len(), gathered.complete), (1600, 0, true));
}

#[test]
fn twins_are_one_page() {
    let text = "<p>The forms of the town, all of them.";
    let server = Server::new(move |path, _| match path {
        "/" => html(
            r#"<a href="/forms/"><a href="/forms"><a href="/Forms/index.html"><a href="/forms/?from=menu"><a href="/other">"#,
        ),
        "/other" => html(text),
        path if path.to_lowercase().starts_with("/forms") => html(text),
        _ => answer("404 Not Found", "", ""),
    });
    let gathered = crawl(&server.plan("/")).expect("a site");
    super::check(
        &gathered,
        &[
            ("/", "page"),
            ("/Forms/index.html", "0 -> /forms/"),
            ("/forms", "0 -> /forms/"),
            ("/forms/", "page"),
            ("/forms/?from=menu", "0 -> /forms/"),
            ("/other", "page"),
        ],
    );
    assert!(gathered.complete);
}
