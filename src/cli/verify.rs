//! `plainway verify`: repeats the audit of an evidence file offline, and says whether it comes out the same. The file
//! may come from a stranger: nothing is written outside a temporary folder, nor more than it says it holds.

use super::args::{DoorArgs, Profile, ReadArgs, ScopeArgs, SetupArgs};
use super::args_history::VerifyArgs;
use super::beside::beside;
use super::details::Pages;
use super::evidence::{CONFIG, FORMAT, MANIFEST, Manifest, ManifestFile, SNAPSHOT, is_harmless};
use super::hashed::Hashed;
use super::output::{self, Place};
use super::progress::listen_for_stop;
use super::setup::{self, Reading, Setup};
use super::{Stop, many, pipeline, say};
use crate::gather::Source;
use crate::history::Store;
use crate::model::hex;
use anyhow::Context;
use serde_json::Value;
use sha2::Digest as _;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use zip::ZipArchive;

/// Largest manifest, in bytes; a rule takes 150. Our choice.
const MAX_MANIFEST: u64 = 16 * 1024 * 1024;

/// Most files. Our choice; there are some hundred rules.
const MAX_FILES: usize = 20_000;

/// A file may unpack to so many times its own size, and a little more. Our choice: text packs to a tenth, a bomb to
/// a thousandth.
const MAX_RATIO: u64 = 100;
const MAX_EXTRA: u64 = 64 * 1024 * 1024;

/// Differences that are told one by one. Our choice.
const SHOWN: usize = 20;

/// Verifies.
pub(super) fn run(args: &VerifyArgs) -> Result<(), Stop> {
    let room = tempfile::tempdir().context("no temporary folder can be made").map_err(Stop::Undone)?;
    let (manifest, mut told) = unpack(&args.file, room.path())
        .with_context(|| format!("{} cannot be used as evidence", args.file.display()))
        .map_err(Stop::Wrong)?;
    say(format_args!(
        "{}, audited on {} by Plainway {}: score {:.1}",
        plain(&manifest.run.target),
        plain(&manifest.run.started),
        plain(&manifest.run.tool),
        manifest.run.score
    ));
    if told.is_empty() {
        say(format_args!("Whole: {} with the hashes of the manifest", many(manifest.files.len(), "file")));
        told = repeat(&manifest, room.path())?;
    }
    if told.is_empty() {
        say("The same: the audit was repeated offline, and every page, problem and point came out as the report says.");
        return Ok(());
    }
    for line in told.iter().take(SHOWN) {
        say(format_args!("  {}", plain(line)));
    }
    if told.len() > SHOWN {
        say(format_args!("  and {} more", told.len() - SHOWN));
    }
    say(format_args!("Not the same: {}.", many(told.len(), "difference")));
    Err(Stop::Failed)
}

/// What a stranger wrote, without signs that move the cursor.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(300).collect()
}

/// Unpacks what the manifest names, and says what is not as it says. An error where it is no evidence at all.
fn unpack(path: &Path, room: &Path) -> anyhow::Result<(Manifest, Vec<String>)> {
    let size = std::fs::metadata(path).context("it cannot be read")?.len();
    let mut zip = ZipArchive::new(BufReader::new(File::open(path).context("it cannot be read")?))
        .context("it is no ZIP file, or a damaged one")?;
    anyhow::ensure!(zip.len() <= MAX_FILES, "it holds {} files; at most {MAX_FILES} are read", zip.len());
    let mut text = Vec::new();
    zip.by_name(MANIFEST)
        .with_context(|| format!("it has no {MANIFEST}"))?
        .take(MAX_MANIFEST + 1)
        .read_to_end(&mut text)
        .context("its manifest cannot be unpacked")?;
    anyhow::ensure!(text.len() as u64 <= MAX_MANIFEST, "its manifest has more than {MAX_MANIFEST} bytes");
    let manifest: Manifest = serde_json::from_slice(&text).context("its manifest is not one of ours")?;
    anyhow::ensure!(manifest.format == FORMAT, "its format is `{}`, not `{FORMAT}`", plain(&manifest.format));
    let names: BTreeSet<&str> = manifest.files.iter().map(|f| f.name.as_str()).collect();
    anyhow::ensure!(names.len() == manifest.files.len(), "its manifest names a file twice");
    for name in &names {
        anyhow::ensure!(is_harmless(name), "its manifest names `{}`, which leads out of its folder", plain(name));
    }
    let stated = manifest.files.iter().fold(0u64, |sum, f| sum.saturating_add(f.bytes));
    let most = size.saturating_mul(MAX_RATIO).saturating_add(MAX_EXTRA);
    anyhow::ensure!(
        stated <= most,
        "it says that it unpacks to {stated} bytes, which is not safe for a file of {size}"
    );
    for needed in [SNAPSHOT, CONFIG, "reports/audit.json"] {
        anyhow::ensure!(names.contains(needed), "its manifest names no {needed}");
    }
    let mut told = Vec::new();
    for file in &manifest.files {
        if let Some(wrong) = unpack_one(&mut zip, file, room)? {
            told.push(wrong);
        }
    }
    let named = zip.file_names().map(|n| n.map_or_else(|_| "a name that is no text".to_owned(), Cow::into_owned));
    let more: Vec<String> = named.filter(|n| n != MANIFEST && !names.contains(n.as_str())).collect();
    told.extend(more.iter().map(|name| format!("{name} is in the file and not in its manifest")));
    Ok((manifest, told))
}

