//! What people and programs read of an audit: HTML pages and `audit.json`, made from a digest of the
//! run. It reads no clock, file or network, and the same input gives the same bytes.
//!
//! What a page looks like, and every word in it, stands in `reports/`; Rust gives numbers, codes and
//! lists that are cut to a length.

mod axe;
mod axe_table;
mod basis;
mod burdens;
mod change;
mod changes;
mod comparison;
mod context;
mod cuts;
mod details;
mod export;
mod files;
mod filters;
mod follow;
mod goals;
mod house;
mod json;
mod kiosk;
mod legal;
mod plan;
mod portfolio;
mod prose;
mod rendered;
mod satisfaction;
mod say;
mod shape;
mod tasks;
mod templates;
#[cfg(test)]
mod tests;
mod trend;
mod waiver;
mod walk;
mod wcag;
mod wcag_page;
mod words;

pub use axe_table::{AxeCompared, AxeTable, CriterionCompared, FoundBy, Row, RulesCompared};
pub use changes::{RunWin, ToldChange};
pub use comparison::{Compared, ComparisonForm, ComparisonReport, render_comparison};
pub use details::{Details, PAGE_FINDINGS, PageDetail, page_file, render_page, render_rule, rule_file};
pub use export::{ExportHead, ExportKind, Exporter, SourceFile};
pub use follow::{FollowUp, PageNote, Promise};
pub use house::{House, HouseLook};
pub use json::{AuditHead, AuditLines, AuditWriter, audit_schema};
pub use portfolio::{Last, Member, Portfolio, PortfolioForm, render_portfolio};
pub use satisfaction::{FEW_ANSWERS, Ratings, Satisfaction};
pub use walk::WalkPage;
pub use wcag::Wcag;
pub use words::languages;

use crate::history::{Digest, Reading};
use crate::model::PageUrl;
use crate::rule::{Rules, Standard};
use basis::Basis;
use cuts::Cuts;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most that a site report or the view by criterion may weigh, in bytes, as `reports/README.md` promises.
pub const SITE_BYTES: usize = 300_000;

/// The most that a scorecard may weigh, in bytes, as `reports/README.md` promises.
pub const SCORECARD_BYTES: usize = 40_000;

/// The most that all first screens of the pages on the ways may weigh, in Base64. Our choice: half of the page that shows them.
const SCREENS_BYTES: usize = SITE_BYTES / 2;

/// A page of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportPage {
    /// One printed page, for people who decide.
    Scorecard,
    /// All that is to know of the site, for those who mend it.
    Site,
    /// What is known of each criterion of WCAG, for those who audit by hand.
    Wcag,
    /// Each top task as a visitor walks it, page by page.
    Tasks,
    /// What was changed, for the public.
    Changes,
    /// The screens of a kiosk, what was assumed of it, and the checklist of its hardware; of kiosks alone.
    Kiosk,
    /// What each fix of the demo was worth; of the audit "after", which must have one to compare with.
    Demo,
}

impl ReportPage {
    /// The name of its file, in the folder that it belongs to.
    pub fn file(self) -> &'static str {
        match self {
            Self::Scorecard | Self::Demo => "index.html",
            Self::Site => "site.html",
            Self::Wcag => "wcag.html",
            Self::Tasks => "tasks.html",
            Self::Changes => "changes.html",
            Self::Kiosk => "kiosk.html",
        }
    }

    /// The most that it may weigh, in bytes; `None` where its lists are never cut for it.
    fn most(self) -> Option<usize> {
        match self {
            Self::Scorecard => Some(SCORECARD_BYTES),
            Self::Site | Self::Tasks | Self::Wcag | Self::Kiosk => Some(SITE_BYTES),
            Self::Changes | Self::Demo => None,
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Scorecard => "index.html",
            Self::Site => "site.html",
            Self::Wcag => "wcag.html",
            Self::Tasks => "tasks.html",
            Self::Changes => "changes.html",
            Self::Kiosk => "kiosk.html",
            Self::Demo => "demo.html",
        }
    }
}

/// What the pages of a report belong to; it decides what they link to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// An audit: its scorecard, site report and data lie in one folder.
    Audit,
    /// The demo: two audits in the folders `before` and `after`, and the page of both above them.
    Demo,
}

/// Whom readers ask about a report; from the config, which has checked the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// A team.
    pub name: String,
    /// Where to reach it: `https:`, `http:`, `mailto:` or `tel:`.
    pub href: Option<String>,
    /// The same as people read it, as an address or a number.
    pub text: Option<String>,
}

