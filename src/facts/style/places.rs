//! Where a browser put the elements of a page, in each window that it was looked at in. It never judges, and never guesses
//! which element a box belongs to.

use super::{Look, drawn};
use crate::facts::dom::Dom;
use crate::model::{Drawing, PARTS, View, Window};

/// A rectangle on a page, in CSS pixels from its top left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub x: f32,
    /// Its top edge.
    pub y: f32,
    /// How wide it is.
    pub width: f32,
    /// How high it is.
    pub height: f32,
}

impl Rect {
    /// Its right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Its lower edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Whether it has any area.
    pub fn is_empty(&self) -> bool {
        self.width <= 0.0 || self.height <= 0.0
    }

    /// What it shares with another one; without area where they do not meet.
    pub fn shared(&self, other: &Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        Self { x, y, width: (right - x).max(0.0), height: (bottom - y).max(0.0) }
    }
}

/// A line of text directly in an element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Where it stands.
    pub rect: Rect,
    /// How many characters it has.
    pub letters: u32,
}

/// How much an element holds, and for how much it has room: width and height in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holds {
    /// The room.
    pub room: [f32; 2],
    /// What is in it.
    pub held: [f32; 2],
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Put {
    rect: Rect,
    row: u32,
    order: i32,
}

/// A page in one window, by the index of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Which window.
    pub window: Window,
    /// Width and height of the window.
    pub size: [f32; 2],
    /// Width and height of the page in it.
    pub page: [f32; 2],
    puts: Vec<Option<Put>>,
    holds: Vec<(u32, Holds)>,
    lines: Vec<(u32, Line)>,
}

impl Seen {
    /// Where an element is; `None` where it is not drawn.
    pub fn rect(&self, i: u32) -> Option<Rect> {
        Some(self.put(i)?.rect)
    }

    /// The order in which it is painted: what is higher lies over what is lower.
    pub fn order(&self, i: u32) -> Option<i32> {
        Some(self.put(i)?.order)
    }

    fn put(&self, i: u32) -> Option<&Put> {
        self.puts.get(i as usize)?.as_ref()
    }

    /// What an element holds, where that is more than it has room for.
    pub fn holds(&self, i: u32) -> Option<Holds> {
        let at = self.holds.binary_search_by_key(&i, |(node, _)| *node).ok()?;
        Some(self.holds[at].1)
    }

    /// The lines of the text directly in an element.
    pub fn lines(&self, i: u32) -> impl Iterator<Item = &Line> {
        let first = self.lines.partition_point(|(node, _)| *node < i);
        self.lines[first..].iter().take_while(move |(node, _)| *node == i).map(|(_, line)| line)
    }

    fn of(view: &View, nodes: &[Option<u32>], len: usize) -> Self {
        let node = |element: i32| *nodes.get(usize::try_from(element).ok()?)?;
        let mut seen = Self {
            window: view.window,
            size: view.size.map(px),
            page: view.page.map(px),
            puts: vec![None; len],
            holds: Vec::new(),
            lines: Vec::new(),
        };
        for &[element, row, order, x, y, width, height] in &view.boxes {
            let put = || Put { rect: rect([x, y, width, height]), row: u32::try_from(row).unwrap_or(u32::MAX), order };
            if let Some(place) = node(element).and_then(|i| seen.puts.get_mut(i as usize)) {
                *place = Some(put());
            }
        }
        for &[element, room_x, room_y, held_x, held_y] in &view.holds {
            let holds = Holds { room: [px(room_x), px(room_y)], held: [px(held_x), px(held_y)] };
            seen.holds.extend(node(element).map(|i| (i, holds)));
        }
        for &[element, x, y, width, height, letters] in &view.texts {
            let line = Line { rect: rect([x, y, width, height]), letters: u32::try_from(letters).unwrap_or(0) };
            seen.lines.extend(node(element).map(|i| (i, line)));
        }
        seen.holds.sort_by_key(|(i, _)| *i);
        seen.lines.sort_by_key(|(i, _)| *i);
        seen
    }
}

fn px(parts: i32) -> f32 {
    (f64::from(parts) / PARTS) as f32
}

fn rect([x, y, width, height]: [i32; 4]) -> Rect {
    Rect { x: px(x), y: px(y), width: px(width), height: px(height) }
}

/// Where a browser put the elements of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    views: Vec<Seen>,
    /// The looks that occur, as a browser has them; none where the style engine told them.
    rows: Vec<Look>,
    /// The darkest and the lightest colour behind a text, as `0xRRGGBB`, by node.
    grounds: Vec<(u32, u32, u32)>,
    broken: Vec<u32>,
    clicks: Vec<u32>,
}

/// What each element of a tree looks like; `None` for one that is not shown.
type Looks = Vec<Option<Look>>;

impl Places {
    /// The page in a window; `None` where it was not looked at in it.
    pub fn seen(&self, window: Window) -> Option<&Seen> {
        self.views.iter().find(|view| view.window == window)
    }

