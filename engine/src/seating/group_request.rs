//! Requests for the best available seats of a group.

use super::event_seats::PoolNumber;
use super::layout::SectionIndex;

/// Largest group that seats are picked for.
pub const GROUP_SIZE_MAX: u32 = 100;

/// Number of seats of a group: 1 to [`GROUP_SIZE_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupSize(u32);

impl GroupSize {
    /// A size; `None` if the value is outside 1 to [`GROUP_SIZE_MAX`].
    pub fn new(value: i64) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (1..=GROUP_SIZE_MAX).contains(&value).then_some(Self(value))
    }

    /// Number of seats.
    pub fn get(self) -> u32 {
        self.0
    }
}

/// How far apart the seats of a group may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Together {
    /// Adjacent seats of one row, without an aisle between them.
    Strict,
    /// Seats of one row; if necessary with taken seats or an aisle between them.
    Row,
    /// Seats of one section; if necessary in several rows that are close together.
    Nearby,
}

impl Together {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Row => "row",
            Self::Nearby => "nearby",
        }
    }

    /// The variant with this word; `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Strict, Self::Row, Self::Nearby].into_iter().find(|together| together.as_str() == text)
    }

    /// Kinds of groups to try, in this order.
    pub(super) fn attempts(self) -> &'static [Self] {
        match self {
            Self::Strict => &[Self::Strict],
            Self::Row => &[Self::Strict, Self::Row],
            Self::Nearby => &[Self::Strict, Self::Nearby],
        }
    }
}

/// Request for the best available seats of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRequest {
    pub size: GroupSize,
    pub together: Together,
    /// `None`: any section.
    pub section: Option<SectionIndex>,
    /// The pool of the ticket type; `None`: any pool.
    pub pool: Option<PoolNumber>,
    /// Only accessible and companion seats, at least one of them accessible.
    pub accessible: bool,
}

/// No seats were picked, because the group is too large. Has the size of the largest group that would get seats with
/// the same request; 0 if not even one person would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at most {0} seats are available together")]
pub struct LargestAvailable(pub u32);
