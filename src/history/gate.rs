//! The gate: does this run have a problem that the baseline did not have? It works on identity, never on counts.

use super::{FindingRow, TaskRow, Tasks};
use crate::model::{Outcome, Severity, Status};
use std::collections::{BTreeMap, BTreeSet};

/// What a gate is decided by.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// The least severity of a new finding that fails.
    pub fail_on: Severity,
    /// Least share of the weight that must have been read. DESIGN's choice: 0.8.
    pub min_coverage: f64,
}

impl Default for Gate {
    fn default() -> Self {
        Self { fail_on: Severity::Serious, min_coverage: 0.8 }
    }
}

/// What is known and accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateInput {
    /// Keys of known findings; `None` where there is neither a baseline nor an earlier run.
    pub known: Option<BTreeSet<String>>,
    /// Rules that the known findings were looked for with; `None` for all of today's.
    pub rules: Option<BTreeSet<String>>,
    /// Rules whose precision is too low to gate on (below 95 %).
    pub unsure: BTreeSet<String>,
    /// Declared tasks that are known, and whether each was blocked; `None` where nothing is known.
    pub tasks: Option<BTreeMap<String, bool>>,
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
    /// How many findings come from rules that the baseline did not have.
    pub rule_new: usize,
    /// Whether there was anything to compare with.
    pub compared: bool,
    /// The share that was read, if it is below the floor.
    pub low_coverage: Option<f64>,
}

impl Gate {
    /// Starts a decision.
    pub fn decide(
        &self,
        coverage: f64,
        tasks: &Tasks,
        input: &GateInput,
        findings: impl Iterator<Item = FindingRow>,
    ) -> Verdict {
        let mut verdict = Verdict {
            failing: Vec::new(),
            blocked: Vec::new(),
            task_new: 0,
            rule_new: 0,
            compared: input.known.is_some(),
            low_coverage: (coverage < self.min_coverage).then_some(coverage),
        };
        for finding in findings.filter(|f| self.concerns(f) && !input.unsure.contains(&*f.rule)) {
            if input.known.as_ref().is_some_and(|known| known.contains(&finding.key)) {
                continue;
            }
            if input.rules.as_ref().is_some_and(|rules| !rules.contains(&*finding.rule)) {
                verdict.rule_new += 1;
                continue;
            }
            verdict.failing.push(finding);
        }
        for task in tasks.blocked() {
            match input.tasks.as_ref().map(|known| known.get(&task.name)) {
                None | Some(Some(false)) => verdict.blocked.push(task.clone()),
                Some(Some(true)) => {}
                Some(None) => verdict.task_new += 1,
            }
        }
        verdict
    }

    fn concerns(&self, finding: &FindingRow) -> bool {
        finding.outcome == Outcome::Fail
            && finding.status == Status::Active
            && finding.severity >= self.fail_on
            && finding.is_problem()
    }
}

impl Verdict {
    /// Whether the gate lets it pass.
    pub fn passes(&self) -> bool {
        self.failing.is_empty() && self.blocked.is_empty() && self.low_coverage.is_none()
    }
}
