//! A folder of built HTML, or one file of it, as if a server gave it out. It must never let a path
//! of the machine into what it gives back.

use super::pool::{in_order, visited};
use super::sample::{SamplePlan, UNKNOWN, draw};
use super::walk::{self, Entry};
use super::{GatherError, Plan, Progress, Scope, Watch, gathered};
use crate::model::{
    Fetched, Gathered, LinkRole, Links, NextLink, PageUrl, Reached, Role, Sample, Stratum, Target, Why, is_document,
};
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use url::Url;

/// Gathers the pages of a folder, in the order of their names.
pub(super) fn gather(plan: &Plan, top: &Path, watch: Watch<'_>) -> Result<Gathered, GatherError> {
    let found = walk::walk(top)?;
    let mut site = Site::new(plan, watch, found.files);
    if site.pages.is_empty() {
        return Err(GatherError::NoPage { path: top.to_owned() });
    }
    for folder in found.unreadable {
        site.note(site.address(&folder), Reached::Unread { why: Why::Unreadable }, None);
    }
    let links = site.read_pages();
    site.resolve(links);
    Ok(site.close())
}

/// Gathers one file. What it links to is known and not read.
pub(super) fn gather_file(plan: &Plan, path: &Path, watch: Watch<'_>) -> Result<Gathered, GatherError> {
    let error = |source| GatherError::Read { path: path.to_owned(), source };
    let about = std::fs::metadata(path).map_err(error)?;
    let name = path.file_name().unwrap_or_default().as_encoded_bytes().to_owned();
    if !about.is_file() || !walk::is_page(&name, path) {
        return Err(GatherError::NoPage { path: path.to_owned() });
    }
    let entry = Entry { path: path.to_owned(), name, is_page: true, bytes: about.len() };
    let mut site = Site::new(plan, watch, vec![entry]);
    for (from, link) in site.read_pages() {
        if link.role == LinkRole::Page {
            site.note(link.url, Reached::Unread { why: Why::MaxDepth }, Some(from));
        }
    }
    Ok(site.close())
}

/// The file that hosts of static sites answer with, and status 404, where there is no page. So do GitHub Pages, GitLab
/// Pages, Netlify and Cloudflare Pages.
const MISSING: &[u8] = b"404.html";

/// What the pages gave.
#[derive(Default)]
struct Found {
    links: Vec<(PageUrl, NextLink)>,
    seen: HashSet<(PageUrl, u8)>,
    read: Vec<(PageUrl, Result<(), Why>)>,
}

struct Site<'a> {
    plan: &'a Plan,
    watch: Watch<'a>,
    scope: Scope,
    // In the order of their decoded names.
    files: Vec<Entry>,
    // Which files are pages, in order.
    pages: Vec<usize>,
    // The page that hosts show for an address which does not exist.
    missing: Option<usize>,
    known: HashMap<PageUrl, usize>,
    targets: Vec<Target>,
    progress: Progress,
    sample: Sample,
}

impl<'a> Site<'a> {
    fn new(plan: &'a Plan, watch: Watch<'a>, files: Vec<Entry>) -> Self {
        let all = (0..files.len()).filter(|&at| files[at].is_page);
        let (mut missing, mut pages): (Vec<usize>, Vec<usize>) = all.partition(|&at| files[at].name == MISSING);
        if pages.is_empty() {
            pages.append(&mut missing);
        }
        let scope = Scope::new(base(plan));
        let (known, targets, progress, sample) = Default::default();
        let missing = missing.first().copied();
        Self { plan, watch, scope, files, pages, missing, known, targets, progress, sample }
    }

    /// The file of that decoded name.
    fn named(&self, name: &[u8]) -> Option<usize> {
        self.files.binary_search_by(|file| file.name.as_slice().cmp(name)).ok()
    }

    /// The address of a file or folder with this name.
    fn address(&self, name: &[u8]) -> PageUrl {
        let text = format!("{}{}", self.scope.base(), encoded(name));
        PageUrl::parse(&text).unwrap_or_else(|_| self.scope.base().clone())
    }

