//! The gate: does this run have a problem that the baseline did not have? It works on identity, never on
//! counts. The same input gives the same verdict.

use super::{FindingRow, TaskRow};
use crate::model::{Outcome, PageUrl, Severity, Status, fits_whole};
use std::collections::{BTreeMap, BTreeSet};

/// Days that an expired waiver still holds, with a warning. Our choice.
const GRACE: i64 = 14;

/// What a gate is decided by.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// The least severity of a new finding that fails.
    pub fail_on: Severity,
    /// Least share of the weight that must have been read. DESIGN's choice: 0.8.
    pub min_coverage: f64,
    /// Whether the run is one of a schedule, so that it answers for old debt as well.
    pub scheduled: bool,
    /// What a site may cost, for those who want it.
    pub budget: Budget,
}

/// What a site may cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budget {
    /// The least score.
    pub min_score: Option<f64>,
    /// The most problems.
    pub max_findings: Option<u64>,
    /// The most problems of a category.
    pub categories: BTreeMap<String, u64>,
    /// The most points that the pages in both runs may lose.
    pub max_drop: Option<f64>,
}

impl Default for Gate {
    fn default() -> Self {
        let (fail_on, min_coverage) = (Severity::Serious, 0.8);
        Self { fail_on, min_coverage, scheduled: false, budget: Budget::default() }
    }
}

/// A problem that a team lives with for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateWaiver {
    /// Id of a rule, or `category/*`.
    pub rule: String,
    /// An address or path; `*` stands for anything.
    pub url: String,
    /// The team that answers for it.
    pub owner: String,
    /// Days from today to its end; below 0 it is over.
    pub days_left: i64,
    /// Why they live with it.
    pub reason: String,
}

impl GateWaiver {
    /// Whether it still quiets the gate; it does for some days after its end.
    pub fn holds(&self) -> bool {
        self.days_left >= -GRACE
    }

    /// Whether it is about a finding of this rule on this page.
    pub fn covers(&self, rule: &str, url: &PageUrl) -> bool {
        let rule_fits = match self.rule.strip_suffix("/*") {
            Some(category) => rule.split('/').next() == Some(category),
            None => self.rule == rule,
        };
        let whole = url.as_str();
        let path = whole.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap_or("/");
        rule_fits && fits_whole(&self.url, if self.url.starts_with('/') { path } else { whole })
    }
}

/// What is known and accepted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateInput {
    /// Keys of known findings; `None` where there is neither a baseline nor an earlier run.
    pub known: Option<BTreeSet<String>>,
    /// Rules that the known findings were looked for with; `None` for all of today's.
    pub rules: Option<BTreeSet<String>>,
    /// Rules that are no reason to fail: their precision is below 95 %, or they depend on the date or
    /// on other hosts, so that the same pages could fail tomorrow.
    pub unsure: BTreeSet<String>,
    /// Declared tasks that are blocked today.
    pub blocked_tasks: Vec<TaskRow>,
    /// Declared tasks that are known, and whether each was blocked; `None` where nothing is known.
    pub tasks: Option<BTreeMap<String, bool>>,
    /// Waivers, in their order.
    pub waivers: Vec<GateWaiver>,
}

/// What is known of the run as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateRun {
    /// The share of the weight that was read.
    pub coverage: f64,
    /// The score.
    pub score: f64,
    /// What the pages in both runs gained or lost; `None` where there is nothing to compare with.
    pub paired: Option<f64>,
    /// Whether a loss is more than the chance of a sample: the ranges of both scores lie apart. True where
    /// every page was to be read.
    pub sure: bool,
}

/// A waiver that was used, or should be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverUse {
    /// The waiver.
    pub waiver: GateWaiver,
    /// Findings that it covers.
    pub findings: usize,
}

/// A budget that is overdrawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Overdrawn {
    /// `min_score`, `max_findings`, `max_drop`, or a category.
    pub budget: String,
    /// What was allowed.
    pub limit: f64,
    /// What was found.
    pub found: f64,
}

/// What the gate says.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The findings that fail it, in their order.
    pub failing: Vec<FindingRow>,
    /// The declared tasks that are newly blocked.
    pub blocked: Vec<TaskRow>,
    /// Blocked tasks that were not declared before: shown, and no reason to fail.
    pub task_new: usize,
    /// New findings that are shown and fail nothing: below the threshold, or of rules that are unsure.
    pub shown: Vec<FindingRow>,
    /// How many findings come from rules that the baseline did not have.
    pub rule_new: usize,
    /// Waivers that cover findings of today, in their order.
    pub waived: Vec<WaiverUse>,
    /// Known findings whose waiver is over for longer than the grace; they fail scheduled runs.
    pub overdue: Vec<FindingRow>,
    /// Budgets that are overdrawn.
    pub overdrawn: Vec<Overdrawn>,
    /// Whether there was anything to compare with.
    pub compared: bool,
    /// The share that was read, if it is below the floor.
    pub low_coverage: Option<f64>,
    scheduled: bool,
}

