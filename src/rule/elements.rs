//! `[check.selector]` as it is written: which elements, and the tests on what is computed of each.

use super::check::{Exposed, Filter, Limit, NameTest, SelectorCheck, css, fact_named, list_name};
use crate::facts::{Fact, Lexicon, Phase, Subject, access};
use crate::mistakes::{Mistake, Table, unknown_word};

const TESTS: &[(&str, NameTest)] = &[("empty", NameTest::Empty), ("present", NameTest::Present)];

const EXPOSED: &[(&str, Exposed)] = &[("yes", Exposed::Yes), ("tree", Exposed::Tree), ("any", Exposed::Any)];

/// Reads the check; `None` where it is too wrong to go on.
pub(super) fn selector(mut table: Table<'_>, lexicon: &Lexicon, mistakes: &mut Vec<Mistake>) -> Option<SelectorCheck> {
    let roles = roles(&mut table, mistakes);
    let has_aria = table.choice("has", &[("aria", true)], mistakes).unwrap_or(false);
    if !table.has("match") && roles.is_empty() && !has_aria {
        mistakes.push(Mistake::new(table.span(), "`match` is missing"));
    }
    let is_named = table.has("match");
    let matches = css("match", &mut table, mistakes);
    // Without a selector of its own the check looks at every element of the role.
    let matches = if is_named { matches } else { Some("*".to_owned()) };
    let unless = css("unless", &mut table, mistakes);
    let applies_to = css("applies_to", &mut table, mistakes);
    let name = table.choice("name", TESTS, mistakes);
    let text = table.choice("text", TESTS, mistakes);
    let exposed = table.choice("exposed", EXPOSED, mistakes).unwrap_or(Exposed::Yes);
    let when = filters("when", &mut table, mistakes);
    let except = filters("except", &mut table, mistakes);
    let limit = limit(&mut table, mistakes);
    let found = fact("found", &mut table, mistakes);
    let says = list_name("says", &mut table, lexicon, mistakes);
    let review = table.flag("review", mistakes).unwrap_or(false);
    table.finish(mistakes);
    let matches = matches?;
    Some(SelectorCheck {
        matches,
        unless,
        applies_to,
        name,
        text,
        roles,
        has_aria,
        exposed,
        when,
        except,
        found,
        limit,
        says,
        review,
    })
}

fn roles(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<String> {
    let named = table.texts("role", mistakes);
    for (role, span) in &named {
        if access::role_named(role).is_none() && role != "summary" {
            mistakes.push(unknown_word(span.clone(), &format!("`{role}` is no role"), role, &[]));
        }
    }
    named.into_iter().map(|(role, _)| role).collect()
}

fn of_elements(fact: &Fact) -> bool {
    matches!(fact.subject(), Subject::Element | Subject::Page) && fact.phase() == Phase::Page
}

fn limit(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Limit> {
    let span = table.span();
    let fact = fact("fact", table, mistakes);
    let (min, max) = (table.number("min", mistakes), table.number("max", mistakes));
    let is_limited = min.is_some() || max.is_some();
    if fact.is_some() != is_limited {
        mistakes.push(Mistake::new(span, "`fact` and a limit, `min` or `max`, belong together"));
    }
    fact.filter(|_| is_limited).map(|fact| Limit { fact, min, max })
}

fn fact(key: &str, table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<&'static Fact> {
    let span = table.span_of(key)?;
    let name = table.text(key, mistakes)?;
    let fact = fact_named(&name, span.clone(), mistakes)?;
    if fact.subject() != Subject::Element {
        mistakes.push(Mistake::new(span, format!("`{name}` is no fact of an element")));
        return None;
    }
    Some(fact)
}

fn filters(key: &str, table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Filter> {
    let Some(mut filters) = table.table(key, mistakes) else { return Vec::new() };
    let mut read = Vec::new();
    for name in filters.keys() {
        let span = filters.span_of(&name).unwrap_or_else(|| filters.span());
        let values = filters.scalars(&name, mistakes);
        let Some(fact) = fact_named(&name, span.clone(), mistakes) else { continue };
        if of_elements(fact) {
            read.push(Filter { fact, values });
        } else {
            mistakes.push(Mistake::new(span, format!("`{name}` is not known of an element")));
        }
    }
    filters.finish(mistakes);
    read
}
