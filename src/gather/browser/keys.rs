//! A page walked with the keyboard: Tab is pressed until it comes round, and what had the focus is looked at. Its clock
//! stands still but where it is told to run, so that the same page gives the same walk. Nothing is pressed but Tab,
//! Escape, and Enter on a link to a place of the same page.

use super::Undrawn;
use super::page::Visit;
use crate::model::{KeyStop, Keys, KeysEnd};
use serde_json::{Value, json};

/// How often Tab is pressed. Our choice: nine of ten pages of cities have fewer stops.
const PRESSES: u32 = 150;

/// How often Tab may leave the focus where it is: on a field with parts as dates have, or in a frame or player,
/// whose parts are not seen. Our choice.
const PARTS: u32 = 12;
const FRAME_PARTS: u32 = 60;

/// How often the focus may be nowhere before it is held to have left the page. Our choice.
const NOWHERE: u32 = 4;

/// How long the page's clock runs before the screen is looked at, in milliseconds. Our choice.
const MOMENT: u32 = 100;

/// Stops of which pictures are compared. Our choice: a picture takes as long as ten presses.
const PICTURES: usize = 12;

/// What has the focus, as `keys.js` tells it.
struct Seen {
    known: usize,
    is_new: bool,
    is_framed: bool,
    is_hidden: bool,
    is_covered: bool,
    is_frame: bool,
    has_parts: bool,
    in_dialog: bool,
    jumps: bool,
}

/// A walk on its way.
struct Walk<'w, 'v> {
    page: &'w mut Visit<'v>,
    stops: Vec<Seen>,
    keys: Keys,
}

/// What a walk came to.
pub(super) struct Walked {
    pub(super) keys: Keys,
    /// Whether the first stop leads to a place of the page, and was not followed yet.
    pub(super) jumps: bool,
    /// Whether nothing but the focus was changed, as far as that is seen.
    pub(super) is_left_as_met: bool,
}

/// Walks a page, and follows its first stop where that leads to a place of it; `None` where it is not the page that was drawn
/// before.
pub(super) async fn walk_and_jump(page: &mut Visit<'_>, drawn: &str) -> Result<Option<Keys>, Undrawn> {
    let Some(Walked { mut keys, jumps, .. }) = walk(page, drawn).await? else { return Ok(None) };
    if jumps {
        keys.jump = jump(page).await?;
    }
    Ok(Some(keys))
}

/// Follows the first stop of a page that was walked before and opened anew; `None` where that cannot be told.
pub(super) async fn jump_anew(page: &mut Visit<'_>, drawn: &str) -> Result<Option<bool>, Undrawn> {
    if page.written(json!({ "computedStyles": [] })).await?.1.html != drawn {
        return Ok(None);
    }
    page.in_world(include_str!("keys.js")).await?;
    page.press("Tab", false).await?;
    let told = page.in_world("plainwayKeys.stop()").await?;
    if told["jump"] == json!(true) { jump(page).await } else { Ok(None) }
}

/// Follows the first stop, and looks where Tab goes on from.
pub(super) async fn jump(page: &mut Visit<'_>) -> Result<Option<bool>, Undrawn> {
    page.in_world("plainwayKeys.enter(0)").await?;
    page.press("Enter", false).await?;
    page.run(MOMENT).await?;
    page.press("Tab", false).await?;
    Ok(page.in_world("plainwayKeys.landed()").await?.as_bool())
}

/// Walks a page that has settled; `None` where it is not the page that was drawn before.
pub(super) async fn walk(page: &mut Visit<'_>, drawn: &str) -> Result<Option<Walked>, Undrawn> {
    let (snapshot, written) = page.written(json!({ "computedStyles": [] })).await?;
    if written.html != drawn {
        return Ok(None);
    }
    let elements = written.numbers(&snapshot);
    let keys = Keys { elements: u32::try_from(written.elements.len()).unwrap_or(u32::MAX), ..Keys::default() };
    let mut walk = Walk { page, stops: Vec::new(), keys };
    walk.page.in_world(include_str!("keys.js")).await?;
    walk.go().await?;
    let mut wrong: Vec<KeyStop> =
        walk.stops.iter().map(|seen| KeyStop { covered: seen.is_covered, ..KeyStop::default() }).collect();
    if let (KeysEnd::Trap, Some(last)) = (walk.keys.end, wrong.last_mut()) {
        last.trap = true;
    }
    walk.compare(&mut wrong).await?;
    for (at, stop) in wrong.into_iter().enumerate() {
        if !stop.is_right() {
            let kept = format!("plainwayKeys.kept[{at}]");
            let element = walk.page.number(&kept, &elements).await?;
            walk.keys.wrong.extend(element.map(|at| KeyStop { at, ..stop }));
        }
    }
    let is_left_as_met = walk.asked("end()").await? == json!(true);
    let jumps = walk.stops.first().is_some_and(|first| first.jumps);
    Ok(Some(Walked { keys: walk.keys, jumps, is_left_as_met }))
}

