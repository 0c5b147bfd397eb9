//! One page in the browser: opened in a context of its own, answered, left to settle by a clock of its own, read, and
//! closed. The same page with the same answers gives the same tree. It must never wait without end.

mod stopped;

use super::door::{Door, Used, Verdict};
use super::tree::{self, Written};
use super::wire::{Event, NoAnswer, Wire};
use super::{Manner, Order, Running, Undrawn, drawing};
use crate::model::{Fetched, PageUrl, RenderNotes, Window};
use futures_util::stream::{FuturesUnordered, StreamExt};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep};

/// How long a page's own clock runs, in milliseconds, after its network was quiet: data that comes, and what
/// is drawn a little later. Our choice. Idle timers of terminals (30 s and more) do not run out in it.
const BUDGET: u32 = 5_000;

/// The window, as the style engine has it.
pub(super) const WINDOW: (u32, u32) = (1280, 800);

/// How long the browser may take over one request. Our choice; a loaded machine needs seconds for a new page.
const PATIENCE: Duration = Duration::from_secs(45);

/// How long a page may do nothing that is told, while it waits for no answer, before it hangs: of the clock on the wall and,
/// where the system tells it, of processor time, since others may keep the machine busy. Our choice.
const HANGS: Duration = Duration::from_secs(12);

/// How long a page may take in all. Our choice.
const LONGEST: Duration = Duration::from_secs(120);

/// How long the browser may wait before the requests that a page made meanwhile are held to be what it waits for (a script can
/// stand still until it has its data). Our choice; whatever answers at all does so within hundredths of it.
const HELD: Duration = Duration::from_secs(3);

/// The memory that the browser may hold, in bytes. Our choice.
const MAX_MEMORY: u64 = 4 * 1024 * 1024 * 1024;

/// How often it is looked after. Our choice.
const CHECK: Duration = Duration::from_millis(250);

