//! Pages drawn by a browser: the same page the same each time, and nothing left of the browser. Where none is
//! installed, each test says that it was skipped.
#![cfg(unix)]

use plainway::gather::{Browser, BrowserError, Manner, Plan, Source, Undrawn};
use plainway::model::{Drawing, Fetched, KeyStop, KeysEnd, PageUrl, RenderWhy, Rendered, ScreenNotes, Window};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// How often each page is drawn.
const TIMES: usize = 20;

/// How often those are drawn on which a lot is pressed: a press may open the page anew.
const PRESSED: usize = 4;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rendered").join(name)
}

/// A browser for the pages of a fixture; `None` where this machine has none.
fn browser(name: &str) -> Option<Browser> {
    browser_on(name, None)
}

/// The same on the screen of a kiosk.
fn browser_on(name: &str, screen: Option<(u32, u32)>) -> Option<Browser> {
    let mut plan = Plan::new(Source::Folder(folder(name)), "2026-01-15T09:00:00Z");
    plan.as_url = PageUrl::parse("http://town.example/").ok();
    let acts = ["sign out", "delete"].map(str::to_owned).to_vec();
    let found = Browser::find(None, &plan, Manner { screen, acts, axe: None });
    if matches!(found, Err(BrowserError::None)) {
        eprintln!("skipped: no browser is installed here");
        return None;
    }
    Some(found.expect("a browser that is there can be named"))
}

fn page(name: &str) -> Fetched {
    Fetched::of_file(
        PageUrl::parse("http://town.example/").expect("a literal address"),
        std::fs::read(folder(name).join("index.html")).expect("the fixture is there"),
        "2026-01-15T09:00:00Z",
    )
}

fn draw(browser: &Browser, name: &str) -> Result<Rendered, Undrawn> {
    browser.draw(&page(name), RenderWhy::DrawnByScript, &AtomicBool::new(false))
}

fn text(rendered: &Rendered) -> String {
    String::from_utf8(rendered.html.to_vec()).expect("it is written as UTF-8")
}

/// Draws a page so often, two at a time, and wants the same each time.
fn agree(name: &str) -> Option<Rendered> {
    agree_in(&browser(name)?, name, TIMES)
}

fn agree_in(browser: &Browser, name: &str, times: usize) -> Option<Rendered> {
    let drawn: Vec<Rendered> = std::thread::scope(|scope| {
        let half = || (0..times / 2).map(|_| draw(browser, name).expect("it is drawn")).collect::<Vec<_>>();
        let other = scope.spawn(half);
        let mut drawn = half();
        drawn.extend(other.join().expect("the thread ends"));
        drawn
    });
    assert_eq!(drawn.len(), times);
    for one in &drawn {
        assert_eq!(text(one), text(&drawn[0]), "{name}");
        assert_eq!(one.notes, drawn[0].notes, "{name}");
        agree_on_picture(one, &drawn[0], name);
        assert!(one.drawing == drawn[0].drawing && !one.drawing.is_empty(), "{name}: looks and places");
    }
    drawn.into_iter().next()
}

/// Wants the same picture of both, and says where they differ.
fn agree_on_picture(one: &Rendered, first: &Rendered, name: &str) {
    let picture = |of: &Rendered| of.shot.clone().expect("there is a picture of the page");
    let (one, first) = (picture(one), picture(first));
    assert_eq!((one.width, one.height), (first.width, first.height), "{name}: the size of the picture");
    assert!(one.drawing == first.drawing, "{name}: the places in the picture");
    let row = |(a, b): (&[u8], &[u8])| (a != b).then_some(());
    let wide = 3 * one.width;
    let rows = one.rgb.chunks(wide).zip(first.rgb.chunks(wide)).enumerate();
    let differ: Vec<usize> = rows.filter_map(|(y, rows)| row(rows).map(|()| y)).collect();
    assert!(differ.is_empty(), "{name}: the pictures differ in the rows {differ:?}");
}

#[test]
fn a_service_drawn_from_data_is_the_same_twenty_times() {
    let Some(drawn) = agree("permits") else { return };
    assert!(text(&drawn).contains("higher than 6 feet") && text(&drawn).contains("<form id=\"permit\""));
    assert_eq!((drawn.notes.errors, drawn.notes.missing, drawn.notes.sends), (0, 0, 0));
    assert_eq!(presses(&drawn), ["Continue", "Continue > Continue"], "the last step is not sent");
}