    /// How an element looks in a window; `None` where it is not drawn there, or no browser told it.
    pub fn look(&self, seen: &Seen, i: u32) -> Option<&Look> {
        self.rows.get(seen.put(i)?.row as usize)
    }

    /// The darkest and the lightest colour of the pixels behind the text of an element, where they were looked at.
    pub fn ground(&self, i: u32) -> Option<(u32, u32)> {
        let at = self.grounds.binary_search_by_key(&i, |(node, ..)| *node).ok()?;
        Some((self.grounds[at].1, self.grounds[at].2))
    }

    /// The page in all windows that it was looked at in.
    pub fn all(&self) -> &[Seen] {
        &self.views
    }

    /// Whether a script waits for a click on an element that looks as if it could be pressed.
    pub fn is_clicked(&self, i: u32) -> bool {
        self.clicks.binary_search(&i).is_ok()
    }

    /// Whether an element is a picture that could not be loaded.
    pub fn is_broken(&self, i: u32) -> bool {
        self.broken.binary_search(&i).is_ok()
    }

    /// Reads what a browser drew for the tree of its HTML, with the looks of its elements where it told them. The error says why
    /// that cannot be.
    pub fn read(dom: &Dom, drawing: &Drawing) -> Result<(Self, Option<Looks>), &'static str> {
        let nodes = nodes(dom, drawing)?;
        let len = dom.len() as usize;
        let rows: Vec<Look> = drawing.styles.iter().map(|row| drawn::look(row, &drawing.words)).collect();
        let views: Vec<Seen> = drawing.views.iter().map(|view| Seen::of(view, &nodes, len)).collect();
        let of_nodes = |element: &u32| nodes.get(*element as usize).copied().flatten();
        let mut grounds: Vec<(u32, u32, u32)> =
            drawing.grounds.iter().filter_map(|&(e, dark, light)| Some((of_nodes(&e)?, dark, light))).collect();
        grounds.sort_unstable();
        let mut broken: Vec<u32> = drawing.broken.iter().filter_map(of_nodes).collect();
        broken.sort_unstable();
        let mut clicks: Vec<u32> = drawing.clicks.iter().filter_map(of_nodes).collect();
        clicks.sort_unstable();
        let places = Self { views, rows, grounds, broken, clicks };
        let first = places.views.first().filter(|_| !places.rows.is_empty());
        let looks = first.map(|seen| {
            let pseudo = |list: &[(u32, u32)]| {
                let all = list.iter().filter_map(|(e, row)| Some((of_nodes(e)?, *row as usize)));
                all.collect::<Vec<(u32, usize)>>()
            };
            drawn::looks(dom, seen, &places, [&pseudo(&drawing.before), &pseudo(&drawing.after)])
        });
        Ok((places, looks))
    }

    /// The looks that occur.
    pub(super) fn rows(&self) -> &[Look] {
        &self.rows
    }

    /// The row of an element in a window.
    pub(super) fn row(&self, seen: &Seen, i: u32) -> Option<&Look> {
        self.look(seen, i)
    }
}

/// How far two lists of elements are searched for the place where they agree again. Our choice: parsers put in or leave out a
/// few elements at a time.
const AHEAD: usize = 24;

/// The node of each element that was drawn. A tree that scripts built is not always read back from its HTML as it was: a
/// parser puts in what is missing (`tbody`) and ends what may not stand inside. The few elements that differ have no node.
fn nodes(dom: &Dom, drawing: &Drawing) -> Result<Vec<Option<u32>>, &'static str> {
    let drawn: Vec<&str> =
        drawing.tags.iter().map(|&tag| drawing.words.get(tag as usize).map_or("", String::as_str)).collect();
    let read: Vec<u32> = dom.elements().collect();
    let same =
        |a: usize, b: usize| drawn.get(a).zip(read.get(b)).is_some_and(|(a, &b)| a.eq_ignore_ascii_case(dom.tag(b)));
    let mut found = vec![None; drawn.len()];
    let (mut a, mut b, mut matched) = (0, 0, 0usize);
    while a < drawn.len() && b < read.len() {
        if same(a, b) {
            found[a] = Some(read[b]);
            (a, b, matched) = (a + 1, b + 1, matched + 1);
            continue;
        }
        // The nearest place where two in a row agree.
        let near = (1..=AHEAD).find_map(|sum| {
            (0..=sum).map(|left| (a + left, b + sum - left)).find(|&(a, b)| same(a, b) && same(a + 1, b + 1))
        });
        let Some(next) = near else { break };
        (a, b) = next;
    }
    // Our choice: with more that differ, what looks the same may be another element.
    if matched * 100 < drawn.len().max(read.len()) * 98 {
        return Err("the page that a browser drew is not read back as it was drawn");
    }
    Ok(found)
}
