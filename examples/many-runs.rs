//! What many runs cost: how large the history becomes, and how long its questions take.
//!
//! `cargo run --release --example many-runs -- 1000 5000 2` stores 1,000 runs of 5,000 pages, of which 2 in a hundred
//! change from run to run, in a temporary folder, and prints figures after 2, 10, 100 and 1,000 runs.

use anyhow::{Context, Result};
use plainway::audit::{Verdict, Verdicts};
use plainway::facts::{Lexicon, Page, Settings};
use plainway::history::{Done, Draft, FindingRow, Packer, PageRecord, PageResult, PageRow, Plan, Store, comparison};
use plainway::model::{Fetched, Links, Metric, Outcome, PageUrl, Pattern, Place, State, Status};
use plainway::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
use plainway::score::{CategoryScore, Score, Standing};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Findings of a page.
const FINDINGS: usize = 15;

const SITE: &str = "http://town.example/ website";

struct Town {
    rules: Rules,
    record: PageRecord,
    pages: usize,
    /// A page changes every so many runs; 0 is never.
    every: usize,
}

impl Town {
    fn new(pages: usize, percent: usize) -> Result<Self> {
        let lexicon = Lexicon::parse(&embedded_words()).map_err(|_| anyhow::anyhow!("the word lists are wrong"))?;
        let rules = Rules::load(&embedded_rules(), embedded_categories(), &lexicon);
        let rules = rules.map_err(|_| anyhow::anyhow!("the rules are wrong"))?.for_profile("website");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/milltown/before/index.html");
        let fetched = Fetched::of_file(address(0)?, std::fs::read(file)?, "");
        let facts = Page::read(&fetched, &lexicon, &Settings::default()).facts;
        let pass =
            |rule: &plainway::rule::Rule| Verdict { rule: rule.id.clone(), outcome: Outcome::Pass, partly: false };
        let outcomes = rules.list.iter().take(150).map(pass).collect();
        let verdicts = Verdicts { outcomes, findings: Vec::new(), axe: None };
        let every = 100_usize.checked_div(percent).unwrap_or(0);
        Ok(Self { rules, record: PageRecord { facts, verdicts }, pages, every })
    }

    /// How often a page has changed up to a run.
    fn version(&self, page: usize, number: usize) -> usize {
        (number + page).checked_div(self.every).unwrap_or(0)
    }

    /// Stores a run of this number, compared with the one before.
    fn run(&mut self, store: &mut Store, number: usize) -> Result<()> {
        let started =
            format!("{:04}-{:02}-{:02}T00:00:00Z", 2000 + number / 336, 1 + number / 28 % 12, 1 + number % 28);
        let draft = Draft {
            site: SITE.to_owned(),
            target: "http://town.example/".to_owned(),
            profile: "website".to_owned(),
            started: started.clone(),
            rule_set: self.rules.hash.clone(),
            setup: "model=1".to_owned(),
        };
        let run = store.begin(&draft, &self.rules)?;
        store.set_site(run, SITE, false)?;
        let mut packer = Packer::default();
        store.batch()?;
        for page in 0..self.pages {
            let (url, version) = (address(page)?, self.version(page, number));
            self.record.facts.url = url.clone();
            self.record.facts.title = format!("Page {page} as of {version}");
            let is_new = number == 0 || version != self.version(page, number - 1);
            let packed = is_new.then(|| packer.page(&self.record.json(), &Links::new()));
            store.put_page(
                run,
                url.as_str(),
                &format!("{page:016x}{version:016x}"),
                Some(page as u64 * 9_000),
                packed.as_ref(),
            )?;
        }
        store.commit()?;
        let before = store.run_before(SITE, run)?;
        store.batch()?;
        let causes: Vec<(Arc<str>, f64)> = (0..8).map(|n| (Arc::from(format!("cause-{n}")), 0.01)).collect();
        for page in 0..self.pages {
            let (url, version) = (address(page)?, self.version(page, number));
            let findings: Vec<FindingRow> = (0..FINDINGS).map(|n| self.finding(&url, page, n, version)).collect();
            let result = PageResult::new(self.row(&url, page, number), 0.9, &causes, &[], &findings)?;
            store.put_result(run, &result, &started)?;
        }
        store.compare(run, before.as_ref(), &self.rules)?;
        let (id, score, plan) = (format!("{number:032x}"), score(number), Plan::default());
        let done = Done { id: &id, weights: "structure", score: &score, plan: &plan, finished: &started };
        store.finish(run, &done)?;
        store.commit()?;
        store.set_reported(run)?;
        Ok(())
    }

