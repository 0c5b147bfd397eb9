//! What a page says around its forms: how long they take, what to have at hand, what happens to the answers.

use super::Form;
use super::words::FormWords;
use crate::facts::dom::Dom;
use crate::facts::lexicon::{Pattern, Words};
use crate::facts::links::Link;
use crate::facts::text::{Block, count_words};
use crate::model::{Exposure, Region};
use serde::{Deserialize, Serialize};

/// What a page says around its forms. All is left out where no form asks for more than a search word.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paperwork {
    /// Minutes that the page says its form takes; the longest where it names a span.
    pub stated_minutes: Option<f64>,
    /// Whether it says what to have at hand; `None` where no words of its language are known.
    pub says_need: Option<bool>,
    /// Whether it says what becomes of the details, or links to where that stands.
    pub says_privacy: Option<bool>,
    /// Whether it says why a social security number is asked for, and whether it must be given.
    pub says_ssn: Option<bool>,
    /// Whether it says what follows when the form has been sent.
    pub says_after: Option<bool>,
    /// Whether it says what a star by a label means.
    pub says_star: Option<bool>,
    /// The number of the approval that federal forms of the United States have to show.
    pub omb_number: Option<String>,
    /// Whether a date stands by that number.
    pub omb_dated: bool,
    /// That date, ISO 8601, where it has a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omb_until: Option<String>,
    /// How it asks people to show that they are no robot: `puzzle`, or `unseen` where only a script decides.
    pub captcha: Option<String>,
    /// Links to files that are named as forms to fill in.
    pub paper_forms: u32,
    /// Whether it offers to do the same online.
    pub says_online: Option<bool>,
    /// Whether scripts run on the page, which may take over what the source leaves out.
    pub scripts: bool,
    /// Whether something on it is named as a form that only a script draws, and no form stands in the source.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub drawn_form: bool,
    /// Whether it tells those without scripts that it needs one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asks_for_script: bool,
}

/// What the text around forms is read from.
pub struct Scene<'a> {
    /// The tree.
    pub dom: &'a Dom,
    /// Blocks of text.
    pub blocks: &'a [Block],
    /// Links.
    pub links: &'a [Link],
    /// The words of the page's language.
    pub words: Option<&'a Words>,
    /// Signs in the source.
    pub signs: &'a FormWords,
}

/// Measures what stands around the forms of a page.
pub fn paperwork(scene: &Scene<'_>, forms: &[Form]) -> Paperwork {
    let Scene { dom, blocks, links, words, signs } = *scene;
    let patterns = words.map(|w| w.patterns("paperwork")).filter(|p| !p.is_empty());
    let found = |topic: &str| {
        let pattern = patterns?.get(topic)?;
        Some(blocks.iter().any(|b| b.matches(pattern)))
    };
    let mut around = Paperwork::default();
    let paper = patterns.and_then(|p| p.get("paper-link"));
    let is_paper =
        |link: &&Link| matches!(link.file(), Some("pdf" | "doc")) && paper.is_some_and(|p| p.is_match(&link.text));
    around.paper_forms = u32::try_from(links.iter().filter(is_paper).count()).unwrap_or(u32::MAX);
    if around.paper_forms > 0 {
        around.says_online = found("online");
    }
    if !forms.iter().any(Form::asks) {
        around.drawn_form = is_drawn(dom, signs);
        around.asks_for_script = around.drawn_form && asks_for_script(dom, signs);
    }
    if !forms.iter().any(|f| !f.fields.is_empty()) {
        return around;
    }
    around.scripts = dom.tagged("script").iter().any(|&i| !dom.attr(i, "type").is_some_and(|t| t.contains("json")));
    around.captcha = captcha(dom, signs);
    if !forms.iter().any(Form::asks) {
        return around;
    }
    let omb = patterns.and_then(|p| p.get("omb-number")).and_then(|pattern| {
        blocks.iter().find_map(|b| pattern.find(&b.text).map(|m| (digits_at_end(m.as_str()), b.text.as_str())))
    });
    let dated = patterns.and_then(|p| p.get("omb-date"));
    Paperwork {
        stated_minutes: stated_minutes(blocks, words),
        says_need: found("need"),
        says_privacy: found("privacy"),
        says_ssn: found("ssn"),
        says_after: found("after"),
        says_star: words
            .filter(|w| !w.set("required").is_empty())
            .map(|w| blocks.iter().any(|b| b.text.contains('*') && b.has(w.set("required")))),
        omb_dated: omb.as_ref().is_some_and(|_| dated.is_some_and(|p| blocks.iter().any(|b| p.is_match(&b.text)))),
        omb_until: omb.as_ref().and_then(|_| blocks.iter().find_map(|b| day_after(dated?, &b.text, words?))),
        omb_number: omb.map(|(number, _)| number),
        ..around
    }
}

/// Bytes after the word "expires" in which its date begins. Our choice.
const DATE_NEAR: usize = 24;

/// The day that stands at the end of what the pattern finds, or right after it. Only the United States
/// number their forms, so that their way to write days is meant.
fn day_after(pattern: &Pattern, text: &str, words: &Words) -> Option<String> {
    let found = pattern.find(text)?;
    let days = crate::facts::dates::days(&text[found.start()..], words, "US");
    days.into_iter().next().filter(|day| day.start <= found.len().max(DATE_NEAR)).map(|day| day.iso)
}

