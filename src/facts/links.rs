//! The links of a page: where they lead, what they are called, and where they stand.

mod shared;
mod stored;

use super::access::name::accessible_name;
use super::dom::{Dom, attr, fold_space};
use super::lexicon::Words;
use super::parsed::Parsed;
use crate::model::{Exposure, LinkRole, Links, NextLink, PageUrl, Region};
use shared::mark_shared_words;
use url::Url;

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
    /// Line in the source, from 1; 0 where it is not known.
    pub line: u32,
    /// Whether it opens a new window.
    pub new_window: bool,
    /// Whether only a style could tell that a person can meet it.
    pub unknown: bool,
    /// Whether following it would act: sign out, delete, buy.
    pub acts: bool,
    /// Whether the `#part` is on this page; `None` when it points elsewhere or has none.
    pub fragment_here: Option<bool>,
    /// Whether its words say that a new window opens.
    pub tells_window: bool,
    /// Whether its source names a script, or a part of the page that a script shows.
    pub scripted: bool,
    /// Whether another link of the main content has the same words but leads elsewhere.
    pub shares_words: bool,
    /// Index of the element; only while the page is read.
    pub node: u32,
}

impl Link {
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
    let raw = attr(element, "href")?.trim();
    let text = accessible_name(dom, i).to_owned();
    let (href, fragment, target) = match start.origin.and_then(|origin| PageUrl::plain(origin, raw)) {
        Some(plain) => (plain.as_str().to_owned(), None, Some(plain)),
        None => {
            let joined = start.base.join(raw).ok();
            let fragment = joined.as_ref().and_then(Url::fragment).map(str::to_owned);
            let href = joined.as_ref().map_or_else(|| raw.to_owned(), Url::to_string);
            (href, fragment, joined.and_then(PageUrl::from_url))
        }
    };
    let fragment_here =
        fragment.filter(|f| !f.is_empty() && target.as_ref() == Some(start.page)).map(|f| has_fragment(dom, &f));
    let node = dom.node(i);
    let new_window = attr(element, "target")
        .is_some_and(|t| !matches!(t.to_ascii_lowercase().as_str(), "" | "_self" | "_top" | "_parent"));
    let says_window = |w: &Words| {
        let set = w.set("new-window");
        set.occur_in(&text) || attr(element, "title").is_some_and(|t| set.occur_in(t))
    };
    Some(Link {
        tells_window: new_window && words.is_some_and(says_window),
        scripted: is_scripted(dom, i, raw),
        acts: words.is_some_and(|w| acts(w, &text, target.as_ref())),
        href,
        page: target,
        raw: raw.to_owned(),
        text,
        rel: attr(element, "rel").map(|r| fold_space(r).to_ascii_lowercase()).unwrap_or_default(),
        region: node.region,
        line: node.line,
        new_window,
        unknown: node.exposure == Exposure::Unknown,
        fragment_here,
        shares_words: false,
        node: i,
    })
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

/// Whether the words of a link, or of its address, say that following it does something.
fn acts(words: &Words, text: &str, target: Option<&PageUrl>) -> bool {
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
        let apart = r#"{"h":"http://milltown.example/\u00e9","p":24,"s":3,"in":"main","l":1}"#;
        assert_eq!(serde_json::from_str::<Link>(apart).map(|link| link.raw).ok().as_deref(), Some("/\u{e9}"));
        for (page, raw) in [(25, 3), (24, 1), (99, 3), (24, 98)] {
            let broken = apart.replace("24", &page.to_string()).replace(":3", &format!(":{raw}"));
            assert!(serde_json::from_str::<Link>(&broken).is_err(), "{broken}");
        }
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
