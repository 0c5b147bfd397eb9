//! The view by criterion: what makes a criterion failed, and what never stands on the page.

use super::*;
use crate::facts::Statement;
use crate::history::{Doubt, PageTally};

/// Every rule had something to look at on eleven pages.
pub(super) fn verdict_counts(rules: &Rules) -> VerdictCounts {
    let tally = PageTally { passed: 6, failed: 4, unsure: 1 };
    let statement = Statement { url: url("accessibility"), dated: true, contact: true, feedback: false };
    let criteria = rules.list.iter().flat_map(Rule::failed_criteria).map(|c| (c.to_owned(), tally));
    VerdictCounts {
        rules: rules.list.iter().map(|r| (r.id.clone(), tally)).collect(),
        criteria: criteria.collect(),
        statement: Some(statement),
    }
}

/// Every rule left three places to a person.
pub(super) fn doubts(rules: &Rules, text: &str) -> Vec<Doubt> {
    let doubt = |r: &Rule| Doubt {
        rule: r.id.clone(),
        pages: 4,
        examples: (0..3).map(|n| finding(r, n, text, State::Open)).collect(),
    };
    rules.list.iter().map(doubt).collect()
}

fn view(digest: &Digest, standard: Option<&str>) -> Value {
    let standard = standard.and_then(|id| standards().named(id));
    serde_json::to_value(Wcag::new(digest, rules(), standard)).expect("it is plain data")
}

#[track_caller]
fn criterion<'v>(view: &'v Value, number: &str) -> &'v Value {
    let rows = view["criteria"].as_array().expect("a list");
    rows.iter().find(|row| row["criterion"] == *number).expect("it is listed")
}

/// A digest in which only these rules found something, of this status.
fn only(ids: &[&str], status: Status) -> Digest {
    let mut digest = digest();
    digest.rules.retain(|found| ids.contains(&&*found.rule));
    digest.doubts.clear();
    for example in digest.rules.iter_mut().flat_map(|found| &mut found.examples) {
        example.status = status;
    }
    digest
}

#[test]
fn only_what_a_rule_literally_fails_makes_a_criterion_failed() {
    let digest = only(&["access/image-without-alt"], Status::Active);
    let view = view(&digest, None);
    assert_eq!(criterion(&view, "1.1.1")["state"], "failed");
    assert_eq!(criterion(&view, "1.1.1")["findings"], 34);
    assert_eq!(criterion(&view, "1.1.1")["clauses"]["en"], "9.1.1.1");
    assert_eq!(criterion(&view, "1.3.1")["state"], "nothing-found");
    // No rule fails it: whatever others passed, a person has to look.
    assert_eq!(criterion(&view, "3.3.4")["state"], "needs-a-person");
    assert_eq!((&view["standard"], &criterion(&view, "1.1.1")["beyond"]), (&Value::Null, &Value::Null));
}

#[test]
fn rules_that_met_nothing_of_theirs_say_nothing() {
    let mut digest = only(&[], Status::Active);
    let of = |number: &str| {
        rules()
            .list
            .iter()
            .filter(|r| r.failed_criteria().any(|c| c == number))
            .map(|r| r.id.clone())
            .collect::<Vec<_>>()
    };
    of("2.2.2").iter().for_each(|id| _ = digest.verdicts.rules.remove(id));
    assert_eq!(criterion(&view(&digest, None), "2.2.2")["state"], "not-applicable");
    digest.verdicts = VerdictCounts::default();
    assert_eq!(criterion(&view(&digest, None), "2.2.2")["state"], "needs-a-person", "an older run counted nothing");
}

#[test]
fn what_lies_beyond_the_standard_is_told_apart() {
    let view = view(&digest(), Some("section-508"));
    let beyond = |number: &str| criterion(&view, number)["beyond"].clone();
    assert_eq!((beyond("1.1.1"), beyond("1.4.10"), beyond("1.4.6")), (false.into(), true.into(), true.into()));
    let digest = digest();
    let subject = subject(rules(), "Milltown");
    let context = value(&digest, &subject);
    let groups: Vec<&Value> = context["wcag"]["groups"].as_array().expect("a list").iter().collect();
    assert_eq!(groups.iter().map(|g| &g["id"]).collect::<Vec<_>>(), ["asked", "beyond"]);
    assert_eq!(groups.iter().map(|g| g["rows"].as_array().map_or(0, Vec::len)).sum::<usize>(), 86);
    let html = render(ReportPage::Wcag, &digest, &subject).expect("it can be made");
    assert!(html.contains("Beyond your legal standard"));
}

#[test]
fn the_page_claims_nothing() {
    let subject = subject(rules(), "Milltown");
    let page = render(ReportPage::Wcag, &digest(), &subject).expect("it can be made");
    // The names of criteria are the W3C's.
    let ours =
        standards().criteria.iter().fold(page.to_lowercase(), |page, c| page.replace(&c.name.to_lowercase(), ""));
    let titles = rules().list.iter().fold(ours, |page, r| page.replace(&r.title.to_lowercase(), ""));
    for word in ["accessible", "compliant", "compliance", "chance", "passed"] {
        assert!(!titles.contains(word), "`{word}` stands on the page");
    }
}

#[test]
fn every_standard_of_the_config_is_explained() {
    let known: Vec<&str> = standards().standards.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(known, crate::config::STANDARDS);
}
