//! What follows from where a browser put things: text that is cut off, that reaches beyond a window or lies over other text, lines
//! that are too long. Of pages that no browser drew nothing is said. It never judges, and its walks are loops.

mod order;
mod phone;
mod targets;

pub use order::steps_back;
pub use phone::{fixed_share, letters_on_phone, screens_above_field, screens_above_heading};
pub use targets::target_room;

use super::access::focus::{self, Focus};
use super::dom::Dom;
use super::style::{Look, Placed, Places, Rect, Seen, has_own_text, is_out_of_sight};
use crate::model::{Exposure, Window};
use rustc_hash::FxHashMap;

/// The share of the height of a line from which it is cut: what fonts keep free above and below most letters is less. Our choice.
const CUT_DOWN: f32 = 0.25;

/// How much of a line has to be missing at its end or beginning, as a share of its height: half a letter. Our choice.
const CUT_ACROSS: f32 = 0.5;

/// What holds lines that may be wider than a window (WCAG 1.4.10 leaves out what needs two dimensions).
const WIDE: &[&str] = &[
    "table", "pre", "code", "svg", "canvas", "video", "iframe", "object", "embed", "map", "math", "textarea", "select",
];

/// Lines of text whose overlap is looked for, and how many may stand side by side. Our choices, so that the work stays linear.
const LINES: usize = 10_000;
const BESIDE: usize = 64;

/// What is worked out once of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// What is in sight of each element and what is in it, by window.
    sights: Vec<(Window, Vec<Sight>)>,
    /// How much of the text of an element other text lies over, or under: a share, by node.
    overlaps: FxHashMap<u32, f32>,
    /// The characters of a line of a block, by node.
    lines: FxHashMap<u32, f32>,
    /// What is pressed, with the room of each.
    targets: FxHashMap<u32, f32>,
}

/// Where something inside an element can be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sight {
    /// Left, top, right and bottom of what the element and those around it let through of what is inside.
    inside: [f32; 4],
    /// The same of the element itself.
    own: [f32; 4],
    /// Whether what reaches out sideways is reached by scrolling a box.
    scrolls: bool,
}

const ALL: [f32; 4] = [f32::NEG_INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::INFINITY];

fn within(rect: &Rect, [left, top, right, bottom]: [f32; 4]) -> Rect {
    let (x, y) = (rect.x.max(left), rect.y.max(top));
    let (right, bottom) = (rect.right().min(right), rect.bottom().min(bottom));
    Rect { x, y, width: (right - x).max(0.0), height: (bottom - y).max(0.0) }
}

impl Layout {
    /// Works it out.
    pub(super) fn of(dom: &Dom, places: &Places) -> Self {
        let mut layout = Self::default();
        for seen in places.all() {
            layout.sights.push((seen.window, sights(dom, places, seen)));
        }
        if let Some(desk) = places.seen(Window::Desk) {
            layout.overlaps = layout.overlaps(dom, desk);
            layout.lines = lines(dom, desk);
            layout.targets = targets::rooms(dom, &layout, desk);
        }
        layout
    }

    fn sight(&self, window: Window, i: u32) -> Option<&Sight> {
        let (_, sights) = self.sights.iter().find(|(known, _)| *known == window)?;
        sights.get(i as usize)
    }

    /// The part of a rectangle in an element that can be seen.
    fn seen_of(&self, window: Window, i: u32, rect: &Rect) -> Rect {
        self.sight(window, i).map_or(*rect, |sight| within(rect, sight.inside))
    }

    /// The part of an element that can be seen.
    fn seen_self(&self, window: Window, i: u32, rect: &Rect) -> Rect {
        self.sight(window, i).map_or(*rect, |sight| within(rect, sight.own))
    }

    /// How much of the text of each element lies over or under other text.
    fn overlaps(&self, dom: &Dom, desk: &Seen) -> FxHashMap<u32, f32> {
        let mut all: Vec<(u32, Rect)> = Vec::new();
        for i in dom.elements().filter(|&i| is_read(dom, i)) {
            for line in desk.lines(i) {
                let rect = self.seen_of(Window::Desk, i, &line.rect);
                // The lines of a text stand closer than their boxes are high.
                let (cut, height) = (rect.height * 0.2, rect.height * 0.6);
                let core = Rect { y: rect.y + cut, height, ..rect };
                all.extend((!core.is_empty()).then_some((i, core)));
            }
        }
        let mut found = FxHashMap::default();
        if all.len() > LINES {
            return found;
        }
        all.sort_by(|a, b| a.1.y.total_cmp(&b.1.y).then(a.0.cmp(&b.0)));
        let mut open: Vec<(u32, Rect)> = Vec::new();
        for (i, rect) in all {
            open.retain(|(_, above)| above.bottom() > rect.y);
            for (other, above) in &open {
                let shared = rect.shared(above);
                let is_within = |a: u32, b: u32| (a..dom.node(a).end).contains(&b);
                if *other == i || shared.is_empty() || is_within(i, *other) || is_within(*other, i) {
                    continue;
                }
                if covers(dom, desk, i, *other, &shared) || covers(dom, desk, *other, i, &shared) {
                    continue;
                }
                for (node, own) in [(i, &rect), (*other, above)] {
                    let share: f32 = shared.width * shared.height / (own.width * own.height);
                    let known: &mut f32 = found.entry(node).or_default();
                    *known = known.max(share);
                }
            }
            if open.len() < BESIDE {
                open.push((i, rect));
            }
        }
        found
    }
}

