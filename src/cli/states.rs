//! What a page shows after something was pressed, judged like a page: what is wrong there, and was not before, stands
//! with the page. Links that come to sight so are links of the page. Screens of a kiosk are pages of their own.

use crate::audit::{Judge, Picture, Verdict, Verdicts, beside, mask, pictures};
use crate::facts::{Page, PageFacts};
use crate::model::{Besides, DrawnState, Fetched, Finding, Level, Links, Outcome, RenderNotes, Rendered};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Findings of one rule that a state may add. Our choice: more of them have one cause.
const MOST: usize = 20;

/// A page and its states, judged, with pictures of what is found on the page at once. `read` reads a page as the phase of the audit does, and names its addresses.
pub(super) fn judged<'w>(
    fetched: &Fetched,
    judge: &Judge<'_>,
    mut page: Page<'w>,
    read: impl Fn(&Fetched) -> Page<'w>,
) -> (PageFacts, Verdicts, Links, Vec<Picture>) {
    let mut verdicts = judge.page(&page);
    let shot = fetched.rendered.as_ref().and_then(|rendered| rendered.shot.as_ref());
    let shown = shot.map(|shot| pictures(&page, shot, &verdicts.findings, judge.rules())).unwrap_or_default();
    let Besides { states, axe } = fetched.rendered.as_ref().map(|rendered| rendered.besides()).unwrap_or_default();
    verdicts.axe = axe.map(|notes| Box::new(beside(&page, notes, &verdicts, judge.rules())));
    for state in states.into_iter().filter(|state| state.screen.is_none()) {
        let after = mask(&state.after.join(" › "));
        let shown = read(&as_page(fetched, state));
        add(judge, &mut verdicts, judge.page(&shown), &after);
        let known: BTreeSet<String> = page.facts.links.iter().map(|link| link.href.clone()).collect();
        page.facts.links.extend(shown.facts.links.into_iter().filter(|link| !known.contains(&link.href)));
        for link in shown.next {
            if !page.next.iter().any(|known| known.url == link.url) {
                page.next.push(link);
            }
        }
    }
    (page.facts, verdicts, page.next, shown)
}

/// The screens of a kiosk that a script draws on a page, each as a page of its own.
pub(super) fn screens(fetched: &Fetched) -> Vec<Fetched> {
    let states = fetched.rendered.as_ref().map(|rendered| rendered.besides().states).unwrap_or_default();
    states.into_iter().filter(|state| state.screen.is_some()).map(|state| as_page(fetched, state)).collect()
}

/// What a page shows after something was pressed, as if a browser had drawn it at once.
fn as_page(fetched: &Fetched, state: DrawnState) -> Fetched {
    let why = fetched.rendered.as_ref().map(|rendered| rendered.notes.why).unwrap_or_default();
    let url = fetched.url.screen(state.screen.as_ref().map_or("", |screen| screen.route.as_str()));
    let notes = RenderNotes { why, screen: state.screen.map(Box::new), ..RenderNotes::default() };
    let drawing = state.drawing.and_then(|drawing| serde_json::to_vec(&drawing).ok()).unwrap_or_default();
    let rendered = Rendered { html: state.html.into_bytes().into(), notes, drawing: drawing.into(), shot: None };
    Fetched { url, rendered: Some(Arc::new(rendered)), ..fetched.clone() }
}

/// Adds what is wrong with elements of a state and was not known.
fn add(judge: &Judge<'_>, verdicts: &mut Verdicts, more: Verdicts, after: &str) {
    let is_of_element = |finding: &Finding| {
        let level = judge.rules().get(&finding.rule).map(|rule| rule.level);
        let is_own = matches!(level, Some(Level::Element | Level::Form));
        finding.outcome == Outcome::Fail && finding.place.is_some() && is_own
    };
    let mut known: HashMap<(Arc<str>, String), usize> = HashMap::new();
    for finding in verdicts.findings.iter().filter(|f| f.outcome == Outcome::Fail) {
        *known.entry((finding.rule.clone(), finding.anchor.clone())).or_default() += 1;
    }
    let mut added: HashMap<Arc<str>, usize> = HashMap::new();
    for mut finding in more.findings.into_iter().filter(is_of_element) {
        let left = known.entry((finding.rule.clone(), finding.anchor.clone())).or_default();
        if *left > 0 {
            *left -= 1;
            continue;
        }
        let count = added.entry(finding.rule.clone()).or_default();
        *count += 1;
        if *count > MOST {
            continue;
        }
        if let Some(place) = &mut finding.place {
            place.after = Some(after.to_owned());
        }
        verdicts.findings.push(finding);
    }
    for rule in added.into_keys() {
        verdicts.findings.retain(|f| f.rule != rule || f.outcome == Outcome::Fail);
        match verdicts.outcomes.iter_mut().find(|verdict| verdict.rule == rule) {
            Some(verdict) => verdict.outcome = Outcome::Fail,
            None => verdicts.outcomes.push(Verdict { rule, outcome: Outcome::Fail, partly: false }),
        }
    }
    verdicts.findings.sort_by(|a, b| a.rule.cmp(&b.rule));
    verdicts.outcomes.sort_by(|a, b| a.rule.cmp(&b.rule));
}
