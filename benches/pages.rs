//! CPU time a page, stage by stage, and each stage as a ratio to parsing alone in the same run.
//!
//! `cargo bench` measures generated pages of 20 to 60 kB; `cargo bench -- DIR` the HTML files of a
//! folder. Wall time is not shown: other work on the machine would count. Styles are measured on generated pages alone,
//! over the whole process, since the engine has a thread of its own.

use cpu_time::{ProcessTime, ThreadTime};
use plainway::audit::{Judge, Scene};
use plainway::facts::{Counts, Dom, Lexicon, Page, Settings, Sheets, Speech, sentences};
use plainway::history::{Packer, PageRecord};
use plainway::model::Fetched;
use plainway::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use town::{fetched, generated, sheet, styled};

mod town;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds over all pages; the quickest counts, since noise only ever adds.
const ROUNDS: usize = 7;

/// Pages that are generated.
const PAGES: usize = 60;

fn main() {
    let dir = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let pages = dir.map_or_else(|| generated(PAGES), |dir| read(Path::new(&dir)));
    if pages.is_empty() {
        eprintln!("no HTML pages there");
        return;
    }
    let bytes: usize = pages.iter().map(|p| p.body.len()).sum();
    println!("{} pages, {:.1} kB on average", pages.len(), bytes as f64 / pages.len() as f64 / 1000.0);

    let lexicon = Lexicon::parse(&embedded_words()).expect("the project's word lists are right");
    let rules = Rules::load(&embedded_rules(), embedded_categories(), &lexicon)
        .expect("the project's rules are right")
        .for_profile("website");
    let judge = Judge::new(&rules, &lexicon, Scene::default());
    let settings = Settings::default();

    let parse = stage(&pages, |p| {
        black_box(scraper::Html::parse_document(&String::from_utf8_lossy(&p.body)));
    });
    let dom = stage(&pages, |p| {
        black_box(Dom::parse(&String::from_utf8_lossy(&p.body), &lexicon));
    });
    let facts = stage(&pages, |p| {
        black_box(Page::read(p, &lexicon, &settings).facts.words);
    });
    let judged = stage(&pages, |p| {
        let page = Page::read(p, &lexicon, &settings);
        black_box(judge.page(&page));
    });
    let packer = std::cell::RefCell::new(Packer::default());
    let stored = stage(&pages, |p| {
        let page = Page::read(p, &lexicon, &settings);
        let verdicts = judge.page(&page);
        let json = PageRecord { facts: page.facts, verdicts }.json();
        black_box(packer.borrow_mut().page(&json, &page.next));
    });
    let texts: Vec<String> = pages.iter().map(|p| reading_matter(p, &lexicon, &settings)).collect();
    let read = texts.iter().map(String::len).sum::<usize>();
    let reading = (0..ROUNDS).map(|_| read_all(&texts, &lexicon)).min().unwrap_or_default();
    println!(
        "sentences, words, syllables and all reading formulas: {:.1} MB/s on one core, of {read} bytes",
        read as f64 / 1_000_000.0 / reading.as_secs_f64()
    );
    let mut rows = vec![
        ("parse only (scraper)".to_owned(), parse),
        ("parse with lines and regions".to_owned(), dom),
        ("+ facts".to_owned(), facts),
        ("+ page rules".to_owned(), judged),
        ("+ record for the store".to_owned(), stored),
    ];
    for category in &rules.categories {
        let mut own = rules.clone();
        own.list.retain(|rule| rule.category == category.id);
        let judge = Judge::new(&own, &lexicon, Scene::default());
        let alone = after(&pages, |p| Page::read(p, &lexicon, &settings), |page| black_box(judge.page(page)));
        rows.push((format!("rules of {} alone ({})", category.id, own.list.len()), alone));
    }
    println!("{:<34} {:>11} {:>12}", "stage", "CPU-ms/page", "x parse only");
    for (name, time) in rows {
        println!(
            "{name:<34} {:>11.3} {:>12.2}",
            time.as_secs_f64() * 1000.0 / pages.len() as f64,
            time.as_secs_f64() / parse.as_secs_f64()
        );
    }
    styles(&rules, &lexicon);
}

