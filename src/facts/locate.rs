//! How an element is shown to people who have to find it: a selector, and its start tag.

use super::dom::{Dom, shorten};

impl Dom {
    /// A CSS selector for the element: its id where it has one, else the steps from the nearest
    /// ancestor with one, at most six.
    pub fn selector(&self, i: u32) -> String {
        let mut steps = Vec::new();
        for a in self.ancestors_and_self(i).take(6) {
            if let Some(id) = self.attr(a, "id").filter(|id| is_plain_id(id) && self.by_id(id) == Some(a)) {
                steps.push(format!("#{id}"));
                break;
            }
            steps.push(self.step(a));
        }
        steps.reverse();
        steps.join(" > ")
    }

    fn step(&self, i: u32) -> String {
        let tag = self.tag(i);
        let Some(parent) = self.parent(i) else { return tag.to_owned() };
        let name = |c: u32| self.element(c).map(|element| &element.name.local);
        let own = name(i);
        let (mut same, mut at) = (0, 1);
        for c in self.children(parent).filter(|&c| name(c) == own) {
            same += 1;
            if c == i {
                at = same;
            }
        }
        if same < 2 { tag.to_owned() } else { format!("{tag}:nth-of-type({at})") }
    }

    /// The start tag of an element as source, at most 160 characters (our choice).
    pub fn start_tag(&self, i: u32) -> String {
        let Some(element) = self.element(i) else { return String::new() };
        let mut out = format!("<{}", element.name());
        for (name, value) in element.attrs() {
            if name == "style" || name.starts_with("on") || name.starts_with("data-") {
                continue;
            }
            let value = shorten(value, 60);
            out.push_str(&format!(" {name}=\"{}\"", value.replace('"', "&quot;")));
        }
        out.push('>');
        shorten(&out, 160)
    }
}

fn is_plain_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
