//! What the forms of a site cost in time, put together with what the score says of their pages.

use crate::facts::{Journey, LongForm, SiteFacts};
use crate::history::{BurdenRow, Burdens};
use crate::score;
use std::collections::{BTreeMap, BTreeSet};

/// What the pages of the journeys keep of a visitor's success, gathered page by page.
pub(super) struct Qualities {
    pages: BTreeMap<u32, f64>,
}

impl Qualities {
    /// Wants the quality of every page of a journey.
    pub(super) fn wanted(site: &SiteFacts) -> Self {
        let pages = site.journeys.list.iter().flat_map(|j| &j.pages);
        Self { pages: pages.map(|(at, _)| (*at, 0.0)).collect() }
    }

    /// Notes what a page keeps, if it belongs to a journey.
    pub(super) fn note(&mut self, page: Option<u32>, q: f64) {
        if let Some(wanted) = page.and_then(|page| self.pages.get_mut(&page)) {
            *wanted = q;
        }
    }

    /// The forms with what they cost, and the journeys with their scores.
    pub(super) fn burdens(&self, site: &SiteFacts) -> Burdens {
        let journeys = &site.journeys;
        let stepped: BTreeSet<&str> =
            journeys.list.iter().flat_map(|j| &j.pages).map(|(_, url)| url.as_str()).collect();
        let alone = journeys.longest.iter().filter(|form| !stepped.contains(form.url.as_str()));
        Burdens { journeys: journeys.list.iter().map(|j| self.journey(j)).collect(), forms: alone.map(form).collect() }
    }

    fn journey(&self, journey: &Journey) -> BurdenRow {
        let qualities = journey.pages.iter().map(|(at, _)| self.pages.get(at).copied().unwrap_or(0.0));
        BurdenRow {
            name: journey.name.clone(),
            url: journey.first().clone(),
            pages: u32::try_from(journey.pages.len()).unwrap_or(u32::MAX),
            questions: journey.questions,
            minutes: journey.minutes,
            deviation: journey.deviation,
            longest: journey.longest.clone(),
            score: Some(score::path_score(qualities)),
        }
    }
}

fn form(form: &LongForm) -> BurdenRow {
    BurdenRow {
        name: form.name.clone(),
        url: form.url.clone(),
        pages: 1,
        questions: form.questions,
        minutes: form.minutes,
        deviation: form.deviation,
        longest: form.longest.clone(),
        score: None,
    }
}
