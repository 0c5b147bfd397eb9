//! What moved the score between two audits, exact to each fix. It calls nothing fixed that was not
//! read again.

use super::sum::Sum;
use super::{CausePoints, PagePoints};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One page in one run, as the comparison sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Its share of the weight of what was read in that run, 0–1. Over the pages of a run they sum to 1.
    pub weight: f64,
    /// Its causes with their hazards; their order does not matter.
    pub causes: Vec<(Arc<str>, f64)>,
}

impl From<&PagePoints> for Side {
    fn from(page: &PagePoints) -> Self {
        let cause = |points: &CausePoints| (points.cause.clone(), points.hazard);
        Self { weight: page.weight, causes: page.causes.iter().map(cause).collect() }
    }
}

/// A page of either run, and how it stands to the other run.
#[derive(Clone, Debug, PartialEq)]
pub enum Pair {
    /// Read in both runs.
    Matched {
        /// In the earlier run.
        before: Side,
        /// In the later run.
        after: Side,
    },
    /// New on the site.
    Added(Side),
    /// No longer on the site.
    Removed(Side),
    /// Read before, still known, not read now; it counts neither as fixed nor as removed.
    Unchecked(Side),
    /// Known but unread before, read now.
    ReadAgain(Side),
}

/// What one page did to the score in one respect.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// In which respect.
    pub part: Part,
    /// Points; above 0 is better.
    pub points: f64,
}

/// In which respect a page moved the score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A problem of a page that was read twice became less (a fix) or more (a fault): name of the
    /// cause, or the id of a rule without one.
    Cause(Arc<str>),
    /// Visitors' use of the page rose or fell.
    UseMoved,
    /// The page was added.
    Added,
    /// The page was removed; never shown as a win.
    Removed,
    /// The page could not be read again, so that it left the mean.
    Unchecked,
    /// The page could be read again, so that it came into the mean.
    ReadAgain,
}

/// The parts of a change, in points. They sum to `after − before`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// From problems that became less.
    pub better: f64,
    /// From problems that became more; 0 or below.
    pub worse: f64,
    /// From use that moved between the pages read in both runs.
    pub use_moved: f64,
    /// From pages that are new.
    pub added: f64,
    /// From pages that are gone.
    pub removed: f64,
    /// From pages that could not be read again.
    pub unchecked: f64,
    /// From pages that could be read again.
    pub read_again: f64,
    /// From other rules: the earlier run judged anew minus as it was judged then.
    pub rules: f64,
}

impl Parts {
    /// The whole change, `after − before`.
    pub fn sum(&self) -> f64 {
        let pages = self.added + self.removed + self.unchecked + self.read_again;
        self.better + self.worse + self.use_moved + pages + self.rules
    }
}

/// The change between two runs, gathered page by page: LMDI for what became of the pages (Ang 2004),
/// Bennet's indicator for the mix (Bennet 1920), centred on the mean of both scores, so that a page
/// as good as the site moves nothing when it comes or goes.
#[derive(Clone, Debug)]
pub struct Change {
    /// The mean Q of both scores, 0–1; 1 where weights do not sum to 1.
    mean: f64,
    rules: f64,
    better: Sum,
    worse: Sum,
    use_moved: Sum,
    added: Sum,
    removed: Sum,
    unchecked: Sum,
    read_again: Sum,
}

impl Change {
    /// Starts a comparison. `before` is the earlier score as it was given then, `rescored` the same
    /// snapshot under today's rules (the same number where the rules are the same), `after` the
    /// later score. The pages that follow are those of `rescored` and `after`.
    pub fn new(before: f64, rescored: f64, after: f64) -> Self {
        let none = Sum::default();
        Self {
            mean: (rescored + after) / 200.0,
            rules: rescored - before,
            better: none,
            worse: none,
            use_moved: none,
            added: none,
            removed: none,
            unchecked: none,
            read_again: none,
        }
    }

    /// The same for weights that do not sum to 1, as those of a kiosk's screens: a screen without a problem
    /// moves nothing when it comes or goes.
    #[must_use]
    pub fn of_flows(self) -> Self {
        Self { mean: 1.0, ..self }
    }

    /// The effects of one page: its causes in the order of their names, then its use. What did not
    /// change has none.
    pub fn add(&mut self, pair: &Pair) -> Vec<Effect> {
        let (part, side, sign) = match pair {
            Pair::Matched { before, after } => return self.add_matched(before, after),
            Pair::Added(side) => (Part::Added, side, 1.0),
            Pair::ReadAgain(side) => (Part::ReadAgain, side, 1.0),
            Pair::Removed(side) => (Part::Removed, side, -1.0),
            Pair::Unchecked(side) => (Part::Unchecked, side, -1.0),
        };
        let above_mean = libm::exp(-total(&side.causes)) - self.mean;
        vec![self.effect(part, sign * 100.0 * side.weight * above_mean)]
    }

    fn add_matched(&mut self, before: &Side, after: &Side) -> Vec<Effect> {
        let (h0, h1) = (total(&before.causes), total(&after.causes));
        let (q0, q1) = (libm::exp(-h0), libm::exp(-h1));
        let mean_worth = 50.0 * (before.weight + after.weight) * logarithmic_mean(q0, h0 - h1);
        let mut effects = Vec::new();
        for (cause, grew_by) in growth(before, after) {
            if grew_by != 0.0 {
                effects.push(self.effect(Part::Cause(cause.clone()), -mean_worth * grew_by));
            }
        }
        if before.weight != after.weight {
            let above_mean = (q0 + q1) / 2.0 - self.mean;
            effects.push(self.effect(Part::UseMoved, 100.0 * above_mean * (after.weight - before.weight)));
        }
        effects
    }

    fn effect(&mut self, part: Part, points: f64) -> Effect {
        let sum = match part {
            Part::Cause(_) if points > 0.0 => &mut self.better,
            Part::Cause(_) => &mut self.worse,
            Part::UseMoved => &mut self.use_moved,
            Part::Added => &mut self.added,
            Part::Removed => &mut self.removed,
            Part::Unchecked => &mut self.unchecked,
            Part::ReadAgain => &mut self.read_again,
        };
        sum.add(points);
        Effect { part, points }
    }

    /// The parts so far.
    pub fn parts(&self) -> Parts {
        Parts {
            better: self.better.value(),
            worse: self.worse.value(),
            use_moved: self.use_moved.value(),
            added: self.added.value(),
            removed: self.removed.value(),
            unchecked: self.unchecked.value(),
            read_again: self.read_again.value(),
            rules: self.rules,
        }
    }
}

/// Σh of a page, the same in any order.
fn total(causes: &[(Arc<str>, f64)]) -> f64 {
    causes.iter().map(|(_, hazard)| *hazard).collect::<Sum>().value()
}

/// The logarithmic mean L(a, b) = (b − a)/(ln b − ln a) of `a` and `b = a·e^rise`; a mean of two
/// equal numbers is that number.
fn logarithmic_mean(a: f64, rise: f64) -> f64 {
    if rise == 0.0 { a } else { a * libm::expm1(rise) / rise }
}

/// How much the hazard of each cause of a page grew, in the order of the causes' names.
fn growth<'a>(before: &'a Side, after: &'a Side) -> BTreeMap<&'a Arc<str>, f64> {
    let mut growth = BTreeMap::new();
    for (cause, hazard) in &before.causes {
        *growth.entry(cause).or_insert(0.0) -= hazard;
    }
    for (cause, hazard) in &after.causes {
        *growth.entry(cause).or_insert(0.0) += hazard;
    }
    growth
}