/// The score that is aimed at.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The score, 0–100.
    pub target: f64,
    /// Whether nobody chose it, so that it is our own starting value.
    pub is_default: bool,
    /// The day by which, as `2027-04-26`.
    pub by: Option<String>,
    /// Points a month that are needed from now on.
    pub needed: Option<f64>,
    /// What was aimed at before, with the day on which that was changed; oldest first.
    pub old: Vec<(f64, String)>,
}

/// A goal of the config, and what the runs say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct GoalLine {
    /// What it is set in: `score`, `blockers`, `findings`, `findings:forms` …
    pub metric: String,
    /// The pages it is about, as a pattern; `None` is the whole site.
    pub scope: Option<String>,
    /// Where it started, if somebody wrote that down.
    pub from: Option<f64>,
    /// What is to be reached now.
    pub target: f64,
    /// The day by which, as `2027-04-26`.
    pub by: String,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// Why it was set.
    pub why: String,
    /// What it was before, what it became, when and why; oldest first.
    pub revisions: Vec<(String, f64, f64, String)>,
    /// What the runs say.
    pub reading: Reading,
}

/// What a report says beside its digest.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// From the config, else the host.
    pub site_name: &'a str,
    /// What was audited, as the user named it.
    pub target: &'a str,
    /// Whom readers ask.
    pub contact: Option<Contact>,
    /// The score that is aimed at.
    pub goal: Goal,
    /// All goals of the config, in its order.
    pub goals: Vec<GoalLine>,
    /// How its pages look and speak.
    pub house: &'a House,
    /// What its pages belong to.
    pub family: Family,
    /// Which reports of single pages and rules there are.
    pub details: Details,
    /// The rules of the run, for its profile.
    pub rules: &'a Rules,
    /// The legal standard of the site.
    pub standard: Option<&'static Standard>,
    /// What is known of each criterion.
    pub wcag: Wcag,
    /// Version of Plainway.
    pub tool: &'a str,
    /// What a team does about it, and what happened around it.
    pub follow: FollowUp,
    /// What is known of the pages on the ways of the top tasks.
    pub walk: BTreeMap<PageUrl, WalkPage>,
}

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A template does not fit its context.
    #[error("the page from `reports/{template}` cannot be made: {source}")]
    Template {
        /// The template.
        template: &'static str,
        /// What the engine says.
        source: minijinja::Error,
    },
    /// The page shows a change, and there is none to show.
    #[error(
        "the page from `reports/demo.html` cannot be made: no earlier audit with the same rules and setup to compare with"
    )]
    NothingToCompare,
}

/// Whether there is anything to tell the public of what was changed.
pub fn tells_changes(digest: &Digest, subject: &Subject<'_>) -> bool {
    changes::any(&Basis::new(digest, subject, Cuts::at_step(0)))
}

/// A page as HTML.
///
/// A report that would pass the most that it may weigh is made again with shorter lists; its counts say what was cut.
pub fn render(page: ReportPage, digest: &Digest, subject: &Subject<'_>) -> Result<String, ReportError> {
    if page == ReportPage::Demo && digest.moves.is_none() {
        return Err(ReportError::NothingToCompare);
    }
    let template = page.template();
    let made = |cuts: Cuts| {
        let basis = Basis::new(digest, subject, cuts);
        subject
            .house
            .filled(template, &context::context(page, &basis))
            .map_err(|source| ReportError::Template { template, source })
    };
    let mut cuts = if page == ReportPage::Demo { Cuts::of_demo() } else { Cuts::at_step(0) };
    let mut html = made(cuts)?;
    let most = page.most().unwrap_or(usize::MAX);
    for step in 1..=Cuts::LAST_STEP {
        if html.len() <= most {
            break;
        }
        cuts = Cuts::at_step(step);
        html = made(cuts)?;
    }
    if page == ReportPage::Tasks && subject.walk.values().any(|page| page.screen.is_some()) {
        // Words come first, and pictures have the room that they leave.
        cuts.screens = most.saturating_sub(html.len()).min(SCREENS_BYTES);
        while cuts.screens > 0 {
            let shown = made(cuts)?;
            if shown.len() <= most {
                return Ok(shown);
            }
            cuts.screens /= 2;
        }
    }
    Ok(html)
}
