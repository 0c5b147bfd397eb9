//! Elements that match. All selectors run in one pass over the page: each is tried only on elements
//! that its rightmost part can match, by tag, id, class or attribute.

use super::matcher::{Bits, Matcher, NUMBERS, Names, Outline};
use super::{Found, Hit, metric, place};
use crate::facts::access::{HAS_ARIA, name};
use crate::facts::{Dom, Page, Value, called, shorten};
use crate::model::Exposure;
use crate::rule::{Check, Exposed, Filter, NameTest, Rule, Rules, SelectorCheck};
use rustc_hash::FxHashMap;

/// Which rules to try on an element.
pub(super) struct Index {
    names: Names,
    /// By one of the names that have to stand on the element.
    by_name: Vec<Vec<Try>>,
    /// Those that name nothing.
    everywhere: Vec<Try>,
    by_role: FxHashMap<String, Vec<usize>>,
    with_aria: Vec<usize>,
    /// The selectors of each rule.
    checks: Vec<Option<Compiled>>,
}

/// A part of a selector to try on an element.
struct Try {
    rule: usize,
    /// Of `applies_to`, not of `match`.
    applies: bool,
    part: usize,
}

/// The selectors of a check.
struct Compiled {
    matches: Matcher,
    unless: Option<Matcher>,
    applies_to: Option<Matcher>,
}

/// The elements to try each rule on.
pub(super) struct Candidates {
    outline: Outline,
    of: Vec<Vec<Candidate>>,
}

/// An element to try a rule on.
#[derive(Clone, Copy)]
struct Candidate {
    element: u32,
    /// Whether its names alone tell that it matches; else the selector has to be asked.
    surely: bool,
}

impl Index {
    pub(super) fn new(rules: &Rules) -> Self {
        let mut names = Names::default();
        let compile = |rule: &Rule, names: &mut Names| match &rule.check {
            Check::Selector(check) => Some(Compiled {
                matches: Matcher::new(&check.matches, names),
                unless: check.unless.as_deref().map(|source| Matcher::new(source, names)),
                applies_to: check.applies_to.as_deref().map(|source| Matcher::new(source, names)),
            }),
            _ => None,
        };
        let checks: Vec<Option<Compiled>> = rules.list.iter().map(|rule| compile(rule, &mut names)).collect();
        let mut index = Self {
            names,
            by_name: (0..NUMBERS).map(|_| Vec::new()).collect(),
            everywhere: Vec::new(),
            by_role: FxHashMap::default(),
            with_aria: Vec::new(),
            checks: Vec::new(),
        };
        for (at, rule) in rules.list.iter().enumerate() {
            let (Check::Selector(check), Some(compiled)) = (&rule.check, &checks[at]) else { continue };
            if check.matches == "*" && !check.roles.is_empty() {
                for role in &check.roles {
                    index.by_role.entry(role.clone()).or_default().push(at);
                }
            } else if check.matches == "*" && check.has_aria {
                index.with_aria.push(at);
            } else {
                index.add(at, false, &compiled.matches);
                compiled.applies_to.iter().for_each(|applies_to| index.add(at, true, applies_to));
            }
        }
        index.checks = checks;
        index
    }

    fn add(&mut self, rule: usize, applies: bool, matcher: &Matcher) {
        for (at, part) in matcher.parts().iter().enumerate() {
            let bucket = match part.own().one() {
                None => &mut self.everywhere,
                Some(name) => &mut self.by_name[name],
            };
            bucket.push(Try { rule, applies, part: at });
        }
    }

    /// The rules to try on an element, by the names on and around it, and whether these tell that it matches.
    fn tried_on(&self, outline: &Outline, i: u32, is_asked: impl Fn(usize) -> bool) -> Vec<(usize, bool)> {
        let may = |tried: &Try| {
            let check = self.checks[tried.rule].as_ref();
            let matcher = check.and_then(|c| if tried.applies { c.applies_to.as_ref() } else { Some(&c.matches) });
            let part = matcher?.parts().get(tried.part).filter(|part| part.may_match(outline, i))?;
            Some((tried.rule, !tried.applies && part.is_names_alone()))
        };
        let named = outline.own(i).numbers().flat_map(|name| &self.by_name[name]);
        let asked = named.chain(&self.everywhere).filter(|tried| is_asked(tried.rule));
        let mut rules: Vec<(usize, bool)> = asked.filter_map(may).collect();
        // Of several parts the one that tells comes first, and stays.
        rules.sort_unstable_by_key(|&(rule, surely)| (rule, !surely));
        rules.dedup_by_key(|(rule, _)| *rule);
        rules
    }

