//! A rule's failure on one page, as the score sees it. What does not fail, and what is on trial,
//! never becomes one.

use super::{Extent, hazard};
use crate::model::{Finding, Level, Outcome, Severity, Status};
use std::sync::Arc;

/// What the score needs to know of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Rule id, as `forms/too-many-questions`.
    pub rule: Arc<str>,
    /// Id of the category, as `forms`.
    pub category: Arc<str>,
    /// What rules with the same root share, as `no-contact`; only the worst of them counts on a page.
    pub cause: Option<Arc<str>>,
    /// Trial rules never count.
    pub status: Status,
    /// What one finding speaks of; it decides the extent.
    pub level: Level,
    /// The share of the rule's findings that are right, 0–1; 1 where the check is exact.
    pub precision: f64,
    /// For [`Level::Site`] alone: the share of visitors who need the thing, 0–1.
    pub reach: f64,
}

/// A failure of one active rule on one page.
///
/// Usually one a page and rule. Where the findings of a rule differ in severity (`bands`), there is
/// one for each severity, counting the findings that are **at least** that bad. Only the heaviest of
/// them costs, so that making a finding worse can never raise the score.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Rule id.
    pub rule: Arc<str>,
    /// Id of its category.
    pub category: Arc<str>,
    /// The shared cause; without one, the rule is its own cause.
    pub cause: Option<Arc<str>>,
    /// How bad.
    pub severity: Severity,
    /// The share of the rule's findings that are right, 0–1.
    pub precision: f64,
    /// How far it reaches.
    pub extent: Extent,
    /// How many findings bear it, at least 1, those behind `more` included; with
    /// [`Extent::Elements`] the number of elements.
    pub findings: u32,
}

impl Hit {
    /// The hits of one rule on one page, worst first; none for trial rules and where nothing failed.
    ///
    /// `findings` are those of this rule on this page, in any order.
    pub fn of(terms: &Terms, findings: &[Finding]) -> Vec<Self> {
        if terms.status != Status::Active {
            return Vec::new();
        }
        let failures = || findings.iter().filter(|finding| finding.outcome == Outcome::Fail);
        let mut severities: Vec<Severity> = failures().map(|finding| finding.severity).collect();
        severities.sort_unstable_by(|a, b| b.cmp(a));
        severities.dedup();
        let at_least = |severity: Severity| {
            failures()
                .filter(|finding| finding.severity >= severity)
                .fold(0_u32, |sum, finding| sum.saturating_add(1).saturating_add(finding.more))
        };
        severities.into_iter().map(|severity| Self::new(terms, severity, at_least(severity))).collect()
    }

    fn new(terms: &Terms, severity: Severity, findings: u32) -> Self {
        let extent = match terms.level {
            Level::Element => Extent::Elements(findings),
            Level::Page | Level::Form | Level::Journey => Extent::Whole,
            Level::Site => Extent::Reach(terms.reach),
        };
        let Terms { rule, category, cause, precision, .. } = terms.clone();
        Self { rule, category, cause, severity, precision, extent, findings }
    }

    /// What its hazard is counted under: the shared cause, or the rule itself.
    pub fn cause_name(&self) -> &Arc<str> {
        self.cause.as_ref().unwrap_or(&self.rule)
    }

    /// Its hazard h, 0–0.92.
    pub fn hazard(&self) -> f64 {
        hazard(self.severity, self.precision, self.extent)
    }

    /// Its hazard once one of its findings is mended. Of several findings about the whole page, each
    /// alone holds the full hazard, so mending one of them changes nothing.
    pub(super) fn hazard_with_one_mended(&self) -> f64 {
        match self.extent {
            Extent::Elements(n) => hazard(self.severity, self.precision, Extent::Elements(n.saturating_sub(1))),
            Extent::Whole | Extent::Reach(_) if self.findings > 1 => self.hazard(),
            Extent::Whole | Extent::Reach(_) => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PageUrl;

    fn finding(severity: Severity, more: u32) -> Finding {
        let (message, anchor, key) = Default::default();
        let url = PageUrl::parse("http://town.example/").expect("a valid address");
        Finding { rule: "a/b".into(), outcome: Outcome::Fail, severity, url, place: None, message, anchor, key, more }
    }

    #[track_caller]
    fn check(level: Level, findings: &[Finding], expected: &[(Severity, Extent, u32)]) {
        let (rule, category, status) = ("a/b".into(), "a".into(), Status::Active);
        let terms = Terms { rule, category, cause: None, status, level, precision: 1.0, reach: 0.3 };
        let hits = Hit::of(&terms, findings);
        assert_eq!(hits.iter().map(|h| (h.severity, h.extent, h.findings)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_level_decides_the_extent_and_findings_that_are_not_listed_count() {
        use Severity::{Minor, Serious};
        let two = [finding(Minor, 0), finding(Minor, 7)];
        check(Level::Element, &two, &[(Minor, Extent::Elements(9), 9)]);
        check(Level::Form, &two, &[(Minor, Extent::Whole, 9)]);
        check(Level::Site, &[finding(Serious, 0)], &[(Serious, Extent::Reach(0.3), 1)]);
        check(Level::Page, &[], &[]);
    }

    #[test]
    fn each_severity_counts_the_findings_at_least_that_bad() {
        use Severity::{Minor, Serious};
        let three = [finding(Minor, 0), finding(Serious, 0), finding(Minor, 0)];
        check(Level::Element, &three, &[(Serious, Extent::Elements(1), 1), (Minor, Extent::Elements(3), 3)]);
    }
}
