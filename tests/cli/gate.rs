//! The gate works on identity: old debt passes, a new problem fails and is named.

use crate::house::House;

fn site(house: &House, middle: &str) {
    house.write("site/index.html", &format!("<!doctype html><html lang=en><head><title>Milltown</title></head><body><main><h1>Milltown</h1>{middle}<p>Call (215) 555-0134.</p></main></body></html>"));
}

const OLD: &str = "<p><img src=/old.png></p>";
const NEW: &str = "<p><img src=/new.png></p>";

#[test]
fn without_anything_to_compare_every_problem_is_new() {
    let house = House::new();
    site(&house, OLD);
    let ended = house.run(&["audit", "site", "--gate", "--no-history"]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(
        ended.out.contains("access/image-without-alt") && ended.out.contains("plainway baseline write"),
        "{}",
        ended.out
    );
    site(&house, "");
    assert_eq!(house.run(&["audit", "site", "--gate", "--no-history"]).code, 0);
}

#[test]
fn a_baseline_lets_old_problems_pass_and_names_the_new_one() {
    let house = House::new();
    site(&house, OLD);
    house.ok(&["audit", "site", "--no-history"]);
    house.ok(&["baseline", "write", "--from", "plainway-report/audit.json"]);
    house.ok(&["audit", "site", "--gate", "--no-history"]);
    site(&house, &format!("{OLD}{NEW}"));
    let ended = house.run(&["audit", "site", "--gate", "--no-history"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("1 new problem.") && ended.out.contains("(1 finding on 1 page)"), "{}", ended.out);
    let audit = house.audit("plainway-report");
    let new = audit["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|f| f["place"]["snippet"].as_str().is_some_and(|s| s.contains("new.png")))
        .expect("it was found");
    assert!(ended.out.contains(new["key"].as_str().expect("a key")), "{}", ended.out);
    // Same input, same verdict.
    assert_eq!(house.run(&["audit", "site", "--gate", "--no-history"]).out, ended.out);
}

#[test]
fn the_last_run_is_a_baseline_too() {
    let house = House::new();
    site(&house, OLD);
    house.ok(&["audit", "site"]);
    house.ok(&["audit", "site", "--gate"]);
    site(&house, &format!("{NEW}{OLD}"));
    assert_eq!(house.run(&["audit", "site", "--gate"]).code, 1);
}

#[test]
fn a_baseline_that_is_none_is_refused() {
    let house = House::new();
    site(&house, OLD);
    house.write("plainway-baseline.json", "{}");
    let ended = house.run(&["audit", "site", "--gate", "--no-history"]);
    assert_eq!(ended.code, 2, "{}", ended.err);
    assert!(ended.err.contains("plainway/baseline/1"), "{}", ended.err);
}

#[test]
fn minor_problems_fail_only_where_the_config_says_so() {
    let house = House::new();
    site(
        &house,
        "<form action=/apply><label>Name <input name=name></label><button>Send my name</button><button type=reset>Clear</button></form>",
    );
    assert_eq!(house.run(&["audit", "site", "--gate", "--no-history"]).code, 0);
    house.write("plainway.toml", "[gate]\nfail_on = \"minor\"\n");
    assert_eq!(house.run(&["audit", "site", "--gate", "--no-history"]).code, 1);
}

#[test]
fn the_baseline_of_a_kiosk_knows_its_rules() {
    let house = House::new();
    let screen = |more: &str| {
        format!(
            "<!doctype html><html lang=en><title>Start</title><main><h1>Start</h1><p><a href=/>Start over</a></p>{more}</main></html>"
        )
    };
    house.write("kiosk/index.html", &screen(""));
    house.ok(&["audit", "kiosk", "--profile", "kiosk"]);
    house.ok(&["baseline", "write"]);
    house.write("kiosk/index.html", &screen("<p><a href=https://other.example/>Elsewhere</a></p>"));
    let ended = house.run(&["audit", "kiosk", "--profile", "kiosk", "--gate"]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.out.contains("kiosk/leaves-kiosk"), "{}", ended.out);
}
