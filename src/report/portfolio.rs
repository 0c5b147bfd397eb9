//! Many sites side by side: which got better, where people are stuck, and what several of them share.
//! A score compares a site with itself over time, so sites stand in the order of their change, and those
//! whose ranges overlap share a place. The words stand in `reports/portfolio.html`.

#[cfg(test)]
mod tests;
mod told;

use super::shape::Break;
use super::trend::{Direction, direction};
use super::{Contact, House, ReportError};
use crate::history::{Digest, TaskState};
use crate::model::{Severity, Status};
use crate::rule::Rules;
use crate::score::{CategoryScore, Score};
use serde::Serialize;

/// Changes that differ by less than this many points share a place, also where everything was read. Our choice,
/// as the trend takes a change of one point for none.
const LEVEL: f64 = 1.0;

/// How a portfolio is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortfolioForm {
    /// A page of its own.
    Html,
    /// Everything, for programs.
    Json,
}

impl PortfolioForm {
    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Html => "portfolio.html",
            Self::Json => "portfolio.json",
        }
    }
}

/// What is told of many sites.
#[derive(Clone, Debug)]
pub struct Portfolio<'a> {
    /// The sites, in the order of their file.
    pub members: Vec<Member>,
    /// The part of the file that they are: the i-th of N.
    pub part: Option<(u32, u32)>,
    /// Whom readers ask.
    pub contact: Option<Contact>,
    /// Version of Plainway.
    pub tool: &'a str,
    /// How it looks and speaks.
    pub house: &'a House,
}

/// A site of a portfolio.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// What people call it.
    pub name: String,
    /// What it is listed under.
    pub group: Option<String>,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// What was audited, as reports name it.
    pub target: String,
    /// The folder of its own reports, beside the portfolio.
    pub folder: String,
    /// The score that is aimed at.
    pub goal: f64,
    /// Why it could not be audited this time.
    pub error: Option<String>,
    /// What its last audit came to; `None` where there was none.
    pub last: Option<Last>,
}

/// What the last audit of a site came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Last {
    /// The id of the run.
    pub run: String,
    /// When it started, RFC 3339.
    pub started: String,
    /// `website` or `kiosk`.
    pub profile: String,
    /// Hash of its rules.
    pub rule_set: String,
    /// Where the weights come from.
    pub weights: String,
    /// Whether robots.txt and the rate were lifted.
    pub own_site: bool,
    /// Pages that were read.
    pub pages: u64,
    /// Its score.
    pub score: Score,
    /// The score of the audit before, by the same rules and settings, and when that was.
    pub before: Option<Before>,
    /// What keeps it from being compared with the audit before.
    #[serde(rename = "break")]
    cut: Option<Break>,
    /// Its scores since the rules or settings changed last, oldest first.
    pub history: Vec<f64>,
    /// Findings of severity blocker that count.
    pub blockers: u64,
    /// Top tasks: no blocker found, blocked, and all; `None` where there are none.
    pub tasks: Option<LastTasks>,
    /// Titles of the categories, in the order of the score's.
    pub categories: Vec<String>,
    /// Its problems that count.
    pub problems: Vec<LastProblem>,
}

/// The audit before the last one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Before {
    started: String,
    value: f64,
    low: f64,
    high: f64,
}

/// How many top tasks of a site are clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LastTasks {
    clear: usize,
    blocked: usize,
    total: usize,
    guessed: bool,
}

/// A kind of problem that a site has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LastProblem {
    /// Its rule.
    pub rule: String,
    title: String,
    severity: Severity,
    findings: u64,
    pages: u64,
    gain: f64,
}

impl Last {
    /// What a portfolio shows of an audit.
    pub fn of(digest: &Digest, rules: &Rules) -> Self {
        let run = &digest.run;
        let last_two = digest.runs.last_chunk::<2>();
        let cut = last_two.and_then(|[_, now]| Break::of(now.rules_changed, !now.setup_changes.is_empty()));
        let before = last_two.filter(|_| cut.is_none()).map(|[before, _]| Before {
            started: before.run.started.clone(),
            value: before.run.score.value,
            low: before.run.score.low,
            high: before.run.score.high,
        });
        let rows = &digest.tasks.rows;
        let of = |state: TaskState| rows.iter().filter(|task| task.state == state).count();
        let tasks = (!rows.is_empty()).then(|| LastTasks {
            clear: of(TaskState::Clear),
            blocked: of(TaskState::Blocked),
            total: rows.len(),
            guessed: rows.iter().any(|task| task.guessed),
        });
        let title = |category: &CategoryScore| {
            let known = rules.categories.iter().find(|c| c.id == category.id);
            known.map_or_else(|| category.id.to_string(), |c| c.title.clone())
        };
        let problem = |found: &crate::history::RuleDigest| {
            let rule = rules.get(&found.rule).filter(|rule| rule.status == Status::Active)?;
            let worst = found.examples.iter().map(|e| e.severity).max()?;
            Some(LastProblem {
                rule: found.rule.to_string(),
                title: rule.title.clone(),
                severity: worst,
                findings: found.states.today(),
                pages: found.pages,
                gain: digest.plan.gains.get(&found.rule).copied().unwrap_or(0.0),
            })
        };
        Self {
            run: run.id.clone(),
            started: run.started.clone(),
            profile: run.profile.clone(),
            rule_set: run.rule_set.clone(),
            weights: run.weights.clone(),
            own_site: run.own_site,
            pages: digest.pages_read,
            score: run.score.clone(),
            before,
            cut,
            history: crate::history::since_break(&digest.runs).iter().map(|p| p.run.score.value).collect(),
            blockers: digest.blockers.iter().map(|f| 1 + u64::from(f.more)).sum(),
            tasks,
            categories: run.score.categories.iter().map(title).collect(),
            problems: digest.rules.iter().filter(|found| found.states.today() > 0).filter_map(problem).collect(),
        }
    }

    /// Points that it gained since the audit before.
    pub fn points(&self) -> Option<f64> {
        self.change().map(|change| change[0])
    }

    /// The change since the audit before, and what it may be at least and at most.
    fn change(&self) -> Option<[f64; 3]> {
        let before = self.before.as_ref()?;
        let points = self.score.value - before.value;
        let (low, high) = (self.score.low - before.high, self.score.high - before.low);
        Some([points, low.min(points - LEVEL / 2.0), high.max(points + LEVEL / 2.0)])
    }

    fn is_stuck(&self) -> bool {
        self.blockers > 0 || self.tasks.is_some_and(|tasks| tasks.blocked > 0)
    }

    fn direction(&self) -> Option<Direction> {
        let before = self.before.as_ref()?;
        let then = Score { value: before.value, low: before.low, high: before.high, ..self.score.clone() };
        Some(direction(&then, &self.score))
    }
}

/// Writes a portfolio.
pub fn render_portfolio(portfolio: &Portfolio<'_>, form: PortfolioForm) -> Result<String, ReportError> {
    let told = told::told(portfolio, form);
    if form == PortfolioForm::Json {
        return Ok(format!("{:#}\n", serde_json::json!(told)));
    }
    let template = form.file();
    portfolio.house.filled(template, &told).map_err(|source| ReportError::Template { template, source })
}
