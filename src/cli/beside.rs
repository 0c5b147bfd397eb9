//! What is judged beside the history: one side of a comparison, or an earlier run once more. Nothing is
//! recorded, nothing is gone on with, and it is finished at the moment that the caller names.

use super::pipeline::Job;
use super::progress::{Meter, STOP};
use super::screen::Screen;
use super::setup::Setup;
use crate::gather::Plan;

/// Has `work` done on what a plan reads, with its progress shown.
pub(super) fn beside<R>(setup: &Setup, plan: &Plan, names: (&str, &str), work: impl FnOnce(&Job<'_>) -> R) -> R {
    beside_drawn(setup, plan, names, Screen::off(), work)
}

/// The same with pages drawn on a screen.
pub(super) fn beside_drawn<R>(
    setup: &Setup,
    plan: &Plan,
    (target, finished): (&str, &str),
    screen: Screen,
    work: impl FnOnce(&Job<'_>) -> R,
) -> R {
    let meter = Meter::new(target);
    let done = work(&Job {
        setup,
        plan,
        target: target.to_owned(),
        name: None,
        finished: &|| finished.to_owned(),
        snapshots: None,
        left: None,
        progress: &|p| meter.tell(p),
        stop: &STOP,
        keep_private: false,
        screen,
    });
    meter.done();
    done
}
