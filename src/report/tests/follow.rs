//! Follow-up in the context and on the pages.

use super::*;
use crate::history::Win;
use crate::model::Pattern;
use crate::report::{FollowUp, PageNote, Promise, Ratings, RunWin, Satisfaction, ToldChange};
use crate::score::Together;

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
        changes: told(text),
        wins: won(text),
        satisfaction: Some(satisfied(text)),
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

/// A change that joins a win, one that does not, and one that is to come.
fn told(text: &str) -> Vec<ToldChange> {
    let change = |n: usize, date: &str, rule: Option<&str>| ToldChange {
        date: date.to_owned(),
        text: format!("{n} {text}"),
        asked_by: "feedback",
        said: Some(text.to_owned()),
        url: Some(format!("/{text}")),
        rule: rule.map(str::to_owned),
        id: format!("{n:032x}"),
    };
    vec![
        change(1, "2026-11-20", Some(&rules().list[0].id)),
        change(2, "2026-05-01", None),
        change(3, "2027-05-01", None),
    ]
}

/// Wins of two runs: two problems, and a task.
fn won(text: &str) -> Vec<RunWin> {
    let win = |rule: usize, task: Option<&str>| Win {
        rule: rules().list[rule].id.to_string(),
        task: task.map(str::to_owned),
        places: 12,
        pages: 5,
        points: 1.25,
        url: Some(url(text)),
    };
    let run = |n: usize, date: &str, win: Win| RunWin { date: date.to_owned(), id: format!("f{n:031x}"), win };
    vec![
        run(1, "2026-12-01T06:00:00Z", win(0, None)),
        run(2, "2026-12-01T06:00:00Z", win(1, Some(text))),
        run(3, "2026-11-01T06:00:00Z", win(0, None)),
    ]
}

fn satisfied(text: &str) -> Satisfaction {
    let ratings = |answers: u64| Ratings {
        answers,
        satisfied: 0.75 * answers as f64,
        score: 70.0,
        comments: vec![text.to_owned(); 3],
    };
    Satisfaction {
        all: ratings(8),
        pages: (0..40).map(|n| (url(&format!("{n}/apply")), ratings(n))).collect(),
        elsewhere: 2,
        from: "2026-01-02".to_owned(),
        until: "2026-11-02".to_owned(),
        moving: 12,
        together: Some(Together { rho: 0.4, low: 0.1, high: 0.7, pages: 12, pairs: 40 }),
    }
}

#[test]
fn what_was_changed_is_told_once_and_to_come_not_at_all() {
    let rules = rules();
    let digest = full(rules, "apply");
    let follow = &value(&digest, &subject(rules, "Milltown"))["follow"];
    let told: Vec<_> = follow["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| (c["date"].as_str().map_or("", |d| &d[..10]), c["asked_by"].as_str(), c["points"].as_f64()))
        .collect();
    let expected = [
        ("2026-12-01", Some("audit"), None),
        ("2026-11-20", Some("feedback"), Some(1.25)),
        ("2026-11-01", Some("audit"), Some(1.25)),
        ("2026-05-01", Some("feedback"), None),
    ];
    assert_eq!(told, expected, "the first win from its day on belongs to the change");
    assert_eq!(follow["wins"].as_array().map(Vec::len), Some(2), "of this run");
    let html = render(ReportPage::Changes, &digest, &subject(rules, "Milltown")).expect("it can be made");
    for words in ["You said: ", "People can finish this again", "12 places on 5 pages", "+1.2 points"] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("index.html") && !html.contains("site.html"), "the public page stands alone");
    let html = render(ReportPage::Scorecard, &digest, &subject(rules, "Milltown")).expect("it can be made");
    assert!(html.contains("Wins: ") && html.contains("href=\"changes.html\""));
}

#[test]
fn the_feed_is_atom_with_stable_ids_and_no_sign_that_xml_has_no_place_for() {
    let rules = rules();
    for text in ["apply", HOSTILE, "a\u{1}\u{b}\u{ffff}]]>&<"] {
        let mut digest = full(rules, "apply");
        digest.pages[0].page.url = PageUrl::parse("http://[::1]:8080/").expect("an address");
        let subject = subject(rules, text);
        let head = ExportHead { digest: &digest, subject: &subject, waivers: &[], known: None, sources: &[] };
        let mut feed = Vec::new();
        ExportKind::Feed.begin(&mut feed, &head).and_then(Exporter::finish).expect("memory takes it");
        let feed = String::from_utf8(feed).expect("it is UTF-8");
        let mut reader = quick_xml::Reader::from_str(&feed);
        reader.config_mut().check_end_names = true;
        let (mut names, mut ids) = (Vec::new(), Vec::new());
        let mut is_id = false;
        loop {
            match reader.read_event().expect("it is well-formed") {
                quick_xml::events::Event::Start(e) => {
                    let name = e.name().as_ref().to_owned();
                    is_id = name == "id";
                    names.push(name);
                }
                quick_xml::events::Event::Text(t) if is_id => {
                    ids.push(t.to_string());
                    is_id = false;
                }
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert!(feed.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{feed}");
        let count = |wanted: &str| names.iter().filter(|n| *n == wanted).count();
        assert_eq!((count("feed"), count("entry"), count("id"), count("updated"), count("author")), (1, 4, 5, 5, 1));
        assert_eq!(ids[0], "tag:localhost,2026-01-01:plainway:changes", "an address without a name has none");
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
        assert!(!feed.contains(['\u{1}', '\u{b}', '\u{ffff}']) && !feed.contains("<script"), "{feed}");
    }
}

#[test]
fn few_answers_show_no_share() {
    let rules = rules();
    let digest = full(rules, "apply");
    let context = value(&digest, &subject(rules, "Milltown"));
    let rated = |n: usize| context["pages"]["rows"][n]["rated"].clone();
    assert_eq!((rated(4)["answers"].as_u64(), rated(4)["satisfied"].as_f64()), (Some(4), None));
    assert_eq!((rated(5)["answers"].as_u64(), rated(5)["satisfied"].as_f64()), (Some(5), Some(0.75)));
    assert_eq!(context["follow"]["feedback"]["link"]["word"], "together");
    assert!(context["tasks"][0]["rated"]["answers"].as_u64() > Some(10), "the pages of its way together");
    let html = render(ReportPage::Site, &digest, &subject(rules, "Milltown")).expect("it can be made");
    assert!(html.contains("too few: 4 answers") && html.contains("75.0% from 5 answers"));
    assert!(html.contains("nine times of ten between +0.1 and +0.7"));
    let mut subject = subject(rules, "Milltown");
    subject.follow.satisfaction = None;
    let html = render(ReportPage::Site, &digest, &subject).expect("it can be made");
    assert!(!html.contains("What people say"));
}
