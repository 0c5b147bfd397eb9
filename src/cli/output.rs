//! Reports on disk. A file of ours is replaced as a whole, others are left alone.

use super::details::Pages;
use super::exports::Format;
use super::setup::Setup;
use super::{Stop, many, say};
use super::{audit_file, details, exports, follow, goals};
use crate::history::{Digest, ItemRow, ItemState, KioskRow, RunRow, StateCounts, Store, TaskState};
use crate::model::Status;
use crate::report::{Contact, Family, ReportPage, Subject, Wcag, render, tells_changes};
use crate::rule::Rules;
use anyhow::{Context, anyhow};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use url::Url;

/// Where reports go and what they are made of.
pub(super) struct Place<'p> {
    pub(super) out: &'p Path,
    pub(super) store: &'p Store,
    pub(super) site: &'p str,
    pub(super) setup: &'p Setup,
    /// Which pages have a report of their own.
    pub(super) pages: Pages,
    /// What is written beside the reports.
    pub(super) formats: &'p [Format],
    /// The baseline that says what is known, where it is not the one beside the config.
    pub(super) baseline: Option<&'p Path>,
    /// The config whose waivers hold, where it is not one's own.
    pub(super) waivers: Option<&'p Path>,
}

/// Makes the folder for the reports, before any work is done for them.
pub(super) fn prepare(out: &Path) -> Result<(), Stop> {
    if out.exists() && !out.is_dir() {
        return Err(Stop::Wrong(anyhow!("--out {} is a file; name a folder", out.display())));
    }
    std::fs::create_dir_all(out)
        .with_context(|| format!("the folder {} for the reports cannot be made", out.display()))
        .map_err(Stop::Undone)
}

/// Writes a file so that a reader finds the old one or the new one, never a half.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    write_through(path, |file| file.write_all(bytes))
}

