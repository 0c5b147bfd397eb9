//! `plainway.toml`: who and where a site is, and how it is audited. Raw text in, valid values or all
//! mistakes with their places out. It reads no file itself.

mod archive;
mod checklist;
mod effort;
mod feedback;
mod fleet;
mod follow;
mod goals;
mod imports;
mod kiosk;
mod look;
mod report;
mod source;
mod task;
mod teams;
mod waiver;

pub use archive::Archive;
pub use checklist::{Attestation, Attested, CHECKLIST, Checked, Checklist, Item, Standard};
pub use effort::{Efforts, RuleNames};
pub use feedback::{Answer, Feedback, feedback};
pub use fleet::{Fleet, FleetSite};
pub use follow::{Ack, Annotation, Asker, Change, Happening, Note, NoteSource};
pub use goals::{Goal, Revision};
pub use imports::{Heard, ImportError, Imports, MAX_IMPORT, Said, Sheet, calls, searches};
pub use look::{GROUNDS, Look, OwnWording, own_wording};
pub use report::{LANGUAGES, Report};
pub use source::Source;
pub use task::{Spot, Task};
pub use teams::{Owner, Owners};
pub use waiver::Waiver;

use crate::mistakes::{Mistake, Mistakes, Table, unknown_word};
use crate::model::{Severity, Terminal};
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything a user may set in the file. Flags overrule it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// `[site]`.
    pub site: Site,
    /// `[contact]`: who answers for the reports.
    pub contact: Option<Contact>,
    /// `[crawl]`.
    pub crawl: Crawl,
    /// `[[partner]]`: parts of other hosts that belong to the site.
    pub partners: Vec<Partner>,
    /// `[gate]`.
    pub gate: Gate,
    /// `[[task]]`: what people come to the site to do.
    pub tasks: Vec<Task>,
    /// `[imports]`: what people told elsewhere.
    pub imports: Imports,
    /// `[[waiver]]`: problems that the gate is quiet about for a time.
    pub waivers: Vec<Waiver>,
    /// `[weights]`: a file of page views, beside the config.
    pub views: Option<String>,
    /// `[keep]`: days after which a snapshot goes; `None` for ours.
    pub snapshot_days: Option<u32>,
    /// `[words]`: words and phrases that are right on this site, which no rule about words finds.
    pub allowed_words: Vec<String>,
    /// `[score]`: the target; `None` for ours.
    pub target: Option<f64>,
    /// `[[owner]]`: which team answers for what.
    pub owners: Owners,
    /// `[[goal]]`: what is to be reached by when.
    pub goals: Vec<Goal>,
    /// `[[source]]`: which pages are made from which files of a repository.
    pub sources: Vec<Source>,
    /// `[effort]`: how long one fix of a rule takes here.
    pub efforts: Efforts,
    /// `[[ack]]`: problems that a team has promised to mend.
    pub acks: Vec<Ack>,
    /// `[[annotation]]`: what happened to the site on a day.
    pub annotations: Vec<Annotation>,
    /// `[[note]]`: what staff and callers say about pages.
    pub notes: Vec<Note>,
    /// `[[change]]`: what was changed, for the public.
    pub changes: Vec<Change>,
    /// The rules that it names, each with its place.
    pub rule_names: RuleNames,
    /// `[[archive]]`: pages that are scored apart.
    pub archives: Vec<Archive>,
    /// `[kiosk]`: the screen and surroundings of a kiosk.
    pub kiosk: Option<Terminal>,
    /// `[[kiosk.attestation]]`: what a person attests of its hardware.
    pub attestations: Vec<Attestation>,
    /// `[report]`: how reports look and speak.
    pub report: Report,
}

/// Who and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Name in reports.
    pub name: Option<String>,
    /// ISO 3166-1 code.
    pub country: Option<String>,
    /// `federal`, `state`, `local` …
    pub level: Option<String>,
    /// Language tags, most important first.
    pub languages: Vec<String>,
    /// The law's standard: an id of `rules/standards.toml`.
    pub standard: Option<String>,
    /// A style guide that the site follows.
    pub house_style: Option<String>,
}

/// Who answers for the reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// `https:`, `http:`, `mailto:` or `tel:`.
    pub href: Option<String>,
    /// What is shown after the name.
    pub text: Option<String>,
}

