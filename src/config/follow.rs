//! Follow-up: what a team has promised (`[[ack]]`), what happened to the site (`[[annotation]]`), what
//! staff and callers say of pages (`[[note]]`), and what was changed, for the public (`[[change]]`).

use super::effort::{Named, note_rule, rule_name};
use crate::mistakes::{Mistake, Table};
use crate::model::Pattern;
use jiff::civil::Date;

/// Entries of each kind. Our choice; it bounds the work of a report.
const MAX_ENTRIES: usize = 1_000;

/// Characters of a text. Our choice: what a row of a report can hold.
const MAX_TEXT: usize = 300;

/// Characters of an annotation and of the name of a team. Our choice: a line beside the chart.
const MAX_LINE: usize = 100;

/// `[[ack]]`: a problem that a team knows of, and the day by which it has promised to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Id of a rule, or `category/*`.
    pub rule: String,
    /// The pages, by path and query.
    pub url: Pattern,
    /// The team, never a person.
    pub team: String,
    /// The day on which it said so.
    pub on: Date,
    /// The last day of the promise; `None` where there is none yet.
    pub promised: Option<Date>,
    /// What it wants to say of it.
    pub note: Option<String>,
}

/// `[[annotation]]`: what happened to the site on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The day.
    pub date: Date,
    /// What kind of thing.
    pub kind: Happening,
    /// What it was.
    pub text: String,
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The site got a new look or structure.
    Redesign,
    /// More people than usual were sent there.
    Campaign,
    /// Something new was opened.
    Launch,
    /// A system behind the site changed.
    System,
    /// People were trained, came or went.
    Staff,
    /// A law or a rule of the house changed.
    Policy,
    /// Anything else.
    Other,
}

const HAPPENINGS: &[(&str, Happening)] = &[
    ("redesign", Happening::Redesign),
    ("campaign", Happening::Campaign),
    ("launch", Happening::Launch),
    ("system", Happening::System),
    ("staff", Happening::Staff),
    ("policy", Happening::Policy),
    ("other", Happening::Other),
];

/// `[[note]]`: what staff and callers say about pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The pages, by path and query.
    pub url: Pattern,
    /// Where it comes from.
    pub from: NoteSource,
    /// What is said.
    pub text: String,
}

/// Where a note comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteSource {
    /// People who work there.
    Staff,
    /// A theme of calls.
    Calls,
    /// What is asked at the counter.
    Counter,
    /// What is asked by mail.
    Mail,
    /// A test with people.
    Test,
}

const SOURCES: &[(&str, NoteSource)] = &[
    ("staff", NoteSource::Staff),
    ("calls", NoteSource::Calls),
    ("counter", NoteSource::Counter),
    ("mail", NoteSource::Mail),
    ("test", NoteSource::Test),
];

/// `[[change]]`: what was changed, told to the public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The day.
    pub date: Date,
    /// What was changed, in plain words.
    pub text: String,
    /// Who asked for it.
    pub asked_by: Asker,
    /// What people had said, if they did.
    pub said: Option<String>,
    /// Where to look: a path of the site, or a whole address.
    pub url: Option<String>,
    /// The rule that it mended, so that the fixes which an audit saw are told with it, not beside it.
    pub rule: Option<String>,
}

/// Who asked for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// People who use the site.
    Feedback,
    /// People who work there.
    Staff,
    /// An audit found it.
    Audit,
}

const ASKERS: &[(&str, Asker)] = &[("feedback", Asker::Feedback), ("staff", Asker::Staff), ("audit", Asker::Audit)];

/// The word of a value in a list of words.
fn word_of<T: Copy + PartialEq>(list: &[(&'static str, T)], value: T) -> &'static str {
    list.iter().find(|(_, listed)| *listed == value).map_or("", |(word, _)| word)
}

impl Happening {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        word_of(HAPPENINGS, self)
    }
}

impl NoteSource {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        word_of(SOURCES, self)
    }
}

impl Asker {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        word_of(ASKERS, self)
    }
}

