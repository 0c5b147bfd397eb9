//! All rules together: read from their texts, checked, in the order of their ids.

use super::check::{self, SEVERITIES};
use super::example::{Expectation, example};
use super::file::take_apart;
use super::message::Message;
use super::{Check, Need, Rule, Triage};
use crate::facts::Lexicon;
use crate::mistakes::{Mistake, Mistakes, Table, unknown_word};
use crate::model::{EFFORTS, Level, Status, days_of_work, hex};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The text of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSource {
    /// `<category>/<name>`, from its path.
    pub id: String,
    /// The file as the user knows it.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// A category of rules: the visitor's trouble.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Category {
    /// Name of its folder.
    pub id: Arc<str>,
    /// Title in reports.
    pub title: String,
    /// The question it answers.
    pub question: String,
}

/// Rules that are ready to run.
#[derive(Clone, Debug)]
pub struct Rules {
    /// In the order of their ids.
    pub list: Vec<Rule>,
    /// In the order of reports.
    pub categories: Vec<Category>,
    /// 128 bits in hexadecimal over the texts of all rules.
    pub hash: String,
}

/// Rule files that cannot be used: all of them, each with all of its mistakes.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
pub struct LoadError(pub Vec<Mistakes>);

/// What rules about files may say of what to do.
const TRIAGE: &[(&str, Triage)] =
    &[("fix", Triage::Fix), ("archive", Triage::Archive), ("replace", Triage::Replace), ("remove", Triage::Remove)];

/// Page kinds, a closed list that the published schema names.
pub(super) const KINDS: &[&str] = &[
    "home",
    "topic",
    "service",
    "form",
    "confirmation",
    "contact",
    "document",
    "news",
    "law",
    "search",
    "error",
    "login",
    "record",
    "event",
    "place",
    "person",
    "dataset",
    "job",
    "archive",
    "other",
];

const NEEDS: &[(&str, Need)] = &[
    ("style", Need::Style),
    ("complete-crawl", Need::CompleteCrawl),
    ("home", Need::Home),
    ("keyboard", Need::Keyboard),
    ("places", Need::Places),
];

const LEVELS: &[(&str, Level)] =
    &[("page", Level::Page), ("form", Level::Form), ("journey", Level::Journey), ("site", Level::Site)];

/// The only category that a website is not judged by.
const KIOSK: &str = "kiosk";

impl Rules {
    /// Reads rules; a later source with the id of an earlier one replaces it.
    pub fn load(sources: &[RuleSource], categories: &str, lexicon: &Lexicon) -> Result<Self, LoadError> {
        let categories = read_categories(categories);
        let latest: BTreeMap<&str, &RuleSource> = sources.iter().map(|s| (s.id.as_str(), s)).collect();
        let mut list = Vec::new();
        let mut wrong = Vec::new();
        for source in latest.values() {
            match Rule::parse(source, &categories, lexicon) {
                Ok(rule) => list.push(rule),
                Err(mistakes) => wrong.push(mistakes),
            }
        }
        if !wrong.is_empty() {
            return Err(LoadError(wrong));
        }
        let mut hasher = Sha256::new();
        for rule in &list {
            hasher.update(rule.id.as_bytes());
            hasher.update(rule.source.as_bytes());
        }
        let hash = hex(&hasher.finalize()[..16]);
        Ok(Self { list, categories, hash })
    }

    /// The rule of that id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.list.binary_search_by(|r| (*r.id).cmp(id)).ok().map(|at| &self.list[at])
    }

    /// The rules of one profile.
    #[must_use]
    pub fn for_profile(mut self, profile: &str) -> Self {
        self.list.retain(|r| r.profiles.contains(profile));
        self.categories.retain(|c| profile == KIOSK || &*c.id != KIOSK);
        self
    }
}

/// `## id: Title` and the sentence below it.
fn read_categories(text: &str) -> Vec<Category> {
    let mut found: Vec<Category> = Vec::new();
    for line in text.lines() {
        if let Some((id, title)) = line.strip_prefix("## ").and_then(|l| l.split_once(':')) {
            found.push(Category { id: Arc::from(id.trim()), title: title.trim().to_owned(), question: String::new() });
        } else if let Some(last) = found.last_mut().filter(|_| !line.trim().is_empty()) {
            if !last.question.is_empty() {
                last.question.push(' ');
            }
            last.question.push_str(line.trim());
        }
    }
    found
}

