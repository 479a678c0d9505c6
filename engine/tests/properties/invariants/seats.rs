//! Invariants of seats: each row names the owner, the pool counters count it, and the journal tells the state.

use std::collections::BTreeMap;

use boxoffice_engine::ids::EventId;
use boxoffice_engine::inventory::changes::EntryKind;
use boxoffice_engine::model::booking::BookingStatus;
use boxoffice_engine::model::hold::{Hold, HoldStatus};
use boxoffice_engine::model::seat::{SeatOwner, SeatState};
use boxoffice_engine::seating::SeatIndex;
use test_support::violation::Violation;
use test_support::violation::check_equal;

use crate::rows::Rows;

pub fn check(rows: &Rows) -> Result<(), Violation> {
    rows_name_their_owners(rows)?;
    counters_are_the_seats(rows)?;
    journal_tells_the_states(rows)
}

/// A seat row names the hold, booking or block whose items contain the seat, and no seat is in two of them.
fn rows_name_their_owners(rows: &Rows) -> Result<(), Violation> {
    let mut owners: BTreeMap<(EventId, SeatIndex), SeatOwner> = BTreeMap::new();
    let mut enter = |event_id, pool_id, seat, owner| {
        let row = rows.seats.get(&(event_id, seat)).ok_or_else(|| format!("there is no {seat:?}"))?;
        check_equal("the pool of an item's seat", &pool_id, &row.pool_id)?;
        match owners.insert((event_id, seat), owner) {
            None => Ok(()),
            Some(other) => Err(format!("{seat:?} has two owners: {other:?} and {owner:?}")),
        }
    };
    for hold in rows.holds.values() {
        let owner = match hold.status {
            HoldStatus::Active => SeatOwner::Held(hold.hold_id),
            HoldStatus::Booked if is_confirmed(rows, hold) => SeatOwner::Booked(hold.hold_id),
            _ => continue,
        };
        for item in &hold.items {
            item.seats.iter().try_for_each(|seat| enter(hold.event_id, item.pool_id, *seat, owner))?;
        }
    }
    for block in rows.blocks.values() {
        let owner = SeatOwner::Blocked(block.block_id);
        for part in &block.parts {
            part.seats.iter().try_for_each(|seat| enter(block.event_id, part.pool_id, *seat, owner))?;
        }
    }
    rows.seats.iter().try_for_each(|(at, row)| {
        check_equal(&format!("owner of {at:?}"), &row.owner, owners.get(at).unwrap_or(&SeatOwner::Nobody))
    })
}

fn is_confirmed(rows: &Rows, hold: &Hold) -> bool {
    let mut bookings = rows.bookings.values();
    bookings.any(|booking| booking.hold_id == hold.hold_id && booking.status == BookingStatus::Confirmed)
}

fn counters_are_the_seats(rows: &Rows) -> Result<(), Violation> {
    for pool in rows.pools.values().filter(|pool| pool.seated) {
        let seats = || rows.seats.values().filter(|row| row.pool_id == pool.pool_id);
        let count = |state| seats().filter(|row| row.owner.state() == state).count();
        let counted = [seats().count(), count(SeatState::Held), count(SeatState::Booked), count(SeatState::Blocked)];
        let counters = [pool.capacity, pool.held, pool.booked, pool.blocked].map(|counter| counter as usize);
        check_equal("seats, held, booked, blocked", &counters, &counted)?;
    }
    Ok(())
}

/// The journal, read from its start, gives the state of every seat. The entry of a changed hold names both the seats
/// that it returned and those that it got.
fn journal_tells_the_states(rows: &Rows) -> Result<(), Violation> {
    let mut journal_states: BTreeMap<(EventId, SeatIndex), SeatState> = BTreeMap::new();
    for entry in rows.journal.values() {
        for seat in &entry.seats {
            let at = (entry.event_id, *seat);
            let pool_id = rows.seats.get(&at).map(|row| row.pool_id);
            check_equal("the pool of an entry's seat", &entry.delta.map(|delta| delta.pool_id), &pool_id)?;
            let state = journal_states.entry(at).or_insert(SeatState::Available);
            let next = match (entry.kind, *state) {
                (EntryKind::HoldPlaced | EntryKind::HoldChanged, SeatState::Available) => SeatState::Held,
                (EntryKind::HoldChanged | EntryKind::HoldReleased | EntryKind::HoldExpired, SeatState::Held)
                | (EntryKind::BookingCancelled, SeatState::Booked)
                | (EntryKind::PlacesUnblocked, SeatState::Blocked) => SeatState::Available,
                (EntryKind::HoldBooked, SeatState::Held) => SeatState::Booked,
                (EntryKind::PlacesBlocked, SeatState::Available) => SeatState::Blocked,
                (kind, state) => return Err(format!("{kind:?} of {seat:?}, which is {state:?}")),
            };
            *state = next;
        }
    }
    rows.seats.iter().try_for_each(|(at, row)| {
        let journal_states = journal_states.get(at).copied().unwrap_or(SeatState::Available);
        check_equal(&format!("state of {at:?} according to the journal"), &journal_states, &row.owner.state())
    })
}
