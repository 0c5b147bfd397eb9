//! Any bytes are a page: they are read, measured and judged, and read again with the same result.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plainway::audit::{Judge, Scene};
use plainway::facts::{Lexicon, Page, Settings};
use plainway::model::{Fetched, PageUrl};
use plainway::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(&embedded_words()).expect("the project's word lists are right"));
static RULES: LazyLock<Rules> = LazyLock::new(|| {
    Rules::load(&embedded_rules(), embedded_categories(), &LEXICON).expect("the project's rules are right")
});

fuzz_target!(|body: &[u8]| {
    let url = PageUrl::parse("http://town.example/a").expect("the address is right");
    let page = Fetched::of_file(url, body.to_vec(), "2026-01-01T00:00:00Z");
    let settings = Settings::default();
    let read = Page::read(&page, &LEXICON, &settings);
    let _ = Judge::new(&RULES, &LEXICON, Scene::default()).page(&read);
    assert_eq!(read.facts, Page::read(&page, &LEXICON, &settings).facts, "a page is read the same way twice");
});
