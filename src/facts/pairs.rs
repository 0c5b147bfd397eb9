//! Claims of all pages brought together, so that two that cannot both be right are seen side by side.
//! Memory grows with the number of distinct subjects, not of pages.

use super::claims::{Claim, Named, Stand, Topic};
use super::page::PageFacts;
use crate::model::PageUrl;
use std::collections::HashMap;
use std::sync::Arc;

/// Values of one subject that are kept. Our choice: a label with more is the label of many things.
const MOST_VALUES: usize = 4;

/// Subjects that are kept, so that a hostile site cannot fill the memory. Our choice.
const MOST_SUBJECTS: usize = 500_000;

/// A value that pages say of a subject.
#[derive(Clone, Debug)]
pub struct Said {
    /// The value.
    pub value: String,
    /// What the first page says.
    pub raw: String,
    /// The first page.
    pub url: PageUrl,
    /// Pages that say so.
    pub pages: u32,
    /// How they name the subject, each way once.
    pub named: Vec<Named>,
    /// All values of the kind on the first page, whomever they belong to: a page that names two numbers knows of both.
    beside: Arc<[String]>,
}

/// What the pages say of one subject.
#[derive(Debug, Default)]
struct Group {
    values: Vec<Said>,
    /// Whether a page says several things of it, or the site too many.
    many: bool,
}

/// All that pages claim of subjects that they share.
#[derive(Debug, Default)]
pub struct Pairs {
    groups: HashMap<(Topic, String), Group>,
    frames: HashMap<Topic, Group>,
}

/// A claim of a page, and another that cannot be right too.
#[derive(Debug)]
pub struct Pair<'p> {
    /// What this page says.
    pub here: &'p Claim,
    /// What the other place says.
    pub there: String,
    /// Where that is; `None` for the same page.
    pub url: Option<&'p PageUrl>,
}

/// The outcome of comparing what a page claims.
#[derive(Debug, Default)]
pub struct Compared<'p> {
    /// Whether there was anything to compare.
    pub applied: bool,
    /// What disagrees, in the order of the page.
    pub pairs: Vec<Pair<'p>>,
}

impl Group {
    fn add(&mut self, claim: &Claim, url: &PageUrl, beside: &Arc<[String]>) {
        if let Some(known) = self.values.iter_mut().find(|s| s.value == claim.value) {
            known.pages += 1;
            if !known.named.contains(&claim.named) {
                known.named.push(claim.named);
            }
        } else if self.values.len() < MOST_VALUES {
            let said = Said {
                value: claim.value.clone(),
                raw: claim.raw.clone(),
                url: url.clone(),
                pages: 1,
                named: vec![claim.named],
                beside: Arc::clone(beside),
            };
            self.values.push(said);
        } else {
            self.many = true;
        }
    }

    fn pages(&self) -> u32 {
        self.values.iter().map(|s| s.pages).sum()
    }

    /// What most pages say that mean the same as one that names it so; among equals what the first one says.
    fn usual_for(&self, here: &Claim) -> Option<&Said> {
        let means = |s: &&Said| s.value == here.value || s.named.iter().any(|n| n.agrees(here.named));
        self.values.iter().filter(means).max_by(|a, b| a.pages.cmp(&b.pages).then_with(|| b.url.cmp(&a.url)))
    }

    /// What most pages say; among equals what the first one says.
    fn usual(&self) -> Option<&Said> {
        self.values.iter().max_by(|a, b| a.pages.cmp(&b.pages).then_with(|| b.url.cmp(&a.url)))
    }
}

/// The claims of a page about each subject of which it says just one thing.
fn single(page: &PageFacts, topic: Topic, stand: Stand) -> Vec<&Claim> {
    let own: Vec<&Claim> = page.claims.iter().filter(|c| c.topic == topic && c.stand == stand).collect();
    let mut seen: HashMap<&str, Option<&Claim>> = HashMap::new();
    for claim in &own {
        seen.entry(&claim.subject)
            .and_modify(|first| {
                if first.is_some_and(|f| f.value != claim.value) {
                    *first = None;
                }
            })
            .or_insert(Some(claim));
    }
    own.into_iter()
        .filter(|c| seen.get(c.subject.as_str()).copied().flatten().is_some_and(|f| std::ptr::eq(f, *c)))
        .collect()
}

