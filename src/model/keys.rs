//! What the keyboard met on a page that a browser drew: Tab pressed until it came round.

use super::is_zero;
use serde::{Deserialize, Serialize};

/// A walk through a page with the Tab key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Elements of the page as the browser counted them; 0 where an example leaves it out. Where whoever reads the tree
    /// counts others, nothing is known of places.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub elements: u32,
    /// Elements that had the focus, each counted once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stops: u32,
    /// How the walk ended.
    #[serde(default)]
    pub end: KeysEnd,
    /// Times that the focus was nowhere on the way.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u32,
    /// Whether the first stop, a link to a place of the page, brought the keyboard there; nothing where it is no such link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jump: Option<bool>,
    /// The stops with which something is wrong, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<KeyStop>,
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeysEnd {
    /// The focus left the page, and came round.
    #[default]
    Out,
    /// It went round in a dialog.
    Dialog,
    /// It did not come out of a frame or player, which is not looked into.
    Frame,
    /// It gets no further with Tab, but back, or out with Escape.
    Held,
    /// Neither Tab, Shift and Tab, nor Escape set it free.
    Trap,
    /// The page has more stops than were walked.
    Cut,
}

/// An element with the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyStop {
    /// Its number in the tree, by the order of start tags, from 0.
    pub at: u32,
    /// It is in sight, and nothing on the screen changes when it gets the focus.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unseen: bool,
    /// It is not in sight, and nothing on the screen changes when it gets the focus.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Something that stays on the window covers the whole of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub covered: bool,
    /// The keyboard gets no further from it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub trap: bool,
}

impl KeyStop {
    /// Whether nothing is wrong with it.
    pub fn is_right(self) -> bool {
        !(self.unseen || self.hidden || self.covered || self.trap)
    }
}

// serde hands over references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !*flag
}
