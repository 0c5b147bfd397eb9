//! What a finding is known by from run to run (property 20 of score model 1), for any address.

use plainway::audit::{finding_keys, local_key};
use plainway::model::{Finding, Outcome, PageUrl, Severity};
use proptest::prelude::*;

fn key(url: &str, anchor: &str) -> (String, String) {
    let mut findings = [Finding {
        rule: "a/b".into(),
        outcome: Outcome::Fail,
        severity: Severity::Minor,
        url: PageUrl::parse(url).expect("the address is made to be valid"),
        place: None,
        message: String::new(),
        anchor: anchor.to_owned(),
        key: String::new(),
        more: 0,
    }];
    finding_keys(&mut findings);
    (findings[0].key.clone(), local_key(&findings[0]))
}

proptest! {
    #[test]
    fn p20_case_of_the_host_fragments_sessions_tracking_and_query_order_change_no_key(
        path in "(/[a-z0-9-]{1,8}){0,4}", pairs in prop::collection::vec("[a-f]{1,3}=[a-z0-9]{0,4}", 0..5),
        turn in 0_usize..5, fragment in "[a-z]{0,6}", noise in prop::sample::select(&[
            "utm_source=mail", "utm_campaign=x", "gclid=1", "fbclid=2", "PHPSESSID=abc", "jsessionid=4", "mc_eid=z",
        ][..]), at in 0_usize..6, upper in any::<bool>(),
    ) {
        let plain = format!("https://www.town.example{}?{}", if path.is_empty() { "/" } else { &path }, pairs.join("&"));
        let mut other = pairs;
        if !other.is_empty() {
            let turn = turn % other.len();
            other.rotate_left(turn);
        }
        other.insert(at.min(other.len()), noise.to_owned());
        let host = if upper { "HTTPS://WWW.Town.EXAMPLE:443" } else { "https://www.town.example" };
        let noisy = format!("{host}{path}?{}#{fragment}", other.join("&"));
        prop_assert_eq!(key(&plain, "link|Apply"), key(&noisy, "link|Apply"));
    }

    #[test]
    fn another_page_has_another_key_and_the_same_name_on_its_page(path in "/[a-z]{1,8}", other in "/[A-Z]{1,8}") {
        let (here, local) = key(&format!("https://town.example{path}"), "link|Apply");
        let (there, same) = key(&format!("https://town.example{other}"), "link|Apply");
        prop_assert_ne!(here, there);
        prop_assert_eq!(local, same);
    }
}