/// Values of one kind that are kept of a page. Our choice: a page with more is a list.
const MOST_BESIDE: usize = 16;

/// What a page says of one kind, each value once.
fn beside(page: &PageFacts, topic: Topic) -> Arc<[String]> {
    let mut values: Vec<String> = Vec::new();
    for claim in page.claims.iter().filter(|c| c.topic == topic && c.stand == Stand::Seen) {
        if values.len() < MOST_BESIDE && !values.contains(&claim.value) {
            values.push(claim.value.clone());
        }
    }
    values.into()
}

impl Pairs {
    /// Takes in a page, in the order of the addresses.
    pub(super) fn add(&mut self, page: &PageFacts) {
        for topic in Topic::ALL {
            let beside = beside(page, topic);
            for claim in single(page, topic, Stand::Seen).into_iter().filter(|c| !c.subject.is_empty()) {
                if self.groups.len() < MOST_SUBJECTS || self.groups.contains_key(&(topic, claim.subject.clone())) {
                    self.groups.entry((topic, claim.subject.clone())).or_default().add(claim, &page.url, &beside);
                }
            }
            for claim in single(page, topic, Stand::Frame) {
                self.frames.entry(topic).or_default().add(claim, &page.url, &beside);
            }
        }
    }

    /// Leaves only what two pages speak of, after the last page.
    pub(super) fn finish(&mut self) {
        self.groups.retain(|_, group| group.pages() > 1 && !group.many);
    }

    /// What a page says against other pages.
    pub fn between_pages<'p>(&'p self, page: &'p PageFacts, topic: Topic) -> Compared<'p> {
        let mut compared = Compared::default();
        let own = beside(page, topic);
        for here in single(page, topic, Stand::Seen) {
            let group = self.groups.get(&(topic, here.subject.clone()));
            let Some(usual) = group.and_then(|g| g.usual_for(here)) else { continue };
            compared.applied = true;
            // A value that stands under a heading is said of the section and of the page; one row is enough.
            let is_known = compared.pairs.iter().any(|p| p.here.value == here.value && p.there == usual.raw);
            let is_named = own.contains(&usual.value) || usual.beside.contains(&here.value);
            if here.contradicts(&usual.value) && !is_known && !is_named {
                compared.pairs.push(Pair { here, there: usual.raw.clone(), url: Some(&usual.url) });
            }
        }
        compared
    }

    /// What a page about reaching somebody says against the foot or banner that pages share.
    pub fn against_frame<'p>(&'p self, page: &'p PageFacts, topic: Topic) -> Compared<'p> {
        let mut compared = Compared::default();
        if page.kind.name != "contact" {
            return compared;
        }
        let seen: Vec<&Claim> = page.claims.iter().filter(|c| c.topic == topic && c.stand == Stand::Seen).collect();
        let usual = self.frames.get(&topic).filter(|g| !g.many).and_then(Group::usual).filter(|s| s.pages > 1);
        let (Some(here), Some(usual)) = (seen.first(), usual) else { return compared };
        compared.applied = true;
        // A page with several numbers is a list of offices, and the foot may name any or none of them.
        if seen.iter().all(|c| c.value == here.value) && here.contradicts(&usual.value) {
            compared.pairs.push(Pair { here, there: usual.raw.clone(), url: Some(&usual.url) });
        }
        compared
    }
}

/// What the data of a page say against what people see on it.
pub fn against_data(page: &PageFacts, topic: Topic) -> Compared<'_> {
    let of = |stand: fn(Stand) -> bool| page.claims.iter().filter(move |c| c.topic == topic && stand(c.stand));
    let mut compared = Compared::default();
    let data: Vec<&Claim> = of(|s| s == Stand::Data).collect();
    let seen: Vec<&Claim> = of(|s| s != Stand::Data).collect();
    let (Some(stated), Some(here)) = (data.first(), seen.first()) else { return compared };
    compared.applied = true;
    let agrees = |s: &&Claim| data.iter().any(|d| !s.contradicts(&d.value));
    let one = data.iter().all(|d| d.value == stated.value) && seen.iter().all(|s| s.value == here.value);
    if one && !seen.iter().any(agrees) {
        compared.pairs.push(Pair { here, there: stated.raw.clone(), url: None });
    }
    compared
}
