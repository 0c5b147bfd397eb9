//! A picture of a page as a browser painted it, and where its elements stand in it. It lives while the page is judged, and is
//! kept nowhere.

use super::Drawing;

/// A picture of a page, one CSS pixel each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Height of what the window shows at once, in pixels: of a kiosk all of it.
    pub fold: usize,
    /// Red, green and blue of each pixel, row by row from the top left.
    pub rgb: Vec<u8>,
    /// Where the elements stand in it: one view, without looks.
    pub drawing: Drawing,
}
