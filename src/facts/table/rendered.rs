//! Facts of pages that a browser drew: what their scripts tried on the way, all of which was stopped. Absent
//! where the source was read.

use super::{Value, size, text};
use crate::facts::page::PageFacts;
use crate::model::RenderNotes;

fn count(page: &PageFacts, of: impl Fn(&RenderNotes) -> u32) -> Value {
    page.rendered.as_ref().map_or(Value::Absent, |notes| size(of(notes) as usize))
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
}
