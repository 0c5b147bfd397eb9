//! `sites.toml`: the sites that are audited together, each with what sets it apart from the config
//! that counts for all. It reads no other file.

use super::{Config, Crawl, Site, crawl, site};
use crate::mistakes::{Mistake, Mistakes, Table};
use crate::model::PageUrl;
use std::collections::BTreeMap;

/// The sites of a fleet, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fleet {
    /// Each `[[site]]`.
    pub sites: Vec<FleetSite>,
}

/// One site of a fleet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FleetSite {
    /// What people call it; no two have the same.
    pub name: String,
    /// An address, or a folder, file or archive as seen from the file of the fleet.
    pub target: String,
    /// The public address of what is read.
    pub as_url: Option<PageUrl>,
    /// `website` or `kiosk`; `None` for what the command says.
    pub profile: Option<&'static str>,
    /// What it is listed under, as a department.
    pub group: Option<String>,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// The score that is aimed at.
    pub goal: Option<f64>,
    /// A config of its own in place of the common one, as seen from the file of the fleet.
    pub config: Option<String>,
    /// The keys of `[site]`.
    pub site: Site,
    /// The keys of `[crawl]`.
    pub crawl: Crawl,
}

const PROFILES: &[(&str, &str)] = &[("website", "website"), ("kiosk", "kiosk")];

impl Fleet {
    /// Reads the text of a file, which the user knows by `file`.
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let document = Table::parse(text, 0, &mut mistakes);
        let mut table = Table::new(&document, 0);
        let (mut names, mut targets) = (BTreeMap::new(), BTreeMap::new());
        let mut sites = Vec::new();
        for entry in table.tables("site", &mut mistakes) {
            let span = entry.span();
            let (name_span, target_span) = (entry.span_of("name"), entry.span_of("target"));
            let site = fleet_site(entry, &mut mistakes);
            let twice =
                |what: &str, first: &str| Mistake::new(span.clone(), format!("{what} is that of `{first}` too"));
            if let Some(first) = names.insert(site.name.to_lowercase(), site.name.clone()).filter(|f| !f.is_empty()) {
                let mistake = twice("this `name`", &first).help("reports tell sites apart by their names");
                mistakes.push(Mistake { span: name_span.unwrap_or(span.clone()), ..mistake });
            }
            let place = (site.target.clone(), site.as_url.as_ref().map(ToString::to_string), site.profile);
            if let Some(first) = targets.insert(place, site.name.clone()).filter(|_| !site.target.is_empty()) {
                let mistake = twice("this `target`", &first).help("a site is audited once");
                mistakes.push(Mistake { span: target_span.unwrap_or(span.clone()), ..mistake });
            }
            sites.push(site);
        }
        if sites.is_empty() && mistakes.is_empty() {
            let help = "write `[[site]]`, and below it `name` and `target`, for each site";
            mistakes.push(Mistake::new(0..text.len().min(1), "there is no site in it").help(help));
        }
        table.finish(&mut mistakes);
        if mistakes.is_empty() {
            return Ok(Self { sites });
        }
        mistakes.sort_by_key(|m| m.span.start);
        Err(Mistakes { file: file.to_owned(), source: text.to_owned(), list: mistakes })
    }
}

