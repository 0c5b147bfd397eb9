//! Selectors of rules taken apart, so that most are never tried: of each part of a list it is known what has to stand on
//! the element itself and on those around it (names, ids, classes, attributes), and that is looked up before it is matched.

use crate::facts::Dom;
use html5ever::LocalName;
use rustc_hash::FxHashMap;
use scraper::ElementRef;
use scraper::selector::{Parser, Simple};
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches,
};
use selectors::matching::matches_selector;
use selectors::parser::{Combinator, Component, ParseRelative, Selector, SelectorIter, SelectorList};
use std::cell::RefCell;

/// Names that are told apart, by a bit each. Those of rules beyond are not looked up, which costs time alone.
pub(super) const BITS: usize = 128;

/// A selector list, taken apart.
pub(super) struct Matcher(Vec<Part>);

/// A part of a selector list.
pub(super) struct Part {
    selector: Selector<Simple>,
    /// What has to stand on the element.
    own: u128,
    /// What has to stand on the elements around it.
    around: u128,
    /// Whether nothing else is asked.
    is_all: bool,
}

/// The names that selectors ask for, each with its bit.
#[derive(Debug, Default)]
pub(super) struct Names {
    tags: FxHashMap<LocalName, u128>,
    attributes: FxHashMap<LocalName, u128>,
    ids: FxHashMap<LocalName, u128>,
    classes: FxHashMap<LocalName, u128>,
    count: usize,
}

/// What stands on each element of a page, and around it, of what selectors ask for.
pub(super) struct Outline {
    own: Vec<u128>,
    around: Vec<u128>,
    /// Of this page alone: they know its elements by their address.
    caches: RefCell<SelectorCaches>,
}

/// What a compound selector names.
#[derive(Default)]
struct Named {
    bits: u128,
    /// Whether it asks for something else.
    more: bool,
}

impl Names {
    /// What a compound selector names; the next call reads the one before it.
    fn named(&mut self, compound: &mut SelectorIter<'_, Simple>) -> Named {
        let mut named = Named::default();
        for component in compound {
            let (list, name) = match component {
                Component::LocalName(tag) if tag.name == tag.lower_name => (&mut self.tags, &tag.name.0),
                Component::ID(id) => (&mut self.ids, &id.0),
                Component::Class(class) => (&mut self.classes, &class.0),
                Component::AttributeInNoNamespaceExists { local_name, local_name_lower }
                    if local_name == local_name_lower =>
                {
                    (&mut self.attributes, &local_name.0)
                }
                Component::AttributeInNoNamespace { local_name, .. } => {
                    named.more = true;
                    (&mut self.attributes, &local_name.0)
                }
                Component::ExplicitUniversalType => continue,
                _ => {
                    named.more = true;
                    continue;
                }
            };
            let bit = match list.get(name) {
                Some(&bit) => bit,
                None if self.count < BITS => {
                    let bit = 1 << self.count;
                    self.count += 1;
                    list.insert(name.clone(), bit);
                    bit
                }
                None => 0,
            };
            named.bits |= bit;
            named.more |= bit == 0;
        }
        named
    }

    /// Looks at every element of a page once.
    pub(super) fn outline(&self, dom: &Dom) -> Outline {
        let len = dom.len() as usize;
        let mut outline = Outline { own: vec![0; len], around: vec![0; len], caches: RefCell::default() };
        let of = |list: &FxHashMap<LocalName, u128>, name: &LocalName| list.get(name).copied().unwrap_or(0);
        for i in dom.elements() {
            let Some(element) = dom.element(i) else { continue };
            let mut own = of(&self.tags, &element.name.local);
            for (name, value) in element.attrs.iter().filter(|(name, _)| name.ns.is_empty()) {
                own |= of(&self.attributes, &name.local);
                match &*name.local {
                    "id" if !self.ids.is_empty() => own |= of(&self.ids, &LocalName::from(&**value)),
                    "class" if !self.classes.is_empty() => {
                        let classes = value.split_ascii_whitespace().map(|class| of(&self.classes, &class.into()));
                        own |= classes.fold(0, |all, bit| all | bit);
                    }
                    _ => {}
                }
            }
            let at = i as usize;
            outline.own[at] = own;
            if let Some(parent) = dom.parent(i) {
                outline.around[at] = outline.own[parent as usize] | outline.around[parent as usize];
            }
        }
        outline
    }
}

impl Outline {
    /// The bits of the names on an element.
    pub(super) fn own(&self, i: u32) -> u128 {
        self.own[i as usize]
    }
}

