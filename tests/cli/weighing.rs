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

#[test]
fn a_page_that_moves_on_at_once_is_a_way_and_no_place() {
    let house = House::new();
    let links = "<p><a href=/old.html>Permits</a> <a href=/lost.html>Parking</a> <a href=/slow.html>Fees</a></p>";
    house.write("site/index.html", &page("Town", links));
    house.write("site/new.html", &page("Permits", &format!("<p>{}.</p>", text('w'))));
    let moves = |content: &str| format!("<meta http-equiv=refresh content='{content}'><img src=a.png><p>Click here.");
    house.write("site/old.html", &moves("0; url=new.html"));
    house.write("site/lost.html", &moves("0; url=gone.html"));
    house.write("site/slow.html", &moves("5; url=new.html"));
    house.ok(&["audit", "site", "--no-history", "--pages", "all"]);
    let audit = house.audit("plainway-report");
    lost_adds_up(&audit);
    let page = |path: &str| {
        let pages = audit["pages"].as_array().expect("a list");
        pages.iter().find(|p| p["url"].as_str().is_some_and(|url| url.ends_with(path))).expect("it was read").clone()
    };
    let found = |path: &str| {
        let findings = audit["findings"].as_array().expect("a list").iter();
        findings.filter(|f| f["url"].as_str().is_some_and(|url| url.ends_with(path))).count()
    };
    for path in ["/old.html", "/lost.html"] {
        assert_eq!((found(path), weight(&audit, path)), (0, 0.0), "{path}: nobody gets to read it");
    }
    assert_eq!(page("/old.html")["moves_to"], "http://localhost/new.html");
    assert!(page("/slow.html")["moves_to"].is_null() && found("/slow.html") > 0, "five seconds are read");
    assert_eq!((page("/new.html")["depth"].as_u64(), weight(&audit, "/new.html") > 0.0), (Some(2), true));
    let of_links = |f: &&Value| f["rule"] == "ways/broken-link";
    let broken: Vec<&Value> = audit["findings"].as_array().expect("a list").iter().filter(of_links).collect();
    assert_eq!(broken.len(), 1, "a link to a page that moves on to nothing leads nowhere: {broken:?}");
    assert!(broken[0]["place"]["snippet"].as_str().is_some_and(|snippet| snippet.contains("lost.html")));
    let report = std::fs::read_to_string(house.path("plainway-report/site.html")).expect("it was written");
    assert!(report.contains("2 pages move on to others at once."));
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

/// A town of so many pages in three sections, each page with pictures that have no text.
fn town(house: &House, pages: usize) {
    let folder = |n: usize| ["news", "services", "parks"][n % 3];
    let links: String = (0..6).map(|n| format!("<p><a href=/{}/{n}.html>Page {n}</a></p>", folder(n))).collect();
    house.write("site/index.html", &page("Town", &links));
    for n in 0..pages {
        let pictures = "<p><img src=/a.png></p>".repeat(n % 5);
        let next = format!("<p><a href=/{}/{}.html>Next {n}</a></p>", folder(n + 6), n + 6);
        let next = if n + 6 < pages { next } else { String::new() };
        house.write(&format!("site/{}/{n}.html", folder(n)), &page(&format!("Page {n}"), &(pictures + &next)));
    }
}

#[test]
fn a_sample_reads_the_same_pages_and_holds_the_truth_in_its_range() {
    let house = House::new();
    town(&house, 120);
    let audit = |args: &[&str]| {
        let out = house.ok(&[&["audit", "site", "--as", "http://town.example/", "--no-history"][..], args].concat());
        (house.audit("plainway-report"), out)
    };
    let (whole, _) = audit(&[]);
    assert!(whole["score"]["sample"].is_null());
    let truth = whole["score"]["value"].as_f64().expect("a number");
    let (sample, out) = audit(&["--sample", "40"]);
    let score = &sample["score"];
    let number = |key: &str| score[key].as_f64().expect("a number");
    assert_eq!((sample["pages"].as_array().map(Vec::len), score["sample"]["pages"].as_u64()), (Some(40), Some(40)));
    assert!((score["sample"]["of"].as_f64().expect("a number") - 121.0).abs() < 1e-6, "{score}");
    assert!(number("low") < truth && truth < number("high") && number("low") < number("value"), "{truth} {score}");
    assert_eq!(number("coverage"), 1.0);
    assert!(out.contains("a sample of 40 of about 121 pages"), "{out}");
    lost_adds_up(&sample);
    let sum: f64 = sample["pages"].as_array().expect("a list").iter().filter_map(|p| p["weight"].as_f64()).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    let report = std::fs::read_to_string(house.path("plainway-report/index.html")).expect("it was written");
    assert!(report.contains("a sample of 40 of about 121 pages"));
    let (again, _) = audit(&["--sample", "40"]);
    assert_eq!(again["pages"], sample["pages"]);
    // A sample that has room for all is all.
    let (all, _) = audit(&["--sample", "200"]);
    let [low, value, high] = ["low", "value", "high"].map(|key| all["score"][key].as_f64().expect("a number"));
    assert!(low == value && value == high && (value - truth).abs() < 1e-9, "{low} {value} {high} {truth}");
}

#[test]
fn a_sample_of_a_live_site_is_drawn_from_what_its_sitemap_and_its_links_name() {
    let house = House::new();
    town(&house, 120);
    let folder = house.path("site");
    let address = serve(folder.to_str().expect("a path in Unicode"));
    let start = format!("http://{address}/");
    let audit = |args: &[&str], out: &str| {
        house.ok(&[&["audit", &start, "--as", "http://town.example/", "--out", out][..], args].concat());
        house.audit(out)
    };
    let linked = audit(&["--sample", "30"], "linked");
    let sample = &linked["score"]["sample"];
    assert!(sample["pages"].as_u64().expect("a number") <= 30 && sample["of"].as_f64() < Some(100.0), "{sample}");
    let urls: String = (0..120)
        .map(|n| format!("<url><loc>http://{address}/{}/{n}.html</loc></url>", ["news", "services", "parks"][n % 3]))
        .collect();
    house.write(
        "site/sitemap.xml",
        &format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>"),
    );
    let mapped = audit(&["--sample", "30"], "mapped");
    let sample = &mapped["score"]["sample"];
    // A part is kept for what comes to be known later, and nothing does.
    assert!(sample["pages"].as_u64().is_some_and(|pages| (24..=30).contains(&pages)), "{sample}");
    assert!((sample["of"].as_f64().expect("a number") - 121.0).abs() < 1e-6, "{sample}");
    lost_adds_up(&mapped);
    // The snapshot of a sample is judged again as that sample.
    let told = house.ok(&["compare", "last", "last", "--format", "json"]);
    assert!(told.contains("\"change\": 0.0"), "{told}");
    audit(&["--sample", "31"], "more");
    assert!(house.ok(&["compare"]).contains("the size of the sample"));
}

#[test]
fn a_list_is_drawn_from_and_what_cannot_be_is_refused() {
    let house = House::new();
    town(&house, 60);
    let folder = house.path("site");
    let address = serve(folder.to_str().expect("a path in Unicode"));
    let list: String =
        (0..60).map(|n| format!("http://{address}/{}/{n}.html\n", ["news", "services", "parks"][n % 3])).collect();
    assert_eq!(house.run_with_input(&["audit", "-", "--sample", "20", "--no-history"], &list).code, 0);
    let audit = house.audit("plainway-report");
    assert_eq!(audit["pages"].as_array().map(Vec::len), Some(20));
    assert!((audit["score"]["sample"]["of"].as_f64().expect("a number") - 60.0).abs() < 1e-6);
    for args in [["--sample", "5"], ["--sample", "many"]] {
        assert_eq!(house.run(&[&["audit", "site"][..], &args].concat()).code, 2);
    }
    house.write("old.warc", "");
    let ended = house.run(&["audit", "old.warc", "--sample", "20"]);
    assert!(ended.code == 2 && ended.err.contains("audit it whole"), "{}", ended.err);
}

#[test]
fn ten_more_minor_rules_move_the_median_score_by_at_most_one_point() {
    let house = House::new();
    let rules: Value = serde_json::from_str(&house.ok(&["rules", "list", "--format", "json"])).expect("it is JSON");
    let is_minor = |rule: &&Value| rule["severity"] == "minor" && rule["status"] == "active";
    let minor = rules.as_array().expect("a list").iter().filter(is_minor).count() as f64;
    let sites = ["milltown/before", "milltown/after", "services", "tiny", "forms"];
    let mut moved: Vec<f64> = Vec::new();
    for site in sites {
        house.ok(&["audit", &fixture(site), "--no-history", "--as", "http://town.example/"]);
        let audit = house.audit("plainway-report");
        let findings = audit["findings"].as_array().expect("a list");
        let of_minor = findings.iter().filter(|f| f["severity"] == "minor");
        // What a rule costs is the most that its absence would bring.
        moved.push(10.0 / minor * of_minor.filter_map(|f| f["lost"].as_f64()).sum::<f64>());
    }
    moved.sort_by(f64::total_cmp);
    assert!(minor >= 20.0 && moved[2] <= 1.0, "{minor} minor rules; ten of them cost {moved:?}");
}
