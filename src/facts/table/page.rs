//! Facts of pages as a whole.

use super::{SCRIPT, Value, number, offered, size, text};

facts! {
    "page.title", "text", "The title element.", Page |p| text(&p.title);
    "page.title_characters", "characters", "Length of the title; 0 where there is none.", Page |p| size(p.title.chars().count());
    "page.bytes", "bytes", "Size of the source.", Page |p| Value::Number(p.bytes as f64);
    "page.cut", "yes/no", "Only a part of the source was read: it is too large, nests too deep or has too many elements.", Page |p| Value::Flag(p.cut);
    "page.kind", "page kind", "What kind of page it is.", Page |p| text(&p.kind.name);
    "page.kind_confidence", "0–1", "How sure the kind is.", Page |p| number(p.kind.confidence);
    "page.drawn_by_script", "yes/no", "The source holds almost nothing, and a script draws the page.", Page |p| Value::Flag(p.drawn_by_script);
    "page.empty_without_script", "yes/no", "The source holds almost nothing, and a script draws the page; also where a browser drew it.", Page |p| Value::Flag(p.is_empty_without_script());
    "page.start_over", "yes/no", "A link or button leads back to the start.", Page |p| if p.drawn_by_script { Value::Unknown(SCRIPT) } else { Value::Flag(p.start_over) };
    "page.help", "yes/no", "A link or button offers help.", Page |p| if p.drawn_by_script { Value::Unknown(SCRIPT) } else { Value::Flag(p.help) };
    "page.refresh_seconds", "seconds", "Delay after which meta refresh moves on.", Page |p| p.refresh_seconds.map_or(Value::Absent, number);
    "site.pages", "pages", "Pages that were read.", Site |s| size(s.pages());
    "site.accessibility_statement", "yes/no", "Some link names an accessibility statement.", Site |s| offered(s, s.has_link_about("accessibility"));
}
