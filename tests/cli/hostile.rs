//! A site that attacks its report, in more than thirty ways: what it says is shown, and nothing of it lives.

use crate::house::{House, fixture};
use scraper::{Html, Selector};
use std::path::{Path, PathBuf};

/// Elements that run, load or send something, or that a report has no use for.
const NEVER: &str = "script, iframe, object, embed, img, base, form, input, button, video, audio, math, template, noscript, [src], [srcset], [srcdoc], [action], [formaction], [ping], [background], meta[http-equiv=refresh i]";

fn reports(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "html") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[track_caller]
fn check_tame(path: &Path, text: &str) {
    let html = Html::parse_document(text);
    let select = |selector: &str| {
        let selector = Selector::parse(selector).expect("a selector");
        html.select(&selector).map(|e| e.html().chars().take(200).collect::<String>()).collect::<Vec<_>>()
    };
    assert_eq!(select(NEVER), Vec::<String>::new(), "{}", path.display());
    assert_eq!((select("style").len(), select("title:not(svg title)").len()), (1, 1), "{}", path.display());
    for element in html.tree.nodes().filter_map(|n| n.value().as_element()) {
        for (name, value) in element.attrs() {
            let scheme = value.split(['/', '?', '#']).next().unwrap_or_default();
            let is_ours = !scheme.contains(':') || ["http:", "https:", "mailto:", "data:,"].contains(&scheme);
            assert!(!name.starts_with("on") && (name != "href" || is_ours), "{}: {name}={value}", path.display());
            assert!(name != "style", "{}: a style of its own: {value}", path.display());
        }
        if element.name() == "link" {
            assert_eq!(element.attr("href"), Some("data:,"));
        }
    }
    let turned =
        |sign: char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    assert!(!text.contains(turned), "{}: the direction of writing is turned", path.display());
    assert!(text.contains("default-src 'none'"), "{}", path.display());
}

#[test]
fn more_than_thirty_ways_end_in_text() {
    let house = House::new();
    let ways = std::fs::read_dir(fixture("hostile")).expect("the fixture").count() - 2;
    assert!(ways >= 30);
    let formats = "sarif,junit,gitlab,summary,annotations,csv,metrics,badge";
    house.ok(&["audit", &fixture("hostile"), "--as", "http://hostile.example/", "--pages", "all", "--format", formats]);
    house.ok(&["audit", &fixture("hostile"), "--as", "http://hostile.example/", "--pages", "all", "--format", formats]);
    let out = house.path("plainway-report");
    let mut all = String::new();
    let reports = reports(&out);
    assert!(reports.len() > ways + 10, "{} reports", reports.len());
    for path in &reports {
        let text = std::fs::read_to_string(path).expect("a report is UTF-8");
        check_tame(path, &text);
        all.push_str(&text);
    }
    // What the site says is told all the same: the test would find what lives.
    for way in 1..=ways {
        assert!(all.matches(&format!("way{way:02}")).count() > 3, "way {way} is in no report");
    }
    assert!(all.contains("{{ 7 * 7 }}") && all.contains("&lt;script&gt;window.pwned=1"));
    let read = |name: &str| std::fs::read_to_string(out.join(name)).expect("it was written");
    assert!(read("annotations.txt").lines().all(|l| l.starts_with("::error ") || l.starts_with("::warning ")));
    assert!(!read("summary.md").contains("<script") && !read("summary.md").contains("](javascript"));
    assert!(!read("findings.csv").contains(",=HYPERLINK") && read("findings.csv").contains("way26"));
}

#[test]
fn names_of_files_are_no_exception() {
    let house = House::new();
    let page = "<!doctype html><html lang=en><title>x</title><main><h1>x</h1><p><img src=/a.png></main></html>";
    for name in [
        "\"><svg onload=alert(1)>.html",
        "{{ 7 * 7 }}.html",
        "a b'onclick='x.html",
        "javascript:alert(1).html",
        "\u{202e}x.html",
    ] {
        house.write(&format!("site/{name}"), page);
    }
    house.ok(&["audit", "site", "--pages", "all"]);
    let reports = reports(&house.path("plainway-report"));
    assert!(reports.len() > 7, "{reports:?}");
    for path in reports {
        check_tame(&path, &std::fs::read_to_string(&path).expect("a report is UTF-8"));
    }
}

#[test]
fn a_look_of_its_own_that_is_hostile_ends_in_text_too() {
    let house = House::new();
    let way = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}";
    // A place for a value that a sentence has not is a mistake in the file.
    let words = way.split('{').next().unwrap_or(way);
    let text = |value: &str| toml::Value::from(value).to_string();
    let config = format!(
        "[site]\nname = {0}\nlanguages = [\"en\"]\n[contact]\nname = {0}\n[report]\nlanguage = \"fr\"\nfolder = \"parks\"\n",
        text(way)
    );
    house.write("plainway.toml", &config);
    house.write("parks/look.toml", &format!("name = {}\naccent = \"#6a1b6a\"\n", text(way)));
    let words = format!(
        "[site]\ndo-these-first = {0}\n[shared]\nreports = {1}\nskip-to-the-report = {0}\n[badge]\non-track = {0}\n[summary]\nwhat-to-mend-first = {0}\n",
        text(words),
        text("\" onfocus=alert(1) autofocus \"")
    );
    house.write("parks/words.toml", &words);
    house.write(
        "parks/logo.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><circle r=\"9\"/></svg>",
    );
    let target = fixture("hostile");
    house.ok(&["audit", &target, "--as", "http://hostile.example/", "--pages", "worst:3", "--format", "badge,summary"]);
    let reports = reports(&house.path("plainway-report"));
    assert!(reports.len() > 6, "{reports:?}");
    for path in &reports {
        let text = std::fs::read_to_string(path).expect("a report is UTF-8");
        // Its logo is the one picture, and that one is inside the file.
        let logo = "<img class=\"logo\" src=\"data:image&#x2f;svg+xml;base64,";
        assert_eq!(text.matches(logo).count(), 1, "{}", path.display());
        let start = text.find(logo).expect("it was counted");
        let end = start + text[start..].find('>').expect("an element ends") + 1;
        check_tame(path, &format!("{}{}", &text[..start], &text[end..]));
        assert!(text.contains("{{ 7 * 7 }}"), "{}: a text became a template", path.display());
    }
    let badge = std::fs::read_to_string(house.path("plainway-report/badge.svg")).expect("it was written");
    assert!(!badge.contains("<script") && !badge.contains("<img"), "{badge}");
}
