//! Seats of an event: state and owner.

use crate::ids::{BlockId, HoldId};

/// State of a seat, as in the database and in responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatState {
    Available,
    Held,
    Booked,
    /// In a block of the organiser.
    Blocked,
}

impl SeatState {
    /// The word in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Held => "held",
            Self::Booked => "booked",
            Self::Blocked => "blocked",
        }
    }

    /// The state with this word; `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Available, Self::Held, Self::Booked, Self::Blocked].into_iter().find(|state| state.as_str() == text)
    }

    /// Letter in a seat map, which has one character per seat.
    pub fn letter(self) -> char {
        match self {
            Self::Available => 'a',
            Self::Held => 'h',
            Self::Booked => 'b',
            Self::Blocked => 'x',
        }
    }

    /// The state with this letter; `None` if there is none.
    pub fn from_letter(letter: char) -> Option<Self> {
        [Self::Available, Self::Held, Self::Booked, Self::Blocked].into_iter().find(|state| state.letter() == letter)
    }
}

/// Owner of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatOwner {
    /// The seat is free.
    Nobody,
    Held(HoldId),
    Booked(HoldId),
    Blocked(BlockId),
}

impl SeatOwner {
    /// State of a seat with this owner.
    pub fn state(self) -> SeatState {
        match self {
            Self::Nobody => SeatState::Available,
            Self::Held(_) => SeatState::Held,
            Self::Booked(_) => SeatState::Booked,
            Self::Blocked(_) => SeatState::Blocked,
        }
    }

    /// The hold, active or booked.
    pub fn hold_id(self) -> Option<HoldId> {
        match self {
            Self::Held(hold_id) | Self::Booked(hold_id) => Some(hold_id),
            Self::Nobody | Self::Blocked(_) => None,
        }
    }

    /// The block.
    pub fn block_id(self) -> Option<BlockId> {
        match self {
            Self::Blocked(block_id) => Some(block_id),
            Self::Nobody | Self::Held(_) | Self::Booked(_) => None,
        }
    }

    /// Whether the owner may change to `next`. A seat must be free between two owners, except when a hold becomes a
    /// booking.
    pub fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Nobody, Self::Held(_) | Self::Blocked(_)) => true,
            (Self::Held(_) | Self::Booked(_) | Self::Blocked(_), Self::Nobody) => true,
            (Self::Held(holder), Self::Booked(booker)) => holder == booker,
            (Self::Nobody, Self::Nobody | Self::Booked(_))
            | (Self::Held(_), Self::Held(_) | Self::Blocked(_))
            | (Self::Booked(_), Self::Held(_) | Self::Booked(_) | Self::Blocked(_))
            | (Self::Blocked(_), Self::Held(_) | Self::Booked(_) | Self::Blocked(_)) => false,
        }
    }
}
