//! `audit.json`: everything about a run, for programs. It is written row by row, so that memory does
//! not grow with the site, and one page or finding a line, so that two files can be compared.

use super::wcag::Wcag;
use crate::history::{BurdenRow, Digest, FindingRow, PageRow, TaskRow};
use crate::model::{PageUrl, Unread};
use crate::rule::Rules;
use crate::score::{Apart, CategoryScore, MODEL, Sampled, Standing};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use std::io::{self, Write};
use std::marker::PhantomData;
use std::sync::Arc;

/// Name and version of the format. Additions keep the number, anything else raises it.
const FORMAT: &str = "plainway/audit/1";

/// The whole document, as the schema describes it; it never exists in memory.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(
    title = "audit.json",
    description = "An audit of a website or kiosk by Plainway. Later versions may add keys."
)]
struct Audit {
    /// Name and version of the format.
    #[schemars(extend("const" = FORMAT))]
    format: String,
    #[serde(flatten)]
    head: AuditHead,
    /// The pages that were read, in the order of their addresses.
    pages: Vec<PageRow>,
    /// What was found, in the order of address, rule, line and key.
    findings: Vec<FindingRow>,
    /// Pages that are known and were not read.
    unread: Vec<Unread>,
}

/// What `audit.json` says before its lists.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AuditHead {
    run: AuditRun,
    score: AuditScore,
    /// What the rules say of each success criterion of WCAG. None of it says that a criterion is met.
    wcag: Wcag,
}

/// The circumstances of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct AuditRun {
    /// Hash of everything that the audit was made from.
    id: String,
    /// What was audited.
    target: String,
    /// When it started, RFC 3339; also its "today".
    started: String,
    /// When it was finished, RFC 3339.
    finished: String,
    /// `website` or `kiosk`.
    profile: String,
    /// Version of Plainway.
    tool: String,
    /// Hash of the rules.
    rule_set: String,
    /// Ids of the rules, so that a baseline knows what was looked for.
    #[schemars(with = "Vec<String>")]
    rules: Vec<Arc<str>>,
    /// Version of the score model; scores of different versions cannot be compared.
    score_model: String,
    /// Where the weights of the pages come from: `views`, `tasks` or `structure`.
    weights: String,
    /// Id of the run that the states of findings compare with; null on a first run.
    compared_with: Option<String>,
}

/// The score of the site. Its categories come in the order of the profile.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct AuditScore {
    /// 0–100 over what was read; 100 minus the points that all findings lose.
    value: f64,
    /// The score if nothing on the unread pages worked.
    low: f64,
    /// The score if everything on the unread pages worked.
    high: f64,
    /// The share of the weight that was read, 0–1.
    coverage: f64,
    /// Whether the weights come from the structure of the site alone.
    provisional: bool,
    /// What the number means.
    status: Standing,
    /// Every category of the profile; `score` is null where no rule of it applied.
    categories: Vec<CategoryScore>,
    /// Declared archives, which are not in `value`; null where there are none.
    apart: Option<Apart>,
    /// What a sample was drawn from, and `low` and `high` are then those of 95 %; null where every page was to be read.
    sample: Option<Sampled>,
    /// Top tasks; empty where none are known.
    tasks: Vec<TaskRow>,
    /// Forms that go over several pages, in the order of their first addresses.
    journeys: Vec<AuditJourney>,
}

/// A form over several pages, judged as one.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct AuditJourney {
    /// What its first page is called.
    name: String,
    /// Its first page.
    #[schemars(with = "String")]
    url: PageUrl,
    /// Its pages that were read.
    pages: u32,
    /// What a person has to answer on all of them.
    questions: u32,
    /// Minutes to fill it in, the mean.
    minutes: f64,
    /// Minutes, the standard deviation between people.
    deviation: f64,
    /// 0–100: the product of what its pages keep of a visitor's success.
    score: f64,
}

impl AuditJourney {
    fn new(journey: &BurdenRow) -> Self {
        Self {
            name: journey.name.clone(),
            url: journey.url.clone(),
            pages: journey.pages,
            questions: journey.questions,
            minutes: journey.minutes,
            deviation: journey.deviation,
            score: journey.score.unwrap_or(0.0),
        }
    }
}

