//! The words of languages, read from data files, so that no source code knows any language.

mod exceptions;
mod firsts;
mod needed;
mod pattern;
mod topics;

pub use exceptions::ShortForm;
pub use needed::{is_odd, needed};
pub use pattern::Pattern;
pub use topics::{Found, Topics};

use super::claims::ClaimWords;
use super::contacts::{HourWords, StreetWords, WayWords};
use super::dates::Months;
use super::links::Leads;
use super::phrases::{Firsts, Phrases};
use super::says::Errands;
use super::text::{Classes, Reading, Speech};
use super::{forms::FormWords, kept::Kept, votes::Votes};
use crate::model::Region;
use needed::Needs;
use regex::{Regex, RegexBuilder};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// One word list: `<lang>/<name>.tsv`.
#[derive(Clone, Debug)]
pub struct WordFile {
    /// Language tag, or `any` for lists that belong to no language.
    pub lang: String,
    /// Name without ending.
    pub name: String,
    /// Tab-separated lines; `#` starts a comment line.
    pub text: String,
}

impl WordFile {
    /// The first two columns of each line; the second is empty where there is one.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows().map(|row| (row[0], row.get(1).copied().unwrap_or("")))
    }

    /// The lines that hold something, as columns.
    pub fn rows(&self) -> impl Iterator<Item = Vec<&str>> {
        self.text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| line.split('\t').map(str::trim).collect())
    }
}

/// A word list that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("word list {file}: {problem}")]
pub struct LexiconError {
    /// The list, as `en/says.tsv`.
    pub file: String,
    /// What is wrong, and with which words.
    pub problem: String,
}

/// All languages together.
#[derive(Debug, Default)]
pub struct Lexicon {
    languages: BTreeMap<String, Words>,
    hiding: FxHashSet<String>,
    font_sheets: Vec<String>,
    /// Votes for the kind of a page that belong to no language: addresses, classes and types of content systems.
    pub page_kinds: Votes,
    regions: FxHashMap<String, Region>,
    contact_hosts: FxHashMap<String, &'static str>,
    address_languages: FxHashMap<String, String>,
    forms: FormWords,
    /// The languages of the texts that were read lately, as far as they could be told.
    pub(super) told: Kept<Option<String>>,
}

/// The words of one language.
#[derive(Debug, Default)]
pub struct Words {
    lists: FxHashMap<String, Vec<(String, Option<String>)>>,
    sets: FxHashMap<String, Phrases>,
    patterns: BTreeMap<String, BTreeMap<String, Pattern>>,
    /// Phrases by topic that decide whether a visitor can go on: `missing`, `outage`, `deadline` …
    pub ways: Topics,
    /// The months; `None` where the language has no list of them.
    pub months: Option<Months>,
    /// Votes for the kind of a page; the places stand in the list.
    pub page_kinds: Votes,
    /// What people come to pages for.
    pub errands: Errands,
    /// Words of opening hours.
    pub hours: HourWords,
    /// Words of postal addresses.
    pub street: Option<StreetWords>,
    /// What pages say about reaching somebody.
    pub contact_ways: Option<WayWords>,
    /// Words that claims of pages are compared by.
    pub claims: ClaimWords,
    /// Words that stand for the signs of a mail address: `at`, `dot`.
    pub mail_signs: BTreeMap<String, Regex>,
    /// Short forms that end in a full stop without ending a sentence, in lower case.
    short_forms: FxHashMap<String, ShortForm>,
    /// Classes of words.
    pub classes: Classes,
    /// Syllables of words that no rule gets right, in lower case.
    syllables: FxHashMap<String, u32>,
    /// The language whose syllables are counted.
    pub speech: Speech,
    kept: Kept<Reading>,
    /// Links that stand on many pages.
    pub(super) leads: Leads,
    firsts: Firsts,
    needs: OnceLock<Needs>,
}

/// Lists that facts read as a set of phrases; a rule may use them too.
const SETS: &[&str] = &[
    "contact-links",
    "unsafe-links",
    "start-over",
    "help-links",
    "updated",
    "addressing",
    "required",
    "optional",
    "paper-signs",
    "ink-signs",
    "new-window",
    "office-words",
    "reader-words",
    "cross-references",
    "terms",
    "steps-headings",
    "step-links",
];

impl Words {
    /// The phrases of a list with what to write instead; `None` where the language has no such list.
    pub fn list(&self, name: &str) -> Option<&[(String, Option<String>)]> {
        self.lists.get(name).map(Vec::as_slice)
    }

