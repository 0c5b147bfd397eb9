//! Slips that an element shows together with others: references to nothing, ids given twice, words said twice.

use super::focus::{Focus, focus, tab_index};
use super::name::{Source, labels, name};
use crate::facts::dom::{Dom, fold_space};
use crate::model::Exposure;

/// Attributes that name other elements for their words or their parts. `aria-controls` and its like may refer to what comes later.
const REFERRING: &[&str] = &["aria-labelledby", "aria-describedby", "aria-owns", "aria-details"];

/// Levels above an element at which a control around it is looked for. Our choice: deeper ones are layout.
const LEVELS: usize = 50;

/// Endings of files that are pictures.
const PICTURES: &[&str] = &["avif", "bmp", "gif", "heic", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp"];

/// The attributes of an element that refer to elements of which none is on the page, with the ids.
pub fn dead_references(dom: &Dom, i: u32) -> String {
    let dead = |ids: &str| ids.split_ascii_whitespace().all(|id| dom.by_id(id).is_none()) && !ids.trim().is_empty();
    let shown =
        |name: &str| dom.attr(i, name).filter(|ids| dead(ids)).map(|ids| format!("{name}=\"{}\"", fold_space(ids)));
    let own_label = (dom.tag(i) == "label").then_some("for");
    REFERRING.iter().copied().chain(own_label).filter_map(shown).collect::<Vec<_>>().join(", ")
}

/// The id of an element that an earlier one has too, where something on the page refers to that id.
pub fn id_clash(dom: &Dom, i: u32) -> String {
    let Some(id) = dom.attr(i, "id").filter(|id| !id.trim().is_empty()) else { return String::new() };
    let is_second = dom.by_id(id).is_some_and(|first| first != i);
    let is_used = || !dom.labels_for(id).is_empty() || dom.tree().is_referred(id);
    if is_second && is_used() { id.to_owned() } else { String::new() }
}

/// A `tabindex` above zero.
pub fn raised_tab_index(dom: &Dom, i: u32) -> String {
    tab_index(dom, i).filter(|&n| n > 0 && focus(dom, i) == Focus::Tab).map_or(String::new(), |n| n.to_string())
}

/// The title of an element that says its name again; where nobody sees the name, the title shows it to those who use a mouse.
pub fn repeated_title(dom: &Dom, i: u32) -> String {
    let Some(title) = dom.attr(i, "title").map(fold_space).filter(|t| !t.is_empty()) else { return String::new() };
    let name = name(dom, i);
    let is_seen = || match name.source {
        Source::Title => false,
        Source::Label | Source::LabelledBy => dom.text(i).eq_ignore_ascii_case(&title),
        _ => true,
    };
    let repeats = name.text.eq_ignore_ascii_case(&title) && is_seen();
    if repeats { title } else { String::new() }
}

/// The text of a picture that the words beside it in the same link or button say again.
pub fn repeated_alt(dom: &Dom, i: u32) -> String {
    let Some(alt) = dom.attr(i, "alt").map(fold_space).filter(|t| !t.is_empty()) else { return String::new() };
    let around =
        dom.parent(i).and_then(|p| dom.ancestors_and_self(p).take(5).find(|&a| dom.has_role(a, "link button")));
    let repeats = around.is_some_and(|a| dom.text(a).eq_ignore_ascii_case(&alt));
    if repeats { alt } else { String::new() }
}

/// The text of a picture that is the name of a file.
pub fn file_name_as_alt(dom: &Dom, i: u32) -> String {
    let Some(alt) = dom.attr(i, "alt").map(str::trim).filter(|t| !t.is_empty()) else { return String::new() };
    let ending = |text: &str| text.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let is_file = !alt.contains(char::is_whitespace) && ending(alt).is_some_and(|e| PICTURES.contains(&e.as_str()));
    let file = dom.attr(i, "src").unwrap_or("").split(['?', '#']).next().unwrap_or("").rsplit('/').next().unwrap_or("");
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    // A file may well be called by one word that also names what it shows; signs and numbers give it away.
    let is_stem = alt == stem
        && !alt.contains(char::is_whitespace)
        && alt.contains(['_', '-'])
        && alt.contains(|c: char| c.is_ascii_digit());
    if is_file || is_stem { alt.to_owned() } else { String::new() }
}

/// How many labels a field has.
pub fn label_count(dom: &Dom, i: u32) -> usize {
    labels(dom, i).into_iter().filter(|&l| dom.node(l).exposure != Exposure::Hidden).count()
}

/// Whether something around the element takes the focus or has a role that people work with.
pub fn is_in_control(dom: &Dom, i: u32) -> bool {
    let Some(parent) = dom.parent(i) else { return false };
    dom.ancestors_and_self(parent).take(LEVELS).any(|a| {
        // What a script alone may give the focus, as the main part behind a skip link, is no control by that.
        dom.tag(a) == "label"
            || focus(dom, a) == Focus::Tab
            || dom.has_role(
                a,
                "button checkbox gridcell link menuitem menuitemcheckbox menuitemradio option radio switch tab treeitem",
            )
    })
}

/// Whether a style sheet of the page may take the element out of sight by its class or id, where no style engine was asked.
pub fn may_be_styled_away(dom: &Dom, i: u32) -> bool {
    dom.styles().is_none() && (dom.attr(i, "class").is_some() || dom.attr(i, "id").is_some()) && dom.tree().has_sheets()
}
