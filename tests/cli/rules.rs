//! The rule set, explored and extended from the command line.

use crate::house::House;

#[test]
fn the_list_is_for_people_and_for_programs() {
    let house = House::new();
    assert!(house.ok(&["rules", "list"]).contains("forms/too-many-questions"));
    let list: serde_json::Value =
        serde_json::from_str(&house.ok(&["rules", "list", "--format", "json"])).expect("it is JSON");
    let rule =
        list.as_array().expect("a list").iter().find(|r| r["id"] == "forms/too-many-questions").expect("it is there");
    for key in ["category", "severity", "status", "fails", "related", "sources", "title"] {
        assert!(!rule[key].is_null(), "{key} is missing");
    }
}

#[test]
fn a_rule_is_shown_as_its_file() {
    let house = House::new();
    assert!(house.ok(&["rules", "show", "forms/too-many-questions"]).starts_with("# A form asks too many questions"));
    let ended = house.run(&["rules", "show", "forms/too-many-question"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("did you mean `forms/too-many-questions`?"), "{}", ended.err);
}

#[test]
fn a_new_rule_starts_from_a_skeleton_that_passes() {
    let house = House::new();
    let skeleton = house.ok(&["rules", "new", "words/long-paragraph"]);
    house.write("own/words/long-paragraph.md", &skeleton);
    assert!(house.ok(&["rules", "test", "own"]).contains("3 passed, 0 failed"));
    house.write("own/words/long-paragraph.md", &skeleton.replace("bad max=3", "bad=2 max=3"));
    let ended = house.run(&["rules", "test", "own"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.out.contains("expected exactly 2") && ended.out.contains("own/words/long-paragraph.md:"),
        "{}",
        ended.out
    );
    assert_eq!(house.run(&["rules", "new", "word/long"]).code, 2);
}

#[test]
fn a_rule_of_ones_own_judges_and_replaces() {
    let house = House::new();
    let skeleton = house.ok(&["rules", "new", "words/long-paragraph"]);
    house.write(
        "own/words/long-paragraph.md",
        &skeleton.replace("max = 150", "max = 2").replace("status = \"trial\"\n", ""),
    );
    house.write(
        "site/index.html",
        "<!doctype html><html lang=en><title>x</title><main><h1>x</h1><p>One two three.</p></main>",
    );
    house.ok(&["audit", "site", "--rules", "own", "--no-history"]);
    let audit = house.audit("plainway-report");
    assert!(
        audit["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|f| f["rule"] == "words/long-paragraph" && f["lost"].as_f64() > Some(0.0))
    );
}

#[test]
fn every_fact_is_listed() {
    let house = House::new();
    assert!(house.ok(&["rules", "facts"]).contains("form.questions"));
    let facts: serde_json::Value =
        serde_json::from_str(&house.ok(&["rules", "facts", "--format", "json"])).expect("it is JSON");
    assert!(facts.as_array().is_some_and(|f| f.len() > 60));
}

#[test]
fn completions_and_the_manual_are_printed() {
    let house = House::new();
    assert!(house.ok(&["completions", "bash"]).contains("plainway"));
    assert!(house.ok(&["man"]).contains(".TH plainway"));
}

#[test]
fn init_writes_a_config_once() {
    let house = House::new();
    house.ok(&["init", "--name", "Town of \"Mill\"", "--country", "US", "--level", "local", "--languages", "en,es"]);
    house.write("site/index.html", "<!doctype html><html lang=en><title>x</title><h1>x</h1>");
    house.ok(&["audit", "site"]);
    assert!(
        std::fs::read_to_string(house.path("plainway-report/index.html"))
            .expect("written")
            .contains("Town of &quot;Mill&quot;")
    );
    assert_eq!(house.run(&["init"]).code, 2);
    std::fs::remove_file(house.path("plainway.toml")).expect("it is there");
    house.ok(&["init", &crate::house::fixture("milltown/after")]);
    let config = std::fs::read_to_string(house.path("plainway.toml")).expect("written");
    assert!(config.contains("Milltown") && config.contains("languages = [\"en\""), "{config}");
    assert!(config.contains("# [[task]]") && !config.contains("\n[[task]]"), "{config}");
    assert!(!config.contains("[kiosk]"), "{config}");
    house.write(
        "plainway.toml",
        &config.replace("# [[task]]", "[[task]]").replace("# name", "name").replace("# goal", "goal"),
    );
    let told = house.ok(&["audit", &crate::house::fixture("milltown/after"), "--as", "http://milltown.example/"]);
    assert!(told.contains("Top tasks with no blocker found") && !told.contains("guessed"), "{told}");
    std::fs::remove_file(house.path("plainway.toml")).expect("it is there");
    assert_eq!(house.run(&["init", "nowhere"]).code, 2);
    let told = house.ok(&["init", &crate::house::fixture("kiosk")]);
    let config = std::fs::read_to_string(house.path("plainway.toml")).expect("written");
    assert!(told.contains("--profile kiosk") && config.contains("\n[kiosk]\n"), "{told}{config}");
    std::fs::remove_file(house.path("plainway.toml")).expect("it is there");
    house.ok(&["init", "--profile", "kiosk"]);
    assert!(std::fs::read_to_string(house.path("plainway.toml")).expect("written").contains("\n[kiosk]\n"));
    std::fs::remove_file(house.path("plainway.toml")).expect("it is there");
    let ended = house.run(&["init", "--country", "Utopia"]);
    assert_eq!(ended.code, 2);
    assert!(!house.path("plainway.toml").exists());
}
