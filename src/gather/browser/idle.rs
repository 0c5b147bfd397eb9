//! What a screen of a kiosk does when nobody touches it: the page's clock runs on, and it is noted when something is shown, when
//! the screen is left, and whether pressing what was shown keeps it. Nothing waits by the clock on the wall.

use super::door::Door;
use super::page::{Visit, visit};
use super::states::{AFTER, Explorer, Look, look};
use super::{Order, Running, Undrawn};
use crate::model::Idle;
use rustc_hash::FxHashMap;
use serde::Deserialize;

/// How long a screen is watched, in milliseconds of the page's clock. Our choice: whatever takes longer, nobody in line waits for it.
const WATCHED: f64 = 600_000.0;

/// How long the clock runs at a time, in milliseconds. Our choice.
const PIECE: u32 = 30_000;

/// Requests after which a screen is watched no longer: it asks a server again and again, who then decides. Our choice.
const REQUESTS: u32 = 60;

/// Controls of a warning that are tried. Our choice: there are two or three.
const TRIED: usize = 3;

/// A change that was noted.
#[derive(Debug, Deserialize)]
struct Change {
    at: f64,
    look: Look,
}

/// What was noted since a screen was left alone; the first change is the screen as it was.
#[derive(Debug, Deserialize)]
struct Noted {
    log: Vec<Change>,
    left: Option<(f64, String)>,
    now: f64,
}

/// What that comes to; times as noted.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    left: Option<f64>,
    warned: Option<f64>,
    /// Whether it is another screen for sure, and no warning that fills the screen.
    is_sure: bool,
}

/// Watches each screen that was found.
pub(super) async fn watch_all(
    running: &Running,
    door: &Door,
    order: &Order,
    explorer: &mut Explorer,
) -> Result<(), Undrawn> {
    // A warning is the same on all screens, most often, and is tried once.
    let mut tried: FxHashMap<Vec<String>, bool> = FxHashMap::default();
    for number in explorer.screens() {
        let known = &*explorer;
        let others: Vec<Look> =
            known.screens().into_iter().filter(|at| *at != number).map(|at| known.found[at].look.clone()).collect();
        let way = known.found[number].way.clone();
        let watched = visit(running, door, order, async |page| watch(page, known, number, &others).await).await?;
        let Some((mut idle, touched, controls)) = watched else { continue };
        if let (Some(left), Some(warned)) = (idle.left, idle.warned) {
            idle.extended = match tried.get(&controls).copied() {
                Some(is_kept) => Some(is_kept),
                None => {
                    let times = (touched, warned, left);
                    let mut is_kept = false;
                    for at in 0..TRIED {
                        let work = async |page: &mut Visit<'_>| extend(page, known, &way, times, at).await;
                        match visit(running, door, order, work).await? {
                            Some(kept) => is_kept |= kept,
                            None => break,
                        }
                        if is_kept {
                            break;
                        }
                    }
                    tried.insert(controls, is_kept);
                    Some(is_kept)
                }
            };
        }
        explorer.found[number].notes.idle = Some(idle);
    }
    Ok(())
}

/// Leaves a screen alone: what it did, the clock at the last touch, and what can be pressed on its warning; nothing where it could not
/// be told.
async fn watch(
    page: &mut Visit<'_>,
    explorer: &Explorer,
    number: usize,
    others: &[Look],
) -> Result<Option<(Idle, f64, Vec<String>)>, Undrawn> {
    let Some(touched) = explorer.reach(page, &explorer.found[number].way).await? else { return Ok(None) };
    page.in_world("plainwayStates.leave()").await?;
    let before = page.asked();
    loop {
        page.run(PIECE).await?;
        let told = page.in_world("plainwayStates.idled()").await?;
        let Ok(noted) = serde_json::from_value::<Noted>(told) else { return Ok(None) };
        let told = noted.told(others);
        if page.asked() > before + REQUESTS {
            return Ok(None);
        }
        if !told.is_sure && noted.now - touched < WATCHED {
            continue;
        }
        let tenths = |at: f64| ((at - touched) / 100.0).round().max(0.0) as u32;
        let idle = Idle {
            watched: tenths(noted.now),
            left: told.left.map(tenths),
            warned: told.warned.map(tenths),
            extended: None,
        };
        let warning = noted.log.iter().find(|change| Some(change.at) == told.warned);
        let is_new = |control: &&String| noted.log.first().is_some_and(|base| !base.look.controls.contains(control));
        let controls = warning.map(|w| w.look.controls.iter().filter(is_new).cloned().collect()).unwrap_or_default();
        return Ok(Some((idle, touched, controls)));
    }
}

