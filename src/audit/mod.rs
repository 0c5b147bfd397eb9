//! Rules over facts: what each rule says of each page and of the site. Pure; a rule that breaks is
//! that rule's *could not tell*, never the end of the audit.

mod again;
mod beside;
mod example;
mod key;
mod mask;
mod matcher;
mod metric;
mod pair;
mod picture;
mod place;
mod seen;
mod selector;
mod stored;
mod text;

pub use beside::beside;
pub use example::run_example;
pub use key::{finding_keys, local_key};
pub use mask::{mask, mask_person};
pub use picture::{Picture, pictures};

use crate::facts::{Lexicon, Page, PageFacts, Phase, SiteFacts, SiteFile, Subject};
use crate::model::{Beside, Finding, Outcome, Place, Severity};
use crate::rule::{Check, Need, Rule, Rules};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Findings of one rule that are listed one by one on a page. Our choice; the rest is counted.
pub const LISTED: usize = 100;

/// The circumstances of an audit that rules may depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// Jurisdictions of the site, as `us`, `us-federal`.
    pub jurisdictions: Vec<String>,
    /// Words and phrases that are right on this site.
    pub allowed_words: Vec<String>,
}

/// What a rule said of a page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// The rule.
    #[serde(deserialize_with = "crate::model::shared_name")]
    pub rule: Arc<str>,
    /// What it said.
    pub outcome: Outcome,
    /// Whether it could not tell of some of what it looked at, so that what it does not name need not be mended.
    #[serde(default)]
    pub partly: bool,
}

/// What all rules said of a page, in the order of their ids. Rules that do not apply are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdicts {
    /// One a rule.
    #[serde(with = "stored")]
    pub outcomes: Vec<Verdict>,
    /// In document order within a rule.
    pub findings: Vec<Finding>,
    /// What axe-core found beside, where the user had it run; never scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axe: Option<Box<Beside>>,
}

/// Something that a rule found, before it is put in words.
#[derive(Debug)]
struct Hit {
    /// Place and anchor; `None` for the page as a whole.
    at: Option<(Place, String)>,
    severity: Option<Severity>,
    /// Values of placeholders.
    values: Vec<(&'static str, String)>,
}

/// What a rule found on a page.
#[derive(Debug, Default)]
struct Found {
    hits: Vec<Hit>,
    /// Failing elements beyond those listed.
    more: usize,
    /// Whether the rule was about anything on the page.
    applied: bool,
    /// Why it could not tell of some of it.
    unknown: Option<String>,
    /// What it found is a question for a person.
    asks: bool,
}

impl Found {
    fn unknown(reason: impl Into<String>) -> Self {
        Self { unknown: Some(reason.into()), applied: true, ..Self::default() }
    }

    /// Notes a failing element; its place is worked out only while it is listed.
    fn push(&mut self, hit: impl FnOnce() -> Hit) {
        if self.hits.len() < LISTED {
            self.hits.push(hit());
        } else {
            self.more += 1;
        }
    }
}

/// Rules compiled for running.
pub struct Judge<'r> {
    rules: &'r Rules,
    scene: Scene,
    selectors: selector::Index,
    texts: text::Index,
}

impl<'r> Judge<'r> {
    /// Prepares the rules.
    pub fn new(rules: &'r Rules, lexicon: &Lexicon, scene: Scene) -> Self {
        let selectors = selector::Index::new(rules);
        let texts = text::Index::new(rules, lexicon, &scene.allowed_words);
        Self { rules, scene, selectors, texts }
    }

