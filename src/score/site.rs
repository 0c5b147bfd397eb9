//! The score of a site, gathered page by page; it keeps sums, never pages.

use super::PagePoints;
use super::sum::Sum;
use super::{Margin, Sampled};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The score that a site should reach, unless its config says otherwise (our choice).
pub const TARGET: f64 = 85.0;

/// The share of the weight that must have been read before a score says anything (our choice).
pub const MIN_COVERAGE: f64 = 0.8;

/// What the number means, apart from the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The target is reached, and no declared task is blocked.
    OnTrack,
    /// The score is below the target.
    NeedsWork,
    /// A declared task cannot be finished.
    Blocked,
    /// Too little was read, or too little is known of what visitors use, to say.
    Unknown,
}

/// What is known of the audit beside its pages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circumstances {
    /// The share U of the weight (0–1) that lies on pages which could not be read.
    pub unread: f64,
    /// Whether the weights come from the structure of the site alone.
    pub provisional: bool,
    /// Whether a blocker stands on a declared task; never true for guessed tasks.
    pub task_blocked: bool,
    /// The score to reach, 0–100.
    pub target: f64,
}

impl Default for Circumstances {
    /// Everything read, weights that are known, nothing blocked, the usual target.
    fn default() -> Self {
        Self { unread: 0.0, provisional: false, task_blocked: false, target: TARGET }
    }
}

/// The score of a site, as `audit.json` carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// 0–100 over what was read; 100 minus all lost points.
    pub value: f64,
    /// The score if nothing on the unread pages worked.
    pub low: f64,
    /// The score if everything on the unread pages worked.
    pub high: f64,
    /// The share of the weight that was read, 0–1.
    pub coverage: f64,
    /// Whether the weights come from the structure of the site alone.
    pub provisional: bool,
    /// What the number means.
    pub status: Standing,
    /// Every category, in the order of the ids.
    pub categories: Vec<CategoryScore>,
    /// Declared archives, which are not in `value`; `None` where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart: Option<Apart>,
    /// What a sample was drawn from; `None` where every page was to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sampled>,
}

impl Score {
    /// The score of a sample: `low` and `high` hold the margin as well, so that the score of the whole site
    /// lies between them in 95 of 100 samples.
    #[must_use]
    pub fn of_sample(mut self, sample: Sampled, margin: Margin) -> Self {
        let read = self.coverage;
        let (low, high) = ((self.value - margin.below).max(0.0), (self.value + margin.above).min(100.0));
        self.low = read * low;
        self.high = (read * high + 100.0 * (1.0 - read)).min(100.0);
        self.sample = Some(sample);
        self
    }
}

/// Pages of declared archives: kept for reference, as the site says, which nobody has verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Apart {
    /// Their score, 0–100, over their own problems and by their weights among themselves.
    pub value: f64,
    /// How many were read.
    pub pages: u64,
    /// Why they are kept, in the words of the config.
    pub reasons: Vec<String>,
}

/// The part of one category. Lost points add up to 100 − `value`; sub-scores do not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CategoryScore {
    /// Id of the category.
    pub id: Arc<str>,
    /// The score over the rules of this category alone, 0–100; `None` where none of them applied.
    pub score: Option<f64>,
    /// Points that its rules cost the site.
    pub lost: f64,
}

/// The running score of a site. The order of its pages changes no bit.
#[derive(Clone, Debug, Default)]
pub struct SiteScore {
    pages: u64,
    lost: Sum,
    categories: BTreeMap<Arc<str>, CategorySums>,
}

#[derive(Clone, Copy, Debug, Default)]
struct CategorySums {
    applied: bool,
    /// Σ w·(1 − q) over the category's rules alone.
    missed: Sum,
    lost: Sum,
}

impl SiteScore {
    /// A score of no pages yet, over the categories of the profile.
    pub fn new(categories: impl IntoIterator<Item = Arc<str>>) -> Self {
        let categories = categories.into_iter().map(|id| (id, CategorySums::default())).collect();
        Self { categories, ..Self::default() }
    }

    /// Adds a page that was read. The weights of all pages added must sum to 1
    /// (see [`over_read`](super::over_read)).
    pub fn add(&mut self, page: &PagePoints) {
        self.pages += 1;
        self.lost.add(page.lost);
        for part in &page.categories {
            let sums = self.applied(&part.category);
            sums.missed.add(page.weight * (1.0 - part.q));
            sums.lost.add(part.lost);
        }
    }

