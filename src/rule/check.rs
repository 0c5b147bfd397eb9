//! The kinds of check, a closed set: elements that match, words that stand in the text, facts with a limit, pairs that should agree.

use crate::facts::{FACTS, Fact, Lexicon, Phase, Subject, Topic, fact};
use crate::mistakes::{Mistake, Scalar, Table, unknown_word};
use crate::model::{Level, Severity};
use regex::Regex;
use scraper::Selector;
use std::fmt;
use std::ops::Range;

/// What a rule looks for.
#[derive(Clone, Debug)]
pub enum Check {
    /// Elements that match.
    Selector(SelectorCheck),
    /// Words and phrases.
    Text(TextCheck),
    /// A fact with a limit.
    Metric(MetricCheck),
    /// Two places that should say the same.
    Pair(PairCheck),
}

impl Check {
    /// When it can be decided.
    pub fn phase(&self) -> Phase {
        match self {
            Self::Selector(_) | Self::Text(_) => Phase::Page,
            Self::Pair(pair) if pair.between == Between::DataAndText => Phase::Page,
            Self::Pair(_) => Phase::Site,
            Self::Metric(m) => {
                let others = m.when.iter().chain(&m.unless).map(|f| f.fact);
                if std::iter::once(m.fact).chain(others).any(|f| f.phase() == Phase::Site) {
                    Phase::Site
                } else {
                    Phase::Page
                }
            }
        }
    }

    /// What one finding speaks of, where the rule does not say.
    pub(super) fn default_level(&self) -> Level {
        match self {
            Self::Metric(m) => match m.fact.subject() {
                Subject::Page => Level::Page,
                Subject::Form => Level::Form,
                Subject::Journey => Level::Journey,
                Subject::Site => Level::Site,
                _ => Level::Element,
            },
            _ => Level::Element,
        }
    }
}

/// Where the two places of a pair stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// On two pages that speak of the same office, service or place.
    Pages,
    /// In the data that a page states for programs, and in its text.
    DataAndText,
    /// In the foot or banner that pages share, and on the contact page.
    FrameAndContact,
}

/// `[check.pair]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairCheck {
    /// What is compared.
    pub topic: Topic,
    /// Where.
    pub between: Between,
}

const TOPICS: &[(&str, Topic)] = &[
    ("phone", Topic::Phone),
    ("fax", Topic::Fax),
    ("hours", Topic::Hours),
    ("address", Topic::Address),
    ("email-domain", Topic::EmailDomain),
    ("fee", Topic::Fee),
    ("deadline", Topic::Deadline),
    ("street", Topic::Street),
];

const BETWEEN: &[(&str, Between)] = &[
    ("pages", Between::Pages),
    ("data-and-text", Between::DataAndText),
    ("frame-and-contact", Between::FrameAndContact),
];

/// A test on whether a text is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameTest {
    /// It has to be empty for a finding.
    Empty,
    /// It has to be there for a finding.
    Present,
}

/// `[check.selector]`. Its selectors are known to be right; `audit` takes them apart.
#[derive(Clone)]
pub struct SelectorCheck {
    /// Elements that are findings.
    pub matches: String,
    /// Elements that are none after all.
    pub unless: Option<String>,
    /// Elements that the rule is about at all.
    pub applies_to: Option<String>,
    /// A test on the accessible name.
    pub name: Option<NameTest>,
    /// A test on the text inside.
    pub text: Option<NameTest>,
    /// Roles of which one has to be the computed one; empty where any may be.
    pub roles: Vec<String>,
    /// Only elements with a state or property of WAI-ARIA other than `aria-hidden`.
    pub has_aria: bool,
    /// Which elements count, by how they are met.
    pub exposed: Exposed,
    /// Facts of the element that must have one of the values.
    pub when: Vec<Filter>,
    /// Facts that must not.
    pub except: Vec<Filter>,
    /// A fact that has to find something.
    pub found: Option<&'static Fact>,
    /// A number that has to be beyond a limit.
    pub limit: Option<Limit>,
    /// A word list of which one phrase has to be the whole accessible name.
    pub says: Option<String>,
    /// Only a person can tell: a match is *could not tell*, and the message asks.
    pub review: bool,
}

