//! What style sheets make of a page: what of it is shown, in which colours and sizes. It never judges, and never takes
//! the place of a sheet that was not read: then the answer is that it could not be told.

#![cfg_attr(not(feature = "style"), allow(dead_code, reason = "without the engine nothing is handed to it"))]

mod doubt;
mod drawn;
#[cfg(feature = "style")]
mod engine;
mod focus;
#[cfg(feature = "style")]
mod hints;
mod hover;
mod ink;
mod look;
mod marks;
mod places;
mod scan;
mod scroll;
mod sheets;
#[cfg(feature = "style")]
mod truth;

pub use doubt::{INK, PLACE, SHOWN};
#[cfg(all(test, feature = "style"))]
mod tests;

pub use ink::{Contrast, contrast, has_own_text, is_out_of_sight, text_in_sight};
pub use look::{Look, Picture, Placed, Rgba};
pub use marks::{Measure, Spacing, important_spacing, link_contrast, locked_turn, target_bounds, target_size};
pub use places::{Places, Rect, Seen};
pub use scroll::is_unreached_scroll;
pub use sheets::{Sheets, is_script};
#[cfg(feature = "style")]
pub use truth::{Agreement, compare_looks};

use super::dom::Dom;
use super::layout::Layout;
use crate::model::{Drawing, Window};
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use url::Url;

/// Most elements of a page that styles are worked out for. Our choice: pages of thousands of rows have less.
#[cfg(feature = "style")]
const ELEMENTS: usize = 30_000;

/// Width and height of the window that pages of websites are looked at in. Our choice: a common laptop.
#[cfg(feature = "style")]
const WINDOW: (u32, u32) = (1280, 800);

/// The width of that window, for boxes without a width of their own.
const WIDTH: f32 = 1280.0;

/// Out of sight, by itself or by what is around it.
const AWAY: u8 = 1;
/// Its `style` attribute, or one around it, declares something important.
const IMPORTANT: u8 = 2;
/// A browser put it beside the page, where nobody can scroll to.
const BESIDE: u8 = 4;

/// What styles make of the elements of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks {
    list: Vec<Option<Look>>,
    /// The same on a screen that is held the other way, where a sheet asks for that.
    turned: Vec<Option<Look>>,
    /// What is placed freely and paints something, by the element that it is placed by.
    layers: FxHashMap<u32, Vec<u32>>,
    /// What each element has from around: bits of this module.
    marks: Vec<u8>,
    /// Labels of controls that are switched off.
    inactive: HashSet<u32>,
    /// Elements that lost the frame of the focus, and have no other sign of it.
    frameless: HashSet<u32>,
    /// Elements that show something only while a mouse is over them.
    hovered: HashSet<u32>,
    /// What was worked out of the contrast of texts.
    contrasts: RefCell<FxHashMap<u32, Contrast>>,
    /// Where a browser put it all.
    places: Option<Places>,
    /// What was worked out of that.
    layout: OnceCell<Layout>,
    /// Why nothing is known.
    unknown: Option<&'static str>,
}

impl Looks {
    /// Where nothing is known, and why.
    pub fn unknown(why: &'static str) -> Self {
        Self { unknown: Some(why), ..Self::default() }
    }

