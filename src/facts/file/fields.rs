//! The questions of a form in a PDF (AcroForm, XFA). It must never walk in circles.

use super::store::Objects;
use super::{FileFacts, FileField, MAX_FIELDS, shown};
use crate::facts::forms::{FormWords, Signs, field_kind};
use lopdf::{Dictionary, Object};
use quick_xml::events::Event;
use std::collections::HashSet;

/// Nodes of the tree of fields that are looked at. Our choice: each choice of a set is one.
const MAX_NODES: usize = 50_000;

/// Fields within fields that are followed. Our choice.
const MAX_LEVELS: usize = 32;

/// Bytes of an XFA form that are read. Our choice.
const MAX_XFA: usize = 8 * 1024 * 1024;

/// Flags of fields, ISO 32000-1 §12.7.3.1 and §12.7.4.2.
const REQUIRED: i64 = 1 << 1;
const RADIO: i64 = 1 << 15;
const PUSH: i64 = 1 << 16;

/// A field that is still to be looked at, with what it inherits.
struct Node {
    object: Object,
    name: String,
    kind: Vec<u8>,
    flags: i64,
    level: usize,
}

/// Reads the form of a PDF.
pub(super) fn fields(objects: &Objects<'_>, catalog: &Dictionary, facts: &mut FileFacts) {
    let Some(form) = objects.dict(catalog, b"AcroForm") else { return };
    let root = |object| Node { object, name: String::new(), kind: Vec::new(), flags: 0, level: 0 };
    let mut waiting: Vec<Node> = objects.list(&form, b"Fields").into_iter().rev().map(root).collect();
    let mut seen = HashSet::new();
    let mut nodes = 0;
    while let Some(node) = waiting.pop() {
        nodes += 1;
        if nodes > MAX_NODES || facts.fields.len() >= MAX_FIELDS {
            break;
        }
        if let Object::Reference(id) = &node.object
            && !seen.insert(*id)
        {
            continue;
        }
        let Some(Object::Dictionary(field)) = objects.resolve(&node.object) else { continue };
        let own = objects.text(&field, b"T").filter(|t| !t.is_empty());
        let name = match (&own, node.name.is_empty()) {
            (Some(own), true) => own.clone(),
            (Some(own), false) => format!("{}.{own}", node.name),
            (None, _) => node.name.clone(),
        };
        facts.named_fields += u32::from(own.is_some());
        let kind = match objects.value(&field, b"FT") {
            Some(Object::Name(kind)) => kind,
            _ => node.kind,
        };
        let flags = objects.value(&field, b"Ff").and_then(|f| f.as_i64().ok()).unwrap_or(node.flags);
        // A kid with a name is a field of its own; one without is a place where the field is shown.
        let kids: Vec<Object> = objects.list(&field, b"Kids");
        let is_field = |kid: &Object| matches!(objects.resolve(kid), Some(Object::Dictionary(kid)) if kid.has(b"T") || kid.has(b"Kids"));
        if node.level < MAX_LEVELS && kids.iter().take(MAX_CHILDREN_LOOKED_AT).any(is_field) {
            let kid = |object| Node { object, name: name.clone(), kind: kind.clone(), flags, level: node.level + 1 };
            let room = MAX_NODES.saturating_sub(waiting.len());
            waiting.extend(kids.into_iter().take(room).map(kid).collect::<Vec<_>>().into_iter().rev());
            continue;
        }
        if own.is_none() && node.level == 0 && kind.is_empty() {
            continue;
        }
        let control = control(&kind, flags);
        if control == "signature" {
            facts.signatures += 1;
        }
        facts.fields.push(FileField {
            label: objects.text(&field, b"TU").and_then(|label| shown(&label)).unwrap_or_default(),
            name: shown(&name).unwrap_or_default(),
            control: control.to_owned(),
            kind: "other".to_owned(),
            required: flags & REQUIRED != 0,
        });
    }
    xfa(objects, &form, facts);
}

/// Kids of a field that are looked at to tell whether they are fields. Our choice: they are of one sort.
const MAX_CHILDREN_LOOKED_AT: usize = 8;

fn control(kind: &[u8], flags: i64) -> &'static str {
    match kind {
        b"Btn" if flags & PUSH != 0 => "button",
        b"Btn" if flags & RADIO != 0 => "radio",
        b"Btn" => "checkbox",
        b"Ch" => "choice",
        b"Sig" => "signature",
        _ => "text",
    }
}

/// Notes an XFA form; its fields count where the PDF itself has none.
fn xfa(objects: &Objects<'_>, form: &Dictionary, facts: &mut FileFacts) {
    let parts = objects.list(form, b"XFA");
    facts.xfa = !parts.is_empty();
    if parts.is_empty() || facts.fields.iter().any(FileField::is_question) {
        return;
    }
    for part in parts.iter().filter(|part| matches!(part, Object::Reference(_))) {
        if let Some((_, xml)) = objects.content(part, MAX_XFA) {
            xfa_fields(&xml, facts);
        }
    }
}

fn xfa_fields(xml: &[u8], facts: &mut FileFacts) {
    let xml = String::from_utf8_lossy(xml);
    let mut reader = quick_xml::Reader::from_str(&xml);
    reader.config_mut().check_end_names = false;
    while let Ok(event) = reader.read_event() {
        let (Event::Start(element) | Event::Empty(element)) = &event else {
            if matches!(event, Event::Eof) {
                return;
            }
            continue;
        };
        let tag = element.local_name();
        let room = facts.fields.len() < MAX_FIELDS;
        match (tag.as_ref(), facts.fields.last_mut()) {
            ("field", _) if room => {
                let name = element.attributes().flatten().find(|a| a.key.as_ref() == "name");
                let name = name.map(|a| a.value.into_owned()).unwrap_or_default();
                facts.fields.push(FileField {
                    name: shown(&name).unwrap_or_default(),
                    label: String::new(),
                    control: "text".to_owned(),
                    kind: "other".to_owned(),
                    required: false,
                });
            }
            ("button", Some(field)) => field.control = "button".to_owned(),
            ("checkButton", Some(field)) => field.control = "checkbox".to_owned(),
            ("choiceList", Some(field)) => field.control = "choice".to_owned(),
            ("signature", Some(field)) if field.control != "signature" => {
                field.control = "signature".to_owned();
                facts.signatures += 1;
            }
            _ => {}
        }
    }
}

/// What a field asks for, by the same words as fields of pages.
pub(super) fn kind(field: &FileField, words: &FormWords) -> String {
    if field.control == "signature" {
        return "signature".to_owned();
    }
    // Of `form1[0].page1[0].LastName[0]` the last part is the field's own.
    let own = field.name.rsplit('.').next().unwrap_or("");
    let own = own.split('[').next().unwrap_or(own);
    // Many forms leave the label out and give the field a name that people can read.
    let label = if field.label.is_empty() { own } else { &field.label };
    let signs = Signs { control: &field.control, label, name: own, ..Signs::default() };
    field_kind(&signs, words).0
}