    /// The rules.
    pub fn rules(&self) -> &'r Rules {
        self.rules
    }

    /// What the rules of the page phase say of a page.
    pub fn page(&self, page: &Page<'_>) -> Verdicts {
        let is_asked = |at: usize| {
            let rule = self.rules.list.get(at).filter(|rule| self.concerns(rule));
            rule.is_some_and(|rule| matches!(kind_fits(rule, &page.facts), Fit::Yes))
        };
        let asked: Vec<bool> = (0..self.rules.list.len()).map(is_asked).collect();
        let candidates = self.selectors.candidates(&page.dom, |at| asked.get(at).is_some_and(|asked| *asked));
        let mentions = self.texts.mentions(page);
        let items = metric::Items::new(page);
        let rules = self.rules.list.iter().enumerate().filter(|(_, r)| r.check.phase() == Phase::Page);
        self.collect(rules, &page.facts, |at, rule| match &rule.check {
            Check::Selector(check) => {
                let is_undecided = page.dom.looks().why_unknown().is_some() && rule.needs.contains(&Need::Style);
                selector::judge(&self.selectors, (at, is_undecided), check, &candidates, page)
            }
            Check::Text(check) => self.texts.judge(at, check, page, &mentions),
            Check::Metric(check) => metric::on_page(check, &items),
            Check::Pair(check) => pair::on_page(*check, &page.facts),
        })
    }

    /// What the rules of the site phase say of a page.
    pub fn page_in_site(&self, site: &SiteFacts, page: &PageFacts) -> Verdicts {
        let rules =
            self.rules.list.iter().enumerate().filter(|(_, r)| r.check.phase() == Phase::Site && !r.is_about_site());
        self.collect(rules, page, |_, rule| match &rule.check {
            Check::Metric(check) => unmet_need(rule, site).unwrap_or_else(|| metric::in_site(check, site, page)),
            Check::Pair(check) => unmet_need(rule, site).unwrap_or_else(|| pair::in_site(*check, site, page)),
            Check::Selector(_) | Check::Text(_) => Found::default(),
        })
    }

    /// What the rules about the site say; their findings stand on the start page.
    pub fn site(&self, site: &SiteFacts) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for rule in self.rules.list.iter().filter(|r| r.is_about_site() && self.concerns(r)) {
            let Check::Metric(check) = &rule.check else { continue };
            let found = guarded(|| unmet_need(rule, site).unwrap_or_else(|| metric::of_site(check, site)));
            conclude(rule, found, &site.start, &mut verdicts);
        }
        verdicts
    }

    /// The rules about files that a file breaks, in the order of their ids; for the list of files, which
    /// also names those that no page links any more.
    pub fn file(&self, site: &SiteFacts, file: &SiteFile) -> Vec<Arc<str>> {
        let breaks = |rule: &&Rule| match &rule.check {
            Check::Metric(check) if check.fact.subject() == Subject::File => {
                catch_unwind(AssertUnwindSafe(|| metric::has_file(check, site, file))).unwrap_or(false)
            }
            _ => false,
        };
        self.rules.list.iter().filter(|r| self.concerns(r)).filter(breaks).map(|r| r.id.clone()).collect()
    }

    fn collect<'a>(
        &self,
        rules: impl Iterator<Item = (usize, &'a Rule)>,
        page: &PageFacts,
        judge: impl Fn(usize, &Rule) -> Found,
    ) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for (at, rule) in rules.filter(|(_, r)| self.concerns(r)) {
            let found = match kind_fits(rule, page) {
                Fit::No => continue,
                Fit::Unsure => Found::unknown(format!("it is not sure enough that this is a {} page", page.kind.name)),
                Fit::Yes => guarded(|| judge(at, rule)),
            };
            conclude(rule, found, &page.url, &mut verdicts);
        }
        verdicts
    }

    /// Whether the rule is about this site at all.
    fn concerns(&self, rule: &Rule) -> bool {
        rule.applies.is_empty() || rule.applies.iter().any(|a| self.scene.jurisdictions.contains(a))
    }
}

enum Fit {
    Yes,
    No,
    Unsure,
}

/// Confidence in the page kind from which a rule that is not about it leaves the page alone. Our choice: a kind that is
/// more likely wrong than right must not silence anything.
const LIKELY: f64 = 0.5;

/// Whether a rule is about a page, by what the page is.
fn kind_fits(rule: &Rule, page: &PageFacts) -> Fit {
    let is_walked = || page.rendered.as_ref().is_some_and(|notes| notes.keys.is_some());
    if page.moves_to().is_some() {
        // Nobody gets to see it.
        Fit::No
    } else if rule.needs.contains(&Need::Keyboard) && !is_walked() {
        // No browser pressed a key: it is not about this page.
        Fit::No
    } else if rule.needs.contains(&Need::Places) && page.rendered.is_none() {
        // No browser put anything anywhere.
        Fit::No
    } else if page.kind.confidence >= LIKELY && rule.except_kinds.contains(&page.kind.name) {
        Fit::No
    } else if rule.kinds.is_empty() {
        Fit::Yes
    } else if !rule.kinds.contains(&page.kind.name) {
        Fit::No
    } else if page.kind.confidence < rule.kind_confidence {
        Fit::Unsure
    } else {
        Fit::Yes
    }
}