    /// A compiled set of phrases; empty where the language has none.
    pub fn set(&self, name: &str) -> &Phrases {
        static NONE: std::sync::LazyLock<Phrases> = std::sync::LazyLock::new(|| Phrases::new([]));
        self.sets.get(name).unwrap_or(&NONE)
    }

    /// The patterns of a list, joined by topic; empty where the language has none.
    pub fn patterns(&self, name: &str) -> &BTreeMap<String, Pattern> {
        static NONE: BTreeMap<String, Pattern> = BTreeMap::new();
        self.patterns.get(name).unwrap_or(&NONE)
    }
}

impl Lexicon {
    /// Reads all lists. Errors name every list that cannot be used.
    pub fn parse(files: &[WordFile]) -> Result<Self, Vec<LexiconError>> {
        let mut lexicon = Self::default();
        let mut errors = Vec::new();
        let slots: HashMap<(&str, String), String> = files
            .iter()
            .filter(|f| f.name == "slots")
            .flat_map(|f| {
                f.rows().filter_map(|r| Some(((f.lang.as_str(), (*r.first()?).to_owned()), (*r.get(1)?).to_owned())))
            })
            .collect();
        for file in files {
            if let Err(problem) = lexicon.add(file, &slots) {
                errors.push(LexiconError { file: format!("{}/{}.tsv", file.lang, file.name), problem });
            }
        }
        lexicon.forms.compile();
        for (number, (language, words)) in (1..).zip(&mut lexicon.languages) {
            words.speech = Speech::of(language);
            words.gather_firsts(number);
        }
        if errors.is_empty() { Ok(lexicon) } else { Err(errors) }
    }

    fn add(&mut self, file: &WordFile, slots: &HashMap<(&str, String), String>) -> Result<(), String> {
        if file.lang == "any" {
            return self.add_conventions(file);
        }
        if FormWords::LISTS.contains(&file.name.as_str()) {
            return self.forms.add(file);
        }
        let words = self.languages.entry(file.lang.clone()).or_default();
        match file.name.as_str() {
            "page-kinds" => words.page_kinds = Votes::new(votes(file)?),
            "says" | "kiosk" | "expect" | "coming" | "phone-labels" | "site-links" | "statement"
            | "time-to-complete" | "paperwork" => {
                let mut topics: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for row in file.rows() {
                    let [topic, pattern] = row[..] else {
                        return Err(format!("expected `topic<TAB>pattern`, found `{}`", row.join(" ")));
                    };
                    topics.entry(topic.to_owned()).or_default().push(fill(pattern, &file.lang, slots)?);
                }
                let patterns = topics.into_iter().map(|(topic, patterns)| (topic, Pattern::new(&patterns))).collect();
                words.patterns.insert(file.name.clone(), patterns);
            }
            "hours" => words.hours = HourWords::new(file.pairs()),
            // A word without a code ends the name of a street.
            "street" => words.street = Some(StreetWords::new(file.pairs())?),
            "contact-ways" => words.contact_ways = Some(WayWords::new(file.pairs())?),
            "claims" => words.claims = ClaimWords::new(file.pairs()),
            "email-signs" => {
                let signs = file.pairs().map(|(sign, pattern)| {
                    let built = RegexBuilder::new(pattern).case_insensitive(true).build();
                    Ok((sign.to_owned(), built.map_err(|e| e.to_string())?))
                });
                words.mail_signs = signs.collect::<Result<_, String>>()?;
            }
            "errands" => words.errands = Errands::new(file.pairs())?,
            "ways" => words.ways = Topics::new(&pairs(file)?),
            "months" => words.months = Some(Months::new(&pairs(file)?)?),
            "abbreviations" => {
                words.short_forms = file.rows().map(|r| short_form(&r)).collect::<Result<_, String>>()?;
            }
            "word-classes" | "common-words" => words.classes.add(file)?,
            "syllables" => {
                for row in file.rows() {
                    let [count, listed] = row[..] else {
                        return Err(format!("expected `count<TAB>words`, found `{}`", row.join(" ")));
                    };
                    let count: u32 = count.parse().map_err(|_| format!("`{count}` is no number"))?;
                    words.syllables.extend(listed.split_ascii_whitespace().map(|w| (w.to_lowercase(), count)));
                }
            }
            "slots" => {}
            name => {
                let rows: Vec<(String, Option<String>)> = file
                    .rows()
                    .map(|r| (r[0].to_owned(), r.get(1).filter(|i| !i.is_empty()).map(|i| (*i).to_owned())))
                    .collect();
                if SETS.contains(&name) {
                    words.sets.insert(name.to_owned(), Phrases::new(rows.iter().map(|(phrase, _)| phrase.as_str())));
                }
                words.lists.insert(name.to_owned(), rows);
            }
        }
        Ok(())
    }