impl Walk<'_, '_> {
    async fn asked(&mut self, script: &str) -> Result<Value, Undrawn> {
        self.page.in_world(&format!("plainwayKeys.{script}")).await
    }

    /// What has the focus; `None` where nothing has.
    async fn seen(&mut self) -> Result<Option<Seen>, Undrawn> {
        let told = self.asked("stop()").await?;
        let flag = |name: &str| told[name].as_bool().unwrap_or(false);
        let known = told["known"].as_u64().and_then(|n| usize::try_from(n).ok());
        Ok(known.map(|known| Seen {
            known,
            is_new: flag("isNew"),
            is_framed: flag("framed"),
            is_hidden: flag("hidden"),
            is_covered: flag("covered"),
            is_frame: flag("frame"),
            has_parts: flag("parts"),
            in_dialog: flag("dialog"),
            jumps: flag("jump"),
        }))
    }

    /// Presses Tab until it has come round, left the page, or gets no further.
    async fn go(&mut self) -> Result<(), Undrawn> {
        let (mut nowhere, mut stays, mut last) = (0, 0, None);
        self.keys.end = KeysEnd::Cut;
        for _ in 0..PRESSES {
            self.page.press("Tab", false).await?;
            let Some(seen) = self.seen().await? else {
                nowhere += 1;
                if nowhere >= NOWHERE {
                    self.keys.end = KeysEnd::Out;
                    return Ok(());
                }
                continue;
            };
            if !seen.is_new && nowhere > 0 {
                // It came round.
                self.keys.end = KeysEnd::Out;
                return Ok(());
            }
            if seen.is_new {
                // Nothing had the focus, and then something that had not had it: it was thrown away on the way.
                self.keys.lost += if self.stops.is_empty() { 0 } else { nowhere };
                (nowhere, stays, last) = (0, 0, Some(seen.known));
                self.keys.stops += 1;
                self.stops.push(seen);
                continue;
            }
            stays += 1;
            let patience = match (seen.is_frame, seen.has_parts) {
                (true, _) => FRAME_PARTS,
                (_, true) => PARTS,
                _ => 2,
            };
            if last == Some(seen.known) && stays <= patience {
                continue;
            }
            self.keys.end = self.held(&seen).await?;
            return Ok(());
        }
        Ok(())
    }

    /// What holds the keyboard on these stops: whether Escape or going back sets it free.
    async fn held(&mut self, seen: &Seen) -> Result<KeysEnd, Undrawn> {
        if seen.in_dialog {
            return Ok(KeysEnd::Dialog);
        }
        if seen.is_frame {
            return Ok(KeysEnd::Frame);
        }
        if self.asked("missed()").await?.as_u64() == Some(0) {
            return Ok(KeysEnd::Out);
        }
        let is_single = seen.known + 1 == self.stops.len() || self.stops.len() == 1;
        for (key, back) in [("Escape", false), ("Tab", false), ("Tab", true), ("Tab", true), ("Tab", true)] {
            self.page.press(key, back).await?;
            self.page.run(MOMENT).await?;
            match self.seen().await? {
                None => return Ok(KeysEnd::Held),
                Some(now) if now.is_new || (is_single && now.known != seen.known) => return Ok(KeysEnd::Held),
                Some(_) => {}
            }
        }
        Ok(KeysEnd::Trap)
    }

    /// Which stops look the same with the focus as without it: first by their styles, then by pictures.
    async fn compare(&mut self, wrong: &mut [KeyStop]) -> Result<(), Undrawn> {
        let mut pictures = 0;
        for (at, stop) in wrong.iter_mut().enumerate() {
            let (is_framed, is_frame, is_hidden) =
                (self.stops[at].is_framed, self.stops[at].is_frame, self.stops[at].is_hidden);
            if is_framed || is_frame || pictures >= PICTURES {
                continue;
            }
            let (leave, enter) = (format!("leave({at})"), format!("enter({at})"));
            let (without, with) = (self.asked(&leave).await?, self.asked(&enter).await?);
            if with["has"] != json!(true) || without["look"] != with["look"] || without["box"] != with["box"] {
                continue;
            }
            pictures += 1;
            self.asked(&leave).await?;
            let plain = self.page.picture(None).await?;
            self.asked(&enter).await?;
            self.page.run(MOMENT).await?;
            if self.page.picture(None).await? == plain {
                (stop.unseen, stop.hidden) = (!is_hidden, is_hidden);
            }
        }
        Ok(())
    }
}
