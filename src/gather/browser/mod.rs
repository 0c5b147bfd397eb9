//! Pages drawn by a browser that is found on the machine: what a script draws, as a person sees it.
//!
//! The browser is driven over a pipe (the DevTools protocol), has no way to the network, and is handed every
//! answer by [`door`]. It must never act, outlive the audit, or let chance into what it draws.

mod axe;
mod door;
mod drawing;
mod drawn;
mod idle;
mod keys;
mod page;
mod picture;
mod pixels;
mod process;
mod states;
mod tree;
mod windows;
mod wire;

use super::Plan;
use crate::model::{AxeNotes, Fetched, PageUrl, RenderWhy, Rendered};
use door::Door;
use process::Process;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;
use wire::Wire;

/// Pages after which the browser is started anew, so that what they leave behind does not add up. Our choice.
const PAGES: u32 = 100;

/// How long a browser may take to start. Our choice: a loaded machine with cold disks.
const START: Duration = Duration::from_secs(60);

/// How often whoever waits for a page looks whether to stop.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// Why there is no browser.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// None was found.
    #[error(
        "no browser was found: looked for chromium-headless-shell, chromium, google-chrome and msedge in PATH; install one, or name it with --browser PATH"
    )]
    None,
    /// The one that the user names is not there.
    #[error("there is no browser at `{}`; --browser takes the path of Chromium, Chrome or Edge", path.display())]
    Missing {
        /// What was named.
        path: PathBuf,
    },
    /// It could not be started.
    #[error("the browser `{}` could not be started: {source}; try it by hand, or name another with --browser PATH", path.display())]
    Start {
        /// The program.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Pipes of this kind are made by Unix only.
    #[error(
        "pages cannot be drawn by a browser on this system yet; audit them on Linux or macOS, or leave out --render"
    )]
    System,
}

/// Why a page was not drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undrawn {
    /// The browser could not be started, in the words of [`BrowserError`].
    #[error("{0}")]
    Start(Arc<str>),
    /// The browser ended.
    #[error("the browser ended while it drew the page")]
    Gone,
    /// The page's process ended, most often for want of memory.
    #[error("the page ended itself, as one does that fills its memory")]
    Crashed,
    /// The browser took too much memory.
    #[error("the page filled the memory of the browser")]
    Memory,
    /// A script never came to an end.
    #[error("a script of the page never came to an end")]
    Hangs,
    /// What was drawn has too many bytes.
    #[error("what the page draws is larger than any page that is read")]
    TooLarge,
    /// The browser does not know a request: it is too old, or too new.
    #[error("the browser refused: {0}")]
    Refused(String),
    /// The audit was stopped.
    #[error("the audit was stopped")]
    Stopped,
}

/// How the pages of an audit are drawn.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// The screen of a kiosk that they are drawn on, in pixels; `None` for the window of a website.
    pub screen: Option<(u32, u32)>,
    /// Phrases of controls that are never pressed: what acts is called so.
    pub acts: Vec<String>,
    /// The user's copy of axe-core, where it is to be run in each page.
    pub axe: Option<Arc<str>>,
}

/// A page to be drawn.
struct Order {
    fetched: Fetched,
    why: RenderWhy,
    /// When its clock begins, in seconds since 1970.
    started: i64,
    /// Bytes of the tree at most.
    most: usize,
    manner: Arc<Manner>,
    /// Whether findings on it are to be shown in pictures.
    pictured: bool,
    reply: SyncSender<Result<drawn::Drawn, Undrawn>>,
}

/// A browser that runs, and what has become of it. Its pipe closes before its process is waited for.
struct Running {
    wire: Rc<Wire>,
    process: Process,
    pages: Cell<u32>,
    in_trouble: Cell<bool>,
}

impl Running {
    /// The memory that it holds, in bytes, and the processor time that it has used; 0 and nothing where the system does
    /// not tell.
    fn load(&self) -> (u64, Option<Duration>) {
        process::load(self.process.group())
    }
}

/// Draws pages, from any thread. The browser starts with the first of them and ends when this is dropped.
pub struct Browser {
    path: PathBuf,
    plan: Plan,
    manner: Arc<Manner>,
    worker: Mutex<Option<Worker>>,
}

struct Worker {
    orders: UnboundedSender<Order>,
    thread: JoinHandle<()>,
}

impl Browser {
    /// The browser at that path, or the first that the machine has, for the pages of `plan`.
    pub fn find(named: Option<&Path>, plan: &Plan, manner: Manner) -> Result<Self, BrowserError> {
        Ok(Self { path: process::find(named)?, plan: plan.clone(), manner: Arc::new(manner), worker: Mutex::new(None) })
    }

