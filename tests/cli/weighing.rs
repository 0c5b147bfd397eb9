//! What pages weigh: one text under many addresses, declared archives, and settings whose change is named.

use crate::house::{House, fixture, serve};
use serde_json::Value;

fn page(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1>{main}<p>Call (215) 555-0134.</p></main></body></html>"
    )
}

/// A text of so many words that no other text has.
fn text(own: char) -> String {
    let word = |n: u8| format!("{own}{}{}", char::from(b'a' + n / 26), char::from(b'a' + n % 26));
    (0..60).map(word).collect::<Vec<_>>().join(" ")
}

fn weight(audit: &Value, path: &str) -> f64 {
    let pages = audit["pages"].as_array().expect("a list");
    let page = pages.iter().find(|p| p["url"].as_str().is_some_and(|url| url.ends_with(path))).expect("it was read");
    page["weight"].as_f64().expect("a number")
}

#[track_caller]
fn lost_adds_up(audit: &Value) {
    let lost: f64 = audit["findings"].as_array().expect("a list").iter().filter_map(|f| f["lost"].as_f64()).sum();
    let value = audit["score"]["value"].as_f64().expect("a number");
    assert!((100.0 - value - lost).abs() < 1e-7, "{value} {lost}");
}

#[test]
fn pages_of_one_text_share_one_weight() {
    let house = House::new();
    let links = |names: &[&str]| names.iter().map(|n| format!("<p><a href=/{n}.html>{n}</a></p>")).collect::<String>();
    house.write("site/index.html", &page("Town", &links(&["a", "b", "c", "d"])));
    for (name, own) in [("a", 'w'), ("b", 'w'), ("c", 'x'), ("d", 'y')] {
        house.write(&format!("site/{name}.html"), &page(name, &format!("<p>{}.</p>", text(own))));
    }
    house.ok(&["audit", "site", "--no-history"]);
    let audit = house.audit("plainway-report");
    let [a, b, c, d] = ["/a.html", "/b.html", "/c.html", "/d.html"].map(|path| weight(&audit, path));
    assert!((a + b - c).abs() < 1e-9 && (c - d).abs() < 1e-9 && (a - b).abs() < 1e-9, "{a} {b} {c} {d}");
    let report = std::fs::read_to_string(house.path("plainway-report/site.html")).expect("it was written");
    assert!(report.contains("Pages that say nearly the same count as one page together."));
}

const ARCHIVE: &str = "[[archive]]\nurl = \"/old/*\"\nreason = \"minutes before 2015, for reference\"\n";

#[test]
fn declared_archives_are_scored_apart() {
    let house = House::new();
    house.write("site/index.html", &page("Town", "<p><a href=/pay.html>Pay</a> <a href=/old/a.html>Minutes</a></p>"));
    house.write("site/pay.html", &page("Pay", "<p><img src=a.png></p>"));
    house.write("site/old/a.html", &page("Minutes", &"<p><img src=a.png></p>".repeat(30)));
    let score = |audit: &Value| audit["score"]["value"].as_f64().expect("a number");
    house.ok(&["audit", "site", "--no-history"]);
    let whole = house.audit("plainway-report");
    assert!(whole["score"]["apart"].is_null() && weight(&whole, "/old/a.html") > 0.0);
    house.write("plainway.toml", ARCHIVE);
    house.ok(&["audit", "site", "--no-history"]);
    let audit = house.audit("plainway-report");
    let apart = &audit["score"]["apart"];
    assert_eq!((weight(&audit, "/old/a.html"), apart["pages"].as_u64()), (0.0, Some(1)));
    assert!(score(&audit) > score(&whole) && apart["value"].as_f64() < Some(score(&whole)), "{apart}");
    assert_eq!(audit["score"]["coverage"], 1.0);
    lost_adds_up(&audit);
    let report = std::fs::read_to_string(house.path("plainway-report/site.html")).expect("it was written");
    assert!(report.contains("minutes before 2015, for reference") && report.contains("nobody verified it"));
    // A page of a top task is in use, whatever is declared; an archive of nothing is told.
    house.write("plainway.toml", &format!("{ARCHIVE}[[archive]]\nurl = \"/odl/*\"\nreason = \"for reference\"\n[[task]]\nname = \"Read minutes\"\ngoal = \"/old/a.html\"\n"));
    let ended = house.run(&["audit", "site", "--no-history"]);
    assert!(ended.err.contains("`/odl/*` of the config names no page"), "{}", ended.err);
    assert!(weight(&house.audit("plainway-report"), "/old/a.html") > 0.2);
    house.write("plainway.toml", "[[archive]]\nurl = \"/*\"\nreason = \"for reference\"\n");
    let ended = house.run(&["audit", "site", "--no-history"]);
    assert!(ended.code == 2 && ended.err.contains("the whole site"), "{}", ended.err);
}

#[test]
fn a_change_of_settings_breaks_the_line_and_is_named() {
    let house = House::new();
    let audit = |date: &str| {
        house.ok(&["audit", &fixture("milltown/before"), "--as", "http://town.example/", "--as-of", date]);
        std::fs::read_to_string(house.path("plainway-report/site.html")).expect("it was written")
    };
    audit("2026-01-01");
    house.write("plainway.toml", &format!("{ARCHIVE}[[task]]\nname = \"Pay\"\ngoal = \"/services/\"\n"));
    let report = audit("2026-02-01");
    let named = "the top tasks and the declared archives";
    assert!(report.contains("The setup of the audit changed") && report.contains(named));
    // The snapshot is judged again, and what differed is still said.
    let told = house.ok(&["compare"]);
    assert!(told.contains(&format!("The settings differ: {named}.")) && told.contains("Why it moved"), "{told}");
    let json: Value = serde_json::from_str(&house.ok(&["compare", "--format", "json"])).expect("it is JSON");
    assert_eq!(json["settings"], serde_json::json!(["tasks", "archives"]));
    assert!(audit("2026-03-01").contains("Why the score moved"));
}

#[test]
fn what_is_left_out_of_a_site_cannot_be_compared_away() {
    let house = House::new();
    let address = serve(&fixture("milltown/before"));
    let start = format!("http://{address}/");
    let audit = |date: &str, more: &[&str]| {
        house.ok(&[&["audit", &start, "--as", "http://town.example/", "--as-of", date][..], more].concat());
    };
    audit("2026-01-01", &[]);
    audit("2026-02-01", &["--exclude", "/services/*"]);
    let told = house.ok(&["compare"]);
    assert!(told.contains("cannot be compared") && told.contains("what is read and left out"), "{told}");
    let md = house.ok(&["compare", "--format", "md"]);
    assert!(md.contains("what is read and left out"), "{md}");
    audit("2026-03-01", &["--exclude", "/services/*"]);
    assert!(house.ok(&["compare"]).contains("Why it moved"));
}
