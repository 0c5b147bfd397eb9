//! The DevTools protocol over a pipe: requests with their answers, and events by session. Messages are JSON
//! that ends with a NUL. It must never wait without end for an answer.

use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::rc::Rc;
use std::sync::mpsc as blocking;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// Bytes of one message at most; a longer one ends the conversation. Our choice: the tree of a page of 10 MB
/// has about as many.
const MAX_MESSAGE: u64 = 256 * 1024 * 1024;

/// Something that happened in a page.
pub(super) struct Event {
    pub(super) method: String,
    pub(super) params: Value,
}

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The browser is gone.
    Gone,
    /// None came in time.
    Late,
    /// The browser refused.
    Refused(String),
}

/// One end of the pipe.
pub(super) struct Wire {
    to: blocking::Sender<Vec<u8>>,
    next: Cell<u64>,
    waiting: RefCell<HashMap<u64, oneshot::Sender<Result<Value, String>>>>,
    sessions: RefCell<HashMap<String, mpsc::UnboundedSender<Event>>>,
}

impl Wire {
    /// Speaks through these pipes. Has to be called within a `LocalSet`.
    pub(super) fn new(mut to: impl Write + Send + 'static, from: impl Read + Send + 'static) -> Rc<Self> {
        let (sender, queue) = blocking::channel::<Vec<u8>>();
        // Ends when the wire is dropped, and closes the pipe with it.
        std::thread::spawn(move || {
            for message in queue {
                if to.write_all(&message).and_then(|()| to.flush()).is_err() {
                    return;
                }
            }
        });
        let (said, mut hear) = mpsc::unbounded_channel::<Vec<u8>>();
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            loop {
                let mut message = Vec::new();
                let read = from.by_ref().take(MAX_MESSAGE).read_until(0, &mut message);
                if read.is_err() || message.pop() != Some(0) || said.send(message).is_err() {
                    return;
                }
            }
        });
        let (waiting, sessions) = Default::default();
        let wire = Rc::new(Self { to: sender, next: Cell::new(1), waiting, sessions });
        let listener = Rc::downgrade(&wire);
        tokio::task::spawn_local(async move {
            while let Some(message) = hear.recv().await {
                let Some(wire) = listener.upgrade() else { return };
                wire.take(&message);
            }
            if let Some(wire) = listener.upgrade() {
                // Whoever waits is told so by its sender being gone.
                wire.waiting.borrow_mut().clear();
                wire.sessions.borrow_mut().clear();
            }
        });
        wire
    }

    fn take(&self, message: &[u8]) {
        let Ok(mut message) = serde_json::from_slice::<Value>(message) else { return };
        if let Some(id) = message["id"].as_u64() {
            let Some(waiting) = self.waiting.borrow_mut().remove(&id) else { return };
            let error = message["error"]["message"].as_str().map(str::to_owned);
            // Whoever asked may have given up.
            let _ = waiting.send(error.map_or_else(|| Ok(message["result"].take()), Err));
            return;
        }
        let (Some(method), Some(session)) = (message["method"].as_str(), message["sessionId"].as_str()) else { return };
        if let Some(listener) = self.sessions.borrow().get(session) {
            let method = method.to_owned();
            let _ = listener.send(Event { method, params: message["params"].take() });
        }
    }

    /// Asks, and does not wait for the answer.
    pub(super) fn tell(&self, session: Option<&str>, method: &str, params: Value) -> u64 {
        let id = self.next.replace(self.next.get() + 1);
        let mut message = json!({ "id": id, "method": method });
        message["params"] = params;
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        // Where the browser is gone, the answer that does not come says so.
        let _ = self.to.send(bytes);
        id
    }

    /// Asks, and waits for the answer.
    pub(super) async fn ask(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
        patience: Duration,
    ) -> Result<Value, NoAnswer> {
        let id = self.tell(session, method, params);
        let (sender, answer) = oneshot::channel();
        self.waiting.borrow_mut().insert(id, sender);
        match timeout(patience, answer).await {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(refused))) => Err(NoAnswer::Refused(refused)),
            Ok(Err(_)) => Err(NoAnswer::Gone),
            Err(_) => {
                self.waiting.borrow_mut().remove(&id);
                Err(NoAnswer::Late)
            }
        }
    }

    /// What happens in a session from now on.
    pub(super) fn listen(&self, session: &str) -> mpsc::UnboundedReceiver<Event> {
        let (sender, events) = mpsc::unbounded_channel();
        self.sessions.borrow_mut().insert(session.to_owned(), sender);
        events
    }

    /// Stops to listen.
    pub(super) fn leave(&self, session: &str) {
        self.sessions.borrow_mut().remove(session);
    }
}
