//! `plainway init`: a config to start from.

use super::args::InitArgs;
use super::{Stop, say};
use crate::config::Config;
use anyhow::anyhow;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

/// Asks who and where (or takes flags) and writes `plainway.toml`. It never replaces one.
pub(super) fn run(args: &InitArgs) -> Result<(), Stop> {
    let path = Path::new("plainway.toml");
    if path.exists() {
        return Err(Stop::Wrong(anyhow!("there is a plainway.toml here already; edit it, or move it away first")));
    }
    let ask = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let answer = |flag: &Option<String>, question: &str, default: &str| match flag {
        Some(given) => given.clone(),
        None if ask => asked(question, default),
        None => default.to_owned(),
    };
    let name = answer(&args.name, "Name of the site", "");
    let country = answer(&args.country, "Country, two letters", "US");
    let level = answer(&args.level, "Level (federal, national, state, regional, local, other)", "local");
    let languages = if args.languages.is_empty() {
        answer(&None, "Languages, separated by commas", "en").split(',').map(|l| l.trim().to_owned()).collect()
    } else {
        args.languages.clone()
    };
    let text = config_text(&name, &country, &level, &languages);
    Config::parse("plainway.toml", &text).map_err(Stop::wrong)?;
    std::fs::write(path, text).map_err(|e| Stop::Undone(anyhow!("plainway.toml cannot be written: {e}")))?;
    say("plainway.toml written. Next: plainway audit https://your.site/");
    Ok(())
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
