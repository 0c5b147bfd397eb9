//! Top tasks as a user meets them: declared, guessed, blocked, on another host, at the gate.

use crate::house::{Ended, House};
use serde_json::Value;

const HOME: &str = "<!doctype html><html lang=en><title>Town of Elmford</title><main><h1>Town of Elmford</h1>
<p>What do you want to do today? Choose one of the services of the town below.</p>
<p><a href=/parking/>Pay a parking ticket</a></p><p><a href=/dogs/>Dogs</a></p></main>
<footer><a href=/map/>All pages</a></footer></html>";
const PARKING: &str =
    "<!doctype html><html lang=en><title>Parking tickets - Elmford</title><main><h1>Parking tickets</h1>
<p>You can pay a ticket here within 30 days. Have the number of the ticket ready.</p>
<p><a href=/parking/pay/>Pay online</a></p></main></html>";
const PAY: &str = "<!doctype html><html lang=en><title>Pay a ticket - Elmford</title><main><h1>Pay a ticket</h1>
<form method=post action=/parking/pay/done/><label>Ticket number <input name=ticket></label>
<label>Card number <input name=card autocomplete=cc-number></label><button>Pay now</button></form></main></html>";
const DOGS: &str = "<!doctype html><html lang=en><title>Dogs - Elmford</title><main><h1>Get a dog license</h1>
<p>Print the <a href=/dogs/form.pdf>form (PDF)</a> and send it to us.</p>
<p><a href=https://dogs.vendor.example/apply>Apply at the vendor</a></p></main></html>";
const MAP: &str = "<!doctype html><html lang=en><title>All pages</title><main><h1>All pages</h1>
<p><a href=/parking/pay/>Pay online</a> <a href=/hidden/>Hidden</a></p></main></html>";

const CONFIG: &str =
    "[[task]]\nname = \"Pay a parking ticket\"\ngoal = \"/parking/pay/\"\nwords = [\"parking ticket\"]\n";

fn town() -> House {
    let house = House::new();
    for (name, text) in [
        ("site/index.html", HOME),
        ("site/parking/index.html", PARKING),
        ("site/parking/pay/index.html", PAY),
        ("site/dogs/index.html", DOGS),
        ("site/dogs/form.pdf", "%PDF-1.4\n"),
        ("site/map/index.html", MAP),
        ("site/hidden/index.html", MAP),
        ("plainway.toml", CONFIG),
    ] {
        house.write(name, text);
    }
    house
}

const AUDIT: [&str; 4] = ["audit", "site", "--as-of", "2026-03-01"];

fn tasks(house: &House) -> Vec<Value> {
    house.ok(&AUDIT);
    house.audit("plainway-report")["score"]["tasks"].as_array().expect("tasks are a list").clone()
}

#[test]
fn a_declared_task_is_walked_by_the_words_people_use_and_weighs() {
    let house = town();
    let said = house.ok(&AUDIT);
    assert!(said.contains("Top tasks with no blocker found: 1 of 1"), "{said}");
    let audit = house.audit("plainway-report");
    assert_eq!((&audit["run"]["weights"], &audit["score"]["provisional"]), (&"tasks".into(), &false.into()));
    let task = &audit["score"]["tasks"][0];
    let steps: Vec<&str> = task["steps"].as_array().expect("a list").iter().filter_map(|s| s["url"].as_str()).collect();
    // The map in the foot is one click shorter in pages that keep more, and no way that people take.
    assert_eq!(steps, ["http://localhost/", "http://localhost/parking/", "http://localhost/parking/pay/"]);
    assert_eq!((&task["guessed"], &task["blocked"], &task["state"]), (&false.into(), &false.into(), &"clear".into()));
    assert_eq!((&task["ends"], &task["clicks"], &task["from_home"]), (&"form".into(), &2.into(), &"words".into()));
    assert_eq!(task["steps"][2]["link"], "Pay online");
    assert!(task["steps"][2]["filling"].as_f64() > Some(0.2) && task["steps"][1]["filling"] == 0.0);
    let weight = |path: &str| {
        let pages = audit["pages"].as_array().expect("a list");
        pages.iter().find(|p| p["url"] == format!("http://localhost{path}")).and_then(|p| p["weight"].as_f64())
    };
    for path in ["/", "/parking/", "/parking/pay/"] {
        assert!(weight(path).is_some_and(|w| (w - 0.2).abs() < 1e-9), "{path} weighs {:?}", weight(path));
    }
    let kept: f64 = task["steps"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|s| s["score"].as_f64())
        .map(|s| s / 100.0)
        .product();
    assert!(task["score"].as_f64().is_some_and(|score| (score - 100.0 * kept).abs() < 1e-9));
}

#[test]
fn guessed_tasks_are_marked_weigh_nothing_and_block_nothing() {
    let house = town();
    house.write("plainway.toml", "[site]\nname = \"Elmford\"\n");
    let tasks = tasks(&house);
    assert!(!tasks.is_empty());
    assert!(tasks.iter().all(|t| t["guessed"] == true && t["blocked"] == false), "{tasks:?}");
    let audit = house.audit("plainway-report");
    assert_eq!((&audit["run"]["weights"], &audit["score"]["provisional"]), (&"structure".into(), &true.into()));
    let page = std::fs::read_to_string(house.path("plainway-report/index.html")).expect("it was written");
    assert!(page.contains("we guessed them"));
}