    /// For each of the rules that are asked the elements that its selectors may match, in document order.
    pub(super) fn candidates(&self, dom: &Dom, is_asked: impl Fn(usize) -> bool) -> Candidates {
        let outline = self.names.outline(dom);
        let mut found: Vec<Vec<Candidate>> = vec![Vec::new(); self.checks.len()];
        let mut add = |rule: usize, element: u32, surely: bool| {
            if found[rule].last().is_none_or(|last| last.element != element) {
                found[rule].push(Candidate { element, surely });
            }
        };
        // The items of a menu and the cells of a table have the same names on and around them.
        let mut known: FxHashMap<(Bits, Bits), Vec<(usize, bool)>> = FxHashMap::default();
        for i in dom.elements() {
            let names = (outline.own(i), outline.around(i));
            let rules = known.entry(names).or_insert_with(|| self.tried_on(&outline, i, &is_asked));
            rules.iter().for_each(|&(rule, surely)| add(rule, i, surely));
            if !self.by_role.is_empty()
                && let Some(role) = dom.role(i)
            {
                let rules = self.by_role.get(role.name).into_iter().flatten();
                rules.filter(|&&rule| is_asked(rule)).for_each(|&rule| add(rule, i, true));
            }
            if !self.with_aria.is_empty() && dom.marked(i, HAS_ARIA) {
                self.with_aria.iter().filter(|&&rule| is_asked(rule)).for_each(|&rule| add(rule, i, true));
            }
        }
        Candidates { outline, of: found }
    }
}

/// Tries a check on its candidates. Where it cannot be decided on this page whatever else stands there, the first element
/// that it is about ends it.
pub(super) fn judge(
    index: &Index,
    (at, is_undecided): (usize, bool),
    check: &SelectorCheck,
    all: &Candidates,
    page: &Page<'_>,
) -> Found {
    let dom = &page.dom;
    let mut found = Found::default();
    let (Some(Some(compiled)), Some(candidates)) = (index.checks.get(at), all.of.get(at)) else { return found };
    let matches = |matcher: &Matcher, i: u32| matcher.matches(&all.outline, dom, i);
    for &Candidate { element: i, surely } in candidates {
        if is_undecided && found.unknown.is_some() {
            break;
        }
        let exposure = match check.exposed {
            Exposed::Any => Exposure::Exposed,
            Exposed::Yes => dom.node(i).exposure,
            Exposed::Tree => dom.in_tree(i),
        };
        if exposure == Exposure::Hidden {
            continue;
        }
        found.applied = found.applied || compiled.applies_to.as_ref().is_some_and(|selector| matches(selector, i));
        if !(surely || matches(&compiled.matches, i)) || !has_role(check, dom, i) {
            continue;
        }
        found.applied = true;
        // Numbers are looked at on every element, and are nearly always right: what they exempt is asked for last.
        let is_exempt = || compiled.unless.as_ref().is_some_and(|selector| matches(selector, i));
        if check.limit.is_none() && is_exempt() {
            continue;
        }
        let fits = |test: Option<NameTest>, is_empty: &dyn Fn() -> bool| match test {
            None => true,
            Some(NameTest::Empty) => is_empty(),
            Some(NameTest::Present) => !is_empty(),
        };
        let is_nameless = || name::accessible_name(dom, i).is_empty();
        if !fits(check.name, &is_nameless) || !fits(check.text, &|| !dom.has_text(i)) {
            continue;
        }
        match check.says.as_deref().map(|list| says(list, page, i)) {
            None | Some(Some(true)) => {}
            Some(Some(false)) => continue,
            Some(None) => {
                let why = || format!("there is no word list for the language `{}`", page.facts.lang);
                found.unknown.get_or_insert_with(why);
                continue;
            }
        }
        let beyond = match beyond(check, page, i) {
            Ok(None) => continue,
            Ok(Some(beyond)) => Ok(beyond),
            Err(_) if found.unknown.is_some() => continue,
            Err(why) => Err(why),
        };
        let words = match tests(check, page, i) {
            Test::No => continue,
            Test::Unknown(why) => Err(why),
            Test::Yes(words) => Ok(words),
        };
        if check.limit.is_some() && is_exempt() {
            continue;
        }
        let (beyond, words) = match (beyond, words) {
            (Ok(beyond), Ok(words)) => (beyond, words),
            (Err(why), _) | (_, Err(why)) => {
                found.unknown.get_or_insert_with(|| why.to_owned());
                continue;
            }
        };
        // A question may be asked of what is hidden now, too.
        if exposure == Exposure::Unknown && !check.review {
            found.unknown.get_or_insert_with(|| "a style may hide the element".to_owned());
            continue;
        }
        found.push(|| {
            let name = called(dom, i);
            let target = dom.attr(i, "href").or_else(|| dom.attr(i, "src")).unwrap_or("");
            let role = dom.role(i).map_or(dom.tag(i), |role| role.name);
            let mut values = vec![
                ("text", shorten(&name, 80)),
                ("tag", dom.tag(i).to_owned()),
                ("target", shorten(target, 120)),
                ("found", shorten(&words, 120)),
                ("value", beyond.map_or_else(|| role.to_owned(), measured)),
            ];
            let limits = check.limit.iter().flat_map(|l| [("min", l.min), ("max", l.max)]);
            values.extend(limits.filter_map(|(slot, n)| Some((slot, measured(n?)))));
            Hit { at: Some(place::of_element(dom, i)), severity: None, values }
        });
    }
    found.asks = check.review;
    found
}

