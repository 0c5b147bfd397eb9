//! The context and the pages: whole, escaped, short enough, and the same every time.

use self::size::{ALL, largest};
use super::*;
use crate::facts::{Ending, Lexicon, Share};
use crate::history::{
    Alike, BurdenRow, Burdens, FileRow, Files, FindingRow, Moves, PageLoss, PageRow, Plan, RuleDigest, RunPoint,
    RunRow, StateCounts, Step, Stuck, TaskRow, TaskState, TaskStep, Tasks, Unsure, VerdictCounts, Voice,
};
use crate::model::{Outcome, PageUrl, Place, RenderWhy, State, Status, Unread, Why};
use crate::rule::{Rule, embedded_categories, embedded_rules, embedded_words, standards};
use crate::score::{CategoryScore, Flaw, FromHome, Parts, Score, Standing};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

mod axe;
mod details;
mod follow;
mod kiosk;
mod sample;
mod size;
mod tasks;
mod wcag;

/// The rules of the project.
pub(super) fn rules() -> &'static Rules {
    static ONCE: LazyLock<Rules> = LazyLock::new(|| {
        let lexicon = Lexicon::parse(&embedded_words()).expect("the word lists of the project are right");
        let rules = Rules::load(&embedded_rules(), embedded_categories(), &lexicon);
        rules.expect("the rules of the project are right").for_profile("website")
    });
    &ONCE
}

fn score(low: f64, value: f64, high: f64) -> Score {
    let lost = |id: &str, lost: f64| CategoryScore { id: Arc::from(id), score: Some(100.0 - lost), lost };
    let categories =
        ["access", "contact", "expect", "forms", "ways", "words"].map(|id| lost(id, (100.0 - value) / 6.0));
    Score {
        value,
        low,
        high,
        coverage: 0.96,
        provisional: true,
        status: Standing::NeedsWork,
        categories: categories.into(),
        apart: None,
        sample: None,
    }
}

/// The run of that number in a trend.
pub(super) fn point(n: usize, low: f64, value: f64, high: f64) -> RunPoint {
    let date = format!("2026-{:02}-01T06:00:00Z", n % 12 + 1);
    let run = RunRow {
        run: n as i64 + 1,
        id: format!("{n:032x}"),
        target: "http://milltown.example/".to_owned(),
        profile: "website".to_owned(),
        started: date.clone(),
        finished: date,
        rule_set: "a".repeat(32),
        setup: "b".to_owned(),
        own_site: false,
        weights: "structure".to_owned(),
        score: score(low, value, high),
    };
    RunPoint { run, rules_changed: false, setup_changes: Vec::new(), given: None, from_facts: false }
}

fn url(path: &str) -> PageUrl {
    PageUrl::parse(&format!("http://milltown.example/{path}")).expect("an address")
}

fn finding(rule: &Rule, n: usize, text: &str, state: State) -> FindingRow {
    FindingRow {
        key: format!("{n:032x}"),
        rule: rule.id.clone(),
        category: rule.category.clone(),
        severity: rule.severity,
        status: rule.status,
        outcome: Outcome::Fail,
        cause: rule.cause.clone(),
        url: url(&format!("{n}/{text}")),
        place: Some(Place { selector: "main > p".to_owned(), line: n as u32, snippet: text.to_owned(), after: None }),
        message: format!("Message {text}"),
        lost: if state == State::Fixed { 0.0 } else { 0.25 },
        gain: if state == State::Fixed { 0.0 } else { 0.2 },
        more: 0,
        state,
        owner: None,
        beyond: None,
        local: String::new(),
    }
}

fn alike() -> Alike {
    Alike { findings: 2, pages: 2, gain: 0.4, first_seen: "2026-02-01T06:00:00Z".to_owned() }
}

fn file(rules: &Rules, n: usize, text: &str) -> FileRow {
    FileRow {
        url: url(&format!("{n}/{text}.pdf")),
        title: text.to_owned(),
        format: "pdf".to_owned(),
        bytes: 120_000,
        pages: Some(4),
        changed: Some("2019-05-01".to_owned()),
        form: Some(true),
        rules: rules.list.iter().filter(|r| r.triage.is_some()).map(|r| r.id.to_string()).collect(),
        linked: 12,
        from: vec![url(text), url("a"), url("b")],
        twin: Some(url(text)),
    }
}