fn fleet_site(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> FleetSite {
    let spans = (table.span_of("name"), table.span_of("target"), table.span_of("as"));
    let name = table.required_text("name", mistakes);
    // `[site]` knows the name as well, and would not find it any more.
    let target = table.required_text("target", mistakes);
    for (text, span, what) in [(&name, spans.0, "name"), (&target, spans.1, "target")] {
        if let Some(span) = span.filter(|_| text.trim().is_empty()) {
            mistakes.push(Mistake::new(span, format!("`{what}` is empty")));
        }
    }
    let as_url = table.text("as", mistakes).and_then(|text| match (PageUrl::parse(&text), spans.2) {
        (Ok(url), _) => Some(url),
        (Err(error), span) => {
            let span = span.unwrap_or_else(|| table.span());
            mistakes.push(Mistake::new(span, error.to_string()).help("write it as https://www.example.gov/"));
            None
        }
    });
    let mut whole = FleetSite {
        name: name.trim().to_owned(),
        target: target.trim().to_owned(),
        as_url,
        profile: table.choice("profile", PROFILES, mistakes),
        group: table.text("group", mistakes),
        owner: table.text("owner", mistakes),
        goal: table.number_within("goal", 0.0..100.0, mistakes),
        config: table.text("config", mistakes),
        site: site(&mut table, mistakes),
        crawl: crawl(&mut table, mistakes),
    };
    whole.site.name = Some(whole.name.clone());
    table.finish(mistakes);
    whole
}

impl FleetSite {
    /// The config that counts for this site: the common one, with what the site says of itself.
    pub fn applied(&self, common: &Config) -> Config {
        let mut config = common.clone();
        let (own, place) = (&self.site, &mut config.site);
        place.name.clone_from(&own.name);
        let texts = [
            (&mut place.country, &own.country),
            (&mut place.level, &own.level),
            (&mut place.standard, &own.standard),
            (&mut place.house_style, &own.house_style),
        ];
        for (to, from) in texts {
            if from.is_some() {
                to.clone_from(from);
            }
        }
        if !own.languages.is_empty() {
            place.languages.clone_from(&own.languages);
        }
        let (own, crawl) = (&self.crawl, &mut config.crawl);
        crawl.max_pages = own.max_pages.or(crawl.max_pages);
        crawl.max_files = own.max_files.or(crawl.max_files);
        crawl.max_file_bytes = own.max_file_bytes.or(crawl.max_file_bytes);
        crawl.depth = own.depth.or(crawl.depth);
        crawl.delay = own.delay.or(crawl.delay);
        crawl.concurrency = own.concurrency.or(crawl.concurrency);
        config.target = self.goal.or(config.target);
        config
    }

    /// The same for every site of the file, whatever else stands in it: what its shard follows from.
    pub fn identity(&self) -> String {
        let address = self.as_url.as_ref().map_or_else(|| self.target.clone(), ToString::to_string);
        format!("{address} {}", self.profile.unwrap_or(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[[site]]\nname = \"Library\"\ntarget = \"https://library.example/\"\ngroup = \"Culture\"\nowner = \"Library team\"\ncountry = \"US\"\nlevel = \"local\"\nmax_pages = 50\ngoal = 90\n\n[[site]]\nname = \"Parks\"\ntarget = \"parks\"\nas = \"https://parks.example/\"\n";

    #[test]
    fn a_site_adds_what_it_says_to_the_common_config() {
        let fleet = Fleet::parse("sites.toml", FILE).expect("the file is right");
        let common = Config::parse(
            "plainway.toml",
            "[site]\nname = \"City\"\ncountry = \"CA\"\nlanguages = [\"fr\"]\n[crawl]\ndelay = 1\n",
        )
        .expect("the file is right");
        let (library, parks) = (fleet.sites[0].applied(&common), fleet.sites[1].applied(&common));
        assert_eq!((library.site.name.as_deref(), library.site.country.as_deref()), (Some("Library"), Some("US")));
        assert_eq!((library.site.languages, library.crawl.max_pages), (vec!["fr".to_owned()], Some(50)));
        assert_eq!((library.target, parks.target), (Some(90.0), None));
        assert_eq!((parks.site.country.as_deref(), parks.crawl.delay), (Some("CA"), common.crawl.delay));
    }

    #[test]
    fn every_mistake_has_its_line() {
        let text = "[[site]]\nname = \"A\"\ntarget = \"https://a.example/\"\ncontry = \"US\"\n[[site]]\nname = \"a\"\ntarget = \"https://a.example/\"\nas = \"nowhere\"\nlevel = \"citty\"\n[[sites]]\nname = \"x\"\n[[site]]\nname = \"C\"\n";
        let shown = Fleet::parse("sites.toml", text).expect_err("six things are wrong").to_string();
        for part in [
            "did you mean `country`?",
            "sites.toml:6:8",
            "nowhere",
            "`citty`",
            "did you mean `site`?",
            "`target` is missing",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(Fleet::parse("sites.toml", "").is_err());
    }
}
