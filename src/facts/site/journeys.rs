//! Forms that go over several pages. Nothing is ever sent to a site, so that the steps are those that
//! links, the addresses of buttons, or a count ("step 2 of 9") hold together.

mod judged;
mod twins;

pub use judged::{End, Journey};

use crate::facts::forms::{Form, Share, Steps};
use crate::facts::page::PageFacts;
use crate::facts::phrases::plain;
use crate::model::PageUrl;
use judged::judged;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use twins::TwinReader;

/// Most pages of a journey. Our choice: more that lead on to each other are the pages of a list.
const MOST_PAGES: usize = 60;

/// Pages that only send on to another, one after the other, that are followed. Our choice.
const SENT_ON: usize = 3;

/// Longest forms of the site that are kept. Our choice: what a report can show.
pub const LONGEST: usize = 12;

/// What is kept of a page that may be a step.
#[derive(Debug)]
struct Candidate {
    at: u32,
    url: PageUrl,
    name: String,
    steps: Steps,
    forms: Vec<FormNote>,
}

/// What is kept of a form in it.
#[derive(Debug)]
struct FormNote {
    sign: u64,
    questions: u32,
    minutes: f64,
    deviation: f64,
    action: Option<PageUrl>,
    longest: Vec<Share>,
    asked: Vec<Asked>,
}

/// A question about who somebody is, that nobody should have to answer twice.
#[derive(Debug)]
struct Asked {
    key: u64,
    label: String,
    /// Whether the answer is there already, or can be taken over.
    given: bool,
}

/// A form with what it costs in time, for the list of the longest.
#[derive(Clone, Debug, PartialEq)]
pub struct LongForm {
    /// The first page that it stands on.
    pub url: PageUrl,
    /// What that page is called.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// What a person has to answer.
    pub questions: u32,
    /// Minutes, the mean.
    pub minutes: f64,
    /// Minutes, the standard deviation.
    pub deviation: f64,
    /// The questions that take longest.
    pub longest: Vec<Share>,
}

/// Takes in the pages one by one.
#[derive(Debug, Default)]
pub(super) struct JourneyReader {
    candidates: Vec<Candidate>,
    /// On how many pages each form stands.
    forms: FxHashMap<u64, u32>,
    /// Pages that send on to another at once.
    sent_on: FxHashMap<u32, PageUrl>,
    longest: Vec<(u64, LongForm)>,
    twins: TwinReader,
    /// Where forms are sent to, within their hosts.
    sent_to: FxHashSet<PageUrl>,
}

/// The journeys of a site.
#[derive(Debug, Default)]
pub struct Journeys {
    /// In the order of the addresses of their first pages.
    pub list: Vec<Journey>,
    by_first: FxHashMap<PageUrl, Vec<usize>>,
    /// The forms that take longest, longest first, each once.
    pub longest: Vec<LongForm>,
    twins: FxHashMap<PageUrl, PageUrl>,
    /// Places of the addresses that forms are sent to.
    sent_to: FxHashSet<u32>,
}

impl Journeys {
    /// Whether a form of another page is sent to that place, so that people come there without a link.
    pub(super) fn is_sent_to(&self, at: u32) -> bool {
        self.sent_to.contains(&at)
    }

    /// Another page, earlier in the order of addresses, with a form that asks nearly the same.
    pub fn twin_form(&self, page: &PageUrl) -> Option<&PageUrl> {
        self.twins.get(page)
    }

