//! `plainway facts`: what was measured, one page a line.

use super::args::FactsArgs;
use super::progress::{STOP, listen_for_stop};
use super::reader::Reader;
use super::setup::{Reading, load_config, load_lexicon, plan, settings, source};
use super::today::started;
use super::{Stop, say};
use crate::facts::{Field, FileFacts, Form, Lexicon, PageFacts, Settings};
use crate::gather::{Limits, gather};
use crate::model::{Fetched, PageUrl, Region, is_document};
use anyhow::{Context, anyhow};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Reads a target and prints its facts, sorted by address.
pub(super) fn run(args: &FactsArgs) -> Result<(), Stop> {
    let (config, _) = load_config(args.config.as_deref())?;
    let lexicon = load_lexicon()?;
    let settings = settings(&config);
    let reading = Reading { read: &args.read, scope: &args.scope, doors: &args.doors };
    if let Some(line) = of_file(args, &lexicon, &settings)? {
        say(&line);
        return Ok(());
    }
    let mut plan = plan(source(&args.target)?, reading, &config, &started(args.read.as_of.as_deref())?)?;
    // One object a page, and nothing of files.
    plan.limits.max_files = 0;
    let reader = Reader::new(&lexicon, settings, &plan);
    let lines: Mutex<BTreeMap<PageUrl, String>> = Mutex::default();
    listen_for_stop();
    let visit = |fetched: &Fetched| {
        if !fetched.is_page() {
            return Vec::new();
        }
        let page = reader.read(fetched);
        let line = published(&page.facts).to_string();
        lines.lock().unwrap_or_else(PoisonError::into_inner).insert(fetched.url.clone(), line);
        page.next
    };
    gather(&plan, &visit, &|_| (), &STOP).map_err(Stop::undone)?;
    let lines = lines.into_inner().unwrap_or_else(PoisonError::into_inner);
    if lines.is_empty() {
        return Err(Stop::Undone(anyhow!(
            "no page of {} could be read; pages of a folder end in .html, .htm or .xhtml",
            args.target
        )));
    }
    lines.values().for_each(say);
    Ok(())
}

/// The facts of one PDF or Office file that is the target itself; `None` where it is none.
fn of_file(args: &FactsArgs, lexicon: &Lexicon, settings: &Settings) -> Result<Option<Value>, Stop> {
    let path = Path::new(&args.target);
    if !is_document("", &args.target) || !path.is_file() {
        return Ok(None);
    }
    let most = Limits::default().max_file as u64;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .with_context(|| format!("{} cannot be read", path.display()))
        .map_err(Stop::Undone)?;
    if bytes.len() as u64 > most {
        return Err(Stop::Wrong(anyhow!("{} has more than {most} bytes, the most that is measured", path.display())));
    }
    let facts = FileFacts::of_bytes(&bytes, "", lexicon, settings);
    let facts = facts.ok_or_else(|| Stop::Undone(anyhow!("{} is no PDF and no Office file inside", path.display())))?;
    Ok(Some(published_file(&facts)))
}

/// The facts of a file in their published shape. `fields` counts those with a name, as PDF tools do.
fn published_file(file: &FileFacts) -> Value {
    let questions: Vec<Value> = file
        .fields
        .iter()
        .map(|f| json!({ "name": f.name, "label": f.label, "control": f.control, "kind": f.kind, "required": f.required }))
        .collect();
    json!({
        "format": file.format, "bytes": file.bytes, "pages": file.pages, "words": file.words, "characters": file.characters,
        "title": file.title, "lang": { "declared": file.lang, "detected": file.lang_detected },
        "tagged": file.tagged, "structured": file.structured, "scanned": file.scanned, "encrypted": file.encrypted, "locked": file.locked,
        "fillable": file.is_fillable(), "form_like": file.is_form_like(), "fields": file.named_fields, "questions": questions,
        "signatures": file.signatures, "xfa": file.xfa, "blanks": file.blanks, "ink": file.ink, "changed": file.changed,
        "cut": file.cut, "unreadable": file.unreadable,
    })
}

/// The facts of a page in their published shape.
fn published(page: &PageFacts) -> Value {
    let enough = page.lang.starts_with("en") && page.text.is_enough();
    let text = enough.then(|| {
        json!({
            "sentences": page.text.sentences, "words": page.text.words, "syllables": page.text.syllables,
            "flesch_kincaid": round(page.text.flesch_kincaid()), "smog": round(page.text.smog()), "fog": round(page.text.fog()),
            "ari": round(page.text.ari()), "coleman_liau": round(page.text.coleman_liau()), "reading_ease": page.text.reading_ease().map(round),
            "difficulty": round(page.text.difficulty()), "reading_grade": round(page.text.reading_grade()), "lix": round(page.text.lix()), "uncommon_share": (page.text.uncommon_share() * 10_000.0).round() / 10_000.0,
            "words_left_out": page.text.left_out,
        })
    });
    let region = |r: Region| serde_json::to_value(r).unwrap_or_default();
    json!({
        "url": page.url,
        "title": page.title,
        "lang": { "declared": page.lang_declared, "detected": page.lang_detected },
        "kind": page.kind.name,
        "kind_confidence": round(page.kind.confidence),
        "main_words": page.main_words,
        "text": text,
        "contacts": page.contacts.iter().map(|c| json!({ "kind": c.kind, "value": c.value, "raw": c.raw, "label": c.label, "heading": c.heading, "origin": c.origin })).collect::<Vec<_>>(),
        "forms": forms(page),
        "says": page.says,
        "links": page.links.iter().map(|l| json!({ "href": l.href, "text": l.text, "rel": l.rel, "in": region(l.region) })).collect::<Vec<_>>(),
        "headings": page.headings.iter().map(|h| json!({ "level": h.level, "text": h.text })).collect::<Vec<_>>(),
    })
}

/// The forms in document order; what stands in no form comes last. One that the source hides until a
/// script shows it is told as such.
fn forms(page: &PageFacts) -> Vec<Value> {
    let mut forms: Vec<&Form> = page.forms.iter().chain(&page.folded).collect();
    forms.sort_by_key(|f| (f.implicit, f.node));
    let hidden = |form: &Form| page.folded.iter().any(|f| f.node == form.node);
    forms.into_iter().map(|f| form(f, hidden(f))).collect()
}

fn form(form: &Form, hidden: bool) -> Value {
    let fields: Vec<Value> = form.fields.iter().map(field).collect();
    let mut shown = json!({
        "kind": form.kind, "kind_confidence": form.confidence, "action": form.action, "method": form.method,
        "questions": form.questions(), "minutes": round(form.minutes()), "burden": form.burden,
        "buttons": form.buttons, "fields": fields,
    });
    if form.implicit {
        shown["implicit"] = Value::Bool(true);
    }
    if hidden {
        shown["hidden"] = Value::Bool(true);
    }
    shown
}

fn field(field: &Field) -> Value {
    let mut shown = json!({
        "name": field.name, "type": field.control, "kind": field.kind, "kind_confidence": field.confidence,
        "label": field.label, "required": field.required, "marked": field.mark, "options": field.options,
        "limits": field.limits,
    });
    let texts = [
        ("accessible_name", &field.accessible_name),
        ("placeholder", &field.placeholder),
        ("hint", &field.hint),
        ("group", &field.group),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        shown[name] = Value::String(text.clone());
    }
    for (name, text) in [("autocomplete", &field.autocomplete), ("inputmode", &field.inputmode)] {
        if let Some(text) = text {
            shown[name] = Value::String(text.clone());
        }
    }
    shown
}

fn round(n: f64) -> f64 {
    (n * 100.0).round() / 100.0
}
