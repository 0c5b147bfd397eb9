//! `plainway audit --sites`: many sites, several at once. A host is never asked by two of them at a time, and
//! what goes wrong with one site is a row of the portfolio and nothing else.

use super::args::{AuditArgs, Profile, SetupArgs};
use super::audit::{One, all_told, audit_one, folder_name, rank};
use super::progress::{STOP, in_turn, listen_for_stop, note};
use super::setup::{self, Reading, Setup, read_text};
use super::today;
use super::{Stop, gate::gate, many, output, portfolio, say};
use crate::config::{Fleet, FleetSite};
use crate::history::Store;
use crate::model::PageUrl;
use crate::report::Last;
use anyhow::{Context, anyhow};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Sites that are read at once. Our choice: at four requests a second each, eight keep one core at work.
const AT_ONCE: usize = 8;

/// How often the sites are told that the user wants to stop. Our choice.
const LISTEN: Duration = Duration::from_millis(50);

/// A site of the file, and where its reports go.
pub(super) struct Member {
    pub(super) site: FleetSite,
    pub(super) profile: Profile,
    /// How reports name it, and what its runs are found by.
    pub(super) target: String,
    /// Whether only its name tells its runs from those of others.
    pub(super) is_named: bool,
    /// The folder of its reports.
    pub(super) folder: String,
    /// What no other site may read at the same time.
    host: Option<String>,
}

impl Member {
    fn new(site: FleetSite, profile: Profile, taken: &mut BTreeSet<String>) -> Self {
        let live = Url::parse(&site.target).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let address = site.as_url.clone().or_else(|| PageUrl::from_url(live.clone()?)).map(|url| url.to_string());
        let is_named = address.is_none();
        let target = address.unwrap_or_else(|| site.name.clone());
        let folder = folder_name(if is_named { &site.name } else { &target }, taken);
        let profile = site.profile.map_or(profile, Profile::of);
        Self { site, profile, target, is_named, folder, host: live.as_ref().and_then(host) }
    }
}

/// What two sites must not ask at once: a host under either of its usual names, by either scheme.
fn host(url: &Url) -> Option<String> {
    let name = url.host_str()?.trim_start_matches("www.");
    Some(url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")))
}

/// The sites of a file, in its order, and the folder that it lies in.
pub(super) fn members(file: &Path, profile: Profile) -> Result<(Vec<Member>, PathBuf), Stop> {
    let text = read_text(file).context("the file of --sites cannot be used").map_err(Stop::Wrong)?;
    let fleet = Fleet::parse(&file.display().to_string(), &text).map_err(Stop::wrong)?;
    let mut taken = BTreeSet::new();
    let members = fleet.sites.into_iter().map(|site| Member::new(site, profile, &mut taken)).collect();
    Ok((members, file.parent().map(Path::to_owned).unwrap_or_default()))
}

/// Whether a site belongs to the part i of N: by its own hash, whatever else stands in the file.
fn is_in((part, of): (u32, u32), site: &FleetSite) -> bool {
    let hash = Sha256::digest(site.identity().as_bytes());
    let number = hash[..8].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    number % u64::from(of) == u64::from(part - 1)
}

/// The setup of one site: the common one, with what the site says of itself, or with a config of its own.
pub(super) fn setup_of(common: &Setup, args: &SetupArgs, member: &Member, dir: &Path) -> Result<Setup, Stop> {
    let mut setup = match &member.site.config {
        Some(config) => {
            let args = SetupArgs { config: Some(dir.join(config)), rules: args.rules.clone() };
            Setup::load(&args, member.profile)?
        }
        None if member.profile == common.profile => common.clone(),
        None => Setup::load(args, member.profile)?,
    };
    if member.site.config.is_some() || member.profile != common.profile {
        setup.hear()?;
    }
    setup.config = member.site.applied(&setup.config);
    // All sites of a fleet have one history.
    setup.home.clone_from(&common.home);
    Ok(setup)
}

/// An audit of many sites.
struct Work<'w> {
    args: &'w AuditArgs,
    common: Setup,
    members: Vec<Member>,
    /// The folder that paths in the file are seen from.
    dir: PathBuf,
    date: String,
    /// The sites that an interrupted audit had done.
    done: BTreeSet<usize>,
    queue: Mutex<Queue>,
    freed: Condvar,
    stops: Vec<AtomicBool>,
}

struct Queue {
    waiting: Vec<usize>,
    busy: BTreeSet<String>,
}

/// What became of one site.
struct Told {
    last: Option<Last>,
    stop: Option<Stop>,
    /// What its audit said.
    said: String,
}

