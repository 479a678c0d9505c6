//! The moves: each keeps counters, counters and journal together.

mod blocks;
mod items;

use std::collections::BTreeMap;

use super::BatchState;
use crate::domain::booking::{Booking, BookingStatus};
use crate::domain::event::{EventDetails, EventTerms};
use crate::domain::hold::{Hold, HoldStatus, Item};
use crate::domain::ids::{BookingId, EventId, HoldId, PoolId};
use crate::domain::seat::SeatOwner;
use crate::domain::seating::SeatIndex;
use crate::domain::time::Instant;
use crate::inventory::changes::{EntryKind, JournalEntry, PoolDelta, SeatMove};
use crate::inventory::command::Pool;

/// What `decide` may do, once it has judged that it may.
impl BatchState {
    /// Takes room for a new, active hold. There must be room.
    pub fn place(&mut self, hold: Hold) {
        for (pool_id, share) in shares(&hold.items) {
            let pool = self.pool_mut(pool_id);
            assert!(pool.available() >= share.quantity, "room is judged before a hold is placed");
            pool.held += share.quantity;
            self.move_seats(hold.event_id, &share.seats, SeatOwner::Nobody, SeatOwner::Held(hold.hold_id));
            let moved = held(pool_id, share.quantity, 1);
            self.record(hold.event_id, EntryKind::HoldPlaced, (Some(hold.hold_id), None), moved, share.seats);
        }
        let event = self.event_mut(hold.event_id);
        event.counters.active_holds += 1;
        event.ever_held = true;
        self.written.new_holds.insert(hold.hold_id);
        self.add_hold(hold);
    }

    /// Moves the expiry of an active hold.
    pub fn extend(&mut self, hold_id: HoldId, expires_at: Instant) -> Hold {
        let hold = self.hold_mut(hold_id);
        assert_eq!(hold.status, HoldStatus::Active, "only an active hold is extended");
        hold.expires_at = expires_at;
        hold.extensions += 1;
        let hold = hold.clone();
        self.record(hold.event_id, EntryKind::HoldExtended, (Some(hold_id), None), None, Vec::new());
        self.written.changed_holds.insert(hold_id);
        hold
    }

    /// Ends an active hold and gives its room back.
    pub fn give_back(&mut self, hold_id: HoldId, status: HoldStatus) {
        let kind = match status {
            HoldStatus::Released => EntryKind::HoldReleased,
            HoldStatus::Expired => EntryKind::HoldExpired,
            HoldStatus::Active | HoldStatus::Booked => unreachable!("a hold is given back by release or expiry"),
        };
        let hold = self.end_hold(hold_id, status);
        for (pool_id, share) in shares(&hold.items) {
            self.pool_mut(pool_id).held -= share.quantity;
            self.move_seats(hold.event_id, &share.seats, SeatOwner::Held(hold_id), SeatOwner::Nobody);
            self.record(hold.event_id, kind, (Some(hold_id), None), held(pool_id, share.quantity, -1), share.seats);
        }
        if status == HoldStatus::Expired {
            self.event_mut(hold.event_id).counters.expired_holds += 1;
        }
    }

    /// Makes an active hold permanent.
    pub fn book(&mut self, booking: Booking) {
        let (hold_id, booking_id) = (booking.hold_id, booking.booking_id);
        let hold = self.end_hold(hold_id, HoldStatus::Booked);
        for (pool_id, Share { quantity, seats }) in shares(&hold.items) {
            let pool = self.pool_mut(pool_id);
            pool.held -= quantity;
            pool.booked += quantity;
            self.move_seats(hold.event_id, &seats, SeatOwner::Held(hold_id), SeatOwner::Booked(hold_id));
            let moved = PoolDelta { held: -signed(quantity), booked: signed(quantity), ..PoolDelta::none(pool_id) };
            let ids = (Some(hold_id), Some(booking_id));
            self.record(hold.event_id, EntryKind::HoldBooked, ids, Some(moved), seats);
        }
        self.event_mut(hold.event_id).counters.bookings += 1;
        self.written.new_bookings.insert(booking_id);
        self.add_booking(booking);
    }

    /// Ends a confirmed booking and gives its room back.
    pub fn cancel(&mut self, booking_id: BookingId) -> Booking {
        let now = self.now;
        let booking = self.bookings.get_mut(&booking_id).expect("a booking to cancel is on the state");
        assert!(booking.status.can_become(BookingStatus::Cancelled), "a booking is cancelled once");
        booking.status = BookingStatus::Cancelled;
        booking.cancelled_at = Some(now);
        let booking = booking.clone();
        let items = self.hold_mut(booking.hold_id).items.clone();
        for (pool_id, Share { quantity, seats }) in shares(&items) {
            self.pool_mut(pool_id).booked -= quantity;
            self.move_seats(booking.event_id, &seats, SeatOwner::Booked(booking.hold_id), SeatOwner::Nobody);
            let moved = PoolDelta { booked: -signed(quantity), ..PoolDelta::none(pool_id) };
            let ids = (Some(booking.hold_id), Some(booking_id));
            self.record(booking.event_id, EntryKind::BookingCancelled, ids, Some(moved), seats);
        }
        self.event_mut(booking.event_id).counters.bookings -= 1;
        self.written.changed_bookings.insert(booking_id);
        booking
    }

