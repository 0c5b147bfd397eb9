//! The objects of a PDF by their numbers, found by looking through the file once.
//!
//! The tables that a file gives of its own objects are not read: they are what is broken in damaged
//! files and what lies in hostile ones. An object that stands later replaces one before it, as each
//! update of a file is appended. Nothing is kept but places; an object is read when it is asked for.

use super::lexer::{Fuel, Lexer, Token, is_space};
use lopdf::encryption::decrypt_object;
use lopdf::{Dictionary, Document, EncryptionState, Object, ObjectId, Stream};
use memchr::memmem;
use rustc_hash::FxHashMap;

/// References that lead to another reference, at most. Our choice; real files have one.
const MAX_HOPS: usize = 8;

/// Objects that are known of at most. Our choice: a book of a thousand pages has some 100,000.
const MAX_OBJECTS: usize = 2_000_000;

/// Bytes that all streams of objects unpack to at most. Our choice.
const MAX_PACKED: usize = 16 * 1024 * 1024;

/// Trailers that are looked at from the end of the file. Our choice: one for each update.
const MAX_TRAILERS: usize = 64;

/// Where an object stands.
#[derive(Clone, Copy, Debug)]
enum Spot {
    /// In the file, from its value on.
    Plain { at: usize, generation: u16 },
    /// In an unpacked stream of objects.
    Packed { stream: usize, at: usize },
}

/// The objects of a file.
pub(super) struct Objects<'b> {
    bytes: &'b [u8],
    fuel: &'b Fuel,
    spots: FxHashMap<u32, Spot>,
    packed: Vec<Vec<u8>>,
    trailer: Dictionary,
    secret: Secret,
    /// Whether the file ends before its end, or holds less than it names.
    pub(super) is_cut: bool,
}

/// Whether a file is encrypted.
enum Secret {
    No,
    /// With no password to open it, as most are whose makers forbid changes.
    Open(Box<EncryptionState>, Option<u32>),
    Locked,
}

/// What the look through the file finds.
#[derive(Default)]
struct Found {
    plain: Vec<(u32, Spot)>,
    /// Streams of objects, with the number of objects found before each.
    streams: Vec<(usize, u32)>,
    tables: Vec<Dictionary>,
    catalog: Option<u32>,
}

impl<'b> Objects<'b> {
    /// Looks through a file. `None` where it holds no object.
    pub(super) fn read(bytes: &'b [u8], fuel: &'b Fuel) -> Option<Self> {
        let found = look(bytes, fuel);
        if found.plain.is_empty() {
            return None;
        }
        let trailer = trailer(bytes, &found, fuel);
        let is_cut = memmem::rfind(bytes, b"%%EOF").is_none();
        let mut objects =
            Self { bytes, fuel, spots: FxHashMap::default(), packed: Vec::new(), trailer, secret: Secret::No, is_cut };
        // What encrypts the rest is never packed.
        objects.spots.extend(found.plain.iter().copied());
        objects.secret = objects.secret();
        objects.spots.clear();
        let mut streams = found.streams.into_iter().peekable();
        for (place, (number, spot)) in found.plain.into_iter().enumerate() {
            objects.spots.insert(number, spot);
            while let Some((_, number)) = streams.next_if(|(before, _)| *before == place + 1) {
                objects.unpack(number);
            }
        }
        Some(objects)
    }

    /// What the file says of itself at its end.
    pub(super) fn trailer(&self) -> &Dictionary {
        &self.trailer
    }

