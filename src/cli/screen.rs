//! Whether pages are drawn by a browser, and which. What a browser draws stands in the snapshot, so that an
//! audit of it needs none.

use super::args::{Render, RenderArgs};
use super::progress::note;
use super::setup::Setup;
use super::{Stop, many};
use crate::gather::{Browser, Manner, Plan, Source};
use crate::model::{AxeTrouble, Fetched, PageUrl, RenderWhy};
use anyhow::{Context, anyhow};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

/// What draws the pages of one audit.
pub(super) struct Screen {
    browser: Option<Browser>,
    always: bool,
    /// Whether one page of each template is drawn, whatever its source holds: of websites; the screens of a kiosk are drawn or not
    /// by what each of them is.
    templates: bool,
    /// Whether nobody is told of pages that were not drawn: the user wants none, or none can be.
    is_quiet: bool,
    /// Pages that scripts draw and that were not drawn, with the reason where a browser tried.
    undrawn: Mutex<BTreeMap<PageUrl, Option<String>>>,
}

impl Screen {
    /// The screen for an audit. Without `--render`, pages that scripts draw are drawn where a browser is found;
    /// not for the gate, whose answer must not depend on the machine, and not of archives, which hold what was
    /// drawn.
    /// Those of a kiosk are drawn on its screen.
    pub(super) fn new(
        args: &RenderArgs,
        plan: &Plan,
        setup: &Setup,
        (for_gate, stop): (bool, &AtomicBool),
    ) -> Result<Self, Stop> {
        let is_archive = matches!(plan.source, Source::Archive(_));
        let every = args.with_axe.as_ref().map(|_| Render::Always);
        let wanted = args.render.or(every).or(args.browser.as_ref().map(|_| Render::Auto));
        let asked = wanted.is_some_and(|mode| mode != Render::Never);
        if asked && is_archive {
            return Err(Stop::Wrong(anyhow!(
                "the pages of an archive cannot be drawn again: one of Plainway's own holds what was drawn, with what axe-core said of it, and is read without --render, --browser and --with-axe"
            )));
        }
        if wanted == Some(Render::Never) && args.with_axe.is_some() {
            return Err(Stop::Wrong(anyhow!(
                "--with-axe runs axe-core in pages that are drawn, and --render never draws none; leave out one of them"
            )));
        }
        let axe = args.with_axe.as_deref().map(axe_core).transpose()?;
        let is_off = for_gate || is_archive;
        let mode = wanted.unwrap_or(if is_off { Render::Never } else { Render::Auto });
        let browser = match mode {
            Render::Never => None,
            Render::Auto | Render::Always => match Browser::find(args.browser.as_deref(), plan, manner(setup, axe)) {
                Ok(browser) => Some(browser),
                Err(error) if asked => return Err(Stop::wrong(error)),
                Err(_) => None,
            },
        };
        if let (Some(browser), Some(file)) = (&browser, &args.with_axe) {
            try_axe(browser, file, stop)?;
        }
        let is_quiet = is_archive || wanted == Some(Render::Never);
        let templates = mode == Render::Auto && setup.config.kiosk.is_none() && setup.settings().terminal.is_none();
        Ok(Self { browser, always: mode == Render::Always, templates, is_quiet, undrawn: Mutex::default() })
    }

    /// A screen that draws nothing.
    pub(super) fn off() -> Self {
        Self { browser: None, always: false, templates: false, is_quiet: true, undrawn: Mutex::default() }
    }

