//! Follow-up put together for reports: what the config says, and what the run says of it.

use super::Stop;
use super::feedback;
use super::setup::{Setup, short_hash};
use crate::audit::{mask, mask_person};
use crate::config::{Ack, Change, Config};
use crate::history::{Digest, Problems, Store, Win};
use crate::model::{State, fits_whole};
use crate::report::{FollowUp, PageNote, Promise, RunWin, ToldChange};
use std::collections::BTreeMap;

/// What reports say of follow-up.
pub(super) fn follow_up(setup: &Setup, store: &Store, site: &str, digest: &Digest) -> Result<FollowUp, Stop> {
    let config = &setup.config;
    let note = |n: &crate::config::Note| PageNote { url: n.url.clone(), from: n.from.word(), text: mask(&n.text) };
    let annotation = |a: &crate::config::Annotation| (a.date.to_string(), a.kind.word(), a.text.clone());
    Ok(FollowUp {
        promises: promises(&config.acks, store, digest.run.run)?,
        annotations: config.annotations.iter().map(annotation).collect(),
        notes: config.notes.iter().map(note).collect(),
        efforts: efforts(config, digest),
        country: config.site.country.clone(),
        level: config.site.level.clone(),
        changes: changes(&config.changes),
        wins: wins(store, site, digest)?,
        satisfaction: feedback::satisfaction(setup, store, site, digest)?,
    })
}

/// What the config tells the public. An entry is known by what does not change when its words are mended.
fn changes(changes: &[Change]) -> Vec<ToldChange> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut told = |change: &Change| {
        let known = format!("{} {} {:?} {:?}", change.date, change.asked_by.word(), change.url, change.rule);
        let before = taken.entry(known.clone()).or_insert(0);
        *before += 1;
        ToldChange {
            date: change.date.to_string(),
            text: mask(&change.text),
            asked_by: change.asked_by.word(),
            said: change.said.as_deref().map(mask_person),
            url: change.url.clone(),
            rule: change.rule.clone(),
            id: short_hash(format!("{known} {before}").as_bytes()),
        }
    };
    changes.iter().map(&mut told).collect()
}

/// What the runs found mended; that of this run is kept first.
fn wins(store: &Store, site: &str, digest: &Digest) -> Result<Vec<RunWin>, Stop> {
    if let (Some(before), Some(moves)) = (&digest.before, &digest.moves) {
        store.keep_wins(&digest.run, before, moves).map_err(Stop::undone)?;
    }
    let wins = store.wins(site, digest.run.run).map_err(Stop::undone)?;
    let win = |(date, win): (String, Win)| {
        let known = format!("{date} {} {}", win.rule, win.task.as_deref().unwrap_or_default());
        RunWin { id: short_hash(known.as_bytes()), date, win }
    };
    Ok(wins.into_iter().map(win).collect())
}

/// How each promise stands in a run.
fn promises(acks: &[Ack], store: &Store, run: i64) -> Result<Vec<Promise>, Stop> {
    let promise = |ack: &Ack| Promise {
        rule: ack.rule.clone(),
        url: ack.url.to_string(),
        team: ack.team.clone(),
        on: ack.on.to_string(),
        promised: ack.promised.map(|day| day.to_string()),
        note: ack.note.as_deref().map(mask),
        ..Promise::default()
    };
    let mut promises: Vec<Promise> = acks.iter().map(promise).collect();
    if promises.is_empty() {
        return Ok(promises);
    }
    let add = |found: Problems| {
        let fits = |ack: &Ack| fits_whole(&ack.rule, &found.rule) && ack.url.matches(&found.url);
        for (ack, promise) in acks.iter().zip(&mut promises).filter(|(ack, _)| fits(ack)) {
            debug_assert_eq!(ack.team, promise.team);
            match found.state {
                State::Fixed => promise.fixed += found.count,
                State::Unchecked => promise.unchecked += found.count,
                State::New | State::Open | State::Back => {
                    promise.open += found.count;
                    if promise.first_seen.as_ref().is_none_or(|seen| found.first_seen < *seen) {
                        promise.first_seen = Some(found.first_seen.clone());
                    }
                }
            }
        }
    };
    store.each_problem_group(run, add).map_err(Stop::undone)?;
    Ok(promises)
}

/// How long one fix of each rule takes, where the config says so: the team that answers for its first example, else
/// the whole site.
fn efforts(config: &Config, digest: &Digest) -> BTreeMap<String, String> {
    let of = |found: &crate::history::RuleDigest| {
        let team = found.examples.first().and_then(|f| config.owners.entry(&f.url, &found.rule));
        let own = team.and_then(|team| team.efforts.of(&found.rule));
        own.or_else(|| config.efforts.of(&found.rule)).map(|effort| (found.rule.to_string(), effort.to_owned()))
    };
    digest.rules.iter().filter_map(of).collect()
}
