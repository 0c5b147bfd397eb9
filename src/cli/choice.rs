//! Which run a user means: by number, id, date, `last` or `previous`.

use super::Stop;
use crate::history::{RunRow, Store};
use anyhow::anyhow;

/// Characters of an id that must be given. Our choice.
const ID: usize = 6;

/// The run that a word names, with what it is compared by. `None` where the word has the form of no run.
pub(super) fn run_named(store: &Store, word: &str) -> Result<Option<(String, RunRow)>, Stop> {
    let runs = store.runs().map_err(Stop::undone)?;
    let missing = |what: &str| {
        Stop::Wrong(anyhow!(
            "the history holds no run {what}; `plainway runs` lists them, and `plainway audit` makes one"
        ))
    };
    let of_last = |n: usize, what: &str| {
        let site = runs.last().map(|(site, _)| site.clone());
        let found = runs.iter().rev().filter(|(s, _)| Some(s) == site.as_ref()).nth(n).cloned();
        found.map(Some).ok_or_else(|| missing(what))
    };
    match word {
        "last" => return of_last(0, "yet"),
        "previous" => return of_last(1, "before the last one of its site"),
        _ => {}
    }
    if let Ok(number) = word.parse::<i64>() {
        return runs.into_iter().find(|(_, r)| r.run == number).map(Some).ok_or_else(|| missing(word));
    }
    if is_day(word) {
        // The run that stood on that day: the last one up to its end.
        let site = runs.last().map(|(site, _)| site.clone());
        let until = |r: &RunRow| r.started.get(..10).is_some_and(|day| day <= word);
        let found = runs.into_iter().rev().find(|(s, r)| Some(s) == site.as_ref() && until(r));
        return found.map(Some).ok_or_else(|| missing(&format!("up to {word}")));
    }
    let is_id = word.len() >= ID && word.bytes().all(|b| b.is_ascii_hexdigit());
    if is_id {
        return runs.into_iter().find(|(_, r)| r.id.starts_with(word)).map(Some).ok_or_else(|| missing(word));
    }
    Ok(None)
}

/// Whether a word is a day, as `2026-03-01`.
pub(super) fn is_day(word: &str) -> bool {
    word.len() == 10 && word.parse::<jiff::civil::Date>().is_ok()
}
