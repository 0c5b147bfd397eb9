//! Two audits compared, exact to each repair and each fault: what became of the pages, the problems
//! and the rules, in parts that sum to the change of the score.

use super::version::{SamePages, telling_tag};
use super::{FindingRow, MovedPage, Version};
use crate::score::{Change, Pair, Part, Parts, Side};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What a page did to the score in one respect.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// In which respect.
    pub kind: Kind,
    /// The page, by its address in the later audit, or in the earlier where it has none there.
    pub url: String,
    /// The cause: a name that rules share, or the id of a rule; `None` where it is the page as a whole.
    pub cause: Option<Arc<str>>,
    /// Points; above 0 is better.
    pub points: f64,
}

/// In which respect a page moved the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A problem became less.
    Fix,
    /// A problem became more.
    Fault,
    /// The page's share of the use of the site moved.
    Use,
    /// The page is new.
    Added,
    /// The page is gone; never a win.
    Removed,
    /// The page, or the rule there, could not be looked at this time.
    Unchecked,
    /// The page, or the rule there, could not be looked at before, and can be now.
    ReadAgain,
}

/// What two audits differ in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// The parts; they sum to the change of the score.
    pub parts: Parts,
    /// What each page did to the score, the largest first.
    pub steps: Vec<Step>,
    /// Pages that changed their address.
    pub moved: Vec<MovedPage>,
    /// The share of pages of either audit that both have, 0–1.
    pub shared: f64,
    /// Pages that both read.
    pub matched: usize,
    /// What became of the problems; empty where they were not loaded.
    pub problems: ProblemChange,
}

/// What became of problems, by what each is known by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProblemChange {
    /// There before, looked at again, and gone.
    pub fixed: Vec<FindingRow>,
    /// Not there before.
    pub new: Vec<FindingRow>,
    /// There before and now.
    pub open: u64,
    /// There before; page or rule was not looked at again.
    pub unchecked: Vec<FindingRow>,
}

/// Compares two audits that were judged by the same rules. `given` are their scores as they were given
/// then; where rules changed in between, these differ from the scores of the versions.
pub fn comparison(before: &Version, after: &Version, given: (f64, f64), moved: Vec<MovedPage>) -> Comparison {
    comparison_beside((before, after), &SamePages::default(), given, moved)
}

