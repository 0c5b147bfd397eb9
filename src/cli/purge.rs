//! `plainway purge`: a page is taken out of every snapshot.

use super::Stop;
use super::args_history::PurgeArgs;

pub(super) fn run(_args: &PurgeArgs) -> Result<(), Stop> {
    Ok(())
}
