//! What a page shows when a person presses what opens something: menus, tabs, dialogs, the next screen of a page that is
//! a whole service. Found breadth first, on the page as it was read or opened anew; the same page gives the same states. Never
//! pressed is what sends, leaves, or is called by a phrase that stands for an act.

use super::door::{Door, words};
use super::idle;
use super::page::{Visit, visit};
use super::{Manner, Order, Running, Undrawn};
use crate::model::{DrawnState, Pressed, RenderWhy, ScreenNotes};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// How far a page is explored: presses, states that are kept, and presses behind each other. Our choice: the pages of a site
/// share their menus; a page that a script draws is often a whole service, and of a kiosk each control of each screen counts.
const OF_PAGE: Budget = Budget { presses: 12, states: 8, depth: 2 };
const OF_APPLICATION: Budget = Budget { presses: 48, states: 24, depth: 8 };
const OF_KIOSK: Budget = Budget { presses: 96, states: 24, depth: 12 };

/// Bytes of all states of a page. Our choice.
const BYTES: usize = 4 * 1024 * 1024;

/// How long a page's clock runs after a press, in milliseconds. Our choice: what comes later is no answer to it.
pub(super) const AFTER: u32 = 1_000;

/// Letters of a press in a route that we name. Our choice.
const NAME: usize = 40;

struct Budget {
    presses: usize,
    states: usize,
    depth: usize,
}

/// Something that can be pressed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub(super) struct Control {
    name: String,
    /// Its place in the tree.
    way: String,
}

/// A control in sight, and whether it was before the press that led here.
#[derive(Deserialize)]
struct InSight {
    #[serde(flatten)]
    control: Control,
    old: bool,
}

/// What is shown, as far as it tells one state from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Look {
    /// A line for each element in sight: what it is, its own text without numbers, its states.
    pub(super) lines: Vec<String>,
    /// The first heading.
    pub(super) heading: String,
    /// What could be pressed.
    pub(super) controls: Vec<String>,
}

impl Look {
    fn key(&self) -> String {
        self.lines.join("\n")
    }

    /// How many of its lines another one has, too.
    fn kept(&self, other: &Self) -> usize {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        for line in &other.lines {
            *counts.entry(line).or_default() += 1;
        }
        let has = |line: &&String| match counts.get_mut(line.as_str()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        self.lines.iter().filter(has).count()
    }

    /// Whether all of it is still there in another one.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.kept(other) == self.lines.len()
    }

    /// Whether another one is the same screen with something opened or changed on it: all of it is still there, or the
    /// heading and half of it. Our choice.
    pub(super) fn stays(&self, other: &Self) -> bool {
        let kept = self.kept(other);
        let has_heading = !self.heading.is_empty() && self.heading == other.heading;
        kept == self.lines.len() || (has_heading && kept * 2 >= self.lines.len())
    }

    /// Whether both are one screen, though a picture or a line of news may differ.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let is_same = !self.controls.is_empty() && self.controls == other.controls && self.heading == other.heading;
        is_same || self.lines == other.lines
    }
}

/// A state that was found.
pub(super) struct Found {
    /// What has to be pressed, from the page on.
    pub(super) way: Vec<Control>,
    /// What it shows.
    pub(super) look: Look,
    /// Which screen it opens over; its own number where it is a screen itself.
    screen: usize,
    /// Whether it may have something to press that was not there before.
    is_open: bool,
    /// What is noted of it as a screen; the route of one that opens over another is that of the other.
    pub(super) notes: ScreenNotes,
}

/// What is known so far.
pub(super) struct Explorer {
    manner: Arc<Manner>,
    acts: Value,
    budget: &'static Budget,
    is_kiosk: bool,
    /// All states, the page itself first.
    pub(super) found: Vec<Found>,
    /// What was shown, each time as one text, and its number.
    known: FxHashMap<String, usize>,
    /// What was pressed, and in which state.
    pressed: FxHashSet<(usize, Control)>,
    presses: usize,
    bytes: usize,
    states: Vec<DrawnState>,
    /// How many states are done with.
    done: usize,
}

/// What exploring a page came to.
#[derive(Default)]
pub(super) struct Explored {
    /// Its states.
    pub(super) states: Vec<DrawnState>,
    /// Of a kiosk, what the page itself leads to and does.
    pub(super) own: Option<ScreenNotes>,
}