pub(super) fn acks(tables: Vec<Table<'_>>, names: &mut Vec<Named>, mistakes: &mut Vec<Mistake>) -> Vec<Ack> {
    read(tables, "acks", mistakes, |table, mistakes| {
        let rule = rule_name(table, names, mistakes);
        let url = pattern(table, mistakes);
        let team = line(table, "team", MAX_LINE, mistakes);
        let on = table.required_date("on", mistakes);
        let promised_at = table.span_of("promised");
        let promised = table.date("promised", mistakes);
        if let (Some(on), Some(promised), Some(span)) = (on, promised, promised_at)
            && promised < on
        {
            let mistake = Mistake::new(span, format!("the promise ends on {promised}, before it was made on {on}"));
            mistakes.push(mistake.help("`on` is the day of the promise, `promised` the day by which it is kept"));
        }
        let note = optional(table, "note", mistakes);
        Some(Ack { rule, url: url?, team: team?, on: on?, promised, note })
    })
}

pub(super) fn annotations(tables: Vec<Table<'_>>, mistakes: &mut Vec<Mistake>) -> Vec<Annotation> {
    let mut list = read(tables, "annotations", mistakes, |table, mistakes| {
        let date = table.required_date("date", mistakes);
        let kind = table.choice("kind", HAPPENINGS, mistakes).unwrap_or(Happening::Other);
        let text = line(table, "text", MAX_LINE, mistakes);
        Some(Annotation { date: date?, kind, text: text? })
    });
    list.sort_by_key(|a| a.date);
    list
}

pub(super) fn notes(tables: Vec<Table<'_>>, mistakes: &mut Vec<Mistake>) -> Vec<Note> {
    read(tables, "notes", mistakes, |table, mistakes| {
        let url = pattern(table, mistakes);
        let from = required_choice(table, "from", SOURCES, mistakes);
        let text = line(table, "text", MAX_TEXT, mistakes);
        Some(Note { url: url?, from: from?, text: text? })
    })
}

pub(super) fn changes(tables: Vec<Table<'_>>, names: &mut Vec<Named>, mistakes: &mut Vec<Mistake>) -> Vec<Change> {
    read(tables, "changes", mistakes, |table, mistakes| {
        let date = table.required_date("date", mistakes);
        let text = line(table, "text", MAX_TEXT, mistakes);
        let asked_by = required_choice(table, "asked_by", ASKERS, mistakes);
        let said = optional(table, "said", mistakes);
        let url_at = table.span_of("url");
        let url = table.text("url", mistakes);
        if let (Some(address), Some(span)) = (&url, url_at)
            && (!["/", "http://", "https://"].iter().any(|start| address.starts_with(start))
                || address.starts_with("//"))
        {
            let mistake = Mistake::new(span, format!("`{address}` is no address that a reader can follow"));
            mistakes.push(mistake.help("start with / for a page of the site, or with https://"));
        }
        let rule_at = table.span_of("rule");
        let rule = table.text("rule", mistakes);
        if let (Some(rule), Some(span)) = (&rule, rule_at) {
            note_rule(rule, span, names, mistakes);
        }
        Some(Change { date: date?, text: text?, asked_by: asked_by?, said, url, rule })
    })
}