    fn add_conventions(&mut self, file: &WordFile) -> Result<(), String> {
        match file.name.as_str() {
            "page-kinds" => self.page_kinds = Votes::new(votes(file)?),
            "hiding" => self.hiding = file.rows().map(|r| r[0].to_ascii_lowercase()).collect(),
            "font-sheets" => self.font_sheets = file.rows().map(|r| r[0].to_ascii_lowercase()).collect(),
            "regions" => {
                for row in file.rows() {
                    let [name, region] = row[..] else {
                        return Err(format!("expected `name<TAB>region`, found `{}`", row.join(" ")));
                    };
                    let region = match region {
                        "nav" => Region::Nav,
                        "header" => Region::Header,
                        "footer" => Region::Footer,
                        "aside" => Region::Aside,
                        other => return Err(format!("`{other}` is no region; use nav, header, footer or aside")),
                    };
                    self.regions.insert(name.to_ascii_lowercase(), region);
                }
            }
            "contact-hosts" => {
                for (host, kind) in file.pairs() {
                    let known = ["social", "chat", "mail"].into_iter().find(|k| *k == kind);
                    let kind = known.ok_or_else(|| format!("`{kind}` is no kind of host; use social, chat or mail"))?;
                    self.contact_hosts.insert(host.to_ascii_lowercase(), kind);
                }
            }
            "address-languages" => {
                for row in file.rows() {
                    let [part, lang] = row[..] else {
                        return Err(format!("expected `part<TAB>language`, found `{}`", row.join(" ")));
                    };
                    self.address_languages.insert(part.to_lowercase(), lang.to_owned());
                }
            }
            name if FormWords::LISTS.contains(&name) => self.forms.add(file)?,
            other => {
                let forms = FormWords::LISTS.join(", ");
                return Err(format!(
                    "`any/` knows address-languages, contact-hosts, font-sheets, hiding, page-kinds, regions, {forms}, not `{other}`"
                ));
            }
        }
        Ok(())
    }

    /// The words of a language tag such as `en-GB`; `None` where there are none.
    pub fn words(&self, lang: &str) -> Option<&Words> {
        let primary = lang.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        self.languages.get(&primary)
    }

    /// The words and weights that forms are read by, of all languages together: a form's names are
    /// technical, and its labels need not be in the language that the page declares.
    pub fn forms(&self) -> &FormWords {
        &self.forms
    }

    /// The languages that have word lists, sorted.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// Whether any language has a list of that name.
    pub fn knows_list(&self, name: &str) -> bool {
        self.languages.values().any(|words| words.lists.contains_key(name))
    }

    /// The names of all word lists, sorted, for "did you mean".
    pub fn list_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.languages.values().flat_map(|w| w.lists.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether a class conventionally hides the element until a script shows it.
    pub fn may_hide(&self, classes: &str) -> bool {
        classes.split_ascii_whitespace().any(|c| self.hiding.contains(&*lower(c)))
    }

    /// How the addresses of style sheets begin that bring fonts alone, without their scheme.
    pub fn font_sheets(&self) -> &[String] {
        &self.font_sheets
    }

    /// `social`, `chat` or `mail` for a host of a service that people are reached by.
    pub fn contact_host(&self, host: &str) -> Option<&'static str> {
        let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(host);
        self.contact_hosts.get(host).copied()
    }

    /// The language that a part of an address names, in lower case.
    pub fn address_language(&self, part: &str) -> Option<&str> {
        self.address_languages.get(part).map(String::as_str)
    }

    /// The part of the page that a class or id conventionally names.
    pub fn region(&self, names: &str) -> Option<Region> {
        names.split_ascii_whitespace().find_map(|name| self.regions.get(&*lower(name)).copied())
    }

    /// The lists that unit tests of facts rely on: those of the project itself.
    #[cfg(test)]
    pub(crate) fn for_tests() -> &'static Self {
        static ONCE: std::sync::LazyLock<Lexicon> = std::sync::LazyLock::new(|| {
            let files = crate::facts::lexicon::tests::project_files();
            Lexicon::parse(&files).expect("the project's own lists are right")
        });
        &ONCE
    }
}