impl AuditHead {
    /// The head for a run with its rules, what they say by criterion, and this version of Plainway.
    pub fn new(digest: &Digest, rules: &Rules, wcag: Wcag, tool: &str) -> Self {
        let (run, compared_with, tasks) = (&digest.run, digest.before.as_ref(), &digest.tasks);
        let score = &run.score;
        let mut categories = score.categories.clone();
        let place =
            |c: &CategoryScore| rules.categories.iter().position(|known| known.id == c.id).unwrap_or(usize::MAX);
        categories.sort_by_key(place);
        Self {
            run: AuditRun {
                id: run.id.clone(),
                target: run.target.clone(),
                started: run.started.clone(),
                finished: run.finished.clone(),
                profile: run.profile.clone(),
                tool: tool.to_owned(),
                rule_set: run.rule_set.clone(),
                rules: rules.list.iter().map(|r| r.id.clone()).collect(),
                score_model: MODEL.to_string(),
                weights: run.weights.clone(),
                compared_with: compared_with.map(|before| before.id.clone()),
            },
            score: AuditScore {
                value: score.value,
                low: score.low,
                high: score.high,
                coverage: score.coverage,
                provisional: score.provisional,
                status: score.status,
                categories,
                apart: score.apart.clone(),
                sample: score.sample,
                tasks: tasks.rows.clone(),
                journeys: digest.burdens.journeys.iter().map(AuditJourney::new).collect(),
            },
            wcag,
        }
    }
}

/// Writes `audit.json` from its first byte to its last. The type of its row is the list that it is in:
/// pages, then findings, then unread addresses.
///
/// An error is kept until the list ends, so that a row can be written where no error can be returned;
/// after the first one nothing more is written.
#[derive(Debug)]
pub struct AuditWriter<W, Row> {
    out: W,
    is_empty: bool,
    result: io::Result<()>,
    row: PhantomData<Row>,
}

/// Rows of a list of `audit.json` as they are written; they can be made beside others.
#[derive(Debug)]
pub struct AuditLines<Row> {
    text: Vec<u8>,
    row: PhantomData<Row>,
}

impl<Row: Serialize> AuditLines<Row> {
    /// The lines of some rows.
    pub fn of(rows: &[Row]) -> Self {
        let mut text = Vec::new();
        for row in rows {
            if !text.is_empty() {
                text.extend_from_slice(b",\n");
            }
            // Plain values can always be written into memory.
            let _ = serde_json::to_writer(&mut text, row);
        }
        Self { text, row: PhantomData }
    }
}

impl<W: Write> AuditWriter<W, PageRow> {
    /// Starts the file and its list of pages.
    pub fn begin(mut out: W, head: &AuditHead) -> io::Result<Self> {
        write!(out, "{{\n\"format\": \"{FORMAT}\",\n\"run\": ")?;
        serde_json::to_writer_pretty(&mut out, &head.run)?;
        out.write_all(b",\n\"score\": ")?;
        serde_json::to_writer_pretty(&mut out, &head.score)?;
        out.write_all(b",\n\"wcag\": ")?;
        serde_json::to_writer_pretty(&mut out, &head.wcag)?;
        out.write_all(b",\n\"pages\": [")?;
        Ok(Self { out, is_empty: true, result: Ok(()), row: PhantomData })
    }

    /// Ends the list of pages and starts that of findings.
    pub fn findings(self) -> io::Result<AuditWriter<W, FindingRow>> {
        self.next("findings")
    }
}

impl<W: Write> AuditWriter<W, FindingRow> {
    /// Ends the list of findings and starts that of unread addresses.
    pub fn unread(self) -> io::Result<AuditWriter<W, Unread>> {
        self.next("unread")
    }
}

impl<W: Write> AuditWriter<W, Unread> {
    /// Ends the file and gives its target back.
    pub fn finish(self) -> io::Result<W> {
        self.result?;
        let mut out = self.out;
        out.write_all(b"\n]\n}\n")?;
        out.flush()?;
        Ok(out)
    }
}

impl<W: Write, Row: Serialize> AuditWriter<W, Row> {
    /// Writes a row of the list.
    pub fn row(&mut self, row: &Row) {
        self.lines(&AuditLines::of(std::slice::from_ref(row)));
    }

    /// Writes rows of the list that are made already.
    pub fn lines(&mut self, lines: &AuditLines<Row>) {
        if self.result.is_ok() && !lines.text.is_empty() {
            self.result = self.write(&lines.text);
        }
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        self.out.write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        self.is_empty = false;
        self.out.write_all(text)
    }

    fn next<Next>(self, name: &str) -> io::Result<AuditWriter<W, Next>> {
        self.result?;
        let mut out = self.out;
        write!(out, "\n],\n\"{name}\": [")?;
        Ok(AuditWriter { out, is_empty: true, result: Ok(()), row: PhantomData })
    }
}

