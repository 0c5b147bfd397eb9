//! What a script does that matters at a kiosk, as far as its text says it: timers, ways to other screens, windows of
//! the browser, what it keeps. It reads words and never runs anything, so that it may miss what is put together at run time.

mod values;
mod ways;

use self::ways::{Way, attribute};
use super::functions::{closes, functions, scopes};
use super::tokens::{BYTES, Token, tokens};
use crate::model::is_zero;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// How many functions one inside the other are followed. Our choice.
const DEPTH: usize = 3;

/// Texts of one kind that are kept. Our choice; the first say enough.
const KEPT: usize = 20;

/// Timers that are looked at. Our choice.
const TIMERS: usize = 100;

/// Listeners of the whole page whose functions are looked at. Our choice; of more, each counts as one that acts.
const LISTENERS: usize = 100;

/// Functions that are followed from one timer. Our choice.
const CALLED: usize = 30;

/// What the scripts of a page do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    /// Whether a timer leaves the screen.
    #[serde(rename = "l", skip_serializing_if = "is_false")]
    pub leaves: bool,
    /// Seconds without a touch after which it does; `None` where the text does not say.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Whether a timer shows something before.
    #[serde(rename = "w", skip_serializing_if = "is_false")]
    pub warns: bool,
    /// Seconds between the two.
    #[serde(rename = "ws", skip_serializing_if = "Option::is_none")]
    pub warning: Option<f64>,
    /// Whether timers are stopped or begun anew.
    #[serde(rename = "r", skip_serializing_if = "is_false")]
    pub rearms: bool,
    /// Addresses that it leads to, as written.
    #[serde(rename = "to", skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Whether it may lead to where nobody knows: an address that is put together, a form that it sends, a screen that it draws.
    #[serde(rename = "an", skip_serializing_if = "is_false")]
    pub anywhere: bool,
    /// Attributes of controls that it takes addresses from; known only while a screen is measured.
    #[serde(skip)]
    pub named: BTreeSet<String>,
    /// Addresses that a timer leads to, as written.
    #[serde(rename = "lt", skip_serializing_if = "Vec::is_empty")]
    pub leaves_to: Vec<String>,
    /// Whether it goes back in the history of the browser.
    #[serde(rename = "b", skip_serializing_if = "is_false")]
    pub goes_back: bool,
    /// Dialogs of the browser that it opens: `alert`, `confirm`, `prompt`, `beforeunload`.
    #[serde(rename = "d", skip_serializing_if = "BTreeSet::is_empty")]
    pub dialogs: BTreeSet<String>,
    /// Whether it opens the browser's dialog for printing.
    #[serde(rename = "p", skip_serializing_if = "is_false")]
    pub prints: bool,
    /// Whether it opens a window.
    #[serde(rename = "o", skip_serializing_if = "is_false")]
    pub opens: bool,
    /// Names under which it keeps something that outlives the visit: `localStorage`.
    #[serde(rename = "k", skip_serializing_if = "BTreeSet::is_empty")]
    pub keeps: BTreeSet<String>,
    /// Names under which it keeps something for the window: `sessionStorage`, which a kiosk never closes.
    #[serde(rename = "ks", skip_serializing_if = "BTreeSet::is_empty")]
    pub keeps_for_window: BTreeSet<String>,
    /// Whether it sets a cookie.
    #[serde(rename = "c", skip_serializing_if = "is_false")]
    pub sets_cookie: bool,
    /// Whether it empties what it kept.
    #[serde(rename = "e", skip_serializing_if = "is_false")]
    pub empties: bool,
    /// Gestures that it waits for beside a touch: moving fingers, a double or long touch.
    #[serde(rename = "g", skip_serializing_if = "BTreeSet::is_empty")]
    pub gestures: BTreeSet<String>,
    /// Whether it waits for a touch or click at all.
    #[serde(rename = "h", skip_serializing_if = "is_false")]
    pub handles: bool,
    /// Whether it plays a sound.
    #[serde(rename = "a", skip_serializing_if = "is_false")]
    pub plays: bool,
    /// Whether it speaks.
    #[serde(rename = "v", skip_serializing_if = "is_false")]
    pub speaks: bool,
    /// Whether it sets the volume.
    #[serde(rename = "vo", skip_serializing_if = "is_false")]
    pub sets_volume: bool,
    /// Scripts of which nothing is known: not read, too long, or put together at run time.
    #[serde(rename = "u", skip_serializing_if = "is_zero")]
    pub unread: u32,
}

