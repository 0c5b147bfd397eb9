//! Waivers: problems that a team has decided to live with for a time. They quiet the gate, never the score.

use crate::mistakes::{Mistake, Table};
use std::ops::Range;

/// Characters of a reason at least. Our choice: "wontfix" is none.
const REASON: usize = 10;

/// Days that a waiver may last. Our choice: half a year.
const LONGEST: i64 = 180;

/// `[[waiver]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Id of a rule, or `category/*`.
    pub rule: String,
    /// An address or path; `*` stands for anything.
    pub url: String,
    /// Why.
    pub reason: String,
    /// The team that answers for it.
    pub owner: String,
    /// The first day, `2026-03-01`.
    pub created: String,
    /// The last day.
    pub expires: String,
}

/// Reads one; what is wrong with it is among the mistakes.
pub(super) fn waiver(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Waiver> {
    let before = mistakes.len();
    let whole = table.span();
    let mut text = |key: &str, mistakes: &mut Vec<Mistake>| {
        let span = table.span_of(key).unwrap_or_else(|| whole.clone());
        (table.required_text(key, mistakes), span)
    };
    let (rule, rule_at) = text("rule", mistakes);
    let (url, url_at) = text("url", mistakes);
    let (reason, reason_at) = text("reason", mistakes);
    let (owner, owner_at) = text("owner", mistakes);
    let (created, created_at) = text("created", mistakes);
    let (expires, expires_at) = text("expires", mistakes);
    table.finish(mistakes);
    if mistakes.len() > before {
        return None;
    }
    if rule.split('/').count() != 2 || rule.split('/').any(str::is_empty) || rule.starts_with('*') {
        let mistake = Mistake::new(rule_at, format!("`{rule}` is no rule"));
        mistakes.push(mistake.help("write a rule as category/name, or category/* for all of a category"));
    }
    if !["/", "*", "http://", "https://"].iter().any(|start| url.starts_with(start)) {
        let mistake = Mistake::new(url_at, format!("`{url}` is no address"));
        mistakes.push(mistake.help("start with / or https://; * stands for anything, as in /news/*"));
    }
    if reason.trim().chars().count() < REASON {
        mistakes.push(Mistake::new(reason_at, format!("a reason has at least {REASON} characters")));
    }
    if owner.trim().is_empty() {
        mistakes.push(Mistake::new(owner_at, "a waiver needs a team that answers for it"));
    }
    if let (Some(from), Some(to)) = (day(&created, created_at, mistakes), day(&expires, expires_at.clone(), mistakes)) {
        let days = from.until(to).map_or(i64::MAX, |span| i64::from(span.get_days()));
        if !(0..=LONGEST).contains(&days) {
            let what = format!("a waiver ends 0 to {LONGEST} days after it was made; this one after {days}");
            mistakes.push(Mistake::new(expires_at, what));
        }
    }
    (mistakes.len() == before).then_some(Waiver { rule, url, reason, owner, created, expires })
}

fn day(text: &str, at: Range<usize>, mistakes: &mut Vec<Mistake>) -> Option<jiff::civil::Date> {
    let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
    if day.is_none() {
        mistakes.push(Mistake::new(at, format!("`{text}` is no day")).help("write it as \"2026-03-01\""));
    }
    day
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn parse(edit: (&str, &str)) -> Result<Config, String> {
        let text = "[[waiver]]\nrule = \"forms/no-label\"\nurl = \"/apply/*\"\nreason = \"the vendor mends it in May\"\nowner = \"web team\"\ncreated = \"2026-01-10\"\nexpires = \"2026-05-31\"\n";
        Config::parse("plainway.toml", &text.replace(edit.0, edit.1)).map_err(|m| m.to_string())
    }

    #[test]
    fn a_waiver_that_is_right_is_read() {
        let config = parse(("", "")).expect("it is right");
        assert_eq!((config.waivers.len(), config.waivers[0].owner.as_str()), (1, "web team"));
    }

    #[test]
    fn a_malformed_one_is_refused() {
        for (old, new, word) in [
            ("the vendor mends it in May", "wontfix", "at least 10"),
            ("2026-05-31", "2027-05-31", "180 days"),
            ("2026-05-31", "2026-01-01", "180 days"),
            ("2026-05-31", "soon", "is no day"),
            ("forms/no-label", "no-label", "is no rule"),
            ("/apply/*", "apply", "is no address"),
            ("owner = \"web team\"\n", "", "owner"),
            ("web team", " ", "a team"),
            ("rule =", "rules =", "rule"),
        ] {
            let said = parse((old, new)).expect_err("it is wrong");
            assert!(said.contains(word), "{new}: {said}");
        }
    }
}
