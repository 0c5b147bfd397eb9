//! What is kept of a kiosk beside its findings: what was assumed of it, its screens as a graph, and its checklist.

use crate::model::PageUrl;
use serde::{Deserialize, Serialize};

/// A kiosk as it was audited.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KioskRow {
    /// What measures follow from.
    pub assumptions: Vec<AssumptionRow>,
    /// Millimetres of a pixel on its screen.
    pub mm_per_pixel: f64,
    /// Its screens: the first one first, then by the touches that lead there.
    pub screens: Vec<ScreenRow>,
    /// Screens beyond those.
    pub left_out: usize,
    /// Its hardware, item by item.
    pub checklist: Vec<ItemRow>,
    /// The standards that its items name, and how their numbers were looked at.
    #[serde(default)]
    pub standards: Vec<StandardRow>,
}

/// A standard that the checklist names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardRow {
    /// How the items name it.
    pub short: String,
    /// Its name, with the chapters meant.
    pub name: String,
    /// How its numbers were looked at.
    pub read: String,
    /// When.
    pub on: String,
}

/// Something about a kiosk that measures follow from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumptionRow {
    /// Its key in the config.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Whether somebody said so; else it is assumed.
    pub given: bool,
}

/// A screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScreenRow {
    /// Its address.
    pub url: PageUrl,
    /// What it is called.
    pub name: String,
    /// Touches from the first screen; `None` where no way leads there.
    pub touches: Option<u32>,
    /// What it keeps, 0–100; `None` where it was not read.
    pub score: Option<f64>,
    /// The message of a problem that nobody gets past.
    pub blocker: Option<String>,
    /// Places in the list of the screens that it leads to.
    pub next: Vec<usize>,
}

/// How an item of the checklist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Somebody attests that it is met.
    Met,
    /// Somebody attests that it is not.
    NotMet,
    /// Somebody attests that it does not apply.
    NotApplicable,
    /// What was attested is no longer valid.
    Expired,
    /// Nobody attested anything.
    Open,
}

/// An item of the checklist of the hardware.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    /// What it is known by.
    pub id: String,
    /// What is asked.
    pub asks: String,
    /// The clauses that ask it.
    pub clauses: String,
    /// How it stands.
    pub state: ItemState,
    /// The model of the device, who attests it, when, by what evidence, and until when; empty where open.
    pub device: String,
    /// A role or team.
    pub who: String,
    /// The day, as `2026-03-01`.
    pub on: String,
    /// Where the evidence lies.
    pub evidence: String,
    /// The last day on which it holds; empty where it has none.
    pub expires: String,
}
