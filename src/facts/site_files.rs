//! The files of a site and their places in it: which pages link them, how, and whether a page says the
//! same. It must never keep more than a few of the links to a file.

use super::dom::fold_space;
use super::file::FileFacts;
use super::links::Link;
use super::page::PageFacts;
use crate::model::{PageUrl, Region};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Pages that are named for each file. Our choice.
const NAMED: usize = 3;

/// Words of main content from which on a page may stand for a file. Our choice: less is a page that
/// hands over the file.
const SUBSTANCE: u32 = 150;

/// A file with its place in the site.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteFile {
    /// What was measured.
    pub facts: FileFacts,
    /// Pages that link it.
    pub pages: u32,
    /// The first of them, in the order of their addresses.
    pub from: Vec<PageUrl>,
    /// Links whose words name its kind.
    pub says_type: u32,
    /// Links whose words name its size.
    pub says_size: u32,
    /// All links to it.
    pub links: u32,
    /// A page of the site that bears the same name and has something to say or to fill in.
    pub twin: Option<PageUrl>,
    /// Whether the page that its findings stand on has a form other than search and sign-in.
    pub beside_form: bool,
    /// The page that its findings stand on: the first that links it from its main content, else the
    /// first; one problem is told in one place.
    pub bearer: Option<(PageUrl, Link)>,
    names: Vec<u64>,
}

/// Takes in the files, then the pages that link them.
#[derive(Default)]
pub(super) struct FileReader {
    files: Vec<SiteFile>,
    by_spot: FxHashMap<u32, usize>,
    // Pages by what they are called, in the order in which they came.
    named: FxHashMap<u64, PageUrl>,
}

impl FileReader {
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Takes in a file, which has this place among the addresses.
    pub(super) fn add(&mut self, spot: u32, facts: FileFacts) {
        self.by_spot.insert(spot, self.files.len());
        let names = facts.title.iter().filter(|_| facts.has_real_title()).filter_map(|title| name(title)).collect();
        self.files.push(SiteFile {
            facts,
            names,
            pages: 0,
            from: Vec::new(),
            says_type: 0,
            says_size: 0,
            links: 0,
            twin: None,
            beside_form: false,
            bearer: None,
        });
    }

    /// Takes in a page, with the place that each link leads to.
    pub(super) fn page(&mut self, page: &PageFacts, spot: impl Fn(&PageUrl) -> Option<u32>) {
        let mut last_new = Vec::new();
        let has_form = page.forms.iter().any(|f| !matches!(f.kind.as_str(), "search" | "login"));
        for link in page.links.iter().filter(|l| !l.acts) {
            let Some(&at) = link.page.as_ref().and_then(&spot).and_then(|spot| self.by_spot.get(&spot)) else {
                continue;
            };
            let file = &mut self.files[at];
            if !last_new.contains(&at) {
                last_new.push(at);
                file.pages += 1;
                if file.from.len() < NAMED {
                    file.from.push(page.url.clone());
                }
            }
            file.links += 1;
            file.says_type += u32::from(says_type(&link.text, &file.facts.format));
            file.says_size += u32::from(says_size(&link.text));
            file.names.extend(name(&link.text).filter(|n| !file.names.contains(n) && file.names.len() < NAMES));
            let in_main = link.region == Region::Main;
            let better = file.bearer.as_ref().is_none_or(|(_, shown)| in_main && shown.region != Region::Main);
            if better {
                file.bearer = Some((page.url.clone(), link.clone()));
                file.beside_form = has_form;
            }
        }
        if page.main_words >= SUBSTANCE || has_form {
            // What a title says after a bar or dash is mostly the name of the site.
            let short = [" | ", " - ", " – ", " — "]
                .iter()
                .filter_map(|bar| page.title.split_once(bar))
                .map(|(own, _)| own)
                .next();
            for title in [Some(page.title.as_str()), short].into_iter().flatten().filter_map(name) {
                self.named.entry(title).or_insert_with(|| page.url.clone());
            }
        }
    }

    /// The files, in the order of their addresses, once all pages are known.
    pub(super) fn finish(mut self) -> Vec<SiteFile> {
        for file in &mut self.files {
            file.twin = file.names.iter().find_map(|name| self.named.get(name)).cloned();
        }
        self.files.sort_by(|a, b| a.facts.url.cmp(&b.facts.url));
        self.files
    }
}

/// Names of a file that are remembered. Our choice.
const NAMES: usize = 16;

fn says_type(text: &str, format: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let names: &[&str] = match format {
        "pdf" => &["pdf"],
        "doc" => &["doc", "word", "odt"],
        "xls" => &["xls", "excel", "ods"],
        "ppt" => &["ppt", "powerpoint", "odp"],
        _ => &["doc", "word", "xls", "excel", "ppt", "powerpoint"],
    };
    names.iter().any(|name| text.contains(name))
}

/// Units of size that follow a number.
const UNITS: &[&str] = &["kb", "mb", "kib", "mib", "ko", "mo", "bytes", "k", "m"];

fn says_size(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_unit = |rest: &str| {
        let word: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric()).collect();
        UNITS.contains(&word.as_str())
    };
    text.char_indices().any(|(at, c)| c.is_ascii_digit() && is_unit(&text[at + 1..]))
}

/// What something is called, without the kind and size of a file; `None` where that would fit many things.
fn name(text: &str) -> Option<u64> {
    let text = text.split(['(', '[']).next().unwrap_or("").to_lowercase();
    let words = fold_space(&text.replace(|c: char| !c.is_alphanumeric(), " "));
    let words: Vec<&str> =
        words.split(' ').filter(|w| !matches!(*w, "pdf" | "doc" | "docx" | "xls" | "xlsx" | "")).collect();
    // Our choice: one word, as "Application", is the name of too much.
    if words.len() < 2 {
        return None;
    }
    let mut hasher = FxHasher::default();
    words.hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_link_tell_kind_and_size() {
        assert!(says_type("Permit (PDF, 40 KB)", "pdf") && says_size("Permit (PDF, 40 KB)") && says_size("1.2MB"));
        assert!(!says_type("Permit", "pdf") && !says_size("Form 12, 3 km") && !says_size("40"));
    }

    #[test]
    fn kind_and_size_are_no_part_of_a_name() {
        assert_eq!(name("Parking permit (PDF, 40 KB)"), name("parking  permit pdf"));
        assert_ne!(name("Parking permit"), name("Parking fine"));
        assert_eq!(name("Application (PDF)"), None);
    }
}