impl Matcher {
    /// Takes a list apart.
    pub(super) fn new(source: &str, names: &mut Names) -> Self {
        let list = SelectorList::parse(&Parser, &mut cssparser::Parser::new(source), ParseRelative::No);
        let list = list.expect("selectors were checked when the rule was read");
        Self(list.slice().iter().map(|selector| Part::new(selector.clone(), names)).collect())
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Whether the element matches one of the parts.
    pub(super) fn matches(&self, outline: &Outline, dom: &Dom, i: u32) -> bool {
        let may = |part: &&Part| part.may_match(outline, i);
        if !self.0.iter().any(|part| may(&part)) {
            return false;
        }
        let Some(element) = dom.element_ref(i) else { return false };
        self.0.iter().filter(may).any(|part| part.is_all || part.matches(outline, &element))
    }
}

impl Part {
    fn new(selector: Selector<Simple>, names: &mut Names) -> Self {
        let mut compounds = selector.iter();
        let Named { bits: own, more } = names.named(&mut compounds);
        let (mut around, mut is_alone) = (0, true);
        while let Some(combinator) = compounds.next_sequence() {
            is_alone = false;
            let named = names.named(&mut compounds);
            // What stands beside is no element around this one, but what is around that is.
            if matches!(combinator, Combinator::Child | Combinator::Descendant) {
                around |= named.bits;
            }
        }
        Self { own, around, is_all: is_alone && !more, selector }
    }

    /// The bits of the names that have to stand on the element.
    pub(super) fn own(&self) -> u128 {
        self.own
    }

    /// Whether it may match an element, by what stands on and around it.
    pub(super) fn may_match(&self, outline: &Outline, i: u32) -> bool {
        self.own & !outline.own[i as usize] == 0 && self.around & !outline.around[i as usize] == 0
    }

    fn matches(&self, outline: &Outline, element: &ElementRef<'_>) -> bool {
        let mut caches = outline.caches.borrow_mut();
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            &mut caches,
            QuirksMode::NoQuirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        matches_selector(&self.selector, 0, None, element, &mut context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    const PAGE: &str = "<!doctype html><html lang=en><body class='a B'><main id=top role=main><p>x <a href='/f.PDF' class='link  b'>y</a></p>\
        <svg viewBox='0 0 1 1'><linearGradient id=g></linearGradient><a xlink:href='#g'>z</a></svg><td headers=x></td>\
        <ul><li>1<li class=a>2<li>3 <a href='#' data-x='1 2'>4</a></ul><table><tr><th>h<td ROLE=cell>5</table>\
        <fieldset disabled><label for=f>l</label><input id=f required></fieldset></main></body></html>";

    const SELECTORS: &[&str] = &[
        "*",
        "a",
        "A[HREF]",
        "a[href$='.pdf' i], a[href='#']",
        "[xlink\\:href], [href]",
        ".a, .b.link, #top, #g",
        "main a, main > a, p > a, ul a[data-x~='2']",
        "li + li, li ~ li a, p + svg a, body.a > main",
        "li:nth-child(2), li:first-child, :not(li) > a, :is(p, li) a",
        "[viewBox], lineargradient, linearGradient, svg *",
        ":is(fieldset, select)[disabled] *, ul:has(a) li",
        ".missing a, nav a, td[headers] a, [role=main i] li > a",
    ];

    #[test]
    fn what_is_taken_apart_matches_as_the_whole_does() {
        let dom = Dom::parse(PAGE, Lexicon::for_tests());
        let mut names = Names::default();
        let matchers: Vec<_> = SELECTORS.iter().map(|source| (source, Matcher::new(source, &mut names))).collect();
        let outline = names.outline(&dom);
        let mut found = 0;
        for (source, matcher) in &matchers {
            let whole = scraper::Selector::parse(source).expect("the selector is right");
            for i in dom.elements() {
                let element = dom.element_ref(i).expect("it is an element");
                let expected = whole.matches(&element);
                found += usize::from(expected);
                assert_eq!(matcher.matches(&outline, &dom, i), expected, "{source} on {}", element.html());
                let tried = matcher.parts().iter().any(|part| part.may_match(&outline, i));
                assert!(tried || !expected, "{source} on {}", element.html());
            }
        }
        assert!(found > 50, "{found} matches");
    }

    #[test]
    fn names_beyond_the_last_bit_are_matched_all_the_same() {
        let dom = Dom::parse("<p class='n500'><a class=n7>x</a></p>", Lexicon::for_tests());
        let mut names = Names::default();
        let matchers: Vec<_> = (0..600).map(|n| Matcher::new(&format!(".n{n}"), &mut names)).collect();
        let outline = names.outline(&dom);
        let of = |n: usize| dom.elements().filter(|&i| matchers[n].matches(&outline, &dom, i)).count();
        assert_eq!([of(7), of(500), of(501)], [1, 1, 0]);
    }
}
