//! Counted amounts in range. Unit: places, where one place is one unit of capacity (in a pool of seats, one seat).

use serde::Serialize;

/// Largest capacity of a pool, and so of any count within one. In places.
pub const CAPACITY_MAX: u32 = 10_000_000;

/// Largest capacity of an event, all pools together. In places. An event created before this rule can exceed it.
pub const CAPACITY_PER_EVENT_MAX: u32 = CAPACITY_MAX;

/// Requested number of places: 1 to [`CAPACITY_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Quantity(u32);

impl Quantity {
    /// A quantity; `None` if the value is outside 1 to [`CAPACITY_MAX`].
    pub fn new(value: i64) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (1..=CAPACITY_MAX).contains(&value).then_some(Self(value))
    }

    /// Number of places.
    pub fn get(self) -> u32 {
        self.0
    }

    /// The sum; `None` if it exceeds [`CAPACITY_MAX`].
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(i64::from(self.0) + i64::from(other.0))
    }
}

/// Capacity of a pool: 0 to [`CAPACITY_MAX`] places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capacity(u32);

impl Capacity {
    /// A capacity; `None` if the value is outside 0 to [`CAPACITY_MAX`].
    pub fn new(value: i64) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (value <= CAPACITY_MAX).then_some(Self(value))
    }

    /// Number of places.
    pub fn get(self) -> u32 {
        self.0
    }
}
