//! The seam for a style engine: what it says of each element, where there is one.

use super::hidden::Shown;

/// What styles make of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Styled {
    /// Whether `display` gives it a box, or lets its children have theirs: anything but `none`.
    pub displayed: bool,
    /// Whether `visibility` is `visible`.
    pub visible: bool,
    /// Whether it begins a block: its text stands apart from the text before it.
    pub is_block: bool,
    /// The text of `::before` in `content`; empty where there is none.
    pub before: Box<str>,
    /// The text of `::after`.
    pub after: Box<str>,
}

impl Styled {
    /// How the element is shown under what is around it.
    pub(in crate::facts) fn under(&self, above: Shown) -> Shown {
        Shown::under(above, self.displayed, self.visible)
    }
}

/// What styles make of the elements of a page, by the index of the node; texts have what their parent has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Styles(pub Vec<Option<Styled>>);

impl Styles {
    /// What is known of an element; `None` where nothing is.
    pub fn of(&self, i: u32) -> Option<&Styled> {
        self.0.get(i as usize)?.as_ref()
    }
}
