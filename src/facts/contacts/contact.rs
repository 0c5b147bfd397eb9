//! A way to reach somebody, as facts and rules know it.

use crate::model::Region;
use serde::{Deserialize, Serialize};

/// Where a contact was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In the text in sight.
    #[default]
    Text,
    /// In the address of a link.
    Link,
    /// In the text of an image.
    Image,
    /// In data for programs, which nobody sees.
    Data,
}

/// A way to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// `phone`, `fax`, `relay`, `email`, `address`, `hours`, `form`, `chat` or `social`; or what a page
    /// says of reaching somebody: `person`, `promise`, `wait`, `complaint`, `appeal`, `ombuds` …
    pub kind: String,
    /// The value in one spelling: E.164 with `;ext=`, lower case, `Mo-Fr 09:00-17:00`.
    pub value: String,
    /// What the page says.
    pub raw: String,
    /// The words that say whose it is; empty where there are none.
    pub label: String,
    /// The part of the page.
    pub region: Region,
    /// Line in the source.
    pub line: u32,
    /// Whether a phone number can exist in its country's plan; `None` for other kinds, or where the plan is not known.
    pub valid: Option<bool>,
    /// Where it was read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub origin: Origin,
    /// The heading it stands under; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub heading: String,
    /// The time zone of opening hours, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whether opening hours hold for a part of the year.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seasonal: bool,
    /// Whether a mail address is written so that a person has to put it together.
    #[serde(default, skip_serializing_if = "is_default")]
    pub obfuscated: bool,
    /// Whether a number or mail address in the text is a link too, so that it need not be copied; `None` for what is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<bool>,
    /// Whether a mail address is at a host where anyone may have one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub free_mail: bool,
    /// Index of the element; only while the page is read.
    #[serde(skip)]
    pub node: u32,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Contact {
    /// Whether a visitor can see it and reach somebody by it.
    pub fn reaches(&self) -> bool {
        self.origin != Origin::Data
            && matches!(self.kind.as_str(), "phone" | "email" | "address" | "form" | "relay" | "chat")
    }

    /// Whether a visitor can see it.
    pub fn is_visible(&self) -> bool {
        self.origin != Origin::Data
    }
}
