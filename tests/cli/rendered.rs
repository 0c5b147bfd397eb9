//! Pages drawn by a browser, as an audit meets them. Where none is installed, the tests say that they were skipped.

use crate::house::{House, fixture, serve, serve_and_tell, states};
use serde_json::Value;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};

/// Whether this machine has a browser.
fn has_browser() -> bool {
    let house = House::with_browser();
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
    let house = House::with_browser();
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
    let house = House::with_browser();
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
    let house = House::with_browser();
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
    let house = House::with_browser();
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
    let house = House::with_browser();
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
    let house = House::with_browser();
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

/// A town with a way of two pages to a task; what the second one says is up to the test.
fn with_way(house: &House, site: &str, said: &str) -> String {
    let page = |title: &str, text: &str| {
        format!("<!doctype html><html lang=en><title>{title}</title><main><h1>{title}</h1><p>{text}</p></main></html>")
    };
    house.write(&format!("{site}/index.html"), &page("Elmford", "<a href=/pay.html>Pay a ticket</a>"));
    let form = "<form action=/paid><label>Ticket number <input name=ticket></label><button>Pay now</button></form>";
    house.write(&format!("{site}/pay.html"), &page("Pay a ticket", &format!("{said}</p>{form}<p>Thank you.")));
    house.path(site).to_str().expect("its path is text").to_owned()
}

/// The first screens on the page of the ways, as the report holds them.
fn screens(house: &House, out: &str) -> Vec<String> {
    let html = std::fs::read_to_string(house.path(out).join("tasks.html")).expect("the report was written");
    let found: Vec<String> =
        html.split("<image id=").skip(1).filter_map(|p| Some(p.split_once('>')?.0.to_owned())).collect();
    assert_eq!(html.matches("<use href=\"#screen-").count(), found.len(), "each is shown at its step");
    found
}

#[test]
fn the_way_of_a_task_shows_the_first_screens_of_drawn_pages_with_the_same_masks() {
    if !has_browser() {
        return;
    }
    let house = House::with_browser();
    house.write(
        "plainway.toml",
        "[[task]]\nname = \"Pay a ticket\"\ngoal = \"/pay.html\"\nwords = [\"pay a ticket\"]\n",
    );
    let audit = |source: &str, args: &[&str], out: &str| {
        let common = ["--as", "http://town.example/", "--as-of", "2026-01-15", "--out", out];
        house.ok(&[&["audit", source][..], &common, args].concat());
        screens(&house, out)
    };
    let drawn = ["--render", "always", "--no-history"];
    let one = with_way(&house, "one", "Card 4111 1111 1111 1111 is on file.");
    let other = with_way(&house, "other", "Card 5500 0000 0000 0004 is on file.");
    let plain = with_way(&house, "plain", "Cash is taken at the town hall only.");
    let shown = audit(&one, &drawn, "a");
    assert_eq!(shown.len(), 2);
    assert!(shown.iter().all(|one| one.contains("width=\"320\" height=\"200\" href=\"data:image/png;base64,iVBOR")));
    assert_eq!(shown, audit(&other, &drawn, "b"), "the number of a card cannot be read");
    let free = audit(&plain, &drawn, "c");
    assert!(shown[0] == free[0] && shown[1] != free[1], "other words can");
    assert!(audit(&one, &["--render", "never", "--no-history"], "d").is_empty());
    // Kept with what was measured, and not in the snapshot.
    let address = format!("http://{}/", serve(&one));
    assert_eq!(audit(&address, &["--render", "always"], "e"), shown);
    house.ok(&["report", "--out", "f"]);
    assert_eq!(screens(&house, "f"), shown);
    let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("the crawl kept a snapshot");
    let archive = snapshots.flatten().next().expect("there is one").path();
    let archive = archive.to_str().expect("its path is text");
    house.ok(&["audit", archive, "--no-history", "--as-of", "2026-01-15", "--out", "g"]);
    assert!(screens(&house, "g").is_empty());
    assert!(audit(&address, &["--render", "always", "--no-history", "--basic", "staff:apricot"], "h").is_empty());
}

/// A site of a home page, six pages of one template with a menu that a script opens, and one of its own.
fn templates(house: &House) -> String {
    let page = |name: &str, class: &str, text: &str| {
        let menu = "<nav><a href=/>Home</a> <a href=/about.html>About</a> <a href=/Well.html>Well</a> <button type=button id=menu aria-expanded=false>Menu</button><div id=links></div></nav><script src=/menu.js></script>";
        let html = format!(
            "<!doctype html><html lang=en><head><title>{name}</title></head><body class=\"{class}\">{menu}<main><h1>{name}</h1>{text}</main></body></html>"
        );
        house.write(&format!("site/{name}.html"), &html);
    };
    let permits = [
        ("Fence", "A fence at the street may be four feet high. Bring a drawing of the lot."),
        ("Garage", "We look at the plans within ten working days and call you when they are ready."),
        ("Porch", "Tell us how deep the posts stand. In winter nobody digs."),
        ("Roof", "Shingles of the same kind need no permit, other kinds do. Ask your neighbors first."),
        ("Shed", "Sheds below eighty square feet are free. Larger ones cost $40, paid when you collect it."),
        ("Well", "The county tests the water. Its letter comes with the permit by mail."),
    ];
    let links: String = permits.iter().map(|(name, _)| format!("<li><a href=/{name}.html>{name}</a></li>")).collect();
    page(
        "index",
        "home",
        &format!("<p>All permits of the town.</p><ul>{links}<li><a href=/about.html>About</a></li></ul>"),
    );
    page("about", "about", "<p>The town hall is open from eight to five on working days.</p>");
    for (name, text) in permits {
        page(name, "permit page", &format!("<p>{text}</p>"));
    }
    let script = "menu.addEventListener('click', () => { links.innerHTML = '<img src=/map.png>'; menu.ariaExpanded = 'true'; });";
    house.write("site/menu.js", script);
    house.path("site").to_str().expect("its path is text").to_owned()
}

fn drawn(audit: &Value) -> Vec<(&str, &str)> {
    let pages = audit["pages"].as_array().into_iter().flatten();
    pages.filter_map(|page| Some((page["url"].as_str()?, page["rendered_why"].as_str()?))).collect()
}

#[test]
fn one_page_of_each_template_is_drawn_and_an_archive_finds_the_same() {
    if !has_browser() {
        return;
    }
    let house = House::with_browser();
    let site = templates(&house);
    let common = ["--as", "http://town.example/", "--as-of", "2026-01-15"];
    house.ok(&[&["audit", &site, "--out", "folder", "--no-history"][..], &common].concat());
    let address = format!("http://{}/", serve(&site));
    let told = house.run(&[&["audit", &address, "--out", "crawl"][..], &common].concat());
    assert!(told.err.contains("drawing one page of each template: 0 of 1"), "{}", told.err);
    let crawl = house.audit("crawl");
    assert_eq!(drawn(&crawl), [("http://town.example/Fence.html", "first-of-template")]);
    let pressed = crawl["findings"].as_array().into_iter().flatten().find(|f| f["place"]["after"] == "Menu");
    assert_eq!(pressed.map(|f| &f["url"]), Some(&"http://town.example/Fence.html".into()));
    let report = std::fs::read_to_string(house.path("crawl/site.html")).expect("the report was written");
    assert!(report.contains("it stands for the pages that are built like it"));
    let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("the crawl kept a snapshot");
    let archive = snapshots.flatten().next().expect("there is one").path();
    let archive = archive.to_str().expect("its path is text");
    let without = House::new();
    without.ok(&["audit", archive, "--out", "archive", "--no-history", "--as-of", "2026-01-15"]);
    assert_eq!(found(&crawl), found(&without.audit("archive")));
    assert_eq!(found(&crawl).1, found(&house.audit("folder")).1);
    assert_eq!(states(&crawl), states(&house.audit("folder")));
    // Done again, it finds the same once more.
    house.ok(&[&["audit", &address, "--out", "again"][..], &common].concat());
    assert_eq!(house.audit("again")["pages"], crawl["pages"]);
}

#[test]
fn an_audit_that_is_killed_while_it_draws_for_templates_is_gone_on_with() {
    if !has_browser() {
        return;
    }
    let (house, calm) = (House::with_browser(), House::with_browser());
    let site = templates(&house);
    let common = ["--as", "http://town.example/", "--as-of", "2026-01-15", "--out", "out"];
    let victim: Arc<Mutex<Option<Child>>> = Arc::default();
    let whom = Arc::clone(&victim);
    // Only a browser asks for the script.
    let tell = move |path: &str, _: bool| {
        if path == "/menu.js"
            && let Some(child) = whom.lock().expect("nobody panics here").as_mut()
        {
            child.kill().expect("it can be killed");
        }
    };
    let address = format!("http://{}/", serve_and_tell(&site, tell));
    let args = [&["audit", &address][..], &common].concat();
    calm.ok(&args);
    let mut held = victim.lock().expect("nobody panics here");
    let mut command = house.command(&args);
    *held = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command can be started"));
    drop(held);
    let ended = loop {
        let mut held = victim.lock().expect("nobody panics here");
        if let Some(status) = held.as_mut().and_then(|child| child.try_wait().expect("its state can be asked for")) {
            *held = None;
            break status;
        }
        drop(held);
        std::thread::yield_now();
    };
    assert!(!ended.success(), "it was killed");
    house.ok(&[&args[..], &["--resume"]].concat());
    assert_eq!(found(&house.audit("out")), found(&calm.audit("out")));
}
