//! What a browser saw of an example: written at its elements as `seen="left top width height"`, since examples are read without
//! a browser. The style engine tells how they look. A word that is not understood is told, never skipped.

use crate::facts::{Dom, Lexicon};
use crate::model::{Drawing, PARTS, View, Window};
use std::collections::BTreeMap;

/// The attribute, as it is taken out of the source again.
const SEEN: &str = " seen=\"";

/// Width and height of the windows, in CSS pixels, as a browser has them.
const WINDOWS: &[(&str, Window, [f64; 2])] = &[
    ("desk", Window::Desk, [1280.0, 800.0]),
    ("phone", Window::Phone, [390.0, 844.0]),
    ("narrow", Window::Narrow, [320.0, 256.0]),
    ("zoomed", Window::Zoomed, [640.0, 400.0]),
    ("spaced", Window::Spaced, [1280.0, 800.0]),
];

/// The source of an example without what was seen, and that; `None` where nothing was. The error says what is not understood.
pub(super) fn drawn(source: &str, lexicon: &Lexicon) -> Result<Option<(String, Drawing)>, String> {
    if !source.contains(SEEN) {
        return Ok(None);
    }
    let dom = Dom::parse(source, lexicon);
    let mut drawing = Drawing::default();
    let mut views: BTreeMap<Window, View> = BTreeMap::new();
    for (element, i) in (0u32..).zip(dom.elements()) {
        drawing.words.push(dom.tag(i).to_owned());
        drawing.tags.push(element);
        let own: String = dom.children(i).filter(|&c| !dom.node(c).is_element).map(|c| dom.raw_text(c)).collect();
        let letters = own.trim().chars().count();
        for part in dom.attr(i, "seen").unwrap_or("").split(';').map(str::trim).filter(|part| !part.is_empty()) {
            read(part, element, letters, &mut views, &mut drawing)?;
        }
    }
    for (window, mut view) in views {
        let size = WINDOWS.iter().find(|(_, known, _)| *known == window).map_or([0.0; 2], |(.., size)| *size);
        view.window = window;
        view.size = size.map(parts);
        let reach =
            |from: usize| view.boxes.iter().map(move |b| b[from].saturating_add(b[from + 2])).max().unwrap_or(0);
        view.page = [reach(3).max(view.size[0]), reach(4).max(view.size[1])];
        drawing.views.push(view);
    }
    let mut rest = source;
    let mut plain = String::with_capacity(source.len());
    while let Some((before, after)) = rest.split_once(SEEN) {
        plain.push_str(before);
        rest = after.split_once('"').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    Ok(Some((plain, drawing)))
}

/// Reads what was seen of an element in one window.
fn read(
    part: &str,
    element: u32,
    letters: usize,
    views: &mut BTreeMap<Window, View>,
    drawing: &mut Drawing,
) -> Result<(), String> {
    let wrong = |word: &str| {
        Err(format!(
            "`{word}` means nothing in seen=\"…\"; it has the name of a window (desk if left out, phone, narrow, zoomed, spaced), left, top, width, height, and order=, holds=, line=, pixels=, clicks or broken"
        ))
    };
    let mut words = part.split_whitespace().peekable();
    let named = words.peek().and_then(|word| WINDOWS.iter().find(|(name, ..)| name == word));
    let window = named.map_or(Window::Desk, |(_, window, _)| *window);
    if named.is_some() {
        words.next();
    }
    let view = views.entry(window).or_default();
    let number = i32::try_from(element).unwrap_or(i32::MAX);
    let mut place: Vec<i32> = Vec::new();
    let (mut order, mut lines) = (number, Vec::new());
    for word in words {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let numbers: Option<Vec<i32>> = value.split(',').map(|n| n.parse::<f64>().ok().map(parts)).collect();
        match (name, numbers.as_deref()) {
            ("order", Some(&[n])) => order = n / parts(1.0),
            ("holds", Some(&[width, height])) => {
                let room = place.get(2..4).map_or([0; 2], |room| [room[0], room[1]]);
                view.holds.push([number, room[0], room[1], width, height]);
            }
            ("line", Some(&[x, y, width, height, count])) => {
                lines.push([number, x, y, width, height, count / parts(1.0)]);
            }
            ("pixels", _) => {
                let colors = value.split(',').map(|hex| u32::from_str_radix(hex, 16).ok());
                match colors.collect::<Option<Vec<u32>>>().as_deref() {
                    Some(&[dark, light]) => drawing.grounds.push((element, dark, light)),
                    _ => return wrong(word),
                }
            }
            ("broken", _) if value.is_empty() => drawing.broken.push(element),
            ("clicks", _) if value.is_empty() => drawing.clicks.push(element),
            _ => match word.parse::<f64>() {
                Ok(px) if place.len() < 4 => place.push(parts(px)),
                _ => return wrong(word),
            },
        }
    }
    let Some(&[x, y, width, height]) = place.first_chunk::<4>() else { return wrong(part) };
    view.boxes.push([number, 0, order, x, y, width, height]);
    if lines.is_empty() && letters > 0 {
        // A text fills the box of its element in one line.
        lines.push([number, x, y, width, height, i32::try_from(letters).unwrap_or(i32::MAX)]);
    }
    view.texts.extend(lines);
    Ok(())
}

fn parts(px: f64) -> i32 {
    (px * PARTS).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_taken_out_of_the_source() {
        let source =
            "<main seen=\"0 0 1280 900\"><p seen=\"10 20 300 40 holds=300,80; phone 5 5 380 60\">Bins</p></main>";
        let (plain, drawing) =
            drawn(source, Lexicon::for_tests()).expect("it is understood").expect("something was seen");
        assert_eq!(plain, "<main><p>Bins</p></main>");
        let tags: Vec<&str> = drawing.tags.iter().map(|&tag| drawing.words[tag as usize].as_str()).collect();
        assert_eq!(tags, ["html", "head", "body", "main", "p"]);
        assert_eq!(drawing.views.len(), 2);
        let (desk, phone) = (&drawing.views[0], &drawing.views[1]);
        assert_eq!((desk.page, desk.boxes.len()), ([12_800, 9_000], 2));
        assert_eq!(desk.holds, [[4, 3_000, 400, 3_000, 800]]);
        assert_eq!(phone.texts, [[4, 50, 50, 3_800, 600, 4]]);
        assert!(drawn("<p seen=\"1 2 3\">x</p>", Lexicon::for_tests()).is_err());
        assert_eq!(drawn("<p>x</p>", Lexicon::for_tests()), Ok(None));
    }
}
