//! The links of a page: where they lead, what they are called, and where they stand.

mod lead;
mod shared;
mod stored;

use super::access::name::accessible_name;
use super::dom::{Dom, attr, fold_space};
use super::lexicon::Words;
use super::parsed::Parsed;
use crate::model::{Exposure, LinkRole, Links, NextLink, PageUrl};
use lead::{Source, acts};
use shared::mark_shared_words;
use std::ops::Deref;
use std::sync::Arc;
use url::Url;

pub use lead::{Lead, Leads};

/// File endings that are no pages, with the word that people use for them.
const FILES: &[(&str, &str)] = &[
    ("pdf", "pdf"),
    ("doc", "doc"),
    ("docx", "doc"),
    ("odt", "doc"),
    ("rtf", "doc"),
    ("xls", "xls"),
    ("xlsx", "xls"),
    ("ods", "xls"),
    ("csv", "csv"),
    ("ppt", "ppt"),
    ("pptx", "ppt"),
    ("zip", "zip"),
    ("mp3", "mp3"),
    ("mp4", "mp4"),
];

/// Bytes of a `noscript` that is looked into. Our choice: those of the corpus are far shorter, and
/// nesting within so few costs nothing.
const MAX_NOSCRIPT: usize = 16 * 1024;

/// A link that a person can meet. How it is stored: [`stored`].
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// What it says and where it leads.
    lead: Arc<Lead>,
    /// Line in the source, from 1; 0 where it is not known.
    pub line: u32,
    /// Whether the `#part` is on this page; `None` when it points elsewhere or has none.
    pub fragment_here: Option<bool>,
    /// Whether another link of the main content has the same words but leads elsewhere.
    pub shares_words: bool,
    /// Index of the element; only while the page is read.
    pub node: u32,
}

impl Deref for Link {
    type Target = Lead;

    fn deref(&self) -> &Lead {
        &self.lead
    }
}

impl Link {
    /// What it says and where it leads, as it is shared.
    pub fn lead(&self) -> &Arc<Lead> {
        &self.lead
    }

    /// Leads to a page by its public address, where a copy of a site is read.
    pub fn rename(&mut self, public: &dyn Fn(&PageUrl) -> PageUrl) {
        let Some(page) = &self.lead.page else { return };
        let renamed = public(page);
        if renamed == *page {
            return;
        }
        let lead = Arc::make_mut(&mut self.lead);
        let fragment = lead.href.split_once('#').map(|(_, f)| f);
        lead.href = fragment.map_or_else(|| renamed.to_string(), |f| format!("{renamed}#{f}"));
        lead.page = Some(renamed);
    }

    /// The scheme in lower case: `http`, `tel`, `javascript` …; empty for what is no address.
    pub fn scheme(&self) -> &str {
        self.href.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// The kind of file it leads to by its ending; `None` for pages.
    pub fn file(&self) -> Option<&'static str> {
        let path = self.page.as_ref()?.path();
        let ending = path.rsplit('/').next()?.rsplit_once('.')?.1;
        FILES.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, kind)| *kind)
    }

    /// Whether it leads to a place that only its author can reach: a file of a computer, that computer
    /// itself, or a host that is known in no public network.
    pub fn is_private(&self, page: &PageUrl) -> bool {
        if self.scheme() == "file" {
            return true;
        }
        let Some(to) = self.page.as_ref().filter(|to| to.host() != page.host()) else { return false };
        let host = to.host().rsplit_once(':').map_or(to.host(), |(host, _)| host);
        // RFC 6761 and RFC 6762; `.internal` was set aside for private use in 2024.
        let name = host == "localhost" || [".localhost", ".local", ".internal"].iter().any(|end| host.ends_with(end));
        let is_inside = |ip: url::Host<&str>| match ip {
            url::Host::Ipv4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
            _ => false,
        };
        // Few links name a number, and only those are worth parsing again.
        name || (host.ends_with(|c: char| c.is_ascii_digit()) && to.to_url().host().is_some_and(is_inside))
    }

    /// Whether its address has a slip that browsers take for a path: `www.` without `http://`, `http//`,
    /// `http` twice.
    pub fn has_slip(&self) -> bool {
        let raw = self.raw.trim().to_ascii_lowercase();
        let after = raw.strip_prefix("https").or_else(|| raw.strip_prefix("http"));
        let doubled = after.is_some_and(|rest| {
            rest.starts_with("//")
                || rest.starts_with(":http")
                || rest.starts_with("://http//")
                || rest.starts_with("://http:/")
                || rest.starts_with("://https:/")
                || rest.starts_with("://https//")
                || rest.starts_with(":www.")
        });
        raw.starts_with("www.")
            || doubled
            || ["htp:/", "htpp:/", "htttp", "hhttp", "ttp:/", "ttps:/"].iter().any(|s| raw.starts_with(s))
    }

    /// Whether it is only a place for a script: empty, `#` or `javascript:`.
    pub fn goes_nowhere(&self) -> bool {
        let raw = self.raw.trim();
        let is_script = || raw.get(..11).is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"));
        raw.is_empty() || raw == "#" || raw == "#!" || is_script()
    }
}

