//! What must hold of the score (the numbered properties of score model 1), for any site.

use plainway::model::{Finding, Level, Outcome, PageUrl, Severity, Status};
use plainway::score::{
    CausePoints, Change, Circumstances, Effect, Extent, Hit, PagePoints, Pair, Part, Score, Side, SiteScore, Step,
    Terms, WorkPlan, normalise, over_read, page_points, path_score, severity_cost, share_weight,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A page as the tests make it: a weight, not normalised, and its hits.
type Page = (f64, Vec<Hit>);

const SEVERITIES: [Severity; 5] =
    [Severity::Advice, Severity::Minor, Severity::Moderate, Severity::Serious, Severity::Blocker];

/// Rules: id, category, cause, and whether they are about elements (`e`), the page (`p`) or the site (`s`).
const RULES: [(&str, &str, Option<&str>, char); 9] = [
    ("a/1", "a", None, 'e'),
    ("a/2", "a", Some("x"), 'p'),
    ("a/3", "a", Some("y"), 's'),
    ("b/1", "b", Some("x"), 'e'),
    ("b/2", "b", None, 'p'),
    ("b/3", "b", Some("y"), 'e'),
    ("c/1", "c", Some("y"), 'p'),
    ("c/2", "c", None, 's'),
    ("c/3", "c", Some("y"), 'e'),
];

fn hit(rule: usize, severity: Severity, precision: f64, findings: u32) -> Hit {
    let (id, category, cause, about) = RULES[rule];
    let extent = match about {
        'e' => Extent::Elements(findings),
        'p' => Extent::Whole,
        _ => Extent::Reach(1.0 / f64::from(findings)),
    };
    let findings = if about == 's' { 1 } else { findings };
    Hit {
        rule: id.into(),
        category: category.into(),
        cause: cause.map(Into::into),
        severity,
        precision,
        extent,
        findings,
    }
}

fn hits() -> impl Strategy<Value = Vec<Hit>> {
    // Few precisions, so that equal hazards within a cause come up.
    let precision = prop_oneof![Just(1.0), Just(0.9), 0.5..1.0];
    let terms = (prop::sample::select(&SEVERITIES[..]), precision, 1_u32..30);
    let to_hits = |hits: BTreeMap<usize, (Severity, f64, u32)>| {
        hits.into_iter().map(|(rule, (severity, precision, n))| hit(rule, severity, precision, n)).collect()
    };
    prop::collection::btree_map(0..RULES.len(), terms, 0..RULES.len()).prop_map(to_hits)
}

fn pages() -> impl Strategy<Value = Vec<Page>> {
    let weight = prop_oneof![1 => Just(0.0), 9 => 0.01..10.0];
    let some_weight = |pages: &Vec<Page>| pages.iter().any(|(weight, _)| *weight > 0.0);
    prop::collection::vec((weight, hits()), 1..12).prop_filter("all weights are 0", some_weight)
}

fn weights(pages: &[Page]) -> Vec<f64> {
    let mut weights: Vec<f64> = pages.iter().map(|(weight, _)| *weight).collect();
    normalise(&mut weights);
    weights
}

fn points(pages: &[Page]) -> Vec<PagePoints> {
    pages.iter().zip(weights(pages)).map(|((_, hits), weight)| page_points(hits, weight)).collect()
}

fn scored(pages: &[Page]) -> Score {
    let mut site = SiteScore::new(["a", "b", "c", "d"].map(Arc::from));
    points(pages).iter().for_each(|page| site.add(page));
    site.score(&Circumstances::default()).expect("there is a page")
}

fn steps(pages: &[Page]) -> Vec<Step> {
    let mut plan = WorkPlan::default();
    pages.iter().zip(weights(pages)).for_each(|((_, hits), weight)| plan.add(hits, weight));
    plan.steps()
}

/// The score as the model writes it, with nothing clever: the judge of everything below.
fn plain(pages: &[Page]) -> f64 {
    let sum: f64 = pages.iter().map(|(weight, _)| weight).sum();
    pages.iter().map(|(weight, hits)| 100.0 * weight / sum * plain_q(hits)).sum()
}

fn plain_q(hits: &[Hit]) -> f64 {
    let mut causes: BTreeMap<&str, f64> = BTreeMap::new();
    for hit in hits {
        let x = match hit.extent {
            Extent::Whole => 1.0,
            Extent::Elements(n) => 1.0 - 0.8_f64.powf(f64::from(n)),
            Extent::Reach(reach) => reach,
        };
        let s = [0.0, 0.02, 0.08, 0.25, 0.60][hit.severity as usize];
        let cost = causes.entry(hit.cause.as_deref().unwrap_or(&hit.rule)).or_default();
        *cost = cost.max(s * hit.precision * x);
    }
    causes.values().map(|cost| 1.0 - cost).product()
}

fn without(pages: &[Page], rule: &str) -> Vec<Page> {
    let others = |hits: &[Hit]| hits.iter().filter(|hit| &*hit.rule != rule).cloned().collect();
    pages.iter().map(|(weight, hits)| (*weight, others(hits))).collect()
}

fn with_one_mended(hits: &[Hit], at: usize) -> Vec<Hit> {
    let mut hits = hits.to_vec();
    hits[at].findings -= 1;
    if let Extent::Elements(n) = &mut hits[at].extent {
        *n -= 1;
    }
    hits.retain(|hit| hit.findings > 0);
    hits
}

#[track_caller]
fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} is not {b}");
}

