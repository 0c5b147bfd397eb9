//! The measurements of Office files that are ZIPs of XML: Office Open XML (ECMA-376) and OpenDocument
//! (ISO/IEC 26300). It must never unpack more than its caps.

use super::{FileFacts, FileField, MAX_FIELDS, day, shown};
use quick_xml::events::Event;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Bytes of one part that are unpacked. Our choice: the text of 500 pages.
const MAX_PART: u64 = 8 * 1024 * 1024;

/// Characters of text that are kept. Our choice.
const MAX_TEXT: usize = 400_000;

/// Measures an Office file, and gives the beginning of its text. What is none keeps no format.
pub(super) fn measure(bytes: &[u8], facts: &mut FileFacts) -> String {
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else {
        // A ZIP that is cut has lost its table; its first entry tells whether it was a document.
        let head = &bytes[..bytes.len().min(256)];
        if [b"[Content_Types].xml".as_slice(), b"mimetypeapplication/vnd.oasis"]
            .iter()
            .any(|mark| memchr::memmem::find(head, mark).is_some())
        {
            facts.format = "office".to_owned();
            facts.cut = true;
            facts.unreadable = Some("broken".to_owned());
        }
        return String::new();
    };
    let main = [("word/document.xml", "doc"), ("xl/workbook.xml", "xls"), ("ppt/presentation.xml", "ppt")];
    let found = main.iter().find(|(part, _)| zip.index_for_name(part).is_some());
    match found {
        Some((part, format)) => {
            facts.format = (*format).to_owned();
            about(&part_of(&mut zip, "docProps/core.xml"), facts);
            about(&part_of(&mut zip, "docProps/app.xml"), facts);
            let document = if *format == "doc" { part_of(&mut zip, part) } else { Vec::new() };
            facts.text_known = *format == "doc" && !document.is_empty();
            text_of(&document, facts)
        }
        None => {
            let kind = part_of(&mut zip, "mimetype");
            let kind = String::from_utf8_lossy(&kind).trim().to_owned();
            let Some(name) = kind.strip_prefix("application/vnd.oasis.opendocument.") else { return String::new() };
            facts.format = match name.split('-').next().unwrap_or("") {
                "spreadsheet" => "xls",
                "presentation" => "ppt",
                _ => "doc",
            }
            .to_owned();
            about(&part_of(&mut zip, "meta.xml"), facts);
            let document = if facts.format == "doc" { part_of(&mut zip, "content.xml") } else { Vec::new() };
            facts.text_known = facts.format == "doc" && !document.is_empty();
            text_of(&document, facts)
        }
    }
}

/// A part, as far as its cap goes; empty where there is none.
fn part_of(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Vec<u8> {
    let mut content = Vec::new();
    if let Ok(part) = zip.by_name(name) {
        // What is broken ends early.
        let _ = part.take(MAX_PART).read_to_end(&mut content);
    }
    content
}

/// Title, language, date and pages, as the properties of both families name them.
fn about(xml: &[u8], facts: &mut FileFacts) {
    let xml = String::from_utf8_lossy(xml);
    let mut reader = quick_xml::Reader::from_str(&xml);
    reader.config_mut().check_end_names = false;
    let mut text = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => return,
            Event::Start(element) | Event::Empty(element) => {
                text.clear();
                if element.local_name().as_ref() == "document-statistic" {
                    let pages = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == "page-count");
                    facts.pages = pages.and_then(|a| a.value.parse().ok());
                }
            }
            Event::Text(part) if text.len() < MAX_TEXT => text.push_str(&part),
            Event::GeneralRef(part) => text.push(character(&part)),
            Event::End(element) => property(element.local_name().as_ref(), std::mem::take(&mut text).trim(), facts),
            _ => {}
        }
    }
}

fn property(name: &str, text: &str, facts: &mut FileFacts) {
    match name {
        "title" => facts.title = shown(text),
        "language" => facts.lang = shown(text),
        "modified" | "date" => {
            let mut parts = text.splitn(3, '-');
            let mut part = || parts.next().unwrap_or("");
            facts.changed = day(part(), part(), part().get(..2).unwrap_or(""));
        }
        "Pages" | "Slides" => facts.pages = text.parse().ok().filter(|n| *n > 0).or(facts.pages),
        _ => {}
    }
}

/// What an entity stands for; one that XML does not have is a space.
fn character(entity: &quick_xml::events::BytesRef<'_>) -> char {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c;
    }
    match entity.as_ref() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => ' ',
    }
}

/// The text of a document, its fields, and whether its headings are marked as such.
fn text_of(xml: &[u8], facts: &mut FileFacts) -> String {
    let xml = String::from_utf8_lossy(xml);
    let mut reader = quick_xml::Reader::from_str(&xml);
    reader.config_mut().check_end_names = false;
    let mut text = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                // `w:sdt` is a content control, `w:ffData` a field of an old form.
                "ffData" | "sdtPr" if facts.fields.len() < MAX_FIELDS => facts.fields.push(FileField {
                    name: String::new(),
                    label: String::new(),
                    control: "text".to_owned(),
                    kind: "other".to_owned(),
                    required: false,
                }),
                "alias" | "tag" | "name" => {
                    let value = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == "val");
                    if let (Some(field), Some(value)) = (facts.fields.last_mut(), value) {
                        field.name = shown(&value.value).unwrap_or_default();
                    }
                }
                // A table of contents is a control that nobody fills in.
                "docPartGallery" => drop(facts.fields.pop()),
                "p" | "h" | "br" | "tab" => text.push(if element.local_name().as_ref() == "tab" { ' ' } else { '\n' }),
                _ => {}
            },
            Event::Text(part) if text.len() < MAX_TEXT => text.push_str(&part),
            Event::GeneralRef(part) => text.push(character(&part)),
            _ => {}
        }
    }
    text
}
