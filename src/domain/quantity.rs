//! Counted amounts. A `Quantity` is in range from the moment it exists.

use serde::Serialize;

/// The largest capacity of a pool, and so of anything counted in one.
pub const CAPACITY_MAX: u32 = 10_000_000;

/// The most places of one event, all pools together. Whoever adds up the counters of an event may rely on it.
pub const CAPACITY_PER_EVENT_MAX: u32 = CAPACITY_MAX;

/// How many of something a request wants: 1 to [`CAPACITY_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Quantity(u32);

impl Quantity {
    /// `None` outside 1 to [`CAPACITY_MAX`].
    pub fn new(value: i64) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (1..=CAPACITY_MAX).contains(&value).then_some(Self(value))
    }

    pub fn get(self) -> u32 {
        self.0
    }

    /// The sum of two amounts of one thing; `None` past [`CAPACITY_MAX`].
    pub fn plus(self, other: Self) -> Option<Self> {
        Self::new(i64::from(self.0) + i64::from(other.0))
    }
}

/// The size of a pool: 0 to [`CAPACITY_MAX`] places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capacity(u32);

impl Capacity {
    /// `None` outside 0 to [`CAPACITY_MAX`].
    pub fn new(value: i64) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (value <= CAPACITY_MAX).then_some(Self(value))
    }

    pub fn get(self) -> u32 {
        self.0
    }
}