/// Whether an element, a frame or a script is named as one that a script fills with a form.
fn is_drawn(dom: &Dom, signs: &FormWords) -> bool {
    let name = |i: u32| match dom.tag(i) {
        "iframe" | "script" => dom.attr(i, "src"),
        "div" | "section" | "main" => dom.attr(i, "id"),
        _ => None,
    };
    // A form for feedback at the foot of each page is none that people come for.
    let named = dom.tagged_any(&["iframe", "script", "div", "section", "main"]).into_iter();
    let in_main = named.filter(|&i| dom.node(i).region == Region::Main);
    in_main.filter_map(name).any(|name| signs.sign("drawn", name).is_some())
}

/// Bytes of a `noscript` that are looked into. Our choice: what asks for a script is short.
const NOSCRIPT: usize = 4096;

fn asks_for_script(dom: &Dom, signs: &FormWords) -> bool {
    let texts = dom.tagged("noscript").iter();
    texts.flat_map(|&i| dom.inside(i)).any(|j| {
        let text = dom.raw_text(j);
        text.len() <= NOSCRIPT && signs.says("needs-script", text)
    })
}

fn digits_at_end(text: &str) -> String {
    text.chars().skip_while(|c| !c.is_ascii_digit()).collect()
}

/// The longest time that a text about the form names, in minutes.
fn stated_minutes(blocks: &[Block], words: Option<&Words>) -> Option<f64> {
    let patterns = words?.patterns("time-to-complete");
    let mut longest: Option<f64> = None;
    for (topic, factor) in [("minutes", 1.0), ("hours", 60.0)] {
        let Some(pattern) = patterns.get(topic) else { continue };
        for found in blocks.iter().filter(|b| pattern.may_stand(b.glance())).filter_map(|b| pattern.find(&b.text)) {
            let numbers =
                found.as_str().split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|n| n.parse().ok());
            let minutes = numbers.fold(None, |most: Option<f64>, n: f64| Some(most.map_or(n, |m| m.max(n))));
            longest = minutes.map(|m| m * factor).into_iter().chain(longest).reduce(f64::max);
        }
    }
    longest.filter(|m| *m > 0.0)
}

fn captcha(dom: &Dom, signs: &FormWords) -> Option<String> {
    let attributes = |i: u32| {
        let names: &[&str] = match dom.tag(i) {
            "script" | "iframe" | "img" => &["src"],
            "div" | "span" | "input" => &["class", "name", "id"],
            _ => &[],
        };
        names.iter().filter_map(move |a| dom.attr(i, a))
    };
    // An invisible one shows a puzzle only to those it doubts.
    let unseen = |i: u32| dom.attr(i, "data-size") == Some("invisible");
    let sign = |i: u32| {
        let found = attributes(i).find_map(|value| signs.sign("captcha", value))?;
        Some(if unseen(i) { "unseen" } else { found })
    };
    let may_hold = dom.tagged_any(&["script", "iframe", "img", "div", "span", "input"]).into_iter();
    let found: Vec<&str> = may_hold.filter_map(sign).take(8).collect();
    let worst = if found.contains(&"puzzle") { "puzzle" } else { *found.first()? };
    Some(worst.to_owned())
}

/// Nodes above a form that are read for what introduces it. Our choice: a paragraph or two.
const ABOVE: u32 = 80;

/// Text before the first question is measured into the form; returned are the words that stand in it.
pub(super) fn read_around(dom: &Dom, form: &mut Form) -> u32 {
    if form.implicit {
        // Without a form around them only what the fields themselves say is known to belong to them.
        return form.fields.iter().map(|f| count_words(&f.label) + count_words(&f.hint)).fold(0, u32::saturating_add);
    }
    let first = form.fields.iter().map(|f| f.node).min().unwrap_or(form.node);
    let seen = |i: u32| !dom.node(i).is_element && dom.node(i).exposure != Exposure::Hidden;
    let is_heading = |i: u32| matches!(dom.tag(i), "h1" | "h2" | "h3" | "h4");
    // Back to the heading that the form stands under.
    for i in (form.node.saturating_sub(ABOVE)..form.node).rev() {
        if is_heading(i) || matches!(dom.tag(i), "form" | "input" | "nav" | "header") {
            break;
        }
        if seen(i) {
            form.intro = form.intro.saturating_add(characters(dom.raw_text(i)));
        }
    }
    let mut words = 0u32;
    let mut i = form.node + 1;
    while i < dom.node(form.node).end {
        // Options are read where they are chosen from.
        if matches!(dom.tag(i), "select" | "textarea" | "script" | "style") {
            i = dom.node(i).end;
            continue;
        }
        if seen(i) {
            words = words.saturating_add(count_words(dom.raw_text(i)));
            if i < first {
                form.intro = form.intro.saturating_add(characters(dom.raw_text(i)));
            }
        }
        i += 1;
    }
    words
}

fn characters(text: &str) -> u32 {
    u32::try_from(text.trim().chars().count()).unwrap_or(u32::MAX)
}
