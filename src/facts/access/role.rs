//! The roles of WAI-ARIA 1.2, DPUB-ARIA 1.1 and Graphics-ARIA 1.0, with what each asks for.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// How an element of a role gets its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// From the author, or else from what is inside.
    Contents,
    /// From the author alone.
    Author,
    /// It may have none.
    Prohibited,
}

/// A role and what WAI-ARIA says of it.
#[derive(Debug)]
pub struct RoleInfo {
    /// Its name.
    pub name: &'static str,
    /// How its elements are named.
    pub naming: Naming,
    /// Bits of the trait constants below.
    pub traits: u16,
    /// States and properties that an element of the role must have, apart by spaces.
    pub required: &'static str,
    /// Roles of which one must hold the element, apart by spaces; empty where any may.
    pub context: &'static str,
    /// Roles that its elements own, apart by spaces; empty where any may be owned.
    pub owns: &'static str,
}

/// A role of the table; compared by its name.
pub type Role = &'static RoleInfo;

bits! {
    /// Assistive technology sees nothing of what is inside an element of this role.
    OPAQUE = 0;
    /// Something people work with: a widget role.
    WIDGET = 1;
    /// A landmark.
    LANDMARK = 2;
    /// A field of a form.
    FIELD = 3;
    /// The role only takes the meaning away.
    SILENT = 4;
}

const fn row(
    name: &'static str,
    naming: Naming,
    traits: u16,
    required: &'static str,
    context: &'static str,
    owns: &'static str,
) -> RoleInfo {
    RoleInfo { name, naming, traits, required, context, owns }
}

/// A role that only has a name.
const fn plain(name: &'static str) -> RoleInfo {
    row(name, Naming::Author, 0, "", "", "")
}

/// A role whose elements may not be named.
const fn nameless(name: &'static str, traits: u16) -> RoleInfo {
    row(name, Naming::Prohibited, traits, "", "", "")
}

const fn landmark(name: &'static str) -> RoleInfo {
    row(name, Naming::Author, LANDMARK, "", "", "")
}

use Naming::{Author, Contents, Prohibited};