impl Noted {
    /// What it comes to, where `others` are the other screens that are known.
    fn told(&self, others: &[Look]) -> Told {
        let mut told = Told::default();
        let Some((base, changes)) = self.log.split_first() else { return told };
        let gone = self.left.as_ref().map(|(at, _)| *at);
        let mut filled = None;
        for change in changes {
            let now = &change.look;
            if gone.is_some_and(|gone| gone <= change.at) {
                break;
            }
            if *now == base.look {
                (told.warned, filled) = (None, None);
            } else if others.iter().any(|other| other.is_like(now)) {
                (told.left, told.is_sure) = (Some(change.at), true);
                break;
            } else if base.look.is_within(now) || (base.look.stays(now) && base.look.controls != now.controls) {
                told.warned = told.warned.or(Some(change.at));
            } else if !base.look.stays(now) {
                filled = filled.or(Some(change.at));
            }
        }
        if told.left.is_none() && gone.is_some() {
            (told.left, told.is_sure) = (gone, true);
        }
        // What fills the screen was a warning if another screen came after it.
        match told.left {
            Some(_) => told.warned = told.warned.into_iter().chain(filled).reduce(f64::min),
            None => told.left = filled,
        }
        told
    }
}

/// Waits for the warning and presses one of its controls, or the middle of the screen where it has none; whether the screen was kept, and
/// nothing where there is no such control.
async fn extend(
    page: &mut Visit<'_>,
    explorer: &Explorer,
    way: &[super::states::Control],
    (touched, warned, left): (f64, u32, u32),
    at: usize,
) -> Result<Option<bool>, Undrawn> {
    if explorer.reach(page, way).await?.is_none() {
        return Ok(None);
    }
    let base = look(page).await?;
    let known = explorer.controls(page).await?;
    // Half a second after it was shown.
    let now = page.in_world("plainwayStates.now()").await?.as_f64().unwrap_or(0.0);
    let wait = touched + f64::from(warned) * 100.0 + 500.0 - now;
    page.run(wait.max(0.0) as u32).await?;
    let fresh: Vec<_> = explorer.controls(page).await?.into_iter().filter(|control| !known.contains(control)).collect();
    match fresh.get(at) {
        Some(control) => {
            if explorer.press(page, control).await?.is_none() {
                return Ok(Some(false));
            }
        }
        None if at == 0 => {
            page.touch().await?;
            page.run(AFTER).await?;
        }
        None => return Ok(None),
    }
    if !look(page).await?.is_like(&base) {
        return Ok(Some(false));
    }
    // Until it would have been left.
    page.run((left.saturating_sub(warned)) * 100 + AFTER).await?;
    let (_, address) = page.tried();
    Ok(Some(address.is_none() && look(page).await?.is_like(&base)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[&str]) -> Look {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        Look { heading: lines[0].clone(), controls: Vec::new(), lines }
    }

    fn told(changes: &[(f64, &[&str])], left: Option<f64>) -> (Option<f64>, Option<f64>) {
        let base = Change { at: 0.0, look: shown(&["Name", "Born"]) };
        let changes = changes.iter().map(|(at, lines)| Change { at: *at, look: shown(lines) });
        let left = left.map(|at| (at, String::new()));
        let noted = Noted { log: std::iter::once(base).chain(changes).collect(), left, now: 600_000.0 };
        let told = noted.told(&[shown(&["Welcome", "Begin"])]);
        (told.warned, told.left)
    }

    #[test]
    fn a_warning_comes_before_the_screen_is_left() {
        let warning: &[&str] = &["Name", "Born", "Are you still there?"];
        let start: &[&str] = &["Welcome", "Begin"];
        assert_eq!(told(&[(60.0, warning), (90.0, start)], None), (Some(60.0), Some(90.0)));
        assert_eq!(told(&[(90.0, start)], None), (None, Some(90.0)));
        assert_eq!(told(&[(60.0, warning)], Some(80.0)), (Some(60.0), Some(80.0)), "another page is wanted");
        assert_eq!(told(&[(60.0, &["Are you still there?"]), (90.0, start)], None), (Some(60.0), Some(90.0)));
        assert_eq!(told(&[(60.0, warning), (70.0, &["Name", "Born"])], None), (None, None), "it went away again");
        assert_eq!(told(&[(60.0, &["Out of service"])], None), (None, Some(60.0)), "a screen that nobody knows");
        assert_eq!(told(&[], None), (None, None));
    }
}