/// The JSON Schema of `audit.json`, as text; `reports/audit.schema.json` holds the same.
pub fn audit_schema() -> String {
    // As it is written, every key is there, also where its value is null.
    let schema = SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<Audit>();
    format!("{:#}\n", schema.as_value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Burdens, Tasks};
    use crate::report::tests::{digest, rules};

    #[test]
    fn what_is_written_row_by_row_is_the_document_of_the_schema() {
        let (digest, rules) = (digest(), rules());
        let head = AuditHead::new(&digest, rules, Wcag::new(&digest, rules, None), "0.1.0");
        let audit = Audit {
            format: FORMAT.to_owned(),
            head: head.clone(),
            pages: digest.pages.iter().map(|p| p.page.clone()).collect(),
            findings: digest.rules.iter().flat_map(|r| r.examples.clone()).collect(),
            unread: digest.unread.clone(),
        };
        let mut writer = AuditWriter::begin(Vec::new(), &head).expect("memory takes it");
        audit.pages.iter().for_each(|page| writer.row(page));
        let mut writer = writer.findings().expect("memory takes it");
        audit.findings.iter().for_each(|finding| writer.row(finding));
        let mut writer = writer.unread().expect("memory takes it");
        audit.unread.iter().for_each(|unread| writer.row(unread));
        let bytes = writer.finish().expect("memory takes it");

        let written: serde_json::Value = serde_json::from_slice(&bytes).expect("it is JSON");
        assert_eq!(written, serde_json::to_value(&audit).expect("it is JSON"));
        let text = String::from_utf8(bytes).expect("JSON is UTF-8");
        let a_line_each = |list: &str| text.lines().filter(|l| l.starts_with(list)).count();
        assert_eq!(a_line_each("{\"url\""), audit.pages.len() + audit.unread.len());
        assert_eq!(a_line_each("{\"key\""), audit.findings.len());
        let ids: Vec<_> = head.score.categories.iter().map(|c| &*c.id).collect();
        let known: Vec<_> = rules.categories.iter().map(|c| &*c.id).collect();
        assert_eq!(ids, known);
    }

    #[test]
    fn the_keys_are_those_of_the_contract() {
        let digest = Digest { tasks: Tasks::default(), burdens: Burdens::default(), ..digest() };
        let head = AuditHead::new(&digest, rules(), Wcag::new(&digest, rules(), None), "0.1.0");
        let bytes = AuditWriter::begin(Vec::new(), &head)
            .and_then(AuditWriter::findings)
            .and_then(AuditWriter::unread)
            .and_then(AuditWriter::finish);
        let text = String::from_utf8(bytes.expect("memory takes it")).expect("JSON is UTF-8");
        let keys: Vec<&str> = text
            .lines()
            .filter_map(|l| l.trim_start().strip_prefix('"')?.split_once("\":"))
            .map(|(key, _)| key)
            .collect();
        let run = [
            "id",
            "target",
            "started",
            "finished",
            "profile",
            "tool",
            "rule_set",
            "rules",
            "score_model",
            "weights",
            "compared_with",
        ];
        let score = ["value", "low", "high", "coverage", "provisional", "status", "categories"];
        assert_eq!(keys[..2], ["format", "run"]);
        assert_eq!(keys[2..13], run);
        assert_eq!(keys[13], "score");
        assert_eq!(keys[14..21], score);
        assert_eq!(keys[21..24], ["id", "score", "lost"]);
        let by_criterion = keys.iter().position(|key| *key == "wcag").expect("it is there");
        assert_eq!(
            keys[by_criterion - 4..=by_criterion + 2],
            ["apart", "sample", "tasks", "journeys", "wcag", "version", "standard"]
        );
        assert_eq!(keys[keys.len() - 3..], ["pages", "findings", "unread"]);
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_told_at_the_end_of_the_list() {
        let mut writer: AuditWriter<Full, PageRow> =
            AuditWriter { out: Full, is_empty: true, result: Ok(()), row: PhantomData };
        writer.row(&digest().pages[0].page);
        assert_eq!(writer.findings().map(|_| ()).map_err(|e| e.kind()), Err(io::ErrorKind::StorageFull));
    }

    #[test]
    fn the_committed_schema_is_that_of_the_code() {
        let committed = include_str!("../../reports/audit.schema.json");
        let now = audit_schema();
        assert!(
            committed == now,
            "the format changed; additions keep its number. Put this into reports/audit.schema.json:\n\n{now}"
        );
    }
}