/// Whether something around `over`, but not around `under`, hides what is under it.
fn covers(dom: &Dom, desk: &Seen, over: u32, under: u32, where_: &Rect) -> bool {
    let is_above = |a: u32| desk.order(a).zip(desk.order(under)).is_some_and(|(a, b)| a >= b);
    dom.ancestors_and_self(over)
        .take(DEPTH)
        .take_while(|&a| !(a..dom.node(a).end).contains(&under))
        .filter(|&a| is_above(a))
        .any(|a| {
            let look = dom.looks().of(a);
            let is_solid = look.is_some_and(|l| {
                (l.ground.is_opaque() || l.picture != super::style::Picture::None) && l.opacity > 0.99
            });
            let rect = desk.rect(a).unwrap_or_default();
            is_solid
                && rect.shared(where_).width >= where_.width - 1.0
                && rect.shared(where_).height >= where_.height - 1.0
        })
}

/// Elements around another one that are looked at. Our choice: real pages stay under 50.
const DEPTH: usize = 100;

/// Whether an element has text of its own that people see.
fn is_read(dom: &Dom, i: u32) -> bool {
    has_own_text(dom, i) && dom.node(i).exposure == Exposure::Exposed && !is_out_of_sight(dom.looks(), i)
}

/// What can be seen of each element in a window, from the outermost inwards.
fn sights(dom: &Dom, places: &Places, seen: &Seen) -> Vec<Sight> {
    let open = Sight { inside: ALL, own: ALL, scrolls: false };
    let mut sights: Vec<Sight> = Vec::with_capacity(dom.len() as usize);
    // The nearest element around each that places what is placed freely.
    let mut holders: Vec<Option<u32>> = Vec::with_capacity(dom.len() as usize);
    for i in 0..dom.len() {
        let parent = dom.parent(i);
        let look = |i: u32| places.look(seen, i).or_else(|| dom.looks().of(i));
        let holds = |p: u32| look(p).is_some_and(|l| l.placed != Placed::Flow { holds: false });
        let holder = parent.and_then(|p| if holds(p) { Some(p) } else { holders[p as usize] });
        holders.push(holder);
        let own = look(i).filter(|_| dom.node(i).is_element);
        let from = match own.map(|l| l.placed) {
            Some(Placed::Fixed) => None,
            Some(Placed::Absolute) => holder,
            _ => parent,
        };
        let around = from.map_or(open, |from| sights[from as usize]);
        let mut sight = Sight { own: around.inside, ..around };
        // What the page itself cuts off is the window, which scrolls.
        if let (Some(look), Some(rect), false) = (own, seen.rect(i), matches!(dom.tag(i), "html" | "body")) {
            clip(&mut sight, look, &rect);
        }
        sights.push(sight);
    }
    sights
}

fn clip(sight: &mut Sight, look: &Look, rect: &Rect) {
    let [left, top, right, bottom] = &mut sight.inside;
    if look.cuts[0] && !look.is_inline {
        (*left, *right) = if look.scrolls[0] {
            (f32::NEG_INFINITY, f32::INFINITY)
        } else {
            (left.max(rect.x), right.min(rect.right()))
        };
        sight.scrolls |= look.scrolls[0];
    }
    if look.cuts[1] && !look.is_inline {
        (*top, *bottom) = if look.scrolls[1] {
            (f32::NEG_INFINITY, f32::INFINITY)
        } else {
            (top.max(rect.y), bottom.min(rect.bottom()))
        };
    }
}

/// How many pixels of the text directly in an element are cut off in a window, across or down; 0 where all of it shows, and
/// where none of it does, since then it is hidden on purpose. `None` where there is none, or no browser drew the page.
fn cut_in(dom: &Dom, layout: &Layout, seen: &Seen, i: u32) -> f32 {
    let (mut is_shown, mut most) = (false, 0f32);
    for line in seen.lines(i) {
        let visible = layout.seen_of(seen.window, i, &line.rect);
        let height = line.rect.height;
        let (across, down) = (line.rect.width - visible.width, height - visible.height);
        if visible.is_empty() {
            most = most.max(height);
        } else {
            is_shown = true;
            most = most.max(if across > height * CUT_ACROSS { across } else { 0.0 });
            most = most.max(if down > height * CUT_DOWN { down } else { 0.0 });
        }
    }
    let is_drawn = dom.closest(i, &["svg", "canvas", "textarea", "select", "marquee"]).is_some();
    if is_shown && !is_drawn { most } else { 0.0 }
}

