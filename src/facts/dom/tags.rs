//! Where the elements of each name stand, so that a look for a few of them need not pass all.

use super::{Dom, Node};
use ego_tree::Tree;
use html5ever::LocalName;
use rustc_hash::FxHashMap;

/// The elements of a page by their names, each list in document order.
#[derive(Default)]
pub(super) struct Tags(FxHashMap<LocalName, Vec<u32>>);

impl Tags {
    pub(super) fn of(tree: &Tree<scraper::Node>, nodes: &[Node]) -> Self {
        let mut tags: FxHashMap<LocalName, Vec<u32>> = FxHashMap::default();
        for (i, node) in (0u32..).zip(nodes).filter(|(_, node)| node.is_element) {
            let Some(element) = tree.get(node.id).and_then(|raw| raw.value().as_element()) else { continue };
            match tags.get_mut(&element.name.local) {
                Some(list) => list.push(i),
                None => {
                    tags.insert(element.name.local.clone(), vec![i]);
                }
            }
        }
        Self(tags)
    }
}

impl Dom {
    /// The elements of a name, in document order.
    pub fn tagged(&self, tag: &str) -> &[u32] {
        self.tags.0.get(&LocalName::from(tag)).map_or(&[], Vec::as_slice)
    }

    /// The elements of several names, in document order.
    pub fn tagged_any(&self, tags: &[&str]) -> Vec<u32> {
        let mut found: Vec<u32> = tags.iter().flat_map(|tag| self.tagged(tag)).copied().collect();
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[test]
    fn elements_are_known_by_their_names_in_document_order() {
        let page = "<A HREF=/a>1</a><p>2<area><svg><a>3</a><linearGradient/></svg><x-tag>4</x-tag><template><a>5</a></template>";
        let dom = Dom::parse(page, Lexicon::for_tests());
        let all = |tags: &[&str]| dom.elements().filter(|&i| tags.contains(&dom.tag(i))).collect::<Vec<_>>();
        for tag in ["a", "p", "linearGradient", "x-tag", "html", "body"] {
            assert_eq!(dom.tagged(tag), all(&[tag]), "{tag}");
            assert!(!dom.tagged(tag).is_empty(), "{tag}");
        }
        assert_eq!(dom.tagged("lineargradient"), &[] as &[u32]);
        assert_eq!(dom.tagged_any(&["area", "a", "b"]), all(&["a", "area"]));
    }
}
