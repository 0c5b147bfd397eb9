//! The pages that a browser drew, as a report lists them.

use super::basis::Basis;
use super::shape::Spot;
use crate::model::RenderWhy;
use serde::Serialize;

/// Pages that a browser drew.
#[derive(Debug, Serialize)]
pub(super) struct Rendered<'a> {
    pub total: u64,
    pub rest: u64,
    pub rows: Vec<RenderedRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct RenderedRow<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub why: RenderWhy,
}

/// The first of them, as many as of pages that were not read.
pub(super) fn rendered<'a>(basis: &'a Basis<'a>) -> Rendered<'a> {
    let digest = basis.digest;
    let shown = digest.rendered.iter().take(basis.cuts.unread);
    let rows: Vec<_> = shown.map(|(url, why)| RenderedRow { spot: basis.spot(url), why: *why }).collect();
    Rendered { total: digest.pages_rendered, rest: digest.pages_rendered.saturating_sub(rows.len() as u64), rows }
}