    /// The address that a file is known by: `index.html` and `index.htm` are their folder.
    fn address_of(&self, at: usize) -> PageUrl {
        let name = &self.files[at].name;
        let (folder, last) = name.split_at(name.iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1));
        let is_index = match last {
            b"index.html" => true,
            b"index.htm" => self.named(&[folder, b"index.html"].concat()).is_none(),
            _ => false,
        };
        self.address(if is_index { folder } else { name })
    }

    fn note(&mut self, url: PageUrl, reached: Reached, from: Option<PageUrl>) {
        if !self.known.contains_key(&url) {
            self.known.insert(url.clone(), self.targets.len());
            self.targets.push(Target { url, reached, from });
        }
    }

    /// Reads the pages on every core; returns their links within the site, each once, in the order
    /// of the pages.
    fn read_pages(&mut self) -> Vec<(PageUrl, NextLink)> {
        let mut pages: Vec<(PageUrl, usize)> = self.pages.iter().map(|&at| (self.address_of(at), at)).collect();
        let mut found = Found::default();
        let rest = match &self.plan.sample {
            Some(sample) => self.read_sample(sample, pages, &mut found),
            None => {
                let rest = pages.split_off(pages.len().min(self.plan.limits.max_pages));
                self.read_some(pages, &mut found);
                rest
            }
        };
        // The lists of a large folder are what memory grows by, and what was seen is of no more use.
        drop(found.seen);
        for (url, result) in found.read {
            let reached = result.map_or_else(|why| Reached::Unread { why }, |()| Reached::Page);
            self.note(url, reached, None);
        }
        if let Some(at) = self.missing {
            let url = self.address_of(at);
            self.read(vec![(url.clone(), at)], Role::Probe, |_, _| ());
            self.note(url, Reached::Error { status: 404 }, None);
        }
        for (url, _) in rest {
            self.note(url, Reached::Unread { why: Why::MaxPages }, None);
        }
        found.links
    }

    fn read_some(&mut self, pages: Vec<(PageUrl, usize)>, into: &mut Found) {
        let scope = self.scope.clone();
        self.read(pages, Role::Page, |url, result| {
            let result = result.map(|found| {
                let within = found.into_iter().filter(|link| scope.contains(&link.url));
                let new = within.filter(|link| into.seen.insert((link.url.clone(), link.role as u8)));
                into.links.extend(new.map(|link| (url.clone(), link)));
            });
            into.read.push((url, result));
        });
    }

    /// Reads the front page, what the tasks name and whole levels of links while they fit into half of the
    /// sample, then what is drawn of the rest. Gives back what was not drawn.
    fn read_sample(
        &mut self,
        plan: &SamplePlan,
        pages: Vec<(PageUrl, usize)>,
        found: &mut Found,
    ) -> Vec<(PageUrl, usize)> {
        let top = self.scope.base().clone();
        let mut rest: BTreeMap<PageUrl, usize> = pages.into_iter().collect();
        let mut level: Vec<PageUrl> = plan.certain.iter().chain([&top]).cloned().collect();
        let (mut left, mut clicks, mut known) = (plan.size, 0, 0);
        loop {
            level.retain(|url| rest.contains_key(url));
            level.sort_unstable();
            level.dedup();
            let fits = plan.size - left + level.len() <= plan.size / 2 || clicks == 0;
            if level.is_empty() || clicks > 2 || !fits {
                break;
            }
            left = left.saturating_sub(level.len());
            let taken = level.iter().filter_map(|url| rest.remove_entry(url)).collect();
            self.sample.strata.push(Stratum::whole(std::mem::take(&mut level)));
            self.read_some(taken, found);
            let new = found.links[known..].iter().filter(|(_, link)| link.role == LinkRole::Page);
            level = new.filter_map(|(_, link)| self.find(&link.url).map(|at| self.address_of(at))).collect();
            known = found.links.len();
            clicks += 1;
        }
        let near: HashSet<&PageUrl> = level.iter().collect();
        let of = |url: &PageUrl| if near.contains(url) { clicks } else { UNKNOWN };
        let frame: Vec<(PageUrl, u32)> = rest.keys().map(|url| (url.clone(), of(url))).collect();
        let strata = draw(&frame, left);
        let taken = strata.iter().flat_map(|stratum| &stratum.drawn).filter_map(|url| rest.remove_entry(url)).collect();
        self.sample.strata.extend(strata);
        self.read_some(taken, found);
        rest.into_iter().collect()
    }

    fn read(&mut self, files: Vec<(PageUrl, usize)>, role: Role, mut done: impl FnMut(PageUrl, Result<Links, Why>)) {
        let mut progress = self.progress;
        progress.queued = files.len();
        let work = |(url, at): (PageUrl, usize)| {
            let (result, bytes) = self.read_one(&url, at, role);
            (url, result, bytes)
        };
        in_order(files.into_iter(), &work, |(url, result, bytes)| {
            progress.queued -= 1;
            progress.bytes += bytes;
            progress.pages += usize::from(role == Role::Page && result.is_ok());
            progress.errors += usize::from(result.is_err());
            (self.watch.progress)(progress);
            done(url, result);
        });
        self.progress = progress;
    }

    fn read_one(&self, url: &PageUrl, at: usize, role: Role) -> (Result<Links, Why>, u64) {
        if self.watch.stopped() {
            return (Err(Why::Interrupted), 0);
        }
        let limits = &self.plan.limits;
        let cap = if role == Role::File { limits.max_file } else { limits.max_body };
        let Ok((body, truncated)) = walk::content(&self.files[at].path, cap) else {
            return (Err(Why::Unreadable), 0);
        };
        let bytes = body.len() as u64;
        let fetched = Fetched { role, truncated, ..Fetched::of_file(url.clone(), Bytes::from(body), &self.plan.date) };
        (visited(self.watch.visit, &fetched).ok_or(Why::Unreadable), bytes)
    }

    /// Finds out what each link leads to, and reads the stylesheets and frames.
    fn resolve(&mut self, links: Vec<(PageUrl, NextLink)>) {
        let (mut sheets, mut frames, mut documents) = (Vec::new(), Vec::new(), Vec::new());
        for (from, link) in links {
            match link.role {
                // In a folder every page is read anyway; what a head names may lie elsewhere.
                LinkRole::Act | LinkRole::Head => {}
                LinkRole::Page if self.known.contains_key(&link.url) => {}
                LinkRole::Page => {
                    let reached = self.reached(&link.url);
                    if let Some(at) = self.find(&link.url).filter(|&at| self.is_measured(&reached, at))
                        && documents.len() < self.plan.limits.max_files
                    {
                        documents.push((link.url.clone(), at));
                    }
                    self.note(link.url, reached, Some(from));
                }
                LinkRole::Sheet | LinkRole::Frame => {
                    let Some(at) = self.find(&link.url) else { continue };
                    // A frame that is a page of the folder is read as that.
                    let is_page = self.files[at].is_page;
                    match link.role {
                        LinkRole::Sheet => sheets.push((link.url, at)),
                        _ if !is_page => frames.push((link.url, at)),
                        _ => {}
                    }
                }
            }
        }
        // The caller has stored them; what they link to is nobody's concern.
        self.read_sheets(sheets);
        self.read(frames, Role::Frame, |_, _| ());
        self.read(documents, Role::File, |_, _| ());
    }

    /// Reads stylesheets, and those that they import.
    fn read_sheets(&mut self, mut sheets: Vec<(PageUrl, usize)>) {
        let mut seen: HashSet<PageUrl> = sheets.iter().map(|(url, _)| url.clone()).collect();
        while !sheets.is_empty() && seen.len() <= self.plan.limits.max_pages {
            let mut imports: Vec<PageUrl> = Vec::new();
            self.read(sheets, Role::Sheet, |_, links| {
                let links = links.unwrap_or_default().into_iter().filter(|link| link.role == LinkRole::Sheet);
                imports.extend(links.map(|link| link.url).filter(|url| seen.insert(url.clone())));
            });
            sheets = imports.into_iter().filter_map(|url| self.find(&url).map(|at| (url, at))).collect();
        }
    }

    /// Whether a file is a document that is measured, and not too large.
    fn is_measured(&self, reached: &Reached, at: usize) -> bool {
        let Reached::File { media_type, .. } = reached else { return false };
        let name = String::from_utf8_lossy(&self.files[at].name);
        is_document(media_type, &name) && self.files[at].bytes <= self.plan.limits.max_file as u64
    }

    fn reached(&self, url: &PageUrl) -> Reached {
        let Some(at) = self.find(url) else { return Reached::Error { status: 404 } };
        let file = &self.files[at];
        if file.is_page {
            return Reached::Redirect { status: 0, to: self.address_of(at) };
        }
        Reached::File { media_type: walk::media_type(&file.name).to_owned(), bytes: Some(file.bytes) }
    }

    /// The file that a server would give for an address: of that name, or with `.html`, or the
    /// index of a folder of that name.
    fn find(&self, url: &PageUrl) -> Option<usize> {
        names(self.scope.base(), url).find_map(|name| self.named(&name))
    }

    fn close(self) -> Gathered {
        // The front page where there is one, else the first page by name.
        let top = self.scope.base().clone();
        let start = if self.known.contains_key(&top) { top } else { self.address_of(self.pages[0]) };
        let mut gathered = gathered(start, &self.scope, self.targets, Default::default(), self.plan);
        gathered.sample = self.plan.sample.as_ref().map(|_| self.sample);
        gathered
    }
}

