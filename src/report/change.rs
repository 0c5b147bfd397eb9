//! What changed since the run before: the exact parts of the change, the problems behind it, and the
//! findings that are new, fixed or back. Two runs with other rules or another setup are never compared.

use super::basis::{Basis, Problem, line, weight_of};
use super::shape::{Break, Change, ChangePart, ChangeRow, Counts, Moment, Moved, MovedList, MovedRow};
use crate::history::{FindingRow, Moves, RunRow, StateCounts, setup_changes};
use crate::model::{PageUrl, Severity, State};
use std::collections::BTreeSet;

/// The change since the run before; `None` on a first run.
pub(super) fn change<'a>(basis: &'a Basis<'a>, counts: &Counts) -> Option<Change<'a>> {
    let (now, before) = (&basis.digest.run, basis.digest.before.as_ref()?);
    let moves = basis.digest.moves.as_ref();
    // Where the earlier audit was judged again by today's rules, the step between the rules is a part of its own.
    let settings = setup_changes(&before.setup, &now.setup);
    let cut = Break::of(now.rule_set != before.rule_set, !settings.is_empty()).filter(|_| moves.is_none());
    let mut rows = moves.map(|moves| rows(basis, moves)).unwrap_or_default();
    let rest = rows.len().saturating_sub(basis.cuts.change);
    rows.truncate(basis.cuts.change);
    Some(Change {
        settings,
        cut,
        points: moves.map(|_| now.score.value - before.score.value),
        before: moment(before),
        after: moment(now),
        parts: moves.map(|moves| parts(before.score.value, moves, counts)).unwrap_or_default(),
        rest,
        rows,
    })
}

fn moment(run: &RunRow) -> Moment<'_> {
    Moment {
        date: &run.started,
        score: run.score.value,
        coverage: run.score.coverage,
        provisional: run.score.provisional,
    }
}

/// The parts that are not 0, each with the score after it.
fn parts(before: f64, moves: &Moves, counts: &Counts) -> Vec<ChangePart> {
    let parts = &moves.parts;
    let some = |count: u64| (count > 0).then_some(count);
    let all = [
        ("fixes", some(counts.fixed), parts.better),
        ("faults", some(counts.new + counts.back), parts.worse),
        ("use", None, parts.use_moved),
        ("added", None, parts.added),
        ("removed", None, parts.removed),
        ("unchecked", None, parts.unchecked),
        ("read-again", None, parts.read_again),
        ("rules", None, parts.rules),
    ];
    let mut running = before;
    let mut rows = Vec::new();
    for (kind, count, points) in all {
        if points != 0.0 {
            running += points;
            rows.push(ChangePart { kind, count, points, running });
        }
    }
    rows
}

/// One row for what a cause brought and one for what it took, so that the rows add up to the parts.
fn rows<'a>(basis: &'a Basis<'a>, moves: &'a Moves) -> Vec<ChangeRow<'a>> {
    let mut rows = Vec::new();
    for (cause, &(better, worse)) in &moves.causes {
        let members: Vec<_> = basis.problems.iter().filter(|p| p.id == &**cause || p.cause() == &**cause).collect();
        if better != 0.0 {
            rows.push(row(basis, cause, &members, better, &[State::Fixed]));
        }
        if worse != 0.0 {
            rows.push(row(basis, cause, &members, worse, &[State::New, State::Back]));
        }
    }
    rows.sort_by(|a, b| {
        b.points.abs().total_cmp(&a.points.abs()).then(a.rule.cmp(b.rule)).then(b.points.total_cmp(&a.points))
    });
    let most = rows.first().map_or(0.0, |r| r.points.abs());
    for row in &mut rows {
        row.share = row.points.abs() / most;
    }
    rows
}

fn row<'a>(
    basis: &'a Basis<'a>,
    cause: &'a str,
    members: &[&Problem<'a>],
    points: f64,
    states: &[State],
) -> ChangeRow<'a> {
    let in_states = |p: &&Problem<'_>| states.iter().map(|s| count(&p.found.states, *s)).sum::<u64>();
    let findings: u64 = members.iter().map(in_states).sum();
    // Nothing came or went: the same findings weigh more or less than before.
    let (state, findings, states) = match findings {
        0 => (State::Open, members.iter().map(|p| p.found.states.open).sum(), &[State::Open][..]),
        _ => (most_frequent(members, states), findings, states),
    };
    let lead = members.iter().max_by(|a, b| {
        let by_count = |p: &Problem<'_>| states.iter().map(|s| count(&p.found.states, *s)).sum::<u64>();
        by_count(a).cmp(&by_count(b)).then(a.gain.total_cmp(&b.gain)).then(b.id.cmp(a.id))
    });
    let (pages, at_least) = pages(basis, members, states, findings);
    ChangeRow {
        rule: lead.map_or(cause, |p| p.id),
        title: lead.map_or_else(|| basis.title(cause), |p| p.title()),
        severity: lead.map_or(Severity::Advice, |p| p.severity),
        state,
        findings,
        pages,
        at_least,
        points,
        share: 0.0,
        anchor: lead.and_then(|p| basis.anchor(p.id)),
    }
}

fn most_frequent(members: &[&Problem<'_>], states: &[State]) -> State {
    let of = |state: State| members.iter().map(|p| count(&p.found.states, state)).sum::<u64>();
    let mut best = State::Open;
    for &state in states {
        if best == State::Open || of(state) > of(best) {
            best = state;
        }
    }
    best
}

fn count(states: &StateCounts, state: State) -> u64 {
    match state {
        State::New => states.new,
        State::Open => states.open,
        State::Fixed => states.fixed,
        State::Back => states.back,
        State::Unchecked => states.unchecked,
    }
}

/// How many pages the findings stand on, and whether that is only the least it can be: the digest
/// lists some of the findings that moved, not all.
fn pages(basis: &Basis<'_>, members: &[&Problem<'_>], states: &[State], findings: u64) -> (u64, bool) {
    if states == [State::Open] {
        let most = members.iter().map(|p| p.found.pages).max().unwrap_or(0);
        return (most, members.len() > 1);
    }
    let listed: Vec<&FindingRow> = states
        .iter()
        .filter_map(|state| basis.digest.moved.get(state))
        .flatten()
        .filter(|f| members.iter().any(|p| p.id == &*f.rule))
        .collect();
    let urls: BTreeSet<&PageUrl> = listed.iter().map(|f| &f.url).collect();
    let told: u64 = listed.iter().map(|f| weight_of(f)).sum();
    ((urls.len() as u64).max(1), told < findings)
}

/// Findings that are new, fixed or back, as far as the digest lists them.
pub(super) fn moved<'a>(basis: &'a Basis<'a>, counts: &Counts) -> Moved<'a> {
    let list = |state: State, total: u64| {
        let found = basis.digest.moved.get(&state).map(Vec::as_slice).unwrap_or_default();
        MovedList { total, rows: found.iter().take(basis.cuts.moved).map(|f| moved_row(basis, f)).collect() }
    };
    Moved {
        new: list(State::New, counts.new),
        fixed: list(State::Fixed, counts.fixed),
        back: list(State::Back, counts.back),
    }
}

fn moved_row<'a>(basis: &'a Basis<'a>, finding: &'a FindingRow) -> MovedRow<'a> {
    MovedRow {
        spot: basis.spot(&finding.url),
        title: basis.title(&finding.rule),
        anchor: basis.anchor(&finding.rule),
        line: line(finding),
        message: &finding.message,
        // What a single fix brought is not known, only what those of a cause brought together.
        points: (finding.lost > 0.0).then_some(-finding.lost),
    }
}
