//! What a group would like, and what it is told when it cannot have it.

use super::event_seats::PoolNumber;
use super::layout::SectionIndex;

/// The largest group that seats are picked for.
pub const GROUP_SIZE_MAX: u32 = 100;

/// How many come together: 1 to [`GROUP_SIZE_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupSize(u32);

impl GroupSize {
    /// `None` outside 1 to [`GROUP_SIZE_MAX`].
    pub fn new(value: i64) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (1..=GROUP_SIZE_MAX).contains(&value).then_some(Self(value))
    }

    pub fn get(self) -> u32 {
        self.0
    }
}

/// How far a group may be pulled apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Together {
    /// Neighbours in one row, without an aisle between them.
    Strict,
    /// In one row, if need be with others or an aisle between them.
    Row,
    /// If need be in neighbouring rows of one section.
    Nearby,
}

impl Together {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Row => "row",
            Self::Nearby => "nearby",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Strict, Self::Row, Self::Nearby].into_iter().find(|together| together.as_str() == text)
    }

    /// What is tried, one after the other.
    pub(super) fn attempts(self) -> &'static [Self] {
        match self {
            Self::Strict => &[Self::Strict],
            Self::Row => &[Self::Strict, Self::Row],
            Self::Nearby => &[Self::Strict, Self::Nearby],
        }
    }
}

/// What a group would like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub size: GroupSize,
    pub together: Together,
    /// Absent: any.
    pub section: Option<SectionIndex>,
    /// The pool of the ticket type; absent: any.
    pub pool: Option<PoolNumber>,
    /// Accessible seats, with companion seats as long as one is accessible.
    pub accessible: bool,
}

/// Why nothing was picked: the largest group that would get seats, all else being the same. 0 if nobody would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at most {0} seats can be had together")]
pub struct MostPossible(pub u32);