    /// What the records of pages depend on.
    pub(super) fn mode(&self) -> &'static str {
        match (&self.browser, self.always) {
            (None, _) => "",
            (Some(_), false) => "auto",
            (Some(_), true) => "always",
        }
    }

    /// Whether every page is drawn.
    pub(super) fn draws_all(&self) -> bool {
        self.browser.is_some() && self.always
    }

    /// Whether one page of each template is drawn when all pages are read.
    pub(super) fn draws_templates(&self) -> bool {
        self.browser.is_some() && self.templates
    }

    /// The page with what a browser made of it; `None` where none is to draw it, or it failed. `why` says
    /// what of the page a script draws.
    pub(super) fn draw(&self, fetched: &Fetched, why: Option<RenderWhy>, stop: &AtomicBool) -> Option<Fetched> {
        let why = why.or(self.always.then_some(RenderWhy::Asked))?;
        let miss = |why: Option<String>| {
            self.undrawn.lock().unwrap_or_else(PoisonError::into_inner).insert(fetched.url.clone(), why);
            None
        };
        let Some(browser) = &self.browser else { return miss(None) };
        match browser.draw(fetched, why, stop) {
            Ok(rendered) => Some(Fetched { rendered: Some(Arc::new(rendered)), recorded: false, ..fetched.clone() }),
            Err(why) => miss(Some(why.to_string())),
        }
    }

    /// Says which pages were not read because scripts draw them.
    pub(super) fn tell(&self) {
        let undrawn = self.undrawn.lock().unwrap_or_else(PoisonError::into_inner);
        for (url, why) in undrawn.iter() {
            if let Some(why) = why {
                note(format_args!("{url} was not drawn: {why}; its source was read instead"));
            }
        }
        let silent = undrawn.values().filter(|why| why.is_none()).count();
        if silent > 0 && !self.is_quiet {
            note(format_args!(
                "{} {} drawn by a script, and so hardly read: --render auto draws them in a browser that is installed here (chromium-headless-shell, chromium, google-chrome, msedge, or --browser PATH)",
                many(silent, "page"),
                if silent == 1 { "is" } else { "are" }
            ));
        }
    }
}

/// How pages are drawn. What is called by a phrase of any language that stands for an act (sign out, delete, pay) is not pressed.
fn manner(setup: &Setup, axe: Option<Arc<str>>) -> Manner {
    let lexicon = &setup.lexicon;
    let words = lexicon.languages().filter_map(|language| lexicon.words(language)?.list("unsafe-links"));
    let acts = words.flatten().map(|(phrase, _)| phrase.clone()).collect();
    Manner { screen: setup.settings().terminal.map(|terminal| terminal.pixels), acts, axe }
}

/// The largest script that is taken for axe-core, in bytes. Our choice: with its comments it has 1.5 MB.
const MAX_AXE: u64 = 8 * 1024 * 1024;

/// The user's copy of axe-core.
fn axe_core(file: &Path) -> Result<Arc<str>, Stop> {
    let what = "--with-axe takes axe.min.js, as `npm install axe-core` brings it";
    let size = std::fs::metadata(file)
        .and_then(|about| if about.is_file() { Ok(about.len()) } else { Err(std::io::Error::other("it is no file")) })
        .with_context(|| format!("{} cannot be read; {what}", file.display()))
        .map_err(Stop::Wrong)?;
    if size > MAX_AXE {
        return Err(Stop::Wrong(anyhow!(
            "{} has {size} bytes, and axe-core has at most {MAX_AXE}; {what}",
            file.display()
        )));
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read; {what}", file.display()));
    text.map(Arc::from).map_err(Stop::Wrong)
}

/// Tries the user's copy of axe-core before any page is read.
fn try_axe(browser: &Browser, file: &Path, stop: &AtomicBool) -> Result<(), Stop> {
    let notes = browser.try_axe(stop).map_err(Stop::undone)?;
    let Some(trouble) = notes.trouble else { return Ok(()) };
    let why = match trouble {
        AxeTrouble::NotAxe => "it defines no `axe.run`",
        AxeTrouble::Failed => "it ended with an error on an empty page",
        AxeTrouble::Late => "it gave no answer on an empty page",
        AxeTrouble::Garbled | AxeTrouble::Changed => "what it answers on an empty page are no results of axe-core",
    };
    Err(Stop::Wrong(anyhow!(
        "{} is not axe-core as it is known here: {why}; --with-axe takes axe.min.js, as `npm install axe-core` brings it",
        file.display()
    )))
}
