//! Seat map: the state of each seat of an event at one moment.

use boxoffice_engine::ids::{EventId, VenueId};
use boxoffice_engine::model::seat::SeatState;
use boxoffice_engine::seating::{SeatIndex, SectionIndex};

/// A seated event: its layout, and the position of its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatedEvent {
    pub event_id: EventId,
    pub venue_id: VenueId,
    pub layout_version: u32,
    /// Number of the event's last journal entry: a higher number is a later state.
    pub sequence: i64,
}

/// States of all seats of an event, and counts for its sections without seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatMap {
    pub event: SeatedEvent,
    pub event_name: String,
    pub states: SeatStates,
    pub general_admission: Vec<SectionCounts>,
}

/// One letter per seat, in the layout's order. Compact, because a layout can have 20,000 seats and more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatStates(String);

/// Marks a seat without a letter. No state has this letter.
const MISSING: char = '?';

impl SeatStates {
    /// States of a layout with `seat_count` seats, from their letters in any order. `None` if a seat is missing, occurs
    /// twice or is not in the layout, or if a letter is not the letter of a state.
    pub fn from_seats(seat_count: usize, seats: impl ExactSizeIterator<Item = (SeatIndex, char)>) -> Option<Self> {
        if seats.len() != seat_count {
            return None;
        }
        let mut letters = vec![MISSING; seat_count];
        for (seat, letter) in seats {
            let entry = letters.get_mut(seat.as_usize()).filter(|entry| **entry == MISSING)?;
            *entry = SeatState::from_letter(letter)?.letter();
        }
        Some(Self(letters.into_iter().collect()))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Number of seats.
    pub fn len(&self) -> usize {
        self.0.len() // The letters are ASCII.
    }

    /// Whether there are no seats.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// States in the layout's order.
    pub fn iter(&self) -> impl Iterator<Item = SeatState> {
        self.0.chars().filter_map(SeatState::from_letter)
    }

    /// Number of seats in each state.
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

/// Number of places in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub available: u32,
    pub held: u32,
    pub booked: u32,
    pub blocked: u32,
}

impl Counts {
    /// All places.
    pub fn total(self) -> u32 {
        self.available + self.held + self.booked + self.blocked
    }
}

/// Counts of a general admission section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionCounts {
    pub section: SectionIndex,
    pub counts: Counts,
}

/// Seats that may have changed since an earlier moment, without duplicates, by their current state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatChanges {
    /// Number of the last journal entry in these states.
    pub sequence: i64,
    pub available: Vec<SeatIndex>,
    pub held: Vec<SeatIndex>,
    pub booked: Vec<SeatIndex>,
    pub blocked: Vec<SeatIndex>,
}