fn burden(n: usize, text: &str, score: Option<f64>) -> BurdenRow {
    let share = |n: usize| Share {
        label: format!("{n} {text}"),
        kind: "other".to_owned(),
        way: "look-up".to_owned(),
        minutes: 2.5 - n as f64 / 10.0,
    };
    BurdenRow {
        name: text.to_owned(),
        url: url(&format!("{n}/{text}")),
        pages: if score.is_some() { 4 } else { 1 },
        questions: 37,
        minutes: 20.0 - n as f64,
        deviation: 4.5,
        longest: (0..5).map(share).collect(),
        score,
    }
}

/// As many tasks as can be declared; the first and every third are blocked, the second is not checked.
fn tasks(text: &str) -> Tasks {
    let voice = || Voice { words: text.to_owned(), count: 1_200 };
    let step = |n: usize| TaskStep {
        url: url(&format!("{n}/{text}")),
        title: text.to_owned(),
        link: Some(text.to_owned()),
        score: Some(80.0),
        reading: 1.5,
        filling: 3.25,
        stuck: (n == 11).then_some(Stuck::Blocker),
    };
    let task = |n: usize| {
        let blocked = n.is_multiple_of(3);
        let state = if blocked { TaskState::Blocked } else { TaskState::Clear };
        let state = if n == 1 { TaskState::NotChecked } else { state };
        TaskRow {
            name: format!("{n} {text}"),
            guessed: false,
            score: (n != 1).then_some(if blocked { 0.0 } else { 60.0 }),
            stars: (n != 1).then_some(if blocked { 1 } else { 3 }),
            blocked,
            steps: (0..12).map(step).collect(),
            state,
            stuck: (blocked || n == 1).then_some(Stuck::Blocker),
            message: Some(format!("Message {text}")),
            ends: Some(Ending::Form),
            clicks: Some(12),
            from_home: Some(FromHome::OtherWords),
            home_link: Some(text.to_owned()),
            reading: 18.0,
            filling: 39.0,
            dead_ends: (0..5).map(|n| url(&format!("{n}/{text}"))).collect(),
            dead_ends_count: 7,
            flaws: vec![Flaw::Rough, Flaw::OtherWords, Flaw::DeadEnds, Flaw::Long],
            searches: vec![voice(); 5],
            calls: vec![voice(); 5],
        }
    };
    Tasks { rows: (0..24).map(task).collect(), searches: vec![voice(); 5], calls: vec![voice(); 5], kiosk: None }
}

