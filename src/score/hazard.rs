//! How much one failed rule weighs on a page: severity, certainty and extent in one number that adds.

use super::severity_cost;
use crate::model::Severity;

/// How far a problem reaches on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Extent {
    /// A rule about the page, a form or a journey: the page as a whole, however many findings.
    Whole,
    /// A rule about elements: how many of them fail. More weigh more, ever more slowly.
    Elements(u32),
    /// A rule about the site: the share of visitors (0–1) who need the thing, from the rule file.
    Reach(f64),
}

/// The part that each further failing element leaves of what was still good (model 1, our choice):
/// one element makes a fifth of the full cost, ten make 89 %.
const LEFT_BY_AN_ELEMENT: f64 = 0.8;

impl Extent {
    /// The extent x of the model, 0–1; values of [`Extent::Reach`] outside are held to the range.
    pub fn share(self) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Elements(n) => 1.0 - libm::pow(LEFT_BY_AN_ELEMENT, f64::from(n)),
            Self::Reach(reach) => held_to_unit(reach),
        }
    }
}

/// The hazard h = −ln(1 − s·precision·x) of a failed rule on a page: 0 (nothing) to 0.92 (a certain
/// blocker). `precision` is the share of its findings that are right, 0–1; values outside are held
/// to the range.
pub fn hazard(severity: Severity, precision: f64, extent: Extent) -> f64 {
    let cost = severity_cost(severity) * held_to_unit(precision) * extent.share();
    // Subtracted, not negated, since a hazard of −0 would print its sign.
    0.0 - libm::log(1.0 - cost)
}

fn held_to_unit(share: f64) -> f64 {
    // Written so that NaN is 0.
    if share > 0.0 { share.min(1.0) } else { 0.0 }
}