    /// Whether the file is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        !matches!(self.secret, Secret::No)
    }

    /// Whether it takes a password to read the texts in it.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.secret, Secret::Locked)
    }

    /// The object of that number, without the content of a stream.
    pub(super) fn get(&self, number: u32) -> Option<Object> {
        match *self.spots.get(&number)? {
            Spot::Packed { stream, at } => Lexer::new(self.packed.get(stream)?, at).object(self.fuel),
            Spot::Plain { at, generation } => {
                let mut object = Lexer::new(self.bytes, at).object(self.fuel)?;
                self.decrypt((number, generation), &mut object);
                Some(object)
            }
        }
    }

    /// The value itself, or what it refers to.
    pub(super) fn resolve(&self, value: &Object) -> Option<Object> {
        let mut value = value.clone();
        for _ in 0..MAX_HOPS {
            let Object::Reference((number, _)) = value else { return Some(value) };
            value = self.get(number)?;
        }
        None
    }

    /// The value of a key, resolved.
    pub(super) fn value(&self, dictionary: &Dictionary, key: &[u8]) -> Option<Object> {
        self.resolve(dictionary.get(key).ok()?).filter(|value| !value.is_null())
    }

    /// The dictionary of a key.
    pub(super) fn dict(&self, dictionary: &Dictionary, key: &[u8]) -> Option<Dictionary> {
        match self.value(dictionary, key)? {
            Object::Dictionary(found) => Some(found),
            _ => None,
        }
    }

    /// The list of a key; a single value is a list of one.
    pub(super) fn list(&self, dictionary: &Dictionary, key: &[u8]) -> Vec<Object> {
        match dictionary.get(key).ok().and_then(|value| self.resolve(value)) {
            Some(Object::Array(items)) => items,
            Some(Object::Null) | None => Vec::new(),
            // A reference is more use than what it leads to, which may be a stream.
            Some(_) => dictionary.get(key).ok().cloned().into_iter().collect(),
        }
    }

    /// The text of a key.
    pub(super) fn text(&self, dictionary: &Dictionary, key: &[u8]) -> Option<String> {
        if self.is_locked() {
            return None;
        }
        lopdf::decode_text_string(&self.value(dictionary, key)?).ok()
    }

    /// The unpacked content of a stream, up to so many bytes, with its dictionary.
    pub(super) fn content(&self, reference: &Object, most: usize) -> Option<(Dictionary, Vec<u8>)> {
        let Object::Reference((number, _)) = *reference else { return None };
        let Spot::Plain { at, generation } = *self.spots.get(&number)? else { return None };
        if self.is_locked() {
            return None;
        }
        let mut lexer = Lexer::new(self.bytes, at);
        let Object::Dictionary(dictionary) = lexer.object(self.fuel)? else { return None };
        let start = stream_start(&mut lexer)?;
        let length = self.value(&dictionary, b"Length").and_then(|l| l.as_i64().ok());
        let end = stream_end(self.bytes, start, length);
        self.fuel.burn(end - start);
        let mut dictionary = dictionary;
        // Filters may be references too, which the library takes for no filter.
        for key in [b"Filter".as_slice(), b"DecodeParms"] {
            if let Some(value) = self.value(&dictionary, key) {
                dictionary.set(key, value);
            }
        }
        let mut object = Object::Stream(Stream::new(dictionary, self.bytes[start..end].to_vec()));
        self.decrypt((number, generation), &mut object);
        let Object::Stream(stream) = object else { return None };
        let most = most.min(self.fuel.left());
        let unpacked = stream.get_plain_content_with_limit(most);
        // What is too large was unpacked up to there all the same.
        self.fuel.burn(unpacked.as_ref().map_or(most, Vec::len));
        let unpacked = unpacked.ok()?;
        Some((stream.dict, unpacked))
    }

    fn decrypt(&self, id: ObjectId, object: &mut Object) {
        if let Secret::Open(state, own) = &self.secret
            && *own != Some(id.0)
        {
            // What cannot be decrypted stays as it is: broken, like the rest of such a file.
            let _ = decrypt_object(state, id, object);
        }
    }

    fn secret(&self) -> Secret {
        let Ok(named) = self.trailer.get(b"Encrypt") else { return Secret::No };
        let Some(Object::Dictionary(dictionary)) = self.resolve(named) else { return Secret::No };
        // The library wants a document; this one holds what it needs and no more.
        let mut document = Document::new();
        document.objects.insert((1, 0), Object::Dictionary(dictionary));
        document.trailer.set("Encrypt", Object::Reference((1, 0)));
        if let Some(id) = self.value(&self.trailer, b"ID") {
            document.trailer.set("ID", id);
        }
        let own = named.as_reference().ok().map(|(number, _)| number);
        let opens = document.authenticate_password("").is_ok();
        match EncryptionState::decode(&document, "") {
            Ok(state) if opens => Secret::Open(Box::new(state), own),
            _ => Secret::Locked,
        }
    }

    /// Unpacks a stream of objects and notes where each of them stands.
    fn unpack(&mut self, number: u32) {
        let left = MAX_PACKED.saturating_sub(self.packed.iter().map(Vec::len).sum());
        let Some((dictionary, content)) = self.content(&Object::Reference((number, 0)), left) else { return };
        let first = self.value(&dictionary, b"First").and_then(|f| f.as_i64().ok());
        let Some(first) = first.and_then(|f| usize::try_from(f).ok()).filter(|f| *f <= content.len()) else { return };
        let numbers: Vec<usize> = content[..first]
            .split(|&b| is_space(b))
            .filter(|word| !word.is_empty())
            .map_while(|word| std::str::from_utf8(word).ok()?.parse().ok())
            .collect();
        for pair in numbers.chunks_exact(2) {
            let at = first.saturating_add(pair[1]);
            if let Ok(number) = u32::try_from(pair[0])
                && at < content.len()
                && self.spots.len() < MAX_OBJECTS
            {
                self.spots.insert(number, Spot::Packed { stream: self.packed.len(), at });
            }
        }
        self.packed.push(content);
    }
}

