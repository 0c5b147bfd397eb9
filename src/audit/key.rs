//! What a finding is known by from run to run: the rule, the page, and the element's role and text.

use crate::model::{Finding, Outcome, hex};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Gives each finding of a page its key: 128 bits in hexadecimal. Equal ones get `#2`, `#3` in
/// document order.
pub fn finding_keys(findings: &mut [Finding]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for finding in findings {
        let mut hasher = Sha256::new();
        let undecided = if finding.outcome == Outcome::CouldNotTell { "?" } else { "" };
        for part in [&finding.rule, finding.url.key().as_str(), &finding.anchor, undecided] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        let key = hex(&hasher.finalize()[..16]);
        let times = seen.entry(key.clone()).or_insert(0);
        *times += 1;
        finding.key = if *times == 1 { key } else { format!("{key}#{times}") };
    }
}

/// What a finding is known by on its page, whatever the address of the page is: 64 bits in hexadecimal
/// over rule and anchor, with the `#2` of its key. Only after [`finding_keys`].
pub fn local_key(finding: &Finding) -> String {
    let mut hasher = Sha256::new();
    for part in [&*finding.rule, &finding.anchor] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let number = finding.key.find('#').map_or("", |at| &finding.key[at..]);
    format!("{}{number}", hex(&hasher.finalize()[..8]))
}
