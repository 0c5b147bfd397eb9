//! Plainway audits the websites and kiosks of public bodies the way a citizen meets them.

pub mod audit;
pub mod facts;
pub mod gather;
pub mod history;
pub mod mistakes;
pub mod model;
pub mod report;
pub mod rule;
pub mod score;
pub mod snapshot;
