//! The page of a kiosk: its picture, its declaration and its checklist.

use super::*;
use crate::history::{AssumptionRow, ItemRow, ItemState, KioskRow, ScreenRow, StandardRow};

/// A kiosk with as many screens as are kept, and an item of the checklist in each state.
pub(super) fn row(text: &str) -> KioskRow {
    let screen = |n: usize| ScreenRow {
        url: url(&format!("{n}/{text}")),
        name: text.to_owned(),
        touches: (n % 50 != 49).then_some(n as u32 / 8),
        score: (!n.is_multiple_of(7)).then_some(61.5),
        blocker: (n % 9 == 8).then(|| text.to_owned()),
        next: (n + 1..n + 12).filter(|to| *to < 200).collect(),
    };
    let states = [
        ItemState::Open,
        ItemState::Expired,
        ItemState::Met,
        ItemState::NotMet,
        ItemState::NotApplicable,
        ItemState::Open,
    ];
    let item = |(n, state): (usize, ItemState)| ItemRow {
        id: format!("item-{n}"),
        asks: "Everything on the screen can be heard as speech.".to_owned(),
        clauses: "508 402.2.1".to_owned(),
        state,
        device: text.to_owned(),
        who: text.to_owned(),
        on: "2026-03-01".to_owned(),
        evidence: text.to_owned(),
        expires: "2027-03-01".to_owned(),
    };
    let standard = StandardRow {
        short: "508".to_owned(),
        name: "36 CFR 1194, appendix C, chapter 4".to_owned(),
        read: "by its text".to_owned(),
        on: "2026-11-22".to_owned(),
    };
    KioskRow {
        assumptions: vec![AssumptionRow { key: "pixels".to_owned(), value: "1920 × 1080".to_owned(), given: false }],
        mm_per_pixel: 0.248,
        screens: (0..200).map(screen).collect(),
        left_out: 3,
        checklist: states.into_iter().enumerate().map(item).collect(),
        standards: vec![standard],
    }
}

fn digest(text: &str) -> Digest {
    let mut digest = full(rules(), text);
    digest.tasks.kiosk = Some(row(text));
    digest
}

#[test]
fn the_page_is_tame_and_short() {
    for text in [HOSTILE, &"\"<".repeat(4_000)] {
        let html = render(ReportPage::Kiosk, &digest(text), &subject(rules(), "Milltown")).expect("it can be made");
        assert!(html.len() <= SITE_BYTES, "{} bytes", html.len());
        assert!(!html.contains("<script") && !html.contains("<img"));
    }
}

#[test]
fn the_declaration_tells_what_is_attested_from_what_is_open() {
    let rules = rules();
    let digest = digest("apply");
    let context = value(&digest, &subject(rules, "Milltown"));
    let count = |part: &str| context["kiosk"][part].as_array().map(Vec::len);
    assert_eq!((count("attested"), count("open")), (Some(3), Some(3)));
    let html = render(ReportPage::Kiosk, &digest, &subject(rules, "Milltown")).expect("it can be made");
    assert!(html.contains("It does not say that the kiosk conforms to a standard."));
    assert!(html.contains("assumed by us"));
    // Boxes that stick out of the picture, or lie over each other, tell nothing.
    let picture = &context["kiosk"]["picture"];
    let boxes: Vec<(u64, u64)> = picture["boxes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|b| (b["x"].as_u64().unwrap_or(0), b["y"].as_u64().unwrap_or(0)))
        .collect();
    let unique: std::collections::BTreeSet<_> = boxes.iter().collect();
    let within = |(x, y): &(u64, u64)| {
        x + 190 <= picture["width"].as_u64().unwrap_or(0) && y + 64 <= picture["height"].as_u64().unwrap_or(0)
    };
    assert!(unique.len() == boxes.len() && boxes.iter().all(within));
}

#[test]
fn a_website_has_no_page_of_a_kiosk() {
    let rules = rules();
    let digest = full(rules, "apply");
    let html = render(ReportPage::Site, &digest, &subject(rules, "Milltown")).expect("it can be made");
    assert!(!html.contains("kiosk.html"));
}
