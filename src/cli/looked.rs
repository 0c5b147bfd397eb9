//! A stored page looked at once more, now that its site is known.

use crate::audit::{Judge, Verdict, finding_keys};
use crate::facts::{PageFacts, SiteFacts};
use crate::history::PageRecord;
use crate::model::{Finding, OnlyAxe};

/// A page with all that the rules say of it, once its site is known.
pub(super) struct Looked {
    pub(super) page: PageFacts,
    pub(super) findings: Vec<Finding>,
    pub(super) verdicts: Vec<Verdict>,
    /// What only axe-core found, where it was run.
    pub(super) axe: Option<OnlyAxe>,
}

/// Looks at a page in its site; findings come in the order of their rules, with their keys.
pub(super) fn look(judge: &Judge<'_>, site: &SiteFacts, record: PageRecord) -> Looked {
    let PageRecord { facts: page, verdicts } = record;
    let in_site = judge.page_in_site(site, &page);
    let mut findings: Vec<Finding> = verdicts.findings.into_iter().chain(in_site.findings).collect();
    findings.sort_by(|a, b| a.rule.cmp(&b.rule));
    finding_keys(&mut findings);
    let axe = verdicts.axe.map(|axe| axe.only);
    let verdicts = verdicts.outcomes.into_iter().chain(in_site.outcomes).collect();
    Looked { page, findings, verdicts, axe }
}
