//! Whether the frame that shows where the focus is was taken away: what rules declare of `outline`, and what rules about `:focus`
//! put in its place. It never guesses: a rule that might show the focus in another way counts as one that does.

use super::doubt::supersets;

/// What a declaration does to the sign of the focus, as bits.
pub const REMOVES: u8 = 1;
/// It gives a frame.
pub const FRAMES: u8 = 2;
/// It changes something else that may be seen.
pub const CHANGES: u8 = 4;

/// Rules that are kept of one sheet; with more, nothing is told. Our choice: frameworks have some two hundred.
const RULES: usize = 500;

/// What the rules of a sheet do to the sign of the focus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FocusRules {
    /// Selectors of elements that lose their frame, exactly.
    pub removed: Vec<String>,
    /// Selectors that match every element whose focus may show, and maybe others.
    pub shown: Vec<String>,
    /// Any element's focus may show.
    pub anything: bool,
}

/// What one declaration does: bits of this module.
pub fn declared(text: &str) -> u8 {
    let Some((name, value)) = text.split_once(':') else { return 0 };
    let name = name.trim();
    if !name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("outline")) {
        return CHANGES;
    }
    // Where a frame lies, and its colour, show nothing where there is none.
    if !matches!(name.to_ascii_lowercase().as_str(), "outline" | "outline-style" | "outline-width") {
        return 0;
    }
    let value = value.to_ascii_lowercase();
    let words = value.split(['!', ' ', '\t', '\n']);
    let is_none = words.into_iter().any(|word| matches!(word, "none" | "0" | "0px" | "0em" | "0rem"));
    if is_none { REMOVES } else { FRAMES }
}

impl FocusRules {
    /// Notes a rule; `is_plain` says that it stands in no block that may not hold.
    pub fn note(&mut self, prelude: &str, does: u8, is_plain: bool) {
        // Without the frame in question most rules say nothing here.
        let about_focus = prelude.contains(":focus");
        if does & (REMOVES | FRAMES) == 0 && !about_focus {
            return;
        }
        if self.removed.len() + self.shown.len() >= RULES || prelude.contains('&') {
            self.anything |= does & (FRAMES | CHANGES) != 0 || !prelude.contains('&');
            return;
        }
        let shows = does & FRAMES != 0 || (about_focus && does & CHANGES != 0);
        for part in prelude.split(',') {
            let of_element = own(part);
            if shows {
                match supersets(bearer(&of_element)) {
                    Some(wide) => self.shown.extend(wide),
                    None => self.anything = true,
                }
            } else if does & REMOVES != 0 && is_plain && !of_element.contains(':') && ends_at_focus(part) {
                self.removed.push(of_element);
            }
        }
    }
}

/// The part of a selector that speaks of the element with the focus, without its state: of `a:focus > b` it is `a`.
fn own(part: &str) -> String {
    let end = part.find(":focus").map_or(part.len(), |at| {
        let rest = &part[at..];
        rest.find([' ', '>', '+', '~']).map_or(part.len(), |to| at + to)
    });
    let bare = part[..end].replace(":focus-visible", "").replace(":focus-within", "").replace(":focus", "");
    let bare = bare.trim();
    match bare.chars().next_back() {
        None | Some('>' | '+' | '~') => format!("{bare} *").trim().to_owned(),
        Some(_) => bare.to_owned(),
    }
}

/// The element whose `::before`, `::after` or other part a selector matches: what is drawn there shows the focus as well.
fn bearer(selector: &str) -> &str {
    let part = ["::", ":before", ":after"].iter().filter_map(|mark| selector.find(mark)).min();
    let bare = &selector[..part.unwrap_or(selector.len())];
    if bare.trim().is_empty() { "*" } else { bare }
}

/// Whether what a selector matches is the element with the focus itself.
fn ends_at_focus(part: &str) -> bool {
    let part = part.trim();
    !part.contains(":focus-within") && part.rfind(":focus").is_none_or(|at| !part[at..].contains([' ', '>', '+', '~']))
}

#[cfg(test)]
mod tests {
    use crate::facts::style::scan::Scan;

    #[track_caller]
    fn check(css: &str, removed: &[&str], shown: &[&str]) {
        let found = Scan::of(css).focus;
        assert_eq!((found.removed, found.shown), (removed.map_str(), shown.map_str()), "{css}");
    }

    trait MapStr {
        fn map_str(&self) -> Vec<String>;
    }

    impl MapStr for &[&str] {
        fn map_str(&self) -> Vec<String> {
            self.iter().map(|s| (*s).to_owned()).collect()
        }
    }

    #[test]
    fn frames_are_lost_and_given() {
        check("a:focus { outline: none }", &["a"], &[]);
        check("*:focus { outline: 0 !important; color: red }", &[], &["*"]);
        check(".x { outline-style: none } .x:focus-visible { border: 1px solid }", &[".x"], &[".x"]);
        check(":focus { outline: 0 }", &["*"], &[]);
        check("nav > :focus { outline: 0 }", &["nav > *"], &[]);
        // For those who use a mouse alone.
        check("a:focus:not(:focus-visible) { outline: none }", &[], &[]);
        // On a small screen alone.
        check("@media (max-width: 20em) { a { outline: none } }", &[], &[]);
        // Something beside it shows where the focus is.
        check("input:focus + label { color: red }", &[], &["input"]);
        // A frame around something that is drawn in front of it.
        check(
            "summary { outline: none } .t > summary:focus-visible::before { outline: 1px dotted }",
            &["summary"],
            &[".t > summary"],
        );
        check("a:hover { outline: none } p { color: red }", &[], &[]);
    }
}