/// A fact of an element with the least or the largest number that is right.
#[derive(Clone, Copy)]
pub struct Limit {
    /// The fact.
    pub fact: &'static Fact,
    /// The least.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
}

/// Which elements count, by how they are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposed {
    /// Those that people can meet.
    Yes,
    /// Those that assistive technology meets.
    Tree,
    /// All.
    Any,
}

impl fmt::Debug for SelectorCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.matches, self.roles)
    }
}

/// What texts a text check runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say what they are")]
pub enum Over {
    Sentence,
    Paragraph,
    Heading,
    Link,
    Button,
    Alert,
    Title,
    Label,
}

const OVER: &[(&str, Over)] = &[
    ("sentence", Over::Sentence),
    ("paragraph", Over::Paragraph),
    ("heading", Over::Heading),
    ("link", Over::Link),
    ("button", Over::Button),
    ("alert", Over::Alert),
    ("title", Over::Title),
    ("label", Over::Label),
];

/// `[check.text]`.
#[derive(Clone, Debug)]
pub struct TextCheck {
    /// Which texts.
    pub over: Over,
    /// Only in the main content.
    pub main_only: bool,
    /// A word list.
    pub list: Option<String>,
    /// Phrases of the rule itself.
    pub phrases: Vec<String>,
    /// Expressions of the rule itself.
    pub patterns: Vec<Pattern>,
    /// The language of `phrases` and `patterns`.
    pub lang: Option<String>,
    /// The whole text must be the phrase.
    pub whole: bool,
    /// Phrases that make a text harmless.
    pub unless: Vec<String>,
    /// A word list that makes a text harmless.
    pub unless_list: Option<String>,
}

/// A regular expression that can be compared by its source.
#[derive(Clone)]
pub struct Pattern(pub Regex);

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// `[check.metric]`.
#[derive(Clone)]
pub struct MetricCheck {
    /// The fact that is judged.
    pub fact: &'static Fact,
    /// What is right.
    pub wanted: Wanted,
    /// Facts that must have one of the values.
    pub when: Vec<Filter>,
    /// Facts that must not.
    pub unless: Vec<Filter>,
}

impl fmt::Debug for MetricCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.fact.name, self.wanted)
    }
}

/// What is right about a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// At most.
    Max(f64),
    /// At least.
    Min(f64),
    /// Exactly this.
    Is(Scalar),
    /// Anything but this.
    Not(Scalar),
    /// Limits with the severity of passing each, rising.
    Bands(Vec<Band>),
}

/// A limit with the severity of passing it.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// More than this is a finding.
    pub over: f64,
    /// Of this severity.
    pub severity: Severity,
}

/// Another fact with the values that are asked for.
#[derive(Clone)]
pub struct Filter {
    /// The fact.
    pub fact: &'static Fact,
    /// Any of these.
    pub values: Vec<Scalar>,
}

/// Severities as rule files write them.
pub(super) const SEVERITIES: &[(&str, Severity)] = &[
    ("blocker", Severity::Blocker),
    ("serious", Severity::Serious),
    ("moderate", Severity::Moderate),
    ("minor", Severity::Minor),
    ("advice", Severity::Advice),
];

