//! A page as a screen of a kiosk: the controls that lead on from it and what each is for, and what its scripts do with time
//! and with what people typed. Measured for kiosks alone.

mod controls;
mod functions;
pub mod reach;
mod script;
mod tokens;

pub use script::Script;

use super::dom::Dom;
use super::lexicon::Words;
use super::links::base_url;
use super::page::{Page, PageFacts};
use super::style::{Sheets, has_own_text, is_out_of_sight};
use crate::model::{Exposure, Idle, LinkRole, Links, NextLink, PageUrl, Region, ScreenNotes, Terminal};
use serde::{Deserialize, Serialize};
use url::Url;

/// What a control of a screen is for; each a bit, since one control may be for several things.
pub mod purpose {
    /// Begin anew.
    pub const START_OVER: u16 = 1;
    /// Help, or a person.
    pub const HELP: u16 = 1 << 1;
    /// The screen before.
    pub const BACK: u16 = 1 << 2;
    /// Stop, without what was begun.
    pub const CANCEL: u16 = 1 << 3;
    /// Pay, send, sign: what cannot be taken back.
    pub const COMMIT: u16 = 1 << 4;
    /// Larger letters.
    pub const LARGER_TEXT: u16 = 1 << 5;
    /// Stronger contrast.
    pub const CONTRAST: u16 = 1 << 6;
    /// Hear what the screen says.
    pub const AUDIO: u16 = 1 << 7;
    /// Louder or softer.
    pub const VOLUME: u16 = 1 << 8;
    /// More time.
    pub const MORE_TIME: u16 = 1 << 9;
    /// Another language.
    pub const LANGUAGE: u16 = 1 << 10;

    /// The topics of the word list `kiosk`, with their bits.
    pub(super) const TOPICS: &[(&str, u16)] = &[
        ("start-over", START_OVER),
        ("help", HELP),
        ("back", BACK),
        ("cancel", CANCEL),
        ("commit", COMMIT),
        ("larger-text", LARGER_TEXT),
        ("contrast", CONTRAST),
        ("audio", AUDIO),
        ("volume", VOLUME),
        ("more-time", MORE_TIME),
        ("language", LANGUAGE),
    ];

    /// What every screen has beside its own matter.
    pub const FRAME: u16 = START_OVER | HELP | BACK | LARGER_TEXT | CONTRAST | AUDIO | VOLUME | LANGUAGE;
}

/// How a control leads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A link.
    Link,
    /// A form that is sent.
    Form,
    /// A script whose text names the address.
    Script,
    /// The page, by itself, after a time.
    Refresh,
    /// A part of this page.
    Part,
    /// The history of the browser.
    History,
    /// To another host that the kiosk may not show.
    Outside,
    /// To an app that a kiosk does not have: phone, mail, messages.
    App,
    /// To a file.
    File,
    /// Something happens on this screen, and no script of it leads to where nobody knows.
    Here,
    /// Nothing happens.
    Nowhere,
    /// A script or a server decides.
    Unknown,
}

/// A control of a screen, or a timer in its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// The screen that it leads to.
    #[serde(
        rename = "p",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::model::stored_url"
    )]
    pub to: Option<PageUrl>,
    /// How.
    #[serde(rename = "b")]
    pub by: By,
    /// What it is for: bits of [`purpose`].
    #[serde(rename = "r", default, skip_serializing_if = "is_none")]
    pub purposes: u16,
    /// Its accessible name.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The part of the page.
    #[serde(rename = "in")]
    pub region: Region,
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none(bits: &u16) -> bool {
    *bits == 0
}

impl Move {
    /// Whether it is for that.
    pub fn is_for(&self, purpose: u16) -> bool {
        self.purposes & purpose != 0
    }

    /// Whether it leads to another screen, as far as the source says.
    pub fn leads(&self) -> bool {
        matches!(self.by, By::Link | By::Form | By::Script | By::Refresh | By::History)
    }
}