/// A row of short forms: the form, and `number` or `end` where it is one only at times.
fn short_form(row: &[&str]) -> Result<(String, ShortForm), String> {
    let when = match row.get(1).copied() {
        None => ShortForm::BeforeName,
        Some("number") => ShortForm::BeforeNumber,
        Some("end") => ShortForm::MayEnd,
        Some(other) => return Err(format!("`{other}` is neither `number` nor `end`")),
    };
    Ok((row[0].to_lowercase(), when))
}

/// In lower case; a copy only where it differs.
fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

/// The rows of a list of votes: kind, place, phrase and, where it is not 1, weight.
pub(super) fn votes(file: &WordFile) -> Result<Vec<(String, String, String, f64)>, String> {
    let row = |row: Vec<&str>| {
        let (kind, place, phrase) = match row[..] {
            [kind, place, phrase] | [kind, place, phrase, _] => (kind, place, phrase),
            _ => return Err(format!("expected `kind<TAB>place<TAB>phrase<TAB>weight`, found `{}`", row.join(" "))),
        };
        let weight =
            row.get(3).map_or(Ok(1.0), |w| w.parse::<f64>()).map_err(|_| format!("`{}` is no number", row[3]))?;
        Ok((kind.to_owned(), place.to_owned(), phrase.to_owned(), weight))
    };
    file.rows().map(row).collect()
}

/// The rows of a list of two columns.
fn pairs(file: &WordFile) -> Result<Vec<(String, String)>, String> {
    let pair = |row: Vec<&str>| match row[..] {
        [first, second] => Ok((first.to_owned(), second.to_owned())),
        _ => Err(format!("expected two columns, found `{}`", row.join(" "))),
    };
    file.rows().map(pair).collect()
}

/// Puts the language's own patterns for `{n}`, `{money}` … in their slots.
fn fill(pattern: &str, lang: &str, slots: &HashMap<(&str, String), String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        // `{0,40}` is a repetition of the expression itself; a slot is a word.
        let Some((slot, tail)) = after.split_once('}').filter(|(slot, _)| slot.bytes().all(|b| b.is_ascii_lowercase()))
        else {
            out.push('{');
            rest = after;
            continue;
        };
        let Some(value) = slots.get(&(lang, slot.to_owned())) else {
            return Err(format!("`{{{slot}}}` stands in no slots.tsv of the language"));
        };
        out.push_str(value);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn project_files() -> Vec<WordFile> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/lexicon");
        let mut files = Vec::new();
        for lang in std::fs::read_dir(root).expect("the project has word lists").flatten() {
            for file in std::fs::read_dir(lang.path()).expect("each language is a folder").flatten() {
                files.push(WordFile {
                    lang: lang.file_name().to_string_lossy().into_owned(),
                    name: file.path().file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
                    text: std::fs::read_to_string(file.path()).expect("word lists are text"),
                });
            }
        }
        files
    }

    #[test]
    fn every_pattern_can_be_built() {
        for (lang, words) in &Lexicon::for_tests().languages {
            for (list, topics) in &words.patterns {
                for (topic, pattern) in topics {
                    assert_eq!(pattern.mistake(), None, "{lang}/{list}.tsv: {topic}");
                }
            }
            let mistakes: Vec<String> = words.errands.patterns().filter_map(Pattern::mistake).collect();
            assert_eq!(mistakes, Vec::<String>::new(), "{lang}/errands.tsv");
        }
    }

    #[test]
    fn a_wrong_list_is_named_with_its_words() {
        let file = WordFile { lang: "en".into(), name: "says".into(), text: "fee\tcosts {gold}\n".into() };
        let errors = Lexicon::parse(&[file]).expect_err("the slot is unknown");
        assert_eq!(errors[0].to_string(), "word list en/says.tsv: `{gold}` stands in no slots.tsv of the language");
    }

    #[test]
    fn a_phrase_inside_a_longer_one_has_no_vote() {
        let rows = [("name", "name"), ("family-name", "last name")];
        let votes = Votes::new(rows.iter().map(|(k, p)| ((*k).into(), "label".into(), (*p).into(), 1.0)).collect());
        let mut tally = BTreeMap::new();
        votes.cast_longest("label", "Your last name", 2.0, &mut tally);
        assert_eq!(tally, BTreeMap::from([("family-name", 2.0)]));
    }
}
