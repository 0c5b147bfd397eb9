//! Mistakes in files that a person wrote: each points at the bytes, says what is wrong and what to
//! try. All mistakes of a file are told at once. It knows nothing of what the files are for.

mod table;

pub use table::{Scalar, Table, unknown_word};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;

/// Something wrong at a place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The bytes that are wrong.
    pub span: Range<usize>,
    /// What is wrong with them, in a few words.
    pub what: String,
    /// What to write instead, if that is known.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake without advice.
    pub fn new(span: Range<usize>, what: impl Into<String>) -> Self {
        Self { span, what: what.into(), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All mistakes of one file, shown with the lines they are on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// The file as the user knows it.
    pub file: String,
    /// Its text.
    pub source: String,
    /// At least one.
    pub list: Vec<Mistake>,
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, mistake) in self.list.iter().enumerate() {
            if i > 0 {
                writeln!(f, "\n")?;
            }
            let end = self.source.len();
            let start = mistake.span.start.min(end);
            let span = start..mistake.span.end.clamp(start, end);
            let snippet =
                Snippet::source(&self.source).path(&self.file).annotation(AnnotationKind::Primary.span(span).label(""));
            let mut report = vec![Group::with_title(Level::ERROR.primary_title(&mistake.what)).element(snippet)];
            if let Some(help) = &mistake.help {
                report.push(Group::with_title(Level::HELP.secondary_title(help)));
            }
            write!(f, "{}", Renderer::plain().render(&report))?;
        }
        Ok(())
    }
}

/// The known word that a mistyped one was probably meant to be.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .filter(|(distance, k)| *distance <= 1 + k.len() / 4)
        .min()
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered() {
        assert_eq!(did_you_mean("sevrity", ["severity", "since"]), Some("severity"));
        assert_eq!(did_you_mean("colour", ["severity", "since"]), None);
    }

    #[test]
    fn every_mistake_is_shown_with_its_line() {
        let source = "a = 1\nb = 2\n".to_owned();
        let list = vec![Mistake::new(0..1, "first"), Mistake::new(6..7, "second").help("try c")];
        let shown = Mistakes { file: "x.toml".into(), source, list }.to_string();
        assert!(shown.contains("error: first") && shown.contains("x.toml:1:1"), "{shown}");
        assert!(
            shown.contains("error: second") && shown.contains("x.toml:2:1") && shown.contains("help: try c"),
            "{shown}"
        );
    }
}