// serde hands over references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Script {
    /// Reads a script and adds what it does.
    pub(super) fn add(&mut self, source: &str) {
        if source.len() > BYTES {
            self.unread += 1;
            return;
        }
        let all = tokens(source);
        let closes = closes(&all);
        let scopes = scopes(&all, &closes);
        Reader { functions: functions(&all, &closes), tokens: &all, closes: &closes, scopes: &scopes }.read(self);
    }
}

/// What a piece of a script does.
#[derive(Clone, Copy, Debug, Default)]
struct Does {
    leaves: bool,
    shows: bool,
}

struct Reader<'t, 's> {
    tokens: &'t [Token<'s>],
    /// For each bracket that opens, the place of the one that closes it.
    closes: &'t [usize],
    /// For each piece, the block that it stands in: the place of its bracket.
    scopes: &'t [usize],
    /// Bodies of functions by name.
    functions: HashMap<&'s str, Range<usize>>,
}

/// A call of `setTimeout` or `setInterval`.
struct Timer {
    at: usize,
    /// What it does when it is due: a piece of the script.
    body: Range<usize>,
    seconds: Option<f64>,
    repeats: bool,
}

impl<'s> Reader<'_, 's> {
    fn token(&self, at: usize) -> Option<Token<'s>> {
        self.tokens.get(at).copied()
    }

    fn word(&self, at: usize) -> &'s str {
        self.token(at).and_then(Token::word).unwrap_or("")
    }

    fn is(&self, at: usize, sign: u8) -> bool {
        self.token(at).is_some_and(|t| t.is(sign))
    }

    /// Whether the word is called as a function of the browser: by itself, or as one of `window`.
    fn is_global(&self, at: usize) -> bool {
        let of_window = at >= 2 && matches!(self.word(at - 2), "window" | "self" | "globalThis" | "top");
        let is_member = at >= 1 && self.is(at - 1, b'.');
        let is_declared = at >= 1 && self.word(at - 1) == "function";
        (!is_member || of_window) && !is_declared
    }

    fn is_call(&self, at: usize) -> bool {
        self.is(at + 1, b'(') && self.is_global(at) && !self.functions.contains_key(self.word(at))
    }

    fn read(&self, script: &mut Script) {
        let mut listeners = 0;
        for at in 0..self.tokens.len() {
            let word = self.word(at);
            match word {
                "" => {}
                "alert" | "confirm" | "prompt" if self.is_call(at) => {
                    script.dialogs.insert(word.to_owned());
                }
                "onbeforeunload" => {
                    script.dialogs.insert("beforeunload".to_owned());
                }
                "print" if self.is_call(at) => script.prints = true,
                "open" if self.is_call(at) && at >= 2 && self.word(at - 2) == "window" => script.opens = true,
                "clearTimeout" | "clearInterval" => script.rearms = true,
                _ if self.draws(at) => script.anywhere = true,
                "eval" if self.is(at + 1, b'(') => script.unread += 1,
                "import" if !self.is(at + 1, b'.') && (at == 0 || !self.is(at - 1, b'.')) => script.unread += 1,
                "localStorage" => self.storage(at, &mut script.keeps, &mut script.empties),
                "sessionStorage" => self.storage(at, &mut script.keeps_for_window, &mut script.empties),
                "cookie" if self.is(at + 1, b'=') && !self.is(at + 2, b'=') => script.sets_cookie = true,
                "Audio" if at >= 1 && self.word(at - 1) == "new" => script.plays = true,
                "play" if self.is(at + 1, b'(') && at >= 1 && self.is(at - 1, b'.') => script.plays = true,
                "speechSynthesis" => script.speaks = true,
                "volume" if at >= 1 && self.is(at - 1, b'.') => script.sets_volume = true,
                "addEventListener" => {
                    if let Some(event) = self.token(at + 2).and_then(Token::text) {
                        listeners += 1;
                        event_of(event, script, || listeners > LISTENERS || self.listens_to_controls(at));
                    }
                }
                _ => {
                    if let Some(event) = word.strip_prefix("on").filter(|_| self.is(at + 1, b'=')) {
                        event_of(event, script, || true);
                    }
                }
            }
            match self.destination(at) {
                Some(Way::Back) => script.goes_back = true,
                Some(Way::Anywhere) => script.anywhere = true,
                Some(Way::Named(name)) if script.named.len() < KEPT => {
                    script.named.insert(attribute(name));
                }
                Some(Way::To(to)) if script.to.len() < KEPT && !script.to.iter().any(|known| known == to) => {
                    script.to.push(to.to_owned());
                }
                _ => {}
            }
        }
        self.timers(script);
    }

    /// Names under which something is kept, or whether all is thrown away.
    fn storage(&self, at: usize, names: &mut BTreeSet<String>, empties: &mut bool) {
        let name = match (self.token(at + 1), self.word(at + 2)) {
            (Some(Token::Sign(b'.')), "clear" | "removeItem") => {
                *empties = true;
                return;
            }
            (Some(Token::Sign(b'.')), "setItem") => self.token(at + 4).and_then(Token::text).unwrap_or("?"),
            (Some(Token::Sign(b'.')), name) if self.is(at + 3, b'=') && !self.is(at + 4, b'=') => name,
            (Some(Token::Sign(b'[')), _)
                if self.is(at + 3, b']') && self.is(at + 4, b'=') && !self.is(at + 5, b'=') =>
            {
                self.token(at + 2).and_then(Token::text).unwrap_or("?")
            }
            _ => return,
        };
        if names.len() < KEPT {
            names.insert(name.chars().take(60).collect());
        }
    }

    /// Whether a listener may act on the control that was touched: one of the whole page that neither asks what was touched, nor
    /// leads on or shows something, only notes that somebody is there.
    fn listens_to_controls(&self, at: usize) -> bool {
        let is_member = at >= 2 && self.is(at - 1, b'.');
        let of_page = !is_member || matches!(self.word(at - 2), "document" | "window" | "body" | "documentElement");
        let Some(end) = self.closing(at + 1).filter(|_| of_page) else { return true };
        let Some(comma) = self.comma(at + 2, end) else { return true };
        let rest = comma + 1..self.comma(comma + 1, end).unwrap_or(end);
        let is_written = rest.len() == 1 && !self.functions.contains_key(self.word(rest.start));
        let asks = |piece: &Range<usize>| {
            piece.clone().any(|i| {
                matches!(self.word(i), "target" | "srcElement" | "currentTarget" | "composedPath" | "elementFromPoint")
            })
        };
        let body = self.body_of(rest);
        let does = self.does(body.clone(), DEPTH, &mut BTreeSet::new(), &mut Vec::new());
        is_written || does.leaves || does.shows || self.pieces(&body).iter().any(asks)
    }

    /// What a piece does when it runs now, without what it leaves to later timers and listeners.
    fn does(&self, piece: Range<usize>, depth: usize, seen: &mut BTreeSet<usize>, to: &mut Vec<&'s str>) -> Does {
        let mut does = Does::default();
        let mut at = piece.start;
        while at < piece.end {
            let word = self.word(at);
            if matches!(word, "setTimeout" | "setInterval" | "addEventListener") && self.is(at + 1, b'(') {
                at = self.closing(at + 1).map_or(piece.end, |end| end + 1);
                continue;
            }
            if let Some(found) = self.destination(at) {
                does.leaves = true;
                if let Way::To(address) = found {
                    to.push(address);
                }
            }
            does.shows |= match word {
                "showModal" | "show" | "showPopover" | "alert" => self.is(at + 1, b'('),
                "classList" | "style" | "textContent" | "innerHTML" => at >= 1 && self.is(at - 1, b'.'),
                "hidden" | "open" => self.is(at + 1, b'='),
                "setAttribute" | "removeAttribute" | "toggleAttribute" => self.is(at + 1, b'('),
                _ => false,
            };
            if self.is(at + 1, b'(')
                && depth > 0
                && let Some(body) = self.functions.get(word)
                && seen.insert(body.start)
            {
                let inner = self.does(body.clone(), depth - 1, seen, to);
                does.leaves |= inner.leaves;
                does.shows |= inner.shows;
            }
            at += 1;
        }
        does
    }

    fn timers(&self, script: &mut Script) {
        let calls = (0..self.tokens.len())
            .filter(|&at| matches!(self.word(at), "setTimeout" | "setInterval") && self.is(at + 1, b'('));
        let timers: Vec<Timer> = calls.take(TIMERS).filter_map(|at| self.timer(at)).collect();
        let mut to = Vec::new();
        let what: Vec<Does> =
            timers.iter().map(|t| self.does(t.body.clone(), DEPTH, &mut BTreeSet::new(), &mut to)).collect();
        let pieces: Vec<Vec<Range<usize>>> = timers.iter().map(|t| self.pieces(&t.body)).collect();
        let longest = |a: Option<f64>, b: Option<f64>| Some(a.map_or(b?, |a| a.max(b.unwrap_or(a))));
        for (timer, does) in timers.iter().zip(&what).filter(|(_, does)| does.leaves) {
            script.leaves = true;
            let own = timer.seconds.filter(|_| !timer.repeats);
            // A timer that is set when another one is due comes after it.
            let sets = |pieces: &[Range<usize>]| pieces.iter().any(|piece| piece.contains(&timer.at));
            let outer = (0..timers.len()).find(|&o| timers[o].at != timer.at && what[o].shows && sets(&pieces[o]));
            match outer.map(|o| &timers[o]) {
                Some(outer) => {
                    script.warns = true;
                    script.warning = longest(script.warning, own);
                    script.seconds = longest(script.seconds, own.zip(outer.seconds).map(|(a, b)| a + b));
                }
                None => {
                    script.seconds = longest(script.seconds, own);
                    let earlier = timers.iter().zip(&what).filter(|(_, does)| does.shows && !does.leaves);
                    let before = earlier.filter(|(o, _)| !o.repeats).filter_map(|(o, _)| o.seconds.zip(own));
                    let gap = before.map(|(warn, leave)| leave - warn).filter(|gap| *gap > 0.0).fold(0.0, f64::max);
                    if gap > 0.0 {
                        script.warns = true;
                        script.warning = longest(script.warning, Some(gap));
                    }
                    // One that counts down shows what it does.
                    script.warns |= timer.repeats && does.shows;
                }
            }
        }
        for address in to {
            if script.leaves_to.len() < KEPT && !script.leaves_to.iter().any(|known| known == address) {
                script.leaves_to.push(address.to_owned());
            }
        }
    }

    /// The pieces of the script that run when one does, as far as names say it.
    fn pieces(&self, first: &Range<usize>) -> Vec<Range<usize>> {
        let mut found = vec![first.clone()];
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut next = 0;
        while let Some(body) = found.get(next).cloned().filter(|_| next < CALLED) {
            next += 1;
            let called = body.filter(|&i| self.is(i + 1, b'(')).filter_map(|i| self.functions.get(self.word(i)));
            let fresh: Vec<_> = called.filter(|body| seen.insert(body.start)).take(CALLED).cloned().collect();
            found.extend(fresh);
        }
        found
    }

    fn timer(&self, at: usize) -> Option<Timer> {
        let end = self.closing(at + 1)?;
        let comma = self.comma(at + 2, end);
        let body = self.body_of(at + 2..comma.unwrap_or(end));
        let milliseconds = match comma {
            Some(comma) => self.product(comma + 1..end),
            None => Some(0.0),
        };
        let repeats = self.word(at) == "setInterval";
        Some(Timer { at, body, seconds: milliseconds.map(|ms| ms / 1000.0), repeats })
    }

    /// The function that an argument names, or what it is itself.
    fn body_of(&self, argument: Range<usize>) -> Range<usize> {
        let named = argument.clone().map(|i| self.word(i)).rfind(|word| self.functions.contains_key(word));
        let is_name = argument.len() <= 8 && !argument.clone().any(|i| self.is(i, b'{') || self.is(i, b'>'));
        match named.filter(|_| is_name).and_then(|name| self.functions.get(name)) {
            Some(body) => body.clone(),
            None => argument,
        }
    }

    /// The first comma between two places that stands in no brackets.
    fn comma(&self, from: usize, to: usize) -> Option<usize> {
        let mut depth = 0_i32;
        (from..to).find(|&at| {
            match self.token(at) {
                Some(Token::Sign(b'(' | b'[' | b'{')) => depth += 1,
                Some(Token::Sign(b')' | b']' | b'}')) => depth -= 1,
                Some(Token::Sign(b',')) => return depth == 0,
                _ => {}
            }
            false
        })
    }

    /// The place of the bracket that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        self.closes.get(open).copied().filter(|&end| end > open)
    }
}

/// What waits for an event; whether it may act on the control that was touched.
fn event_of(event: &str, script: &mut Script, acts: impl FnOnce() -> bool) {
    match event {
        "beforeunload" => {
            script.dialogs.insert(event.to_owned());
        }
        "touchmove" | "pointermove" | "swipe" | "swipeleft" | "swiperight" | "gesturestart" | "gesturechange"
        | "pinch" | "dragstart" | "drop" | "dblclick" | "contextmenu" | "press" | "deviceorientation"
        | "devicemotion" => {
            script.gestures.insert(event.to_owned());
        }
        "click" | "pointerdown" | "pointerup" | "touchstart" | "touchend" | "mousedown" | "mouseup" => {
            script.handles = script.handles || acts();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
