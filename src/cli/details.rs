//! Reports of single pages and rules: `pages/<hash>.html` and `rules/<id>.html`, one at a time from the store.

use super::Stop;
use super::output::{Place, put};
use super::progress::Count;
use crate::history::{Digest, Hits, PageRow, RunRow, Store, since_break};
use crate::model::{Outcome, PageUrl};
use crate::report::{
    Details, PAGE_FINDINGS, PageDetail, Subject, WalkPage, page_file, render_page, render_rule, rule_file,
};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;

/// Which pages have a report of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pages {
    /// Every page that was read.
    All,
    /// So many, those that cost most.
    Worst(usize),
    /// None, and no rule either.
    None,
}

impl Default for Pages {
    /// As many as a team can look at. Our choice.
    fn default() -> Self {
        Self::Worst(200)
    }
}

impl FromStr for Pages {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<usize>().ok().filter(|n| *n > 0);
        match (text, text.strip_prefix("worst:").and_then(number)) {
            ("all", _) => Ok(Self::All),
            ("none", _) => Ok(Self::None),
            (_, Some(worst)) => Ok(Self::Worst(worst)),
            _ => Err("write all, none, or worst:200 for those that cost most".to_owned()),
        }
    }
}

/// What there will be, so that other reports can link to it.
pub(super) fn chosen(pages: Pages, store: &Store, run: &RunRow) -> Result<Details, Stop> {
    Ok(match pages {
        Pages::All => Details::All,
        Pages::None => Details::None,
        Pages::Worst(most) => {
            let worst = store.worst_pages(run.run, most).map_err(Stop::undone)?;
            Details::Some(worst.into_iter().map(|p| p.page.url).collect())
        }
    })
}

/// Writes them, and removes those of an earlier run that are not among them.
pub(super) fn write(place: &Place<'_>, run: &RunRow, digest: &Digest, subject: &Subject<'_>) -> Result<(), Stop> {
    let mut written = BTreeSet::new();
    if subject.details != Details::None {
        write_pages(place, run, digest, subject, &mut written)?;
        write_rules(place, run, digest, subject, &mut written)?;
    }
    sweep(place.out, subject, &written);
    Ok(())
}

fn write_pages(
    place: &Place<'_>,
    run: &RunRow,
    digest: &Digest,
    subject: &Subject<'_>,
    written: &mut BTreeSet<String>,
) -> Result<(), Stop> {
    folder(&place.out.join("pages"))?;
    let all = match &subject.details {
        Details::All => usize::try_from(digest.pages_read).unwrap_or(usize::MAX),
        Details::Some(some) => some.len(),
        Details::None => 0,
    };
    let mut count = Count::of("writing the reports of pages", all);
    let mut done = Ok(());
    let read = place.store.each_page_row(run.run, |page| {
        if done.is_ok() && subject.details.has(&page.url) {
            done = write_page(place, run, digest, subject, &page);
            count.one();
            written.insert(page_file(&page.url));
        }
    });
    read.map_err(Stop::undone)?;
    done
}

fn write_page(
    place: &Place<'_>,
    run: &RunRow,
    digest: &Digest,
    subject: &Subject<'_>,
    page: &PageRow,
) -> Result<(), Stop> {
    let detail = detail(place.store, run, digest, &page.url)?;
    let html = render_page(digest, subject, page, &detail).map_err(Stop::undone)?;
    put(&place.out.join(page_file(&page.url)), html.as_bytes())
}

fn detail(store: &Store, run: &RunRow, digest: &Digest, url: &PageUrl) -> Result<PageDetail, Stop> {
    let mut pictures = store.pictures(run.run, url.as_str()).map_err(Stop::undone)?;
    pictures.retain(|picture| picture.selector.is_some());
    let mut detail = PageDetail {
        pictures,
        findings: store.findings_of_page(run.run, url.as_str(), PAGE_FINDINGS).map_err(Stop::undone)?,
        ..PageDetail::default()
    };
    if let Some(record) = store.record(run.run, url.as_str()).map_err(Stop::undone)? {
        let passed = record.verdicts.outcomes.into_iter().filter(|v| v.outcome == Outcome::Pass);
        detail.passed = passed.map(|v| v.rule).collect();
        detail.headings = record.facts.headings.into_iter().map(|h| (h.level, h.text)).collect();
    }
    // A run that was judged again has its pages' scores by the rules of then.
    for point in since_break(&digest.runs).iter().filter(|p| p.given.is_none()) {
        if let Some(score) = store.score_of_page(point.run.run, url.as_str()).map_err(Stop::undone)? {
            detail.history.push((point.run.started.clone(), score));
        }
    }
    Ok(detail)
}

/// What is known of the pages on the ways of the top tasks: at most some hundred, whatever the site.
pub(super) fn walk(store: &Store, digest: &Digest) -> Result<BTreeMap<PageUrl, WalkPage>, Stop> {
    let run = digest.run.run;
    let mut pages = BTreeMap::new();
    for step in digest.tasks.rows.iter().flat_map(|task| &task.steps).filter(|step| step.score.is_some()) {
        if pages.contains_key(&step.url) {
            continue;
        }
        let address = step.url.as_str();
        let findings = store.findings_of_page(run, address, PAGE_FINDINGS).map_err(Stop::undone)?;
        let record = store.record(run, address).map_err(Stop::undone)?;
        let pictures = store.pictures(run, address).map_err(Stop::undone)?;
        let screen = pictures.into_iter().find(|picture| picture.selector.is_none());
        pages.insert(step.url.clone(), WalkPage::new(record.as_ref().map(|r| &r.facts), findings, screen));
    }
    Ok(pages)
}

/// Rules come one by one, so that memory holds the pages of one.
fn write_rules(
    place: &Place<'_>,
    run: &RunRow,
    digest: &Digest,
    subject: &Subject<'_>,
    written: &mut BTreeSet<String>,
) -> Result<(), Stop> {
    let mut write = |id: &str, hits: &Hits| -> Result<(), Stop> {
        let Some(html) = render_rule(digest, subject, id, hits).map_err(Stop::undone)? else { return Ok(()) };
        let file = rule_file(id);
        let path = place.out.join(&file);
        folder(path.parent().unwrap_or(place.out))?;
        put(&path, html.as_bytes())?;
        written.insert(file);
        Ok(())
    };
    let mut done = Ok(());
    let read = place.store.each_hits(run.run, |rule, hits| {
        if done.is_ok() {
            done = write(rule, &hits);
        }
    });
    read.map_err(Stop::undone)?;
    done
}

fn folder(path: &Path) -> Result<(), Stop> {
    std::fs::create_dir_all(path)
        .with_context(|| format!("the folder {} for reports cannot be made", path.display()))
        .map_err(Stop::Undone)
}

/// Removes reports of ours that this run did not write. What cannot be removed is only old.
fn sweep(out: &Path, subject: &Subject<'_>, written: &BTreeSet<String>) {
    let is_ours = |name: &str| {
        let stem = name.strip_suffix(".html").unwrap_or_default();
        stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit())
    };
    for entry in std::fs::read_dir(out.join("pages")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_ours(&name) && !written.contains(&format!("pages/{name}")) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    for file in subject.rules.list.iter().map(|rule| rule_file(&rule.id)).filter(|file| !written.contains(file)) {
        let _ = std::fs::remove_file(out.join(file));
    }
}