impl Rule {
    /// Reads a rule file, or tells all that is wrong with it.
    pub fn parse(source: &RuleSource, categories: &[Category], lexicon: &Lexicon) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let rule = read_rule(source, categories, lexicon, &mut mistakes);
        match rule {
            Some(rule) if mistakes.is_empty() => Ok(rule),
            _ => {
                mistakes.sort_by_key(|m| m.span.start);
                Err(Mistakes { file: source.file.clone(), source: source.text.clone(), list: mistakes })
            }
        }
    }

    /// The same rule with keys of its check replaced, as an example's options ask.
    pub fn with_options(
        &self,
        options: &BTreeMap<String, String>,
        categories: &[Category],
        lexicon: &Lexicon,
    ) -> Result<Self, String> {
        let mut parts = Vec::new();
        let (settings, start) = take_apart(&self.source, &mut parts).settings.ok_or("the rule has no settings")?;
        let mut table: toml::Table = toml::from_str(&settings).map_err(|e| e.to_string())?;
        let check = table
            .get_mut("check")
            .and_then(toml::Value::as_table_mut)
            .and_then(|c| c.iter_mut().next())
            .and_then(|(_, v)| v.as_table_mut());
        let check = check.ok_or("the rule has no check")?;
        for (key, value) in options {
            let value = value
                .parse::<i64>()
                .map(toml::Value::from)
                .or_else(|_| value.parse::<f64>().map(toml::Value::from))
                .or_else(|_| value.parse::<bool>().map(toml::Value::from));
            let Ok(value) = value else {
                return Err(format!("the option `{key}` is neither a number nor true or false"));
            };
            if check.insert(key.clone(), value).is_none() {
                return Err(format!("`{key}` is neither a key of this check nor a known option"));
            }
        }
        let settings_text = toml::to_string(&table).map_err(|e| e.to_string())?;
        let text = format!("{}{settings_text}{}", &self.source[..start], &self.source[start + settings.len()..]);
        let source = RuleSource { id: self.id.to_string(), file: self.file.clone(), text };
        Self::parse(&source, categories, lexicon).map_err(|m| m.to_string())
    }
}

