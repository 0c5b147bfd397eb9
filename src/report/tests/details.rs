//! Reports of single pages and rules: whole, escaped and short enough with every list at its limit.

use super::*;
use crate::history::{Hit, Hits, Limits};
use crate::report::{PAGE_FINDINGS, PageDetail, page_file, render_page, render_rule};

fn page(text: &str) -> String {
    let rules = rules();
    let digest = full(rules, text);
    let states = [State::New, State::Open, State::Back, State::Fixed, State::Unchecked];
    let row = &digest.pages[0].page;
    let at = |n: usize| {
        let rule = &rules.list[n % rules.list.len()];
        let outcome = if n.is_multiple_of(7) { Outcome::CouldNotTell } else { Outcome::Fail };
        FindingRow {
            outcome,
            url: row.url.clone(),
            owner: Some(text.to_owned()),
            more: 3,
            ..finding(rule, n, text, states[n % 5])
        }
    };
    let detail = PageDetail {
        pictures: Vec::new(),
        findings: (0..PAGE_FINDINGS).map(at).collect(),
        passed: rules.list.iter().map(|r| r.id.clone()).collect(),
        headings: (0..500).map(|n| (1 + n as u8 % 6, text.to_owned())).collect(),
        history: (0..12).map(|n| (format!("2026-{:02}-01T06:00:00Z", n + 1), 70.0 + f64::from(n))).collect(),
    };
    render_page(&digest, &subject(rules, text), row, &detail).expect("it can be made")
}

fn rule(text: &str, rule: &Rule) -> String {
    let rules = rules();
    let digest = full(rules, text);
    let hit = |n: usize| {
        let url = url(&format!("{n}/{text}"));
        let unsure = n.is_multiple_of(9);
        let findings = u64::from(!unsure);
        Hit { url, findings, lost: 0.1, line: 3, message: text.to_owned(), unsure, state: State::Open }
    };
    let hits: Vec<Hit> = (0..Limits::default().hits).map(hit).collect();
    let detail = Hits { pages: [hits.len() as u64, 100], findings: hits.len() as u64, lost: 99.9, hits };
    render_rule(&digest, &subject(rules, text), &rule.id, &detail).expect("it can be made").expect("it is a rule")
}

#[track_caller]
fn check_tame(html: &str, up: &str) {
    for live in ["<script", "<img", "javascript:alert(1)\"", "\u{202e}"] {
        assert!(!html.contains(live), "{live} is live");
    }
    let attributes = attributes(html);
    for (name, value) in &attributes {
        let is_ours =
            !value.contains(':') || ["http://", "https://", "mailto:", "data:,"].iter().any(|s| value.starts_with(s));
        assert!(!name.starts_with("on") && name != "src" && (name != "href" || is_ours), "{name}={value}");
    }
    let ids: Vec<&str> = attributes.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    assert!(attributes.iter().any(|(name, value)| name == "href" && *value == format!("{up}site.html")));
}

#[test]
fn pages_and_rules_are_tame_and_short() {
    let long = "\"<".repeat(4_000);
    for text in ["apply", HOSTILE, "\u{202e}gpj.exe\u{2066}", &long] {
        let html = page(text);
        check_tame(&html, "../");
        assert!(html.len() <= 200_000, "{} bytes", html.len());
        for active in [true, false] {
            let one = rules().list.iter().find(|r| (r.status == Status::Active) == active).expect("there are both");
            let html = rule(text, one);
            check_tame(&html, "../../");
            assert!(html.len() <= 300_000, "{} bytes", html.len());
        }
    }
}

#[test]
fn every_rule_has_a_page() {
    let rules = rules();
    let digest = digest();
    for rule in &rules.list {
        let html = render_rule(&digest, &subject(rules, "Milltown"), &rule.id, &Hits::default());
        assert!(html.expect("it can be made").is_some_and(|html| html.contains("It found nothing today.")));
    }
}

#[test]
fn a_waiver_that_is_offered_only_lacks_its_reason() {
    let html = page("apply");
    let text = html.split("<pre><code>").nth(1).and_then(|t| t.split("</code>").next()).expect("a waiver");
    let text = text.replace("&#x27;", "'").replace("&quot;", "\"").replace("&#x2f;", "/");
    let waiver: toml::Table = text.parse().expect("it can be pasted");
    let waiver = waiver["waiver"][0].as_table().expect("a waiver");
    let keys: Vec<&str> = waiver.keys().map(String::as_str).collect();
    assert_eq!(keys, ["created", "expires", "owner", "reason", "rule", "url"]);
    assert_eq!((&waiver["created"], &waiver["expires"]), (&"2026-12-01".into(), &"2027-03-01".into()));
}

#[test]
fn each_page_has_a_file_of_its_own() {
    let (a, b) = (page_file(&url("a")), page_file(&url("b")));
    assert!(a != b && a.len() == "pages/.html".len() + 32);
}
