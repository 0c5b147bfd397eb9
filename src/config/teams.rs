//! `[[owner]]`: which team answers for which pages and rules.

use super::effort::{Efforts, Named, efforts};
use crate::mistakes::{Mistake, Table};
use crate::model::{PageUrl, Pattern};

/// Who answers for what, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners(pub Vec<Owner>);

/// A team, and what it answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its name: of a team, never of a person.
    pub team: String,
    /// Pages, by path and query; none is every page.
    pub urls: Vec<Pattern>,
    /// Rules, by `/` and id; none is every rule.
    pub rules: Vec<Pattern>,
    /// How long one fix takes this team, where it differs.
    pub efforts: Efforts,
}

impl Owners {
    /// The team that answers for a problem: that of the last entry that fits, as in a CODEOWNERS file.
    pub fn of(&self, url: &PageUrl, rule: &str) -> Option<&str> {
        self.entry(url, rule).map(|owner| owner.team.as_str())
    }

    /// The last entry that fits.
    pub fn entry(&self, url: &PageUrl, rule: &str) -> Option<&Owner> {
        let rule = format!("/{rule}");
        let fits = |owner: &&Owner| {
            (owner.urls.is_empty() || owner.urls.iter().any(|p| p.matches(url)))
                && (owner.rules.is_empty() || owner.rules.iter().any(|p| p.matches_text(&rule)))
        };
        self.0.iter().rfind(fits)
    }
}

pub(super) fn owner(mut table: Table<'_>, names: &mut Vec<Named>, mistakes: &mut Vec<Mistake>) -> Owner {
    let team = table.required_text("team", mistakes);
    let urls = patterns(table.texts("urls", mistakes), "/permits/*", mistakes);
    let rules = table.texts("rules", mistakes).into_iter().map(|(id, span)| (format!("/{id}"), span)).collect();
    let rules = patterns(rules, "forms/*", mistakes);
    let efforts = efforts(table.table("effort", mistakes), names, mistakes);
    table.finish(mistakes);
    Owner { team, urls, rules, efforts }
}

fn patterns(texts: Vec<(String, std::ops::Range<usize>)>, example: &str, mistakes: &mut Vec<Mistake>) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for (text, span) in texts {
        match Pattern::new(&text) {
            Some(pattern) => patterns.push(pattern),
            None => mistakes
                .push(Mistake::new(span, format!("`{text}` fits no address")).help(format!("write it as `{example}`"))),
        }
    }
    patterns
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::model::PageUrl;

    const FILE: &str = r#"
[[owner]]
team = "Web team"

[[owner]]
team = "Permits office"
urls = ["/permits/"]

[[owner]]
team = "Design system"
rules = ["access/*", "ways/broken-link"]
"#;

    #[test]
    fn the_last_entry_that_fits_names_the_team() {
        let owners = Config::parse("plainway.toml", FILE).expect("the file is right").owners;
        let of = |url: &str, rule: &str| {
            let url = PageUrl::parse(&format!("https://milltown.example{url}")).expect("a literal address");
            owners.of(&url, rule).map(str::to_owned)
        };
        assert_eq!(of("/library/", "words/legalese").as_deref(), Some("Web team"));
        assert_eq!(of("/permits/garage", "words/legalese").as_deref(), Some("Permits office"));
        assert_eq!(of("/permits/garage", "access/zoom-blocked").as_deref(), Some("Design system"));
        assert_eq!(of("/", "ways/broken-links").as_deref(), Some("Design system"), "a pattern goes on without an end");
    }

    #[test]
    fn a_pattern_that_fits_nothing_is_a_mistake() {
        let text = "[[owner]]\nteam = \"Web team\"\nurls = [\"permits\"]\n";
        let mistakes = Config::parse("plainway.toml", text).expect_err("the pattern has no slash").to_string();
        assert!(mistakes.contains("plainway.toml:3:9") && mistakes.contains("/permits/*"), "{mistakes}");
    }
}
