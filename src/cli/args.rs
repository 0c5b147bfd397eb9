//! Every command and flag, with its sentence of help.

use super::args_history::{CompareArgs, CompareAxeArgs, EvidenceArgs, PurgeArgs, RescoreArgs, RunsArgs, VerifyArgs};
use super::details::Pages;
use super::exports::Format;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// Audits the websites and kiosks of public bodies the way a citizen meets them.
#[derive(Debug, Parser)]
#[command(name = "plainway", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done; 1 the gate or `rules test` failed; 2 the command, a path, the config or a rule file is wrong; 3 the audit could not be done."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Audit a site, a folder of built HTML, a file, an archive, or a list of addresses
    Audit(Box<AuditArgs>),
    /// Audit the bundled town before and after, and show the trend; needs no network
    Demo(DemoArgs),
    /// Write a plainway.toml for a site
    Init(InitArgs),
    /// Write the reports of the last stored run again
    Report(ReportArgs),
    /// Say exactly what changed between two audits
    Compare(CompareArgs),
    /// Say where axe-core and the rules agree and differ on the same elements, by success criterion
    CompareAxe(CompareAxeArgs),
    /// Judge the stored snapshots again by today's rules, so that the trend has one set of rules
    Rescore(RescoreArgs),
    /// Keep the findings of the last run as known, for the gate
    Baseline(BaselineArgs),
    /// List, show, delete, export and import the stored runs
    Runs(RunsArgs),
    /// Show the goals of plainway.toml: where each stands, and whether its day will be met
    Goals(GoalsArgs),
    /// Remove a page from every snapshot
    Purge(PurgeArgs),
    /// Pack a run into one file, so that somebody else can repeat it
    Evidence(EvidenceArgs),
    /// Repeat the audit of such a file offline, and say whether it comes out the same; exit with 1 if not
    Verify(VerifyArgs),
    /// Print what was measured, as JSON Lines
    Facts(Box<FactsArgs>),
    /// Look at the rules, test them, start a new one
    Rules(RulesArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// What is audited: a site or a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    /// A website
    #[default]
    Website,
    /// The screens of a public terminal
    Kiosk,
}

impl Profile {
    /// The profile of a stored run.
    pub(super) fn of(word: &str) -> Self {
        if word == "kiosk" { Self::Kiosk } else { Self::Website }
    }

    /// The word in files and reports.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Website => "website",
            Self::Kiosk => "kiosk",
        }
    }
}

/// Flags about what is read, and how.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ReadArgs {
    /// Read at most so many pages [default: 10000]
    #[arg(long, value_name = "N", help_heading = "Reading")]
    pub(super) max_pages: Option<usize>,
    /// Look into at most so many PDF and Office files; 0 is none [default: 200]
    #[arg(long, value_name = "N", help_heading = "Reading")]
    pub(super) max_files: Option<usize>,
    /// Follow links at most so far from the start page; 0 is the start page alone
    #[arg(long, value_name = "N", help_heading = "Reading")]
    pub(super) depth: Option<u32>,
    /// Read a sample of so many pages, and say how far the score may be off; the same pages each time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(20..), conflicts_with = "depth", help_heading = "Reading")]
    pub(super) sample: Option<u32>,
    /// Wait so long between two requests to a host
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true, help_heading = "Reading")]
    pub(super) delay: Option<f64>,
    /// Ask a host for so many pages at once [default: 2; 16 on this machine]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Reading")]
    pub(super) concurrency: Option<u16>,
    /// You answer for this site: read it at full speed, whatever its robots.txt says (the report tells)
    #[arg(long, help_heading = "Reading")]
    pub(super) own_site: bool,
    /// The public address of what is read: of a folder, or of a staging site
    #[arg(long = "as", value_name = "URL", help_heading = "Reading")]
    pub(super) as_url: Option<String>,
    /// Take this date for today, as 2026-03-01 or with a time
    #[arg(long, value_name = "DATE", help_heading = "Reading")]
    pub(super) as_of: Option<String>,
}

