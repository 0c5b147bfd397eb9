//! The command line: what was typed becomes a call, and what comes back becomes words and an exit
//! code. Nothing else knows about the terminal.

mod args;
mod args_history;
mod audit;
mod audit_file;
mod baseline;
mod beside;
mod burdens;
mod choice;
mod compare;
mod compare_axe;
mod demo;
mod details;
mod evidence;
mod exports;
mod facts;
mod facts_phase;
mod feedback;
mod files;
mod fleet;
mod follow;
mod gate;
mod goals;
mod hashed;
mod house;
mod imports;
mod init;
mod looked;
mod output;
mod page_phase;
mod pipeline;
mod portfolio;
mod progress;
mod purge;
mod reader;
mod report;
mod rescore;
mod rules;
mod runs;
mod screen;
mod serve;
mod setup;
mod site_phase;
mod snapshots;
mod states;
mod style_phase;
mod tasks;
mod template_phase;
mod today;
mod trees;
mod verdicts;
mod verify;
mod views;
mod weights;

pub use args::Cli;

use args::Command;
use clap::CommandFactory;
use std::io::Write;

/// How a command ended, other than well.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// Exit code 1: the gate or `rules test` failed; everything was said already.
    #[error("")]
    Failed,
    /// Exit code 2: the command, a path, the config or a rule file is wrong.
    #[error("{0:#}")]
    Wrong(anyhow::Error),
    /// Exit code 3: the audit could not be done.
    #[error("{0:#}")]
    Undone(anyhow::Error),
}

impl Stop {
    /// The exit code of the process.
    pub fn code(&self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Wrong(_) => 2,
            Self::Undone(_) => 3,
        }
    }

    /// The command is wrong.
    fn wrong(error: impl Into<anyhow::Error>) -> Self {
        Self::Wrong(error.into())
    }

    /// The audit could not be done.
    fn undone(error: impl Into<anyhow::Error>) -> Self {
        Self::Undone(error.into())
    }
}

/// Does what was typed.
pub fn run(cli: Cli) -> Result<(), Stop> {
    match cli.command {
        Command::Audit(args) => audit::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::CompareAxe(args) => compare_axe::run(&args),
        Command::Rescore(args) => rescore::run(&args),
        Command::Runs(args) => runs::run(&args),
        Command::Goals(args) => goals::run(&args),
        Command::Purge(args) => purge::run(&args),
        Command::Evidence(args) => evidence::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Facts(args) => facts::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "plainway", &mut std::io::stdout());
            Ok(())
        }
        Command::Man => man(),
    }
}

fn man() -> Result<(), Stop> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(Stop::undone)?;
    std::io::stdout().write_all(&page).map_err(Stop::undone)
}

/// A number with its word, in the singular or the plural.
fn many(n: impl std::fmt::Display, word: &str) -> String {
    let n = n.to_string();
    if n == "1" { format!("1 {word}") } else { format!("{n} {word}s") }
}

/// Prints a line of results; a closed pipe is the reader's choice, not an error. What is said of one site
/// among several waits for its turn.
fn say(line: impl std::fmt::Display) {
    if !progress::kept_for_later(&line) {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}
