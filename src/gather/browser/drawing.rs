//! Looks and places of a page's elements, out of `DOMSnapshot.captureSnapshot`: one snapshot a window. Everything
//! is named by the number of its start tag in the HTML that is kept. It walks in loops, whatever the depth.

use super::pixels::Pixels;
use super::tree::Written;
use crate::model::{Drawing, PARTS, PROPERTIES, View, Window};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

/// Most elements of a page whose places are kept, as many as the style engine works on. Our choice.
const ELEMENTS: usize = 30_000;

/// Most elements of a page that is looked at in more than one window. Our choice: of larger ones each window takes a second.
const VIEWED: usize = 6_000;

/// Texts of a view that are kept, line by line. Our choice.
const TEXTS: usize = 20_000;

/// Pictures of a page, and lines of text over them, that are looked at. Our choices.
const PICTURES: usize = 300;
const SAMPLED: usize = 2_000;

/// The widest and highest part of a page that a picture is taken of, in CSS pixels. Our choice: texts over pictures stand near the top,
/// and pictures further down may not be loaded yet.
const HIGHEST: i32 = 2_000;

/// Bytes of a drawing at most. Our choice: a page of 30,000 elements has about as many.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Characters of a computed value that are kept: pictures may stand in it as data. Our choice.
const MAX_VALUE: usize = 500;

/// A width or place beyond which nothing is told apart, in parts of a pixel.
const FAR: f64 = 1e8;

/// What `DOMSnapshot.captureSnapshot` is asked for.
pub(super) fn question() -> Value {
    json!({ "computedStyles": PROPERTIES, "includePaintOrder": true, "includeDOMRects": true })
}

/// A drawing that is being made.
pub(super) struct Draft {
    drawing: Drawing,
    words: FxHashMap<String, u32>,
    rows: FxHashMap<Vec<u32>, u32>,
    /// Elements by the browser's own number, which stays the same in all windows.
    elements: FxHashMap<u64, u32>,
    /// Pictures that were not painted: elements, and words that name one.
    blank: HashSet<u32>,
    blank_words: Vec<bool>,
}

impl Draft {
    /// Begins with the snapshot that the HTML was written from; `None` where it has too many elements.
    pub(super) fn new(snapshot: &Value, written: &Written) -> Option<Self> {
        if written.elements.len() > ELEMENTS {
            return None;
        }
        let (words, rows, elements, blank, blank_words) = Default::default();
        let mut draft = Self { drawing: Drawing::default(), words, rows, elements, blank, blank_words };
        let numbers = &snapshot["documents"][0]["nodes"]["backendNodeId"];
        for (element, (node, name)) in (0u32..).zip(&written.elements) {
            let word = draft.word(name);
            draft.drawing.tags.push(word);
            // What stands twice in the HTML, because two slots show it, is kept where it stands first.
            draft.elements.entry(numbers[*node].as_u64().unwrap_or(0)).or_insert(element);
        }
        Some(draft)
    }

    /// Whether it is looked at in other windows, too.
    pub(super) fn is_viewed(&self) -> bool {
        self.drawing.tags.len() <= VIEWED
    }

    fn word(&mut self, text: &str) -> u32 {
        let text = text.char_indices().nth(MAX_VALUE).map_or(text, |(end, _)| &text[..end]);
        if let Some(&known) = self.words.get(text) {
            return known;
        }
        let new = u32::try_from(self.drawing.words.len()).unwrap_or(u32::MAX);
        self.drawing.words.push(text.to_owned());
        self.words.insert(text.to_owned(), new);
        new
    }

    fn row(&mut self, styles: &Value, strings: &[Value]) -> u32 {
        let values = styles.as_array().map_or(&[] as &[Value], Vec::as_slice);
        let row: Vec<u32> = values.iter().map(|value| self.word(string(strings, value))).collect();
        if let Some(&known) = self.rows.get(&row) {
            return known;
        }
        let new = u32::try_from(self.drawing.styles.len()).unwrap_or(u32::MAX);
        self.drawing.styles.push(row.clone());
        self.rows.insert(row, new);
        new
    }

