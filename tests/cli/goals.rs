//! Goals and owners: who answers for a problem, what was to be reached by when, and what the runs say of it.

use crate::house::House;

const CONFIG: &str = r#"[[owner]]
team = "Web team"
[[owner]]
team = "Permits office"
urls = ["/permits"]
[[goal]]
metric = "findings:access/image-without-alt"
target = 1
by = 2027-03-01
owner = "Web team"
why = "the council asked for it"
[[goal]]
metric = "score"
scope = "/permits"
target = 100
by = 2026-01-02
why = "promised with the new form"
"#;

fn page(images: usize) -> String {
    let images = "<p><img src=/a.png></p>".repeat(images);
    format!(
        "<!doctype html><html lang=en><head><title>Milltown</title></head><body><main><h1>Milltown</h1>{images}<p><a href=/permits.html>Permits</a> Call (215) 555-0134.</p></main></body></html>"
    )
}

fn house() -> House {
    let house = House::new();
    house.write("plainway.toml", CONFIG);
    for month in 1..=6 {
        house.write("site/index.html", &page(10 - month));
        house.write("site/permits.html", &page(1));
        house.ok(&["audit", "site", "--as-of", &format!("2026-{month:02}-05")]);
    }
    house
}

#[test]
fn goals_are_read_off_the_runs() {
    let house = house();
    let shown = house.ok(&["goals"]);
    assert!(shown.contains("findings:access/image-without-alt: 5 now, 1 by 2027-03-01 — on pace"), "{shown}");
    assert!(shown.contains("score on /permits:") && shown.contains("— missed"), "{shown}");
    let rows: serde_json::Value = serde_json::from_str(&house.ok(&["goals", "--format", "json"])).expect("JSON");
    assert_eq!((&rows[0]["runs"], &rows[0]["progress"]), (&6.into(), &"on-pace".into()));
    let pace = rows[0]["pace_a_month"].as_f64().expect("six runs have a pace");
    assert!((-1.1..-0.9).contains(&pace), "one problem a month was mended: {pace}");
    let report = read(&house, "site.html");
    assert!(
        report.contains("<h2 id=\"goals\">Goals</h2>") && report.contains("Permits office"),
        "the report shows both"
    );
    let scorecard = read(&house, "index.html");
    assert!(scorecard.contains("our own starting value"), "a goal of some pages is none of the site");
}

#[test]
fn findings_name_the_team_of_the_last_entry_that_fits() {
    let audit = house().audit("plainway-report");
    let findings = audit["findings"].as_array().expect("a list");
    let owner = |end: &str| {
        findings.iter().find(|f| f["url"].as_str().is_some_and(|u| u.ends_with(end))).map(|f| f["owner"].clone())
    };
    assert_eq!(owner("/"), Some("Web team".into()));
    assert_eq!(owner("/permits.html"), Some("Permits office".into()));
    let fixed = findings.iter().find(|f| f["state"] == "fixed").expect("an image is gone");
    assert_eq!(fixed["owner"], "Web team");
}

#[test]
fn without_goals_or_runs_it_says_what_to_do() {
    let house = House::new();
    let ended = house.run(&["goals"]);
    assert!(ended.code == 2 && ended.err.contains("[[goal]]"), "{}", ended.err);
    house.write("plainway.toml", CONFIG);
    let ended = house.run(&["goals"]);
    assert!(ended.code == 3 && ended.err.contains("plainway audit"), "{}", ended.err);
}

fn read(house: &House, page: &str) -> String {
    std::fs::read_to_string(house.path("plainway-report").join(page)).expect("the report is there")
}
