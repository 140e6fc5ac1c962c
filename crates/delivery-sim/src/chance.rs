//! Chance that can be had again: everything that happens follows from one seed.

use oorandom::Rand64;

/// Random numbers that follow from one seed.
#[derive(Debug)]
pub struct Chance(Rand64);

impl Chance {
    /// The same seed gives the same sequence, today and in ten years.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(Rand64::new(u128::from(seed)))
    }

    /// From 0 to 1, without 1.
    pub fn share(&mut self) -> f64 {
        self.0.rand_float()
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: f64) -> bool {
        100.0 * self.share() < percent
    }

    /// A whole number of milliseconds in between.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        self.0.rand_range(from..to.max(from + 1))
    }
}