/// The names that the file for an address may have, the best first.
fn names(base: &PageUrl, url: &PageUrl) -> impl Iterator<Item = Vec<u8>> + use<> {
    let name = decoded(url.path().strip_prefix(base.path()).unwrap_or(""));
    let is_folder = name.is_empty() || name.ends_with(b"/");
    let endings: &[&[u8]] =
        if is_folder { &[b"index.html", b"index.htm"] } else { &[b"", b".html", b"/index.html", b"/index.htm"] };
    endings.iter().map(move |ending| [&name, *ending].concat())
}

/// The address of the top of a folder.
fn base(plan: &Plan) -> PageUrl {
    let base = plan.as_url.as_ref().map_or("http://localhost/", |url| url.as_str());
    let mut base = Url::parse(base).expect("a PageUrl and a literal are addresses");
    base.set_query(None);
    base.set_path(&format!("{}/", base.path().trim_end_matches('/')));
    PageUrl::from_url(base).expect("the scheme of a PageUrl is HTTP")
}

/// The files of a folder by their addresses, for a browser that draws its pages.
pub(super) struct Files {
    base: PageUrl,
    by_name: HashMap<Vec<u8>, PathBuf>,
}

impl Files {
    /// The files below `top`; `None` where it cannot be read.
    pub(super) fn of(plan: &Plan, top: &Path) -> Option<Self> {
        let files = walk::walk(top).ok()?.files.into_iter();
        Some(Self { base: base(plan), by_name: files.map(|file| (file.name, file.path)).collect() })
    }

    /// The whole content of the file for an address, and its media type.
    pub(super) fn content(&self, url: &PageUrl, most: usize) -> Option<(Vec<u8>, &'static str)> {
        let is_below = url.host() == self.base.host() && url.path().starts_with(self.base.path());
        let mut names = names(&self.base, url).filter(|_| is_below);
        let (name, path) = names.find_map(|name| self.by_name.get_key_value(&name))?;
        let (body, truncated) = walk::content(path, most).ok()?;
        (!truncated).then(|| (body, walk::media_type(name)))
    }
}

/// A name as the path of an address: every byte that is neither unreserved nor a slash is encoded
/// (RFC 3986 §2.3).
fn encoded(name: &[u8]) -> String {
    let mut out = String::with_capacity(name.len());
    for &byte in name {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The path of an address as the name of a file.
fn decoded(path: &str) -> Vec<u8> {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = if bytes[at] == b'%' { bytes.get(at + 1..at + 3) } else { None };
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests;
