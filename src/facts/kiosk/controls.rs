//! The controls of a screen: links, buttons, and whatever else the source makes act on a touch; where each leads, as far
//! as the source says.

use super::script::Script;
use super::{By, Move, Scene, is_own, purpose};
use crate::facts::access::name::accessible_name;
use crate::facts::dom::{Dom, shorten};
use crate::facts::links::meta_refresh;
use crate::model::{Exposure, PageUrl, Region};
use std::collections::HashMap;

/// Attributes in which pages name the address of a control for their script. Our own list of what is common.
const ADDRESSES: &[&str] = &[
    "data-href",
    "data-url",
    "data-link",
    "data-target-url",
    "data-goto",
    "data-next",
    "data-screen",
    "data-location",
];

/// Controls of a screen that are kept. Our choice; no screen has a tenth of them.
const KEPT: usize = 300;

/// Characters of a control's name that are kept. Our choice.
const NAME: usize = 80;

/// What was found.
pub(super) struct Found {
    pub(super) moves: Vec<Move>,
    /// Whether something hidden now would give more time.
    pub(super) more_time: bool,
}

/// Where a control leads.
struct Lead {
    by: By,
    to: Option<PageUrl>,
}

impl Lead {
    fn only(by: By) -> Self {
        Self { by, to: None }
    }
}

/// The controls of a screen.
pub(super) fn controls(scene: &Scene<'_>, script: &Script, linked_leads: bool) -> Found {
    let dom = scene.dom;
    let by_hash = script.to.iter().any(|to| to.starts_with('#'));
    let bounded = script.unread == 0 && !script.anywhere && !script.opens && !linked_leads && !by_hash;
    let script = &Acts { script, bounded };
    let mut found = Found { moves: Vec::new(), more_time: false };
    let pressed = pressed(scene);
    for i in dom.elements() {
        let lead = match pressed.get(&i) {
            Some(to) => observed(scene, to.as_deref(), lead(scene, script, i)),
            None => lead(scene, script, i),
        };
        let Some(lead) = lead else { continue };
        if found.moves.len() >= KEPT {
            break;
        }
        let text = shorten(accessible_name(dom, i), NAME);
        let mut purposes = purposes(scene, i, &text);
        if dom.node(i).exposure == Exposure::Hidden {
            found.more_time |= purposes & purpose::MORE_TIME != 0;
            continue;
        }
        if lead.by == By::History {
            purposes |= purpose::BACK;
        }
        found.moves.push(Move { to: lead.to, by: lead.by, purposes, text, region: dom.node(i).region });
    }
    // What its own scripts lead to by a control that they find: nobody knows which, so that it is for nothing.
    let named = script.script.to.iter().filter(|to| !script.script.leaves_to.contains(to));
    for lead in named.map(|to| address(scene, to, By::Script)).filter(|lead| lead.by == By::Script) {
        if lead.to.is_some() && !found.moves.iter().any(|m| m.to == lead.to) {
            found.moves.push(Move { to: lead.to, by: lead.by, purposes: 0, text: String::new(), region: Region::Main });
        }
    }
    // What opens over the screen led to it in a browser.
    for to in scene.observed.iter().flat_map(|notes| &notes.through) {
        let lead = led(scene, to);
        if lead.to.is_some() && !found.moves.iter().any(|m| m.to == lead.to) {
            found.moves.push(Move { to: lead.to, by: lead.by, purposes: 0, text: String::new(), region: Region::Main });
        }
    }
    if let Some((_, to)) = meta_refresh(dom, scene.base) {
        let (by, to) = match to {
            Some(to) if to != scene.facts.url => (By::Refresh, Some(to)),
            _ => (By::Unknown, None),
        };
        found.moves.push(Move { to, by, purposes: 0, text: String::new(), region: Region::Main });
    }
    found
}

/// The scripts of a screen, and whether all their ways are known.
struct Acts<'a> {
    script: &'a Script,
    bounded: bool,
}

impl Acts<'_> {
    /// What a control does that a script may act on.
    fn by(&self, dom: &Dom, i: u32) -> By {
        match (is_handled(dom, self.script, i), self.bounded) {
            (true, true) => By::Here,
            (true, false) => By::Unknown,
            (false, _) => By::Nowhere,
        }
    }
}

