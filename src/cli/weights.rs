//! What each page weighs: by page views, top tasks or structure; declared archives apart.

use super::pipeline::AuditError;
use super::progress::note;
use super::setup::Setup;
use crate::config::Archive;
use crate::facts::SiteFacts;
use crate::model::{PageUrl, Sample};
use crate::score::{self, Drawn, Graph, Sampled, Structure};
use std::collections::{BTreeMap, BTreeSet};

/// The share of page views of unknown addresses from which it is told. Our choice.
const MUCH_ELSEWHERE: f64 = 0.2;

/// Clicks from home that are taken, in a sample, for pages which no page that was read links to. Our choice: one or
/// two clicks are read whole where they can be, and what those name is three away.
const UNLINKED: u32 = 4;

/// The weights of the pages that were read, by their index among all addresses.
pub(super) struct Weights {
    pub(super) by_address: BTreeMap<u32, f64>,
    /// The weight of what was not read.
    pub(super) unread: f64,
    /// Where they come from.
    pub(super) source: &'static str,
    /// Pages of declared archives that were read, with their shares among themselves.
    pub(super) apart: BTreeMap<u32, f64>,
    /// Where the pages of a sample were drawn from.
    pub(super) sample: Option<Draws>,
}

/// What was drawn, as the score sees it.
pub(super) struct Draws {
    pub(super) parts: Vec<Drawn>,
    /// The part of each page that was drawn, by its index among all addresses.
    pub(super) part_of: BTreeMap<u32, u32>,
    pub(super) told: Sampled,
}

impl Draws {
    /// An address that was drawn stands for others; what it redirects to stands for it, once.
    fn new(sample: &Sample, site: &SiteFacts) -> Self {
        let parts: Vec<Drawn> =
            sample.strata.iter().map(|s| Drawn { known: s.known, drawn: s.drawn.len() as u64 }).collect();
        let mut part_of = BTreeMap::new();
        for (part, stratum) in (0u32..).zip(&sample.strata) {
            for page in stratum.drawn.iter().filter_map(|url| site.page_at(url)) {
                part_of.entry(page).or_insert(part);
            }
        }
        let read = part_of.keys().filter(|&&page| site.is_read(page)).count() as u64;
        let of = part_of.values().map(|&part| parts[part as usize].stands_for()).sum();
        Self { parts, part_of, told: Sampled { pages: read, of, beyond: sample.beyond } }
    }

    /// How many pages this one stands for.
    fn stands_for(&self, page: u32) -> f64 {
        self.part_of.get(&page).map_or(0.0, |&part| self.parts[part as usize].stands_for())
    }
}

