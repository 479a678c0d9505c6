//! The invariants of seats: whoever has one is named by its row, its counters count it, and the journal has told of it.

use std::collections::BTreeMap;

use boxoffice::domain::booking::BookingStatus;
use boxoffice::domain::hold::{Hold, HoldStatus};
use boxoffice::domain::ids::EventId;
use boxoffice::domain::seat::{SeatOwner, SeatState};
use boxoffice::domain::seating::SeatIndex;
use boxoffice::inventory::changes::EntryKind;

use super::same;
use crate::rows::{Rows, Violation};

pub fn check(rows: &Rows) -> Result<(), Violation> {
    rows_name_who_has_them(rows)?;
    counters_are_the_seats(rows)?;
    the_journal_tells_their_states(rows)
}

/// A seat that two have would be entered twice.
fn rows_name_who_has_them(rows: &Rows) -> Result<(), Violation> {
    let mut has: BTreeMap<(EventId, SeatIndex), SeatOwner> = BTreeMap::new();
    let mut enter = |event_id, pool_id, seat, owner| {
        let row = rows.seats.get(&(event_id, seat)).ok_or_else(|| format!("there is no {seat:?}"))?;
        same("the pool of an item's seat", &pool_id, &row.pool_id)?;
        match has.insert((event_id, seat), owner) {
            None => Ok(()),
            Some(other) => Err(format!("two have {seat:?}: {other:?} and {owner:?}")),
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
        same(&format!("who has {at:?}"), &row.owner, has.get(at).unwrap_or(&SeatOwner::Nobody))
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
        same("seats, held, booked, blocked", &counters, &counted)?;
    }
    Ok(())
}

/// Who reads the journal from its beginning knows the state of every seat. A changed hold names the seats that it gave back, and
/// those that it got.
fn the_journal_tells_their_states(rows: &Rows) -> Result<(), Violation> {
    let mut told: BTreeMap<(EventId, SeatIndex), SeatState> = BTreeMap::new();
    for entry in rows.journal.values() {
        for seat in &entry.seats {
            let at = (entry.event_id, *seat);
            let pool_id = rows.seats.get(&at).map(|row| row.pool_id);
            same("the pool of an entry's seat", &entry.delta.map(|delta| delta.pool_id), &pool_id)?;
            let state = told.entry(at).or_insert(SeatState::Available);
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
        let told = told.get(at).copied().unwrap_or(SeatState::Available);
        same(&format!("what the journal tells of {at:?}"), &told, &row.owner.state())
    })
}
