//! The style engine held against a browser, element by element. Where no browser is installed, it says that it was skipped.
//! `just truth` adds the components of USWDS and GOV.UK and writes the table of `docs/accuracy.md`.
#![cfg(all(unix, feature = "style"))]

use plainway::facts::{Agreement, Lexicon, Sheets, compare_looks};
use plainway::gather::{Browser, BrowserError, Manner, Plan, Source};
use plainway::model::{Drawing, Fetched, PageUrl, RenderWhy, Role};
use plainway::rule::embedded_words;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Pages of the fixtures that are compared. Our choice: enough to see a slip, few enough for every run.
const PAGES: usize = 10;

/// The least share that has to agree on them, in percent of what both tell.
const LEAST: f64 = 99.0;

const BEGIN: &str = "<!-- from here: written by `just truth` -->";
const END: &str = "<!-- to here: written by `just truth` -->";

fn fetched(root: &Path, path: &Path) -> Fetched {
    let name = path.strip_prefix(root).expect("it was found there").to_string_lossy().replace('\\', "/");
    let url = PageUrl::parse(&format!("http://town.example/{name}")).expect("names of fixtures are plain");
    let role = if name.ends_with(".css") { Role::Sheet } else { Role::Page };
    let body = std::fs::read(path).expect("the file is there");
    Fetched { role, ..Fetched::of_file(url, body, "2026-01-15T09:00:00Z") }
}

/// The files of a folder with that ending, in order.
fn files(root: &Path, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What both say of the pages of a folder, and how many pages there were; `None` without a browser.
fn compared(root: &Path, most: usize) -> Option<(usize, Vec<Agreement>)> {
    let mut plan = Plan::new(Source::Folder(root.to_owned()), "2026-01-15T09:00:00Z");
    plan.as_url = PageUrl::parse("http://town.example/").ok();
    let browser = match Browser::find(None, &plan, Manner::default()) {
        Err(BrowserError::None) => {
            eprintln!("skipped: no browser is installed here");
            return None;
        }
        found => found.expect("a browser that is there can be named"),
    };
    let lexicon = Lexicon::parse(&embedded_words()).expect("the project's words are right");
    let sheets = Sheets::default();
    for path in files(root, "css") {
        sheets.take(&fetched(root, &path));
    }
    let mut sum: BTreeMap<usize, Agreement> = BTreeMap::new();
    let mut pages = 0;
    for path in files(root, "html").iter().take(most) {
        let page = fetched(root, path);
        let drawn = match browser.draw(&page, RenderWhy::Asked, &AtomicBool::new(false)) {
            Ok(drawn) => drawn,
            Err(why) => {
                eprintln!("{}: {why}", path.display());
                continue;
            }
        };
        let drawing: Drawing = serde_json::from_slice(&drawn.drawing).expect("it was written as one");
        let html = String::from_utf8_lossy(&drawn.html);
        match compare_looks(&html, &page.url, (&lexicon, &sheets), &drawing) {
            Err(why) => eprintln!("{}: {why}", path.display()),
            Ok(found) => {
                pages += 1;
                for (at, one) in found.into_iter().enumerate() {
                    for difference in one.differences.iter().take(3) {
                        eprintln!("{}: {}: {difference}", path.display(), one.property);
                    }
                    let all = sum.entry(at).or_default();
                    all.property = one.property;
                    all.elements += one.elements;
                    all.told += one.told;
                    all.same += one.same;
                }
            }
        }
    }
    Some((pages, sum.into_values().collect()))
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/milltown/before")
}

#[test]
fn the_style_engine_says_what_a_browser_says() {
    let Some((pages, found)) = compared(&fixtures(), PAGES) else { return };
    assert_eq!(pages, PAGES, "all of them could be compared");
    for one in &found {
        let share = 100.0 * one.same as f64 / one.told.max(1) as f64;
        assert!(share >= LEAST, "{}: {share:.2} % of {}", one.property, one.told);
    }
}

#[test]
fn the_table_of_accuracy_is_written_on_demand() {
    let Some(folder) = std::env::var_os("PLAINWAY_TRUTH").map(PathBuf::from) else { return };
    let mut table = String::new();
    let sets = [("fixtures/milltown", fixtures()), ("GOV.UK", folder.join("govuk")), ("USWDS", folder.join("uswds"))];
    for (name, root) in sets {
        let (pages, found) = compared(&root, usize::MAX).expect("a browser is installed");
        table.push_str(&format!("\n### {name}, {pages} pages\n\n| | elements | told by the engine | the same | share |\n|---|---:|---:|---:|---:|\n"));
        for one in found {
            let share = 100.0 * one.same as f64 / one.told.max(1) as f64;
            table.push_str(&format!(
                "| {} | {} | {} | {} | {share:.2} % |\n",
                one.property, one.elements, one.told, one.same
            ));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accuracy.md");
    let text = std::fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = text.split_once(BEGIN).expect("the mark is there");
    let (_, after) = rest.split_once(END).expect("the mark is there");
    std::fs::write(&path, format!("{before}{BEGIN}\n{table}\n{END}{after}")).expect("it can be written");
}
