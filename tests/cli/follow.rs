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

/// A page with a title and heading of its own.
fn permits(images: usize) -> String {
    page(images).replace("<title>Milltown", "<title>Permits - Milltown").replace("<h1>Milltown", "<h1>Permits")
}

fn house() -> House {
    let house = House::new();
    house.write("plainway.toml", CONFIG);
    house.write("site/index.html", &page(2));
    house.write("site/permits.html", &permits(2));
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
    house.write("site/permits.html", &permits(0));
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
    assert!(site.contains("<td class=\"nb\">2 hours</td>"), "the config overrules the rule file");
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

const FEEDBACK: &str = "Page URL,Submitted,Helpful,Comments
/permits.html,2026-02-01,yes,\"call me: (215) 555-0177, jane@milltown.example\"
/permits.html,2026-02-02,no,
http://localhost/permits.html,2026-02-03,no,
/permits.html,2026-02-04,no,
/permits.html,2026-02-05,no,
/permits.html,2026-02-06,maybe,
/gone,2026-02-06,yes,
/permits.html,2027-02-06,yes,after the audit
";

#[test]
fn what_people_say_stands_beside_the_score_and_comments_only_where_they_are_wanted() {
    let house = house();
    house.write("feedback.csv", FEEDBACK);
    let imports = "[imports]\nfeedback = \"feedback.csv\"\n";
    house.write("plainway.toml", &format!("{CONFIG}{imports}"));
    let ended = house.run(&["audit", "site", "--as-of", "2026-02-17", "--format", "feed,csv,summary"]);
    assert!(
        ended.code == 0 && ended.err.contains("feedback.csv, line 7: `maybe` is neither yes nor no"),
        "{}",
        ended.err
    );
    let site = read(&house, "site.html");
    assert!(site.contains("What people say") && site.contains("1 answer is about pages"), "{site}");
    assert!(site.contains("cannot be told yet"), "one page and one audit are too little");
    for file in std::fs::read_dir(house.path("plainway-report")).expect("it is there").flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        assert!(!text.contains("call me"), "a comment is in {:?}", file.path());
    }
    house.write("plainway.toml", &format!("{CONFIG}{imports}show_comments = true\n"));
    house.ok(&["report"]);
    let site = read(&house, "site.html");
    assert!(site.contains("call me") && !site.contains("555-0177") && !site.contains("jane@"), "masked");
    assert!(!read(&house, "audit.json").contains("call me"));
    house.write("feedback.csv", "who,what\na,b\n");
    let ended = house.run(&["audit", "site", "--as-of", "2026-02-18"]);
    assert!(ended.code == 2 && ended.err.contains("url,date,rating,comment"), "{}", ended.err);
}

#[test]
fn what_was_mended_is_told_to_the_public_and_what_was_deleted_is_not() {
    let house = house();
    assert!(!house.path("plainway-report/changes.html").exists(), "there is nothing to tell yet");
    house.write("site/permits.html", &permits(0));
    house.ok(&["audit", "site", "--as-of", "2026-02-17", "--format", "feed"]);
    let changes = read(&house, "changes.html");
    assert!(
        changes.contains("Mended: ") && changes.contains("2 places on 1 page") && changes.contains("found by an audit")
    );
    assert!(read(&house, "index.html").contains("Wins: "));
    let feed = read(&house, "feed.xml");
    assert!(feed.contains("<id>tag:localhost,2026-01-01:plainway:change:") && feed.contains("2026-02-17T00:00:00Z"));
    // A page that is taken away takes its problems with it: no win, and the old one stays in the list.
    house.write("site/index.html", &page(2).replace("<a href=/permits.html>Permits</a>", ""));
    std::fs::remove_file(house.path("site/permits.html")).expect("it was there");
    let change = "[[change]]\ndate = 2026-02-10\ntext = \"Pictures have words now.\"\nasked_by = \"feedback\"\nsaid = \"I cannot see the map.\"\nrule = \"access/image-without-alt\"\nurl = \"/permits\"\n";
    house.write("plainway.toml", &format!("{CONFIG}{change}"));
    house.ok(&["audit", "site", "--as-of", "2026-03-17", "--format", "feed"]);
    let changes = read(&house, "changes.html");
    assert!(changes.contains("You said: ") && changes.contains("Pictures have words now."), "{changes}");
    assert_eq!(changes.matches("class=\"change\"").count(), 1, "the change and its win are one: {changes}");
    assert!(!read(&house, "index.html").contains("Wins: "), "deleted is no win");
}
