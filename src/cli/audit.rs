//! `plainway audit`: each target is a run of its own, with reports of its own.

use super::args::{AuditArgs, Profile};
use super::output::{self, Place};
use super::pipeline::{self, AuditError, Audited, Job};
use super::progress::{Meter, STOP, listen_for_stop, note};
use super::screen::Screen;
use super::setup::{self, Reading, Setup};
use super::snapshots::Snapshots;
use super::today;
use super::{Stop, fleet, gate::gate, many};
use crate::gather::{Plan, Source, archive_days, turned_away_from};
use crate::history::{Store, Unfinished};
use anyhow::anyhow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Audits every target, and ends with the worst of their exit codes.
pub(super) fn run(args: &AuditArgs) -> Result<(), Stop> {
    if let Some(file) = &args.sites {
        return fleet::run(args, file);
    }
    if args.targets.len() > 1 && args.read.as_url.is_some() {
        return Err(Stop::Wrong(anyhow!(
            "--as names one address, but there are {} targets; audit them one by one",
            args.targets.len()
        )));
    }
    let mut setup = Setup::load(&args.setup, args.profile)?;
    setup.hear()?;
    let sources: Vec<Source> = args.targets.iter().map(|t| setup::source(t)).collect::<Result<_, _>>()?;
    let started = today::started(args.read.as_of.as_deref())?;
    output::prepare(&args.out)?;
    let mut store = if args.no_history { Store::temporary().map_err(Stop::undone)? } else { setup.open_store()? };
    listen_for_stop();
    let single = sources.len() == 1;
    let mut taken = BTreeSet::new();
    let mut worst: Option<Stop> = None;
    for source in sources {
        let reading = Reading { read: &args.read, scope: &args.scope, doors: &args.doors };
        let mut plan = setup::plan(source, reading, &setup.config, &started)?;
        let target = setup::shown_target(&plan);
        let out = if single { args.out.clone() } else { args.out.join(folder_name(&target, &mut taken)) };
        let one = One { args, setup: &setup, target, name: None, stop: &STOP };
        let done = if args.each_date {
            each_date(&one, &mut plan, &mut store, &out)
        } else {
            audit_one(&one, &mut plan, &mut store, &out)
        };
        if let Err(stop) = done {
            if !single {
                note(format_args!("plainway: {stop}"));
            }
            if worst.as_ref().is_none_or(|w| rank(&stop) > rank(w)) {
                worst = Some(stop);
            }
        }
    }
    match worst {
        Some(stop) if single => Err(stop),
        worst => all_told(worst.as_ref(), "not every target could be audited"),
    }
}

/// Codes rank 2, 3, 1, 0: a wrong command is worse than an audit that failed, and that than a gate.
pub(super) fn rank(stop: &Stop) -> u8 {
    match stop.code() {
        2 => 3,
        3 => 2,
        _ => 1,
    }
}

/// How a command ends that told of each of its audits already.
pub(super) fn all_told(worst: Option<&Stop>, words: &'static str) -> Result<(), Stop> {
    Err(match worst {
        None => return Ok(()),
        Some(Stop::Failed) => Stop::Failed,
        Some(Stop::Wrong(_)) => Stop::Wrong(anyhow!(words)),
        Some(Stop::Undone(_)) => Stop::Undone(anyhow!(words)),
    })
}

/// One audit of a command.
pub(super) struct One<'o> {
    pub(super) args: &'o AuditArgs,
    pub(super) setup: &'o Setup,
    /// How reports name it.
    pub(super) target: String,
    /// What tells its runs from those of other sites, where it has no address of its own.
    pub(super) name: Option<String>,
    /// Ends it before its time.
    pub(super) stop: &'o AtomicBool,
}

/// The folder of a target among several: its host or folder, `-2` when that is taken.
pub(super) fn folder_name(shown: &str, taken: &mut BTreeSet<String>) -> String {
    let bare = shown.trim_start_matches("https://").trim_start_matches("http://");
    let name: String = bare
        .split('/')
        .next()
        .unwrap_or("site")
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .collect();
    let name = if name.trim_matches('.').is_empty() { "site".to_owned() } else { name };
    let free = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}-{n}"))).find(|n| !taken.contains(n));
    let free = free.unwrap_or(name);
    taken.insert(free.clone());
    free
}

/// Audits an archive as it was on each day on which pages were captured: a run a day, the oldest
/// first, so that the reports of the last one show the trend.
fn each_date(one: &One<'_>, plan: &mut Plan, store: &mut Store, out: &Path) -> Result<(), Stop> {
    let Source::Archive(path) = &plan.source else {
        return Err(Stop::Wrong(anyhow!(
            "--each-date is for archives, which may hold a site of several days: give a .warc, .warc.gz or .wacz"
        )));
    };
    let days = archive_days(path).map_err(Stop::undone)?;
    let many_days = many(days.len(), "day");
    for (at, day) in days.into_iter().enumerate() {
        note(format_args!("{day} ({} of {many_days})", at + 1));
        plan.date = today::started(Some(&day))?;
        plan.as_of = Some(day);
        audit_one(one, plan, store, out)?;
    }
    Ok(())
}