/// A digest of a second run in which everything happened, with the limits of lists and this text everywhere.
pub(super) fn full(rules: &Rules, text: &str) -> Digest {
    let at = |n: usize| &rules.list[n % rules.list.len()];
    let many = |rows: usize, state: State| (0..rows).map(|n| finding(at(n), n, text, state)).collect::<Vec<_>>();
    let digests: Vec<_> = rules
        .list
        .iter()
        .map(|rule| RuleDigest {
            rule: rule.id.clone(),
            states: StateCounts { new: 3, open: 30, fixed: 2, back: 1, unchecked: 1 },
            pages: 20,
            examples: (0..5).map(|n| finding(rule, n, text, State::Open)).collect(),
            alike: vec![alike(); 5],
            causes: 16,
            first_seen: Some("2026-02-01T06:00:00Z".to_owned()),
        })
        .collect();
    let active = || rules.list.iter().filter(|r| r.status == Status::Active);
    let gains: BTreeMap<_, _> = active().enumerate().map(|(n, r)| (r.id.clone(), 0.1 * n as f64)).collect();
    let mut steps: Vec<Step> =
        gains.iter().map(|(rule, gain)| Step { rule: rule.clone(), gain: *gain, score: 0.0 }).collect();
    steps.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    let mut value = 71.5;
    for step in &mut steps {
        value += step.gain;
        step.score = value;
    }
    let page = |n: usize| PageLoss {
        page: PageRow {
            url: url(&format!("{n}/{text}")),
            status: 200,
            title: text.to_owned(),
            lang: "en".to_owned(),
            kind: "service".to_owned(),
            kind_confidence: 0.9,
            weight: 0.001,
            score: 70.0,
            depth: Some(2),
            inbound: 3,
            bytes: 9_000,
            rendered: false,
            rendered_why: None,
            moves_to: None,
            axe: Some(axe::page(text)),
        },
        lost: 0.3,
    };
    let runs: Vec<_> = (0..12).map(|n| point(n, 60.0 + n as f64 - 1.0, 60.5 + n as f64, 61.0 + n as f64)).collect();
    let causes = rules
        .list
        .iter()
        .map(|r| (r.cause.clone().unwrap_or(r.id.clone()), (0.25, -0.125)))
        .collect::<BTreeMap<_, _>>();
    let (better, worse) = (0.25 * causes.len() as f64, -0.125 * causes.len() as f64);
    let parts = Parts { better, worse, added: -0.5, unchecked: 1.5 - (better + worse), ..Parts::default() };
    Digest {
        run: runs[11].run.clone(),
        before: Some(runs[10].run.clone()),
        moves: Some(Moves { parts, causes, shared: 0.9 }),
        plan: Plan { steps, gains },
        pages_read: 1_200,
        pages_unread: 70,
        rendered: (0..30).map(|n| (url(&format!("{n}/{text}")), RenderWhy::DrawnByScript)).collect(),
        pages_rendered: 45,
        pages_moving: 2,
        axe: Some(axe::digest(text)),
        rules: digests,
        pages: (0..50).map(page).collect(),
        rest_lost: 13.5,
        moved: [State::New, State::Fixed, State::Back].into_iter().map(|s| (s, many(50, s))).collect(),
        blockers: many(50, State::Open),
        unsure: rules
            .list
            .iter()
            .map(|r| Unsure { rule: r.id.clone(), pages: 4, example: finding(r, 1, text, State::Open) })
            .collect(),
        unread_reasons: vec![(Why::Timeout, 68), (Why::Login, 2), (Why::Robots, 1)],
        unread: (0..30)
            .map(|n| Unread { url: url(&format!("u{n}/{text}")), why: Why::Timeout, from: Some(url(text)) })
            .collect(),
        files: Files { measured: 90, rows: (0..60).map(|n| file(rules, n, text)).collect(), rest: 7 },
        verdicts: wcag::verdict_counts(rules),
        doubts: wcag::doubts(rules, text),
        burdens: Burdens {
            journeys: (0..9).map(|n| burden(n, text, Some(71.5))).collect(),
            forms: (0..12).map(|n| burden(n, text, None)).collect(),
        },
        tasks: tasks(text),
        runs,
        earlier_runs: 3,
    }
}

/// An ordinary digest.
pub(super) fn digest() -> Digest {
    full(rules(), "apply")
}

fn first_run(rules: &Rules) -> Digest {
    let clean = Digest { runs: vec![point(0, 99.0, 100.0, 100.0)], ..full(rules, "apply") };
    Digest {
        run: clean.runs[0].run.clone(),
        before: None,
        moves: None,
        plan: Plan::default(),
        rules: Vec::new(),
        moved: BTreeMap::new(),
        blockers: Vec::new(),
        verdicts: VerdictCounts::default(),
        doubts: Vec::new(),
        unsure: Vec::new(),
        unread_reasons: Vec::new(),
        unread: Vec::new(),
        files: Files::default(),
        burdens: Burdens::default(),
        tasks: Tasks::default(),
        earlier_runs: 0,
        ..clean
    }
}

pub(super) fn subject<'a>(rules: &'a Rules, name: &'a str) -> Subject<'a> {
    let standard = standards().named("ada-title-ii");
    let contact = Contact { name: name.to_owned(), href: Some("mailto:web@milltown.example".to_owned()), text: None };
    Subject {
        site_name: name,
        target: "http://milltown.example/",
        contact: Some(contact),
        goal: Goal { target: 85.0, is_default: true, by: None, needed: None, old: Vec::new() },
        goals: Vec::new(),
        house: House::plain(),
        family: Family::Audit,
        details: Details::All,
        rules,
        standard,
        wcag: Wcag::new(&digest(), rules, standard),
        tool: "0.1.0",
        follow: follow::followed(name),
        walk: tasks::walked(rules, "apply"),
    }
}