/// A page as a screen of a kiosk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kiosk {
    /// Its controls in document order, then what moves on by itself.
    #[serde(rename = "m", skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
    /// What its scripts do.
    #[serde(rename = "s")]
    pub script: Script,
    /// What it did in a browser when nobody touched it; it overrules what its scripts say.
    #[serde(rename = "i", skip_serializing_if = "Option::is_none")]
    pub idle: Option<Idle>,
    /// Whether the words of its language for the controls of a kiosk are known.
    #[serde(rename = "w")]
    pub words_known: bool,
    /// Whether something hidden now would give more time.
    #[serde(rename = "mt")]
    pub more_time: bool,
    /// Whether a linked script names an address that it leads to, beside those of its timers: it may stand for any screen.
    #[serde(rename = "ll", skip_serializing_if = "std::ops::Not::not")]
    pub linked_leads: bool,
    /// Scripts, sheets, pictures and frames from hosts that the kiosk may not show.
    #[serde(rename = "oa")]
    pub outside_assets: u32,
    /// Names under which something about a person is kept that outlives the window.
    #[serde(rename = "pk", skip_serializing_if = "Vec::is_empty")]
    pub personal_keys: Vec<String>,
    /// Names under which something about a person is kept for the window, which a kiosk never closes.
    #[serde(rename = "pw", skip_serializing_if = "Vec::is_empty")]
    pub window_keys: Vec<String>,
    /// The angle that a capital of its smallest letters has from where people stand; `None` where no style is known.
    #[serde(rename = "cd", skip_serializing_if = "Option::is_none")]
    pub capital_degrees: Option<f64>,
    /// Hosts beside its own that the kiosk may show.
    #[serde(rename = "h", skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// What the kiosk has: keys on the screen, sound, a printer.
    #[serde(rename = "d")]
    pub has: Has,
    /// Languages that the settings name.
    #[serde(rename = "l")]
    pub languages: u32,
}

/// What a kiosk has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Has {
    /// Keys to type with appear on the screen.
    pub keyboard: bool,
    /// It can speak and sound.
    pub sound: bool,
    /// It prints.
    pub printer: bool,
}

/// How many controls at the beginning or the end of a screen are its head or its foot. Our choice: back, help and start over.
const AT_END: usize = 3;

/// What a screen is told from.
pub struct Scene<'a> {
    /// The tree.
    pub dom: &'a Dom,
    /// What was measured of the page.
    pub facts: &'a PageFacts,
    /// Where relative links start.
    pub base: &'a Url,
    /// The words of its language.
    pub words: Option<&'a Words>,
    /// The kiosk.
    pub terminal: &'a Terminal,
    /// Scripts that were read; `None` where none was.
    pub sheets: Option<&'a Sheets>,
    /// Languages of the site.
    pub languages: usize,
    /// What a browser met on it.
    pub observed: Option<&'a ScreenNotes>,
}

/// Measures a page as a screen.
pub fn kiosk(scene: &Scene<'_>) -> Kiosk {
    let (script, linked_leads) = scripts(scene);
    let patterns = scene.words.map(|w| w.patterns("kiosk"));
    let personal = patterns.and_then(|p| p.get("personal-key"));
    let is_personal = |key: &&String| {
        // `lastName` and `last_name` are words of their own.
        let spaced = controls::apart(key);
        personal.is_some_and(|p| p.is_match(&spaced))
    };
    let personal_keys = script.keeps.iter().filter(is_personal).cloned().collect();
    let window_keys = script.keeps_for_window.iter().filter(is_personal).cloned().collect();
    let controls::Found { moves, more_time } = controls::controls(scene, &script, linked_leads);
    let outside_assets = u32::try_from(assets(scene).filter(|url| !may_show(scene, url)).count()).unwrap_or(u32::MAX);
    let terminal = scene.terminal;
    Kiosk {
        moves,
        script,
        idle: scene.observed.and_then(|notes| notes.idle),
        words_known: patterns.is_some_and(|p| !p.is_empty()),
        more_time,
        linked_leads,
        outside_assets,
        personal_keys,
        window_keys,
        capital_degrees: smallest(scene.dom).map(|pixels| terminal.degrees(pixels * terminal.mm_per_pixel())),
        hosts: terminal.hosts.clone(),
        has: Has { keyboard: terminal.keyboard, sound: terminal.sound, printer: terminal.printer },
        languages: u32::try_from(scene.languages).unwrap_or(u32::MAX),
    }
}

