//! The points of one page: what it keeps, what each cause costs, and what mending would gain. It
//! knows no other page.

use super::Hit;
use std::sync::Arc;

/// What one page adds to the score of its site. All points are of the site's 100.
#[derive(Clone, Debug, PartialEq)]
pub struct PagePoints {
    /// The page's share of the site's weight, 0–1.
    pub weight: f64,
    /// What the page keeps of a visitor's success, above 0 and at most 1.
    pub q: f64,
    /// Points that the page costs the site: 100·w·(1 − q).
    pub lost: f64,
    /// What was counted, in the order of the causes' names.
    pub causes: Vec<CausePoints>,
    /// What each hit comes to, in the order in which the hits were given.
    pub hits: Vec<HitPoints>,
    /// The categories that have hits here, in the order of their ids.
    pub categories: Vec<CategoryPoints>,
}

/// One cause on one page.
#[derive(Clone, Debug, PartialEq)]
pub struct CausePoints {
    /// Name of the cause, or the id of a rule without one.
    pub cause: Arc<str>,
    /// The rule that counts: the one with the largest hazard, the first by id among equals.
    pub rule: Arc<str>,
    /// Its hazard, 0–0.92.
    pub hazard: f64,
    /// Its share of the page's lost points: 100·w·(1 − q)·h/Σh. The shares sum to the page's `lost`.
    pub lost: f64,
}

/// What one hit comes to. 0 ≤ `gain_one` ≤ `lost_each`, and 0 ≤ `gain_all` ≤ the rule's `lost`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HitPoints {
    /// Its share of the lost points; 0 when another hit of the same cause weighs more.
    pub lost: f64,
    /// What each finding of exactly this severity bears of the lost points. The sum over all
    /// findings of a page is the page's `lost`.
    pub lost_each: f64,
    /// Points gained by mending one finding of this severity alone.
    pub gain_one: f64,
    /// Points gained by mending every finding of this rule on this page.
    pub gain_all: f64,
}

/// One category on one page.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryPoints {
    /// Id of the category.
    pub category: Arc<str>,
    /// What the page would keep if only the rules of this category existed.
    pub q: f64,
    /// What the category's rules cost of the page's lost points.
    pub lost: f64,
}

impl PagePoints {
    /// The page's own score, above 0 and at most 100; its weight has no part in it.
    pub fn score(&self) -> f64 {
        100.0 * self.q
    }
}

/// The points of a page of weight `weight`, its share (0–1) of what was read.
///
/// `hits` may come in any order; no bit of the result depends on it. Hits of rules about the site
/// are passed with every page; the caller sums their points over the pages.
pub fn page_points(hits: &[Hit], weight: f64) -> PagePoints {
    let hazards: Vec<f64> = hits.iter().map(Hit::hazard).collect();
    let order = by_cause_heaviest_first(hits, &hazards);
    let same_cause = |a: &usize, b: &usize| hits[*a].cause_name() == hits[*b].cause_name();
    let total: f64 = order.chunk_by(same_cause).map(|cause| hazards[cause[0]]).sum();
    let q = libm::exp(-total);
    let page = Page { hits, hazards: &hazards, worth: 100.0 * weight, q, total };

    let mut points = vec![HitPoints::default(); hits.len()];
    let mut causes = Vec::new();
    for cause in order.chunk_by(same_cause) {
        let first = cause[0];
        page.set_points(cause, &mut points);
        causes.push(CausePoints {
            cause: hits[first].cause_name().clone(),
            rule: hits[first].rule.clone(),
            hazard: hazards[first],
            lost: points[first].lost,
        });
    }
    let categories = category_points(hits, &hazards, &points);
    PagePoints { weight, q, lost: page.worth * (1.0 - q), causes, hits: points, categories }
}

fn by_cause_heaviest_first(hits: &[Hit], hazards: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..hits.len()).collect();
    order.sort_by(|&a, &b| {
        let (x, y) = (&hits[a], &hits[b]);
        x.cause_name()
            .cmp(y.cause_name())
            .then(hazards[b].total_cmp(&hazards[a]))
            .then_with(|| x.rule.cmp(&y.rule))
            .then(y.severity.cmp(&x.severity))
    });
    order
}

struct Page<'a> {
    hits: &'a [Hit],
    hazards: &'a [f64],
    /// 100 times the weight: what the page would cost if nothing of it were left.
    worth: f64,
    q: f64,
    /// Σh over the causes.
    total: f64,
}

