//! What a browser made of a page: the tree that its scripts drew, and what they tried on the way.

use super::{AxeNotes, DrawnState, Keys, ScreenNotes, Shot, is_zero};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A page as a browser drew it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The tree when it had settled, as HTML in UTF-8, with no more bytes than the cap of a body.
    pub html: Bytes,
    /// What was met on the way.
    pub notes: RenderNotes,
    /// Places and looks of its elements: a [`super::Drawing`] as JSON; empty where none was kept.
    pub drawing: Bytes,
    /// A picture of it, while the page is judged.
    pub shot: Option<Arc<Shot>>,
}

impl Rendered {
    /// What of the drawing is no place and no look; nothing where the drawing cannot be read.
    pub fn besides(&self) -> Besides {
        serde_json::from_slice(&self.drawing).unwrap_or_default()
    }
}

/// What a [`super::Drawing`] holds besides places and looks.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Besides {
    /// What the page shows after presses.
    #[serde(default)]
    pub states: Vec<DrawnState>,
    /// What axe-core said of the page, where the user had it run.
    #[serde(default)]
    pub axe: Option<AxeNotes>,
}

/// Why a page was drawn by a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RenderWhy {
    /// Its source holds almost nothing, and a script draws it.
    #[default]
    DrawnByScript,
    /// Its main content, or a form, is empty in its source, and a script fills it.
    PartDrawnByScript,
    /// The user asked for every page (`--render always`).
    Asked,
    /// It is the first by address of the pages of a template. Which one that is is known when all pages are read, so that what it
    /// draws leads the crawl no further.
    FirstOfTemplate,
}

/// What scripts tried while a page was drawn; all of it was stopped. Counts end at 1,000.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderNotes {
    /// Why it was drawn.
    #[serde(default)]
    pub why: RenderWhy,
    /// Messages that stop everything until they are answered (`alert`, `confirm`, `prompt`, `print`).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dialogs: u32,
    /// Windows that opened by themselves.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub windows: u32,
    /// Requests of scripts that would have sent something.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sends: u32,
    /// Forms that would have been sent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub submits: u32,
    /// Times that the page would have been left for another.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub leaves: u32,
    /// Permissions that were asked for unasked: place, camera, notifications.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub permissions: u32,
    /// Files that would have been loaded down.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub downloads: u32,
    /// Errors that no script caught.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub errors: u32,
    /// The first of them, in the browser's words, cut to 200 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub first_error: String,
    /// Scripts and styles of the page that could not be had.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missing: u32,
    /// What the keyboard met; nothing where it was not walked, or the page was another one then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Keys>,
    /// What a screen of a kiosk leads to when it is pressed, and does when it is left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<Box<ScreenNotes>>,
}
