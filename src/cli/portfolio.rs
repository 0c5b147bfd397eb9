//! The portfolio of many sites: read from the history, written beside the reports of the sites.

use super::args::{Profile, ReportArgs};
use super::fleet::{Member, members, setup_of};
use super::output::{self, Place};
use super::setup::Setup;
use super::{Stop, say};
use crate::history::Store;
use crate::report::{self, Contact, Last, Portfolio, PortfolioForm, render_portfolio};
use crate::score::TARGET;
use std::path::Path;

/// The head of the lines that [`line`] gives.
pub(super) const HEAD: &str = "score  change  blockers   read  site";

/// What the history says of the last audit of a site.
pub(super) fn last(setup: &Setup, store: &Store, member: &Member) -> Result<Option<Last>, Stop> {
    let found = store.last_run(&member.target, member.profile.word()).map_err(Stop::undone)?;
    let Some(found) = found else { return Ok(None) };
    let digest = store.digest(&found.run, &found.site).map_err(Stop::undone)?;
    Ok(Some(Last::of(&digest, &setup.rules)))
}

/// A site as the portfolio shows it.
pub(super) fn member(member: &Member, common: &Setup, last: Option<Last>, error: Option<String>) -> report::Member {
    report::Member {
        name: member.site.name.clone(),
        group: member.site.group.clone(),
        owner: member.site.owner.clone(),
        target: member.target.clone(),
        folder: member.folder.clone(),
        goal: member.site.goal.or(common.config.target).unwrap_or(TARGET),
        error,
        last,
    }
}

/// A site in one line.
pub(super) fn line(member: Option<&report::Member>) -> String {
    let Some(member) = member else { return String::new() };
    let name = &member.name;
    let failed = member.error.as_ref().map_or_else(String::new, |error| format!(": not audited: {error}"));
    let Some(last) = &member.last else { return format!("    -       -         -      -  {name}{failed}") };
    let change = last.points().map_or_else(|| "-".to_owned(), |points| format!("{points:+.1}"));
    let (score, read) = (last.score.value, last.score.coverage * 100.0);
    format!("{score:>5.1}  {change:>6}  {:>8}  {read:>4.0}%  {name}{failed}", last.blockers)
}

/// Writes the page and its numbers.
pub(super) fn write(
    out: &Path,
    common: &Setup,
    members: Vec<report::Member>,
    part: Option<(u32, u32)>,
) -> Result<(), Stop> {
    let contact = common.config.contact.as_ref().map(|c| Contact {
        name: c.name.clone(),
        href: c.href.clone(),
        text: c.text.clone(),
    });
    let portfolio = Portfolio { members, part, contact, tool: env!("CARGO_PKG_VERSION"), house: &common.house };
    for form in [PortfolioForm::Json, PortfolioForm::Html] {
        let text = render_portfolio(&portfolio, form).map_err(Stop::undone)?;
        output::replace(&out.join(form.file()), text.as_bytes())?;
    }
    say(format_args!("Portfolio: {}", out.join(PortfolioForm::Html.file()).display()));
    Ok(())
}

/// `plainway report --sites`: the reports of the last run of each site, and the portfolio, from the history alone.
pub(super) fn report(args: &ReportArgs, file: &Path) -> Result<(), Stop> {
    let common = Setup::load(&args.setup, Profile::default())?;
    let (members, dir) = members(file, Profile::default())?;
    let store = common.open_store()?;
    output::prepare(&args.out)?;
    let mut rows = Vec::new();
    say(HEAD);
    for one in &members {
        let setup = setup_of(&common, &args.setup, one, &dir)?;
        let found = store.last_run(&one.target, one.profile.word()).map_err(Stop::undone)?;
        if let Some(found) = found {
            let out = args.out.join(&one.folder);
            output::prepare(&out)?;
            let formats = &args.format;
            let place = Place {
                out: &out,
                store: &store,
                site: &found.site,
                setup: &setup,
                pages: args.pages,
                formats,
                baseline: None,
                waivers: None,
            };
            output::write(&place, &found.run)?;
        }
        let error = store.failure(&one.target, one.profile.word()).map_err(Stop::undone)?;
        rows.push(member(one, &common, last(&setup, &store, one)?, error));
        say(line(rows.last()));
    }
    write(&args.out, &common, rows, None)
}
