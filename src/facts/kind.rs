//! What kind of page a page is, with a confidence, from its address, its name, its marks and what it holds.

use super::dom::Dom;
use super::forms::Form;
use super::lexicon::{Lexicon, Words};
use super::links::Link;
use super::text::{Block, BlockKind};
use super::votes::Votes;
use crate::model::{PageUrl, Region};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A page kind and how sure it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// `home`, `topic`, `service`, `form` …; `other` where nothing speaks for one.
    pub name: String,
    /// 0 to 1: the share of the best kind among all, when evidence adds up as in a softmax.
    pub confidence: f64,
}

/// The signs that the kind of a page is told from.
pub struct Signs<'a> {
    /// The tree.
    pub dom: &'a Dom,
    /// Its address.
    pub url: &'a PageUrl,
    /// The `title` element.
    pub title: &'a str,
    /// Blocks of text.
    pub blocks: &'a [Block],
    /// Links.
    pub links: &'a [Link],
    /// Forms.
    pub forms: &'a [Form],
    /// Words of the main content.
    pub main_words: u32,
}

/// Weighed evidence for each kind.
type Tally = BTreeMap<String, f64>;

/// How much a point of evidence counts in the exponent, and what all kinds without evidence weigh
/// together. Our choice, so that one sign of weight 4, or two of 2, are just above 0.9.
const SHARPNESS: f64 = 1.3;
const UNTOLD: f64 = 12.0;

/// Blocks of running text that are searched for phrases. Our choice: what a page is stands at its start.
const TEXT_BLOCKS: usize = 40;

/// Most that subheadings count by their start or as a whole. Our choice.
const MOST_HEADED: f64 = 1.8;

/// Kinds that no text of a service could turn into another one: their address or name says all.
const DECIDED: &[&str] = &["news", "archive", "search", "error", "login", "record", "law", "confirmation", "dataset"];

/// The kind of a page. `stated` counts how many of the things that a service page should say its
/// main content says; it is asked only where it can matter.
pub fn kind(signs: &Signs<'_>, lexicon: &Lexicon, words: Option<&Words>, stated: impl FnOnce() -> u32) -> Kind {
    if is_front_page(signs.url, lexicon) {
        return Kind { name: "home".to_owned(), confidence: 0.95 };
    }
    let mut tally = Tally::new();
    let lists: Vec<&Votes> = [Some(&lexicon.page_kinds), words.map(|w| &w.page_kinds)].into_iter().flatten().collect();
    address_and_name(signs, &lists, &mut tally);
    let shape = Shape::of(signs);
    if let Some(words) = words {
        wording(signs, &shape, &words.page_kinds, &mut tally);
    }
    structure(signs, &shape, &mut tally);
    let first = decide(&tally);
    if DECIDED.contains(&first.name.as_str()) && first.confidence >= 0.9 {
        return first;
    }
    say_so(stated(), &shape, &mut tally);
    decide(&tally)
}

/// The root of the host, or of one of its languages (`/fr/`).
fn is_front_page(url: &PageUrl, lexicon: &Lexicon) -> bool {
    let inside = url.path().trim_matches('/');
    url.query().is_none() && (inside.is_empty() || lexicon.languages().any(|lang| lang == inside))
}

fn add_most(tally: &mut Tally, votes: Tally) {
    for (kind, weight) in votes {
        *tally.entry(kind).or_insert(0.0) += weight;
    }
}

/// Adds the strongest of several votes that say the same thing.
fn add_best(tally: &mut Tally, votes: impl IntoIterator<Item = Tally>) {
    let mut best = Tally::new();
    for vote in votes {
        for (kind, weight) in vote {
            let known = best.entry(kind).or_insert(f64::MIN);
            *known = known.max(weight);
        }
    }
    for (kind, weight) in best {
        *tally.entry(kind).or_insert(0.0) += weight;
    }
}

/// Votes of the folders and marks that say where the page belongs, of the last part of its address,
/// and of its name.
fn address_and_name(signs: &Signs<'_>, lists: &[&Votes], tally: &mut Tally) {
    let segments = segments(signs.url);
    let (leaf, folders) = segments.split_last().map_or(("", &[][..]), |(leaf, folders)| (leaf.as_str(), folders));
    let parts = title_parts(signs.title);
    let marks = parts.get(1..).unwrap_or_default();
    let classes = page_classes(signs.dom);
    let names = names(signs.blocks, signs.title);
    let keys = signs.url.query().unwrap_or("").split('&').map(|pair| pair.split('=').next().unwrap_or(""));
    let keys: Vec<&str> = keys.collect();
    let own_types = page_types(signs.dom);

    let (mut belongs, mut types, mut queries, mut leaves, mut called) = (vec![], vec![], vec![], vec![], vec![]);
    for votes in lists {
        belongs.extend(folders.iter().map(|f| votes.whole("folder", f)));
        belongs.extend(folders.last().map(|f| votes.whole("parent", f)));
        belongs.extend(marks.iter().map(|part| votes.whole("part", part)));
        if is_dated(&segments) {
            belongs.push(votes.whole("folder", "date"));
        }
        belongs.push(votes.strongest("class", &classes));
        types.extend(own_types.iter().map(|t| votes.whole("type", t)));
        queries.extend(keys.iter().map(|key| votes.whole("query", key)));
        leaves.extend([votes.strongest("leaf", leaf), votes.whole("leaf-whole", leaf)]);
        for name in names {
            called.extend([
                votes.strongest("name", name),
                votes.at_start("name-start", name),
                votes.whole("name-whole", name),
            ]);
        }
    }
    for group in [belongs, types, queries, leaves, called] {
        add_best(tally, group);
    }
}

