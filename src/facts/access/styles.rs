//! The seam for a style engine: what it says of each element, where there is one.

use super::hidden::Shown;
use crate::facts::style::{Look, SHOWN};
use crate::model::Exposure;

/// What styles make of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Styled {
    /// Whether `display` gives it a box, or lets its children have theirs: anything but `none`.
    pub displayed: bool,
    /// Whether `visibility` is `visible`.
    pub visible: bool,
    /// Whether it could not be told if it is shown.
    pub is_unsure: bool,
    /// Whether it begins a block: its text stands apart from the text before it.
    pub is_block: bool,
    /// The text of `::before` in `content`; empty where there is none.
    pub before: Box<str>,
    /// The text of `::after`.
    pub after: Box<str>,
}

impl Styled {
    /// What is known of an element; one that a control of the page names may be shown by that.
    pub fn new(look: &Look, is_controlled: bool) -> Self {
        let is_hidden = !look.displayed || !look.visible;
        Self {
            displayed: look.displayed,
            visible: look.visible,
            is_unsure: look.doubt & SHOWN != 0 || (is_hidden && (is_controlled || look.is_animated)),
            is_block: look.is_block,
            before: look.before.clone(),
            after: look.after.clone(),
        }
    }

    /// How the element is shown under what is around it.
    pub(in crate::facts) fn under(&self, above: Shown) -> Shown {
        let unsure = Shown { exposure: Exposure::Unknown, veiled: false };
        match Shown::under(above, self.displayed, self.visible) {
            _ if above.exposure == Exposure::Hidden && !above.veiled => Shown::under(above, false, false),
            _ if self.is_unsure => unsure,
            shown if shown.exposure == Exposure::Exposed && above.exposure == Exposure::Unknown => unsure,
            shown => shown,
        }
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
