//! What a link says and where it leads. The links of a menu stand on every page of a site, so that this is worked out once for
//! all pages from which they lead to the same.

use super::Start;
use crate::facts::dom::fold_space;
use crate::facts::kept::Kept;
use crate::facts::lexicon::Words;
use crate::model::{PageUrl, Region};
use url::Url;

/// What links of a language say and where they lead, as far as it is the same from all pages of a site. Our choice of room: some
/// 5,000 links in each half, far more than menus and feet have.
pub type Leads = Kept<Lead, { 2 * 1024 * 1024 }>;

/// What a link says and where it leads, shared by the links that have it alike: those of a menu stand on every page.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// Where it leads: absolute, with its fragment; what the source says where that is no address.
    pub href: String,
    /// The page it leads to; `None` for other schemes and for what is no address.
    pub page: Option<PageUrl>,
    /// What the source says.
    pub raw: String,
    /// Accessible name.
    pub text: String,
    /// The `rel` attribute, in lower case.
    pub rel: String,
    /// The part of the page.
    pub region: Region,
    /// Whether it opens a new window.
    pub new_window: bool,
    /// Whether only a style could tell that a person can meet it.
    pub unknown: bool,
    /// Whether following it would act: sign out, delete, buy.
    pub acts: bool,
    /// Whether its words say that a new window opens.
    pub tells_window: bool,
    /// Whether its source names a script, or a part of the page that a script shows.
    pub scripted: bool,
}

impl Lead {
    /// What is reckoned for one beside the text that it is known by, in bytes: what it takes, about.
    pub(super) fn size(text: &str) -> usize {
        300 + text.len()
    }
}

/// What a page says of one of its links.
pub(super) struct Source<'d> {
    /// The `href`.
    pub(super) raw: &'d str,
    /// Accessible name.
    pub(super) text: &'d str,
    pub(super) title: &'d str,
    pub(super) target: &'d str,
    pub(super) rel: &'d str,
    pub(super) region: Region,
    pub(super) unknown: bool,
    pub(super) scripted: bool,
}

impl Source<'_> {
    /// Whether it leads to the same from all pages of an origin: a path from the root, or an address with its scheme.
    pub(super) fn is_absolute(&self) -> bool {
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        self.raw.starts_with('/') || self.raw.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
    }

    /// All that a lead is made of, in one text; a parser leaves no NUL in any of it.
    pub(super) fn key(&self, origin: &str) -> String {
        let parts = [origin, self.raw, self.text, self.title, self.target, self.rel];
        let mut key = String::with_capacity(8 + parts.iter().map(|part| part.len() + 1).sum::<usize>());
        let marks = [self.region as u8, u8::from(self.unknown), u8::from(self.scripted)];
        key.extend(marks.map(|mark| char::from(b'0' + mark)));
        for part in parts {
            key.push('\0');
            key.push_str(part);
        }
        key
    }

    pub(super) fn lead(&self, start: &Start<'_>, words: Option<&Words>) -> Lead {
        let (href, page) = match start.origin.and_then(|origin| PageUrl::plain(origin, self.raw)) {
            Some(plain) => (plain.as_str().to_owned(), Some(plain)),
            None => {
                let joined = start.base.join(self.raw).ok();
                let href = joined.as_ref().map_or_else(|| self.raw.to_owned(), Url::to_string);
                (href, joined.and_then(PageUrl::from_url))
            }
        };
        let new_window = !matches!(self.target.to_ascii_lowercase().as_str(), "" | "_self" | "_top" | "_parent");
        let says_window = |w: &Words| {
            let set = w.set("new-window");
            set.occur_in(self.text) || set.occur_in(self.title)
        };
        Lead {
            tells_window: new_window && words.is_some_and(says_window),
            scripted: self.scripted,
            acts: words.is_some_and(|w| acts(w, self.text, page.as_ref())),
            href,
            page,
            raw: self.raw.to_owned(),
            text: self.text.to_owned(),
            rel: fold_space(self.rel).to_ascii_lowercase(),
            region: self.region,
            new_window,
            unknown: self.unknown,
        }
    }
}

/// Whether the words of a link, or of its address, say that following it does something.
pub(super) fn acts(words: &Words, text: &str, target: Option<&PageUrl>) -> bool {
    let set = words.set("unsafe-links");
    if set.whole(text).is_some() {
        return true;
    }
    let Some(target) = target else { return false };
    let last = target.path().trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let last = last.split('.').next().unwrap_or("");
    let begins = last.bytes().find(u8::is_ascii_alphanumeric);
    let spaced = || last.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect::<String>();
    if begins.is_some_and(|first| set.may_begin(first)) && set.whole(&spaced()).is_some() {
        return true;
    }
    target.query().is_some_and(|q| {
        q.split('&').filter_map(|pair| pair.split_once('=')).any(|(name, value)| {
            matches!(name, "action" | "do" | "op" | "cmd" | "task")
                && set.whole(&value.replace(['-', '_', '+'], " ")).is_some()
        })
    })
}