/// The same of two audits without the pages that both have in the same version, and with what is known of those. What the use of these
/// moved is in the parts, and no step of its own.
pub(super) fn comparison_beside(
    (before, after): (&Version, &Version),
    same: &SamePages,
    given: (f64, f64),
    moved: Vec<MovedPage>,
) -> Comparison {
    let (s0, s1) = (before.score.value, after.score.value);
    let mut change = Change::new(given.0, s0, s1);
    // The score of a kiosk is a mean over flows, and the weights of its screens do not sum to 1.
    let is_whole = |version: &Version, beside: f64| {
        (version.pages.values().map(|p| p.side.weight).sum::<f64>() + beside - 1.0).abs() < 1e-6
    };
    if !is_whole(before, same.weights.0) || !is_whole(after, same.weights.1) {
        change = change.of_flows();
    }
    for &(hazard, old, new) in &same.moved {
        let side = |weight| Side { weight, causes: vec![(Arc::from(""), hazard)] };
        change.add(&Pair::Matched { before: side(old), after: side(new) });
    }
    let new_address: BTreeMap<&str, &str> = moved.iter().map(|m| (m.from.as_str(), m.to.as_str())).collect();
    let old_address: BTreeMap<&str, &str> = moved.iter().map(|m| (m.to.as_str(), m.from.as_str())).collect();
    let (mut steps, mut matched) = (Vec::new(), same.pages);
    // Problems that became less only because a rule could not tell any more, and the other way round.
    let (mut untold, mut told_again) = ((0.0, 0.0), (0.0, 0.0));
    for (url, old) in &before.pages {
        let now = new_address.get(url.as_str()).copied().unwrap_or(url);
        let Some(new) = after.pages.get(now) else {
            let is_unread = after.unread.contains(url);
            let pair = if is_unread { Pair::Unchecked(old.side.clone()) } else { Pair::Removed(old.side.clone()) };
            let kind = if is_unread { Kind::Unchecked } else { Kind::Removed };
            let effects = change.add(&pair).into_iter();
            steps.extend(effects.map(|e| Step { kind, url: url.clone(), cause: None, points: e.points }));
            continue;
        };
        matched += 1;
        let unsure = |version: &Version, page: &BTreeSet<Arc<str>>, cause: &Arc<str>| {
            let rules = version.rules_of_cause.get(cause);
            page.contains(cause) || rules.is_some_and(|rules| rules.iter().any(|rule| page.contains(rule)))
        };
        let has = |side: &crate::score::Side, cause: &Arc<str>| side.causes.iter().any(|(c, h)| c == cause && *h > 0.0);
        for effect in change.add(&Pair::Matched { before: old.side.clone(), after: new.side.clone() }) {
            let points = effect.points;
            let (kind, cause) = match effect.part {
                Part::Cause(cause) => {
                    let gone = !has(&new.side, &cause) && unsure(before, &new.unsure, &cause);
                    let come = !has(&old.side, &cause) && unsure(after, &old.unsure, &cause);
                    let sums = |sums: &mut (f64, f64)| {
                        *sums = (sums.0 + points.max(0.0), sums.1 + points.min(0.0));
                    };
                    let kind = match (gone, come) {
                        (true, _) => {
                            sums(&mut untold);
                            Kind::Unchecked
                        }
                        (_, true) => {
                            sums(&mut told_again);
                            Kind::ReadAgain
                        }
                        _ if points > 0.0 => Kind::Fix,
                        _ => Kind::Fault,
                    };
                    (kind, Some(cause))
                }
                _ => (Kind::Use, None),
            };
            steps.push(Step { kind, url: now.to_owned(), cause, points });
        }
    }
    for (url, new) in &after.pages {
        let then = old_address.get(url.as_str()).copied().unwrap_or(url);
        if before.pages.contains_key(then) {
            continue;
        }
        let was_unread = before.unread.contains(url);
        let pair = if was_unread { Pair::ReadAgain(new.side.clone()) } else { Pair::Added(new.side.clone()) };
        let kind = if was_unread { Kind::ReadAgain } else { Kind::Added };
        let effects = change.add(&pair).into_iter();
        steps.extend(effects.map(|e| Step { kind, url: url.clone(), cause: None, points: e.points }));
    }
    let mut parts = change.parts();
    parts.better -= untold.0 + told_again.0;
    parts.worse -= untold.1 + told_again.1;
    parts.unchecked += untold.0 + untold.1;
    parts.read_again += told_again.0 + told_again.1;
    parts.rules += given.1 - s1;
    let order = |s: &Step| (s.kind, s.url.clone(), s.cause.clone());
    steps.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()).then_with(|| order(a).cmp(&order(b))));
    let all = before.pages.len() + after.pages.len() + 2 * same.pages - matched;
    let problems = problems(before, after, &new_address);
    Comparison { parts, steps, moved, shared: matched as f64 / all.max(1) as f64, matched, problems }
}

fn problems(before: &Version, after: &Version, new_address: &BTreeMap<&str, &str>) -> ProblemChange {
    let now: BTreeSet<&str> = after.problems.iter().map(|f| f.key.as_str()).collect();
    let then: BTreeSet<&str> = before.problems.iter().map(|f| f.key.as_str()).collect();
    let gone: Vec<&FindingRow> = before.problems.iter().filter(|f| !now.contains(f.key.as_str())).collect();
    let come: Vec<&FindingRow> = after.problems.iter().filter(|f| !then.contains(f.key.as_str())).collect();
    let again = known_again(&gone, &come, |url| new_address.get(url).copied().unwrap_or(url).to_owned());
    let carried: BTreeSet<&str> = again.iter().map(|(old, _)| old.as_str()).collect();
    let met: BTreeSet<&str> = again.iter().map(|(_, new)| new.as_str()).collect();
    let mut change = ProblemChange {
        open: (before.problems.len() - gone.len() + again.len()) as u64,
        new: come.iter().filter(|f| !met.contains(f.key.as_str())).map(|f| (*f).clone()).collect(),
        ..ProblemChange::default()
    };
    for finding in gone.into_iter().filter(|f| !carried.contains(f.key.as_str())) {
        let url = new_address.get(finding.url.as_str()).copied().unwrap_or(finding.url.as_str());
        let was_read = after.pages.get(url).is_some_and(|page| !page.unsure.contains(&finding.rule));
        let list = if was_read { &mut change.fixed } else { &mut change.unchecked };
        list.push(finding.clone());
    }
    change
}

