//! Moves: methods that change capacity. Each changes the pools' counters, the event counters and the journal together.

mod blocks;
mod items;

use std::collections::BTreeMap;

use super::BatchState;
use crate::ids::{BookingId, EventId, HoldId, PoolId};
use crate::inventory::changes::{EntryKind, JournalEntry, PoolDelta, SeatMove};
use crate::inventory::command::Pool;
use crate::model::booking::{Booking, BookingStatus};
use crate::model::event::{EventTerms, OpaqueDetails};
use crate::model::hold::{Hold, HoldStatus, Item};
use crate::model::seat::SeatOwner;
use crate::seating::SeatIndex;
use crate::time::Instant;

/// Methods for `decide`, which has checked the rules before it calls them.
impl BatchState {
    /// Adds a new, active hold and takes its capacity. Panics if that is not available.
    pub fn place(&mut self, hold: Hold) {
        for (pool_id, share) in shares_by_pool(&hold.items) {
            let pool = self.pool_mut(pool_id);
            assert!(pool.available() >= share.quantity, "available capacity is checked before a hold is placed");
            pool.held += share.quantity;
            self.move_seats(hold.event_id, &share.seats, SeatOwner::Nobody, SeatOwner::Held(hold.hold_id));
            let delta = held_delta(pool_id, share.quantity, 1);
            self.record(hold.event_id, EntryKind::HoldPlaced, (Some(hold.hold_id), None), Some(delta), share.seats);
        }
        let event = self.event_mut(hold.event_id);
        event.counters.active_holds += 1;
        event.ever_held = true;
        self.pending.new_holds.insert(hold.hold_id);
        self.add_hold(hold);
    }

    /// Sets a later expiry for an active hold, and counts the extension.
    pub fn extend(&mut self, hold_id: HoldId, expires_at: Instant) -> Hold {
        let hold = self.hold_mut(hold_id);
        assert_eq!(hold.status, HoldStatus::Active, "only an active hold is extended");
        hold.expires_at = expires_at;
        hold.extensions += 1;
        let hold = hold.clone();
        self.record(hold.event_id, EntryKind::HoldExtended, (Some(hold_id), None), None, Vec::new());
        self.pending.changed_holds.insert(hold_id);
        hold
    }

    /// Ends an active hold without a booking and frees its capacity. `status` is `Released` or `Expired`.
    pub fn free_hold(&mut self, hold_id: HoldId, status: HoldStatus) {
        let kind = match status {
            HoldStatus::Released => EntryKind::HoldReleased,
            HoldStatus::Expired => EntryKind::HoldExpired,
            HoldStatus::Active | HoldStatus::Booked => unreachable!("a hold is freed by release or expiry"),
        };
        let hold = self.end_hold(hold_id, status);
        for (pool_id, share) in shares_by_pool(&hold.items) {
            self.pool_mut(pool_id).held -= share.quantity;
            self.move_seats(hold.event_id, &share.seats, SeatOwner::Held(hold_id), SeatOwner::Nobody);
            let delta = held_delta(pool_id, share.quantity, -1);
            self.record(hold.event_id, kind, (Some(hold_id), None), Some(delta), share.seats);
        }
        if status == HoldStatus::Expired {
            self.event_mut(hold.event_id).counters.expired_holds += 1;
        }
    }

    /// Adds a booking of an active hold, and moves the hold's capacity from held to booked.
    pub fn book(&mut self, booking: Booking) {
        let (hold_id, booking_id) = (booking.hold_id, booking.booking_id);
        let hold = self.end_hold(hold_id, HoldStatus::Booked);
        for (pool_id, PoolShare { quantity, seats }) in shares_by_pool(&hold.items) {
            let pool = self.pool_mut(pool_id);
            pool.held -= quantity;
            pool.booked += quantity;
            self.move_seats(hold.event_id, &seats, SeatOwner::Held(hold_id), SeatOwner::Booked(hold_id));
            let delta = PoolDelta { held: -signed(quantity), booked: signed(quantity), ..PoolDelta::zero(pool_id) };
            let ids = (Some(hold_id), Some(booking_id));
            self.record(hold.event_id, EntryKind::HoldBooked, ids, Some(delta), seats);
        }
        self.event_mut(hold.event_id).counters.bookings += 1;
        self.pending.new_bookings.insert(booking_id);
        self.add_booking(booking);
    }