/// Whether there is anything to press on a page that has settled.
pub(super) async fn is_any(page: &mut Visit<'_>, acts: &[String]) -> Result<bool, Undrawn> {
    page.in_world(include_str!("states.js")).await?;
    let list = page.in_world(&format!("plainwayStates.list({})", json!(acts))).await?;
    Ok(list.as_array().is_some_and(|list| !list.is_empty()))
}

/// Explores a page, from where somebody began, and looks what the screens of a kiosk do when nobody touches them. It is tried
/// so often.
pub(super) async fn explore(
    running: &Running,
    door: &Door,
    order: &Order,
    mut begun: Option<Explorer>,
    tries: u32,
) -> Result<Explored, Undrawn> {
    let is_kiosk = order.manner.screen.is_some();
    let mut explorer = Explorer::new(order);
    for _ in 0..tries {
        explorer = begun.take().unwrap_or_else(|| Explorer::new(order));
        let mut done = explorer.press_all(running, door, order).await;
        if done.is_ok() && is_kiosk {
            done = idle::watch_all(running, door, order, &mut explorer).await;
        }
        match done {
            Err(Undrawn::Gone) => return Err(Undrawn::Gone),
            // What was found until a press went wrong stays, if it goes wrong again.
            Err(_) => running.in_trouble.set(true),
            Ok(()) => break,
        }
    }
    let Explorer { found, mut states, .. } = explorer;
    let mut notes: Vec<Option<ScreenNotes>> =
        found.into_iter().enumerate().map(|(at, one)| (is_kiosk && one.screen == at).then_some(one.notes)).collect();
    for (state, notes) in states.iter_mut().zip(notes.iter_mut().skip(1)) {
        state.screen = notes.take();
    }
    Ok(Explored { states, own: notes.into_iter().next().flatten() })
}

impl Explorer {
    /// One that knows nothing yet.
    pub(super) fn new(order: &Order) -> Self {
        let is_kiosk = order.manner.screen.is_some();
        let budget = match order.why {
            _ if is_kiosk => &OF_KIOSK,
            RenderWhy::DrawnByScript => &OF_APPLICATION,
            _ => &OF_PAGE,
        };
        let (found, known, pressed, states) = Default::default();
        let (manner, acts) = (Arc::clone(&order.manner), json!(order.manner.acts));
        Self { manner, acts, budget, is_kiosk, found, known, pressed, presses: 0, bytes: 0, states, done: 0 }
    }

    /// Presses what the page itself has, as far as each press leads back.
    pub(super) async fn begin(&mut self, page: &mut Visit<'_>) -> Result<(), Undrawn> {
        self.done = usize::from(self.visit(page, 0).await?);
        Ok(())
    }

    /// Presses what can be pressed, in one state after the other.
    async fn press_all(&mut self, running: &Running, door: &Door, order: &Order) -> Result<(), Undrawn> {
        while self.done == 0 || self.done < self.found.len() {
            let number = self.done;
            // A visit ends with the first press that does not lead back; the next one goes on behind it.
            while number == 0 || self.is_worth(number) {
                if visit(running, door, order, async |page| self.visit(page, number).await).await? {
                    break;
                }
            }
            self.done += 1;
        }
        Ok(())
    }

    /// Whether a visit to a state would press something, or measure a screen of a kiosk.
    fn is_worth(&self, number: usize) -> bool {
        let is_screen = self.found.get(number).is_some_and(|found| found.screen == number);
        (self.is_kiosk && is_screen) || (!self.is_spent() && self.found.get(number).is_some_and(|found| found.is_open))
    }

    /// The numbers of the screens among the states.
    pub(super) fn screens(&self) -> Vec<usize> {
        let is_one = |(at, found): (usize, &Found)| (found.screen == at).then_some(at);
        self.found.iter().enumerate().filter_map(is_one).collect()
    }

    fn is_spent(&self) -> bool {
        self.presses >= self.budget.presses || self.states.len() >= self.budget.states || self.bytes >= BYTES
    }

