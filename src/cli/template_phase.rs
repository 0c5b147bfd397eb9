//! One page of each template drawn by a browser, when all pages are read: menus, the way of the keyboard, and where things stand are
//! alike on the pages of a template. Which page it is follows from addresses and classes, never from who came first.

use super::pipeline::{AuditError, Job};
use super::snapshots::{Open, body_in};
use super::states;
use super::style_phase::each;
use crate::audit::Judge;
use crate::gather::Progress;
use crate::history::{Aside, Packer, PageRecord, Spooled, Store};
use crate::model::{Fetched, PageUrl, RenderWhy};
use crate::snapshot::SnapshotError;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Pages that share their classes before these are held to be a template. Our choice: fewer are quickly read one by one.
const SHARED: usize = 5;

/// Templates of which a page is drawn, those with the most pages first. Our choice: a page takes a second or two.
const MOST: usize = 12;

/// Draws the chosen pages, and puts what is found on them in the place of what was found in their source. What was drawn before the
/// audit was interrupted is not drawn again.
pub(super) fn run(
    job: &Job<'_>,
    judge: &Judge<'_>,
    (store, run): (&Store, i64),
    open: Option<&Open>,
    key_of: &(dyn Fn(&Fetched) -> String + Sync),
) -> Result<(), AuditError> {
    if !job.screen.draws_templates() {
        return Ok(());
    }
    let mut templates = Templates::default();
    store.each_aside(run, |page| templates.add(page))?;
    let mut pages = Vec::new();
    for (url, at) in templates.chosen() {
        pages.extend(store.again(&url, body_in(open, job))?.map(|fetched| (fetched, at)));
    }
    let reader = job.reader();
    let (screen, stop, progress) = (&job.screen, job.stop, job.progress);
    let (done, all) = (AtomicUsize::new(0), pages.len());
    let tell = |done: usize| progress(Progress { templates: Some((done, all)), ..Progress::default() });
    if all > 0 {
        tell(0);
    }
    let look = |(fetched, at): &(Fetched, Option<u64>)| -> Result<Option<(Fetched, PageRecord, _, _)>, SnapshotError> {
        let place = open.zip(*at);
        let kept = place.and_then(|(open, at)| open.resumed.as_ref()?.late(&fetched.url, at));
        let drawn = match kept {
            Some(rendered) => Some(Fetched { rendered: Some(Arc::new(rendered)), ..fetched.clone() }),
            None => {
                let drawn = screen.draw(fetched, Some(RenderWhy::FirstOfTemplate), stop);
                if let Some(((open, at), drawn)) = place.zip(drawn.as_ref()) {
                    open.writer.append_late(at, drawn)?;
                }
                drawn
            }
        };
        tell(done.fetch_add(1, Ordering::Relaxed) + 1);
        Ok(drawn.map(|drawn| {
            let page = reader.read(&drawn);
            let (facts, verdicts, next, shown) = states::judged(&drawn, judge, page, |state| reader.read(state));
            (drawn, PageRecord { facts, verdicts }, next, shown)
        }))
    };
    let results = each(&pages, stop, look);
    if stop.load(Ordering::Relaxed) {
        return Err(if job.snapshots.is_some() { AuditError::Stopped } else { AuditError::Forgotten });
    }
    let mut packer = Packer::default();
    store.batch()?;
    for ((_, at), result) in pages.iter().zip(results) {
        let Some((drawn, record, next, shown)) = result.transpose()?.flatten() else { continue };
        let key = key_of(&drawn);
        let packed = packer.page(&record.json(), &next).with_pictures(&shown);
        store.put_page(run, drawn.url.as_str(), &key, *at, Some(&packed))?;
        store.spool(&Spooled::new(&drawn, &next, false), &key, *at, true)?;
    }
    store.commit()?;
    Ok(())
}

/// The templates of a site by the classes of their pages: how many pages each has, whether one of them was drawn, and the first
/// by address.
#[derive(Default)]
struct Templates(HashMap<i64, (usize, bool, Aside)>);

impl Templates {
    fn add(&mut self, page: Aside) {
        match self.0.entry(page.shape) {
            Entry::Vacant(new) => drop(new.insert((1, page.is_drawn, page))),
            Entry::Occupied(mut known) => {
                let (count, is_drawn, first) = known.get_mut();
                *count += 1;
                *is_drawn |= page.is_drawn;
                if page.url < first.url {
                    *first = page;
                }
            }
        }
    }

    /// The first page of each template none of whose pages was drawn, of those with the most pages.
    fn chosen(self) -> Vec<(PageUrl, Option<u64>)> {
        let is_wanted = |(count, is_drawn, _): &(usize, bool, Aside)| *count >= SHARED && !is_drawn;
        let mut wanted: Vec<(usize, bool, Aside)> = self.0.into_values().filter(is_wanted).collect();
        wanted.sort_by(|(a, _, one), (b, _, other)| b.cmp(a).then_with(|| one.url.cmp(&other.url)));
        wanted.into_iter().take(MOST).map(|(.., first)| (first.url, first.at)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aside(path: &str, shape: i64, is_drawn: bool) -> Aside {
        let url = PageUrl::parse(&format!("http://town.example/{path}")).expect("a valid address");
        Aside { url, shape, own: false, sheets: Vec::new(), is_drawn, key: String::new(), at: None, is_measured: true }
    }

    fn paths(pages: &[Aside]) -> Vec<String> {
        let mut templates = Templates::default();
        pages.iter().for_each(|page| templates.add(page.clone()));
        templates.chosen().iter().map(|(url, _)| url.path().trim_start_matches('/').to_owned()).collect()
    }

    #[test]
    fn one_page_stands_for_a_template_whatever_the_order() {
        let mut pages: Vec<Aside> = (0..5).map(|n| aside(&format!("news-{n}"), 1, false)).collect();
        pages.extend((0..7).map(|n| aside(&format!("page-{n}"), 2, false)));
        pages.extend((0..9).map(|n| aside(&format!("drawn-{n}"), 3, n == 4)));
        pages.extend((0..4).map(|n| aside(&format!("few-{n}"), 4, false)));
        assert_eq!(paths(&pages), ["page-0", "news-0"]);
        pages.reverse();
        assert_eq!(paths(&pages), ["page-0", "news-0"]);
    }

    #[test]
    fn of_many_templates_the_commonest_count() {
        let many = |shape: i64| (0..5 + shape % 2).map(move |n| aside(&format!("t{shape:02}-{n}"), shape, false));
        let found = paths(&(0..20).flat_map(many).collect::<Vec<_>>());
        assert_eq!(found.len(), MOST);
        assert_eq!((found[0].as_str(), found[9].as_str(), found[10].as_str()), ("t01-0", "t19-0", "t00-0"));
    }
}