#[test]
fn what_lies_beyond_what_was_audited_is_not_checked_and_what_is_missing_is_blocked() {
    let house = town();
    let task = |name: &str, rest: &str| format!("[[task]]\nname = \"{name}\"\n{rest}\n");
    let config = [
        task("Vendor", "goal = \"https://dogs.vendor.example/*\""),
        task("File", "goal = \"/dogs/*.pdf\""),
        task("Missing", "goal = \"/no/such/page/\""),
        task("Only by the map", "goal = \"/hidden/\""),
        task("Other words", "goal = \"/dogs/\"\nwords = [\"dog license\"]"),
        task("From within", "start = \"/parking\"\ngoal = \"/parking/*/\""),
        task("Behind the form", "goal = \"/parking/pay/done/\""),
        task("Nobody links there", "start = \"/parking/pay/\"\ngoal = \"/dogs/\""),
    ];
    house.write("plainway.toml", &config.concat());
    let tasks = tasks(&house);
    let told = |at: usize| {
        let t = &tasks[at];
        format!("{} {} {} {} {}", t["state"], t["stuck"], t["score"].is_null(), t["stars"], t["ends"]).replace('"', "")
    };
    assert_eq!(told(0), "not-checked elsewhere true null null");
    assert_eq!((&tasks[1]["state"], &tasks[1]["ends"]), (&"clear".into(), &"file".into()));
    assert!(
        tasks[1]["stars"].as_u64() <= Some(2) && tasks[1]["flaws"].to_string().contains("file-only"),
        "{}",
        tasks[1]
    );
    assert_eq!((told(2), &tasks[2]["score"]), ("blocked unlinked false 1 null".to_owned(), &0.0.into()));
    assert_eq!(tasks[3]["steps"][1]["url"], "http://localhost/map/");
    assert_eq!((&tasks[4]["from_home"], &tasks[4]["home_link"]), (&"other-words".into(), &"Dogs".into()));
    assert_eq!(tasks[5]["steps"].as_array().map(Vec::len), Some(2), "{}", tasks[5]);
    assert_eq!(told(6), "not-checked form true null null");
    assert_eq!(told(7), "blocked unlinked false 1 null");
    let page = std::fs::read_to_string(house.path("plainway-report/index.html")).expect("it was written");
    assert!(page.contains("<strong>Missing:</strong> nobody can finish this."), "the scorecard names it");
    assert_eq!(house.audit("plainway-report")["score"]["status"], "blocked");
}

fn gate(house: &House) -> Ended {
    house.run(&["audit", "site", "--as-of", "2026-03-01", "--gate", "--no-history"])
}

#[test]
fn the_gate_fails_on_a_task_that_is_newly_blocked_and_names_it() {
    let house = town();
    house.ok(&AUDIT);
    house.ok(&["baseline", "write", "--from", "plainway-report/audit.json"]);
    let ended = gate(&house);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    // The link goes, and with it the only ways; nothing else is new.
    let no_way = |text: &str| text.replace("<a href=/parking/pay/>Pay online</a>", "Pay at the desk.");
    house.write("site/parking/index.html", &no_way(PARKING));
    house.write("site/map/index.html", &no_way(MAP));
    house.write("site/hidden/index.html", &no_way(MAP));
    let ended = gate(&house);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("The top task \"Pay a parking ticket\" is newly blocked"), "{}", ended.out);
    // What is known to be blocked is old debt.
    house.ok(&AUDIT);
    house.ok(&["baseline", "write", "--from", "plainway-report/audit.json"]);
    let ended = gate(&house);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[test]
fn what_people_told_elsewhere_stands_beside_its_task_and_bad_rows_are_named() {
    let house = town();
    let imports = "[imports]\nsearches = \"told/searches.csv\"\ncalls = \"told/calls.csv\"\n";
    house.write("plainway.toml", &format!("{CONFIG}{imports}"));
    house.write("told/searches.csv", "words,count\nparking tickets,40\n=cmd|'x',2\n\"open,9\n");
    house.write("told/calls.csv", "reason,task,count\nno receipt,Pay a parking ticket,7\nlost dog,,many\n");
    let ended = house.run(&AUDIT);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("told/calls.csv, line 3: `many` is no count"), "{}", ended.err);
    assert!(ended.err.contains("told/searches.csv, line 4"), "{}", ended.err);
    let task = &house.audit("plainway-report")["score"]["tasks"][0];
    assert_eq!(task["searches"], serde_json::json!([{"words": "parking tickets", "count": 40}]));
    assert_eq!(task["calls"][0]["words"], "no receipt");
    let page = std::fs::read_to_string(house.path("plainway-report/site.html")).expect("it was written");
    assert!(page.contains("Asked for, and none of these tasks"));
    house.write("told/calls.csv", "why,count\n");
    let ended = house.run(&AUDIT);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("names no column `reason`"), "{}", ended.err);
}

#[test]
fn other_tasks_break_the_trend() {
    let house = town();
    house.ok(&AUDIT);
    house.write("plainway.toml", &CONFIG.replace("/parking/pay/", "/dogs/"));
    house.ok(&AUDIT);
    let page = std::fs::read_to_string(house.path("plainway-report/index.html")).expect("it was written");
    assert!(page.contains("The setup of the audit changed since"));
}