    /// Why nothing is known of any element.
    pub fn why_unknown(&self) -> Option<&'static str> {
        self.unknown
    }

    /// What is known of an element; `None` for a text and inside of what is not displayed.
    pub fn of(&self, i: u32) -> Option<&Look> {
        self.list.get(i as usize)?.as_ref()
    }

    /// What is placed freely by an element and paints something.
    pub fn layers(&self, holder: u32) -> &[u32] {
        self.layers.get(&holder).map_or(&[], Vec::as_slice)
    }

    fn is_marked(&self, i: u32, mark: u8) -> bool {
        self.marks.get(i as usize).is_some_and(|m| m & mark != 0)
    }

    /// Where a browser put the elements, where one drew the page.
    pub fn places(&self) -> Option<&Places> {
        self.places.as_ref()
    }

    /// What follows from where a browser put the elements of the page; worked out when it is first asked for.
    pub fn layout(&self, dom: &Dom) -> Option<&Layout> {
        let places = self.places()?;
        Some(self.layout.get_or_init(|| Layout::of(dom, places)))
    }

    /// Whether a style puts the element out of sight, or something around it.
    pub fn is_away(&self, i: u32) -> bool {
        self.is_marked(i, AWAY | BESIDE)
    }

    /// Whether the `style` attribute of the element, or of one around it, declares something important.
    pub fn is_under_important(&self, i: u32) -> bool {
        self.is_marked(i, IMPORTANT)
    }

    /// Whether an element stands in the label of a control that is switched off.
    pub fn is_inactive(&self, dom: &Dom, i: u32) -> bool {
        !self.inactive.is_empty() && dom.ancestors_and_self(i).any(|a| self.inactive.contains(&a))
    }

    /// Whether nothing shows when the focus is on the element, as far as the sheets tell.
    pub fn is_frameless(&self, i: u32) -> bool {
        self.frameless.contains(&i)
    }

    /// The same while the screen is held upright.
    pub fn turned(&self, i: u32) -> Option<&Look> {
        self.turned.get(i as usize)?.as_ref()
    }
}

/// What a browser made of a page, as it told it; the sheets, where they were read, say what it was not asked.
pub fn drawn(dom: &Dom, base: &Url, drawing: &Drawing, sheets: Option<&Sheets>) -> Looks {
    let (places, looks) = match Places::read(dom, drawing) {
        Ok(read) => read,
        Err(why) => return Looks::unknown(why),
    };
    let mut all = match (looks, sheets) {
        (Some(list), sheets) => {
            let (frameless, hovered) = states_of(dom, base, sheets, &list);
            Looks { frameless, hovered, ..Looks::of_list(dom, list) }
        }
        // Examples of rules say where something is, and the engine how it looks.
        (None, Some(sheets)) => self::looks(dom, base, sheets),
        (None, None) => Looks::default(),
    };
    if let Some(seen) = places.seen(Window::Desk) {
        for (i, mark) in (0..dom.len()).zip(&mut all.marks) {
            let is_beside = seen.rect(i).is_some_and(|rect| rect.right() < 0.0 || rect.bottom() < 0.0);
            *mark |= if is_beside { BESIDE } else { 0 };
        }
    }
    Looks { places: Some(places), ..all }
}

#[cfg(not(feature = "style"))]
fn states_of(_: &Dom, _: &Url, _: Option<&Sheets>, _: &[Option<Look>]) -> (HashSet<u32>, HashSet<u32>) {
    (HashSet::new(), HashSet::new())
}

/// What a browser was not asked: elements whose focus does not show, and those that show something under a mouse alone.
#[cfg(feature = "style")]
fn states_of(dom: &Dom, base: &Url, sheets: Option<&Sheets>, list: &[Option<Look>]) -> (HashSet<u32>, HashSet<u32>) {
    let used = sheets.and_then(|sheets| sheets::used(dom, base, sheets).ok());
    used.map_or_else(Default::default, |used| (frameless(dom, &used), hovered(dom, &used, list)))
}

impl Looks {
    /// All that follows from the looks of the single elements.
    fn of_list(dom: &Dom, list: Vec<Option<Look>>) -> Self {
        let (layers, marks) = (layers(dom, &list), marks_of(dom, &list));
        Self { list, layers, marks, inactive: inactive(dom), ..Self::default() }
    }
}

/// Works out what the sheets make of a page.
#[cfg(not(feature = "style"))]
pub fn looks(_: &Dom, _: &Url, _: &Sheets) -> Looks {
    Looks::unknown("this build has no style engine")
}

