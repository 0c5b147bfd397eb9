//! Tables: which cells a header heads, and what the `headers` of a cell refer to.

use crate::facts::dom::{Dom, fold_space};
use crate::model::Exposure;
use rustc_hash::FxHashSet;

/// Slots of a table that are looked at. Our choice: larger ones are left alone.
const SLOTS: usize = 20_000;

/// A cell with the rows and columns it covers.
struct Cell {
    node: u32,
    rows: (usize, usize),
    columns: (usize, usize),
    is_header: bool,
}

/// Headers that head nothing, of all tables of a page.
#[derive(Debug, Default)]
pub struct Tables {
    idle: FxHashSet<u32>,
    /// Headers of tables without a data cell, which a script may fill.
    unsure: FxHashSet<u32>,
}

impl Tables {
    /// Looks at all tables once.
    pub(super) fn read(dom: &Dom) -> Self {
        let mut tables = Self::default();
        for &i in dom.tagged("table").iter().filter(|&&i| dom.has_role(i, "table grid treegrid")) {
            let Some(cells) = cells(dom, i) else { continue };
            let is_filled = cells.iter().any(|c| !c.is_header);
            for header in cells.iter().filter(|c| c.is_header && is_counted(dom, c.node)) {
                if !is_filled {
                    tables.unsure.insert(header.node);
                } else if !heads(dom, header, &cells) {
                    tables.idle.insert(header.node);
                }
            }
        }
        tables
    }

    /// Whether the header heads no cell; `None` where the table may still be filled.
    pub fn is_idle(&self, i: u32) -> Option<bool> {
        if self.unsure.contains(&i) { None } else { Some(self.idle.contains(&i)) }
    }
}

/// Whether it is a header for people, with a text.
fn is_counted(dom: &Dom, i: u32) -> bool {
    dom.in_tree(i) == Exposure::Exposed && dom.has_role(i, "columnheader rowheader") && dom.has_text(i)
}

fn span(dom: &Dom, i: u32, name: &str, most: usize) -> usize {
    dom.attr(i, name).and_then(|v| v.trim().parse().ok()).unwrap_or(1).min(most)
}

/// The cells of a table by HTML's algorithm; `None` where it is too large.
fn cells(dom: &Dom, table: u32) -> Option<Vec<Cell>> {
    let mut cells = Vec::new();
    // For each column the row up to which a cell from above reaches.
    let mut taken: Vec<usize> = Vec::new();
    let (mut row, mut slots) = (0, 0);
    for part in dom.children(table) {
        let rows: Vec<u32> = match dom.tag(part) {
            "tr" => vec![part],
            "thead" | "tbody" | "tfoot" => dom.children(part).filter(|&r| dom.tag(r) == "tr").collect(),
            _ => continue,
        };
        let end = row + rows.len();
        for tr in rows {
            let mut column = 0;
            for cell in dom.children(tr).filter(|&c| matches!(dom.tag(c), "td" | "th")) {
                while taken.get(column).is_some_and(|&until| until > row) {
                    column += 1;
                }
                let width = span(dom, cell, "colspan", 1_000).max(1);
                let height = match span(dom, cell, "rowspan", 65_534) {
                    0 => end - row,
                    height => height.min(if end > row { end - row } else { 1 }),
                };
                slots += width;
                if slots > SLOTS {
                    return None;
                }
                if taken.len() < column + width {
                    taken.resize(column + width, 0);
                }
                taken[column..column + width].fill(row + height);
                let is_header = dom.tag(cell) == "th" || dom.has_role(cell, "columnheader rowheader");
                cells.push(Cell {
                    node: cell,
                    rows: (row, row + height),
                    columns: (column, column + width),
                    is_header,
                });
                column += width;
            }
            row += 1;
        }
    }
    // Every header is held against every cell.
    let headers = cells.iter().filter(|c| c.is_header).count();
    (headers * cells.len() <= 50 * SLOTS).then_some(cells)
}

/// Whether a header heads a cell: one below or behind it, or one that names it.
fn heads(dom: &Dom, header: &Cell, cells: &[Cell]) -> bool {
    let meets = |a: (usize, usize), b: (usize, usize)| a.0 < b.1 && b.0 < a.1;
    let id = dom.attr(header.node, "id").filter(|id| dom.by_id(id) == Some(header.node));
    let scope = dom.attr(header.node, "scope").map(|s| s.trim().to_ascii_lowercase()).unwrap_or_default();
    let is_in_data = cells.iter().any(|c| !c.is_header && meets(c.rows, header.rows));
    let (below, behind) = match scope.as_str() {
        "col" => (true, false),
        "row" => (false, true),
        "colgroup" | "rowgroup" => return true,
        _ => (true, is_in_data || dom.has_role(header.node, "rowheader")),
    };
    cells.iter().filter(|c| c.node != header.node).any(|c| {
        match dom.attr(c.node, "headers").filter(|ids| !ids.trim().is_empty()) {
            Some(ids) => id.is_some_and(|id| ids.split_ascii_whitespace().any(|named| named == id)),
            None => {
                (below && c.rows.0 >= header.rows.1 && meets(c.columns, header.columns))
                    || (behind && c.columns.0 >= header.columns.1 && meets(c.rows, header.rows))
            }
        }
    })
}

/// The ids in the `headers` of a cell that are no other cells of its table.
pub fn lost_headers(dom: &Dom, i: u32) -> String {
    let Some(table) = dom.closest(i, &["table"]).filter(|&t| dom.has_role(t, "table grid treegrid")) else {
        return String::new();
    };
    let Some(ids) = dom.attr(i, "headers") else { return String::new() };
    let is_cell = |id: &str| {
        dom.by_id(id)
            .is_some_and(|c| c != i && matches!(dom.tag(c), "td" | "th") && dom.closest(c, &["table"]) == Some(table))
    };
    fold_space(&ids.split_ascii_whitespace().filter(|id| !is_cell(id)).take(8).collect::<Vec<_>>().join(" "))
}

/// Rows and columns of a table, by its first rows: 0 where it is none for assistive technology.
pub fn shape(dom: &Dom, i: u32) -> (usize, usize) {
    if !dom.has_role(i, "table grid treegrid") {
        return (0, 0);
    }
    let Some(cells) = cells(dom, i) else { return (0, 0) };
    let most = |end: fn(&Cell) -> usize| cells.iter().map(end).max().unwrap_or(0);
    (most(|c| c.rows.1), most(|c| c.columns.1))
}
