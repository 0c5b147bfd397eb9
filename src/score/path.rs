//! The score of a way over several pages: a form in steps, a task, a flow of a kiosk. A mean cannot
//! judge a way, since who fails at one step never comes to the next.

/// The score of a path, 0–100: 100 times the product of the qualities q (0–1) of its pages, as the
/// rule for paths in score model 1 has it. A page that the way passes twice is given once. A path
/// without pages has lost nothing: 100. Qualities outside 0–1 are held to the range, NaN to 0.
///
/// The order of the pages changes no bit.
pub fn path_score(qualities: impl Iterator<Item = f64>) -> f64 {
    // Written so that NaN is 0.
    let mut qualities: Vec<f64> = qualities.map(|q| if q > 0.0 { q.min(1.0) } else { 0.0 }).collect();
    // Each multiplication rounds, so that the order would show in the last bits.
    qualities.sort_by(f64::total_cmp);
    100.0 * qualities.into_iter().product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::path_score;

    #[test]
    fn a_path_keeps_what_all_its_pages_keep() {
        assert_eq!(path_score([].into_iter()), 100.0);
        assert_eq!(path_score([0.5].into_iter()), 50.0);
        assert_eq!(path_score([0.5, 1.0, 0.5].into_iter()), 25.0);
        assert_eq!(path_score([0.75, 0.0].into_iter()), 0.0);
    }

    #[test]
    fn qualities_that_are_none_are_held_to_the_range() {
        assert_eq!(path_score([2.0, 0.5].into_iter()), 50.0);
        assert_eq!(path_score([-0.0, 1.0].into_iter()).to_bits(), 0.0_f64.to_bits());
        assert_eq!(path_score([f64::NAN].into_iter()), 0.0);
    }
}
