//! Feedback of people put beside the pages and runs that it is about. It is read from the file each time
//! and never stored, so that no export of the history can hold it.

use super::Stop;
use super::setup::Setup;
use super::views::spellings;
use crate::audit::mask_person;
use crate::config::Answer;
use crate::history::{Digest, HistoryError, Store, since_break};
use crate::model::PageUrl;
use crate::report::{FEW_ANSWERS, Ratings, Satisfaction};
use crate::score::together;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Runs that are looked at, the newest. Our choice: five years of monthly runs.
const MAX_RUNS: usize = 60;

/// Comments of a page that are kept, the newest. Our choice: what a person reads.
const COMMENTS: usize = 3;

/// What people said of the pages of a run up to its day; `None` where no file is named.
pub(super) fn satisfaction(
    setup: &Setup,
    store: &Store,
    site: &str,
    digest: &Digest,
) -> Result<Option<Satisfaction>, Stop> {
    let (Some(feedback), Some(page)) = (&setup.feedback, digest.pages.first()) else { return Ok(None) };
    let Some(today) = day(&digest.run.started) else { return Ok(None) };
    let scores = store.page_scores(digest.run.run).map_err(Stop::undone)?;
    let mut said = Satisfaction::default();
    let mut of_page: BTreeMap<&str, Vec<&Answer>> = BTreeMap::new();
    for answer in feedback.answers.iter().filter(|answer| answer.day <= today) {
        match known(&page.page.url, &answer.address, &scores) {
            Some(url) => of_page.entry(url).or_default().push(answer),
            None => said.elsewhere += 1,
        }
    }
    for (url, mut answers) in of_page.clone() {
        // The newest first; equal days stay in the order of the file.
        answers.sort_by_key(|answer| std::cmp::Reverse(answer.day));
        let comments = answers.iter().filter_map(|a| a.comment.as_deref()).take(COMMENTS).map(mask_person);
        let ratings = Ratings {
            answers: answers.len() as u64,
            satisfied: answers.iter().map(|a| a.satisfied).sum(),
            score: scores.get(url).copied().unwrap_or_default(),
            comments: comments.collect(),
        };
        said.all.answers += ratings.answers;
        said.all.satisfied += ratings.satisfied;
        let days = || answers.iter().map(|a| a.day);
        for day in days().min().into_iter().chain(days().max()) {
            let day = day.to_string();
            if said.from.is_empty() || day < said.from {
                said.from.clone_from(&day);
            }
            if day > said.until {
                said.until = day;
            }
        }
        said.pages.insert(PageUrl::stored(url), ratings);
    }
    let periods = periods(store, site, digest, &of_page).map_err(Stop::undone)?;
    said.moving = periods.iter().filter(|p| p.len() > 1).count();
    said.together = together(&periods);
    Ok(Some(said))
}

fn day(started: &str) -> Option<Date> {
    started.get(..10)?.parse().ok()
}

/// The page of this run that an address of the file means.
fn known<'s>(base: &PageUrl, address: &str, scores: &'s BTreeMap<String, f64>) -> Option<&'s str> {
    let url = match address.starts_with('/') {
        // `//host/` would leave the site.
        true => base.join(&format!("/{}", address.trim_start_matches('/'))),
        false => PageUrl::parse(address).ok(),
    }?;
    spellings(&url).into_iter().find_map(|url| scores.get_key_value(url.as_str())).map(|(url, _)| url.as_str())
}

/// For each page with answers, a pair for each run that can be compared with this one: its score then, and how satisfied
/// people were from that run to the next. Runs with few answers are left out.
fn periods(
    store: &Store,
    site: &str,
    digest: &Digest,
    of_page: &BTreeMap<&str, Vec<&Answer>>,
) -> Result<Vec<Vec<(f64, f64)>>, HistoryError> {
    let (runs, _) = store.trend(site, digest.run.run, MAX_RUNS)?;
    let runs: Vec<_> = since_break(&runs).iter().filter(|p| p.given.is_none()).map(|p| &p.run).collect();
    let mut pairs: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for (at, run) in runs.iter().enumerate() {
        let Some(from) = day(&run.started) else { continue };
        let until = runs.get(at + 1).and_then(|next| day(&next.started));
        let scores = store.page_scores(run.run)?;
        for (url, answers) in of_page {
            let within = answers.iter().filter(|a| a.day >= from && until.is_none_or(|until| a.day < until));
            let (sum, count) = within.fold((0.0, 0u64), |(sum, count), a| (sum + a.satisfied, count + 1));
            if let Some(score) = scores.get(*url).filter(|_| count >= FEW_ANSWERS) {
                pairs.entry(url).or_default().push((*score, 100.0 * sum / count as f64));
            }
        }
    }
    Ok(pairs.into_values().collect())
}
