//! The house, held together: which room may know which, what is pure, what never stands in `src/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may import. Imports point one way.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("mistakes", &[]),
    ("facts", &["model"]),
    ("rule", &["facts", "mistakes", "model"]),
    ("audit", &["facts", "mistakes", "model", "rule"]),
    ("score", &["model"]),
    ("history", &["audit", "facts", "model", "rule", "score"]),
    ("report", &["audit", "facts", "history", "model", "rule", "score"]),
    ("snapshot", &["model"]),
    ("gather", &["model", "snapshot"]),
    ("config", &["mistakes", "model"]),
];

/// Rooms that compute and do nothing else.
const PURE: &[&str] = &["model", "mistakes", "facts", "rule", "audit", "score", "report", "config"];

/// What a pure room may not touch: clock, files, network, environment, chance, terminal.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::",
    "Timestamp::now",
    "Zoned::now",
    "File::open",
    "File::create",
    "println!",
    "eprintln!",
    "thread_rng",
    "rand::",
];

/// Rooms in which something may wait.
const MAY_WAIT: &[&str] = &["gather", "cli"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A source file with its comments and tests taken away.
struct Source {
    path: PathBuf,
    room: String,
    lines: usize,
    code: String,
}

fn files_under(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).expect("the folder is part of the project").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("source files are text");
        let inner = path.strip_prefix(&src).expect("the file lies in src");
        let room =
            inner.iter().next().map(|p| p.to_string_lossy().trim_end_matches(".rs").to_owned()).unwrap_or_default();
        let is_test = inner.iter().any(|p| p == "tests" || p == "tests.rs");
        let body = if is_test { "" } else { without_tests(&text) };
        let code = body.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        Source { lines: text.lines().count(), room, code, path }
    };
    files_under(&src, "rs").into_iter().map(source).collect()
}

/// The text up to its module of tests, which stands at the end.
fn without_tests(text: &str) -> &str {
    let starts = ["#[cfg(test)]\nmod tests {", "#[cfg(test)]\npub(crate) mod tests {"];
    starts.iter().filter_map(|start| text.find(start)).min().map_or(text, |at| &text[..at])
}

fn rule_files() -> Vec<(String, String)> {
    let rules = root().join("rules");
    let id = |path: &Path| {
        let inner = path.strip_prefix(&rules).expect("the file lies in rules");
        (inner.components().count() == 2).then(|| inner.to_string_lossy().trim_end_matches(".md").to_owned())
    };
    files_under(&rules, "md")
        .into_iter()
        .filter_map(|p| Some((id(&p)?, fs::read_to_string(&p).expect("rule files are text"))))
        .collect()
}

#[test]
fn imports_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(may) = allowed.get(source.room.as_str()) else { continue };
        for part in source.code.split("crate::").skip(1) {
            let named: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let is_room = allowed.contains_key(named.as_str()) || named == "cli";
            if is_room && named != source.room && !may.contains(&named.as_str()) {
                wrong.push(format!("{}: {} may not know {named}", source.path.display(), source.room));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_plan() {
    for source in sources() {
        let known = MAY_IMPORT.iter().any(|(room, _)| *room == source.room)
            || matches!(source.room.as_str(), "cli" | "lib" | "main");
        assert!(known, "{} is in no room that this test knows", source.path.display());
    }
}

#[test]
fn the_middle_is_pure() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| PURE.contains(&s.room.as_str())) {
        // The style engine follows references by recursion: it gets a thread for the sake of its stack, and is waited for.
        let is_engine = |word: &str| word == "std::thread" && source.path.ends_with("facts/style/engine.rs");
        for word in IMPURE.iter().filter(|w| source.code.contains(**w) && !is_engine(w)) {
            wrong.push(format!("{} uses {word}", source.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_gathering_and_the_command_line_wait() {
    for source in sources().iter().filter(|s| !MAY_WAIT.contains(&s.room.as_str())) {
        let waits = source.code.contains("async ") || source.code.contains(".await");
        assert!(!waits, "{} is asynchronous", source.path.display());
    }
}

#[test]
fn no_rule_is_named_in_the_source() {
    let rules = rule_files();
    assert!(rules.len() >= 30, "only {} rules were found", rules.len());
    for source in sources() {
        // Help texts and skeletons show a made-up id; a real one in code would be a rule in Rust.
        for (id, _) in rules.iter().filter(|(id, _)| id != "forms/too-many-questions") {
            assert!(!source.code.contains(id.as_str()), "{} names the rule {id}", source.path.display());
        }
    }
}

#[test]
fn files_are_short_enough_to_read() {
    for source in sources() {
        let limit = if source.path.ends_with("src/main.rs") { 40 } else { 500 };
        assert!(
            source.lines <= limit,
            "{} has {} lines; look for the room it should be split into",
            source.path.display(),
            source.lines
        );
    }
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here, so that this file does not find itself.
    let words = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["X", "XX"].concat(), ["#[ig", "nore"].concat()];
    let places = ["src", "tests", "benches"];
    for path in places.iter().flat_map(|dir| files_under(&root().join(dir), "rs")) {
        let text = fs::read_to_string(&path).expect("source files are text");
        for word in &words {
            assert!(!text.contains(word.as_str()), "{} holds {word}", path.display());
        }
    }
}

#[test]
fn severity_is_earned() {
    let rules = rule_files();
    let with =
        |severity: &str| rules.iter().filter(|(_, text)| text.contains(&format!("severity = \"{severity}\""))).count();
    // SCORE: blockers are at most 5 % of the rules, serious ones at most 25 %.
    assert!(with("blocker") * 20 <= rules.len(), "{} of {} rules are blockers", with("blocker"), rules.len());
    assert!(with("serious") * 4 <= rules.len(), "{} of {} rules are serious", with("serious"), rules.len());
}

#[test]
fn every_rule_has_three_examples() {
    for (id, text) in rule_files() {
        let examples = text.matches("\n```html ").count();
        assert!(examples >= 3, "{id} has {examples} examples");
    }
}