proptest! {
    #[test]
    fn the_score_is_that_of_the_plain_formula(pages in pages()) {
        near(scored(&pages).value, plain(&pages), 1e-9);
        for category in ["a", "b", "c"] {
            let of_category = |hits: &[Hit]| hits.iter().filter(|hit| &*hit.category == category).cloned().collect();
            let alone: Vec<Page> = pages.iter().map(|(w, hits)| (*w, of_category(hits))).collect();
            let score = scored(&pages).categories.iter().find(|c| &*c.id == category).and_then(|c| c.score);
            prop_assert_eq!(score.is_some(), alone.iter().any(|(_, hits)| !hits.is_empty()));
            near(score.unwrap_or(100.0), plain(&alone), 1e-9);
        }
    }

    #[test]
    fn p1_the_score_is_0_to_100_and_all_shares_sum_to_the_rest(pages in pages()) {
        let (score, points) = (scored(&pages), points(&pages));
        prop_assert!((0.0..=100.0).contains(&score.value));
        let missing = 100.0 - score.value;
        near(points.iter().map(|p| p.lost).sum(), missing, 1e-7);
        near(points.iter().flat_map(|p| &p.causes).map(|c| c.lost).sum(), missing, 1e-7);
        near(points.iter().flat_map(|p| &p.hits).map(|h| h.lost).sum(), missing, 1e-7);
        near(score.categories.iter().map(|c| c.lost).sum(), missing, 1e-7);
        let each = |(page, points): (&Page, &PagePoints)| -> f64 {
            page.1.iter().zip(&points.hits).map(|(hit, p)| p.lost_each * f64::from(hit.findings)).sum()
        };
        near(pages.iter().zip(&points).map(each).sum(), missing, 1e-7);
    }

    #[test]
    fn p2_another_finding_instance_or_a_higher_severity_never_raises_the_score(
        pages in pages(), page in any::<prop::sample::Index>(), rule in 0..RULES.len(), way in 0..2,
    ) {
        let before = scored(&pages).value;
        let mut worse = pages;
        let page = page.index(worse.len());
        let hits = &mut worse[page].1;
        match hits.iter_mut().find(|hit| &*hit.rule == RULES[rule].0) {
            None => hits.push(hit(rule, Severity::Minor, 1.0, 1)),
            Some(hit) if way == 0 => hit.severity = SEVERITIES[(hit.severity as usize + 1).min(4)],
            Some(hit) => {
                hit.findings += 1;
                if let Extent::Elements(n) = &mut hit.extent { *n += 1 }
            }
        }
        let after = scored(&worse).value;
        prop_assert!(after <= before + 1e-12, "{before} rose to {after}");
    }

    #[test]
    fn p3_a_gain_is_what_scoring_again_gives_and_lies_between_0_and_the_share(pages in pages()) {
        let points = points(&pages);
        for (at, ((_, hits), points)) in pages.iter().zip(&points).enumerate() {
            for (number, gains) in points.hits.iter().enumerate() {
                prop_assert!(0.0 <= gains.gain_one && gains.gain_one <= gains.lost_each);
                prop_assert!(0.0 <= gains.gain_all && gains.gain_all <= gains.lost);
                let mut mended = pages.clone();
                mended[at].1 = with_one_mended(hits, number);
                near(gains.gain_one, plain(&mended) - plain(&pages), 1e-9);
                mended[at].1 = hits.clone();
                mended[at].1.remove(number);
                near(gains.gain_all, plain(&mended) - plain(&pages), 1e-9);
            }
        }
    }

    #[test]
    fn p3_holds_where_the_findings_of_a_rule_differ_in_severity(
        severities in prop::collection::vec(prop::sample::select(&SEVERITIES[..]), 1..9),
        level in prop::sample::select(&[Level::Element, Level::Form][..]),
        others in hits(), raised in any::<prop::sample::Index>(),
    ) {
        // A cause shared with another rule, which may take over.
        let terms = Terms { cause: Some("x".into()), level, ..terms() };
        let on_page = |severities: &[Severity]| {
            let findings: Vec<Finding> = severities.iter().map(|&s| finding(Outcome::Fail, s, 0)).collect();
            let mut hits = Hit::of(&terms, &findings);
            hits.extend(others.iter().cloned());
            hits
        };
        let hits = on_page(&severities);
        let points = page_points(&hits, 1.0);
        let pairs = || hits.iter().zip(&points.hits);
        let of = |severity| pairs().find(|(h, _)| h.rule == terms.rule && h.severity == severity).map(|(_, p)| p);
        let mut borne: f64 = pairs().filter(|(h, _)| h.rule != terms.rule).map(|(_, p)| p.lost).sum();
        for (at, &severity) in severities.iter().enumerate() {
            let gains = of(severity).expect("each severity has its hit");
            let mut rest = severities.clone();
            rest.remove(at);
            near(gains.gain_one, 100.0 * (plain_q(&on_page(&rest)) - plain_q(&hits)), 1e-9);
            prop_assert!(0.0 <= gains.gain_one && gains.gain_one <= gains.lost_each);
            borne += gains.lost_each;
        }
        near(borne, points.lost, 1e-7);
        let mut worse = severities;
        let at = raised.index(worse.len());
        worse[at] = SEVERITIES[(worse[at] as usize + 1).min(4)];
        prop_assert!(plain_q(&on_page(&worse)) <= plain_q(&hits) + 1e-12);
    }

    #[test]
    fn p4_the_steps_of_the_work_plan_sum_to_100_minus_the_score_and_each_gains_most(pages in pages()) {
        let steps = steps(&pages);
        near(steps.iter().map(|step| step.gain).sum(), 100.0 - scored(&pages).value, 1e-7);
        let mut left = pages;
        for (at, step) in steps.iter().enumerate() {
            for other in &steps[at..] {
                prop_assert!(plain(&without(&left, &other.rule)) - plain(&left) <= step.gain + 1e-9);
            }
            let mended = without(&left, &step.rule);
            near(step.gain, plain(&mended) - plain(&left), 1e-9);
            near(step.score, plain(&mended), 1e-9);
            left = mended;
        }
    }

    #[test]
    fn p5_the_parts_of_a_change_sum_to_it_whatever_the_overlap(
        pages in prop::collection::vec((prop::option::of(hits()), prop::option::of(hits())), 2..9),
        w0 in prop::collection::vec(0.01..10.0, 9), w1 in prop::collection::vec(0.01..10.0, 9),
        old_rules in 0.0..100.0, read in any::<bool>(),
    ) {
        let run = |weights: &[f64], hits: Vec<Option<Vec<Hit>>>| -> Vec<Option<Page>> {
            hits.into_iter().zip(weights).map(|(hits, weight)| hits.map(|hits| (*weight, hits))).collect()
        };
        let before = run(&w0, pages.iter().map(|p| p.0.clone()).collect());
        let after = run(&w1, pages.iter().map(|p| p.1.clone()).collect());
        prop_assume!(before.iter().any(Option::is_some) && after.iter().any(Option::is_some));
        let (s0, sides0) = sides(&before);
        let (s1, sides1) = sides(&after);
        let mut change = Change::new(old_rules, s0, s1);
        let mut listed = 0.0;
        for pair in sides0.into_iter().zip(sides1) {
            let pair = match pair {
                (Some(before), Some(after)) => Pair::Matched { before, after },
                (Some(side), None) if read => Pair::Removed(side),
                (Some(side), None) => Pair::Unchecked(side),
                (None, Some(side)) if read => Pair::Added(side),
                (None, Some(side)) => Pair::ReadAgain(side),
                (None, None) => continue,
            };
            listed += change.add(&pair).iter().map(|effect| effect.points).sum::<f64>();
        }
        let parts = change.parts();
        near(parts.sum(), s1 - old_rules, 1e-6);
        near(listed + parts.rules, s1 - old_rules, 1e-6);
        prop_assert!(parts.better >= 0.0 && parts.worse <= 0.0);
    }

    #[test]
    fn p6_a_page_of_weight_w_added_to_w_in_all_moves_the_score_by_its_share_at_most(
        pages in pages(), weight in 0.0..20.0, hits in hits(),
    ) {
        let total: f64 = pages.iter().map(|(weight, _)| weight).sum();
        let more: Vec<Page> = pages.iter().cloned().chain([(weight, hits)]).collect();
        let moved = (scored(&more).value - scored(&pages).value).abs();
        prop_assert!(moved <= 100.0 * weight / (total + weight) + 1e-9);
    }

    #[test]
    fn p7_copying_the_whole_site_changes_nothing(pages in pages()) {
        near(scored(&[pages.clone(), pages.clone()].concat()).value, scored(&pages).value, 1e-9);
    }

    #[test]
    fn p8_twenty_million_instances_cost_at_most_the_weight_times_the_severity(
        pages in pages(), severity in prop::sample::select(&SEVERITIES[..]),
    ) {
        let clean = without(&pages, "a/1");
        let mut full = clean.clone();
        full[0].1.push(hit(0, severity, 1.0, 20_000_000));
        let cost = scored(&clean).value - scored(&full).value;
        prop_assert!(cost <= 100.0 * weights(&clean)[0] * severity_cost(severity) + 1e-9);
        // And on a page without other problems it costs just that.
        let alone = page_points(&[hit(0, severity, 1.0, 20_000_000)], 0.5);
        near(alone.lost, 50.0 * severity_cost(severity), 1e-9);
    }

    #[test]
    fn p9_the_order_of_pages_and_findings_changes_no_bit(
        (pages, shuffled, turn) in pages().prop_flat_map(|p| (Just(p.clone()), Just(p).prop_shuffle(), 0_usize..9)),
    ) {
        let turned = |(weight, mut hits): Page| {
            let turn = turn % hits.len().max(1);
            hits.rotate_left(turn);
            (weight, hits)
        };
        let shuffled: Vec<Page> = shuffled.into_iter().map(turned).collect();
        // `PartialEq` of floats would let −0 pass for 0; the printed form does not.
        prop_assert_eq!(format!("{:?}", scored(&pages)), format!("{:?}", scored(&shuffled)));
        prop_assert_eq!(format!("{:?}", steps(&pages)), format!("{:?}", steps(&shuffled)));
    }

    #[test]
    fn p10_p12_passes_and_could_not_tell_and_trial_rules_never_count(
        outcomes in prop::collection::vec((0_usize..4, prop::sample::select(&SEVERITIES[..]), 0_u32..3), 0..9),
        level in prop::sample::select(&[Level::Element, Level::Page, Level::Site][..]),
    ) {
        let all = [Outcome::Fail, Outcome::Pass, Outcome::NotApplicable, Outcome::CouldNotTell];
        let findings: Vec<Finding> = outcomes.iter().map(|&(o, s, more)| finding(all[o], s, more)).collect();
        let failures: Vec<Finding> = findings.iter().filter(|f| f.outcome == Outcome::Fail).cloned().collect();
        let terms = Terms { level, ..terms() };
        prop_assert_eq!(Hit::of(&terms, &findings), Hit::of(&terms, &failures));
        prop_assert_eq!(Hit::of(&terms, &findings).is_empty(), failures.is_empty());
        let trial = Terms { status: Status::Trial, ..terms };
        prop_assert!(Hit::of(&trial, &findings).is_empty());
    }

    #[test]
    fn p12_a_page_that_was_not_read_widens_the_bounds_and_leaves_the_value(pages in pages(), weight in 0.01..10.0) {
        let known: Vec<f64> = pages.iter().map(|(w, _)| *w).chain([weight]).collect();
        let read: Vec<bool> = known.iter().enumerate().map(|(page, _)| page < pages.len()).collect();
        let over = over_read(&known, &read);
        near(over.unread, weight / known.iter().sum::<f64>(), 1e-12);
        let mut site = SiteScore::default();
        pages.iter().zip(&over.weights).for_each(|((_, hits), w)| site.add(&page_points(hits, *w)));
        let circumstances = Circumstances { unread: over.unread, ..Circumstances::default() };
        let score = site.score(&circumstances).expect("there is a page");
        near(score.value, scored(&pages).value, 1e-9);
        near(score.low, (1.0 - over.unread) * score.value, 1e-9);
        near(score.high, score.low + 100.0 * over.unread, 1e-9);
        near(score.coverage, 1.0 - over.unread, 1e-12);
    }

    #[test]
    fn p13_scaling_all_weights_changes_nothing(
        pages in pages(), factor in prop_oneof![1e-30..1e-20, 0.1..10.0, 1e20..1e30],
    ) {
        let scaled: Vec<Page> = pages.iter().map(|(weight, hits)| (weight * factor, hits.clone())).collect();
        near(scored(&scaled).value, scored(&pages).value, 1e-9);
    }

    #[test]
    fn p14_a_page_of_weight_0_changes_nothing(pages in pages(), hits in hits()) {
        let more: Vec<Page> = pages.iter().cloned().chain([(0.0, hits)]).collect();
        prop_assert_eq!(scored(&more).value.to_bits(), scored(&pages).value.to_bits());
    }

    #[test]
    fn p17_identical_pages_that_share_a_weight_equal_one(pages in pages(), copies in 1_usize..5) {
        let mut more = pages.clone();
        more.extend(vec![pages[0].clone(); copies]);
        let group = (0..more.len()).filter(|&p| p == 0 || p >= pages.len()).map(|p| p as u32).collect();
        let mut shared: Vec<f64> = more.iter().map(|(weight, _)| *weight).collect();
        share_weight(&mut shared, &[group]);
        more.iter_mut().zip(shared).for_each(|(page, weight)| page.0 = weight);
        near(scored(&more).value, scored(&pages).value, 1e-9);
    }

    #[test]
    fn p21_three_rules_of_one_cause_cost_what_the_largest_costs(
        severities in prop::array::uniform3(prop::sample::select(&SEVERITIES[..])), n in 1_u32..9, weight in 0.0..=1.0,
    ) {
        let hits = [hit(5, severities[0], 1.0, n), hit(6, severities[1], 0.9, 1), hit(8, severities[2], 1.0, n)];
        let together = page_points(&hits, weight);
        let alone = hits.each_ref().map(|hit| page_points(std::slice::from_ref(hit), weight).lost);
        near(together.lost, alone.into_iter().fold(0.0, f64::max), 1e-12);
        prop_assert_eq!(together.causes.len(), 1);
        prop_assert_eq!(together.hits.iter().filter(|hit| hit.lost > 0.0).count(), usize::from(together.lost > 0.0));
    }

    #[test]
    fn p22_splitting_a_form_never_raises_its_score(hits in hits(), parts in prop::collection::vec(0_usize..6, 30)) {
        let of = |step: usize, hit: &Hit| match hit.extent {
            Extent::Elements(n) => parts[..n as usize].iter().filter(|part| **part == step).count() as u32,
            _ => u32::from(step == 0),
        };
        let part = |step: usize, hit: &Hit| match (hit.extent, of(step, hit)) {
            (Extent::Elements(_), n) => Hit { extent: Extent::Elements(n), findings: n, ..hit.clone() },
            _ => hit.clone(),
        };
        let step = |at: usize| hits.iter().filter(|h| of(at, h) > 0).map(|h| part(at, h)).collect::<Vec<_>>();
        let split = path_score((0..6).map(|at| page_points(&step(at), 1.0).q));
        prop_assert!(split <= page_points(&hits, 1.0).score() + 1e-9);
    }
}

