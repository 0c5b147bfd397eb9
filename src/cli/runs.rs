//! `plainway runs`: what the history holds.

use super::args::{ListFormat, Profile, SetupArgs};
use super::args_history::RunsArgs;
use super::setup::Setup;
use super::{Stop, say};

/// Lists the runs, oldest first.
pub(super) fn run(args: &RunsArgs) -> Result<(), Stop> {
    let setup = Setup::load(&SetupArgs::default(), Profile::default())?;
    let runs = setup.open_store()?.runs().map_err(Stop::undone)?;
    match args.format {
        ListFormat::Json => {
            let rows: Vec<serde_json::Value> = runs
                .iter()
                .map(|(_, r)| serde_json::json!({ "run": r.run, "id": r.id, "target": r.target, "profile": r.profile, "started": r.started, "rule_set": r.rule_set, "score": r.score }))
                .collect();
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
