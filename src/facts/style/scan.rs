//! A style sheet as text: what it imports, what the engine cannot decide of it, and whether it is small enough to be
//! worked on. It never applies a rule.

use super::doubt::{ALL, INK, PLACE, SHOWN, is_doubtful, supersets};
use super::focus::{self, FocusRules};
use super::hover::{self, HoverRules};

/// Most bytes of one sheet. Our choice: the largest frameworks have half of it.
const BYTES: usize = 2_000_000;
/// Most rules of one sheet. Our choice; the largest seen on sites of cities have a fourth of it.
const RULES: u32 = 40_000;
/// Most selectors of one sheet. Our choice.
const SELECTORS: u32 = 80_000;
/// Most squares of selectors of one rule, summed up. Our choice: one rule of six thousand, where people write a few hundred.
const SQUARES: u64 = 40_000_000;
/// Deepest nesting of blocks or brackets: engines read them by recursion. Our choice; people write four or five.
const DEPTH: usize = 32;
/// Most compounds of one selector. Our choice; people write up to ten.
const COMPOUNDS: usize = 40;
/// Most doubts that are kept. Our choice.
const DOUBTS: usize = 2_000;

/// Another sheet that a sheet begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its address as written.
    pub href: String,
    /// The layer it goes into; empty for one without a name.
    pub layer: Option<String>,
    /// The condition of `supports()`.
    pub supports: Option<String>,
    /// The media it is for; empty for all.
    pub media: String,
}

/// Rules of which the engine cannot tell whether they hold, or what they come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// A selector that matches every element concerned, and maybe others; `None` for every element.
    pub selector: Option<String>,
    /// What it is about: bits of [`super::doubt`].
    pub about: u8,
}

/// What was found in the text of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Sheets to read first.
    pub imports: Vec<Import>,
    /// What stays open.
    pub doubts: Vec<Doubt>,
    /// Selectors, which the work grows with.
    pub selectors: u32,
    /// Selectors that look at the elements beside one.
    pub beside: u32,
    /// Selectors that look at all elements before one.
    pub later: u32,
    /// Sum over all rules of the square of their selectors, which the engine's work on a rule grows with.
    squares: u64,
    /// Custom properties that refer to others.
    pub references: u32,
    /// Whether it asks which way a screen is held.
    pub turns: bool,
    /// Whether it could be put into a block of another sheet: every bracket that it opens it closes, and no other.
    pub is_balanced: bool,
    /// What it does to the sign of the focus.
    pub focus: FocusRules,
    /// What it shows under a mouse.
    pub hover: HoverRules,
    /// Why it is not handed to the engine.
    pub refused: Option<&'static str>,
}

/// An open block.
struct Block<'s> {
    kind: Kind<'s>,
    /// Whether it is open if what is inside holds at all.
    is_open: bool,
    /// Whether it stands in no other block.
    is_plain: bool,
    /// Selectors that each `&` inside stands for: nested lists multiply each other.
    stands_for: u32,
}

enum Kind<'s> {
    /// Rules inside.
    Group,
    /// Declarations, with what they are about: all, and those whose value the engine may not know.
    Rule { selector: &'s str, about: u8, unknown: u8, frame: u8, shows: bool },
    /// Nothing that styles an element.
    Other,
}

impl Scan {
    /// Looks through a sheet, or through the declarations of a `style` attribute.
    pub fn of(css: &str) -> Self {
        let mut scan = Self::default();
        if css.len() > BYTES {
            scan.refused = Some("a style sheet is too large");
            return scan;
        }
        let text = without_comments(css);
        scan.read(&text);
        scan
    }

    fn refuse(&mut self, why: &'static str) {
        self.refused.get_or_insert(why);
    }

