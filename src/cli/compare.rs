//! `plainway compare`: what changed between two audits, from wherever they come: stored runs, an
//! `audit.json`, snapshots, folders.

use super::args::Profile;
use super::args_history::{CompareArgs, CompareFormat};
use super::beside::beside;
use super::pipeline;
use super::progress::listen_for_stop;
use super::setup::{self, Setup};
use super::today::started;
use super::{Stop, choice, output, rescore, say};
use crate::gather::{Plan, Source};
use crate::history::{
    Comparison, Kept, MovedPage, RunRow, Store, Version, comparison, loose, moved_by_content, moved_by_redirect,
    setup_changes,
};
use crate::model::PageUrl;
use crate::report::{Compared, ComparisonForm, ComparisonReport, Contact, render_comparison};
use anyhow::{Context, anyhow};
use std::path::Path;

/// Largest audit.json that is read. Our choice: about a million findings.
const MAX_AUDIT: u64 = 1024 * 1024 * 1024;

/// One side of the comparison.
struct Side {
    name: String,
    /// Its score as it was given.
    given: f64,
    /// Its settings then.
    setup: String,
    version: Version,
    from: From,
}

/// Where a side came from, for what is asked of it later.
#[derive(Clone)]
enum From {
    /// A run of the history, with what is kept of it.
    History(Box<Kept>, i64),
    /// Audited just now, into a store that is gone afterwards.
    Scratch(i64),
    /// An audit.json.
    File,
}

/// What both sides need.
struct Desk<'a> {
    args: &'a CompareArgs,
    setup: Setup,
    history: Option<Store>,
    scratch: Store,
}

/// Compares, and prints or writes what came out.
pub(super) fn run(args: &CompareArgs) -> Result<(), Stop> {
    listen_for_stop();
    let setup = Setup::load(&args.setup, args.profile)?;
    let has_history = setup.store_dir().join("plainway.db").is_file();
    let history = if has_history { Some(setup.open_store()?) } else { None };
    let mut desk = Desk { args, setup, history, scratch: Store::temporary().map_err(Stop::undone)? };
    let before = desk.side(&args.before)?;
    let after = desk.side(&args.after)?;
    let (before, after, compared) = desk.compared(before, after)?;
    let config = &desk.setup.config;
    let report = ComparisonReport {
        before: Compared { name: &before.name, version: &before.version, given: before.given, setup: &before.setup },
        after: Compared { name: &after.name, version: &after.version, given: after.given, setup: &after.setup },
        comparison: compared.as_ref(),
        rules: &desk.setup.rules,
        contact: config.contact.as_ref().map(|c| Contact {
            name: c.name.clone(),
            href: c.href.clone(),
            text: c.text.clone(),
        }),
        tool: env!("CARGO_PKG_VERSION"),
        house: &desk.setup.house,
    };
    for format in &args.format {
        let form = match format {
            CompareFormat::Text => ComparisonForm::Text,
            CompareFormat::Json => ComparisonForm::Json,
            CompareFormat::Md => ComparisonForm::Markdown,
            CompareFormat::Html => ComparisonForm::Html,
        };
        let text = render_comparison(&report, form).map_err(Stop::undone)?;
        let out = args.out.as_deref().or((form == ComparisonForm::Html).then_some(Path::new("plainway-report")));
        match out.filter(|_| form != ComparisonForm::Text) {
            Some(out) => {
                output::prepare(out)?;
                let path = out.join(form.file());
                output::replace(&path, text.as_bytes())?;
                say(format_args!("Written to {}", path.display()));
            }
            None => say(text.trim_end()),
        }
    }
    Ok(())
}