/// The height of a capital as a part of the size of letters. Our choice: Arial has 0.716, Verdana 0.727, Times 0.662.
const CAPITAL: f64 = 0.7;

/// Height in CSS pixels of a capital of the text directly inside an element; `None` where it has none in sight.
pub fn capital(dom: &Dom, i: u32) -> Option<f64> {
    let looks = dom.looks();
    if !has_own_text(dom, i) || dom.node(i).exposure == Exposure::Hidden || is_out_of_sight(looks, i) {
        return None;
    }
    looks.of(i).map(|look| CAPITAL * f64::from(look.size))
}

/// The smallest capital of a screen, in CSS pixels.
fn smallest(dom: &Dom) -> Option<f64> {
    dom.elements().filter_map(|i| capital(dom, i)).min_by(f64::total_cmp)
}

/// What a crawl may go on with beside links: the screens that controls lead to, those that were listed by hand, and the scripts.
pub fn next(kiosk: &Kiosk, terminal: &Terminal, dom: &Dom, base: &Url) -> Links {
    let screens = kiosk.moves.iter().filter(|m| matches!(m.by, By::Script | By::Refresh));
    // What a script draws on this page is no address to ask for.
    let screens = screens
        .filter_map(|m| m.to.clone())
        .filter(|to| to.route().is_none())
        .map(|url| NextLink { url, role: LinkRole::Page });
    let listed = terminal.screens.iter().filter_map(|s| PageUrl::from_url(base.join(&s.address).ok()?));
    let listed = listed.map(|url| NextLink { url, role: LinkRole::Page });
    let scripts = sources(dom, base).map(|url| NextLink { url, role: LinkRole::Sheet });
    screens.chain(listed).chain(scripts).collect()
}

/// Addresses of scripts that are asked for: those that end as scripts do.
fn sources<'a>(dom: &'a Dom, base: &'a Url) -> impl Iterator<Item = PageUrl> + 'a {
    let scripts = dom.elements().filter(|&i| dom.tag(i) == "script").filter_map(|i| dom.attr(i, "src"));
    scripts
        .filter_map(|src| PageUrl::from_url(base.join(src.trim()).ok()?))
        .filter(super::style::is_script)
        .take(SCRIPTS)
}

/// Scripts of a page that are read. Our choice.
const SCRIPTS: usize = 40;

/// Types of `script` that hold no script.
fn is_data(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    !(kind.is_empty() || kind == "module" || kind.contains("javascript") || kind.contains("ecmascript"))
}

/// What the scripts of a screen do, and whether a linked one names an address that it leads to beside those of its timers.
fn scripts(scene: &Scene<'_>) -> (Script, bool) {
    let dom = scene.dom;
    let mut found = Script::default();
    let mut linked_leads = false;
    for i in dom.elements() {
        if dom.tag(i) == "script" && !dom.attr(i, "type").is_some_and(is_data) {
            match dom.attr(i, "src") {
                None => {
                    let source: String = dom.inside(i).map(|j| dom.raw_text(j)).collect();
                    found.add(&source);
                }
                Some(src) => {
                    let url = scene.base.join(src.trim()).ok().and_then(PageUrl::from_url);
                    match url.and_then(|url| scene.sheets?.script(&url)) {
                        Some(source) => {
                            let mut linked = Script::default();
                            linked.add(&source);
                            linked_leads |= linked.to.iter().any(|to| !linked.leaves_to.contains(to));
                            // Its addresses may be meant for other screens.
                            let own = found.to.clone();
                            found.add(&source);
                            found.to = own;
                        }
                        None => found.unread += 1,
                    }
                }
            }
            continue;
        }
        if matches!(dom.tag(i), "audio" | "video")
            && dom.attr(i, "autoplay").is_some()
            && dom.attr(i, "muted").is_none()
        {
            found.plays = true;
        }
        let Some(element) = dom.element(i) else { continue };
        // Handlers in attributes are small scripts, for their own control alone.
        let handles = found.handles;
        for (name, value) in element.attrs() {
            if name.len() > 2 && name.starts_with("on") && !value.trim().is_empty() {
                found.add(&format!("{name}=1;{value}"));
            }
        }
        found.handles = handles;
    }
    (found, linked_leads)
}

