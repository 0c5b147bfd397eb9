//! The words of files for other programs, from `reports/exports.toml`.

use crate::report::words::filled;
use std::collections::BTreeMap;
use std::sync::LazyLock;

type Texts = BTreeMap<String, BTreeMap<String, String>>;

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../reports/exports.toml")).expect("a test reads the file of the project")
});

/// A text of a kind of file, with its values. A name that there is not gives itself.
pub(super) fn said(kind: &str, name: &str, values: &[(&str, &str)]) -> String {
    let text = TEXTS.get(kind).and_then(|texts| texts.get(name)).map_or(name, String::as_str);
    filled(text, |place| values.iter().find(|(known, _)| *known == place).map(|(_, value)| *value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_exports_have_their_values() {
        assert_eq!(said("junit", "waived", &[("reason", "{owner}"), ("owner", "Parks")]), "waived: {owner} (Parks)");
        assert_eq!(said("metrics", "plainway_score", &[]), "The score, 0 to 100, over what was read.");
    }
}
