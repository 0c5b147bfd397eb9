//! The findings of a run page by page, as they are stored: nothing is laid out for it.

use super::found::{Beside, Group, Kept, read_found};
use super::{FindingRow, HistoryError, Result, Store};
use crate::model::PageUrl;
use rusqlite::{OptionalExtension, params};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A value of a closed list by its published word.
pub(super) fn worded<'w, T: Deserialize<'w>>(word: &'w str) -> Result<T> {
    let reader: StrDeserializer<'w, WordError> = word.into_deserializer();
    T::deserialize(reader).map_err(|error| HistoryError::Damaged(serde::de::Error::custom(error)))
}

/// Ids that thousands of findings share, each held once.
#[derive(Default)]
struct Names(BTreeMap<String, Arc<str>>);

impl Names {
    fn of(&mut self, name: String) -> Arc<str> {
        self.0.entry(name).or_insert_with_key(|name| Arc::from(name.as_str())).clone()
    }
}

/// A finding as reports read it, with the share of its page in the use of the site.
fn row(
    names: &mut Names,
    url: &PageUrl,
    found: Kept,
    weight: f64,
    (state, owner): (&str, Option<&str>),
) -> Result<FindingRow> {
    let (key, rule, category, severity, status, outcome, cause, _, place, message, lost, gain, more, local) = found;
    Ok(FindingRow {
        key,
        rule: names.of(rule),
        category: names.of(category),
        severity: worded(&severity)?,
        status: worded(&status)?,
        outcome: worded(&outcome)?,
        cause: cause.map(|cause| names.of(cause)),
        url: url.clone(),
        place: place.map(|place| serde_json::from_str(&place)).transpose()?,
        message,
        lost: f64::from_bits(lost) * weight,
        gain: f64::from_bits(gain) * weight,
        more,
        state: worded(state)?,
        owner: owner.map(str::to_owned),
        beyond: None,
        local,
    })
}

impl Store {
    /// The findings of a run, in the order of address, rule, line and key.
    pub fn each_finding(&self, run: i64, mut visit: impl FnMut(FindingRow)) -> Result<()> {
        let mut query = self.db.prepare(
            "SELECT v.version, p.standing, p.weight FROM run_pages AS p JOIN page_versions AS v USING (version) WHERE p.run = ?1 ORDER BY v.url",
        )?;
        let pages = query.query_map([run], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<f64>>(2)?)))?;
        let pages: Vec<(i64, i64, Option<f64>)> = pages.collect::<rusqlite::Result<_>>()?;
        let mut beside: Vec<Beside> = self.blocks(run)?.into_iter().flatten().collect();
        beside.sort_by(|a, b| beside_order(a).cmp(&beside_order(b)));
        let mut beside = beside.into_iter().peekable();
        let mut names = Names::default();
        let mut query = self
            .db
            .prepare("SELECT url, found, told FROM page_versions, standings WHERE version = ?1 AND standing = ?2")?;
        for (version, standing, weight) in pages {
            let mut rows = query.query([version, standing])?;
            let Some(stored) = rows.next()? else { continue };
            let url: String = stored.get(0)?;
            while let Some(other) = beside.next_if(|b| b.0 < url) {
                visit(row_beside(&mut names, other)?);
            }
            let address = PageUrl::stored(&url);
            let groups: Vec<Group> = serde_json::from_str(stored.get_ref(2)?.as_str().unwrap_or_default())?;
            let of_each = groups.iter().flat_map(|g| std::iter::repeat_n(g, g.0));
            let found = read_found(stored.get_ref(1)?.as_blob().unwrap_or_default())?;
            let mut of_page = Vec::with_capacity(found.len());
            for (finding, group) in found.into_iter().zip(of_each) {
                let line = finding.7;
                let standing = (group.1.as_str(), group.3.as_deref());
                of_page.push((line, row(&mut names, &address, finding, weight.unwrap_or(0.0), standing)?));
            }
            while let Some(other) = beside.next_if(|b| b.0 == url) {
                of_page.push((other.4.7, row_beside(&mut names, other)?));
            }
            of_page.sort_by(|(line, a), (other, b)| (&a.rule, line, &a.key).cmp(&(&b.rule, other, &b.key)));
            of_page.into_iter().for_each(|(_, finding)| visit(finding));
        }
        beside.try_for_each(|other| row_beside(&mut names, other).map(&mut visit))
    }

    /// Gives findings that were read off the table their places, which are in the store alone.
    pub(super) fn placed(&self, found: &mut [(Option<(i64, usize)>, FindingRow)]) -> Result<()> {
        let mut order: Vec<usize> = (0..found.len()).filter(|at| found[*at].0.is_some()).collect();
        order.sort_by_key(|at| found[*at].0);
        let mut query = self.db.prepare_cached("SELECT found FROM page_versions WHERE version = ?1")?;
        let (mut of, mut all): (Option<i64>, Vec<Kept>) = (None, Vec::new());
        for at in order {
            let Some((version, nth)) = found[at].0 else { continue };
            if of != Some(version) {
                let packed: Option<Vec<u8>> = query.query_row(params![version], |row| row.get(0)).optional()?;
                all = packed.map(|packed| read_found(&packed)).transpose()?.unwrap_or_default();
                of = Some(version);
            }
            let place = all.get(nth).and_then(|kept| kept.8.as_deref());
            found[at].1.place = place.map(serde_json::from_str).transpose()?;
        }
        Ok(())
    }
}

fn beside_order(other: &Beside) -> (&str, &str, u32, &str) {
    (&other.0, &other.4.1, other.4.7, &other.4.0)
}

fn row_beside(names: &mut Names, other: Beside) -> Result<FindingRow> {
    let Beside(url, state, _, owner, found) = other;
    row(names, &PageUrl::stored(&url), found, 1.0, (&state, owner.as_deref()))
}
