//! Reports in other languages: the config chooses one, and every page speaks it.

use crate::house::{House, fixture};

#[test]
fn reports_speak_the_language_of_the_config() {
    let house = House::new();
    house.write("plainway.toml", "[report]\nlanguage = \"es\"\n");
    house.ok(&["audit", &fixture("tiny"), "--as", "https://www.example.gov/", "--pages", "all"]);
    let read = |name: &str| std::fs::read_to_string(house.path("plainway-report").join(name)).expect("it was written");
    for (page, words) in
        [("index.html", "Qué le pedimos que decida"), ("site.html", "Plan de trabajo"), ("wcag.html", "Niveles A y AA")]
    {
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

/// A folder of a body's own, with all that it may hold.
fn folder(house: &House, look: &str, words: &str, logo: &str) {
    house.write("plainway.toml", "[report]\nfolder = \"parks\"\n");
    house.write("parks/look.toml", look);
    house.write("parks/words.toml", words);
    house.write("parks/logo.svg", logo);
}

const LOOK: &str = "name = \"Parks <Dept>\"\naccent = \"#6a1b6a\"\naccent_dark = \"#f0b0f0\"\n";
const WORDS: &str = "[site]\ndo-these-first = \"Begin <here>\"\n";
const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><circle r=\"9\"/></svg>";

#[test]
fn a_body_has_its_own_name_logo_colour_and_words() {
    let house = House::new();
    folder(&house, LOOK, WORDS, LOGO);
    house.ok(&["audit", &fixture("tiny"), "--as", "https://www.example.gov/", "--pages", "all"]);
    let site = std::fs::read_to_string(house.path("plainway-report/site.html")).expect("it was written");
    assert!(
        site.contains("Parks &lt;Dept&gt;</span>") && site.contains("Begin &lt;here&gt;"),
        "what it says is escaped"
    );
    assert!(site.contains("--link: #6a1b6a") && site.contains("--link: #f0b0f0"));
    assert!(site.contains("src=\"data:image&#x2f;svg+xml;base64,PHN2Zy"));
    let index = std::fs::read_to_string(house.path("plainway-report/index.html")).expect("it was written");
    assert!(index.contains("data:image") && index.contains("Made by Plainway"));
}

#[test]
fn a_folder_that_cannot_be_used_says_why() {
    for (look, words, logo, expected) in [
        ("accent = \"#ff9900\"\n", WORDS, LOGO, "`accent` has a contrast of 2.14 on #ffffff; text needs 4.5"),
        (LOOK, "[site]\ndo-this-first = \"x\"\n", LOGO, "did you mean `site.do-these-first`?"),
        (LOOK, "[shared]\nnothing-like-it = \"x\"\n", LOGO, "no report has the text `shared.nothing-like-it`"),
        (LOOK, WORDS, "<svg><script>alert(1)</script></svg>", "it has the element script"),
        (LOOK, WORDS, "<svg onload=\"alert(1)\"/>", "it has the attribute onload"),
        (LOOK, WORDS, "<svg><use href=\"https://evil.example/x.svg\"/></svg>", "it has the attribute href"),
        (LOOK, WORDS, "<html></html>", "it begins with html"),
    ] {
        let house = House::new();
        folder(&house, look, words, logo);
        let ended = house.run(&["audit", &fixture("tiny"), "--no-history"]);
        assert!(ended.code == 2 && ended.err.contains(expected), "{}", ended.err);
    }
    let house = House::new();
    folder(&house, LOOK, WORDS, &format!("{LOGO}{}", " ".repeat(17_000)));
    assert!(house.run(&["audit", &fixture("tiny"), "--no-history"]).err.contains("make it smaller"));
    house.write("plainway.toml", "[report]\nfolder = \"nowhere\"\n");
    assert!(house.run(&["audit", &fixture("tiny"), "--no-history"]).err.contains("none of look.toml"));
}
