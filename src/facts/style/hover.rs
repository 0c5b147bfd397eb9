//! What styles show only while a mouse is over something: a finger never is. It never guesses: what another rule may show
//! as well, or a control may, counts as shown by that.

/// Rules that are kept of one sheet. Our choice; frameworks have a few dozen.
const RULES: usize = 200;

/// Something that shows while a mouse is over something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hovered {
    /// What the mouse is over.
    pub over: String,
    /// What shows then.
    pub shown: String,
}

/// What the rules of a sheet show under a mouse, and what they show otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoverRules {
    /// What shows under a mouse alone.
    pub hovered: Vec<Hovered>,
    /// The name of what other rules show: a class, an id or a tag.
    pub otherwise: Vec<String>,
}

/// Whether a declaration shows what may have been hidden.
pub fn shows(text: &str) -> bool {
    let Some((name, value)) = text.split_once(':') else { return false };
    let value = value.trim().trim_end_matches("!important").trim().to_ascii_lowercase();
    match name.trim().to_ascii_lowercase().as_str() {
        "display" => value != "none",
        "visibility" => value == "visible",
        _ => false,
    }
}

impl HoverRules {
    /// Notes a rule that shows something.
    pub fn note(&mut self, prelude: &str) {
        if self.hovered.len() + self.otherwise.len() >= RULES || prelude.contains('&') {
            return;
        }
        for part in prelude.split(',').map(str::trim) {
            let Some((over, rest)) = part.split_once(":hover") else {
                self.otherwise.extend(name_of(part));
                continue;
            };
            let is_inside = rest.starts_with([' ', '>', '+', '~']) && !rest.contains(':');
            if is_inside && !over.is_empty() && !over.contains(':') {
                self.hovered.push(Hovered { over: over.to_owned(), shown: format!("{over}{rest}") });
            }
        }
    }
}

/// The first name of the last part of a selector: of `.tip > .text.on` it is `.text`.
pub fn name_of(selector: &str) -> Option<String> {
    let last = selector.split([' ', '>', '+', '~']).rfind(|part| !part.is_empty())?;
    let end =
        last.char_indices().skip(1).find(|(_, c)| matches!(c, '.' | '#' | '[' | ':')).map_or(last.len(), |(at, _)| at);
    Some(last[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_under_a_mouse_is_told_from_what_shows_otherwise() {
        let mut rules = HoverRules::default();
        rules.note(".tip:hover .text, .tip.on > .more.big");
        rules.note("a:hover");
        rules.note("a:hover::after");
        let hovered = Hovered { over: ".tip".to_owned(), shown: ".tip .text".to_owned() };
        assert_eq!(rules, HoverRules { hovered: vec![hovered], otherwise: vec![".more".to_owned()] });
        assert!(shows("display: block") && shows("visibility:visible !important"));
        assert!(!shows("display:none") && !shows("color:red"));
    }
}
