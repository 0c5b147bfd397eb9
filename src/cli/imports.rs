//! The files of `[imports]`: read from beside the config, and their bad rows told.

use super::Stop;
use super::progress::note;
use crate::config::{self, Feedback, Heard, ImportError, Imports, MAX_IMPORT, Said, Sheet, calls, searches};
use anyhow::{Context, anyhow};
use std::path::Path;

/// Reads what the config names; a path is seen from the folder of the config.
pub(super) fn heard(imports: &Imports, home: &Path) -> Result<Heard, Stop> {
    read(imports, |name| text(name, home))
}

fn text(name: &str, home: &Path) -> Result<String, Stop> {
    let path = home.join(name);
    let told = || format!("the import {name} cannot be read");
    let size = std::fs::metadata(&path).with_context(told).map_err(Stop::Wrong)?.len();
    if size > MAX_IMPORT {
        return Err(Stop::Wrong(anyhow!("the import {name} has {size} bytes; at most {MAX_IMPORT} are read")));
    }
    let bytes = std::fs::read(&path).with_context(told).map_err(Stop::Wrong)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads the feedback that the config names, and tells of rows that cannot be used.
pub(super) fn feedback(imports: &Imports, home: &Path) -> Result<Option<Feedback>, Stop> {
    let Some(name) = &imports.feedback else { return Ok(None) };
    let text = text(name, home)?;
    let read = config::feedback(&text, imports.scale, imports.show_comments);
    let read = read.map_err(|error| Stop::Wrong(anyhow!("the import {name} cannot be used: {error}")))?;
    for bad in &read.bad {
        note(format_args!("{name}, {bad}; the row is left out"));
    }
    Ok(Some(read))
}

/// Reads what the config names by `open`, and tells of rows that cannot be used.
pub(super) fn read(imports: &Imports, open: impl Fn(&str) -> Result<String, Stop>) -> Result<Heard, Stop> {
    let rows = |name: &Option<String>, parse: fn(&str) -> Result<Sheet, ImportError>| -> Result<Vec<Said>, Stop> {
        let Some(name) = name else { return Ok(Vec::new()) };
        let sheet =
            parse(&open(name)?).map_err(|error| Stop::Wrong(anyhow!("the import {name} cannot be used: {error}")))?;
        for bad in &sheet.bad {
            note(format_args!("{name}, {bad}; the row is left out"));
        }
        Ok(sheet.rows)
    };
    Ok(Heard { searches: rows(&imports.searches, searches)?, calls: rows(&imports.calls, calls)? })
}