fn value(digest: &Digest, subject: &Subject<'_>) -> Value {
    let basis = Basis::new(digest, subject, Cuts::at_step(0));
    serde_json::to_value(context::context(ReportPage::Site, &basis)).expect("the context is plain data")
}

fn numbers(rows: &Value, key: &str) -> Vec<f64> {
    rows.as_array().into_iter().flatten().filter_map(|row| row[key].as_f64()).collect()
}

#[track_caller]
fn check_near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

#[test]
fn parts_and_rows_sum_to_the_change() {
    let rules = rules();
    let digest = full(rules, "apply");
    let context = value(&digest, &subject(rules, "Milltown"));
    let change = &context["change"];
    let points = change["points"].as_f64().expect("there is a change");
    check_near(points, digest.run.score.value - digest.runs[10].run.score.value);
    let parts = numbers(&change["parts"], "points");
    check_near(parts.iter().sum(), points);
    check_near(
        change["parts"].as_array().and_then(|p| p.last()).and_then(|p| p["running"].as_f64()).unwrap_or(0.0),
        digest.run.score.value,
    );

    let basis_subject = subject(rules, "Milltown");
    let all = Cuts { change: usize::MAX, ..Cuts::at_step(0) };
    let basis = Basis::new(&digest, &basis_subject, all);
    let whole = context::context(ReportPage::Site, &basis);
    let moves = digest.moves.as_ref().expect("there are moves");
    let rows = whole.change.map(|c| c.rows.iter().map(|r| r.points).sum::<f64>()).unwrap_or(0.0);
    check_near(rows, moves.parts.better + moves.parts.worse);
    check_near(numbers(&context["categories"], "lost").iter().sum(), 100.0 - digest.run.score.value);
}

#[test]
fn jobs_are_the_first_steps_together() {
    let rules = rules();
    let digest = full(rules, "apply");
    let plan = &value(&digest, &subject(rules, "Milltown"))["plan"];
    assert_eq!(plan["jobs"].as_array().map(Vec::len), Some(5));
    assert_eq!(plan["jobs_score"].as_f64(), Some(digest.plan.steps[4].score));
    check_near(plan["jobs_gain"].as_f64().unwrap_or(0.0), digest.plan.steps[4].score - 71.5);
    let rows = numbers(&plan["rows"], "a_day");
    assert!(rows.len() > 9 && rows.is_sorted_by(|a, b| a >= b), "most points a day first: {rows:?}");
}

#[test]
fn what_is_cut_is_counted() {
    let rules = rules();
    let digest = full(rules, "apply");
    let subject = subject(rules, "Milltown");
    for step in 0..=Cuts::LAST_STEP {
        let basis = Basis::new(&digest, &subject, Cuts::at_step(step));
        let context = context::context(ReportPage::Site, &basis);
        let active = rules.list.iter().filter(|r| r.status == Status::Active).count();
        assert_eq!(context.plan.rows.len() + context.plan.rest, active);
        assert_eq!(context.rules.len() + context.rules_rest, active);
        assert_eq!(context.trial.rows.len() + context.trial.rest, rules.list.len() - active);
        assert_eq!(context.pages.rows.len() as u64 + context.pages.rest, 1_200);
        check_near(context.pages.rest_lost, 13.5 + 0.3 * (50 - context.pages.rows.len()) as f64);
        assert_eq!(context.unread.rows.len() as u64 + context.unread.rest, 71);
        assert_eq!((context.files.rows.len() as u64 + context.files.rest, context.files.total), (67, 67));
        assert_eq!(context.burdens.rows.len() + context.burdens.rest, 21);
        assert!(context.burdens.rows.is_sorted_by(|a, b| a.minutes >= b.minutes));
        for section in &context.rules {
            let shown: u64 = section.examples.iter().map(|e| e.findings).sum();
            assert_eq!(shown, 2 * section.examples.len() as u64);
            assert_eq!(shown + section.more, section.findings);
        }
        for row in &context.plan.rows {
            assert_eq!(row.anchor.is_some(), context.rules.iter().any(|s| s.rule == row.rule));
        }
    }
}

