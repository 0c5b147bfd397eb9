//! `plainway purge`: a page is taken out of every snapshot, and it is told what stays.

use super::args::{Profile, SetupArgs};
use super::args_history::PurgeArgs;
use super::setup::Setup;
use super::{Stop, many, say};
use crate::model::PageUrl;
use crate::snapshot;
use anyhow::anyhow;

/// Removes the page, and what was measured of it where that is asked for.
pub(super) fn run(args: &PurgeArgs) -> Result<(), Stop> {
    let url = PageUrl::parse(&args.url).map_err(|e| Stop::Wrong(anyhow!("{e}")))?;
    let setup = Setup::load(&SetupArgs::default(), Profile::default())?;
    let mut store = setup.open_store()?;
    let (mut bodies, mut files) = (0, 0);
    for kept in store.kept("").map_err(Stop::undone)? {
        let Some(name) = &kept.snapshot else { continue };
        let path = setup.store_dir().join("snapshots").join(name);
        if !path.is_file() {
            continue;
        }
        let purged = snapshot::purge(&path, &url).map_err(Stop::undone)?;
        if purged.records > 0 {
            store.shift_records(kept.run.run, &purged.shifted).map_err(Stop::undone)?;
            bodies += purged.records;
            files += 1;
        }
    }
    say(format_args!(
        "{} of {url} removed from {}.",
        many(bodies, "copy").replace("copys", "copies"),
        many(files, "snapshot")
    ));
    if args.facts {
        let runs = store.purge_facts(url.as_str()).map_err(Stop::undone)?;
        say(format_args!("What was measured and quoted of it removed from {}.", many(runs, "run")));
        say("What stays: its address, the names of the rules it broke, and the points in the scores of that time.");
    } else {
        say("What stays: what was measured of it, and the quotes in its findings; --facts removes them too.");
    }
    say(
        "Not touched: links and words about it on other pages, reports that were written already, and copies made elsewhere.",
    );
    if bodies == 0 && !args.facts {
        return Err(Stop::Undone(anyhow!("no snapshot here holds {url}; write the address as the reports show it")));
    }
    Ok(())
}
