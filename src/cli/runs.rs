//! `plainway runs`: what the history holds, and what becomes of it.

use super::args::{ListFormat, Profile, SetupArgs};
use super::args_history::{RunsArgs, RunsCommand};
use super::setup::Setup;
use super::{Stop, choice, many, say};
use crate::history::{RunRow, Store, setup_over};
use anyhow::{Context, anyhow};
use std::path::Path;

/// Does what was asked of the stored runs.
pub(super) fn run(args: &RunsArgs) -> Result<(), Stop> {
    let setup = Setup::load(&SetupArgs::default(), Profile::default())?;
    let mut store = setup.open_store()?;
    match &args.command {
        None => list(&store, args.format),
        Some(RunsCommand::List { format }) => list(&store, *format),
        Some(RunsCommand::Show { run, format }) => show(&setup, &store, run, *format),
        Some(RunsCommand::Delete { run }) => delete(&setup, &mut store, run),
        Some(RunsCommand::Export { file, run }) => export(&store, file, run.as_deref()),
        Some(RunsCommand::Import { file }) => import(&mut store, file),
        Some(RunsCommand::Check) => check(&setup, &store),
    }
}

/// Lists the runs, oldest first.
fn list(store: &Store, format: ListFormat) -> Result<(), Stop> {
    let runs = store.runs().map_err(Stop::undone)?;
    match format {
        ListFormat::Json => {
            let rows: Vec<serde_json::Value> = runs.iter().map(|(_, r)| row(r)).collect();
            say(serde_json::to_string_pretty(&rows).unwrap_or_default());
        }
        ListFormat::Text if runs.is_empty() => say("The history holds no run yet."),
        ListFormat::Text => {
            say("  run  started               score  coverage  target");
            for (_, r) in runs {
                say(format_args!(
                    "{:>5}  {:<20}  {:>5.1}  {:>7.0}%  {}",
                    r.run,
                    r.started,
                    r.score.value,
                    r.score.coverage * 100.0,
                    r.target
                ));
            }
        }
    }
    Ok(())
}

fn row(r: &RunRow) -> serde_json::Value {
    serde_json::json!({ "run": r.run, "id": r.id, "target": r.target, "profile": r.profile, "started": r.started, "rule_set": r.rule_set, "score": r.score })
}

fn named(store: &Store, word: &str) -> Result<RunRow, Stop> {
    let wrong = || Stop::Wrong(anyhow!("`{word}` names no run; give its number, its id, a date, last or previous"));
    Ok(choice::run_named(store, word)?.ok_or_else(wrong)?.1)
}

fn show(setup: &Setup, store: &Store, word: &str, format: ListFormat) -> Result<(), Stop> {
    let run = named(store, word)?;
    let size = store.size_of(run.run).map_err(Stop::undone)?;
    let name = store.snapshot_of(run.run).map_err(Stop::undone)?;
    let bytes = name.as_ref().and_then(|n| std::fs::metadata(setup.store_dir().join("snapshots").join(n)).ok());
    let bytes = bytes.map(|about| about.len());
    let again = store
        .rescored(run.run, &setup.rules.hash, &setup_over(&setup.setup_text(), &run.setup))
        .map_err(Stop::undone)?;
    if format == ListFormat::Json {
        let mut value = row(&run);
        value["finished"] = run.finished.clone().into();
        value["weights"] = run.weights.into();
        value["stored"] = serde_json::json!(size);
        value["snapshot"] = serde_json::json!({ "name": name, "bytes": bytes });
        value["rescored"] = serde_json::json!(again.map(|(r, _)| r.score));
        say(serde_json::to_string_pretty(&value).unwrap_or_default());
        return Ok(());
    }
    say(format_args!("Run {} of {}, {}", run.run, run.target, run.started));
    say(format_args!("  id        {}", run.id));
    say(format_args!("  score     {:.1} ({:.0}% read)", run.score.value, run.score.coverage * 100.0));
    if let Some((again, _)) = again {
        say(format_args!("  rescored  {:.1} by today's rules", again.score.value));
    }
    say(format_args!("  weights   {}", run.weights));
    say(format_args!("  pages     {}, findings {}, not read {}", size.pages, size.findings, size.unread));
    say(format_args!("  measured  {} bytes, {} of them for this run alone", size.measured, size.measured_alone));
    match (name, bytes) {
        (Some(name), Some(bytes)) => say(format_args!("  snapshot  {name}, {bytes} bytes")),
        (Some(name), None) => say(format_args!("  snapshot  {name} is no longer there")),
        (None, _) => say("  snapshot  none"),
    }
    Ok(())
}