/// A part of another host, mostly a vendor's, that belongs to the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Host, with its port where that is not the usual one.
    pub host: String,
    /// Paths below which it is read, each with a slash at both ends.
    pub paths: Vec<String>,
    /// Who runs it.
    pub vendor: Option<String>,
    /// Who permitted to read it, and when.
    pub permission: String,
}

/// How a site is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crawl {
    /// Most pages.
    pub max_pages: Option<usize>,
    /// Most PDF and Office files that are looked into.
    pub max_files: Option<usize>,
    /// Bytes of the largest of them.
    pub max_file_bytes: Option<usize>,
    /// Most clicks from the start.
    pub depth: Option<u32>,
    /// Time between two requests.
    pub delay: Option<Duration>,
    /// Requests at once.
    pub concurrency: Option<usize>,
}

/// What fails a build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gate {
    /// Least severity of a new finding.
    pub fail_on: Option<Severity>,
    /// Least share that must have been read.
    pub min_coverage: Option<f64>,
    /// Least score.
    pub min_score: Option<f64>,
    /// Most problems.
    pub max_findings: Option<u64>,
    /// Most points that the pages in both runs may lose.
    pub max_drop: Option<f64>,
    /// `[gate.budget]`: most problems of a category.
    pub budget: BTreeMap<String, u64>,
}

const LEVELS: &[&str] = &["federal", "national", "state", "regional", "local", "other"];

/// What `standard` may name; `rules/standards.toml` says what each asks for.
pub const STANDARDS: &[&str] =
    &["wcag-2.0-aa", "wcag-2.1-aa", "wcag-2.2-aa", "section-508", "ada-title-ii", "hhs-504", "uk-psbar", "en-301-549"];

const FAIL_ON: &[(&str, Severity)] = &[
    ("blocker", Severity::Blocker),
    ("serious", Severity::Serious),
    ("moderate", Severity::Moderate),
    ("minor", Severity::Minor),
];

impl Config {
    /// Reads the text of a file, which the user knows by `file`.
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let document = Table::parse(text, 0, &mut mistakes);
        let mut table = Table::new(&document, 0);
        let mut names = Vec::new();
        let kiosk = table.table("kiosk", &mut mistakes).map(|t| kiosk::kiosk(t, &mut mistakes));
        let config = Self {
            site: table.table("site", &mut mistakes).map(|t| whole(t, site, &mut mistakes)).unwrap_or_default(),
            contact: table.table("contact", &mut mistakes).and_then(|t| contact(t, &mut mistakes)),
            crawl: table.table("crawl", &mut mistakes).map(|t| whole(t, crawl, &mut mistakes)).unwrap_or_default(),
            partners: table.tables("partner", &mut mistakes).into_iter().map(|t| partner(t, &mut mistakes)).collect(),
            gate: table.table("gate", &mut mistakes).map(|t| gate(t, &mut mistakes)).unwrap_or_default(),
            tasks: task::tasks(table.tables("task", &mut mistakes), &mut mistakes),
            imports: table
                .table("imports", &mut mistakes)
                .map(|t| imports::imports(t, &mut mistakes))
                .unwrap_or_default(),
            waivers: table
                .tables("waiver", &mut mistakes)
                .into_iter()
                .filter_map(|t| waiver::waiver(t, &mut mistakes))
                .collect(),
            views: table.table("weights", &mut mistakes).and_then(|mut t| {
                let views = t.text("views", &mut mistakes);
                t.finish(&mut mistakes);
                views
            }),
            snapshot_days: table.table("keep", &mut mistakes).and_then(|mut t| {
                let days = t.number_within("snapshot_days", 0.0..36_500.0, &mut mistakes).map(|n| n as u32);
                t.finish(&mut mistakes);
                days
            }),
            allowed_words: table.table("words", &mut mistakes).map(|t| words(t, &mut mistakes)).unwrap_or_default(),
            target: table.table("score", &mut mistakes).and_then(|mut t| {
                let target = t.number_within("target", 0.0..100.0, &mut mistakes);
                t.finish(&mut mistakes);
                target
            }),
            owners: Owners(
                table
                    .tables("owner", &mut mistakes)
                    .into_iter()
                    .map(|t| teams::owner(t, &mut names, &mut mistakes))
                    .collect(),
            ),
            goals: table
                .tables("goal", &mut mistakes)
                .into_iter()
                .filter_map(|t| goals::goal(t, &mut mistakes))
                .collect(),
            sources: table
                .tables("source", &mut mistakes)
                .into_iter()
                .map(|t| source::source(t, &mut mistakes))
                .collect(),
            efforts: effort::efforts(table.table("effort", &mut mistakes), &mut names, &mut mistakes),
            acks: follow::acks(table.tables("ack", &mut mistakes), &mut names, &mut mistakes),
            annotations: follow::annotations(table.tables("annotation", &mut mistakes), &mut mistakes),
            notes: follow::notes(table.tables("note", &mut mistakes), &mut mistakes),
            changes: follow::changes(table.tables("change", &mut mistakes), &mut names, &mut mistakes),
            rule_names: RuleNames::default(),
            archives: table
                .tables("archive", &mut mistakes)
                .into_iter()
                .map(|t| archive::archive(t, &mut mistakes))
                .collect(),
            kiosk: kiosk.as_ref().map(|(terminal, _)| terminal.clone()),
            attestations: kiosk.map(|(_, attestations)| attestations).unwrap_or_default(),
            report: report::report(table.table("report", &mut mistakes), &mut mistakes),
        };
        table.finish(&mut mistakes);
        if mistakes.is_empty() {
            return Ok(Self { rule_names: RuleNames::new(file, text, names), ..config });
        }
        mistakes.sort_by_key(|m| m.span.start);
        Err(Mistakes { file: file.to_owned(), source: text.to_owned(), list: mistakes })
    }

    /// The jurisdictions that rules may ask for: `us`, `us-federal`. Empty where no country is set.
    pub fn jurisdictions(&self) -> Vec<String> {
        let Some(country) = self.site.country.as_ref().map(|c| c.to_ascii_lowercase()) else { return Vec::new() };
        let with_level = self.site.level.as_ref().map(|level| format!("{country}-{level}"));
        std::iter::once(country).chain(with_level).collect()
    }
}

