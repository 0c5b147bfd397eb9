//! What becomes of runs over time: compared, judged again, purged, deleted, taken elsewhere, gated.

use crate::house::{House, fixture, serve};
use serde_json::Value;
use std::path::Path;

const AS: [&str; 2] = ["--as", "http://town.example/"];

fn audit(house: &House, folder: &str, date: &str, more: &[&str]) {
    let args = [&["audit", folder, "--as-of", date][..], &AS, more].concat();
    house.ok(&args);
}

/// A rule set of one's own: a built-in rule with another severity.
fn other_rules(house: &House) {
    let rule = std::fs::read_to_string(format!("{}/rules/words/legalese.md", env!("CARGO_MANIFEST_DIR")))
        .expect("the rule is there");
    let line = rule.lines().find(|l| l.starts_with("severity")).expect("it has a severity");
    house.write("rules/words/legalese.md", &rule.replace(line, "severity = \"blocker\""));
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

/// The parts of a comparison sum to its change; returns the change.
#[track_caller]
fn adds_up(told: &Value) -> f64 {
    let sum: f64 = told["parts"].as_array().expect("a list").iter().filter_map(|p| p["points"].as_f64()).sum();
    let change = told["change"].as_f64().expect("a number");
    let (before, after) = (&told["before"]["score"], &told["after"]["score"]);
    let between = after.as_f64().expect("a score") - before.as_f64().expect("a score");
    assert!((sum - change).abs() < 1e-6 && (change - between).abs() < 1e-9, "{sum} {change} {between}");
    change
}

#[test]
fn a_comparison_adds_up_from_wherever_its_sides_come() {
    let house = House::new();
    let (before, after) = (fixture("milltown/before"), fixture("milltown/after"));
    audit(&house, &before, "2026-01-01", &["--out", "old"]);
    audit(&house, &after, "2026-02-01", &["--out", "new"]);
    let of = |a: &str, b: &str| json(&house.ok(&["compare", a, b, "--format", "json"]));
    let runs = of("previous", "last");
    let change = adds_up(&runs);
    assert!(change > 1.0 && runs["fixes"]["total"].as_u64() > Some(5), "{change}");
    for (a, b) in [("1", "2"), ("2026-01-15", "last"), ("old/audit.json", "new/audit.json"), ("1", "new/audit.json")] {
        let other = of(a, b);
        assert!((adds_up(&other) - change).abs() < 1e-9, "{a} {b}");
        assert_eq!(other["problems"]["fixed"]["total"], runs["problems"]["fixed"]["total"], "{a} {b}");
    }
    let folders = [&["compare", &before, &after, "--format", "json", "--as-of", "2026-02-01"][..], &AS].concat();
    let folders = json(&house.ok(&folders));
    adds_up(&folders);
    assert_eq!(folders["matched"], runs["matched"]);
    let again = of("last", "last");
    assert_eq!((adds_up(&again), again["problems"]["new"]["total"].as_u64()), (0.0, Some(0)));
}

#[test]
fn a_comparison_is_told_in_every_form() {
    let house = House::new();
    audit(&house, &fixture("milltown/before"), "2026-01-01", &[]);
    audit(&house, &fixture("milltown/after"), "2026-02-01", &[]);
    let text = house.ok(&["compare"]);
    assert!(text.contains("Why it moved") && text.contains("New problems"), "{text}");
    house.ok(&["compare", "1", "2", "--format", "html,md,json", "--out", "told"]);
    let html = std::fs::read_to_string(house.path("told/compare.html")).expect("it was written");
    assert!(html.contains("<h1>The score rose by") && !html.contains("<script"), "{}", html.len());
    let md = std::fs::read_to_string(house.path("told/compare.md")).expect("it was written");
    assert!(md.starts_with("## The score rose by"), "{md}");
    assert_eq!(house.run(&["compare", "1", "nothing"]).code, 2);
    assert_eq!(house.run(&["compare", "1", "77"]).code, 2);
}

#[test]
fn a_page_that_moved_is_neither_removed_nor_added() {
    let house = House::new();
    let words: String =
        (0..60u8).map(|n| format!("word{}{} ", char::from(b'a' + n / 26), char::from(b'a' + n % 26))).collect();
    let page = |path: &str, middle: &str| {
        let text = format!(
            "<!doctype html><html lang=en><title>{path}</title><main><h1>Permits</h1>{middle}<p>{words}</p><p><a href=/>Home</a> <a href=/contact>Contact us</a></p></main></html>"
        );
        house.write(path, &text);
    };
    let start = |link: &str| {
        format!(
            "<!doctype html><html lang=en><title>Town</title><main><h1>Town</h1><p><a href={link}>Permits</a></p></main></html>"
        )
    };
    page("one/permits.html", "<img src=a.png>");
    house.write("one/index.html", &start("/permits.html"));
    page("two/licences/permits.html", "<img src=a.png>");
    house.write("two/index.html", &start("/licences/permits.html"));
    audit(&house, "one", "2026-01-01", &[]);
    audit(&house, "two", "2026-02-01", &[]);
    let told = json(&house.ok(&["compare", "--format", "json"]));
    adds_up(&told);
    assert_eq!(
        (&told["moved"]["total"], &told["removed"]["total"], &told["added"]["total"]),
        (&1.into(), &0.into(), &0.into())
    );
    assert_eq!(told["moved"]["rows"][0]["by"], "content");
    // Its problem stays open in the history, too.
    let audit = house.audit("plainway-report");
    let image = audit["findings"].as_array().expect("a list").iter().find(|f| f["rule"] == "access/image-without-alt");
    assert_eq!(image.map(|f| &f["state"]), Some(&"open".into()));
}

#[test]
fn p15_a_snapshot_judged_again_scores_what_a_live_audit_scores() {
    let house = House::new();
    let folder = fixture("milltown/before");
    other_rules(&house);
    let address = format!("http://{}/", serve(&folder));
    audit(&house, &address, "2026-01-01", &[]);
    audit(&house, &fixture("milltown/after"), "2026-02-01", &[]);
    house.ok(&["rescore", "--rules", "rules"]);
    audit(&house, &folder, "2026-01-01", &["--rules", "rules", "--no-history", "--out", "live"]);
    let shown = house.ok(&["compare", "1", "2", "--rules", "rules", "--format", "json"]);
    // Same rules as then: nothing was to be judged again.
    assert_eq!(json(&shown)["rules"]["points"], 0.0);
    audit(&house, &fixture("milltown/after"), "2026-03-01", &["--rules", "rules", "--out", "now"]);
    let last = json(&house.ok(&["runs", "--format", "json"]));
    let last = last.as_array().and_then(|runs| runs.last()).expect("there are runs")["run"].to_string();
    let told = json(&house.ok(&["compare", "1", &last, "--rules", "rules", "--format", "json"]));
    adds_up(&told);
    let (again, live) = (&told["before"]["rescored"], &house.audit("live")["score"]["value"]);
    assert_eq!(again, live);
    assert_ne!(told["before"]["score"], *live);
    assert_ne!(told["rules"]["points"], 0.0);
    // What the other rules find is no news of the pages, since the run before was judged by them too.
    let now = house.audit("now");
    let new = now["findings"].as_array().expect("a list").iter().filter(|f| f["state"] == "new").count();
    assert_eq!(new, 0);
    let site = std::fs::read_to_string(house.path("now/index.html")).expect("it was written");
    assert!(!site.contains("cannot be compared"));
}

#[test]
fn without_a_snapshot_the_rules_cannot_be_told_apart() {
    let house = House::new();
    other_rules(&house);
    audit(&house, &fixture("tiny"), "2026-01-01", &[]);
    audit(&house, &fixture("tiny"), "2026-02-01", &["--rules", "rules"]);
    std::fs::remove_dir_all(house.path(".plainway/snapshots")).expect("it was there");
    let told = json(&house.ok(&["compare", "--rules", "rules", "--format", "json"]));
    assert_eq!((&told["break"], &told["change"]), (&"rules".into(), &Value::Null));
    assert!(house.ok(&["rescore", "--rules", "rules"]).contains("without a snapshot"));
}

#[test]
fn snapshots_go_after_the_days_that_are_set_and_facts_stay() {
    let house = House::new();
    house.write("plainway.toml", "[keep]\nsnapshot_days = 40\n");
    let snapshots = || std::fs::read_dir(house.path(".plainway/snapshots")).expect("a folder").flatten().count();
    for (date, kept) in [("2026-01-01", 1), ("2026-02-01", 2), ("2026-03-01", 2)] {
        audit(&house, &fixture("tiny"), date, &[]);
        assert_eq!(snapshots(), kept, "{date}");
    }
    assert!(house.ok(&["compare", "1", "3"]).contains("Score"));
    assert!(house.ok(&["runs", "show", "1"]).contains("snapshot  none"));
    assert!(house.ok(&["runs", "check"]).contains("is whole: 3 runs"));
}

#[test]
fn a_purged_page_is_in_no_snapshot() {
    let house = House::new();
    house.write("site/index.html", "<!doctype html><html lang=en><title>Town</title><main><h1>Town</h1><p><a href=/a.html>Staff</a></p></main></html>");
    house.write("site/a.html", "<!doctype html><html lang=en><title>Staff</title><main><h1>Staff</h1><img src=x.png><p>Zanzibarella</p><p><a href=/>Home</a></p></main></html>");
    audit(&house, "site", "2026-01-01", &[]);
    let holds = |name: &str| {
        let files = std::fs::read_dir(house.path(".plainway/snapshots")).expect("a folder").flatten();
        files.into_iter().any(|f| unpacked(&f.path()).contains(name))
    };
    assert!(holds("Zanzibarella"));
    let measured = || {
        let db = rusqlite::Connection::open(house.path(".plainway/plainway.db")).expect("the store is there");
        db.query_row("SELECT count(*) FROM facts", [], |row| row.get::<_, u64>(0)).expect("it can be counted")
    };
    let before = measured();
    let said = house.ok(&["purge", "http://town.example/a.html", "--facts"]);
    // One page of two is left, with and without its style sheets.
    assert_eq!(measured() * 2, before);
    assert!(said.contains("1 copy") && said.contains("What stays"), "{said}");
    assert!(!holds("Zanzibarella") && holds("Staff"));
    assert!(house.ok(&["runs", "check"]).contains("is whole"));
    // The page is missing in the snapshot from now on, and no other page is.
    let name =
        std::fs::read_dir(house.path(".plainway/snapshots")).expect("a folder").flatten().next().expect("one").path();
    house.ok(&["audit", name.to_str().expect("text"), "--no-history", "--out", "again"]);
    let again = house.audit("again");
    assert_eq!(again["pages"].as_array().map(Vec::len), Some(1));
    assert_eq!(again["unread"][0]["why"], "missing-in-archive");
    assert_eq!(house.run(&["purge", "http://town.example/none.html"]).code, 3);
}

fn unpacked(path: &Path) -> String {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).expect("it is there");
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).expect("it is gzip");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn runs_are_taken_elsewhere_and_deleted() {
    let house = House::new();
    audit(&house, &fixture("tiny"), "2026-01-01", &[]);
    audit(&house, &fixture("tiny"), "2026-02-01", &[]);
    house.ok(&["runs", "export", "all.db"]);
    house.ok(&["runs", "delete", "1"]);
    assert!(house.ok(&["runs", "check"]).contains("1 run."));
    let refused = house.run(&["runs", "import", "all.db"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("2026-01-01"), "{}", refused.err);
    let other = House::new();
    std::fs::copy(house.path("all.db"), other.path("all.db")).expect("it can be copied");
    assert!(other.ok(&["runs", "import", "all.db"]).starts_with("2 runs added"));
    assert!(other.ok(&["runs", "import", "all.db"]).starts_with("0 runs added, 2 known"));
    assert!(other.ok(&["compare"]).contains("0.0  in all"));
    other.write("bad.db", "not a database, only words that are long enough to be taken for one");
    assert_eq!(other.run(&["runs", "import", "bad.db"]).code, 2);
}

#[test]
fn a_history_of_a_newer_version_is_refused_in_words() {
    let house = House::new();
    audit(&house, &fixture("tiny"), "2026-01-01", &[]);
    let db = rusqlite::Connection::open(house.path(".plainway/plainway.db")).expect("it is SQLite");
    db.pragma_update(None, "user_version", 9_999).expect("it can be written");
    drop(db);
    let ended = house.run(&["runs"]);
    assert_eq!(ended.code, 3);
    assert!(ended.err.contains("newer Plainway") && ended.err.contains("9999"), "{}", ended.err);
}

#[test]
fn what_did_not_change_is_stored_once_and_stands_as_it_did() {
    let house = House::new();
    let size = || std::fs::metadata(house.path(".plainway/plainway.db")).expect("the store is there").len();
    let states = |out: &str| {
        let audit = house.audit(out);
        let mut states = std::collections::BTreeMap::new();
        for finding in audit["findings"].as_array().expect("a list") {
            let state = finding["state"].as_str().expect("a word").to_owned();
            *states.entry(state).or_insert(0) += 1;
        }
        states
    };
    let (before, after) = (fixture("milltown/before"), fixture("milltown/after"));
    let mut sizes = Vec::new();
    for (folder, date) in [
        (&before, "2026-01-01"),
        (&before, "2026-02-01"),
        (&before, "2026-03-01"),
        (&after, "2026-04-01"),
        (&before, "2026-05-01"),
    ] {
        audit(&house, folder, date, &["--out", date]);
        sizes.push(size());
    }
    // The file grows page by page of the database, so that even nothing new may take a few.
    assert!(sizes[2] - sizes[1] < 120_000, "{sizes:?}");
    let (first, again) = (states("2026-01-01"), states("2026-03-01"));
    assert_eq!(first["new"], again["open"]);
    assert_eq!((first.len(), again.len()), (1, 1), "{again:?}");
    let fixed = states("2026-04-01")["fixed"];
    assert!(fixed > 100, "{fixed}");
    assert_eq!(states("2026-05-01")["back"], fixed);
    // What is made anew from the store is what was made then.
    house.ok(&["report", "--run", "3", "--format", "json", "--out", "anew"]);
    assert_eq!(house.audit("anew")["findings"], house.audit("2026-03-01")["findings"]);
    house.ok(&["runs", "delete", "3"]);
    house.ok(&["report", "--run", "5", "--format", "json", "--out", "anew"]);
    assert_eq!(house.audit("anew")["findings"], house.audit("2026-05-01")["findings"]);
    assert!(house.ok(&["runs", "check"]).contains("is whole: 4 runs"));
}

const SITE: &str =
    "<!doctype html><html lang=en><title>Town</title><main><h1>Town</h1><p><a href=/contact.html>Contact us</a></p>";

#[test]
fn waivers_quiet_the_gate_and_never_the_score() {
    let house = House::new();
    house.write("site/index.html", &format!("{SITE}<img src=a.png></main></html>"));
    house.write(
        "site/contact.html",
        &format!("{SITE}<p>Call (215) 555-0134.</p><p><a href=/>Home</a></p></main></html>"),
    );
    let gate = |more: &[&str]| {
        let args = [&["audit", "site", "--gate", "--no-history", "--as-of", "2026-03-01"][..], more].concat();
        house.run(&args)
    };
    assert_eq!(gate(&[]).code, 1);
    let score = house.audit("plainway-report")["score"].clone();
    assert_eq!(gate(&["--report-only"]).code, 0);
    let waiver = "[[waiver]]\nrule = \"access/*\"\nurl = \"/*\"\nreason = \"the vendor mends it in May\"\nowner = \"web team\"\ncreated = \"2026-01-10\"\nexpires = \"2026-05-31\"\n";
    house.write("base.toml", waiver);
    assert_eq!(gate(&["--waivers", "base.toml"]).code, 0);
    house.write("plainway.toml", waiver);
    let quiet = gate(&[]);
    assert_eq!(quiet.code, 0, "{}", quiet.out);
    assert!(quiet.out.contains("Waived") && quiet.out.contains("web team"), "{}", quiet.out);
    assert_eq!(house.audit("plainway-report")["score"], score);
    house.write("plainway.toml", &waiver.replace("2026-05-31", "2026-02-01"));
    assert_eq!(gate(&[]).code, 1, "it is over for a month");
    house.write("plainway.toml", &waiver.replace("2026-05-31", "2026-02-20"));
    assert!(gate(&[]).out.contains("Warning"));
    house.write("plainway.toml", &waiver.replace("the vendor mends it in May", "wontfix"));
    let refused = gate(&[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("at least 10 characters"), "{}", refused.err);
    house.write("plainway.toml", &format!("{waiver}[gate]\nmax_findings = 99\n[gate.budget]\naccess = 0\n"));
    assert_eq!(gate(&[]).code, 0);
    house.write("plainway.toml", "[gate]\nmin_score = 100\nfail_on = \"blocker\"\n");
    assert!(gate(&[]).out.contains("Gate failed: min_score"));
}

#[test]
fn page_views_weigh_pages_and_another_file_breaks_the_line() {
    let house = House::new();
    house.write("site/index.html", &format!("{SITE}</main></html>"));
    house.write("site/contact.html", &format!("{SITE}<img src=a.png><p>Call (215) 555-0134.</p></main></html>"));
    house.write("plainway.toml", "[weights]\nviews = \"views.csv\"\n");
    house.write("views.csv", "url,views\n/,899\nhttp://town.example/contact.html?utm_source=x,99\n/nowhere,5\n");
    audit(&house, "site", "2026-01-01", &[]);
    let first = house.audit("plainway-report");
    assert_eq!((&first["run"]["weights"], &first["score"]["provisional"]), (&"views".into(), &false.into()));
    let weight = |page: usize| first["pages"][page]["weight"].as_f64().expect("a number");
    assert!((weight(0) - 0.9).abs() < 1e-12 && (weight(1) - 0.1).abs() < 1e-12, "{} {}", weight(0), weight(1));
    house.write("views.csv", "url,views\n/,1\n/contact.html,9\n");
    audit(&house, "site", "2026-02-01", &[]);
    std::fs::remove_dir_all(house.path(".plainway/snapshots")).expect("it was there");
    let told = json(&house.ok(&["compare", "--format", "json"]));
    assert_eq!(told["break"], "setup");
    house.write("views.csv", "a,b\n1,2\n");
    let refused = house.run(&["audit", "site", "--no-history"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("url,views"), "{}", refused.err);
}

/// A rule set of one's own: a built-in rule about stored facts, with another limit.
fn stricter_rules(house: &House) {
    let rule = std::fs::read_to_string(format!("{}/rules/forms/too-many-questions.md", env!("CARGO_MANIFEST_DIR")))
        .expect("the rule is there");
    let line = rule.lines().find(|l| l.starts_with("max = ")).expect("it has a limit");
    house.write("rules/forms/too-many-questions.md", &rule.replacen(line, "max = 2", 1));
}

#[test]
fn without_a_snapshot_a_score_is_told_from_what_was_measured_where_that_decides_it() {
    let rescored = |without_snapshot: bool| {
        let house = House::new();
        audit(&house, &fixture("forms/appointment-bad"), "2026-01-01", &[]);
        stricter_rules(&house);
        if without_snapshot {
            std::fs::remove_dir_all(house.path(".plainway/snapshots")).expect("it was there");
        }
        let said = house.ok(&["rescore", "--rules", "rules"]);
        let line = said.lines().find(|l| l.contains("2026-01-01")).expect("the run is listed").to_owned();
        (house, line)
    };
    let ((_, from_pages), (house, from_facts)) = (rescored(false), rescored(true));
    assert_eq!(from_facts, format!("{from_pages}  (from facts)"));
    let scores: Vec<&str> = from_pages.split_whitespace().skip(2).take(2).collect();
    assert_ne!(scores[0], scores[1], "the stricter rule costs points: {from_pages}");
    audit(&house, &fixture("forms/appointment-bad"), "2026-02-01", &["--rules", "rules", "--out", "now"]);
    let html = std::fs::read_to_string(house.path("now/index.html")).expect("it was written");
    assert!(html.contains("Judged again from facts") && !html.contains("cannot be compared"));
    // A finding of a changed rule is known by no element there, so that nobody says of it what became of it.
    let states: Vec<Value> = house.audit("now")["findings"].as_array().expect("a list").clone();
    assert!(states.iter().all(|f| f["state"] != "fixed"), "{states:#?}");
}