/// Works out what the sheets make of a page. It cannot fail: what breaks is not known.
#[cfg(feature = "style")]
pub fn looks(dom: &Dom, base: &Url, sheets: &Sheets) -> Looks {
    let used = match sheets::used(dom, base, sheets) {
        Ok(used) => used,
        Err(why) => return Looks::unknown(why),
    };
    if let Some(why) = too_much(dom, &used) {
        return Looks::unknown(why);
    }
    let turns = used.iter().any(|u| u.sheet.scan.turns);
    let window = dom.terminal().map_or(WINDOW, |terminal| terminal.pixels);
    let windows = if turns { vec![window, (window.1, window.0)] } else { vec![window] };
    let parse = || used.iter().map(sheets::Used::parsed).collect();
    let parsed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(parse)).ok();
    let Some(all) = parsed.and_then(|parsed| engine::looks(engine::Outline::of(dom), parsed, windows)) else {
        return Looks::unknown("the style engine broke on this page");
    };
    let mut all = all.into_iter();
    let (mut list, mut turned) = (all.next().unwrap_or_default(), all.next().unwrap_or_default());
    if list.len() != dom.len() as usize {
        return Looks::unknown("the style engine read another page");
    }
    let doubts = doubts(dom, &used);
    for all in [&mut list, &mut turned] {
        for (look, doubt) in all.iter_mut().zip(&doubts) {
            if let Some(look) = look {
                look.doubt |= doubt;
            }
        }
    }
    let hovered = hovered(dom, &used, &list);
    Looks { turned, frameless: frameless(dom, &used), hovered, ..Looks::of_list(dom, list) }
}

/// Whether the element shows something only while a mouse is over it.
pub fn shows_by_hover(looks: &Looks, i: u32) -> bool {
    looks.hovered.contains(&i)
}

/// Elements that show something hidden only while a mouse is over them, where neither another rule nor a control shows it.
#[cfg(feature = "style")]
fn hovered(dom: &Dom, used: &[sheets::Used], list: &[Option<Look>]) -> HashSet<u32> {
    // People with a mouse see it.
    if dom.terminal().is_none() {
        return HashSet::new();
    }
    let rules = || used.iter().map(|u| &u.sheet.scan.hover);
    let otherwise: HashSet<&str> = rules().flat_map(|r| r.otherwise.iter().map(String::as_str)).collect();
    let alone = rules()
        .flat_map(|r| &r.hovered)
        .filter(|h| hover::name_of(&h.shown).is_none_or(|name| !otherwise.contains(name.as_str())));
    let mut found = HashSet::new();
    let acts = |i: u32| {
        let has = |name: &str| dom.attr(i, name).is_some();
        matches!(dom.tag(i), "a" | "button" | "input" | "summary" | "label" | "select" | "textarea")
            || ["onclick", "tabindex", "role"].into_iter().any(has)
    };
    for rule in alone.take(FOCUS_RULES) {
        let read = |text: &str| scraper::Selector::parse(text).ok();
        let (Some(over), Some(shown)) = (read(&rule.over), read(&rule.shown)) else { continue };
        let matches = |selector: &scraper::Selector, i: u32| dom.element_ref(i).is_some_and(|e| selector.matches(&e));
        let look = |i: u32| list.get(i as usize).and_then(Option::as_ref);
        let is_hidden = |i: u32| look(i).is_none_or(|look| !look.displayed || !look.visible);
        let hidden: HashSet<u32> = dom.elements().filter(|&i| matches(&shown, i) && is_hidden(i)).collect();
        let bears = |i: &u32| {
            matches(&over, *i)
                && dom.inside(*i).any(|j| hidden.contains(&j))
                && !dom.ancestors_and_self(*i).any(acts)
                && !dom.inside(*i).any(acts)
        };
        if !hidden.is_empty() {
            found.extend(dom.elements().filter(bears));
        }
    }
    found
}

/// Most rules about the focus that are tried on each element. Our choice: frameworks have some two hundred.
#[cfg(feature = "style")]
const FOCUS_RULES: usize = 1_000;