/// The elements that a browser pressed, with where that led; none where the browser counted others.
fn pressed(scene: &Scene<'_>) -> HashMap<u32, Option<String>> {
    let Some(notes) = scene.observed else { return HashMap::new() };
    let elements: Vec<u32> = scene.dom.elements().collect();
    if notes.elements != 0 && notes.elements as usize != elements.len() {
        return HashMap::new();
    }
    notes.presses.iter().filter_map(|press| Some((*elements.get(press.at as usize)?, press.to.clone()))).collect()
}

/// Where a control leads that a browser pressed. Where the screen stayed, a source that says nothing is known better, unless
/// an answer may have been wanted first.
fn observed(scene: &Scene<'_>, to: Option<&str>, read: Option<Lead>) -> Option<Lead> {
    let dom = scene.dom;
    let asks =
        |i: u32| matches!(dom.tag(i), "input" | "select" | "textarea") && dom.node(i).exposure != Exposure::Hidden;
    match (to, read) {
        (Some(to), _) => Some(led(scene, to)),
        (None, Some(Lead { by: By::Unknown, .. })) if !dom.elements().any(asks) => Some(Lead::only(By::Here)),
        (None, read) => read,
    }
}

/// The screen that a press led to: one of this page by its route, or another address.
fn led(scene: &Scene<'_>, to: &str) -> Lead {
    let Some(route) = to.strip_prefix('#') else { return address(scene, to, By::Script) };
    let screen = scene.facts.url.screen(route);
    if screen == scene.facts.url { Lead::only(By::Here) } else { Lead { by: By::Script, to: Some(screen) } }
}

/// Where a control leads; `None` for what is none.
fn lead(scene: &Scene<'_>, script: &Acts<'_>, i: u32) -> Option<Lead> {
    let dom = scene.dom;
    let is_off = dom.attr(i, "disabled").is_some() || dom.attr(i, "aria-disabled") == Some("true");
    let by_script = || script.script.named.iter().find_map(|name| dom.attr(i, name));
    let named = || ADDRESSES.iter().find_map(|name| dom.attr(i, name)).filter(|a| is_address(a)).or_else(by_script);
    let tag = dom.tag(i);
    let kind = dom.attr(i, "type").unwrap_or("").trim().to_ascii_lowercase();
    let sends = match (tag, kind.as_str()) {
        ("button", "button" | "reset") => false,
        ("button", _) | ("input", "submit" | "image") => true,
        _ => false,
    };
    let is_button =
        tag == "button" || (tag == "input" && matches!(kind.as_str(), "button" | "submit" | "image" | "reset"));
    let is_link = matches!(tag, "a" | "area") && dom.attr(i, "href").is_some();
    let acts = dom.attr(i, "onclick").is_some() || named().is_some() || dom.attr(i, "role") == Some("button");
    if is_off || !(is_button || is_link || acts || tag == "summary") {
        return None;
    }
    if let Some(handler) = dom.attr(i, "onclick") {
        let mut own = Script::default();
        own.add(handler);
        if own.goes_back {
            return Some(Lead::only(By::History));
        }
        if let Some(to) = own.to.first() {
            return Some(address(scene, to, By::Script));
        }
    }
    if let Some(to) = named() {
        return Some(address(scene, to, By::Script));
    }
    if is_link {
        return Some(link(scene, script, i));
    }
    let form = dom.attr(i, "form").map_or_else(|| dom.closest(i, &["form"]), |id| dom.by_id(id));
    if let Some(form) = form.filter(|_| sends) {
        return Some(sending(scene, script, i, form));
    }
    let shows = ["popovertarget", "commandfor", "aria-controls"].iter().any(|name| dom.attr(i, name).is_some());
    if shows || kind == "reset" || tag == "summary" {
        return Some(Lead::only(By::Here));
    }
    Some(Lead::only(script.by(dom, i)))
}

/// Whether a script may act when the control is touched: one of its own, one that was not read, or one that waits for touches.
fn is_handled(dom: &Dom, script: &Script, i: u32) -> bool {
    let own = dom.element(i).is_some_and(|e| e.attrs().any(|(name, _)| name.starts_with("on") && name.len() > 2));
    own || script.unread > 0 || script.handles
}

