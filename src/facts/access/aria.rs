//! The states and properties of WAI-ARIA: which there are, what values they take, and on which roles.

use super::role::{Naming, Role};

/// What kind of value a state or property takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of some words.
    Token,
    /// Several of some words.
    Tokens,
    /// The id of an element.
    Id,
    /// The ids of elements.
    Ids,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Any text.
    Text,
}

/// A state or property.
#[derive(Debug)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// The words that are values, apart by spaces.
    pub words: &'static str,
    /// Roles that support it, apart by spaces; empty for one that every role supports.
    pub roles: &'static str,
}

const fn of(name: &'static str, kind: Kind, words: &'static str, roles: &'static str) -> Attribute {
    Attribute { name, kind, words, roles }
}

use Kind::{Id, Ids, Integer, Number, Text, Token, Tokens};

const YES_NO: &str = "true false";
const YES_NO_UNDEFINED: &str = "true false undefined";
const MIXED: &str = "true false mixed undefined";
const CELLS: &str = "cell columnheader gridcell rowheader";
const ROWS: &str = "cell columnheader gridcell row rowheader";
const GRIDS: &str = "grid table treegrid";
const RANGES: &str = "meter progressbar scrollbar separator slider spinbutton";
const SETS: &str = "article comment listitem menuitem menuitemcheckbox menuitemradio option radio row tab treeitem";

/// Every state and property of WAI-ARIA 1.2 and those that the draft of 1.3 adds, in the order of their names, with the roles that
/// support them by themselves or by inheritance.
static ATTRIBUTES: &[Attribute] = &[
    of(
        "aria-activedescendant",
        Id,
        "",
        "application combobox grid group listbox menu menubar radiogroup row searchbox spinbutton tablist textbox toolbar tree treegrid",
    ),
    of("aria-atomic", Token, YES_NO, ""),
    of("aria-autocomplete", Token, "inline list both none", "combobox searchbox textbox"),
    of("aria-braillelabel", Text, "", ""),
    of("aria-brailleroledescription", Text, "", ""),
    of("aria-busy", Token, YES_NO, ""),
    of("aria-checked", Token, MIXED, "checkbox menuitemcheckbox menuitemradio option radio switch treeitem"),
    of("aria-colcount", Integer, "", GRIDS),
    of("aria-colindex", Integer, "", ROWS),
    of("aria-colindextext", Text, "", ROWS),
    of("aria-colspan", Integer, "", CELLS),
    of("aria-controls", Ids, "", ""),
    of("aria-current", Token, "page step location date time true false", ""),
    of("aria-describedby", Ids, "", ""),
    of("aria-description", Text, "", ""),
    of("aria-details", Ids, "", ""),
    of("aria-disabled", Token, YES_NO, ""),
    of("aria-dropeffect", Tokens, "copy execute link move none popup", ""),
    of("aria-errormessage", Ids, "", ""),
    of(
        "aria-expanded",
        Token,
        YES_NO_UNDEFINED,
        "application button checkbox columnheader combobox gridcell link listbox menuitem menuitemcheckbox menuitemradio row rowheader switch tab treeitem",
    ),
    of("aria-flowto", Ids, "", ""),
    of("aria-grabbed", Token, YES_NO_UNDEFINED, ""),
    of("aria-haspopup", Token, "false true menu listbox tree grid dialog", ""),
    of("aria-hidden", Token, YES_NO_UNDEFINED, ""),
    of("aria-invalid", Token, "grammar false spelling true", ""),
    of("aria-keyshortcuts", Text, "", ""),
    of("aria-label", Text, "", ""),
    of("aria-labelledby", Ids, "", ""),
    of("aria-level", Integer, "", "comment heading listitem row tablist treeitem"),
    of("aria-live", Token, "assertive off polite", ""),
    of("aria-modal", Token, YES_NO, "alertdialog dialog"),
    of("aria-multiline", Token, YES_NO, "searchbox textbox"),
    of("aria-multiselectable", Token, YES_NO, "grid listbox tablist tree treegrid"),
    of(
        "aria-orientation",
        Token,
        "horizontal undefined vertical",
        "combobox listbox menu menubar radiogroup scrollbar separator slider tablist toolbar tree treegrid",
    ),
    of("aria-owns", Ids, "", ""),
    of("aria-placeholder", Text, "", "combobox searchbox textbox"),
    of("aria-posinset", Integer, "", SETS),
    of("aria-pressed", Token, MIXED, "button"),
    of(
        "aria-readonly",
        Token,
        YES_NO,
        "checkbox columnheader combobox grid gridcell listbox menuitemcheckbox menuitemradio radiogroup rowheader searchbox slider spinbutton switch textbox treegrid",
    ),
    of("aria-relevant", Tokens, "additions all removals text", ""),
    of(
        "aria-required",
        Token,
        YES_NO,
        "checkbox columnheader combobox gridcell listbox radiogroup rowheader searchbox spinbutton switch textbox tree treegrid",
    ),
    of("aria-roledescription", Text, "", ""),
    of("aria-rowcount", Integer, "", GRIDS),
    of("aria-rowindex", Integer, "", ROWS),
    of("aria-rowindextext", Text, "", ROWS),
    of("aria-rowspan", Integer, "", CELLS),
    of("aria-selected", Token, YES_NO_UNDEFINED, "columnheader gridcell option row rowheader tab treeitem"),
    of("aria-setsize", Integer, "", SETS),
    of("aria-sort", Token, "ascending descending none other", "columnheader rowheader"),
    of("aria-valuemax", Number, "", RANGES),
    of("aria-valuemin", Number, "", RANGES),
    of("aria-valuenow", Number, "", RANGES),
    of("aria-valuetext", Text, "", RANGES),
];

