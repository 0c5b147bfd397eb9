//! Bad input gets a clear word and the right exit code.

use crate::house::House;

#[track_caller]
fn check(house: &House, args: &[&str], code: i32, words: &[&str]) {
    let ended = house.run(args);
    assert_eq!(ended.code, code, "{args:?}\n{}{}", ended.out, ended.err);
    for word in words {
        assert!(ended.err.contains(word), "`{word}` is not said:\n{}", ended.err);
    }
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
}

#[test]
fn targets_that_are_not_there() {
    let house = House::new();
    check(&house, &["audit", "nowhere"], 2, &["there is no file or folder `nowhere`"]);
    check(&house, &["audit", "www.town.example"], 2, &["for a website write https://www.town.example/"]);
    check(
        &house,
        &["audit", "http://127.0.0.1:9/"],
        3,
        &["could not read http://127.0.0.1:9/", "no connection came about"],
    );
    check(&house, &["audit", "http://"], 2, &["is no address"]);
    check(&house, &["audit"], 2, &["<TARGET>"]);
    check(&house, &["audit", "a", "b", "--as", "http://x.example/"], 2, &["--as names one address"]);
    check(&house, &["audit", "-"], 2, &["the list on standard input is empty"]);
}

#[test]
fn folders_and_files_without_pages() {
    let house = House::new();
    std::fs::create_dir(house.path("empty")).expect("it can be made");
    check(&house, &["audit", "empty"], 3, &["`empty` holds no page"]);
    house.write("binary/data.bin", "\u{0}\u{1}\u{2}");
    check(&house, &["audit", "binary"], 3, &["holds no page"]);
    check(&house, &["audit", "binary/data.bin"], 2, &["neither HTML nor an archive"]);
    house.write("fake.warc.gz", "no archive");
    check(&house, &["audit", "fake.warc.gz"], 3, &["is not a WARC archive"]);
}

#[test]
fn a_broken_config_shows_every_mistake_with_its_line() {
    let house = House::new();
    house.write("site/index.html", "<title>x</title>");
    house.write("plainway.toml", "[site]\ncountry = \"USA\"\nlangages = [\"en\"]\n\n[gate]\nfail_on = \"bad\"\n");
    check(
        &house,
        &["audit", "site"],
        2,
        &["plainway.toml:2:11", "plainway.toml:3:1", "did you mean `languages`?", "plainway.toml:6:11", "^^^"],
    );
    house.write("plainway.toml", "[site\nname = 3\n");
    check(&house, &["audit", "site"], 2, &["plainway.toml:1"]);
    check(&house, &["audit", "site", "--config", "other.toml"], 2, &["other.toml cannot be read"]);
    assert!(!house.path(".plainway").exists(), "nothing was written before the config was read");
}

#[test]
fn a_rule_file_with_three_mistakes_shows_three() {
    let house = House::new();
    let rule = "# Too long\n\n```toml\nseverty = \"minor\"\nsince = \"0.1.0\"\nsources = [\"ours\"]\nmessage = \"{valu} words\"\n\n[check.metric]\nfact = \"form.question\"\nmax = 3\n```\n\n## Why it matters\nx\n\n## How to fix it\ny\n\n## Examples\n\n```html bad\n<p>x\n```\n\n```html good\n<p>x\n```\n";
    house.write("own/forms/too-long.md", rule);
    house.write("site/index.html", "<title>x</title>");
    let words = [
        "did you mean `severity`?",
        "`{valu}` is no placeholder",
        "did you mean `form.questions`?",
        "own/forms/too-long.md:4:1",
        "own/forms/too-long.md:10:8",
    ];
    check(&house, &["audit", "site", "--rules", "own"], 2, &words);
    check(&house, &["rules", "test", "own"], 2, &words);
    check(&house, &["audit", "site", "--rules", "nowhere"], 2, &["the folder of rules nowhere cannot be read"]);
}

#[test]
fn places_that_cannot_be_written() {
    let house = House::new();
    house.write("site/index.html", "<title>x</title>");
    house.write("taken", "a file");
    check(&house, &["audit", "site", "--out", "taken"], 2, &["--out taken is a file"]);
    house.write(".plainway", "a file where the folder should be");
    check(&house, &["audit", "site"], 3, &["history", "--no-history"]);
    house.ok(&["audit", "site", "--no-history"]);
}

#[test]
fn a_store_of_a_newer_version_is_refused() {
    let house = House::new();
    house.write("site/index.html", "<title>x</title>");
    house.ok(&["audit", "site"]);
    let db = rusqlite::Connection::open(house.path(".plainway/plainway.db")).expect("the store is there");
    db.pragma_update(None, "user_version", 999).expect("it can be written");
    check(&house, &["audit", "site"], 3, &["written by a newer Plainway"]);
}

#[test]
fn dates_and_numbers_that_are_none() {
    let house = House::new();
    house.write("site/index.html", "<title>x</title>");
    check(&house, &["audit", "site", "--as-of", "yesterday"], 2, &["`yesterday` is no date"]);
    check(&house, &["audit", "site", "--as", "town"], 2, &["--as: `town` is not an address"]);
    check(&house, &["audit", "site", "--delay", "-1"], 2, &["delay"]);
    check(&house, &["audit", "site", "--max-pages", "many"], 2, &["many"]);
}

#[test]
fn flags_about_reading_are_checked_before_anything_is_read() {
    let house = House::new();
    house.write("site/index.html", "<title>x</title>");
    check(&house, &["audit", "site", "--window", "night"], 2, &["`night` are no hours for --window"]);
    check(&house, &["audit", "site", "--include", "news"], 2, &["--include news: a pattern starts with / or *"]);
    check(&house, &["audit", "site", "--folder", "library"], 2, &["a folder starts with /"]);
    check(&house, &["audit", "site", "--basic", "name"], 2, &["--basic takes USER:PASSWORD"]);
    check(&house, &["audit", "site", "--cookies", "none.txt"], 2, &["none.txt"]);
    check(&house, &["audit", "http://127.0.0.1:9/", "--public-only"], 3, &["127.0.0.1"]);
}
