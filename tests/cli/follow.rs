//! Follow-up as a user meets it: promises, annotations, notes, effort, the days that laws set.

use crate::house::House;

const CONFIG: &str = r#"[site]
country = "US"
level = "local"
[effort]
"access/image-without-alt" = "2 hours"
[[owner]]
team = "Web team"
[[ack]]
rule = "access/image-without-alt"
url = "/permits"
team = "Permits office"
on = 2026-01-06
promised = 2026-03-01
note = "ask jane.doe@milltown.example"
[[ack]]
rule = "access/*"
url = "/"
team = "Web team"
on = 2026-01-06
promised = 2026-02-01
[[annotation]]
date = 2026-01-20
kind = "redesign"
text = "new <b>home</b> page"
[[note]]
url = "/permits"
from = "calls"
text = "call jane.doe@milltown.example <script>"
[[note]]
url = "/nowhere"
from = "staff"
text = "nobody finds it"
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
    house.write("site/index.html", &page(2));
    house.write("site/permits.html", &page(2));
    house.ok(&["audit", "site", "--as-of", "2026-01-05"]);
    house
}

fn read(house: &House, page: &str) -> String {
    std::fs::read_to_string(house.path("plainway-report").join(page)).expect("the report is there")
}

#[test]
fn a_promise_is_followed_until_it_is_kept() {
    let house = house();
    house.ok(&["audit", "site", "--as-of", "2026-02-17"]);
    let site = read(&house, "site.html");
    for words in ["1 March 2026, <strong>12 days left</strong>", "43 days since first seen", "16 days late"] {
        assert!(site.contains(words), "{words}");
    }
    assert!(!site.contains("jane.doe"), "addresses of people are masked");
    assert!(read(&house, "index.html").contains("1 promise is late."));
    house.write("site/permits.html", &page(0));
    house.ok(&["audit", "site", "--as-of", "2026-03-06"]);
    let site = read(&house, "site.html");
    assert!(site.contains("Done</span>") && !site.contains("12 days left"), "the pictures of /permits are mended");
}

#[test]
fn annotations_notes_effort_and_laws_are_in_the_report() {
    let house = house();
    house.ok(&["audit", "site", "--as-of", "2026-02-17"]);
    let (site, scorecard) = (read(&house, "site.html"), read(&house, "index.html"));
    assert!(scorecard.contains("class=\"mark\"") && scorecard.contains("Redesign: new &lt;b&gt;home"), "on the chart");
    assert!(site.contains("Callers ask") && site.contains("&lt;script&gt;") && !site.contains("<script"));
    assert!(site.contains("nobody finds it"), "notes of pages that are not shown have a list");
    assert!(site.contains("<td>2 hours</td>"), "the config overrules the rule file");
    assert!(site.contains("26 April 2027") && scorecard.contains("433 days left"), "days that laws set");
    let config = CONFIG.replace("level = \"local\"\n", "");
    house.write("plainway.toml", &config);
    house.ok(&["report"]);
    assert!(!read(&house, "site.html").contains("26 April 2027"), "unset says nothing");
}

#[test]
fn a_rule_that_does_not_exist_is_told_with_its_place() {
    let house = house();
    let mistakes = [
        ("\"access/image-without-alt\" = ", "\"access/image-without-alts\" = ", "plainway.toml:5:1"),
        ("rule = \"access/image-without-alt\"", "rule = \"access/image-without-alts\"", "plainway.toml:9:8"),
        ("promised = 2026-03-01", "promised = 2026-01-01", "plainway.toml:13:12"),
    ];
    for (old, new, place) in mistakes {
        house.write("plainway.toml", &CONFIG.replace(old, new));
        let ended = house.run(&["audit", "site", "--as-of", "2026-02-17"]);
        assert!(ended.code == 2 && ended.err.contains(place), "{}", ended.err);
        assert!(
            !new.contains("alts") || ended.err.contains("did you mean `access/image-without-alt`?"),
            "{}",
            ended.err
        );
    }
}