/// Every role that is not abstract, in the order of their names. From the tables of characteristics of WAI-ARIA 1.2 (with
/// `comment`, `mark` and `suggestion` of the draft of 1.3); of DPUB-ARIA and Graphics-ARIA only that they exist.
static ROLES: &[RoleInfo] = &[
    plain("alert"),
    plain("alertdialog"),
    plain("application"),
    plain("article"),
    landmark("banner"),
    plain("blockquote"),
    row("button", Contents, OPAQUE | WIDGET, "", "", ""),
    row("caption", Prohibited, 0, "", "figure grid table treegrid radiogroup", ""),
    row("cell", Contents, 0, "", "row", ""),
    row("checkbox", Contents, OPAQUE | WIDGET | FIELD, "aria-checked", "", ""),
    nameless("code", 0),
    row("columnheader", Contents, WIDGET, "", "row", ""),
    row("combobox", Author, WIDGET | FIELD, "aria-expanded", "", ""),
    row("comment", Contents, 0, "", "", ""),
    landmark("complementary"),
    landmark("contentinfo"),
    plain("definition"),
    nameless("deletion", 0),
    plain("dialog"),
    row("directory", Author, 0, "", "", "listitem"),
    row("doc-abstract", Author, 0, "", "", ""),
    plain("doc-acknowledgments"),
    plain("doc-afterword"),
    plain("doc-appendix"),
    row("doc-backlink", Contents, WIDGET, "", "", ""),
    plain("doc-biblioentry"),
    plain("doc-bibliography"),
    row("doc-biblioref", Contents, WIDGET, "", "", ""),
    plain("doc-chapter"),
    plain("doc-colophon"),
    plain("doc-conclusion"),
    row("doc-cover", Author, OPAQUE, "", "", ""),
    plain("doc-credit"),
    plain("doc-credits"),
    plain("doc-dedication"),
    plain("doc-endnote"),
    plain("doc-endnotes"),
    plain("doc-epigraph"),
    plain("doc-epilogue"),
    plain("doc-errata"),
    plain("doc-example"),
    plain("doc-footnote"),
    plain("doc-foreword"),
    plain("doc-glossary"),
    row("doc-glossref", Contents, WIDGET, "", "", ""),
    plain("doc-index"),
    plain("doc-introduction"),
    row("doc-noteref", Contents, WIDGET, "", "", ""),
    plain("doc-notice"),
    row("doc-pagebreak", Author, 0, "", "", ""),
    plain("doc-pagefooter"),
    plain("doc-pageheader"),
    plain("doc-pagelist"),
    plain("doc-part"),
    plain("doc-preface"),
    plain("doc-prologue"),
    plain("doc-pullquote"),
    plain("doc-qna"),
    row("doc-subtitle", Contents, 0, "", "", ""),
    plain("doc-tip"),
    plain("doc-toc"),
    plain("document"),
    nameless("emphasis", 0),
    row("feed", Author, 0, "", "", "article"),
    plain("figure"),
    landmark("form"),
    nameless("generic", 0),
    plain("graphics-document"),
    plain("graphics-object"),
    row("graphics-symbol", Author, OPAQUE, "", "", ""),
    row("grid", Author, WIDGET, "", "", "row rowgroup caption"),
    row("gridcell", Contents, WIDGET, "", "row", ""),
    plain("group"),
    row("heading", Contents, 0, "aria-level", "", ""),
    row("image", Author, OPAQUE, "", "", ""),
    row("img", Author, OPAQUE, "", "", ""),
    nameless("insertion", 0),
    row("link", Contents, WIDGET, "", "", ""),
    row("list", Author, 0, "", "", "listitem"),
    row("listbox", Author, WIDGET | FIELD, "", "", "option group"),
    row("listitem", Author, 0, "", "list directory", ""),
    plain("log"),
    landmark("main"),
    nameless("mark", 0),
    plain("marquee"),
    row("math", Author, OPAQUE, "", "", ""),
    row("menu", Author, WIDGET, "", "", "menuitem menuitemcheckbox menuitemradio group separator"),
    row("menubar", Author, WIDGET, "", "", "menuitem menuitemcheckbox menuitemradio group separator"),
    row("menuitem", Contents, WIDGET, "", "menu menubar group", ""),
    row("menuitemcheckbox", Contents, OPAQUE | WIDGET | FIELD, "aria-checked", "menu menubar group", ""),
    row("menuitemradio", Contents, OPAQUE | WIDGET | FIELD, "aria-checked", "menu menubar group", ""),
    row("meter", Author, OPAQUE, "aria-valuenow", "", ""),
    landmark("navigation"),
    nameless("none", SILENT),
    plain("note"),
    row("option", Contents, OPAQUE | WIDGET, "", "listbox group", ""),
    nameless("paragraph", 0),
    nameless("presentation", SILENT),
    row("progressbar", Author, OPAQUE | WIDGET, "", "", ""),
    row("radio", Contents, OPAQUE | WIDGET | FIELD, "aria-checked", "", ""),
    row("radiogroup", Author, WIDGET, "", "", ""),
    landmark("region"),
    row("row", Contents, WIDGET, "", "grid rowgroup table treegrid", "cell columnheader gridcell rowheader"),
    row("rowgroup", Author, 0, "", "grid table treegrid", "row"),
    row("rowheader", Contents, WIDGET, "", "row", ""),
    row("scrollbar", Author, OPAQUE | WIDGET, "aria-controls aria-valuenow", "", ""),
    landmark("search"),
    row("searchbox", Author, WIDGET | FIELD, "", "", ""),
    row("separator", Author, OPAQUE, "", "", ""),
    row("slider", Author, OPAQUE | WIDGET | FIELD, "aria-valuenow", "", ""),
    row("spinbutton", Author, WIDGET | FIELD, "", "", ""),
    plain("status"),
    nameless("strong", 0),
    nameless("subscript", 0),
    nameless("suggestion", 0),
    nameless("superscript", 0),
    row("switch", Contents, OPAQUE | WIDGET | FIELD, "aria-checked", "", ""),
    row("tab", Contents, OPAQUE | WIDGET, "", "tablist", ""),
    row("table", Author, 0, "", "", "row rowgroup caption"),
    row("tablist", Author, WIDGET, "", "", "tab"),
    row("tabpanel", Author, 0, "", "", ""),
    plain("term"),
    row("textbox", Author, WIDGET | FIELD, "", "", ""),
    plain("time"),
    plain("timer"),
    plain("toolbar"),
    row("tooltip", Contents, 0, "", "", ""),
    row("tree", Author, WIDGET, "", "", "treeitem group"),
    row("treegrid", Author, WIDGET, "", "", "row rowgroup caption"),
    row("treeitem", Contents, WIDGET, "", "tree group", ""),
];

/// The role of that name, in any case; `None` for a word that is no role, and for the abstract ones.
pub fn role_named(word: &str) -> Option<Role> {
    let order = |info: &RoleInfo| {
        let theirs = info.name.bytes();
        theirs.cmp(word.bytes().map(|b| b.to_ascii_lowercase()))
    };
    ROLES.binary_search_by(order).ok().map(|at| &ROLES[at])
}

/// A role that the table is known to hold.
pub(super) fn known(name: &str) -> Role {
    // Every element of a page is asked, and a search takes several times as long.
    static BY_NAME: LazyLock<FxHashMap<&str, Role>> =
        LazyLock::new(|| ROLES.iter().map(|info| (info.name, info)).collect());
    BY_NAME.get(name).copied().unwrap_or(&ROLES[0])
}

impl RoleInfo {
    /// Whether it has one of the traits.
    pub fn has(&self, traits: u16) -> bool {
        self.traits & traits != 0
    }

    /// Whether a list of this table, apart by spaces, names it.
    pub fn is_in(&self, list: &str) -> bool {
        list.split(' ').any(|name| name == self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_found_by_name_in_any_case() {
        assert!(ROLES.windows(2).all(|pair| pair[0].name < pair[1].name), "the table is in order");
        for info in ROLES {
            assert_eq!(role_named(info.name).map(|r| r.name), Some(info.name));
            for list in [info.context, info.owns] {
                assert!(list.is_empty() || list.split(' ').all(|r| role_named(r).is_some()), "{}", info.name);
            }
        }
        assert_eq!(role_named("Button").map(|r| r.name), Some("button"));
        assert!(role_named("widget").is_none(), "abstract");
        assert!(role_named("").is_none());
    }
}
