//! The files that `--format` asks for, each in one pass over the findings.

use super::Stop;
use super::args::Format;
use super::gate::waivers;
use super::output::{Place, replace, write_through};
use crate::history::{Digest, RunRow};
use crate::report::{ExportHead, ExportKind, SourceFile, Subject, render_feed};

impl Format {
    /// The file for another program; `None` for what is always written.
    fn export(self) -> Option<ExportKind> {
        Some(match self {
            Self::Html | Self::Json | Self::Feed => return None,
            Self::Sarif => ExportKind::Sarif,
            Self::Junit => ExportKind::Junit,
            Self::Gitlab => ExportKind::Gitlab,
            Self::Summary => ExportKind::Summary,
            Self::Annotations => ExportKind::Annotations,
            Self::Csv => ExportKind::Csv,
            Self::Metrics => ExportKind::Metrics,
            Self::Badge => ExportKind::Badge,
            Self::Earl => ExportKind::Earl,
            Self::Openacr => ExportKind::OpenAcr,
        })
    }
}

/// Writes what was asked for.
pub(super) fn write(place: &Place<'_>, run: &RunRow, digest: &Digest, subject: &Subject<'_>) -> Result<(), Stop> {
    if place.formats.contains(&Format::Feed) {
        let feed = render_feed(digest, subject).map_err(Stop::undone)?;
        replace(&place.out.join("feed.xml"), feed.as_bytes())?;
    }
    let kinds: Vec<ExportKind> = place.formats.iter().filter_map(|format| format.export()).collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let waivers = waivers(place.waivers, place.setup, run)?;
    let sources = &place.setup.config.sources;
    let sources: Vec<SourceFile> =
        sources.iter().map(|s| SourceFile { pages: s.pages.clone(), file: s.file.clone() }).collect();
    let head = ExportHead { digest, subject, waivers: &waivers, sources: &sources };
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
