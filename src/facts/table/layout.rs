//! Facts of elements that follow from where a browser put them. None of them applies to pages that no browser drew.

use super::Value;
use crate::facts::dom::Dom;
use crate::facts::layout::{
    beyond, cut, fixed_share, is_pressed_by_mouse, letters_on_phone, line_letters, overlap, screens_above_field,
    screens_above_heading, steps_back, target_room,
};
use crate::model::{Exposure, Window};

fn of(measure: Option<f64>) -> Value {
    // Tenths, as they are kept.
    measure.map_or(Value::Absent, |n| Value::Number((n * 10.0).round() / 10.0))
}

fn is_broken(dom: &Dom, i: u32) -> Value {
    let is_shown = dom.node(i).exposure == Exposure::Exposed;
    dom.looks().places().filter(|_| is_shown).map_or(Value::Absent, |places| Value::Flag(places.is_broken(i)))
}

facts! {
    "element.target_room", "px", "The widest circle around the middle of what is pressed that meets neither another target nor the same circle around a smaller one, or the smaller side of its box where that is more, as a browser drew it; at most 100. Links in a line of text are left out.", Element |d, i| of(target_room(d, i));
    "element.cut", "px", "How much of the text directly inside it is cut off, across or down, as a browser drew it; 0 where all of it shows or none.", Element |d, i| of(cut(d, Window::Desk, i));
    "element.cut_zoomed", "px", "How much of the text directly inside it is cut off at 200 % that shows at 100 %.", Element |d, i| of(cut(d, Window::Zoomed, i));
    "element.cut_narrow", "px", "How much of the text directly inside it is cut off in a window 320 pixels wide that shows in a wide one.", Element |d, i| of(cut(d, Window::Narrow, i));
    "element.cut_spaced", "px", "How much of the text directly inside it is cut off with the spacing of text that readers may set, and shows without.", Element |d, i| of(cut(d, Window::Spaced, i));
    "element.beyond_narrow", "px", "How far its text, or itself where it is a control, reaches beyond the right edge of a window 320 pixels wide; what scrolls in a box of its own is left out, and tables, code and pictures.", Element |d, i| of(beyond(d, Window::Narrow, i));
    "element.line_letters", "characters", "Characters in a line of a block, on average over all but the last, as a browser broke them; does not apply to fewer than three lines.", Element |d, i| of(line_letters(d, i));
    "element.overlap", "percent", "How much of a line of the text directly inside it lies over or under other text.", Element |d, i| of(overlap(d, i));
    "element.pressed_by_mouse", "yes/no", "A script waits for a click on it, it looks as if it could be pressed, and the keyboard reaches neither it nor anything in it.", Element |d, i| super::told(is_pressed_by_mouse(d, i));
    "element.broken_picture", "yes/no", "A picture of the site's own that could not be loaded when a browser drew the page.", Element is_broken;
    "element.phone_screens_to_heading", "screens", "Windows of a phone that are above the first main heading; of `html`.", Element |d, i| of(screens_above_heading(d, i));
    "element.phone_screens_to_field", "screens", "Windows of a phone that are above the first control of a form.", Element |d, i| of(screens_above_field(d, i));
    "element.phone_letters", "px", "Size of the letters that half of the page's text is smaller than on a phone; of `html`.", Element |d, i| of(letters_on_phone(d, i));
    "element.phone_fixed_share", "percent", "How much of the window of a phone is taken by an element that stays in place while the page is scrolled; what holds the main content is left out.", Element |d, i| of(fixed_share(d, Window::Phone, i));
    "element.zoomed_fixed_share", "percent", "The same of a window at 200 %.", Element |d, i| of(fixed_share(d, Window::Zoomed, i));
    "element.steps_back", "steps", "How often the Tab key steps back in a form: to a field above the one before it, or left of it in the same row, as a browser drew them.", Element |d, i| of(steps_back(d, i));
}