    /// Tries the user's copy of axe-core on an empty page, and gives what it said of it. Errors as for any page.
    pub fn try_axe(&self, stop: &AtomicBool) -> Result<AxeNotes, Undrawn> {
        let url = PageUrl::parse("http://localhost/").map_err(|error| Undrawn::Refused(error.to_string()))?;
        let empty = Fetched::of_file(url, "<!doctype html>", &self.plan.date);
        Ok(self.draw(&empty, RenderWhy::Asked, stop)?.besides().axe.unwrap_or_default())
    }

    /// Draws a page, and blocks until it has settled or `stop` is set. A browser that ended on the way is tried
    /// a second time: the page need not be to blame.
    pub fn draw(&self, fetched: &Fetched, why: RenderWhy, stop: &AtomicBool) -> Result<Rendered, Undrawn> {
        match self.draw_once(fetched, why, stop) {
            Err(Undrawn::Gone | Undrawn::Crashed) => self.draw_once(fetched, why, stop),
            drawn => drawn,
        }
    }

    fn draw_once(&self, fetched: &Fetched, why: RenderWhy, stop: &AtomicBool) -> Result<Rendered, Undrawn> {
        let started = self.plan.date.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
        let (reply, answer) = sync_channel(1);
        let (most, manner) = (self.plan.limits.max_body, Arc::clone(&self.manner));
        // What is behind a door is shown to nobody else.
        let pictured = !self.plan.doors.are_private();
        let order = Order { fetched: fetched.clone(), why, started, most, manner, pictured, reply };
        {
            let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
            let worker = worker.get_or_insert_with(|| Worker::start(self.path.clone(), self.plan.clone()));
            worker.orders.send(order).map_err(|_| Undrawn::Gone)?;
        }
        loop {
            match answer.recv_timeout(STOP_CHECK) {
                Ok(drawn) => {
                    return drawn.map(|(rendered, plate)| Rendered {
                        shot: plate.and_then(|plate| plate.shot()).map(Arc::new),
                        ..rendered
                    });
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Undrawn::Gone),
                Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => return Err(Undrawn::Stopped),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Worker { orders, thread }) = worker {
            // The worker ends, and the browser with it, when there is nobody left to order.
            drop(orders);
            let _ = thread.join();
        }
    }
}

impl Worker {
    fn start(path: PathBuf, plan: Plan) -> Self {
        let (orders, queue) = unbounded_channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // Without one, whoever orders is told that the browser is gone.
            if let Ok(runtime) = runtime {
                let local = LocalSet::new();
                local.block_on(&runtime, serve(queue, path, plan));
            }
        });
        Self { orders, thread }
    }
}

/// Draws what is ordered, as much at once as is ordered at once.
async fn serve(mut queue: UnboundedReceiver<Order>, path: PathBuf, plan: Plan) {
    let door = Rc::new(Door::new(&plan));
    let current: Rc<RefCell<Option<Rc<Running>>>> = Rc::default();
    while let Some(order) = queue.recv().await {
        let worn = |running: &Rc<Running>| running.in_trouble.get() || running.pages.get() >= PAGES;
        if current.borrow().as_ref().is_some_and(worn) {
            // It ends when the last page that is still drawn in it is done.
            current.borrow_mut().take();
        }
        let known = current.borrow().clone();
        let running = match known {
            Some(running) => running,
            None => match start(&path).await {
                Ok(running) => {
                    *current.borrow_mut() = Some(Rc::clone(&running));
                    running
                }
                Err(undrawn) => {
                    let _ = order.reply.send(Err(undrawn));
                    continue;
                }
            },
        };
        running.pages.set(running.pages.get() + 1);
        let door = Rc::clone(&door);
        tokio::task::spawn_local(async move {
            let drawn = drawn::draw(&running, &door, &order).await;
            if matches!(drawn, Err(Undrawn::Gone | Undrawn::Crashed | Undrawn::Memory | Undrawn::Hangs)) {
                running.in_trouble.set(true);
            }
            let _ = order.reply.send(drawn);
        });
    }
}

/// Starts a browser, and waits until it answers.
async fn start(path: &Path) -> Result<Rc<Running>, Undrawn> {
    let failed = |error: BrowserError| Undrawn::Start(error.to_string().into());
    let (process, to, from) = Process::start(path).map_err(failed)?;
    let wire = Wire::new(to, from);
    let running = Running { wire, process, pages: Cell::new(0), in_trouble: Cell::new(false) };
    match running.wire.ask(None, "Browser.getVersion", json!({}), START).await {
        Ok(_) => Ok(Rc::new(running)),
        Err(_) => {
            let source = std::io::Error::other("it did not answer");
            Err(failed(BrowserError::Start { path: path.to_owned(), source }))
        }
    }
}
