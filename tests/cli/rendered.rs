//! Pages drawn by a browser, as an audit meets them. Where none is installed, the tests say that they were skipped.

use crate::house::{House, fixture, serve, states};
use serde_json::Value;

/// Whether this machine has a browser.
fn has_browser() -> bool {
    let house = House::new();
    house.write("site/index.html", "<!doctype html><html lang=en><title>Town</title><main><h1>Town</h1></main></html>");
    let found = house.run(&["audit", "site", "--render", "auto", "--no-history"]).code == 0;
    if !found {
        eprintln!("skipped: no browser is installed here");
    }
    found
}

fn page<'a>(audit: &'a Value, url: &str) -> &'a Value {
    audit["pages"].as_array().into_iter().flatten().find(|p| p["url"] == url).unwrap_or(&Value::Null)
}

/// What an audit found, without the run.
fn found(audit: &Value) -> (Vec<String>, String, String) {
    (states(audit), audit["score"].to_string(), audit["pages"].to_string())
}

#[test]
fn a_folder_a_crawl_and_its_snapshot_give_the_same_and_the_last_needs_no_browser() {
    if !has_browser() {
        return;
    }
    let house = House::new();
    let common = ["--as", "http://town.example/", "--as-of", "2026-01-15"];
    let address = format!("http://{}/", serve(&fixture("rendered/permits")));
    house.ok(&[&["audit", &fixture("rendered/permits"), "--out", "folder", "--no-history"][..], &common].concat());
    house.ok(&[&["audit", &address, "--out", "crawl"][..], &common].concat());
    let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("the crawl kept a snapshot");
    let archive = snapshots.flatten().next().expect("there is one").path();
    let archive = archive.to_str().expect("its path is text").to_owned();
    let from_archive = house
        .command(&["audit", &archive, "--out", "archive", "--no-history", "--as-of", "2026-01-15"])
        .env("PATH", "/nowhere")
        .output()
        .expect("the command can be started");
    assert!(from_archive.status.success(), "{}", String::from_utf8_lossy(&from_archive.stderr));
    let crawl = house.audit("crawl");
    assert_eq!(found(&crawl), found(&house.audit("archive")));
    assert_eq!(states(&crawl), states(&house.audit("folder")));
    let start = page(&crawl, "http://town.example/");
    assert_eq!((&start["rendered"], &start["rendered_why"]), (&true.into(), &"drawn-by-script".into()));
    assert_eq!(page(&crawl, "http://town.example/fees.html")["rendered"], Value::Null, "its source says it all");
    let report = std::fs::read_to_string(house.path("crawl/site.html")).expect("the report was written");
    assert!(report.contains("1 page was drawn by a browser"));
    // The links that the script draws were followed, and that its source is empty is still a finding.
    assert!(page(&crawl, "http://town.example/contact.html")["url"].is_string());
    assert!(states(&crawl).iter().any(|s| s.starts_with("ways/empty-without-script")), "{:?}", states(&crawl));
}

