//! What is kept of a kiosk for its report: assumptions, the graph of its screens, and its checklist on the day of the audit.

use super::Walker;
use crate::config::{Attested, CHECKLIST};
use crate::history::{AssumptionRow, ItemRow, ItemState, KioskRow, ScreenRow, StandardRow};
use std::collections::BTreeMap;

/// Screens that are kept for the picture. Our choice: more are no picture.
const SCREENS: usize = 200;

impl Walker<'_> {
    /// The kiosk; `None` for a website.
    pub(super) fn kiosk(&self, today: &str) -> Option<KioskRow> {
        let screens = self.site.screens.as_ref()?;
        let mut all: Vec<(u32, &str)> = screens.names().collect();
        all.sort_by_key(|(at, _)| (screens.touches(*at).unwrap_or(u32::MAX), *at));
        let left_out = all.len().saturating_sub(SCREENS);
        all.truncate(SCREENS);
        let places: BTreeMap<u32, usize> = all.iter().enumerate().map(|(place, (at, _))| (*at, place)).collect();
        let row = |(at, name): &(u32, &str)| {
            let note = self.note(*at);
            ScreenRow {
                url: self.url(*at).clone(),
                name: crate::audit::mask(name),
                touches: screens.touches(*at),
                score: note.map(|note| 100.0 * note.q),
                blocker: note.and_then(|note| note.blocker.as_deref()).map(str::to_owned),
                next: screens.out(*at).iter().filter_map(|to| places.get(to).copied()).collect(),
            }
        };
        let assumption =
            |a: crate::model::Assumption| AssumptionRow { key: a.key.to_owned(), value: a.value, given: a.given };
        let standard = |s: &crate::config::Standard| StandardRow {
            short: s.short.clone(),
            name: s.name.clone(),
            read: s.read.clone(),
            on: CHECKLIST.checked.on.clone(),
        };
        Some(KioskRow {
            assumptions: screens.terminal.assumptions().into_iter().map(assumption).collect(),
            mm_per_pixel: screens.terminal.mm_per_pixel(),
            screens: all.iter().map(row).collect(),
            left_out,
            checklist: self.checklist(today.get(..10).unwrap_or(today)),
            standards: CHECKLIST.checked.standards.iter().map(standard).collect(),
        })
    }

    /// Every item of the checklist, once for each attestation of it.
    fn checklist(&self, today: &str) -> Vec<ItemRow> {
        let mut rows = Vec::new();
        for item in &CHECKLIST.items {
            let row = |state| ItemRow {
                id: item.id.clone(),
                asks: item.asks.clone(),
                clauses: item.clauses.clone(),
                state,
                device: String::new(),
                who: String::new(),
                on: String::new(),
                evidence: String::new(),
                expires: String::new(),
            };
            let before = rows.len();
            for told in self.setup.config.attestations.iter().filter(|a| a.item == item.id) {
                let expires = told.expires.map(|day| day.to_string()).unwrap_or_default();
                let state = match told.result {
                    _ if !expires.is_empty() && expires.as_str() < today => ItemState::Expired,
                    Attested::Met => ItemState::Met,
                    Attested::NotMet => ItemState::NotMet,
                    Attested::NotApplicable => ItemState::NotApplicable,
                };
                rows.push(ItemRow {
                    device: told.device.clone(),
                    who: told.who.clone(),
                    on: told.on.to_string(),
                    evidence: told.evidence.clone(),
                    expires,
                    ..row(state)
                });
            }
            if rows.len() == before {
                rows.push(row(ItemState::Open));
            }
        }
        rows
    }
}