#[test]
fn the_first_screen_of_a_terminal_is_the_same_twenty_times() {
    let Some(drawn) = agree("kiosk") else { return };
    assert!(text(&drawn).contains("Touch a button to begin"));
    let screens = ["Check in", "Help", "Find a room", "Check in > Continue", "Check in > Continue > See a doctor"];
    assert_eq!(presses(&drawn), screens);
    assert!(
        drawn.notes.screen.is_none() && drawn.besides().states.iter().all(|state| state.screen.is_none()),
        "it is a website"
    );
}

#[test]
fn the_screens_of_a_terminal_lead_on_and_are_left_alone_by_a_clock_of_their_own() {
    let Some(browser) = browser_on("kiosk", Some((1080, 1920))) else { return };
    let Some(drawn) = agree_in(&browser, "kiosk", PRESSED) else { return };
    let own = drawn.notes.screen.clone().expect("it is a kiosk");
    let states = drawn.besides().states;
    let screens: Vec<&ScreenNotes> = states.iter().filter_map(|state| state.screen.as_ref()).collect();
    let routes: Vec<&str> = screens.iter().map(|screen| screen.route.as_str()).collect();
    assert_eq!(routes, ["check-in", "help", "/rooms", "check-in/continue", "check-in/continue/see-a-doctor"]);
    let to = |screen: &ScreenNotes| screen.presses.iter().filter_map(|press| press.to.clone()).collect::<Vec<_>>();
    assert_eq!(to(&own), ["#check-in", "#help", "#/rooms"]);
    assert_eq!(to(screens[0]), ["#check-in/continue", "#"]);
    assert_eq!(to(screens[3]), ["#check-in/continue/see-a-doctor", "#check-in/continue/see-a-doctor", "#"]);
    assert_eq!(own.idle.map(|idle| idle.left), Some(None), "the first screen stays");
    for screen in &screens {
        let idle = screen.idle.expect("it was watched");
        let (warned, left, extended) = match screen.route.as_str() {
            "help" => (None, 200, None),
            _ => (Some(600), 900, Some(true)),
        };
        assert_eq!((idle.warned, idle.left, idle.extended), (warned, Some(left), extended), "{}", screen.route);
    }
}

/// What was pressed for each state of a page.
fn presses(drawn: &Rendered) -> Vec<String> {
    drawn.besides().states.iter().map(|state| state.after.join(" > ")).collect()
}

#[test]
fn what_opens_is_pressed_and_what_acts_is_not() {
    let Some(drawn) = browser("menus").and_then(|browser| agree_in(&browser, "menus", PRESSED)) else { return };
    assert_eq!(presses(&drawn), ["Menu", "Glass", "Missed collection", "Help"]);
    let states = drawn.besides().states;
    assert!(states[0].html.contains("/bulky.html") && !text(&drawn).contains("/bulky.html"));
    assert!(states.iter().all(|state| !state.html.contains("Something was done") && !state.html.contains("was sent")));
}

#[test]
fn what_the_keyboard_scrolled_or_followed_hides_nothing_that_can_be_pressed() {
    let Some(drawn) = browser("shell").and_then(|browser| agree_in(&browser, "shell", PRESSED)) else { return };
    assert_eq!(presses(&drawn), ["Why streets are closed"], "what the address alone would show is none of it");
    let keys = drawn.notes.keys.expect("it was walked");
    assert_eq!((keys.stops, keys.jump), (32, Some(true)));
}

#[test]
fn what_opens_has_the_styles_that_its_script_makes() {
    let Some(drawn) = browser("styled").and_then(|browser| agree_in(&browser, "styled", PRESSED)) else { return };
    assert_eq!(presses(&drawn), ["Hours of the town hall"]);
    // As the browser writes them, not as the script does.
    let (made, opened) = ("margin: 0px auto", "rgb(238, 242, 246)");
    assert!(text(&drawn).contains(made) && !text(&drawn).contains(opened), "{}", text(&drawn));
    let state = &drawn.besides().states[0].html;
    assert!(state.contains(made) && state.contains(opened), "{state}");
}

