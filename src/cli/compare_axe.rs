//! `plainway compare-axe`: where axe-core and the rules agree and differ on the pages of a target. Nothing is kept, and no report
//! is written.

use super::args::{DoorArgs, ListFormat, ReadArgs, RenderArgs, ScopeArgs};
use super::args_history::CompareAxeArgs;
use super::beside::beside_drawn;
use super::progress::{STOP, listen_for_stop};
use super::screen::Screen;
use super::setup::{self, Reading, Setup};
use super::{Stop, many, pipeline, say, today};
use crate::gather::Source;
use crate::history::{Held, HistoryError, Store};
use crate::report::{AxeCompared, AxeTable, FoundBy, RulesCompared};
use anyhow::anyhow;

/// Audits the target with axe-core beside, and prints the comparison.
pub(super) fn run(args: &CompareAxeArgs) -> Result<(), Stop> {
    let setup = Setup::load(&args.setup, args.profile)?;
    let source = setup::source(&args.target)?;
    let is_archive = matches!(source, Source::Archive(_));
    if args.with_axe.is_none() && !is_archive {
        return Err(Stop::Wrong(anyhow!(
            "compare-axe needs your copy of axe-core: --with-axe axe.min.js, as `npm install axe-core` brings it; a snapshot of an audit that had it holds what it said"
        )));
    }
    let started = today::started(args.as_of.as_deref())?;
    let read = ReadArgs {
        as_url: args.as_url.clone(),
        as_of: args.as_of.clone(),
        max_pages: args.max_pages,
        ..ReadArgs::default()
    };
    let (scope, doors) = (ScopeArgs::default(), DoorArgs::default());
    let plan = setup::plan(source, Reading { read: &read, scope: &scope, doors: &doors }, &setup.config, &started)?;
    let render = RenderArgs { render: None, browser: args.browser.clone(), with_axe: args.with_axe.clone() };
    listen_for_stop();
    let screen = Screen::new(&render, &plan, &setup, (false, &STOP))?;
    let mut store = Store::temporary().map_err(Stop::undone)?;
    let target = setup::shown_target(&plan);
    let audited = beside_drawn(&setup, &plan, (&target, &started), screen, |job| {
        let audited = pipeline::run(job, &mut store);
        job.screen.tell();
        audited
    });
    let run = audited.map_err(Stop::undone)?.run.run;
    let mut table = AxeTable::default();
    let added = store.each_page(
        run,
        Held::default(),
        |_, record| Ok(record),
        |record| {
            table.add(&record.facts.url, &record.verdicts, &setup.rules);
            Ok::<(), HistoryError>(())
        },
    );
    added.map_err(Stop::undone)?;
    let table = table.finish().ok_or_else(|| {
        Stop::Undone(anyhow!(
            "axe-core was run in no page of {target}: a snapshot holds what it said only of an audit --with-axe"
        ))
    })?;
    match args.format {
        ListFormat::Json => say(serde_json::to_string_pretty(&table).map_err(Stop::undone)?),
        ListFormat::Text => print(&table),
    }
    Ok(())
}

fn print(table: &AxeCompared) {
    let silent = if table.silent > 0 { format!("; it gave no answer on {}", table.silent) } else { String::new() };
    say(format_args!("axe-core {} and Plainway on {}{silent}", table.version, many(table.pages, "page")));
    for criterion in &table.criteria {
        say(format_args!(
            "\n{} {}: both {}, only axe-core {}, only Plainway {}",
            criterion.criterion, criterion.name, criterion.both, criterion.only_axe, criterion.only_we
        ));
        criterion.rules.iter().for_each(print_rules);
    }
}

fn print_rules(rules: &RulesCompared) {
    let (who, other) = match rules.found_by {
        FoundBy::Both => ("both          ", ""),
        FoundBy::OnlyAxe => ("only axe-core ", "Plainway"),
        FoundBy::OnlyWe => ("only Plainway ", "axe-core"),
    };
    let names: Vec<&str> = rules.axe.iter().chain(&rules.rule).map(String::as_str).collect();
    let row = &rules.row;
    let unsure = match row.unsure {
        0 => String::new(),
        n => format!(" ({other} could not tell of {n})"),
    };
    say(format_args!(
        "  {who} {}: {} on {}{unsure}",
        names.join(" = "),
        many(row.elements, "element"),
        many(row.pages, "page")
    ));
    for (url, selector) in &row.places {
        say(format_args!("                   {url} {selector}"));
    }
}