/// Times what style sheets add to a page, and the access rules with and without them.
fn styles(rules: &Rules, lexicon: &Lexicon) {
    let (pages, sheet, settings) = (styled(PAGES), sheet(), Settings::default());
    let bytes: usize = pages.iter().map(|p| p.body.len()).sum();
    println!("\n{} pages of {:.1} kB with", pages.len(), bytes as f64 / pages.len() as f64 / 1000.0);
    println!("a style sheet of {:.1} kB", sheet.body.len() as f64 / 1000.0);
    let sheets = Sheets::default();
    sheets.take(&sheet);
    let mut access = rules.clone();
    access.list.retain(|rule| &*rule.category == "access");
    let judge = Judge::new(&access, lexicon, Scene::default());
    let plain = whole(&pages, |p| black_box(Page::read(p, lexicon, &settings).facts.words));
    let with = whole(&pages, |p| black_box(Page::read_styled(p, lexicon, &settings, &sheets).facts.words));
    let judged = after(&pages, |p| Page::read(p, lexicon, &settings), |page| black_box(judge.page(page)));
    let with_judged =
        after(&pages, |p| Page::read_styled(p, lexicon, &settings, &sheets), |page| black_box(judge.page(page)));
    let rows = [
        ("facts without styles", plain),
        ("facts with styles", with),
        ("the style pass (the difference)", with.saturating_sub(plain)),
        ("access rules without styles", judged),
        ("access rules with styles", with_judged),
    ];
    for (name, time) in rows {
        println!("{name:<34} {:>11.3}", time.as_secs_f64() * 1000.0 / pages.len() as f64);
    }
    let sheets = Sheets::default();
    sheets.take(&sheet);
    let start = ProcessTime::now();
    black_box(Page::read_styled(&pages[0], lexicon, &settings, &sheets).facts.words);
    println!("{:<34} {:>11.3}", "first page, with reading the sheet", start.elapsed().as_secs_f64() * 1000.0);
}

/// Times work on all threads.
fn whole<R>(pages: &[Fetched], work: impl Fn(&Fetched) -> R) -> Duration {
    let round = || {
        let start = ProcessTime::now();
        pages.iter().for_each(|page| {
            black_box(work(page));
        });
        start.elapsed()
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

/// The running text of a page, so that the reading formulas are timed without the reading of HTML.
fn reading_matter(page: &Fetched, lexicon: &Lexicon, settings: &Settings) -> String {
    let page = Page::read(page, lexicon, settings);
    let prose = page.blocks.iter().filter(|b| b.is_prose());
    let text: Vec<&str> = prose.map(|b| b.text.as_str()).collect();
    text.join("\n")
}

/// Splits, counts and measures all texts; how long that took.
fn read_all(texts: &[String], lexicon: &Lexicon) -> Duration {
    let words = lexicon.words("en");
    let start = ThreadTime::now();
    for text in texts {
        let mut counts = Counts::of(Speech::English);
        for sentence in sentences(text, words) {
            counts.add(&text[sentence.start..sentence.end], words);
        }
        let grades = [counts.flesch_kincaid(), counts.smog(), counts.fog(), counts.ari(), counts.coleman_liau()];
        black_box((grades, counts.lix(), counts.reading_ease(), counts.difficulty(), counts.reading_grade()));
    }
    start.elapsed()
}

/// Times what follows on something that is made ready anew for each page.
fn after<T, R>(pages: &[Fetched], ready: impl Fn(&Fetched) -> T, work: impl Fn(&T) -> R) -> Duration {
    let timed = |page: &Fetched| {
        let thing = ready(page);
        let start = ThreadTime::now();
        work(&thing);
        start.elapsed()
    };
    (0..ROUNDS).map(|_| pages.iter().map(timed).sum()).min().unwrap_or_default()
}

fn stage(pages: &[Fetched], work: impl Fn(&Fetched)) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let start = ThreadTime::now();
            pages.iter().for_each(&work);
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn read(dir: &Path) -> Vec<Fetched> {
    let mut pages = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "html")
                && let Ok(body) = std::fs::read(&path)
            {
                pages.push(fetched(&format!("p{}", pages.len()), body));
            }
        }
    }
    pages
}