/// Votes of subheadings and running text: of each kind the strongest few, so that a page does not
/// become a service by length alone.
fn wording(signs: &Signs<'_>, shape: &Shape, votes: &Votes, tally: &mut Tally) {
    let mut subheadings = BTreeSet::new();
    let mut phrases = BTreeSet::new();
    let mut headed = Tally::new();
    let own = |b: &&Block| b.region == Region::Main && !shape.linked.contains(&b.node);
    for block in signs.blocks.iter().filter(own) {
        if matches!(block.kind, BlockKind::Heading(2..)) {
            votes.gather("subheading", block, &mut subheadings);
            add_most(&mut headed, votes.at_start("subheading-start", &block.text));
            add_most(&mut headed, votes.whole("subheading-whole", &block.text));
        }
    }
    // Two such subheadings speak as loudly as any number of them.
    for (kind, weight) in headed {
        *tally.entry(kind).or_insert(0.0) += weight.min(MOST_HEADED);
    }
    let prose = |b: &&Block| matches!(b.kind, BlockKind::Paragraph | BlockKind::Item | BlockKind::Cell);
    for block in signs.blocks.iter().filter(own).filter(prose).take(TEXT_BLOCKS) {
        votes.gather("text", block, &mut phrases);
    }
    votes.sum("subheading", &subheadings, 3, tally);
    votes.sum("text", &phrases, 3, tally);
}

/// How the main content is built.
struct Shape {
    /// Words of links, as a share of all words of the main content.
    link_share: f64,
    /// Links of the main content.
    links: usize,
    /// Links of the main content that lead to files.
    files: usize,
    /// Blocks that are nothing but a link, by their elements.
    linked: FxHashSet<u32>,
    /// Words of the main content.
    words: u32,
}

impl Shape {
    fn of(signs: &Signs<'_>) -> Self {
        let main: Vec<&Link> = signs.links.iter().filter(|l| l.region == Region::Main && !l.goes_nowhere()).collect();
        let texts: FxHashSet<&str> = main.iter().map(|l| l.text.as_str()).collect();
        let is_linked = |b: &&Block| {
            b.region == Region::Main && (texts.contains(b.text.as_str()) || signs.dom.closest(b.node, &["a"]).is_some())
        };
        let linked: FxHashSet<u32> = signs.blocks.iter().filter(is_linked).map(|b| b.node).collect();
        let words: u32 = main.iter().map(|l| super::text::count_words(&l.text)).sum();
        Self {
            link_share: (f64::from(words) / f64::from(signs.main_words.max(1))).min(1.0),
            links: main.len(),
            files: main.iter().filter(|l| l.file().is_some()).count(),
            linked,
            words: signs.main_words,
        }
    }
}

/// Votes of what the page holds rather than of its words. The weights and limits are our choice.
fn structure(signs: &Signs<'_>, shape: &Shape, tally: &mut Tally) {
    let mut vote = |kind: &str, weight: f64| *tally.entry(kind.to_owned()).or_insert(0.0) += weight;
    let main_forms =
        || signs.forms.iter().filter(|f| signs.dom.node(f.node).region == Region::Main && f.kind != "search");
    let is = |kinds: &[&str]| main_forms().any(|f| kinds.contains(&f.kind.as_str()));
    let questions: usize =
        main_forms().filter(|f| !matches!(f.kind.as_str(), "newsletter" | "feedback")).map(Form::questions).sum();
    if is(&["login", "recovery"]) && shape.words < 200 {
        vote("login", 3.0);
    } else if is(&["contact"]) {
        vote("contact", 1.5);
    } else if questions >= 3 {
        vote("form", if shape.words < 300 { 3.0 } else { 2.0 });
    } else if main_forms().any(|f| f.questions() > 0) && shape.words < 120 {
        vote("form", 2.5);
    }
    // Mostly links and little else: a page that leads on.
    if shape.links >= 2 && shape.link_share >= 0.7 {
        vote("topic", 4.0);
        vote("service", -1.5);
    } else if shape.links >= 3 && shape.link_share >= 0.5 {
        vote("topic", 2.5);
        vote("service", -1.0);
    }
    if shape.files >= 1 && shape.words < 200 {
        vote("document", 0.8);
    }
}

/// What the page states of a service speaks for one; a long text that states none of it and is no
/// list of links is reading matter.
fn say_so(stated: u32, shape: &Shape, tally: &mut Tally) {
    if stated > 0 {
        *tally.entry("service".to_owned()).or_insert(0.0) +=
            (1.0 - shape.link_share) * (0.6 * f64::from(stated)).min(2.4);
    } else if shape.words >= 120 && shape.link_share < 0.4 && !tally.contains_key("form") {
        *tally.entry("document".to_owned()).or_insert(0.0) += 2.2;
    }
}

