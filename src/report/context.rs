//! The context of a page: all its parts put together.

use super::basis::{Basis, link, weight_of};
use super::shape::{
    Blocked, BlockedRow, Category, Context, Counts, GoalGap, Link, Links, PageLine, Pages, Reason, Run, Score, Site,
    Unread, UnreadRow, Unsure,
};
use super::walk::Screens;
use super::{
    Family, ReportPage, Subject, axe, burdens, change, changes, files, follow, goals, kiosk, plan, rendered,
    satisfaction, tasks, trend, wcag_page,
};
use crate::history::{Digest, Limits, since_break};
use crate::model::Severity;
use crate::score::MODEL;
use std::collections::BTreeSet;

/// Name and version of the shape of the context.
const FORMAT: &str = "plainway/report/1";

/// The context of a page.
pub(super) fn context<'a>(page: ReportPage, basis: &'a Basis<'a>) -> Context<'a> {
    let (digest, subject) = (basis.digest, basis.subject);
    let (counts, screens) = (counts(basis), Screens::new(basis));
    Context {
        format: FORMAT,
        lang: subject.house.lang(),
        site: site(subject),
        run: run(digest, subject),
        links: links_with_changes(page, basis),
        contact: subject.contact.as_ref(),
        score: score(basis),
        blocked: blocked(basis, counts.blockers),
        change: change::change(basis, &counts),
        plan: plan::plan(basis),
        rules: plan::sections(basis),
        rules_rest: basis.today().count() - basis.sections().count(),
        categories: categories(basis),
        goals: goals::rows(basis),
        kiosk: kiosk::kiosk(basis),
        tasks: tasks::tasks(basis, &screens),
        screens: screens.list,
        voices: tasks::voices(basis),
        pages: pages(basis),
        moved: change::moved(basis, &counts),
        trend: trend::trend(basis),
        could_not_tell: unsure(basis),
        trial: plan::trial(basis),
        unread: unread(basis),
        rendered: rendered::rendered(basis),
        axe: axe::axe(basis),
        files: files::files(basis),
        burdens: burdens::burdens(basis),
        follow: follow::follow(basis),
        wcag: wcag_page::wcag(basis),
        counts,
    }
}

pub(super) fn site<'a>(subject: &'a Subject<'_>) -> Site<'a> {
    Site { name: subject.site_name, target: subject.target, href: link(subject.target) }
}

pub(super) fn run<'a>(digest: &'a Digest, subject: &'a Subject<'_>) -> Run<'a> {
    Run {
        id: &digest.run.id,
        started: &digest.run.started,
        profile: &digest.run.profile,
        tool: subject.tool,
        rule_set: &digest.run.rule_set,
        score_model: MODEL.to_string(),
        weights: &digest.run.weights,
        own_site: digest.run.own_site,
        compared_with: digest.before.as_ref().map(|b| b.id.as_str()),
    }
}

/// The menu of a page that lies below the folder of reports.
pub(super) fn links_above(up: &str, subject: &Subject<'_>) -> Vec<Link> {
    let above = |link: Link| Link { href: format!("{up}{}", link.href), ..link };
    links(ReportPage::Site, subject.family, has_tasks(subject), false).reports.into_iter().map(above).collect()
}

/// The links of a page, and that to the public one where it is written.
fn links_with_changes(page: ReportPage, basis: &Basis<'_>) -> Links {
    let mut links = links(page, basis.subject.family, has_tasks(basis.subject), basis.digest.tasks.kiosk.is_some());
    if page != ReportPage::Demo && changes::any(basis) {
        links.reports.push(Link { id: "changes", href: ReportPage::Changes.file().to_owned() });
    }
    links
}

/// Whether there is a way to walk.
fn has_tasks(subject: &Subject<'_>) -> bool {
    !subject.walk.is_empty()
}

