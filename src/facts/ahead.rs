//! What a crawl needs of a page before it is measured: where it leads, and whether a browser should draw it.

use super::dom::Dom;
use super::drawn::{EMPTY_PAGE_WORDS, why_to_draw};
use super::lexicon::Lexicon;
use super::links::{base_url, links, next_links};
use super::page::Settings;
use super::text::{blocks, page_language};
use crate::model::{Fetched, Links, RenderWhy};
use std::borrow::Cow;

/// A page that was read for where it leads, and not measured.
pub struct Ahead {
    /// What a crawl may go on with.
    pub next: Links,
    /// Why a browser should draw it.
    pub why: Option<RenderWhy>,
    /// Its tree, to be measured once its style sheets are there.
    pub dom: Dom,
}

impl Ahead {
    /// Reads a page for its links, as [`super::Page::read`] finds them in a page of a website. `None` for a page of few words:
    /// whether a script draws it is only known once it is measured.
    pub fn read(fetched: &Fetched, lexicon: &Lexicon, settings: &Settings) -> Option<Self> {
        let dom = Dom::parse(&source(fetched), lexicon);
        let blocks = blocks(&dom);
        if blocks.iter().map(|block| block.words).sum::<u32>() < EMPTY_PAGE_WORDS {
            return None;
        }
        let lang =
            root_lang(&dom).or_else(|| page_language(&blocks, lexicon)).unwrap_or_else(|| settings.first_language());
        let words = lexicon.words(&lang);
        let base = base_url(&dom, &fetched.url);
        let next = next_links(&dom, &base, &links(&dom, &fetched.url, &base, words), words);
        Some(Self { next, why: why_to_draw(&dom, false), dom })
    }
}

/// The text of a page: what a browser drew, or the source.
pub(super) fn source(fetched: &Fetched) -> Cow<'_, str> {
    match &fetched.rendered {
        Some(rendered) => String::from_utf8_lossy(&rendered.html),
        None => super::decode::decode(&fetched.body, fetched.header("content-type")),
    }
}

/// The language that the root element declares.
pub(super) fn root_lang(dom: &Dom) -> Option<String> {
    let html = dom.tagged("html").first()?;
    dom.attr(*html, "lang").map(|l| l.trim().to_ascii_lowercase()).filter(|l| !l.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Page;
    use crate::model::PageUrl;

    fn both(html: &str) -> (Option<Ahead>, Links, Option<RenderWhy>) {
        let (lexicon, settings) = (Lexicon::for_tests(), Settings::default());
        let url = PageUrl::parse("http://milltown.example/permits/").expect("a literal address");
        let fetched = Fetched::of_file(url, html.as_bytes().to_vec(), "");
        let page = Page::read(&fetched, lexicon, &settings);
        let why = page.why_to_draw();
        (Ahead::read(&fetched, lexicon, &settings), page.next, why)
    }

    #[test]
    fn a_page_leads_where_it_leads_once_it_is_measured() {
        let prose = "<p>You can apply for a permit online, by mail, or at the town office on Mill Street. Bring a photo ID and the \
                     registration of your vehicle, and we will write to you.</p>";
        let head = "<link rel=stylesheet href=/a.css><link rel=canonical href=/permits><meta http-equiv=refresh content='9; url=/new'>";
        let links = "<a href=fees.html>Fees</a><a href=/logout>Sign out</a><a href=/logout hidden>Sign out</a><iframe src=/map></iframe>\
                     <noscript><a href=/plain>Plain</a></noscript>";
        let script = "<script src=/app.js></script><main></main>";
        for lang in ["", " lang=en", " lang=es"] {
            for more in ["", script] {
                let (ahead, next, why) = both(&format!("<html{lang}>{head}<body>{prose}{links}{more}"));
                let ahead = ahead.expect("it has words enough");
                assert_eq!(ahead.next, next);
                assert!(next.len() >= 7, "{next:?}");
                assert_eq!(ahead.why, why);
                assert_eq!(why.is_some(), !more.is_empty());
            }
        }
        let (ahead, _, why) = both("<p>Loading</p><script src=/app.js></script>");
        assert!(ahead.is_none());
        assert_eq!(why, Some(RenderWhy::DrawnByScript));
    }
}
