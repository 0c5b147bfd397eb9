//! Plain values that every stage shares; no I/O, and no judgement about a page.

mod axe;
mod drawing;
mod effort;
mod fetched;
mod finding;
mod goal;
mod hex;
mod keys;
mod media;
mod pattern;
mod place;
mod pressed;
mod rendered;
mod shared;
mod shot;
mod target;
mod terminal;
mod url;

/// Whether a count is left out of JSON.
// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(crate) fn is_zero(count: &u32) -> bool {
    *count == 0
}

pub use axe::{AxeNotes, AxeResult, AxeTrouble, Beside, BothFound, OnlyAxe, OnlyAxeRule};
pub use drawing::{Drawing, PARTS, PROPERTIES, View, Window};
pub use effort::{EFFORTS, days_of_work};
pub use fetched::{Fetched, LinkRole, Links, NextLink, Role, Via};
pub use finding::{Finding, Level, Outcome, Severity, State, Status};
pub use goal::Metric;
pub use hex::hex;
pub use keys::{KeyStop, Keys, KeysEnd};
pub use media::{is_document, is_html, media_type};
pub use pattern::{Pattern, fits, fits_whole, stars};
pub use place::{Exposure, Place, Region};
pub use pressed::{DrawnState, Idle, Pressed, ScreenNotes};
pub use rendered::{Besides, RenderNotes, RenderWhy, Rendered};
pub use shared::{shared_name, shared_rule, shared_url};
pub use shot::Shot;
pub use target::{Gathered, Limit, Reached, Sample, Stratum, Target, Trap, TrapKind, Unread, Why};
pub use terminal::{Assumption, Listed, Mounting, Terminal};
pub use url::{PageUrl, UrlError, stored_url};