impl Page<'_> {
    /// Fills in the points of the hits of one cause, heaviest first.
    fn set_points(&self, cause: &[usize], points: &mut [HitPoints]) {
        let first = cause[0];
        let winner = &self.hits[first];
        let lost = self.lost(self.hazards[first]);
        let lost_each = lost / f64::from(winner.findings.max(1));
        points[first].lost = lost;
        for &at in cause {
            let hit = &self.hits[at];
            if hit.rule != winner.rule {
                // Its rule could go altogether and the winner would still stand.
                continue;
            }
            // Findings worse than the winner's severity are among those that the winner counts.
            let bears = at == first || hit.severity > winner.severity;
            points[at].lost_each = if bears { lost_each } else { 0.0 };
            // Rounding alone could lift a gain above its share; mathematics cannot, since exp is
            // convex and the hazard of n elements concave in n.
            points[at].gain_one = self.gain(first, self.with_one_mended(cause, hit)).min(points[at].lost_each);
            points[at].gain_all = self.gain(first, self.without_rule(cause, hit)).min(lost);
        }
    }

    fn lost(&self, hazard: f64) -> f64 {
        if self.total > 0.0 { self.worth * (1.0 - self.q) * hazard / self.total } else { 0.0 }
    }

    /// 100·w·(q' − q) when the hazard of the cause led by `first` sinks to `left`.
    fn gain(&self, first: usize, left: f64) -> f64 {
        self.worth * self.q * libm::expm1((self.hazards[first] - left).max(0.0))
    }

    /// The hazard of the cause without one finding of `hit`. The rule's hits of lesser severity
    /// count that finding too, and lose it with it.
    fn with_one_mended(&self, cause: &[usize], hit: &Hit) -> f64 {
        let hazard = |&at: &usize| match &self.hits[at] {
            other if other.rule == hit.rule && other.severity <= hit.severity => other.hazard_with_one_mended(),
            _ => self.hazards[at],
        };
        cause.iter().map(hazard).fold(0.0, f64::max)
    }

    /// The hazard of the cause without the rule of `hit`.
    fn without_rule(&self, cause: &[usize], hit: &Hit) -> f64 {
        let others = cause.iter().filter(|&&at| self.hits[at].rule != hit.rule);
        others.map(|&at| self.hazards[at]).fold(0.0, f64::max)
    }
}

/// A category keeps its own causes: a rule that gave way to one of another category still counts in its own.
fn category_points(hits: &[Hit], hazards: &[f64], points: &[HitPoints]) -> Vec<CategoryPoints> {
    let mut order: Vec<usize> = (0..hits.len()).collect();
    order.sort_by_key(|&at| (&hits[at].category, hits[at].cause_name()));
    let same_cause = |a: &usize, b: &usize| hits[*a].cause_name() == hits[*b].cause_name();
    let heaviest = |cause: &[usize]| cause.iter().map(|&at| hazards[at]).fold(0.0, f64::max);
    // One hit of a cause at most has lost points, so their order rounds nothing.
    let lost = |cause: &[usize]| cause.iter().map(|&at| points[at].lost).sum::<f64>();
    let categories = order.chunk_by(|&a, &b| hits[a].category == hits[b].category);
    let points = |category: &[usize]| CategoryPoints {
        category: hits[category[0]].category.clone(),
        q: libm::exp(-category.chunk_by(same_cause).map(heaviest).sum::<f64>()),
        lost: category.chunk_by(same_cause).map(lost).sum(),
    };
    categories.map(points).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use crate::score::Extent;

    fn hit(rule: &str, cause: Option<&str>, findings: u32) -> Hit {
        let (rule, category, cause) = (rule.into(), "any".into(), cause.map(Into::into));
        Hit { rule, category, cause, severity: Severity::Serious, precision: 1.0, extent: Extent::Whole, findings }
    }

    #[test]
    fn equally_bad_rules_of_one_cause_are_told_apart_by_their_ids() {
        let page = page_points(&[hit("b", Some("x"), 1), hit("a", Some("x"), 1)], 1.0);
        assert_eq!((page.causes.len(), &*page.causes[0].rule), (1, "a"));
        assert_eq!((page.hits[0].lost, page.hits[1].lost), (0.0, page.lost));
        assert_eq!((page.hits[1].gain_one, page.hits[1].gain_all), (0.0, 0.0), "the other takes over");
    }

    #[test]
    fn one_of_several_bad_forms_gains_nothing_alone() {
        let page = page_points(&[hit("a", None, 2)], 0.4);
        let rounded = |points: f64| (points * 1e9).round() / 1e9;
        assert_eq!((page.hits[0].gain_one, rounded(page.hits[0].gain_all)), (0.0, 10.0));
        assert_eq!((rounded(page.hits[0].lost_each), rounded(page.score())), (5.0, 75.0));
    }
}
