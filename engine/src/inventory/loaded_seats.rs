//! All seats of one event as loaded: the state of each seat, and a picker over the available ones.
//!
//! Pure. The rows of `seats` are the source of truth. This is a copy as of one journal entry of the event, plus the
//! moves of the batch. `store` writes a move only if the row still has the owner that the move starts from.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ids::PoolId;
use crate::model::seat::SeatState;
use crate::seating::{EventSeats, GroupRequest, LargestAvailable, PoolNumber, SeatIndex, SeatPicker};

/// See the module's documentation.
#[derive(Debug)]
pub struct LoadedSeats {
    /// Pools that have seats. The index is the picker's [`PoolNumber`].
    pools: Vec<PoolId>,
    /// Pools without a ticket type: their seats cannot be bought.
    unsold_pools: BTreeSet<PoolNumber>,
    /// By seat index.
    states: Vec<SeatState>,
    /// Contains the seats that are available and in a pool that is sold.
    picker: SeatPicker,
}

impl LoadedSeats {
    /// Seats of an event that sells all of its pools. `states` has one entry per seat, `pools` one per pool number.
    pub fn new(event_seats: Arc<EventSeats>, pools: Vec<PoolId>, states: Vec<SeatState>) -> Self {
        Self::new_with_unsold_pools(event_seats, pools, BTreeSet::new(), states)
    }

    /// Like [`LoadedSeats::new`], for an event that does not sell some of its pools. The picker treats their seats as
    /// taken.
    pub fn new_with_unsold_pools(
        event_seats: Arc<EventSeats>,
        pools: Vec<PoolId>,
        unsold_pools: BTreeSet<PoolNumber>,
        states: Vec<SeatState>,
    ) -> Self {
        assert_eq!(states.len(), event_seats.layout().seats().len(), "there is one state per seat");
        let mut picker = SeatPicker::new(event_seats.clone());
        for (seat, state) in (0..).map(SeatIndex).zip(&states) {
            if *state != SeatState::Available || unsold_pools.contains(&event_seats.pool_of(seat)) {
                let taken = picker.take(seat);
                debug_assert!(taken, "a new picker contains every seat");
            }
        }
        Self { pools, unsold_pools, states, picker }
    }

    /// State of a seat; `None` if the event has no such seat.
    pub fn state(&self, seat: SeatIndex) -> Option<SeatState> {
        self.states.get(seat.as_usize()).copied()
    }

    /// Pool of a seat; `None` if the event has no such seat.
    pub fn pool_of(&self, seat: SeatIndex) -> Option<PoolId> {
        self.state(seat)?;
        self.pools.get(usize::from(self.picker.event_seats().pool_of(seat).0)).copied()
    }

    /// Number of a pool in the picker; `None` if the pool has no seats.
    pub fn pool_number(&self, pool_id: PoolId) -> Option<PoolNumber> {
        let number = self.pools.iter().position(|pool| *pool == pool_id)?;
        u16::try_from(number).ok().map(PoolNumber)
    }

    /// States of all seats, by seat index.
    pub fn states(&self) -> &[SeatState] {
        &self.states
    }

    /// The layout as this event sells it.
    pub fn event_seats(&self) -> &Arc<EventSeats> {
        self.picker.event_seats()
    }

    /// Changes the state of a seat. Panics if the event has no such seat.
    pub fn set_state(&mut self, seat: SeatIndex, state: SeatState) {
        let before = std::mem::replace(&mut self.states[seat.as_usize()], state);
        if self.unsold_pools.contains(&self.picker.event_seats().pool_of(seat)) {
            return;
        }
        let changed = match (before, state) {
            (SeatState::Available, SeatState::Available) => return,
            (SeatState::Available, _) => self.picker.take(seat),
            (_, SeatState::Available) => self.picker.free(seat),
            _ => return,
        };
        assert!(changed, "the picker contains exactly the seats that are available and sold");
    }

    /// See [`SeatPicker::pick`]. Does not change the state of the seats.
    ///
    /// # Errors
    ///
    /// [`LargestAvailable`]: the size of the largest group that is available.
    pub fn pick(&mut self, wanted: &GroupRequest) -> Result<Vec<SeatIndex>, LargestAvailable> {
        self.picker.pick(wanted)
    }

    /// See [`SeatPicker::avoidable_orphans`].
    pub fn avoidable_orphans(&mut self, selection: &[SeatIndex]) -> Vec<SeatIndex> {
        self.picker.avoidable_orphans(selection)
    }
}
