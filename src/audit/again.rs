//! Rules over a page of which only what was measured is left, and what they said of it then. A rule that
//! is still the same says the same; one that looks at stored facts alone is asked again; any other cannot
//! be asked, since it needs the tree or the sentences of the page.

use super::{Fit, Found, Judge, Verdicts, conclude, guarded, kind_fits, metric, pair};
use crate::facts::{PageFacts, Phase};
use crate::model::{Severity, Status};
use crate::rule::{Check, Rule};

impl Judge<'_> {
    /// What the rules of the page phase say; `same` tells which are as they were when `then` was said.
    pub fn page_again(&self, facts: &PageFacts, then: &Verdicts, same: &dyn Fn(&Rule) -> bool) -> Verdicts {
        // Where the elements of axe-core stand is no longer known: what was found beside then stays so.
        let mut verdicts = Verdicts { axe: then.axe.clone(), ..Verdicts::default() };
        let rules = self.rules.list.iter().filter(|r| r.check.phase() == Phase::Page && self.concerns(r));
        for rule in rules {
            let found = match kind_fits(rule, facts) {
                Fit::No => continue,
                _ if same(rule) => {
                    verdicts.outcomes.extend(then.outcomes.iter().filter(|v| v.rule == rule.id).cloned());
                    verdicts.findings.extend(then.findings.iter().filter(|f| f.rule == rule.id).cloned());
                    continue;
                }
                Fit::Unsure => Found::unknown(format!("it is not sure enough that this is a {} page", facts.kind.name)),
                Fit::Yes => guarded(|| match &rule.check {
                    Check::Metric(check) if needs_facts_alone(rule) => metric::from_facts(check, facts),
                    Check::Pair(check) => pair::on_page(*check, facts),
                    _ => Found::unknown("the page itself is no longer kept"),
                }),
            };
            conclude(rule, found, &facts.url, &mut verdicts);
        }
        verdicts
    }

    /// The rules that decide a score and cannot be asked again without the page itself; `same` as above.
    pub fn lost_without_pages(&self, same: &dyn Fn(&Rule) -> bool) -> Vec<&str> {
        let decides = |r: &&Rule| r.status == Status::Active && r.severity > Severity::Advice && self.concerns(r);
        let rules = self.rules.list.iter().filter(decides);
        rules.filter(|r| !same(r) && !needs_facts_alone(r)).map(|r| &*r.id).collect()
    }
}

/// Whether stored facts are all that a rule looks at.
fn needs_facts_alone(rule: &Rule) -> bool {
    match &rule.check {
        Check::Selector(_) | Check::Text(_) => false,
        Check::Pair(_) => true,
        Check::Metric(check) => {
            rule.check.phase() == Phase::Site
                || std::iter::once(check.fact)
                    .chain(check.when.iter().chain(&check.unless).map(|f| f.fact))
                    .all(|fact| fact.is_stored())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Scene, Verdicts};
    use super::*;
    use crate::facts::{Lexicon, Page, Settings};
    use crate::model::{Fetched, Outcome, PageUrl};
    use crate::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    fn pages(dir: &Path, found: &mut Vec<PathBuf>) {
        for path in std::fs::read_dir(dir).expect("it is part of the project").flatten().map(|e| e.path()) {
            if path.is_dir() {
                pages(&path, found);
            } else if path.extension().is_some_and(|e| e == "html") {
                found.push(path);
            }
        }
    }

    /// What each rule that looks at stored facts alone said, and of how many elements how badly.
    fn told(verdicts: &Verdicts, rules: &Rules) -> BTreeMap<String, (Outcome, u32, Vec<Severity>)> {
        let mut told = BTreeMap::new();
        for verdict in verdicts.outcomes.iter().filter(|v| rules.get(&v.rule).is_some_and(needs_facts_alone)) {
            let of = || verdicts.findings.iter().filter(|f| f.rule == verdict.rule);
            let count = of().map(|f| 1 + f.more).sum();
            told.insert(verdict.rule.to_string(), (verdict.outcome, count, of().map(|f| f.severity).collect()));
        }
        told
    }

    #[test]
    fn stored_facts_say_of_these_rules_what_the_page_said() {
        let lexicon = Lexicon::parse(&embedded_words()).expect("the word lists of the project are right");
        let rules = Rules::load(&embedded_rules(), embedded_categories(), &lexicon).expect("so are its rules");
        let judge = Judge::new(&rules, &lexicon, Scene::default());
        let (mut files, mut compared) = (Vec::new(), 0);
        for folder in ["milltown/before", "forms", "services", "kiosk"] {
            pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder), &mut files);
        }
        for file in &files {
            let fetched = Fetched::of_file(
                PageUrl::parse("http://town.example/a/page.html").expect("a literal address"),
                std::fs::read(file).expect("it can be read"),
                "",
            );
            let page = Page::read(&fetched, &lexicon, &Settings::default());
            let live = told(&judge.page(&page), &rules);
            let stored = serde_json::to_string(&page.facts).expect("facts can be written");
            let stored: PageFacts = serde_json::from_str(&stored).expect("and read");
            let again = told(&judge.page_again(&stored, &Verdicts::default(), &|_| false), &rules);
            compared += live.len();
            assert_eq!(live, again, "{}", file.display());
        }
        assert!(compared > 1_000, "{compared} verdicts on {} pages", files.len());
    }

    #[test]
    fn a_page_that_moves_on_at_once_is_not_judged_whatever_was_said_of_it() {
        let lexicon = Lexicon::for_tests();
        let rules = Rules::load(&embedded_rules(), embedded_categories(), lexicon).expect("the rules are right");
        let judge = Judge::new(&rules, lexicon, Scene::default());
        let read = |delay: u8| {
            let html = format!("<meta http-equiv=refresh content='{delay}; url=/new'><img src=a.png><p>Click here.");
            let url = PageUrl::parse("http://town.example/old").expect("a literal address");
            Page::read(&Fetched::of_file(url, html.into_bytes(), ""), lexicon, &Settings::default())
        };
        let (moves, waits) = (read(0), read(5));
        let said = judge.page(&waits);
        assert!(said.outcomes.len() > 20 && judge.page(&moves) == Verdicts::default());
        for is_same in [false, true] {
            assert_eq!(judge.page_again(&moves.facts, &said, &|_| is_same), Verdicts::default());
        }
        assert_eq!(judge.page_again(&waits.facts, &said, &|_| true), said);
    }
}