fn link(scene: &Scene<'_>, script: &Acts<'_>, i: u32) -> Lead {
    let dom = scene.dom;
    let href = dom.attr(i, "href").unwrap_or("").trim();
    if let Some(code) = strip_scheme(href, "javascript:") {
        let mut own = Script::default();
        own.add(code);
        return match own.to.first() {
            _ if own.goes_back => Lead::only(By::History),
            Some(to) => address(scene, to, By::Script),
            None => Lead::only(script.by(dom, i)),
        };
    }
    if href.is_empty() || href == "#" {
        return Lead::only(script.by(dom, i));
    }
    if dom.attr(i, "download").is_some() {
        return Lead::only(By::File);
    }
    address(scene, href, By::Link)
}

fn strip_scheme<'a>(href: &'a str, scheme: &str) -> Option<&'a str> {
    href.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(|_| &href[scheme.len()..])
}

/// Where an address leads.
fn address(scene: &Scene<'_>, href: &str, by: By) -> Lead {
    let href = href.trim();
    // `#/step` is a screen that a script draws; `#part` is a part of this one.
    if let Some(part) = href.strip_prefix('#') {
        let is_route = part.starts_with('/') || part.starts_with("!/");
        let exists = scene.dom.by_id(part).is_some();
        return Lead::only(match (is_route, exists) {
            (true, _) => By::Unknown,
            (false, true) => By::Part,
            (false, false) => By::Nowhere,
        });
    }
    let Some(url) = scene.base.join(href).ok() else { return Lead::only(By::Nowhere) };
    if !matches!(url.scheme(), "http" | "https" | "file") {
        return Lead::only(By::App);
    }
    let has_route = url.fragment().is_some_and(|f| f.starts_with('/') || f.starts_with("!/"));
    let Some(to) = PageUrl::from_url(url) else { return Lead::only(By::Nowhere) };
    let own = &scene.facts.url;
    if !is_own(own, &scene.terminal.hosts, &to) {
        return Lead { by: By::Outside, to: Some(to) };
    }
    if has_route {
        return Lead::only(By::Unknown);
    }
    if to == *own {
        return Lead::only(By::Part);
    }
    let is_file = scene.facts.links.iter().any(|l| l.page.as_ref() == Some(&to) && l.file().is_some());
    Lead { by: if is_file { By::File } else { by }, to: Some(to) }
}

/// Where a button sends its form.
fn sending(scene: &Scene<'_>, script: &Acts<'_>, i: u32, form: u32) -> Lead {
    let dom = scene.dom;
    let method = dom.attr(i, "formmethod").or_else(|| dom.attr(form, "method")).unwrap_or("get");
    if method.trim().eq_ignore_ascii_case("dialog") {
        return Lead::only(By::Here);
    }
    let action = dom.attr(i, "formaction").or_else(|| dom.attr(form, "action")).unwrap_or("").trim();
    // The server decides what comes after a form that is sent to its own page.
    if action.is_empty() || action == "#" || (dom.attr(form, "onsubmit").is_some() && !script.bounded) {
        return Lead::only(By::Unknown);
    }
    match address(scene, action, By::Form) {
        Lead { by: By::Part, .. } => Lead::only(By::Unknown),
        lead => lead,
    }
}

fn is_address(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['/', '#', '.', '?']) || text.contains("://") || text.contains(".htm") || text.ends_with('/')
}

/// What a control is for: by its words, and by the language that its source names.
fn purposes(scene: &Scene<'_>, i: u32, text: &str) -> u16 {
    let dom = scene.dom;
    let patterns = scene.words.map(|w| w.patterns("kiosk"));
    let by_words = purpose::TOPICS
        .iter()
        .filter(|(topic, _)| patterns.and_then(|p| p.get(*topic)).is_some_and(|p| p.is_match(text)));
    let bits = by_words.fold(0, |bits, (_, bit)| bits | bit);
    let own = scene.facts.lang.split('-').next().unwrap_or("");
    let is_other = |lang: &str| {
        let lang = lang.trim().to_ascii_lowercase();
        !lang.is_empty() && lang.split('-').next() != Some(own)
    };
    let inside = || dom.inside(i).filter(|&j| dom.node(j).is_element);
    let says = |name: &str| std::iter::once(i).chain(inside()).filter_map(|j| dom.attr(j, name)).any(is_other);
    if says("lang") || says("hreflang") { bits | purpose::LANGUAGE } else { bits }
}

/// A name of a script with its words apart: `lastName` is `last name`.
pub(super) fn apart(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_uppercase() {
            text.push(' ');
        }
        text.extend(if c.is_alphanumeric() { c.to_lowercase().next() } else { Some(' ') });
    }
    text
}