/// Reads `[check]`. `None` where it is too wrong to go on.
pub(super) fn read(settings: &mut Table<'_>, lexicon: &Lexicon, mistakes: &mut Vec<Mistake>) -> Option<Check> {
    let span = settings.span();
    let Some(mut checks) = settings.table("check", mistakes) else {
        mistakes.push(
            Mistake::new(span, "the check is missing")
                .help("add one of [check.selector], [check.text], [check.metric], [check.pair]"),
        );
        return None;
    };
    let check_span = checks.span();
    let mut found = Vec::new();
    if let Some(table) = checks.table("selector", mistakes) {
        found.push(super::elements::selector(table, lexicon, mistakes).map(Check::Selector));
    }
    if let Some(table) = checks.table("text", mistakes) {
        found.push(text(table, lexicon, mistakes).map(Check::Text));
    }
    if let Some(table) = checks.table("metric", mistakes) {
        found.push(metric(table, mistakes).map(Check::Metric));
    }
    if let Some(table) = checks.table("pair", mistakes) {
        found.push(pair(table, mistakes).map(Check::Pair));
    }
    let others = checks.keys();
    checks.finish(mistakes);
    if found.len() != 1 && others.is_empty() {
        mistakes.push(Mistake::new(check_span, format!("a rule has exactly one check, this one has {}", found.len())));
    }
    found.into_iter().next().flatten()
}

pub(super) fn css(key: &str, table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let span = table.span_of(key)?;
    let source = table.text(key, mistakes)?;
    // CSS mends an open bracket at the end of the input, and so would hide a mistake.
    if !is_balanced(&source) {
        mistakes.push(Mistake::new(span, format!("`{source}` has a bracket or quote that is never closed")));
        return None;
    }
    match Selector::parse(&source) {
        Ok(_) => Some(source),
        Err(e) => {
            mistakes.push(Mistake::new(span, format!("`{source}` is no CSS selector: {e}")));
            None
        }
    }
}

fn is_balanced(source: &str) -> bool {
    let mut open = Vec::new();
    let mut quote = None;
    for c in source.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => open.push(']'),
            (None, '(') => open.push(')'),
            (None, ']' | ')') if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty() && quote.is_none()
}

pub(super) fn list_name(
    key: &str,
    table: &mut Table<'_>,
    lexicon: &Lexicon,
    mistakes: &mut Vec<Mistake>,
) -> Option<String> {
    let span = table.span_of(key)?;
    let name = table.text(key, mistakes)?;
    if !lexicon.knows_list(&name) {
        mistakes.push(unknown_word(span, &format!("there is no word list `{name}`"), &name, &lexicon.list_names()));
    }
    Some(name)
}

fn text(mut table: Table<'_>, lexicon: &Lexicon, mistakes: &mut Vec<Mistake>) -> Option<TextCheck> {
    let span = table.span();
    let over = table.choice("over", OVER, mistakes);
    if over.is_none() {
        mistakes.push(Mistake::new(span.clone(), "`over` is missing: which texts?"));
    }
    let main_only = table.choice("in", &[("main", true), ("page", false)], mistakes).unwrap_or(true);
    let list = list_name("list", &mut table, lexicon, mistakes);
    let unless_list = list_name("unless_list", &mut table, lexicon, mistakes);
    let phrases = table.plain_texts("phrases", mistakes);
    let mut patterns = Vec::new();
    for (pattern, at) in table.texts("patterns", mistakes) {
        match Regex::new(&pattern) {
            Ok(regex) => patterns.push(Pattern(regex)),
            Err(e) => mistakes.push(Mistake::new(at, format!("`{pattern}` is no regular expression: {e}"))),
        }
    }
    let unless = table.plain_texts("unless", mistakes);
    let lang = table.text("lang", mistakes);
    let whole = table.flag("whole", mistakes).unwrap_or(false);
    if list.is_none() && phrases.is_empty() && patterns.is_empty() {
        mistakes.push(Mistake::new(span.clone(), "nothing to look for").help("add `list`, `phrases` or `patterns`"));
    }
    if (!phrases.is_empty() || !patterns.is_empty()) && lang.is_none() {
        mistakes.push(Mistake::new(span, "`phrases` and `patterns` belong to a language").help("add `lang = \"en\"`"));
    }
    table.finish(mistakes);
    Some(TextCheck { over: over?, main_only, list, phrases, patterns, lang, whole, unless, unless_list })
}

