//! The page as assistive technology meets it: what is exposed, roles, names, states and properties, focus.
//!
//! Nothing here is computed before something asks for it; then one pass over the page notes what each element has from those
//! around it, and the rest is worked out element by element.

/// Makes constants that are one bit each.
macro_rules! bits {
    ($($(#[$doc:meta])* $name:ident = $at:literal;)*) => {
        $($(#[$doc])* pub const $name: u16 = 1 << $at;)*
    };
}

pub mod aria;
pub mod beside;
pub mod claims;
pub mod focus;
pub mod grid;
pub mod hidden;
mod implicit;
#[cfg(test)]
mod markup_tests;
pub mod name;
pub mod owned;
pub mod role;
pub mod slips;
mod styles;
pub mod survey;
#[cfg(test)]
mod tests;
pub mod tokens;

pub use grid::Tables;
pub use role::{Naming, Role, RoleInfo, role_named};
pub use styles::{Styled, Styles};
pub use survey::Survey;

use super::dom::Dom;
use crate::model::Exposure;
use name::Name;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;

bits! {
    /// Taken away from assistive technology by `aria-hidden`, on the element or around it.
    ARIA_HIDDEN = 0;
    /// Inert, by itself or by what is around it.
    INERT = 1;
    /// Inside a disabled fieldset, and not in its legend.
    DISABLED = 2;
    /// Inside sectioning content or `main`, so that `header` and `footer` are no landmarks.
    SECTIONED = 3;
    /// Has an attribute that starts with `aria-`, other than an `aria-hidden` as it should be.
    HAS_ARIA = 4;
    /// Inside a `details` that is closed, and not its summary.
    FOLDED = 5;
    /// A `style` attribute on it or around it may declare something important.
    FIRM = 6;
    /// Has letters or digits of its own: two at least, since a sign and a letter that stands alone are no text to read.
    OWN_TEXT = 7;
    /// Inside a drawing or a formula, or one itself.
    DRAWN = 8;
}

/// What is known of each element from those around it, and what was worked out so far.
#[derive(Debug)]
pub struct Tree {
    marks: Vec<u16>,
    roles: Vec<OnceCell<Option<Role>>>,
    names: Vec<OnceCell<Box<Name>>>,
    /// The element that owns another by `aria-owns`.
    owners: FxHashMap<u32, u32>,
    /// Ids that states and properties of WAI-ARIA refer to.
    referred: FxHashSet<Box<str>>,
    /// Whether the page has style sheets, its own or linked ones.
    has_sheets: bool,
}

/// Elements that one element may own by `aria-owns`. Our choice.
const OWNED: usize = 100;

impl Tree {
    /// Reads the page once.
    pub(super) fn read(dom: &Dom) -> Self {
        let mut marks: Vec<u16> = Vec::with_capacity(dom.len() as usize);
        let mut letters = vec![0u8; dom.len() as usize];
        let mut owners = FxHashMap::default();
        let mut referred: FxHashSet<Box<str>> = FxHashSet::default();
        let mut has_sheets = false;
        for i in 0..dom.len() {
            let parent = dom.parent(i);
            if let Some(p) = parent.filter(|_| !dom.node(i).is_element) {
                count_letters(dom.raw_text(i), &mut letters[p as usize]);
                marks[p as usize] |= if letters[p as usize] > 1 { OWN_TEXT } else { 0 };
            }
            let mut mark = parent.map_or(0, |p| marks[p as usize] & !(HAS_ARIA | OWN_TEXT));
            if let Some(element) = dom.element(i) {
                mark |= around(dom, i, parent);
                has_sheets |= is_sheet(dom, i);
                mark |= if matches!(element.name(), "svg" | "math") { DRAWN } else { 0 };
                for (name, value) in element.attrs() {
                    match name {
                        "aria-hidden" if value.trim().eq_ignore_ascii_case("true") => mark |= ARIA_HIDDEN,
                        "aria-hidden" if aria::attribute(name).is_some_and(|a| a.takes(value)) => {}
                        "inert" => mark |= INERT,
                        "style" if is_firm(value) => mark |= FIRM,
                        "aria-labelledby" | "aria-describedby" | "aria-controls" => {
                            mark |= HAS_ARIA;
                            referred.extend(value.split_ascii_whitespace().take(OWNED).map(Box::from));
                        }
                        "aria-owns" => {
                            mark |= HAS_ARIA;
                            for owned in value.split_ascii_whitespace().take(OWNED).filter_map(|id| dom.by_id(id)) {
                                // What holds the owner cannot be owned by it, and the first owner has it.
                                if !(owned..dom.node(owned).end).contains(&i) {
                                    owners.entry(owned).or_insert(i);
                                }
                            }
                        }
                        _ if name.starts_with("aria-") => mark |= HAS_ARIA,
                        _ => {}
                    }
                }
            }
            marks.push(mark);
        }
        let roles = (0..dom.len()).map(|_| OnceCell::new()).collect();
        let names = (0..dom.len()).map(|_| OnceCell::new()).collect();
        Self { marks, roles, names, owners, referred, has_sheets }
    }

    /// Whether a state or property refers to the id.
    fn is_referred(&self, id: &str) -> bool {
        self.referred.contains(id)
    }

    /// Whether the page has style sheets.
    fn has_sheets(&self) -> bool {
        self.has_sheets
    }

    fn has(&self, i: u32, mark: u16) -> bool {
        self.marks.get(i as usize).is_some_and(|m| m & mark != 0)
    }
}

/// Adds the letters and digits of a text, as far as two.
fn count_letters(text: &str, letters: &mut u8) {
    if *letters < 2 {
        *letters += text.chars().filter(|c| c.is_alphanumeric()).take(2).map(|_| 1).sum::<u8>();
    }
}

/// Whether a `style` attribute may declare something important.
fn is_firm(style: &str) -> bool {
    style.as_bytes().windows(9).any(|part| part.eq_ignore_ascii_case(b"important"))
}

fn is_sheet(dom: &Dom, i: u32) -> bool {
    match dom.tag(i) {
        "style" => true,
        "link" => dom
            .attr(i, "rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("stylesheet"))),
        _ => false,
    }
}

/// What an element has because of its parent.
fn around(dom: &Dom, i: u32, parent: Option<u32>) -> u16 {
    let Some(parent) = parent else { return 0 };
    let first = |tag: &str| dom.children(parent).find(|&c| dom.tag(c) == tag) == Some(i);
    match dom.tag(parent) {
        "article" | "aside" | "main" | "nav" | "section" => SECTIONED,
        "fieldset" if dom.attr(parent, "disabled").is_some() && !(dom.tag(i) == "legend" && first("legend")) => {
            DISABLED
        }
        "details" if dom.attr(parent, "open").is_none() && !(dom.tag(i) == "summary" && first("summary")) => FOLDED,
        _ => match dom.attr(parent, "role") {
            Some("article" | "complementary" | "main" | "navigation" | "region") => SECTIONED,
            _ => 0,
        },
    }
}

impl Dom {
    /// Whether the element has one of the marks of this module.
    pub fn marked(&self, i: u32, mark: u16) -> bool {
        self.tree().has(i, mark)
    }

    /// Whether assistive technology meets the element; *unknown* where only a style could tell.
    pub fn in_tree(&self, i: u32) -> Exposure {
        if self.marked(i, ARIA_HIDDEN | INERT) { Exposure::Hidden } else { self.node(i).exposure }
    }

    /// What elements are in the order of the page; worked out when it is first asked for.
    pub fn survey(&self) -> &Survey {
        self.survey.get_or_init(|| Survey::read(self))
    }

    /// What the headers of tables head; worked out when it is first asked for.
    pub fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| Tables::read(self))
    }

    /// The computed role; `None` for an element that has none.
    pub fn role(&self, i: u32) -> Option<Role> {
        let cell = self.tree().roles.get(i as usize)?;
        *cell.get_or_init(|| implicit::computed(self, i))
    }

    /// Whether the computed role is one of a list, apart by spaces.
    pub fn has_role(&self, i: u32, list: &str) -> bool {
        self.role(i).is_some_and(|role| role.is_in(list))
    }

    /// The role that the element has without a `role` attribute.
    pub fn native_role(&self, i: u32) -> Option<Role> {
        implicit::native(self, i)
    }

    /// The role that the `role` attribute gives: its first word that is one.
    pub fn explicit_role(&self, i: u32) -> Option<Role> {
        self.attr(i, "role")?.split_ascii_whitespace().find_map(role_named)
    }

    /// The element that owns another by `aria-owns`, else its parent.
    pub fn owner(&self, i: u32) -> Option<u32> {
        self.tree().owners.get(&i).copied().or_else(|| self.parent(i))
    }
}