/// Opens the page in a context of its own, lets it settle, and does something with it.
pub(super) async fn visit<T>(
    running: &Running,
    door: &Door,
    order: &Order,
    work: impl AsyncFnOnce(&mut Visit<'_>) -> Result<T, Undrawn>,
) -> Result<T, Undrawn> {
    let wire = &running.wire;
    let context = wire.ask(None, "Target.createBrowserContext", json!({ "disposeOnDetach": true }), PATIENCE).await?;
    let context = context["browserContextId"].as_str().unwrap_or("").to_owned();
    let done = in_context(running, door, order, &context, work).await;
    wire.tell(None, "Target.disposeBrowserContext", json!({ "browserContextId": context }));
    done
}

async fn in_context<T>(
    running: &Running,
    door: &Door,
    order: &Order,
    context: &str,
    work: impl AsyncFnOnce(&mut Visit<'_>) -> Result<T, Undrawn>,
) -> Result<T, Undrawn> {
    let wire = &running.wire;
    wire.tell(None, "Browser.setDownloadBehavior", json!({ "behavior": "deny", "browserContextId": context }));
    let (width, height) = order.manner.screen.unwrap_or(WINDOW);
    let blank = json!({ "url": "about:blank", "browserContextId": context, "width": width, "height": height });
    let target = wire.ask(None, "Target.createTarget", blank, PATIENCE).await?;
    let attach = json!({ "targetId": target["targetId"], "flatten": true });
    let session = wire.ask(None, "Target.attachToTarget", attach, PATIENCE).await?;
    let session = session["sessionId"].as_str().unwrap_or("").to_owned();
    let events = wire.listen(&session);
    prepare(wire, &session, order.started, (width, height)).await?;
    let frame = target["targetId"].as_str().unwrap_or("");
    let notes = RenderNotes { why: order.why, ..RenderNotes::default() };
    let (fetched, session) = (&order.fetched, &*session);
    let (world, missing, unpainted, held, later) = Default::default();
    let mut visit = Visit {
        running,
        door,
        fetched,
        session,
        frame,
        world,
        is_open: false,
        asked: 0,
        is_pressed: false,
        is_unpainted: false,
        is_touched: false,
        acts: &order.manner.acts,
        seen: 0,
        left: None,
        notes,
        missing,
        unpainted,
        events,
        held,
        later,
    };
    visit.tell("Page.navigate", json!({ "url": fetched.url.as_str() }));
    let done = match visit.settle().await {
        Ok(()) => work(&mut visit).await,
        Err(undrawn) => Err(undrawn),
    };
    wire.leave(session);
    done
}

/// Everything about the page that must be the same each time.
async fn prepare(wire: &Wire, session: &str, started: i64, (width, height): (u32, u32)) -> Result<(), Undrawn> {
    let tell = |method: &str, params: Value| wire.tell(Some(session), method, params);
    tell("Page.enable", json!({}));
    tell("Runtime.enable", json!({}));
    tell("Inspector.enable", json!({}));
    tell("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] }));
    tell("Network.setBypassServiceWorker", json!({ "bypass": true }));
    tell(
        "Emulation.setDeviceMetricsOverride",
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
    );
    tell("Emulation.setTimezoneOverride", json!({ "timezoneId": "UTC" }));
    tell("Emulation.setLocaleOverride", json!({ "locale": "en-US" }));
    tell("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
    let still = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }, { "name": "prefers-color-scheme", "value": "light" }]);
    tell("Emulation.setEmulatedMedia", json!({ "media": "screen", "features": still }));
    tell("Page.setInterceptFileChooserDialog", json!({ "enabled": true }));
    tell("Runtime.addBinding", json!({ "name": "plainwayTell" }));
    tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": include_str!("before.js") }));
    // Awaited: Chromium 156 ends a page that is opened before its clock stands.
    let clock = json!({ "policy": "pause", "initialVirtualTime": started });
    wire.ask(Some(session), "Emulation.setVirtualTimePolicy", clock, PATIENCE).await?;
    Ok(())
}

/// One page in its tab.
pub(super) struct Visit<'a> {
    running: &'a Running,
    door: &'a Door,
    fetched: &'a Fetched,
    session: &'a str,
    /// The name of the page's own frame.
    frame: &'a str,
    /// The world for scripts of ours.
    world: Value,
    /// Whether the page itself was asked for.
    is_open: bool,
    /// Requests for anything else.
    asked: u32,
    /// Whether something was pressed, and phrases of what is never asked for then.
    is_pressed: bool,
    /// Whether a picture that was asked for never came.
    pub(super) is_unpainted: bool,
    /// Whether the page cannot be gone on with as one that nobody looked at: rules of its styles were written into it, or what was
    /// changed to look at it could not be changed back.
    pub(super) is_touched: bool,
    acts: &'a [String],
    /// What was tried and stopped when somebody last looked, and the address that the page was to be left for since then.
    seen: u32,
    left: Option<String>,
    pub(super) notes: RenderNotes,
    /// The pictures that there are none of.
    missing: HashSet<String>,
    /// Those, and the ones that it may not ask for.
    unpainted: HashSet<String>,
    events: UnboundedReceiver<Event>,
    /// Requests, and whatever else happened, while the browser was asked for something: for when the clock runs.
    held: Vec<Value>,
    later: Vec<Event>,
}

/// A request, and what becomes of it.
async fn opened(door: &Door, page: &PageUrl, paused: Value, used: &Used) -> (Value, Verdict) {
    let verdict = door.open(page, &paused, used).await;
    (paused, verdict)
}

