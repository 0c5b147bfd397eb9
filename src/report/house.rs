//! How the reports of a body look and speak: the language, its words, and the engine that fills the templates with
//! them. It is made once a command, since a report of a large site is thousands of pages.

use super::templates;
use super::words::{FIRST, Words};
use minijinja::value::Serde;
use minijinja::{Environment, Error};
use serde::Serialize;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// How reports look and speak.
pub struct House {
    words: Arc<Words>,
    engine: OnceLock<Environment<'static>>,
}

impl House {
    /// Reports in a language of [`super::languages`]; in the first one where there is none by that tag.
    pub fn new(language: &str) -> Self {
        let words = Words::of(language).or_else(|| Words::of(FIRST)).expect("the project has its first language");
        Self { words: Arc::clone(words), engine: OnceLock::new() }
    }

    /// The house that speaks the first language and has no look of its own.
    pub fn plain() -> &'static Self {
        static ONCE: OnceLock<House> = OnceLock::new();
        ONCE.get_or_init(|| Self::new(FIRST))
    }

    /// The language, for `lang`.
    pub(super) fn lang(&self) -> &str {
        &self.words.tag
    }

    /// The words of the language.
    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    /// A text from its template. Escaping is on for names in `.html`, `.svg` and `.xml`, and a key that is missing is an
    /// error. What ends otherwise escapes by filters of its own: `md`, `plain`.
    pub(super) fn filled(&self, template: &str, context: &impl Serialize) -> Result<String, Error> {
        self.engine()?.get_template(template)?.render(Serde(context))
    }

    fn engine(&self) -> Result<&Environment<'static>, Error> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        let made = templates::engine(&self.words)?;
        Ok(self.engine.get_or_init(|| made))
    }
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("House").field("language", &self.words.tag).finish_non_exhaustive()
    }
}