impl Gate {
    /// Starts a decision.
    pub fn decide(&self, run: GateRun, input: &GateInput, findings: impl Iterator<Item = FindingRow>) -> Verdict {
        let mut verdict = Verdict {
            failing: Vec::new(),
            shown: Vec::new(),
            blocked: Vec::new(),
            task_new: 0,
            rule_new: 0,
            waived: Vec::new(),
            overdue: Vec::new(),
            overdrawn: Vec::new(),
            compared: input.known.is_some(),
            low_coverage: (run.coverage < self.min_coverage).then_some(run.coverage),
            scheduled: self.scheduled,
        };
        let mut uses = vec![0usize; input.waivers.len()];
        let (mut all, mut by_category) = (0u64, BTreeMap::<String, u64>::new());
        for finding in findings.filter(counts) {
            let waiver = input.waivers.iter().position(|w| w.covers(&finding.rule, &finding.url));
            let holds = waiver.is_some_and(|at| input.waivers[at].holds());
            if let Some(at) = waiver {
                uses[at] += 1;
            }
            if !holds {
                let n = 1 + u64::from(finding.more);
                all += n;
                *by_category.entry(finding.category.to_string()).or_insert(0) += n;
            }
            let is_known = input.known.as_ref().is_some_and(|known| known.contains(&finding.key));
            if is_known {
                if waiver.is_some() && !holds {
                    verdict.overdue.push(finding);
                }
                continue;
            }
            if holds {
                continue;
            }
            if input.rules.as_ref().is_some_and(|rules| !rules.contains(&*finding.rule)) {
                verdict.rule_new += 1;
                continue;
            }
            let fails = finding.severity >= self.fail_on && !input.unsure.contains(&*finding.rule);
            let list = if fails { &mut verdict.failing } else { &mut verdict.shown };
            list.push(finding);
        }
        for task in &input.blocked_tasks {
            match input.tasks.as_ref().map(|known| known.get(&task.name)) {
                None | Some(Some(false)) => verdict.blocked.push(task.clone()),
                Some(Some(true)) => {}
                Some(None) => verdict.task_new += 1,
            }
        }
        let used = input.waivers.iter().zip(uses).filter(|(_, findings)| *findings > 0);
        verdict.waived = used.map(|(waiver, findings)| WaiverUse { waiver: waiver.clone(), findings }).collect();
        verdict.overdrawn = self.overdrawn(run, all, &by_category);
        verdict
    }

    fn overdrawn(&self, run: GateRun, all: u64, by_category: &BTreeMap<String, u64>) -> Vec<Overdrawn> {
        let budget = &self.budget;
        let over = |name: &str, limit: f64, found: f64| Overdrawn { budget: name.to_owned(), limit, found };
        let mut list = Vec::new();
        if let Some(least) = budget.min_score.filter(|least| run.score < *least) {
            list.push(over("min_score", least, run.score));
        }
        if let Some(most) = budget.max_findings.filter(|most| all > *most) {
            list.push(over("max_findings", most as f64, all as f64));
        }
        if let (Some(most), Some(paired)) = (budget.max_drop, run.paired)
            && -paired > most
            && run.sure
        {
            list.push(over("max_drop", most, -paired));
        }
        for (category, most) in &budget.categories {
            let found = by_category.get(category).copied().unwrap_or(0);
            if found > *most {
                list.push(over(category, *most as f64, found as f64));
            }
        }
        list
    }
}

/// Whether a finding is one of today's problems of a rule that counts.
fn counts(finding: &FindingRow) -> bool {
    finding.outcome == Outcome::Fail && finding.status == Status::Active && finding.is_problem()
}