    fn read(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut open: Vec<Block<'_>> = Vec::new();
        let (mut at, mut start, mut brackets, mut rules, mut stray) = (0, 0, 0usize, 0u32, false);
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                quote @ (b'"' | b'\'') => at = string_end(bytes, at, quote),
                b'(' if is_bare_url(bytes, at) => at = url_end(bytes, at),
                b'(' | b'[' => {
                    brackets += 1;
                    if brackets > DEPTH {
                        return self.refuse("a style sheet nests brackets too deep");
                    }
                }
                b')' | b']' => brackets = brackets.saturating_sub(1),
                b';' if brackets == 0 => {
                    self.statement(&text[start..at], open.last_mut(), rules);
                    start = at + 1;
                }
                b'{' if brackets == 0 => {
                    let prelude = text[start..at].trim();
                    let block = self.opened(prelude, &open);
                    rules += u32::from(matches!(block.kind, Kind::Rule { .. }));
                    open.push(block);
                    if open.len() > DEPTH {
                        return self.refuse("a style sheet nests rules too deep");
                    }
                    if rules > RULES || self.selectors > SELECTORS {
                        return self.refuse("a style sheet has too many rules");
                    }
                    start = at + 1;
                }
                b'}' if brackets == 0 => {
                    self.statement(&text[start..at], open.last_mut(), rules);
                    match open.pop() {
                        Some(block) => self.closed(&block),
                        None => stray = true,
                    }
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        self.is_balanced = !stray && open.is_empty() && brackets == 0;
        if let Some(rest) = text.get(start..) {
            self.statement(rest, open.last_mut(), rules);
        }
        while let Some(block) = open.pop() {
            self.closed(&block);
        }
        if self.doubts.len() > DOUBTS {
            self.refuse("a style sheet has too many rules that cannot be decided");
        }
    }

    fn opened<'s>(&mut self, prelude: &'s str, open: &[Block<'_>]) -> Block<'s> {
        let above = open.last();
        let is_open = above.is_some_and(|b| b.is_open);
        let stands_for = above.map_or(1, |b| b.stands_for);
        if above.is_some_and(|b| matches!(b.kind, Kind::Other)) {
            return Block { kind: Kind::Other, is_open, is_plain: false, stands_for };
        }
        let Some(rule) = prelude.strip_prefix('@') else {
            let parts = prelude.split(',').count();
            let nested = above.is_some_and(|b| matches!(b.kind, Kind::Rule { .. }));
            // A nested selector without an `&` has one all the same.
            let count = |part: &str| if nested { part.matches('&').count().max(1) } else { 1 };
            let all: usize = prelude.split(',').map(count).sum();
            let stands_for = stands_for.saturating_mul(u32::try_from(all).unwrap_or(u32::MAX));
            self.selectors = self.selectors.saturating_add(stands_for);
            self.squares = self.squares.saturating_add((parts as u64).saturating_pow(2));
            if self.squares > SQUARES {
                self.refuse("a style sheet has rules with too many selectors");
            }
            if prelude.contains(['~', '+']) || prelude.contains("nth-") {
                self.beside += u32::try_from(parts).unwrap_or(u32::MAX);
            }
            self.later += u32::try_from(prelude.matches('~').count()).unwrap_or(u32::MAX);
            if prelude
                .split(',')
                .any(|part| part.split([' ', '>', '+', '~']).filter(|c| !c.is_empty()).count() > COMPOUNDS)
            {
                self.refuse("a style sheet has a selector that is too long");
            }
            // What a nested selector means depends on the one around it.
            let selector = if nested { "&" } else { prelude };
            let is_open = is_open || is_doubtful(prelude);
            return Block {
                kind: Kind::Rule { selector, about: 0, unknown: 0, frame: 0, shows: false },
                is_open,
                is_plain: above.is_none(),
                stands_for,
            };
        };
        let (name, condition) = rule.split_once(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or((rule, ""));
        let condition = condition.to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "media" => {
                if condition.trim() == "print" {
                    return Block { kind: Kind::Other, is_open, is_plain: false, stands_for };
                }
                self.turns |= condition.contains("orientation");
                // The engine knows no pointer and no preferences.
                let open = ["no-preference", "scripting", "hover", "pointer"].iter().any(|w| condition.contains(w));
                Block { kind: self.inside(above), is_open: is_open || open, is_plain: false, stands_for }
            }
            "container" | "scope" => Block { kind: self.inside(above), is_open: true, is_plain: false, stands_for },
            "supports" | "layer" => Block { kind: self.inside(above), is_open, is_plain: false, stands_for },
            _ => Block { kind: Kind::Other, is_open, is_plain: false, stands_for },
        }
    }

    /// A group inside a rule holds declarations of that rule.
    fn inside<'s>(&self, above: Option<&Block<'_>>) -> Kind<'s> {
        let nested = above.is_some_and(|b| matches!(b.kind, Kind::Rule { .. }));
        if nested { Kind::Rule { selector: "&", about: 0, unknown: 0, frame: 0, shows: false } } else { Kind::Group }
    }

    fn closed(&mut self, block: &Block<'_>) {
        let Kind::Rule { selector, about, unknown, frame, shows } = block.kind else { return };
        if shows {
            self.hover.note(selector);
        }
        self.focus.note(selector, frame, block.is_plain && !block.is_open);
        let about = if block.is_open { about } else { unknown };
        if about == 0 || self.doubts.len() > DOUBTS {
            return;
        }
        let Some(all) = supersets(selector) else {
            self.doubts.push(Doubt { selector: None, about });
            return;
        };
        self.doubts.extend(all.into_iter().map(|selector| Doubt { selector: Some(selector), about }));
    }