    /// Cancels a confirmed booking and frees its capacity.
    pub fn cancel(&mut self, booking_id: BookingId) -> Booking {
        let now = self.now;
        let booking = self.bookings.get_mut(&booking_id).expect("a booking to cancel is loaded");
        assert!(booking.status.can_become(BookingStatus::Cancelled), "a booking is cancelled once");
        booking.status = BookingStatus::Cancelled;
        booking.cancelled_at = Some(now);
        let booking = booking.clone();
        let items = self.hold_mut(booking.hold_id).items.clone();
        for (pool_id, PoolShare { quantity, seats }) in shares_by_pool(&items) {
            self.pool_mut(pool_id).booked -= quantity;
            self.move_seats(booking.event_id, &seats, SeatOwner::Booked(booking.hold_id), SeatOwner::Nobody);
            let delta = PoolDelta { booked: -signed(quantity), ..PoolDelta::zero(pool_id) };
            let ids = (Some(booking.hold_id), Some(booking_id));
            self.record(booking.event_id, EntryKind::BookingCancelled, ids, Some(delta), seats);
        }
        self.event_mut(booking.event_id).counters.bookings -= 1;
        self.pending.changed_bookings.insert(booking_id);
        booking
    }

    /// Sets the capacity of a pool, in places. Panics if more than that is committed.
    pub fn resize(&mut self, pool_id: PoolId, capacity: u32) -> Pool {
        let pool = self.pool_mut(pool_id);
        assert!(capacity >= pool.committed(), "committed capacity is checked before a resize");
        let added = signed(capacity) - signed(pool.capacity);
        pool.capacity = capacity;
        let pool = pool.clone();
        let delta = PoolDelta { capacity: added, ..PoolDelta::zero(pool_id) };
        self.record(pool.event_id, EntryKind::PoolResized, (None, None), Some(delta), Vec::new());
        pool
    }

    /// Sets new details and terms of an event.
    pub fn amend(&mut self, event_id: EventId, details: OpaqueDetails, terms: EventTerms) {
        let event = self.event_mut(event_id);
        assert!(event.terms.status.can_become(terms.status), "the change of status is checked before an amendment");
        event.details = Some(details);
        event.terms = terms;
        self.record(event_id, EntryKind::EventAmended, (None, None), None, Vec::new());
        self.pending.amended_events.insert(event_id);
    }

    /// Removes an event that never had a hold.
    pub fn delete(&mut self, event_id: EventId) {
        assert!(!self.event_mut(event_id).ever_held, "an event that had a hold is not deleted");
        self.events.remove(&event_id);
        self.pools.retain(|_, pool| pool.event_id != event_id);
        self.ticket_types.retain(|_, ticket_type| ticket_type.event_id != event_id);
        self.pending.deleted_events.insert(event_id);
    }

    /// Expires the loaded overdue holds of an event. Repeated calls do nothing, because the time of a batch does not
    /// change.
    pub fn expire_overdue(&mut self, event_id: EventId) {
        if !self.overdue_expired.insert(event_id) {
            return;
        }
        for hold_id in self.holds_where(event_id, |hold, now| hold.is_overdue(now)) {
            self.free_hold(hold_id, HoldStatus::Expired);
        }
    }

    /// Ids of the loaded active holds of an event, overdue or not.
    pub fn active_hold_ids(&self, event_id: EventId) -> Vec<HoldId> {
        self.holds_where(event_id, |hold, _| hold.status == HoldStatus::Active)
    }
}

