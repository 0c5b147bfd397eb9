//! `plainway baseline`: which problems are known, so that the gate is about new ones.

use super::args::{BaselineArgs, BaselineCommand, Profile, SetupArgs};
use super::setup::Setup;
use super::{Stop, many, output, say};
use crate::history::{Baseline, FindingRow, GateInput, RunRow, Store, TaskRow, Tasks};
use anyhow::{Context, anyhow};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The file that the gate looks for beside the config.
const FILE: &str = "plainway-baseline.json";

/// Largest audit.json that a baseline is made from. Our choice: about a million findings.
const MAX_AUDIT: u64 = 1024 * 1024 * 1024;

/// Writes a baseline.
pub(super) fn run(args: &BaselineArgs) -> Result<(), Stop> {
    let BaselineCommand::Write { file, from } = &args.command;
    let setup = Setup::load(&SetupArgs::default(), Profile::default())?;
    let baseline = match from {
        Some(path) => of_audit(path)?,
        None => of_last_run(&setup)?,
    };
    let path = file.clone().unwrap_or_else(|| default_path(&setup));
    output::replace(&path, baseline.text().as_bytes())?;
    say(format_args!("{} written to {}", many(baseline.keys.len(), "known problem"), path.display()));
    Ok(())
}

/// The text of a baseline; a large site has tens of thousands of known problems.
fn baseline_text(path: &Path) -> Result<String, Stop> {
    let read = || format!("the baseline {} cannot be used", path.display());
    let size = std::fs::metadata(path).with_context(read).map_err(Stop::Wrong)?.len();
    if size > MAX_AUDIT {
        return Err(Stop::Wrong(anyhow!("{}: it is too large for a baseline", read())));
    }
    std::fs::read_to_string(path).with_context(read).map_err(Stop::Wrong)
}

fn default_path(setup: &Setup) -> PathBuf {
    setup.home.join(FILE)
}

fn of_last_run(setup: &Setup) -> Result<Baseline, Stop> {
    let store = setup.open_store()?;
    let (_, run) = store.runs().map_err(Stop::undone)?.pop().ok_or_else(|| {
        Stop::Undone(anyhow!("the history holds no run yet; audit the site first, or name an audit.json with --from"))
    })?;
    let mut keys = BTreeSet::new();
    let keep = |finding: FindingRow| {
        if finding.is_problem() {
            keys.insert(finding.key);
        }
    };
    store.each_finding(run.run, keep).map_err(Stop::undone)?;
    let tasks = store.tasks(run.run).map_err(Stop::undone)?.declared();
    Ok(Baseline { keys, rules: store.rules_of(run.run).map_err(Stop::undone)?, tasks })
}

/// What a baseline needs of an audit.json.
#[derive(serde::Deserialize)]
struct AuditFile {
    format: String,
    run: AuditRun,
    score: AuditScore,
    findings: Vec<FindingRow>,
}

#[derive(serde::Deserialize)]
struct AuditScore {
    #[serde(default)]
    tasks: Vec<TaskRow>,
}

#[derive(serde::Deserialize)]
struct AuditRun {
    rules: BTreeSet<String>,
}

fn of_audit(path: &Path) -> Result<Baseline, Stop> {
    let read = || format!("{} cannot be read", path.display());
    let size = std::fs::metadata(path).with_context(read).map_err(Stop::Wrong)?.len();
    if size > MAX_AUDIT {
        return Err(Stop::Wrong(anyhow!("{} is too large for an audit.json", path.display())));
    }
    let text = std::fs::read_to_string(path).with_context(read).map_err(Stop::Wrong)?;
    let not_one = || format!("{} is no audit.json", path.display());
    let audit: AuditFile = serde_json::from_str(&text).with_context(not_one).map_err(Stop::Wrong)?;
    if audit.format != "plainway/audit/1" {
        let found = &audit.format;
        return Err(Stop::Wrong(anyhow!("{} has the format `{found}`, not `plainway/audit/1`", path.display())));
    }
    let keys = audit.findings.into_iter().filter(FindingRow::is_problem).map(|f| f.key).collect();
    let tasks = Tasks { rows: audit.score.tasks, ..Tasks::default() };
    Ok(Baseline { keys, rules: audit.run.rules, tasks: tasks.declared() })
}

/// The baseline that was named, or the one beside the config; `None` where there is neither.
pub(super) fn of_file(given: Option<&Path>, setup: &Setup) -> Result<Option<Baseline>, Stop> {
    let path = given.map(Path::to_owned).or_else(|| Some(default_path(setup)).filter(|p| p.is_file()));
    let Some(path) = path else { return Ok(None) };
    let text = baseline_text(&path)?;
    let baseline = Baseline::parse(&text)
        .map_err(|e| Stop::Wrong(anyhow!("the baseline {} cannot be used: {e}", path.display())))?;
    Ok(Some(baseline))
}

/// What the gate takes as known: a baseline, or the run before.
pub(super) fn known(given: Option<&Path>, setup: &Setup, store: &Store, run: &RunRow) -> Result<GateInput, Stop> {
    if let Some(baseline) = of_file(given, setup)? {
        return Ok(GateInput {
            known: Some(baseline.keys),
            rules: Some(baseline.rules),
            tasks: Some(baseline.tasks),
            ..GateInput::default()
        });
    }
    let Some(before) = store.compared_with(run.run).map_err(Stop::undone)? else {
        return Ok(GateInput::default());
    };
    let mut keys = BTreeSet::new();
    store
        .each_finding(before.run, |f| {
            if f.state != crate::model::State::Fixed {
                keys.insert(f.key);
            }
        })
        .map_err(Stop::undone)?;
    // What is open was there before, though its page moved or its words changed.
    let mut open = |f: FindingRow| {
        if f.state == crate::model::State::Open {
            keys.insert(f.key);
        }
    };
    store.each_finding(run.run, &mut open).map_err(Stop::undone)?;
    let rules = store.rules_of(before.run).map_err(Stop::undone)?;
    let tasks = store.tasks(before.run).map_err(Stop::undone)?.declared();
    Ok(GateInput { known: Some(keys), rules: Some(rules), tasks: Some(tasks), ..GateInput::default() })
}