fn read_rule(
    source: &RuleSource,
    categories: &[Category],
    lexicon: &Lexicon,
    mistakes: &mut Vec<Mistake>,
) -> Option<Rule> {
    let parts = take_apart(&source.text, mistakes);
    let (category, name) = source.id.split_once('/').unwrap_or(("", &source.id));
    check_path(category, name, categories, mistakes);
    let (settings, offset) = parts.settings.as_ref()?;
    let document = Table::parse(settings, *offset, mistakes);
    let mut table = Table::new(&document, *offset);

    let severity_missing = !table.has("severity");
    let severity = table.choice("severity", SEVERITIES, mistakes);
    if severity_missing {
        mistakes.push(
            Mistake::new(table.span(), "`severity` is missing")
                .help("one of blocker, serious, moderate, minor, advice"),
        );
    }
    let level = table.choice("level", LEVELS, mistakes);
    let reach = table.number_within("reach", 0.0..1.0, mistakes);
    let status = table
        .choice("status", &[("trial", Status::Trial), ("active", Status::Active)], mistakes)
        .unwrap_or(Status::Active);
    let precision = table.number_within("precision", 0.0..1.0, mistakes);
    let kinds = closed_list("kinds", KINDS, &mut table, mistakes);
    let except_kinds = closed_list("except_kinds", KINDS, &mut table, mistakes);
    let kind_confidence = table.number_within("kind_confidence", 0.0..1.0, mistakes).unwrap_or(0.8);
    let profile = closed_list("profile", &["website", KIOSK], &mut table, mistakes);
    let applies = table.plain_texts("applies", mistakes);
    let cause = table.text("cause", mistakes).map(Arc::from);
    let need_names: Vec<&str> = NEEDS.iter().map(|(name, _)| *name).collect();
    let needs = closed_list("needs", &need_names, &mut table, mistakes);
    let needs = NEEDS.iter().filter(|(name, _)| needs.iter().any(|n| n == name)).map(|(_, need)| *need).collect();
    let fails = table.plain_texts("fails", mistakes);
    let related = table.plain_texts("related", mistakes);
    let sources_span = table.span_of("sources").unwrap_or_else(|| table.span());
    let sources = table.plain_texts("sources", mistakes);
    if sources.is_empty() {
        mistakes.push(
            Mistake::new(sources_span, "`sources` is empty: where do the idea and its numbers come from?")
                .help("\"our choice\" is an honest source"),
        );
    }
    let message_span = table.span_of("message").unwrap_or_else(|| table.span());
    let message = Message::parse(&table.required_text("message", mistakes))
        .map_err(|e| mistakes.push(Mistake::new(message_span, e)))
        .ok();
    let triage = table.choice("triage", TRIAGE, mistakes);
    let gates = table.flag("gates", mistakes).unwrap_or(true);
    let effort_span = table.span_of("effort").unwrap_or_else(|| table.span());
    let effort = table.text("effort", mistakes);
    if let Some(text) = effort.as_deref().filter(|text| days_of_work(text).is_none()) {
        let mistake = Mistake::new(effort_span, format!("`{text}` is no effort that can be added up"));
        mistakes.push(mistake.help(EFFORTS));
    }
    let since = table.required_text("since", mistakes);
    let check = check::read(&mut table, lexicon, mistakes);
    let settings_span = table.span();
    table.finish(mistakes);

    let examples: Vec<_> = parts.fences.iter().filter_map(|f| example(f, &source.text, mistakes)).collect();
    let has = |wanted: fn(&Expectation) -> bool| examples.iter().any(|e| wanted(&e.expected));
    let end = source.text.len();
    let asks = matches!(&check, Some(Check::Selector(c)) if c.review);
    let is_bad = |e: &Expectation| match e {
        Expectation::Findings(n) => *n > 0,
        Expectation::CouldNotTell => asks,
    };
    if !examples.iter().any(|e| is_bad(&e.expected)) {
        mistakes.push(
            Mistake::new(end..end, "a rule needs a bad example").help("add a block that starts with ```html bad"),
        );
    }
    if !has(|e| *e == Expectation::Findings(0)) {
        mistakes.push(
            Mistake::new(end..end, "a rule needs a good example").help("add a block that starts with ```html good"),
        );
    }
    let check = check?;
    let level = level.unwrap_or_else(|| check.default_level());
    if (level == Level::Site) != reach.is_some() {
        let what = if reach.is_some() {
            "`reach` goes with level = \"site\" only"
        } else {
            "a rule about the site needs `reach`: which share of visitors needs the thing?"
        };
        mistakes.push(Mistake::new(settings_span, what));
    }
    let profiles: BTreeSet<String> = match (category, profile.is_empty()) {
        (KIOSK, _) => [KIOSK.to_owned()].into(),
        (_, false) => profile.into_iter().collect(),
        (_, true) => ["website".to_owned(), KIOSK.to_owned()].into(),
    };
    Some(Rule {
        id: Arc::from(source.id.as_str()),
        category: Arc::from(category),
        title: parts.title,
        severity: severity?,
        level,
        reach,
        status,
        measured: precision.is_some(),
        precision: precision.unwrap_or(1.0),
        kinds,
        except_kinds,
        kind_confidence,
        profiles,
        applies,
        cause,
        needs,
        fails,
        related,
        sources,
        message: message?,
        triage,
        gates,
        effort,
        since,
        check,
        why: parts.why,
        fix: parts.fix,
        examples,
        file: source.file.clone(),
        source: source.text.clone(),
    })
}

fn check_path(category: &str, name: &str, categories: &[Category], mistakes: &mut Vec<Mistake>) {
    let known: Vec<&str> = categories.iter().map(|c| &*c.id).collect();
    if !known.contains(&category) {
        mistakes.push(unknown_word(0..1, &format!("the folder `{category}` is no category"), category, &known));
    }
    let is_kebab = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_kebab {
        mistakes.push(Mistake::new(0..1, format!("the file name `{name}` should be in small letters with hyphens")));
    }
}

fn closed_list(key: &str, known: &[&str], table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<String> {
    let words = table.texts(key, mistakes);
    for (word, span) in words.iter().filter(|(word, _)| !known.contains(&word.as_str())) {
        mistakes.push(unknown_word(span.clone(), &format!("`{word}` is not known in `{key}`"), word, known));
    }
    words.into_iter().map(|(word, _)| word).collect()
}

impl Rule {
    /// Whether the check is a metric about the whole site.
    pub fn is_about_site(&self) -> bool {
        self.level == Level::Site && matches!(self.check, Check::Metric(_))
    }
}