#[test]
fn a_page_that_never_becomes_quiet_is_the_same_twenty_times() {
    let Some(drawn) = agree("restless") else { return };
    assert!(text(&drawn).contains("Tick 2"), "its clock ran: {}", text(&drawn));
}

#[test]
fn looks_places_and_pixels_are_the_same_twenty_times() {
    let Some(drawn) = agree("layout") else { return };
    let drawing: Drawing = serde_json::from_slice(&drawn.drawing).expect("it was written as one");
    let windows: Vec<Window> = drawing.views.iter().map(|view| view.window).collect();
    assert_eq!(windows, [Window::Desk, Window::Phone, Window::Narrow, Window::Zoomed, Window::Spaced]);
    let tag = |name: &str| {
        let is_it = |tag: &u32| drawing.words[*tag as usize] == name;
        i32::try_from(drawing.tags.iter().position(is_it).expect("the page has it")).expect("it is a small page")
    };
    let place = |window: usize, name: &str| {
        let found = drawing.views[window].boxes.iter().find(|b| b[0] == tag(name)).expect("it is drawn");
        [found[3], found[4], found[5], found[6]]
    };
    assert_eq!(place(0, "main")[2], 12_800, "in tenths of a pixel");
    assert_eq!(place(1, "main")[2], 3_900);
    assert!(place(0, "img")[1] > place(0, "h1")[1], "the picture stands below the heading");
    assert_eq!(drawing.broken, [u32::try_from(tag("img")).expect("it is a small page")]);
    assert_eq!(drawing.clicks.len(), 3, "two links and the card");
    assert_eq!(drawing.grounds.len(), 2, "the heading and the line below it");
    assert!(drawing.grounds.iter().all(|(_, dark, light)| (*dark, *light) == (0x10_18_20, 0x10_18_20)));
}

#[test]
fn a_script_that_fails_leaves_what_it_drew_and_its_error() {
    let Some(drawn) = agree("throws") else { return };
    assert!(text(&drawn).contains("Report a pothole"));
    assert_eq!(drawn.notes.errors, 1);
    assert!(drawn.notes.first_error.starts_with("TypeError"), "{}", drawn.notes.first_error);
}

/// What is wrong with each stop of the keyboard, by the id of its element.
fn wrong_stops(drawn: &Rendered) -> Vec<(String, KeyStop)> {
    let html = scraper::Html::parse_document(&text(drawn));
    let elements: Vec<_> = html.root_element().descendent_elements().collect();
    let keys = drawn.notes.keys.as_ref().expect("it was walked");
    assert_eq!(keys.elements as usize, elements.len());
    let id = |stop: &KeyStop| elements[stop.at as usize].attr("id").unwrap_or("").to_owned();
    keys.wrong.iter().map(|stop| (id(stop), KeyStop { at: 0, ..*stop })).collect()
}

#[test]
fn the_keyboard_meets_the_same_twenty_times() {
    let Some(drawn) = agree("keyboard") else { return };
    let keys = drawn.notes.keys.clone().expect("it was walked");
    assert_eq!((keys.stops, keys.end, keys.lost, keys.jump), (10, KeysEnd::Out, 1, Some(true)));
    let none = KeyStop::default();
    let expected = [
        ("covered", KeyStop { covered: true, ..none }),
        ("quiet", KeyStop { unseen: true, ..none }),
        ("away", KeyStop { hidden: true, ..none }),
    ];
    assert_eq!(wrong_stops(&drawn), expected.map(|(id, stop)| (id.to_owned(), stop)));
}

#[test]
fn a_field_that_leaves_the_page_or_waits_for_data_does_not_hold_up_the_walk() {
    let Some(browser) = browser("leaps") else { return };
    // A walk that waits until the browser is given up is none.
    let drawn = draw(&browser, "leaps").expect("it is drawn");
    let keys = drawn.notes.keys.as_ref().map(|keys| (keys.stops, keys.end, keys.wrong.len()));
    assert_eq!(keys, Some((5, KeysEnd::Out, 0)));
}

