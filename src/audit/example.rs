//! Runs the examples of a rule: each is a tiny site that goes through the whole engine.

use super::{Judge, Scene, Verdicts};
use crate::facts::{Dom, FileFacts, Kind, Lexicon, Page, PageFacts, Settings, Sheets, SiteReader};
use crate::model::{Fetched, Gathered, Outcome, PageUrl, Reached, Role, Target, Trap, TrapKind, Via, Why};
use crate::model::{Mounting, RenderNotes, RenderWhy, Rendered, Terminal};
use crate::rule::{Example, ExamplePage, Expectation, Need, Rule, Rules, with_places};
use scraper::Selector;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where the pages of examples stand.
const BASE: &str = "http://example.test";

/// Options that set the scene; all others replace a key of the check.
const SCENE: &[&str] = &[
    "kind",
    "lang",
    "country",
    "profile",
    "today",
    "keyboard",
    "sound",
    "printer",
    "lower_edge",
    "reach_over",
    "pixels",
];

/// Runs one example. The error says what was expected and what came out.
pub fn run_example(rule: &Rule, example: &Example, rules: &Rules, lexicon: &Lexicon) -> Result<(), String> {
    let own: BTreeMap<String, String> = example
        .options
        .iter()
        .filter(|(k, _)| !SCENE.contains(&k.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let rule = if own.is_empty() { rule.clone() } else { rule.with_options(&own, &rules.categories, lexicon)? };
    // A build without the style engine cannot tell what they show.
    let shows_style = example.pages.iter().any(|p| p.html.contains("<style") || p.html.contains("stylesheet"));
    if !cfg!(feature = "style") && (shows_style || rule.needs.contains(&Need::Style)) {
        return Ok(());
    }
    let mut example = example.clone();
    let mut drawn: Vec<Option<Rendered>> = Vec::new();
    for page in &mut example.pages {
        let notes = noted(page, lexicon)?;
        let found = super::seen::drawn(&page.html, lexicon)?;
        let is_drawn = notes.is_some() || found.is_some();
        let drawing = found.map_or_else(Vec::new, |(html, drawing)| {
            page.html = html;
            serde_json::to_vec(&drawing).expect("plain values are JSON")
        });
        let notes = notes.unwrap_or_else(|| RenderNotes { why: RenderWhy::Asked, ..RenderNotes::default() });
        let html = page.html.clone().into_bytes().into();
        drawn.push(is_drawn.then(|| Rendered { html, notes, drawing: drawing.into(), shot: None }));
    }
    if !cfg!(feature = "style") && drawn.iter().any(Option::is_some) {
        return Ok(());
    }
    let only = Rules { list: vec![rule], categories: rules.categories.clone(), hash: String::new() };
    let scene = Scene { jurisdictions: only.list[0].applies.clone(), ..Scene::default() };
    let judge = Judge::new(&only, lexicon, scene);
    let (verdicts, all) = judge_site(&judge, (&example, &drawn), lexicon);
    let failed: usize = all.iter().filter(|f| f.outcome == Outcome::Fail).map(|f| 1 + f.more as usize).sum();
    let undecided = verdicts.contains(&Outcome::CouldNotTell);
    let ok = match example.expected {
        Expectation::Findings(n) => failed == n && !(n == 0 && undecided),
        Expectation::CouldNotTell => failed == 0 && undecided,
    };
    if ok {
        return Ok(());
    }
    let mut got: Vec<String> = all
        .iter()
        .map(|f| format!("  {}: {}", f.place.as_ref().map_or("the page", |p| p.snippet.as_str()), f.message))
        .collect();
    if got.is_empty() {
        got.push("  nothing".to_owned());
    }
    let expected = match example.expected {
        Expectation::Findings(0) => "no finding, and the rule decided or not about this".to_owned(),
        Expectation::Findings(n) => format!("exactly {n}"),
        Expectation::CouldNotTell => "could not tell".to_owned(),
    };
    Err(format!("expected {expected}; found\n{}", got.join("\n")))
}

fn judge_site(
    judge: &Judge<'_>,
    (example, drawn): (&Example, &[Option<Rendered>]),
    lexicon: &Lexicon,
) -> (Vec<Outcome>, Vec<crate::model::Finding>) {
    let settings = Settings {
        country: example.options.get("country").cloned().unwrap_or_else(|| "US".to_owned()),
        languages: vec![example.options.get("lang").cloned().unwrap_or_else(|| "en".to_owned())],
        terminal: terminal(judge, example),
        ..Settings::default()
    };
    let today = example.options.get("today").map_or("", String::as_str);
    let mut all = Verdicts::default();
    let mut facts: Vec<PageFacts> = Vec::new();
    let mut files: Vec<FileFacts> = Vec::new();
    let mut linked: BTreeSet<PageUrl> = BTreeSet::new();
    let mut missing: Option<PageFacts> = None;
    let sheets = Sheets::default();
    for page in example.pages.iter().filter(|p| matches!(p.media_type.as_str(), "text/css" | "text/javascript")) {
        sheets.take(&fetched(page, today));
    }
    // Styles are worked out where an example shows some, or where the rule is about them.
    let rules = &judge.rules().list;
    let needs_style = rules.iter().any(|r| r.needs.contains(&Need::Style));
    let is_styled = |page: &ExamplePage| {
        needs_style || ["<style", "stylesheet", "<script src"].iter().any(|sign| page.html.contains(sign))
    };
    for (example_page, drawn) in example.pages.iter().zip(drawn) {
        let mut fetched = fetched(example_page, today);
        fetched.rendered = drawn.clone().map(Arc::new);
        if fetched.stands_for_missing() && missing.is_none() {
            missing = Some(Page::read(&fetched, lexicon, &settings).facts);
        }
        if example_page.is_endless || !fetched.is_page() || !fetched.url.as_str().starts_with(BASE) {
            files.extend(FileFacts::read(&fetched, lexicon, &settings));
            continue;
        }
        let mut page = if drawn.is_some() || is_styled(example_page) {
            Page::read_styled(&fetched, lexicon, &settings, &sheets)
        } else {
            Page::read(&fetched, lexicon, &settings)
        };
        if let Some(kind) = example.options.get("kind") {
            page.facts.set_kind(
                Kind { name: kind.clone(), confidence: 1.0 },
                &page.blocks,
                &page.sentences,
                page.words,
            );
        }
        add(&mut all, judge.page(&page));
        linked.extend(page.next.iter().map(|l| l.url.clone()).filter(|u| u.as_str().starts_with(BASE)));
        facts.push(page.facts);
    }
    let gathered = gathered(example, &linked);
    let mut reader = SiteReader::new(&gathered).on(today).kiosk(settings.terminal.as_ref());
    files.into_iter().for_each(|file| reader.add_file(file));
    missing.iter().for_each(|page| reader.missing_page(page));
    facts.iter().for_each(|page| reader.add(page));
    let site = reader.finish();
    for page in &facts {
        add(&mut all, judge.page_in_site(&site, page));
    }
    add(&mut all, judge.site(&site));
    (all.outcomes.iter().map(|v| v.outcome).collect(), all.findings)
}

/// The kiosk of an example: of a rule for kiosks alone, or where the example says so.
fn terminal(judge: &Judge<'_>, example: &Example) -> Option<Terminal> {
    let option = |name: &str| example.options.get(name).map(String::as_str);
    let only_kiosks = judge.rules().list.iter().all(|rule| !rule.profiles.contains("website"));
    if !only_kiosks && option("profile") != Some("kiosk") {
        return None;
    }
    let number = |name: &str| option(name).and_then(|n| n.parse::<f64>().ok());
    let mounting = number("lower_edge").map(|lower_edge| Mounting {
        lower_edge,
        reach_over: number("reach_over").unwrap_or(0.0),
        tilt: 0.0,
    });
    let side = |n: &str| n.parse::<u32>().ok();
    let pixels = option("pixels").and_then(|p| p.split_once('x')).and_then(|(x, y)| side(x).zip(side(y)));
    Some(Terminal {
        pixels: pixels.unwrap_or(Terminal::default().pixels),
        keyboard: option("keyboard") != Some("false"),
        sound: option("sound") != Some("false"),
        printer: option("printer") != Some("false"),
        mounting,
        ..Terminal::default()
    })
}

fn add(all: &mut Verdicts, more: Verdicts) {
    all.outcomes.extend(more.outcomes);
    all.findings.extend(more.findings);
}

fn url(path: &str) -> PageUrl {
    if let Ok(whole) = PageUrl::parse(path) {
        return whole;
    }
    PageUrl::parse(&format!("{BASE}{path}")).or_else(|_| PageUrl::parse(BASE)).expect("the base is an address")
}

/// What a browser noted while it drew the page, where the example says so.
fn noted(page: &ExamplePage, lexicon: &Lexicon) -> Result<Option<RenderNotes>, String> {
    let Some(told) = page.drawn.clone() else { return Ok(None) };
    let dom = Dom::parse(&page.html, lexicon);
    let find = |selector: &str| {
        let selector = Selector::parse(selector).ok()?;
        let place = dom.elements().position(|i| dom.element_ref(i).is_some_and(|e| selector.matches(&e)))?;
        u32::try_from(place).ok()
    };
    let notes = with_places(told, &find).and_then(|told| serde_json::from_value(told).ok());
    notes.map(Some).ok_or_else(|| "what is noted under `at` finds no element".to_owned())
}

fn fetched(page: &ExamplePage, today: &str) -> Fetched {
    Fetched {
        via: Via::Http,
        role: if page.is_probe { Role::Probe } else { Role::Page },
        status: page.status,
        headers: vec![("content-type".to_owned(), format!("{}; charset=utf-8", page.media_type))],
        ..Fetched::of_file(url(&page.path), page.html.clone().into_bytes(), today)
    }
}

/// What a crawl of the example would know. Of a single page nothing else was read; a site is whole.
fn gathered(example: &Example, linked: &BTreeSet<PageUrl>) -> Gathered {
    let mut targets: BTreeMap<PageUrl, Reached> = BTreeMap::new();
    for unlisted in linked {
        let reached =
            if example.is_site { Reached::Error { status: 404 } } else { Reached::Unread { why: Why::MaxDepth } };
        targets.insert(unlisted.clone(), reached);
    }
    let mut external: Vec<Target> = Vec::new();
    for page in example.pages.iter().filter(|p| !p.is_probe && !p.is_endless) {
        let address = url(&page.path);
        let reached = match (&page.to, page.status) {
            (Some(to), status) => Reached::Redirect { status, to: url(to) },
            (None, 200..=299) if page.media_type == "text/html" => Reached::Page,
            (None, 200..=299) => Reached::File { media_type: page.media_type.clone(), bytes: None },
            (None, status) => Reached::Error { status },
        };
        if address.as_str().starts_with(BASE) {
            targets.insert(address, reached);
        } else {
            external.push(Target { url: address, reached, from: None });
        }
    }
    let endless = example.pages.iter().filter(|p| p.is_endless).map(|page| Trap {
        kind: TrapKind::Endless,
        pattern: page.path.clone(),
        example: url(&page.path),
        cut: 1,
    });
    let probe = example.pages.iter().find(|p| p.is_probe);
    Gathered {
        start: url(example.pages.first().map_or("/", |p| &p.path)),
        scope: url("/"),
        targets: targets.into_iter().map(|(url, reached)| Target { url, reached, from: None }).collect(),
        complete: example.is_site,
        limits: Vec::new(),
        probe_status: probe.map(|p| p.status),
        own_site: false,
        external,
        traps: endless.collect(),
        sample: None,
    }
}
