//! Plainway audits the websites and kiosks of public bodies the way a citizen meets them.

pub mod facts;
pub mod mistakes;
pub mod model;
