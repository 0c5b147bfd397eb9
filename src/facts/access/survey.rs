//! What elements are in the order of the page: headings that skip a level, landmarks of one name, keys given twice, links side by side.

use super::beside::is_bold_alone;
use super::name::name;
use crate::facts::dom::Dom;
use crate::facts::text::word::is_blank;
use crate::model::Exposure;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;

/// Roles of landmarks.
const LANDMARKS: &str = "banner complementary contentinfo form main navigation region search";

/// Levels above a landmark at which another one is looked for. Our choice: deeper ones are layout.
const LEVELS: usize = 50;

/// What is known of the page as a whole.
#[derive(Debug, Default)]
pub struct Survey {
    /// The level before, of headings that skip one.
    skips: FxHashMap<u32, u32>,
    /// Access keys that an earlier element has too.
    keys: FxHashMap<u32, String>,
    /// Landmarks with an earlier one of the same role.
    second: FxHashSet<u32>,
    /// The second landmarks of their role and name; what is said of one holds for all that follow.
    twins: FxHashSet<u32>,
    /// The role of the landmark around a landmark.
    around: FxHashMap<u32, &'static str>,
    /// Links whose neighbour before leads to the same place.
    beside: FxHashMap<u32, String>,
    /// How often the page has a paragraph with that text alone, in bold.
    bold_lines: OnceCell<FxHashMap<String, u32>>,
    /// What the page has at all.
    has: Has,
}

/// What the page has at all, for assistive technology.
#[derive(Clone, Copy, Debug, Default)]
pub struct Has {
    /// A heading.
    pub heading: bool,
    /// A heading outside of its menus.
    pub heading_of_matter: bool,
    /// A heading of the first level.
    pub first_level: bool,
    /// A main landmark, or a region that is named.
    pub main: bool,
    /// A main landmark.
    pub only_main: bool,
    /// A link to a place on the page that is there.
    pub inner_link: bool,
    /// A link to somewhere else.
    pub outer_link: bool,
    /// A button or link that runs a script.
    pub switch: bool,
    /// A script.
    pub script: bool,
}

