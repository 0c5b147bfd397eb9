//! Follow-up put together for reports: what the config says, and what the run says of it.

use super::Stop;
use super::setup::Setup;
use crate::audit::mask;
use crate::config::{Ack, Config};
use crate::history::{Digest, Problems, Store};
use crate::model::{State, fits_whole};
use crate::report::{FollowUp, PageNote, Promise};
use std::collections::BTreeMap;

/// What reports say of follow-up.
pub(super) fn follow_up(setup: &Setup, store: &Store, digest: &Digest) -> Result<FollowUp, Stop> {
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
    })
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
