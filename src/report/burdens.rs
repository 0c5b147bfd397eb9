//! What makes the forms of the site long.

use super::basis::Basis;
use super::shape::{BurdenLine, Burdens, LongQuestion};
use crate::history::BurdenRow;

/// Questions that are shown of each form. Our choice: what a person looks at first.
const SHOWN: usize = 3;

/// The forms that take longest, over several pages or on one, longest first.
pub(super) fn burdens<'a>(basis: &'a Basis<'a>) -> Burdens<'a> {
    let found = &basis.digest.burdens;
    let mut all: Vec<&BurdenRow> = found.journeys.iter().chain(&found.forms).collect();
    all.sort_by(|a, b| b.minutes.total_cmp(&a.minutes).then_with(|| a.url.cmp(&b.url)));
    let rows: Vec<BurdenLine<'a>> = all.iter().take(basis.cuts.burdens).map(|row| line(basis, row)).collect();
    Burdens { journeys: found.journeys.len(), rest: all.len() - rows.len(), rows }
}

fn line<'a>(basis: &'a Basis<'a>, row: &'a BurdenRow) -> BurdenLine<'a> {
    let longest = row.longest.iter().take(SHOWN);
    BurdenLine {
        spot: basis.spot(&row.url),
        name: &row.name,
        pages: row.pages,
        questions: row.questions,
        minutes: row.minutes,
        deviation: row.deviation,
        score: row.score,
        longest: longest.map(|q| LongQuestion { label: &q.label, way: &q.way, minutes: q.minutes }).collect(),
    }
}