/// Finds every `12 0 obj`. The content of streams is passed over: it may hold another PDF.
fn look(bytes: &[u8], fuel: &Fuel) -> Found {
    let mut found = Found::default();
    let finder = memmem::Finder::new(b"obj");
    let mut at = 0;
    while let Some(here) = bytes.get(at..).and_then(|rest| finder.find(rest)).map(|n| n + at) {
        if !fuel.burn(here + 3 - at) || found.plain.len() == MAX_OBJECTS {
            break;
        }
        at = here + 3;
        let Some((number, generation)) = header(&bytes[..here]) else { continue };
        let mut lexer = Lexer::new(bytes, at);
        let Some(object) = lexer.object(fuel) else { continue };
        found.plain.push((number, Spot::Plain { at, generation }));
        let Object::Dictionary(dictionary) = object else {
            at = lexer.at;
            continue;
        };
        let length = dictionary.get(b"Length").ok().and_then(|l| l.as_i64().ok());
        let stream = stream_start(&mut lexer);
        at = stream.map_or(lexer.at, |start| stream_end(bytes, start, length));
        match dictionary.get_type().unwrap_or_default() {
            b"ObjStm" => found.streams.push((found.plain.len(), number)),
            b"Catalog" => found.catalog = Some(number),
            b"XRef" if found.tables.len() < MAX_TRAILERS => found.tables.push(dictionary),
            _ => {}
        }
    }
    found
}

/// The number and generation that stand before `obj`.
fn header(before: &[u8]) -> Option<(u32, u16)> {
    let (before, generation) = number_at_end(before)?;
    let (_, number) = number_at_end(before)?;
    Some((u32::try_from(number).ok()?, u16::try_from(generation).ok()?))
}

/// The number that ends some bytes, with or without white space after it.
fn number_at_end(bytes: &[u8]) -> Option<(&[u8], u64)> {
    // Longer runs are no header that anybody wrote. Our choice.
    let tail = &bytes[bytes.len().saturating_sub(24)..];
    let spaces = tail.iter().rev().take_while(|&&b| is_space(b)).count();
    let digits = tail[..tail.len() - spaces].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let end = bytes.len() - spaces;
    let text = std::str::from_utf8(&bytes[end - digits..end]).ok()?;
    Some((&bytes[..end - digits], text.parse().ok()?))
}

/// Where the content of a stream starts, when one follows.
fn stream_start(lexer: &mut Lexer<'_>) -> Option<usize> {
    let mut ahead = lexer.near();
    if ahead.token() != Some(Token::Word(b"stream".to_vec())) {
        return None;
    }
    lexer.at = ahead.at;
    let rest = &lexer.bytes[lexer.at..];
    let line =
        if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n") || rest.starts_with(b"\r")) };
    Some(lexer.at + line)
}

/// Where it ends: after its length if `endstream` stands there, else before the next `endstream`.
fn stream_end(bytes: &[u8], start: usize, length: Option<i64>) -> usize {
    let told = length.and_then(|l| usize::try_from(l).ok()).and_then(|l| start.checked_add(l));
    if let Some(end) = told.filter(|end| *end <= bytes.len()) {
        let mut after = Lexer::new(bytes, end).near();
        after.skip_space();
        if bytes[after.at..].starts_with(b"endstream") {
            return end;
        }
    }
    let rest = &bytes[start.min(bytes.len())..];
    start + memmem::find(rest, b"endstream").unwrap_or(rest.len())
}

/// The newest value of each key that trailers have.
fn trailer(bytes: &[u8], found: &Found, fuel: &Fuel) -> Dictionary {
    let mut merged = Dictionary::new();
    let last = memmem::rfind_iter(bytes, b"trailer").take(MAX_TRAILERS);
    let written = last.filter_map(|at| match Lexer::new(bytes, at + b"trailer".len()).object(fuel)? {
        Object::Dictionary(dictionary) => Some(dictionary),
        _ => None,
    });
    for dictionary in written.chain(found.tables.iter().rev().cloned()) {
        for key in [b"Root".as_slice(), b"Info", b"Encrypt", b"ID"] {
            if let (false, Ok(value)) = (merged.has(key), dictionary.get(key)) {
                merged.set(key, value.clone());
            }
        }
    }
    if let (false, Some(catalog)) = (merged.has(b"Root"), found.catalog) {
        merged.set("Root", Object::Reference((catalog, 0)));
    }
    merged
}
