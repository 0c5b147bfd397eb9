//! Two places that should say the same, shown side by side.

use super::mask::mask;
use super::{Found, Hit};
use crate::facts::{Claim, Compared, PageFacts, Pair, SiteFacts, against_data};
use crate::model::Place;
use crate::rule::{Between, PairCheck};

/// A pair on one page.
pub(super) fn on_page(check: PairCheck, page: &PageFacts) -> Found {
    match check.between {
        Between::DataAndText => found(against_data(page, check.topic), page),
        Between::Pages | Between::FrameAndContact => Found::default(),
    }
}

/// A pair of which the other place is on another page.
pub(super) fn in_site(check: PairCheck, site: &SiteFacts, page: &PageFacts) -> Found {
    match check.between {
        Between::Pages => found(site.pairs.between_pages(page, check.topic), page),
        Between::FrameAndContact => found(site.pairs.against_frame(page, check.topic), page),
        Between::DataAndText => Found::default(),
    }
}

fn found(compared: Compared<'_>, page: &PageFacts) -> Found {
    let mut found = Found { applied: compared.applied, ..Found::default() };
    for pair in compared.pairs {
        found.push(|| hit(&pair, page));
    }
    found
}

fn hit(pair: &Pair<'_>, page: &PageFacts) -> Hit {
    let target = pair.url.unwrap_or(&page.url);
    // The names within a subject stand in the order of place and label.
    let subject = pair.here.subject.replace(" | ", ", ");
    Hit {
        at: Some(place(pair.here)),
        severity: None,
        values: vec![
            ("value", pair.here.raw.clone()),
            ("text", pair.here.raw.clone()),
            ("subject", subject),
            ("other", pair.there.clone()),
            ("target", target.to_string()),
        ],
    }
}

/// The line of a claim: its page's tree is gone.
fn place(claim: &Claim) -> (Place, String) {
    let place = Place { selector: "body".to_owned(), line: claim.line, snippet: mask(&claim.raw), after: None };
    (place, format!("claim|{:?}|{}|{}", claim.topic, claim.subject, claim.value))
}