/// The address that relative links of the page start from: its own, or that of `base`.
pub fn base_url(dom: &Dom, page: &PageUrl) -> Url {
    let own = page.to_url();
    let base = dom.tagged("base").iter().find(|&&i| dom.attr(i, "href").is_some());
    base.and_then(|&i| own.join(dom.attr(i, "href")?).ok())
        .filter(|u| matches!(u.scheme(), "http" | "https"))
        .unwrap_or(own)
}

/// All links with an `href` that are not hidden, in document order.
pub fn links(dom: &Dom, page: &PageUrl, base: &Url, words: Option<&Words>) -> Vec<Link> {
    let is_met = |&i: &u32| dom.node(i).exposure != Exposure::Hidden;
    let start = Start { page, base, origin: PageUrl::origin(base) };
    let elements = dom.tagged_any(&["a", "area"]).into_iter().filter(is_met);
    let mut links: Vec<Link> = elements.filter_map(|i| link(dom, i, &start, words)).collect();
    mark_shared_words(dom, page, &mut links);
    links
}

/// Where the links of a page start from.
struct Start<'p> {
    page: &'p PageUrl,
    base: &'p Url,
    /// What stands before the path of the base.
    origin: Option<&'p str>,
}

fn link(dom: &Dom, i: u32, start: &Start<'_>, words: Option<&Words>) -> Option<Link> {
    let element = dom.element(i)?;
    let node = dom.node(i);
    let raw = attr(element, "href")?.trim();
    let source = Source {
        raw,
        text: accessible_name(dom, i),
        title: attr(element, "title").unwrap_or(""),
        target: attr(element, "target").unwrap_or(""),
        rel: attr(element, "rel").unwrap_or(""),
        region: node.region,
        unknown: node.exposure == Exposure::Unknown,
        scripted: is_scripted(dom, i, raw),
    };
    let lead = match (words, start.origin) {
        (Some(words), Some(origin)) if source.is_absolute() => {
            words.leads.of(&source.key(origin), Lead::size, |_| source.lead(start, Some(words)))
        }
        _ => Arc::new(source.lead(start, words)),
    };
    let fragment = || lead.href.split_once('#').map(|(_, fragment)| fragment).filter(|f| !f.is_empty());
    let is_here = lead.page.as_ref() == Some(start.page);
    let fragment_here = is_here.then(fragment).flatten().map(|f| has_fragment(dom, f));
    Some(Link { lead, line: node.line, fragment_here, shares_words: false, node: i })
}

/// Whether a source shows by an attribute that a script takes the click. They are those of HTML and ARIA, and those of
/// the libraries that most public sites use (Bootstrap, Foundation, Alpine, Angular, Vue).
fn shows_script(attribute: &str) -> bool {
    matches!(
        attribute,
        "onclick"
            | "onmousedown"
            | "onkeydown"
            | "aria-controls"
            | "aria-expanded"
            | "aria-haspopup"
            | "data-toggle"
            | "data-target"
            | "data-bs-toggle"
            | "data-open"
            | "data-close"
            | "data-dismiss"
            | "data-action"
            | "ng-click"
            | "v-on:click"
            | "x-on:click"
    )
}

