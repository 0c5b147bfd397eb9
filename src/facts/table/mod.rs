//! The FACTS table: the closed list of what rules can ask for, each with its subject, unit and meaning.

/// Makes the rows of one subject: name, unit, meaning, how it is read.
macro_rules! facts {
    ($($name:literal, $unit:literal, $meaning:literal, $kind:ident $read:expr;)*) => {
        pub(super) const FACTS: &[super::Fact] = &[$(super::Fact { name: $name, unit: $unit, meaning: $meaning, read: super::Read::$kind($read) }),*];
    };
}

mod access;
mod contact;
mod expect;
mod file;
mod forms;
mod journey;
mod kiosk;
mod layout;
mod markup;
mod page;
mod rendered;
mod style;
mod ways;
mod words;

use super::contacts::Contact;
use super::dom::Dom;
use super::forms::{Field, Form};
use super::links::Link;
use super::page::{Heading, PageFacts};
use super::site::{Journey, SiteFacts};
use super::site_files::SiteFile;
use super::text::{Block, Item, List, Paragraph, Sentence};
use std::sync::LazyLock;

/// What a fact speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say what they are")]
pub enum Subject {
    Page,
    Form,
    Field,
    Link,
    Heading,
    Sentence,
    Paragraph,
    List,
    Item,
    Contact,
    File,
    Journey,
    Element,
    Site,
}

impl Subject {
    /// How many there are.
    pub const COUNT: usize = Self::Site as usize + 1;
}

/// When a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// While the page is read.
    Page,
    /// After the last page.
    Site,
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number, in the fact's unit.
    Number(f64),
    /// Numbers from the first to the second, of which it is several.
    Between(f64, f64),
    /// Yes or no.
    Flag(bool),
    /// A word.
    Text(String),
    /// It could not be told, and why.
    Unknown(&'static str),
    /// It does not apply.
    Absent,
}

/// How a fact is read.
#[derive(Clone, Copy)]
pub enum Read {
    /// Of the page.
    Page(fn(&PageFacts) -> Value),
    /// Of a form.
    Form(fn(&PageFacts, &Form) -> Value),
    /// Of a field.
    Field(fn(&Form, &Field) -> Value),
    /// Of a link.
    Link(fn(&PageFacts, &Link) -> Value),
    /// Of a heading.
    Heading(fn(&Heading) -> Value),
    /// Of a sentence of the main content.
    Sentence(fn(&Block, &Sentence) -> Value),
    /// Of a paragraph of the main content.
    Paragraph(fn(&Paragraph<'_>) -> Value),
    /// Of a list of the main content.
    List(fn(&List) -> Value),
    /// Of an item of numbered steps.
    Item(fn(&Item) -> Value),
    /// Of a contact.
    Contact(fn(&Contact) -> Value),
    /// Of an element, for the tests of selectors.
    Element(fn(&Dom, u32) -> Value),
    /// Of a link, once the site is known.
    SiteLink(fn(&SiteFacts, &PageFacts, &Link) -> Value),
    /// Of a file that pages link, once the site is known.
    File(fn(&SiteFacts, &SiteFile) -> Value),
    /// Of a form over several pages.
    Journey(fn(&Journey) -> Value),
    /// Of a page, once the site is known.
    SitePage(fn(&SiteFacts, &PageFacts) -> Value),
    /// Of the site.
    Site(fn(&SiteFacts) -> Value),
}

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Fact {
    /// Name as rules write it, `subject.word`.
    pub name: &'static str,
    /// Unit: `words`, `grade`, `yes/no` …
    pub unit: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// How it is read.
    pub read: Read,
}

impl Fact {
    /// What it speaks of.
    pub fn subject(&self) -> Subject {
        match self.read {
            Read::Page(_) | Read::SitePage(_) => Subject::Page,
            Read::Form(_) => Subject::Form,
            Read::Field(_) => Subject::Field,
            Read::Link(_) | Read::SiteLink(_) => Subject::Link,
            Read::Heading(_) => Subject::Heading,
            Read::Sentence(_) => Subject::Sentence,
            Read::Paragraph(_) => Subject::Paragraph,
            Read::List(_) => Subject::List,
            Read::Item(_) => Subject::Item,
            Read::Contact(_) => Subject::Contact,
            Read::File(_) => Subject::File,
            Read::Journey(_) => Subject::Journey,
            Read::Element(_) => Subject::Element,
            Read::Site(_) => Subject::Site,
        }
    }

    /// Whether it is read from what is stored of a page, so that neither its tree nor its sentences are needed.
    pub fn is_stored(&self) -> bool {
        matches!(
            self.read,
            Read::Page(_) | Read::Form(_) | Read::Field(_) | Read::Link(_) | Read::Heading(_) | Read::Contact(_)
        )
    }

    /// When it is known.
    pub fn phase(&self) -> Phase {
        match self.read {
            Read::SiteLink(_) | Read::SitePage(_) | Read::File(_) | Read::Journey(_) | Read::Site(_) => Phase::Site,
            _ => Phase::Page,
        }
    }
}

/// The fact of that name.
pub fn fact(name: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|f| f.name == name)
}

fn number(n: impl Into<f64>) -> Value {
    Value::Number(n.into())
}

fn size(n: usize) -> Value {
    Value::Number(n as f64)
}

fn text(t: &str) -> Value {
    Value::Text(t.to_owned())
}

fn told(flag: Option<bool>) -> Value {
    flag.map_or(Value::Absent, Value::Flag)
}

const SHORT: &str = "the page has too little text for this measure";
const SCRIPT: &str = "a script draws the page, so that its source holds too little";
const PARTIAL: &str = "not every page of the site was read";

/// A count in sight, which a script may add to: few is not told where the source is empty.
fn in_sight(page: &PageFacts, n: usize) -> Value {
    if page.drawn_by_script { Value::Unknown(SCRIPT) } else { size(n) }
}

/// A count over the site: none is not told unless everything was read.
fn on_site(site: &SiteFacts, n: usize) -> Value {
    if n == 0 && !site.may_report_absence() { Value::Unknown(PARTIAL) } else { size(n) }
}

fn offered(site: &SiteFacts, has: bool) -> Value {
    if !has && !site.may_report_absence() { Value::Unknown(PARTIAL) } else { Value::Flag(has) }
}

fn contacts(page: &PageFacts, wanted: impl Fn(&Contact) -> bool) -> usize {
    page.contacts.iter().filter(|c| wanted(c)).count()
}

fn reaches(contact: &Contact) -> bool {
    contact.reaches()
}

/// Every fact that a rule can look at, by subject.
pub static FACTS: LazyLock<Vec<Fact>> = LazyLock::new(|| {
    let rooms = [
        page::FACTS,
        rendered::FACTS,
        words::FACTS,
        expect::FACTS,
        forms::FACTS,
        journey::FACTS,
        ways::FACTS,
        contact::FACTS,
        file::FACTS,
        access::FACTS,
        style::FACTS,
        layout::FACTS,
        markup::FACTS,
        kiosk::FACTS,
    ];
    rooms.concat()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_subject_and_are_unique() {
        let mut names: Vec<&str> = FACTS.iter().map(|f| f.name).collect();
        for fact in FACTS.iter() {
            let subject = format!("{:?}", fact.subject()).to_lowercase();
            assert_eq!(fact.name.split('.').next(), Some(subject.as_str()), "{}", fact.name);
            assert!(fact.meaning.ends_with('.') || fact.meaning.ends_with('…'), "{}", fact.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FACTS.len());
    }
}