impl Desk<'_> {
    /// What a word on the command line means.
    fn side(&mut self, word: &str) -> Result<Side, Stop> {
        let path = Path::new(word);
        let is_word = matches!(word, "last" | "previous") || word.parse::<i64>().is_ok() || choice::is_day(word);
        if !is_word && path.exists() {
            return if word.to_ascii_lowercase().ends_with(".json") { self.of_file(path) } else { self.audited(word) };
        }
        let named = match &self.history {
            Some(store) => choice::run_named(store, word)?,
            None if is_word => {
                return Err(Stop::Wrong(anyhow!(
                    "there is no history here that could hold the run `{word}`; `plainway audit` makes one"
                )));
            }
            None => None,
        };
        match named {
            Some((site, run)) => self.of_run(site, run),
            None => Err(Stop::Wrong(anyhow!(
                "`{word}` is neither a run (number, id, date, last, previous) nor a file or folder"
            ))),
        }
    }

    fn history(&self) -> Result<&Store, Stop> {
        self.history.as_ref().ok_or_else(|| {
            Stop::Wrong(anyhow!("there is no history here; `plainway audit` begins one, or name two files or folders"))
        })
    }

    fn of_run(&mut self, site: String, run: RunRow) -> Result<Side, Stop> {
        if run.profile != self.setup.profile.word() {
            self.setup = Setup::load(&self.args.setup, Profile::of(&run.profile))?;
        }
        let store = self.history()?;
        let version = store.version(&run).map_err(Stop::undone)?;
        let snapshot = store.snapshot_of(run.run).map_err(Stop::undone)?;
        let (name, given, number) = (format!("run {}", run.run), run.score.value, run.run);
        let setup = run.setup.clone();
        Ok(Side { name, given, setup, version, from: From::History(Box::new(Kept { run, site, snapshot }), number) })
    }

    fn of_file(&self, path: &Path) -> Result<Side, Stop> {
        let read = || format!("{} cannot be read", path.display());
        let size = std::fs::metadata(path).with_context(read).map_err(Stop::Wrong)?.len();
        if size > MAX_AUDIT {
            return Err(Stop::Wrong(anyhow!("{} is too large for an audit.json", path.display())));
        }
        let text = std::fs::read_to_string(path).with_context(read).map_err(Stop::Wrong)?;
        let version = Version::of_audit_file(&text)
            .map_err(|e| Stop::Wrong(anyhow!("{} cannot be compared: {e}", path.display())))?;
        Ok(Side { name: short_name(path), given: version.score.value, setup: String::new(), version, from: From::File })
    }

    /// A folder, a file or a snapshot, audited by today's rules.
    fn audited(&mut self, word: &str) -> Result<Side, Stop> {
        let source = setup::source(word)?;
        let date = started(self.args.as_of.as_deref())?;
        let mut plan = Plan::new(source, &date);
        if let Some(text) = &self.args.as_url {
            plan.as_url = Some(PageUrl::parse(text).map_err(|e| Stop::Wrong(anyhow!("--as: {e}")))?);
        }
        if let Source::Archive(_) = plan.source {
            plan.as_of.clone_from(&self.args.as_of);
        }
        let target = setup::shown_target(&plan);
        let scratch = &mut self.scratch;
        let audited = beside(&self.setup, &plan, (&target, &date), |job| pipeline::run(job, scratch));
        let run = audited.map_err(Stop::undone)?.run;
        let version = self.scratch.version(&run).map_err(Stop::undone)?;
        let (given, setup) = (run.score.value, run.setup);
        Ok(Side { name: short_name(Path::new(word)), given, setup, version, from: From::Scratch(run.run) })
    }

    /// Brings both sides under one set of rules where that can be done, and compares.
    fn compared(&mut self, mut before: Side, mut after: Side) -> Result<(Side, Side, Option<Comparison>), Stop> {
        if !alike(&before.version, &after.version) {
            let judged = self.judge_again(&mut before)? && self.judge_again(&mut after)?;
            if !judged || !alike(&before.version, &after.version) {
                return Ok((before, after, None));
            }
        }
        let moved = self.moved(&before, &after)?;
        let compared = comparison(&before.version, &after.version, (before.given, after.given), moved);
        Ok((before, after, Some(compared)))
    }

    /// Puts what today's rules say in the place of what was said then; `false` where they cannot.
    fn judge_again(&mut self, side: &mut Side) -> Result<bool, Stop> {
        let From::History(kept, _) = side.from.clone() else { return Ok(true) };
        let Some(store) = self.history.as_mut() else { return Ok(false) };
        let Some(row) = rescore::judged_by(&self.setup, store, &kept)? else { return Ok(false) };
        side.version = store.version(&row).map_err(Stop::undone)?;
        side.from = From::History(kept, row.run);
        Ok(true)
    }

    fn moved(&self, before: &Side, after: &Side) -> Result<Vec<MovedPage>, Stop> {
        let mut moved = moved_by_redirect(&before.version, &after.version);
        let left = loose(&before.version, &after.version, &moved);
        if left.before.is_empty() || left.after.is_empty() {
            return Ok(moved);
        }
        let (Some(old), Some(new)) = (self.store_of(before)?, self.store_of(after)?) else { return Ok(moved) };
        let old = old.0.sketches(old.1, &left.before).map_err(Stop::undone)?;
        let new = new.0.sketches(new.1, &left.after).map_err(Stop::undone)?;
        moved.extend(moved_by_content(&old, &new));
        Ok(moved)
    }

    /// Where the facts of a side lie; an audit.json has none.
    fn store_of(&self, side: &Side) -> Result<Option<(&Store, i64)>, Stop> {
        Ok(match &side.from {
            From::History(_, run) => Some((self.history()?, *run)),
            From::Scratch(run) => Some((&self.scratch, *run)),
            From::File => None,
        })
    }
}

/// Whether two versions were judged by the same rules; what an audit.json leaves unsaid is taken for equal.
fn alike(before: &Version, after: &Version) -> bool {
    let setups_known = !before.setup.is_empty() && !after.setup.is_empty();
    before.rule_set == after.rule_set && (!setups_known || setup_changes(&before.setup, &after.setup).is_empty())
}

/// The name of a file or folder, never its path.
fn short_name(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    path.file_name().map_or_else(|| "folder".to_owned(), |name| name.to_string_lossy().into_owned())
}