/// Audits the sites of a file, and ends with the worst of their exit codes.
pub(super) fn run(args: &AuditArgs, file: &Path) -> Result<(), Stop> {
    let mut common = Setup::load(&args.setup, args.profile)?;
    common.hear()?;
    let (mut members, dir) = members(file, args.profile)?;
    let all = members.len();
    if let Some(shard) = args.shard {
        members.retain(|member| is_in(shard, &member.site));
    }
    output::prepare(&args.out)?;
    let mut date = today::started(args.read.as_of.as_deref())?;
    let store = if args.no_history { None } else { Some(common.open_store()?) };
    let mut done = BTreeSet::new();
    let fleet = match &store {
        Some(store) => {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let name = args.shard.map_or_else(|| name.to_string(), |(part, of)| format!("{name} {part}/{of}"));
            Some(begin(args, store, &name, &members, &mut date, &mut done)?)
        }
        None => None,
    };
    listen_for_stop();
    note(format_args!("{} of {}", many(members.len(), "site"), many(all, "site")));
    let waiting = (0..members.len()).filter(|at| !done.contains(at)).collect();
    let queue = Mutex::new(Queue { waiting, busy: BTreeSet::new() });
    let stops = members.iter().map(|_| AtomicBool::new(false)).collect();
    let work = Work { args, common, members, dir, date, done, queue, freed: Condvar::new(), stops };
    let told = work.all();
    if let (Some(store), Some(fleet), false) = (&store, fleet, STOP.load(Ordering::Relaxed)) {
        store.end_fleet(fleet).map_err(Stop::undone)?;
    }
    work.tell(told)
}

/// Begins the audit of the sites, or goes on with the one that was interrupted.
fn begin(
    args: &AuditArgs,
    store: &Store,
    name: &str,
    members: &[Member],
    date: &mut String,
    done: &mut BTreeSet<usize>,
) -> Result<i64, Stop> {
    let open = store.open_fleet(name).map_err(Stop::undone)?;
    match open {
        Some(open) if args.resume => {
            for (at, member) in members.iter().enumerate() {
                let last = store.last_run(&member.target, member.profile.word()).map_err(Stop::undone)?;
                if last.is_some_and(|last| last.reported && last.run.started == open.started) {
                    done.insert(at);
                }
            }
            note(format_args!("going on with the audit of {}: {} done", open.started, many(done.len(), "site")));
            *date = open.started;
            return Ok(open.fleet);
        }
        Some(open) => note(format_args!(
            "an audit of {name} that began on {} was interrupted; --resume would go on with it, and this one starts anew",
            open.started
        )),
        None if args.resume => {
            note(format_args!("no interrupted audit of {name} is kept here: this one starts from the beginning"));
        }
        None => {}
    }
    store.begin_fleet(name, date).map_err(Stop::undone)
}