/// What a problem is known by beside its key.
type Sign = dyn Fn(&FindingRow) -> Option<String>;

/// The places of problems that went and that came.
type Candidates = (Vec<usize>, Vec<usize>);

/// Problems that are the same though their keys differ, as pairs of keys: first those of a page that
/// moved, then elements whose text changed, known by their start tag, then by their place. Each only
/// where it is the only one of its rule, page and sign on both sides.
pub(super) fn known_again(
    gone: &[&FindingRow],
    come: &[&FindingRow],
    address: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    let local = |f: &FindingRow| (!f.local.is_empty()).then(|| f.local.clone());
    let tag = |f: &FindingRow| f.place.as_ref().and_then(telling_tag).map(str::to_owned);
    let place = |f: &FindingRow| f.place.as_ref().map(|p| p.selector.clone());
    let signs: [&Sign; 3] = [&local, &tag, &place];
    let (mut old_left, mut new_left) = (vec![true; gone.len()], vec![true; come.len()]);
    let mut pairs = Vec::new();
    for sign in signs {
        let mut groups: HashMap<(String, Arc<str>, String), Candidates> = HashMap::new();
        for (at, finding) in gone.iter().enumerate().filter(|(at, _)| old_left[*at]) {
            let Some(sign) = sign(finding) else { continue };
            groups.entry((address(finding.url.as_str()), finding.rule.clone(), sign)).or_default().0.push(at);
        }
        for (at, finding) in come.iter().enumerate().filter(|(at, _)| new_left[*at]) {
            let Some(sign) = sign(finding) else { continue };
            if let Some(group) = groups.get_mut(&(finding.url.to_string(), finding.rule.clone(), sign)) {
                group.1.push(at);
            }
        }
        for (old, new) in groups.into_values() {
            if let ([old], [new]) = (&old[..], &new[..]) {
                (old_left[*old], new_left[*new]) = (false, false);
                pairs.push((gone[*old].key.clone(), come[*new].key.clone()));
            }
        }
    }
    pairs.sort();
    pairs
}

/// Points by cause: what got better, and (negative) what got worse.
pub(super) fn by_cause(steps: &[Step]) -> BTreeMap<Arc<str>, (f64, f64)> {
    let mut causes: BTreeMap<Arc<str>, (f64, f64)> = BTreeMap::new();
    for step in steps.iter().filter(|s| matches!(s.kind, Kind::Fix | Kind::Fault)) {
        let Some(cause) = &step.cause else { continue };
        let sum = causes.entry(cause.clone()).or_default();
        *sum = (sum.0 + step.points.max(0.0), sum.1 + step.points.min(0.0));
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::super::version::VersionPage;
    use super::*;

    fn version(pages: &[(&str, f64, f64)], value: f64) -> Version {
        let page = |&(url, weight, hazard): &(&str, f64, f64)| {
            let side = Side { weight, causes: vec![(Arc::from("words/one"), hazard), (Arc::from("words/two"), 0.1)] };
            (url.to_owned(), VersionPage { side, unsure: BTreeSet::new(), title: String::new() })
        };
        let mut version = Version { pages: pages.iter().map(page).collect(), ..Version::nothing() };
        version.score.value = value;
        version
    }

    #[test]
    fn pages_that_are_the_same_need_not_be_there_to_be_compared() {
        let (a, b) = (("http://t.example/a", 0.5, 0.2), ("http://t.example/b", 0.5, 0.4));
        let (now_a, now_b) = (("http://t.example/a", 0.25, 0.2), ("http://t.example/b", 0.75, 0.1));
        let given = (60.0, 70.0);
        let whole = comparison(&version(&[a, b], 60.0), &version(&[now_a, now_b], 70.0), given, Vec::new());
        let hazard = [0.2, 0.1].into_iter().collect::<crate::score::Sum>().value();
        let same = SamePages { pages: 1, weights: (0.5, 0.25), moved: vec![(hazard, 0.5, 0.25)] };
        let sides = (&version(&[b], 60.0), &version(&[now_b], 70.0));
        let beside = comparison_beside(sides, &same, given, Vec::new());
        assert!(whole.parts.use_moved != 0.0 && whole.parts.better > 0.0);
        assert_eq!((beside.parts, beside.shared, beside.matched), (whole.parts, whole.shared, whole.matched));
        assert_eq!(by_cause(&beside.steps), by_cause(&whole.steps));
    }
}
