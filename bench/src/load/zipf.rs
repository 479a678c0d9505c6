//! The choice of one of many events: uniform, or by Zipf's law.

use std::sync::Arc;

use rand::Rng;

/// A distribution over the indices `0..count`. Cheap to clone.
#[derive(Clone)]
pub enum EventDistribution {
    Uniform(usize),
    /// The cumulative probabilities, ascending to 1.
    Zipf(Arc<[f64]>),
}

impl EventDistribution {
    pub fn uniform(count: usize) -> Self {
        Self::Uniform(count)
    }

    /// The probability of the k-th index, counted from 1, is proportional to `k^-exponent`.
    pub fn zipf(count: usize, exponent: f64) -> Self {
        let weights: Vec<f64> = (1..=count).map(|rank| (rank as f64).powf(-exponent)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let cumulative = weights.iter().map(|weight| {
            sum += weight / total;
            sum
        });
        Self::Zipf(cumulative.collect())
    }

    pub fn draw(&self, rng: &mut impl Rng) -> usize {
        match self {
            Self::Uniform(count) => rng.random_range(0..*count),
            Self::Zipf(cumulative) => {
                let draw: f64 = rng.random();
                // The last probability may be a rounding error less than 1.
                cumulative.partition_point(|&sum| sum <= draw).min(cumulative.len() - 1)
            }
        }
    }
}
