//! Many sites in one command: each is a run of its own, and none spoils another.

use crate::house::{House, fixture, serve_and_tell};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

fn page(title: &str, middle: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1>{middle}<p><a href=/contact.html>Contact us</a></p></main></body></html>"
    )
}

/// A site of two pages in a folder.
fn site(house: &House, name: &str, middle: &str) {
    house.write(&format!("{name}/index.html"), &page(name, middle));
    house.write(&format!("{name}/contact.html"), &page("Contact", "<p>Call (215) 555-0134.</p>"));
}

/// Six sites: two folders, one with an address; two that fail; a kiosk; one that is one more folder of the same name.
fn fleet(house: &House) {
    for name in ["parks", "library", "other/parks"] {
        site(house, name, "<p><img src=/a.png></p>");
    }
    let kiosk = fixture("kiosk");
    house.write(
        "sites.toml",
        &format!(
            "[[site]]\nname = \"Parks\"\ntarget = \"parks\"\ngroup = \"Outdoors\"\nowner = \"Parks team\"\n\
             [[site]]\nname = \"Library\"\ntarget = \"library\"\nas = \"https://library.example/\"\n\
             [[site]]\nname = \"Gone\"\ntarget = \"gone\"\n\
             [[site]]\nname = \"Hall\"\ntarget = \"{kiosk}\"\nprofile = \"kiosk\"\n\
             [[site]]\nname = \"Silent\"\ntarget = \"http://127.0.0.1:1/\"\n\
             [[site]]\nname = \"Parks of the county\"\ntarget = \"other/parks\"\n"
        ),
    );
}

fn portfolio(house: &House, out: &str) -> Value {
    let text = std::fs::read_to_string(house.path(out).join("portfolio.json")).expect("it was written");
    serde_json::from_str(&text).expect("it is JSON")
}

fn row<'p>(portfolio: &'p Value, name: &str) -> &'p Value {
    let sites = portfolio["sites"].as_array().expect("a list");
    sites.iter().find(|site| site["name"] == name).expect("every site has a row")
}

#[test]
fn one_sites_failure_is_a_row_and_nothing_else() {
    let house = House::new();
    fleet(&house);
    let ended = house.run(&["audit", "--sites", "sites.toml", "--out", "out", "--as-of", "2026-01-10"]);
    assert_eq!(ended.code, 2, "a folder that is not there is worse than a host that is silent\n{}", ended.err);
    for line in ["Parks: begun", "Gone: not audited: there is no file or folder", "Silent: not audited"] {
        assert!(ended.err.contains(line), "{line} in {}", ended.err);
    }
    let told = portfolio(&house, "out");
    for (name, folder) in [("Parks", "Parks"), ("Library", "library.example"), ("Hall", "Hall")] {
        assert!(row(&told, name)["last"]["score"]["value"].as_f64().is_some(), "{name} was audited");
        assert!(house.path("out").join(folder).join("index.html").is_file(), "{name} has reports");
    }
    for name in ["Gone", "Silent"] {
        assert!(row(&told, name)["error"].is_string() && row(&told, name)["last"].is_null(), "{name} failed");
    }
    assert_eq!(house.audit("out/Hall")["run"]["profile"], "kiosk");
    assert_eq!(row(&told, "Parks")["owner"], "Parks team");
    let html = std::fs::read_to_string(house.path("out/portfolio.html")).expect("it was written");
    let dir = house.path("");
    assert!(!html.contains(dir.to_str().expect("its path is text")), "no path of the machine leaves it");
}

#[test]
fn sites_without_an_address_are_told_apart_by_their_names() {
    let house = House::new();
    fleet(&house);
    let audit = |date: &str| house.run(&["audit", "--sites", "sites.toml", "--out", "out", "--as-of", date]);
    audit("2026-01-10");
    site(&house, "parks", "<p>Nothing to see.</p>");
    audit("2026-02-10");
    let told = portfolio(&house, "out");
    let change = |name: &str| row(&told, name)["change"][0].as_f64().expect("both audits can be compared");
    assert!(change("Parks") > 0.0 && change("Parks of the county") == 0.0, "{told:#}");
    assert_eq!(house.audit("out/Parks-of-the-county")["findings"][0]["state"], "open");
}

#[test]
fn the_portfolio_is_made_anew_from_the_history_and_is_the_same_whoever_ends_first() {
    let house = House::new();
    fleet(&house);
    let bytes = |out: &str, file: &str| std::fs::read(house.path(out).join(file)).expect("it was written");
    for out in ["one", "two"] {
        house.run(&["audit", "--sites", "sites.toml", "--out", out, "--no-history", "--as-of", "2026-01-10"]);
    }
    for file in ["portfolio.html", "portfolio.json", "Parks/audit.json", "library.example/site.html"] {
        assert!(bytes("one", file) == bytes("two", file), "{file} differs");
    }
    house.run(&["audit", "--sites", "sites.toml", "--out", "stored", "--as-of", "2026-01-10"]);
    house.ok(&["report", "--sites", "sites.toml", "--out", "anew"]);
    assert!(bytes("stored", "library.example/index.html") == bytes("anew", "library.example/index.html"));
    let (stored, anew) = (portfolio(&house, "stored"), portfolio(&house, "anew"));
    assert_eq!(anew["totals"]["failed"], 2, "what went wrong is kept");
    assert_eq!(stored["sites"], anew["sites"]);
    assert_eq!(stored["shared"], anew["shared"]);
    // It is over with the next audit that goes well.
    site(&house, "gone", "");
    house.run(&["audit", "--sites", "sites.toml", "--out", "next", "--as-of", "2026-02-10"]);
    house.ok(&["report", "--sites", "sites.toml", "--out", "anew"]);
    let anew = portfolio(&house, "anew");
    assert!(row(&anew, "Gone")["error"].is_null() && row(&anew, "Silent")["error"].is_string(), "{anew:#}");
}

