//! One page drawn: opened in a context of its own, answered, left to settle by a clock of its own, read, and
//! closed. The same page with the same answers gives the same tree. It must never wait without end.

use super::door::{Answer, Door, Used, Verdict};
use super::pixels::Pixels;
use super::tree::{self, Written};
use super::wire::{Event, NoAnswer, Wire};
use super::{Order, Running, Undrawn, drawing, keys};
use crate::model::{Fetched, RenderNotes, Rendered, Window};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep};

/// How long a page's own clock runs, in milliseconds, after its network was quiet: data that comes, and what
/// is drawn a little later. Our choice. Idle timers of terminals (30 s and more) do not run out in it.
const BUDGET: u32 = 5_000;

/// The window, as the style engine has it.
const WINDOW: (u32, u32) = (1280, 800);

/// The other windows that a page is looked at in; the last one is the first with other spacing.
const OTHERS: &[(Window, (u32, u32))] = &[
    (Window::Phone, (390, 844)),
    (Window::Narrow, (320, 256)),
    (Window::Zoomed, (640, 400)),
    (Window::Spaced, WINDOW),
];

/// The spacing of text that readers may set (WCAG 1.4.12).
const SPACED: &str = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }";

/// No change takes time: the clock stands.
const STILL: &str = "*, *::before, *::after { transition: none !important; }";

/// A page without its texts.
const INKLESS: &str = "* { color: transparent !important; -webkit-text-fill-color: transparent !important; -webkit-text-stroke-color: transparent !important; text-shadow: none !important; text-decoration-color: transparent !important; caret-color: transparent !important; }";

/// How long the browser may take over one request. Our choice; a loaded machine needs seconds for a new page.
const PATIENCE: Duration = Duration::from_secs(45);

/// How long a page may do nothing that is told, while it waits for no answer, before it hangs: of the clock on the wall and,
/// where the system tells it, of processor time, since others may keep the machine busy. Our choice.
const HANGS: Duration = Duration::from_secs(12);

/// How long a page may take in all. Our choice.
const LONGEST: Duration = Duration::from_secs(120);

/// The memory that the browser may hold, in bytes. Our choice.
const MAX_MEMORY: u64 = 4 * 1024 * 1024 * 1024;

/// How often it is looked after. Our choice.
const CHECK: Duration = Duration::from_millis(250);

/// Up to which number notes are counted.
const MAX_NOTES: u32 = 1_000;

/// Characters of an error that are kept.
const MAX_ERROR: usize = 200;

/// Draws a page, and walks it with the keyboard.
pub(super) async fn draw(running: &Running, door: &Door, order: &Order) -> Result<Rendered, Undrawn> {
    let ((html, drawing), mut notes) = visit(running, door, order, async |page| page.read().await).await?;
    if html.len() > order.most {
        return Err(Undrawn::TooLarge);
    }
    // What the keyboard changes must not be seen in what was drawn: it walks in a visit of its own.
    notes.keys = visit(running, door, order, async |page| keys::walk(page, &html).await).await?.0;
    Ok(Rendered { html: html.into(), notes, drawing: drawing.into() })
}

