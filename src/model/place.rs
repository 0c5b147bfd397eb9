//! Where on a page something stands, and whether a person can meet it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The place of an element, for people who mend the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// A CSS selector that finds the element.
    pub selector: String,
    /// The line of the source on which its start tag ends, from 1; 0 where it is not known.
    pub line: u32,
    /// Its source or text, shortened and with personal data masked.
    pub snippet: String,
    /// What was pressed in a browser until it stood there, as `Menu › Services`; nothing for what stands there at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Which part of a page something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// The page's own matter.
    Main,
    /// A navigation.
    Nav,
    /// The banner of the site.
    Header,
    /// The foot of the site.
    Footer,
    /// Matter beside the main one.
    Aside,
}

/// Whether a person can meet an element. Three values, since static HTML cannot always tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// Shown, as far as the source says.
    Exposed,
    /// The source hides it (`hidden`, `type=hidden`, `template`, an inline style …).
    Hidden,
    /// A style or script may hide it; only a rendering could tell.
    Unknown,
}
