//! `plainway init`: a config to start from, filled in by a look at the site.

use super::args::{DoorArgs, InitArgs, Profile, ReadArgs, ScopeArgs, SetupArgs};
use super::beside::beside;
use super::progress::listen_for_stop;
use super::setup::{self, Reading, Setup};
use super::{Stop, many, pipeline, say, today};
use crate::config::Config;
use crate::facts::{Link, PageFacts};
use crate::gather::Source;
use crate::history::{HistoryError, Store};
use crate::model::Terminal;
use anyhow::anyhow;
use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

/// Pages that are looked at. Our choice: enough for what the home page leads to, and a quarter of a minute on a live site.
const LOOKED_AT: usize = 60;

/// The share of pages from which a language is one of the site, 0–1. Our choice.
const LANGUAGE: f64 = 0.1;

/// What stands between the title of a page and the name of its site.
const BETWEEN: [&str; 7] = [" | ", " - ", " – ", " — ", " · ", " :: ", ": "];

/// What a look at a site came to.
#[derive(Default)]
struct Seen {
    pages: usize,
    name: String,
    languages: Vec<String>,
    country: Option<String>,
    /// Names of tasks that were guessed, with the path on which each is done.
    tasks: Vec<(String, String)>,
    /// Whether the pages are like the screens of a kiosk.
    is_kiosk: bool,
}

/// Words of a page up to which it may be the screen of a kiosk, on average; somebody stands before it and waits. Our choice.
const SCREEN_WORDS: f64 = 60.0;

/// Fewer screens than these say nothing of what they belong to. Our choice.
const SCREENS: usize = 3;

/// The share of pages from which on they lead out too often for a kiosk, 0–1: pages of a website have their menus and addresses
/// on nearly all, a kiosk has mail and phone links by mistake on some. Our choice.
const LEADS_OUT: f64 = 1.0 / 3.0;

/// What a look at pages tells of whether they are the screens of a kiosk: short, and hardly one leads out of them.
#[derive(Default)]
struct Screens {
    pages: usize,
    words: u64,
    lead_out: usize,
}

impl Screens {
    fn add(&mut self, page: &PageFacts) {
        self.pages += 1;
        self.words += u64::from(page.main_words);
        let is_inside = |link: &Link| match &link.page {
            Some(to) => to.host() == page.url.host(),
            // A control that only a script acts on stays at the kiosk; mail and phone lead out of it.
            None => !link.href.split_once(':').is_some_and(|(scheme, _)| ["mailto", "tel", "sms"].contains(&scheme)),
        };
        self.lead_out += usize::from(!page.links.iter().all(is_inside));
    }

    fn are_of_a_kiosk(&self) -> bool {
        let pages = self.pages as f64;
        self.pages >= SCREENS && (self.lead_out as f64) < LEADS_OUT * pages && self.words as f64 <= SCREEN_WORDS * pages
    }
}

/// Looks at the site, asks who and where (or takes flags), and writes `plainway.toml`. It never replaces one.
pub(super) fn run(args: &InitArgs) -> Result<(), Stop> {
    let path = Path::new("plainway.toml");
    if path.exists() {
        return Err(Stop::Wrong(anyhow!("there is a plainway.toml here already; edit it, or move it away first")));
    }
    let seen = args.target.as_deref().map(|target| look(target, args.profile)).transpose()?.unwrap_or_default();
    let is_kiosk = seen.is_kiosk || args.profile == Profile::Kiosk;
    let ask = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let answer = |flag: &Option<String>, question: &str, default: &str| match flag {
        Some(given) => given.clone(),
        None if ask => asked(question, default),
        None => default.to_owned(),
    };
    let name = answer(&args.name, "Name of the site", &seen.name);
    let country = answer(&args.country, "Country, two letters", seen.country.as_deref().unwrap_or("US"));
    let level = answer(&args.level, "Level (federal, national, state, regional, local, other)", "local");
    let guessed = if seen.languages.is_empty() { "en".to_owned() } else { seen.languages.join(",") };
    let languages = if args.languages.is_empty() {
        answer(&None, "Languages, separated by commas", &guessed).split(',').map(|l| l.trim().to_owned()).collect()
    } else {
        args.languages.clone()
    };
    let about = config_text(&name, &country, &level, &languages);
    let text = about + &if is_kiosk { kiosk_text() } else { tasks_text(&seen) };
    Config::parse("plainway.toml", &text).map_err(Stop::wrong)?;
    std::fs::write(path, text).map_err(|e| Stop::Undone(anyhow!("plainway.toml cannot be written: {e}")))?;
    let Some(target) = &args.target else {
        say("plainway.toml written. Next: plainway audit https://your.site/");
        return Ok(());
    };
    if is_kiosk {
        let why = if seen.is_kiosk {
            " They look like the screens of a kiosk: short, and hardly one leads out of them."
        } else {
            ""
        };
        say(format_args!(
            "plainway.toml written after a look at {}.{why}\nNext:\n  1. Open it: see that name, country, level and languages are right, and what [kiosk] assumes.\n  2. plainway audit {target} --profile kiosk\n  3. Open plainway-report/kiosk.html in a browser: how the screens lead to each other, and the checklist of the hardware.",
            many(seen.pages, "page")
        ));
        return Ok(());
    }
    say(format_args!(
        "plainway.toml written after a look at {}. Next:\n  1. Open it and see that name, country, level and languages are right.\n  2. {}\n  3. plainway audit {target}\n  4. Open plainway-report/index.html in a browser.",
        many(seen.pages, "page"),
        match seen.tasks.len() {
            0 => "No task was guessed: write what most people come for as [[task]], as the file shows.".to_owned(),
            n => format!("{n} top tasks were guessed: take the # from those that are right, and mend the others."),
        }
    ));
    Ok(())
}

