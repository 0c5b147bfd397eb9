//! Elements that match. All selectors run in one pass over the page: each is tried only on elements
//! that its rightmost part can match, by tag, id, class or attribute.

use super::{Found, Hit, metric, place};
use crate::facts::access::{HAS_ARIA, name};
use crate::facts::{Dom, Page, Value, called, shorten};
use crate::model::Exposure;
use crate::rule::{Check, Exposed, Filter, NameTest, Rules, SelectorCheck};
use std::collections::HashMap;

/// Which rules to try on an element.
pub(super) struct Index {
    by_tag: HashMap<String, Vec<usize>>,
    by_id: HashMap<String, Vec<usize>>,
    by_class: HashMap<String, Vec<usize>>,
    by_attribute: HashMap<String, Vec<usize>>,
    by_role: HashMap<String, Vec<usize>>,
    with_aria: Vec<usize>,
    everywhere: Vec<usize>,
    rules: usize,
}

/// The elements to try each rule on.
pub(super) struct Candidates(Vec<Vec<u32>>);

impl Candidates {
    pub(super) fn of(&self, rule: usize) -> &[u32] {
        self.0.get(rule).map_or(&[], Vec::as_slice)
    }
}

/// The most telling part of a compound selector.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    Tag(String),
    Id(String),
    Class(String),
    Attribute(String),
    Any,
}

impl Index {
    pub(super) fn new(rules: &Rules) -> Self {
        let mut index = Self {
            by_tag: HashMap::new(),
            by_id: HashMap::new(),
            by_class: HashMap::new(),
            by_attribute: HashMap::new(),
            by_role: HashMap::new(),
            with_aria: Vec::new(),
            everywhere: Vec::new(),
            rules: rules.list.len(),
        };
        for (at, rule) in rules.list.iter().enumerate() {
            let Check::Selector(check) = &rule.check else { continue };
            let sources = std::iter::once(&check.source).chain(check.applies_to.as_ref().map(|(_, source)| source));
            if check.source == "*" && !check.roles.is_empty() {
                for role in &check.roles {
                    index.by_role.entry(role.clone()).or_default().push(at);
                }
                continue;
            }
            if check.source == "*" && check.has_aria {
                index.with_aria.push(at);
                continue;
            }
            for part in sources.flat_map(|s| split_list(s)) {
                let bucket = match key(rightmost(part)) {
                    Key::Tag(tag) => index.by_tag.entry(tag).or_default(),
                    Key::Id(id) => index.by_id.entry(id).or_default(),
                    Key::Class(class) => index.by_class.entry(class).or_default(),
                    Key::Attribute(name) => index.by_attribute.entry(name).or_default(),
                    Key::Any => &mut index.everywhere,
                };
                if bucket.last() != Some(&at) {
                    bucket.push(at);
                }
            }
        }
        index
    }

    /// For each rule the elements that its selectors may match, in document order.
    pub(super) fn candidates(&self, dom: &Dom) -> Candidates {
        let mut found: Vec<Vec<u32>> = vec![Vec::new(); self.rules];
        let mut add = |rules: Option<&Vec<usize>>, i: u32| {
            for &rule in rules.into_iter().flatten() {
                if found[rule].last() != Some(&i) {
                    found[rule].push(i);
                }
            }
        };
        for i in dom.elements() {
            let Some(element) = dom.element(i) else { continue };
            add(self.by_tag.get(element.name()), i);
            add(Some(&self.everywhere), i);
            if !self.by_role.is_empty()
                && let Some(role) = dom.role(i)
            {
                add(self.by_role.get(role.name), i);
            }
            if !self.with_aria.is_empty() && dom.marked(i, HAS_ARIA) {
                add(Some(&self.with_aria), i);
            }
            if element.attrs.is_empty() {
                continue;
            }
            for (name, value) in &element.attrs {
                match &*name.local {
                    "id" if !self.by_id.is_empty() => add(self.by_id.get(&**value), i),
                    "class" if !self.by_class.is_empty() => {
                        for class in value.split_ascii_whitespace() {
                            add(self.by_class.get(class), i);
                        }
                    }
                    _ => {}
                }
                add(self.by_attribute.get(&*name.local), i);
            }
        }
        Candidates(found)
    }
}