    /// The journeys that start on that page.
    pub fn from(&self, page: &PageUrl) -> impl Iterator<Item = &Journey> {
        self.by_first.get(page).into_iter().flatten().map(|&at| &self.list[at])
    }
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Whether the form asks something on this page. A step may ask for an e-mail address alone.
fn asks(form: &Form, steps: &Steps) -> bool {
    let is_step = steps.goes_on || steps.at.is_some();
    form.asks() || (is_step && !form.fields.is_empty() && !matches!(form.kind.as_str(), "search" | "login"))
}

/// What a form is known by on other pages: its questions.
fn sign(form: &Form) -> u64 {
    let mut hasher = FxHasher::default();
    for field in &form.fields {
        (field.control.as_str(), field.kind.as_str(), field.label.as_str()).hash(&mut hasher);
    }
    hasher.finish()
}

fn name(page: &PageFacts) -> String {
    let heading = page.headings.iter().find(|h| h.level == 1 && !h.text.is_empty());
    crate::facts::shorten(heading.map_or(page.title.as_str(), |h| h.text.as_str()), 120)
}

impl JourneyReader {
    /// Takes in a page.
    pub(super) fn add(&mut self, at: u32, page: &PageFacts) {
        if let Some(to) = &page.ways.refresh_to {
            self.sent_on.insert(at, to.clone());
        }
        let actions = page.forms.iter().filter_map(|f| PageUrl::parse(f.action.as_deref()?).ok());
        self.sent_to.extend(actions.filter(|to| to.host() == page.url.host() && *to != page.url));
        let asking = || page.forms.iter().filter(|f| asks(f, &page.steps));
        let mut signs: Vec<u64> = asking().map(sign).collect();
        for (&sign, form) in signs.iter().zip(asking()).filter(|(_, form)| form.asks()) {
            self.keep_longest(sign, form, page);
            self.twins.add(sign, form, page);
        }
        let is_rare = |sign: &u64| self.forms.get(sign).is_none_or(|n| *n <= judged::ELSEWHERE);
        if !page.steps.is_empty() || signs.iter().any(is_rare) {
            let note = |(&sign, form): (&u64, &Form)| note(sign, form, &page.steps);
            self.candidates.push(Candidate {
                at,
                url: page.url.clone(),
                name: name(page),
                steps: page.steps.clone(),
                forms: signs.iter().zip(asking()).map(note).collect(),
            });
        }
        signs.sort_unstable();
        signs.dedup();
        for sign in signs {
            *self.forms.entry(sign).or_insert(0) += 1;
        }
    }

    fn keep_longest(&mut self, sign: u64, form: &Form, page: &PageFacts) {
        let minutes = form.minutes();
        let is_full = self.longest.len() >= LONGEST;
        if is_full && self.longest.last().is_some_and(|(_, last)| last.minutes >= minutes) {
            return;
        }
        if self.longest.iter().any(|(known, _)| *known == sign) {
            return;
        }
        let at = self.longest.partition_point(|(_, known)| known.minutes >= minutes);
        let form = LongForm {
            url: page.url.clone(),
            name: name(page),
            kind: form.kind.clone(),
            questions: u32::try_from(form.questions()).unwrap_or(u32::MAX),
            minutes,
            deviation: form.burden.deviation,
            longest: form.burden.longest.clone(),
        };
        self.longest.insert(at, (sign, form));
        self.longest.truncate(LONGEST);
    }

    /// Puts the steps together, after the last page. `resolve` gives the place of an address after
    /// redirects, `read` the address of a place whose page was read.
    pub(super) fn finish(
        self,
        resolve: impl Fn(&PageUrl) -> Option<u32>,
        read: impl Fn(u32) -> Option<PageUrl>,
    ) -> Journeys {
        let places: FxHashMap<u32, usize> = self.candidates.iter().enumerate().map(|(i, c)| (c.at, i)).collect();
        let follow = |url: &PageUrl| {
            let mut at = resolve(url)?;
            for _ in 0..SENT_ON {
                match (places.get(&at), self.sent_on.get(&at)) {
                    (None, Some(to)) => at = resolve(to)?,
                    (place, _) => return place.copied(),
                }
            }
            places.get(&at).copied()
        };
        let mut sets = Sets::new(self.candidates.len());
        let mut on: Vec<Vec<usize>> = Vec::with_capacity(self.candidates.len());
        for (i, candidate) in self.candidates.iter().enumerate() {
            let to = |urls: &[PageUrl]| urls.iter().filter_map(follow).filter(|&j| j != i).collect::<Vec<_>>();
            on.push(to(&candidate.steps.next));
            // A form that is sent to another page with questions leads on, whatever its button is called.
            let sends = |form: &&FormNote| form.questions > 0 && self.forms.get(&form.sign) == Some(&1);
            let leads = |j: &usize| {
                let there = &self.candidates[*j];
                *j != i && (!there.forms.is_empty() || there.steps.sent || there.steps.review)
            };
            let sent_to = candidate.forms.iter().filter(sends).filter_map(|f| follow(f.action.as_ref()?)).filter(leads);
            on[i].extend(sent_to);
            on[i].iter().for_each(|&j| sets.join(i, j));
        }
        for group in self.groups() {
            group.windows(2).for_each(|pair| sets.join(pair[0], pair[1]));
        }
        let mut list: Vec<Journey> = sets
            .parts()
            .into_iter()
            .filter(|part| (2..=MOST_PAGES).contains(&part.len()))
            .filter_map(|part| judged(&self, &part, &on))
            .collect();
        for journey in &mut list {
            journey.end_at(&resolve, &read);
        }
        list.sort_by(|a, b| a.first().cmp(b.first()));
        let mut by_first: FxHashMap<PageUrl, Vec<usize>> = FxHashMap::default();
        for (at, journey) in list.iter().enumerate() {
            by_first.entry(journey.first().clone()).or_default().push(at);
        }
        let steps =
            list.iter().enumerate().flat_map(|(n, j)| j.pages.iter().map(move |(_, url)| (url.clone(), n))).collect();
        let twins = self.twins.finish(&self.forms, &steps);
        let sent_to = self.sent_to.iter().filter_map(&resolve).collect();
        let longest = self.longest.into_iter().map(|(_, form)| form).collect();
        Journeys { list, by_first, twins, sent_to, longest }
    }

