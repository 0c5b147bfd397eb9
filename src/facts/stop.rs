//! What a page is on somebody's way through a task: how long it holds them, and what they can end it
//! with there. It knows nothing of the way.

use super::links::Link;
use super::page::PageFacts;
use crate::model::{PageUrl, Region};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Words that adults read silently in a minute (Brysbaert 2019, non-fiction in English).
const READ_A_MINUTE: f64 = 238.0;

/// What a task ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// A form that is filled in there.
    Form,
    /// Somebody who can be reached: a phone number, an address.
    Person,
    /// Nothing but a file to print or to read.
    File,
    /// A page of somebody else within the page.
    Frame,
    /// What the page says.
    Page,
}

/// What a page is to somebody who passes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Minutes to read its main content, without its forms.
    pub reading: f64,
    /// Minutes to fill in its longest form.
    pub filling: f64,
    /// What a task that ends here ends in.
    pub ending: Ending,
    /// Whether a form of it is sent on to what nobody sees without sending it.
    pub sends: bool,
    /// Where its forms lead.
    pub sends_to: Vec<PageUrl>,
}

impl PageFacts {
    /// What it is to somebody who passes it.
    pub fn stop(&self) -> Stop {
        let forms = || self.forms.iter().filter(|f| f.asks() && f.kind != "feedback");
        let in_forms: f64 = forms().map(|f| f.burden.reading).sum();
        let near = |region: Region| matches!(region, Region::Main | Region::Aside);
        let is_file = |l: &Link| l.region == Region::Main && l.file().is_some();
        let ending = if forms().next().is_some() {
            Ending::Form
        } else if self.contacts.iter().any(|c| near(c.region) && c.reaches()) {
            Ending::Person
        } else if self.links.iter().any(is_file) {
            Ending::File
        } else if self.frames > 0 {
            Ending::Frame
        } else {
            Ending::Page
        };
        let to = |action: &String| PageUrl::parse(action).ok();
        Stop {
            reading: (f64::from(self.main_words) / READ_A_MINUTE - in_forms).max(0.0),
            filling: forms().map(super::forms::Form::minutes).fold(0.0, f64::max),
            ending,
            sends: forms().any(|f| !matches!(f.kind.as_str(), "contact" | "survey")),
            sends_to: forms().filter_map(|f| f.action.as_ref().and_then(to)).filter(|to| *to != self.url).collect(),
        }
    }
}