/// The characters of a selector that stand outside brackets and quotes, with their places.
fn outermost(source: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut depth, mut quote) = (0i32, None);
    source.char_indices().filter(move |&(_, c)| {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, _) => return depth == 0,
        }
        false
    })
}

/// The parts of a selector list.
fn split_list(source: &str) -> Vec<&str> {
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, _) in outermost(source).filter(|(_, c)| *c == ',') {
        parts.push(source[start..at].trim());
        start = at + 1;
    }
    parts.push(source[start..].trim());
    parts
}

/// The last compound of a complex selector: what stands after its last combinator.
fn rightmost(source: &str) -> &str {
    let last = outermost(source).filter(|(_, c)| matches!(c, ' ' | '>' | '+' | '~')).last();
    &source[last.map_or(0, |(at, _)| at + 1)..]
}

fn key(compound: &str) -> Key {
    let end = compound.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(compound.len());
    if end > 0 {
        return Key::Tag(compound[..end].to_ascii_lowercase());
    }
    let rest = compound.strip_prefix('*').unwrap_or(compound);
    let word = |text: &str| {
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect::<String>()
    };
    match rest.chars().next() {
        Some('#') => Key::Id(word(&rest[1..])),
        Some('.') => Key::Class(word(&rest[1..])),
        Some('[') => Key::Attribute(word(rest[1..].trim_start()).to_ascii_lowercase()),
        _ => Key::Any,
    }
}

/// Tries a check on its candidates.
pub(super) fn judge(check: &SelectorCheck, candidates: &[u32], page: &Page<'_>) -> Found {
    let dom = &page.dom;
    let mut found = Found::default();
    for &i in candidates {
        let Some(element) = dom.element_ref(i) else { continue };
        let exposure = match check.exposed {
            Exposed::Any => Exposure::Exposed,
            Exposed::Yes => dom.node(i).exposure,
            Exposed::Tree => dom.in_tree(i),
        };
        if exposure == Exposure::Hidden {
            continue;
        }
        found.applied |= check.applies_to.as_ref().is_some_and(|(selector, _)| selector.matches(&element));
        if !check.matches.matches(&element) || !has_role(check, dom, i) {
            continue;
        }
        found.applied = true;
        // Numbers are looked at on every element, and are nearly always right: what they exempt is asked for last.
        let is_exempt = || check.unless.as_ref().is_some_and(|selector| selector.matches(&element));
        if check.limit.is_none() && is_exempt() {
            continue;
        }
        let fits = |test: Option<NameTest>, text: &dyn Fn() -> String| match test {
            None => true,
            Some(NameTest::Empty) => text().is_empty(),
            Some(NameTest::Present) => !text().is_empty(),
        };
        if !fits(check.name, &|| name::accessible_name(dom, i)) || !fits(check.text, &|| dom.text(i)) {
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
                (false, false) => Err("it is right in one part and wrong in another"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rightmost_part_decides_where_to_look() {
        assert_eq!(split_list("a[title=\"x, y\"], :is(b, c) > img"), ["a[title=\"x, y\"]", ":is(b, c) > img"]);
        assert_eq!(rightmost("main > :is(a, b) img[alt='a b']"), "img[alt='a b']");
        assert_eq!(key("img[alt]"), Key::Tag("img".into()));
        assert_eq!(key("[Role=x]"), Key::Attribute("role".into()));
        assert_eq!(key("*.menu"), Key::Class("menu".into()));
        assert_eq!(key(":not(p)"), Key::Any);
    }
}