/// Reads a table whose keys may also stand in another one.
fn whole<T>(mut table: Table<'_>, read: fn(&mut Table<'_>, &mut Vec<Mistake>) -> T, mistakes: &mut Vec<Mistake>) -> T {
    let value = read(&mut table, mistakes);
    table.finish(mistakes);
    value
}

fn site(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Site {
    let country_span = table.span_of("country");
    let country = table.text("country", mistakes);
    if let (Some(code), Some(span)) = (&country, country_span)
        && !(code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase()))
    {
        mistakes.push(
            Mistake::new(span, format!("`{code}` is no country"))
                .help("write the two letters of ISO 3166-1, as in `US`"),
        );
    }
    let level_span = table.span_of("level");
    let level = table.text("level", mistakes);
    if let (Some(word), Some(span)) = (&level, level_span)
        && !LEVELS.contains(&word.as_str())
    {
        mistakes.push(unknown_word(span, &format!("`{word}` is no `level`"), word, LEVELS));
    }
    let standard_span = table.span_of("standard");
    let standard = table.text("standard", mistakes);
    if let (Some(word), Some(span)) = (&standard, standard_span)
        && !STANDARDS.contains(&word.as_str())
    {
        mistakes.push(unknown_word(span, &format!("`{word}` is no `standard`"), word, STANDARDS));
    }
    Site {
        name: table.text("name", mistakes),
        country,
        level,
        languages: table.plain_texts("languages", mistakes),
        standard,
        house_style: table.text("house_style", mistakes),
    }
}

