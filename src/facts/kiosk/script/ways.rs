//! Where a script leads: to an address that it names, to one that an attribute of a control names, or to where nobody knows.

use super::super::tokens::Token;
use super::Reader;

/// Where a script leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way<'s> {
    /// To an address that it names.
    To(&'s str),
    /// To the screen before.
    Back,
    /// To this screen again.
    Again,
    /// To what an attribute of a control names, as it is called there or as a property of `dataset`.
    Named(&'s str),
    /// To an address that it puts together, or by a form that it sends.
    Anywhere,
}

impl<'s> Reader<'_, 's> {
    /// Where a piece of a script leads that begins here.
    pub(super) fn destination(&self, at: usize) -> Option<Way<'s>> {
        match self.word(at) {
            "location" => {
                let is_own = at == 0
                    || !self.is(at - 1, b'.')
                    || matches!(self.word(at - 2), "window" | "document" | "self" | "top");
                let (value, is_way) = match (self.is(at + 1, b'.'), self.word(at + 2)) {
                    // What comes after `#` says which screen a script is to draw.
                    (true, "hash") => {
                        return (is_own && self.is(at + 3, b'=') && !self.is(at + 4, b'=')).then_some(Way::Anywhere);
                    }
                    (true, "href") => (at + 4, self.is(at + 3, b'=') && !self.is(at + 4, b'=')),
                    (true, "assign" | "replace") => (at + 4, self.is(at + 3, b'(')),
                    (true, "reload") => return Some(Way::Again),
                    (true, _) => return None,
                    (false, _) => (at + 2, self.is(at + 1, b'=') && !self.is(at + 2, b'=')),
                };
                let is_whole = self.token(value + 1).is_none_or(|t| !t.is(b'+'));
                let to = self.token(value).and_then(Token::text).filter(|t| is_whole && !t.contains("${"));
                (is_own && is_way).then_some(match to {
                    Some(to) => Way::To(to),
                    None => self.named(value).map_or(Way::Anywhere, Way::Named),
                })
            }
            "history" if self.is(at + 1, b'.') && matches!(self.word(at + 2), "back" | "go") => Some(Way::Back),
            "submit" | "requestSubmit" if at >= 1 && self.is(at - 1, b'.') && self.is(at + 1, b'(') => {
                Some(Way::Anywhere)
            }
            _ => None,
        }
    }

    /// Whether something begins here that may put another screen in the place of this one, or asks a server for it.
    pub(super) fn draws(&self, at: usize) -> bool {
        let is_member = at >= 1 && self.is(at - 1, b'.');
        match self.word(at) {
            "innerHTML" | "outerHTML" => is_member && self.is(at + 1, b'='),
            "pathname" | "search" => is_member && self.is(at + 1, b'=') && !self.is(at + 2, b'='),
            "insertAdjacentHTML" | "pushState" | "replaceState" | "navigate" | "dispatchEvent" | "click" => {
                is_member && self.is(at + 1, b'(')
            }
            // Of something that may be the window under another name.
            "location" => {
                let is_way =
                    self.is(at + 1, b'=') || matches!(self.word(at + 2), "href" | "hash" | "assign" | "replace");
                is_member && is_way && !matches!(self.word(at - 2), "window" | "document" | "self" | "top")
            }
            "fetch" => self.is(at + 1, b'('),
            "XMLHttpRequest" | "WebSocket" | "EventSource" | "DOMParser" => true,
            "createElement" => {
                let made = self.token(at + 2).and_then(Token::text);
                made.is_none_or(|tag| matches!(tag, "a" | "button" | "form" | "iframe" | "script" | "template"))
            }
            _ => false,
        }
    }

    /// The attribute of a control that a value is, as it stands: `button.dataset.href`, `b.getAttribute("data-href")`.
    fn named(&self, from: usize) -> Option<&'s str> {
        let mut at = from;
        while !self.word(at).is_empty() && self.is(at + 1, b'.') {
            at += 2;
        }
        let is_whole = |last: usize| [b';', b')', b'}', b','].iter().any(|sign| self.is(last + 1, *sign));
        let of_data = at >= from + 2 && self.word(at - 2) == "dataset" && is_whole(at);
        if of_data {
            return Some(self.word(at));
        }
        let name = self.token(at + 2).and_then(Token::text).filter(|name| name.starts_with("data-"));
        name.filter(|_| self.word(at) == "getAttribute" && self.is(at + 3, b')') && is_whole(at + 3))
    }
}

/// The name of an attribute: `goTo` of `dataset` is `data-go-to`.
pub(super) fn attribute(name: &str) -> String {
    if name.starts_with("data-") {
        return name.to_owned();
    }
    let mut text = "data-".to_owned();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            text.push('-');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
