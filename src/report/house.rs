//! How the reports of a body look and speak: the language, its words, a look of its own, and the engine that fills the
//! templates with them. It is made once a command, since a report of a large site is thousands of pages.

use super::templates;
use super::words::{FIRST, Sentence, Words, slots};
use minijinja::value::Serde;
use minijinja::{Environment, Error};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// How reports look and speak.
pub struct House {
    words: Arc<Words>,
    brand: HouseLook,
    engine: OnceLock<Environment<'static>>,
}

/// A look of one's own. What it holds was checked by whoever read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HouseLook {
    /// What stands above every page in place of Plainway.
    pub name: Option<String>,
    /// A picture as a `data:` address.
    pub logo: Option<String>,
    /// The colour of links and bars on light ground, as `#0b57a4`.
    pub accent: Option<String>,
    /// The same on dark ground.
    pub accent_dark: Option<String>,
}

impl House {
    /// Reports in a language of [`super::languages`]; in the first one where there is none by that tag.
    pub fn new(language: &str) -> Self {
        let words = Words::of(language).or_else(|| Words::of(FIRST)).expect("the project has its first language");
        Self { words: Arc::clone(words), brand: HouseLook::default(), engine: OnceLock::new() }
    }

    /// The same with a look of its own, and sentences of its own under keys of [`Self::keys`]: one form, or one for a
    /// single thing and one for all others.
    #[must_use]
    pub fn with(self, brand: HouseLook, wording: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let sentence = |forms: Vec<String>| match <[String; 2]>::try_from(forms) {
            Ok([one, other]) => Sentence::Counted { one, other },
            Err(forms) => Sentence::Plain(forms.into_iter().next().unwrap_or_default()),
        };
        let own = wording.into_iter().map(|(key, forms)| (key, sentence(forms)));
        Self { words: Arc::new(self.words.with(own)), brand, engine: OnceLock::new() }
    }

    /// The house that speaks the first language and has no look of its own.
    pub fn plain() -> &'static Self {
        static ONCE: OnceLock<House> = OnceLock::new();
        ONCE.get_or_init(|| Self::new(FIRST))
    }

    /// The keys of its texts.
    pub fn keys(&self) -> Vec<&str> {
        self.words.keys().collect()
    }

    /// The names of the places for values in a text; `None` where there is no such text.
    pub fn places(&self, key: &str) -> Option<BTreeSet<String>> {
        let forms = self.words.sentence(key)?.forms();
        Some(forms.into_iter().flat_map(slots).map(str::to_owned).collect())
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
        let made = templates::engine(&self.words, &self.brand)?;
        Ok(self.engine.get_or_init(|| made))
    }
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("House").field("language", &self.words.tag).field("brand", &self.brand).finish_non_exhaustive()
    }
}
