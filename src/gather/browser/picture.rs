//! The picture of a page from which its findings are shown: painted once in a window as tall as the page, with the places of its
//! elements in that same window. It never says what may be shown.

use super::Undrawn;
use super::drawing::Draft;
use super::page::{Visit, WINDOW};
use super::pixels::Pixels;
use super::windows::STILL;
use crate::model::{Shot, Window};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

/// The tallest part of a page that is painted, in CSS pixels. Our choice: five windows; 15 MB in memory while the page is judged.
const TALLEST: u32 = 4_000;

/// How long a picture is waited for. Our choice: it takes hundredths of a second, on a busy machine seconds. About one in a
/// hundred never comes on a machine with far more to do than it can (Chromium 156), however often it is asked for again.
const FRAME: Duration = Duration::from_secs(20);

/// How often a picture is asked for until two in a row are the same, and how long is waited in between. Our choice: a busy browser
/// gives a picture before all of it is painted anew, and shows there what stood there before.
const PAINTS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(50);

/// A picture as the browser gives it, not unpacked yet.
pub(super) struct Plate {
    png: Vec<u8>,
    draft: Draft,
    fold: u32,
}

impl Plate {
    /// The picture itself; `None` where it is none that can be read.
    pub(super) fn shot(self) -> Option<Shot> {
        let (width, height, rgb) = Pixels::read(&self.png)?.rgb();
        Some(Shot { width, height, fold: self.fold as usize, rgb, drawing: self.draft.places() })
    }
}

impl Visit<'_> {
    /// Paints the page that was read. Its scripts stand still meanwhile. A page that cannot be painted has no picture, and
    /// is judged all the same.
    pub(super) async fn plate(&mut self, read: &Draft, screen: Option<(u32, u32)>) -> Option<Plate> {
        let mut draft = Some(read.anew()).filter(|_| read.is_viewed())?;
        let still = |value: bool| json!({ "value": value });
        self.ask("Emulation.setScriptExecutionDisabled", still(true)).await.ok()?;
        // A kiosk shows no more than its screen.
        let (width, height) = screen.unwrap_or_else(|| (WINDOW.0, read.tall().clamp(WINDOW.1, TALLEST)));
        let is_dressed = self.dress(STILL).await.is_ok();
        let _ = self.resize((width, height), false).await;
        let places = self.ask("DOMSnapshot.captureSnapshot", json!({ "computedStyles": [] })).await;
        let picture = self.picture(None).await;
        let is_sized = self.resize(screen.unwrap_or(WINDOW), false).await.is_ok();
        let is_undressed = is_dressed && self.undress().await.is_ok();
        let is_awake = self.ask("Emulation.setScriptExecutionDisabled", still(false)).await.is_ok();
        self.is_touched |= !(is_sized && is_undressed && is_awake);
        draft.add(&places.ok()?, Window::Desk, (width, height));
        let fold = screen.unwrap_or(WINDOW).1;
        Some(Plate { png: picture.ok()?, draft, fold })
    }

    /// What the window shows, or so much of the page from its upper left, as PNG.
    pub(super) async fn picture(&mut self, part: Option<(i32, i32)>) -> Result<Vec<u8>, Undrawn> {
        let mut wanted = json!({ "format": "png", "optimizeForSpeed": true });
        if let Some((width, height)) = part {
            wanted["captureBeyondViewport"] = true.into();
            wanted["clip"] = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        }
        let mut last = self.painted(&wanted).await?;
        for _ in 1..PAINTS {
            sleep(PAUSE).await;
            let next = self.painted(&wanted).await?;
            if next == last {
                break;
            }
            last = next;
        }
        Ok(last)
    }

    async fn painted(&mut self, wanted: &Value) -> Result<Vec<u8>, Undrawn> {
        let told = self.ask_within(FRAME, "Page.captureScreenshot", wanted.clone()).await;
        self.is_unpainted |= matches!(told, Err(Undrawn::Hangs));
        let told = told?;
        let png = told["data"].as_str().and_then(|data| STANDARD.decode(data).ok());
        png.ok_or_else(|| Undrawn::Refused("it gave no picture".to_owned()))
    }
}
