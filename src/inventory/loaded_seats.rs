//! The seats of one event, all of them: what state each is in, and the picker that knows which are free.
//!
//! Pure. The rows of `seats` are the truth; this is what they said at some sequence number of the event, and what the batch
//! has done to them since. `store` writes a move only where the row still says what it was made from.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::ids::PoolId;
use crate::domain::seat::SeatState;
use crate::domain::seating::{EventSeats, MostPossible, PoolNumber, SeatIndex, SeatPicker, Wanted};

/// See the module's documentation.
#[derive(Debug)]
pub struct LoadedSeats {
    /// Of the event, by the picker's number.
    pools: Vec<PoolId>,
    /// Of which pools nobody can have a seat, since they have no ticket type.
    not_sold: BTreeSet<PoolNumber>,
    states: Vec<SeatState>,
    /// Has the seats that are available and sold.
    picker: SeatPicker,
}

impl LoadedSeats {
    /// Of an event that sells all of its pools. `states` has one for each seat of the event_seats, and `pools` one for each of its
    /// numbers.
    pub fn new(event_seats: Arc<EventSeats>, pools: Vec<PoolId>, states: Vec<SeatState>) -> Self {
        Self::of(event_seats, pools, BTreeSet::new(), states)
    }

    /// The same, of an event that does not sell some of its pools: their seats are in no group, and nobody's neighbours.
    pub fn of(
        event_seats: Arc<EventSeats>,
        pools: Vec<PoolId>,
        not_sold: BTreeSet<PoolNumber>,
        states: Vec<SeatState>,
    ) -> Self {
        assert_eq!(states.len(), event_seats.layout().seats().len(), "every seat has a state");
        let mut picker = SeatPicker::new(event_seats.clone());
        for (seat, state) in (0..).map(SeatIndex).zip(&states) {
            if *state != SeatState::Available || not_sold.contains(&event_seats.pool_of(seat)) {
                let taken = picker.take(seat);
                debug_assert!(taken, "a new picker has everything");
            }
        }
        Self { pools, not_sold, states, picker }
    }

    /// `None` if there is no such seat.
    pub fn state(&self, seat: SeatIndex) -> Option<SeatState> {
        self.states.get(seat.at()).copied()
    }

    /// `None` if there is no such seat.
    pub fn pool_of(&self, seat: SeatIndex) -> Option<PoolId> {
        self.state(seat)?;
        self.pools.get(usize::from(self.picker.event_seats().pool_of(seat).0)).copied()
    }

    /// The picker's number of a pool; `None` if it has no seats.
    pub fn number_of(&self, pool_id: PoolId) -> Option<PoolNumber> {
        let number = self.pools.iter().position(|pool| *pool == pool_id)?;
        u16::try_from(number).ok().map(PoolNumber)
    }

    pub fn states(&self) -> &[SeatState] {
        &self.states
    }

    pub fn event_seats(&self) -> &Arc<EventSeats> {
        self.picker.event_seats()
    }

    /// The seat must exist.
    pub fn set(&mut self, seat: SeatIndex, state: SeatState) {
        let before = std::mem::replace(&mut self.states[seat.at()], state);
        if self.not_sold.contains(&self.picker.event_seats().pool_of(seat)) {
            return;
        }
        let changed = match (before, state) {
            (SeatState::Available, SeatState::Available) => return,
            (SeatState::Available, _) => self.picker.take(seat),
            (_, SeatState::Available) => self.picker.free(seat),
            _ => return,
        };
        assert!(changed, "the picker has exactly the seats that are available and sold");
    }

    /// See [`SeatPicker::pick`]. The seats stay available until a hold takes them.
    pub fn pick(&mut self, wanted: &Wanted) -> Result<Vec<SeatIndex>, MostPossible> {
        self.picker.pick(wanted)
    }

    /// See [`SeatPicker::orphans_left_by`].
    pub fn orphans_left_by(&mut self, selection: &[SeatIndex]) -> Vec<SeatIndex> {
        self.picker.orphans_left_by(selection)
    }
}
