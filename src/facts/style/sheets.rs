//! The sheets that a page is drawn with, in their order: its own, those it links, and those that these import.

use super::scan::Scan;
use crate::model::{Fetched, PageUrl, Via};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "style")]
use super::engine::{Parsed, parsed};
#[cfg(feature = "style")]
use crate::facts::dom::Dom;
#[cfg(feature = "style")]
use scraper::Selector;
#[cfg(feature = "style")]
use std::sync::OnceLock;
#[cfg(feature = "style")]
use url::Url;

/// Most bytes of sheets that are kept in memory for a site. Our choice: most sites have a hundredth of it.
const KEPT: usize = 64 * 1024 * 1024;
/// Most sheets of one page, with those that others import. Our choice.
#[cfg(feature = "style")]
const SHEETS: usize = 100;
/// Most bytes of sheets of one page. Our choice.
#[cfg(feature = "style")]
const BYTES: usize = 4_000_000;
/// How deep sheets import sheets. Our choice.
#[cfg(feature = "style")]
const IMPORTS: usize = 5;

/// The text of a sheet, looked through.
#[derive(Debug)]
pub struct Sheet {
    pub(super) text: String,
    pub(super) scan: Scan,
    #[cfg(feature = "style")]
    parsed: Mutex<Vec<(String, Parsed)>>,
    #[cfg(feature = "style")]
    doubts: OnceLock<Vec<(Option<Selector>, u8)>>,
}

impl Sheet {
    /// Looks through a sheet.
    pub fn new(css: &str) -> Self {
        Self {
            scan: Scan::of(css),
            text: css.to_owned(),
            #[cfg(feature = "style")]
            parsed: Mutex::default(),
            #[cfg(feature = "style")]
            doubts: OnceLock::new(),
        }
    }

    /// The addresses of sheets that it imports, as written.
    pub fn imports(&self) -> impl Iterator<Item = &str> {
        self.scan.imports.iter().map(|i| i.href.as_str())
    }

    /// What stays open, as selectors; one that cannot be read concerns every element.
    #[cfg(feature = "style")]
    pub(super) fn doubts(&self) -> &[(Option<Selector>, u8)] {
        self.doubts.get_or_init(|| {
            let read = |text: &str| Selector::parse(text).ok();
            self.scan.doubts.iter().map(|d| (d.selector.as_deref().and_then(read), d.about)).collect()
        })
    }
}

/// What is known of the address of a sheet.
#[derive(Clone, Debug)]
enum Known {
    Sheet(Arc<Sheet>),
    /// A script, which a kiosk's pages are read with.
    Script(Arc<str>),
    /// It leads to another address.
    To(PageUrl),
    /// There is none, or it is no sheet: browsers go on without it.
    None,
}

/// The sheets of a site by their address.
#[derive(Debug, Default)]
pub struct Sheets {
    known: Mutex<(BTreeMap<PageUrl, Known>, usize)>,
    /// Addresses of sheets that bring fonts alone: their first part, in lower case.
    fonts: Vec<String>,
}

impl Sheets {
    /// None yet; sheets whose address starts with one of these, without its scheme, change fonts alone.
    pub fn new(fonts: Vec<String>) -> Self {
        Self { fonts, ..Self::default() }
    }

    /// Takes an answer that was fetched as a sheet; gives the addresses that it imports.
    pub fn take(&self, fetched: &Fetched) -> Vec<PageUrl> {
        let (known, imports, bytes) = match fetched.status {
            300..400 => {
                let to = fetched.header("location").and_then(|to| fetched.url.join(to));
                (to.map_or(Known::None, Known::To), Vec::new(), 0)
            }
            200..300 if is_script(&fetched.url) && !fetched.truncated => {
                let script: Arc<str> = text_of(fetched).into();
                let bytes = script.len();
                (Known::Script(script), Vec::new(), bytes)
            }
            200..300 if is_css(fetched) && !fetched.truncated => {
                let sheet = Sheet::new(&text_of(fetched));
                let imports = sheet.imports().filter_map(|href| fetched.url.join(href)).collect();
                let bytes = sheet.text.len();
                (Known::Sheet(Arc::new(sheet)), imports, bytes)
            }
            // What a server refuses for now may come another time.
            429 => return Vec::new(),
            200..300 | 400..500 if !fetched.truncated => (Known::None, Vec::new(), 0),
            _ => return Vec::new(),
        };
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.1 += bytes;
        // Which ones came first must not matter: with too many, none is kept.
        if all.1 > KEPT {
            all.0.clear();
        } else {
            all.0.insert(fetched.url.clone(), known);
        }
        imports
    }

    /// Whether it is known what stands at the address of a sheet.
    pub fn knows(&self, url: &PageUrl) -> bool {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.0.contains_key(url) || self.brings_fonts(url) || is_script(url)
    }

