//! What axe-core found on a page, held against what the rules say of it: the same element, and a success criterion that both are
//! about. It judges nothing, and changes no finding.

use super::picture::element;
use super::{Verdicts, place};
use crate::facts::{Dom, Page};
use crate::model::{AxeNotes, AxeResult, Beside, BothFound, Finding, OnlyAxe, OnlyAxeRule, Outcome};
use crate::rule::{Rule, Rules, wcag};
use std::collections::{BTreeMap, BTreeSet};

/// How far above each other two elements may stand that are one place: a picture in a link, the text in a button. Our choice.
const NEAR: usize = 3;

/// Places that are listed of each rule of axe-core on a page, and of all of them. Our choices; the others are counted.
const LISTED: usize = 20;
const MOST: usize = 100;

/// Elements that stand for the page as a whole.
const WHOLE: &[&str] = &["html", "head", "title", "meta", "body", "main"];

/// One thing that our rules say, as far as it is about a criterion.
struct Own<'f> {
    finding: &'f Finding,
    rule: &'f Rule,
    criteria: BTreeSet<&'f str>,
    /// The element; nothing for the page as a whole.
    at: Option<u32>,
}

/// Holds what axe-core said of a page against what the rules say of it.
pub fn beside(page: &Page<'_>, notes: AxeNotes, verdicts: &Verdicts, rules: &Rules) -> Beside {
    let wanted: BTreeSet<&str> = notes.results.iter().flat_map(|r| &r.criteria).map(String::as_str).collect();
    let own: Vec<Own<'_>> = verdicts.findings.iter().filter_map(|finding| own(page, finding, rules, &wanted)).collect();
    let elements: Vec<u32> = page.dom.elements().collect();
    let (mut both, mut only) = (Vec::new(), Vec::new());
    let mut listed = 0;
    for result in &notes.results {
        // What our rules leave untold of the page, and what they found there.
        let mut groups: BTreeMap<bool, OnlyAxeRule> = BTreeMap::new();
        let about: Vec<&Own<'_>> =
            own.iter().filter(|own| result.criteria.iter().any(|c| own.criteria.contains(c.as_str()))).collect();
        for &at in &result.elements {
            let Some(&i) = elements.get(at as usize) else { continue };
            let (found, unsure): (Vec<&Own<'_>>, Vec<&Own<'_>>) = about
                .iter()
                .copied()
                .filter(|own| is_there(&page.dom, own, i))
                .partition(|own| own.finding.outcome == Outcome::Fail);
            both.extend(found.iter().map(|own| both_found(page, result, own, i)));
            if result.fails && found.is_empty() {
                let group = groups.entry(!unsure.is_empty()).or_insert_with(|| only_axe(result, !unsure.is_empty()));
                if group.places.len() < LISTED && listed < MOST {
                    group.places.push(place::of_element(&page.dom, i).0);
                    listed += 1;
                } else {
                    group.more += 1;
                }
            }
        }
        // Of places that are not told nobody knows whether they are the same.
        if result.fails && result.more > 0 && !about.iter().any(|own| own.finding.outcome == Outcome::Fail) {
            let unsure = about.iter().any(|own| own.at.is_none());
            groups.entry(unsure).or_insert_with(|| only_axe(result, unsure)).more += result.more;
        }
        only.extend(groups.into_values());
    }
    both.sort_by(|a: &BothFound, b| {
        (&a.axe, &a.element, &a.rule, &a.selector).cmp(&(&b.axe, &b.element, &b.rule, &b.selector))
    });
    both.dedup();
    only.sort_by(|a: &OnlyAxeRule, b| (&a.rule, a.unsure).cmp(&(&b.rule, b.unsure)));
    Beside { only: OnlyAxe { version: notes.version, trouble: notes.trouble, rules: only }, both }
}

/// A finding with its element, where it is about one of the criteria.
fn own<'f>(page: &Page<'_>, finding: &'f Finding, rules: &'f Rules, wanted: &BTreeSet<&str>) -> Option<Own<'f>> {
    let rule = rules.get(&finding.rule)?;
    let criteria: BTreeSet<&str> =
        wcag(&rule.fails).chain(wcag(&rule.related)).filter(|c| wanted.contains(c)).collect();
    // What stands there after a press was not there when axe-core looked.
    if criteria.is_empty() || finding.is_after_press() {
        return None;
    }
    let at = element(page, finding);
    (at.is_some() || finding.place.is_none()).then_some(Own { finding, rule, criteria, at })
}