    /// Opens a state again; the page's clock at the last press, in milliseconds, and nothing where a control is gone.
    pub(super) async fn reach(&self, page: &mut Visit<'_>, way: &[Control]) -> Result<Option<f64>, Undrawn> {
        page.in_world(include_str!("states.js")).await?;
        let mut touched = 0.0;
        for control in way {
            match self.press(page, control).await? {
                Some(at) => touched = at,
                None => return Ok(None),
            }
        }
        // What changes now changes by itself.
        page.in_world("plainwayStates.watch()").await?;
        page.run(AFTER).await?;
        page.in_world("plainwayStates.still()").await?;
        Ok(Some(touched))
    }

    /// Presses what the state has that was not pressed; says whether nothing is left to do in it.
    async fn visit(&mut self, page: &mut Visit<'_>, number: usize) -> Result<bool, Undrawn> {
        let way = self.found.get(number).map(|found| found.way.clone()).unwrap_or_default();
        if self.reach(page, &way).await?.is_none() {
            return Ok(true);
        }
        let base = look(page).await?;
        let hash = route(page).await?;
        if self.found.is_empty() {
            self.known.insert(base.key(), 0);
            self.found.push(Found {
                way: Vec::new(),
                look: base.clone(),
                screen: 0,
                is_open: true,
                notes: ScreenNotes::default(),
            });
        }
        let is_over = self.found[number].screen != number;
        let mut elements = FxHashMap::default();
        if self.is_kiosk && !is_over {
            elements = page.numbers().await?;
            self.found[number].notes.elements = u32::try_from(elements.len()).unwrap_or(u32::MAX);
        }
        if !self.found[number].is_open {
            return Ok(true);
        }
        for (at, InSight { control, old }) in self.list(page).await?.into_iter().enumerate() {
            // A screen or step has each of its ways, also those that stand on all of them.
            if old && is_over {
                continue;
            }
            if self.is_spent() {
                return Ok(true);
            }
            // What opened it would only close it.
            if (is_over && way.contains(&control)) || !self.pressed.insert((number, control.clone())) {
                continue;
            }
            let asked = format!("plainwayStates.element({at})");
            let tag = if elements.is_empty() { None } else { page.number(&asked, &elements).await? };
            // What was stopped until now is none of this press.
            page.tried();
            if self.press(page, &control).await?.is_none() {
                continue;
            }
            self.presses += 1;
            let now = look(page).await?;
            let (is_stopped, left) = page.tried();
            let to = if now == base {
                left
            } else {
                let to = self.enter(page, (number, &control), (&base, &hash), &now).await?;
                Some(to)
                    .filter(|to| *to != self.found[number].screen)
                    .map(|to| format!("#{}", self.found[to].notes.route))
            };
            // What was stopped and has no address may lead anywhere.
            let is_known = !is_stopped || to.is_some();
            let screen = self.found[number].screen;
            let notes = &mut self.found[screen].notes;
            match (tag, to) {
                (Some(at), to) if is_known => notes.presses.push(Pressed { at, to }),
                (None, Some(to)) if is_over && !notes.through.contains(&to) => notes.through.push(to),
                _ => {}
            }
            if now == base {
                continue;
            }
            let leads_on = !base.stays(&now);
            // What opens most often closes the same way.
            if !leads_on && self.press(page, &control).await?.is_some() && look(page).await? == base {
                continue;
            }
            if leads_on {
                return Ok(false);
            }
            page.press("Escape", false).await?;
            page.run(AFTER).await?;
            if look(page).await? != base {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Keeps what is shown after a press, if it is new; the number of the screen that it is, or opens over.
    async fn enter(
        &mut self,
        page: &mut Visit<'_>,
        (from, control): (usize, &Control),
        (base, hash): (&Look, &str),
        now: &Look,
    ) -> Result<usize, Undrawn> {
        let key = now.key();
        if let Some(&known) = self.known.get(&key) {
            return Ok(self.found[known].screen);
        }
        let number = self.found.len();
        let way: Vec<Control> = self.found[from].way.iter().chain([control]).cloned().collect();
        let screen = if !base.stays(now) { number } else { self.found[from].screen };
        let (html, drawing) = if self.is_kiosk && screen == number {
            let (html, draft) = page.shown(&self.manner).await?;
            (html, draft.map(|draft| Box::new(draft.finish())))
        } else {
            (page.written(json!({ "computedStyles": [] })).await?.1.html, None)
        };
        self.bytes += html.len();
        let after: Vec<String> = way.iter().map(|control| control.name.clone()).collect();
        let own = Some(route(page).await?).filter(|own| own != hash && own.starts_with(['/', '!']));
        let notes = ScreenNotes { route: self.free(&own.unwrap_or_else(|| named(&after))), ..ScreenNotes::default() };
        self.known.insert(key, number);
        // What is too many presses away is kept, and nothing is pressed in it; nor in what brought nothing to press to sight
        // within its second. A screen may still wait for something.
        let is_new = |seen: &InSight| !seen.old && !way.contains(&seen.control);
        let is_open = way.len() < self.budget.depth && (screen == number || self.list(page).await?.iter().any(is_new));
        self.states.push(DrawnState { after, html, screen: None, drawing });
        self.found.push(Found { way, look: now.clone(), screen, is_open, notes });
        Ok(screen)
    }

    /// A route that no other screen has.
    fn free(&self, wanted: &str) -> String {
        let is_taken = |route: &String| self.found.iter().any(|found| found.notes.route == *route);
        let mut route = wanted.to_owned();
        for number in 2.. {
            if !is_taken(&route) {
                break;
            }
            route = format!("{wanted}-{number}");
        }
        route
    }

    async fn list(&self, page: &mut Visit<'_>) -> Result<Vec<InSight>, Undrawn> {
        let told = page.in_world(&format!("plainwayStates.list({})", self.acts)).await?;
        Ok(serde_json::from_value(told).unwrap_or_default())
    }

    /// What can be pressed now.
    pub(super) async fn controls(&self, page: &mut Visit<'_>) -> Result<Vec<Control>, Undrawn> {
        Ok(self.list(page).await?.into_iter().map(|seen| seen.control).collect())
    }

    /// Presses a control; the page's clock then, and nothing where it is not there, or covered.
    pub(super) async fn press(&self, page: &mut Visit<'_>, control: &Control) -> Result<Option<f64>, Undrawn> {
        let Some(at) = self.list(page).await?.iter().position(|seen| seen.control == *control) else {
            return Ok(None);
        };
        // What opens beside what was there would else be pressed in each combination.
        page.in_world("plainwayStates.mark()").await?;
        let point = page.in_world(&format!("plainwayStates.aim({at})")).await?;
        let (Some(x), Some(y)) = (point[0].as_f64(), point[1].as_f64()) else { return Ok(None) };
        page.click(x, y).await?;
        let now = page.in_world("plainwayStates.now()").await?;
        page.run(AFTER).await?;
        Ok(Some(now.as_f64().unwrap_or(0.0)))
    }
}

/// What is shown.
pub(super) async fn look(page: &mut Visit<'_>) -> Result<Look, Undrawn> {
    Ok(serde_json::from_value(page.in_world("plainwayStates.look()").await?).unwrap_or_default())
}

/// The route that the page's script has set.
async fn route(page: &mut Visit<'_>) -> Result<String, Undrawn> {
    let told = page.in_world("plainwayStates.route()").await?;
    Ok(told.as_str().unwrap_or("").trim_start_matches('#').to_owned())
}

/// A route out of the names of what was pressed: `check-in/birthday`.
fn named(after: &[String]) -> String {
    after
        .iter()
        .map(|name| words(name, "-").chars().take(NAME).collect::<String>())
        .map(|word| if word.is_empty() { "press".to_owned() } else { word })
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[&str], heading: &str) -> Look {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Look { lines, heading: heading.to_owned(), controls: Vec::new() }
    }

    #[test]
    fn what_opens_on_a_screen_is_none_of_its_own() {
        let base = shown(&["H1 Menu", "P Text", "BUTTON Help"], "Menu");
        assert!(base.stays(&shown(&["H1 Menu", "P Text", "BUTTON Help", "DIALOG", "P Call us"], "Menu")));
        assert!(base.stays(&shown(&["H1 Menu", "P Other", "BUTTON Help"], "Menu")), "a tab changed");
        assert!(!base.stays(&shown(&["H1 Name", "P Text", "BUTTON Help"], "Name")));
        assert!(!base.stays(&shown(&["H1 Menu", "P Other", "P More"], "Menu")), "hardly anything is left");
    }

    #[test]
    fn a_route_is_named_by_what_was_pressed() {
        let names = ["Check in".to_owned(), "Yes, I’m here!".to_owned(), "→".to_owned()];
        assert_eq!(named(&names), "check-in/yes-i-m-here/press");
    }
}
