//! Where a browser put what it drew, and how it looks, in plain numbers and words. It never judges.

use super::{AxeNotes, DrawnState};
use serde::{Deserialize, Serialize};

/// The properties whose computed values are kept of each element that is drawn, in this order.
pub const PROPERTIES: &[&str] = &[
    "display",
    "visibility",
    "opacity",
    "color",
    "background-color",
    "background-image",
    "background-size",
    "font-size",
    "font-weight",
    "font-style",
    "line-height",
    "letter-spacing",
    "word-spacing",
    "text-align",
    "text-indent",
    "text-wrap-mode",
    "text-decoration-line",
    "text-shadow",
    "position",
    "z-index",
    "float",
    "transform",
    "rotate",
    "filter",
    "backdrop-filter",
    "mix-blend-mode",
    "clip",
    "clip-path",
    "overflow-x",
    "overflow-y",
    "border-top-width",
    "border-right-width",
    "border-bottom-width",
    "border-left-width",
    "margin-top",
    "margin-right",
    "margin-bottom",
    "margin-left",
    "animation-name",
    "content",
    "cursor",
];

/// Parts of a CSS pixel that lengths are kept in.
pub const PARTS: f64 = 10.0;

/// What a browser drew of a page. Elements are numbered by the order of their start tags in the HTML beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// Words that the rest names by their index.
    pub words: Vec<String>,
    /// The name of each element, as indices of `words`.
    pub tags: Vec<u32>,
    /// The rows of computed values that occur: of [`PROPERTIES`] in their order, as indices of `words`. None where a
    /// style engine has to tell the looks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<Vec<u32>>,
    /// What `::before` looks like: element and row of `styles`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<(u32, u32)>,
    /// What `::after` looks like: element and row of `styles`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<(u32, u32)>,
    /// The colours behind texts of which styles alone do not tell them, read from the pixels: element, and the darkest and
    /// the lightest as `0xRRGGBB`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<(u32, u32, u32)>,
    /// Elements on which a script waits for a click, and over which the pointer becomes a hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clicks: Vec<u32>,
    /// Pictures of the site's own that could not be loaded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<u32>,
    /// The page in each window; the first one is the window that it was drawn in.
    pub views: Vec<View>,
    /// What the page shows after presses, in the order in which it was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<DrawnState>,
    /// What axe-core said of it, where the user had it run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axe: Option<AxeNotes>,
}

/// The window that a page is looked at in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// That of the audit: 1280 × 800, or the screen of a kiosk.
    #[default]
    Desk,
    /// A phone, 390 × 844, as the page asks phones to show it.
    Phone,
    /// 320 × 256, which is what 400 % of 1280 × 1024 leaves (WCAG 1.4.10).
    Narrow,
    /// 640 × 400, which is what 200 % of 1280 × 800 leaves (WCAG 1.4.4).
    Zoomed,
    /// That of the audit, with the spacing of text that readers may set (WCAG 1.4.12).
    Spaced,
}

/// A page in one window. Lengths are in tenths of a CSS pixel, places from the top left of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Which window.
    pub window: Window,
    /// Its width and height.
    pub size: [i32; 2],
    /// Width and height of the page in it.
    pub page: [i32; 2],
    /// What is drawn: element, row of `styles`, order of painting, left, top, width and height.
    pub boxes: Vec<[i32; 7]>,
    /// Elements that hold more than they have room for: element, width and height of the room, and of what is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<[i32; 5]>,
    /// Texts directly in an element, line by line: element, left, top, width, height, and the number of characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<[i32; 6]>,
}
