//! The part of `docs/accuracy.md` that is measured.

use super::labels::{Labels, SAYS};
use super::measure::{Count, Measured, SURE};
use plainway::facts::Lexicon;
use plainway::model::{Level, Status};
use plainway::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
use std::fmt::Write;

/// The head of a table with a row a rule.
pub const HEAD: &str =
    "| rule | expected | found | findings | right | precision | recall |\n|---|---:|---:|---:|---:|---:|---:|";

pub fn table(labels: &Labels, measured: &Measured) -> String {
    let mut text = String::new();
    let pages = labels.pages.len();
    let mut line = |written: String| writeln!(text, "{written}").expect("a string takes all that is written");
    line(format!("\n{pages} pages, read on {}.\n", labels.today));
    line("### Page kinds\n".to_owned());
    line(format!(
        "Right on {} of {pages} pages. Sure (confidence {SURE} or more) on {}, and right on {} of these.\n",
        measured.kinds_right, measured.sure, measured.sure_right
    ));
    line("### What a page says\n".to_owned());
    line("| thing | pages that say it | found | told of pages | right | precision | recall |".to_owned());
    line("|---|---:|---:|---:|---:|---:|---:|".to_owned());
    for thing in SAYS {
        line(row(thing, measured.says.get(thing)));
    }
    line("\n### Rules\n".to_owned());
    line(HEAD.to_owned());
    let rules = rules();
    for id in &labels.labelled {
        match rules.list.iter().find(|r| *r.id == **id) {
            None => {
                let expected = measured.rules.get(id).map_or(0, |c| c.expected);
                line(format!("| {id} | {expected} | no rule yet | | | | |"));
            }
            Some(rule) if rule.level == Level::Site => line(format!("| {id} | | judges whole sites | | | | |")),
            Some(rule) => {
                let name = if rule.status == Status::Trial { format!("{id} (trial)") } else { id.clone() };
                line(row(&name, measured.rules.get(id)));
            }
        }
    }
    let there = |id: &str, trial: Option<bool>| {
        rules
            .list
            .iter()
            .any(|r| *r.id == *id && r.level != Level::Site && trial.is_none_or(|t| t == (r.status == Status::Trial)))
    };
    for (name, trial) in [("**active rules**", Some(false)), ("**trial rules**", Some(true)), ("**all**", None)] {
        let mut sum = Count::default();
        measured.rules.iter().filter(|(id, _)| there(id, trial)).for_each(|(_, count)| sum.add(count));
        line(row(name, Some(&sum)));
    }
    let alarms: usize = measured.rules.values().map(|c| c.near).sum();
    line(format!(
        "\nNear misses, places that look bad and are right: {}; findings on them: {alarms}.\n",
        measured.near_misses
    ));
    text
}

pub fn row(name: &str, count: Option<&Count>) -> String {
    let none = Count::default();
    let c = count.unwrap_or(&none);
    let findings = c.right + c.wrong;
    let (precision, recall) = (share(c.right, findings), share(c.found, c.expected));
    format!("| {name} | {} | {} | {findings} | {} | {precision} | {recall} |", c.expected, c.found, c.right)
}

/// In hundredths; nothing where there is nothing to divide by.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.0} %", 100.0 * part as f64 / whole as f64) }
}

impl Count {
    pub fn add(&mut self, other: &Self) {
        self.expected += other.expected;
        self.found += other.found;
        self.right += other.right;
        self.wrong += other.wrong;
    }
}

pub fn rules() -> Rules {
    let stop = |what: String| -> ! {
        eprintln!("{what}");
        std::process::exit(1)
    };
    let lexicon = match Lexicon::parse(&embedded_words()) {
        Ok(lexicon) => lexicon,
        Err(errors) => stop(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    match Rules::load(&embedded_rules(), embedded_categories(), &lexicon) {
        Ok(rules) => rules,
        Err(e) => stop(e.to_string()),
    }
}
