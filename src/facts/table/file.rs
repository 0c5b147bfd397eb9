//! Facts of files: PDF and Office documents that pages link. They are known once the site is.

use super::{PARTIAL, Value, number, size, text, told};
use crate::facts::site::SiteFacts;
use crate::facts::site_files::SiteFile;

const UNREAD: &str = "the file could not be read";
const NO_TEXT: &str = "the text of the file could not be read";

/// A fact of PDFs that were read.
fn of_pdf(file: &SiteFile, value: impl FnOnce() -> Value) -> Value {
    match &file.facts.unreadable {
        _ if file.facts.format != "pdf" => Value::Absent,
        Some(_) => Value::Unknown(UNREAD),
        None if file.facts.cut => Value::Unknown("the end of the file is missing"),
        None => value(),
    }
}

fn form_like(file: &SiteFile) -> Value {
    match file.facts.is_form_like() {
        Some(is_form) => Value::Flag(is_form),
        None => Value::Unknown(NO_TEXT),
    }
}

fn fillable(file: &SiteFile) -> Value {
    if file.facts.is_fillable() { Value::Flag(true) } else { of_pdf(file, || Value::Flag(false)) }
}

fn has_online_way(site: &SiteFacts, file: &SiteFile) -> Value {
    if file.twin.is_some() || file.beside_form {
        return Value::Flag(true);
    }
    if site.may_report_absence() { Value::Flag(false) } else { Value::Unknown(PARTIAL) }
}

fn has_twin(site: &SiteFacts, file: &SiteFile) -> Value {
    match file.twin {
        Some(_) => Value::Flag(true),
        None if site.may_report_absence() => Value::Flag(false),
        None => Value::Unknown(PARTIAL),
    }
}

facts! {
    "file.format", "kind of file", "pdf, doc, xls, ppt, office (of before 2007), told from its bytes.", File |_, f| text(&f.facts.format);
    "file.bytes", "bytes", "Its size.", File |_, f| number(f.facts.bytes as f64);
    "file.pages", "pages", "Pages or slides.", File |_, f| f.facts.pages.map_or(Value::Absent, number);
    "file.words", "words", "Words of its first three pages.", File |_, f| if f.facts.text_known { number(f.facts.words) } else { Value::Unknown(NO_TEXT) };
    "file.questions", "questions", "What can be answered in the file.", File |_, f| size(f.facts.questions());
    "file.fillable", "yes/no", "It can be filled in on a screen.", File |_, f| fillable(f);
    "file.unnamed_questions", "questions", "Its questions that have no name for screen readers.", File |_, f| if f.facts.is_fillable() && !f.facts.xfa_only() { of_pdf(f, || size(f.facts.unnamed_questions())) } else { Value::Absent };
    "file.form_like", "yes/no", "It is a form to fill in, or looks like one.", File |_, f| form_like(f);
    "file.signatures", "fields", "Fields for a digital signature.", File |_, f| number(f.facts.signatures);
    "file.asks_for_ink", "yes/no", "A form whose words ask for ink, a print or a notary.", File |_, f| if f.facts.is_form_like() == Some(true) && f.facts.text_known { Value::Flag(f.facts.ink.is_some()) } else { Value::Absent };
    "file.xfa_only", "yes/no", "Its form is written in XFA alone, which browsers do not show.", File |_, f| of_pdf(f, || Value::Flag(f.facts.xfa_only()));
    "file.tagged", "yes/no", "Its parts are marked for screen readers.", File |_, f| of_pdf(f, || Value::Flag(f.facts.tagged || f.facts.structured));
    "file.has_title", "yes/no", "It declares a title.", File |_, f| of_pdf(f, || Value::Flag(f.facts.title.is_some()));
    "file.has_real_title", "yes/no", "Its title is no name of a file or note of a program.", File |_, f| of_pdf(f, || if f.facts.title.is_some() { Value::Flag(f.facts.has_real_title()) } else { Value::Absent });
    "file.has_language", "yes/no", "It declares its language.", File |_, f| of_pdf(f, || Value::Flag(f.facts.lang.is_some()));
    "file.scanned", "yes/no", "Its first pages are pictures without text.", File |_, f| of_pdf(f, || Value::Flag(f.facts.scanned));
    "file.locked", "yes/no", "It takes a password to open.", File |_, f| if f.facts.format == "pdf" { Value::Flag(f.facts.locked) } else { Value::Absent };
    "file.readable", "yes/no", "It could be read to its end.", File |_, f| told(Some(!f.facts.cut && matches!(f.facts.unreadable.as_deref(), None | Some("locked"))));
    "file.years_old", "years", "Whole years since its last change, as it tells.", File |_, f| f.facts.years_old().map_or(Value::Absent, number);
    "file.linked_from", "pages", "Pages that link it.", File |_, f| number(f.pages);
    "file.links_say_kind", "yes/no", "Every link to it names its kind.", File |_, f| if f.links == 0 { Value::Absent } else { Value::Flag(f.says_type == f.links) };
    "file.links_say_size", "yes/no", "Every link to it names its size.", File |_, f| if f.links == 0 { Value::Absent } else { Value::Flag(f.says_size == f.links) };
    "file.has_twin", "yes/no", "A page of the site bears the same name and holds text or a form.", File has_twin;
    "file.has_online_way", "yes/no", "Such a page, or a form on the page that links it.", File has_online_way;
}
