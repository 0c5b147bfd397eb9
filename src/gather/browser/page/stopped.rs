//! What becomes of what a page asks for and tries: handed over, or stopped and counted. It must never act.

use super::super::door::{Answer, Verdict, says_act};
use super::super::wire::Event;
use super::{Undrawn, Visit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Up to which number notes are counted.
const MAX_NOTES: u32 = 1_000;

/// Characters of an error that are kept.
const MAX_ERROR: usize = 200;

impl Visit<'_> {
    /// What happens while the browser is asked for something: what it waits for is settled, all else is kept.
    pub(super) fn meanwhile(&mut self, event: Event) -> Result<(), Undrawn> {
        match event.method.as_str() {
            "Inspector.targetCrashed" | "Inspector.detached" => return Err(Undrawn::Crashed),
            "Fetch.requestPaused" => match self.at_once(&event.params) {
                Some(verdict) => self.answer(&event.params, verdict),
                None => self.held.push(event.params),
            },
            "Page.javascriptDialogOpening" => self.note(&event.method, &event.params),
            _ => self.later.push(event),
        }
        Ok(())
    }

    /// What becomes of a request for the page's own frame: the page itself is there already, and it is not
    /// left for another.
    pub(super) fn at_once(&mut self, paused: &Value) -> Option<Verdict> {
        let is_page = paused["resourceType"] == "Document" && paused["frameId"].as_str() == Some(self.frame);
        if !is_page {
            self.asked += 1;
            // What a page asks for by itself is asked for by anybody who opens it; what a press brings about is not.
            let is_data = matches!(paused["resourceType"].as_str(), Some("XHR" | "Fetch"));
            let address = paused["request"]["url"].as_str().unwrap_or("");
            return (self.is_pressed && is_data && says_act(address, self.acts)).then_some(Verdict::Acts);
        }
        if std::mem::replace(&mut self.is_open, true) {
            let acts = paused["request"]["method"].as_str() != Some("GET");
            if !acts {
                self.left = paused["request"]["url"].as_str().map(str::to_owned);
            }
            return Some(if acts { Verdict::Acts } else { Verdict::Leaves });
        }
        let media = self.fetched.header("content-type").unwrap_or("text/html").to_owned();
        Some(Verdict::Answer(Answer { status: self.fetched.status, media, body: self.fetched.body.clone() }))
    }

    pub(super) fn answer(&mut self, paused: &Value, verdict: Verdict) {
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

    /// Requests of the page until now.
    pub(in super::super) fn asked(&self) -> u32 {
        self.asked
    }

    /// Whether something was stopped since this was last asked, and the address that the page was to be left for.
    pub(in super::super) fn tried(&mut self) -> (bool, Option<String>) {
        let n = &self.notes;
        let now = n.dialogs + n.windows + n.sends + n.submits + n.leaves + n.downloads;
        (std::mem::replace(&mut self.seen, now) != now, self.left.take())
    }

    /// Notes what a script tried.
    pub(super) fn note(&mut self, method: &str, params: &Value) {
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
}
