//! Numbers of a run for a monitoring system, in the text format of OpenMetrics 1.0.

use super::words::said;
use super::{ExportHead, Exporter, Standing, severity_word, visible, weight_of};
use crate::history::{FindingRow, TaskState};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

/// Numbers that are being counted.
pub(super) struct Metrics<'a, W> {
    out: W,
    head: &'a ExportHead<'a>,
    /// Problems by category, severity, and whether they are new since the run before.
    problems: BTreeMap<(Arc<str>, &'static str, &'static str), u64>,
    others: BTreeMap<&'static str, u64>,
}

impl<'a, W: Write> Metrics<'a, W> {
    pub(super) fn begin(out: W, head: &'a ExportHead<'a>) -> Self {
        let others = ["waived", "trial", "could-not-tell"].map(|kind| (kind, 0)).into();
        Self { out, head, problems: BTreeMap::new(), others }
    }
}

impl<W: Write> Exporter for Metrics<'_, W> {
    fn finding(&mut self, finding: &FindingRow) -> io::Result<()> {
        let kind = match self.head.standing(finding) {
            Standing::Past => return Ok(()),
            Standing::Problem => {
                let age = if self.head.is_news(finding) { "new" } else { "open" };
                let key = (finding.category.clone(), severity_word(finding.severity), age);
                *self.problems.entry(key).or_insert(0) += weight_of(finding);
                return Ok(());
            }
            Standing::Waived(_) => "waived",
            Standing::Trial => "trial",
            Standing::Unsure => "could-not-tell",
        };
        *self.others.entry(kind).or_insert(0) += weight_of(finding);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let (digest, site) = (self.head.digest, label(&self.head.digest.run.target));
        let (run, score) = (&digest.run, &digest.run.score);
        let mut text = Text { out: String::new(), site };
        text.family("plainway_run", "info");
        let about = [
            ("profile", run.profile.as_str()),
            ("rule_set", &run.rule_set),
            ("tool", self.head.subject.tool),
            ("weights", &run.weights),
        ];
        text.row("plainway_run_info", &about, 1.0);
        text.one("plainway_score", score.value);
        text.one("plainway_score_low", score.low);
        text.one("plainway_score_high", score.high);
        text.one("plainway_coverage_ratio", score.coverage);
        let provisional = f64::from(u8::from(score.provisional));
        text.one("plainway_score_provisional", provisional);
        text.family("plainway_category_score", "gauge");
        for category in &score.categories {
            if let Some(value) = category.score {
                text.row("plainway_category_score", &[("category", &category.id)], value);
            }
        }
        text.family("plainway_category_lost_points", "gauge");
        for category in &score.categories {
            text.row("plainway_category_lost_points", &[("category", &category.id)], category.lost);
        }
        text.family("plainway_pages", "gauge");
        text.row("plainway_pages", &[("read", "yes")], digest.pages_read as f64);
        text.row("plainway_pages", &[("read", "no")], digest.pages_unread as f64);
        text.family("plainway_problems", "gauge");
        for ((category, severity, age), count) in &self.problems {
            let labels = [("category", &**category), ("severity", severity), ("age", age)];
            text.row("plainway_problems", &labels, *count as f64);
        }
        text.family("plainway_uncounted", "gauge");
        for (kind, count) in &self.others {
            text.row("plainway_uncounted", &[("kind", kind)], *count as f64);
        }
        text.family("plainway_tasks", "gauge");
        for (state, word) in [
            (TaskState::Clear, "clear"),
            (TaskState::Blocked, "blocked"),
            (TaskState::Check, "check"),
            (TaskState::NotChecked, "not-checked"),
        ] {
            let count = digest.tasks.rows.iter().filter(|task| task.state == state).count();
            text.row("plainway_tasks", &[("state", word)], count as f64);
        }
        let started = run.started.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
        text.one("plainway_run_started_timestamp_seconds", started as f64);
        self.out.write_all(text.out.as_bytes())?;
        self.out.write_all(b"# EOF\n")
    }
}

/// The text, with the site as a label of every row.
struct Text {
    out: String,
    site: String,
}

impl Text {
    fn family(&mut self, name: &str, kind: &str) {
        let help = said("metrics", name, &[]);
        // Writing into a text cannot fail.
        let _ = writeln!(self.out, "# TYPE {name} {kind}\n# HELP {name} {help}");
    }

    fn one(&mut self, name: &str, value: f64) {
        self.family(name, "gauge");
        self.row(name, &[], value);
    }

    fn row(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let mut all = format!("site=\"{}\"", self.site);
        for (key, text) in labels {
            let _ = write!(all, ",{key}=\"{}\"", label(text));
        }
        let _ = writeln!(self.out, "{name}{{{all}}} {value}");
    }
}

/// A text as the value of a label.
fn label(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', " ")
}