    /// Pages that a number holds together: in their addresses, or as "step 2 of 9" in one folder. A number
    /// that comes twice says that several forms are mixed, and so holds nothing together.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<(String, u32), Vec<(u32, usize)>> = BTreeMap::new();
        for (i, candidate) in self.candidates.iter().enumerate() {
            if let Some((address, n)) = candidate.steps.address.as_ref().filter(|_| !candidate.forms.is_empty()) {
                groups.entry((address.clone(), 0)).or_default().push((*n, i));
            }
            if let Some((n, of @ 2..)) = candidate.steps.at {
                let folder = candidate.url.as_str().trim_end_matches('/').rsplit_once('/').map_or("", |(f, _)| f);
                groups.entry((folder.to_owned(), of)).or_default().push((n, i));
            }
        }
        let whole = |mut group: Vec<(u32, usize)>| {
            group.sort_unstable();
            let is_clear = group.windows(2).all(|pair| pair[0].0 != pair[1].0);
            is_clear.then(|| group.into_iter().map(|(_, i)| i).collect::<Vec<_>>())
        };
        groups.into_values().filter_map(whole).collect()
    }
}

fn note(sign: u64, form: &Form, steps: &Steps) -> FormNote {
    let asks_twice = |f: &&crate::facts::Field| {
        super::super::forms::PERSONAL.contains(&f.kind.as_str())
            && !matches!(f.control.as_str(), "radio" | "checkbox" | "file")
            && f.kind != "signature"
            && !f.traits.repeats
            && !f.traits.goes_on
            && !f.label.is_empty()
    };
    let asked = |f: &crate::facts::Field| Asked {
        key: hash((f.kind.as_str(), plain(&f.label), plain(&f.group))),
        label: crate::facts::shorten(&f.label, 80),
        given: f.traits.filled || f.traits.readonly || steps.of_other || steps.takes_over,
    };
    FormNote {
        sign,
        questions: u32::try_from(form.questions()).unwrap_or(u32::MAX),
        minutes: form.minutes(),
        deviation: form.burden.deviation,
        action: form.action.as_deref().and_then(|a| PageUrl::parse(a).ok()),
        longest: form.burden.longest.clone(),
        asked: form.fields.iter().filter(asks_twice).map(asked).collect(),
    }
}

/// Sets that are joined, each known by its first member.
struct Sets(Vec<usize>);

impl Sets {
    fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    fn first(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            // Halving the way keeps all later ways short.
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }

    /// The sets of more than one, their members in order.
    fn parts(mut self) -> Vec<Vec<usize>> {
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for i in 0..self.0.len() {
            let first = self.first(i);
            parts.entry(first).or_default().push(i);
        }
        parts.into_values().filter(|part| part.len() > 1).collect()
    }
}
