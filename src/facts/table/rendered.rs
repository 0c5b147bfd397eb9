//! Facts of pages that a browser drew: what their scripts tried on the way, all of which was stopped. Absent
//! where the source was read.

use super::{Value, size, text};
use crate::facts::dom::Dom;
use crate::facts::page::PageFacts;
use crate::model::{KeyStop, Keys, RenderNotes};

fn count(page: &PageFacts, of: impl Fn(&RenderNotes) -> u32) -> Value {
    page.rendered.as_ref().map_or(Value::Absent, |notes| size(of(notes) as usize))
}

fn keys(page: &PageFacts, of: impl FnOnce(&Keys) -> Value) -> Value {
    page.rendered.as_ref().and_then(|notes| notes.keys.as_ref()).map_or(Value::Absent, of)
}

fn is_stop(dom: &Dom, i: u32, is: impl FnOnce(KeyStop) -> bool) -> Value {
    Value::Flag(is(dom.key_stop(i)))
}

facts! {
    "page.script_dialogs", "times", "A script stopped everything with a message while a browser drew the page.", Page |p| count(p, |n| n.dialogs);
    "page.script_windows", "times", "A script opened a window unasked.", Page |p| count(p, |n| n.windows);
    "page.script_submits", "times", "A script sent a form before anything was pressed, or would have: nothing is sent.", Page |p| count(p, |n| n.submits);
    "page.script_sends", "times", "A script sent data before anything was pressed, or would have: counts of visits are among it.", Page |p| count(p, |n| n.sends);
    "page.script_downloads", "times", "A script began to load a file down before anything was pressed.", Page |p| count(p, |n| n.downloads);
    "page.script_leaves", "times", "A script left the page for another, or would have.", Page |p| count(p, |n| n.leaves);
    "page.script_permissions", "times", "A script asked for a permission (place, camera, notifications) before anything was pressed.", Page |p| count(p, |n| n.permissions);
    "page.script_errors", "errors", "A script failed while a browser drew the page.", Page |p| count(p, |n| n.errors);
    "page.first_script_error", "text", "The first of these errors, in the browser's words.", Page |p| p.rendered.as_ref().filter(|n| n.errors > 0).map_or(Value::Absent, |n| text(&n.first_error));
    "page.scripts_missing", "files", "Scripts, styles and data of the page that could not be had.", Page |p| count(p, |n| n.missing);
    "page.keyboard_stops", "elements", "Elements that got the focus while a browser pressed the Tab key, each counted once; at most 150 presses.", Page |p| keys(p, |k| size(k.stops as usize));
    "page.keyboard_lost", "times", "Nothing had the focus after a press of the Tab key in the middle of the page.", Page |p| keys(p, |k| size(k.lost as usize));
    "page.skip_link_works", "yes/no", "The first stop of the Tab key leads to a place of the page, and the keyboard goes on from there; does not apply where it is no such link.", Page |p| keys(p, |k| k.jump.map_or(Value::Absent, Value::Flag));
    "element.focus_unpainted", "yes/no", "In a browser nothing on the screen changed when the Tab key brought the focus to it, though it is in sight.", Element |d, i| is_stop(d, i, |s| s.unseen);
    "element.focus_out_of_sight", "yes/no", "The Tab key brought the focus to it, though it is not in sight, and nothing on the screen changed.", Element |d, i| is_stop(d, i, |s| s.hidden);
    "element.focus_covered", "yes/no", "When the Tab key brought the focus to it, something that stays on the window covered the whole of it.", Element |d, i| is_stop(d, i, |s| s.covered);
    "element.keyboard_trap", "yes/no", "In a browser neither Tab, Shift and Tab, nor Escape brought the focus away from it.", Element |d, i| is_stop(d, i, |s| s.trap);
}
