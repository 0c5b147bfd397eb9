//! Facts of elements that their source or their place on the page tells; `[check.selector]` tests them one element at a time.

use super::{Value, number};
use crate::facts::access::tokens::{self, Sound};
use crate::facts::access::{beside, grid};
use crate::facts::dom::Dom;

fn flag(yes: bool) -> Value {
    Value::Flag(yes)
}

/// What a search found, or that it found nothing.
fn found(words: Option<impl Into<String>>) -> Value {
    words.map_or(Value::Absent, |w| Value::Text(w.into()))
}

fn some(words: String) -> Value {
    found(Some(words).filter(|w| !w.is_empty()))
}

fn plays(dom: &Dom, i: u32) -> Value {
    match tokens::sound(dom, i) {
        Sound::Yes => flag(true),
        Sound::No => flag(false),
        Sound::Unknown => Value::Unknown("only the file tells whether it has a sound, and how long it is"),
    }
}

fn may_be_stopped(dom: &Dom) -> Value {
    if beside::may_be_stopped(dom) {
        Value::Unknown("a button or script of the page may stop the sound")
    } else {
        flag(false)
    }
}

fn idle(dom: &Dom, i: u32) -> Value {
    dom.tables().is_idle(i).map_or(Value::Unknown("a script may fill the table"), flag)
}

facts! {
    "element.no_language", "yes/no", "Neither it nor an empty `lang` says which language it is in.", Element |d, i| flag(tokens::has_no_language(d, i));
    "element.unknown_language", "code", "Its `lang`, where no language has that code and something in it is read by it; the word blank for nothing but space.", Element |d, i| found(tokens::unknown_language(d, i));
    "element.other_xml_lang", "code", "Its `xml:lang`, where its `lang` names another language.", Element |d, i| found(tokens::other_xml_lang(d, i));
    "element.spoken_otherwise", "code", "The language that its own text is clearly in, where its `lang` names another one.", Element |d, i| found(tokens::spoken_otherwise(d, i));
    "element.bad_autocomplete", "words", "Its `autocomplete`, where browsers can't use it; fields that are switched off are left out.", Element |d, i| found(tokens::bad_autocomplete(d, i));
    "element.zoom_limit", "words", "The part of a `viewport` that keeps people from enlarging the page to twice its size.", Element |d, i| found(tokens::zoom_limit(d, i));
    "element.plays_sound", "yes/no", "A sound or film starts by itself and can be heard for longer than three seconds.", Element plays;
    "element.may_be_stopped", "yes/no", "A button or script of the page may stop what plays by itself; could not be told where there is one.", Element |d, _| may_be_stopped(d);
    "element.skipped_level", "level", "The level of the heading before, where this one is more than one level deeper.", Element |d, i| d.survey().skipped(i).map_or(Value::Absent, number);
    "element.any_heading", "yes/no", "The page has a heading for assistive technology.", Element |d, _| flag(d.survey().has().heading);
    "element.any_heading_of_matter", "yes/no", "The page has a heading outside of its menus.", Element |d, _| flag(d.survey().has().heading_of_matter);
    "element.any_first_heading", "yes/no", "The page has a heading of the first level.", Element |d, _| flag(d.survey().has().first_level);
    "element.any_main", "yes/no", "The page marks its main content.", Element |d, _| flag(d.survey().has().only_main);
    "element.any_main_or_region", "yes/no", "The page marks its main content, or has a region with a name.", Element |d, _| flag(d.survey().has().main);
    "element.any_inner_link", "yes/no", "The page has a link to a place of its own that is there.", Element |d, _| flag(d.survey().has().inner_link);
    "element.any_outer_link", "yes/no", "The page has a link to somewhere else.", Element |d, _| flag(d.survey().has().outer_link);
    "element.any_click_script", "yes/no", "Something on the page runs a script when it is clicked, as its source says.", Element |d, _| flag(d.survey().has().switch);
    "element.any_script", "yes/no", "The page has a script.", Element |d, _| flag(d.survey().has().script);
    "element.earlier_access_key", "key", "Its `accesskey`, where an earlier element has the same one.", Element |d, i| found(d.survey().key_again(i));
    "element.second_landmark", "yes/no", "It is a landmark, and an earlier one has the same role.", Element |d, i| flag(d.survey().is_second(i));
    "element.twin_landmark", "yes/no", "It is the second landmark of its role with the same name or none.", Element |d, i| flag(d.survey().is_twin(i));
    "element.landmark_around", "role", "The role of the landmark around this landmark.", Element |d, i| found(d.survey().around(i));
    "element.same_link_before", "address", "Where a link leads, if the link right before it leads there too.", Element |d, i| found(d.survey().beside_same(i));
    "element.has_context", "yes/no", "The sentence, item or cell around it, or a description, says more than its name.", Element |d, i| flag(beside::has_context(d, i));
    "element.holds_nothing", "yes/no", "It has no text, picture, control, frame or line in it.", Element |d, i| flag(beside::holds_nothing(d, i));
    "element.typed_bullet", "sign", "The sign that its text starts with, as an item of a list that was typed by hand.", Element |d, i| found(beside::typed_bullet(d, i));
    "element.bold_line", "yes/no", "A short paragraph, all bold, with a paragraph or list after it.", Element |d, i| flag(beside::is_bold_line(d, i));
    "element.alt_as_caption", "text", "Its text for a picture, where the caption of its figure says the same.", Element |d, i| found(beside::alt_as_caption(d, i));
    "element.wrong_item", "tag", "The first thing in a list that is no item of it.", Element |d, i| found(beside::wrong_items(d, i));
    "element.lost_headers", "ids", "Ids in the `headers` of a cell that are no other cells of its table.", Element |d, i| some(grid::lost_headers(d, i));
    "element.heads_nothing", "yes/no", "It is the header of a table and heads no cell.", Element idle;
    "element.table_rows", "rows", "Rows of a table; 0 where it is none for assistive technology.", Element |d, i| super::size(grid::shape(d, i).0);
    "element.table_columns", "columns", "Columns of a table; 0 where it is none for assistive technology.", Element |d, i| super::size(grid::shape(d, i).1);
}