    /// Adds what a script waits for, and the pictures that could not be loaded.
    pub(super) fn note(&mut self, snapshot: &Value, missing: &HashSet<String>, unpainted: &HashSet<String>) {
        let strings = snapshot["strings"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let nodes = &snapshot["documents"][0]["nodes"];
        let element = |node: &Value| self.elements.get(&nodes["backendNodeId"][index(node)?].as_u64()?).copied();
        let listed = |list: &Value| list["index"].as_array().cloned().unwrap_or_default();
        let has_hand = |element: &u32| {
            let boxes = self.drawing.views.first().map_or(&[] as &[[i32; 7]], |view| view.boxes.as_slice());
            let at = boxes.binary_search_by_key(&signed(*element), |b| b[0]).ok();
            let row = at.and_then(|at| self.drawing.styles.get(usize::try_from(boxes[at][1]).ok()?));
            let cursor = PROPERTIES.iter().position(|name| *name == "cursor");
            let word = row.zip(cursor).and_then(|(row, at)| self.drawing.words.get(*row.get(at)? as usize));
            word.is_some_and(|word| word == "pointer")
        };
        let clicks = listed(&nodes["isClickable"]).iter().filter_map(element).filter(has_hand).collect();
        let sources = &nodes["currentSourceURL"];
        let values = sources["value"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let listed = listed(sources);
        let among = |set: &HashSet<String>| -> Vec<u32> {
            let all = listed.iter().zip(values).filter(|(_, source)| set.contains(string(strings, source)));
            all.filter_map(|(node, _)| element(node)).collect()
        };
        let (broken, blank) = (among(missing), among(unpainted));
        let holds = |word: &String| word.contains("url(") && unpainted.iter().any(|url| word.contains(url.as_str()));
        let words = if unpainted.is_empty() { Vec::new() } else { self.drawing.words.iter().map(holds).collect() };
        self.blank_words = words;
        self.blank = blank.into_iter().collect();
        (self.drawing.clicks, self.drawing.broken) = (clicks, broken);
        self.drawing.clicks.sort_unstable();
        self.drawing.broken.sort_unstable();
    }

    /// The lines of text under which a picture lies, as far as boxes tell: element, left, top, width and height in pixels.
    fn over_pictures(&self) -> Vec<(u32, [usize; 4])> {
        let Some(desk) = self.drawing.views.first() else { return Vec::new() };
        let word = |at: u32| self.drawing.words.get(at as usize).map_or("", String::as_str);
        let image = PROPERTIES.iter().position(|name| *name == "background-image").unwrap_or(0);
        let image = |b: &[i32; 7]| {
            let row = usize::try_from(b[1]).ok().and_then(|at| self.drawing.styles.get(at));
            row.and_then(|row| row.get(image).copied()).unwrap_or(u32::MAX)
        };
        let tag = |b: &[i32; 7]| {
            let tag = usize::try_from(b[0]).ok().and_then(|at| self.drawing.tags.get(at));
            tag.map_or("", |&tag| word(tag))
        };
        let is_picture = |b: &&[i32; 7]| {
            matches!(tag(b), "img" | "video" | "canvas" | "svg" | "object" | "embed" | "iframe")
                || word(image(b)).contains("url(")
        };
        // What is not painted here, and what moves, is not what people see.
        let is_blank = |b: &[i32; 7]| {
            matches!(tag(b), "video" | "object" | "embed" | "iframe")
                || u32::try_from(b[0]).is_ok_and(|element| self.blank.contains(&element))
                || self.blank_words.get(image(b) as usize).copied().unwrap_or(false)
        };
        let pictures: Vec<(&[i32; 7], bool)> =
            desk.boxes.iter().filter(is_picture).take(PICTURES).map(|b| (b, is_blank(b))).collect();
        let order = |element: i32| {
            let at = desk.boxes.binary_search_by_key(&element, |b| b[0]).ok();
            at.map_or(0, |at| desk.boxes[at][2])
        };
        let is_over = |text: &&[i32; 6]| {
            let [element, x, y, width, height, _] = **text;
            let own = order(element);
            let meets = |&&(&[_, _, under, left, top, wide, high], _): &&(&[i32; 7], bool)| {
                let across = x < left.saturating_add(wide) && left < x.saturating_add(width);
                under <= own && across && y < top.saturating_add(high) && top < y.saturating_add(height)
            };
            let mut under = pictures.iter().filter(meets).peekable();
            under.peek().is_some() && under.all(|(_, is_blank)| !is_blank)
        };
        let part = PARTS as i32;
        let pixels = |&[element, x, y, width, height, _]: &[i32; 6]| {
            let sides = [x / part, y / part, width / part, height / part].map(usize::try_from);
            let [Ok(x), Ok(y), Ok(width), Ok(height)] = sides else { return None };
            Some((u32::try_from(element).ok()?, [x, y, width, height]))
        };
        desk.texts.iter().filter(is_over).filter_map(pixels).take(SAMPLED).collect()
    }

    /// What a picture of the page is taken of, without its texts: width and height in pixels; `None` where no text needs it.
    pub(super) fn pictured(&self) -> Option<(i32, i32)> {
        let desk = self.drawing.views.first()?;
        let part = PARTS as i32;
        let (width, height) = (desk.page[0] / part, (desk.page[1] / part).min(HIGHEST));
        (width > 0 && width <= HIGHEST && height > 0 && !self.over_pictures().is_empty()).then_some((width, height))
    }

    /// Adds the colours behind texts that lie over pictures, from a picture of the page without its texts.
    pub(super) fn add_grounds(&mut self, pixels: &Pixels) {
        let mut found: BTreeMap<u32, Option<(u32, u32)>> = BTreeMap::new();
        for (element, place) in self.over_pictures() {
            let range = pixels.range(place);
            let known = found.entry(element).or_insert(range);
            // All of its lines, or nothing is known.
            *known = known.zip(range).map(|((dark, light), (d, l))| (darker(dark, d), lighter(light, l)));
        }
        let told = found.into_iter().filter_map(|(element, range)| range.map(|(dark, light)| (element, dark, light)));
        self.drawing.grounds = told.collect();
    }

    /// Adds what a snapshot shows in a window of `size` pixels.
    pub(super) fn add(&mut self, snapshot: &Value, window: Window, size: (u32, u32)) {
        let strings = snapshot["strings"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let document = &snapshot["documents"][0];
        let (nodes, layout) = (&document["nodes"], &document["layout"]);
        let is_first = self.drawing.views.is_empty();
        let page = ["contentWidth", "contentHeight"].map(|side| parts(&document[side]));
        let mut view = View { window, size: [size.0, size.1].map(|px| parts(&px.into())), page, ..View::default() };
        let kind = |node: usize| nodes["nodeType"][node].as_u64().unwrap_or(0);
        let parent = |node: usize| index(&nodes["parentIndex"][node]);
        let own = |node: usize| self.elements.get(&nodes["backendNodeId"][node].as_u64()?).copied();
        let places: Vec<usize> =
            layout["nodeIndex"].as_array().into_iter().flatten().map(|at| index(at).unwrap_or(usize::MAX)).collect();
        // The element of each box that has one, and of each text the element that it stands in.
        let boxed: Vec<Option<u32>> = places.iter().map(|&node| own(node).filter(|_| kind(node) == 1)).collect();
        let around: Vec<Option<u32>> =
            places.iter().map(|&node| parent(node).and_then(own).filter(|_| kind(node) == 3)).collect();
        let mut seen: FxHashMap<u32, usize> = FxHashMap::default();
        for (at, (&node, element)) in places.iter().zip(&boxed).enumerate() {
            let Some(element) = *element else {
                // What a style adds: a pseudo-element, under its own element.
                let name = string(strings, &nodes["nodeName"][node]);
                let which = name.strip_prefix("::").filter(|_| is_first && kind(node) == 1);
                let bearer =
                    parent(node).and_then(|p| self.elements.get(&nodes["backendNodeId"][p].as_u64()?).copied());
                if let Some((which, bearer)) = which.zip(bearer) {
                    let row = self.row(&layout["styles"][at], strings);
                    let list = match which {
                        "before" => &mut self.drawing.before,
                        "after" => &mut self.drawing.after,
                        _ => continue,
                    };
                    if list.last().is_none_or(|(known, _)| *known != bearer) {
                        list.push((bearer, row));
                    }
                }
                continue;
            };
            let bounds = [0, 1, 2, 3].map(|side| parts(&layout["bounds"][at][side]));
            if let Some(&known) = seen.get(&element) {
                widen(&mut view.boxes[known], bounds);
                continue;
            }
            seen.insert(element, view.boxes.len());
            let row = self.row(&layout["styles"][at], strings);
            let order = i32::try_from(layout["paintOrders"][at].as_i64().unwrap_or(0)).unwrap_or(i32::MAX);
            let [x, y, width, height] = bounds;
            view.boxes.push([signed(element), signed(row), order, x, y, width, height]);
            let [room, held] =
                ["clientRects", "scrollRects"].map(|rect| [parts(&layout[rect][at][2]), parts(&layout[rect][at][3])]);
            let is_box = room[0] > 0 || room[1] > 0;
            if is_box && (held[0] > room[0] || held[1] > room[1]) {
                view.holds.push([signed(element), room[0], room[1], held[0], held[1]]);
            }
        }
        view.boxes.sort_unstable();
        view.holds.sort_unstable();
        let lines = &document["textBoxes"];
        for (line, at) in lines["layoutIndex"].as_array().into_iter().flatten().enumerate() {
            if view.texts.len() >= TEXTS {
                break;
            }
            let at = index(at).unwrap_or(usize::MAX);
            let Some(Some(element)) = around.get(at) else { continue };
            let is_blank = string(strings, &layout["text"][at]).trim().is_empty();
            let [x, y, width, height] = [0, 1, 2, 3].map(|side| parts(&lines["bounds"][line][side]));
            if is_blank || width <= 0 {
                continue;
            }
            let letters = i32::try_from(lines["length"][line].as_i64().unwrap_or(0)).unwrap_or(i32::MAX);
            view.texts.push([signed(*element), x, y, width, height, letters]);
        }
        view.texts.sort_by_key(|text| text[0]);
        self.drawing.views.push(view);
    }

    /// The same elements, with no places yet.
    pub(super) fn anew(&self) -> Self {
        let (tags, words) = (self.drawing.tags.clone(), self.drawing.words.clone());
        let (rows, blank, blank_words) = Default::default();
        let drawing = Drawing { tags, words: words.clone(), ..Drawing::default() };
        let words = words.into_iter().zip(0..).collect();
        Self { drawing, words, rows, elements: self.elements.clone(), blank, blank_words }
    }

    /// How tall the page is in the window that it was drawn in, in CSS pixels.
    pub(super) fn tall(&self) -> u32 {
        let height = self.drawing.views.first().map_or(0, |view| view.page[1]);
        u32::try_from(height).unwrap_or(0).div_ceil(PARTS as u32)
    }

    /// Where things are, without their looks.
    pub(super) fn places(mut self) -> Drawing {
        self.drawing.styles.clear();
        self.drawing
    }

    /// What was drawn.
    pub(super) fn finish(self) -> Drawing {
        self.drawing
    }
}

/// A drawing as it is kept; empty where it is too much.
pub(super) fn packed(drawing: &Drawing) -> Vec<u8> {
    let bytes = serde_json::to_vec(drawing).expect("plain values are JSON");
    if bytes.len() > MAX_BYTES { Vec::new() } else { bytes }
}

/// How light a colour looks, near enough to put colours in order (ITU-R BT.709).
fn light(color: u32) -> u32 {
    2126 * (color >> 16 & 255) + 7152 * (color >> 8 & 255) + 722 * (color & 255)
}

fn darker(a: u32, b: u32) -> u32 {
    if light(a) <= light(b) { a } else { b }
}

fn lighter(a: u32, b: u32) -> u32 {
    if light(a) >= light(b) { a } else { b }
}

/// Makes a box reach as far as another one does, too.
fn widen(known: &mut [i32; 7], [x, y, width, height]: [i32; 4]) {
    let [.., left, top, wide, high] = known;
    let right = left.saturating_add(*wide).max(x.saturating_add(width));
    let bottom = top.saturating_add(*high).max(y.saturating_add(height));
    (*left, *top) = ((*left).min(x), (*top).min(y));
    (*wide, *high) = (right - *left, bottom - *top);
}

fn string<'v>(strings: &'v [Value], at: &Value) -> &'v str {
    index(at).and_then(|at| strings.get(at)?.as_str()).unwrap_or("")
}

fn index(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn parts(value: &Value) -> i32 {
    (value.as_f64().unwrap_or(0.0) * PARTS).round().clamp(-FAR, FAR) as i32
}
