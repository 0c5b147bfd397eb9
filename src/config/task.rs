//! `[[task]]`: what people come to the site to do, where they begin and where it is done. It knows
//! addresses as patterns, never the pages behind them.

use crate::mistakes::{Mistake, Scalar, Table};
use crate::model::{PageUrl, fits_whole};
use std::collections::BTreeSet;
use std::ops::Range;

/// Most tasks of a site. Our choice: a site that has more top tasks has none.
const MAX_TASKS: usize = 24;

/// Most characters of a name or of one of its phrases. Our choice: a line of the report.
const MAX_TEXT: usize = 120;

/// A top task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What people want to do, as a verb says it.
    pub name: String,
    /// Where they begin; `None` for the home page.
    pub start: Option<Spot>,
    /// Where it is done: any page that one of these names.
    pub goals: Vec<Spot>,
    /// Phrases that people use for it.
    pub words: Vec<String>,
}

/// A page or several: a path of the site, or a whole address; `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot(String);

impl Spot {
    /// What the user wrote.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names more than one page.
    pub fn is_pattern(&self) -> bool {
        self.0.contains('*')
    }

    /// Whether it names the host, too.
    pub fn is_whole(&self) -> bool {
        !self.0.starts_with('/')
    }

    /// The one address that it names, on the host of `home`; `None` for a pattern.
    pub fn address(&self, home: &PageUrl) -> Option<PageUrl> {
        if self.is_pattern() { None } else { home.join(&self.0) }
    }

    /// What all addresses that it names begin with.
    pub fn begins(&self, home: &PageUrl) -> Option<PageUrl> {
        home.join(self.0.split('*').next().unwrap_or(""))
    }

    /// Whether it names this address. A path belongs to the host of `home`.
    pub fn names(&self, url: &PageUrl, home: &PageUrl) -> bool {
        let text = if self.is_whole() {
            url.as_str()
        } else if url.host() == home.host() {
            let scheme = url.as_str().find("://").map_or(0, |at| at + 3);
            &url.as_str()[scheme + url.host().len()..]
        } else {
            return false;
        };
        fits_whole(&self.0, text)
    }
}

/// The tasks of a file.
pub(super) fn tasks(tables: Vec<Table<'_>>, mistakes: &mut Vec<Mistake>) -> Vec<Task> {
    let mut names = BTreeSet::new();
    let mut tasks = Vec::new();
    for (at, table) in tables.into_iter().enumerate() {
        if at == MAX_TASKS {
            let what = format!("there are more than {MAX_TASKS} tasks");
            mistakes.push(Mistake::new(table.span(), what).help("keep those that most people come for"));
        }
        tasks.push(task(table, &mut names, mistakes));
    }
    tasks
}

fn task(mut table: Table<'_>, names: &mut BTreeSet<String>, mistakes: &mut Vec<Mistake>) -> Task {
    let span = table.span_of("name");
    let name = table.required_text("name", mistakes).trim().to_owned();
    if let Some(span) = span {
        if name.is_empty() || name.chars().count() > MAX_TEXT {
            let what = format!("a name has 1 to {MAX_TEXT} characters");
            mistakes.push(Mistake::new(span, what).help("say what people want to do, as in \"Pay a parking fine\""));
        } else if !names.insert(name.to_lowercase()) {
            mistakes.push(Mistake::new(span, format!("there are two tasks called `{name}`")));
        }
    }
    let start = start(&mut table, mistakes);
    let goals = goals(&mut table, mistakes);
    let mut words = Vec::new();
    for (phrase, span) in table.texts("words", mistakes) {
        if !phrase.chars().any(char::is_alphanumeric) || phrase.chars().count() > MAX_TEXT {
            let what = format!("words that people use have letters, and at most {MAX_TEXT} characters");
            mistakes.push(Mistake::new(span, what));
        } else {
            words.push(phrase);
        }
    }
    table.finish(mistakes);
    Task { name, start, goals, words }
}