impl Survey {
    /// Looks at the page once.
    pub(super) fn read(dom: &Dom) -> Self {
        let mut survey = Self::default();
        survey.has.script = !dom.tagged("script").is_empty();
        let mut before = None;
        let mut keys: FxHashSet<String> = FxHashSet::default();
        let mut roles: FxHashSet<&'static str> = FxHashSet::default();
        let mut names: FxHashMap<(&'static str, String), u32> = FxHashMap::default();
        let mut targets: FxHashSet<&str> = FxHashSet::default();
        let mut places: FxHashSet<&str> = FxHashSet::default();
        for i in dom.elements() {
            places.extend(dom.attr(i, "id"));
            let exposure = dom.in_tree(i);
            if exposure == Exposure::Hidden {
                continue;
            }
            let is_sure = exposure == Exposure::Exposed;
            if let Some(key) = dom.attr(i, "accesskey").map(|k| k.trim().to_lowercase()).filter(|k| !k.is_empty())
                && is_sure
                && !keys.insert(key.clone())
            {
                survey.keys.insert(i, key);
            }
            survey.has.switch |= dom.attr(i, "onclick").is_some();
            if matches!(dom.tag(i), "a" | "area") {
                places.extend(dom.attr(i, "name"));
                match dom.attr(i, "href").map(str::trim).map(|href| (href, href.strip_prefix('#'))) {
                    Some((_, Some(place))) if !place.is_empty() => targets.extend([place]),
                    Some((_, None)) => survey.has.outer_link = true,
                    _ => {}
                }
                if is_sure {
                    survey.beside(dom, i);
                }
            }
            if !may_matter(dom, i) {
                continue;
            }
            let Some(role) = dom.role(i) else { continue };
            if role.name == "heading" {
                survey.heading(dom, i, is_sure, &mut before);
            } else if role.is_in(LANDMARKS) {
                survey.has.only_main |= role.name == "main";
                survey.has.main |= role.is_in("main region");
                if is_sure {
                    if !roles.insert(role.name) {
                        survey.second.insert(i);
                    }
                    let seen = names.entry((role.name, name(dom, i).text.to_lowercase())).or_insert(0);
                    *seen += 1;
                    if *seen == 2 {
                        survey.twins.insert(i);
                    }
                }
                let above = dom.parent(i).map(|p| dom.ancestors_and_self(p).take(LEVELS));
                let outer = above.and_then(|mut above| {
                    above.find_map(|a| dom.role(a).filter(|r| r.is_in(LANDMARKS)).map(|r| r.name))
                });
                survey.around.extend(outer.map(|outer| (i, outer)));
            }
        }
        survey.has.inner_link = targets.iter().any(|place| places.contains(place));
        survey
    }

    fn heading(&mut self, dom: &Dom, i: u32, is_sure: bool, before: &mut Option<u32>) {
        let level = level(dom, i);
        self.has.heading = true;
        let is_in_menu = |a: u32| dom.has_role(a, "navigation");
        self.has.heading_of_matter |= !dom.ancestors_and_self(i).take(LEVELS).any(is_in_menu);
        self.has.first_level |= level == 1;
        if let Some(last) = before.filter(|&last| is_sure && level > last + 1) {
            self.skips.insert(i, last);
        }
        // After a heading that may be hidden nothing is known.
        *before = is_sure.then_some(level);
    }

    fn beside(&mut self, dom: &Dom, i: u32) {
        let Some(parent) = dom.parent(i) else { return };
        let Some(href) = dom.attr(i, "href").map(str::trim).filter(|h| !h.is_empty() && !h.starts_with('#')) else {
            return;
        };
        // The neighbour ends where this one starts, with nothing but space between.
        let mut last = i;
        while last > parent + 1 && !dom.node(last - 1).is_element && is_blank(dom.raw_text(last - 1)) && last + 2 > i {
            last -= 1;
        }
        let previous =
            dom.ancestors_and_self(last.saturating_sub(1)).take(LEVELS).find(|&a| dom.parent(a) == Some(parent));
        // A number and a word for the next page are two ways that people look for.
        let is_number = |p: u32| {
            let mut signs =
                dom.inside(p).flat_map(|j| dom.raw_text(j).chars()).filter(|c| !c.is_whitespace()).peekable();
            signs.peek().is_some() && signs.all(|c| c.is_ascii_digit())
        };
        let same = previous.filter(|&p| dom.tag(p) == "a" && dom.in_tree(p) == Exposure::Exposed);
        let same = same.filter(|&p| !is_number(p) && !is_number(i));
        if same.and_then(|p| dom.attr(p, "href")).is_some_and(|h| h.trim() == href) {
            self.beside.insert(i, href.to_owned());
        }
    }

    /// How often the page has a paragraph with a text alone, in bold; worked out when it is first asked for.
    pub(super) fn bold_lines(&self, dom: &Dom) -> &FxHashMap<String, u32> {
        self.bold_lines.get_or_init(|| {
            let mut found = FxHashMap::default();
            for i in dom.tagged_any(&["p", "div"]).into_iter().filter(|&i| is_bold_alone(dom, i)) {
                *found.entry(dom.text(i)).or_insert(0) += 1;
            }
            found
        })
    }

    /// The level of the heading before, where this one skips a level.
    pub fn skipped(&self, i: u32) -> Option<u32> {
        self.skips.get(&i).copied()
    }

    /// The access key, where an earlier element has it too.
    pub fn key_again(&self, i: u32) -> Option<&str> {
        self.keys.get(&i).map(String::as_str)
    }

    /// Whether an earlier landmark has the same role.
    pub fn is_second(&self, i: u32) -> bool {
        self.second.contains(&i)
    }

    /// Whether it is the second landmark of its role and name.
    pub fn is_twin(&self, i: u32) -> bool {
        self.twins.contains(&i)
    }

    /// The role of the landmark around this one.
    pub fn around(&self, i: u32) -> Option<&'static str> {
        self.around.get(&i).copied()
    }

    /// Where the link leads, if the link right before it leads there too.
    pub fn beside_same(&self, i: u32) -> Option<&str> {
        self.beside.get(&i).map(String::as_str)
    }

    /// What the page has at all.
    pub fn has(&self) -> Has {
        self.has
    }
}

/// Whether the element may be a heading or a landmark.
fn may_matter(dom: &Dom, i: u32) -> bool {
    matches!(
        dom.tag(i),
        "aside"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "main"
            | "nav"
            | "search"
            | "section"
    ) || dom.attr(i, "role").is_some()
}

/// The level of a heading: as stated, else by its kind; 2 where neither tells (WAI-ARIA).
pub fn level(dom: &Dom, i: u32) -> u32 {
    let stated = dom.attr(i, "aria-level").and_then(|l| l.trim().parse().ok()).filter(|&l| l > 0);
    let native = || dom.tag(i).strip_prefix('h').and_then(|l| l.parse().ok());
    stated.or_else(native).unwrap_or(2)
}
