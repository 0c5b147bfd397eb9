//! The first half of an audit for a run whose pages are no longer kept: what was measured of them then is
//! taken over, and today's rules are asked as far as that allows. What follows is as for any audit.

use super::page_phase::Reading;
use super::pipeline::{AuditError, Job};
use super::setup::{Setup, short_hash};
use crate::audit::Judge;
use crate::history::{Held, HistoryError, KeptReading, Packer, PageRecord, RuleHashes, Store, rule_hashes};
use crate::model::Links;
use crate::rule::Rule;

/// What is left of a run without a snapshot, where its score by today's rules can be told from that;
/// else why it cannot.
pub(super) fn kept(setup: &Setup, store: &Store, run: i64) -> Result<Result<KeptReading, String>, HistoryError> {
    let Some(kept) = store.reading(run, &setup.measured_by())? else {
        return Ok(Err("what is measured, the word lists or the settings changed since".to_owned()));
    };
    let judge = Judge::new(&setup.rules, &setup.lexicon, setup.scene());
    let (then, now) = (store.rule_hashes_of(run)?, rule_hashes(&setup.rules));
    let lost = judge.lost_without_pages(&|rule| is_same(rule, &then, &now));
    Ok(match lost.split_first() {
        None => Ok(kept),
        Some((first, [])) => Err(format!("the rule {first} changed since, and needs the pages themselves")),
        Some((first, more)) => {
            Err(format!("the rule {first} and {} more changed since, and need the pages themselves", more.len()))
        }
    })
}

fn is_same(rule: &Rule, then: &RuleHashes, now: &RuleHashes) -> bool {
    then.get(&*rule.id).is_some_and(|hash| now.get(&*rule.id) == Some(hash))
}

/// Takes over the pages of a run, each with what today's rules say of what was measured.
pub(super) fn read(
    job: &Job<'_>,
    judge: &Judge<'_>,
    store: &Store,
    run: i64,
    (of, kept): (i64, KeptReading),
) -> Result<Reading, AuditError> {
    let (then, now) = (store.rule_hashes_of(of)?, rule_hashes(&job.setup.rules));
    let mut packer = Packer::default();
    store.batch()?;
    let again = |key: &str, record: PageRecord| {
        let verdicts = judge.page_again(&record.facts, &record.verdicts, &|rule| is_same(rule, &then, &now));
        let again = PageRecord { verdicts, facts: record.facts };
        // No page that is read later has this key, so that nothing is taken for known that was not read.
        let key = short_hash(format!("{key} from facts {}", job.setup.rules.hash).as_bytes());
        Ok((again.facts.url.clone(), key, again.json()))
    };
    store.each_page(of, Held::default(), again, |(url, key, record)| {
        let packed = packer.page(&record, &Links::new());
        store.put_page(run, url.as_str(), &key, None, Some(&packed))
    })?;
    store.copy_files(of, run)?;
    store.commit()?;
    Ok(Reading { gathered: kept.gathered, missing: kept.missing, lock: None })
}
