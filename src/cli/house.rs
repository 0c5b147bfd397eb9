//! How the reports of a body look and speak, as the config says it.

use super::Stop;
use crate::config::Report;
use crate::report::House;
use std::path::Path;
use std::sync::Arc;

/// The house that the config names; files lie beside it.
pub(super) fn load(report: &Report, _home: &Path) -> Result<Arc<House>, Stop> {
    Ok(Arc::new(House::new(report.language.as_deref().unwrap_or_default())))
}
