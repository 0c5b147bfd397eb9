//! `plainway demo`: the bundled town before and after, served on this machine, crawled as a real
//! site, and reported. It needs no network and touches nothing of the user's.

use super::args::{DemoArgs, Profile};
use super::details::Pages;
use super::output::{self, Place};
use super::pipeline::{self, Audited, Job};
use super::progress::{Meter, STOP, listen_for_stop};
use super::screen::Screen;
use super::serve::{Files, Server};
use super::setup::{Setup, load_lexicon, load_rules};
use super::snapshots::Snapshots;
use super::{Stop, say};
use crate::config::Config;
use crate::gather::{Plan, Source};
use crate::history::Store;
use crate::model::PageUrl;
use anyhow::{Context, anyhow};
use bytes::Bytes;
use include_dir::{Dir, include_dir};
use std::path::Path;
use url::Url;

static TOWN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/milltown");

/// The public address of the town.
const PUBLIC: &str = "http://milltown.example/";

/// Runs the demo.
pub(super) fn run(args: &DemoArgs) -> Result<(), Stop> {
    let out = &args.out;
    output::prepare(out)?;
    let setup = setup(out)?;
    let mut store = fresh_store(out)?;
    listen_for_stop();
    let before = audit(&setup, &mut store, "before", out)?;
    let after = audit(&setup, &mut store, "after", out)?;
    let mut site = String::new();
    for (name, audited) in [("before", &before), ("after", &after)] {
        let folder = out.join(name);
        output::prepare(&folder)?;
        output::write(
            &Place {
                out: &folder,
                store: &store,
                site: &audited.site,
                setup: &setup,
                pages: Pages::default(),
                formats: &[],
                baseline: None,
                waivers: None,
            },
            &audited.run,
        )?;
        site.clone_from(&audited.site);
    }
    let digest = output::write_demo(
        &Place {
            out,
            store: &store,
            site: &site,
            setup: &setup,
            pages: Pages::default(),
            formats: &[],
            baseline: None,
            waivers: None,
        },
        &after.run,
    )?;
    output::summary(&digest, &setup.rules, out);
    Ok(())
}

fn setup(out: &Path) -> Result<Setup, Stop> {
    let lexicon = load_lexicon()?;
    let rules = load_rules(None, &lexicon)?.for_profile(Profile::Website.word());
    let config = Config::parse("fixtures/milltown/plainway.toml", text("plainway.toml")?).map_err(Stop::wrong)?;
    let heard = super::imports::read(&config.imports, |name| text(name).map(str::to_owned))?;
    Ok(Setup {
        lexicon: lexicon.into(),
        rules: rules.into(),
        config,
        profile: Profile::Website,
        views: None,
        home: out.to_owned(),
        heard,
        feedback: None,
        house: std::sync::Arc::new(crate::report::House::new("")),
    })
}

fn text(name: &str) -> Result<&'static str, Stop> {
    TOWN.get_file(name)
        .and_then(|f| f.contents_utf8())
        .ok_or_else(|| Stop::Undone(anyhow!("the bundled town lacks {name}: this binary is damaged")))
}

/// The demo's own store; each demo starts from nothing, so that it always shows the same.
fn fresh_store(out: &Path) -> Result<Store, Stop> {
    let path = out.join("demo.db");
    for end in ["", "-wal", "-shm"] {
        let file = out.join(format!("demo.db{end}"));
        if file.exists() {
            std::fs::remove_file(&file)
                .with_context(|| format!("{} of an earlier demo cannot be replaced", file.display()))
                .map_err(Stop::Undone)?;
        }
    }
    Store::open(&path).map_err(Stop::undone)
}

fn audit(setup: &Setup, store: &mut Store, version: &str, out: &Path) -> Result<Audited, Stop> {
    let dates: toml::Table = toml::from_str(text("dates.toml")?).map_err(Stop::undone)?;
    let date = dates
        .get(version)
        .map(ToString::to_string)
        .ok_or_else(|| Stop::Undone(anyhow!("the bundled town has no date for {version}")))?;
    let server = Server::start(files(version)).map_err(Stop::Undone)?;
    let start = Url::parse(&format!("http://{}/", server.address)).map_err(Stop::undone)?;
    let mut plan = Plan::new(Source::Site { start }, &date);
    plan.as_url = Some(PageUrl::parse(PUBLIC).map_err(Stop::undone)?);
    let snapshots = Snapshots { dir: out.to_owned(), name: Some(format!("{version}.warc.gz")) };
    let meter = Meter::new(PUBLIC);
    let job = Job {
        setup,
        plan: &plan,
        target: PUBLIC.to_owned(),
        name: None,
        finished: &|| date.clone(),
        snapshots: Some(snapshots),
        left: None,
        progress: &|p| meter.tell(p),
        stop: &STOP,
        keep_private: false,
        screen: Screen::off(),
    };
    let audited = pipeline::run(&job, store).map_err(Stop::undone);
    meter.done();
    say(format_args!("Read {PUBLIC} as it was on {} (served on {}).", &date[..10], server.address));
    audited
}

/// The files of one version of the town, by their path.
fn files(version: &str) -> Files {
    let mut files = Files::new();
    let mut open: Vec<&Dir<'static>> = TOWN.get_dir(version).into_iter().collect();
    while let Some(dir) = open.pop() {
        for file in dir.files() {
            let path = file.path().strip_prefix(version).unwrap_or(file.path());
            let path: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            files.insert(format!("/{}", path.join("/")), Bytes::from_static(file.contents()));
        }
        open.extend(dir.dirs());
    }
    files
}