fn contact(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Contact> {
    let name = table.required_text("name", mistakes);
    let span = table.span_of("href");
    let href = table.text("href", mistakes);
    if let (Some(address), Some(span)) = (&href, span)
        && !["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| address.starts_with(scheme))
    {
        mistakes.push(
            Mistake::new(span, format!("`{address}` is no address that a reader can follow"))
                .help("start with https://, http://, mailto: or tel:"),
        );
    }
    let text = table.text("text", mistakes);
    table.finish(mistakes);
    Some(Contact { name, href, text })
}

fn partner(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Partner {
    let host_span = table.span_of("host");
    let host = table.required_text("host", mistakes).to_ascii_lowercase();
    if let Some(span) = host_span.filter(|_| host.contains('/') || host.is_empty()) {
        mistakes.push(Mistake::new(span, format!("`{host}` is no host")).help("write it as forms.vendor.example"));
    }
    let mut paths = Vec::new();
    if !table.has("paths") {
        mistakes.push(Mistake::new(table.span(), "`paths` is missing").help("`paths = [\"/\"]` is the whole host"));
    }
    for (path, span) in table.texts("paths", mistakes) {
        if !path.starts_with('/') {
            mistakes.push(Mistake::new(span, format!("`{path}` is no path")).help("a path starts with /"));
        }
        paths.push(format!("/{}/", path.trim_matches('/')).replace("//", "/"));
    }
    let vendor = table.text("vendor", mistakes);
    // A robot on somebody else's machine needs a word of theirs; who cannot name it has none.
    let permission = table.required_text("permission", mistakes);
    table.finish(mistakes);
    Partner { host, paths, vendor, permission }
}

fn crawl(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Crawl {
    let mut whole = |key: &str, least: f64| table.number_within(key, least..1e9, mistakes).map(|n| n as u64);
    let max_pages = whole("max_pages", 1.0).and_then(|n| usize::try_from(n).ok());
    let max_files = whole("max_files", 0.0).and_then(|n| usize::try_from(n).ok());
    let max_file_bytes = whole("max_file_bytes", 1.0).and_then(|n| usize::try_from(n).ok());
    let depth = whole("depth", 0.0).and_then(|n| u32::try_from(n).ok());
    let concurrency = whole("concurrency", 1.0).and_then(|n| usize::try_from(n).ok());
    let delay = table.number_within("delay", 0.0..3600.0, mistakes).map(Duration::from_secs_f64);
    Crawl { max_pages, max_files, max_file_bytes, depth, delay, concurrency }
}

fn words(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<String> {
    let mut allowed = Vec::new();
    for (word, span) in table.texts("allow", mistakes) {
        if word.trim().is_empty() {
            mistakes.push(Mistake::new(span, "an empty word allows nothing"));
        } else {
            allowed.push(word);
        }
    }
    table.finish(mistakes);
    allowed
}

fn gate(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Gate {
    let fail_on = table.choice("fail_on", FAIL_ON, mistakes);
    let min_coverage = table.number_within("min_coverage", 0.0..1.0, mistakes);
    let min_score = table.number_within("min_score", 0.0..100.0, mistakes);
    let max_findings = table.number_within("max_findings", 0.0..1e9, mistakes).map(|n| n as u64);
    let max_drop = table.number_within("max_drop", 0.0..100.0, mistakes);
    let mut budget = BTreeMap::new();
    if let Some(mut table) = table.table("budget", mistakes) {
        for category in table.keys() {
            if let Some(most) = table.number_within(&category, 0.0..1e9, mistakes) {
                budget.insert(category, most as u64);
            }
        }
        table.finish(mistakes);
    }
    table.finish(mistakes);
    Gate { fail_on, min_coverage, min_score, max_findings, max_drop, budget }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file_is_read() {
        let text = "[site]\nname = \"Milltown\"\ncountry = \"US\"\nlevel = \"local\"\nlanguages = [\"en\"]\n[crawl]\ndelay = 0.5\nmax_pages = 200\n[gate]\nfail_on = \"moderate\"\n[words]\nallow = [\"lien\"]\n[score]\ntarget = 90\n[[partner]]\nhost = \"forms.vendor.example\"\npaths = [\"/milltown\"]\nvendor = \"Vendor\"\npermission = \"contract of 2026-01-05\"\n";
        let config = Config::parse("plainway.toml", text).expect("the file is right");
        assert_eq!(config.jurisdictions(), ["us", "us-local"]);
        assert_eq!(config.crawl.delay, Some(Duration::from_millis(500)));
        assert_eq!(config.partners[0].paths, ["/milltown/"]);
        assert_eq!((config.gate.fail_on, config.target), (Some(Severity::Moderate), Some(90.0)));
        assert_eq!(config.allowed_words, ["lien"]);
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let standard = Config::parse("plainway.toml", "[site]\nstandard = \"WCAG 2.1 AA\"\n");
        let shown = standard.expect_err("it is no name").to_string();
        assert!(shown.contains("wcag-2.1-aa"), "{shown}");
        let text = "[site]\nnmae = \"x\"\ncountry = \"Usa\"\n[gate]\nfail_on = \"serius\"\nmin_coverage = 2\n";
        let mistakes = Config::parse("plainway.toml", text).expect_err("four things are wrong");
        let shown = mistakes.to_string();
        assert_eq!(mistakes.list.len(), 4, "{shown}");
        assert!(shown.contains("did you mean `name`?") && shown.contains("did you mean `serious`?"), "{shown}");
        assert!(shown.contains("plainway.toml:5:11"), "{shown}");
    }
}