/// Reads some pages, and keeps nothing of them but the answers.
fn look(target: &str, profile: Profile) -> Result<Seen, Stop> {
    let setup = Setup::load(&SetupArgs::default(), profile)?;
    let source = setup::source(target)?;
    let size = u32::try_from(LOOKED_AT).ok();
    let read = match source {
        Source::Folder(_) | Source::List(_) => ReadArgs { sample: size, ..ReadArgs::default() },
        _ => ReadArgs { max_pages: Some(LOOKED_AT), ..ReadArgs::default() },
    };
    let (scope, doors) = (ScopeArgs::default(), DoorArgs::default());
    let started = today::started(None)?;
    let plan = setup::plan(source, Reading { read: &read, scope: &scope, doors: &doors }, &setup.config, &started)?;
    let mut store = Store::temporary().map_err(Stop::undone)?;
    listen_for_stop();
    let shown = setup::shown_target(&plan);
    let audited = beside(&setup, &plan, (&shown, &started), |job| pipeline::run(job, &mut store));
    let run = audited.map_err(Stop::undone)?.run.run;
    let (mut titles, mut home, mut languages) = (Vec::new(), None, BTreeMap::<String, usize>::new());
    let mut host = String::new();
    store
        .each_page_row(run, |page| {
            if page.depth == Some(0) {
                home = Some(page.title.clone());
            }
            let language = page.lang.split('-').next().unwrap_or_default().to_lowercase();
            *languages.entry(language).or_default() += 1;
            host = page.url.host().to_owned();
            titles.push(page.title);
        })
        .map_err(Stop::undone)?;
    let mut screens = Screens::default();
    let read = store.each_measured::<HistoryError>(run, None, |_, page| {
        screens.add(page);
        Ok(())
    });
    read.map_err(Stop::undone)?;
    let pages = titles.len();
    let mut spoken: Vec<(String, usize)> = languages
        .into_iter()
        .filter(|(language, n)| {
            *n as f64 >= LANGUAGE * pages as f64 && is_taken("languages", &format!("[\"{language}\"]"))
        })
        .collect();
    spoken.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let rows = store.tasks(run).map_err(Stop::undone)?.rows;
    let task = |row: &crate::history::TaskRow| {
        let goal = row.steps.last().filter(|step| step.stuck.is_none() && row.guessed)?;
        let url = goal.url.as_str();
        let path = url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))?;
        (!row.name.trim().is_empty()).then(|| (row.name.clone(), path))
    };
    Ok(Seen {
        pages,
        name: site_name(&titles, home.as_deref()),
        languages: spoken.into_iter().map(|(language, _)| language).collect(),
        country: country(&host),
        tasks: rows.iter().filter_map(task).collect(),
        is_kiosk: screens.are_of_a_kiosk(),
    })
}

/// Whether the config takes a value of a key of `[site]`.
fn is_taken(key: &str, value: &str) -> bool {
    Config::parse("plainway.toml", &format!("[site]\n{key} = {value}\n")).is_ok()
}

/// The country whose letters a host ends in.
fn country(host: &str) -> Option<String> {
    let end = host.rsplit('.').next().filter(|end| end.len() == 2)?.to_uppercase();
    // The one country whose addresses end in other letters than its own.
    let letters = if end == "UK" { "GB".to_owned() } else { end };
    is_taken("country", &format!("{letters:?}")).then_some(letters)
}

/// What most titles of a site have in common: the name of the site. Else the title of its home page.
fn site_name(titles: &[String], home: Option<&str>) -> String {
    let mut often: BTreeMap<&str, usize> = BTreeMap::new();
    for title in titles {
        let mut parts = vec![title.as_str()];
        for sign in BETWEEN {
            parts = parts.into_iter().flat_map(|part| part.split(sign)).collect();
        }
        let whole = parts.len() < 2;
        parts.sort_unstable();
        parts.dedup();
        for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty() && !whole) {
            *often.entry(part).or_default() += 1;
        }
    }
    let best = often.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(a.0.len().cmp(&b.0.len())).then(b.0.cmp(a.0)));
    let common = best.filter(|(_, n)| *n > 1 && n * 2 >= titles.len()).map(|(part, _)| part);
    common.or(home).unwrap_or_default().trim().to_owned()
}