/// Audits one target, writes its reports, and asks the gate.
pub(super) fn audit_one(one: &One<'_>, plan: &mut Plan, store: &mut Store, out: &Path) -> Result<(), Stop> {
    let One { args, setup, target, .. } = one;
    output::prepare(out)?;
    if setup.profile == Profile::Website && setup.config.kiosk.is_some() {
        note("the config describes a kiosk, and this audit judges a website: --profile kiosk judges its screens");
    }
    let snapshots = snapshots(args, setup, plan)?;
    let left = interrupted(args, setup, store, target, snapshots.as_ref())?;
    if let Some(done) = left.as_ref().filter(|left| left.done) {
        return report_again(args, setup, store, done.run, out);
    }
    if let Some(left) = &left {
        plan.date.clone_from(&left.started);
    }
    let plan = &*plan;
    let meter = Meter::new(target);
    let as_of = args.read.as_of.as_deref().or(plan.as_of.as_deref());
    let finished = || today::finished(as_of, &plan.date).unwrap_or_else(|_| plan.date.clone());
    let job = Job {
        setup,
        plan,
        target: target.clone(),
        name: one.name.clone(),
        finished: &finished,
        snapshots,
        left,
        progress: &|p| meter.tell(p),
        stop: one.stop,
        keep_private: args.doors.keep_private,
        screen: Screen::new(&args.render, plan, setup, (args.gate, one.stop))?,
    };
    let audited = pipeline::run(&job, store);
    meter.done();
    job.screen.tell();
    let audited = audited.map_err(|error| {
        let told = matches!(error, AuditError::Stopped | AuditError::Busy(_));
        let kept = error.may_resume() && job.snapshots.is_some() && !told;
        let hint = "what was read so far is kept, and the same command with --resume goes on with it";
        let error = anyhow::Error::from(error);
        Stop::Undone(if kept { anyhow!("{error:#}; {hint}") } else { error })
    })?;
    let told = tell_of(args, setup, &audited, store, out);
    // The very last step: an audit that is killed before it is gone on with.
    store.set_reported(audited.run.run).map_err(Stop::undone)?;
    told
}

/// Where the reports of a site go, and what is written beside them.
fn place<'p>(args: &'p AuditArgs, setup: &'p Setup, store: &'p Store, (site, out): (&'p str, &'p Path)) -> Place<'p> {
    Place {
        out,
        store,
        site,
        setup,
        pages: args.pages,
        formats: &args.format,
        baseline: args.baseline.as_deref(),
        waivers: args.waivers.as_deref(),
    }
}

/// Writes the reports, and says what came out.
fn tell_of(args: &AuditArgs, setup: &Setup, audited: &Audited, store: &Store, out: &Path) -> Result<(), Stop> {
    let place = place(args, setup, store, (&audited.site, out));
    let digest = output::write(&place, &audited.run)?;
    output::summary(&digest, &setup.rules, out);
    if digest.moves.as_ref().is_some_and(|m| m.shared < 0.5) {
        note(
            "fewer than half of the addresses are those of the last run: this looks like another site; give a staging site or a folder its public address with --as",
        );
    }
    for trap in &audited.gathered.traps {
        note(format_args!(
            "the site leads on without end at {} ({} links not followed), as at {}",
            trap.pattern, trap.cut, trap.example
        ));
    }
    if let Some(away) = turned_away_from(&audited.gathered).filter(|away| away.share > 0.5) {
        return Err(Stop::Undone(anyhow!(
            "{} pages ({:.0}% of those met) were a sign-in or block page instead of the site: {:?}; the reports show only the rest",
            away.met,
            away.share * 100.0,
            away.why
        )));
    }
    if args.doors.insecure {
        note("read with --insecure: nobody looked at the certificates of the servers");
    }
    if audited.gathered.own_site {
        note("read with --own-site: robots.txt and the rate were lifted");
    }
    if args.gate { gate(args, setup, store, &audited.run) } else { Ok(()) }
}

/// The run that `--resume` goes on with. Without the flag it is only told that there is one.
fn interrupted(
    args: &AuditArgs,
    setup: &Setup,
    store: &Store,
    target: &str,
    snapshots: Option<&Snapshots>,
) -> Result<Option<Unfinished>, Stop> {
    let left = store.unfinished(target, setup.profile.word()).map_err(Stop::undone)?.into_iter().next();
    let Some(left) = left else {
        if args.resume {
            note(format_args!("no interrupted audit of {target} is kept here: this one starts from the beginning"));
        }
        return Ok(None);
    };
    if args.resume {
        return Ok(Some(left));
    }
    if !left.done && !snapshots.is_some_and(|s| s.is_busy(&left)) {
        note(format_args!(
            "an audit of {target} that began on {} was interrupted; --resume would go on with it, and this one starts anew",
            left.started
        ));
    }
    Ok(None)
}

/// Writes the reports of a run that was interrupted after its last page was judged.
fn report_again(args: &AuditArgs, setup: &Setup, store: &mut Store, run: i64, out: &Path) -> Result<(), Stop> {
    let missing = || Stop::Undone(anyhow!("the interrupted run is no longer in the store; audit without --resume"));
    let row = store.run(run).map_err(Stop::undone)?.ok_or_else(missing)?;
    let site = store.site_of(run).map_err(Stop::undone)?;
    let digest = output::write(&place(args, setup, store, (&site, out)), &row)?;
    output::summary(&digest, &setup.rules, out);
    let told = if args.gate { gate(args, setup, store, &row) } else { Ok(()) };
    store.set_reported(run).map_err(Stop::undone)?;
    told
}

/// Where the snapshot goes: beside the store; an archive is a snapshot already.
fn snapshots(args: &AuditArgs, setup: &Setup, plan: &Plan) -> Result<Option<Snapshots>, Stop> {
    if args.no_history || matches!(plan.source, Source::Archive(_)) {
        return Ok(None);
    }
    let dir = setup.store_dir().join("snapshots");
    std::fs::create_dir_all(&dir).map_err(|e| {
        Stop::Undone(anyhow!(
            "the folder {} for snapshots cannot be made: {e}; `--no-history` goes on without it",
            dir.display()
        ))
    })?;
    Ok(Some(Snapshots { dir, name: None }))
}
