//! `[[kiosk.attestation]]`: what a person attests of the hardware of a kiosk, item by item of the checklist in
//! `reports/checklist.toml`. An attestation is never counted as measured.

use crate::mistakes::{Mistake, Table, unknown_word};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// An item of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is known by.
    pub id: String,
    /// What is asked.
    pub asks: String,
    /// The clauses that ask it.
    pub clauses: String,
}

/// A standard whose clauses the checklist names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// How the items name it.
    pub short: String,
    /// Its name, with the chapters meant.
    pub name: String,
    /// How its numbers were looked at: by the text, or by the titles of its clauses.
    pub read: String,
}

/// When and how the numbers of clauses were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// The day.
    pub on: String,
    /// The standards.
    pub standards: Vec<Standard>,
}

/// The checklist, as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// When and how the numbers of clauses were looked at.
    pub checked: Checked,
    /// The items.
    #[serde(rename = "item")]
    pub items: Vec<Item>,
}

/// The checklist of the hardware of kiosks.
pub static CHECKLIST: LazyLock<Checklist> =
    LazyLock::new(|| toml::from_str(include_str!("../../reports/checklist.toml")).expect("a test reads the checklist"));

/// What somebody attests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attested {
    /// The item is met.
    Met,
    /// It is not.
    NotMet,
    /// It does not apply to this kiosk.
    NotApplicable,
}

/// An attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The item.
    pub item: String,
    /// The model of the device.
    pub device: String,
    /// What is attested.
    pub result: Attested,
    /// A role or team; people are not named.
    pub who: String,
    /// When.
    pub on: Date,
    /// Where the evidence lies.
    pub evidence: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
}

const RESULTS: &[(&str, Attested)] =
    &[("met", Attested::Met), ("not-met", Attested::NotMet), ("not-applicable", Attested::NotApplicable)];

pub(super) fn attestation(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Attestation> {
    let whole = table.span();
    let span = table.span_of("item");
    let item = table.required_text("item", mistakes);
    let known: Vec<&str> = CHECKLIST.items.iter().map(|i| i.id.as_str()).collect();
    if let Some(span) = span.filter(|_| !known.contains(&item.as_str())) {
        mistakes.push(unknown_word(span, &format!("the checklist has no item `{item}`"), &item, &known));
    }
    let device = table.required_text("device", mistakes);
    let has_result = table.has("result");
    let result = table.choice("result", RESULTS, mistakes);
    if !has_result {
        mistakes.push(Mistake::new(whole.clone(), "`result` is missing").help("one of met, not-met, not-applicable"));
    }
    let who = table.required_text("who", mistakes);
    let has_day = table.has("on");
    let on = table.date("on", mistakes);
    if !has_day {
        mistakes.push(Mistake::new(whole, "`on` is missing").help("the day on which somebody looked, as 2026-03-01"));
    }
    let evidence = table.required_text("evidence", mistakes);
    let expires_span = table.span_of("expires");
    let expires = table.date("expires", mistakes);
    if let (Some(on), Some(expires), Some(span)) = (on, expires, expires_span)
        && expires < on
    {
        mistakes.push(Mistake::new(span, "it expires before the day on which it was attested"));
    }
    table.finish(mistakes);
    Some(Attestation { item, device, result: result?, who, on: on?, evidence, expires })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_checklist_can_be_read() {
        let items = &CHECKLIST.items;
        let mut ids: Vec<&str> = items.iter().map(|i| i.id.as_str()).collect();
        assert!(ids.len() >= 20 && items.iter().all(|i| i.asks.ends_with('.')));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), items.len());
        // Each clause is of a standard whose numbers somebody looked at.
        let standards: Vec<&str> = CHECKLIST.checked.standards.iter().map(|s| s.short.as_str()).collect();
        for item in items.iter().filter(|i| !i.clauses.starts_with("Our own")) {
            let known = |clause: &str| standards.iter().any(|short| clause.trim().starts_with(short));
            assert!(known(item.clauses.split(';').next().unwrap_or("")), "{}: {}", item.id, item.clauses);
        }
    }

    #[test]
    fn attestations_say_who_when_and_by_what() {
        let text = "[[kiosk.attestation]]\nitem = \"tactile-keys\"\ndevice = \"K-200\"\nresult = \"met\"\nwho = \"Facilities\"\non = \"2026-03-01\"\nevidence = \"photo 12\"\nexpires = \"2027-03-01\"\n";
        let config = Config::parse("plainway.toml", text).expect("the file is right");
        assert_eq!((config.attestations[0].result, config.attestations[0].who.as_str()), (Attested::Met, "Facilities"));
        let text = "[[kiosk.attestation]]\nitem = \"tactile-key\"\ndevice = \"K-200\"\nresult = \"yes\"\nwho = \"Facilities\"\nevidence = \"x\"\n";
        let mistakes = Config::parse("plainway.toml", text).expect_err("three things are wrong");
        let shown = mistakes.to_string();
        assert_eq!(mistakes.list.len(), 3, "{shown}");
        assert!(shown.contains("did you mean `tactile-keys`?"), "{shown}");
    }
}
