//! What an editor marked on the pages: `expected.toml`, read and checked.

use super::source::Source;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The things that a page can say, in the order of the table.
pub const SAYS: [&str; 7] = ["who", "documents", "fee", "deadline", "time", "next", "contact"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    pub today: String,
    pub labelled: Vec<String>,
    pub from_says: BTreeMap<String, String>,
    #[serde(rename = "page")]
    pub pages: Vec<Label>,
}

/// What is right of one page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub file: String,
    pub kind: String,
    #[serde(default)]
    pub also: Vec<String>,
    #[serde(default)]
    pub says: BTreeMap<String, bool>,
    #[serde(default, rename = "note")]
    _note: String,
    #[serde(default)]
    pub finds: BTreeMap<String, Marks>,
    #[serde(default)]
    pub either: BTreeMap<String, Marks>,
    #[serde(default)]
    pub near: BTreeMap<String, Marks>,
}

/// Where a rule has something to say.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Marks {
    /// Of the page as a whole; `false` says no more than leaving it out.
    Page(bool),
    /// Of these words.
    Quotes(Vec<String>),
}

impl Marks {
    /// How many marks these are.
    pub fn len(&self) -> usize {
        match self {
            Self::Page(marked) => usize::from(*marked),
            Self::Quotes(quotes) => quotes.len(),
        }
    }

    pub fn quotes(&self) -> &[String] {
        match self {
            Self::Page(_) => &[],
            Self::Quotes(quotes) => quotes,
        }
    }
}

impl Labels {
    pub fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("expected.toml")).expect("the labels are part of the project");
        let mut labels: Self = match toml::from_str(&text) {
            Ok(labels) => labels,
            Err(e) => {
                eprintln!("fixtures/services/expected.toml: {e}");
                std::process::exit(1)
            }
        };
        for page in &mut labels.pages {
            if page.kind == "service" {
                page.add_from_says(&labels.from_says);
            }
        }
        labels
    }

    /// The first folders, each a site of its own.
    pub fn sites(&self) -> Vec<&str> {
        let mut sites: Vec<&str> = self.pages.iter().filter_map(|p| p.file.split('/').next()).collect();
        sites.sort_unstable();
        sites.dedup();
        sites
    }

    /// What is wrong with the labels themselves.
    pub fn mistakes(&self, folder: &Path) -> Vec<String> {
        let mut mistakes = Vec::new();
        for page in &self.pages {
            let source = Source::read(&folder.join(&page.file));
            for (rule, marks) in page.finds.iter().chain(&page.either).chain(&page.near) {
                if !self.labelled.contains(rule) {
                    mistakes.push(format!("{}: `{rule}` is not among the rules that are labelled", page.file));
                }
                let lost = marks.quotes().iter().filter(|q| !source.holds(q));
                mistakes.extend(lost.map(|q| format!("{}: {rule}: “{q}” is not on the page", page.file)));
            }
            for (rule, marks) in &page.either {
                let others = page.finds.get(rule).into_iter().chain(page.near.get(rule));
                if others.flat_map(Marks::quotes).any(|q| marks.quotes().contains(q)) {
                    mistakes.push(format!(
                        "{}: {rule}: a quote under `either` stands under `finds` or `near` too",
                        page.file
                    ));
                }
            }
            let unknown = page.says.keys().filter(|k| !SAYS.contains(&k.as_str()));
            mistakes.extend(unknown.map(|k| format!("{}: a page can't say `{k}`", page.file)));
        }
        for file in pages_under(folder) {
            if self.pages.iter().filter(|p| p.file == file).count() != 1 {
                mistakes.push(format!("{file}: needs one [[page]]"));
            }
        }
        mistakes
    }
}

impl Label {
    fn add_from_says(&mut self, from_says: &BTreeMap<String, String>) {
        for (thing, rule) in from_says {
            if self.says.get(thing) == Some(&false) && !self.either.contains_key(rule) {
                self.finds.insert(rule.clone(), Marks::Page(true));
            }
        }
    }
}

fn pages_under(folder: &Path) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).expect("the folder is part of the project").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "html") {
                let below = path.strip_prefix(folder).expect("the path was found under the folder");
                found.push(below.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}
