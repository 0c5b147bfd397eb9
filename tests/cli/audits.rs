//! Audits from start to end: the same site by every way in gives the same findings, and history tells what changed.

use crate::house::{House, fixture, serve, states};

const PAGE: &str =
    "<!doctype html><html lang=en><head><title>Permits - Milltown</title></head><body><main><h1>Permits</h1>";
const FOOT: &str = "<p><a href=/contact.html>Contact us</a></p></main></body></html>";

/// A site of two pages with what is put into its first one.
fn site(house: &House, middle: &str) {
    house.write("site/index.html", &format!("{PAGE}{middle}{FOOT}"));
    house.write(
        "site/contact.html",
        &format!(
            "{PAGE}<p>Call (215) 555-0134 or mail clerk@town.example.</p><p><a href=/>Home</a></p></main></body></html>"
        ),
    );
}

#[test]
fn a_folder_and_its_crawl_and_its_archive_give_the_same() {
    for name in ["tiny", "milltown/after"] {
        let house = House::new();
        let folder = fixture(name);
        let common = ["--as", "http://town.example/", "--as-of", "2026-01-15"];
        let address = format!("http://{}/", serve(&folder));
        house.ok(&[&["audit", &folder, "--out", "folder", "--no-history"][..], &common].concat());
        house.ok(&[&["audit", &address, "--out", "crawl"][..], &common].concat());
        let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("the crawl kept a snapshot");
        let archive = snapshots.flatten().next().expect("there is one").path();
        let archive = archive.to_str().expect("its path is text");
        house.ok(&["audit", archive, "--out", "archive", "--no-history", "--as-of", "2026-01-15"]);

        let (folder, crawl, archive) = (house.audit("folder"), house.audit("crawl"), house.audit("archive"));
        assert!(folder["findings"].as_array().is_some_and(|f| f.len() > 5), "{name} has findings");
        for part in ["score", "pages", "findings", "unread"] {
            assert_eq!(folder[part], crawl[part], "{name}: {part} of folder and crawl");
            assert_eq!(crawl[part], archive[part], "{name}: {part} of crawl and archive");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let house = House::new();
    let folder = fixture("milltown/before");
    for out in ["one", "two"] {
        house.ok(&["audit", &folder, "--out", out, "--no-history", "--as-of", "2025-10-15"]);
    }
    for file in ["index.html", "site.html", "audit.json"] {
        let read = |out: &str| std::fs::read(house.path(out).join(file)).expect("it was written");
        assert!(read("one") == read("two"), "{file} differs");
    }
}

#[test]
fn lost_points_add_up_to_what_is_missing() {
    let house = House::new();
    house.ok(&["audit", &fixture("milltown/before"), "--out", "out", "--no-history", "--as-of", "2025-10-15"]);
    let audit = house.audit("out");
    let lost: f64 = audit["findings"].as_array().expect("a list").iter().filter_map(|f| f["lost"].as_f64()).sum();
    let value = audit["score"]["value"].as_f64().expect("a number");
    assert!((lost - (100.0 - value)).abs() < 1e-7, "{lost} is lost, and {value} is left");
    let weights: f64 = audit["pages"].as_array().expect("a list").iter().filter_map(|p| p["weight"].as_f64()).sum();
    assert!((weights - 1.0).abs() < 1e-9, "the weights sum to {weights}");
}

#[test]
fn history_tells_new_open_fixed_back_and_unchecked() {
    let house = House::new();
    let audit = |expected: &[&str]| {
        house.ok(&["audit", "site", "--out", "out", "--as", "http://town.example/"]);
        // Of a few rules: how they are judged is not what this is about.
        let shown = ["access/image-without-alt", "contact/single-channel", "ways/broken-link", "ways/same-title"];
        let mut states = states(&house.audit("out"));
        states.retain(|state| shown.iter().any(|rule| state.starts_with(rule)));
        assert_eq!(states, expected);
    };
    let image = "<p><img src=/a.png></p>";
    let link = "<p><a href=/gone.html>Fees</a></p>";
    site(&house, image);
    audit(&[
        "access/image-without-alt http://town.example/ new",
        "ways/same-title http://town.example/ new",
        "ways/same-title http://town.example/contact.html new",
    ]);
    site(&house, &format!("{image}{link}"));
    audit(&[
        "access/image-without-alt http://town.example/ open",
        "ways/broken-link http://town.example/ new",
        "ways/same-title http://town.example/ open",
        "ways/same-title http://town.example/contact.html open",
    ]);
    // The image is mended; the other page is gone from the folder, and with it what it had.
    site(&house, link);
    std::fs::remove_file(house.path("site/contact.html")).expect("it is there");
    audit(&[
        "access/image-without-alt http://town.example/ fixed",
        "contact/single-channel http://town.example/ new",
        "ways/broken-link http://town.example/ new",
        "ways/broken-link http://town.example/ open",
        "ways/same-title http://town.example/ fixed",
        "ways/same-title http://town.example/contact.html fixed",
    ]);
    // The image is wrong again, but this time nobody looks at the home page's links: it is not read at all.
    site(&house, &format!("{image}{link}"));
    house.ok(&["audit", "site", "--out", "out", "--as", "http://town.example/"]);
    let back = states(&house.audit("out"));
    assert!(back.contains(&"access/image-without-alt http://town.example/ back".to_owned()), "{back:?}");
    house.ok(&["audit", "site", "--out", "out", "--as", "http://town.example/", "--max-pages", "1"]);
    let unchecked = states(&house.audit("out"));
    assert!(
        unchecked.contains(&"ways/same-title http://town.example/contact.html unchecked".to_owned()),
        "{unchecked:?}"
    );
}

#[test]
fn an_audit_that_fails_loses_nothing() {
    let house = House::new();
    site(&house, "<p><img src=/a.png></p>");
    house.ok(&["audit", "site", "--out", "out"]);
    let before = house.ok(&["runs"]);
    std::fs::create_dir(house.path("empty")).expect("it can be made");
    assert_eq!(house.run(&["audit", "empty", "--out", "out"]).code, 3);
    assert_eq!(house.ok(&["runs"]), before);
    house.ok(&["report", "--out", "again"]);
    assert_eq!(house.audit("again"), house.audit("out"));
}

#[test]
fn several_targets_are_several_runs() {
    let house = House::new();
    site(&house, "");
    house.write(
        "b/site/index.html",
        "<!doctype html><html lang=en><title>B</title><h1>B</h1><p>Mail clerk@town.example</p>",
    );
    house.ok(&["audit", "site", "b/site", "--out", "out", "--no-history"]);
    assert_eq!(house.audit("out/site")["run"]["target"], "site");
    assert_eq!(house.audit("out/site-2")["pages"][0]["title"], "B");
    // One that fails does not spoil the other, and the worst code wins.
    let ended = house.run(&["audit", "site", "http://127.0.0.1:9/", "--out", "mixed", "--no-history"]);
    assert_eq!(ended.code, 3);
    assert!(house.path("mixed/site/audit.json").exists());
}

#[test]
fn no_path_of_the_machine_leaves_it() {
    let house = House::new();
    site(&house, "<p><img src=/a.png></p>");
    house.ok(&["audit", house.path("site").to_str().expect("text"), "--out", "out", "--no-history"]);
    let machine = house.path("").to_string_lossy().trim_end_matches('/').to_owned();
    for file in ["index.html", "site.html", "audit.json"] {
        let text = std::fs::read_to_string(house.path("out").join(file)).expect("it was written");
        assert!(!text.contains(&machine), "{file} names {machine}");
    }
}

#[test]
fn the_demo_shows_a_trend_and_touches_nothing_else() {
    let house = House::new();
    let said = house.ok(&["demo", "--out", "out/demo"]);
    assert!(said.contains("out/demo/index.html") && said.contains("fixed"), "{said}");
    for file in ["index.html", "before/index.html", "before/audit.json", "after/index.html", "after/audit.json"] {
        let size = std::fs::metadata(house.path("out/demo").join(file)).expect("the demo writes it").len();
        assert!(size > 1_000, "{file} has {size} bytes");
    }
    let score = |name: &str| house.audit(name)["score"]["value"].as_f64().expect("a number");
    assert!(score("out/demo/after") > score("out/demo/before") + 5.0);
    let state = |wanted: &str| states(&house.audit("out/demo/after")).iter().filter(|s| s.ends_with(wanted)).count();
    assert!(state("fixed") > 30 && state("new") >= 3 && state("open") > 5);
    let names: Vec<_> =
        std::fs::read_dir(house.path("")).expect("the folder is there").flatten().map(|e| e.file_name()).collect();
    assert_eq!(names, ["out"]);
    let first = std::fs::read(house.path("out/demo/after/audit.json")).expect("it was written");
    house.ok(&["demo", "--out", "out/demo"]);
    assert!(
        first == std::fs::read(house.path("out/demo/after/audit.json")).expect("it was written"),
        "the second demo differs"
    );
}

#[test]
fn the_kiosk_has_rules_of_its_own() {
    let house = House::new();
    house.ok(&["audit", &fixture("kiosk"), "--out", "out", "--no-history", "--profile", "kiosk"]);
    let audit = house.audit("out");
    let rules: std::collections::BTreeSet<&str> = audit["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|f| f["outcome"] == "fail")
        .filter_map(|f| f["rule"].as_str())
        .collect();
    for wanted in ["kiosk/dead-screen", "kiosk/file-download", "kiosk/leaves-kiosk", "kiosk/new-window"] {
        assert!(rules.contains(wanted), "{wanted} is planted, found were {rules:?}");
    }
    assert!(audit["score"]["categories"].as_array().is_some_and(|c| c.iter().any(|c| c["id"] == "kiosk")));
}

#[test]
fn facts_are_one_page_a_line() {
    let house = House::new();
    site(
        &house,
        "<form action=/apply method=post><label>Name <input name=name required></label><button>Send</button></form>",
    );
    let lines = house.ok(&["facts", "site", "--as", "http://town.example/"]);
    let pages: Vec<serde_json::Value> =
        lines.lines().map(|l| serde_json::from_str(l).expect("each line is JSON")).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0]["url"], "http://town.example/");
    // More may be told of a field than what every reader can rely on.
    let field = &pages[0]["forms"][0]["fields"][0];
    let sure = serde_json::json!({ "name": "name", "type": "text", "kind": "name", "label": "Name", "required": true });
    for (key, value) in sure.as_object().expect("it is written as an object") {
        assert_eq!(&field[key], value, "{key}");
    }
    assert_eq!(pages[0]["forms"][0]["burden"]["longest"][0]["way"], "heart");
    assert_eq!(pages[1]["contacts"][0]["value"], "+12155550134");
    assert_eq!(pages[1]["links"][0]["in"], "main");
}

#[test]
fn a_list_reads_exactly_its_pages_and_calls_nothing_else_fixed() {
    let house = House::new();
    site(&house, "<p><a href=/gone.html>Fees</a></p>");
    let folder = house.path("site");
    let address = serve(folder.to_str().expect("text"));
    house.ok(&["audit", &format!("http://{address}/"), "--out", "out"]);
    let ended = house.run_with_input(&["audit", "-", "--out", "out"], &format!("http://{address}/\n"));
    assert_eq!(ended.code, 0, "{}", ended.err);
    let audit = house.audit("out");
    assert_eq!(audit["pages"].as_array().map(Vec::len), Some(1));
    assert!(
        states(&audit).iter().any(|s| s.starts_with("ways/broken-link") && s.ends_with("unchecked")),
        "{:?}",
        states(&audit)
    );
}

#[test]
fn what_robots_txt_forbids_lowers_no_coverage() {
    let house = House::new();
    site(&house, "<p><a href=/staff.html>Staff</a></p>");
    house.write("site/staff.html", "<title>Staff</title>");
    house.write("site/robots.txt", "User-agent: *\nDisallow: /staff\n");
    let folder = house.path("site");
    let address = serve(folder.to_str().expect("text"));
    house.ok(&["audit", &format!("http://{address}/"), "--out", "out", "--no-history"]);
    let audit = house.audit("out");
    assert_eq!(audit["score"]["coverage"], 1.0);
    assert_eq!(audit["unread"][0]["why"], "robots");
    let says = |file: &str| {
        std::fs::read_to_string(house.path("out").join(file)).expect("written").contains("whatever its robots.txt says")
    };
    assert!(!says("index.html") && !says("site.html"));
    house.ok(&["audit", &format!("http://{address}/"), "--out", "out", "--no-history", "--own-site"]);
    assert_eq!(house.audit("out")["unread"].as_array().map(Vec::len), Some(0));
    assert!(says("index.html") && says("site.html"));
}

#[test]
fn a_partner_is_read_within_its_paths() {
    let (house, vendor) = (House::new(), House::new());
    vendor.write("site/town/form.html", &format!("{PAGE}<p><a href=/other/x.html>Others</a></p>{FOOT}"));
    vendor.write("site/other/x.html", PAGE);
    let partner = serve(vendor.path("site").to_str().expect("text"));
    site(&house, &format!("<p><a href=http://{partner}/town/form.html>Apply</a></p>"));
    let address = format!("http://{}/", serve(house.path("site").to_str().expect("text")));
    let audit = || {
        house.ok(&["audit", &address, "--out", "out", "--no-history"]);
        let pages = house.audit("out")["pages"].as_array().expect("a list").clone();
        pages.iter().filter(|p| p["url"].as_str().is_some_and(|u| u.contains(&partner.to_string()))).count()
    };
    assert_eq!(audit(), 0);
    house.write(
        "plainway.toml",
        &format!("[[partner]]\nhost = \"{partner}\"\npaths = [\"/town\"]\npermission = \"theirs\"\n"),
    );
    assert_eq!(audit(), 1);
    house.write("plainway.toml", &format!("[[partner]]\nhost = \"{partner}\"\n"));
    let ended = house.run(&["audit", &address, "--out", "out", "--no-history"]);
    assert!(ended.code == 2 && ended.err.contains("`permission` is missing"), "{}", ended.err);
}

#[test]
fn twins_of_a_page_are_one_page() {
    let house = House::new();
    site(&house, "<p><a href=/index.html>Home</a></p>");
    let folder = house.path("site");
    let address = serve(folder.to_str().expect("text"));
    house.ok(&["audit", &format!("http://{address}/"), "--out", "out", "--no-history"]);
    assert_eq!(house.audit("out")["pages"].as_array().map(Vec::len), Some(2));
}

#[test]
fn an_archive_is_read_as_it_was_on_a_day() {
    let house = House::new();
    site(&house, "");
    house.ok(&["audit", "site", "--as-of", "2026-02-01", "--out", "out"]);
    let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("a snapshot was kept");
    let archive = snapshots.flatten().next().expect("there is one").path();
    let archive = archive.to_str().expect("text");
    house.ok(&["audit", archive, "--as-of", "2026-03-01", "--out", "later", "--no-history"]);
    assert_eq!(house.run(&["audit", archive, "--as-of", "2026-01-01", "--out", "sooner", "--no-history"]).code, 3);
}