/// Which addresses belong to the site, and what becomes of others.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ScopeArgs {
    /// Read only addresses whose path fits; * is anything, a $ at the end ends it (may be repeated)
    #[arg(long, value_name = "PATTERN", help_heading = "Scope")]
    pub(super) include: Vec<String>,
    /// Leave out addresses whose path fits (may be repeated)
    #[arg(long, value_name = "PATTERN", help_heading = "Scope")]
    pub(super) exclude: Vec<String>,
    /// Read only this folder of the site, as /library/
    #[arg(long, value_name = "FOLDER", help_heading = "Scope")]
    pub(super) folder: Option<String>,
    /// Read the subdomains of the site too
    #[arg(long, help_heading = "Scope")]
    pub(super) subdomains: bool,
    /// Whether links to other sites are tried (their pages are never read)
    #[arg(long, value_enum, default_value_t, value_name = "WHAT", help_heading = "Scope")]
    pub(super) external: ExternalLinks,
}

/// What becomes of links to other sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ExternalLinks {
    /// They are left alone
    #[default]
    None,
    /// Each is asked for once
    Check,
}

/// How servers are met that do not let everybody in.
#[derive(Clone, Default, Args)]
pub(super) struct DoorArgs {
    /// Call yourself this, with an address where the owner of the site can ask
    #[arg(long, value_name = "TEXT", help_heading = "Servers")]
    pub(super) user_agent: Option<String>,
    /// Ask only in these hours of UTC, as 22:00-05:00, or with its zone, as 22:00-05:00+02:00
    #[arg(long, value_name = "HOURS", help_heading = "Servers")]
    pub(super) window: Option<String>,
    /// Sign in by HTTP Basic
    #[arg(long, value_name = "USER:PASSWORD", help_heading = "Servers")]
    pub(super) basic: Option<String>,
    /// Sign in with a token
    #[arg(long, value_name = "TOKEN", help_heading = "Servers")]
    pub(super) bearer: Option<String>,
    /// Send this header to the site (may be repeated)
    #[arg(long, value_name = "NAME: VALUE", help_heading = "Servers")]
    pub(super) header: Vec<String>,
    /// Send the cookies of this file (Netscape format) to the site
    #[arg(long, value_name = "FILE", help_heading = "Servers")]
    pub(super) cookies: Option<PathBuf>,
    /// Show this certificate with its key (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Servers")]
    pub(super) client_cert: Option<PathBuf>,
    /// Trust this authority as well (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Servers")]
    pub(super) ca: Option<PathBuf>,
    /// Take servers whose certificate is expired, for another name, or signed by nobody known
    #[arg(long, help_heading = "Servers")]
    pub(super) insecure: bool,
    /// Go through this proxy
    #[arg(long, value_name = "URL", help_heading = "Servers")]
    pub(super) proxy: Option<String>,
    /// Ask no address inside a private network
    #[arg(long, help_heading = "Servers")]
    pub(super) public_only: bool,
    /// Keep the pages themselves in the snapshot, though they were read with credentials
    #[arg(long, help_heading = "Servers")]
    pub(super) keep_private: bool,
}

/// Whether pages are drawn by a browser.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct RenderArgs {
    /// Draw pages in a browser and judge what people see [default: auto where a browser is found; never with --gate]
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Browser")]
    pub(super) render: Option<Render>,
    /// The browser that draws [default: chromium-headless-shell, chromium, google-chrome or msedge]
    #[arg(long, value_name = "PATH", help_heading = "Browser")]
    pub(super) browser: Option<PathBuf>,
    /// Run this copy of axe-core (axe.min.js) in each page that is drawn, and list beside what only it found; never counted. Without --render, every page is drawn
    #[arg(long, value_name = "FILE", help_heading = "Browser")]
    pub(super) with_axe: Option<PathBuf>,
}

/// Which pages are drawn by a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Render {
    /// None
    Never,
    /// Those whose source holds next to nothing, because a script draws them
    Auto,
    /// Every page
    Always,
}