#[test]
fn a_field_that_keeps_the_tab_key_is_a_trap() {
    let Some(browser) = browser("trap") else { return };
    let drawn = draw(&browser, "trap").expect("it is drawn");
    assert_eq!(drawn.notes.keys.as_ref().map(|keys| keys.end), Some(KeysEnd::Trap));
    assert_eq!(wrong_stops(&drawn), [("text".to_owned(), KeyStop { trap: true, ..KeyStop::default() })]);
}

#[test]
fn what_gets_in_the_way_of_a_person_is_stopped_and_counted() {
    let Some(drawn) = agree("dialogs") else { return };
    let notes = &drawn.notes;
    assert!(text(&drawn).contains("The town hall is open"));
    assert_eq!((notes.dialogs, notes.windows, notes.permissions), (101, 1, 1));
    assert_eq!((notes.submits, notes.sends, notes.leaves), (1, 1, 1), "a form, a report, and the page that is left");
}

#[test]
fn a_page_that_eats_memory_is_given_up_and_the_next_one_drawn() {
    let Some(browser) = browser("memory") else { return };
    assert_eq!(draw(&browser, "memory"), Err(Undrawn::Crashed));
    let after = draw(&browser, "throws").expect("the next page is drawn");
    assert!(text(&after).contains("Report a pothole") || after.notes.missing == 1);
}

/// What the system tells of each process: its command line, and the group that it belongs to.
fn processes() -> Vec<(String, u32)> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    let told = |entry: std::fs::DirEntry| {
        let line = String::from_utf8_lossy(&std::fs::read(entry.path().join("cmdline")).ok()?).into_owned();
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind the name in brackets: state, parent, group.
        let mut rest = stat.rsplit_once(") ")?.1.split(' ');
        let lives = rest.next() != Some("Z");
        lives.then_some((line, rest.nth(1)?.parse().ok()?))
    };
    all.flatten().filter_map(told).collect()
}

/// The group of the browser that has `word` in its command line.
fn group(word: &str) -> Option<u32> {
    processes().into_iter().find(|(line, _)| line.contains(word) && !line.contains("--type=")).map(|(_, group)| group)
}

/// How many processes belong to a group.
fn members(group: u32) -> usize {
    processes().into_iter().filter(|(_, own)| *own == group).count()
}

/// Waits for it, a minute at most.
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        std::thread::yield_now();
    }
}

#[test]
fn nothing_is_left_of_the_browser_when_the_audit_is_stopped_or_killed() {
    if browser("restless").is_none() || !Path::new("/proc").is_dir() {
        return;
    }
    for signal in ["INT", "KILL"] {
        let house = tempfile::tempdir().expect("a temporary folder can be made");
        let mut audit = Command::new(env!("CARGO_BIN_EXE_plainway"))
            .args(["audit", folder("memory").to_str().expect("its path is text"), "--no-history", "--out", "out"])
            .current_dir(house.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command can be started");
        let word = format!("plainway-browser-{}-", audit.id());
        // The browser and the processes that it starts for itself.
        wait_for("the browser", || group(&word).is_some_and(|group| members(group) >= 3));
        let browser = group(&word).expect("it was there a moment ago");
        let kill = format!("kill -{signal} {}", audit.id());
        Command::new("sh").args(["-c", &kill]).status().expect("a shell is there");
        audit.wait().expect("it ends");
        wait_for("its end", || members(browser) == 0 && group(&word).is_none());
        if signal == "INT" {
            let left = std::fs::read_dir(std::env::temp_dir()).expect("it is there").flatten();
            assert!(
                left.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with(&word)),
                "its folder is gone"
            );
        }
    }
}

#[test]
fn findings_of_a_drawn_page_are_shown_in_its_report() {
    if browser("layout").is_none() {
        return;
    }
    let house = tempfile::tempdir().expect("a temporary folder can be made");
    let audit = |out: &str| -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plainway"));
        command.arg("audit").arg(folder("layout")).args(["--no-history", "--render", "always", "--out", out]);
        let done = command.current_dir(house.path()).env("SOURCE_DATE_EPOCH", "1768467600").output();
        assert!(done.expect("the command can be started").status.success());
        let pages = std::fs::read_dir(house.path().join(out).join("pages")).expect("there are page reports").flatten();
        let texts = pages.map(|page| std::fs::read_to_string(page.path()).expect("it is text"));
        texts.max_by_key(String::len).expect("there is one")
    };
    let report = audit("one");
    let count = report.matches("<img src=\"data:image/png;base64,iVBOR").count();
    assert!((1..=8).contains(&count), "{count} pictures");
    assert!(report.len() <= 200_000, "{} bytes", report.len());
    assert_eq!(report, audit("two"));
}