/// Why a rule cannot be decided on this site, if an input that it needs is missing.
fn unmet_need(rule: &Rule, site: &SiteFacts) -> Option<Found> {
    if rule.needs.contains(&Need::CompleteCrawl) && !site.may_report_absence() {
        return Some(Found::unknown("not every page of the site was read"));
    }
    if rule.needs.contains(&Need::Home) && site.home().is_none() {
        return Some(Found::unknown("the site has no home page that was read"));
    }
    None
}

/// A rule that panics has not told anything; the rest of the audit goes on.
fn guarded(judge: impl FnOnce() -> Found) -> Found {
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|_| Found::unknown("the check broke on this page"))
}

/// Puts what was found into words.
fn conclude(rule: &Rule, found: Found, url: &crate::model::PageUrl, verdicts: &mut Verdicts) {
    let outcome = match (&found.unknown, found.hits.is_empty(), found.applied) {
        (_, false, _) if found.asks => Outcome::CouldNotTell,
        (_, false, _) => Outcome::Fail,
        (Some(_), true, _) => Outcome::CouldNotTell,
        (None, true, true) => Outcome::Pass,
        (None, true, false) => return,
    };
    verdicts.outcomes.push(Verdict { rule: rule.id.clone(), outcome, partly: found.unknown.is_some() });
    let finding = |outcome, severity: Option<Severity>, at: Option<(Place, String)>, message: String, more| {
        let (place, anchor) = at.map_or((None, String::new()), |(place, anchor)| (Some(place), anchor));
        Finding {
            rule: rule.id.clone(),
            outcome,
            severity: severity.unwrap_or(rule.severity),
            url: url.clone(),
            place,
            message,
            anchor,
            key: String::new(),
            more,
        }
    };
    if let Some(hit) = found.hits.first().filter(|_| found.asks) {
        // One question a page; the rest is counted.
        let value = |slot: &str| hit.values.iter().find(|(name, _)| *name == slot).map(|(_, value)| value.clone());
        let more = u32::try_from(found.hits.len() - 1 + found.more).unwrap_or(u32::MAX);
        verdicts.findings.push(finding(outcome, None, hit.at.clone(), mask(&rule.message.fill(value)), more));
        return;
    }
    if outcome == Outcome::CouldNotTell {
        let reason = found.unknown.unwrap_or_default();
        verdicts.findings.push(finding(outcome, None, None, format!("Could not tell: {reason}."), 0));
        return;
    }
    let last = found.hits.len().saturating_sub(1);
    for (i, hit) in found.hits.into_iter().enumerate() {
        let value = |slot: &str| hit.values.iter().find(|(name, _)| *name == slot).map(|(_, value)| value.clone());
        let message = mask(&rule.message.fill(value));
        let more = if i == last { u32::try_from(found.more).unwrap_or(u32::MAX) } else { 0 };
        verdicts.findings.push(finding(outcome, hit.severity, hit.at, message, more));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Settings, Sheets};
    use crate::model::{Fetched, PageUrl};
    use crate::rule::{embedded_categories, embedded_rules};

    #[test]
    fn a_page_with_a_hostile_sheet_is_judged_by_what_needs_no_style() {
        let lexicon = Lexicon::for_tests();
        let rules =
            Rules::load(&embedded_rules(), embedded_categories(), lexicon).expect("the project's rules are right");
        let judge = Judge::new(&rules, lexicon, Scene::default());
        let nested = format!("a{}{}{{color:red}}", ":has(b".repeat(10_000), ")".repeat(10_000));
        for css in ["a,".repeat(500_000) + "b{color:red}", nested, "a{}".repeat(100_000), "a{".repeat(100_000)] {
            let html = format!("<!doctype html><html lang=en><style>{css}</style><p>Fees</p><img src=map.png>");
            let fetched = Fetched::of_file(
                PageUrl::parse("http://milltown.example/").expect("a valid address"),
                html.into_bytes(),
                "",
            );
            let page = Page::read_styled(&fetched, lexicon, &Settings::default(), &Sheets::default());
            let verdicts = judge.page(&page);
            let is_picture = |f: &Finding| f.place.as_ref().is_some_and(|p| p.snippet.contains("map.png"));
            let found = verdicts.findings.iter().any(|f| f.outcome == Outcome::Fail && is_picture(f));
            assert!(found, "the picture without a text is found");
            let styled = verdicts.outcomes.iter().filter(|v| v.outcome == Outcome::CouldNotTell).count();
            assert!(!cfg!(feature = "style") || styled > 0, "what needs the sheet is not told");
        }
    }
}