/// Whether the whole name of the element is a phrase of a list; `None` where the language of the page has no such list.
fn says(list: &str, page: &Page<'_>, i: u32) -> Option<bool> {
    let phrases = page.words?.list(list)?;
    let name = name::accessible_name(&page.dom, i).to_lowercase();
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    Some(!name.is_empty() && phrases.iter().any(|(phrase, _)| phrase == name))
}

fn has_role(check: &SelectorCheck, dom: &Dom, i: u32) -> bool {
    let by_role = || dom.role(i).is_some_and(|role| check.roles.iter().any(|wanted| wanted == role.name));
    (check.roles.is_empty() || by_role()) && (!check.has_aria || dom.marked(i, HAS_ARIA))
}

/// What the tests on facts of an element say.
enum Test {
    No,
    Unknown(&'static str),
    /// With what the check was to find.
    Yes(String),
}

fn tests(check: &SelectorCheck, page: &Page<'_>, i: u32) -> Test {
    let mut unknown = None;
    let mut met = |filter: &Filter, wanted: bool| {
        let value = metric::of_element(filter.fact, page, i);
        if let Value::Unknown(why) = value {
            unknown.get_or_insert(why);
            return true;
        }
        filter.values.iter().any(|scalar| metric::equals(&value, scalar)) == wanted
    };
    if !check.when.iter().all(|f| met(f, true)) || !check.except.iter().all(|f| met(f, false)) {
        return Test::No;
    }
    let words = match check.found.map(|fact| metric::of_element(fact, page, i)) {
        None => String::new(),
        Some(Value::Absent | Value::Flag(false)) => return Test::No,
        Some(Value::Unknown(why)) => return Test::Unknown(why),
        Some(value) => metric::shown(&value),
    };
    unknown.map_or(Test::Yes(words), Test::Unknown)
}

/// The number that is beyond its limit, `None` inside where the check has no limit; nothing where it is right.
#[allow(clippy::option_option, reason = "a check without a limit and a number that is right are two things")]
fn beyond(check: &SelectorCheck, page: &Page<'_>, i: u32) -> Result<Option<Option<f64>>, &'static str> {
    let Some(limit) = check.limit else { return Ok(Some(None)) };
    match metric::of_element(limit.fact, page, i) {
        Value::Number(n) => {
            let is_wrong = limit.min.is_some_and(|min| n < min) || limit.max.is_some_and(|max| n > max);
            Ok(is_wrong.then_some(Some(n)))
        }
        // Wrong where even the best of it is; what is right in part could not be told.
        Value::Between(low, high) => {
            let is_wrong = limit.min.is_some_and(|min| high < min) || limit.max.is_some_and(|max| low > max);
            let is_right = limit.min.is_none_or(|min| low >= min) && limit.max.is_none_or(|max| high <= max);
            match (is_wrong, is_right) {
                (true, _) => Ok(Some(Some(if limit.min.is_some() { high } else { low }))),
                (false, true) => Ok(None),
                (false, false) => Err("only a range is known, and it reaches from what is right to what is wrong"),
            }
        }
        Value::Unknown(why) => Err(why),
        _ => Ok(None),
    }
}

/// A number with at most two decimals, cut off: 4.499 is not 4.5.
fn measured(n: f64) -> String {
    let cut = (n * 100.0 + 1e-6).floor() / 100.0;
    let text = format!("{cut:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
