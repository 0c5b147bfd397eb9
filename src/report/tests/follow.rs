//! Follow-up in the context and on the pages.

use super::*;
use crate::model::Pattern;
use crate::report::{FollowUp, PageNote, Promise};

fn pattern(text: &str) -> Pattern {
    Pattern::new(text).expect("it starts with a slash")
}

/// A promise of each standing, a note of a page, of a task and of none, annotations in and out of the time of the chart.
pub(super) fn followed(text: &str) -> FollowUp {
    let promise = |day: Option<&str>, open: u64, unchecked: u64| Promise {
        rule: rules().list[0].id.to_string(),
        url: format!("/{text}"),
        team: text.to_owned(),
        on: "2026-01-10".to_owned(),
        promised: day.map(str::to_owned),
        note: Some(text.to_owned()),
        open,
        fixed: 2,
        unchecked,
        first_seen: (open > 0).then(|| "2026-02-01T06:00:00Z".to_owned()),
    };
    let note = |url: &str, from| PageNote { url: pattern(url), from, text: text.to_owned() };
    FollowUp {
        promises: vec![
            promise(None, 0, 0),
            promise(None, 3, 0),
            promise(Some("2026-12-13"), 3, 0),
            promise(Some("2026-11-26"), 3, 0),
            promise(Some("2026-11-26"), 0, 4),
        ],
        annotations: vec![
            ("2025-12-24".to_owned(), "campaign", text.to_owned()),
            ("2026-03-01".to_owned(), "redesign", text.to_owned()),
            ("2026-11-30".to_owned(), "other", text.to_owned()),
            ("2027-03-01".to_owned(), "policy", text.to_owned()),
        ],
        notes: vec![note("/0/", "staff"), note("/11/", "calls"), note("/nowhere", "counter")],
        efforts: BTreeMap::new(),
        country: Some("US".to_owned()),
        level: Some("local".to_owned()),
    }
}

#[test]
fn a_promise_says_how_many_days_are_left_or_over() {
    let rules = rules();
    let digest = full(rules, "apply");
    let follow = &value(&digest, &subject(rules, "Milltown"))["follow"];
    let told: Vec<_> = follow["promises"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| (p["state"].as_str().unwrap_or_default(), p["days_left"].as_i64(), p["waiting"].as_i64()))
        .collect();
    let expected = [
        ("late", Some(-5), Some(303)),
        ("due", Some(12), Some(303)),
        ("open", None, Some(303)),
        ("unchecked", Some(-5), None),
        ("done", None, None),
    ];
    assert_eq!((told.as_slice(), follow["late"].as_u64()), (&expected[..], Some(1)));
    let html = render(ReportPage::Site, &digest, &subject(rules, "Milltown")).expect("it can be made");
    for words in ["5 days late", "12 days left", "open for 303 days"] {
        assert!(html.contains(words), "{words}");
    }
    let html = render(ReportPage::Scorecard, &digest, &subject(rules, "Milltown")).expect("it can be made");
    assert!(html.contains("1 promise is late"));
}

#[test]
fn annotations_are_on_the_chart_and_in_a_table() {
    let rules = rules();
    let digest = full(rules, "apply");
    let trend = &value(&digest, &subject(rules, "Milltown"))["trend"];
    let marks: Vec<_> = trend["marks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|m| (m["key"].as_str().unwrap_or_default(), m["date"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(marks, [("A", "2026-03-01"), ("B", "2026-11-30")]);
    assert_eq!(trend["marks_rest"], 1, "what was before the chart is counted, what is to come is not");
    for page in [ReportPage::Scorecard, ReportPage::Site] {
        let html = render(page, &digest, &subject(rules, "Milltown")).expect("it can be made");
        if page == ReportPage::Scorecard {
            assert_eq!(html.matches("class=\"mark\"").count(), 4, "two marks in two widths");
        }
    }
}

#[test]
fn notes_stand_where_they_belong_once() {
    let rules = rules();
    let digest = full(rules, "apply");
    let context = value(&digest, &subject(rules, "Milltown"));
    assert_eq!(context["pages"]["rows"][0]["notes"][0]["from"], "staff");
    assert_eq!(context["pages"]["rows"][1]["notes"], Value::Array(Vec::new()));
    assert_eq!(context["tasks"][0]["notes"].as_array().map(Vec::len), Some(2));
    assert_eq!(context["follow"]["notes"].as_array().map(Vec::len), Some(1));
    assert_eq!(context["follow"]["notes"][0]["url"], "/nowhere");
}

#[test]
fn shared_parts_are_one_job_each() {
    let rules = rules();
    let digest = full(rules, "apply");
    let plan = &value(&digest, &subject(rules, "Milltown"))["plan"];
    let part = &plan["shared"][0];
    assert_eq!((&part["pages"], &part["findings"]), (&2.into(), &2.into()));
    let rows = numbers(&plan["shared"], "a_day");
    assert!(rows.len() == 15 && rows.is_sorted_by(|a, b| a >= b), "{rows:?}");
    let mut subject = subject(rules, "Milltown");
    let rule = digest
        .rules
        .iter()
        .find(|r| r.states.today() > 0 && rules.get(&r.rule).is_some_and(|r| r.status == Status::Active));
    let rule = rule.expect("there is one").rule.to_string();
    subject.follow.efforts.insert(rule.clone(), "2 days".to_owned());
    let plan = &value(&digest, &subject)["plan"];
    let row = plan["rows"].as_array().into_iter().flatten().find(|r| r["rule"] == *rule);
    let days = row.and_then(|r| r["days"].as_f64());
    assert!(days.is_none_or(|days| days == 32.0), "two days for each of 16 causes: {days:?}");
}
