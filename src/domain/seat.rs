//! The seats of an event: what state each is in, and who has it.

use super::ids::{BlockId, HoldId};

/// The states of a seat. What a client sees, and what the seat's row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatState {
    Available,
    Held,
    Booked,
    /// Kept back by the organiser.
    Blocked,
}

impl SeatState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Held => "held",
            Self::Booked => "booked",
            Self::Blocked => "blocked",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Available, Self::Held, Self::Booked, Self::Blocked].into_iter().find(|state| state.as_str() == text)
    }

    /// In a seat map: one character per seat.
    pub fn letter(self) -> char {
        match self {
            Self::Available => 'a',
            Self::Held => 'h',
            Self::Booked => 'b',
            Self::Blocked => 'x',
        }
    }

    pub fn of_letter(letter: char) -> Option<Self> {
        [Self::Available, Self::Held, Self::Booked, Self::Blocked].into_iter().find(|state| state.letter() == letter)
    }
}

/// Who has a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatOwner {
    Nobody,
    Held(HoldId),
    Booked(HoldId),
    Blocked(BlockId),
}

impl SeatOwner {
    pub fn state(self) -> SeatState {
        match self {
            Self::Nobody => SeatState::Available,
            Self::Held(_) => SeatState::Held,
            Self::Booked(_) => SeatState::Booked,
            Self::Blocked(_) => SeatState::Blocked,
        }
    }

    pub fn hold_id(self) -> Option<HoldId> {
        match self {
            Self::Held(hold_id) | Self::Booked(hold_id) => Some(hold_id),
            Self::Nobody | Self::Blocked(_) => None,
        }
    }

    pub fn block_id(self) -> Option<BlockId> {
        match self {
            Self::Blocked(block_id) => Some(block_id),
            Self::Nobody | Self::Held(_) | Self::Booked(_) => None,
        }
    }

    /// The legal moves: a seat goes from one to another through nobody, except that a hold becomes a booking.
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