fn links(page: ReportPage, family: Family, has_tasks: bool, is_kiosk: bool) -> Links {
    let link = |id, href: &str| Link { id, href: href.to_owned() };
    if page == ReportPage::Demo {
        return Links {
            reports: vec![
                link("demo", "index.html"),
                link("before", "before/index.html"),
                link("after", "after/index.html"),
            ],
            site: "after/site.html",
            tasks: None,
            data: "after/audit.json",
            before: Some("before/index.html"),
            after: Some("after/index.html"),
            after_site: Some("after/site.html"),
        };
    }
    let own = [link("scorecard", ReportPage::Scorecard.file()), link("site", ReportPage::Site.file())];
    let tasks = has_tasks.then(|| link("tasks", ReportPage::Tasks.file()));
    let wcag = link("wcag", ReportPage::Wcag.file());
    let demo = (family == Family::Demo).then(|| link("demo", "../index.html"));
    let kiosk = is_kiosk.then(|| link("kiosk", ReportPage::Kiosk.file()));
    let reports = demo.into_iter().chain(own).chain(tasks).chain([wcag]).chain(kiosk).collect();
    Links {
        reports,
        site: ReportPage::Site.file(),
        tasks: has_tasks.then(|| ReportPage::Tasks.file()),
        data: "audit.json",
        before: None,
        after: None,
        after_site: None,
    }
}

fn score<'a>(basis: &'a Basis<'a>) -> Score<'a> {
    let (score, goal) = (&basis.digest.run.score, &basis.subject.goal);
    Score {
        value: score.value,
        low: score.low,
        high: score.high,
        coverage: score.coverage,
        provisional: score.provisional,
        status: score.status,
        tasks: tasks::count(basis),
        apart: score.apart.as_ref(),
        sample: score.sample,
        goal: GoalGap {
            target: goal.target,
            by: goal.by.as_deref(),
            gap: goal.target - score.value,
            pace: goal.needed,
            default: goal.is_default,
        },
    }
}

fn counts(basis: &Basis<'_>) -> Counts {
    let digest = basis.digest;
    let mut counts = Counts {
        pages: digest.pages_read,
        known: digest.pages_read + digest.pages_unread,
        unread: digest.pages_unread,
        could_not_tell: digest.unsure.iter().map(|u| u.pages).sum(),
        could_not_tell_rules: digest.unsure.len(),
        causes: basis.today().map(|p| p.found.causes).sum(),
        kinds: basis.today().map(|p| p.cause()).collect::<BTreeSet<_>>().len(),
        ..Counts::default()
    };
    let mut blockers = 0;
    for problem in &basis.problems {
        let states = problem.found.states;
        if !problem.counts() {
            counts.trial += states.today();
            continue;
        }
        counts.findings += states.today();
        counts.new += states.new;
        counts.fixed += states.fixed;
        counts.back += states.back;
        counts.open += states.open;
        counts.unchecked += states.unchecked;
        match problem.severity {
            Severity::Blocker => blockers += states.today(),
            Severity::Serious => counts.serious += states.today(),
            _ => {}
        }
    }
    // The list is exact until it is cut; from then on the severity of each rule has to do.
    let listed: u64 = digest.blockers.iter().map(weight_of).sum();
    counts.blockers = if digest.blockers.len() < Limits::default().moved { listed } else { blockers.max(listed) };
    counts
}

/// Blocked tasks, then blockers, the heaviest first; several of one rule on one page are one row.
fn blocked<'a>(basis: &'a Basis<'a>, total: u64) -> Blocked<'a> {
    let tasks: Vec<_> = tasks::blocked(basis);
    let (blocked_tasks, room) = (tasks.len(), basis.cuts.blocked.saturating_sub(tasks.len()));
    let mut seen = BTreeSet::new();
    let first = basis.digest.blockers.iter().filter(|f| seen.insert((&f.rule, &f.url))).take(room);
    let rows: Vec<_> = first
        .map(|f| BlockedRow {
            task: None,
            stuck: None,
            words: Some(&f.message),
            guessed: false,
            owner: f.owner.as_deref(),
            spot: basis.spot(&f.url),
        })
        .collect();
    let shown = |f: &&crate::history::FindingRow| {
        rows.iter().any(|r| r.words == Some(&f.message) && r.spot == basis.spot(&f.url))
    };
    let told: u64 = basis.digest.blockers.iter().filter(shown).map(weight_of).sum();
    let rows: Vec<_> = tasks.into_iter().take(basis.cuts.blocked_tasks).chain(rows).collect();
    let cut_tasks = blocked_tasks.saturating_sub(basis.cuts.blocked_tasks) as u64;
    Blocked { total: total + blocked_tasks as u64, rest: total.saturating_sub(told) + cut_tasks, rows }
}