impl Verdict {
    /// Whether the gate lets it pass.
    pub fn passes(&self) -> bool {
        let debt = self.scheduled && !self.overdue.is_empty();
        self.failing.is_empty()
            && self.blocked.is_empty()
            && self.overdrawn.is_empty()
            && !debt
            && self.low_coverage.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::State;
    use std::sync::Arc;

    fn finding(key: &str, rule: &str, url: &str) -> FindingRow {
        FindingRow {
            key: key.to_owned(),
            rule: Arc::from(rule),
            category: Arc::from(rule.split('/').next().unwrap_or_default()),
            severity: Severity::Serious,
            status: Status::Active,
            outcome: Outcome::Fail,
            cause: None,
            url: PageUrl::parse(url).expect("a literal address"),
            place: None,
            message: String::new(),
            lost: 1.0,
            gain: 1.0,
            more: 0,
            state: State::New,
            owner: None,
            beyond: None,
            local: String::new(),
        }
    }

    fn input(known: &[&str], days_left: Option<i64>) -> GateInput {
        let waiver = |days_left| GateWaiver {
            rule: "a/x".into(),
            url: "/news/*".into(),
            owner: "web".into(),
            days_left,
            reason: "the vendor mends it".into(),
        };
        GateInput {
            known: Some(known.iter().map(|k| (*k).to_owned()).collect()),
            waivers: days_left.map(waiver).into_iter().collect(),
            ..GateInput::default()
        }
    }

    const RUN: GateRun = GateRun { coverage: 1.0, score: 80.0, paired: None, sure: true };

    fn news() -> FindingRow {
        finding("k", "a/x", "https://town.example/news/1")
    }

    #[test]
    fn p19_the_baseline_passes_and_one_finding_more_is_named() {
        let base: Vec<FindingRow> = (0..9).map(|n| finding(&n.to_string(), "a/x", "https://town.example/")).collect();
        let keys: Vec<String> = base.iter().map(|f| f.key.clone()).collect();
        let known = input(&keys.iter().map(String::as_str).collect::<Vec<_>>(), None);
        assert!(Gate::default().decide(RUN, &known, base.clone().into_iter()).passes());
        for severity in [Severity::Serious, Severity::Blocker] {
            let more = FindingRow { severity, ..news() };
            let verdict = Gate::default().decide(RUN, &known, base.iter().cloned().chain([more.clone()]));
            assert_eq!((verdict.passes(), &verdict.failing), (false, &vec![more]));
        }
        let minor = FindingRow { severity: Severity::Minor, ..news() };
        let verdict = Gate::default().decide(RUN, &known, base.into_iter().chain([minor.clone()]));
        assert_eq!((verdict.passes(), verdict.shown), (true, vec![minor]));
    }

    #[test]
    fn waivers_warn_before_they_fail() {
        let gate = |scheduled| Gate { scheduled, ..Gate::default() };
        let decide = |known: &[&str], left, scheduled| {
            gate(scheduled).decide(RUN, &input(known, Some(left)), [news()].into_iter())
        };
        assert!(decide(&[], 30, false).passes() && decide(&[], -14, false).passes());
        // Over for longer, a new problem is one like any other …
        assert!(!decide(&[], -15, false).passes());
        // … and an old one fails scheduled runs alone.
        let old = decide(&["k"], -15, false);
        assert_eq!((old.passes(), old.overdue.len()), (true, 1));
        assert!(!decide(&["k"], -15, true).passes() && decide(&["k"], -14, true).passes());
        let elsewhere = finding("k", "a/x", "https://town.example/apply");
        assert!(!gate(false).decide(RUN, &input(&[], Some(30)), [elsewhere].into_iter()).passes());
    }

    #[test]
    fn p12_could_not_tell_and_rules_that_are_unsure_or_new_fail_nothing() {
        let unsure = GateInput { unsure: ["a/x".to_owned()].into(), ..input(&[], None) };
        assert!(Gate::default().decide(RUN, &unsure, [news()].into_iter()).passes());
        let new_rule = GateInput { rules: Some(BTreeSet::new()), ..input(&[], None) };
        let verdict = Gate::default().decide(RUN, &new_rule, [news()].into_iter());
        assert_eq!((verdict.passes(), verdict.rule_new), (true, 1));
        let untold = FindingRow { outcome: Outcome::CouldNotTell, ..news() };
        assert!(Gate::default().decide(RUN, &input(&[], None), [untold].into_iter()).passes());
    }

    #[test]
    fn budgets_fail_where_they_are_set() {
        let budget = Budget {
            min_score: Some(81.0),
            max_findings: Some(0),
            categories: [("a".to_owned(), 1), ("b".to_owned(), 0)].into(),
            max_drop: Some(0.5),
        };
        let gate = Gate { budget, ..Gate::default() };
        let run = GateRun { paired: Some(-0.6), ..RUN };
        let names = |v: &Verdict| v.overdrawn.iter().map(|o| o.budget.clone()).collect::<Vec<_>>();
        assert_eq!(
            names(&gate.decide(run, &input(&["k"], None), [news()].into_iter())),
            ["min_score", "max_findings", "max_drop"]
        );
        let by_chance = GateRun { sure: false, ..run };
        assert_eq!(
            names(&gate.decide(by_chance, &input(&["k"], None), [news()].into_iter())),
            ["min_score", "max_findings"]
        );
        assert_eq!(names(&gate.decide(RUN, &input(&["k"], Some(3)), [news()].into_iter())), ["min_score"]);
    }
}