fn is_scripted(dom: &Dom, i: u32, raw: &str) -> bool {
    let named = |i: u32| dom.element(i).is_some_and(|e| e.attrs.iter().any(|(name, _)| shows_script(&name.local)));
    let is_control = |i: u32| {
        dom.attr(i, "role").is_some_and(|role| matches!(role, "button" | "tab" | "menuitem" | "switch" | "option"))
    };
    if named(i) || is_control(i) {
        return true;
    }
    if !raw.starts_with('#') {
        return false;
    }
    // In a menu, what stands before a list opens that list.
    let Some(parent) = dom.parent(i) else { return false };
    let next = dom.children(parent).filter(|&c| dom.node(c).is_element).find(|&c| c > i);
    named(parent) || next.is_some_and(|next| matches!(dom.tag(next), "ul" | "ol" | "menu"))
}

/// Whether a browser finds the fragment on this page: an id, a named anchor, or the top.
fn has_fragment(dom: &Dom, fragment: &str) -> bool {
    // Text fragments point at words; what comes before them is the id.
    let id = fragment.split(":~:").next().unwrap_or("");
    if id.is_empty() || id.eq_ignore_ascii_case("top") || dom.by_id(id).is_some() {
        return true;
    }
    let decoded = percent_decode(id);
    dom.by_id(&decoded).is_some()
        || dom.tagged("a").iter().any(|&i| dom.attr(i, "name").is_some_and(|n| n == id || n == decoded))
}

pub(super) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex.filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a crawl may go on with: links, frames, stylesheets and the addresses in the head, in document
/// order.
pub fn next_links(dom: &Dom, base: &Url, links: &[Link], words: Option<&Words>) -> Links {
    let mut next: Links = Vec::new();
    let join = |href: &str| base.join(href.trim()).ok().and_then(PageUrl::from_url);
    for link in links {
        if let Some(url) = link.page.clone() {
            let role = if link.acts { LinkRole::Act } else { LinkRole::Page };
            next.push(NextLink { url, role });
        }
    }
    for i in dom.tagged_any(&["iframe", "frame", "link", "noscript"]) {
        let named = match dom.tag(i) {
            "iframe" | "frame" => dom.attr(i, "src").map(|src| (src, LinkRole::Frame)),
            "link" => {
                let rel = dom.attr(i, "rel").unwrap_or("").to_ascii_lowercase();
                let is = |word| rel.split_ascii_whitespace().any(|r| r == word);
                let translated = is("alternate") && dom.attr(i, "hreflang").is_some();
                let role = match () {
                    () if is("stylesheet") => Some(LinkRole::Sheet),
                    () if is("canonical") || translated => Some(LinkRole::Head),
                    () => None,
                };
                role.and_then(|role| dom.attr(i, "href").map(|href| (href, role)))
            }
            "noscript" => {
                let source: String = dom.inside(i).map(|j| dom.raw_text(j)).collect();
                next.extend(noscript_links(&source, base, words));
                None
            }
            _ => None,
        };
        if let Some((href, role)) = named
            && let Some(url) = join(href)
        {
            next.push(NextLink { url, role });
        }
    }
    if let Some((_, Some(url))) = meta_refresh(dom, base) {
        next.push(NextLink { url, role: LinkRole::Page });
    }
    next
}

/// The links of a `noscript`, which parsers that know scripts leave as text.
fn noscript_links(source: &str, base: &Url, words: Option<&Words>) -> Links {
    if source.len() > MAX_NOSCRIPT || !source.contains("href") {
        return Links::new();
    }
    let tree = Parsed::of(source).html.tree;
    let elements = tree.nodes().filter_map(scraper::ElementRef::wrap).filter(|e| e.value().name() == "a");
    let link = |element: scraper::ElementRef<'_>| {
        let url = PageUrl::from_url(base.join(element.attr("href")?.trim()).ok()?)?;
        let text: String = element.text().collect();
        let acts = words.is_some_and(|w| acts(w, fold_space(&text).trim(), Some(&url)));
        Some(NextLink { url, role: if acts { LinkRole::Act } else { LinkRole::Page } })
    };
    elements.filter_map(link).collect()
}

/// The delay in seconds and the target of the first `meta refresh` that browsers understand.
pub fn meta_refresh(dom: &Dom, base: &Url) -> Option<(f64, Option<PageUrl>)> {
    let is_refresh = |i: u32| dom.attr(i, "http-equiv").is_some_and(|h| h.trim().eq_ignore_ascii_case("refresh"));
    let refreshes = dom.tagged("meta").iter().filter(|&&i| is_refresh(i));
    refreshes.filter_map(|&i| dom.attr(i, "content")).find_map(|content| refresh(content, base))
}

