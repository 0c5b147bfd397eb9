//! The sentence of a rule with its placeholders, checked when the rule is loaded.

/// Placeholders that a message may hold.
const PLACEHOLDERS: &[&str] = &["value", "max", "min", "text", "found", "instead", "target", "tag", "other", "subject"];

/// A checked message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Words(String),
    Slot(&'static str),
}

impl Message {
    /// Splits a text at its placeholders. Errors name one that is not known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else { return Err("a `{` is never closed".to_owned()) };
            let Some(slot) = PLACEHOLDERS.iter().find(|p| **p == name) else {
                return Err(format!("`{{{name}}}` is no placeholder; known are {}", PLACEHOLDERS.join(", ")));
            };
            parts.push(Part::Words(before.to_owned()));
            parts.push(Part::Slot(slot));
            rest = tail;
        }
        parts.push(Part::Words(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The sentence with every placeholder filled; one without a value leaves nothing.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let shown = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Slot(slot) => value(slot).unwrap_or_default(),
        };
        self.0.iter().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_placeholders_are_refused() {
        assert_eq!(
            Message::parse("a {valve}").map(|_| ()),
            Err("`{valve}` is no placeholder; known are value, max, min, text, found, instead, target, tag, other, subject".to_owned())
        );
        let message = Message::parse("{value} of {max}.").expect("both are known");
        assert_eq!(message.fill(|slot| (slot == "value").then(|| "17".to_owned())), "17 of .");
    }
}
