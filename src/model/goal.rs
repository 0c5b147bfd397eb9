//! What a goal is set in.

/// What is counted of a run. Each can be taken of some pages alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The score, 0–100; more is better.
    Score,
    /// Today's problems that count: all, those of a category, or those of a rule; fewer is better.
    Findings(Option<String>),
    /// Those of severity blocker; fewer is better.
    Blockers,
}

impl Metric {
    /// The metric of a word: `score`, `blockers`, `findings`, `findings:forms`, `findings:forms/no-label`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "score" => Some(Self::Score),
            None if text == "blockers" => Some(Self::Blockers),
            None if text == "findings" => Some(Self::Findings(None)),
            Some(("findings", of)) if !of.is_empty() => Some(Self::Findings(Some(of.to_owned()))),
            _ => None,
        }
    }

    /// Whether a higher value is the better one.
    pub fn rises(&self) -> bool {
        *self == Self::Score
    }
}