/// How many pixels of the text directly in an element are cut off in a window, where it is whole on a desk; on a desk itself
/// how many are cut off there.
pub fn cut(dom: &Dom, window: Window, i: u32) -> Option<f64> {
    let (layout, places) = (dom.looks().layout(dom)?, dom.looks().places()?);
    if !is_read(dom, i) {
        return None;
    }
    let (desk, seen) = (places.seen(Window::Desk)?, places.seen(window)?);
    seen.lines(i).next()?;
    let on_desk = cut_in(dom, layout, desk, i);
    if window == Window::Desk {
        return Some(f64::from(on_desk));
    }
    // What is cut or hidden on a desk has the reasons of the page; so has what is only there in a small window.
    let is_whole = on_desk <= 0.0 && desk.lines(i).any(|line| !layout.seen_of(Window::Desk, i, &line.rect).is_empty());
    is_whole.then(|| f64::from(cut_in(dom, layout, seen, i)))
}

/// How many pixels the text directly in an element, or a control, reaches beyond the right edge of a window. What scrolls in a box
/// of its own is left out, and tables, code and pictures, which may need the width.
pub fn beyond(dom: &Dom, window: Window, i: u32) -> Option<f64> {
    let (layout, places) = (dom.looks().layout(dom)?, dom.looks().places()?);
    let seen = places.seen(window)?;
    let is_control = dom.node(i).exposure == Exposure::Exposed
        && focus::focus(dom, i) == Focus::Tab
        && !is_out_of_sight(dom.looks(), i);
    if !is_control && !is_read(dom, i) {
        return None;
    }
    if dom.closest(i, WIDE).is_some_and(|wide| wide != i || !is_control) || layout.sight(window, i)?.scrolls {
        return None;
    }
    let width = seen.size[0];
    let own = seen.rect(i).filter(|_| is_control).map(|rect| layout.seen_self(window, i, &rect));
    let lines = seen.lines(i).map(|line| layout.seen_of(window, i, &line.rect));
    let boxes: Vec<Rect> = own.into_iter().chain(lines).filter(|rect| !rect.is_empty()).collect();
    let first = boxes.first()?;
    // What begins beyond the edge was pushed out of sight on purpose, as menus are that slide in.
    let starts = boxes.iter().fold(first.x, |left, rect| left.min(rect.x));
    if starts >= width {
        return None;
    }
    let ends = boxes.iter().fold(0f32, |right, rect| right.max(rect.right()));
    Some(f64::from((ends - width).max(0.0)))
}

/// The characters that a line of a block has, on average over all but its last; `None` of blocks with fewer than three lines.
pub fn line_letters(dom: &Dom, i: u32) -> Option<f64> {
    dom.looks().layout(dom)?.lines.get(&i).map(|&letters| f64::from(letters))
}

fn lines(dom: &Dom, desk: &Seen) -> FxHashMap<u32, f32> {
    let mut blocks: FxHashMap<u32, Vec<(f32, f32, u32)>> = FxHashMap::default();
    for i in dom.elements().filter(|&i| is_read(dom, i)) {
        for line in desk.lines(i) {
            let middle = line.rect.y + line.rect.height / 2.0;
            blocks.entry(dom.node(i).block).or_default().push((middle, line.rect.height, line.letters));
        }
    }
    let mut found = FxHashMap::default();
    for (block, mut pieces) in blocks {
        pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut rows: Vec<(f32, u32)> = Vec::new();
        for (middle, height, letters) in pieces {
            match rows.last_mut() {
                Some((known, count)) if (middle - *known).abs() < height / 2.0 => *count += letters,
                _ => rows.push((middle, letters)),
            }
        }
        if let [all @ .., _] = rows.as_slice()
            && all.len() >= 2
        {
            let sum: u32 = all.iter().map(|(_, letters)| letters).sum();
            found.insert(block, sum as f32 / all.len() as f32);
        }
    }
    found
}

/// How much of the text directly in an element lies over or under other text, in percent.
pub fn overlap(dom: &Dom, i: u32) -> Option<f64> {
    let layout = dom.looks().layout(dom)?;
    is_read(dom, i).then(|| f64::from(layout.overlaps.get(&i).copied().unwrap_or(0.0) * 100.0))
}

/// Whether a script waits for a click on an element that looks as if it could be pressed, and that the keyboard does not reach.
pub fn is_pressed_by_mouse(dom: &Dom, i: u32) -> Option<bool> {
    let places = dom.looks().places()?;
    if dom.node(i).exposure != Exposure::Exposed || is_out_of_sight(dom.looks(), i) {
        return None;
    }
    let is_reached = || {
        dom.ancestors_and_self(i).take(DEPTH).any(|a| focus::focus(dom, a) != Focus::No || dom.tag(a) == "label")
            || focus::focusable_inside(dom, i).is_some()
    };
    let shows = || !dom.text(i).is_empty() || dom.inside(i).any(|j| matches!(dom.tag(j), "img" | "svg"));
    Some(places.is_clicked(i) && !is_reached() && shows())
}