fn pair(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<PairCheck> {
    let span = table.span();
    let topic = table.choice("compare", TOPICS, mistakes);
    if topic.is_none() {
        mistakes.push(Mistake::new(span, "`compare` is missing: what should agree?"));
    }
    let between = table.choice("between", BETWEEN, mistakes).unwrap_or(Between::Pages);
    table.finish(mistakes);
    Some(PairCheck { topic: topic?, between })
}

pub(super) fn fact_named(name: &str, span: Range<usize>, mistakes: &mut Vec<Mistake>) -> Option<&'static Fact> {
    let found = fact(name);
    if found.is_none() {
        let names: Vec<&str> = FACTS.iter().map(|f| f.name).collect();
        let mistake = unknown_word(span, &format!("there is no fact `{name}`"), name, &names);
        mistakes.push(if mistake.help.is_some() { mistake } else { mistake.help("`plainway rules facts` lists them") });
    }
    found
}

fn metric(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<MetricCheck> {
    let span = table.span();
    let at = table.span_of("fact").unwrap_or_else(|| span.clone());
    let name = table.required_text("fact", mistakes);
    let fact = if name.is_empty() { None } else { fact_named(&name, at, mistakes) };
    if fact.is_some_and(|f| f.subject() == Subject::Element) {
        mistakes.push(
            Mistake::new(span.clone(), format!("`{name}` is known one element at a time"))
                .help("use it in [check.selector], in `when`, `except` or `found`"),
        );
    }
    let mut wanted = Vec::new();
    wanted.extend(table.number("max", mistakes).map(Wanted::Max));
    wanted.extend(table.number("min", mistakes).map(Wanted::Min));
    wanted.extend(table.scalars("is", mistakes).into_iter().next().map(Wanted::Is));
    wanted.extend(table.scalars("not", mistakes).into_iter().next().map(Wanted::Not));
    if table.has("bands") {
        wanted.push(Wanted::Bands(bands(&mut table, mistakes)));
    }
    if wanted.len() != 1 {
        mistakes.push(Mistake::new(
            span,
            format!("a metric has exactly one of max, min, is, not, bands; this one has {}", wanted.len()),
        ));
    }
    let when = filters("when", &mut table, fact, mistakes);
    let unless = filters("unless", &mut table, fact, mistakes);
    table.finish(mistakes);
    Some(MetricCheck { fact: fact?, wanted: wanted.into_iter().next()?, when, unless })
}

fn bands(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Band> {
    let mut bands = Vec::new();
    for mut band in table.tables("bands", mistakes) {
        let span = band.span();
        let over = band.number("over", mistakes);
        let severity = band.choice("severity", SEVERITIES, mistakes);
        band.finish(mistakes);
        match (over, severity) {
            (Some(over), Some(severity)) => bands.push(Band { over, severity }),
            _ => mistakes.push(Mistake::new(span, "a band has `over` and `severity`")),
        }
    }
    bands.sort_by(|a, b| a.over.total_cmp(&b.over));
    bands
}

fn filters(
    key: &str,
    table: &mut Table<'_>,
    judged: Option<&'static Fact>,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Filter> {
    let Some(mut filters) = table.table(key, mistakes) else { return Vec::new() };
    let mut found = Vec::new();
    for name in filters.keys() {
        let span = filters.span_of(&name).unwrap_or_else(|| filters.span());
        let values = filters.scalars(&name, mistakes);
        let Some(fact) = fact_named(&name, span.clone(), mistakes) else { continue };
        let fits = judged.is_none_or(|j| {
            fact.subject() == j.subject()
                || fact.subject() == Subject::Page
                || (fact.subject() == Subject::Form && j.subject() == Subject::Field)
        });
        if !fits && fact.subject() != Subject::Site {
            mistakes.push(Mistake::new(span, format!("`{name}` is not known of what `fact` speaks of")));
            continue;
        }
        found.push(Filter { fact, values });
    }
    filters.finish(mistakes);
    found
}
