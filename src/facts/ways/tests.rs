use crate::facts::{Lexicon, Page, Settings, Ways};
use crate::model::{Fetched, PageUrl};

fn read(html: &str) -> Ways {
    let fetched = Fetched::of_file(
        PageUrl::parse("http://milltown.example/services/dogs").expect("a valid address"),
        html.to_owned().into_bytes(),
        "",
    );
    let lexicon = Lexicon::for_tests();
    Page::read(&fetched, lexicon, &Settings::default()).facts.ways
}

#[track_caller]
fn check_deadlines(text: &str, expected: &[&str]) {
    let found = read(&format!("<main><p>{text}</p></main>")).deadlines;
    assert_eq!(found.iter().map(|d| d.day.as_str()).collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn deadlines_are_days_with_a_year_after_words_for_them() {
    check_deadlines("Applications must be received by 5 p.m. on Friday, March 6, 2026.", &["2026-03-06"]);
    check_deadlines("Register by 3/6/2026 or by mail. Pay by April 1, 2026.", &["2026-03-06", "2026-04-01"]);
    check_deadlines("Apply by April 15 each year.", &[]);
    check_deadlines("The deadline was March 6, 2026.", &[]);
    check_deadlines("On March 6, 2026 the board set a deadline for comments.", &[]);
    check_deadlines("The office opened on March 6, 2026.", &[]);
}

#[test]
fn a_missing_page_is_told_by_what_its_heads_say_and_little_else() {
    let check = |title: &str, heading: &str, expected: bool| {
        let ways = read(&format!("<title>{title}</title><main><h1>{heading}</h1><p>Text.</p></main>"));
        assert_eq!(ways.missing.is_some(), expected, "{title} / {heading}");
    };
    check("Page not found | Alder Falls", "Sorry", true);
    check("Alder Falls", "Sorry, we can't find that page", true);
    check("404 - Not Found", "", true);
    check("Alder Falls", "Oops! The page you requested could not be found.", true);
    check("Lost and found", "What we found", false);
    check("Section 404 permits", "Permits to fill wetlands", false);
    check("Alder Falls", "How to report a page that was not found", false);
    check("Error codes", "Error", false);
}

#[test]
fn what_stands_beside_a_claim_is_looked_for_up_to_the_next_heading() {
    let page = |after: &str| read(&format!("<main><p>We no longer accept cash.</p>{after}</main>"));
    assert!(!page("<p>Thank you.</p>").closed.is_some_and(|c| c.way));
    assert!(page("<p>Pay <a href=/pay>online</a>.</p>").closed.is_some_and(|c| c.way));
    assert!(!page("<h2>Dogs</h2><p>See <a href=/dogs>dogs</a>.</p>").closed.is_some_and(|c| c.way));
    assert!(page("<p>Call (215) 555-0134.</p>").closed.is_some_and(|c| c.way));
}

#[test]
fn the_address_of_a_page_makes_no_difference_to_its_sketch() {
    let page = |words: &str| read(&format!("<main><p>{words}</p></main>")).sketch;
    let one = page("We could not find services dogs on this server, so please look in the menu above");
    let other = page("We could not find 2024 on this server, so please look in the menu above");
    assert!((one.likeness(&other) - 1.0).abs() < 1e-9);
    assert!(one.likeness(&page("A license for a dog costs eight dollars a year")) < 0.2);
    assert!(page("").is_empty());
}
