//! Tasks that nobody declared: what the home page leads to that is a service or a form, and other forms
//! by their weight. A guess is told as one.

use super::row::name;
use crate::facts::{Ending, Form, PageFacts, SiteFacts, Stop};
use crate::model::Region;
use std::collections::{BTreeMap, BTreeSet};

/// Tasks that are guessed. Our choice: what fits a page of a report, and a head.
const GUESSES: usize = 8;

/// Pages that are looked at for guesses. Our choice; it bounds memory.
const MAX_CANDIDATES: usize = 20_000;

/// Kinds of form that are about the site and not about what people come for.
const ASIDE: &[&str] = &["contact", "feedback", "survey"];

struct Candidate {
    name: String,
    weight: f64,
    form: bool,
}

/// Pages that a task may end on, by their index.
#[derive(Default)]
pub(super) struct Candidates(BTreeMap<u32, Candidate>);

/// A task that was guessed.
pub(super) struct Guess {
    pub(super) name: String,
    pub(super) goal: u32,
}

impl Candidates {
    pub(super) fn add(&mut self, at: u32, page: &PageFacts, stop: &Stop, weight: f64) {
        // A form of no known kind with a question or two is a filter of a list, most often. Our choice.
        let is_form =
            |f: &Form| f.asks() && !ASIDE.contains(&f.kind.as_str()) && (f.kind != "other" || f.questions() > 2);
        let form = stop.ending == Ending::Form && page.forms.iter().any(is_form);
        let is_one = form || matches!(page.kind.name.as_str(), "service" | "form");
        if is_one && page.kind.name != "contact" && self.0.len() < MAX_CANDIDATES {
            self.0.insert(at, Candidate { name: name(page), weight, form });
        }
    }

    /// The tasks that this home page leads to, then those of other forms, the weightiest first.
    pub(super) fn guesses(&self, site: &SiteFacts, home: &PageFacts) -> Vec<Guess> {
        let at_home = site.home();
        let linked: BTreeSet<u32> = home.links.iter().filter_map(|l| site.leads_to(l.page.as_ref()?)).collect();
        let (mut guesses, mut seen): (Vec<Guess>, BTreeSet<u32>) = (Vec::new(), BTreeSet::new());
        for link in home.links.iter().filter(|l| l.region == Region::Main && !l.text.is_empty()) {
            let to = link.page.as_ref().and_then(|to| site.leads_to(to)).filter(|to| Some(*to) != at_home);
            let Some((to, candidate)) = to.and_then(|to| Some((to, self.0.get(&to)?))) else { continue };
            // A service that leads to a form of its own is done in that form.
            let own = || site.graph.out(to).iter().filter(|at| !linked.contains(at) && self.is_form(**at)).min();
            let goal = if candidate.form { to } else { own().copied().unwrap_or(to) };
            if guesses.len() < GUESSES && seen.insert(goal) {
                guesses.push(Guess { name: link.text.clone(), goal });
            }
        }
        let mut rest: Vec<(&u32, &Candidate)> = self.0.iter().filter(|(_, c)| c.form && !c.name.is_empty()).collect();
        rest.sort_by(|a, b| b.1.weight.total_cmp(&a.1.weight).then(a.0.cmp(b.0)));
        for (&goal, candidate) in rest {
            if guesses.len() < GUESSES && Some(goal) != at_home && candidate.weight > 0.0 && seen.insert(goal) {
                guesses.push(Guess { name: candidate.name.clone(), goal });
            }
        }
        guesses
    }

    fn is_form(&self, at: u32) -> bool {
        self.0.get(&at).is_some_and(|candidate| candidate.form)
    }
}
