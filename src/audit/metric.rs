//! Facts with a limit.

use super::{Found, Hit, place};
use crate::facts::{
    Block, Contact, Fact, Field, Form, Heading, Item as Step, Journey, Link, List, Page, PageFacts, Paragraph, Read,
    Sentence, SiteFacts, SiteFile, Subject, Value, paragraphs,
};
use crate::mistakes::Scalar;
use crate::model::{Exposure, Severity};
use crate::rule::{Filter, MetricCheck, Wanted};
use std::cell::OnceCell;

/// One thing that a fact may speak of.
#[derive(Clone, Copy)]
enum Item<'p> {
    Page,
    Form(&'p Form),
    Field(&'p Form, &'p Field),
    Link(&'p Link),
    Heading(&'p Heading),
    Sentence(&'p Block, &'p Sentence),
    Paragraph(Paragraph<'p>),
    List(&'p List),
    Step(&'p Block, &'p Step),
    Contact(&'p Contact),
    File(&'p SiteFile),
    Journey(&'p Journey),
}

/// What the facts are read from.
#[derive(Clone, Copy)]
struct Source<'p> {
    facts: Option<&'p PageFacts>,
    site: Option<&'p SiteFacts>,
}

/// What there is on a page of each subject; gathered when a rule first asks for it.
pub(super) struct Items<'p> {
    page: &'p Page<'p>,
    by_subject: [OnceCell<Vec<Item<'p>>>; Subject::COUNT],
}

impl<'p> Items<'p> {
    pub(super) fn new(page: &'p Page<'p>) -> Self {
        Self { page, by_subject: Default::default() }
    }

    fn of(&self, subject: Subject) -> &[Item<'p>] {
        self.by_subject[subject as usize].get_or_init(|| items(subject, &self.page.facts, Some(self.page)))
    }
}

/// A metric on a page whose tree is at hand.
pub(super) fn on_page(check: &MetricCheck, items: &Items<'_>) -> Found {
    let source = Source { facts: Some(&items.page.facts), site: None };
    let mut found = Found::default();
    for &item in items.of(check.fact.subject()) {
        judge(check, source, item, &mut found, || locate(items.page, item));
    }
    found
}

/// A metric of the page phase on a page of which only the stored facts are left.
pub(super) fn from_facts(check: &MetricCheck, facts: &PageFacts) -> Found {
    let source = Source { facts: Some(facts), site: None };
    let mut found = Found::default();
    for item in items(check.fact.subject(), facts, None) {
        // Where it stood is no longer known, so that nothing of it is taken for the same element later.
        judge(check, source, item, &mut found, || None);
    }
    found
}

/// A metric on a page of which only the stored facts are left.
pub(super) fn in_site(check: &MetricCheck, site: &SiteFacts, facts: &PageFacts) -> Found {
    let source = Source { facts: Some(facts), site: Some(site) };
    let mut found = Found::default();
    if check.fact.subject() == Subject::File {
        for file in site.files_on(&facts.url) {
            judge(check, source, Item::File(file), &mut found, || {
                file.bearer.as_ref().map(|(_, link)| place::of_link(link))
            });
        }
        return found;
    }
    if check.fact.subject() == Subject::Journey {
        for journey in site.journeys.from(&facts.url) {
            judge(check, source, Item::Journey(journey), &mut found, || None);
        }
        return found;
    }
    for item in items(check.fact.subject(), facts, None) {
        judge(check, source, item, &mut found, || match item {
            Item::Link(link) => Some(place::of_link(link)),
            _ => None,
        });
    }
    found
}

/// Whether a file has the problem that the metric looks for.
pub(super) fn has_file(check: &MetricCheck, site: &SiteFacts, file: &SiteFile) -> bool {
    let mut found = Found::default();
    judge(check, Source { facts: None, site: Some(site) }, Item::File(file), &mut found, || None);
    !found.hits.is_empty()
}

/// A metric on the site.
pub(super) fn of_site(check: &MetricCheck, site: &SiteFacts) -> Found {
    let mut found = Found::default();
    judge(check, Source { facts: None, site: Some(site) }, Item::Page, &mut found, || None);
    found
}

fn items<'p>(subject: Subject, facts: &'p PageFacts, page: Option<&'p Page<'_>>) -> Vec<Item<'p>> {
    match subject {
        Subject::Page | Subject::Site => vec![Item::Page],
        Subject::Form => facts.forms.iter().map(Item::Form).collect(),
        Subject::Field => {
            facts.forms.iter().flat_map(|form| form.fields.iter().map(move |f| Item::Field(form, f))).collect()
        }
        Subject::Link => facts.links.iter().map(Item::Link).collect(),
        Subject::Heading => facts.headings.iter().map(Item::Heading).collect(),
        // Files have no place on a page but their links, journeys none on a single one; elements are looked at by selectors.
        Subject::File | Subject::Journey | Subject::Element => Vec::new(),
        Subject::Contact => facts.contacts.iter().map(Item::Contact).collect(),
        Subject::Sentence => {
            let Some(page) = page else { return Vec::new() };
            page.sentences.iter().map(|(block, sentence)| Item::Sentence(&page.blocks[*block], sentence)).collect()
        }
        Subject::Paragraph => {
            let Some(page) = page else { return Vec::new() };
            paragraphs(&page.blocks, &page.sentences).map(Item::Paragraph).collect()
        }
        Subject::List => page.map_or(&[][..], |p| &p.lists.lists).iter().map(Item::List).collect(),
        Subject::Item => {
            let Some(page) = page else { return Vec::new() };
            page.lists.steps.iter().map(|step| Item::Step(&page.blocks[step.block], step)).collect()
        }
    }
}

fn read(fact: &Fact, source: Source<'_>, item: Item<'_>) -> Value {
    match (fact.read, source.facts, source.site, item) {
        (Read::Page(f), Some(facts), ..) => f(facts),
        (Read::Form(f), Some(facts), _, Item::Form(form) | Item::Field(form, _)) => f(facts, form),
        (Read::Field(f), _, _, Item::Field(form, field)) => f(form, field),
        (Read::Link(f), Some(facts), _, Item::Link(link)) => f(facts, link),
        (Read::Heading(f), _, _, Item::Heading(heading)) => f(heading),
        (Read::Sentence(f), _, _, Item::Sentence(block, sentence)) => f(block, sentence),
        (Read::Paragraph(f), _, _, Item::Paragraph(paragraph)) => f(&paragraph),
        (Read::List(f), _, _, Item::List(list)) => f(list),
        (Read::Item(f), _, _, Item::Step(_, step)) => f(step),
        (Read::Contact(f), _, _, Item::Contact(contact)) => f(contact),
        (Read::SiteLink(f), Some(facts), Some(site), Item::Link(link)) => f(site, facts, link),
        (Read::File(f), _, Some(site), Item::File(file)) => f(site, file),
        (Read::Journey(f), _, _, Item::Journey(journey)) => f(journey),
        (Read::SitePage(f), Some(facts), Some(site), _) => f(site, facts),
        (Read::Site(f), _, Some(site), _) => f(site),
        _ => Value::Unknown("it is known only together with the site"),
    }
}

/// A fact of an element, or of the page that it stands on.
pub(super) fn of_element(fact: &Fact, page: &Page<'_>, i: u32) -> Value {
    match fact.read {
        Read::Element(f) => f(&page.dom, i),
        Read::Page(f) => f(&page.facts),
        _ => Value::Absent,
    }
}

fn judge(
    check: &MetricCheck,
    source: Source<'_>,
    item: Item<'_>,
    found: &mut Found,
    at: impl FnOnce() -> Option<(crate::model::Place, String)>,
) {
    let met = |filter: &Filter| {
        let value = read(filter.fact, source, item);
        filter.values.iter().any(|wanted| equals(&value, wanted))
    };
    if !check.when.iter().all(met) || check.unless.iter().any(met) {
        return;
    }
    let value = read(check.fact, source, item);
    match &value {
        Value::Absent => return,
        Value::Unknown(why) => {
            found.applied = true;
            found.unknown.get_or_insert_with(|| (*why).to_owned());
            return;
        }
        _ => found.applied = true,
    }
    let Some(wrong) = wrong(&check.wanted, &value) else { return };
    if exposure(item) == Exposure::Unknown {
        found.unknown.get_or_insert_with(|| "a style may hide the element".to_owned());
        return;
    }
    found.push(|| {
        let mut values = vec![("value", shown(&value)), ("text", text_of(item))];
        values.extend(wrong.limit);
        match item {
            Item::Link(link) => values.push(("target", crate::facts::shorten(&link.href, 120))),
            Item::File(file) => {
                let address = file.facts.url.as_ref().map_or("", |url| url.as_str());
                values.push(("target", crate::facts::shorten(address, 120)));
                values.push(("found", crate::facts::shorten(file.facts.ink.as_deref().unwrap_or(""), 60)));
            }
            Item::Journey(journey) => {
                values.push(("found", crate::facts::shorten(&journey.repeated.join("”, “"), 120)));
                values.push(("other", journey.asking.to_string()));
            }
            _ => {}
        }
        Hit { at: at(), severity: wrong.severity, values }
    });
}

struct Wrong {
    limit: Option<(&'static str, String)>,
    severity: Option<Severity>,
}

/// How the value is wrong; `None` when it is right.
fn wrong(wanted: &Wanted, value: &Value) -> Option<Wrong> {
    let number = match value {
        Value::Number(n) => Some(*n),
        _ => None,
    };
    let limit = |name, n: f64| Some(Wrong { limit: Some((name, plain_number(n))), severity: None });
    match wanted {
        Wanted::Max(max) if number? > *max => limit("max", *max),
        Wanted::Min(min) if number? < *min => limit("min", *min),
        Wanted::Is(right) if !equals(value, right) => Some(Wrong { limit: None, severity: None }),
        Wanted::Not(bad) if equals(value, bad) => Some(Wrong { limit: None, severity: None }),
        Wanted::Bands(bands) => {
            let number = number?;
            let band = bands.iter().rev().find(|b| number > b.over)?;
            Some(Wrong { limit: Some(("max", plain_number(band.over))), severity: Some(band.severity) })
        }
        _ => None,
    }
}

pub(super) fn equals(value: &Value, wanted: &Scalar) -> bool {
    match (value, wanted) {
        (Value::Number(a), Scalar::Number(b)) => a == b,
        (Value::Flag(a), Scalar::Flag(b)) => a == b,
        (Value::Text(a), Scalar::Text(b)) => a == b,
        _ => false,
    }
}

pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Number(n) => plain_number(*n),
        Value::Flag(true) => "yes".to_owned(),
        Value::Flag(false) => "no".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Between(low, high) => format!("{}–{}", plain_number(*low), plain_number(*high)),
        Value::Unknown(_) | Value::Absent => String::new(),
    }
}

/// Whole numbers as they are, others with one decimal.
fn plain_number(n: f64) -> String {
    if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.1}") }
}

fn text_of(item: Item<'_>) -> String {
    let text = match item {
        Item::Page => "",
        Item::Form(form) => form.buttons.first().map_or("", String::as_str),
        Item::Field(_, field) => [&field.label, &field.accessible_name, &field.placeholder, &field.name]
            .into_iter()
            .find(|t| !t.is_empty())
            .map_or("", String::as_str),
        Item::Link(link) => &link.text,
        Item::Heading(heading) => &heading.text,
        Item::Sentence(block, sentence) => &block.text[sentence.start..sentence.end],
        Item::Paragraph(paragraph) => &paragraph.block.text,
        Item::List(list) => &list.text,
        Item::Step(block, _) => &block.text,
        Item::Contact(contact) => &contact.raw,
        Item::File(file) => file_name(file),
        Item::Journey(journey) => &journey.name,
    };
    crate::facts::shorten(text, 80)
}

/// What people know a file by: the words of the link, else its title, else its address.
fn file_name(file: &SiteFile) -> &str {
    let link = file.bearer.as_ref().map_or("", |(_, link)| link.text.as_str());
    let title = file.facts.title.as_deref().unwrap_or("");
    let address = file.facts.url.as_ref().map_or("", |url| url.path());
    [link, title, address].into_iter().find(|name| !name.is_empty()).unwrap_or("")
}

fn exposure(item: Item<'_>) -> Exposure {
    let unknown = match item {
        Item::Field(_, field) => field.unknown,
        Item::Link(link) => link.unknown,
        Item::Sentence(block, _) | Item::Paragraph(Paragraph { block, .. }) | Item::Step(block, _) => {
            block.exposure == Exposure::Unknown
        }
        Item::Page
        | Item::Form(_)
        | Item::Heading(_)
        | Item::List(_)
        | Item::Contact(_)
        | Item::File(_)
        | Item::Journey(_) => false,
    };
    if unknown { Exposure::Unknown } else { Exposure::Exposed }
}

fn locate(page: &Page<'_>, item: Item<'_>) -> Option<(crate::model::Place, String)> {
    let dom = &page.dom;
    match item {
        Item::Page | Item::File(_) | Item::Journey(_) => None,
        Item::Form(form) => Some(place::of_element(dom, form.node)),
        Item::Field(_, field) => Some(place::of_element(dom, field.node)),
        Item::Link(link) => {
            let (place, _) = place::of_element(dom, link.node);
            Some((place, place::link_anchor(link)))
        }
        Item::Heading(heading) => Some(place::of_element(dom, heading.node)),
        Item::Sentence(block, sentence) => {
            Some(place::of_text(dom, block.node, &block.text[sentence.start..sentence.end]))
        }
        Item::Paragraph(Paragraph { block, .. }) | Item::Step(block, _) => {
            Some(place::of_text(dom, block.node, &block.text))
        }
        Item::List(list) => Some(place::of_text(dom, list.node, &list.text)),
        Item::Contact(contact) => Some(place::of_text(dom, contact.node, &contact.raw)),
    }
}