fn categories<'a>(basis: &'a Basis<'a>) -> Vec<Category<'a>> {
    let lost_of = |id: &str| basis.digest.run.score.categories.iter().find(|c| *c.id == *id).map_or(0.0, |c| c.lost);
    let categories = &basis.subject.rules.categories;
    let most = categories.iter().map(|c| lost_of(&c.id)).fold(0.0, f64::max);
    let row = |category: &'a crate::rule::Category| {
        let score_in =
            |score: &crate::score::Score| score.categories.iter().find(|c| c.id == category.id).and_then(|c| c.score);
        let lost = lost_of(&category.id);
        Category {
            id: &category.id,
            name: &category.title,
            lost,
            share: if most > 0.0 { lost / most } else { 0.0 },
            findings: basis.today().filter(|p| p.category() == &*category.id).map(|p| p.found.states.today()).sum(),
            score: score_in(&basis.digest.run.score),
            history: since_break(&basis.digest.runs).iter().filter_map(|r| score_in(&r.run.score)).collect(),
        }
    };
    categories.iter().map(row).collect()
}

fn pages<'a>(basis: &'a Basis<'a>) -> Pages<'a> {
    let digest = basis.digest;
    let (shown, cut) = digest.pages.split_at(basis.cuts.pages.min(digest.pages.len()));
    let line = |p: &'a crate::history::PageLoss| PageLine {
        report: basis.subject.details.page(&p.page.url),
        spot: basis.spot(&p.page.url),
        kind: &p.page.kind,
        weight: p.page.weight,
        score: p.page.score,
        lost: p.lost,
        notes: follow::page_notes(basis, &p.page.url),
        rated: satisfaction::of_page(basis, &p.page.url),
    };
    Pages {
        rows: shown.iter().map(line).collect(),
        rest: digest.pages_read.saturating_sub(shown.len() as u64),
        rest_lost: digest.rest_lost + cut.iter().map(|p| p.lost).sum::<f64>(),
        moving: digest.pages_moving,
    }
}

fn unsure<'a>(basis: &'a Basis<'a>) -> Vec<Unsure<'a>> {
    let row = |u: &'a crate::history::Unsure| Unsure {
        rule: &u.rule,
        title: basis.title(&u.rule),
        findings: u.pages,
        pages: u.pages,
        message: &u.example.message,
        place: basis.spot(&u.example.url),
    };
    basis.digest.unsure.iter().take(basis.cuts.unsure).map(row).collect()
}

fn unread<'a>(basis: &'a Basis<'a>) -> Unread<'a> {
    let digest = basis.digest;
    let row = |u: &'a crate::model::Unread| {
        let from = u.from.as_ref().map(|f| basis.spot(f));
        UnreadRow {
            spot: basis.spot(&u.url),
            why: u.why,
            from_href: from.as_ref().and_then(|f| f.href),
            from_path: from.map(|f| f.path),
        }
    };
    let rows: Vec<_> = digest.unread.iter().take(basis.cuts.unread).map(row).collect();
    let total: u64 = digest.unread_reasons.iter().map(|(_, count)| count).sum();
    Unread {
        reasons: digest.unread_reasons.iter().map(|(why, count)| Reason { why: *why, count: *count }).collect(),
        total,
        rest: total.saturating_sub(rows.len() as u64),
        rows,
    }
}