impl Visit<'_> {
    fn tell(&self, method: &str, params: Value) {
        self.running.wire.tell(Some(self.session), method, params);
    }

    /// Asks the browser. What it waits for itself before it answers is settled meanwhile: the page is not left for another,
    /// and a script that stands still for data has them. All else that happens is kept for when the clock runs, so that it
    /// comes at no other moment than it would.
    pub(super) async fn ask(&mut self, method: &str, params: Value) -> Result<Value, Undrawn> {
        self.ask_within(PATIENCE, method, params).await
    }

    /// The same with another patience.
    pub(super) async fn ask_within(
        &mut self,
        patience: Duration,
        method: &str,
        params: Value,
    ) -> Result<Value, Undrawn> {
        let (running, door, page, used) = (self.running, self.door, &self.fetched.url, Used::default());
        let answer = running.wire.ask(Some(self.session), method, params, patience);
        let (mut answer, mut open) = (pin!(answer), FuturesUnordered::new());
        loop {
            tokio::select! {
                biased;
                told = &mut answer => {
                    while let Some((params, verdict)) = open.next().await {
                        self.answer(&params, verdict);
                    }
                    return Ok(told?);
                }
                event = self.events.recv() => self.meanwhile(event.ok_or(Undrawn::Gone)?)?,
                Some((params, verdict)) = open.next(), if !open.is_empty() => self.answer(&params, verdict),
                () = sleep(HELD), if !self.held.is_empty() => {
                    for params in self.held.drain(..) {
                        open.push(opened(door, page, params, &used));
                    }
                }
            }
        }
    }

    /// Lets the page's clock run for so many milliseconds, and answers what it asks for meanwhile.
    pub(super) async fn run(&mut self, budget: u32) -> Result<(), Undrawn> {
        // The clock stands while an answer is awaited: a slow network changes nothing.
        let policy = json!({ "policy": "pauseIfNetworkFetchesPending", "budget": budget, "maxVirtualTimeTaskStarvationCount": 100_000 });
        self.tell("Emulation.setVirtualTimePolicy", policy);
        let end = Instant::now() + LONGEST;
        let mut last = Instant::now();
        // When it was last seen to do something, and the processor time that was used until then: looked at when it takes its
        // time, since most runs are over before.
        let mut worked = None;
        let (door, page, used) = (self.door, &self.fetched.url, Used::default());
        let mut open: FuturesUnordered<_> =
            self.held.drain(..).map(|params| opened(door, page, params, &used)).collect();
        for Event { method, params } in std::mem::take(&mut self.later) {
            self.note(&method, &params);
        }
        loop {
            let waits = !open.is_empty();
            tokio::select! {
                event = self.events.recv() => {
                    let Some(Event { method, params }) = event else { return Err(Undrawn::Gone) };
                    last = Instant::now();
                    match method.as_str() {
                        "Emulation.virtualTimeBudgetExpired" => return Ok(()),
                        "Inspector.targetCrashed" | "Inspector.detached" => return Err(Undrawn::Crashed),
                        "Fetch.requestPaused" => match self.at_once(&params) {
                            Some(verdict) => self.answer(&params, verdict),
                            None => open.push(opened(door, page, params, &used)),
                        },
                        _ => self.note(&method, &params),
                    }
                }
                Some((params, verdict)) = open.next(), if waits => {
                    last = Instant::now();
                    self.answer(&params, verdict);
                }
                () = sleep(CHECK) => {
                    let now = Instant::now();
                    let (memory, used) = self.running.load();
                    let (since, then) = worked.filter(|(since, _)| last <= *since && !waits).unwrap_or((now, used));
                    worked = Some((since, then));
                    let own = used.zip(then).map_or(HANGS, |(used, then)| used.saturating_sub(then));
                    if now > end || (now >= since + HANGS && own >= HANGS) {
                        return Err(Undrawn::Hangs);
                    }
                    if memory > MAX_MEMORY {
                        return Err(Undrawn::Memory);
                    }
                }
            }
        }
    }

    /// Waits until the page does nothing more.
    async fn settle(&mut self) -> Result<(), Undrawn> {
        self.run(BUDGET).await?;
        let mut world = self.ask("Page.createIsolatedWorld", json!({ "frameId": self.frame })).await?;
        self.world = world["executionContextId"].take();
        Ok(())
    }

    /// The tree as it is now, and where its elements stand in the window that it was drawn in.
    pub(super) async fn shown(&mut self, manner: &Manner) -> Result<(String, Option<drawing::Draft>), Undrawn> {
        let (snapshot, written) = self.written(drawing::question()).await?;
        let Some(mut draft) = drawing::Draft::new(&snapshot, &written) else { return Ok((written.html, None)) };
        draft.add(&snapshot, Window::Desk, manner.screen.unwrap_or(WINDOW));
        draft.note(&snapshot, &self.missing, &self.unpainted);
        Ok((written.html, Some(draft)))
    }

    /// The snapshot of the page as it is now, and its HTML.
    pub(super) async fn written(&mut self, question: Value) -> Result<(Value, Written), Undrawn> {
        self.is_touched |= self.in_world(include_str!("after.js")).await? == json!(true);
        let snapshot = self.ask("DOMSnapshot.captureSnapshot", question).await?;
        let written = tree::written(&snapshot).ok_or_else(|| Undrawn::Refused("it told no tree".to_owned()))?;
        Ok((snapshot, written))
    }

    /// The numbers of start tags in the HTML of the page as it is now, by the browser's own numbers.
    pub(super) async fn numbers(&mut self) -> Result<FxHashMap<u64, u32>, Undrawn> {
        let (snapshot, written) = self.written(json!({ "computedStyles": [] })).await?;
        Ok(written.numbers(&snapshot))
    }

    /// What a script of ours says.
    pub(super) async fn in_world(&mut self, script: &str) -> Result<Value, Undrawn> {
        let mut told = self.evaluate(script, json!({ "returnByValue": true })).await?;
        Ok(told["result"]["value"].take())
    }

    /// Runs a script of ours, with what `Runtime.evaluate` may be told beside.
    pub(super) async fn evaluate(&mut self, script: &str, mut with: Value) -> Result<Value, Undrawn> {
        with["expression"] = script.into();
        with["contextId"] = self.world.clone();
        self.ask("Runtime.evaluate", with).await
    }

    /// The number of the start tag of the element that a script of ours gives, of those of the tree that was read.
    pub(super) async fn number(&mut self, script: &str, numbers: &FxHashMap<u64, u32>) -> Result<Option<u32>, Undrawn> {
        let told = self.evaluate(script, json!({})).await?;
        let object = json!({ "objectId": told["result"]["objectId"] });
        let told = self.ask("DOM.describeNode", object).await?;
        Ok(told["node"]["backendNodeId"].as_u64().and_then(|number| numbers.get(&number).copied()))
    }

    /// Presses a key, with Shift or without.
    pub(super) async fn press(&mut self, key: &str, shift: bool) -> Result<(), Undrawn> {
        // Numbers as in UI Events, appendix "Fixed virtual key codes".
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            _ => 27,
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if key == "Enter" && kind == "keyDown" { "\r" } else { "" };
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": if shift { 8 } else { 0 }, "text": text });
            self.ask("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// Presses the mouse at a place of the window, and takes it away.
    pub(super) async fn click(&mut self, x: f64, y: f64) -> Result<(), Undrawn> {
        self.is_pressed = true;
        for (kind, button, (x, y)) in [
            ("mouseMoved", "none", (x, y)),
            ("mousePressed", "left", (x, y)),
            ("mouseReleased", "left", (x, y)),
            ("mouseMoved", "none", (0.0, 0.0)),
        ] {
            let count = u8::from(button == "left");
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
            self.ask("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Presses the mouse in the middle of the window.
    pub(super) async fn touch(&mut self) -> Result<(), Undrawn> {
        let told = self.ask("Page.getLayoutMetrics", json!({})).await?;
        let size = |side: &str| told["cssVisualViewport"][side].as_f64().unwrap_or(0.0) / 2.0;
        self.click(size("clientWidth"), size("clientHeight")).await
    }
}

impl From<NoAnswer> for Undrawn {
    fn from(why: NoAnswer) -> Self {
        match why {
            NoAnswer::Gone => Self::Gone,
            NoAnswer::Late => Self::Hangs,
            NoAnswer::Refused(what) => Self::Refused(what),
        }
    }
}
