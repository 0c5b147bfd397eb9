//! The user's copy of axe-core, run in a visit of its own, in a world that the page does not see. It must never keep a page
//! from being drawn.

use super::door::Door;
use super::page::{Visit, visit};
use super::{Order, Running, Undrawn};
use crate::model::{AxeNotes, AxeResult, AxeTrouble};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::json;

/// Milliseconds that a script of axe-core may take at a time. Our choice: it needs some seconds for a page of 5,000 elements.
const PATIENCE: u32 = 20_000;

/// How often the page's clock runs a moment further while axe-core works, and how long that moment is in milliseconds. Our
/// choices: it needs a few moments, and waits for nothing.
const MOMENTS: u32 = 20;
const MOMENT: u32 = 100;

/// Results, and elements of them all, that are kept of a page. Our choices; `axe.js` cuts at the same, and is not relied on.
const RESULTS: usize = 200;
const ELEMENTS: usize = 500;

/// What `axe.js` tells.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    version: String,
    trouble: Option<AxeTrouble>,
    #[serde(default)]
    results: Vec<ToldResult>,
}

#[derive(Deserialize)]
struct ToldResult {
    rule: String,
    help: String,
    impact: String,
    tags: Vec<String>,
    fails: bool,
    elements: Vec<usize>,
    count: u32,
}

/// What axe-core says of the page; `None` where it is not to be run. Whatever goes wrong with it, the page was drawn.
pub(super) async fn asked(
    running: &Running,
    door: &Door,
    order: &Order,
    drawn: &str,
) -> Result<Option<AxeNotes>, Undrawn> {
    let Some(script) = &order.manner.axe else { return Ok(None) };
    match visit(running, door, order, async |page| run(page, drawn, script).await).await {
        Ok(notes) => Ok(Some(notes)),
        Err(Undrawn::Gone) => Err(Undrawn::Gone),
        Err(_) => {
            running.in_trouble.set(true);
            Ok(Some(AxeNotes { trouble: Some(AxeTrouble::Late), ..AxeNotes::default() }))
        }
    }
}

async fn run(page: &mut Visit<'_>, drawn: &str, script: &str) -> Result<AxeNotes, Undrawn> {
    let failed = |trouble| Ok(AxeNotes { trouble: Some(trouble), ..AxeNotes::default() });
    let (snapshot, written) = page.written(json!({ "computedStyles": [] })).await?;
    if written.html != drawn {
        return failed(AxeTrouble::Changed);
    }
    for script in [script, include_str!("axe.js")] {
        match page.evaluate(script, json!({ "timeout": PATIENCE })).await {
            Ok(told) if told["exceptionDetails"].is_null() => {}
            Ok(_) => return failed(AxeTrouble::Failed),
            // It was stopped.
            Err(Undrawn::Refused(_)) => return failed(AxeTrouble::Late),
            Err(error) => return Err(error),
        }
    }
    for _ in 0..MOMENTS {
        let told = page.in_world("plainwayAxe.told").await?;
        if let Some(told) = told.as_str().filter(|told| !told.is_empty()) {
            let Ok(told) = serde_json::from_str::<Told>(told) else { return failed(AxeTrouble::Garbled) };
            return notes(page, told, &written.numbers(&snapshot)).await;
        }
        page.run(MOMENT).await?;
    }
    failed(AxeTrouble::Late)
}

/// What was told, with elements named by the numbers of their start tags.
async fn notes(page: &mut Visit<'_>, told: Told, numbers: &FxHashMap<u64, u32>) -> Result<AxeNotes, Undrawn> {
    let mut known: FxHashMap<usize, Option<u32>> = FxHashMap::default();
    let mut results = Vec::new();
    for result in told.results.into_iter().take(RESULTS) {
        let criteria: Vec<String> = result.tags.iter().filter_map(|tag| criterion(tag)).collect();
        if criteria.is_empty() {
            continue;
        }
        let mut elements = Vec::new();
        for &at in &result.elements {
            let number = match known.get(&at) {
                Some(number) => *number,
                None if known.len() >= ELEMENTS => None,
                None => {
                    let number = page.number(&format!("plainwayAxe.kept[{at}]"), numbers).await?;
                    known.insert(at, number);
                    number
                }
            };
            elements.extend(number);
        }
        elements.sort_unstable();
        elements.dedup();
        let more = result.count.saturating_sub(u32::try_from(elements.len()).unwrap_or(u32::MAX));
        let [rule, help, impact] = [(result.rule, 60), (result.help, 200), (result.impact, 20)].map(cut);
        results.push(AxeResult { rule, help, impact, criteria, fails: result.fails, elements, more });
    }
    Ok(AxeNotes { version: cut((told.version, 40)), trouble: told.trouble, results })
}

/// The first so many characters of a text.
fn cut((text, most): (String, usize)) -> String {
    text.chars().take(most).collect()
}

/// The number of a success criterion in a tag of axe-core: `wcag143` is 1.4.3, `wcag1410` is 1.4.10.
fn criterion(tag: &str) -> Option<String> {
    let digits = tag.strip_prefix("wcag").filter(|rest| rest.len() >= 3 && rest.bytes().all(|b| b.is_ascii_digit()))?;
    Some(format!("{}.{}.{}", &digits[..1], &digits[1..2], &digits[2..]))
}

#[cfg(test)]
mod tests {
    use super::criterion;

    #[test]
    fn tags_that_name_a_criterion_are_read() {
        let named = [("wcag143", Some("1.4.3")), ("wcag1410", Some("1.4.10"))];
        let others = ["wcag2aa", "wcag21aa", "wcag2a", "cat.color"].map(|tag| (tag, None));
        for (tag, expected) in named.into_iter().chain(others) {
            assert_eq!(criterion(tag).as_deref(), expected, "{tag}");
        }
    }
}