fn start(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Spot> {
    let span = table.span_of("start")?;
    let text = table.text("start", mistakes)?;
    if text.contains('*') {
        let what = format!("`{text}` names more than one page to start from");
        mistakes.push(Mistake::new(span, what).help("name one page; only `goal` takes `*`"));
        return None;
    }
    spot(text, span, mistakes)
}

fn goals(table: &mut Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Spot> {
    let Some(span) = table.span_of("goal") else {
        let help = "name the page on which it is done, as in `goal = \"/parking/pay/\"`";
        table.texts("goal", mistakes);
        mistakes.push(Mistake::new(table.span(), "`goal` is missing").help(help));
        return Vec::new();
    };
    let mut goals = Vec::new();
    let found = table.scalars("goal", mistakes);
    if found.is_empty() {
        mistakes.push(Mistake::new(span.clone(), "`goal` names no page"));
    }
    for value in found {
        match value {
            Scalar::Text(text) => goals.extend(spot(text, span.clone(), mistakes)),
            _ => mistakes.push(Mistake::new(span.clone(), "`goal` should be a text in quotes, or a list of them")),
        }
    }
    goals
}

pub(super) fn spot(text: String, span: Range<usize>, mistakes: &mut Vec<Mistake>) -> Option<Spot> {
    let is_whole = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    if text.starts_with('/') || (is_whole && (text.contains('*') || PageUrl::parse(&text).is_ok())) {
        return Some(Spot(text));
    }
    let help = "start with / for a page of the site, or with https:// for one elsewhere";
    mistakes.push(Mistake::new(span, format!("`{text}` is no page")).help(help));
    None
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn url(text: &str) -> PageUrl {
        PageUrl::parse(text).expect("an address")
    }

    #[track_caller]
    fn check(spot: &str, address: &str, expected: bool) {
        let home = url("https://www.town.example/");
        assert_eq!(Spot(spot.to_owned()).names(&url(address), &home), expected, "{spot} and {address}");
    }

    #[test]
    fn a_spot_names_pages_of_the_site_or_of_another_host() {
        check("/pay/", "https://www.town.example/pay/", true);
        check("/pay/", "https://www.town.example/pay/now/", false);
        check("/pay/*", "https://www.town.example/pay/now/?step=2", true);
        check("/*/apply/", "https://www.town.example/permits/parking/apply/", true);
        check("/pay/*", "https://pay.vendor.example/pay/now", false);
        check("https://pay.vendor.example/*", "https://pay.vendor.example/milltown", true);
        check("/*a*b*c", "https://www.town.example/abab", false);
    }

    #[test]
    fn a_task_has_a_name_a_goal_and_the_words_of_people() {
        let text = "[[task]]\nname = \"Pay a fine\"\nstart = \"/parking/\"\ngoal = [\"/parking/pay/\", \"https://pay.vendor.example/*\"]\nwords = [\"parking ticket\"]\n";
        let config = Config::parse("plainway.toml", text).expect("the file is right");
        let task = &config.tasks[0];
        assert_eq!((task.name.as_str(), task.goals.len(), task.words.len()), ("Pay a fine", 2, 1));
        let home = url("https://www.town.example/");
        let start = task.start.as_ref().and_then(|s| s.address(&home));
        assert_eq!(start, Some(url("https://www.town.example/parking/")));
        assert_eq!(task.goals[1].address(&home), None);
    }

    #[test]
    fn mistakes_in_tasks_have_their_line() {
        let text = "[[task]]\nname = \"Pay\"\ngoal = \"pay\"\n[[task]]\nname = \"pay\"\nstart = \"/a/*\"\nwords = [\"?\"]\ngaol = \"/x/\"\n[imports]\nsearches = 3\n";
        let mistakes = Config::parse("plainway.toml", text).expect_err("seven things are wrong").to_string();
        for part in [
            "`pay` is no page",
            "plainway.toml:3:8",
            "two tasks called `pay`",
            "more than one page to start from",
            "have letters",
            "plainway.toml:7:10",
            "`goal` is missing",
            "did you mean `goal`?",
            "`searches` should be a text",
        ] {
            assert!(mistakes.contains(part), "{part} is not told:\n{mistakes}");
        }
    }

    #[test]
    fn too_many_tasks_are_a_mistake() {
        let task = |n: usize| format!("[[task]]\nname = \"Task {n}\"\ngoal = \"/{n}/\"\n");
        let text = |n: usize| (0..n).map(task).collect::<String>();
        assert!(Config::parse("plainway.toml", &text(24)).is_ok());
        let mistakes = Config::parse("plainway.toml", &text(26)).expect_err("26 are too many");
        assert_eq!(mistakes.list.len(), 1);
    }
}
