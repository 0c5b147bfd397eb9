//! A page that is drawn: read, walked with the keyboard, and pressed, in one visit as long as it is as it was read. What keys
//! and presses change must not be seen in what was drawn.

use super::door::Door;
use super::keys::Walked;
use super::page::{Visit, WINDOW, visit};
use super::picture::Plate;
use super::states::{self, Explorer};
use super::{Order, Running, Undrawn, axe, drawing, keys};
use crate::model::{Drawing, Keys, RenderNotes, Rendered};
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

/// How often a walk or a search is begun before it is given up: a loaded machine may be to blame. Our choice.
const TRIES: u32 = 2;

/// How often it is looked whether a window has its size again, and how long is waited in between. Our choice: it has at once,
/// most often.
const SIZED: u32 = 10;
const SIZED_PAUSE: Duration = Duration::from_millis(50);

/// A page that was drawn, and the picture of it, where there is to be one.
pub(super) type Drawn = (Rendered, Option<Plate>);

/// What was read of a page that has settled.
struct Read {
    html: String,
    drawing: Option<Drawing>,
    notes: RenderNotes,
    /// Whether there is anything to press that opens something.
    opens: bool,
    plate: Option<Plate>,
    /// Whether a picture of it never came.
    is_unpainted: bool,
}

/// What one visit came to.
#[derive(Default)]
struct Seen {
    read: Option<Read>,
    walked: Option<Walked>,
    /// Whether a press was tried.
    is_begun: bool,
    explorer: Option<Explorer>,
}

/// Draws a page, walks it with the keyboard, and presses what opens something. What keys and presses change must not be seen
/// in what was drawn: the page is read first, and opened anew where it is no longer as it was read. Where a walk or a
/// press goes wrong, the page is drawn all the same.
pub(super) async fn draw(running: &Running, door: &Door, order: &Order) -> Result<Drawn, Undrawn> {
    let (mut seen, mut is_troubled) = (Seen::default(), false);
    for _ in 0..TRIES {
        seen = Seen::default();
        let done = visit(running, door, order, async |page| page.see(order, &mut seen).await).await;
        match (done, &seen.read) {
            // The same page must not be judged by what a busy machine has time to paint.
            (Ok(()), Some(read)) if read.is_unpainted => continue,
            (Err(undrawn), None) => return Err(undrawn),
            (Err(Undrawn::Gone), _) => return Err(Undrawn::Gone),
            (Err(_), _) => {
                running.in_trouble.set(true);
                is_troubled = true;
            }
            (Ok(()), _) => {}
        }
        break;
    }
    let Seen { read: Some(Read { html, drawing, mut notes, opens, plate, .. }), walked, is_begun, explorer } = seen
    else {
        return Err(Undrawn::Refused("it told nothing".to_owned()));
    };
    let tries_of = |is_tried: bool| TRIES - u32::from(is_tried && is_troubled);
    let (is_walked, is_jumped) = walked.as_ref().map_or((false, false), |walked| (true, !walked.jumps));
    notes.keys = walked.map(|walked| walked.keys);
    let tries = if is_jumped { 0 } else { tries_of(!is_begun) };
    for _ in 0..tries {
        let work = async |page: &mut Visit<'_>| match is_walked {
            true => keys::jump_anew(page, &html).await.map(|jump| (None, jump)),
            false => keys::walk_and_jump(page, &html).await.map(|keys| (keys, None)),
        };
        match visit(running, door, order, work).await {
            Ok((None, jump)) => notes.keys = notes.keys.map(|keys| Keys { jump, ..keys }),
            Ok((keys, _)) => notes.keys = keys,
            Err(Undrawn::Gone) => return Err(Undrawn::Gone),
            Err(_) => {
                running.in_trouble.set(true);
                continue;
            }
        }
        break;
    }
    let mut packed = Vec::new();
    if let Some(mut drawing) = drawing {
        if opens || order.manner.screen.is_some() {
            let explored = states::explore(running, door, order, explorer, tries_of(is_begun)).await?;
            (drawing.states, notes.screen) = (explored.states, explored.own.map(Box::new));
        }
        drawing.axe = axe::asked(running, door, order, &html).await?;
        packed = drawing::packed(&drawing);
    }
    Ok((Rendered { html: html.into(), notes, drawing: packed.into(), shot: None }, plate))
}

impl Visit<'_> {
    /// Reads the page, walks it, and presses what it has, as long as it is as it was read.
    async fn see(&mut self, order: &Order, seen: &mut Seen) -> Result<(), Undrawn> {
        let read = seen.read.insert(self.read(order).await?);
        if read.is_unpainted || self.is_touched || !self.is_sized(order.manner.screen.unwrap_or(WINDOW)).await? {
            return Ok(());
        }
        let Some(walked) = keys::walk(self, &read.html).await? else { return Ok(()) };
        let walked = seen.walked.insert(walked);
        if !walked.is_left_as_met || !self.is_as_read(&read.html).await? {
            return Ok(());
        }
        if read.drawing.is_some() && (read.opens || order.manner.screen.is_some()) {
            seen.is_begun = true;
            let mut explorer = Explorer::new(order);
            explorer.begin(self).await?;
            seen.explorer = Some(explorer);
            if !walked.jumps || !self.is_as_read(&read.html).await? {
                return Ok(());
            }
        }
        // Last, since it leaves the page at another place.
        if std::mem::take(&mut walked.jumps) {
            walked.keys.jump = keys::jump(self).await?;
        }
        Ok(())
    }

    /// Whether the window has the size again that it had before pictures were taken.
    async fn is_sized(&mut self, (width, height): (u32, u32)) -> Result<bool, Undrawn> {
        for _ in 0..SIZED {
            if self.in_world("[innerWidth, innerHeight]").await? == json!([width, height]) {
                return Ok(true);
            }
            sleep(SIZED_PAUSE).await;
        }
        Ok(false)
    }

    /// Whether the page is still as it was read, some time after whatever was done with it.
    async fn is_as_read(&mut self, html: &str) -> Result<bool, Undrawn> {
        self.run(states::AFTER).await?;
        Ok(self.written(json!({ "computedStyles": [] })).await?.1.html == html)
    }

    /// The tree as it is now, where its elements stand, in this window and in others, and whether there is anything to press.
    async fn read(&mut self, order: &Order) -> Result<Read, Undrawn> {
        let manner = &*order.manner;
        let (html, draft) = self.shown(manner).await?;
        let opens = states::is_any(self, &manner.acts).await?;
        if html.len() > order.most {
            return Err(Undrawn::TooLarge);
        }
        let notes = self.notes.clone();
        let mut read = Read { html, drawing: None, notes, opens, plate: None, is_unpainted: false };
        let Some(mut draft) = draft else { return Ok(read) };
        // A kiosk has one screen.
        if draft.is_viewed() && manner.screen.is_none() {
            self.look_again(&mut draft).await?;
        }
        read.plate = if order.pictured { self.plate(&draft, manner.screen).await } else { None };
        read.drawing = Some(draft.finish());
        read.is_unpainted = self.is_unpainted;
        Ok(read)
    }
}
