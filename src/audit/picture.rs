//! Pictures of the first screen of a page and of where findings are, cut out of the picture of a page that a browser painted. What is masked in quotes, and what stands in
//! fields, cannot be read in them. It never shows a page of which it is not known where everything stands.

mod paint;

use super::mask::mask;
use crate::facts::{Page, Places, Rect, Seen, fold_space};
use crate::model::{Finding, Outcome, Shot, Status, Window};
use crate::rule::Rules;
use paint::{COLOURS, Canvas};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pictures of one page. Our choice: a page report of 200,000 bytes has room for them beside its findings, and whoever mends
/// eight places knows the page.
const MOST: usize = 8;

/// Bytes of the pictures of one page together. Our choice: in Base64 half of a page report.
const MOST_BYTES: usize = 72_000;

/// What is shown around an element, in pixels. Our choice: enough to find it again.
const MARGIN: f32 = 24.0;

/// The largest picture, in pixels; of a larger element its upper left is shown. Our choice: the width of a report.
const LARGEST: (f32, f32) = (640.0, 320.0);

/// The largest element that is shown, in pixels. Our choice, a window: what is larger is the page.
const WINDOW: (f32, f32) = (1280.0, 800.0);

/// Elements that are compared with a place before it is given up. Our choice.
const TRIED: usize = 2_000;

/// The largest picture of a first screen, in pixels. Our choice: a quarter of a window, in which headings can be read and the
/// parts of a page be told apart.
const SCREEN: (usize, usize) = (320, 320);

/// Bytes of the picture of a first screen. Our choice: pages of text take a half of it.
const SCREEN_BYTES: usize = 16_000;

/// Colours of a first screen, and those that it is written with where it is too large with more: photographs are.
const SCREEN_COLOURS: [usize; 3] = [COLOURS, 32, 16];

/// A picture of an element with what is around it, or of the first screen of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The selector of the element; `None` for the first screen.
    pub selector: Option<String>,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// The picture as PNG, in Base64.
    pub png: String,
}

/// The pictures of a page: of its first screen, then of the worst findings first, of each rule one before a second of any.
pub fn pictures(page: &Page<'_>, shot: &Shot, findings: &[Finding], rules: &Rules) -> Vec<Picture> {
    let Ok((places, _)) = Places::read(&page.dom, &shot.drawing) else { return Vec::new() };
    let Some(seen) = places.seen(Window::Desk) else { return Vec::new() };
    let mut canvas = Canvas::new(shot.width, shot.height, &shot.rgb);
    if !hide(page, shot, seen, &mut canvas) {
        return Vec::new();
    }
    let mut all: Vec<Picture> = first_screen(&canvas, shot.fold).into_iter().collect();
    let most = all.len() + MOST;
    let (mut shown, mut bytes) = (BTreeSet::new(), 0);
    for finding in wanted(findings, rules) {
        let Some(place) = finding.place.as_ref().filter(|place| shown.insert(place.selector.clone())) else { continue };
        let Some(rect) = element(page, finding).and_then(|i| seen.rect(i)) else { continue };
        let Some(part) = cut(&canvas, rect) else { continue };
        let png = paint::png(&part, COLOURS);
        if bytes + png.len() > MOST_BYTES {
            continue;
        }
        bytes += png.len();
        all.push(picture(Some(place.selector.clone()), &part, &png));
        if all.len() == most {
            break;
        }
    }
    all
}

fn picture(selector: Option<String>, part: &Canvas, png: &[u8]) -> Picture {
    Picture { selector, width: part.width(), height: part.height(), png: paint::base64(png) }
}

/// What people see of a page before they scroll, made small; `None` where it is too large with few colours, too.
fn first_screen(canvas: &Canvas, fold: usize) -> Option<Picture> {
    let small = canvas.shrunk(fold, SCREEN);
    let pngs = SCREEN_COLOURS.iter().map(|&colours| paint::png(&small, colours));
    pngs.into_iter().find(|png| png.len() <= SCREEN_BYTES).map(|png| picture(None, &small, &png))
}