/// Reads each table of a list; what is wrong is among the mistakes, and then it is not in the list.
fn read<T>(
    tables: Vec<Table<'_>>,
    what: &str,
    mistakes: &mut Vec<Mistake>,
    mut one: impl FnMut(&mut Table<'_>, &mut Vec<Mistake>) -> Option<T>,
) -> Vec<T> {
    if let Some(table) = tables.get(MAX_ENTRIES) {
        let mistake = Mistake::new(table.span(), format!("there are more than {MAX_ENTRIES} {what}"));
        mistakes.push(mistake.help("take out old ones; the history of this file keeps them"));
    }
    let mut list = Vec::new();
    for mut table in tables.into_iter().take(MAX_ENTRIES) {
        list.extend(one(&mut table, mistakes));
        table.finish(mistakes);
    }
    list
}

fn pattern(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Pattern> {
    let span = table.span_of("url");
    let text = table.required_text("url", mistakes);
    let pattern = Pattern::new(&text);
    if let (None, Some(span)) = (&pattern, span) {
        mistakes.push(Mistake::new(span, format!("`{text}` fits no address")).help("write it as `/permits/*`"));
    }
    pattern
}

/// A text that has to be there, is not empty and not too long.
fn line(table: &mut Table<'_>, key: &str, most: usize, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let span = table.span_of(key);
    let text = table.required_text(key, mistakes);
    fits(&text, key, span?, most, mistakes)
}

fn optional(table: &mut Table<'_>, key: &str, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let span = table.span_of(key)?;
    let text = table.text(key, mistakes)?;
    fits(&text, key, span, MAX_TEXT, mistakes)
}

fn fits(
    text: &str,
    key: &str,
    span: std::ops::Range<usize>,
    most: usize,
    mistakes: &mut Vec<Mistake>,
) -> Option<String> {
    // Reports show a line; no sign of it may start another.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.chars().count() > most {
        mistakes.push(Mistake::new(span, format!("`{key}` has 1 to {most} characters")));
        return None;
    }
    Some(text)
}

fn required_choice<T: Copy>(
    table: &mut Table<'_>,
    key: &str,
    choices: &[(&str, T)],
    mistakes: &mut Vec<Mistake>,
) -> Option<T> {
    if !table.has(key) {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let mistake = Mistake::new(table.span(), format!("`{key}` is missing"));
        mistakes.push(mistake.help(format!("known are {}", words.join(", "))));
    }
    table.choice(key, choices, mistakes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const FILE: &str = r#"
[[ack]]
rule = "forms/no-label"
url = "/apply/*"
team = "Permits office"
on = 2026-01-10
promised = "2026-03-01"
note = "with the new form system"

[[annotation]]
date = "2026-02-01"
kind = "redesign"
text = "new home page"

[[annotation]]
date = "2025-02-01"
text = "tax season"

[[note]]
url = "/parking"
from = "calls"
text = "people ask which zone they live in"

[[change]]
date = "2026-02-10"
text = "The form has three questions less."
asked_by = "feedback"
said = "Too many questions."
url = "/apply/"
rule = "forms/too-many-questions"
"#;

    #[test]
    fn follow_up_is_read() {
        let config = Config::parse("plainway.toml", FILE).expect("the file is right");
        let ack = &config.acks[0];
        assert_eq!(
            (ack.team.as_str(), ack.promised.map(|d| d.to_string())),
            ("Permits office", Some("2026-03-01".into()))
        );
        assert_eq!(config.annotations[0].text, "tax season", "in the order of their days");
        assert_eq!((config.annotations[0].kind, config.annotations[1].kind), (Happening::Other, Happening::Redesign));
        assert_eq!(config.notes[0].from, NoteSource::Calls);
        assert_eq!(
            (config.changes[0].asked_by, config.changes[0].rule.as_deref()),
            (Asker::Feedback, Some("forms/too-many-questions"))
        );
        let named = config.rule_names.check(&["forms/no-label"]).expect_err("the other is unknown").to_string();
        assert!(named.contains("plainway.toml:30:8") && !named.contains("`forms/no-label` is no"), "{named}");
    }

    #[track_caller]
    fn check(old: &str, new: &str, words: &[&str]) {
        assert!(FILE.contains(old), "{old} is not there");
        let said = Config::parse("plainway.toml", &FILE.replacen(old, new, 1)).expect_err(new).to_string();
        for word in words {
            assert!(said.contains(word), "{new}: {word} in {said}");
        }
    }

    #[test]
    fn each_mistake_has_its_line() {
        check(
            "promised = \"2026-03-01\"",
            "promised = \"2026-01-09\"",
            &["plainway.toml:7:12", "before it was made on 2026-01-10"],
        );
        check("promised = \"2026-03-01\"", "promised = \"March\"", &["plainway.toml:7:12", "`March` is no day"]);
        check("promised =", "promissed =", &["did you mean `promised`?"]);
        check("on = 2026-01-10", "on = 3", &["plainway.toml:6:6", "should be a day"]);
        check("on = 2026-01-10", "", &["`on` is missing"]);
        check("rule = \"forms/no-label\"", "rule = \"no-label\"", &["plainway.toml:3:8", "is no rule"]);
        check("url = \"/apply/*\"", "url = \"apply\"", &["plainway.toml:4:7", "fits no address"]);
        check("team = \"Permits office\"", "team = \" \"", &["`team` has 1 to 100 characters"]);
        check("kind = \"redesign\"", "kind = \"redisign\"", &["did you mean `redesign`?"]);
        check("new home page", &"x".repeat(101), &["`text` has 1 to 100 characters"]);
        check("from = \"calls\"", "", &["`from` is missing", "staff, calls"]);
        check("asked_by = \"feedback\"", "asked_by = \"boss\"", &["known are feedback, staff, audit"]);
        check("url = \"/apply/\"", "url = \"javascript:alert(1)\"", &["plainway.toml:29:7", "can follow"]);
        check("url = \"/apply/\"", "url = \"//evil.example/\"", &["can follow"]);
        check("Too many questions.", &"x".repeat(301), &["`said` has 1 to 300 characters"]);
    }
}