/// A page with a picture that has no text, which both find, and a word that only the stand-in minds.
const BINS: &str = "<!doctype html><html lang=en><head><title>Bins in Milltown</title></head><body><main><h1>Bins</h1>\
    <p>We empty the bins on <b>Monday</b>. <a href=/a><img src=a.png></a></p></main></body></html>";

/// A stand-in for axe-core, which is never shipped: it names pictures and bold words, and is done a little later.
const STAND_IN: &str = r"globalThis.axe = { version: '9.9 stand-in', run: (root, options) => new Promise((done) => {
    const nodes = (tag) => [...root.querySelectorAll(tag)].map((element) => ({ element }));
    const violations = [
        { id: 'picture', help: 'Pictures have a text', impact: 'critical', tags: ['wcag2a', 'wcag111'], nodes: nodes('img') },
        { id: 'bold', help: 'Nothing is <bold>', impact: 'minor', tags: ['wcag2aa', 'wcag143'], nodes: nodes('b') },
        { id: 'habit', help: 'A habit', impact: 'minor', tags: ['best-practice'], nodes: nodes('p') },
    ];
    setTimeout(() => done({ violations, incomplete: [] }), 50);
}) };";

/// An audit of a folder with that page and that script: what it said, its report, and the report of the page.
fn with_axe(house: &Path, script: &str, more: &[&str]) -> (std::process::Output, serde_json::Value, String) {
    std::fs::create_dir_all(house.join("site")).expect("a folder can be made");
    std::fs::write(house.join("site/index.html"), BINS).expect("a file can be written");
    std::fs::write(house.join("axe.js"), script).expect("a file can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plainway"));
    command
        .current_dir(house)
        .env("SOURCE_DATE_EPOCH", "1768467600")
        .args(["audit", "site", "--out", "out"])
        .args(more);
    let done = command.output().expect("the command can be started");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let pages = std::fs::read_dir(house.join("out/pages")).into_iter().flatten().flatten();
    let page = pages.map(|page| read(page.path())).collect();
    (done, serde_json::from_str(&read(house.join("out/audit.json"))).unwrap_or_default(), page)
}