/// Opens the page in a context of its own, lets it settle, and does something with it.
async fn visit<T>(
    running: &Running,
    door: &Door,
    order: &Order,
    work: impl AsyncFnOnce(&mut Visit<'_>) -> Result<T, Undrawn>,
) -> Result<(T, RenderNotes), Undrawn> {
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
) -> Result<(T, RenderNotes), Undrawn> {
    let wire = &running.wire;
    wire.tell(None, "Browser.setDownloadBehavior", json!({ "behavior": "deny", "browserContextId": context }));
    let (width, height) = order.screen.unwrap_or(WINDOW);
    let blank = json!({ "url": "about:blank", "browserContextId": context, "width": width, "height": height });
    let target = wire.ask(None, "Target.createTarget", blank, PATIENCE).await?;
    let attach = json!({ "targetId": target["targetId"], "flatten": true });
    let session = wire.ask(None, "Target.attachToTarget", attach, PATIENCE).await?;
    let session = session["sessionId"].as_str().unwrap_or("").to_owned();
    let events = wire.listen(&session);
    prepare(wire, &session, order.started, (width, height)).await?;
    let frame = target["targetId"].as_str().unwrap_or("");
    let notes = RenderNotes { why: order.why, ..RenderNotes::default() };
    let (fetched, session, screen) = (&order.fetched, &*session, order.screen);
    let (missing, unpainted) = Default::default();
    let mut visit =
        Visit { running, door, fetched, session, frame, screen, is_open: false, notes, missing, unpainted, events };
    visit.tell("Page.navigate", json!({ "url": fetched.url.as_str() }));
    let done = match visit.run(BUDGET).await {
        Ok(()) => work(&mut visit).await,
        Err(undrawn) => Err(undrawn),
    };
    wire.leave(session);
    Ok((done?, visit.notes))
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
    /// The screen of a kiosk that it is drawn on.
    screen: Option<(u32, u32)>,
    /// Whether the page itself was asked for.
    is_open: bool,
    notes: RenderNotes,
    /// The pictures that there are none of.
    missing: HashSet<String>,
    /// Those, and the ones that it may not ask for.
    unpainted: HashSet<String>,
    events: UnboundedReceiver<Event>,
}

impl Visit<'_> {
    fn tell(&self, method: &str, params: Value) {
        self.running.wire.tell(Some(self.session), method, params);
    }

    pub(super) async fn ask(&self, method: &str, params: Value) -> Result<Value, Undrawn> {
        Ok(self.running.wire.ask(Some(self.session), method, params, PATIENCE).await?)
    }

    /// Lets the page's clock run for so many milliseconds, and answers what it asks for meanwhile.
    pub(super) async fn run(&mut self, budget: u32) -> Result<(), Undrawn> {
        // The clock stands while an answer is awaited: a slow network changes nothing.
        let policy = json!({ "policy": "pauseIfNetworkFetchesPending", "budget": budget, "maxVirtualTimeTaskStarvationCount": 100_000 });
        self.tell("Emulation.setVirtualTimePolicy", policy);
        let end = Instant::now() + LONGEST;
        let mut last = Instant::now();
        // When it was last seen to do something, and the processor time that was used until then.
        let mut worked = (last, self.running.load().1);
        let (door, page, used) = (self.door, &self.fetched.url, Used::default());
        let mut open = FuturesUnordered::new();
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
                            None => {
                                let used = &used;
                                open.push(async move {
                                    let verdict = door.open(page, &params, used).await;
                                    (params, verdict)
                                });
                            }
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
                    if last > worked.0 || waits {
                        worked = (now, used);
                    }
                    let own = used.zip(worked.1).map_or(HANGS, |(used, then)| used.saturating_sub(then));
                    if now > end || (now >= worked.0 + HANGS && own >= HANGS) {
                        return Err(Undrawn::Hangs);
                    }
                    if memory > MAX_MEMORY {
                        return Err(Undrawn::Memory);
                    }
                }
            }
        }
    }

    /// What becomes of a request for the page's own frame: the page itself is there already, and it is not
    /// left for another.
    fn at_once(&mut self, paused: &Value) -> Option<Verdict> {
        let is_page = paused["resourceType"] == "Document" && paused["frameId"].as_str() == Some(self.frame);
        if !is_page {
            return None;
        }
        if std::mem::replace(&mut self.is_open, true) {
            let acts = paused["request"]["method"].as_str() != Some("GET");
            return Some(if acts { Verdict::Acts } else { Verdict::Leaves });
        }
        let media = self.fetched.header("content-type").unwrap_or("text/html").to_owned();
        Some(Verdict::Answer(Answer { status: self.fetched.status, media, body: self.fetched.body.clone() }))
    }

    fn answer(&mut self, paused: &Value, verdict: Verdict) {
        let id = &paused["requestId"];
        let is_document = paused["resourceType"] == "Document";
        let is_picture = paused["resourceType"] == "Image";
        let is_missing = match &verdict {
            Verdict::Answer(answer) => answer.status >= 400,
            verdict => matches!(verdict, Verdict::Missing),
        };
        if is_picture && (is_missing || matches!(verdict, Verdict::Refused)) {
            self.unpainted.extend(paused["request"]["url"].as_str().map(str::to_owned));
        }
        if is_picture && is_missing {
            self.missing.extend(paused["request"]["url"].as_str().map(str::to_owned));
        }
        let counted = match verdict {
            Verdict::Answer(answer) => {
                let origin = paused["request"]["headers"]["Origin"].as_str().unwrap_or("*");
                let mut headers = vec![
                    json!({ "name": "content-type", "value": answer.media }),
                    json!({ "name": "access-control-allow-origin", "value": origin }),
                    json!({ "name": "access-control-allow-credentials", "value": "true" }),
                ];
                // What a page forbids its scripts counts here too.
                let policy = if is_document { self.fetched.header("content-security-policy") } else { None };
                headers.extend(policy.map(|value| json!({ "name": "content-security-policy", "value": value })));
                let body = STANDARD.encode(&answer.body);
                let answer =
                    json!({ "requestId": id, "responseCode": answer.status, "responseHeaders": headers, "body": body });
                self.tell("Fetch.fulfillRequest", answer);
                return;
            }
            Verdict::Acts if is_document => Some(&mut self.notes.submits),
            Verdict::Acts => Some(&mut self.notes.sends),
            Verdict::Leaves => Some(&mut self.notes.leaves),
            Verdict::Missing if !is_document && !is_picture => Some(&mut self.notes.missing),
            Verdict::Missing | Verdict::Refused => None,
        };
        if let Some(count) = counted {
            *count = (*count + 1).min(MAX_NOTES);
        }
        // An aborted navigation leaves the page as it is; any other reason would show an error in its place.
        let reason = if is_document { "Aborted" } else { "BlockedByClient" };
        self.tell("Fetch.failRequest", json!({ "requestId": id, "errorReason": reason }));
    }

    /// Notes what a script tried.
    fn note(&mut self, method: &str, params: &Value) {
        let notes = &mut self.notes;
        let count = match method {
            "Runtime.bindingCalled" => match params["payload"].as_str() {
                Some("dialog") => &mut notes.dialogs,
                Some("window") => &mut notes.windows,
                Some("submit") => &mut notes.submits,
                Some("permission") => &mut notes.permissions,
                _ => return,
            },
            "Page.javascriptDialogOpening" => {
                // Only "leave this page?" gets here; the page is not left.
                self.running.wire.tell(Some(self.session), "Page.handleJavaScriptDialog", json!({ "accept": false }));
                &mut notes.dialogs
            }
            "Page.downloadWillBegin" => &mut notes.downloads,
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let text = details["exception"]["description"].as_str().or_else(|| details["text"].as_str());
                if notes.errors == 0 {
                    let line = text.unwrap_or("").lines().next().unwrap_or("");
                    notes.first_error = line.chars().take(MAX_ERROR).collect();
                }
                &mut notes.errors
            }
            _ => return,
        };
        *count = (*count + 1).min(MAX_NOTES);
    }

    /// The tree as it is now, and where its elements stand, in this window and in others.
    async fn read(&self) -> Result<(String, Vec<u8>), Undrawn> {
        let (world, snapshot, written) = self.tree(drawing::question()).await?;
        let Some(mut draft) = drawing::Draft::new(&snapshot, &written) else { return Ok((written.html, Vec::new())) };
        draft.add(&snapshot, Window::Desk, self.screen.unwrap_or(WINDOW));
        draft.note(&snapshot, &self.missing, &self.unpainted);
        // A kiosk has one screen.
        if draft.is_viewed() && self.screen.is_none() {
            self.look_again(&mut draft, &world).await?;
        }
        Ok((written.html, draft.finish()))
    }

    /// Looks at the page in other windows. Its scripts stand still meanwhile: what they would change then is not seen.
    async fn look_again(&self, draft: &mut drawing::Draft, world: &Value) -> Result<(), Undrawn> {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
        self.dress(world, STILL).await?;
        for &(window, (width, height)) in OTHERS {
            if window == Window::Spaced {
                self.dress(world, SPACED).await?;
            }
            let is_mobile = window == Window::Phone;
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_mobile });
            self.ask("Emulation.setDeviceMetricsOverride", metrics).await?;
            let snapshot = self.ask("DOMSnapshot.captureSnapshot", drawing::question()).await?;
            draft.add(&snapshot, window, (width, height));
        }
        // As it was, for whoever looks next.
        self.undress(world).await?;
        // Last, since a browser makes its window as large as the picture, and small again in its own time.
        if let Some((width, height)) = draft.pictured() {
            self.dress(world, INKLESS).await?;
            let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
            let wanted =
                json!({ "format": "png", "captureBeyondViewport": true, "optimizeForSpeed": true, "clip": clip });
            // Without a picture it is not told what lies behind the texts.
            let picture = self.ask("Page.captureScreenshot", wanted).await.ok();
            let png = picture.and_then(|picture| STANDARD.decode(picture["data"].as_str()?).ok());
            if let Some(pixels) = png.and_then(|png| Pixels::read(&png)) {
                draft.add_grounds(&pixels);
            }
            self.undress(world).await?;
        }
        self.undress(world).await?;
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await?;
        Ok(())
    }

    /// Gives the page a style of ours, over its own.
    async fn dress(&self, world: &Value, css: &str) -> Result<(), Undrawn> {
        let script = format!(
            "(() => {{ const sheet = new CSSStyleSheet(); sheet.replaceSync({}); document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }})()",
            json!(css)
        );
        self.in_world(world, &script).await?;
        Ok(())
    }

    /// Takes the last style of ours away again.
    async fn undress(&self, world: &Value) -> Result<(), Undrawn> {
        let script = "document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)";
        self.in_world(world, script).await?;
        Ok(())
    }

    /// A world for scripts of ours, the snapshot of the page as it is now, and its HTML.
    pub(super) async fn tree(&self, question: Value) -> Result<(Value, Value, Written), Undrawn> {
        let mut world = self.ask("Page.createIsolatedWorld", json!({ "frameId": self.frame })).await?;
        let world = world["executionContextId"].take();
        self.in_world(&world, include_str!("after.js")).await?;
        let snapshot = self.ask("DOMSnapshot.captureSnapshot", question).await?;
        let written = tree::written(&snapshot).ok_or_else(|| Undrawn::Refused("it told no tree".to_owned()))?;
        Ok((world, snapshot, written))
    }

    /// What a script of ours says.
    pub(super) async fn in_world(&self, world: &Value, script: &str) -> Result<Value, Undrawn> {
        let script = json!({ "expression": script, "contextId": world, "returnByValue": true });
        let mut told = self.ask("Runtime.evaluate", script).await?;
        Ok(told["result"]["value"].take())
    }

    /// The browser's handle of the object that a script of ours gives.
    pub(super) async fn object(&self, world: &Value, script: &str) -> Result<Value, Undrawn> {
        let script = json!({ "expression": script, "contextId": world });
        let mut told = self.ask("Runtime.evaluate", script).await?;
        Ok(told["result"]["objectId"].take())
    }

    /// Presses a key, with Shift or without.
    pub(super) async fn press(&self, key: &str, shift: bool) -> Result<(), Undrawn> {
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

    /// What the window shows, as PNG in Base64.
    pub(super) async fn picture(&self) -> Result<String, Undrawn> {
        let mut told = self.ask("Page.captureScreenshot", json!({ "format": "png", "optimizeForSpeed": true })).await?;
        match told["data"].take() {
            Value::String(data) => Ok(data),
            _ => Err(Undrawn::Refused("it gave no picture".to_owned())),
        }
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