impl std::fmt::Debug for DoorArgs {
    /// Nothing of it: it holds secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DoorArgs")
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(n) if (0.0..=3600.0).contains(&n) => Ok(n),
        _ => Err("a number of seconds between 0 and 3600 is wanted, as in 0.5".to_owned()),
    }
}

fn shard(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((i, n)) if (1..=n).contains(&i) => Ok((i, n)),
        _ => Err("a part of a whole is wanted, from 1/N to N/N, as in 2/4".to_owned()),
    }
}

/// Flags about the rules and the config.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SetupArgs {
    /// Read this config instead of the plainway.toml found upward from here
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub(super) config: Option<PathBuf>,
    /// Add the rules of this folder; a file with the id of a built-in rule replaces it
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub(super) rules: Option<PathBuf>,
}

/// `plainway audit`.
#[derive(Clone, Debug, Args)]
pub(super) struct AuditArgs {
    /// A URL, a folder, an HTML file, a .warc, .warc.gz or .wacz, or - for a list of addresses on standard input
    #[arg(required_unless_present = "sites", value_name = "TARGET")]
    pub(super) targets: Vec<String>,
    /// Audit the sites of this file instead, several at once, and write a portfolio of them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["targets", "as_url", "each_date", "baseline", "basic", "bearer", "header", "cookies", "client_cert"])]
    pub(super) sites: Option<PathBuf>,
    /// Of the sites, audit only the part i of N; each site is in one of them, whatever others are added
    #[arg(long, value_name = "i/N", value_parser = shard, requires = "sites")]
    pub(super) shard: Option<(u32, u32)>,
    /// Write the reports here
    #[arg(long, value_name = "DIR", default_value = "plainway-report")]
    pub(super) out: PathBuf,
    /// Write these as well, separated by commas
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_enum)]
    pub(super) format: Vec<Format>,
    /// Which pages get a report of their own, and all rules with them: all, none, or those that cost most
    #[arg(long, value_name = "WHICH", default_value = "worst:200")]
    pub(super) pages: Pages,
    /// Neither read nor write the history in .plainway/
    #[arg(long)]
    pub(super) no_history: bool,
    /// Of an archive, audit the site as it was on each day on which pages were captured: a trend
    #[arg(long, conflicts_with = "as_of")]
    pub(super) each_date: bool,
    /// Go on with the audit of this target that was interrupted, with the date on which it began
    #[arg(long, conflicts_with = "no_history")]
    pub(super) resume: bool,
    /// Exit with 1 when there is a new problem that the baseline or the last run did not have
    #[arg(long)]
    pub(super) gate: bool,
    /// Compare with this baseline instead of plainway-baseline.json beside the config
    #[arg(long, value_name = "FILE", requires = "gate")]
    pub(super) baseline: Option<PathBuf>,
    /// Take the waivers of this config instead of one's own: that of the base branch
    #[arg(long, value_name = "FILE", requires = "gate")]
    pub(super) waivers: Option<PathBuf>,
    /// Say what the gate says, and exit with 0 all the same
    #[arg(long, requires = "gate")]
    pub(super) report_only: bool,
    /// This run belongs to a schedule: old problems whose waiver is over fail the gate too
    #[arg(long, requires = "gate")]
    pub(super) scheduled: bool,
    /// What is audited
    #[arg(long, value_enum, default_value_t, help_heading = "Rules")]
    pub(super) profile: Profile,
    /// What is read, and how.
    #[command(flatten)]
    pub(super) read: ReadArgs,
    /// Which addresses belong to the site.
    #[command(flatten)]
    pub(super) scope: ScopeArgs,
    /// How servers are met.
    #[command(flatten)]
    pub(super) doors: DoorArgs,
    /// Whether pages are drawn by a browser.
    #[command(flatten)]
    pub(super) render: RenderArgs,
    /// Rules and config.
    #[command(flatten)]
    pub(super) setup: SetupArgs,
}

