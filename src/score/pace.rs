//! How fast a number moves from run to run, and where that leads. It says nothing where there is too
//! little to say it with.

/// Days of a month, on average over four years.
pub const MONTH: f64 = 1461.0 / 48.0;

/// Runs that a forecast needs (REPORTS: a forecast only from six runs on).
const LEAST_RUNS: usize = 6;

/// The 95th percentile of the normal distribution: ranges hold 90 % on both sides together.
const Z: f64 = 1.644_853_626_951_472_2;

/// A straight line through the values of runs, by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Change a day.
    pub per_day: f64,
    runs: usize,
    middle: f64,
    mean: f64,
    spread: f64,
    noise: f64,
}

/// Where a line leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The value expected.
    pub value: f64,
    /// The range that holds it nine times of ten, if things go on as they did.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Pace {
    /// The line through pairs of day and value; `None` for fewer than two days.
    pub fn of(points: &[(f64, f64)]) -> Option<Self> {
        let n = points.len() as f64;
        let middle = points.iter().map(|p| p.0).sum::<f64>() / n;
        let mean = points.iter().map(|p| p.1).sum::<f64>() / n;
        let spread: f64 = points.iter().map(|p| (p.0 - middle) * (p.0 - middle)).sum();
        // `NaN` of an empty list is not greater than 0 either.
        if spread.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            return None;
        }
        let per_day = points.iter().map(|p| (p.0 - middle) * (p.1 - mean)).sum::<f64>() / spread;
        let rest = |p: &(f64, f64)| p.1 - mean - per_day * (p.0 - middle);
        let noise: f64 = points.iter().map(|p| rest(p) * rest(p)).sum();
        Some(Self { per_day, runs: points.len(), middle, mean, spread, noise })
    }

    /// The value on a day, with its range; `None` before six runs.
    pub fn forecast(&self, day: f64) -> Option<Forecast> {
        if self.runs < LEAST_RUNS {
            return None;
        }
        let free = self.runs as f64 - 2.0;
        // Student's t by the first terms of its expansion around the normal (Abramowitz and Stegun 26.7.5); for the
        // four degrees of freedom and more that six runs leave, the error is below 0.1 %.
        let z3 = Z * Z * Z;
        let z5 = z3 * Z * Z;
        let t = Z
            + (z3 + Z) / (4.0 * free)
            + (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / (96.0 * free * free)
            + (3.0 * z5 * Z * Z + 19.0 * z5 + 17.0 * z3 - 15.0 * Z) / (384.0 * free * free * free);
        let value = self.mean + self.per_day * (day - self.middle);
        let away = (day - self.middle) * (day - self.middle) / self.spread;
        let width = t * ((self.noise / free) * (1.0 + 1.0 / self.runs as f64 + away)).sqrt();
        Some(Forecast { value, low: value - width, high: value + width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_leads_where_it_points() {
        let points: Vec<(f64, f64)> = (0..6).map(|n| (f64::from(n) * 30.0, 60.0 + f64::from(n))).collect();
        let pace = Pace::of(&points).expect("six runs make a line");
        assert!((pace.per_day - 1.0 / 30.0).abs() < 1e-12);
        let there = pace.forecast(300.0).expect("six runs are enough");
        assert!((there.value - 70.0).abs() < 1e-9 && (there.high - there.low) < 1e-6, "{there:?}");
    }

    #[test]
    fn the_range_is_that_of_the_textbook() {
        // By hand: slope 16/17.5, residual sum 0.871429; t(0.95; 4) = 2.131847 from the printed tables.
        let points = [(1.0, 1.0), (2.0, 2.5), (3.0, 3.0), (4.0, 3.5), (5.0, 5.5), (6.0, 5.5)];
        let pace = Pace::of(&points).expect("six runs make a line");
        assert!((pace.per_day - 16.0 / 17.5).abs() < 1e-12);
        let there = pace.forecast(8.0).expect("six runs are enough");
        let width = 2.131_847 * (0.871_428_571_4 / 4.0 * (1.0 + 1.0 / 6.0 + 4.5 * 4.5 / 17.5_f64)).sqrt();
        assert!((there.high - there.value - width).abs() < 0.01 * width, "{there:?}, {width}");
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(Pace::of(&[]), None);
        assert_eq!(Pace::of(&[(3.0, 1.0)]), None);
        assert_eq!(Pace::of(&[(3.0, 1.0), (3.0, 2.0)]), None);
        let five: Vec<(f64, f64)> = (0..5).map(|n| (f64::from(n), f64::from(n))).collect();
        assert_eq!(Pace::of(&five).and_then(|p| p.forecast(9.0)), None);
    }
}
