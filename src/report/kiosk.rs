//! A kiosk for templates: the picture of its screens as boxes and lines with their places, what was assumed, and the
//! checklist of its hardware. Words stand in `reports/`.

use super::basis::Basis;
use super::shape::Spot;
use crate::history::{AssumptionRow, ItemRow, ItemState, KioskRow, StandardRow};
use serde::Serialize;

/// Width and height of a box of the picture, and the gaps between boxes, in pixels. Our choices: three words in two lines fit.
const BOX: (usize, usize) = (190, 64);
const GAP: (usize, usize) = (24, 44);

/// Boxes in a row of the picture; more are in the table alone. Our choice: what fits on a wide screen.
const ROW: usize = 6;

/// Rows of the table of screens for each row that a list of pages may have. Our choice: all of what is kept, in a report of usual size.
const ROWS: usize = 4;

/// Characters of a name in a box: a line of it. Our choice.
const LINE: usize = 20;

#[derive(Debug, Serialize)]
pub(super) struct Kiosk<'a> {
    pub assumptions: &'a [AssumptionRow],
    pub mm_per_pixel: f64,
    pub screens: Vec<Screen<'a>>,
    pub total: usize,
    /// Screens that are in no row.
    pub left_out: usize,
    pub picture: Picture,
    pub attested: Vec<&'a ItemRow>,
    pub open: Vec<&'a ItemRow>,
    pub standards: &'a [StandardRow],
}

#[derive(Debug, Serialize)]
pub(super) struct Screen<'a> {
    #[serde(flatten)]
    pub spot: Spot<'a>,
    pub name: &'a str,
    pub touches: Option<u32>,
    pub score: Option<f64>,
    pub blocker: Option<&'a str>,
    pub next: Vec<&'a str>,
}

/// The picture: from the first screen downward, a row for each touch.
#[derive(Debug, Serialize)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub boxes: Vec<Drawn>,
    pub lines: Vec<Line>,
    /// Screens that are in the table alone.
    pub not_drawn: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Drawn {
    pub x: usize,
    pub y: usize,
    pub name: String,
    pub score: Option<f64>,
    pub blocked: bool,
    pub reached: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub x1: usize,
    pub y1: usize,
    pub x2: usize,
    pub y2: usize,
}

/// The kiosk of an audit; `None` for a website.
pub(super) fn kiosk<'a>(basis: &'a Basis<'a>) -> Option<Kiosk<'a>> {
    let row = basis.digest.tasks.kiosk.as_ref()?;
    let most = ROWS * basis.cuts.pages;
    let screens = row.screens.iter().take(most).map(|screen| Screen {
        spot: basis.spot(&screen.url),
        name: &screen.name,
        touches: screen.touches,
        score: screen.score,
        blocker: screen.blocker.as_deref(),
        next: screen.next.iter().filter_map(|at| row.screens.get(*at)).map(|to| to.name.as_str()).collect(),
    });
    let is_attested = |item: &&ItemRow| !matches!(item.state, ItemState::Open | ItemState::Expired);
    let (attested, open) = row.checklist.iter().partition(is_attested);
    Some(Kiosk {
        assumptions: &row.assumptions,
        mm_per_pixel: row.mm_per_pixel,
        screens: screens.collect(),
        total: row.screens.len() + row.left_out,
        left_out: row.left_out + row.screens.len().saturating_sub(most),
        picture: picture(row),
        attested,
        open,
        standards: &row.standards,
    })
}

fn picture(row: &KioskRow) -> Picture {
    // Screens that no way leads to come last, in a row of their own.
    let deepest = row.screens.iter().filter_map(|s| s.touches).max().unwrap_or(0);
    let level = |touches: Option<u32>| touches.unwrap_or(deepest + 1) as usize;
    let mut filled: Vec<usize> = Vec::new();
    let mut places: Vec<Option<(usize, usize)>> = Vec::new();
    for screen in &row.screens {
        let level = level(screen.touches);
        filled.resize(filled.len().max(level + 1), 0);
        let column = filled[level];
        filled[level] += 1;
        places.push((column < ROW).then(|| (column * (BOX.0 + GAP.0) + GAP.0, level * (BOX.1 + GAP.1) + GAP.0)));
    }
    let mut drawn = Picture {
        width: filled.iter().map(|n| (*n).min(ROW)).max().unwrap_or(1) * (BOX.0 + GAP.0) + GAP.0,
        height: filled.len() * (BOX.1 + GAP.1) + GAP.0,
        boxes: Vec::new(),
        lines: Vec::new(),
        not_drawn: row.left_out + places.iter().filter(|p| p.is_none()).count(),
    };
    for (screen, place) in row.screens.iter().zip(&places) {
        let Some((x, y)) = *place else { continue };
        drawn.boxes.push(Drawn {
            x,
            y,
            name: crate::facts::shorten(&screen.name, LINE),
            score: screen.score,
            blocked: screen.blocker.is_some(),
            reached: screen.touches.is_some(),
        });
        // Only what leads one row further down is drawn; the table has the rest.
        let further = screen
            .next
            .iter()
            .filter(|to| row.screens.get(**to).and_then(|s| s.touches) == screen.touches.map(|t| t + 1));
        for to in further.filter_map(|to| places.get(*to).copied().flatten()) {
            drawn.lines.push(Line { x1: x + BOX.0 / 2, y1: y + BOX.1, x2: to.0 + BOX.0 / 2, y2: to.1 });
        }
    }
    drawn
}