    /// Notes that an active rule of this category passed or failed somewhere, so that it has a score.
    pub fn note_applied(&mut self, category: &Arc<str>) {
        self.applied(category);
    }

    fn applied(&mut self, category: &Arc<str>) -> &mut CategorySums {
        let sums = self.categories.entry(category.clone()).or_default();
        sums.applied = true;
        sums
    }

    /// The score of the pages added; `None` when there were none, since nothing read is no score.
    pub fn score(&self, circumstances: &Circumstances) -> Option<Score> {
        if self.pages == 0 {
            return None;
        }
        let value = (100.0 - self.lost.value()).clamp(0.0, 100.0);
        let unread = circumstances.unread.clamp(0.0, 1.0);
        let low = (1.0 - unread) * value;
        Some(Score {
            value,
            low,
            high: (low + 100.0 * unread).min(100.0),
            coverage: 1.0 - unread,
            provisional: circumstances.provisional,
            status: standing(circumstances, value),
            categories: self.categories.iter().map(category_score).collect(),
            apart: None,
            sample: None,
        })
    }
}

fn category_score((id, sums): (&Arc<str>, &CategorySums)) -> CategoryScore {
    let score = (100.0 - 100.0 * sums.missed.value()).clamp(0.0, 100.0);
    CategoryScore { id: id.clone(), score: sums.applied.then_some(score), lost: sums.lost.value() }
}

/// The worst that can be said; a provisional score never says *on track* or *blocked*.
fn standing(circumstances: &Circumstances, value: f64) -> Standing {
    let reached = value >= circumstances.target;
    if 1.0 - circumstances.unread < MIN_COVERAGE {
        return Standing::Unknown;
    }
    match (circumstances.provisional, circumstances.task_blocked) {
        (false, true) => Standing::Blocked,
        (true, true) => Standing::NeedsWork,
        (_, false) if !reached => Standing::NeedsWork,
        (false, false) => Standing::OnTrack,
        // Nothing bad is known, but neither is what visitors use.
        (true, false) => Standing::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::page_points;

    fn page(lost: f64) -> PagePoints {
        PagePoints { lost, ..page_points(&[], 1.0) }
    }

    #[test]
    fn without_a_page_there_is_no_score_and_without_problems_it_is_100() {
        let mut site = SiteScore::new([Arc::from("a"), Arc::from("b")]);
        assert_eq!(site.score(&Circumstances::default()), None);
        site.add(&page(0.0));
        site.note_applied(&Arc::from("b"));
        let score = site.score(&Circumstances::default()).expect("a page was added");
        assert_eq!((score.low, score.value, score.high, score.coverage), (100.0, 100.0, 100.0, 1.0));
        assert_eq!(score.categories.iter().map(|c| c.score).collect::<Vec<_>>(), [None, Some(100.0)]);
    }

    #[track_caller]
    fn check(value: f64, circumstances: Circumstances, expected: Standing) {
        let mut site = SiteScore::default();
        site.add(&page(100.0 - value));
        assert_eq!(site.score(&circumstances).map(|score| score.status), Some(expected));
    }

    #[test]
    fn the_standing_is_the_worst_that_is_known() {
        let usual = Circumstances::default();
        let blocked = Circumstances { task_blocked: true, ..usual };
        check(85.0, usual, Standing::OnTrack);
        check(84.9, usual, Standing::NeedsWork);
        check(85.0, Circumstances { target: 90.0, ..usual }, Standing::NeedsWork);
        check(99.0, blocked, Standing::Blocked);
        check(99.0, Circumstances { unread: 0.2, ..usual }, Standing::OnTrack);
        check(99.0, Circumstances { unread: 0.21, ..usual }, Standing::Unknown);
        check(50.0, Circumstances { unread: 0.21, ..blocked }, Standing::Unknown);
    }

    #[test]
    fn a_provisional_score_is_never_on_track_or_blocked() {
        let provisional = Circumstances { provisional: true, ..Circumstances::default() };
        check(84.0, provisional, Standing::NeedsWork);
        check(86.0, provisional, Standing::Unknown);
        check(86.0, Circumstances { task_blocked: true, ..provisional }, Standing::NeedsWork);
    }
}