/// Addresses that the page loads by itself.
fn assets<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = Url> + 'a {
    let dom = scene.dom;
    let source = |i: u32| match dom.tag(i) {
        "script" | "img" | "iframe" | "audio" | "video" | "source" | "embed" | "track" => dom.attr(i, "src"),
        "link" => {
            let rel = dom.attr(i, "rel").unwrap_or("").to_ascii_lowercase();
            let loads = ["stylesheet", "preload", "modulepreload", "manifest"];
            rel.split_ascii_whitespace().any(|r| loads.contains(&r)).then(|| dom.attr(i, "href")).flatten()
        }
        _ => None,
    };
    let base = scene.base;
    dom.elements().filter_map(source).filter_map(move |src| base.join(src.trim()).ok())
}

/// Whether the kiosk may show what stands there.
fn may_show(scene: &Scene<'_>, url: &Url) -> bool {
    let Some(url) = PageUrl::from_url(url.clone()) else { return true };
    is_own(&scene.facts.url, &scene.terminal.hosts, &url)
}

/// Whether an address is the kiosk's own, or on a host that it may show.
pub fn is_own(page: &PageUrl, hosts: &[String], url: &PageUrl) -> bool {
    url.host() == page.host() || hosts.iter().any(|host| host == url.host())
}

impl Page<'_> {
    /// Measures the page as a screen of a kiosk.
    pub(in crate::facts) fn look_as_screen(&mut self, terminal: &Terminal, sheets: Option<&Sheets>, languages: usize) {
        let base = base_url(&self.dom, &self.facts.url);
        let (dom, facts, words) = (&self.dom, &self.facts, self.words);
        let observed = facts.rendered.as_ref().and_then(|notes| notes.screen.as_deref());
        let scene = Scene { dom, facts, base: &base, words, terminal, sheets, languages, observed };
        let screen = kiosk(&scene);
        let more = next(&screen, terminal, &self.dom, &base);
        self.next.extend(more);
        // A screen has few words; where its source has a way on, it is not left to a script.
        self.facts.drawn_by_script &= !screen.moves.iter().any(Move::leads);
        self.facts.kiosk = Some(Box::new(screen));
    }
}

impl PageFacts {
    /// The part of the screen that the first control of that purpose stands in. Where the source marks no parts, it is the beginning or
    /// the end of its controls, if there are enough of them to tell.
    pub fn spot_of(&self, purpose: u16) -> Option<&'static str> {
        let controls: Vec<&Move> = self.kiosk.as_ref()?.moves.iter().filter(|m| !m.text.is_empty()).collect();
        let at = controls.iter().position(|m| m.is_for(purpose))?;
        let left = controls.len() - at;
        Some(match controls[at].region {
            Region::Main if controls.iter().all(|m| m.region == Region::Main) => match (at < AT_END, left <= AT_END) {
                (true, false) => "header",
                (false, true) => "footer",
                _ => return None,
            },
            Region::Main => "main",
            Region::Nav => "nav",
            Region::Header => "header",
            Region::Footer => "footer",
            Region::Aside => "aside",
        })
    }
}

#[cfg(test)]
mod tests;