fn delete(setup: &Setup, store: &mut Store, word: &str) -> Result<(), Stop> {
    let run = named(store, word)?;
    let snapshot = store.delete_run(run.run).map_err(Stop::undone)?;
    if let Some(name) = &snapshot {
        let path = setup.store_dir().join("snapshots").join(name);
        if path.is_file() {
            std::fs::remove_file(&path)
                .with_context(|| format!("the run is deleted, but its snapshot {} is not", path.display()))
                .map_err(Stop::Undone)?;
        }
    }
    say(format_args!("Run {} of {} ({}) deleted.", run.run, run.target, run.started));
    Ok(())
}

fn export(store: &Store, file: &Path, word: Option<&str>) -> Result<(), Stop> {
    if file.exists() {
        return Err(Stop::Wrong(anyhow!("{} is there already; name a new file", file.display())));
    }
    let run = word.map(|word| named(store, word)).transpose()?;
    store.export(file, run.as_ref().map(|r| r.run)).map_err(Stop::undone)?;
    let runs = if run.is_some() { 1 } else { store.runs().map_err(Stop::undone)?.len() };
    say(format_args!(
        "{} written to {}. Snapshots are files of their own, in .plainway/snapshots/.",
        many(runs, "run"),
        file.display()
    ));
    Ok(())
}

fn import(store: &mut Store, file: &Path) -> Result<(), Stop> {
    let copy = std::env::temp_dir().join(format!("plainway-import-{}.db", std::process::id()));
    std::fs::copy(file, &copy).with_context(|| format!("{} cannot be read", file.display())).map_err(Stop::Wrong)?;
    let imported = store.import(&copy);
    for end in ["", "-wal", "-shm"] {
        // Left-overs in the folder for temporary files are in nobody's way.
        let _ = std::fs::remove_file(format!("{}{end}", copy.display()));
    }
    let imported = imported.map_err(|error| match error {
        crate::history::HistoryError::OutOfOrder { .. } | crate::history::HistoryError::Newer { .. } => {
            Stop::wrong(error)
        }
        crate::history::HistoryError::Sqlite(_) | crate::history::HistoryError::Open { .. } => {
            Stop::Wrong(anyhow!("{} is no exported history: {error}", file.display()))
        }
        error => Stop::undone(error),
    })?;
    say(format_args!("{} added, {} known already.", many(imported.added, "run"), imported.known));
    Ok(())
}

fn check(setup: &Setup, store: &Store) -> Result<(), Stop> {
    let mut faults = store.faults().map_err(Stop::undone)?;
    for kept in store.kept("").map_err(Stop::undone)? {
        let Some(name) = kept.snapshot else { continue };
        if !setup.store_dir().join("snapshots").join(&name).is_file() {
            faults.push(format!("the snapshot {name} of run {} is not there", kept.run.run));
        }
    }
    if faults.is_empty() {
        say(format_args!("The history is whole: {}.", many(store.runs().map_err(Stop::undone)?.len(), "run")));
        return Ok(());
    }
    faults.iter().for_each(say);
    Err(Stop::Undone(anyhow!("the history is not whole; an exported copy or a backup may be")))
}
