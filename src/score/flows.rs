//! The weights of screens, where the score is the mean over the flows of a kiosk and not over its screens.

use super::sum::Sum;
use std::collections::BTreeMap;

/// A flow: the screens that it leads over, and whether it gets stuck on the last of them.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowWay {
    /// The screens, each once.
    pub way: Vec<u32>,
    /// Whether nobody gets past the last one.
    pub blocked: bool,
}

/// Weights of screens for which the sum of what they lose is what the mean flow loses:
/// Σ w·(1 − q) = 1 − the mean of the products of q along the flows, where a blocked flow keeps nothing.
///
/// What a flow loses falls on its screens by their hazards −ln q; all that a blocked one loses falls on the
/// screen where it gets stuck. So a screen weighs about the share of flows that lead over it; the weights sum
/// to more than 1. Flows that are stuck on a screen without a problem are left out, since nothing bears their
/// loss. The order of the flows changes no bit.
pub fn flow_weights(flows: &[FlowWay], q: impl Fn(u32) -> f64) -> BTreeMap<u32, f64> {
    let kept = |page: u32| q(page).clamp(f64::MIN_POSITIVE, 1.0);
    let bears = |flow: &&FlowWay| !flow.blocked || flow.way.last().is_some_and(|last| kept(*last) < 1.0);
    let flows: Vec<&FlowWay> = flows.iter().filter(bears).collect();
    let share = 1.0 / flows.len().max(1) as f64;
    let mut sums: BTreeMap<u32, Sum> = BTreeMap::new();
    for flow in flows {
        for page in &flow.way {
            sums.entry(*page).or_default();
        }
        if flow.blocked {
            if let Some(last) = flow.way.last() {
                sums.entry(*last).or_default().add(share / (1.0 - kept(*last)));
            }
            continue;
        }
        let mut hazards: Vec<f64> = flow.way.iter().map(|page| -libm::log(kept(*page))).collect();
        hazards.sort_by(f64::total_cmp);
        let total: f64 = hazards.into_iter().sum();
        let slope = worth(total);
        for page in &flow.way {
            let lost = worth(-libm::log(kept(*page)));
            sums.entry(*page).or_default().add(share * slope / lost);
        }
    }
    sums.into_iter().map(|(page, sum)| (page, sum.value())).collect()
}

/// (1 − e^−h) / h: what a hazard costs for each unit of it.
fn worth(hazard: f64) -> f64 {
    if hazard == 0.0 { 1.0 } else { -libm::expm1(-hazard) / hazard }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::path_score;
    use proptest::prelude::*;

    fn flow(way: &[u32], blocked: bool) -> FlowWay {
        FlowWay { way: way.to_vec(), blocked }
    }

    /// What the screens lose by these weights, of 100.
    fn lost(weights: &BTreeMap<u32, f64>, q: &[f64]) -> f64 {
        weights.iter().map(|(page, w)| 100.0 * w * (1.0 - q[*page as usize])).sum()
    }

    #[test]
    fn screens_lose_together_what_the_mean_flow_loses() {
        let q = [0.9, 0.5, 1.0, 0.4];
        let weights = flow_weights(&[flow(&[0, 1, 2], false), flow(&[0, 3], true)], |page| q[page as usize]);
        // The first keeps 45 of 100, the second nothing.
        assert!((lost(&weights, &q) - (100.0 - 22.5)).abs() < 1e-9);
        assert!((weights[&3] - 0.5 / 0.6).abs() < 1e-12, "all of a blocked flow falls on its last screen");
        assert!(flow_weights(&[], |_| 1.0).is_empty());
        assert_eq!(flow_weights(&[flow(&[0], true)], |_| 1.0).len(), 0, "nothing bears that loss");
    }

    proptest! {
        #[test]
        fn the_losses_always_sum(
            ways in prop::collection::vec((prop::collection::btree_set(0_u32..8, 1..6), any::<bool>()), 1..5),
            q in prop::collection::vec(0.05_f64..1.0, 8),
        ) {
            let flows: Vec<FlowWay> = ways.iter().map(|(way, blocked)| FlowWay { way: way.iter().copied().collect(), blocked: *blocked }).collect();
            let score = |f: &FlowWay| if f.blocked { 0.0 } else { path_score(f.way.iter().map(|page| q[*page as usize])) };
            let mean = flows.iter().map(score).sum::<f64>() / flows.len() as f64;
            let weights = flow_weights(&flows, |page| q[page as usize]);
            prop_assert!((lost(&weights, &q) - (100.0 - mean)).abs() < 1e-7);
            let mut turned = flows;
            turned.reverse();
            prop_assert_eq!(weights, flow_weights(&turned, |page| q[page as usize]));
        }
    }
}
