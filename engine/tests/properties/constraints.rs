//! The CHECK constraints of `migrations/`, by name, for the columns that a batch can write.

use std::collections::BTreeSet;

use boxoffice_engine::inventory::changes::{EventCounters, PoolDelta};
use boxoffice_engine::inventory::command::Pool;
use boxoffice_engine::model::block::{BLOCK_REASON_LENGTH_MAX, Block};
use boxoffice_engine::model::booking::{Booking, BookingStatus};
use boxoffice_engine::model::hold::{Hold, HoldStatus, Item};
use boxoffice_engine::quantity::CAPACITY_MAX;
use test_support::translate;
use test_support::violation::Violation;

use crate::rows::EventRow;

pub fn event(row: &EventRow) -> Result<(), Violation> {
    let terms = &row.terms;
    let in_order = |start: Option<_>, end: Option<_>| start.zip(end).is_none_or(|(start, end)| end > start);
    check("events_end_after_start", translate::ends_after_start(&row.details).is_ok())?;
    check("events_sale_end_after_start", in_order(terms.sale_starts_at, terms.sale_ends_at))?;
    check("events_max_quantity_range", terms.max_quantity_per_hold.is_none_or(|max| max >= 1))
}

pub fn hold(hold: &Hold) -> Result<(), Violation> {
    check("holds_quantity_positive", hold.quantity() > 0)?;
    check("holds_total_not_negative", hold.total() >= 0)?;
    check("holds_ttl_positive", hold.ttl_seconds > 0)?;
    check("holds_expire_after_creation", hold.expires_at > hold.created_at)?;
    check("holds_active_until_ended", (hold.status == HoldStatus::Active) == hold.ended_at.is_none())?;
    items(&hold.items)
}

/// Checks items of a hold, current or as placed.
pub fn items(items: &[Item]) -> Result<(), Violation> {
    let types: BTreeSet<_> = items.iter().map(|item| item.ticket_type_id).collect();
    check("items_pkey", types.len() == items.len())?;
    check("items_quantity_positive", items.iter().all(|item| item.quantity > 0))?;
    check("items_unit_price_not_negative", items.iter().all(|item| item.unit_price >= 0))?;
    let of_seats = |item: &Item| item.seats.is_empty() || item.seats.len() == item.quantity as usize;
    check("items_one_seat_each", items.iter().all(of_seats))
}

pub fn block(block: &Block) -> Result<(), Violation> {
    let pools: BTreeSet<_> = block.parts.iter().map(|part| part.pool_id).collect();
    check("blocks_pkey", pools.len() == block.parts.len() && !pools.is_empty())?;
    check("blocks_quantity_positive", block.parts.iter().all(|part| part.quantity > 0))?;
    check("blocks_reason_length", (1..=BLOCK_REASON_LENGTH_MAX).contains(&block.reason.chars().count()))
}

pub fn booking(booking: &Booking) -> Result<(), Violation> {
    let cancelled = booking.status == BookingStatus::Cancelled;
    check("bookings_confirmed_until_cancelled", cancelled == booking.cancelled_at.is_some())
}

/// Adds a delta to a pool's counters; the violated constraint if a sum is out of range.
pub fn add_pool_delta(pool: &mut Pool, delta: &PoolDelta) -> Result<(), Violation> {
    let sum = |column: u32, delta: i32| u32::try_from(i64::from(column) + i64::from(delta)).ok();
    pool.capacity = sum(pool.capacity, delta.capacity).ok_or("pools_capacity_range")?;
    pool.held = sum(pool.held, delta.held).ok_or("pools_held_not_negative")?;
    pool.booked = sum(pool.booked, delta.booked).ok_or("pools_booked_not_negative")?;
    pool.blocked = sum(pool.blocked, delta.blocked).ok_or("pools_blocked_not_negative")?;
    check("pools_capacity_range", pool.capacity <= CAPACITY_MAX)?;
    check("pools_never_oversold", pool.held + pool.booked + pool.blocked <= pool.capacity)
}

/// Adds a delta to an event's counters; the violated constraint if a sum is out of range.
pub fn add_event_counters(counters: &mut EventCounters, delta: &EventCounters) -> Result<(), Violation> {
    counters.seq += delta.seq;
    counters.active_holds += delta.active_holds;
    counters.expired_holds += delta.expired_holds;
    counters.bookings += delta.bookings;
    check("inventory_seq_not_negative", counters.seq >= 0)?;
    check("inventory_active_holds_not_negative", counters.active_holds >= 0)?;
    check("inventory_expired_holds_not_negative", counters.expired_holds >= 0)?;
    check("inventory_bookings_not_negative", counters.bookings >= 0)
}

fn check(constraint: &str, satisfied: bool) -> Result<(), Violation> {
    if satisfied { Ok(()) } else { Err(constraint.to_owned()) }
}