/// `tasks` has the pages of each declared task, by their index among all addresses.
pub(super) fn weights(
    setup: &Setup,
    site: &SiteFacts,
    sample: Option<&Sample>,
    tasks: &[Vec<u32>],
) -> Result<Weights, AuditError> {
    let (pages, offsets, targets) = site.page_graph();
    let place = |address: u32| pages.binary_search(&address).ok().and_then(|i| u32::try_from(i).ok());
    let tasks: Vec<Vec<u32>> = tasks.iter().map(|task| task.iter().filter_map(|&page| place(page)).collect()).collect();
    let read: Vec<bool> = pages.iter().map(|&p| site.is_read(p)).collect();
    let is_apart = archived(&setup.config.archives, site, &pages, &tasks, &read);
    let only = |weights: &[f64], apart: bool| -> Vec<f64> {
        weights.iter().zip(&is_apart).map(|(&w, &is)| if is == apart { w } else { 0.0 }).collect()
    };
    let (all, source) = if let Some(views) = &setup.views {
        let (views, elsewhere) = views.of_pages(site, &pages).map_err(AuditError::Views)?;
        if elsewhere > MUCH_ELSEWHERE {
            note(format_args!(
                "{:.0}% of the page views are of addresses that this audit does not know",
                elsewhere * 100.0
            ));
        }
        (score::from_views(&views), "views")
    } else {
        let home = site.home().and_then(place);
        let serves: Vec<bool> = pages.iter().map(|&p| site.does_business(p)).collect();
        // Without a home page every page is a root.
        let every = 0..u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let roots: Vec<u32> = if home.is_some() { tasks.concat() } else { every.collect() };
        let places = |group: &Vec<u32>| group.iter().filter_map(|&page| place(page)).collect();
        let twins: Vec<Vec<u32>> = site.alike.iter().map(places).collect();
        let structure = match Graph::new(offsets, targets) {
            Ok(graph) => {
                let unlinked = sample.map(|_| UNLINKED);
                let (roots, serves, twins) = (&roots[..], &serves[..], &twins[..]);
                score::structural(&Structure { graph: &graph, home, roots, serves, twins, unlinked })
            }
            Err(_) => vec![1.0 / pages.len().max(1) as f64; pages.len()],
        };
        (structure, if tasks.iter().all(Vec::is_empty) { "structure" } else { "tasks" })
    };
    let of = |apart: bool| -> Vec<bool> { read.iter().zip(&is_apart).map(|(&r, &is)| r && is == apart).collect() };
    let apart = score::over_read(&only(&all, true), &of(true)).weights;
    let apart = pages.iter().zip(apart).filter(|(_, share)| *share > 0.0).map(|(&page, share)| (page, share)).collect();
    let own = only(&all, false);
    let own = if source == "tasks" { score::from_tasks(&own, &tasks) } else { own };
    let draws = sample.map(|sample| Draws::new(sample, site));
    let own = match &draws {
        Some(draws) => own.iter().zip(&pages).map(|(weight, &page)| weight * draws.stands_for(page)).collect(),
        None => own,
    };
    let over_read = score::over_read(&shown(own, site, &pages), &of(false));
    Ok(Weights {
        by_address: pages.into_iter().zip(over_read.weights).collect(),
        unread: over_read.unread,
        source,
        apart,
        sample: draws,
    })
}

/// The weights without those of pages that move on before anybody can read them, unless nothing else has any.
fn shown(weights: Vec<f64>, site: &SiteFacts, pages: &[u32]) -> Vec<f64> {
    let kept: Vec<f64> = weights.iter().zip(pages).map(|(&w, &p)| if site.moves_on(p) { 0.0 } else { w }).collect();
    if kept.iter().any(|&weight| weight > 0.0) { kept } else { weights }
}

/// Which pages belong to a declared archive. The home page and the pages of a top task are in use, whatever
/// is declared; and where nothing else was read, nothing stands apart.
fn archived(archives: &[Archive], site: &SiteFacts, pages: &[u32], tasks: &[Vec<u32>], read: &[bool]) -> Vec<bool> {
    let mut apart = vec![false; pages.len()];
    if archives.is_empty() {
        return apart;
    }
    let in_use: BTreeSet<u32> = tasks.concat().into_iter().collect();
    let addresses: BTreeMap<u32, &PageUrl> = site.addresses().collect();
    let mut used = vec![false; archives.iter().map(|archive| archive.urls.len()).sum()];
    for ((at, page), is_apart) in (0u32..).zip(pages).zip(&mut apart) {
        let Some(url) = addresses.get(page) else { continue };
        if in_use.contains(&at) || site.home() == Some(*page) {
            continue;
        }
        for (spot, used) in archives.iter().flat_map(|archive| &archive.urls).zip(&mut used) {
            if spot.names(url, &site.start) {
                (*used, *is_apart) = (true, true);
            }
        }
    }
    for (spot, _) in archives.iter().flat_map(|archive| &archive.urls).zip(&used).filter(|(_, used)| !**used) {
        note(format_args!("the archive `{}` of the config names no page of this audit", spot.as_str()));
    }
    if read.iter().zip(&apart).all(|(&read, &is)| !read || is) {
        note("the archives of the config hold every page that was read, so that none is scored apart");
        apart.fill(false);
    }
    apart
}