impl Work<'_> {
    /// Audits every site, and gives back what became of each, in the order of the file.
    fn all(&self) -> Vec<Told> {
        let told: Vec<Mutex<Option<Told>>> = self.members.iter().map(|_| Mutex::new(None)).collect();
        let over = AtomicBool::new(false);
        let put = |at: usize, one: Told| {
            *told[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(one);
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    if STOP.load(Ordering::Relaxed) {
                        self.stops.iter().for_each(|stop| stop.store(true, Ordering::Relaxed));
                    }
                    std::thread::sleep(LISTEN);
                }
            });
            let work = || {
                while let Some(at) = self.next() {
                    put(at, self.one(at));
                    self.free(at);
                }
            };
            let threads: Vec<_> = (0..AT_ONCE.min(self.members.len())).map(|_| scope.spawn(work)).collect();
            // A site that breaks is caught where it breaks, so that no thread ends before its time.
            threads.into_iter().for_each(|thread| drop(thread.join()));
            over.store(true, Ordering::Relaxed);
        });
        let left = |at: usize| match self.done.contains(&at) {
            true => self.done_before(at),
            false => {
                let stop = Stop::Undone(anyhow!("not begun: the command was stopped before"));
                Told { last: self.last(at), stop: Some(stop), said: String::new() }
            }
        };
        let told = told.into_iter().map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner));
        told.enumerate().map(|(at, one)| one.unwrap_or_else(|| left(at))).collect()
    }

    /// The first site that waits and whose host nobody reads.
    fn next(&self) -> Option<usize> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if queue.waiting.is_empty() || STOP.load(Ordering::Relaxed) {
                return None;
            }
            let is_free = |&at: &usize| self.members[at].host.as_ref().is_none_or(|host| !queue.busy.contains(host));
            if let Some(place) = queue.waiting.iter().position(is_free) {
                let at = queue.waiting.remove(place);
                queue.busy.extend(self.members[at].host.clone());
                return Some(at);
            }
            queue = self.freed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn free(&self, at: usize) {
        if let Some(host) = &self.members[at].host {
            self.queue.lock().unwrap_or_else(PoisonError::into_inner).busy.remove(host);
        }
        self.freed.notify_all();
    }

    /// Audits one site.
    fn one(&self, at: usize) -> Told {
        let name = &self.members[at].site.name;
        let mut last = None;
        let ((), said) = in_turn(name, || note("begun"));
        drop(said);
        let (done, said) = in_turn(name, || {
            catch_unwind(AssertUnwindSafe(|| self.audited(at, &mut last)))
                .unwrap_or_else(|_| Err(Stop::Undone(anyhow!("the audit of this site broke off; this is our mistake"))))
        });
        let stop = done.err();
        in_turn(name, || match (&stop, &last) {
            (Some(Stop::Failed), _) => note("the gate failed"),
            (Some(stop), _) => note(format_args!("not audited: {stop}")),
            (None, Some(last)) => note(format_args!("score {:.1} of 100", last.score.value)),
            (None, None) => {}
        });
        Told { last, stop, said }
    }

    fn audited(&self, at: usize, last: &mut Option<Last>) -> Result<(), Stop> {
        let member = &self.members[at];
        let args = self.args;
        let setup = setup_of(&self.common, &args.setup, member, &self.dir)?;
        let mut store = if args.no_history { Store::temporary().map_err(Stop::undone)? } else { setup.open_store()? };
        let done = self.read(member, &setup, &mut store, &self.stops[at]);
        if !STOP.load(Ordering::Relaxed) {
            let error = done.as_ref().err().filter(|stop| !matches!(stop, Stop::Failed)).map(|stop| self.plain(stop));
            let (target, profile) = (&member.target, member.profile.word());
            store.note_failure(target, profile, &self.date, error.as_deref()).map_err(Stop::undone)?;
        }
        *last = portfolio::last(&setup, &store, member)?;
        done
    }

    fn read(&self, member: &Member, setup: &Setup, store: &mut Store, stop: &AtomicBool) -> Result<(), Stop> {
        let args = self.args;
        let target = &member.site.target;
        if target == "-" {
            return Err(Stop::Wrong(anyhow!("standard input is no site; write an address, a folder or an archive")));
        }
        let source = match member.host {
            Some(_) => setup::source(target)?,
            None => setup::source(&self.dir.join(target).to_string_lossy())?,
        };
        let reading = Reading { read: &args.read, scope: &args.scope, doors: &args.doors };
        let mut plan = setup::plan(source, reading, &setup.config, &self.date)?;
        plan.as_url.clone_from(&member.site.as_url);
        let name = member.is_named.then(|| member.site.name.clone());
        let one = One { args, setup, target: member.target.clone(), name, stop };
        audit_one(&one, &mut plan, store, &args.out.join(&member.folder))
    }

    /// A site that an interrupted audit had done, with what came out then; the gate is asked again.
    fn done_before(&self, at: usize) -> Told {
        let member = &self.members[at];
        let (done, said) = in_turn(&member.site.name, || {
            let setup = setup_of(&self.common, &self.args.setup, member, &self.dir)?;
            let store = setup.open_store()?;
            let (target, profile) = (&member.target, member.profile.word());
            if let Some(error) = store.failure(target, profile).map_err(Stop::undone)? {
                return Err(Stop::Undone(anyhow!(error)));
            }
            match store.last_run(target, profile).map_err(Stop::undone)? {
                Some(last) if self.args.gate => gate(self.args, &setup, &store, &last.run),
                _ => Ok(()),
            }
        });
        Told { last: self.last(at), stop: done.err(), said }
    }

    /// What the history holds of a site that was not audited now.
    fn last(&self, at: usize) -> Option<Last> {
        let member = &self.members[at];
        let setup = setup_of(&self.common, &self.args.setup, member, &self.dir).ok()?;
        let store = if self.args.no_history { return None } else { setup.open_store().ok()? };
        portfolio::last(&setup, &store, member).ok().flatten()
    }

    /// Writes the portfolio, and says what became of each site.
    fn tell(self, told: Vec<Told>) -> Result<(), Stop> {
        let mut lines = Vec::new();
        let mut worst: Option<Stop> = None;
        let mut rows = Vec::new();
        for (member, told) in self.members.iter().zip(told) {
            if self.args.gate && !told.said.is_empty() {
                say(format_args!("{}\n{}", member.site.name, told.said));
            }
            let error = told.stop.as_ref().filter(|stop| !matches!(stop, Stop::Failed)).map(|stop| self.plain(stop));
            rows.push(portfolio::member(member, &self.common, told.last, error));
            lines.push(portfolio::line(rows.last()));
            if let Some(stop) = told.stop.filter(|stop| worst.as_ref().is_none_or(|w| rank(stop) > rank(w))) {
                worst = Some(stop);
            }
        }
        say(portfolio::HEAD);
        lines.iter().for_each(say);
        portfolio::write(&self.args.out, &self.common, rows, self.args.shard)?;
        if STOP.load(Ordering::Relaxed) {
            let hint = if self.args.no_history { "" } else { "; the same command with --resume goes on with it" };
            return Err(Stop::Undone(anyhow!("stopped before the end{hint}")));
        }
        all_told(worst.as_ref(), "not every site could be audited")
    }

    /// An error without the folders of this machine: reports are handed on.
    fn plain(&self, stop: &Stop) -> String {
        let mut text = stop.to_string();
        for dir in [&self.dir, &self.common.home] {
            let dir = dir.display().to_string();
            if !dir.is_empty() {
                text = text.replace(&format!("{dir}/"), "");
            }
        }
        text
    }
}