/// The tasks that were guessed, each to be confirmed by taking its signs away.
fn tasks_text(seen: &Seen) -> String {
    let text = |value: &str| toml::Value::from(value).to_string();
    if seen.pages == 0 {
        return String::new();
    }
    let mut told =
        "\n# Top tasks: what most people come for. They weigh most in the score, and the reports walk each of them.\n"
            .to_owned();
    if seen.tasks.is_empty() {
        told += "# [[task]]\n# name = \"Pay a parking fine\"\n# goal = \"/parking/pay/\"\n";
    } else {
        told += "# These are guesses. Take the # away from those that are right; without any, tasks are guessed at every audit.\n";
    }
    for (name, path) in &seen.tasks {
        // A name over several lines would end the comment.
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        told += &format!("# [[task]]\n# name = {}\n# goal = {}\n", text(&name), text(path));
    }
    told
}

/// What the screens of a kiosk stand on: each line says what is assumed without it.
fn kiosk_text() -> String {
    let mut told = "\n# What the screens stand on. Each line says what is assumed without it; take the # from those that you mend.\n[kiosk]\n".to_owned();
    for assumed in Terminal::default().assumptions() {
        let value = match assumed.value.as_str() {
            "yes" => "true".to_owned(),
            "no" => "false".to_owned(),
            pixels if pixels.contains('×') => format!("\"{}\"", pixels.replace(" × ", "x")),
            number => number.to_owned(),
        };
        told += &format!("# {} = {value}\n", assumed.key);
    }
    told + "# Without this one reach is not judged: millimetres from the floor to the lower edge of the picture.\n# lower_edge_mm = 800\n"
}

fn asked(question: &str, default: &str) -> String {
    let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
    let _ = write!(std::io::stdout(), "{question}{shown}: ");
    let _ = std::io::stdout().flush();
    let mut line = String::new();
    let _ = std::io::stdin().lock().read_line(&mut line);
    let line = line.trim();
    if line.is_empty() { default.to_owned() } else { line.to_owned() }
}

fn config_text(name: &str, country: &str, level: &str, languages: &[String]) -> String {
    let text = |value: &str| toml::Value::from(value).to_string();
    let name =
        if name.is_empty() { "# name = \"Town of Milltown\"".to_owned() } else { format!("name = {}", text(name)) };
    let languages: Vec<String> = languages.iter().map(|l| text(l)).collect();
    format!(
        "# Who and where: dates, phone numbers and the law are read by this.\n[site]\n{name}\ncountry = {}\nlevel = {}\nlanguages = [{}]\n\n# How the site is read. Without these lines: 10,000 pages, four requests a second.\n# [crawl]\n# max_pages = 500\n# delay = 0.5\n\n# What fails `plainway audit --gate`.\n# [gate]\n# fail_on = \"serious\"\n# min_coverage = 0.8\n\n# The score to reach.\n# [score]\n# target = 85\n",
        text(country),
        text(level),
        languages.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn named(titles: &[&str], home: Option<&str>, expected: &str) {
        let titles: Vec<String> = titles.iter().map(|t| (*t).to_owned()).collect();
        assert_eq!(site_name(&titles, home), expected);
    }

    #[test]
    fn a_site_is_called_what_its_titles_have_in_common() {
        named(&["Milltown", "Parking | Milltown", "Council - Milltown"], Some("Milltown"), "Milltown");
        named(&["Home | Town of Mill", "Pay | Town of Mill", "News"], Some("Home"), "Town of Mill");
        // What only one page says is the title of that page.
        named(&["Parking: how to pay", "Council"], Some("Council"), "Council");
        named(&[], None, "");
    }

    #[test]
    fn what_is_said_of_a_kiosk_can_be_taken_over() {
        let text = kiosk_text();
        let bare: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("# ")).filter(|l| l.contains(" = ")).collect();
        assert!(bare.len() > 5, "{text}");
        Config::parse("plainway.toml", &text).expect("it can be read as it is");
        let given =
            Config::parse("plainway.toml", &format!("[kiosk]\n{}", bare.join("\n"))).expect("it can be taken over");
        let rows = given.kiosk.expect("it is there").assumptions();
        let same = Terminal::default()
            .assumptions()
            .iter()
            .all(|a| rows.iter().any(|b| b.given && (a.key, &a.value) == (b.key, &b.value)));
        assert!(same, "it assumes what is assumed without it: {rows:?}");
    }

    #[test]
    fn guessed_tasks_are_comments_that_can_be_taken_over() {
        let tasks = vec![("Pay a \"fine\"\n[site]".to_owned(), "/pay/".to_owned())];
        let text = tasks_text(&Seen { pages: 3, tasks, ..Seen::default() });
        assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
        let bare: Vec<&str> = text
            .lines()
            .filter_map(|l| l.strip_prefix("# "))
            .filter(|l| l.starts_with('[') || l.contains(" = "))
            .collect();
        let config = Config::parse("plainway.toml", &bare.join("\n")).expect("it can be taken over");
        assert_eq!(config.tasks.len(), 1);
    }
}
