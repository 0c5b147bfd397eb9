//! The text of a waiver that a page report offers, for what is right as it is.

use crate::history::{Digest, FindingRow};

/// Days that the waiver lasts which a page report offers. Our choice: a quarter.
const WAIVER_DAYS: i32 = 90;

/// Characters of an address or an owner in it; of a longer address a pattern is offered. Our choice.
const WAIVER_TEXT: usize = 200;

/// The text to paste into `plainway.toml` where a problem is none here; the reason is left to a person.
pub(super) fn waiver(digest: &Digest, rule: &str, finding: &FindingRow) -> String {
    let day: Option<jiff::civil::Date> = digest.run.started.get(..10).and_then(|day| day.parse().ok());
    let text = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
    let end = day.and_then(|day| day.checked_add(jiff::Span::new().days(WAIVER_DAYS)).ok());
    // A path in TOML: what would end the text is not in an address, where it is in percent, but a star would be a pattern.
    let mut path = finding.url.path().replace('\\', "%5C").replace('"', "%22");
    if let Some((at, _)) = path.char_indices().nth(WAIVER_TEXT) {
        path.truncate(at);
        path.push('*');
    }
    let owner: String = finding.owner.as_deref().unwrap_or("").chars().take(WAIVER_TEXT).collect();
    let owner = owner.replace(['"', '\\'], " ");
    format!(
        "[[waiver]]\nrule = \"{rule}\"\nurl = \"{path}\"\nreason = \"\"\nowner = \"{owner}\"\ncreated = \"{}\"\nexpires = \"{}\"",
        text(day),
        text(end)
    )
}
