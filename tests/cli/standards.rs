//! The standard of a law and the criteria of WCAG, as users meet them: in the config, in the reports, in the exports.

use crate::house::House;

const PAGE: &str = "<!doctype html><html lang=en><head><title>Dogs</title></head><body><main><h1>Dogs</h1><img src=a.png><p>Every dog needs a licence.</p></main></body></html>";

#[test]
fn criteria_are_told_against_the_standard_of_the_site() {
    let house = House::new();
    house.write("site/index.html", PAGE);
    let audit =
        ["audit", "site", "--out", "out", "--as", "http://town.example/", "--as-of", "2026-01-15", "--no-history"];
    house.ok(&audit);
    let found = house.audit("out");
    assert!(found["wcag"]["standard"].is_null(), "unset says nothing");
    assert!(found["findings"].as_array().is_some_and(|all| all.iter().all(|f| f["beyond"].is_null())));

    house.write("plainway.toml", "[site]\nstandard = \"section-508\"\n");
    house.ok(&[&audit[..], &["--format", "earl,openacr"]].concat());
    let found = house.audit("out");
    assert_eq!(found["wcag"]["standard"]["id"], "section-508");
    let criterion = |number: &str| {
        let mut rows = found["wcag"]["criteria"].as_array().into_iter().flatten();
        rows.find(|row| row["criterion"] == *number).cloned().expect("every criterion is listed")
    };
    assert_eq!((&criterion("1.1.1")["state"], &criterion("1.1.1")["beyond"]), (&"failed".into(), &false.into()));
    assert_eq!(criterion("1.4.10")["beyond"], true);
    let read = |file: &str| std::fs::read_to_string(house.path(file)).expect("it was written");
    assert!(read("out/wcag.html").contains("Section 508 (United States, federal)"));
    assert!(read("out/earl.jsonld").contains("WCAG22:non-text-content"));
    assert!(read("out/openacr.yaml").contains("num: \"1.1.1\""));
    assert!(read("out/openacr.yaml").contains("email: \"TO BE FILLED IN"), "nobody is named to write to");
}
