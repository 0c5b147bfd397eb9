//! A baseline: the keys of the findings that are known and accepted, in a file that a team keeps
//! beside its code. One sorted key a line, so that a merge is easy to read.

use std::collections::{BTreeMap, BTreeSet};

/// The first line of the file; a change of format changes it.
const FORMAT: &str = "plainway/baseline/1";

/// Known findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Keys of findings.
    pub keys: BTreeSet<String>,
    /// Rules that existed when it was written; findings of others are not news of the pages.
    pub rules: BTreeSet<String>,
    /// Tasks that were declared, and whether each was blocked.
    pub tasks: BTreeMap<String, bool>,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BaselineError {
    /// It is not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// It is JSON of something else.
    #[error("its format is `{0}`, not `plainway/baseline/1`")]
    Format(String),
}

#[derive(serde::Serialize, serde::Deserialize)]
struct File {
    format: String,
    rules: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tasks: BTreeMap<String, bool>,
    keys: BTreeSet<String>,
}

impl Baseline {
    /// Reads the text of a baseline file.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|e| BaselineError::NotJson(e.to_string()))?;
        let format = value["format"].as_str().unwrap_or("").to_owned();
        if format != FORMAT {
            return Err(BaselineError::Format(format));
        }
        let file: File = serde_json::from_value(value).map_err(|e| BaselineError::NotJson(e.to_string()))?;
        Ok(Self { keys: file.keys, rules: file.rules, tasks: file.tasks })
    }

    /// The text of the file: equal findings give equal bytes.
    pub fn text(&self) -> String {
        let file = File {
            format: FORMAT.to_owned(),
            rules: self.rules.clone(),
            tasks: self.tasks.clone(),
            keys: self.keys.clone(),
        };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let baseline = Baseline {
            keys: ["b".to_owned(), "a".to_owned()].into(),
            rules: ["x/y".to_owned()].into(),
            tasks: [("Pay a fine".to_owned(), true)].into(),
        };
        assert_eq!(Baseline::parse(&baseline.text()), Ok(baseline));
        assert_eq!(Baseline::parse("{\"format\": \"other\"}"), Err(BaselineError::Format("other".into())));
        assert!(matches!(Baseline::parse("nonsense"), Err(BaselineError::NotJson(_))));
    }
}
