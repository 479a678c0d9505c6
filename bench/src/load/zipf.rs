//! Which of many events a client wants.

use std::sync::Arc;

use rand::Rng;

/// Draws from `0..count`. Cheap to clone.
#[derive(Clone)]
pub enum Picker {
    Uniform(usize),
    /// The cumulative shares, ascending to 1.
    Zipf(Arc<[f64]>),
}

impl Picker {
    pub fn uniform(count: usize) -> Self {
        Self::Uniform(count)
    }

    /// The k-th is wanted in proportion to `k^-exponent`, counted from 1.
    pub fn zipf(count: usize, exponent: f64) -> Self {
        let weights: Vec<f64> = (1..=count).map(|rank| (rank as f64).powf(-exponent)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let shares = weights.iter().map(|weight| {
            sum += weight / total;
            sum
        });
        Self::Zipf(shares.collect())
    }

    pub fn pick(&self, rng: &mut impl Rng) -> usize {
        match self {
            Self::Uniform(count) => rng.random_range(0..*count),
            Self::Zipf(shares) => {
                let draw: f64 = rng.random();
                // The last share may be a rounding error less than 1.
                shares.partition_point(|&share| share <= draw).min(shares.len() - 1)
            }
        }
    }
}
