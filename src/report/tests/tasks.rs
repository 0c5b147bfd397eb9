//! Top tasks in the context and on the pages.

use super::*;
use crate::audit::Picture;
use crate::report::WalkPage;

/// What is known of the pages on the ways of `tasks`, with more kinds of problem than a page shows.
pub(super) fn walked(rules: &Rules, text: &str) -> BTreeMap<PageUrl, WalkPage> {
    let page = |n: usize| {
        let scored = rules.list.iter().filter(|rule| rule.status == Status::Active);
        let findings = scored.take(8).map(|rule| finding(rule, n, text, State::Open)).collect();
        (url(&format!("{n}/{text}")), WalkPage { findings, words: 210, links: 31, screen: None })
    };
    (0..12).map(page).collect()
}

/// The same with pictures of so many letters.
pub(super) fn pictured(mut walk: BTreeMap<PageUrl, WalkPage>, letters: usize) -> BTreeMap<PageUrl, WalkPage> {
    for (n, page) in walk.values_mut().enumerate() {
        let png = format!("{n:02}").repeat(letters / 2);
        page.screen = Some(Picture { selector: None, width: 320, height: 200, png });
    }
    walk
}

/// As large as they get.
pub(super) const LARGEST: usize = 16_000 * 4 / 3;

#[test]
fn the_walk_says_what_to_do_first_and_what_is_in_the_way() {
    let rules = rules();
    let digest = full(rules, "apply");
    let subject = subject(rules, "Milltown");
    let context = value(&digest, &subject);
    let met = &context["tasks"][0]["steps"][9]["met"];
    assert_eq!((met["obstacles"].as_array().map(Vec::len), met["obstacles_rest"].as_u64()), (Some(5), Some(3)));
    assert_eq!((met["words"].as_u64(), met["links"].as_u64()), (Some(210), Some(31)));
    let first = &context["tasks"][0]["first"];
    assert!(first["problem"]["lost"].as_f64() > Some(0.0) && first["path"].is_string(), "{first}");
    let html = render(ReportPage::Tasks, &digest, &subject).expect("it can be made");
    assert_eq!(html.matches("Do this first").count(), 24);
    assert!(html.contains("People get stuck here:"));
    let site = render(ReportPage::Site, &digest, &subject).expect("it can be made");
    assert!(site.contains("href=\"tasks.html\""));
}

#[test]
fn first_screens_stand_beside_their_steps_each_once_as_far_as_there_is_room() {
    let rules = rules();
    let mut digest = full(rules, "apply");
    digest.tasks.rows.truncate(4);
    let mut subject = subject(rules, "Milltown");
    let shown = |subject: &Subject<'_>| {
        let html = render(ReportPage::Tasks, &digest, subject).expect("it can be made");
        let named = |n: usize| html.contains(&format!("data:image/png;base64,{n:02}{n:02}"));
        let shown: Vec<usize> = (0..12).filter(|&n| named(n)).collect();
        assert!(html.len() <= SITE_BYTES, "{} bytes", html.len());
        for n in 1..=shown.len() {
            assert_eq!(html.matches(&format!("id=\"screen-{n}\"")).count(), 1);
            assert!(html.matches(&format!("<use href=\"#screen-{n}\"/>")).count() > 1, "other tasks go the same way");
        }
        assert!(!html.contains(&format!("screen-{}\"", shown.len() + 1)));
        (shown, html)
    };
    subject.walk = pictured(subject.walk, LARGEST);
    let (some, _) = shown(&subject);
    assert!(!some.is_empty() && some.len() < 12, "{some:?}: not all have room");
    subject.walk = pictured(subject.walk, 400);
    let (all, small) = shown(&subject);
    // The way has twelve steps, of which ten are shown.
    assert_eq!(all.len(), 10, "{all:?}");
    assert!(small.contains("aria-label=\"The first screen of “"), "it says what it shows");
    subject.walk.values_mut().for_each(|page| page.screen = None);
    let (none, words) = shown(&subject);
    assert!(none.is_empty() && !words.contains("svg class=\"screen\"") && !words.contains("The pictures show"));
    let titles = |html: &str| html.matches("<li").count();
    assert_eq!(titles(&small), titles(&words), "no words are left out for pictures");
    let site = render(ReportPage::Site, &digest, &subject).expect("it can be made");
    assert!(!site.contains("screen-1"));
}

#[test]
fn blocked_tasks_come_first_and_clear_ones_are_counted() {
    let rules = rules();
    let digest = full(rules, "apply");
    let context = value(&digest, &subject(rules, "Milltown"));
    let count = &context["score"]["tasks"];
    assert_eq!((&count["clear"], &count["blocked"], &count["total"]), (&15.into(), &8.into(), &24.into()));
    let rows = context["blocked"]["rows"].as_array().expect("a list");
    assert!(rows.iter().all(|row| row["task"].is_string()));
    assert_eq!((rows.len(), context["blocked"]["rest"].as_u64()), (5, Some(53)));
    let task = &context["tasks"][0];
    let steps = task["steps"].as_array().expect("a list");
    assert_eq!((steps.len(), task["steps_rest"].as_u64()), (10, Some(2)));
    assert_eq!(steps[9]["stuck"], "blocker");
    let html = render(ReportPage::Scorecard, &digest, &subject(rules, "Milltown")).expect("it can be made");
    assert!(html.contains("Top tasks with no blocker found: <strong>15 of 24</strong>."));
    let html = render(ReportPage::Scorecard, &first_run(rules), &subject(rules, "Milltown")).expect("it can be made");
    assert!(!html.contains("Top tasks with no blocker"));
}

#[test]
fn every_code_of_a_task_has_its_words() {
    let rules = rules();
    let endings = [Ending::Form, Ending::Person, Ending::File, Ending::Frame, Ending::Page];
    let stuck =
        [Stuck::Blocker, Stuck::Missing, Stuck::Unlinked, Stuck::Elsewhere, Stuck::Form, Stuck::Unread, Stuck::Drawn];
    let homes = [FromHome::Words, FromHome::OtherWords, FromHome::Link, FromHome::NoLink, FromHome::Itself];
    let flaws = [
        Flaw::Blocked,
        Flaw::Rough,
        Flaw::OffHome,
        Flaw::Far,
        Flaw::NoLink,
        Flaw::OtherWords,
        Flaw::FileOnly,
        Flaw::DeadEnds,
        Flaw::Long,
    ];
    for at in 0..flaws.len() {
        let mut digest = full(rules, "apply");
        let task = &mut digest.tasks.rows[0];
        task.flaws = vec![flaws[at]];
        task.message = None;
        // Only these three block; the others leave it open whether a task can be finished.
        task.stuck = Some(stuck[at % 3]);
        task.from_home = Some(homes[at % homes.len()]);
        let other = &mut digest.tasks.rows[1];
        (other.stuck, other.stars, other.clicks) = (Some(stuck[at % stuck.len()]), None, None);
        let third = &mut digest.tasks.rows[2];
        (third.ends, third.guessed) = (Some(endings[at % endings.len()]), true);
        for page in [ReportPage::Scorecard, ReportPage::Site, ReportPage::Tasks] {
            render(page, &digest, &subject(rules, "Milltown")).expect("strict templates know every code");
        }
    }
}
