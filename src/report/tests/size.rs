//! How large the pages are, and that they come out the same every time.

use super::*;

/// The pages of a run.
pub(super) const ALL: [ReportPage; 6] = [
    ReportPage::Scorecard,
    ReportPage::Site,
    ReportPage::Tasks,
    ReportPage::Wcag,
    ReportPage::Changes,
    ReportPage::Demo,
];

#[test]
fn pages_stay_small_whatever_the_site() {
    let rules = rules();
    // Half of it must be escaped, which is the most that a text can grow by.
    let long = "\"<".repeat(4_000);
    for text in [HOSTILE, &long] {
        let digest = full(rules, text);
        let subject = Subject { walk: tasks::walked(rules, text), ..subject(rules, "Milltown") };
        let walk = render(ReportPage::Tasks, &digest, &subject).expect("it can be made");
        assert!(walk.len() <= SITE_BYTES, "{} bytes", walk.len());
        let site = render(ReportPage::Site, &digest, &subject).expect("it can be made");
        assert!(site.len() <= SITE_BYTES, "{} bytes", site.len());
        let wcag = render(ReportPage::Wcag, &digest, &subject).expect("it can be made");
        assert!(wcag.len() <= SITE_BYTES, "{} bytes", wcag.len());
        let scorecard = render(ReportPage::Scorecard, &digest, &subject).expect("it can be made");
        assert!(scorecard.len() <= 40_000, "{} bytes", scorecard.len());
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let rules = rules();
    let (a, b) = (full(rules, "apply"), full(rules, "apply"));
    for page in ALL {
        let made = |digest| render(page, digest, &subject(rules, "Milltown")).expect("it can be made");
        assert_eq!(made(&a), made(&b));
    }
}

#[test]
fn every_language_has_every_page() {
    let rules = rules();
    let digest = full(rules, "apply");
    for language in languages() {
        let house = House::new(language);
        let subject = Subject { house: &house, ..subject(rules, "Milltown") };
        let pages = [ReportPage::Scorecard, ReportPage::Site, ReportPage::Tasks, ReportPage::Wcag, ReportPage::Changes];
        for page in pages.into_iter().chain([ReportPage::Demo]) {
            let html = render(page, &digest, &subject).expect("it can be made");
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{page:?}");
            assert!(
                html.len() <= if page == ReportPage::Scorecard { 40_000 } else { SITE_BYTES },
                "{language} {page:?}: {} bytes",
                html.len()
            );
            // The titles of rules stay as they are, and say so.
            assert_eq!(
                html.contains("lang=\"en\""),
                language == "en" || page != ReportPage::Changes,
                "{language} {page:?}"
            );
        }
    }
}