pub(super) fn write_through(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<(), Stop> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let written = (|| {
        let mut file = BufWriter::new(File::create(part)?);
        fill(&mut file)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(part, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(part);
    }
    written.with_context(|| format!("{} cannot be written", path.display())).map_err(Stop::Undone)
}

/// Writes one of many files, where a machine that stops at once may lose the last of them.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let part = path.with_extension("part");
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    written.with_context(|| format!("{} cannot be written", path.display())).map_err(Stop::Undone)
}

/// Writes the reports of a run, and gives back what they show.
pub(super) fn write(place: &Place<'_>, run: &RunRow) -> Result<Digest, Stop> {
    let digest = place.store.digest(run, place.site).map_err(Stop::undone)?;
    let kiosk = digest.tasks.kiosk.as_ref().map(|_| ReportPage::Kiosk);
    let pages: Vec<_> = [ReportPage::Scorecard, ReportPage::Site, ReportPage::Wcag].into_iter().chain(kiosk).collect();
    with_subject(place, &digest, Family::Audit, |subject| {
        write_pages(place, &digest, subject, &pages)?;
        if !subject.walk.is_empty() {
            write_pages(place, &digest, subject, &[ReportPage::Tasks])?;
        }
        if tells_changes(&digest, subject) {
            write_pages(place, &digest, subject, &[ReportPage::Changes])?;
        }
        details::write(place, run, &digest, subject)?;
        exports::write(place, run, &digest, subject)
    })?;
    audit_file::write(place, run, &digest)?;
    Ok(digest)
}

/// Writes the trend page of the demo.
pub(super) fn write_demo(place: &Place<'_>, run: &RunRow) -> Result<Digest, Stop> {
    let digest = place.store.digest(run, place.site).map_err(Stop::undone)?;
    with_subject(place, &digest, Family::Demo, |subject| write_pages(place, &digest, subject, &[ReportPage::Demo]))?;
    Ok(digest)
}

fn write_pages(place: &Place<'_>, digest: &Digest, subject: &Subject<'_>, pages: &[ReportPage]) -> Result<(), Stop> {
    for &page in pages {
        let html = render(page, digest, subject).map_err(Stop::undone)?;
        replace(&place.out.join(page.file()), html.as_bytes())?;
    }
    Ok(())
}

/// Calls with what reports say beside their digest.
fn with_subject(
    place: &Place<'_>,
    digest: &Digest,
    family: Family,
    call: impl FnOnce(&Subject<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let config = &place.setup.config;
    let host = host_or_whole(&digest.run.target);
    let goals = goals::lines(config, place.store, place.site, digest.run.run).map_err(Stop::undone)?;
    let subject = Subject {
        site_name: config.site.name.as_deref().unwrap_or(&host),
        target: &digest.run.target,
        contact: config.contact.as_ref().map(|c| Contact {
            name: c.name.clone(),
            href: c.href.clone(),
            text: c.text.clone(),
        }),
        goal: goals::aim(config, &goals),
        goals,
        house: &place.setup.house,
        family,
        details: details::chosen(place.pages, place.store, &digest.run)?,
        rules: &place.setup.rules,
        standard: place.setup.standard(),
        wcag: Wcag::new(digest, &place.setup.rules, place.setup.standard()),
        tool: env!("CARGO_PKG_VERSION"),
        follow: follow::follow_up(place.setup, place.store, place.site, digest)?,
        walk: details::walk(place.store, digest)?,
    };
    call(&subject)
}

fn host_or_whole(target: &str) -> String {
    Url::parse(target).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_else(|| target.to_owned())
}

/// The counts of today's problems that count, by state.
fn states(digest: &Digest, rules: &Rules) -> StateCounts {
    let counts = digest.rules.iter().filter(|r| rules.get(&r.rule).is_none_or(|rule| rule.status == Status::Active));
    counts.fold(StateCounts::default(), |mut sum, r| {
        sum.join(r.states);
        sum
    })
}

/// Prints what came out, and where to read more.
pub(super) fn summary(digest: &Digest, rules: &Rules, out: &Path) {
    let score = &digest.run.score;
    let provisional = if score.provisional { ", provisional" } else { "" };
    let provisional = match &score.sample {
        Some(sample) => format!(
            "{provisional}; a sample of {} of about {:.0} pages: {:.1} to {:.1}",
            sample.pages, sample.of, score.low, score.high
        ),
        None => provisional.to_owned(),
    };
    say(format_args!(
        "{}: score {:.1} of 100 ({:.0}% of the site read{provisional})",
        digest.run.target,
        score.value,
        score.coverage * 100.0
    ));
    let states = states(digest, rules);
    match &digest.before {
        Some(before) => {
            let change = score.value - before.score.value;
            let date = before.started.get(..10).unwrap_or(&before.started);
            let StateCounts { new, open, fixed, back, unchecked } = states;
            say(format_args!(
                "Since {date}: {change:+.1} points; problems: {new} new, {back} back, {open} open, {fixed} fixed, {unchecked} not checked"
            ));
        }
        None => say(format_args!("{}, {} read", many(states.today(), "problem"), many(digest.pages_read, "page"))),
    }
    tell_tasks(digest);
    say(format_args!("Report: {}", out.join(ReportPage::Scorecard.file()).display()));
    if let Some(kiosk) = &digest.tasks.kiosk {
        tell_kiosk(kiosk);
        say(format_args!("Kiosk: {}", out.join(ReportPage::Kiosk.file()).display()));
    }
}

/// What was assumed of a kiosk, since nobody said it, and what is open of its hardware.
fn tell_kiosk(kiosk: &KioskRow) {
    let assumed = kiosk.assumptions.iter().filter(|a| !a.given);
    let assumed: Vec<String> = assumed.map(|a| format!("{} {}", a.key, a.value)).collect();
    if !assumed.is_empty() {
        say(format_args!("Assumed of the kiosk: {}; say what is so under [kiosk]", assumed.join(", ")));
    }
    let is_open = |item: &&ItemRow| matches!(item.state, ItemState::Open | ItemState::Expired);
    let open = kiosk.checklist.iter().filter(is_open).count();
    if open > 0 {
        say(format_args!("Hardware: {open} items that nobody attested, or that expired"));
    }
}

/// How many top tasks are clear, and which are blocked.
fn tell_tasks(digest: &Digest) {
    let rows = &digest.tasks.rows;
    if rows.is_empty() {
        return;
    }
    let clear = rows.iter().filter(|task| task.state == TaskState::Clear).count();
    let guessed = if rows.iter().any(|task| task.guessed) { " (the tasks were guessed)" } else { "" };
    say(format_args!("Top tasks with no blocker found: {clear} of {}{guessed}", rows.len()));
    for task in digest.tasks.blocked() {
        say(format_args!("  blocked: {}", task.name));
    }
}
