//! What each severity is worth. This is the one table of the score model, and versioned with it.

use crate::model::Severity;

/// Version of the score model; reports name it, and scores of different versions are never compared.
pub const MODEL: u32 = 1;

/// The share of visitors' success (0–1) that a problem of this severity takes from a page when it
/// is certain and whole. Our judgement (`docs/score.md`).
pub fn severity_cost(severity: Severity) -> f64 {
    match severity {
        Severity::Blocker => 0.60,
        Severity::Serious => 0.25,
        Severity::Moderate => 0.08,
        Severity::Minor => 0.02,
        Severity::Advice => 0.0,
    }
}
