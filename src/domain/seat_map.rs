//! Which state each seat of an event is in, at one moment.

use super::ids::{EventId, VenueId};
use super::seat::SeatState;
use super::seating::{SeatIndex, SectionIndex};

/// The layout that an event is sold with, and how far its journal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatedEvent {
    pub event_id: EventId,
    pub venue_id: VenueId,
    pub layout_version: u32,
    /// Of the event's last journal entry: a higher number is a later state.
    pub sequence: i64,
}

/// All seats of an event, and what is left where there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatMap {
    pub event: SeatedEvent,
    pub event_name: String,
    pub states: SeatStates,
    pub general_admission: Vec<SectionCounts>,
}

/// A letter for each seat, in the layout's order: a house of 20,000 travels as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatStates(String);

/// What no state's letter is.
const NOT_PLACED: char = '?';

impl SeatStates {
    /// Of a house of so many seats, from the letters of all of them in any order. `None` if a seat is missing, is there twice or is
    /// none of the house, or if a letter stands for no state.
    pub fn placed(seat_count: usize, seats: impl ExactSizeIterator<Item = (SeatIndex, char)>) -> Option<Self> {
        if seats.len() != seat_count {
            return None;
        }
        let mut letters = vec![NOT_PLACED; seat_count];
        for (seat, letter) in seats {
            let place = letters.get_mut(seat.at()).filter(|place| **place == NOT_PLACED)?;
            *place = SeatState::of_letter(letter)?.letter();
        }
        Some(Self(letters.into_iter().collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn len(&self) -> usize {
        self.0.len() // The letters are ASCII.
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the layout's order.
    pub fn iter(&self) -> impl Iterator<Item = SeatState> {
        self.0.chars().filter_map(SeatState::of_letter)
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for state in self.iter() {
            match state {
                SeatState::Available => counts.available += 1,
                SeatState::Held => counts.held += 1,
                SeatState::Booked => counts.booked += 1,
                SeatState::Blocked => counts.blocked += 1,
            }
        }
        counts
    }
}

/// Places by their state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub available: u32,
    pub held: u32,
    pub booked: u32,
    pub blocked: u32,
}

impl Counts {
    pub fn total(self) -> u32 {
        self.available + self.held + self.booked + self.blocked
    }
}

/// A section of general admission, as full as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionCounts {
    pub section: SectionIndex,
    pub counts: Counts,
}

/// Seats whose state may have changed since some moment, each once, with its state now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatChanges {
    /// Of the moment of the states.
    pub sequence: i64,
    pub available: Vec<SeatIndex>,
    pub held: Vec<SeatIndex>,
    pub booked: Vec<SeatIndex>,
    pub blocked: Vec<SeatIndex>,
}