fn decide(tally: &Tally) -> Kind {
    let best = tally.iter().fold(None, |best: Option<(&str, f64)>, (kind, &weight)| match best {
        Some((_, known)) if known >= weight => best,
        _ => Some((kind, weight)),
    });
    let Some((name, weight)) = best.filter(|(_, weight)| *weight > 0.4) else {
        return Kind { name: "other".to_owned(), confidence: 0.2 };
    };
    let share = |w: f64| libm::exp(SHARPNESS * w);
    let all: f64 = tally.values().map(|&w| share(w.max(0.0))).sum();
    Kind { name: name.to_owned(), confidence: (share(weight) / (all + UNTOLD)).min(0.99) }
}

/// The parts of the path as words, without the ending of a file and the name of a folder's own page.
fn segments(url: &PageUrl) -> Vec<String> {
    let mut segments: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    if let Some(last) = segments.pop() {
        let stem = last.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or(last, |(stem, _)| stem);
        if !matches!(stem, "index" | "default") {
            segments.push(stem);
        }
    }
    segments.into_iter().map(spaced).collect()
}

/// Letters and digits with single spaces between.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// What a page is called: its main heading and the first part of its title; empty where it has none.
fn names<'p>(blocks: &'p [Block], title: &'p str) -> [&'p str; 2] {
    let heading = blocks.iter().find(|b| b.region == Region::Main && b.kind == BlockKind::Heading(1));
    [heading.map_or("", |h| h.text.as_str()), title_parts(title).first().copied().unwrap_or_default()]
}

/// What a page itself is called: its names, without a main heading that names the section it stands in,
/// which is so where another heading holds the first part of the title.
pub fn own_names<'p>(blocks: &'p [Block], title: &'p str) -> [&'p str; 2] {
    let [heading, named] = names(blocks, title);
    let same = |text: &str| text.to_lowercase() == named.to_lowercase();
    let is_heading = |b: &Block| b.region == Region::Main && matches!(b.kind, BlockKind::Heading(2..)) && same(&b.text);
    if !same(heading) && blocks.iter().any(is_heading) { ["", named] } else { [heading, named] }
}

/// The page's own name first, then the parts that say where it belongs.
fn title_parts(title: &str) -> Vec<&str> {
    title
        .split(&['|', '»', '·', '•'][..])
        .flat_map(|p| p.split(" - "))
        .flat_map(|p| p.split(" – "))
        .flat_map(|p| p.split(" — "))
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect()
}

/// Whether a year and a month stand in the address, as blogs have it: `/2026/03/title`, `/2026-03-01-title`.
fn is_dated(segments: &[String]) -> bool {
    let is_year =
        |s: &str| s.len() == 4 && (s.starts_with("19") || s.starts_with("20")) && s.bytes().all(|b| b.is_ascii_digit());
    let is_short = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let mut words = segments.iter().flat_map(|s| s.split(' ')).peekable();
    while let Some(word) = words.next() {
        if is_year(word) && words.peek().is_some_and(|next| is_short(next)) {
            return true;
        }
    }
    false
}

/// The classes of `body`, by which content systems mark a kind, as words.
fn page_classes(dom: &Dom) -> String {
    let body = dom.tagged("body").first();
    spaced_classes(body.and_then(|&b| dom.attr(b, "class")).unwrap_or(""))
}

fn spaced_classes(classes: &str) -> String {
    let words: Vec<String> = classes.split_ascii_whitespace().take(40).map(spaced).collect();
    words.join(" . ")
}

/// Most types of structured data that are read from a page. Our choice.
const MAX_TYPES: usize = 40;

/// Types that the page gives itself: schema.org in JSON-LD or microdata, Open Graph, `govuk:format`.
fn page_types(dom: &Dom) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for i in dom.tagged_any(&["meta", "script"]) {
        if types.len() >= MAX_TYPES {
            break;
        }
        match dom.tag(i) {
            "meta" => {
                let name = dom.attr(i, "property").or_else(|| dom.attr(i, "name")).unwrap_or("").to_ascii_lowercase();
                if matches!(
                    name.as_str(),
                    "og:type" | "govuk:format" | "govuk:schema-name" | "dc.type" | "dcterms.type"
                ) {
                    types.insert(spaced(dom.attr(i, "content").unwrap_or("")));
                }
            }
            "script" if dom.attr(i, "type").is_some_and(|t| t.eq_ignore_ascii_case("application/ld+json")) => {
                let source: String = dom.inside(i).map(|j| dom.raw_text(j)).collect();
                // The types alone are wanted, wherever they stand, so that broken JSON tells as much.
                for after in source.split("\"@type\"").skip(1).take(MAX_TYPES) {
                    let value = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '[' | '"'));
                    types.insert(spaced(value.split('"').next().unwrap_or("")));
                }
            }
            _ => {}
        }
    }
    types
}