/// Steps of the moves.
impl BatchState {
    fn end_hold(&mut self, hold_id: HoldId, status: HoldStatus) -> Hold {
        let now = self.now;
        let hold = self.hold_mut(hold_id);
        assert!(hold.status.can_become(status), "a hold ends once");
        hold.status = status;
        hold.ended_at = Some(now);
        let hold = hold.clone();
        self.event_mut(hold.event_id).counters.active_holds -= 1;
        self.pending.changed_holds.insert(hold_id);
        hold
    }

    /// Adds a journal entry and counts `delta` in the pool's pending delta. The caller has changed the pool in the
    /// batch state.
    fn record(
        &mut self,
        event_id: EventId,
        kind: EntryKind,
        (hold_id, booking_id): (Option<HoldId>, Option<BookingId>),
        delta: Option<PoolDelta>,
        seats: Vec<SeatIndex>,
    ) {
        let counters = &mut self.event_mut(event_id).counters;
        counters.seq += 1;
        let seq = counters.seq;
        if let Some(delta) = delta {
            self.pending.pool_deltas.entry(delta.pool_id).or_insert(PoolDelta::zero(delta.pool_id)).add(delta);
        }
        self.pending.journal.push(JournalEntry { event_id, seq, kind, hold_id, booking_id, delta, seats });
    }

    /// Changes the owner of each seat. Panics if a seat has another owner than `from`, or if the change is not legal.
    fn move_seats(&mut self, event_id: EventId, seats: &[SeatIndex], from: SeatOwner, to: SeatOwner) {
        for seat in seats.iter().copied() {
            let seat_move = self.pending.seat_moves.entry((event_id, seat));
            // Moves of one seat in one batch are merged: `from` stays the owner in the row.
            let seat_move = seat_move.or_insert(SeatMove { event_id, seat, from, to: from });
            assert!(seat_move.to == from && from.can_become(to), "the owner of a seat is checked before it changes");
            seat_move.to = to;
            if let Some(loaded_seats) = self.loaded_seats.get_mut(&event_id) {
                assert_eq!(loaded_seats.state(seat), Some(from.state()), "loaded seats agree with holds and blocks");
                loaded_seats.set_state(seat, to.state());
            }
        }
    }

    fn holds_where(&self, event_id: EventId, predicate: impl Fn(&Hold, Instant) -> bool) -> Vec<HoldId> {
        let of_event = self.holds.values().filter(|hold| hold.event_id == event_id);
        of_event.filter(|hold| predicate(hold, self.now)).map(|hold| hold.hold_id).collect()
    }
}

/// Delta of `sign` times `quantity` held places. `sign` is 1 or -1.
fn held_delta(pool_id: PoolId, quantity: u32, sign: i32) -> PoolDelta {
    PoolDelta { held: sign * signed(quantity), ..PoolDelta::zero(pool_id) }
}

/// A quantity as a signed number, for deltas.
fn signed(quantity: u32) -> i32 {
    i32::try_from(quantity).expect("a pool has at most ten million places")
}

/// Capacity that a hold has in one pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PoolShare {
    /// In places.
    quantity: u32,
    /// In the order of the items.
    seats: Vec<SeatIndex>,
}

/// The share of each pool. Several ticket types of one hold can belong to the same pool.
fn shares_by_pool(items: &[Item]) -> BTreeMap<PoolId, PoolShare> {
    let mut shares: BTreeMap<PoolId, PoolShare> = BTreeMap::new();
    for item in items {
        let share = shares.entry(item.pool_id).or_default();
        share.quantity += item.quantity;
        share.seats.extend(&item.seats);
    }
    shares
}

/// Quantity of the items in each pool, in places.
pub fn quantity_by_pool(items: &[Item]) -> BTreeMap<PoolId, u32> {
    let mut sums = BTreeMap::new();
    for item in items {
        *sums.entry(item.pool_id).or_insert(0) += item.quantity;
    }
    sums
}
