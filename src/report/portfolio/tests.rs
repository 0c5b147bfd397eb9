//! Places, ties, what is shared, and a page that holds for hostile names and a hundred sites.

use super::*;
use crate::report::tests::{point, rules};

/// A site whose score went from one value to another, both with a range of so many points around them.
fn member(name: &str, then: f64, now: f64, around: f64) -> Member {
    let score = |value: f64| point(0, value - around, value, value + around).run.score;
    let (before, score) = (score(then), score(now));
    let problem = |rule: &str, gain: f64| LastProblem {
        rule: rule.to_owned(),
        title: rule.to_owned(),
        severity: Severity::Serious,
        findings: 2,
        pages: 1,
        gain,
    };
    let last = Last {
        run: "1f".to_owned(),
        started: "2026-02-10T00:00:00Z".to_owned(),
        profile: "website".to_owned(),
        rule_set: "a".to_owned(),
        weights: "structure".to_owned(),
        own_site: false,
        pages: 4,
        before: Some(Before {
            started: "2026-01-10T00:00:00Z".to_owned(),
            value: then,
            low: before.low,
            high: before.high,
        }),
        cut: None,
        history: vec![then, now],
        blockers: 0,
        tasks: None,
        categories: rules().categories.iter().map(|c| c.title.clone()).collect(),
        problems: vec![problem("everywhere", now / 100.0), problem(&format!("only {name}"), 1.0)],
        score,
    };
    Member {
        name: name.to_owned(),
        group: None,
        owner: None,
        target: format!("https://{name}.example/"),
        folder: format!("{name}.example"),
        goal: 85.0,
        error: None,
        last: Some(last),
    }
}

fn rendered(members: Vec<Member>, form: PortfolioForm) -> String {
    let portfolio = Portfolio { members, part: None, contact: None, tool: "1", house: crate::report::House::plain() };
    render_portfolio(&portfolio, form).expect("the template fits")
}

#[track_caller]
fn check_places(members: Vec<Member>, expected: &[(&str, Option<u64>, bool)]) {
    let told: serde_json::Value = serde_json::from_str(&rendered(members, PortfolioForm::Json)).expect("it is JSON");
    let sites = told["sites"].as_array().expect("a list").iter();
    let found: Vec<_> = sites
        .map(|s| (s["name"].as_str().unwrap_or(""), s["place"].as_u64(), s["tie"].as_bool() == Some(true)))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn sites_stand_by_what_they_gained_and_share_a_place_where_ranges_overlap() {
    let exact = [member("a", 90.0, 90.0, 0.0), member("b", 40.0, 48.0, 0.0), member("c", 60.0, 59.5, 0.0)];
    check_places(exact.to_vec(), &[("b", Some(1), false), ("a", Some(2), true), ("c", Some(2), true)]);
    let wide = [member("a", 50.0, 58.0, 3.0), member("b", 50.0, 52.0, 0.0), member("c", 50.0, 40.0, 0.0)];
    check_places(wide.to_vec(), &[("a", Some(1), true), ("b", Some(1), true), ("c", Some(3), false)]);
}

#[test]
fn what_cannot_be_compared_or_was_not_read_has_no_place() {
    let mut first = member("first", 70.0, 70.0, 0.0);
    if let Some(last) = &mut first.last {
        last.before = None;
    }
    let failed = Member { error: Some("no answer".to_owned()), ..member("failed", 10.0, 90.0, 0.0) };
    let never = Member { last: None, error: Some("no answer".to_owned()), ..member("never", 0.0, 0.0, 0.0) };
    let members = vec![never, failed, first, member("fell", 80.0, 70.0, 0.0)];
    check_places(
        members,
        &[("fell", Some(1), false), ("first", None, false), ("failed", None, false), ("never", None, false)],
    );
}

#[test]
fn shared_problems_are_those_of_two_sites() {
    let json = rendered(vec![member("a", 1.0, 2.0, 0.0), member("b", 1.0, 9.0, 0.0)], PortfolioForm::Json);
    let told: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(told["shared"].as_array().map(Vec::len), Some(1), "{json}");
    assert_eq!((&told["shared"][0]["sites"], &told["shared"][0]["most_at"]), (&2.into(), &"b".into()));
}

#[test]
fn the_page_holds_for_every_kind_of_site_and_escapes_their_names() {
    let hostile = "<script>alert(1)</script>";
    let mut odd = member("odd", 50.0, 60.0, 4.0);
    (odd.name, odd.group, odd.owner) = (hostile.to_owned(), Some(hostile.to_owned()), Some(hostile.to_owned()));
    odd.folder = "../../etc".to_owned();
    let failed = Member { error: Some(hostile.to_owned()), last: None, ..member("b", 0.0, 0.0, 0.0) };
    let html = rendered(vec![odd, failed, member("c", 50.0, 40.0, 0.0)], PortfolioForm::Html);
    assert!(!html.contains("<script") && !html.contains("../../etc") && html.contains("&lt;script"), "{html}");
    assert_eq!(html.matches("<h1>").count(), 1);
    rendered(Vec::new(), PortfolioForm::Html);
}

#[test]
fn a_hundred_sites_stay_under_the_size_of_a_site_report() {
    let members = (0..100).map(|n| member(&format!("site-{n:03}"), 50.0, 50.0 + f64::from(n) / 3.0, 0.0)).collect();
    let html = rendered(members, PortfolioForm::Html);
    assert!(html.len() < crate::report::SITE_BYTES, "{} bytes", html.len());
}
