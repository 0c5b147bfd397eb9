//! A set of pages that lead on to each other, measured as one form; or told to be none.

use super::{Candidate, FormNote, JourneyReader};
use crate::facts::forms::Share;
use crate::model::PageUrl;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// Pages of a chain of which only one asks, at least. Our choice: two pages that lead on and back are
/// seldom a form.
const CHAIN: usize = 3;

/// Other pages that a step's form may stand on, as where a home page holds the first question of each of
/// its forms. Our choice.
pub(super) const ELSEWHERE: u32 = 2;

/// Questions named as what makes a form long. Our choice, as for single forms.
const NAMED: usize = 5;

/// How a journey ends, as far as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A page says that the form has been sent.
    Told,
    /// The last page asks nothing more, and does not say so.
    Untold,
    /// What comes after the last question is shown only to those who send it.
    Unread,
}

/// A form over several pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// What its first page is called.
    pub name: String,
    /// Its pages in order, with their places among all addresses; never empty.
    pub pages: Vec<(u32, PageUrl)>,
    /// Pages that ask something.
    pub asking: u32,
    /// What a person has to answer on all of them.
    pub questions: u32,
    /// Minutes, the mean.
    pub minutes: f64,
    /// Minutes, the standard deviation.
    pub deviation: f64,
    /// The questions that take longest, longest first.
    pub longest: Vec<Share>,
    /// Labels of what is asked again on a later page, in order.
    pub repeated: Vec<String>,
    /// Pages with questions that do not show how far one has come.
    pub without_progress: u32,
    /// Pages with questions, after the first page, without a way back.
    pub without_back: u32,
    /// Whether the answers can be saved on some page.
    pub saves: bool,
    /// Whether a page shows all answers for a last look.
    pub review: bool,
    /// How it ends.
    pub end: End,
    /// Steps that it says it has, the most that any page says; 0 where it does not say.
    pub told: u32,
    /// The fewest that any page says; 0 where it does not say.
    pub told_least: u32,
    /// Where its last page with questions is sent to.
    sent_to: Vec<PageUrl>,
}

impl Journey {
    /// Its first page.
    pub fn first(&self) -> &PageUrl {
        &self.pages[0].1
    }

    /// Looks where the last questions are sent: a page that was read and shows no sign of a step ends the
    /// journey without a word of it.
    pub(super) fn end_at(&mut self, resolve: impl Fn(&PageUrl) -> Option<u32>, read: impl Fn(u32) -> Option<PageUrl>) {
        let is_known = |at: &u32| self.pages.iter().any(|(known, _)| known == at);
        let places: Vec<u32> = self.sent_to.iter().filter_map(resolve).filter(|at| !is_known(at)).collect();
        if self.end == End::Unread
            && let Some((at, url)) = places.into_iter().find_map(|at| Some((at, read(at)?)))
        {
            self.pages.push((at, url));
            self.end = End::Untold;
        }
    }

    /// Whether all of its steps were read, by its own count or up to its end.
    pub fn is_whole(&self) -> bool {
        self.end != End::Unread || (self.told > 0 && self.pages.len() >= self.told as usize)
    }
}