    /// Whether the address is of a sheet that brings fonts alone, which need not be read.
    pub fn brings_fonts(&self, url: &PageUrl) -> bool {
        let address = url.as_str().split_once("://").map_or("", |(_, rest)| rest).to_ascii_lowercase();
        self.fonts.iter().any(|start| address.starts_with(start.as_str()))
    }

    /// What is known of every address, in their order: the text of the sheet, where it leads, or nothing.
    pub fn each(&self, mut visit: impl FnMut(&str, &str)) {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for (url, known) in &all.0 {
            let what = match known {
                Known::Sheet(sheet) => sheet.text.as_str(),
                Known::Script(script) => script,
                Known::To(to) => to.as_str(),
                Known::None => "",
            };
            visit(url.as_str(), what);
        }
    }

    /// The script at an address; `None` where it was not read.
    pub fn script(&self, url: &PageUrl) -> Option<Arc<str>> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match all.0.get(url) {
            Some(Known::Script(script)) => Some(script.clone()),
            _ => None,
        }
    }

    /// The sheet at an address: `None` where it was not read, an empty one where there is none.
    #[cfg(feature = "style")]
    fn find(&self, url: &PageUrl) -> Option<(PageUrl, Arc<Sheet>)> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut url = url.clone();
        for _ in 0..10 {
            match all.0.get(&url) {
                Some(Known::To(to)) => url = to.clone(),
                Some(Known::Sheet(sheet)) => return Some((url, sheet.clone())),
                Some(Known::Script(_) | Known::None) => return Some((url, Arc::new(Sheet::new("")))),
                None => break,
            }
        }
        self.brings_fonts(&url).then(|| (url, Arc::new(Sheet::new(""))))
    }
}

/// Whether an address ends as those of scripts do.
pub fn is_script(url: &PageUrl) -> bool {
    [".js", ".mjs"].iter().any(|end| url.path().ends_with(end))
}

fn is_css(fetched: &Fetched) -> bool {
    // Browsers take a sheet of another type only on pages from before standards.
    let kind = fetched.header("content-type").unwrap_or("").to_ascii_lowercase();
    fetched.via == Via::File || kind.is_empty() || kind.starts_with("text/css")
}

fn text_of(fetched: &Fetched) -> String {
    crate::facts::decode::decode(&fetched.body, fetched.header("content-type")).into_owned()
}

/// A sheet as a page uses it.
#[cfg(feature = "style")]
pub(super) struct Used {
    pub(super) sheet: Arc<Sheet>,
    /// The blocks that it stands in: media, layers, conditions.
    around: Vec<String>,
}

#[cfg(feature = "style")]
impl Used {
    /// Whether it holds on every screen.
    pub(super) fn is_plain(&self) -> bool {
        self.around.is_empty()
    }

    /// The sheet as the engine has it; read once for all pages that use it so.
    pub(super) fn parsed(&self) -> Parsed {
        let around: String = self.around.iter().map(|a| format!("{a}{{")).collect();
        let mut known = self.sheet.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(key, _)| *key == around) {
            return found.clone();
        }
        let found = parsed(&format!("{around}{}{}", self.sheet.text, "}".repeat(self.around.len())));
        known.push((around, found.clone()));
        found
    }
}

/// The sheets of a page in their order, or why they are not all known.
#[cfg(feature = "style")]
pub(super) fn used(dom: &Dom, base: &Url, sheets: &Sheets) -> Result<Vec<Used>, &'static str> {
    let mut list = Listing { sheets, used: Vec::new(), bytes: 0 };
    let hints = super::hints::of(dom);
    if !hints.is_empty() {
        list.used.push(Used { sheet: Arc::new(Sheet::new(&hints)), around: Vec::new() });
    }
    for i in dom.elements() {
        // A script that waits for the sheet then takes it for all media.
        let is_late = dom.attr(i, "onload").is_some();
        let media = || dom.attr(i, "media").filter(|_| !is_late).unwrap_or("");
        match dom.tag(i) {
            "style" if is_for_all(media()) != Some(false) => {
                if dom.closest(i, &["svg", "template", "noscript"]).is_some() {
                    continue;
                }
                let text: String = dom.inside(i).map(|j| dom.raw_text(j)).collect();
                let around = block("@media", media())?;
                let page = PageUrl::from_url(base.clone());
                list.add(Arc::new(Sheet::new(&text)), page.as_ref(), around, &mut Vec::new())?;
            }
            "link" if is_sheet(dom, i) && is_for_all(media()) != Some(false) => {
                let Some(href) = dom.attr(i, "href").filter(|h| !h.trim().is_empty()) else { continue };
                let around = block("@media", media())?;
                let text = data_sheet(href.trim());
                if let Some(text) = text {
                    list.add(Arc::new(Sheet::new(&text?)), None, around, &mut Vec::new())?;
                    continue;
                }
                let url = base.join(href.trim()).ok().and_then(PageUrl::from_url).ok_or(MISSING)?;
                let (url, sheet) = sheets.find(&url).ok_or(MISSING)?;
                list.add(sheet, Some(&url), around, &mut vec![url.clone()])?;
            }
            _ => {}
        }
    }
    Ok(list.used)
}

