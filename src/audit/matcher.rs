//! Selectors of rules taken apart, so that most are never tried: of each part of a list it is known what has to stand on
//! the element itself and on those around it (names, ids, classes, attributes), and that is looked up before it is matched.
//! What a part asks beyond names is tested here where that is values of attributes, `:not`, `:is`, and one element around.

use crate::facts::Dom;
use html5ever::{LocalName, ns};
use rustc_hash::FxHashMap;
use scraper::ElementRef;
use scraper::node::Element;
use scraper::selector::{Parser, Simple};
use selectors::attr::{AttrSelectorOperator, CaseSensitivity, ParsedCaseSensitivity};
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches,
};
use selectors::matching::matches_selector;
use selectors::parser::{Combinator, Component, ParseRelative, Selector, SelectorList};
use std::cell::RefCell;

/// Names that are told apart, by a bit each: so many tags, and so many ids, classes and attributes. Those of rules beyond are
/// not looked up, which costs time alone.
const NAMES: u32 = u128::BITS;

/// Numbers of names: those of tags, then those of marks.
pub(super) const NUMBERS: usize = 2 * NAMES as usize;

/// Which names stand somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bits {
    tags: u128,
    /// Ids, classes and attributes.
    marks: u128,
}

impl Bits {
    fn all_in(self, other: Self) -> bool {
        self.tags & !other.tags == 0 && self.marks & !other.marks == 0
    }

    fn add(&mut self, other: Self) {
        self.tags |= other.tags;
        self.marks |= other.marks;
    }

    fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn count(self) -> u32 {
        self.tags.count_ones() + self.marks.count_ones()
    }

    /// The number of one of the names, that of a mark where there is one; `None` where there is none.
    pub(super) fn one(self) -> Option<usize> {
        let mark = self.marks.checked_ilog2().map(|bit| bit + NAMES);
        mark.or_else(|| self.tags.checked_ilog2()).map(|bit| bit as usize)
    }

    /// The numbers of all names.
    pub(super) fn numbers(self) -> impl Iterator<Item = usize> {
        let of = |mut bits: u128, from: u32| {
            std::iter::from_fn(move || {
                let bit = (bits != 0).then(|| bits.trailing_zeros())?;
                bits &= bits - 1;
                Some((from + bit) as usize)
            })
        };
        of(self.tags, 0).chain(of(self.marks, NAMES))
    }
}

/// A selector list, taken apart.
pub(super) struct Matcher(Vec<Part>);

/// A part of a selector list.
pub(super) struct Part {
    selector: Selector<Simple>,
    /// What is asked of the element.
    compound: Compound,
    /// What has to stand on the elements around it.
    around: Bits,
    outer: Outer,
}

/// What a part asks of other elements.
enum Outer {
    /// Nothing beyond what has to stand around.
    Nothing,
    Parent(Compound),
    Ancestor(Compound),
    /// What only the whole selector tells.
    Whole,
}

/// A compound selector, or as much of it as is understood here.
#[derive(Default)]
struct Compound {
    names: Bits,
    values: Vec<AttributeValue>,
    /// `:not`.
    none: Vec<Compound>,
    /// `:is` and `:where`, of each of which one has to match.
    any: Vec<Vec<Compound>>,
    /// Whether something else is asked.
    more: bool,
}

/// A test on the value of an attribute.
struct AttributeValue {
    name: LocalName,
    operator: AttrSelectorOperator,
    value: String,
    case: ParsedCaseSensitivity,
}

/// The names that selectors ask for, each with its bit.
#[derive(Debug, Default)]
pub(super) struct Names {
    tags: FxHashMap<LocalName, u128>,
    attributes: FxHashMap<LocalName, u128>,
    ids: FxHashMap<LocalName, u128>,
    classes: FxHashMap<LocalName, u128>,
}

/// What stands on each element of a page, and around it, of what selectors ask for.
pub(super) struct Outline {
    own: Vec<Bits>,
    around: Vec<Bits>,
    /// Of this page alone: they know its elements by their address.
    caches: RefCell<SelectorCaches>,
}

/// The bit of a name, the next free one where it is new, and none where all are taken.
fn bit(list: &mut FxHashMap<LocalName, u128>, name: &LocalName, taken: usize) -> u128 {
    match list.get(name) {
        Some(&bit) => bit,
        None if taken < NAMES as usize => {
            list.insert(name.clone(), 1 << taken);
            1 << taken
        }
        None => 0,
    }
}

impl Names {
    fn tag(&mut self, name: &LocalName) -> Bits {
        let taken = self.tags.len();
        Bits { tags: bit(&mut self.tags, name, taken), marks: 0 }
    }

