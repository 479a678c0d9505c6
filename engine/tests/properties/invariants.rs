//! Invariants of the design, computed again from the rows.

mod seats;

use std::collections::{BTreeMap, BTreeSet};

use boxoffice_engine::ids::{EventId, HoldId, PoolId};
use boxoffice_engine::inventory::changes::{EntryKind, EventCounters, PoolDelta};
use boxoffice_engine::model::booking::BookingStatus;
use boxoffice_engine::model::hold::{Hold, HoldStatus};
use test_support::violation::{Violation, check_equal};

use crate::rows::{EventRow, Rows};

pub fn check(rows: &Rows) -> Result<(), Violation> {
    one_booking_per_hold(rows)?;
    counters_are_the_sums_of_items(rows)?;
    journals_add_up(rows)?;
    journals_tell_what_holds_are(rows)?;
    seats::check(rows)?;
    for (event_id, row) in &rows.events {
        event_counters_are_the_counts(rows, *event_id, row)?;
    }
    Ok(())
}

fn one_booking_per_hold(rows: &Rows) -> Result<(), Violation> {
    let booked: BTreeSet<HoldId> = rows.bookings.values().map(|booking| booking.hold_id).collect();
    let holds_booked = rows.holds.values().filter(|hold| hold.status == HoldStatus::Booked);
    let holds_booked: BTreeSet<HoldId> = holds_booked.map(|hold| hold.hold_id).collect();
    check_equal("booked holds", &holds_booked, &booked)?;
    check_equal("bookings per booked hold", &rows.bookings.len(), &booked.len())
}

fn counters_are_the_sums_of_items(rows: &Rows) -> Result<(), Violation> {
    let confirmed = |hold: &Hold| {
        let mut bookings = rows.bookings.values();
        bookings.any(|booking| booking.hold_id == hold.hold_id && booking.status == BookingStatus::Confirmed)
    };
    let mut held: BTreeMap<PoolId, u32> = BTreeMap::new();
    let mut booked: BTreeMap<PoolId, u32> = BTreeMap::new();
    for hold in rows.holds.values() {
        let sums = match hold.status {
            HoldStatus::Active => &mut held,
            HoldStatus::Booked if confirmed(hold) => &mut booked,
            _ => continue,
        };
        for item in &hold.items {
            *sums.entry(item.pool_id).or_default() += item.quantity;
        }
    }
    let mut blocked: BTreeMap<PoolId, u32> = BTreeMap::new();
    for part in rows.blocks.values().flat_map(|block| &block.parts) {
        *blocked.entry(part.pool_id).or_default() += part.quantity;
    }
    for (pool_id, pool) in &rows.pools {
        check_equal("held", &pool.held, held.get(pool_id).unwrap_or(&0))?;
        check_equal("booked", &pool.booked, booked.get(pool_id).unwrap_or(&0))?;
        check_equal("blocked", &pool.blocked, blocked.get(pool_id).unwrap_or(&0))?;
        if pool.held + pool.booked + pool.blocked > pool.capacity {
            return Err(format!("oversold: {pool:?}"));
        }
    }
    Ok(())
}

/// Journal numbers have no gap, and the deltas of each pool add up to its counters.
fn journals_add_up(rows: &Rows) -> Result<(), Violation> {
    let mut sums: BTreeMap<PoolId, PoolDelta> = BTreeMap::new();
    let mut last: BTreeMap<EventId, i64> = BTreeMap::new();
    for ((event_id, seq), entry) in &rows.journal {
        let before = last.insert(*event_id, *seq).unwrap_or(0);
        check_equal("the journal's next number", seq, &(before + 1))?;
        if let Some(delta) = entry.delta {
            sums.entry(delta.pool_id).or_insert(PoolDelta::zero(delta.pool_id)).add(delta);
        }
    }
    for (pool_id, pool) in &rows.pools {
        let counters = PoolDelta {
            pool_id: *pool_id,
            capacity: pool.capacity as i32,
            held: pool.held as i32,
            booked: pool.booked as i32,
            blocked: pool.blocked as i32,
        };
        check_equal("the journal's sum", sums.get(pool_id).unwrap_or(&PoolDelta::zero(*pool_id)), &counters)?;
    }
    for (event_id, row) in &rows.events {
        check_equal("the event's sequence", &row.counters.seq, last.get(event_id).unwrap_or(&0))?;
    }
    Ok(())
}

/// The last journal entry of a hold tells its status.
fn journals_tell_what_holds_are(rows: &Rows) -> Result<(), Violation> {
    let mut journal_statuses: BTreeMap<HoldId, HoldStatus> = BTreeMap::new();
    for entry in rows.journal.values() {
        let status = match entry.kind {
            EntryKind::HoldPlaced | EntryKind::HoldChanged | EntryKind::HoldExtended => HoldStatus::Active,
            EntryKind::HoldReleased => HoldStatus::Released,
            EntryKind::HoldExpired => HoldStatus::Expired,
            EntryKind::HoldBooked | EntryKind::BookingCancelled => HoldStatus::Booked,
            EntryKind::PoolOpened
            | EntryKind::PoolResized
            | EntryKind::EventAmended
            | EntryKind::PlacesBlocked
            | EntryKind::PlacesUnblocked => continue,
        };
        let hold_id = entry.hold_id.ok_or_else(|| format!("an entry without its hold: {entry:?}"))?;
        journal_statuses.insert(hold_id, status);
    }
    let statuses: BTreeMap<HoldId, HoldStatus> = rows.holds.iter().map(|(id, hold)| (*id, hold.status)).collect();
    check_equal("hold statuses according to the journal", &journal_statuses, &statuses)
}

fn event_counters_are_the_counts(rows: &Rows, event_id: EventId, row: &EventRow) -> Result<(), Violation> {
    let holds = |status| {
        let holds = rows.holds.values().filter(|hold| hold.event_id == event_id && hold.status == status);
        holds.count() as i64
    };
    let confirmed = rows.bookings.values().filter(|booking| booking.status == BookingStatus::Confirmed);
    let counted = EventCounters {
        seq: row.counters.seq,
        active_holds: holds(HoldStatus::Active),
        expired_holds: holds(HoldStatus::Expired),
        bookings: confirmed.filter(|booking| booking.event_id == event_id).count() as i64,
    };
    check_equal("counters", &row.counters, &counted)
}
