//! The rules and word lists inside the binary.

use super::set::RuleSource;
use crate::facts::WordFile;
use include_dir::{Dir, include_dir};

static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// Every rule file of the project, in the order of their ids.
pub fn embedded_rules() -> Vec<RuleSource> {
    let mut rules: Vec<RuleSource> = RULES
        .dirs()
        .filter(|dir| dir.path().to_str() != Some("lexicon"))
        .flat_map(|dir| dir.files())
        .filter_map(|file| {
            let path = file.path().to_str()?;
            let id = path.strip_suffix(".md")?;
            Some(RuleSource {
                id: id.to_owned(),
                file: format!("rules/{path}"),
                text: file.contents_utf8()?.to_owned(),
            })
        })
        .collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// Every word list of the project, in the order of language and name.
pub fn embedded_words() -> Vec<WordFile> {
    let mut files: Vec<WordFile> = RULES
        .get_dir("lexicon")
        .into_iter()
        .flat_map(|dir| dir.dirs())
        .flat_map(|lang| lang.files().map(move |file| (lang, file)))
        .filter_map(|(lang, file)| {
            Some(WordFile {
                lang: lang.path().file_name()?.to_str()?.to_owned(),
                name: file.path().file_stem()?.to_str()?.to_owned(),
                text: file.contents_utf8()?.to_owned(),
            })
        })
        .collect();
    files.sort_by(|a, b| (&a.lang, &a.name).cmp(&(&b.lang, &b.name)));
    files
}

/// The text of `rules/CATEGORIES.md`.
pub fn embedded_categories() -> &'static str {
    RULES.get_file("CATEGORIES.md").and_then(|f| f.contents_utf8()).unwrap_or("")
}

/// The text of `rules/standards.toml`.
pub(super) fn embedded_standards() -> &'static str {
    RULES.get_file("standards.toml").and_then(|f| f.contents_utf8()).unwrap_or("")
}