    fn statement(&mut self, text: &str, block: Option<&mut Block<'_>>, rules: u32) {
        let text = text.trim();
        match block.map(|b| &mut b.kind) {
            None if rules == 0 => {
                let is_import = text.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("@import"));
                self.imports.extend(is_import.then(|| import(&text[7..])).flatten());
            }
            Some(Kind::Rule { about, unknown, frame, shows, .. }) => {
                *shows |= hover::shows(text);
                *frame |= focus::declared(text);
                self.references += u32::from(text.starts_with("--") && text.contains("var("));
                let (all, open) = declared(text);
                *about |= all;
                *unknown |= open;
            }
            _ => {}
        }
    }
}

/// Most bytes of a `style` attribute. Our choice; people write a hundred.
const ATTRIBUTE: usize = 20_000;

/// Most references to custom properties in a `style` attribute. Our choice.
const REFERENCES: usize = 200;

/// Whether a `style` attribute is too large or nests too deep to be handed to the engine.
pub fn is_refused(style: &str) -> bool {
    let mut open = 0usize;
    let is_deep = style.bytes().any(|b| {
        match b {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > DEPTH
    });
    is_deep || style.len() > ATTRIBUTE || style.matches("var(").count() > REFERENCES
}

/// What the declarations of a `style` attribute leave open.
pub fn attribute_doubt(style: &str) -> u8 {
    if is_refused(style) {
        return ALL;
    }
    without_comments(style).split(';').map(|text| declared(text.trim()).1).fold(0, |a, b| a | b)
}

/// What a declaration is about, and the part of it that the engine may not know.
fn declared(text: &str) -> (u8, u8) {
    let Some((name, value)) = text.split_once(':') else { return (0, 0) };
    let name = name.trim().to_ascii_lowercase();
    let about = match name.as_str() {
        "all" => ALL,
        _ if name.starts_with("--") => ALL,
        "display" | "visibility" | "content-visibility" => SHOWN,
        "color"
        | "opacity"
        | "filter"
        | "backdrop-filter"
        | "mix-blend-mode"
        | "font"
        | "font-size"
        | "font-weight"
        | "text-shadow"
        | "color-scheme"
        | "-webkit-text-fill-color" => INK,
        _ if name.starts_with("background") || name.contains("mask") || name == "-webkit-background-clip" => INK,
        "position" | "float" | "left" | "right" | "top" | "bottom" | "transform" | "translate" | "rotate" | "scale"
        | "clip" | "clip-path" | "text-indent" | "width" | "height" | "z-index" | "line-height" | "text-align"
        | "zoom" | "letter-spacing" | "word-spacing" => PLACE,
        _ if ["margin", "padding", "inset", "overflow", "min-", "max-", "border", "outline", "text-decoration"]
            .iter()
            .any(|start| name.starts_with(start)) =>
        {
            PLACE
        }
        _ => 0,
    };
    if about == 0 {
        return (0, 0);
    }
    let value = value.trim().to_ascii_lowercase();
    let is_foreign = match name.as_str() {
        // In the dark a browser paints another colour behind a page.
        "color-scheme" => value.contains("dark") && !value.contains("light"),
        "-webkit-text-fill-color" => !matches!(value.trim_end_matches("!important").trim(), "inherit" | "currentcolor"),
        "-webkit-background-clip" | "background-clip" => value.contains("text"),
        _ if name.contains("mask") => !value.starts_with("none"),
        _ => {
            ["light-dark(", "(from ", "contrast-color(", "attr(", "if(", "image-set("].iter().any(|f| value.contains(f))
        }
    };
    (about, if is_foreign { about } else { 0 })
}

/// `"x.css" layer(a) supports(display: grid) screen` without the word in front of it.
fn import(text: &str) -> Option<Import> {
    let text = text.trim_start();
    let (href, rest) = match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let end = string_end(text.as_bytes(), 0, *quote);
            (text.get(1..end)?, text.get(end + 1..).unwrap_or(""))
        }
        _ => {
            let inner = text.get(..4).filter(|u| u.eq_ignore_ascii_case("url(")).and(text.get(4..))?;
            let (href, rest) = inner.split_once(')')?;
            (href.trim().trim_matches(['"', '\'']), rest)
        }
    };
    let mut import = Import { href: href.to_owned(), layer: None, supports: None, media: String::new() };
    let mut rest = rest.trim();
    if let Some(after) = strip_word(rest, "layer") {
        let (name, after) = bracketed(after).unwrap_or(("", after));
        import.layer = Some(name.trim().to_owned());
        rest = after.trim();
    }
    if let Some(after) = strip_word(rest, "supports") {
        let (condition, after) = bracketed(after)?;
        import.supports = Some(condition.to_owned());
        rest = after.trim();
    }
    import.media = rest.to_owned();
    Some(import)
}

fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let start = text.get(..word.len())?;
    start.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

/// What stands in the brackets that the text begins with, and what comes after them.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('(')?;
    let mut depth = 1usize;
    for (at, c) in inner.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&inner[..at], &inner[at + 1..]));
        }
    }
    None
}

/// The text with a space for each comment.
fn without_comments(css: &str) -> String {
    let bytes = css.as_bytes();
    let mut out = String::with_capacity(css.len());
    let (mut at, mut from) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            quote @ (b'"' | b'\'') => at = string_end(bytes, at, quote),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                out.push_str(&css[from..at]);
                out.push(' ');
                let end = memchr::memmem::find(&bytes[at + 2..], b"*/").map_or(bytes.len(), |e| at + 2 + e + 2);
                from = end;
                at = end.saturating_sub(1);
            }
            b'(' if is_bare_url(bytes, at) => at = url_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    out.push_str(css.get(from..).unwrap_or(""));
    out
}

/// The place of the quote that ends a string, or of the line end that breaks it off.
fn string_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            b if b == quote => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Whether the bracket at a place opens an address without quotes, in which quotes and brackets mean nothing.
fn is_bare_url(bytes: &[u8], at: usize) -> bool {
    let is_url = at >= 3 && bytes[at - 3..at].eq_ignore_ascii_case(b"url");
    let first = bytes[at + 1..].iter().find(|b| !b.is_ascii_whitespace());
    is_url && !matches!(first, Some(b'"' | b'\''))
}

fn url_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while at < bytes.len() && bytes[at] != b')' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubts(css: &str) -> Vec<(Option<String>, u8)> {
        Scan::of(css).doubts.into_iter().map(|d| (d.selector, d.about)).collect()
    }

    #[test]
    fn imports_stand_first_with_their_conditions() {
        let scan = Scan::of(
            "@charset 'utf-8'; /* x */ @import url(a.css) screen; @import \"b.css\" layer(base) supports(display: grid) print; a{} @import 'c.css';",
        );
        let names: Vec<&str> = scan.imports.iter().map(|i| i.href.as_str()).collect();
        assert_eq!(names, ["a.css", "b.css"]);
        assert_eq!(scan.imports[0].media, "screen");
        assert_eq!(scan.imports[1].layer.as_deref(), Some("base"));
        assert_eq!(scan.imports[1].supports.as_deref(), Some("display: grid"));
        assert!(scan.is_balanced);
        assert!(!Scan::of("a{}}").is_balanced);
        assert!(Scan::of("a{background:url(x'y(z.png)}").is_balanced);
    }

    #[test]
    fn what_the_engine_cannot_decide_is_kept_with_all_that_it_may_concern() {
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(doubts("form:has(:invalid) p > b { color: red }"), [(some("form p > b"), INK)]);
        assert_eq!(doubts("a:hover { color: light-dark(red, blue) } i { margin-top: 1px }"), []);
        assert_eq!(doubts(":not(:defined) { visibility: hidden }"), [(some("*"), SHOWN)]);
        assert_eq!(doubts("@container (width > 3em) { .card { display: none } }"), [(some(".card"), SHOWN)]);
        assert_eq!(doubts("@media (prefers-contrast: more) { a { color: red } }"), []);
        assert_eq!(doubts("@media print { a:has(b) { color: red } }"), []);
        assert_eq!(doubts(".a { &:has(b) { color: red } }"), [(None, INK)]);
        assert_eq!(doubts(".a { color: light-dark(#000, #fff); width: 3px }"), [(some(".a"), INK)]);
        assert_eq!(doubts("a::before { color: attr(x) } .b:lang(de) { text-align: right }"), [(some(".b"), PLACE)]);
    }

    #[test]
    fn hostile_sheets_are_refused_in_one_pass() {
        assert!(Scan::of(&"a{".repeat(100_000)).refused.is_some());
        assert!(Scan::of(&format!("a{{width:{}", "calc(".repeat(100_000))).refused.is_some());
        assert!(Scan::of(&"a{}".repeat(100_000)).refused.is_some());
        assert!(Scan::of(&format!("{}{{}}", "a ".repeat(1_000))).refused.is_some());
        assert!(Scan::of(&format!("{} {{}}b{{}}", "a,".repeat(200_000))).refused.is_some());
        assert_eq!(Scan::of("a{} b{}").refused, None);
    }
}
