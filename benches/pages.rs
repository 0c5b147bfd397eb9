//! CPU time a page, stage by stage, and each stage as a ratio to parsing alone in the same run.
//!
//! `cargo bench` measures generated pages of 20 to 60 kB; `cargo bench -- DIR` the HTML files of a
//! folder. Wall time is not shown: other work on the machine would count.

use cpu_time::ThreadTime;
use plainway::audit::{Judge, Scene};
use plainway::facts::{Counts, Dom, Lexicon, Page, Settings, Speech, sentences};
use plainway::history::{Packer, PageRecord};
use plainway::model::{Fetched, PageUrl, Role, Via};
use plainway::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds over all pages; the quickest counts, since noise only ever adds.
const ROUNDS: usize = 7;

/// Pages that are generated.
const PAGES: usize = 60;

fn main() {
    let dir = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let pages = dir.map_or_else(generated, |dir| read(Path::new(&dir)));
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
    println!("{:<34} {:>10} {:>12}", "stage", "CPU-ms/page", "x parse only");
    for (name, time) in [
        ("parse only (scraper)", parse),
        ("parse with lines and regions", dom),
        ("+ facts", facts),
        ("+ page rules", judged),
        ("+ record for the store", stored),
    ] {
        println!(
            "{name:<34} {:>10.3} {:>12.2}",
            time.as_secs_f64() * 1000.0 / pages.len() as f64,
            time.as_secs_f64() / parse.as_secs_f64()
        );
    }
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

fn fetched(path: &str, body: Vec<u8>) -> Fetched {
    Fetched {
        url: PageUrl::parse(&format!("http://town.example/{path}")).expect("the address is right"),
        via: Via::File,
        role: Role::Page,
        status: 200,
        headers: Vec::new(),
        body: body.into(),
        truncated: false,
        date: "2026-01-01T00:00:00Z".to_owned(),
        recorded: false,
        rendered: None,
    }
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

/// Pages like those of a town: navigation, headings, prose, a table, a form, a footer.
fn generated() -> Vec<Fetched> {
    let sentences = [
        "You can apply for a permit online, by mail, or at the town office on Mill Street.",
        "Applications shall be submitted in accordance with section 12 of the code.",
        "It takes about ten working days, and we will write to you when your permit is ready.",
        "If you have a question, call the parking team at (215) 555-0134 or write to parking@town.example.",
        "The fee is $40 for residents; there is no fee for people with a blue badge.",
        "Bring a photo ID, proof of address, and the registration of your vehicle.",
    ];
    let page = |n: usize| {
        let mut html = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>Page {n} - Town</title><link rel=stylesheet href=/style.css></head><body><header><a href=/>Town</a><nav><ul>"
        );
        for i in 0..60 {
            html.push_str(&format!(
                "<li class=\"menu-item level-{}\"><a href=\"/section-{i}/page-{}\">Section {i}</a></li>\n",
                i % 3,
                i * n % 97
            ));
        }
        html.push_str("</ul></nav></header><main><h1>Permits and licences</h1>");
        let sections = 14 + n % 26;
        for s in 0..sections {
            html.push_str(&format!("<section id=s{s}><h2>Step {s}</h2><div class=\"row\"><div class=\"col-8\">"));
            for p in 0..3 {
                let a = sentences[(s + p) % sentences.len()];
                let b = sentences[(s * 7 + p + n) % sentences.len()];
                html.push_str(&format!(
                    "<p>{a} {b} See <a href=\"/service-{}/\">the service page {s}</a>.</p>\n",
                    (s * p + n) % 300
                ));
            }
            html.push_str("<ul><li>First thing to bring</li><li><a href=\"#s1\">Second thing</a></li></ul></div><div class=\"col-4\"><img src=\"/img/a.png\" alt=\"\"></div></div></section>\n");
        }
        html.push_str(
            "<table><tr><th>Day<th>Hours<tr><td>Monday<td>9 a.m. to 5 p.m.</table><form action=/apply method=post>",
        );
        for f in 0..8 {
            html.push_str(&format!("<label for=f{f}>Question {f}</label><input id=f{f} name=q{f} required>"));
        }
        html.push_str("<button>Send my request</button></form></main><footer><a href=/contact/>Contact us</a> <a href=/privacy/>Privacy</a></footer></body></html>");
        html
    };
    (0..PAGES).map(|n| fetched(&format!("page-{n}"), page(n).into_bytes())).collect()
}