#[cfg(feature = "style")]
const MISSING: &str = "not every style sheet of the page was read";

#[cfg(feature = "style")]
struct Listing<'s> {
    sheets: &'s Sheets,
    used: Vec<Used>,
    bytes: usize,
}

#[cfg(feature = "style")]
impl Listing<'_> {
    /// Adds a sheet after those that it imports; `path` holds the addresses that lead here.
    fn add(
        &mut self,
        sheet: Arc<Sheet>,
        own: Option<&PageUrl>,
        around: Vec<String>,
        path: &mut Vec<PageUrl>,
    ) -> Result<(), &'static str> {
        if let Some(why) = sheet.scan.refused {
            return Err(why);
        }
        self.bytes += sheet.text.len();
        if self.used.len() >= SHEETS || self.bytes > BYTES {
            return Err("the page has too many style sheets");
        }
        if !around.is_empty() && !sheet.scan.is_balanced {
            return Err("a style sheet opens and closes its brackets unevenly");
        }
        for import in &sheet.scan.imports {
            if is_for_all(&import.media) == Some(false) {
                continue;
            }
            let url = own.and_then(|own| own.join(&import.href)).ok_or(MISSING)?;
            // One that imports itself is read once (CSS Cascade 5 §2.1).
            if path.contains(&url) || path.len() > IMPORTS {
                continue;
            }
            let (url, inner) = self.sheets.find(&url).ok_or(MISSING)?;
            let mut inner_around = around.clone();
            inner_around.extend(block("@media", &import.media)?);
            if let Some(condition) = &import.supports {
                let is_declaration = condition.contains(':') && !condition.trim_start().starts_with(['(', 'n']);
                let condition = if is_declaration { format!("({condition})") } else { condition.clone() };
                inner_around.extend(block("@supports", &condition)?);
            }
            if let Some(layer) = &import.layer {
                let named = block("@layer", layer)?;
                inner_around.extend(if named.is_empty() { vec!["@layer".to_owned()] } else { named });
            }
            path.push(url.clone());
            let added = self.add(inner, Some(&url), inner_around, path);
            path.pop();
            added?;
        }
        self.used.push(Used { sheet, around });
        Ok(())
    }
}

/// A block to put a sheet into; none where there is no condition.
#[cfg(feature = "style")]
fn block(name: &str, condition: &str) -> Result<Vec<String>, &'static str> {
    let condition = condition.trim();
    if condition.contains(['{', '}', ';', '"', '\'', '\\', '/']) || condition.len() > 500 {
        return Err("a style sheet has a condition that cannot be read");
    }
    if condition.is_empty() || condition.eq_ignore_ascii_case("all") {
        return Ok(Vec::new());
    }
    Ok(vec![format!("{name} {condition}")])
}

/// Whether a list of media is for screens of any size; `None` where it depends.
#[cfg(feature = "style")]
fn is_for_all(media: &str) -> Option<bool> {
    match media.trim().to_ascii_lowercase().as_str() {
        "" | "all" | "screen" => Some(true),
        "print" | "speech" | "aural" | "braille" | "embossed" | "handheld" | "projection" | "tty" | "tv" | "none" => {
            Some(false)
        }
        _ => None,
    }
}

/// Whether it links a sheet that is used at once.
#[cfg(feature = "style")]
fn is_sheet(dom: &Dom, i: u32) -> bool {
    let rel = dom.attr(i, "rel").unwrap_or("").to_ascii_lowercase();
    let is = |word| rel.split_ascii_whitespace().any(|r| r == word);
    let is_css = dom.attr(i, "type").is_none_or(|t| t.trim().is_empty() || t.trim().eq_ignore_ascii_case("text/css"));
    let is_late = is("preload") && dom.attr(i, "as") == Some("style") && dom.attr(i, "onload").is_some();
    (is("stylesheet") || is_late) && !is("alternate") && dom.attr(i, "disabled").is_none() && is_css
}

/// The text of a sheet that stands in its address.
#[cfg(feature = "style")]
fn data_sheet(href: &str) -> Option<Result<String, &'static str>> {
    let data = href.get(..5).filter(|d| d.eq_ignore_ascii_case("data:")).and(href.get(5..))?;
    let (kind, text) = data.split_once(',').unwrap_or(("", ""));
    if kind.to_ascii_lowercase().contains("base64") {
        return Some(Err("a style sheet stands in its address in a form that is not read"));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let raw = text.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        let hex =
            if raw[at] == b'%' { text.get(at + 1..at + 3).and_then(|h| u8::from_str_radix(h, 16).ok()) } else { None };
        bytes.push(hex.unwrap_or(raw[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    Some(Ok(String::from_utf8_lossy(&bytes).into_owned()))
}