/// What is wrong with a file, if something is.
fn unpack_one(
    zip: &mut ZipArchive<BufReader<File>>,
    file: &ManifestFile,
    room: &Path,
) -> anyhow::Result<Option<String>> {
    let name = &file.name;
    let Ok(entry) = zip.by_name(name) else { return Ok(Some(format!("{name} is missing"))) };
    let path = room.join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).context("the temporary folder cannot be written")?;
    }
    let mut out = Hashed::new(BufWriter::new(File::create_new(&path).context("a file stands twice")?));
    // One byte more than it says is enough to know that it lies.
    let Ok(bytes) = io::copy(&mut entry.take(file.bytes.saturating_add(1)), &mut out) else {
        return Ok(Some(format!("{name} cannot be unpacked")));
    };
    out.out.flush().context("the temporary folder cannot be written")?;
    if bytes != file.bytes {
        return Ok(Some(format!("{name} has another size than the manifest says")));
    }
    let is_same = hex(&out.hash.finalize()) == file.sha256;
    Ok((!is_same).then(|| format!("{name} has another hash than the manifest says")))
}

/// Audits the snapshot once more by the rules and the config of the file, and says what comes out otherwise.
fn repeat(manifest: &Manifest, room: &Path) -> Result<Vec<String>, Stop> {
    let run = &manifest.run;
    let args = SetupArgs { config: Some(room.join(CONFIG)), rules: Some(room.join("rules")) };
    let mut setup = Setup::load(&args, Profile::of(&run.profile))?;
    setup.hear()?;
    let read = ReadArgs { as_of: Some(run.started.clone()), ..ReadArgs::default() };
    let (scope, doors) = (ScopeArgs::default(), DoorArgs::default());
    let reading = Reading { read: &read, scope: &scope, doors: &doors };
    let plan = setup::plan(Source::Archive(room.join(SNAPSHOT)), reading, &setup.config, &run.started)?;
    let mut store = Store::temporary().map_err(Stop::undone)?;
    listen_for_stop();
    let audited = beside(&setup, &plan, (&run.target, &run.finished), |job| pipeline::run(job, &mut store));
    let audited = audited.map_err(Stop::undone)?;
    let out = room.join("again");
    output::prepare(&out)?;
    let place = Place {
        out: &out,
        store: &store,
        site: &audited.site,
        setup: &setup,
        pages: Pages::None,
        formats: &[],
        baseline: None,
        waivers: None,
    };
    output::write(&place, &audited.run)?;
    let then = audit(&room.join("reports/audit.json"))?;
    let now = audit(&out.join("audit.json"))?;
    Ok(differences(&then, &now))
}

fn audit(path: &Path) -> Result<Value, Stop> {
    let file = File::open(path).context("audit.json cannot be read").map_err(Stop::Undone)?;
    serde_json::from_reader(BufReader::new(file)).context("audit.json is not JSON").map_err(Stop::Wrong)
}

/// What differs between two audits of the same pages. What only tells of earlier runs is left aside.
fn differences(then: &Value, now: &Value) -> Vec<String> {
    let mut told = Vec::new();
    for key in ["target", "profile", "rule_set", "score_model", "weights"] {
        let (a, b) = (&then["run"][key], &now["run"][key]);
        if a != b {
            told.push(format!("run: {key} was {a} and is {b}"));
        }
    }
    for key in ["value", "low", "high", "coverage", "provisional", "status", "categories", "tasks", "journeys"] {
        let (a, b) = (&then["score"][key], &now["score"][key]);
        if a != b {
            let of = |v: &Value| if v.is_array() { "otherwise".to_owned() } else { v.to_string() };
            told.push(format!("score: {key} was {} and is {}", of(a), of(b)));
        }
    }
    for (list, id) in [("pages", "url"), ("findings", "key"), ("unread", "url")] {
        compare(list, (rows(&then[list], id), rows(&now[list], id)), &mut told);
    }
    told
}

/// The rows of a list by what they are known by, without what earlier runs decide.
fn rows<'v>(list: &'v Value, id: &str) -> BTreeMap<&'v str, BTreeMap<&'v str, &'v Value>> {
    let is_past = |row: &Value| matches!(row["state"].as_str(), Some("fixed" | "unchecked"));
    let row = |row: &'v Value| {
        let fields = row.as_object()?.iter().filter(|(key, _)| *key != "state");
        Some((row[id].as_str()?, fields.map(|(key, value)| (key.as_str(), value)).collect()))
    };
    list.as_array().into_iter().flatten().filter(|r| !is_past(r)).filter_map(row).collect()
}

type Rows<'v> = BTreeMap<&'v str, BTreeMap<&'v str, &'v Value>>;

fn compare(list: &str, (then, now): (Rows<'_>, Rows<'_>), told: &mut Vec<String>) {
    let text =
        |row: &BTreeMap<&str, &Value>, key: &str| row.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let name = |row: &BTreeMap<&str, &Value>| match text(row, "rule") {
        rule if rule.is_empty() => text(row, "url"),
        rule => format!("{rule} at {}", text(row, "url")),
    };
    for (id, row) in &then {
        match now.get(id) {
            None => told.push(format!("{list}: {} is told of, and was not found again", name(row))),
            Some(other) if other != row => {
                let keys: BTreeSet<&&str> = row.keys().chain(other.keys()).collect();
                let differ: Vec<&str> = keys.into_iter().filter(|k| row.get(**k) != other.get(**k)).copied().collect();
                told.push(format!("{list}: {} has another {}", name(row), differ.join(", ")));
            }
            Some(_) => {}
        }
    }
    for (_, row) in now.iter().filter(|(id, _)| !then.contains_key(*id)) {
        told.push(format!("{list}: {} was found, and is not told of", name(row)));
    }
}