/// The findings that have a place, those first that are to be seen first.
fn wanted<'f>(findings: &'f [Finding], rules: &Rules) -> Vec<&'f Finding> {
    let mut nth: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::new();
    for finding in findings.iter().filter(|finding| finding.place.is_some()) {
        let count = nth.entry(&finding.rule).or_default();
        *count += 1;
        let is_trial = rules.get(&finding.rule).is_none_or(|rule| rule.status == Status::Trial);
        let is_unsure = finding.outcome != Outcome::Fail;
        all.push(((is_unsure, is_trial, *count, std::cmp::Reverse(finding.severity)), finding));
    }
    all.sort_by_key(|(order, _)| *order);
    all.into_iter().map(|(_, finding)| finding).collect()
}

/// The element of a finding.
pub(super) fn element(page: &Page<'_>, finding: &Finding) -> Option<u32> {
    let place = finding.place.as_ref()?;
    let dom = &page.dom;
    let step = place.selector.rsplit(" > ").next()?;
    if let Some(id) = step.strip_prefix('#') {
        return dom.by_id(id);
    }
    let tag = step.split(':').next()?;
    let like = dom.elements().filter(|&i| dom.node(i).line == place.line && dom.tag(i) == tag);
    like.take(TRIED).find(|&i| dom.selector(i) == place.selector)
}

/// Makes unreadable what no report may quote, and what people may have put into fields. Whether all of it was found.
fn hide(page: &Page<'_>, shot: &Shot, seen: &Seen, canvas: &mut Canvas) -> bool {
    let dom = &page.dom;
    let drawn = shot.drawing.views.first().map_or(0, |view| view.boxes.len());
    if dom.elements().filter(|&i| seen.rect(i).is_some()).count() != drawn {
        return false;
    }
    // The text of each block, across the elements in it.
    let mut blocks: BTreeMap<u32, String> = BTreeMap::new();
    for i in 0..dom.len() {
        if !dom.node(i).is_element {
            blocks.entry(dom.node(i).block).or_default().push_str(dom.raw_text(i));
        }
    }
    let is_masked = |text: &str| mask(text) != text;
    let masked: BTreeSet<u32> =
        blocks.into_iter().filter(|(_, text)| is_masked(&fold_space(text))).map(|(block, _)| block).collect();
    for i in dom.elements() {
        if masked.contains(&dom.node(i).block) {
            seen.lines(i).for_each(|line| canvas.cover(line.rect));
        }
        let Some(rect) = seen.rect(i) else { continue };
        let value = || dom.attr(i, "value").is_some_and(|value| is_masked(&fold_space(value)));
        let is_typed = match dom.tag(i) {
            "textarea" | "select" => true,
            "input" => match dom.attr(i, "type").unwrap_or("").to_ascii_lowercase().as_str() {
                "checkbox" | "radio" | "range" | "color" | "image" => false,
                "button" | "submit" | "reset" => {
                    if value() {
                        canvas.cover(rect);
                    }
                    false
                }
                _ => true,
            },
            // What stands in them is not known.
            "iframe" | "frame" | "object" | "embed" | "canvas" => {
                canvas.cover(rect);
                false
            }
            _ => dom.attr(i, "contenteditable").is_some_and(|value| value != "false"),
        };
        if is_typed {
            canvas.empty(rect);
        } else if masked.contains(&i) {
            canvas.cover(rect);
        }
    }
    true
}

/// A part of the picture with an element in a frame.
fn cut(canvas: &Canvas, rect: Rect) -> Option<Canvas> {
    if rect.is_empty() || rect.width > WINDOW.0 || rect.height > WINDOW.1 {
        return None;
    }
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    // What stands beside the picture is not shown by a part of its margin.
    if rect.x >= width || rect.y >= height || rect.right() <= 0.0 || rect.bottom() <= 0.0 {
        return None;
    }
    let (x, y) = ((rect.x - MARGIN).max(0.0), (rect.y - MARGIN).max(0.0));
    let right = (rect.right() + MARGIN).min(width).min(x + LARGEST.0);
    let bottom = (rect.bottom() + MARGIN).min(height).min(y + LARGEST.1);
    let part = Rect { x, y, width: right - x, height: bottom - y };
    Some(canvas.framed(part, rect))
}

#[cfg(test)]
mod tests;
