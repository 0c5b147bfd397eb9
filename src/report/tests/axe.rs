//! What only axe-core found stands beside the findings, and adds nothing to them.

use super::*;
use crate::history::{AxeDigest, AxeRuleDigest};
use crate::model::{AxeTrouble, OnlyAxe, OnlyAxeRule};

fn rule(text: &str, places: usize) -> OnlyAxeRule {
    let place = |n: usize| Place {
        selector: format!("#a{n} > {text}"),
        line: 3,
        snippet: format!("<b title=\"{text}\">"),
        after: None,
    };
    OnlyAxeRule {
        rule: text.to_owned(),
        help: format!("Help {text}"),
        impact: "serious".to_owned(),
        criteria: vec!["1.4.3".to_owned()],
        unsure: true,
        places: (0..places).map(place).collect(),
        more: 7,
    }
}

/// What is told of a page, with this text everywhere.
pub(super) fn page(text: &str) -> OnlyAxe {
    OnlyAxe { version: text.to_owned(), trouble: None, rules: vec![rule(text, 20); 40] }
}

/// What is told of a site.
pub(super) fn digest(text: &str) -> AxeDigest {
    let of = |n: usize| AxeRuleDigest {
        rule: rule(&format!("{n}{text}"), 0),
        places: 40,
        unsure: 4,
        pages: 3,
        examples: (0..3).map(|n| (url(&format!("{n}/{text}")), rule(text, 1).places.remove(0))).collect(),
    };
    AxeDigest { versions: [text.to_owned()].into(), pages: 44, silent: 1, rules: (0..90).map(of).collect() }
}

#[test]
fn a_site_report_lists_what_only_axe_core_found_in_english_whatever_its_language() {
    let rules = rules();
    let html = render(ReportPage::Site, &full(rules, "apply"), &subject(rules, "Milltown")).expect("it is filled");
    assert!(html.contains("Only axe-core found"));
    assert!(html.contains("<span class=\"q\" lang=\"en\">Help 0apply</span>"), "{html}");
    let without = Digest { axe: None, ..full(rules, "apply") };
    let html = render(ReportPage::Site, &without, &subject(rules, "Milltown")).expect("it is filled");
    assert!(!html.contains("axe-core"));
}

#[test]
fn a_page_report_says_why_axe_core_said_nothing() {
    let rules = rules();
    let digest = full(rules, "apply");
    let silent = OnlyAxe { trouble: Some(AxeTrouble::Late), ..OnlyAxe::default() };
    let row = PageRow { axe: Some(silent), ..digest.pages[0].page.clone() };
    let html = render_page(&digest, &subject(rules, "Milltown"), &row, &PageDetail::default()).expect("it is filled");
    assert!(html.contains("Only axe-core found") && html.contains("in its time"), "{html}");
}
