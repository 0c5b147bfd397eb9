//! The text that pages of a PDF draw. It must never follow one drawing into another without end.

use super::lexer::{Fuel, Lexer, Token};
use super::store::Objects;
use lopdf::{Dictionary, Document, Encoding, Object, Stream};
use std::collections::BTreeMap;

/// Bytes of one drawing, unpacked, at most. Our choice: the largest of 40 real files has 0.4 MB.
const MAX_DRAWING: usize = 8 * 1024 * 1024;

/// Bytes of the table that gives a font its letters, at most. Our choice.
const MAX_TABLE: usize = 1024 * 1024;

/// Drawings within drawings that are followed, and how many on one page. Our choices.
const MAX_DEPTH: usize = 3;
const MAX_DRAWINGS: usize = 200;

/// Fonts of one drawing whose letters are looked up. Our choice: rarely more than ten.
const MAX_FONTS: usize = 64;

/// Characters of one page that are kept. Our choice: a full page of small print has 8,000.
const MAX_CHARACTERS: usize = 100_000;

/// A gap between letters, in thousandths of their size, that is read as a space. Our choice; spaces
/// are 250 wide in most fonts.
const GAP: f32 = 180.0;

/// What a page draws.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Its text, with a line end where the page starts a new line.
    pub(super) text: String,
    /// Letters that are drawn and whose meaning the file does not tell.
    pub(super) unknown: usize,
    /// Pictures.
    pub(super) images: usize,
    drawings: usize,
}

/// A drawing that is still to be read, with what it may use.
struct Drawing {
    content: Vec<u8>,
    resources: Dictionary,
    depth: usize,
}

/// Reads what a page draws.
pub(super) fn drawn(objects: &Objects<'_>, page: &Dictionary, resources: &Dictionary, fuel: &Fuel) -> Drawn {
    let mut drawn = Drawn::default();
    let mut content = Vec::new();
    for part in objects.list(page, b"Contents").iter().take(MAX_DRAWINGS) {
        // A list of parts may itself stand in an object.
        if let Some((_, bytes)) = objects.content(part, MAX_DRAWING.saturating_sub(content.len())) {
            content.extend_from_slice(&bytes);
            content.push(b'\n');
        }
    }
    let mut waiting = vec![Drawing { content, resources: resources.clone(), depth: 0 }];
    while let Some(drawing) = waiting.pop() {
        read(objects, &drawing, &mut drawn, &mut waiting, fuel);
    }
    drawn
}

fn read(objects: &Objects<'_>, drawing: &Drawing, drawn: &mut Drawn, waiting: &mut Vec<Drawing>, fuel: &Fuel) {
    let fonts = objects.dict(&drawing.resources, b"Font").unwrap_or_default();
    let pictures = objects.dict(&drawing.resources, b"XObject").unwrap_or_default();
    let sources: Vec<(&Vec<u8>, Source)> =
        fonts.iter().take(MAX_FONTS).map(|(name, font)| (name, Source::read(objects, font))).collect();
    let letters: BTreeMap<&[u8], Letters<'_>> =
        sources.iter().map(|(name, source)| (name.as_slice(), source.letters())).collect();
    let mut font = None;
    let mut lexer = Lexer::new(&drawing.content, 0);
    let mut operands: Vec<Token> = Vec::new();
    loop {
        let before = lexer.at;
        let Some(token) = lexer.token() else { return };
        if !fuel.burn(lexer.at - before + 1) || drawn.text.len() >= MAX_CHARACTERS {
            return;
        }
        let Token::Word(operator) = token else {
            operands.push(token);
            continue;
        };
        match operator.as_slice() {
            b"Tf" => {
                if let Some(Token::Value(Object::Name(name))) = operands.first() {
                    font = letters.get(name.as_slice());
                }
            }
            b"Tj" | b"TJ" => show(&operands, font, drawn),
            b"'" | b"\"" => {
                new_line(&mut drawn.text);
                show(&operands, font, drawn);
            }
            b"Td" | b"TD" => match operands.get(1) {
                Some(Token::Value(down)) if is_zero(down) => space(&mut drawn.text),
                _ => new_line(&mut drawn.text),
            },
            b"T*" | b"Tm" | b"BT" => new_line(&mut drawn.text),
            b"BI" => {
                drawn.images += 1;
                skip_picture(&mut lexer);
            }
            b"Do" => {
                if let Some(Token::Value(Object::Name(name))) = operands.first() {
                    paint(objects, &pictures, name, drawing, drawn, waiting);
                }
            }
            _ => {}
        }
        operands.clear();
    }
}

