//! How far a long work has come: a line that changes on a terminal, a plain line now and then elsewhere.

use crate::gather::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Pages between two plain lines. Our choice.
const STEP: usize = 1_000;

/// The same of work that asks nobody: some ten seconds of it. Our choice.
const MANY: usize = 10_000;

/// Shows progress on standard error.
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    /// The site among several that it shows: then in plain lines with its name.
    site: Option<String>,
    said: AtomicUsize,
    told: AtomicBool,
    started: Instant,
}

impl Meter {
    /// Starts to show what is read from `target`.
    pub(super) fn new(target: &str) -> Self {
        let site = TURN.with_borrow(|turn| turn.as_ref().map(|turn| turn.site.clone()));
        let bar = (site.is_none() && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}: {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(target.to_owned());
            bar
        });
        Self { bar, site, said: AtomicUsize::new(0), told: AtomicBool::new(false), started: Instant::now() }
    }

    /// Tells how far it is.
    pub(super) fn tell(&self, progress: Progress) {
        if let Some((done, all)) = progress.templates {
            let words = format!("drawing one page of each template: {done} of {all}");
            match &self.bar {
                Some(bar) => {
                    bar.set_message(words);
                    bar.tick();
                }
                None if done == 0 => self.line(format_args!("{words}")),
                None => {}
            }
            return;
        }
        let rate = progress.pages as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        if progress.expected > 1 && !self.told.swap(true, Ordering::Relaxed) {
            let left = progress.left.map_or_else(String::new, |t| format!(", about {} at this pace", in_words(t)));
            self.line(format_args!("about {} pages are known so far{left}", progress.expected));
        }
        let words = format!(
            "{} pages read, {} queued, {rate:.0} a second, {} with an error",
            progress.pages, progress.queued, progress.errors
        );
        if let Some(bar) = &self.bar {
            bar.set_message(words);
            bar.tick();
            return;
        }
        let step = progress.pages / STEP;
        if step > self.said.fetch_max(step, Ordering::Relaxed) {
            self.line(format_args!("{words}"));
        }
    }

    /// A line that stays.
    fn line(&self, words: std::fmt::Arguments<'_>) {
        match (&self.bar, &self.site) {
            (Some(bar), _) => bar.println(words.to_string()),
            (None, Some(site)) => write_note(site, words),
            (None, None) => note(words),
        }
    }

    /// Takes the changing line away.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How far a work has come that is done page by page, told for large sites alone.
pub(super) struct Count {
    what: &'static str,
    all: usize,
    done: usize,
    bar: Option<ProgressBar>,
}

impl Count {
    /// Nothing is done yet of so many pages.
    pub(super) fn of(what: &'static str, all: usize) -> Self {
        let in_turn = TURN.with_borrow(Option::is_some);
        let bar = (!in_turn && all >= STEP && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self { what, all, done: 0, bar }
    }

    /// One more is done.
    pub(super) fn one(&mut self) {
        self.done += 1;
        let (what, done, all) = (self.what, self.done, self.all);
        match &self.bar {
            Some(bar) => {
                bar.set_message(format!("{what}: {done} of {all} pages"));
                bar.tick();
            }
            None if done.is_multiple_of(MANY) => note(format_args!("{what}: {done} of {all} pages")),
            None => {}
        }
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A time as people say it.
fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=89 => format!("{seconds} seconds"),
        seconds @ 90..=5399 => format!("{} minutes", (seconds + 30) / 60),
        seconds => format!("{} hours", (seconds + 1800) / 3600),
    }
}

/// Prints a line for people on standard error; one about a site among several begins with its name.
pub(super) fn note(line: impl std::fmt::Display) {
    match TURN.with_borrow(|turn| turn.as_ref().map(|turn| turn.site.clone())) {
        Some(site) => write_note(&site, line),
        None => drop(writeln!(std::io::stderr(), "{line}")),
    }
}

fn write_note(site: &str, line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{site}: {line}");
}

thread_local! {
    /// The site among several that this thread is at.
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
}

struct Turn {
    site: String,
    said: String,
}

/// Does the work of one site among several. What it notes carries the name of the site; what it says is
/// handed back, so that the results of sites that are read at once do not mix.
pub(super) fn in_turn<R>(site: &str, work: impl FnOnce() -> R) -> (R, String) {
    TURN.set(Some(Turn { site: site.to_owned(), said: String::new() }));
    let done = work();
    (done, TURN.take().map(|turn| turn.said).unwrap_or_default())
}

/// Keeps a line of results back until the turn of its site is over; `false` where there is no turn.
pub(super) fn kept_for_later(line: &impl std::fmt::Display) -> bool {
    TURN.with_borrow_mut(|turn| match turn {
        Some(turn) => {
            turn.said.push_str(&format!("{line}\n"));
            true
        }
        None => false,
    })
}

/// Set when the user wants to stop. The first Ctrl-C ends gently, the second at once.
pub(super) static STOP: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C for the rest of the process.
pub(super) fn listen_for_stop() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::thread::spawn(|| {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_ok() {
                    STOP.store(true, Ordering::Relaxed);
                    note("stopping; press Ctrl-C again to stop at once");
                }
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(3);
                }
            });
        });
    });
}
