//! How large the pages are, and that they come out the same every time.

use super::*;

#[test]
fn pages_stay_small_whatever_the_site() {
    let rules = rules();
    // Half of it must be escaped, which is the most that a text can grow by.
    let long = "\"<".repeat(4_000);
    for text in [HOSTILE, &long] {
        let digest = full(rules, text);
        let subject = subject(rules, "Milltown");
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
    for page in [ReportPage::Scorecard, ReportPage::Site, ReportPage::Wcag, ReportPage::Changes, ReportPage::Demo] {
        let made = |digest| render(page, digest, &subject(rules, "Milltown")).expect("it can be made");
        assert_eq!(made(&a), made(&b));
    }
}
