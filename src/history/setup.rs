//! The settings that a score depends on, part by part, so that it can be said which of them changed.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A part of the settings. The names are part of the stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetupPart {
    /// The score model.
    Model,
    /// Country, level and languages of the site.
    Site,
    /// The words that are right on this site.
    Words,
    /// The top tasks.
    Tasks,
    /// The file of page views.
    Views,
    /// The declared archives.
    Archives,
    /// What is read and left out (`--include`, `--exclude`, `--folder`, `--subdomains`).
    Scope,
    /// The parts of other hosts that belong to the site.
    Partners,
    /// The size of the sample.
    Sample,
    /// Something, in a store from before parts were kept.
    Other,
}

const PARTS: [(SetupPart, &str); 9] = [
    (SetupPart::Model, "model"),
    (SetupPart::Site, "site"),
    (SetupPart::Words, "words"),
    (SetupPart::Tasks, "tasks"),
    (SetupPart::Views, "views"),
    (SetupPart::Archives, "archives"),
    (SetupPart::Scope, "scope"),
    (SetupPart::Partners, "partners"),
    (SetupPart::Sample, "sample"),
];

impl SetupPart {
    /// Whether it says what is read, and not how that is judged: a snapshot has it for good.
    fn is_of_reading(self) -> bool {
        matches!(self, Self::Scope | Self::Partners | Self::Sample)
    }
}

/// The settings as a run stores them: `part=hash`, one after the other. A part that is not there was not set.
pub fn setup_text<'h>(parts: impl IntoIterator<Item = (SetupPart, &'h str)>) -> String {
    let given: BTreeMap<SetupPart, &str> = parts.into_iter().collect();
    let mut text = String::new();
    for (part, name) in PARTS {
        if let Some(hash) = given.get(&part) {
            let space = if text.is_empty() { "" } else { " " };
            let _ = write!(text, "{space}{name}={hash}");
        }
    }
    text
}

fn parts(text: &str) -> BTreeMap<SetupPart, &str> {
    let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(name, hash)| Some((PARTS.iter().find(|(_, known)| *known == name)?.0, hash))).collect()
}

/// The parts in which two settings differ, in their order; none where the two may be compared.
///
/// What is read and left out counts only where both were read from a site: in a folder or archive nothing
/// is chosen.
pub fn setup_changes(before: &str, after: &str) -> Vec<SetupPart> {
    if before == after {
        return Vec::new();
    }
    let (old, new) = (parts(before), parts(after));
    if old.is_empty() || new.is_empty() {
        return vec![SetupPart::Other];
    }
    let both_chosen = old.contains_key(&SetupPart::Scope) && new.contains_key(&SetupPart::Scope);
    let counts = |part: SetupPart| both_chosen || !matches!(part, SetupPart::Scope | SetupPart::Partners);
    PARTS.iter().map(|(part, _)| *part).filter(|part| counts(*part) && old.get(part) != new.get(part)).collect()
}

/// The settings of today for what another run has read: how it is judged is today's, what was read is not.
pub fn setup_over(today: &str, read: &str) -> String {
    let (now, then) = (parts(today), parts(read));
    if then.is_empty() {
        return today.to_owned();
    }
    let judging = now.iter().filter(|(part, _)| !part.is_of_reading());
    let reading = then.iter().filter(|(part, _)| part.is_of_reading());
    setup_text(judging.chain(reading).map(|(part, hash)| (*part, *hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_named() {
        let base = setup_text([(SetupPart::Scope, "aa"), (SetupPart::Model, "1"), (SetupPart::Tasks, "bb")]);
        assert_eq!(base, "model=1 tasks=bb scope=aa");
        assert!(setup_changes(&base, &base).is_empty());
        let other = setup_text([(SetupPart::Scope, "ab"), (SetupPart::Model, "1"), (SetupPart::Archives, "c")]);
        assert_eq!(setup_changes(&base, &other), [SetupPart::Tasks, SetupPart::Archives, SetupPart::Scope]);
        // A folder is read whole; nothing was chosen there.
        assert!(setup_changes(&base, "model=1 tasks=bb").is_empty());
        assert_eq!(setup_changes("model=1 sample=5", "model=1"), [SetupPart::Sample]);
        // A store from before parts were kept.
        assert_eq!(setup_changes(&base, "0123456789abcdef"), [SetupPart::Other]);
    }

    #[test]
    fn a_snapshot_keeps_what_was_read() {
        let today = "model=1 tasks=cc scope=zz sample=3";
        assert_eq!(setup_over(today, "model=1 words=w scope=aa partners=p"), "model=1 tasks=cc scope=aa partners=p");
        assert_eq!(setup_over(today, "0123456789abcdef"), today);
    }
}