/// The journey over these pages; `None` where they are no form.
pub(super) fn judged(reader: &JourneyReader, part: &[usize], on: &[Vec<usize>]) -> Option<Journey> {
    let candidate = |i: usize| &reader.candidates[i];
    // Forms that stand on several of these pages and elsewhere, on many others, or on all of these
    // belong to the frame of the site.
    let mut here: FxHashMap<u64, u32> = FxHashMap::default();
    for &i in part {
        let signs: FxHashSet<u64> = candidate(i).forms.iter().map(|f| f.sign).collect();
        for sign in signs {
            *here.entry(sign).or_insert(0) += 1;
        }
    }
    let is_frame = |form: &FormNote| {
        let n = here.get(&form.sign).copied().unwrap_or(0);
        let elsewhere = reader.forms.get(&form.sign).map_or(0, |all| all.saturating_sub(n));
        elsewhere > ELSEWHERE || (elsewhere > 0 && n > 1) || (n as usize == part.len() && n > 2)
    };
    let own = |i: usize| candidate(i).forms.iter().filter(move |form| form.questions > 0 && !is_frame(form));
    let asks = |i: usize| own(i).next().is_some();
    let asking = part.iter().filter(|&&i| asks(i)).count();
    let counts = part.iter().any(|&i| candidate(i).steps.progress);
    let is_chain = || {
        // A way back that is broken, as by a redirect, still shows what was meant.
        part.len() >= CHAIN && part.iter().all(|&i| on[i].iter().all(|&j| candidate(j).steps.goes_back))
    };
    if !(asking >= 2 || asking == 1 && (counts || is_chain())) {
        return None;
    }
    let order = ordered(part, on, candidate, &asks);
    let last_asking = order.iter().rposition(|&i| asks(i))?;
    let told = || part.iter().filter_map(|&i| candidate(i).steps.at).map(|(_, of)| of).filter(|&of| of > 0);
    let mut journey = Journey {
        name: candidate(order[0]).name.clone(),
        pages: order.iter().map(|&i| (candidate(i).at, candidate(i).url.clone())).collect(),
        asking: u32::try_from(asking).unwrap_or(u32::MAX),
        questions: 0,
        minutes: 0.0,
        deviation: 0.0,
        longest: Vec::new(),
        repeated: repeated(&order, own),
        without_progress: 0,
        without_back: 0,
        saves: part.iter().any(|&i| candidate(i).steps.saves),
        review: part.iter().any(|&i| candidate(i).steps.review),
        end: end(&order, last_asking, candidate),
        sent_to: own(order[last_asking]).filter_map(|form| form.action.clone()).collect(),
        told: told().max().unwrap_or(0),
        told_least: told().min().unwrap_or(0),
    };
    let mut variance = 0.0;
    for (at, &i) in order.iter().enumerate().filter(|(_, i)| asks(**i)) {
        let steps = &candidate(i).steps;
        journey.without_progress += u32::from(!steps.progress);
        journey.without_back += u32::from(at > 0 && !steps.goes_back);
        for form in own(i) {
            journey.questions = journey.questions.saturating_add(form.questions);
            journey.minutes += form.minutes;
            variance += form.deviation * form.deviation;
            journey.longest.extend(form.longest.iter().cloned());
        }
    }
    journey.deviation = libm::sqrt(variance);
    journey.longest.sort_by(|a, b| b.minutes.total_cmp(&a.minutes).then_with(|| a.label.cmp(&b.label)));
    journey.longest.truncate(NAMED);
    Some(journey)
}

fn end<'c>(order: &[usize], last_asking: usize, candidate: impl Fn(usize) -> &'c Candidate) -> End {
    let after = &order[last_asking + 1..];
    if after.iter().any(|&i| candidate(i).steps.sent) {
        return End::Told;
    }
    // A page for a last look still has to be sent, and what answers it was not read.
    match after.last() {
        Some(&last) if !candidate(last).steps.review && !candidate(last).steps.goes_on => End::Untold,
        _ => End::Unread,
    }
}

/// The pages in the order in which people meet them: by the steps they say they are, else along the
/// links that lead on.
fn ordered<'c>(
    part: &[usize],
    on: &[Vec<usize>],
    candidate: impl Fn(usize) -> &'c Candidate,
    asks: &impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut reached: FxHashSet<usize> = FxHashSet::default();
    part.iter().for_each(|&i| reached.extend(&on[i]));
    // The first page is one that none leads on to; in a ring, the first by its number and address.
    let number = |i: usize| candidate(i).steps.at.or(candidate(i).steps.address.as_ref().map(|a| (a.1, 0)));
    let key = |&i: &usize| (reached.contains(&i), number(i).map_or(u32::MAX, |(n, _)| n), candidate(i).url.as_str());
    let mut starts: Vec<usize> = part.to_vec();
    starts.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    let mut order: Vec<usize> = Vec::with_capacity(part.len());
    for start in starts {
        let mut queue = VecDeque::from([start]);
        while let Some(i) = queue.pop_front() {
            if seen.insert(i) {
                order.push(i);
                queue.extend(on[i].iter().filter(|j| part.binary_search(j).is_ok()));
            }
        }
    }
    // What the pages say of their place goes before what their links say; both sorts keep the order of equals.
    if order.iter().filter(|&&i| asks(i)).all(|&i| number(i).is_some()) {
        // A page without a number stays behind the page that led to it.
        let mut last = 0;
        let mut numbered: Vec<(u32, usize)> = Vec::with_capacity(order.len());
        for &i in &order {
            last = number(i).map_or(last, |(n, _)| n);
            numbered.push((last, i));
        }
        numbered.sort_by_key(|(n, _)| *n);
        order = numbered.into_iter().map(|(_, i)| i).collect();
    }
    order.sort_by_key(|&i| candidate(i).steps.sent && !asks(i));
    order
}

/// Labels of personal questions that an earlier page has asked already.
fn repeated<'c, I: Iterator<Item = &'c FormNote>>(order: &[usize], own: impl Fn(usize) -> I) -> Vec<String> {
    let mut known: FxHashSet<u64> = FxHashSet::default();
    let mut repeated = Vec::new();
    for &i in order {
        let asked: Vec<_> = own(i).flat_map(|form| &form.asked).collect();
        repeated.extend(asked.iter().filter(|a| !a.given && known.contains(&a.key)).map(|a| a.label.clone()));
        known.extend(asked.iter().map(|a| a.key));
    }
    repeated
}
