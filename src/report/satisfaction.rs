//! What people said of pages, beside the score: shares with the number of answers, and whether both move together.

use super::basis::Basis;
use super::shape::Spot;
use crate::history::TaskRow;
use crate::model::PageUrl;
use crate::score::{LEAST_PAGES, LEAST_PAIRS, Together};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// With fewer answers no share is shown. Our choice: one more answer would turn it, and few people can be recognised.
pub const FEW_ANSWERS: u64 = 5;

/// What people said of the pages of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Satisfaction {
    /// All pages together.
    pub all: Ratings,
    /// By page.
    pub pages: BTreeMap<PageUrl, Ratings>,
    /// Answers about addresses that this run does not know.
    pub elsewhere: u64,
    /// Day of the first answer.
    pub from: String,
    /// Day of the last.
    pub until: String,
    /// Pages with answers in at least two runs that can be compared.
    pub moving: usize,
    /// Whether scores and satisfaction move together; `None` where there is too little to say it with.
    pub together: Option<Together>,
}

/// Answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ratings {
    /// How many.
    pub answers: u64,
    /// Their sum, each from 0 (not at all) to 1 (fully).
    pub satisfied: f64,
    /// The score of the page, 0–100.
    pub score: f64,
    /// The newest comments, masked; empty unless the config asks for them.
    pub comments: Vec<String>,
}

/// Answers as templates take them.
#[derive(Debug, Serialize)]
pub(super) struct Rated {
    pub answers: u64,
    pub satisfied: Option<f64>,
}

/// The part of the site report about it.
#[derive(Debug, Serialize)]
pub(super) struct Said<'a> {
    #[serde(flatten)]
    pub all: Rated,
    pub elsewhere: u64,
    pub from: &'a str,
    pub until: &'a str,
    pub few: u64,
    /// Whether the config asks for comments, and there are some.
    pub comments: bool,
    pub pages: Vec<SaidPage<'a>>,
    pub pages_rest: usize,
    pub link: Option<Linked>,
    pub moving: usize,
    pub least_pages: usize,
    pub least_pairs: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct SaidPage<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub score: f64,
    #[serde(flatten)]
    pub rated: Rated,
    pub comments: &'a [String],
}

/// Whether scores and satisfaction move together.
#[derive(Debug, Serialize)]
pub(super) struct Linked {
    pub word: Word,
    pub rho: f64,
    pub low: f64,
    pub high: f64,
    pub pages: usize,
    pub pairs: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Word {
    /// The whole range is above 0.
    Together,
    /// The whole range is below 0.
    Against,
    /// The range holds 0.
    Unclear,
}

fn rated(ratings: &Ratings) -> Rated {
    let share = ratings.satisfied / ratings.answers.max(1) as f64;
    Rated { answers: ratings.answers, satisfied: (ratings.answers >= FEW_ANSWERS).then_some(share) }
}

/// What people said of a page; `None` where nobody was asked.
pub(super) fn of_page(basis: &Basis<'_>, url: &PageUrl) -> Option<Rated> {
    let said = basis.subject.follow.satisfaction.as_ref()?;
    Some(rated(said.pages.get(url).unwrap_or(&Ratings::default())))
}

/// What people said of the pages on the way of a task.
pub(super) fn of_task(basis: &Basis<'_>, task: &TaskRow) -> Option<Rated> {
    let said = basis.subject.follow.satisfaction.as_ref()?;
    let pages: BTreeSet<&PageUrl> = task.steps.iter().map(|step| &step.url).collect();
    let found = pages.into_iter().filter_map(|url| said.pages.get(url));
    let sum = found.fold(Ratings::default(), |sum, page| Ratings {
        answers: sum.answers + page.answers,
        satisfied: sum.satisfied + page.satisfied,
        ..Ratings::default()
    });
    Some(rated(&sum))
}

/// The part of the site report.
pub(super) fn said<'a>(basis: &'a Basis<'a>) -> Option<Said<'a>> {
    let said = basis.subject.follow.satisfaction.as_ref()?;
    let page = |(url, ratings): (&'a PageUrl, &'a Ratings)| SaidPage {
        spot: basis.spot(url),
        score: ratings.score,
        rated: rated(ratings),
        comments: &ratings.comments,
    };
    let mut pages: Vec<_> = said.pages.iter().map(page).collect();
    let order = |p: &SaidPage<'_>| p.rated.satisfied.unwrap_or(2.0);
    pages.sort_by(|a, b| order(a).total_cmp(&order(b)).then(b.rated.answers.cmp(&a.rated.answers)));
    let pages_rest = pages.len().saturating_sub(basis.cuts.said);
    pages.truncate(basis.cuts.said);
    let linked = |t: &Together| Linked {
        word: match (t.low > 0.0, t.high < 0.0) {
            (true, _) => Word::Together,
            (_, true) => Word::Against,
            _ => Word::Unclear,
        },
        rho: t.rho,
        low: t.low,
        high: t.high,
        pages: t.pages,
        pairs: t.pairs,
    };
    Some(Said {
        all: rated(&said.all),
        elsewhere: said.elsewhere,
        from: &said.from,
        until: &said.until,
        few: FEW_ANSWERS,
        comments: said.pages.values().any(|page| !page.comments.is_empty()),
        pages,
        pages_rest,
        link: said.together.as_ref().map(linked),
        moving: said.moving,
        least_pages: LEAST_PAGES,
        least_pairs: LEAST_PAIRS,
    })
}
