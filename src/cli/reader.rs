//! Reads pages as an audit measures them: by its words and settings, with links to the host that they were read from under its
//! public name.

use crate::facts::{Dom, Lexicon, Page, Settings, Sheets};
use crate::gather::{Plan, Rename};
use crate::model::Fetched;

/// What reads the pages of one plan.
pub(super) struct Reader<'w> {
    lexicon: &'w Lexicon,
    settings: Settings,
    rename: Rename,
}

impl<'w> Reader<'w> {
    /// A reader for the pages that a plan gathers.
    pub(super) fn new(lexicon: &'w Lexicon, settings: Settings, plan: &Plan) -> Self {
        Self { lexicon, settings, rename: plan.rename() }
    }

    /// A page by itself.
    pub(super) fn read(&self, fetched: &Fetched) -> Page<'w> {
        self.named(Page::read(fetched, self.lexicon, &self.settings))
    }

    /// A page with its style sheets.
    pub(super) fn read_styled(&self, fetched: &Fetched, sheets: &Sheets) -> Page<'w> {
        self.named(Page::read_styled(fetched, self.lexicon, &self.settings, sheets))
    }

    /// A page that was parsed before, with its style sheets where they are known.
    pub(super) fn read_tree(&self, dom: Dom, fetched: &Fetched, sheets: Option<&Sheets>) -> Page<'w> {
        self.named(Page::of_tree(dom, fetched, self.lexicon, &self.settings, sheets))
    }

    fn named(&self, mut page: Page<'w>) -> Page<'w> {
        page.facts.rename(&|url| self.rename.public_page(url));
        page
    }
}
