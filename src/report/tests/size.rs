//! How large the pages are, and that they come out the same every time.

use super::*;

/// The pages of a run.
pub(super) const ALL: [ReportPage; 7] = [
    ReportPage::Scorecard,
    ReportPage::Site,
    ReportPage::Tasks,
    ReportPage::Wcag,
    ReportPage::Changes,
    ReportPage::Kiosk,
    ReportPage::Demo,
];

/// A run of a kiosk with the limits of lists, so that every page of it links to every other one.
pub(super) fn largest(text: &str) -> Digest {
    let mut digest = full(rules(), text);
    digest.tasks.kiosk = Some(kiosk::row(text));
    digest
}

#[test]
fn pages_stay_small_whatever_the_site() {
    let rules = rules();
    // Half of it must be escaped, which is the most that a text can grow by.
    let long = "\"<".repeat(4_000);
    for language in languages() {
        let house = House::new(language);
        // The longest is the same in each; one language is enough for the other.
        let texts = if language == "en" { vec![HOSTILE, &long] } else { vec![&*long] };
        for text in texts {
            let walk = tasks::pictured(tasks::walked(rules, text), tasks::LARGEST);
            let subject = Subject { walk, house: &house, ..subject(rules, "Milltown") };
            for page in
                [ReportPage::Scorecard, ReportPage::Site, ReportPage::Tasks, ReportPage::Wcag, ReportPage::Kiosk]
            {
                let html = render(page, &largest(text), &subject).expect("it can be made");
                let most = if page == ReportPage::Scorecard { SCORECARD_BYTES } else { SITE_BYTES };
                assert!(html.len() <= most, "{language} {page:?}: {} bytes", html.len());
            }
        }
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let (a, b) = (largest("apply"), largest("apply"));
    for page in ALL {
        let made = |digest| render(page, digest, &subject(rules(), "Milltown")).expect("it can be made");
        assert_eq!(made(&a), made(&b));
    }
}

#[test]
fn every_language_has_every_page() {
    let digest = largest("apply");
    for language in languages() {
        let house = House::new(language);
        let subject = Subject { house: &house, ..subject(rules(), "Milltown") };
        for page in ALL {
            let html = render(page, &digest, &subject).expect("it can be made");
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{page:?}");
            // The titles of rules stay as they are, and say so.
            assert!(html.contains("lang=\"en\""), "{language} {page:?}");
        }
    }
}

/// What a page says in its own language: no text of an element that says that it is English, nor of an audited page.
fn said(html: &str) -> String {
    let document = scraper::Html::parse_document(html);
    let mut out = String::new();
    for node in document.tree.nodes() {
        let Some(text) = node.value().as_text() else { continue };
        let is_other = |e: &scraper::node::Element| {
            ["style", "pre", "code"].contains(&e.name())
                || e.classes().any(|class| class == "q")
                || (e.name() != "html" && e.attr("lang") == Some("en"))
        };
        if !node.ancestors().filter_map(|n| n.value().as_element()).any(is_other) {
            out.push_str(text);
            out.push(' ');
        }
    }
    out
}

#[test]
fn words_of_rules_say_that_they_are_english() {
    let digest = largest("apply");
    let titles: Vec<&str> = rules().list.iter().map(|rule| rule.title.as_str()).filter(|t| t.contains(' ')).collect();
    let house = House::new("fr");
    let subject = Subject { house: &house, ..subject(rules(), "Milltown") };
    for page in ALL {
        let html = render(page, &digest, &subject).expect("it can be made");
        let said = said(&html);
        let told: Vec<_> = titles.iter().filter(|title| said.contains(**title)).collect();
        assert_eq!(told, Vec::<&&str>::new(), "{page:?}");
        assert!(said.len() > 1_000, "{page:?}: the test reads what it should");
    }
}