    fn mark(&mut self, list: fn(&mut Self) -> &mut FxHashMap<LocalName, u128>, name: &LocalName) -> Bits {
        let taken = self.attributes.len() + self.ids.len() + self.classes.len();
        Bits { tags: 0, marks: bit(list(self), name, taken) }
    }

    /// What a compound selector asks for.
    fn compound<'s>(&mut self, components: impl Iterator<Item = &'s Component<Simple>>) -> Compound {
        let mut compound = Compound::default();
        for component in components {
            let names = match component {
                Component::LocalName(tag) if tag.name == tag.lower_name => self.tag(&tag.name.0),
                Component::ID(id) => self.mark(|n| &mut n.ids, &id.0),
                Component::Class(class) => self.mark(|n| &mut n.classes, &class.0),
                Component::AttributeInNoNamespaceExists { local_name, local_name_lower }
                    if local_name == local_name_lower =>
                {
                    self.mark(|n| &mut n.attributes, &local_name.0)
                }
                Component::AttributeInNoNamespace { local_name, operator, value, case_sensitivity } => {
                    compound.values.push(AttributeValue {
                        name: local_name.0.clone(),
                        operator: *operator,
                        value: value.0.clone(),
                        case: *case_sensitivity,
                    });
                    compound.names.add(self.mark(|n| &mut n.attributes, &local_name.0));
                    continue;
                }
                Component::Negation(list) => {
                    match self.alternatives(list.slice()) {
                        Some(none) => compound.none.extend(none),
                        None => compound.more = true,
                    }
                    continue;
                }
                Component::Is(list) | Component::Where(list) => {
                    match self.alternatives(list.slice()) {
                        Some(any) => compound.any.push(any),
                        None => compound.more = true,
                    }
                    continue;
                }
                Component::ExplicitUniversalType => continue,
                _ => Bits::default(),
            };
            compound.more |= names.is_empty();
            compound.names.add(names);
        }
        compound
    }

    /// The selectors in a `:not` or `:is`; `None` where one of them is more than a compound that is understood.
    fn alternatives(&mut self, list: &[Selector<Simple>]) -> Option<Vec<Compound>> {
        let of = |selector: &Selector<Simple>| {
            let mut components = selector.iter();
            let compound = self.compound(&mut components);
            (components.next_sequence().is_none() && !compound.more).then_some(compound)
        };
        list.iter().map(of).collect()
    }

    /// Looks at every element of a page once.
    pub(super) fn outline(&self, dom: &Dom) -> Outline {
        let none = || vec![Bits::default(); dom.len() as usize];
        let mut outline = Outline { own: none(), around: none(), caches: RefCell::default() };
        let of = |list: &FxHashMap<LocalName, u128>, name: &LocalName| list.get(name).copied().unwrap_or(0);
        for i in dom.elements() {
            let Some(element) = dom.element(i) else { continue };
            let mut own = Bits { tags: of(&self.tags, &element.name.local), marks: 0 };
            for (name, value) in element.attrs.iter().filter(|(name, _)| name.ns.is_empty()) {
                own.marks |= of(&self.attributes, &name.local);
                match &*name.local {
                    "id" if !self.ids.is_empty() => own.marks |= of(&self.ids, &LocalName::from(&**value)),
                    "class" if !self.classes.is_empty() => {
                        let classes = value.split_ascii_whitespace().map(|class| of(&self.classes, &class.into()));
                        own.marks |= classes.fold(0, |all, bit| all | bit);
                    }
                    _ => {}
                }
            }
            let at = i as usize;
            outline.own[at] = own;
            if let Some(parent) = dom.parent(i) {
                outline.around[at] = outline.around[parent as usize];
                outline.around[at].add(outline.own[parent as usize]);
            }
        }
        outline
    }
}

impl Outline {
    /// The names on an element.
    pub(super) fn own(&self, i: u32) -> Bits {
        self.own[i as usize]
    }

    /// The names on the elements around one.
    pub(super) fn around(&self, i: u32) -> Bits {
        self.around[i as usize]
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
        self.0.iter().any(|part| part.matches(outline, dom, i))
    }
}

impl Compound {
    /// Whether an element is what is understood of it.
    fn matches(&self, own: Bits, element: &Element) -> bool {
        self.names.all_in(own)
            && self.values.iter().all(|value| value.matches(element))
            && !self.none.iter().any(|compound| compound.matches(own, element))
            && self.any.iter().all(|any| any.iter().any(|compound| compound.matches(own, element)))
    }

    /// Whether nothing but names is asked.
    fn is_names_alone(&self) -> bool {
        !self.more && self.values.is_empty() && self.none.is_empty() && self.any.is_empty()
    }
}

