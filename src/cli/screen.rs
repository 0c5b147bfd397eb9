//! Whether pages are drawn by a browser, and which. What a browser draws stands in the snapshot, so that an
//! audit of it needs none.

use super::args::{Render, RenderArgs};
use super::progress::note;
use super::setup::Setup;
use super::{Stop, many};
use crate::gather::{Browser, Manner, Plan, Source};
use crate::model::{Fetched, PageUrl, RenderWhy};
use anyhow::anyhow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

/// What draws the pages of one audit.
pub(super) struct Screen {
    browser: Option<Browser>,
    always: bool,
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
    pub(super) fn new(args: &RenderArgs, plan: &Plan, setup: &Setup, for_gate: bool) -> Result<Self, Stop> {
        let is_archive = matches!(plan.source, Source::Archive(_));
        let wanted = args.render.or(args.browser.as_ref().map(|_| Render::Auto));
        let asked = wanted.is_some_and(|mode| mode != Render::Never);
        if asked && is_archive {
            return Err(Stop::Wrong(anyhow!(
                "the pages of an archive cannot be drawn again: one of Plainway's own holds what was drawn, and is read without --render and --browser"
            )));
        }
        let is_off = for_gate || is_archive;
        let mode = wanted.unwrap_or(if is_off { Render::Never } else { Render::Auto });
        let browser = match mode {
            Render::Never => None,
            Render::Auto | Render::Always => match Browser::find(args.browser.as_deref(), plan, manner(setup)) {
                Ok(browser) => Some(browser),
                Err(error) if asked => return Err(Stop::wrong(error)),
                Err(_) => None,
            },
        };
        let is_quiet = is_archive || wanted == Some(Render::Never);
        Ok(Self { browser, always: mode == Render::Always, is_quiet, undrawn: Mutex::default() })
    }

    /// A screen that draws nothing.
    pub(super) fn off() -> Self {
        Self { browser: None, always: false, is_quiet: true, undrawn: Mutex::default() }
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
fn manner(setup: &Setup) -> Manner {
    let lexicon = &setup.lexicon;
    let words = lexicon.languages().filter_map(|language| lexicon.words(language)?.list("unsafe-links"));
    let acts = words.flatten().map(|(phrase, _)| phrase.clone()).collect();
    Manner { screen: setup.settings().terminal.map(|terminal| terminal.pixels), acts }
}
