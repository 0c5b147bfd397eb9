//! What an address turned out to be, for those who walk the links from page to page.

use super::{SiteFacts, Spot, resolve};
use crate::model::PageUrl;

/// What an address of the site turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// A page that was read.
    Page,
    /// A file.
    File,
    /// The server says that nothing is there.
    Missing,
    /// It was not read, or leads to where nothing is known.
    Unread,
    /// It may not be read.
    Forbidden,
}

impl SiteFacts {
    /// The index of the page or file that an address leads to, after redirects.
    pub fn leads_to(&self, url: &PageUrl) -> Option<u32> {
        resolve(&self.index, &self.spots, url)
    }

    /// The addresses that a page links to outside its foot. What stands in the foot of every page, such as
    /// the map of the site, is no way that people think of first.
    pub fn out_above_foot(&self, i: u32) -> impl Iterator<Item = u32> + '_ {
        let foot = self.foot.out(i);
        self.graph.out(i).iter().copied().filter(|to| foot.binary_search(to).is_err())
    }

    /// What the address of that index turned out to be.
    pub fn address(&self, i: u32) -> Address {
        match self.spots[i as usize] {
            _ if self.notes[i as usize].read => Address::Page,
            Spot::File => Address::File,
            Spot::Error(404 | 410) => Address::Missing,
            Spot::Forbidden => Address::Forbidden,
            _ => Address::Unread,
        }
    }
}
