//! Links in pictures: whether people meet an `area` hangs on the pictures that use its map, and not on where it stands.

use super::Dom;
use crate::model::Exposure;
use std::collections::HashMap;

impl Dom {
    /// Gives each `area` the exposure of the picture that uses its map: the one that is surest met, where several do (HTML
    /// Standard, image maps: an `area` has no box of its own, and a map works wherever it stands).
    pub(super) fn expose_areas(&mut self) {
        let areas = self.tagged("area").to_vec();
        if areas.is_empty() {
            return;
        }
        // The first map of a name has it.
        let mut maps: HashMap<&str, u32> = HashMap::new();
        for &i in self.tagged("map") {
            for name in ["id", "name"].into_iter().filter_map(|a| self.attr(i, a)) {
                maps.entry(name).or_insert(i);
            }
        }
        let mut used: HashMap<u32, Exposure> = HashMap::new();
        for &i in self.tagged("img") {
            let name = self.attr(i, "usemap").and_then(|name| name.split_once('#')).map_or("", |(_, name)| name);
            let Some(&map) = maps.get(name).filter(|_| !name.is_empty()) else { continue };
            let best = used.entry(map).or_insert(Exposure::Hidden);
            *best = match (*best, self.node(i).exposure) {
                (Exposure::Exposed, _) | (_, Exposure::Exposed) => Exposure::Exposed,
                (Exposure::Unknown, _) | (_, Exposure::Unknown) => Exposure::Unknown,
                _ => Exposure::Hidden,
            };
        }
        for i in areas {
            let map = self.closest(i, &["map"]);
            let exposure = map.and_then(|map| used.get(&map)).copied().unwrap_or(Exposure::Hidden);
            let node = &mut self.nodes[i as usize];
            (node.exposure, node.veiled) = (exposure, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[track_caller]
    fn check(source: &str, expected: Exposure) {
        let dom = Dom::parse(source, Lexicon::for_tests());
        let area = dom.elements().find(|&i| dom.tag(i) == "area").expect("the page has an area");
        assert_eq!(dom.node(area).exposure, expected);
    }

    #[test]
    fn an_area_is_met_in_the_picture_that_uses_its_map() {
        let area = "<area href=/n>";
        check(&format!("<img src=a usemap='#m'><map name=m>{area}</map>"), Exposure::Exposed);
        check(&format!("<img src=a usemap='x#m'><div hidden><map name=m>{area}</map></div>"), Exposure::Exposed);
        check(&format!("<img hidden src=a usemap='#m'><map name=m>{area}</map>"), Exposure::Hidden);
        check(&format!("<img src=a usemap='#M'><map name=m>{area}</map>"), Exposure::Hidden);
        check(&format!("<img src=a usemap='#m'><map name=m></map><map name=m>{area}</map>"), Exposure::Hidden);
        check(&format!("<img src=a class=modal usemap='#m'><map id=m>{area}</map>"), Exposure::Unknown);
        check(area, Exposure::Hidden);
    }
}
