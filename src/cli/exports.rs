//! The files that `--format` asks for, each in one pass over the findings.

use super::gate::waivers;
use super::output::{Place, write_through};
use super::{Stop, baseline};
use crate::history::{Digest, RunRow};
use crate::report::{ExportHead, ExportKind, SourceFile, Subject};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::sync::LazyLock;

/// Files that can be written beside the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    Json,
    Export(ExportKind),
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Format>> = LazyLock::new(|| {
            [Format::Html, Format::Json].into_iter().chain(ExportKind::ALL.map(Format::Export)).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = match self {
            Self::Html => return Some(PossibleValue::new("html").help("The reports in HTML (always written)")),
            Self::Json => return Some(PossibleValue::new("json").help("audit.json (always written)")),
            Self::Export(kind) => match kind {
                ExportKind::Sarif => ("sarif", "SARIF 2.1.0, for code scanning"),
                ExportKind::Junit => ("junit", "a test case for each rule and page that fails"),
                ExportKind::Gitlab => ("gitlab", "a code quality report for GitLab"),
                ExportKind::Summary => ("summary", "a page of Markdown for the summary of a job"),
                ExportKind::Annotations => ("annotations", "workflow commands of GitHub for what is new"),
                ExportKind::Csv => ("csv", "a table of all findings"),
                ExportKind::Metrics => ("metrics", "numbers in the text of OpenMetrics"),
                ExportKind::Badge => ("badge", "a picture with the score"),
                ExportKind::Earl => ("earl", "what each rule says of the criteria of WCAG, as EARL 1.0 in JSON-LD"),
                ExportKind::OpenAcr => {
                    ("openacr", "a draft of an Accessibility Conformance Report (VPAT), for a person to finish")
                }
                ExportKind::Feed => ("feed", "what was changed, as an Atom feed"),
            },
        };
        let Self::Export(kind) = self else { return None };
        let value = PossibleValue::new(name).help(format!("{}: {about}", kind.file()));
        Some(if *kind == ExportKind::Summary { value.alias("markdown") } else { value })
    }
}

/// Writes what was asked for.
pub(super) fn write(place: &Place<'_>, run: &RunRow, digest: &Digest, subject: &Subject<'_>) -> Result<(), Stop> {
    let kinds = place.formats.iter().filter_map(|format| match format {
        Format::Html | Format::Json => None,
        Format::Export(kind) => Some(*kind),
    });
    let kinds: Vec<ExportKind> = kinds.collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let waivers = waivers(place.waivers, place.setup, run)?;
    let sources = &place.setup.config.sources;
    let sources: Vec<SourceFile> =
        sources.iter().map(|s| SourceFile { pages: s.pages.clone(), file: s.file.clone() }).collect();
    let known = baseline::of_file(place.baseline, place.setup)?;
    let head = ExportHead { digest, subject, waivers: &waivers, known: known.as_ref(), sources: &sources };
    for kind in kinds {
        let mut read = Ok(());
        write_through(&place.out.join(kind.file()), |file| {
            let mut export = kind.begin(file, &head)?;
            let mut written = Ok(());
            read = place.store.each_finding(run.run, |finding| {
                if written.is_ok() {
                    written = export.finding(&finding);
                }
            });
            written?;
            export.finish()
        })?;
        read.map_err(Stop::undone)?;
    }
    Ok(())
}