/// Properties that name an element, and so are not allowed where the role may have no name.
const NAMING: &[&str] =
    &["aria-braillelabel", "aria-brailleroledescription", "aria-label", "aria-labelledby", "aria-roledescription"];

/// The state or property of that name.
pub fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.binary_search_by(|a| a.name.cmp(name)).ok().map(|at| &ATTRIBUTES[at])
}

impl Attribute {
    /// Whether every role supports it.
    pub fn is_global(&self) -> bool {
        self.roles.is_empty()
    }

    /// Whether an element of the role may have it.
    pub fn is_supported(&self, role: Role) -> bool {
        self.is_global() || role.is_in(self.roles)
    }

    /// Whether it names an element that may have no name.
    pub fn is_prohibited(&self, role: Role) -> bool {
        role.naming == Naming::Prohibited && NAMING.contains(&self.name)
    }

    /// Whether the value is one of its kind; an id is only looked at as a word here. An empty value counts as none given.
    pub fn takes(&self, value: &str) -> bool {
        let value = value.trim();
        let is_word = |word: &str| self.words.split(' ').any(|w| w.eq_ignore_ascii_case(word));
        match self.kind {
            _ if value.is_empty() => true,
            Token => is_word(value),
            Tokens => value.split_ascii_whitespace().all(is_word),
            Integer => value.parse::<i64>().is_ok(),
            Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Id => !value.contains(|c: char| c.is_ascii_whitespace()),
            Ids | Text => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::role::role_named;
    use super::*;

    #[test]
    fn attributes_know_their_values_and_roles() {
        assert!(ATTRIBUTES.windows(2).all(|pair| pair[0].name < pair[1].name), "the table is in order");
        for a in ATTRIBUTES {
            assert!(a.roles.is_empty() || a.roles.split(' ').all(|r| role_named(r).is_some()), "{}", a.name);
            assert_eq!(a.words.is_empty(), !matches!(a.kind, Token | Tokens), "{}", a.name);
        }
        let takes = |name: &str, value: &str| attribute(name).map(|a| a.takes(value));
        assert_eq!(takes("aria-expanded", "TRUE"), Some(true));
        assert_eq!(takes("aria-expanded", "collapsed"), Some(false));
        assert_eq!(takes("aria-relevant", "additions text"), Some(true));
        assert_eq!(takes("aria-level", "1.5"), Some(false));
        assert_eq!(takes("aria-valuenow", "1.5"), Some(true));
        assert_eq!(takes("aria-checked", ""), Some(true));
        assert_eq!(takes("aria-colour", "x"), None);
        let supports = |name: &str, role: &str| {
            attribute(name).zip(role_named(role)).map(|(a, r)| (a.is_supported(r), a.is_prohibited(r)))
        };
        assert_eq!(supports("aria-sort", "button"), Some((false, false)));
        assert_eq!(supports("aria-label", "paragraph"), Some((true, true)));
        assert_eq!(supports("aria-live", "generic"), Some((true, false)));
    }
}