/// What tells the letters of a font, apart from the file that it stands in.
struct Source {
    document: Document,
    /// Bytes of a letter.
    size: usize,
    is_told: bool,
}

/// The letters of a font.
struct Letters<'s> {
    encoding: Option<Encoding<'s>>,
    size: usize,
}

impl Source {
    fn read(objects: &Objects<'_>, font: &Object) -> Self {
        let font = match objects.resolve(font) {
            Some(Object::Dictionary(font)) => font,
            _ => Dictionary::new(),
        };
        let is_composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Type0");
        let table = font.get(b"ToUnicode").ok().and_then(|table| objects.content(table, MAX_TABLE));
        let mut told = Dictionary::new();
        told.set("Type", Object::Name(b"Font".to_vec()));
        let mut document = Document::new();
        let encoding = objects.value(&font, b"Encoding").filter(|_| !is_composite);
        let is_plain = matches!(encoding, Some(Object::Name(_)));
        let is_told = !is_composite || table.is_some();
        match (table, encoding) {
            (Some((_, table)), _) if !is_plain => {
                document.objects.insert((1, 0), Object::Stream(Stream::new(Dictionary::new(), table)));
                told.set("ToUnicode", Object::Reference((1, 0)));
            }
            (_, Some(Object::Dictionary(mut encoding))) => {
                if let Some(list) = objects.value(&encoding, b"Differences") {
                    encoding.set("Differences", list);
                }
                told.set("Encoding", Object::Dictionary(encoding));
            }
            (_, Some(encoding)) => told.set("Encoding", encoding),
            _ => {}
        }
        document.trailer = told;
        Self { document, size: if is_composite { 2 } else { 1 }, is_told }
    }

    fn letters(&self) -> Letters<'_> {
        let encoding =
            self.is_told.then(|| self.document.trailer.get_font_encoding_with_limit(&self.document, MAX_TABLE));
        Letters { encoding: encoding.and_then(Result::ok), size: self.size }
    }
}

/// A picture, or a drawing within this one.
fn paint(
    objects: &Objects<'_>,
    pictures: &Dictionary,
    name: &[u8],
    drawing: &Drawing,
    drawn: &mut Drawn,
    waiting: &mut Vec<Drawing>,
) {
    let Ok(reference) = pictures.get(name) else { return };
    let Some(Object::Dictionary(about)) = objects.resolve(reference) else { return };
    match about.get(b"Subtype").and_then(Object::as_name) {
        Ok(b"Image") => drawn.images += 1,
        Ok(b"Form") if drawing.depth < MAX_DEPTH && drawn.drawings < MAX_DRAWINGS => {
            drawn.drawings += 1;
            let Some((about, content)) = objects.content(reference, MAX_DRAWING) else { return };
            let resources = objects.dict(&about, b"Resources").unwrap_or_else(|| drawing.resources.clone());
            waiting.push(Drawing { content, resources, depth: drawing.depth + 1 });
        }
        _ => {}
    }
}

/// Moves behind a picture that stands in the drawing itself.
fn skip_picture(lexer: &mut Lexer<'_>) {
    let rest = &lexer.bytes[lexer.at..];
    lexer.at += memchr::memmem::find(rest, b"EI").map_or(rest.len(), |n| n + 2);
}

/// Adds what a font draws for these bytes; gaps in between are spaces.
fn show(operands: &[Token], letters: Option<&Letters<'_>>, drawn: &mut Drawn) {
    for operand in operands {
        let bytes = match operand {
            Token::Value(Object::String(bytes, _)) => bytes,
            Token::Value(gap) if gap.as_float().is_ok_and(|gap| gap < -GAP) => {
                space(&mut drawn.text);
                continue;
            }
            _ => continue,
        };
        match letters {
            Some(Letters { encoding: Some(encoding), size }) => match encoding.bytes_to_string(bytes) {
                Ok(text) => drawn.text.push_str(&text),
                Err(_) => drawn.unknown += bytes.len() / size,
            },
            Some(letters) => drawn.unknown += bytes.len() / letters.size,
            // A font that the file forgot: readers take the bytes for letters.
            None => drawn.text.extend(bytes.iter().filter(|b| matches!(b, b' '..=b'~')).map(|&b| char::from(b))),
        }
    }
}

fn is_zero(value: &Object) -> bool {
    value.as_float().is_ok_and(|n| n == 0.0)
}

fn space(text: &mut String) {
    if !text.is_empty() && !text.ends_with([' ', '\n']) {
        text.push(' ');
    }
}

fn new_line(text: &mut String) {
    if text.ends_with(' ') {
        text.pop();
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}
