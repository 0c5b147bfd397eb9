//! `plainway report`: the reports of a stored run once more.

use super::args::{Profile, ReportArgs};
use super::output::{self, Place};
use super::setup::Setup;
use super::{Stop, portfolio};
use anyhow::anyhow;

/// Writes the reports of a run.
pub(super) fn run(args: &ReportArgs) -> Result<(), Stop> {
    if let Some(file) = &args.sites {
        return portfolio::report(args, file);
    }
    let store = Setup::load(&args.setup, Profile::default())?.open_store()?;
    let mut runs = store.runs().map_err(Stop::undone)?;
    let (site, run) = match args.run {
        Some(wanted) => runs
            .into_iter()
            .find(|(_, r)| r.run == wanted)
            .ok_or_else(|| Stop::Wrong(anyhow!("the history holds no run {wanted}; `plainway runs` lists them")))?,
        None => runs
            .pop()
            .ok_or_else(|| Stop::Undone(anyhow!("the history holds no run yet; `plainway audit` makes one")))?,
    };
    let mut setup = Setup::load(&args.setup, Profile::of(&run.profile))?;
    setup.listen()?;
    output::prepare(&args.out)?;
    let place = Place {
        out: &args.out,
        store: &store,
        site: &site,
        setup: &setup,
        pages: args.pages,
        formats: &args.format,
        baseline: None,
        waivers: None,
    };
    let digest = output::write(&place, &run)?;
    output::summary(&digest, &setup.rules, &args.out);
    Ok(())
}