fn terms() -> Terms {
    Terms {
        rule: "z/rule".into(),
        category: "z".into(),
        cause: None,
        status: Status::Active,
        level: Level::Page,
        precision: 1.0,
        reach: 0.5,
    }
}

fn finding(outcome: Outcome, severity: Severity, more: u32) -> Finding {
    Finding {
        rule: "z/rule".into(),
        outcome,
        severity,
        url: PageUrl::parse("http://town.example/").expect("a valid address"),
        place: None,
        message: String::new(),
        anchor: String::new(),
        key: String::new(),
        more,
    }
}

/// The score of the pages that a run has, and each of them as the comparison wants it.
fn sides(run: &[Option<Page>]) -> (f64, Vec<Option<Side>>) {
    let present: Vec<Page> = run.iter().flatten().cloned().collect();
    let mut points = points(&present).into_iter();
    let side = |page: &Option<Page>| page.as_ref().and_then(|_| points.next()).map(|p| Side::from(&p));
    (scored(&present).value, run.iter().map(side).collect())
}

/// The worked case of `docs/score.md`: weights in per cent, rules without causes.
fn worked_case() -> Vec<Page> {
    use Severity::{Blocker, Moderate, Serious};
    let hit = |rule: &str, severity, extent, findings| {
        let (rule, category) = (rule.into(), "any".into());
        Hit { rule, category, cause: None, severity, precision: 1.0, extent, findings }
    };
    let whole = |rule, severity| hit(rule, severity, Extent::Whole, 1);
    let elements = |rule, severity, n| hit(rule, severity, Extent::Elements(n), n);
    vec![
        (40.0, vec![elements("vague links", Moderate, 2)]),
        (25.0, vec![whole("long form", Serious), elements("labels", Serious, 24)]),
        (15.0, vec![elements("contrast", Moderate, 1)]),
        (12.0, vec![whole("legalese", Serious), whole("title", Moderate), elements("alt", Moderate, 1)]),
        (8.0, vec![whole("dead end", Blocker), whole("no contact", Serious)]),
    ]
}