    /// The n-th finding of a page; its last one changes with the page, and every other time is what it was before.
    fn finding(&self, url: &PageUrl, page: usize, n: usize, version: usize) -> FindingRow {
        let rule = &self.rules.list[n * 7];
        let version = if n + 1 == FINDINGS { version % 2 } else { 0 };
        FindingRow {
            key: format!("{:032x}", (version * self.pages + page) * FINDINGS + n),
            rule: rule.id.clone(),
            category: rule.category.clone(),
            severity: rule.severity,
            status: Status::Active,
            outcome: Outcome::Fail,
            cause: None,
            url: url.clone(),
            place: Some(Place {
                selector: format!("main > div:nth-of-type({n}) > p > a"),
                line: u32::try_from(n).unwrap_or_default(),
                snippet: format!("<a class=\"link\" href=\"/files/form-{page}-{n}.pdf\">"),
                after: None,
            }),
            message: "The link says “click here”, which means nothing without the words around it.".to_owned(),
            lost: 1.0,
            gain: 1.0,
            more: 0,
            state: State::New,
            owner: None,
            beyond: None,
            local: format!("{n:016x}"),
        }
    }

    /// A page; where pages change, the weight of every page does.
    fn row(&self, url: &PageUrl, page: usize, number: usize) -> PageRow {
        let weight = if self.every == 0 { 1.0 } else { 1.0 + (number % 1_000) as f64 * 1e-6 } / self.pages as f64;
        PageRow {
            url: url.clone(),
            status: 200,
            title: format!("Page {page} of the town"),
            lang: "en".to_owned(),
            kind: "service".to_owned(),
            kind_confidence: 0.8,
            weight,
            score: 90.0,
            depth: Some(3),
            inbound: 12,
            bytes: 40_000,
            rendered: false,
            rendered_why: None,
            moves_to: None,
            axe: None,
        }
    }
}

fn address(page: usize) -> Result<PageUrl> {
    let text = format!("http://town.example/departments/{}/services/page-{page}.html", page % 40);
    PageUrl::parse(&text).map_err(|error| anyhow::anyhow!("{text}: {error}"))
}

fn score(number: usize) -> Score {
    let categories = ["access", "contact", "expect", "forms", "ways", "words"];
    let category = |id: &str| CategoryScore { id: Arc::from(id), score: Some(90.0), lost: 1.0 };
    Score {
        value: 60.0 + number as f64 / 100.0,
        low: 60.0,
        high: 75.0,
        coverage: 1.0,
        provisional: true,
        status: Standing::NeedsWork,
        categories: categories.map(category).to_vec(),
        apart: None,
        sample: None,
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    println!("    {what:<44} {:>10.1} ms", begun.elapsed().as_secs_f64() * 1000.0);
    done
}

fn bytes(path: &Path) -> u64 {
    let parts = ["", "-wal"].map(|end| std::fs::metadata(format!("{}{end}", path.display())).map_or(0, |m| m.len()));
    parts.iter().sum()
}

fn main() -> Result<()> {
    let args: Vec<usize> = std::env::args().skip(1).map_while(|arg| arg.parse().ok()).collect();
    let [runs, pages, percent] = args.try_into().ok().context("give runs, pages and percent, as 1000 5000 2")?;
    let folder = std::env::temp_dir().join(format!("plainway-many-runs-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("plainway.db");
    let mut store = Store::open(&path)?;
    let mut town = Town::new(pages, percent)?;
    for number in 1..=runs {
        let size = bytes(&path);
        if !([1, 2, 3, 10, 100, 1_000].contains(&number) || number == runs) {
            town.run(&mut store, number - 1)?;
            continue;
        }
        println!("run {number} of {pages} pages with {FINDINGS} findings each, of which {percent} % change");
        timed("the run stored and compared", || town.run(&mut store, number - 1))?;
        println!(
            "    {:<44} {:>10.2} MB, {:.2} MB more",
            "size",
            bytes(&path) as f64 / 1e6,
            (bytes(&path) as f64 - size as f64) / 1e6
        );
        drop(store);
        store = timed("opened", || Store::open(&path))?;
        let all = timed("runs list", || store.runs())?;
        let last = all.last().map(|(_, run)| run.clone()).context("there are runs")?;
        let (trend, _) = timed("trend", || store.trend(SITE, last.run, usize::MAX))?;
        let by = "2060-01-01".parse()?;
        for (metric, scope) in [
            (Metric::Score, None),
            (Metric::Blockers, None),
            (Metric::Findings(None), Pattern::new("/departments/7/*")),
        ] {
            let what = format!("goal: {metric:?}{}", if scope.is_some() { " of some pages" } else { "" });
            timed(&what, || store.read_goal(&trend, &metric, scope.as_ref(), 1.0, by))?;
        }
        timed("what a gate reads", || store.each_finding(last.run, |_| {}))?;
        timed("the digest of a report, after that", || store.digest(&last, SITE))?;
        if let [.., (_, before), (_, after)] = &all[..] {
            let sides =
                timed("compare: both sides", || -> Result<_> { Ok((store.version(before)?, store.version(after)?)) })?;
            let compared = timed("compare", || {
                comparison(&sides.0, &sides.1, (before.score.value, after.score.value), Vec::new())
            });
            println!("    {:<44} {:>10}", "steps", compared.steps.len());
        }
        timed("runs show", || store.size_of(last.run))?;
    }
    let first = store.runs()?.first().map(|(_, run)| run.run).context("there are runs")?;
    timed("runs delete", || store.delete_run(first))?;
    let faults = timed("runs check", || store.faults())?;
    anyhow::ensure!(faults.is_empty(), "{faults:?}");
    drop(store);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