#[test]
fn a_gate_that_failed_before_the_interruption_fails_again() {
    let house = House::new();
    site(&house, "parks", "<p><img src=/a.png></p>");
    site(&house, "library", "<p>Nothing to see.</p>");
    let sites = ["parks", "library"].map(|name| format!("[[site]]\nname = \"{name}\"\ntarget = \"{name}\"\n"));
    house.write("sites.toml", &sites.concat());
    house.write("plainway.toml", "[gate]\nfail_on = \"minor\"\n");
    let gate = |more: &[&str]| {
        let args = ["audit", "--sites", "sites.toml", "--gate", "--as-of", "2026-01-10", "--out", "out"];
        house.run(&[&args[..], more].concat())
    };
    let first = gate(&[]);
    assert_eq!(first.code, 1, "{}{}", first.out, first.err);
    // As it is left when the power fails after the last site and before the end.
    let db = rusqlite::Connection::open(house.path(".plainway/plainway.db")).expect("the store is there");
    let fleet = "INSERT INTO fleets (file, started) SELECT 'sites.toml', max(started) FROM runs";
    db.execute(fleet, []).expect("it can be written");
    drop(db);
    let again = gate(&["--resume"]);
    assert!(again.err.contains("2 sites done"), "{}", again.err);
    assert_eq!(again.code, 1, "{}{}", again.out, again.err);
    let failing =
        |text: &str| text.lines().filter(|line| line.contains("access/")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(failing(&again.out), failing(&first.out));
    assert!(!failing(&first.out).is_empty(), "{}", first.out);
}

#[test]
fn every_site_is_in_one_shard_whatever_is_added() {
    let house = House::new();
    let entry = |n: usize| format!("[[site]]\nname = \"Site {n}\"\ntarget = \"s{n}\"\n");
    let shards = |count: usize| -> Vec<BTreeSet<String>> {
        house.write("sites.toml", &(0..count).map(entry).collect::<String>());
        let shard = |part: usize| {
            let part = format!("{part}/3");
            house.run(&["audit", "--sites", "sites.toml", "--shard", &part, "--out", "out", "--no-history"]);
            let told = portfolio(&house, "out");
            let sites = told["sites"].as_array().expect("a list");
            sites.iter().filter_map(|s| Some(s["name"].as_str()?.to_owned())).collect()
        };
        (1..=3).map(shard).collect()
    };
    let (few, more) = (shards(8), shards(12));
    assert_eq!(few.iter().map(BTreeSet::len).sum::<usize>(), 8);
    assert_eq!(few.iter().flatten().collect::<BTreeSet<_>>().len(), 8, "{few:?}");
    assert!(few.iter().zip(&more).all(|(few, more)| few.is_subset(more)), "{few:?} in {more:?}");
    for wrong in ["0/3", "4/3", "2"] {
        assert_eq!(house.run(&["audit", "--sites", "sites.toml", "--shard", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn two_sites_of_one_host_are_read_one_after_the_other() {
    let house = House::new();
    for folder in ["a", "b"] {
        for n in 0..10 {
            let next = format!("<p><a href=/{folder}/{}.html>Next</a></p>", n + 1);
            house.write(&format!("web/{folder}/{n}.html"), &page(&format!("{folder} {n}"), &next));
        }
    }
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&asked);
    let web = house.path("web");
    let address = serve_and_tell(web.to_str().expect("its path is text"), move |path, _| {
        noted.lock().expect("nobody panics here").push(path.to_owned());
    });
    let entry = |f: &str| format!("[[site]]\nname = \"{f}\"\ntarget = \"http://{address}/{f}/0.html\"\n");
    house.write("sites.toml", &(entry("a") + &entry("b")));
    house.run(&["audit", "--sites", "sites.toml", "--out", "out", "--no-history"]);
    let asked = asked.lock().expect("nobody panics here");
    let of = |folder: &str| {
        let is_page = |(_, path): &(usize, &String)| path.starts_with(folder) && path.len() == "/a/0.html".len();
        asked.iter().enumerate().filter(is_page).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let (a, b) = (of("/a/"), of("/b/"));
    assert!(a.len() >= 10 && b.len() >= 10, "{asked:?}");
    assert!(a.last() < b.first() || b.last() < a.first(), "they were mixed: {asked:?}");
}

#[test]
fn mistakes_in_the_file_are_told_with_their_lines() {
    let house = House::new();
    house.write(
        "sites.toml",
        "[[site]]\nname = \"A\"\ntarget = \"a\"\ncuontry = \"US\"\n[[site]]\nname = \"A\"\ntarget = \"b\"\n",
    );
    let ended = house.run(&["audit", "--sites", "sites.toml"]);
    assert_eq!(ended.code, 2);
    for word in ["sites.toml:4:1", "did you mean `country`?", "sites.toml:6:8"] {
        assert!(ended.err.contains(word), "{word} in {}", ended.err);
    }
    assert_eq!(house.run(&["audit", "--sites", "sites.toml", "a"]).code, 2, "either a file or targets");
    assert_eq!(house.run(&["audit", "--sites", "none.toml"]).code, 2);
}