impl AttributeValue {
    fn matches(&self, element: &Element) -> bool {
        let case = match self.case {
            ParsedCaseSensitivity::ExplicitCaseSensitive | ParsedCaseSensitivity::CaseSensitive => {
                CaseSensitivity::CaseSensitive
            }
            ParsedCaseSensitivity::AsciiCaseInsensitiveIfInHtmlElementInHtmlDocument
                if element.name.ns != ns!(html) =>
            {
                CaseSensitivity::CaseSensitive
            }
            ParsedCaseSensitivity::AsciiCaseInsensitive
            | ParsedCaseSensitivity::AsciiCaseInsensitiveIfInHtmlElementInHtmlDocument => {
                CaseSensitivity::AsciiCaseInsensitive
            }
        };
        let mut attributes = element.attrs.iter().filter(|(name, _)| name.local == self.name && name.ns.is_empty());
        attributes.any(|(_, value)| self.operator.eval_str(value, &self.value, case))
    }
}

impl Part {
    fn new(selector: Selector<Simple>, names: &mut Names) -> Self {
        let mut components = selector.iter();
        let compound = names.compound(&mut components);
        let (mut around, mut others) = (Bits::default(), Vec::new());
        while let Some(combinator) = components.next_sequence() {
            let other = names.compound(&mut components);
            // What stands beside is no element around this one, but what is around that is.
            if matches!(combinator, Combinator::Child | Combinator::Descendant) {
                around.add(other.names);
            }
            others.push((combinator, other));
        }
        let is_known = !compound.more && !others.iter().any(|(_, other)| other.more);
        let outer = match (others.pop().filter(|_| is_known), others.is_empty()) {
            (None, _) if is_known => Outer::Nothing,
            // A single name has to stand on one element, wherever that is around.
            (Some((Combinator::Descendant, other)), true) if other.is_names_alone() && around.count() == 1 => {
                Outer::Nothing
            }
            (Some((Combinator::Descendant, other)), true) => Outer::Ancestor(other),
            (Some((Combinator::Child, other)), true) => Outer::Parent(other),
            _ => Outer::Whole,
        };
        Self { selector, compound, around, outer }
    }

    /// The names that have to stand on the element.
    pub(super) fn own(&self) -> Bits {
        self.compound.names
    }

    /// Whether it may match an element, by what stands on and around it.
    pub(super) fn may_match(&self, outline: &Outline, i: u32) -> bool {
        self.compound.names.all_in(outline.own[i as usize]) && self.around.all_in(outline.around[i as usize])
    }

    /// Whether it matches every element that it may match, since nothing is asked but names.
    pub(super) fn is_names_alone(&self) -> bool {
        self.compound.is_names_alone() && matches!(self.outer, Outer::Nothing)
    }

    fn matches(&self, outline: &Outline, dom: &Dom, i: u32) -> bool {
        let is = |compound: &Compound, i: u32| {
            dom.element(i).is_some_and(|element| compound.matches(outline.own[i as usize], element))
        };
        if !self.may_match(outline, i) || !(self.compound.is_names_alone() || is(&self.compound, i)) {
            return false;
        }
        match &self.outer {
            Outer::Nothing => true,
            Outer::Parent(other) => dom.parent(i).is_some_and(|parent| is(other, parent)),
            Outer::Ancestor(other) => dom.ancestors_and_self(i).skip(1).any(|around| is(other, around)),
            Outer::Whole => dom.element_ref(i).is_some_and(|element| self.matches_whole(outline, &element)),
        }
    }

    fn matches_whole(&self, outline: &Outline, element: &ElementRef<'_>) -> bool {
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
        "body *, .b *, main.a *, html[lang=en] *, body.a a, svg.b *",
        "a:not([class]), a:not([href='#'], .b), :not(li, ul) > a, :not(p) a, td:not([role=CELL]), :not(li a)",
        ":is(a, li)[class], :where(a[href^='/F' i], li.a), :is(ul, p) > a, a:is([href$=PDF], .x):not(#g)",
        "[class~=link], [class|=b], [class*=' '], [class^=''], [id$=''], [viewBox='0 0 1 1'], input[REQUIRED]",
        "label:not([for='']), input:not([id]), fieldset[disabled] > input, :is(:not(a)) a, a:not(:not([href]))",
        "main ul > li a, body > main > ul li, html > body a, ul > :not(.a) > a",
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
        let matchers: Vec<_> =
            (0..600).map(|n| Matcher::new(&format!(".n{n}, p:not(.m{n}, i) > .n{n}"), &mut names)).collect();
        let outline = names.outline(&dom);
        let of = |n: usize| dom.elements().filter(|&i| matchers[n].matches(&outline, &dom, i)).count();
        assert_eq!([of(7), of(500), of(501)], [1, 1, 0]);
    }
}