#[test]
fn without_a_browser_the_source_is_read_and_the_audit_says_so() {
    let house = House::new();
    let permits = fixture("rendered/permits");
    let run = |args: &[&str]| {
        let output = house
            .command(&[&["audit", &permits, "--no-history"][..], args].concat())
            .env("PATH", "/nowhere")
            .output()
            .expect("the command can be started");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = run(&[]);
    assert_eq!(code, Some(0));
    assert!(told.contains("1 page is drawn by a script, and so hardly read"), "{told}");
    let (code, told) = run(&["--render", "auto"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("no browser was found"), "{told}");
    let (code, told) = run(&["--browser", "/nowhere/chrome"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("there is no browser at `/nowhere/chrome`"), "{told}");
    let (code, told) = run(&["--render", "never"]);
    assert_eq!((code, told.contains("hardly read")), (Some(0), false), "{told}");
}

#[test]
fn with_the_gate_pages_are_drawn_only_where_that_is_asked_for() {
    if !has_browser() {
        return;
    }
    let house = House::new();
    let permits = fixture("rendered/permits");
    house.run(&["audit", &permits, "--gate", "--no-history", "--out", "gate"]);
    assert_eq!(page(&house.audit("gate"), "http://localhost/")["rendered"], Value::Null);
    house.run(&["audit", &permits, "--gate", "--render", "auto", "--no-history", "--out", "asked"]);
    assert_eq!(page(&house.audit("asked"), "http://localhost/")["rendered"], Value::Bool(true));
}

#[test]
fn what_only_a_browser_can_tell_is_found() {
    if !has_browser() {
        return;
    }
    let house = House::new();
    house.ok(&[
        "audit",
        &fixture("rendered/layout"),
        "--as",
        "http://town.example/",
        "--render",
        "always",
        "--no-history",
    ]);
    let found = states(&house.audit("plainway-report"));
    for rule in [
        "access/crowded-target",
        "access/faint-text",
        "access/mouse-alone",
        "access/text-cut-at-double-size",
        "access/wider-than-a-narrow-window",
        "ways/picture-not-there",
    ] {
        assert!(found.iter().any(|state| state.starts_with(rule)), "{rule} is not among {found:?}");
    }
    assert!(!found.iter().any(|state| state.starts_with("access/faint-large-text")), "the heading is white on night");
}

#[test]
fn what_a_press_brings_to_sight_is_judged_and_says_what_was_pressed() {
    if !has_browser() {
        return;
    }
    let house = House::new();
    house.ok(&["audit", &fixture("rendered/permits"), "--as", "http://town.example/", "--no-history"]);
    let audit = house.audit("plainway-report");
    let pressed = audit["findings"].as_array().into_iter().flatten().find(|f| f["place"]["after"] == "Continue");
    let pressed = pressed.expect("the second step has a picture without a text");
    assert_eq!(
        (&pressed["rule"], &pressed["url"]),
        (&"access/image-without-alt".into(), &"http://town.example/".into())
    );
}

#[test]
fn the_screens_that_a_script_draws_are_screens_of_the_kiosk() {
    if !has_browser() {
        return;
    }
    let house = House::new();
    let address = format!("http://{}/", serve(&fixture("rendered/kiosk")));
    let common = ["--profile", "kiosk", "--as", "http://kiosk.example/", "--as-of", "2026-01-15"];
    house.ok(&[&["audit", &address, "--out", "crawl"][..], &common].concat());
    let audit = house.audit("crawl");
    let screens: Vec<&str> =
        audit["pages"].as_array().into_iter().flatten().filter_map(|p| p["url"].as_str()).collect();
    let routes = ["", "#/rooms", "#check-in", "#check-in/continue", "#check-in/continue/see-a-doctor", "#help"];
    assert_eq!(screens, routes.map(|route| format!("http://kiosk.example/{route}")));
    let tasks = &audit["score"]["tasks"][0];
    assert_eq!((&tasks["name"], &tasks["clicks"]), (&"Thank you, you are checked in".into(), &3.into()));
    let found = states(&audit);
    let is_found = |rule: &str, route: &str| found.contains(&format!("{rule} http://kiosk.example/#{route} new"));
    for rule in ["kiosk/cleared-too-soon", "kiosk/no-warning-before-reset"] {
        assert!(is_found(rule, "help") && !is_found(rule, "check-in"), "{rule}: {found:?}");
    }
    let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("the crawl kept a snapshot");
    let archive = snapshots.flatten().next().expect("there is one").path();
    let archive = archive.to_str().expect("its path is text").to_owned();
    let args = ["audit", &archive, "--out", "archive", "--no-history", "--profile", "kiosk", "--as-of", "2026-01-15"];
    let from_archive = house.command(&args).env("PATH", "/nowhere").output().expect("the command can be started");
    assert!(from_archive.status.success(), "{}", String::from_utf8_lossy(&from_archive.stderr));
    assert_eq!(self::found(&audit), self::found(&house.audit("archive")));
}
