//! Sums that come out the same, bit for bit, in any order. It never rounds while it adds.

/// A sum of numbers of ordinary size, held as a whole number of 2⁻⁸⁰.
///
/// Adding floats rounds at every step, so their order shows in the last bits; adding integers does
/// not. 2⁻⁸⁰ (8·10⁻²⁵) lies far below what a score of 100 can show, and leaves room for sums up to
/// 2⁴⁷ (our choice).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sum(i128);

const UNITS: f64 = (1_u128 << 80) as f64;

impl Sum {
    /// Adds one term; adding its negative later takes out exactly what was put in.
    pub(crate) fn add(&mut self, term: f64) {
        // `as` cuts toward zero, holds to the range and makes nothing of NaN; it cannot fail.
        self.0 = self.0.saturating_add((term * UNITS) as i128);
    }

    /// The sum, rounded once.
    pub(crate) fn value(self) -> f64 {
        self.0 as f64 / UNITS
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}