/// The links and buttons whose frame is taken away when the focus is on them, without another sign of it.
#[cfg(feature = "style")]
fn frameless(dom: &Dom, used: &[sheets::Used]) -> HashSet<u32> {
    let rules = || used.iter().map(|u| (&u.sheet.scan.focus, u.is_plain()));
    let count: usize = rules().map(|(r, _)| r.removed.len() + r.shown.len()).sum();
    if rules().any(|(r, _)| r.anything) || count > FOCUS_RULES {
        return HashSet::new();
    }
    let read = |text: &String| scraper::Selector::parse(text).ok();
    let removed: Vec<_> =
        rules().filter(|(_, plain)| *plain).flat_map(|(r, _)| r.removed.iter().filter_map(read)).collect();
    if removed.is_empty() {
        return HashSet::new();
    }
    let mut shown = Vec::new();
    for text in rules().flat_map(|(r, _)| &r.shown) {
        // A rule that cannot be read may concern any element.
        let Some(selector) = read(text) else { return HashSet::new() };
        shown.push(selector);
    }
    let is_pressed = |i: &u32| match dom.tag(*i) {
        "a" => dom.attr(*i, "href").is_some(),
        "button" | "summary" => true,
        _ => false,
    };
    // What a script does when the focus comes may well be to show it.
    let has_script = |i: u32| {
        dom.ancestors_and_self(i).any(|a| ["onfocus", "onfocusin"].iter().any(|name| dom.attr(a, name).is_some()))
    };
    let is_frameless = |i: &u32| {
        dom.element_ref(*i).is_some_and(|element| {
            removed.iter().any(|s| s.matches(&element)) && !shown.iter().any(|s| s.matches(&element)) && !has_script(*i)
        })
    };
    dom.elements().filter(is_pressed).filter(is_frameless).collect()
}

/// Custom properties that refer to others, which the engine follows one inside the other. Our choice: the largest systems of
/// design have less.
#[cfg(feature = "style")]
const REFERENCES: f64 = 5_000.0;

/// Why the work on a page could take too long; by counts alone, so that it is the same on every machine.
#[cfg(feature = "style")]
fn too_much(dom: &Dom, used: &[sheets::Used]) -> Option<&'static str> {
    let count = |of: fn(&scan::Scan) -> u32| used.iter().map(|u| f64::from(of(&u.sheet.scan))).sum::<f64>();
    let mut children = vec![0u32; dom.len() as usize];
    let mut elements = 0usize;
    for i in dom.elements() {
        elements += 1;
        if let Some(parent) = dom.parent(i) {
            children[parent as usize] += 1;
        }
    }
    let sum = |power: i32| children.iter().map(|&n| f64::from(n).powi(power)).sum::<f64>();
    // Our choices: real pages stay under a tenth of each, and the worst ones end within seconds.
    let is_too_much = count(|s| s.selectors) * elements as f64 > 6e7
        || count(|s| s.references) > REFERENCES
        || count(|s| s.beside) * sum(2) > 4e9
        || count(|s| s.later) * sum(3) / 6.0 > 5e9;
    if elements > ELEMENTS {
        return Some("the page has too many elements to work out their styles");
    }
    is_too_much.then_some("the style sheets have too many rules for so many elements")
}

/// What is placed out of the flow, or far over its neighbours, and paints something, by the element that it is placed by.
fn layers(dom: &Dom, list: &[Option<Look>]) -> FxHashMap<u32, Vec<u32>> {
    let look = |i: u32| list.get(i as usize).and_then(Option::as_ref);
    let mut paints = vec![false; list.len()];
    for i in (0..dom.len()).rev() {
        let Some(own) = look(i) else { continue };
        let is_drawn = matches!(dom.tag(i), "img" | "video" | "canvas" | "svg" | "iframe" | "object" | "embed");
        paints[i as usize] |= (is_drawn || !own.ground.is_clear() || own.picture != Picture::None) && own.visible;
        if let Some(parent) = dom.parent(i).filter(|_| paints[i as usize]) {
            paints[parent as usize] = true;
        }
    }
    let holds = |i: &u32| look(*i).is_some_and(|l| l.placed != Placed::Flow { holds: false });
    let mut found: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for i in dom.elements() {
        let Some(own) = look(i).filter(|l| paints[i as usize] && l.opacity > 0.0 && !l.is_clipped) else { continue };
        let is_away = own.offset.iter().any(|o| o.is_some_and(|px| px <= -500.0));
        let root = || dom.ancestors_and_self(i).last();
        let holder = match own.placed {
            _ if is_away => None,
            Placed::Absolute => dom.ancestors_and_self(i).skip(1).find(holds).or_else(root),
            Placed::Fixed => root(),
            Placed::Flow { .. } if own.is_moved => dom.parent(i),
            Placed::Flow { .. } => None,
        };
        if let Some(holder) = holder.filter(|&h| h != i) {
            found.entry(holder).or_default().push(i);
        }
    }
    found
}

