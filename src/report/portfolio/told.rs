//! The context of `reports/portfolio.html`: the places of the sites, their groups, what they share.

use super::{Last, Member, Portfolio, PortfolioForm};
use crate::model::Severity;
use crate::report::Contact;
use crate::report::basis::link;
use crate::report::trend::Direction;
use serde::Serialize;
use std::collections::BTreeMap;

/// Name and version of the format; additions keep the number.
const FORMAT: &str = "plainway/portfolio/1";

/// From this score on a category is shown as good, and from the second one on as fair. Our choice: the starting
/// goal of a site, and 25 points below it.
const BANDS: [f64; 2] = [85.0, 60.0];

/// Rows of problems that several sites share on the page. Our choice: a screen.
const SHARED: usize = 20;

/// Names of sites that a row lists on the page. Our choice.
const NAMES: usize = 6;

#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    format: &'static str,
    lang: &'a str,
    tool: &'a str,
    score_model: String,
    contact: Option<&'a Contact>,
    part: Option<(u32, u32)>,
    /// When the first and the last of the audits started.
    dates: Option<(&'a str, &'a str)>,
    totals: Totals,
    sites: Vec<Row<'a>>,
    groups: Vec<Group<'a>>,
    heat: Heat<'a>,
    shared: Vec<Shared<'a>>,
    shared_rest: usize,
    /// Names of the sites that were read as one's own.
    own_sites: Vec<&'a str>,
    /// Names of the sites whose score is provisional.
    provisional: Vec<&'a str>,
    rule_sets: Vec<&'a str>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Totals {
    sites: usize,
    /// With an audit that can be shown.
    shown: usize,
    failed: usize,
    compared: usize,
    up: usize,
    down: usize,
    level: usize,
    unclear: usize,
    with_blockers: usize,
    at_goal: usize,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    /// Its place by its change; `None` where that is not known.
    place: Option<usize>,
    /// Whether others have the same place.
    tie: bool,
    #[serde(flatten)]
    member: &'a Member,
    href: Option<String>,
    target_href: Option<&'a str>,
    change: Option<[f64; 3]>,
    direction: Option<Direction>,
    /// Whether people cannot go on somewhere.
    is_stuck: bool,
    /// Points that are missing to the goal; 0 or less where it is met.
    gap: Option<f64>,
}

#[derive(Debug, Default, Serialize)]
struct Group<'a> {
    name: Option<&'a str>,
    totals: Totals,
}

#[derive(Debug, Serialize)]
struct Heat<'a> {
    ids: Vec<&'a str>,
    categories: Vec<&'a str>,
    rows: Vec<HeatRow<'a>>,
}

#[derive(Debug, Serialize)]
struct HeatRow<'a> {
    name: &'a str,
    href: Option<String>,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Cell {
    score: Option<f64>,
    band: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Shared<'a> {
    rule: &'a str,
    title: &'a str,
    severity: Severity,
    sites: usize,
    findings: u64,
    pages: u64,
    /// Points that mending it would bring to the site that gains most, and to which one.
    most: f64,
    most_at: &'a str,
    names: Vec<&'a str>,
    names_rest: usize,
}

/// What is told, with its lists cut to what a page holds.
pub(super) fn told<'a>(portfolio: &'a Portfolio<'_>, form: PortfolioForm) -> Told<'a> {
    let (most, most_names) = if form == PortfolioForm::Html { (SHARED, NAMES) } else { (usize::MAX, usize::MAX) };
    let members = &portfolio.members;
    let with_last = || members.iter().filter_map(|m| m.last.as_ref().map(|last| (m, last)));
    let named = |is: fn(&Last) -> bool| with_last().filter(|(_, l)| is(l)).map(|(m, _)| m.name.as_str()).collect();
    let mut rule_sets: Vec<&str> = with_last().map(|(_, last)| last.rule_set.as_str()).collect();
    rule_sets.sort_unstable();
    rule_sets.dedup();
    let dates = || with_last().map(|(_, last)| last.started.as_str());
    let mut shared = shared(members);
    let shared_rest = shared.len().saturating_sub(most);
    shared.truncate(most);
    for row in &mut shared {
        row.names_rest = row.names.len().saturating_sub(most_names);
        row.names.truncate(most_names);
    }
    Told {
        format: FORMAT,
        lang: portfolio.house.lang(),
        tool: portfolio.tool,
        score_model: crate::score::MODEL.to_string(),
        contact: portfolio.contact.as_ref(),
        part: portfolio.part,
        dates: dates().min().zip(dates().max()),
        totals: totals(members.iter()),
        sites: rows(members),
        groups: groups(members),
        heat: heat(members),
        shared,
        shared_rest,
        own_sites: named(|last| last.own_site),
        provisional: named(|last| last.score.provisional),
        rule_sets,
    }
}

