//! What a browser found when it pressed what opens something on a page, and what a screen of a kiosk did when it was left alone.

use super::Drawing;
use serde::{Deserialize, Serialize};

/// The page after something was pressed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnState {
    /// The names of what was pressed, in their order.
    pub after: Vec<String>,
    /// The tree, as HTML.
    pub html: String,
    /// Of a kiosk, where it is a screen of its own; nothing for what opens over a screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<ScreenNotes>,
    /// Of such a screen, where its elements stand and how they look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawing: Option<Box<Drawing>>,
}

/// A screen of a kiosk, as a browser met it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScreenNotes {
    /// The part of the page's address that it is known by: the one that its script sets, else the names of what was pressed.
    /// Empty for the page itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub route: String,
    /// Elements of its HTML, so that nobody counts others; 0 where it was not counted.
    pub elements: u32,
    /// What was pressed on it, in the order in which it was pressed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub presses: Vec<Pressed>,
    /// Where what opens over it leads: addresses as in [`Pressed::to`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<String>,
    /// What it does when nobody touches it; nothing where that was not watched, or could not be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<Idle>,
}

/// A control that was pressed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    /// The number of its start tag in the HTML, from 0.
    pub at: u32,
    /// Where it led: `#` and the route of a screen of this page, or an address; nothing where the screen stayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What a screen does when nobody touches it. Times are of the page's own clock, in tenths of a second since the last touch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idle {
    /// How long it was watched.
    pub watched: u32,
    /// When another screen was shown, or another page wanted; nothing where it stayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
    /// When something was shown before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned: Option<u32>,
    /// Whether pressing what was shown then kept the screen; nothing where nothing was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<bool>,
}