/// Reads a refresh by HTML's rules: digits, perhaps a fraction, then nothing, or a space or a sign, and the target.
fn refresh(content: &str, base: &Url) -> Option<(f64, Option<PageUrl>)> {
    let content = content.trim_start();
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    let after = content[digits..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if (digits == 0 && !content.starts_with('.'))
        || !(after.is_empty() || after.starts_with([';', ',']) || after.starts_with(char::is_whitespace))
    {
        return None;
    }
    let delay = if digits == 0 { 0.0 } else { content[..digits].parse::<f64>().ok().filter(|d| d.is_finite())? };
    let rest = after.trim_start();
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim();
    let target = match rest.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("url") => rest[3..].trim_start().trim_start_matches('='),
        _ => rest,
    };
    let target = target.trim().trim_matches(['"', '\'']);
    Some((delay, (!target.is_empty()).then(|| base.join(target).ok().and_then(PageUrl::from_url)).flatten()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    fn read(html: &str) -> Vec<Link> {
        let lexicon = Lexicon::for_tests();
        let page = PageUrl::parse("http://milltown.example/services/").expect("a valid address");
        let dom = Dom::parse(html, lexicon);
        links(&dom, &page, &base_url(&dom, &page), lexicon.words("en"))
    }

    #[test]
    fn links_are_absolute_and_know_their_fragment() {
        let found = read(
            "<a href='../a?x=1#b'>A</a><a href='#here'>B</a><a href='#gone'>C</a><p id=here></p><a href='tel:311'>D</a>",
        );
        assert_eq!(found[0].href, "http://milltown.example/a?x=1#b");
        assert_eq!(found[0].page.as_ref().map(PageUrl::as_str), Some("http://milltown.example/a?x=1"));
        assert_eq!(
            [found[0].fragment_here, found[1].fragment_here, found[2].fragment_here],
            [None, Some(true), Some(false)]
        );
        assert_eq!((found[3].scheme(), found[3].page.is_none()), ("tel", true));
    }

    #[test]
    fn a_link_is_stored_shorter_and_read_back_as_it_was() {
        let mut found = read(
            "<a href='../a?x=1#b'>A</a><a href='#here'>B</a><p id=here></p><a href='tel:311'>D</a><a href='http://[x'>E</a>\
             <a href='http://milltown.example/\u{e9}?utm_source=x#p' rel=nofollow target=_blank>F \"&\n</a><a href=' /a '>G</a><a href=''>H</a>",
        );
        found.iter_mut().for_each(|link| link.node = 0);
        assert!(found.iter().any(|link| link.page.is_none()) && found.iter().any(|link| link.raw.is_empty()));
        let stored = serde_json::to_string(&found).expect("plain values are JSON");
        assert_eq!(serde_json::from_str::<Vec<Link>>(&stored).expect("it was just written"), found);
        assert_eq!(stored.matches("#here").count(), 1, "{stored}");
        let again: Vec<Link> = serde_json::from_str(&stored).expect("it was just written");
        let once: Vec<Link> = serde_json::from_str(&stored).expect("it was just written");
        assert!(again.iter().zip(&once).all(|(one, other)| Arc::ptr_eq(&one.lead, &other.lead)));
        let apart = r#"[{"h":"http://milltown.example/\u00e9","p":24,"s":3,"in":"main"},1]"#;
        assert_eq!(serde_json::from_str::<Link>(apart).map(|link| link.raw.clone()).ok().as_deref(), Some("/\u{e9}"));
        let older = r#"{"h":"http://milltown.example/pay#now","p":27,"s":"../pay#now","t":"Pay","in":"nav","l":7,"w":true,"f":false,"d":true}"#;
        let older: Link = serde_json::from_str(older).expect("it was stored so once");
        assert_eq!((older.raw.as_str(), older.page.as_ref().map(PageUrl::path)), ("../pay#now", Some("/pay")));
        assert_eq!(
            (older.line, older.fragment_here, older.shares_words, older.new_window),
            (7, Some(false), true, true)
        );
        for (page, raw) in [(25, 3), (24, 1), (99, 3), (24, 98)] {
            let broken = apart.replace("24", &page.to_string()).replace(":3", &format!(":{raw}"));
            assert!(serde_json::from_str::<Link>(&broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_lead_is_shared_by_pages_from_which_it_is_the_same() {
        let lexicon = Lexicon::for_tests();
        let source = "<nav><a href=/pay>Pay</a><a href='https://other.example/a#b' title='Opens in a new window' target=_blank>A</a>\
                      <a href=here>Here</a><a href='1p://x'>X</a><a href='/pay#now'>Now</a></nav><p id=now>";
        let read = |page: &str, source: &str| {
            let page = PageUrl::parse(page).expect("a valid address");
            let dom = Dom::parse(source, lexicon);
            links(&dom, &page, &base_url(&dom, &page), lexicon.words("en"))
        };
        let (one, other) = (read("http://milltown.example/a/", source), read("http://milltown.example/pay", source));
        let shared = |one: &[Link], other: &[Link]| -> Vec<bool> {
            one.iter().zip(other).map(|(one, other)| Arc::ptr_eq(&one.lead, &other.lead)).collect()
        };
        assert_eq!(shared(&one, &other), [true, true, false, false, true]);
        assert_eq!(
            (one[2].href.as_str(), other[2].href.as_str()),
            ("http://milltown.example/a/here", "http://milltown.example/here")
        );
        assert_eq!((one[4].fragment_here, other[4].fragment_here), (None, Some(true)));
        assert!(one[1].tells_window && one[1].new_window);
        // Whatever of a link differs, its lead does.
        let changes = [
            (0, "nav>", "footer>"),
            (0, ">Pay", ">Cash"),
            (0, "<a ", "<a rel=help "),
            (0, "<a ", "<a onclick=x "),
            (1, "title='Opens", "title='Closes"),
            (1, "_blank", "_self"),
        ];
        for (at, from, to) in changes {
            let changed = read("http://milltown.example/a/", &source.replace(from, to));
            assert!(!shared(&one, &changed)[at], "{from}");
        }
        let elsewhere = read("https://other.example/", source);
        assert_eq!(shared(&one, &elsewhere), [false, false, false, false, false]);
    }

    #[test]
    fn links_that_act_are_known() {
        let found = read(
            "<a href=/logout>x</a><a href=/a>Sign out</a><a href='/list?action=delete&id=4'>x</a><a href=/how-to-unsubscribe-from-mail>How to unsubscribe from mail</a>",
        );
        assert_eq!(found.iter().map(|l| l.acts).collect::<Vec<_>>(), [true, true, true, false]);
    }

    #[test]
    fn files_are_known_by_their_ending() {
        let found = read("<a href=/form.PDF>Form</a><a href=/a.b/page>Page</a><a href='/x.php?f=a.pdf'>x</a>");
        assert_eq!(found.iter().map(Link::file).collect::<Vec<_>>(), [Some("pdf"), None, None]);
    }

    #[test]
    fn base_moves_relative_links() {
        let found = read("<base href='/other/'><a href=x>X</a>");
        assert_eq!(found[0].href, "http://milltown.example/other/x");
    }

    #[test]
    fn a_crawl_learns_more_than_links() {
        let lexicon = Lexicon::for_tests();
        let page = PageUrl::parse("http://milltown.example/a").expect("a valid address");
        let dom = Dom::parse(
            "<head><link rel=canonical href=/b><link rel=alternate hreflang=es href=/es/a>\
             <link rel=alternate type=application/rss+xml href=/feed><meta http-equiv=refresh content='5; url=/c'></head>\
             <a href=/d>D</a><noscript><a href=/e>E</a><a href=/x>Sign out</a></noscript><p hidden><a href=/f>F</a></p>",
            lexicon,
        );
        let (base, words) = (base_url(&dom, &page), lexicon.words("en"));
        let next = next_links(&dom, &base, &links(&dom, &page, &base, words), words);
        let next: Vec<_> = next.iter().map(|link| (link.url.path(), link.role)).collect();
        use LinkRole::{Act, Head, Page};
        assert_eq!(next, [("/d", Page), ("/b", Head), ("/es/a", Head), ("/e", Page), ("/x", Act), ("/c", Page)]);
    }
}