/// Sites with a change first, the largest gain at the top; then those without, then those that were not read.
fn rows(members: &[Member]) -> Vec<Row<'_>> {
    let change = |m: &Member| m.last.as_ref().filter(|_| m.error.is_none()).and_then(Last::change);
    let changes: Vec<[f64; 3]> = members.iter().filter_map(change).collect();
    // One stands behind all that surely gained more; where two may have gained the same, neither is before the other.
    let place = |c: &[f64; 3]| 1 + changes.iter().filter(|other| other[1] > c[2]).count();
    let places: Vec<usize> = changes.iter().map(place).collect();
    let row = |member| {
        let known = change(member);
        let place = known.as_ref().map(place);
        Row {
            place,
            tie: place.is_some_and(|p| places.iter().filter(|q| **q == p).count() > 1),
            member,
            href: href(member),
            target_href: link(&member.target),
            change: known,
            direction: member.last.as_ref().filter(|_| known.is_some()).and_then(Last::direction),
            is_stuck: member.last.as_ref().is_some_and(Last::is_stuck),
            gap: member.last.as_ref().map(|last| member.goal - last.score.value),
        }
    };
    let mut rows: Vec<Row<'_>> = members.iter().map(row).collect();
    let order = |r: &Row<'_>| {
        let rank = match (&r.change, &r.member.last, &r.member.error) {
            (Some(_), ..) => 0,
            (None, Some(_), None) => 1,
            (None, Some(_), Some(_)) => 2,
            (None, None, _) => 3,
        };
        (rank, -r.change.map_or(0.0, |c| c[0]))
    };
    rows.sort_by(|a, b| {
        let (a_key, b_key) = (order(a), order(b));
        a_key.0.cmp(&b_key.0).then(a_key.1.total_cmp(&b_key.1)).then(a.member.name.cmp(&b.member.name))
    });
    rows
}

/// The reports of a site, as far as it has some.
fn href(member: &Member) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_safe = member.folder.chars().all(plain);
    (member.last.is_some() && is_safe).then(|| format!("{}/index.html", member.folder))
}

fn totals<'m>(members: impl Iterator<Item = &'m Member>) -> Totals {
    let mut totals = Totals::default();
    for member in members {
        totals.sites += 1;
        totals.failed += usize::from(member.error.is_some());
        let Some(last) = &member.last else { continue };
        totals.shown += 1;
        totals.with_blockers += usize::from(last.is_stuck());
        totals.at_goal += usize::from(last.score.value >= member.goal);
        let Some(direction) = last.direction().filter(|_| member.error.is_none()) else { continue };
        totals.compared += 1;
        *match direction {
            Direction::Up => &mut totals.up,
            Direction::Down => &mut totals.down,
            Direction::Flat => &mut totals.level,
            Direction::Unclear => &mut totals.unclear,
        } += 1;
    }
    totals
}

/// Each group in the order in which the file names them first; nothing where the file has none.
fn groups(members: &[Member]) -> Vec<Group<'_>> {
    let mut names: Vec<Option<&str>> = Vec::new();
    for member in members {
        if !names.contains(&member.group.as_deref()) {
            names.push(member.group.as_deref());
        }
    }
    if names.iter().all(Option::is_none) {
        return Vec::new();
    }
    let of = |name: Option<&str>| totals(members.iter().filter(|m| m.group.as_deref() == name));
    names.into_iter().map(|name| Group { name, totals: of(name) }).collect()
}

/// The score of each category at each site, the site with the lowest score first.
fn heat(members: &[Member]) -> Heat<'_> {
    let mut read: Vec<(&Member, &Last)> = members.iter().filter_map(|m| Some((m, m.last.as_ref()?))).collect();
    read.sort_by(|a, b| a.1.score.value.total_cmp(&b.1.score.value).then(a.0.name.cmp(&b.0.name)));
    let mut categories: Vec<(&str, &str)> = Vec::new();
    for (_, last) in &read {
        for (category, title) in last.score.categories.iter().zip(&last.categories) {
            if !categories.iter().any(|(id, _)| *id == &*category.id) {
                categories.push((&category.id, title));
            }
        }
    }
    let cell = |last: &Last, id: &str| {
        let score = last.score.categories.iter().find(|c| *c.id == *id).and_then(|c| c.score);
        let band = score.map(|score| match BANDS.iter().position(|least| score >= *least) {
            Some(0) => "good",
            Some(_) => "fair",
            None => "low",
        });
        Cell { score, band }
    };
    let rows = read
        .iter()
        .map(|(member, last)| HeatRow {
            name: &member.name,
            href: href(member),
            cells: categories.iter().map(|(id, _)| cell(last, id)).collect(),
        })
        .collect();
    let (ids, categories) = categories.into_iter().unzip();
    Heat { ids, categories, rows }
}

/// Problems that two sites or more have today, those of most sites first; what costs no points stands last.
fn shared(members: &[Member]) -> Vec<Shared<'_>> {
    let mut by_rule: BTreeMap<&str, Shared<'_>> = BTreeMap::new();
    for member in members {
        for problem in member.last.iter().flat_map(|last| &last.problems) {
            let row = by_rule.entry(&problem.rule).or_insert_with(|| Shared {
                rule: &problem.rule,
                title: &problem.title,
                severity: problem.severity,
                sites: 0,
                findings: 0,
                pages: 0,
                most: 0.0,
                most_at: &member.name,
                names: Vec::new(),
                names_rest: 0,
            });
            row.severity = row.severity.max(problem.severity);
            row.sites += 1;
            row.findings += problem.findings;
            row.pages += problem.pages;
            row.names.push(&member.name);
            if problem.gain > row.most {
                (row.most, row.most_at) = (problem.gain, &member.name);
            }
        }
    }
    let mut rows: Vec<Shared<'_>> = by_rule.into_values().filter(|row| row.sites > 1).collect();
    rows.sort_by(|a, b| {
        let counts = |row: &Shared<'_>| row.severity > Severity::Advice;
        let by_sites = counts(b).cmp(&counts(a)).then(b.sites.cmp(&a.sites));
        by_sites.then(b.most.total_cmp(&a.most)).then(b.severity.cmp(&a.severity)).then(a.rule.cmp(b.rule))
    });
    rows
}
