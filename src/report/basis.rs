//! The digest and the rules brought together: each kind of problem with its title, its gain and its
//! place in the report. Every part of the context starts from here.

use super::Subject;
use super::cuts::Cuts;
use super::follow::waiting;
use super::shape::{Example, Spot};
use crate::history::{Alike, Digest, FindingRow, RuleDigest};
use crate::model::{PageUrl, Severity, Status};
use crate::rule::{Rule, standards};
use std::collections::BTreeMap;

/// The longest address that becomes a link, in bytes; a longer one is shown, cut, as text. Our choice.
const LINK_BYTES: usize = 240;

/// All that the parts of a context are made of.
pub(super) struct Basis<'a> {
    pub digest: &'a Digest,
    pub subject: &'a Subject<'a>,
    pub cuts: Cuts,
    /// Rules with a finding in any state, the largest gain first.
    pub problems: Vec<Problem<'a>>,
    /// Names of the sections of the site report, by rule.
    anchors: BTreeMap<&'a str, String>,
}

/// A rule with what it found.
#[derive(Clone, Copy)]
pub(super) struct Problem<'a> {
    pub id: &'a str,
    /// `None` where the rule is no longer among the rules.
    pub rule: Option<&'a Rule>,
    pub found: &'a RuleDigest,
    /// Of its worst example; a rule may judge one case worse than another.
    pub severity: Severity,
    /// Points that mending it alone would bring.
    pub gain: f64,
    /// How long one fix takes: by the config, else by its rule.
    pub effort: Option<&'a str>,
    status: Status,
}

impl<'a> Basis<'a> {
    pub fn new(digest: &'a Digest, subject: &'a Subject<'a>, cuts: Cuts) -> Self {
        let mut problems: Vec<_> = digest.rules.iter().map(|found| Problem::new(found, digest, subject)).collect();
        problems.sort_by(|a, b| {
            let by_today = b.found.states.today().cmp(&a.found.states.today());
            b.gain.total_cmp(&a.gain).then(b.severity.cmp(&a.severity)).then(by_today).then(a.id.cmp(b.id))
        });
        let mut basis = Self { digest, subject, cuts, problems, anchors: BTreeMap::new() };
        basis.anchors = basis.sections().map(|p| (p.id, anchor(p.id))).collect();
        basis
    }

    /// Kinds of problem that the site has today and that count, the largest gain first.
    pub fn today(&self) -> impl Iterator<Item = &Problem<'a>> {
        self.problems.iter().filter(|p| p.counts() && p.found.states.today() > 0)
    }

    /// Those of them that have a section of their own.
    pub fn sections(&self) -> impl Iterator<Item = &Problem<'a>> {
        self.today().take(self.cuts.rules)
    }

    pub fn problem(&self, id: &str) -> Option<&Problem<'a>> {
        self.problems.iter().find(|p| p.id == id)
    }

    /// The rule in words; its id where the rule is gone.
    pub fn title(&self, id: &'a str) -> &'a str {
        self.subject.rules.get(id).map_or(id, |rule| rule.title.as_str())
    }

    /// Whether all that a rule fails lies beyond the legal standard of the site.
    pub fn is_beyond(&self, rule: Option<&Rule>) -> bool {
        self.subject.standard.zip(rule).is_some_and(|(standard, rule)| standards().beyond(standard, rule))
    }

    /// The name of a rule's section, where it has one.
    pub fn anchor(&self, id: &str) -> Option<&str> {
        self.anchors.get(id).map(String::as_str)
    }

    pub fn spot(&self, url: &'a PageUrl) -> Spot<'a> {
        Spot { href: link(url.as_str()), path: self.digest.path_of(url) }
    }

    pub fn example(&self, finding: &'a FindingRow, alike: &Alike) -> Example<'a> {
        Example {
            spot: self.spot(&finding.url),
            line: line(finding),
            snippet: finding.place.as_ref().map(|p| p.snippet.as_str()).filter(|s| !s.is_empty()),
            message: &finding.message,
            state: finding.state,
            findings: alike.findings,
            other_pages: alike.pages.saturating_sub(1),
            waiting: waiting(self, Some(&alike.first_seen)),
        }
    }
}

impl<'a> Problem<'a> {
    fn new(found: &'a RuleDigest, digest: &'a Digest, subject: &'a Subject<'a>) -> Self {
        let rule = subject.rules.get(&found.rule);
        let worst = found.examples.iter().map(|f| f.severity).max();
        let shown = found.examples.first();
        Self {
            id: &found.rule,
            rule,
            found,
            severity: worst.or(rule.map(|r| r.severity)).unwrap_or(Severity::Advice),
            effort: subject
                .follow
                .efforts
                .get(&*found.rule)
                .or(rule.and_then(|r| r.effort.as_ref()))
                .map(String::as_str),
            gain: digest.plan.gains.get(&found.rule).copied().unwrap_or(0.0),
            status: shown.map(|f| f.status).or(rule.map(|r| r.status)).unwrap_or(Status::Active),
        }
    }

    /// Whether it is in the score; a rule on trial is not.
    pub fn counts(&self) -> bool {
        self.status == Status::Active
    }

    pub fn title(&self) -> &'a str {
        self.rule.map_or(self.id, |rule| rule.title.as_str())
    }

    pub fn category(&self) -> &'a str {
        self.id.split_once('/').map_or(self.id, |(category, _)| category)
    }

    /// The team that answers for its first example.
    pub fn owner(&self) -> Option<&'a str> {
        self.found.examples.first().and_then(|f| f.owner.as_deref())
    }

    /// What it is counted under, with others or alone.
    pub fn cause(&self) -> &'a str {
        self.rule.and_then(|rule| rule.cause.as_deref()).unwrap_or(self.id)
    }
}

/// The address where a browser may follow it.
pub(super) fn link(address: &str) -> Option<&str> {
    let is_web = address.starts_with("http://") || address.starts_with("https://");
    (is_web && address.len() <= LINK_BYTES).then_some(address)
}

/// The line of the source, where it is known.
pub(super) fn line(finding: &FindingRow) -> Option<u32> {
    finding.place.as_ref().map(|p| p.line).filter(|line| *line > 0)
}

/// A name for a section. Ids differ in more than their slash, since no category is part of another's name.
fn anchor(id: &str) -> String {
    let kept = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    format!("r-{}", id.chars().map(kept).collect::<String>())
}

/// How many findings a row of a list stands for.
pub(super) fn weight_of(finding: &FindingRow) -> u64 {
    1 + u64::from(finding.more)
}
