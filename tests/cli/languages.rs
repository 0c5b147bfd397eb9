//! Reports in other languages: the config chooses one, and every page speaks it.

use crate::house::{House, fixture};

#[test]
fn reports_speak_the_language_of_the_config() {
    let house = House::new();
    house.write("plainway.toml", "[report]\nlanguage = \"es\"\n");
    house.ok(&["audit", &fixture("tiny"), "--as", "https://www.example.gov/", "--pages", "all"]);
    let read = |name: &str| std::fs::read_to_string(house.path("plainway-report").join(name)).expect("it was written");
    for (page, words) in [("index.html", "Qué le pedimos que decida"), ("site.html", "Plan de trabajo"), ("wcag.html", "Niveles A y AA")] {
        let html = read(page);
        assert!(html.contains("<html lang=\"es\">") && html.contains(words), "{page}");
    }
    assert!(read("site.html").contains("lang=\"en\""), "the titles of rules are English, and say so");
    house.ok(&["audit", &fixture("kiosk"), "--profile", "kiosk", "--no-history", "--out", "kiosk"]);
    let kiosk = std::fs::read_to_string(house.path("kiosk/kiosk.html")).expect("it was written");
    assert!(kiosk.contains("<html lang=\"es\">") && kiosk.contains("Declaración"));
}

#[test]
fn a_language_that_there_is_not_is_a_mistake() {
    let house = House::new();
    house.write("plainway.toml", "[report]\nlanguage = \"eng\"\n");
    let ended = house.run(&["audit", &fixture("tiny")]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("plainway.toml:2") && ended.err.contains("did you mean `en`?"), "{}", ended.err);
}

#[test]
fn the_config_knows_the_languages_that_there_are() {
    assert_eq!(plainway::report::languages(), plainway::config::LANGUAGES);
}
