//! The flags of the commands about what is stored, each with its sentence of help.

use super::args::{ListFormat, Profile, SetupArgs};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `plainway compare`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompareArgs {
    /// The earlier audit: a run by number, id or date, `previous`, an audit.json, a snapshot, or a folder
    #[arg(value_name = "A", default_value = "previous")]
    pub(super) before: String,
    /// The later audit, in the same ways
    #[arg(value_name = "B", default_value = "last")]
    pub(super) after: String,
    /// Print as text, or write html, json, md into --out, separated by commas
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_enum, default_value = "text")]
    pub(super) format: Vec<CompareFormat>,
    /// Write compare.html, compare.json, compare.md here [default for json and md: print]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// The public address of two folders
    #[arg(long = "as", value_name = "URL")]
    pub(super) as_url: Option<String>,
    /// Take this date for today where a folder or a snapshot is audited
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<String>,
    /// What is audited
    #[arg(long, value_enum, default_value_t)]
    pub(super) profile: Profile,
    /// Rules and config.
    #[command(flatten)]
    pub(super) setup: SetupArgs,
}

/// `plainway compare-axe`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompareAxeArgs {
    /// A folder, a URL, an HTML file, or the snapshot of an audit with axe-core
    #[arg(value_name = "TARGET")]
    pub(super) target: String,
    /// Your copy of axe-core (axe.min.js), which is run in every page
    #[arg(long, value_name = "FILE")]
    pub(super) with_axe: Option<PathBuf>,
    /// The browser that draws [default: chromium-headless-shell, chromium, google-chrome or msedge]
    #[arg(long, value_name = "PATH")]
    pub(super) browser: Option<PathBuf>,
    /// As text, or as JSON with the format plainway/axe-comparison/1
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ListFormat,
    /// The public address of what is read
    #[arg(long = "as", value_name = "URL")]
    pub(super) as_url: Option<String>,
    /// Take this date for today, as 2026-03-01
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<String>,
    /// Read at most so many pages [default: 10000]
    #[arg(long, value_name = "N")]
    pub(super) max_pages: Option<usize>,
    /// What is audited
    #[arg(long, value_enum, default_value_t)]
    pub(super) profile: Profile,
    /// Rules and config.
    #[command(flatten)]
    pub(super) setup: SetupArgs,
}

/// How a comparison is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CompareFormat {
    /// For people at a terminal
    Text,
    /// For programs
    Json,
    /// Markdown, for a pull request
    Md,
    /// A page
    Html,
}

/// `plainway rescore`.
#[derive(Clone, Debug, Args)]
pub(super) struct RescoreArgs {
    /// Only runs that began on this day or later, as 2026-03-01
    #[arg(long, value_name = "DATE", default_value = "")]
    pub(super) since: String,
    /// Rules and config.
    #[command(flatten)]
    pub(super) setup: SetupArgs,
}

/// `plainway purge`.
#[derive(Clone, Debug, Args)]
pub(super) struct PurgeArgs {
    /// The address of the page or file
    #[arg(value_name = "URL")]
    pub(super) url: String,
    /// Remove what was measured and found on it as well; past scores stay as they were given
    #[arg(long)]
    pub(super) facts: bool,
}

/// `plainway runs`.
#[derive(Clone, Debug, Args)]
pub(super) struct RunsArgs {
    /// What to do with the runs [default: list]
    #[command(subcommand)]
    pub(super) command: Option<RunsCommand>,
    /// As text or as JSON
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ListFormat,
}

/// What to do with the stored runs.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum RunsCommand {
    /// List the runs
    List {
        /// As text or as JSON
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Show a run: what it came to, and what is kept of it
    Show {
        /// The run: its number, its id, a date, `last` or `previous`
        run: String,
        /// As text or as JSON
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Delete a run with its snapshot
    Delete {
        /// The run: its number, its id, a date, `last` or `previous`
        run: String,
    },
    /// Write runs and their measurements into one file, to keep or to take elsewhere
    Export {
        /// The file, as history.db
        file: PathBuf,
        /// Only this run
        #[arg(long, value_name = "RUN")]
        run: Option<String>,
    },
    /// Add the runs of an exported file to the history
    Import {
        /// The file
        file: PathBuf,
    },
    /// Look whether the history is whole
    Check,
}

/// `plainway evidence`.
#[derive(Clone, Debug, Args)]
pub(super) struct EvidenceArgs {
    /// The run: its number, its id, a date, `last` or `previous`
    #[arg(default_value = "last")]
    pub(super) run: String,
    /// The file to write [default: evidence-<id of the run>.zip]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Rules and config.
    #[command(flatten)]
    pub(super) setup: SetupArgs,
}

/// `plainway verify`.
#[derive(Clone, Debug, Args)]
pub(super) struct VerifyArgs {
    /// A file that `plainway evidence` wrote
    pub(super) file: PathBuf,
}