/// Whether what our rules say is about the place of an element.
fn is_there(dom: &Dom, own: &Own<'_>, i: u32) -> bool {
    match own.at {
        Some(at) => is_above(dom, at, i) || is_above(dom, i, at) || own.finding.more > 0,
        None => own.finding.outcome != Outcome::Fail || WHOLE.contains(&dom.tag(i)),
    }
}

/// Whether one element is another one or stands close above it.
fn is_above(dom: &Dom, above: u32, i: u32) -> bool {
    dom.ancestors_and_self(i).take(NEAR + 1).any(|at| at == above)
}

fn both_found(page: &Page<'_>, result: &AxeResult, own: &Own<'_>, i: u32) -> BothFound {
    BothFound {
        axe: result.rule.clone(),
        fails: result.fails,
        criteria: result.criteria.iter().filter(|c| own.criteria.contains(c.as_str())).cloned().collect(),
        rule: own.rule.id.clone(),
        selector: own.finding.place.as_ref().map(|place| place.selector.clone()),
        element: page.dom.selector(i),
    }
}

fn only_axe(result: &AxeResult, unsure: bool) -> OnlyAxeRule {
    let AxeResult { rule, help, impact, criteria, .. } = result.clone();
    OnlyAxeRule { rule, help, impact, criteria, unsure, places: Vec::new(), more: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Judge, Scene};
    use crate::facts::{Lexicon, Settings};
    use crate::model::{Fetched, PageUrl};
    use crate::rule::{embedded_categories, embedded_rules, embedded_words};

    /// What is said beside of a page by these results: rule, criterion, and the names of its elements.
    fn told(html: &str, results: &[(&str, &str, &str)]) -> Beside {
        let lexicon = Lexicon::parse(&embedded_words()).expect("the word lists of the project are right");
        let rules = Rules::load(&embedded_rules(), embedded_categories(), &lexicon).expect("so are its rules");
        let url = PageUrl::parse("http://town.example/").expect("a literal address");
        let fetched = Fetched::of_file(url, html.to_owned(), "");
        let page = Page::read(&fetched, &lexicon, &Settings::default());
        let verdicts = Judge::new(&rules, &lexicon, Scene::default()).page(&page);
        let result = |&(rule, criterion, tag): &(&str, &str, &str)| AxeResult {
            rule: rule.to_owned(),
            help: "Help".to_owned(),
            impact: "serious".to_owned(),
            criteria: vec![criterion.to_owned()],
            fails: true,
            elements: (0u32..)
                .zip(page.dom.elements())
                .filter(|(_, i)| page.dom.tag(*i) == tag)
                .map(|(n, _)| n)
                .collect(),
            more: 0,
        };
        let notes = AxeNotes { results: results.iter().map(result).collect(), ..AxeNotes::default() };
        beside(&page, notes, &verdicts, &rules)
    }

    fn only(beside: &Beside) -> Vec<(&str, usize)> {
        beside.only.rules.iter().map(|rule| (rule.rule.as_str(), rule.places.len())).collect()
    }

    const PAGE: &str = "<!doctype html><html lang=en><head><title>Bins in Milltown</title></head><body><main><h1>Bins</h1>\
        <p>We empty the bins on <b>Monday</b>. <a href=/a><img src=a.png></a></p></main></body></html>";

    #[test]
    fn what_both_find_on_one_element_is_not_axe_cores_alone() {
        let beside = told(PAGE, &[("image-alt", "1.1.1", "img"), ("something-else", "1.4.3", "b")]);
        assert_eq!(only(&beside), [("something-else", 1)], "{:?}", beside.both);
        assert!(beside.both.iter().any(|both| both.axe == "image-alt" && both.element.ends_with("img")));
    }

    #[test]
    fn another_criterion_or_another_place_is_another_problem() {
        let beside = told(PAGE, &[("image-alt", "3.1.2", "img"), ("link-name", "1.1.1", "b")]);
        assert_eq!(only(&beside), [("image-alt", 1), ("link-name", 1)]);
        assert!(beside.both.is_empty());
    }

    #[test]
    fn the_page_as_a_whole_is_the_root_element() {
        let page = "<!doctype html><html><head></head><body><main><p>We empty the bins on Monday morning in all streets.</p></main></body></html>";
        let beside = told(page, &[("html-has-lang", "3.1.1", "html"), ("document-title", "2.4.2", "html")]);
        assert_eq!(only(&beside), [], "{:?}", beside.both);
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        let many = "<b>x</b>".repeat(300);
        let beside = told(&format!("<title>Bins</title><p>{many}</p>"), &[("a", "1.2.1", "b"), ("b", "1.2.2", "b")]);
        let counts: Vec<_> = beside.only.rules.iter().map(|r| (r.places.len(), r.more)).collect();
        assert_eq!(counts, [(20, 280), (20, 280)]);
    }
}
