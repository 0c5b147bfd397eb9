//! `plainway rules`: the rule set, explored, tested and extended.

use super::args::{ListFormat, RulesArgs, RulesCommand};
use super::setup::{load_lexicon, load_rules, rules_in};
use super::{Stop, say};
use crate::audit::run_example;
use crate::facts::FACTS;
use crate::mistakes::did_you_mean;
use crate::rule::{Rules, embedded_categories};
use anyhow::anyhow;
use serde_json::json;
use std::path::Path;

/// Does what was asked of the rules.
pub(super) fn run(args: &RulesArgs) -> Result<(), Stop> {
    match &args.command {
        RulesCommand::List { format, rules } => list(*format, rules.as_deref()),
        RulesCommand::Show { id, rules } => show(id, rules.as_deref()),
        RulesCommand::Test { dir } => test(dir.as_deref()),
        RulesCommand::New { id } => new(id),
        RulesCommand::Facts { format } => facts(*format),
    }
}

fn list(format: ListFormat, dir: Option<&Path>) -> Result<(), Stop> {
    let rules = load_rules(dir, &load_lexicon()?)?;
    if format == ListFormat::Json {
        let rows: Vec<serde_json::Value> = rules
            .list
            .iter()
            .map(|r| json!({ "id": r.id, "category": r.category, "severity": r.severity, "status": r.status, "fails": r.fails, "related": r.related, "sources": r.sources, "title": r.title }))
            .collect();
        say(serde_json::to_string_pretty(&rows).unwrap_or_default());
        return Ok(());
    }
    for category in &rules.categories {
        say(format_args!("{}: {}", category.id, category.title));
        for rule in rules.list.iter().filter(|r| r.category == category.id) {
            let trial = if rule.status == crate::model::Status::Trial { " (trial)" } else { "" };
            let severity = format!("{:?}", rule.severity).to_lowercase();
            say(format_args!("  {:<34} {severity:<9} {}{trial}", rule.id, rule.title));
        }
    }
    Ok(())
}

fn show(id: &str, dir: Option<&Path>) -> Result<(), Stop> {
    let rules = load_rules(dir, &load_lexicon()?)?;
    let Some(rule) = rules.get(id) else {
        let near = did_you_mean(id, rules.list.iter().map(|r| &*r.id));
        let hint =
            near.map_or_else(|| "`plainway rules list` shows them".to_owned(), |n| format!("did you mean `{n}`?"));
        return Err(Stop::Wrong(anyhow!("there is no rule `{id}`; {hint}")));
    };
    say(rule.source.trim_end());
    Ok(())
}

fn test(dir: Option<&Path>) -> Result<(), Stop> {
    let lexicon = load_lexicon()?;
    let all = load_rules(dir, &lexicon)?;
    let only: Option<Vec<String>> =
        dir.map(rules_in).transpose()?.map(|sources| sources.into_iter().map(|s| s.id).collect());
    let (mut passed, mut failed) = (0, 0);
    for rule in all.list.iter().filter(|r| only.as_ref().is_none_or(|ids| ids.iter().any(|id| **id == *r.id))) {
        for example in &rule.examples {
            match run_example(rule, example, &all, &lexicon) {
                Ok(()) => passed += 1,
                Err(why) => {
                    failed += 1;
                    say(format_args!("{}:{}: {why}", rule.file, example.line));
                }
            }
        }
    }
    say(format_args!("{passed} passed, {failed} failed"));
    if failed > 0 { Err(Stop::Failed) } else { Ok(()) }
}

fn new(id: &str) -> Result<(), Stop> {
    let known = Rules::load(&[], embedded_categories(), &load_lexicon()?).map_err(Stop::wrong)?;
    let category = id.split_once('/').map_or("", |(category, _)| category);
    if !known.categories.iter().any(|c| &*c.id == category) {
        let names: Vec<&str> = known.categories.iter().map(|c| &*c.id).collect();
        return Err(Stop::Wrong(anyhow!(
            "a rule's id is <category>/<name>, and the categories are {}; you wrote `{id}`",
            names.join(", ")
        )));
    }
    say(SKELETON.replace("{version}", env!("CARGO_PKG_VERSION")));
    super::progress::note(format_args!("save it as rules/{id}.md, and try it with: plainway rules test rules"));
    Ok(())
}

/// A rule to start from; it passes its own tests.
const SKELETON: &str = r#"# The visitor's problem, as a sentence

```toml
severity = "moderate"
since = "{version}"
status = "trial"
sources = ["limit: our choice"]
message = "This paragraph has {value} words; the limit is {max}."
effort = "15 minutes"

[check.metric]
fact = "paragraph.words"
max = 150
```

## Why it matters
Who is hurt, and how?

## How to fix it
What does the author do?

## Examples

```html bad max=3
<p>One two three four.</p>
```

```html good max=3
<p>One two three.</p>
```

A good one that looks bad: say what it shows.

```html good max=3
<nav><p>One two three four.</p></nav>
```
"#;

fn facts(format: ListFormat) -> Result<(), Stop> {
    if format == ListFormat::Json {
        let rows: Vec<serde_json::Value> =
            FACTS.iter().map(|f| json!({ "name": f.name, "unit": f.unit, "meaning": f.meaning })).collect();
        say(serde_json::to_string_pretty(&rows).unwrap_or_default());
        return Ok(());
    }
    for fact in FACTS.iter() {
        say(format_args!("{:<34} {:<16} {}", fact.name, fact.unit, fact.meaning));
    }
    Ok(())
}
