//! `[effort]`: how long one fix takes here, where it differs from what the rule file says; and the
//! rules that a config names, to be checked once the rules are known.

use crate::mistakes::{Mistake, Mistakes, Table, unknown_word};
use crate::model::{EFFORTS, days_of_work, fits_whole};
use std::ops::Range;

/// A rule, or `category/*`, with its place in the file.
pub(super) type Named = (String, Range<usize>);

/// How long one fix takes, by rule or `category/*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Efforts(Vec<(String, String)>);

impl Efforts {
    /// The effort of a rule: that of the entry with its id, else that of its category.
    pub fn of(&self, rule: &str) -> Option<&str> {
        let own = self.0.iter().find(|(name, _)| name == rule);
        let found = own.or_else(|| self.0.iter().find(|(name, _)| fits_whole(name, rule)));
        found.map(|(_, effort)| effort.as_str())
    }
}

/// The rules that a config names. A config does not know the rules, so whoever does asks it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleNames {
    file: String,
    source: String,
    list: Vec<Named>,
}

impl RuleNames {
    pub(super) fn new(file: &str, source: &str, list: Vec<Named>) -> Self {
        let source = if list.is_empty() { String::new() } else { source.to_owned() };
        Self { file: file.to_owned(), source, list }
    }

    /// Errors where a name fits no rule, with the one that was probably meant.
    pub fn check(&self, known: &[&str]) -> Result<(), Mistakes> {
        let is_unknown = |(name, _): &&Named| !known.iter().any(|id| fits_whole(name, id));
        let mistake =
            |(name, span): &Named| unknown_word(span.clone(), &format!("there is no rule `{name}`"), name, known);
        let list: Vec<Mistake> = self.list.iter().filter(is_unknown).map(mistake).collect();
        match list.is_empty() {
            true => Ok(()),
            false => Err(Mistakes { file: self.file.clone(), source: self.source.clone(), list }),
        }
    }
}

/// Takes the name of a rule under a key, which has to be there.
pub(super) fn rule_name(table: &mut Table<'_>, names: &mut Vec<Named>, mistakes: &mut Vec<Mistake>) -> String {
    let span = table.span_of("rule").unwrap_or_else(|| table.span());
    let name = table.required_text("rule", mistakes);
    note_rule(&name, span, names, mistakes);
    name
}

/// Notes a name of a rule, or tells that it is none.
pub(super) fn note_rule(name: &str, span: Range<usize>, names: &mut Vec<Named>, mistakes: &mut Vec<Mistake>) {
    let parts: Vec<&str> = name.split('/').collect();
    let is_name =
        matches!(parts[..], [category, rule] if !category.is_empty() && !category.contains('*') && !rule.is_empty());
    if is_name {
        names.push((name.to_owned(), span));
    } else if !name.is_empty() {
        let mistake = Mistake::new(span, format!("`{name}` is no rule"));
        mistakes.push(mistake.help("write a rule as category/name, or category/* for all of a category"));
    }
}

pub(super) fn efforts(table: Option<Table<'_>>, names: &mut Vec<Named>, mistakes: &mut Vec<Mistake>) -> Efforts {
    let Some(mut table) = table else { return Efforts::default() };
    let mut list = Vec::new();
    for name in table.keys() {
        let key = table.key_span_of(&name).unwrap_or_else(|| table.span());
        let value = table.span_of(&name).unwrap_or_else(|| table.span());
        note_rule(&name, key, names, mistakes);
        let Some(effort) = table.text(&name, mistakes) else { continue };
        if days_of_work(&effort).is_none() {
            let mistake = Mistake::new(value, format!("`{effort}` is no effort that can be added up"));
            mistakes.push(mistake.help(EFFORTS));
        }
        list.push((name, effort));
    }
    table.finish(mistakes);
    Efforts(list)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn an_effort_is_that_of_the_rule_then_of_its_category() {
        let text = "[effort]\n\"forms/*\" = \"a day\"\n\"forms/no-label\" = \"2 hours\"\n[[owner]]\nteam = \"Vendor\"\neffort = { \"forms/no-label\" = \"a week\" }\n";
        let config = Config::parse("plainway.toml", text).expect("the file is right");
        assert_eq!(config.efforts.of("forms/no-label"), Some("2 hours"));
        assert_eq!(config.efforts.of("forms/too-long"), Some("a day"));
        assert_eq!(config.efforts.of("words/legalese"), None);
        assert_eq!(config.owners.0[0].efforts.of("forms/no-label"), Some("a week"));
    }

    #[test]
    fn efforts_that_cannot_be_added_up_and_unknown_rules_are_told_with_their_place() {
        let text = "[effort]\n\"forms/no-label\" = \"some time\"\nforms = \"a day\"\n";
        let said = Config::parse("plainway.toml", text).expect_err("two things are wrong").to_string();
        assert!(said.contains("plainway.toml:2:20") && said.contains("`some time`"), "{said}");
        assert!(said.contains("plainway.toml:3:1") && said.contains("`forms` is no rule"), "{said}");
        let text = "[effort]\n\"forms/no-lable\" = \"a day\"\n\"words/*\" = \"a day\"\n";
        let config = Config::parse("plainway.toml", text).expect("whether a rule is there is not known here");
        let said = config.rule_names.check(&["forms/no-label", "words/legalese"]).expect_err("one is unknown");
        let said = said.to_string();
        assert!(said.contains("plainway.toml:2:1") && said.contains("did you mean `forms/no-label`?"), "{said}");
        assert!(config.rule_names.check(&["forms/no-lable", "words/legalese"]).is_ok());
    }
}
