//! A rule file taken apart: title, settings, sections and fences, each with its place.

use crate::mistakes::Mistake;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use std::ops::Range;

/// A fenced block.
#[derive(Debug)]
pub(super) struct Fence {
    /// What stands behind the backticks.
    pub info: String,
    /// Where the fence starts.
    pub span: Range<usize>,
    /// The text inside.
    pub text: String,
}

/// The parts of a file.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub title: String,
    /// The settings, with the place where they start.
    pub settings: Option<(String, usize)>,
    pub why: String,
    pub fix: String,
    pub fences: Vec<Fence>,
}

const SECTIONS: [&str; 3] = ["Why it matters", "How to fix it", "Examples"];

/// Takes a file apart and says what is missing or out of order.
pub(super) fn take_apart(source: &str, mistakes: &mut Vec<Mistake>) -> Parts {
    let mut parts = Parts::default();
    let mut sections: Vec<(String, Range<usize>, usize)> = Vec::new();
    let mut heading: Option<(HeadingLevel, Range<usize>, String)> = None;
    let mut fence: Option<Fence> = None;
    let mut text_starts = None;
    for (event, span) in Parser::new(source).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, span, String::new())),
            Event::End(TagEnd::Heading(_)) => {
                if let Some((level, at, text)) = heading.take() {
                    match level {
                        HeadingLevel::H1 if parts.title.is_empty() => parts.title = text,
                        HeadingLevel::H1 => mistakes.push(Mistake::new(at, "a rule has one title")),
                        HeadingLevel::H2 => sections.push((text, at, span.end)),
                        _ => {}
                    }
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                fence = Some(Fence { info: info.to_string(), span, text: String::new() });
                text_starts = None;
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some(fence) = fence.take() {
                    if fence.info.trim() == "toml" {
                        if parts.settings.is_some() {
                            mistakes.push(Mistake::new(fence.span, "a rule has one toml block"));
                        } else {
                            let start = text_starts.unwrap_or(fence.span.start);
                            parts.settings = Some((fence.text, start));
                        }
                    } else {
                        parts.fences.push(fence);
                    }
                }
            }
            Event::Text(text) => {
                if let Some(fence) = &mut fence {
                    text_starts.get_or_insert(span.start);
                    fence.text.push_str(&text);
                } else if let Some((_, _, heading)) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Code(text) => {
                if let Some((_, _, heading)) = &mut heading {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    check_order(source, &parts, &sections, mistakes);
    let section = |name: &str| {
        let at = sections.iter().position(|(text, ..)| text == name)?;
        let end = sections.get(at + 1).map_or(source.len(), |(_, span, _)| span.start);
        Some(source[sections[at].2..end].trim().to_owned())
    };
    parts.why = section(SECTIONS[0]).unwrap_or_default();
    parts.fix = section(SECTIONS[1]).unwrap_or_default();
    parts
}

fn check_order(source: &str, parts: &Parts, sections: &[(String, Range<usize>, usize)], mistakes: &mut Vec<Mistake>) {
    if parts.title.is_empty() {
        mistakes.push(
            Mistake::new(0..source.len().min(1), "the title is missing")
                .help("start with `# ` and the visitor's problem"),
        );
    }
    if parts.settings.is_none() {
        mistakes.push(
            Mistake::new(0..source.len().min(1), "the block of settings is missing")
                .help("add a block that starts with ```toml"),
        );
    }
    let found: Vec<&str> = sections.iter().map(|(text, ..)| text.as_str()).collect();
    if found != SECTIONS {
        let span = sections.first().map_or(0..source.len().min(1), |(_, span, _)| span.clone());
        let what = format!("the sections are {}; a rule has {}, in this order", listed(&found), listed(&SECTIONS));
        mistakes.push(Mistake::new(span, what));
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "missing".to_owned();
    }
    names.iter().map(|n| format!("“{n}”")).collect::<Vec<_>>().join(", ")
}
