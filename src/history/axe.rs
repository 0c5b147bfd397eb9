//! What only axe-core found on the pages of a run, by its rules.

use super::{Result, Store};
use crate::model::{OnlyAxe, OnlyAxeRule, PageUrl, Place};
use std::collections::{BTreeMap, BTreeSet};

/// What only axe-core found, where the user had it run. None of it is scored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxeDigest {
    /// Its versions; more than one where pages were drawn at different times.
    pub versions: BTreeSet<String>,
    /// Pages that it was run in.
    pub pages: u64,
    /// Those among them of which it said nothing.
    pub silent: u64,
    /// Its rules, those with the most places first.
    pub rules: Vec<AxeRuleDigest>,
}

/// What one of its rules found and none of ours did.
#[derive(Clone, Debug, PartialEq)]
pub struct AxeRuleDigest {
    /// The rule, as it is told of the first page, without its places.
    pub rule: OnlyAxeRule,
    /// Places.
    pub places: u64,
    /// Places among them where our rules could not tell.
    pub unsure: u64,
    /// Pages with such a place.
    pub pages: u64,
    /// The first places, one a page.
    pub examples: Vec<(PageUrl, Place)>,
}

impl Store {
    /// What only axe-core found; `None` where it was run in no page.
    pub(super) fn axe(&self, run: i64, examples: usize) -> Result<Option<AxeDigest>> {
        let mut query = self.db.prepare(
            "SELECT url, row ->> '$.axe' FROM pages WHERE run = ?1 AND instr(row, '\"axe\":{') > 0 AND row ->> '$.axe' IS NOT NULL ORDER BY url",
        )?;
        let mut rows = query.query([run])?;
        let mut digest = AxeDigest::default();
        let mut by_rule: BTreeMap<String, AxeRuleDigest> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let url = PageUrl::stored(&row.get::<_, String>(0)?);
            let page: OnlyAxe = serde_json::from_str(&row.get::<_, String>(1)?)?;
            digest.add(&url, page, examples, &mut by_rule);
        }
        digest.rules = by_rule.into_values().collect();
        digest.rules.sort_by(|a, b| b.places.cmp(&a.places).then_with(|| a.rule.rule.cmp(&b.rule.rule)));
        Ok((digest.pages > 0).then_some(digest))
    }
}

impl AxeDigest {
    fn add(&mut self, url: &PageUrl, page: OnlyAxe, most: usize, by_rule: &mut BTreeMap<String, AxeRuleDigest>) {
        self.pages += 1;
        self.silent += u64::from(page.trouble.is_some());
        if !page.version.is_empty() {
            self.versions.insert(page.version);
        }
        let mut counted = BTreeSet::new();
        for mut found in page.rules {
            let places = std::mem::take(&mut found.places);
            let count = places.len() as u64 + u64::from(found.more);
            let (name, unsure) = (found.rule.clone(), if found.unsure { count } else { 0 });
            let is_new = counted.insert(name.clone());
            let of = AxeRuleDigest { rule: found, places: 0, unsure: 0, pages: 0, examples: Vec::new() };
            let digest = by_rule.entry(name).or_insert(of);
            digest.places += count;
            digest.unsure += unsure;
            digest.pages += u64::from(is_new);
            if is_new && digest.examples.len() < most {
                digest.examples.extend(places.into_iter().next().map(|place| (url.clone(), place)));
            }
        }
    }
}
