//! `plainway rescore`: today's rules over the stored snapshots, so that the trend has one set of rules.

use super::args::Profile;
use super::args_history::RescoreArgs;
use super::beside::beside;
use super::facts_phase;
use super::pipeline::{self, Again};
use super::progress::{listen_for_stop, note};
use super::setup::Setup;
use super::{Stop, choice, many, say};
use crate::gather::{Plan, Source};
use crate::history::{Basis, Kept, RunRow, Store, setup_over};
use anyhow::anyhow;
use std::collections::BTreeMap;

/// Judges every run again that has a snapshot and was judged by other rules or settings.
pub(super) fn run(args: &RescoreArgs) -> Result<(), Stop> {
    if !args.since.is_empty() && !choice::is_day(&args.since) {
        return Err(Stop::Wrong(anyhow!("`{}` is no day for --since; write it as 2026-03-01", args.since)));
    }
    let mut setups: BTreeMap<String, Setup> = BTreeMap::new();
    let first = Setup::load(&args.setup, Profile::default())?;
    let mut store = first.open_store()?;
    let kept = store.kept(&args.since).map_err(Stop::undone)?;
    if kept.is_empty() {
        return Err(Stop::Undone(anyhow!("the history holds no run to judge again; `plainway audit` makes one")));
    }
    setups.insert(first.profile.word().to_owned(), first);
    listen_for_stop();
    say("  run  started               then    now   target");
    let (mut again, mut without) = (0usize, 0usize);
    for of in &kept {
        if !setups.contains_key(&of.run.profile) {
            let setup = Setup::load(&args.setup, Profile::of(&of.run.profile))?;
            setups.insert(of.run.profile.clone(), setup);
        }
        let setup = &setups[&of.run.profile];
        let now = match judged_by(setup, &mut store, of)? {
            Some(row) => Some((row, Basis::Pages)),
            None => from_facts(setup, &mut store, of)?.map(|row| (row, Basis::Facts)),
        };
        match &now {
            Some(_) => again += 1,
            None => without += 1,
        }
        let how = if matches!(now, Some((_, Basis::Facts))) { "  (from facts)" } else { "" };
        let now = now.map_or_else(|| "  -".to_owned(), |(row, _)| format!("{:.1}", row.score.value));
        say(format_args!(
            "{:>5}  {:<20}  {:>4.1}  {now:>5}   {}{how}",
            of.run.run, of.run.started, of.run.score.value, of.run.target
        ));
    }
    say(format_args!("{} by today's rules.", many(again, "run")));
    if without > 0 {
        say(format_args!("{} without a snapshot: the line of the trend breaks there.", many(without, "run")));
    }
    Ok(())
}

/// A run as today's rules judge it: as it is, as it was judged again before, or judged again now;
/// `None` where it has no snapshot to judge.
pub(super) fn judged_by(setup: &Setup, store: &mut Store, of: &Kept) -> Result<Option<RunRow>, Stop> {
    let (rules, settings) = (setup.rules.hash.clone(), setup_over(&setup.setup_text(), &of.run.setup));
    if of.run.rule_set == rules && of.run.setup == settings {
        return Ok(Some(of.run.clone()));
    }
    let known = store.rescored(of.run.run, &rules, &settings).map_err(Stop::undone)?;
    if let Some((known, _)) = known.filter(|(_, basis)| *basis == Basis::Pages) {
        return Ok(Some(known));
    }
    let Some(name) = &of.snapshot else { return Ok(None) };
    let path = setup.store_dir().join("snapshots").join(name);
    if !path.is_file() {
        return Ok(None);
    }
    let mut plan = Plan::new(Source::Archive(path), &of.run.started);
    if let Some(max_file) = setup.config.crawl.max_file_bytes {
        plan.limits.max_file = max_file;
    }
    let again = beside(setup, &plan, (&of.run.target, &of.run.finished), |job| {
        pipeline::rescore(job, store, Again { of, kept: None })
    });
    match again {
        Ok(row) => Ok(Some(row)),
        Err(pipeline::AuditError::Nothing(_) | pipeline::AuditError::Gather(_)) => {
            note(format_args!("the snapshot of run {} holds no page that can be judged again", of.run.run));
            Ok(None)
        }
        Err(error) => Err(Stop::undone(error)),
    }
}

/// A run without a snapshot as today's rules judge what was measured then; `None`, and why, where its score
/// cannot be told from that.
fn from_facts(setup: &Setup, store: &mut Store, of: &Kept) -> Result<Option<RunRow>, Stop> {
    let settings = setup_over(&setup.setup_text(), &of.run.setup);
    let known = store.rescored(of.run.run, &setup.rules.hash, &settings).map_err(Stop::undone)?;
    if let Some((known, _)) = known {
        return Ok(Some(known));
    }
    let kept = match facts_phase::kept(setup, store, of.run.run).map_err(Stop::undone)? {
        Ok(kept) => kept,
        Err(why) => {
            note(format_args!("run {} has no snapshot that can be judged, and {why}", of.run.run));
            return Ok(None);
        }
    };
    // Nothing is read: all there is to plan is the day.
    let plan = Plan::new(Source::List(Vec::new()), &of.run.started);
    let again = beside(setup, &plan, (&of.run.target, &of.run.finished), |job| {
        pipeline::rescore(job, store, Again { of, kept: Some(kept) })
    });
    again.map(Some).map_err(Stop::undone)
}