#[test]
fn what_only_axe_core_found_stands_beside_and_counts_nothing() {
    if browser("layout").is_none() {
        return;
    }
    let house = tempfile::tempdir().expect("a temporary folder can be made");
    let (done, plain, _) = with_axe(house.path(), STAND_IN, &["--render", "always", "--no-history"]);
    assert!(done.status.success() && plain["pages"][0]["axe"].is_null());
    let (done, told, page) = with_axe(house.path(), STAND_IN, &["--with-axe", "axe.js"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let axe = &told["pages"][0]["axe"];
    assert_eq!((&axe["version"], &axe["rules"][1]), (&"9.9 stand-in".into(), &serde_json::Value::Null), "{axe}");
    let only = &axe["rules"][0];
    assert_eq!((&only["rule"], &only["criteria"][0], &only["more"]), (&"bold".into(), &"1.4.3".into(), &0.into()));
    assert!(only["places"][0]["selector"].as_str().is_some_and(|selector| selector.ends_with("b")), "{only}");
    assert_eq!((&told["score"], &told["findings"]), (&plain["score"], &plain["findings"]), "nothing else changes");
    assert!(page.contains("Only axe-core found") && page.contains("Nothing is &lt;bold&gt;"), "{page}");

    // The snapshot holds it; no browser and no script are needed.
    let snapshots = std::fs::read_dir(house.path().join(".plainway/snapshots")).expect("it is kept").flatten();
    let snapshot = snapshots.map(|entry| entry.path()).next().expect("there is one");
    let mut again = Command::new(env!("CARGO_BIN_EXE_plainway"));
    again.current_dir(house.path()).arg("audit").arg(snapshot).args(["--no-history", "--out", "again"]);
    assert!(again.output().expect("the command can be started").status.success());
    let again = std::fs::read_to_string(house.path().join("again/audit.json")).expect("it is written");
    let again: serde_json::Value = serde_json::from_str(&again).expect("it is JSON");
    assert_eq!(&again["pages"][0]["axe"], axe);
}

#[test]
fn a_script_that_is_not_axe_core_is_a_mistake() {
    if browser("layout").is_none() {
        return;
    }
    let house = tempfile::tempdir().expect("a temporary folder can be made");
    for (script, why) in [
        ("globalThis.other = 1", "defines no `axe.run`"),
        ("throw new Error('x')", "ended with an error"),
        ("not a script", "ended with an error"),
        ("globalThis.axe = { run: () => { throw 1; } }", "ended with an error"),
        ("globalThis.axe = { run: () => new Promise(() => {}) }", "gave no answer"),
        ("globalThis.axe = { run: () => ({ violations: 7 }) }", "are no results"),
    ] {
        let (done, ..) = with_axe(house.path(), script, &["--with-axe", "axe.js", "--no-history"]);
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{script}: {said}");
        assert!(said.contains("axe.js") && said.contains(why) && said.contains("npm install axe-core"), "{said}");
    }
}

#[test]
fn a_page_on_which_axe_core_goes_wrong_is_judged_all_the_same() {
    if browser("layout").is_none() {
        return;
    }
    let house = tempfile::tempdir().expect("a temporary folder can be made");
    // It is well on an empty page.
    let on_the_page = |answer: &str| {
        format!(
            "globalThis.axe = {{ run: (root) => root.querySelector('b') ? {answer} : {{ violations: [], incomplete: [] }} }}"
        )
    };
    let (b, result) = ("root.querySelector('b')", "id: 'x', help: 'x'.repeat(1e6), impact: 'x', tags: ['wcag143']");
    let many =
        format!("{{ violations: [{{ {result}, nodes: Array(100000).fill({{ element: {b} }}) }}], incomplete: [] }}");
    for (answer, trouble) in [
        ("new Promise(() => {})", Some("late")),
        ("Promise.reject(1)", Some("failed")),
        ("null", Some("garbled")),
        (&*format!("({b}.remove(), {many})"), None),
        (&*many, None),
    ] {
        let (done, told, page) =
            with_axe(house.path(), &on_the_page(answer), &["--with-axe", "axe.js", "--no-history"]);
        assert!(done.status.success(), "{answer}: {}", String::from_utf8_lossy(&done.stderr));
        let axe = &told["pages"][0]["axe"];
        assert_eq!(axe["trouble"].as_str(), trouble, "{answer}: {axe}");
        assert!(told["findings"].as_array().is_some_and(|all| !all.is_empty()));
        assert!(axe.to_string().len() < 2_000 && page.len() < 200_000, "{answer}");
        if trouble.is_none() {
            let only = &axe["rules"][0];
            let places = only["places"].as_array().map_or(0, Vec::len) as u64;
            assert_eq!(places + only["more"].as_u64().unwrap_or(0), 100_000, "{only}");
        }
    }
}

#[test]
fn axe_core_needs_pages_that_are_drawn() {
    let house = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::write(house.path().join("site.warc"), "").expect("a file can be written");
    let large = vec![b' '; 9_000_000];
    std::fs::write(house.path().join("large.js"), large).expect("a file can be written");
    std::fs::write(house.path().join("latin.js"), [0xe9]).expect("a file can be written");
    for (more, why) in [
        (&["--with-axe", "axe.js", "--render", "never"][..], "--render never draws none"),
        (&["--with-axe", "axe.js", "--browser", "nowhere"], "there is no browser at"),
        (&["--with-axe", "none.js"], "none.js cannot be read"),
        (&["--with-axe", "site"], "site cannot be read"),
        (&["--with-axe", "latin.js"], "latin.js cannot be read"),
        (&["--with-axe", "large.js"], "large.js has 9000000 bytes"),
    ] {
        let (done, ..) = with_axe(house.path(), STAND_IN, more);
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{more:?}: {said}");
        assert!(said.contains(why), "{more:?}: {said}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_plainway"));
    command.current_dir(house.path()).args(["audit", "site.warc", "--with-axe", "axe.js", "--no-history"]);
    let done = command.output().expect("the command can be started");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(2) && said.contains("cannot be drawn again"), "{said}");
}
