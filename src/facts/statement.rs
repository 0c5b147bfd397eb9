//! What a site says of its own accessibility: whether there is a statement, and what stands on it. It never judges whether it is true.

use super::lexicon::Lexicon;
use super::page::PageFacts;
use crate::model::{PageUrl, Region};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A page with a statement on the accessibility of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    /// The page.
    #[schemars(with = "String")]
    pub url: PageUrl,
    /// It says when it was written or looked at.
    pub dated: bool,
    /// Its main content names a phone number, mail address, address or person to reach.
    pub contact: bool,
    /// Somebody who meets a barrier can tell it from there: a form, or a mail address or a number in its main content.
    pub feedback: bool,
}

impl Statement {
    /// What a page says as a statement; `None` where its first heading or title does not name it one.
    pub fn of(page: &PageFacts, lexicon: &Lexicon) -> Option<Self> {
        let name = lexicon.words(&page.lang)?.patterns("statement").get("name")?;
        let heading = page.headings.iter().find(|h| h.level == 1).or(page.headings.first());
        // A title often ends with the name of the site.
        let title = page.title.split(['|', '–', '—', '·']).next().unwrap_or_default();
        let named = |text: &str| name.is_match(text.trim());
        if !heading.is_some_and(|h| named(&h.text)) && !named(title) {
            return None;
        }
        let own = || page.contacts.iter().filter(|c| c.region == Region::Main);
        let reaches = |kinds: &[&str]| own().any(|c| kinds.contains(&c.kind.as_str()));
        Some(Self {
            url: page.url.clone(),
            dated: page.updated,
            contact: reaches(&["phone", "relay", "email", "address", "person"]),
            feedback: reaches(&["phone", "relay", "email", "form", "chat"])
                || page.forms.iter().any(|f| f.kind != "search"),
        })
    }

    /// The one of two that says more; the first where they are alike.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        let says = |s: &Self| u8::from(s.dated) + u8::from(s.contact) + u8::from(s.feedback);
        if says(&other) > says(&self) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Page, Settings};
    use crate::model::Fetched;

    fn statement(html: &str) -> Option<Statement> {
        let fetched = Fetched::of_file(
            PageUrl::parse("http://milltown.example/accessibility").expect("a valid address"),
            html.to_owned().into_bytes(),
            "",
        );
        let lexicon = Lexicon::for_tests();
        Statement::of(&Page::read(&fetched, lexicon, &Settings::default()).facts, lexicon)
    }

    #[test]
    fn a_statement_is_known_by_its_name_and_looked_at_for_what_it_has() {
        let whole = "<html lang=en><title>Accessibility | Milltown</title><main><h1>Accessibility statement</h1>\
            <p>Last reviewed on 3 March 2026.</p><p>Met a barrier? Write to \
            <a href='mailto:web@milltown.example'>web@milltown.example</a>.</p></main>";
        let found = statement(whole).expect("it is one");
        assert_eq!((found.dated, found.contact, found.feedback), (true, true, true));
        let bare = "<html lang=en><main><h1>Accessibility</h1><p>We care.</p></main><footer>Call 215-555-0163</footer>";
        let bare = statement(bare).expect("it is one");
        assert_eq!((bare.dated, bare.contact, bare.feedback), (false, false, false));
        assert_eq!(bare.better(found.clone()), found);
        assert_eq!(statement("<html lang=en><main><h1>Accessibility of the ferry pier</h1><p>Ramps.</p></main>"), None);
    }
}
