//! `plainway evidence`: a run in one file, so that somebody else can repeat it: the snapshot, the rules, the config
//! with the files that it names, the reports, and a manifest of hashes. The same run gives the same bytes.

use super::args::Profile;
use super::args_history::EvidenceArgs;
use super::details::Pages;
use super::output::{self, Place};
use super::setup::{Setup, read_text};
use super::{Stop, choice, house, many, say};
use crate::history::{RunRow, Store, setup_over};
use crate::model::hex;
use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Name and version of the manifest.
pub(super) const FORMAT: &str = "plainway/evidence/1";

/// The name of the manifest.
pub(super) const MANIFEST: &str = "manifest.json";

/// The name of the snapshot.
pub(super) const SNAPSHOT: &str = "snapshot.warc.gz";

/// The name of the config; the files that it names lie beside it.
pub(super) const CONFIG: &str = "config/plainway.toml";

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: String,
    pub(super) run: ManifestRun,
    pub(super) files: Vec<ManifestFile>,
}

/// The run, as far as repeating it needs.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ManifestRun {
    pub(super) id: String,
    pub(super) target: String,
    pub(super) profile: String,
    pub(super) started: String,
    pub(super) finished: String,
    /// Version of Plainway.
    pub(super) tool: String,
    pub(super) rule_set: String,
    pub(super) score: f64,
}

/// A file with its size and SHA-256.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ManifestFile {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// Where the bytes of a file come from.
enum Part {
    Text(String),
    Disk(PathBuf),
}

/// Packs a run.
pub(super) fn run(args: &EvidenceArgs) -> Result<(), Stop> {
    let store = Setup::load(&args.setup, Profile::default())?.open_store()?;
    let found = choice::run_named(&store, &args.run)?;
    let (site, run) =
        found.ok_or_else(|| Stop::Wrong(anyhow!("`{}` names no run; `plainway runs` lists them", args.run)))?;
    let setup = Setup::load(&args.setup, Profile::of(&run.profile))?;
    if setup.rules.hash != run.rule_set || setup_over(&setup.setup_text(), &run.setup) != run.setup {
        return Err(Stop::Wrong(anyhow!(
            "run {} was judged by other rules or settings than those of today, so they cannot be packed with it; audit again, or use the Plainway, the --rules and the config of then",
            run.run
        )));
    }
    let snapshot = snapshot(&setup, &store, &run)?;
    let reports = tempfile::tempdir().context("no temporary folder can be made").map_err(Stop::Undone)?;
    let place = Place {
        out: reports.path(),
        store: &store,
        site: &site,
        setup: &setup,
        pages: Pages::None,
        formats: &[],
        baseline: None,
        waivers: None,
    };
    output::write(&place, &run)?;
    let mut parts = vec![(SNAPSHOT.to_owned(), Part::Disk(snapshot))];
    parts.extend(config(&setup, args.setup.config.as_deref())?);
    for rule in &setup.rules.list {
        parts.push((format!("rules/{}.md", rule.id), Part::Text(rule.source.clone())));
    }
    for name in ["audit.json", "index.html", "site.html"] {
        parts.push((format!("reports/{name}"), Part::Disk(reports.path().join(name))));
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    let file =
        args.out.clone().unwrap_or_else(|| format!("evidence-{}.zip", run.id.get(..12).unwrap_or(&run.id)).into());
    output::write_through(&file, |out| pack(out, &run, &parts))?;
    say(format_args!("{} packed into {}", many(parts.len(), "file"), file.display()));
    say("Whoever has it can repeat the audit offline: plainway verify FILE");
    Ok(())
}

fn snapshot(setup: &Setup, store: &Store, run: &RunRow) -> Result<PathBuf, Stop> {
    let name = store.snapshot_of(run.run).map_err(Stop::undone)?;
    let path = name.map(|name| setup.store_dir().join("snapshots").join(name)).filter(|path| path.is_file());
    path.ok_or_else(|| {
        Stop::Undone(anyhow!(
            "run {} has no snapshot any more, or was made of an archive, which is one itself; audit again",
            run.run
        ))
    })
}

/// The config and what it names; an empty one where there is none, so that no other is found.
fn config(setup: &Setup, given: Option<&Path>) -> Result<Vec<(String, Part)>, Stop> {
    let path = given.map_or_else(|| setup.home.join("plainway.toml"), Path::to_owned);
    let text = if path.is_file() { read_text(&path).map_err(Stop::Wrong)? } else { String::new() };
    let mut parts = vec![(CONFIG.to_owned(), Part::Text(text))];
    let imports = &setup.config.imports;
    for name in [&setup.config.views, &imports.searches, &imports.calls].into_iter().flatten() {
        let packed = format!("config/{name}");
        if !is_harmless(&packed) {
            return Err(Stop::Wrong(anyhow!(
                "the config names the file {name}, which lies elsewhere; evidence holds files beside the config"
            )));
        }
        parts.push((packed, Part::Disk(setup.home.join(name))));
    }
    for name in setup.config.report.folder.iter().flat_map(|folder| house::FILES.map(|file| format!("{folder}/{file}")))
    {
        let packed = format!("config/{name}");
        if setup.home.join(&name).is_file() && is_harmless(&packed) {
            parts.push((packed, Part::Disk(setup.home.join(&name))));
        }
    }
    parts.dedup_by(|a, b| a.0 == b.0);
    Ok(parts)
}

/// Whether a name within the file can only mean a file below the folder that it is unpacked into.
pub(super) fn is_harmless(name: &str) -> bool {
    let is_plain = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']) && !part.contains(char::is_control)
    };
    name.len() <= 400 && name.split('/').all(is_plain)
}

fn pack(out: &mut (impl Write + io::Seek), run: &RunRow, parts: &[(String, Part)]) -> io::Result<()> {
    let mut files = Vec::new();
    for (name, part) in parts {
        let mut hash = Sha256::new();
        let bytes = part.copy(&mut hash)?;
        files.push(ManifestFile { name: name.clone(), bytes, sha256: hex(&hash.finalize()) });
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        run: ManifestRun {
            id: run.id.clone(),
            target: run.target.clone(),
            profile: run.profile.clone(),
            started: run.started.clone(),
            finished: run.finished.clone(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            rule_set: run.rule_set.clone(),
            score: run.score.value,
        },
        files,
    };
    let mut zip = ZipWriter::new(out);
    let options = |name: &str, bytes: u64| {
        // A snapshot is packed already.
        let method = if name == SNAPSHOT { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(bytes >= u64::from(u32::MAX))
    };
    zip.start_file(MANIFEST, options(MANIFEST, 0)).map_err(io::Error::other)?;
    serde_json::to_writer_pretty(&mut zip, &manifest)?;
    for ((name, part), file) in parts.iter().zip(&manifest.files) {
        zip.start_file(name.as_str(), options(name, file.bytes)).map_err(io::Error::other)?;
        part.copy(&mut zip)?;
    }
    zip.finish().map_err(io::Error::other)?.flush()
}

impl Part {
    fn copy(&self, out: &mut impl Write) -> io::Result<u64> {
        match self {
            Self::Text(text) => out.write_all(text.as_bytes()).map(|()| text.len() as u64),
            Self::Disk(path) => {
                let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
                let mut file = File::open(path).map_err(named)?;
                io::copy(&mut file, out)
            }
        }
    }
}