/// What is in doubt of each node, with what it has from around.
#[cfg(feature = "style")]
fn doubts(dom: &Dom, used: &[sheets::Used]) -> Vec<u8> {
    let mut found = vec![0u8; dom.len() as usize];
    let mut everywhere = 0u8;
    let mut selectors = Vec::new();
    for doubt in used.iter().flat_map(|u| u.sheet.doubts()) {
        match &doubt.0 {
            Some(selector) if selectors.len() < DOUBTS => selectors.push((selector, doubt.1)),
            _ => everywhere |= doubt.1,
        }
    }
    for i in 0..dom.len() {
        let above = dom.parent(i).map_or(everywhere, |p| found[p as usize]);
        let own = dom.element_ref(i).map_or(0, |element| {
            let matching =
                selectors.iter().filter(|(selector, about)| above & about != *about && selector.matches(&element));
            matching.fold(0, |all, (_, about)| all | about)
        });
        let inline = dom.attr(i, "style").map_or(0, scan::attribute_doubt);
        found[i as usize] = above | own | inline;
    }
    found
}

/// Selectors in doubt that are tried on each element of a page; with more, every element is in doubt. Our choice.
#[cfg(feature = "style")]
const DOUBTS: usize = 500;

/// What each element has from around, in one pass.
fn marks_of(dom: &Dom, list: &[Option<Look>]) -> Vec<u8> {
    let mut marks: Vec<u8> = Vec::with_capacity(list.len());
    for i in 0..dom.len() {
        let mut mark = dom.parent(i).map_or(0, |p| marks[p as usize]);
        if list.get(i as usize).and_then(Option::as_ref).is_some_and(ink::puts_away) {
            mark |= AWAY;
        }
        let bytes = dom.attr(i, "style").unwrap_or("").as_bytes();
        if bytes.windows(9).any(|word| word.eq_ignore_ascii_case(b"important")) {
            mark |= IMPORTANT;
        }
        marks.push(mark);
    }
    marks
}

/// The labels of controls that are switched off: nobody has to read them (WCAG 1.4.3).
fn inactive(dom: &Dom) -> HashSet<u32> {
    let mut found = HashSet::new();
    for i in dom.elements().filter(|&i| super::access::claims::is_switched_off(dom, i)) {
        if let Some(id) = dom.attr(i, "id") {
            found.extend(dom.labels_for(id).iter().take(CONTROLLED));
        }
        found.extend(dom.closest(i, &["label"]));
        let named = dom.attr(i, "aria-labelledby").unwrap_or("").split_ascii_whitespace();
        found.extend(named.take(CONTROLLED).filter_map(|id| dom.by_id(id)));
    }
    found
}

/// Elements that something on the page names as what it shows and hides: a link to them, `aria-controls`, or an attribute
/// of a script's own.
pub fn controlled(dom: &Dom) -> HashSet<u32> {
    let mut found = HashSet::new();
    for i in dom.elements() {
        let Some(element) = dom.element(i) else { continue };
        for (name, value) in element.attrs() {
            let ids: &str = match name {
                "aria-controls" | "popovertarget" | "commandfor" | "for" => value,
                "href" => value.strip_prefix('#').unwrap_or(""),
                _ if name.starts_with("data-") => value.trim().strip_prefix('#').unwrap_or(""),
                _ => "",
            };
            found.extend(ids.split_ascii_whitespace().take(CONTROLLED).filter_map(|id| dom.by_id(id)));
        }
    }
    found
}

/// Elements that one control names. Our choice.
const CONTROLLED: usize = 20;
