//! Boxes that hold more than they show and that the Tab key does not reach: without a layout, told only where even the smallest
//! size of what is inside is too large. It never guesses from what fonts may make of a text.

use super::ink::is_out_of_sight;
use super::marks::extent;
use super::places::Holds;
use super::{Look, Looks, PLACE, Placed, SHOWN, WIDTH};
use crate::facts::access::focus;
use crate::facts::dom::Dom;
use crate::model::{Exposure, Window};

/// The narrowest that letters are on average, and the widest, as a share of their size. Our choice: an English text has some
/// 0.45 in common fonts, and a row of `i` 0.22.
const NARROW: f32 = 0.25;
const WIDE: f32 = 1.0;

/// The highest that a line is by itself, as a share of the size of its letters. Our choice; fonts have 1.0 to 1.5.
const HIGH: f32 = 1.5;

/// Nodes of a box that are looked at. Our choice; larger boxes can't be told.
const INSIDE: usize = 5_000;

/// Whether people have to scroll a box, and the Tab key reaches neither it nor anything in it; `None` where the sizes leave it open.
pub fn is_unreached_scroll(dom: &Dom, looks: &Looks, i: u32) -> Option<bool> {
    let Some(look) = looks.of(i).filter(|look| look.scrolls != [false; 2]) else { return Some(false) };
    let inner = |axis: usize| Some(extent(look, axis)? - look.rim[axis]?).filter(|_| look.scrolls[axis]);
    let room = [inner(0), inner(1)];
    let is_shown = dom.node(i).exposure == Exposure::Exposed && !is_out_of_sight(looks, i);
    let is_page = matches!(dom.tag(i), "html" | "body" | "iframe" | "textarea" | "select");
    let desk = looks.places().and_then(|places| places.seen(Window::Desk));
    // A box without a size of its own grows with what it holds.
    let grows = desk.is_none() && room == [None; 2];
    if !is_shown || is_page || grows || focus::tab_stop_within(dom, i).is_some() {
        return Some(false);
    }
    if let Some(desk) = desk {
        // A browser has laid it out.
        let is_more = |holds: Holds| (0..2).any(|axis| look.scrolls[axis] && holds.held[axis] > holds.room[axis] + 1.0);
        return Some(desk.holds(i).is_some_and(is_more));
    }
    let inside = Inside::of(dom, looks, i, look)?;
    // Nothing to read, and nothing to see.
    if inside.letters == 0.0 && !inside.is_drawn {
        return Some(false);
    }
    if (look.doubt | inside.doubt) & (PLACE | SHOWN) != 0 {
        return None;
    }
    let width = room[0].or(inner_width(look)).unwrap_or(WIDTH);
    let least = inside.least(look, width);
    if room.iter().zip(least).any(|(room, least)| room.is_some_and(|room| least > room + 1.0)) {
        return Some(true);
    }
    let most = inside.most(look, width)?;
    let fits = room[1].is_none_or(|room| most <= room) && room[0].is_none_or(|room| inside.widest <= room);
    fits.then_some(false)
}

/// The width of a box that does not scroll sideways.
fn inner_width(look: &Look) -> Option<f32> {
    Some(extent(look, 0)? - look.rim[0]?)
}

/// What a box holds.
struct Inside {
    letters: f32,
    /// Letters of the longest line of a text, as it is written.
    longest: f32,
    /// Whether a line is broken by the page itself.
    is_broken: bool,
    /// The smallest and largest letters.
    smallest: f32,
    largest: f32,
    /// Widths and heights of its own parts that have one, together.
    widths: f32,
    heights: f32,
    /// The widest and highest thing in it.
    widest: f32,
    highest: f32,
    blocks: f32,
    /// Whether it holds a picture or the like.
    is_drawn: bool,
    /// Whether something in it has a size that is not known.
    has_unsized: bool,
    doubt: u8,
}

impl Inside {
    /// `None` where it holds too much to be looked at.
    fn of(dom: &Dom, looks: &Looks, i: u32, look: &Look) -> Option<Self> {
        let mut found = Self {
            letters: dom.text(i).chars().filter(|c| !c.is_whitespace()).count() as f32,
            longest: 0.0,
            is_broken: false,
            smallest: look.size,
            largest: look.size,
            widths: 0.0,
            heights: 0.0,
            widest: 0.0,
            highest: 0.0,
            blocks: 1.0,
            is_drawn: false,
            has_unsized: false,
            doubt: 0,
        };
        for (count, j) in dom.inside(i).enumerate() {
            if count > INSIDE {
                return None;
            }
            if !dom.node(j).is_element {
                if dom.node(j).exposure == Exposure::Hidden {
                    continue;
                }
                let letters = |line: &str| line.chars().filter(|c| !c.is_whitespace()).count();
                let longest = dom.raw_text(j).lines().map(letters).max().unwrap_or(0);
                found.longest = found.longest.max(longest as f32);
                continue;
            }
            found.is_broken |= dom.tag(j) == "br";
            let Some(part) = looks.of(j).filter(|part| matches!(part.placed, Placed::Flow { .. }) && part.displayed)
            else {
                continue;
            };
            found.doubt |= part.doubt;
            found.smallest = found.smallest.min(part.size);
            found.largest = found.largest.max(part.size);
            found.blocks += f32::from(u8::from(part.is_block));
            let (width, height) = (extent(part, 0).unwrap_or(0.0), extent(part, 1).unwrap_or(0.0));
            found.widest = found.widest.max(width);
            found.highest = found.highest.max(height);
            let is_replaced =
                matches!(dom.tag(j), "img" | "video" | "svg" | "canvas" | "iframe" | "object" | "table" | "hr");
            found.is_drawn |= is_replaced;
            found.has_unsized |= is_replaced && extent(part, 0).zip(extent(part, 1)).is_none();
            if dom.parent(j) == Some(i) {
                found.widths += if part.is_block { 0.0 } else { width };
                found.heights += if part.is_block { height } else { 0.0 };
            }
        }
        Some(found)
    }

    /// The least width and height that it takes.
    fn least(&self, look: &Look, width: f32) -> [f32; 2] {
        if look.is_unwrapped {
            let beside = if self.is_broken { 0.0 } else { self.widths };
            return [beside.max(self.longest * NARROW * self.smallest).max(self.widest), self.highest];
        }
        let text = self.letters * NARROW * self.smallest;
        let line = look.line_height.map_or(self.smallest, |l| l.min(self.smallest));
        let lines = if width > 0.0 { (text / width).ceil() } else { 0.0 };
        [self.widest, (lines * line).max(self.heights).max(self.highest)]
    }

    /// The most height that it takes; `None` where a part of it has no size that is known.
    fn most(&self, look: &Look, width: f32) -> Option<f32> {
        let lines = self.blocks + (self.letters * WIDE * self.largest / width.max(1.0)).ceil();
        let line = look.line_height.unwrap_or(0.0).max(HIGH * self.largest);
        (!self.has_unsized && !look.is_unwrapped).then_some(lines * line + self.heights)
    }
}