    /// Sets the capacity of a pool, not below what is committed.
    pub fn resize(&mut self, pool_id: PoolId, capacity: u32) -> Pool {
        let pool = self.pool_mut(pool_id);
        assert!(capacity >= pool.committed(), "the least capacity is judged before a resize");
        let capacity_delta = signed(capacity) - signed(pool.capacity);
        pool.capacity = capacity;
        let pool = pool.clone();
        let moved = PoolDelta { capacity: capacity_delta, ..PoolDelta::none(pool_id) };
        self.record(pool.event_id, EntryKind::PoolResized, (None, None), Some(moved), Vec::new());
        pool
    }

    /// Writes new details and terms.
    pub fn amend(&mut self, event_id: EventId, details: EventDetails, terms: EventTerms) {
        let event = self.event_mut(event_id);
        assert!(event.terms.status.can_become(terms.status), "the move of the status is judged before an amendment");
        event.details = Some(details);
        event.terms = terms;
        self.record(event_id, EntryKind::EventAmended, (None, None), None, Vec::new());
        self.written.amended_events.insert(event_id);
    }

    /// Forgets an event that nobody ever held.
    pub fn delete(&mut self, event_id: EventId) {
        assert!(!self.event_mut(event_id).ever_held, "an event with history is kept");
        self.events.remove(&event_id);
        self.pools.retain(|_, pool| pool.event_id != event_id);
        self.ticket_types.retain(|_, ticket_type| ticket_type.event_id != event_id);
        self.written.deleted_events.insert(event_id);
    }

    /// Expires what is overdue of an event, once per batch: time stands still within one.
    pub fn expire_overdue(&mut self, event_id: EventId) {
        if !self.overdue_expired.insert(event_id) {
            return;
        }
        for hold_id in self.holds_where(event_id, |hold, now| hold.is_overdue(now)) {
            self.give_back(hold_id, HoldStatus::Expired);
        }
    }

    /// The loaded holds of an event that are active, overdue or not.
    pub fn active_holds_of(&self, event_id: EventId) -> Vec<HoldId> {
        self.holds_where(event_id, |hold, _| hold.status == HoldStatus::Active)
    }
}

/// Steps.
impl BatchState {
    fn end_hold(&mut self, hold_id: HoldId, status: HoldStatus) -> Hold {
        let now = self.now;
        let hold = self.hold_mut(hold_id);
        assert!(hold.status.can_become(status), "a hold ends once");
        hold.status = status;
        hold.ended_at = Some(now);
        let hold = hold.clone();
        self.event_mut(hold.event_id).counters.active_holds -= 1;
        self.written.changed_holds.insert(hold_id);
        hold
    }

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
            self.written.pool_deltas.entry(delta.pool_id).or_insert(PoolDelta::none(delta.pool_id)).add(delta);
        }
        self.written.journal.push(JournalEntry { event_id, seq, kind, hold_id, booking_id, delta, seats });
    }

    /// Each of the seats goes from one to another.
    fn move_seats(&mut self, event_id: EventId, seats: &[SeatIndex], from: SeatOwner, to: SeatOwner) {
        for seat in seats.iter().copied() {
            let moved = self.written.seat_moves.entry((event_id, seat));
            let moved = moved.or_insert(SeatMove { event_id, seat, from, to: from });
            assert!(moved.to == from && from.can_become(to), "who has a seat is judged before it changes hands");
            moved.to = to;
            if let Some(seating) = self.seatings.get_mut(&event_id) {
                assert_eq!(seating.state(seat), Some(from.state()), "the seating is as the rows are");
                seating.set(seat, to.state());
            }
        }
    }

    fn holds_where(&self, event_id: EventId, wanted: impl Fn(&Hold, Instant) -> bool) -> Vec<HoldId> {
        let of_event = self.holds.values().filter(|hold| hold.event_id == event_id);
        of_event.filter(|hold| wanted(hold, self.now)).map(|hold| hold.hold_id).collect()
    }
}

fn held(pool_id: PoolId, quantity: u32, sign: i32) -> Option<PoolDelta> {
    Some(PoolDelta { held: sign * signed(quantity), ..PoolDelta::none(pool_id) })
}

fn signed(quantity: u32) -> i32 {
    i32::try_from(quantity).expect("a pool has at most ten million places")
}

/// What a hold has of one pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Share {
    quantity: u32,
    /// In the order of the items.
    seats: Vec<SeatIndex>,
}

/// One hold may draw on a pool through several ticket types.
fn shares(items: &[Item]) -> BTreeMap<PoolId, Share> {
    let mut shares: BTreeMap<PoolId, Share> = BTreeMap::new();
    for item in items {
        let share = shares.entry(item.pool_id).or_default();
        share.quantity += item.quantity;
        share.seats.extend(&item.seats);
    }
    shares
}

/// How many places a hold has, or wants, of each pool.
pub fn quantity_by_pool(items: &[Item]) -> BTreeMap<PoolId, u32> {
    let mut sums = BTreeMap::new();
    for item in items {
        *sums.entry(item.pool_id).or_insert(0) += item.quantity;
    }
    sums
}