#[test]
fn a_first_run_claims_no_change() {
    let rules = rules();
    let digest = first_run(rules);
    let subject = subject(rules, "Milltown");
    let context = value(&digest, &subject);
    assert_eq!((&context["change"], &context["run"]["compared_with"]), (&Value::Null, &Value::Null));
    assert_eq!(context["trend"]["direction"], "unclear");
    for page in [ReportPage::Scorecard, ReportPage::Site] {
        let html = render(page, &digest, &subject).expect("it can be made");
        assert!(html.contains("This is the first audit"));
    }
    assert!(matches!(render(ReportPage::Demo, &digest, &subject), Err(ReportError::NothingToCompare)));
}

#[test]
fn other_rules_are_told_and_nothing_is_subtracted() {
    let rules = rules();
    let mut digest = full(rules, "apply");
    digest.moves = None;
    digest.run.rule_set = "c".repeat(32);
    digest.runs[11].rules_changed = true;
    let subject = subject(rules, "Milltown");
    let change = &value(&digest, &subject)["change"];
    assert_eq!((&change["break"], &change["points"]), (&Value::from("rules"), &Value::Null));
    assert_eq!((&change["parts"], &change["rows"]), (&Value::Array(Vec::new()), &Value::Array(Vec::new())));
    for page in [ReportPage::Scorecard, ReportPage::Site] {
        let html = render(page, &digest, &subject).expect("it can be made");
        assert!(html.contains("The rules changed since"));
        assert!(!html.contains("first audit"));
    }
    digest.run.setup = "other".to_owned();
    assert_eq!(value(&digest, &subject)["change"]["break"], "both");
}

/// Everything that could leave an attribute, an element, a comment or a template.
pub(super) const HOSTILE: &str =
    "</title></code><script>alert(1)</script>\"'`>{{ 7 * 7 }}{% raw %}--><img src=x onerror=alert(1)>&lt;";

#[test]
fn a_hostile_page_cannot_break_out() {
    let rules = rules();
    let digest = largest(HOSTILE);
    let mut subject = subject(rules, HOSTILE);
    subject.target = "javascript:alert(1)";
    for page in ALL {
        let html = render(page, &digest, &subject).expect("it can be made");
        assert!(html.contains("&lt;script&gt;"));
        for live in ["<script", "<img", "javascript:alert(1)\""] {
            assert!(!html.contains(live), "{live} is live on {page:?}");
        }
        assert!(html.contains("{{ 7 * 7 }}"), "a text became a template");
        for (name, value) in attributes(&html) {
            let is_ours = !value.contains(':')
                || ["http://", "https://www.govinfo.gov/", "mailto:", "data:,"].iter().any(|s| value.starts_with(s));
            assert!(!name.starts_with("on") && (name != "href" || is_ours), "{name}={value}");
        }
    }
}

fn attributes(html: &str) -> Vec<(String, String)> {
    let document = scraper::Html::parse_document(html);
    let elements = document.tree.nodes().filter_map(|n| n.value().as_element());
    elements.flat_map(|e| e.attrs()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn links_within_a_page_lead_somewhere_and_ids_are_unique() {
    let rules = rules();
    for text in ["apply", &"\"<".repeat(4_000)] {
        let digest = largest(text);
        for page in ALL {
            let html = render(page, &digest, &subject(rules, "Milltown")).expect("it can be made");
            let attributes = attributes(&html);
            let ids: Vec<&str> =
                attributes.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.as_str()).collect();
            let unique: std::collections::BTreeSet<_> = ids.iter().collect();
            assert_eq!(unique.len(), ids.len());
            let named = |name: &str, value: &str| match name {
                "href" => value.strip_prefix('#').map(str::to_owned),
                "aria-labelledby" => Some(value.to_owned()),
                _ => None,
            };
            for target in attributes.iter().filter_map(|(name, value)| named(name, value)) {
                assert!(target.split(' ').all(|id| ids.contains(&id)), "{target} is nowhere on {page:?}");
            }
        }
    }
}

#[test]
fn the_demo_shows_every_fix_and_every_fault() {
    let rules = rules();
    let digest = full(rules, "apply");
    let html = render(ReportPage::Demo, &digest, &subject(rules, "Milltown")).expect("it can be made");
    let causes = digest.moves.as_ref().map_or(0, |m| m.causes.len());
    assert_eq!(html.matches("class=\"bar\"").count(), causes);
    assert!(html.contains("What got worse"));
}
