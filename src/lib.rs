//! Plainway audits the websites and kiosks of public bodies the way a citizen meets them.
//!
//! The tour, in the order in which an audit goes:
//!
//! ```text
//! gather ─► snapshot ─► facts ─► findings ─► score ─► history ─► report
//!  (I/O)     (WARC)     ──────────── pure ───────────   (I/O)     (pure)
//! ```
//!
//! [`gather`] brings pages from a site, a folder or an archive; [`snapshot`] keeps them as they came.
//! [`facts`] measures: what is on a page, and what is known of the whole site. [`rule`] reads rule
//! files, and [`audit`] holds them against the facts. [`score`] turns findings into points,
//! [`history`] keeps runs and compares them, and [`report`] shows what came out. [`config`] reads the
//! user's settings, [`mistakes`] points at what is wrong in a file, [`model`] holds the values that
//! all stages share, and [`cli`] joins everything.
//!
//! Rust measures; rule files judge. `ARCHITECTURE.md` has the invariants, `tests/tidy.rs` holds them.

pub mod audit;
pub mod cli;
pub mod config;
pub mod facts;
pub mod gather;
pub mod history;
pub mod mistakes;
pub mod model;
pub mod report;
pub mod rule;
pub mod score;
pub mod snapshot;