#[test]
fn the_worked_case_comes_out_to_two_decimals() {
    let pages = worked_case();
    assert_eq!(format!("{:.2}", scored(&pages).value), "78.24");

    let mut causes: Vec<CausePoints> = points(&pages).into_iter().flat_map(|page| page.causes).collect();
    causes.sort_by(|a, b| b.lost.total_cmp(&a.lost));
    let shares: Vec<String> = causes.iter().map(|cause| format!("{} {:.2}", cause.rule, cause.lost)).collect();
    assert_eq!(
        shares.join(", "),
        "long form 5.47, labels 5.44, dead end 4.26, legalese 2.86, no contact 1.34, vague links 1.15, title 0.83, \
         contrast 0.24, alt 0.16"
    );

    let plan: Vec<String> = steps(&pages).iter().map(|step| format!("{} {:.2}", step.rule, step.gain)).collect();
    assert_eq!(
        plan.join(", "),
        "long form 4.69, labels 6.22, dead end 3.60, legalese 2.72, no contact 2.00, vague links 1.15, title 0.94, \
         contrast 0.24, alt 0.19"
    );
}

#[test]
fn a_single_fix_is_worth_what_it_moved() {
    let before = worked_case();
    let after = without(&before, "long form");
    let all = |pages: &[Page]| -> Vec<Option<Page>> { pages.iter().cloned().map(Some).collect() };
    let ((s0, sides0), (s1, sides1)) = (sides(&all(&before)), sides(&all(&after)));
    let mut change = Change::new(s0, s0, s1);
    let matched = sides0.into_iter().flatten().zip(sides1.into_iter().flatten());
    let effects: Vec<Effect> =
        matched.flat_map(|(before, after)| change.add(&Pair::Matched { before, after })).collect();
    assert_eq!(effects.iter().map(|e| &e.part).collect::<Vec<_>>(), [&Part::Cause("long form".into())]);
    near(effects[0].points, s1 - s0, 1e-9);
    near(change.parts().better, 4.69, 0.005);
}

#[test]
fn a_page_as_good_as_the_site_moves_nothing_when_it_comes_or_goes() {
    let as_good = || Side { weight: 0.3, causes: vec![("any".into(), -0.75_f64.ln())] };
    let mut change = Change::new(75.0, 75.0, 75.0);
    near(change.add(&Pair::Added(as_good()))[0].points, 0.0, 1e-12);
    near(change.add(&Pair::Removed(as_good()))[0].points, 0.0, 1e-12);
}
