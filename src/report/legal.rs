//! Days that laws set, from `reports/legal-dates.toml`: those for the country and level of a site, with
//! the days that are left. Nothing is shown of a site that names neither.

use super::follow::days_between;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// The file, inside the binary.
static DATES: LazyLock<Dates> = LazyLock::new(|| {
    toml::from_str(include_str!("../../reports/legal-dates.toml")).expect("a test reads the file of the project")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dates {
    eu: Vec<String>,
    date: Vec<LegalDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LegalDate {
    law: String,
    standard: String,
    who: String,
    countries: Vec<String>,
    levels: Vec<String>,
    profile: String,
    date: toml::value::Datetime,
    source: String,
    checked: toml::value::Datetime,
    read: Read,
}

/// How a date was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Read {
    /// In the words of the law itself.
    Source,
    /// In what others say of it.
    Summary,
}

/// A day that a law sets for this site.
#[derive(Debug, Serialize)]
pub(super) struct LegalRow {
    pub law: &'static str,
    pub standard: &'static str,
    /// A key of the texts: the report says it in its language.
    pub who: &'static str,
    pub date: String,
    pub days_left: i64,
    pub source: &'static str,
    pub checked: String,
    pub read: Read,
}

/// The days for a country, level and profile, seen from a day: those to come first, the nearest first.
pub(super) fn rows(country: Option<&str>, level: Option<&str>, profile: &str, today: &str) -> Vec<LegalRow> {
    let (Some(country), Some(level)) = (country, level) else { return Vec::new() };
    let names = |countries: &[String]| {
        let is_eu = DATES.eu.iter().any(|c| c == country);
        countries.iter().any(|c| c == country || (is_eu && c == "EU"))
    };
    let fits = |d: &&LegalDate| d.profile == profile && names(&d.countries) && d.levels.iter().any(|l| l == level);
    let row = |d: &'static LegalDate| {
        let date = d.date.to_string();
        Some(LegalRow {
            law: &d.law,
            standard: &d.standard,
            who: &d.who,
            days_left: days_between(today, &date)?,
            date,
            source: &d.source,
            checked: d.checked.to_string(),
            read: d.read,
        })
    };
    let mut rows: Vec<_> = DATES.date.iter().filter(fits).filter_map(row).collect();
    rows.sort_by_key(|r| (r.days_left < 0, r.days_left.abs()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(country: &str, level: &str, profile: &str, today: &str) -> Vec<(String, i64)> {
        rows(Some(country), Some(level), profile, today).into_iter().map(|r| (r.date, r.days_left)).collect()
    }

    #[test]
    fn a_site_sees_the_days_of_its_country_and_level() {
        let local = days("US", "local", "website", "2027-04-20T10:00:00Z");
        let expected = [("2027-04-26", 6), ("2027-05-11", 21), ("2028-04-26", 372), ("2028-05-10", 386)];
        assert_eq!(local, expected.map(|(day, left)| (day.to_owned(), left)));
        assert_eq!(days("US", "federal", "website", "2018-01-19T00:00:00Z"), [("2018-01-18".to_owned(), -1)]);
        assert_eq!(days("DE", "local", "kiosk", "2025-06-28T00:00:00Z"), [("2025-06-28".to_owned(), 0)]);
        assert!(days("US", "local", "kiosk", "2027-04-20T10:00:00Z").is_empty());
        assert!(days("BR", "local", "website", "2027-04-20T10:00:00Z").is_empty());
        assert!(rows(Some("US"), None, "website", "2027-04-20T10:00:00Z").is_empty(), "unset says nothing");
    }

    #[test]
    fn days_to_come_stand_before_days_that_are_over() {
        let left: Vec<i64> = days("US", "local", "website", "2027-05-01").into_iter().map(|(_, left)| left).collect();
        assert_eq!(left, [10, 361, 375, -5]);
    }

    #[test]
    fn every_date_has_a_source_and_the_day_it_was_checked() {
        let levels = ["federal", "national", "state", "regional", "local", "other"];
        let words = crate::report::words::Words::of("en").expect("the project has this language");
        for date in &DATES.date {
            assert!(words.sentence(&format!("law_for.{}", date.who)).is_some(), "{date:?}");
            assert!(date.source.starts_with("https://"), "{date:?}");
            for day in [date.date, date.checked] {
                assert!(day.to_string().parse::<jiff::civil::Date>().is_ok(), "{day} of {date:?}");
            }
            assert!(["website", "kiosk"].contains(&date.profile.as_str()), "{date:?}");
            assert!(date.levels.iter().all(|l| levels.contains(&l.as_str())), "{date:?}");
            assert!(
                date.countries.iter().all(|c| c.len() == 2 && c.chars().all(|c| c.is_ascii_uppercase())),
                "{date:?}"
            );
        }
    }
}