/// `plainway demo`.
#[derive(Clone, Debug, Args)]
pub(super) struct DemoArgs {
    /// Write the reports here
    #[arg(long, value_name = "DIR", default_value = "plainway-report")]
    pub(super) out: PathBuf,
}

/// `plainway init`.
#[derive(Clone, Debug, Args)]
pub(super) struct InitArgs {
    /// The site to look at: an address, a folder or an archive; some of its pages are read for its name, languages and tasks
    #[arg(value_name = "TARGET")]
    pub(super) target: Option<String>,
    /// Name of the site, as reports show it
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Country, two letters
    #[arg(long)]
    pub(super) country: Option<String>,
    /// federal, national, state, regional, local or other
    #[arg(long)]
    pub(super) level: Option<String>,
    /// Languages of the site, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub(super) languages: Vec<String>,
    /// What it is: a website, or the screens of a kiosk; a look at them tells as well
    #[arg(long, value_enum, default_value_t)]
    pub(super) profile: Profile,
}

/// `plainway report`.
#[derive(Clone, Debug, Args)]
pub(super) struct ReportArgs {
    /// Write the reports here
    #[arg(long, value_name = "DIR", default_value = "plainway-report")]
    pub(super) out: PathBuf,
    /// The run, by the number that `plainway runs` lists [default: the last]
    #[arg(long, value_name = "N")]
    pub(super) run: Option<i64>,
    /// Write the reports of the last run of each site of this file, and the portfolio of them
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub(super) sites: Option<PathBuf>,
    /// Write these as well, separated by commas
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_enum)]
    pub(super) format: Vec<Format>,
    /// Which pages get a report of their own, and all rules with them: all, none, or those that cost most
    #[arg(long, value_name = "WHICH", default_value = "worst:200")]
    pub(super) pages: Pages,
    /// Rules and config.
    #[command(flatten)]
    pub(super) setup: SetupArgs,
}

/// `plainway baseline`.
#[derive(Clone, Debug, Args)]
pub(super) struct BaselineArgs {
    /// What to do with the baseline
    #[command(subcommand)]
    pub(super) command: BaselineCommand,
}

/// What to do with a baseline.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Write today's problems into a baseline file
    Write {
        /// The file [default: plainway-baseline.json beside the config]
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The audit.json to take them from [default: the last run of the history]
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
}

/// `plainway goals`.
#[derive(Clone, Debug, Args)]
pub(super) struct GoalsArgs {
    /// As text or as JSON
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ListFormat,
    /// Read this config instead of the plainway.toml found upward from here
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// How lists are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// `plainway facts`.
#[derive(Clone, Debug, Args)]
pub(super) struct FactsArgs {
    /// A URL, a folder, an HTML file, an archive, or a PDF or Office file
    #[arg(value_name = "TARGET")]
    pub(super) target: String,
    /// What is read, and how.
    #[command(flatten)]
    pub(super) read: ReadArgs,
    /// Which addresses belong to the site.
    #[command(flatten)]
    pub(super) scope: ScopeArgs,
    /// How servers are met.
    #[command(flatten)]
    pub(super) doors: DoorArgs,
    /// Read this config instead of the plainway.toml found upward from here
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// `plainway rules`.
#[derive(Clone, Debug, Args)]
pub(super) struct RulesArgs {
    /// What to do with the rules
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

/// What to do with rules.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List the rules
    List {
        /// As text or as JSON
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
        /// Add the rules of this folder
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
    /// Show a rule: the whole file
    Show {
        /// Its id, as forms/too-many-questions
        id: String,
        /// Add the rules of this folder
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
    /// Run the examples of the rules; exit with 1 if one fails
    Test {
        /// A folder of rules [default: the built-in rules]
        dir: Option<PathBuf>,
    },
    /// Print a skeleton for a new rule
    New {
        /// Its id, as forms/too-many-questions
        id: String,
    },
    /// List every fact that a rule can look at
    Facts {
        /// As text or as JSON
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
}
